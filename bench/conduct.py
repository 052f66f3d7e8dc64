"""A month of a busy line: how long a replay takes, and that both nodes stand alike."""

import json
import time

from bench.measure import Row
from openline.engine.views import View
from tests.engine.busy import NOTICES_A_DAY, QUERIES_A_DAY, Busy

MONTH_DAYS = 30


def measure(*, is_quick: bool) -> list[Row]:
    """Replay a month on both nodes and compare what they have alike.

    Raises:
        AssertionError: They do not stand alike: then no number counts.
    """
    days, runs = (2, 1) if is_quick else (MONTH_DAYS, 3)
    busy = Busy(days)
    took: list[float] = []
    stood: list[bytes] = []
    for _ in range(runs):
        for own in busy.understanding.names():
            began = time.perf_counter()
            view = busy.heard_by(own)
            took.append(time.perf_counter() - began)
            stood.append(_shared(view, busy.until))
    assert len(set(stood)) == 1, "the two nodes do not stand alike"
    took.sort()
    median = took[len(took) // 2]
    what = f"{NOTICES_A_DAY} notices and {QUERIES_A_DAY} queries a day, {len(busy.said):,} messages"
    goal, holds = ("below 30 s", median < 30) if not is_quick else ("", None)
    return [
        Row(f"replay of {days} days of a busy line", median, "s", took, goal, holds, what),
        Row("messages replayed", len(busy.said) / median, "/s"),
    ]


def _shared(view: View, now: int) -> bytes:
    return json.dumps(view.matter_records.shared(now), sort_keys=True).encode()
