"""Judges evidence as an outsider would: two signed notes, and the author's public keys.

It uses `domain.record` alone, as the standalone verifier does. Evidence holds if both notes
verify under a key of their author and cannot both be true: two roots of one size, two ticks
of one number, or two entries in one place, each under a head that the author signed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openline.domain.errors import TheirError
from openline.domain.record import cbor
from openline.domain.record.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from openline.domain.record.envelope import parse_envelope
from openline.domain.record.merkle import leaf_hash
from openline.domain.record.note import Note, parse_note
from openline.domain.record.signing import PublicKeys
from openline.domain.record.tick import VERSION, Tick, verify_tick
from openline.engine.frames import Entries, Urgent, decode_frame


@dataclass(frozen=True)
class Said:
    """What one signed note says.

    Attributes:
        head: Size and root of a log.
        tick: The tick that says so; None for a head by itself.
    """

    head: Checkpoint
    tick: Tick | None


def contradiction(evidence: bytes, keys: Sequence[PublicKeys]) -> str:
    """What the evidence shows; empty if it shows nothing.

    Args:
        evidence: As the store keeps it.
        keys: The author's node keys, of all times.
    """
    value = cbor.decode(evidence)
    assert isinstance(value, list)
    if len(value) == 2:  # Two heads of one journal.
        texts, frames = value, []
    else:
        _, _, *texts, frames = value
    said = [_verified(parse_note(str(text)), keys) for text in texts]
    if None in said:
        return ""
    first, second = (one for one in said if one is not None)
    if first.head.size == second.head.size and first.head.root != second.head.root:
        return f"two roots at size {first.head.size}"
    if first.tick and second.tick and first.tick.sequence == second.tick.sequence:
        return f"two ticks of number {first.tick.sequence}" if first.tick != second.tick else ""
    assert isinstance(frames, list)
    return _two_entries(frames)


def _verified(note: Note, keys: Iterable[PublicKeys]) -> Said | None:
    """What a note says, if the author signed it by one of these keys."""
    for public in keys:
        try:
            if note.text.startswith(VERSION):
                tick = verify_tick(note, public.ed25519)
                return Said(tick.out, tick)
            origin = parse_checkpoint(note.text).origin
            return Said(verify_checkpoint(note, origin, public), None)
        except TheirError:
            continue
    return None


def _two_entries(frames: Iterable[object]) -> str:
    """Two entries in one place, of frames with heads."""
    leaves: dict[int, bytes] = {}
    for data in frames:
        assert isinstance(data, bytes)
        frame = decode_frame(data)
        assert isinstance(frame, Entries | Urgent)
        entries = frame.entries if isinstance(frame, Entries) else (frame.entry,)
        for entry in entries:
            index = parse_envelope(entry.raw).header.index
            if leaves.setdefault(index, leaf_hash(entry.raw)) != leaf_hash(entry.raw):
                return f"two entries at {index}"
    return ""
