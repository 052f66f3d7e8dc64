"""One outlet to a map: all that is to be seen, again before it is stale.

A map is told marks, not messages, and may forget or lose any of them. So every mark is
sent when it changes, all of them when a way is opened anew, and each again at half of
the time after which a map holds it for stale. What ends is taken off; what ended
while no way was open, or while the node did not run, is taken off then
(`kept.Kept`). A way that is cut is opened again for ever, at growing intervals.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from openline.adapters.tak.cot import ends, ping
from openline.adapters.tak.sending import Way, WayIsCut
from openline.adapters.wording import Wording
from openline.app.outlets.kept import Kept
from openline.app.outlets.picture import Picture, Viewed
from openline.app.outlets.settings import Outlet
from openline.app.outlets.tracks import Tracks
from openline.app.shows import Following

LOOK_S: Final = 1.0
"""So often it is looked whether time alone has changed something."""

PING_MS: Final = 30_000
"""A stream says so often that it is alive: the other end, or a router, forgets it else."""

RETRY_MS_MIN: Final = 1_000
RETRY_MS_MAX: Final = 30_000

LASTED_MS: Final = 60_000
"""A way that was open for so long is opened again without delay."""

_log = logging.getLogger("openline")

Open: TypeAlias = Callable[[], Awaitable[Way]]
"""Opens a way to the map; raises `WayIsCut`."""


class Followed(Viewed, Protocol):
    """What an outlet asks of a running node."""

    def follow(self, after: str = "") -> AbstractAsyncContextManager[Following]:
        """What changes from now on; it ends when the node stops or the reader is too slow."""


@dataclass(slots=True)
class _Ending:
    """A mark that is to be taken off the map.

    Attributes:
        kind: Its type.
        until: After this no map shows it any more.
        next_at: When to say so next.
    """

    kind: str
    until: int
    next_at: int = 0


class MapOutlet:
    """One outlet to a map. Everything in it belongs to its own task.

    Args:
        node: The running node.
        outlet: The settings.
        kept: What was shown before.
        wording: Says what is known of each thing.
        open_way: Opens a way.
        now_ms: The clock.
        tracks: The tracks that it is told; None for none.
    """

    def __init__(
        self,
        node: Followed,
        outlet: Outlet,
        kept: Kept,
        wording: Wording,
        open_way: Open,
        now_ms: Callable[[], int],
        tracks: Tracks | None = None,
    ) -> None:
        self._tracks = tracks
        self._node = node
        self._outlet = outlet
        self._kept = kept
        self._open_way = open_way
        self._now_ms = now_ms
        self._picture = Picture(node, outlet.shows, outlet.line, wording)
        self._uid = f"openline.{outlet.name}"
        self._stale_ms = outlet.stale_for_s * 1_000
        self._changed = asyncio.Event()
        self._way: Way | None = None
        self._fault = ""
        self._opened_at, self._retry_at, self._retry_ms = 0, 0, RETRY_MS_MIN
        self._pinged_at = 0
        self._has_begun = False
        # When each mark was sent last, the one longest ago first.
        self._sent: dict[str, int] = {}
        self._endings: dict[str, _Ending] = {}
        self._count, self._sent_at = 0, 0

    def state(self) -> dict[str, Any]:
        """The state as faces show it; instants in milliseconds."""
        return {
            "name": self._outlet.name,
            "address": self._outlet.address,
            "shows": list(self._outlet.shows),
            "line": self._outlet.line,
            "is_open": self._way is not None,
            "fault": self._fault,
            "marks": len(self._picture.marks),
            "tracks": None if self._tracks is None else self._tracks.count,
            "unshown": self._picture.unshown + (self._tracks.unshown if self._tracks else 0),
            "waiting": len(self._picture.fresh),
            "sent": self._count,
            "sent_at": self._sent_at or None,
        }

    async def run(self) -> None:
        """Show everything, for ever.

        Raises:
            OurError: The disk does not take what must be kept, or the file of it is spoilt.
        """
        kept = await asyncio.to_thread(self._kept.read)
        self._endings = {uid: self._ending(kind) for uid, kind in kept.items()}
        following = asyncio.create_task(self._follow(), name="outlet following")
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), LOOK_S)
                self._changed.clear()
                if following.done():
                    following.result()
                if self._has_begun:
                    await self._show()
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            await self._cut("")

    async def _follow(self) -> None:
        while True:
            async with self._node.follow() as following:
                self._picture.begin()
                self._has_begun = True
                self._changed.set()
                async for told in following.changes:
                    self._picture.take(told.show)
                    self._changed.set()
            # The node stops, and we with it; or we were too slow, and begin again.
            await asyncio.sleep(LOOK_S)

    async def _show(self) -> None:
        """Bring the map to what is to be seen now, as far as a way leads there."""
        await self._picture.draw(self._now_ms())
        self._take_off()
        kept = {uid: mark.type for uid, mark in self._picture.marks.items()}
        kept |= {uid: ending.kind for uid, ending in self._endings.items()}
        if self._kept.differs(kept):
            await asyncio.to_thread(self._kept.write, kept)
        try:
            await self._send()
        except WayIsCut as cut:
            await self._cut(str(cut))

    def _take_off(self) -> None:
        """Note what is to be taken off the map, and forget what no map shows any more."""
        now, marks = self._now_ms(), self._picture.marks
        for uid, kind in self._picture.gone.items():
            if self._kept.has(uid):
                self._endings[uid] = self._ending(kind)
            self._sent.pop(uid, None)
        self._picture.gone.clear()
        for uid in [one for one, at in self._endings.items() if one in marks or at.until <= now]:
            del self._endings[uid]

    def _ending(self, kind: str) -> _Ending:
        return _Ending(kind, self._now_ms() + self._stale_ms)

    async def _send(self) -> None:
        way, now = await self._open(), self._now_ms()
        if way is None:
            return
        for uid, ending in self._endings.items():
            if ending.next_at <= now:
                for event in ends(uid, ending.kind, now):
                    await self._say(way, event)
                ending.next_at = now + self._stale_ms // 2
        self._find_stale(now)
        while uid := next(iter(self._picture.fresh), ""):
            await self._say(way, self._picture.marks[uid].event(now, self._stale_ms))
            del self._picture.fresh[uid]
            self._sent.pop(uid, None)
            self._sent[uid] = now
        if self._tracks is not None:
            for event in self._tracks.due(now):
                await self._say(way, event)
        if now - self._pinged_at >= PING_MS:
            await self._say(way, ping(self._uid, now))
            self._pinged_at = now

    def _find_stale(self, now: int) -> None:
        """Take for fresh what is to be said again, before a map holds it for stale."""
        for uid, at in self._sent.items():
            if now - at < self._stale_ms // 2:
                return
            self._picture.fresh[uid] = None

    async def _say(self, way: Way, event: bytes) -> None:
        await way.send(event)
        self._count += 1
        self._sent_at = self._now_ms()

    async def _open(self) -> Way | None:
        """The way, opened if it is time for that; None while it is not."""
        if self._way is None and self._now_ms() >= self._retry_at:
            self._way = await self._open_way()
            self._fault, self._opened_at, self._pinged_at = "", self._now_ms(), 0
            _log.info("outlet %s: the way to %s is open", self._outlet.name, self._outlet.address)
            self._picture.show_all_again()
            if self._tracks is not None:
                self._tracks.begin_again()
            for ending in self._endings.values():
                ending.next_at = 0
        return self._way

    async def _cut(self, why: str) -> None:
        """Close the way, and say when the next one is opened."""
        now = self._now_ms()
        if self._way is not None:
            has_lasted = now - self._opened_at >= LASTED_MS
            self._retry_ms = RETRY_MS_MIN if has_lasted else self._retry_ms
            await self._way.close()
            self._way = None
        if why and why != self._fault:
            _log.warning("outlet %s to %s: %s", self._outlet.name, self._outlet.address, why)
        self._fault = why
        self._retry_at = now + self._retry_ms
        self._retry_ms = min(2 * self._retry_ms, RETRY_MS_MAX)
