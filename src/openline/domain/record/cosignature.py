"""Cosignatures (c2sp.org/tlog-cosignature): the receipt of what a head covers.

A counterpart that holds every entry below a head, durably, cosigns it with the
time. That is the only receipt there is (record.md 1). Each cosigner signs twice,
with Ed25519 (type 4) and with ML-DSA-44 (type 6), and states one time in both.

The Ed25519 form does not name its cosigner, so one Ed25519 key must not serve
two cosigners; the roles of a party therefore have keys of their own.
"""

import struct
from collections.abc import Iterable

from openline.domain.record.checkpoint import (
    TIMESTAMP_MAX_S,
    Checkpoint,
    mldsa_message,
    sign_mldsa,
    split_timestamped,
    verify_mldsa,
)
from openline.domain.record.note import (
    NoteDoesNotVerify,
    NoteSignature,
    SignatureType,
    VerifierKey,
    is_key_name,
    note_key_id,
    the_signature_of,
)
from openline.domain.record.signing import PublicKeys, Signer, verify_ed25519

__all__ = ["cosign", "ed25519_message", "mldsa_message", "verify_cosignature"]


def cosign(
    checkpoint: Checkpoint, name: str, signer: Signer, at_s: int
) -> tuple[NoteSignature, NoteSignature]:
    """The cosigner's two rows over the head: Ed25519, then ML-DSA-44.

    All entries below the head must be durable here before this is asked.

    Args:
        checkpoint: The largest consistent head that the cosigner knows of the log.
        name: The name of the cosigner's key.
        signer: Whose keys sign.
        at_s: Now, in seconds since 1970; above 0.
    """
    assert 0 < at_s <= TIMESTAMP_MAX_S, "a cosignature states a time"
    assert is_key_name(name), "not a key's name"
    signature = NoteSignature(
        name,
        note_key_id(name, SignatureType.COSIGNATURE_ED25519, signer.public.ed25519),
        struct.pack(">Q", at_s) + signer.sign_ed25519(ed25519_message(checkpoint, at_s)),
    )
    return signature, sign_mldsa(checkpoint, name, signer, at_s)


def verify_cosignature(
    checkpoint: Checkpoint, signatures: Iterable[NoteSignature], name: str, keys: PublicKeys
) -> int:
    """The time in seconds at which this cosigner signed the head, twice.

    Raises:
        NoteDoesNotVerify: A row of one of both keys is absent, doubled or wrong,
            the two state different times, or they state none.
    """
    rows = tuple(signatures)
    key = VerifierKey(name, SignatureType.COSIGNATURE_ED25519, keys.ed25519)
    at_s, signature = split_timestamped(the_signature_of(rows, key), name)
    if not verify_ed25519(keys.ed25519, ed25519_message(checkpoint, at_s), signature):
        raise NoteDoesNotVerify(f"The Ed25519 cosignature of {name} does not verify.")
    if at_s == 0 or at_s != verify_mldsa(checkpoint, rows, name, keys.mldsa44):
        raise NoteDoesNotVerify(f"The two cosignatures of {name} do not state one time.")
    return at_s


def ed25519_message(checkpoint: Checkpoint, at_s: int) -> bytes:
    """What an Ed25519 cosigner signs: two header rows and the head's text."""
    return f"cosignature/v1\ntime {at_s}\n{checkpoint.text()}".encode()
