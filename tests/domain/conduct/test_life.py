"""The machine of matters: tables that are whole, clocks that fire, one order for all."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.conduct.clock import Clock, Turn, escalation, known_by
from openline.domain.conduct.life import (
    GENERAL,
    OPENED,
    Happening,
    Life,
    Standing,
    fold,
    next_due,
    running,
)
from openline.domain.conduct.subject import Subject
from openline.domain.conduct.table import SUBJECTS
from openline.domain.line.terms import Timers
from openline.domain.party import Precedence

A, B = "alpha.example", "bravo.example"

LIFE = Life(
    "OPEN",
    {
        "OPEN": {"SEEN": "SEEN", "DONE": "DONE", "DUE": "LATE"},
        "SEEN": {"SEEN": "SEEN", "DONE": "DONE", "DUE": "LATE"},
        "LATE": {"DONE": "DONE", "MORE": "LATE"},
        "DONE": {},
    },
    frozenset({"DONE"}),
)
CLOCKS = (
    Clock("reply", "reply_by", ("OPEN", "SEEN"), "DUE", Turn.OTHER, Precedence.PRIORITY, 2),
    Clock("more", "more_at", ("LATE",), "MORE", Turn.OTHER, Precedence.PRIORITY, 3),
)


def opened(at: int = 0, **instants: int) -> Happening:
    """Alpha opens a matter with its first message."""
    return Happening(at, A, 1, 0, OPENED, tuple(instants.items()), "WHY")


def said(at: int, event: str, party: str = B, index: int = 0, **more: object) -> Happening:
    """A message about it, whose author has read the opening."""
    knew = ((A, 1, 1),) if party == B else ()
    return Happening(at, party, 1, index, event, knew=knew, **more)  # type: ignore[arg-type]


def stand(*happenings: Happening, now: int = 10**12) -> Standing:
    """Where the matter stands."""
    standing = fold(LIFE, CLOCKS, happenings, now)
    assert standing is not None
    return standing


def test_without_the_message_that_opens_it_there_is_no_matter() -> None:
    """What is said about a matter that nobody opened stands nowhere."""
    assert fold(LIFE, CLOCKS, [said(5, "DONE")], 10) is None


def test_a_clock_that_runs_out_changes_the_state_at_its_instant() -> None:
    """Nothing said by `reply_by` makes it LATE at that very instant, and tells a tier."""
    assert stand(opened(reply_by=100), now=99).state == "OPEN"
    late = stand(opened(reply_by=100), now=100)
    assert (late.state, late.since, late.tier) == ("LATE", 100, 2)


def test_what_is_said_at_the_very_instant_is_in_time() -> None:
    """An answer signed when it was due is not late; one a millisecond later is."""
    assert [s.event for s in stand(opened(reply_by=100), said(100, "DONE")).steps] == [
        OPENED,
        "DONE",
    ]
    late = stand(opened(reply_by=100), said(101, "DONE"))
    assert [step.event for step in late.steps] == [OPENED, "DUE", "DONE"]


def test_clocks_fire_in_the_order_of_their_instants() -> None:
    """Of clocks that ran out unseen the earlier comes first, each once."""
    standing = stand(opened(reply_by=100, more_at=150))
    assert [(step.at, step.event) for step in standing.steps] == [
        (0, OPENED),
        (100, "DUE"),
        (150, "MORE"),
    ]
    assert standing.tier == 3


def test_a_clock_whose_state_comes_later_fires_then() -> None:
    """An instant that was over before its state began counts from the state on."""
    standing = stand(opened(reply_by=100, more_at=50))
    assert [step.at for step in standing.steps] == [0, 100, 100]


def test_an_instant_that_is_set_anew_lets_its_clock_run_again() -> None:
    """HOLDING moves the time: the clock fires once for each instant that it is set to."""
    held = said(90, "SEEN", instants=(("reply_by", 300),))
    assert stand(opened(reply_by=100), held, now=299).state == "SEEN"
    assert stand(opened(reply_by=100), held, now=300).state == "LATE"


def test_an_instant_can_be_taken_away() -> None:
    """A message that sets an instant to nothing stops its clock."""
    free = said(90, "SEEN", instants=(("reply_by", None),))
    assert stand(opened(reply_by=100), free).state == "SEEN"


def test_what_cannot_happen_is_kept_and_changes_nothing() -> None:
    """An event that the table does not list leaves the state and its instants alone."""
    standing = stand(
        opened(reply_by=100), said(10, "DONE"), said(20, "SEEN", index=1, instants=(("x", 1),))
    )
    assert standing.state == "DONE"
    assert [step.has_effect for step in standing.steps] == [True, True, False]
    assert "x" not in standing.instants


def test_a_clock_that_is_slow_does_not_put_an_answer_before_its_question() -> None:
    """Bravo's clock is 5 s behind: what it read before it answered still comes first."""
    standing = stand(opened(10_000), said(5_000, "DONE"))
    assert standing.state == "DONE"
    assert [step.at for step in standing.steps] == [10_000, 10_000]


def test_authors_that_claim_to_know_of_each_other_end_somewhere() -> None:
    """Two forged messages that each name the other as earlier are put in one order."""
    one = Happening(10, A, 1, 5, "SEEN", knew=((B, 1, 9),))
    two = Happening(20, B, 1, 5, "DONE", knew=((A, 1, 9),))
    assert stand(opened(), one, two) == stand(two, opened(), one)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 400),
            st.sampled_from([A, B]),
            st.sampled_from(["SEEN", "DONE", "MORE"]),
            st.integers(0, 9),
        ),
        max_size=8,
    ),
    st.randoms(use_true_random=False),
    st.integers(0, 500),
)
def test_the_order_of_arrival_does_not_count(
    drawn: list[tuple[int, str, str, int]], shuffle: random.Random, now: int
) -> None:
    """The same messages in any order give the same standing."""
    ones = [opened(reply_by=100, more_at=150)]
    for number, (at, party, event, knows) in enumerate(drawn, start=1):
        other = B if party == A else A
        ones.append(Happening(at, party, 1, number, event, knew=((other, 1, knows),)))
    first = fold(LIFE, CLOCKS, ones, now)
    shuffle.shuffle(ones)
    assert fold(LIFE, CLOCKS, ones, now) == first


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda one: one.name)
def test_each_table_is_whole(subject: Subject) -> None:
    """Every next state has a row, every state can be reached, and clocks fit the table."""
    table = subject.life.table
    reached, waiting = {subject.life.start}, [subject.life.start]
    while waiting:
        for after in table[waiting.pop()].values():
            if after not in reached:
                reached.add(after)
                waiting.append(after)
    assert reached == set(table)
    assert subject.life.ends <= set(table)
    assert len({clock.name for clock in subject.clocks}) == len(subject.clocks)
    for clock in subject.clocks:
        assert clock.runs_in
        for state in clock.runs_in:
            assert clock.event in table[state], (clock.name, state)


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda one: one.name)
def test_every_pair_of_state_and_event_is_visited(subject: Subject) -> None:
    """From each state each event leads where the table says, or nowhere."""
    table = subject.life.table
    for state in subject.life.states():
        for event in subject.life.events():
            if event in GENERAL:
                continue  # Lifting is the same for all: tests/engine/test_tiers.py.
            life = Life(state, table, subject.life.ends)
            found = fold(life, (), [opened(), said(1, event)], 2)
            assert found is not None
            assert found.state == table[state].get(event, state)
            assert found.steps[-1].has_effect == (event in table[state])


@pytest.mark.parametrize(
    ("subject", "number"),
    [(one, number) for one in SUBJECTS for number in range(len(one.clocks))],
    ids=lambda one: getattr(one, "name", str(one)),
)
def test_each_row_of_the_table_of_clocks_is_walked(subject: Subject, number: int) -> None:
    """In each of its states a clock fires at its instant and not before, as the row says."""
    clock = subject.clocks[number]
    for state in clock.runs_in:
        life = Life(state, subject.life.table, subject.life.ends)
        opening = opened(**{clock.until: 100})
        before = fold(life, subject.clocks, [opening], 99)
        assert before is not None
        assert before.state == state
        assert next_due(subject.clocks, before) == (100, clock)
        assert (100, clock) in list(running(subject.clocks, before))
        after = fold(life, subject.clocks, [opening], 100)
        assert after is not None
        assert after.state == subject.life.table[state][clock.event]
        assert after.tier == max(1, clock.tier)
        assert after.steps[-1].at == 100


def test_what_begins_is_passed_on_before_it_begins() -> None:
    """By the time for an answer or by the start, whichever is sooner; after 5 min at least."""
    timers, minute = Timers(), 60_000

    def minutes(precedence: Precedence, begins: int | None) -> int:
        begins_at = None if begins is None else begins * minute
        return known_by(timers, precedence, 0, begins_at) // minute

    assert [minutes(one, None) for one in reversed(Precedence)] == [5, 30, 180, 48 * 60]
    assert [minutes(Precedence.ROUTINE, begins) for begins in (90, 5, 1, -60)] == [90, 5, 5, 5]
    assert minutes(Precedence.FLASH, 90) == 5


def test_an_unanswered_matter_goes_up_as_proposed() -> None:
    """FLASH after 5, 10 and 20 min; IMMEDIATE after 30 min and 2 h; PRIORITY after 3 and 12 h."""
    timers, minute = Timers(), 60_000

    def minutes(precedence: Precedence, answer_ms: int) -> list[int]:
        return [at // minute for at in escalation(timers, precedence, 0, answer_ms).values()]

    assert minutes(Precedence.FLASH, timers.answer_flash_ms) == [5, 10, 20]
    assert minutes(Precedence.IMMEDIATE, timers.answer_immediate_ms) == [30, 120]
    assert minutes(Precedence.PRIORITY, timers.answer_priority_ms) == [180, 720]
    assert minutes(Precedence.ROUTINE, timers.answer_routine_ms) == [48 * 60]
