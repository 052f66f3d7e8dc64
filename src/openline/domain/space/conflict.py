"""Conflict: how near two volumes come in space and time, and what that means.

Both nodes must reach one verdict from the same bytes, so the rule is fixed: it is
written down in `docs/spec/conflict.md`, and why it is this one stands in
`docs/decisions/0013-lengths-on-the-ellipsoid.md`. In short:

- Two volumes are in conflict if their horizontal separation is at most the
  agreed minimum, their bands are closer than the vertical minimum, and their
  windows are closer than the time buffer. With a minimum of zero they must
  overlap in that dimension.
- Each core has a box on the unit sphere (`volume.core_of`), widened by its
  radius. The middle of what the two boxes share (or of what parts them),
  normalised, is the centre of a gnomonic plane of normals. In this plane it is
  decided whether the cores meet, exactly, for great circles are straight there.
- If they do not, their distance is the least length on the ellipsoid from a vertex
  of one to an edge of the other (`approach.nearest_approach`).
- The verdict has four values. MARGINAL is within 1 m and 1e-4 of the distance of
  the contact from the centre; it is treated as a conflict. TOUCH is a shared
  boundary, band or instant without overlap.

The order of the two volumes makes no difference to any bit of the finding, nor does
the order in which a ring or a line is told, but for a place that both hold.
"""

import math
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from openline.domain.instant import format_instant
from openline.domain.limits import LATERAL_MINIMUM_M_MAX, TOUCH_SAMPLES_MAX
from openline.domain.space.altitude import ANY_WEATHER, Atmosphere, vertical_gap_dm
from openline.domain.space.approach import Outline, nearest_approach, outline_of
from openline.domain.space.geodesy import (
    CURVATURE_RADIUS_M_MIN,
    Floats,
    Plane,
    Position,
    distance_m,
    format_position,
    plane_at,
    position_of,
)
from openline.domain.space.geoid import undulation_of
from openline.domain.space.volume import Core, Shape, Volume, VolumeDoesNotHold, core_of

MARGIN_M = 1.0
MARGIN_SHARE = 1e-4

TOUCH_M = 0.02
"""What counts as a shared boundary: two roundings of a vertex to 1e-7 degree, 11 mm each."""

_COS_FAR = math.cos(math.radians(80))

_Geometry = Any  # shapely ships no types.


class Verdict(StrEnum):
    """What the distance between two volumes means; the word that is shown."""

    CONFLICT = "CONFLICT"
    TOUCH = "TOUCH"
    MARGINAL = "MARGINAL"
    CLEAR = "CLEAR"


@dataclass(frozen=True, slots=True)
class Minima:
    """The agreed separation for a pair of kinds; zero asks for overlap.

    Attributes:
        lateral_m: Horizontal distance at or below which there is a conflict.
        vertical_dm: Distance between bands below which there is one.
        time_ms: Time between windows below which there is one.
    """

    lateral_m: int
    vertical_dm: int
    time_ms: int

    def __post_init__(self) -> None:
        if not 0 <= self.lateral_m <= LATERAL_MINIMUM_M_MAX:
            raise ValueError(f"the lateral minimum is not 0 to {LATERAL_MINIMUM_M_MAX} m")
        if self.vertical_dm < 0 or self.time_ms < 0:
            raise ValueError("a minimum is negative")


@dataclass(frozen=True, slots=True)
class Finding:
    """How near two volumes come to each other.

    Attributes:
        verdict: What it means under the agreed minima.
        separation_m: Horizontal distance between them, to the millimetre; 0 if
            they overlap on the map.
        vertical_gap_dm: Least distance between their bands; 0 if they may overlap.
        time_gap_ms: Time between their windows; 0 if they overlap or abut.
        overlap_from: When both are in force, from this instant
        overlap_until: to this one, half-open; the same instant if never.
        closest: Midway between them where they come nearest, or a place that both
            hold.
    """

    verdict: Verdict
    separation_m: float
    vertical_gap_dm: int
    time_gap_ms: int
    overlap_from: int
    overlap_until: int
    closest: Position

    @property
    def is_conflict(self) -> bool:
        """Whether it is to be treated as a conflict: a marginal one is."""
        return self.verdict in (Verdict.CONFLICT, Verdict.MARGINAL)

    def words(self) -> str:
        """The finding as one English sentence, for logs and the command line."""
        if self.separation_m:
            across = f"{_metres(self.separation_m)} apart on the map"
        else:
            across = "overlapping on the map"
        up = "bands not apart"
        if self.vertical_gap_dm:
            up = f"bands {self.vertical_gap_dm / 10:,.0f} m apart"
        if self.overlap_from < self.overlap_until:
            when = (
                f"both in force {format_instant(self.overlap_from)} "
                f"to {format_instant(self.overlap_until)}"
            )
        else:
            when = f"windows {self.time_gap_ms / 60_000:,.1f} min apart"
        return (
            f"{self.verdict.value}: {across}, {up}, {when}; "
            f"nearest at {format_position(self.closest)}."
        )


class _State(IntEnum):
    """One dimension of the rule: beyond its minimum, at its edge, or within."""

    WITHIN = 0
    MARGINAL = 1
    TOUCH = 2
    BEYOND = 3


_VERDICTS = (Verdict.CONFLICT, Verdict.MARGINAL, Verdict.TOUCH, Verdict.CLEAR)
"""By the greatest state of the three dimensions: a touch in one is no overlap in any."""


@dataclass(frozen=True, slots=True)
class _Contact:
    """Where two cores come nearest in the plane.

    Attributes:
        between_m: Distance between the cores on the ellipsoid; 0 if they meet.
        off_centre_m: Distance of the contact from the centre of the plane.
        closest: Midway between the two volumes there.
    """

    between_m: float
    off_centre_m: float
    closest: Position


@dataclass(frozen=True, slots=True)
class _Figure:
    """A core as it shows in the plane, with what it is there."""

    shape: Shape
    outline: Outline
    points: Floats
    geometry: _Geometry


def find_conflict(
    a: Volume, b: Volume, minima: Minima, atmosphere: Atmosphere = ANY_WEATHER
) -> Finding:
    """How near two volumes come, and what that means under the agreed minima.

    Args:
        a: One volume that passes `check_volume`.
        b: The other; which is which makes no difference.
        minima: For the pair of their kinds.
        atmosphere: The bounds agreed for bands with different references.

    Raises:
        VolumeDoesNotHold: One of them is too large for any plane; `check_volume`
            would have refused it.
    """
    first, second = sorted((a, b), key=_rank)
    horizontal, separation_m, closest = _compare_areas(first, second, minima.lateral_m)
    rise_dm = vertical_gap_dm(
        *(first.lower, first.upper, second.lower, second.upper, atmosphere),
        undulation_a=undulation_of(first),
        undulation_b=undulation_of(second),
    )
    pause_ms = max(first.valid_from - second.valid_until, second.valid_from - first.valid_until)
    state = max(
        horizontal, _state_of(rise_dm, minima.vertical_dm), _state_of(pause_ms, minima.time_ms)
    )
    overlap_from = max(first.valid_from, second.valid_from)
    return Finding(
        _VERDICTS[state],
        separation_m,
        max(rise_dm, 0),
        max(pause_ms, 0),
        overlap_from,
        max(overlap_from, min(first.valid_until, second.valid_until)),
        closest,
    )


def distance_to_core_m(position: Position, volume: Volume) -> float:
    """Distance from a position to the core of a volume; 0 inside a polygon.

    The core is what the volume is drawn round: the centre of a circle, the line of
    a corridor, the whole area of a polygon.

    Raises:
        VolumeDoesNotHold: The volume is too large for any plane.
    """
    point = Volume(Shape.CIRCLE, (position,), 0, None, None, 0, 1)
    core = replace(volume, radius_m=0)
    shown = _show(point, core, 0)
    if shown is None:
        return _far_apart(point, core)[0]
    plane, figure, other = shown
    return _contact(plane, figure, other, (0, 0)).between_m


def _rank(volume: Volume) -> tuple[Any, ...]:
    """A total order of volumes as far as their areas go."""
    return volume.shape, volume.radius_m, volume.vertices


def _state_of(gap: int, minimum: int) -> _State:
    """The state of a band or a window: closer than the minimum or not."""
    if gap < minimum or gap < 0:
        return _State.WITHIN
    return _State.TOUCH if gap == minimum == 0 else _State.BEYOND


def _compare_areas(a: Volume, b: Volume, lateral_m: int) -> tuple[_State, float, Position]:
    """The horizontal state, the separation in metres, the point of approach."""
    shown = _show(a, b, lateral_m)
    if shown is None:
        return _State.BEYOND, *_far_apart(a, b)
    plane, figure_a, figure_b = shown
    reach_m = a.radius_m + b.radius_m
    limit_m = reach_m + lateral_m
    contact = _contact(plane, figure_a, figure_b, (a.radius_m, b.radius_m))
    separation_m = max(0.0, round(contact.between_m - reach_m, 3))
    if contact.between_m == 0.0:
        state = _state_of_meeting(figure_a, figure_b, limit_m)
    else:
        excess_m = round(contact.between_m - limit_m, 3)
        state = _state_of_distance(excess_m, lateral_m, _margin_m(contact.off_centre_m))
    return state, separation_m, contact.closest


def _show(a: Volume, b: Volume, lateral_m: int) -> tuple[Plane, _Figure, _Figure] | None:
    """Both cores in the plane of the rule; None if they are too far apart for one.

    Raises:
        VolumeDoesNotHold: Their boxes meet and yet no plane holds them both.
    """
    outline_a, outline_b = outline_of(a.shape, a.vertices), outline_of(b.shape, b.vertices)
    core_a, core_b = outline_a.core, outline_b.core
    pad_a, pad_b = a.radius_m / CURVATURE_RADIUS_M_MIN, b.radius_m / CURVATURE_RADIUS_M_MIN
    lows = zip(core_a.low.tolist(), core_b.low.tolist(), strict=True)
    highs = zip(core_a.high.tolist(), core_b.high.tolist(), strict=True)
    low = [max(one - pad_a, other - pad_b) for one, other in lows]
    high = [min(one + pad_a, other + pad_b) for one, other in highs]
    x, y, z = (least + most for least, most in zip(low, high, strict=True))
    length = math.sqrt(x * x + y * y + z * z)
    plane = plane_at(np.array((x, y, z)) / length) if length > 1e-9 else None
    if plane is None or _is_far(plane, core_a) or _is_far(plane, core_b):
        between = lateral_m / CURVATURE_RADIUS_M_MIN
        if all(least <= most + between for least, most in zip(low, high, strict=True)):
            raise VolumeDoesNotHold("A volume is too large to be compared.", "Split it.")
        return None
    return plane, _figure(plane, a.shape, outline_a), _figure(plane, b.shape, outline_b)


def _is_far(plane: Plane, core: Core) -> bool:
    """Whether a vertex is so far from the centre that the plane cannot show it."""
    return bool((core.units @ plane.axes[2]).min() < _COS_FAR)


def _far_apart(a: Volume, b: Volume) -> tuple[float, Position]:
    """Separation and middle of two volumes on different sides of the world.

    Their boxes do not meet, so they are clear of each other; the distance is
    that of their nearest vertices.
    """
    units_a, units_b = core_of(a.shape, a.vertices).units, core_of(b.shape, b.vertices).units
    cosines = units_a @ units_b.T
    row, column = divmod(int(cosines.argmax()), cosines.shape[1])
    between_m = distance_m(a.vertices[row], b.vertices[column])
    middle = position_of(units_a[row] + units_b[column])
    return round(max(0.0, between_m - a.radius_m - b.radius_m), 3), middle


def _figure(plane: Plane, shape: Shape, outline: Outline) -> _Figure:
    points = plane.points(outline.core.units)
    if shape is Shape.CIRCLE:
        return _Figure(shape, outline, points, shapely.points(points[0]))
    draw = shapely.linestrings if shape is Shape.CORRIDOR else shapely.polygons
    return _Figure(shape, outline, points, draw(points))


def _contact(plane: Plane, a: _Figure, b: _Figure, radii_m: tuple[int, int]) -> _Contact:
    """Where two cores meet, or come nearest."""
    if shapely.intersects(a.geometry, b.geometry):
        line = shapely.get_coordinates(shapely.shortest_line(a.geometry, b.geometry))
        return _Contact(0.0, 0.0, plane.position(*line[0].tolist()))
    approach = nearest_approach(a.outline, b.outline)
    between_m = approach.length_m
    # Midway between the two outlines, which may already have met.
    share = min(max((radii_m[0] + between_m - radii_m[1]) / 2 / between_m, 0.0), 1.0)
    middle = approach.point(share)
    x, y = plane.points(middle[None])[0].tolist()
    return _Contact(between_m, math.hypot(x, y), position_of(middle))


def _margin_m(off_centre_m: float) -> float:
    return MARGIN_M + MARGIN_SHARE * off_centre_m


def _state_of_distance(excess_m: float, lateral_m: int, margin_m: float) -> _State:
    """The state of two cores that are apart, from their distance over the minimum."""
    if lateral_m == 0 and abs(excess_m) <= TOUCH_M:
        return _State.TOUCH
    if abs(excess_m) <= margin_m:
        return _State.MARGINAL
    return _State.WITHIN if excess_m < 0 else _State.BEYOND


def _state_of_meeting(a: _Figure, b: _Figure, limit_m: int) -> _State:
    """The state of two cores that meet: deeply, hardly, or only at their boundary."""
    if limit_m > 0 or a.shape is not Shape.POLYGON or b.shape is not Shape.POLYGON:
        return _State.WITHIN
    state = _state_of_entry(a, b)
    return state if state is _State.WITHIN else min(state, _state_of_entry(b, a))


def _state_of_entry(a: _Figure, b: _Figure) -> _State:
    """The state of two polygons that meet, by how deep the first goes into the second.

    Looked for at the vertices of the first and just inside its edges, then along its
    edges between the places where they cross the boundary of the second.
    """
    inner = _inside_edges(a)
    state = _state_of_depth(np.concatenate((inner, a.points)), b.geometry)
    if state is _State.WITHIN:
        return state
    samples = _samples_between_crossings(a.points, b.points)
    if samples is None:
        return _State.WITHIN
    if not len(inner):
        # It is so thin that nothing tells its inside from its boundary.
        state = min(state, _State.MARGINAL)
    return min(state, _state_of_depth(samples, b.geometry))


def _margins_m(points: Floats) -> Floats:
    """The margin at each point of the plane."""
    return np.asarray(MARGIN_M + MARGIN_SHARE * np.hypot(points[:, 0], points[:, 1]))


def _inside_edges(figure: _Figure) -> Floats:
    """Points inside a polygon, two margins from the middle of each edge."""
    ring = figure.points
    edges = np.roll(ring, -1, axis=0) - ring
    middles = ring + edges / 2
    sense = 2.0 if shapely.is_ccw(figure.geometry.exterior) else -2.0
    leftward = np.stack((-edges[:, 1], edges[:, 0]), axis=1)
    leftward /= np.maximum(np.sqrt((edges * edges).sum(axis=1)), 1e-9)[:, None]
    points = middles + leftward * (sense * _margins_m(middles))[:, None]
    shapely.prepare(figure.geometry)
    return np.asarray(points[shapely.contains_xy(figure.geometry, points)])


def _state_of_depth(points: Floats, polygon: _Geometry) -> _State:
    """The state by the depth in the polygon of that point which lies deepest."""
    shapely.prepare(polygon)
    points = points[shapely.contains_xy(polygon, points)]
    inside = shapely.points(points)
    boundary = polygon.exterior
    shapely.prepare(boundary)
    if not shapely.dwithin(boundary, inside, _margins_m(points)).all():
        return _State.WITHIN
    if not shapely.dwithin(boundary, inside, TOUCH_M).all():
        return _State.MARGINAL
    return _State.TOUCH


def _samples_between_crossings(ring: Floats, other: Floats) -> Floats | None:
    """Points on each edge of a ring midway between its crossings with another.

    None if there are more than `TOUCH_SAMPLES_MAX`: rings so entangled overlap.
    """
    edges, others = np.roll(ring, -1, axis=0) - ring, np.roll(other, -1, axis=0) - other
    rows, columns = np.nonzero(_boxes_meet(ring, ring + edges, other, other + others))
    apart, edge, facing = other[columns] - ring[rows], edges[rows], others[columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        across = _cross(edge, facing)
        along = _cross(apart, facing) / across
        beside = _cross(apart, edge) / across
    is_crossing = (along > 0) & (along < 1) & (beside >= -1e-9) & (beside <= 1 + 1e-9)
    if int(is_crossing.sum()) + len(ring) > TOUCH_SAMPLES_MAX:
        return None
    # Each edge is cut at its start, its crossings in order, and its end.
    count = np.arange(len(ring))
    rows = np.concatenate((count, rows[is_crossing], count))
    cuts = np.concatenate((np.zeros(len(ring)), along[is_crossing], np.ones(len(ring))))
    order = np.lexsort((cuts, rows))
    rows, cuts = rows[order], cuts[order]
    is_piece = rows[1:] == rows[:-1]
    rows, shares = rows[1:][is_piece], ((cuts[1:] + cuts[:-1]) / 2)[is_piece]
    return np.asarray(ring[rows] + shares[:, None] * edges[rows])


def _boxes_meet(a: Floats, a_end: Floats, b: Floats, b_end: Floats) -> NDArray[np.bool_]:
    """Which edge of one ring has a box that meets that of which edge of the other."""
    low_a, high_a = np.minimum(a, a_end), np.maximum(a, a_end)
    low_b, high_b = np.minimum(b, b_end) - TOUCH_M, np.maximum(b, b_end) + TOUCH_M
    meet = np.ones((len(a), len(b)), dtype=np.bool_)
    for axis in (0, 1):
        meet &= low_a[:, None, axis] <= high_b[None, :, axis]
        meet &= high_a[:, None, axis] >= low_b[None, :, axis]
    return meet


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def _metres(length_m: float) -> str:
    """A length as people read it: metres when short, kilometres when not."""
    return f"{length_m:,.0f} m" if length_m < 1_000 else f"{length_m / 1_000:,.1f} km"
