"""Extent: the middle of a volume, and the box on the map that holds it.

For words, digests and map views. Nothing here takes part in the conflict rule.
"""

import math

import numpy as np
import shapely

from openline.domain.space.geodesy import (
    CURVATURE_RADIUS_M_MIN,
    LAT_E7_MAX,
    LON_E7_MAX,
    Floats,
    Position,
    plane_at,
    position_of,
)
from openline.domain.space.volume import Shape, Volume, core_of


def centre_of(volume: Volume) -> Position:
    """The middle of a core, and inside it: half-way along a line, within an area."""
    if volume.shape is Shape.CIRCLE:
        return volume.vertices[0]
    core = core_of(volume.shape, volume.vertices)
    plane = plane_at(core.middle)
    points = plane.points(core.units)
    if volume.shape is Shape.CORRIDOR:
        line = shapely.linestrings(points)
        centre = shapely.line_interpolate_point(line, 0.5, normalized=True)
    else:
        ring = shapely.polygons(points)
        centre = shapely.centroid(ring)
        if not shapely.contains(ring, centre):
            centre = shapely.point_on_surface(ring)
    return plane.position(float(shapely.get_x(centre)), float(shapely.get_y(centre)))


def box_of(volume: Volume) -> tuple[Position, Position]:
    """South-west and north-east corner of a box that holds the volume.

    The radius is in it, and the bulge of great circles towards the poles. Across
    the antimeridian the west is greater than the east; round a pole the box runs
    from -180 to 180 degrees.
    """
    units = core_of(volume.shape, volume.vertices).units
    points = np.concatenate((units, _apexes(volume.shape, units)))
    heights_deg = np.degrees(np.arcsin(np.clip(points[:, 2], -1, 1)))
    pad_deg = math.degrees(volume.radius_m / CURVATURE_RADIUS_M_MIN)
    south_deg, north_deg = float(heights_deg.min()) - pad_deg, float(heights_deg.max()) + pad_deg
    middle_deg, east_deg, goes_round = _longitudes(volume.shape, units)
    if goes_round:
        # A ring round a pole holds it; a line round it may as well be said to.
        south_deg, north_deg = (south_deg, 90.0) if points[:, 2].sum() > 0 else (-90.0, north_deg)
    south_e7 = max(round(south_deg * 1e7), -LAT_E7_MAX)
    north_e7 = min(round(north_deg * 1e7), LAT_E7_MAX)
    steepest_deg = max(abs(south_deg), abs(north_deg))
    if steepest_deg >= 90:
        return (south_e7, -LON_E7_MAX), (north_e7, LON_E7_MAX)
    sine = math.sin(math.radians(pad_deg)) / math.cos(math.radians(steepest_deg))
    wide_deg = math.degrees(math.asin(min(sine, 1.0)))
    west_deg, east_deg_most = float(east_deg.min()) - wide_deg, float(east_deg.max()) + wide_deg
    if east_deg_most - west_deg >= 360:
        return (south_e7, -LON_E7_MAX), (north_e7, LON_E7_MAX)
    return (south_e7, _wrap(middle_deg + west_deg)), (north_e7, _wrap(middle_deg + east_deg_most))


def _longitudes(shape: Shape, units: Floats) -> tuple[float, Floats, bool]:
    """Longitude of the middle, degrees east of it, and whether edges go round.

    There is one number of degrees for each vertex. An edge goes round if it passes
    opposite to the middle, beyond a pole.
    """
    middle_deg = position_of(units.sum(axis=0))[1] / 1e7
    east_deg = (np.degrees(np.arctan2(units[:, 1], units[:, 0])) - middle_deg + 180) % 360 - 180
    ends_deg = np.roll(east_deg, -1) if shape is Shape.POLYGON else east_deg[1:]
    steps_deg = np.abs(ends_deg - east_deg[: len(ends_deg)])
    return middle_deg, east_deg, bool((steps_deg > 180).any())


def _apexes(shape: Shape, units: Floats) -> Floats:
    """Where an edge of the core comes nearest to a pole between its ends."""
    if shape is Shape.CIRCLE:
        return np.empty((0, 3))
    ends = np.roll(units, -1, axis=0) if shape is Shape.POLYGON else units[1:]
    starts = units[: len(ends)]
    poles = np.cross(starts, ends)
    poles /= np.sqrt((poles * poles).sum(axis=1))[:, None]
    tops = np.array((0.0, 0.0, 1.0)) - poles[:, 2:] * poles
    found = []
    for sign in (1, -1):
        is_between = ((np.cross(starts, sign * tops) * poles).sum(axis=1) > 0) & (
            (np.cross(sign * tops, ends) * poles).sum(axis=1) > 0
        )
        found.append(sign * tops[is_between])
    apexes = np.concatenate(found)
    return np.asarray(apexes / np.sqrt((apexes * apexes).sum(axis=1))[:, None])


def _wrap(lon_deg: float) -> int:
    """The longitude in 1e-7 degree, within [-180, 180)."""
    return (round(lon_deg * 1e7) + LON_E7_MAX) % (2 * LON_E7_MAX) - LON_E7_MAX
