"""How the routes are described in the OpenAPI document: answers and faults."""

from typing import Any, Final

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example


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
    """The shape of every error."""

    error: FaultDetails


_SAYS: Final = {
    400: "The request is wrong in itself.",
    404: "There is no such line, or nothing of that name on it.",
    409: "The rules of the line, or the state of the node, forbid it now.",
    413: "The body is larger than may be.",
    503: "The node is stopping, or may not sign yet.",
}

_EXAMPLES: Final = {
    400: Fault(FaultDetails("lower: an altitude is a datum and a value.", "", "volumes[0].lower")),
    404: Fault(FaultDetails("There is no line 'syria-air' here.", "See GET /lines.")),
    409: Fault(FaultDetails("The place in words is 9.1 km off the volume.", "Correct either.")),
    413: Fault(FaultDetails("The body is too large.", "Send less than 1 MiB.")),
    503: Fault(FaultDetails("The node is stopping.", "Wait until it runs again.")),
}

READING: Final = (404,)
WRITING: Final = (400, 404, 409, 413, 503)


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
            data_container=answer if answer is not None else bytes,
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


def plain(value: Any) -> Any:
    """A structure as the plain values that JSON has."""
    return msgspec.to_builtins(value)
