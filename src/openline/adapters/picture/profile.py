"""The profile: both bands over both windows, upright and from left to right.

Where all heights count from one reference they are compared exactly, and the axis
counts from it. Across references each height is drawn at its plain value above mean
sea level, and the range where it may lie (`domain.space.altitude`) as dots; of
ground that is not known, heights above it are drawn as if it lay at the sea.
"""

import math
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.typing import LineStyleType

from openline.adapters.picture.drawing import ConflictDrawing
from openline.adapters.picture.lettering import write
from openline.adapters.picture.sheet import DARK, FIRST, GREY, SECOND
from openline.adapters.picture.words import AXES, apart, both_units, unlimited
from openline.adapters.wording import Wording
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, dtg
from openline.domain.space.altitude import UNBOUNDED_DM, Altitude, Datum, amsl_range_dm

HATCHES: Final = ("////", "\\\\\\\\")
COLOURS: Final = (FIRST, SECOND)
STYLES: Final[tuple[LineStyleType, LineStyleType]] = ("solid", (0, (7, 2)))
"""Two sides differ by colour, by hatch and by line, so that they do in any print."""

MARGIN_STYLE: Final = (0, (3, 2.2))

_TIME_STEPS: Final = (
    SECOND_MS, 10 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS, 15 * MINUTE_MS,
    30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, DAY_MS,
    2 * DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 90 * DAY_MS, 365 * DAY_MS, 3_650 * DAY_MS,
)  # fmt: skip
_LONGEST_SHARE: Final = 12
"""How much longer than the shorter window the picture may reach; a year beside an hour is cut."""


@dataclass(frozen=True, slots=True)
class Band:
    """One band as it is drawn, in decimetres on the axis.

    Attributes:
        low: Where its lower bound is; minus infinity for none.
        high: Where its upper bound is; infinity for none.
        low_widened: Where the lower bound may reach down to.
        high_widened: Where the upper bound may reach up to.
    """

    low: float
    high: float
    low_widened: float
    high_widened: float


def axis_datum(drawn: ConflictDrawing) -> Datum:
    """What the axis counts from: the one reference of all heights, or mean sea level."""
    datums = {
        bound.datum
        for side in drawn.sides
        for bound in (side.volume.lower, side.volume.upper)
        if bound is not None
    }
    return datums.pop() if len(datums) == 1 else Datum.AMSL


def bands_of(drawn: ConflictDrawing) -> tuple[Band, Band]:
    """Both bands; a bound is widened unless what it faces has the same reference."""
    one, other = (side.volume for side in drawn.sides)
    return (
        _band(drawn, one.lower, one.upper, other.lower, other.upper),
        _band(drawn, other.lower, other.upper, one.lower, one.upper),
    )


def _band(
    drawn: ConflictDrawing,
    lower: Altitude | None,
    upper: Altitude | None,
    facing_lower: Altitude | None,
    facing_upper: Altitude | None,
) -> Band:
    low = -math.inf if lower is None else _plain_dm(lower)
    high = math.inf if upper is None else _plain_dm(upper)
    low_widened, high_widened = low, high
    # Against the same reference a bound is where it is written. The paper counts from the sea:
    # what faces no bound at all is drawn as against the one that the other band has.
    if lower is not None and _differs(lower, facing_upper or facing_lower):
        low_widened = min(low, amsl_range_dm(lower, drawn.atmosphere)[0])
    if upper is not None and _differs(upper, facing_lower or facing_upper):
        most = amsl_range_dm(upper, drawn.atmosphere)[1]
        high_widened = math.inf if most >= UNBOUNDED_DM else max(high, most)
    return Band(low, high, low_widened, high_widened)


def _differs(bound: Altitude, facing: Altitude | None) -> bool:
    """Whether a bound has another reference than what it faces, or faces nothing."""
    return facing is None or bound.datum is not facing.datum


def _plain_dm(bound: Altitude) -> float:
    """Where a bound is drawn: a flight level as in the standard atmosphere."""
    return bound.value * 304.8 if bound.datum is Datum.FLIGHT_LEVEL else float(bound.value)


class Profile:
    """The panel of heights and times.

    Args:
        axes: The panel.
        drawn: The conflict.
        wording: Its language.
    """

    def __init__(self, axes: Axes, drawn: ConflictDrawing, wording: Wording) -> None:
        self.axes, self.drawn, self.wording = axes, drawn, wording
        self.bands = bands_of(drawn)
        self.windows = [(side.volume.valid_from, side.volume.valid_until) for side in drawn.sides]
        self.start, self.end = self._times()
        self.floor, self.roof = self._heights()
        self.is_widened = any(
            (band.low_widened, band.high_widened) != (band.low, band.high) for band in self.bands
        )

    def _times(self) -> tuple[int, int]:
        """The stretch of time that is drawn: both windows, or round the shorter one."""
        buffer_ms = self.drawn.minima.time_ms
        starts, ends = zip(*self.windows, strict=True)
        start, end = min(starts), max(ends)
        shortest = min(until - since for since, until in self.windows) + buffer_ms
        if end - start > _LONGEST_SHARE * shortest:
            near = min(self.windows, key=lambda window: window[1] - window[0])
            reach = (_LONGEST_SHARE * shortest) // 2
            start, end = max(start, near[0] - reach), min(end, near[1] + reach)
        span = end - start
        pad = max(span // 12, min(buffer_ms // 2 + span // 25, span // 2))
        return start - pad, end + pad

    def _heights(self) -> tuple[float, float]:
        """The heights that are drawn: every bound that there is, with room for margins."""
        margin = self.drawn.minima.vertical_dm / 2
        held = [
            height
            for band in self.bands
            for height in (band.low, band.high, band.low_widened, band.high_widened)
            if math.isfinite(height)
        ] or [0.0, 30_000.0]
        low, high = min(held), max(held)
        if any(band.low == -math.inf for band in self.bands):
            low = min(low, 0.0)
        if high - low < 1_000:
            high = low + 1_000
        # A margin far wider than the bands may leave the picture; the bands may not.
        room = max((high - low) * 0.12, min(margin * 1.3, (high - low) * 0.7))
        is_open = any(band.high_widened == math.inf for band in self.bands)
        return low - room, high + room + (0.25 * (high - low) if is_open else 0.0)

    def draw(self) -> None:
        """Everything that belongs into the panel."""
        self.axes.set_xlim(0, self.end - self.start)
        self.axes.set_ylim(self.floor, self.roof)
        self._draw_ticks()
        for number in (0, 1):
            self._draw_side(number)
        self._draw_shared()
        self._draw_gaps()
        for number in (0, 1):
            self._label_side(number)

    def _clip(self, height: float) -> float:
        """A height within the panel, and a little beyond it where there is no bound."""
        room = (self.roof - self.floor) * 0.1
        return max(self.floor - room, min(self.roof + room, height))

    def _box(
        self, window: tuple[float, float], heights: tuple[float, float]
    ) -> tuple[tuple[float, float], float, float]:
        room = (self.end - self.start) / 10
        left = max(window[0] - self.start, -room)
        right = min(window[1] - self.start, self.end - self.start + room)
        low, high = self._clip(heights[0]), self._clip(heights[1])
        return (left, low), max(0.0, right - left), max(0.0, high - low)

    def _draw_side(self, number: int) -> None:
        band, window, colour = self.bands[number], self.windows[number], COLOURS[number]
        corner, width, height = self._box(window, (band.low, band.high))
        self.axes.add_patch(
            Rectangle(corner, width, height, facecolor=colour, alpha=0.16, edgecolor="none")
        )
        self.axes.add_patch(
            Rectangle(
                corner, width, height, fill=False, edgecolor=colour, linewidth=1.7,
                linestyle=STYLES[number], hatch=HATCHES[number][:2], zorder=3,
            )
        )  # fmt: skip
        for heights in ((band.low_widened, band.low), (band.high, band.high_widened)):
            if heights[0] < heights[1]:
                corner, width, height = self._box(window, heights)
                self.axes.add_patch(
                    Rectangle(
                        corner, width, height, fill=False, edgecolor=colour, linewidth=0.6,
                        linestyle=(0, (1, 1.5)), hatch="...", zorder=2.5,
                    )
                )  # fmt: skip
        minima = self.drawn.minima
        if minima.vertical_dm or minima.time_ms:
            half_ms, half_dm = minima.time_ms / 2, minima.vertical_dm / 2
            corner, width, height = self._box(
                (window[0] - half_ms, window[1] + half_ms),
                (band.low_widened - half_dm, band.high_widened + half_dm),
            )
            self.axes.add_patch(
                Rectangle(
                    corner, width, height, fill=False, edgecolor=colour, linewidth=1.0,
                    linestyle=MARGIN_STYLE, zorder=2,
                )
            )  # fmt: skip

    @property
    def is_shared(self) -> bool:
        """Whether there are heights and times that both may hold."""
        low, high = self._shared_heights()
        return low < high and self.drawn.finding.overlap_from < self.drawn.finding.overlap_until

    def _shared_heights(self) -> tuple[float, float]:
        return (
            max(band.low_widened for band in self.bands),
            min(band.high_widened for band in self.bands),
        )

    def _draw_shared(self) -> None:
        """The heights and times that both may hold, framed."""
        if not self.is_shared:
            return
        finding = self.drawn.finding
        corner, width, height = self._box(
            (finding.overlap_from, finding.overlap_until), self._shared_heights()
        )
        self.axes.add_patch(
            Rectangle(
                corner, width, height, facecolor=DARK, alpha=0.22, edgecolor="none", zorder=3.5
            )
        )
        self.axes.add_patch(
            Rectangle(corner, width, height, fill=False, edgecolor=DARK, linewidth=2.2, zorder=4)
        )

    def _draw_gaps(self) -> None:
        """How far bands and windows are apart, where they are."""
        finding, minima, wording = self.drawn.finding, self.drawn.minima, self.wording
        arrow = {"arrowstyle": "<|-|>", "color": DARK, "linewidth": 1.1, "shrinkA": 0, "shrinkB": 0}
        if finding.vertical_gap_dm:
            low = min(band.high_widened for band in self.bands)
            high = max(band.low_widened for band in self.bands)
            middle = (finding.overlap_from + finding.overlap_until) / 2 - self.start
            middle = min(max(middle, 0), self.end - self.start)
            self.axes.annotate("", (middle, low), (middle, high), arrowprops=arrow, zorder=5)
            text = apart(
                wording.distance(finding.vertical_gap_dm / 10),
                wording.distance(minima.vertical_dm / 10), wording,
            )  # fmt: skip
            write(
                self.axes, middle, (low + high) / 2, text, 7, halo=True, va="center", zorder=6,
                move_pt=(4, 0),
            )  # fmt: skip
        if finding.time_gap_ms:
            left, right = (
                min(until for _, until in self.windows) - self.start,
                max(since for since, _ in self.windows) - self.start,
            )
            height = self.floor + (self.roof - self.floor) * 0.5
            self.axes.annotate("", (left, height), (right, height), arrowprops=arrow, zorder=5)
            text = apart(
                wording.duration(finding.time_gap_ms), wording.duration(minima.time_ms), wording
            )
            write(
                self.axes, (left + right) / 2, height, text, 7, halo=True, ha="center",
                va="bottom", zorder=6, move_pt=(0, 4),
            )  # fmt: skip

    def _label_side(self, number: int) -> None:
        """The number of the side, at the end of its window that the other lets free."""
        band, window = self.bands[number], self.windows[number]
        (left, low), width, height = self._box(window, (band.low, band.high))
        left, right = max(left, 0.0), min(left + width, float(self.end - self.start))
        x = left + (right - left) * (0.1 if number == 0 else 0.9)
        low, high = max(low, self.floor), min(low + height, self.roof)
        y = low + (high - low) * (0.72 if number == 0 else 0.28)
        tag(self.axes, x, y, number)
        if band.high == math.inf:
            text = unlimited(self.wording)
            write(
                self.axes, x, self.roof - (self.roof - self.floor) * 0.05, text, 6.5, halo=True,
                ha="left" if number == 0 else "right", va="center", color=COLOURS[number], zorder=6,
            )  # fmt: skip

    def _draw_ticks(self) -> None:
        self._draw_times()
        datum = axis_datum(self.drawn)
        unit_dm = 3_048.0 if datum is Datum.FLIGHT_LEVEL else 10.0
        # Flight levels are counted in steps of ten, heights in metres.
        span = (self.roof - self.floor) / (304.8 if datum is Datum.FLIGHT_LEVEL else unit_dm)
        step = _nice(span / 6)
        if datum is Datum.FLIGHT_LEVEL:
            unit_dm, step = 304.8, max(5.0, step)
        first = math.ceil(max(self.floor, -10_000) / unit_dm / step)
        width = self.end - self.start
        for count in range(first, first + 40):
            height = count * step * unit_dm
            if height > self.roof:
                break
            if datum is Datum.FLIGHT_LEVEL and count < 0:
                continue
            self.axes.plot((0, width), (height, height), color=GREY, linewidth=0.3, zorder=1)
            value = count * step
            name = f"FL{value:03.0f}" if datum is Datum.FLIGHT_LEVEL else f"{value:,.0f} m"
            write(self.axes, 0, height, name, 6.5, ha="right", va="center", move_pt=(-3, 0))
            write(
                self.axes, width, height, f"{height / 3.048:,.0f} ft", 6.5, va="center",
                color=GREY, move_pt=(3, 0),
            )  # fmt: skip
        write(
            self.axes, 0.0, 1.02, self.wording.say(AXES[datum]), 7.5,
            transform=self.axes.transAxes, va="bottom",
        )  # fmt: skip

    def _draw_times(self) -> None:
        width = self.end - self.start
        step = next((step for step in _TIME_STEPS if step * 5 >= width), _TIME_STEPS[-1])
        first = -(-self.start // step)
        for count in range(first, first + 8):
            at = count * step
            if at > self.end:
                break
            x = at - self.start
            self.axes.plot((x, x), (self.floor, self.roof), color=GREY, linewidth=0.3, zorder=1)
            said = dtg(at)
            write(
                self.axes, x, self.floor, f"{said[2:7]}\n{said[:2]} {said[7:]}", 6.5,
                ha="center", va="top", linespacing=1.25, move_pt=(0, -3),
            )  # fmt: skip


def tag(axes: Axes, x: float, y: float, number: int) -> None:
    """The number of a side in a disc of its colour."""
    write(
        axes, x, y, str(number + 1), 9.5, bold=True, color="white", ha="center",
        va="center_baseline", zorder=7,
        bbox={
            "boxstyle": "circle,pad=0.28", "facecolor": COLOURS[number], "edgecolor": "white",
            "linewidth": 1.2,
        },
    )  # fmt: skip


def separation_text(drawn: ConflictDrawing, wording: Wording) -> str:
    """How far two sides are apart on the map, and what was agreed."""
    return apart(
        both_units(drawn.finding.separation_m, wording),
        both_units(drawn.minima.lateral_m, wording),
        wording,
    )


def _nice(wanted: float) -> float:
    """The least of 1, 2, 5, 10, 20, 50, … that is not less than wanted."""
    scale = 10.0 ** math.floor(math.log10(max(wanted, 1e-9)))
    return next(step * scale for step in (1, 2, 5, 10) if step * scale >= wanted * 0.999999)
