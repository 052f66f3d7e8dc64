"""Magnitudes: by how much two versions of an announcement differ, never as text.

"The area moved 4.2 km north-east and grew by 12 %, the floor went from FL200 to FL180, the
window begins 30 minutes earlier." Volumes are compared by their place in the list, as the
conflict rule takes them; distances and areas are on the ellipsoid (Karney's method), to be
read by people. What was answered about a narrower version does not answer a wider one.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from geographiclib.geodesic import Geodesic

from openline.domain.space.altitude import Altitude
from openline.domain.space.compass import SECTOR_DEG, WINDS
from openline.domain.space.extent import centre_of
from openline.domain.space.geodesy import AXIS_M, FLATTENING, Position, azimuth_deg, distance_m
from openline.domain.space.volume import Shape, Volume

MOVED_M_MIN: Final = 10
"""A middle that shifts by less has not moved: positions are written to metres."""

_E7: Final = 10_000_000
_EARTH: Final = Geodesic(AXIS_M, FLATTENING)


@dataclass(frozen=True, slots=True)
class Magnitude:
    """By how much one volume differs.

    Attributes:
        number: Which volume, from 1.
        is_new: Whether the earlier version has none there.
        is_gone: Whether the later version has none there.
        moved_m: How far its middle moved, in metres; 0 if it did not.
        wind: Whither, one of sixteen winds; empty if it did not.
        grown: By how much its area grew, in hundredths; negative if it shrank.
        floor: Lower bound as it was and as it is, if it differs; None is the surface.
        ceiling: Upper bound the same way; None is without limit.
        starts_ms: By how much its window begins later; negative if earlier.
        ends_ms: By how much its window ends later; negative if earlier.
    """

    number: int
    is_new: bool = False
    is_gone: bool = False
    moved_m: float = 0.0
    wind: str = ""
    grown: int = 0
    floor: tuple[Altitude | None, Altitude | None] | None = None
    ceiling: tuple[Altitude | None, Altitude | None] | None = None
    starts_ms: int = 0
    ends_ms: int = 0

    @property
    def is_wider(self) -> bool:
        """Whether it may reach where or when the earlier version did not."""
        if self.is_new or self.moved_m or self.grown > 0:
            return True
        if self.starts_ms < 0 or self.ends_ms > 0:
            return True
        return _is_lower(self.floor) or _is_higher(self.ceiling)


def magnitudes(old: Sequence[Volume], new: Sequence[Volume]) -> list[Magnitude]:
    """By how much the volumes differ; those that do not are left out."""
    return [one for one in _each(old, new) if one != Magnitude(one.number)]


def _each(old: Sequence[Volume], new: Sequence[Volume]) -> Iterator[Magnitude]:
    for number, (before, after) in enumerate(zip_longest(old, new), 1):
        if before is None or after is None:
            yield Magnitude(number, is_new=before is None, is_gone=after is None)
        else:
            yield _between(number, before, after)


def _between(number: int, old: Volume, new: Volume) -> Magnitude:
    moved_m, wind = 0.0, ""
    grown = 0
    if (old.shape, old.vertices, old.radius_m) != (new.shape, new.vertices, new.radius_m):
        moved_m, wind = _moved(centre_of(old), centre_of(new))
        before, after = area_m2(old), area_m2(new)
        grown = round(100 * (after - before) / before) if before else 0
    return Magnitude(
        number,
        moved_m=moved_m,
        wind=wind,
        grown=grown,
        floor=None if old.lower == new.lower else (old.lower, new.lower),
        ceiling=None if old.upper == new.upper else (old.upper, new.upper),
        starts_ms=new.valid_from - old.valid_from,
        ends_ms=new.valid_until - old.valid_until,
    )


def _moved(old: Position, new: Position) -> tuple[float, str]:
    far_m = distance_m(old, new)
    if far_m < MOVED_M_MIN:
        return 0.0, ""
    sector = round(azimuth_deg(old, new) / SECTOR_DEG) % len(WINDS)
    return far_m, WINDS[sector]


def area_m2(volume: Volume) -> float:
    """How much ground a volume is over, in square metres, bends aside."""
    radius_m = volume.radius_m
    if volume.shape is Shape.CIRCLE:
        return math.pi * radius_m**2
    polygon = _EARTH.Polygon(volume.shape is Shape.CORRIDOR)
    for lat_e7, lon_e7 in volume.vertices:
        polygon.AddPoint(lat_e7 / _E7, lon_e7 / _E7)
    _, length_m, inner_m2 = polygon.Compute(False, True)
    if volume.shape is Shape.CORRIDOR:
        return float(2 * radius_m * length_m + math.pi * radius_m**2)
    return float(abs(inner_m2) + radius_m * length_m + math.pi * radius_m**2)


def _is_lower(floor: tuple[Altitude | None, Altitude | None] | None) -> bool:
    """Whether a floor may have gone down; of two references nobody knows, so it may."""
    if floor is None:
        return False
    old, new = floor
    if old is None:
        return False
    return new is None or _differs(old, new, -1)


def _is_higher(ceiling: tuple[Altitude | None, Altitude | None] | None) -> bool:
    if ceiling is None:
        return False
    old, new = ceiling
    if old is None:
        return False
    return new is None or _differs(old, new, 1)


def _differs(old: Altitude, new: Altitude, sign: int) -> bool:
    return old.datum is not new.datum or sign * (new.value - old.value) > 0
