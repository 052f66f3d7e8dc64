"""Statistics: counts that follow from the messages alone, alike on every node."""

import json
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.party import Precedence
from openline.domain.talk.kinds import Kind
from openline.domain.talk.statistics import GRACE_MS, Fact, statistics, to_bytes
from tests.engine.parties import ALPHA, BRAVO, make_parties

START = 1_793_491_200_000  # 2026-11-01T00:00:00Z
END = START + 30 * DAY_MS
TERMS = make_parties().understanding


def fact(party: str, index: int, kind: Kind, at: int, **changes: object) -> Fact:
    other = BRAVO if party == ALPHA else ALPHA
    plain = Fact(party, 1, index, int(kind), START + at, int(Precedence.ROUTINE), (other,))
    return replace(plain, **changes)  # type: ignore[arg-type]


def of(party: str, facts: list[Fact]) -> dict:  # type: ignore[type-arg]
    return statistics(facts, TERMS, START, END)["parties"][party]


kinds = st.sampled_from(
    [Kind.TEXT, Kind.NOTICE, Kind.READ, Kind.RESPONSE, Kind.LINE_CHECK, Kind.LINE_CHECK_REPLY]
)
facts = st.lists(
    st.builds(
        Fact,
        party=st.sampled_from([ALPHA, BRAVO]),
        epoch=st.just(1),
        index=st.integers(0, 12),
        kind=kinds.map(int),
        at=st.integers(START - HOUR_MS, END + 3 * DAY_MS),
        precedence=st.integers(0, 3),
        recipients=st.sampled_from([(ALPHA,), (BRAVO,), (ALPHA, BRAVO)]),
        reply_to=st.none() | st.tuples(st.sampled_from([ALPHA, BRAVO]), st.integers(0, 12)),
        category=st.sampled_from(["strike", "flight"]),
        valid_from=st.none() | st.integers(START, END),
    ),
    max_size=30,
    unique_by=lambda one: (one.party, one.index),
)


@given(facts, st.integers(0, 2**32))
def test_the_order_of_arrival_does_not_matter(facts: list[Fact], seed: int) -> None:
    """Whatever the order, and if all of it came twice, the bytes are the same."""
    shuffled = facts * 2
    Random(seed).shuffle(shuffled)
    assert to_bytes(statistics(facts, TERMS, START, END)) == to_bytes(
        statistics(iter(shuffled), TERMS, START, END)
    )


@given(facts)
def test_everything_is_counted_once(facts: list[Fact]) -> None:
    """Each message of the window is in one count, and checks fall into three."""
    for party in (ALPHA, BRAVO):
        found = of(party, facts)
        own = [one for one in facts if one.party == party and START <= one.at < END]
        assert sum(n for kinds in found["messages"].values() for n in kinds.values()) == len(own)
        assert found["held"] == len(own)
        for counts in found["checks"].values():
            parts = (counts["answered_in_time"], counts["late"], counts["missed"])
            assert sum(parts) == counts["sent"]
        for row in (*found["read"].values(), *found["answered"].values()):
            assert row["done"] + row["not_done"] == row["addressed"]
            assert row["in_time"] <= row["done"]


def test_checks_in_time_late_and_missed() -> None:
    """Answered within 5 minutes is in time, within 30 late, and later or never missed."""
    said = [fact(ALPHA, n, Kind.LINE_CHECK, n * HOUR_MS) for n in range(1, 5)]
    for n, minutes in ((1, 4), (2, 5), (3, 30)):
        at = n * HOUR_MS + minutes * MINUTE_MS
        said.append(fact(BRAVO, n, Kind.LINE_CHECK_REPLY, at, reply_to=(ALPHA, n)))
    assert of(ALPHA, said)["checks"] == {
        BRAVO: {"sent": 4, "answered_in_time": 1, "late": 1, "missed": 2}
    }
    assert of(BRAVO, said)["checks"][ALPHA]["sent"] == 0


def test_reading_and_answering() -> None:
    """Delays are those between the authors' own times; the first reading counts."""
    said = [
        fact(ALPHA, 1, Kind.NOTICE, 0, precedence=2, category="flight", valid_from=START + DAY_MS),
        fact(ALPHA, 2, Kind.NOTICE, 0, precedence=2, category="flight", valid_from=START + 1),
        fact(BRAVO, 1, Kind.READ, 4 * MINUTE_MS, reply_to=(ALPHA, 1)),
        fact(BRAVO, 2, Kind.READ, 2 * MINUTE_MS, reply_to=(ALPHA, 1)),
        fact(BRAVO, 3, Kind.RESPONSE, HOUR_MS, reply_to=(ALPHA, 1)),
    ]
    found = of(BRAVO, said)
    assert found["read"]["IMMEDIATE"] == {
        "addressed": 2,
        "done": 1,
        "not_done": 1,
        "in_time": 1,
        "median_ms": 2 * MINUTE_MS,
        "slowest_ms": 2 * MINUTE_MS,
    }
    assert (found["answered"]["IMMEDIATE"]["done"], found["answered"]["IMMEDIATE"]["in_time"]) == (
        1,
        0,
    )
    notices = of(ALPHA, said)["notices"]["flight"]
    assert sum(notices.values()) == 2
    assert notices["IMMINENT"] == 1


def test_a_month_is_closed_two_days_after_its_end() -> None:
    """What is done about a message just before the end counts for two days more."""
    asked = fact(ALPHA, 1, Kind.TEXT, 30 * DAY_MS - MINUTE_MS)
    for later, done in ((GRACE_MS - 1, 1), (GRACE_MS, 0)):
        read = fact(BRAVO, 1, Kind.READ, 30 * DAY_MS + later, reply_to=(ALPHA, 1))
        assert of(BRAVO, [asked, read])["read"]["ROUTINE"]["done"] == done


def test_canonical_bytes() -> None:
    """The bytes are JSON with keys in order and nothing between."""
    data = to_bytes(statistics([fact(ALPHA, 0, Kind.TEXT, 0)], TERMS, START, END))
    read = json.loads(data)
    assert b" " not in data
    assert list(read) == sorted(read)
    assert read["parties"][ALPHA]["messages"] == {"ROUTINE": {"TEXT": 1}}
