"""Catalogues that stand apart: whole, in their own script, without words to avoid."""

import re

import pytest

from openline.adapters.wording import LANGUAGES
from openline.adapters.wording.marking import APART, catalogue_apart
from tests.adapters.test_wording import AVOIDED

SCRIPTS = {"ru": "[а-яё]", "ar": "[\u0621-\u064a]"}


@pytest.mark.parametrize("subject", APART)
def test_each_language_has_the_same_rows(subject: str) -> None:
    """The keys of a catalogue are the same in every language, and no row is empty."""
    rows = [catalogue_apart(language, subject) for language in LANGUAGES]
    assert rows[0].keys() == rows[1].keys() == rows[2].keys()
    assert all(said for one in rows for said in one.values())


@pytest.mark.parametrize("subject", APART)
@pytest.mark.parametrize("language", SCRIPTS)
def test_every_row_is_in_its_own_script(language: str, subject: str) -> None:
    """Each Russian row has Cyrillic letters, each Arabic one Arabic letters."""
    for key, said in catalogue_apart(language, subject).items():
        assert re.search(SCRIPTS[language], said.lower()), key


@pytest.mark.parametrize("subject", APART)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_row_uses_a_word_to_avoid(language: str, subject: str) -> None:
    """No word of any row begins like one that the glossary says to avoid."""
    for said in catalogue_apart(language, subject).values():
        # Codes such as JOINT are no words of a sentence.
        for word in re.findall(r"\w+", re.sub(r"\b[A-Z_]{2,}\b", "", said).lower()):
            assert not any(word.startswith(stem) for stem in AVOIDED[language].split()), said


@pytest.mark.parametrize("subject", APART)
@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_and_codes_are_kept(language: str, subject: str) -> None:
    """What is written in Latin capitals or between backticks stands in every language."""
    for key, said in catalogue_apart(language, subject).items():
        if key.endswith("."):
            for code in re.findall(r"`[^`]+`|\b[A-Z_]{4,}\b", catalogue_apart("en", subject)[key]):
                assert code in said, key
