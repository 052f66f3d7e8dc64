"""What a run of positions draws: circles, a corridor, a ring, a sector."""

import re
from dataclasses import dataclass
from typing import Final

from openline.adapters.geofiles import arcs
from openline.adapters.geofiles.activity import Band, Feature, Part
from openline.adapters.geofiles.prose.lengths import (
    LENGTH,
    Length,
    find_lengths,
    read_length,
    whole_metres,
)
from openline.adapters.geofiles.prose.passage import Passage
from openline.adapters.geofiles.prose.radii import OF, RADIUS_BEHIND, radius_before
from openline.adapters.geofiles.prose.runs import REMEDY, Run
from openline.domain.limits import VERTICES_MAX
from openline.domain.space.volume import Shape

_WIDTH_CHARS: Final = 120
"""How far from positions the width of their corridor may stand."""

_SIDES = re.compile(
    rf"(?P<half>{LENGTH})[ ,]*(?:ON )?(?:EITHER|EACH|BOTH) SIDES?"
    rf"|(?:WITHIN|WI|W/I) (?P<half2>{LENGTH}) +(?:OF|FROM) (?:A |THE )?(?:\w+ )?"
    r"(?:LINE|TRACK|TRACKLINE|ROUTE|AXIS|CENTRELINE|CENTERLINE|TRACKS)"
    rf"|(?:WIDTH|ШИРИН[А-Я]*){OF}(?P<whole>{LENGTH})"
    rf"|(?P<whole2>{LENGTH})[ -]*(?:WIDE|WIDTH|IN WIDTH)"
)
_SEVERAL = re.compile(
    r"(?<![A-Z])(?:CIRCLES|EACH|RADII|FOLLOWING (?:POINTS|POSITIONS)|FLW (?:POINTS|PSN|PTS)|POINTS|"
    r"POSITIONS|КАЖД[А-Я]*|PSNS)(?![A-Z])"
)
_BOUNDED_WORDS: Final = (
    r"BOUND(?:ED|ARY)?|LIMIT[A-Z]*|POLYGON[A-Z]*|ENCLOSED|DELIMIT[A-Z]*|ОГРАНИЧЕН[А-Я]*"
)
_BOUNDED = re.compile(rf"(?<![A-ZА-Я])(?:{_BOUNDED_WORDS})(?![A-ZА-Я])")
_RING = re.compile(rf"(?<![A-ZА-Я])(?:{_BOUNDED_WORDS}|JOINING|CONNECTING|AREA|ZONE)(?![A-ZА-Я])")
_NEXT = re.compile(
    r"\. |(?<![A-ZА-Я])(?:AREA|ZONE|CORRIDOR|ROUTE|CIRCLE|КОРИДОР|РАЙОН)(?![A-ZА-Я])"
)
"""Where that which is said behind positions ends."""

_SECTOR = re.compile(
    r"(?<![A-Z])(?:SECTOR|BEARINGS?|RADIALS?|RDL|AZM|AZIMUTHS?|АЗИМУТ[А-Я]*|СЕКТОР[А-Я]*)(?![A-ZА-Я])"
)
_BEARINGS = re.compile(
    r"(?<![0-9])([0-3]?[0-9]{1,2})(?: ?(?:°|DEG(?:REES)?|ГР))?(?: ?T(?:RUE)?)? ?"
    r"(?:-|TO|AND|THRU|ДО) ?([0-3]?[0-9]{2})(?: ?(?:°|DEG(?:REES)?|ГР)(?![A-Z]))?"
    r"(?! ?(?:NM|KM|M|КМ|FT)(?![A-Z]))(?![0-9])"
)
_TRUE = re.compile(r"(?<![A-Z])(?:TRUE|[0-9]T|TRUE NORTH|ИСТИНН[А-Я]*)(?![A-Z])")
_TWO_RADII = re.compile(
    r"(?<![0-9.])([0-9]{1,4}(?:\.[0-9])?) ?(?:-|TO|AND|ДО) ?"
    rf"(?={LENGTH})([0-9]*[1-9][0-9]*(?:\.[0-9])?)"
)
_HEIGHT_BEHIND = re.compile(r" ?/? ?(?:A?MSL|AGL|ALT)")


@dataclass(frozen=True, slots=True)
class Area:
    """One area that a message says.

    Attributes:
        part: Its shape.
        start: Where it begins in the passage.
        end: Where it ends.
        band: The band that is said beside it; None if none is.
        is_box: Whether its edges are parallels and meridians.
    """

    part: Part
    start: int
    end: int
    band: Band | None = None
    is_box: bool = False


def parts_of(
    feature: Feature,
    name: str,
    passage: Passage,
    run: Run,
    before: int,
    after: int,
    reach_m: int | None,
) -> list[Part]:
    """What one run draws.

    Args:
        feature: For remarks and faults.
        name: What the passage is called.
        passage: The passage.
        run: The positions.
        before: Where in the passage that which is said of them begins.
        after: Where it ends.
        reach_m: The radius of a single position that has none.

    Raises:
        FileFault: They draw nothing, or what they draw cannot be read in one way only.
    """
    row = passage.row_at(run.start)
    half_m = _half_width_m(feature, name, passage, run, before, after)
    if len(run.positions) > 1 and half_m is not None and not run.arcs:
        return [Part(Shape.CORRIDOR, run.positions, half_m)]
    radius = _radius(feature, name, passage, run, before, after)
    radius_m = None if radius is None else whole_metres(radius.metres)
    if len(run.positions) == 1:
        if _SECTOR.search(passage.text, before, after) and (
            sector := _sector(feature, name, passage, run, before, after)
        ):
            return [sector]
        if radius_m is None:
            radius_m = feature.reach(reach_m, name, row)
        return [Part(Shape.CIRCLE, run.positions, radius_m)]
    if radius is not None and radius_m is not None and _are_circles(passage, run, before, radius):
        if len(run.positions) > 2 and not _SEVERAL.search(passage.text, before, run.start):
            feature.remark(
                f"Its radius counts for each of {len(run.positions)} positions: read as circles.",
                name,
                row,
            )
        return [Part(Shape.CIRCLE, [place], radius_m) for place in run.positions]
    if len(run.positions) == 2:
        raise feature.fault(
            name,
            "two positions enclose no area, and neither a radius nor a width is said",
            REMEDY,
            row,
        )
    if radius_m is not None and not run.arcs:
        feature.remark(
            f"The {radius_m:,} m beside a ring of {len(run.positions)} positions are not used.",
            name,
            row,
        )
    ring = run.positions
    return [Part(Shape.POLYGON, ring if ring[0] == ring[-1] else [*ring, ring[0]], 0)]


def _are_circles(passage: Passage, run: Run, before: int, radius: Length) -> bool:
    """Whether a radius beside several positions counts for each of them."""
    if run.arcs:
        return False
    if len(run.positions) == 2:
        return True
    if _BOUNDED.search(passage.text, radius.end, max(radius.end, run.start)):
        return False
    is_several = _SEVERAL.search(passage.text, before, run.start) is not None
    return is_several or not _RING.search(passage.text, before, run.start)


def _radius(
    feature: Feature, name: str, passage: Passage, run: Run, before: int, after: int
) -> Length | None:
    """The radius that is said beside a run, before it or behind it."""
    match = radius_before(passage.text, before, run.start)
    behind = RADIUS_BEHIND.match(passage.text, run.end, after)
    if match is None or (behind is not None and not run.is_led):
        match = behind or match
    if match is None:
        return None
    group = next(group for group, held in match.groupdict().items() if held)
    return read_length(feature, name, passage, match.start(group), match.end(group))


def _half_width_m(
    feature: Feature, name: str, passage: Passage, run: Run, before: int, after: int
) -> int | None:
    """How far a corridor reaches to each side; None if no width is said."""
    match = _width_beside(passage.text, run, before, after)
    if match is None:
        return None
    group = next(group for group, held in match.groupdict().items() if held)
    metres = read_length(feature, name, passage, match.start(group), match.end(group)).metres
    return whole_metres(metres / 2 if group.startswith("whole") else metres)


def _width_beside(text: str, run: Run, before: int, after: int) -> re.Match[str] | None:
    """The width that is said of a run: before it, or behind it in the same sentence."""
    start = max(before, run.start - _WIDTH_CHARS)
    # What stands behind the run before, in its sentence, is said of that one.
    if before and (stop := text.rfind(". ", start, run.start)) >= 0:
        start = stop
    found = list(_SIDES.finditer(text, start, run.start))
    if found:
        return None if _BOUNDED.search(text, found[-1].end(), run.start) else found[-1]
    end = min(after, run.end + _WIDTH_CHARS)
    if stopped := _NEXT.search(text, run.end, end):
        end = stopped.start()
    return _SIDES.search(text, run.end, end)


def _sector(
    feature: Feature, name: str, passage: Passage, run: Run, before: int, after: int
) -> Part | None:
    """The sector of two bearings and a radius; None if no two bearings are said."""
    told = passage.text[before:after]
    row = passage.row_at(run.start)
    outside = [(before, run.start), (run.end, after)]
    bearings = [
        match for start, end in outside for match in _BEARINGS.finditer(passage.text, start, end)
    ]
    bearings = [match for match in bearings if int(match[1]) <= 360 and int(match[2]) <= 360]
    if not bearings:
        return None
    lengths = [
        length.metres
        for start, end in outside
        for length in find_lengths(feature, name, passage, start, end)
        if not _HEIGHT_BEHIND.match(passage.text, length.end)
    ]
    if not lengths or len(bearings) > 1:
        raise feature.fault(name, "its sector has no one radius and two bearings", REMEDY, row)
    if not _TRUE.search(told):
        feature.remark(
            "The bearings of its sector are taken as true; magnetic ones lie elsewhere.", name, row
        )
    outer_m, inner_m = max(lengths), min(lengths) if len(lengths) == 2 else 0.0
    if two := _TWO_RADII.search(told):
        inner_m = outer_m * float(two[1]) / float(two[2])
    start_deg, end_deg = float(bearings[0][1]), float(bearings[0][2])
    sweep = arcs.sweep_deg(start_deg, end_deg)
    if inner_m >= outer_m or sweep == 360:
        raise feature.fault(name, "its sector encloses no area", REMEDY, row)
    if arcs.sector_size(inner_m, outer_m, sweep) > VERTICES_MAX:
        raise feature.fault(
            name, f"its sector needs more than {VERTICES_MAX} vertices", REMEDY, row
        )
    ring = arcs.sector(run.positions[0], inner_m, outer_m, start_deg, sweep)
    return Part(Shape.POLYGON, [*ring, ring[0]], 0)
