"""Values of items: scaled numbers, places, times, as attributes of a sighting."""

from math import atan2, degrees, hypot
from typing import Any, Final

from openline.adapters.surveillance.mode_s.cpr import Place
from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.adapters.surveillance.units import FOOT_M, FOOT_PER_MINUTE_MPS, NAUTICAL_MILE_M
from openline.domain.instant import DAY_MS
from openline.domain.space.altitude import Datum

_TURN_DEG: Final = 360 / 65_536
"""The lowest bit of a direction."""

_SPEED_MPS: Final = NAUTICAL_MILE_M / 16_384
"""The lowest bit of a polar speed: a nautical mile a second in 14 bits."""


def number(data: bytes) -> int:
    """Without a sign."""
    return int.from_bytes(data, "big")


def signed(data: bytes) -> int:
    """In two's complement."""
    return int.from_bytes(data, "big", signed=True)


def signed_bits(value: int, bits: int) -> int:
    """The lowest bits of a value, in two's complement."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def source_of(data: bytes) -> str:
    """System area and identification codes: `025/201`."""
    return f"{data[0]:03}/{data[1]:03}"


def instant_of(data: bytes, now: int) -> int:
    """The instant nearest to now of a time of day, which counts 1/128 s from midnight.

    Raises:
        Undecodable: No day has so many seconds.
    """
    since_ms = number(data) * 1_000 // 128
    if since_ms >= DAY_MS:
        raise Undecodable(Fault.OUT_OF_RANGE, "a time of day after midnight")
    at = now - now % DAY_MS + since_ms
    if at - now > DAY_MS // 2:
        return at - DAY_MS
    return at + DAY_MS if now - at > DAY_MS // 2 else at


def place_of(data: bytes, half_turn: int) -> Place:
    """Latitude and longitude, each one half of the data.

    Args:
        data: Both, in two's complement.
        half_turn: What 180 degrees are, in the unit of the lowest bit.

    Raises:
        Undecodable: They are none.
    """
    half = len(data) // 2
    lat_deg = signed(data[:half]) * 180.0 / half_turn
    lon_deg = signed(data[half:]) * 180.0 / half_turn
    if abs(lat_deg) > 90.0 or abs(lon_deg) > 180.0:
        raise Undecodable(Fault.OUT_OF_RANGE, f"a position {lat_deg:.3f}, {lon_deg:.3f}")
    return lat_deg, lon_deg


def level(quarters: int) -> dict[str, Any]:
    """A pressure altitude in quarters of a flight level."""
    return {"altitude_m": quarters * 25 * FOOT_M, "datum": Datum.FLIGHT_LEVEL}


def satellite_height(data: bytes) -> dict[str, Any]:
    """A height above the ellipsoid, in 6.25 ft."""
    return {"altitude_m": signed(data) * 6.25 * FOOT_M, "datum": Datum.WGS84}


def climb(value: int) -> dict[str, Any]:
    """A rate in 6.25 ft a minute."""
    return {"climb_mps": value * 6.25 * FOOT_PER_MINUTE_MPS}


def polar_velocity(data: bytes) -> dict[str, Any]:
    """Speed and direction over the ground, two octets each."""
    return {
        "speed_mps": number(data[:2]) * _SPEED_MPS,
        "course_deg": number(data[2:4]) * _TURN_DEG,
    }


def cartesian_velocity(data: bytes) -> dict[str, Any]:
    """Speeds to the east and north, in a quarter of a metre a second."""
    east_mps, north_mps = signed(data[:2]) * 0.25, signed(data[2:4]) * 0.25
    return {
        "speed_mps": hypot(east_mps, north_mps),
        "course_deg": degrees(atan2(east_mps, north_mps)) % 360.0,
    }


def squawk(data: bytes) -> dict[str, Any]:
    """A Mode 3/A code, unless its first bits say not validated, or garbled."""
    value = number(data)
    return {} if value & 0xC000 else {"squawk": f"{value & 0xFFF:04o}"}


def polar_place(data: bytes) -> tuple[float, float]:
    """Slant range in metres and azimuth in degrees."""
    return number(data[:2]) * NAUTICAL_MILE_M / 256, number(data[2:4]) * _TURN_DEG
