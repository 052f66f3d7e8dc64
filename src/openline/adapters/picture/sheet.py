"""The sheet: one page of A4 that is drawn on and written as PNG or SVG.

Drawn with the objects of matplotlib alone: no window, no state shared between
pictures, and none of a user's settings, so that the same input gives the same bytes
on every machine with the same library. The file is there whole or not at all.
"""

import contextlib
import io
import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from openline.adapters.disk import write_whole
from openline.adapters.picture.lettering import balanced, broken, font, legible, turned, write
from openline.domain.errors import OurError

WIDTH_IN: Final = 11.69
HEIGHT_IN: Final = 8.27
"""A4 on its side."""

DOTS_PER_IN: Final = 150
SUFFIXES: Final = (".png", ".svg")

FIRST: Final = "#0072B2"
SECOND: Final = "#C2570C"
DARK: Final = "#1A1A1A"
GREY: Final = "#6E6E6E"
PAPER: Final = "#FFFFFF"

_BACKENDS: Final = frozenset({"backend", "backend_fallback"})
_METADATA: Final[dict[str, dict[str, Any]]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": "openline"},
}


def check_suffix(path: Path) -> None:
    """Confirm that a picture can be written into a file of this name.

    Raises:
        OurError: Its suffix names neither PNG nor SVG.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise OurError(
            f"{path} does not say which sort of picture it is.", "Let its name end in .png or .svg."
        )


@contextlib.contextmanager
def plain_style() -> Iterator[None]:
    """Draw as the library does by itself, not as a user's settings say."""
    settings: dict[Any, Any] = {
        name: value for name, value in matplotlib.rcParamsDefault.items() if name not in _BACKENDS
    }
    settings |= {
        "svg.hashsalt": "openline",
        "svg.fonttype": "path",
        "hatch.linewidth": 0.7,
        "axes.unicode_minus": False,
        "path.snap": False,
    }
    # The one row that it may write, about its cache, would stand among our errors.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    with matplotlib.rc_context(settings):
        yield


class Sheet:
    """One page, while it is drawn.

    Args:
        is_right_to_left: Whether its words run from right to left.

    Attributes:
        figure: What is drawn on.
    """

    def __init__(self, *, is_right_to_left: bool) -> None:
        self.figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN), dpi=DOTS_PER_IN, facecolor=PAPER)
        FigureCanvasAgg(self.figure)
        # A renderer of our own measures; the one that draws is made when the page is saved.
        make: Any = RendererAgg
        self._renderer = make(1, 1, DOTS_PER_IN)
        self.is_right_to_left = is_right_to_left

    def panel(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """A part of the page to draw in; shares of the page from its lower left."""
        axes = self.figure.add_axes((left, bottom, width, height))
        for spine in axes.spines.values():
            spine.set_linewidth(0.8)
            spine.set_color(DARK)
        axes.set_xticks([])
        axes.set_yticks([])
        return axes

    def width_of(self, text: str, size_pt: float, *, is_bold: bool = False) -> float:
        """How wide a row is, as a share of the page."""
        shown = legible(text, is_bold=is_bold)
        width, _, _ = self._renderer.get_text_width_height_descent(
            shown, font(size_pt, is_bold=is_bold), ismath=False
        )
        return float(width) / (WIDTH_IN * DOTS_PER_IN)

    def row(
        self, left: float, right: float, y: float, text: str, size_pt: float, **more: Any
    ) -> None:
        """Write one row between two edges, from the side where rows begin; cut to fit."""
        is_bold = bool(more.get("bold", False))
        measure = partial(self.width_of, size_pt=size_pt, is_bold=is_bold)
        rows = list(broken(text, right - left, measure))
        if len(rows) > 1:
            rows = [f"{rows[0]} …"]
        for shown in balanced(rows):
            self._put(left, right, y, shown, size_pt, **more)

    def rows(
        self, box: tuple[float, float, float, float], paragraphs: list[tuple[str, bool]]
    ) -> None:
        """Write paragraphs into a box, smaller where they would not fit.

        Args:
            box: Left, bottom, right and top, as shares of the page.
            paragraphs: Each with whether it is bold.
        """
        left, bottom, right, top = box
        for size_pt in (9.0, 8.5, 8.0, 7.5, 7.0, 6.5):
            step = size_pt * 1.38 / 72 / HEIGHT_IN
            laid = list(self._laid(paragraphs, right - left, size_pt, step))
            if not laid or laid[-1][0] <= top - bottom - step:
                break
        for depth, row, is_bold in laid:
            if depth > top - bottom - step:
                # What does not fit even so is on the line of which it is told.
                self._put(left, right, bottom, "…", size_pt)
                break
            # By the baseline: rows of different scripts have different tops.
            self._put(left, right, top - depth - step * 0.75, row, size_pt, bold=is_bold)

    def _laid(
        self, paragraphs: list[tuple[str, bool]], width: float, size_pt: float, step: float
    ) -> Iterator[tuple[float, str, bool]]:
        """Each row with its depth below the top of the box."""
        depth = 0.0
        for text, is_bold in paragraphs:
            measure = partial(self.width_of, size_pt=size_pt, is_bold=is_bold)
            rows = broken(text, width, measure)
            for row in balanced(list(rows)):
                yield depth, row, is_bold
                depth += step
            depth += step * 0.35

    def _put(
        self, left: float, right: float, y: float, row: str, size_pt: float, **more: Any
    ) -> None:
        if self.is_right_to_left:
            write(self.figure, right, y, turned(row), size_pt, ha="right", **more)
        else:
            write(self.figure, left, y, row, size_pt, ha="left", **more)

    def banner(self, left: float, bottom: float, height: float, word: str, colour: str) -> float:
        """A word in a coloured box at the side where rows begin; how wide the box is."""
        size_pt = 27.0
        width = self.width_of(word, size_pt, is_bold=True) + 0.03
        if width > 0.5:
            size_pt, width = size_pt * 0.47 / (width - 0.03), 0.5
        start = 1 - left - width if self.is_right_to_left else left
        box = Rectangle((start, bottom), width, height, facecolor=colour, edgecolor="none")
        box.set_transform(self.figure.transFigure)
        self.figure.add_artist(box)
        write(
            self.figure, start + width / 2, bottom + height / 2, word, size_pt,
            bold=True, color=PAPER, ha="center", va="center_baseline",
        )  # fmt: skip
        return width

    def save(self, path: Path) -> None:
        """Write the page, in the form that the suffix names.

        Raises:
            OurError: The suffix names none, or the file cannot be written.
        """
        check_suffix(path)
        form = path.suffix.lower()[1:]
        page = io.BytesIO()
        self.figure.savefig(page, format=form, dpi=DOTS_PER_IN, metadata=_METADATA[form])
        write_whole(path, page.getvalue())
