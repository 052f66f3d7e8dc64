"""One theatre of made-up volumes: Syria, Iraq and around, 1,000 by 800 km, thirty days.

The same seed and count give the same volumes. Everything is drawn as arrays; `Volume` objects are
made from them afterwards, because a million of them takes longer than any index.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.conflict import Minima
from openline.domain.space.volume import Shape, Volume

MINIMA = Minima(lateral_m=9_260, vertical_dm=3_000, time_ms=600_000)
"""Five nautical miles, 300 m and ten minutes."""

SOUTH_DEG, WEST_DEG = 30.0, 35.0
NORTH_SOUTH_M, EAST_WEST_M = 800_000, 1_000_000
BEGINS_AT = 1_772_323_200_000  # 2026-03-01 00:00 UTC
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
DAYS = 30

THEATRE_STEP_DEG = 12.0
"""From each theatre to the next, eastward: more than one is wide."""

NO_BOUND = 0
"""Stands for a datum where a band has no bound."""

_DEGREE_M = 111_000.0
_HUBS, _HUBS_SEED = 12, 0
_HUB_SPREAD_M = 40_000.0

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Theatre:
    """Volumes as arrays; row by row, but for the vertices.

    Attributes:
        shape: 1, 2 or 3, as in `Shape`.
        first: Where in `lat_e7` and `lon_e7` the vertices of each row begin; one more at the end.
        lat_e7: Latitudes of all vertices.
        lon_e7: Longitudes of all vertices.
        radius_m: Beyond the core.
        lower_datum: As in `Datum`; 0 where there is no bound.
        lower: Its value.
        upper_datum: As in `Datum`; 0 where there is no bound.
        upper: Its value.
        valid_from: UTC milliseconds.
        valid_until: UTC milliseconds.
    """

    shape: Integers
    first: Integers
    lat_e7: Integers
    lon_e7: Integers
    radius_m: Integers
    lower_datum: Integers
    lower: Integers
    upper_datum: Integers
    upper: Integers
    valid_from: Integers
    valid_until: Integers

    def __len__(self) -> int:
        return len(self.shape)

    def volumes(self, rows: Integers | None = None) -> Iterator[Volume]:
        """These rows as `Volume` objects, in order; all of them if none are named."""
        asked = np.arange(len(self)) if rows is None else rows
        columns = (
            self.shape, self.first[:-1], self.first[1:], self.radius_m, self.lower_datum,
            self.lower, self.upper_datum, self.upper, self.valid_from, self.valid_until,
        )  # fmt: skip
        shapes = {int(shape): shape for shape in Shape}
        told = zip(*(column[asked].tolist() for column in columns), strict=True)
        for shape, start, end, radius_m, datum, lower, datum_up, upper, since, until in told:
            lats, lons = self.lat_e7[start:end].tolist(), self.lon_e7[start:end].tolist()
            yield Volume(
                shapes[shape],
                tuple(zip(lats, lons, strict=True)),
                radius_m,
                _altitude(datum, lower),
                _altitude(datum_up, upper),
                since,
                until,
            )


_DATUMS = {int(datum): datum for datum in Datum}


def _altitude(datum: int, value: int) -> Altitude | None:
    return None if datum == NO_BOUND else Altitude(_DATUMS[datum], value)


def make_theatre(count: int, seed: int, theatres: int = 1) -> Theatre:
    """So many volumes, in one theatre or in several that lie side by side.

    - 45 % circles (radius 0.5 to 30 km, half of them under 3 km), 30 % corridors (2 to 6 points,
      5 to 60 km long, 0.5 to 5 km to each side), 25 % polygons (4 to 12 corners, 1 to 60 km wide).
    - Half of them lie round twelve places, half anywhere.
    - Bands: 75 % above mean sea level, 12 % flight levels, 8 % above ground, 5 % above WGS-84.
    - Windows: 80 % of 10 min to 6 h (half of them under 90 min), 15 % of 6 to 24 h, 4 % of one to
      seven days, 1 % permanent.
    """
    random = np.random.default_rng(seed)
    shape = random.choice((1, 2, 3), count, p=(0.45, 0.30, 0.25))
    sizes = _sizes(random, shape)
    first = np.concatenate(([0], np.cumsum(sizes)))
    lat_deg, lon_deg, radius_m = _areas(random, shape, sizes, first)
    # Drawn apart, so that everything else is as it is in one theatre.
    which = np.random.default_rng((seed, theatres)).integers(0, theatres, count)
    lon_deg = lon_deg + THEATRE_STEP_DEG * np.repeat(which, sizes)
    lower_datum, lower, upper_datum, upper = _bands(random, count)
    valid_from, valid_until = _windows(random, count)
    return Theatre(
        shape, first, _e7(lat_deg), _e7(lon_deg), radius_m,
        lower_datum, lower, upper_datum, upper, valid_from, valid_until,
    )  # fmt: skip


def _sizes(random: Random, shape: Integers) -> Integers:
    """How many vertices each volume has."""
    corridor, polygon = random.integers(2, 7, len(shape)), random.integers(4, 13, len(shape))
    return np.where(shape == 1, 1, np.where(shape == 2, corridor, polygon))


def _areas(
    random: Random, shape: Integers, sizes: Integers, first: Integers
) -> tuple[Floats, Floats, Integers]:
    """Latitude and longitude of every vertex, and the radius of every volume."""
    count = len(shape)
    row = np.repeat(np.arange(count), sizes)
    place = np.arange(len(row)) - first[row]
    width_m = _lognormal(random, count, 8_000, 0.8, 1_000, 60_000)
    x, y = _circuit(random, row, place, sizes, width_m)
    x_line, y_line = _line(random, row, place, sizes, np.maximum(width_m, 5_000))
    is_line = shape[row] == 2
    is_ring = shape[row] == 3
    x = np.where(is_ring, x, np.where(is_line, x_line, 0.0))
    y = np.where(is_ring, y, np.where(is_line, y_line, 0.0))
    east_m, north_m = _centres(random, count)
    lat_deg = SOUTH_DEG + (north_m[row] + y) / _DEGREE_M
    middle_deg = SOUTH_DEG + north_m[row] / _DEGREE_M
    lon_deg = WEST_DEG + (east_m[row] + x) / (_DEGREE_M * np.cos(np.radians(middle_deg)))
    beside_m = random.integers(5, 51, count) * 100
    rounded_m = np.where(random.random(count) < 0.2, random.integers(5, 21, count) * 100, 0)
    circle_m = _lognormal(random, count, 3_000, 0.8, 500, 30_000) // 100 * 100
    radius_m = np.where(shape == 1, circle_m, np.where(shape == 2, beside_m, rounded_m))
    return lat_deg, lon_deg, radius_m.astype(np.int64)


def _centres(random: Random, count: int) -> tuple[Floats, Floats]:
    """East and north of the south-western corner, in metres."""
    # The same places in every theatre: queries gather where the volumes do.
    hubs = np.random.default_rng(_HUBS_SEED).random((_HUBS, 2)) * (EAST_WEST_M, NORTH_SOUTH_M)
    near = hubs[random.integers(0, _HUBS, count)] + random.normal(0, _HUB_SPREAD_M, (count, 2))
    anywhere = random.random((count, 2)) * (EAST_WEST_M, NORTH_SOUTH_M)
    chosen = np.where((random.random(count) < 0.5)[:, None], near, anywhere)
    chosen = np.clip(chosen, 0, (EAST_WEST_M, NORTH_SOUTH_M))
    return chosen[:, 0], chosen[:, 1]


def _circuit(
    random: Random, row: Integers, place: Integers, sizes: Integers, width_m: Floats
) -> tuple[Floats, Floats]:
    """Corners in order round a middle, so that no ring crosses itself."""
    turn = (place + 0.7 * random.random(len(row))) / sizes[row] * 2 * np.pi
    reach_m = width_m[row] / 2 * random.uniform(0.6, 1.0, len(row))
    return reach_m * np.cos(turn), reach_m * np.sin(turn)


def _line(
    random: Random, row: Integers, place: Integers, sizes: Integers, length_m: Floats
) -> tuple[Floats, Floats]:
    """Points along a course that swings to both sides."""
    course = random.random(len(sizes))[row] * 2 * np.pi
    along_m = (place / (sizes[row] - 1).clip(1) - 0.5) * length_m[row]
    aside_m = random.normal(0, 0.08, len(row)) * length_m[row]
    return (
        along_m * np.cos(course) - aside_m * np.sin(course),
        along_m * np.sin(course) + aside_m * np.cos(course),
    )


def _bands(random: Random, count: int) -> tuple[Integers, Integers, Integers, Integers]:
    """Datum and value of the lower bound, datum and value of the upper one."""
    datum = random.choice((1, 2, 3, 4), count, p=(0.75, 0.08, 0.12, 0.05))
    # Above the sea or the ellipsoid, in steps of ten metres; a third stand on the ground.
    lower = random.integers(30, 1_100, count) * 100
    upper = lower + random.integers(30, 201, count) * 100
    from_ground = random.random(count) < 0.35
    upper = np.where(from_ground, random.integers(30, 301, count) * 100, upper)
    level, levels = random.integers(50, 380, count), random.integers(10, 61, count)
    above_ground = random.integers(5, 121, count) * 100
    is_level, is_ground = datum == Datum.FLIGHT_LEVEL, datum == Datum.AGL
    lower = np.where(is_level, level, lower)
    upper = np.where(is_level, level + levels, np.where(is_ground, above_ground, upper))
    has_floor = is_level | ~(is_ground | from_ground)
    return np.where(has_floor, datum, NO_BOUND), np.where(has_floor, lower, 0), datum, upper


def _windows(random: Random, count: int) -> tuple[Integers, Integers]:
    kind = random.choice(4, count, p=(0.80, 0.15, 0.04, 0.01))
    short = _lognormal(random, count, 90, 0.8, 10, 360)
    day = random.integers(6 * 60, 24 * 60 + 1, count)
    days = random.integers(24 * 60, 7 * 24 * 60 + 1, count)
    minutes = np.choose(kind, (short.astype(np.int64), day, days, 0))
    begins = BEGINS_AT + random.integers(0, DAYS * 24 * 60, count) * MINUTE_MS
    is_permanent = kind == 3
    valid_from = np.where(is_permanent, BEGINS_AT - 365 * DAY_MS, begins)
    valid_until = np.where(is_permanent, BEGINS_AT + 3_650 * DAY_MS, begins + minutes * MINUTE_MS)
    return valid_from, valid_until


def _lognormal(
    random: Random, count: int, median: float, sigma: float, least: float, most: float
) -> Floats:
    return np.clip(random.lognormal(np.log(median), sigma, count), least, most)


def _e7(degrees: Floats) -> Integers:
    return np.rint(degrees * 1e7).astype(np.int64)
