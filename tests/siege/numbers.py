"""What is measured in a siege: how long a FLASH takes, and what a process takes of its machine."""

import math
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from openline.domain.errors import OurError
from tests.end_to_end.nodes import Node


def percentile(values: Sequence[float], share: float) -> float:
    """The value that such a share of the values does not exceed; 0 without values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def median(values: Sequence[float]) -> float:
    """The median; 0 without values."""
    return statistics.median(values) if values else 0.0


@dataclass(frozen=True)
class Taken:
    """What a process takes of its machine.

    Attributes:
        resident_kb: Memory in use.
        descriptors: Open file descriptors.
        disk_bytes: All files of its directory.
    """

    resident_kb: int
    descriptors: int
    disk_bytes: int

    @classmethod
    def by(cls, node: Node) -> "Taken":
        """What a running node takes now."""
        assert node.process is not None, "it runs"
        process = Path(f"/proc/{node.process.pid}")
        status = (process / "status").read_text()
        resident = next(row for row in status.splitlines() if row.startswith("VmRSS"))
        return cls(
            int(resident.split()[1]),
            len(list((process / "fd").iterdir())),
            sum(one.stat().st_size for one in node.directory.rglob("*") if one.is_file()),
        )


@dataclass
class Watched:
    """What was seen of a node in a siege, at each look.

    Attributes:
        looks: What it took of its machine.
        flashes: When each FLASH was said, by a clock that never goes back, and how many
            seconds passed until its receipt was shown.
        undelivered: FLASH that had no receipt in time.
    """

    looks: list[Taken] = field(default_factory=list)
    flashes: list[tuple[float, float]] = field(default_factory=list)
    undelivered: int = 0

    def between(self, start: float, end: float) -> list[float]:
        """How long the FLASH took that were said in between, in milliseconds."""
        return [took_s * 1_000 for at, took_s in self.flashes if start <= at < end]


class Watcher(threading.Thread):
    """Says a FLASH on the honest line again and again, and looks at what the node takes.

    Args:
        node: Whose FLASH is measured.
        line: The honest line.
        every_s: Between the receipt of one and the next.
    """

    def __init__(self, node: Node, line: str, every_s: float = 0.05) -> None:
        super().__init__(daemon=True, name="watcher")
        self.watched = Watched()
        self._node = node
        self._line = line
        self._every_s = every_s
        self._end = threading.Event()
        self._looked_at = 0.0

    def run(self) -> None:
        """Measure until `end`."""
        number = 0
        while not self._end.wait(self._every_s):
            number += 1
            began = time.monotonic()
            try:
                said = self._node.say(
                    f"Flash {number}.",
                    line=self._line,
                    precedence="FLASH",
                    wait="delivered",
                    timeout_ms=20_000,
                )
                is_delivered = bool(said["is_delivered"])
            except OurError:
                is_delivered = False
            if is_delivered:
                self.watched.flashes.append((began, time.monotonic() - began))
            else:
                self.watched.undelivered += 1
            if time.monotonic() - self._looked_at > 0.25:
                self._looked_at = time.monotonic()
                self.watched.looks.append(Taken.by(self._node))

    def end(self) -> None:
        """Measure no more."""
        self._end.set()
        self.join(30)
        assert not self.is_alive(), "a FLASH hangs"
