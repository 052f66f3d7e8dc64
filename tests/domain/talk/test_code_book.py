"""Code books: the shipped one, what cannot be a book, and what a coded message may hold."""

import contextlib
import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.code_books import known_books, read_code_book, shipped
from openline.domain.errors import OurError, TheirError
from openline.domain.limits import CODED_SIZE_BYTES_MAX
from openline.domain.line.form import Fault
from openline.domain.line.letters import doubt_about
from openline.domain.record import cbor
from openline.domain.record.short_form import short_size
from openline.domain.talk.body import By, Reference
from openline.domain.talk.code_book import (
    LANGUAGES_NEEDED,
    Acts,
    CodeBook,
    Entry,
    SlotKind,
    code_book_bytes,
    code_book_hash,
    parse_code_book,
)
from openline.domain.talk.coded import Coded, SlotValue, entry_of, name_of
from tests.domain.talk.strategies import slot_values

BOOK = shipped()["standard-1"]
BY = By("air-desk", "Maj. A. Petrov")
VALUES: dict[SlotKind, Any] = {
    SlotKind.WORDS: "2 km west of Shayrat airfield",
    SlotKind.POSITION: (344_900_000, -1_800_000_000),
    SlotKind.INSTANT: 1_491_529_200_000,
    SlotKind.MINUTES: 10_080,
    SlotKind.COUNT: 1_000_000,
    SlotKind.SERIAL: Reference("bravo.example", 2**31),
    SlotKind.TIER: 3,
    SlotKind.CIRCUIT: "secondary",
}


def filled(entry: Entry) -> Coded:
    """A message of an entry with every slot filled."""
    slots = tuple(SlotValue(**{name_of(slot.kind): VALUES[slot.kind]}) for slot in entry.slots)
    return Coded(BY, entry.number, slots, code_book_hash(BOOK), entry.acts)


def test_the_shipped_book_has_the_twelve_entries_of_the_proposal() -> None:
    """Numbers 1 to 12 stand in three languages, without a letter in doubt, one hash for all."""
    assert [entry.number for entry in BOOK.entries] == list(range(1, 13))
    assert set(BOOK.languages) == set(LANGUAGES_NEEDED)
    words = [words for entry in BOOK.entries for _, words in entry.meaning]
    assert [one for one in words if doubt_about(one)] == []
    assert code_book_hash(BOOK).hex() == (
        "0fe46a627a84410db366170fe5c92be9c3d201d44583672f8b521b429c417070"
    )


def test_the_bytes_of_a_book_give_the_book_again() -> None:
    """Bytes, JSON and the file give one and the same book."""
    assert parse_code_book(code_book_bytes(BOOK)) == BOOK
    assert CodeBook.from_json(json.loads(json.dumps(BOOK.to_json()))) == BOOK


@pytest.mark.parametrize("entry", BOOK.entries, ids=lambda entry: entry.word)
def test_every_entry_can_be_said_within_the_bound(entry: Entry) -> None:
    """With every slot filled the short form has at most 340 bytes, on a line of two."""
    message = filled(entry)
    assert entry_of(message, BOOK) == entry
    assert list(message.faults(entry.precedence)) == []
    size = short_size(message.to_body(), ("alpha.example", "bravo.example"))
    assert size <= CODED_SIZE_BYTES_MAX


@pytest.mark.parametrize("entry", BOOK.entries, ids=lambda entry: entry.word)
def test_a_slot_may_be_left_out_where_the_book_says_so(entry: Entry) -> None:
    """Without one of its values a message fits exactly where that slot is optional."""
    message = filled(entry)
    for number, slot in enumerate(entry.slots):
        slots = (*message.slots[:number], SlotValue(), *message.slots[number + 1 :])
        without = Coded(BY, entry.number, slots, message.book, entry.acts)
        if slot.is_optional:
            assert entry_of(without, BOOK) == entry
        else:
            with pytest.raises(Fault, match="is missing"):
                entry_of(without, BOOK)


@given(st.integers(1, 14), st.lists(slot_values, max_size=6), st.sampled_from(Acts))
def test_what_is_taken_fits_the_entry_and_the_rest_is_a_fault(
    number: int, slots: list[SlotValue], acts: Acts
) -> None:
    """A message is refused with a fault, or each of its values is of the sort of its slot."""
    message = Coded(BY, number, tuple(slots), bytes(32), acts)
    with contextlib.suppress(Fault):
        entry = entry_of(message, BOOK)
        assert entry.acts is acts
        kinds = [slot.kind for slot in slots]
        assert all(
            kind in (None, slot.kind) for kind, slot in zip(kinds, entry.slots, strict=False)
        )


def changed(path: str, value: Any) -> dict[str, Any]:
    """The JSON of the shipped book with one value changed; None takes it away."""
    book = copy.deepcopy(BOOK.to_json())
    *steps, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    at: Any = book
    for step in steps:
        at = at[step]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return book


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("entries/1/number", 1, "is there twice"),
        ("entries/1/word", "ARE THESE YOURS", "word is there twice"),
        ("entries/1/meaning/ru", "ПРЕКРАТИТЕ. {place}", r"meaning.ru does not have each slot"),
        ("entries/1/meaning/ru", "{place} {place} {position}", "meaning.ru"),
        ("entries/1/meaning/ru", "{place} {position} {}", "meaning.ru"),
        ("entries/1/meaning/ru", "{place} {position} }", "meaning.ru"),
        ("entries/1/meaning/ru", "Ц\u0435ase {place} {position} a\u0430", "another script"),
        ("entries/1/precedence", "IMMEDIATE", "is not FLASH"),
        ("entries/1/acts", "ATTACK", "acts"),
        ("entries/10/slots", [], "meaning"),
        ("entries/7/acts", "QUERY", None),
        ("entries/11/acts", "DISREGARD", "have no SERIAL"),
        ("entries/11/acts", "HOLDING", "have no SERIAL"),
        ("entries", [], "has 0 entries"),
        ("entries/0/meaning", {"fr": BOOK.entries[0].said("en")}, "no language in common"),
        ("entries/0/number", 1000, "whole number from 1 to 999"),
        ("version", None, "version is missing"),
    ],
)
def test_what_cannot_be_a_book_is_refused_by_name(path: str, value: Any, told: str | None) -> None:
    """Each fault of a book names the entry and what is wrong with it."""
    json_book = changed(path, value)
    if told is None:
        assert CodeBook.from_json(json_book) != BOOK
        return
    with pytest.raises(OurError, match=told):
        CodeBook.from_json(json_book)


@given(st.binary(max_size=40) | st.just(cbor.encode({0: "openline-code-book/1", 1: "x"})))
def test_no_bytes_make_the_reader_of_books_fail(data: bytes) -> None:
    """Bytes that are no book are refused as such."""
    with pytest.raises(TheirError):
        parse_code_book(data)


def test_books_are_read_from_a_directory_and_bad_ones_left_aside(tmp_path: Path) -> None:
    """A node's own books are known by hash; a bad file is told and does not hinder the others."""
    folder = tmp_path / "code-books"
    folder.mkdir()
    own = changed("name", "ours")
    (folder / "ours.json").write_text(json.dumps(own))
    (folder / "bad.toml").write_text("name = ")
    (folder / "notes.txt").write_text("not a book")
    told: list[str] = []
    books = known_books(tmp_path, lambda path, error: told.append(path.name))
    assert told == ["bad.toml"]
    assert {book.name for book in books.values()} == {"standard", "ours"}
    assert read_code_book(folder / "ours.json") == books[code_book_hash(CodeBook.from_json(own))]
    with pytest.raises(OurError, match="neither TOML nor JSON"):
        read_code_book(folder / "notes.txt")
