"""Magnitudes: by how much two versions of an announcement differ, never as text.

"The area moved 4.2 km north-east and grew by 12 %, the floor went from FL200 to FL180, the
window begins 30 minutes earlier." Volumes that both versions have are left out, the others are
compared in their order; distances and areas are on the ellipsoid (Karney's method), to be read
by people. Whether a version is wider is another question (`openline.domain.talk.notice_change`).
"""

import math
from collections import Counter
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
        number: Which volume of the later version, from 1; of one that is gone, of the earlier.
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


def magnitudes(old: Sequence[Volume], new: Sequence[Volume]) -> list[Magnitude]:
    """By how much the volumes differ; those that do not are left out."""
    return [one for one in _each(old, new) if one != Magnitude(one.number)]


def _each(old: Sequence[Volume], new: Sequence[Volume]) -> Iterator[Magnitude]:
    shared = Counter(old) & Counter(new)
    gone, come = (_without(side, shared.copy()) for side in (old, new))
    for before, after in zip_longest(gone, come):
        if before is None or after is None:
            [(number, _)] = filter(None, (before, after))
            yield Magnitude(number, is_new=before is None, is_gone=after is None)
        else:
            yield _between(after[0], before[1], after[1])


def _without(side: Sequence[Volume], shared: Counter[Volume]) -> Iterator[tuple[int, Volume]]:
    """The volumes that only one version has, with their numbers."""
    for number, volume in enumerate(side, 1):
        if shared[volume]:
            shared[volume] -= 1
        else:
            yield number, volume


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
