"""SBS or BaseStation: rows of 22 fields, which receivers send on port 30003.

Each row tells a part: MSG 1 the callsign, 3 and 2 a position in the air and on the
ground, 4 the speed, 5 and 6 height and squawk. STA says that an object is gone.
The rows carry the receiver's local time without its zone, so the time of receipt is
taken. Heights are pressure altitudes. Format: the "socket data" page of the
BaseStation manual, as dump1090 and its successors write it.
"""

import re
from typing import Any, Final

from openline.adapters.surveillance.feed import Feed, Tally
from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.adapters.surveillance.rows import RowCutter
from openline.adapters.surveillance.units import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS
from openline.domain.limits import SBS_ROW_BYTES_MAX
from openline.domain.space.altitude import Datum
from openline.domain.space.sighting import Sighting

_ADDRESS = re.compile(r"(~?)([0-9A-Fa-f]{6})")
_NUMBER = re.compile(r"[+-]?[0-9]{1,6}(?:\.[0-9]{1,12})?")
_CALLSIGN = re.compile(r"[A-Z0-9 ]{0,8}")
_SQUAWK = re.compile(r"[0-7]{4}")

_MSG_FIELDS: Final = 22
_STATUS_FIELDS: Final = 11
_ROWS: Final = ("MSG", "STA", "ID", "AIR", "SEL", "CLK")
_GONE: Final = ("RM", "AD")
"""What a row STA says of an object that is removed or deleted."""

_ALTITUDE_FT: Final = (-2_000.0, 130_000.0)
"""What Mode C can say reaches from -1,200 to 126,700 ft."""

_SPEED_KT: Final = (0.0, 5_000.0)
"""Supersonic ADS-B velocity ends at 4,086 kt."""

_CLIMB_FPM: Final = (-40_000.0, 40_000.0)
"""ADS-B ends at 32,640 ft/min."""


class SbsDecoder:
    """Decodes one stream of rows.

    Args:
        feed: Its settings.
        tally: Where messages and refusals are counted.
    """

    def __init__(self, feed: Feed, tally: Tally) -> None:
        self._feed = feed.name
        self._tally = tally
        self._rows = RowCutter(SBS_ROW_BYTES_MAX, tally)

    def take(self, data: bytes, now: int) -> list[Sighting]:
        """What the rows that the bytes complete tell; see `Decoder`."""
        found = []
        for row in self._rows.cut(data):
            try:
                sighting = decode_row(row, self._feed, now)
            except Undecodable as error:
                self._tally.refuse(error)
                continue
            self._tally.messages += 1
            if sighting is not None:
                found.append(sighting)
        return found

    def end(self) -> None:
        """Refuse a row that has no end."""
        self._rows.end()


def decode_row(row: bytes, feed: str, now: int) -> Sighting | None:
    """What one row tells of an object; None for a row about something else.

    Args:
        row: Without its end.
        feed: Name of the feed.
        now: When it came, UTC milliseconds.

    Raises:
        Undecodable: It is no row of the format, or a value is out of range.
    """
    if not row.isascii():
        raise Undecodable(Fault.MALFORMED, "a row that is not ASCII")
    fields = row.decode("ascii").split(",")
    if fields[0] not in _ROWS:
        raise Undecodable(Fault.MALFORMED, f"a row that begins with {fields[0][:8]!r}")
    if fields[0] == "MSG":
        return _message(fields, feed, now)
    if fields[0] in ("STA", "ID") and len(fields) >= _STATUS_FIELDS:
        address, word = _address(fields[4]), fields[10].strip()
        if fields[0] == "ID":
            return Sighting(
                feed=feed, address=address, at=now, is_own_clock=True, callsign=_callsign(word)
            )
        if word in _GONE:
            return Sighting(feed=feed, address=address, at=now, is_own_clock=True, is_ended=True)
    return None


def _message(fields: list[str], feed: str, now: int) -> Sighting:
    if len(fields) != _MSG_FIELDS:
        raise Undecodable(Fault.MALFORMED, f"a row MSG of {len(fields)} fields, not 22")
    lat_deg = _number(fields[14], "latitude", -90.0, 90.0)
    lon_deg = _number(fields[15], "longitude", -180.0, 180.0)
    if (lat_deg is None) != (lon_deg is None):
        raise Undecodable(Fault.MALFORMED, "a latitude or longitude without the other")
    return Sighting(
        feed=feed,
        address=_address(fields[4]),
        at=now,
        is_own_clock=True,
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        **_height(_number(fields[11], "altitude", *_ALTITUDE_FT)),
        is_on_ground=_flag(fields[21]),
        course_deg=_course(_number(fields[13], "track", 0.0, 360.0)),
        speed_mps=_times(_number(fields[12], "speed", *_SPEED_KT), KNOT_MPS),
        climb_mps=_times(_number(fields[16], "vertical rate", *_CLIMB_FPM), FOOT_PER_MINUTE_MPS),
        callsign=_callsign(fields[10]),
        squawk=_squawk(fields[17]),
    )


def _address(text: str) -> str:
    """`icao:` and six digits; a tilde marks an address that is not of ICAO's."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise Undecodable(Fault.MALFORMED, f"{text[:16]!r} is no address of six hex digits")
    return f"{'other' if match[1] else 'icao'}:{match[2].lower()}"


def _number(text: str, what: str, least: float, most: float) -> float | None:
    text = text.strip()
    if not text:
        return None
    if _NUMBER.fullmatch(text) is None:
        raise Undecodable(Fault.MALFORMED, f"{what} {text[:16]!r}")
    value = float(text)
    if not least <= value <= most:
        raise Undecodable(Fault.OUT_OF_RANGE, f"{what} {text[:16]}")
    return value


def _height(altitude_ft: float | None) -> dict[str, Any]:
    if altitude_ft is None:
        return {}
    return {"altitude_m": altitude_ft * FOOT_M, "datum": Datum.FLIGHT_LEVEL}


def _course(value: float | None) -> float | None:
    return None if value is None else value % 360.0


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _flag(text: str) -> bool | None:
    text = text.strip()
    if text not in ("", "0", "1", "-1"):
        raise Undecodable(Fault.MALFORMED, f"{text[:16]!r} is no flag")
    return text != "0" if text else None


def _callsign(text: str) -> str:
    """Without its padding, which some receivers write as `@`."""
    callsign = text.replace("@", " ").strip()
    if _CALLSIGN.fullmatch(callsign) is None:
        raise Undecodable(Fault.MALFORMED, f"callsign {text[:16]!r}")
    return callsign


def _squawk(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    if len(text) > 4 or _SQUAWK.fullmatch(text.zfill(4)) is None:
        raise Undecodable(Fault.OUT_OF_RANGE, f"squawk {text[:16]!r}")
    return text.zfill(4)
