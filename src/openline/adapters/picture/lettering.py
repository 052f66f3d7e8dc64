"""Lettering: fonts that go along, and text that cannot mislead or overflow.

The only font is DejaVu Sans, which the drawing library carries: it has Latin,
Cyrillic and Arabic letters, so that a picture looks the same on every machine. A
letter that it lacks is shown by number, as unseen ones are. Nothing in a text is
ever taken for a formula. Rows are broken where they fill their width, and the
isolates that keep a name from turning its neighbours round are closed at the end
of a row and opened again in the next.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.transforms import ScaledTranslation, Transform

from openline.domain.line.letters import visible

_ISOLATES: Final = "\u2066\u2068"
_END_ISOLATE: Final = "\u2069"
_RIGHT_TO_LEFT_MARK: Final = "\u200f"
_STEERING: Final = frozenset("\u2066\u2068\u2069\u200f\u200c\u200d")
"""What a sentence of ours may hold unseen; never a name before it is in one."""

Measure = Callable[[str], float]
"""How wide a row is, in any unit."""


@cache
def font_path(*, is_bold: bool = False) -> Path:
    """The file of the font."""
    name = "DejaVuSans-Bold.ttf" if is_bold else "DejaVuSans.ttf"
    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name


@cache
def _letters(*, is_bold: bool) -> frozenset[int]:
    return frozenset(FT2Font(str(font_path(is_bold=is_bold))).get_charmap())


def font(size_pt: float, *, is_bold: bool = False) -> FontProperties:
    """The font in a size."""
    return FontProperties(fname=str(font_path(is_bold=is_bold)), size=size_pt)


def legible(text: str, *, is_bold: bool = False) -> str:
    """The text on one row, with letters that the font lacks shown by number."""
    known = _letters(is_bold=is_bold)
    row = " ".join(text.split())
    return "".join(
        letter if ord(letter) in known or letter in _STEERING else f"⟨U+{ord(letter):04X}⟩"
        for letter in row
    )


def name_of(text: str, chars_max: int) -> str:
    """A name out of a file or a message, safe and no longer than that."""
    shown = visible(" ".join(text.split()[: chars_max * 2])[: chars_max * 2])
    return shown if len(shown) <= chars_max else f"{shown[: chars_max - 1]}…"


def write(on: Axes | Figure, x: float, y: float, text: str, size_pt: float, **more: Any) -> Text:
    """Put text somewhere; the other arguments are the library's own.

    Args:
        on: Axes (in their data, unless `transform` says otherwise) or the whole sheet.
        x: To the right.
        y: Upward.
        text: One row or several; made legible.
        size_pt: In points.
        **more: `bold`, `halo`, `move_pt` (points to the right and up), and what `Text` takes.
    """
    is_bold = bool(more.pop("bold", False))
    if more.pop("halo", False):
        more["path_effects"] = [withStroke(linewidth=2.6, foreground="white")]
    if move_pt := more.pop("move_pt", None):
        where = more.get("transform", on.transData if isinstance(on, Axes) else on.transFigure)
        more["transform"] = where + _moved(on, *move_pt)
    rows = "\n".join(legible(row, is_bold=is_bold) for row in text.split("\n"))
    return on.text(
        x, y, rows, fontproperties=font(size_pt, is_bold=is_bold), parse_math=False, **more
    )


def _moved(on: Axes | Figure, right_pt: float, up_pt: float) -> Transform:
    figure = on if isinstance(on, Figure) else on.get_figure(root=True)
    assert isinstance(figure, Figure)
    return ScaledTranslation(right_pt / 72, up_pt / 72, figure.dpi_scale_trans)


def broken(text: str, width: float, measure: Measure) -> Iterator[str]:
    """The text as rows that each fit the width; a long word is cut."""
    row = ""
    for word in text.split():
        longer = f"{row} {word}" if row else word
        if measure(longer) <= width:
            row = longer
            continue
        if row:
            yield row
        row = word
        while measure(row) > width and len(row) > 1:
            count = _fitting(row, width, measure)
            yield row[:count]
            row = row[count:]
    if row:
        yield row


def balanced(rows: list[str]) -> list[str]:
    """The rows with every isolate closed in the row where it is open."""
    shown, opened = [], ""
    for row in rows:
        begun = opened
        for letter in row:
            if letter in _ISOLATES:
                opened += letter
            elif letter == _END_ISOLATE:
                opened = opened[:-1]
        shown.append(begun + row + _END_ISOLATE * len(opened))
    return shown


def turned(row: str) -> str:
    """The row with its beginning on the right, whatever letter comes first."""
    return _RIGHT_TO_LEFT_MARK + row


def _fitting(word: str, width: float, measure: Measure) -> int:
    """How many letters of a word fit the width; at least one."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(word[:middle]) <= width else (low, middle - 1)
    return low
