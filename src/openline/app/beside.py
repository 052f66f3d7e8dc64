"""What runs beside the node, each in a task of its own, and disturbs nothing.

Outlets and watched folders serve the party's own tools. One that fails, by what it meets
or by a defect, says so in its state and in the log, and begins anew after a while; the
node and the line know nothing of it.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Final, Protocol

from openline.domain.errors import OurError

AGAIN_S: Final = 30.0
"""After so long one that failed begins anew."""

_log = logging.getLogger("openline")


class Runs(Protocol):
    """One thing that runs beside the node."""

    def state(self) -> dict[str, Any]:
        """Its state as faces show it, with `name` and `fault`."""

    async def run(self) -> None:
        """Run until cancelled; OurError when something stands in the way."""


class Beside:
    """Several things of one sort. Owned by the node's loop.

    Args:
        sort: What one of them is called in the log.
        runners: They, in the order of the settings.
    """

    def __init__(self, sort: str, runners: Sequence[Runs]) -> None:
        self._sort = sort
        self._runners = tuple(runners)
        self._faults: dict[int, str] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def states(self) -> list[dict[str, Any]]:
        """The state of each, in the order of the settings."""
        states = [one.state() for one in self._runners]
        return [
            {**state, "fault": self._faults.get(number) or state["fault"]}
            for number, state in enumerate(states)
        ]

    def start(self) -> None:
        """Begin with each."""
        self._tasks = [
            asyncio.create_task(self._keep_running(number), name=f"{self._sort} {number}")
            for number in range(len(self._runners))
        ]

    async def stop(self) -> None:
        """End each; what they keep is kept."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _keep_running(self, number: int) -> None:
        name = f"{self._sort} {self._runners[number].state()['name']}"
        while True:
            try:
                await self._runners[number].run()
            except OurError as error:
                self._faults[number] = error.what
                _log.error("%s: %s %s", name, error.what, error.remedy)
            except Exception:
                # A defect in what serves a tool must not end the node that serves the line.
                self._faults[number] = "a defect; see openline.log"
                _log.exception("%s has failed", name)
            await asyncio.sleep(AGAIN_S)
            self._faults.pop(number, None)
