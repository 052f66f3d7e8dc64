"""What all pages share: how a route of a page is described, its head, its faults."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from openline.adapters.wording import Wording
from openline.adapters.wording.printing import page_words
from openline.domain.errors import OurError
from openline.domain.instant import MINUTE_MS, dtg, format_instant, parse_instant
from openline.faces.api.acting import ACTING
from openline.faces.api.describe import READING, described
from openline.faces.api.faults import BadRequest, answer_our_error
from openline.faces.api.node import node_of, wording_for
from openline.faces.console.printing import (
    HTML,
    Page,
    Part,
    Rows,
    Section,
    data,
    english,
    page_answer,
    said,
    write_page,
)

Answer = Response[str]

_MEDIA_TYPE: Final = HTML.partition(";")[0]


def page_route(
    path: str, operation_id: str, summary: str
) -> Callable[[Callable[..., Any]], HTTPRouteHandler]:
    """Make a function the route of a page; its docstring says what is on it.

    Args:
        path: Its path.
        operation_id: Its name; names the right that it asks for.
        summary: What it is, in some words.
    """
    return get(
        path,
        operation_id=operation_id,
        tags=["pages"],
        summary=summary,
        media_type=HTML,
        responses=described(None, "The page.", media_type=_MEDIA_TYPE, faults=READING),
        exception_handlers={OurError: _answer_fault},
    )


def _answer_fault(request: Request[Any, Any, State], error: OurError) -> Response[Any]:
    """What is wrong: as a page for a browser, as JSON for programs."""
    answer = answer_our_error(request, error)
    if "text/html" not in request.headers.get("accept", ""):
        return answer
    wording = _wording_of_fault(request)
    page = Page(page_words(wording, "fault"), [english(error.what), english(error.remedy)])
    return page_answer(write_page(page, wording), answer.status_code or 409)


def _wording_of_fault(request: Request[Any, Any, State]) -> Wording:
    try:
        return wording_for(request.app.state, request.query_params.get("language"))
    except OurError:
        return Wording("en")


async def paper(
    state: State, wording: Wording, title: str, sections: Sequence[Section]
) -> Response[str]:
    """The answer of a route: a page with who made it when, and for whom.

    Args:
        state: The application's.
        wording: Of the reader's language.
        title: What the page is.
        sections: What stands on it.
    """
    page = Page(title, _head(state, wording), sections)
    # Beside the loop: a page of the log has two million letters at most.
    return page_answer(await asyncio.to_thread(write_page, page, wording))


def _head(state: State, wording: Wording) -> list[Part]:
    node = node_of(state)
    at = wording.instant(node.status()["now"])
    party = wording.data(node.config.party)
    rows = [said(page_words(wording, "printed", at=at, party=party))]
    acting = ACTING.get()
    if acting is not None:
        officer, post = wording.quoted(acting.name), wording.quoted(acting.post)
        rows.append(said(page_words(wording, "printed_by", officer=officer, post=post)))
    rows.append(said(page_words(wording, "no_proof")))
    return rows


def section(wording: Wording, name: str, *blocks: Any, **values: str) -> Section:
    """A section under a heading; with no block it says that there is nothing."""
    title = page_words(wording, name, **values)
    return Section(title, blocks or [Rows([said(page_words(wording, "nothing"))])])


def heads(wording: Wording, *names: str) -> list[str]:
    """The heads of columns."""
    return [page_words(wording, name) for name in names]


def instant_cell(at: int | None) -> list[Part]:
    """An instant alone in a cell: its date-time group, and seconds if it has any."""
    if at is None:
        return []
    exact = [] if at % MINUTE_MS == 0 else [data(format_instant(at).partition("T")[2])]
    return [data(dtg(at)), *exact]


def truth(wording: Wording, is_so: bool) -> Part:
    """Whether something is so."""
    return said(wording.say("yes") if is_so else wording.say("no"))


def given_instant(text: str, field: str) -> int:
    """An instant that a reader gives: ISO 8601 with Z, or a date-time group.

    Raises:
        BadRequest: It is neither.
    """
    try:
        return parse_instant(text)
    except OurError as error:
        raise BadRequest(f"{field}: {error.what}", error.remedy, field) from None
