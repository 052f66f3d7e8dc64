"""Boxes: an area between two latitudes and two longitudes."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from openline.adapters.geofiles.activity import Feature, Part
from openline.adapters.geofiles.prose.passage import Passage
from openline.adapters.geofiles.prose.positions import Half
from openline.adapters.geofiles.prose.runs import REMEDY
from openline.adapters.geofiles.prose.shapes import Area
from openline.domain.space.geodesy import LON_E7_MAX
from openline.domain.space.volume import Shape

_BOX_HALVES: Final = 4
_BOX_JOINT = re.compile(
    r"[\s,]*(?:AND|TO|-|И|ET|Y)[\s,]*(?:LAT|LONG?|LATITUDES?|LONGITUDES?)?[\s.]*"
)


def find_boxes(
    feature: Feature, name: str, passage: Passage, halves: list[Half]
) -> tuple[list[Area], list[Half]]:
    """Boxes said by two latitudes and two longitudes, and the halves that are left.

    Args:
        feature: For faults.
        name: What the passage is called.
        passage: The passage.
        halves: Every latitude and longitude of it.

    Raises:
        FileFault: A box encloses no area.
    """
    boxes: list[Area] = []
    left: list[Half] = []
    number = 0
    while number < len(halves):
        four = halves[number : number + _BOX_HALVES]
        if _is_box(passage, four):
            boxes.append(_box(feature, name, passage, four))
            number += _BOX_HALVES
        else:
            left.append(halves[number])
            number += 1
    return boxes, left


def _is_box(passage: Passage, four: Sequence[Half]) -> bool:
    if len(four) < _BOX_HALVES:
        return False
    sides = [one.is_latitude for one in four]
    if sides not in ([True, True, False, False], [False, False, True, True]):
        return False
    gaps = [passage.text[one.end : other.start] for one, other in pairwise(four)]
    is_near = len(gaps[1]) <= 60 and not re.search(r"[0-9.]", gaps[1])
    return is_near and all(_BOX_JOINT.fullmatch(gap) for gap in (gaps[0], gaps[2]))


def _box(feature: Feature, name: str, passage: Passage, four: Sequence[Half]) -> Area:
    lats = [one.e7 for one in four if one.is_latitude]
    lons = [one.e7 for one in four if not one.is_latitude]
    south, north = min(lats), max(lats)
    west, east = lons
    if (east - west) % (2 * LON_E7_MAX) > LON_E7_MAX:
        west, east = east, west
    if south == north or west == east:
        raise feature.fault(name, "its box encloses no area", REMEDY, passage.row_at(four[0].start))
    ring = [(south, west), (south, east), (north, east), (north, west), (south, west)]
    return Area(Part(Shape.POLYGON, ring, 0), four[0].start, four[-1].end, is_box=True)
