"""The compiled path: what `sieve` does, row by row in machine code.

Used where numba is installed (`pip install openline[fast]`), once it has been
compiled. The steps and the thresholds are those of `sieve`: a pair is decided
where the rule must say the same and left OPEN where only the rule can tell, so
both paths give the same verdicts.

Functions here are written for the compiler: loops over numbers, scratch arrays
handed in, no objects.
"""

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numba
import numpy as np

from openline.domain.space.altitude import (
    GEOID_DM_MAX,
    GEOID_DM_MIN,
    UNBOUNDED_DM,
    Atmosphere,
    Datum,
)
from openline.domain.space.conflict import MARGIN_M, Minima
from openline.domain.space.geodesy import (
    AXIS_M,
    CURVATURE_RADIUS_M_MIN,
    ECCENTRICITY_SQUARED,
)
from openline.domain.space.index.boxes import AXES, HEIGHT, OFF_CENTRE_SHARE, SIDES, TIME
from openline.domain.space.index.segment import BLOCK, GROUP, Segment
from openline.domain.space.index.sieve import (
    BEYOND,
    COSINE_MIN,
    CURVATURE_SHARE,
    EDGES_PER_WORK,
    OPEN,
    SLACK_M,
    SLACK_SHARE,
    TOUCH,
    WITHIN,
    WORK_AT_ONCE,
    MinimaByKind,
)
from openline.domain.space.index.table import (
    COUNT,
    FIRST,
    KIND,
    LOWER,
    LOWER_DM,
    LOWER_VALUE,
    NO_BOUND,
    RADIUS,
    SHAPE,
    UPPER,
    UPPER_DM,
    UPPER_VALUE,
    Table,
    row_of,
)
from openline.domain.space.volume import Shape, Volume

_FROM: Final = KIND
_UNTIL: Final = KIND + 1
_CIRCLE: Final = int(Shape.CIRCLE)
_CORRIDOR: Final = int(Shape.CORRIDOR)
_POLYGON: Final = int(Shape.POLYGON)
_FLIGHT_LEVEL: Final = int(Datum.FLIGHT_LEVEL)
_WGS84: Final = int(Datum.WGS84)
_RADIANS_OF_E7: Final = math.pi / 180 / 1e7
_ROUNDING: Final = 1e-9
_ROUND_UP: Final = 1 + 2.0**-22
"""More than single precision may round down; what is near zero gets a little besides."""
_TINY: Final = 1e-9

# Not kept on disk: numba would not see that a constant of another module has changed, and
# what is read back cannot be woven into its callers, which makes it many times slower.
_compiled = numba.njit(error_model="numpy")
_entry: Any = numba.njit(nogil=True, error_model="numpy")


class _Plane(NamedTuple):
    """A gnomonic plane, and what it is around; all scalars."""

    east_x: float
    east_y: float
    north_x: float
    north_y: float
    north_z: float
    x: float
    y: float
    z: float
    transverse_m: float
    meridian_m: float
    reach_rad: float
    width_m: float


class Asked(NamedTuple):
    """The volume that is asked about, and what is asked.

    Attributes:
        vertices: Its positions, one in each row.
        facts: As in a table, but kind and number, and then from and until.
        origin_ms: Of the boxes' times.
        pads: The widest minima: metres, decimetres and seconds.
        minima: The minima of each kind.
    """

    vertices: Any
    facts: tuple[int, ...]
    origin_ms: int
    pads: tuple[float, float, float]
    minima: MinimaByKind


def ask(
    volume: Volume, atmosphere: Atmosphere, origin_ms: int, widest: Minima, minima: MinimaByKind
) -> Asked:
    """The question what a volume is not clear of; as `sieve.ask`."""
    facts = (*row_of(volume, 0, atmosphere), volume.valid_from, volume.valid_until)
    return Asked(np.array(volume.vertices), facts, origin_ms, _pads(widest), minima)


def found(segment: Segment, asked: Asked) -> Iterator[tuple[Any, Any]]:
    """The rows of a segment that are not beyond the minima, with their states.

    In parts, each of which does hardly more than `WORK_AT_ONCE`; the rows of a part
    are in no order.
    """
    place, last = 0, segment.blocks.shape[0] * BLOCK
    # What is put into an open segment meanwhile is not part of the question.
    size = segment.size
    while place < last:
        place, rows, states = _find(
            *_scanned(segment), segment.table.facts, segment.table.windows, segment.outlines,
            size, *asked, place,
        )  # fmt: skip
        yield rows, states


def pairs(
    segment: Segment, origin_ms: int, widest: Minima, minima: MinimaByKind
) -> tuple[Any, Any, Any]:
    """All pairs of rows of a segment that are not beyond: one, another, state."""
    found: tuple[Any, Any, Any] = _pairs(
        *_scanned(segment), segment.table.facts, segment.table.windows, segment.outlines,
        segment.size, origin_ms, _pads(widest), minima,
    )  # fmt: skip
    return found


def meetings(
    segment: Segment, asked: Table, origin_ms: int, widest: Minima, minima: MinimaByKind
) -> tuple[Any, Any, Any]:
    """What many volumes are not beyond: their rows, rows of the segment, states."""
    found: tuple[Any, Any, Any] = _meetings(
        *_scanned(segment), segment.table.facts, segment.table.windows, segment.outlines,
        segment.size, *asked, origin_ms, _pads(widest), minima,
    )  # fmt: skip
    return found


def _scanned(segment: Segment) -> tuple[Any, ...]:
    """What the scan of a segment looks at; who is live only once somebody is not."""
    is_live = segment.is_live if segment.dead else segment.is_live[:0]
    return segment.scan, segment.blocks, segment.groups, segment.order, is_live


def _pads(widest: Minima) -> tuple[float, float, float]:
    return float(widest.lateral_m), float(widest.vertical_dm), widest.time_ms / 1_000


@_entry
def _find(
    scan,
    blocks,
    groups,
    order,
    is_live,
    rows_of,
    windows,
    outlines,
    size,
    vertices,
    facts,
    origin_ms,
    widest,
    minima,
    place,
):
    count = len(vertices)
    units, points = np.empty((count, 3)), np.empty((count + 1, 2))
    for vertex in range(count):
        _normal(vertices[vertex, 0], vertices[vertex, 1], units, vertex)
    facing = np.empty(SIDES, np.float32)
    plane = _prepare(units, count, facts, origin_ms, widest, facing, points)
    rows, states = np.empty(64, np.int64), np.empty(64, np.int8)
    scratch = np.empty((64, 2))
    meets = np.empty(BLOCK, np.uint8)
    found = work = 0
    last = blocks.shape[0]
    block = _next_block(blocks, groups, place // BLOCK, facing)
    start = place % BLOCK if block == place // BLOCK else 0
    while block < last:
        _meet(scan, block, facing, meets)
        for at in range(start, BLOCK):
            row = block * BLOCK + at
            if not meets[at] or row >= size or not _is_live(order, is_live, row):
                continue
            if work >= WORK_AT_ONCE:
                return row, rows[:found], states[:found]
            work += 1 + rows_of[row, COUNT] * count // EDGES_PER_WORK
            if rows_of[row, COUNT] >= len(scratch):
                scratch = np.empty((2 * rows_of[row, COUNT], 2))
            state = _state(
                rows_of, windows, outlines, row, facts, plane, points, count, scratch, minima,
            )  # fmt: skip
            if state == BEYOND:
                continue
            if found == len(rows):
                rows, states = _longer(rows), _longer(states)
            rows[found], states[found] = row, state
            found += 1
        block, start = _next_block(blocks, groups, block + 1, facing), 0
    return last * BLOCK, rows[:found], states[:found]


@_entry
def _pairs(
    scan,
    blocks,
    groups,
    order,
    is_live,
    rows_of,
    windows,
    outlines,
    size,
    origin_ms,
    widest,
    minima,
):
    longest = 1
    for row in range(size):
        longest = max(longest, rows_of[row, COUNT])
    points, scratch = np.empty((longest + 1, 2)), np.empty((longest + 1, 2))
    facing, meets = np.empty(SIDES, np.float32), np.empty(BLOCK, np.uint8)
    beside = np.empty(blocks.shape[0], np.int64)
    firsts, seconds = np.empty(1_024, np.int64), np.empty(1_024, np.int64)
    states = np.empty(1_024, np.int8)
    found = 0
    for asked in range(size):
        block = asked // BLOCK
        if asked % BLOCK == 0:
            # No row of the block meets anything in others than these.
            _face_block(blocks, block, widest, facing)
            blocks_beside = _blocks_beside(blocks, groups, block, facing, beside)
        if not _is_live(order, is_live, asked):
            continue
        facts = _facts(rows_of, windows, asked)
        count = rows_of[asked, COUNT]
        first = rows_of[asked, FIRST] + asked
        units = outlines[first : first + count]
        plane = _prepare(units, count, facts, origin_ms, widest, facing, points)
        for number in range(blocks_beside):
            if not _meets_block(blocks, beside[number], facing):
                continue
            _meet(scan, beside[number], facing, meets)
            for at in range(BLOCK):
                row = beside[number] * BLOCK + at
                # Each pair once: with what is scanned later.
                if not meets[at] or row <= asked or not _is_live(order, is_live, row):
                    continue
                state = _state(
                    rows_of, windows, outlines, row, facts, plane, points, count, scratch, minima,
                )  # fmt: skip
                if state == BEYOND:
                    continue
                if found == len(firsts):
                    firsts, seconds = _longer(firsts), _longer(seconds)
                    states = _longer(states)
                firsts[found], seconds[found] = asked, row
                states[found] = state
                found += 1
    return firsts[:found], seconds[:found], states[:found]


@_entry
def _meetings(
    scan,
    blocks,
    groups,
    order,
    is_live,
    rows_of,
    windows,
    outlines,
    size,
    asked_facts,
    asked_windows,
    asked_positions,
    origin_ms,
    widest,
    minima,
):
    longest = 1
    for row in range(size):
        longest = max(longest, rows_of[row, COUNT])
    scratch, longest = np.empty((longest + 1, 2)), 1
    for asked in range(len(asked_facts)):
        longest = max(longest, asked_facts[asked, COUNT])
    units, points = np.empty((longest, 3)), np.empty((longest + 1, 2))
    facing, meets = np.empty(SIDES, np.float32), np.empty(BLOCK, np.uint8)
    firsts, seconds = np.empty(1_024, np.int64), np.empty(1_024, np.int64)
    states = np.empty(1_024, np.int8)
    found = 0
    last = blocks.shape[0]
    for asked in range(len(asked_facts)):
        facts = _facts(asked_facts, asked_windows, asked)
        count = asked_facts[asked, COUNT]
        for vertex in range(count):
            place = asked_facts[asked, FIRST] + vertex
            _normal(asked_positions[place, 0], asked_positions[place, 1], units, vertex)
        plane = _prepare(units, count, facts, origin_ms, widest, facing, points)
        block = _next_block(blocks, groups, 0, facing)
        while block < last:
            _meet(scan, block, facing, meets)
            for at in range(BLOCK):
                row = block * BLOCK + at
                if not meets[at] or row >= size or not _is_live(order, is_live, row):
                    continue
                state = _state(
                    rows_of, windows, outlines, row, facts, plane, points, count, scratch, minima,
                )  # fmt: skip
                if state == BEYOND:
                    continue
                if found == len(firsts):
                    firsts, seconds = _longer(firsts), _longer(seconds)
                    states = _longer(states)
                firsts[found], seconds[found] = asked, row
                states[found] = state
                found += 1
            block = _next_block(blocks, groups, block + 1, facing)
    return firsts[:found], seconds[:found], states[:found]


@_compiled
def _facts(rows_of, windows, row):
    """The facts of a row, and from when until when it is in force."""
    return (
        rows_of[row, SHAPE], rows_of[row, FIRST], rows_of[row, COUNT],
        rows_of[row, RADIUS], rows_of[row, LOWER], rows_of[row, LOWER_VALUE],
        rows_of[row, LOWER_DM], rows_of[row, UPPER], rows_of[row, UPPER_VALUE],
        rows_of[row, UPPER_DM], windows[row, 0], windows[row, 1],
    )  # fmt: skip


@_compiled
def _longer(array):
    longer = np.empty(2 * len(array), array.dtype)
    longer[: len(array)] = array
    return longer


@_compiled
def _normal(lat_e7, lon_e7, units, at):
    lat, lon = lat_e7 * _RADIANS_OF_E7, lon_e7 * _RADIANS_OF_E7
    cos_lat = math.cos(lat)
    units[at, 0] = cos_lat * math.cos(lon)
    units[at, 1] = cos_lat * math.sin(lon)
    units[at, 2] = math.sin(lat)


@_compiled
def _is_live(order, is_live, row):
    return len(is_live) == 0 or is_live[order[row]]


@_compiled
def _next_block(blocks, groups, block, facing):
    """The next block whose box meets, or the end of them.

    A function of its own: in a loop that makes arrays, each turn would count who
    holds them, at ten times its cost.
    """
    last = blocks.shape[0]
    while block < last:
        if block % GROUP == 0 and not _meets_group(groups, block // GROUP, facing):
            block += GROUP
        elif _meets_block(blocks, block, facing):
            return block
        else:
            block += 1
    return last


@_compiled
def _blocks_beside(blocks, groups, block, facing, beside):
    """Put in the blocks from one on whose boxes meet; how many they are."""
    count = 0
    block = _next_block(blocks, groups, block, facing)
    while block < blocks.shape[0]:
        beside[count] = block
        count += 1
        block = _next_block(blocks, groups, block + 1, facing)
    return count


@_compiled
def _face_block(blocks, block, widest, facing):
    """The sides that other boxes must not exceed to meet any padded box of a block."""
    pad = widest[0] * (1 + OFF_CENTRE_SHARE) / CURVATURE_RADIUS_M_MIN + 1e-6
    for axis in range(AXES):
        wider = widest[2] if axis == TIME else widest[1] if axis == HEIGHT else pad
        facing[axis] = _above(wider - np.float64(blocks[block, AXES + axis]))
        facing[AXES + axis] = _above(wider - np.float64(blocks[block, axis]))


@_compiled
def _meets_group(groups, group, facing):
    for side in range(SIDES):  # noqa: SIM110  # numba has no generators in all().
        if groups[side, group] > facing[side]:
            return False
    return True


@_compiled
def _meets_block(blocks, block, facing):
    if blocks[block, TIME] > facing[TIME] or blocks[block, AXES] > facing[AXES]:
        return False
    for side in range(SIDES):  # noqa: SIM110
        if blocks[block, side] > facing[side]:
            return False
    return True


@_compiled
def _meet(scan, block, facing, meets):
    """Say of each place of a block whether its box meets.

    Without a branch and side by side: so the compiler takes eight places at a time.
    """
    f0, f1, f2, f3, f4 = facing[0], facing[1], facing[2], facing[3], facing[4]
    f5, f6, f7, f8, f9 = facing[5], facing[6], facing[7], facing[8], facing[9]
    for place in range(BLOCK):
        meets[place] = (
            (scan[block, 0, place] <= f0)
            & (scan[block, 1, place] <= f1)
            & (scan[block, 2, place] <= f2)
            & (scan[block, 3, place] <= f3)
            & (scan[block, 4, place] <= f4)
            & (scan[block, 5, place] <= f5)
            & (scan[block, 6, place] <= f6)
            & (scan[block, 7, place] <= f7)
            & (scan[block, 8, place] <= f8)
            & (scan[block, 9, place] <= f9)
        )


@_compiled
def _prepare(units, count, facts, origin_ms, widest, facing, points):
    """The plane around the volume that is asked about, its points and facing sides."""
    x = y = z = 0.0
    for vertex in range(count):
        x += units[vertex, 0]
        y += units[vertex, 1]
        z += units[vertex, 2]
    length = max(math.sqrt(x * x + y * y + z * z), 1e-9)
    x, y, z = x / length, y / length, z / length
    nearest = 1.0
    for vertex in range(count):
        cosine = units[vertex, 0] * x + units[vertex, 1] * y + units[vertex, 2] * z
        nearest = min(nearest, cosine)
    size = 0.0
    rise = _rise(units, count, facts[SHAPE])
    middle = (x, y, z)
    for axis in range(3):
        low = high = units[0, axis]
        for vertex in range(1, count):
            low = min(low, units[vertex, axis])
            high = max(high, units[vertex, axis])
        low, high = low - rise, high + rise
        if facts[SHAPE] == _POLYGON:
            low = -1.0 if -middle[axis] >= nearest - _ROUNDING else low
            high = 1.0 if middle[axis] >= nearest - _ROUNDING else high
        facing[1 + axis], facing[AXES + 1 + axis] = high, -low
        size += (high - low) * (high - low)
    width_m = AXIS_M * math.sqrt(size) + 2 * facts[RADIUS]
    pad = facts[RADIUS] + MARGIN_M + OFF_CENTRE_SHARE * width_m
    pad = (pad + widest[0] * (1 + OFF_CENTRE_SHARE)) / CURVATURE_RADIUS_M_MIN + 1e-6
    for axis in range(3):
        facing[1 + axis] += np.float32(pad)
        facing[AXES + 1 + axis] += np.float32(pad)
    facing[TIME] = _above((facts[_UNTIL] - origin_ms) / 1_000 + widest[2])
    facing[AXES] = _above((origin_ms - facts[_FROM]) / 1_000 + widest[2])
    # As `boxes.lowest_dm` and `boxes.highest_dm`.
    is_low, is_high = facts[LOWER] == _WGS84, facts[UPPER] == _WGS84
    lowest_dm = facts[LOWER_VALUE] - GEOID_DM_MAX if is_low else facts[LOWER_DM]
    highest_dm = facts[UPPER_VALUE] - GEOID_DM_MIN if is_high else facts[UPPER_DM]
    facing[AXES - 1] = _above(highest_dm + widest[1])
    facing[SIDES - 1] = _above(widest[1] - lowest_dm)
    plane = _plane(x, y, z, math.acos(max(-1.0, min(1.0, nearest))), width_m)
    for vertex in range(count):
        _show(plane, units[vertex, 0], units[vertex, 1], units[vertex, 2], points, vertex)
    points[count, 0], points[count, 1] = points[0, 0], points[0, 1]
    return plane


@_compiled
def _above(number):
    return np.float32(number * _ROUND_UP if number > 0 else number / _ROUND_UP) + np.float32(_TINY)


@_compiled
def _rise(units, count, shape):
    if shape == _CIRCLE:
        return 0.0
    squared = 0.0
    for vertex in range(count if shape == _POLYGON else count - 1):
        end = vertex + 1 if vertex + 1 < count else 0
        chord = 0.0
        for axis in range(3):
            chord += (units[end, axis] - units[vertex, axis]) ** 2
        squared = max(squared, chord)
    return 1 - math.sqrt(1 - min(squared, 4.0) / 4)


@_compiled
def _plane(x, y, z, reach_rad, width_m):
    across = math.hypot(x, y)
    east_x, east_y = (-y / across, x / across) if across > 1e-12 else (0.0, 1.0)
    bend = 1 - ECCENTRICITY_SQUARED * z * z
    transverse_m = AXIS_M / math.sqrt(bend)
    return _Plane(
        east_x, east_y, -z * east_y, z * east_x, x * east_y - y * east_x, x, y, z,
        transverse_m, transverse_m * (1 - ECCENTRICITY_SQUARED) / bend, reach_rad, width_m,
    )  # fmt: skip


@_compiled
def _show(plane, x, y, z, points, at):
    """Put a normal into the plane; the cosine of its angle from the centre."""
    cosine = x * plane.x + y * plane.y + z * plane.z
    scale = 1 / max(cosine, COSINE_MIN)
    points[at, 0] = (x * plane.east_x + y * plane.east_y) * scale * plane.transverse_m
    north = x * plane.north_x + y * plane.north_y + z * plane.north_z
    points[at, 1] = north * scale * plane.meridian_m
    return cosine


@_compiled
def _state(rows_of, windows, outlines, row, facts, plane, points, count, scratch, minima):
    kind = rows_of[row, KIND]
    pause = max(facts[_FROM] - windows[row, 1], windows[row, 0] - facts[_UNTIL])
    state = _state_of(pause, minima[kind, 2])
    if state == BEYOND:
        return BEYOND
    above = _rise_dm(
        rows_of[row, LOWER], rows_of[row, LOWER_VALUE], rows_of[row, LOWER_DM],
        facts[UPPER], facts[UPPER_VALUE], facts[UPPER_DM],
    )  # fmt: skip
    below = _rise_dm(
        facts[LOWER], facts[LOWER_VALUE], facts[LOWER_DM],
        rows_of[row, UPPER], rows_of[row, UPPER_VALUE], rows_of[row, UPPER_DM],
    )  # fmt: skip
    state = max(state, _state_of(max(above, below), minima[kind, 1]))
    if state == BEYOND:
        return BEYOND
    lateral_m = minima[kind, 0]
    limit_m = lateral_m + rows_of[row, RADIUS] + facts[RADIUS]
    margin_m = MARGIN_M + OFF_CENTRE_SHARE * (plane.width_m + lateral_m)
    slack_m = margin_m + SLACK_M + SLACK_SHARE * limit_m
    angle = plane.reach_rad + (limit_m + slack_m) / CURVATURE_RADIUS_M_MIN
    bend = 1 + CURVATURE_SHARE * angle
    cosine = math.cos(min(angle, math.pi / 2))
    near_m = (limit_m - slack_m) / bend
    far_m = (limit_m + slack_m) * bend / max(cosine * cosine, 1e-12)
    across = _across(
        rows_of, outlines, row, facts[SHAPE], plane, points, count, scratch, near_m, far_m
    )
    return max(state, across)


@_compiled
def _state_of(gap, minimum):
    if gap < minimum or gap < 0:
        return WITHIN
    return TOUCH if gap == 0 and minimum == 0 else BEYOND


@_compiled
def _rise_dm(datum, value, least_dm, other, other_value, most_dm):
    if datum == NO_BOUND or other == NO_BOUND:
        return np.int64(-UNBOUNDED_DM)
    if datum == other:
        steps = np.int64(value) - np.int64(other_value)
        return steps * 3_048 // 10 if datum == _FLIGHT_LEVEL else steps
    return np.int64(least_dm) - np.int64(most_dm)


@_compiled
def _across(rows_of, outlines, row, shape, plane, points, count, scratch, near_m, far_m):
    """The horizontal state of one row; OPEN where only the rule can tell."""
    first, other_count = rows_of[row, FIRST] + row, rows_of[row, COUNT]
    nearest = 1.0
    for vertex in range(other_count):
        at = first + vertex
        cosine = _show(plane, outlines[at, 0], outlines[at, 1], outlines[at, 2], scratch, vertex)
        nearest = min(nearest, cosine)
    if nearest < COSINE_MIN:
        return OPEN
    scratch[other_count, 0], scratch[other_count, 1] = scratch[0, 0], scratch[0, 1]
    other_shape = rows_of[row, SHAPE]
    near = near_m * near_m if near_m >= 0 else -1.0
    squared = _squared(
        points, _edges(shape, count), scratch, _edges(other_shape, other_count), near
    )
    is_inside = (
        other_shape == _POLYGON and _holds(scratch, other_count, points[0, 0], points[0, 1])
    ) or (shape == _POLYGON and _holds(points, count, scratch[0, 0], scratch[0, 1]))
    if is_inside:
        squared = 0.0
    if squared <= near:
        return WITHIN
    return BEYOND if squared >= far_m * far_m else OPEN


@_compiled
def _edges(shape, count):
    """How many edges an outline has; a point is one of no length."""
    return count - 1 if shape == _CORRIDOR else count


@_compiled
def _squared(points, edges, others, other_edges, near):
    """The least squared distance of two outlines; any that is near enough will do."""
    least = np.inf
    for edge in range(edges):
        ax, ay = points[edge, 0], points[edge, 1]
        bx, by = points[edge + 1, 0], points[edge + 1, 1]
        for other in range(other_edges):
            cx, cy = others[other, 0], others[other, 1]
            dx, dy = others[other + 1, 0], others[other + 1, 1]
            if _do_cross(ax, ay, bx, by, cx, cy, dx, dy):
                return 0.0
            least = min(
                least,
                _to_edge(ax, ay, cx, cy, dx, dy),
                _to_edge(bx, by, cx, cy, dx, dy),
                _to_edge(cx, cy, ax, ay, bx, by),
                _to_edge(dx, dy, ax, ay, bx, by),
            )
            if least <= near:
                return least
    return least


@_compiled
def _do_cross(ax, ay, bx, by, cx, cy, dx, dy):
    """Whether two edges cross; where they only touch, the distances say so.

    On one line the signs below are noise: edges far apart would seem to cross. Those
    have boxes that do not meet, and for others on one line it makes no difference.
    """
    if max(ax, bx) < min(cx, dx) or max(cx, dx) < min(ax, bx):
        return False
    if max(ay, by) < min(cy, dy) or max(cy, dy) < min(ay, by):
        return False
    one = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    two = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
    if (one > 0) == (two > 0):
        return False
    three = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
    four = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
    return (three > 0) != (four > 0)


@_compiled
def _to_edge(px, py, ax, ay, bx, by):
    """The squared distance of a point from an edge."""
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    share = 0.0
    if length > 0:
        share = max(0.0, min(1.0, ((px - ax) * dx + (py - ay) * dy) / length))
    x, y = px - ax - share * dx, py - ay - share * dy
    return x * x + y * y


@_compiled
def _holds(ring, count, px, py):
    """Whether a closed outline goes round a point, by the edges east of it."""
    is_inside = False
    for vertex in range(count):
        x, y = ring[vertex, 0] - px, ring[vertex, 1] - py
        end_x, end_y = ring[vertex + 1, 0] - px, ring[vertex + 1, 1] - py
        if (y > 0) != (end_y > 0) and (x * end_y - end_x * y > 0) == (end_y > y):
            is_inside = not is_inside
    return is_inside
