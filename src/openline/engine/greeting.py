"""Greeting: each side says what it durably has, and proves it.

A head without a signature is no evidence: what a counterpart says it holds of
our logs is a note that we signed ourselves. So an old copy of our store is
found out before anything is signed on it, and nobody but ourselves can make us
doubt it. What is missing is pulled back from the counterpart's mirror.
"""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import FRAME_ENTRIES_MAX
from openline.domain.party import EPOCH_MAX, Origin, Precedence, parse_origin
from openline.domain.record.checkpoint import Checkpoint, parse_checkpoint
from openline.domain.record.merkle import EMPTY_ROOT, Tree
from openline.domain.record.note import parse_note
from openline.domain.record.tick import Tick, parse_tick, tick_hash
from openline.engine.alarm_view import OWN_HISTORY_DIFFERS
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
from openline.engine.mirror import UNKNOWN_YET
from openline.engine.outbox import FRAME_ROOM_BYTES, AnotherHistory, Outbox, room_of
from openline.engine.peer import LinkState, Peer
from openline.engine.ports import StoredEntry
from openline.engine.pulse import verify_tick_of
from openline.engine.turn import Turn

if TYPE_CHECKING:
    from openline.engine.line import Line

JOURNALS_LOST_MAX: Final = 1_000
"""Epochs that a counterpart may say, without proof, that we have lost."""


def hello(line: "Line", peer: Peer) -> Hello:
    """What we tell a counterpart that we durably have."""
    mirror = line.mirrors[peer.party]
    notes = [note.format() for note in (mirror.note, peer.its_journal) if note is not None]
    return Hello(
        version=VERSION,
        line=line.name,
        understanding=_first_hash(line),
        held=tuple(notes),
        receipted=peer.receipted,
        # Not as the store has it: this turn may have heard a later one.
        heard=peer.last_tick_note,
        epoch=line.outbox.epoch,
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """A head of one of our own logs that a counterpart shows us.

    Attributes:
        head: What it says.
        is_proven: It is on our own history, or we signed it; else it may have
            been signed with a key that is announced in an entry we lack.
    """

    head: Checkpoint
    is_proven: bool

    @property
    def origin(self) -> Origin:
        """Which of our logs it is of."""
        origin = parse_origin(self.head.origin)
        assert origin is not None, "it was checked when it came"
        return origin


def greet(line: "Line", turn: Turn, peer: Peer, state: LinkState, said: Hello) -> None:
    """Take in a counterpart's greeting: from now on the connection carries data.

    Raises:
        TheirError: Another version, line or Understanding, or a note that we
            did not sign.
    """
    if not turn.is_first(f"greeting {state.number}"):
        # A greeting may cost a window of entries: once a turn is enough.
        return
    _check_common(line, turn, state, said)
    shown = [_own_head(line, peer, text) for text in said.held]
    heard = _take_heard(line, said.heard, turn.now) if said.heard else None
    state.is_greeted = True
    peer.difference = []
    peer.has_receipted(said.epoch, said.receipted)
    _compare_own(line, turn, peer, _newest_of_outbox(line, shown))
    for one in shown:
        if one.origin.log == "journal":
            peer.shown_journal = (one.head, one.is_proven)
    compare_journal(line, turn, peer)
    if peer.is_reconciled and heard is not None and heard.out.size > line.outbox.size:
        # A tick of ours tells of entries that nobody holds: they are lost.
        facts = {"party": peer.party, "from": line.outbox.size, "until": heard.out.size}
        turn.effects += line.view.raise_alarm("OWN_ENTRIES_LOST", Precedence.FLASH, turn.now, facts)
    peer.acked = -1
    if peer.is_reconciled and peer.has_lent:
        # We have back what we had lost: it is asked for its receipt again.
        peer.has_lent = False
        turn.send(state.number, encode_frame(hello(line, peer)), is_urgent=True)
    line.show_state(turn)


def _newest_of_outbox(line: "Line", shown: list[_Shown]) -> _Shown:
    """The head of our newest outbox among those shown; that of an empty one at least.

    An outbox that we have left is of no account: nothing is held of ours then.
    """
    heads = [one for one in shown if one.origin.log == "out"]
    newest = max(heads, key=lambda one: one.origin.epoch, default=None)
    if newest is not None and newest.origin.epoch >= line.outbox.epoch:
        return newest
    return _Shown(Checkpoint(line.outbox.origin, 0, EMPTY_ROOT), is_proven=True)


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
    return hashlib.sha256(line.first_content).digest()


def _own_head(line: "Line", peer: Peer, text: str) -> _Shown:
    """What a counterpart shows of one of our own logs.

    A head on our own history needs no proof, whoever signed it. A counterpart
    that has once confirmed our outbox cannot show more of it than we have.

    Raises:
        TheirError: It is of no log of ours, or we did not sign it.
    """
    note = parse_note(text)
    head = parse_checkpoint(note.text)
    origin = parse_origin(head.origin)
    if origin is None or (origin.party, origin.line) != (line.own, line.name):
        raise TheirError(Reason.WRONG_LINE, f"{head.origin} is no log of {line.own}")
    for ours in (line.outbox, line.journal):
        if ours.origin == head.origin and _is_on(ours.tree, head):
            return _Shown(head, is_proven=True)
    if head.origin in line.past_trees:
        return _Shown(head, is_proven=True)
    is_later = origin.log == "out" and head.origin != line.outbox.origin
    try:
        size = head.size if head.origin == line.outbox.origin else None
        verify_head(note, head.origin, line.rings[line.own], size)
    except TheirError as error:
        may_follow = (is_later or head.size > line.outbox.size) and not peer.is_reconciled
        if error.reason in UNKNOWN_YET and (origin.log == "journal" or may_follow):
            return _Shown(head, is_proven=False)
        raise
    return _Shown(head, is_proven=True)


def _is_on(tree: Tree, head: Checkpoint) -> bool:
    return head.size <= tree.size and tree.root(head.size) == head.root


def _take_heard(line: "Line", text: str, now: int) -> Tick | None:
    """Go on after the newest tick of ours that a counterpart has heard.

    Raises:
        TheirError: It is no tick of ours.
    """
    note = parse_note(text)
    try:
        tick = verify_tick_of(note, line.outbox.origin, line.rings[line.own])
    except TheirError as error:
        if error.reason in (Reason.GAP, Reason.ROLLBACK):
            # Of another outbox of ours than the newest that we hold.
            if parse_tick(note.text).sequence < line.pulse.sequence:
                return None
        elif error.reason not in UNKNOWN_YET:
            raise
        # Its key may be announced in an entry that we lack, or be revoked by now.
        line.begin_ticks(now)
        return None
    is_later = tick.sequence >= line.pulse.sequence
    line.pulse.continue_from(tick.sequence, tick_hash(note.text))
    if is_later:
        # Our copy is old, whoever vouches for it: there may be ticks that nobody has heard.
        line.begin_ticks(now)
    return tick


def _compare_own(line: "Line", turn: Turn, peer: Peer, shown: _Shown) -> None:
    """Compare our outbox with what the counterpart shows that it holds of it."""
    outbox, head = line.outbox, shown.head
    peer.has_shown = head.origin == outbox.origin
    peer.contradicts = False
    peer.shown = head if peer.has_shown and shown.is_proven and head.size else None
    if not peer.has_shown or head.size > outbox.size:
        peer.is_reconciled = False
        peer.holds_more = shown.is_proven
        if peer.pulled_at is None:
            # Later ones are for `Line` to repeat: a claim may be made at any rate.
            pull(line, turn, peer)
        return
    peer.holds_more = False
    if not _is_on(outbox.tree, head):
        _find_broken(line, turn, peer)
        return
    peer.held = head.size
    peer.rewind()
    peer.is_reconciled = True


def _find_broken(line: "Line", turn: Turn, peer: Peer) -> None:
    """A counterpart holds entries that we signed and that do not follow ours."""
    peer.contradicts = True
    if not peer.has_shown:
        # It knows of a later outbox of ours, which says from where we went on.
        pull(line, turn, peer)
        return
    peer.holds_more, peer.pulled_at = False, None
    line.broken = f"{peer.party} holds another history of {line.outbox.origin}, signed by us"
    turn.effects += line.view.raise_alarm(
        OWN_HISTORY_DIFFERS, Precedence.FLASH, turn.now, {"party": peer.party}
    )


def compare_journal(line: "Line", turn: Turn, peer: Peer) -> None:
    """Compare our journal with its head that the counterpart cosigned.

    A journal that is behind cannot be pulled back, for nobody else has its
    rows: it goes on in a new epoch, whose first row says from which head. A
    journal cannot be lost while the node runs, so this happens once for each
    counterpart; and not before our outbox, which says our keys, is whole.
    """
    if peer.shown_journal is None:
        return
    head, is_proven = peer.shown_journal
    origin, ours = parse_origin(head.origin), parse_origin(line.journal.origin)
    assert origin is not None
    assert ours is not None
    if origin.epoch < ours.epoch:
        return
    if origin.epoch == ours.epoch and _is_on(line.journal.tree, head):
        peer.journal_cosigned = peer.journal_sent = head.size
        return
    is_near = origin.epoch < ours.epoch + JOURNALS_LOST_MAX
    is_likely = is_proven or (is_near and not peer.has_continued)
    if not peer.is_reconciled or not is_likely or origin.epoch >= EPOCH_MAX:
        return
    peer.has_continued = True
    line.journal.flush(turn)
    line.journal = Journal(str(Origin(line.own, line.name, "journal", origin.epoch + 1)))
    line.journal.add(Happened.CONTINUED, turn.now, head.origin, head.size, head.root)
    for other in line.peers.values():
        other.journal_cosigned = other.journal_sent = other.journal_kept = 0


def pull(line: "Line", turn: Turn, peer: Peer) -> None:
    """Ask a counterpart for those of our own entries that we lack."""
    peer.pulled_at = turn.now
    asked = Pull(line.outbox.origin, line.outbox.size)
    if peer.contradicts:
        asked = Pull(str(Origin(line.own, line.name, "out", line.outbox.epoch + 1)), 0)
    frame = encode_frame(asked)
    for link in peer.greeted()[:1]:
        turn.send(link.number, frame)


def recover(line: "Line", turn: Turn, peer: Peer, frame: Entries) -> None:
    """Take back our own entries; then the counterpart is asked for more.

    Raises:
        TheirError: They are not what we signed.
    """
    if frame.origin in line.past_trees:
        return
    is_later = frame.origin != line.outbox.origin
    outbox = _later_outbox(line, frame.origin) if is_later else line.outbox
    start = outbox.size
    try:
        recovered = outbox.recover(turn, frame, line.rings[line.own], line.first_content)
    except AnotherHistory:
        if not peer.holds_more:
            # It has not shown a head of ours over it: what it gives proves nothing.
            raise TheirError(Reason.WRONG_ROOT, f"{outbox.origin} has another head") from None
        _find_broken(line, turn, peer)
        return
    if recovered and is_later:
        line.begin_outbox(outbox)
        line.journal.add(Happened.OPENED, turn.now, outbox.origin)
        peer.holds_more = True
    if recovered:
        peer.has_lent = True
        line.journal.add(Happened.RECOVERED, turn.now, peer.party, start, len(recovered))
    if recovered and line.has_signed:
        # While we run nothing can be lost: somebody else signs with our key.
        turn.effects += line.view.raise_alarm(
            "OWN_KEY_ELSEWHERE", Precedence.FLASH, turn.now, {"party": peer.party, "from": start}
        )
    for sealed in recovered:
        line.note_keys(turn, line.own, sealed)
        line.apply(turn, sealed, sealed.envelope.header.at, "")
    if peer.holds_more:
        pull(line, turn, peer)


def _later_outbox(line: "Line", text: str) -> Outbox:
    """A later outbox of ours that a counterpart holds, empty.

    Raises:
        TheirError: It is none of ours.
    """
    origin = parse_origin(text)
    if origin is None or (origin.party, origin.line, origin.log) != (line.own, line.name, "out"):
        raise TheirError(Reason.WRONG_LINE, f"{text} is not our outbox")
    return line.make_outbox(origin.epoch)


def give_back(line: "Line", turn: Turn, peer: Peer, state: LinkState, asked: Pull) -> None:
    """Give a counterpart back its own entries, up to a head that it signed.

    After the last entry of an outbox that it has left comes the next one.

    Raises:
        TheirError: It asks for another's.
    """
    origin = parse_origin(asked.origin)
    if origin is None or (origin.party, origin.line, origin.log) != (peer.party, line.name, "out"):
        raise TheirError(Reason.WRONG_LINE, "only one's own outbox can be pulled")
    if not turn.is_first(f"pull {line.name} {peer.party}"):
        # An answer costs a frame of reading: it is asked for again if it is needed.
        return
    for mirror in line.mirrors_of(peer.party):
        start = asked.start if mirror.epoch == origin.epoch else 0
        if mirror.epoch >= origin.epoch and start < mirror.size:
            _give(line, turn, state, mirror.origin, start)
            return
    turn.send(state.number, encode_frame(hello(line, peer)))


def _give(line: "Line", turn: Turn, state: LinkState, origin: str, first: int) -> None:
    """Give entries of an outbox from an index on, up to a head over the last of them."""
    given: list[StoredEntry] = []
    note, room = "", FRAME_ROOM_BYTES
    for size, head in line.store.heads(origin, "", first + 1, FRAME_ENTRIES_MAX):
        if size - first > FRAME_ENTRIES_MAX:
            break
        start = first + len(given)
        more = line.store.entries(origin, start, size - start)
        room -= sum(room_of(entry) for entry in more)
        if note and room < 0:
            break
        given += more
        note = head
    if note:
        frame = Entries(origin, first, tuple(given), note)
        turn.send(state.number, encode_frame(frame))
