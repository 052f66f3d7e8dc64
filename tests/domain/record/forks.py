"""Histories in which a party signs two things that cannot both be, one of each sort."""

from collections.abc import Callable
from typing import TypeAlias

from openline.domain.record import cbor
from openline.domain.record.certificate import ForkSort
from openline.domain.record.checkpoint import Checkpoint, sign_checkpoint
from openline.domain.record.cosignature import cosign
from openline.domain.record.envelope import parse_envelope, seal_envelope
from openline.domain.record.merkle import Tree, leaf_hash
from openline.engine.frames import Entries, encode_frame
from openline.engine.ports import PutValue, StoredEntry
from tests.domain.record.history import ALPHA, BRAVO, LINE, History, signer
from tests.vectors.signers import SeedSigner

MakeSigner: TypeAlias = Callable[[str], SeedSigner]

OUT = f"{BRAVO}/{LINE}/out"
OTHER_ROOT = bytes(31) + b"\x07"


def history(make_signer: MakeSigner = signer) -> History:
    """Two parties after ten seconds, in which Bravo has said three texts."""
    one = History(make_signer=make_signer)
    one.run(5)
    for words in ("one", "two", "three"):
        one.text(BRAVO, words)
    one.run(5)
    return one


def keep(one: History, first: str, second: str, *frames: bytes) -> History:
    """Let Alpha keep two things of Bravo's as its node keeps them."""
    value = cbor.encode(["FORK", "said of it", first, second, list(frames)])
    one.sides[ALPHA].store.commit([PutValue(f"evidence/{LINE}/{BRAVO}/1", value)])
    return one


def head_of(
    size: int, root: bytes = OTHER_ROOT, by: SeedSigner | None = None, log: str = OUT
) -> str:
    """A head that Bravo, or who is named, signs."""
    by = by or signer(f"{BRAVO} node")
    return sign_checkpoint(Checkpoint(log, size, root), by).format()


def two_heads(make_signer: MakeSigner = signer) -> History:
    """Two heads of one size; the one that was held bears the holder's cosignature."""
    one = history(make_signer)
    held = one.head(BRAVO)
    head = Checkpoint(OUT, one.sides[BRAVO].tree.size, one.sides[BRAVO].tree.root())
    held = held.with_signatures(*cosign(head, f"{ALPHA}/mirror", make_signer(f"{ALPHA} mirror"), 1))
    return keep(one, held.format(), head_of(head.size, by=make_signer(f"{BRAVO} node")))


def two_sizes(make_signer: MakeSigner = signer) -> History:
    """A head of two entries that is on no history with the one of four."""
    one = history(make_signer)
    return keep(one, one.head(BRAVO).format(), head_of(2, by=make_signer(f"{BRAVO} node")))


def tick_and_head(make_signer: MakeSigner = signer) -> History:
    """A tick that states another head than the one that was held."""
    one = history(make_signer)
    held = one.head(BRAVO).format()
    size = one.sides[BRAVO].tree.size
    return keep(one, held, one.tick(BRAVO, out=Checkpoint(OUT, size, OTHER_ROOT)))


def two_ticks(make_signer: MakeSigner = signer) -> History:
    """Two ticks of one number."""
    one = history(make_signer)
    number = one.sides[BRAVO].sequence
    first = one.tick(BRAVO)
    return keep(one, first, one.tick(BRAVO, sequence=number, clock_error_ms=501))


def next_tick(make_signer: MakeSigner = signer) -> History:
    """A tick that names another one as the one before it."""
    one = history(make_signer)
    first = one.tick(BRAVO)
    return keep(one, first, one.tick(BRAVO, previous=OTHER_ROOT))


def two_entries(make_signer: MakeSigner = signer) -> History:
    """Another entry of one index, under a head of a history of its own."""
    one = history(make_signer)
    side, bravo = one.sides[BRAVO], make_signer(f"{BRAVO} node")
    held = parse_envelope(side.store.entries(OUT, 3, 1)[0].raw)
    other = seal_envelope(held.header, b"other words", bravo)
    tree = Tree(side.tree.leaf(index) for index in range(3))
    tree.append(leaf_hash(other.raw))
    head = head_of(4, tree.root(), bravo)
    frame = Entries(OUT, 3, (StoredEntry(other.raw, b"other words"),), head)
    return keep(one, one.head(BRAVO).format(), head, encode_frame(frame))


def two_journals(make_signer: MakeSigner = signer) -> History:
    """Two heads of one journal."""
    one, log = history(make_signer), f"{BRAVO}/{LINE}/journal"
    bravo = make_signer(f"{BRAVO} node")
    pair = [head_of(9, OTHER_ROOT, bravo, log), head_of(9, bytes(32), bravo, log)]
    value = cbor.encode(list(pair))
    one.sides[ALPHA].store.commit([PutValue(f"evidence-journal/{LINE}/{BRAVO}", value)])
    return one


CASES: dict[str, tuple[Callable[[MakeSigner], History], ForkSort, int]] = {
    "two heads": (two_heads, ForkSort.HEAD, 4),
    "two sizes": (two_sizes, ForkSort.HEAD, 2),
    "a tick and a head": (tick_and_head, ForkSort.HEAD, 4),
    "two ticks": (two_ticks, ForkSort.TICK, 10),
    "the next tick": (next_tick, ForkSort.TICK, 10),
    "two entries": (two_entries, ForkSort.ENTRY, 3),
    "two journals": (two_journals, ForkSort.JOURNAL, 9),
}
