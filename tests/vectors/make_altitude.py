"""Makes the vectors of altitude: `python -m tests.vectors.make_altitude`.

Pairs of bands with every two references, flight levels under several atmospheres,
and undulations by box and by volume. A second run changes nothing; a file here
changes only when the rule does. The sample of the fine grid beside it
(`geoid.json`) is written by `scripts/pack_geoid.py`.
"""

import json
import math
import sys
from collections.abc import Iterator
from typing import Any

from openline.domain.limits import QNH_HPA_MAX, QNH_HPA_MIN, TEMPERATURE_K_MAX
from openline.domain.space import geoid_egm96
from openline.domain.space.altitude import (
    ANY_WEATHER,
    EVERYWHERE_DM,
    Altitude,
    Atmosphere,
    Datum,
    UndulationRange,
    amsl_range_dm,
    pressure_height_dm,
    vertical_gap_dm,
)
from openline.domain.space.geodesy import Position
from openline.domain.space.geoid import box_e7, undulation_range_dm, undulation_within
from openline.domain.space.volume import Shape
from tests.vectors.make import HERE

PATH = HERE / "conflict" / "altitude.json"

SETTLED = Atmosphere(1009, 1017, 5)
WIDEST_WEATHER = Atmosphere(QNH_HPA_MIN, QNH_HPA_MAX, TEMPERATURE_K_MAX)
ATMOSPHERES = (ANY_WEATHER, SETTLED, WIDEST_WEATHER, Atmosphere(1013, 1014, 0))
LEVELS = (0, 1, 5, 50, 99, 100, 180, 245, 360, 361, 362, 400, 600, 999)
SYRIA: UndulationRange = (100, 390)

HEIGHTS_M = ((3_000, 6_000), (3_000, 3_000), (6_000, 3_000))
"""Of the upper bound of one band and the lower bound of the other."""

BOXES = (
    ("a point on a node", 35_0000000, 35_0000000, 40_0000000, 40_0000000),
    ("a point within a cell", 35_2854000, 35_2854000, 40_1760000, 40_1760000),
    ("a box of several cells", 33_0000001, 36_9999999, 35_5000000, 42_2500000),
    ("across longitude 0", 50_0000000, 52_0000000, -1_5000000, 1_5000000),
    ("across the antimeridian", -20_0000000, -15_0000000, 178_0000000, -177_5000000),
    ("a turn further west", 10_0000000, 12_0000000, -361_0000000, -358_0000000),
    ("the north pole", 89_5000000, 90_0000000, -180_0000000, 180_0000000),
    ("a point at the south pole", -90_0000000, -90_0000000, 0, 0),
    ("the last row of cells", -89_9999999, -89_1000000, 10_0000000, 20_0000000),
    ("south of India", 4_0000000, 6_0000000, 77_0000000, 80_0000000),
    ("New Guinea", -9_0000000, -7_0000000, 146_0000000, 148_0000000),
    ("Mauna Loa", 19_0000000, 20_0000000, -156_0000000, -155_0000000),
    ("the whole globe", -90_0000000, 90_0000000, -180_0000000, 180_0000000),
)

VOLUMES: tuple[tuple[str, Shape, tuple[Position, ...], int], ...] = (
    ("a circle", Shape.CIRCLE, ((35_2854000, 40_1760000),), 9_000),
    ("a circle near the pole", Shape.CIRCLE, ((88_9000000, 10_0000000),), 20_000),
    ("a large circle", Shape.CIRCLE, ((60_0000000, 179_9000000),), 500_000),
    ("a corridor", Shape.CORRIDOR, ((33_5000000, 36_3000000), (36_2000000, 37_1500000)), 9_260),
    (
        "a corridor over the pole",
        Shape.CORRIDOR,
        ((80_0000000, 0), (80_0000000, 180_0000000)),
        1_000,
    ),
    (
        "a polygon with a long edge",
        Shape.POLYGON,
        ((50_0000000, -20_0000000), (50_0000000, 15_0000000), (45_0000000, 0)),
        0,
    ),
    (
        "a polygon across the antimeridian",
        Shape.POLYGON,
        (
            (-10_0000000, 179_0000000),
            (-10_0000000, -179_0000000),
            (-12_0000000, -179_0000000),
            (-12_0000000, 179_0000000),
        ),
        1_000,
    ),
    (
        "a ring round the south pole",
        Shape.POLYGON,
        tuple((-85_0000000, longitude * 10_000_000) for longitude in range(-180, 180, 40)),
        0,
    ),
)


def make() -> str:
    """The file's text, one vector in each row."""
    lists = {
        "grid_sha256": geoid_egm96.SHA256,
        "pressure_heights": list(_pressure_heights()),
        "flight_levels": list(_flight_levels()),
        "gaps": list(_gaps()),
        "undulations": list(_undulations()),
        "volumes": list(_volumes()),
    }
    return "{\n" + ",\n".join(_written(name, held) for name, held in lists.items()) + "\n}\n"


def _written(name: str, held: Any) -> str:
    if isinstance(held, str):
        return f'  "{name}": "{held}"'
    rows = ",\n".join(f"    {json.dumps(row)}" for row in held)
    return f'  "{name}": [\n{rows}\n  ]'


def _pressure_heights() -> Iterator[list[int]]:
    for pressure_hpa in range(QNH_HPA_MIN, QNH_HPA_MAX + 1):
        yield [pressure_hpa, math.floor(pressure_height_dm(pressure_hpa))]


def _atmosphere(air: Atmosphere) -> list[int]:
    return [int(air.qnh_min_hpa), int(air.qnh_max_hpa), int(air.temperature_k)]


def _flight_levels() -> Iterator[dict[str, Any]]:
    for air in ATMOSPHERES:
        for number in LEVELS:
            ends = amsl_range_dm(Altitude(Datum.FLIGHT_LEVEL, number), air)
            yield {"level": number, "atmosphere": _atmosphere(air), "amsl_dm": list(ends)}


def _bound(datum: Datum | None, height_m: int) -> Altitude | None:
    if datum is None:
        return None
    if datum is Datum.FLIGHT_LEVEL:
        return Altitude(datum, height_m * 10 // 305)
    return Altitude(datum, height_m * 10)


def _value(bound: Altitude | None) -> list[int] | None:
    return None if bound is None else [int(bound.datum), bound.value]


def _gaps() -> Iterator[dict[str, Any]]:
    """Every ordered pair of references, at three heights, everywhere and at one place."""
    references = (*Datum, None)
    for upper in references:
        for lower in references:
            for upper_m, lower_m in HEIGHTS_M:
                bands = (None, _bound(upper, upper_m), _bound(lower, lower_m), None)
                yield _gap(bands, ANY_WEATHER, EVERYWHERE_DM, EVERYWHERE_DM)
                yield _gap(bands, SETTLED, SYRIA, (110, 400))
    for upper in Datum:
        for lower in Datum:
            first = (_bound(upper, 1_000), _bound(upper, 2_000))
            yield _gap(
                (*first, _bound(lower, 4_000), _bound(lower, 5_000)), ANY_WEATHER, SYRIA, SYRIA
            )


def _gap(
    bands: tuple[Altitude | None, ...], air: Atmosphere, a: UndulationRange, b: UndulationRange
) -> dict[str, Any]:
    lower_a, upper_a, lower_b, upper_b = bands
    gap_dm = vertical_gap_dm(
        *(lower_a, upper_a, lower_b, upper_b, air), undulation_a=a, undulation_b=b
    )
    return {
        "a": [_value(lower_a), _value(upper_a)],
        "b": [_value(lower_b), _value(upper_b)],
        "atmosphere": _atmosphere(air),
        "undulations_dm": [list(a), list(b)],
        "gap_dm": gap_dm,
    }


def _undulations() -> Iterator[dict[str, Any]]:
    for name, *box in BOXES:
        south, north, west, east = box
        ends = undulation_range_dm(south, north, west, east)
        yield {"name": name, "box_e7": box, "undulation_dm": list(ends)}


def _volumes() -> Iterator[dict[str, Any]]:
    for name, shape, vertices, radius_m in VOLUMES:
        yield {
            "name": name,
            "shape": int(shape),
            "vertices": [list(vertex) for vertex in vertices],
            "radius_m": radius_m,
            "box_e7": list(box_e7(shape, vertices, radius_m)),
            "undulation_dm": list(undulation_within(shape, vertices, radius_m)),
        }


def main() -> None:
    """Write the file if it is not as it must be."""
    text = make()
    if not PATH.exists() or PATH.read_text("utf-8") != text:
        PATH.write_text(text, "utf-8")
        sys.stdout.write(f"{PATH.name} is new\n")


if __name__ == "__main__":
    main()
