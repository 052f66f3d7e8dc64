"""A counterpart may say anything at all: it is stored, flagged, and ends nothing."""

import unicodedata
from dataclasses import replace
from typing import Any, TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openline.domain.record.envelope import make_content, seal_envelope
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.kinds import Kind
from openline.engine.ports import StoredEntry
from tests.engine.copies import MANY, copy_of, known, refusals_of
from tests.engine.forger import Duel, Forger
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, make_parties
from tests.engine.region import START, WATCH, notice, standing

REGIONS = settings(
    max_examples=settings().max_examples // 2, suppress_health_check=[HealthCheck.too_slow]
)
"""Each example is a whole region: fewer of them, in every profile."""

KEY_KINDS = (Kind.AMENDMENT, Kind.KEY_CHANGE, Kind.KEY_REVOKE)
FREE_KINDS = [int(kind) for kind in Kind if kind not in KEY_KINDS] + [99, 65_535]

words = st.text(st.characters(codec="utf-8"), max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)
instants = st.sampled_from(
    [0, 1, START - 1, START, START + 3_600_000, 253_402_300_799_999, 2**62, 2**63 - 1]
)
numbers = st.one_of(st.integers(0, 20), instants, st.integers(-(2**63), 2**64 - 1))
leaves = st.one_of(
    st.none(),
    st.booleans(),
    numbers,
    words,
    st.binary(max_size=34),
    st.sampled_from(["air-desk", "en", "air", "air_safety", ALPHA, BRAVO, CHARLIE, "BRAVO-N-0001"]),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(st.integers(0, 24), inner, max_size=6)
    ),
    max_leaves=25,
)
bodies = st.dictionaries(st.integers(0, 24), values, max_size=14)

by = st.just(["air-desk", "Lt Forger"])
places = st.tuples(st.integers(-(2**31), 2**31), st.integers(-(2**31), 2**31)).map(list)
altitudes = st.one_of(st.none(), st.tuples(st.integers(0, 5), numbers).map(list))
volumes = st.tuples(
    st.integers(0, 4),
    st.lists(places, max_size=6),
    numbers,
    altitudes,
    altitudes,
    instants,
    instants,
).map(list)


Body: TypeAlias = dict[int, Any]
Rest: TypeAlias = tuple[int, int, bool]


def heard_out(messages: list[tuple[int, Body, int, int, bool]]) -> None:
    """Alpha takes all of it in, shows it, starts again from it, and the line goes on."""
    region = standing(make_parties())
    duel = Duel(region, region.wires[0], Forger(region, BRAVO))
    for kind, body, at, precedence, is_reply in messages:
        content = make_content(b"0123456789abcdef", body)
        header = duel.bravo.header(
            kind=kind,
            at=at,
            precedence=precedence,
            reply_to=(ALPHA, 0) if is_reply else None,
            recipients=(ALPHA,),
        )
        raw = seal_envelope(header, content, duel.bravo.signer).raw
        duel.bravo.append(StoredEntry(raw, content))
    duel.send(duel.bravo.frame(1))
    line = duel.line
    assert refusals_of(line) == []
    assert line.mirrors[BRAVO].size == duel.bravo.size
    for message in line.view.messages(0, MANY):
        assert line.view.message(message["party"], message["index"]) == message
    for entry in line.view.notices(count=MANY):
        assert line.view.notice(f"{entry['party']}/{entry['notice_id']}") is not None
    for ahead_ms in (0, 3_600_000, 10 * 86_400_000):
        line.view.advance(region.now + ahead_ms)
        assert line.status(region.now + ahead_ms)["displayed"]["word"]
    loaded = region.loaded(ALPHA, copy_of(line.store))
    loaded.view.advance(region.now + 10 * 86_400_000)
    assert known(loaded, region.now)["messages"] == known(line, region.now)["messages"]
    assert region.say(ALPHA, "still here") == line.outbox.size - 1


headers = st.tuples(instants, st.integers(0, 3), st.booleans())


@REGIONS
@given(st.lists(st.tuples(st.sampled_from(FREE_KINDS), bodies, headers), min_size=1, max_size=6))
def test_any_body_is_taken_in(drawn: list[tuple[int, Body, Rest]]) -> None:
    """Any body of any kind is stored and receipted; nothing but a flag comes of it."""
    heard_out([(kind, body, *rest) for kind, body, rest in drawn])


NOTICE = notice(notice_id="BRAVO-N-0001").to_body()
DECLARATION = Declaration(
    WATCH, WATCH, ("air_safety",), Status.SUSPENDED, START + 3_600_000, "a strike"
).to_body()

changes = st.fixed_dictionaries(
    {},
    optional={
        1: st.sampled_from(["BRAVO-N-0001", "BRAVO-N-0002", "X"]),
        2: st.integers(1, 4),
        3: st.integers(1, 3),
        4: st.sampled_from(["strike", "movement", "x"]),
        5: st.sampled_from(["air", "ground", "x"]),
        6: st.sampled_from(["air_safety", "unheard_of"]),
        7: st.lists(volumes, max_size=3),
        9: words,
        18: st.booleans(),
    },
)


@REGIONS
@given(st.lists(st.tuples(changes, headers), min_size=1, max_size=6))
def test_any_notice_is_taken_in(drawn: list[tuple[Body, Rest]]) -> None:
    """A notice with absurd volumes, windows or versions is stored and ends nothing."""
    heard_out([(int(Kind.NOTICE), {**NOTICE, **body}, *rest) for body, rest in drawn])


@REGIONS
@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from(sorted(DECLARATION)), values, max_size=2),
            st.integers(1, 3),
            instants,
            headers,
        ),
        min_size=1,
        max_size=6,
    )
)
def test_any_declaration_is_taken_in(drawn: list[tuple[Body, int, int, Rest]]) -> None:
    """Declarations toggled at absurd times are stored and end nothing."""
    status, effective_at = _field_of(Status.SUSPENDED), _field_of(START + 3_600_000)
    heard_out(
        [
            (int(Kind.DECLARATION), {**DECLARATION, status: said, effective_at: at, **body}, *rest)
            for body, said, at, rest in drawn
        ]
    )


def _field_of(value: object) -> int:
    """The number of the field of the declaration that has this value."""
    return next(
        number
        for number, held in DECLARATION.items()
        if type(held) is int and held == int(value)  # type: ignore[call-overload]
    )


@REGIONS
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["air_safety", "humanitarian", "unheard_of", "line_procedure"]),
            st.sampled_from(["IN_FORCE", "SUSPENDED", "TERMINATED", "NOT_IN_FORCE", "ON_HOLIDAY"]),
        ),
        max_size=4,
        unique_by=lambda pair: pair[0],
    ),
    instants,
    st.sampled_from(["UP", "LOST", "MIDDLING"]),
)
def test_any_tick_is_taken_in(declared: list[tuple[str, str]], at: int, observed: str) -> None:
    """A tick with any words and any time is heard, and the line shows something sensible."""
    region = standing(make_parties())
    duel = Duel(region, region.wires[0], Forger(region, BRAVO))
    tick = replace(duel.next_tick(), declared=tuple(sorted(declared)), at=at, observed=observed)
    duel.send(duel.bravo.tick_frame(tick))
    assert refusals_of(duel.line) == []
    assert duel.line.status(region.now)["displayed"]["word"]
