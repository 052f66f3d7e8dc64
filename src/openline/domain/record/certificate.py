"""Certificates: one file that lets an outsider check a claim about the record.

A certificate makes a claim (who said what, who held it, when nothing was said)
and carries the evidence: the signed Understanding, entries with their proofs,
heads, ticks. This module is the format. What the evidence must show is in
`verification`, how it is gathered in `app.export`. Source:
`docs/spec/certificate.md`.

The file is strict CBOR, an array of six: the magic text, the version, the kind,
the claim, the parts, and the SHA-256 of every byte before those last 32. The
checksum finds accidents, nothing else: what an adversary writes has a right
checksum and fails in the steps of the verification. Lists of parts are in order
of their bytes and have no two alike, so equal evidence makes equal files.
"""

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from openline.domain.errors import OurError, Reason, TheirError
from openline.domain.instant import INSTANT_MAX
from openline.domain.limits import (
    CONTENT_SIZE_BYTES_MAX,
    ENTRY_SIZE_BYTES_MAX,
    EVIDENCE_ENTRIES_MAX,
    EVIDENCE_HEADS_MAX,
    EVIDENCE_SIZE_BYTES_MAX,
    EVIDENCE_TICKS_MAX,
    LABEL_CHARS_MAX,
    NAME_CHARS_MAX,
    PROOF_HASHES_MAX,
    RUN_ENTRIES_MAX,
    SCOPES_MAX,
)
from openline.domain.line.declared import Declared
from openline.domain.party import EPOCH_MAX, is_line_name, is_party_name
from openline.domain.record import cbor
from openline.domain.record.cbor import Value
from openline.domain.record.merkle import HASH_BYTES

MAGIC: Final = "openline/certificate"
VERSION: Final = 1

_CHECKSUM_BYTES = 32
_INDEX_MAX = 2**53


class CertificateUnreadable(TheirError):
    """The bytes are no certificate, or not the bytes that were written."""

    def __init__(self, what: str, reason: Reason = Reason.MALFORMED) -> None:
        super().__init__(reason, what)


class CertificateKind(StrEnum):
    """What a certificate claims; the word in the file."""

    MESSAGE = "message"
    """A party said this, not before one instant and not after another."""
    RECEIPT = "receipt"
    """A party held a message of another durably at an instant."""
    USE = "use"
    """A party said something on the line in a window."""
    NON_USE = "non_use"
    """A party said nothing on the line in a window."""
    STATE = "state"
    """The word that was displayed for the line at an instant."""
    DECLARED = "declared"
    """What a party declared of each scope at an instant, by all that it had said."""
    LEAD_TIME = "lead_time"
    """How long before its window a notice was received, at least."""
    NO_ANSWER = "no_answer"
    """A party received a message and gave no answer to it until an instant."""
    CAPTURE = "capture"
    """A party noted in its journal what it saw on a public page, before an instant."""
    FORK = "fork"
    """A party signed two things in one place, with one key, that contradict each other."""


class ForkSort(StrEnum):
    """What was signed twice; the word of the claim of a fork."""

    HEAD = "HEAD"
    """Two histories of an outbox, in heads or in the heads that ticks state."""
    TICK = "TICK"
    """Two ticks of one number, or a tick that names another one as the one before it."""
    ENTRY = "ENTRY"
    """Two entries of one index of an outbox."""
    JOURNAL = "JOURNAL"
    """Two histories of a journal, in heads."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a certificate claims; which attributes count is told by the kind.

    Attributes:
        kind: What sort of claim it is.
        line: The line it is about.
        party: Author of the message, or the party that was or was not silent.
        index: Of the message in the author's outbox, or of the row in its journal; of a fork
            the size, the number of the tick, or the index that was signed twice.
        holder: The party that received it, or cosigned the journal.
        valid_from: First instant of the window.
        valid_until: First instant after the window; the instant until which nothing
            was answered.
        at: The instant whose state is claimed.
        word: The word displayed then; of a fork, one of `ForkSort`.
        epoch: Which of the author's outboxes or journals the index counts in.
        declared: Scope and state of each scope, in order of the scopes.
    """

    kind: CertificateKind
    line: str
    party: str = ""
    index: int = 0
    holder: str = ""
    valid_from: int = 0
    valid_until: int = 0
    at: int = 0
    word: str = ""
    epoch: int = 1
    declared: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes that count; the epoch is left out where it is the first."""
        later = ("epoch",) if self.epoch > 1 else ()
        return ("line", *_CLAIMS[self.kind], *later)

    def to_json(self) -> dict[str, Any]:
        """The attributes that count, by name."""
        shown = {name: getattr(self, name) for name in self.names}
        if "declared" in shown:
            shown["declared"] = dict(self.declared)
        return {"kind": str(self.kind)} | shown


_CLAIMS: Final[dict[CertificateKind, tuple[str, ...]]] = {
    CertificateKind.MESSAGE: ("party", "index"),
    CertificateKind.RECEIPT: ("party", "index", "holder"),
    CertificateKind.USE: ("party", "valid_from", "valid_until"),
    CertificateKind.NON_USE: ("party", "valid_from", "valid_until"),
    CertificateKind.STATE: ("at", "word"),
    CertificateKind.LEAD_TIME: ("party", "index", "holder"),
    CertificateKind.DECLARED: ("party", "at", "declared"),
    CertificateKind.NO_ANSWER: ("party", "index", "holder", "valid_until"),
    CertificateKind.CAPTURE: ("party", "index", "holder"),
    CertificateKind.FORK: ("party", "index", "word"),
}
"""The attributes of each kind of claim beside the line."""

_KEYS: Final = {
    "line": 0,
    "party": 1,
    "index": 2,
    "holder": 3,
    "valid_from": 4,
    "valid_until": 5,
    "at": 6,
    "word": 7,
    "epoch": 8,
    "declared": 9,
}
"""The number under which each attribute stands in the file."""


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """One log entry with the way to the root of a head.

    Attributes:
        raw: The envelope: the log entry as it is hashed.
        content: What it says; None where it is withheld.
        size: Size of the head under which it is proven.
        proof: Inclusion proof for its index at that size.
    """

    raw: bytes
    content: bytes | None
    size: int
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Extension:
    """The proof that a log of one size is the beginning of the same log later.

    Attributes:
        origin: The log.
        old: The smaller size, from 1.
        new: The larger size.
        proof: Consistency proof between the two.
    """

    origin: str
    old: int
    new: int
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """All entries of an outbox from the first on, without their contents.

    Attributes:
        origin: The outbox.
        entries: The envelopes, as they are hashed, in order.
    """

    origin: str
    entries: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One row of a journal, with what it is about, and the way to the root of a head.

    Attributes:
        origin: The journal.
        index: Of the row.
        raw: The row, as it is hashed.
        content: What is kept beside it.
        size: Size of the head under which it is proven.
        proof: Inclusion proof for its index at that size.
    """

    origin: str
    index: int
    raw: bytes
    content: bytes
    size: int
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two things that a party signed and that cannot both be.

    Attributes:
        first: A note or an envelope; of two heads the one of the smaller size, of two ticks
            the one of the smaller number, else the one whose bytes are less.
        second: The other, of the same sort.
        root: Of two heads of different sizes: what the second has for a root at the size of
            the first; else empty.
        proof: The consistency proof from there to the second; empty where `root` is.
    """

    first: bytes
    second: bytes
    root: bytes = b""
    proof: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The parts on which a claim rests; nothing of it is trusted unseen.

    Attributes:
        understanding: The signed Understanding of entry 0, as its file.
        entries: Log entries: messages, key messages, amendments.
        heads: Signed heads with their cosignatures, as whole notes.
        extensions: Proofs that heads of one log belong to one history.
        ticks: Signed ticks, as whole notes.
        runs: Outboxes from their beginnings; in a certificate of what was declared alone.
        rows: Rows of journals; in a certificate of a capture alone.
        contradictions: What was signed twice; in a certificate of a fork alone.
    """

    understanding: bytes
    entries: tuple[ProvenEntry, ...] = ()
    heads: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()
    ticks: tuple[str, ...] = ()
    runs: tuple[Run, ...] = ()
    rows: tuple[JournalRow, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """A claim with its evidence."""

    claim: Claim
    evidence: Evidence

    def format(self) -> bytes:
        """The file.

        Raises:
            OurError: It would be larger than a certificate may be.
        """
        claim, evidence = self.claim, self.evidence
        parts: list[Value] = [
            evidence.understanding,
            _sorted([[e.raw, e.content, e.size, list(e.proof)] for e in evidence.entries]),
            _sorted([note.encode() for note in evidence.heads]),
            _sorted([[e.origin, e.old, e.new, list(e.proof)] for e in evidence.extensions]),
            _sorted([note.encode() for note in evidence.ticks]),
        ]
        if claim.kind is CertificateKind.DECLARED:
            parts.append(_sorted([[one.origin, list(one.entries)] for one in evidence.runs]))
        if claim.kind is CertificateKind.CAPTURE:
            parts.append(_sorted([_row_value(one) for one in evidence.rows]))
        if claim.kind is CertificateKind.FORK:
            parts.append(
                _sorted(
                    [
                        [one.first, one.second, one.root, list(one.proof)]
                        for one in evidence.contradictions
                    ]
                )
            )
        whole: list[Value] = [
            *(MAGIC, VERSION, str(claim.kind)),
            {_KEYS[name]: _value_of(claim, name) for name in claim.names},
            dict(enumerate(parts)),
            bytes(_CHECKSUM_BYTES),
        ]
        body = cbor.encode(whole)[:-_CHECKSUM_BYTES]
        if len(body) + _CHECKSUM_BYTES > EVIDENCE_SIZE_BYTES_MAX:
            raise OurError(
                f"The evidence has {len(body)} bytes, a certificate at most "
                f"{EVIDENCE_SIZE_BYTES_MAX}.",
                "Leave out the content, or ask for a shorter window.",
            )
        return body + hashlib.sha256(body).digest()


def parse_certificate(data: bytes) -> Certificate:
    """The certificate in a file; nothing but its form and checksum is checked.

    Raises:
        CertificateUnreadable: It is no certificate, of another version, larger than
            any, or its bytes are not those that were written.
    """
    if len(data) > EVIDENCE_SIZE_BYTES_MAX:
        raise CertificateUnreadable(f"the file has {len(data)} bytes", Reason.TOO_LARGE)
    body, checksum = data[:-_CHECKSUM_BYTES], data[-_CHECKSUM_BYTES:]
    if hashlib.sha256(body).digest() != checksum:
        raise CertificateUnreadable("the checksum does not match: the file was damaged or cut")
    try:
        value = cbor.decode(data)
    except TheirError as error:
        raise CertificateUnreadable(error.what) from None
    if not isinstance(value, list) or len(value) != 6 or value[0] != MAGIC:
        raise CertificateUnreadable("the file is no certificate of Openline")
    version = _whole(value[1], "version")
    if version != VERSION:
        what = f"the certificate has version {version}, this program reads {VERSION}"
        raise CertificateUnreadable(what, Reason.VERSION)
    claim = _parse_claim(value[2], value[3])
    return Certificate(claim, _parse_evidence(value[4], claim.kind))


def _row_value(one: JournalRow) -> list[Value]:
    return [one.origin, one.index, one.raw, one.content, one.size, list(one.proof)]


def _sorted(items: list[Any]) -> list[Value]:
    """The items without repetition, in order of their bytes."""
    by_bytes = {cbor.encode(item): item for item in items}
    return [by_bytes[encoded] for encoded in sorted(by_bytes)]


def _parse_claim(kind_value: Value, value: Value) -> Claim:
    if kind_value not in tuple(CertificateKind):
        raise CertificateUnreadable(f"the kind {str(kind_value)[:40]!r} is not known")
    kind = CertificateKind(str(kind_value))
    names: tuple[str, ...] = ("line", *_CLAIMS[kind])
    if "index" in names and isinstance(value, dict) and _KEYS["epoch"] in value:
        names = (*names, "epoch")
    if not isinstance(value, dict) or value.keys() != {_KEYS[name] for name in names}:
        raise CertificateUnreadable(f"the claim is not that of a {kind} certificate")
    claim = Claim(kind, **{name: _attribute(name, value[_KEYS[name]]) for name in names})
    if "valid_from" in names and claim.valid_from >= claim.valid_until:
        raise CertificateUnreadable("the window ends before it begins")
    if kind is CertificateKind.FORK and claim.word not in tuple(ForkSort):
        raise CertificateUnreadable("the claim names a fork of no sort that is known")
    if claim.holder and claim.holder == claim.party:
        raise CertificateUnreadable("the author is not its own receiver")
    return claim


def _value_of(claim: Claim, name: str) -> Value:
    """An attribute of a claim as it stands in the file."""
    if name == "declared":
        return [[scope, state] for scope, state in claim.declared]
    value: Value = getattr(claim, name)
    return value


def _parse_declared(value: Value) -> tuple[tuple[str, str], ...]:
    """The states of scopes, in order of the scopes, none twice."""
    if not isinstance(value, list) or len(value) > SCOPES_MAX:
        raise CertificateUnreadable(f"the states are not a list of at most {SCOPES_MAX}")
    rows = [_row(row, 2, "declared state") for row in value]
    if not rows or not all(isinstance(word, str) for row in rows for word in row):
        raise CertificateUnreadable("the claim does not name scopes with their states")
    declared = tuple((str(scope), str(state)) for scope, state in rows)
    scopes = [scope for scope, _ in declared]
    if scopes != sorted(set(scopes)) or any(len(word) > NAME_CHARS_MAX for word in scopes):
        raise CertificateUnreadable("the scopes of the claim are not in order")
    if any(state not in tuple(Declared) for _, state in declared):
        raise CertificateUnreadable("the claim names a state that is not known")
    return declared


def _attribute(name: str, value: Value) -> Any:
    """An attribute of a claim in its form."""
    if name == "declared":
        return _parse_declared(value)
    if name == "index":
        return _whole(value, name)
    if name == "epoch":
        epoch = _whole(value, name, EPOCH_MAX)
        if epoch < 2:
            raise CertificateUnreadable("the epoch is no later one")
        return epoch
    if name in ("valid_from", "valid_until", "at"):
        return _whole(value, name, INSTANT_MAX)
    if not isinstance(value, str) or len(value) > LABEL_CHARS_MAX:
        raise CertificateUnreadable(f"the {name} is not a short text")
    checks = {"line": is_line_name, "party": is_party_name, "holder": is_party_name}
    if name in checks and not checks[name](value):
        raise CertificateUnreadable(f"the {name} is not a name")
    return value


_SIXTH: Final = (CertificateKind.DECLARED, CertificateKind.CAPTURE, CertificateKind.FORK)
"""Kinds whose certificates have a sixth part."""


def _parse_evidence(value: Value, kind: CertificateKind) -> Evidence:
    count = 6 if kind in _SIXTH else 5
    if not isinstance(value, dict) or value.keys() != set(range(count)):
        raise CertificateUnreadable("the parts are not those of a certificate of its kind")
    evidence = Evidence(
        understanding=_bytes(value[0], "Understanding", EVIDENCE_SIZE_BYTES_MAX),
        entries=tuple(map(_parse_entry, _parse_list(value[1], "entries", EVIDENCE_ENTRIES_MAX))),
        heads=tuple(
            _parse_note(item, "head") for item in _parse_list(value[2], "heads", EVIDENCE_HEADS_MAX)
        ),
        extensions=tuple(
            map(_parse_extension, _parse_list(value[3], "extensions", EVIDENCE_TICKS_MAX))
        ),
        ticks=tuple(
            _parse_note(item, "tick") for item in _parse_list(value[4], "ticks", EVIDENCE_TICKS_MAX)
        ),
    )
    match kind:
        case CertificateKind.DECLARED:
            runs = _parse_list(value[5], "runs", EVIDENCE_HEADS_MAX)
            return replace(evidence, runs=tuple(map(_parse_run, runs)))
        case CertificateKind.CAPTURE:
            return replace(evidence, rows=tuple(map(_parse_row, _parse_list(value[5], "rows", 1))))
        case CertificateKind.FORK:
            found = _parse_list(value[5], "contradictions", 1)
            return replace(evidence, contradictions=tuple(map(_parse_contradiction, found)))
        case _:
            return evidence


def _parse_contradiction(value: Value) -> Contradiction:
    first, second, root, proof = _row(value, 4, "contradiction")
    return Contradiction(
        _bytes(first, "first of the two", ENTRY_SIZE_BYTES_MAX),
        _bytes(second, "second of the two", ENTRY_SIZE_BYTES_MAX),
        _bytes(root, "root", HASH_BYTES),
        _parse_proof(proof),
    )


def _parse_row(value: Value) -> JournalRow:
    origin, index, raw, content, size, proof = _row(value, 6, "row of a journal")
    if not isinstance(origin, str):
        raise CertificateUnreadable("a row does not name its journal")
    return JournalRow(
        origin,
        _whole(index, "index"),
        _bytes(raw, "row", ENTRY_SIZE_BYTES_MAX),
        _bytes(content, "capture", ENTRY_SIZE_BYTES_MAX),
        _whole(size, "size"),
        _parse_proof(proof),
    )


def _parse_run(value: Value) -> Run:
    origin, entries = _row(value, 2, "run")
    if not isinstance(origin, str):
        raise CertificateUnreadable("a run does not name its log")
    if not isinstance(entries, list) or not 0 < len(entries) <= RUN_ENTRIES_MAX:
        raise CertificateUnreadable(f"a run is not of 1 to {RUN_ENTRIES_MAX} entries")
    return Run(origin, tuple(_bytes(one, "entry", ENTRY_SIZE_BYTES_MAX) for one in entries))


def _parse_entry(value: Value) -> ProvenEntry:
    raw, content, size, proof = _row(value, 4, "entry")
    return ProvenEntry(
        raw=_bytes(raw, "entry", ENTRY_SIZE_BYTES_MAX),
        content=None if content is None else _bytes(content, "content", CONTENT_SIZE_BYTES_MAX),
        size=_whole(size, "size"),
        proof=_parse_proof(proof),
    )


def _parse_extension(value: Value) -> Extension:
    origin, old, new, proof = _row(value, 4, "extension")
    if not isinstance(origin, str):
        raise CertificateUnreadable("an extension does not name its log")
    return Extension(origin, _whole(old, "size"), _whole(new, "size"), _parse_proof(proof))


def _parse_proof(value: Value) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > PROOF_HASHES_MAX:
        raise CertificateUnreadable("a proof is not a short list of hashes")
    hashes = tuple(_bytes(item, "hash", HASH_BYTES) for item in value)
    if any(len(one) != HASH_BYTES for one in hashes):
        raise CertificateUnreadable(f"a hash in a proof does not have {HASH_BYTES} bytes")
    return hashes


def _parse_note(value: Value, name: str) -> str:
    try:
        return _bytes(value, name, EVIDENCE_SIZE_BYTES_MAX).decode()
    except UnicodeDecodeError:
        raise CertificateUnreadable(f"a {name} is not UTF-8") from None


def _parse_list(value: Value, name: str, count_max: int) -> list[Value]:
    """The items of a list of parts, which must be in order of their bytes."""
    if not isinstance(value, list) or len(value) > count_max:
        raise CertificateUnreadable(f"the {name} are not a list of at most {count_max}")
    if _sorted(value) != value:
        raise CertificateUnreadable(f"the {name} are not in order")
    return value


def _row(value: Value, count: int, name: str) -> list[Value]:
    if not isinstance(value, list) or len(value) != count:
        raise CertificateUnreadable(f"an {name} does not have its {count} fields")
    return value


def _whole(value: Value, name: str, most: int = _INDEX_MAX) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise CertificateUnreadable(f"the {name} is not a whole number up to {most}")
    return value


def _bytes(value: Value, name: str, size_max: int) -> bytes:
    if not isinstance(value, bytes) or len(value) > size_max:
        raise CertificateUnreadable(f"the {name} is not a string of at most {size_max} bytes")
    return value
