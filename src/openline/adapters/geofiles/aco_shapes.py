"""The shapes of an airspace control order, each as parts of volumes.

| set | fields | becomes |
| --- | --- | --- |
| `CIRCLE` | centre, radius | a circle |
| `POLYGON` | positions | a polygon, or several where it comes back to its first vertex |
| `CORRIDOR` | width, positions | a corridor of half the width to each side |
| `GEOLINE` | width, positions | the same, with a remark; without a width it holds no space |
| `APOINT` | position | a circle of the radius that was given; without one it holds no space |
| `AORBIT` | two points, width, `C`, `L` or `R` | a corridor round their line, or beside it |
| `1TRACK` | legs: begin, end, `5NML-3NMR`, levels | a polygon for each leg, in its own band |
| `TRACK` | width, positions | a corridor, with a remark |
| `RADARC` | origin, two bearings, inner and outer radius | a polygon, clockwise from the first |
| `POLYARC` | origin, bearing, radius, bearing, positions | a polygon of arc and positions |

The order of the fields is that of the USMTF sets (MIL-STD-6040) as public readers of
ADatP-3 orders list it. For `POLYARC` the sources do not agree whether the positions
run from the end of the arc back to its beginning (USMTF) or the other way (the arc
of JC3IEDM's POLYARC-AREA, whose sense is clockwise): it is read where only one of
the two encloses an area, and otherwise refused.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from openline.adapters.geofiles import arcs
from openline.adapters.geofiles.aco_levels import read_levels
from openline.adapters.geofiles.aco_sets import (
    MessageSet,
    SetField,
    is_length,
    is_position,
    read_bearing_deg,
    read_length_m,
    read_position,
    read_positions,
    read_radius_m,
)
from openline.adapters.geofiles.activity import Feature, FileFault, Part
from openline.domain.limits import RADIUS_M_MAX, VERTICES_MAX, VOLUMES_MAX
from openline.domain.space.geodesy import Position
from openline.domain.space.volume import Shape, Volume, VolumeDoesNotHold, check_volume

KIND_OF_SET = {
    "CIRCLE": "CIRCLE",
    "POLYGON": "POLYGON",
    "CORRIDOR": "CORRIDOR",
    "GEOLINE": "GEOLINE",
    "LINE": "GEOLINE",
    "APOINT": "POINT",
    "POINT": "POINT",
    "AORBIT": "ORBIT",
    "ORBIT": "ORBIT",
    "1TRACK": "TRACK",
    "TRACK": "TRACK",
    "AIRTRACK": "TRACK",
    "RADARC": "RADARC",
    "POLYARC": "POLYARC",
}
"""Names of sets that give a shape, and names of shapes in ACMID, by the kind of shape."""

UNREAD_SHAPES = frozenset({"ELLIPSE", "FAN", "SQUARE", "ARCSEG"})
"""Words for shapes for which no published set was found."""

_LEG_HEADS = frozenset({"LEG", "LEG-BEGIN", "LEG-END", "LEG-WIDTH", "MINALT-MAXALT"})
_LEG_FIELDS = 5
_LEG_WIDTH = re.compile(r"([0-9.]+[A-Z]+)L-([0-9.]+[A-Z]+)R")
_TAKEN_AS = {
    "GEOLINE": "A line with the width {} is taken as a corridor of that width.",
    "POINT": "A point with the length {} is taken as a circle of that radius.",
    "TRACK": "A track with the one width {} is taken as a corridor of that width.",
}
_RADARC_FORM = "Write origin, beginning and ending bearing, inner and outer radius."
_POLYARC_FORM = "Write origin, beginning bearing, radius, ending bearing, and positions."


def read_shape(feature: Feature, entry: MessageSet, reach_m: int | None) -> list[Part]:
    """The parts that the shape set draws; each has its radius, a leg its band as well.

    Args:
        feature: The measure, for remarks and faults.
        entry: The set.
        reach_m: The radius of points and lines for which it gives none.

    Raises:
        FileFault: It cannot be read, or in more than one way.
    """
    if entry.is_cut_short:
        raise feature.fault(entry.name, f"has more than {2 * VERTICES_MAX} vertices", row=entry.row)
    kind = KIND_OF_SET[entry.name]
    if kind == "TRACK":
        return _track(feature, entry, reach_m)
    if kind == "ORBIT":
        return [_orbit(feature, entry)]
    if kind == "RADARC":
        return _radarc(feature, entry)
    if kind == "POLYARC":
        return [_polyarc(feature, entry)]
    if kind == "POLYGON":
        return _polygon(feature, entry)
    return [_along(feature, entry, kind, reach_m)]


# --- shapes that volumes have --------------------------------------------------------------------


def _polygon(feature: Feature, entry: MessageSet) -> list[Part]:
    positions, lengths = _positions_and_lengths(feature, entry)
    if lengths:
        what = f"has a length ({lengths[0].text}), which a polygon has not"
        raise feature.fault(entry.name, what, row=lengths[0].row)
    return [Part(Shape.POLYGON, ring, 0) for ring in _rings(feature, entry, positions)]


def _along(feature: Feature, entry: MessageSet, kind: str, reach_m: int | None) -> Part:
    """A point or a line with a length that says how far it reaches."""
    positions, lengths = _positions_and_lengths(feature, entry)
    shape = Shape.CIRCLE if kind in ("CIRCLE", "POINT") else Shape.CORRIDOR
    share = 1.0 if shape is Shape.CIRCLE else 0.5
    if not lengths and kind in ("POINT", "GEOLINE"):
        radius_m = feature.reach(reach_m, entry.name, entry.row)
        return Part(shape, positions, radius_m)
    if len(lengths) != 1:
        raise feature.fault(entry.name, f"has {len(lengths)} lengths, not one", row=entry.row)
    if kind in _TAKEN_AS:
        feature.remark(_TAKEN_AS[kind].format(lengths[0].text), entry.name, lengths[0].row)
    return Part(shape, positions, read_radius_m(feature, entry, lengths[0], share))


def _positions_and_lengths(
    feature: Feature, entry: MessageSet
) -> tuple[list[Position], list[SetField]]:
    fields = [field for field in entry.fields if field.text]
    lengths = [field for field in fields if is_length(field.text)]
    if len(fields) > 2 * VERTICES_MAX:
        raise _too_many(feature, entry)
    positions = [
        position
        for field in fields
        if field not in lengths
        for position in read_positions(feature, entry, field)
    ]
    if not positions:
        raise feature.fault(entry.name, "has no vertices", row=entry.row)
    if len(positions) > 2 * VERTICES_MAX:
        raise _too_many(feature, entry)
    return positions, lengths


def _too_many(feature: Feature, entry: MessageSet) -> FileFault:
    return feature.fault(
        entry.name,
        f"has more than {2 * VERTICES_MAX} vertices",
        f"A volume has at most {VERTICES_MAX}: leave some out, or split it.",
        entry.row,
    )


def _rings(feature: Feature, entry: MessageSet, positions: list[Position]) -> list[list[Position]]:
    """The closed rings of a polygon, cut where it comes back to its first vertex.

    Most orders leave the last ring open, some close it. A ring that comes back
    sooner and goes on encloses the same area as its loops one by one; a loop of
    two vertices encloses none.
    """
    first = positions[0]
    rings: list[list[Position]] = [[first]]
    for before, position in pairwise([*positions, first]):
        if position != first:
            rings[-1].append(position)
        elif before != first:
            rings[-1].append(first)
            rings.append([first])
    rings.pop()
    loops = [ring for ring in rings if len(set(ring)) > 2]
    if len(loops) > 1:
        feature.remark(
            f"It comes back to its first vertex: taken as {len(loops)} rings.",
            entry.name,
            entry.row,
        )
    if len(loops) < len(rings):
        feature.remark(
            "It runs out to a vertex and back: that part encloses nothing, left out.",
            entry.name,
            entry.row,
        )
    return loops or rings or [positions]


# --- orbits and tracks ---------------------------------------------------------------------------


def _orbit(feature: Feature, entry: MessageSet) -> Part:
    """A racetrack: all that lies within half its width of a line."""
    start, end = (read_position(feature, entry, number) for number in (1, 2))
    if start == end:
        raise feature.fault(entry.name, "begins and ends at one point", row=entry.row)
    width, side = entry.field(3), entry.field(4)
    radius_m = read_radius_m(feature, entry, width, 0.5)
    letter = side.text.upper()
    if side.is_empty:
        feature.remark(
            "It does not say on which side of its line it lies: taken on both (C).",
            entry.name,
            side.row,
        )
        letter = "C"
    if letter not in ("C", "L", "R"):
        what = f"{side.text[:20]!r} is no side of its line"
        raise feature.fault(entry.name, what, "Write C, L or R.", side.row)
    if letter != "C":
        half_m = read_length_m(feature, entry, width) / 2
        start, end = arcs.beside(start, end, half_m if letter == "R" else -half_m)
    feature.remark(
        "An orbit is taken as all within half its width of its line, round at both ends.",
        entry.name,
        entry.row,
    )
    return Part(Shape.CORRIDOR, (start, end), radius_m)


def _track(feature: Feature, entry: MessageSet, reach_m: int | None) -> list[Part]:
    fields = [field for field in entry.fields if field.text.upper() not in _LEG_HEADS]
    is_plain = all(
        is_position(field.text) or is_length(field.text) for field in fields if field.text
    )
    if fields and is_plain:
        return [_along(feature, entry, "TRACK", reach_m)]
    if not fields or len(fields) % _LEG_FIELDS:
        raise feature.fault(
            entry.name,
            "is neither a width with positions nor whole legs",
            "A leg has its number, begin, end, width (5NML-3NMR) and levels (050AMSL-100AMSL).",
            entry.row,
        )
    legs = [fields[at : at + _LEG_FIELDS] for at in range(0, len(fields), _LEG_FIELDS)]
    if len(legs) > VOLUMES_MAX:
        raise feature.fault(entry.name, f"has more than {VOLUMES_MAX} legs", row=entry.row)
    parts, before = [], None
    for number, leg in enumerate(legs, start=1):
        part, begin, end = _leg(feature, entry, number, leg)
        if before is not None and begin != before:
            feature.remark(
                f"Leg {number} does not begin where the one before ends.", entry.name, leg[0].row
            )
        parts.append(part)
        before = end
    return parts


def _leg(
    feature: Feature, entry: MessageSet, number: int, fields: Sequence[SetField]
) -> tuple[Part, Position, Position]:
    """A leg as what lies beside its line, and its two ends."""
    told, begin_field, end_field, width, levels = fields
    row = told.row
    if not told.text.isdecimal() or not told.text.isascii():
        raise feature.fault(entry.name, f"{told.text[:20]!r} is no number of a leg", row=row)
    if int(told.text[:9]) != number:
        feature.remark(f"Leg {number} has the number {told.text[:9]}.", entry.name, row)
    [begin], [end] = (
        read_positions(feature, entry, field)[:1] for field in (begin_field, end_field)
    )
    if begin == end:
        raise feature.fault(entry.name, f"leg {number} begins and ends at one point", row=row)
    match = _LEG_WIDTH.fullmatch(width.text.upper())
    if match is None:
        what = f"{width.text[:30]!r} is no width of a leg"
        raise feature.fault(entry.name, what, "Write left and right: 5NML-3NMR.", width.row)
    left_m, right_m = (
        read_length_m(feature, entry, SetField(match[side], width.row), least_m=0)
        for side in (1, 2)
    )
    if left_m + right_m <= 0 or max(left_m, right_m) > RADIUS_M_MAX:
        what = f"the width {width.text[:30]} is not up to {RADIUS_M_MAX} m to each side"
        raise feature.fault(entry.name, what, row=width.row)
    if arcs.strip_size(begin, end, left_m, right_m) > VERTICES_MAX:
        what = f"leg {number} is so long that its sides need more than {VERTICES_MAX} vertices"
        raise feature.fault(entry.name, what, "Part it into several legs.", row)
    band = None if levels.is_empty else read_levels(feature, levels, entry.name)
    ring = arcs.strip(begin, end, left_m, right_m)
    return Part(Shape.POLYGON, [*ring, ring[0]], 0, band), begin, end


# --- arcs ----------------------------------------------------------------------------------------


def _radarc(feature: Feature, entry: MessageSet) -> list[Part]:
    """A sector between two radii, in pieces where one ring would be too long."""
    if len(entry.fields) != 5:
        what = f"has {len(entry.fields)} fields, not five"
        raise feature.fault(entry.name, what, _RADARC_FORM, entry.row)
    origin = read_position(feature, entry, 1)
    start_deg, end_deg = (read_bearing_deg(feature, entry, entry.field(n)) for n in (2, 3))
    inner_m = read_length_m(feature, entry, entry.field(4), least_m=0)
    outer_m = read_length_m(feature, entry, entry.field(5))
    if inner_m >= outer_m or outer_m > RADIUS_M_MAX:
        raise feature.fault(
            entry.name,
            f"the radii {entry.field(4).text} and {entry.field(5).text} are not an inner and a "
            f"greater outer one of up to {RADIUS_M_MAX} m",
            _RADARC_FORM,
            entry.row,
        )
    sweep_deg = arcs.sweep_deg(start_deg, end_deg)
    if sweep_deg == 360 and not inner_m:
        return [Part(Shape.CIRCLE, (origin,), read_radius_m(feature, entry, entry.field(5), 1.0))]
    # A whole turn would be a ring with a hole.
    pieces = 2 if sweep_deg == 360 else 1
    while arcs.sector_size(inner_m, outer_m, sweep_deg / pieces) > VERTICES_MAX:
        pieces += 1
    if pieces > 1:
        feature.remark(
            f"Its arcs need more vertices than one volume has: drawn as {pieces} sectors "
            "that share their sides." if sweep_deg < 360 else
            f"It goes all the way round a hole: drawn as {pieces} sectors that share their sides.",
            entry.name,
            entry.row,
        )  # fmt: skip
    step_deg = sweep_deg / pieces
    rings = [
        arcs.sector(origin, inner_m, outer_m, start_deg + step_deg * piece, step_deg)
        for piece in range(pieces)
    ]
    return [Part(Shape.POLYGON, [*ring, ring[0]], 0) for ring in rings]


def _polyarc(feature: Feature, entry: MessageSet) -> Part:
    """An arc, clockwise, whose ends are joined by positions."""
    if len(entry.fields) < 5:
        what = f"has {len(entry.fields)} fields, not five or more"
        raise feature.fault(entry.name, what, _POLYARC_FORM, entry.row)
    origin = read_position(feature, entry, 1)
    start_deg, end_deg = (read_bearing_deg(feature, entry, entry.field(n)) for n in (2, 4))
    radius_m = read_length_m(feature, entry, entry.field(3))
    sweep_deg = arcs.sweep_deg(start_deg, end_deg)
    if len(entry.fields) > 2 * VERTICES_MAX:
        raise _too_many(feature, entry)
    joined = [
        position
        for field in entry.fields[4:]
        if field.text
        for position in read_positions(feature, entry, field)
    ]
    if arcs.chords_of(radius_m, sweep_deg) + 1 + len(joined) > VERTICES_MAX:
        what = f"needs more than {VERTICES_MAX} vertices"
        raise feature.fault(entry.name, what, "Draw it as a polygon.", entry.row)
    arc = arcs.arc(origin, radius_m, start_deg, sweep_deg)
    rings = [ring for ring in ([*arc, *joined], [*arc, *reversed(joined)]) if _encloses(ring)]
    if not rings:
        raise feature.fault(
            entry.name,
            "its positions and its arc, clockwise between its bearings, enclose no area without "
            "crossing, whichever way the positions run",
            "Draw it as a polygon.",
            entry.row,
        )
    if len(rings) == 2 and len(joined) > 1:
        raise feature.fault(
            entry.name,
            "its positions may run from the end of its arc or from its beginning: each way "
            "encloses an area of its own",
            "Draw it as a polygon.",
            entry.row,
        )
    is_onward = rings[0][-len(joined) :] == joined
    feature.remark(
        f"Its arc is taken clockwise from {entry.field(2).text} to {entry.field(4).text}, its "
        f"positions from the {'end' if is_onward else 'beginning'} of the arc.",
        entry.name,
        entry.row,
    )
    return Part(Shape.POLYGON, [*rings[0], rings[0][0]], 0)


def _encloses(ring: Sequence[Position]) -> bool:
    """Whether the ring is one around an area, its repeated vertices aside."""
    vertices = [place for number, place in enumerate(ring) if place != ring[number - 1]]
    try:
        check_volume(Volume(Shape.POLYGON, tuple(vertices), 0, None, None, 0, 1))
    except VolumeDoesNotHold:
        return False
    return True
