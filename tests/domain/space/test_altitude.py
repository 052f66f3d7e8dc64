"""Bands: exact with one reference, never too far apart across references."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.space.altitude import (
    UNBOUNDED_DM,
    Altitude,
    Atmosphere,
    Datum,
    amsl_range_dm,
    vertical_gap_dm,
)
from tests.domain.space.shapes import altitudes, level, metres_amsl

bounds = st.none() | altitudes


@given(bounds, bounds, bounds, bounds)
def test_the_gap_is_the_same_from_either_side(lower_a, upper_a, lower_b, upper_b):
    """Exchanging two bands does not change the gap between them."""
    one = vertical_gap_dm(lower_a, upper_a, lower_b, upper_b)
    assert one == vertical_gap_dm(lower_b, upper_b, lower_a, upper_a)


def test_the_same_reference_is_compared_exactly():
    """Bands in metres above the sea are as far apart as the numbers say."""
    low, high = metres_amsl(1_000), metres_amsl(2_000)
    assert vertical_gap_dm(low, high, metres_amsl(2_300), None) == 3_000
    assert vertical_gap_dm(low, high, high, None) == 0
    assert vertical_gap_dm(low, high, metres_amsl(1_500), None) == -5_000


def test_flight_levels_are_compared_in_pressure_altitude():
    """Ten flight levels are a thousand feet, rounded down to the decimetre."""
    assert vertical_gap_dm(None, level(100), level(110), None) == 3_048
    assert vertical_gap_dm(None, level(100), level(101), None) == 304
    assert vertical_gap_dm(None, level(100), level(100), None) == 0


def test_no_bound_is_unbounded():
    """A band without ceiling meets every band above its floor."""
    assert vertical_gap_dm(level(100), None, level(600), None) < 0
    assert vertical_gap_dm(None, None, metres_amsl(1), metres_amsl(2)) < 0


@pytest.mark.parametrize(("number", "spread_m"), [(100, 219), (400, 966)])
def test_a_flight_level_may_be_as_far_off_as_the_rule_says(number, spread_m):
    """Pressure takes a level 453 m down or 261 m up, and the temperature its share."""
    low, high = amsl_range_dm(level(number))
    pressure_m = number * 30.48
    assert low / 10 == pytest.approx(pressure_m - 453 - spread_m, abs=1)
    assert high / 10 == pytest.approx(pressure_m + 261 + spread_m, abs=1)


def test_an_agreed_atmosphere_narrows_the_range():
    """With the standard atmosphere agreed a flight level is where its number says."""
    low, high = amsl_range_dm(level(100), Atmosphere(1013.25, 1013.25, 0.0))
    assert (low, high) == (30_480, 30_480)


def test_height_above_ground_is_open_upward_without_terrain():
    """A ceiling above ground may be anywhere above; a floor starts at the lowest land."""
    ceiling = Altitude(Datum.AGL, 1_000)
    assert amsl_range_dm(ceiling) == (1_000 - 4_300, UNBOUNDED_DM)
    assert vertical_gap_dm(None, ceiling, metres_amsl(9_000), None) < 0
    assert vertical_gap_dm(Altitude(Datum.AGL, 10_000), None, None, metres_amsl(500)) == 700


def test_the_ellipsoid_is_near_the_sea():
    """A height on the ellipsoid is widened by the geoid, 107 m down and 86 m up."""
    assert amsl_range_dm(Altitude(Datum.WGS84, 10_000)) == (9_140, 11_070)


@given(altitudes, altitudes)
def test_exact_gaps_are_never_smaller_than_widened_ones(a, b):
    """The range of heights that an index uses never parts two bands that the rule joins."""
    exact = vertical_gap_dm(b, None, None, a)
    assert amsl_range_dm(b)[0] - amsl_range_dm(a)[1] <= exact


def test_altitudes_are_written_as_they_are_spoken():
    """An altitude is written with its reference."""
    assert str(level(90)) == "FL090"
    assert str(metres_amsl(1_500)) == "1500 m AMSL"
    assert str(Altitude(Datum.AGL, 305)) == "30.5 m AGL"
    assert str(Altitude(Datum.WGS84, 100)) == "10 m WGS-84"
