"""Envelopes: who said what kind of thing, when, in answer to what, signed.

An envelope is a COSE_Sign1 (RFC 9052) whose payload is the SHA-256 of the
content (hash envelope, RFC 9995). It is the log entry, hashed as received and
never encoded again. The content travels beside it and carries a salt, so that
a short answer cannot be guessed from its hash. This module knows the shape;
what the kinds mean is in `openline.domain.talk`.

Rules, checked by `parse_envelope`:

1. Tag 18, then an array of four: protected header, empty map, hash, signature.
2. The protected header is strict CBOR and holds exactly the keys of
   `docs/spec/envelope.md`; optional fields are absent, never null or default.
3. Names are names, sizes are sizes, recipients are sorted and unique.
"""

import hashlib
import itertools
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import (
    CONTENT_SIZE_BYTES_MAX,
    ENTRY_SIZE_BYTES_MAX,
    PARTIES_MAX,
)
from openline.domain.party import is_line_name, is_party_name, outbox_name, parse_origin
from openline.domain.record import cbor
from openline.domain.record.cbor import Value
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.signing import Signer, key_id, verify_ed25519

ALGORITHM: Final = -19
"""Ed25519 (RFC 9864)."""

HASH_ALGORITHM: Final = -16
"""SHA-256 (RFC 9054)."""

TYPE: Final = "application/openline+cose"
CONTENT_TYPE: Final = "application/cbor"
FIELDS: Final = -70001
"""Header parameter of our own fields, in the private-use range of COSE."""

SALT_SIZE_BYTES: Final = 16
_INDEX_MAX = 2**53


@dataclass(frozen=True, slots=True)
class Header:
    """What an envelope says beside the content.

    Attributes:
        party: The author.
        line: The line.
        kind: Number of the message kind (`domain.talk.kinds`).
        index: Position in the author's outbox; the serial number.
        at: When the author says it was written: a claim.
        heads: The counterparts' outboxes as the author held them, by origin.
        reply_to: Author and index of the message this one answers.
        precedence: 0 ROUTINE to 3 FLASH.
        recipients: Parties addressed, sorted, at least one.
        epoch: Which of the author's outboxes, 1 unless one was lost.
    """

    party: str
    line: str
    kind: int
    index: int
    at: int
    heads: tuple[Checkpoint, ...]
    reply_to: tuple[str, int] | None
    precedence: int
    recipients: tuple[str, ...]
    epoch: int = 1

    @property
    def origin(self) -> str:
        """The origin of the outbox that holds the envelope."""
        return outbox_name(self.party, self.line, self.epoch)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A parsed envelope beside the exact bytes it was parsed from.

    Attributes:
        header: What it says.
        key_id: First eight bytes of the SHA-256 of the signer's SPKI.
        content_hash: SHA-256 of the content.
        signature: Ed25519, 64 bytes.
        protected: The protected header's bytes, as signed.
        raw: The whole envelope: the log entry.
    """

    header: Header
    key_id: bytes
    content_hash: bytes
    signature: bytes
    protected: bytes
    raw: bytes

    @property
    def where(self) -> str:
        """The log and the place in it, in words."""
        return f"{self.header.origin} {self.header.index}"


def seal_envelope(header: Header, content: bytes, signer: Signer) -> Envelope:
    """The signed envelope of a content.

    Args:
        header: What to say; bounds are the caller's to keep.
        content: The bytes of `make_content`.
        signer: The author's node key.

    Returns:
        The envelope; its `raw`, at most `ENTRY_SIZE_BYTES_MAX`, is the entry.
    """
    signer_id = key_id(signer.public.ed25519)
    protected = _protected(header, signer_id)
    payload = hashlib.sha256(content).digest()
    signature = signer.sign_ed25519(_to_be_signed(protected, payload))
    return _join(header, signer_id, protected, payload, signature)


def join_envelope(header: Header, signer_id: bytes, content: bytes, signature: bytes) -> Envelope:
    """The envelope of these parts, whoever signed them; nothing is verified.

    Args:
        header: What it says.
        signer_id: The key id of the signer.
        content: The content, of which it names the hash.
        signature: 64 bytes.
    """
    protected = _protected(header, signer_id)
    return _join(header, signer_id, protected, hashlib.sha256(content).digest(), signature)


def _join(
    header: Header, signer_id: bytes, protected: bytes, payload: bytes, signature: bytes
) -> Envelope:
    assert len(signature) == 64, "an Ed25519 signature"
    raw = b"\xd2\x84" + cbor.encode(protected) + _BEFORE_PAYLOAD + payload + _BEFORE_SIGNATURE
    raw += signature
    assert len(raw) <= ENTRY_SIZE_BYTES_MAX, "a header outgrew a log entry"
    return Envelope(header, signer_id, payload, signature, protected, raw)


def seal(header: Header, content: bytes, signer: Signer) -> bytes:
    """The bytes of the log entry of a content: `seal_envelope(...).raw`."""
    return seal_envelope(header, content, signer).raw


def parse_envelope(raw: bytes) -> Envelope:
    """The envelope that the bytes write.

    Raises:
        TheirError: TOO_LARGE, or MALFORMED with what is wrong.
    """
    if len(raw) > ENTRY_SIZE_BYTES_MAX:
        raise TheirError(Reason.TOO_LARGE, f"an envelope has {len(raw)} bytes")
    protected, payload, signature = _split(raw) or _parse_outer(raw)
    header, signer_id = _parse_protected(protected)
    return Envelope(header, signer_id, payload, signature, protected, raw)


def verify_envelope(envelope: Envelope, ed25519_public: bytes) -> None:
    """Check the signature with the key that was valid at the index.

    Raises:
        TheirError: UNKNOWN_KEY when the envelope names another key,
            BAD_SIGNATURE when it does not verify.
    """
    if envelope.key_id != key_id(ed25519_public):
        what = f"{envelope.where} names key {envelope.key_id.hex()}"
        raise TheirError(Reason.UNKNOWN_KEY, what)
    signed = _to_be_signed(envelope.protected, envelope.content_hash)
    if not verify_ed25519(ed25519_public, signed, envelope.signature):
        what = f"the signature of {envelope.where} does not verify"
        raise TheirError(Reason.BAD_SIGNATURE, what)


def make_content(salt: bytes, body: dict[int, Value]) -> bytes:
    """The content of a message: a salt of 16 bytes and the body."""
    return content_around(salt, cbor.encode(body))


def content_around(salt: bytes, encoded: bytes) -> bytes:
    """The content of a message whose body is encoded already: a map of 0 and 1."""
    assert len(salt) == SALT_SIZE_BYTES
    return b"\xa2\x00\x50" + salt + b"\x01" + encoded


def parse_content(content: bytes) -> dict[int, Value]:
    """The body inside a content.

    Raises:
        TheirError: TOO_LARGE or MALFORMED.
    """
    if len(content) > CONTENT_SIZE_BYTES_MAX:
        raise TheirError(Reason.TOO_LARGE, f"a content has {len(content)} bytes")
    value = cbor.decode(content)
    if not isinstance(value, dict) or value.keys() != {0, 1}:
        raise _malformed("a content is not a map of salt and body")
    salt, body = value[0], value[1]
    if not isinstance(salt, bytes) or len(salt) != SALT_SIZE_BYTES:
        raise _malformed("the salt of a content does not have 16 bytes")
    if not isinstance(body, dict):
        raise _malformed("the body of a content is not a map")
    return body


def check_content(envelope: Envelope, content: bytes) -> None:
    """Check that the content is the one the envelope was signed for.

    Raises:
        TheirError: WRONG_CONTENT.
    """
    if hashlib.sha256(content).digest() != envelope.content_hash:
        what = f"the content of {envelope.where} is not what was signed"
        raise TheirError(Reason.WRONG_CONTENT, what)


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """The Sig_structure of RFC 9052 4.4, with no external data."""
    return _BEFORE_SIGNED + cbor.encode(protected) + b"\x40\x58\x20" + payload


def _protected(header: Header, signer_id: bytes) -> bytes:
    """The protected header: the claims, then our own fields under its last key."""
    fields: dict[int, Value] = {
        1: header.kind,
        2: header.index,
        3: header.at,
        4: [[head.origin, head.size, head.root] for head in header.heads],
        7: list(header.recipients),
    }
    if header.reply_to is not None:
        fields[5] = list(header.reply_to)
    if header.precedence:
        fields[6] = header.precedence
    if header.epoch != 1:
        fields[8] = header.epoch
    return _claims_before_fields(header.party, header.line, signer_id) + cbor.encode(fields)


_BEFORE_SIGNED = b"\x84\x6aSignature1"
_BEFORE_PAYLOAD = b"\xa0\x58\x20"
_BEFORE_SIGNATURE = b"\x58\x40"

_TAIL_SIZE_BYTES = 101
"""What follows the protected header: an empty map, 32 bytes and 64, with their heads."""


def _split(raw: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Protected header, payload and signature; None where the form is another.

    Strict CBOR leaves one place for each. Every party reads every message, and this
    takes a tenth of the time of `_parse_outer`, which can say what is wrong.
    """
    end = len(raw) - _TAIL_SIZE_BYTES
    short, long = end - 4, end - 5
    if 24 <= short < 256 and raw[:4] == b"\xd2\x84\x58" + short.to_bytes(1):
        start = 4
    elif long >= 256 and raw[:5] == b"\xd2\x84\x59" + long.to_bytes(2):
        start = 5
    else:
        return None
    if raw[end : end + 3] != _BEFORE_PAYLOAD or raw[end + 35 : end + 37] != _BEFORE_SIGNATURE:
        return None
    return raw[start:end], raw[end + 3 : end + 35], raw[end + 37 :]


def _parse_outer(raw: bytes) -> tuple[bytes, bytes, bytes]:
    if raw[:1] != b"\xd2":
        raise _malformed("an envelope does not begin with tag 18")
    outer = cbor.decode(raw[1:])
    if not isinstance(outer, list) or len(outer) != 4:
        raise _malformed("an envelope is not an array of four")
    protected, unprotected, payload, signature = outer
    if unprotected != {} or not isinstance(unprotected, dict):
        raise _malformed("the unprotected header is not empty")
    if not isinstance(protected, bytes):
        raise _malformed("the protected header is not bytes")
    if not isinstance(payload, bytes) or len(payload) != 32:
        raise _malformed("the payload is not a SHA-256 hash")
    if not isinstance(signature, bytes) or len(signature) != 64:
        raise _malformed("the signature does not have 64 bytes")
    return protected, payload, signature


_CLAIM_KEYS = frozenset({1, 4, 15, 16, 258, 259})
_FIELD_KEYS_MIN = frozenset({1, 2, 3, 4, 7})
_FIELD_KEYS_MAX = _FIELD_KEYS_MIN | {5, 6, 8}
_FIELDS_HEAD = b"\x3a" + (~FIELDS).to_bytes(4)
"""The last key of the protected header as it is encoded."""

_AUTHORS_KEPT = 1_024


@lru_cache(maxsize=_AUTHORS_KEPT)
def _claims_before_fields(party: str, line: str, signer_id: bytes) -> bytes:
    """The protected header up to its last key: alike in all that an author says."""
    claims: dict[int, Value] = {
        1: ALGORITHM,
        4: signer_id,
        15: {1: party, 2: line},
        16: TYPE,
        258: HASH_ALGORITHM,
        259: CONTENT_TYPE,
    }
    return b"\xa7" + cbor.encode(claims)[1:] + _FIELDS_HEAD


@dataclass(frozen=True, slots=True)
class _Claims:
    """Who says it, on which line, under which key: alike in all that an author says."""

    party: str
    line: str
    signer_id: bytes


def _parse_protected(protected: bytes) -> tuple[Header, bytes]:
    start, _, rest = protected.partition(_FIELDS_HEAD)
    try:
        claims, fields = _parse_claims(start), cbor.decode(rest)
    except TheirError:
        # Something is wrong, or these five bytes stand inside the key id as well.
        claims, fields = _parse_whole(protected)
    if not isinstance(fields, dict) or not _FIELD_KEYS_MIN <= fields.keys() <= _FIELD_KEYS_MAX:
        raise _malformed("the fields are not those of an Openline envelope")
    header = Header(
        party=claims.party,
        line=claims.line,
        kind=_number(fields[1], "kind", 0xFFFF),
        index=_number(fields[2], "index", _INDEX_MAX),
        at=_number(fields[3], "time", 2**63 - 1),
        heads=_parse_heads(fields[4]),
        reply_to=_parse_reply(fields[5]) if 5 in fields else None,
        precedence=_optional(fields, 6, "precedence", 1, 3, absent=0),
        recipients=_parse_recipients(fields[7]),
        epoch=_optional(fields, 8, "epoch", 2, 999_999, absent=1),
    )
    return header, claims.signer_id


@lru_cache(maxsize=_AUTHORS_KEPT)
def _parse_claims(start: bytes) -> _Claims:
    """The claims in a protected header up to its last key."""
    if start[:1] != b"\xa7":
        raise _malformed("the protected header does not hold exactly its seven parameters")
    return _check_claims(cbor.decode(b"\xa6" + start[1:]))


def _parse_whole(protected: bytes) -> tuple[_Claims, Value]:
    value = cbor.decode(protected, negative_keys=True)
    if not isinstance(value, dict) or FIELDS not in value:
        raise _malformed("the protected header does not hold exactly its seven parameters")
    fields = value.pop(FIELDS)
    return _check_claims(value), fields


def _check_claims(value: Value) -> _Claims:
    if not isinstance(value, dict) or value.keys() != _CLAIM_KEYS:
        raise _malformed("the protected header does not hold exactly its seven parameters")
    if value[1] != ALGORITHM or value[258] != HASH_ALGORITHM:
        raise _malformed("the algorithms are not Ed25519 and SHA-256")
    if value[16] != TYPE or value[259] != CONTENT_TYPE:
        raise _malformed("the types are not those of an Openline envelope")
    signer_id, claims = value[4], value[15]
    if not isinstance(signer_id, bytes) or len(signer_id) != 8:
        raise _malformed("the key id does not have 8 bytes")
    if not isinstance(claims, dict) or claims.keys() != {1, 2}:
        raise _malformed("the claims are not issuer and subject")
    party, line = claims[1], claims[2]
    if not isinstance(party, str) or not is_party_name(party):
        raise _malformed("the issuer is not a party name")
    if not isinstance(line, str) or not is_line_name(line):
        raise _malformed("the subject is not a line name")
    return _Claims(party, line, signer_id)


def _number(value: Value, name: str, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise _malformed(f"the {name} is not a whole number up to {most}")
    return value


def _optional(
    fields: dict[int, Value], key: int, name: str, least: int, most: int, *, absent: int
) -> int:
    if key not in fields:
        return absent
    number = _number(fields[key], name, most)
    if number < least:
        raise _malformed(f"the {name} {number} is written by leaving it out")
    return number


def _parse_heads(value: Value) -> tuple[Checkpoint, ...]:
    if not isinstance(value, list) or len(value) > PARTIES_MAX:
        raise _malformed("the heads are not a short list")
    heads = tuple(_parse_head(item) for item in value)
    if any(a.origin >= b.origin for a, b in itertools.pairwise(heads)):
        raise _malformed("the heads are not in order of their origins")
    return heads


def _parse_head(value: Value) -> Checkpoint:
    if not isinstance(value, list) or len(value) != 3:
        raise _malformed("a head is not origin, size and root")
    origin, size, root = value
    if not isinstance(origin, str) or parse_origin(origin) is None:
        raise _malformed("a head does not name an origin")
    if not isinstance(root, bytes) or len(root) != 32:
        raise _malformed("the root of a head does not have 32 bytes")
    return Checkpoint(origin, _number(size, "size of a head", _INDEX_MAX), root)


def _parse_reply(value: Value) -> tuple[str, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise _malformed("the reference is not party and index")
    party, index = value
    if not isinstance(party, str) or not is_party_name(party):
        raise _malformed("the reference does not name a party")
    return party, _number(index, "index of the reference", _INDEX_MAX)


def _parse_recipients(value: Value) -> tuple[str, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= PARTIES_MAX:
        raise _malformed("the recipients are not a short list of at least one")
    names: list[str] = []
    for item in value:
        if not isinstance(item, str) or not is_party_name(item):
            raise _malformed("a recipient is not a party name")
        if names and names[-1] >= item:
            raise _malformed("the recipients are not in order")
        names.append(item)
    return tuple(names)


def _malformed(what: str) -> TheirError:
    return TheirError(Reason.MALFORMED, what)
