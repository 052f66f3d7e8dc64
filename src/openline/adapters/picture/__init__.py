"""Pictures: one conflict, or all areas of a file, on paper for who has no map.

`draw_conflict` shows one conflict from above, in height and time, and in words;
`draw_activities` the areas of a file on the map of their region. Both write a page of
A4 as PNG or SVG, by the suffix; the file is there whole or not at all, and the same
input gives the same bytes. The words are those of `adapters.wording`.

A picture decides nothing and is no evidence: the rule is `domain.space.conflict`,
the record is the log. matplotlib is loaded when the first picture is drawn and not
before, for it takes most of a second
(`docs/decisions/0022-pictures-by-matplotlib.md`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from openline.adapters.picture.base_map import NATURAL_EARTH
from openline.adapters.picture.drawing import ConflictDrawing as ConflictDrawing
from openline.adapters.picture.drawing import DrawnSide as DrawnSide
from openline.domain.space.conflict import Finding

if TYPE_CHECKING:
    from openline.adapters.geofiles.activity import ReadActivity


def draw_conflict(
    path: Path, drawn: ConflictDrawing, *, language: str = "en", base_map: str = NATURAL_EARTH
) -> None:
    """Draw one conflict into a file, in place of one that may be there.

    Args:
        path: Ends in .png or .svg.
        drawn: The conflict.
        language: `en`, `ru` or `ar`.
        base_map: What lies beneath: `natural-earth`, `none`, or the path of a packed map.

    Raises:
        OurError: The suffix is another, the file cannot be written, the language has
            no catalogue, or the map cannot be read.
    """
    from openline.adapters.picture.conflict import draw

    draw(path, drawn, language, base_map)


def draw_activities(
    path: Path,
    activities: "Sequence[ReadActivity]",
    conflicts: Sequence[tuple[int, int, Finding]],
    *,
    title: str,
    language: str = "en",
    base_map: str = NATURAL_EARTH,
) -> None:
    """Draw the areas of a file on the map of their region.

    Not more than `PICTURE_VOLUMES_MAX` of them are drawn, those in conflict first; the
    picture says how many are not.

    Args:
        path: Ends in .png or .svg.
        activities: What the file holds.
        conflicts: Each pair by the numbers of its activities, from 0, with its finding.
        title: What stands on top, such as the name of the file.
        language: `en`, `ru` or `ar`.
        base_map: What lies beneath: `natural-earth`, `none`, or the path of a packed map.

    Raises:
        OurError: As `draw_conflict` does.
    """
    from openline.adapters.picture.activities import draw

    draw(path, activities, conflicts, title, language, base_map)
