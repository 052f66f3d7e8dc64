"""The levels of an airspace control order: EFFLEVEL, and those of a track.

A vertical dimension is two levels with a hyphen between, after a prefix that says
of what sort they are: `FLFL` two flight levels, `RARA` two relative altitudes, `RAFL`
one of each, `BRRA` and `BRFL` from a base (`GL` or `MSL`). Numbers are hundreds of feet,
of at most three digits; more of them may be meant as feet and are refused. Each
level says itself what it is, so a prefix that disagrees is a remark.
"""

import re

from openline.adapters.geofiles.aco_sets import MessageSet, SetField
from openline.adapters.geofiles.activity import Band, Bound, Feature
from openline.domain.space.altitude import Altitude, Datum

_LEVEL = re.compile(r"FL([0-9]{1,3})")
_HUNDREDS = re.compile(r"([0-9]{1,3})(AGL|GND|GL|AMSL|MSL)")
_GROUND = frozenset({"GL", "GND", "SFC", "AGL"})
_SEA = frozenset({"MSL", "AMSL"})
_UNLIMITED = frozenset({"UNL", "UNLTD", "UNLIM"})
_SORTS = frozenset({"FL", "RA", "BR"})
_FORMS = "Read are FL100, 050AGL, 150AMSL, GL, SFC, MSL and UNL; numbers are hundreds of feet."


def read_band(feature: Feature, levels: list[MessageSet]) -> Band:
    """The band of the one EFFLEVEL set.

    Raises:
        FileFault: There are several, or it gives no two levels.
    """
    if not levels:
        feature.remark("It has no EFFLEVEL: taken from the ground up without a ceiling.")
        return Bound(None), Bound(None)
    if len(levels) > 1:
        raise feature.fault("EFFLEVEL", "is given again", row=levels[1].row)
    return read_levels(feature, levels[0].field(1), "EFFLEVEL")


def read_levels(feature: Feature, field: SetField, set_name: str) -> Band:
    """The band that one field writes.

    Raises:
        FileFault: It is not two levels, or they are upside down.
    """
    written = field.text.upper()
    prefix, colon, told = written.rpartition(":")
    bounds = [bound.strip() for bound in told.split("-")]
    if len(bounds) != 2:
        raise feature.fault(
            set_name,
            f"{field.text[:40]!r} is not two levels with a hyphen between",
            _FORMS,
            field.row,
        )
    lower, upper = (_level(feature, field, set_name, bound) for bound in bounds)
    if lower == "UNL" or upper == "GND":
        raise feature.fault(set_name, f"{field.text[:40]!r} is upside down", row=field.row)
    _check_prefix(feature, field, set_name, prefix if colon else None, bounds)
    return _bound(lower), _bound(upper)


def _level(feature: Feature, field: SetField, set_name: str, bound: str) -> Altitude | str:
    """One bound as an altitude, `GND` or `UNL`."""
    if bound in _GROUND:
        return "GND"
    if bound in _UNLIMITED:
        return "UNL"
    if bound in _SEA:
        return Altitude(Datum.AMSL, 0)
    if match := _LEVEL.fullmatch(bound):
        return Altitude(Datum.FLIGHT_LEVEL, int(match[1]))
    if match := _HUNDREDS.fullmatch(bound):
        datum = Datum.AMSL if match[2] in _SEA else Datum.AGL
        # Hundreds of feet, to the nearest decimetre: 304.8 of them.
        return Altitude(datum, round(int(match[1]) * 304.8))
    raise feature.fault(
        set_name, f"{bound[:20]!r} in {field.text[:40]!r} is no level", _FORMS, field.row
    )


def _check_prefix(
    feature: Feature, field: SetField, set_name: str, prefix: str | None, bounds: list[str]
) -> None:
    """Note a prefix that says of the levels what they are not."""
    if prefix is None:
        return
    sorts = "".join(_sort(bound) for bound in bounds)
    is_known = len(prefix) == 4 and {prefix[:2], prefix[2:]} <= _SORTS
    if not is_known or (prefix != sorts and "UN" not in sorts):
        feature.remark(
            f"{field.text[:40]} begins with {prefix[:20] or 'nothing'}, which is not what its "
            "levels are: they are read as they are written.",
            set_name,
            field.row,
        )


def _sort(bound: str) -> str:
    """Of which sort a level is: flight level, relative, base, or unlimited."""
    if bound in _UNLIMITED:
        return "UN"
    if bound in _GROUND or bound in _SEA:
        return "BR"
    return "FL" if bound.startswith("FL") else "RA"


def _bound(level: Altitude | str) -> Bound:
    return Bound(level if isinstance(level, Altitude) else None)
