"""How the routes are described in the OpenAPI document: answers and faults."""

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import (
    Example,
    OpenAPI,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
)

OCTETS: Final = "application/octet-stream"
_ATTRIBUTE = re.compile(r"    (\w+): (.+)")


class FaultDetails(msgspec.Struct, omit_defaults=True):
    """What is wrong.

    Attributes:
        what: One sentence that says what is wrong and where.
        remedy: One sentence that says what to do; may be empty.
        field: The field of the request that is at fault, if it is one.
    """

    what: str
    remedy: str
    field: str = ""


class Fault(msgspec.Struct):
    """The shape of every error.

    Attributes:
        error: What is wrong, and what to do.
    """

    error: FaultDetails


_SAYS: Final = {
    400: "The request is wrong in itself.",
    401: "Nobody is signed in on the officers' port.",
    403: "Who is signed in may not do this, or it is not their own page that asks.",
    404: "There is no such line, or nothing of that name on it.",
    409: "The rules of the line, or the state of the node, forbid it now.",
    413: "The body is larger than may be.",
    429: "There are too many attempts or requests; `retry-after` says when to try again.",
    503: "The node is stopping, or may not sign yet.",
}

_UNCHANGED: Final = "Nothing has changed since what `if-none-match` or `if-modified-since` names."

_EXAMPLES: Final = {
    400: Fault(FaultDetails("lower: an altitude is a datum and a value.", "", "volumes[0].lower")),
    401: Fault(FaultDetails("Nobody is signed in.", "Sign in: POST /sign-in/password.")),
    403: Fault(FaultDetails("An observer may not do this.", "Let a commander do it.")),
    404: Fault(FaultDetails("There is no line 'syria-air' here.", "See GET /lines.")),
    409: Fault(FaultDetails("The place in words is 9.1 km off the volume.", "Correct either.")),
    413: Fault(FaultDetails("The body is too large.", "Send less than 1 MiB.")),
    429: Fault(FaultDetails("There are too many requests of one session.", "Wait a minute.")),
    503: Fault(FaultDetails("The node is stopping.", "Wait until it runs again.")),
}

STATUS: Final = (400, 401, 403, 429, 503)
READING: Final = (400, 401, 403, 404, 429, 503)
WRITING: Final = (400, 401, 403, 404, 409, 413, 429, 503)


def described(
    answer: Any,
    says: str,
    *,
    example: Any = None,
    status: int = 200,
    media_type: str = "application/json",
    faults: tuple[int, ...] = (),
) -> dict[int, ResponseSpec]:
    """The answers of one route: the one of success and the faults it may give.

    Args:
        answer: The structure of the answer's body; None for bytes.
        says: What the answer is, in a sentence.
        example: A value of the structure.
        status: Status of success.
        media_type: Media type of success.
        faults: Statuses of faults.
    """
    specs = {
        status: ResponseSpec(
            data_container=bytes if answer is None else answer,
            generate_examples=False,
            description=says,
            media_type=media_type,
            examples=None if example is None else [Example(summary=says, value=plain(example))],
        )
    }
    for fault in faults:
        specs[fault] = ResponseSpec(
            data_container=Fault,
            generate_examples=False,
            description=_SAYS[fault],
            examples=[Example(summary=_SAYS[fault], value=plain(_EXAMPLES[fault]))],
        )
    return specs


def add_descriptions(openapi: OpenAPI, structures: Iterable[type[msgspec.Struct]]) -> None:
    """Put what the docstrings of structures say into the document.

    Args:
        openapi: The document, which is changed.
        structures: The structures that its schemas describe.
    """
    schemas = openapi.components.schemas or {}
    for structure in structures:
        schema = schemas.get(structure.__name__)
        if schema is None:
            continue
        schema.description, says = read_docstring(structure)
        if structure.__struct_config__.forbid_unknown_fields:
            schema.additional_properties = False
        for name, described_as in says.items():
            held = (schema.properties or {}).get(name)
            if isinstance(held, Schema):
                held.description = described_as
            elif held is not None and schema.properties is not None:
                # Beside a reference OpenAPI 3.1 takes words only in an `allOf`.
                schema.properties[name] = Schema(all_of=[held], description=described_as)


def describe_files(openapi: OpenAPI, operations: tuple[str | None, ...]) -> None:
    """Say of which operations the request is a file, handed in as it is."""
    octets = OpenAPIMediaType(schema=Schema(content_media_type=OCTETS))
    for operation in _named(openapi, operations):
        operation.request_body = RequestBody({OCTETS: octets}, "The file.", required=True)


def describe_areas(openapi: OpenAPI, operation: str, media_types: Iterable[str]) -> None:
    """Say in which forms areas are answered: JSON is an object, others are text."""
    object_, text = Schema(type=OpenAPIType.OBJECT), Schema(type=OpenAPIType.STRING)
    for described_as in _named(openapi, (operation,)):
        assert described_as.responses is not None, "every route has its answers"
        answer = described_as.responses["200"]
        assert isinstance(answer, OpenAPIResponse), "answers are described in their place"
        answer.content = {
            one: OpenAPIMediaType(schema=object_ if one.endswith("json") else text)
            for one in media_types
        }


def describe_unchanged(openapi: OpenAPI, operations: tuple[str | None, ...]) -> None:
    """Say which operations tell whoever has the answer already, without a body."""
    for operation in _named(openapi, operations):
        assert operation.responses is not None, "every route has its answers"
        operation.responses["304"] = OpenAPIResponse(_UNCHANGED)


def _named(openapi: OpenAPI, names: tuple[str | None, ...]) -> Iterator[Operation]:
    """The operations of these names."""
    for item in (openapi.paths or {}).values():
        for operation in (item.get, item.post):
            if operation is not None and operation.operation_id in names:
                yield operation


def read_docstring(structure: type[Any]) -> tuple[str, dict[str, str]]:
    """The first sentence of a docstring, and what it says of each attribute."""
    rows = inspect.cleandoc(structure.__doc__ or "").split("\n")
    says: dict[str, str] = {}
    for base in reversed(structure.__mro__[1:-1]):
        says |= read_docstring(base)[1] if base.__module__.startswith("openline.") else {}
    start = rows.index("Attributes:") + 1 if "Attributes:" in rows else len(rows)
    name = ""
    for row in rows[start:]:
        if match := _ATTRIBUTE.fullmatch(row):
            name, says[match[1]] = match[1], match[2]
        elif row.startswith("        ") and name:
            says[name] += " " + row.strip()
        elif row.strip():
            break
    return rows[0], says


def plain(value: Any) -> Any:
    """A structure as the plain values that JSON has."""
    return msgspec.to_builtins(value)
