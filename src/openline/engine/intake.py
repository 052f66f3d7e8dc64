"""Intake: what a line does with each frame of a counterpart.

A frame is never trusted. What proves itself is taken in by the room it
belongs to; what does not is refused with a reason, answered and journalled;
what contradicts an earlier signature is kept as evidence.
"""

from typing import TYPE_CHECKING

from openline.domain.errors import Reason, TheirError
from openline.domain.instant import MINUTE_MS
from openline.domain.limits import FRAME_ENTRIES_MAX
from openline.domain.line.keyring import witness_name
from openline.domain.line.observed import CircuitWatch
from openline.domain.line.understanding import (
    difference,
    parse_signed_understanding,
    understanding_hash,
    verify_understanding,
)
from openline.domain.party import Origin, Precedence, parse_origin
from openline.domain.record import cbor
from openline.domain.record.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from openline.domain.record.cosignature import cosign
from openline.domain.record.merkle import verify_consistency
from openline.domain.record.note import parse_note, parse_signature_rows
from openline.engine.effects import CloseLink
from openline.engine.frames import (
    VERSION,
    Entries,
    Frame,
    Hello,
    JournalHead,
    Probe,
    ProbeReply,
    Pull,
    Receipt,
    Refusal,
    TickSent,
    UnderstandingShown,
    Urgent,
    decode_frame,
    encode_frame,
)
from openline.engine.journal import Happened, Journal
from openline.engine.mirror import ForkFound, verify_head
from openline.engine.outbox import FRAME_ROOM_BYTES, verify_by_any
from openline.engine.peer import LinkState, Peer
from openline.engine.ports import PutHead, PutValue
from openline.engine.turn import Turn

if TYPE_CHECKING:
    from openline.engine.line import Line


class Intake:
    """The frames of one line's counterparts. Changes the line it belongs to."""

    def __init__(self, line: "Line") -> None:
        self._line = line

    def link_opened(self, turn: Turn, link: int, party: str, circuit: str) -> None:
        """A connection to a counterpart stands: say what we have."""
        peer = self._line.peers[party]
        peer.links[link] = LinkState(link, circuit)
        peer.circuits.setdefault(circuit, CircuitWatch(turn.now))
        turn.send(link, encode_frame(self.hello(peer)), is_urgent=True)

    def link_closed(self, turn: Turn, link: int) -> None:
        """A connection ended: what was under way on it will be sent again."""
        for peer in self._line.peers.values():
            if peer.links.pop(link, None) is not None:
                peer.rewind()
                peer.acked = -1
                self._line.show_state(turn)

    def hello(self, peer: Peer) -> Hello:
        """What we tell a counterpart that we durably have."""
        mirror = self._line.mirrors[peer.party]
        held = [mirror.checkpoint()]
        if peer.its_journal is not None:
            held.append(parse_checkpoint(peer.its_journal.text))
        return Hello(
            version=VERSION,
            line=self._line.name,
            understanding=understanding_hash(self._line.first.data),
            out=self._line.outbox.checkpoint(),
            held=tuple(held),
            receipted=peer.receipted,
            heard=peer.last_tick,
        )

    def frame(self, turn: Turn, link: int, data: bytes) -> None:
        """Take in a frame; what is wrong with it is answered and journalled."""
        peer = next((peer for peer in self._line.peers.values() if link in peer.links), None)
        if peer is None:
            return
        state = peer.links[link]
        try:
            frame = decode_frame(data)
            if not state.is_greeted and not isinstance(frame, Hello | UnderstandingShown | Refusal):
                return
            self.take(turn, peer, state, frame)
        except ForkFound as fork:
            self.keep_evidence(turn, peer, fork)
            self._refuse(turn, peer, state, fork)
        except TheirError as error:
            self._refuse(turn, peer, state, error)

    def take(self, turn: Turn, peer: Peer, state: LinkState, frame: Frame) -> None:
        """Take in one frame of a greeted connection, or its greeting.

        Raises:
            TheirError: It is refused; ForkFound with the evidence.
        """
        match frame:
            case Hello():
                self._greet(turn, peer, state, frame)
            case Entries():
                self._take_entries(turn, peer, state.circuit, frame)
            case Receipt():
                self._take_receipt(turn, peer, frame)
            case TickSent(note):
                self._take_tick(turn, peer, state, note)
            case Urgent():
                self._take_urgent(turn, peer, state.circuit, frame)
            case Pull():
                self._give_back(turn, peer, state, frame)
            case JournalHead():
                self._take_journal_head(turn, peer, state, frame)
            case Probe(sent_at):
                reply = ProbeReply(sent_at, turn.now, turn.now)
                turn.send(state.number, encode_frame(reply), is_urgent=True)
            case ProbeReply():
                self._take_probe_reply(turn, peer, frame)
            case Refusal(reason, what):
                self._take_refusal(turn, peer, state, reason, what)
            case UnderstandingShown(signed):
                self._compare_understandings(turn, peer, signed)

    def _refuse(self, turn: Turn, peer: Peer, state: LinkState, error: TheirError) -> None:
        if error.reason is Reason.GAP:
            # They began behind what we hold: say how much that is.
            mirror = self._line.mirrors[peer.party]
            turn.send(state.number, encode_frame(Receipt(mirror.origin, mirror.size, "")))
            return
        self._line.journal.add_refusal(
            turn.now, peer.party, state.circuit, error.reason.value, error.what
        )
        turn.send(state.number, encode_frame(Refusal(error.reason, error.what)), is_urgent=True)
        turn.show(
            self._line.name,
            "refused",
            {"party": peer.party, "reason": error.reason.value, "what": error.what},
        )
        if peer.has_too_many_faults(turn.now):
            turn.effects.append(CloseLink(state.number, f"too many faults: {error.reason.value}"))

    def _greet(self, turn: Turn, peer: Peer, state: LinkState, hello: Hello) -> None:
        if hello.version != VERSION:
            raise TheirError(Reason.VERSION, f"version {hello.version} is not spoken here")
        if hello.line != self._line.name:
            raise TheirError(Reason.WRONG_LINE, f"this circuit is for {self._line.name}")
        if hello.understanding != understanding_hash(self._line.first.data):
            shown = encode_frame(UnderstandingShown(self._line.first.format()))
            turn.send(state.number, shown)
            raise TheirError(
                Reason.WRONG_UNDERSTANDING,
                f"another Understanding of {self._line.name} was adopted here",
            )
        is_first = not peer.greeted()
        state.is_greeted = True
        peer.difference = []
        if hello.heard is not None:
            self._line.pulse.continue_from(*hello.heard)
        peer.must_hold = max(peer.must_hold, hello.receipted)
        for head in hello.held:
            if head.origin == self._line.outbox.origin:
                self._compare_own(turn, peer, head)
            else:
                self._compare_journal(turn, peer, head)
        if is_first:
            peer.rewind()
        peer.acked = -1
        self._line.show_state(turn)

    def _compare_own(self, turn: Turn, peer: Peer, head: Checkpoint) -> None:
        """Compare our outbox with what the counterpart holds of it."""
        if head.size > self._line.outbox.size:
            self._line.doubt_own_copy()
            peer.is_reconciled = False
            self.pull(turn, peer)
            return
        if self._line.outbox.tree.root(head.size) != head.root:
            self._line.broken = f"{peer.party} holds another history of {self._line.outbox.origin}"
            turn.effects += self._line.view.raise_alarm(
                "OWN_HISTORY_DIFFERS", Precedence.FLASH, turn.now, {"party": peer.party}
            )
            return
        peer.held = head.size
        peer.sent = head.size
        peer.is_reconciled = True

    def _compare_journal(self, turn: Turn, peer: Peer, head: Checkpoint) -> None:
        """Compare our journal's head with the one the counterpart cosigned."""
        line = self._line
        origin = parse_origin(head.origin)
        ours = parse_origin(line.journal.origin)
        if origin is None or ours is None:
            return
        if (origin.party, origin.line, origin.log) != (line.own, line.name, "journal"):
            return
        if origin.epoch < ours.epoch:
            return
        is_same = origin.epoch == ours.epoch and head.size <= line.journal.tree.size
        if is_same and line.journal.tree.root(head.size) == head.root:
            peer.journal_cosigned = peer.journal_sent = head.size
            return
        line.journal.flush(turn)
        line.journal = Journal(str(Origin(line.own, line.name, "journal", origin.epoch + 1)))
        line.journal.add(Happened.CONTINUED, turn.now, head.origin, head.size, head.root)
        for other in line.peers.values():
            other.journal_cosigned = other.journal_sent = 0

    def pull(self, turn: Turn, peer: Peer) -> None:
        """Ask a counterpart for those of our own entries that we lack."""
        peer.pulled_at = turn.now
        frame = encode_frame(Pull(self._line.outbox.origin, self._line.outbox.size))
        for link in peer.greeted()[:1]:
            turn.send(link.number, frame)

    def _take_entries(self, turn: Turn, peer: Peer, circuit: str, frame: Entries) -> None:
        if frame.origin == self._line.outbox.origin:
            self._recover(turn, peer, frame)
            return
        mirror = self._line.mirrors[peer.party]
        if frame.origin != mirror.origin:
            raise TheirError(Reason.WRONG_LINE, f"{frame.origin} is not the outbox of {peer.party}")
        if peer.is_forked:
            raise TheirError(Reason.FORK, "two histories were signed; entries are not taken")
        start = mirror.size
        accepted = mirror.accept(
            turn, frame, self._line.rings[peer.party], self._line.first.content()
        )
        if accepted is None:
            peer.acked = -1
            return
        count = len(accepted.sealed)
        self._line.journal.add(Happened.ARRIVED, turn.now, peer.party, start, count, circuit)
        self._line.rings[peer.party] = accepted.ring
        for sealed in accepted.sealed:
            self._line.note_keys(turn, peer.party, sealed)
            self._line.apply(turn, sealed, turn.now, circuit)

    def _take_urgent(self, turn: Turn, peer: Peer, circuit: str, frame: Urgent) -> None:
        mirror = self._line.mirrors[peer.party]
        sealed = mirror.accept_urgent(frame, self._line.rings[peer.party])
        if sealed is None:
            return
        content = cbor.encode([sealed.envelope.raw, sealed.content])
        index = sealed.envelope.header.index
        self._line.journal.add(
            Happened.EARLY, turn.now, peer.party, index, circuit, content=content
        )
        self._line.apply(turn, sealed, turn.now, circuit)

    def _recover(self, turn: Turn, peer: Peer, frame: Entries) -> None:
        """Take back our own entries; then the counterpart is asked for more."""
        start = self._line.outbox.size
        recovered = self._line.outbox.recover(turn, frame, self._line.rings[self._line.own])
        if recovered:
            count = len(recovered)
            self._line.journal.add(Happened.RECOVERED, turn.now, peer.party, start, count)
            for sealed in recovered:
                self._line.take_keys(self._line.own, sealed)
                self._line.apply(turn, sealed, sealed.envelope.header.at, "")
        self.pull(turn, peer)

    def _give_back(self, turn: Turn, peer: Peer, state: LinkState, frame: Pull) -> None:
        """Give a counterpart back its own entries, up to a head it signed."""
        mirror = self._line.mirrors[peer.party]
        if frame.origin != mirror.origin:
            raise TheirError(Reason.WRONG_LINE, "only one's own outbox can be pulled")
        if frame.start >= mirror.size:
            hello = encode_frame(self.hello(peer))
            turn.send(state.number, hello)
            return
        heads = self._line.store.heads(mirror.origin, "", frame.start + 1, FRAME_ENTRIES_MAX)
        entries = self._line.store.entries(mirror.origin, frame.start, FRAME_ENTRIES_MAX)
        sizes, total = [], 0
        for entry in entries:
            total += len(entry.raw) + len(entry.content) + 16
            sizes.append(total)
        best: tuple[int, str] | None = None
        for size, note in heads:
            count = size - frame.start
            if count > len(entries) or (best and sizes[count - 1] > FRAME_ROOM_BYTES):
                break
            best = (count, note)
        if best is not None:
            count, note = best
            given = Entries(mirror.origin, frame.start, tuple(entries[:count]), note)
            turn.send(state.number, encode_frame(given))

    def _take_receipt(self, turn: Turn, peer: Peer, frame: Receipt) -> None:
        if frame.origin == self._line.journal.origin:
            self._take_journal_receipt(turn, peer, frame)
            return
        if frame.origin != self._line.outbox.origin:
            raise TheirError(Reason.WRONG_LINE, f"{frame.origin} is not our log")
        ours, theirs = self._line.rings[self._line.own], self._line.rings[peer.party]
        at = self._line.outbox.receipted(turn, peer, frame, ours, theirs)
        if at is None:
            return
        self._line.journal.add(Happened.RECEIPTED, turn.now, peer.party, frame.size, at)
        turn.effects += self._line.view.receipted(peer.party, frame.size, at)

    def _take_tick(self, turn: Turn, peer: Peer, state: LinkState, text: str) -> None:
        heard = self._line.pulse.receive(turn, peer, text, self._line.rings[peer.party])
        watch = peer.circuits.get(state.circuit)
        if watch is not None and watch.heard(turn.now, self._line.view.understanding.timers):
            self._line.show_state(turn)
        if not heard.is_new:
            return
        self._line.view.told(peer.party, heard.tick.declared, turn.now)
        self._line.mirrors[peer.party].check_claim(heard.tick.out, text)
        for head in heard.tick.held:
            self._compare_views(turn, peer, head)

    def _compare_views(self, turn: Turn, peer: Peer, head: Checkpoint) -> None:
        """Compare what a counterpart says it holds of others with what we hold."""
        for mirror in self._line.mirrors.values():
            if head.origin != mirror.origin or head.size > mirror.size:
                continue
            if mirror.tree.root(head.size) != head.root:
                turn.effects += self._line.view.raise_alarm(
                    "VIEWS_DIFFER",
                    Precedence.IMMEDIATE,
                    turn.now,
                    {"party": peer.party, "about": mirror.party},
                )

    def _take_journal_head(
        self, turn: Turn, peer: Peer, state: LinkState, frame: JournalHead
    ) -> None:
        """Cosign the head of a counterpart's journal without seeing a row."""
        note = parse_note(frame.head)
        origin = parse_origin(parse_checkpoint(note.text).origin)
        if origin is None or (origin.party, origin.line, origin.log) != (
            peer.party,
            self._line.name,
            "journal",
        ):
            raise TheirError(Reason.WRONG_LINE, "the head is not of the counterpart's journal")
        head = verify_head(note, str(origin), self._line.rings[peer.party], None)
        known = parse_checkpoint(peer.its_journal.text) if peer.its_journal else None
        if known is not None and known.origin == head.origin:
            if frame.old_size != known.size:
                # A repeat, or a head from before a cut: say what is known.
                turn.send(state.number, encode_frame(Receipt(head.origin, known.size, "")))
                return
            verify_consistency(known.size, head.size, known.root, head.root, frame.proof)
        peer.its_journal = note
        name = f"journal/{self._line.name}/{peer.party}"
        turn.write(PutValue(name, frame.head.encode()))
        rows = "".join(
            signature.row()
            for signature in cosign(
                head,
                witness_name(self._line.own),
                self._line.role_signer("witness"),
                turn.now // 1_000,
            )
        )
        turn.send(state.number, encode_frame(Receipt(head.origin, head.size, rows)))

    def _take_journal_receipt(self, turn: Turn, peer: Peer, frame: Receipt) -> None:
        if frame.size > self._line.journal.tree.size:
            raise TheirError(Reason.WRONG_INDEX, "a receipt covers more than our journal")
        if not frame.rows:
            peer.journal_cosigned = peer.journal_sent = frame.size
            return
        root = self._line.journal.tree.root(frame.size)
        head = Checkpoint(self._line.journal.origin, frame.size, root)
        signatures = parse_signature_rows(frame.rows)
        keys = self._line.rings[peer.party].witnesses()
        verify_by_any(head, signatures, witness_name(peer.party), keys)
        note = sign_checkpoint(head, self._line.signer()).with_signatures(*signatures)
        turn.write(PutHead(self._line.journal.origin, frame.size, peer.party, note.format()))
        peer.journal_cosigned = frame.size

    def _take_probe_reply(self, turn: Turn, peer: Peer, reply: ProbeReply) -> None:
        round_trip_ms = turn.now - reply.sent_at
        if not 0 <= round_trip_ms <= 10 * MINUTE_MS:
            return
        peer.round_trip_ms = round_trip_ms
        peer.offset_ms = (reply.received_at - reply.sent_at + reply.replied_at - turn.now) // 2
        if peer.tick_answered_at is None or reply.sent_at > peer.tick_answered_at:
            peer.tick_answered_at = reply.sent_at
        if abs(peer.offset_ms) > self._line.view.understanding.timers.clock_alarm_ms:
            turn.effects += self._line.view.raise_alarm(
                "CLOCKS_DIFFER",
                Precedence.PRIORITY,
                turn.now,
                {"party": peer.party, "offset_ms": peer.offset_ms},
            )

    def _take_refusal(
        self, turn: Turn, peer: Peer, state: LinkState, reason: Reason, what: str
    ) -> None:
        self._line.journal.add_refusal(
            turn.now, peer.party, state.circuit, f"THEIRS_{reason}", what
        )
        turn.show(
            self._line.name, "refusal", {"party": peer.party, "reason": reason.value, "what": what}
        )

    def _compare_understandings(self, turn: Turn, peer: Peer, data: bytes) -> None:
        theirs = verify_understanding(parse_signed_understanding(data))
        if theirs.line != self._line.name:
            raise TheirError(Reason.WRONG_LINE, f"the Understanding is of {theirs.line}")
        peer.difference = difference(verify_understanding(self._line.first), theirs) or [
            "The words are equal and the signatures differ: adopt one and the same file."
        ]
        turn.effects += self._line.view.raise_alarm(
            "UNDERSTANDINGS_DIFFER",
            Precedence.IMMEDIATE,
            turn.now,
            {"party": peer.party, "difference": peer.difference[0]},
        )

    def keep_evidence(self, turn: Turn, peer: Peer, fork: ForkFound) -> None:
        """Keep the two notes that contradict each other; raise the alarm once."""
        if peer.is_forked:
            return
        name = f"evidence/{self._line.name}/{peer.party}/{turn.now}"
        value = cbor.encode([fork.reason.value, fork.what, fork.first, fork.second])
        turn.write(PutValue(name, value))
        peer.evidence.append(name)
        self._line.journal.add(Happened.EVIDENCE, turn.now, peer.party, fork.reason.value, name)
        turn.effects += self._line.view.raise_alarm(
            "FORK", Precedence.FLASH, turn.now, {"party": peer.party, "what": fork.what}
        )
