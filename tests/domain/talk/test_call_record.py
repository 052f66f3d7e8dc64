"""Call records: the table, the clock, and what is off the record."""

from dataclasses import replace
from itertools import product

import pytest

from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.talk.body import By, Reference
from openline.domain.talk.call_record import (
    CALL,
    CALL_TABLE,
    LATE,
    Authenticated,
    CallEvent,
    CallRecord,
    CallState,
    RecordMode,
    Speaker,
)
from openline.domain.talk.kinds import Kind
from openline.domain.talk.response import Answer, Response
from tests.domain.talk.matters import ALPHA, BRAVO, T0, Talk, check_tables

S, E = CallState, CallEvent
BY = By("watch", "Capt. Smith")
OF = Reference(ALPHA, 0)
RECORD = CallRecord(
    BY,
    "call 1",
    T0,
    T0 + 20 * MINUTE_MS,
    ALPHA,
    (Speaker(ALPHA, "Gen. Jones"), Speaker(BRAVO, "Gen. Ivanov")),
    Authenticated.CHALLENGE_WORDS,
    points=("Flights are announced.",),
)
DRAFTED = T0 + 50 * MINUTE_MS


def expected(state: CallState, event: CallEvent) -> CallState | None:
    """The rules of a record said again: a replaced one is over, all else can change."""
    if state is S.REPLACED:
        return None
    if event is E.AGREE_DUE:
        return S.UNANSWERED if state is S.DRAFT else None
    return S(event.value)


@pytest.mark.parametrize(("state", "event"), list(product(CallState, CallEvent)))
def test_every_event_in_every_state_of_a_record(state: S, event: E) -> None:
    """Each pair of state and event goes where the rules say, or cannot happen."""
    assert CALL_TABLE[state].get(event) is expected(state, event)


def test_the_table_and_the_clocks_of_a_record_belong_together() -> None:
    """Every state is reached, and each clock's event can occur wherever it runs."""
    check_tables(CALL.life, CALL.clocks)


def test_a_record_is_agreed_or_differs_within_a_day() -> None:
    """A day after the draft, and not a millisecond before, tier 2 must know."""
    talk = Talk(CALL).say(ALPHA, RECORD, DRAFTED)
    due = DRAFTED + DAY_MS
    assert talk.standing(due - 1).state is S.DRAFT
    standing = talk.standing(due)
    assert (standing.state, standing.tier) == (S.UNANSWERED, 2)
    talk.say(BRAVO, Response(BY, OF, Answer.NOTED), due + HOUR_MS, Kind.CALL_RECORD)
    assert talk.standing(due + HOUR_MS).state is S.AGREED


def test_a_late_draft_says_so() -> None:
    """A record that is drafted more than an hour after the call is LATE, a minute earlier not."""
    ended = RECORD.ended_at
    in_time = Talk(CALL).say(ALPHA, RECORD, ended + HOUR_MS)
    late = Talk(CALL).say(ALPHA, RECORD, ended + HOUR_MS + 1)
    assert [talk.standing(T0).steps[0].said for talk in (in_time, late)] == ["", LATE]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer.NOTED, S.AGREED),
        (Answer.OBJECTED, S.DIFFERS),
        (Answer.QUERIED, S.DRAFT),
        (Answer.UNABLE, S.DRAFT),
    ],
)
def test_the_other_side_answers(answer: Answer, state: S) -> None:
    """NOTED agrees, OBJECTED differs, all other answers leave the record a draft."""
    talk = Talk(CALL).say(ALPHA, RECORD, DRAFTED)
    talk.say(BRAVO, Response(BY, OF, answer, "Point 2."), DRAFTED + 1, Kind.CALL_RECORD)
    assert talk.standing(DRAFTED + 1).state is state


def test_nobody_agrees_with_their_own_record() -> None:
    """What the author says of the author's own record changes nothing."""
    talk = Talk(CALL).say(ALPHA, RECORD, DRAFTED)
    talk.say(ALPHA, Response(BY, OF, Answer.NOTED), DRAFTED + 1, Kind.CALL_RECORD)
    assert talk.standing(DRAFTED + 1).state is S.DRAFT


def test_a_later_record_takes_the_place_of_an_earlier_one() -> None:
    """The author's later record replaces it; the other side's own one is a difference."""
    later = replace(RECORD, of=OF)
    own = Talk(CALL).say(ALPHA, RECORD, DRAFTED).say(ALPHA, later, T0 + 2, Kind.CALL_RECORD)
    theirs = Talk(CALL).say(ALPHA, RECORD, DRAFTED).say(BRAVO, later, DRAFTED + 2, Kind.CALL_RECORD)
    assert own.standing(DRAFTED + 2).state is S.REPLACED
    assert theirs.standing(DRAFTED + 2).state is S.DIFFERS


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ended_at": "1971-01-01T00:00:00Z"}, "ended_at"),
        ({"next_contact_at": "1971-01-01T00:00:00Z"}, "next_contact_at"),
        ({"mode": "OFF_RECORD"}, "points"),
        ({"mode": "OFF_RECORD", "points": [], "text": "He said more."}, "text"),
        ({"mode": "MINUTES", "recording": "A" * 43 + "="}, "recording"),
        ({"mode": "RECORDED", "recording": "AAAA"}, "recording"),
        ({"persons": []}, "persons"),
    ],
)
def test_what_a_record_may_not_hold(changes: dict[str, object], field: str) -> None:
    """Times out of order, words that are off the record and a lone hash are refused by name."""
    with pytest.raises(OurError, match=field):
        CallRecord.from_json({**RECORD.to_json(), **changes})  # type: ignore[arg-type]


def test_a_call_off_the_record_is_recorded_as_such() -> None:
    """Persons and times of it are on the record, and nothing of what was said."""
    silent = replace(RECORD, mode=RecordMode.OFF_RECORD, points=())
    assert list(silent.faults()) == []
    assert CallRecord.from_body(silent.to_body()) == silent
