"""Lifting to a tier: in every state, added and given back, with a clock of its own."""

from dataclasses import replace

import pytest

from openline.domain.conduct.clock import Turn
from openline.domain.conduct.life import (
    DEADLINE,
    ESCALATED,
    OPENED,
    READ_AT_TIER,
    RETURNED,
    Happening,
    Standing,
    fold,
)
from openline.domain.conduct.table import SUBJECTS
from openline.domain.line.terms import Timers
from openline.domain.talk.body import By, Reference
from openline.domain.talk.escalation import (
    ESCALATION,
    ESCALATION_CLOCKS,
    ESCALATION_LIFE,
    ESCALATION_TABLE,
    Escalation,
    EscalationEvent,
    EscalationState,
    Lift,
    deadline_clocks,
    lifting,
)

A, B = "alpha.example", "bravo.example"
LIFTS = Escalation(By("air-desk", "Lt A"), Reference(A, 0), Lift.ESCALATED, 2, "It is late.")

# What each event makes of each state; None where nothing happens.
EXPECTED = {
    "SAID": ("LIFTED", None, None, None, None, None),
    "LIFTED": ("LIFTED", "RETURNED", "READ", "HOLDING", "ANSWERED", "LIFTED"),
    "READ": ("LIFTED", "RETURNED", "READ", "HOLDING", "ANSWERED", None),
    "HOLDING": ("LIFTED", "RETURNED", "HOLDING", "HOLDING", "ANSWERED", None),
    "ANSWERED": ("LIFTED", "RETURNED", "ANSWERED", "HOLDING", "ANSWERED", None),
    "RETURNED": ("LIFTED", None, "RETURNED", None, None, None),
}


@pytest.mark.parametrize("state", EscalationState)
@pytest.mark.parametrize(("number", "event"), list(enumerate(EscalationEvent)))
def test_every_pair(state: EscalationState, number: int, event: EscalationEvent) -> None:
    """Each event does in each state what the table of the test says."""
    assert ESCALATION_TABLE[state].get(event) == EXPECTED[state][number]


def said(at: int, party: str, index: int, event: str, tier: int = 0) -> Happening:
    """One message about a matter, whose author knew of nothing."""
    return Happening(at, party, 1, index, event, tier=tier)


def stand(state_of: str, *more: Happening, now: int = 10**12) -> Standing:
    """Where a matter of a subject stands after it was opened."""
    [subject] = [one for one in SUBJECTS if one.name == state_of]
    clocks = (*subject.clocks, *deadline_clocks(subject.life))
    standing = fold(subject.life, clocks, [said(0, A, 0, OPENED), *more], now)
    assert standing is not None
    return standing


@pytest.mark.parametrize("subject", [one.name for one in SUBJECTS if one is not ESCALATION])
def test_every_matter_can_be_lifted_and_its_state_stays(subject: str) -> None:
    """Whatever the sort, a tier is added, and taken away again by who added it alone."""
    [life] = [one.life for one in SUBJECTS if one.name == subject]
    lifted = said(1, A, 1, ESCALATED, 3)
    standing = stand(subject, lifted)
    assert (standing.state, standing.tier) == (life.start, 3)
    strange = stand(subject, lifted, said(2, B, 0, RETURNED, 1))
    assert strange.tier == 3
    assert not strange.steps[-1].has_effect
    assert stand(subject, lifted, said(2, A, 2, RETURNED, 1)).tier == 1
    assert stand(subject, lifted, said(2, A, 2, RETURNED, 2)).tier == 2


def test_each_party_lifts_for_itself() -> None:
    """The higher one counts, and when one gives it back the other's stays."""
    both = (said(1, A, 1, ESCALATED, 2), said(2, B, 0, ESCALATED, 4))
    assert stand("query", *both).lifted == {A: 2, B: 4}
    assert stand("query", *both).tier == 4
    assert stand("query", *both, said(3, B, 1, RETURNED, 1)).tier == 2


def test_lifting_no_higher_changes_nothing() -> None:
    """A second lifting to the same tier is kept as a step without effect."""
    twice = stand("query", said(1, A, 1, ESCALATED, 2), said(2, A, 2, ESCALATED, 2))
    assert [step.has_effect for step in twice.steps] == [True, True, False]


def test_each_tier_reads_for_itself() -> None:
    """Readings at two tiers are two steps, and the state of a query stays."""
    read = (said(2, B, 0, READ_AT_TIER, 2), said(3, B, 1, READ_AT_TIER, 3))
    standing = stand("query", said(1, A, 1, ESCALATED, 3), *read)
    assert standing.state == "ASKED"
    assert [step.event for step in standing.steps[2:]] == [READ_AT_TIER, READ_AT_TIER]


@pytest.mark.parametrize(("is_by_opener", "turn"), [(True, Turn.OTHER), (False, Turn.OPENER)])
def test_a_deadline_is_a_clock_of_whoever_set_it(is_by_opener: bool, turn: Turn) -> None:
    """It runs out once, for the other party's turn, in a state where somebody is waited for."""
    timed = replace(LIFTS, deadline=100)
    deed = lifting(timed, 1, Timers(), is_by_opener=is_by_opener)
    lifted = Happening(1, A, 1, 1, deed.event, deed.instants, tier=deed.tier)
    fired = [step for step in stand("query", lifted).steps if step.event == DEADLINE]
    assert [(step.at, step.state) for step in fired] == [(100, "ASKED")]
    name = fired[0].said.partition("@")[0]
    [subject] = [one for one in SUBJECTS if one.name == "query"]
    assert {one.name: one.turn for one in deadline_clocks(subject.life)}[name] is turn
    back = lifting(
        replace(LIFTS, change=Lift.RETURNED, tier=1), 2, Timers(), is_by_opener=is_by_opener
    )
    returned = Happening(2, A, 1, 2, back.event, back.instants, tier=back.tier)
    assert DEADLINE not in [step.event for step in stand("query", lifted, returned).steps]


def test_the_clock_of_a_lifted_message_asks_for_its_reading() -> None:
    """After the agreed time for IMMEDIATE it says that no tier has read it."""
    deed = lifting(LIFTS, 5, Timers(), is_by_opener=True)
    lifted = Happening(5, A, 1, 1, deed.event, deed.instants, tier=2)
    opened = said(0, A, 0, OPENED)
    due = 5 + Timers().read_immediate_ms
    early = fold(ESCALATION_LIFE, ESCALATION_CLOCKS, [opened, lifted], due - 1)
    late = fold(ESCALATION_LIFE, ESCALATION_CLOCKS, [opened, lifted], due)
    assert early is not None
    assert late is not None
    assert [step.event for step in early.steps] == [OPENED, ESCALATED]
    assert [step.event for step in late.steps] == [OPENED, ESCALATED, "READ_DUE"]


def test_what_an_escalation_may_not_say() -> None:
    """Tier 1 is nothing to lift to, and what is given back has no deadline."""
    assert [fault.path for fault in replace(LIFTS, tier=1).faults()] == ["tier"]
    back = replace(LIFTS, change=Lift.RETURNED, tier=1, deadline=5)
    assert [fault.path for fault in back.faults()] == ["deadline"]
    assert not list(LIFTS.faults())
