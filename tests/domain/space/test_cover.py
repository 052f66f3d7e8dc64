"""What one area covers, another may announce without being wider."""

from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest

from openline.domain.instant import HOUR_MS, parse_instant
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.cover import covers_area, reaches_further
from openline.domain.space.geodesy import Position
from openline.domain.space.volume import Shape, Volume, check_volume

AT = parse_instant("2017-04-07T01:00:00Z")


def level(number: int) -> Altitude:
    """A flight level."""
    return Altitude(Datum.FLIGHT_LEVEL, number)


def at(north_m: float, east_m: float) -> Position:
    """A place so far from 34.5 N 37 E, near enough for what is asked here."""
    return 345_000_000 + round(north_m / 0.011093), 370_000_000 + round(east_m / 0.009178)


DISC = Volume(Shape.CIRCLE, (at(0, 0),), 10_000, level(200), level(300), AT, AT + HOUR_MS)
SQUARE = replace(
    DISC,
    shape=Shape.POLYGON,
    vertices=(at(-9e3, -9e3), at(-9e3, 9e3), at(9e3, 9e3), at(9e3, -9e3)),
    radius_m=0,
)
STRIP = replace(DISC, shape=Shape.CORRIDOR, vertices=(at(0, -2e4), at(0, 0), at(0, 2e4)))


@pytest.mark.parametrize(
    ("old", "changes", "is_covered"),
    [
        (DISC, {"radius_m": 9_000}, True),
        (DISC, {"radius_m": 10_001}, False),
        (DISC, {"vertices": (at(900, 0),), "radius_m": 9_000}, True),
        (DISC, {"vertices": (at(1_100, 0),), "radius_m": 9_000}, False),
        (DISC, {"shape": Shape.POLYGON, "vertices": SQUARE.vertices, "radius_m": 0}, False),
        (SQUARE, {"vertices": (*SQUARE.vertices[:3], at(5e3, 0))}, True),
        (SQUARE, {"vertices": (*SQUARE.vertices[:3], at(0, -9e3))}, True),
        (SQUARE, {"vertices": (*SQUARE.vertices[:3], at(0, -9_050))}, False),
        (SQUARE, {"vertices": SQUARE.vertices[::-1]}, True),
        (SQUARE, {"vertices": SQUARE.vertices[1:] + SQUARE.vertices[:1]}, True),
        (SQUARE, {"shape": Shape.CIRCLE, "vertices": (at(0, 0),), "radius_m": 8_900}, True),
        (SQUARE, {"shape": Shape.CIRCLE, "vertices": (at(0, 0),), "radius_m": 9_100}, False),
        (SQUARE, {"shape": Shape.CIRCLE, "vertices": (at(0, 1e4),), "radius_m": 100}, False),
        (STRIP, {"vertices": STRIP.vertices[:2]}, True),
        (STRIP, {"vertices": (*STRIP.vertices, at(0, 3e4))}, False),
        (STRIP, {"vertices": (at(0, -2e4), at(1_000, 0), at(0, 2e4))}, False),
        (STRIP, {"shape": Shape.CIRCLE, "vertices": (at(2e3, 0),), "radius_m": 7_900}, True),
        (STRIP, {"shape": Shape.CIRCLE, "vertices": (at(2e3, 0),), "radius_m": 8_100}, False),
        # The same middle and the same size, turned: neither moved nor grown, and yet elsewhere.
        (SQUARE, {"vertices": (at(-12_728, 0), at(0, 12_728), at(12_728, 0), at(0, -12_728))},
         False),
    ],
)  # fmt: skip
def test_an_area_covers_another(old: Volume, changes: dict[str, object], is_covered: bool) -> None:
    """Of every pair of shapes it is told whether the one is inside the other."""
    new = replace(old, **changes)  # type: ignore[arg-type]
    check_volume(new)
    assert covers_area(old, new) is is_covered
    assert reaches_further([old], [new]) is not is_covered


@pytest.mark.parametrize(
    ("changes", "is_further"),
    [
        ({"lower": level(210)}, False),
        ({"lower": None}, True),
        ({"lower": Altitude(Datum.AMSL, 90_000)}, True),
        ({"upper": level(290)}, False),
        ({"upper": level(310)}, True),
        ({"upper": None}, True),
        ({"valid_from": AT + 1}, False),
        ({"valid_from": AT - 1}, True),
        ({"valid_until": AT + HOUR_MS + 1}, True),
    ],
)
def test_bands_and_windows_count(changes: dict[str, object], is_further: bool) -> None:
    """A floor that goes down, a ceiling that goes up, an hour more: each reaches further."""
    assert reaches_further([DISC], [replace(DISC, **changes)]) is is_further  # type: ignore[arg-type]


def test_one_volume_must_cover_it_whole() -> None:
    """Volumes come and go in any order; what needs two to cover it is not covered."""
    far = replace(DISC, vertices=(at(60e3, 0),))
    late = replace(DISC, valid_from=AT + HOUR_MS, valid_until=AT + 2 * HOUR_MS)
    assert not reaches_further([DISC, far], [far])
    assert not reaches_further([DISC, far], [far, DISC])
    assert reaches_further([DISC], [DISC, far])
    assert reaches_further([DISC, late], [replace(DISC, valid_until=AT + 2 * HOUR_MS)])
    assert not reaches_further([DISC], [])


def test_hostile_areas_take_bounded_time() -> None:
    """Sixty-four combs against sixty-four others are answered, in well under a second."""
    teeth = [(x + dx, y) for x in range(0, 248, 2) for dx, y in ((0, 0), (0, 99), (1, 99), (1, 0))]
    ring = np.array([*teeth, (248, -9), (0, -9)])[:500]
    one = tuple(at(100.0 * y, 100.0 * x) for x, y in ring.tolist())
    other = tuple(at(50.0 * x, 200.0 * y) for x, y in ring.tolist())
    combs = [replace(SQUARE, vertices=side) for side in (one, other)]
    begun = perf_counter()
    assert reaches_further([combs[0]] * 64, [combs[1]] * 64)
    assert perf_counter() - begun < 1
