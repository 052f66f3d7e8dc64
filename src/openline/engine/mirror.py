"""A counterpart's outbox as we hold it: verified, stored, then cosigned.

Rules of acceptance:

1. Entries come at our size; earlier ones must equal what we hold, later ones
   are a gap and the counterpart is told where to begin.
2. Each envelope names this log and its own index, is signed by the key valid
   at that index, and its content is the one it was signed for.
3. The head that comes with them is signed and is exactly the root of what we
   would then hold. Only then is anything kept.
4. A content that cannot be understood is kept and flagged, never refused.
5. Two signed heads that contradict each other are kept as evidence, and this
   log is never cosigned again.
"""

from dataclasses import dataclass

from openline.domain.errors import Reason, TheirError
from openline.domain.line.keyring import KEY_KINDS, KeyRing
from openline.domain.party import Origin, Precedence
from openline.domain.record.checkpoint import Checkpoint, verify_checkpoint
from openline.domain.record.cosignature import cosign
from openline.domain.record.envelope import (
    Envelope,
    check_content,
    parse_content,
    parse_envelope,
    verify_envelope,
)
from openline.domain.record.merkle import Tree, leaf_hash, verify_inclusion
from openline.domain.record.note import Note, parse_note
from openline.domain.record.signing import Signer
from openline.domain.talk.message import parse_body
from openline.engine.frames import Entries, Receipt, Urgent, encode_frame
from openline.engine.outbox import Sealed
from openline.engine.peer import Peer
from openline.engine.ports import AppendEntries, PutHead, StoredEntry
from openline.engine.turn import Turn


class ForkFound(TheirError):
    """Two signed statements of the counterpart contradict each other.

    Attributes:
        first: The note we held.
        second: The note that contradicts it.
    """

    def __init__(self, what: str, first: str, second: str) -> None:
        super().__init__(Reason.FORK, what)
        self.first = first
        self.second = second


@dataclass(frozen=True, slots=True)
class Accepted:
    """Entries that were accepted, and the key ring after them."""

    sealed: list[Sealed]
    ring: KeyRing


class Mirror:
    """Our copy of one counterpart's outbox.

    Owned by the line; changed only while a turn is handled.

    Attributes:
        note: The last head of the counterpart that we verified; None at first.
        early: FLASH entries that came ahead of the log, by index.
    """

    def __init__(self, party: str, line: str, epoch: int) -> None:
        self.party = party
        self.line = line
        self.origin = str(Origin(party, line, "out", epoch))
        self.tree = Tree()
        self.note: Note | None = None
        self.early: dict[int, Sealed] = {}

    @property
    def size(self) -> int:
        """How many entries we hold."""
        return self.tree.size

    def checkpoint(self) -> Checkpoint:
        """The unsigned head of what we hold."""
        return Checkpoint(self.origin, self.tree.size, self.tree.root())

    def accept(
        self, turn: Turn, frame: Entries, ring: KeyRing, first_content: bytes
    ) -> Accepted | None:
        """Keep the entries of a frame that are new.

        Args:
            turn: Gathers the writes.
            frame: What came.
            ring: The counterpart's keys.
            first_content: What entry 0 must contain: the Understanding.

        Returns:
            What was accepted, or None when all of it was held already.

        Raises:
            TheirError: The frame is refused whole; ForkFound with evidence.
        """
        if frame.start > self.tree.size:
            raise TheirError(Reason.GAP, f"{self.origin} is held up to {self.tree.size}")
        self._check_overlap(frame, ring)
        fresh = frame.entries[self.tree.size - frame.start :]
        if not fresh:
            return None
        sealed, ring = self._verify_entries(fresh, ring, first_content)
        leaves = [leaf_hash(entry.raw) for entry in fresh]
        size = self.tree.size + len(fresh)
        root = self.tree.root_with(leaves)
        note = parse_note(frame.head)
        head = verify_head(note, self.origin, ring, size)
        self._check_early(leaves, note)
        if head.size != size or head.root != root:
            raise TheirError(Reason.WRONG_ROOT, f"the head of {self.origin} is not over {size}")
        turn.write(AppendEntries(self.origin, self.tree.size, tuple(fresh), root))
        turn.write(PutHead(self.origin, size, "", frame.head))
        self.tree.extend(leaves)
        self.note = note
        return Accepted(sealed, ring)

    def accept_urgent(self, frame: Urgent, ring: KeyRing) -> Sealed | None:
        """A FLASH that came ahead of the log; None when it is known already.

        Raises:
            TheirError: It does not prove itself.
        """
        envelope = parse_envelope(frame.entry.raw)
        header = envelope.header
        if header.origin != self.origin:
            raise TheirError(Reason.WRONG_LINE, f"an urgent entry is of {header.origin}")
        if header.precedence != Precedence.FLASH:
            raise TheirError(Reason.MALFORMED, "only a FLASH may come ahead of the log")
        leaf = leaf_hash(frame.entry.raw)
        known = self.early.get(header.index)
        if header.index < self.tree.size or (known and known.envelope.raw == envelope.raw):
            return None
        if len(self.early) >= 256:
            raise TheirError(Reason.RATE, "too many FLASH entries wait for their log")
        verify_envelope(envelope, ring.node_at(header.index).ed25519)
        check_content(envelope, frame.entry.content)
        head = verify_head(parse_note(frame.head), self.origin, ring, None)
        verify_inclusion(leaf, header.index, head.size, frame.proof, head.root)
        sealed = Sealed(envelope, frame.entry.content)
        self.early[header.index] = sealed
        return sealed

    def check_claim(self, claimed: Checkpoint, note_text: str) -> None:
        """Compare a signed claim about this log with what we hold.

        Raises:
            ForkFound: The claim is of a size we hold, with another root.
            TheirError: ROLLBACK when it claims less than it signed before.
        """
        if claimed.size > self.tree.size:
            return
        if self.tree.root(claimed.size) != claimed.root:
            held = self.note.format() if self.note else ""
            raise ForkFound(
                f"{self.party} signed two histories of {self.origin} at {claimed.size} entries",
                held,
                note_text,
            )

    def cosign(self, turn: Turn, peer: Peer, name: str, signer: Signer | None) -> None:
        """Send a receipt for all that is held. Only after it is durable.

        Below the size that was receipted before we lost our copy, only how
        much is held is said, and nothing is cosigned.

        Args:
            turn: Gathers the frame.
            peer: The author of the log.
            name: The name we cosign under.
            signer: Our mirror key; None while nothing may be signed.
        """
        links = peer.greeted()
        if not links or peer.is_forked or self.tree.size <= peer.acked:
            return
        rows = ""
        if signer is not None and self.tree.size >= max(peer.must_hold, 1):
            signatures = cosign(self.checkpoint(), name, signer, turn.now // 1_000)
            rows = "".join(signature.row() for signature in signatures)
            peer.cosigned = self.tree.size
        peer.acked = self.tree.size
        turn.send(links[0].number, encode_frame(Receipt(self.origin, self.tree.size, rows)))

    def replay(self, leaf: bytes) -> None:
        """Take in one stored entry at start."""
        self.tree.append(leaf)

    def _verify_entries(
        self, fresh: tuple[StoredEntry, ...], ring: KeyRing, first_content: bytes
    ) -> tuple[list[Sealed], KeyRing]:
        sealed = []
        for offset, entry in enumerate(fresh):
            index = self.tree.size + offset
            envelope = parse_envelope(entry.raw)
            self._check_place(envelope, index)
            check_content(envelope, entry.content)
            if index == 0 and entry.content != first_content:
                raise TheirError(
                    Reason.WRONG_UNDERSTANDING, f"entry 0 of {self.origin} is not what we adopted"
                )
            if envelope.header.kind in KEY_KINDS:
                ring = ring.after(
                    envelope, parse_body(envelope.header.kind, parse_content(entry.content))
                )
            verify_envelope(envelope, ring.node_at(index).ed25519)
            sealed.append(Sealed(envelope, entry.content))
        return sealed, ring

    def _check_place(self, envelope: Envelope, index: int) -> None:
        header = envelope.header
        if header.origin != self.origin:
            raise TheirError(
                Reason.WRONG_LINE, f"an entry of {header.origin} came as {self.origin}"
            )
        if header.index != index:
            raise TheirError(
                Reason.WRONG_INDEX, f"an entry says index {header.index} and stands at {index}"
            )

    def _check_overlap(self, frame: Entries, ring: KeyRing) -> None:
        overlap = min(self.tree.size - frame.start, len(frame.entries))
        if overlap <= 0 or all(
            leaf_hash(frame.entries[i].raw) == self.tree.leaf(frame.start + i)
            for i in range(overlap)
        ):
            return
        # The entries differ from ours. It is evidence only if a signed head
        # covers exactly these other entries.
        base = Tree()
        base.extend([self.tree.leaf(i) for i in range(frame.start)])
        base.extend([leaf_hash(entry.raw) for entry in frame.entries])
        head = verify_head(parse_note(frame.head), self.origin, ring, None)
        if (head.size, head.root) != (base.size, base.root()):
            raise TheirError(Reason.WRONG_ROOT, f"entries of {self.origin} differ from ours")
        held = self.note.format() if self.note else ""
        raise ForkFound(
            f"{self.party} signed other entries of {self.origin} from {frame.start} on",
            held,
            frame.head,
        )

    def _check_early(self, leaves: list[bytes], note: Note) -> None:
        for offset, leaf in enumerate(leaves):
            index = self.tree.size + offset
            early = self.early.pop(index, None)
            if early is not None and leaf_hash(early.envelope.raw) != leaf:
                held = self.note.format() if self.note else ""
                raise ForkFound(
                    f"{self.party} sent another FLASH ahead as {self.origin} {index}",
                    held,
                    note.format(),
                )


def verify_head(note: Note, origin: str, ring: KeyRing, size: int | None) -> Checkpoint:
    """The head of a note signed by the key for its size, or by a later one."""
    fault: TheirError | None = None
    for keys in ring.nodes() if size is None else ring.nodes_for_size(size):
        try:
            return verify_checkpoint(note, origin, keys)
        except TheirError as error:
            fault = fault or error
    raise fault or TheirError(Reason.UNKNOWN_KEY, f"{origin} has no key that is trusted")
