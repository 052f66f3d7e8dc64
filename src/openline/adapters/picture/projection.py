"""Projections: where a position lies on the paper, in metres from the middle.

`Around` is azimuthal equidistant on the ellipsoid: distances and directions from
its middle are true (to 1 m at 300 km), and what lies near the middle has its true
shape. It serves pictures of up to `REACH_DEG_MAX` round the middle. `Whole` is
plain longitude and latitude, for a file whose areas lie all over the globe.
Neither takes part in any rule: `domain.space` judges, this draws.
"""

import math
from typing import Final, Protocol

import numpy as np

from openline.domain.space.geodesy import (
    AXIS_M,
    Floats,
    Position,
    arc_lengths_m,
    normals,
    plane_at,
    position_of,
)

REACH_DEG_MAX: Final = 60.0
"""Angle from the middle beyond which `Around` would stretch shapes too much to be read."""

_M_OF_DEG: Final = math.pi / 180 * AXIS_M


class Projection(Protocol):
    """A way from normals of the ellipsoid to the paper and back.

    Attributes:
        centre: The middle of the picture.
        tear_m: Two neighbours on a line that lie further apart than this on the
            paper, from left to right, belong to its two edges.
    """

    centre: Position
    tear_m: float

    def points(self, units: Floats) -> Floats:
        """Where normals show: metres to the right and up, one point in each row."""
        ...


class Around:
    """Azimuthal equidistant round a position.

    Args:
        centre: The middle of the picture.
    """

    def __init__(self, centre: Position) -> None:
        self.centre = centre
        self.tear_m = math.inf
        self._unit = normals((centre,))[0]
        self._plane = plane_at(self._unit)

    def points(self, units: Floats) -> Floats:
        """Where normals show; each less than a third of the globe away."""
        seen = units @ self._plane.axes[:2].T * self._plane.radii_m
        across_m = np.sqrt((seen * seen).sum(axis=1))
        reach_m = lengths_m(np.broadcast_to(self._unit, units.shape), units)
        scale = np.divide(reach_m, across_m, out=np.zeros_like(reach_m), where=across_m > 0)
        return np.asarray(seen * scale[:, None])

    def normals(self, points: Floats) -> Floats:
        """The unit normals that show at these points of the paper."""
        reach_m = np.sqrt((points * points).sum(axis=1))
        ahead = points / self._plane.radii_m
        length = np.sqrt((ahead * ahead).sum(axis=1))
        ahead = ahead / np.where(length > 0, length, 1.0)[:, None] @ self._plane.axes[:2]
        return along(np.broadcast_to(self._unit, ahead.shape), ahead, reach_m)


class Whole:
    """Longitude and latitude as they are, the middle longitude in the middle.

    Args:
        centre: Its longitude is the middle of the picture.
    """

    def __init__(self, centre: Position) -> None:
        self.centre = (0, centre[1])
        self.tear_m = 180 * _M_OF_DEG

    def points(self, units: Floats) -> Floats:
        """Where normals show, as if each degree were one of the equator."""
        lon = np.degrees(np.arctan2(units[:, 1], units[:, 0])) - self.centre[1] / 1e7
        lat = np.degrees(np.arcsin(np.clip(units[:, 2], -1, 1)))
        return np.column_stack(((lon + 540) % 360 - 180, lat)) * _M_OF_DEG


def along(starts: Floats, ahead: Floats, reach_m: Floats) -> Floats:
    """Where one gets from normals in a direction after so many metres.

    Args:
        starts: Unit normals.
        ahead: For each the direction: a unit row at a right angle to it, or zero.
        reach_m: How far, on the ellipsoid.
    """
    angles = reach_m / AXIS_M
    # Twice is enough: the radius of curvature changes by less than one percent.
    for _ in range(3):
        ends = starts * np.cos(angles)[:, None] + ahead * np.sin(angles)[:, None]
        went_m = lengths_m(starts, ends)
        angles = angles * np.divide(reach_m, went_m, out=np.ones_like(went_m), where=went_m > 0)
    return np.asarray(starts * np.cos(angles)[:, None] + ahead * np.sin(angles)[:, None])


def lengths_m(starts: Floats, ends: Floats) -> Floats:
    """Lengths of great circles between pairs of normals on the ellipsoid, in metres."""
    x, y, z = starts.T
    across = np.hypot(x, y)
    # At a pole every direction is south; that of longitude zero will do.
    is_aside = across > 1e-12
    cosine = np.divide(x, across, out=np.ones_like(x), where=is_aside)
    sine = np.divide(y, across, out=np.zeros_like(y), where=is_aside)
    east = ends[:, 1] * cosine - ends[:, 0] * sine
    north = ends[:, 2] * across - (ends[:, 0] * cosine + ends[:, 1] * sine) * z
    return arc_lengths_m(z, across, east, north, (starts * ends).sum(axis=1))


def units_of(degrees: Floats) -> Floats:
    """The unit normals of longitudes and latitudes in degrees."""
    lon, lat = np.radians(degrees).T
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


def projection_for(units: Floats) -> Projection:
    """The projection in which all of these normals can be shown."""
    low, high = units.min(axis=0), units.max(axis=0)
    middle = low + high
    length = math.sqrt(float(middle @ middle))
    centre = position_of(middle) if length > 1e-9 else (0, 0)
    if length > 1e-9 and float((units @ (middle / length)).min()) > math.cos(
        math.radians(REACH_DEG_MAX)
    ):
        return Around(centre)
    return Whole(centre)
