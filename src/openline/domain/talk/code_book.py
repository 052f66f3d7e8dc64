"""The code book: messages with a fixed meaning, translated before they are needed.

The parties agree on a list. Each entry has a number, a code word, what it means in every
language, up to six slots for values, and the reply that it expects. Its bytes are strict
CBOR; their SHA-256 stands in the Understanding (`code_book`), so that both sides read the
same meaning or know that they do not. A coded message (`domain.talk.coded`) names the
book, the number and the values: it needs no linguist and few bytes.

Nothing in a book is code: a meaning is words, with the names of its slots in braces.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from openline.domain.errors import OurError, Reason, TheirError
from openline.domain.limits import (
    CODE_BOOK_ENTRIES_MAX,
    CODE_BOOK_SIZE_BYTES_MAX,
    CODED_SLOTS_MAX,
)
from openline.domain.line.form import (
    NAME,
    NEEDED_LABEL,
    Fault,
    Field,
    Items,
    Json,
    Record,
    Text,
    Titles,
    Truth,
    Whole,
    Word,
)
from openline.domain.line.letters import doubt_about
from openline.domain.party import Precedence
from openline.domain.record import cbor

FORMAT: Final = "openline-code-book/1"

NUMBER_MAX: Final = 999
"""Numbers are read aloud: three digits."""

LANGUAGES_NEEDED: Final = ("en", "ru", "ar")
"""A book that is proposed with this program has at least these."""


class Acts(IntEnum):
    """As what a coded message acts; the message itself says so (`domain.talk.coded`)."""

    NOTHING = 0
    QUERY = 1
    WARNING = 2
    HOLDING = 3
    DISREGARD = 4


class Reply(IntEnum):
    """Which reply an entry expects."""

    READ = 1
    ANSWER = 2
    WILCO_OR_UNABLE = 3
    CONTACT_REPLY = 4
    NONE = 5


class SlotKind(IntEnum):
    """What sort of value a slot of an entry holds."""

    WORDS = 1
    """A place or a thing, in a few words, shown as they were written."""
    POSITION = 2
    INSTANT = 3
    MINUTES = 4
    COUNT = 5
    SERIAL = 6
    TIER = 7
    CIRCUIT = 8


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot for a value in an entry.

    Attributes:
        name: How the meanings call it.
        kind: What sort of value it holds.
        is_optional: Whether it may be left out; it is then said to be not stated.
    """

    name: str
    kind: SlotKind
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A message that was agreed on.

    Attributes:
        number: 1 to `NUMBER_MAX`.
        word: The code word, in letters that can be read aloud.
        meaning: What it means, by language, with each slot in braces.
        slots: For values, in the order in which a message gives them.
        acts: As what it acts.
        reply: Which reply it expects.
        precedence: With which it goes at least.
    """

    number: int
    word: str
    meaning: tuple[tuple[str, str], ...]
    slots: tuple[Slot, ...] = ()
    acts: Acts = Acts.NOTHING
    reply: Reply = Reply.READ
    precedence: Precedence = Precedence.IMMEDIATE

    def said(self, language: str) -> str:
        """What it means in a language, or else in the first that there is."""
        meanings = dict(self.meaning)
        return meanings.get(language) or next(iter(meanings.values()))


@dataclass(frozen=True, slots=True)
class CodeBook:
    """An agreed list of coded messages.

    Attributes:
        name: What it is called.
        version: Of this name, from 1.
        entries: In the order of their numbers, at least one.
    """

    name: str
    version: int
    entries: tuple[Entry, ...]

    def entry(self, number: int) -> Entry | None:
        """The entry of a number; None if there is none."""
        return next((one for one in self.entries if one.number == number), None)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which every entry has its meaning, in order."""
        every = [frozenset(dict(one.meaning)) for one in self.entries]
        return tuple(sorted(frozenset.intersection(*every)))

    def to_json(self) -> dict[str, Any]:
        """The book as an object for people and programs; nothing is lost."""
        return _BOOK.to_json(self)

    @classmethod
    def from_json(cls, json: Json) -> "CodeBook":
        """The book that somebody wrote down.

        Raises:
            OurError: Something is missing or wrong; it names the field, such as
                `entries[2].meaning.ru`.
        """
        try:
            book: CodeBook = _BOOK.from_json(json, "")
            for fault in (*_BOOK.doubts(book, ""), *_faults(book)):
                raise fault
        except Fault as fault:
            raise fault.as_ours("The code book") from None
        if len(code_book_bytes(book)) > CODE_BOOK_SIZE_BYTES_MAX:
            raise OurError(
                f"The code book has more than {CODE_BOOK_SIZE_BYTES_MAX} bytes.",
                "Leave out entries or languages.",
            )
        return book


_SLOT: Final = Record(
    Slot,
    (
        Field(1, "name", NAME),
        Field(2, "kind", Word(SlotKind)),
        Field(3, "is_optional", Truth(), label="optional"),
    ),
)

_ENTRY: Final = Record(
    Entry,
    (
        Field(1, "number", Whole(1, NUMBER_MAX)),
        Field(2, "word", Text(40, is_needed=True)),
        Field(3, "meaning", Titles()),
        Field(4, "slots", Items(_SLOT, CODED_SLOTS_MAX)),
        Field(5, "acts", Word(Acts)),
        Field(6, "reply", Word(Reply)),
        Field(7, "precedence", Word(Precedence)),
    ),
)

_BOOK: Final = Record(
    CodeBook,
    (
        Field(1, "name", NEEDED_LABEL),
        Field(2, "version", Whole(1, 1_000_000)),
        Field(
            3,
            "entries",
            Items(_ENTRY, CODE_BOOK_ENTRIES_MAX, 1, rank=lambda entry: entry.number),
        ),
    ),
)

TABLES: Final[Mapping[str, Record]] = {"CodeBook": _BOOK, "Entry": _ENTRY, "Slot": _SLOT}
"""The tables of the book, by what the specification calls them."""

BRACES: Final = re.compile(r"\{([^{}]*)\}")
"""Where a meaning has a slot, with its name."""


def code_book_bytes(book: CodeBook) -> bytes:
    """The bytes of a book: strict CBOR, with the format under key 0."""
    return cbor.encode({0: FORMAT, **_BOOK.to_value(book)})


def code_book_hash(book: CodeBook) -> bytes:
    """SHA-256 of the bytes: what the Understanding names."""
    return hashlib.sha256(code_book_bytes(book)).digest()


def parse_code_book(data: bytes) -> CodeBook:
    """The book that the bytes write.

    Raises:
        TheirError: TOO_LARGE, or MALFORMED with what is wrong.
    """
    if len(data) > CODE_BOOK_SIZE_BYTES_MAX:
        raise TheirError(Reason.TOO_LARGE, f"a code book has {len(data)} bytes")
    value = cbor.decode(data)
    if not isinstance(value, dict) or value.get(0) != FORMAT:
        raise TheirError(Reason.MALFORMED, f"it is no {FORMAT}")
    try:
        book: CodeBook = _BOOK.from_value({k: v for k, v in value.items() if k != 0}, "")
        for fault in _faults(book):
            raise fault
    except Fault as fault:
        raise fault.as_theirs("code book") from None
    return book


def _faults(book: CodeBook) -> Iterator[Fault]:
    """What is well formed and cannot be a book."""
    words = [entry.word for entry in book.entries]
    if not book.languages:
        yield Fault("entries", "have no language in common", "Translate every entry.")
    for number, entry in enumerate(book.entries):
        path = f"entries[{number}]"
        if words.count(entry.word) > 1:
            yield Fault(f"{path}.word", "is there twice")
        yield from _slot_faults(entry, path)
        yield from _deed_faults(entry, path)


def _slot_faults(entry: Entry, path: str) -> Iterator[Fault]:
    names = [slot.name for slot in entry.slots]
    for number, name in enumerate(names):
        if names.count(name) > 1:
            yield Fault(f"{path}.slots[{number}].name", "is there twice")
    for language, words in entry.meaning:
        if doubt := doubt_about(words):
            yield Fault(f"{path}.meaning.{language}", doubt, "Write the words again.")
        found = BRACES.findall(words)
        bare = BRACES.sub("", words)
        if sorted(found) != sorted(names) or "{" in bare or "}" in bare:
            listed = ", ".join(f"{{{name}}}" for name in names) or "none"
            yield Fault(
                f"{path}.meaning.{language}",
                "does not have each slot exactly once",
                f"Its slots are {listed}.",
            )


def _deed_faults(entry: Entry, path: str) -> Iterator[Fault]:
    """What acts like another message can be what that message must be."""
    needed = [slot.kind for slot in entry.slots if not slot.is_optional]
    if entry.acts in (Acts.HOLDING, Acts.DISREGARD) and SlotKind.SERIAL not in needed:
        yield Fault(f"{path}.slots", "have no SERIAL", f"{entry.acts.name} is about a message.")
    if entry.acts is Acts.HOLDING and SlotKind.INSTANT not in needed:
        yield Fault(f"{path}.slots", "have no INSTANT", "HOLDING says when the answer follows.")
    if entry.acts is Acts.WARNING and entry.precedence != Precedence.FLASH:
        yield Fault(f"{path}.precedence", "is not FLASH", "A warning is FLASH.")
