"""ICAO NOTAM: areas, heights and windows of each, as drafts of notices.

Areas come from the text of item E; where it gives none, the circle of the Q line is
taken, and told. Item E is read as `prose` reads it, in the manners of several states.
Edges are great circles; a box of parallels and meridians is followed within 5 m.
Heights come from F and G, or else from the text, or from the Q line. Item D makes windows.

What an officer should look at is a remark by row: an end that is estimated, an area that
reaches out of the circle of its Q line, a height said twice and differently. A
message that is cut, a position that lost a half, a border instead of an edge are faults.
A NOTAM that cancels another is an activity that `cancels` and has no area.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from openline.adapters.geofiles.activity import (
    Band,
    Bound,
    Feature,
    Part,
    ReadActivity,
    Window,
    check_file,
    read_each,
)
from openline.adapters.geofiles.edges import along_straight_edges
from openline.adapters.geofiles.notam_items import RawNotam, take_apart
from openline.adapters.geofiles.prose.areas import read_areas
from openline.adapters.geofiles.prose.levels import read_level
from openline.adapters.geofiles.prose.passage import Passage, one_line
from openline.adapters.geofiles.prose.periods import read_periods
from openline.adapters.geofiles.prose.positions import find_positions
from openline.adapters.geofiles.prose.shapes import Area
from openline.adapters.geofiles.remarks import FileFault
from openline.domain.limits import TEXT_CHARS_MAX, VERTICES_MAX
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.geodesy import Position, distance_m
from openline.domain.space.volume import Shape

_NM_M: Final = 1_852.0
_Q = re.compile(
    r"\s*([A-Z]{4})\s*/\s*(Q?[A-Z]{4})\s*/([^/]*)/([^/]*)/([^/]*)/\s*([0-9]{3})\s*/\s*([0-9]{3})"
    r"\s*/\s*([0-9]{4}[NS] ?[0-9]{5}[EW])\s*([0-9]{3})?\s*"
)
_MOMENT = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})(?: ?(EST))?")
_ENDLESS: Final = frozenset({"PERM", "UFN"})
_PART = re.compile(r"PART\s+([0-9]+)\s+OF\s+([0-9]+)")
_Q_RADIUS_ALL: Final = 999
_Q_SLACK_M: Final = 2.5 * _NM_M
"""The centre of a Q line is rounded to minutes, its radius to miles."""

_Q_WIDE: Final = 3
"""A circle of a Q line so many times as wide as its area, and ten miles more, is doubtful."""


@dataclass(frozen=True, slots=True)
class _QLine:
    """The Q line: code, levels, and a circle round all of it."""

    code: str
    lower: int
    upper: int
    centre: Position
    radius_nm: int | None
    row: int


def read_notams(
    text: str,
    path: str,
    window: Window | None = None,
    *,
    reach_m: int | None = None,
    goes_on: bool = False,
) -> list[ReadActivity]:
    """The NOTAM of a file, in its order.

    Args:
        text: The file.
        path: What to call it in errors.
        window: From and until; its end serves for what is permanent.
        reach_m: The radius of single positions that have none.
        goes_on: Keep a faulty NOTAM as an activity with its fault, and go on.

    Raises:
        FileFault: It has no NOTAM, or one that is faulty and it does not go on.
    """
    check_file(path, text)
    raws = take_apart(text)
    if not raws:
        raise FileFault(path, 0, "", "", "has no NOTAM.", "Give ICAO NOTAM: (A1234/26 NOTAMN ...)")
    return read_each(
        path,
        raws,
        lambda raw, number: _read(raw, path, number, window, reach_m),
        goes_on=goes_on,
    )


def _read(
    raw: RawNotam, path: str, number: int, window: Window | None, reach_m: int | None
) -> ReadActivity:
    feature = Feature(path, number, _properties(raw), raw.name, raw.row)
    _check_whole(feature, raw)
    if raw.kind == "C":
        return ReadActivity(
            raw.name, (), feature.rest(), (), number=number, row=raw.row, cancels=_of(feature, raw)
        )
    if raw.kind == "R":
        feature.remark(
            f"It replaces {_of(feature, raw)}: say so with openline notice replace, where that "
            "is a notice.",
            "header",
        )
    q_line = _q_line(feature, raw.items.get("Q"))
    text = raw.items["E"]
    areas = read_areas(feature, "E", text, _reach(feature, q_line, reach_m))
    if reach_m is None and any(one.what.startswith("It has no radius") for one in feature.remarks):
        feature.remark("They are the radius of its Q line, which may hold more than it.", "Q")
    areas = areas or [_q_area(feature, q_line, text.row)]
    whole = _whole(feature, raw, window)
    windows = [whole]
    if "D" in raw.items and raw.items["D"].text.strip():
        windows = read_periods(feature, "D", raw.items["D"], whole, len(areas))
    band = _band(feature, raw, areas, q_line)
    parts = [_part(feature, area, areas, band) for area in areas]
    activity = feature.activity(parts, windows=windows, is_exact=True)
    _check_q(feature, q_line, activity)
    return replace(activity, remarks=feature.remarks)


def _properties(raw: RawNotam) -> dict[str, object]:
    """What it says beside areas, heights and windows."""
    told: dict[str, object] = {"notam": f"{raw.name} NOTAM{raw.kind}"}
    if raw.of:
        told["replaces" if raw.kind == "R" else "cancels"] = raw.of
    for letter, name in (("A", "location"), ("Q", "q_line"), ("E", "activity"), ("D", "hours")):
        if letter in raw.items and (words := one_line(raw.items[letter].text)):
            told[name] = words[:TEXT_CHARS_MAX]
    if re.search("[\u0400-\u04ff]", str(told.get("activity", ""))):
        told["language"] = "ru"
    return told


def _check_whole(feature: Feature, raw: RawNotam) -> None:
    """Confirm that nothing of it is cut off.

    Raises:
        FileFault: Something is, or it is one of several parts.
    """
    if raw.ends_in:
        where = f"item {raw.ends_in}" if len(raw.ends_in) == 1 else raw.ends_in
        raise feature.fault(
            raw.ends_in,
            f"the message ends inside {where}: no parenthesis closes it, and what is lost of it "
            "cannot be known",
            "Ask for the whole NOTAM.",
            raw.end_row,
        )
    needed = "ABE" if raw.kind == "C" else "ABCE"
    missing = [letter for letter in needed if letter not in raw.items]
    if missing and not (raw.kind == "C" and missing == ["E"]):
        raise feature.fault(
            f"item {missing[0]}",
            f"is missing: the message has {', '.join(raw.items) or 'no item'} and ends in row "
            f"{raw.end_row}",
            "Ask for the whole NOTAM.",
            raw.row,
        )
    for passage in raw.items.values():
        if part := _PART.search(passage.text):
            raise feature.fault(
                "A", f"is part {part[1]} of {part[2]}, and the areas may stand in another",
                "Put the parts together by hand.", passage.row_at(part.start()),
            )  # fmt: skip
    if "E" in raw.items and len(raw.items["E"].text) > TEXT_CHARS_MAX:
        raise feature.fault("E", f"has more than {TEXT_CHARS_MAX:,} letters", "Split it.", raw.row)


def _of(feature: Feature, raw: RawNotam) -> str:
    if not raw.of:
        what = "replaces" if raw.kind == "R" else "cancels"
        raise feature.fault("header", f"does not say which NOTAM it {what}", "Ask for it.")
    return raw.of


# --- the Q line ----------------------------------------------------------------------------------


def _q_line(feature: Feature, passage: Passage | None) -> _QLine | None:
    if passage is None:
        feature.remark("It has no Q line to compare its area with.", "Q")
        return None
    match = _Q.fullmatch(passage.text)
    if match is None:
        feature.remark(
            f"The Q line {one_line(passage.text)[:80]!r} is not read: its area is not compared.",
            "Q",
            passage.row,
        )
        return None
    centre = passage.part(match.start(8), match.end(8))
    [found] = find_positions(feature, "Q", centre)
    radius = None if match[9] is None else int(match[9])
    return _QLine(match[2], int(match[6]), int(match[7]), found.position, radius, passage.row)


def _q_area(feature: Feature, q_line: _QLine | None, row: int) -> Area:
    """The circle of the Q line, where the text gives no area."""
    if q_line is None or q_line.radius_nm in (None, 0, _Q_RADIUS_ALL):
        raise feature.fault(
            "E",
            "gives no positions, and no Q line a circle round it",
            "Draw its area by hand.",
            row,
        )
    feature.remark(
        f"Its text gives no positions: the circle of its Q line, {q_line.radius_nm} NM, is taken.",
        "E",
        row,
    )
    radius_m = round(q_line.radius_nm * _NM_M)
    return Area(Part(Shape.CIRCLE, [q_line.centre], radius_m), 0, 0)


def _reach(feature: Feature, q_line: _QLine | None, reach_m: int | None) -> int | None:
    """How far a single position reaches that has no radius of its own."""
    if reach_m is None and q_line is not None and q_line.radius_nm not in (None, 0, 999):
        return round(q_line.radius_nm * _NM_M)
    return reach_m


def _check_q(feature: Feature, q_line: _QLine | None, activity: ReadActivity) -> None:
    """Note an area that its Q line does not hold, or holds with much to spare."""
    if q_line is None or q_line.radius_nm in (None, _Q_RADIUS_ALL):
        return
    reach_m = max(
        distance_m(q_line.centre, vertex) + volume.radius_m
        for volume in activity.volumes
        for vertex in volume.vertices
    )
    held_m = q_line.radius_nm * _NM_M
    told = f"Its area reaches {reach_m / _NM_M:.0f} NM from the centre of its Q line, whose radius"
    if reach_m > held_m + _Q_SLACK_M:
        feature.remark(f"{told} is only {q_line.radius_nm} NM.", "Q", q_line.row)
    elif held_m > _Q_WIDE * reach_m + 10 * _NM_M:
        feature.remark(f"{told} is {q_line.radius_nm} NM.", "Q", q_line.row)


# --- windows -------------------------------------------------------------------------------------


def _whole(feature: Feature, raw: RawNotam, window: Window | None) -> Window:
    """From item B until item C."""
    start = _moment(feature, "B", raw.items["B"])
    end = one_line(raw.items["C"].text)
    row = raw.items["C"].row
    if end in _ENDLESS:
        if window is None:
            raise feature.fault(
                "C", f"is {end}, and a notice has an end", "Give it one: --from and --until.", row
            )
        feature.remark(f"It is {end}: the end that was given is taken.", "C", row)
        return start, window[1]
    return start, _moment(feature, "C", raw.items["C"])


def _moment(feature: Feature, name: str, passage: Passage) -> int:
    """The instant that ten digits write."""
    text = one_line(passage.text)
    match = _MOMENT.fullmatch(text)
    if match is None or (match[6] and name == "B"):
        raise feature.fault(
            name,
            f"{text[:30]!r} is no instant of ten digits",
            "Year, month, day, hour and minute in UTC: 2604150600.",
            passage.row,
        )
    if match[6]:
        feature.remark("Its end is estimated (EST).", name, passage.row)
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    is_midnight = (hour, minute) == (24, 0)
    try:
        moment = datetime(2000 + year, month, day, 0 if is_midnight else hour, minute, tzinfo=UTC)
    except ValueError:
        raise feature.fault(
            name, f"{text[:10]} is in no calendar", "Compare it with the original.", passage.row
        ) from None
    return (int(moment.timestamp()) + 86_400 * is_midnight) * 1_000


# --- bands ---------------------------------------------------------------------------------------


def _band(
    feature: Feature, raw: RawNotam, areas: Sequence[Area], q_line: _QLine | None
) -> Band | None:
    """The band of items F and G, or of the Q line where nothing else says one."""
    if "F" in raw.items or "G" in raw.items:
        missing = [letter for letter in "FG" if letter not in raw.items]
        if missing:
            raise feature.fault(missing[0], "is missing beside the other bound", "Ask for it.")
        return (
            Bound(_bound(feature, raw, "F", is_lower=True)),
            Bound(_bound(feature, raw, "G", is_lower=False)),
        )
    if all(area.band for area in areas):
        return None
    if q_line is None or (q_line.lower, q_line.upper) == (0, _Q_RADIUS_ALL):
        feature.remark("It says no heights: taken from the surface without a ceiling.", "F")
        return Bound(None), Bound(None)
    feature.remark(
        f"It has no items F and G: the levels {q_line.lower:03d} and {q_line.upper:03d} of its Q "
        "line are taken as flight levels.",
        "F",
    )
    lower = Altitude(Datum.FLIGHT_LEVEL, q_line.lower) if q_line.lower else None
    upper = Altitude(Datum.FLIGHT_LEVEL, q_line.upper) if q_line.upper < 999 else None
    return Bound(lower), Bound(upper)


def _bound(feature: Feature, raw: RawNotam, letter: str, *, is_lower: bool) -> Altitude | None:
    passage = raw.items[letter]
    return read_level(feature, letter, passage.text.strip(" .,"), passage.row, is_lower=is_lower)


def _part(feature: Feature, area: Area, areas: Sequence[Area], band: Band | None) -> Part:
    """The shape of an area with the band that counts for it."""
    part = area.part
    if area.is_box:
        ring = along_straight_edges(Shape.POLYGON, tuple(part.positions[:-1]), is_rhumb=True)
        if ring is None:
            raise feature.fault(
                "E", f"its box needs more than {VERTICES_MAX} vertices", "Split it."
            )
        part = replace(part, positions=[*ring, ring[0]])
    told = area.band
    if band is None or told is None:
        return replace(part, band=band or told)
    if len({one.band for one in areas}) > 1 and len(areas) > 1:
        return replace(part, band=told)
    if told != band:
        feature.remark(
            f"Its text says {_words(told)}, its items F and G {_words(band)}: those are taken.", "E"
        )
    return replace(part, band=band)


def _words(band: Band) -> str:
    lower, upper = (bound.altitude for bound in band)
    return f"{lower or 'the surface'} to {upper or 'no ceiling'}"
