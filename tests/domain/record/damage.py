"""Hypothesis strategies that damage what is whole: no decoder may fall over it."""

from hypothesis import strategies as st


def damaged_bytes(whole: bytes) -> st.SearchStrategy[bytes]:
    """Anything at all; the whole cut, followed by bytes, or changed inside."""
    places = st.integers(0, max(0, len(whole) - 1))
    return st.one_of(
        st.binary(max_size=2 * len(whole) + 16),
        places.map(lambda at: whole[:at]),
        st.binary(min_size=1, max_size=8).map(lambda more: whole + more),
        st.tuples(places, st.integers(0, 255)).map(
            lambda change: whole[: change[0]] + bytes([change[1]]) + whole[change[0] + 1 :]
        ),
        st.tuples(places, places, st.binary(max_size=8)).map(
            lambda change: whole[: min(change[:2])] + change[2] + whole[max(change[:2]) :]
        ),
    )


_CHARACTERS = st.one_of(
    st.sampled_from("\n \t\0+-0159=/—٥\u00a0\ud800\u202e"), st.characters(codec=None)
)


def damaged_text(whole: str) -> st.SearchStrategy[str]:
    """Anything at all, even lone surrogates; the whole cut, extended or changed."""
    places = st.integers(0, max(0, len(whole) - 1))
    some = st.lists(_CHARACTERS, max_size=8).map("".join)
    return st.one_of(
        st.text(alphabet=_CHARACTERS, max_size=200),
        places.map(lambda at: whole[:at]),
        some.map(lambda more: whole + more),
        st.tuples(places, places, some).map(
            lambda change: whole[: min(change[:2])] + change[2] + whole[max(change[:2]) :]
        ),
        st.tuples(places, some).map(
            lambda change: whole[: change[0]] + change[1] + whole[change[0] + 1 :]
        ),
    )
