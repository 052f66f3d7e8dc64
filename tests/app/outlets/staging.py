"""What the stages of outlets share: a node that tells of changes, and a run that ends."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

from openline.app.shows import Following, Shows

LINE = "syria-air"
NOW = 1_491_525_600_000


class Runs(Protocol):
    """What runs until it is cancelled."""

    async def run(self) -> None:
        """Run."""


class Staging:
    """A node of one line, whose outlet a test runs for a while."""

    outlet: Runs

    def __init__(self) -> None:
        self.changes = Shows(NOW)

    def status(self) -> dict[str, Any]:
        return {"lines": [{"line": LINE}]}

    @asynccontextmanager
    async def follow(self, after: str = "") -> AsyncIterator[Following]:
        async with self.changes.follow(after) as following:
            yield following

    @asynccontextmanager
    async def runs(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.outlet.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def until(self, holds: Callable[[], bool]) -> None:
        for _ in range(3_000):
            if holds():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it did not come about")
