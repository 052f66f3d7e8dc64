"""The fields of one frame: what it says by itself, without its past.

An extended squitter (DF17, DF18) has its address in itself. A reply to a radar (DF4, 5, 20,
21) hides it in its parity, so any noise gives some address: whoever reads one must know the
address already. Bits are counted as in the standard: the message field ME has 56, the first is 1.
"""

from dataclasses import dataclass, field
from math import atan2, degrees, hypot
from typing import Any, Final

from openline.adapters.surveillance.mode_s.altitude_code import altitude_ft, squawk_of
from openline.adapters.surveillance.mode_s.cpr import Compact
from openline.adapters.surveillance.mode_s.letters import callsign_of
from openline.adapters.surveillance.mode_s.parity import is_whole, parity_of
from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.adapters.surveillance.units import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS
from openline.domain.space.altitude import Datum

LONG_BYTES: Final = 14
"""An extended squitter: 112 bits."""

_SQUITTER, _NON_TRANSPONDER = 17, 18

SHORT_BYTES: Final = 7
"""A short frame: 56 bits."""

_HEIGHT_REPLIES: Final = {4: SHORT_BYTES, 20: LONG_BYTES}
_SQUAWK_REPLIES: Final = {5: SHORT_BYTES, 21: LONG_BYTES}

_ON_GROUND: Final = {0: False, 1: True, 2: False, 3: True}
"""Whether it is on the ground, by its flight status; others do not say."""

_SURFACE: Final = range(5, 9)
_AIR_PRESSURE: Final = range(9, 19)
_AIR_SATELLITE: Final = range(20, 23)
_VELOCITY: Final = 19
_STATUS: Final = 28

_RADIUS_M: Final = {
    5: 7.5, 6: 25.0, 7: 185.2,
    9: 7.5, 10: 25.0, 11: 185.2, 12: 370.4, 13: 1_111.2, 14: 1_852.0, 15: 3_704.0,
    16: 18_520.0, 17: 37_040.0, 20: 7.5, 21: 25.0,
}  # fmt: skip
"""The radius that a type code promises, the widest of all versions of the standard.

It contains the aircraft far more often than in 95 of 100 cases. Others promise none.
"""

_MOVEMENT_KT: Final = (
    (124, 175.0, 0.0), (109, 100.0, 5.0), (94, 70.0, 2.0), (39, 15.0, 1.0),
    (13, 2.0, 0.5), (9, 1.0, 0.25), (2, 0.125, 0.125), (1, 0.0, 0.0),
)  # fmt: skip
"""Speeds on the ground: from a code on, the speed of that code and what each next adds."""


@dataclass(frozen=True, slots=True)
class Squitter:
    """What one message says.

    Attributes:
        address: `icao:` or `other:` and six hex digits.
        says: Attributes of a `Sighting`, without a place.
        position: The place as it was sent; None if the message has none.
    """

    address: str
    says: dict[str, Any] = field(default_factory=dict)
    position: Compact | None = None


def read_squitter(frame: bytes) -> Squitter | None:
    """What a long frame says; None where it is no squitter that tells of an object.

    Args:
        frame: 14 bytes.

    Raises:
        Undecodable: The parity does not fit, or a field cannot be.
    """
    df, sort = frame[0] >> 3, frame[0] & 7
    if df not in (_SQUITTER, _NON_TRANSPONDER):
        return None
    if not is_whole(frame):
        raise Undecodable(Fault.CHECKSUM, "the parity of a frame does not fit it")
    me = int.from_bytes(frame[4:11], "big")
    is_icao = True
    if df == _NON_TRANSPONDER:
        # Coarse TIS-B (3), its management (4) and what is reserved (7) have other fields.
        if sort in (3, 4, 7):
            return None
        is_icao = sort == 0 or (sort in (2, 6) and not _is_marked(me))
    address = f"{'icao' if is_icao else 'other'}:{frame[1:4].hex()}"
    return _read(address, me)


def read_reply(frame: bytes) -> Squitter | None:
    """What a reply to a radar says, and the address that its parity would be of.

    Nothing in the frame shows that it was received whole: it holds only if the address is
    one that is known otherwise.

    Args:
        frame: 7 or 14 bytes.

    Returns:
        The height or the squawk; None for any other frame.
    """
    df = frame[0] >> 3
    is_height = _HEIGHT_REPLIES.get(df) == len(frame)
    if not is_height and _SQUAWK_REPLIES.get(df) != len(frame):
        return None
    address = parity_of(frame[:-3]) ^ int.from_bytes(frame[-3:], "big")
    says: dict[str, Any] = {}
    status, code = frame[0] & 7, int.from_bytes(frame[2:4], "big") & 0x1FFF
    if status in _ON_GROUND:
        says["is_on_ground"] = _ON_GROUND[status]
    if is_height:
        without_m = (code & 0x1F80) >> 1 | code & 0x3F
        says |= _pressure(None if code & _METRIC else altitude_ft(without_m))
    else:
        says["squawk"] = squawk_of(code)
    return Squitter(f"icao:{address:06x}", says)


_METRIC: Final = 0x40
"""The bit M: the height would be in metres, which no transponder sends."""


def _read(address: str, me: int) -> Squitter:
    code = me >> 51
    if 1 <= code <= 4:
        return Squitter(address, _identity(code, me))
    if code in _SURFACE:
        says = {"is_on_ground": True, **_movement(me), **_accuracy(code)}
        return Squitter(address, says, _position(me, is_surface=True))
    if code in _AIR_PRESSURE:
        says = {"is_on_ground": False, **_height(me), **_accuracy(code)}
        return Squitter(address, says, _position(me, is_surface=False))
    if code in _AIR_SATELLITE:
        # Sources disagree about the unit of its height, so it is left out.
        return Squitter(
            address,
            {"is_on_ground": False, **_accuracy(code)},
            _position(me, is_surface=False),
        )
    if code == _VELOCITY:
        return Squitter(address, _velocity(me))
    if code == _STATUS and _bits(me, 6, 8) == 1:
        return Squitter(address, {"squawk": squawk_of(_bits(me, 12, 24))})
    return Squitter(address)


def _bits(me: int, first: int, last: int) -> int:
    return (me >> (56 - last)) & ((1 << (last - first + 1)) - 1)


def _is_marked(me: int) -> bool:
    """Whether a relayed message says that its address is not of ICAO's."""
    code = me >> 51
    if code in _SURFACE:
        return bool(_bits(me, 21, 21))
    if code in _AIR_PRESSURE or code in _AIR_SATELLITE:
        return bool(_bits(me, 8, 8))
    return code == _VELOCITY and bool(_bits(me, 9, 9))


def _identity(code: int, me: int) -> dict[str, Any]:
    callsign = callsign_of(me & 0xFFFF_FFFF_FFFF)
    return {"callsign": callsign, "sort": f"{'DCBA'[code - 1]}{_bits(me, 6, 8)}"}


def _position(me: int, *, is_surface: bool) -> Compact | None:
    compact = Compact(bool(me >> 34 & 1), is_surface, me >> 17 & 0x1FFFF, me & 0x1FFFF)
    return compact if compact.lat or compact.lon else None


def _accuracy(code: int) -> dict[str, Any]:
    radius_m = _RADIUS_M.get(code)
    return {} if radius_m is None else {"accuracy_m": radius_m}


def _height(me: int) -> dict[str, Any]:
    return _pressure(altitude_ft(_bits(me, 9, 20)))


def _pressure(height_ft: int | None) -> dict[str, Any]:
    if height_ft is None:
        return {}
    return {"altitude_m": height_ft * FOOT_M, "datum": Datum.FLIGHT_LEVEL}


def _movement(me: int) -> dict[str, Any]:
    says: dict[str, Any] = {}
    movement = _bits(me, 6, 12)
    if 1 <= movement <= 124:
        start, speed_kt, step_kt = next(row for row in _MOVEMENT_KT if movement >= row[0])
        says["speed_mps"] = (speed_kt + (movement - start) * step_kt) * KNOT_MPS
    if _bits(me, 13, 13):
        says["course_deg"] = _bits(me, 14, 20) * 360 / 128
    return says


def _velocity(me: int) -> dict[str, Any]:
    """Speed over the ground; one through the air is left out, for it is another thing."""
    says: dict[str, Any] = {}
    subtype = _bits(me, 6, 8)
    if not 1 <= subtype <= 4:
        return says
    east, north = _bits(me, 15, 24), _bits(me, 26, 35)
    if subtype <= 2 and east and north:
        # Zero means that it is not known; so one is a speed of zero.
        unit_mps = KNOT_MPS * (4 if subtype == 2 else 1)
        east_mps = (east - 1) * unit_mps * (-1 if _bits(me, 14, 14) else 1)
        north_mps = (north - 1) * unit_mps * (-1 if _bits(me, 25, 25) else 1)
        says["speed_mps"] = hypot(east_mps, north_mps)
        says["course_deg"] = degrees(atan2(east_mps, north_mps)) % 360.0
    if climb := _bits(me, 38, 46):
        sign = -1 if _bits(me, 37, 37) else 1
        says["climb_mps"] = sign * (climb - 1) * 64 * FOOT_PER_MINUTE_MPS
    return says
