"""Verification: whether a certificate proves its claim, step by step, offline.

`verify_certificate` reads one file and nothing else: no network, no store, no
clock. Its report numbers the steps and says in plain English what was checked
and found, what is proven and what is not. All of it rests on the root keys that
the Understanding inside names; the report gives their fingerprints, and `Pins`
compares them with what the reader knows. Source: `docs/spec/certificate.md`.

It cannot know of a revocation that is not in the file: where it matters, ask the
parties for their latest heads.

A file that is no certificate, or not the bytes that were written, gives no
report: `CertificateUnreadable` is raised.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from openline.domain.errors import OurError, TheirError
from openline.domain.line.understanding import (
    parse_signed_understanding,
    understanding_bytes,
    understanding_hash,
)
from openline.domain.record.certificate import (
    CertificateKind,
    Claim,
    ForkSort,
    parse_certificate,
)
from openline.domain.record.claims import check_claim
from openline.domain.record.exhibits import Exhibits, Place
from openline.domain.record.report import (
    Proceedings,
    Report,
    RootKey,
    StepDoesNotHold,
    Verdict,
    refuted,
    sentence,
    unproven,
)
from openline.domain.record.signing import fingerprint

_ABOUT_A_MESSAGE = frozenset(
    {
        CertificateKind.MESSAGE,
        CertificateKind.RECEIPT,
        CertificateKind.LEAD_TIME,
        CertificateKind.NO_ANSWER,
    }
)


@dataclass(frozen=True, slots=True)
class Pins:
    """What the reader knows beforehand; empty pins compare nothing.

    Attributes:
        roots: Fingerprints of root keys, 64 small hexadecimal digits each.
        understanding: Hash of signed terms that must be in force in the file.
    """

    roots: frozenset[str] = frozenset()
    understanding: bytes | None = None


def make_pins(roots: Iterable[str] = (), understanding: bytes | None = None) -> Pins:
    """The pins that a person names.

    Args:
        roots: Fingerprints as a report shows them; spaces, colons and capitals do
            not matter.
        understanding: The bytes of a file with a signed Understanding.

    Raises:
        OurError: A fingerprint has not 64 digits, or the file is no Understanding.
    """
    plain = frozenset(root.replace(":", "").replace(" ", "").lower() for root in roots)
    for text in plain:
        if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
            raise OurError(
                f"{text!r} is not the fingerprint of a root key.",
                "Give all 64 hexadecimal digits, as a report shows them.",
            )
    if understanding is None:
        return Pins(plain)
    try:
        signed = parse_signed_understanding(understanding)
    except TheirError as error:
        raise OurError(f"The file is no signed Understanding: {error.what}.") from None
    return Pins(plain, understanding_hash(signed.data))


def root_fingerprint(public: bytes) -> str:
    """SHA-256 of a root key's SubjectPublicKeyInfo, as 64 hexadecimal digits."""
    return fingerprint(public).hex()


def verify_certificate(data: bytes, pins: Pins | None = None) -> Report:
    """The report on a certificate.

    Args:
        data: The whole file.
        pins: What the reader knows beforehand, if anything.

    Raises:
        CertificateUnreadable: The file is no certificate of a known version, or it
            was damaged. Nothing else is raised, whatever the file holds.
    """
    certificate = parse_certificate(data)
    claim, pins = certificate.claim, pins or Pins()
    exhibits = Exhibits(certificate.evidence, claim.line)
    proceedings = Proceedings()
    is_message = claim.kind in _ABOUT_A_MESSAGE
    target = (claim.party, claim.epoch, claim.index) if is_message else None
    is_genuine, verdict = False, Verdict.PROVEN
    try:
        _check_parts(data, exhibits, proceedings, pins, target)
        subjects = [claim.party] if claim.party else list(exhibits.rings)
        proceedings.take(
            "The outbox that the claim is about begins with that Understanding.",
            lambda: _check_beginnings(exhibits, proceedings, subjects, _epochs(claim)),
        )
        is_genuine = True
        conclusion = check_claim(claim, exhibits, proceedings)
    except StepDoesNotHold as end:
        verdict = end.verdict
        conclusion = _failed_words(end, len(proceedings.steps), is_genuine=is_genuine)
    steps = tuple(proceedings.steps)
    return Report(claim, verdict, conclusion, steps, _roots(exhibits, pins), proceedings.facts)


def _check_parts(
    data: bytes,
    exhibits: Exhibits,
    proceedings: Proceedings,
    pins: Pins,
    target: Place | None,
) -> None:
    """The steps that every certificate takes, whatever it claims."""
    take, evidence = proceedings.take, exhibits.evidence
    take(
        "The file is whole and has the form of a certificate.",
        lambda: f"It has {len(data)} bytes and the checksum {data[-32:].hex()[:16]}….",
    )
    take(
        "Enough root keys of every party have signed the Understanding inside.",
        exhibits.check_understanding,
    )
    take("The keys valid at each place of each log are known.", exhibits.check_keys)
    take(
        "The root keys and the Understanding are those that you named.",
        lambda: _check_pins(exhibits, pins),
    )
    if evidence.heads:
        take("Each head is signed and cosigned by those it names.", exhibits.check_heads)
    if evidence.ticks:
        take("Each tick is signed by its author.", exhibits.check_ticks)
    take(
        "Each entry stands in its author's log and is signed by the key valid there.",
        lambda: exhibits.check_entries(target),
    )
    take("The heads of each log belong to one history.", exhibits.check_extensions)
    if evidence.rows:
        take("The row stands in the journal under such a head.", exhibits.check_rows)
    if evidence.runs:
        take("Each whole outbox is what its author signed.", exhibits.check_runs)


def _check_pins(exhibits: Exhibits, pins: Pins) -> str:
    roots = _roots(exhibits, pins)
    if unknown := pins.roots - {root.fingerprint for root in roots}:
        raise refuted(f"no party has the root key {min(unknown)}")
    for party in exhibits.understanding.parties:
        named = [root for root in roots if root.party == party.name and root.is_pinned]
        signed = [root for root in named if root.has_signed]
        if len(signed) < min(party.threshold, len(named)):
            raise refuted(f"the root keys of {party.name} that you named have not signed")
    versions = {
        understanding_hash(understanding_bytes(terms))
        for ring in exhibits.rings.values()
        for terms in ring.understandings()
    }
    if pins.understanding is not None and pins.understanding not in versions:
        raise refuted("the Understanding inside is not the one that you named")
    return _pinned_words(roots, pins)


def _pinned_words(roots: tuple[RootKey, ...], pins: Pins) -> str:
    if pins.understanding is not None:
        return "The Understanding is the one that you named, and so are its root keys."
    pinned = sorted({root.party for root in roots if root.is_pinned})
    others = sorted({root.party for root in roots} - set(pinned))
    if not pinned:
        return "You named none: compare the fingerprints below with what the parties told you."
    rest = f" You named none of {', '.join(others)}." if others else ""
    return f"The root keys are those that you named of {', '.join(pinned)}.{rest}"


def _epochs(claim: Claim) -> list[int]:
    """The outboxes that the claim names; none where the ticks in the file tell them."""
    if claim.kind is CertificateKind.FORK:
        return [1 if claim.word == ForkSort.JOURNAL else claim.epoch]
    return [claim.epoch] if claim.kind in _ABOUT_A_MESSAGE else []


def _check_beginnings(
    exhibits: Exhibits, proceedings: Proceedings, subjects: list[str], epochs: list[int]
) -> str:
    for name in subjects:
        if name not in exhibits.rings:
            raise unproven(f"{name} is not a party to the line")
        for epoch in epochs or exhibits.epochs_of(name) or [1]:
            exhibits.check_beginning(name, epoch)
    digest = understanding_hash(exhibits.signed.data).hex()
    version = exhibits.understanding.version
    proceedings.facts["understanding"] = {"version": version, "sha256": digest}
    return f"Entry 0 of {', '.join(subjects)} is version {version}, SHA-256 {digest[:16]}…."


def _roots(exhibits: Exhibits, pins: Pins) -> tuple[RootKey, ...]:
    if not exhibits.rings:
        return ()
    signed = {(one.party, one.root) for one in exhibits.signed.signatures}
    return tuple(
        RootKey(
            party.name,
            root_fingerprint(root),
            (party.name, root) in signed,
            root_fingerprint(root) in pins.roots,
        )
        for party in exhibits.understanding.parties
        for root in party.roots
    )


def _failed_words(end: StepDoesNotHold, number: int, *, is_genuine: bool) -> str:
    """The conclusion where a step does not hold."""
    if end.verdict is Verdict.REFUTED:
        return f"The claim is refuted: {sentence(end.reason)}"
    why = f"Step {number} does not hold: {sentence(end.reason)}"
    if end.is_fork:
        return f"The claim is not proven, but a fork is. {why} Show this file to the parties."
    if is_genuine:
        return (
            f"The claim is not proven. {why} What the file holds is genuine; it does not suffice, "
            "and it does not show the opposite either."
        )
    return (
        f"This file proves nothing. {why} It was made wrongly, or altered; that says nothing about "
        "whether the claim is true."
    )
