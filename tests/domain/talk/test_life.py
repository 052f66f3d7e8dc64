from collections.abc import Mapping
from itertools import product

import pytest

from openline.domain.talk.life import NOTICE_LIFE, NoticeEvent, NoticeState

N, E = NoticeState, NoticeEvent
UNREAD = {N.SENT, N.DELIVERED}
ANSWERED = {N.NOTED, N.QUERIED, N.OBJECTED, N.UNABLE}
IN_FORCE = {N.IN_FORCE, N.IN_FORCE_UNREAD}
FINAL = {N.COMPLETED, N.REPLACED, N.CANCELLED, N.WITHDRAWN}
OVER = FINAL | {N.EXPIRED}
LIVE = UNREAD | {N.READ} | ANSWERED | IN_FORCE
COUNTERPARTS = {E.READ, E.NOTED, E.QUERIED, E.OBJECTED, E.UNABLE, E.HOLDING, E.DECLINED}
ANSWERS = {E.NOTED: N.NOTED, E.QUERIED: N.QUERIED, E.OBJECTED: N.OBJECTED, E.UNABLE: N.UNABLE}


def expected_of_a_notice(state: NoticeState, event: NoticeEvent) -> NoticeState | None:
    """The rules of a notice said again, event by event instead of state by state."""
    match event:
        case E.WITHDRAWN:
            return N.WITHDRAWN if state is N.SENT else None
        case E.REPLACED | E.CANCELLED:
            return N(event) if state in LIVE else None
        case E.COMPLETION_REPORTED:
            return N.COMPLETED if state in IN_FORCE | {N.EXPIRED} else None
        case E.WINDOW_CLOSED:
            return state if state in OVER else N.EXPIRED
        case E.WINDOW_OPENED:
            if state in {N.COMPLETED, N.EXPIRED}:
                return None
            if state in UNREAD:
                return N.IN_FORCE_UNREAD
            return N.IN_FORCE if state in {N.READ} | ANSWERED else state
        case E.DELIVERED:
            if state is N.WITHDRAWN:
                return None
            return N.DELIVERED if state is N.SENT else state
    assert event in COUNTERPARTS
    if state is N.WITHDRAWN:
        return None
    if state in IN_FORCE:
        return N.IN_FORCE
    if state in OVER:
        return state
    if event in ANSWERS:
        return ANSWERS[event]
    return N.READ if state in UNREAD else state


@pytest.mark.parametrize(("state", "event"), list(product(NoticeState, NoticeEvent)))
def test_every_event_in_every_state_of_a_notice(state: NoticeState, event: NoticeEvent) -> None:
    """Each pair of state and event of a notice goes where the rules say, or cannot happen."""
    assert NOTICE_LIFE[state].get(event) is expected_of_a_notice(state, event)


def _reached(life: Mapping[str, Mapping[str, str]], start: str) -> set[str]:
    """Every state that can be reached from the start."""
    reached = {start}
    waiting = [start]
    while waiting:
        found = set(life[waiting.pop()].values()) - reached
        reached |= found
        waiting += sorted(found)
    return reached


def test_every_state_can_be_reached() -> None:
    """From a notice that was sent some course of events leads to each state."""
    assert _reached(NOTICE_LIFE, N.SENT) == set(NoticeState)


def test_nothing_brings_a_final_state_back() -> None:
    """No event leads out of COMPLETED, REPLACED, CANCELLED or WITHDRAWN."""
    assert all(_reached(NOTICE_LIFE, state) == {state} for state in FINAL)


def test_a_notice_takes_effect_without_any_answer() -> None:
    """Sent, delivered and read, a notice is in force when its window opens."""
    state = N.SENT
    for event in (E.DELIVERED, E.READ, E.WINDOW_OPENED):
        state = NOTICE_LIFE[state][event]
    assert state is N.IN_FORCE


def test_no_life_is_quiet_about_an_unread_notice_in_force() -> None:
    """Without a word of the counterpart no course of events leads to IN_FORCE."""
    mute = {
        state: {event: then for event, then in row.items() if event not in COUNTERPARTS}
        for state, row in NOTICE_LIFE.items()
    }
    reached = _reached(mute, N.SENT)
    assert N.IN_FORCE_UNREAD in reached
    assert N.IN_FORCE not in reached
