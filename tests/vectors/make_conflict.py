"""Makes the vectors of the conflict rule: `python -m tests.vectors.make_conflict`.

Volumes are drawn by the words below with a little trigonometry on a sphere, rounded to
integers; what is found of them is what the rule finds. A second run changes nothing.
"""

import json
import math
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from openline.domain.limits import LATERAL_MINIMUM_M_MAX
from openline.domain.space.conflict import Minima, find_conflict
from openline.domain.space.geodesy import destination
from openline.domain.space.volume import (
    Altitude,
    Datum,
    Shape,
    Volume,
    VolumeDoesNotHold,
    check_volume,
)
from tests.domain.space.second_rule import area_state
from tests.domain.space.trial_pairs import move
from tests.vectors.make import HERE

PATH = HERE / "conflict" / "rule.json"

HOUR = 3_600_000
NONE = Minima(0, 0, 0)

Place = tuple[float, float]
Case = tuple[str, Volume, Volume, Minima]

PLACES: dict[str, Place] = {
    "theatre": (35.2854, 40.176),
    "equator": (0.1, -0.2),
    "antimeridian": (-17.5, 179.97),
    "north pole": (89.9, 40.0),
    "south pole": (-89.98, 0.0),
    "far north": (71.3, -156.8),
}

FORMS: dict[str, tuple[Shape, tuple[tuple[float, float], ...], int]] = {
    "circle": (Shape.CIRCLE, ((0, 0),), 8_000),
    "corridor": (Shape.CORRIDOR, ((200, 70_000), (10, 6_000), (95, 55_000)), 3_000),
    "polygon": (Shape.POLYGON, ((40, 30_000), (140, 42_000), (185, 12_000), (290, 25_000)), 0),
    "wide polygon": (Shape.POLYGON, ((5, 9_000), (100, 11_000), (220, 7_000)), 4_000),
}
"""Of each: bearing and metres of every vertex from the middle, and the radius."""


def at(*places: Place) -> tuple[tuple[int, int], ...]:
    """Degrees as positions."""
    return tuple(
        (round(lat * 1e7), (round(lon * 1e7) + 1_800_000_000) % 3_600_000_000 - 1_800_000_000)
        for lat, lon in places
    )


def volume(shape: Shape, *places: Place, radius_m: int = 0) -> Volume:
    """A volume without bounds in height, in force for an hour."""
    return Volume(shape, at(*places), radius_m, None, None, 0, HOUR)


def form(name: str, middle: Place, turn_deg: float = 0) -> Volume:
    """One of the forms, turned and put somewhere."""
    shape, ways, radius_m = FORMS[name]
    places = [move(middle, bearing + turn_deg, far_m) for bearing, far_m in ways]
    return volume(shape, *places, radius_m=radius_m)


def square(south: float, west: float, size: float = 1.0, **rest: int) -> Volume:
    """A square of degrees."""
    north, east = south + size, west + size
    corners = ((south, west), (south, east), (north, east), (north, west))
    return volume(Shape.POLYGON, *corners, **rest)


# --- every kind of pair, everywhere --------------------------------------------------------------


def kinds_of_pairs() -> Iterator[Case]:
    """Each form with each, in each place: in conflict, clear, marginal, hardly clear, meeting."""
    names = list(FORMS)
    for where, middle in PLACES.items():
        for number, (one, other) in enumerate(
            (one, other)
            for one in names
            for other in names
            if names.index(one) <= names.index(other)
        ):
            name = f"{where}: {one} and {other}"
            a = form(one, middle)
            b = form(other, move(middle, 77 + 31 * number, 160_000), 123)
            yield from round_the_limit(name, a, b)
            yield f"{name}, meeting", a, form(other, move(middle, 200, 900), 61), NONE


def round_the_limit(name: str, a: Volume, b: Volume) -> Iterator[Case]:
    """Minima 500 m either side of the separation, at it, and just beyond the margin."""
    separation_m = find_conflict(a, b, NONE).separation_m
    least_m = round(separation_m)
    first, second = sorted((a, b), key=lambda one: one.shape)
    margin_m = area_state(first, second, least_m)[4]
    for word, lateral_m in (
        ("within", least_m + 500),
        ("beyond", least_m - 500),
        ("at the minimum", least_m),
        ("hardly within", math.ceil(separation_m + margin_m + 0.1)),
        ("hardly beyond", math.floor(separation_m - margin_m - 0.1)),
    ):
        if 0 <= lateral_m <= LATERAL_MINIMUM_M_MAX:
            yield f"{name}, {word}", a, b, Minima(lateral_m, 0, 0)


# --- what is wrong in many programs --------------------------------------------------------------


def long_edges() -> Iterator[Case]:
    """Edges of thousands of kilometres, and contacts far from the centre of the plane."""
    a = volume(Shape.CORRIDOR, (0, 0), (-17, -7), radius_m=100_000)
    b = volume(Shape.CORRIDOR, (2.6, -4), (2.6, 2.53), (-16, 3.13), radius_m=100_000)
    for name, lateral_m in (("at", 87_938), ("within", 90_000), ("beyond", 87_000)):
        yield f"the nearer of two edges, {name}", a, b, Minima(lateral_m, 0, 0)
    north = volume(Shape.CORRIDOR, (50, -20), (50, 20), radius_m=20_000)
    yield from round_the_limit(
        "the middle of a long route and a circle",
        north,
        volume(Shape.CIRCLE, (53, 0), radius_m=9_000),
    )
    zone = volume(Shape.POLYGON, (55, -60), (62, -20), (45, -15), (38, -45))
    yield from round_the_limit(
        "an ocean and a circle", zone, volume(Shape.CIRCLE, (38, -30), radius_m=400_000)
    )
    cap = volume(Shape.POLYGON, (71, 0), (71, 120), (71, -120))
    yield (
        "a cap that holds the pole and a circle at it",
        cap,
        volume(Shape.CIRCLE, (90, 77), radius_m=10),
        NONE,
    )
    yield from round_the_limit(
        "a cap that holds the pole and a circle",
        cap,
        volume(Shape.CIRCLE, (70, 3), radius_m=50_000),
    )
    yield from round_the_limit(
        "all bounds of radius and minimum",
        volume(Shape.CIRCLE, (10, 100), radius_m=500_000),
        volume(Shape.CIRCLE, *[move((10, 100), 33, 1_190_000)], radius_m=500_000),
    )
    yield from round_the_limit(
        "routes over the pole",
        volume(Shape.CORRIDOR, (80, 10), (80, -170), radius_m=5_000),
        volume(Shape.CORRIDOR, (89.5, 100), (75, 95), radius_m=5_000),
    )
    yield (
        "two sides of the world",
        volume(Shape.CIRCLE, (0, 0), radius_m=1_000),
        volume(Shape.CIRCLE, (1, 179), radius_m=1_000),
        Minima(200_000, 0, 0),
    )


def touching() -> Iterator[Case]:
    """Shared borders and corners, overlaps of half a metre and of ten, and none."""
    base = square(35, 40)
    metre = 1 / 91_000
    yield "a shared border", base, square(35, 41), NONE
    yield "a shared border, and a minimum", base, square(35, 41), Minima(100, 0, 0)
    yield "a shared corner", base, square(36, 41), NONE
    yield "an overlap of half a metre", base, square(35, 41 - 0.5 * metre), NONE
    yield "an overlap of ten metres", base, square(35, 41 - 10 * metre), NONE
    yield "a gap of half a metre", base, square(35, 41 + 0.5 * metre), NONE
    yield "a gap of a hundred metres", base, square(35, 41 + 100 * metre), NONE
    jagged = [(35.3 + (step % 3) / 10, 40 + step / 20) for step in range(21)]
    north = volume(Shape.POLYGON, *jagged, (37, 41), (37, 40))
    south = volume(Shape.POLYGON, *jagged, (34, 41), (34, 40))
    yield "a shared border of twenty edges", north, south, NONE
    yield "one and the same polygon", base, base, NONE
    yield "a polygon within another", base, square(35.4, 40.4, 0.2), NONE
    yield (
        "a polygon with a corner on the border from within",
        base,
        volume(Shape.POLYGON, (35, 40), (35.4, 40.2), (35.2, 40.4)),
        NONE,
    )
    across = volume(Shape.POLYGON, (35.4, 39), (35.4, 42), (35.6, 42), (35.6, 39))
    along = volume(Shape.POLYGON, (34, 40.4), (34, 40.6), (37, 40.6), (37, 40.4))
    yield "two strips that cross", across, along, NONE
    yield "borders that touch, with a radius", replace(base, radius_m=1), square(35, 41), NONE
    yield "a circle within a polygon", base, volume(Shape.CIRCLE, (35.5, 40.5), radius_m=1), NONE
    line = volume(Shape.CORRIDOR, (34, 40.5), (37, 40.5), radius_m=1)
    yield "a line across a polygon", base, line, NONE
    other = volume(Shape.CORRIDOR, (35.5, 39), (35.5, 42), radius_m=1)
    yield "two lines that cross", line, other, NONE
    yield "a border across the antimeridian", square(-17.5, 179.5), square(-16.5, 179.5), NONE
    corner = (84.0, 10.0)
    yield (
        "borders that meet at the pole",
        volume(Shape.POLYGON, (90, 0), corner, (84, 60)),
        volume(Shape.POLYGON, (90, 0), (84, -50), corner),
        NONE,
    )


def heights_and_times() -> Iterator[Case]:
    """Bands and windows of one reference: below, at and beyond their minima."""
    base = volume(Shape.CIRCLE, (35, 40), radius_m=5_000)
    low = replace(base, upper=Altitude(Datum.AMSL, 20_000))
    for lower_dm, minimum_dm in (
        *((19_990, 0), (20_000, 0), (20_001, 0)),
        *((22_999, 3_000), (23_000, 3_000), (23_001, 3_000)),
    ):
        high = replace(base, lower=Altitude(Datum.AMSL, lower_dm))
        yield f"floor {lower_dm} dm, minimum {minimum_dm}", low, high, Minima(0, minimum_dm, 0)
    level = replace(base, upper=Altitude(Datum.FLIGHT_LEVEL, 100))
    for number, minimum_dm in ((100, 0), (101, 304), (101, 305), (110, 3_048), (110, 3_049)):
        high = replace(base, lower=Altitude(Datum.FLIGHT_LEVEL, number))
        yield f"level {number}, minimum {minimum_dm}", level, high, Minima(0, minimum_dm, 0)
    for begins, minimum_ms in (
        *((HOUR - 1, 0), (HOUR, 0), (HOUR + 1, 0)),
        *((HOUR + 599_999, 600_000), (HOUR + 600_000, 600_000)),
    ):
        later = replace(base, valid_from=begins, valid_until=begins + HOUR)
        yield f"from {begins} ms, buffer {minimum_ms}", base, later, Minima(0, 0, minimum_ms)
    above = replace(base, lower=Altitude(Datum.AMSL, 20_000), valid_from=HOUR, valid_until=2 * HOUR)
    yield "abutting in height and in time", low, above, NONE
    yield "abutting in height, clear on the map", low, replace(above, vertices=at((36, 40))), NONE
    border = replace(square(35, 40), upper=Altitude(Datum.AMSL, 20_000))
    beside = replace(square(35, 41), lower=Altitude(Datum.AMSL, 20_000))
    yield "abutting in height and on the map", border, beside, NONE
    near = replace(
        base,
        vertices=(destination(at((35, 40))[0], 90, 10_000.4),),
        valid_from=HOUR - 1,
        valid_until=2 * HOUR,
    )
    yield "marginal for one millisecond", base, near, NONE
    yield "marginal and abutting", base, replace(near, valid_from=HOUR), NONE


# --- the file ------------------------------------------------------------------------------------


def described(case: Case) -> dict[str, Any]:
    """One pair as it stands in the file."""
    name, a, b, minima = case
    for one in (a, b):
        check_volume(one)
    finding = find_conflict(a, b, minima)
    do_meet = area_state(a, b, minima.lateral_m)[3] is None and finding.separation_m == 0
    return {
        "name": name,
        "a": a.to_value(),
        "b": b.to_value(),
        "minima": [minima.lateral_m, minima.vertical_dm, minima.time_ms],
        "verdict": finding.verdict.value,
        "separation_mm": round(finding.separation_m * 1_000),
        "vertical_gap_dm": finding.vertical_gap_dm,
        "time_gap_ms": finding.time_gap_ms,
        "overlap": [finding.overlap_from, finding.overlap_until],
        "closest": None if do_meet else list(finding.closest),
    }


def bounds() -> Iterator[tuple[str, Volume]]:
    """Volumes at a bound and just beyond it."""
    for count in (500, 501):
        places = [move((35, 40), 360 * step / count, 90_000) for step in range(count)]
        yield f"{count} vertices", volume(Shape.POLYGON, *places)
    for radius_m in (500_000, 500_001):
        yield f"a radius of {radius_m} m", volume(Shape.CIRCLE, (35, 40), radius_m=radius_m)
    for half_deg in (19.99, 20.01):
        ends = ((0, -half_deg), (0, half_deg))
        yield f"{half_deg} degrees from the middle", volume(Shape.CORRIDOR, *ends, radius_m=1)
    yield "a circle of no radius", volume(Shape.CIRCLE, (35, 40))
    yield (
        "a ring that crosses itself",
        volume(Shape.POLYGON, (35, 40), (36, 41), (35, 41), (36, 40)),
    )
    yield "a ring of two vertices", volume(Shape.POLYGON, (35, 40), (36, 41))


def holds(one: Volume) -> bool:
    """Whether the volume passes the check."""
    try:
        check_volume(one)
    except VolumeDoesNotHold:
        return False
    return True


def cases() -> list[Case]:
    """Every pair."""
    return [*kinds_of_pairs(), *long_edges(), *touching(), *heights_and_times()]


def make() -> str:
    """The text of the file as it must be: a row for each entry."""
    lists = {
        "pairs": [described(case) for case in cases()],
        "volumes": [
            {"name": name, "volume": one.to_value(), "holds": holds(one)} for name, one in bounds()
        ],
    }
    parts = []
    for name, entries in lists.items():
        rows = ",\n".join(
            json.dumps(entry, separators=(",", ":"), ensure_ascii=False) for entry in entries
        )
        parts.append(f'"{name}": [\n{rows}\n]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    """Write the file if it is not as it must be."""
    text = make()
    if not PATH.exists() or PATH.read_text("utf-8") != text:
        PATH.parent.mkdir(exist_ok=True)
        PATH.write_text(text, "utf-8")
        sys.stdout.write(f"{PATH.name} is new\n")


if __name__ == "__main__":
    main()
