"""Text: free words in the author's language, perhaps with translations.

The original is authentic. A translation says who made it, and whether it was a
machine: then it is a gist and is labelled so.
"""

from dataclasses import dataclass
from typing import ClassVar

from openline.domain.limits import TRANSLATIONS_MAX
from openline.domain.line.form import LANGUAGE, NEEDED_LABEL, Field, Items, Record, Truth
from openline.domain.talk.body import BY, NEEDED_TEXT, Body, By
from openline.domain.talk.kinds import Kind


@dataclass(frozen=True, slots=True)
class Translation:
    """The text in another language.

    Attributes:
        language: ISO 639 code.
        text: The words.
        translator: A person's name, or the name of the program.
        is_machine: Whether a machine made it.
    """

    language: str
    text: str
    translator: str
    is_machine: bool = False


@dataclass(frozen=True, slots=True)
class Text(Body):
    """What an officer says in free words.

    Attributes:
        by: Who speaks.
        language: Of the text, as ISO 639 code.
        text: The words, rows parted by a row feed.
        exercise: Whether it is said for an exercise only.
        translations: In any order, perhaps none.
    """

    by: By
    language: str
    text: str
    exercise: bool = False
    translations: tuple[Translation, ...] = ()

    message_kind: ClassVar[Kind] = Kind.TEXT


_TRANSLATION = Record(
    Translation,
    (
        Field(1, "language", LANGUAGE),
        Field(2, "text", NEEDED_TEXT),
        Field(3, "translator", NEEDED_LABEL),
        Field(4, "is_machine", Truth()),
    ),
)

Text.record = Record(
    Text,
    (
        BY,
        Field(1, "language", LANGUAGE),
        Field(2, "text", NEEDED_TEXT),
        Field(3, "exercise", Truth()),
        Field(4, "translations", Items(_TRANSLATION, TRANSLATIONS_MAX)),
    ),
)
