"""Onward dissemination: to whom inside a party a message was passed on.

A receipt shows that a node has a message, READ that an officer has seen it. Neither shows
that those who act were told: sites and convoys were struck that had been notified. So a
party says how far down it passed a message on, when, and to whom. It may say so again as
it goes further. What nobody says it passed on is shown as not passed on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from openline.domain.line.form import LABEL, LANGUAGE, Fault, Field, Instant, Record, Word
from openline.domain.talk.body import BY, FREE_TEXT, REFERENCE, Body, By, Reference
from openline.domain.talk.kinds import Kind


class Level(IntEnum):
    """How far down a message went; a higher number is nearer to those who act."""

    DESK = 1
    HEADQUARTERS = 2
    FORMATION = 3
    UNIT = 4
    CREW = 5


@dataclass(frozen=True, slots=True)
class PassedOn(Body):
    """A message was passed on inside the party.

    Attributes:
        by: Who says so.
        of: The message of the other party that was passed on.
        level: To which level.
        passed_at: When; not later than the message.
        to: To whom there, in words; may be empty.
        text: More, in words.
        language: Of all words, as ISO 639 code.
    """

    by: By
    of: Reference
    level: Level
    passed_at: int
    to: str = ""
    text: str = ""
    language: str = "en"

    message_kind: ClassVar[Kind] = Kind.PASSED_ON

    def rules(self) -> Iterator[Fault]:
        """The desk itself passes nothing on: READ says that."""
        if self.level is Level.DESK and not self.to.strip():
            yield Fault("to", "is empty", "Name the desk; for our own, READ says it.")


PassedOn.record = Record(
    PassedOn,
    (
        BY,
        Field(1, "of", REFERENCE),
        Field(2, "level", Word(Level)),
        Field(3, "passed_at", Instant()),
        Field(4, "to", LABEL),
        Field(5, "text", FREE_TEXT),
        Field(6, "language", LANGUAGE),
    ),
)
