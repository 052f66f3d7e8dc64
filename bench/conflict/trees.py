"""Trees of boxes from other people, each followed by our exact rule.

Each is built in bulk where its documentation offers that, and holds longitude, latitude, altitude
and time; the tree of shapely has two dimensions, so altitude and time are compared with numpy.
"""

import importlib.metadata
import time
from collections.abc import Callable, Sequence
from typing import Any

import apsw
import numpy as np
import shapely

from bench.conflict.boxes import Boxes
from bench.conflict.contest import Contest
from bench.conflict.outcome import Outcome, held_mb, in_child

_WARM_UP = 50

Candidates = Sequence[int]
Search = Callable[[int], Candidates]
"""Rows whose boxes meet that of the query with this number."""


def sqlite(boxes: Boxes, asked: Boxes) -> Search:
    """SQLite's R*Tree of four dimensions in memory, filled in one transaction."""
    connection = apsw.Connection(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE box USING rtree("
        "row, west, east, south, north, lowest, highest, since, until)"
    )
    columns = np.empty((len(boxes.low), 8))
    columns[:, 0::2], columns[:, 1::2] = boxes.low, boxes.high
    with connection:
        connection.executemany(
            "INSERT INTO box VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((row, *ends) for row, ends in enumerate(columns.tolist())),
        )
    cursor = connection.cursor()
    ends = np.empty((len(asked.low), 8))
    ends[:, 0::2], ends[:, 1::2] = asked.high, asked.low
    bindings = [tuple(row) for row in ends.tolist()]
    asks = (
        "SELECT row FROM box WHERE west <= ? AND east >= ? AND south <= ? AND north >= ? "
        "AND lowest <= ? AND highest >= ? AND since <= ? AND until >= ?"
    )
    return lambda query: [row for (row,) in cursor.execute(asks, bindings[query])]


def rtree(boxes: Boxes, asked: Boxes) -> Search:
    """libspatialindex with four dimensions, packed from a stream."""
    from rtree.index import Index, Property

    corners = np.concatenate((boxes.low, boxes.high), axis=1).tolist()
    index = Index(
        ((row, ends, None) for row, ends in enumerate(corners)),
        properties=Property(dimension=4),
        interleaved=True,
    )
    bindings = np.concatenate((asked.low, asked.high), axis=1).tolist()
    return lambda query: list(index.intersection(bindings[query]))


def strtree(boxes: Boxes, asked: Boxes) -> Search:
    """GEOS's packed tree over the map; altitude and time in arrays."""
    tree = shapely.STRtree(_rectangles(boxes))
    tree.query(shapely.box(0, 0, 1, 1))  # GEOS builds it at the first question.
    low, high = boxes.low[:, 2:].copy(), boxes.high[:, 2:].copy()
    rectangles = _rectangles(asked)

    def search(query: int) -> Candidates:
        rows = tree.query(rectangles[query])
        meets = (low[rows] <= asked.high[query, 2:]) & (high[rows] >= asked.low[query, 2:])
        found: list[int] = rows[meets.all(axis=1)].tolist()
        return found

    return search


def _rectangles(boxes: Boxes) -> Any:
    return shapely.box(boxes.low[:, 0], boxes.low[:, 1], boxes.high[:, 0], boxes.high[:, 1])


def peers() -> dict[str, Callable[[Boxes, Boxes], Search] | None]:
    """Each by its name; None where it is not installed."""
    try:
        importlib.metadata.version("rtree")
    except importlib.metadata.PackageNotFoundError:
        return {"SQLite R*Tree": sqlite, "rtree": None, "shapely STRtree": strtree}
    return {"SQLite R*Tree": sqlite, "rtree": rtree, "shapely STRtree": strtree}


def measure(contest: Contest, name: str, build: Callable[[Boxes, Boxes], Search]) -> Outcome:
    """Build and ask in a process of its own; then the rule for every candidate."""
    build_s, memory_mb, times, cpu_us, found = in_child(lambda: _search(contest, build))
    boxes_us = float(np.median(times))
    pairs = set()
    rule_us = 0.0
    for query, rows in enumerate(found):
        for row in rows:
            is_conflict, took_us = contest.judge(query, row)
            times[query] += took_us
            rule_us += took_us
            if is_conflict:
                pairs.add((query, row))
    cpu_us += rule_us / len(found)
    extra = {"candidates": sum(map(len, found)) / len(found)}
    return Outcome(name, pairs, [times], [cpu_us], [build_s], memory_mb, boxes_us, extra)


def _search(
    contest: Contest, build: Callable[[Boxes, Boxes], Search]
) -> tuple[float, float, Any, float, list[Candidates]]:
    def timed() -> tuple[float, Search]:
        began = time.perf_counter()
        search = build(contest.boxes, contest.widened)
        return time.perf_counter() - began, search

    memory_mb, (build_s, search) = held_mb(timed)
    count = len(contest.queries)
    for query in range(min(count, _WARM_UP)):
        search(query)
    found, times = [], np.empty(count)
    began_cpu = time.process_time()
    for query in range(count):
        started = time.perf_counter()
        rows = search(query)
        times[query] = (time.perf_counter() - started) * 1e6
        found.append(rows)
    return build_s, memory_mb, times, (time.process_time() - began_cpu) / count * 1e6, found
