"""Requests that are wrong in every way get one shape of error, never a traceback."""

import json
import os
from typing import Any

import pytest

from openline.faces import unix
from openline.faces.api.limits import BODY_SIZE_BYTES_MAX
from tests.faces.conftest import LINE, Line, wait_until

MESSAGES = f"/lines/{LINE}/messages"


def ask(
    line: Line, method: str, target: str, body: bytes = b"", media_type: str = "application/json"
) -> tuple[int, Any]:
    """Status and JSON of a request that is sent as it is."""
    head = (
        f"{method} {target} HTTP/1.1\r\nHost: openline\r\nConnection: close\r\n"
        f"Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with unix.connect(line.client().config.socket, timeout_s=20) as connection:
        connection.sendall(head.encode() + body)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    status, _, rest = answer.partition(b"\r\n\r\n")
    return int(status.split()[1]), json.loads(rest)


def fault(line: Line, expected: int, method: str, target: str, body: bytes = b"") -> dict[str, Any]:
    """The error of a request, checked for its shape."""
    status, answer = ask(line, method, target, body)
    assert status == expected, answer
    assert set(answer) == {"error"}
    error: dict[str, Any] = answer["error"]
    assert {"what", "remedy"} <= set(error) <= {"what", "remedy", "field"}
    assert error["what"].endswith((".", "!", "?", ")"))
    assert "Traceback" not in str(error)
    return error


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"kind":"TEXT"}',
        b'{"kind":"TEXT","fields":[]}',
        b'{"kind":7,"fields":{}}',
        b'{"kind":"TEXT","fields":{},"colour":1}',
        b'{"kind":"TEXT","fields":{},"precedence":"LOUD"}',
        b'{"kind":"TEXT","fields":{},"reply_to":{"party":"a.example","index":-1}}',
        b'{"kind":"TEXT","fields":{},"recipients":"all"}',
        b'{"kind":"TEXT","fields":NaN}',
        b"[" * 2_000 + b"]" * 2_000,
    ],
)
def test_a_body_of_another_shape_is_refused(line: Line, body: bytes) -> None:
    """A body that is not what is described is refused as wrong in itself."""
    fault(line, 400, "POST", MESSAGES, body)


def test_a_request_without_a_body_is_told_so(line: Line) -> None:
    """Where a body is needed and none comes, that is what is said."""
    assert fault(line, 400, "POST", MESSAGES, b"")["what"] == "The request has no body."


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("TEXT", {"language": "en"}, "text"),
        ("TEXT", {"language": "en", "text": ""}, "text"),
        ("TEXT", {"language": "en", "text": "a\x1b[2Jb"}, "text"),
        ("TEXT", {"language": "en", "text": "a\u202eb"}, "text"),
        ("TEXT", {"language": "en", "text": "x" * 20_000}, "text"),
        ("TEXT", {"language": "English", "text": "x"}, "language"),
        ("TEXT", {"language": "en", "text": "x", "colour": "red"}, "colour"),
        ("TEXT", {"language": "en", "text": "x", "by": "me"}, "by"),
        ("TEXT", {"language": "en", "text": 7}, "text"),
        ("NOTICE", {"notice_id": "a b"}, "notice_id"),
        ("NOTICE", {}, "category"),
        ("READ", {"of": {"party": "alpha.example"}}, "of.index"),
        ("RESPONSE", {"of": {"party": "alpha.example", "index": 0}, "answer": "YES"}, "answer"),
        ("DECLARATION", {"scopes": ["air_safety"]}, "released_by"),
        ("LINE_CHECK", {"number": 0}, "number"),
    ],
)
def test_a_wrong_field_is_named(line: Line, kind: str, fields: dict[str, Any], field: str) -> None:
    """A form with a fault is refused with the path of the field at fault."""
    body = json.dumps({"kind": kind, "fields": fields}).encode()
    assert fault(line, 400, "POST", MESSAGES, body)["field"] == field


@pytest.mark.parametrize("kind", ["KEY_REVOKE", "UNDERSTANDING", "EPOCH", "NONSENSE", "", "text"])
def test_kinds_that_people_do_not_say_are_refused(line: Line, kind: str) -> None:
    """Keys and Understandings cannot be forged through the route of messages."""
    body = json.dumps({"kind": kind, "fields": {}}).encode()
    assert fault(line, 400, "POST", MESSAGES, body)["field"] == "kind"


def test_what_the_rules_forbid_is_refused_as_such(line: Line) -> None:
    """A sound form that must not be said now is a conflict with the rules."""
    fields = {"of": {"party": "bravo.example", "index": 999_999}, "answer": "NOTED"}
    body = json.dumps({"kind": "RESPONSE", "fields": fields}).encode()
    fault(line, 409, "POST", MESSAGES, body)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", f"{MESSAGES}?after=-1"),
        ("GET", f"{MESSAGES}?after=x"),
        ("GET", f"{MESSAGES}?count=0"),
        ("GET", f"{MESSAGES}?count=1001"),
        ("GET", f"{MESSAGES}?count=1e9"),
        ("GET", f"{MESSAGES}/alpha.example/0?language=klingon"),
        ("GET", f"/lines/{LINE}/conflicts?live=perhaps"),
        ("GET", "/lines/Not%20A%20Line/messages"),
    ],
)
def test_wrong_parameters_are_refused(line: Line, method: str, target: str) -> None:
    """A parameter of another type or out of bounds is refused."""
    fault(line, 400, method, target)


@pytest.mark.parametrize(
    "target", ["/nothing", f"/lines/{LINE}/messages/a/b/c", "/lines/..%2F..%2Fetc/messages"]
)
def test_a_route_that_is_not_there_is_not_found(line: Line, target: str) -> None:
    """An address without a route is not found, and is named."""
    what = fault(line, 404, "GET", target)["what"]
    assert what.startswith("There is nothing at /")


def test_a_method_that_is_not_offered_is_refused(line: Line) -> None:
    """Nothing can be deleted or overwritten over the API."""
    for method in ("DELETE", "PUT", "PATCH"):
        what = fault(line, 405, method, MESSAGES)["what"]
        assert what == f"{method} is not offered at {MESSAGES}."


def test_an_alarm_that_is_not_there_is_not_found(line: Line) -> None:
    """Acknowledging what does not stand is an answer about something absent."""
    target = f"/lines/{LINE}/alarms/acknowledge"
    assert "NO/SUCH" in fault(line, 404, "POST", target, b'{"alarm": "NO/SUCH"}')["what"]


def test_rubbish_is_no_understanding(line: Line) -> None:
    """A file that is no Understanding at all is wrong in itself, not against the rules."""
    status, answer = ask(
        line, "POST", "/understandings", os.urandom(500), "application/octet-stream"
    )
    assert status == 400
    assert answer["error"]["what"].startswith("The file is no signed Understanding: ")
    assert not answer["error"]["what"].endswith("..")


def test_a_program_that_ends_while_it_sends_is_no_defect(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    """A request that breaks off is noted in the log, and not as a fault of the node."""
    head = (
        f"POST {MESSAGES} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        "content-length: 1000\r\n\r\n{"
    )
    caplog.set_level("INFO", logger="openline.faces.api.faults")
    with unix.connect(line.client().config.socket, 10) as connection:
        connection.sendall(head.encode())
    wait_until(lambda: any("broken off" in row for row in caplog.messages))
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize("size", [BODY_SIZE_BYTES_MAX + 1, 20 * BODY_SIZE_BYTES_MAX])
def test_a_body_beyond_the_bound_is_refused(line: Line, size: int) -> None:
    """A body of more than a mebibyte is refused, however large it is."""
    fault(line, 413, "POST", MESSAGES, b'"' + b"x" * (size - 2) + b'"')


@pytest.mark.parametrize("target", ["/understandings", f"/lines/{LINE}/courier/import"])
@pytest.mark.parametrize(
    "body", [b"", b"\x00", b"{}", os.urandom(500)], ids=["none", "0", "{}", "random"]
)
def test_a_file_that_is_none_is_refused(line: Line, target: str, body: bytes) -> None:
    """Bytes that are no Understanding and no courier's file are refused."""
    status, answer = ask(line, "POST", target, body, "application/octet-stream")
    assert status in (400, 409), answer
    assert answer["error"]["what"]


@pytest.mark.parametrize(
    ("kind", "parameters", "field"),
    [
        ("message", {}, "parameters"),
        ("message", {"party": "alpha.example", "index": "x"}, "parameters.index"),
        ("non-use", {"party": "alpha.example", "from": 0}, "parameters"),
        ("state", {"at": -1}, "parameters.at"),
        ("state", {"at": 1, "more": 1}, "parameters"),
    ],
)
def test_an_order_without_its_parameters_is_refused(
    line: Line, kind: str, parameters: dict[str, Any], field: str
) -> None:
    """A certificate is ordered with the parameters of its kind, or not at all."""
    body = json.dumps({"kind": kind, "parameters": parameters}).encode()
    error = fault(line, 400, "POST", f"/lines/{LINE}/certificates", body)
    assert error["field"] == field
