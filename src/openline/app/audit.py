"""The audit: the entries, heads and receipts in a store, verified anew.

It trusts nothing but the root signatures on the stored Understandings: keys
follow from the logs themselves. Of every entry the place, the content and the
signature are checked, of every kept head the root; and of each log the
signatures of the newest head, and of the newest receipt by each counterpart,
for these cover all that is beneath them. A row of a journal is hashed only. It
reads only, so it may look at a copy or at the store of a stopped node.
Signatures are checked on all cores.

A receipt or a head may be by a key that was revoked after it was given. It is
accepted no more, whenever it was signed (`docs/spec/understanding.md` 6), and
nobody has altered anything: that is no fault of the store. Such a signature is
told as void.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, TypeAlias

from openline.domain.errors import OpenlineError, Reason, TheirError
from openline.domain.line.keyring import (
    KEY_KINDS,
    KeyRing,
    by_any,
    mirror_name,
    witness_name,
)
from openline.domain.line.understanding import (
    SignedUnderstanding,
    parse_signed_understanding,
    parse_understanding,
    verify_understanding,
)
from openline.domain.party import Origin, parse_origin
from openline.domain.record.checkpoint import parse_checkpoint, verify_checkpoint
from openline.domain.record.cosignature import verify_cosignature
from openline.domain.record.envelope import (
    Envelope,
    check_content,
    parse_content,
    parse_envelope,
    verify_envelope,
)
from openline.domain.record.merkle import EMPTY_ROOT, Tree, leaf_hash
from openline.domain.record.note import Note, parse_note
from openline.domain.record.signing import PublicKeys
from openline.domain.talk.keys import KeyRole
from openline.domain.talk.message import parse_body
from openline.engine.entries import opens_outbox
from openline.engine.ports import Store, StoredEntry

_READ: Final = 512
_HEADS_READ: Final = 64

_FAULTS_TOLD: Final = 100
"""Faults of one log that are told: one wrong key makes every later entry one."""


@dataclass(slots=True)
class LogAudit:
    """What was found in one log.

    Attributes:
        origin: The log.
        entries: How many entries it has.
        heads: How many signed heads were checked against it.
        receipts: How many of them carry a counterpart's cosignature.
        faults: What is wrong, one sentence each; empty when all holds.
        void: What proves nothing any more, for its key was revoked, one sentence each.
    """

    origin: str
    entries: int = 0
    heads: int = 0
    receipts: int = 0
    faults: list[str] = field(default_factory=list)
    void: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "origin": self.origin,
            "entries": self.entries,
            "heads": self.heads,
            "receipts": self.receipts,
            "faults": list(self.faults),
            "void": list(self.void),
        }

    def tell(self, fault: str) -> None:
        """Add a fault; of very many only the first are told."""
        if len(self.faults) == _FAULTS_TOLD:
            self.faults.append("There are more; only the first are told.")
        elif len(self.faults) < _FAULTS_TOLD:
            self.faults.append(fault)


def audit(store: Store) -> list[LogAudit]:
    """Verify every log of a store, in order of their origins."""
    terms: dict[str, SignedUnderstanding] = {}
    unsigned: list[LogAudit] = []
    for name, data in store.values("adopted/"):
        try:
            signed = parse_signed_understanding(data)
            verify_understanding(signed)
            terms[name.removeprefix("adopted/")] = signed
        except OpenlineError as error:
            unsigned.append(LogAudit(name, faults=[f"The Understanding does not verify: {error}."]))
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        audits = [
            _LogAuditor(store, pool, terms, origin, size, root)
            for origin, size, root in sorted(store.origins(), key=_in_order)
        ]
        # All logs before any head: heads are checked with the keys that the outboxes end with.
        rings: Rings = {}
        read = [auditor for auditor in audits if auditor.read(rings)]
        for auditor in read:
            auditor.check_heads(rings)
    found = [*unsigned, *(one.found for one in audits)]
    return sorted(found, key=lambda one: one.origin)


Rings: TypeAlias = dict[tuple[str, str], dict[int, KeyRing]]
"""The keys of each party on each line, by the epoch of its outbox."""


class _LogAuditor:
    """Verifies one log."""

    def __init__(
        self,
        store: Store,
        pool: ThreadPoolExecutor,
        terms: dict[str, SignedUnderstanding],
        origin: str,
        size: int,
        root: bytes,
    ) -> None:
        self.found = LogAudit(origin, entries=size)
        self._origin = parse_origin(origin)
        self._terms = terms
        self._store, self._pool = store, pool
        self._size, self._root = size, root
        self._tree = Tree()
        self._parties: tuple[str, ...] = ()

    @property
    def is_journal(self) -> bool:
        """Whether the log is a private journal."""
        return self._origin is not None and self._origin.log == "journal"

    def read(self, rings: Rings) -> bool:
        """Verify the entries and the root; whether the log is one of a line."""
        origin = self._origin
        if origin is None or origin.line not in self._terms:
            self.found.tell("No Understanding was adopted for this log.")
            return False
        terms = parse_understanding(self._terms[origin.line].data)
        self._parties = terms.names()
        for party in self._parties:
            rings.setdefault((origin.line, party), {0: KeyRing(terms, party)})
        place = (origin.line, origin.party)
        if place not in rings:
            self.found.tell(f"{origin.party} is no party to the line {origin.line}.")
            return False
        if self.is_journal:
            self._read_journal()
        else:
            rings[place][origin.epoch] = self._read_outbox(_newest(rings[place]))
        if (self._tree.size, self._tree.root()) != (self._size, self._root or EMPTY_ROOT):
            self.found.tell(f"The root over {self._size} entries is not the stored one.")
        return True

    def check_heads(self, rings: Rings) -> None:
        """Verify the kept heads and the receipts; `read` has let the log pass."""
        origin = self._origin
        assert origin is not None, "the log is one of a line"
        by_epoch = rings[origin.line, origin.party]
        # Each ring that was read to its end; the one it began with knows of no revocation.
        read = {epoch: ring for epoch, ring in by_epoch.items() if epoch} or by_epoch
        authors = read if self.is_journal else {0: by_epoch[origin.epoch]}
        self._check_heads([*authors.values()], "")
        for party in self._parties:
            if party != origin.party:
                theirs = [ring for _, ring in sorted(rings[origin.line, party].items())]
                self._check_heads([*authors.values()], party, theirs)

    def _chunks(self) -> Iterator[tuple[int, list[StoredEntry]]]:
        start = 0
        while chunk := self._store.entries(self.found.origin, start, _READ):
            yield start, chunk
            start += len(chunk)

    def _read_journal(self) -> None:
        for _, chunk in self._chunks():
            self._tree.extend([leaf_hash(entry.raw) for entry in chunk])

    def _read_outbox(self, ring: KeyRing) -> KeyRing:
        for start, chunk in self._chunks():
            self._tree.extend([leaf_hash(entry.raw) for entry in chunk])
            work: list[tuple[Envelope, PublicKeys]] = []
            for index, entry in enumerate(chunk, start):
                try:
                    envelope = parse_envelope(entry.raw)
                    ring = self._check_entry(envelope, entry, index, ring)
                    work.append((envelope, ring.node_at(index)))
                except TheirError as error:
                    self.found.tell(f"Entry {index}: {error}.")
            self._verify_all(work)
        return ring

    def _check_entry(
        self, envelope: Envelope, entry: StoredEntry, index: int, ring: KeyRing
    ) -> KeyRing:
        header = envelope.header
        if (header.origin, header.index) != (self.found.origin, index):
            raise TheirError(Reason.WRONG_INDEX, f"it says {header.origin} {header.index}")
        check_content(envelope, entry.content)
        if opens_outbox(header):
            return ring.reopened(envelope, parse_body(header.kind, parse_content(entry.content)))
        if index == 0 and entry.content != self._terms[header.line].content():
            raise TheirError(Reason.WRONG_UNDERSTANDING, "it is not the Understanding adopted")
        if header.kind in KEY_KINDS:
            ring = ring.after(envelope, parse_body(header.kind, parse_content(entry.content)))
        return ring

    def _verify_all(self, work: list[tuple[Envelope, PublicKeys]]) -> None:
        """Verify signatures on all cores; the order of the faults is that of the log."""
        share = max(1, len(work) // (os.cpu_count() or 1) + 1)
        rest = iter(work)
        parts = iter(lambda: list(islice(rest, share)), [])
        for faults in self._pool.map(_verify_part, parts):
            for fault in faults:
                self.found.tell(fault)

    def _check_heads(
        self, rings: list[KeyRing], holder: str, theirs: Sequence[KeyRing] = ()
    ) -> None:
        """Check every kept head against the tree; the signatures of the last one."""
        size = 0
        last: Note | None = None
        while chunk := self._store.heads(self.found.origin, holder, size, _HEADS_READ):
            for size_of, text in chunk:
                last = self._check_head(size_of, text) or last
            size = chunk[-1][0] + 1
            self.found.heads += len(chunk)
            self.found.receipts += len(chunk) if holder else 0
        if last is not None:
            self._check_signatures(last, rings, holder, theirs)

    def _check_head(self, size: int, text: str) -> Note | None:
        try:
            note = parse_note(text)
            head = parse_checkpoint(note.text)
        except TheirError as error:
            self.found.tell(f"The head of size {size} cannot be read: {error}.")
            return None
        is_ours = head.origin == self.found.origin and head.size == size <= self._tree.size
        if not is_ours or head.root != self._tree.root(size):
            self.found.tell(f"The kept head of size {size} is of another history.")
            return None
        return note

    def _check_signatures(
        self, note: Note, rings: list[KeyRing], holder: str, theirs: Sequence[KeyRing]
    ) -> None:
        """Check who signed a head, and who cosigned it; the newest ring is the last."""
        head = parse_checkpoint(note.text)
        authors = [
            keys
            for ring in rings
            for keys in (ring.nodes() if self.is_journal else ring.nodes_for_size(head.size))
        ]

        def is_authors(keys: PublicKeys) -> object:
            return verify_checkpoint(note, head.origin, keys)

        what = f"The head of size {head.size}"
        if not _is_by(authors, is_authors):
            is_void = _is_by(_void(rings, KeyRole.NODE), is_authors)
            self._tell_unproven(f"{what} is not signed by its author.", what, is_void=is_void)
        if not theirs:
            return
        name = witness_name(holder) if self.is_journal else mirror_name(holder)
        cosigners = theirs[-1].witnesses() if self.is_journal else theirs[-1].mirrors()

        def is_holders(keys: PublicKeys) -> object:
            return verify_cosignature(head, note.signatures, name, keys)

        what = f"The receipt of {holder} for {head.size}"
        if not _is_by(cosigners, is_holders):
            role = KeyRole.WITNESS if self.is_journal else KeyRole.MIRROR
            is_void = _is_by(_void(theirs, role), is_holders)
            self._tell_unproven(f"{what} does not verify.", what, is_void=is_void)

    def _tell_unproven(self, fault: str, what: str, *, is_void: bool) -> None:
        if is_void:
            self.found.void.append(f"{what} is by a key that was revoked.")
        else:
            self.found.tell(fault)


def _in_order(log: tuple[str, int, bytes]) -> tuple[bool, Origin | str]:
    """Sorts logs so that each outbox of a party comes after the one before."""
    origin = parse_origin(log[0])
    return (True, log[0]) if origin is None else (False, origin)


def _newest(by_epoch: dict[int, KeyRing]) -> KeyRing:
    return by_epoch[max(by_epoch)]


def _is_by(candidates: Iterable[PublicKeys], verify: Callable[[PublicKeys], object]) -> bool:
    """Whether one of the keys has signed."""
    try:
        by_any(candidates, verify, "")
    except TheirError:
        return False
    return True


def _void(rings: Iterable[KeyRing], role: KeyRole) -> list[PublicKeys]:
    """The keys of a role that are accepted no more, over all outboxes of a party."""
    return [keys for ring in rings for keys in ring.void(role)]


def _verify_part(part: list[tuple[Envelope, PublicKeys]]) -> list[str]:
    faults = []
    for envelope, keys in part:
        try:
            verify_envelope(envelope, keys.ed25519)
        except TheirError as error:
            faults.append(f"Entry {envelope.header.index}: {error}.")
    return faults
