"""What one engine answered to all queries, how long it took, and with how much memory."""

import ctypes
import gc
import multiprocessing
import statistics
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from bench.conflict.theatre import Floats
from bench.machine import resident_mb

Pairs = set[tuple[int, int]]
"""Number of the query, row of the volume."""

OursT = TypeVar("OursT")


@dataclass
class Outcome:
    """One engine on one theatre.

    Attributes:
        name: Of the engine.
        pairs: The conflicts it found, marginal ones among them.
        wall_us: For each run, the time of each query.
        cpu_us: For each run, processor time of the mean query.
        boxes_us: Median of the index alone, where our rule follows it; else None.
        build_s: Building the index, each run.
        memory_mb: What it holds once built.
        extra: More numbers by name: inserts, a self-join.
    """

    name: str
    pairs: Pairs
    wall_us: list[Floats]
    cpu_us: list[float]
    build_s: list[float]
    memory_mb: float
    boxes_us: float | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def percentile(self, share: float) -> tuple[float, list[float]]:
        """The median over the runs, and each run."""
        runs = [float(np.percentile(run, share)) for run in self.wall_us]
        return statistics.median(runs), runs

    def to_json(self) -> dict[str, Any]:
        """The numbers that are drawn."""
        return {
            "p50_us": round(self.percentile(50)[0], 1),
            "p99_us": round(self.percentile(99)[0], 1),
            "cpu_us": round(statistics.median(self.cpu_us), 1),
            "build_s": round(statistics.median(self.build_s), 4),
            "memory_mb": round(self.memory_mb, 1),
        }


class ChildFailed(Exception):
    """Work in a child process raised; what it raised."""


def in_child(work: Callable[[], OursT]) -> OursT:
    """Do it in a process of its own, which holds what this one holds, and nothing else.

    So memory is counted from a known start, and no engine leaves anything behind for the next.

    Raises:
        ChildFailed: It raised there, or the process ended without an answer.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)

    def run() -> None:
        try:
            theirs.send((True, work()))
        except BaseException:
            theirs.send((False, traceback.format_exc()))

    child = context.Process(target=run)
    child.start()
    theirs.close()
    try:
        is_done, answer = ours.recv()
    except EOFError:
        is_done, answer = False, "the process ended without an answer"
    child.join()
    if not is_done:
        raise ChildFailed(answer)
    return answer


def held_mb(build: Callable[[], OursT]) -> tuple[float, OursT]:
    """Resident growth by what the work leaves behind, in megabytes of 10^6 bytes."""
    settle()
    before = resident_mb()
    made = build()
    settle()
    return resident_mb() - before, made


def settle() -> None:
    """Give back to the system what is free, so that the rest can be told."""
    gc.collect()
    with suppress(OSError, AttributeError):  # Not glibc: then a little is overstated.
        ctypes.CDLL("libc.so.6").malloc_trim(0)
