"""The API answers what its own description makes up, and never with a fault of its own."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from urllib3 import HTTPResponse

from openline.domain.errors import OurError
from tests.faces.conftest import LINE, Line, is_up, make_line, running, wait_until
from tests.fuzz.api import (
    EVERYTHING,
    NOBODY,
    OBSERVER,
    a_node,
    faults,
    may_ask,
    operations,
    round_of,
)


def test_every_answer_is_as_described() -> None:
    """Made-up and broken requests to every route get no 5xx, and answers of the described form.

    `python -m tests.fuzz schema` asks for longer, from other seeds.
    """
    with a_node() as asker:
        round_of(asker, count=2, drawn=1)
    assert asker.wrong == []
    assert asker.count > 3 * len(operations()) > 300
    assert {"say", "readNotice", "readMatter", "certify"} <= asker.answered


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (200, {"party": 5}, "violates schema"),
        (200, None, "Content-Type"),
        (418, {"error": {"what": "x", "remedy": ""}}, "Undocumented"),
        (500, {"error": {"what": "x", "remedy": ""}}, "Server error"),
        (503, {"error": {"what": "x", "remedy": ""}}, "does not say"),
        (404, {"fault": "x"}, "does not say"),
    ],
)
def test_an_answer_of_another_form_is_found(status: int, body: Any, says: str) -> None:
    """What has another form, status or media type, or says not what to do, is found."""
    [operation] = [one for one in operations() if one.path == "/lines"]
    assert says in " ".join(faults(operation.Case(), _answered(status, body), may=True))


def test_who_may_not_is_refused_or_it_is_found() -> None:
    """An answer to nobody, or to an observer who may not have it, is found."""
    [operation] = [one for one in operations() if one.path == "/lines"]
    told = _answered(200, {"lines": []})
    assert list(faults(operation.Case(), told, may=True)) == []
    assert list(faults(operation.Case(), told, may=False)) == ["200 to who may not do it"]
    assert [may_ask(who, "listPeople") for who in (NOBODY, OBSERVER, EVERYTHING)] == [
        False, False, True,
    ]  # fmt: skip
    assert [may_ask(who, "listLines") for who in (NOBODY, OBSERVER)] == [False, True]
    assert may_ask(NOBODY, "signInByLink")


def _answered(status: int, body: Any) -> requests.Response:
    """An answer of a server, made by hand."""
    told = requests.Response()
    told.status_code, told.elapsed = status, timedelta(0)
    told.request = requests.Request("GET", "http://127.0.0.1/lines").prepare()
    form = {"content-type": "text/plain" if body is None else "application/json"}
    data = BytesIO(json.dumps(body).encode())
    told.raw = HTTPResponse(data, headers=form, preload_content=False)
    told.headers.update(form)
    return told


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
