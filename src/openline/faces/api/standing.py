"""The routes about how a line stood, and what is counted of it."""

import asyncio
import hashlib
from typing import Annotated, Any

from litestar import get
from litestar.datastructures import State
from litestar.params import Parameter, QueryParameter

from openline.adapters.neutral import read_texts
from openline.app.past import check_instant, state_then
from openline.domain.instant import INSTANT_MAX
from openline.domain.talk.statistics import statistics, to_bytes
from openline.faces.api import answers, examples
from openline.faces.api.describe import READING, described
from openline.faces.api.faults import BadRequest
from openline.faces.api.node import node_of, view_of
from openline.faces.api.reading import Language, Line


@get(
    "/lines/{line:str}/state",
    operation_id="readState",
    tags=["state"],
    summary="The state of a line at an instant that is over",
    responses=described(
        answers.StateThen, "The state then.", example=examples.STATE_THEN, faults=READING
    ),
)
async def read_state(
    state: State,
    line: Line,
    at: Annotated[int, Parameter(ge=0, le=INSTANT_MAX, description="UTC milliseconds.")],
) -> dict[str, Any]:
    """How a line stood at any instant of the past, on both axes.

    What the parties declared and what line checks showed comes from the record, what
    circuits showed from the ticks that are held; where they do not reach, `word` is null.
    For others to verify there are the certificates of kind `state` and `declared`.
    """
    view, running = view_of(state, line), node_of(state)
    check_instant(at, running.status()["now"])
    folded = view.state_at(at)
    async with running.exporting(line) as exporter:
        return await asyncio.to_thread(state_then, folded, exporter, view, at)


@get(
    "/lines/{line:str}/statistics",
    operation_id="readStatistics",
    tags=["state"],
    summary="What both parties count alike",
    responses=described(
        answers.Statistics, "The statement.", example=examples.STATISTICS, faults=READING
    ),
)
async def read_statistics(
    state: State,
    line: Line,
    start: Annotated[
        int, QueryParameter(name="from", ge=0, le=INSTANT_MAX, description="First instant.")
    ],
    until: Annotated[int, Parameter(ge=0, le=INSTANT_MAX, description="First instant after it.")],
) -> dict[str, Any]:
    """Messages, notices, line checks, readings and answers of a window, by party.

    It follows from the messages and the times that their authors signed: where both
    parties hold the same messages, `sha256` of the canonical statement is the same.
    """
    if start >= until:
        raise BadRequest("The window ends before it begins.", "Give its start, then its end.")
    view = view_of(state, line)
    facts = view.facts(start, until)
    statement = await asyncio.to_thread(statistics, facts, view.understanding, start, until)
    return {"statement": statement, "sha256": hashlib.sha256(to_bytes(statement)).hexdigest()}


@get(
    "/lines/{line:str}/check",
    operation_id="proposeCheck",
    tags=["state"],
    summary="The neutral text of our next line check",
    responses=described(
        answers.CheckProposed, "The text.", example=examples.CHECK_PROPOSED, faults=READING
    ),
)
async def propose_check(state: State, line: Line, language: Language = None) -> dict[str, Any]:
    """The text whose turn it is in the approved list, with its translations.

    Hand it on as fields of a LINE_CHECK, so that nothing can be meant by the choice. The
    list is `check-texts.toml` in the node's directory, or the one that goes along.
    """
    view, config = view_of(state, line), node_of(state).config
    number = view.state.next_check_number()
    texts = await asyncio.to_thread(read_texts, config.directory)
    return {"number": number, "translations": []} | texts.fields(
        number, language or config.language
    )
