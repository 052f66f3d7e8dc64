"""Exhibits: what the parts of a certificate prove, whatever is claimed.

Nothing in a certificate is trusted but the root keys that its Understanding
names; from them every other part is verified here, each byte by some check. The
checks are made in the order in which they stand below, since each rests on the
ones before. Whether the parts amount to the claim is for `verification`.

Rules:

1. The Understanding is signed by enough roots of every party, and the outbox
   that the claim is about begins with it: the first with its very bytes, a later
   one with an EPOCH that names it and that the author's roots have signed.
2. Node, mirror and witness keys follow from it by the key messages inside, which
   are entries like all others. The keys of a later outbox begin with its EPOCH.
3. A head, a tick or an entry is of the claim's line and of an outbox of its
   author whose keys are known, and is signed by a key that was valid and trusted
   there. Each further row of a head is a cosignature by another party to the line,
   or by an outside witness that the terms name; a tick has no further row.
4. Nobody signed two roots for one size; two are a fork, and the file proves it.
5. An entry stands in its author's log under a head or tick of the author's; or
   under a head that the message of the claim names as seen.
6. Heads of one log that matter extend each other, shown by proofs.
7. A whole outbox has, at every size for which a root is signed, that root.
8. A row of a journal, where the file has one, stands under a head of that journal, which is
   signed by a node key of its party that no revocation touches; further rows of such a head
   are cosignatures by witness keys of other parties. A journal is of no outbox: where in it a
   key was valid is not known.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias, TypeVar

from openline.domain.errors import Reason, TheirError
from openline.domain.instant import SECOND_MS, format_instant
from openline.domain.line.keyring import (
    KEY_KINDS,
    KeyRing,
    by_any,
    mirror_name,
    witness_name,
)
from openline.domain.line.understanding import (
    SignedUnderstanding,
    Understanding,
    parse_signed_understanding,
    verify_understanding,
)
from openline.domain.party import parse_origin
from openline.domain.record.certificate import Evidence, ProvenEntry
from openline.domain.record.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from openline.domain.record.cosignature import verify_cosignature, verify_cosignature_by
from openline.domain.record.envelope import (
    Envelope,
    check_content,
    parse_envelope,
    verify_envelope,
)
from openline.domain.record.merkle import (
    Tree,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from openline.domain.record.note import Note, VerifierKey, parse_note
from openline.domain.record.signing import PublicKeys
from openline.domain.record.tick import Tick, parse_tick, tick_hash, verify_tick_signature
from openline.domain.statements.capture import Seen, parse_capture_row
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Message, Unreadable, read_message

_T = TypeVar("_T")

Place: TypeAlias = tuple[str, int, int]
"""Where an entry stands: author, epoch of the author's outbox, index."""


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """An entry of the certificate.

    Attributes:
        envelope: What was signed.
        message: What it says; None where the content is withheld.
        part: The part of the certificate.
    """

    envelope: Envelope
    message: Message | Unreadable | None
    part: ProvenEntry

    @property
    def place(self) -> Place:
        """Author, epoch of the outbox, and index."""
        header = self.envelope.header
        return header.party, header.epoch, header.index

    @property
    def under(self) -> tuple[str, int]:
        """Origin and size of the head that it is proven under."""
        return self.envelope.header.origin, self.part.size

    @property
    def words(self) -> str:
        """Author, index and kind: `alpha.example 12 (NOTICE)`; a later epoch too."""
        header = self.envelope.header
        later = f" of outbox {header.epoch}" if header.epoch > 1 else ""
        return f"{header.party} {header.index}{later} ({kind_word(header.kind)})"


@dataclass(frozen=True, slots=True)
class SeenHead:
    """A head of the certificate.

    Attributes:
        party: Its author.
        epoch: Of which of the author's outboxes.
        checkpoint: Origin, size and root.
        receipts: Holder and instant of each mirror cosignature, by holder.
        witnessed: Name and instant of each cosignature by an outside witness.
    """

    party: str
    epoch: int
    checkpoint: Checkpoint
    receipts: tuple[tuple[str, int], ...]
    witnessed: tuple[tuple[str, int], ...]


@dataclass
class Exhibits:
    """The parts of a certificate, verified step by step.

    Each `check_…` verifies one sort of part and returns a sentence that says what
    was found. They are called once, in their order.

    Attributes:
        evidence: The parts as they came.
        line: The line of the claim.
        signed: The signed Understanding.
        understanding: Its terms.
        rings: The keys of each party in its newest outbox that the file shows.
        entries: By author, epoch of the outbox, and index.
        heads: In the order of the file.
        web: The ticks by hash.
        runs: Envelopes of whole outboxes from the first on, by origin.
        journals: Heads of journals; in `receipts` who cosigned them, without seeing a row.
        rows: By party, epoch of its journal, and index: when it was written, and the capture.

    Raises:
        TheirError: By each check: a part is not what it must be.
    """

    evidence: Evidence
    line: str
    signed: SignedUnderstanding = field(init=False)
    understanding: Understanding = field(init=False)
    rings: dict[str, KeyRing] = field(default_factory=dict)
    entries: dict[Place, SeenEntry] = field(default_factory=dict)
    heads: list[SeenHead] = field(default_factory=list)
    web: dict[bytes, Tick] = field(default_factory=dict)
    runs: dict[str, tuple[Envelope, ...]] = field(default_factory=dict)
    journals: list[SeenHead] = field(default_factory=list)
    rows: dict[Place, tuple[int, Seen]] = field(default_factory=dict)
    _outside: tuple[VerifierKey, ...] = ()
    _rings: dict[tuple[str, int], KeyRing] = field(default_factory=dict)
    _roots: dict[tuple[str, int], bytes] = field(default_factory=dict)
    _extended: set[tuple[str, int, int]] = field(default_factory=set)
    _named: dict[tuple[str, int], bytes] = field(default_factory=dict)

    def check_understanding(self) -> str:
        """Rule 1: every party's roots have signed the terms."""
        self.signed = parse_signed_understanding(self.evidence.understanding)
        self.understanding = verify_understanding(self.signed)
        if self.understanding.line != self.line:
            what = f"the Understanding is for line {self.understanding.line}, not {self.line}"
            raise TheirError(Reason.WRONG_LINE, what)
        self.rings = {
            name: KeyRing(self.understanding, name) for name in self.understanding.names()
        }
        self._rings = {(name, 1): ring for name, ring in self.rings.items()}
        counts = [
            f"{party.name} by {sum(one.party == party.name for one in self.signed.signatures)} "
            f"of {len(party.roots)} root keys ({party.threshold} must)"
            for party in self.understanding.parties
        ]
        return f"It is version {self.understanding.version}, signed for {'; '.join(counts)}."

    def check_keys(self) -> str:
        """Rule 2: the key messages, in the order of their logs, lead to the keys."""
        for part in self.evidence.entries:
            self._see(part)
        found: list[str] = []
        for (party, epoch, index), entry in sorted(self.entries.items()):
            opens = epoch > 1 and index == 0
            if opens or entry.envelope.header.kind in KEY_KINDS:
                if entry.message is None:
                    raise _fault(Reason.MALFORMED, f"the content of {entry.words} is withheld")
                # The signatures around key messages are verified with all entries.
                if opens:
                    ring = self.rings[party].reopened(entry.envelope, entry.message)
                else:
                    ring = self.ring(party, epoch).after(entry.envelope, entry.message)
                self.rings[party] = self._rings[party, epoch] = ring
                found.append(entry.words)
        witnesses = (witness for terms in self._terms() for witness in terms.outside_witnesses)
        self._outside = tuple(
            dict.fromkeys(key for one in witnesses for key in one.verifier_keys())
        )
        return f"After {', '.join(found)}." if found else "The Understanding's own keys are valid."

    def check_heads(self) -> str:
        """Rules 3 and 4: heads are signed by their authors and cosigned by others."""
        for text in self.evidence.heads:
            self._see_head(parse_note(text))
        return "; ".join(map(_head_words, (*self.heads, *self.journals))) + "."

    def check_ticks(self) -> str:
        """Rules 3 and 4: ticks are signed by their authors."""
        for text in self.evidence.ticks:
            self._see_tick(parse_note(text))
        counts = {
            party: sum(tick.party == party for tick in self.web.values()) for party in self.rings
        }
        return ", ".join(f"{count} of {party}" for party, count in counts.items() if count) + "."

    def check_entries(self, target: Place | None) -> str:
        """Rule 5: entries are signed, stand in their logs, and have their contents.

        Args:
            target: Place of the message that the claim is about; the heads that
                it names as seen may prove other parties' entries.
        """
        if target in self.entries:
            for head in self.entries[target].envelope.header.heads:
                self._named[head.origin, head.size] = head.root
                if self._roots.get((head.origin, head.size), head.root) != head.root:
                    words = self.entries[target].words
                    what = f"{words} names another root of {head.origin} than its author"
                    raise _fault(Reason.WRONG_ROOT, what)
        for entry in self.entries.values():
            self._check_entry(entry)
        shown = [entry.words for _, entry in sorted(self.entries.items())]
        more = f" and {len(shown) - 12} more" if len(shown) > 12 else ""
        return ", ".join(shown[:12]) + more + "."

    def check_extensions(self) -> str:
        """Rule 6: the heads of each log belong to one history."""
        for one in self.evidence.extensions:
            named = self._named.get((one.origin, one.old))
            old = named or self._root(one.origin, one.old)
            new = self._root(one.origin, one.new)
            verify_consistency(one.old, one.new, old, new, one.proof)
            self._extended.add((one.origin, one.old, one.new))
        sizes: dict[str, set[int]] = {}
        for head in self.heads:
            sizes.setdefault(head.checkpoint.origin, set()).add(head.checkpoint.size)
        for entry in self.entries.values():
            if entry.under in self._roots:
                sizes.setdefault(entry.envelope.header.origin, set()).add(entry.part.size)
        for origin, some in sizes.items():
            self.check_one_history(origin, some)
        if not self._extended:
            return "There is one head of each log."
        return f"Consistency proofs, {len(self._extended)} of them, lead from head to later head."

    def check_runs(self) -> str:
        """Rule 7: a whole outbox is what its author signed, at every size that is signed."""
        for run in self.evidence.runs:
            envelopes = tuple(map(parse_envelope, run.entries))
            for index, envelope in enumerate(envelopes):
                header = envelope.header
                if (header.origin, header.index) != (run.origin, index):
                    what = f"entry {index} of the run of {run.origin} is another's"
                    raise _fault(Reason.WRONG_INDEX, what)
            if envelopes:
                self._check_outbox(envelopes[0].header.party, run.origin)
            tree = Tree(map(leaf_hash, run.entries))
            sizes = [size for origin, size in self._roots if origin == run.origin]
            if tree.size not in sizes or run.origin in self.runs:
                what = f"no head or tick of size {tree.size} covers the run of {run.origin}"
                raise _fault(Reason.WRONG_ROOT, what)
            for size in sizes:
                if size <= tree.size and tree.root(size) != self._roots[run.origin, size]:
                    what = f"the run of {run.origin} is not what its author signed at size {size}"
                    raise _fault(Reason.WRONG_ROOT, what)
            self.runs[run.origin] = envelopes
        told = [f"{len(run)} of {origin}" for origin, run in self.runs.items()]
        return f"There are {', '.join(told)}." if told else "There is none."

    def check_rows(self) -> str:
        """Rule 8: a row stands in its journal, and its capture is the one that it notes."""
        for one in self.evidence.rows:
            party, epoch = self._journal(one.origin)
            root = self._root(one.origin, one.size)
            verify_inclusion(leaf_hash(one.raw), one.index, one.size, one.proof, root)
            self.rows[party, epoch, one.index] = parse_capture_row(one.raw, one.content)
        return ", ".join(f"row {index} of {party}" for party, _, index in self.rows) + "."

    def _journal(self, text: str) -> tuple[str, int]:
        """Whose journal on this line a log is, and of which epoch."""
        origin = parse_origin(text)
        if origin is None or (origin.line, origin.log) != (self.line, "journal"):
            raise _fault(Reason.WRONG_LINE, f"{text} is not a journal of the line")
        if origin.party not in self.rings:
            raise _fault(Reason.UNKNOWN_PARTY, f"{origin.party} is not a party to the line")
        return origin.party, origin.epoch

    def check_one_history(self, origin: str, sizes: Iterable[int]) -> None:
        """Check that each of the sizes is shown to extend the one before."""
        for old, new in pairwise(sorted(set(sizes))):
            if old and (origin, old, new) not in self._extended:
                what = f"nothing shows that {origin} at size {new} extends size {old}"
                raise _fault(Reason.WRONG_ROOT, what)

    def check_beginning(self, party: str, epoch: int = 1) -> None:
        """Check that a party's outbox begins with the Understanding of the certificate."""
        if epoch > 1:
            # Its EPOCH names the Understanding, or its keys would not be known.
            self.ring(party, epoch)
            return
        entry = self.entries.get((party, 1, 0))
        content_hash = hashlib.sha256(self.signed.content()).digest()
        if entry is None or entry.envelope.content_hash != content_hash:
            what = f"nothing shows that {party}'s outbox begins with this Understanding"
            raise _fault(Reason.WRONG_UNDERSTANDING, what)

    def epochs_of(self, party: str) -> list[int]:
        """Of which outboxes of a party the file has ticks, in order."""
        origins = {tick.out.origin for tick in self.web.values() if tick.party == party}
        return sorted(_epoch_of(origin) for origin in origins)

    def ring(self, party: str, epoch: int) -> KeyRing:
        """The keys of a party in one of its outboxes.

        Raises:
            TheirError: It is no party, or the file does not show how it begins.
        """
        if party not in self.rings:
            raise _fault(Reason.UNKNOWN_PARTY, f"{party} is not a party to the line")
        if (party, epoch) not in self._rings:
            what = f"nothing in the file opens outbox {epoch} of {party}"
            raise _fault(Reason.UNKNOWN_KEY, what)
        return self._rings[party, epoch]

    def receipts(self, place: Place) -> dict[str, int]:
        """The earliest receipt of an entry by each holder, as instants."""
        found: dict[str, int] = {}
        party, epoch, index = place
        for head in self.heads:
            if (head.party, head.epoch) == (party, epoch) and head.checkpoint.size > index:
                for holder, at in head.receipts:
                    found[holder] = min(at, found.get(holder, at))
        return dict(sorted(found.items()))

    def tolerance_ms(self) -> int:
        """The largest clock tolerance of the terms in the certificate."""
        return max(terms.timers.clock_tolerance_ms for terms in self._terms())

    def tick_gap_ms_max(self) -> int:
        """Most time between two ticks of a party that was running."""
        return max(
            terms.timers.tick_ms * terms.timers.ticks_missed_degraded for terms in self._terms()
        )

    def _terms(self) -> Iterator[Understanding]:
        """Every version of the terms that is in force in the file."""
        for ring in self._rings.values():
            yield from ring.understandings()

    def _ring(self, party: str, text: str) -> KeyRing:
        """The keys of an author, if the log is an outbox of its on this line."""
        self._check_outbox(party, text)
        return self.ring(party, _epoch_of(text))

    def _check_outbox(self, party: str, text: str) -> None:
        if party not in self.rings:
            raise _fault(Reason.UNKNOWN_PARTY, f"{party} is not a party to the line")
        origin = parse_origin(text)
        if origin is None or (origin.party, origin.line, origin.log) != (party, self.line, "out"):
            raise _fault(Reason.WRONG_LINE, f"{text} is not an outbox of {party} on the line")

    def _see(self, part: ProvenEntry) -> None:
        envelope = parse_envelope(part.raw)
        message: Message | Unreadable | None = None
        self._check_outbox(envelope.header.party, envelope.header.origin)
        if part.content is not None:
            check_content(envelope, part.content)
            message = read_message(envelope.header.kind, part.content)
        entry = SeenEntry(envelope, message, part)
        if entry.place in self.entries:
            raise _fault(Reason.MALFORMED, f"{entry.words} is there twice")
        self.entries[entry.place] = entry

    def _see_head(self, note: Note) -> None:
        origin = parse_checkpoint(note.text).origin
        if self.evidence.rows and origin in {row.origin for row in self.evidence.rows}:
            self._see_journal(note, origin)
            return
        party = origin.partition("/")[0]
        ring = self._ring(party, origin)
        size = parse_checkpoint(note.text).size
        checkpoint = by_any(
            ring.nodes_for_size(size),
            lambda keys: verify_checkpoint(note, origin, keys),
            f"the head of {origin} at {size}",
        )
        self._take_root(checkpoint)
        receipts, rows = self._receipts(note, checkpoint, party)
        witnessed = self._witnessed(note, checkpoint)
        # Every row is accounted for: two by the author, two by each cosigner, one by a witness.
        if 2 + rows + len(witnessed) != len(note.signatures):
            what = f"the head of {origin} has rows by nobody that is known"
            raise _fault(Reason.UNKNOWN_KEY, what)
        self.heads.append(SeenHead(party, _epoch_of(origin), checkpoint, receipts, witnessed))

    def _see_journal(self, note: Note, origin: str) -> None:
        party, epoch = self._journal(origin)
        checkpoint = by_any(
            self.rings[party].nodes(),
            lambda keys: verify_checkpoint(note, origin, keys),
            f"the head of {origin}",
        )
        self._take_root(checkpoint)
        names = {row.name for row in note.signatures}
        cosigned = tuple(
            (other, _cosigned_at(note, checkpoint, witness_name(other), ring.witnesses()))
            for other, ring in self.rings.items()
            if other != party and witness_name(other) in names
        )
        if 2 + 2 * len(cosigned) != len(note.signatures):
            what = f"the head of {origin} has rows by nobody that is known"
            raise _fault(Reason.UNKNOWN_KEY, what)
        self.journals.append(SeenHead(party, epoch, checkpoint, cosigned, ()))

    def _receipts(
        self, note: Note, checkpoint: Checkpoint, author: str
    ) -> tuple[tuple[tuple[str, int], ...], int]:
        """The mirror cosignatures of a head, and how many rows other parties gave it."""
        found: list[tuple[str, int]] = []
        rows = 0
        names = {row.name for row in note.signatures}
        for party, ring in self.rings.items():
            if party == author:
                continue
            if mirror_name(party) in names:
                at = _cosigned_at(note, checkpoint, mirror_name(party), ring.mirrors())
                found.append((party, at))
                rows += 2
            if witness_name(party) in names:
                _cosigned_at(note, checkpoint, witness_name(party), ring.witnesses())
                rows += 2
        return tuple(found), rows

    def _witnessed(self, note: Note, checkpoint: Checkpoint) -> tuple[tuple[str, int], ...]:
        """The cosignatures of a head by agreed outside witnesses, one for each key."""
        rows = {(row.name, row.key_id) for row in note.signatures}
        return tuple(
            (key.name, verify_cosignature_by(checkpoint, note.signatures, key) * SECOND_MS)
            for key in self._outside
            if (key.name, key.key_id) in rows
        )

    def _see_tick(self, note: Note) -> None:
        tick = parse_tick(note.text)
        if tick.line != self.line or len(note.signatures) != 1:
            raise _fault(Reason.WRONG_LINE, f"a tick is of {tick.line}, or signed by several")
        ring = self._ring(tick.party, tick.out.origin)
        by_any(
            ring.nodes_for_size(tick.out.size),
            lambda keys: verify_tick_signature(note, tick, keys.ed25519),
            f"tick {tick.sequence} of {tick.party}",
        )
        self._take_root(tick.out)
        self.web[tick_hash(note.text)] = tick

    def _take_root(self, head: Checkpoint) -> None:
        if self._roots.setdefault((head.origin, head.size), head.root) != head.root:
            what = f"two roots are signed for {head.origin} at size {head.size}: a fork"
            raise _fault(Reason.FORK, what)

    def _check_entry(self, entry: SeenEntry) -> None:
        envelope, part = entry.envelope, entry.part
        party, epoch, index = entry.place
        root = self._roots.get(entry.under, self._named.get(entry.under))
        if root is None:
            raise _fault(Reason.WRONG_ROOT, f"no head of size {part.size} covers {entry.words}")
        verify_inclusion(leaf_hash(part.raw), index, part.size, part.proof, root)
        verify_envelope(envelope, self.ring(party, epoch).node_at(index).ed25519)

    def _root(self, origin: str, size: int) -> bytes:
        if (origin, size) not in self._roots:
            raise _fault(Reason.WRONG_ROOT, f"the file has no head of {origin} at size {size}")
        return self._roots[origin, size]


def _epoch_of(text: str) -> int:
    """The epoch of a log whose name was checked before."""
    origin = parse_origin(text)
    assert origin is not None
    return origin.epoch


def kind_word(kind: int) -> str:
    """The name of a kind, or its number where it has none here."""
    return Kind(kind).name if kind in set(Kind) else f"kind {kind}"


def _cosigned_at(
    note: Note, checkpoint: Checkpoint, name: str, candidates: tuple[PublicKeys, ...]
) -> int:
    """The instant of a cosignature under this name by any of the keys."""
    at_s = by_any(
        candidates,
        lambda keys: verify_cosignature(checkpoint, note.signatures, name, keys),
        f"the cosignature of {name}",
    )
    return at_s * SECOND_MS


def _head_words(head: SeenHead) -> str:
    told = [f"held by {who} in the second {format_instant(at)}" for who, at in head.receipts]
    told += [
        f"seen by {who} in the second {format_instant(at)}"
        for who, at in dict(head.witnessed).items()
    ]
    cosigned = f" ({', '.join(told)})" if told else ""
    return f"{head.checkpoint.origin} at size {head.checkpoint.size}{cosigned}"


def _fault(reason: Reason, what: str) -> TheirError:
    return TheirError(reason, what)
