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

from openline.domain.limits import VERTICES_MAX
from openline.domain.space.altitude import UNBOUNDED_DM, Atmosphere, Datum
from openline.domain.space.conflict import MARGIN_M, Minima
from openline.domain.space.geodesy import (
    AXIS_M,
    CURVATURE_RADIUS_M_MIN,
    Axis,
    Floats,
    axes_at,
    normal_rows,
)
from openline.domain.space.index.boxes import (
    OFF_CENTRE_SHARE,
    ROUNDING,
    Rows,
    Singles,
    facing_sides,
    highest_dm,
    lowest_dm,
)
from openline.domain.space.index.segment import BLOCK, GROUP, Segment
from openline.domain.space.index.table import (
    COUNT,
    FIRST,
    KIND,
    LOWER,
    LOWER_DM,
    NO_BOUND,
    RADIUS,
    SHAPE,
    UPPER,
    UPPER_DM,
    Integers,
    Table,
    row_of,
)
from openline.domain.space.volume import Shape, Volume

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

FILLED_AT_ONCE = 1_024
"""Vertices of outlines, filled up to the longest of them, below which filling is cheap."""

_IN_GROUP = np.arange(GROUP)
_POLYGON = int(Shape.POLYGON)
_FLIGHT_LEVEL = int(Datum.FLIGHT_LEVEL)
_ABOVE_SEA = (NO_BOUND, int(Datum.AMSL))

_States = NDArray[np.int8]
_Integers = NDArray[np.int64]


MinimaByKind = Floats
"""A row for each kind: lateral metres, vertical decimetres, milliseconds.

Whole numbers, all of them exact in double precision.
"""


def minima_by_kind(minima: Sequence[Minima]) -> MinimaByKind:
    """The minima of each kind as rows."""
    rows = [(one.lateral_m, one.vertical_dm, one.time_ms) for one in minima]
    return np.array(rows, np.float64)


class Asked(NamedTuple):
    """The volume that is asked about, and what is asked.

    Attributes:
        shown: What makes of a normal its place in the plane around its middle: two
            columns to the place times the third, which is the height above the centre.
        points: Its vertices in the plane.
        figure: Its core in the plane.
        reach_rad: From its middle to its furthest vertex.
        slack_m: What lengths to it in the plane and by the rule may differ by, but for a
            share of them.
        radius_m: Its radius.
        band: Datum and value of the lower bound and its least height, then the
            same of the upper bound and its greatest.
        window: From and until.
        facing: The sides of its box, padded by the widest minima.
        minima: The minima of each kind.
    """

    shown: Floats
    points: list[tuple[float, float]]
    figure: Any
    reach_rad: float
    slack_m: float
    radius_m: int
    band: tuple[int, int, int, int, int, int]
    window: tuple[int, int]
    facing: Singles
    minima: MinimaByKind


def ask(
    volume: Volume, atmosphere: Atmosphere, origin_ms: int, widest: Minima, minima: MinimaByKind
) -> Asked:
    """The question what a volume is not clear of.

    Numbers of Python: for the few vertices that most volumes have, each of the forty
    arrays that this would take costs more than its contents.

    Args:
        volume: The volume.
        atmosphere: Agreed bounds of the weather.
        origin_ms: Of the boxes' times.
        widest: The widest minima that may apply.
        minima: The minima of each kind.
    """
    units = normal_rows(volume.vertices)
    x, y, z = _middle(units)
    cosines = [a * x + b * y + c * z for a, b, c in units]
    nearest = min(cosines)
    low, high = _reach(volume.shape, units, (x, y, z), nearest)
    row = row_of(volume, 0, atmosphere)
    band = (row[4], row[5], row[6], row[7], row[8], row[9])
    # The margin grows with the smaller of two volumes, so not beyond that of this one.
    width_m = AXIS_M * math.dist(low, high) + 2 * volume.radius_m
    (east, north, _), (across_m, along_m) = axes_at(x, y, z)
    points = [
        (
            (a * east[0] + b * east[1]) / max(cosine, COSINE_MIN) * across_m,
            (a * north[0] + b * north[1] + c * north[2]) / max(cosine, COSINE_MIN) * along_m,
        )
        for (a, b, c), cosine in zip(units, cosines, strict=True)
    ]
    band_dm = (lowest_dm(*band[:3]), highest_dm(*band[3:]))
    return Asked(
        np.array(
            [
                (east[0] * across_m, north[0] * along_m, x),
                (east[1] * across_m, north[1] * along_m, y),
                (0.0, north[2] * along_m, z),
            ]
        ),
        points,
        _figure(volume.shape, points),
        math.acos(max(-1.0, min(1.0, nearest))) if len(units) > 1 else 0.0,
        MARGIN_M + OFF_CENTRE_SHARE * (width_m + widest.lateral_m) + SLACK_M,
        volume.radius_m,
        band,
        (volume.valid_from, volume.valid_until),
        facing_sides((low, high), volume, band_dm, origin_ms, widest),
        minima,
    )


def _middle(units: list[Axis]) -> Axis:
    """The normalised sum of normals; hardly longer than nothing if they cancel out."""
    if len(units) == 1:
        return units[0]
    x, y, z = (sum(parts) for parts in zip(*units, strict=True))
    length = max(math.sqrt(x * x + y * y + z * z), 1e-9)
    return x / length, y / length, z / length


def _reach(
    shape: Shape, units: list[Axis], middle: Axis, nearest: float
) -> tuple[Sequence[float], Sequence[float]]:
    """Least and greatest x, y and z of a core: as those of `volume.core_of`."""
    if len(units) == 1:
        return units[0], units[0]
    ends = units[1:] if shape is Shape.CORRIDOR else [*units[1:], units[0]]
    longest = min(max(map(math.dist, units, ends)), 2.0)
    rise = 1 - math.sqrt(1 - longest * longest / 4)
    parts = list(zip(*units, strict=True))
    low, high = [min(part) - rise for part in parts], [max(part) + rise for part in parts]
    if shape is Shape.POLYGON:
        for axis, side in enumerate(middle):
            if -side >= nearest - ROUNDING:
                low[axis] = -1.0
            if side >= nearest - ROUNDING:
                high[axis] = 1.0
    return low, high


def _figure(shape: Shape, points: list[tuple[float, float]]) -> Any:
    if shape is Shape.CIRCLE:
        return shapely.points(points[0])
    if shape is Shape.CORRIDOR:
        return shapely.linestrings(points)
    return shapely.polygons(points)


def found(segment: Segment, asked: Asked) -> Iterator[tuple[Rows, _States]]:
    """The rows of a segment whose boxes meet, with their states.

    In parts, each of which does hardly more than `WORK_AT_ONCE`, and in no order.
    """
    rows = near_rows(segment, asked.facing)
    for some in _steps(segment.table, rows, len(asked.points)):
        yield some, judge(segment, some, asked)


def _steps(table: Table, rows: Rows, vertices: int) -> list[Rows]:
    """The rows in runs, each of which makes one step of work; none if there are none."""
    if len(rows) * (1 + VERTICES_MAX * vertices // EDGES_PER_WORK) <= WORK_AT_ONCE:
        return [rows] if len(rows) else []
    edges = table.vertex_count[rows].astype(np.int64) * vertices
    done = np.cumsum(1 + edges // EDGES_PER_WORK)
    return np.split(rows, np.flatnonzero(np.diff(done // WORK_AT_ONCE)) + 1)


def near_rows(segment: Segment, facing: Singles) -> Rows:
    """The rows whose boxes meet one, in no order.

    Args:
        segment: Where to look.
        facing: The sides of that box (`boxes.facing_sides`).
    """
    (groups,) = np.asarray((segment.groups <= facing[:, None]).all(axis=0)).nonzero()
    blocks = (groups[:, None] * GROUP + _IN_GROUP).ravel()
    blocks = blocks[(segment.blocks.take(blocks, axis=0) <= facing).all(axis=1)]
    meets = np.asarray((segment.scan.take(blocks, axis=0) <= facing[:, None]).all(axis=1))
    (places,) = meets.ravel().nonzero()
    rows: Rows = blocks.take(places // BLOCK) * BLOCK + places % BLOCK
    return rows[segment.is_live[segment.order[rows]]] if segment.dead else rows


def judge(segment: Segment, rows: Rows, asked: Asked) -> _States:
    """How each row stands to the volume that is asked about.

    The state of the rule (0 to 3), or OPEN where the rule must decide.
    """
    facts = segment.table.facts.take(rows, axis=0).T
    lateral_m, vertical_dm, time_ms = asked.minima.take(facts[KIND], axis=0).T
    valid_from, valid_until = segment.table.windows.take(rows, axis=0).T
    start, end = asked.window
    pauses_ms = np.maximum(start - valid_until, valid_from - end)
    rises_dm = _rises_dm(facts, asked.band)
    if ((rises_dm < vertical_dm) & (pauses_ms < time_ms)).all():
        # Most boxes that meet are of such rows: what follows would only say so again.
        return _across(segment, rows, facts, asked, lateral_m)
    states = np.maximum(_state_of(rises_dm, vertical_dm), _state_of(pauses_ms, time_ms))
    (left,) = (states < BEYOND).nonzero()
    if len(left):
        across = _across(segment, rows[left], facts[:, left], asked, lateral_m[left])
        states[left] = np.maximum(states[left], across)
    return states


def _state_of(gaps: _Integers, minima: Floats) -> _States:
    """The state of bands or windows: closer than the minimum, touching, or beyond."""
    # No minimum is negative, so a gap of nothing that is not within is a touch.
    return np.where(gaps < minima, WITHIN, np.where(gaps == 0, TOUCH, BEYOND)).astype(np.int8)


def _rises_dm(facts: Integers, band: tuple[int, int, int, int, int, int]) -> _Integers:
    """The gap to the band of each row, as `altitude.vertical_gap_dm` gives it."""
    if band[0] in _ABOVE_SEA and band[3] in _ABOVE_SEA:
        # Above the sea a value is its own outermost height, so all are compared by those.
        rises: _Integers = np.maximum(facts[LOWER_DM] - band[5], band[2] - facts[UPPER_DM])
        return rises
    above = _rise_dm(facts[LOWER : LOWER_DM + 1], band[3:], 1)
    below = _rise_dm(facts[UPPER : UPPER_DM + 1], band[:3], -1)
    return np.maximum(above, below)


def _rise_dm(bounds: Integers, bound: tuple[int, int, int], sign: int) -> _Integers:
    """How far lower bounds are above an upper one; with -1, the other way round."""
    datums, values, outermost_dm = bounds
    datum, value, dm = bound
    if datum == NO_BOUND:
        return np.full(len(datums), -UNBOUNDED_DM)
    is_same = datums == datum
    # No number here is above 1e9, so the differences fit.
    steps: _Integers = np.subtract(values, value, dtype=np.int64) * sign
    if datum == _FLIGHT_LEVEL:
        steps = steps * 3_048 // 10
    if is_same.all():
        return steps
    rises = np.where(is_same, steps, np.subtract(outermost_dm, dm, dtype=np.int64) * sign)
    rises[datums == NO_BOUND] = -UNBOUNDED_DM
    return rises


def _across(
    segment: Segment, rows: Rows, facts: Integers, asked: Asked, lateral_m: Floats
) -> _States:
    """The horizontal state of each row, OPEN where only the rule can tell."""
    counts = facts[COUNT] + 1
    longest = int(counts.max())
    filled = longest * len(counts)
    if filled > FILLED_AT_ONCE and filled > 2 * int(counts.sum()):
        # Most of what would be filled would be filling: short ones for themselves.
        states = np.empty(len(counts), np.int8)
        is_long = counts > longest // 2
        for some in (is_long, ~is_long):
            part = (segment, rows[some], facts[:, some], asked, lateral_m[some])
            states[some] = _across(*part)
        return states
    near_m, far_m = thresholds(asked, lateral_m + facts[RADIUS] + asked.radius_m)
    # Outlines of one length, so that they fit one array: their last vertex fills them up.
    edges = np.minimum(np.arange(longest), counts[:, None] - 1)
    places = (facts[FIRST] + rows)[:, None] + edges
    seen = segment.outlines.take(places.ravel(), axis=0) @ asked.shown
    cosines = seen[:, 2:]
    is_shown = cosines.min() >= COSINE_MIN
    points = seen[:, :2] / (cosines if is_shown else np.maximum(cosines, COSINE_MIN))
    points = points.reshape(len(counts), longest, 2)
    in_plane_m = shapely.distance(shapely.linestrings(points), asked.figure)
    states = np.full(len(counts), WITHIN, np.int8)
    (left,) = (in_plane_m > near_m).nonzero()
    if len(left):
        rings = left[facts[SHAPE][left] == _POLYGON]
        if len(rings):
            in_plane_m[rings[_hold(points[rings], asked.points[0])]] = 0.0
        apart_m = in_plane_m[left]
        is_beyond = apart_m >= far_m[left]
        states[left] = np.where(is_beyond, BEYOND, np.where(apart_m > near_m[left], OPEN, WITHIN))
    if not is_shown:
        states[cosines.reshape(len(counts), longest).min(axis=1) < COSINE_MIN] = OPEN
    return states


def thresholds(asked: Asked, limit_m: Floats) -> tuple[Floats, Floats]:
    """Lengths in the plane up to which pairs are surely within, from which beyond.

    Args:
        asked: The volume that is asked about.
        limit_m: For each pair the lateral minimum and both radii.
    """
    most_m = float(limit_m.max()) * (1 + SLACK_SHARE) + asked.slack_m
    angle = asked.reach_rad + most_m / CURVATURE_RADIUS_M_MIN
    bend = 1 + CURVATURE_SHARE * angle
    # At a right angle a plane shows nothing any more: then nothing is surely beyond.
    cosine = math.cos(min(angle, math.pi / 2))
    stretch = bend / max(cosine * cosine, 1e-12)
    near_m = limit_m * ((1 - SLACK_SHARE) / bend) - asked.slack_m / bend
    far_m = limit_m * ((1 + SLACK_SHARE) * stretch) + asked.slack_m * stretch
    return near_m, far_m


def _hold(rings: Floats, point: tuple[float, float]) -> NDArray[np.bool_]:
    """Which of these closed outlines go round a point, by the edges east of it."""
    x, y = rings[:, :, 0] - point[0], rings[:, :, 1] - point[1]
    start_x, end_x, start_y, end_y = x[:, :-1], x[:, 1:], y[:, :-1], y[:, 1:]
    # Where the edge meets the parallel of the point; the sign needs no division.
    lies_east = (start_x * end_y - end_x * start_y > 0) == (end_y > start_y)
    crossings = ((start_y > 0) != (end_y > 0)) & lies_east
    return np.asarray(crossings.sum(axis=1) % 2 == 1)
