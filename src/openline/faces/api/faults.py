"""Errors of the API: one shape, a fitting status, and never a traceback.

Every error is `{"error": {"what": ..., "remedy": ..., "field": ...}}`; `field`
is there when one field of the request is at fault. Its sentences are in the language of the
query parameter `language`, or else of the header `accept-language`, or else English.

==  ==================================================================
400  the request is wrong in itself: a field, its type, JSON, a file
401  nobody is signed in (officers' port)
403  who is signed in may not do this, or the request is not their own page's
404  there is no such line, message, notice, conflict or alarm
405  the method is not offered there
409  the rules of the line, or the state of the node, forbid it now
413  the body is larger than may be
429  too many attempts or requests; with `retry-after` in seconds
500  a defect of the node; its log file says more
503  the node is stopping, or may not sign yet
==  ==================================================================
"""

import logging
from typing import Any, Final

from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, ValidationException
from litestar.status_codes import (
    HTTP_400_BAD_REQUEST,
    HTTP_401_UNAUTHORIZED,
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
    HTTP_405_METHOD_NOT_ALLOWED,
    HTTP_409_CONFLICT,
    HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    HTTP_429_TOO_MANY_REQUESTS,
    HTTP_500_INTERNAL_SERVER_ERROR,
    HTTP_503_SERVICE_UNAVAILABLE,
)

from openline.adapters.wording import Wording
from openline.adapters.wording.faults import FaultWords
from openline.domain.errors import OurError, TheirError
from openline.domain.line.letters import visible
from openline.faces.api.languages import language_of

LOG: Final = logging.getLogger(__name__)

_REMEDIES: Final = {
    HTTP_400_BAD_REQUEST: "Compare the request with /schema/openapi.json.",
    HTTP_404_NOT_FOUND: "See /schema/openapi.json for what there is.",
    HTTP_405_METHOD_NOT_ALLOWED: "See /schema/openapi.json for the methods offered.",
    HTTP_413_REQUEST_ENTITY_TOO_LARGE: (
        "Send less: no message comes near 1 MiB, and no courier's file may be above 256 MiB."
    ),
}

_WHATS: Final = {
    HTTP_404_NOT_FOUND: "There is nothing at {path}.",
    HTTP_405_METHOD_NOT_ALLOWED: "{method} is not offered at {path}.",
    HTTP_413_REQUEST_ENTITY_TOO_LARGE: "The body of the request is larger than may be.",
}

_GONE: Final = "client disconnected prematurely"
"""What Litestar says of a program that ended while it was sending."""


class BadRequest(OurError):
    """The request is wrong in itself."""

    def __init__(self, what: str, remedy: str = "", field: str = "") -> None:
        super().__init__(what, remedy)
        self.field = field


class NotFound(OurError):
    """There is nothing of that name."""


class NotSignedIn(OurError):
    """Nobody is signed in, or the proof of who they are does not hold."""


class Forbidden(OurError):
    """Who is signed in may not do this."""


class TooMany(OurError):
    """There are too many attempts or requests.

    Attributes:
        wait_s: After how many seconds to try again.
    """

    def __init__(self, what: str, remedy: str = "", wait_s: int = 60) -> None:
        super().__init__(what, remedy)
        self.wait_s = wait_s


class NotReady(OurError):
    """The node cannot do it at this moment."""


def answer_our_error(request: Request[Any, Any, State], error: OurError) -> Response[Any]:
    """The answer to what an officer, a file or the state of the line forbids."""
    status = {
        BadRequest: HTTP_400_BAD_REQUEST,
        NotFound: HTTP_404_NOT_FOUND,
        NotReady: HTTP_503_SERVICE_UNAVAILABLE,
        NotSignedIn: HTTP_401_UNAUTHORIZED,
        Forbidden: HTTP_403_FORBIDDEN,
        TooMany: HTTP_429_TOO_MANY_REQUESTS,
    }.get(type(error), HTTP_409_CONFLICT)
    answer = _answer(request, status, error.what, error.remedy, getattr(error, "field", ""))
    if isinstance(error, TooMany):
        answer.set_header("retry-after", str(error.wait_s))
    return answer


def answer_their_error(request: Request[Any, Any, State], error: TheirError) -> Response[Any]:
    """The answer to bytes of a counterpart that do not hold what they should."""
    return _answer(request, HTTP_400_BAD_REQUEST, error.what, f"Refused as {error.reason.value}.")


def answer_http_exception(request: Request[Any, Any, State], error: HTTPException) -> Response[Any]:
    """The answer to a request that no handler takes."""
    status = error.status_code
    if error.detail == _GONE:
        LOG.info("%s %s was broken off by who sent it", request.method, request.url.path)
        return _answer(
            request, HTTP_400_BAD_REQUEST, "The request broke off.", "Send it again, whole."
        )
    if status >= HTTP_500_INTERNAL_SERVER_ERROR:
        return answer_defect(request, error)
    if status in _WHATS:
        what = _WHATS[status].format(method=request.method, path=visible(request.url.path))
        return _answer(request, status, what, _REMEDIES[status])
    field, what = _first_fault(request, error)
    what = what or _sentence(error.detail or "The request is not understood")
    return _answer(request, status, what, _REMEDIES.get(status, ""), field)


def answer_too_deep(request: Request[Any, Any, State], error: RecursionError) -> Response[Any]:
    """The answer to JSON that is nested deeper than any request needs."""
    return _answer(
        request, HTTP_400_BAD_REQUEST, "The request is nested too deeply.", "Send it flat."
    )


def answer_defect(request: Request[Any, Any, State], error: Exception) -> Response[Any]:
    """The answer to a defect of ours: said plainly, told to the log."""
    LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _answer(
        request,
        HTTP_500_INTERNAL_SERVER_ERROR,
        "The node has a defect and could not answer.",
        "Its log file, openline.log, says more; the record itself is not touched by this.",
    )


def _first_fault(request: Request[Any, Any, State], error: HTTPException) -> tuple[str, str]:
    """The field and the sentence of the first fault of a validation."""
    extra = error.extra
    if not isinstance(error, ValidationException) or not isinstance(extra, list) or not extra:
        return "", ""
    first = extra[0]
    if not isinstance(first, dict):
        return "", ""
    field = _as_asked(request, str(first.get("key", "")))
    words = str(first.get("message", "it is not as described"))
    if words == f"'{field}'":
        # What Litestar makes of a body that is not there.
        return "", "The request has no body."
    return field, _sentence(f"{field}: {words}" if field else words)


def _as_asked(request: Request[Any, Any, State], name: str) -> str:
    """What a request calls a parameter whose handler may call it otherwise."""
    found = request.route_handler.parsed_fn_signature.parameters.get(name)
    return getattr(found and found.kwarg_definition, "name", None) or name


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else words + "."


def _answer(
    request: Request[Any, Any, State], status: int, what: str, remedy: str, field: str = ""
) -> Response[Any]:
    words = FaultWords(Wording(language_of(request.scope)))
    error = {"what": words.fault(what), "remedy": words.fault(remedy)}
    if field:
        error["field"] = field
    return Response({"error": error}, status_code=status, media_type="application/json")


HANDLERS: Final[dict[Any, Any]] = {
    OurError: answer_our_error,
    TheirError: answer_their_error,
    HTTPException: answer_http_exception,
    RecursionError: answer_too_deep,
    Exception: answer_defect,
}
