"""A message is worded before it is said, in a language of the other side."""

from typing import Any

import msgspec
import pytest

from openline.domain.errors import OurError
from openline.faces.api import form_answers
from tests.faces.api.test_checking import notice
from tests.faces.api.test_reading import say
from tests.faces.conftest import LINE, Line


def preview(line: Line, kind: str, fields: dict[str, Any], **rest: Any) -> str:
    """The words of a message, in English unless a language is named."""
    language = rest.pop("language", "en")
    body = {"kind": kind, "fields": fields, **rest}
    answer: dict[str, Any] = line.client().post(
        "/lines", LINE, "preview", body=body, language=language
    )
    msgspec.convert(answer, form_answers.Preview, strict=True)
    assert answer["language"] == language
    return str(answer["text"])


def test_a_notice_is_worded_in_each_language(line: Line) -> None:
    """Values stay as they are; the sentences around them are the reader's."""
    english, russian, arabic = (
        preview(line, "NOTICE", notice(), language=language) for language in ("en", "ru", "ar")
    )
    assert "Training." in english
    assert "at Shayrat airfield" in russian
    assert "Уведомление" in russian
    assert "Training." in arabic
    assert len({english, russian, arabic}) == 3


def test_nothing_is_said_by_a_preview(line: Line) -> None:
    """The record is as long as before."""
    before = line.client().get("/lines", LINE, "messages")["messages"]
    preview(line, "TEXT", {"language": "en", "text": "Not said."})
    assert line.client().get("/lines", LINE, "messages")["messages"] == before


def test_an_answer_names_what_it_is_about(line: Line) -> None:
    """The serial of the message that is answered stands in the words."""
    said = say(line, "TEXT", {"language": "ru", "text": "Слова."}, name="bravo")
    of = {"party": said["party"], "index": said["index"]}
    fields = {"of": of, "answer": "NOTED", "language": "en", "text": "Read and noted."}
    text = preview(line, "RESPONSE", fields, reply_to=of)
    assert said["serial"] in text
    assert "Read and noted." in text


def test_a_declaration_is_worded_without_its_second_person(line: Line) -> None:
    """Who releases it is not known before it is released."""
    fields = {
        "scopes": ["air_safety"], "status": "SUSPENDED", "reason": "A test.", "language": "en",
    }  # fmt: skip
    text = preview(line, "DECLARATION", fields)
    assert "A test." in text
    assert "1970" not in text


def test_what_holds_a_fault_is_not_worded(line: Line) -> None:
    """The fault is told with its field."""
    with pytest.raises(OurError, match="text is missing"):
        preview(line, "TEXT", {"language": "en"})
    with pytest.raises(OurError, match="not a kind"):
        preview(line, "TICK", {})
