"""Warnings: act or stop now, for people are in danger. Always FLASH.

A warning says what, where and which action is asked for; a cryptic one has cost lives.
It is answered by a RESPONSE: WILCO, UNABLE or HOLDING. Any officer takes it; nobody is
waited for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import ClassVar, Final

from openline.domain.conduct.clock import Clock, Turn, escalation, read_ms
from openline.domain.conduct.life import OPENED, Life, Table
from openline.domain.conduct.subject import Deed, Said, Subject
from openline.domain.limits import VOLUMES_MAX
from openline.domain.line.form import (
    LABEL,
    LANGUAGE,
    NEEDED_LABEL,
    Fault,
    Field,
    Instant,
    Items,
    Record,
    Truth,
    Word,
)
from openline.domain.party import Precedence
from openline.domain.space.volume import Volume
from openline.domain.talk.body import BY, FREE_TEXT, NEEDED_TEXT, REFERENCE, Body, By, Reference
from openline.domain.talk.code_book import Acts
from openline.domain.talk.coded import Coded
from openline.domain.talk.kinds import Kind
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.volumes import VOLUME, volume_faults


class Action(IntEnum):
    """What the other party is asked to do at once."""

    CEASE = 1
    HOLD = 2
    TURN = 3
    CLEAR = 4
    OTHER = 5


@dataclass(frozen=True, slots=True)
class Warning(Body):
    """A warning, or the word that the danger is over.

    Attributes:
        by: Who warns.
        action: What is asked for.
        what: What happens, in words.
        place: Where, in words that can be read aloud.
        volumes: Where, as areas, perhaps none.
        happens_at: When; None for now.
        at_risk: Whose people are in danger, in words.
        call_back: Post and number at which the author answers.
        language: Of all words, as ISO 639 code.
        of: The notice that it is about, or, when it is over, the warning.
        is_over: The danger that the warning `of` told of is over.
        exercise: Whether it is said for an exercise only.
    """

    by: By
    action: Action
    what: str
    place: str
    volumes: tuple[Volume, ...] = ()
    happens_at: int | None = None
    at_risk: str = ""
    call_back: str = ""
    language: str = "en"
    of: Reference | None = None
    is_over: bool = False
    exercise: bool = False

    message_kind: ClassVar[Kind] = Kind.WARNING
    precedences: ClassVar[tuple[Precedence, ...]] = (Precedence.FLASH,)

    def faults(self, precedence: Precedence = Precedence.ROUTINE) -> Iterator[Fault]:
        """A warning goes as FLASH, or not at all."""
        if precedence not in self.precedences:
            yield Fault("precedence", f"is {precedence.name}", "A warning is FLASH.")
        yield from Body.faults(self, precedence)

    def rules(self) -> Iterator[Fault]:
        """The end of a danger names its warning; each volume can be."""
        if self.is_over and self.of is None:
            yield Fault("of", "is missing", "Name the warning that is over.")
        yield from volume_faults(self.volumes, "volumes")


Warning.record = Record(
    Warning,
    (
        BY,
        Field(1, "action", Word(Action)),
        Field(2, "what", NEEDED_TEXT),
        Field(3, "place", NEEDED_LABEL),
        Field(4, "volumes", Items(VOLUME, VOLUMES_MAX)),
        Field(5, "happens_at", Instant(), is_optional=True),
        Field(6, "at_risk", FREE_TEXT),
        Field(7, "call_back", LABEL),
        Field(8, "language", LANGUAGE),
        Field(9, "of", REFERENCE, is_optional=True),
        Field(10, "is_over", Truth()),
        Field(11, "exercise", Truth()),
    ),
)


class WarningState(StrEnum):
    """Where a warning stands with one party that was warned."""

    GIVEN = "GIVEN"
    READ = "READ"
    HOLDING = "HOLDING"
    WILCO = "WILCO"
    UNABLE = "UNABLE"
    UNANSWERED = "UNANSWERED"
    OVER = "OVER"


class WarningEvent(StrEnum):
    """What happens to a warning."""

    READ = "READ"
    HELD = "HELD"
    WILCO = "WILCO"
    UNABLE = "UNABLE"
    OVER = "OVER"
    READ_DUE = "READ_DUE"
    REPLY_DUE = "REPLY_DUE"
    TIER_DUE = "TIER_DUE"


_S, _E = WarningState, WarningEvent

_REPLIES: Final = {
    _E.HELD: _S.HOLDING,
    _E.WILCO: _S.WILCO,
    _E.UNABLE: _S.UNABLE,
    _E.OVER: _S.OVER,
}


def _stay(state: WarningState, *events: WarningEvent) -> dict[WarningEvent, WarningState]:
    return dict.fromkeys(events, state)


WARNING_TABLE: Final[Table] = {
    _S.GIVEN: {
        _E.READ: _S.READ,
        **_REPLIES,
        **_stay(_S.GIVEN, _E.READ_DUE),
        _E.REPLY_DUE: _S.UNANSWERED,
    },
    _S.READ: {**_stay(_S.READ, _E.READ), **_REPLIES, _E.REPLY_DUE: _S.UNANSWERED},
    _S.HOLDING: {**_stay(_S.HOLDING, _E.READ), **_REPLIES, _E.REPLY_DUE: _S.UNANSWERED},
    _S.UNANSWERED: {**_stay(_S.UNANSWERED, _E.READ, _E.TIER_DUE), **_REPLIES},
    _S.WILCO: {**_stay(_S.WILCO, _E.READ), **_REPLIES},
    _S.UNABLE: {**_stay(_S.UNABLE, _E.READ), **_REPLIES},
    _S.OVER: _stay(_S.OVER, _E.READ),
}
"""The state machine of one warning with one party that was warned."""

WARNING_LIFE: Final = Life(_S.GIVEN, WARNING_TABLE, frozenset({_S.WILCO, _S.UNABLE, _S.OVER}))

_OPEN: Final = (_S.GIVEN, _S.READ, _S.HOLDING)

WARNING_CLOCKS: Final = (
    Clock("read", "read_by", (_S.GIVEN,), _E.READ_DUE, Turn.OTHER, Precedence.FLASH),
    Clock("reply", "reply_by", _OPEN, _E.REPLY_DUE, Turn.OTHER, Precedence.FLASH, 2),
    Clock("tier_3", "tier_3", (_S.UNANSWERED,), _E.TIER_DUE, Turn.OTHER, Precedence.FLASH, 3),
    Clock("tier_4", "tier_4", (_S.UNANSWERED,), _E.TIER_DUE, Turn.OTHER, Precedence.FLASH, 4),
)
"""The clocks of a warning: read within 2 min, answered within 5, then 10 and 20 (proposals)."""

_ANSWERS: Final = {Answer.WILCO: _E.WILCO, Answer.UNABLE: _E.UNABLE, Answer.HOLDING: _E.HELD}


def _warning_deed(said: Said) -> Deed | None:
    message = said.message
    if isinstance(message, Warning):
        if message.is_over:
            return Deed(_E.OVER) if said.is_by_opener else None
        return Deed(OPENED, _instants(said), message.action.name)
    if isinstance(message, Coded):
        return _coded_deed(said, message)
    if said.is_by_opener:
        return None
    if isinstance(message, Read):
        return Deed(_E.READ)
    if isinstance(message, Response) and message.answer in _ANSWERS:
        return _response_deed(said, message)
    return None


def _instants(said: Said) -> tuple[tuple[str, int | None], ...]:
    reply_by = said.at + said.timers.answer_flash_ms
    instants: dict[str, int | None] = {
        "read_by": said.at + read_ms(said.timers, Precedence.FLASH),
        "reply_by": reply_by,
        **escalation(said.timers, Precedence.FLASH, said.at, reply_by),
    }
    return tuple(instants.items())


def _coded_deed(said: Said, message: Coded) -> Deed | None:
    """What a coded message does to a warning: it gives, holds or takes it back."""
    if message.acts is Acts.WARNING:
        return Deed(OPENED, _instants(said), f"CODED_{message.number:02d}")
    if message.acts is Acts.HOLDING and not said.is_by_opener:
        until = message.until or said.at
        later = escalation(said.timers, Precedence.FLASH, said.at, until)
        return Deed(_E.HELD, (("reply_by", until), *later.items()), Acts.HOLDING.name)
    if message.acts is Acts.DISREGARD and said.is_by_opener:
        return Deed(_E.OVER)
    return None


def _response_deed(said: Said, message: Response) -> Deed:
    name = message.answer.name
    if message.answer is not Answer.HOLDING:
        return Deed(_ANSWERS[message.answer], (), name)
    until = message.holding_until or said.at
    later = escalation(said.timers, Precedence.FLASH, said.at, until)
    return Deed(_E.HELD, (("reply_by", until), *later.items()), name)


WARNING: Final = Subject(
    "warning", (Kind.WARNING, Kind.CODED), WARNING_LIFE, WARNING_CLOCKS, _warning_deed
)
