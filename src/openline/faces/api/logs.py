"""The routes that show the logs of a line: heads, tiles, ticks."""

import asyncio
from typing import Annotated, Any

from litestar import Response, get
from litestar.datastructures import State
from litestar.params import Parameter

from openline.domain.errors import OurError, TheirError
from openline.faces.api import answers, examples
from openline.faces.api.describe import OCTETS, READING, described
from openline.faces.api.faults import BadRequest, NotFound
from openline.faces.api.node import node_of, view_of
from openline.faces.api.reading import Line

_NUMBER_MAX = 2**63 - 1


@get(
    "/lines/{line:str}/logs",
    operation_id="listLogs",
    tags=["files"],
    summary="The logs of a line, each with its largest cosigned head",
    responses=described(answers.Logs, "The logs.", example=examples.LOGS, faults=READING),
)
async def list_logs(state: State, line: Line) -> dict[str, Any]:
    """The outboxes of all parties, as far as a counterpart has cosigned them.

    A log that nobody has cosigned yet is shown to its author's own head. With the `keys` any
    tool that knows C2SP logs verifies the `checkpoint`; compare them with the Understanding.
    """
    view_of(state, line)
    async with node_of(state).exporting(line) as exporter:
        shown = await asyncio.to_thread(exporter.shown_logs)
    return {"logs": [one.to_json() for one in shown]}


@get(
    "/lines/{line:str}/logs/tile",
    operation_id="readTile",
    tags=["files"],
    summary="A tile of a log, or a bundle of its entries",
    media_type=OCTETS,
    responses=described(None, "The tile.", media_type=OCTETS, faults=READING),
)
async def read_tile(
    state: State,
    line: Line,
    origin: Annotated[str, Parameter(description="The log, as it is listed.")],
    path: Annotated[str, Parameter(description="As in C2SP tlog-tiles: `tile/0/x001/000`.")],
) -> Response[bytes]:
    """The hashes of a tile, 32 bytes each, or entries.

    An entry comes after its length in two bytes. It is an envelope as it was signed: who said
    something of which kind when, and the hash of what was said. Words are never in it.
    """
    view_of(state, line)
    async with node_of(state).exporting(line) as exporter:
        try:
            return Response(await asyncio.to_thread(exporter.tile, origin, path), media_type=OCTETS)
        except TheirError as error:
            raise BadRequest(error.what) from None
        except OurError as error:
            raise NotFound(error.what, error.remedy) from None


@get(
    "/lines/{line:str}/logs/ticks",
    operation_id="readTicks",
    tags=["files"],
    summary="The ticks of a party, 256 numbers at a time",
    media_type=OCTETS,
    responses=described(None, "The ticks.", media_type=OCTETS, faults=READING),
)
async def read_ticks(
    state: State,
    line: Line,
    party: Annotated[str, Parameter(description="Whose ticks.")],
    first: Annotated[
        int, Parameter(ge=0, le=_NUMBER_MAX, description="The smallest number that is wanted.")
    ],
) -> Response[bytes]:
    """The bundle with the next tick: signed ticks of 256 numbers.

    Each comes after its length in two bytes, in order of their numbers; numbers that are not
    held are left out. Numbers leap at a start of the author: ask on from the end of the bundle.
    It is empty at the end.
    """
    view_of(state, line)
    async with node_of(state).exporting(line) as exporter:
        found = await asyncio.to_thread(exporter.ticks, party, first)
    return Response(found, media_type=OCTETS)


ROUTES = (list_logs, read_tile, read_ticks)
