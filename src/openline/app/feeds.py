"""The feeds of a running node: one receiver each, and who takes what they tell.

Receivers run as tasks of the node's loop. Every taker is given each batch of
sightings, in the order in which the takers were added; the first, `Heard`, only
counts, so that an administrator sees whether a feed tells anything.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from openline.adapters.surveillance.feed import Feed
from openline.adapters.surveillance.receiver import Receiver
from openline.domain.space.sighting import Sighting
from openline.engine.ports import TakesSightings

_log = logging.getLogger("openline")


@dataclass(slots=True)
class Told:
    """What one feed has told.

    Attributes:
        sightings: All of them.
        positions: Those with a position.
        last: The last of them; None before.
    """

    sightings: int = 0
    positions: int = 0
    last: Sighting | None = None


class Heard:
    """Counts what each feed tells; a `TakesSightings`."""

    def __init__(self) -> None:
        self._told: dict[str, Told] = {}

    def take(self, sightings: Sequence[Sighting]) -> None:
        """Count them."""
        for sighting in sightings:
            told = self._told.setdefault(sighting.feed, Told())
            told.sightings += 1
            told.positions += sighting.lat_deg is not None
            told.last = sighting

    def of(self, feed: str) -> Told:
        """What a feed has told so far."""
        return self._told.get(feed, Told())


class Feeds:
    """Every feed of one node; all methods belong to its loop.

    Args:
        feeds: Their settings, unique by name.
        now_ms: The clock.
    """

    def __init__(self, feeds: Sequence[Feed], now_ms: Callable[[], int]) -> None:
        self._heard = Heard()
        self._takers: list[TakesSightings] = [self._heard]
        self._receivers = [Receiver(feed, self, now_ms) for feed in feeds]
        self._tasks: list[asyncio.Task[None]] = []

    def add(self, taker: TakesSightings) -> None:
        """Give what is told from now on to one more taker."""
        self._takers.append(taker)

    def take(self, sightings: Sequence[Sighting]) -> None:
        """Give sightings to every taker."""
        for taker in self._takers:
            taker.take(sightings)

    def start(self) -> None:
        """Read every feed until `stop`."""
        for receiver in self._receivers:
            task = asyncio.create_task(receiver.run(), name=f"feed {receiver.feed.name}")
            task.add_done_callback(_log_defect)
            self._tasks.append(task)

    async def stop(self) -> None:
        """Read no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def to_json(self) -> list[dict[str, Any]]:
        """Each feed, how it stands and what it told, in the order of the settings."""
        return [_shown(one, self._heard.of(one.feed.name)) for one in self._receivers]


def _shown(receiver: Receiver, told: Told) -> dict[str, Any]:
    last = told.last
    return {
        **receiver.to_json(),
        "sightings": told.sightings,
        "positions": told.positions,
        "last": None if last is None else {"address": last.address, "at": last.at},
    }


def _log_defect(task: asyncio.Task[None]) -> None:
    """A receiver ends only when it is told to: anything else is a defect, and is said."""
    if not task.cancelled() and (error := task.exception()):
        _log.error("%s has ended", task.get_name(), exc_info=error)
