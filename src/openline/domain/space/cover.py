"""Cover: whether all that some volumes reach was reached by others before.

The answer is a safe one: "no" wherever it is not sure, so that nobody takes a wider area for a
narrower. A volume is covered if one volume covers it whole, area, band and window; two that
cover it together do not. Shapes are not widened, joined or repaired: cores are asked whether one
covers the other in the plane of the rule of conflicts, in which great circles are straight.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import shapely

from openline.domain.space.altitude import Altitude
from openline.domain.space.conflict import distance_to_core_m
from openline.domain.space.geodesy import distance_m, plane_at
from openline.domain.space.volume import Shape, Volume, core_of

SLACK_M: Final = 1.0
"""By so much an area may reach further: positions are drawn and written to metres."""

VERTICES_COMPARED_MAX: Final = 20_000
"""Some twenty comparisons of the largest volumes, 4 ms each; what is left over is not covered."""

_COS_FAR: Final = math.cos(math.radians(80))


def reaches_further(old: Sequence[Volume], new: Sequence[Volume]) -> bool:
    """Whether new volumes may reach a place, a height or a time that the old do not.

    Args:
        old: Volumes that pass `check_volume`.
        new: The same.
    """
    room = VERTICES_COMPARED_MAX
    for place, volume in enumerate(new):
        # Most often what stands at the same place of the list is the same volume, changed.
        order = sorted(range(len(old)), key=lambda number: (number != place, number))
        for number in order:
            if not _covers_band_and_window(old[number], volume):
                continue
            room -= len(old[number].vertices) + len(volume.vertices)
            if room < 0:
                return True
            if covers_area(old[number], volume):
                break
        else:
            return True
    return False


def _covers_band_and_window(old: Volume, new: Volume) -> bool:
    if new.valid_from < old.valid_from or new.valid_until > old.valid_until:
        return False
    return not (_is_beyond(old.lower, new.lower, -1) or _is_beyond(old.upper, new.upper, 1))


def _is_beyond(old: Altitude | None, new: Altitude | None, sign: int) -> bool:
    """Whether a bound may have moved outwards; of two references nobody knows."""
    if old is None or old == new:
        return False
    return new is None or old.datum is not new.datum or sign * (new.value - old.value) > 0


def covers_area(old: Volume, new: Volume) -> bool:
    """Whether one volume is, on the map, surely inside another.

    Raises:
        VolumeDoesNotHold: One of them is too large for any plane.
    """
    spare_m = old.radius_m - new.radius_m
    if (old.shape, old.vertices) == (new.shape, new.vertices):
        return spare_m >= 0
    if old.shape is Shape.CIRCLE:
        # What lies between points of a disc of these sizes is in the disc.
        [centre] = old.vertices
        return all(distance_m(centre, one) <= spare_m + SLACK_M for one in new.vertices)
    if new.shape is Shape.CIRCLE:
        return _covers_disc(old, new, spare_m)
    return spare_m >= 0 and _covers_core(old, new)


def _covers_disc(old: Volume, new: Volume, spare_m: int) -> bool:
    [centre] = new.vertices
    outside_m = distance_to_core_m(centre, old)
    if outside_m <= max(spare_m, 0) and spare_m >= 0:
        return True
    if outside_m > 0 or old.shape is not Shape.POLYGON:
        return outside_m <= spare_m + SLACK_M
    ring = replace(old, shape=Shape.CORRIDOR, vertices=(*old.vertices, old.vertices[0]))
    return distance_to_core_m(centre, ring) + SLACK_M >= -spare_m


def _covers_core(old: Volume, new: Volume) -> bool:
    before, after = (core_of(one.shape, one.vertices) for one in (old, new))
    plane = plane_at(before.middle)
    if any(bool((core.units @ plane.axes[2]).min() < _COS_FAR) for core in (before, after)):
        return False
    points = plane.points(after.units)
    if new.shape is Shape.POLYGON:
        # Drawn in by a metre: a corner that was put on an edge lies beside it by a rounding.
        middle = points.mean(axis=0)
        reach_m = float(np.hypot(*(points - middle).T).max())
        points = middle + (points - middle) * max(1 - SLACK_M / max(reach_m, SLACK_M), 0.5)
    draw = {Shape.POLYGON: shapely.polygons, Shape.CORRIDOR: shapely.linestrings}
    outer = draw[old.shape](plane.points(before.units))
    return bool(shapely.covers(outer, draw[new.shape](points)))
