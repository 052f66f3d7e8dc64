"""Entries of an outbox as they are verified, whoever's they are.

A counterpart's entries and our own, when they are pulled back from a mirror,
pass the same checks; the key ring follows them one by one, so that a change of
keys holds from the entry after it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from openline.domain.errors import Reason, TheirError
from openline.domain.instant import INSTANT_MAX, SECOND_MS
from openline.domain.line.keyring import KEY_KINDS, KeyRing
from openline.domain.party import parse_origin
from openline.domain.record.checkpoint import Checkpoint, verify_checkpoint
from openline.domain.record.cosignature import verify_cosignature
from openline.domain.record.envelope import (
    Envelope,
    Header,
    check_content,
    parse_content,
    parse_envelope,
    verify_envelope,
)
from openline.domain.record.note import Note, NoteSignature
from openline.domain.record.signing import PublicKeys
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import parse_body
from openline.engine.ports import StoredEntry

SIGNATURES_OF_ONE: Final = 2
"""Rows with which one party signs or cosigns a head: Ed25519 and ML-DSA-44."""

COSIGNED_AT_MAX_S: Final = INSTANT_MAX // SECOND_MS
"""Cosignatures dated later than any calendar can show are refused."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One entry: its envelope beside its content."""

    envelope: Envelope
    content: bytes


def verify_entries(
    origin: str,
    start: int,
    entries: Sequence[StoredEntry],
    ring: KeyRing,
    first_content: bytes,
) -> tuple[list[Sealed], KeyRing]:
    """The entries of an outbox from an index on, and the key ring after them.

    Args:
        origin: The outbox.
        start: Index of the first entry.
        entries: In order.
        ring: The author's keys before them; before entry 0 of a later outbox, those
            of the outbox before.
        first_content: What entry 0 of the first outbox must contain: the
            Understanding. A later one begins with an EPOCH.

    Raises:
        TheirError: With the first thing that is wrong.
    """
    sealed = []
    for index, entry in enumerate(entries, start):
        envelope = parse_envelope(entry.raw)
        header = envelope.header
        if header.origin != origin:
            raise TheirError(Reason.WRONG_LINE, f"an entry of {header.origin} came as {origin}")
        if header.index != index:
            raise TheirError(
                Reason.WRONG_INDEX, f"an entry says index {header.index} and stands at {index}"
            )
        check_content(envelope, entry.content)
        is_beginning = index == 0 and header.epoch == 1
        if is_beginning and (header.kind, entry.content) != (Kind.UNDERSTANDING, first_content):
            raise TheirError(
                Reason.WRONG_UNDERSTANDING, f"entry 0 of {origin} is not what we adopted"
            )
        ring = ring_after(ring, envelope, entry.content)
        verify_envelope(envelope, ring.node_at(index).ed25519)
        sealed.append(Sealed(envelope, entry.content))
    return sealed, ring


def opens_outbox(header: Header) -> bool:
    """Whether an entry is the beginning of a later outbox of its author."""
    return header.index == 0 and header.epoch > 1


def other_outbox(origin: str, outbox: str) -> TheirError:
    """Why something of another log than a party's newest outbox is not taken."""
    said, known = parse_origin(origin), parse_origin(outbox)
    assert known is not None
    if said is None or (said.party, said.line, said.log) != (known.party, known.line, "out"):
        return TheirError(Reason.WRONG_LINE, f"{origin} is not the outbox of {known.party}")
    if said.epoch > known.epoch:
        return TheirError(Reason.GAP, f"the opening of {origin} is missing")
    return TheirError(Reason.ROLLBACK, f"{outbox} has followed {origin}")


def ring_after(ring: KeyRing, envelope: Envelope, content: bytes) -> KeyRing:
    """The author's keys after an entry.

    Raises:
        TheirError: The entry is about keys and does not hold, or does not open
            the later outbox that it begins.
    """
    kind = envelope.header.kind
    if opens_outbox(envelope.header):
        return ring.reopened(envelope, parse_body(kind, parse_content(content)))
    if kind not in KEY_KINDS:
        return ring
    return ring.after(envelope, parse_body(kind, parse_content(content)))


def verify_head(note: Note, origin: str, ring: KeyRing, size: int | None) -> Checkpoint:
    """The head of a note, signed by the key for its size or by a later one.

    Args:
        note: The signed note.
        origin: The log that it must be of.
        ring: The author's keys.
        size: The size that it should have; None where any trusted key will do.

    Raises:
        TheirError: It does not verify.
    """
    _check_two(note.signatures, origin)
    fault: TheirError | None = None
    for keys in ring.nodes() if size is None else ring.nodes_for_size(size):
        try:
            return verify_checkpoint(note, origin, keys)
        except TheirError as error:
            fault = fault or error
    raise fault or TheirError(Reason.UNKNOWN_KEY, f"{origin} has no key that is trusted")


def _check_two(rows: Sequence[NoteSignature], name: str) -> None:
    """What is kept is what was verified: further rows could take its place later."""
    if len(rows) > SIGNATURES_OF_ONE:
        raise TheirError(
            Reason.MALFORMED, f"{name} signs with {SIGNATURES_OF_ONE} rows, and {len(rows)} came"
        )


def verify_receipt(
    head: Checkpoint, signatures: Iterable[NoteSignature], name: str, keys: Sequence[PublicKeys]
) -> int:
    """The time, in seconds, of a cosignature by any of the keys that may make it.

    Raises:
        TheirError: None of them made it, or its time cannot be.
    """
    fault: TheirError | None = None
    rows = tuple(signatures)
    _check_two(rows, name)
    for public in keys:
        try:
            at_s = verify_cosignature(head, rows, name, public)
        except TheirError as error:
            fault = fault or error
            continue
        if at_s > COSIGNED_AT_MAX_S:
            raise TheirError(Reason.MALFORMED, f"the cosignature of {name} is dated {at_s}")
        return at_s
    raise fault or TheirError(Reason.UNKNOWN_KEY, f"{name} has no key that is trusted")
