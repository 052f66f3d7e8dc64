"""All areas of one file on the map of their region, those in conflict in front."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.typing import LineStyleType

from openline.adapters.picture.base_map import load_base_map
from openline.adapters.picture.ground import Ground, compound
from openline.adapters.picture.lettering import name_of, write
from openline.adapters.picture.outline import Ring, outline
from openline.adapters.picture.profile import HATCHES, STYLES
from openline.adapters.picture.projection import Projection, Whole, projection_for
from openline.adapters.picture.sheet import (
    DARK,
    FIRST,
    GREY,
    SECOND,
    Sheet,
    check_suffix,
    plain_style,
)
from openline.adapters.picture.words import (
    activities_legend,
    counts,
    map_source,
    north,
    scale_units,
)
from openline.adapters.wording import Wording
from openline.domain.limits import PICTURE_NAMES_MAX, PICTURE_POINTS_MAX, PICTURE_VOLUMES_MAX
from openline.domain.space.conflict import Finding
from openline.domain.space.geodesy import Floats, normals

if TYPE_CHECKING:
    from openline.adapters.geofiles.activity import ReadActivity

_MAP: Final = (0.06, 0.105, 0.70, 0.775)
_LEGEND: Final = (0.785, 0.045, 0.980, 0.880)
_SIGN_WIDTH: Final = 0.03
_SIGN_STEP: Final = 0.042
_NAME_CHARS_MAX: Final = 28
_HALF_M_MIN: Final = 15_000.0
"""A map of one small area shows some of what lies round it."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One volume on its way to the paper.

    Attributes:
        name: Of its activity, to be written beside it; empty if another has it.
        rings: Its edge.
        is_met: Whether its activity is in conflict.
    """

    name: str
    rings: list[Ring]
    is_met: bool


def draw(
    path: Path,
    activities: "Sequence[ReadActivity]",
    conflicts: Sequence[tuple[int, int, Finding]],
    title: str,
    language: str,
    base_map: str,
) -> None:
    """Draw the areas of a file; see `openline.adapters.picture`."""
    check_suffix(path)
    wording = Wording(language)
    base = load_base_map(base_map)
    met = {number for first, second, _ in conflicts for number in (first, second)}
    drawn = list(_outlined(activities, met))
    count = sum(len(activity.volumes) for activity in activities)
    with plain_style():
        sheet = Sheet(is_right_to_left=wording.is_right_to_left)
        sheet.row(0.025, 0.975, 0.958, name_of(title, 120), 17, bold=True, va="center_baseline")
        axes = sheet.panel(*_MAP)
        ground = _ground(axes, drawn, conflicts)
        ground.draw_base(base)
        ground.draw_net()
        for one in drawn:
            _draw_volume(ground, one)
        _draw_meetings(ground, conflicts)
        _draw_names(sheet, ground, drawn)
        ground.draw_north(north(wording))
        ground.draw_scale(*scale_units(wording))
        faulty = sum(1 for activity in activities if activity.fault is not None)
        rows = counts(len(activities), count, len(conflicts), count - len(drawn), faulty, wording)
        _draw_legend(sheet, list(rows), bool(met), wording)
        write(
            sheet.figure, _MAP[0] + _MAP[2], 0.022, map_source(base.source, wording), 6.5,
            color=GREY, ha="right", va="center_baseline",
        )  # fmt: skip
        sheet.save(path)


def _outlined(activities: "Sequence[ReadActivity]", met: set[int]) -> Iterator[_Drawn]:
    """The volumes that are drawn: those in conflict first, as many as may be."""
    left_points, left_volumes = PICTURE_POINTS_MAX, PICTURE_VOLUMES_MAX
    order = sorted(range(len(activities)), key=lambda number: number not in met)
    for number in order:
        name = activities[number].name
        for volume in activities[number].volumes:
            if left_volumes == 0 or left_points <= 0:
                return
            rings = outline(volume)
            left_volumes -= 1
            left_points -= sum(map(len, rings))
            yield _Drawn(name, rings, number in met)
            name = ""


def _ground(
    axes: Axes, drawn: list[_Drawn], conflicts: Sequence[tuple[int, int, Finding]]
) -> Ground:
    """The map that holds everything that is drawn."""
    units = [ring for one in drawn for ring in one.rings]
    units += [normals([finding.closest]) for _, _, finding in conflicts]
    proportion = _MAP[3] * 8.27 / (_MAP[2] * 11.69)
    if not units:
        return Ground(axes, Whole((0, 0)), (0.0, 0.0), (2e7, 2e7 * proportion))
    points_at = np.concatenate(units)
    projection = projection_for(points_at)
    points = projection.points(points_at)
    low, high = points.min(axis=0), points.max(axis=0)
    middle, half = (low + high) / 2, (high - low) / 2 * 1.08
    wide = max(float(half[0]), float(half[1]) / proportion, _HALF_M_MIN)
    return Ground(axes, projection, (float(middle[0]), float(middle[1])), (wide, wide * proportion))


def _draw_volume(ground: Ground, one: _Drawn) -> None:
    colour = SECOND if one.is_met else FIRST
    shown = [ground.projection.points(ring) for ring in one.rings]
    if any(_is_torn(points, ground.projection) for points in shown):
        for points in shown:
            _draw_torn(ground, points, colour)
        return
    body, order = compound(shown), 4.0 if one.is_met else 3.0
    ground.axes.add_patch(
        PathPatch(
            body, facecolor=colour, alpha=0.22 if one.is_met else 0.12, edgecolor="none",
            zorder=order,
        )
    )  # fmt: skip
    ground.axes.add_patch(
        PathPatch(
            body, fill=False, edgecolor=colour, linewidth=1.9 if one.is_met else 0.9,
            hatch=HATCHES[1][:2] if one.is_met else None,
            linestyle=STYLES[1] if one.is_met else STYLES[0], zorder=order + 0.1,
        )
    )  # fmt: skip


def _is_torn(points: Floats, projection: Projection) -> bool:
    """Whether an edge runs over both ends of the plain map."""
    steps = np.abs(np.diff(np.concatenate((points[:, 0], points[:1, 0]))))
    return bool((steps > projection.tear_m).any())


def _draw_torn(ground: Ground, points: Floats, colour: str) -> None:
    """An edge that leaves the map on one side and comes in on the other: lines alone."""
    closed = np.concatenate((points, points[:1]))
    torn = np.flatnonzero(np.abs(np.diff(closed[:, 0])) > ground.projection.tear_m) + 1
    for part in np.split(closed, torn):
        ground.axes.plot(part[:, 0], part[:, 1], color=colour, linewidth=1.2, zorder=4)


def _draw_meetings(ground: Ground, conflicts: Sequence[tuple[int, int, Finding]]) -> None:
    """A cross where two areas come nearest."""
    if not conflicts:
        return
    places = normals([finding.closest for _, _, finding in conflicts[:PICTURE_VOLUMES_MAX]])
    points = ground.projection.points(places)
    ground.axes.plot(
        points[:, 0], points[:, 1], linestyle="none", marker="x", markersize=8,
        markeredgewidth=2.0, color=DARK, zorder=6,
    )  # fmt: skip


def _draw_names(sheet: Sheet, ground: Ground, drawn: list[_Drawn]) -> None:
    """Names where there is room; those in conflict come first, then the largest."""
    named = [one for one in drawn if one.name]
    sizes = {id(one): _size(ground, one) for one in named}
    named.sort(key=lambda one: (not one.is_met, -sizes[id(one)]))
    taken: list[tuple[float, float, float, float]] = []
    for one in named:
        if len(taken) >= PICTURE_NAMES_MAX:
            return
        name = name_of(one.name, _NAME_CHARS_MAX)
        size_pt = 7.5 if one.is_met else 6.5
        half_wide = sheet.width_of(name, size_pt, is_bold=one.is_met) / _MAP[2]
        half_tall = size_pt / 72 / 8.27 / _MAP[3]
        points = ground.projection.points(one.rings[0])
        off = (points - ground.middle) / ground.half_m
        (low_x, low_y), (high_x, high_y) = off.min(axis=0), off.max(axis=0)
        middle_x = float(low_x + high_x) / 2
        gap = half_tall * 1.4
        for x, y in (
            (middle_x, float(low_y + high_y) / 2),
            (middle_x, float(high_y) + gap),
            (middle_x, float(low_y) - gap),
        ):
            box = (x - half_wide, y - half_tall, x + half_wide, y + half_tall)
            if _has_room(box, taken):
                taken.append(box)
                write(
                    ground.axes, ground.middle[0] + x * ground.half_m[0],
                    ground.middle[1] + y * ground.half_m[1], name, size_pt, bold=one.is_met,
                    halo=True, ha="center", va="center", zorder=7 if one.is_met else 6.5,
                )  # fmt: skip
                break


def _size(ground: Ground, one: _Drawn) -> float:
    points = ground.projection.points(one.rings[0])
    return float((points.max(axis=0) - points.min(axis=0)).max())


def _has_room(
    box: tuple[float, float, float, float], taken: list[tuple[float, float, float, float]]
) -> bool:
    if box[0] < -0.99 or box[1] < -0.99 or box[2] > 0.99 or box[3] > 0.99:
        return False
    return not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in taken
    )


def _draw_legend(sheet: Sheet, rows: list[str], has_met: bool, wording: Wording) -> None:
    """What the signs mean, and how much there is."""
    plain, met, nearest = activities_legend(wording)
    figure = sheet.figure
    left, bottom, right, top = _LEGEND
    signs: list[tuple[str, str, str | None, LineStyleType, float]]
    signs = [(plain, FIRST, None, STYLES[0], 0.9)]
    if has_met:
        signs.append((met, SECOND, HATCHES[1][:2], STYLES[1], 1.9))
    y = top - 0.02
    for text, colour, hatch, style, width in signs:
        start = right - _SIGN_WIDTH if sheet.is_right_to_left else left
        figure.add_artist(
            Rectangle(
                (start, y - 0.012), _SIGN_WIDTH, 0.024, facecolor=f"{colour}30", edgecolor=colour,
                hatch=hatch, linestyle=style, linewidth=width, transform=figure.transFigure,
            )
        )  # fmt: skip
        _say_sign(sheet, y, text)
        y -= _SIGN_STEP
    if has_met:
        x = right - _SIGN_WIDTH / 2 if sheet.is_right_to_left else left + _SIGN_WIDTH / 2
        figure.add_artist(
            Line2D(
                [x], [y], marker="x", markersize=8, markeredgewidth=2.0, color=DARK,
                transform=figure.transFigure,
            )
        )  # fmt: skip
        _say_sign(sheet, y, nearest)
        y -= _SIGN_STEP
    sheet.rows((left, bottom, right, y), [(row, False) for row in rows])


def _say_sign(sheet: Sheet, y: float, text: str) -> None:
    """What a sign means, beside it."""
    left, _, right, _ = _LEGEND
    if sheet.is_right_to_left:
        right -= _SIGN_WIDTH + 0.008
    else:
        left += _SIGN_WIDTH + 0.008
    sheet.row(left, right, y, text, 8.5, va="center_baseline")
