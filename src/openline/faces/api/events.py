"""What changes, as server-sent events (WHATWG HTML, section 9.2).

A new reader is told `begin` first, and reads the state after it. One that was cut off
sends the last id that it had as `Last-Event-ID`, as browsers do by themselves; as long as
what it missed is still kept, that comes next and nothing else, and otherwise `begin`: then
it reads anew. Ids are unique over all starts of a node. A comment comes every few seconds
while nothing changes, so that a reader knows a silent stream from a dead one; it brings the
last id along. A reader that is too slow is told `end` and closed.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get
from litestar.datastructures import State
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import Stream

from openline.adapters.wording import Wording
from openline.adapters.wording.watch import watch_words
from openline.app.shows import Told
from openline.engine.effects import Show
from openline.faces.api.conduct import worded_matter
from openline.faces.api.describe import READING, described
from openline.faces.api.node import node_of, view_of, wording_for
from openline.faces.api.reading import Language
from openline.faces.api.running import Running
from openline.faces.api.words import worded_alarm, worded_conflict

HEARTBEAT_S: Final = 3.0
"""Shorter than the time after which a console calls its picture stale."""

EVENTS: Final = {
    "begin": "Nothing before this is known to be complete: read the state after it.",
    "message": "A message was recorded or received, or marked by another; as in the list.",
    "delivered": "A counterpart (`party`) receipted our messages `from` index up to `until`.",
    "notice": "A notice came, changed, was answered, began or ended; as in the list.",
    "watch": "A watch was opened, offered, taken, closed or left unmanned; as in the list.",
    "matter": "A query, warning or other matter was opened or changed; as in the list.",
    "movement": "A movement came, changed, was answered, began or ended; as in the list.",
    "site": "A site came, changed, fell due or lapsed; as in the list, but for `doubts`.",
    "zone": "A zone came, changed, was agreed to, began to count or ended; as in the list.",
    "hold": "A window of the record was held as evidence, or released; as in the list.",
    "conflict": "A conflict was found, changed or ended; as in the list.",
    "private": "A plan or site was kept, replaced or dropped, or is over; as in the list.",
    "private_conflict": "A conflict of one was found, changed or ended; as in its list.",
    "draft": "A draft was kept, signed, released or rejected; as in the list.",
    "alarm": "An alarm was raised, is over, or was acknowledged; as in the list.",
    "state": "The state of the line changed: `observed` or `declared`; read `/status`.",
    "refused": "Something that a counterpart sent was refused, with `reason` and `what`.",
    "refusal": "A counterpart refused something that we sent, with `reason` and `what`.",
    "end": "The last of a stream, with `why`: the node stops, or the reader is too slow.",
}
"""Every event by name. A client passes over names that it does not know."""


@get(
    "/events",
    operation_id="followEvents",
    tags=["events"],
    summary="Follow what changes",
    media_type="text/event-stream",
    responses=described(
        None,
        "A stream of server-sent events that ends when the node stops.",
        media_type="text/event-stream",
        example=(
            'id: 1491525600000-5f3a9c01-41\nevent: begin\ndata: {"party":"alpha.example"}\n\n'
            "id: 1491525600000-5f3a9c01-42\nevent: message\n"
            'data: {"line":"syria-air","serial":"ALPHA-0012"}\n\n'
            "id: 1491525600000-5f3a9c01-42\n: 3 s\n\n"
        ),
        faults=READING,
    ),
)
async def follow_events(
    state: State,
    only_line: Annotated[
        str | None, QueryParameter(name="line", description="Only what concerns this line.")
    ] = None,
    language: Language = None,
    last_id: Annotated[
        str | None,
        HeaderParameter(
            name="Last-Event-ID",
            max_length=200,
            description="The id of the last event that the reader has.",
        ),
    ] = None,
) -> Response[Any]:
    """A stream of what changes on the lines.

    Each event has an id, a name, and JSON data with the line and the values that the
    other routes give for the same thing. The first is `begin`: read the state after it.
    With `Last-Event-ID` the stream goes on after that event, if all that came since is
    still kept; else it says `begin` again. `end` says why the stream is closed.
    """
    running = node_of(state)
    stopping: asyncio.Event = state.stopping
    if only_line is not None:
        view_of(state, only_line)  # Says so now when there is no such line.
    wording = wording_for(state, language)
    return Stream(
        _stream(running, stopping, wording, only_line, last_id or ""),
        media_type="text/event-stream; charset=utf-8",
        headers={"cache-control": "no-store"},
    )


async def _stream(
    running: Running,
    stopping: asyncio.Event,
    wording: Wording,
    only_line: str | None,
    after: str,
) -> AsyncIterator[bytes]:
    async with running.follow(after) as following:
        last = following.id
        if following.is_resumed:
            yield b": resumed\n\n"
        else:
            yield encode_event(last, "begin", {"party": running.config.party})
        async for told in _with_heartbeats(following.changes, stopping):
            if told is None:
                yield f"id: {last}\n: {HEARTBEAT_S:g} s\n\n".encode()
                continue
            last, show = told.id, told.show
            if only_line is None or show.line in ("", only_line):
                yield encode_event(last, show.name, {"line": show.line, **_worded(show, wording)})
    why = "the node is stopping" if stopping.is_set() else "the reader is too slow"
    yield encode_event(last, "end", {"why": why})


def _worded(show: Show, wording: Wording) -> dict[str, Any]:
    """The data of an event, with the sentences that the list has."""
    match show.name:
        case "alarm":
            return worded_alarm(show.data, wording)
        case "conflict" | "private_conflict":
            return worded_conflict(show.data, wording)
        case "matter":
            return worded_matter(show.data, wording)
        case "watch":
            return {**show.data, "said": watch_words(wording, show.data)}
        case _:
            return show.data


async def _with_heartbeats(
    shows: AsyncIterator[Told], stopping: asyncio.Event
) -> AsyncIterator[Told | None]:
    """The changes, and None whenever nothing came for `HEARTBEAT_S`."""
    stopped = asyncio.ensure_future(stopping.wait())
    following = asyncio.ensure_future(anext(shows, None))
    try:
        while True:
            done, _ = await asyncio.wait(
                {stopped, following}, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED
            )
            if stopped in done:
                return
            if not done:
                yield None
                continue
            show = following.result()
            if show is None:
                return
            following = asyncio.ensure_future(anext(shows, None))
            yield show
    finally:
        for task in (stopped, following):
            task.cancel()
        await asyncio.gather(stopped, following, return_exceptions=True)


def encode_event(event_id: str, name: str, data: dict[str, Any]) -> bytes:
    """One server-sent event; JSON holds no row break, so the data is one row."""
    head = f"id: {event_id}\nevent: {name}\ndata: ".encode()
    return head + msgspec.json.encode(data) + b"\n\n"
