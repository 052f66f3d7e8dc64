"""Sieve: which rows of a segment a query must look at, and how near they come.

The plain path, in numpy and GEOS; `compiled` is the other. Both decide a pair
only where the rule of `domain.space.conflict` must say the same, and leave the
rest to the rule: so the two give the same verdicts, and the rule's own.

Band and window are compared exactly. The distance is taken in one gnomonic
plane around the volume that is asked about, not in the plane of the rule. Such
a plane never shows a length too short, but for the change of curvature, and
near its centre hardly too long: how much at most follows from the widest angle
that matters (`thresholds`).
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from openline.domain.space.altitude import UNBOUNDED_DM, Atmosphere, Datum
from openline.domain.space.conflict import MARGIN_M, Minima
from openline.domain.space.geodesy import AXIS_M, CURVATURE_RADIUS_M_MIN, Floats, Plane, plane_at
from openline.domain.space.index.boxes import (
    AXES,
    OFF_CENTRE_SHARE,
    TIME,
    Rows,
    Singles,
    facing_sides,
    highest_dm,
    lowest_dm,
    normals_at,
)
from openline.domain.space.index.segment import BLOCK, Segment
from openline.domain.space.index.table import NO_BOUND, Table, row_of
from openline.domain.space.volume import Core, Shape, Volume, core_of

WITHIN, TOUCH, BEYOND, OPEN = 0, 2, 3, 9
"""How a pair stands: as the states of the rule, or OPEN, which the rule decides."""

SLACK_M = 2.0
SLACK_SHARE = 1e-5
"""Beyond the margin of the rule: what the rule's own lengths may err by."""

CURVATURE_SHARE = 0.02
"""For each radian from its centre a plane's lengths are off by at most this share more.

Over an angle of one radian the radius of curvature along the meridian changes by at most
1.0 %, that across it by 0.4 %, and the turn of north mixes both by another 0.4 %.
"""

COSINE_MIN = 0.2
"""A vertex further than this from the centre (78 degrees) leaves its pair to the rule."""

WORK_AT_ONCE = 1_024
"""Work of one step, some milliseconds: one for each row, and for `EDGES_PER_WORK` of its
edges taken with edges of the volume that is asked about."""

EDGES_PER_WORK = 64

_States = NDArray[np.int8]
_Integers = NDArray[np.int64]


class MinimaByKind(NamedTuple):
    """The minima that apply to each kind, one number for each kind."""

    lateral_m: Floats
    vertical_dm: _Integers
    time_ms: _Integers


def minima_by_kind(minima: Sequence[Minima]) -> MinimaByKind:
    """The minima of each kind as columns."""
    return MinimaByKind(
        np.array([one.lateral_m for one in minima], np.float64),
        np.array([one.vertical_dm for one in minima], np.int64),
        np.array([one.time_ms for one in minima], np.int64),
    )


class Asked(NamedTuple):
    """The volume that is asked about.

    Attributes:
        core: Its core.
        plane: Around its middle.
        points: Its vertices in the plane.
        figure: Its core in the plane.
        reach_rad: From its middle to its furthest vertex.
        width_m: How wide it is at most, its radius included.
        radius_m: Its radius.
        band: Datum and value of the lower bound and its least height, then the
            same of the upper bound and its greatest.
        window: From and until.
    """

    core: Core
    plane: Plane
    points: Floats
    figure: Any
    reach_rad: float
    width_m: float
    radius_m: int
    band: tuple[int, int, int, int, int, int]
    window: tuple[int, int]


def asked_of(volume: Volume, atmosphere: Atmosphere) -> Asked:
    """The volume as a query asks about it."""
    core = core_of(volume.shape, volume.vertices)
    plane = plane_at(core.middle)
    points = plane.points(core.units)
    row = row_of(volume, 0, atmosphere)
    size = core.high - core.low
    return Asked(
        core,
        plane,
        points,
        _figure(volume.shape, points),
        math.acos(max(-1.0, min(1.0, float((core.units @ core.middle).min())))),
        AXIS_M * math.sqrt(float(size @ size)) + 2 * volume.radius_m,
        volume.radius_m,
        row[4:10],  # type: ignore[arg-type]  # Six of the eleven columns.
        row[10:12],  # type: ignore[arg-type]
    )


def facing(asked: Asked, origin_ms: int, widest: Minima) -> Singles:
    """The sides of its box that others must not exceed, padded by the widest minima."""
    band_dm = (float(lowest_dm(*asked.band[:3])), float(highest_dm(*asked.band[3:])))
    return facing_sides(asked.core, asked.radius_m, band_dm, asked.window, origin_ms, widest)


def _figure(shape: Shape, points: Floats) -> Any:
    if shape is Shape.CIRCLE:
        return shapely.points(points[0])
    if shape is Shape.CORRIDOR:
        return shapely.linestrings(points)
    return shapely.polygons(points)


def found(
    segment: Segment,
    volume: Volume,
    atmosphere: Atmosphere,
    origin_ms: int,
    widest: Minima,
    minima: MinimaByKind,
) -> Iterator[tuple[Rows, _States]]:
    """The rows of a segment that are not beyond the minima, with their states.

    In parts, each of which does hardly more than `WORK_AT_ONCE`.

    Args:
        segment: Where to look.
        volume: The volume that is asked about.
        atmosphere: Agreed bounds of the weather.
        origin_ms: Of the boxes' times.
        widest: The widest minima that may apply.
        minima: The minima of each kind.
    """
    asked = asked_of(volume, atmosphere)
    rows = near_rows(segment, facing(asked, origin_ms, widest))
    edges = segment.table.vertex_count[rows].astype(np.int64) * len(volume.vertices)
    done = np.cumsum(1 + edges // EDGES_PER_WORK)
    for some in np.split(rows, np.flatnonzero(np.diff(done // WORK_AT_ONCE)) + 1):
        states = judge(segment, some, asked, minima)
        is_kept = states != BEYOND
        yield some[is_kept], states[is_kept]


def near_rows(segment: Segment, facing: Singles) -> Rows:
    """The rows whose boxes meet one, in the order in which they were put in.

    Args:
        segment: Where to look.
        facing: The sides of that box (`boxes.facing_sides`).
    """
    sides = segment.blocks
    blocks = np.flatnonzero((sides[TIME] <= facing[TIME]) & (sides[AXES] <= facing[AXES]))
    blocks = blocks[(sides[:, blocks] <= facing[:, None]).all(axis=0)]
    meets = (segment.scan[blocks] <= facing[None, :, None]).all(axis=1)
    found, offsets = np.nonzero(meets)
    rows = segment.order[blocks[found] * BLOCK + offsets]
    rows = rows[segment.is_live[rows]]
    rows.sort()
    return np.asarray(rows)


def judge(segment: Segment, rows: Rows, asked: Asked, minima: MinimaByKind) -> _States:
    """How each row stands to the volume that is asked about.

    The state of the rule (0 to 3), or OPEN where the rule must decide.
    """
    table = segment.table
    kinds = table.kind[rows]
    states = np.maximum(
        _state_of(_rises_dm(table, rows, asked), minima.vertical_dm[kinds]),
        _state_of(_pauses_ms(table, rows, asked), minima.time_ms[kinds]),
    )
    left = np.flatnonzero(states < BEYOND)
    if len(left):
        across = _across(segment, rows[left], asked, minima.lateral_m[kinds[left]])
        states[left] = np.maximum(states[left], across)
    return states


def _state_of(gaps: _Integers, minima: _Integers) -> _States:
    """The state of bands or windows: closer than the minimum, touching, or beyond."""
    states = np.full(len(gaps), BEYOND, np.int8)
    states[(gaps == 0) & (minima == 0)] = TOUCH
    states[(gaps < minima) | (gaps < 0)] = WITHIN
    return states


def _pauses_ms(table: Table, rows: Rows, asked: Asked) -> _Integers:
    """The time between the window that is asked about and that of each row."""
    start, end = asked.window
    return np.maximum(start - table.valid_until[rows], table.valid_from[rows] - end)


def _rises_dm(table: Table, rows: Rows, asked: Asked) -> _Integers:
    """The gap between the band that is asked about and that of each row.

    The same numbers as `altitude.vertical_gap_dm` gives.
    """
    lower, lower_value, lower_dm, upper, upper_value, upper_dm = asked.band
    above = _rise_dm(
        (table.lower_datum[rows], table.lower_value[rows], table.lower_dm[rows]),
        (upper, upper_value, upper_dm),
    )
    below = _rise_dm(
        (lower, lower_value, lower_dm),
        (table.upper_datum[rows], table.upper_value[rows], table.upper_dm[rows]),
    )
    return np.maximum(above, below)


def _rise_dm(lower: tuple[Any, Any, Any], upper: tuple[Any, Any, Any]) -> _Integers:
    """How far at least lower bounds are above upper bounds of other bands."""
    datum, value, least_dm = lower
    other, other_value, most_dm = upper
    steps = np.subtract(value, other_value, dtype=np.int64)
    steps = np.where(datum == Datum.FLIGHT_LEVEL, steps * 3_048 // 10, steps)
    apart = np.where(datum == other, steps, np.subtract(least_dm, most_dm, dtype=np.int64))
    is_open = (np.equal(datum, NO_BOUND)) | (np.equal(other, NO_BOUND))
    return np.asarray(np.where(is_open, -UNBOUNDED_DM, apart))


def _across(segment: Segment, rows: Rows, asked: Asked, lateral_m: Floats) -> _States:
    """The horizontal state of each row, OPEN where only the rule can tell."""
    limit_m = lateral_m + segment.table.radius_m[rows] + asked.radius_m
    in_plane_m = _in_plane_m(segment.table, rows, asked)
    widths_m = segment.width_m[rows].astype(np.float64)
    near_m, far_m = thresholds(asked.reach_rad, asked.width_m, limit_m, lateral_m, widths_m)
    states = np.full(len(rows), OPEN, np.int8)
    states[in_plane_m >= far_m] = BEYOND
    states[in_plane_m <= near_m] = WITHIN
    return states


def thresholds(
    reach_rad: float, width_m: float, limit_m: Floats, lateral_m: Floats, widths_m: Floats
) -> tuple[Floats, Floats]:
    """Lengths in the plane up to which pairs are surely within, from which beyond.

    Args:
        reach_rad: From the middle of the volume that is asked about to its end.
        width_m: How wide it is.
        limit_m: For each pair the lateral minimum and both radii.
        lateral_m: For each pair the lateral minimum.
        widths_m: For each pair how wide the other volume is.
    """
    margin_m = MARGIN_M + OFF_CENTRE_SHARE * (np.minimum(widths_m, width_m) + lateral_m)
    slack_m = margin_m + SLACK_M + SLACK_SHARE * limit_m
    angle = reach_rad + (limit_m + slack_m) / CURVATURE_RADIUS_M_MIN
    bend = 1 + CURVATURE_SHARE * angle
    # At a right angle a plane shows nothing any more: then nothing is surely beyond.
    cosine = np.cos(np.minimum(angle, math.pi / 2))
    return (limit_m - slack_m) / bend, (limit_m + slack_m) * bend / np.maximum(cosine**2, 1e-12)


def _in_plane_m(table: Table, rows: Rows, asked: Asked) -> Floats:
    """How far each core is from the one that is asked about; NaN if it cannot be shown."""
    starts, counts, places = _outlines(table, rows)
    units = normals_at(table.lat_e7[places], table.lon_e7[places])
    seen = units @ asked.plane.axes.T
    points = seen[:, :2] / np.maximum(seen[:, 2:], COSINE_MIN) * asked.plane.radii_m
    lines = shapely.linestrings(points, indices=np.repeat(np.arange(len(rows)), counts))
    in_plane_m = shapely.distance(lines, asked.figure)
    is_ring = table.shape[rows] == Shape.POLYGON
    in_plane_m[is_ring & _holds(points, starts, asked.points[0])] = 0.0
    in_plane_m[np.minimum.reduceat(seen[:, 2], starts) < COSINE_MIN] = np.nan
    return np.asarray(in_plane_m)


def _outlines(table: Table, rows: Rows) -> tuple[Rows, Rows, Rows]:
    """Where the outline of each row begins, how long it is, and its positions.

    A ring comes back to its first vertex; so does a point, to be a line.
    """
    first, counts = table.vertex_first[rows], table.vertex_count[rows].astype(np.int64)
    is_closed = table.shape[rows] != Shape.CORRIDOR
    counts = counts + is_closed
    starts = np.cumsum(counts) - counts
    places = np.repeat(first - starts, counts) + np.arange(int(counts.sum()))
    ends = (starts + counts - 1)[is_closed]
    places[ends] = first[is_closed]
    return starts, counts, places


def _holds(points: Floats, starts: Rows, point: Floats) -> NDArray[np.bool_]:
    """Which of these closed outlines go round a point, by the edges east of it."""
    x, y = points[:, 0] - point[0], points[:, 1] - point[1]
    ends_x, ends_y = np.roll(x, -1), np.roll(y, -1)
    is_crossed = (y > 0) != (ends_y > 0)
    # Where the edge meets the parallel of the point; the sign needs no division.
    lies_east = (x * ends_y - ends_x * y > 0) == (ends_y > y)
    crossings = is_crossed & lies_east
    # From the end of one outline to the start of the next there is no edge.
    crossings[starts[1:] - 1] = False
    crossings[-1] = False
    return np.asarray(np.add.reduceat(crossings.astype(np.int64), starts) % 2 == 1)
