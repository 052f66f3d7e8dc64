"""Contradictions: two things that one key has signed and that cannot both be.

A party to the line writes one history. Who holds two of its signatures that belong to no one
history can show it to anybody: this module judges such a pair, whoever brings it. What a
certificate of a fork must hold besides is in `exhibits`, what it claims in `claims`. Source:
`docs/spec/certificate.md`.

Rules:

1. Both are of one log of the party on the line, and one node key has signed both: a key that
   is the party's at both places and that no revocation in the file touches there.
2. Two heads, or the heads that two ticks state, are of one size and have two roots; or of two
   sizes, and the larger one has, by a consistency proof, another root at the smaller size.
3. Two ticks are of one number and differ, or the second is of the next number and names
   another tick than the first as the one before it.
4. Two entries are of one index and differ in what was signed, not in the signature alone.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from openline.domain.errors import Reason, TheirError
from openline.domain.line.keyring import KeyRing, by_any
from openline.domain.party import Origin
from openline.domain.record.certificate import Contradiction, ForkSort
from openline.domain.record.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from openline.domain.record.envelope import parse_envelope, verify_envelope
from openline.domain.record.merkle import verify_consistency
from openline.domain.record.note import Note, parse_note
from openline.domain.record.signing import PublicKeys, key_id
from openline.domain.record.tick import (
    VERSION,
    Tick,
    parse_tick,
    tick_hash,
    verify_tick_signature,
)

_HEAD_ROWS: Final = 2
"""Rows of a head that its author signed and nobody cosigned."""

_Verify: TypeAlias = Callable[[PublicKeys], object]
"""Raises TheirError where keys have not signed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a contradiction shows.

    Attributes:
        origin: The log that it is about.
        place: The size, the number of the tick, or the index that was signed twice.
        key: The id of the key that signed both.
        first: The root or the hash of the one, 64 hexadecimal digits.
        second: Of the other.
    """

    origin: str
    place: int
    key: bytes
    first: str
    second: str


def show_contradiction(one: Contradiction, sort: ForkSort, log: Origin, ring: KeyRing) -> Shown:
    """What two signed things show, if they contradict each other.

    Args:
        one: The two.
        sort: Of what sort they are.
        log: The outbox, or the journal, that they must be of.
        ring: The keys of its party there.

    Raises:
        TheirError: They do not, or one key has not signed both.
    """
    match sort:
        case ForkSort.ENTRY:
            return _entries(one, log, ring)
        case ForkSort.TICK:
            return _ticks(one, log, ring)
        case _:
            return _heads(one, log, ring)


def _heads(one: Contradiction, log: Origin, ring: KeyRing) -> Shown:
    is_journal = log.log == "journal"
    (first, by_first), (second, by_second) = (
        _head(raw, log, may_be_tick=not is_journal) for raw in (one.first, one.second)
    )
    keys = ring.nodes() if is_journal else _common(ring, first.size, second.size)
    key = _signer(keys, by_first, by_second, log)
    root = second.root
    if first.size != second.size:
        if not 0 < first.size < second.size:
            raise _fault("the two heads are not in order of their sizes")
        verify_consistency(first.size, second.size, one.root, second.root, one.proof)
        root = one.root
    else:
        _check_order(one)
    if root == first.root:
        raise _fault(f"both heads have one root at size {first.size}")
    return Shown(str(log), first.size, key, first.root.hex(), root.hex())


def _head(raw: bytes, log: Origin, *, may_be_tick: bool) -> tuple[Checkpoint, _Verify]:
    """A head that somebody signed, as a head or in a tick, and how to see who."""
    note = parse_note(raw)
    if may_be_tick and note.text.startswith(f"{VERSION}\n"):
        tick = _tick(note, log)
        return tick.out, lambda keys: verify_tick_signature(note, tick, keys.ed25519)
    head = parse_checkpoint(note.text)
    if head.origin != str(log):
        raise TheirError(Reason.WRONG_LINE, f"a head is of {head.origin}, not of {log}")
    if len(note.signatures) != _HEAD_ROWS:
        raise _fault("a head that contradicts another has rows that are not its author's")
    return head, lambda keys: verify_checkpoint(note, str(log), keys)


def _tick(note: Note, log: Origin) -> Tick:
    tick = parse_tick(note.text)
    if (tick.party, tick.line, tick.out.origin) != (log.party, log.line, str(log)):
        raise TheirError(Reason.WRONG_LINE, f"a tick is not of {log}")
    return tick


def _ticks(one: Contradiction, log: Origin, ring: KeyRing) -> Shown:
    notes = [parse_note(raw) for raw in (one.first, one.second)]
    first, second = (_tick(note, log) for note in notes)
    by_first, by_second = (
        lambda keys, note=note, tick=tick: verify_tick_signature(note, tick, keys.ed25519)
        for note, tick in zip(notes, (first, second), strict=True)
    )
    keys = _common(ring, first.out.size, second.out.size)
    key = _signer(keys, by_first, by_second, log)
    digest = tick_hash(notes[0].text)
    if second.sequence == first.sequence:
        _check_order(one)
        other = tick_hash(notes[1].text)
    elif second.sequence == first.sequence + 1:
        other = second.previous
    else:
        raise _fault("the two ticks are neither of one number nor of two that follow each other")
    if other == digest:
        raise _fault(f"both ticks speak of one tick {first.sequence}")
    _check_no_proof(one)
    return Shown(str(log), first.sequence, key, digest.hex(), other.hex())


def _entries(one: Contradiction, log: Origin, ring: KeyRing) -> Shown:
    first, second = parse_envelope(one.first), parse_envelope(one.second)
    index = first.header.index
    if {first.header.origin, second.header.origin} != {str(log)} or second.header.index != index:
        raise TheirError(Reason.WRONG_INDEX, f"the two entries are not of one place in {log}")
    if not ring.is_trusted(index):
        raise TheirError(Reason.UNKNOWN_KEY, f"the key of {log} {index} is revoked there")
    key = ring.node_at(index)
    for envelope in (first, second):
        verify_envelope(envelope, key.ed25519)
    _check_order(one)
    if (first.protected, first.content_hash) == (second.protected, second.content_hash):
        raise _fault(f"both entries of {log} {index} say the same")
    _check_no_proof(one)
    hashes = (hashlib.sha256(raw).hexdigest() for raw in (one.first, one.second))
    return Shown(str(log), index, key_id(key.ed25519), *hashes)


def _common(ring: KeyRing, first: int, second: int) -> list[PublicKeys]:
    """The keys that may have signed a head of either size."""
    return [keys for keys in ring.nodes_for_size(first) if keys in ring.nodes_for_size(second)]


def _signer(
    candidates: Iterable[PublicKeys], first: _Verify, second: _Verify, log: Origin
) -> bytes:
    """The id of the one key that signed both.

    Raises:
        TheirError: No key has.
    """

    def verify(keys: PublicKeys) -> bytes:
        first(keys)
        second(keys)
        return key_id(keys.ed25519)

    return by_any(candidates, verify, f"what contradicts itself of {log}")


def _check_order(one: Contradiction) -> None:
    """Two of one place stand in one order, so that equal evidence makes equal files."""
    if one.first >= one.second:
        raise _fault("the two are not in order of their bytes")
    _check_no_proof(one)


def _check_no_proof(one: Contradiction) -> None:
    if one.root or one.proof:
        raise _fault("a proof is there that proves nothing")


def _fault(what: str) -> TheirError:
    return TheirError(Reason.MALFORMED, what)
