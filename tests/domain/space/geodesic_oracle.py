"""Another way to the distance between two cores: many points and pyproj's geodesics.

It shares nothing with the product but the meaning of a volume: great circles
are walked in small steps on the unit sphere, pairs of points are measured by
PROJ, and whether cores meet is decided by signs of triple products.
"""

import numpy as np
import pyproj

from openline.domain.space.volume import Shape, Volume

GEOD = pyproj.Geod(ellps="WGS84")
_STEPS = 24


def units_of(positions):
    lat, lon = np.radians(np.array(positions, dtype=float) / 1e7).T
    return np.stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)), axis=1)


def degrees_of(units):
    x, y, z = units.T
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


def edges_of(volume: Volume):
    """Starts and ends of the great circles of the core."""
    units = units_of(volume.vertices)
    if volume.shape is Shape.CIRCLE:
        return units, units
    if volume.shape is Shape.CORRIDOR:
        return units[:-1], units[1:]
    return units, np.roll(units, -1, axis=0)


def nearest_m(a: Volume, b: Volume) -> float:
    """Least geodesic distance between the boundaries of two cores, in metres."""
    best = np.inf
    for one, other in ((a, b), (b, a)):
        vertices = units_of(one.vertices)
        starts, ends = edges_of(other)
        low, high = np.zeros((len(vertices), len(starts))), np.ones((len(vertices), len(starts)))
        # Each vertex against each edge, the stretch of the edge narrowed again and again.
        rows, columns = np.indices(low.shape)
        rows, columns = rows.ravel(), columns.ravel()
        low, high = low.ravel(), high.ravel()
        for _ in range(6):
            shares = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, _STEPS + 1)[None]
            points = _along(starts[columns], ends[columns], shares)
            metres = _geodesic_m(vertices[rows][:, None], points)
            place = metres.argmin(axis=1)
            best = min(best, float(metres.min()))
            width = (high - low) / _STEPS
            # Between two points of a stretch nothing is nearer by more than their distance.
            step_m = np.linalg.norm(ends - starts, axis=1)[columns] * width * 6_500_000
            keep = metres.min(axis=1) - step_m < best
            if not keep.any():
                break
            at = shares[np.arange(len(shares)), place]
            low, high = np.maximum(at - 2 * width, 0), np.minimum(at + 2 * width, 1)
            rows, columns, low, high = rows[keep], columns[keep], low[keep], high[keep]
    return best


def _along(starts, ends, shares):
    angle = np.arccos(np.clip((starts * ends).sum(axis=1), -1, 1))[:, None, None]
    weights = shares[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        points = (
            np.sin((1 - weights) * angle) * starts[:, None]
            + np.sin(weights * angle) * ends[:, None]
        ) / np.sin(angle)
    points = np.where(angle < 1e-12, np.broadcast_to(starts[:, None], points.shape), points)
    return points / np.linalg.norm(points, axis=2, keepdims=True)


def _geodesic_m(points, others):
    points, others = np.broadcast_arrays(points, others)
    shape = points.shape[:-1]
    lat_a, lon_a = degrees_of(points.reshape(-1, 3))
    lat_b, lon_b = degrees_of(others.reshape(-1, 3))
    return GEOD.inv(lon_a, lat_a, lon_b, lat_b)[2].reshape(shape)


def do_meet(a: Volume, b: Volume) -> bool:
    """Whether edges cross, or one core holds a vertex of the other."""
    if a.shape is not Shape.CIRCLE and b.shape is not Shape.CIRCLE and _do_edges_cross(a, b):
        return True
    return _holds(a, units_of(b.vertices)[0]) or _holds(b, units_of(a.vertices)[0])


def _do_edges_cross(a, b):
    (p, q), (r, s) = edges_of(a), edges_of(b)
    normal_a, normal_b = np.cross(p, q), np.cross(r, s)
    side_r, side_s = normal_a @ r.T, normal_a @ s.T
    side_p, side_q = (normal_b @ p.T).T, (normal_b @ q.T).T
    near = (p + q) @ (r + s).T > 0
    return bool(((side_r * side_s < 0) & (side_p * side_q < 0) & near).any())


def _holds(volume, unit):
    """Whether a polygon holds a point: the angles to its vertices turn full circle."""
    if volume.shape is not Shape.POLYGON:
        return False
    vertices = units_of(volume.vertices)
    if (vertices @ unit).min() <= 0:
        return False
    east = np.cross([0.0, 0.0, 1.0] if abs(unit[2]) < 0.9 else [1.0, 0.0, 0.0], unit)
    east /= np.linalg.norm(east)
    north = np.cross(unit, east)
    angles = np.arctan2(vertices @ north, vertices @ east)
    turns = np.diff(np.append(angles, angles[0]))
    turns = (turns + np.pi) % (2 * np.pi) - np.pi
    return bool(abs(turns.sum()) > np.pi)
