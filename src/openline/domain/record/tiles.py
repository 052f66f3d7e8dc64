"""A log as static files: which tiles it has, and the root that follows from them.

Paths and widths are those of c2sp.org/tlog-tiles. The ticks of a party lie beside its
logs in bundles like those of entries: each holds the ticks of 256 numbers
(`docs/spec/log-and-receipt.md` 8).
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from openline.domain.errors import Reason, TheirError
from openline.domain.record.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    TILE_WIDTH,
    node_hash,
    parse_tile_path,
    tile_path,
)

Tile: TypeAlias = tuple[int | None, int, int]
"""Level (None for a bundle of entries), number and width."""

_HEIGHT = 8


def tiles_of(size: int, *, entries: bool = False) -> Iterator[Tile]:
    """Every tile of a log, the partial one at the right edge of each level included.

    Args:
        size: Entries of the log.
        entries: The bundles of entries too.
    """
    level, count = 0, size
    while count:
        yield from _row(level, count)
        level, count = level + 1, count >> _HEIGHT
    if entries:
        yield from _row(None, size)


def _row(level: int | None, count: int) -> Iterator[Tile]:
    for number in range(count // TILE_WIDTH):
        yield level, number, TILE_WIDTH
    if rest := count % TILE_WIDTH:
        yield level, count // TILE_WIDTH, rest


def root_of(size: int, read: Callable[[int, int, int], bytes]) -> bytes:
    """The root at a size, from the tiles at the right edge.

    Args:
        size: At which the log is looked at.
        read: Gives the bytes of a tile by its level, number and width at that size.

    Raises:
        TheirError: A tile has not the hashes that it should have.
    """
    root = b""
    start = 0
    peaks = []
    for height in reversed(range(size.bit_length())):
        if size >> height & 1:
            peaks.append(_node(size, height, start >> height, read))
            start += 1 << height
    for peak in reversed(peaks):
        root = node_hash(peak, root) if root else peak
    return root or EMPTY_ROOT


def _node(size: int, height: int, index: int, read: Callable[[int, int, int], bytes]) -> bytes:
    """The hash of a complete subtree, from the hashes in the tile beneath it."""
    level, above = divmod(height, _HEIGHT)
    first = index << above
    number = first // TILE_WIDTH
    width = min(TILE_WIDTH, (size >> level * _HEIGHT) - number * TILE_WIDTH)
    tile = read(level, number, width)
    if len(tile) != width * HASH_BYTES:
        path = tile_path(level, number, width)
        raise TheirError(
            Reason.MALFORMED, f"{path} has {len(tile)} bytes, not {width * HASH_BYTES}."
        )
    at = (first - number * TILE_WIDTH) * HASH_BYTES
    row = [tile[at + HASH_BYTES * i : at + HASH_BYTES * (i + 1)] for i in range(1 << above)]
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


def bundle_start(number: int) -> int:
    """The first number of the bundle that holds a tick of this number."""
    return number - number % TILE_WIDTH


def bundle_path(last: int) -> str:
    """Where the bundle lies whose last tick has this number."""
    width = last % TILE_WIDTH + 1
    path = tile_path(None, last // TILE_WIDTH, width).removeprefix("tile/entries/")
    return f"ticks/{path}"


def bundle_number(path: str) -> int:
    """The first number of the bundle that lies at a path.

    Raises:
        TheirError: It is not the path of a bundle of ticks.
    """
    _, number, _ = parse_tile_path(f"tile/entries/{path.removeprefix('ticks/')}")
    return number * TILE_WIDTH
