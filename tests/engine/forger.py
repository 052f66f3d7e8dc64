"""A counterpart that does not keep the rules: everything it signs, by hand.

It holds a party's real keys, so that what it makes verifies as far as it wants
it to; each test says which rule it breaks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from openline.domain.party import Origin, Precedence
from openline.domain.record import cbor
from openline.domain.record.checkpoint import Checkpoint, sign_checkpoint
from openline.domain.record.cosignature import cosign
from openline.domain.record.envelope import Header, make_content, seal_envelope
from openline.domain.record.merkle import EMPTY_ROOT, Tree, leaf_hash
from openline.domain.record.note import Note, sign_note
from openline.domain.record.signing import Signer
from openline.domain.record.tick import NO_HASH, Tick, tick_hash, tick_key
from openline.domain.talk.body import By
from openline.domain.talk.message import Message
from openline.domain.talk.text import Text
from openline.engine.effects import Send
from openline.engine.frames import (
    Entries,
    Frame,
    JournalHead,
    Receipt,
    TickSent,
    Urgent,
    decode_frame,
    encode_frame,
)
from openline.engine.line import Line
from openline.engine.peer import Peer
from openline.engine.ports import StoredEntry
from tests.engine.parties import ALPHA, BRAVO
from tests.engine.region import START, Region, Wire


class Forger:
    """Signs as one party on the line of a region, beginning with what its node holds.

    Attributes:
        party: As whom it signs.
        line: On which line.
        entries: The outbox that it shows.
        tree: The tree over them.
    """

    def __init__(self, region: Region, party: str, upto: int | None = None) -> None:
        self.party = party
        self.line = region.line
        self.others = tuple(name for name in region.stations if name != party)
        self.signer: Signer = region.stations[party].keys.current("node")
        self.mirror: Signer = region.stations[party].keys.current("mirror")
        self.origin = str(Origin(party, self.line))
        held = region.stations[party].store.entries(self.origin, 0, 10**9)
        self.entries: list[StoredEntry] = list(held[:upto])
        self.tree = Tree(leaf_hash(entry.raw) for entry in self.entries)

    @property
    def size(self) -> int:
        """How many entries it has."""
        return len(self.entries)

    def header(self, index: int | None = None, **changes: Any) -> Header:
        """A header of its next entry, or of another, with changes."""
        header = Header(
            party=self.party,
            line=self.line,
            kind=10,
            index=self.size if index is None else index,
            at=START,
            heads=(),
            reply_to=None,
            precedence=int(Precedence.ROUTINE),
            recipients=self.others,
        )
        return replace(header, **changes)

    def entry(
        self,
        message: Message | str = "forged",
        index: int | None = None,
        *,
        signer: Signer | None = None,
        salt: bytes = b"0123456789abcdef",
        **changes: Any,
    ) -> StoredEntry:
        """A sealed entry, which is not in its outbox yet."""
        if isinstance(message, str):
            message = Text(By("air-desk", "Lt Forger"), "en", message)
        content = make_content(salt, message.to_body())
        header = self.header(index, **{"kind": int(message.message_kind), **changes})
        return StoredEntry(seal_envelope(header, content, signer or self.signer).raw, content)

    def append(self, *entries: StoredEntry) -> None:
        """Put entries into the outbox that it shows."""
        self.entries += entries
        self.tree.extend(leaf_hash(entry.raw) for entry in entries)

    def say(self, *words: str, **changes: Any) -> None:
        """Put texts into the outbox that it shows."""
        for one in words:
            self.append(self.entry(one, **changes))

    def head(self, size: int | None = None, root: bytes | None = None, **changes: Any) -> Note:
        """A signed head of its outbox, true unless the root is given."""
        size = self.size if size is None else size
        if root is None:
            root = self.tree.root(size) if size else EMPTY_ROOT
        signer = changes.pop("signer", self.signer)
        return sign_checkpoint(replace(Checkpoint(self.origin, size, root), **changes), signer)

    def frame(
        self,
        start: int,
        entries: Sequence[StoredEntry] | None = None,
        head: Note | str | None = None,
        origin: str | None = None,
    ) -> bytes:
        """A frame of entries, by default all from an index on, with their head."""
        given = tuple(self.entries[start:] if entries is None else entries)
        note = self.head() if head is None else head
        text = note.format() if isinstance(note, Note) else note
        return encode_frame(Entries(origin or self.origin, start, given, text))

    def urgent(self, index: int, head: Note | None = None) -> bytes:
        """An entry of the outbox ahead of the log."""
        proof = tuple(self.tree.inclusion_proof(index, self.size))
        note = self.head() if head is None else head
        return encode_frame(Urgent(self.entries[index], proof, note.format()))

    def tick(self, sequence: int, at: int, **changes: Any) -> Tick:
        """A tick of its outbox."""
        tick = Tick(
            party=self.party,
            line=self.line,
            sequence=sequence,
            at=at,
            out=Checkpoint(self.origin, self.size, self.tree.root()),
            held=(),
            observed="UP",
            declared=(),
            clock_source="system",
            clock_error_ms=2_000,
            previous=NO_HASH,
            heard=(),
        )
        return replace(tick, **changes)

    def after(self, tick: Tick, at: int, **changes: Any) -> Tick:
        """The tick that follows another."""
        previous = tick_hash(tick.text())
        return self.tick(tick.sequence + 1, at, **{"previous": previous, **changes})

    def tick_note(self, tick: Tick, signer: Signer | None = None) -> str:
        """The tick as a signed note."""
        signer = signer or self.signer
        name = tick_key(self.party, self.line, signer.public.ed25519).name
        text = tick.text()
        return Note(text, (sign_note(text, name, signer),)).format()

    def tick_frame(self, tick: Tick, signer: Signer | None = None) -> bytes:
        """The tick as a frame."""
        return encode_frame(TickSent(self.tick_note(tick, signer)))

    def receipt(self, origin: str, size: int, root: bytes, at_s: int, **changes: Any) -> bytes:
        """A receipt for somebody's outbox at a size, true if the root is."""
        signer = changes.get("signer", self.mirror)
        name = changes.get("name", f"{self.party}/mirror")
        rows = cosign(Checkpoint(origin, size, root), name, signer, at_s)
        return encode_frame(Receipt(origin, size, "".join(row.row() for row in rows)))

    def journal_head(self, tree: Tree, old_size: int = 0, epoch: int = 1, **changes: Any) -> bytes:
        """The head of a journal, with the proof from a size."""
        origin = str(Origin(self.party, self.line, "journal", epoch))
        head = Checkpoint(origin, tree.size, changes.get("root", tree.root()))
        note = sign_checkpoint(head, changes.get("signer", self.signer))
        proof = tuple(tree.consistency_proof(old_size, tree.size))
        return encode_frame(JournalHead(note.format(), old_size, changes.get("proof", proof)))


@dataclass
class Duel:
    """Alpha's node, and what a hostile bravo sends it."""

    region: Region
    wire: Wire
    bravo: Forger

    @property
    def line(self) -> Line:
        """The line as alpha's node has it."""
        return self.region.line_of(ALPHA)

    @property
    def peer(self) -> Peer:
        """Bravo as alpha's node sees it."""
        return self.line.peers[BRAVO]

    def send(self, *frames: bytes) -> None:
        """Let frames of bravo's arrive at alpha, and nothing else."""
        for frame in frames:
            self.region.inject(self.wire, ALPHA, frame)
        self.region.turn(ALPHA)
        self.wire.under_way = []

    def receipts(self, since: int = 0) -> list[Receipt]:
        """What alpha has cosigned of bravo's outbox."""
        return [
            frame
            for frame in self.sent(since)
            if isinstance(frame, Receipt) and frame.origin == self.bravo.origin and frame.rows
        ]

    def evidence(self) -> list[object]:
        """The one proof that is kept: reason, sentence, both notes, frames."""
        names = [name for name, _ in self.line.store.values("evidence/")]
        assert len(names) == 1
        value = cbor.decode(self.line.store.value(names[0]) or b"")
        assert isinstance(value, list)
        return value

    def alarms(self, name: str = "FORK") -> int:
        """How many alarms of a name stand."""
        return [alarm["name"] for alarm in self.line.view.alarms()].count(name)

    def next_tick(self, size: int | None = None, root: bytes | None = None) -> Tick:
        """Bravo's next tick, with another head of its outbox where one is given."""
        assert self.peer.last_tick is not None
        sequence, digest = self.peer.last_tick
        out = Checkpoint(
            self.bravo.origin,
            self.bravo.size if size is None else size,
            self.bravo.tree.root() if root is None else root,
        )
        return self.bravo.tick(sequence + 1, self.region.now, previous=digest, out=out)

    def sent(self, since: int = 0) -> list[Frame]:
        """The frames that alpha has sent since an effect."""
        effects = self.region.stations[ALPHA].effects[since:]
        return [decode_frame(effect.frame) for effect in effects if isinstance(effect, Send)]

    @property
    def mark(self) -> int:
        """How many effects alpha's node has had."""
        return len(self.region.stations[ALPHA].effects)
