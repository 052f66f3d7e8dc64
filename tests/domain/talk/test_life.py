from collections.abc import Mapping
from itertools import product

import pytest

from openline.domain.talk.life import (
    MESSAGE_LIFE,
    NOTICE_LIFE,
    MayNotHappen,
    MessageEvent,
    MessageState,
    NoticeEvent,
    NoticeState,
    after,
)

N, E = NoticeState, NoticeEvent
UNSENT = {N.DRAFT, N.CHECKED, N.RELEASED}
UNREAD = {N.SENT, N.DELIVERED}
ANSWERED = {N.NOTED, N.QUERIED, N.OBJECTED, N.UNABLE}
IN_FORCE = {N.IN_FORCE, N.IN_FORCE_UNREAD}
FINAL = {N.COMPLETED, N.REPLACED, N.CANCELLED, N.WITHDRAWN}
OVER = FINAL | {N.EXPIRED}
LIVE = UNREAD | {N.READ} | ANSWERED | IN_FORCE
COUNTERPARTS = {E.READ, E.NOTED, E.QUERIED, E.OBJECTED, E.UNABLE, E.HOLDING, E.DECLINED}
ANSWERS = {E.NOTED: N.NOTED, E.QUERIED: N.QUERIED, E.OBJECTED: N.OBJECTED, E.UNABLE: N.UNABLE}


def expected_of_a_notice(state: NoticeState, event: NoticeEvent) -> NoticeState | None:
    """The rules of field.md 2.4 (c) said again, event by event instead of state by state."""
    match event:
        case E.CHANGED:
            return N.DRAFT if state in UNSENT else None
        case E.CHECKED:
            return N.CHECKED if state in {N.DRAFT, N.CHECKED} else None
        case E.RELEASED:
            return N.RELEASED if state is N.CHECKED else None
        case E.SENT:
            return N.SENT if state is N.RELEASED else None
        case E.WITHDRAWN:
            return N.WITHDRAWN if state in UNSENT | {N.SENT} else None
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
            if state in UNSENT | {N.WITHDRAWN}:
                return None
            return N.DELIVERED if state is N.SENT else state
    assert event in COUNTERPARTS
    if state in UNSENT | {N.WITHDRAWN}:
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
    expected = expected_of_a_notice(state, event)
    if expected is None:
        with pytest.raises(MayNotHappen, match=f"{event} cannot happen to what is {state}"):
            after(NOTICE_LIFE, state, event)
    else:
        assert after(NOTICE_LIFE, state, event) is expected


M, V = MessageState, MessageEvent
WAITING = {M.RECORDED, M.LATE, M.UNDELIVERED}


def expected_of_a_message(state: MessageState, event: MessageEvent) -> MessageState | None:
    """The rules of field.md 2.4 (d) said again, event by event."""
    match event:
        case V.RECEIPT_OVERDUE:
            if state not in WAITING:
                return None
            return M.UNDELIVERED if state is M.UNDELIVERED else M.LATE
        case V.GIVEN_UP:
            return M.UNDELIVERED if state in WAITING else None
        case V.DELIVERED:
            return M.DELIVERED if state in WAITING else state
        case V.READ:
            return M.READ if state in WAITING | {M.DELIVERED} else state
    return M.ANSWERED if state is M.ANSWERED else M(event)


@pytest.mark.parametrize(("state", "event"), list(product(MessageState, MessageEvent)))
def test_every_event_in_every_state_of_a_message(state: MessageState, event: MessageEvent) -> None:
    """Each pair of state and event of a message goes where the rules say, or cannot happen."""
    expected = expected_of_a_message(state, event)
    if expected is None:
        with pytest.raises(MayNotHappen):
            after(MESSAGE_LIFE, state, event)
    else:
        assert after(MESSAGE_LIFE, state, event) is expected


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
    """From a draft, and from a recorded message, some course of events leads to each state."""
    assert _reached(NOTICE_LIFE, N.DRAFT) == set(NoticeState)
    assert _reached(MESSAGE_LIFE, M.RECORDED) == set(MessageState)


def test_nothing_brings_a_final_state_back() -> None:
    """No event leads out of COMPLETED, REPLACED, CANCELLED or WITHDRAWN."""
    assert all(_reached(NOTICE_LIFE, state) == {state} for state in FINAL)


def test_a_notice_takes_effect_without_any_answer() -> None:
    """Sent, delivered and read, a notice is in force when its window opens."""
    state = N.RELEASED
    for event in (E.SENT, E.DELIVERED, E.READ, E.WINDOW_OPENED):
        state = after(NOTICE_LIFE, state, event)
    assert state is N.IN_FORCE


def test_no_life_is_quiet_about_an_unread_notice_in_force() -> None:
    """Without a word of the counterpart no course of events leads to IN_FORCE."""
    mute = {
        state: {event: then for event, then in row.items() if event not in COUNTERPARTS}
        for state, row in NOTICE_LIFE.items()
    }
    reached = _reached(mute, N.DRAFT)
    assert N.IN_FORCE_UNREAD in reached
    assert N.IN_FORCE not in reached
