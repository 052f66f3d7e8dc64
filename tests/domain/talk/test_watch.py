"""The life of a watch: each state and event, each clock, and what a watch may not say."""

from dataclasses import replace

import pytest

from openline.domain.conduct.life import Happening, Standing, fold, next_due
from openline.domain.instant import HOUR_MS, MINUTE_MS
from openline.domain.talk.body import By
from openline.domain.talk.watch import (
    BEGINNING,
    GRACE_MS,
    WATCH_CLOCKS,
    WATCH_LIFE,
    WATCH_MS,
    WATCH_TABLE,
    Change,
    Watch,
    WatchEvent,
    WatchState,
    is_same_person,
    watch_instants,
)

START = 1_491_523_200_000
SMITH = By("watch", "Capt. Smith")
OPENED = Watch(SMITH, Change.OPENED, "watch", "Capt. Smith", START, START + WATCH_MS)

# Written out whole: what each event makes of each state; None where nothing happens.
EXPECTED = {
    "OPEN": ("OPEN", "HANDOVER_SIGNED", "CLOSED", "UNMANNED", "HANDOVER_DUE", None),
    "HANDOVER_DUE": ("OPEN", "HANDOVER_SIGNED", "CLOSED", "UNMANNED", None, "OVERDUE"),
    "OVERDUE": ("OPEN", "HANDOVER_SIGNED", "CLOSED", "UNMANNED", None, None),
    "UNMANNED": (None, "HANDOVER_SIGNED", "CLOSED", None, None, None),
    "HANDOVER_SIGNED": (None,) * 6,
    "CLOSED": (None,) * 6,
}


@pytest.mark.parametrize("state", WatchState)
@pytest.mark.parametrize(("number", "event"), list(enumerate(WatchEvent)))
def test_every_pair_of_state_and_event(state: WatchState, number: int, event: WatchEvent) -> None:
    """Each event does in each state what the table of the test says."""
    assert WATCH_TABLE[state].get(event) == EXPECTED[state][number]


def stand(now: int, *more: Happening) -> Standing:
    """Where a watch of eight hours from START stands."""
    begun = Happening(START, "alpha.example", 1, 0, BEGINNING, watch_instants(OPENED))
    standing = fold(WATCH_LIFE, WATCH_CLOCKS, [begun, *more], now)
    assert standing is not None
    return standing


def test_the_clocks_run_to_the_planned_end_and_a_quarter_of_an_hour_on() -> None:
    """OPEN until the end, then HANDOVER_DUE, after 15 min OVERDUE; then no clock runs."""
    end = START + WATCH_MS
    assert GRACE_MS == 15 * MINUTE_MS
    assert stand(end - 1).state == WatchState.OPEN
    assert stand(end).state == WatchState.HANDOVER_DUE
    assert stand(end + GRACE_MS - 1).state == WatchState.HANDOVER_DUE
    overdue = stand(end + GRACE_MS)
    assert (overdue.state, overdue.tier) == (WatchState.OVERDUE, 2)
    assert next_due(WATCH_CLOCKS, overdue) is None
    assert stand(end + 48 * HOUR_MS).state == WatchState.OVERDUE


def test_a_prolonged_watch_has_its_clocks_anew() -> None:
    """Two hours more, said while the handover was due: then it is due again."""
    later = replace(OPENED, planned_until=START + WATCH_MS + 2 * HOUR_MS)
    said = Happening(
        START + WATCH_MS + MINUTE_MS, "alpha.example", 1, 1, WatchEvent.PROLONGED,
        watch_instants(later),
    )  # fmt: skip
    assert stand(START + WATCH_MS + HOUR_MS, said).state == WatchState.OPEN
    assert stand(START + WATCH_MS + 2 * HOUR_MS, said).state == WatchState.HANDOVER_DUE


def test_a_sound_watch_has_no_fault() -> None:
    """Opened, taken over, closed and unmanned, each with what goes with it."""
    closed = replace(OPENED, change=Change.CLOSED, planned_until=None)
    taken = replace(OPENED, change=Change.TAKEN_OVER, relieved="Lt. Jones", brief=bytes(32))
    for watch in (OPENED, taken, closed, replace(closed, change=Change.UNMANNED)):
        assert not list(watch.faults())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"planned_until": None}, "planned_until"),
        ({"planned_until": START}, "planned_until"),
        ({"planned_until": START + 25 * HOUR_MS}, "planned_until"),
        ({"change": Change.CLOSED}, "planned_until"),
        ({"change": Change.TAKEN_OVER}, "relieved"),
        ({"relieved": "Lt. Jones"}, "relieved"),
        ({"change": Change.TAKEN_OVER, "relieved": " capt.  SMITH"}, "relieved"),
        ({"brief": bytes(32)}, "brief"),
    ],
)
def test_what_a_watch_may_not_say(changes: dict[str, object], field: str) -> None:
    """Ends that cannot be, and people who relieve themselves, are faults with their field."""
    assert field in [fault.path for fault in replace(OPENED, **changes).faults()]  # type: ignore[arg-type]


def test_one_person_under_two_spellings() -> None:
    """Case and blanks make no other person; another name does."""
    assert is_same_person("Capt.  Smith", "capt. smith ")
    assert not is_same_person("Capt. Smith", "Capt. Smythe")
