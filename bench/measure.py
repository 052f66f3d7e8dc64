"""Medians of several runs, and rows that say them."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

RUNS = 5


@dataclass
class Row:
    """One measured number.

    Attributes:
        name: What was measured.
        value: The median.
        unit: Of the value.
        runs: Every run.
        goal: What it is to be, in words; empty where there is none.
        holds: Whether the goal is met; None where there is none.
        note: What it was measured against.
    """

    name: str
    value: float
    unit: str
    runs: list[float] = field(default_factory=list)
    goal: str = ""
    holds: bool | None = None
    note: str = ""

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "runs": self.runs,
            "goal": self.goal,
            "holds": self.holds,
            "note": self.note,
        }

    def text(self) -> str:
        """For people."""
        mark = {True: "ok ", False: "NOT", None: "   "}[self.holds]
        goal = f"  goal {self.goal}" if self.goal else ""
        note = f"  ({self.note})" if self.note else ""
        return f"  {mark} {self.name:<58} {self.value:>12,.1f} {self.unit}{goal}{note}"


def rate(work: Callable[[], int], runs: int = RUNS) -> tuple[float, list[float]]:
    """Median and all runs of how many a second `work` does; it returns how many it did."""
    rates = []
    for _ in range(runs):
        started = time.perf_counter()
        done = work()
        rates.append(done / (time.perf_counter() - started))
    return statistics.median(rates), rates
