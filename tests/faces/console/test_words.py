"""The console says nothing that has no row in each language's catalogues."""

import re
from collections import Counter
from pathlib import Path

import pytest

from openline.adapters.wording import LANGUAGES
from openline.adapters.wording.marking import read_catalogues

SOURCES = Path(__file__).parents[3] / "console" / "src"
_SAID = re.compile(r"""\b(?:t|mark)\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_VALUE = re.compile(r"\{\w+\}")


def sentences_in_sources() -> set[str]:
    """Every sentence that a source of the console hands to `t` or `mark`."""
    return {
        (match[1] or match[2]).encode().decode("unicode_escape").encode("latin-1").decode()
        if "\\" in match[0]
        else (match[1] or match[2])
        for path in SOURCES.rglob("*")
        if path.suffix in (".ts", ".svelte") and path.name != "schema.d.ts"
        for match in _SAID.finditer(path.read_text(encoding="utf-8"))
    }


def rows(language: str) -> dict[str, str]:
    """The console's rows of a language."""
    return {
        str(entry.id): str(entry.string)
        for catalog in read_catalogues(language, of_console=True)
        for entry in catalog
        if entry.id
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_catalogue_has_just_the_sentences_of_the_console(language: str) -> None:
    """A catalogue holds every sentence that the page says, and no other."""
    said, held = sentences_in_sources(), set(rows(language))
    assert said - held == set(), "sentences without a row"
    assert held - said == set(), "rows that nothing says"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_has_one_row(language: str) -> None:
    """Of two rows one would be read unseen: what means two things is said in two ways."""
    found = Counter(
        str(entry.id)
        for catalog in read_catalogues(language, of_console=True)
        for entry in catalog
        if entry.id
    )
    assert [one for one, count in found.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_row_is_translated_with_all_its_values(language: str) -> None:
    """No row is empty, and each has the values of its English sentence."""
    for english, sentence in rows(language).items():
        assert sentence.strip(), english
        assert sorted(_VALUE.findall(english)) == sorted(_VALUE.findall(sentence)), english


def test_no_sentence_is_put_together_from_pieces() -> None:
    """Only literals are handed to `t`: what is marked elsewhere comes as a variable."""
    template = re.compile(r"\bt\(\s*`")
    for path in SOURCES.rglob("*.svelte"):
        assert not template.search(path.read_text(encoding="utf-8")), path.name
