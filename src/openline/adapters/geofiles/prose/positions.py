"""Positions in a message, in the many forms in which they are written.

`5530N 03730E`, `553015N0373045E`, `5530.5N/03730.2E`, `N5530 E03730`, `55-30.5N 037-30.2E`,
`55 30 15N 037 30 45E`, `55°30'15"N 037°30'45"E`, `55.5042N 37.5125E`, and with Russian
hemispheres. Halves of positions are counted before they are put together: a latitude
without its longitude is a fault with its row, never half a position less.
"""

import math
import re
from dataclasses import dataclass
from typing import Final

from openline.adapters.geofiles.activity import Feature, FileFault
from openline.adapters.geofiles.prose.passage import Passage, one_line
from openline.domain.limits import VERTICES_MAX
from openline.domain.space.geodesy import Position

POSITIONS_MAX: Final = 4 * VERTICES_MAX
"""Positions looked at in one message."""

_COMPACT = r"[0-9]{2,8}(?:[.,][0-9]{1,8})?"
_PARTS = (
    r"[0-9]{1,3}(?: ?(?:°|DEG) ?| ?[-:] ?| )[0-9]{1,2}(?:[.,][0-9]{1,6})?"
    r"(?:(?: ?(?:'(?!')|MIN) ?| ?[-:] ?| )[0-9]{1,2}(?:[.,][0-9]{1,6})?)?(?: ?(?:\"|''|'|MIN|SEC))?"
)
_DEGREES = r"[0-9]{1,3}(?:[.,][0-9]{1,8})? ?(?:°|DEG)"
_VALUE = rf"(?:{_PARTS}|{_DEGREES}|{_COMPACT})"
_NAMED = r"(?:LAT(?:ITUDE)?|LONG?(?:ITUDE)?)?[.:]? ?"
_HALF = re.compile(
    rf"(?<![A-Z0-9.])(?P<north>[NS]) ?(?P<northvalue>{_VALUE})(?=[EW] ?[0-9]|[^0-9A-Z]|\Z)"
    r"(?! ?[NSEW](?! ?[0-9A-Z]))"
    rf"|(?<![A-Z.])(?P<east>[EW]) ?(?P<eastvalue>{_VALUE})(?![0-9A-Z])(?! ?[NSEW](?! ?[0-9A-Z]))"
    rf"|(?<![0-9.])(?P<value>{_VALUE}) ?(?P<last>[NSEW])(?![A-Z])"
)
_JOINT = re.compile(rf"[\s,;/|-]{{0,6}}{_NAMED}")
_NUMBERS = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_REMEDY = "Compare it with the original and correct the row."


@dataclass(frozen=True, slots=True)
class Half:
    """A latitude or a longitude as it is written.

    Attributes:
        is_latitude: Whether it is a latitude.
        e7: Its value in 1e-7 degree.
        start: Where it begins in the passage.
        end: Where it ends.
        parts: How many parts it has: degrees, minutes, seconds.
    """

    is_latitude: bool
    e7: int
    start: int
    end: int
    parts: int


@dataclass(frozen=True, slots=True)
class Found:
    """A position in a passage.

    Attributes:
        position: Latitude and longitude in 1e-7 degree.
        start: Where it begins in the passage.
        end: Where it ends.
    """

    position: Position
    start: int
    end: int


def find_positions(feature: Feature, field: str, passage: Passage) -> list[Found]:
    """Every position of a passage, in order; halves that stay alone are a fault.

    Args:
        feature: For remarks and faults.
        field: What the passage is called.
        passage: The passage.

    Raises:
        FileFault: A half is no latitude or longitude, stays alone, or there are too many.
    """
    return pair_halves(feature, field, passage, find_halves(feature, field, passage))


def find_halves(feature: Feature, field: str, passage: Passage) -> list[Half]:
    """Every latitude and longitude of a passage, in order.

    Raises:
        FileFault: One of them cannot be, or there are too many.
    """
    halves: list[Half] = []
    matches = [match for match in _HALF.finditer(passage.text) if _is_meant(match, passage.text)]
    if len(matches) > 2 * POSITIONS_MAX:
        raise feature.fault(
            field, f"has more than {POSITIONS_MAX} positions", "Split it.", passage.row
        )
    halves = [_half(feature, field, passage, match) for match in matches]
    return halves


def pair_halves(feature: Feature, field: str, passage: Passage, halves: list[Half]) -> list[Found]:
    """The halves put together, latitude first, or longitude first throughout.

    Raises:
        FileFault: A half stays alone.
    """
    is_turned = bool(halves) and not halves[0].is_latitude
    found: list[Found] = []
    number = 0
    while number < len(halves):
        one = halves[number]
        other = halves[number + 1] if number + 1 < len(halves) else None
        is_pair = (
            other is not None
            and one.is_latitude != other.is_latitude
            and one.is_latitude != is_turned
            and _JOINT.fullmatch(passage.text, one.end, other.start) is not None
        )
        if not is_pair or other is None:
            raise _alone(feature, field, passage, halves, one)
        if one.parts != other.parts:
            feature.remark(
                f"{_quoted(passage, one.start, other.end)}: latitude and longitude are not written "
                "alike; a digit may be lost.",
                field,
                passage.row_at(one.start),
            )
        lat, lon = (other, one) if is_turned else (one, other)
        found.append(Found((lat.e7, lon.e7), one.start, other.end))
        number += 2
    return found


def _alone(
    feature: Feature, field: str, passage: Passage, halves: list[Half], half: Half
) -> FileFault:
    lats = sum(one.is_latitude for one in halves)
    names = ("latitude", "longitude") if half.is_latitude else ("longitude", "latitude")
    return feature.fault(
        field,
        f"has {lats} latitudes and {len(halves) - lats} longitudes; the {names[0]} "
        f"{_quoted(passage, half.start, half.end + 12)} stands without its {names[1]}",
        _REMEDY,
        passage.row_at(half.start),
    )


def _is_meant(match: re.Match[str], text: str) -> bool:
    """Whether digits beside one of these letters are a latitude or a longitude.

    Whole degrees alone (`34N`) are, when a second half stands beside them.
    """
    hemisphere, written = _taken(match)
    digits = sum(letter.isdigit() for letter in written)
    if digits >= 4 or "°" in written or "DEG" in written:
        return True
    beside = text[max(0, match.start() - 8) : match.start()] + "|" + text[match.end() :][:8]
    others = "EW" if hemisphere in "NS" else "NS"
    return re.search(rf"[0-9] ?[{others}][\s,/-]*\||\|[\s,/-]*[{others}]?[0-9]", beside) is not None


def _taken(match: re.Match[str]) -> tuple[str, str]:
    """The letter of the hemisphere and what stands beside it."""
    hemisphere = match["north"] or match["east"] or match["last"]
    return hemisphere, match["northvalue"] or match["eastvalue"] or match["value"]


def _half(feature: Feature, field: str, passage: Passage, match: re.Match[str]) -> Half:
    hemisphere, written = _taken(match)
    is_latitude = hemisphere in "NS"
    name = "latitude" if is_latitude else "longitude"
    row = passage.row_at(match.start())
    told = _quoted(passage, match.start(), match.end())
    numbers = [number.replace(",", ".") for number in _NUMBERS.findall(written)]
    if len(numbers) == 1 and not ("°" in written or "DEG" in written):
        numbers = _taken_apart(feature, field, told, row, numbers[0], is_latitude)
    degrees = _degrees(feature, field, told, row, numbers)
    if degrees > (90 if is_latitude else 180):
        raise feature.fault(
            field,
            f"{told} is no {name}: it is beyond {90 if is_latitude else 180} degrees",
            "Look for latitude and longitude in the wrong order, or a digit too many.",
            row,
        )
    e7 = round(degrees * 1e7) * (-1 if hemisphere in "SW" else 1)
    return Half(is_latitude, e7, match.start(), match.end(), len(numbers))


def _taken_apart(
    feature: Feature, field: str, told: str, row: int, written: str, is_latitude: bool
) -> list[str]:
    """Degrees, minutes and seconds of digits without anything between."""
    whole, _, fraction = written.partition(".")
    wide = 2 if is_latitude else 3
    if fraction and len(whole) <= wide:
        return [written]
    if len(whole) - wide in (-1, 1, 3) and not is_latitude:
        feature.remark(
            f"{told} has no leading zero: it is read as {whole[:2]} degrees.", field, row
        )
        whole = f"0{whole}"
    if len(whole) - wide not in (0, 2, 4):
        raise feature.fault(
            field,
            f"{told} has {len(whole)} digits: a {'latitude' if is_latitude else 'longitude'} has "
            f"{wide}, {wide + 2} or {wide + 4}",
            _REMEDY,
            row,
        )
    numbers = [whole[:wide]]
    numbers += [whole[at : at + 2] for at in range(wide, len(whole), 2)]
    if fraction:
        numbers[-1] += f".{fraction}"
    return numbers


def _degrees(feature: Feature, field: str, told: str, row: int, numbers: list[str]) -> float:
    """The degrees that whole degrees, minutes and seconds make."""
    degrees = 0.0
    for place, number in enumerate(numbers):
        value = float(number)
        if place and value > 60:
            unit = ("minutes", "seconds")[place - 1]
            raise feature.fault(field, f"{told} has {value:g} {unit}", _REMEDY, row)
        if place and value == 60:
            unit = ("minutes", "seconds")[place - 1]
            feature.remark(f"{told} has 60 {unit}: read as the next full one.", field, row)
        degrees += value / 60**place
    if any("." in number for number in numbers[:-1]):
        raise feature.fault(field, f"{told} has a fraction before its end", _REMEDY, row)
    assert math.isfinite(degrees), "at most eight digits"
    return degrees


def _quoted(passage: Passage, start: int, end: int) -> str:
    return repr(one_line(passage.text[start:end])[:40])
