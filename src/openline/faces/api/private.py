"""The routes about what a party keeps to itself: plans and sites.

They are answered on the officers' socket alone; the node port has no such route.
"""

from typing import Annotated, Any

from litestar import get, post
from litestar.datastructures import State
from litestar.params import Body, JSONBody, Parameter

from openline.domain.errors import OurError
from openline.domain.talk.private import Private
from openline.engine.commands import DropPrivate, KeepPrivate
from openline.faces.api import answers, examples
from openline.faces.api.describe import READING, WRITING, described
from openline.faces.api.faults import NotFound
from openline.faces.api.node import bad_field, by_of, node_of, view_of, wording_for
from openline.faces.api.reading import Language, Line
from openline.faces.api.schema import Dropping, Keeping
from openline.faces.api.words import worded_private


@post(
    "/lines/{line:str}/private",
    operation_id="keepPrivate",
    tags=["private"],
    summary="Keep a plan or a site on this node",
    status_code=200,
    responses=described(
        answers.PrivateWhole,
        "It is kept, on disk.",
        example=examples.PRIVATE_WHOLE,
        faults=WRITING,
    ),
)
async def keep_private(
    state: State,
    line: Line,
    data: Annotated[Keeping, Body(examples=examples.KEEPINGS)],
    language: Language = None,
) -> dict[str, Any]:
    """Keep a plan or a site, and be alarmed when another party's notice comes near it.

    It meets the live notices of other parties, now and later, under the minima of its kind.
    No counterpart is told, neither of it nor of its conflicts. `found` has the conflicts
    known at once; where there are very many, more follow. The same asked for twice changes
    nothing.
    """
    view, running, wording = view_of(state, line), node_of(state), wording_for(state, language)
    try:
        kept = Private.from_json(data.fields)
    except OurError as error:
        raise bad_field(error) from None
    command = KeepPrivate(line, kept, by_of(running, data.by), data.replace)
    return worded_private(await running.command(command), view, wording)


@get(
    "/lines/{line:str}/private",
    operation_id="listPrivate",
    tags=["private"],
    summary="The plans and sites that are kept",
    responses=described(
        answers.Privates, "What is kept.", example=examples.PRIVATES, faults=READING
    ),
)
async def list_private(state: State, line: Line) -> dict[str, Any]:
    """What this party keeps to itself on a line, in the order in which it came."""
    return {"private": view_of(state, line).privates()}


@get(
    "/lines/{line:str}/private/{name:str}",
    operation_id="readPrivate",
    tags=["private"],
    summary="One plan or site, whole",
    responses=described(
        answers.PrivateWhole,
        "The plan or site.",
        example=examples.PRIVATE_WHOLE,
        faults=READING,
    ),
)
async def read_private(
    state: State,
    line: Line,
    name: Annotated[str, Parameter(description="The name under which it is kept.")],
    language: Language = None,
) -> dict[str, Any]:
    """One plan or site: its volumes, and the notices that come too near to it."""
    wording, view = wording_for(state, language), view_of(state, line)
    try:
        return worded_private(view.private(name), view, wording)
    except OurError as error:
        raise NotFound(error.what, error.remedy) from None


@post(
    "/lines/{line:str}/private/drop",
    operation_id="dropPrivate",
    tags=["private"],
    summary="Keep a plan or a site no longer",
    status_code=200,
    responses=described(answers.Done, "Done.", example=examples.DONE, faults=WRITING),
)
async def drop_private(state: State, line: Line, data: JSONBody[Dropping]) -> dict[str, Any]:
    """Check it against nothing any more; its conflicts end.

    That it was kept stays in this node's own journal.
    """
    view = view_of(state, line)
    running = node_of(state)
    try:
        view.private(data.name)
    except OurError as error:
        raise NotFound(error.what, error.remedy) from None
    await running.command(DropPrivate(line, data.name, by_of(running, data.by)))
    return {"is_done": True}
