"""The bench of the conflict engine: its data are sound, and its gate lets nothing pass."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.conflict import gate, plot, postgis, server, trees
from bench.conflict.boxes import amsl_of, boxes_of
from bench.conflict.contest import Contest
from bench.conflict.theatre import BEGINS_AT, DAY_MS, MINIMA, Theatre, make_theatre
from openline.domain.space.altitude import UNBOUNDED_DM, amsl_range_dm
from openline.domain.space.conflict import Finding, Verdict
from openline.domain.space.volume import check_volume


def always(theatre: Theatre) -> Theatre:
    """The same volumes, all of them in force at the same time: more conflicts for few volumes."""
    same = np.full(len(theatre), BEGINS_AT)
    return replace(theatre, valid_from=same, valid_until=same + DAY_MS)


@pytest.fixture(scope="module")
def contest() -> Contest:
    """A hundred and fifty volumes and eighty queries, all at one time."""
    theatre, asked = always(make_theatre(400, 11)), always(make_theatre(80, 12))
    boxes, widened = boxes_of(theatre), boxes_of(asked).widened()
    return Contest(theatre, list(theatre.volumes()), boxes, asked, list(asked.volumes()), widened)


@pytest.fixture(scope="module")
def conflicts(contest: Contest) -> set[tuple[int, int]]:
    """What the rule finds when it is asked about every pair."""
    pairs = {
        (query, row)
        for query in range(len(contest.queries))
        for row in range(len(contest.volumes))
        if contest.judge(query, row)[0]
    }
    assert len(pairs) > 20
    return pairs


def finding(separation_m: float) -> Finding:
    """A finding of two volumes so far apart."""
    return Finding(Verdict.CLEAR, separation_m, 0, 0, 0, 1, (350_000_000, 0))


def test_a_theatre_is_the_same_each_time() -> None:
    """The same count and seed give the same volumes, another seed gives others."""
    first = list(make_theatre(50, 1).volumes())
    assert first == list(make_theatre(50, 1).volumes())
    assert not set(first) & set(make_theatre(50, 2).volumes())


def test_every_volume_of_a_theatre_holds() -> None:
    """Five hundred volumes of a theatre pass the check that officers' volumes pass."""
    for volume in make_theatre(500, 3).volumes():
        check_volume(volume)


def test_bands_reach_where_the_altitude_module_says() -> None:
    """The range above the sea that peers are given is that of our own module, row by row."""
    theatre = make_theatre(500, 4)
    low, high = amsl_of(theatre)
    told = list(zip(low.tolist(), high.tolist(), strict=True))
    meant = [
        (
            -UNBOUNDED_DM if one.lower is None else amsl_range_dm(one.lower)[0],
            UNBOUNDED_DM if one.upper is None else amsl_range_dm(one.upper)[1],
        )
        for one in theatre.volumes()
    ]
    assert told == meant


@pytest.mark.parametrize("name", ["SQLite R*Tree", "rtree", "shapely STRtree"])
def test_boxes_miss_no_conflict(
    contest: Contest, conflicts: set[tuple[int, int]], name: str
) -> None:
    """Each tree of boxes names every volume that the rule finds in conflict with a query."""
    build = trees.peers()[name]
    if build is None:
        pytest.skip(f"{name} is not installed: the extra `peers`")
    search = build(contest.boxes, contest.widened)
    named = {(query, row) for query in range(len(contest.queries)) for row in search(query)}
    assert conflicts - named == set()
    assert len(named) < 32_000 / 10


@pytest.mark.system
@pytest.mark.parametrize("way", [postgis.BY_MANUAL, postgis.AT_BEST])
def test_postgis_finds_what_the_rule_finds(
    contest: Contest, conflicts: set[tuple[int, int]], way: str
) -> None:
    """PostGIS finds the same conflicts as the rule among bands of every datum, in both ways."""
    if why := postgis.why_missing():
        pytest.skip(f"PostGIS cannot be asked: {why}")
    with server.running() as words:
        database = postgis.Database(words)
        database.load(contest.theatre)
        outcome = database.measure(contest, way, with_join=False)
        database.close()
    compared = gate.compare(way, conflicts, outcome.pairs, contest.finding, has_own_rule=True)
    assert compared.differ == 0, compared.words


def test_the_gate_names_what_one_engine_misses() -> None:
    """A conflict that only one of two engines finds is counted and said in words."""
    compared = gate.compare(
        "rtree", {(1, 2), (3, 4)}, {(1, 2)}, lambda query, row: finding(100.0), has_own_rule=False
    )
    assert compared.differ == 1
    assert "3 and 4: openline finds a conflict and rtree does not" in compared.words[0]


@pytest.mark.parametrize(
    ("beyond_m", "set_apart"), [(-25.0, 1), (25.0, 1), (-35.0, 0), (35.0, 0), (-9_260.0, 0)]
)
def test_only_pairs_at_the_minimum_are_set_apart(beyond_m: float, set_apart: int) -> None:
    """A pair on which PostGIS differs is set apart only within 31 m of the minimum."""
    found = finding(MINIMA.lateral_m + beyond_m)
    compared = gate.compare("PostGIS", {(0, 0)}, set(), lambda *_: found, has_own_rule=True)
    assert (compared.set_apart, compared.differ) == (set_apart, 1 - set_apart)


def test_nothing_is_set_apart_for_an_engine_with_our_rule() -> None:
    """A pair right at the minimum still counts for an engine that asks our own rule."""
    found = finding(float(MINIMA.lateral_m))
    compared = gate.compare("rtree", set(), {(0, 0)}, lambda *_: found, has_own_rule=False)
    assert compared.differ == 1


def test_the_same_numbers_give_the_same_picture(tmp_path: Path) -> None:
    """Drawn twice from one file of numbers, the picture has the same bytes in both forms."""
    numbers = {"p50_us": 1.0, "p99_us": 2.0, "build_s": 0.1, "memory_mb": 3.0}
    sizes = {size: {"engines": {"rtree": numbers}} for size in ("1000", "20000")}
    drawn = []
    for name in ("first", "second"):
        plot.save({"sizes": sizes}, tmp_path / name)
        paths = sorted((tmp_path / name).iterdir())
        drawn.append([path.read_bytes() for path in paths])
    assert [path.suffix for path in paths] == [".json", ".png", ".svg"]
    assert drawn[0] == drawn[1]
    assert json.loads(drawn[0][0]) == {"sizes": sizes}
