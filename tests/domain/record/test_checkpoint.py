"""Checkpoints: the text to the byte, and two signatures of the log."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import Reason, TheirError
from openline.domain.record.checkpoint import (
    SIZE_MAX,
    Checkpoint,
    mldsa_message,
    parse_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from openline.domain.record.merkle import EMPTY_ROOT
from openline.domain.record.note import Note, NoteDoesNotVerify, parse_note
from openline.domain.record.signing import PublicKeys
from tests.domain.record.damage import damaged_text
from tests.vectors.make import LOG_ORIGIN, load
from tests.vectors.signers import SeedSigner

VECTORS = load("notes.json")
NODE = SeedSigner("node")
HEAD = Checkpoint(LOG_ORIGIN, 5, bytes(range(32)))
NOTE = sign_checkpoint(HEAD, NODE)


@pytest.mark.parametrize("vector", VECTORS["heads"], ids=lambda v: str(v["size"]))
def test_heads_of_the_vectors(vector: dict[str, Any]) -> None:
    """Each head of the vectors is read and written as the vectors say."""
    head = parse_checkpoint(vector["text"])
    assert head == Checkpoint(vector["origin"], vector["size"], bytes.fromhex(vector["root"]))
    assert head.text() == vector["text"]
    assert mldsa_message(head, head.origin, 0).hex() == vector["log_mldsa44_message"]


@pytest.mark.parametrize("vector", VECTORS["heads_refused"], ids=lambda v: v["name"])
def test_wrong_heads_of_the_vectors(vector: dict[str, Any]) -> None:
    """Each wrong head of the vectors is malformed."""
    with pytest.raises(TheirError) as refusal:
        parse_checkpoint(vector["text"])
    assert refusal.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("number", range(len(VECTORS["signed_heads"])))
def test_signed_heads_of_the_vectors(number: int) -> None:
    """Each signed head of the vectors verifies and gives its head."""
    vector = VECTORS["signed_heads"][number]
    note = parse_note(vector["note"])
    signer = SeedSigner(vector["signer"])
    head = verify_checkpoint(note, vector["origin"], signer.public)
    assert head.text() == VECTORS["heads"][number]["text"]
    # The Ed25519 signature is the same each time, the ML-DSA-44 one is not.
    assert sign_checkpoint(head, signer).signatures[0] == note.signatures[0]
    assert sign_checkpoint(head, signer).signatures[1].key_id == note.signatures[1].key_id


@pytest.mark.parametrize("vector", VECTORS["signed_heads_refused"], ids=lambda v: v["name"])
def test_wrong_signed_heads_of_the_vectors(vector: dict[str, Any]) -> None:
    """No wrong signed head of the vectors verifies, although each is a note."""
    note = parse_note(vector["note"])
    with pytest.raises(TheirError) as refusal:
        verify_checkpoint(note, LOG_ORIGIN, NODE.public)
    assert refusal.value.reason in (Reason.BAD_SIGNATURE, Reason.WRONG_LINE)


@given(st.integers(1, SIZE_MAX), st.binary(min_size=32, max_size=32))
def test_heads_come_back(size: int, root: bytes) -> None:
    """Every head is read from its text."""
    head = Checkpoint(LOG_ORIGIN, size, root)
    assert parse_checkpoint(head.text()) == head


@given(damaged_text(HEAD.text()))
def test_damaged_heads_raise_their_error_only(text: str) -> None:
    """Any text is a TheirError, or is what the head that was read writes."""
    try:
        head = parse_checkpoint(text)
    except TheirError:
        return
    assert head.text() == text


def test_the_empty_log_has_a_head() -> None:
    """A log without entries is signed and verified like any other."""
    head = Checkpoint(LOG_ORIGIN, 0, EMPTY_ROOT)
    assert verify_checkpoint(sign_checkpoint(head, NODE), LOG_ORIGIN, NODE.public) == head


def test_each_key_must_be_the_log_s_own() -> None:
    """A head does not verify if only one of the two keys is another's."""
    other = SeedSigner("other").public
    for keys in (
        PublicKeys(other.ed25519, NODE.public.mldsa44),
        PublicKeys(NODE.public.ed25519, other.mldsa44),
    ):
        with pytest.raises(NoteDoesNotVerify):
            verify_checkpoint(NOTE, LOG_ORIGIN, keys)


def test_a_head_of_another_log_is_of_the_wrong_line() -> None:
    """A right head of another origin is refused as WRONG_LINE."""
    with pytest.raises(TheirError, match=r"WRONG_LINE.*expected is alpha.example/other/out"):
        verify_checkpoint(NOTE, "alpha.example/other/out", NODE.public)


def test_a_note_that_is_no_head_is_malformed() -> None:
    """A well-signed note with another text is no head."""
    with pytest.raises(TheirError, match="MALFORMED"):
        verify_checkpoint(Note("hello\n", NOTE.signatures), LOG_ORIGIN, NODE.public)


def test_rows_of_strangers_change_nothing() -> None:
    """Rows of unknown keys are kept and do not disturb the verification."""
    strangers = sign_checkpoint(HEAD, SeedSigner("stranger")).signatures
    note = NOTE.with_signatures(*strangers)
    assert verify_checkpoint(parse_note(note.format()), LOG_ORIGIN, NODE.public) == HEAD


def test_the_message_of_mldsa_is_laid_out_as_the_page_says() -> None:
    """The cosigned message is label, name, time, origin, start, end and root, in this order."""
    assert mldsa_message(HEAD, "w", 1) == (
        b"subtree/v1\n\0"
        + b"\x01w"
        + bytes.fromhex("0000000000000001")
        + bytes([len(LOG_ORIGIN)])
        + LOG_ORIGIN.encode()
        + bytes.fromhex("0000000000000000")
        + bytes.fromhex("0000000000000005")
        + HEAD.root
    )


@pytest.mark.parametrize("name", ["", "a" * 256])
def test_names_that_do_not_fit_the_message_are_our_mistake(name: str) -> None:
    """A key name of no bytes or of 256 is an assertion."""
    with pytest.raises(AssertionError):
        mldsa_message(HEAD, name, 0)
