"""Cosignatures (c2sp.org/tlog-cosignature): the receipt of what a head covers.

A counterpart that holds every entry below a head, durably, cosigns it with the
time. That is the only receipt there is (`docs/spec/log-and-receipt.md`). Each party
signs twice, with Ed25519 (type 4) and with ML-DSA-44 (type 6), and states one time
in both; a witness of no party signs with the keys that it has.

The Ed25519 form does not name its cosigner, so one Ed25519 key must not serve
two cosigners; the roles of a party therefore have keys of their own.
"""

import struct
from collections.abc import Iterable

from openline.domain.errors import Reason, TheirError
from openline.domain.instant import INSTANT_MAX, SECOND_MS
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

__all__ = [
    "COSIGNED_AT_MAX_S",
    "cosign",
    "cosigner_keys",
    "ed25519_message",
    "mldsa_message",
    "verify_cosignature",
    "verify_cosignature_by",
]

COSIGNED_AT_MAX_S = INSTANT_MAX // SECOND_MS
"""Cosignatures dated later than any calendar can show are refused."""


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
        TheirError: MALFORMED: the time is beyond `COSIGNED_AT_MAX_S`.
    """
    rows = tuple(signatures)
    ed25519, mldsa44 = cosigner_keys(name, keys)
    at_s = verify_cosignature_by(checkpoint, rows, ed25519)
    if at_s != verify_cosignature_by(checkpoint, rows, mldsa44):
        raise NoteDoesNotVerify(f"The two cosignatures of {name} do not state one time.")
    return at_s


def verify_cosignature_by(
    checkpoint: Checkpoint, signatures: Iterable[NoteSignature], key: VerifierKey
) -> int:
    """The time in seconds at which the owner of one key signed the head.

    An outside witness may have one key only; a party has two (`verify_cosignature`).

    Raises:
        NoteDoesNotVerify: The key's row is absent, doubled or wrong, or states no time.
        TheirError: MALFORMED: the time is beyond `COSIGNED_AT_MAX_S`.
    """
    assert key.type is not SignatureType.ED25519, "a plain key cosigns nothing"
    if key.type is SignatureType.MLDSA44:
        at_s = verify_mldsa(checkpoint, signatures, key)
    else:
        at_s, signature = split_timestamped(the_signature_of(signatures, key), key.name)
        if not verify_ed25519(key.public, ed25519_message(checkpoint, at_s), signature):
            raise NoteDoesNotVerify(f"The Ed25519 cosignature of {key.name} does not verify.")
    if at_s == 0:
        raise NoteDoesNotVerify(f"The cosignature of {key.name} states no time.")
    if at_s > COSIGNED_AT_MAX_S:
        raise TheirError(Reason.MALFORMED, f"the cosignature of {key.name} is dated {at_s}")
    return at_s


def cosigner_keys(name: str, keys: PublicKeys) -> tuple[VerifierKey, VerifierKey]:
    """The two keys with which a party cosigns under this name."""
    return (
        VerifierKey(name, SignatureType.COSIGNATURE_ED25519, keys.ed25519),
        VerifierKey(name, SignatureType.MLDSA44, keys.mldsa44),
    )


def ed25519_message(checkpoint: Checkpoint, at_s: int) -> bytes:
    """What an Ed25519 cosigner signs: two header rows and the head's text."""
    return f"cosignature/v1\ntime {at_s}\n{checkpoint.text()}".encode()
