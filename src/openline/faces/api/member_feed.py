"""The feed for the members of a line: notices, and what was declared of its state.

It is what the members have said to each other, so it is for them alone; what is public is in
another feed (`contacts`). Each message is one entry, whose id and words never change.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from litestar import Response, get
from litestar.datastructures import State
from litestar.params import Parameter

from openline.adapters import atom
from openline.adapters.wording import Wording
from openline.adapters.wording.statements import members_title
from openline.engine.views import View
from openline.faces.api.describe import READING, described
from openline.faces.api.node import view_of, wording_for
from openline.faces.api.reading import Language, Line
from openline.faces.api.words import plain_body

KINDS: Final = ("NOTICE", "DECLARATION", "RESUMPTION_OFFER")
ENTRIES_MAX: Final = 50
MESSAGES_LOOKED_AT: Final = 2_000
"""Of the last messages of a line: on a busy day a tenth of them are of these kinds."""


@get(
    "/lines/{line:str}/members.atom",
    operation_id="readMemberFeed",
    tags=["files"],
    summary="Notices and changes of state, as an Atom feed for members",
    media_type=atom.MEDIA_TYPE,
    responses=described(None, "The feed.", media_type=atom.MEDIA_TYPE, faults=READING),
)
async def read_member_feed(
    state: State,
    line: Line,
    language: Language = None,
    address: Annotated[
        str, Parameter(max_length=2_000, description="Where the feed is found, if anywhere.")
    ] = "",
) -> Response[bytes]:
    """The last notices and declarations, for the members of the line alone."""
    view, wording = view_of(state, line), wording_for(state, language)
    entries = [entry async for entry in _entries(view, wording)]
    feed = atom.Feed(
        id=atom.tag(view.own, 0, line, "members"),
        title=members_title(wording, line),
        author=view.own,
        language=wording.language,
        updated_at=0,
        entries=entries,
        address=address,
    )
    return Response(atom.write_feed(feed), media_type=atom.MEDIA_TYPE)


async def _entries(view: View, wording: Wording) -> AsyncIterator[atom.Entry]:
    """The newest first; one is worded in each turn of the loop: some are long."""
    after = max(view.message_count - MESSAGES_LOOKED_AT, 0)
    records = view.messages(after, MESSAGES_LOOKED_AT)
    found = [one for one in reversed(records) if one["kind"] in KINDS]
    for record in found[:ENTRIES_MAX]:
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
