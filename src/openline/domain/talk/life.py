"""Life: through which states a notice goes, from when it was sent.

Rules:

1. A notice takes effect when its window opens, with or without a response. If
   no person at the counterpart has read it by then, it is IN_FORCE_UNREAD,
   which is an alarm.
2. An answer may be followed by another; the last one counts. HOLDING and
   DECLINED are no answers in substance and leave the state as it is.
3. A notice is withdrawn before it was delivered, cancelled or replaced after.
4. What happens too late is a fact and is recorded, but brings nothing back:
   COMPLETED, REPLACED, CANCELLED and WITHDRAWN are final, and EXPIRED becomes
   COMPLETED only by the report of completion.
5. A receipt may be late; when it comes, the notice is delivered. Only a person
   reads, and answering implies having read.

Theory: the table gives the next state of every pair that can occur; a pair that
is not in it cannot. Where several counterparts share a line, each has its own
state.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class NoticeState(StrEnum):
    """Where a notice stands with one counterpart."""

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
"""The state machine of one notice with one counterpart; it begins with SENT."""
