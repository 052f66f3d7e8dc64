"""Checkpoints (c2sp.org/tlog-checkpoint): the signed head of a log.

A head is origin, size and root; it has no extension rows. The log signs it
twice under a key named as the origin: plain Ed25519 over the text (type 1), and
ML-DSA-44 over the `cosigned_message` of c2sp.org/tlog-cosignature (type 6) with
time zero, which states the head and no time.

A bare pair of size and root is no evidence: keep the whole note
(`docs/spec/log-and-receipt.md`).
"""

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from openline.domain.errors import Reason, TheirError
from openline.domain.limits import KEY_NAME_BYTES_MAX
from openline.domain.record.merkle import EMPTY_ROOT, HASH_BYTES
from openline.domain.record.note import (
    Note,
    NoteDoesNotVerify,
    NoteSignature,
    SignatureType,
    VerifierKey,
    format_base64,
    is_key_name,
    note_key_id,
    parse_base64,
    sign_note,
    the_signature_of,
    verify_note_signature,
)
from openline.domain.record.signing import PublicKeys, Signer, verify_mldsa44

SIZE_MAX = 2**63 - 1
"""Entries of one log: what other programs and databases can count."""

TIMESTAMP_MAX_S = 2**63 - 1
"""Seconds since 1970 in a cosignature (tlog-cosignature)."""

_TEXT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n")
_LABEL = b"subtree/v1\n\0"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: that many entries hash to that root.

    Attributes:
        origin: The log's identity, also the name of its key.
        size: Entries, 0 to `SIZE_MAX`.
        root: 32 bytes; `EMPTY_ROOT` at size 0.
    """

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed: origin, size and root, a row each."""
        return f"{self.origin}\n{self.size}\n{format_base64(self.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """The head that the text writes, byte for byte as `Checkpoint.text` does.

    Raises:
        TheirError: It does not, the origin cannot name a key, the size is beyond
            `SIZE_MAX`, or the root of size 0 is not the empty one. Extension rows
            are refused: the ML-DSA-44 signatures do not cover them.
    """
    match = _TEXT.fullmatch(text)
    if match is None or not is_key_name(match[1]):
        raise TheirError(Reason.MALFORMED, f"{text[:120]!r} is not a head of a log.")
    size, root = int(match[2]), parse_base64(match[3])
    if size > SIZE_MAX or len(root) != HASH_BYTES or (size == 0 and root != EMPTY_ROOT):
        raise TheirError(Reason.MALFORMED, f"The head of {match[1]} cannot be at size {size}.")
    return Checkpoint(match[1], size, root)


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> Note:
    """The head as a note with both signatures of its log.

    The head must be durable: one that is lost after it was signed makes its log
    an equivocator.
    """
    text = checkpoint.text()
    return Note(
        text,
        (
            sign_note(text, checkpoint.origin, signer),
            sign_mldsa(checkpoint, checkpoint.origin, signer, 0),
        ),
    )


def verify_checkpoint(note: Note, origin: str, keys: PublicKeys) -> Checkpoint:
    """The head, if the log of this origin and these keys signed it twice.

    Raises:
        TheirError: The text is no head (`MALFORMED`) or of another log
            (`WRONG_LINE`).
        NoteDoesNotVerify: One of both signatures is absent, doubled or wrong.
    """
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != origin:
        raise TheirError(
            Reason.WRONG_LINE, f"The head is of {checkpoint.origin}, expected is {origin}."
        )
    ed25519, mldsa44 = log_keys(origin, keys)
    verify_note_signature(note, ed25519)
    at_s = verify_mldsa(checkpoint, note.signatures, mldsa44)
    if at_s != 0:
        raise NoteDoesNotVerify(f"The ML-DSA-44 signature of {origin} states a time.")
    return checkpoint


def log_keys(origin: str, keys: PublicKeys) -> tuple[VerifierKey, VerifierKey]:
    """The two keys under which a log signs its heads."""
    return (
        VerifierKey(origin, SignatureType.ED25519, keys.ed25519),
        VerifierKey(origin, SignatureType.MLDSA44, keys.mldsa44),
    )


def mldsa_message(checkpoint: Checkpoint, name: str, at_s: int) -> bytes:
    """The `cosigned_message` that ML-DSA-44 signs (c2sp.org/tlog-cosignature).

    Args:
        checkpoint: The whole tree from 0 to its size is stated.
        name: The signing key's name, 1 to 255 bytes.
        at_s: Seconds since 1970, or 0 to state no time.
    """
    cosigner, origin = name.encode(), checkpoint.origin.encode()
    assert 1 <= len(cosigner) <= KEY_NAME_BYTES_MAX, "a key's name has 1 to 255 bytes"
    assert 1 <= len(origin) <= KEY_NAME_BYTES_MAX, "an origin has 1 to 255 bytes"
    assert 0 <= at_s <= TIMESTAMP_MAX_S, "no such time"
    assert 0 <= checkpoint.size <= SIZE_MAX, "no such size"
    return b"".join(
        (
            _LABEL,
            bytes([len(cosigner)]),
            cosigner,
            struct.pack(">Q", at_s),
            bytes([len(origin)]),
            origin,
            struct.pack(">QQ", 0, checkpoint.size),
            checkpoint.root,
        )
    )


def sign_mldsa(checkpoint: Checkpoint, name: str, signer: Signer, at_s: int) -> NoteSignature:
    """The signer's ML-DSA-44 row over the head under this key name (type 6)."""
    assert is_key_name(name), "not a key's name"
    return NoteSignature(
        name,
        note_key_id(name, SignatureType.MLDSA44, signer.public.mldsa44),
        struct.pack(">Q", at_s) + signer.sign_mldsa44(mldsa_message(checkpoint, name, at_s)),
    )


def verify_mldsa(
    checkpoint: Checkpoint, signatures: Iterable[NoteSignature], key: VerifierKey
) -> int:
    """The time that the key's ML-DSA-44 row states, in seconds; 0 if it states none.

    Raises:
        NoteDoesNotVerify: The row is absent, doubled or wrong.
    """
    assert key.type is SignatureType.MLDSA44, "a key of ML-DSA-44"
    at_s, signature = split_timestamped(the_signature_of(signatures, key), key.name)
    if not verify_mldsa44(key.public, mldsa_message(checkpoint, key.name, at_s), signature):
        raise NoteDoesNotVerify(f"The ML-DSA-44 signature of {key.name} does not verify.")
    return at_s


def split_timestamped(data: bytes, name: str) -> tuple[int, bytes]:
    """The time in seconds and the signature of a `timestamped_signature`.

    Raises:
        NoteDoesNotVerify: It is too short, or the time is beyond `TIMESTAMP_MAX_S`.
    """
    at_s = int.from_bytes(data[:8], "big")
    if len(data) <= 8 or at_s > TIMESTAMP_MAX_S:
        raise NoteDoesNotVerify(f"The timestamped signature of {name} is malformed.")
    return at_s, data[8:]
