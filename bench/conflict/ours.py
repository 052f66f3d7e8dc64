"""Our own index, with or without numba."""

import time
from importlib.util import find_spec
from typing import Any

import numpy as np

from bench.conflict.boxes import placed_of
from bench.conflict.contest import NEWCOMERS_SEED, Contest
from bench.conflict.outcome import Outcome, Pairs, held_mb, in_child
from bench.conflict.theatre import MINIMA, Theatre, make_theatre
from openline.domain.space.conflict import Verdict
from openline.domain.space.index import Table, VolumeIndex, make_ready
from openline.domain.space.volume import Volume

NAMES = {False: "openline (numpy)", True: "openline (numba)"}

_SHORT_S = 1.0
_WARM_UP = 50
_COUNTED = (Verdict.CONFLICT, Verdict.MARGINAL)

_Index = VolumeIndex[int]


def engines() -> list[bool]:
    """Without numba, and with it where it is installed."""
    return [False, True] if find_spec("numba") else [False]


def measure(contest: Contest, *, fast: bool, runs: int, newcomers: int, with_join: bool) -> Outcome:
    """Build, ask, insert, remove and join, in a process of its own."""
    return in_child(
        lambda: _measure(contest, fast=fast, runs=runs, newcomers=newcomers, with_join=with_join)
    )


def _table(theatre: Theatre) -> Table:
    """The volumes as the index takes them in bulk; without `Volume` objects."""
    lower_dm, upper_dm = placed_of(theatre)
    none = np.zeros(len(theatre), dtype=np.int64)
    facts = (
        theatre.shape, theatre.first[:-1], np.diff(theatre.first), theatre.radius_m,
        theatre.lower_datum, theatre.lower, lower_dm,
        theatre.upper_datum, theatre.upper, upper_dm, none, none,
    )  # fmt: skip
    return Table(
        np.column_stack(facts).astype(np.int32),
        np.column_stack((theatre.valid_from, theatre.valid_until)),
        np.column_stack((theatre.lat_e7, theatre.lon_e7)).astype(np.int32),
    )


def _build(table: Table, *, fast: bool) -> _Index:
    return VolumeIndex.build(range(len(table.shape)), table, fast=fast)


def _measure(
    contest: Contest, *, fast: bool, runs: int, newcomers: int, with_join: bool
) -> Outcome:
    # What numba compiles is compiled before anything is counted. Without it the index would take
    # the plain path and say nothing.
    if fast and not make_ready():
        raise RuntimeError("numba is installed, and the compiled path is not ready")
    few = make_theatre(_WARM_UP, NEWCOMERS_SEED)
    _ask(_build(_table(few), fast=fast), contest.queries[:_WARM_UP])
    # The table is made within, for the index keeps what it needs of it.
    memory_mb, index = held_mb(lambda: _build(_table(contest.theatre), fast=fast))
    build_s: list[float] = []
    table = _table(contest.theatre)
    while len(build_s) < runs and (not build_s or build_s[-1] < _SHORT_S):
        del index
        began = time.perf_counter()
        index = _build(table, fast=fast)
        build_s.append(time.perf_counter() - began)
    _ask(index, contest.queries[:_WARM_UP])
    wall_us, cpu_us, pairs = [], [], set()
    for _ in range(runs):
        began = time.process_time()
        pairs, times = _ask(index, contest.queries)
        cpu_us.append((time.process_time() - began) / len(contest.queries) * 1e6)
        wall_us.append(times)
    outcome = Outcome(NAMES[fast], pairs, wall_us, cpu_us, build_s, memory_mb)
    if with_join:
        outcome.extra |= _join(index, runs)
    outcome.extra |= _change(index, len(contest.volumes), newcomers)
    return outcome


def _ask(index: _Index, queries: list[Volume]) -> tuple[Pairs, Any]:
    pairs: Pairs = set()
    times = np.empty(len(queries))
    clock = time.perf_counter
    for number, query in enumerate(queries):
        began = clock()
        hits = index.hits(query, MINIMA)
        times[number] = clock() - began
        pairs |= {(number, hit.key) for hit in hits if hit.verdict in _COUNTED}
    return pairs, times * 1e6


def _change(index: _Index, count: int, newcomers: int) -> dict[str, Any]:
    """Insert volumes one by one, then remove them: microseconds for each, merges among them."""
    volumes = list(make_theatre(newcomers, NEWCOMERS_SEED).volumes())
    began = time.perf_counter()
    for number, volume in enumerate(volumes, count):
        index.put(number, [(0, volume)])
    index.hits(volumes[-1], MINIMA)  # What was put off until the next question is counted.
    inserted = time.perf_counter()
    for number in range(count, count + newcomers):
        index.remove(number)
    removed = time.perf_counter()
    assert len(index) == count, "the index lost or kept volumes"
    return {
        "insert_us": (inserted - began) / newcomers * 1e6,
        "remove_us": (removed - inserted) / newcomers * 1e6,
    }


def _join(index: _Index, runs: int) -> dict[str, Any]:
    join_s: list[float] = []
    found: list[Any] = []
    while len(join_s) < runs and (not join_s or join_s[-1] < _SHORT_S):
        began = time.perf_counter()
        found = index.join(MINIMA)
        join_s.append(time.perf_counter() - began)
    pairs = {(min(a, b), max(a, b)) for a, b, verdict in found if verdict in _COUNTED}
    return {"join_s": join_s, "join_pairs": pairs}
