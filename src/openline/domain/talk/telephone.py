"""The telephone: a call is rung, taken, talked and ended by entries of the record.

A RING is put to a post, never only to a person; whoever is on watch there takes it. It
rings until it is taken, declined with a reason, answered as busy, given up by the side
that rang, or has rung out by a clock: then it was MISSED, which is a fact as well. Text
goes on meanwhile; a ring holds up no message.

The sound itself goes from browser to browser and is on no record. What is recorded is the
fingerprint of each end (`domain.talk.media`). TALK says that an end has seen the other
end's certificate and that it is the recorded one; a node refuses to say it before both
fingerprints are receipted. CUT says that it was another one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import ClassVar, Final

from openline.domain.conduct.clock import Clock, Turn
from openline.domain.conduct.life import OPENED, Life, Table
from openline.domain.conduct.subject import Deed, Said, Subject
from openline.domain.instant import HOUR_MS, MINUTE_MS, SECOND_MS
from openline.domain.line.form import (
    LABEL,
    LANGUAGE,
    NEEDED_LABEL,
    Blob,
    Fault,
    Field,
    Record,
    Truth,
    Word,
)
from openline.domain.party import Precedence
from openline.domain.talk.body import BY, FREE_TEXT, REFERENCE, Body, By, Reference
from openline.domain.talk.kinds import Kind
from openline.domain.talk.media import FINGERPRINT_BYTES, MEDIA, Media, media_faults

RING_MS: Final = 90 * SECOND_MS
"""How long it rings: a desk officer crosses a large room and finishes a sentence."""

RING_FLASH_MS: Final = 5 * MINUTE_MS
"""How long FLASH rings: as long as the substance of an answer to FLASH may take."""

SET_UP_MS: Final = 5 * MINUTE_MS
"""How long a taken call may go without talk, before it counts as over."""

TALK_MS: Final = 12 * HOUR_MS
"""After this a call that nobody ended counts as over: no watch is longer."""


class CallStep(IntEnum):
    """What is done with a call."""

    TAKE = 1
    DECLINE = 2
    BUSY = 3
    """The post is in another call; a message reaches it all the same."""
    MEDIA = 4
    """How this end is reached, later or anew."""
    TALK = 5
    """The other end's certificate was seen, and is the recorded one."""
    END = 6
    CUT = 7
    """The other end did not show the recorded certificate: the call is broken off."""


_WITH_MEDIA: Final = (CallStep.TAKE, CallStep.MEDIA)
_WITH_SEEN: Final = (CallStep.TALK, CallStep.CUT)


@dataclass(frozen=True, slots=True)
class Ring(Body):
    """Rings a post of the other side.

    Attributes:
        by: Who rings.
        post: Which of the other side's posts is rung.
        subject: What about, in a few words.
        scope: The scope that it belongs to; empty for the line itself.
        spoken_in: The language of the conversation, as ISO 639 code.
        media: How this end is reached; None if that is said later.
        about: The message that it is about, such as a contact or a query; None for none.
        language: Of all words, as ISO 639 code.
        exercise: Whether it rings for an exercise only.
    """

    by: By
    post: str
    subject: str
    scope: str = ""
    spoken_in: str = "en"
    media: Media | None = None
    about: Reference | None = None
    language: str = "en"
    exercise: bool = False

    message_kind: ClassVar[Kind] = Kind.RING

    def rules(self) -> Iterator[Fault]:
        """Media that are given can lead to a call."""
        yield from media_faults(self.media, "media")


@dataclass(frozen=True, slots=True)
class Call(Body):
    """Does something with a call that rings or is held.

    Attributes:
        by: Who does it.
        of: The ring.
        step: What is done.
        media: With TAKE and MEDIA, how this end is reached.
        seen: With TALK and CUT, the fingerprint of the certificate that the other end showed.
        text: In words; with DECLINE the reason, which is needed.
        language: Of all words, as ISO 639 code.
    """

    by: By
    of: Reference
    step: CallStep
    media: Media | None = None
    seen: bytes | None = None
    text: str = ""
    language: str = "en"

    message_kind: ClassVar[Kind] = Kind.CALL

    def rules(self) -> Iterator[Fault]:
        """Each step has what belongs to it and nothing else."""
        name = self.step.name
        if self.media is not None and self.step not in _WITH_MEDIA:
            yield Fault("media", f"has no place beside {name}", "Leave it out.")
        if self.seen is not None and self.step not in _WITH_SEEN:
            yield Fault("seen", f"has no place beside {name}", "Leave it out.")
        if self.step is CallStep.MEDIA and self.media is None:
            yield Fault("media", "is missing", "Say how this end is reached.")
        if self.step is CallStep.TALK and self.seen is None:
            yield Fault("seen", "is missing", "Give the fingerprint that the other end showed.")
        if self.step is CallStep.DECLINE and not self.text.strip():
            yield Fault("text", "is empty", "Write why the call is declined.")
        yield from media_faults(self.media, "media")


Ring.record = Record(
    Ring,
    (
        BY,
        Field(1, "post", NEEDED_LABEL),
        Field(2, "subject", NEEDED_LABEL),
        Field(3, "scope", LABEL),
        Field(4, "spoken_in", LANGUAGE),
        Field(5, "media", MEDIA, is_optional=True),
        Field(6, "about", REFERENCE, is_optional=True),
        Field(7, "language", LANGUAGE),
        Field(8, "exercise", Truth()),
    ),
)

Call.record = Record(
    Call,
    (
        BY,
        Field(1, "of", REFERENCE),
        Field(2, "step", Word(CallStep)),
        Field(3, "media", MEDIA, is_optional=True),
        Field(4, "seen", Blob(FINGERPRINT_BYTES, FINGERPRINT_BYTES), is_optional=True),
        Field(5, "text", FREE_TEXT),
        Field(6, "language", LANGUAGE),
    ),
)


class TelephoneState(StrEnum):
    """Where a call stands."""

    RINGING = "RINGING"
    TAKEN = "TAKEN"
    TALKING = "TALKING"
    ENDED = "ENDED"
    DECLINED = "DECLINED"
    BUSY = "BUSY"
    MISSED = "MISSED"
    GIVEN_UP = "GIVEN_UP"
    """The side that rang stopped before anybody took it."""
    CUT = "CUT"
    LEFT_OPEN = "LEFT_OPEN"
    """Nobody ended it; a clock did."""


class TelephoneEvent(StrEnum):
    """What happens to a call."""

    TAKEN = "TAKEN"
    DECLINED = "DECLINED"
    BUSY = "BUSY"
    MEDIA = "MEDIA"
    TALKING = "TALKING"
    HUNG_UP = "HUNG_UP"
    """By the side that rang."""
    ENDED = "ENDED"
    """By the other side."""
    CUT = "CUT"
    RING_DUE = "RING_DUE"
    LEFT_DUE = "LEFT_DUE"


_S, _E = TelephoneState, TelephoneEvent

TELEPHONE_TABLE: Final[Table] = {
    _S.RINGING: {
        _E.TAKEN: _S.TAKEN,
        _E.DECLINED: _S.DECLINED,
        _E.BUSY: _S.BUSY,
        _E.MEDIA: _S.RINGING,
        _E.HUNG_UP: _S.GIVEN_UP,
        _E.RING_DUE: _S.MISSED,
    },
    _S.TAKEN: {
        _E.MEDIA: _S.TAKEN,
        _E.TALKING: _S.TALKING,
        _E.HUNG_UP: _S.ENDED,
        _E.ENDED: _S.ENDED,
        _E.CUT: _S.CUT,
        _E.LEFT_DUE: _S.LEFT_OPEN,
    },
    _S.TALKING: {
        _E.MEDIA: _S.TALKING,
        _E.TALKING: _S.TALKING,
        _E.HUNG_UP: _S.ENDED,
        _E.ENDED: _S.ENDED,
        _E.CUT: _S.CUT,
        _E.LEFT_DUE: _S.LEFT_OPEN,
    },
    _S.ENDED: {},
    _S.DECLINED: {},
    _S.BUSY: {},
    _S.MISSED: {},
    _S.GIVEN_UP: {},
    _S.CUT: {},
    _S.LEFT_OPEN: {},
}
"""The state machine of one call."""

TELEPHONE_LIFE: Final = Life(
    _S.RINGING,
    TELEPHONE_TABLE,
    frozenset(set(TelephoneState) - {_S.RINGING, _S.TAKEN, _S.TALKING}),
)

TELEPHONE_CLOCKS: Final = (
    Clock("call_ring", "rings_until", (_S.RINGING,), _E.RING_DUE, Turn.OTHER, Precedence.PRIORITY),
    Clock(
        "call_ring_flash", "rings_flash_until", (_S.RINGING,), _E.RING_DUE, Turn.OTHER,
        Precedence.FLASH, 2,
    ),
    Clock(
        "call_left", "left_at", (_S.TAKEN, _S.TALKING), _E.LEFT_DUE, Turn.OPENER,
        Precedence.ROUTINE, is_quiet=True,
    ),
)  # fmt: skip
"""The clocks of a call: a FLASH that nobody took must be known to tier 2."""

_BY_OTHER: Final = {
    CallStep.TAKE: _E.TAKEN,
    CallStep.DECLINE: _E.DECLINED,
    CallStep.BUSY: _E.BUSY,
    CallStep.MEDIA: _E.MEDIA,
    CallStep.TALK: _E.TALKING,
    CallStep.END: _E.ENDED,
    CallStep.CUT: _E.CUT,
}
_BY_OPENER: Final = {
    CallStep.MEDIA: _E.MEDIA,
    CallStep.TALK: _E.TALKING,
    CallStep.END: _E.HUNG_UP,
    CallStep.CUT: _E.CUT,
}


def _telephone_deed(said: Said) -> Deed | None:
    message = said.message
    if isinstance(message, Ring):
        if said.precedence >= Precedence.FLASH:
            return Deed(OPENED, (("rings_flash_until", said.at + RING_FLASH_MS),))
        return Deed(OPENED, (("rings_until", said.at + RING_MS),))
    if not isinstance(message, Call):
        return None
    event = (_BY_OPENER if said.is_by_opener else _BY_OTHER).get(message.step)
    if event is None:
        return None
    lasts_ms = {CallStep.TAKE: SET_UP_MS, CallStep.TALK: TALK_MS}.get(message.step)
    instants = () if lasts_ms is None else (("left_at", said.at + lasts_ms),)
    return Deed(event, instants, message.step.name)


TELEPHONE: Final = Subject(
    "telephone", (Kind.RING,), TELEPHONE_LIFE, TELEPHONE_CLOCKS, _telephone_deed
)
