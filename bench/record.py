"""The record's own parts beside other libraries that do the like."""

from collections.abc import Callable

from bench.measure import RUNS, Row, rate
from openline.domain.record import cbor
from openline.domain.record.merkle import Tree, leaf_hash

_NOTICE: cbor.Value = {
    0: ["air-desk", "Lt Ivanova"],
    1: "ALPHA-0042",
    2: 1,
    3: [[1, [[345_000_000, 369_000_000]], 5_000, [1, 0], [3, 200], 1_491_523_200_000, 9]] * 4,
    4: "Live firing",
}


def measure(*, is_quick: bool) -> list[Row]:
    """Encode, decode and append, each with its ratio to the other library."""
    runs, count = (2, 200) if is_quick else (RUNS, 5_000)
    data = cbor.encode(_NOTICE)
    leaves = [leaf_hash(number.to_bytes(4, "big")) for number in range(count)]

    def ours_encode() -> int:
        for _ in range(count):
            cbor.encode(_NOTICE)
        return count

    def ours_decode() -> int:
        for _ in range(count):
            cbor.decode(data)
        return count

    def ours_append() -> int:
        tree = Tree()
        for leaf in leaves:
            tree.append(leaf)
        tree.root()
        return count

    rows = []
    for name, work, peer in (
        ("strict CBOR: encode a notice", ours_encode, _cbor2_encode(count)),
        ("strict CBOR: decode a notice", ours_decode, _cbor2_decode(data, count)),
        ("Merkle tree: append", ours_append, _pymerkle_append(leaves)),
    ):
        median, every = rate(work, runs)
        row = Row(name, median, "/s", every)
        if peer is not None:
            peer_name, peer_work = peer
            other, _ = rate(peer_work, runs)
            row.note = f"{median / other:.2f} times {peer_name}, {other:,.0f}/s"
        rows.append(row)
    return rows


_Peer = tuple[str, Callable[[], int]]


def _cbor2_encode(count: int) -> _Peer | None:
    try:
        import cbor2
    except ImportError:
        return None

    def work() -> int:
        for _ in range(count):
            cbor2.dumps(_NOTICE, canonical=True)
        return count

    return "cbor2 (not strict; compiled)", work


def _cbor2_decode(data: bytes, count: int) -> _Peer | None:
    try:
        import cbor2
    except ImportError:
        return None

    def work() -> int:
        for _ in range(count):
            cbor2.loads(data)
        return count

    return "cbor2 (not strict; compiled)", work


def _pymerkle_append(leaves: list[bytes]) -> _Peer | None:
    try:
        from pymerkle import InmemoryTree
    except ImportError:
        return None

    def work() -> int:
        tree = InmemoryTree(algorithm="sha256")
        for leaf in leaves:
            tree.append_entry(leaf)
        tree.get_state()
        return len(leaves)

    return "pymerkle in memory", work
