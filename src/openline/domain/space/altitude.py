"""Altitude: a height with its reference, and how near two bands may come.

An altitude without its reference is no altitude. Bands with the same reference
are compared exactly. Across references each altitude becomes the range of
heights above mean sea level where it may be, so that within the agreed bounds the
gap between two bands is not overstated. Mean sea level is the geoid of EGM96.
Terrain is not known: what stands on the ground may stand anywhere land lies. Where
on the globe a band is, is not known here either; `geoid` knows it.

The rule is one of whole decimetres, the same on every machine and in every
language: `docs/spec/altitude.md`, `docs/decisions/0024-altitude-references.md`.
"""

import math
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import IntEnum
from fractions import Fraction
from functools import lru_cache
from typing import Final, TypeAlias

FLIGHT_LEVEL_MAX = 999
"""Three digits, as a flight level is spoken."""

ALTITUDE_DM_MIN = -10_000
"""A thousand metres down: below any land or mine."""

ALTITUDE_DM_MAX = 10_000_000
"""A thousand kilometres up: above the flight of any missile."""

UNBOUNDED_DM = 1_000_000_000
"""Stands for no bound: further than any two altitudes lie apart."""

GROUND_DM_MIN = -4_500
"""Below the lowest land, where "above ground" may start.

The shore of the Dead Sea lay 436 m below the sea when Guinness World Records took it
up, and sinks by 1.1 m a year: this leaves room for a decade.
"""

GEOID_DM_MIN = -1_070
"""The geoid lies at most this far below the ellipsoid (south of India, EGM96)."""

GEOID_DM_MAX = 860
"""The geoid lies at most this far above the ellipsoid (New Guinea, EGM96)."""

UndulationRange: TypeAlias = tuple[int, int]
"""Least and greatest height of the geoid above the ellipsoid, in decimetres."""

EVERYWHERE_DM: Final[UndulationRange] = (GEOID_DM_MIN, GEOID_DM_MAX)
"""The undulation where no place is given."""


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

_EXACT = Context(prec=50)
_LEVELS_KEPT = 4_096


def vertical_gap_dm(
    lower_a: Altitude | None,
    upper_a: Altitude | None,
    lower_b: Altitude | None,
    upper_b: Altitude | None,
    atmosphere: Atmosphere = ANY_WEATHER,
    *,
    undulation_a: UndulationRange = EVERYWHERE_DM,
    undulation_b: UndulationRange = EVERYWHERE_DM,
) -> int:
    """The least distance between two bands in decimetres; negative if they overlap.

    Zero means that one ends exactly where the other begins. No lower bound is
    unbounded downward, no upper bound unbounded upward.

    Args:
        lower_a: Lower bound of one band.
        upper_a: Upper bound of it.
        lower_b: Lower bound of the other.
        upper_b: Upper bound of it.
        atmosphere: The agreed bounds of the air.
        undulation_a: Of the geoid where the first band is; `geoid.undulation_of`.
        undulation_b: Of the geoid where the second is.
    """
    return max(
        _rise_dm(upper_a, lower_b, atmosphere, undulation_a, undulation_b),
        _rise_dm(upper_b, lower_a, atmosphere, undulation_b, undulation_a),
    )


def amsl_range_dm(
    altitude: Altitude,
    atmosphere: Atmosphere = ANY_WEATHER,
    undulation: UndulationRange = EVERYWHERE_DM,
) -> tuple[int, int]:
    """The lowest and highest place above mean sea level where the altitude may be."""
    value = altitude.value
    if altitude.datum is Datum.AMSL:
        return value, value
    if altitude.datum is Datum.AGL:
        # Without terrain the ground may be anywhere above the lowest land.
        return value + GROUND_DM_MIN, UNBOUNDED_DM
    if altitude.datum is Datum.WGS84:
        return value - undulation[1], value - undulation[0]
    return _level_range_dm(value, atmosphere)


def _rise_dm(
    upper: Altitude | None,
    lower: Altitude | None,
    atmosphere: Atmosphere,
    upper_undulation: UndulationRange,
    lower_undulation: UndulationRange,
) -> int:
    """How far at least a lower bound is above the upper bound of another band."""
    if upper is None or lower is None:
        return -UNBOUNDED_DM
    if upper.datum is lower.datum:
        steps = lower.value - upper.value
        # A hundred feet is 304.8 dm; the gap is rounded down, to the safe side.
        return steps * 3_048 // 10 if upper.datum is Datum.FLIGHT_LEVEL else steps
    low = amsl_range_dm(lower, atmosphere, lower_undulation)[0]
    return low - amsl_range_dm(upper, atmosphere, upper_undulation)[1]


@lru_cache(maxsize=_LEVELS_KEPT)
def _level_range_dm(number: int, atmosphere: Atmosphere) -> tuple[int, int]:
    """The range of a flight level; each of its three parts is rounded outward."""
    level_dm = Fraction(number * 3_048, 10)
    spread_dm = _temperature_spread_dm(number, Fraction(atmosphere.temperature_k))
    low = math.floor(level_dm) - math.ceil(pressure_height_dm(atmosphere.qnh_min_hpa))
    high = math.ceil(level_dm) - math.floor(pressure_height_dm(atmosphere.qnh_max_hpa))
    return low - spread_dm, high + spread_dm


def pressure_height_dm(pressure_hpa: float) -> Decimal:
    """Height of the pressure in the standard atmosphere below 11 km (ICAO Doc 7488).

    Decimal arithmetic is the same everywhere; binary powers differ in the last bit
    from one mathematical library to the next. For no whole hectopascal within
    `QNH_HPA_MIN` and `QNH_HPA_MAX` is it within 0.002 of a whole number, so that a
    program with binary numbers rounds to the same decimetres.
    """
    ratio = _EXACT.divide(Decimal(pressure_hpa), Decimal("1013.25"))
    power = _EXACT.power(ratio, Decimal("0.190263"))
    scale = _EXACT.divide(Decimal("2881.5"), Decimal("0.0065"))
    return _EXACT.multiply(1 - power, scale)


def _temperature_spread_dm(number: int, deviation_k: Fraction) -> int:
    """How far the air below a flight level stretches when it is warmer, rounded up.

    By the mean of the standard temperatures at sea level and at the level, as in the
    correction for cold air of ICAO Doc 8168. A hundred feet are 0.19812 K.
    """
    top_k = max(Fraction("288.15") - number * Fraction("0.19812"), Fraction("216.65"))
    mean_k = (Fraction("288.15") + top_k) / 2
    return math.ceil(Fraction(number * 3_048, 10) * deviation_k / mean_k)
