"""Airspace control orders (USMTF and ADatP-3 ACO): the measures of one period.

A first reader: it takes the measures whose shape is `CIRCLE`, `POLYGON`,
`CORRIDOR` or `GEOLINE` with a width, their `EFFLEVEL` and their discrete
`APERIOD`s; each measure becomes an activity with one volume for each period. A
corridor's width is the whole of it, a circle's distance its radius. Edges are
great circles; heights are hundreds of feet.

Real orders have faults, and a measure must never be dropped in silence. What can
be read in one way only is read and flagged: seconds or minutes of 60, a missing
slash between positions, a shape inside the name, positions after an empty set, a
year that must be inferred, a position repeated. What cannot is an activity
without volumes whose `fault` says why; the rest of the order goes on.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from openline.adapters.geofiles.activity import (
    Feature,
    FileFault,
    Part,
    ReadActivity,
    check_feature_count,
    check_file,
)
from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, parse_instant
from openline.domain.limits import RADIUS_M_MAX, VERTICES_MAX, VOLUMES_MAX
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.geodesy import LAT_E7_MAX, LON_E7_MAX, Position
from openline.domain.space.volume import Shape, Volume

_SHAPES = {
    "POLYGON": Shape.POLYGON,
    "CIRCLE": Shape.CIRCLE,
    "CORRIDOR": Shape.CORRIDOR,
    "GEOLINE": Shape.CORRIDOR,
}
_NAMES_OF_SHAPES = {**{name: name for name in _SHAPES}, "LINE": "GEOLINE"}
_OTHER_SHAPES = frozenset({
    "AORBIT", "ORBIT", "RADARC", "POLYARC", "TRACK", "AIRTRACK", "APOINT", "POINT", "ELLIPSE",
    "FAN", "SQUARE", "1TRACK",
})  # fmt: skip
_UNHEARD = frozenset({"NARR", "AMPN", "RMKS", "GENTEXT"})
_DATUM_NAMES = frozenset({"W84", "WGS84", "WGE", "WE", "WGS 84", "WGS 1984", "WGS-84"})

_POSITION = re.compile(
    r"(?P<prefix>LATS:|LATM:)?"
    r"(?P<lat>[0-9]{4}|[0-9]{6})(?P<ns>[NS])(?P<lon>[0-9]{5}|[0-9]{7})(?P<ew>[EW])"
)
_LENGTH = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,4})?)(KM|NM|FT|YD|M)")
_METRES = {"KM": 1000.0, "NM": 1852.0, "FT": 0.3048, "YD": 0.9144, "M": 1.0}
_MOMENT = re.compile(r"([0-9]{6})Z?([A-Z]{3})([0-9]{4}|[0-9]{2})?")
_LEVEL = re.compile(r"FL([0-9]{1,3})")
_HUNDREDS = re.compile(r"([0-9]{1,3})(AGL|GND|GL|AMSL|MSL)")
_HALF_YEAR_MS = 183 * DAY_MS


@dataclass(frozen=True, slots=True)
class _Set:
    """One set of the message: its name, its fields, and the row where it begins."""

    name: str
    fields: tuple[str, ...]
    row: int


@dataclass(slots=True)
class _Measure:
    """The sets of one measure, sorted by what they tell."""

    shapes: list[_Set] = field(default_factory=list)
    levels: list[_Set] = field(default_factory=list)
    periods: list[_Set] = field(default_factory=list)


def read_aco(text: str, path: str, year: int | None = None) -> list[ReadActivity]:
    """The measures of an airspace control order, in its order; each is there.

    Args:
        text: The message.
        path: What to call it in errors.
        year: The year of its periods, if its PERIOD set has none.

    Raises:
        FileFault: It is no such message, or too large.
    """
    check_file(path, text)
    sets = list(_sets(text))
    starts = [index for index, entry in enumerate(sets) if entry.name == "ACMID"]
    if not starts:
        raise FileFault(
            path, 0, "", "ACMID", "is nowhere in it.", "Give an airspace control order (ACO)."
        )
    check_feature_count(path, len(starts))
    order = _order_of(sets[: starts[0]], path, year)
    ends = [*starts[1:], len(sets)]
    return [
        _read_measure(sets[start:end], order, path, number)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1)
    ]


@dataclass(frozen=True, slots=True)
class _Order:
    """What the head of the message says for all measures.

    Attributes:
        name: Its identity, such as `MSFEB16 14`.
        window: The period of the order, or None.
        near: An instant near which its periods lie, or None.
        fault: Why nothing in it can be placed; empty if it can.
    """

    name: str
    window: tuple[int, int] | None
    near: int | None
    fault: str


def _sets(text: str) -> Iterator[_Set]:
    """The sets of a message: parted by double slashes, wrapped over several rows."""
    row = 1
    for chunk in text.removeprefix("\ufeff").split("//"):
        lead = len(chunk) - len(chunk.lstrip())
        begins = row + chunk[:lead].count("\n")
        row += chunk.count("\n")
        fields = [part.strip() for part in _joined(chunk).split("/")]
        if fields != [""]:
            yield _Set(fields[0].upper(), tuple(fields[1:]), begins)


def _joined(chunk: str) -> str:
    """The rows of a set as one, their indents and ends gone."""
    return "".join(row.strip() for row in chunk.strip().splitlines())


def _order_of(head: list[_Set], path: str, year: int | None) -> _Order:
    name, window, fault = "", None, ""
    near = None if year is None else _instant("010000", "JUL", str(year))
    for entry in head:
        if entry.name == "ACOID":
            name = " ".join(part for part in entry.fields if part not in ("", "-"))
        elif entry.name == "PERIOD":
            moments = [_MOMENT.fullmatch(part) for part in entry.fields[:2]]
            if len(moments) == 2 and moments[0] and moments[1]:
                window = _window_of(moments[0], moments[1], near)
        elif entry.name == "GEODATUM":
            fault = _datum_fault(entry)
    return _Order(name, window, near if window is None else window[0], fault)


def _datum_fault(entry: _Set) -> str:
    datum = entry.fields[0] if entry.fields else ""
    return "" if datum.upper() in _DATUM_NAMES else f"{datum[:20]!r} is not WGS-84 (W84)"


# --- one measure ---------------------------------------------------------------------------------


def _read_measure(sets: list[_Set], order: _Order, path: str, number: int) -> ReadActivity:
    """One measure; whatever its fault, it is told."""
    identity = sets[0]
    properties, name, stated = _identity(identity)
    if order.name:
        properties["order"] = order.name
    feature = Feature(path, number, {}, name)
    try:
        volumes = _volumes(feature, sets, order, stated)
    except FileFault as fault:
        return ReadActivity(feature.name, (), properties, feature.warnings, fault)
    return ReadActivity(feature.name, volumes, properties, feature.warnings)


def _identity(identity: _Set) -> tuple[dict[str, str], str, list[str]]:
    """Properties and name of a measure, and the fields that may state its shape."""
    properties: dict[str, str] = {}
    name, rest, uses = "", [], []
    for place, part in enumerate(identity.fields):
        label, colon, value = part.partition(":")
        if colon and label == "ACM":
            properties["measure"] = value
        elif colon and label == "USE":
            uses.append(value)
        elif colon and label in ("NAME", "DESIG"):
            name = value.strip()
        elif place == 1 and not name:
            name = part
        else:
            rest.append(part)
    if uses:
        properties["use"] = ", ".join(uses)
    return properties, name, rest


def _volumes(
    feature: Feature, sets: list[_Set], order: _Order, stated: list[str]
) -> tuple[Volume, ...]:
    if order.fault:
        raise feature.fault("GEODATUM", order.fault)
    shape_name = _stated_shape(feature, stated)
    measure = _sorted_sets(feature, sets[1:])
    entry = _shape_set(feature, measure, shape_name)
    parts, radius_m = _shape(feature, entry)
    lower, upper = _band(feature, measure.levels)
    windows = _windows(feature, measure.periods, order)
    if len(parts) * len(windows) > VOLUMES_MAX:
        raise feature.fault(
            entry.name, f"makes {len(parts) * len(windows)} volumes, more than {VOLUMES_MAX}"
        )
    cores = [(part.shape, feature.plain_vertices(part)) for part in parts]
    return tuple(
        feature.checked(Volume(shape, vertices, radius_m, lower, upper, *window))
        for window in windows
        for shape, vertices in cores
    )


def _stated_shape(feature: Feature, stated: list[str]) -> str:
    """The shape that the ACMID set names; empty if it names none."""
    for part in stated:
        if part.upper() in _NAMES_OF_SHAPES:
            return _NAMES_OF_SHAPES[part.upper()]
        if part.upper() in _OTHER_SHAPES:
            raise feature.fault("ACMID", f"the shape {part[:20]} is not read yet")
    for written, name in _NAMES_OF_SHAPES.items():
        if feature.name.upper().endswith(written) and len(feature.name) > len(written):
            feature.name = feature.name[: -len(written)].rstrip()
            feature.warn(f"The shape {written} stood inside the name field: taken out of it.")
            return name
    return ""


def _sorted_sets(feature: Feature, sets: list[_Set]) -> _Measure:
    measure = _Measure()
    for entry in sets:
        if entry.name in _SHAPES or _POSITION.match(entry.name):
            measure.shapes.append(entry)
        elif entry.name in _OTHER_SHAPES:
            raise feature.fault(entry.name, "this shape is not read yet")
        elif entry.name == "EFFLEVEL":
            measure.levels.append(entry)
        elif entry.name == "APERIOD":
            measure.periods.append(entry)
        elif entry.name == "GEODATUM":
            if fault := _datum_fault(entry):
                raise feature.fault("GEODATUM", fault)
        elif entry.name not in _UNHEARD:
            feature.warn(f"The set {entry.name[:20]} in row {entry.row} is not read.")
    return measure


def _shape_set(feature: Feature, measure: _Measure, stated: str) -> _Set:
    """The one set that gives the shape, with positions that came apart from it."""
    named = [entry for entry in measure.shapes if entry.name in _SHAPES]
    loose = [entry for entry in measure.shapes if entry.name not in _SHAPES]
    if not named:
        raise feature.fault(
            "ACMID",
            "no set gives its shape with vertices",
            "Correct the order, or draw it by hand.",
        )
    if len(named) > 1:
        raise feature.fault(named[1].name, f"is a second shape, in row {named[1].row}")
    entry = named[0]
    if stated and stated != entry.name:
        feature.warn(f"ACMID says {stated}, the set in row {entry.row} says {entry.name}.")
    if not loose:
        return entry
    if any(entry.fields):
        raise feature.fault(
            entry.name, f"has more positions in a set of their own, row {loose[0].row}"
        )
    feature.warn(f"The positions of {entry.name} stood after its end: taken as its own.")
    fields = tuple(part for other in loose for part in (other.name, *other.fields))
    return _Set(entry.name, fields, entry.row)


def _shape(feature: Feature, entry: _Set) -> tuple[list[Part], int]:
    """The parts that the shape set draws, and their radius in metres."""
    fields = [part for part in entry.fields if part]
    lengths = [part for part in fields if _LENGTH.fullmatch(part.upper())]
    positions = [
        position
        for part in fields
        if part not in lengths
        for position in _positions(feature, entry, part)
    ]
    if not positions:
        raise feature.fault(entry.name, f"in row {entry.row} has no vertices")
    if len(positions) > 2 * VERTICES_MAX:
        raise feature.fault(entry.name, f"has more than {2 * VERTICES_MAX} vertices")
    shape = _SHAPES[entry.name]
    if shape is Shape.POLYGON:
        if lengths:
            raise feature.fault(entry.name, f"has a length ({lengths[0]}), which a polygon has not")
        return [Part(shape, ring) for ring in _rings(feature, positions)], 0
    if len(lengths) != 1:
        raise feature.fault(entry.name, f"has {len(lengths)} lengths, not one")
    if entry.name == "GEOLINE":
        feature.warn(f"A line with the width {lengths[0]} is taken as a corridor of that width.")
    share = 1.0 if shape is Shape.CIRCLE else 0.5
    return [Part(shape, positions)], _radius_m(feature, entry, lengths[0], share)


def _rings(feature: Feature, positions: list[Position]) -> list[list[Position]]:
    """The closed rings of a polygon, cut where it comes back to its first vertex.

    Most orders leave the last ring open, some close it. A ring that comes back
    sooner and goes on encloses the same area as its loops one by one; a loop of
    two vertices encloses none.
    """
    first = positions[0]
    rings: list[list[Position]] = [[first]]
    for before, position in pairwise([*positions, first]):
        if position != first:
            rings[-1].append(position)
        elif before != first:
            rings[-1].append(first)
            rings.append([first])
    rings.pop()
    loops = [ring for ring in rings if len(set(ring)) > 2]
    if len(loops) > 1:
        feature.warn(f"It comes back to its first vertex: taken as {len(loops)} rings.")
    if len(loops) < len(rings):
        feature.warn("It runs out to a vertex and back: that part encloses nothing, left out.")
    return loops or rings or [positions]


def _radius_m(feature: Feature, entry: _Set, length: str, share: float) -> int:
    match = _LENGTH.fullmatch(length.upper())
    assert match is not None, "only what is a length was taken for one"
    exact_m = round(float(match[1]) * _METRES[match[2]] * share, 6)
    if not 0 < exact_m <= RADIUS_M_MAX:
        raise feature.fault(entry.name, f"the length {length} is not up to {RADIUS_M_MAX} m")
    return math.ceil(exact_m)


def _positions(feature: Feature, entry: _Set, part: str) -> list[Position]:
    """The positions that one field gives: one, or several without the slash between."""
    matches = list(_POSITION.finditer(part.upper()))
    if not matches or "".join(match[0] for match in matches) != part.upper():
        raise feature.fault(entry.name, f"{part[:30]!r} after row {entry.row} is no position")
    if len(matches) > 1:
        feature.warn(f"A slash is missing between positions: {part[:40]}.")
    return [_position(feature, entry, match) for match in matches]


def _position(feature: Feature, entry: _Set, match: re.Match[str]) -> Position:
    lat_e7, lon_e7 = _e7(feature, match["lat"], 2), _e7(feature, match["lon"], 3)
    if lat_e7 is None or lon_e7 is None or lat_e7 > LAT_E7_MAX or lon_e7 > LON_E7_MAX:
        raise feature.fault(entry.name, f"{match[0]} is not on the globe")
    return -lat_e7 if match["ns"] == "S" else lat_e7, -lon_e7 if match["ew"] == "W" else lon_e7


def _e7(feature: Feature, digits: str, degree_digits: int) -> int | None:
    """Degrees, minutes and perhaps seconds in 1e-7 degree; None above 60 of them."""
    degrees, rest = int(digits[:degree_digits]), digits[degree_digits:]
    minutes, seconds = int(rest[:2]), int(rest[2:] or 0)
    if minutes > 60 or seconds > 60:
        return None
    if 60 in (minutes, seconds):
        feature.warn("Positions with 60 seconds or minutes: read as the next full one.")
    seconds += (degrees * 60 + minutes) * 60
    return (seconds * 10_000_000 + 1_800) // 3_600


# --- band and windows ----------------------------------------------------------------------------


def _band(feature: Feature, levels: list[_Set]) -> tuple[Altitude | None, Altitude | None]:
    """The band of the one EFFLEVEL set."""
    if not levels:
        feature.warn("It has no EFFLEVEL: taken from the ground up without a ceiling.")
        return None, None
    if len(levels) > 1:
        raise feature.fault("EFFLEVEL", f"is given again in row {levels[1].row}")
    written = levels[0].fields[0] if levels[0].fields else ""
    bounds = written.upper().partition(":")[2].split("-")
    if len(bounds) != 2:
        raise feature.fault("EFFLEVEL", f"{written[:40]!r} is not two levels with a hyphen between")
    lower, upper = (_level(feature, written, bound.strip()) for bound in bounds)
    if lower == "UNL" or upper == "GND":
        raise feature.fault("EFFLEVEL", f"{written[:40]!r} is upside down")
    return _altitude(lower), _altitude(upper)


def _level(feature: Feature, written: str, bound: str) -> Altitude | str:
    """One bound as an altitude, `GND` or `UNL`."""
    if bound in ("GL", "GND", "SFC"):
        return "GND"
    if bound in ("UNL", "UNLTD"):
        return "UNL"
    if bound in ("MSL", "AMSL"):
        return Altitude(Datum.AMSL, 0)
    if match := _LEVEL.fullmatch(bound):
        return Altitude(Datum.FLIGHT_LEVEL, int(match[1]))
    if match := _HUNDREDS.fullmatch(bound):
        datum = Datum.AMSL if match[2] in ("AMSL", "MSL") else Datum.AGL
        # Hundreds of feet, to the nearest decimetre: 304.8 of them.
        return Altitude(datum, round(int(match[1]) * 304.8))
    raise feature.fault(
        "EFFLEVEL",
        f"{bound[:20]!r} in {written[:40]!r} is no level",
        "Read are FL100, 050AGL, 150AMSL, GL and UNL; numbers are hundreds of feet.",
    )


def _altitude(bound: Altitude | str) -> Altitude | None:
    return bound if isinstance(bound, Altitude) else None


def _windows(feature: Feature, periods: list[_Set], order: _Order) -> list[tuple[int, int]]:
    """The windows of a measure, in order and each once."""
    if not periods:
        if order.window is None:
            raise feature.fault("APERIOD", "is missing, and the order has no PERIOD")
        feature.warn("It has no APERIOD: taken for the whole period of the order.")
        return [order.window]
    if len(periods) > VOLUMES_MAX:
        raise feature.fault("APERIOD", f"is given {len(periods)} times, more than {VOLUMES_MAX}")
    windows = [_window(feature, entry, order) for entry in periods]
    distinct = [window for window, _ in groupby(sorted(windows))]
    if len(distinct) < len(windows):
        feature.warn(f"{len(windows) - len(distinct)} of its periods are given twice.")
    return distinct


def _window(feature: Feature, entry: _Set, order: _Order) -> tuple[int, int]:
    mode, start_text, stop_text = (*entry.fields, "", "", "")[:3]
    if mode.upper() != "DISCRETE":
        raise feature.fault(
            "APERIOD", f"{mode[:20]!r} in row {entry.row} is not read: only DISCRETE"
        )
    written = f"{start_text}/{stop_text}"[:40]
    start, stop = _MOMENT.fullmatch(start_text.upper()), _MOMENT.fullmatch(stop_text.upper())
    if start is None or stop is None:
        raise feature.fault(
            "APERIOD",
            f"{written!r} in row {entry.row} is not two instants",
            "Write day, hour, minute, Z and month: 280001ZJUL.",
        )
    window = _window_of(start, stop, order.near)
    if window is None:
        raise feature.fault(
            "APERIOD",
            f"{written!r} in row {entry.row} has no year or does not exist",
            "Give the year of the order.",
        )
    if start[3] is None:
        feature.warn("Its periods give no year: that of the order is taken.")
    return window


def _window_of(
    start: re.Match[str], stop: re.Match[str], near: int | None
) -> tuple[int, int] | None:
    """From and until; a missing year is that which brings it nearest to what is near."""
    valid_from = _moment(start, near)
    valid_until = _moment(stop, valid_from if near is None else near)
    if valid_from is None or valid_until is None:
        return None
    return valid_from, valid_until


def _moment(match: re.Match[str], near: int | None) -> int | None:
    """The instant that a day, time and month write, in the year nearest to `near`."""
    if match[3]:
        return _instant(match[1], match[2], match[3])
    if near is None:
        return None
    year = 1970 + near // (365 * DAY_MS + DAY_MS // 4)
    candidates = [_instant(match[1], match[2], str(year + step)) for step in (-1, 0, 1)]
    found = [instant for instant in candidates if instant is not None]
    nearest = min(found, key=lambda instant: abs(instant - near), default=None)
    return nearest if nearest is not None and abs(nearest - near) <= _HALF_YEAR_MS else None


def _instant(digits: str, month: str, year: str) -> int | None:
    try:
        return parse_instant(f"{digits}Z{month}{year}")
    except OurError:
        return None
