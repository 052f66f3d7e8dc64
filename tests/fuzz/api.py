"""Requests made up from the API's own description, and whether the answers are as described.

The description is that of `openline.faces.api.document`. Each request follows it, or breaks it
in one place; an answer must be no 5xx, have a status and a form that the description names, and
an error must say what is wrong and what to do.
"""

import json
import tempfile
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec

from openline.faces import unix
from openline.faces.api.app import openapi_document
from tests.faces.conftest import ALPHA, LINE, Line, is_up, make_line, running, wait_until
from tests.fuzz.corpora import TEXT_BOMBS

Schema = dict[str, Any]

STREAM: Final = "text/event-stream"
"""What is answered in it has no end, and is not asked for."""

ODD: Final = (
    *("", "0", "-1", "9" * 30, "null", "..", "%00", "a/b", "' OR 1=1 --", "\u202ex", "x" * 3_000),
    *(LINE, ALPHA, "bravo.example", "ALPHA-0001", "2026-01-01T00:00:00Z"),
    *(one[:60] for one in TEXT_BOMBS.values()),
)
VALUES: Final = (None, True, -1, 0, 2**63, 1e300, "", [], {}, [[]], *ODD)


@lru_cache(maxsize=1)
def description() -> Schema:
    """The OpenAPI description, as JSON."""
    described: Schema = json.loads(msgspec.json.encode(openapi_document()))
    return described


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked."""

    path: str
    method: str
    spec: Schema


def operations() -> list[Operation]:
    """Everything that the description names, but streams."""
    return [
        Operation(path, method, spec)
        for path, methods in description()["paths"].items()
        for method, spec in methods.items()
        if STREAM not in spec["responses"].get("200", {}).get("content", {})
    ]


def resolved(schema: Schema) -> Schema:
    """The schema that a reference names."""
    while "$ref" in schema:
        schema = description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def made_up(schema: Schema, chance: Random, depth: int = 0) -> Any:
    """A value of a schema, or now and then one that is none."""
    schema = resolved(schema)
    if depth > 8 or chance.random() < 0.04:
        return chance.choice(VALUES)
    for name in ("oneOf", "anyOf", "allOf"):
        if name in schema:
            return made_up(chance.choice(schema[name]), chance, depth + 1)
    if "enum" in schema:
        return chance.choice(schema["enum"])
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type")
    match chance.choice(kind) if isinstance(kind, list) else kind:
        case "object":
            needed = set(schema.get("required", ()))
            return {
                name: made_up(one, chance, depth + 1)
                for name, one in schema.get("properties", {}).items()
                if name in needed or chance.random() < 0.5
            }
        case "array":
            count = chance.randrange(3)
            return [made_up(schema.get("items", {}), chance, depth + 1) for _ in range(count)]
        case "integer" | "number":
            least, most = schema.get("minimum", 0), schema.get("maximum", 1_000)
            return chance.choice([int(least), int(most), int(least) + 1, int(most) + 1])
        case "boolean":
            return chance.random() < 0.5
        case "null":
            return None
        case "string":
            given = [*schema.get("examples", ()), *ODD]
            return str(chance.choice(given))
    return chance.choice(VALUES)


def conforms(schema: Schema, value: Any, path: str = "answer") -> str:
    """What in an answer is not as described; empty if all is."""
    schema = resolved(schema)
    for name in ("oneOf", "anyOf"):
        if name in schema:
            faults = [conforms(one, value, path) for one in schema[name]]
            return "" if "" in faults else faults[0]
    for one in schema.get("allOf", ()):
        if fault := conforms(one, value, path):
            return fault
    if "enum" in schema and value not in schema["enum"]:
        return f"{path} is {value!r}"
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if kinds and not any(_is_a(kind, value) for kind in kinds):
        return f"{path} is a {type(value).__name__}, not {kinds}"
    if isinstance(value, dict):
        if missing := set(schema.get("required", ())) - value.keys():
            return f"{path} lacks {sorted(missing)}"
        for name, one in schema.get("properties", {}).items():
            if name in value and (fault := conforms(one, value[name], f"{path}.{name}")):
                return fault
    if isinstance(value, list):
        for number, item in enumerate(value):
            if fault := conforms(schema.get("items", {}), item, f"{path}[{number}]"):
                return fault
    return ""


def _is_a(kind: str, value: Any) -> bool:
    if kind in ("integer", "number"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    types = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    return isinstance(value, types[kind])


def request_of(operation: Operation, chance: Random) -> tuple[str, bytes | None]:
    """The target and the body of a request."""
    target, asked = operation.path, {}
    for parameter in operation.spec.get("parameters", ()):
        value = made_up(parameter.get("schema", {}), chance)
        if parameter["in"] == "path":
            if parameter["name"] in ("line", "party") and chance.random() < 0.8:
                value = LINE if parameter["name"] == "line" else ALPHA
            shown = quote(str(value), safe="", errors="replace") or "-"
            target = target.replace("{" + parameter["name"] + "}", shown)
        elif parameter["in"] == "query" and chance.random() < 0.5:
            asked[parameter["name"]] = str(value)
    if asked:
        target += "?" + urlencode(asked, errors="replace")
    body = operation.spec.get("requestBody", {}).get("content", {}).get("application/json")
    if body is None:
        return target, None
    return target, json.dumps(made_up(body["schema"], chance)).encode("utf-8", "replace")


def ask(socket: Path, operation: Operation, target: str, body: bytes | None) -> str:
    """Send a request; what is wrong with its answer, empty if nothing is."""
    head = (
        f"{operation.method.upper()} {target} HTTP/1.1\r\nHost: openline\r\nConnection: close\r\n"
    )
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    elif operation.method != "get":
        head += "Content-Length: 0\r\n"
    answer = b""
    with unix.connect(socket, timeout_s=20) as connection:
        connection.sendall(head.encode() + b"\r\n" + (body or b""))
        while chunk := connection.recv(65_536):
            answer += chunk
    told, _, rest = answer.partition(b"\r\n\r\n")
    return _fault(operation, int(told.split()[1]), told.decode("latin-1").lower(), rest)


_NOT_YET: Final = 503
"""Of a node that may not sign yet, or has no built page; with what to do."""


def _fault(operation: Operation, status: int, head: str, rest: bytes) -> str:
    if status >= 500 and status != _NOT_YET:
        return f"status {status}: {rest[:300]!r}"
    described = operation.spec["responses"].get(str(status))
    if "content-type: application/json" not in head:
        return "" if status < 400 else f"status {status} is no JSON: {rest[:200]!r}"
    value = json.loads(rest)
    if status >= 400:
        error = value.get("error", {}) if isinstance(value, dict) else {}
        return "" if error.get("what") and "remedy" in error else f"status {status}: {value!r}"
    if described is None:
        return f"status {status} is not described"
    content = described.get("content", {}).get("application/json")
    return conforms(content["schema"], value) if content else ""


def rounds(socket: Path, seconds: float, seed: int) -> tuple[int, list[str]]:
    """Ask everything in turn until the time is over; how much was asked, and what was wrong."""
    chance, count, wrong = Random(seed), 0, []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for operation in operations():
            target, body = request_of(operation, chance)
            count += 1
            if fault := ask(socket, operation, target, body):
                name = operation.spec.get("operationId", operation.path)
                wrong.append(f"{name}: {fault}: {operation.method} {target[:200]} {body!r:.300}")
            if time.monotonic() > end and count > len(operations()):
                break
    return count, wrong


def asked_for(seconds: float, seed: int) -> tuple[int, list[str]]:
    """As `rounds`, of a node of its own that nobody else asks."""
    with tempfile.TemporaryDirectory() as directory:
        line: Line = make_line(Path(directory))
        with running(line.alpha, line.bravo):
            wait_until(lambda: is_up(line.client()))
            return rounds(line.client().config.socket, seconds, seed)
