"""Key messages: which keys are valid from which entry on, and new outboxes.

Keys are valid by log position, never by expiry date
(`docs/decisions/0015-keys-by-log-position.md`). A change is signed twice: the
envelope by the old key, the proof inside by the new. A revocation is signed by
the party's roots, m of n, because the old key can no longer be trusted; what
earlier heads cover stays valid. An epoch, signed in the same way, opens a new
outbox where the old one cannot be continued; it names the keys that count there,
so that nothing in it rests on the old one.

This module knows the messages and their signatures; which key is valid where
is kept elsewhere, from these messages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final

from openline.domain.errors import Reason, TheirError
from openline.domain.line.form import Blob, Fault, Field, Record, Text, Whole, Word
from openline.domain.line.terms import CERTIFICATE, KEYS, PartyTerms
from openline.domain.line.understanding import (
    ROOT_SIGNATURES,
    RootSignature,
    verify_root_signatures,
)
from openline.domain.party import parse_origin
from openline.domain.record import cbor
from openline.domain.record.cbor import Value
from openline.domain.record.signing import PublicKeys, verify_ed25519
from openline.domain.talk.body import BY, NEEDED_TEXT, Body, By
from openline.domain.talk.kinds import Kind

CHANGE_PREFIX: Final = b"openline/key-change/v1\n"
REVOKE_PREFIX: Final = b"openline/key-revoke/v1\n"
EPOCH_PREFIX: Final = b"openline/epoch/v1\n"


class KeyRole(IntEnum):
    """What a key is for."""

    NODE = 1
    WITNESS = 2
    MIRROR = 3
    TLS = 4


@dataclass(frozen=True, slots=True)
class KeyChange(Body):
    """A planned change of one role's keys, valid after the entry that holds it.

    Attributes:
        by: Who carried it out.
        role: Which keys.
        keys: The new public keys; none for TLS.
        tls: The new certificate in DER; for TLS only.
        proof: The new Ed25519 key's signature; empty for TLS, whose key is
            proven by the first circuit that uses it.
    """

    by: By
    role: KeyRole
    keys: PublicKeys | None = None
    tls: bytes | None = None
    proof: bytes = b""

    message_kind: ClassVar[Kind] = Kind.KEY_CHANGE

    def rules(self) -> Iterator[Fault]:
        """Just what belongs to the role is there."""
        yield from _role_faults(self.role, self.keys, self.tls)
        if (self.role is KeyRole.TLS) != (self.proof == b""):
            yield Fault("proof", f"does not fit the role {self.role.name}")


@dataclass(frozen=True, slots=True)
class KeyRevoke(Body):
    """A revocation after a compromise, valid from an index on.

    Attributes:
        by: Who carried it out.
        role: Which keys.
        revoked: Key id of the revoked key (`signing.key_id`, 8 bytes); for TLS
            the first 8 bytes of the certificate's SHA-256.
        from_index: The first entry for which it is not valid.
        reason: Why, in words.
        keys: The public keys in its place; none for TLS.
        tls: The certificate in its place; for TLS only.
        signatures: By the party's roots, in order.
    """

    by: By
    role: KeyRole
    revoked: bytes
    from_index: int
    reason: str
    keys: PublicKeys | None = None
    tls: bytes | None = None
    signatures: tuple[RootSignature, ...] = ()

    message_kind: ClassVar[Kind] = Kind.KEY_REVOKE

    def rules(self) -> Iterator[Fault]:
        """Just what belongs to the role is there."""
        yield from _role_faults(self.role, self.keys, self.tls)


@dataclass(frozen=True, slots=True)
class Epoch(Body):
    """The opening of a new outbox where the old one cannot be continued.

    It is entry 0 of the new outbox.

    Attributes:
        by: Who carried it out.
        origin: The new outbox, such as `alpha.example/syria-air/out/2`.
        previous_size: Size of the last head of the old outbox that is known.
        previous_root: Its root, 32 bytes.
        reason: Why, in words.
        understanding: Hash of the Understanding that the first outbox began with.
        node: The node keys, from entry 0 of the new outbox on.
        witness: The witness keys.
        mirror: The mirror keys.
        tls: The TLS certificate in DER.
        signatures: By the party's roots, in order.
    """

    by: By
    origin: str
    previous_size: int
    previous_root: bytes
    reason: str
    understanding: bytes
    node: PublicKeys
    witness: PublicKeys
    mirror: PublicKeys
    tls: bytes
    signatures: tuple[RootSignature, ...] = ()

    message_kind: ClassVar[Kind] = Kind.EPOCH

    def rules(self) -> Iterator[Fault]:
        """The origin is an outbox later than the first."""
        origin = parse_origin(self.origin)
        if origin is None or origin.log != "out" or origin.epoch < 2:
            yield Fault("origin", "is not an outbox of epoch 2 or later")


def key_change_message(
    origin: str, index: int, role: KeyRole, keys: PublicKeys | None, tls: bytes | None = None
) -> bytes:
    """What the new key signs: where the change stands, and the new keys.

    Args:
        origin: The outbox.
        index: Of the entry that holds the change.
        role: Which keys.
        keys: The new public keys.
        tls: The new certificate.
    """
    return CHANGE_PREFIX + cbor.encode([origin, index, int(role), *_public_values(keys, tls)])


def verify_key_change(change: KeyChange, origin: str, index: int) -> None:
    """Check that the holder of the new key asked for the change at this place.

    Raises:
        TheirError: MALFORMED when keys and role do not fit; BAD_SIGNATURE.
    """
    for fault in change.rules():
        raise fault.as_theirs(change.message_kind.name)
    if change.keys is None:
        return
    message = key_change_message(origin, index, change.role, change.keys, change.tls)
    if not verify_ed25519(change.keys.ed25519, message, change.proof):
        raise TheirError(Reason.BAD_SIGNATURE, f"the new key's proof in {origin} {index} fails")


def key_revoke_message(origin: str, revoke: KeyRevoke) -> bytes:
    """What the roots sign: which key, from which entry on, and what takes its place."""
    publics = _public_values(revoke.keys, revoke.tls)
    place: list[Value] = [origin, int(revoke.role), revoke.revoked, revoke.from_index]
    return REVOKE_PREFIX + cbor.encode([*place, *publics])


def verify_key_revoke(revoke: KeyRevoke, origin: str, party: PartyTerms) -> None:
    """Check that enough roots of the party have signed the revocation.

    Raises:
        TheirError: MALFORMED when keys and role do not fit; BAD_SIGNATURE.
    """
    for fault in revoke.rules():
        raise fault.as_theirs(revoke.message_kind.name)
    _verify_roots(key_revoke_message(origin, revoke), party, revoke.signatures, "the revocation")


def epoch_message(epoch: Epoch) -> bytes:
    """What the roots sign: the new outbox, the last known head of the old, the keys."""
    keys = [_public_values(one, None)[:2] for one in (epoch.node, epoch.witness, epoch.mirror)]
    head: list[Value] = [epoch.origin, epoch.previous_size, epoch.previous_root]
    return EPOCH_PREFIX + cbor.encode([*head, epoch.understanding, *keys, epoch.tls])


def verify_epoch(epoch: Epoch, party: PartyTerms) -> None:
    """Check that enough roots of the party have signed the new outbox.

    Raises:
        TheirError: MALFORMED when the origin is none or another party's;
            BAD_SIGNATURE.
    """
    for fault in epoch.rules():
        raise fault.as_theirs(epoch.message_kind.name)
    origin = parse_origin(epoch.origin)
    if origin is None or origin.party != party.name:
        raise TheirError(Reason.MALFORMED, f"EPOCH: {epoch.origin} is no outbox of {party.name}")
    _verify_roots(epoch_message(epoch), party, epoch.signatures, "the epoch")


def _verify_roots(
    message: bytes, party: PartyTerms, signatures: tuple[RootSignature, ...], what: str
) -> None:
    if any(one.party != party.name for one in signatures):
        raise TheirError(Reason.BAD_SIGNATURE, f"another party than {party.name} signs {what}")
    count = verify_root_signatures(message, party.roots, signatures)
    if count < party.threshold:
        counts = f"{count} of {party.threshold} root signatures"
        raise TheirError(Reason.BAD_SIGNATURE, f"{what} of {party.name} has {counts}")


def _role_faults(role: KeyRole, keys: PublicKeys | None, tls: bytes | None) -> Iterator[Fault]:
    if (keys is None) != (role is KeyRole.TLS):
        yield Fault("keys", f"do not fit the role {role.name}")
    if (tls is None) != (role is not KeyRole.TLS):
        yield Fault("tls", f"does not fit the role {role.name}")


def _public_values(keys: PublicKeys | None, tls: bytes | None) -> list[Value]:
    return [keys.ed25519 if keys else None, keys.mldsa44 if keys else None, tls]


_ROLE = Field(1, "role", Word(KeyRole))
_KEYS_AT_6 = Field(6, "keys", KEYS, is_optional=True)
_TLS_AT_7 = Field(7, "tls", CERTIFICATE, is_optional=True)
_SIGNATURES_AT_8 = Field(8, "signatures", ROOT_SIGNATURES)

KeyChange.record = Record(
    KeyChange,
    (BY, _ROLE, _KEYS_AT_6, _TLS_AT_7, Field(9, "proof", Blob(0, 64))),
)

KeyRevoke.record = Record(
    KeyRevoke,
    (
        BY,
        _ROLE,
        Field(2, "revoked", Blob(8, 8)),
        Field(3, "from_index", Whole()),
        Field(4, "reason", NEEDED_TEXT),
        _KEYS_AT_6,
        _TLS_AT_7,
        _SIGNATURES_AT_8,
    ),
)

Epoch.record = Record(
    Epoch,
    (
        BY,
        Field(1, "origin", Text(is_needed=True)),
        Field(2, "previous_size", Whole()),
        Field(3, "previous_root", Blob(32, 32)),
        Field(4, "reason", NEEDED_TEXT),
        Field(5, "understanding", Blob(32, 32)),
        Field(6, "node", KEYS),
        Field(7, "tls", CERTIFICATE),
        _SIGNATURES_AT_8,
        Field(9, "witness", KEYS),
        Field(10, "mirror", KEYS),
    ),
)
