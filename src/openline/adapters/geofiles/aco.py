"""Airspace control orders (USMTF and ADatP-3 ACO): the measures of one period.

Each measure becomes an activity with one volume for each part of its shape and each
of its windows. `aco_sets` takes the message apart, `aco_shapes`, `aco_levels` and
`aco_periods` read what a measure says; this module puts the measures together. A
corridor's width is the whole of it, a circle's distance its radius. Edges are great
circles; heights are hundreds of feet.

Real orders have faults, and a measure must never be dropped in silence. What can be
read in one way only is read and remarked upon by row: seconds or minutes of 60, a
missing slash between positions, a shape inside the name, positions after an empty
set, a year that must be inferred, a position repeated. What cannot is an activity
without volumes whose `fault` says why; the rest of the order goes on. A set that the
end of the file cuts off is such a fault: what is lost of it cannot be known.
"""

from dataclasses import dataclass, field, replace

from openline.adapters.geofiles.aco_levels import read_band
from openline.adapters.geofiles.aco_periods import near_year, read_windows, window_of_order
from openline.adapters.geofiles.aco_sets import MessageSet, SetField, is_position, read_sets
from openline.adapters.geofiles.aco_shapes import KIND_OF_SET, UNREAD_SHAPES, read_shape
from openline.adapters.geofiles.activity import (
    Feature,
    FileFault,
    ReadActivity,
    Window,
    check_feature_count,
    check_file,
)
from openline.domain.limits import VOLUMES_MAX
from openline.domain.space.volume import Volume

_GLUED_ANYHOW = ("POLYGON", "CIRCLE", "CORRIDOR", "GEOLINE", "LINE")
_GLUED = ("POLYARC", "RADARC", "AORBIT", "ORBIT", "1TRACK", "AIRTRACK", "TRACK", "APOINT", "POINT")
"""Words of shapes that a name may end in by right when a space stands before: AIM POINT."""

_UNHEARD = frozenset({"NARR", "AMPN", "RMKS", "GENTEXT"})
_DATUM_NAMES = frozenset({"W84", "WGS84", "WGE", "WE", "WGS 84", "WGS 1984", "WGS-84"})


@dataclass(slots=True)
class _Measure:
    """The sets of one measure, sorted by what they tell."""

    shapes: list[MessageSet] = field(default_factory=list)
    levels: list[MessageSet] = field(default_factory=list)
    periods: list[MessageSet] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Order:
    """What the head of the message says for all measures.

    Attributes:
        name: Its identity, such as `MSFEB16 14`.
        window: The period of the order, or None.
        near: An instant near which its periods lie, or None.
        fault: Why nothing in it can be placed; empty if it can.
        fault_row: Where that stands.
    """

    name: str
    window: Window | None
    near: int | None
    fault: str
    fault_row: int


def read_aco(
    text: str, path: str, year: int | None = None, *, reach_m: int | None = None
) -> list[ReadActivity]:
    """The measures of an airspace control order, in its order; each is there.

    Args:
        text: The message.
        path: What to call it in errors.
        year: The year of its periods, if its PERIOD set has none.
        reach_m: The radius of points and lines for which it gives none.

    Raises:
        FileFault: It is no such message, or too large.
    """
    check_file(path, text)
    sets = read_sets(text.removeprefix("\ufeff"), path)
    starts = [index for index, entry in enumerate(sets) if entry.name == "ACMID"]
    if not starts:
        raise FileFault(
            path, 0, "", "ACMID", "is nowhere in it.", "Give an airspace control order (ACO)."
        )
    check_feature_count(path, len(starts))
    order = _order_of(sets[: starts[0]], year)
    ends = [*starts[1:], len(sets)]
    return [
        _read_measure(sets[start:end], order, path, number, reach_m)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1)
    ]


def _order_of(head: list[MessageSet], year: int | None) -> _Order:
    order = _Order("", None, None if year is None else near_year(year), "", 0)
    for entry in head:
        if entry.name == "ACOID":
            parts = (part.text for part in entry.fields if not part.is_empty)
            order = replace(order, name=" ".join(parts))
        elif entry.name == "PERIOD":
            window = window_of_order(entry.fields, order.near)
            near = order.near if window is None else window[0]
            order = replace(order, window=window, near=near)
        elif entry.name == "GEODATUM":
            order = replace(order, fault=_datum_fault(entry), fault_row=entry.row)
    return order


def _datum_fault(entry: MessageSet) -> str:
    datum = entry.field(1).text
    return "" if datum.upper() in _DATUM_NAMES else f"{datum[:20]!r} is not WGS-84 (W84)"


# --- one measure ---------------------------------------------------------------------------------


def _read_measure(
    sets: list[MessageSet], order: _Order, path: str, number: int, reach_m: int | None
) -> ReadActivity:
    """One measure; whatever its fault, it is told."""
    identity = sets[0]
    properties, name, stated = _identity(identity)
    if order.name:
        properties["order"] = order.name
    feature = Feature(path, number, {}, name, identity.row)
    fault: FileFault | None = None
    volumes: tuple[Volume, ...] = ()
    try:
        volumes = _volumes(feature, sets, order, stated, reach_m)
    except FileFault as found:
        fault = found
    return ReadActivity(
        feature.name, volumes, properties, feature.remarks, fault, number, identity.row
    )


def _identity(identity: MessageSet) -> tuple[dict[str, str], str, list[str]]:
    """Properties and name of a measure, and the fields that may state its shape."""
    properties: dict[str, str] = {}
    name, rest, uses = "", [], []
    for place, part in enumerate(identity.fields):
        label, colon, value = part.text.partition(":")
        if colon and label == "ACM":
            properties["measure"] = value
        elif colon and label == "USE":
            uses.append(value)
        elif colon and label in ("NAME", "DESIG"):
            name = value.strip()
        elif place == 1 and not name:
            name = part.text
        else:
            rest.append(part.text)
    if uses:
        properties["use"] = ", ".join(uses)
    return properties, name, rest


def _volumes(
    feature: Feature,
    sets: list[MessageSet],
    order: _Order,
    stated: list[str],
    reach_m: int | None,
) -> tuple[Volume, ...]:
    if order.fault:
        raise feature.fault(
            "GEODATUM",
            order.fault,
            "Have its positions turned into WGS-84, and write GEODATUM/W84.",
            order.fault_row,
        )
    _check_end(feature, sets[-1])
    shape_name = _stated_shape(feature, stated)
    measure = _sorted_sets(feature, sets[1:])
    entry = _shape_set(feature, measure, shape_name, stated)
    parts = read_shape(feature, entry, reach_m)
    band = None
    if measure.levels or any(part.band is None for part in parts):
        band = read_band(feature, measure.levels)
    windows = read_windows(feature, measure.periods, order.window, order.near, len(parts))
    if len(parts) * len(windows) > VOLUMES_MAX:
        raise feature.fault(
            entry.name,
            f"makes {len(parts) * len(windows)} volumes, more than {VOLUMES_MAX}",
            row=entry.row,
        )
    cores = [(part, feature.plain_vertices(part, entry.name, entry.row)) for part in parts]
    volumes = []
    for window in windows:
        for part, vertices in cores:
            told = part.band or band
            assert told is not None, "a part without a band has that of the measure"
            lower, upper = told[0].altitude, told[1].altitude
            volume = Volume(part.shape, vertices, part.radius_m or 0, lower, upper, *window)
            volumes.append(feature.checked(volume, entry.name, entry.row))
    return tuple(volumes)


def _check_end(feature: Feature, last: MessageSet) -> None:
    """Confirm that the end of the file does not cut a set that tells something."""
    if last.is_closed or last.name in _UNHEARD:
        return
    raise feature.fault(
        last.name[:20],
        "the order ends inside this set: no double slash closes it, and what is lost of it "
        "cannot be known",
        "Ask for the whole order.",
        last.row,
    )


def _stated_shape(feature: Feature, stated: list[str]) -> str:
    """The shape that the ACMID set names; empty if it names none."""
    for part in stated:
        if part.upper() in KIND_OF_SET:
            return part.upper()
        if part.upper() in UNREAD_SHAPES:
            raise feature.fault("ACMID", f"the shape {part[:20]} is not read")
    name = feature.name.upper()
    for word in (*_GLUED_ANYHOW, *_GLUED):
        before = name.removesuffix(word)
        if not before or before == name or (word in _GLUED and before[-1].isspace()):
            continue
        feature.name = feature.name[: len(before)].rstrip()
        feature.remark(f"The shape {word} stood inside the name field: taken out of it.", "ACMID")
        return word
    return ""


def _sorted_sets(feature: Feature, sets: list[MessageSet]) -> _Measure:
    measure = _Measure()
    for entry in sets:
        if entry.name in KIND_OF_SET or is_position(entry.name):
            measure.shapes.append(entry)
        elif entry.name in UNREAD_SHAPES:
            raise feature.fault(entry.name, "this shape is not read", row=entry.row)
        elif entry.name == "EFFLEVEL":
            measure.levels.append(entry)
        elif entry.name == "APERIOD":
            measure.periods.append(entry)
        elif entry.name == "GEODATUM":
            if fault := _datum_fault(entry):
                raise feature.fault("GEODATUM", fault, row=entry.row)
        elif entry.name not in _UNHEARD:
            feature.remark(f"The set {entry.name[:20]} is not read.", entry.name[:20], entry.row)
    return measure


def _shape_set(
    feature: Feature, measure: _Measure, shape_name: str, stated: list[str]
) -> MessageSet:
    """The one set that gives the shape, with positions that came apart from it."""
    named = [entry for entry in measure.shapes if entry.name in KIND_OF_SET]
    loose = [entry for entry in measure.shapes if entry.name not in KIND_OF_SET]
    if not named:
        raise _no_shape(feature, stated)
    if len(named) > 1:
        raise feature.fault(named[1].name, "is a second shape", row=named[1].row)
    entry = named[0]
    if shape_name and KIND_OF_SET[shape_name] != KIND_OF_SET[entry.name]:
        feature.remark(f"ACMID says {shape_name}, the set {entry.name}.", entry.name, entry.row)
    if not loose:
        return entry
    if any(part.text for part in entry.fields):
        raise feature.fault(
            entry.name, "has more positions in a set of their own", row=loose[0].row
        )
    feature.remark(
        f"The positions of {entry.name} stood after its end: taken as its own.",
        entry.name,
        entry.row,
    )
    fields = tuple(
        part for other in loose for part in (SetField(other.name, other.row), *other.fields)
    )
    return replace(entry, fields=fields)


def _no_shape(feature: Feature, stated: list[str]) -> FileFault:
    count = sum(map(is_position, stated))
    what = "no set gives its shape with vertices"
    if count:
        what += f"; {count} positions stand in it, and may be meant as a polygon or a line"
    return feature.fault("ACMID", what, "Correct the order, or draw it by hand.")
