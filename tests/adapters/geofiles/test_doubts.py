"""Doubts that no row shows: swapped positions, places far outside, things given twice."""

import pytest

from openline.adapters.geofiles import ReadActivity, volume_doubt, with_doubts
from openline.adapters.geofiles.doubts import FAR_M, distance_to_area_m
from openline.domain.space.geodesy import destination
from tests.adapters.geofiles.bad import AREA
from tests.adapters.geofiles.told import said
from tests.domain.space.shapes import at, circle, corridor, polygon, square


def test_swapped_positions_are_flagged_with_the_distance():
    """A volume far outside whose swapped middle lies inside is flagged in words and kilometres."""
    doubt = volume_doubt(circle(40.176, 35.285, 9_000), AREA)
    assert doubt.startswith("Its middle, 40.1760N 35.2850E, lies 24")
    assert "km outside the area of the agreement, and with latitude and longitude swapped" in doubt
    assert "(35.2850N 40.1760E) inside it" in doubt


def test_what_is_far_away_anyhow_is_flagged_without_a_guess():
    """A volume far outside both ways is told to be outside, and nothing is said of swapping."""
    doubt = volume_doubt(circle(-34.6, -58.4, 9_000), AREA)
    assert doubt.endswith("km outside the area of the agreement.")
    assert volume_doubt(circle(20, 170, 5), AREA).endswith("agreement.")


@pytest.mark.parametrize(
    "volume",
    [
        circle(35, 38, 5),
        corridor((34, 36), (37, 41), radius_m=100),
        circle(38.5, 38, 5),
        polygon((30, 34), (30, 43), (40, 43), (40, 34)),
    ],
)
def test_what_lies_inside_or_near_is_not_doubted(volume):
    """A volume within the area, or less than 100 km outside, is not flagged."""
    assert volume_doubt(volume, AREA) == ""


def test_without_an_area_nothing_is_doubted():
    """Where the agreement bounds no area no place is doubtful."""
    assert volume_doubt(circle(-60, 170, 5), ()) == ""


def test_the_nearest_ring_counts():
    """The distance to an area is that to its nearest ring; inside one it is 0."""
    other = ((500_000_000, 0), (500_000_000, 50_000_000), (550_000_000, 0))
    assert distance_to_area_m(at(35, 38), (*AREA, other)) == 0
    away = destination(at(38, 42), 45, FAR_M)
    assert abs(distance_to_area_m(away, AREA) - FAR_M) < 50


def test_what_is_given_twice_is_flagged():
    """The same area, band and window in a later activity is noted, wherever its ring begins."""
    ring = square(35, 38)
    turned = polygon((36, 39), (35, 39), (35, 38), (36, 38))
    activities = [
        ReadActivity("A", (circle(33, 36, 5), ring), number=1),
        ReadActivity("B", (turned,), number=2, row=7),
        ReadActivity("C", (square(35, 38, window=(0, 5)),), number=3),
    ]
    first, second, third = with_doubts(activities)
    assert (first, third) == (activities[0], activities[2])
    [remark] = second.remarks
    assert (remark.row, remark.field) == (7, "geometry")
    assert "1 of its 1 volumes is given already by number 1 of the file" in remark.what


def test_doubts_come_after_what_was_read():
    """Remarks of the reader are kept, and doubts follow them."""
    activity = ReadActivity("A", (circle(40.176, 35.285, 9),), remarks=(), number=1)
    [doubted] = with_doubts([activity], AREA)
    assert len(said(doubted)) == 1
    assert with_doubts([doubted], ())[0] == doubted
