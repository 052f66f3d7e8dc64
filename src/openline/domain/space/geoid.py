"""Geoid: how far mean sea level lies above the ellipsoid, by place (EGM96).

For the conflict rule it gives a range that holds the undulation everywhere in a
box or a volume: least and greatest of the nodes around, widened by a fixed bound.
That is whole numbers throughout, so that every node finds the same range
(`docs/spec/altitude.md`). For people it gives the undulation of a position.

The grid stands in a module, `geoid_egm96`, as packed text: the domain opens no
file, a module is found wherever the package is, and it is read only when a height
above the ellipsoid meets another reference. 59 KB, unpacked once in some 50 ms.
"""

import base64
import hashlib
import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from openline.domain.space.altitude import (
    EVERYWHERE_DM,
    GEOID_DM_MAX,
    GEOID_DM_MIN,
    Datum,
    UndulationRange,
)
from openline.domain.space.geodesy import LAT_E7_MAX, LON_E7_MAX, Position
from openline.domain.space.volume import Shape, Volume

MARGIN_DM = 100
"""How far the geoid may leave the nodes around a one-degree cell.

The nodes of the 15-minute grid do so by at most 8.38 m (measured over all cells by
`scripts/pack_geoid.py`: 14 cm in nine of ten cells, the most under Mauna Loa), and
between those nodes EGM96 leaves them by at most 1.152 m (GeographicLib, "Geoid
height", table of errors). Together 9.53 m.
"""

_CELL_E7 = 10_000_000
_TURN_E7 = 2 * LON_E7_MAX
_ROWS, _COLUMNS = 181, 360

_E7_PER_METRE = 91
"""A metre north is at most 90.44e-7 degree, at the equator."""

_STEP_E7_MAX = 600_000_000
"""Longest edge in longitude of which the bulge is bounded by its square."""

_BULGE_DIVISOR_E7 = 8_000_000_000
"""An edge of so many 1e-7 degrees of longitude rises by at most their square over this.

By less than x * x / 16 radians for a small x, and by 1.13 times that for 60 degrees;
9.17e9 would be the small one.
"""

_POLAR_E7 = 890_000_000
"""Beyond this latitude a volume is taken to reach round the pole."""

_CORES_KEPT = 4_096

_Grid = NDArray[np.int16]


def undulation_range_dm(
    south_e7: int, north_e7: int, west_e7: int, east_e7: int
) -> UndulationRange:
    """Least and greatest undulation within a box, in decimetres, never too narrow.

    Args:
        south_e7: Southern edge, 1e-7 degree, at least -90 degrees.
        north_e7: Northern edge, not south of it, at most 90 degrees.
        west_e7: Western edge; any whole turn may be added.
        east_e7: Eastern edge; below the western one it lies across the
            antimeridian. A whole turn from it the box goes round the globe.
    """
    first_row = (LAT_E7_MAX - north_e7) // _CELL_E7
    last_row = min((LAT_E7_MAX - south_e7) // _CELL_E7 + 1, _ROWS - 1)
    width_e7 = east_e7 - west_e7 if east_e7 >= west_e7 else east_e7 - west_e7 + _TURN_E7
    start_e7 = west_e7 % _TURN_E7
    first, last = start_e7 // _CELL_E7, (start_e7 + width_e7) // _CELL_E7 + 1
    if last - first >= _COLUMNS:
        first, last = 0, _COLUMNS - 1
    nodes = _grid()[first_row : last_row + 1, first : last + 1]
    return (
        max(int(nodes.min()) - MARGIN_DM, GEOID_DM_MIN),
        min(int(nodes.max()) + MARGIN_DM, GEOID_DM_MAX),
    )


def undulation_of(volume: Volume) -> UndulationRange:
    """The range within a volume if a bound of its band asks for it.

    Cheap where no bound is above the ellipsoid: then any range does, and the one
    of the whole globe is given.
    """
    for bound in (volume.lower, volume.upper):
        if bound is not None and bound.datum is Datum.WGS84:
            return undulation_within(volume.shape, volume.vertices, volume.radius_m)
    return EVERYWHERE_DM


@lru_cache(maxsize=_CORES_KEPT)
def undulation_within(
    shape: Shape, vertices: tuple[Position, ...], radius_m: int
) -> UndulationRange:
    """The range within a core widened by a radius, computed once; see `box_e7`."""
    return undulation_range_dm(*box_e7(shape, vertices, radius_m))


def box_e7(
    shape: Shape, vertices: tuple[Position, ...], radius_m: int
) -> tuple[int, int, int, int]:
    """South, north, west and east of a box that holds a volume, in whole numbers.

    Wider than need be wherever exactness would need a sine; holds every volume
    that passes `check_volume`. Near a pole the box goes round it. West and east are
    not reduced to one turn, and east is never below west.
    """
    steps = list(_steps(shape, vertices))
    longest = max((abs(step) for step in steps), default=0)
    goes_round = longest > _STEP_E7_MAX or (shape is Shape.POLYGON and sum(steps) != 0)
    pad = radius_m * _E7_PER_METRE
    if not goes_round:
        pad += longest * longest // _BULGE_DIVISOR_E7 + 1
    south = max(min(lat for lat, _ in vertices) - pad, -LAT_E7_MAX)
    north = min(max(lat for lat, _ in vertices) + pad, LAT_E7_MAX)
    steepest = max(-south, north)
    if goes_round or steepest > _POLAR_E7:
        poles = (south, LAT_E7_MAX) if north == steepest else (-LAT_E7_MAX, north)
        return *poles, -LON_E7_MAX, LON_E7_MAX
    places = list(accumulate(steps, initial=vertices[0][1]))
    # The cosine of a latitude is at least the share of the right angle that is left.
    wide = radius_m * _E7_PER_METRE * LAT_E7_MAX // (LAT_E7_MAX - steepest) + 1
    return south, north, min(places) - wide, max(places) + wide


def undulation_m(position: Position) -> float:
    """The undulation at a position, in metres, between the four nodes around it.

    For people: within 0.6 m of the 15-minute grid at nine of ten places, root mean
    square 0.5 m, within 13.7 m everywhere. Nothing agreed is decided by it.
    """
    row, south_e7 = divmod(LAT_E7_MAX - position[0], _CELL_E7)
    column, east_e7 = divmod(position[1] % _TURN_E7, _CELL_E7)
    below = min(row + 1, _ROWS - 1)
    down, along = south_e7 / _CELL_E7, east_e7 / _CELL_E7
    upper, lower = (
        float(nodes[column]) * (1 - along) + float(nodes[column + 1]) * along
        for nodes in (_grid()[row], _grid()[below])
    )
    return (upper * (1 - down) + lower * down) / 10


def _steps(shape: Shape, vertices: tuple[Position, ...]) -> Iterator[int]:
    """How far east each edge leads, in 1e-7 degree, the shorter way."""
    ring = (*vertices, vertices[0]) if shape is Shape.POLYGON else vertices
    for (_, start), (_, end) in pairwise(ring):
        yield (end - start + LON_E7_MAX) % _TURN_E7 - LON_E7_MAX


@lru_cache(maxsize=1)
def _grid() -> _Grid:
    """Every node in decimetres, rows from the north, columns east from 0, twice round.

    The second turn spares a box across longitude 0 a case of its own.
    """
    # In here, so that a program which meets no such height never reads the text.
    from openline.domain.space import geoid_egm96

    packed = zlib.decompress(base64.b64decode(geoid_egm96.PACKED))
    bends = np.fromiter(_numbers(packed), dtype=np.int64, count=_ROWS * _COLUMNS)
    grid = bends.reshape(_ROWS, _COLUMNS).cumsum(axis=0).cumsum(axis=1).astype(">i2")
    assert hashlib.sha256(grid.tobytes()).hexdigest() == geoid_egm96.SHA256
    return np.tile(grid.astype(np.int16), 2)


def _numbers(packed: bytes) -> Iterator[int]:
    """Zigzag numbers in groups of seven bits, the low group first."""
    number = shift = 0
    for byte in packed:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield (number >> 1) ^ -(number & 1)
            number = shift = 0
