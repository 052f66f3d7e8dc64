"""The feed for the members of a line: notices, and what was declared of its state.

It is what the members have said to each other, so it is for them alone; what is public is in
another feed (`contacts`). Each message is one entry, whose id and words never change.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import Parameter

from openline.adapters import atom
from openline.adapters.wording import Wording
from openline.adapters.wording.statements import members_title
from openline.domain.talk.kinds import Kind
from openline.engine.views import View
from openline.faces.api.atom_feeds import Archive, answer_feed, begun_at, part_of
from openline.faces.api.describe import READING, described
from openline.faces.api.node import node_of, view_of, wording_for
from openline.faces.api.reading import Language, Line
from openline.faces.api.words import plain_body

KINDS: Final = ("NOTICE", "DECLARATION", "RESUMPTION_OFFER")
ABOUT: Final = {"notices": KINDS[:1], "state": KINDS[1:], "all": KINDS}
"""Which kinds of messages a feed has, by what it is about."""


@get(
    "/lines/{line:str}/members.atom",
    operation_id="readMemberFeed",
    tags=["files"],
    summary="Notices and changes of state, as an Atom feed for members",
    media_type=atom.MEDIA_TYPE,
    responses=described(None, "The feed.", media_type=atom.MEDIA_TYPE, faults=READING),
)
async def read_member_feed(
    request: Request[Any, Any, State],
    state: State,
    line: Line,
    about: Annotated[
        Literal["all", "notices", "state"],
        Parameter(description="Only notices, or only what was declared of the line's state."),
    ] = "all",
    archive: Archive = None,
    language: Language = None,
    address: Annotated[
        str, Parameter(max_length=2_000, description="Where the feed is found, if anywhere.")
    ] = "",
) -> Response[bytes]:
    """Notices and declarations, for the members of the line alone.

    Archives (RFC 5005) have what came before: `prev-archive` leads to them.
    """
    view, wording = view_of(state, line), wording_for(state, language)
    positions = view.positions_of(tuple(Kind[name] for name in ABOUT[about]))
    part = part_of(len(positions), archive)
    shown = positions[part.start : part.stop]
    entries = [entry async for entry in _entries(view, wording, shown)]
    since = begun_at(view, node_of(state).status()["now"])
    path = ("members",) if about == "all" else ("members", about)
    feed = atom.Feed(
        id=atom.tag(view.own, since, line, *path),
        title=members_title(wording, line),
        author=view.own,
        language=wording.language,
        updated_at=since,
        entries=entries,
        **part.addresses(address),
    )
    return answer_feed(request, feed)


async def _entries(
    view: View, wording: Wording, positions: Sequence[int]
) -> AsyncIterator[atom.Entry]:
    """The newest first; one is worded in each turn of the loop: some are long."""
    for position in reversed(positions):
        [record] = view.messages(position - 1, 1)
        yield _entry(view, wording, record)
        await asyncio.sleep(0)


def _entry(view: View, wording: Wording, record: dict[str, Any]) -> atom.Entry:
    words = plain_body(view, record, wording)
    serial = f"{record['serial']}" or f"{record['party']} {record['index']}"
    path = (view.understanding.line, f"{record['epoch']}", f"{record['index']}")
    return atom.Entry(
        id=atom.tag(record["party"], record["at"], *path),
        title=f"{serial}: {words.partition(chr(10))[0]}",
        author=record["party"],
        published_at=record["at"],
        updated_at=record["at"],
        language=wording.language,
        text=words,
        category=record["kind"].lower(),
    )
