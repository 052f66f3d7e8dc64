"""Watches: a party's honest word on who is on watch at a post.

A watch is one continuous period of duty. Whoever opened it or took it over is responsible
until somebody else takes it: an offer alone relieves nobody, and neither does the clock.
Where the time is long over and nobody took it, the post is UNMANNED, and the counterpart
is told so. That word a node says by itself, in the name of no person (`NODE`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import ClassVar, Final

from openline.domain.conduct.clock import Clock, Turn
from openline.domain.conduct.life import OPENED, Life, Table
from openline.domain.instant import HOUR_MS, MINUTE_MS
from openline.domain.limits import LANGUAGES_MAX, WATCH_MS_MAX
from openline.domain.line.form import (
    LABEL,
    LANGUAGE,
    NEEDED_LABEL,
    Blob,
    Fault,
    Field,
    Instant,
    Items,
    Record,
    Word,
)
from openline.domain.party import Precedence
from openline.domain.talk.body import BY, FREE_TEXT, Body, By
from openline.domain.talk.kinds import Kind

NODE: Final = "node"
"""Stands for the officer where a node speaks by itself; no officer has this name."""

WATCH_MS: Final = 8 * HOUR_MS
"""A watch, unless it is said otherwise: three a day (the risk reduction centres)."""

GRACE_MS: Final = 15 * MINUTE_MS
"""After this nobody has taken the watch in time (field procedure P8)."""


class Change(IntEnum):
    """What happens at the post."""

    OPENED = 1
    """The officer is on watch; said again by the same officer, for longer than planned."""
    TAKEN_OVER = 2
    CLOSED = 3
    UNMANNED = 4


@dataclass(frozen=True, slots=True)
class Watch(Body):
    """Who is on watch at a post from now on.

    Attributes:
        by: Who says it: the officer on watch, or `NODE`.
        change: What happens.
        post: The post.
        officer: Who is on watch; with CLOSED and UNMANNED who was, and answers for the post
            until somebody is.
        since: From when.
        planned_until: Until when, as planned; with OPENED and TAKEN_OVER.
        languages: Those for which a linguist is present, ordered.
        communicator: Who runs the circuits, if that is somebody else.
        relieved: With TAKEN_OVER, who was on watch before.
        brief: SHA-256 over salt and the brief that was handed over, if there was one.
        remark: More, in words.
        language: Of the remark, as ISO 639 code.
    """

    by: By
    change: Change
    post: str
    officer: str
    since: int
    planned_until: int | None = None
    languages: tuple[str, ...] = ()
    communicator: str = ""
    relieved: str = ""
    brief: bytes | None = None
    remark: str = ""
    language: str = "en"

    message_kind: ClassVar[Kind] = Kind.WATCH

    def rules(self) -> Iterator[Fault]:
        """A watch that begins has an end as planned; only a take-over relieves somebody."""
        begins = self.change in (Change.OPENED, Change.TAKEN_OVER)
        if begins and self.planned_until is None:
            yield Fault("planned_until", "is missing", "Write until when the watch is planned.")
        if not begins and self.planned_until is not None:
            yield Fault("planned_until", f"has no place beside {self.change.name}")
        if begins and not 0 < (self.planned_until or 0) - self.since <= WATCH_MS_MAX:
            remedy = f"A watch lasts at most {WATCH_MS_MAX // HOUR_MS} h, by plan."
            yield Fault("planned_until", "is no possible end of the watch", remedy)
        if (self.change is Change.TAKEN_OVER) != bool(self.relieved):
            yield Fault("relieved", "goes with TAKEN_OVER", "Name who was on watch before.")
        if is_same_person(self.officer, self.relieved):
            yield Fault("relieved", "is the officer who takes over", "Another officer takes over.")
        if self.brief is not None and self.change is not Change.TAKEN_OVER:
            yield Fault("brief", "goes with TAKEN_OVER")


Watch.record = Record(
    Watch,
    (
        BY,
        Field(1, "change", Word(Change)),
        Field(2, "post", NEEDED_LABEL),
        Field(3, "officer", NEEDED_LABEL),
        Field(4, "since", Instant()),
        Field(5, "planned_until", Instant(), is_optional=True),
        Field(6, "languages", Items(LANGUAGE, LANGUAGES_MAX, rank=str)),
        Field(7, "communicator", LABEL),
        Field(8, "relieved", LABEL),
        Field(9, "brief", Blob(32, 32), is_optional=True),
        Field(10, "remark", FREE_TEXT),
        Field(11, "language", LANGUAGE),
    ),
)


def is_same_person(one: str, other: str) -> bool:
    """Whether two names are one officer's, whatever their case and blanks."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


class WatchState(StrEnum):
    """Where one watch stands."""

    OPEN = "OPEN"
    HANDOVER_DUE = "HANDOVER_DUE"
    OVERDUE = "OVERDUE"
    """Nobody took it in time: whoever is on watch stays, and tier 2 must know."""
    HANDOVER_SIGNED = "HANDOVER_SIGNED"
    CLOSED = "CLOSED"
    UNMANNED = "UNMANNED"


class WatchEvent(StrEnum):
    """What happens to a watch."""

    PROLONGED = "PROLONGED"
    TAKEN_OVER = "TAKEN_OVER"
    CLOSED = "CLOSED"
    UNMANNED = "UNMANNED"
    HANDOVER_DUE = "HANDOVER_DUE"
    GRACE_OVER = "GRACE_OVER"


_S, _E = WatchState, WatchEvent

_SAID: Final = {
    _E.PROLONGED: _S.OPEN,
    _E.TAKEN_OVER: _S.HANDOVER_SIGNED,
    _E.CLOSED: _S.CLOSED,
    _E.UNMANNED: _S.UNMANNED,
}

WATCH_TABLE: Final[Table] = {
    _S.OPEN: {**_SAID, _E.HANDOVER_DUE: _S.HANDOVER_DUE},
    _S.HANDOVER_DUE: {**_SAID, _E.GRACE_OVER: _S.OVERDUE},
    _S.OVERDUE: dict(_SAID),
    _S.UNMANNED: {_E.TAKEN_OVER: _S.HANDOVER_SIGNED, _E.CLOSED: _S.CLOSED},
    _S.HANDOVER_SIGNED: {},
    _S.CLOSED: {},
}
"""The state machine of one watch."""

WATCH_LIFE: Final = Life(_S.OPEN, WATCH_TABLE, frozenset({_S.HANDOVER_SIGNED, _S.CLOSED}))

WATCH_CLOCKS: Final = (
    Clock(
        "handover", "handover_at", (_S.OPEN,), _E.HANDOVER_DUE, Turn.OPENER, Precedence.PRIORITY, 1
    ),
    Clock(
        "grace", "grace_at", (_S.HANDOVER_DUE,), _E.GRACE_OVER, Turn.OPENER, Precedence.IMMEDIATE, 2
    ),
)
"""The clocks of a watch: the handover is due when it was planned to end, and 15 min later
tier 2 must know that nobody took it."""


def watch_instants(watch: Watch) -> tuple[tuple[str, int | None], ...]:
    """The instants towards which the clocks of a watch run that begins or goes on."""
    end = watch.planned_until
    if end is None:
        return ()
    return (("handover_at", end), ("grace_at", end + GRACE_MS))


BEGINNING: Final = OPENED
"""The event with which a watch begins, whether it was opened or taken over."""
