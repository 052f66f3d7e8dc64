"""Altitude: a height with its reference, and how near two bands may come.

An altitude without its reference is no altitude. Bands with the same reference
are compared exactly. Across references each altitude becomes the range of
heights above mean sea level where it may be, so that the gap between two bands
is never overstated. Terrain and the geoid are not known here: what stands on the
ground may stand anywhere land lies.
"""

import math
from dataclasses import dataclass
from enum import IntEnum

FLIGHT_LEVEL_MAX = 999
"""Three digits, as a flight level is spoken."""

ALTITUDE_DM_MIN = -10_000
"""A thousand metres down: below any land or mine."""

ALTITUDE_DM_MAX = 10_000_000
"""A thousand kilometres up: above the flight of any missile."""

UNBOUNDED_DM = 1_000_000_000
"""Stands for no bound: further than any two altitudes lie apart."""

GROUND_DM_MIN = -4_300
"""The lowest land, the shore of the Dead Sea: where "above ground" may start."""

GEOID_DM_MIN = -1_070
"""The geoid lies at most this far below the ellipsoid (south of India, EGM96)."""

GEOID_DM_MAX = 860
"""The geoid lies at most this far above the ellipsoid (New Guinea, EGM96)."""


class Datum(IntEnum):
    """What a height is counted from; the number on the wire."""

    AMSL = 1
    AGL = 2
    FLIGHT_LEVEL = 3
    WGS84 = 4


@dataclass(frozen=True, slots=True)
class Altitude:
    """One bound of a band.

    Attributes:
        datum: What it is counted from.
        value: Decimetres; for a flight level its number, hundreds of feet of
            pressure altitude.
    """

    datum: Datum
    value: int

    def __str__(self) -> str:
        if self.datum is Datum.FLIGHT_LEVEL:
            return f"FL{self.value:03d}"
        metres = f"{self.value / 10:.1f}".removesuffix(".0")
        return f"{metres} m {'WGS-84' if self.datum is Datum.WGS84 else self.datum.name}"


@dataclass(frozen=True, slots=True)
class Atmosphere:
    """How far the air may be from the standard one; narrower if both agree on it.

    Attributes:
        qnh_min_hpa: Lowest pressure reduced to sea level.
        qnh_max_hpa: Highest pressure reduced to sea level.
        temperature_k: Most by which the air is warmer or colder than standard.
    """

    qnh_min_hpa: float = 960.0
    qnh_max_hpa: float = 1045.0
    temperature_k: float = 20.0


ANY_WEATHER = Atmosphere()
"""The bounds when nothing is agreed: -453 m to +261 m, and 7 % of the height."""


def vertical_gap_dm(
    lower_a: Altitude | None,
    upper_a: Altitude | None,
    lower_b: Altitude | None,
    upper_b: Altitude | None,
    atmosphere: Atmosphere = ANY_WEATHER,
) -> int:
    """The least distance between two bands in decimetres; negative if they overlap.

    Zero means that one ends exactly where the other begins. No lower bound is
    unbounded downward, no upper bound unbounded upward.
    """
    return max(
        _rise_dm(upper_a, lower_b, atmosphere),
        _rise_dm(upper_b, lower_a, atmosphere),
    )


def amsl_range_dm(altitude: Altitude, atmosphere: Atmosphere = ANY_WEATHER) -> tuple[int, int]:
    """The lowest and highest place above mean sea level where the altitude may be."""
    value = altitude.value
    if altitude.datum is Datum.AMSL:
        return value, value
    if altitude.datum is Datum.AGL:
        # Without terrain the ground may be anywhere above the lowest land.
        return value + GROUND_DM_MIN, UNBOUNDED_DM
    if altitude.datum is Datum.WGS84:
        return value - GEOID_DM_MAX, value - GEOID_DM_MIN
    pressure_m = value * 30.48
    spread = _temperature_error_m(pressure_m, atmosphere.temperature_k)
    low_m = pressure_m - _pressure_height_m(atmosphere.qnh_min_hpa) - spread
    high_m = pressure_m - _pressure_height_m(atmosphere.qnh_max_hpa) + spread
    return math.floor(low_m * 10), math.ceil(high_m * 10)


def band_range_dm(lower: Altitude | None, upper: Altitude | None) -> tuple[int, int]:
    """Where a band may reach above mean sea level, in any weather."""
    low = -UNBOUNDED_DM if lower is None else amsl_range_dm(lower)[0]
    return low, UNBOUNDED_DM if upper is None else amsl_range_dm(upper)[1]


def _rise_dm(upper: Altitude | None, lower: Altitude | None, atmosphere: Atmosphere) -> int:
    """How far at least a lower bound is above the upper bound of another band."""
    if upper is None or lower is None:
        return -UNBOUNDED_DM
    if upper.datum is lower.datum:
        steps = lower.value - upper.value
        # A hundred feet is 304.8 dm; the gap is rounded down, to the safe side.
        return steps * 3_048 // 10 if upper.datum is Datum.FLIGHT_LEVEL else steps
    return amsl_range_dm(lower, atmosphere)[0] - amsl_range_dm(upper, atmosphere)[1]


def _pressure_height_m(pressure_hpa: float) -> float:
    """Height of the pressure in the standard atmosphere (ICAO Doc 7488)."""
    return float((1 - (pressure_hpa / 1013.25) ** 0.190263) * 288.15 / 0.0065)


def _temperature_error_m(height_m: float, deviation_k: float) -> float:
    """How far a column of air of this height stretches when it is warmer."""
    top_k = max(288.15 - 0.0065 * height_m, 216.65)
    return height_m * deviation_k / ((288.15 + top_k) / 2)
