"""Lengths in a message: `5NM`, `10 KM`, `1,500 M`, `3 MILES`, `5 морских миль`."""

import math
import re
from dataclasses import dataclass
from typing import Final

from openline.adapters.geofiles.activity import Feature
from openline.adapters.geofiles.prose.passage import Passage
from openline.domain.limits import RADIUS_M_MAX

_UNITS: Final = (
    (r"NAUTICAL MILES?|NMI|NM|МОРСК[А-Я]* МИЛ[А-Я]*|М\.? ?МИЛ[А-Я]*", 1_852.0),
    (r"KILOMET(?:ER|RE)S?|KMS?|КИЛОМЕТР[А-Я]*|КМ", 1_000.0),
    (r"MILES?|MILLAS?|MILLES?", 1_852.0),
    (r"MET(?:ER|RE)S?|MTRS?|M|МЕТР[А-Я]*|М", 1.0),
    (r"FEET|FT", 0.3048),
    (r"YARDS?|YDS?", 0.9144),
    (r"CABLES?", 185.2),
)
_NUMBER = r"[0-9]{1,7}(?:[.,][0-9]{1,4})?"
LENGTH: Final = rf"(?:{_NUMBER}) ?-? ?(?:{'|'.join(unit for unit, _ in _UNITS)})(?![A-ZА-Я0-9])"
"""A length as a regular expression without groups."""

_TAKEN_APART = re.compile(
    rf"({_NUMBER}) ?-? ?(?:{'|'.join(f'({unit})' for unit, _ in _UNITS)})(?![A-ZА-Я0-9])"
)
_LENGTH = re.compile(rf"(?<![0-9.,]){LENGTH}")


@dataclass(frozen=True, slots=True)
class Length:
    """A length in a passage.

    Attributes:
        metres: How long.
        start: Where it begins in the passage.
        end: Where it ends.
    """

    metres: float
    start: int
    end: int


def read_length(feature: Feature, field: str, passage: Passage, start: int, end: int) -> Length:
    """The length that stands at a place where `LENGTH` was found.

    Raises:
        FileFault: It is longer than a volume may reach, or its comma may mean two things.
    """
    match = _TAKEN_APART.match(passage.text, start, end)
    assert match is not None, "it was found there"
    number, row = match[1], passage.row_at(start)
    place = next(place for place, unit in enumerate(match.groups()[1:]) if unit is not None)
    metre = _UNITS[place][1]
    whole, comma, after = number.partition(",")
    if comma and len(after) == 3:
        if metre > 1:
            raise feature.fault(
                field, f"{match[0]!r} may be {whole}.{after} or {whole}{after}", "Write one.", row
            )
        number = whole + after
    metres = float(number.replace(",", ".")) * metre
    if match[0].endswith(("MILE", "MILES")) and "NAUTICAL" not in match[0]:
        feature.remark(f"{match[0]!r} is taken as nautical miles.", field, row)
    if not 0 < metres <= RADIUS_M_MAX:
        raise feature.fault(
            field,
            f"{match[0]!r} is not between 0 and {RADIUS_M_MAX / 1000:g} km",
            "Look for a wrong unit.",
            row,
        )
    return Length(metres, start, match.end())


def find_lengths(
    feature: Feature, field: str, passage: Passage, start: int, end: int
) -> list[Length]:
    """Every length between two places of a passage."""
    return [
        read_length(feature, field, passage, match.start(), end)
        for match in _LENGTH.finditer(passage.text, start, end)
    ]


def whole_metres(metres: float) -> int:
    """Whole metres, rounded up so that nothing is left out."""
    return math.ceil(round(metres, 3))
