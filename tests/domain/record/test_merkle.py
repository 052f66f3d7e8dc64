"""The tree: roots, proofs and tiles, against the definition and another program."""

from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import Reason, TheirError
from openline.domain.record.merkle import (
    EMPTY_ROOT,
    ProofDoesNotVerify,
    Tree,
    entry_bundle,
    leaf_hash,
    node_hash,
    parse_entry_bundle,
    parse_tile_path,
    tile_path,
    verify_consistency,
    verify_inclusion,
)
from tests.domain.record.damage import damaged_bytes, damaged_text
from tests.vectors.make import HERE, entry, large_tree, load, make

VECTORS = load("merkle.json")
ENTRIES = [bytes.fromhex(text) for text in VECTORS["entries"]]
ROOTS = [bytes.fromhex(text) for text in VECTORS["roots"]]
LEAVES = [leaf_hash(str(number).encode()) for number in range(80)]
TREE = Tree(LEAVES)

sizes = st.integers(0, len(LEAVES))


def root_by_definition(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, written as the definition is."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    left, right = root_by_definition(leaves[:split]), root_by_definition(leaves[split:])
    return sha256(b"\1" + left + right).digest()


def hashes(texts: list[str]) -> list[bytes]:
    """The hashes that the hexadecimal texts write."""
    return [bytes.fromhex(text) for text in texts]


# --- vectors -------------------------------------------------------------------------------------


def test_vectors_are_as_they_are_made() -> None:
    """The vector file is what its generator makes."""
    assert (HERE / "merkle.json").read_text("utf-8") == make("merkle.json")


def test_entries_hash_to_the_leaves_of_the_vectors() -> None:
    """Each entry of the vectors has its leaf hash, and the tree its roots."""
    leaves = [leaf_hash(entry) for entry in ENTRIES]
    assert [leaf.hex() for leaf in leaves] == VECTORS["leaves"]
    assert [root_by_definition(leaves[:size]) for size in range(len(leaves) + 1)] == ROOTS
    assert bytes.fromhex(VECTORS["empty_root"]) == EMPTY_ROOT == ROOTS[0]


def test_right_proofs_of_the_vectors_verify() -> None:
    """Each proof of the vectors is the one the tree gives, and verifies."""
    tree = Tree(map(leaf_hash, ENTRIES))
    for vector in VECTORS["inclusion"]:
        index, size, proof = vector["index"], vector["size"], hashes(vector["proof"])
        assert tree.inclusion_proof(index, size) == proof
        verify_inclusion(tree.leaf(index), index, size, proof, ROOTS[size])
    for vector in VECTORS["consistency"]:
        old, new, proof = vector["old"], vector["new"], hashes(vector["proof"])
        assert tree.consistency_proof(old, new) == proof
        verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)


@pytest.mark.parametrize("vector", VECTORS["inclusion_refused"], ids=lambda v: v["name"])
def test_wrong_inclusion_proofs_are_refused(vector: dict[str, Any]) -> None:
    """No wrong inclusion proof of the vectors verifies."""
    with pytest.raises(ProofDoesNotVerify) as refusal:
        verify_inclusion(
            bytes.fromhex(vector["leaf"]),
            vector["index"],
            vector["size"],
            hashes(vector["proof"]),
            bytes.fromhex(vector["root"]),
        )
    assert refusal.value.reason is Reason.WRONG_ROOT


@pytest.mark.parametrize("vector", VECTORS["consistency_refused"], ids=lambda v: v["name"])
def test_wrong_consistency_proofs_are_refused(vector: dict[str, Any]) -> None:
    """No wrong consistency proof of the vectors verifies."""
    with pytest.raises(ProofDoesNotVerify):
        verify_consistency(
            vector["old"],
            vector["new"],
            bytes.fromhex(vector["old_root"]),
            bytes.fromhex(vector["new_root"]),
            hashes(vector["proof"]),
        )


def test_the_large_tree_of_the_vectors() -> None:
    """A tree of 70,000 entries has the roots, proofs and tiles of the vectors."""
    tree, large = large_tree(), VECTORS["large"]
    assert tree.size == large["size"]
    for vector in large["roots"]:
        assert tree.root(vector["size"]).hex() == vector["root"]
    for vector in large["inclusion"]:
        index, size, proof = vector["index"], vector["size"], hashes(vector["proof"])
        assert tree.inclusion_proof(index, size) == proof
        verify_inclusion(tree.leaf(index), index, size, proof, tree.root(size))
    for vector in large["consistency"]:
        old, new, proof = vector["old"], vector["new"], hashes(vector["proof"])
        assert tree.consistency_proof(old, new) == proof
        verify_consistency(old, new, tree.root(old), tree.root(new), proof)
    for vector in large["tiles"]:
        level, number, width = parse_tile_path(vector["path"])
        assert level is not None
        assert sha256(tree.tile(level, number, width)).hexdigest() == vector["sha256"]


@pytest.mark.parametrize("vector", VECTORS["tile_paths"], ids=lambda v: v["path"])
def test_tile_paths_of_the_vectors(vector: dict[str, Any]) -> None:
    """Each path of the vectors is written and read as the vectors say."""
    level = None if vector["level"] == "entries" else vector["level"]
    found = (level, vector["number"], vector["width"])
    assert parse_tile_path(vector["path"]) == found
    assert tile_path(*found) == vector["path"]


@pytest.mark.parametrize("path", VECTORS["tile_paths_refused"], ids=ascii)
def test_wrong_tile_paths_are_refused(path: str) -> None:
    """A path that `tile_path` does not write is malformed."""
    with pytest.raises(TheirError, match="MALFORMED"):
        parse_tile_path(path)


def test_bundles_of_the_vectors() -> None:
    """Each bundle of the vectors is written and read, and each wrong one is refused."""
    for vector in VECTORS["bundles"]:
        data, entries = bytes.fromhex(vector["hex"]), hashes(vector["entries"])
        assert entry_bundle(entries) == data
        assert parse_entry_bundle(data) == entries
    for vector in VECTORS["bundles_refused"]:
        with pytest.raises(TheirError, match="MALFORMED"):
            parse_entry_bundle(bytes.fromhex(vector["hex"]))


# --- laws ----------------------------------------------------------------------------------------


def test_every_root_is_the_one_of_the_definition() -> None:
    """Every past root of a tree is the one that RFC 6962 defines for that many leaves."""
    for size in range(len(LEAVES) + 1):
        assert TREE.root(size) == root_by_definition(LEAVES[:size])
    assert TREE.root() == TREE.root(TREE.size)


def test_every_proof_of_a_tree_verifies() -> None:
    """Every inclusion and consistency proof that a tree gives verifies."""
    for size in range(34):
        for index in range(size):
            proof = TREE.inclusion_proof(index, size)
            verify_inclusion(TREE.leaf(index), index, size, proof, TREE.root(size))
        for old in range(size + 1):
            proof = TREE.consistency_proof(old, size)
            verify_consistency(old, size, TREE.root(old), TREE.root(size), proof)


@given(sizes, st.lists(sizes, max_size=6))
def test_growing_in_steps_is_growing_at_once(size: int, cuts: list[int]) -> None:
    """Leaves appended in any portions give the same tree."""
    tree = Tree()
    bounds = [0, *sorted(min(cut, size) for cut in cuts), size]
    for start, end in pairwise(bounds):
        if end - start == 1:
            tree.append(LEAVES[start])
        else:
            tree.extend(iter(LEAVES[start:end]))
        assert tree.size == end
        assert tree.root() == TREE.root(end)


@given(sizes, sizes)
def test_root_with_is_the_root_after_extending(size: int, total: int) -> None:
    """`root_with` gives the root that extending would give, and leaves the tree alone."""
    size, total = min(size, total), max(size, total)
    tree = Tree(LEAVES[:size])
    assert tree.root_with(LEAVES[size:total]) == TREE.root(total)
    assert tree.size == size
    assert tree.root() == TREE.root(size)


@given(st.data())
def test_a_proof_fits_one_index_one_leaf_and_one_root(data: st.DataObject) -> None:
    """An inclusion proof verifies for no other leaf, index or root."""
    size = data.draw(st.integers(1, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, len(LEAVES) - 1).filter(lambda number: number != index))
    proof, root = TREE.inclusion_proof(index, size), TREE.root(size)
    for leaf, index_, root_ in (
        (LEAVES[other], index, root),
        (LEAVES[index], other, root),
        (LEAVES[index], index, LEAVES[other]),
    ):
        with pytest.raises(ProofDoesNotVerify):
            verify_inclusion(leaf, index_, size, proof, root_)


@given(st.data())
def test_a_damaged_proof_is_refused_with_its_own_error(data: st.DataObject) -> None:
    """A proof with a hash changed, dropped, doubled or cut raises ProofDoesNotVerify."""
    size = data.draw(st.integers(2, len(LEAVES)))
    old = data.draw(st.integers(1, size - 1))
    at = data.draw(st.integers(0, 6))
    replacement = data.draw(
        st.sampled_from([[], [b""], [bytes(31)], [bytes(32)], [bytes(32), bytes(32)]])
    )
    for proof, verify in (
        (
            TREE.inclusion_proof(old, size),
            lambda wrong: verify_inclusion(LEAVES[old], old, size, wrong, TREE.root(size)),
        ),
        (
            TREE.consistency_proof(old, size),
            lambda wrong: verify_consistency(old, size, TREE.root(old), TREE.root(size), wrong),
        ),
    ):
        wrong = [*proof[:at], *replacement, *proof[at + 1 :]]
        if wrong != proof:
            with pytest.raises(ProofDoesNotVerify):
                verify(wrong)


@given(
    st.integers(-1, 2**64),
    st.integers(-1, 2**64),
    st.lists(st.just(bytes(32)) | st.binary(max_size=33), max_size=70),
)
def test_proofs_of_any_numbers_raise_nothing_else(one: int, other: int, proof: list[bytes]) -> None:
    """Whatever numbers and hashes come, only ProofDoesNotVerify is raised."""
    with pytest.raises(ProofDoesNotVerify):
        verify_inclusion(LEAVES[0], one, other, proof, bytes(32))
    with pytest.raises(ProofDoesNotVerify):
        verify_consistency(one, other, LEAVES[0], LEAVES[1], proof)


def test_an_older_tree_is_no_prefix_of_a_fork() -> None:
    """No consistency proof of one branch verifies against the root of the other."""
    fork = Tree([*LEAVES[:9], leaf_hash(b"another")])
    fork.extend(LEAVES[10:20])
    for old in range(10, 20):
        with pytest.raises(ProofDoesNotVerify):
            verify_consistency(
                old, 20, TREE.root(old), fork.root(), fork.consistency_proof(old, 20)
            )


def test_nothing_is_a_prefix_of_everything() -> None:
    """The empty tree is consistent with any tree, by an empty proof."""
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    verify_consistency(0, 7, EMPTY_ROOT, TREE.root(7), [])
    assert TREE.consistency_proof(0, 7) == []
    with pytest.raises(ProofDoesNotVerify):
        verify_consistency(0, 7, TREE.root(1), TREE.root(7), [])


def test_questions_beyond_the_tree_are_our_mistake() -> None:
    """A root or proof of a size that the tree never had is an assertion, not an answer."""
    tree = Tree(LEAVES[:5])
    for question in (
        lambda: tree.root(6),
        lambda: tree.root(-1),
        lambda: tree.leaf(5),
        lambda: tree.leaf(-1),
        lambda: tree.inclusion_proof(5, 5),
        lambda: tree.inclusion_proof(0, 6),
        lambda: tree.consistency_proof(3, 6),
        lambda: tree.consistency_proof(4, 3),
        lambda: tree.append(b"short"),
    ):
        with pytest.raises(AssertionError):
            question()
    assert tree.root() == TREE.root(5)


# --- tiles and bundles ---------------------------------------------------------------------------


def test_tiles_hold_the_hashes_of_complete_subtrees() -> None:
    """A tile of level 1 holds the roots of the full tiles below, and nothing partial."""
    leaves = [leaf_hash(entry(number % 50)) for number in range(700)]
    tree = Tree(leaves)
    assert tree.tile(0, 0, 256) == b"".join(leaves[:256])
    assert tree.tile(0, 2, 188) == b"".join(leaves[512:700])
    assert tree.tile(1, 0, 2) == b"".join(
        root_by_definition(leaves[start : start + 256]) for start in (0, 256)
    )


@pytest.mark.parametrize(
    ("level", "number", "width"),
    [(0, 2, 189), (0, 3, 1), (1, 0, 3), (1, 1, 1), (2, 0, 1), (63, 0, 1), (0, 0, 0), (0, 0, 257),
     (-1, 0, 1), (0, -1, 1)],
)  # fmt: skip
def test_tiles_that_are_not_there_are_lookup_errors(level: int, number: int, width: int) -> None:
    """A tile that the tree cannot fill raises LookupError."""
    tree = Tree(LEAVES[number % 2] for number in range(700))
    with pytest.raises(LookupError):
        tree.tile(level, number, width)


@given(st.none() | st.integers(0, 63), st.integers(0, 10**18 - 1), st.integers(1, 256))
def test_tile_paths_come_back(level: int | None, number: int, width: int) -> None:
    """Every tile's path is read as that tile."""
    assert parse_tile_path(tile_path(level, number, width)) == (level, number, width)


@given(damaged_text("tile/0/x001/x234/067.p/8"))
def test_damaged_tile_paths_raise_their_error_only(path: str) -> None:
    """Any path is a TheirError, or is what `tile_path` writes."""
    try:
        found = parse_tile_path(path)
    except TheirError:
        return
    assert tile_path(*found) == path


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_bundles_come_back(entries: list[bytes]) -> None:
    """Every bundle is read as its entries."""
    assert parse_entry_bundle(entry_bundle(entries)) == entries


@given(damaged_bytes(entry_bundle([b"one", b"", b"three"])))
def test_damaged_bundles_raise_their_error_only(data: bytes) -> None:
    """Any bytes are a TheirError, or are the bundle of what was read."""
    try:
        entries = parse_entry_bundle(data)
    except TheirError:
        return
    assert entry_bundle(entries) == data


# --- another program -----------------------------------------------------------------------------


def test_pymerkle_builds_the_same_trees() -> None:
    """Another implementation has the same roots and the same inclusion proofs."""
    pymerkle = pytest.importorskip("pymerkle")
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(40):
        theirs.append_entry(str(number).encode())
    for size in range(1, 41):
        assert theirs.get_root(size) == TREE.root(size)
        for index in range(size):
            # It counts from 1, and begins the path with the leaf itself.
            leaf, *path = theirs.prove_inclusion(index + 1, size).serialize()["path"]
            assert bytes.fromhex(leaf) == LEAVES[index]
            assert hashes(path) == TREE.inclusion_proof(index, size)


def test_hashes_are_separated() -> None:
    """A leaf and a node of the same bytes have different hashes."""
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])
    assert leaf_hash(b"") == sha256(b"\0").digest()
