"""Greeting: each side says what it durably has, and proves it.

A head without a signature is no evidence: what a counterpart says it holds of
our logs is a note that we signed ourselves. So an old copy of our store is
found out before anything is signed on it, and nobody but ourselves can make us
doubt it. What is missing is pulled back from the counterpart's mirror.
"""

import hashlib
from typing import TYPE_CHECKING

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import FRAME_ENTRIES_MAX
from openline.domain.party import Origin, Precedence, parse_origin
from openline.domain.record.checkpoint import Checkpoint, parse_checkpoint
from openline.domain.record.note import parse_note
from openline.domain.record.tick import tick_hash
from openline.engine.entries import verify_head
from openline.engine.frames import (
    VERSION,
    Entries,
    Hello,
    Pull,
    UnderstandingShown,
    encode_frame,
)
from openline.engine.journal import Happened, Journal
from openline.engine.outbox import FRAME_ROOM_BYTES
from openline.engine.peer import LinkState, Peer
from openline.engine.pulse import verify_tick_of
from openline.engine.turn import Turn

if TYPE_CHECKING:
    from openline.engine.line import Line


def hello(line: "Line", peer: Peer) -> Hello:
    """What we tell a counterpart that we durably have."""
    mirror = line.mirrors[peer.party]
    notes = [note.format() for note in (mirror.note, peer.its_journal) if note is not None]
    tick = line.store.last_tick(line.name, peer.party)
    return Hello(
        version=VERSION,
        line=line.name,
        understanding=_first_hash(line),
        held=tuple(notes),
        receipted=peer.receipted,
        heard=tick[2] if tick else "",
    )


def greet(line: "Line", turn: Turn, peer: Peer, state: LinkState, said: Hello) -> None:
    """Take in a counterpart's greeting: from now on the connection carries data.

    Raises:
        TheirError: Another version, line or Understanding, or a note that we
            did not sign.
    """
    _check_common(line, turn, state, said)
    heads = [_own_head(line, text) for text in said.held]
    if said.heard:
        note = parse_note(said.heard)
        tick = verify_tick_of(note, line.own, line.name, line.rings[line.own])
        line.pulse.continue_from(tick.sequence, tick_hash(note.text))
    is_first = not peer.greeted()
    state.is_greeted = True
    peer.difference = []
    peer.must_hold = max(peer.must_hold, said.receipted)
    own = [head for head in heads if head.origin == line.outbox.origin]
    _compare_own(line, turn, peer, own[0] if own else Checkpoint(line.outbox.origin, 0, b""))
    for head in heads:
        if head.origin != line.outbox.origin:
            _compare_journal(line, turn, peer, head)
    if is_first:
        peer.rewind()
    peer.acked = -1
    line.show_state(turn)


def _check_common(line: "Line", turn: Turn, state: LinkState, said: Hello) -> None:
    if said.version != VERSION:
        raise TheirError(Reason.VERSION, f"version {said.version} is not spoken here")
    if said.line != line.name:
        raise TheirError(Reason.WRONG_LINE, f"this circuit is for {line.name}")
    if said.understanding != _first_hash(line):
        turn.send(state.number, encode_frame(UnderstandingShown(line.first.format())))
        raise TheirError(
            Reason.WRONG_UNDERSTANDING, f"another Understanding of {line.name} was adopted here"
        )


def _first_hash(line: "Line") -> bytes:
    return hashlib.sha256(line.first.content()).digest()


def _own_head(line: "Line", text: str) -> Checkpoint:
    """A head of one of our own logs that a counterpart shows us.

    Raises:
        TheirError: It is of no log of ours, or we did not sign it.
    """
    note = parse_note(text)
    head = parse_checkpoint(note.text)
    origin = parse_origin(head.origin)
    if origin is None or (origin.party, origin.line) != (line.own, line.name):
        raise TheirError(Reason.WRONG_LINE, f"{head.origin} is no log of {line.own}")
    size = head.size if origin.log == "out" else None
    return verify_head(note, head.origin, line.rings[line.own], size)


def _compare_own(line: "Line", turn: Turn, peer: Peer, head: Checkpoint) -> None:
    """Compare our outbox with what the counterpart proves that it holds of it."""
    outbox = line.outbox
    if head.size > outbox.size:
        peer.is_reconciled = False
        peer.holds_more = True
        pull(line, turn, peer)
        return
    peer.holds_more = False
    if head.size and outbox.tree.root(head.size) != head.root:
        line.broken = f"{peer.party} holds another history of {outbox.origin}, signed by us"
        turn.effects += line.view.raise_alarm(
            "OWN_HISTORY_DIFFERS", Precedence.FLASH, turn.now, {"party": peer.party}
        )
        return
    peer.held = peer.sent = head.size
    peer.is_reconciled = True


def _compare_journal(line: "Line", turn: Turn, peer: Peer, head: Checkpoint) -> None:
    """Compare our journal with its head that the counterpart cosigned.

    A journal that is behind cannot be pulled back, for nobody else has its
    rows: it goes on in a new epoch, whose first row says from which head.
    """
    origin, ours = parse_origin(head.origin), parse_origin(line.journal.origin)
    assert origin is not None
    assert ours is not None
    if origin.log != "journal" or origin.epoch < ours.epoch:
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


def pull(line: "Line", turn: Turn, peer: Peer) -> None:
    """Ask a counterpart for those of our own entries that we lack."""
    peer.pulled_at = turn.now
    frame = encode_frame(Pull(line.outbox.origin, line.outbox.size))
    for link in peer.greeted()[:1]:
        turn.send(link.number, frame)


def recover(line: "Line", turn: Turn, peer: Peer, frame: Entries) -> None:
    """Take back our own entries; then the counterpart is asked for more.

    Raises:
        TheirError: They are not what we signed.
    """
    start = line.outbox.size
    first = line.first.content()
    recovered, _ = line.outbox.recover(turn, frame, line.rings[line.own], first)
    if recovered:
        line.journal.add(Happened.RECOVERED, turn.now, peer.party, start, len(recovered))
    for sealed in recovered:
        line.note_keys(turn, line.own, sealed)
        line.apply(turn, sealed, sealed.envelope.header.at, "")
    if peer.holds_more:
        pull(line, turn, peer)


def give_back(line: "Line", turn: Turn, peer: Peer, state: LinkState, asked: Pull) -> None:
    """Give a counterpart back its own entries, up to a head that it signed.

    Raises:
        TheirError: It asks for another's.
    """
    mirror = line.mirrors[peer.party]
    if asked.origin != mirror.origin:
        raise TheirError(Reason.WRONG_LINE, "only one's own outbox can be pulled")
    if asked.start >= mirror.size:
        turn.send(state.number, encode_frame(hello(line, peer)))
        return
    entries = line.store.entries(mirror.origin, asked.start, FRAME_ENTRIES_MAX)
    heads = line.store.heads(mirror.origin, "", asked.start + 1, FRAME_ENTRIES_MAX)
    count, note = 0, ""
    room = FRAME_ROOM_BYTES
    for size, head in heads:
        past = size - asked.start
        room -= sum(len(one.raw) + len(one.content) + 16 for one in entries[count:past])
        if past > len(entries) or (note and room < 0):
            break
        count, note = past, head
    if note:
        given = Entries(mirror.origin, asked.start, tuple(entries[:count]), note)
        turn.send(state.number, encode_frame(given))
