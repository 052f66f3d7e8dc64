"""One conflict on one page: from above, height and time, and the words.

Half of the agreed minimum is drawn round each volume. Two volumes keep less than
the whole of it just where these edges meet, on the map as in the profile: what the
rule decides can be seen, and the order of the two makes no difference.
"""

import math
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from matplotlib.patches import PathPatch

from openline.adapters.picture.base_map import BaseMap, load_base_map
from openline.adapters.picture.drawing import ConflictDrawing, DrawnSide
from openline.adapters.picture.ground import Ground, compound, draw_locator
from openline.adapters.picture.lettering import name_of, write
from openline.adapters.picture.outline import Ring, outline
from openline.adapters.picture.profile import (
    COLOURS,
    HATCHES,
    MARGIN_STYLE,
    STYLES,
    Profile,
    separation_text,
    tag,
)
from openline.adapters.picture.projection import REACH_DEG_MAX, Around, along
from openline.adapters.picture.sheet import DARK, GREY, Sheet, check_suffix, plain_style
from openline.adapters.picture.words import (
    exercise,
    line_row,
    map_source,
    minima_rows,
    names_of,
    north,
    plan_title,
    private_row,
    profile_title,
    scale_units,
    shared_row,
    side_name,
    side_rows,
    widening_row,
)
from openline.adapters.wording import Wording
from openline.domain.limits import PICTURE_PLACES_MAX, PICTURE_POINTS_MAX
from openline.domain.space.conflict import Verdict
from openline.domain.space.geodesy import Floats, normals, plane_at
from openline.domain.space.volume import Shape, core_of

VERDICT_COLOURS: Final = {
    Verdict.CONFLICT: "#A3161A",
    Verdict.MARGINAL: "#9A4A00",
    Verdict.TOUCH: "#3E5266",
    Verdict.CLEAR: "#5A5A5A",
}

_PLAN: Final = (0.058, 0.120, 0.515, 0.725)
_PROFILE: Final = (0.660, 0.550, 0.268, 0.255)
_WORDS: Final = (0.605, 0.035, 0.975, 0.490)
_NAME_CHARS_MAX: Final = 40
_WHOLE_SHARE: Final = 8
"""How many times wider than the smaller volume the map may be; else it shows the contact."""

_LOCATOR_M: Final = 600_000
_COS_PLANE: Final = math.cos(math.radians(80))


def draw(path: Path, drawn: ConflictDrawing, language: str, base_map: str) -> None:
    """Draw one conflict into a file; see `openline.adapters.picture`."""
    check_suffix(path)
    wording = Wording(language)
    base = load_base_map(base_map)
    one, other = map(_short, drawn.sides)
    drawn = replace(drawn, sides=(one, other))
    with plain_style():
        sheet = Sheet(is_right_to_left=wording.is_right_to_left)
        _draw_head(sheet, drawn, wording)
        _draw_plan(sheet, drawn, base, wording)
        profile = Profile(sheet.panel(*_PROFILE), drawn, wording)
        profile.draw()
        left, bottom, width, height = _PROFILE
        sheet.row(
            left - 0.055, left + width + 0.045, bottom + height + 0.032, profile_title(wording),
            10, bold=True, va="bottom",
        )  # fmt: skip
        sheet.rows(_WORDS, list(_paragraphs(drawn, profile, wording)))
        sheet.save(path)


def _draw_head(sheet: Sheet, drawn: ConflictDrawing, wording: Wording) -> None:
    word = wording.term(drawn.finding.verdict.value).upper()
    width = sheet.banner(0.025, 0.905, 0.07, word, VERDICT_COLOURS[drawn.finding.verdict])
    left, right = 0.045 + width, 0.975
    if sheet.is_right_to_left:
        left, right = 0.025, 0.955 - width
    names = " – ".join(
        wording.data(name_of(side.notice_id, _NAME_CHARS_MAX // 2)) for side in drawn.sides
    )
    if wording.is_right_to_left:
        names = f"\u2066{names}\u2069"
    sheet.row(left, right, 0.945, names, 15, bold=True, va="center_baseline")
    about = line_row(name_of(drawn.line, _NAME_CHARS_MAX), wording) if drawn.line else ""
    if drawn.is_exercise:
        about = exercise(wording)
    if drawn.is_private:
        about = private_row(wording)
    is_marked = drawn.is_exercise or drawn.is_private
    size = 12.5 if drawn.is_private else 9.5
    sheet.row(left, right, 0.915, about, size, va="center_baseline", bold=is_marked)


def _paragraphs(
    drawn: ConflictDrawing, profile: Profile, wording: Wording
) -> list[tuple[str, bool]]:
    """The words of the finding, of both sides, of what was agreed."""
    one, other = names_of(drawn, wording, 2 * _NAME_CHARS_MAX)
    rows = [(wording.finding(drawn.finding, one, other), False)]
    rows += [(row, False) for row in minima_rows(drawn.minima, wording)]
    for number, side in enumerate(drawn.sides, start=1):
        rows.append((f"{number} – {side_name(side, wording)}", True))
        rows.append((" ".join(side_rows(side, wording)), False))
    if profile.is_shared:
        rows.append((shared_row(wording), False))
    if profile.is_widened:
        rows.append((widening_row(wording), False))
    return rows


def _short(side: DrawnSide) -> DrawnSide:
    """The side with names that fit a page."""
    return replace(
        side,
        party=name_of(side.party, _NAME_CHARS_MAX),
        notice_id=name_of(side.notice_id, _NAME_CHARS_MAX),
        serial=name_of(side.serial, _NAME_CHARS_MAX),
        kind=name_of(side.kind, _NAME_CHARS_MAX),
    )


# --- from above ----------------------------------------------------------------------------------


def _draw_plan(sheet: Sheet, drawn: ConflictDrawing, base: BaseMap, wording: Wording) -> None:
    left, bottom, width, height = _PLAN
    axes = sheet.panel(*_PLAN)
    paper = Around(drawn.finding.closest)
    half_minimum_m = drawn.minima.lateral_m / 2
    edges = [outline(side.volume) for side in drawn.sides]
    margins = [
        outline(side.volume, half_minimum_m) if half_minimum_m else [] for side in drawn.sides
    ]
    shown = [_near(paper, edge + margin) for edge, margin in zip(edges, margins, strict=True)]
    middle, half_m = window_of(shown, drawn.finding.separation_m, _proportion())
    ground = Ground(axes, paper, middle, half_m)
    ground.draw_base(base)
    ground.draw_net()
    for number, side in enumerate(drawn.sides):
        _draw_others(ground, side, number)
    for number in (0, 1):
        _draw_volume(ground, edges[number], margins[number], number)
    _draw_separation(ground, drawn, wording)
    ground.draw_places(
        [(name_of(name, _NAME_CHARS_MAX), at) for name, at in drawn.places], PICTURE_PLACES_MAX
    )
    for number in (0, 1):
        tag(axes, *_tag_place(ground, _near(paper, edges[number]), number), number)
    ground.draw_north(north(wording))
    ground.draw_scale(*scale_units(wording))
    sheet.row(left, left + width - 0.04, bottom + height + 0.014, plan_title(wording), 10,
              bold=True, va="bottom")  # fmt: skip
    _draw_small_map(sheet, ground, base, edges)
    write(
        sheet.figure, left + width, 0.03, map_source(base.source, wording), 6.5, color=GREY,
        ha="right", va="center_baseline",
    )  # fmt: skip


def _proportion() -> float:
    """Height of the map over its width."""
    return _PLAN[3] * 8.27 / (_PLAN[2] * 11.69)


def _near(paper: Around, rings: list[Ring]) -> Floats:
    """All points of rings on paper that it can show."""
    units = np.concatenate(rings)
    middle = normals((paper.centre,))[0]
    near = units[units @ middle > math.cos(math.radians(REACH_DEG_MAX))]
    return paper.points(near) if len(near) else np.zeros((1, 2))


def window_of(
    shown: list[Floats], separation_m: float, proportion: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Middle and half size of the map: both volumes, or the contact if one is huge.

    Args:
        shown: Points of each side on paper whose middle is the contact.
        separation_m: How far they are apart.
        proportion: Height over width.
    """
    spans = [float((points.max(axis=0) - points.min(axis=0)).max()) for points in shown]
    both = np.concatenate(shown)
    low, high = both.min(axis=0), both.max(axis=0)
    most = _WHOLE_SHARE * max(min(spans), separation_m, 500.0)
    if float((high - low).max()) > most:
        low, high = np.maximum(low, -most / 2), np.minimum(high, most / 2)
    middle, half = (low + high) / 2, (high - low) / 2 * 1.12
    wide = max(float(half[0]), float(half[1]) / proportion, 250.0)
    return (float(middle[0]), float(middle[1])), (wide, wide * proportion)


def _draw_others(ground: Ground, side: DrawnSide, number: int) -> None:
    """The other volumes of a notice: thin, lest they be taken for what is meant."""
    left = PICTURE_POINTS_MAX // 4
    for volume in side.others:
        rings = outline(volume)
        left -= sum(map(len, rings))
        if left < 0:
            return
        middle = normals((ground.projection.centre,))[0]
        if min(float((ring @ middle).min()) for ring in rings) < math.cos(
            math.radians(REACH_DEG_MAX)
        ):
            continue
        ground.axes.add_patch(
            PathPatch(
                compound(ground.projection.points(ring) for ring in rings), fill=False,
                edgecolor=COLOURS[number], linewidth=0.8, linestyle=STYLES[number], zorder=2.5,
            )
        )  # fmt: skip


def _draw_volume(ground: Ground, edge: list[Ring], margin: list[Ring], number: int) -> None:
    axes, paper, colour = ground.axes, ground.projection, COLOURS[number]
    body = compound(paper.points(ring) for ring in edge)
    axes.add_patch(PathPatch(body, facecolor=colour, alpha=0.2, edgecolor="none", zorder=3))
    axes.add_patch(
        PathPatch(
            body, fill=False, edgecolor=colour, linewidth=1.9, linestyle=STYLES[number],
            hatch=HATCHES[number][:2], zorder=3.2,
        )
    )  # fmt: skip
    if margin:
        axes.add_patch(
            PathPatch(
                compound(paper.points(ring) for ring in margin), fill=False, edgecolor=colour,
                linewidth=1.1, linestyle=MARGIN_STYLE, zorder=3.1,
            )
        )  # fmt: skip


def separation_line(drawn: ConflictDrawing) -> Floats | None:
    """The ends of the shortest line between the two edges; None where they meet.

    The cores' nearest points are those of the plane round the point of closest
    approach, which lies between them.
    """
    if not drawn.finding.separation_m:
        return None
    plane = plane_at(normals((drawn.finding.closest,))[0])
    cores = [core_of(side.volume.shape, side.volume.vertices) for side in drawn.sides]
    if min(float((core.units @ plane.axes[2]).min()) for core in cores) < _COS_PLANE:
        return None
    figures = [
        _figure(side.volume.shape, plane.points(core.units))
        for side, core in zip(drawn.sides, cores, strict=True)
    ]
    ends = plane.normals(shapely.get_coordinates(shapely.shortest_line(*figures)))
    reach_m = np.array([float(side.volume.radius_m) for side in drawn.sides])
    ahead = ends[::-1] - ends * (ends * ends[::-1]).sum(axis=1)[:, None]
    ahead /= np.sqrt((ahead * ahead).sum(axis=1))[:, None]
    return along(ends, ahead, reach_m)


def _figure(shape: Shape, points: Floats) -> object:
    if shape is Shape.CIRCLE:
        return shapely.points(points[0])
    return (shapely.linestrings if shape is Shape.CORRIDOR else shapely.polygons)(points)


def _draw_separation(ground: Ground, drawn: ConflictDrawing, wording: Wording) -> None:
    """The line between the two, with its length; the contact as a cross."""
    axes = ground.axes
    ends = separation_line(drawn)
    if ends is None:
        x, y = ground.projection.points(normals((drawn.finding.closest,)))[0]
        axes.plot(x, y, marker="x", markersize=10, markeredgewidth=2.4, color=DARK, zorder=5)
        return
    points = ground.projection.points(ends)
    axes.plot(
        points[:, 0], points[:, 1], color=DARK, linewidth=1.8, marker="o", markersize=4, zorder=5
    )
    (x, y) = points.mean(axis=0)
    slope = points[1] - points[0]
    is_level = abs(slope[0]) > abs(slope[1])
    off = (x - ground.middle[0]) / ground.half_m[0]
    # Near an edge of the map the words run away from it; else beside or above the line.
    side = "left" if off < -0.4 else "right" if off > 0.4 else "center" if is_level else "left"
    beside_pt = {"left": 6, "center": 0, "right": -6}[side]
    write(
        axes, x, y, separation_text(drawn, wording), 8, bold=True, halo=True, zorder=6, ha=side,
        va="bottom" if is_level else "center", move_pt=(beside_pt, 12 if is_level else 0),
    )  # fmt: skip


def _tag_place(ground: Ground, points: Floats, number: int) -> tuple[float, float]:
    """Where the number of a side stands: on its edge in view, away from the other's."""
    off = (points - ground.middle) / ground.half_m
    sign = np.array((-1.0, 1.0)) if number == 0 else np.array((1.0, -1.0))
    inside = np.abs(off).max(axis=1) < 0.92
    if not inside.any():
        x, y = sign * 0.8
    else:
        x, y = off[inside][int((off[inside] @ sign).argmax())]
    return (
        ground.middle[0] + float(x) * ground.half_m[0],
        ground.middle[1] + float(y) * ground.half_m[1],
    )


def _draw_small_map(sheet: Sheet, ground: Ground, base: BaseMap, edges: list[list[Ring]]) -> None:
    """A map of the region in the emptiest corner, unless the large one shows as much."""
    if max(ground.half_m) > _LOCATOR_M / 2 or not base.land:
        return
    left, bottom, width, height = _PLAN
    size = 0.115
    tall = size * 11.69 / 8.27
    points = np.concatenate([_near_points(ground, edge) for edge in edges])
    off = (points - ground.middle) / ground.half_m
    corners = [(1, -1), (-1, -1), (1, 1), (-1, 1)]
    crowds = [int(((off[:, 0] * x > 0.5) & (off[:, 1] * y > 0.55)).sum()) for x, y in corners]
    x, y = corners[crowds.index(min(crowds))]
    axes = sheet.panel(
        left + width - size - 0.006 if x > 0 else left + 0.006,
        bottom + height - tall - 0.008 if y > 0 else bottom + 0.008,
        size,
        tall,
    )
    draw_locator(axes, base, ground, _LOCATOR_M)


def _near_points(ground: Ground, rings: list[Ring]) -> Floats:
    assert isinstance(ground.projection, Around)
    return _near(ground.projection, rings)
