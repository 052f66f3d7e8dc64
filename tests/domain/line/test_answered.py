"""People at the other end: line checks, hysteresis, and a cause that is never guessed."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.limits import LINE_CHECKS_OPEN_MAX
from openline.domain.line.observed import (
    PEOPLE,
    WORST_ANSWERED,
    Answered,
    Cause,
    PeopleWatch,
    Test,
    cause_of,
)
from openline.domain.line.terms import Timers

TIMERS = Timers()
START = 1_491_523_200_000

UNTESTED, ANSWERED, RECOVERING, LATE, UNANSWERED, PROLONGED = (
    Answered.UNTESTED,
    Answered.ANSWERED,
    Answered.RECOVERING,
    Answered.LATE,
    Answered.UNANSWERED,
    Answered.UNANSWERED_PROLONGED,
)
GOOD = (UNTESTED, ANSWERED, RECOVERING)
BAD = (LATE, UNANSWERED, PROLONGED)


@pytest.mark.parametrize(("state", "test"), list(product(Answered, Test)))
def test_every_pair(state: Answered, test: Test) -> None:
    """Each pair of state and test leads where the rules of people say."""
    match test:
        case Test.IN_TIME:
            expected = RECOVERING if state in BAD else ANSWERED
        case Test.TOO_LATE:
            expected = RECOVERING
        case Test.MISSED:
            expected = state if state in BAD else LATE
        case Test.MISSED_AGAIN:
            expected = PROLONGED if state is PROLONGED else UNANSWERED
        case Test.MISSED_LONG:
            expected = PROLONGED
    assert PEOPLE[state][test] is expected


def test_the_table_is_whole() -> None:
    """The table names every pair and nothing else; the order of gravity has every state."""
    assert set(PEOPLE) == set(Answered) == set(WORST_ANSWERED)
    assert all(set(row) == set(Test) for row in PEOPLE.values())


@pytest.mark.parametrize(
    ("waited_ms", "state"),
    [
        (0, UNTESTED),
        (5 * MINUTE_MS - 1, UNTESTED),
        (5 * MINUTE_MS, LATE),
        (30 * MINUTE_MS - 1, LATE),
        (30 * MINUTE_MS, UNANSWERED),
        (DAY_MS - 1, UNANSWERED),
        (DAY_MS, PROLONGED),
    ],
)
def test_one_check_that_nobody_answers(waited_ms: int, state: Answered) -> None:
    """A check is LATE after 5 minutes, UNANSWERED after 30, PROLONGED after a day."""
    watch = PeopleWatch()
    watch.ask(1, START, TIMERS)
    watch.advance(START + waited_ms, TIMERS)
    assert watch.state is state


def test_missed_in_a_row() -> None:
    """The second check missed in a row makes it UNANSWERED, the third PROLONGED."""
    watch = PeopleWatch()
    seen = []
    for number in (1, 2, 3):
        at = START + number * 6 * MINUTE_MS
        watch.ask(number, at, TIMERS)
        watch.advance(at + 5 * MINUTE_MS, TIMERS)
        seen.append(watch.state)
    assert seen == [LATE, UNANSWERED, PROLONGED]


def test_two_answers_clear_it() -> None:
    """After UNANSWERED one answered check makes it RECOVERING, and the second clears it."""
    watch = PeopleWatch()
    watch.ask(1, START, TIMERS)
    watch.answer(1, START + HOUR_MS, TIMERS)
    assert watch.state is RECOVERING
    watch.ask(2, START + 2 * HOUR_MS, TIMERS)
    watch.answer(2, START + 2 * HOUR_MS + MINUTE_MS, TIMERS)
    assert (watch.state, watch.missed, watch.tests) == (ANSWERED, 0, [])


def test_a_late_answer_is_no_second_good_one() -> None:
    """Answers that come late show somebody is there and do not clear anything."""
    watch = PeopleWatch()
    for number in (1, 2, 3):
        at = START + number * HOUR_MS
        watch.ask(number, at, TIMERS)
        watch.answer(number, at + 6 * MINUTE_MS, TIMERS)
        assert watch.state is RECOVERING


def test_their_check_counts() -> None:
    """A check of theirs that we answered shows people at both ends, and ends a row of misses."""
    watch = PeopleWatch()
    watch.ask(1, START, TIMERS)
    watch.advance(START + HOUR_MS, TIMERS)
    watch.meet(START + 2 * HOUR_MS, TIMERS)
    assert (watch.state, watch.tests) == (RECOVERING, [])
    watch.meet(START + 3 * HOUR_MS, TIMERS)
    assert watch.state is ANSWERED
    assert watch.answered_at is None, "they have answered nothing of ours"


def test_an_answer_to_nothing() -> None:
    """The answer to a check that is not open changes nothing."""
    watch = PeopleWatch()
    watch.ask(1, START, TIMERS)
    assert watch.answer(2, START, TIMERS) == []
    assert (watch.state, watch.asked_at) == (UNTESTED, START)


def test_many_open_checks() -> None:
    """Of many checks without an answer the oldest are kept, and the newest."""
    watch = PeopleWatch()
    for number in range(1, LINE_CHECKS_OPEN_MAX + 5):
        watch.ask(number, START + number, TIMERS)
    numbers = [test.number for test in watch.tests]
    assert (len(numbers), numbers[0], numbers[-1]) == (
        LINE_CHECKS_OPEN_MAX,
        1,
        LINE_CHECKS_OPEN_MAX + 4,
    )


@given(
    st.lists(st.tuples(st.sampled_from("amx"), st.integers(0, 26 * 60)), min_size=1, max_size=12),
    st.lists(st.integers(0, 26 * 60 * 12), max_size=12),
)
def test_looking_changes_nothing(steps: list[tuple[str, int]], looks: list[int]) -> None:
    """However often somebody looks in between, the same states follow at the same instants."""
    plain, watched = PeopleWatch(), PeopleWatch()
    now, number = START, 0
    turned: dict[str, list[object]] = {"plain": [], "watched": []}
    pending = sorted(START + look * MINUTE_MS for look in looks)
    for step, minutes in steps:
        now += minutes * MINUTE_MS
        while pending and pending[0] <= now:
            turned["watched"] += watched.advance(pending.pop(0), TIMERS)
        if step == "a":
            number += 1
        for name, watch in (("plain", plain), ("watched", watched)):
            match step:
                case "a":
                    turned[name] += watch.ask(number, now, TIMERS)
                case "x":
                    turned[name] += watch.answer(number, now, TIMERS)
                case _:
                    turned[name] += watch.meet(now, TIMERS)
    assert turned["plain"] == turned["watched"]
    assert plain == watched


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ((False, False, False, False), Cause.UNKNOWN),
        ((True, False, True, True), Cause.TECHNICAL_OWN),
        ((False, True, True, True), Cause.TECHNICAL_OWN),
        ((False, False, True, True), Cause.TECHNICAL_COUNTERPART_DECLARED),
        ((False, False, False, True), Cause.DELIBERATE_DECLARED),
    ],
)
def test_the_cause(facts: tuple[bool, bool, bool, bool], cause: Cause) -> None:
    """A cause is what we know, what they said, what they declared; else unknown."""
    own_fault, own, theirs, deliberate = facts
    found = cause_of(
        is_own_fault=own_fault,
        is_own_service=own,
        is_their_service=theirs,
        is_deliberate=deliberate,
    )
    assert found is cause
