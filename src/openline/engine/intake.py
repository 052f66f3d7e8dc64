"""Intake: what a line does with each frame of a counterpart.

A frame is never trusted. What proves itself is taken in by the room it
belongs to; what does not is refused with a reason, answered and journalled;
what contradicts an earlier signature is kept as evidence.
"""

import hashlib
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from openline.domain.errors import Reason, TheirError
from openline.domain.instant import MINUTE_MS
from openline.domain.limits import UNDERSTANDINGS_COMPARED_PER_MINUTE_MAX
from openline.domain.line.keyring import witness_name
from openline.domain.line.observed import CircuitWatch
from openline.domain.line.understanding import (
    difference,
    parse_signed_understanding,
    verify_understanding,
)
from openline.domain.party import Precedence, parse_origin
from openline.domain.record import cbor
from openline.domain.record.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from openline.domain.record.cosignature import cosign
from openline.domain.record.merkle import verify_consistency
from openline.domain.record.note import Note, parse_note, parse_signature_rows
from openline.domain.record.tick import Tick
from openline.engine.effects import CloseLink, Show
from openline.engine.entries import verify_head, verify_receipt
from openline.engine.epochs import take_opening
from openline.engine.frames import (
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
    is_refusal,
)
from openline.engine.greeting import give_back, greet, hello, recover
from openline.engine.journal import Happened
from openline.engine.mirror import ForkFound
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
        peer.links[link] = LinkState(link, circuit, since=turn.now)
        peer.circuits.setdefault(circuit, CircuitWatch(turn.now))
        turn.send(link, encode_frame(hello(self._line, peer)), is_urgent=True)

    def link_closed(self, turn: Turn, link: int, reason: str = "") -> None:
        """A connection ended: what was under way on it will be sent again.

        Where its end is the answer to something that no frame could be made of, that
        is journalled as any other refusal.
        """
        for peer in self._line.peers.values():
            if state := peer.links.pop(link, None):
                word, _, what = reason.partition(": ")
                if word in Reason.__members__:
                    self._tell_refusal(turn, peer, state, "refused", word, plain(what))
                peer.rewind()
                peer.acked = -1
                peer.journal_sent = peer.journal_cosigned
                peer.pulled_at = None
                self._line.show_state(turn)

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
            self._refuse(turn, peer, state, error, is_answered=not is_refusal(data))

    def take(self, turn: Turn, peer: Peer, state: LinkState, frame: Frame) -> None:
        """Take in one frame of a greeted connection, or its greeting.

        Raises:
            TheirError: It is refused; ForkFound with the evidence.
        """
        match frame:
            case Hello():
                greet(self._line, turn, peer, state, frame)
            case Entries():
                self._take_entries(turn, peer, state.circuit, frame)
            case Receipt():
                self._take_receipt(turn, peer, frame)
            case TickSent(note):
                self._take_tick(turn, peer, state, note)
            case Urgent():
                self._take_urgent(turn, peer, state.circuit, frame)
            case Pull():
                give_back(self._line, turn, peer, state, frame)
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

    def _refuse(
        self,
        turn: Turn,
        peer: Peer,
        state: LinkState,
        error: TheirError,
        *,
        is_answered: bool = True,
    ) -> None:
        if error.reason is Reason.GAP:
            # It comes too early, or begins behind what we hold: say how much that is.
            mirror = self._line.mirrors[peer.party]
            turn.send(state.number, encode_frame(Receipt(mirror.origin, mirror.size, "")))
            return
        reason, what = error.reason.value, plain(error.what)
        self._tell_refusal(turn, peer, state, "refused", reason, what)
        if is_answered:
            turn.send(state.number, encode_frame(Refusal(reason, what)), is_urgent=True)
        # A fork ends what its author says, not what is sent for safety's sake.
        is_counted = error.reason is not Reason.FORK
        if is_counted and peer.has_too_many_faults(turn.now):
            turn.effects.append(CloseLink(state.number, f"too many faults: {error.reason.value}"))

    def _take_entries(self, turn: Turn, peer: Peer, circuit: str, frame: Entries) -> None:
        origin = parse_origin(frame.origin)
        if origin is not None and origin.party == self._line.own:
            recover(self._line, turn, peer, frame)
            return
        mirror = self._line.mirrors[peer.party]
        if frame.origin != mirror.origin:
            start = 0
            accepted = take_opening(self._line, turn, peer, frame)
        else:
            if peer.is_forked:
                raise TheirError(Reason.FORK, "two histories were signed; entries are not taken")
            start = mirror.size
            ring = self._line.rings[peer.party]
            taken = mirror.accept(turn, frame, ring, self._line.first_content)
            if taken is None:
                peer.acked = -1
                return
            accepted = taken
        count = len(accepted.sealed)
        self._line.journal.add(Happened.ARRIVED, turn.now, peer.party, start, count, circuit)
        self._line.rings[peer.party] = accepted.ring
        for sealed in accepted.sealed:
            self._line.note_keys(turn, peer.party, sealed)
            self._line.apply(turn, sealed, turn.now, circuit)

    def _take_urgent(self, turn: Turn, peer: Peer, circuit: str, frame: Urgent) -> None:
        mirror = self._line.mirrors[peer.party]
        if mirror.is_next(frame) and not peer.is_forked:
            # Nothing is ahead of it: it takes its place, and is receipted, at once.
            in_place = Entries(mirror.origin, mirror.size, (frame.entry,), frame.head)
            self._take_entries(turn, peer, circuit, in_place)
            return
        sealed = mirror.accept_urgent(frame, self._line.rings[peer.party])
        if sealed is None:
            return
        content = encode_frame(frame)
        index = sealed.envelope.header.index
        self._line.journal.add(
            Happened.EARLY, turn.now, peer.party, index, circuit, content=content
        )
        self._line.apply(turn, sealed, turn.now, circuit)

    def _take_receipt(self, turn: Turn, peer: Peer, frame: Receipt) -> None:
        origin = parse_origin(frame.origin)
        if origin is None or (origin.party, origin.line) != (self._line.own, self._line.name):
            raise TheirError(Reason.WRONG_LINE, f"{frame.origin} is not our log")
        if not self._line.can_sign():
            # What is receipted is kept under a head of ours: it is asked for again.
            return
        if origin.log == "journal":
            self._take_journal_receipt(turn, peer, frame)
            return
        if frame.origin in self._line.past_trees:
            # Of an outbox that we have left.
            return
        if frame.origin != self._line.outbox.origin:
            raise TheirError(Reason.WRONG_LINE, f"{frame.origin} is not our log")
        ours, theirs = self._line.rings[self._line.own], self._line.rings[peer.party]
        before = peer.receipted
        at = self._line.outbox.receipted(turn, peer, frame, ours, theirs)
        if at is None:
            return
        if self._line.changed_keys(before, peer.receipted):
            # It knows our new keys now: what they are to cosign is cosigned again.
            peer.acked = -1
        self._line.journal.add(Happened.RECEIPTED, turn.now, peer.party, frame.size, at)
        turn.effects += self._line.view.receipted(
            peer.party, frame.size, at, self._line.outbox.epoch
        )

    def _take_tick(self, turn: Turn, peer: Peer, state: LinkState, text: str) -> None:
        mirror = self._line.mirrors[peer.party]
        ring = self._line.rings[peer.party]
        heard = self._line.pulse.receive(
            turn, peer, text, ring, mirror.checkpoint(), self._known_tick
        )
        self._count_tick(turn, peer, state.circuit, heard.tick.sequence)
        if not heard.is_new:
            return
        scopes = self._line.view.understanding.scopes
        declared = [(scope, said) for scope, said in heard.tick.declared if scope in scopes]
        self._line.view.told(peer.party, declared, turn.now)
        if taken_back := mirror.check_claim(heard.tick.out, text):
            self._tell_taken_back(turn, peer, heard.tick, taken_back)
        for head in heard.tick.held:
            self._compare_views(turn, peer, head)

    def _count_tick(self, turn: Turn, peer: Peer, circuit: str, sequence: int) -> None:
        """Let a tick count for its circuit: one that came on it before proves nothing."""
        watch = peer.circuits.get(circuit)
        if watch is None or sequence <= peer.heard_on.get(circuit, -1):
            return
        peer.heard_on[circuit] = sequence
        if watch.heard(turn.now, self._line.view.understanding.timers):
            self._line.show_state(turn)

    def _tell_taken_back(self, turn: Turn, peer: Peer, tick: Tick, count: int) -> None:
        """A counterpart says less than before: what nobody holds is lost, or withdrawn.

        It is not a fork while it signs nothing else in that place. Both ticks
        are kept among the ticks.
        """
        name = f"tick/{tick.sequence}"
        what = f"{peer.party} says {count} entries less than before"
        self._line.journal.add(
            Happened.EVIDENCE, turn.now, peer.party, Reason.ROLLBACK.value, name, what
        )
        turn.effects += tell_evidence(self._line, peer.party, name, what, turn.now)

    def _known_tick(self, party: str, sequence: int) -> str:
        """The note of a tick that we hold; empty where we hold none of that number."""
        found = self._line.store.ticks(self._line.name, party, sequence, 1)
        return found[0][2] if found and found[0][0] == sequence else ""

    def _compare_views(self, turn: Turn, peer: Peer, head: Checkpoint) -> None:
        """Compare what a counterpart says it holds of us and others with what we hold."""
        logs = {mirror.origin: mirror.tree for mirror in self._line.mirrors.values()}
        logs[self._line.outbox.origin] = self._line.outbox.tree
        tree = logs.get(head.origin)
        if tree is None or head.size > tree.size or tree.root(head.size) == head.root:
            return
        about = parse_origin(head.origin)
        assert about is not None
        turn.effects += self._line.view.raise_alarm(
            "VIEWS_DIFFER",
            Precedence.IMMEDIATE,
            turn.now,
            {"party": peer.party, "about": about.party},
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
            if known.size == head.size and known.root != head.root:
                self._keep_journals(turn, peer, frame.head)
                raise TheirError(Reason.FORK, f"two heads of {head.origin} at {head.size} rows")
            if frame.old_size != known.size:
                # A repeat, or a head from before a cut: say what is known.
                turn.send(state.number, encode_frame(Receipt(head.origin, known.size, "")))
                return
            verify_consistency(known.size, head.size, known.root, head.root, frame.proof)
        elif known is not None and _epoch_of(known.origin) > origin.epoch:
            raise TheirError(Reason.ROLLBACK, f"{known.origin} has followed {head.origin}")
        if self._line.can_sign() and not peer.journal_evidence:
            self._cosign_journal(turn, peer, state, note)

    def _cosign_journal(self, turn: Turn, peer: Peer, state: LinkState, note: Note) -> None:
        head, line = parse_checkpoint(note.text), self._line
        name = f"journal/{line.name}/{peer.party}"
        text = note.format().encode()
        peer.its_journal = note
        turn.write(PutValue(name, text))
        # The last head of each epoch is kept.
        turn.write(PutValue(f"{name}/{_epoch_of(head.origin)}", text))
        signer = line.role_signer("witness", peer)
        rows = cosign(head, witness_name(line.own), signer, turn.now // 1_000)
        said = Receipt(head.origin, head.size, "".join(row.row() for row in rows))
        turn.send(state.number, encode_frame(said))

    def _keep_journals(self, turn: Turn, peer: Peer, second: str) -> None:
        """Keep two heads of a counterpart's journal that contradict each other."""
        if peer.journal_evidence or peer.its_journal is None:
            return
        name = f"evidence-journal/{self._line.name}/{peer.party}"
        peer.journal_evidence = name
        turn.write(PutValue(name, cbor.encode([peer.its_journal.format(), second])))
        what = f"{peer.party} signed two heads of one journal"
        self._line.journal.add(
            Happened.EVIDENCE, turn.now, peer.party, Reason.FORK.value, name, what
        )
        turn.effects += tell_evidence(self._line, peer.party, name, what, turn.now)

    def _take_journal_receipt(self, turn: Turn, peer: Peer, frame: Receipt) -> None:
        if frame.origin != self._line.journal.origin:
            # Of a journal that was lost: ours goes on in another epoch.
            return
        if frame.size > self._line.journal.tree.size:
            raise TheirError(Reason.WRONG_INDEX, "a receipt covers more than our journal")
        if not frame.rows:
            peer.journal_cosigned = peer.journal_sent = frame.size
            return
        if frame.size <= max(peer.journal_cosigned, peer.journal_kept):
            peer.journal_cosigned = max(peer.journal_cosigned, frame.size)
            return
        root = self._line.journal.tree.root(frame.size)
        head = Checkpoint(self._line.journal.origin, frame.size, root)
        signatures = parse_signature_rows(frame.rows)
        keys = self._line.rings[peer.party].witnesses()
        verify_receipt(head, signatures, witness_name(peer.party), keys)
        signer = self._line.node_signer(self._line.outbox.size)
        note = sign_checkpoint(head, signer).with_signatures(*signatures)
        turn.write(PutHead(self._line.journal.origin, frame.size, peer.party, note.format()))
        peer.journal_cosigned = peer.journal_kept = frame.size

    def _take_probe_reply(self, turn: Turn, peer: Peer, reply: ProbeReply) -> None:
        round_trip_ms = turn.now - reply.sent_at
        if not 0 <= round_trip_ms <= 10 * MINUTE_MS:
            return
        if reply.sent_at not in peer.probes:
            return
        peer.round_trip_ms = round_trip_ms
        peer.offset_ms = (reply.received_at - reply.sent_at + reply.replied_at - turn.now) // 2
        # The newest, but for a clock that was set back since.
        if peer.tick_answered_at is None or not reply.sent_at <= peer.tick_answered_at <= turn.now:
            peer.tick_answered_at = reply.sent_at
        # Half of the way there and back may be delay, on one way only.
        certain_ms = abs(peer.offset_ms) - round_trip_ms // 2
        if certain_ms > self._line.view.understanding.timers.clock_alarm_ms:
            turn.effects += self._line.view.raise_alarm(
                "CLOCKS_DIFFER",
                Precedence.PRIORITY,
                turn.now,
                {"party": peer.party, "offset_ms": peer.offset_ms},
            )

    def _take_refusal(
        self, turn: Turn, peer: Peer, state: LinkState, reason: str, what: str
    ) -> None:
        self._tell_refusal(turn, peer, state, "refusal", plain(reason), plain(what))

    def _tell_refusal(
        self, turn: Turn, peer: Peer, state: LinkState, name: str, reason: str, what: str
    ) -> None:
        """Journal and show a refusal, ours or theirs, unless there are too many."""
        written = reason if name == "refused" else f"THEIRS_{reason}"
        journal = self._line.journal
        if journal.add_refusal(turn.now, peer.party, state.circuit, written, what):
            shown = {"party": peer.party, "reason": reason, "what": what}
            turn.show(self._line.name, name, shown)

    def _compare_understandings(self, turn: Turn, peer: Peer, data: bytes) -> None:
        """Say where a counterpart's Understanding differs; the same one is read once.

        It may come before the greeting, and the largest one costs most of a second.
        """
        digest = hashlib.sha256(data).digest()
        if peer.compared is None or peer.compared[0] != digest:
            if not peer.may_be_compared(turn.now):
                what = f"more than {UNDERSTANDINGS_COMPARED_PER_MINUTE_MAX} Understandings a minute"
                raise TheirError(Reason.RATE, what)
            theirs = verify_understanding(parse_signed_understanding(data))
            if theirs.line != self._line.name:
                raise TheirError(Reason.WRONG_LINE, f"the Understanding is of {theirs.line}")
            differs = difference(verify_understanding(self._line.first), theirs)
            peer.compared = digest, differs or [_SIGNED_OTHERWISE]
        peer.difference = list(peer.compared[1])
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
        epoch = self._line.mirrors[peer.party].epoch
        name += f"/{epoch}" if epoch > 1 else ""
        value = cbor.encode(
            [fork.reason.value, fork.what, fork.first, fork.second, list(fork.frames)]
        )
        turn.write(PutValue(name, value))
        peer.evidence.append(name)
        self._line.journal.add(
            Happened.EVIDENCE, turn.now, peer.party, fork.reason.value, name, fork.what
        )
        turn.effects += tell_evidence(self._line, peer.party, name, fork.what, turn.now)


def tell_evidence(line: "Line", party: str, name: str, what: str, at: int) -> list[Show]:
    """The alarm for evidence that was kept; the same one after a restart."""
    kind = name.partition("/")[0]
    alarm, precedence = _EVIDENCE_ALARMS[kind]
    return line.view.raise_alarm(alarm, precedence, at, {"party": party, "what": what})


_SIGNED_OTHERWISE: Final = (
    "The words are equal and the signatures differ: adopt one and the same file."
)

_EVIDENCE_ALARMS: Final = {
    "evidence": ("FORK", Precedence.FLASH),
    "evidence-journal": ("JOURNAL_FORK", Precedence.IMMEDIATE),
    "tick": ("ENTRIES_TAKEN_BACK", Precedence.IMMEDIATE),
}


def plain(text: str) -> str:
    """The text as it may be shown and encoded: what is not printable is spelt out."""
    if not text.isprintable():
        spelt = (char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
        text = "".join(spelt)
    return normalize("NFC", text)


def _epoch_of(text: str) -> int:
    """The epoch of a log whose origin was checked before."""
    origin = parse_origin(text)
    assert origin is not None
    return origin.epoch
