"""Text: free words in the author's language, perhaps with translations.

The original is authentic. A translation says who made it, and whether it was a
machine: then it is a gist and is labelled so, unless a person has reviewed it. It may
come later, in a message of its own, from either side (`domain.talk.translation`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from openline.domain.limits import TRANSLATIONS_MAX
from openline.domain.line.form import LANGUAGE, NEEDED_LABEL, Fault, Field, Items, Record, Truth
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
        reviewed_by: A person who compared it with the original, if one did.
        certified_by: A person who answers for it, if one does; not the translator.
    """

    language: str
    text: str
    translator: str
    is_machine: bool = False
    reviewed_by: str | None = None
    certified_by: str | None = None

    @property
    def is_gist(self) -> bool:
        """Whether only a machine answers for it."""
        return self.is_machine and not (self.reviewed_by or self.certified_by)


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

    def rules(self) -> Iterator[Fault]:
        """Who certifies a translation is not who made it."""
        for number, translation in enumerate(self.translations):
            yield from translation_faults(translation, f"translations[{number}].")


def translation_faults(translation: "Translation", path: str) -> Iterator[Fault]:
    """What should not be said of a translation: it is certified by whoever made it."""
    maker = translation.translator.strip().casefold()
    for name in ("reviewed_by", "certified_by"):
        said = getattr(translation, name)
        if said is not None and said.strip().casefold() == maker:
            yield Fault(f"{path}{name}", "is the translator", "Name another person, or nobody.")


TRANSLATION_FIELDS: Final = (
    Field(1, "language", LANGUAGE),
    Field(2, "text", NEEDED_TEXT),
    Field(3, "translator", NEEDED_LABEL),
    Field(4, "is_machine", Truth()),
    Field(5, "reviewed_by", NEEDED_LABEL, is_optional=True),
    Field(6, "certified_by", NEEDED_LABEL, is_optional=True),
)
"""The fields of a translation; `reviewed_by` and `certified_by` came later."""

_TRANSLATION = Record(Translation, TRANSLATION_FIELDS)

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
