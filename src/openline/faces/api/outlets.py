"""The routes about outlets and watched folders, which node.toml alone sets up."""

from typing import Any

from litestar import get
from litestar.datastructures import State

from openline.faces.api.describe import STATUS, described
from openline.faces.api.node import node_of
from openline.faces.api.outlet_answers import FOLDERS, OUTLETS, Folders, Outlets


@get(
    "/outlets",
    operation_id="listOutlets",
    tags=["state"],
    summary="Where the party's own tools are shown the line",
    responses=described(Outlets, "The outlets.", example=OUTLETS, faults=STATUS),
)
async def list_outlets(state: State) -> dict[str, Any]:
    """Each outlet of node.toml: whether its way is open, what it shows, what waits."""
    return {"outlets": node_of(state).outlets()}


@get(
    "/folders",
    operation_id="listFolders",
    tags=["state"],
    summary="Folders in which orders appear that become drafts",
    responses=described(Folders, "The folders.", example=FOLDERS, faults=STATUS),
)
async def list_folders(state: State) -> dict[str, Any]:
    """Each watched folder of node.toml: what was read of it, and what became of that."""
    return {"folders": node_of(state).folders()}
