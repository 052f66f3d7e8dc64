"""Frames: what two nodes send each other over a circuit.

A frame is one strict CBOR array that begins with its number. Frames carry
objects that prove themselves; a frame itself is never evidence, may be lost,
repeated or reordered, and is bounded before it is parsed. The table is in
`docs/spec/circuit.md`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import (
    CONTENT_SIZE_BYTES_MAX,
    ENTRY_SIZE_BYTES_MAX,
    FRAME_ENTRIES_MAX,
    FRAME_SIZE_BYTES_MAX,
    LABEL_CHARS_MAX,
    PROOF_HASHES_MAX,
)
from openline.domain.party import EPOCH_MAX, parse_origin
from openline.domain.record import cbor
from openline.domain.record.cbor import Value
from openline.engine.ports import StoredEntry

VERSION: Final = 1
_REASON_CHARS_MAX: Final = 32


@dataclass(frozen=True, slots=True)
class Hello:
    """First on every connection: what each side durably has.

    Attributes:
        version: Of the circuit protocol.
        line: The line spoken about.
        understanding: SHA-256 of the content of entry 0.
        held: Signed heads of the receiver's logs that the sender has: of the
            outbox, over all that is held of the newest; and of the journal.
        receipted: Largest size of the sender's outbox that the receiver receipted.
        heard: The receiver's last tick, a signed note; empty before the first.
        epoch: Which of the sender's outboxes is its newest.
    """

    version: int
    line: str
    understanding: bytes
    held: tuple[str, ...]
    receipted: int
    heard: str
    epoch: int = 1


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries of one outbox from an index on, and a head that ends with them."""

    origin: str
    start: int
    entries: tuple[StoredEntry, ...]
    head: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """How much of a log the sender durably holds; rows are its cosignatures."""

    origin: str
    size: int
    rows: str


@dataclass(frozen=True, slots=True)
class TickSent:
    """A tick, as a signed note."""

    note: str


@dataclass(frozen=True, slots=True)
class Urgent:
    """One FLASH entry ahead of the log, with proof that a head covers it."""

    entry: StoredEntry
    proof: tuple[bytes, ...]
    head: str


@dataclass(frozen=True, slots=True)
class Pull:
    """Asks for entries of the asker's own outbox, from an index on."""

    origin: str
    start: int


@dataclass(frozen=True, slots=True)
class JournalHead:
    """The head of a private journal, to be cosigned without seeing a row."""

    head: str
    old_size: int
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """Asks for the time: what the asker's clock showed when it was sent."""

    sent_at: int


@dataclass(frozen=True, slots=True)
class ProbeReply:
    """Answers a probe: when it was sent, received and answered."""

    sent_at: int
    received_at: int
    replied_at: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Says that something of the receiver's was refused, and why."""

    reason: str
    what: str


@dataclass(frozen=True, slots=True)
class UnderstandingShown:
    """The sender's signed Understanding, when the two sides' differ."""

    signed: bytes


Frame: TypeAlias = (
    Hello
    | Entries
    | Receipt
    | TickSent
    | Urgent
    | Pull
    | JournalHead
    | Probe
    | ProbeReply
    | Refusal
    | UnderstandingShown
)


def encode_frame(frame: Frame) -> bytes:
    """The bytes of a frame."""
    match frame:
        case Hello(version, line, understanding, held, receipted, heard, epoch):
            fields: list[Value] = [
                1, version, line, understanding, list(held), receipted, heard,
            ]  # fmt: skip
            fields += [epoch] if epoch > 1 else []
        case Entries(origin, start, entries, head):
            pairs: list[Value] = []
            for entry in entries:
                pairs += [entry.raw, entry.content]
            fields = [2, origin, start, pairs, head]
        case Receipt(origin, size, rows):
            fields = [3, origin, size, rows]
        case TickSent(note):
            fields = [4, note]
        case Urgent(entry, proof, head):
            fields = [5, entry.raw, entry.content, list(proof), head]
        case Pull(origin, start):
            fields = [6, origin, start]
        case JournalHead(head, old_size, proof):
            fields = [7, head, old_size, list(proof)]
        case Probe(sent_at):
            fields = [8, sent_at]
        case ProbeReply(sent_at, received_at, replied_at):
            fields = [9, sent_at, received_at, replied_at]
        case Refusal(reason, what):
            fields = [10, str(reason), what[:LABEL_CHARS_MAX]]
        case UnderstandingShown(signed):
            fields = [11, signed]
    return cbor.encode(fields)


def is_bulk(data: bytes) -> bool:
    """Whether a frame carries entries: what may wait behind what is quick."""
    return data[1:2] == b"\x02"


def is_refusal(data: bytes) -> bool:
    """Whether a frame means to be a refusal: these are never answered."""
    return data[1:2] == b"\x0a"


def decode_frame(data: bytes) -> Frame:
    """The frame that the bytes write.

    Raises:
        TheirError: TOO_LARGE or MALFORMED.
    """
    if len(data) > FRAME_SIZE_BYTES_MAX:
        raise TheirError(Reason.TOO_LARGE, f"a frame has {len(data)} bytes")
    value = cbor.decode(data)
    if not isinstance(value, list) or not value or type(value[0]) is not int:
        raise _malformed("a frame is not an array that begins with a number")
    number, fields = value[0], value[1:]
    known = _DECODERS.get(number)
    if known is None:
        raise TheirError(Reason.VERSION, f"frames of number {number} are not known")
    count, decode = known
    if len(fields) != count and (number, len(fields)) != _HELLO_OF_LATER_EPOCH:
        raise _malformed(f"a frame of number {number} does not have {count} fields")
    return decode(fields)


def _hello(fields: list[Value]) -> Frame:
    return Hello(
        version=_number(fields[0]),
        line=_text(fields[1]),
        understanding=_hash(fields[2]),
        held=tuple(_text(item) for item in _list(fields[3], 2)),
        receipted=_number(fields[4]),
        heard=_text(fields[5]),
        epoch=_later_epoch(fields[6]) if len(fields) > 6 else 1,
    )


def _later_epoch(value: Value) -> int:
    epoch = _number(value)
    if not 2 <= epoch <= EPOCH_MAX:
        raise _malformed("a later epoch is not a number that an origin can have")
    return epoch


def _entries(fields: list[Value]) -> Frame:
    pairs = _list(fields[2], 2 * FRAME_ENTRIES_MAX)
    if not pairs or len(pairs) % 2:
        raise _malformed("the entries are not pairs of envelope and content")
    entries = tuple(
        _entry(raw, content) for raw, content in zip(pairs[::2], pairs[1::2], strict=True)
    )
    return Entries(_origin(fields[0]), _number(fields[1]), entries, _text(fields[3]))


def _urgent(fields: list[Value]) -> Frame:
    return Urgent(_entry(fields[0], fields[1]), _proof(fields[2]), _text(fields[3]))


def _refusal(fields: list[Value]) -> Frame:
    # A reason that is not known here is shown as it is: a refusal is never refused.
    reason, what = _text(fields[0]), _text(fields[1])
    return Refusal(reason[:_REASON_CHARS_MAX], what[:LABEL_CHARS_MAX])


_HELLO_OF_LATER_EPOCH: Final = (1, 7)
"""The hello of a party that has opened a later outbox has one field more."""

_DECODERS: Final[dict[int, tuple[int, Callable[[list[Value]], Frame]]]] = {
    1: (6, _hello),
    2: (4, _entries),
    3: (3, lambda f: Receipt(_origin(f[0]), _number(f[1]), _text(f[2]))),
    4: (1, lambda f: TickSent(_text(f[0]))),
    5: (4, _urgent),
    6: (2, lambda f: Pull(_origin(f[0]), _number(f[1]))),
    7: (3, lambda f: JournalHead(_text(f[0]), _number(f[1]), _proof(f[2]))),
    8: (1, lambda f: Probe(_number(f[0]))),
    9: (3, lambda f: ProbeReply(_number(f[0]), _number(f[1]), _number(f[2]))),
    10: (2, _refusal),
    11: (1, lambda f: UnderstandingShown(_bytes(f[0], FRAME_SIZE_BYTES_MAX))),
}


def _entry(raw: Value, content: Value) -> StoredEntry:
    return StoredEntry(_bytes(raw, ENTRY_SIZE_BYTES_MAX), _bytes(content, CONTENT_SIZE_BYTES_MAX))


def _proof(value: Value) -> tuple[bytes, ...]:
    return tuple(_hash(item) for item in _list(value, PROOF_HASHES_MAX))


def _origin(value: Value) -> str:
    text = _text(value)
    if parse_origin(text) is None:
        raise _malformed("a frame does not name an origin")
    return text


def _list(value: Value, most: int) -> list[Value]:
    if not isinstance(value, list) or len(value) > most:
        raise _malformed("a list is missing or too long")
    return value


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise _malformed("a text is missing")
    return value


def _bytes(value: Value, most: int) -> bytes:
    if not isinstance(value, bytes):
        raise _malformed("bytes are missing")
    if len(value) > most:
        raise TheirError(Reason.TOO_LARGE, f"a part of a frame has {len(value)} bytes")
    return value


def _hash(value: Value) -> bytes:
    if not isinstance(value, bytes) or len(value) != 32:
        raise _malformed("a hash does not have 32 bytes")
    return value


def _number(value: Value) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise _malformed("a number is missing or too large")
    return value


def _malformed(what: str) -> TheirError:
    return TheirError(Reason.MALFORMED, what)
