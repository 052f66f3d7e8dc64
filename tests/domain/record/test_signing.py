"""Signatures: what verifies, what never does, which keys are unfit."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import OurError
from openline.domain.record import signing
from openline.domain.record.signing import (
    PublicKeys,
    Signer,
    check_ed25519_public,
    check_public_keys,
    key_id,
    verify_ed25519,
    verify_mldsa44,
)
from tests.vectors.signers import SeedSigner

NODE: Signer = SeedSigner("node")
OTHER: Signer = SeedSigner("other")
MESSAGE = b"Shayrat 0140Z"
ED25519 = NODE.sign_ed25519(MESSAGE)
MLDSA44 = NODE.sign_mldsa44(MESSAGE)

P = 2**255 - 19
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493

# The y of the points of order 1, 2, 4, 8 and 8, as CCTV lists them, least byte first.
LOW_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]


def with_sign(public: bytes) -> bytes:
    """The same y with the other sign of x."""
    return public[:31] + bytes([public[31] ^ 0x80])


def test_signatures_verify_under_their_own_key_and_message_only() -> None:
    """Each signature verifies with its key over its message, and with nothing else."""
    assert verify_ed25519(NODE.public.ed25519, MESSAGE, ED25519)
    assert verify_mldsa44(NODE.public.mldsa44, MESSAGE, MLDSA44)
    assert not verify_ed25519(OTHER.public.ed25519, MESSAGE, ED25519)
    assert not verify_mldsa44(OTHER.public.mldsa44, MESSAGE, MLDSA44)
    assert not verify_ed25519(NODE.public.ed25519, MESSAGE + b" ", ED25519)
    assert not verify_mldsa44(NODE.public.mldsa44, MESSAGE + b" ", MLDSA44)


@given(st.integers(0, 511))
def test_no_bit_of_an_ed25519_signature_may_change(bit: int) -> None:
    """An Ed25519 signature with any one bit flipped does not verify."""
    flipped = bytearray(ED25519)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not verify_ed25519(NODE.public.ed25519, MESSAGE, bytes(flipped))


@given(st.integers(0, 2420 * 8 - 1))
def test_no_bit_of_an_mldsa_signature_may_change(bit: int) -> None:
    """An ML-DSA-44 signature with any one bit flipped does not verify."""
    flipped = bytearray(MLDSA44)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not verify_mldsa44(NODE.public.mldsa44, MESSAGE, bytes(flipped))


@given(st.binary(max_size=40) | st.binary(min_size=32, max_size=32), st.binary(max_size=70))
def test_verification_never_raises(public: bytes, signature: bytes) -> None:
    """Keys and signatures of any bytes and length verify nothing and raise nothing."""
    assert not verify_ed25519(public, MESSAGE, signature)
    assert not verify_ed25519(NODE.public.ed25519, MESSAGE, signature)
    assert not verify_mldsa44(public, MESSAGE, signature)
    assert not verify_mldsa44(NODE.public.mldsa44, MESSAGE, signature)
    assert not verify_mldsa44(public.ljust(1312, b"\1"), MESSAGE, MLDSA44)


def test_a_longer_signature_does_not_verify() -> None:
    """Bytes after a whole signature are not overlooked."""
    assert not verify_ed25519(NODE.public.ed25519, MESSAGE, ED25519 + b"\0")
    assert not verify_mldsa44(NODE.public.mldsa44, MESSAGE, MLDSA44 + b"\0")


def test_s_beyond_the_group_order_is_refused() -> None:
    """A signature with the group order added to S does not verify."""
    s = int.from_bytes(ED25519[32:], "little") + GROUP_ORDER
    assert s < 2**256
    assert not verify_ed25519(NODE.public.ed25519, MESSAGE, ED25519[:32] + s.to_bytes(32, "little"))


def test_the_low_order_points_are_the_eight_there_are() -> None:
    """Eight times each point of the list is the neutral element, and no two are alike."""
    points = set()
    for y in signing._LOW_ORDER_Y:
        for sign in (0, 1):
            x = signing._x_of(y, sign)
            assert x is not None
            points.add((x % P, y))
            assert signing._is_neutral(signing._multiply(8, (x, y, 1, x * y % P)))
    assert len(points) == 8
    assert {bytes.fromhex(text) for text in LOW_ORDER} == {
        y.to_bytes(32, "little") for y in signing._LOW_ORDER_Y
    }


@pytest.mark.parametrize("text", LOW_ORDER)
def test_low_order_keys_are_refused(text: str) -> None:
    """A key of low order, with either sign, verifies nothing and is not adopted."""
    for public in (bytes.fromhex(text), with_sign(bytes.fromhex(text))):
        # R = A and S = 0 satisfy the equation for some messages: nobody knows a secret here.
        forged = public + bytes(32)
        assert not any(verify_ed25519(public, bytes([n]), forged) for n in range(64))
        with pytest.raises(OurError, match="low order"):
            check_ed25519_public(public)


def test_openssl_alone_would_accept_a_low_order_key() -> None:
    """The library beneath verifies one forged signature over many messages: our rule is needed."""
    public = bytes.fromhex(LOW_ORDER[0])
    for message in (b"yes", b"no"):
        Ed25519PublicKey.from_public_bytes(public).verify(public + bytes(32), message)
        assert not verify_ed25519(public, message, public + bytes(32))


@pytest.mark.parametrize("y", range(P, 2**255))
def test_keys_that_are_not_canonical_are_refused(y: int) -> None:
    """Each of the 19 encodings of y at or above the field's prime is refused."""
    public = y.to_bytes(32, "little")
    with pytest.raises(OurError, match="not canonical"):
        check_ed25519_public(public)
    # R the neutral element and S = 0: right for y = P + 1, were that key read as 1.
    assert not verify_ed25519(public, MESSAGE, bytes([1]) + bytes(63))


def test_bytes_that_are_no_point_are_not_adopted() -> None:
    """The y 2 belongs to no point of the curve, and is refused as a key."""
    with pytest.raises(OurError, match="not a point"):
        check_ed25519_public((2).to_bytes(32, "little"))


def test_a_key_with_a_low_order_part_is_not_adopted() -> None:
    """An honest key plus a point of order 8 is refused, although it is no low-order point."""
    y = int.from_bytes(NODE.public.ed25519, "little") & (2**255 - 1)
    x = signing._x_of(y, NODE.public.ed25519[31] >> 7)
    y8 = signing._Y_OF_ORDER_8
    x8 = signing._x_of(y8, 0)
    assert x is not None
    assert x8 is not None
    mixed = signing._add((x, y, 1, x * y % P), (x8, y8, 1, x8 * y8 % P))
    inverse = pow(mixed[2], -1, P)
    mixed_x, mixed_y = mixed[0] * inverse % P, mixed[1] * inverse % P
    public = (mixed_y | (mixed_x & 1) << 255).to_bytes(32, "little")
    with pytest.raises(OurError, match="low-order part"):
        check_ed25519_public(public)


@given(st.binary(min_size=1, max_size=8))
def test_honest_keys_are_adopted(word: bytes) -> None:
    """Every key that is made from a secret passes the check."""
    keys = SeedSigner(word.hex()).public
    assert check_public_keys(keys) is keys


@pytest.mark.parametrize("length", [0, 31, 33])
def test_ed25519_keys_of_another_length_are_not_adopted(length: int) -> None:
    """A key of another length than 32 bytes is refused with its length."""
    with pytest.raises(OurError, match=f"has {length}"):
        check_public_keys(PublicKeys(bytes(length), NODE.public.mldsa44))


@pytest.mark.parametrize("length", [0, 1311, 1313])
def test_mldsa_keys_of_another_length_are_not_adopted(length: int) -> None:
    """A key of another length than 1,312 bytes is refused with its length."""
    with pytest.raises(OurError, match=f"has {length}"):
        check_public_keys(PublicKeys(NODE.public.ed25519, bytes(length)))


def test_the_key_id_is_taken_over_the_key_as_openssl_writes_it() -> None:
    """The key id is the beginning of SHA-256 over the DER that the library writes."""
    public = NODE.public.ed25519
    der = Ed25519PublicKey.from_public_bytes(public).public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    assert key_id(public) == sha256(der).digest()[:8]


def test_rfc_8032_test_1() -> None:
    """The first test of RFC 8032 section 7.1 verifies."""
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert verify_ed25519(bytes.fromhex(public), b"", bytes.fromhex(signature))
    assert check_ed25519_public(bytes.fromhex(public))
