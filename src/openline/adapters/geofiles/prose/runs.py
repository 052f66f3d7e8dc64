"""Runs of positions: which of them belong to one area, and the arcs between them.

Between positions of one run stand commas, dashes, little words and names in parentheses.
Numbers or letters before each single position make one run of them as well. An edge
that follows a border or a coast is a fault: no positions give it.
"""

import re
from dataclasses import dataclass
from typing import Final

from openline.adapters.geofiles import arcs
from openline.adapters.geofiles.activity import Feature
from openline.adapters.geofiles.prose.lengths import find_lengths
from openline.adapters.geofiles.prose.passage import Passage, one_line
from openline.adapters.geofiles.prose.positions import Found
from openline.adapters.geofiles.prose.radii import RADIUS_BEHIND, radius_before
from openline.domain.limits import VERTICES_MAX
from openline.domain.space.geodesy import Position, azimuth_deg, distance_m

_LETTERED = r"(?:\(?[0-9]{1,3}[.):]|\(?[A-Z][.):])"
_WORDS = (
    r"(?:TO|THENCE|THEN|AND|THE|POINTS?|PSN|POSITIONS?|PTS?|BY|A|STRAIGHT|LINES?|"
    r"VIA|BACK|STARTING|START|ORIGIN|POINT OF ORIGIN|"
    r"ДАЛЕЕ|И|ДО|ТОЧК[А-Я]*|ЧЕРЕЗ|PUIS|ET|Y|HASTA|E|UND|BIS)"
)
_CONNECTED = re.compile(
    rf"[\s,;:/()-]*(?:{_WORDS}(?![A-ZА-Я0-9])[\s,;:/()-]*)*(?:\([A-Z0-9 .'-]{{1,40}}\)[\s,;:/-]*)?"
)
_NUMBERED = re.compile(
    rf"[\s,;:/.-]*(?:(?:{_WORDS}) *)?"
    rf"(?:{_LETTERED}|(?:POINT|PT|PSN|P|WPT|ТОЧКА)? ?[A-Z0-9]{{1,2}}[\s.:=-]*)[\s,;:=-]*"
)
_ARC = re.compile(
    r"(?P<sense>ANTI-?CLOCK-?WISE|COUNTER-?CLOCK-?WISE|CLOCK-?WISE|CCW|CW|"
    r"ПРОТИВ ЧАСОВОЙ|ПО ЧАСОВОЙ)"
)
_FOLLOWS = re.compile(
    r"(?<![A-Z])(?:ALONG|FOLLOWING (?:THE )?|FLW (?:THE )?(?:BORDER|COAST)|ВДОЛЬ|LE LONG)"
    r"[^0-9]{0,60}"
)
_GAP_CHARS_MAX: Final = 400
"""Between positions of one run stands no more."""

REMEDY: Final = "Draw it by hand, or correct the text."


@dataclass(slots=True)
class Run:
    """Positions that belong together.

    Attributes:
        positions: In order, those of arcs among them.
        start: Where they begin in the passage.
        end: Where they end.
        arcs: How many arcs are among them.
        is_led: Whether radii of this message stand before their positions.
    """

    positions: list[Position]
    start: int
    end: int
    arcs: int = 0
    is_led: bool = False


def find_runs(feature: Feature, name: str, passage: Passage, found: list[Found]) -> list[Run]:
    """The positions of a passage in runs.

    Args:
        feature: For remarks and faults.
        name: What the passage is called.
        passage: The passage.
        found: Its positions, in order.

    Raises:
        FileFault: An edge cannot be drawn.
    """
    return _joined(_connected(feature, name, passage, found), passage)


def _connected(feature: Feature, name: str, passage: Passage, found: list[Found]) -> list[Run]:
    """The positions in runs; the ends of an arc and its centre are taken together."""
    runs: list[Run] = []
    number = 0
    while number < len(found):
        one = found[number]
        gap = passage.text[runs[-1].end : one.start] if runs else ""
        if runs and (arc := _ARC.search(gap)) and number + 1 < len(found):
            _add_arc(feature, name, passage, runs[-1], found[number : number + 2], arc["sense"])
            number += 2
            continue
        if runs and _FOLLOWS.search(gap):
            _refuse_followed(feature, name, passage, runs[-1].end, gap)
        if runs and len(gap) <= _GAP_CHARS_MAX and _CONNECTED.fullmatch(gap):
            runs[-1].positions.append(one.position)
            runs[-1].end = one.end
        else:
            runs.append(Run([one.position], one.start, one.end))
        number += 1
    if runs and (match := _FOLLOWS.match(passage.text[runs[-1].end :].lstrip(" ,-\n"))):
        _refuse_followed(feature, name, passage, runs[-1].end, match[0])
    return runs


def _refuse_followed(feature: Feature, name: str, passage: Passage, at: int, gap: str) -> None:
    match = _FOLLOWS.search(gap)
    assert match is not None, "it was found"
    raise feature.fault(
        name,
        f"an edge goes {one_line(match[0])[:50]!r}, which no positions give",
        REMEDY,
        passage.row_at(at + match.start()),
    )


def _add_arc(
    feature: Feature, name: str, passage: Passage, run: Run, ends: list[Found], sense: str
) -> None:
    """Follow an arc from the last position of a run round a centre to an end."""
    centre, end = ends[0].position, ends[1].position
    start = run.positions[-1]
    row = passage.row_at(ends[0].start)
    radius_m = distance_m(centre, start)
    lengths = find_lengths(feature, name, passage, run.end, ends[1].start)
    said_m = lengths[0].metres if lengths else radius_m
    slack_m = max(0.03 * said_m, 400.0)
    for place in (start, end):
        if abs(distance_m(centre, place) - said_m) > slack_m:
            raise feature.fault(
                name,
                f"an arc of {said_m:,.0f} m ends {distance_m(centre, place):,.0f} m from its "
                "centre",
                "Compare centre, radius and both ends with the original.",
                row,
            )
    from_deg, to_deg = azimuth_deg(centre, start), azimuth_deg(centre, end)
    is_left = sense.startswith(("ANTI", "COUNTER", "CCW", "ПРОТИВ"))
    if is_left:
        from_deg, to_deg = to_deg, from_deg
    sweep = arcs.sweep_deg(from_deg, to_deg)
    if arcs.chords_of(said_m, sweep) + len(run.positions) > VERTICES_MAX:
        raise feature.fault(name, f"an arc needs more than {VERTICES_MAX} vertices", REMEDY, row)
    between = arcs.arc(centre, said_m, from_deg, sweep)[1:-1]
    run.positions += [*(reversed(between) if is_left else between), end]
    run.end = ends[1].end
    run.arcs += 1


def _joined(runs: list[Run], passage: Passage) -> list[Run]:
    """Single positions behind numbers or letters put together into one run."""
    joined: list[Run] = []
    numbered: list[Run] = []
    for run in runs:
        last = joined[-1] if joined else None
        if (
            last is not None
            and len(run.positions) == 1
            and not last.arcs
            and (len(last.positions) == 1 or last in numbered)
            and run.start - last.end <= _GAP_CHARS_MAX
            and _NUMBERED.fullmatch(passage.text, last.end, run.start)
            and not RADIUS_BEHIND.match(passage.text, run.end)
        ):
            last.positions += run.positions
            last.end = run.end
            numbered.append(last)
        else:
            joined.append(run)
    is_led = bool(joined) and radius_before(passage.text, 0, joined[0].start) is not None
    for run in joined:
        run.is_led = is_led
    return joined
