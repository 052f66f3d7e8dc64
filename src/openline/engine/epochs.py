"""Epochs: a party goes on in a new outbox where the old one cannot be continued.

An outbox ends when a counterpart proves that we signed another history of it
than we hold, or when its entries are lost everywhere. Going on in it would be a
fork. So the party's roots, m of n, sign an EPOCH: entry 0 of the next outbox,
with the last head that the counterparts prove to hold and the keys that count
from there. What the old outbox holds stays on everybody's record; what lies
beyond the head that is named is flagged. Rules: `docs/spec/log-and-receipt.md`.
"""

from typing import TYPE_CHECKING

from openline.domain.errors import OurError, Reason
from openline.domain.party import EPOCH_MAX, Origin, parse_origin
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.envelope import Header
from openline.domain.talk.keys import Epoch
from openline.domain.talk.message import Message
from openline.engine.entries import other_outbox
from openline.engine.frames import Entries, encode_frame
from openline.engine.journal import Happened
from openline.engine.mirror import Accepted, ForkFound, Mirror
from openline.engine.outbox import Outbox
from openline.engine.peer import Peer
from openline.engine.turn import Turn

if TYPE_CHECKING:
    from openline.engine.line import Line


def last_known_head(line: "Line") -> Checkpoint:
    """The head of our outbox that an EPOCH is to name.

    The largest that a counterpart proves to hold, whichever history it is of;
    our own last one where nobody holds any.
    """
    heads = [peer.shown for peer in line.peers.values() if peer.shown is not None]
    heads += [
        line.outbox.checkpoint(peer.held)
        for peer in line.peers.values()
        if peer.is_reconciled and peer.held
    ]
    return max(heads, key=lambda head: head.size, default=line.outbox.checkpoint())


def check_epoch(line: "Line", message: Message) -> Epoch:
    """The message, if our next outbox may be opened with it now.

    Raises:
        OurError: It may not, and why.
    """
    if not isinstance(message, Epoch):
        raise OurError("This does not open a new outbox.")
    _check_may_open(line)
    origin = str(Origin(line.own, line.name, "out", line.outbox.epoch + 1))
    if message.origin != origin or line.outbox.epoch >= EPOCH_MAX:
        raise OurError(f"The next outbox is {origin}.", "Sign the epoch anew.")
    head = Checkpoint(line.outbox.origin, message.previous_size, message.previous_root)
    is_shown = any(head == peer.shown for peer in line.peers.values())
    if not is_shown and not line.outbox.is_on_history(head):
        raise OurError(
            f"The epoch names a head of {line.outbox.origin} that is neither ours nor a "
            "counterpart's.",
            "Sign it anew with `openline keys epoch`.",
        )
    for role, public in (
        ("node", message.node),
        ("witness", message.witness),
        ("mirror", message.mirror),
    ):
        if line.keys.find(role, public) is None:
            raise OurError(
                f"The {role} key that the epoch names is not in the key directory.",
                "Sign it anew with `openline keys epoch`.",
            )
    return message


def _check_may_open(line: "Line") -> None:
    """What the counterparts hold must be known, lest an outbox is opened twice."""
    waiting = [party for party, peer in line.peers.items() if not peer.has_shown]
    if not line.may_do_without(waiting):
        raise OurError(
            f"{', '.join(waiting)} has not shown yet what it holds of our outbox.",
            "It will as soon as a circuit stands, and give back a later outbox if there is one.",
        )
    lenders = [party for party, peer in line.peers.items() if peer.holds_more]
    if lenders and not line.broken and not line.has_waited:
        raise OurError(
            f"{', '.join(lenders)} is giving back what is missing of our outbox.",
            "If the line still signs nothing after a minute, ask again.",
        )


def begin_own(line: "Line", outbox: Outbox) -> None:
    """Go on in a new outbox of ours; the old one is closed."""
    outbox.last_at = max(outbox.last_at, line.outbox.last_at)
    line.past_trees[line.outbox.origin] = line.outbox.tree
    line.outbox = outbox
    line.broken = ""
    for peer in line.peers.values():
        peer.begin_ours()


def begin_theirs(line: "Line", peer: Peer, mirror: Mirror) -> None:
    """Go on with a copy of a new outbox of a counterpart; the old one is closed."""
    before = line.mirrors[peer.party]
    line.past_mirrors.setdefault(peer.party, []).append(before)
    line.past_trees[before.origin] = before.tree
    line.mirrors[peer.party] = mirror
    peer.begin_theirs()


def take_opening(line: "Line", turn: Turn, peer: Peer, frame: Entries) -> Accepted:
    """Take in the first entries of a counterpart's later outbox.

    An EPOCH that contradicts what we hold of the outbox before is kept as
    evidence and raises the alarm; it is the word of the party's roots all the
    same, and refusing it would only end what is said for safety's sake.

    Raises:
        TheirError: GAP where they are not the first ones, ROLLBACK where the
            outbox was left; or they do not prove themselves.
    """
    before = line.mirrors[peer.party]
    fault = other_outbox(frame.origin, before.origin)
    if fault.reason is not Reason.GAP:
        raise fault
    begun = Mirror(peer.party, line.name, _epoch_of(frame))
    accepted = begun.accept(turn, frame, line.rings[peer.party], line.first_content)
    assert accepted is not None, "all of it is new"
    message = line.message_of(accepted.sealed[0])
    assert isinstance(message, Epoch), "the key ring has read it"
    is_next = begun.epoch == before.epoch + 1
    if is_next and before.contradicted_by(message.previous_size, message.previous_root):
        what = f"{peer.party} opened {frame.origin} after another history of {before.origin}"
        held = before.note.format() if before.note else ""
        fork = ForkFound(what, held, frame.head, (encode_frame(frame),))
        line.intake.keep_evidence(turn, peer, fork)
    line.journal.add(Happened.OPENED, turn.now, begun.origin)
    begin_theirs(line, peer, begun)
    return accepted


def _epoch_of(frame: Entries) -> int:
    origin = parse_origin(frame.origin)
    assert origin is not None, "a frame names an origin"
    return origin.epoch


def disowned_from(line: "Line", header: Header, epoch: Epoch) -> int | None:
    """The first entry of the outbox before that the new one does not stand on.

    Where the head that is named is of another history than ours, nobody can say
    where the two part: then of a counterpart's entries all but the Understanding
    are doubtful, and of ours those that nobody has receipted.

    Returns:
        None where we hold no outbox that the head is of.
    """
    before = str(Origin(header.party, header.line, "out", header.epoch - 1))
    tree = line.past_trees.get(before)
    if tree is None:
        return None
    size = epoch.previous_size
    if size > tree.size or tree.root(size) == epoch.previous_root:
        is_ours = header.party == line.own and size > tree.size
        return line.view.receipted_size(header.epoch - 1) if is_ours else size
    return line.view.receipted_size(header.epoch - 1) if header.party == line.own else 1
