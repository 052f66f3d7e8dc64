"""A notice as the text of a NOTAM, proposed to the office that publishes them.

The office gives series and number, the location and the code of the Q line: here stand
`A0001/26`, `XXXX` and `QXXXX`. Areas that hold in different windows become several NOTAM. What
a NOTAM cannot say is told beside: positions are rounded to a second of arc, instants to
minutes and heights to metres, both outward; the outline stands for a polygon with a radius.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from textwrap import wrap
from typing import Final

from openline.adapters.geofiles.f3548 import outline_of
from openline.adapters.geofiles.handed_on import HandedFile, HandedOn, by_windows
from openline.adapters.geofiles.prose.periods import MONTHS
from openline.domain.instant import DAY_MS, MINUTE_MS
from openline.domain.line.letters import visible
from openline.domain.space.altitude import Altitude, Datum, amsl_range_dm
from openline.domain.space.geodesy import (
    Position,
    distance_m,
    middle_of,
    normals,
    position_of,
)
from openline.domain.space.volume import Shape, Volume
from openline.domain.talk.notice import Operation

_ROW_CHARS: Final = 69
"""A row of a telegram of the AFTN."""

_NM_M: Final = 1_852.0
_RADIUS_NM_MAX: Final = 998
_LETTERS: Final = {Operation.NEW: "N", Operation.REPLACE: "R", Operation.CANCEL: "C"}


def write_notam(told: HandedOn) -> HandedFile:
    """The NOTAM that a notice makes; several if areas differ in their windows.

    Args:
        told: The notice, with at least one volume.
    """
    losses: list[str] = []
    notice = told.notice
    groups = by_windows(notice.volumes)
    if notice.operation is not Operation.NEW:
        losses.append("A0000 stands for the NOTAM that it replaces or cancels: write its number.")
    if notice.operation is Operation.CANCEL:
        groups = groups[:1]
    texts = [
        _notam(told, number, areas, windows, losses)
        for number, (areas, windows) in enumerate(groups, start=1)
    ]
    return HandedFile("\n".join(texts), tuple(dict.fromkeys(losses)))


def _notam(
    told: HandedOn,
    number: int,
    areas: Sequence[Volume],
    windows: Sequence[tuple[int, int]],
    losses: list[str],
) -> str:
    notice = told.notice
    start, end = windows[0][0] // MINUTE_MS * MINUTE_MS, _up(max(end for _, end in windows))
    year = _date(start).year % 100
    letter = _LETTERS[notice.operation]
    of = "" if letter == "N" else f" A0000/{year:02d}"
    rows = [f"(A{number:04d}/{year:02d} NOTAM{letter}{of}", _q_line(areas)]
    if letter == "C":
        rows += [
            f"A) XXXX B) {_digits(start)}",
            *_wrapped(f"E) CANCELLED. {_plain(notice.activity)}"),
        ]
        rows[-1] += ")"
        return "\n".join(rows) + "\n"
    if any(at % MINUTE_MS for window in windows for at in window):
        losses.append("Its instants are rounded outward to minutes.")
    rows.append(f"A) XXXX B) {_digits(start)} C) {_digits(end)}")
    if len(windows) > 1:
        rows += _wrapped(f"D) {_periods(windows)}")
    bands = {(area.lower, area.upper) for area in areas}
    said = [_area(area, losses) for area in areas]
    if len(bands) > 1:
        said = [
            f"AREA {place}: {words} {_level(area.lower, losses, is_lower=True)} TO "
            f"{_level(area.upper, losses, is_lower=False)}."
            for place, (words, area) in enumerate(zip(said, areas, strict=True), start=1)
        ]
    elif len(said) > 1:
        said = [f"AREA {place}: {words}." for place, words in enumerate(said, start=1)]
    exercise = "EXERCISE. " if notice.exercise else ""
    rows += _wrapped(f"E) {exercise}{_plain(notice.activity)} {' '.join(said)}")
    lower, upper = _outermost(areas)
    rows.append(
        f"F) {_level(lower, losses, is_lower=True)} G) {_level(upper, losses, is_lower=False)})"
    )
    return "\n".join(rows) + "\n"


def _plain(words: str) -> str:
    """Words of a person without what would end an item or the message."""
    text = " ".join(visible(words).upper().translate({ord("("): "/", ord(")"): "/"}).split())
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _wrapped(text: str) -> list[str]:
    return wrap(text, _ROW_CHARS, break_long_words=False, break_on_hyphens=False)


# --- the Q line ----------------------------------------------------------------------------------


def _q_line(areas: Sequence[Volume]) -> str:
    """Code, levels, and a circle round all areas."""
    vertices = [vertex for area in areas for vertex in area.vertices]
    lat, lon = position_of(middle_of(normals(vertices)))
    # To whole minutes, as the form has it; the radius is counted from there.
    centre = (round(lat * 60 / 1e7), round(lon * 60 / 1e7))
    at = (round(centre[0] * 1e7 / 60), round(centre[1] * 1e7 / 60))
    reach_m = max(distance_m(at, v) + area.radius_m for area in areas for v in area.vertices)
    radius_nm = math.ceil(reach_m / _NM_M)
    lower, upper = _outermost(areas)
    levels = f"{_hundreds(lower, is_lower=True)}/{_hundreds(upper, is_lower=False)}"
    radius = f"{radius_nm:03d}" if radius_nm <= _RADIUS_NM_MAX else "999"
    ns, ew = "NS"[centre[0] < 0], "EW"[centre[1] < 0]
    place = (
        f"{abs(centre[0]) // 60:02d}{abs(centre[0]) % 60:02d}{ns}"
        f"{abs(centre[1]) // 60:03d}{abs(centre[1]) % 60:02d}{ew}"
    )
    return f"Q) XXXX/QXXXX/IV/BO/W/{levels}/{place}{radius}"


def _hundreds(bound: Altitude | None, *, is_lower: bool) -> str:
    """Hundreds of feet of the Q line, outward; 000 and 999 where there is none."""
    if bound is None or bound.datum is Datum.AGL:
        return "000" if is_lower else "999"
    if bound.datum is Datum.FLIGHT_LEVEL:
        return f"{bound.value:03d}"
    lowest, highest = amsl_range_dm(bound)
    hundreds = math.floor(lowest / 304.8) if is_lower else math.ceil(highest / 304.8)
    return f"{min(max(hundreds, 0), 999):03d}"


def _outermost(areas: Iterable[Volume]) -> tuple[Altitude | None, Altitude | None]:
    """The lowest lower and the highest upper bound."""
    lowers = [area.lower for area in areas]
    uppers = [area.upper for area in areas]
    lower = None if None in lowers else min(filter(None, lowers), key=lambda b: amsl_range_dm(b)[0])
    upper = None if None in uppers else max(filter(None, uppers), key=lambda b: amsl_range_dm(b)[1])
    return lower, upper


# --- areas, heights, windows ---------------------------------------------------------------------


def _area(area: Volume, losses: list[str]) -> str:
    if area.shape is Shape.CIRCLE:
        return f"CIRCLE RADIUS {_length(area.radius_m)} CENTRED ON {_places(area.vertices, losses)}"
    if area.shape is Shape.CORRIDOR:
        half = _length(area.radius_m)
        return f"WI {half} EITHER SIDE OF LINE {_places(area.vertices, losses)}"
    vertices: Sequence[Position] = area.vertices
    if area.radius_m:
        losses.append("The outline stands for a polygon that reaches beyond its ring.")
        vertices = outline_of(area)
    return f"AREA BOUNDED BY {_places([*vertices, vertices[0]], losses)}"


def _length(metres: int) -> str:
    if metres % 1_852 == 0:
        return f"{metres // 1_852}NM"
    return f"{metres / 1_000:g}KM" if metres % 100 == 0 else f"{metres}M"


def _places(vertices: Sequence[Position], losses: list[str]) -> str:
    written: list[str] = []
    for lat, lon in vertices:
        if any(round(round(e7 * 3600 / 1e7) * 1e7 / 3600) != e7 for e7 in (lat, lon)):
            losses.append("Its positions are rounded to a second of arc: by up to 22 m.")
        place = f"{_half(lat, 2, 'NS')}{_half(lon, 3, 'EW')}"
        if not written or written[-1] != place:
            written.append(place)
    return " - ".join(written)


def _half(e7: int, wide: int, letters: str) -> str:
    seconds = round(abs(e7) * 3600 / 1e7)
    degrees, rest = divmod(seconds, 3600)
    return f"{degrees:0{wide}d}{rest // 60:02d}{rest % 60:02d}{letters[e7 < 0]}"


def _level(bound: Altitude | None, losses: list[str], *, is_lower: bool) -> str:
    """A bound as items F and G have it, rounded outward."""
    if bound is None:
        return "SFC" if is_lower else "UNL"
    if bound.datum is Datum.FLIGHT_LEVEL:
        return f"FL{bound.value:03d}"
    outward = math.floor if is_lower else math.ceil
    value = bound.value
    if bound.datum is Datum.WGS84:
        losses.append(f"{bound} is widened to what it may be above mean sea level.")
        value = amsl_range_dm(bound)[0 if is_lower else 1]
    datum = "AGL" if bound.datum is Datum.AGL else "AMSL"
    feet = round(value / 3.048)
    if outward(round(feet * 3.048, 6)) == value:
        return f"{feet}FT {datum}"
    if value % 10:
        losses.append("Its heights are rounded outward to metres.")
    return f"{outward(value / 10)}M {datum}"


def _periods(windows: Sequence[tuple[int, int]]) -> str:
    """Item D: each window by its day and hours."""
    told = []
    for start, end in windows:
        begins, ends = _date(start // MINUTE_MS * MINUTE_MS), _date(_up(end))
        day = f"{MONTHS[begins.month - 1]} {begins.day:02d} {begins:%H%M}"
        if end - start < DAY_MS:
            told.append(f"{day}-{ends:%H%M}")
        else:
            told.append(f"{day}-{MONTHS[ends.month - 1]} {ends.day:02d} {ends:%H%M}")
    return ", ".join(told)


def _up(at: int) -> int:
    return -(-at // MINUTE_MS) * MINUTE_MS


def _date(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1_000, UTC)


def _digits(at: int) -> str:
    return f"{_date(at):%y%m%d%H%M}"
