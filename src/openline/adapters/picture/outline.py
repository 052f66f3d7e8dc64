"""Outlines: the edge of a volume on the ground, as points close together.

Edges of a core are great circles, followed with points; what lies at a distance
from the core is drawn at that distance on the ellipsoid. A counterpart's geometry
is bounded before it comes here (`domain.space.volume`), and all this serves the
eye alone: no verdict rests on it.
"""

import math
from typing import Any, Final, TypeAlias

import numpy as np
import shapely

from openline.adapters.picture.projection import Around, along, lengths_m
from openline.domain.space.geodesy import Floats, Plane, plane_at, position_of
from openline.domain.space.volume import Shape, Volume, core_of

Ring: TypeAlias = Floats
"""Unit normals along a closed line, the first not repeated at the end."""

_CIRCLE_POINTS: Final = 180
_STEP_RAD: Final = math.radians(0.1)
"""Points lie at most so far apart: an edge then leaves its great circle by 2.4 m."""

_POINTS_MAX: Final = 4_096
"""Points along one core, shared out among its edges: an ocean's edge then errs by 90 m."""

_EDGE_POINTS_MAX: Final = 64

_QUARTER_POINTS: Final = 12
"""Points on a quarter of the arc round a vertex."""

_NEIGHBOURS_MAX: Final = 4_000
"""Pairs of edges nearer than the radius beyond which each edge is drawn for itself."""

_SIDE_M_MAX: Final = 11_000
_SIDES_MAX: Final = 1_000
"""A ring has points at least so often, or so many: its sides are no great circles."""

_SIMPLER_SHARE: Final = 0.01
"""Share of the radius by which the core may be simpler where rings round it are sought."""


def core_line(volume: Volume) -> Floats:
    """Points along the core of a volume: its centre, its line, or its ring."""
    units = core_of(volume.shape, volume.vertices).units
    if volume.shape is Shape.CIRCLE:
        return units
    return followed(units, is_closed=volume.shape is Shape.POLYGON)


def outline(volume: Volume, beyond_m: float = 0.0) -> list[Ring]:
    """The edge of a volume, outer rings before the holes in them.

    Args:
        volume: It passes `check_volume`.
        beyond_m: How far beyond the edge to draw.
    """
    reach_m = volume.radius_m + beyond_m
    core = core_of(volume.shape, volume.vertices)
    if volume.shape is Shape.CIRCLE:
        return [_circle(core.units[0], reach_m)]
    if reach_m == 0:
        return [core_line(volume)]
    return _widened(volume, core.middle, reach_m)


def followed(units: Floats, *, is_closed: bool) -> Floats:
    """The vertices, with points between them along the great circles.

    Args:
        units: Normals of the vertices in order.
        is_closed: Whether the last is joined to the first.
    """
    ends = np.roll(units, -1, axis=0) if is_closed else units[1:]
    parts = []
    most = min(_EDGE_POINTS_MAX, max(1, _POINTS_MAX // len(units)))
    for start, end in zip(units, ends, strict=False):
        angle = math.acos(max(-1.0, min(1.0, float(start @ end))))
        count = max(1, min(most, math.ceil(angle / _STEP_RAD)))
        shares = (np.arange(count) / count)[:, None]
        if angle < 1e-6:
            line = start + (end - start) * shares
        else:
            line = np.sin((1 - shares) * angle) * start + np.sin(shares * angle) * end
        parts.append(line / np.sqrt((line * line).sum(axis=1))[:, None])
    if not is_closed:
        parts.append(units[-1:])
    return np.concatenate(parts)


def _circle(centre: Floats, reach_m: float) -> Ring:
    plane = plane_at(centre)
    turns = np.arange(_CIRCLE_POINTS) * (2 * math.pi / _CIRCLE_POINTS)
    ahead = np.column_stack((np.sin(turns), np.cos(turns))) @ plane.axes[:2]
    starts = np.broadcast_to(centre, ahead.shape)
    return along(starts, ahead, np.full(_CIRCLE_POINTS, reach_m))


def _widened(volume: Volume, middle: Floats, reach_m: float) -> list[Ring]:
    """Rings at a distance from a line or a polygon.

    How they run is found on paper round the middle of the core; then each point is
    moved along the shortest line from the core, to its true distance.
    """
    paper = Around(position_of(middle))
    plane = plane_at(middle)
    units = core_of(volume.shape, volume.vertices).units
    is_polygon = volume.shape is Shape.POLYGON
    exact = (shapely.polygons if is_polygon else shapely.linestrings)(plane.points(units))
    line = shapely.linestrings(paper.points(core_line(volume)))
    # What is left out here is made good by the last step.
    line = shapely.simplify(line, reach_m * _SIMPLER_SHARE, preserve_topology=False)
    rough = shapely.get_coordinates(line)
    if is_polygon and len(rough) < 3:
        is_polygon, rough = False, np.concatenate((rough, rough[:1]))
    core = (shapely.polygons if is_polygon else shapely.linestrings)(rough)
    quarter, rings = _QUARTER_POINTS, []
    if _is_tangled(edges := _edges(rough), reach_m):
        quarter, core, rings = 2, edges, [core_line(volume)] if is_polygon else []
    drawn = shapely.buffer(core, reach_m, quad_segs=quarter)
    for ring in _rings(drawn):
        longest_m = max(_SIDE_M_MAX, float(shapely.length(ring)) / _SIDES_MAX)
        points = shapely.get_coordinates(shapely.segmentize(ring, longest_m))[:-1]
        rings.append(_at_distance(plane, exact, paper.normals(points), reach_m))
    return rings


def _rings(drawn: Any) -> list[Any]:
    """The rings of one shape or several, the holes last."""
    parts = shapely.get_parts(drawn)
    holes = [
        shapely.get_interior_ring(part, number)
        for part in parts
        for number in range(shapely.get_num_interior_rings(part))
    ]
    return [*shapely.get_exterior_ring(parts), *holes]


def _edges(points: Floats) -> Any:
    """Each edge of a line for itself."""
    return shapely.linestrings(np.stack((points[:-1], points[1:]), axis=1))


def _is_tangled(edges: Any, reach_m: float) -> bool:
    """Whether so many edges are so near each other that their union takes seconds."""
    pairs = shapely.STRtree(edges).query(edges, predicate="dwithin", distance=reach_m)
    return bool(pairs.shape[1] > _NEIGHBOURS_MAX)


def _at_distance(plane: Plane, core: Any, units: Floats, reach_m: float) -> Ring:
    """Each point moved along the shortest line from the core to its distance."""
    shown = shapely.points(plane.points(units))
    nearest = shapely.get_coordinates(shapely.shortest_line(core, shown)).reshape(-1, 2, 2)[:, 0]
    starts = plane.normals(nearest)
    is_apart = lengths_m(starts, units) > 0.5 * reach_m
    ahead = units - starts * (units * starts).sum(axis=1)[:, None]
    length = np.sqrt((ahead * ahead).sum(axis=1))
    ahead = ahead / np.where(length > 0, length, 1.0)[:, None]
    moved = along(starts, ahead, np.full(len(units), reach_m))
    # Where a tangled line was drawn edge by edge, points may lie inside of it.
    return np.where(is_apart[:, None], moved, units)
