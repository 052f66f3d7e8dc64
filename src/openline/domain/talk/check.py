"""Line checks: a person asks, a person answers, and the line is proven to work.

People check the line, machines probe it, and the two are recorded apart. The text
of a check is neutral and means nothing. Line checks go on during a suspension.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from openline.domain.limits import CIRCUITS_MAX, SCOPES_MAX, TRANSLATIONS_MAX
from openline.domain.line.form import (
    LABEL,
    LANGUAGE,
    NAME,
    NEEDED_LABEL,
    Field,
    Instant,
    Items,
    Record,
    Row,
    Whole,
    Word,
)
from openline.domain.talk.body import BY, FREE_TEXT, NEEDED_TEXT, Body, By
from openline.domain.talk.declaration import Status
from openline.domain.talk.kinds import Kind


class Occasion(IntEnum):
    """When in the day a line check is made."""

    OPENING = 1
    REGULAR = 2
    CLOSING = 3


@dataclass(frozen=True, slots=True)
class ScopeStatus:
    """What the speaker's party declares of one scope.

    Attributes:
        scope: The scope's name.
        status: What is declared of it.
    """

    scope: str
    status: Status


@dataclass(frozen=True, slots=True)
class CheckTranslation:
    """The text of a check in another language, as it was agreed on before.

    Attributes:
        language: ISO 639 code.
        text: The words.
        translator: A person's name, or whose work it is.
        certified_by: Who certified the translation; may be empty.
    """

    language: str
    text: str
    translator: str
    certified_by: str = ""


@dataclass(frozen=True, slots=True)
class LineCheck(Body):
    """A check by a person, to be answered by a person.

    Attributes:
        by: Who asks.
        number: One more with each check of this party.
        occasion: Opening, regular or closing.
        text: Neutral words; empty means "no message".
        language: Of the text, as ISO 639 code.
        circuits: The circuits in use, as the asker names them.
        statuses: What the asker's party declares, in order of scope.
        next_check_at: When the asker will check again.
        translations: Of the text; None for none.
    """

    by: By
    number: int
    occasion: Occasion = Occasion.REGULAR
    text: str = ""
    language: str = "en"
    circuits: tuple[str, ...] = ()
    statuses: tuple[ScopeStatus, ...] = ()
    next_check_at: int | None = None
    translations: tuple[CheckTranslation, ...] | None = None

    message_kind: ClassVar[Kind] = Kind.LINE_CHECK


@dataclass(frozen=True, slots=True)
class LineCheckReply(Body):
    """The answer to a line check.

    Attributes:
        by: Who answers.
        number: The number of the check answered.
        readability: 1 unreadable to 5 perfectly readable.
        echo: The first row of the check's text, as received.
        statuses: What the answerer's party declares, in order of scope.
    """

    by: By
    number: int
    readability: int
    echo: str = ""
    statuses: tuple[ScopeStatus, ...] = ()

    message_kind: ClassVar[Kind] = Kind.LINE_CHECK_REPLY


_NUMBER = Field(1, "number", Whole(1, 2**32))
_STATUSES = Items(
    Row(ScopeStatus, (Field(0, "scope", NAME), Field(1, "status", Word(Status)))),
    SCOPES_MAX,
    rank=lambda entry: entry.scope,
)

_TRANSLATION = Record(
    CheckTranslation,
    (
        Field(1, "language", LANGUAGE),
        Field(2, "text", NEEDED_TEXT),
        Field(3, "translator", NEEDED_LABEL),
        Field(4, "certified_by", LABEL),
    ),
)

LineCheck.record = Record(
    LineCheck,
    (
        BY,
        _NUMBER,
        Field(2, "occasion", Word(Occasion)),
        Field(3, "text", FREE_TEXT),
        Field(4, "language", LANGUAGE),
        Field(5, "circuits", Items(NEEDED_LABEL, CIRCUITS_MAX)),
        Field(6, "statuses", _STATUSES),
        Field(7, "next_check_at", Instant(), is_optional=True),
        Field(8, "translations", Items(_TRANSLATION, TRANSLATIONS_MAX, 1), is_optional=True),
    ),
)

LineCheckReply.record = Record(
    LineCheckReply,
    (
        BY,
        _NUMBER,
        Field(2, "readability", Whole(1, 5)),
        Field(3, "echo", FREE_TEXT),
        Field(4, "statuses", _STATUSES),
    ),
)
