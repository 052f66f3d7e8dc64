"""OpenAir, versions 1 and 2: airspaces of gliding and drone programs.

Records: `AC` class, `AN` name, `AY` type, `AI` identifier, `AL` and `AH` the band, `AA` a window
(version 2: `AA 2026-04-15T06:00Z/2026-04-15T14:00Z`), `V X=` and `V D=` centre and sense of
arcs, `V W=` width, `DP` a vertex, `DC` a circle, `DA` an arc by radius and bearings, `DB` an arc
by its ends, `DY` a vertex of an airway. Lengths are nautical miles, heights feet; a height
without a reference is above mean sea level (a remark). Edges are great circles.

A file gives times only in `AA`; without one `--from` and `--until` are needed.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from openline.adapters.geofiles import arcs
from openline.adapters.geofiles.activity import (
    Band,
    Bound,
    Feature,
    Part,
    ReadActivity,
    Window,
    check_feature_count,
    check_file,
    read_each,
)
from openline.adapters.geofiles.prose.lengths import whole_metres
from openline.adapters.geofiles.prose.levels import read_level
from openline.adapters.geofiles.prose.passage import passage_of
from openline.adapters.geofiles.prose.positions import find_positions
from openline.adapters.geofiles.remarks import FileFault
from openline.domain.errors import OurError
from openline.domain.instant import parse_instant
from openline.domain.limits import RADIUS_M_MAX, VERTICES_MAX, VOLUMES_MAX
from openline.domain.space.altitude import Altitude
from openline.domain.space.geodesy import Position, azimuth_deg, distance_m
from openline.domain.space.volume import Shape

_NM_M: Final = 1_852.0
_CLASS = re.compile(r"^AC[ \t]+[A-Za-z0-9]{1,12}[ \t]*\r?$", re.MULTILINE)
_SHAPES = re.compile(r"^(?:DP|DC|DA|DB|DY|V)[ \t]", re.MULTILINE)
_RECORD = re.compile(r"([A-Z]{1,2})(?:[ \t]+(.*))?")
_VARIABLE = re.compile(r"([XDWTZ]) ?= ?(.*)", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_HEIGHT = re.compile(
    r"([0-9]{1,6}(?:\.[0-9])?) ?(FT|F|M)? ?(AMSL|MSL|ALT|AGL|ASFC|AGND|GND|SFC)?", re.IGNORECASE
)
_GROUND: Final = frozenset({"AGL", "ASFC", "AGND", "GND", "SFC"})
_TEXTS: Final = {"AY": "type", "AI": "identifier", "AF": "frequency", "AG": "contact"}
_UNHEARD: Final = frozenset({"AT", "TO", "TC", "SP", "SB", "AX"})
_REMEDY: Final = "See the records of OpenAir: AC, AN, AL, AH, V, DP, DC, DA, DB."
_ARC_SLACK_M: Final = 500.0


@dataclass(slots=True)
class _Record:
    """One row of the file."""

    name: str
    value: str
    row: int


@dataclass(slots=True)
class _Drawn:
    """What the records of an airspace draw, while they are read."""

    ring: list[Position] = field(default_factory=list)
    circles: list[Part] = field(default_factory=list)
    airway: list[Position] = field(default_factory=list)
    centre: Position | None = None
    is_left: bool = False
    width_nm: float | None = None


def looks_like_openair(text: str) -> bool:
    """Whether a text has the records of OpenAir in it."""
    return _CLASS.search(text) is not None and _SHAPES.search(text) is not None


def read_openair(
    text: str, path: str, window: Window | None = None, *, goes_on: bool = False
) -> list[ReadActivity]:
    """The airspaces of an OpenAir file, in its order.

    Args:
        text: The file.
        path: What to call it in errors.
        window: From and until for airspaces that give neither.
        goes_on: Keep a faulty airspace as an activity with its fault, and go on.

    Raises:
        FileFault: It has no airspace, or one that is faulty and it does not go on.
    """
    check_file(path, text)
    airspaces: list[list[_Record]] = []
    for row, written in enumerate(text.splitlines(), start=1):
        plain = written.partition("*")[0].strip()
        if not plain:
            continue
        match = _RECORD.fullmatch(plain)
        record = (
            _Record(match[1], (match[2] or "").strip(), row) if match else _Record("", plain, row)
        )
        if record.name == "AC":
            check_feature_count(path, len(airspaces) + 1)
            airspaces.append([])
        if airspaces:
            airspaces[-1].append(record)
    if not airspaces:
        raise FileFault(path, 0, "", "AC", "is nowhere in it.", "Give airspaces in OpenAir.")
    return read_each(
        path,
        airspaces,
        lambda records, number: _read(records, path, number, window),
        goes_on=goes_on,
    )


def _read(records: list[_Record], path: str, number: int, window: Window | None) -> ReadActivity:
    name = next((record.value for record in records if record.name == "AN"), "")
    told = {"class": records[0].value}
    for record in records:
        if record.name in _TEXTS and record.value:
            told.setdefault(_TEXTS[record.name], record.value)
    feature = Feature(path, number, dict(told), name, records[0].row)
    drawn = _Drawn()
    levels: dict[str, _Record] = {}
    windows: list[Window] = []
    for record in records[1:]:
        if record.name in ("AL", "AH"):
            levels[record.name] = record
        elif record.name == "AA":
            windows += _window(feature, record)
        elif record.name not in (*_TEXTS, *_UNHEARD, "AN"):
            _draw(feature, drawn, record)
    band = _band(feature, levels)
    parts = [
        Part(part.shape, part.positions, part.radius_m, band) for part in _parts(feature, drawn)
    ]
    if len(windows) > VOLUMES_MAX:
        raise feature.fault("AA", f"has more than {VOLUMES_MAX} windows", "Split it.")
    return feature.activity(parts, window=window, windows=windows, is_exact=True)


def _draw(feature: Feature, drawn: _Drawn, record: _Record) -> None:
    """One record that draws."""
    match record.name:
        case "V":
            _set(feature, drawn, record)
        case "DP":
            drawn.ring.append(_position(feature, record, record.value))
        case "DY":
            drawn.airway.append(_position(feature, record, record.value))
        case "DC":
            centre = _centre(feature, drawn, record)
            radius_m = whole_metres(_number(feature, record, record.value) * _NM_M)
            if not 0 < radius_m <= RADIUS_M_MAX:
                raise _wrong(feature, record, "has no such radius")
            drawn.circles.append(Part(Shape.CIRCLE, [centre], radius_m))
        case "DA":
            _arc_by_bearings(feature, drawn, record)
        case "DB":
            _arc_by_ends(feature, drawn, record)
        case _:
            raise _wrong(feature, record, "is no record of OpenAir")
    if len(drawn.ring) + len(drawn.airway) > VERTICES_MAX + 1:
        raise _wrong(feature, record, f"makes more than {VERTICES_MAX} vertices")


def _set(feature: Feature, drawn: _Drawn, record: _Record) -> None:
    """A variable: centre, sense or width."""
    match = _VARIABLE.fullmatch(record.value)
    if match is None:
        raise _wrong(feature, record, "sets no variable")
    name, value = match[1].upper(), match[2].strip()
    if name == "X":
        drawn.centre = _position(feature, record, value)
    elif name == "D":
        if value not in ("+", "-"):
            raise _wrong(feature, record, "is neither + nor -")
        drawn.is_left = value == "-"
    elif name == "W":
        drawn.width_nm = _number(feature, record, value)


def _arc_by_bearings(feature: Feature, drawn: _Drawn, record: _Record) -> None:
    centre = _centre(feature, drawn, record)
    numbers = [_number(feature, record, part) for part in record.value.split(",")]
    if len(numbers) != 3 or max(numbers[1:]) > 360:
        raise _wrong(feature, record, "is not radius, bearing, bearing")
    _add_arc(feature, drawn, record, centre, numbers[0] * _NM_M, numbers[1], numbers[2])


def _arc_by_ends(feature: Feature, drawn: _Drawn, record: _Record) -> None:
    centre = _centre(feature, drawn, record)
    ends = [_position(feature, record, part) for part in record.value.split(",")]
    if len(ends) != 2:
        raise _wrong(feature, record, "is not two positions with a comma between")
    radii = [distance_m(centre, end) for end in ends]
    if abs(radii[0] - radii[1]) > max(_ARC_SLACK_M, 0.03 * radii[0]):
        raise _wrong(
            feature, record,
            f"has its ends {radii[0]:,.0f} m and {radii[1]:,.0f} m from its centre",
        )  # fmt: skip
    bearings = [azimuth_deg(centre, end) for end in ends]
    _add_arc(feature, drawn, record, centre, sum(radii) / 2, *bearings)


def _add_arc(
    feature: Feature,
    drawn: _Drawn,
    record: _Record,
    centre: Position,
    radius_m: float,
    start_deg: float,
    end_deg: float,
) -> None:
    """An arc from one bearing to another in the sense that is set."""
    if not 0 < radius_m <= RADIUS_M_MAX:
        raise _wrong(feature, record, "has no such radius")
    if drawn.is_left:
        start_deg, end_deg = end_deg, start_deg
    sweep = arcs.sweep_deg(start_deg, end_deg)
    if arcs.chords_of(radius_m, sweep) > VERTICES_MAX:
        raise _wrong(feature, record, f"needs more than {VERTICES_MAX} vertices")
    places = arcs.arc(centre, radius_m, start_deg, sweep)
    drawn.ring += list(reversed(places)) if drawn.is_left else places


def _parts(feature: Feature, drawn: _Drawn) -> list[Part]:
    shapes = [bool(drawn.ring), bool(drawn.circles), bool(drawn.airway)]
    if sum(shapes) != 1:
        what = "has several shapes at once" if any(shapes) else "draws nothing"
        raise feature.fault("AC", what, "Give each airspace one shape.")
    if drawn.circles:
        return drawn.circles
    if drawn.airway:
        if drawn.width_nm is None:
            raise feature.fault("DY", "has no width", "Write V W= before it.")
        return [Part(Shape.CORRIDOR, drawn.airway, whole_metres(drawn.width_nm * _NM_M / 2))]
    ring = drawn.ring
    return [Part(Shape.POLYGON, ring if ring[0] == ring[-1] else [*ring, ring[0]], 0)]


def _centre(feature: Feature, drawn: _Drawn, record: _Record) -> Position:
    if drawn.centre is None:
        raise _wrong(feature, record, "has no centre: no V X= stands before it")
    return drawn.centre


def _position(feature: Feature, record: _Record, value: str) -> Position:
    passage = passage_of("\n" * (record.row - 1) + value)
    found = find_positions(feature, record.name, passage)
    if len(found) != 1 or value.strip() == "":
        raise _wrong(feature, record, "is no position")
    if passage.text[: found[0].start].strip() or passage.text[found[0].end :].strip():
        raise _wrong(feature, record, "has more than a position")
    return found[0].position


def _number(feature: Feature, record: _Record, value: str) -> float:
    if _NUMBER.fullmatch(value.strip()) is None:
        raise _wrong(feature, record, f"{value.strip()[:20]!r} is no number")
    return float(value)


# --- bands and windows ---------------------------------------------------------------------------


def _band(feature: Feature, levels: dict[str, _Record]) -> Band:
    bounds = []
    for name in ("AL", "AH"):
        if name not in levels:
            raise feature.fault(name, "is missing", "Give both bounds of the band.")
        bounds.append(Bound(_level(feature, levels[name], is_lower=name == "AL")))
    return bounds[0], bounds[1]


def _level(feature: Feature, record: _Record, *, is_lower: bool) -> Altitude | None:
    written = " ".join(record.value.upper().split())
    match = _HEIGHT.fullmatch(written)
    if match is not None:
        unit = "M" if match[2] == "M" else "FT"
        reference = match[3] or "AMSL"
        if match[3] is None:
            feature.remark(
                f"{record.value[:40]!r} has no reference: it is taken as above mean sea level.",
                record.name,
                record.row,
            )
        datum = "AGL" if reference in _GROUND else "AMSL"
        written = f"{match[1]}{unit} {datum}"
    return read_level(feature, record.name, written, record.row, is_lower=is_lower)


def _window(feature: Feature, record: _Record) -> list[Window]:
    """The window of an `AA` record; none where it says NONE."""
    if record.value.upper() == "NONE":
        return []
    start, _, end = record.value.partition("/")
    try:
        return [(parse_instant(start.strip()), parse_instant(end.strip()))]
    except OurError as error:
        raise _wrong(feature, record, error.what.removesuffix(".")) from None


def _wrong(feature: Feature, record: _Record, what: str) -> FileFault:
    told = f"{record.name} {record.value}".strip()[:40]
    return feature.fault(record.name or "record", f"{told!r} {what}", _REMEDY, record.row)
