"""The telephone: every state and event, and how long it rings."""

import pytest

from openline.domain.party import Precedence
from openline.domain.talk.body import By, Reference
from openline.domain.talk.kinds import Kind
from openline.domain.talk.telephone import (
    RING_FLASH_MS,
    RING_MS,
    SET_UP_MS,
    TALK_MS,
    TELEPHONE,
    TELEPHONE_CLOCKS,
    TELEPHONE_LIFE,
    TELEPHONE_TABLE,
    Call,
    CallStep,
    Ring,
    TelephoneEvent,
    TelephoneState,
)
from tests.domain.talk.matters import ALPHA, BRAVO, T0, Talk, check_tables, clock_named

BY = By("air-desk", "Maj. Weaver")
RING = Ring(BY, "air-desk", "Flights")
OF = Reference(ALPHA, 0)
SEEN = bytes(32)

# What each event makes of the three states in which anything can happen.
EXPECTED = {
    "TAKEN": ("TAKEN", None, None),
    "DECLINED": ("DECLINED", None, None),
    "BUSY": ("BUSY", None, None),
    "MEDIA": ("RINGING", "TAKEN", "TALKING"),
    "TALKING": (None, "TALKING", "TALKING"),
    "HUNG_UP": ("GIVEN_UP", "ENDED", "ENDED"),
    "ENDED": (None, "ENDED", "ENDED"),
    "CUT": (None, "CUT", "CUT"),
    "RING_DUE": ("MISSED", None, None),
    "LEFT_DUE": (None, "LEFT_OPEN", "LEFT_OPEN"),
}


@pytest.mark.parametrize("event", TelephoneEvent)
@pytest.mark.parametrize("state", TelephoneState)
def test_every_pair(state: TelephoneState, event: TelephoneEvent) -> None:
    """Each event does in each state what the table of the test says; an end is an end."""
    running = ("RINGING", "TAKEN", "TALKING")
    expected = EXPECTED[event][running.index(state)] if state in running else None
    assert TELEPHONE_TABLE[state].get(event) == expected


def test_the_tables_hold_together() -> None:
    """Every state is reached, and every clock's event can occur where it runs."""
    check_tables(TELEPHONE_LIFE, TELEPHONE_CLOCKS)
    assert clock_named(TELEPHONE, "call_ring_flash").tier == 2


def step(talk: Talk, party: str, what: CallStep, at: int) -> Talk:
    """Let a party do something with the call."""
    seen = SEEN if what is CallStep.TALK else None
    return talk.say(party, Call(BY, OF, what, seen=seen, text="Later."), at, Kind.RING)


@pytest.mark.parametrize(
    ("precedence", "lasts_ms"),
    [(Precedence.ROUTINE, RING_MS), (Precedence.FLASH, RING_FLASH_MS)],
)
def test_it_rings_out(precedence: Precedence, lasts_ms: int) -> None:
    """It rings until a clock says that it was missed; what comes at the instant is in time."""
    talk = Talk(TELEPHONE, precedence).say(ALPHA, RING, T0)
    assert talk.standing(T0 + lasts_ms - 1).state == "RINGING"
    assert talk.standing(T0 + lasts_ms).state == "MISSED"
    assert step(talk, BRAVO, CallStep.TAKE, T0 + lasts_ms).standing(T0 + lasts_ms).state == "TAKEN"
    late = Talk(TELEPHONE, precedence).say(ALPHA, RING, T0)
    step(late, BRAVO, CallStep.TAKE, T0 + lasts_ms + 1)
    assert late.standing(T0 + lasts_ms + 1).state == "MISSED"


def test_a_call_that_nobody_ends_is_left() -> None:
    """Taken and never talked it is over soon, talked after the longest watch."""
    talk = step(Talk(TELEPHONE).say(ALPHA, RING, T0), BRAVO, CallStep.TAKE, T0 + 1)
    assert talk.standing(T0 + SET_UP_MS).state == "TAKEN"
    assert talk.standing(T0 + 1 + SET_UP_MS).state == "LEFT_OPEN"
    step(talk, ALPHA, CallStep.TALK, T0 + 2)
    assert talk.standing(T0 + 1 + SET_UP_MS).state == "TALKING"
    assert talk.standing(T0 + 2 + TALK_MS).state == "LEFT_OPEN"


def test_who_may_do_what() -> None:
    """Only the side that is rung takes, declines or is busy; either side hangs up or cuts."""
    for what in (CallStep.TAKE, CallStep.DECLINE, CallStep.BUSY):
        talk = step(Talk(TELEPHONE).say(ALPHA, RING, T0), ALPHA, what, T0 + 1)
        assert talk.standing(T0 + 1).state == "RINGING"
    given_up = step(Talk(TELEPHONE).say(ALPHA, RING, T0), ALPHA, CallStep.END, T0 + 1)
    assert given_up.standing(T0 + 1).state == "GIVEN_UP"
    for party in (ALPHA, BRAVO):
        talk = step(Talk(TELEPHONE).say(ALPHA, RING, T0), BRAVO, CallStep.TAKE, T0 + 1)
        step(talk, party, CallStep.TALK, T0 + 2)
        assert step(talk, party, CallStep.END, T0 + 3).standing(T0 + 3).state == "ENDED"
        cut = step(Talk(TELEPHONE).say(ALPHA, RING, T0), BRAVO, CallStep.TAKE, T0 + 1)
        assert step(cut, party, CallStep.CUT, T0 + 2).standing(T0 + 2).state == "CUT"
