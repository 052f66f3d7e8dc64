"""The forms of all kinds: each field of the tables, with its words, and nothing else."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from openline.adapters.wording import LANGUAGES, TERMS, Wording
from openline.adapters.wording.forms import FormWords
from openline.adapters.wording.marking import catalogue_apart
from openline.domain.errors import OurError
from openline.domain.line.form import Field, Record
from openline.domain.party import Precedence
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import MESSAGES, from_json
from openline.faces.api import examples, form_answers, schema
from openline.faces.api.forms import ANSWERS, help_of, nested_records
from openline.faces.api.writing import LEFT_TO_THE_DESK, SAID_BY_PEOPLE
from tests.faces.conftest import LINE, Line

ANSWER_SIZE_BYTES_MAX = 262_144


def tables() -> list[Record]:
    """The tables of every kind that people say, and of all that their fields hold."""
    return [*(MESSAGES[kind].record for kind in SAID_BY_PEOPLE), *nested_records()]


def words_of(plain: dict[str, Any]) -> list[Any]:
    """The choices of a field, also of what is in a list."""
    if "item" in plain:
        return words_of(plain["item"].describe())
    return list(plain.get("words", ()))


def keys_of(record: Record, field: Field, rows: dict[str, str]) -> Iterator[str]:
    """The rows of a catalogue that a field needs."""
    owner, name = record.build.__name__, field.shown
    yield f"{owner}.{name}" if f"{owner}.{name}" in rows else name
    yield help_of(record, field)
    for word in words_of(field.form.describe()):
        own = (f"{owner}.{name}.{word.name}", f"{type(word).__name__}.{word.name}")
        found = next((key for key in own if key in rows), "")
        assert found or word.name in TERMS, own
        if found:
            yield found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_every_kind_has_its_words(language: str) -> None:
    """A catalogue has just the labels, helps, choices and titles that the tables need."""
    rows = catalogue_apart(language, "forms")
    needed = {key for record in tables() for field in record.fields
              for key in keys_of(record, field, rows)}  # fmt: skip
    needed |= {f"{row} {kind.name}" for kind in SAID_BY_PEOPLE for row in ("kind", "purpose")}
    assert set(rows) == needed
    assert all(said.strip() for said in rows.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_choices_of_a_field_are_told_apart(language: str) -> None:
    """No two choices of one field are called the same."""
    words = FormWords(Wording(language))
    for record in tables():
        for field in record.fields:
            where = f"{record.build.__name__}.{field.shown}"
            said = [words.choice(where, one) for one in words_of(field.form.describe())]
            assert len(set(said)) == len(said), where


@pytest.fixture(scope="module")
def shown(line: Line) -> dict[str, Any]:
    """What a node answers."""
    answer: dict[str, Any] = line.client().get("/forms")
    return answer


def test_forms_are_as_described(shown: dict[str, Any]) -> None:
    """The answer has the described structure, every kind in it, and is not too large."""
    forms = msgspec.convert(shown, form_answers.Forms, strict=True)
    assert [one.kind for one in forms.forms] == [kind.name for kind in SAID_BY_PEOPLE]
    assert len(json.dumps(shown)) < ANSWER_SIZE_BYTES_MAX


def test_a_record_is_described_once_and_found_by_name(shown: dict[str, Any]) -> None:
    """Each record that a field holds is under `records`, and each of those is held somewhere."""
    named: set[str] = set()

    def look(form: dict[str, Any]) -> None:
        named.update({form["record"]} if "record" in form else ())
        if "item" in form:
            look(form["item"])

    for one in [*shown["forms"], *shown["records"].values()]:
        for field in one["fields"]:
            look(field["form"])
    assert named == set(shown["records"])


def says_missing(kind: Kind, fields: dict[str, Any], name: str, precedence: str) -> bool:
    """Whether a form is refused because a field is not there."""
    filled = {**LEFT_TO_THE_DESK.get(kind, {}), **fields}
    if "by" not in fields:
        filled["by"] = {"post": "watch", "officer": "Lt Smith"}
    try:
        from_json(kind, filled, Precedence[precedence])
    except OurError as error:
        return f"{name} is missing" in error.what
    return False


@pytest.mark.parametrize("saying", examples.SAYINGS, ids=lambda one: one.value["kind"])
def test_what_may_be_left_out_is_told(shown: dict[str, Any], saying: Any) -> None:
    """A field is asked for exactly when its form says nothing of leaving it out."""
    said = msgspec.convert(saying.value, schema.Say)
    [form] = [one for one in shown["forms"] if one["kind"] == said.kind]
    for field in form["fields"]:
        rest = {name: held for name, held in said.fields.items() if name != field["name"]}
        is_asked_for = says_missing(Kind[said.kind], rest, field["name"], said.precedence)
        if field.get("left_out") == "RELEASE":
            continue
        if field.get("left_out"):
            # What the table lets be left out may still be asked for by the rules of a message.
            assert not is_asked_for or field["left_out"] in ("OPTIONAL", "DEFAULT"), field
        else:
            assert is_asked_for, field


def test_a_warning_is_flash_alone(shown: dict[str, Any]) -> None:
    """The precedences of a form are those that its rules let pass."""
    [warning] = [one for one in shown["forms"] if one["kind"] == "WARNING"]
    assert [one["code"] for one in warning["precedences"]] == ["FLASH"]
    others = [len(one["precedences"]) for one in shown["forms"] if one["kind"] != "WARNING"]
    assert set(others) == {len(Precedence)}


def test_what_takes_two_follows_from_the_understanding(line: Line) -> None:
    """With a line, its Understanding says what a second person releases."""
    forms = line.client().get("/forms", line=LINE)["forms"]
    assert [one["kind"] for one in forms if one["takes_two"]] == ["DECLARATION"]
    assert [one["kind"] for one in forms if one["is_drafted"]] == [
        "TEXT", "NOTICE", "RESPONSE", "DECLARATION",
    ]  # fmt: skip


def test_each_form_says_what_right_it_asks_for(shown: dict[str, Any]) -> None:
    """Who speaks on the node's own socket may say everything; the right is told all the same."""
    rights = {one["kind"]: one["right"] for one in shown["forms"]}
    assert rights["LINE_CHECK"] == "SERVE"
    assert rights["DECLARATION"] == "DECLARE"
    assert rights["NOTICE"] == "SPEAK"
    assert all(one["may_say"] for one in shown["forms"])


def test_forms_are_in_the_language_asked_for(line: Line) -> None:
    """Labels, helps and choices are Russian or Arabic when that is asked for."""
    for language, title in (("ru", "Уведомление"), ("ar", "إشعار")):
        forms = line.client().get("/forms", language=language)
        assert forms["language"] == language
        assert [one["title"] for one in forms["forms"] if one["kind"] == "NOTICE"] == [title]


@pytest.mark.parametrize(("asked", "what"), [
    ({"language": "xx"}, "no sentences in 'xx'"),
    ({"language": "../../etc"}, "language"),
    ({"line": "no-such-line"}, "no-such-line"),
    ({"line": "a/b"}, "line"),
])  # fmt: skip
def test_what_cannot_be_answered_is_refused(line: Line, asked: dict[str, str], what: str) -> None:
    """A language or a line that is not there is named."""
    with pytest.raises(OurError, match=what):
        line.client().get("/forms", **asked)


def test_answers_name_kinds_that_people_say() -> None:
    """What may be answered is something that is said on the line by people."""
    assert all(set(kinds) <= set(SAID_BY_PEOPLE) for kinds in ANSWERS.values())
