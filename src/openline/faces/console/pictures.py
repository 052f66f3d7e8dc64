"""Pictures on pages: each drawn by a process beside the node (`drawing.py`)."""

import asyncio
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Final
from urllib.parse import quote

from litestar import Response, get
from litestar.datastructures import State
from litestar.params import Parameter

from openline.app.config import Config
from openline.domain.errors import OurError
from openline.domain.limits import PICTURE_S_MAX, PICTURES_WAITING_MAX
from openline.faces.api.describe import READING, described
from openline.faces.api.faults import NotFound, TooMany
from openline.faces.api.node import node_of, view_of, wording_for
from openline.faces.api.reading import Language, Line, NoticeId

PNG: Final = "image/png"
PROGRAM: Final = (sys.executable, "-P", "-m", "openline.faces.console.drawing")

# One picture at a time: each takes a core for a second or two, and 100 MB.
_DRAWING: Final = ThreadPoolExecutor(1, thread_name_prefix="drawing")
_ROOM: Final = threading.BoundedSemaphore(PICTURES_WAITING_MAX)


def area_address(line: str, party: str, notice_id: str, language: str) -> str:
    """Where the picture of a notice's areas is."""
    path = "/".join(map(_part, (line, "notices", party, notice_id)))
    return f"/print/lines/{path}/picture.png?language={language}"


def conflict_address(line: str, conflict: str, language: str) -> str:
    """Where the picture of a conflict is."""
    return f"/print/lines/{_part(line)}/conflicts/{_part(conflict)}/picture.png?language={language}"


def _part(name: str) -> str:
    return quote(name, safe="")


@get(
    "/print/lines/{line:str}/notices/{party:str}/{notice_id:str}/picture.png",
    operation_id="drawNotice",
    tags=["pages"],
    summary="The areas of a notice on a map",
    media_type=PNG,
    responses=described(None, "The picture.", media_type=PNG, faults=(*READING, 409)),
)
async def draw_notice(
    state: State,
    line: Line,
    party: Annotated[str, Parameter(description="Whose notice.")],
    notice_id: NoticeId,
    language: Language = None,
) -> Response[bytes]:
    """Its areas, and those of notices it is in conflict with, on the node's map."""
    wording = wording_for(state, language)
    if view_of(state, line).notice(f"{party}/{notice_id}") is None:
        raise NotFound(
            f"There is no notice {notice_id!r} of {party} on {line}.",
            "Take its id from the list of notices.",
        )
    config = node_of(state).config
    picture = await _drawn(config, wording.language, "area", line, party, notice_id)
    return Response(picture, media_type=PNG)


@get(
    "/print/lines/{line:str}/conflicts/{conflict:str}/picture.png",
    operation_id="drawConflict",
    tags=["pages"],
    summary="A conflict as a picture",
    media_type=PNG,
    responses=described(None, "The picture.", media_type=PNG, faults=(*READING, 409)),
)
async def draw_conflict(
    state: State,
    line: Line,
    conflict: Annotated[str, Parameter(description="Its id.")],
    language: Language = None,
) -> Response[bytes]:
    """A conflict that both nodes know: from above, in height and time, and in words."""
    wording = wording_for(state, language)
    if conflict not in {one["id"] for one in view_of(state, line).conflicts(False)}:
        raise NotFound(
            f"There is no conflict {conflict!r} on {line}.", "Take its id from the list."
        )
    config = node_of(state).config
    picture = await _drawn(config, wording.language, "conflict", line, conflict)
    return Response(picture, media_type=PNG)


async def _drawn(config: Config, language: str, sort: str, *names: str) -> bytes:
    """A picture, drawn by a process of its own.

    Raises:
        TooMany: Others wait already.
        OurError: It cannot be drawn; says why.
    """
    if not _ROOM.acquire(blocking=False):
        raise TooMany("Too many pictures wait to be drawn.", "Ask again in a minute.")
    try:
        order = [str(config.directory), language, sort, *names]
        return await asyncio.get_running_loop().run_in_executor(_DRAWING, _draw_beside, order)
    finally:
        _ROOM.release()


def _draw_beside(order: list[str]) -> bytes:
    try:
        done = subprocess.run(
            [*PROGRAM, *order], capture_output=True, timeout=PICTURE_S_MAX, check=False
        )
    except subprocess.TimeoutExpired:
        raise OurError("The picture was not drawn in time.", "Ask again later.") from None
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise OurError(told[-1] if told else "The picture cannot be drawn.")
    return done.stdout


ROUTES: Final = (draw_notice, draw_conflict)
