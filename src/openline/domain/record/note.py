"""Signed notes (c2sp.org/signed-note): text, and rows of signatures under it.

Checkpoints, cosigned heads and ticks are notes. This module reads and writes
the form, names keys, and makes and checks plain Ed25519 signatures (type 1).
What a text means, and the timestamped types, are for the modules above it.

A note may carry signatures of strangers: they are kept as they came and never
looked at. A signature counts only if its key is known beforehand, by name and
by key id together.
"""

import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache

from openline.domain.errors import OurError, Reason, TheirError
from openline.domain.limits import KEY_NAME_BYTES_MAX, NOTE_SIGNATURES_MAX, NOTE_SIZE_BYTES_MAX
from openline.domain.record.signing import (
    MLDSA44_PUBLIC_BYTES,
    Signer,
    check_ed25519_public,
    verify_ed25519,
)

KEY_ID_BYTES = 4

_NAME_CHARS = r"[^\s+\x00-\x1f\ud800-\udfff]+"
_NAME = re.compile(_NAME_CHARS)
_ROW = re.compile(rf"— ({_NAME_CHARS}) ([A-Za-z0-9+/]+={{0,2}})")
_VERIFIER_KEY = re.compile(rf"({_NAME_CHARS})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/]+={{0,2}})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class SignatureType(IntEnum):
    """The byte that separates kinds of signature inside a key id."""

    ED25519 = 0x01
    COSIGNATURE_ED25519 = 0x04
    MLDSA44 = 0x06


class NoteDoesNotVerify(TheirError):
    """A note lacks a signature that it must have, or has a wrong one."""

    def __init__(self, what: str) -> None:
        super().__init__(Reason.BAD_SIGNATURE, what)


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature row of a note.

    Attributes:
        name: The key's name: 1 to 255 bytes, no spaces, no plus.
        key_id: 4 bytes; together with the name it says which key.
        signature: What follows the key id; at least 1 byte.
    """

    name: str
    key_id: bytes
    signature: bytes

    def row(self) -> str:
        """The row as it stands in a note, with its newline."""
        return f"— {self.name} {format_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures over it, verified or not.

    Attributes:
        text: What is signed; ends with a newline, no other control characters.
        signatures: The rows in their order.
    """

    text: str
    signatures: tuple[NoteSignature, ...]

    def format(self) -> str:
        """The note as it is stored and sent."""
        return "".join([self.text, "\n", *(signature.row() for signature in self.signatures)])

    def with_signatures(self, *more: NoteSignature) -> "Note":
        """The note with these rows added at the end.

        A row of a key that has one already is left out: each key has at most one,
        and what a stranger adds never takes the place of what was there.
        """
        rows = _first_rows((*self.signatures, *more))
        return replace(self, signatures=tuple(rows.values()))

    def only(self, keys: Iterable["VerifierKey"]) -> "Note":
        """The note with the first row of each of these keys, in their order.

        What a note is kept with should be what was verified: anybody who had it in
        hand may have added rows.

        Raises:
            KeyError: A key has no row.
        """
        rows = _first_rows(self.signatures)
        return replace(self, signatures=tuple(rows[key.name, key.key_id] for key in keys))


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name and type under which it signs notes.

    Attributes:
        name: The key's name.
        type: What it signs and how.
        public: 32 bytes of Ed25519, or 1,312 bytes of ML-DSA-44.
    """

    name: str
    type: SignatureType
    public: bytes

    @property
    def key_id(self) -> bytes:
        """First 4 bytes of SHA-256(name, newline, type, public key)."""
        return note_key_id(self.name, self.type, self.public)

    def format(self) -> str:
        """The key as one word: `name+key id+base64(type, public key)`."""
        return f"{self.name}+{self.key_id.hex()}+{format_base64(bytes([self.type]) + self.public)}"


@lru_cache(maxsize=1024)
def note_key_id(name: str, type: SignatureType, public: bytes) -> bytes:
    """First 4 bytes of SHA-256(name, newline, type, public key)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([type]) + public).digest()[:KEY_ID_BYTES]


def is_key_name(text: str) -> bool:
    """Whether the text can name a key: 1 to 255 bytes, no spaces, no plus."""
    return _NAME.fullmatch(text) is not None and len(text.encode()) <= KEY_NAME_BYTES_MAX


def format_base64(data: bytes) -> str:
    """The bytes in standard base64 with padding (RFC 4648 section 4)."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def parse_base64(text: str) -> bytes:
    """The bytes of the base64 text, which is the only text for these bytes.

    Raises:
        TheirError: It is not base64, or encodes again to something else.
    """
    try:
        data = binascii.a2b_base64(text)
    except ValueError:
        data = b""
    if not data or format_base64(data) != text:
        raise TheirError(Reason.MALFORMED, f"{text[:60]!r} is not strict base64.")
    return data


def parse_note(data: str | bytes) -> Note:
    """The note that the text or its UTF-8 bytes write; nothing is verified.

    Raises:
        TheirError: It is too large (`TOO_LARGE`), or not a signed note with one to
            `NOTE_SIGNATURES_MAX` signatures (`MALFORMED`).
    """
    if len(data) > NOTE_SIZE_BYTES_MAX:
        raise TheirError(Reason.TOO_LARGE, f"A note is larger than {NOTE_SIZE_BYTES_MAX} bytes.")
    note = _decode_note(data)
    if _CONTROL.search(note):
        raise TheirError(Reason.MALFORMED, "A note has a control character.")
    # The last empty row divides: the text before may have empty rows itself.
    text, blank, rows = note.rpartition("\n\n")
    if not blank:
        raise TheirError(Reason.MALFORMED, "A note has no empty row before its signatures.")
    return Note(text + "\n", parse_signature_rows(rows))


def parse_signature_rows(text: str) -> tuple[NoteSignature, ...]:
    """The signatures that the rows write, in their order; one at the least.

    Raises:
        TheirError: A row is not `— name base64`, the last one has no newline, or
            there are none or more than `NOTE_SIGNATURES_MAX`.
    """
    *rows, rest = text.split("\n")
    if rest or not 1 <= len(rows) <= NOTE_SIGNATURES_MAX:
        raise TheirError(
            Reason.MALFORMED, f"A note has not 1 to {NOTE_SIGNATURES_MAX} whole signature rows."
        )
    return tuple(_parse_row(row) for row in rows)


def parse_verifier_key(text: str) -> VerifierKey:
    """The key that the word writes, fit to be adopted.

    Raises:
        TheirError: It is not `name+key id+base64`, its type is none of
            `SignatureType`, the key id is another key's, or the key is unfit
            (see `signing.check_ed25519_public`).
    """
    match = _VERIFIER_KEY.fullmatch(text)
    if match is None or not is_key_name(match[1]):
        raise TheirError(Reason.MALFORMED, f"{text[:60]!r} is not a verifier key.")
    data = parse_base64(match[3])
    try:
        key = VerifierKey(match[1], SignatureType(data[0]), data[1:])
        _check_public(key)
    except (ValueError, OurError) as error:
        raise TheirError(Reason.MALFORMED, f"The key of {match[1]} is unfit: {error}") from None
    if key.key_id.hex() != match[2]:
        raise TheirError(Reason.MALFORMED, f"The key of {match[1]} has another key id.")
    return key


def sign_note(text: str, name: str, signer: Signer) -> NoteSignature:
    """The signer's plain Ed25519 signature over the text (type 1).

    Args:
        text: Ends with a newline; no other control characters.
        name: The name of the signer's key.
        signer: Whose Ed25519 key signs.
    """
    assert text.endswith("\n"), "a note's text ends with a newline"
    assert not _CONTROL.search(text), "a note's text has no other control characters"
    assert is_key_name(name), "not a key's name"
    return NoteSignature(
        name,
        note_key_id(name, SignatureType.ED25519, signer.public.ed25519),
        signer.sign_ed25519(text.encode()),
    )


def verify_note_signature(note: Note, key: VerifierKey) -> None:
    """Nothing, if the note carries this key's plain Ed25519 signature (type 1).

    Raises:
        NoteDoesNotVerify: The note has no row of this key, more than one, or one
            that does not verify.
    """
    assert key.type is SignatureType.ED25519, "another module verifies this type"
    signature = the_signature_of(note.signatures, key)
    if not verify_ed25519(key.public, note.text.encode(), signature):
        raise NoteDoesNotVerify(f"The signature of {key.name} does not verify.")


def the_signature_of(signatures: Iterable[NoteSignature], key: VerifierKey) -> bytes:
    """The signature bytes of the one row of this key; not verified.

    Raises:
        NoteDoesNotVerify: No row has this name and key id, or several have.
    """
    wanted = key.key_id
    found = [s.signature for s in signatures if s.key_id == wanted and s.name == key.name]
    if len(found) != 1:
        count = "no signature" if not found else f"{len(found)} signatures"
        raise NoteDoesNotVerify(f"There is {count} of {key.name} with key id {wanted.hex()}.")
    return found[0]


def _first_rows(signatures: Iterable[NoteSignature]) -> dict[tuple[str, bytes], NoteSignature]:
    """By name and key id the first row of each key, in the order of the rows."""
    rows: dict[tuple[str, bytes], NoteSignature] = {}
    for row in signatures:
        rows.setdefault((row.name, row.key_id), row)
    return rows


def _decode_note(data: str | bytes) -> str:
    """The note as text that is valid UTF-8."""
    try:
        if isinstance(data, bytes):
            return data.decode()
        data.encode()
    except UnicodeError:
        raise TheirError(Reason.MALFORMED, "A note is not UTF-8.") from None
    return data


def _parse_row(row: str) -> NoteSignature:
    """The signature that the row writes, given without its newline."""
    match = _ROW.fullmatch(row)
    if match is None or not is_key_name(match[1]):
        raise TheirError(Reason.MALFORMED, f"{row[:60]!r} is not a signature row.")
    data = parse_base64(match[2])
    if len(data) <= KEY_ID_BYTES:
        raise TheirError(Reason.MALFORMED, f"The signature of {match[1]} is too short.")
    return NoteSignature(match[1], data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])


def _check_public(key: VerifierKey) -> None:
    """Nothing, if the public key is fit for its type; else OurError."""
    if key.type is not SignatureType.MLDSA44:
        check_ed25519_public(key.public)
    elif len(key.public) != MLDSA44_PUBLIC_BYTES:
        raise OurError(f"An ML-DSA-44 key has not {len(key.public)} bytes.")
