"""AIXM 5.1 and 5.1.1: airspaces with their geometry, as in Digital NOTAM.

Read is each `Airspace` of a message: the volumes of its `geometryComponent`, with limits of
their own, its `activation` with timesheets, its `validTime`, and the text of the NOTAM in
the event beside it. Surfaces are polygons of geodesic or straight edges, circles, and
arcs round a centre; corridors are a `Curve` with a width. Positions are those of WGS-84
in the order that `srsName` states; without it nothing is read.

What refers to an airspace that is published elsewhere, a dependency on another volume, and
a time without an end are told. A document type or an entity is refused unread.
"""

import math
import re
from dataclasses import dataclass, replace
from typing import Final
from xml.etree.ElementTree import Element

from openline.adapters.geofiles.activity import (
    Band,
    Bound,
    Feature,
    ReadActivity,
    Window,
    check_file,
    read_each,
)
from openline.adapters.geofiles.aixm_shapes import read_projection
from openline.adapters.geofiles.prose.levels import read_level
from openline.adapters.geofiles.prose.passage import Passage, passage_of
from openline.adapters.geofiles.prose.periods import MONTHS, read_periods
from openline.adapters.geofiles.remarks import FileFault
from openline.adapters.geofiles.xml_rows import child_of, name_of, parse_xml, text_of
from openline.domain.errors import OurError
from openline.domain.instant import parse_instant
from openline.domain.limits import TEXT_CHARS_MAX, VOLUMES_MAX
from openline.domain.space.altitude import Altitude, Datum

_NOTED: Final = frozenset({
    "Airspace", "AirspaceVolume", "upperLimit", "lowerLimit", "validTime", "Timesheet",
    "PolygonPatch", "Curve",
})  # fmt: skip
_DATUMS: Final = {"SFC": Datum.AGL, "MSL": Datum.AMSL, "W84": Datum.WGS84}
_DM: Final = {"FT": 3.048, "M": 10.0}
_NUMBER = re.compile(r"-?[0-9]{1,6}(?:\.[0-9]{1,3})?")
_DAY_MONTH = re.compile(r"([0-3][0-9])-([01][0-9])")
_CLOCK = re.compile(r"([0-2][0-9]):([0-5][0-9])")
_DAYS: Final = {"ANY": "DAILY", "WORK_DAY": "WEEKDAYS", "MON": "MON", "TUE": "TUE", "WED": "WED",
                "THU": "THU", "FRI": "FRI", "SAT": "SAT", "SUN": "SUN"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _At:
    """Where an airspace stands: file, number, row, and rows of what is in it."""

    path: str
    number: int
    row: int
    rows: dict[Element, int]


def is_aixm(root: Element) -> bool:
    """Whether the root of a file in XML is that of an AIXM message."""
    return name_of(root) == "AIXMBasicMessage" or name_of(root) == "Airspace"


def looks_like_aixm(text: str) -> bool:
    """Whether a text in XML begins as an AIXM message does."""
    return re.search(r"<(?:[A-Za-z0-9_.-]+:)?AIXMBasicMessage[\s>]", text[:16_384]) is not None


def read_aixm(
    text: str, path: str, window: Window | None = None, *, goes_on: bool = False
) -> list[ReadActivity]:
    """The airspaces of an AIXM message, in its order.

    Args:
        text: The file.
        path: What to call it in errors.
        window: From and until for airspaces that give neither.
        goes_on: Keep a faulty airspace as an activity with its fault, and go on.

    Raises:
        FileFault: It is no such message, has no airspace, or a faulty one.
    """
    check_file(path, text)
    root, rows = parse_xml(text, path, "AIXM", _NOTED)
    if not is_aixm(root):
        raise FileFault(path, 0, "", "", "is XML, but no AIXM message.", "Export it as AIXM 5.1.1.")
    airspaces = [element for element in root.iter() if name_of(element) == "Airspace"]
    if not airspaces:
        raise FileFault(path, 0, "", "Airspace", "is nowhere in it.", "Export its airspaces.")
    notam = next((one.text for one in root.iter() if name_of(one) == "text" and one.text), "")
    return read_each(
        path,
        airspaces,
        lambda one, number: _read(
            one, _At(path, number, rows.get(one, 0), rows), window, notam or ""
        ),
        goes_on=goes_on,
    )


def _read(element: Element, at: _At, window: Window | None, notam: str) -> ReadActivity:
    slices = [one for one in element.iter() if name_of(one) == "AirspaceTimeSlice"]
    name = ""
    for one in slices:
        name = name or text_of(one, "designator") or text_of(one, "name")
    told = {
        "type": text_of(slices[0], "type") if slices else "",
        "activity": notam[:TEXT_CHARS_MAX],
    }
    feature = Feature(at.path, at.number, {k: v for k, v in told.items() if v}, name, at.row)
    if len(slices) != 1:
        raise feature.fault("timeSlice", f"are {len(slices)}, not one", "Export one of them.")
    volumes = [one for one in slices[0].iter() if name_of(one) == "AirspaceVolume"]
    if not volumes:
        raise feature.fault(
            "geometryComponent",
            "is missing: it refers to an airspace that is published elsewhere",
            "Draw that airspace by hand.",
        )
    if len(volumes) > VOLUMES_MAX:
        raise feature.fault("AirspaceVolume", f"are more than {VOLUMES_MAX}", "Split it.")
    _check_plain(feature, slices[0])
    parts = []
    for volume in volumes:
        row = at.rows.get(volume, at.row)
        band = _band(feature, volume, slices[0], at)
        parts += [
            replace(part, band=band) for part in read_projection(feature, volume, at.rows, row)
        ]
    windows = _windows(feature, slices[0], at, window, len(parts))
    return feature.activity(parts, windows=windows, is_exact=True)


def _check_plain(feature: Feature, part: Element) -> None:
    """Confirm that its volumes are added up and none refers to another."""
    for one in part.iter():
        if name_of(one) == "operation" and (one.text or "").strip() not in ("BASE", "UNION", ""):
            raise feature.fault(
                "operation",
                f"is {(one.text or '').strip()[:20]}: one volume is taken out of another",
                "Draw it by hand.",
            )
        if name_of(one) == "contributorAirspace":
            raise feature.fault(
                "contributorAirspace", "refers to another airspace", "Draw it by hand."
            )


# --- bands ---------------------------------------------------------------------------------------


def _band(feature: Feature, volume: Element, part: Element, at: _At) -> Band:
    """The band of a volume; of the activation where that states one."""
    layer = next((one for one in part.iter() if name_of(one) == "AirspaceLayer"), None)
    holder = volume if layer is None or child_of(layer, "upperLimit") is None else layer
    return (
        Bound(_limit(feature, holder, "lowerLimit", at, is_lower=True)),
        Bound(_limit(feature, holder, "upperLimit", at, is_lower=False)),
    )


def _limit(
    feature: Feature, holder: Element, name: str, at: _At, *, is_lower: bool
) -> Altitude | None:
    element = child_of(holder, name)
    row = at.row if element is None else at.rows.get(element, at.row)
    if element is None or not (element.text or "").strip():
        raise feature.fault(name, "is missing", "Give both limits.", row)
    value = (element.text or "").strip().upper()
    reference = text_of(holder, f"{name}Reference").upper()
    unit = (element.get("uom") or "").upper()
    if value in ("GND", "UNL") or (unit == "FL" and reference in ("", "STD")):
        written = value if value in ("GND", "UNL") else f"FL{value}"
        return read_level(feature, name, written, row, is_lower=is_lower)
    if reference not in _DATUMS or unit not in _DM or _NUMBER.fullmatch(value) is None:
        raise feature.fault(
            name,
            f"is {value[:10]} {unit[:6]} with the reference {reference[:10] or 'missing'}",
            "Read are FT and M with SFC, MSL or W84, and FL.",
            row,
        )
    exact_dm = round(float(value) * _DM[unit], 6)
    if is_lower and not exact_dm and reference == "SFC":
        return None
    return Altitude(_DATUMS[reference], (math.floor if is_lower else math.ceil)(exact_dm))


# --- windows -------------------------------------------------------------------------------------


def _windows(
    feature: Feature, part: Element, at: _At, window: Window | None, count: int
) -> list[Window]:
    whole = _whole(feature, part, at, window)
    sheets = [one for one in part.iter() if name_of(one) == "Timesheet"]
    if not sheets:
        return [whole]
    words = ", ".join(_words(feature, one, at) for one in sheets)
    row = at.rows.get(sheets[0], at.row)
    passage = passage_of("\n" * (row - 1) + words)
    text = Passage(passage.text[row - 1 :], row - 1, passage.breaks)
    return read_periods(feature, "Timesheet", text, whole, count)


def _whole(feature: Feature, part: Element, at: _At, window: Window | None) -> Window:
    """From the beginning to the end of its valid time."""
    valid = child_of(part, "validTime")
    row = at.row if valid is None else at.rows.get(valid, at.row)
    ends: list[int] = []
    for place, name in enumerate(("beginPosition", "endPosition")):
        found = _position_of(valid, name)
        text = "" if found is None else (found.text or "").strip()
        if text:
            try:
                ends.append(parse_instant(text))
            except OurError as error:
                raise feature.fault(name, error.what.removesuffix("."), error.remedy, row) from None
        elif window is None:
            raise feature.fault(name, "is not said", "Give it: --from and --until.", row)
        else:
            feature.remark("It is not said: the one that was given is taken.", name, row)
            ends.append(window[place])
    return ends[0], ends[1]


def _position_of(valid: Element | None, name: str) -> Element | None:
    for one in () if valid is None else valid.iter():
        if name_of(one) == name:
            return one
        if name_of(one) == "timePosition" and name == "beginPosition":
            return one
    return None


def _words(feature: Feature, sheet: Element, at: _At) -> str:
    """A timesheet as days and hours, such as `APR 15-APR 17 0600-1400`."""
    row = at.rows.get(sheet, at.row)
    if text_of(sheet, "timeReference") not in ("UTC", ""):
        raise feature.fault("timeReference", "is not UTC", "Turn its hours into UTC.", row)
    if text_of(sheet, "excluded") == "YES":
        raise feature.fault("excluded", "is YES: hours are taken out", "Draw it by hand.", row)
    days = _DAYS.get(text_of(sheet, "day") or "ANY")
    if days is None:
        raise feature.fault("day", f"{text_of(sheet, 'day')[:20]!r} is not read", row=row)
    words = [days] if days != "DAILY" or not text_of(sheet, "startDate") else []
    dates = [text_of(sheet, name) for name in ("startDate", "endDate")]
    if any(dates):
        matches = [_DAY_MONTH.fullmatch(date) for date in dates]
        if not matches[0] or not matches[1] or not all(1 <= int(m[2]) <= 12 for m in matches if m):
            raise feature.fault("startDate", f"{dates} are no days of a month", row=row)
        if words:
            raise feature.fault("day", "stands beside dates", "Give one of them.", row)
        named = [f"{MONTHS[int(match[2]) - 1]} {match[1]}" for match in matches if match]
        words.append("-".join(named) if named[0] != named[1] else named[0])
    events = [text_of(sheet, name) for name in ("startEvent", "endEvent")]
    if any(events):
        words.append("SR-SS")
    else:
        clocks = [_CLOCK.match(text_of(sheet, name)) for name in ("startTime", "endTime")]
        if not clocks[0] or not clocks[1]:
            raise feature.fault("startTime", "and endTime are no hours", "Write 06:00.", row)
        words.append("-".join(f"{clock[1]}{clock[2]}" for clock in clocks if clock))
    return " ".join(words)
