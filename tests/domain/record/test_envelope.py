"""Envelopes: one way to write them, and other people's COSE programs read them."""

import hashlib
from contextlib import suppress
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import CONTENT_SIZE_BYTES_MAX, ENTRY_SIZE_BYTES_MAX, PARTIES_MAX
from openline.domain.record import cbor
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.envelope import (
    Envelope,
    Header,
    check_content,
    make_content,
    parse_content,
    parse_envelope,
    seal,
    seal_envelope,
    verify_envelope,
)
from openline.domain.record.signing import key_id
from tests.domain.record.damage import damaged_bytes
from tests.vectors.make import HERE, load
from tests.vectors.make_messages import BODY, HEADER, describe_header, make
from tests.vectors.signers import SeedSigner

VECTORS = load("envelope.json")
NODE = SeedSigner("node")
CONTENT = make_content(bytes(16), BODY)
GOOD = seal(HEADER, CONTENT, NODE)
LONG = seal(replace(HEADER, recipients=tuple(f"p{n:02}.example" for n in range(32))), CONTENT, NODE)


def named(group: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "case", VECTORS[group], ids=[case["name"] for case in VECTORS[group]]
    )


def test_the_vector_file_is_as_it_must_be() -> None:
    """The file of vectors is the one that the present program makes."""
    assert (HERE / "envelope.json").read_text("utf-8") == make("envelope.json")


@named("accepted")
def test_a_vector_is_read_and_verifies(case: dict[str, Any]) -> None:
    """Each vector is read as its header, verifies, and names its content."""
    envelope = parse_envelope(bytes.fromhex(case["envelope"]))
    assert describe_header(envelope.header) == case["header"]
    assert envelope.key_id.hex() == case["key_id"]
    public = bytes.fromhex(VECTORS["signers"][case["signer"]]["ed25519_public"])
    verify_envelope(envelope, public)
    check_content(envelope, bytes.fromhex(case["content"]))


@named("accepted")
def test_a_vector_is_written_again(case: dict[str, Any]) -> None:
    """Sealing the same header and content gives the same bytes."""
    envelope = parse_envelope(bytes.fromhex(case["envelope"]))
    sealed = seal_envelope(envelope.header, bytes.fromhex(case["content"]), NODE)
    assert sealed == envelope
    assert sealed.raw.hex() == case["envelope"]


@named("refused")
def test_what_is_no_envelope_is_refused(case: dict[str, Any]) -> None:
    """Bytes that are no envelope are MALFORMED."""
    with pytest.raises(TheirError) as refusal:
        parse_envelope(bytes.fromhex(case["hex"]))
    assert refusal.value.reason is Reason.MALFORMED


@named("not_verified")
def test_what_the_node_did_not_sign_does_not_verify(case: dict[str, Any]) -> None:
    """An envelope that is read but was not signed by the key is refused for that."""
    envelope = parse_envelope(bytes.fromhex(case["hex"]))
    with pytest.raises(TheirError) as refusal:
        verify_envelope(envelope, NODE.public.ed25519)
    assert refusal.value.reason in (Reason.BAD_SIGNATURE, Reason.UNKNOWN_KEY)


@named("contents_refused")
def test_what_is_no_content_is_refused(case: dict[str, Any]) -> None:
    """Bytes that are no content are MALFORMED."""
    with pytest.raises(TheirError) as refusal:
        parse_content(bytes.fromhex(case["hex"]))
    assert refusal.value.reason is Reason.MALFORMED


def test_large_things_are_refused_before_they_are_read() -> None:
    """An entry or a content above its bound is TOO_LARGE, whatever it holds."""
    for read, size in (
        (parse_envelope, ENTRY_SIZE_BYTES_MAX),
        (parse_content, CONTENT_SIZE_BYTES_MAX),
    ):
        with pytest.raises(TheirError) as refusal:
            read(bytes(size + 1))
        assert refusal.value.reason is Reason.TOO_LARGE


def test_another_content_is_refused() -> None:
    """A content that differs in its salt alone is WRONG_CONTENT."""
    with pytest.raises(TheirError) as refusal:
        check_content(parse_envelope(GOOD), make_content(bytes(15) + b"\x01", BODY))
    assert refusal.value.reason is Reason.WRONG_CONTENT


def test_a_content_gives_back_its_body() -> None:
    """What is made as a content is read as the same body."""
    assert parse_content(CONTENT) == BODY


def test_the_largest_header_fits_an_entry() -> None:
    """With every party of a full line in every list, an envelope is still an entry."""
    parties = [f"{'p' * 60}{number:03}" for number in range(PARTIES_MAX)]
    heads = tuple(Checkpoint(f"{party}/{'l' * 63}/out", 2**53, bytes(32)) for party in parties)
    header = replace(HEADER, line="l" * 63, heads=heads, recipients=tuple(parties))
    assert len(seal(header, CONTENT, NODE)) < ENTRY_SIZE_BYTES_MAX / 4


@given(st.integers(0, 8 * len(GOOD) - 1))
def test_no_bit_can_be_changed(bit: int) -> None:
    """An envelope with any one bit changed is not read or does not verify."""
    changed = bytearray(GOOD)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(TheirError):
        verify_envelope(parse_envelope(bytes(changed)), NODE.public.ed25519)


@given(damaged_bytes(GOOD))
def test_reading_raises_only_the_typed_error(data: bytes) -> None:
    """Whatever is read as an envelope is kept byte for byte; the rest is TheirError."""
    with suppress(TheirError):
        assert parse_envelope(data).raw == data


def read(data: bytes) -> Envelope | Reason:
    """The envelope, or why there is none."""
    try:
        return parse_envelope(data)
    except TheirError as refusal:
        return refusal.reason


@given(damaged_bytes(GOOD) | damaged_bytes(LONG))
@example(GOOD)
@example(LONG)
def test_reading_by_places_is_reading_item_by_item(data: bytes) -> None:
    """What stands where it must is read as it is item by item, and the rest is refused alike."""
    found = read(data)
    name = "openline.domain.record.envelope"
    with mock.patch(f"{name}._split", return_value=None), mock.patch(f"{name}._FIELDS_HEAD", b"-"):
        assert read(data) == found


def test_a_key_id_may_hold_any_bytes() -> None:
    """A key id that holds the bytes of our own header parameter is read like any other."""
    strange = b"\x3a\x00\x01\x11\x70id!"
    envelope = parse_envelope(GOOD.replace(key_id(NODE.public.ed25519), strange))
    assert envelope.key_id == strange
    assert envelope.header == parse_envelope(GOOD).header


@given(damaged_bytes(CONTENT))
def test_reading_a_content_raises_only_the_typed_error(data: bytes) -> None:
    """Whatever is read as a content is the one encoding of it; the rest is TheirError."""
    try:
        parse_content(data)
    except TheirError:
        return
    assert cbor.encode(cbor.decode(data)) == data


NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z0-9]{1,8}){0,2}", fullmatch=True)
LINES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
SIZES = st.integers(0, 2**53)


@st.composite
def headers(draw: st.DrawFn) -> Header:
    """Any header that can be written."""
    line = draw(LINES)
    parties = sorted(draw(st.sets(NAMES, min_size=2, max_size=5)))
    return Header(
        party=parties[0],
        line=line,
        kind=draw(st.integers(0, 0xFFFF)),
        index=draw(SIZES),
        at=draw(st.integers(0, 2**63 - 1)),
        heads=tuple(
            Checkpoint(origin, draw(SIZES), draw(st.binary(min_size=32, max_size=32)))
            for origin in sorted(f"{party}/{line}/out" for party in parties[1:])
        ),
        reply_to=draw(st.none() | st.tuples(st.sampled_from(parties), SIZES)),
        precedence=draw(st.integers(0, 3)),
        recipients=tuple(parties[1:]),
        epoch=draw(st.integers(1, 999_999)),
    )


@given(headers(), st.binary(min_size=16, max_size=16))
def test_every_header_is_read_as_it_was_written(header: Header, salt: bytes) -> None:
    """Any header, sealed and read, is the same header and verifies."""
    content = make_content(salt, {})
    envelope = parse_envelope(seal(header, content, NODE))
    assert envelope.header == header
    assert envelope.content_hash == hashlib.sha256(content).digest()
    verify_envelope(envelope, NODE.public.ed25519)


# --- other people's programs ----------------------------------------------------------------------


def accepted() -> list[tuple[bytes, Envelope]]:
    raws = [bytes.fromhex(case["envelope"]) for case in VECTORS["accepted"]]
    return [(raw, parse_envelope(raw)) for raw in raws]


def test_pycose_verifies_our_envelopes() -> None:
    """Pycose, once taught the number of RFC 9864, reads and verifies each vector."""
    reason = "NOT TESTED: pycose is not installed (extra oracle-cose)"
    algorithms: Any = pytest.importorskip("pycose.algorithms", reason=reason)
    keys: Any = pytest.importorskip("pycose.keys")
    messages: Any = pytest.importorskip("pycose.messages")
    curve: Any = pytest.importorskip("pycose.keys.curves").Ed25519

    class Ed25519(algorithms.EdDSA):  # type: ignore[misc]
        """The same algorithm under its number of RFC 9864."""

        identifier = -19
        fullname = "ED25519"

    algorithms.CoseAlgorithm.register_attribute()(Ed25519)
    stranger = SeedSigner("stranger").public.ed25519
    for raw, envelope in accepted():
        message = messages.Sign1Message.decode(raw)
        message.key = keys.OKPKey(crv=curve, x=NODE.public.ed25519)
        assert message.verify_signature()
        assert message.payload == envelope.content_hash
        message.key = keys.OKPKey(crv=curve, x=stranger)
        assert not message.verify_signature()


def test_cwt_verifies_our_envelopes() -> None:
    """Cwt finds the key by its id, verifies each vector and gives the same headers."""
    cwt = pytest.importorskip("cwt", reason="NOT TESTED: cwt is not installed (extra oracle-cwt)")
    public = NODE.public.ed25519
    key = cwt.COSEKey.new({1: 1, 2: key_id(public), 3: -19, -1: 6, -2: public})
    for raw, envelope in accepted():
        protected, unprotected, payload = cwt.COSE.new().decode_with_headers(raw, key)
        assert protected == cbor.decode(envelope.protected, negative_keys=True)
        assert unprotected == {}
        assert payload == envelope.content_hash
        with pytest.raises(cwt.VerifyError):
            cwt.COSE.new().decode(raw[:-1] + bytes([raw[-1] ^ 1]), key)


def test_cbor2_reads_our_headers() -> None:
    """Cbor2 reads each protected header as we do."""
    cbor2 = pytest.importorskip(
        "cbor2", reason="NOT TESTED: cbor2 is not installed (extra oracle-cbor)"
    )
    for raw, envelope in accepted():
        tag = cbor2.loads(raw)
        assert tag.tag == 18
        assert cbor2.loads(tag.value[0]) == cbor.decode(envelope.protected, negative_keys=True)
