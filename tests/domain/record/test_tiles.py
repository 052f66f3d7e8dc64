"""Logs as static files: which tiles there are, and the root that follows from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import TheirError
from openline.domain.record.merkle import Tree, leaf_hash, parse_tile_path, tile_path
from openline.domain.record.tiles import bundle_number, bundle_path, bundle_start, root_of, tiles_of

MOST = 70_000
TREE = Tree(leaf_hash(number.to_bytes(4, "big")) for number in range(MOST))
SIZES = st.one_of(st.integers(0, 600), st.integers(65_000, MOST), st.sampled_from([256, 65_536]))


@given(SIZES)
def test_the_root_follows_from_the_tiles(size: int) -> None:
    """At every size the tiles that are listed lead to the root of the tree, and to no other."""
    listed = set(tiles_of(size))

    def read(level: int, number: int, width: int) -> bytes:
        assert (level, number, width) in listed
        return TREE.tile(level, number, width)

    assert root_of(size, read) == TREE.root(size)


@given(SIZES, st.booleans())
def test_each_tile_has_a_path_and_its_hashes(size: int, entries: bool) -> None:
    """What is listed are paths of tlog-tiles, each once, and the tree has the hashes."""
    listed = list(tiles_of(size, entries=entries))
    assert len(set(listed)) == len(listed)
    covered = {level: 0 for level, _, _ in listed}
    for level, number, width in listed:
        assert parse_tile_path(tile_path(level, number, width)) == (level, number, width)
        covered[level] += width
    for level, count in covered.items():
        assert count == size >> 8 * (level or 0)


@given(st.integers(1, 600), st.data())
def test_a_changed_hash_gives_another_root(size: int, data: st.DataObject) -> None:
    """Whatever is changed in the tiles that are read, the root is no longer the same."""
    read = []
    root = root_of(size, lambda *tile: read.append(tile) or TREE.tile(*tile))  # type: ignore[func-returns-value]
    changed = data.draw(st.sampled_from(read))

    def other(*tile: int) -> bytes:
        hashes = bytearray(TREE.tile(*tile))
        if tile == changed:
            hashes[-1] ^= 1
        return bytes(hashes)

    assert root_of(size, other) != root


def test_a_tile_that_is_cut_short_is_named() -> None:
    """A tile without all of its hashes is a fault that tells which one."""
    with pytest.raises(TheirError, match=r"tile/1/000\.p/1 has 31 bytes, not 32"):
        root_of(300, lambda level, number, width: TREE.tile(level, number, width)[:31])


@given(st.integers(0, 2**53))
def test_ticks_lie_in_bundles_of_256_numbers(last: int) -> None:
    """A bundle has one place for its last number, and the place tells its first."""
    path = bundle_path(last)
    assert bundle_number(path) == bundle_start(last) == last // 256 * 256
    assert (".p/" in path) is (last % 256 != 255)


def test_places_of_bundles_are_those_of_tiles() -> None:
    """A full bundle has no width in its place; what is no place is refused."""
    assert bundle_path(255) == "ticks/000"
    assert bundle_path(256) == "ticks/001.p/1"
    assert bundle_path(256_255) == "ticks/x001/000"
    with pytest.raises(TheirError):
        bundle_number("ticks/x1")
