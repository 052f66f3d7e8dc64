"""Segment: a run of rows, laid out so that a query sees few of them.

Rows are sorted by how long they last, then by when they begin, then by where
they are, and taken in blocks; each block has a box round the boxes of its rows.
A query looks at the boxes of the blocks first. What was put in last has not been
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
    TIME,
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
    Table,
    chosen,
    empty_table,
)

BLOCK: Final = 32
"""Rows in one block: few enough to look at all, many enough that blocks are few."""

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
        table: The rows in the order in which they were put in.
        size: How many rows of the table are in use.
        serials: The number of each row among all that were ever put in; rising.
        is_live: Which rows have not been let go.
        order: Of each block, which row stands at each of its places.
        scan: Of each block, ten sides for each of its places.
        blocks: Ten sides of each block.
        times: Of each block the two sides that tell its time, once more: looked at first.
        units: The normals at the positions of the table.
        dead: How many rows were let go.
    """

    table: Table
    size: int
    serials: NDArray[np.int64]
    is_live: NDArray[np.bool_]
    order: Rows
    scan: Singles
    blocks: Singles
    times: Singles
    units: Floats
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

    def row_of(self, serial: int) -> int:
        """The row of this serial number."""
        return int(np.searchsorted(self.serials[: self.size], serial))

    def let_go(self, row: int, count: int) -> None:
        """Let rows go that follow each other: no query names them any more."""
        self.is_live[row : row + count] = False
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
            times=self.times.copy() if is_open else self.times,
        )


def sorted_segment(table: Table, serials: NDArray[np.int64], origin_ms: int) -> Segment:
    """A segment of all rows of a table, which has no room to spare."""
    size = len(serials)
    units = normals_at(table.positions)
    boxes = boxes_of(table, units, 0, size, origin_ms)
    count = -(-size // BLOCK)
    # Places past the last row meet nothing.
    order = np.zeros(count * BLOCK, np.int64)
    order[:size] = np.argsort(_places(table, boxes, origin_ms), kind="stable")
    sides = np.full((SIDES, count * BLOCK), np.inf, np.float32)
    sides[:, :size] = boxes[:, order[:size]]
    scan = np.ascontiguousarray(sides.reshape(SIDES, count, BLOCK).transpose(1, 0, 2))
    blocks = scan.min(axis=2)
    return Segment(
        table,
        size,
        serials,
        np.ones(size, np.bool_),
        order.reshape(count, BLOCK),
        scan,
        blocks,
        _times_of(blocks),
        units,
    )


def _times_of(blocks: Singles) -> Singles:
    return np.ascontiguousarray(blocks[:, [TIME, AXES + TIME]].T)


def open_segment(rows: int, vertices: int) -> Segment:
    """An empty segment with room for so many rows and vertices, in whole blocks."""
    count = rows // BLOCK
    return Segment(
        empty_table(rows, vertices),
        0,
        np.zeros(rows, np.int64),
        np.ones(rows, np.bool_),
        np.arange(rows).reshape(count, BLOCK),
        np.full((count, SIDES, BLOCK), np.inf, np.float32),
        np.full((count, SIDES), np.inf, np.float32),
        np.full((2, count), np.inf, np.float32),
        np.zeros((vertices, 3)),
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
    segment.units[span] = normals_at(added.positions)
    segment.serials[start:until] = serials
    boxes = boxes_of(segment.table, segment.units, start, until, origin_ms)
    places = np.arange(start, until)
    segment.scan[places // BLOCK, :, places % BLOCK] = boxes.T
    touched = slice(start // BLOCK, (until - 1) // BLOCK + 1)
    segment.blocks[touched] = segment.scan[touched].min(axis=2)
    segment.times[:, touched] = _times_of(segment.blocks[touched])
    segment.size = until


def live_part(segment: Segment) -> tuple[Table, NDArray[np.int64]]:
    """The rows that have not been let go, as a table without room to spare."""
    rows = np.flatnonzero(segment.is_live[: segment.size])
    return chosen(segment.table, rows), segment.serials[rows]


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
