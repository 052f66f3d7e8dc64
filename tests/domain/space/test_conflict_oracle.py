"""The conflict rule against geodesics by PROJ, on random volumes near the minimum.

Each pair gets a minimum close to its true separation, so that the verdict hangs
on metres. A later, larger trial runs tens of thousands of pairs.
"""

import random

import pytest

from openline.domain.space.conflict import (
    MARGIN_M,
    MARGIN_SHARE,
    Minima,
    Verdict,
    find_conflict,
)
from openline.domain.space.volume import Shape, Volume
from tests.domain.space.geodesic_oracle import do_meet, nearest_m
from tests.domain.space.shapes import HOUR, at, random_volume

SLACK_M = 0.1
"""What the oracle itself may be off: it ends with steps of some metres along an edge."""

REGIONS = [
    # latitude, longitude, reach in metres, greatest radius, pairs
    pytest.param(35, 40, 20_000, 5_000, 80, id="one base"),
    pytest.param(35, 38, 150_000, 20_000, 120, id="one theatre"),
    pytest.param(35, 38, 400_000, 60_000, 60, id="one theatre, wide zones"),
    pytest.param(-17, 179.9, 150_000, 20_000, 60, id="across the antimeridian"),
    pytest.param(89.5, 40, 150_000, 20_000, 60, id="round the north pole"),
    pytest.param(-90, 0, 150_000, 20_000, 40, id="round the south pole"),
    pytest.param(0, 0, 150_000, 20_000, 40, id="on the equator"),
]


def judge(a: Volume, b: Volume, chance: random.Random, reach_m: float) -> str:
    """What is wrong with the verdict on one pair; empty if nothing."""
    between_m = 0.0 if do_meet(a, b) else nearest_m(a, b)
    true_m = max(0.0, between_m - a.radius_m - b.radius_m)
    lateral_m = int(true_m) + chance.choice((-2_000, -20, -3, -1, 0, 1, 3, 20, 2_000))
    minima = Minima(min(max(lateral_m, 0), 200_000), 0, 0)
    finding = find_conflict(a, b, minima)
    if find_conflict(b, a, minima) != finding:
        return "differs from either side"
    if true_m < 200_000 and abs(finding.separation_m - true_m) > SLACK_M:
        return f"separation {finding.separation_m}, not {true_m}"
    margin_m = MARGIN_M + MARGIN_SHARE * 3 * reach_m + SLACK_M
    if true_m <= minima.lateral_m - SLACK_M and not finding.is_conflict:
        return f"missed: {true_m} within {minima.lateral_m}"
    if true_m > minima.lateral_m + margin_m and finding.verdict is not Verdict.CLEAR:
        return f"false alarm: {true_m} beyond {minima.lateral_m}"
    return ""


@pytest.mark.parametrize(("lat", "lon", "reach_m", "radius_m_max", "pairs"), REGIONS)
def test_verdicts_are_those_of_geodesics(lat, lon, reach_m, radius_m_max, pairs):
    """No conflict is missed, none is invented, and separations are right to a decimetre."""
    chance = random.Random(f"{lat}/{lon}/{reach_m}")
    faults = []
    for _ in range(pairs):
        a = random_volume(chance, at(lat, lon), reach_m, radius_m_max)
        b = random_volume(chance, at(lat, lon), 1.5 * reach_m, radius_m_max)
        if fault := judge(a, b, chance, reach_m):
            faults.append((fault, a, b))
    assert faults == []


def test_long_routes_side_by_side_are_measured_at_their_ends():
    """Nearly parallel routes of many hundred kilometres have the separation of geodesics."""
    chance = random.Random("routes")
    for _ in range(25):
        south, west = chance.uniform(-60, 60), chance.uniform(-180, 170)
        length, slope = chance.uniform(3, 9), chance.uniform(-4, 4)
        north = south + chance.uniform(0.1, 0.4)
        routes = [
            Volume(Shape.CORRIDOR, (at(*start), at(*end)), 1_000, None, None, 0, HOUR)
            for start, end in (
                ((south, west), (south + slope, west + length)),
                ((north, west), (north + slope + chance.uniform(-0.01, 0.01), west + length)),
            )
        ]
        fault = judge(*routes, chance, 300_000)
        assert not fault, (fault, routes)
