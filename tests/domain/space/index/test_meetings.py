"""Tests of meetings: many volumes against an index at once, by either path."""

import random

import pytest

from openline.domain.space.conflict import Minima, find_conflict
from openline.domain.space.geodesy import destination
from openline.domain.space.index import VolumeIndex, make_air_ready, table_of, volume_index
from openline.domain.space.track_picture import paths_of
from openline.domain.space.volume import Altitude, Datum, Shape, Volume
from tests.domain.space.skies import NOW, busy_sky, e7

MINIMA = [Minima(0, 0, 0), Minima(3_000, 1_500, 60_000)]


def places(count: int, seed: int) -> list[Volume]:
    """Circles and polygons by chance, in bands and windows of many sorts."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        lat, lon = chance.uniform(32, 38), chance.uniform(37, 43)
        low = chance.randint(0, 300)
        band = chance.choice(
            (
                (None, None),
                (Altitude(Datum.FLIGHT_LEVEL, low), Altitude(Datum.FLIGHT_LEVEL, low + 60)),
                (Altitude(Datum.AMSL, low * 300), None),
            )
        )
        window = (NOW + chance.randint(-600_000, 60_000), NOW + chance.randint(60_001, 600_000))
        reach = chance.uniform(0.05, 0.6)
        corners = ((-1, -1), (-1, 1), (1, 1), (1, -1))
        ring = tuple(e7(lat + reach * one, lon + reach * other) for one, other in corners)
        if chance.random() < 0.5:
            circle = (Shape.CIRCLE, (e7(lat, lon),), chance.randint(1_000, 40_000))
            found.append(Volume(*circle, *band, *window))
        else:
            found.append(Volume(Shape.POLYGON, ring, 0, *band, *window))
    return found


def met(is_fast: bool, ahead_s: float) -> set[tuple[int, int]]:
    """The pairs of a path and a place that meetings names."""
    index: VolumeIndex[int] = VolumeIndex(fast=is_fast)
    for number, volume in enumerate(places(150, seed=3)):
        index.put(number, [(7, volume)], kind=number % 2)
    found = index.meetings(paths_of(busy_sky(150, seed=4), ahead_s), MINIMA)
    assert set(found.numbers.tolist()) == {7}
    return set(zip(found.rows.tolist(), found.keys, strict=True))


@pytest.mark.parametrize("ahead_s", [0.0, 120.0])
def test_meetings_are_what_the_rule_calls_conflicts(ahead_s):
    """Meetings names exactly the pairs that the rule, pair by pair, treats as conflicts."""
    table = paths_of(busy_sky(150, seed=4), ahead_s)
    expected = {
        (row, number)
        for row in range(150)
        for number, volume in enumerate(places(150, seed=3))
        if find_conflict(table.volume(row), volume, MINIMA[number % 2]).is_conflict
    }
    assert len(expected) > 50
    assert met(False, ahead_s) == expected


@pytest.mark.slow
def test_both_paths_name_the_same_meetings():
    """The compiled path names the pairs of the plain one."""
    pytest.importorskip("numba")
    assert make_air_ready()
    assert met(True, 120.0) == met(False, 120.0)


def test_an_index_of_nothing_meets_nothing():
    """Where nothing is, nothing is met; nor by nobody."""
    index: VolumeIndex[int] = VolumeIndex(fast=False)
    assert index.meetings(paths_of(busy_sky(3, seed=1), 60.0), MINIMA).keys == []
    index.put(1, [(1, places(1, seed=1)[0])])
    assert index.meetings(paths_of(busy_sky(0, seed=1), 60.0), MINIMA).keys == []


def test_what_only_the_rule_can_tell_counts_once_the_rule_was_asked_enough(monkeypatch):
    """A pair on the edge is clear if the rule is asked, and a conflict where it is not."""
    index: VolumeIndex[int] = VolumeIndex(fast=False)
    middle = e7(35.0, 40.0)
    index.put(1, [(1, Volume(Shape.CIRCLE, (middle,), 5_000, None, None, 0, 2 * NOW))])
    beside = destination(middle, 0.0, 5_000 + 12 + 2.5)
    edge = Volume(Shape.CIRCLE, (beside,), 12, None, None, NOW, NOW + 1)
    table = table_of([(0, 1, edge)])
    assert index.meetings(table, MINIMA).keys == []
    monkeypatch.setattr(volume_index, "RULE_MEETINGS_MAX", 0)
    assert index.meetings(table, MINIMA).keys == [1]
