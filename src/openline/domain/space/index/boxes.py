"""Boxes: where and when a volume may be, in five intervals of single precision.

Seconds since an origin, three axes of the unit sphere, decimetres above the sea.
A box is written as ten sides: the least value on each axis, then the greatest of
each with its sign turned. So a box meets another exactly if each of its sides is
at most the facing side of the other, and the box round several has the least of
their sides.

A box holds its whole volume and the margin of the rule, and is rounded outward:
what the rule does not call clear has boxes that meet once one of them is padded
by the minima. There is no antimeridian here and no pole. The formulas are those
of `volume.core_of`, for many volumes at a time.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from openline.domain.space.altitude import GEOID_DM_MAX, GEOID_DM_MIN, Datum
from openline.domain.space.conflict import MARGIN_M, MARGIN_SHARE, Minima
from openline.domain.space.geodesy import AXIS_M, CURVATURE_RADIUS_M_MIN, Floats
from openline.domain.space.index.table import Table
from openline.domain.space.volume import Shape, Volume

Singles = NDArray[np.float32]
Rows = NDArray[np.int64]

AXES: Final = 5
SIDES: Final = 2 * AXES
TIME, X, Y, Z, HEIGHT = range(AXES)

OFF_CENTRE_SHARE: Final = 2 * MARGIN_SHARE
"""Of the width of a volume: what the margin of a contact may be beyond `MARGIN_M`.

The contact lies no further from the centre of the plane than the smaller volume is wide;
the plane shows that up to one and a half times too long.
"""

ROUNDING: Final = 1e-9
"""What sums and products of a unit sphere's coordinates may be off by, and more."""
_WGS84: Final = int(Datum.WGS84)
_ROWS_AT_ONCE: Final = 65_536
_RADIANS_OF_E7: Final = np.pi / 180 / 1e7


def boxes_of(table: Table, units: Floats, origin_ms: int) -> Singles:
    """The sides of the boxes of the rows of a table.

    Args:
        table: The volumes, without room to spare.
        units: The normals at the positions of the table.
        origin_ms: Of the boxes' times.

    Returns:
        Ten sides for each row, one column for each.
    """
    size = len(table.facts)
    sides = np.empty((SIDES, size), np.float32)
    for first in range(0, size, _ROWS_AT_ONCE):
        rows = slice(first, min(first + _ROWS_AT_ONCE, size))
        sides[:, rows] = _down(_some_boxes(table, units, rows, origin_ms))
    return sides


def facing_sides(
    reach: tuple[Sequence[float], Sequence[float]],
    volume: Volume,
    band_dm: tuple[int, int],
    origin_ms: int,
    widest: Minima,
) -> Singles:
    """The sides that other boxes must not exceed to meet the padded box of one.

    Args:
        reach: Least and greatest x, y and z of the core of the volume that is asked about.
        volume: Itself.
        band_dm: How low and how high it may reach, as for boxes.
        origin_ms: Of the boxes' times.
        widest: The widest minima that may apply: how much the box is padded.
    """
    low, high = reach
    width_m = AXIS_M * math.dist(low, high) + 2 * volume.radius_m
    lateral_m = widest.lateral_m * (1 + OFF_CENTRE_SHARE)
    pad = volume.radius_m + MARGIN_M + OFF_CENTRE_SHARE * width_m + lateral_m
    pad = pad / CURVATURE_RADIUS_M_MIN + ROUNDING
    sides = [
        (volume.valid_until - origin_ms + widest.time_ms) / 1_000,
        *(side + pad for side in high),
        band_dm[1] + widest.vertical_dm,
        (origin_ms + widest.time_ms - volume.valid_from) / 1_000,
        *(pad - side for side in low),
        widest.vertical_dm - band_dm[0],
    ]
    return np.asarray(np.nextafter(np.array(sides, np.float32), np.float32(np.inf)))


def lowest_dm(datum: int, value: int, dm: int) -> int:
    """How low a band may reach in a box, given its lower bound as a table has it.

    Two heights above the ellipsoid are compared as they are written, wherever they
    are. So the geoid of the place, which would part them, does not narrow a box.
    """
    return value - GEOID_DM_MAX if datum == _WGS84 else dm


def highest_dm(datum: int, value: int, dm: int) -> int:
    """How high a band may reach in a box, given its upper bound as a table has it."""
    return value - GEOID_DM_MIN if datum == _WGS84 else dm


def normals_at(positions: NDArray[np.int32]) -> Floats:
    """The unit normals at many positions, one in each row; near enough for a filter."""
    units = np.empty((len(positions), 3))
    for start in range(0, len(positions), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        lat, lon = (positions[part] * _RADIANS_OF_E7).T
        cos_lat = np.cos(lat)
        units[part, 0] = cos_lat * np.cos(lon)
        units[part, 1] = cos_lat * np.sin(lon)
        units[part, 2] = np.sin(lat)
    return units


def _down(numbers: Floats) -> Singles:
    """The numbers in single precision, none greater than it was."""
    return np.asarray(np.nextafter(numbers.astype(np.float32), np.float32(-np.inf)))


def _some_boxes(table: Table, units: Floats, rows: slice, origin_ms: int) -> Floats:
    """Sides in double precision."""
    counts = table.vertex_count[rows].astype(np.int64)
    begins = table.vertex_first[rows]
    units = units[int(begins[0]) : int(begins[-1] + counts[-1])]
    starts = (begins - begins[0]).astype(np.int64)
    low = np.minimum.reduceat(units, starts, axis=0)
    high = np.maximum.reduceat(units, starts, axis=0)
    is_ring = table.shape[rows] == Shape.POLYGON
    rise = _rises(units, starts, counts, is_ring)
    low, high = low - rise[:, None], high + rise[:, None]
    _widen_rings(low, high, units, starts, counts, is_ring)
    radius_m = table.radius_m[rows].astype(np.float64)
    size = high - low
    width_m = AXIS_M * np.sqrt(np.einsum("ij,ij->i", size, size)) + 2 * radius_m
    pad = (radius_m + MARGIN_M + OFF_CENTRE_SHARE * width_m) / CURVATURE_RADIUS_M_MIN + ROUNDING
    sides = np.empty((SIDES, len(counts)))
    sides[TIME] = (table.valid_from[rows] - origin_ms) / 1_000
    sides[X : Z + 1] = low.T - pad
    # As `lowest_dm` and `highest_dm`, for all of them.
    lower, lower_value, lower_dm = (column[rows] for column in table.lower)
    sides[HEIGHT] = np.where(lower == _WGS84, lower_value - GEOID_DM_MAX, lower_dm)
    sides[AXES + TIME] = (origin_ms - table.valid_until[rows]) / 1_000
    sides[AXES + X : AXES + Z + 1] = -high.T - pad
    upper, upper_value, upper_dm = (column[rows] for column in table.upper)
    sides[AXES + HEIGHT] = np.where(upper == _WGS84, GEOID_DM_MIN - upper_value, -upper_dm)
    return sides


def _rises(units: Floats, starts: Rows, counts: Rows, is_ring: NDArray[np.bool_]) -> Floats:
    """How far the longest edge of each core rises over its chord; 0 for a circle."""
    follows = np.arange(1, len(units) + 1)
    ends = starts + counts - 1
    # The last vertex of a ring is joined to its first, that of a line to none.
    follows[ends] = np.where(is_ring, starts, ends)
    chords = units[follows] - units
    squared = np.maximum.reduceat(np.einsum("ij,ij->i", chords, chords), starts)
    return np.asarray(1 - np.sqrt(1 - np.minimum(squared, 4.0) / 4))


def _widen_rings(
    low: Floats, high: Floats, units: Floats, starts: Rows, counts: Rows, is_ring: NDArray[np.bool_]
) -> None:
    """Let the box of a ring reach the end of each axis that may be inside it."""
    sums = np.add.reduceat(units, starts, axis=0)
    lengths = np.sqrt(np.einsum("ij,ij->i", sums, sums))
    middles = sums / np.maximum(lengths, 1e-9)[:, None]
    cosines = np.einsum("ij,ij->i", units, np.repeat(middles, counts, axis=0))
    nearest = np.minimum.reduceat(cosines, starts)[:, None] - ROUNDING
    low[is_ring[:, None] & (-middles >= nearest)] = -1.0
    high[is_ring[:, None] & (middles >= nearest)] = 1.0
