"""Heights in a message: the items F and G of a NOTAM, and bands said in its text.

`SFC`, `GND`, `UNL`, `FL100`, `1500FT AMSL`, `450M AGL`. A height that does not say from
where it counts is a fault. Bounds are rounded outward to decimetres.
"""

import math
import re
from typing import Final

from openline.adapters.geofiles.activity import Band, Bound, Feature, FileFault
from openline.adapters.geofiles.prose.passage import Passage, one_line
from openline.domain.space.altitude import Altitude, Datum

_DATUM = (
    r"(?:A?MSL|ALT|ABOVE (?:MEAN )?SEA LEVEL|НАД УРОВНЕМ МОРЯ|AGL|ASFC|SFC|GND|"
    r"ABOVE GROUND(?: LEVEL)?|ОТ ЗЕМЛИ)"
)
_GROUND = r"(?:SFC|GND|SURFACE|GROUND(?: LEVEL)?|GL|ЗЕМЛИ|ЗЕМЛЯ|ПОВЕРХНОСТИ|SEA LEVEL|MSL)"
_UNLIMITED = r"(?:UNLIMITED|UNLTD|UNL|БЕЗ ОГРАНИЧЕНИЙ)"
_HEIGHT = (
    r"[0-9]{1,3}(?:[, ]?[0-9]{3})?(?:\.[0-9])? ?"
    rf"(?:FEET|FT|МЕТРОВ|METRES|METERS|M|М)(?![A-ZА-Я])(?: ?/? ?{_DATUM})?"
)
_LEVEL = rf"(?:(?:FL|F|ЭШЕЛОН) ?[0-9]{{2,3}}|{_HEIGHT}|{_UNLIMITED}|{_GROUND})"
_FLIGHT_LEVEL = re.compile(r"(?:FL|F|ЭШЕЛОН) ?([0-9]{2,3})")
_HEIGHT_PARTS = re.compile(
    r"([0-9]{1,3}(?:[, ]?[0-9]{3})?(?:\.[0-9])?) ?(FEET|FT|МЕТРОВ|METRES|METERS|M|М)"
    rf"(?: ?/? ?({_DATUM}))?"
)
_BAND = re.compile(
    rf"(?<![A-Z0-9]){_LEVEL}(?: ?(?:-|/|TO|UP TO|UNTIL|AND|ДО|A(?= )) ?| ){_LEVEL}(?![A-Z0-9])"
)
_ONE = re.compile(_LEVEL)
_UP_TO = re.compile(
    rf"(?<![A-Z])(?:UP TO|BELOW|BLW|NOT ABOVE|MAX(?:IMUM)? (?:HEIGHT|ALT(?:ITUDE)?|HGT)|ДО|НИЖЕ)"
    rf"[ :]*({_LEVEL})(?![A-Z0-9])"
)
_MSL = frozenset({"AMSL", "MSL", "ALT", "ABOVE SEA LEVEL", "ABOVE MEAN SEA LEVEL",
                  "НАД УРОВНЕМ МОРЯ"})  # fmt: skip
_FORMS: Final = "Read are SFC, GND, UNL, FL100, 1500FT AMSL and 450M AGL."


def read_level(
    feature: Feature, field: str, written: str, row: int, *, is_lower: bool
) -> Altitude | None:
    """One bound; None for the surface below, and for no ceiling above.

    Raises:
        FileFault: It is no height, does not say from where it counts, or is upside down.
    """
    text = one_line(written)
    if re.fullmatch(_GROUND, text) and text != "MSL" and text != "SEA LEVEL":
        if not is_lower:
            raise feature.fault(field, f"the upper bound is {text!r}", "Give a band.", row)
        return None
    if text in ("MSL", "SEA LEVEL"):
        return Altitude(Datum.AMSL, 0)
    if re.fullmatch(_UNLIMITED, text):
        if is_lower:
            raise feature.fault(field, f"the lower bound is {text!r}", "Give a band.", row)
        return None
    if match := _FLIGHT_LEVEL.fullmatch(text):
        return Altitude(Datum.FLIGHT_LEVEL, int(match[1]))
    match = _HEIGHT_PARTS.fullmatch(text)
    if match is None:
        raise feature.fault(field, f"{text[:40]!r} is no height that is read", _FORMS, row)
    if match[3] is None:
        raise feature.fault(
            field,
            f"{text[:40]!r} does not say from where it counts",
            "Write AMSL or AGL behind it.",
            row,
        )
    number = float(re.sub(r"[, ]", "", match[1]))
    exact_dm = round(number * (3.048 if match[2].startswith("F") else 10.0), 6)
    value = math.floor(exact_dm) if is_lower else math.ceil(exact_dm)
    if is_lower and not value and match[3] not in _MSL:
        return None
    return Altitude(Datum.AMSL if match[3] in _MSL else Datum.AGL, value)


def find_band(feature: Feature, field: str, passage: Passage) -> Band | None:
    """The first band that a passage says; None if it says none that can be read.

    One that cannot be read is a remark.
    """
    match = _BAND.search(passage.text)
    one = None if match else _UP_TO.search(passage.text)
    found = match or one
    if found is None:
        return None
    row = passage.row_at(found.start())
    lower, upper = ("SFC", one[1]) if one else _two(found[0])
    try:
        return (
            Bound(read_level(feature, field, lower, row, is_lower=True)),
            Bound(read_level(feature, field, upper, row, is_lower=False)),
        )
    except FileFault as fault:
        feature.remark(f"A band in its text is not read: {fault.said}", field, row)
        return None


def _two(written: str) -> tuple[str, str]:
    """The lower and the upper of a band as they are written."""
    lower = _ONE.match(written)
    assert lower is not None, "a band begins with a level"
    rest = re.sub(r"^ ?(?:-|/|TO|UP TO|UNTIL|AND|ДО|A)? ?", "", written[lower.end() :])
    return _with_datum(lower[0], rest), rest


def _with_datum(lower: str, upper: str) -> str:
    """A lower bound without a reference has that of the upper, as `500FT-1000FT AMSL`."""
    one, other = _HEIGHT_PARTS.fullmatch(lower), _HEIGHT_PARTS.fullmatch(upper)
    if one is None or other is None or one[3] or not other[3]:
        return lower
    return f"{lower} {other[3]}"
