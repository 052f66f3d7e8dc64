"""Approach: where two cores that do not meet come nearest, and how near.

Two great circles that do not cross come nearest at an end of one of them, so every
vertex of one core is taken with every edge of the other. On a gnomonic plane that
is centred at the vertex the nearest point of the edge is the foot of a perpendicular:
lines through the centre keep their right angles. The length to it is that of the
great circle on the ellipsoid (`geodesy.arc_lengths_m`). The rule is written down in
`docs/spec/conflict.md`, sections 3 and 4. Whether cores meet is not asked here.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from openline.domain.space.geodesy import (
    AXIS_M,
    ECCENTRICITY_SQUARED,
    Floats,
    Position,
    arc_lengths_m,
)
from openline.domain.space.volume import Core, Shape, core_of

_OUTLINES_KEPT = 1_024

_PAIRS_TAKEN_WHOLE = 128
"""Up to so many pairs of vertex and edge it is quicker to measure than to choose."""

_BLOCK = 8_192
"""Pairs measured at once: what they need stays in the processor's cache."""

_CURVATURE_SPREAD_MAX = 0.0102
"""By how much the greatest radius of curvature of the ellipsoid exceeds the least."""

_COS_ROUNDING = 1e-14
"""What a cosine of an angle may be off, amply: a metre where the angle is nought."""

_COS_FOOT = math.cos(math.radians(80))

_Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A core with what its approaches are measured from.

    Vertices and edges stand in an order of their own, which is the same wherever the
    ring begins and whichever way it or the line runs: so is every bit that follows.

    Attributes:
        core: The core itself, in the order of its volume.
        vertices: A column for each: the normal, its distance from the axis, where east
            is (x and y), and the radii of curvature across and along the meridian.
        edges: Ends of each edge: axis by axis, start and end, a column for each edge.
            A circle has one, from its centre to its centre.
    """

    core: Core
    vertices: Floats
    edges: Floats


@dataclass(frozen=True, slots=True)
class Approach:
    """Where two cores come nearest.

    Attributes:
        length_m: Of the great circle between them, to the millimetre, never 0.
        start: The normal at its end on the first core.
        heading: A unit vector: where the great circle leads from there.
        angle: Between the normals at its two ends, in radians.
    """

    length_m: float
    start: tuple[float, float, float]
    heading: tuple[float, float, float]
    angle: float

    def point(self, share: float) -> Floats:
        """The normal at a share of the way from the first core to the second."""
        cosine, sine = math.cos(share * self.angle), math.sin(share * self.angle)
        ways = zip(self.start, self.heading, strict=True)
        return np.array([cosine * here + sine * there for here, there in ways])


@lru_cache(maxsize=_OUTLINES_KEPT)
def outline_of(shape: Shape, vertices: tuple[Position, ...]) -> Outline:
    """The outline of the core that these vertices make.

    Raises:
        VolumeDoesNotHold: There are too few vertices for the shape.
    """
    core = core_of(shape, vertices)
    units = core.units
    starts, ends = units, units
    if shape is Shape.CORRIDOR:
        starts, ends = units[:-1], units[1:]
    elif shape is Shape.POLYGON:
        ends = np.roll(units, -1, axis=0)
    joined = sorted(sorted(edge) for edge in zip(starts.tolist(), ends.tolist(), strict=True))
    edges = np.array(joined).transpose(2, 1, 0)
    x, y, z = np.array(sorted(units.tolist())).T
    across = np.hypot(x, y)
    # At a pole every direction is south; the plane then takes the one of longitude zero.
    is_pole = across <= 1e-12
    safe = np.where(is_pole, 1.0, across)
    east_x, east_y = np.where(is_pole, 0.0, -y / safe), np.where(is_pole, 1.0, x / safe)
    bend = 1 - ECCENTRICITY_SQUARED * z * z
    transverse = AXIS_M / np.sqrt(bend)
    meridian = transverse * (1 - ECCENTRICITY_SQUARED) / bend
    columns = np.array((x, y, z, across, east_x, east_y, transverse, meridian))
    return Outline(core, columns, np.ascontiguousarray(edges))


def nearest_approach(a: Outline, b: Outline) -> Approach:
    """Where two cores that do not meet come nearest.

    Of several places that are equally near to the millimetre, the first in the order
    of the outlines, vertices of the first core before those of the second.
    """
    (from_a, to_b), (from_b, to_a) = _near_pairs(a, b)
    vertices = np.concatenate((a.vertices, b.vertices), axis=1)
    edges = np.concatenate((b.edges, a.edges), axis=2)
    rows = np.concatenate((from_a, from_b + a.vertices.shape[1]))
    columns = np.concatenate((to_b, to_a + b.edges.shape[2]))
    best = _nearest(vertices[:, rows[:_BLOCK]], edges[:, :, columns[:_BLOCK]])
    for begin in range(_BLOCK, len(rows), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        found = _nearest(vertices[:, rows[block]], edges[:, :, columns[block]])
        if found[0] < best[0]:
            best = (found[0], begin + found[1], found[2])
    length_m, nearest, foot = best
    approach = _approach(vertices[:, rows[nearest]].tolist(), *foot, max(length_m, 0.001))
    return approach if nearest < len(from_a) else _turned(approach)


def _nearest(vertices: Floats, edges: Floats) -> tuple[float, int, tuple[float, float, float]]:
    """Least length of these pairs, which it is, and the foot as its vertex sees it."""
    east, north, away = _feet(vertices, edges)
    lengths = arc_lengths_m(vertices[2], vertices[3], east, north, away).round(3)
    nearest = int(lengths.argmin())
    foot = float(east[nearest]), float(north[nearest]), float(away[nearest])
    return float(lengths[nearest]), nearest, foot


def _feet(vertices: Floats, edges: Floats) -> tuple[Floats, Floats, Floats]:
    """The nearest point of each edge, as it is seen from its vertex.

    Returns:
        Its parts to the east, to the north and away along the normal of the vertex;
        the length of all three together has no meaning.
    """
    x, y, z, across, east_x, east_y, transverse, meridian = vertices
    end_x, end_y, end_z = edges
    east = end_x * east_x + end_y * east_y
    north = (end_y * east_x - end_x * east_y) * z + end_z * across
    away = end_x * x + end_y * y + end_z * z
    are_seen = away.min() > _COS_FOOT
    scale = away if are_seen else np.where(away > _COS_FOOT, away, 1.0)
    across_m, along_m = east / scale * transverse, north / scale * meridian
    run_m, rise_m = across_m[1] - across_m[0], along_m[1] - along_m[0]
    squared = np.maximum(run_m * run_m + rise_m * rise_m, 1e-18)
    share = np.minimum(np.maximum(-(across_m[0] * run_m + along_m[0] * rise_m) / squared, 0.0), 1.0)
    foot_east = (across_m[0] + share * run_m) / transverse
    foot_north = (along_m[0] + share * rise_m) / meridian
    if are_seen:
        return foot_east, foot_north, np.ones_like(share)
    is_seen = away.min(axis=0) > _COS_FOOT
    # An end out of sight: no foot within four thousand kilometres. The nearer end will do.
    nearer = away.argmax(axis=0), np.arange(away.shape[1])
    return (
        np.where(is_seen, foot_east, east[nearer]),
        np.where(is_seen, foot_north, north[nearer]),
        np.where(is_seen, 1.0, away[nearer]),
    )


def _approach(
    vertex: list[float], east: float, north: float, away: float, length_m: float
) -> Approach:
    """The approach from a vertex to what is seen there to the east, north and away."""
    x, y, z, across, east_x, east_y, _, _ = vertex
    aside = math.hypot(east, north)
    angle = math.atan2(aside, away)
    if aside > 0.0:
        east, north = east / aside, north / aside
    heading = (
        east * east_x - north * z * east_y,
        east * east_y + north * z * east_x,
        north * across,
    )
    return Approach(length_m, (x, y, z), heading, angle)


def _turned(approach: Approach) -> Approach:
    """The same approach from the other core."""
    cosine, sine = math.cos(approach.angle), math.sin(approach.angle)
    (x, y, z), (along_x, along_y, along_z) = approach.start, approach.heading
    start = (cosine * x + sine * along_x, cosine * y + sine * along_y, cosine * z + sine * along_z)
    back = (sine * x - cosine * along_x, sine * y - cosine * along_y, sine * z - cosine * along_z)
    return Approach(approach.length_m, start, back, approach.angle)


def _near_pairs(
    a: Outline, b: Outline
) -> tuple[tuple[_Indices, _Indices], tuple[_Indices, _Indices]]:
    """Vertices of the first with edges of the second, and the other way round.

    All of them if they are few, and else those that may be the nearest: lengths are
    angles times radii of curvature, so nothing is nearer whose angle is greater than
    the least by more than these radii differ.
    """
    vertices_a, vertices_b = a.vertices.shape[1], b.vertices.shape[1]
    edges_a, edges_b = a.edges.shape[2], b.edges.shape[2]
    # To and from a single point is the same: it is looked at once, from the point.
    if vertices_b == 1:
        return _NONE, _grid(1, edges_a)
    if vertices_a == 1:
        return _grid(1, edges_b), _NONE
    if vertices_a * edges_b + vertices_b * edges_a <= _PAIRS_TAKEN_WHOLE:
        return _grid(vertices_a, edges_b), _grid(vertices_b, edges_a)
    there, back = _cosines(a, b), _cosines(b, a)
    angle = math.acos(min(max(float(there.max()), float(back.max())), 1.0))
    spread = _curvature_spread(a.core, b.core, angle)
    least = math.cos(min(angle * (1 + spread), math.pi)) - _COS_ROUNDING
    return _pairs(there >= least), _pairs(back >= least)


def _curvature_spread(a: Core, b: Core, angle: float) -> float:
    """By how much radii of curvature of approaches of two cores differ, at most.

    A radius follows from the latitude and from the tilt of the great circle. Both vary
    by no more than the cores are wide, as it is seen over the angle between them.
    """
    wide = float(np.linalg.norm(a.high - a.low) + np.linalg.norm(b.high - b.low))
    # 1.5 e² from the latitude and 2 e² from the tilt; a circle of six metres is no comb.
    return min(_CURVATURE_SPREAD_MAX, 4 * ECCENTRICITY_SQUARED * wide / max(angle, 1e-6))


def _pairs(is_near: NDArray[np.bool_]) -> tuple[_Indices, _Indices]:
    rows, columns = np.nonzero(is_near)
    return rows, columns


def _cosines(a: Outline, b: Outline) -> Floats:
    """Cosines of the angles from each vertex of one to each edge of the other."""
    vertices, (starts, ends) = a.vertices[:3].T, b.edges.transpose(1, 0, 2)
    normals = np.cross(starts, ends, axis=0)
    normals /= np.maximum(np.sqrt((normals * normals).sum(axis=0)), 1e-300)
    beside = vertices @ normals
    is_beside = vertices @ np.cross(normals, starts, axis=0) > 0
    is_beside &= vertices @ np.cross(ends, normals, axis=0) > 0
    cosines = np.maximum(vertices @ starts, vertices @ ends)
    feet = np.sqrt(np.maximum(1 - beside * beside, 0.0))
    return np.asarray(np.where(is_beside, feet, cosines))


@lru_cache(maxsize=256)
def _grid(rows: int, columns: int) -> tuple[_Indices, _Indices]:
    """Every row with every column."""
    count = np.arange(rows * columns)
    return count // columns, count % columns


_NONE = (np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp))
