"""What a hostile party can sign: anything, with keys that are truly its own.

The forger begins with what the party's node has said, and makes of it other entries,
heads, ticks, receipts and journals than the node would. It breaks no signature: what it
makes verifies as far as it is meant to.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any, Protocol

from openline.domain.party import Origin, Precedence
from openline.domain.record.checkpoint import Checkpoint, sign_checkpoint
from openline.domain.record.cosignature import cosign
from openline.domain.record.envelope import Header, make_content, seal_envelope
from openline.domain.record.merkle import Tree, leaf_hash
from openline.domain.record.note import Note, sign_note
from openline.domain.record.signing import Signer
from openline.domain.record.tick import NO_HASH, Tick, parse_tick, tick_key
from openline.domain.talk.body import By
from openline.domain.talk.message import Message
from openline.domain.talk.text import Text
from openline.engine.frames import Entries, JournalHead, Receipt, TickSent, Urgent, encode_frame
from openline.engine.ports import StoredEntry


class Said(Protocol):
    """What a party's node has said by now, as it is kept."""

    def entries(self, origin: str, start: int, count: int) -> list[StoredEntry]:
        """Entries of a log, in order."""

    def last_tick(self, line: str, party: str) -> tuple[int, bytes, str] | None:
        """Number, hash and note of the newest tick of a party."""


class Hand(Protocol):
    """What whoever works the node of a hostile party has in hand.

    In the simulator it is a station; in a siege a directory with true keys, and a
    connection to a true node (`tests/siege`).
    """

    @property
    def party(self) -> str:
        """The hostile party."""

    @property
    def line_name(self) -> str:
        """The line that is spoken about."""

    @property
    def parties(self) -> Sequence[str]:
        """All parties to it."""

    @property
    def adopted(self) -> bytes:
        """The signed Understanding."""

    @property
    def store(self) -> Said:
        """What the party's node has said."""

    @property
    def signer(self) -> Callable[[str], Signer]:
        """The signer of a role, by its name."""

    @property
    def chance(self) -> Random:
        """Chance, from a seed."""

    @property
    def has_spoken(self) -> bool:
        """Whether the node runs, and has said anything."""

    def journal_cosigned(self, victim: str) -> int:
        """How many rows of the party's journal a victim has cosigned."""

    def wall(self) -> int:
        """What the party's clock shows."""


class Forger:
    """Signs as one party, beginning with what its node has said by now.

    Attributes:
        origin: The party's outbox.
        entries: The outbox that is shown.
    """

    def __init__(self, hand: Hand) -> None:
        self.origin = str(Origin(hand.party, hand.line_name))
        self.entries = hand.store.entries(self.origin, 0, 10**6)
        self._hand = hand
        self._others = tuple(one for one in hand.parties if one != hand.party)
        self._node = hand.signer("node")
        self._mirror = hand.signer("mirror")

    def entry(self, message: Message | None = None, **changes: Any) -> StoredEntry:
        """An entry for the end of the outbox, or with changes of its header."""
        message = message or Text(By("watch", "Capt. Forger"), "en", "It was not so.")
        content = make_content(self._hand.chance.randbytes(16), message.to_body())
        header = Header(
            party=self._hand.party,
            line=self._hand.line_name,
            kind=int(message.message_kind),
            index=len(self.entries),
            at=self._hand.wall(),
            heads=(),
            reply_to=None,
            precedence=int(Precedence.ROUTINE),
            recipients=self._others,
        )
        signer = changes.pop("signer", self._node)
        return StoredEntry(seal_envelope(replace(header, **changes), content, signer).raw, content)

    def tree(self) -> Tree:
        """The tree over the outbox that is shown."""
        return Tree(leaf_hash(entry.raw) for entry in self.entries)

    def head(self, size: int | None = None, root: bytes | None = None) -> Note:
        """A signed head, true unless a root is given."""
        tree = self.tree()
        size = tree.size if size is None else size
        head = Checkpoint(self.origin, size, root or tree.root(min(size, tree.size)))
        return sign_checkpoint(head, self._node)

    def frame(self, start: int, head: Note | None = None, origin: str = "") -> bytes:
        """Entries from an index on, at most sixty-four, with a head over them."""
        some = tuple(self.entries[start : start + 64])
        note = head or self.head(start + len(some))
        return encode_frame(Entries(origin or self.origin, start, some, note.format()))

    def ahead(self) -> bytes:
        """A FLASH ahead of the log, of an entry that the node never said."""
        self.entries = [*self.entries, self.entry(precedence=int(Precedence.FLASH))]
        tree = self.tree()
        proof = tuple(tree.inclusion_proof(tree.size - 1, tree.size))
        return encode_frame(Urgent(self.entries[-1], proof, self.head().format()))

    def last_tick(self) -> Tick | None:
        """The last tick that the node made."""
        found = self._hand.store.last_tick(self._hand.line_name, self._hand.party)
        return parse_tick(found[2].partition("\n\n")[0] + "\n") if found else None

    def tick(self, **changes: Any) -> bytes:
        """A tick as the node made it last, or a first one, with changes."""
        tree = self.tree()
        tick = self.last_tick() or Tick(
            party=self._hand.party,
            line=self._hand.line_name,
            sequence=0,
            at=self._hand.wall(),
            out=Checkpoint(self.origin, tree.size, tree.root()),
            held=(),
            observed="UP",
            declared=(),
            clock_source="system",
            clock_error_ms=2_000,
            previous=NO_HASH,
            heard=(),
        )
        text = replace(tick, **changes).text()
        name = tick_key(self._hand.party, self._hand.line_name, self._node.public.ed25519).name
        note = Note(text, (sign_note(text, name, self._node),))
        return encode_frame(TickSent(note.format()))

    def receipt(self, origin: str, size: int, root: bytes) -> bytes:
        """A receipt for somebody's log, whatever is held of it."""
        rows = cosign(
            Checkpoint(origin, size, root),
            f"{self._hand.party}/mirror",
            self._mirror,
            max(1, self._hand.wall() // 1_000),
        )
        return encode_frame(Receipt(origin, size, "".join(row.row() for row in rows)))

    def journal(self, rows: int) -> bytes:
        """The head of a journal that never was."""
        tree = Tree(leaf_hash(b"row %d" % number) for number in range(rows))
        origin = str(Origin(self._hand.party, self._hand.line_name, "journal"))
        note = sign_checkpoint(Checkpoint(origin, tree.size, tree.root()), self._node)
        return encode_frame(JournalHead(note.format(), 0, ()))
