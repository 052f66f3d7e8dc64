"""Our own outbox: recording, heads, sending, receipts, recovery.

Order of work (`docs/spec/log-and-receipt.md`): entries are committed, then the head
over them is signed, then both are sent. Heads are signed only by `head`, and `head` is
called only in `Line.settle`, after the commit. A head that covers fewer
entries than are recorded may be signed at any later time: it is the same
history.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator
from typing import Final

from openline.domain.errors import OurError, Reason, TheirError
from openline.domain.limits import FRAME_ENTRIES_MAX, FRAME_SIZE_BYTES_MAX
from openline.domain.line.keyring import KeyRing, mirror_name
from openline.domain.party import Origin, Precedence
from openline.domain.record.checkpoint import Checkpoint, sign_checkpoint
from openline.domain.record.envelope import Header, content_around, seal_envelope
from openline.domain.record.merkle import EMPTY_ROOT, Tree, leaf_hash
from openline.domain.record.note import Note, parse_note, parse_signature_rows
from openline.domain.record.signing import PublicKeys, Signer
from openline.engine.desk import Draft
from openline.engine.entries import Sealed, verify_entries, verify_head, verify_receipt
from openline.engine.frames import Entries, Receipt, Urgent, encode_frame
from openline.engine.peer import WINDOW_ENTRIES, Peer
from openline.engine.ports import AppendEntries, Chance, Keys, PutHead, Store, StoredEntry
from openline.engine.turn import Turn

FLASH_CIRCUITS: Final = 2
"""On so many circuits each FLASH goes: one may be dead without knowing it."""

FRAME_ROOM_BYTES: Final = FRAME_SIZE_BYTES_MAX - 16_384
"""Of a frame, for entries; the rest is for the head and the array itself."""

FRAME_ENTRIES_SENT: Final = 128
"""Entries of ours in one frame: some 20 ms of a counterpart's work, so that what
is urgent never waits longer."""

_ENTRY_OVERHEAD_BYTES: Final = 16
_READ_AT_ONCE: Final = 16
_HEADS_KEPT: Final = 256
_FLASHES_KEPT: Final = 64
_RECENT_BYTES_MAX: Final = 8 * 1024 * 1024


class AnotherHistory(Exception):
    """A mirror gives back entries that we signed, and they do not follow ours."""


class Outbox:
    """What this party says on one line.

    Owned by the line; changed only while a turn is handled.
    """

    def __init__(
        self, own: str, line: str, epoch: int, keys: Keys, chance: Chance, store: Store
    ) -> None:
        self.own = own
        self.line = line
        self.epoch = epoch
        self.origin = str(Origin(own, line, "out", epoch))
        self.tree = Tree()
        # The head that was asked for last: each message asks for its own several times.
        self._asked = Checkpoint(self.origin, 0, EMPTY_ROOT)
        self.last_at = 0
        self._keys = keys
        self._chance = chance
        self._store = store
        self._heads: OrderedDict[int, Note] = OrderedDict()
        self._recent: deque[StoredEntry] = deque()
        self._recent_bytes = 0
        self._flashes: deque[int] = deque(maxlen=_FLASHES_KEPT)

    @property
    def size(self) -> int:
        """How many entries are recorded."""
        return self.tree.size

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """The unsigned head at a size, by default the last."""
        size = self.tree.size if size is None else size
        if self._asked.size != size:
            self._asked = Checkpoint(self.origin, size, self.tree.root(size))
        return self._asked

    def is_on_history(self, head: Checkpoint) -> bool:
        """Whether a head is of the history that is recorded here."""
        return head.size <= self.size and self.tree.root(head.size) == head.root

    def seal(
        self, now: int, drafts: list[Draft], heads: tuple[Checkpoint, ...], signer: Signer
    ) -> list[Sealed]:
        """Seal the drafts in their order, for the end of the log; nothing is written."""
        start = self.tree.size
        sealed = []
        at = max(now, self.last_at)
        for offset, draft in enumerate(drafts):
            header = Header(
                party=self.own,
                line=self.line,
                kind=draft.kind,
                index=start + offset,
                at=at,
                heads=heads,
                reply_to=draft.reply_to,
                precedence=draft.precedence,
                recipients=draft.recipients,
                epoch=self.epoch,
            )
            content = draft.content or content_around(self._chance.bytes(16), draft.body)
            sealed.append(Sealed(seal_envelope(header, content, signer), content))
        return sealed

    def recover(
        self, turn: Turn, frame: Entries, ring: KeyRing, first_content: bytes
    ) -> list[Sealed]:
        """Take back our own entries from a counterpart's mirror: what was new of them.

        Raises:
            TheirError: What it gives is not what we signed.
            AnotherHistory: We signed it, and it is not what we hold.
        """
        start = self.tree.size
        if frame.start > start:
            raise TheirError(Reason.GAP, f"{self.origin} is held here up to {start}")
        fresh = frame.entries[start - frame.start :]
        if not fresh:
            return []
        sealed, ring = verify_entries(self.origin, start, fresh, ring, first_content)
        size = start + len(sealed)
        root = self.tree.root_with([leaf_hash(entry.raw) for entry in fresh])
        head = verify_head(parse_note(frame.head), self.origin, ring, size)
        if start and head.size == size and head.root != root:
            raise AnotherHistory
        if (head.size, head.root) != (size, root):
            raise TheirError(Reason.WRONG_ROOT, f"the head of {self.origin} {size} differs")
        self.append(turn, sealed)
        turn.write(PutHead(self.origin, size, "", frame.head))
        return sealed

    def append(self, turn: Turn, sealed: list[Sealed]) -> None:
        """Write sealed entries at the end of the log."""
        start = self.tree.size
        entries = tuple(StoredEntry(item.envelope.raw, item.content) for item in sealed)
        self.tree.extend([leaf_hash(entry.raw) for entry in entries])
        turn.write(AppendEntries(self.origin, start, entries, self.tree.root()))
        for item, entry in zip(sealed, entries, strict=True):
            self.last_at = max(self.last_at, item.envelope.header.at)
            if item.envelope.header.precedence == Precedence.FLASH:
                self._flashes.append(item.envelope.header.index)
            self._recent.append(entry)
            self._recent_bytes += room_of(entry)
        while self._recent_bytes > _RECENT_BYTES_MAX or len(self._recent) > WINDOW_ENTRIES:
            gone = self._recent.popleft()
            self._recent_bytes -= room_of(gone)

    def replay(self, leaf: bytes, header: Header) -> None:
        """Take in one stored entry at start."""
        self.tree.append(leaf)
        self.last_at = max(self.last_at, header.at)
        if header.precedence == Precedence.FLASH:
            self._flashes.append(header.index)

    def read(self, start: int, count: int) -> list[StoredEntry]:
        """Recorded entries, from memory where they are recent."""
        recent_start = self.tree.size - len(self._recent)
        if start >= recent_start:
            offset = start - recent_start
            return [self._recent[i] for i in range(offset, min(offset + count, len(self._recent)))]
        return self._store.entries(self.origin, start, count)

    def _read_on(self, start: int, count: int) -> Iterator[StoredEntry]:
        """The same, in small bites: the largest entries would fill the memory."""
        end = min(start + count, self.tree.size)
        for index in range(start, end, _READ_AT_ONCE):
            yield from self.read(index, min(_READ_AT_ONCE, end - index))

    def signer(self, public: PublicKeys) -> Signer:
        """Our node key with this public half.

        Raises:
            OurError: The key directory does not have it.
        """
        signer = self._keys.find("node", public)
        if signer is None:
            raise OurError(
                f"The node key that {self.origin} needs is not in the key directory.",
                "Restore the key directory, or revoke the key with `openline keys revoke`.",
            )
        return signer

    def head(self, size: int, ring: KeyRing) -> Note:
        """The signed head at a size. Only after the entries are durable."""
        note = self._heads.get(size)
        if note is None:
            signer = self._keys.find("node", ring.node_for_size(size))
            signer = signer or self.signer(ring.node_at(self.tree.size))
            note = sign_checkpoint(self.checkpoint(size), signer)
            self._heads[size] = note
            if len(self._heads) > _HEADS_KEPT:
                self._heads.popitem(last=False)
        return note

    def push(self, turn: Turn, peer: Peer, ring: KeyRing) -> None:
        """Send a counterpart what it lacks: each FLASH first, then in order."""
        self._push_flashes(turn, peer, ring)
        if peer.sent >= self.tree.size or not (links := peer.greeted()):
            return
        while peer.sent < self.tree.size and peer.has_room:
            if peer.sent == peer.held:
                peer.progress_at = turn.now
            frame = self.frame(peer.sent, ring)
            data = encode_frame(frame)
            peer.sent = frame.start + len(frame.entries)
            peer.under_way.append((peer.sent, len(data)))
            turn.send(links[0].number, data)

    def _push_flashes(self, turn: Turn, peer: Peer, ring: KeyRing) -> None:
        """Send each FLASH ahead of the log, on two circuits."""
        known = max(peer.urgent_sent, peer.held)
        waiting = [index for index in self._flashes if index >= known]
        links = peer.best_of_each_circuit()[:FLASH_CIRCUITS] if waiting else []
        for index in waiting if links else ():
            # Under a head of the entry's own key, which the counterpart needs anyhow.
            size = self.tree.size
            size = size if ring.node_for_size(size) == ring.node_at(index) else index + 1
            frame = encode_frame(
                Urgent(
                    self.read(index, 1)[0],
                    tuple(self.tree.inclusion_proof(index, size)),
                    self.head(size, ring).format(),
                )
            )
            for link in links:
                turn.send(link.number, frame, is_urgent=True)
            peer.urgent_sent = index + 1

    def frame(self, start: int, ring: KeyRing) -> Entries:
        """The entries from an index on that fit one frame, with their head."""
        taken = self._fill(start, FRAME_ENTRIES_SENT)
        assert taken, "there is something to send"
        size = start + len(taken)
        if size not in self._heads and self._keys.find("node", ring.node_for_size(size)) is None:
            # The key of that place is gone: the frame ends where a head was kept.
            for kept, note in reversed(self._store.heads(self.origin, "", start + 1, _HEADS_KEPT)):
                taken_there = self._fill(start, min(kept - start, FRAME_ENTRIES_MAX))
                if start + len(taken_there) == kept:
                    return Entries(self.origin, start, tuple(taken_there), note)
        return Entries(self.origin, start, tuple(taken), self.head(size, ring).format())

    def _fill(self, start: int, count: int) -> list[StoredEntry]:
        """At most so many entries from an index on, that fit one frame."""
        taken: list[StoredEntry] = []
        room = FRAME_ROOM_BYTES
        for entry in self._read_on(start, count):
            room -= room_of(entry)
            if room < 0 and taken:
                break
            taken.append(entry)
        return taken

    def receipted(
        self, turn: Turn, peer: Peer, frame: Receipt, ring: KeyRing, their_ring: KeyRing
    ) -> int | None:
        """Take in a receipt: the counterpart's mirror cosignature on a head.

        Called only while we may sign, for the head is kept with it.

        Returns:
            The instant of the cosignature, or None when it adds nothing.

        Raises:
            TheirError: It covers what we never recorded, or does not verify.
        """
        if frame.size > self.tree.size:
            raise TheirError(
                Reason.WRONG_INDEX, f"a receipt covers {frame.size} of {self.tree.size} entries"
            )
        at_s = None
        if frame.rows and frame.size > peer.receipted:
            rows, name = parse_signature_rows(frame.rows), mirror_name(peer.party)
            head = self.checkpoint(frame.size)
            at_s = verify_receipt(head, rows, name, their_ring.mirrors())
            note = self.head(frame.size, ring).with_signatures(*rows)
            turn.write(PutHead(self.origin, frame.size, peer.party, note.format()))
            peer.receipted = frame.size
        self._follow(turn, peer, frame)
        return None if at_s is None else at_s * 1_000

    @staticmethod
    def _follow(turn: Turn, peer: Peer, frame: Receipt) -> None:
        """Note how far a counterpart has followed; what it says it lacks goes again."""
        if frame.size > peer.held:
            peer.held = frame.size
            peer.sent = max(peer.sent, frame.size)
        elif not frame.rows and peer.sent > peer.held and peer.asked_again_at != frame.size:
            # Something before what came is missing. Once: the rest of what is
            # under way will say the same.
            peer.asked_again_at = frame.size
            peer.rewind()
        peer.progress_at = turn.now


def room_of(entry: StoredEntry) -> int:
    """How many bytes of a frame an entry takes."""
    return len(entry.raw) + len(entry.content) + _ENTRY_OVERHEAD_BYTES
