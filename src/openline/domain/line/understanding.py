"""The Understanding: its signed bytes, its signatures, its amendments.

The bytes are strict CBOR of the tables in `terms`; equal terms have equal
bytes. Each party signs them with its offline root keys, m of n, and the signed
Understanding is the content of entry 0 of every outbox on the line: the same
bytes on every node, or the line does not open.

An amendment is an Understanding of the next version, signed by all parties in
the same way, in force for an outbox from the entry that carries it. It may not
touch the parties and their keys: keys change by key messages, which say from
which entry on they are valid, and new parties make a new line.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final, Self

from openline.domain.errors import OurError, Reason, TheirError
from openline.domain.limits import (
    LABEL_CHARS_MAX,
    PARTIES_MAX,
    ROOTS_MAX,
    UNDERSTANDING_SIZE_BYTES_MAX,
)
from openline.domain.line import terms
from openline.domain.line.form import Blob, Fault, Field, Items, Record, Row, Text
from openline.domain.line.terms import (
    LeadTime,
    OutsideWitness,
    PartyTerms,
    Post,
    ReferencePoint,
    Separation,
    Timers,
    Understanding,
)
from openline.domain.record import cbor
from openline.domain.record.cbor import Value
from openline.domain.record.envelope import make_content
from openline.domain.record.signing import verify_ed25519

__all__ = [
    "LeadTime",
    "OutsideWitness",
    "PartyTerms",
    "Post",
    "ReferencePoint",
    "RootSignature",
    "Separation",
    "SignedUnderstanding",
    "Timers",
    "Understanding",
    "check_amendment",
    "difference",
    "missing_signatures",
    "parse_signed_understanding",
    "parse_understanding",
    "sign_understanding",
    "understanding_bytes",
    "understanding_hash",
    "verify_root_signatures",
    "verify_understanding",
]

SIGNED_PREFIX: Final = b"openline/understanding/v1\n"
"""Stands before the bytes that a root signs, so that no other use signs the same."""


def understanding_bytes(understanding: Understanding) -> bytes:
    """The bytes that the parties sign.

    Raises:
        OurError: They are too many for one message.
    """
    data = cbor.encode(terms.to_value(understanding))
    if len(data) > UNDERSTANDING_SIZE_BYTES_MAX:
        raise OurError(
            f"The Understanding has {len(data)} bytes, at most "
            f"{UNDERSTANDING_SIZE_BYTES_MAX} are allowed.",
            "Shorten its text or its list of reference points.",
        )
    return data


def understanding_hash(data: bytes) -> bytes:
    """SHA-256 of the signed bytes: names one version of one Understanding."""
    return hashlib.sha256(data).digest()


def parse_understanding(data: bytes) -> Understanding:
    """The Understanding that the bytes write.

    Raises:
        TheirError: TOO_LARGE, or MALFORMED with the field that is wrong.
    """
    if len(data) > UNDERSTANDING_SIZE_BYTES_MAX:
        raise TheirError(Reason.TOO_LARGE, f"an Understanding has {len(data)} bytes")
    try:
        return terms.from_value(cbor.decode(data))
    except Fault as fault:
        raise fault.as_theirs("Understanding") from None


@dataclass(frozen=True, slots=True, order=True)
class RootSignature:
    """One root key's signature.

    Attributes:
        party: Whose root key.
        root: The Ed25519 public key.
        signature: 64 bytes.
    """

    party: str
    root: bytes
    signature: bytes


ROOT_SIGNATURES = Items(
    Row(
        RootSignature,
        (
            Field(0, "party", Text(LABEL_CHARS_MAX, is_needed=True)),
            Field(1, "root", Blob(32, 32)),
            Field(2, "signature", Blob(64, 64)),
        ),
    ),
    PARTIES_MAX * ROOTS_MAX,
    rank=lambda signature: (signature.party, signature.root),
)
"""Each an array [party, root, signature], in this order, one for each root."""


@dataclass(frozen=True, slots=True)
class SignedUnderstanding:
    """The signed bytes with the signatures gathered so far.

    Attributes:
        data: The bytes of `understanding_bytes`.
        signatures: In order of party and root, perhaps none yet.
    """

    data: bytes
    signatures: tuple[RootSignature, ...] = ()

    def with_signatures(self, more: Iterable[RootSignature]) -> Self:
        """The same terms with further signatures; one of the same root replaces."""
        by_root = {(one.party, one.root): one for one in (*self.signatures, *more)}
        return replace(self, signatures=tuple(sorted(by_root.values())))

    def to_body(self) -> dict[int, Value]:
        """The body of the message that adopts it."""
        return _SIGNED.to_value(self)

    @classmethod
    def from_body(cls, body: Value) -> "SignedUnderstanding":
        """What a body of adoption or amendment carries.

        Raises:
            TheirError: MALFORMED.
        """
        try:
            signed: SignedUnderstanding = _SIGNED.from_value(body, "")
        except Fault as fault:
            raise fault.as_theirs("signed Understanding") from None
        return signed

    def format(self) -> bytes:
        """The file that the parties hand to each other: the body as strict CBOR."""
        return cbor.encode(self.to_body())

    def content(self) -> bytes:
        """The content of entry 0, the same on every node.

        Its salt follows from the terms, for here nothing is to be hidden.
        """
        return make_content(understanding_hash(self.data)[:16], self.to_body())


_SIGNED = Record(
    SignedUnderstanding,
    (
        Field(1, "data", Blob(1, UNDERSTANDING_SIZE_BYTES_MAX)),
        Field(2, "signatures", ROOT_SIGNATURES),
    ),
)


def parse_signed_understanding(data: bytes) -> SignedUnderstanding:
    """The signed Understanding in a file; nothing is verified yet.

    Raises:
        TheirError: MALFORMED.
    """
    return SignedUnderstanding.from_body(cbor.decode(data))


def sign_understanding(
    data: bytes, party: str, root_public: bytes, sign: Callable[[bytes], bytes]
) -> RootSignature:
    """A party's signature by one root key.

    Args:
        data: The bytes of `understanding_bytes`.
        party: Whose root key it is.
        root_public: Its public key.
        sign: Signs a message with it (Ed25519).
    """
    return RootSignature(party, root_public, sign(SIGNED_PREFIX + data))


def missing_signatures(signed: SignedUnderstanding) -> dict[str, tuple[int, int]]:
    """By party, how many root signatures there are and how many there must be.

    Only parties that lack some are named.

    Raises:
        TheirError: MALFORMED, or BAD_SIGNATURE where one does not verify.
    """
    understanding = parse_understanding(signed.data)
    held = dict.fromkeys(understanding.names(), 0)
    for one in signed.signatures:
        if one.party not in held:
            raise TheirError(Reason.BAD_SIGNATURE, f"{one.party!r} signs but is no party")
    for party in understanding.parties:
        own = [one for one in signed.signatures if one.party == party.name]
        held[party.name] = verify_root_signatures(SIGNED_PREFIX + signed.data, party.roots, own)
    return {
        party.name: (held[party.name], party.threshold)
        for party in understanding.parties
        if held[party.name] < party.threshold
    }


def verify_understanding(signed: SignedUnderstanding) -> Understanding:
    """The terms, if every party has signed them with enough of its roots.

    Raises:
        TheirError: MALFORMED; or BAD_SIGNATURE, naming who lacks how many.
    """
    lacking = missing_signatures(signed)
    if lacking:
        counts = "; ".join(f"{name} has {a} of {b}" for name, (a, b) in lacking.items())
        raise TheirError(Reason.BAD_SIGNATURE, f"root signatures are missing: {counts}")
    return parse_understanding(signed.data)


def verify_root_signatures(
    message: bytes, roots: tuple[bytes, ...], signatures: Iterable[RootSignature]
) -> int:
    """How many different roots have signed the message.

    Args:
        message: The bytes signed, prefix included.
        roots: The public keys that may sign.
        signatures: One party's.

    Raises:
        TheirError: BAD_SIGNATURE: one is by another key or does not verify.
    """
    signed_by: list[bytes] = []
    for one in signatures:
        name = f"the root signature by {one.root.hex()[:16]} of {one.party}"
        if one.root not in roots:
            raise TheirError(Reason.BAD_SIGNATURE, f"{name} is by no root key of that party")
        if not verify_ed25519(one.root, message, one.signature):
            raise TheirError(Reason.BAD_SIGNATURE, f"{name} does not verify")
        if one.root not in signed_by:
            signed_by.append(one.root)
    return len(signed_by)


def check_amendment(old: Understanding, new: Understanding) -> None:
    """Check that the new terms may take the place of the old.

    Signatures are another matter: `verify_understanding` checks them.

    Raises:
        OurError: Another line, not the next version, or other parties, root
            keys or keys.
    """
    if new.line != old.line:
        raise OurError(f"The amendment is for line {new.line!r}, not {old.line!r}.")
    if new.version != old.version + 1:
        raise OurError(
            f"The amendment has version {new.version}; in force is version {old.version}.",
            f"Give it version {old.version + 1}.",
        )
    if new.names() != old.names():
        raise OurError(
            "An amendment cannot add or leave out a party.",
            "Agree on a new line with its own Understanding.",
        )
    for before, after in zip(old.parties, new.parties, strict=True):
        if _key_terms(before) != _key_terms(after):
            raise OurError(
                f"The amendment changes keys of {before.name}.",
                "Write the keys of version 1; use `openline keys rotate` to change them.",
            )


def _key_terms(party: PartyTerms) -> tuple[object, ...]:
    keys = (party.node, party.witness, party.mirror, party.tls)
    return (party.roots, party.threshold, *keys)


def difference(a: Understanding, b: Understanding) -> list[str]:
    """What differs, one row for each field: `timers.tick: 10 s → 5 s`.

    Equal terms give no row. The first value is of `a`, the second of `b`; of a
    long one only the beginning is shown, and its hash.
    """
    rows_a = dict(_rows("", terms.to_json(a)))
    rows_b = dict(_rows("", terms.to_json(b)))
    paths = [*rows_a, *(path for path in rows_b if path not in rows_a)]
    return [
        f"{path}: {rows_a.get(path, 'absent')} → {rows_b.get(path, 'absent')}"
        for path in paths
        if rows_a.get(path) != rows_b.get(path)
    ]


def _rows(path: str, json: object) -> Iterable[tuple[str, str]]:
    """Every leaf of a JSON value with its path; entries of lists by their names."""
    if isinstance(json, dict):
        for name, held in json.items():
            yield from _rows(f"{path}.{name}" if path else name, held)
    elif isinstance(json, list) and all(isinstance(held, str) for held in json):
        yield path, _short(", ".join(json))
    elif isinstance(json, list):
        for number, held in enumerate(json):
            yield from _rows(f"{path}[{_name_of(held, number)}]", held)
    else:
        yield path, _short(json)


def _name_of(entry: object, number: int) -> str:
    """How an entry of a list is told from the others."""
    if isinstance(entry, dict):
        for label in ("name", "category"):
            if label in entry:
                return str(entry[label])
        if "kinds" in entry:
            return ", ".join(entry["kinds"])
    return str(number)


def _short(leaf: object) -> str:
    """The leaf on one row; of a long one its beginning and its hash."""
    text = " ".join(str(leaf).split())
    digest = hashlib.sha256(text.encode()).hexdigest()
    return text if len(text) <= 64 else f"{text[:40]}… (SHA-256 {digest[:8]})"
