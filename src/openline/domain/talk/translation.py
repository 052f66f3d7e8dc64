"""Translations that come later, of what is on the record, by either side.

The original stays authentic, whoever translates it. A translation of a counterpart's
words is ours, and shows how we understood them: to quote it back avoids misunderstanding.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from openline.domain.line.form import LANGUAGE, NEEDED_LABEL, Fault, Field, Record, Truth
from openline.domain.talk.body import BY, NEEDED_TEXT, REFERENCE, Body, By, Reference
from openline.domain.talk.kinds import Kind
from openline.domain.talk.text import Translation, translation_faults


@dataclass(frozen=True, slots=True)
class LaterTranslation(Body):
    """A translation of the words of a message.

    Attributes:
        by: Who gives it.
        of: The message whose words they are.
        language: Of the translation, as ISO 639 code.
        text: The words.
        translator: A person's name, or the name of the program.
        is_machine: Whether a machine made it.
        reviewed_by: A person who compared it with the original, if one did.
        certified_by: A person who answers for it, if one does; not the translator.
    """

    by: By
    of: Reference
    language: str
    text: str
    translator: str
    is_machine: bool = False
    reviewed_by: str | None = None
    certified_by: str | None = None

    message_kind: ClassVar[Kind] = Kind.TRANSLATION

    @property
    def translation(self) -> Translation:
        """The translation without who gives it, of what."""
        return Translation(
            self.language,
            self.text,
            self.translator,
            self.is_machine,
            self.reviewed_by,
            self.certified_by,
        )

    def rules(self) -> Iterator[Fault]:
        """Who certifies a translation is not who made it."""
        yield from translation_faults(self.translation, "")


LaterTranslation.record = Record(
    LaterTranslation,
    (
        BY,
        Field(1, "of", REFERENCE),
        Field(2, "language", LANGUAGE),
        Field(3, "text", NEEDED_TEXT),
        Field(4, "translator", NEEDED_LABEL),
        Field(5, "is_machine", Truth()),
        Field(6, "reviewed_by", NEEDED_LABEL, is_optional=True),
        Field(7, "certified_by", NEEDED_LABEL, is_optional=True),
    ),
)
