"""The story: steps that must hold on both nodes, and what they came to.

A step that does not hold ends the story. Counts and times are kept for the one
row of JSON at its end; every time in it was measured here, by the clock of this
process, around a request to a node.
"""

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from openline.domain.errors import OurError
from openline.faces.demo.teller import Teller

PATIENCE_S: Final = 20.0
"""How long something may take before the story says that it does not happen."""

_PAUSE_S: Final = 0.05


class NotAsTold(OurError):
    """The story says one thing, the nodes show another."""


@dataclass
class Tally:
    """What was counted and measured.

    Attributes:
        steps: Steps that held.
        checks: Single facts that were checked and held.
        refused: What nodes rightly refused to say.
        receipts_ms: From handing a message to its node until the receipt was held.
        further: What else a story found, ready for JSON.
        certificates: Each with its verdict, ready for JSON.
    """

    steps: int = 0
    checks: int = 0
    refused: int = 0
    receipts_ms: list[float] = field(default_factory=list)
    further: dict[str, Any] = field(default_factory=dict)
    certificates: list[dict[str, Any]] = field(default_factory=list)

    @property
    def receipt_ms_median(self) -> float | None:
        """The median; None where nothing was receipted."""
        return round(statistics.median(self.receipts_ms), 1) if self.receipts_ms else None

    @property
    def receipt_ms_max(self) -> float | None:
        """The longest; None where nothing was receipted."""
        return round(max(self.receipts_ms), 1) if self.receipts_ms else None


class Story:
    """What is told, checked and counted.

    Args:
        teller: Prints it.

    Attributes:
        teller: Prints it.
        tally: Counts and times.
    """

    def __init__(self, teller: Teller) -> None:
        self.teller = teller
        self.tally = Tally()

    @contextlib.contextmanager
    def step(self, when: str, what: str) -> Iterator[None]:
        """One step; it counts when everything in it holds."""
        self.teller.step(self.tally.steps + 1, when, what)
        yield
        self.tally.steps += 1
        self.teller.end()

    def demand(self, holds: bool, what: str, found: object = "") -> None:
        """Check a fact and tell it.

        Args:
            holds: Whether it is so.
            what: The fact, as a sentence that is true if it is so.
            found: What was found instead.

        Raises:
            NotAsTold: It is not so.
        """
        if not holds:
            raise NotAsTold(what, f"Found: {found}" if found != "" else "")
        self.tally.checks += 1
        self.teller.holds(what)

    def await_(self, happens: Callable[[], Any], what: str, *, wait_s: float = PATIENCE_S) -> float:
        """Wait until a fact is so, and tell it; how many seconds it took.

        Raises:
            NotAsTold: It is not so after the time given.
        """
        seconds = await_quietly(happens, what, wait_s=wait_s)
        self.demand(True, what)
        return seconds

    def refuses(self, act: Callable[[], object], why: str, what: str) -> None:
        """Try what must be refused before it is said.

        Args:
            act: What is tried.
            why: Part of the node's own words.
            what: The fact, as a sentence that is true if it is refused.

        Raises:
            NotAsTold: It is not refused, or for another reason.
        """
        try:
            act()
        except OurError as error:
            self.teller.refused(error.what, error.remedy)
            self.tally.refused += 1
            self.demand(why in f"{error.what} {error.remedy}", what, error)
        else:
            raise NotAsTold(what, "Found: it was said.")


def await_quietly(happens: Callable[[], Any], what: str, *, wait_s: float = PATIENCE_S) -> float:
    """Wait until a fact is so; how many seconds it took.

    Raises:
        NotAsTold: It is not so after the time given.
    """
    start = time.monotonic()
    while not happens():
        if time.monotonic() - start > wait_s:
            raise NotAsTold(what, f"Found: not within {wait_s:g} s.")
        time.sleep(_PAUSE_S)
    return time.monotonic() - start
