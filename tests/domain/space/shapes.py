"""Volumes for tests: short to write, and random ones that can be."""

import math
import random

from hypothesis import strategies as st

from openline.domain.space.geodesy import Position, destination
from openline.domain.space.volume import (
    Altitude,
    Datum,
    Shape,
    Volume,
    VolumeDoesNotHold,
    check_volume,
)

HOUR = 3_600_000


def at(lat: float, lon: float) -> Position:
    return round(lat * 1e7), round(lon * 1e7)


def volume(
    shape: Shape,
    *places: tuple[float, float],
    radius_m: int = 0,
    band: tuple[Altitude | None, Altitude | None] = (None, None),
    window: tuple[int, int] = (0, HOUR),
) -> Volume:
    return Volume(shape, tuple(at(*place) for place in places), radius_m, *band, *window)


def circle(lat: float, lon: float, radius_m: int, **rest) -> Volume:
    return volume(Shape.CIRCLE, (lat, lon), radius_m=radius_m, **rest)


def corridor(*places: tuple[float, float], radius_m: int, **rest) -> Volume:
    return volume(Shape.CORRIDOR, *places, radius_m=radius_m, **rest)


def polygon(*places: tuple[float, float], **rest) -> Volume:
    return volume(Shape.POLYGON, *places, **rest)


def square(south: float, west: float, size: float = 1.0, **rest) -> Volume:
    """A square of degrees; its north and south sides are great circles, not parallels."""
    north, east = south + size, west + size
    return polygon((south, west), (south, east), (north, east), (north, west), **rest)


def metres_amsl(metres: float) -> Altitude:
    return Altitude(Datum.AMSL, round(metres * 10))


def level(number: int) -> Altitude:
    return Altitude(Datum.FLIGHT_LEVEL, number)


def random_volume(chance: random.Random, middle: Position, reach_m: float, radius_m_max: int):
    """A volume that can be, somewhere within reach of a position."""

    def somewhere(centre: Position, within_m: float) -> Position:
        return destination(centre, chance.uniform(0, 360), within_m * math.sqrt(chance.random()))

    while True:
        shape = chance.choice(list(Shape))
        centre, size_m = somewhere(middle, reach_m), reach_m * chance.uniform(0.1, 1)
        radius_m = chance.randrange(100, radius_m_max)
        if shape is Shape.CIRCLE:
            vertices = (centre,)
        elif shape is Shape.CORRIDOR:
            vertices = tuple(somewhere(centre, size_m) for _ in range(chance.randrange(2, 7)))
        else:
            radius_m = chance.choice((0, 0, radius_m))
            count = chance.randrange(3, 12)
            turns = [(corner + chance.uniform(0, 0.8)) / count for corner in range(count)]
            vertices = tuple(
                destination(centre, 360 * turn, size_m * chance.uniform(0.3, 1)) for turn in turns
            )
        made = Volume(shape, vertices, radius_m, None, None, 0, HOUR)
        try:
            check_volume(made)
        except VolumeDoesNotHold:
            continue
        return made


positions = st.tuples(
    st.integers(-900_000_000, 900_000_000), st.integers(-1_800_000_000, 1_800_000_000)
)
altitudes = st.one_of(
    st.builds(
        Altitude,
        st.sampled_from([Datum.AMSL, Datum.AGL, Datum.WGS84]),
        st.integers(-10_000, 10_000_000),
    ),
    st.builds(Altitude, st.just(Datum.FLIGHT_LEVEL), st.integers(0, 999)),
)
any_volumes = st.builds(
    Volume,
    st.sampled_from(list(Shape)),
    st.lists(positions, min_size=1, max_size=8).map(tuple),
    st.integers(0, 500_000),
    st.none() | altitudes,
    st.none() | altitudes,
    st.integers(0, 2**40),
    st.integers(0, 2**40),
)
"""Volumes that have their form; few of them can be."""
