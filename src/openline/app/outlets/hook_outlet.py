"""One outlet to a program: what changes is posted, in order, until it is taken.

What the node tells goes to the disk first (`adapters/webhook/waiting`), and from there
it is posted, one event after the other. Messages are never left out: those that came
while the node did not run, or while there was no room, are put in from the record, and
`begin` says that of anything else the state is to be read. An event may come twice, under
one id. What is not taken is posted again for ever, at growing intervals.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from openline.adapters.webhook.posting import NotTaken
from openline.adapters.webhook.signing import signed_headers
from openline.adapters.webhook.waiting import Waited, Waiting
from openline.app.outlets.map_outlet import Followed
from openline.app.outlets.settings import Outlet, is_shown
from openline.app.shows import Told
from openline.domain.instant import format_instant
from openline.engine.effects import Show

RETRY_S_MIN: Final = 1.0
RETRY_S_MAX: Final = 300.0

AGAIN_S: Final = 1.0
"""After so long the stream is followed again that had ended, and room is looked for."""

_BATCH_MAX: Final = 256
_PAGE: Final = 200

_log = logging.getLogger("openline")


class Posts(Protocol):
    """What posts an event."""

    async def post(self, body: bytes, headers: dict[str, str]) -> None:
        """Post it; raises `NotTaken`."""


class HookOutlet:
    """One outlet to a program. Everything in it belongs to the node's loop.

    Args:
        node: The running node.
        outlet: The settings.
        path: The file of what waits.
        secrets: Sign what is posted.
        open_poster: Gives what posts, for as long as the outlet runs.
        now_ms: The clock.
    """

    def __init__(
        self,
        node: Followed,
        outlet: Outlet,
        path: Path,
        secrets: Sequence[bytes],
        open_poster: Callable[[], Any],
        now_ms: Callable[[], int],
    ) -> None:
        self._node = node
        self._outlet = outlet
        self._path = path
        self._secrets = secrets
        self._open_poster = open_poster
        self._now_ms = now_ms
        self._more = asyncio.Event()
        self._fault = ""
        self._waiting_count = 0
        self._count, self._sent_at = 0, 0

    def state(self) -> dict[str, Any]:
        """The state as faces show it; instants in milliseconds."""
        return {
            "name": self._outlet.name,
            "address": self._outlet.address,
            "shows": list(self._outlet.shows),
            "line": self._outlet.line,
            "is_open": self._count > 0 and not self._fault,
            "fault": self._fault,
            "marks": None,
            "tracks": None,
            "unshown": 0,
            "waiting": self._waiting_count,
            "sent": self._count,
            "sent_at": self._sent_at or None,
        }

    async def run(self) -> None:
        """Post everything, for ever.

        Raises:
            OurError: The disk fails.
        """
        waiting = await asyncio.to_thread(Waiting.open, self._path)
        with waiting:
            tasks = [
                asyncio.create_task(self._take_in(waiting), name="outlet taking in"),
                asyncio.create_task(self._post_all(waiting), name="outlet posting"),
            ]
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    # From the node to the disk.

    async def _take_in(self, waiting: Waiting) -> None:
        while True:
            if waiting.is_half_empty:
                async with self._node.follow() as following:
                    await self._catch_up(waiting)
                    if waiting.has_room:
                        await self._go_on(waiting, following.changes)
                if not waiting.has_room:
                    _log.warning("outlet %s: too much waits", self._outlet.name)
            await asyncio.sleep(AGAIN_S)

    async def _go_on(self, waiting: Waiting, changes: AsyncIterator[Told]) -> None:
        """Put in what changes, until the stream ends or there is no more room."""
        async for batch in _batches(changes):
            await self._put(waiting, [told.show for told in batch if self._wants(told.show)])
            if not waiting.has_room:
                return

    async def _catch_up(self, waiting: Waiting) -> None:
        """Put in `begin`, and the messages since the last one, as far as there is room."""
        known = await asyncio.to_thread(waiting.places)
        lines = [row["line"] for row in self._node.status()["lines"]]
        wanted = [line for line in lines if self._outlet.line in ("", line)]
        await self._put(waiting, [Show("", "begin", {"lines": wanted})])
        for line in wanted:
            view = self._node.view(line)
            # Of a line that is new here the receiver reads what there was.
            place = min(known.get(line, view.message_count), view.message_count)
            await asyncio.to_thread(waiting.put, (), {line: place})
            while self._wants(Show(line, "message")) and waiting.has_room:
                page = view.messages(place, _PAGE)
                if not page:
                    break
                await self._put(waiting, [Show(line, "message", told) for told in page])
                place = page[-1]["position"]

    def _wants(self, show: Show) -> bool:
        is_here = self._outlet.line in ("", show.line)
        return is_here and is_shown(show.name, show.data, self._outlet.shows)

    async def _put(self, waiting: Waiting, shows: Iterable[Show]) -> None:
        now = self._now_ms()
        kept = list(shows)
        places = await asyncio.to_thread(waiting.places)
        for show in kept:
            if show.name == "message":
                places[show.line] = max(places.get(show.line, 0), show.data["position"])
        bodies = [_body(show, now) for show in kept]
        await asyncio.to_thread(waiting.put, bodies, places)
        self._waiting_count = waiting.count
        self._more.set()

    # From the disk to the program.

    async def _post_all(self, waiting: Waiting) -> None:
        retry_s = RETRY_S_MIN
        async with self._open_poster() as poster:
            while True:
                self._more.clear()
                self._waiting_count = waiting.count
                event = await asyncio.to_thread(waiting.first)
                if event is None:
                    await self._more.wait()
                elif await self._is_taken(poster, event):
                    await asyncio.to_thread(waiting.done, event)
                    retry_s = RETRY_S_MIN
                else:
                    await asyncio.sleep(retry_s * random.uniform(0.8, 1.2))  # nosec B311
                    retry_s = min(2 * retry_s, RETRY_S_MAX)

    async def _is_taken(self, poster: Posts, event: Waited) -> bool:
        now = self._now_ms()
        headers = signed_headers(event.id, now // 1_000, event.body, self._secrets)
        try:
            await poster.post(event.body, headers)
        except NotTaken as error:
            if str(error) != self._fault:
                _log.warning("outlet %s: event %s: %s", self._outlet.name, event.id, error)
            self._fault = str(error)
            return False
        self._fault = ""
        self._count, self._sent_at = self._count + 1, now
        return True


async def _batches(changes: AsyncIterator[Told]) -> AsyncIterator[list[Told]]:
    """The changes, as many together as wait: the disk is asked once for all of them."""
    coming = asyncio.ensure_future(anext(changes, None))
    try:
        while (told := await coming) is not None:
            batch = [told]
            coming = asyncio.ensure_future(anext(changes, None))
            # What waits already is there at the next step of the loop.
            await asyncio.sleep(0)
            while len(batch) < _BATCH_MAX and coming.done():
                if (more := coming.result()) is None:
                    break
                batch.append(more)
                coming = asyncio.ensure_future(anext(changes, None))
                await asyncio.sleep(0)
            yield batch
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


def _body(show: Show, now: int) -> bytes:
    """What is posted: the event of the stream, with its name and when it was told."""
    data = {"line": show.line, **show.data}
    return msgspec.json.encode({"type": show.name, "timestamp": format_instant(now), "data": data})
