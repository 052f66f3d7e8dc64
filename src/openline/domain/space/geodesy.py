"""Geodesy: positions, distances on the ellipsoid, the plane of the conflict rule.

A position is two integers of 1e-7 degree, latitude first, on WGS-84. Distances
and azimuths of single pairs are geodesic (geographiclib). Shapes are made of
great circles between the normals (n-vectors) of the positions, so that poles
and the antimeridian are places like any other; a gnomonic plane shows every
great circle as a straight segment. It knows nothing of altitude, time or volumes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from geographiclib.geodesic import Geodesic
from numpy.typing import NDArray

Position: TypeAlias = tuple[int, int]
"""Latitude and longitude in 1e-7 degree."""

Floats: TypeAlias = NDArray[np.float64]

Axis: TypeAlias = tuple[float, float, float]
"""A direction in x, y and z."""

LAT_E7_MAX = 900_000_000
LON_E7_MAX = 1_800_000_000

AXIS_M = 6_378_137.0
"""Half the equatorial diameter of WGS-84."""

FLATTENING = 1 / 298.257223563
ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING)

CURVATURE_RADIUS_M_MIN = AXIS_M * (1 - ECCENTRICITY_SQUARED)
"""The smallest radius of curvature: along the meridian at the equator, 6,335,439 m."""

_E7 = 10_000_000
_RADIANS_OF_E7 = math.pi / 180 / _E7

_WGS84 = Geodesic(AXIS_M, FLATTENING)


def distance_m(start: Position, end: Position) -> float:
    """Length of the geodesic between two positions, in metres."""
    line = _WGS84.Inverse(
        start[0] / _E7, start[1] / _E7, end[0] / _E7, end[1] / _E7, Geodesic.DISTANCE
    )
    return float(line["s12"])


def azimuth_deg(start: Position, end: Position) -> float:
    """Azimuth of the geodesic at its start, clockwise from true north, [0, 360)."""
    line = _WGS84.Inverse(
        start[0] / _E7, start[1] / _E7, end[0] / _E7, end[1] / _E7, Geodesic.AZIMUTH
    )
    # Twice: a tiny negative azimuth becomes 360.0 the first time.
    return float(line["azi1"]) % 360 % 360


def destination(start: Position, azimuth_deg: float, distance_m: float) -> Position:
    """The position reached along a geodesic, rounded to 1e-7 degree."""
    end = _WGS84.Direct(start[0] / _E7, start[1] / _E7, azimuth_deg, distance_m)
    return _position(end["lat2"], end["lon2"])


def format_position(position: Position) -> str:
    """The position in decimal degrees to about ten metres: `35.2854N 40.1760E`."""
    lat, lon = position[0] / _E7, position[1] / _E7
    return f"{abs(lat):.4f}{'S' if lat < 0 else 'N'} {abs(lon):.4f}{'W' if lon < 0 else 'E'}"


def normals(positions: Sequence[Position]) -> Floats:
    """The unit normals of the ellipsoid at the positions, one in each row.

    The sines come from `math`, not from numpy: numpy picks an implementation by
    the processor, and two nodes shall get the same bits wherever they can.
    """
    return np.array(normal_rows(positions), dtype=np.float64)


def normal_rows(positions: Sequence[Position]) -> list[Axis]:
    """The same as numbers of Python, for which a few are not worth an array."""
    rows = []
    for lat_e7, lon_e7 in positions:
        lat, lon = lat_e7 * _RADIANS_OF_E7, lon_e7 * _RADIANS_OF_E7
        cos_lat = math.cos(lat)
        rows.append((cos_lat * math.cos(lon), cos_lat * math.sin(lon), math.sin(lat)))
    return rows


def position_of(normal: Floats) -> Position:
    """The position with this normal, which need not have length one."""
    x, y, z = (float(part) for part in normal)
    return _position(math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x)))


def middle_of(units: Floats) -> Floats:
    """The normalised sum of normals; zero if they cancel each other out."""
    total = units.sum(axis=0)
    length = math.sqrt(float(total @ total))
    return total / length if length > 1e-9 else np.zeros(3)


def arc_lengths_m(
    height: Floats, across: Floats, east: Floats, north: Floats, away: Floats
) -> Floats:
    """Lengths of great circles on the ellipsoid in metres, each below half a turn.

    The integral of the radius of curvature over the angle between the normals, by
    Simpson's rule at both ends and midway. Within 0.5 mm of the geodesic up to 300 km,
    5 cm up to 1,200 km, which two radii and a minimum come to at most.

    Args:
        height: The z of the normal at which each begins.
        across: Distance of that normal from the axis: the cosine of its latitude.
        east: What is seen from there, in three parts that need no common length:
        north: to the east, to the north,
        away: and along the normal itself.
    """
    aside_squared = east * east + north * north
    aside = np.sqrt(aside_squared)
    slant = np.sqrt(aside_squared + away * away)
    cosine, sine = away / slant, aside / slant
    # Half the angle by roots: they are exact to the last bit everywhere, sines are not.
    half_cosine = np.maximum(np.sqrt((1 + cosine) / 2), 1e-9)
    half_sine = sine / (2 * half_cosine)
    scale = across / np.maximum(aside, 1e-300)
    # What is the same all along a great circle: the z of its own normal (Clairaut).
    tilt, rise = scale * east, scale * north
    heights = np.empty((3, len(rise)))
    heights[0] = height
    heights[1] = height * half_cosine + rise * half_sine
    heights[2] = height * cosine + rise * sine
    bend = 1 - ECCENTRICITY_SQUARED * heights * heights
    ratio = (1 - ECCENTRICITY_SQUARED) / bend
    squares = (ratio * ratio + ECCENTRICITY_SQUARED * tilt * tilt * (1 + ratio) / bend) / bend
    first, middle, last = np.sqrt(squares)
    angles = np.arctan2(aside, away)
    return np.asarray(angles * (first + 4 * middle + last) * (AXIS_M / 6))


@dataclass(frozen=True, slots=True)
class Plane:
    """A gnomonic plane of normals: great circles are straight, its centre is true.

    Attributes:
        axes: Three unit rows: to the east and to the north in the plane, and the
            centre itself.
        radii_m: Radii of curvature at the centre, across and along the meridian.
    """

    axes: Floats
    radii_m: Floats

    def points(self, units: Floats) -> Floats:
        """Where the normals show in the plane: x east, y north, in metres.

        Every normal must be less than 90 degrees from the centre.
        """
        seen = units @ self.axes.T
        return np.asarray(seen[:, :2] / seen[:, 2:] * self.radii_m)

    def normals(self, points: Floats) -> Floats:
        """The unit normals that show at these points of the plane."""
        rays = (points / self.radii_m) @ self.axes[:2] + self.axes[2]
        return np.asarray(rays / np.sqrt((rays * rays).sum(axis=1))[:, None])

    def position(self, x: float, y: float) -> Position:
        """The position that shows at one point of the plane."""
        return position_of(np.array((x, y)) / self.radii_m @ self.axes[:2] + self.axes[2])


def plane_at(centre: Floats) -> Plane:
    """The plane that touches at this unit normal."""
    x, y, z = (float(part) for part in centre)
    axes, radii_m = axes_at(x, y, z)
    return Plane(np.array(axes), np.array(radii_m))


def axes_at(x: float, y: float, z: float) -> tuple[tuple[Axis, Axis, Axis], tuple[float, float]]:
    """Axes and radii of the plane that touches at this unit normal, as in `Plane`."""
    across = math.hypot(x, y)
    # At a pole every direction is south; the plane then takes the one of longitude zero.
    east_x, east_y = (-y / across, x / across) if across > 1e-12 else (0.0, 1.0)
    north = (-z * east_y, z * east_x, x * east_y - y * east_x)
    bend = 1 - ECCENTRICITY_SQUARED * z * z
    transverse = AXIS_M / math.sqrt(bend)
    meridian = transverse * (1 - ECCENTRICITY_SQUARED) / bend
    return ((east_x, east_y, 0.0), north, (x, y, z)), (transverse, meridian)


def _position(lat_deg: float, lon_deg: float) -> Position:
    """The position nearest to these degrees; longitude in [-180, 180)."""
    lat_e7, lon_e7 = round(lat_deg * _E7), round(lon_deg * _E7)
    lon_e7 = (lon_e7 + LON_E7_MAX) % (2 * LON_E7_MAX) - LON_E7_MAX
    return max(-LAT_E7_MAX, min(LAT_E7_MAX, lat_e7)), lon_e7
