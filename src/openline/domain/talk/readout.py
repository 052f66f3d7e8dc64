"""Readouts: what the public is told about a contact, on whose initiative.

A readout is proposed with its text in each language. The other side agrees, has no
objection, or says where it differs, with its own text beside. In mode JOINT both publish
the very text that was agreed, by its hash; in mode COORDINATED each publishes its own,
which the other has seen; UNILATERAL is one side's own word. What names an earlier
readout takes its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import ClassVar, Final

from openline.domain.conduct.clock import Clock, Turn
from openline.domain.conduct.life import OPENED, Life, Table
from openline.domain.conduct.subject import Deed, Said, Subject
from openline.domain.instant import HOUR_MS
from openline.domain.limits import READOUT_LANGUAGES_MAX
from openline.domain.line.form import (
    LANGUAGE,
    Blob,
    Fault,
    Field,
    Instant,
    Items,
    Record,
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
from openline.domain.talk.readout_text import text_digest

PUBLISH_MS: Final = 6 * HOUR_MS
"""Within which time after a contact its readout is published (`field.md` 3)."""


class ReadoutMode(IntEnum):
    """Whose words are published."""

    JOINT = 1
    """One text of both, agreed word for word."""
    COORDINATED = 2
    """Each its own, which the other has seen before."""
    UNILATERAL = 3


class ReadoutStep(IntEnum):
    """What is done about a readout."""

    PROPOSE = 1
    AGREE = 2
    NO_OBJECTION = 3
    DIFFER = 4
    PUBLISH = 5
    WITHDRAW = 6


@dataclass(frozen=True, slots=True)
class ReadoutText:
    """The text in one language.

    Attributes:
        language: ISO 639 code.
        text: The words; empty rows part paragraphs.
    """

    language: str
    text: str

    @property
    def digest(self) -> bytes:
        """Its hash."""
        return text_digest(self.language, self.text)


@dataclass(frozen=True, slots=True)
class TextDigest:
    """The hash of the text in one language.

    Attributes:
        language: ISO 639 code.
        sha256: 32 bytes, as `readout_text.text_digest` gives them.
    """

    language: str
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Readout(Body):
    """One step towards a readout.

    Attributes:
        by: Who acts.
        step: What is done.
        of: With PROPOSE the contact, the call record or the readout whose place this one
            takes; else the readout.
        mode: With PROPOSE and PUBLISH, whose words are published.
        texts: With PROPOSE and PUBLISH the text in each language; with DIFFER the own
            version, perhaps none.
        digests: With AGREE, the hashes of what is agreed, which the desk fills in; without
            them nothing is.
        initiated_by: With PROPOSE, the party on whose initiative the contact was.
        held_at: When the contact ended; None where that is not said.
        embargo_until: Before which instant nothing is to be public; None for no embargo.
        agree_by: With PROPOSE, when the answer is needed; None for the agreed time.
        text: Why, in words; needed with DIFFER and WITHDRAW.
        language: Of `text`, as ISO 639 code.
    """

    by: By
    step: ReadoutStep
    of: Reference
    mode: ReadoutMode | None = None
    texts: tuple[ReadoutText, ...] = ()
    digests: tuple[TextDigest, ...] = ()
    initiated_by: str | None = None
    held_at: int | None = None
    embargo_until: int | None = None
    agree_by: int | None = None
    text: str = ""
    language: str = "en"

    message_kind: ClassVar[Kind] = Kind.READOUT

    def rules(self) -> Iterator[Fault]:
        """Each step has what belongs to it and nothing else."""
        name = self.step.name
        for field, steps in _BELONGS.items():
            if getattr(self, field) in (None, ()):
                if self.step in _NEEDS[field]:
                    yield Fault(field, "is missing", f"{name} needs it.")
            elif self.step not in steps:
                yield Fault(field, f"has no place beside {name}")
        if self.step in (ReadoutStep.DIFFER, ReadoutStep.WITHDRAW) and not self.text.strip():
            yield Fault("text", "is empty", "Write why.")


_P, _A, _D, _B = ReadoutStep.PROPOSE, ReadoutStep.AGREE, ReadoutStep.DIFFER, ReadoutStep.PUBLISH

_BELONGS: Final = {
    "mode": (_P, _B),
    "texts": (_P, _D, _B),
    "digests": (_A,),
    "initiated_by": (_P,),
    "held_at": (_P,),
    "embargo_until": (_P, _B),
    "agree_by": (_P,),
}
"""Beside which steps a field may stand."""

_NEEDS: Final[dict[str, tuple[ReadoutStep, ...]]] = {
    **dict.fromkeys(_BELONGS, ()),
    "mode": (_P, _B),
    "texts": (_P, _B),
    "initiated_by": (_P,),
}

_TEXT: Final = Record(ReadoutText, (Field(1, "language", LANGUAGE), Field(2, "text", NEEDED_TEXT)))
_DIGEST: Final = Record(
    TextDigest, (Field(1, "language", LANGUAGE), Field(2, "sha256", Blob(32, 32)))
)

Readout.record = Record(
    Readout,
    (
        BY,
        Field(1, "step", Word(ReadoutStep)),
        Field(2, "of", REFERENCE),
        Field(3, "mode", Word(ReadoutMode), is_optional=True),
        Field(4, "texts", Items(_TEXT, READOUT_LANGUAGES_MAX, rank=lambda one: one.language)),
        Field(5, "digests", Items(_DIGEST, READOUT_LANGUAGES_MAX, rank=lambda one: one.language)),
        Field(6, "initiated_by", PARTY, is_optional=True),
        Field(7, "held_at", Instant(), is_optional=True),
        Field(8, "embargo_until", Instant(), is_optional=True),
        Field(9, "agree_by", Instant(), is_optional=True),
        Field(10, "text", FREE_TEXT),
        Field(11, "language", LANGUAGE),
    ),
)


class ReadoutState(StrEnum):
    """Where a readout stands with one party that it was put to."""

    PROPOSED = "PROPOSED"
    AGREED = "AGREED"
    NO_OBJECTION = "NO_OBJECTION"
    DIFFERS = "DIFFERS"
    UNANSWERED = "UNANSWERED"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"
    REPLACED = "REPLACED"


class ReadoutEvent(StrEnum):
    """What happens to a readout."""

    AGREED = "AGREED"
    NO_OBJECTION = "NO_OBJECTION"
    DIFFERS = "DIFFERS"
    PUBLISHED_JOINT = "PUBLISHED_JOINT"
    PUBLISHED_COORDINATED = "PUBLISHED_COORDINATED"
    PUBLISHED_UNILATERAL = "PUBLISHED_UNILATERAL"
    WITHDRAWN = "WITHDRAWN"
    """The party that proposed it takes it back."""
    TAKEN_BACK = "TAKEN_BACK"
    """Another party takes back what it published itself."""
    REPLACED = "REPLACED"
    AGREE_DUE = "AGREE_DUE"
    PUBLISH_DUE = "PUBLISH_DUE"


_S, _E = ReadoutState, ReadoutEvent

_ANSWERED: Final = {
    _E.AGREED: _S.AGREED,
    _E.NO_OBJECTION: _S.NO_OBJECTION,
    _E.DIFFERS: _S.DIFFERS,
    _E.WITHDRAWN: _S.WITHDRAWN,
    _E.REPLACED: _S.REPLACED,
    _E.PUBLISHED_UNILATERAL: _S.PUBLISHED,
}
_SEEN: Final = {**_ANSWERED, _E.PUBLISHED_COORDINATED: _S.PUBLISHED}

READOUT_TABLE: Final[Table] = {
    _S.PROPOSED: {**_ANSWERED, _E.AGREE_DUE: _S.UNANSWERED},
    _S.AGREED: {**_SEEN, _E.PUBLISHED_JOINT: _S.PUBLISHED, _E.PUBLISH_DUE: _S.AGREED},
    _S.NO_OBJECTION: {**_SEEN, _E.PUBLISH_DUE: _S.NO_OBJECTION},
    _S.DIFFERS: {**_SEEN, _E.PUBLISH_DUE: _S.DIFFERS},
    _S.UNANSWERED: dict(_SEEN),
    _S.PUBLISHED: {
        **dict.fromkeys(
            (
                _E.PUBLISHED_JOINT,
                _E.PUBLISHED_COORDINATED,
                _E.PUBLISHED_UNILATERAL,
                _E.DIFFERS,
                _E.TAKEN_BACK,
            ),
            _S.PUBLISHED,
        ),
        _E.WITHDRAWN: _S.WITHDRAWN,
    },
    _S.WITHDRAWN: {_E.PUBLISHED_UNILATERAL: _S.PUBLISHED, _E.TAKEN_BACK: _S.WITHDRAWN},
    _S.REPLACED: {_E.PUBLISHED_UNILATERAL: _S.PUBLISHED},
}
"""The state machine of one readout with one party that it was put to."""

READOUT_LIFE: Final = Life(
    _S.PROPOSED, READOUT_TABLE, frozenset({_S.PUBLISHED, _S.WITHDRAWN, _S.REPLACED})
)

READOUT_CLOCKS: Final = (
    Clock(
        "readout_agree",
        "agree_by",
        (_S.PROPOSED,),
        _E.AGREE_DUE,
        Turn.OTHER,
        Precedence.PRIORITY,
        2,
    ),
    Clock(
        "readout_publish",
        "publish_by",
        (_S.AGREED, _S.NO_OBJECTION, _S.DIFFERS),
        _E.PUBLISH_DUE,
        Turn.OPENER,
        Precedence.PRIORITY,
        2,
    ),
)
"""The clocks of a readout: an answer by the agreed time, published within 6 h of the contact."""

_STEPS: Final = {
    ReadoutStep.AGREE: _E.AGREED,
    ReadoutStep.NO_OBJECTION: _E.NO_OBJECTION,
    ReadoutStep.DIFFER: _E.DIFFERS,
}
_PUBLISHED: Final = {
    ReadoutMode.JOINT: _E.PUBLISHED_JOINT,
    ReadoutMode.COORDINATED: _E.PUBLISHED_COORDINATED,
    ReadoutMode.UNILATERAL: _E.PUBLISHED_UNILATERAL,
}


def _readout_deed(said: Said) -> Deed | None:
    message = said.message
    if not isinstance(message, Readout):
        return None
    match message.step:
        case ReadoutStep.PROPOSE:
            return _propose_deed(said, message)
        case ReadoutStep.PUBLISH if message.mode is not None:
            return Deed(_PUBLISHED[message.mode], (), message.mode.name)
        case ReadoutStep.WITHDRAW:
            return Deed(_E.WITHDRAWN if said.is_by_opener else _E.TAKEN_BACK)
        case step if step in _STEPS and not said.is_by_opener:
            return Deed(_STEPS[step])
        case _:
            return None


def _propose_deed(said: Said, message: Readout) -> Deed | None:
    """A proposal opens a matter of its own; to one that it names it puts an end."""
    if said.about is not None:
        return Deed(_E.REPLACED if said.is_by_opener else _E.DIFFERS)
    agree_by = message.agree_by or said.at + said.timers.answer_priority_ms
    held_at = said.at if message.held_at is None else message.held_at
    publish_by = max(held_at + PUBLISH_MS, message.embargo_until or 0)
    name = "" if message.mode is None else message.mode.name
    return Deed(OPENED, (("agree_by", agree_by), ("publish_by", publish_by)), name)


READOUT: Final = Subject("readout", (Kind.READOUT,), READOUT_LIFE, READOUT_CLOCKS, _readout_deed)
