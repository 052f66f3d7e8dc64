"""GeoJSON rows: a Feature in each, as programs write them to a log or a socket.

The geometry is a Point, or null where only something else is known. Properties: `id`
(or the Feature's own) names the object; `time` is an instant with its zone, or UTC
milliseconds; the others are named as below, with their units. Unknown ones are left.
"""

import re
from typing import Any, Final

import msgspec

from openline.adapters.surveillance.feed import Feed, Tally
from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.adapters.surveillance.rows import RowCutter
from openline.domain.errors import OpenlineError
from openline.domain.instant import parse_instant
from openline.domain.limits import GEOJSON_ROW_BYTES_MAX, TRACK_ADDRESS_CHARS_MAX
from openline.domain.space.altitude import Datum
from openline.domain.space.sighting import Affiliation, Sighting

_INSTANT_MAX: Final = 4_102_444_800_000
"""The year 2100: what lies beyond is no time of a sighting."""

_NUMBERS: Final = {
    "altitude_m": (-1_000.0, 1_000_000.0),
    "course_deg": (0.0, 360.0),
    "speed_mps": (0.0, 20_000.0),
    "climb_mps": (-10_000.0, 10_000.0),
    "accuracy_m": (0.0, 1_000_000.0),
}
"""Properties that are numbers, with the least and greatest that can be."""

_TEXTS: Final = {"callsign": 32, "sort": 64}
"""Properties that are text, with the letters they may have."""

_SQUAWK: Final = re.compile(r"[0-7]{4}")
_FLAGS: Final = ("is_on_ground", "is_ended")
_ADDRESS: Final = re.compile(r"[a-z][a-z-]{0,15}:.+")

_decode = msgspec.json.Decoder().decode


class GeoJsonDecoder:
    """Decodes one stream of rows.

    Args:
        feed: Its settings.
        tally: Where messages and refusals are counted.
    """

    def __init__(self, feed: Feed, tally: Tally) -> None:
        self._feed = feed.name
        self._tally = tally
        self._rows = RowCutter(GEOJSON_ROW_BYTES_MAX, tally)

    def take(self, data: bytes, now: int) -> list[Sighting]:
        """What the rows that the bytes complete tell; see `Decoder`."""
        found = []
        for row in self._rows.cut(data):
            try:
                found.append(decode_feature(row, self._feed, now))
            except Undecodable as error:
                self._tally.refuse(error)
            else:
                self._tally.messages += 1
        return found

    def end(self) -> None:
        """Refuse a row that has no end."""
        self._rows.end()


def decode_feature(row: bytes, feed: str, now: int) -> Sighting:
    """What one row tells.

    Args:
        row: Without its end.
        feed: Name of the feed.
        now: When it came, UTC milliseconds.

    Raises:
        Undecodable: It is no Feature of a point with an id, or a value is out of range.
    """
    try:
        feature = _decode(row)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise Undecodable(Fault.MALFORMED, "a row that is not JSON") from None
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise Undecodable(Fault.MALFORMED, "a row that is no Feature")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise Undecodable(Fault.MALFORMED, "properties that are no object")
    says: dict[str, Any] = {
        "address": _address(properties.get("id", feature.get("id"))),
        **_when(properties.get("time"), now),
        **_place(feature.get("geometry")),
    }
    for name, (least, most) in _NUMBERS.items():
        if properties.get(name) is not None:
            says[name] = _number(properties[name], name, least, most)
    for name, chars_max in _TEXTS.items():
        if properties.get(name) is not None:
            says[name] = _text(properties[name], name, chars_max)
    for name in _FLAGS:
        if properties.get(name) is not None:
            says[name] = _flag(properties[name], name)
    if says.get("course_deg") == 360.0:
        says["course_deg"] = 0.0
    if properties.get("squawk") is not None:
        says["squawk"] = _squawk(properties["squawk"])
    if properties.get("altitude_m") is not None:
        says["datum"] = _datum(properties.get("datum"))
    if properties.get("affiliation") is not None:
        says["affiliation"] = _affiliation(properties["affiliation"])
    return Sighting(feed=feed, **says)


def _address(value: Any) -> str:
    """As it stands where it has its kind, else `name:` and it."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    address = _text(value, "id", TRACK_ADDRESS_CHARS_MAX - len("name:"))
    if not address:
        raise Undecodable(Fault.MALFORMED, "an id that is empty")
    return address if _ADDRESS.fullmatch(address) else f"name:{address}"


def _when(value: Any, now: int) -> dict[str, Any]:
    if value is None:
        return {"at": now, "is_own_clock": True}
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _INSTANT_MAX:
        return {"at": value}
    if isinstance(value, str):
        try:
            return {"at": parse_instant(value)}
        except (OpenlineError, ValueError):
            pass
    raise Undecodable(Fault.MALFORMED, "a time that is no instant")


def _place(geometry: Any) -> dict[str, Any]:
    if geometry is None:
        return {}
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        raise Undecodable(Fault.MALFORMED, "a geometry that is no Point")
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list) or not 2 <= len(coordinates) <= 3:
        raise Undecodable(Fault.MALFORMED, "coordinates that are not two or three numbers")
    place: dict[str, Any] = {
        "lat_deg": _number(coordinates[1], "latitude", -90.0, 90.0),
        "lon_deg": _number(coordinates[0], "longitude", -180.0, 180.0),
    }
    if len(coordinates) == 3:
        # RFC 7946, section 4: a third number is metres above the ellipsoid.
        place["altitude_m"] = _number(coordinates[2], "altitude", *_NUMBERS["altitude_m"])
        place["datum"] = Datum.WGS84
    return place


def _number(value: Any, name: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Undecodable(Fault.MALFORMED, f"{name} is no number")
    if not least <= value <= most:
        raise Undecodable(Fault.OUT_OF_RANGE, f"{name} is not between {least:g} and {most:g}")
    return float(value)


def _text(value: Any, name: str, chars_max: int) -> str:
    if not isinstance(value, str) or len(value) > chars_max or not value.isprintable():
        raise Undecodable(Fault.MALFORMED, f"{name} is no printable text of {chars_max} letters")
    return value.strip()


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise Undecodable(Fault.MALFORMED, f"{name} is neither true nor false")
    return value


def _squawk(value: Any) -> str:
    squawk = _text(value, "squawk", 4)
    if _SQUAWK.fullmatch(squawk) is None:
        raise Undecodable(Fault.OUT_OF_RANGE, f"squawk {squawk!r}")
    return squawk


def _datum(value: Any) -> Datum:
    if not isinstance(value, str) or value not in Datum.__members__:
        raise Undecodable(
            Fault.MALFORMED, f"altitude_m needs datum: {', '.join(Datum.__members__)}"
        )
    return Datum[value]


def _affiliation(value: Any) -> Affiliation:
    if not isinstance(value, str) or value not in Affiliation.__members__:
        known = ", ".join(Affiliation.__members__)
        raise Undecodable(Fault.MALFORMED, f"affiliation is none of {known}")
    return Affiliation[value]
