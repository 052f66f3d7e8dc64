"""The Merkle tree of a log: hashes, roots, proofs, and the tiles it is served as.

The tree is the one of RFC 6962 section 2 with SHA-256; proofs are checked as in
RFC 9162 2.1.3.2 and 2.1.4.2; paths and bundles are those of c2sp.org/tlog-tiles.
Nothing here knows what an entry is, signs, or stores.

One case is that of c2sp.org/tlog-witness: every tree is consistent with the empty
one, and the proof of that is empty.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256

from openline.domain.errors import Reason, TheirError

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of the tree without leaves."""

TILE_WIDTH = 256
"""Hashes in a full tile, entries in a full bundle."""

_TILE_HEIGHT = 8
_TILE_LEVEL_MAX = 63

_TILE_PATH = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/"
    r"((?:x[0-9]{3}/){0,5}[0-9]{3})"
    r"(?:\.p/([1-9][0-9]{0,2}))?"
)


class ProofDoesNotVerify(TheirError):
    """A Merkle proof does not lead from what it starts with to the root."""

    def __init__(self, what: str) -> None:
        super().__init__(Reason.WRONG_ROOT, what)


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry: SHA-256 over a zero byte and the entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node: SHA-256 over a byte 1 and both children."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that only grows; gives the root and proofs of any past size.

    It keeps the hash of every complete subtree, 64 bytes for each leaf, so that a
    past root and each proof cost a logarithm of the size.
    """

    __slots__ = ("_last_root", "_levels")

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        # `_levels[h]` holds the hashes of the complete subtrees of 2**h leaves,
        # from left to right, 32 bytes each. Only `extend` changes it.
        self._levels = [bytearray()]
        # The root that was asked for last, with its size: that of a size never changes.
        self._last_root = (0, EMPTY_ROOT)
        self.extend(leaves)

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return len(self._levels[0]) // HASH_BYTES

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash of 32 bytes at the end."""
        self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes of 32 bytes at the end, in their order."""
        levels = self._levels
        bottom = levels[0]
        count = len(bottom) // HASH_BYTES
        for leaf in leaves:
            assert len(leaf) == HASH_BYTES, "a leaf is a hash"
            bottom += leaf
            count += 1
            # Each zero bit at the end of the new size completes one subtree.
            node, height, rest = leaf, 0, count
            while not rest & 1:
                node = sha256(b"\x01" + levels[height][-64:-32] + node).digest()
                height += 1
                rest >>= 1
                if height == len(levels):
                    levels.append(bytearray())
                levels[height] += node

    def root(self, size: int | None = None) -> bytes:
        """The root at this size, or at the present size.

        Args:
            size: 0 to the present size.
        """
        if size is None:
            size = self.size
        assert 0 <= size <= self.size, "the tree has not been of this size"
        if self._last_root[0] != size:
            self._last_root = (size, self._root_of(0, size) if size else EMPTY_ROOT)
        return self._last_root[1]

    def root_with(self, leaves: Sequence[bytes]) -> bytes:
        """The root that the tree would have with these leaves added.

        The tree stays as it is: what is not durable yet is not in it.
        """
        old = self.size
        new = old + len(leaves)
        if new == old:
            return self.root()
        row = list(leaves)
        root = b""
        height = 0
        while new:
            if new & 1:
                left = row[-1] if row else self._node(height, new - 1)
                root = node_hash(left, root) if root else left
            if old & 1:
                row.insert(0, self._node(height, old - 1))
            row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
            old >>= 1
            new >>= 1
            height += 1
        return root

    def leaf(self, index: int) -> bytes:
        """The leaf hash at this index, from 0 to below the size."""
        assert 0 <= index < self.size, "the tree has no such leaf"
        return self._node(0, index)

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """The hashes that lead from the leaf to the root at this size.

        Args:
            index: 0 to below `size`.
            size: 1 to the present size.

        Returns:
            Siblings from the leaf upwards (RFC 6962 2.1.1); at most 63.
        """
        assert 0 <= index < size <= self.size, "the tree has no such leaf at this size"
        return self._path(0, index, size)

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """The hashes that show the tree at `old` to be a prefix of that at `new`.

        Args:
            old: 0 to `new`.
            new: 0 to the present size.

        Returns:
            As in RFC 6962 2.1.2; empty if `old` is 0 or equals `new`.
        """
        assert 0 <= old <= new <= self.size, "the tree has not been of this size"
        if old in (0, new):
            return []
        # The largest subtree that ends where the old tree ends.
        height = (old & -old).bit_length() - 1
        index = (old >> height) - 1
        path = self._path(height, index, new)
        return [self._node(height, index), *path] if index else path

    def tile(self, level: int, number: int, width: int) -> bytes:
        """The hashes of one tile, 32 bytes each (tlog-tiles).

        Args:
            level: 0 for leaf hashes; each level above stands for 256 times more.
            number: Which tile of its level, from the left, from 0.
            width: 1 to 256; below 256 it is a partial tile.

        Raises:
            LookupError: The tree has not all of these hashes, or there is no such
                tile.
        """
        height = level * _TILE_HEIGHT
        start = number * TILE_WIDTH * HASH_BYTES
        end = start + width * HASH_BYTES
        if not (0 <= height < len(self._levels) and number >= 0 and 1 <= width <= TILE_WIDTH):
            raise LookupError(f"no tile {level}/{number} of width {width}")
        if end > len(self._levels[height]):
            raise LookupError(f"tile {level}/{number} is not {width} wide yet")
        return bytes(self._levels[height][start:end])

    def _node(self, height: int, index: int) -> bytes:
        """The hash of the complete subtree at this height and place."""
        start = index * HASH_BYTES
        return bytes(self._levels[height][start : start + HASH_BYTES])

    def _root_of(self, start: int, end: int) -> bytes:
        """The hash of the leaves `[start, end)`, where start is a subtree's start."""
        count = end - start
        root = b""
        height = 0
        while count >> height:
            if count >> height & 1:
                left = self._node(height, (end >> height) - 1)
                root = node_hash(left, root) if root else left
            height += 1
        return root

    def _path(self, height: int, index: int, size: int) -> list[bytes]:
        """The siblings from the subtree at this height and place up to the root."""
        path = []
        while (1 << height) < size:
            start = (index ^ 1) << height
            if start < size:
                path.append(self._root_of(start, min(start + (1 << height), size)))
            index >>= 1
            height += 1
        return path


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Nothing, if the proof leads from the leaf at this index to the root.

    Raises:
        ProofDoesNotVerify: It does not, is longer or shorter than it must be, the
            index is not below the size, or something is no hash of 32 bytes.
    """
    if not 0 <= index < size:
        raise ProofDoesNotVerify(f"index {index} is not below the size {size}.")
    _check_hashes((leaf, root, *proof))
    node, last, rest = leaf, size - 1, index
    for sibling in proof:
        if not last:
            raise ProofDoesNotVerify("the inclusion proof is too long.")
        if rest & 1 or rest == last:
            node = node_hash(sibling, node)
            while not rest & 1 and rest:
                rest, last = rest >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        rest, last = rest >> 1, last >> 1
    if last or node != root:
        raise ProofDoesNotVerify(f"the proof does not show entry {index} under the root.")


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Nothing, if the old tree is a prefix of the new one.

    Args:
        old: Size of the old tree; from 0 the proof is empty, and any new tree is
            accepted if the old root is the empty one.
        new: Size of the new tree, at least `old`.
        old_root: Root at the old size.
        new_root: Root at the new size.
        proof: As in RFC 6962 2.1.2; empty where `old` is 0 or equals `new`.

    Raises:
        ProofDoesNotVerify: It is not, or something is no hash of 32 bytes.
    """
    if not 0 <= old <= new:
        raise ProofDoesNotVerify(f"size {new} is not at or above size {old}.")
    _check_hashes((old_root, new_root, *proof))
    if old in (0, new):
        expected = EMPTY_ROOT if old == 0 else new_root
        if proof or old_root != expected or (new == 0 and new_root != EMPTY_ROOT):
            raise ProofDoesNotVerify(f"the root at size {old} is another one, or a proof is there.")
        return
    found_old, found_new = _roots_from(old, new, old_root, proof)
    if found_old != old_root or found_new != new_root:
        raise ProofDoesNotVerify(f"the tree of size {new} does not extend that of size {old}.")


def _roots_from(old: int, new: int, old_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Both roots as the consistency proof builds them (RFC 9162 2.1.4.2)."""
    if not proof:
        raise ProofDoesNotVerify("the consistency proof is empty.")
    # An old tree that is one complete subtree starts the way itself.
    hashes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    rest, last = old - 1, new - 1
    while rest & 1:
        rest, last = rest >> 1, last >> 1
    old_node = new_node = hashes[0]
    for sibling in hashes[1:]:
        if not last:
            raise ProofDoesNotVerify("the consistency proof is too long.")
        if rest & 1 or rest == last:
            old_node = node_hash(sibling, old_node)
            new_node = node_hash(sibling, new_node)
            while not rest & 1 and rest:
                rest, last = rest >> 1, last >> 1
        else:
            new_node = node_hash(new_node, sibling)
        rest, last = rest >> 1, last >> 1
    if last:
        raise ProofDoesNotVerify("the consistency proof is too short.")
    return old_node, new_node


def _check_hashes(hashes: Iterable[bytes]) -> None:
    """Nothing, if all have 32 bytes: else one could run into the next."""
    for value in hashes:
        if len(value) != HASH_BYTES:
            raise ProofDoesNotVerify(f"a hash of {len(value)} bytes.")


def tile_path(level: int | None, number: int, width: int = TILE_WIDTH) -> str:
    """The path under which a tile or bundle of entries is served (tlog-tiles).

    Args:
        level: 0 to 63, or None for a bundle of entries.
        number: From 0 to below 10**18.
        width: 1 to 256; 256 is a full one.
    """
    assert level is None or 0 <= level <= _TILE_LEVEL_MAX, "no such level"
    assert 0 <= number < 10**18, "no such tile"
    assert 1 <= width <= TILE_WIDTH, "no such width"
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    room = "entries" if level is None else str(level)
    part = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{room}/{'/'.join(groups)}{part}"


def parse_tile_path(path: str) -> tuple[int | None, int, int]:
    """Level (None for entries), number and width that the path names.

    Raises:
        TheirError: `tile_path` writes no such path.
    """
    match = _TILE_PATH.fullmatch(path)
    if match is not None:
        level = None if match[1] == "entries" else int(match[1])
        number = int(match[2].replace("x", "").replace("/", ""))
        width = int(match[3] or TILE_WIDTH)
        if width <= TILE_WIDTH and tile_path(level, number, width) == path:
            return level, number, width
    raise TheirError(Reason.MALFORMED, f"{path[:60]!r} is not the path of a tile.")


def entry_bundle(entries: Sequence[bytes]) -> bytes:
    """The entries one after another, each after its length in two bytes.

    Args:
        entries: 1 to 256, each of at most 65,535 bytes.
    """
    assert 1 <= len(entries) <= TILE_WIDTH, "not the entries of one bundle"
    return bundle(entries)


def bundle(items: Iterable[bytes]) -> bytes:
    """Items one after another, each of at most 65,535 bytes after its length in two."""
    return b"".join(len(item).to_bytes(2, "big") + item for item in items)


def parse_entry_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle, 1 to 256.

    Raises:
        TheirError: An entry ends after the data, or there are none or too many.
    """
    entries = parse_bundle(data, TILE_WIDTH)
    if not entries:
        raise TheirError(Reason.MALFORMED, "A bundle of entries is empty.")
    return entries


def parse_bundle(data: bytes, most: int) -> list[bytes]:
    """The items of a bundle.

    Args:
        data: As `bundle` writes it.
        most: So many items at most.

    Raises:
        TheirError: An item ends after the data, or there are too many.
    """
    items: list[bytes] = []
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 2], "big")
        item = data[at + 2 : at + 2 + size]
        at += 2 + size
        if at > len(data) or len(items) == most:
            raise TheirError(Reason.MALFORMED, "A bundle of entries is cut short or too long.")
        items.append(item)
    return items
