"""The conflict rule: four verdicts, three dimensions, one finding from either side."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.space.altitude import Atmosphere
from openline.domain.space.conflict import Minima, Verdict, distance_to_core_m, find_conflict
from openline.domain.space.geodesy import (
    destination,
    distance_m,
    middle_of,
    normals,
    position_of,
)
from openline.domain.space.volume import Altitude, Datum, Shape, Volume, VolumeDoesNotHold
from tests.domain.space.shapes import (
    HOUR,
    any_volumes,
    at,
    circle,
    corridor,
    level,
    metres_amsl,
    polygon,
    square,
)
from tests.domain.space.test_volume import comb, spiral

NONE = Minima(0, 0, 0)
AIR = Minima(9_260, 3_000, 600_000)


def verdict(a: Volume, b: Volume, minima: Minima = NONE) -> Verdict:
    finding = find_conflict(a, b, minima)
    assert find_conflict(b, a, minima) == finding
    return finding.verdict


# --- on the map ----------------------------------------------------------------------------------


def test_areas_that_overlap_are_in_conflict():
    """A square on another, a circle inside one, and a line across one all conflict."""
    base = square(35, 40)
    for other in (
        square(35.5, 40.5),
        circle(35.5, 40.5, 100),
        corridor((34, 40.5), (37, 40.5), radius_m=100),
        base,
    ):
        assert verdict(base, other) is Verdict.CONFLICT


@pytest.mark.parametrize("lateral_m", [0, 1_000, 9_260, 200_000])
@pytest.mark.parametrize(
    ("over_m", "expected"),
    [
        (-100, Verdict.CONFLICT),
        (-0.5, Verdict.MARGINAL),
        (0.5, Verdict.MARGINAL),
        (100, Verdict.CLEAR),
    ],
)
def test_circles_conflict_at_the_minimum(lateral_m, over_m, expected):
    """Two circles conflict up to the minimum between them, and are marginal near it."""
    centre = at(35, 40)
    other = destination(centre, 73, 2_000 + 3_000 + lateral_m + over_m)
    a = circle(35, 40, 2_000)
    b = replace(a, vertices=(other,), radius_m=3_000)
    finding = find_conflict(a, b, Minima(lateral_m, 0, 0))
    assert finding.verdict is expected
    assert finding.separation_m == pytest.approx(max(0, lateral_m + over_m), abs=0.02)


def test_the_point_of_approach_is_midway_between_outlines():
    """The closest point lies as far from one volume as from the other."""
    a, b = circle(35, 40, 2_000), circle(35, 40.5, 20_000)
    finding = find_conflict(a, b, AIR)
    to_a, to_b = (distance_m(finding.closest, volume.vertices[0]) for volume in (a, b))
    assert to_a - 2_000 == pytest.approx(finding.separation_m / 2, abs=1)
    assert to_b - 20_000 == pytest.approx(finding.separation_m / 2, abs=1)


def test_the_point_of_approach_of_meeting_areas_is_in_both():
    """Where cores meet, the closest point belongs to both."""
    base = square(35, 40)
    for other in (square(35.5, 40.5), square(35.2, 40.2, 0.1), square(36, 40)):
        closest = find_conflict(base, other, NONE).closest
        assert max(distance_to_core_m(closest, volume) for volume in (base, other)) < 0.02


def test_shared_boundaries_only_touch():
    """Neighbours along a meridian, at a corner and along a whole border touch, no more."""
    base = square(35, 40)
    assert verdict(base, square(35, 41)) is Verdict.TOUCH
    assert verdict(base, square(36, 41)) is Verdict.TOUCH
    jagged = [(35.3 + (step % 3) / 10, 40 + step / 20) for step in range(21)]
    north = polygon(*jagged, (37, 41), (37, 40))
    south = polygon(*jagged, (34, 41), (34, 40))
    assert verdict(north, south) is Verdict.TOUCH


def test_a_vertex_on_a_border_only_touches():
    """A border that one side draws with more vertices is shared, as far as rounding lets it."""
    south, north = (35, 40), (36, 41)
    on_border = position_of(middle_of(normals([at(*south), at(*north)])))
    a = polygon(south, north, (35, 41))
    b = replace(a, vertices=(at(*south), on_border, at(*north), at(36, 40)))
    assert verdict(a, b) is Verdict.TOUCH
    for step_e7 in (-5, 5):
        near = (on_border[0] + step_e7, on_border[1])
        off = replace(b, vertices=(at(*south), near, at(*north), at(36, 40)))
        assert verdict(a, off) is (Verdict.MARGINAL if step_e7 < 0 else Verdict.TOUCH)


def test_a_thin_overlap_is_marginal_and_a_deep_one_is_not():
    """Half a metre of overlap is marginal; five metres are a conflict."""
    base = square(35, 40, 0.1)
    thin, deep = 0.5 / 111_000, 5 / 111_000
    assert verdict(base, square(35, 40.1 - thin * 1.2, 0.1)) is Verdict.MARGINAL
    assert verdict(base, square(35, 40.1 - deep * 1.2, 0.1)) is Verdict.CONFLICT


def test_areas_that_cross_without_vertices_inside_conflict():
    """Two strips that cross like a plus are in conflict although no vertex is in the other."""
    across = polygon((35.4, 39), (35.4, 42), (35.6, 42), (35.6, 39))
    along = polygon((34, 40.4), (34, 40.6), (37, 40.6), (37, 40.4))
    assert verdict(across, along) is Verdict.CONFLICT


def test_touching_is_no_conflict_but_a_minimum_makes_it_one():
    """Neighbours that only touch are in conflict once any separation is agreed."""
    a, b = square(35, 40), square(35, 41)
    finding = find_conflict(a, b, NONE)
    assert not finding.is_conflict
    assert find_conflict(a, b, Minima(100, 0, 0)).verdict is Verdict.CONFLICT


def test_parallel_routes_come_nearest_at_their_ends():
    """Two long routes side by side are measured where they converge, not in the middle."""
    west, east = at(35, 36), at(35, 42)
    bearing_west, bearing_east = 0, 0
    a = Volume(Shape.CORRIDOR, (west, east), 1_000, None, None, 0, HOUR)
    ends = (destination(west, bearing_west, 30_000), destination(east, bearing_east, 30_000))
    b = replace(a, vertices=ends)
    finding = find_conflict(a, b, AIR)
    nearest = min(distance_to_core_m(end, a) for end in ends) - 2_000
    assert finding.separation_m == pytest.approx(nearest, abs=0.1)


def test_the_nearer_of_two_edges_counts_however_far_the_centre_is():
    """Between one edge to the north and one to the east the truly nearer one is measured.

    The plane of the meeting has its centre 800 km to the south here, and shows what runs
    north and south 0.8 % longer than what runs east: a rule that measured in it missed
    this conflict by 2.7 km.
    """
    a = corridor((0, 0), (-17, -7), radius_m=100_000)
    b = corridor((2.6, -4), (2.6, 2.53), (-16, 3.13), radius_m=100_000)
    finding = find_conflict(a, b, Minima(87_950, 0, 0))
    assert finding.separation_m == pytest.approx(87_938.174, abs=0.002)
    assert finding.verdict is Verdict.MARGINAL
    assert find_conflict(a, b, Minima(88_100, 0, 0)).verdict is Verdict.CONFLICT


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (square(-17.5, 179.5), square(-17, 179.9)),
        (circle(-17, 179.99, 5_000), circle(-17, -179.99, 5_000)),
        (polygon((85, 0), (85, 120), (85, -120)), circle(90, 0, 100)),
        (polygon((-85, 0), (-85, 120), (-85, -120)), circle(-89.9, 77, 100)),
        (corridor((89, 0), (89, 180), radius_m=100), corridor((89, 90), (89, -90), radius_m=100)),
        (circle(0, 0, 1_000), circle(0.001, -0.001, 1_000)),
        (polygon((90, -75), (74.38, -7.5), (64.6, -71.4), (70.4, -95.3)), circle(90, -20, 10)),
    ],
)
def test_poles_and_the_antimeridian_are_like_other_places(a, b):
    """Volumes that overlap across the antimeridian or at a pole are in conflict."""
    assert verdict(a, b) is Verdict.CONFLICT


@pytest.mark.parametrize(
    ("a", "b", "expected_m"),
    [
        (circle(0, 0, 1_000), circle(0, 180, 1_000), 20_001_932),
        (circle(35, 40, 1_000), circle(-35, -140, 1_000), 20_001_932),
        (circle(35, 40, 1_000), square(-40, 150), 13_840_000),
        (circle(90, 0, 1_000), circle(-90, 0, 1_000), 20_001_932),
    ],
)
def test_the_other_side_of_the_world_is_clear(a, b, expected_m):
    """Volumes too far apart for one plane are clear, with the distance of their vertices."""
    finding = find_conflict(a, b, AIR)
    assert finding.verdict is Verdict.CLEAR
    assert finding.separation_m == pytest.approx(expected_m, rel=0.03)


def test_volumes_too_large_for_a_plane_are_an_error():
    """A volume that no check would pass is named as such, not compared wrongly."""
    world = polygon((0, -100), (10, 0), (0, 100))
    with pytest.raises(VolumeDoesNotHold):
        find_conflict(world, world, AIR)


def test_minima_have_bounds():
    """Minima below zero, or beyond what one plane holds, are refused."""
    for wrong in ((-1, 0, 0), (200_001, 0, 0), (0, -1, 0), (0, 0, -1)):
        with pytest.raises(ValueError, match="minimum"):
            Minima(*wrong)


# --- height and time -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lower", "minimum_dm", "expected", "gap_dm"),
    [
        (metres_amsl(1_999), 0, Verdict.CONFLICT, 0),
        (metres_amsl(2_000), 0, Verdict.TOUCH, 0),
        (metres_amsl(2_001), 0, Verdict.CLEAR, 10),
        (metres_amsl(2_299), 3_000, Verdict.CONFLICT, 2_990),
        (metres_amsl(2_300), 3_000, Verdict.CLEAR, 3_000),
        (level(80), 0, Verdict.CONFLICT, 0),
        (level(100), 0, Verdict.CLEAR, 3_759),
        (Altitude(Datum.AGL, 90_000), 0, Verdict.CLEAR, 65_500),
    ],
)
def test_bands_conflict_when_closer_than_the_minimum(lower, minimum_dm, expected, gap_dm):
    """A band conflicts below the vertical minimum, touches at zero, and is clear beyond."""
    below = circle(35, 40, 5_000, band=(None, metres_amsl(2_000)))
    above = circle(35, 40, 5_000, band=(lower, None))
    finding = find_conflict(below, above, Minima(0, minimum_dm, 0))
    assert finding.verdict is expected
    assert finding.vertical_gap_dm == pytest.approx(gap_dm, abs=2)


def test_agreed_weather_parts_bands_that_any_weather_joins():
    """A flight level meets an altitude in any weather, and not in the agreed one."""
    below = circle(35, 40, 5_000, band=(None, metres_amsl(2_000)))
    above = circle(35, 40, 5_000, band=(level(80), None))
    assert find_conflict(below, above, NONE).verdict is Verdict.CONFLICT
    standard = Atmosphere(1_000, 1_020, 5)
    assert find_conflict(below, above, NONE, standard).verdict is Verdict.CLEAR


@pytest.mark.parametrize(
    ("starts", "buffer_ms", "expected", "gap_ms"),
    [
        (HOUR - 1, 0, Verdict.CONFLICT, 0),
        (HOUR, 0, Verdict.TOUCH, 0),
        (HOUR + 1, 0, Verdict.CLEAR, 1),
        (HOUR + 599_999, 600_000, Verdict.CONFLICT, 599_999),
        (HOUR + 600_000, 600_000, Verdict.CLEAR, 600_000),
    ],
)
def test_windows_are_half_open(starts, buffer_ms, expected, gap_ms):
    """A window that begins when another ends touches it; the buffer makes it a conflict."""
    first = circle(35, 40, 5_000)
    second = replace(first, valid_from=starts, valid_until=starts + HOUR)
    finding = find_conflict(first, second, Minima(0, 0, buffer_ms))
    assert (finding.verdict, finding.time_gap_ms) == (expected, gap_ms)
    overlap = (finding.overlap_from, finding.overlap_until)
    assert overlap == (starts, max(starts, HOUR))


def test_one_clear_dimension_clears_all():
    """Areas that overlap are clear if their bands are far apart, and not if only a touch."""
    a = circle(35, 40, 5_000, band=(None, level(100)))
    far = replace(a, lower=level(200), upper=None)
    assert verdict(a, far, AIR) is Verdict.CLEAR
    abutting = replace(a, lower=level(100), upper=None)
    assert verdict(a, abutting) is Verdict.TOUCH
    assert verdict(a, replace(abutting, valid_from=HOUR, valid_until=2 * HOUR)) is Verdict.TOUCH


@given(
    st.tuples(*[st.integers(0, 20)] * 4),
    st.tuples(*[st.integers(0, 20)] * 4),
    st.integers(0, 3),
)
def test_windows_and_bands_agree_with_counting(a_numbers, b_numbers, minimum):
    """Windows and bands of small numbers conflict just when counting says they are near."""

    def made(numbers):
        begins, lasts, floor, height = numbers
        band = (Altitude(Datum.AMSL, floor), Altitude(Datum.AMSL, floor + height + 1))
        return circle(35, 40, 100, band=band, window=(begins, begins + lasts + 1))

    a, b = made(a_numbers), made(b_numbers)
    gaps = (
        max(a.valid_from - b.valid_until, b.valid_from - a.valid_until),
        max(a.lower.value - b.upper.value, b.lower.value - a.upper.value),
    )
    finding = find_conflict(a, b, Minima(0, minimum, minimum))
    assert finding.is_conflict == all(gap < max(minimum, 0) or gap < 0 for gap in gaps)
    assert (finding.verdict is Verdict.CLEAR) == any(
        (gap >= minimum and gap > 0) or gap >= minimum > 0 for gap in gaps
    )


# --- what is shown, and what is hostile ----------------------------------------------------------


def test_a_finding_reads_as_a_sentence():
    """The words of a finding say the verdict, the three distances and the place."""
    a = circle(35, 40, 2_000, band=(None, metres_amsl(1_000)), window=(0, HOUR))
    b = circle(35, 40.2, 3_000, band=(metres_amsl(1_200), None), window=(HOUR // 2, 2 * HOUR))
    assert find_conflict(a, b, AIR).words() == (
        "CLEAR: 13.3 km apart on the map, bands 200 m apart, both in force "
        "1970-01-01T00:30:00Z to 1970-01-01T01:00:00Z; nearest at 35.0000N 40.0945E."
    )
    later = replace(a, valid_from=3 * HOUR, valid_until=4 * HOUR)
    assert "overlapping on the map, bands not apart, windows 120.0 min apart" in (
        find_conflict(a, later, AIR).words()
    )


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (comb(120, False), comb(120, True)),
        (comb(124, False), comb(124, False)),
        (spiral(9, 240), comb(120, True)),
        (spiral(9, 240), spiral(8, 240)),
    ],
)
def test_intricate_rings_that_overlap_are_in_conflict(a, b):
    """Combs and spirals of hundreds of vertices laid over each other are found to conflict."""
    assert verdict(a, b) is Verdict.CONFLICT
    assert verdict(a, b, AIR) is Verdict.CONFLICT


@given(any_volumes, any_volumes, st.sampled_from([NONE, AIR]))
def test_no_volume_crashes_the_rule(a, b, minima):
    """Volumes that nobody checked are compared, alike from either side, or named as too large."""
    try:
        finding = find_conflict(a, b, minima)
    except VolumeDoesNotHold:
        with pytest.raises(VolumeDoesNotHold):
            find_conflict(b, a, minima)
        return
    assert finding == find_conflict(b, a, minima)
    assert finding.separation_m >= 0
