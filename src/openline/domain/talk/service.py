"""Service messages: what a party says about the line's own working.

Operators tell each other of maintenance, outages and trouble, for a window and a
circuit, so that nobody has to guess why the line is quiet. What one side says
here is what the other shows as the cause of a trouble, word for word that side's
claim (`domain.line.observed`). Never political: that is a declaration.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from openline.domain.line.form import LABEL, LANGUAGE, Fault, Field, Instant, Record, Word
from openline.domain.talk.body import BY, FREE_TEXT, Body, By
from openline.domain.talk.kinds import Kind


class ServiceOccasion(IntEnum):
    """What a service message is about."""

    MAINTENANCE = 1
    OUTAGE = 2
    KEY_CHANGE = 3
    CLOCK = 4
    TROUBLE = 5
    RESTORED = 6
    """It works again: takes back what was said of the circuit before."""


@dataclass(frozen=True, slots=True)
class Service(Body):
    """What an operator says about the working of the line.

    Attributes:
        by: Who says so.
        circuit: Which circuit, as the author names it; empty for the whole line.
        occasion: What it is about.
        valid_from: From when it is so.
        valid_until: Until when; None where nobody knows yet.
        fallback: The circuit to use meanwhile; may be empty.
        text: In words; may be empty.
        language: Of the text, as ISO 639 code.
    """

    by: By
    occasion: ServiceOccasion
    valid_from: int
    valid_until: int | None = None
    circuit: str = ""
    fallback: str = ""
    text: str = ""
    language: str = "en"

    message_kind: ClassVar[Kind] = Kind.SERVICE

    def rules(self) -> Iterator[Fault]:
        """A window ends after it begins; nobody falls back on what is out of order."""
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            yield Fault("valid_until", "is not after valid_from", "Give the start, then the end.")
        if self.fallback and self.fallback == self.circuit:
            yield Fault("fallback", "is the circuit itself", "Name another circuit, or none.")

    def is_valid(self, now: int) -> bool:
        """Whether it speaks of the present; the end itself is not in the window."""
        return self.valid_from <= now and (self.valid_until is None or now < self.valid_until)


Service.record = Record(
    Service,
    (
        BY,
        Field(1, "circuit", LABEL),
        Field(2, "occasion", Word(ServiceOccasion)),
        Field(3, "valid_from", Instant()),
        Field(4, "valid_until", Instant(), is_optional=True),
        Field(5, "fallback", LABEL),
        Field(6, "text", FREE_TEXT),
        Field(7, "language", LANGUAGE),
    ),
)
