"""Whether a running node is alive and ready to record, and its lines proven.

Three questions that are not the same. A node that answers at all is **alive**. It is
**ready** if it may sign on every line and can write durably. A line is **proven** if each
counterpart has answered a tick of ours less than three tick intervals ago: a state on a
screen may be older than the cable.

Ages count by the wall clock and by a clock that cannot be set, and the greater one
counts: a wall clock that was set back makes no dead line look fresh.
"""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from openline.adapters.sqlite import PAGE_BYTES
from openline.app.config import Config

INTERVALS_MAX: Final = 3
"""A two-way proof is young for so many tick intervals."""

DISK_FREE_BYTES_MIN: Final = 256 * 1024 * 1024
"""Below this a busy day of a large line may fill the disk."""

_PROBE_EVERY_S: Final = 5.0
"""The disk is written to at most so often, however often it is asked."""


class Watched(Protocol):
    """What is asked of the running node."""

    config: Config
    turns: int
    started_at: int

    def status(self) -> dict[str, Any]:
        """The state of the node and of its lines."""

    def two_way(self) -> Mapping[str, tuple[int, Mapping[str, int | None]]]:
        """By line: the tick interval, and when each counterpart answered a tick."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How old the two-way proofs of one line are.

    Attributes:
        line: The line.
        interval_ms: The agreed interval of ticks.
        age_ms: By counterpart; None where nothing was answered yet.
    """

    line: str
    interval_ms: int
    age_ms: Mapping[str, int | None]

    @property
    def is_young(self) -> bool:
        """Whether every counterpart answered less than three intervals ago."""
        bound = INTERVALS_MAX * self.interval_ms
        return all(age is not None and age < bound for age in self.age_ms.values())


@dataclass(slots=True)
class Health:
    """The health of one running node; belongs to its event loop.

    Attributes:
        node: The node.
        now_ms: The wall clock.
        elapsed_s: A clock that cannot be set.
    """

    node: Watched
    now_ms: Callable[[], int]
    elapsed_s: Callable[[], float]
    _seen: dict[tuple[str, str], tuple[int, float]] = field(default_factory=dict)
    _probed_at: float | None = None
    _fault: str = ""
    _probing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def proofs(self) -> list[Proof]:
        """How old the two-way proofs are, in order of lines."""
        return [
            Proof(
                line,
                interval_ms,
                {party: self._age(line, party, at) for party, at in sorted(answered.items())},
            )
            for line, (interval_ms, answered) in sorted(self.node.two_way().items())
        ]

    def _age(self, line: str, party: str, answered_at: int | None) -> int | None:
        if answered_at is None:
            return None
        elapsed_s = self.elapsed_s()
        seen = self._seen.get((line, party))
        if seen is None or seen[0] != answered_at:
            seen = self._seen[line, party] = (answered_at, elapsed_s)
        return max(self.now_ms() - answered_at, int((elapsed_s - seen[1]) * 1_000))

    async def obstacles(self) -> list[str]:
        """What keeps the node from recording, one sentence each; empty if nothing does."""
        found = []
        for line in self.node.status()["lines"]:
            if line["broken"]:
                found.append(f"{line['line']}: {line['broken']}.")
            elif not line["can_sign"]:
                waiting = ", ".join(line["waiting_for"])
                found.append(f"{line['line']}: it signs nothing until confirmed by {waiting}.")
        if fault := await self._disk_fault():
            found.append(fault)
        return found

    async def _disk_fault(self) -> str:
        async with self._probing:
            elapsed_s = self.elapsed_s()
            if self._probed_at is None or elapsed_s - self._probed_at >= _PROBE_EVERY_S:
                self._fault = await asyncio.to_thread(probe_disk, self.node.config.store.parent)
                self._probed_at = elapsed_s
            return self._fault


def probe_disk(directory: Path) -> str:
    """Write a page and have it made durable; what is wrong, or nothing."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=".probe-", dir=directory)
        try:
            os.write(descriptor, bytes(PAGE_BYTES))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
            with contextlib.suppress(OSError):
                os.unlink(name)
        free = shutil.disk_usage(directory).free
    except OSError as error:
        return f"The disk of the store cannot be written: {error.strerror}."
    if free < DISK_FREE_BYTES_MIN:
        return f"The disk of the store is nearly full: {free} bytes are free."
    return ""
