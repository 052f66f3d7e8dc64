"""Edges: from the straight lines of a map to great circles, and back.

Volumes are made of great circles; in GeoJSON and KML an edge is straight in
longitude and latitude (RFC 7946, 3.1.1). At 35 degrees north the two part by
137 m on a hundred kilometres, by 14 km on a thousand. A rhumb line keeps its bearing:
it is straight on a Mercator chart, as areas at sea are often drawn. Edges that part
by 5 m or more get vertices in between until they do not.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeAlias

from openline.domain.limits import VERTICES_MAX
from openline.domain.space.geodesy import (
    AXIS_M,
    ECCENTRICITY_SQUARED,
    LON_E7_MAX,
    Position,
    normals,
    position_of,
)
from openline.domain.space.volume import Shape

DEVIATION_M_MAX = 5.0
"""How far an edge may lie off the one that was meant."""

_RADIANS_OF_E7 = math.pi / 180 / 1e7
_ECCENTRICITY = math.sqrt(ECCENTRICITY_SQUARED)

RHUMB_LAT_E7_MAX = 890_000_000
"""How far north or south an edge may be a rhumb line: a Mercator chart has no poles."""

_Between: TypeAlias = Callable[[Position, Position, float], Position]
"""The position at a share of an edge of some sort."""

_SHARES = [share / 8 for share in range(1, 8)]


def edges_of(shape: Shape, vertices: Sequence[Position]) -> list[tuple[Position, Position]]:
    """The edges of a core, each from start to end; the last of a ring closes it."""
    if shape is Shape.CIRCLE:
        return []
    ends = [*vertices[1:], vertices[0]] if shape is Shape.POLYGON else vertices[1:]
    return list(zip(vertices, ends, strict=False))


def along_straight_edges(
    shape: Shape, vertices: tuple[Position, ...], *, is_rhumb: bool = False
) -> tuple[Position, ...] | None:
    """The vertices of great circles that follow edges straight in degrees.

    None if it would take more than `VERTICES_MAX` of them.

    Args:
        shape: What the vertices are.
        vertices: As in a volume.
        is_rhumb: The edges keep their bearing instead; no vertex may lie further
            from the equator than `RHUMB_LAT_E7_MAX`.
    """
    dense: list[Position] = []
    for start, end in edges_of(shape, vertices):
        dense += straight_in_degrees(start, end, _on_rhumb if is_rhumb else _between)
        if len(dense) > VERTICES_MAX:
            return None
    return _with_end(shape, dense, vertices)


def along_great_circles(shape: Shape, vertices: tuple[Position, ...]) -> tuple[Position, ...]:
    """The vertices of straight edges that follow the great circles of a core."""
    dense: list[Position] = []
    for start, end in edges_of(shape, vertices):
        dense += _on_great_circle(start, end)
    return _with_end(shape, dense, vertices)


def _with_end(
    shape: Shape, dense: list[Position], vertices: tuple[Position, ...]
) -> tuple[Position, ...]:
    return tuple(dense) if shape is Shape.POLYGON else (*dense, vertices[-1])


def straight_in_degrees(
    start: Position, end: Position, between: _Between | None = None
) -> list[Position]:
    """The start and what it takes after it to run straight in longitude and latitude.

    Args:
        start: Where the edge begins.
        end: Where it ends.
        between: Gives the positions on it; without it, straight in degrees.
    """
    between = between or _between
    deviation_m = _deviation_m(start, end, between)
    if deviation_m < DEVIATION_M_MAX:
        return [start]
    # The deviation falls with the square of the number of pieces.
    pieces = math.ceil(math.sqrt(deviation_m / DEVIATION_M_MAX))
    while pieces <= VERTICES_MAX:
        points = [between(start, end, piece / pieces) for piece in range(pieces + 1)]
        pairs = pairwise(points)
        if max(_deviation_m(*pair, between) for pair in pairs) < DEVIATION_M_MAX:
            return points[:-1]
        pieces += 1 + pieces // 16
    return [start] * (VERTICES_MAX + 1)


def _deviation_m(start: Position, end: Position, between: _Between) -> float:
    """How far an edge of some sort lies off the great circle; 0 if surely near."""
    tall = abs(end[0] - start[0]) * _RADIANS_OF_E7
    wide = abs((end[1] - start[1] + LON_E7_MAX) % (2 * LON_E7_MAX) - LON_E7_MAX) * _RADIANS_OF_E7
    # Most edges are short: the curve of a parallel, and of a slope, at its worst. That of a
    # rhumb line is less: the sine of its latitude times its width times its length, over 8.
    if wide * (wide / 2 + 2 * tall) * AXIS_M / 8 < DEVIATION_M_MAX / 2:
        return 0.0
    points = normals([start, end, *(between(start, end, share) for share in _SHARES)])
    x, y, z = points[0]
    u, v, w = points[1]
    pole = (y * w - z * v, z * u - x * w, x * v - y * u)
    length = math.sqrt(sum(part * part for part in pole))
    if length < 1e-12:
        return 0.0
    return float(max(abs(point @ pole) for point in points[2:])) / length * AXIS_M


def _between(start: Position, end: Position, share: float) -> Position:
    """The position at this share of an edge straight in degrees, the short way round."""
    if share in (0, 1):
        return end if share else start  # As they are written: 180 is not made -180.
    lat = round(start[0] + (end[0] - start[0]) * share)
    return lat, _lon_between(start, end, share)


def _on_rhumb(start: Position, end: Position, share: float) -> Position:
    """The position at this share of a rhumb line, straight on a Mercator chart."""
    if share in (0, 1):
        return end if share else start
    low, high = (_isometric(place[0] * _RADIANS_OF_E7) for place in (start, end))
    lat = _latitude(low + (high - low) * share)
    return round(lat / _RADIANS_OF_E7), _lon_between(start, end, share)


def _lon_between(start: Position, end: Position, share: float) -> int:
    east = (end[1] - start[1] + LON_E7_MAX) % (2 * LON_E7_MAX) - LON_E7_MAX
    lon = round(start[1] + east * share)
    return (lon + LON_E7_MAX) % (2 * LON_E7_MAX) - LON_E7_MAX


def _isometric(lat: float) -> float:
    """The height of a latitude on a Mercator chart of the ellipsoid (Snyder, 7-7)."""
    sine = math.sin(lat)
    return math.atanh(sine) - _ECCENTRICITY * math.atanh(_ECCENTRICITY * sine)


def _latitude(isometric: float) -> float:
    """The latitude of an isometric latitude, to less than a millimetre."""
    lat = math.asin(math.tanh(isometric))
    for _ in range(6):
        bulge = _ECCENTRICITY * math.atanh(_ECCENTRICITY * math.sin(lat))
        lat = math.asin(math.tanh(isometric + bulge))
    return lat


def _on_great_circle(start: Position, end: Position) -> list[Position]:
    """The start and positions on the great circle, close enough for straight edges."""
    first, last = normals([start, end])
    angle = math.acos(min(1.0, max(-1.0, float(first @ last))))
    if angle < 1e-6:
        return [start]
    pieces = len(straight_in_degrees(start, end))
    while True:
        points = [
            position_of(math.sin((1 - share) * angle) * first + math.sin(share * angle) * last)
            for share in (piece / pieces for piece in range(1, pieces))
        ]
        chain = [start, *points, end]
        is_close = all(_deviation_m(*pair, _between) < DEVIATION_M_MAX for pair in pairwise(chain))
        if is_close or pieces > VERTICES_MAX:
            return chain[:-1]
        pieces += 1 + pieces // 16
