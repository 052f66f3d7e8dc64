"""Cosignatures: two signatures of one cosigner over one head at one time."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import Reason, TheirError
from openline.domain.record.checkpoint import (
    TIMESTAMP_MAX_S,
    Checkpoint,
    parse_checkpoint,
    verify_checkpoint,
)
from openline.domain.record.cosignature import (
    COSIGNED_AT_MAX_S,
    cosign,
    ed25519_message,
    mldsa_message,
    verify_cosignature,
    verify_cosignature_by,
)
from openline.domain.record.note import (
    NoteDoesNotVerify,
    NoteSignature,
    SignatureType,
    VerifierKey,
    parse_note,
    parse_signature_rows,
)
from openline.domain.record.signing import PublicKeys
from tests.vectors.make import COSIGNED_AT_S, LOG_ORIGIN, MIRROR_NAME, load
from tests.vectors.signers import SeedSigner

VECTORS = load("notes.json")
NODE = SeedSigner("node")
MIRROR = SeedSigner("mirror")
HEAD = Checkpoint(LOG_ORIGIN, 5, bytes(range(32)))
ROWS = cosign(HEAD, MIRROR_NAME, MIRROR, COSIGNED_AT_S)


@pytest.mark.parametrize("vector", VECTORS["heads"], ids=lambda v: str(v["size"]))
def test_messages_of_the_vectors(vector: dict[str, Any]) -> None:
    """What a cosigner signs over each head is what the vectors say, byte for byte."""
    head = parse_checkpoint(vector["text"])
    ed25519 = ed25519_message(head, COSIGNED_AT_S)
    mldsa44 = mldsa_message(head, MIRROR_NAME, COSIGNED_AT_S)
    assert ed25519.hex() == vector["cosignature_ed25519_message"]
    assert mldsa44.hex() == vector["cosignature_mldsa44_message"]


@pytest.mark.parametrize("vector", VECTORS["cosigned_heads"], ids=lambda v: v["note"][:40])
def test_cosigned_heads_of_the_vectors(vector: dict[str, Any]) -> None:
    """Each cosigned head of the vectors verifies for its log and its cosigner."""
    note = parse_note(vector["note"])
    head = verify_checkpoint(note, vector["origin"], SeedSigner(vector["log"]).public)
    cosigner = SeedSigner(vector["cosigner"])
    name, at_s = vector["cosigner_name"], vector["at_s"]
    assert verify_cosignature(head, note.signatures, name, cosigner.public) == at_s
    assert cosign(head, name, cosigner, at_s)[0] in note.signatures


@pytest.mark.parametrize("vector", VECTORS["cosigned_heads_refused"], ids=lambda v: v["name"])
def test_wrong_cosigned_heads_of_the_vectors(vector: dict[str, Any]) -> None:
    """No wrong cosignature of the vectors verifies, although each head does."""
    note = parse_note(vector["note"])
    head = verify_checkpoint(note, LOG_ORIGIN, NODE.public)
    with pytest.raises(NoteDoesNotVerify) as refusal:
        verify_cosignature(head, note.signatures, MIRROR_NAME, MIRROR.public)
    assert refusal.value.reason is Reason.BAD_SIGNATURE


def test_the_message_of_the_c2sp_page() -> None:
    """The Ed25519 message is that of the example in c2sp.org/tlog-cosignature."""
    head = parse_checkpoint(
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )
    assert ed25519_message(head, 1679315147) == (
        b"cosignature/v1\n"
        b"time 1679315147\n"
        b"example.com/behind-the-sofa\n"
        b"20852163\n"
        b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


@pytest.mark.parametrize("at_s", [1, COSIGNED_AT_S, COSIGNED_AT_MAX_S])
def test_the_time_comes_back(at_s: int) -> None:
    """Verifying gives the time that was signed, whatever rows stand around."""
    rows = cosign(HEAD, MIRROR_NAME, MIRROR, at_s)
    text = "".join(row.row() for row in (*cosign(HEAD, "other", NODE, 7), *rows))
    assert verify_cosignature(HEAD, parse_signature_rows(text), MIRROR_NAME, MIRROR.public) == at_s


@pytest.mark.parametrize("at_s", [0, -1, TIMESTAMP_MAX_S + 1])
def test_cosigning_without_a_time_is_our_mistake(at_s: int) -> None:
    """A cosigner states a time above zero that fits 63 bits."""
    with pytest.raises(AssertionError):
        cosign(HEAD, MIRROR_NAME, MIRROR, at_s)


def test_a_time_beyond_63_bits_is_refused() -> None:
    """A signature whose time has the highest bit set is refused before it is verified."""
    rows = [NoteSignature(row.name, row.key_id, b"\xff" * 8 + row.signature[8:]) for row in ROWS]
    with pytest.raises(NoteDoesNotVerify, match="malformed"):
        verify_cosignature(HEAD, rows, MIRROR_NAME, MIRROR.public)


@pytest.mark.parametrize("at_s", [COSIGNED_AT_MAX_S + 1, TIMESTAMP_MAX_S])
def test_a_time_that_no_calendar_shows_is_refused(at_s: int) -> None:
    """A cosignature dated later than the year 9999 is MALFORMED, although it verifies."""
    rows = cosign(HEAD, MIRROR_NAME, MIRROR, at_s)
    with pytest.raises(TheirError) as refusal:
        verify_cosignature(HEAD, rows, MIRROR_NAME, MIRROR.public)
    assert refusal.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("sort", [SignatureType.COSIGNATURE_ED25519, SignatureType.MLDSA44])
def test_one_key_alone_can_cosign(sort: SignatureType) -> None:
    """A witness that has one key cosigns with it; another key's row is not taken for its own."""
    public = {SignatureType.MLDSA44: MIRROR.public.mldsa44}.get(sort, MIRROR.public.ed25519)
    key = VerifierKey(MIRROR_NAME, sort, public)
    own = [row for row in ROWS if row.key_id == key.key_id]
    others = [row for row in ROWS if row.key_id != key.key_id]
    assert verify_cosignature_by(HEAD, own, key) == COSIGNED_AT_S
    with pytest.raises(NoteDoesNotVerify, match="no signature"):
        verify_cosignature_by(HEAD, others, key)


def test_a_cosignature_that_states_no_time_is_no_receipt() -> None:
    """Rows with time zero do not verify, although both signatures are right."""
    first, second = ROWS
    zero = bytes(8)
    rows = (
        NoteSignature(
            first.name, first.key_id, zero + MIRROR.sign_ed25519(ed25519_message(HEAD, 0))
        ),
        NoteSignature(
            second.name,
            second.key_id,
            zero + MIRROR.sign_mldsa44(mldsa_message(HEAD, MIRROR_NAME, 0)),
        ),
    )
    with pytest.raises(NoteDoesNotVerify, match="states no time"):
        verify_cosignature(HEAD, rows, MIRROR_NAME, MIRROR.public)


def test_each_key_must_be_the_cosigner_s_own() -> None:
    """A cosignature does not verify if only one of the two keys is another's."""
    for keys in (
        PublicKeys(NODE.public.ed25519, MIRROR.public.mldsa44),
        PublicKeys(MIRROR.public.ed25519, NODE.public.mldsa44),
    ):
        with pytest.raises(NoteDoesNotVerify):
            verify_cosignature(HEAD, ROWS, MIRROR_NAME, keys)


@given(st.sampled_from([0, 1]), st.binary(max_size=90))
def test_signatures_of_any_bytes_raise_their_error_only(which: int, signature: bytes) -> None:
    """Whatever bytes stand in one of the rows, only NoteDoesNotVerify is raised."""
    rows = list(ROWS)
    rows[which] = NoteSignature(rows[which].name, rows[which].key_id, signature)
    with pytest.raises(NoteDoesNotVerify):
        verify_cosignature(HEAD, rows, MIRROR_NAME, MIRROR.public)


def test_a_head_of_the_same_size_with_another_root_is_not_covered() -> None:
    """A cosignature over one root does not verify over another."""
    forked = Checkpoint(HEAD.origin, HEAD.size, bytes(32))
    with pytest.raises(NoteDoesNotVerify):
        verify_cosignature(forked, ROWS, MIRROR_NAME, MIRROR.public)
