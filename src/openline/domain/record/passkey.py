"""Passkeys: public keys of officers in COSE, and assertions made with them.

An assertion is what an authenticator gives when a person touches it: data of the
authenticator, data of the browser around a challenge, and a signature over both. Here
it is verified offline, against a key, a challenge, a relying party and origins that the
caller knows. Registration and sign-in are another matter (`faces.api.passkeys`).

The browser's data is read by the limited verification algorithm: it begins with the
four members that every browser writes first, in their order, and is plain JSON in which
no name is there twice. Sources: W3C Web Authentication Level 2, 5.8.1, 6.1 and 7.2;
RFC 9053, 7.1 and 7.2, for keys; `docs/spec/envelope.md`, signed acts.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag, StrEnum
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openline.domain.errors import OurError, Reason, TheirError
from openline.domain.limits import CLIENT_DATA_SIZE_BYTES_MAX, COSE_KEY_SIZE_BYTES_MAX
from openline.domain.record import cbor
from openline.domain.record.signing import check_ed25519_public

HEAD_SIZE_BYTES: Final = 37
"""Data of an authenticator: hash of the relying party, flags, counter."""

PASSKEY_ID_SIZE_BYTES: Final = 8

PublicKey: TypeAlias = ec.EllipticCurvePublicKey | Ed25519PublicKey


class Algorithm(IntEnum):
    """Algorithms of passkeys that are taken, by their numbers in COSE."""

    ES256 = -7
    EDDSA = -8


class AuthenticatorFlag(IntFlag):
    """What an authenticator says of how it signed."""

    PRESENT = 0x01
    """A person touched it."""
    VERIFIED = 0x04
    """It knew the person: by a PIN, a finger, a face."""
    BACKUP_ELIGIBLE = 0x08
    BACKED_UP = 0x10
    ATTESTED = 0x40
    EXTENDED = 0x80


class Why(StrEnum):
    """Why an assertion, or an act that it signs, does not verify."""

    MALFORMED = "MALFORMED"
    """The data of browser or authenticator has not its form."""
    CHALLENGE = "CHALLENGE"
    """It is over something else."""
    ORIGIN = "ORIGIN"
    """It was made on another page than the party's own."""
    RELYING_PARTY = "RELYING_PARTY"
    """It was made for another relying party."""
    NOT_PRESENT = "NOT_PRESENT"
    """Nobody touched the authenticator."""
    NOT_VERIFIED = "NOT_VERIFIED"
    """The authenticator did not check who touched it."""
    SIGNATURE = "SIGNATURE"
    """The signature is by another key, or over other bytes."""
    COUNTER = "COUNTER"
    """Its counter has not grown: there may be a copy of the authenticator."""
    NO_ROSTER = "NO_ROSTER"
    """The roster that it names is not there, or is no roster."""
    OLD_ROSTER = "OLD_ROSTER"
    """The roster that it names was replaced before."""
    NOT_ON_ROSTER = "NOT_ON_ROSTER"
    """The roster has nobody of that name at that post."""
    UNKNOWN_KEY = "UNKNOWN_KEY"
    """The roster has no such key of that person."""
    TOO_OLD = "TOO_OLD"
    """It was made too long before the message, or after it."""
    REPEATED = "REPEATED"
    """An earlier message carries the same act."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """What an authenticator gives for a challenge.

    Attributes:
        authenticator_data: Its own data: at least 37 bytes.
        client_data: The browser's data: JSON in UTF-8.
        signature: ES256: DER; EdDSA: 64 bytes.
    """

    authenticator_data: bytes
    client_data: bytes
    signature: bytes


def parse_cose_key(data: bytes) -> PublicKey:
    """The public key that strict CBOR of a COSE key writes.

    Taken are ES256 on P-256 with both coordinates, and EdDSA with Ed25519.

    Raises:
        TheirError: MALFORMED: another form or algorithm, or no point of the curve.
    """
    if len(data) > COSE_KEY_SIZE_BYTES_MAX:
        raise TheirError(Reason.MALFORMED, f"a passkey has {len(data)} bytes")
    match cbor.decode(data, negative_keys=True):
        case {1: 2, 3: Algorithm.ES256, -1: 1, -2: bytes(x), -3: bytes(y), **rest} if not rest:
            key = _p256(x, y)
        case {1: 1, 3: Algorithm.EDDSA, -1: 6, -2: bytes(x), **rest} if not rest:
            key = _ed25519(x)
        case _:
            raise TheirError(Reason.MALFORMED, "a passkey is neither ES256 nor EdDSA")
    if write_cose_key(key) != data:
        raise TheirError(Reason.MALFORMED, "a passkey is not written as it must be")
    return key


def write_cose_key(key: PublicKey) -> bytes:
    """The COSE key of a public key: the one way in which it is written."""
    if isinstance(key, Ed25519PublicKey):
        return cbor.encode({1: 1, 3: int(Algorithm.EDDSA), -1: 6, -2: key.public_bytes_raw()})
    point = key.public_numbers()
    x, y = point.x.to_bytes(32), point.y.to_bytes(32)
    return cbor.encode({1: 2, 3: int(Algorithm.ES256), -1: 1, -2: x, -3: y})


def _p256(x: bytes, y: bytes) -> PublicKey:
    if len(x) != 32 or len(y) != 32:
        raise TheirError(Reason.MALFORMED, "a passkey has coordinates of another size")
    numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), ec.SECP256R1())
    try:
        return numbers.public_key()
    except ValueError:
        raise TheirError(Reason.MALFORMED, "a passkey is no point of its curve") from None


def _ed25519(x: bytes) -> PublicKey:
    try:
        check_ed25519_public(x)
    except OurError as error:
        raise TheirError(Reason.MALFORMED, f"a passkey is unfit: {error.what}") from None
    return Ed25519PublicKey.from_public_bytes(x)


def passkey_id(cose: bytes) -> bytes:
    """What names a passkey: the first bytes of the SHA-256 of its COSE key."""
    return hashlib.sha256(cose).digest()[:PASSKEY_ID_SIZE_BYTES]


def sign_count(authenticator_data: bytes) -> int:
    """How often the authenticator says it has signed; 0 where it does not count."""
    return int.from_bytes(authenticator_data[33:HEAD_SIZE_BYTES])


def assertion_fault(
    assertion: Assertion,
    cose: bytes,
    challenges: Sequence[bytes],
    relying_party: str,
    origins: Sequence[str],
    count_before: int = 0,
) -> Why | None:
    """Why an assertion does not verify; None if it does.

    Args:
        assertion: What the authenticator gave.
        cose: The public key.
        challenges: What it may be over, any of them.
        relying_party: The id of the relying party: a host name.
        origins: Pages on which it may have been made, any of them.
        count_before: The counter of the last assertion by this key; 0 looks at none.
    """
    try:
        key = parse_cose_key(cose)
    except TheirError:
        return Why.UNKNOWN_KEY
    return (
        _client_fault(assertion.client_data, challenges, origins)
        or _authenticator_fault(assertion.authenticator_data, relying_party)
        or _counter_fault(sign_count(assertion.authenticator_data), count_before)
        or _signature_fault(assertion, key)
    )


def encode_challenge(challenge: bytes) -> str:
    """A challenge as browsers write it: base64url without padding."""
    return base64.urlsafe_b64encode(challenge).decode().rstrip("=")


_TYPE: Final = b'{"type":"webauthn.get","challenge":"'
_ORIGIN: Final = b'","origin":'
_CROSS: Final = b',"crossOrigin":'


def _client_fault(data: bytes, challenges: Sequence[bytes], origins: Sequence[str]) -> Why | None:
    """The limited verification algorithm, and that the rest is plain JSON."""
    if len(data) > CLIENT_DATA_SIZE_BYTES_MAX or not _is_plain_object(data):
        return Why.MALFORMED
    rest = data.removeprefix(_TYPE)
    if len(rest) == len(data):
        return Why.MALFORMED
    challenge, _, rest = rest.partition(_ORIGIN)
    if challenge not in [encode_challenge(one).encode() for one in challenges]:
        return Why.CHALLENGE
    for origin in origins:
        if rest.startswith(start := _json_text(origin) + _CROSS):
            # Framed by a page of another origin, an officer does not see what is signed.
            is_own_page = rest.removeprefix(start).startswith((b"false}", b"false,"))
            return None if is_own_page else Why.ORIGIN
    return Why.ORIGIN


def _is_plain_object(data: bytes) -> bool:
    """Whether the bytes are a JSON object in UTF-8, and no name in it is there twice."""
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_distinct)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict)


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name is there twice")
    return dict(pairs)


def _json_text(text: str) -> bytes:
    """A text as browsers write it into their data (CCDToString)."""
    return json.dumps(text, ensure_ascii=False).encode()


def _authenticator_fault(data: bytes, relying_party: str) -> Why | None:
    if len(data) < HEAD_SIZE_BYTES:
        return Why.MALFORMED
    flags = AuthenticatorFlag(data[32] & 0xDD)
    has_more = AuthenticatorFlag.EXTENDED in flags
    if AuthenticatorFlag.ATTESTED in flags or has_more != (len(data) > HEAD_SIZE_BYTES):
        return Why.MALFORMED
    if AuthenticatorFlag.BACKED_UP in flags and AuthenticatorFlag.BACKUP_ELIGIBLE not in flags:
        return Why.MALFORMED
    if data[:32] != hashlib.sha256(relying_party.encode()).digest():
        return Why.RELYING_PARTY
    if AuthenticatorFlag.PRESENT not in flags:
        return Why.NOT_PRESENT
    return None if AuthenticatorFlag.VERIFIED in flags else Why.NOT_VERIFIED


def _counter_fault(count: int, before: int) -> Why | None:
    """An authenticator that has ever counted counts on."""
    return Why.COUNTER if before and count <= before else None


def _signature_fault(assertion: Assertion, key: PublicKey) -> Why | None:
    signed = assertion.authenticator_data + hashlib.sha256(assertion.client_data).digest()
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(assertion.signature, signed)
        else:
            key.verify(assertion.signature, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return Why.SIGNATURE
    return None
