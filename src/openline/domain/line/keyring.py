"""Key rings: which of a party's keys are valid at which place of its outbox.

Keys are valid by log position, never by date (`docs/spec/understanding.md`). A
ring begins with the keys of the Understanding and takes in the key messages of
one outbox in their order. It checks the signatures inside those messages; the
signature of the envelope around them is for the caller to check, with `node_at`.
Rings never change: `after` gives a new one, so that a batch that is refused
leaves no trace.

Rules:

1. The key of entry i is `node_at(i)`. A change of node key at entry i is signed
   by the old key and makes the new one valid from i + 1. A revocation at entry i
   is signed by the new key that it carries, which is valid from i; the party's
   roots have signed its body, because the old key can no longer speak.
2. A revocation names the entry k, at most i, from which the old key was not to
   be trusted. Entries k to i - 1 that it signed stay, and are not trusted; nor
   is a key, of any role, that one of them has brought in.
3. A head or tick of size n is signed by the key of entry n - 1 (of entry 0 where
   n is 0), or by a later one: the owner of a later key vouches for what stands.
4. Witness, mirror and TLS keys are added by a change, and the old ones stay
   accepted, for old cosignatures must verify. A revoked one is never accepted
   again, whenever it signed: a new cosignature over a larger head covers all.
5. A key serves one role once. No message brings back an earlier key.
6. An amendment at entry i is in force from i. It cannot touch keys.
7. The outboxes of a party hold a bounded number of messages about keys and terms
   together: each of them goes along with every certificate, and is gone through
   for every head. The last of them are for what the roots have signed.
8. A later outbox begins with an EPOCH, which the party's roots have signed: it
   names the node key from entry 0 on, and adds witness, mirror and TLS keys to
   those that were accepted. A revoked key stays revoked. The terms are those of
   the Understanding again; amendments are recorded anew.
"""

import copy
import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, Generic, Self, TypeVar

from openline.domain.errors import OurError, Reason, TheirError
from openline.domain.limits import KEY_CHANGES_UNTIL, KEY_MESSAGES_MAX
from openline.domain.line.understanding import (
    Understanding,
    check_amendment,
    understanding_bytes,
    understanding_hash,
    verify_understanding,
)
from openline.domain.record.envelope import Envelope
from openline.domain.record.signing import PublicKeys, check_public_keys, key_id
from openline.domain.talk.agreement import Amendment
from openline.domain.talk.keys import (
    Epoch,
    KeyChange,
    KeyRevoke,
    KeyRole,
    verify_epoch,
    verify_key_change,
    verify_key_revoke,
)
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Message, Unreadable

KEY_KINDS: Final = frozenset({Kind.AMENDMENT, Kind.KEY_CHANGE, Kind.KEY_REVOKE})
"""Kinds that `after` must be given: all others leave a ring as it is."""

_K = TypeVar("_K")
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class _Given(Generic[_K]):
    """Keys of one role, or terms, and where they came from.

    Attributes:
        value: The keys, the certificate or the terms.
        start: The first entry for which they are valid; counts for node keys and terms.
        brought_by: The entry that brought them; None if the roots signed them.
    """

    value: _K
    start: int = 0
    brought_by: int | None = None


def mirror_name(party: str) -> str:
    """The name under which a party cosigns what it holds."""
    return f"{party}/mirror"


def witness_name(party: str) -> str:
    """The name under which a party cosigns what it has only seen to be consistent."""
    return f"{party}/witness"


def certificate_id(tls: bytes) -> bytes:
    """The key id of a TLS certificate: the first 8 bytes of its SHA-256."""
    return hashlib.sha256(tls).digest()[:8]


def by_any(
    candidates: Iterable[PublicKeys], verify: Callable[[PublicKeys], _Found], what: str
) -> _Found:
    """What the first keys that verify give.

    Args:
        candidates: Keys that a ring names, the likeliest first.
        verify: Raises TheirError where something is not by the keys.
        what: What is verified, for the fault where there are no candidates.

    Raises:
        TheirError: The fault of the first candidate where none verifies.
    """
    fault: TheirError | None = None
    for keys in candidates:
        try:
            return verify(keys)
        except TheirError as error:
            fault = fault or error
    raise fault or TheirError(Reason.UNKNOWN_KEY, f"{what} is by no key that is trusted")


class KeyRing:
    """The keys of one party, by their place in one of its outboxes.

    Args:
        understanding: The terms in entry 0.
        party: Whose keys; a party to the line.

    Raises:
        KeyError: It is no party to the line.
    """

    def __init__(self, understanding: Understanding, party: str) -> None:
        terms = understanding.party(party)
        self.party = party
        # Each tuple is in order of the outbox.
        self._understandings: tuple[_Given[Understanding], ...] = (_Given(understanding),)
        self._nodes: tuple[_Given[PublicKeys], ...] = (_Given(terms.node),)
        self._cosigners: dict[KeyRole, tuple[_Given[PublicKeys], ...]] = {
            KeyRole.WITNESS: (_Given(terms.witness),),
            KeyRole.MIRROR: (_Given(terms.mirror),),
        }
        self._tls: tuple[_Given[bytes], ...] = (_Given(terms.tls),)
        self._revoked: frozenset[bytes] = frozenset()  # key ids of all roles but node
        self._distrusted: tuple[tuple[bytes, int, int], ...] = ()  # node key id, from, until
        # Of the entries that brought keys, those whose own key was not its owner's alone.
        self._tainted: frozenset[int] = frozenset()
        self._last_index = 0
        self._taken_in = 0
        # Node keys of earlier outboxes: none of them comes back by a message.
        self._earlier: tuple[PublicKeys, ...] = ()

    def understandings(self) -> tuple[Understanding, ...]:
        """Every version of the terms, in order."""
        return tuple(given.value for given in self._understandings)

    def understanding_at(self, index: int) -> Understanding:
        """The terms in force at an entry."""
        return _valid_at(self._understandings, index).value

    def amended_at(self) -> tuple[int, ...]:
        """The entries that hold the amendments, in order."""
        return tuple(given.start for given in self._understandings[1:])

    def node_at(self, index: int) -> PublicKeys:
        """The keys that sign the entry at an index; any index from 0."""
        return _valid_at(self._nodes, index).value

    def node_for_size(self, size: int) -> PublicKeys:
        """The keys that sign a head or tick of this size when it is reached."""
        return self.node_at(max(size - 1, 0))

    def nodes_for_size(self, size: int) -> tuple[PublicKeys, ...]:
        """The keys that may sign a head or tick of this size, the proper ones first."""
        index = max(size - 1, 0)
        proper = (self.node_at(index),) if self.is_trusted(index) else ()
        later = (given for given in self._nodes if given.start > index)
        return proper + tuple(given.value for given in later if self._is_clean(given.brought_by))

    def nodes(self) -> tuple[PublicKeys, ...]:
        """The node keys that no revocation touches, the newest first."""
        revoked = {revoked for revoked, _, _ in self._distrusted}
        return tuple(
            given.value
            for given in reversed(self._nodes)
            if key_id(given.value.ed25519) not in revoked and self._is_clean(given.brought_by)
        )

    def is_trusted(self, index: int) -> bool:
        """Whether the key that signed an entry was its owner's alone at that place."""
        given = _valid_at(self._nodes, index)
        signer = key_id(given.value.ed25519)
        is_stolen = any(
            signer == revoked and start <= index < end for revoked, start, end in self._distrusted
        )
        return not is_stolen and self._is_clean(given.brought_by)

    def witnesses(self) -> tuple[PublicKeys, ...]:
        """The witness keys that are accepted, the newest first."""
        return self._accepted(KeyRole.WITNESS)

    def mirrors(self) -> tuple[PublicKeys, ...]:
        """The mirror keys that are accepted, the newest first."""
        return self._accepted(KeyRole.MIRROR)

    def void(self, role: KeyRole) -> tuple[PublicKeys, ...]:
        """The keys of a role, not TLS, that were this party's and are accepted no more.

        What one of them has signed may be true and proves nothing: anyone may have
        had the key. Of an earlier outbox its own ring says the same.
        """
        if role is KeyRole.NODE:
            given, accepted = self._nodes, self.nodes()
        else:
            given, accepted = self._cosigners[role], self._accepted(role)
        return tuple(one.value for one in given if one.value not in accepted)

    def tls(self) -> tuple[bytes, ...]:
        """The TLS certificates that are accepted, in DER, the newest first."""
        return tuple(
            given.value
            for given in reversed(self._tls)
            if certificate_id(given.value) not in self._revoked and self._is_clean(given.brought_by)
        )

    def after(self, envelope: Envelope, message: Message | Unreadable) -> Self:
        """The ring after an entry of the outbox.

        The caller then verifies the envelope with `node_at` of the new ring. Only
        entries of `KEY_KINDS` change anything.

        Args:
            envelope: The entry; in the order of the outbox.
            message: What it says.

        Returns:
            A new ring, or this one where the entry changes nothing.

        Raises:
            TheirError: MALFORMED when a key message cannot be read or does not
                make sense; TOO_LARGE when there have been `KEY_MESSAGES_MAX`, or
                `KEY_CHANGES_UNTIL` before a change; BAD_SIGNATURE when a new key
                or the roots have not signed; UNKNOWN_KEY when a revocation names
                no key of this party; WRONG_UNDERSTANDING when the amendment may
                not follow.
        """
        header = envelope.header
        if header.kind not in KEY_KINDS:
            return self
        assert header.party == self.party, "a ring follows its own party"
        if header.index <= self._last_index:
            raise _malformed(envelope, "does not come after the one before")
        if isinstance(message, Unreadable):
            raise _malformed(envelope, f"cannot be read: {message.why}")
        if message.message_kind != header.kind:
            raise _malformed(envelope, "is not of the kind that its envelope says")
        ring = self._one_more(envelope)
        match message:
            case KeyChange():
                ring._change(envelope, message)
            case KeyRevoke():
                ring._revoke(envelope, message)
            case Amendment():
                ring._amend(envelope, message)
        ring._judge()
        return ring

    def reopened(self, envelope: Envelope, message: Message | Unreadable) -> Self:
        """The ring of the later outbox that an EPOCH opens, with its entry 0.

        The caller then verifies the envelope with `node_at(0)` of the new ring.

        Args:
            envelope: Entry 0 of the later outbox.
            message: What it says.

        Raises:
            TheirError: MALFORMED when it is no EPOCH of this outbox, or gives an
                unfit key; TOO_LARGE when there have been `KEY_MESSAGES_MAX`;
                WRONG_UNDERSTANDING; BAD_SIGNATURE when too few of the party's
                roots have signed.
        """
        header, first = envelope.header, self._understandings[0].value
        assert header.party == self.party, "a ring follows its own party"
        if not isinstance(message, Epoch) or header.kind != Kind.EPOCH or header.index != 0:
            raise _malformed(envelope, "does not open an outbox")
        if message.origin != header.origin:
            raise _malformed(envelope, f"opens {message.origin}")
        if message.understanding != understanding_hash(understanding_bytes(first)):
            what = f"{header.origin} is opened under another Understanding"
            raise TheirError(Reason.WRONG_UNDERSTANDING, what)
        verify_epoch(message, first.party(self.party))
        self._check_opening(envelope, message)
        ring = self._one_more(envelope)
        ring._earlier = (*self._earlier, *(given.value for given in self._nodes))
        ring._understandings = self._understandings[:1]
        ring._nodes = (_Given(message.node),)
        ring._cosigners = {
            KeyRole.WITNESS: _joined(self.witnesses(), message.witness),
            KeyRole.MIRROR: _joined(self.mirrors(), message.mirror),
        }
        ring._tls = _joined(self.tls(), message.tls)
        ring._revoked = self._revoked | {revoked for revoked, _, _ in self._distrusted}
        ring._distrusted = ()
        ring._tainted = frozenset()
        return ring

    def _one_more(self, envelope: Envelope) -> Self:
        """A copy for the ring after one more message about keys or terms."""
        header = envelope.header
        most = KEY_CHANGES_UNTIL if header.kind == Kind.KEY_CHANGE else KEY_MESSAGES_MAX
        if self._taken_in >= most:
            what = f"{header.party} has sent {self._taken_in} messages about keys and terms"
            raise TheirError(Reason.TOO_LARGE, f"{what} before {header.origin} {header.index}")
        ring = copy.copy(self)
        ring._last_index = header.index
        ring._taken_in += 1
        return ring

    def _check_opening(self, envelope: Envelope, epoch: Epoch) -> None:
        """The keys of an EPOCH are fit, are no roots, serve one role, are not revoked."""
        given = (epoch.node, epoch.witness, epoch.mirror)
        cosigners = [given.value for some in self._cosigners.values() for given in some]
        nodes = [*self._earlier, *(given.value for given in self._nodes)]
        revoked = {one for one, _, _ in self._distrusted} | self._revoked
        roots = self._understandings[0].value.party(self.party).roots
        ids = {key_id(keys.ed25519) for keys in given} | {certificate_id(epoch.tls)}
        is_mixed = epoch.node in cosigners or epoch.witness in nodes or epoch.mirror in nodes
        is_mixed = is_mixed or len(set(given)) < len(given)
        if is_mixed or any(keys.ed25519 in roots for keys in given):
            raise _malformed(envelope, "gives one key for two roles")
        if ids & revoked:
            raise _malformed(envelope, "gives a key that was revoked")
        for keys in given:
            try:
                check_public_keys(keys)
            except OurError as error:
                raise _malformed(envelope, f"gives an unfit key: {error.what}") from None

    def _judge(self) -> None:
        """Find anew which entries have brought in keys and are not trusted.

        In their order: the key of an entry was brought in by an earlier one.
        """
        self._tainted = frozenset()
        brought_by = {given.brought_by for given in self._tls}
        for some in (self._nodes, *self._cosigners.values()):
            brought_by |= {given.brought_by for given in some}
        for index in sorted(index for index in brought_by if index is not None):
            if not self.is_trusted(index):
                self._tainted |= {index}

    def _is_clean(self, brought_by: int | None) -> bool:
        """Whether a key was brought in by the roots or by an entry that is trusted."""
        return brought_by not in self._tainted

    def _accepted(self, role: KeyRole) -> tuple[PublicKeys, ...]:
        return tuple(
            given.value
            for given in reversed(self._cosigners[role])
            if key_id(given.value.ed25519) not in self._revoked and self._is_clean(given.brought_by)
        )

    def _change(self, envelope: Envelope, change: KeyChange) -> None:
        header = envelope.header
        verify_key_change(change, header.origin, header.index)
        self._add(envelope, change, header.index + 1, header.index)

    def _revoke(self, envelope: Envelope, revoke: KeyRevoke) -> None:
        header = envelope.header
        verify_key_revoke(
            revoke, header.origin, self.understanding_at(header.index).party(self.party)
        )
        if revoke.from_index > header.index:
            raise _malformed(envelope, "revokes a key from a later entry on")
        if revoke.revoked not in self._ids(revoke.role):
            what = f"{header.origin} {header.index} revokes key {revoke.revoked.hex()}"
            raise TheirError(Reason.UNKNOWN_KEY, f"{what}, which is no {revoke.role.name} key")
        if revoke.role is KeyRole.NODE:
            span = (revoke.revoked, revoke.from_index, header.index)
            self._distrusted = (*self._distrusted, span)
        else:
            self._revoked = self._revoked | {revoke.revoked}
        self._add(envelope, revoke, header.index, None)

    def _amend(self, envelope: Envelope, amendment: Amendment) -> None:
        understanding = verify_understanding(amendment.signed)
        index = envelope.header.index
        try:
            check_amendment(self.understanding_at(index), understanding)
        except OurError as error:
            raise TheirError(Reason.WRONG_UNDERSTANDING, error.what) from None
        self._understandings = (*self._understandings, _Given(understanding, index))

    def _add(
        self,
        envelope: Envelope,
        message: KeyChange | KeyRevoke,
        start: int,
        brought_by: int | None,
    ) -> None:
        """Take in the new keys of a message whose signatures have been verified."""
        if message.tls is not None:
            if message.tls in (given.value for given in self._tls):
                raise _malformed(envelope, "brings back an earlier certificate")
            self._tls = (*self._tls, _Given(message.tls, start, brought_by))
            return
        assert message.keys is not None, "every other role has keys"
        self._check_new(envelope, message.keys)
        given = _Given(message.keys, start, brought_by)
        if message.role is KeyRole.NODE:
            self._nodes = (*self._nodes, given)
        else:
            added = (*self._cosigners[message.role], given)
            self._cosigners = {**self._cosigners, message.role: added}

    def _check_new(self, envelope: Envelope, new: PublicKeys) -> None:
        roots = self._understandings[0].value.party(self.party).roots
        known = list(self._public_keys())
        if new.ed25519 in (*roots, *(keys.ed25519 for keys in known)) or new.mldsa44 in [
            keys.mldsa44 for keys in known
        ]:
            raise _malformed(envelope, "gives a key that has served before")
        try:
            check_public_keys(new)
        except OurError as error:
            raise _malformed(envelope, f"gives an unfit key: {error.what}") from None

    def _public_keys(self) -> Iterator[PublicKeys]:
        """Every key that has been given, of all roles but TLS."""
        yield from self._earlier
        for some in (self._nodes, *self._cosigners.values()):
            yield from (given.value for given in some)

    def _ids(self, role: KeyRole) -> Iterator[bytes]:
        """The key ids that a role has had."""
        if role is KeyRole.TLS:
            yield from (certificate_id(given.value) for given in self._tls)
        else:
            some = self._nodes if role is KeyRole.NODE else self._cosigners[role]
            yield from (key_id(given.value.ed25519) for given in some)


def _valid_at(some: "tuple[_Given[_K], ...]", index: int) -> "_Given[_K]":
    """What is valid at an entry: of all that start there or earlier the last."""
    assert index >= 0, "no entry has this index"
    return some[bisect_right(some, index, key=attrgetter("start")) - 1]


def _joined(accepted: tuple[_K, ...], new: _K) -> tuple[_Given[_K], ...]:
    """The accepted keys, the newest first, with one more; in order, as trusted ones."""
    kept = [keys for keys in reversed(accepted) if keys != new]
    return tuple(_Given(keys) for keys in (*kept, new))


def _malformed(envelope: Envelope, what: str) -> TheirError:
    place = f"{envelope.header.origin} {envelope.header.index}"
    return TheirError(Reason.MALFORMED, f"the key message {place} {what}")
