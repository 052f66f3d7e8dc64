"""Virtual time: a heap of what is due, and dice that do not disturb each other.

Nothing happens between two things that are due, so an idle hour costs nothing.
Each part of the simulator draws from dice of its own, which follow from the
seed and a name: another draw in one part leaves all the others as they were.
"""

import heapq
from collections.abc import Callable
from random import Random
from typing import Any, Final

START: Final = 1_491_523_200_000
"""2017-04-07T00:00:00Z: when every run begins."""


def dice(seed: int, name: str) -> Random:
    """The dice of one part; the same in every process."""
    return Random(f"{seed}/{name}")


class Timeline:
    """What is due, by instant and then in the order in which it was put in.

    Attributes:
        now: The true instant, in UTC milliseconds; no node sees it.
    """

    def __init__(self) -> None:
        self.now = START
        self._due: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._number = 0

    def after(self, delay_ms: int, act: Callable[..., None], *args: Any) -> None:
        """Let something happen after a delay of at least nothing."""
        self._number += 1
        heapq.heappush(self._due, (self.now + max(0, delay_ms), self._number, act, args))

    def run(self, until: int) -> None:
        """Let everything happen that is due until an instant, which it then is."""
        while self._due and self._due[0][0] <= until:
            self.now, _, act, args = heapq.heappop(self._due)
            act(*args)
        self.now = max(self.now, until)
