"""The OpenAPI document is whole: every route, every answer, every example."""

import asyncio
import json
import re
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient

from openline.domain.errors import OurError
from openline.domain.party import Precedence
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import from_json
from openline.engine.commands import Compose, Recorded
from openline.faces.api import (
    answers,
    describe,
    examples,
    feeds,
    files,
    form_answers,
    form_examples,
    place_answers,
    place_examples,
    schema,
)
from openline.faces.api.app import ROUTES, create_app, openapi_document
from openline.faces.api.events import EVENTS
from openline.faces.api.rights import OPEN
from openline.faces.api.writing import LEFT_TO_THE_DESK, SAID_BY_PEOPLE
from openline.faces.console import page

DOCUMENT: dict[str, Any] = openapi_document()
OPERATIONS = {
    operation["operationId"]: operation
    for item in DOCUMENT["paths"].values()
    for operation in item.values()
}
STRUCTURES = [
    structure
    for module in (answers, describe, feeds, form_answers, place_answers, schema)
    for structure in vars(module).values()
    if isinstance(structure, type) and issubclass(structure, msgspec.Struct)
]
IN_DOCUMENT = [one for one in STRUCTURES if one.__name__ in DOCUMENT["components"]["schemas"]]


def test_every_route_is_in_the_document() -> None:
    """The document is OpenAPI 3.1, is JSON, and has every route but the console's page."""
    assert DOCUMENT["openapi"].startswith("3.1")
    named = {route.operation_id for route in ROUTES} - {one.operation_id for one in page.ROUTES}
    assert set(OPERATIONS) == named
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT


def test_every_subject_is_there_once() -> None:
    """The document lists each subject of its routes once, and no other."""
    listed = [one["name"] for one in DOCUMENT["tags"]]
    assert len(listed) == len(set(listed))
    assert set(listed) == {one for operation in OPERATIONS.values() for one in operation["tags"]}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_route_is_described(name: str) -> None:
    """A route has a summary, a description, a described answer and its faults."""
    operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["description"].rstrip().endswith((".", "`"))
    assert all(one["description"] for one in operation.get("parameters", []))
    statuses = set(operation["responses"])
    assert statuses & {"200", "201"}
    assert "503" in statuses
    if name not in OPEN:
        assert {"401", "403", "429"} <= statuses, "the door answers so before any route"
    for status, answer in operation["responses"].items():
        assert answer["description"] in str(answer)
        assert bool(answer.get("content")) is (status != "304")


@pytest.mark.parametrize("structure", IN_DOCUMENT, ids=lambda one: one.__name__)
def test_every_field_is_described(structure: type[msgspec.Struct]) -> None:
    """A structure and each of its fields say what they are."""
    described = DOCUMENT["components"]["schemas"][structure.__name__]
    assert described["description"].endswith(".")
    names = {field.encode_name for field in msgspec.structs.fields(structure)}
    assert set(described["properties"]) == names
    for name, field in described["properties"].items():
        assert field.get("description"), name


EXAMPLES = {
    name: held
    for module in (feeds, form_examples, place_examples, examples)
    for name, held in vars(module).items()
    if isinstance(held, msgspec.Struct)
}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_every_example_is_what_it_is_an_example_of(name: str) -> None:
    """An example of an answer has the types of the structure that it is of."""
    example = EXAMPLES[name]
    assert msgspec.convert(describe.plain(example), type(example), strict=True) == example


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_answer_in_json_has_an_example(name: str) -> None:
    """Every answer that is JSON, good or bad, is shown by an example."""
    for answer in OPERATIONS[name]["responses"].values():
        content = answer.get("content", {}).get("application/json", {"examples": True})
        assert content.get("examples")


def test_every_kind_has_an_example_that_may_be_said() -> None:
    """There is a request for each kind that people say, and its form is sound."""
    sayings = [msgspec.convert(one.value, schema.Say) for one in examples.SAYINGS]
    assert sorted(Kind[saying.kind] for saying in sayings) == sorted(SAID_BY_PEOPLE)
    for saying in sayings:
        kind = Kind[saying.kind]
        fields = {**LEFT_TO_THE_DESK.get(kind, {}), **saying.fields}
        message = from_json(kind, fields, Precedence[saying.precedence])
        assert type(message).message_kind is kind


def test_the_examples_of_orders_are_sound() -> None:
    """The examples of certificates have the parameters of their kinds."""
    called: list[str] = []

    class Exporter:
        def message(self, party: str, index: int, *, with_content: bool, epoch: int) -> bytes:
            called.append("message")
            return b""

        def non_use(self, party: str, valid_from: int, valid_until: int) -> bytes:
            called.append("non-use")
            return b""

    for one in examples.ORDERS:
        order = msgspec.convert(one.value, schema.CertificateOrder)
        exporter: Any = Exporter()
        files.certificate(exporter, order.kind, order.parameters)
    assert called == ["message", "non-use"]


def test_every_event_that_the_engine_shows_is_named(repository: Any) -> None:
    """The names of what the engine shows are in the list of events."""
    source = "".join(
        path.read_text() for path in sorted((repository / "src/openline/engine").glob("*.py"))
    )
    shown = set(re.findall(r"\b_show\(\s*\"(\w+)\"", source))
    shown |= set(re.findall(r"turn\.show\(\s*[\w.]+,\s*\"(\w+)\"", source))
    assert shown
    assert shown <= set(EVENTS)


class FakeView:
    """A view with one message, as it is recorded and then delivered."""

    def __init__(self) -> None:
        self.delivered: dict[str, int] = {}

    def message(self, party: str, index: int) -> dict[str, Any]:
        marks = {"delivered": self.delivered}
        return {"serial": "ALPHA-0001", "recipients": ["bravo.example"], "marks": marks}


class FakeNode:
    """A running node that records one command; delivery is the test's."""

    def __init__(self, *, can_sign: bool = True) -> None:
        self.config = SimpleNamespace(party="alpha.example", post="watch", officer="duty officer")
        self.commands: list[Compose] = []
        self.can_sign = can_sign
        self.one_view = FakeView()
        self.delivers = False

    def view(self, line: str) -> Any:
        if line != "syria-air":
            raise OurError(f"There is no line {line!r} here.")
        return self.one_view

    def status(self) -> dict[str, Any]:
        return {"lines": [{"line": "syria-air", "can_sign": self.can_sign}]}

    async def command(self, command: Compose) -> Recorded:
        self.commands.append(command)
        if not self.can_sign:
            raise OurError("The line signs nothing yet.", "Wait.")
        return Recorded("syria-air", "alpha.example", 1)

    async def delivered(self, line: str, index: int) -> None:
        if not self.delivers:
            await asyncio.Event().wait()
        self.one_view.delivered = {"bravo.example": 5}


TEXT = {"kind": "TEXT", "fields": {"language": "en", "text": "x"}}


def post(node: FakeNode, target: str, body: Any, *, stopping: bool = False) -> tuple[int, Any]:
    """Status and JSON of a request to the API over a fake node."""
    event = asyncio.Event()
    if stopping:
        event.set()
    with TestClient(create_app(node, event)) as client:  # type: ignore[arg-type]
        answer = client.post(target, json=body)
    return answer.status_code, answer.json()


def test_what_is_not_receipted_in_time_is_said_all_the_same() -> None:
    """Waiting for a receipt ends with the time, and tells what is recorded."""
    node = FakeNode()
    target = "/lines/syria-air/messages?wait=delivered&timeout_ms=1"
    status, said = post(node, target, TEXT)
    assert (status, said["is_delivered"], said["delivered"]) == (201, False, {})
    node.delivers = True
    status, said = post(node, target, TEXT)
    assert (status, said["is_delivered"], said["delivered"]) == (201, True, {"bravo.example": 5})


def test_who_acts_is_taken_from_the_settings_unless_named() -> None:
    """Without `by`, the post and officer of node.toml speak."""
    node = FakeNode()
    post(node, "/lines/syria-air/messages", TEXT)
    named = {"post": "chief", "officer": "Gen. Jones"}
    post(node, "/lines/syria-air/messages", {**TEXT, "fields": {**TEXT["fields"], "by": named}})  # type: ignore[dict-item]
    speakers = [(one.message.by.post, one.message.by.officer) for one in node.commands]  # type: ignore[union-attr]
    assert speakers == [("watch", "duty officer"), ("chief", "Gen. Jones")]


def test_a_notice_may_leave_its_name_to_the_node() -> None:
    """A notice without an id reaches the desk with an empty one."""
    node = FakeNode()
    body = {"kind": "NOTICE", "fields": examples.NOTICE_FIELDS}
    assert post(node, "/lines/syria-air/messages", body)[0] == 201
    [command] = node.commands
    assert command.message.notice_id == ""  # type: ignore[union-attr]


def test_a_node_that_may_not_sign_is_not_ready() -> None:
    """While the node may not sign, saying is refused as not ready, not as forbidden."""
    status, answer = post(FakeNode(can_sign=False), "/lines/syria-air/messages", TEXT)
    assert status == 503
    assert answer["error"]["remedy"] == "Wait."


def test_a_stopping_node_is_not_ready() -> None:
    """A node that stops takes nothing more."""
    node = FakeNode()
    status, _ = post(node, "/lines/syria-air/messages", TEXT, stopping=True)
    assert status == 503
    assert node.commands == []


@pytest.mark.parametrize(("body", "what"), [
    ({"kind": 5, "fields": {}}, "kind: нужно `str`, а не `int`."),
    ({"fields": {}}, "data: нет нужного поля `kind`."),
    ({**TEXT, "x": 1}, "data: неизвестное поле `x`."),
    ({"kind": "T" * 100, "fields": {}}, "kind: нужно `str` длиной не более 64."),
    ({**TEXT, "precedence": "X"}, "precedence: недопустимое значение 'X'."),
    ({**TEXT, "recipients": ["a"] * 100}, "recipients: нужно `array` длиной не более 32."),
    ({**TEXT, "reply_to": {"party": "a", "index": -1}}, "reply_to.index: нужно `int` не менее 0."),
    (None, "У запроса нет тела."),
])  # fmt: skip
def test_a_request_without_its_shape_is_refused_in_the_language(body: Any, what: str) -> None:
    """What is wrong with the shape of a request is told in the language of the query."""
    status, answer = post(FakeNode(), "/lines/syria-air/messages?language=ru", body)
    assert (status, answer["error"]["what"]) == (400, what)


@pytest.mark.parametrize("query", ["format=xml", "format=notam"])
def test_a_wrong_parameter_is_named_as_it_was_asked(query: str) -> None:
    """A fault names a parameter of the query by its own name, and not by the handler's."""
    with TestClient(create_app(FakeNode())) as client:  # type: ignore[arg-type]
        answer = client.get(f"/lines/syria-air/notices/export?{query}").json()
    assert answer["error"]["field"] == "format"
    assert answer["error"]["what"].startswith("format: ")


def test_what_takes_no_other_field_says_so() -> None:
    """A body that is refused with a field of another name is described so."""
    body = DOCUMENT["components"]["schemas"]["Say"]
    assert body["additionalProperties"] is False
    assert post(FakeNode(), "/lines/syria-air/messages", {**TEXT, "more": 1})[0] == 400
