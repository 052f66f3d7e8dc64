"""Coded messages: a number of the agreed code book, and its values.

A coded message needs no translation and no linguist: each side reads it in its own
language from the same book, which the message names by hash. It says by itself as what it
acts, so that a warning is loud at a node that does not have the book, too; its values
are then shown as they are.

It takes part in matters: with `acts` QUERY or WARNING it opens one, HOLDING answers the
message that it names, DISREGARD ends the one that it names.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from openline.domain.limits import CODED_SLOTS_MAX
from openline.domain.line.form import (
    Blob,
    Fault,
    Field,
    Instant,
    Items,
    Record,
    Text,
    Truth,
    Whole,
    Word,
)
from openline.domain.line.points import POINT
from openline.domain.party import Precedence
from openline.domain.talk.body import BY, REFERENCE, Body, By, Reference
from openline.domain.talk.code_book import NUMBER_MAX, Acts, CodeBook, Entry, SlotKind
from openline.domain.talk.kinds import Kind


@dataclass(frozen=True, slots=True)
class SlotValue:
    """The value of one slot: at most one of these; none where it is not stated.

    Attributes:
        words: A place or a thing in words.
        position: Latitude and longitude, 1e-7 degrees.
        at: An instant, UTC milliseconds.
        minutes: A duration.
        count: How many.
        serial: A message.
        tier: A tier.
        circuit: The name of a circuit.
    """

    words: str | None = None
    position: tuple[int, int] | None = None
    at: int | None = None
    minutes: int | None = None
    count: int | None = None
    serial: Reference | None = None
    tier: int | None = None
    circuit: str | None = None

    @property
    def kind(self) -> SlotKind | None:
        """What sort of value it holds; None if none, or more than one."""
        held = [kind for kind, name in _NAMES.items() if getattr(self, name) is not None]
        return held[0] if len(held) == 1 else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stated."""
        return all(getattr(self, name) is None for name in _NAMES.values())


_NAMES: Final = {
    SlotKind.WORDS: "words",
    SlotKind.POSITION: "position",
    SlotKind.INSTANT: "at",
    SlotKind.MINUTES: "minutes",
    SlotKind.COUNT: "count",
    SlotKind.SERIAL: "serial",
    SlotKind.TIER: "tier",
    SlotKind.CIRCUIT: "circuit",
}
"""The attribute that holds each sort of value; `docs/spec/code-book.md` has the same."""


@dataclass(frozen=True, slots=True)
class Coded(Body):
    """A coded message.

    Attributes:
        by: Who speaks.
        number: Of the entry in the book.
        slots: The values, in the order of the entry's slots.
        book: SHA-256 of the book.
        acts: As what it acts; the entry's own.
        exercise: Whether it is said for an exercise only.
    """

    by: By
    number: int
    slots: tuple[SlotValue, ...]
    book: bytes
    acts: Acts = Acts.NOTHING
    exercise: bool = False

    message_kind: ClassVar[Kind] = Kind.CODED

    @property
    def of(self) -> Reference | None:
        """The message that it is about, where it acts on one."""
        if self.acts not in (Acts.HOLDING, Acts.DISREGARD):
            return None
        return next((slot.serial for slot in self.slots if slot.serial is not None), None)

    @property
    def until(self) -> int | None:
        """The first instant in it: until when an answer is needed, or is held."""
        return next((slot.at for slot in self.slots if slot.at is not None), None)

    def faults(self, precedence: Precedence = Precedence.ROUTINE) -> Iterator[Fault]:
        """What acts as a warning goes as FLASH."""
        if self.acts is Acts.WARNING and precedence is not Precedence.FLASH:
            yield Fault("precedence", f"is {precedence.name}", "A warning is FLASH.")
        yield from Body.faults(self, precedence)

    def rules(self) -> Iterator[Fault]:
        """A slot has one value; what acts on a message names it."""
        for number, slot in enumerate(self.slots):
            if slot.kind is None and not slot.is_empty:
                yield Fault(f"slots[{number}]", "has more than one value")
        if self.acts in (Acts.HOLDING, Acts.DISREGARD) and self.of is None:
            yield Fault("slots", "name no message", "Give the serial of the message.")
        if self.acts is Acts.HOLDING and self.until is None:
            yield Fault("slots", "have no instant", "Say when the answer follows.")


_WORDS: Final = Text(80, is_needed=True)
_CIRCUIT: Final = Text(40, is_needed=True)

SLOT_VALUE: Final = Record(
    SlotValue,
    (
        Field(1, "words", _WORDS, is_optional=True),
        Field(2, "position", POINT, is_optional=True),
        Field(3, "at", Instant(), is_optional=True),
        Field(4, "minutes", Whole(0, 10_080), is_optional=True),
        Field(5, "count", Whole(0, 1_000_000), is_optional=True),
        Field(6, "serial", REFERENCE, is_optional=True),
        Field(7, "tier", Whole(1, 9), is_optional=True),
        Field(8, "circuit", _CIRCUIT, is_optional=True),
    ),
)

Coded.record = Record(
    Coded,
    (
        BY,
        Field(1, "number", Whole(1, NUMBER_MAX)),
        Field(2, "slots", Items(SLOT_VALUE, CODED_SLOTS_MAX)),
        Field(3, "book", Blob(32, 32)),
        Field(4, "acts", Word(Acts)),
        Field(5, "exercise", Truth()),
    ),
)


def entry_of(coded: Coded, book: CodeBook) -> Entry:
    """The entry that a message names, if the message is one of it.

    Args:
        coded: The message.
        book: The book whose hash it names.

    Raises:
        Fault: The book has no such number, or the values are not those that it asks for.
    """
    entry = book.entry(coded.number)
    if entry is None:
        numbers = ", ".join(str(one.number) for one in book.entries)
        raise Fault("number", f"{coded.number} is not in the code book", f"It has {numbers}.")
    if coded.acts is not entry.acts:
        raise Fault("acts", f"is {coded.acts.name}, in the code book {entry.acts.name}")
    asked = ", ".join(f"{slot.name} ({slot.kind.name})" for slot in entry.slots) or "none"
    if len(coded.slots) > len(entry.slots):
        raise Fault("slots", f"are {len(coded.slots)}", f"The entry has: {asked}.")
    for number, slot in enumerate(entry.slots):
        given = coded.slots[number] if number < len(coded.slots) else SlotValue()
        if given.is_empty and slot.is_optional:
            continue
        if given.kind is not slot.kind:
            what = "is missing" if given.is_empty else f"is no {slot.kind.name}"
            raise Fault(f"slots[{number}]", f"({slot.name}) {what}", f"The entry has: {asked}.")
    return entry


def value_of(slot: SlotValue) -> object:
    """The one value of a slot; None where nothing is stated."""
    return None if slot.kind is None else getattr(slot, _NAMES[slot.kind])


def name_of(kind: SlotKind) -> str:
    """The attribute that holds a sort of value."""
    return _NAMES[kind]
