"""Every fault that an officer can meet is said in every language, with its values as they are."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import openline
from openline.adapters.wording import LANGUAGES, Wording
from openline.adapters.wording.faults import SENTENCE_CHARS_MAX, FaultWords, Row
from openline.adapters.wording.marking import catalogue_apart
from tests.adapters.fault_sentences import sentences_in

ROOT = Path(openline.__file__).parent
PLACE = re.compile(r"\{\d\}")

OF_OTHERS = {
    # Words and books that are made with the command line, before a line is spoken on.
    "domain/talk/challenge.py", "domain/talk/code_book.py", "domain/talk/glossary.py",
    # What holders of root keys sign, and what is refused of a counterpart.
    "domain/talk/keys.py", "engine/courier.py", "engine/epochs.py", "engine/fold.py",
    "engine/outbox.py", "engine/greeting.py", "engine/intake.py", "engine/mirror.py",
    "engine/entries.py", "engine/frames.py",
    # What the node says when it starts, and counts.
    "faces/api/serve.py", "domain/talk/statistics.py",
}  # fmt: skip
"""Files whose faults no officer meets in a form or an act; they are told in English."""

FILES = (
    [
        path.relative_to(ROOT).as_posix()
        for folder in ("domain/space", "domain/talk", "engine", "faces/api")
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]
    + [
        f"domain/{name}.py"
        for name in ("instant", "party", "line/form", "line/points", "line/people", "line/letters")
    ]
    + ["app/run.py", "app/export.py", "app/past.py", "app/statements.py", "adapters/credentials.py"]
    + [f"adapters/statements/{name}.py" for name in ("address", "extractor")]
)
SAID = {
    template: where
    for template, where in sentences_in(
        ROOT,
        *(name for name in FILES if name not in OF_OTHERS),
        told_by=(("domain/line/letters.py", "doubt_about"),),
    ).items()
    # What has no words of its own is said by the parts of which it is made.
    if re.search("[A-Za-z]", PLACE.sub("", template)) and template != "({0}) {1}"
}


OF_REQUESTS = (
    "The request has no body.",
    "The request is not understood.",
    "{0}: Expected `{1}`, got `{2}`.",
    "{0}: Expected `{1}`.",
    "{0}: Expected `{1}` of length <= {2}.",
    "{0}: Expected `{1}` of length >= {2}.",
    "{0}: Expected `{1}` <= {2}.",
    "{0}: Expected `{1}` >= {2}.",
    "{0}: Expected `{1}` matching regex {2}.",
    "{0}: Invalid enum value {1}.",
    "{0}: Object missing required field `{1}`.",
    "{0}: Object contains unknown field `{1}`.",
)
"""What Litestar and msgspec say of a request, and `faces.api.faults` where they say nothing."""

SAID |= dict.fromkeys(OF_REQUESTS, "faces/api/faults.py")

OF_PAGES = {
    "discovery": (
        "It is empty.", "It names no page.", "It is no feed and no sitemap that can be read.",
    ),
    "fetch": (
        "It redirects more than {0} times.", "No whole answer within {0} s.",
        "It has more than {0} bytes.", "Its server answers {0}.", "{0} is no public address.",
        "robots.txt of its host says not to ask.", "No answer: {0}",
    ),
    "page": (
        "It has {0} words that can be read; a statement has {1}.",
        "It is a page that says that there is none, or asks for something first.",
    ),
    "reader": ("It takes too long or too much memory to read.",),
}  # fmt: skip
"""What is said of a public page that gave no text; by the file that says it."""

SAID |= {said: f"adapters/statements/{name}.py" for name, some in OF_PAGES.items() for said in some}


def rows(language: str) -> dict[str, str]:
    """The rows of a language that are sentences."""
    held = catalogue_apart(language, "faults").items()
    return {key: said for key, said in held if not key.startswith("part ")}


def fault(language: str, sentence: str) -> str:
    """A sentence in a language."""
    return FaultWords(Wording(language)).fault(sentence)


def test_the_source_tells_many_faults() -> None:
    """The search that the next test relies on finds what it is to find."""
    assert len(SAID) > 600
    for template in (
        "is missing",
        "has {0} characters, at most {1} are allowed",
        "There is no message {0} on this line.",
        "NEW has version 1; REPLACE and CANCEL have the next version.",
        "has the unseen character U+{0} at position {1}",
        "There is nothing at {0}.",
    ):
        assert template in SAID


@pytest.mark.parametrize("name", OF_PAGES)
def test_what_is_said_of_pages_is_in_the_source(name: str) -> None:
    """Each sentence about a page is said by the file that it is listed under."""
    source = (ROOT / "adapters" / "statements" / f"{name}.py").read_text()
    source += (ROOT / "app" / "statements.py").read_text()
    for template in OF_PAGES[name]:
        assert all(part in source for part in PLACE.split(template)), template


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_has_its_row(language: str) -> None:
    """A catalogue has just the sentences of the source; who adds a fault adds its rows."""
    assert {key: SAID[key] for key in SAID.keys() - rows(language).keys()} == {}
    assert rows(language).keys() - SAID.keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_has_the_places_of_its_key(language: str) -> None:
    """No value is lost in a translation, and none is made up."""
    for key, said in catalogue_apart(language, "faults").items():
        assert set(PLACE.findall(said)) == set(PLACE.findall(key)), key


def test_every_part_is_in_the_source() -> None:
    """Each word of ours that stands as a value in a sentence is written somewhere."""
    source = "".join(path.read_text().lower() for path in sorted(ROOT.rglob("*.py")))
    known = set(re.findall(r"\w+", source))
    for key in catalogue_apart("en", "faults"):
        if key.startswith("part "):
            words = re.findall(r"\w+", PLACE.sub("", key.removeprefix("part ")).lower())
            assert set(words) <= known, key


@pytest.mark.parametrize("language", ["ru", "ar"])
@pytest.mark.parametrize("template", sorted(SAID))
def test_a_fault_with_values_is_said(template: str, language: str) -> None:
    """Each sentence with values in it is found, and holds the values as they are."""
    values = {f"{{{number}}}": f"V{number}W" for number in range(10)}
    sentence = PLACE.sub(lambda place: values[place[0]], template)
    said = fault(language, sentence)
    expected = rows(language)[template]
    for place, value in values.items():
        if place in template:
            assert value in said
            expected = expected.replace(
                place, f"\u2066{value}\u2069" if language == "ar" else value
            )
    assert said.rstrip(".") == expected.rstrip(".")


def test_a_fault_of_a_field_is_said_with_its_path() -> None:
    """The kind and the field stand before what is wrong, as they are."""
    sentence = "NOTICE: volumes[0].vertices[3].lat is missing."
    assert fault("ru", sentence) == "NOTICE: volumes[0].vertices[3].lat: не указано."
    assert fault("en", sentence) == sentence


def test_a_fault_that_quotes_another_is_said_whole() -> None:
    """What stands behind a colon at the end is said in the same language."""
    sentence = "NOTICE: valid_from is wrong: The time 'x' is not an instant."
    assert fault("ru", sentence).startswith("NOTICE: valid_from: неверно: Время 'x'")
    assert "is not" not in fault("ru", sentence)


def test_a_word_of_ours_among_the_values_is_said_too() -> None:
    """States and deeds that are English words in the sentence are said in the language."""
    said = fault("ru", "The notice AB-1 is cancelled; it cannot be changed.")
    assert said == "Уведомление AB-1: отменено; изменить его нельзя."


def test_what_no_row_fits_is_said_as_it_came() -> None:
    """An unknown sentence is shown in English rather than not at all."""
    assert fault("ru", "Nobody has written this.") == "Nobody has written this."


@pytest.mark.parametrize("value", [
    "\u202eabc", "{0}{1}{9}", "\\1\\g<0>", "is over.", "» is over «", "\x1b[31m", "a\nb",
])  # fmt: skip
def test_a_hostile_value_is_shown_and_does_nothing(value: str) -> None:
    """A value is data: neither a place nor a control of it counts."""
    said = fault("ru", f"There is no message {value} on this line.")
    assert said.startswith("Сообщения ")
    assert said.endswith(" на этой линии нет.")
    assert "\u202e" not in said
    assert "\x1b" not in said
    assert said.count("«") == 0
    if value.isascii() and value.isprintable():
        assert value in said


def test_arabic_values_stand_in_isolates() -> None:
    """A value runs from left to right inside an Arabic sentence."""
    assert "\u2066ALPHA-0001\u2069" in fault("ar", "There is no message ALPHA-0001 on this line.")
    assert "\u2068\u0645\u2069" in fault("ru", "There is no message \u0645 on this line.")


def test_a_sentence_beyond_the_bound_is_said_as_it_came() -> None:
    """A value gone wild is not looked through."""
    sentence = f"There is no message {'x' * SENTENCE_CHARS_MAX} on this line."
    assert fault("ru", sentence) == sentence


def test_the_row_with_most_text_of_its_own_counts() -> None:
    """A special sentence is not taken for a general one."""
    assert fault("ru", "embargo_until: x is over.") == "embargo_until: время x прошло."
    assert fault("ru", "deadline: x is over.") == "deadline: время x прошло."


@given(st.text(max_size=60), st.text(max_size=60))
def test_values_are_found_wherever_the_texts_of_a_row_stand(one: str, other: str) -> None:
    """What a row was made of is an instance of it, whatever the values hold."""
    row = Row(("A ", " of ", "."), ("0", "1"), "")
    values = row.values(f"A {one} of {other}.")
    assert values is not None
    assert f"A {values['0']} of {values['1']}." == f"A {one} of {other}."


@pytest.mark.parametrize("sentence", ["", "A", "A of .", "A x of y", "x of y.", "A x.", "A  of "])
def test_what_is_no_instance_of_a_row_is_not_taken(sentence: str) -> None:
    """All texts of a row have to be there, none twice used."""
    assert Row(("A ", " of ", "."), ("0", "1"), "").values(sentence) is None
