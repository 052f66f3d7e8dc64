"""The map: what lies beneath, the net of degrees, scale, north, a small map.

A `Ground` is axes in metres of a projection. What lies outside its window is cut
away before it is projected, so that no point is ever asked for on the far side of
the globe.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline

from openline.adapters.picture.base_map import BaseMap, Line
from openline.adapters.picture.lettering import write
from openline.adapters.picture.projection import Around, Projection, Whole, units_of
from openline.adapters.picture.sheet import DARK, GREY
from openline.domain.space.geodesy import AXIS_M, Floats, normals

SEA: Final = "#DCE6EE"
LAND: Final = "#F7F4EC"
WATER: Final = "#7FA6C4"
BORDER: Final = "#8A8378"

_NET_MINUTES: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800)
_SCALE_STEPS: Final = (1, 2, 5)
_EDGE_DEG_MAX: Final = 1.0
"""A cut edge of land is followed in steps of a degree: a parallel is no straight line."""


class Ground:
    """A map in a panel of the sheet.

    Args:
        axes: The panel.
        projection: How positions lie on it.
        middle: Middle of the window in metres of the projection.
        half_m: Half its width and half its height, in the proportion of the panel.
    """

    def __init__(
        self,
        axes: Axes,
        projection: Projection,
        middle: tuple[float, float],
        half_m: tuple[float, float],
    ) -> None:
        self.axes, self.projection, self.middle, self.half_m = axes, projection, middle, half_m
        axes.set_xlim(middle[0] - half_m[0], middle[0] + half_m[0])
        axes.set_ylim(middle[1] - half_m[1], middle[1] + half_m[1])
        axes.set_facecolor(SEA)
        self.box = self._degree_box()

    def _degree_box(self) -> tuple[float, float, float, float]:
        """West, south, east and north of a box that holds the window, in degrees.

        The longitudes are within half a turn of the middle of the projection, and
        may so leave [-180, 180].
        """
        lat, lon = (part / 1e7 for part in self.projection.centre)
        if isinstance(self.projection, Whole):
            return lon - 180, -90.0, lon + 180, 90.0
        reach = math.hypot(
            abs(self.middle[0]) + self.half_m[0], abs(self.middle[1]) + self.half_m[1]
        )
        angle = math.degrees(reach / AXIS_M) * 1.02 + 0.01
        south, north = lat - angle, lat + angle
        if south <= -90 or north >= 90:
            return lon - 180, max(south, -90.0), lon + 180, min(north, 90.0)
        sine = math.sin(math.radians(angle)) / math.cos(math.radians(lat))
        wide = math.degrees(math.asin(min(1.0, sine)))
        return lon - wide, south, lon + wide, north

    # --- the base map ----------------------------------------------------------------------------

    def draw_base(self, base: BaseMap, *, weight: float = 1.0) -> None:
        """Land, lakes, rivers, coasts and borders, in lines of such a weight."""
        self._fill(base.land, LAND, 0.5)
        self._fill(base.lakes, SEA, 0.7)
        coasts = [np.concatenate((ring, ring[:1])) for ring in base.land]
        shores = [np.concatenate((ring, ring[:1])) for ring in base.lakes]
        self._draw(_without_frame(coasts), WATER, 0.7 * weight, 0.8)
        self._draw(shores, WATER, 0.5 * weight, 0.8)
        self._draw(base.rivers, WATER, 0.9 * weight, 0.9)
        self._draw(base.borders, BORDER, 0.9 * weight, 1.0, style=(0, (6, 2, 1, 2)))

    def _fill(self, rings: Iterable[Line], colour: str, order: float) -> None:
        shown = [_as_paper(self.projection, ring, self.box) for ring in self._cut(rings)]
        if not shown:
            return
        whole = compound(shown)
        self.axes.add_patch(
            PathPatch(whole, facecolor=colour, edgecolor="none", zorder=order, linewidth=0)
        )

    def _cut(self, rings: Iterable[Line]) -> Iterator[Line]:
        """What of the rings lies in the box of the window."""
        west, south, east, north = self.box
        for ring in rings:
            (low_lon, low_lat), (high_lon, high_lat) = ring.min(axis=0), ring.max(axis=0)
            if high_lat < south or low_lat > north:
                continue
            for turn in (-360.0, 0.0, 360.0):
                if high_lon + turn < west or low_lon + turn > east:
                    continue
                part = ring + np.array((turn, 0.0))
                for column, limit, sign in (
                    (0, west, -1), (0, east, 1), (1, south, -1), (1, north, 1)
                ):  # fmt: skip
                    part = _kept_half(part, column, limit, sign)
                if len(part) > 2:
                    yield _stepped(part)

    def _draw(
        self,
        lines: Iterable[Line],
        colour: str,
        width: float,
        order: float,
        style: object = "solid",
    ) -> None:
        west, south, east, north = self.box
        shown: list[Floats] = []
        for line in lines:
            for turn in (-360.0, 0.0, 360.0):
                lon, lat = line[:, 0] + turn, line[:, 1]
                inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
                if not inside.any():
                    continue
                # A neighbour outside belongs to the line that leaves the window.
                near = inside.copy()
                near[1:] |= inside[:-1]
                near[:-1] |= inside[1:]
                moved = np.column_stack((lon, lat))
                for run in _runs(near):
                    points = _as_paper(self.projection, moved[run], self.box)
                    shown += _whole_parts(points, self.projection.tear_m)
        self.axes.add_collection(
            LineCollection(
                shown, colors=colour, linewidths=width, linestyles=[style], zorder=order
            ),
            autolim=False,
        )

    # --- the net ---------------------------------------------------------------------------------

    def draw_net(self, *, is_labelled: bool = True) -> None:
        """Meridians and parallels, with their degrees where they leave the window."""
        west, south, east, north = self.box
        step = _net_step(min(north - south, (east - west)) / 4)
        step_lon = max(step, 30.0) if east - west >= 359 else step
        lats = np.arange(math.ceil(south / step), math.floor(north / step) + 1) * step
        lons = np.arange(math.ceil(west / step_lon), math.floor(east / step_lon) + 1) * step_lon
        across, up = np.linspace(west, east, 120), np.linspace(south, north, 120)
        for lat in lats:
            self._net_line(np.column_stack((across, np.full(120, lat))), float(lat), 1, is_labelled)
        for lon in lons:
            self._net_line(np.column_stack((np.full(120, lon), up)), float(lon), 0, is_labelled)

    def _net_line(self, line: Line, degrees: float, column: int, is_labelled: bool) -> None:
        """One line of the net; a meridian is labelled below, a parallel on the left."""
        points = _as_paper(self.projection, line, self.box)
        self.axes.plot(
            points[:, 0], points[:, 1], color=GREY, linewidth=0.35, alpha=0.55, zorder=1.2
        )
        if not is_labelled:
            return
        edge = self.middle[1 - column] - self.half_m[1 - column]
        place = _crossing(points, 1 - column, edge)
        low = self.middle[column] - self.half_m[column]
        if place is None or not low <= place <= low + 2 * self.half_m[column]:
            return
        text = _degrees(degrees, column)
        if column == 0:
            write(
                self.axes, place, edge, text, 6.5, ha="center", va="top", color=GREY,
                move_pt=(0, -3),
            )  # fmt: skip
        else:
            write(
                self.axes, edge, place, text, 6.5, ha="right", va="center", color=GREY,
                move_pt=(-3, 0),
            )  # fmt: skip

    # --- what goes along -------------------------------------------------------------------------

    def draw_north(self, letter: str) -> None:
        """An arrow to true north, above the map's right end."""
        axes = self.axes
        if isinstance(self.projection, Around) and self.box[2] - self.box[0] >= 359:
            return  # Round a pole no one direction is north.
        axes.annotate(
            "", (0.982, 1.062), (0.982, 1.006), xycoords="axes fraction",
            textcoords="axes fraction", annotation_clip=False,
            arrowprops={"arrowstyle": "-|>", "color": DARK, "linewidth": 1.2},
        )  # fmt: skip
        write(
            axes, 0.965, 1.03, letter, 9, bold=True, transform=axes.transAxes,
            ha="right", va="center",
        )  # fmt: skip

    def draw_scale(self, kilometres: str, miles: str) -> None:
        """Two bars below the map, true at its middle.

        Args:
            kilometres: How a number of kilometres is said, with `{n}`.
            miles: How a number of nautical miles is said.
        """
        if isinstance(self.projection, Whole):
            return
        width_m = 2 * self.half_m[0]
        for y, unit_m, said in ((-0.062, 1000.0, kilometres), (-0.085, 1852.0, miles)):
            count = _round_number(width_m * 0.22 / unit_m)
            length = count * unit_m / width_m
            self.axes.add_patch(
                Rectangle(
                    (0.0, y - 0.004), length, 0.008, transform=self.axes.transAxes,
                    facecolor=DARK, edgecolor=DARK, linewidth=0.6, clip_on=False,
                )
            )  # fmt: skip
            self.axes.add_patch(
                Rectangle(
                    (length / 2, y - 0.004), length / 2, 0.008, transform=self.axes.transAxes,
                    facecolor="white", edgecolor=DARK, linewidth=0.6, clip_on=False,
                )
            )  # fmt: skip
            write(
                self.axes, length + 0.012, y, said.format(n=f"{count:g}"), 7.5,
                transform=self.axes.transAxes, va="center_baseline",
            )  # fmt: skip

    def draw_places(self, places: Sequence[tuple[str, tuple[int, int]]], most: int) -> None:
        """Names of places in view, each beside its mark, as many as have room."""
        if not places:
            return
        taken: list[tuple[float, float]] = []
        points = self.projection.points(normals([position for _, position in places]))
        for (name, _), point in zip(places, points, strict=True):
            off = (point - self.middle) / self.half_m
            near = any(abs(off[0] - x) < 0.3 and abs(off[1] - y) < 0.06 for x, y in taken)
            if not np.isfinite(off).all() or np.abs(off).max() > 0.94 or near:
                continue
            if len(taken) == most:
                return
            taken.append((float(off[0]), float(off[1])))
            self.axes.plot(
                *point, marker="^", markersize=5, color=DARK, markeredgecolor="white",
                markeredgewidth=0.6, zorder=6,
            )  # fmt: skip
            is_right = off[0] > 0.35
            write(
                self.axes, float(point[0]), float(point[1]), name, 7.5, halo=True, zorder=6.1,
                va="center_baseline", ha="right" if is_right else "left",
                move_pt=(-5 if is_right else 5, 0),
            )  # fmt: skip


def draw_locator(axes: Axes, base: BaseMap, ground: Ground, reach_m: float) -> None:
    """A small map of the region round the middle of a larger one, with a frame for it."""
    x, y = ground.middle
    assert isinstance(ground.projection, Around)
    small = Ground(axes, ground.projection, (x, y), (reach_m, reach_m))
    small.draw_base(base, weight=0.6)
    small.draw_net(is_labelled=False)
    width, height = (max(half, reach_m / 30) for half in ground.half_m)
    axes.add_patch(
        Rectangle(
            (x - width, y - height), 2 * width, 2 * height,
            fill=False, edgecolor=DARK, linewidth=1.4, zorder=5,
        )
    )  # fmt: skip


def compound(rings: Iterable[Floats]) -> Outline:
    """Rings on paper as one outline; a ring within another is a hole if it turns back."""
    paths = []
    for ring in rings:
        closed = np.concatenate((ring, ring[:1]))
        codes = np.full(len(closed), Outline.LINETO, dtype=np.uint8)
        codes[0], codes[-1] = Outline.MOVETO, Outline.CLOSEPOLY
        paths.append(Outline(closed, codes))
    return Outline.make_compound_path(*paths)


def _as_paper(
    projection: Projection, degrees: Line, box: tuple[float, float, float, float]
) -> Floats:
    """Where longitudes and latitudes show that lie in the box."""
    if isinstance(projection, Whole):
        middle = (box[0] + box[2]) / 2
        return (degrees - (middle, 0.0)) * (math.pi / 180 * AXIS_M)
    return projection.points(units_of(degrees))


def _kept_half(ring: Line, column: int, limit: float, sign: int) -> Line:
    """The ring on one side of a meridian or parallel (Sutherland and Hodgman)."""
    if not len(ring):
        return ring
    inside = sign * (ring[:, column] - limit) <= 0
    if inside.all():
        return ring
    after = np.roll(ring, -1, axis=0)
    crosses = inside != np.roll(inside, -1)
    steps = after[:, column] - ring[:, column]
    shares = np.divide(
        limit - ring[:, column], steps, out=np.zeros_like(steps), where=crosses & (steps != 0)
    )
    both = np.empty((2 * len(ring), 2))
    both[0::2], both[1::2] = ring, ring + (after - ring) * shares[:, None]
    kept = np.empty(2 * len(ring), dtype=bool)
    kept[0::2], kept[1::2] = inside, crosses
    return both[kept]


def _stepped(ring: Line) -> Line:
    """The ring with points on long edges, which follow parallels, not great circles."""
    after = np.roll(ring, -1, axis=0)
    longest = np.abs(after - ring).max(axis=1)
    counts = np.maximum(1, np.ceil(longest / _EDGE_DEG_MAX)).astype(np.int64)
    if counts.max() == 1:
        return ring
    which = np.repeat(np.arange(len(ring)), counts)
    within = np.arange(len(which)) - np.repeat(counts.cumsum() - counts, counts)
    shares = (within / counts[which])[:, None]
    return np.asarray(ring[which] + (after[which] - ring[which]) * shares)


def _without_frame(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines without what closes a ring round a pole: no coast runs there."""
    for line in lines:
        is_edge = np.abs(line[:, 1]) >= 89.9
        if not is_edge.any():
            yield line
            continue
        for run in _runs(~is_edge):
            yield line[run]


def _runs(kept: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Iterator[slice]:
    """Where two or more in a row are true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], kept, [False])).astype(np.int8)))
    for start, end in edges.reshape(-1, 2).tolist():
        if end - start > 1:
            yield slice(start, end)


def _whole_parts(points: Floats, tear_m: float) -> list[Floats]:
    """A line on paper, parted where it jumps from one edge of the map to the other."""
    torn = np.flatnonzero(np.abs(np.diff(points[:, 0])) > tear_m) + 1
    return [part for part in np.split(points, torn) if len(part) > 1]


def _crossing(points: Floats, column: int, limit: float) -> float | None:
    """Where a line on paper crosses an upright or level edge, on the other axis."""
    before, after = points[:-1, column] - limit, points[1:, column] - limit
    found = np.flatnonzero((before <= 0) != (after <= 0))
    if not found.size:
        return None
    at = int(found[0])
    share = before[at] / (before[at] - after[at])
    other = points[:, 1 - column]
    return float(other[at] + (other[at + 1] - other[at]) * share)


def _net_step(wanted_deg: float) -> float:
    """The step of the net in degrees next to the one wanted."""
    for minutes in _NET_MINUTES:
        if minutes / 60 >= wanted_deg:
            return minutes / 60
    return _NET_MINUTES[-1] / 60


def _degrees(value: float, column: int) -> str:
    """A longitude or latitude of the net: 36°30'E."""
    if column == 0:
        value = (value + 180) % 360 - 180
    minutes = round(abs(value) * 60)
    side = "EW"[value < 0] if column == 0 else "NS"[value < 0]
    degrees, rest = divmod(minutes, 60)
    if minutes in (0, 180 * 60):
        return f"{degrees}°"
    return f"{degrees}°" + (f"{rest:02d}'" if rest else "") + side


def _round_number(wanted: float) -> float:
    """The greatest of 1, 2, 5, 10, 20, 50, … that is not more than wanted."""
    scale = 10.0 ** math.floor(math.log10(max(wanted, 1e-6)))
    return max(step * scale for step in _SCALE_STEPS if step * scale <= wanted * 1.000001)
