"""Extents: a middle inside the core, and a box that holds the volume."""

import random

import pytest

from openline.domain.space.conflict import distance_to_core_m
from openline.domain.space.extent import box_of, centre_of
from openline.domain.space.geodesy import destination, position_of
from openline.domain.space.volume import Shape
from tests.domain.space.geodesic_oracle import edges_of
from tests.domain.space.shapes import at, circle, corridor, polygon, random_volume, square

PLACES = [(35, 40), (0, 0), (-17, 179.95), (60, -180), (88.5, 10), (90, 0), (-89.9, 99)]


def is_inside(box, position) -> bool:
    (south, west), (north, east) = box
    lat, lon = position
    if not south - 1 <= lat <= north + 1:
        return False
    is_pole = abs(lat) > 899_999_000
    inside = west - 1 <= lon <= east + 1 if west <= east else lon >= west - 1 or lon <= east + 1
    return inside or is_pole


@pytest.mark.parametrize("place", PLACES)
def test_a_box_holds_its_volume(place):
    """Every point of an outline lies in the box, across the antimeridian and at poles too."""
    chance = random.Random(f"box/{place}")
    for _ in range(40):
        volume = random_volume(chance, at(*place), 300_000, 50_000)
        box = box_of(volume)
        starts, ends = edges_of(volume)
        for share in (0, 0.25, 0.5, 0.75):
            for unit in starts * (1 - share) + ends * share:
                core_place = position_of(unit)
                assert is_inside(box, core_place), (volume, core_place)
                for bearing in range(0, 360, 45):
                    outline = destination(core_place, bearing, volume.radius_m)
                    assert is_inside(box, outline), (volume, outline)


@pytest.mark.parametrize("place", PLACES)
def test_the_centre_is_in_the_core(place):
    """The middle of a volume belongs to its core, even of a bent corridor or a ring like a C."""
    chance = random.Random(f"centre/{place}")
    for _ in range(40):
        volume = random_volume(chance, at(*place), 300_000, 50_000)
        assert distance_to_core_m(centre_of(volume), volume) < 50
    ring = polygon((35, 40), (35, 41), (35.1, 41), (35.1, 40.1), (35.9, 40.1), (35.9, 41), (36, 41),
                   (36, 40))  # fmt: skip
    assert distance_to_core_m(centre_of(ring), ring) == 0


def test_a_box_is_no_larger_than_it_need_be():
    """The box of a square of degrees is the square, but for the bulge of its northern side."""
    (south, west), (north, east) = box_of(square(35, 40))
    assert (south, west, east) == (350_000_000, 400_000_000, 410_000_000)
    assert 360_000_000 < north < 360_030_000
    (_, west), (_, east) = box_of(circle(0, 0, 11_132))
    assert (west, east) == pytest.approx((-1_000_000, 1_000_000), rel=0.01)


def test_boxes_of_the_antimeridian_and_the_poles():
    """Across the antimeridian west is greater than east; round a pole the box goes all round."""
    (_, west), (_, east) = box_of(square(-17.5, 179.5))
    assert (west, east) == (1_795_000_000, -1_795_000_000)
    cap = polygon((85, 0), (85, 120), (85, -120))
    assert box_of(cap) == ((850_000_000, -1_800_000_000), (900_000_000, 1_800_000_000))
    south = polygon((-85, 0), (-85, 120), (-85, -120))
    assert box_of(south) == ((-900_000_000, -1_800_000_000), (-850_000_000, 1_800_000_000))
    across = corridor((89, -170), (89, 170), radius_m=100)
    assert across.shape is Shape.CORRIDOR
    assert box_of(circle(89.99, 0, 5_000))[1] == (900_000_000, 1_800_000_000)
