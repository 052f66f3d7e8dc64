"""What this machine allows: commits, signatures, verifications, round trips a second."""

import statistics
from pathlib import Path

from bench.echo import round_trips
from bench.measure import RUNS, Row, rate
from openline.adapters.anchor import Anchor
from openline.adapters.keys import FileKeys
from openline.adapters.sqlite import SqliteStore
from openline.domain.record.checkpoint import Checkpoint, sign_checkpoint, verify_checkpoint
from openline.domain.record.merkle import EMPTY_ROOT
from openline.domain.record.signing import verify_ed25519
from openline.engine.ports import AppendEntries, StoredEntry


def measure(directory: Path, *, is_quick: bool) -> list[Row]:
    """Durable writes, Ed25519 both ways, heads both ways, round trips."""
    runs, count = (2, 50) if is_quick else (RUNS, 400)
    keys = FileKeys.make(directory / "limit-keys", "limit.example")
    signer = keys.current("node")
    store = SqliteStore.open(directory / "limit.sqlite")
    entry = StoredEntry(bytes(500), bytes(300))
    start = 0

    def commits() -> int:
        nonlocal start
        for _ in range(count):
            store.commit([AppendEntries("limit.example/limit/out", start, (entry,), EMPTY_ROOT)])
            start += 1
        return count

    message = bytes(300)
    signature = signer.sign_ed25519(message)
    head = Checkpoint("limit.example/limit/out", 1, bytes(32))
    note = sign_checkpoint(head, signer)

    def signatures() -> int:
        for _ in range(count):
            signer.sign_ed25519(message)
        return count

    def verifications() -> int:
        for _ in range(count):
            assert verify_ed25519(signer.public.ed25519, message, signature)
        return count

    def heads_signed() -> int:
        for _ in range(count):
            sign_checkpoint(head, signer)
        return count

    def heads_verified() -> int:
        for _ in range(count):
            verify_checkpoint(note, head.origin, signer.public)
        return count

    anchor = Anchor.open(directory / "limit.anchor")
    anchored = 0

    def anchors() -> int:
        nonlocal anchored
        for _ in range(count):
            anchored += 1
            anchor.record({"limit.example/limit/out": (anchored, bytes(32))})
        return count

    rows = []
    for name, work in (
        ("limit: durable commits of one entry", commits),
        ("limit: durable rows in the anchor", anchors),
        ("limit: Ed25519 signatures", signatures),
        ("limit: Ed25519 verifications", verifications),
        ("limit: heads signed (Ed25519 and ML-DSA-44)", heads_signed),
        ("limit: heads verified (Ed25519 and ML-DSA-44)", heads_verified),
    ):
        median, every = rate(work, runs)
        rows.append(Row(name, median, "/s", every))
    store.close()
    anchor.close()
    rates = round_trips(directory, runs, count)
    rows.append(Row("limit: round trips over mutual TLS", statistics.median(rates), "/s", rates))
    return rows
