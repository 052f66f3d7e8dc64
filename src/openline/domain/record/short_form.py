"""The short form: an entry in as few bytes as its receiver needs.

Most of an envelope is known to whoever receives it: names, algorithms, and the root of
the receiver's own outbox. The short form leaves that out; what is put back gives the very
bytes that were signed, or the signature does not verify. It is for circuits that carry
some hundred bytes at a time; over every other circuit entries go whole.

It is strict CBOR, an array of ten: kind, index, at, heads, reply to, precedence,
recipients, epoch, signature, content. Parties are numbered in the order of the
Understanding, from 0; a head is [party, epoch, size]; reply to is [party, index] or null.
Author and line are not in it: they are those of the circuit.
"""

from collections.abc import Callable, Sequence
from typing import Final

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import ENTRY_SIZE_BYTES_MAX
from openline.domain.party import outbox_name, parse_origin
from openline.domain.record import cbor
from openline.domain.record.cbor import Value
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.envelope import (
    SALT_SIZE_BYTES,
    Envelope,
    Header,
    join_envelope,
    make_content,
    parse_envelope,
)

RootOf = Callable[[str, int, int], bytes]
"""The root of a party's outbox of an epoch at a size, as the receiver holds it."""

_SIGNATURE_SIZE_BYTES: Final = 64
_INDEX_ALLOWED: Final = 2**32 - 1
"""The bound of `short_size` holds up to four thousand million entries."""
_EPOCH_ALLOWED: Final = 23
_AT_ALLOWED: Final = 2**63 - 1


def shorten(envelope: Envelope, content: bytes, names: Sequence[str]) -> bytes:
    """The short form of an entry.

    Args:
        envelope: As it was signed.
        content: Its content.
        names: The parties in the order of the Understanding.
    """
    header = envelope.header
    numbers = {name: number for number, name in enumerate(names)}
    heads: list[Value] = []
    for head in header.heads:
        origin = parse_origin(head.origin)
        assert origin is not None, "a signed head names an origin"
        heads.append([numbers[origin.party], origin.epoch, head.size])
    reply: Value = None
    if header.reply_to is not None:
        reply = [numbers[header.reply_to[0]], header.reply_to[1]]
    return _encoded(header, heads, reply, [numbers[n] for n in header.recipients],
                    envelope.signature, content)  # fmt: skip


def lengthen(
    short: bytes,
    author: str,
    line: str,
    names: Sequence[str],
    signer_id: bytes,
    root_of: RootOf,
) -> tuple[Envelope, bytes]:
    """The entry of a short form, to be verified like any other; and its content.

    Args:
        short: The bytes that came.
        author: Whose circuit it came on.
        line: On which line.
        names: The parties in the order of the Understanding.
        signer_id: The key id of the author's node key at that index.
        root_of: Gives the roots that the receiver holds.

    Raises:
        TheirError: TOO_LARGE or MALFORMED.
    """
    if len(short) > ENTRY_SIZE_BYTES_MAX:
        raise TheirError(Reason.TOO_LARGE, f"a short form has {len(short)} bytes")
    value = cbor.decode(short)
    if not isinstance(value, list) or len(value) != 10:
        raise TheirError(Reason.MALFORMED, "a short form is not an array of ten")
    kind, index, at, heads, reply, precedence, recipients, epoch, signature, content = value
    try:
        header = Header(
            author,
            line,
            _whole(kind),
            _whole(index),
            _whole(at),
            tuple(_head(head, line, names, root_of) for head in _listed(heads)),
            None if reply is None else _reference(reply, names),
            _whole(precedence),
            tuple(names[_whole(number)] for number in _listed(recipients)),
            _whole(epoch),
        )
    except (IndexError, LookupError, ValueError):
        raise TheirError(Reason.MALFORMED, "a short form names what is not on the line") from None
    if not isinstance(signature, bytes) or len(signature) != _SIGNATURE_SIZE_BYTES:
        raise TheirError(Reason.MALFORMED, "a short form has no signature of 64 bytes")
    if not isinstance(content, bytes):
        raise TheirError(Reason.MALFORMED, "a short form has no content")
    # Parsed as one that came whole is: every bound and order is checked there.
    return parse_envelope(join_envelope(header, signer_id, content, signature).raw), content


def short_size(body: dict[int, Value], names: Sequence[str]) -> int:
    """The most bytes that the short form of a message takes, before it is sealed.

    Args:
        body: Of the message.
        names: The parties of the line: each but the author adds a head and a recipient.

    Returns:
        The size with the largest index, time and sizes up to 2^32 entries and 23 epochs.
    """
    others = range(1, len(names))
    header = Header(
        names[0], "", 0xFFFF, _INDEX_ALLOWED, _AT_ALLOWED, (), None, 3, (), _EPOCH_ALLOWED
    )
    heads: list[Value] = [[number, _EPOCH_ALLOWED, _INDEX_ALLOWED] for number in others]
    content = make_content(bytes(SALT_SIZE_BYTES), body)
    signature = bytes(_SIGNATURE_SIZE_BYTES)
    reply: Value = [len(names) - 1, _INDEX_ALLOWED]
    return len(_encoded(header, heads, reply, list(others), signature, content))


def _encoded(
    header: Header,
    heads: list[Value],
    reply: Value,
    recipients: list[Value] | list[int],
    signature: bytes,
    content: bytes,
) -> bytes:
    return cbor.encode(
        [
            header.kind,
            header.index,
            header.at,
            heads,
            reply,
            header.precedence,
            list(recipients),
            header.epoch,
            signature,
            content,
        ]
    )


def _whole(value: Value) -> int:
    if type(value) is not int or value < 0:
        raise ValueError
    return value


def _listed(value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise ValueError
    return value


def _head(value: Value, line: str, names: Sequence[str], root_of: RootOf) -> Checkpoint:
    number, epoch, size = (_whole(one) for one in _listed(value))
    party = names[number]
    return Checkpoint(outbox_name(party, line, epoch), size, root_of(party, epoch, size))


def _reference(value: Value, names: Sequence[str]) -> tuple[str, int]:
    number, index = (_whole(one) for one in _listed(value))
    return names[number], index
