"""The index: whatever may conflict is near, in the order of adding."""

import random
import time
from dataclasses import replace

import pytest

from openline.domain.space.conflict import Minima, Verdict, find_conflict
from openline.domain.space.geodesy import destination
from openline.domain.space.index import VolumeIndex
from openline.domain.space.volume import Altitude, Datum, VolumeDoesNotHold
from tests.domain.space.shapes import (
    HOUR,
    at,
    circle,
    corridor,
    level,
    metres_amsl,
    random_volume,
    square,
)

AIR = Minima(9_260, 3_000, 600_000)
BANDS = [
    (None, None),
    (None, level(100)),
    (level(90), level(200)),
    (metres_amsl(3_000), None),
    (Altitude(Datum.AGL, 0), Altitude(Datum.AGL, 3_000)),
    (Altitude(Datum.WGS84, 20_000), metres_amsl(3_000)),
]


def some_volumes(seed: str, count: int, lat: float, lon: float):
    chance = random.Random(seed)
    for _ in range(count):
        lower, upper = chance.choice(BANDS)
        start = chance.randrange(12) * HOUR
        made = random_volume(chance, at(lat, lon), 200_000, 20_000)
        yield replace(
            made, lower=lower, upper=upper, valid_from=start, valid_until=start + 2 * HOUR
        )


@pytest.mark.parametrize(("lat", "lon"), [(35, 40), (-17, 179.95), (89.9, 0)])
def test_no_conflict_is_missed(lat, lon):
    """Each pair that the rule does not call clear is found by the index."""
    volumes = list(some_volumes("index", 60, lat, lon))
    index = VolumeIndex[int]()
    for key, volume in enumerate(volumes):
        index.add(key, volume)
    for volume in volumes:
        near = index.near(volume, AIR)
        meant = [
            key
            for key, other in enumerate(volumes)
            if find_conflict(volume, other, AIR).verdict is not Verdict.CLEAR
        ]
        assert set(meant) <= set(near)
        assert near == sorted(near)


@pytest.mark.parametrize("lat", [0, 35, -80])
@pytest.mark.parametrize("azimuth_deg", [0, 45, 90])
@pytest.mark.parametrize("lateral_m", [0, 5_000, 200_000])
@pytest.mark.parametrize("radius_m", [1, 10_000, 500_000])
def test_no_marginal_conflict_is_missed(lat, azimuth_deg, lateral_m, radius_m):
    """A pair whose distance is the minimum and a little more is found while it is marginal."""
    minima = Minima(lateral_m, 0, 0)
    one = circle(lat, 40, radius_m)
    index = VolumeIndex[str]()
    index.add("one", one)
    found = []
    for step in range(-8, 60):
        far_m = 2 * radius_m + lateral_m + (step / 4 if step < 8 else (step - 6) ** 1.3)
        centre = destination(one.vertices[0], azimuth_deg, far_m)
        other = replace(one, vertices=(centre,))
        verdict = find_conflict(one, other, minima).verdict
        found.append(verdict)
        if verdict is not Verdict.CLEAR:
            assert index.near(other, minima) == ["one"], far_m
    assert Verdict.MARGINAL in found or Verdict.TOUCH in found


def test_what_is_far_in_any_dimension_is_left_out():
    """Volumes elsewhere, far above or much later are not named."""
    index = VolumeIndex[str]()
    index.add("elsewhere", circle(40, 40, 1_000))
    index.add("above", circle(35, 40, 1_000, band=(level(300), None)))
    index.add("later", circle(35, 40, 1_000, window=(9 * HOUR, 10 * HOUR)))
    index.add("here", circle(35, 40.01, 1_000))
    assert index.near(circle(35, 40, 1_000, band=(None, level(100))), AIR) == ["here"]


def test_a_key_may_have_several_volumes():
    """A key with two volumes nearby is named once, and removed with both."""
    index = VolumeIndex[str]()
    index.add("notice", square(35, 40))
    index.add("notice", square(35, 41))
    assert index.near(square(35, 40.5), AIR) == ["notice"]
    assert (len(index), "notice" in index) == (1, True)
    index.remove("notice")
    index.remove("notice")
    assert index.near(square(35, 40.5), AIR) == []
    assert (len(index), "notice" in index) == (0, False)


def test_an_index_agrees_with_a_list_through_many_changes():
    """After any adding and removing, an index names what a plain list would."""
    chance = random.Random(7)
    index, kept = VolumeIndex[int](), {}
    probe = circle(35, 40, 30_000)
    for key in range(2_000):
        volume = circle(35 + chance.uniform(-2, 2), 40 + chance.uniform(-2, 2), 1_000)
        index.add(key, volume)
        kept[key] = volume
        if chance.random() < 0.6:
            gone = chance.choice(list(kept))
            index.remove(gone)
            del kept[gone]
    assert len(index) == len(kept)
    near = index.near(probe, AIR)
    assert near == [key for key in kept if key in set(near)]
    meant = [
        key
        for key, volume in kept.items()
        if find_conflict(probe, volume, AIR).verdict is not Verdict.CLEAR
    ]
    assert set(meant) <= set(near)
    assert len(near) < len(kept) / 2


def test_a_query_over_thousands_is_fast():
    """A query over five thousand volumes takes less than a millisecond of processor time."""
    chance = random.Random(3)
    index = VolumeIndex[int]()
    for key in range(5_000):
        index.add(key, circle(35 + chance.uniform(-3, 3), 40 + chance.uniform(-3, 3), 5_000))
    probe = circle(35, 40, 10_000)
    begun = time.process_time()
    for _ in range(100):
        index.near(probe, AIR)
    assert (time.process_time() - begun) / 100 < 0.001


def test_what_has_no_core_is_not_added():
    """A volume with too few vertices is refused, and leaves the index as it was."""
    index = VolumeIndex[str]()
    index.add("good", square(35, 40))
    with pytest.raises(VolumeDoesNotHold):
        index.add("bad", corridor((35, 40), radius_m=5))
    index.add("other", square(35, 40.5))
    assert index.near(square(35, 40.2), AIR) == ["good", "other"]
