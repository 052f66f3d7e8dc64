"""Segment: a run of rows, laid out so that a query sees few of them.

Rows are sorted by how long they last, then by when they begin, then by where
they are, and taken in blocks; each block has a box round the boxes of its rows.
A query looks at the boxes of the blocks first. The table has the order of the
blocks: what is looked at together lies together. What was put in last has not been
sorted yet: its blocks are loose, and all the rest is the same.

A segment is not changed once it is sorted, save that rows of it are let go.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from openline.domain.instant import DAY_MS, HOUR_MS
from openline.domain.space.geodesy import Floats
from openline.domain.space.index.boxes import (
    AXES,
    HEIGHT,
    SIDES,
    Rows,
    Singles,
    X,
    Z,
    boxes_of,
    normals_at,
)
from openline.domain.space.index.table import (
    COUNT,
    FIRST,
    SHAPE,
    Integers,
    Table,
    chosen,
    empty_table,
)
from openline.domain.space.volume import Shape

BLOCK: Final = 32
"""Rows in one block: few enough to look at all, many enough that blocks are few."""

GROUP: Final = 16
"""Blocks in one group, of which many are left out at a time."""

_LASTS_MS: Final = np.array((6 * HOUR_MS, DAY_MS, 7 * DAY_MS))
"""Bounds of the classes of duration; the last class has none."""

_SLOTS_MS: Final = np.array((12 * HOUR_MS, 12 * HOUR_MS, 4 * DAY_MS, 365 * DAY_MS))
"""For each class: starts within one slot are sorted by place."""

_CELL_BITS: Final = 10
_HEIGHT_CELL_DM: Final = 5_000


@dataclass(slots=True, eq=False)
class Segment:
    """Rows with their boxes, in the order in which a query scans them.

    Attributes:
        table: The rows.
        size: How many rows of the table are in use.
        order: Of each row its place in the order in which they were put in.
        serials: By that place, the number among all that were ever put in; rising.
        is_live: By that place, which have not been let go.
        scan: Of each block of rows, ten sides for each of its places.
        blocks: Ten sides of each block, in whole groups.
        groups: The same of each group of blocks, one column for each: looked at first.
        outlines: The normals at the vertices of each row and then its first once more, or
            its last, if it is a corridor: edges from each to the next. Those of a row begin
            where its vertices do among the positions, and as many further on as rows are
            before it.
        dead: How many rows were let go.
    """

    table: Table
    size: int
    order: Rows
    serials: NDArray[np.int64]
    is_live: NDArray[np.bool_]
    scan: Singles
    blocks: Singles
    groups: Singles
    outlines: Floats
    dead: int = 0

    @property
    def live_count(self) -> int:
        """How many rows have not been let go."""
        return self.size - self.dead

    @property
    def vertices_used(self) -> int:
        """How many positions of the table are in use."""
        if not self.size:
            return 0
        first, count = self.table.facts[self.size - 1, [FIRST, COUNT]].tolist()
        return int(first + count)

    def place_of(self, serial: int) -> int:
        """The place of this serial number in the order of putting in."""
        return int(np.searchsorted(self.serials[: self.size], serial))

    def let_go(self, place: int, count: int) -> None:
        """Let rows go that were put in one after the other: no query names them any more."""
        self.is_live[place : place + count] = False
        self.dead += count

    def snapshot(self) -> "Segment":
        """The segment as it is now; what is let go or added later does not show."""
        is_open = len(self.serials) > self.size
        return replace(
            self,
            serials=self.serials[: self.size],
            is_live=self.is_live[: self.size].copy(),
            scan=self.scan.copy() if is_open else self.scan,
            blocks=self.blocks.copy() if is_open else self.blocks,
            groups=self.groups.copy() if is_open else self.groups,
        )


def sorted_segment(table: Table, serials: NDArray[np.int64], origin_ms: int) -> Segment:
    """A segment of all rows of a table, which has no room to spare."""
    size = len(serials)
    units = normals_at(table.positions)
    boxes = boxes_of(table, units, origin_ms)
    order = np.argsort(_places(table, boxes, origin_ms), kind="stable")
    count = -(-size // BLOCK)
    # Places past the last row meet nothing.
    sides = np.full((SIDES, count * BLOCK), np.inf, np.float32)
    sides[:, :size] = boxes.take(order, axis=1)
    scan = np.ascontiguousarray(sides.reshape(SIDES, count, BLOCK).transpose(1, 0, 2))
    blocks = _no_blocks(count)
    blocks[:count] = scan.min(axis=2)
    return Segment(
        chosen(table, order),
        size,
        order,
        serials,
        np.ones(size, np.bool_),
        scan,
        blocks,
        _groups_of(blocks),
        units.take(outline_places(table.facts.take(order, axis=0)), axis=0),
    )


def outline_places(facts: Integers) -> Rows:
    """The positions that the outlines of rows lead through, given their facts."""
    counts = facts[:, COUNT] + 1
    ends = counts.cumsum(dtype=np.int64)
    places: Rows = np.repeat(facts[:, FIRST] - (ends - counts), counts)
    places += np.arange(int(ends[-1]))
    is_line = facts[:, SHAPE] == Shape.CORRIDOR
    places[ends - 1] = facts[:, FIRST] + np.where(is_line, counts - 2, 0)
    return places


def _no_blocks(count: int) -> Singles:
    """Sides for so many blocks in whole groups; they meet nothing yet."""
    return np.full((-(-count // GROUP) * GROUP, SIDES), np.inf, np.float32)


def _groups_of(blocks: Singles) -> Singles:
    """Ten sides of each group of blocks, one column for each."""
    return np.ascontiguousarray(blocks.reshape(-1, GROUP, SIDES).min(axis=1).T)


def open_segment(rows: int, vertices: int) -> Segment:
    """An empty segment with room for so many rows and vertices, in whole blocks."""
    count = rows // BLOCK
    return Segment(
        empty_table(rows, vertices),
        0,
        np.arange(rows),
        np.zeros(rows, np.int64),
        np.ones(rows, np.bool_),
        np.full((count, SIDES, BLOCK), np.inf, np.float32),
        _no_blocks(count),
        _groups_of(_no_blocks(count)),
        np.zeros((vertices + rows, 3)),
    )


def has_room(segment: Segment, rows: int, vertices: int) -> bool:
    """Whether an open segment takes so many more rows and vertices."""
    fits = segment.size + rows <= len(segment.serials)
    return fits and segment.vertices_used + vertices <= len(segment.table.positions)


def extend(segment: Segment, added: Table, serials: NDArray[np.int64], origin_ms: int) -> None:
    """Add the rows of a table, which has no room to spare, to an open segment."""
    start, used = segment.size, segment.vertices_used
    until = start + len(serials)
    segment.table.facts[start:until] = added.facts
    segment.table.facts[start:until, FIRST] += used
    segment.table.windows[start:until] = added.windows
    span = slice(used, used + len(added.positions))
    segment.table.positions[span] = added.positions
    units = normals_at(added.positions)
    places = outline_places(added.facts)
    segment.outlines[used + start : used + start + len(places)] = units.take(places, axis=0)
    segment.serials[start:until] = serials
    boxes = boxes_of(added, units, origin_ms)
    places = np.arange(start, until)
    segment.scan[places // BLOCK, :, places % BLOCK] = boxes.T
    touched = slice(start // BLOCK, (until - 1) // BLOCK + 1)
    segment.blocks[touched] = segment.scan[touched].min(axis=2)
    segment.groups[:] = _groups_of(segment.blocks)
    segment.size = until


def live_part(segment: Segment) -> tuple[Table, Rows]:
    """The rows that have not been let go, as they were put in, and their places then."""
    places = np.flatnonzero(segment.is_live[: segment.size])
    rows = np.empty(segment.size, np.int64)
    rows[segment.order[: segment.size]] = np.arange(segment.size)
    return chosen(segment.table, rows[places]), places


def _places(table: Table, sides: Singles, origin_ms: int) -> NDArray[np.int64]:
    """Where each row goes in the scan: by duration, by start, then by place."""
    lasts = table.valid_until - table.valid_from
    classes = np.searchsorted(_LASTS_MS, lasts, side="left")
    slots = (table.valid_from - origin_ms) // _SLOTS_MS[classes]
    middles = (sides[X : Z + 1] - sides[AXES + X : AXES + Z + 1]) / 2
    most = (1 << _CELL_BITS) - 1
    cells = [*((middles + 1) / 2 * most), sides[HEIGHT] / _HEIGHT_CELL_DM]
    places = np.zeros(len(lasts), np.int64)
    whole = [np.clip(cell, 0, most).astype(np.int64) for cell in cells]
    for bit in range(_CELL_BITS - 1, -1, -1):
        for cell in whole:
            places = (places << 1) | ((cell >> bit) & 1)
    slots = np.clip(slots + (1 << 19), 0, (1 << 20) - 1)
    return np.asarray((classes << 61) | (slots << 40) | places)
