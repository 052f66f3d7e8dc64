"""Pairs of volumes for the truth test, in strata: where, how large, how far apart.

Drawn from a seed by plain numbers on a sphere, so that thousands cost a second. What
`check_volume` refuses is drawn anew.
"""

import math
import random
from dataclasses import dataclass

import numpy as np

from openline.domain.space.volume import Shape, Volume, VolumeDoesNotHold, check_volume
from tests.domain.space.plane_oracle import units_of
from tests.domain.space.shapes import HOUR

_SPHERE_M = 6_371_000


@dataclass(frozen=True)
class Stratum:
    """Where pairs are, and how large.

    Attributes:
        name: What it is called.
        lats_deg: Least and greatest latitude of the first volume.
        lons_deg: Least and greatest longitude of it.
        reach_m: Least and greatest reach of a core from its middle.
        radius_m: Least and greatest radius of a volume that has one.
        gap_m: How far apart the second is put at most, beyond what touches.
    """

    name: str
    lats_deg: tuple[float, float]
    lons_deg: tuple[float, float]
    reach_m: tuple[float, float]
    radius_m: tuple[int, int]
    gap_m: float


ANYWHERE = (-180.0, 180.0)
STRATA = (
    Stratum("one base", (30, 60), ANYWHERE, (500, 20_000), (50, 5_000), 5_000),
    Stratum("one theatre", (-60, 60), ANYWHERE, (20_000, 150_000), (100, 20_000), 40_000),
    Stratum("wide zones", (-75, 75), ANYWHERE, (100_000, 500_000), (1_000, 100_000), 180_000),
    Stratum("equator", (-1, 1), ANYWHERE, (5_000, 300_000), (100, 50_000), 100_000),
    Stratum("antimeridian", (-70, 70), (179.5, 180.5), (5_000, 300_000), (100, 50_000), 100_000),
    Stratum("north pole", (88.5, 90), ANYWHERE, (5_000, 300_000), (100, 50_000), 100_000),
    Stratum("south pole", (-90, -88.5), ANYWHERE, (5_000, 300_000), (100, 50_000), 100_000),
    Stratum("long edges", (-90, 90), ANYWHERE, (700_000, 2_100_000), (100, 200_000), 180_000),
    Stratum("great radii", (-90, 90), ANYWHERE, (1_000, 300_000), (100_000, 500_000), 190_000),
    Stratum("all bounds", (-90, 90), ANYWHERE, (1_000, 2_100_000), (0, 500_000), 190_000),
)


def draw_pairs(stratum: Stratum, count: int, seed: str) -> list[tuple[Volume, Volume]]:
    """So many pairs of a stratum, the same for the same seed."""
    chance = random.Random(f"{seed}/{stratum.name}")
    return [_draw_pair(stratum, chance) for _ in range(count)]


def _draw_pair(stratum: Stratum, chance: random.Random) -> tuple[Volume, Volume]:
    while True:
        middle = chance.uniform(*stratum.lats_deg), chance.uniform(*stratum.lons_deg)
        forms = [_draw_form(stratum, chance) for _ in range(2)]
        gap_m = chance.uniform(0, stratum.gap_m) if chance.random() < 0.88 else -1e5
        bearing_deg = chance.uniform(0, 360)
        a, apart_m = _place(forms[0], middle), gap_m
        try:
            check_volume(a)
            # The second is moved outward until it is about as far as was drawn.
            for _ in range(2):
                b = _place(forms[1], move(middle, bearing_deg, apart_m))
                apart_m += gap_m + a.radius_m + b.radius_m - _about_apart_m(a, b)
            check_volume(b)
        except VolumeDoesNotHold:
            continue
        return a, b


_Form = tuple[Shape, list[tuple[float, float]], int]
"""A shape, bearing and distance of each vertex from its middle, and a radius."""


def _draw_form(stratum: Stratum, chance: random.Random) -> _Form:
    size_m = _log_uniform(chance, *stratum.reach_m)
    radius_m = chance.randint(*stratum.radius_m)
    shape = chance.choice(list(Shape))
    if shape is Shape.CIRCLE:
        return shape, [(0.0, 0.0)], max(radius_m, 1)
    if shape is Shape.CORRIDOR:
        count = chance.choice((2, 2, 3, 4, 6))
        ways = [(chance.uniform(0, 360), size_m * chance.random() ** 0.5) for _ in range(count)]
        return shape, ways, max(radius_m, 1)
    count = chance.choice((3, 3, 4, 5, 8, 12))
    turns = [360 * (corner + chance.uniform(0, 0.9)) / count for corner in range(count)]
    if chance.random() < 0.5:
        turns.reverse()
    ways = [(turn, size_m * chance.uniform(0.4, 1)) for turn in turns]
    return shape, ways, radius_m if chance.random() < 0.6 else 0


def _place(form: _Form, middle: tuple[float, float]) -> Volume:
    shape, ways, radius_m = form
    places = [move(middle, *way) for way in ways]
    vertices = tuple((round(lat * 1e7), round(lon * 1e7)) for lat, lon in places)
    return Volume(shape, vertices, radius_m, None, None, 0, HOUR)


def _about_apart_m(a: Volume, b: Volume) -> float:
    points = []
    for volume in (a, b):
        units = units_of(volume.vertices)
        ends = np.roll(units, -1, axis=0)
        # The chords at their thirds: near enough for this.
        points.append(np.concatenate((units, 2 * units + ends, units + 2 * ends)))
        points[-1] /= np.sqrt((points[-1] ** 2).sum(axis=1))[:, None]
    return _SPHERE_M * math.acos(max(-1.0, min(1.0, float((points[0] @ points[1].T).max()))))


def _log_uniform(chance: random.Random, least: float, most: float) -> float:
    return math.exp(chance.uniform(math.log(least), math.log(most)))


def move(place: tuple[float, float], bearing_deg: float, far_m: float) -> tuple[float, float]:
    """Degrees reached along a great circle of a sphere."""
    lat, lon = (math.radians(part) for part in place)
    turn, far = math.radians(bearing_deg), far_m / _SPHERE_M
    sine = math.sin(lat) * math.cos(far) + math.cos(lat) * math.sin(far) * math.cos(turn)
    east = math.atan2(
        math.sin(turn) * math.sin(far) * math.cos(lat), math.cos(far) - math.sin(lat) * sine
    )
    lon_deg = (math.degrees(lon + east) + 180) % 360 - 180
    return math.degrees(math.asin(max(-1.0, min(1.0, sine)))), lon_deg
