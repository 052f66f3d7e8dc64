"""The order in which messages about a matter count, by its plain definition."""

from hypothesis import given
from hypothesis import strategies as st

from openline.domain.conduct.life import Happening, in_order

PARTIES = ("a", "b", "c")

happenings = st.lists(
    st.builds(
        Happening,
        at=st.integers(0, 6),
        party=st.sampled_from(PARTIES),
        epoch=st.integers(1, 2),
        index=st.integers(0, 4),
        event=st.just("E"),
        knew=st.lists(
            st.tuples(st.sampled_from((*PARTIES, "d")), st.integers(1, 2), st.integers(0, 6)),
            max_size=3,
        ).map(tuple),
    ),
    max_size=12,
    unique_by=lambda one: (one.party, one.epoch, one.index),
)


def knows(one: Happening, other: Happening) -> bool:
    """Whether an author had another message when this one was signed."""
    place = (other.epoch, other.index)
    if other.party == one.party:
        return place < (one.epoch, one.index)
    return any(party == other.party and place < (epoch, size) for party, epoch, size in one.knew)


def plainly(happenings: list[Happening]) -> list[Happening]:
    """Rule 2 as it is written: each after what its author knew of, then by the signed times."""
    ones = sorted(happenings, key=lambda one: (one.at, one.party, one.epoch, one.index))
    earlier = [[n for n, two in enumerate(ones) if knows(one, two)] for one in ones]
    at = [one.at for one in ones]
    for _ in ones:
        at = [max([at[n], *(at[other] for other in earlier[n])]) for n in range(len(ones))]
    order = sorted(range(len(ones)), key=lambda n: (at[n], len(earlier[n]), n))
    return [ones[n] for n in order]


@given(happenings)
def test_the_order_is_the_one_of_the_rule(happenings: list[Happening]) -> None:
    """Whatever authors claim to know, in circles too, the order is that of the definition."""
    assert in_order(happenings) == plainly(happenings)
    assert in_order(happenings[::-1]) == in_order(happenings)
