"""The routes about public statements: pages, versions, differences, feeds."""

import asyncio
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import Body, JSONBody, Parameter

from openline.adapters import atom
from openline.adapters.statements.extractor import extractor_name
from openline.adapters.statements.store import Capture, Statement, Version, source_from
from openline.app.statements import Watcher, capture_bytes
from openline.domain.errors import OurError
from openline.domain.statements.article import Block, article
from openline.domain.statements.difference import compare
from openline.domain.statements.source import SourceTerms
from openline.domain.talk.readout_text import paragraphs
from openline.faces.api import statement_answers as answers
from openline.faces.api import statement_examples as examples
from openline.faces.api.atom_feeds import Archive, answer_feed
from openline.faces.api.contacts import read_readout
from openline.faces.api.describe import OCTETS, READING, WRITING, described
from openline.faces.api.faults import BadRequest, NotFound
from openline.faces.api.node import node_of, wording_for
from openline.faces.api.reading import Language, Line
from openline.faces.api.schema import Following, KeepingStatement
from openline.faces.api.statement_feed import feed_of
from openline.faces.api.statement_forms import (
    difference_form,
    readout_form,
    short_form,
    source_form,
    text_form,
    whole_form,
)

Name = Annotated[str, Parameter(description="The statement's id, or the beginning of it.")]
Number = Annotated[int, Parameter(ge=1, description="The number of a version, from 1.")]


def watcher_of(state: State) -> Watcher:
    """What looks at public pages.

    Raises:
        NotReady: The node is stopping.
    """
    watcher = node_of(state).statements
    assert watcher is not None, "a running node has one"
    return watcher


def statement_of(state: State, name: str) -> Statement:
    """The page of an id.

    Raises:
        NotFound: There is none.
    """
    try:
        return watcher_of(state).statement(name)
    except OurError as error:
        raise NotFound(error.what, error.remedy) from None


def version_of(state: State, one: Statement, number: int) -> Version:
    """A version of a page.

    Raises:
        NotFound: There is none of that number.
    """
    for version in watcher_of(state).store.versions(one.id):
        if version.number == number:
            return version
    raise NotFound(f"There is no version {number}.", "See `openline statements show`.")


@get(
    "/statements",
    operation_id="listStatements",
    tags=["statements"],
    summary="Public pages that are followed",
    responses=described(
        answers.Statements, "Sources and pages.", example=examples.STATEMENTS, faults=READING
    ),
)
async def list_statements(
    state: State,
    source: Annotated[str, Parameter(description="Only those of one source.")] = "",
    language: Language = None,
) -> dict[str, Any]:
    """Every source, and every page, with a sentence that says where it stands."""
    watcher, wording = watcher_of(state), wording_for(state, language)
    return {
        "sources": [source_form(watcher, one, wording) for one in watcher.store.sources()],
        "statements": [
            short_form(watcher, one, wording) for one in watcher.store.statements(source)
        ],
    }


@post(
    "/statements/sources",
    operation_id="addStatementSource",
    tags=["statements"],
    summary="Follow a source",
    status_code=200,
    responses=described(
        answers.StatementSource, "It is followed.", example=examples.SOURCE, faults=WRITING
    ),
)
async def add_source(
    state: State, data: Annotated[Following, Body(examples=examples.FOLLOWINGS)]
) -> dict[str, Any]:
    """Follow a feed, a sitemap or one page; a known source by new settings."""
    watcher = watcher_of(state)
    terms = SourceTerms(
        name=data.name,
        address=data.address,
        kind=data.kind,
        selector=data.selector,
        language=data.language,
        interval_min=data.interval_min,
        quiet_days=data.quiet_days,
        line=data.line,
        match=data.match,
        extractor=data.extractor,
    )
    try:
        extractor_name(data.extractor, data.selector)
    except OurError as error:
        raise BadRequest(error.what, error.remedy, "extractor") from None
    try:
        source = watcher.add_source(source_from(terms))
    except OurError as error:
        raise BadRequest(error.what, error.remedy, "address") from None
    return source_form(watcher, source, wording_for(state, None))


@get(
    "/statements/{name:str}",
    operation_id="readStatement",
    tags=["statements"],
    summary="One page with its versions",
    responses=described(
        answers.StatementWhole, "The page.", example=examples.WHOLE, faults=READING
    ),
)
async def read_statement(state: State, name: Name, language: Language = None) -> dict[str, Any]:
    """A page, its versions, and the last looks at it."""
    wording = wording_for(state, language)
    return whole_form(watcher_of(state), statement_of(state, name), wording)


@get(
    "/statements/{name:str}/versions/{number:int}",
    operation_id="readStatementVersion",
    tags=["statements"],
    summary="The text of one version",
    responses=described(answers.StatementText, "The text.", example=examples.TEXT, faults=READING),
)
async def read_version(
    state: State, name: Name, number: Number, language: Language = None
) -> dict[str, Any]:
    """The text as it was read, and where it went down that it was seen."""
    wording, one = wording_for(state, language), statement_of(state, name)
    return await text_form(watcher_of(state), one, version_of(state, one, number), wording)


@get(
    "/statements/{name:str}/differences",
    operation_id="compareStatement",
    tags=["statements"],
    summary="Two versions side by side",
    responses=described(
        answers.StatementDifference, "The rows.", example=examples.DIFFERENCE, faults=READING
    ),
)
async def compare_statement(
    state: State,
    name: Name,
    old: Annotated[
        int | None, Parameter(ge=1, description="The earlier; else the one before.")
    ] = None,
    new: Annotated[int | None, Parameter(ge=1, description="The later; else the last.")] = None,
    language: Language = None,
) -> dict[str, Any]:
    """What became of each paragraph; every node finds the same."""
    watcher, wording = watcher_of(state), wording_for(state, language)
    one = statement_of(state, name)
    earlier, later = sides_of(state, one, old, new)
    found = await watcher.difference(one.id, earlier.number, later.number)
    return difference_form(watcher, found, earlier, later, wording)


def sides_of(
    state: State, one: Statement, old: int | None, new: int | None
) -> tuple[Version, Version]:
    """The versions to be compared; by themselves the last two.

    Raises:
        NotFound: There are no such versions.
    """
    later = max(one.versions, 1) if new is None else new
    earlier = max(later - 1, 1) if old is None else old
    return version_of(state, one, earlier), version_of(state, one, later)


@get(
    "/lines/{line:str}/readouts/{readout:str}/statements/{name:str}",
    operation_id="compareReadout",
    tags=["statements"],
    summary="A public text beside a readout",
    responses=described(
        answers.ReadoutComparison, "The rows.", example=examples.READOUT, faults=READING
    ),
)
async def compare_readout(
    state: State,
    line: Line,
    readout: Annotated[str, Parameter(description="The readout: its serial.")],
    name: Name,
    spoken: Annotated[
        str, Parameter(description="Language of the text; else that of the page.")
    ] = "",
    language: Language = None,
) -> dict[str, Any]:
    """What the page has of a text that was agreed or published, and what else it says."""
    watcher, wording = watcher_of(state), wording_for(state, language)
    one = statement_of(state, name)
    version = version_of(state, one, max(one.versions, 1))
    told = await read_readout.fn(state, line, readout, language)
    step, tongue = _text_of(told["versions"], spoken or watcher.source_of(one).language)
    page, _ = await watcher.read_version(one.id, version.number)
    blocks = [(Block.PARAGRAPH, text) for text in paragraphs(step["texts"][tongue])]
    found = await asyncio.to_thread(compare, article("", blocks), page.article)
    return {
        "readout": readout,
        "party": step["party"],
        "serial": step["serial"],
        "language": tongue,
        "is_agreed": bool(step["is_as_agreed"]),
        "version": version.number,
        **readout_form(found, wording),
    }


def _text_of(steps: list[dict[str, Any]], spoken: str) -> tuple[dict[str, Any], str]:
    """The newest step with a text in a language; an agreed one if there is any.

    Raises:
        NotFound: No step has one.
    """
    found = [one for one in reversed(steps) if spoken in one["texts"] or not spoken]
    found = [one for one in found if one["texts"]]
    if not found:
        raise NotFound(
            "The readout has no text in the language of the page.", "Name another language."
        )
    step = next((one for one in found if one["is_as_agreed"]), found[0])
    return step, spoken or next(iter(step["texts"]))


@post(
    "/statements/{name:str}/check",
    operation_id="checkStatement",
    tags=["statements"],
    summary="Look at a page now",
    status_code=200,
    responses=described(
        answers.StatementWhole, "How it stands.", example=examples.WHOLE, faults=WRITING
    ),
)
async def check_statement(state: State, name: Name, language: Language = None) -> dict[str, Any]:
    """Look at it now, and follow it on: its quiet time begins anew."""
    wording, one = wording_for(state, language), statement_of(state, name)
    watcher = watcher_of(state)
    return whole_form(watcher, await watcher.ask(one.id), wording)


@post(
    "/statements/{name:str}/keep",
    operation_id="keepStatement",
    tags=["statements"],
    summary="Keep the bytes of a page for good",
    status_code=200,
    responses=described(
        answers.StatementWhole, "It is kept.", example=examples.WHOLE, faults=WRITING
    ),
)
async def keep_statement(
    state: State, name: Name, data: JSONBody[KeepingStatement], language: Language = None
) -> dict[str, Any]:
    """Let nothing go of it, and say to which incident or readout it belongs."""
    wording, one = wording_for(state, language), statement_of(state, name)
    watcher = watcher_of(state)
    return whole_form(watcher, watcher.keep(one.id, data.attached), wording)


@get(
    "/statements/{name:str}/proof",
    operation_id="proveStatement",
    tags=["statements"],
    summary="A certificate of what was seen on a page",
    media_type=OCTETS,
    responses=described(None, "The file.", media_type=OCTETS, faults=READING),
)
async def prove_statement(
    state: State,
    name: Name,
    version: Annotated[
        int | None, Parameter(ge=1, description="The look that found this version first.")
    ] = None,
    row: Annotated[
        int | None, Parameter(ge=0, description="The look of this row of the journal.")
    ] = None,
    holder: Annotated[
        str, Parameter(description="Who cosigned the journal; else whoever did.")
    ] = "",
) -> Response[bytes]:
    """A file by which an outsider can check that this node saw a page so by then.

    It is verified offline: `openline verify FILE`. By itself it is about the newest version.
    What others were shown it does not prove.
    """
    watcher, one = watcher_of(state), statement_of(state, name)
    capture = _capture_of(state, watcher, one, version, row)
    if capture.row is None:
        raise OurError(
            "That look went down in no journal.", "Name the line of its source, and look again."
        )
    # Beside the loop: the first one of a long journal reads all of it.
    async with node_of(state).exporting(capture.line) as exporter:
        seen = capture_bytes(capture)
        file = await asyncio.to_thread(exporter.capture, capture.row, holder, seen=seen)
    told = f'attachment; filename="capture-{one.id}-{capture.row}.cert"'
    return Response(file, media_type=OCTETS, headers={"content-disposition": told})


def _capture_of(
    state: State, watcher: Watcher, one: Statement, version: int | None, row: int | None
) -> Capture:
    """The look that is meant.

    Raises:
        NotFound: There is none.
    """
    if row is None:
        found = version_of(state, one, max(one.versions, 1) if version is None else version)
        capture = watcher.store.capture(found.capture)
        assert capture is not None, "a version is kept with its look"
        return capture
    for capture in watcher.store.captures(one.id):
        if capture.row == row:
            return capture
    raise NotFound(
        f"No look at this page went down in row {row}.", "See `openline statements show --json`."
    )


@get(
    "/statements/feed.atom",
    operation_id="readStatementFeed",
    tags=["statements"],
    summary="Changes as an Atom feed",
    media_type=atom.MEDIA_TYPE,
    responses=described(None, "The feed.", media_type=atom.MEDIA_TYPE, faults=READING),
)
async def read_feed(
    request: Request[Any, Any, State],
    state: State,
    statement: Annotated[str, Parameter(description="Only of one page: its id.")] = "",
    source: Annotated[str, Parameter(description="Only of one source.")] = "",
    archive: Archive = None,
    language: Language = None,
    address: Annotated[
        str, Parameter(max_length=2_000, description="Where the feed is found, if anywhere.")
    ] = "",
) -> Response[bytes]:
    """Each version is an entry that keeps its id, with the difference inside.

    Archives (RFC 5005) have what came before: `prev-archive` leads to them.
    """
    wording, node = wording_for(state, language), node_of(state)
    one = statement_of(state, statement) if statement else None
    now = node.status()["now"]
    feed = await feed_of(
        watcher_of(state), wording, node.config.party, one, source, archive, address, now
    )
    return answer_feed(request, feed)


ROUTES = (
    list_statements,
    add_source,
    read_feed,
    read_statement,
    read_version,
    compare_statement,
    compare_readout,
    prove_statement,
    check_statement,
    keep_statement,
)
