"""Bands: exact with one reference, never too far apart across references."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.limits import QNH_HPA_MAX, QNH_HPA_MIN, TEMPERATURE_K_MAX
from openline.domain.space.altitude import (
    ANY_WEATHER,
    GROUND_DM_MIN,
    UNBOUNDED_DM,
    Altitude,
    Atmosphere,
    Datum,
    amsl_range_dm,
    pressure_height_dm,
    vertical_gap_dm,
)
from openline.domain.space.index.boxes import highest_dm, lowest_dm
from tests.domain.space.shapes import altitudes, level, metres_amsl

bounds = st.none() | altitudes
airs = st.builds(
    lambda pressures, kelvins: Atmosphere(*sorted(pressures), kelvins),
    st.tuples(st.integers(850, 1_100), st.integers(850, 1_100)),
    st.integers(0, 60),
)
undulations = st.tuples(st.integers(-1_070, 860), st.integers(-1_070, 860)).map(
    lambda ends: (min(ends), max(ends))
)


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
    assert amsl_range_dm(ceiling) == (1_000 - 4_500, UNBOUNDED_DM)
    assert vertical_gap_dm(None, ceiling, metres_amsl(9_000), None) < 0
    assert vertical_gap_dm(Altitude(Datum.AGL, 10_000), None, None, metres_amsl(500)) == 500


def test_the_ellipsoid_is_near_the_sea():
    """A height on the ellipsoid is widened by the geoid, 107 m down and 86 m up."""
    assert amsl_range_dm(Altitude(Datum.WGS84, 10_000)) == (9_140, 11_070)


@given(altitudes, altitudes)
def test_exact_gaps_are_never_smaller_than_widened_ones(a, b):
    """The range of heights that an index uses never parts two bands that the rule joins."""
    exact = vertical_gap_dm(b, None, None, a)
    assert amsl_range_dm(b)[0] - amsl_range_dm(a)[1] <= exact


def test_the_lowest_land_is_above_the_least_ground():
    """The shore of the Dead Sea, 436 m below the sea and sinking 1.1 m a year, is held."""
    assert GROUND_DM_MIN <= -10 * (436 + 1.1 * 10)


def boxed_dm(lower, upper, air, undulation):
    """How low and how high a band reaches in a box of the index."""
    low_dm, high_dm = -UNBOUNDED_DM, UNBOUNDED_DM
    if lower is not None:
        least_dm = amsl_range_dm(lower, air, undulation)[0]
        low_dm = lowest_dm(lower.datum, lower.value, least_dm)
    if upper is not None:
        most_dm = amsl_range_dm(upper, air, undulation)[1]
        high_dm = highest_dm(upper.datum, upper.value, most_dm)
    return low_dm, high_dm


@given(bounds, bounds, bounds, bounds, airs, undulations, undulations)
def test_boxes_never_part_two_bands(a, b, c, d, air, one, other):
    """Bands are never nearer than their boxes, under any atmosphere, at any two places."""
    gap = vertical_gap_dm(a, b, c, d, air, undulation_a=one, undulation_b=other)
    # Where a bound is missing both numbers are far below any minimum, and need not be equal.
    gap = max(gap, -UNBOUNDED_DM // 2)
    (low, high), (other_low, other_high) = boxed_dm(a, b, air, one), boxed_dm(c, d, air, other)
    assert max(other_low - high, low - other_high) <= gap


@given(altitudes, airs)
def test_closer_bounds_never_widen_the_range(altitude, air):
    """What is agreed within the widest bounds gives a range within the widest range."""
    low, high = amsl_range_dm(altitude, air)
    widest = Atmosphere(QNH_HPA_MIN, QNH_HPA_MAX, TEMPERATURE_K_MAX)
    least, most = amsl_range_dm(altitude, widest)
    assert least <= low <= high <= most


@given(undulations, altitudes)
def test_a_known_place_narrows_a_height_above_the_ellipsoid(undulation, altitude):
    """A height above the ellipsoid is off by the undulation of its place; others are not."""
    low, high = amsl_range_dm(altitude, ANY_WEATHER, undulation)
    if altitude.datum is Datum.WGS84:
        assert (low, high) == (altitude.value - undulation[1], altitude.value - undulation[0])
    assert amsl_range_dm(altitude)[0] <= low <= high <= amsl_range_dm(altitude)[1]


# --- published values ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hpa", "metres", "feet"),
    [(1_050, -302, -989), (1_000, 111, 364), (950, 540, 1_773), (900, 988, 3_243)],
)
def test_pressures_have_their_published_heights(hpa, metres, feet):
    """The standard atmosphere has the heights of the ICAO table, to the metre and the foot."""
    height_m = float(pressure_height_dm(hpa)) / 10
    assert height_m == pytest.approx(metres, abs=0.5)
    assert height_m / 0.3048 == pytest.approx(feet, abs=1)


@pytest.mark.parametrize(("hpa", "feet"), [(1_013, 27.3), (900, 30)])
def test_a_hectopascal_is_as_high_as_altimetry_teaches(hpa, feet):
    """A hectopascal is 27 feet at sea level and 30 feet at three thousand."""
    rise_m = float(pressure_height_dm(hpa - 0.5) - pressure_height_dm(hpa + 0.5)) / 10
    assert rise_m / 0.3048 == pytest.approx(feet, abs=0.1)


@pytest.mark.parametrize(
    ("height_ft", "surface_c", "correction_ft"),
    [
        (1_000, -30, 190),
        (2_000, -40, 480),
        (5_000, -10, 490),
        (5_000, -20, 710),
        (5_000, -30, 950),
        (5_000, -40, 1_210),
        (5_000, -50, 1_500),
    ],
)
def test_cold_air_lowers_a_level_as_the_published_table_says(height_ft, surface_c, correction_ft):
    """An aircraft at the corrected altitude is as low as ICAO Doc 8168 (III-1-4) tells.

    The table is in tens of feet, and the level that stands nearest is up to 50 ft away.
    """
    number = round((height_ft + correction_ft) / 100)
    colder_k = 15 - surface_c
    low = amsl_range_dm(level(number), Atmosphere(1013.25, 1013.25, colder_k))[0]
    off_ft = number * 100 - low / 3.048
    assert off_ft == pytest.approx(
        correction_ft * number * 100 / (height_ft + correction_ft), abs=12
    )


@pytest.mark.parametrize(
    ("number", "share"), [(100, 0.0004), (200, 0.0018), (300, 0.0044), (400, 0.0218), (999, 0.0974)]
)
def test_how_far_the_mean_temperature_is_from_the_hydrostatic_integral(number, share):
    """The spread is short of the integral over the column, by the share that is documented.

    The integral is of the deviation over the standard temperature, with the one of
    the tropopause above 11 km (warmer above 20 km, where less is missing).
    """
    height_m, kelvins = number * 30.48, 20
    below_m = min(height_m, 11_000)
    column = math.log(288.15 / (288.15 - 0.0065 * below_m)) / 0.0065
    column += (height_m - below_m) / 216.65
    low = amsl_range_dm(level(number), Atmosphere(1013.25, 1013.25, kelvins))[0]
    spread_m = height_m - low / 10
    assert (1 - share) * kelvins * column <= spread_m <= kelvins * column + 0.2


def test_altitudes_are_written_as_they_are_spoken():
    """An altitude is written with its reference."""
    assert str(level(90)) == "FL090"
    assert str(metres_amsl(1_500)) == "1500 m AMSL"
    assert str(Altitude(Datum.AGL, 305)) == "30.5 m AGL"
    assert str(Altitude(Datum.WGS84, 100)) == "10 m WGS-84"
