"""Cursor on Target in: positions that maps and radios of the TAK family send.

A stream of XML events, or one in each datagram. An event whose type begins with `a-`
places an object, `t-x-d-d` ends one; all others (chat, drawings, pings) tell of none, and
so does what an Openline node told the same map: nothing comes back as seen anew. The
XML is a stranger's: no document type, so no entities; no tree is built, only some
attributes of three elements are taken; an event has `COT_EVENT_SIZE_BYTES_MAX` bytes at
most. After the Cursor on Target event schema 2.0; the protobuf form is refused.
"""

import math
import re
from typing import Any, Final
from xml.parsers import expat

from openline.adapters.surveillance.feed import Feed, Tally
from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.domain.errors import OurError
from openline.domain.instant import parse_instant
from openline.domain.limits import COT_EVENT_SIZE_BYTES_MAX, TRACK_ADDRESS_CHARS_MAX
from openline.domain.space.altitude import Datum
from openline.domain.space.sighting import Affiliation, Sighting

_BEGIN: Final = b"<event"
_END: Final = b"</event>"
_PROTOBUF: Final = b"\xbf"

_ATTRIBUTES: Final = {
    ("event",): ("event", ("uid", "type", "time")),
    ("event", "point"): ("point", ("lat", "lon", "hae", "ce")),
    ("event", "detail", "contact"): ("contact", ("callsign",)),
    ("event", "detail", "track"): ("track", ("course", "speed")),
    ("event", "detail", "link"): ("link", ("uid",)),
}
"""What is taken of an event, by the path to each element."""

_OURS: Final = "openline."
"""How everything begins that an Openline node tells a map."""

_DEPTH_MAX: Final = 64
_CALLSIGN_CHARS_MAX: Final = 64
_TYPE: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")
_UNKNOWN_M: Final = 9_999_999.0
_TWO_SIGMA: Final = 2.45
"""The error of an event is one standard deviation; of two axes 95 % lie within so many."""

_HEIGHT_M: Final = (-1_000.0, 100_000.0)
_SPEED_MPS: Final = (0.0, 3_000.0)
_FRACTION: Final = re.compile(r"(\.[0-9]{3})[0-9]+")

_AFFILIATIONS: Final = {
    "f": Affiliation.OWN,
    "a": Affiliation.OWN,
    "h": Affiliation.OTHER_PARTY,
    "s": Affiliation.OTHER_PARTY,
    "j": Affiliation.OTHER_PARTY,
    "k": Affiliation.OTHER_PARTY,
    "n": Affiliation.THIRD_PARTY,
}
"""Whose an object is by the second letter of its type, as whoever sends it claims."""


class CotDecoder:
    """Decodes one stream of events, or datagrams with one each.

    Args:
        feed: Its settings.
        tally: Where messages and refusals are counted.
    """

    def __init__(self, feed: Feed, tally: Tally) -> None:
        self._feed = feed.name
        self._tally = tally
        self._held = b""

    def take(self, data: bytes, now: int) -> list[Sighting]:
        """What the events that the bytes complete tell; see `Decoder`."""
        found = []
        *ended, self._held = (self._held + data).split(_END)
        for piece in ended:
            try:
                sighting = decode_event(self._cut(piece) + _END, self._feed, now)
            except Undecodable as error:
                self._tally.refuse(error)
                continue
            self._tally.messages += 1
            if sighting is not None:
                found.append(sighting)
        if len(self._held) > COT_EVENT_SIZE_BYTES_MAX:
            self._refuse(Fault.TOO_LONG, f"an event of more than {COT_EVENT_SIZE_BYTES_MAX} bytes")
            self._held = b""
        return found

    def end(self) -> None:
        """Refuse an event that has no end."""
        if self._held.strip():
            self._refuse(Fault.CUT, f"{len(self._held)} bytes of an event")
        self._held = b""

    def _cut(self, piece: bytes) -> bytes:
        """The event that ends here; one before it that has no end is refused."""
        start = piece.rfind(_BEGIN)
        if start < 0:
            return piece
        if _BEGIN in piece[:start]:
            self._refuse(Fault.CUT, "an event in which another begins")
        return piece[start:]

    def _refuse(self, fault: Fault, what: str) -> None:
        self._tally.refuse(Undecodable(fault, what))


def decode_event(event: bytes, feed: str, now: int) -> Sighting | None:
    """What one event tells of an object; None for one that is about something else.

    Args:
        event: From `<event` to `</event>`.
        feed: Name of the feed.
        now: When it came, UTC milliseconds.

    Raises:
        Undecodable: It is no such XML, or a value is out of range.
    """
    if len(event) > COT_EVENT_SIZE_BYTES_MAX:
        raise Undecodable(Fault.TOO_LONG, f"an event of {len(event)} bytes")
    if event.startswith(_PROTOBUF):
        raise Undecodable(Fault.MALFORMED, "the protobuf form, which is not read")
    if b"\x00" in event:
        raise Undecodable(Fault.MALFORMED, "an event that is not UTF-8")
    told = _Reader().read(event)
    kind = told.get("event type", "")
    if _TYPE.fullmatch(kind) is None:
        raise Undecodable(Fault.MALFORMED, "an event without a type")
    if kind == "t-x-d-d":
        uid = told.get("link uid", "")
        if not uid or uid.startswith(_OURS):
            return None
        return Sighting(feed=feed, address=_address(uid), at=now, is_own_clock=True, is_ended=True)
    if not kind.startswith("a-") or told.get("event uid", "").startswith(_OURS):
        return None
    return _position(told, kind, feed, now)


def _position(told: dict[str, str], kind: str, feed: str, now: int) -> Sighting:
    """An object that an event places."""
    at = _instant(told.get("event time", ""))
    height_m = _number(told, "point hae", _HEIGHT_M, is_unknown_far=True)
    error_m = _number(told, "point ce", (0.0, _UNKNOWN_M), is_unknown_far=True)
    course_deg = _number(told, "track course", (0.0, 360.0))
    parts = kind.split("-")
    battle = parts[2] if len(parts) > 2 else ""
    return Sighting(
        feed=feed,
        address=_address(told.get("event uid", "")),
        at=now if at is None else at,
        is_own_clock=at is None,
        lat_deg=_needed(told, "point lat", 90.0),
        lon_deg=_needed(told, "point lon", 180.0),
        altitude_m=height_m,
        datum=None if height_m is None else Datum.WGS84,
        is_on_ground={"G": True, "S": True, "A": False}.get(battle),
        course_deg=None if course_deg is None else course_deg % 360.0,
        speed_mps=_number(told, "track speed", _SPEED_MPS),
        accuracy_m=None if error_m is None else error_m * _TWO_SIGMA,
        callsign=" ".join(told.get("contact callsign", "").split())[:_CALLSIGN_CHARS_MAX],
        affiliation=_AFFILIATIONS.get(parts[1], Affiliation.UNKNOWN),
        sort=kind,
    )


class _Reader:
    """Reads the attributes that are taken of one event; builds nothing else."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._told: dict[str, str] = {}
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._finish
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser.EntityDeclHandler = _refuse_doctype

    def read(self, event: bytes) -> dict[str, str]:
        """Attributes by `element attribute`; of an element that comes twice the first.

        Raises:
            Undecodable: It is no such XML.
        """
        try:
            self._parser.Parse(event, True)
        except expat.ExpatError as error:
            raise Undecodable(Fault.MALFORMED, f"no XML: {error}") from None
        return self._told

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if len(self._path) > _DEPTH_MAX:
            raise Undecodable(Fault.MALFORMED, f"elements nested more than {_DEPTH_MAX} deep")
        if taken := _ATTRIBUTES.get(tuple(self._path)):
            element, names = taken
            for attribute in names:
                if attribute in attributes:
                    self._told.setdefault(f"{element} {attribute}", attributes[attribute])

    def _finish(self, _: str) -> None:
        self._path.pop()


def _refuse_doctype(*_: Any) -> None:
    raise Undecodable(Fault.MALFORMED, "a document type or an entity, which no event has")


def _address(uid: str) -> str:
    address = f"cot:{uid}"
    if not uid or len(address) > TRACK_ADDRESS_CHARS_MAX or not uid.isprintable():
        raise Undecodable(Fault.MALFORMED, "an event whose uid is missing, too long or unseen")
    return address


def _instant(text: str) -> int | None:
    """The time of an event; None where it says none that can be read."""
    try:
        return parse_instant(_FRACTION.sub(r"\1", text).replace("+00:00", "Z"))
    except OurError:
        return None


def _needed(told: dict[str, str], name: str, most: float) -> float:
    value = _number(told, name, (-most, most))
    if value is None:
        raise Undecodable(Fault.MALFORMED, f"a position without {name}")
    return value


def _number(
    told: dict[str, str], name: str, bounds: tuple[float, float], *, is_unknown_far: bool = False
) -> float | None:
    """A number within its bounds; None if it is not said, or said to be unknown."""
    text = told.get(name, "").strip()
    if text.casefold() in ("", "nan"):
        return None
    try:
        value = float(text)
    except ValueError:
        raise Undecodable(Fault.MALFORMED, f"{name} that is no number") from None
    if is_unknown_far and value >= _UNKNOWN_M:
        return None
    if not math.isfinite(value) or not bounds[0] <= value <= bounds[1]:
        raise Undecodable(Fault.OUT_OF_RANGE, f"{name} {text[:20]}")
    return value
