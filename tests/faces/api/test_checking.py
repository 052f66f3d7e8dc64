"""A message is checked before it is said: all faults at once, in each language."""

from typing import Any

import msgspec
import pytest

from openline.adapters.clock import wall_clock_ms
from openline.domain.errors import OurError
from openline.domain.instant import HOUR_MS, format_instant
from openline.domain.limits import FAULTS_TOLD_MAX
from openline.faces.api import examples, form_answers
from openline.faces.api.languages import language_of, most_wanted
from tests.faces.api.test_reading import say
from tests.faces.conftest import LINE, Line


def check(line: Line, kind: str, fields: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """What the node tells of a message, in English unless a language is named."""
    language = rest.pop("language", None)
    body = {"kind": kind, "fields": fields, **rest}
    answer: dict[str, Any] = line.client().post(
        "/lines", LINE, "check", body=body, language=language
    )
    msgspec.convert(answer, form_answers.CheckedMessage, strict=True)
    return answer


def told(answer: dict[str, Any]) -> dict[str, str]:
    """What is wrong, by field."""
    return {fault["field"]: fault["what"] for fault in answer["faults"]}


def notice(hours: int = 50, **fields: Any) -> dict[str, Any]:
    """The fields of a notice, some hours from now."""
    start = wall_clock_ms() + hours * HOUR_MS
    volume = {
        "shape": "CIRCLE", "vertices": [{"lat": "34.49", "lon": "36.909"}], "radius": "2 km",
        "valid_from": format_instant(start), "valid_until": format_instant(start + HOUR_MS),
    }  # fmt: skip
    return {
        "category": "strike", "kind": "air", "volumes": [volume],
        "place": "at Shayrat airfield", "activity": "Training.", **fields,
    }  # fmt: skip


def test_all_faults_of_a_form_are_told_at_once(line: Line) -> None:
    """Each field's first fault is told by its label, also inside of records and lists."""
    bad = {"shape": "SQUARE", "vertices": [{"lat": "95", "lon": "1"}, {"lat": "1"}],
           "radius": "2 miles", "valid_from": "yesterday"}  # fmt: skip
    answer = check(line, "NOTICE", {"kind": "Air", "volumes": [bad, 7], "hazard": "x"})
    assert answer["is_all"]
    assert told(answer) == {
        "hazard": "hazard is not known.",
        "category": "Category is missing.",
        "kind": "Kind is not written as in 'air_safety'.",
        "volumes[0].radius": "volumes[0].radius is not a number with one of the units NM, km, m.",
        "volumes[0].shape": "Shape is none of CIRCLE, CORRIDOR, POLYGON.",
        "volumes[0].vertices[0].lat": "volumes[0].vertices[0].lat is not between -90 and 90 "
        "degrees.",
        "volumes[0].vertices[1].lon": "volumes[0].vertices[1].lon is missing.",
        "volumes[0].valid_from": "From is wrong: The time 'yesterday' is not an instant.",
        "volumes[0].valid_until": "Until is missing.",
        "volumes[1]": "Areas 2 is not a table of names and values.",
        "place": "Place in words is missing.",
        "activity": "Activity is missing.",
    }
    [remedy] = [one["remedy"] for one in answer["faults"] if one["field"] == "hazard"]
    assert remedy == "Did you mean 'hazards'?"


def test_the_faults_of_rules_are_told_when_the_form_is_sound(line: Line) -> None:
    """All rules that a message breaks are told together."""
    fields = {"question": "ARE_THESE_YOURS", "text": "\u202eabc"}
    answer = check(line, "QUERY", fields)
    assert set(told(answer)) == {"text", "objects", "place"}


def test_what_the_desk_refuses_is_told_when_the_rules_are_kept(line: Line) -> None:
    """An instant that is over and a message that is not there are told without saying anything."""
    answer = check(line, "QUERY", {"question": "OTHER", "text": "?", "reply_by": "070140ZAPR17"})
    assert told(answer) == {"reply_by": "reply_by: 2017-04-07T01:40:00Z is over."}
    answer = check(line, "READ", {"of": {"party": "bravo.example", "index": 99_999}})
    assert "There is no message" in told(answer)[""]
    answer = check(line, "TEXT", {"language": "en", "text": "x"}, recipients=["nobody.example"])
    assert "is not a counterpart" in told(answer)[""]


def test_faults_are_told_in_the_language_asked_for(line: Line) -> None:
    """What is wrong and what to do are Russian or Arabic, and so is the field."""
    russian = check(line, "WARNING", {"action": "X"}, precedence="FLASH", language="ru")
    assert told(russian)["what"] == "Что: не указано."
    assert (
        told(russian)["action"] == "Что требуется: это ни одно из CEASE, HOLD, TURN, CLEAR, OTHER."
    )
    query = {"question": "CONFIRM_NOTICE"}
    assert check(line, "QUERY", query, language="ru")["faults"][0]["remedy"] == (
        "Назовите уведомление."
    )
    arabic = check(line, "QUERY", query, language="ar")["faults"][0]
    assert (arabic["field"], arabic["remedy"]) == ("of", "سمّ الإشعار.")


def test_a_warning_that_is_not_flash_has_a_fault(line: Line) -> None:
    """The precedence is checked with the message."""
    fields = {"action": "CLEAR", "what": "Firing.", "place": "at Shayrat airfield"}
    assert told(check(line, "WARNING", fields))["precedence"] == "precedence is ROUTINE."
    assert check(line, "WARNING", fields, precedence="FLASH")["faults"] == []


def test_a_notice_without_faults_is_compared_with_others(line: Line) -> None:
    """A sound notice has conflicts, room and warnings as `checkNotice` tells them."""
    start = 70
    met = say(line, "NOTICE", notice(start), "bravo")["notice_id"]
    fields = notice(start, kind="kite")
    answer = check(line, "NOTICE", fields)
    assert answer["faults"] == []
    assert [one["notice_id"] for one in answer["conflicts"]] == [met]
    assert answer["is_complete"]
    assert answer["room"] > 0
    assert any("kite" in warning for warning in answer["warnings"])
    other = line.client().post("/lines", LINE, "notices", "check", body={"fields": fields})
    assert other["conflicts"] == answer["conflicts"]
    gone = {"notice_id": met, "version": 2, "operation": "CANCEL", "volumes": []}
    say(line, "NOTICE", {**notice(start), **gone}, "bravo")


def test_a_declaration_is_checked_without_its_second_person(line: Line) -> None:
    """Who releases is not known yet, and nothing stands in the way of a draft."""
    fields = {"scopes": ["air_safety"], "status": "SUSPENDED", "reason": "x"}
    answer = check(line, "DECLARATION", fields)
    assert answer["faults"] == []
    assert answer["takes_two"]


def test_nothing_is_recorded_by_a_check(line: Line) -> None:
    """However often something is checked, no message and no draft comes of it."""

    def kept() -> tuple[list[tuple[str, int]], list[Any]]:
        messages = line.client().get("/lines", LINE, "messages", count=1_000)["messages"]
        drafts = line.client().get("/lines", LINE, "drafts")["drafts"]
        return [(one["party"], one["index"]) for one in messages], drafts

    before = kept()
    for saying in examples.SAYINGS:
        value = saying.value
        rest = {name: value[name] for name in ("precedence", "recipients") if name in value}
        check(line, value["kind"], value["fields"], **rest)
    check(line, "TEXT", {"language": "en", "text": "x"})
    assert kept() == before


def test_faults_beyond_the_bound_are_said_to_be_more(line: Line) -> None:
    """Of very many faults a hundred are told, and that there are more."""
    removed = [{"site_id": "a b", "version": 0}] * FAULTS_TOLD_MAX
    answer = check(line, "SITE", {"operation": "REMOVE", "removed": removed})
    assert len(answer["faults"]) == FAULTS_TOLD_MAX
    assert not answer["is_all"]


@pytest.mark.parametrize("volumes", [
    [0] * 200_000, "x", {}, 7, True, [[[[[]]]]], [{"vertices": [{}] * 50_000}],
])  # fmt: skip
def test_rubbish_in_a_list_is_a_fault_of_that_field(line: Line, volumes: Any) -> None:
    """Wrong types, nesting and very many items are refused with the field named."""
    answer = check(line, "NOTICE", notice(volumes=volumes))
    assert any(field.startswith("volumes") for field in told(answer))


def test_every_field_may_be_rubbish(line: Line) -> None:
    """Whatever stands in a field of any kind, the answer is a list of faults."""
    forms = line.client().get("/forms")["forms"]
    for rubbish in (None, 0, -1, True, "", "\x00", [], [None], {}, {"": ""}, "9" * 500, 2**70):
        for form in forms:
            fields = {one["name"]: rubbish for one in form["fields"] if one["name"] != "by"}
            check(line, form["kind"], fields)


@pytest.mark.parametrize(("kind", "what"), [
    ("KEY_CHANGE", "is not a kind of message that is said here"), ("nonsense", "is not a kind"),
    ("", "is not a kind"), ("X" * 100, "kind"),
])  # fmt: skip
def test_a_kind_that_people_do_not_say_is_refused(line: Line, kind: str, what: str) -> None:
    """Hostile kinds are named and refused."""
    with pytest.raises(OurError, match=what):
        check(line, kind, {})


def test_a_nest_without_end_is_refused(line: Line) -> None:
    """JSON that is nested very deeply is answered with what to do."""
    deep: Any = []
    for _ in range(400):
        deep = [deep]
    answer = check(line, "TEXT", {"language": "en", "text": deep})
    assert told(answer) == {"text": "Text is not a text."}


def test_errors_of_the_api_are_in_the_language_of_the_query(line: Line) -> None:
    """A route that takes a language tells its errors in it; else they are English."""
    body = {"kind": "nonsense", "fields": {}}
    for language, expected in (("ru", "сообщений вида"), (None, "is not a kind")):
        with pytest.raises(OurError, match=expected):
            line.client().post("/lines", LINE, "check", body=body, language=language)


@pytest.mark.parametrize(("header", "language"), [
    ("", "en"), ("ru", "ru"), ("ar-SY,ar;q=0.9,en;q=0.8", "ar"), ("fr, ru;q=0.3", "ru"),
    ("en;q=0.1, ru;q=0.9", "ru"), ("ru;q=0.5,ar;q=0.5", "ru"), ("xx", "en"), (";;;,,,", "en"),
    ("ru;q=nonsense", "ru"), ("*", "en"), ("ru;q=9", "ru"), ("a," * 10_000 + "ru", "en"),
])  # fmt: skip
def test_the_header_names_the_language(header: str, language: str) -> None:
    """What a browser wants most of the languages that there are is taken."""
    assert most_wanted(header) == language


@pytest.mark.parametrize(("query", "header", "language"), [
    (b"language=ru", b"ar", "ru"), (b"language=xx", b"ar", "ar"), (b"", b"ar", "ar"),
    (b"", b"", "en"), (b"language=ru&language=ar", b"", "ar"), (b"\xff=%ff&" * 500, b"ru", "ru"),
])  # fmt: skip
def test_the_query_goes_before_the_header(query: bytes, header: bytes, language: str) -> None:
    """The query parameter counts if it names a language that there is."""
    scope = {"query_string": query, "headers": [(b"accept-language", header)]}
    assert language_of(scope) == language
