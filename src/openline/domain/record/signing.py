"""Signatures: Ed25519 for every message, ML-DSA-44 beside it for every head.

This module verifies, names keys, and refuses keys that are unfit. It makes no
keys and holds no private ones: a `Signer` comes in as a value (the key store is
an adapter), so that the domain draws no randomness.

The Ed25519 rule, so that two nodes never disagree about one signature (the
inputs where programs differ are C2SP/CCTV `ed25519vectors`; OpenSSL does the
arithmetic):

1. The verification is the one of RFC 8032 5.1.7 without the cofactor:
   `[S]B = R + [k]A`, `k` hashed over the bytes as they came. What only the
   equation times 8 would accept is refused.
2. `S` is below the group order; `R` is compared as bytes, so a non-canonical
   `R` is never accepted. A low-order `R` is nothing by itself and is accepted,
   as Go and OpenSSL do: it endangers its signer only.
3. A non-canonical public key (y at or above 2^255 - 19) and a public key of low
   order are refused, although OpenSSL accepts them: under a low-order key one
   signature fits many messages, so its owner could deny each of them.
4. `check_public_keys`, which is asked once when keys are adopted, also refuses
   bytes that are no point and points outside the prime-order subgroup. With
   such keys kept out, `A` adds nothing for programs to differ about.

Everything here is pure; loaded key objects are cached.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from openline.domain.errors import OurError

ED25519_PUBLIC_BYTES = 32
MLDSA44_PUBLIC_BYTES = 1312

_CACHED_KEYS_MAX = 512
"""Loaded key objects: four roles of 32 parties on several lines."""

_SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")
"""DER of an Ed25519 SubjectPublicKeyInfo up to the key (RFC 8410)."""

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_SQRT_MINUS_ONE = pow(2, (_P - 1) // 4, _P)
_Y_OF_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_LOW_ORDER_Y = frozenset({0, 1, _P - 1, _Y_OF_ORDER_8, _P - _Y_OF_ORDER_8})
"""The y of the eight points of order 1, 2, 4 and 8; both signs of x."""

_Point = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """The two public keys of one role: the same owner, the same purpose.

    Attributes:
        ed25519: 32 bytes (RFC 8032).
        mldsa44: 1,312 bytes (FIPS 204).
    """

    ed25519: bytes
    mldsa44: bytes


class Signer(Protocol):
    """Signs with the private keys of one role; keeps them to itself."""

    @property
    def public(self) -> PublicKeys:
        """The public keys that verify what this signer signs."""

    def sign_ed25519(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature (RFC 8032) over the message."""

    def sign_mldsa44(self, message: bytes) -> bytes:
        """The 2,420-byte ML-DSA-44 signature (FIPS 204, empty context)."""


def verify_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is the key owner's over exactly this message.

    Never raises: a key or signature of a wrong length, or a key that the module's
    rule refuses, verifies nothing.
    """
    key = _ed25519_key(public)
    if key is None:
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def verify_mldsa44(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is the key owner's over exactly this message.

    The context is empty (C2SP tlog-cosignature). Never raises: a key or signature
    of a wrong length verifies nothing.
    """
    key = _mldsa44_key(public)
    if key is None:
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def check_ed25519_public(public: bytes) -> bytes:
    """The key itself if it is a canonical point of the prime-order subgroup.

    Takes some milliseconds the first time; asked when a key is adopted, not for
    each signature.

    Raises:
        OurError: It has another length, is no point, is not canonical, is of low
            order or has a low-order part.
    """
    if len(public) != ED25519_PUBLIC_BYTES:
        raise OurError(f"An Ed25519 public key has 32 bytes, this one has {len(public)}.")
    if fault := _key_fault(bytes(public)):
        raise OurError(
            f"The Ed25519 public key {public.hex()} {fault}.",
            "Ask its owner for a newly made key: no honest program makes this one.",
        )
    return public


def check_public_keys(keys: PublicKeys) -> PublicKeys:
    """The keys themselves if both are fit to be adopted.

    Raises:
        OurError: The Ed25519 key is unfit (see `check_ed25519_public`), or the
            ML-DSA-44 key has not 1,312 bytes.
    """
    check_ed25519_public(keys.ed25519)
    if _mldsa44_key(keys.mldsa44) is None:
        raise OurError(
            f"An ML-DSA-44 public key has {MLDSA44_PUBLIC_BYTES} bytes, "
            f"this one has {len(keys.mldsa44)}."
        )
    return keys


def fingerprint(ed25519_public: bytes) -> bytes:
    """SHA-256 over the key's SubjectPublicKeyInfo in DER: what people compare."""
    return hashlib.sha256(_SPKI_PREFIX + ed25519_public).digest()


@lru_cache(maxsize=_CACHED_KEYS_MAX)
def key_id(ed25519_public: bytes) -> bytes:
    """First 8 bytes of the fingerprint.

    It finds a key among known ones; it is no proof of anything.
    """
    return fingerprint(ed25519_public)[:8]


@lru_cache(maxsize=_CACHED_KEYS_MAX)
def _ed25519_key(public: bytes) -> Ed25519PublicKey | None:
    """The loaded key, or None where rule 3 refuses it."""
    if len(public) != ED25519_PUBLIC_BYTES:
        return None
    y = int.from_bytes(public, "little") & (2**255 - 1)
    if y >= _P or y in _LOW_ORDER_Y:
        return None
    return Ed25519PublicKey.from_public_bytes(public)


@lru_cache(maxsize=_CACHED_KEYS_MAX)
def _mldsa44_key(public: bytes) -> MLDSA44PublicKey | None:
    """The loaded key, or None if it has a wrong length."""
    if len(public) != MLDSA44_PUBLIC_BYTES:
        return None
    return MLDSA44PublicKey.from_public_bytes(public)


@lru_cache(maxsize=_CACHED_KEYS_MAX)
def _key_fault(public: bytes) -> str:
    """What makes these 32 bytes unfit as a key; empty if nothing does."""
    y = int.from_bytes(public, "little") & (2**255 - 1)
    if y >= _P:
        return "is not canonical"
    if y in _LOW_ORDER_Y:
        return "is of low order"
    x = _x_of(y, public[31] >> 7)
    if x is None:
        return "is not a point of the curve"
    if not _is_neutral(_multiply(_L, (x, y, 1, x * y % _P))):
        return "has a low-order part"
    return ""


def _x_of(y: int, sign: int) -> int | None:
    """The x of the point (RFC 8032 5.1.3), or None if there is none."""
    u = (y * y - 1) % _P
    v = (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    square = v * x * x % _P
    if square == (-u) % _P:
        x = x * _SQRT_MINUS_ONE % _P
    elif square != u:
        return None
    return x if x & 1 == sign else _P - x


def _multiply(scalar: int, point: _Point) -> _Point:
    """The point times the scalar; not constant-time, for public points only."""
    total: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point = _add(point, point)
        scalar >>= 1
    return total


def _add(p: _Point, q: _Point) -> _Point:
    """The sum in extended coordinates (RFC 8032 5.1.4)."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % _P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _P
    c = 2 * p[3] * q[3] * _D % _P
    d = 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _is_neutral(point: _Point) -> bool:
    """Whether the point is the neutral element."""
    return point[0] % _P == 0 and (point[1] - point[2]) % _P == 0
