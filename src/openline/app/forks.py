"""Forks: of what a node kept of one, the two things that show it to anybody.

What the engine keeps of a fork are notes and frames as they came (`engine.mirror.ForkFound`);
they show it to whoever holds the log as this node does. An outsider does not: here the least
of it is found that contradicts itself without the log, two entries of one index, two ticks of
one number, or two heads with the proof that they belong to no one history. Nothing is taken
that `domain.record.contradiction` does not hold to be one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import TypeAlias

from openline.domain.errors import TheirError
from openline.domain.line.keyring import KeyRing, by_any
from openline.domain.party import Origin, parse_origin
from openline.domain.record import cbor
from openline.domain.record.certificate import Contradiction, ForkSort
from openline.domain.record.checkpoint import (
    Checkpoint,
    log_keys,
    parse_checkpoint,
    verify_checkpoint,
)
from openline.domain.record.contradiction import show_contradiction
from openline.domain.record.envelope import parse_envelope
from openline.domain.record.merkle import Tree, leaf_hash
from openline.domain.record.note import Note, VerifierKey, parse_note
from openline.domain.record.signing import PublicKeys
from openline.domain.record.tick import VERSION, parse_tick
from openline.engine.frames import Entries, Urgent, decode_frame
from openline.engine.ports import Store

_KeysOf: TypeAlias = Callable[[int], tuple[PublicKeys, ...]]
"""The keys that may have signed a head of a size."""

_Rows: TypeAlias = Callable[[PublicKeys], tuple[VerifierKey, ...]]
"""The keys of the rows by which keys have signed; raises TheirError where they have not."""


@dataclass(frozen=True, slots=True)
class Fork:
    """What a party signed twice.

    Attributes:
        sort: Of what sort it is.
        log: The log that it is about.
        place: The size, the number of the tick or the index.
        pair: The two.
    """

    sort: ForkSort
    log: Origin
    place: int
    pair: Contradiction


@dataclass
class _Kept:
    """What was kept of one fork, read.

    Attributes:
        notes: Heads and ticks, as they came.
        entries: Envelopes, as they came.
        frames: Entries of one log from an index on.
    """

    notes: list[str] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    frames: list[Entries] = field(default_factory=list)

    def read(self, frames: Iterable[bytes]) -> None:
        """Take in the frames that tie entries to the notes."""
        for data in frames:
            frame = decode_frame(data)
            if isinstance(frame, Entries):
                self.frames.append(frame)
                self.entries += [entry.raw for entry in frame.entries]
                self.notes.append(frame.head)
            elif isinstance(frame, Urgent):
                self.entries.append(frame.entry.raw)
                self.notes.append(frame.head)


def forks_of(
    store: Store,
    line: str,
    party: str,
    rings: Mapping[Origin, KeyRing],
    trees: Mapping[Origin, Tree],
) -> Iterator[Fork]:
    """The forks of a party that can be shown to anybody, the newest evidence first.

    Args:
        store: What the node has stored.
        line: The line.
        party: Who signed.
        rings: The keys of each outbox that is here.
        trees: The tree of each.
    """
    outboxes = [log for log in sorted(rings, reverse=True) if log.party == party]
    for _, value in reversed(store.values(f"evidence/{line}/{party}/")):
        kept = _read(value)
        for log in outboxes:
            yield from _of_outbox(store, kept, log, rings[log], trees[log])
    for _, value in store.values(f"evidence-journal/{line}/{party}"):
        notes = [str(text) for text in _list(value)]
        yield from _of_journal(notes, party, line, rings[outboxes[0]])


def _list(value: bytes) -> list[cbor.Value]:
    found = cbor.decode(value)
    assert isinstance(found, list), "this node wrote it"
    return found


def _read(value: bytes) -> _Kept:
    _, _, first, second, frames = _list(value)
    assert isinstance(frames, list), "this node wrote it"
    kept = _Kept([str(text) for text in (first, second) if text])
    kept.read(frame for frame in frames if isinstance(frame, bytes))
    return kept


def _of_outbox(store: Store, kept: _Kept, log: Origin, ring: KeyRing, tree: Tree) -> Iterator[Fork]:
    """Every fork of an outbox that the evidence shows, the plainest first."""
    for pair in _entry_pairs(store, kept, log, tree):
        yield from _shown(ForkSort.ENTRY, pair, log, ring)
    notes = [parse_note(text) for text in kept.notes]
    ticks = [note for note in notes if _is_tick(note)]
    for one, other in permutations(ticks, 2):
        pair = Contradiction(one.format().encode(), other.format().encode())
        yield from _shown(ForkSort.TICK, pair, log, ring)
    stated = list(_stated(notes, log, ring.nodes_for_size))
    stated += _stored_heads(store, stated, log, ring)
    histories = [tree, *(_other_tree(tree, frame) for frame in kept.frames)]
    for pair in _head_pairs(stated, histories):
        yield from _shown(ForkSort.HEAD, pair, log, ring)


def _of_journal(notes: list[str], party: str, line: str, ring: KeyRing) -> Iterator[Fork]:
    parsed = [parse_note(text) for text in notes]
    log = parse_origin(parse_checkpoint(parsed[0].text).origin) or Origin(party, line, "journal")
    stated = list(_stated(parsed, log, lambda _: ring.nodes()))
    for pair in _head_pairs(stated, []):
        yield from _shown(ForkSort.JOURNAL, pair, log, ring)


def _shown(sort: ForkSort, pair: Contradiction, log: Origin, ring: KeyRing) -> Iterator[Fork]:
    """The fork, if the two do contradict each other."""
    try:
        found = show_contradiction(pair, sort, log, ring)
    except TheirError:
        return
    yield Fork(sort, log, found.place, pair)


def _is_tick(note: Note) -> bool:
    return note.text.startswith(f"{VERSION}\n")


def _entry_pairs(store: Store, kept: _Kept, log: Origin, tree: Tree) -> Iterator[Contradiction]:
    """Entries that came, each beside another one of its index."""
    places: dict[int, list[bytes]] = {}
    for raw in kept.entries:
        header = parse_envelope(raw).header
        if header.origin == str(log):
            places.setdefault(header.index, []).append(raw)
    for index, found in sorted(places.items()):
        if index < tree.size:
            found.append(store.entries(str(log), index, 1)[0].raw)
        for one, other in permutations(dict.fromkeys(found), 2):
            yield Contradiction(one, other)


def _stated(
    notes: Iterable[Note], log: Origin, keys_of: _KeysOf
) -> Iterator[tuple[Checkpoint, bytes]]:
    """The heads of a log that notes state, each with its author's rows alone."""
    for note in notes:
        if _is_tick(note):
            head, own = parse_tick(note.text).out, note
        else:
            head = parse_checkpoint(note.text)
            try:
                rows = by_any(keys_of(head.size), _rows_of(note, head.origin), note.text)
            except TheirError:
                continue
            own = note.only(rows)
        if head.origin == str(log):
            yield head, own.format().encode()


def _rows_of(note: Note, origin: str) -> _Rows:
    def rows(keys: PublicKeys) -> tuple[VerifierKey, ...]:
        verify_checkpoint(note, origin, keys)
        return log_keys(origin, keys)

    return rows


def _stored_heads(
    store: Store, stated: list[tuple[Checkpoint, bytes]], log: Origin, ring: KeyRing
) -> list[tuple[Checkpoint, bytes]]:
    """Heads of the same sizes or the next ones, as this node has stored them."""
    texts = [
        text
        for size in sorted({head.size for head, _ in stated})
        for _, text in store.heads(str(log), "", size, 1)
    ]
    return list(_stated(map(parse_note, texts), log, ring.nodes_for_size))


def _other_tree(tree: Tree, frame: Entries) -> Tree:
    """The history that a frame would have: ours up to its start, and then its entries."""
    other = Tree(tree.leaf(index) for index in range(min(frame.start, tree.size)))
    other.extend(leaf_hash(entry.raw) for entry in frame.entries)
    return other


def _head_pairs(
    stated: list[tuple[Checkpoint, bytes]], histories: list[Tree]
) -> Iterator[Contradiction]:
    """Two heads of one log, with the proof that they belong to no one history."""
    for (first, one), (second, other) in permutations(stated, 2):
        if first.size == second.size and first.root != second.root:
            yield Contradiction(one, other)
        for tree in histories if 0 < first.size < second.size else ():
            if second.size <= tree.size and tree.root(second.size) == second.root:
                root = tree.root(first.size)
                if root != first.root:
                    proof = tuple(tree.consistency_proof(first.size, second.size))
                    yield Contradiction(one, other, root, proof)
