"""Contacts: the table, each clock, what recurs, and the next tier."""

from itertools import permutations, product

import pytest

from openline.domain.conduct.life import fold
from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.limits import CONTACT_WEEKS_MAX
from openline.domain.line.terms import Timers
from openline.domain.party import Precedence
from openline.domain.talk.body import By, Reference
from openline.domain.talk.call_record import Authenticated, CallRecord, Speaker
from openline.domain.talk.contact import (
    CONTACT,
    CONTACT_TABLE,
    WEEK_MS,
    Contact,
    ContactAnswer,
    ContactEvent,
    ContactReply,
    ContactState,
    next_tier,
    occurrences,
    reply_ms,
)
from openline.domain.talk.kinds import Kind
from tests.domain.talk.matters import ALPHA, BRAVO, T0, Talk, check_tables, clock_named

S, E = ContactState, ContactEvent
BY = By("watch", "Capt. Smith")
OF = Reference(ALPHA, 0)
TIME = T0 + 6 * HOUR_MS

NOTHING_CAME = {S.DECLINED, S.NO_ANSWER}
OVER = {S.CALLED_OFF, S.ENDED}


def expected(state: ContactState, event: ContactEvent) -> ContactState | None:
    """The rules of a contact said again, event by event instead of state by state."""
    match event:
        case E.ACCEPTED:
            return S.SCHEDULED if state in {S.PROPOSED} | NOTHING_CAME else None
        case E.AGREED:
            return S.SCHEDULED if state is S.COUNTERED else None
        case E.COUNTERED | E.REPROPOSED:
            can = {S.PROPOSED, S.COUNTERED, S.SCHEDULED, S.MISSED} | NOTHING_CAME
            after = S.COUNTERED if event is E.COUNTERED else S.PROPOSED
            return after if state in can else None
        case E.DECLINED:
            return S.DECLINED if state in {S.PROPOSED, S.COUNTERED, S.NO_ANSWER} else None
        case E.CALLED_OFF:
            return None if state in NOTHING_CAME | OVER else S.CALLED_OFF
        case E.MISSED:
            return S.MISSED if state in {S.DUE, S.MISSED} else None
        case E.HELD:
            if state is S.SCHEDULED:
                return None
            return S.HELD if state in {S.DUE, S.HELD, S.MISSED} else S.ENDED
        case E.FOLLOWED:
            return state if state in {S.HELD, S.MISSED} | NOTHING_CAME | OVER else None
        case E.REPLY_DUE:
            return S.NO_ANSWER if state is S.PROPOSED else None
        case E.COUNTER_DUE:
            return S.NO_ANSWER if state is S.COUNTERED else None
        case E.BEGINS:
            return S.DUE if state in {S.SCHEDULED, S.HELD, S.MISSED} else None
        case E.HELD_DUE:
            return S.MISSED if state is S.DUE else None
        case E.ENDS:
            return S.ENDED if state in {S.HELD, S.MISSED} else None


@pytest.mark.parametrize(("state", "event"), list(product(ContactState, ContactEvent)))
def test_every_event_in_every_state_of_a_contact(state: S, event: E) -> None:
    """Each pair of state and event goes where the rules say, or cannot happen."""
    assert CONTACT_TABLE[state].get(event) is expected(state, event)


def test_the_table_and_the_clocks_of_a_contact_belong_together() -> None:
    """Every state is reached, and each clock's event can occur wherever it runs."""
    check_tables(CONTACT.life, CONTACT.clocks)


def request(**changes: object) -> Contact:
    """A request for a call at tier 2."""
    fields: dict[str, object] = {
        "by": BY,
        "tier": 2,
        "subject": "Flights",
        "times": (TIME, TIME + HOUR_MS),
        **changes,
    }
    return Contact(**fields)  # type: ignore[arg-type]


def reply(answer: ContactAnswer, **changes: object) -> ContactReply:
    """An answer to it."""
    return ContactReply(BY, OF, answer, **changes)  # type: ignore[arg-type]


def record(start: int = TIME) -> CallRecord:
    """The record of a call of twenty minutes."""
    return CallRecord(
        BY,
        "call",
        start,
        start + 20 * MINUTE_MS,
        ALPHA,
        (Speaker(ALPHA, "Gen. Jones"),),
        Authenticated.CHALLENGE_WORDS,
    )


def accepted(at: int = TIME, **changes: object) -> Talk:
    """A contact that bravo has accepted, one minute after it was asked for."""
    asked = {"weekly_until": changes.get("weekly_until")}
    talk = Talk(CONTACT).say(ALPHA, request(**asked), T0)
    answer = reply(ContactAnswer.ACCEPT, at=at, **changes)
    return talk.say(BRAVO, answer, T0 + MINUTE_MS, Kind.CONTACT)


@pytest.mark.parametrize(
    ("precedence", "agreed_ms"),
    [
        (Precedence.FLASH, 15 * MINUTE_MS),
        (Precedence.IMMEDIATE, 2 * HOUR_MS),
        (Precedence.PRIORITY, 48 * HOUR_MS),
        (Precedence.ROUTINE, 48 * HOUR_MS),
    ],
)
def test_nobody_answers_a_request(precedence: Precedence, agreed_ms: int) -> None:
    """At the agreed time, and not a millisecond before, NO_ANSWER is a fact for tier 2."""
    assert reply_ms(Timers(), precedence) == agreed_ms
    talk = Talk(CONTACT, precedence).say(ALPHA, request(), T0)
    due = T0 + agreed_ms
    assert talk.standing(due - 1).state is S.PROPOSED
    standing = talk.standing(due)
    assert (standing.state, standing.since, standing.tier) == (S.NO_ANSWER, due, 2)
    assert clock_named(CONTACT, "contact_reply").turn == "OTHER"


def test_a_request_cannot_ask_for_more_time_than_agreed() -> None:
    """An own time to answer counts if it is earlier than the agreed one."""
    hurried = Talk(CONTACT).say(ALPHA, request(reply_by=T0 + HOUR_MS), T0)
    patient = Talk(CONTACT).say(ALPHA, request(reply_by=T0 + 30 * DAY_MS), T0)
    assert hurried.standing(T0).instants["reply_by"] == T0 + HOUR_MS
    assert patient.standing(T0).instants["reply_by"] == T0 + 48 * HOUR_MS


def test_nobody_answers_the_other_times() -> None:
    """The party that asked owes an answer to other times, by the same clock."""
    other = reply(ContactAnswer.COUNTER, times=(TIME + DAY_MS,))
    talk = Talk(CONTACT).say(ALPHA, request(), T0).say(BRAVO, other, T0 + HOUR_MS, Kind.CONTACT)
    due = T0 + 49 * HOUR_MS
    standing = talk.standing(due - 1)
    assert standing.state is S.COUNTERED
    assert standing.instants["time_1"] == TIME + DAY_MS
    assert "time_2" not in standing.instants
    assert talk.standing(due).state is S.NO_ANSWER
    assert clock_named(CONTACT, "contact_counter").turn == "OPENER"
    talk.say(ALPHA, reply(ContactAnswer.ACCEPT, at=TIME + DAY_MS), T0 + 2 * HOUR_MS)
    assert talk.standing(T0 + 2 * HOUR_MS).state is S.SCHEDULED
    assert talk.standing(TIME + DAY_MS).state is S.DUE


def test_nobody_comes() -> None:
    """The time comes, two hours later it counts as missed, and a day later it is over."""
    talk = accepted()
    assert talk.standing(TIME - 1).state is S.SCHEDULED
    assert talk.standing(TIME).state is S.DUE
    assert talk.standing(TIME + 2 * HOUR_MS - 1).state is S.DUE
    missed = talk.standing(TIME + 2 * HOUR_MS)
    assert missed.state is S.MISSED
    [only] = occurrences(missed.steps)
    assert (only.begins_at, only.outcome, only.missed_by) == (TIME, S.MISSED, ())
    assert talk.standing(TIME + 26 * HOUR_MS).state is S.ENDED


def test_each_side_says_who_missed_it() -> None:
    """What the parties say of a missed contact stands side by side."""
    talk = accepted()
    at = TIME + 30 * MINUTE_MS
    talk.say(ALPHA, reply(ContactAnswer.MISSED, missed_by=(BRAVO,)), at, Kind.CONTACT)
    talk.say(BRAVO, reply(ContactAnswer.MISSED, missed_by=(ALPHA,)), at + 1, Kind.CONTACT)
    [only] = occurrences(talk.standing(at + 1).steps)
    assert only.missed_by == ((ALPHA, BRAVO), (BRAVO, ALPHA))


def test_a_record_holds_a_contact() -> None:
    """A call record makes a contact HELD, also one that counted as missed."""
    talk = accepted().say(ALPHA, record(), TIME + 30 * MINUTE_MS, Kind.CONTACT)
    [only] = occurrences(talk.standing(TIME + HOUR_MS).steps)
    assert (only.outcome, only.record) == (S.HELD, (ALPHA, 1))
    late = accepted().say(ALPHA, record(), TIME + 3 * HOUR_MS, Kind.CONTACT)
    assert late.standing(TIME + 3 * HOUR_MS).state is S.HELD
    assert late.standing(TIME + 27 * HOUR_MS).state is S.ENDED


def test_a_contact_recurs_every_week() -> None:
    """Each occurrence is kept or missed by itself, and after the last one it is over."""
    until = TIME + 2 * WEEK_MS
    talk = accepted(weekly_until=until)
    talk.say(ALPHA, record(), TIME + HOUR_MS, Kind.CONTACT)
    second = TIME + WEEK_MS
    assert talk.standing(second - 1).state is S.HELD
    assert talk.standing(second).state is S.DUE
    missed = reply(ContactAnswer.MISSED, missed_by=(BRAVO,))
    talk.say(ALPHA, missed, second + HOUR_MS, Kind.CONTACT)
    talk.say(BRAVO, record(until), until + HOUR_MS, Kind.CONTACT)
    standing = talk.standing(until + DAY_MS)
    found = [(one.begins_at, one.outcome) for one in occurrences(standing.steps)]
    assert found == [(TIME, S.HELD), (second, S.MISSED), (until, S.HELD)]
    assert standing.state is S.HELD
    ended = talk.standing(until + 26 * HOUR_MS)
    assert ended.state is S.ENDED
    assert talk.standing(until + 52 * WEEK_MS) == ended


def test_a_hostile_recurrence_has_a_bound() -> None:
    """A counterpart that accepts until the end of time makes no more occurrences than may be."""
    talk = Talk(CONTACT).say(ALPHA, request(), T0)
    endless = reply(ContactAnswer.ACCEPT, at=0, weekly_until=2**62)
    talk.say(BRAVO, endless, T0 + 1, Kind.CONTACT)
    standing = talk.standing(2**62)
    assert len(occurrences(standing.steps)) == CONTACT_WEEKS_MAX + 1
    assert standing.state is S.ENDED


def test_other_times_take_an_agreed_one_away() -> None:
    """A contact that is to be moved does not begin at its former time."""
    talk = accepted().say(BRAVO, reply(ContactAnswer.COUNTER, times=(TIME + DAY_MS,)), T0 + HOUR_MS)
    assert talk.standing(TIME).state is S.COUNTERED
    talk.say(ALPHA, reply(ContactAnswer.CALL_OFF, text="Later."), TIME)
    assert talk.standing(TIME + WEEK_MS).state is S.CALLED_OFF


def test_the_order_of_arrival_changes_nothing() -> None:
    """The same standing comes of the same messages in each of their orders."""
    talk = accepted(weekly_until=TIME + WEEK_MS)
    talk.say(ALPHA, record(), TIME + HOUR_MS, Kind.CONTACT)
    talk.say(BRAVO, reply(ContactAnswer.MISSED, missed_by=(ALPHA,)), TIME + WEEK_MS + 5)
    now = TIME + 2 * WEEK_MS
    standing = talk.standing(now)
    for order in permutations(talk.happenings):
        assert fold(CONTACT.life, CONTACT.clocks, order, now) == standing


def test_the_next_tier_is_offered_with_everything_filled_in() -> None:
    """It is the next tier that the other party has, without the persons and the past times."""
    contact = request(persons=("Gen. Ivanov",), reply_by=T0 + HOUR_MS)
    draft = next_tier(contact, OF, (1, 2, 4, 3), TIME + MINUTE_MS)
    assert draft is not None
    assert (draft.tier, draft.persons, draft.times) == (3, (), (TIME + HOUR_MS,))
    assert (draft.of, draft.reply_by, draft.subject) == (OF, None, "Flights")
    later = next_tier(contact, OF, (1, 4), TIME + DAY_MS)
    assert later is not None
    assert (later.tier, later.times) == (4, (TIME + DAY_MS + HOUR_MS,))
    assert next_tier(contact, OF, (1, 2), T0) is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"answer": "ACCEPT"}, "at"),
        ({"answer": "COUNTER"}, "times"),
        ({"answer": "DECLINE"}, "text"),
        ({"answer": "CALL_OFF"}, "text"),
        ({"answer": "MISSED", "at": "070140ZAPR17"}, "at"),
        ({"answer": "ACCEPT", "at": "070140ZAPR17", "missed_by": [BRAVO]}, "missed_by"),
        ({"answer": "ACCEPT", "at": "070140ZAPR17", "reply_by": "070140ZAPR17"}, "reply_by"),
        ({"answer": "MISSED", "weekly_until": "070140ZAPR17"}, "weekly_until"),
        (
            {"answer": "ACCEPT", "at": "070140ZAPR17", "weekly_until": "060140ZAPR17"},
            "weekly_until",
        ),
        (
            {"answer": "ACCEPT", "at": "070140ZAPR17", "weekly_until": "070140ZAPR18"},
            "weekly_until",
        ),
        ({"answer": "MISSED", "missed_by": ["no party"]}, "missed_by"),
    ],
)
def test_an_answer_has_what_belongs_to_it(fields: dict[str, object], field: str) -> None:
    """What is missing, or has no place beside the answer, is named."""
    form = {"by": {"post": "watch", "officer": "X"}, "of": {"party": ALPHA, "index": 0}, **fields}
    with pytest.raises(OurError, match=field):
        ContactReply.from_json(form)  # type: ignore[arg-type]
