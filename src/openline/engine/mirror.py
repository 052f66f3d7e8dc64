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
6. An author that cannot go on in a log opens the next one, by an EPOCH that its
   roots have signed: then this copy is closed, and a new one begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

from openline.domain.errors import Reason, TheirError
from openline.domain.line.keyring import KeyRing
from openline.domain.party import Origin, Precedence
from openline.domain.record.checkpoint import Checkpoint, parse_checkpoint
from openline.domain.record.cosignature import cosign
from openline.domain.record.envelope import (
    Envelope,
    check_content,
    parse_envelope,
    verify_envelope,
)
from openline.domain.record.merkle import EMPTY_ROOT, Tree, leaf_hash, node_hash, verify_inclusion
from openline.domain.record.note import Note, parse_note
from openline.domain.record.signing import Signer
from openline.engine.entries import Sealed, other_outbox, verify_entries, verify_head
from openline.engine.frames import Entries, Receipt, Urgent, encode_frame
from openline.engine.peer import Peer
from openline.engine.ports import AppendEntries, PutHead, StoredEntry
from openline.engine.turn import Turn

EARLY_MAX: Final = 256
"""FLASH entries that may wait for their log; a hostile counterpart could send more."""

EARLY_BYTES_MAX: Final = 8 * 1024 * 1024
"""Bytes of their contents: a hostile counterpart could make each half a frame."""

CLAIMS_KEPT: Final = 256
"""Heads that came before their entries, to be compared when these are here."""

UNKNOWN_YET: Final = (Reason.UNKNOWN_KEY, Reason.BAD_SIGNATURE)
"""How an object looks whose key is announced in an entry that we lack."""


class ForkFound(TheirError):
    """Two signed statements of the counterpart contradict each other.

    Attributes:
        first: The note we held.
        second: The note that contradicts it.
        frames: Frames that tie entries to the notes, where the notes alone do
            not show the contradiction.
    """

    def __init__(self, what: str, first: str, second: str, frames: tuple[bytes, ...] = ()) -> None:
        super().__init__(Reason.FORK, what)
        self.first = first
        self.second = second
        self.frames = frames


@dataclass(frozen=True, slots=True)
class Accepted:
    """Entries that were accepted, and the key ring after them."""

    sealed: list[Sealed]
    ring: KeyRing


@dataclass(frozen=True, slots=True)
class Early:
    """A FLASH that came ahead of the log, with the frame that proves it."""

    sealed: Sealed
    frame: Urgent

    @property
    def leaf(self) -> bytes:
        """Its leaf in the log."""
        return leaf_hash(self.sealed.envelope.raw)


class Mirror:
    """Our copy of one counterpart's outbox.

    Owned by the line; changed only while a turn is handled.

    Attributes:
        note: The head of the counterpart over what we hold; None at first.
        early: FLASH entries that came ahead of the log, by index.
        claim: The head in the last tick of the counterpart, and the tick.
    """

    def __init__(self, party: str, line: str, epoch: int) -> None:
        self.party = party
        self.line = line
        self.epoch = epoch
        self.origin = str(Origin(party, line, "out", epoch))
        self.tree = Tree()
        self._newest = Checkpoint(self.origin, 0, EMPTY_ROOT)
        self.note: Note | None = None
        self.early: dict[int, Early] = {}
        self.claim: tuple[Checkpoint, str] | None = None
        # What came in this turn, by index: the store has it only after the commit.
        self._uncommitted: dict[int, StoredEntry] = {}
        # Heads over more than we hold, with the note of each, by size.
        self._claims: dict[int, tuple[bytes, str]] = {}

    @property
    def size(self) -> int:
        """How many entries we hold."""
        return self.tree.size

    def checkpoint(self) -> Checkpoint:
        """The unsigned head of what we hold."""
        if self._newest.size != self.tree.size:
            self._newest = Checkpoint(self.origin, self.tree.size, self.tree.root())
        return self._newest

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
        start = self.tree.size
        if frame.start > start:
            raise TheirError(Reason.GAP, f"{self.origin} is held up to {start}")
        self._check_overlap(frame, ring)
        fresh = frame.entries[start - frame.start :]
        if not fresh:
            self._check_repeated(frame, ring)
            return None
        sealed, ring = verify_entries(self.origin, start, fresh, ring, first_content)
        leaves = [leaf_hash(entry.raw) for entry in fresh]
        size = start + len(fresh)
        root = self.tree.root_with(leaves)
        note = parse_note(frame.head)
        head = verify_head(note, self.origin, ring, size)
        if head.size != size or head.root != root:
            self._compare(head, frame.head)
            raise TheirError(Reason.WRONG_ROOT, f"the head of {self.origin} is not over {size}")
        self._check_early(leaves, frame)
        self._check_claims(leaves, frame)
        turn.write(AppendEntries(self.origin, start, tuple(fresh), root))
        turn.write(PutHead(self.origin, size, "", frame.head))
        self._uncommitted |= enumerate(fresh, start)
        self.tree.extend(leaves)
        self.note = note
        self._forget(size)
        return Accepted(sealed, ring)

    def ahead_of_store(self, index: int) -> bytes | None:
        """The content of an entry that came in this turn, or ahead of the log."""
        if early := self.early.get(index):
            return early.sealed.content
        entry = self._uncommitted.get(index)
        return None if entry is None else entry.content

    def settle(self) -> None:
        """After the commit: the store has all that was accepted."""
        self._uncommitted.clear()

    def is_next(self, frame: Urgent) -> bool:
        """Whether a FLASH that was sent ahead is the very next entry, under its own head.

        Raises:
            TheirError: Its envelope or its head cannot be read.
        """
        header = parse_envelope(frame.entry.raw).header
        covered = parse_checkpoint(parse_note(frame.head).text).size
        is_flash = header.precedence == Precedence.FLASH and header.origin == self.origin
        return is_flash and header.index == self.tree.size and covered == self.tree.size + 1

    def accept_urgent(self, frame: Urgent, ring: KeyRing) -> Sealed | None:
        """A FLASH that came ahead of the log; None when it is known already.

        Raises:
            TheirError: It does not prove itself; ForkFound when another entry
                is known at its index.
        """
        envelope = parse_envelope(frame.entry.raw)
        header = envelope.header
        if header.origin != self.origin:
            raise other_outbox(header.origin, self.origin)
        if header.precedence != Precedence.FLASH:
            raise TheirError(Reason.MALFORMED, "only a FLASH may come ahead of the log")
        known = self._leaf_at(header.index)
        leaf = leaf_hash(frame.entry.raw)
        if known == leaf:
            return None
        waiting = sum(len(early.sealed.content) for early in self.early.values())
        if len(self.early) >= EARLY_MAX or waiting >= EARLY_BYTES_MAX:
            raise TheirError(Reason.RATE, "too many FLASH entries wait for their log")
        head = self._verify_urgent(envelope, leaf, frame, ring)
        sealed = Sealed(envelope, frame.entry.content)
        if known is not None:
            self._tell_other_flash(header.index, frame)
        self._add_claim(head, frame.head)
        self.early[header.index] = Early(sealed, frame)
        return sealed

    def _leaf_at(self, index: int) -> bytes | None:
        if index < self.tree.size:
            return self.tree.leaf(index)
        early = self.early.get(index)
        return early.leaf if early else None

    def _verify_urgent(
        self, envelope: Envelope, leaf: bytes, frame: Urgent, ring: KeyRing
    ) -> Checkpoint:
        index, note = envelope.header.index, parse_note(frame.head)
        covered = parse_checkpoint(note.text).size
        try:
            verify_envelope(envelope, ring.node_at(index).ed25519)
            check_content(envelope, frame.entry.content)
            head = verify_head(note, self.origin, ring, None)
        except TheirError as error:
            if covered > self.tree.size + 1 and error.reason in UNKNOWN_YET:
                # Its key may have been announced in an entry that is still under way.
                raise TheirError(Reason.GAP, error.what) from None
            raise
        verify_inclusion(leaf, index, head.size, frame.proof, head.root)
        return head

    def _tell_other_flash(self, index: int, frame: Urgent) -> NoReturn:
        early = self.early.get(index)
        first = early.frame.head if early else self._held()
        frames = (encode_frame(early.frame),) if early else ()
        raise ForkFound(
            f"{self.party} signed two entries as {self.origin} {index}",
            first,
            frame.head,
            (*frames, encode_frame(frame)),
        )

    def check_claim(self, claimed: Checkpoint, note_text: str) -> int:
        """Compare the head in a newer tick with what we hold and what was claimed.

        Returns:
            By how many entries it says less than the tick before.

        Raises:
            ForkFound: It is of a size we hold or were told, with another root.
        """
        before, self.claim = self.claim, (claimed, note_text)
        taken_back = max(0, before[0].size - claimed.size) if before else 0
        if taken_back:
            kept = self._claims.items()
            self._claims = {size: claim for size, claim in kept if size <= claimed.size}
        self._add_claim(claimed, note_text)
        return taken_back

    def _add_claim(self, head: Checkpoint, note_text: str) -> None:
        """Compare a signed head with all others, now or when we hold as much."""
        self._compare(head, note_text)
        if head.size <= self.tree.size:
            return
        root, first = self._claims.get(head.size, (head.root, note_text))
        if root != head.root:
            raise self._two_histories(head.size, first, note_text)
        if len(self._claims) < CLAIMS_KEPT:
            self._claims[head.size] = (root, first)

    def _compare(self, head: Checkpoint, note_text: str, frames: tuple[bytes, ...] = ()) -> None:
        """Compare a signed head with what we hold, if we hold as much."""
        if head.size <= self.tree.size and self.tree.root(head.size) != head.root:
            raise self._two_histories(head.size, self._held(), note_text, frames)

    def _two_histories(
        self, size: int, first: str, second: str, frames: tuple[bytes, ...] = ()
    ) -> ForkFound:
        what = f"{self.party} signed two histories of {self.origin} at {size} entries"
        return ForkFound(what, first, second, frames)

    def _held(self) -> str:
        return self.note.format() if self.note else ""

    def cosign(self, turn: Turn, peer: Peer, name: str, signer: Signer | None) -> Note | None:
        """Send a receipt for all that is held. Only after it is durable.

        Below the size that was receipted before we lost our copy, only how
        much is held is said, and nothing is cosigned.

        Args:
            turn: Gathers the frame.
            peer: The author of the log.
            name: The name we cosign under.
            signer: Our mirror key; None while nothing may be signed.

        Returns:
            The author's head with our cosignature, where it is the first of its
            size: our own proof of when we received what it covers.
        """
        if peer.is_forked or self.tree.size <= peer.acked or not (links := peer.greeted()):
            return None
        first, rows = None, ""
        if signer is not None and self.tree.size >= max(peer.must_hold_of(self.epoch), 1):
            signatures = cosign(self.checkpoint(), name, signer, turn.now // 1_000)
            rows = "".join(signature.row() for signature in signatures)
            if self.note is not None and self.tree.size > peer.cosigned:
                first = self.note.with_signatures(*signatures)
            peer.cosigned = max(peer.cosigned, self.tree.size)
        peer.acked = self.tree.size
        turn.send(links[0].number, encode_frame(Receipt(self.origin, self.tree.size, rows)))
        return first

    def contradicted_by(self, size: int, root: bytes) -> bool:
        """Whether a head is not on the history that we hold, as far as we hold it."""
        return size <= self.tree.size and self.tree.root(size) != root

    def replay(self, leaf: bytes) -> None:
        """Take in one stored entry at start."""
        self.tree.append(leaf)

    def _check_overlap(self, frame: Entries, ring: KeyRing) -> None:
        """Entries that we hold already must be the same ones."""
        overlap = min(self.tree.size - frame.start, len(frame.entries))
        if overlap <= 0 or all(
            leaf_hash(frame.entries[i].raw) == self.tree.leaf(frame.start + i)
            for i in range(overlap)
        ):
            return
        # It is evidence only if a signed head covers exactly these other entries.
        head = verify_head(parse_note(frame.head), self.origin, ring, None)
        end = frame.start + len(frame.entries)
        is_ours = head.size <= self.tree.size and self.tree.root(head.size) == head.root
        if head.size != end or is_ours:
            raise TheirError(Reason.WRONG_ROOT, f"entries of {self.origin} differ from ours")
        leaves = [leaf_hash(entry.raw) for entry in frame.entries]
        if head.root != _root_over(self.tree, frame.start, leaves):
            raise TheirError(Reason.WRONG_ROOT, f"entries of {self.origin} differ from ours")
        raise ForkFound(
            f"{self.party} signed other entries of {self.origin} from {frame.start} on",
            self._held(),
            frame.head,
            (encode_frame(frame),),
        )

    def _check_repeated(self, frame: Entries, ring: KeyRing) -> None:
        """Entries that came again must come under the head that they have here."""
        note = parse_note(frame.head)
        head = parse_checkpoint(note.text)
        if head.size <= self.tree.size and self.tree.root(head.size) == head.root:
            return
        self._compare(verify_head(note, self.origin, ring, None), frame.head)

    def _check_early(self, leaves: list[bytes], frame: Entries) -> None:
        """A FLASH that came ahead must stand in the log where it was proven to stand."""
        for index, leaf in enumerate(leaves, self.tree.size):
            early = self.early.get(index)
            if early is not None and early.leaf != leaf:
                raise ForkFound(
                    f"{self.party} sent another FLASH ahead as {self.origin} {index}",
                    early.frame.head,
                    frame.head,
                    (encode_frame(early.frame), encode_frame(frame)),
                )

    def _check_claims(self, leaves: list[bytes], frame: Entries) -> None:
        """Heads that came before their entries must be those the log now has."""
        for size, (root, note_text) in self._claims.items():
            past = size - self.tree.size
            if past <= len(leaves) and self.tree.root_with(leaves[:past]) != root:
                raise self._two_histories(size, note_text, frame.head, (encode_frame(frame),))

    def _forget(self, size: int) -> None:
        """What was kept to be compared with the log until this size was compared."""
        self.early = {index: early for index, early in self.early.items() if index >= size}
        self._claims = {at: claim for at, claim in self._claims.items() if at > size}


def _root_over(tree: Tree, start: int, leaves: Sequence[bytes]) -> bytes:
    """The root of another tree that has the first leaves of this one, and then these.

    The complete subtrees under the first leaves are in the proof of the last of
    them: it costs a logarithm, whatever the counterpart sends.
    """
    parts: list[tuple[int, bytes]] = []
    if start:
        proof = tree.inclusion_proof(start - 1, start)
        node, inside = tree.leaf(start - 1), (start & -start).bit_length() - 1
        for sibling in proof[:inside]:
            node = node_hash(sibling, node)
        heights = [height for height in range(start.bit_length()) if start >> height & 1]
        parts = list(zip(heights, [node, *proof[inside:]], strict=True))[::-1]
    for leaf in leaves:
        parts.append((0, leaf))
        while len(parts) > 1 and parts[-1][0] == parts[-2][0]:
            (height, left), (_, right) = parts[-2:]
            parts[-2:] = [(height + 1, node_hash(left, right))]
    root = parts[-1][1]
    for _, left in reversed(parts[:-1]):
        root = node_hash(left, root)
    return root
