"""Where radars stand, and where what they measure is.

A target of category 048 is told as slant range and azimuth from its radar. Where that
stands the radar says itself (034/120), or else the settings of the feed.
"""

from dataclasses import dataclass, field
from math import acos, asin, atan2, cos, degrees, radians, sin, sqrt, tan
from typing import Final

from openline.adapters.surveillance.mode_s.cpr import Place
from openline.domain.limits import FEED_RADARS_MAX

_AXIS_M: Final = 6_378_137.0
_E2_SECOND: Final = 6.739496742276e-3
"""WGS-84: the major axis, and the second eccentricity squared."""

_MEAN_M: Final = 6_371_000.0

_POLE_DEG: Final = 89.0
"""Nearer to a pole the formula below does not hold, and no radar stands."""


@dataclass(frozen=True, slots=True)
class Radar:
    """Where a radar stands.

    Attributes:
        place: Latitude and longitude.
        height_m: Above the ellipsoid; 0 if not known.
    """

    place: Place
    height_m: float = 0.0


@dataclass(slots=True)
class Radars:
    """The radars of one feed, the least recently heard forgotten first.

    Attributes:
        default: Where a radar stands that has not said it; None if not known.
    """

    default: Radar | None = None
    _known: dict[str, Radar] = field(default_factory=dict)

    def learn(self, source: str, radar: Radar) -> None:
        """What a radar says of itself."""
        self._known.pop(source, None)
        self._known[source] = radar
        if len(self._known) > FEED_RADARS_MAX:
            del self._known[next(iter(self._known))]

    def place(
        self, source: str, range_m: float, azimuth_deg: float, height_m: float
    ) -> Place | None:
        """Where a target is; None where nobody said where its radar stands.

        Args:
            source: The radar.
            range_m: Slant range.
            azimuth_deg: From true north.
            height_m: Of the target.
        """
        radar = self._known.get(source, self.default)
        if radar is None:
            return None
        return place_from(radar.place, ground_m(range_m, radar.height_m, height_m), azimuth_deg)


def ground_m(range_m: float, from_m: float, to_m: float) -> float:
    """The distance along the ground that a slant range between two heights covers."""
    one, other = _MEAN_M + from_m, _MEAN_M + to_m
    # Above the radar itself a range may be shorter than the heights are apart.
    cosine = (one * one + other * other - range_m * range_m) / (2 * one * other)
    if cosine > 0.999_999:
        # Near by, the cosine has no digits left.
        flat = range_m * range_m - (other - one) ** 2
        return sqrt(max(flat, 0.0) / (one * other)) * _MEAN_M
    return acos(max(cosine, -1.0)) * _MEAN_M


def place_from(start: Place, distance_m: float, azimuth_deg: float) -> Place | None:
    """The place at a distance and azimuth, up to 500 km, within a metre.

    By Bowring's formula for short lines (1981), which is several times quicker than a
    geodesic; None near a pole. `w`, `sigma` and `d` are its own names.
    """
    lat, azimuth = radians(start[0]), radians(azimuth_deg)
    sine, cosine = sin(lat), cos(lat)
    a, b = sqrt(1 + _E2_SECOND * cosine**4), sqrt(1 + _E2_SECOND * cosine**2)
    sigma = distance_m * b * b / (_AXIS_M * sqrt(1 + _E2_SECOND))
    east = tan(sigma) * sin(azimuth)
    w = atan2(a * east, b * cosine - tan(sigma) * sine * cos(azimuth)) / 2
    d = asin(sin(sigma) * (cos(azimuth) - sine * sin(azimuth) * tan(w) / a)) / 2
    lat += 2 * d * (b - 1.5 * _E2_SECOND * d * sin(2 * lat + 4 * b * d / 3))
    if abs(degrees(lat)) > _POLE_DEG:
        return None
    return degrees(lat), (start[1] + degrees(2 * w / a) + 180.0) % 360.0 - 180.0
