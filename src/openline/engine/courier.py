"""The courier file: the objects of a circuit, carried by hand.

For a memory stick or a data diode. The file is not signed: what it carries
proves itself, exactly as on a circuit, and what does not is refused.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from openline.domain.errors import OurError, Reason, TheirError
from openline.domain.limits import COURIER_FRAMES_MAX
from openline.domain.line.keyring import mirror_name
from openline.domain.party import is_line_name, is_party_name
from openline.domain.record import cbor
from openline.domain.record.cosignature import cosign
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
from openline.engine.intake import plain
from openline.engine.mirror import ForkFound
from openline.engine.peer import LinkState
from openline.engine.turn import Turn

if TYPE_CHECKING:
    from openline.engine.line import Line

MAGIC: Final = "openline/courier/v1"

ENTRIES_FRAMES_MAX: Final = COURIER_FRAMES_MAX - 2
"""Frames of entries in one file: a receipt and a tick go with them."""

CIRCUIT: Final = "courier"
"""The circuit of what is carried by hand; it has no connection."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a courier file holds.

    Attributes:
        sender: The party that exported it.
        recipient: The party it is for.
        line: The line.
        made_at: When it was exported, by the sender's clock.
        frames: In the order in which they are to be taken; each is judged by
            itself.
    """

    sender: str
    recipient: str
    line: str
    made_at: int
    frames: tuple[bytes, ...]


def format_courier(
    sender: str, recipient: str, line: str, made_at: int, frames: list[bytes]
) -> bytes:
    """The bytes of a courier file."""
    return cbor.encode([MAGIC, sender, recipient, line, made_at, frames])


def parse_courier(data: bytes) -> Brought:
    """What a courier file holds.

    Raises:
        TheirError: MALFORMED, or TOO_LARGE where there are too many frames.
    """
    value = cbor.decode(data)
    if not isinstance(value, list) or len(value) != 6 or value[0] != MAGIC:
        raise TheirError(Reason.MALFORMED, "this is not a courier file")
    _, sender, recipient, line, made_at, frames = value
    if not (isinstance(sender, str) and isinstance(recipient, str) and isinstance(line, str)):
        raise TheirError(Reason.MALFORMED, "the courier file does not name its parties")
    if not (is_party_name(sender) and is_party_name(recipient) and is_line_name(line)):
        raise TheirError(Reason.MALFORMED, "the courier file does not name its parties")
    if type(made_at) is not int or not isinstance(frames, list):
        raise TheirError(Reason.MALFORMED, "the courier file has no time or no frames")
    if len(frames) > COURIER_FRAMES_MAX:
        raise TheirError(Reason.TOO_LARGE, f"the courier file has {len(frames)} frames")
    return Brought(sender, recipient, line, made_at, tuple(_bytes_of(item) for item in frames))


def _bytes_of(item: cbor.Value) -> bytes:
    if not isinstance(item, bytes):
        raise TheirError(Reason.MALFORMED, "a frame of the courier file is not bytes")
    return item


def _carried(data: bytes) -> Frame:
    """The frame, if it proves itself: nobody vouches for the sender of a file."""
    frame = decode_frame(data)
    is_proven = isinstance(frame, Entries | TickSent | Urgent | JournalHead)
    if not is_proven and not (isinstance(frame, Receipt) and frame.rows):
        raise TheirError(Reason.MALFORMED, f"a courier does not carry a {type(frame).__name__}")
    return frame


def export_courier(line: "Line", turn: Turn, party: str) -> bytes:
    """What the counterpart has not receipted, our last tick, our receipt."""
    peer, mirror, ring = line.peers[party], line.mirrors[party], line.rings[line.own]
    frames: list[bytes] = []
    start = peer.receipted
    while start < line.outbox.size and len(frames) < ENTRIES_FRAMES_MAX:
        frame = line.outbox.frame(start, ring)
        frames.append(encode_frame(frame))
        start += len(frame.entries)
    is_whole = mirror.size >= max(peer.must_hold_of(mirror.epoch), 1)
    if is_whole and not peer.is_forked:
        signatures = cosign(
            mirror.checkpoint(),
            mirror_name(line.own),
            line.role_signer("mirror", peer),
            turn.now // 1_000,
        )
        rows = "".join(signature.row() for signature in signatures)
        frames.append(encode_frame(Receipt(mirror.origin, mirror.size, rows)))
    if last := line.store.last_tick(line.name, line.own):
        frames.append(encode_frame(TickSent(last[2])))
    return format_courier(line.own, party, line.name, turn.now, frames)


def import_courier(line: "Line", turn: Turn, data: bytes) -> dict[str, Any]:
    """Take in a courier file, frame by frame, as if it came over a circuit.

    Raises:
        OurError: The file cannot be read, or is for somebody else.
    """
    try:
        brought = parse_courier(data)
    except TheirError as error:
        raise OurError(
            f"The courier file cannot be read: {error.what.rstrip('.')}.",
            "Send the file that `openline courier export` wrote, unchanged.",
        ) from None
    if (brought.recipient, brought.line) != (line.own, line.name):
        raise OurError(
            f"The courier file is for {brought.recipient} on {brought.line}.",
            f"This is {line.own} on {line.name}.",
        )
    peer = line.peer_named(brought.sender)
    mirror, held, outbox, receipted = (
        line.mirrors[peer.party], line.mirrors[peer.party].size, line.outbox, peer.receipted,
    )  # fmt: skip
    refused = []
    link = LinkState(-1, CIRCUIT, is_greeted=True)
    for frame in brought.frames:
        try:
            line.intake.take(turn, peer, link, _carried(frame))
        except ForkFound as fork:
            line.intake.keep_evidence(turn, peer, fork)
            refused.append(plain(str(fork)))
        except TheirError as error:
            refused.append(plain(str(error)))
            what = plain(error.what)
            line.journal.add_refusal(turn.now, peer.party, CIRCUIT, error.reason.value, what)
    # Answers to frames have no way back: a courier takes them, on the next journey.
    turn.effects[:] = [
        effect for effect in turn.effects if getattr(effect, "link", None) != link.number
    ]
    now_held = line.mirrors[peer.party]
    return {
        "party": peer.party,
        "entries": now_held.size - (held if now_held is mirror else 0),
        "receipted": peer.receipted - (receipted if line.outbox is outbox else 0),
        "refused": refused,
    }
