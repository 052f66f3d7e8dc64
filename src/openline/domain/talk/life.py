"""Life: through which states a notice and a sent message go.

Rules, from field.md 2.4 (c) and (d):

1. A notice takes effect when its window opens, with or without a response. If
   no person at the counterpart has read it by then, it is IN_FORCE_UNREAD,
   which is an alarm.
2. An answer may be followed by another; the last one counts. HOLDING and
   DECLINED are no answers in substance and leave the state as it is.
3. A notice is withdrawn before it was delivered, cancelled or replaced after.
4. What happens too late is a fact and is recorded, but brings nothing back:
   COMPLETED, REPLACED, CANCELLED and WITHDRAWN are final, and EXPIRED becomes
   COMPLETED only by the report of completion.
5. A receipt may be late; when it comes, the message is delivered. Only a person
   reads, and reading back and answering imply having read.

Theory: each table gives the next state of every pair that can occur. A pair
that is not in it cannot: `after` says so with `MayNotHappen`. Where several
counterparts share a line, each has its own state.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from openline.domain.errors import OurError


class NoticeState(StrEnum):
    """Where a notice stands with one counterpart."""

    DRAFT = "DRAFT"
    CHECKED = "CHECKED"
    RELEASED = "RELEASED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    READ = "READ"
    NOTED = "NOTED"
    QUERIED = "QUERIED"
    OBJECTED = "OBJECTED"
    UNABLE = "UNABLE"
    IN_FORCE = "IN_FORCE"
    IN_FORCE_UNREAD = "IN_FORCE_UNREAD"
    COMPLETED = "COMPLETED"
    EXPIRED = "EXPIRED"
    REPLACED = "REPLACED"
    CANCELLED = "CANCELLED"
    WITHDRAWN = "WITHDRAWN"


class NoticeEvent(StrEnum):
    """What happens to a notice."""

    CHANGED = "CHANGED"
    CHECKED = "CHECKED"
    RELEASED = "RELEASED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    READ = "READ"
    NOTED = "NOTED"
    QUERIED = "QUERIED"
    OBJECTED = "OBJECTED"
    UNABLE = "UNABLE"
    HOLDING = "HOLDING"
    DECLINED = "DECLINED"
    WINDOW_OPENED = "WINDOW_OPENED"
    WINDOW_CLOSED = "WINDOW_CLOSED"
    COMPLETION_REPORTED = "COMPLETION_REPORTED"
    REPLACED = "REPLACED"
    CANCELLED = "CANCELLED"
    WITHDRAWN = "WITHDRAWN"


class MessageState(StrEnum):
    """Where a sent message stands with one counterpart."""

    RECORDED = "RECORDED"
    LATE = "LATE"
    UNDELIVERED = "UNDELIVERED"
    DELIVERED = "DELIVERED"
    READ = "READ"
    READ_BACK = "READ_BACK"
    CORRECTED = "CORRECTED"
    ANSWERED = "ANSWERED"


class MessageEvent(StrEnum):
    """What happens to a sent message."""

    RECEIPT_OVERDUE = "RECEIPT_OVERDUE"
    GIVEN_UP = "GIVEN_UP"
    DELIVERED = "DELIVERED"
    READ = "READ"
    READ_BACK = "READ_BACK"
    CORRECTED = "CORRECTED"
    ANSWERED = "ANSWERED"


class MayNotHappen(OurError):
    """In this state the event cannot occur."""


_N, _E = NoticeState, NoticeEvent

_ANSWERS = {
    _E.NOTED: _N.NOTED,
    _E.QUERIED: _N.QUERIED,
    _E.OBJECTED: _N.OBJECTED,
    _E.UNABLE: _N.UNABLE,
}
_ENDS = {_E.REPLACED: _N.REPLACED, _E.CANCELLED: _N.CANCELLED}
_WITHDRAWAL = {_E.WITHDRAWN: _N.WITHDRAWN}
_WINDOW = {_E.WINDOW_OPENED: _N.IN_FORCE, _E.WINDOW_CLOSED: _N.EXPIRED}
_COMPLETION = {_E.COMPLETION_REPORTED: _N.COMPLETED}

_FACTS = (
    _E.DELIVERED,
    _E.READ,
    _E.NOTED,
    _E.QUERIED,
    _E.OBJECTED,
    _E.UNABLE,
    _E.HOLDING,
    _E.DECLINED,
)
"""What the counterpart does; it may come late, in any state after sending."""


def _stay(state: NoticeState, *events: NoticeEvent) -> dict[NoticeEvent, NoticeState]:
    return dict.fromkeys(events, state)


NOTICE_LIFE: Final[Mapping[NoticeState, Mapping[NoticeEvent, NoticeState]]] = {
    _N.DRAFT: {
        **_stay(_N.DRAFT, _E.CHANGED, _E.WINDOW_OPENED),
        _E.CHECKED: _N.CHECKED,
        _E.WINDOW_CLOSED: _N.EXPIRED,
        **_WITHDRAWAL,
    },
    _N.CHECKED: {
        **_stay(_N.CHECKED, _E.CHECKED, _E.WINDOW_OPENED),
        _E.CHANGED: _N.DRAFT,
        _E.RELEASED: _N.RELEASED,
        _E.WINDOW_CLOSED: _N.EXPIRED,
        **_WITHDRAWAL,
    },
    _N.RELEASED: {
        **_stay(_N.RELEASED, _E.WINDOW_OPENED),
        _E.CHANGED: _N.DRAFT,
        _E.SENT: _N.SENT,
        _E.WINDOW_CLOSED: _N.EXPIRED,
        **_WITHDRAWAL,
    },
    _N.SENT: {
        _E.DELIVERED: _N.DELIVERED,
        _E.READ: _N.READ,
        **_ANSWERS,
        **_stay(_N.READ, _E.HOLDING, _E.DECLINED),
        _E.WINDOW_OPENED: _N.IN_FORCE_UNREAD,
        _E.WINDOW_CLOSED: _N.EXPIRED,
        **_ENDS,
        **_WITHDRAWAL,
    },
    _N.DELIVERED: {
        **_stay(_N.DELIVERED, _E.DELIVERED),
        _E.READ: _N.READ,
        **_ANSWERS,
        **_stay(_N.READ, _E.HOLDING, _E.DECLINED),
        _E.WINDOW_OPENED: _N.IN_FORCE_UNREAD,
        _E.WINDOW_CLOSED: _N.EXPIRED,
        **_ENDS,
    },
    _N.READ: {
        **_stay(_N.READ, _E.DELIVERED, _E.READ, _E.HOLDING, _E.DECLINED),
        **_ANSWERS,
        **_WINDOW,
        **_ENDS,
    },
    _N.NOTED: {
        **_stay(_N.NOTED, _E.DELIVERED, _E.READ, _E.HOLDING, _E.DECLINED),
        **_ANSWERS,
        **_WINDOW,
        **_ENDS,
    },
    _N.QUERIED: {
        **_stay(_N.QUERIED, _E.DELIVERED, _E.READ, _E.HOLDING, _E.DECLINED),
        **_ANSWERS,
        **_WINDOW,
        **_ENDS,
    },
    _N.OBJECTED: {
        **_stay(_N.OBJECTED, _E.DELIVERED, _E.READ, _E.HOLDING, _E.DECLINED),
        **_ANSWERS,
        **_WINDOW,
        **_ENDS,
    },
    _N.UNABLE: {
        **_stay(_N.UNABLE, _E.DELIVERED, _E.READ, _E.HOLDING, _E.DECLINED),
        **_ANSWERS,
        **_WINDOW,
        **_ENDS,
    },
    _N.IN_FORCE_UNREAD: {
        **_stay(_N.IN_FORCE_UNREAD, _E.DELIVERED, _E.WINDOW_OPENED),
        **_stay(_N.IN_FORCE, *(event for event in _FACTS if event is not _E.DELIVERED)),
        _E.WINDOW_CLOSED: _N.EXPIRED,
        **_COMPLETION,
        **_ENDS,
    },
    _N.IN_FORCE: {
        **_stay(_N.IN_FORCE, *_FACTS, _E.WINDOW_OPENED),
        _E.WINDOW_CLOSED: _N.EXPIRED,
        **_COMPLETION,
        **_ENDS,
    },
    _N.COMPLETED: _stay(_N.COMPLETED, *_FACTS, _E.WINDOW_CLOSED),
    _N.EXPIRED: {**_stay(_N.EXPIRED, *_FACTS, _E.WINDOW_CLOSED), **_COMPLETION},
    _N.REPLACED: _stay(_N.REPLACED, *_FACTS, _E.WINDOW_OPENED, _E.WINDOW_CLOSED),
    _N.CANCELLED: _stay(_N.CANCELLED, *_FACTS, _E.WINDOW_OPENED, _E.WINDOW_CLOSED),
    _N.WITHDRAWN: _stay(_N.WITHDRAWN, _E.WINDOW_OPENED, _E.WINDOW_CLOSED),
}

_M, _V = MessageState, MessageEvent

_READING = {
    _V.READ: _M.READ,
    _V.READ_BACK: _M.READ_BACK,
    _V.CORRECTED: _M.CORRECTED,
    _V.ANSWERED: _M.ANSWERED,
}
_READ_BACKS = {
    _V.READ_BACK: _M.READ_BACK,
    _V.CORRECTED: _M.CORRECTED,
    _V.ANSWERED: _M.ANSWERED,
}

MESSAGE_LIFE: Final[Mapping[MessageState, Mapping[MessageEvent, MessageState]]] = {
    _M.RECORDED: {
        _V.RECEIPT_OVERDUE: _M.LATE,
        _V.GIVEN_UP: _M.UNDELIVERED,
        _V.DELIVERED: _M.DELIVERED,
        **_READING,
    },
    _M.LATE: {
        _V.RECEIPT_OVERDUE: _M.LATE,
        _V.GIVEN_UP: _M.UNDELIVERED,
        _V.DELIVERED: _M.DELIVERED,
        **_READING,
    },
    _M.UNDELIVERED: {
        _V.RECEIPT_OVERDUE: _M.UNDELIVERED,
        _V.GIVEN_UP: _M.UNDELIVERED,
        _V.DELIVERED: _M.DELIVERED,
        **_READING,
    },
    _M.DELIVERED: {_V.DELIVERED: _M.DELIVERED, **_READING},
    _M.READ: {_V.DELIVERED: _M.READ, _V.READ: _M.READ, **_READ_BACKS},
    _M.READ_BACK: {_V.DELIVERED: _M.READ_BACK, _V.READ: _M.READ_BACK, **_READ_BACKS},
    _M.CORRECTED: {_V.DELIVERED: _M.CORRECTED, _V.READ: _M.CORRECTED, **_READ_BACKS},
    _M.ANSWERED: {
        _V.DELIVERED: _M.ANSWERED,
        _V.READ: _M.ANSWERED,
        _V.READ_BACK: _M.ANSWERED,
        _V.CORRECTED: _M.ANSWERED,
        _V.ANSWERED: _M.ANSWERED,
    },
}

_State = TypeVar("_State", bound=StrEnum)
_Event = TypeVar("_Event", bound=StrEnum)


def after(life: Mapping[_State, Mapping[_Event, _State]], state: _State, event: _Event) -> _State:
    """The state after an event.

    Args:
        life: `NOTICE_LIFE` or `MESSAGE_LIFE`.
        state: The state before.
        event: What happened.

    Raises:
        MayNotHappen: The event cannot occur in this state.
    """
    if event not in life[state]:
        raise MayNotHappen(f"{event} cannot happen to what is {state}.")
    return life[state][event]
