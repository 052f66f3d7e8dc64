"""The sets of an airspace control order: names, fields, and what a field writes.

A USMTF or ADatP-3 message is a row of sets; each ends in a double slash, its fields
are parted by single ones, and it may be wrapped over several rows of the file. Here
a message comes apart into sets, and a field becomes what it writes. What stands in
which field is the business of the modules beside this one.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from openline.adapters.geofiles.activity import Feature, FileFault
from openline.domain.limits import ORDER_SET_FIELDS_MAX, ORDER_SETS_MAX, RADIUS_M_MAX
from openline.domain.space.geodesy import LAT_E7_MAX, LON_E7_MAX, Position

_POSITION = re.compile(
    r"(?:LATS:|LATM:)?"
    r"(?P<lat>[0-9]{4}|[0-9]{6})(?P<ns>[NS])(?P<lon>[0-9]{5}|[0-9]{7})(?P<ew>[EW])"
)
_LENGTH = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,4})?)(KM|NM|FT|YD|M)")
_METRES = {"KM": 1000.0, "NM": 1852.0, "FT": 0.3048, "YD": 0.9144, "M": 1.0}
_BEARING = re.compile(r"([0-9]{3})([TMG]?)")


@dataclass(frozen=True, slots=True)
class SetField:
    """One field of a set, and the row where it begins."""

    text: str
    row: int

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing: a hyphen stands for no data."""
        return self.text in ("", "-")


@dataclass(frozen=True, slots=True)
class MessageSet:
    """One set of the message.

    Attributes:
        name: Its name, in capitals.
        fields: Its fields in order, at most `ORDER_SET_FIELDS_MAX`.
        row: Row of the file where it begins.
        is_closed: Whether a double slash ends it; only the last may lack it.
        is_cut_short: Whether it has more fields than are kept.
    """

    name: str
    fields: tuple[SetField, ...]
    row: int
    is_closed: bool = True
    is_cut_short: bool = False

    def field(self, number: int) -> SetField:
        """The field with this number, from 1; an empty one if there are fewer."""
        if number <= len(self.fields):
            return self.fields[number - 1]
        return SetField("", self.fields[-1].row if self.fields else self.row)


def read_sets(text: str, path: str) -> list[MessageSet]:
    """The sets of a message in order; empty ones are left out.

    Raises:
        FileFault: There are more than `ORDER_SETS_MAX`.
    """
    sets: list[MessageSet] = []
    for entry in _sets(text):
        if len(sets) == ORDER_SETS_MAX:
            what = f"has more than {ORDER_SETS_MAX:,} sets."
            raise FileFault(path, 0, "", "", what, "Split it.", entry.row)
        sets.append(entry)
    return sets


def _sets(text: str) -> Iterator[MessageSet]:
    begin, row = 0, 1
    while begin < len(text):
        end = text.find("//", begin)
        is_closed = end >= 0
        chunk = text[begin:end] if is_closed else text[begin:]
        begin += len(chunk) + 2
        entry = _set(chunk, row, is_closed)
        row += chunk.count("\n")
        if entry is not None:
            yield entry


def _set(chunk: str, row: int, is_closed: bool) -> MessageSet | None:
    parts = chunk.split("/", ORDER_SET_FIELDS_MAX + 1)
    fields: list[SetField] = []
    for part in parts:
        if part.isascii() and "\n" not in part and "\r" not in part:
            fields.append(SetField(part.strip(), row))  # Most fields, and quick.
            continue
        lead = len(part) - len(part.lstrip())
        joined = "".join(piece.strip() for piece in part.splitlines())
        fields.append(SetField(joined, row + part[:lead].count("\n")))
        row += part.count("\n")
    is_cut_short = len(fields) > ORDER_SET_FIELDS_MAX + 1
    if is_cut_short:
        fields.pop()
    name, *rest = fields
    if not name.text and not rest:
        return None
    return MessageSet(name.text.upper(), tuple(rest), name.row, is_closed, is_cut_short)


# --- what a field writes -------------------------------------------------------------------------


def is_position(text: str) -> bool:
    """Whether a text begins as a position does."""
    return _POSITION.match(text.upper()) is not None


def is_length(text: str) -> bool:
    """Whether a text is a length with its unit."""
    return _LENGTH.fullmatch(text.upper()) is not None


def read_positions(feature: Feature, entry: MessageSet, field: SetField) -> list[Position]:
    """The positions that one field gives: one, or several without the slash between.

    Raises:
        FileFault: It gives none, or one that is not on the globe.
    """
    text = field.text.upper()
    matches = list(_POSITION.finditer(text))
    if not matches or "".join(match[0] for match in matches) != text:
        raise feature.fault(
            entry.name,
            f"{field.text[:30]!r} is no position",
            "Write LATS:354516N0383400E or LATM:3545N03834E.",
            field.row,
        )
    if len(matches) > 1:
        feature.remark(
            f"A slash is missing between positions: {field.text[:40]}.", entry.name, field.row
        )
    return [_position(feature, entry, field.row, match) for match in matches]


def read_position(feature: Feature, entry: MessageSet, number: int) -> Position:
    """The one position that the field with this number gives.

    Raises:
        FileFault: It gives none, or several.
    """
    positions = read_positions(feature, entry, entry.field(number))
    if len(positions) > 1:
        row = entry.field(number).row
        raise feature.fault(entry.name, f"field {number} has {len(positions)} positions", row=row)
    return positions[0]


def _position(feature: Feature, entry: MessageSet, row: int, match: re.Match[str]) -> Position:
    lat_e7, lon_e7 = _e7(match["lat"], 2), _e7(match["lon"], 3)
    if lat_e7 is None or lon_e7 is None or lat_e7 > LAT_E7_MAX or lon_e7 > LON_E7_MAX:
        raise feature.fault(entry.name, f"{match[0]} is not on the globe", row=row)
    for unit, place in (("seconds", slice(2, 4)), ("minutes", slice(0, 2))):
        if "60" in (match["lat"][2:][place], match["lon"][3:][place]):
            feature.remark(f"{match[0]} has 60 {unit}: read as the next full one.", entry.name, row)
    return -lat_e7 if match["ns"] == "S" else lat_e7, -lon_e7 if match["ew"] == "W" else lon_e7


def _e7(digits: str, degree_digits: int) -> int | None:
    """Degrees, minutes and perhaps seconds in 1e-7 degree; None above 60 of them."""
    degrees, rest = int(digits[:degree_digits]), digits[degree_digits:]
    minutes, seconds = int(rest[:2]), int(rest[2:] or 0)
    if minutes > 60 or seconds > 60:
        return None
    seconds += (degrees * 60 + minutes) * 60
    return (seconds * 10_000_000 + 1_800) // 3_600


def read_length_m(
    feature: Feature, entry: MessageSet, field: SetField, *, least_m: float = 0.001
) -> float:
    """The metres that a field writes with their unit, at most twice `RADIUS_M_MAX`.

    Raises:
        FileFault: It is no such length.
    """
    match = _LENGTH.fullmatch(field.text.upper())
    if match is None:
        raise feature.fault(
            entry.name,
            f"{field.text[:20]!r} is no length",
            "Write a number with KM, NM, M, FT or YD.",
            field.row,
        )
    length_m = round(float(match[1]) * _METRES[match[2]], 6)
    if not least_m <= length_m <= 2 * RADIUS_M_MAX:
        raise feature.fault(
            entry.name,
            f"the length {field.text} is not up to {RADIUS_M_MAX} m to each side",
            row=field.row,
        )
    return length_m


def read_radius_m(feature: Feature, entry: MessageSet, field: SetField, share: float) -> int:
    """A share of a length as a radius in whole metres, rounded up.

    Raises:
        FileFault: It is no length, or the radius is 0 or too large.
    """
    exact_m = round(read_length_m(feature, entry, field) * share, 6)
    if exact_m > RADIUS_M_MAX:
        raise feature.fault(
            entry.name, f"the length {field.text} is not up to {RADIUS_M_MAX} m", row=field.row
        )
    return math.ceil(exact_m)


def read_bearing_deg(feature: Feature, entry: MessageSet, field: SetField) -> float:
    """A true bearing in degrees, from 0 to 360.

    Raises:
        FileFault: It is none, or is not counted from true north.
    """
    match = _BEARING.fullmatch(field.text.upper())
    if match is None or int(match[1]) > 360:
        raise feature.fault(
            entry.name,
            f"{field.text[:20]!r} is no bearing",
            "Write three digits and T: 045T.",
            field.row,
        )
    if match[2] in ("M", "G"):
        north = "magnetic" if match[2] == "M" else "grid"
        raise feature.fault(
            entry.name,
            f"{field.text} counts from {north} north, and only true bearings are read",
            "Turn it into a true one: 045T.",
            field.row,
        )
    if not match[2]:
        feature.remark(
            f"The bearing {field.text} does not say from which north: taken as true.",
            entry.name,
            field.row,
        )
    return float(match[1])
