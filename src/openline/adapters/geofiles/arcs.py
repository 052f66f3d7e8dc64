"""Arcs, sectors and strips of orders, drawn as the polygons that volumes have.

Bearings are true, clockwise from north; lengths are those of geodesics on the
ellipsoid. A chord of an arc, and the side of a strip, leaves what it stands for by
less than `DEVIATION_M_MAX`.
"""

import math
from collections.abc import Sequence

from openline.adapters.geofiles.edges import DEVIATION_M_MAX
from openline.domain.space.geodesy import (
    CURVATURE_RADIUS_M_MIN,
    Position,
    azimuth_deg,
    destination,
    distance_m,
)

_SHARE = 0.9
"""Of the permitted deviation: what the rounding of vertices and the ellipsoid leave."""


def sweep_deg(start_deg: float, end_deg: float) -> float:
    """How far it is clockwise from one bearing to another: (0, 360]."""
    return (end_deg - start_deg) % 360 or 360.0


def chords_of(radius_m: float, sweep_deg: float) -> int:
    """How many chords follow an arc closely enough; at least one for each quarter."""
    if radius_m <= DEVIATION_M_MAX:
        return max(1, math.ceil(sweep_deg / 90))
    step_deg = 2 * math.degrees(math.acos(1 - _SHARE * DEVIATION_M_MAX / radius_m))
    return max(math.ceil(sweep_deg / step_deg), math.ceil(sweep_deg / 90))


def arc(centre: Position, radius_m: float, start_deg: float, sweep_deg: float) -> list[Position]:
    """Positions on an arc, clockwise, both its ends among them."""
    chords = chords_of(radius_m, sweep_deg)
    return [
        destination(centre, start_deg + sweep_deg * chord / chords, radius_m)
        for chord in range(chords + 1)
    ]


def sector(
    centre: Position, inner_m: float, outer_m: float, start_deg: float, sweep_deg: float
) -> list[Position]:
    """The ring of a sector between two radii; it goes to the centre if the inner is 0."""
    outer = arc(centre, outer_m, start_deg, sweep_deg)
    if not inner_m:
        return [*outer, centre]
    return [*outer, *reversed(arc(centre, inner_m, start_deg, sweep_deg))]


def sector_size(inner_m: float, outer_m: float, sweep_deg: float) -> int:
    """How many vertices `sector` gives."""
    inner = chords_of(inner_m, sweep_deg) + 1 if inner_m else 1
    return chords_of(outer_m, sweep_deg) + 1 + inner


def beside(start: Position, end: Position, right_m: float) -> tuple[Position, Position]:
    """The two ends of a line moved to its right, or to its left if negative."""
    along_deg, back_deg = azimuth_deg(start, end), azimuth_deg(end, start)
    return (
        destination(start, along_deg + 90, right_m),
        destination(end, back_deg - 90, right_m),
    )


def strip(start: Position, end: Position, left_m: float, right_m: float) -> list[Position]:
    """The ring of what lies so far to the left and to the right of a line."""
    places = _along(start, end, _pieces(start, end, max(left_m, right_m)))
    return [*_side(places, -left_m), *reversed(_side(places, right_m))]


def strip_size(start: Position, end: Position, left_m: float, right_m: float) -> int:
    """How many vertices `strip` gives."""
    return 2 * _pieces(start, end, max(left_m, right_m)) + 2


def _pieces(start: Position, end: Position, aside_m: float) -> int:
    """How many straight pieces follow the side of a strip closely enough."""
    # The side of a strip is no great circle: it parts from one by the distance to the line
    # times the square of half its angle, over two.
    step_m = math.sqrt(
        8 * _SHARE * DEVIATION_M_MAX * CURVATURE_RADIUS_M_MIN**2 / max(aside_m, DEVIATION_M_MAX)
    )
    return max(1, math.ceil(distance_m(start, end) / step_m))


def _along(start: Position, end: Position, pieces: int) -> list[Position]:
    """The ends of so many equal pieces of a line."""
    length_m, bearing_deg = distance_m(start, end), azimuth_deg(start, end)
    inner = [destination(start, bearing_deg, length_m * n / pieces) for n in range(1, pieces)]
    return [start, *inner, end]


def _side(places: Sequence[Position], right_m: float) -> list[Position]:
    if not right_m:
        return list(places)
    last = places[-1]
    side = [destination(place, azimuth_deg(place, last) + 90, right_m) for place in places[:-1]]
    return [*side, beside(places[0], last, right_m)[1]]
