"""Coded messages, corrections and deceiving letters as sentences."""

import pytest

from openline.adapters.code_books import shipped
from openline.adapters.picture.lettering import name_of as drawn_name
from openline.adapters.wording import LANGUAGES, Facts, Wording
from openline.domain.talk.body import By, Reference
from openline.domain.talk.code_book import Acts, CodeBook, code_book_hash
from openline.domain.talk.coded import Coded, SlotValue, name_of
from openline.domain.talk.passed_on import Level, PassedOn
from openline.domain.talk.text import Text, Translation
from tests.domain.talk.test_code_book import filled

BOOK = shipped()["standard-1"]
HASH = code_book_hash(BOOK)
BY = By("air-desk", "Maj. A. Petrov")
FACTS = Facts("bravo.example", "Bravo Air", "syria-air", 7, 1_491_528_000_000)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", BOOK.entries, ids=lambda entry: entry.word)
def test_every_entry_reads_in_every_language(entry: object, language: str) -> None:
    """The words are the book's own, every value is in them, and no brace is left."""
    message = filled(entry)  # type: ignore[arg-type]
    said = Wording(language).body(message, FACTS)
    assert "{" not in said
    assert f"{message.number:02d}" in said
    book_entry = BOOK.entry(message.number)
    assert book_entry is not None
    first = book_entry.said(language).split("{")[0].strip()
    assert first in said
    for slot in message.slots:
        if slot.kind is not None and name_of(slot.kind) == "words":
            assert str(slot.words) in said


def test_an_unknown_book_shows_the_values_as_they_are() -> None:
    """Without the book nothing is guessed: number, hash, deed and values are told."""
    message = Coded(BY, 2, (SlotValue(words="at the bridge"),), bytes([7]) * 32, Acts.WARNING)
    said = Wording("en").body(message, FACTS)
    assert "coded message 02 of a code book that it cannot be read with here: 0707" in said
    assert "By its own word it is a WARNING." in said
    assert "Value 1: “at the bridge”." in said
    assert "CEASE" not in said


def test_values_that_do_not_fit_the_book_are_not_put_into_its_words() -> None:
    """A coded message of the agreed book with wrong values reads as raw values."""
    message = Coded(BY, 2, (SlotValue(count=3),), HASH, Acts.WARNING)
    said = Wording("en").body(message, FACTS)
    assert "Value 1: 3." in said
    assert "engaging" not in said


def test_a_slot_that_is_left_out_is_said_to_be_not_stated() -> None:
    """An optional value that is missing leaves no gap in the sentence."""
    message = Coded(BY, 2, (SlotValue(words="at the bridge"),), HASH, Acts.WARNING)
    said = Wording("en").body(message, FACTS)
    assert "Place: “at the bridge”; position: not stated." in said


def test_words_of_a_slot_cannot_take_the_place_of_another() -> None:
    """Braces inside a value are words and stand for nothing."""
    words = SlotValue(words="{position} {place}")
    message = Coded(BY, 2, (words, SlotValue(position=(1, 1))), HASH, Acts.WARNING)
    assert "Place: “{position} {place}”; position: 00°" in Wording("en").body(message, FACTS)


def test_a_book_of_the_nodes_own_is_read_by_its_hash() -> None:
    """What is read with which book is told by the facts, not by what is shipped."""
    json_book = BOOK.to_json()
    json_book["entries"] = [{**json_book["entries"][6], "meaning": {"fr": "{place} {happened_at}"}}]
    own = CodeBook.from_json(json_book)
    slots = (SlotValue(words="here"), SlotValue(at=0))
    message = Coded(BY, 7, slots, code_book_hash(own))
    facts = Facts("b", "B", "l", 7, 0, books={code_book_hash(own): own})
    said = Wording("en").body(message, facts)
    assert "“here”" in said
    assert "The code book does not have this language." in said


def test_a_certified_translation_of_a_machine_says_so() -> None:
    """Who reviewed and certified it is told; it is no gist then."""
    one = Translation("ru", "Повторите.", "program 4", True, "Lt. Petrova", "Maj. Haddad")
    said = Wording("en").body(Text(BY, "en", "Say again.", translations=(one,)), FACTS)
    assert "A translation into Russian by “program 4”:" in said
    assert "A machine made it." in said
    assert "It was compared with the original by “Lt. Petrova”." in said
    assert "It is certified by “Maj. Haddad”." in said


def test_passing_on_is_worded_as_the_partys_own_word() -> None:
    """It says the level and that nothing is promised."""
    message = PassedOn(BY, Reference("alpha.example", 9), Level.CREW, 1_491_528_000_000, "2 wing")
    said = Wording("en").body(message, FACTS)
    assert "to: crews." in said
    assert "it does not promise what others will do" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_deceiving_letters_are_shown_by_number_in_sentences(language: str) -> None:
    """In words, names and rows of text; a name in one script stays as it is."""
    by = By("air-desk", "Ivan\u043ev")
    said = Wording(language).body(Text(by, "en", "Sh\u0430yrat \u202e0012"), FACTS)
    assert "Sh⟨U+0430⟩yrat ⟨U+202E⟩0012" in said
    assert "Ivan⟨U+043E⟩v" in said
    named = Wording(language).body(Text(By("пост", "полковник Иванов"), "ru", "Да."), FACTS)
    assert "полковник Иванов" in named


def test_deceiving_letters_are_shown_by_number_in_pictures() -> None:
    """What is lettered on a map shows them too."""
    assert drawn_name("Sh\u0430yrat", 40) == "Sh⟨U+0430⟩yrat"
