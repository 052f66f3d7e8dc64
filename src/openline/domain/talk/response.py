"""Responses: the substance of an answer to a notice or a text.

To acknowledge is not to agree, and a notice takes effect without any response.
An answer that cannot be given yet is HOLDING, with the time by which it follows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from openline.domain.line.form import LANGUAGE, Fault, Field, Instant, Record, Word
from openline.domain.talk.body import BY, FREE_TEXT, REFERENCE, Body, By, Reference
from openline.domain.talk.kinds import Kind


class Answer(IntEnum):
    """What a party answers."""

    NOTED = 1
    QUERIED = 2
    OBJECTED = 3
    UNABLE = 4
    HOLDING = 5
    DECLINED = 6
    WILCO = 7
    """Understood, and it will be done; only a warning asks for that."""


_NEED_WORDS = {
    Answer.QUERIED: "Write what is asked.",
    Answer.OBJECTED: "Write what is objected to, and why.",
    Answer.DECLINED: "Write why no answer is given.",
}


@dataclass(frozen=True, slots=True)
class Response(Body):
    """An answer by a named officer.

    Attributes:
        by: Who answers.
        of: The message answered.
        answer: What is answered.
        text: In words; needed with QUERIED, OBJECTED and DECLINED.
        language: Of the text, as ISO 639 code.
        holding_until: With HOLDING, when the answer follows at the latest.
    """

    by: By
    of: Reference
    answer: Answer
    text: str = ""
    language: str = "en"
    holding_until: int | None = None

    message_kind: ClassVar[Kind] = Kind.RESPONSE

    def rules(self) -> Iterator[Fault]:
        """HOLDING and nothing else has a time; some answers need words."""
        if self.answer is Answer.HOLDING and self.holding_until is None:
            yield Fault("holding_until", "is missing", "Write when the answer follows.")
        if self.answer is not Answer.HOLDING and self.holding_until is not None:
            yield Fault("holding_until", f"has no place beside {self.answer.name}")
        if self.answer in _NEED_WORDS and not self.text.strip():
            yield Fault("text", "is empty", _NEED_WORDS[self.answer])


Response.record = Record(
    Response,
    (
        BY,
        Field(1, "of", REFERENCE),
        Field(2, "answer", Word(Answer)),
        Field(3, "text", FREE_TEXT),
        Field(4, "language", LANGUAGE),
        Field(5, "holding_until", Instant(), is_optional=True),
    ),
)
