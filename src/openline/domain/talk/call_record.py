"""Call records: what is kept of one conversation, signed by both sides.

A record says who spoke with whom, in which language and through whom, how each side
knew that the other was the other, what was said in points, what was read back, who does
what by when, and when the next contact is. The other side answers it by a RESPONSE:
NOTED agrees with the record, OBJECTED says in words where it DIFFERS. What was said off
the record is recorded as such, with persons and times and nothing of the contents.

A record that takes the place of an earlier one names that; one of a planned contact
names the contact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import ClassVar, Final

from openline.domain.conduct.clock import Clock, Turn
from openline.domain.conduct.life import OPENED, Life, Table
from openline.domain.conduct.subject import Deed, Said, Subject
from openline.domain.instant import DAY_MS, HOUR_MS
from openline.domain.limits import (
    CALL_ACTIONS_MAX,
    CALL_PERSONS_MAX,
    CALL_POINTS_MAX,
    INTERPRETERS_MAX,
)
from openline.domain.line.form import (
    LANGUAGE,
    NEEDED_LABEL,
    Blob,
    Fault,
    Field,
    Instant,
    Items,
    Record,
    Truth,
    Word,
)
from openline.domain.party import Precedence
from openline.domain.talk.body import (
    BY,
    FREE_TEXT,
    NEEDED_TEXT,
    PARTY,
    REFERENCE,
    Body,
    By,
    Reference,
)
from openline.domain.talk.kinds import Kind
from openline.domain.talk.response import Answer, Response

DRAFT_MS: Final = HOUR_MS
"""Within which time after the end of a call its record is drafted (`field.md` 3)."""

AGREE_MS: Final = DAY_MS
"""Within which time a record is agreed or differs (`field.md` 3)."""


class RecordMode(IntEnum):
    """What is kept of a conversation."""

    RECORDED = 1
    """The sound, by its hash, and the minutes."""
    MINUTES = 2
    OFF_RECORD = 3
    """That it took place, and nothing of what was said."""


class Authenticated(IntEnum):
    """How a side knew that it spoke with the other side."""

    CHALLENGE_WORDS = 1
    CALL_BACK = 2
    NONE = 3


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who took part.

    Attributes:
        party: Whose person.
        name: Rank, name and post, in words.
    """

    party: str
    name: str


@dataclass(frozen=True, slots=True)
class ReadBackPoint:
    """A value that was read back aloud.

    Attributes:
        value: As it was read back.
        is_confirmed: Whether it was said to be correct.
    """

    value: str
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class CallAction:
    """What somebody will do.

    Attributes:
        party: Which party does it.
        what: What, in words.
        due_at: By when; None if that was not said.
    """

    party: str
    what: str
    due_at: int | None = None


@dataclass(frozen=True, slots=True)
class CallRecord(Body):
    """The record of one call.

    Attributes:
        by: Who writes it.
        call_id: What the call is called.
        started_at: When it began.
        ended_at: When it ended.
        initiator: The party that asked for it.
        persons: Who took part, at least one.
        interpreters: Who interpreted, perhaps nobody.
        spoken_in: The language that was spoken, as ISO 639 code.
        authenticated: How the other side was known.
        is_unverified: It is not known who spoke: the words failed, or were those of duress.
        mode: What is kept of it.
        points: What was said, in order.
        read_backs: What was read back, in order.
        actions: Who does what by when.
        next_contact_at: When the next contact is; None if that was not said.
        recording: SHA-256 of the recorded sound; None where there is none.
        text: More, in words.
        language: Of all words, as ISO 639 code.
        of: The contact that was held, or the earlier record whose place this one takes.
    """

    by: By
    call_id: str
    started_at: int
    ended_at: int
    initiator: str
    persons: tuple[Speaker, ...]
    authenticated: Authenticated
    interpreters: tuple[str, ...] = ()
    spoken_in: str = "en"
    is_unverified: bool = False
    mode: RecordMode = RecordMode.MINUTES
    points: tuple[str, ...] = ()
    read_backs: tuple[ReadBackPoint, ...] = ()
    actions: tuple[CallAction, ...] = ()
    next_contact_at: int | None = None
    recording: bytes | None = None
    text: str = ""
    language: str = "en"
    of: Reference | None = None

    message_kind: ClassVar[Kind] = Kind.CALL_RECORD

    def rules(self) -> Iterator[Fault]:
        """A call ends after it began; what was off the record is not in it."""
        if self.ended_at < self.started_at:
            yield Fault("ended_at", "is before started_at", "Correct either.")
        if self.next_contact_at is not None and self.next_contact_at <= self.ended_at:
            yield Fault("next_contact_at", "is not after the call", "Correct it, or leave it out.")
        if self.recording is not None and self.mode is not RecordMode.RECORDED:
            yield Fault("recording", f"has no place in mode {self.mode.name}")
        if self.mode is RecordMode.OFF_RECORD:
            for name in ("points", "read_backs", "actions", "text"):
                if getattr(self, name):
                    remedy = "Leave it out, or agree with the other side on MINUTES."
                    yield Fault(name, "is off the record and yet written down", remedy)


_SPEAKER: Final = Record(Speaker, (Field(1, "party", PARTY), Field(2, "name", NEEDED_LABEL)))
_READ_BACK: Final = Record(
    ReadBackPoint, (Field(1, "value", NEEDED_TEXT), Field(2, "is_confirmed", Truth()))
)
_ACTION: Final = Record(
    CallAction,
    (
        Field(1, "party", PARTY),
        Field(2, "what", NEEDED_TEXT),
        Field(3, "due_at", Instant(), is_optional=True),
    ),
)

CallRecord.record = Record(
    CallRecord,
    (
        BY,
        Field(1, "call_id", NEEDED_LABEL),
        Field(2, "started_at", Instant()),
        Field(3, "ended_at", Instant()),
        Field(4, "initiator", PARTY),
        Field(5, "persons", Items(_SPEAKER, CALL_PERSONS_MAX, least=1)),
        Field(6, "interpreters", Items(NEEDED_LABEL, INTERPRETERS_MAX)),
        Field(7, "spoken_in", LANGUAGE),
        Field(8, "authenticated", Word(Authenticated)),
        Field(9, "is_unverified", Truth()),
        Field(10, "mode", Word(RecordMode)),
        Field(11, "points", Items(NEEDED_TEXT, CALL_POINTS_MAX)),
        Field(12, "read_backs", Items(_READ_BACK, CALL_POINTS_MAX)),
        Field(13, "actions", Items(_ACTION, CALL_ACTIONS_MAX)),
        Field(14, "next_contact_at", Instant(), is_optional=True),
        Field(15, "recording", Blob(32, 32), is_optional=True),
        Field(16, "text", FREE_TEXT),
        Field(17, "language", LANGUAGE),
        Field(18, "of", REFERENCE, is_optional=True),
    ),
)


class CallState(StrEnum):
    """Where the record of a call stands with one party that it was put to."""

    DRAFT = "DRAFT"
    AGREED = "AGREED"
    DIFFERS = "DIFFERS"
    UNANSWERED = "UNANSWERED"
    REPLACED = "REPLACED"


class CallEvent(StrEnum):
    """What happens to the record of a call."""

    AGREED = "AGREED"
    DIFFERS = "DIFFERS"
    REPLACED = "REPLACED"
    AGREE_DUE = "AGREE_DUE"


_S, _E = CallState, CallEvent

_ANSWERED: Final = {_E.AGREED: _S.AGREED, _E.DIFFERS: _S.DIFFERS, _E.REPLACED: _S.REPLACED}

CALL_TABLE: Final[Table] = {
    _S.DRAFT: {**_ANSWERED, _E.AGREE_DUE: _S.UNANSWERED},
    _S.AGREED: dict(_ANSWERED),
    _S.DIFFERS: dict(_ANSWERED),
    _S.UNANSWERED: dict(_ANSWERED),
    _S.REPLACED: {},
}
"""The state machine of the record of one call with one party that it was put to."""

CALL_LIFE: Final = Life(_S.DRAFT, CALL_TABLE, frozenset({_S.AGREED, _S.DIFFERS, _S.REPLACED}))

CALL_CLOCKS: Final = (
    Clock("call_agree", "agree_by", (_S.DRAFT,), _E.AGREE_DUE, Turn.OTHER, Precedence.PRIORITY, 2),
)
"""The clock of the record of a call: agreed or differs within a day."""

LATE: Final = "LATE"
"""Said of a record that was drafted later than was agreed."""


def _call_deed(said: Said) -> Deed | None:
    message = said.message
    if isinstance(message, CallRecord):
        return _record_deed(said, message)
    if isinstance(message, Response) and not said.is_by_opener:
        if message.answer is Answer.NOTED:
            return Deed(_E.AGREED)
        if message.answer is Answer.OBJECTED:
            return Deed(_E.DIFFERS)
    return None


def _record_deed(said: Said, message: CallRecord) -> Deed:
    """A record opens a matter of its own, whatever it does to one that it names."""
    if said.about is None:
        is_late = said.at > message.ended_at + DRAFT_MS
        return Deed(OPENED, (("agree_by", said.at + AGREE_MS),), LATE if is_late else "")
    return Deed(_E.REPLACED) if said.is_by_opener else Deed(_E.DIFFERS, (), "OWN_RECORD")


CALL: Final = Subject("call", (Kind.CALL_RECORD,), CALL_LIFE, CALL_CLOCKS, _call_deed)
