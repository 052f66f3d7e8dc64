"""Shows: what changes, for every reader of the event stream, kept for a while.

Each change has an id: what began with this start of the node, and its number. A reader that
was cut off and comes back with the last id it had gets what it missed, as long as that is
still kept; else it must read the state anew. Nothing here is on disk.
"""

import asyncio
import re
import secrets
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import msgspec

from openline.domain.limits import EVENTS_KEPT_BYTES_MAX, EVENTS_KEPT_MAX
from openline.engine.effects import Show

WAITING_MAX: Final = 4_096
"""A reader of the event stream that is further behind is let go."""

_ID = re.compile(r"([0-9]{1,16}-[0-9a-f]{8})-([0-9]{1,16})")


@dataclass(frozen=True, slots=True)
class Told:
    """One change with its id."""

    id: str
    show: Show


@dataclass(frozen=True, slots=True)
class Following:
    """A stream of changes.

    Attributes:
        id: The id after which it goes on.
        is_resumed: Whether nothing is missing since the id that was asked for.
        changes: The changes; they end when the node stops or the reader is too slow.
    """

    id: str
    is_resumed: bool
    changes: AsyncIterator[Told]


class Shows:
    """The changes of one start of a node, and who follows them.

    Owned by the loop of the node: nobody else tells or follows.
    """

    def __init__(self, started_at: int) -> None:
        # A clock that was set back must not give the ids of an earlier start again.
        self._start = f"{max(0, started_at)}-{secrets.token_hex(4)}"
        self._number = 0
        self._kept: deque[tuple[Told, int]] = deque()
        self._kept_bytes = 0
        self._readers: list[asyncio.Queue[Told | None]] = []

    @property
    def last_id(self) -> str:
        """The id of the last change; of none yet at first."""
        return f"{self._start}-{self._number}"

    def tell(self, show: Show) -> None:
        """Tell every reader, and keep it for those who come back."""
        self._number += 1
        told = Told(self.last_id, show)
        size_bytes = len(msgspec.json.encode(show.data))
        self._kept.append((told, size_bytes))
        self._kept_bytes += size_bytes
        while len(self._kept) > EVENTS_KEPT_MAX or self._kept_bytes > EVENTS_KEPT_BYTES_MAX:
            _, gone = self._kept.popleft()
            self._kept_bytes -= gone
        for queue in list(self._readers):
            if queue.qsize() < WAITING_MAX:
                queue.put_nowait(told)
            else:
                # What waits is still told: the reader then knows how far it came.
                self._readers.remove(queue)
                queue.put_nowait(None)

    @asynccontextmanager
    async def follow(self, after: str = "") -> AsyncIterator[Following]:
        """What changes, from an id on if that is possible, else from now on.

        Args:
            after: The last id that the reader has; empty for a new reader.
        """
        missed = self._missed(after)
        # One place more than is ever filled, for the end.
        queue: asyncio.Queue[Told | None] = asyncio.Queue(WAITING_MAX + 1)
        for told in missed or ():
            queue.put_nowait(told)
        start = after if missed is not None else self.last_id
        self._readers.append(queue)
        try:
            yield Following(start, missed is not None, _drain(queue))
        finally:
            if queue in self._readers:
                self._readers.remove(queue)

    def _missed(self, after: str) -> list[Told] | None:
        """What came after an id; None if not all of it is kept."""
        found = _ID.fullmatch(after)
        if found is None or found[1] != self._start:
            return None
        number = int(found[2])
        first_kept = self._number - len(self._kept) + 1
        if not first_kept - 1 <= number <= self._number:
            return None
        return [told for told, _ in list(self._kept)[number - first_kept + 1 :]]

    def end(self) -> None:
        """End every stream."""
        for queue in self._readers:
            queue.put_nowait(None)
        self._readers = []


async def _drain(queue: asyncio.Queue[Told | None]) -> AsyncIterator[Told]:
    while (told := await queue.get()) is not None:
        yield told
