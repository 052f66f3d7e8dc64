"""Compact position reporting: 17 bits of latitude and longitude to a place.

A position is sent as where it lies in a zone; even and odd frames cut the globe into
different numbers of zones. Two frames of both kinds, close in time, give the place
(global); one frame gives it beside a place that is known (local). In the air zones of
latitude are 6 degrees high, on the ground a quarter of that. Rule: DO-260B, appendix
A.1.7; names in it: `Nz` = 15, `NL`, `Dlat`, `j`, `m`.
"""

from bisect import bisect_left
from dataclasses import dataclass
from math import acos, cos, degrees, floor, pi
from typing import Final, TypeAlias

Place: TypeAlias = tuple[float, float]
"""Latitude -90 to 90 and longitude [-180, 180), in degrees."""

_STEPS: Final = 131_072.0
"""A zone is told in 2 to the 17 steps."""

_NZ: Final = 15


def _edge_deg(zones: int) -> float:
    """The latitude up to which there are so many zones of longitude."""
    return degrees(acos(((1 - cos(pi / (2 * _NZ))) / (1 - cos(2 * pi / zones))) ** 0.5))


_EDGES_DEG: Final = (*(_edge_deg(zones) for zones in range(59, 3, -1)), 87.0)
"""Latitudes where a zone of longitude is lost: from 59 of them to one, near the pole."""


@dataclass(frozen=True, slots=True)
class Compact:
    """A position as it is sent.

    Attributes:
        is_odd: Which of both kinds of frame it is.
        is_surface: Whether it is of the ground.
        lat: Steps in the zone of latitude, 0 to 131,071.
        lon: Likewise of longitude.
    """

    is_odd: bool
    is_surface: bool
    lat: int
    lon: int


def zones_at(lat_deg: float) -> int:
    """`NL`: how many zones of longitude there are at a latitude, 1 to 59."""
    return 59 - bisect_left(_EDGES_DEG, abs(lat_deg))


def place_of_pair(even: Compact, odd: Compact, *, is_odd_newer: bool) -> Place | None:
    """Where an aircraft in the air is, by two frames; None where they do not fit.

    Args:
        even: Of the air.
        odd: Of the air, at most ten seconds from the other.
        is_odd_newer: Which of both gives the place.
    """
    lats = _latitudes(even, odd, 360.0)
    lats = tuple(lat - 360.0 if lat >= 270.0 else lat for lat in lats)
    if not all(-90.0 <= lat <= 90.0 for lat in lats) or zones_at(lats[0]) != zones_at(lats[1]):
        return None
    lat_deg = lats[is_odd_newer]
    return lat_deg, _wrapped(_longitude(even, odd, lat_deg, 360.0, is_odd_newer))


def place_of_surface_pair(
    even: Compact, odd: Compact, near: Place, *, is_odd_newer: bool
) -> Place | None:
    """Where an object on the ground is: of the eight places that fit, the nearest one.

    Args:
        even: Of the ground.
        odd: Of the ground.
        near: A place that is not much more than 45 degrees away.
        is_odd_newer: Which of both gives the place.
    """
    lats = _latitudes(even, odd, 90.0)
    # The same frames fit one place in each half of the globe.
    lats = min((lats, tuple(lat - 90.0 for lat in lats)), key=lambda two: abs(two[0] - near[0]))
    if not all(-90.0 <= lat <= 90.0 for lat in lats) or zones_at(lats[0]) != zones_at(lats[1]):
        return None
    lat_deg = lats[is_odd_newer]
    lon_deg = _longitude(even, odd, lat_deg, 90.0, is_odd_newer)
    quarters = (_wrapped(lon_deg + 90.0 * quarter) for quarter in range(4))
    return lat_deg, min(quarters, key=lambda lon: abs(_wrapped(lon - near[1])))


def place_near(frame: Compact, near: Place) -> Place | None:
    """Where an object is, by one frame and a place within half a zone of it.

    Half a zone is 180 nautical miles in the air and 45 on the ground. None where
    the frame fits no latitude there.
    """
    globe_deg = 90.0 if frame.is_surface else 360.0
    lat_deg = _beside(near[0], globe_deg / (4 * _NZ - frame.is_odd), frame.lat / _STEPS)
    if not -90.0 <= lat_deg <= 90.0:
        return None
    zone_deg = globe_deg / max(zones_at(lat_deg) - frame.is_odd, 1)
    return lat_deg, _wrapped(_beside(near[1], zone_deg, frame.lon / _STEPS))


def _latitudes(even: Compact, odd: Compact, globe_deg: float) -> tuple[float, ...]:
    """The latitude by the even and by the odd frame, from 0 up to `globe_deg`."""
    y0, y1 = even.lat / _STEPS, odd.lat / _STEPS
    j = floor(59 * y0 - 60 * y1 + 0.5)
    return globe_deg / 60 * (j % 60 + y0), globe_deg / 59 * (j % 59 + y1)


def _longitude(
    even: Compact, odd: Compact, lat_deg: float, globe_deg: float, is_odd_newer: bool
) -> float:
    nl = zones_at(lat_deg)
    count = max(nl - is_odd_newer, 1)
    m = floor((even.lon * (nl - 1) - odd.lon * nl) / _STEPS + 0.5)
    newer = odd if is_odd_newer else even
    return globe_deg / count * (m % count + newer.lon / _STEPS)


def _beside(near_deg: float, zone_deg: float, fraction: float) -> float:
    """The angle that lies at this fraction of some zone and is nearest to another."""
    # One quotient: at the edge of a zone quotient and remainder may disagree by a whole one.
    zone = floor(near_deg / zone_deg - fraction + 0.5)
    return zone_deg * (zone + fraction)


def _wrapped(lon_deg: float) -> float:
    return (lon_deg + 180.0) % 360.0 - 180.0
