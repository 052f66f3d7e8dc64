"""The API answers what its own description makes up, and never with a fault of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from openline.domain.errors import OurError
from tests.faces.conftest import LINE, Line, is_up, make_line, running, wait_until
from tests.fuzz.api import asked_for, conforms, operations


def test_every_answer_is_as_described() -> None:
    """Made-up and broken requests to every route get no 5xx, and answers of the described form.

    `python -m tests.fuzz api` asks for longer, from other seeds.
    """
    count, wrong = asked_for(10, seed=1)
    assert wrong == []
    assert count > len(operations()) > 100


def test_an_answer_of_another_form_is_found() -> None:
    """What lacks a field, has a wrong sort, or another word is said to be not as described."""
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "array", "items": {"enum": ["x"]}}, "b": {"type": "integer"}},
    }
    assert conforms(schema, {"a": ["x"], "b": 1}) == ""
    for wrong in ({}, {"a": "x"}, {"a": ["y"]}, {"a": [], "b": True}, {"a": [], "b": "1"}, []):
        assert conforms(schema, wrong)


def test_a_name_with_its_marks_apart_ends_no_node(line: Line) -> None:
    """An officer's name is brought into normal form, and one with a control is refused."""
    client = line.client()
    by = {"post": "air-desk", "officer": "Lt E\u0301mile"}
    client.post("/lines", LINE, "keys", body={"role": "witness", "by": by})
    last = client.get("/lines", LINE, "messages")["messages"][-1]
    told = client.get("/lines", LINE, "messages", last["party"], str(last["index"]))
    assert told["body"]["by"]["officer"] == "Lt \u00c9mile"
    wrong = {"post": "air-desk", "officer": "a\x1b[2J"}
    with pytest.raises(OurError, match="by"):
        client.post("/lines", LINE, "keys", body={"role": "witness", "by": wrong})


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """Two nodes of this test alone, which have confirmed what each other holds."""
    line = make_line(tmp_path)
    with running(line.alpha, line.bravo):
        wait_until(lambda: is_up(line.client()))
        yield line
