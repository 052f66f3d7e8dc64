"""Signed notes: the form to the byte, and signatures by known keys only."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import NOTE_SIGNATURES_MAX, NOTE_SIZE_BYTES_MAX
from openline.domain.record.note import (
    Note,
    NoteDoesNotVerify,
    NoteSignature,
    SignatureType,
    VerifierKey,
    format_base64,
    is_key_name,
    parse_base64,
    parse_note,
    parse_signature_rows,
    parse_verifier_key,
    sign_note,
    verify_note_signature,
)
from tests.domain.record.damage import damaged_bytes, damaged_text
from tests.vectors.make import HERE, load, make
from tests.vectors.signers import SeedSigner

VECTORS = load("notes.json")
NODE = SeedSigner("node")
STRANGER = SeedSigner("stranger")
SIGNERS = {word: SeedSigner(word) for word in VECTORS["signers"]}
NAME = "alpha.example/syria-air/tick"
KEY = VerifierKey(NAME, SignatureType.ED25519, NODE.public.ed25519)
NOTE = Note("line 1\n\nline 3\n", (sign_note("line 1\n\nline 3\n", NAME, NODE),))

# The example in the documentation of golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
    "otpRZb6KE6RyyBwJnAM=\n"
)

texts = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.just("\n"), max_size=60
).map(lambda text: text + "\n")
names = st.text(alphabet="abcé-./0٣", min_size=1, max_size=30)
rows = st.builds(
    NoteSignature, names, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80)
)


def test_vectors_are_as_they_are_made() -> None:
    """The vector file is what its generator makes."""
    assert (HERE / "notes.json").read_text("utf-8") == make("notes.json")


def test_signers_of_the_vectors_have_the_keys_of_the_vectors() -> None:
    """The seeds of the vectors give the public keys of the vectors."""
    for word, vector in VECTORS["signers"].items():
        assert SIGNERS[word].ed25519_seed.hex() == vector["ed25519_seed"]
        assert SIGNERS[word].mldsa44_seed.hex() == vector["mldsa44_seed"]
        assert SIGNERS[word].public.ed25519.hex() == vector["ed25519_public"]
        assert SIGNERS[word].public.mldsa44.hex() == vector["mldsa44_public"]


@pytest.mark.parametrize("vector", VECTORS["notes"], ids=lambda v: ascii(v["text"]))
def test_notes_of_the_vectors(vector: dict[str, Any]) -> None:
    """Each note of the vectors is read, signed and written as the vectors say."""
    note = parse_note(vector["note"])
    assert note == parse_note(vector["note"].encode())
    assert note.text == vector["text"]
    assert note.format() == vector["note"]
    for row, told in zip(note.signatures, vector["signatures"], strict=True):
        signer = SIGNERS[told["signer"]]
        assert (row.name, row.key_id.hex(), row.signature.hex()) == (
            told["name"],
            told["key_id"],
            told["signature"],
        )
        assert sign_note(note.text, row.name, signer) == row
        key = VerifierKey(row.name, SignatureType.ED25519, signer.public.ed25519)
        verify_note_signature(note, key)


@pytest.mark.parametrize("vector", VECTORS["notes_refused"], ids=lambda v: v["name"])
def test_wrong_notes_of_the_vectors(vector: dict[str, Any]) -> None:
    """Each wrong note of the vectors is malformed."""
    with pytest.raises(TheirError) as refusal:
        parse_note(bytes.fromhex(vector["hex"]))
    assert refusal.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("vector", VECTORS["verifier_keys"], ids=lambda v: v["vkey"][:50])
def test_verifier_keys_of_the_vectors(vector: dict[str, Any]) -> None:
    """Each verifier key of the vectors is read and written as the vectors say."""
    key = parse_verifier_key(vector["vkey"])
    assert key == VerifierKey(
        vector["name"], SignatureType(vector["type"]), bytes.fromhex(vector["public"])
    )
    assert key.key_id.hex() == vector["key_id"]
    assert key.format() == vector["vkey"]


@pytest.mark.parametrize("vector", VECTORS["verifier_keys_refused"], ids=lambda v: v["name"])
def test_wrong_verifier_keys_of_the_vectors(vector: dict[str, Any]) -> None:
    """Each wrong verifier key of the vectors is malformed."""
    with pytest.raises(TheirError, match="MALFORMED"):
        parse_verifier_key(vector["vkey"])


def test_the_note_of_the_go_documentation_verifies() -> None:
    """A key and note of the program that the format comes from are read and verify."""
    key, note = parse_verifier_key(GO_KEY), parse_note(GO_NOTE)
    assert key.format() == GO_KEY
    assert note.format() == GO_NOTE
    verify_note_signature(note, key)


@given(texts, st.lists(rows, min_size=1, max_size=4))
def test_notes_come_back(text: str, signatures: list[NoteSignature]) -> None:
    """Every note is read from what it writes."""
    note = Note(text, tuple(signatures))
    assert parse_note(note.format()) == note
    assert parse_note(note.format().encode()) == note
    assert parse_signature_rows("".join(row.row() for row in signatures)) == note.signatures


@given(damaged_text(NOTE.format()))
def test_damaged_notes_raise_their_error_only(text: str) -> None:
    """Any text is a TheirError, or is what the note that was read writes."""
    try:
        note = parse_note(text)
    except TheirError:
        return
    assert note.format() == text


@given(damaged_bytes(NOTE.format().encode()))
def test_damaged_bytes_raise_their_error_only(data: bytes) -> None:
    """Any bytes are a TheirError, or are what the note that was read writes."""
    try:
        note = parse_note(data)
    except TheirError:
        return
    assert note.format().encode() == data


@given(damaged_text(NOTE.signatures[0].row()))
def test_damaged_rows_raise_their_error_only(text: str) -> None:
    """Any text is a TheirError, or is the rows that were read."""
    try:
        signatures = parse_signature_rows(text)
    except TheirError:
        return
    assert "".join(row.row() for row in signatures) == text


@given(damaged_text(GO_KEY))
def test_damaged_verifier_keys_raise_their_error_only(text: str) -> None:
    """Any text is a TheirError, or is what the key that was read writes."""
    try:
        key = parse_verifier_key(text)
    except TheirError:
        return
    assert key.format() == text


@given(st.text(max_size=12) | st.text(alphabet="AQgw=+/-_ \n", max_size=12))
def test_base64_has_one_text_for_each_bytes(text: str) -> None:
    """Any text is a TheirError, or is the base64 of what was read."""
    try:
        data = parse_base64(text)
    except TheirError:
        return
    assert format_base64(data) == text


@pytest.mark.parametrize("text", ["", "Cg", "Cg=", "Cg===", "Ch==", "C g==", "Cg==\n", "Cg--", "é"])
def test_lax_base64_is_refused(text: str) -> None:
    """Base64 without padding, with other bits, spaces or letters is malformed."""
    with pytest.raises(TheirError, match="MALFORMED"):
        parse_base64(text)


def test_a_changed_text_does_not_verify() -> None:
    """A signature over one text does not verify over another."""
    verify_note_signature(NOTE, KEY)
    with pytest.raises(NoteDoesNotVerify, match="does not verify") as refusal:
        verify_note_signature(Note("line 1\n\nline 4\n", NOTE.signatures), KEY)
    assert refusal.value.reason is Reason.BAD_SIGNATURE


def test_a_signature_counts_by_name_and_key_id_together() -> None:
    """A row with the right name or the right key id alone is not the key's row."""
    (row,) = NOTE.signatures
    for other in (
        NoteSignature("bravo.example", row.key_id, row.signature),
        NoteSignature(row.name, bytes(4), row.signature),
        sign_note(NOTE.text, NAME, STRANGER),
    ):
        with pytest.raises(NoteDoesNotVerify, match="no signature"):
            verify_note_signature(Note(NOTE.text, (other,)), KEY)
        verify_note_signature(Note(NOTE.text, (other, row, other)), KEY)


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    """A second row of a known key, right or wrong, refuses the note."""
    (row,) = NOTE.signatures
    wrong = NoteSignature(row.name, row.key_id, bytes(64))
    for signatures in ((wrong,), (row, wrong), (wrong, row), (row, row)):
        with pytest.raises(NoteDoesNotVerify):
            verify_note_signature(Note(NOTE.text, signatures), KEY)


def test_a_later_signature_of_a_key_takes_nobodys_place() -> None:
    """Adding rows keeps the order, and of each key the row that was there first."""
    (row,) = NOTE.signatures
    stranger = sign_note(NOTE.text, "stranger.example", STRANGER)
    forged = NoteSignature(row.name, row.key_id, b"later")
    note = NOTE.with_signatures(stranger, stranger).with_signatures(forged)
    assert note.signatures == (row, stranger)
    assert NOTE.signatures == (row,)


def test_rows_of_others_are_left_out() -> None:
    """A note can be kept with the rows of some keys alone, in the order of these."""
    (row,) = NOTE.signatures
    stranger = sign_note(NOTE.text, "stranger.example", STRANGER)
    other = VerifierKey("stranger.example", SignatureType.ED25519, STRANGER.public.ed25519)
    note = Note(NOTE.text, (stranger, row, replace(row, name="x"), replace(row, signature=b"2")))
    assert note.only([KEY]).signatures == (row,)
    assert note.only([KEY, other]).signatures == (row, stranger)
    with pytest.raises(KeyError):
        NOTE.only([other])


def test_the_number_of_signatures_is_bounded() -> None:
    """A note with the largest number of signatures is read, and one more is refused."""
    row = NOTE.signatures[0].row()
    assert len(parse_note("text\n\n" + row * NOTE_SIGNATURES_MAX).signatures) == 80
    with pytest.raises(TheirError, match="MALFORMED"):
        parse_note("text\n\n" + row * (NOTE_SIGNATURES_MAX + 1))


def test_the_size_of_a_note_is_bounded() -> None:
    """A note larger than the bound is refused before it is read."""
    with pytest.raises(TheirError, match="TOO_LARGE"):
        parse_note(b"a" * (NOTE_SIZE_BYTES_MAX + 1))


@pytest.mark.parametrize(
    ("name", "is_name"),
    [
        ("alpha.example/syria-air/out", True),
        ("é" * 127, True),
        ("é" * 128, False),
        ("", False),
        ("a b", False),
        ("a+b", False),
        ("a\u2003b", False),
        ("a\u0085b", False),
        ("a\x1bb", False),
        ("a\ud800", False),
    ],
    ids=ascii,
)
def test_key_names(name: str, is_name: bool) -> None:
    """A key name has 1 to 255 bytes, no spaces of any script, no plus, no control characters."""
    assert is_key_name(name) is is_name


@pytest.mark.parametrize("text", ["no newline", "tab\t\n", "return\r\n", ""])
def test_signing_what_is_no_text_is_our_mistake(text: str) -> None:
    """Only a text that can stand in a note is signed."""
    with pytest.raises(AssertionError):
        sign_note(text, NAME, NODE)


def test_key_ids_differ_by_type_and_name() -> None:
    """One key has another key id for each name and each type of signature."""
    keys = [
        VerifierKey(name, type_, NODE.public.ed25519)
        for name in ("alpha.example", "bravo.example")
        for type_ in SignatureType
    ]
    assert len({key.key_id for key in keys}) == len(keys)
