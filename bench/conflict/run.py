"""Runs our index and its peers on theatres of growing size, and says what was promised of it."""

import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.conflict import gate, ours, postgis, server, trees
from bench.conflict.contest import Contest
from bench.conflict.outcome import Outcome
from bench.conflict.theatre import MINIMA
from bench.measure import RUNS, Row
from openline.domain.space.conflict import find_conflict

MIDDLE, LARGE = 100_000, 1_000_000
_SIZES = (10_000, 30_000, MIDDLE, 300_000, LARGE)
_QUICK_SIZES = (1_000, 4_000)

# A million at the density of a hundred thousand in one theatre, which goals at a million are for:
# a million in one theatre is denser than any, and is measured beside it.
_THEATRES, _QUICK_THEATRES = LARGE // MIDDLE, 2
_QUERIES, _QUICK_QUERIES = 2_000, 150
_NEWCOMERS, _QUICK_NEWCOMERS = 10_000, 500

_NUMPY, _NUMBA = ours.NAMES[False], ours.NAMES[True]


@dataclass
class Report:
    """All that was found.

    Attributes:
        rows: One for each number.
        disagreements: In words: engines that found other conflicts; none if the gate holds.
        missing: Peers that are not here, each with how to get it.
        numbers: What is drawn.
    """

    rows: list[Row] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    numbers: dict[str, Any] = field(default_factory=lambda: {"sizes": {}})


def measure(*, is_quick: bool, show: Callable[[list[Row]], object]) -> Report:
    """Everything, size by size; `show` is given the rows of each size as soon as they are there."""
    report = Report()
    with _database(report) as database:
        if database is not None:
            report.numbers["postgis"] = database.version()
        sizes = _QUICK_SIZES if is_quick else _SIZES
        last = (sizes[-1], _QUICK_THEATRES if is_quick else _THEATRES)
        for count, theatres in (*((size, 1) for size in sizes), last):
            contest = Contest.of(count, _QUICK_QUERIES if is_quick else _QUERIES, theatres)
            is_joined = (count, theatres) == (_QUICK_SIZES[-1] if is_quick else MIDDLE, 1)
            outcomes = _outcomes(contest, database, report, is_quick=is_quick, is_joined=is_joined)
            rows = _rows(contest, outcomes, report)
            if theatres == 1:
                report.numbers["sizes"][str(count)] = _drawn(contest, outcomes)
            else:
                report.numbers["theatres"] = {str(theatres): _drawn(contest, outcomes)}
            report.rows += rows
            show(rows)
    return report


@contextmanager
def _database(report: Report) -> Iterator[postgis.Database | None]:
    """A server of our own with PostGIS; None, and said so, where that cannot be."""
    with ExitStack() as stack:
        why = postgis.why_missing()
        database = None
        if not why:
            try:
                database = postgis.Database(stack.enter_context(server.running()))
                stack.callback(database.close)
            except server.NoServer as error:
                why = str(error)
        if why:
            report.missing.append(f"PostGIS is not measured, and no ratio to it is claimed: {why}.")
        yield database


def _outcomes(
    contest: Contest,
    database: postgis.Database | None,
    report: Report,
    *,
    is_quick: bool,
    is_joined: bool,
) -> list[Outcome]:
    """Ours first, then the peers."""
    runs = 2 if is_quick else RUNS
    newcomers = _QUICK_NEWCOMERS if is_quick else _NEWCOMERS
    found = [
        ours.measure(contest, fast=fast, runs=runs, newcomers=newcomers, with_join=is_joined)
        for fast in ours.engines()
    ]
    if len(found) == 1:
        _miss(report, "numba is not installed: the extra `fast`; its numbers are not claimed.")
    for name, build in trees.peers().items():
        if build is None:
            _miss(report, f"{name} is not installed: the extra `peers`.")
        else:
            found.append(trees.measure(contest, name, build))
    if database is not None:
        database.load(contest.theatre)
        found.append(database.measure(contest, postgis.BY_MANUAL, with_join=False))
        found.append(database.measure(contest, postgis.AT_BEST, with_join=is_joined))
    return found


def _miss(report: Report, what: str) -> None:
    if what not in report.missing:
        report.missing.append(what)


def _rows(contest: Contest, outcomes: list[Outcome], report: Report) -> list[Row]:
    by_name = {outcome.name: outcome for outcome in outcomes}
    rows = [_density(contest, outcomes)]
    rows += _gates(contest, outcomes, report)
    for outcome in outcomes:
        rows += _times(contest, outcome)
        if outcome.name in (_NUMPY, _NUMBA):
            rows += _changes(contest, outcome)
    rows += _joins(contest, outcomes, report)
    return rows + _ratios(contest, by_name)


def _density(contest: Contest, outcomes: list[Outcome]) -> Row:
    """How many conflicts the mean query has, and what a tree of boxes makes of it."""
    queries = len(contest.queries)
    candidates = [outcome.extra["candidates"] for outcome in outcomes if outcome.boxes_us]
    median, most = np.percentile(_found(contest, outcomes), (50, 99))
    return Row(
        f"{contest.name}: conflicts of the mean query",
        len(outcomes[0].pairs) / queries,
        "",
        note=f"{queries:,} queries; median {median:,.0f}, p99 {most:,.0f}; "
        f"boxes meet with {min(candidates):,.1f} volumes on average",
    )


def _found(contest: Contest, outcomes: list[Outcome]) -> Any:
    """How many conflicts each query has."""
    queries = np.fromiter((query for query, _ in outcomes[0].pairs), dtype=np.int64)
    return np.bincount(queries, minlength=len(contest.queries))


def _gates(contest: Contest, outcomes: list[Outcome], report: Report) -> list[Row]:
    """One row for each engine but the first, which the others are compared with."""
    first, *others = outcomes
    name = contest.name
    return [
        _gate(name, other.name, first.pairs, other.pairs, contest.finding, report)
        for other in others
    ]


def _gate(where: str, name: str, mine: Any, theirs: Any, find: gate.Find, report: Report) -> Row:
    has_own_rule = name in (postgis.BY_MANUAL, postgis.AT_BEST)
    compared = gate.compare(name, mine, theirs, find, has_own_rule=has_own_rule)
    note = f"{compared.found:,} found"
    if has_own_rule:
        note += f"; set apart: {compared.set_apart}"
        if compared.set_apart:
            note += f", at most {compared.furthest_m:.1f} m from the minimum"
    report.disagreements += [f"{where}: {words}" for words in compared.words]
    row = Row(f"{where}: conflicts {name} sees otherwise", compared.differ, "")
    row.goal, row.holds, row.note = "= 0", compared.differ == 0, note
    return row


_GOALS_US = {
    (MIDDLE, 1, _NUMPY): (200, 1_000),
    (MIDDLE, 1, _NUMBA): (25, None),
    (LARGE, _THEATRES, _NUMPY): (None, 2_000),
    (LARGE, _THEATRES, _NUMBA): (None, 500),
}


def _times(contest: Contest, outcome: Outcome) -> list[Row]:
    """Median and 99 of 100, and the processor time of the mean query."""
    key = (len(contest.volumes), contest.theatres, outcome.name)
    goals = _GOALS_US.get(key, (None, None))
    rows = []
    for share, goal in zip((50, 99), goals, strict=True):
        value, runs = outcome.percentile(share)
        row = Row(f"{contest.name}: {outcome.name}, p{share}", value, "us", runs)
        if share == 50:
            row.note = f"{statistics.median(outcome.cpu_us):,.0f} us of processor on average"
            if outcome.boxes_us is not None:
                row.note += f"; boxes alone p50 {outcome.boxes_us:,.0f} us"
        rows.append(_held(row, goal))
    return rows


def _held(row: Row, goal: float | None) -> Row:
    if goal is not None:
        row.goal, row.holds = f"<= {goal:,}", row.value <= goal
    return row


def _changes(contest: Contest, outcome: Outcome) -> list[Row]:
    """Build, memory, insert and remove."""
    count = len(contest.volumes)
    is_large = count == LARGE
    build_s = statistics.median(outcome.build_s)
    insert_us = outcome.extra["insert_us"]
    name = f"{contest.name}: {outcome.name}"
    return [
        _held(Row(f"{name}, build", build_s, "s", outcome.build_s), 2 if is_large else None),
        _held(Row(f"{name}, memory", outcome.memory_mb, "MB"), 400 if is_large else None),
        _held(Row(f"{name}, insert", insert_us, "us"), 50 if count >= MIDDLE else None),
        Row(f"{name}, remove", outcome.extra["remove_us"], "us"),
    ]


def _joins(contest: Contest, outcomes: list[Outcome], report: Report) -> list[Row]:
    """All pairs of a theatre once; those who do that must find the same."""
    joined = [outcome for outcome in outcomes if "join_s" in outcome.extra]
    name = f"{contest.name} with itself"
    rows = []
    for outcome in joined:
        runs, pairs = outcome.extra["join_s"], outcome.extra["join_pairs"]
        row = Row(f"{name}: {outcome.name}", statistics.median(runs), "s", runs)
        row.note = f"{len(pairs):,} pairs"
        is_promised = outcome.name == _NUMBA and len(contest.volumes) == MIDDLE
        rows.append(_held(row, 1 if is_promised else None))
    for other in joined[1:]:
        mine, theirs = joined[0].extra["join_pairs"], other.extra["join_pairs"]
        rows.append(_gate(name, other.name, mine, theirs, _within(contest), report))
    return rows


def _within(contest: Contest) -> gate.Find:
    volumes = contest.volumes
    return lambda a, b: find_conflict(volumes[a], volumes[b], MINIMA)


_RATIOS = {(MIDDLE, 1, _NUMPY): 5.0, (MIDDLE, 1, _NUMBA): 30.0}


def _ratios(contest: Contest, by_name: dict[str, Outcome]) -> list[Row]:
    """Processor time of PostGIS over ours. Its client's time is not counted, ours is whole."""
    rows = []
    for theirs in (postgis.BY_MANUAL, postgis.AT_BEST):
        for mine in (_NUMPY, _NUMBA):
            if theirs not in by_name or mine not in by_name:
                continue
            ratio = by_name[theirs].cpu_us[0] / statistics.median(by_name[mine].cpu_us)
            row = Row(f"{contest.name}: processor, {theirs} / {mine}", ratio, "x")
            goal = _RATIOS.get((len(contest.volumes), contest.theatres, mine))
            goal = goal if theirs == postgis.BY_MANUAL else None
            if goal is not None:
                row.goal, row.holds = f">= {goal:g}", ratio >= goal
            rows.append(row)
    return rows


def _drawn(contest: Contest, outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "queries": len(contest.queries),
        "conflicts_mean": round(len(outcomes[0].pairs) / len(contest.queries), 2),
        "conflicts_p99": round(float(np.percentile(_found(contest, outcomes), 99)), 1),
        "engines": {outcome.name: outcome.to_json() for outcome in outcomes},
    }
