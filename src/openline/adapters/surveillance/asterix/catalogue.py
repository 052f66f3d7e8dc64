"""What a record of each category is made of, in the order of its bits.

Each row is the number of an item and how long it is (`items.py`); None is a bit that
is not in use. Editions: 021 2.4, 034 1.29, 048 1.31, 062 1.19; later editions of the
same numbers add to `RE`. Category 021 before edition 1.0 has other rows and is not read.
"""

from typing import Final, TypeAlias

from openline.adapters.surveillance.asterix.items import (
    EXTENDED,
    Compound,
    Explicit,
    Extended,
    Item,
    Repetitive,
    compound,
)

Profile: TypeAlias = tuple[tuple[str, Item] | None, ...]
"""The user application profile of a category."""

_EXPLICIT: Final = Explicit()

_ONES: Final = (1,) * 31
"""Ages of data are an octet each."""

DERIVED: Final = compound(
    3, 6, 2, 2, 2, 2, 2,
    EXTENDED, Repetitive(15), 2, 2, 7, 2, 2,
    2, 2, 2, 2, 1, 8, 1,
    6, 2, 1, Repetitive(8), 2, 2, 2,
)  # fmt: skip
"""062/380, what the aircraft itself says: part 1 is its address, 2 its identification."""

PLANNED: Final = compound(
    2, 7, 4, 1, 4, 1, 4, 4, 3, 2, 2, Repetitive(4), 6, 1, 7, 7, 2, 7
)  # fmt: skip
"""062/390, what the flight plan says: part 2 is the callsign."""

ACCURACIES: Final[Compound] = compound(4, 2, 4, 1, 1, 2, 2, 1)
"""062/500, how accurate a track is: part 1 is the position's standard deviations."""

_021: Final[Profile] = (
    ("010", 2), ("040", EXTENDED), ("161", 2), ("015", 1), ("071", 3), ("130", 6), ("131", 8),
    ("072", 3), ("150", 2), ("151", 2), ("080", 3), ("073", 3), ("074", 4), ("075", 3),
    ("076", 4), ("140", 2), ("090", EXTENDED), ("210", 1), ("070", 2), ("230", 2), ("145", 2),
    ("152", 2), ("200", 1), ("155", 2), ("157", 2), ("160", 4), ("165", 2), ("077", 3),
    ("170", 6), ("020", 1), ("220", compound(2, 2, 2, 1)), ("146", 2), ("148", 2),
    ("110", compound(EXTENDED, Repetitive(15))), ("016", 1),
    ("008", 1), ("271", EXTENDED), ("132", 1), ("250", Repetitive(8)), ("260", 7), ("400", 1),
    ("295", compound(*_ONES[:23])),
    None, None, None, None, None, ("RE", _EXPLICIT), ("SP", _EXPLICIT),
)  # fmt: skip

_034: Final[Profile] = (
    ("010", 2), ("000", 1), ("030", 3), ("020", 1), ("041", 2),
    ("050", compound(1, None, None, 1, 1, 2)), ("060", compound(1, None, None, 1, 1, 1)),
    ("070", Repetitive(2)), ("100", 8), ("110", 1), ("120", 8), ("090", 2),
    ("RE", _EXPLICIT), ("SP", _EXPLICIT),
)  # fmt: skip

_048: Final[Profile] = (
    ("010", 2), ("140", 3), ("020", EXTENDED), ("040", 4), ("070", 2), ("090", 2),
    ("130", compound(*_ONES[:7])),
    ("220", 3), ("240", 6), ("250", Repetitive(8)), ("161", 2), ("042", 4), ("200", 4),
    ("170", EXTENDED),
    ("210", 4), ("030", EXTENDED), ("080", 2), ("100", 4), ("110", 2),
    ("120", compound(2, Repetitive(6))), ("230", 2),
    ("260", 7), ("055", 1), ("050", 2), ("065", 1), ("060", 2), ("SP", _EXPLICIT),
    ("RE", _EXPLICIT),
)  # fmt: skip

_062: Final[Profile] = (
    ("010", 2), None, ("015", 1), ("070", 3), ("105", 8), ("100", 6), ("185", 4),
    ("210", 2), ("060", 2), ("245", 7), ("380", DERIVED), ("040", 2), ("080", EXTENDED),
    ("290", compound(1, 1, 1, 1, 2, 1, 1, 1, 1, 1)),
    ("200", 1), ("295", compound(*_ONES)), ("136", 2), ("130", 2), ("135", 2), ("220", 2),
    ("390", PLANNED),
    ("270", EXTENDED), ("300", 1), ("110", compound(1, 4, 6, 2, 2, 1, 1)), ("120", 2),
    ("510", Extended(3)), ("500", ACCURACIES), ("340", compound(2, 4, 2, 2, 2, 1)),
    None, None, None, None, None, ("RE", _EXPLICIT), ("SP", _EXPLICIT),
)  # fmt: skip

PROFILES: Final[dict[int, Profile]] = {21: _021, 34: _034, 48: _048, 62: _062}
"""By category."""
