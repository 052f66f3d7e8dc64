"""Receipts by people: a message was read, and what was read is repeated.

The machine's receipt is no message: it is the counterpart's cosignature. These
two are messages by a named officer, in the counterpart's own outbox. Neither
means agreement.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from openline.domain.line.form import Fault, Field, Record, Word
from openline.domain.talk.body import BY, FREE_TEXT, REFERENCE, Body, By, Reference
from openline.domain.talk.kinds import Kind


class ReadBackVerdict(IntEnum):
    """What is said about the values that were read back."""

    I_READ_BACK = 1
    CORRECT = 2
    CORRECTION = 3


@dataclass(frozen=True, slots=True)
class Read(Body):
    """An officer on watch has opened and read a message.

    Attributes:
        by: Who read it.
        of: The message read.
    """

    by: By
    of: Reference

    message_kind: ClassVar[Kind] = Kind.READ


@dataclass(frozen=True, slots=True)
class ReadBack(Body):
    """The critical values of a message, repeated by its reader or confirmed.

    Attributes:
        by: Who speaks.
        of: The message whose values they are.
        verdict: The reader says I_READ_BACK; the author CORRECT or CORRECTION.
        digest: The values in words, as received, or as they should be.
    """

    by: By
    of: Reference
    verdict: ReadBackVerdict
    digest: str = ""

    message_kind: ClassVar[Kind] = Kind.READ_BACK

    def rules(self) -> Iterator[Fault]:
        """Values must be there unless they are only confirmed."""
        if self.verdict is not ReadBackVerdict.CORRECT and not self.digest.strip():
            yield Fault("digest", "is empty", "Repeat the values.")


_OF = Field(1, "of", REFERENCE)

Read.record = Record(Read, (BY, _OF))

ReadBack.record = Record(
    ReadBack,
    (BY, _OF, Field(2, "verdict", Word(ReadBackVerdict)), Field(3, "digest", FREE_TEXT)),
)
