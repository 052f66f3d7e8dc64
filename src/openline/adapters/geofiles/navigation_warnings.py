"""Navigation warnings: NAVAREA, HYDROPAC and the like, NAVTEX, Russian PRIP.

Areas and radii are read from their text as `prose` reads it; miles are nautical. Edges
keep their bearing, as on the charts that such warnings are drawn on, and are followed
within 5 m. What says no height reaches from the surface up without a ceiling.

Daily hours make a window on each day. A warning that cancels another and has no area
is an activity that `cancels`. One in the frame of NAVTEX (`ZCZC`) that does not end (`NNNN`)
is cut, and a fault.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from openline.adapters.geofiles.activity import (
    Bound,
    Feature,
    Part,
    ReadActivity,
    Window,
    check_file,
    read_each,
)
from openline.adapters.geofiles.edges import along_straight_edges
from openline.adapters.geofiles.prose.areas import read_areas
from openline.adapters.geofiles.prose.passage import Passage, one_line, passage_of
from openline.adapters.geofiles.prose.shapes import Area
from openline.adapters.geofiles.remarks import FileFault
from openline.adapters.geofiles.warning_times import read_times
from openline.domain.limits import TEXT_CHARS_MAX, VERTICES_MAX
from openline.domain.space.volume import Shape

_NAME: Final = (
    r"(?:NAVAREA +[IVX]+|HYDROPAC|HYDROLANT|HYDROARC|NAVIP|НАВИП|(?:PRIP|ПРИП)(?: +[A-ZА-Я]+)?|"
    r"(?:[A-Z]+ +){0,3}(?:COASTAL|LOCAL|SUB-AREA) +WARN(?:ING)?S?(?: +[A-Z]+)?|"
    r"(?:[A-Z]+ +){0,3}(?:NAV(?:IGATIONAL|IGATION)? *WARN(?:ING)?S?|N/W))"
)
_NUMBER: Final = r"(?:NR|NO|NUMBER|№)?[ .:]*[0-9]{1,4}/(?:20)?[0-9]{2}"
_HEADER = re.compile(
    rf"^[ \t]*(?P<name>{_NAME})[ \t.:]*(?:NR|NO|NUMBER|№)?[ \t.:]*(?P<number>[0-9]{{1,4}})/"
    r"(?:20)?(?P<year>[0-9]{2})(?![0-9])",
    re.MULTILINE,
)
_MARK = re.compile(r"(?<![A-Z])(?:NNNN|ZCZC)(?![A-Z])")
_CANCELS = re.compile(
    rf"(?<![A-Z])(?:CANCELS?|CANCELLED|ОТМЕНИТЬ|ОТМ)[ :.]*(?P<what>(?:{_NAME})?[ ]*{_NUMBER}"
    rf"(?:[ ,]*(?:AND )?{_NUMBER})*)"
)
_REMEDY: Final = "Draw it by hand, or correct the text."


@dataclass(frozen=True, slots=True)
class _Raw:
    """One warning, taken apart and not yet read."""

    name: str
    year: int
    row: int
    text: Passage
    is_cut: bool


def looks_like_warning(text: str) -> bool:
    """Whether a text has the header of a navigation warning in it."""
    return _HEADER.search(text.upper()) is not None


def read_warnings(
    text: str,
    path: str,
    window: Window | None = None,
    *,
    reach_m: int | None = None,
    goes_on: bool = False,
) -> list[ReadActivity]:
    """The navigation warnings of a file, in its order.

    Args:
        text: The file.
        path: What to call it in errors.
        window: From and until for warnings that say no times.
        reach_m: The radius of single positions that have none.
        goes_on: Keep a faulty warning as an activity with its fault, and go on.

    Raises:
        FileFault: It has no warning, or one that is faulty and it does not go on.
    """
    check_file(path, text)
    raws = _take_apart(text)
    if not raws:
        raise FileFault(
            path, 0, "", "", "has no navigation warning.",
            "Give NAVAREA III 123/26 and its text, or the like.",
        )  # fmt: skip
    return read_each(
        path,
        raws,
        lambda raw, number: _read(raw, path, number, window, reach_m),
        goes_on=goes_on,
    )


def _take_apart(text: str) -> list[_Raw]:
    whole = passage_of(text)
    # Rows are needed to know a header from a mention of another warning.
    by_row = "".join(
        "\n" if written == "\n" else letter
        for written, letter in zip(text, whole.text, strict=True)
    )
    headers = list(_HEADER.finditer(by_row))
    ends = [*(header.start() for header in headers), len(whole.text)]
    marks = list(_MARK.finditer(whole.text))
    places = [mark.start() for mark in marks]
    raws = []
    for header, end in zip(headers, ends[1:], strict=True):
        number = bisect_left(places, header.start())
        is_framed = number > 0 and marks[number - 1][0] == "ZCZC"
        mark = marks[number] if number < len(marks) and places[number] < end else None
        raws.append(
            _Raw(
                f"{one_line(header['name'])} {header['number']}/{header['year']}",
                2000 + int(header["year"]),
                whole.row_at(header.start("name")),
                whole.part(header.end(), end if mark is None else mark.start()),
                is_framed and (mark is None or mark[0] != "NNNN"),
            )
        )
    return raws


def _read(
    raw: _Raw, path: str, number: int, window: Window | None, reach_m: int | None
) -> ReadActivity:
    properties = {"warning": raw.name, "activity": one_line(raw.text.text)[:TEXT_CHARS_MAX]}
    if re.search("[\u0400-\u04ff]", raw.text.text):
        properties["language"] = "ru"
    feature = Feature(path, number, dict(properties), raw.name, raw.row)
    _check_whole(feature, raw)
    text = replace(raw.text, text=_in_nautical_miles(raw.text.text))
    areas = read_areas(feature, "text", text, reach_m)
    cancels = [one_line(match["what"]) for match in _CANCELS.finditer(text.text)]
    if not areas and cancels:
        return ReadActivity(
            raw.name, (), feature.rest(), feature.remarks, number=number, row=raw.row,
            cancels=", ".join(cancels),
        )  # fmt: skip
    if not areas:
        raise feature.fault("text", "gives no positions", _REMEDY, raw.text.row)
    for what in cancels:
        feature.remark(f"It cancels {what} as well: openline notice cancel does that.", "text")
    timed = replace(text, text=_blanked(text.text, areas))
    windows = read_times(feature, timed, raw.year, window, len(areas))
    parts = [_part(feature, area) for area in areas]
    return feature.activity(parts, windows=windows, is_exact=True)


def _check_whole(feature: Feature, raw: _Raw) -> None:
    if raw.is_cut:
        raise feature.fault(
            "NNNN",
            "the warning begins with ZCZC and does not end with NNNN: what is lost of it cannot be "
            "known",
            "Ask for the whole warning.",
            raw.text.row_at(len(raw.text.text.rstrip())),
        )
    if len(raw.text.text) > TEXT_CHARS_MAX:
        raise feature.fault("text", f"has more than {TEXT_CHARS_MAX:,} letters", "Split it.")


def _in_nautical_miles(text: str) -> str:
    """The text with the miles of seamen named; no letter moves."""
    return re.sub(
        r"(?<![A-ZА-Я])(?:(?:NAUTICAL )?MILES?|МИЛ[ЯЬИ])(?![A-ZА-Я])",
        lambda match: "NM".ljust(len(match[0])),
        text,
    )


def _blanked(text: str, areas: Sequence[Area]) -> str:
    """The text with blanks where areas stand."""
    for start, end in ((area.start, area.end) for area in areas):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _part(feature: Feature, area: Area) -> Part:
    """The shape of an area, its edges those of a chart."""
    part = replace(area.part, band=area.band or (Bound(None), Bound(None)))
    if part.shape is Shape.CIRCLE:
        return part
    is_ring = part.shape is Shape.POLYGON
    vertices = tuple(part.positions[:-1] if is_ring else part.positions)
    drawn = along_straight_edges(part.shape, vertices, is_rhumb=True)
    if drawn is None:
        raise feature.fault("text", f"an area needs more than {VERTICES_MAX} vertices", "Split it.")
    return replace(part, positions=[*drawn, drawn[0]] if is_ring else drawn)
