"""Reports: how a verification is told, step by step, with a verdict.

Verdicts:

1. PROVEN: every step holds, and the evidence shows what is claimed.
2. REFUTED: every part of the evidence holds, and it shows the opposite; or the
   root keys or the Understanding are not those that the reader named.
3. UNPROVEN: the evidence does not suffice, or some part of it is not genuine.
   A certificate that was tampered with can therefore not refute a true claim.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from openline.domain.errors import Reason, TheirError
from openline.domain.instant import format_instant
from openline.domain.record.certificate import CertificateKind, Claim


class Verdict(StrEnum):
    """What a certificate comes to."""

    PROVEN = "PROVEN"
    REFUTED = "REFUTED"
    UNPROVEN = "UNPROVEN"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a verification.

    Attributes:
        number: From 1.
        what: What was checked, as a sentence that is true if it holds.
        holds: Whether it holds.
        reason: What was found, or why it does not hold.
    """

    number: int
    what: str
    holds: bool
    reason: str


@dataclass(frozen=True, slots=True)
class RootKey:
    """A root key on which a verdict rests.

    Attributes:
        party: Whose.
        fingerprint: SHA-256 of its SubjectPublicKeyInfo, 64 hexadecimal digits.
        has_signed: Whether it has signed the Understanding.
        is_pinned: Whether the reader named it.
    """

    party: str
    fingerprint: str
    has_signed: bool
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a verification.

    Attributes:
        claim: What the certificate claims.
        verdict: PROVEN, REFUTED or UNPROVEN.
        conclusion: What is proven and what is not, in whole sentences.
        steps: In the order in which they were taken; the last may not hold.
        roots: The root keys on which the verdict rests, by party.
        facts: What was established, by name; instants are UTC milliseconds.
    """

    claim: Claim
    verdict: Verdict
    conclusion: str
    steps: tuple[Step, ...]
    roots: tuple[RootKey, ...]
    facts: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The report as an object for programs; nothing is lost."""
        return {
            "verdict": str(self.verdict),
            "claim": self.claim.to_json(),
            "conclusion": self.conclusion,
            "steps": [
                {"number": s.number, "what": s.what, "holds": s.holds, "reason": s.reason}
                for s in self.steps
            ],
            "roots": [
                {
                    "party": root.party,
                    "fingerprint": root.fingerprint,
                    "has_signed": root.has_signed,
                    "is_pinned": root.is_pinned,
                }
                for root in self.roots
            ],
            "facts": self.facts,
        }

    def to_text(self) -> str:
        """The report as rows to read."""
        rows = [f"Claim: {claim_words(self.claim)}", ""]
        for step in self.steps:
            mark = "" if step.holds else "DOES NOT HOLD: "
            rows += [f"{step.number:3}. {step.what}", f"     {mark}{step.reason}"]
        rows += ["", f"Verdict: {self.verdict}", self.conclusion]
        if self.roots:
            rows += ["", "It rests on these root keys; compare their fingerprints:"]
        for root in self.roots:
            notes = ["named by you"] if root.is_pinned else []
            notes += [] if root.has_signed else ["has not signed"]
            tail = f" ({', '.join(notes)})" if notes else ""
            rows.append(f"  {root.party} {root.fingerprint}{tail}")
        return "\n".join(rows) + "\n"


class StepDoesNotHold(Exception):
    """A step does not hold: the verification ends with this verdict."""

    def __init__(self, verdict: Verdict, reason: str, *, is_fork: bool = False) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason
        self.is_fork = is_fork


def unproven(reason: str) -> StepDoesNotHold:
    """The evidence does not suffice."""
    return StepDoesNotHold(Verdict.UNPROVEN, reason)


def refuted(reason: str) -> StepDoesNotHold:
    """The evidence shows the opposite."""
    return StepDoesNotHold(Verdict.REFUTED, reason)


@dataclass
class Proceedings:
    """The steps that have been taken, and what they established.

    Attributes:
        steps: In their order.
        facts: By name, for the report.
    """

    steps: list[Step] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def take(self, what: str, check: Callable[[], str]) -> None:
        """Take one step.

        Args:
            what: A sentence that is true if the step holds.
            check: Says what was found.

        Raises:
            StepDoesNotHold: As `check` raises it; or as UNPROVEN where it raises
                TheirError, for then a part of the file is not genuine.
        """
        number = len(self.steps) + 1
        try:
            self.steps.append(Step(number, what, True, check()))
        except TheirError as error:
            self.steps.append(Step(number, what, False, sentence(error.what)))
            is_fork = error.reason is Reason.FORK
            raise StepDoesNotHold(Verdict.UNPROVEN, error.what, is_fork=is_fork) from None
        except StepDoesNotHold as end:
            self.steps.append(Step(number, what, False, sentence(end.reason)))
            raise


def claim_words(claim: Claim) -> str:
    """What is claimed, in one sentence."""
    window = f"between {format_instant(claim.valid_from)} and {format_instant(claim.valid_until)}"
    message = f"message {claim.index} of {claim.party} on line {claim.line}"
    match claim.kind:
        case CertificateKind.MESSAGE:
            return f"{claim.party} said its message {claim.index} on line {claim.line}."
        case CertificateKind.RECEIPT:
            return f"{claim.holder} received {message}."
        case CertificateKind.USE:
            return f"{claim.party} used line {claim.line} {window}."
        case CertificateKind.NON_USE:
            return f"{claim.party} said nothing on line {claim.line} {window}."
        case CertificateKind.STATE:
            return f"Line {claim.line} was {claim.word} at {format_instant(claim.at)}."
        case CertificateKind.DECLARED:
            told = ", ".join(f"{scope} {state}" for scope, state in claim.declared)
            at = format_instant(claim.at)
            return f"{claim.party} declared at {at} on line {claim.line}: {told}."
        case CertificateKind.LEAD_TIME:
            return f"{claim.holder} received {message}, a notice, ahead of its window."
        case CertificateKind.NO_ANSWER:
            until = format_instant(claim.valid_until)
            return f"{claim.holder} received {message} and had not answered it at {until}."
        case CertificateKind.CAPTURE:
            return (
                f"{claim.party} noted what it saw on a public page in row {claim.index} of its "
                f"journal on line {claim.line}, and {claim.holder} cosigned it."
            )
        case CertificateKind.FORK:
            later = f", outbox {claim.epoch}" if claim.epoch > 1 else ""
            return (
                f"{claim.party} signed two of {claim.word} {claim.index} on line "
                f"{claim.line}{later}, and they contradict each other."
            )


def sentence(text: str) -> str:
    """The text with one full stop."""
    return text.rstrip(".") + "."


def count_words(count: int, one: str, many: str) -> str:
    """A number with its noun: `1 entry`, `2 entries`."""
    return f"{count} {one if count == 1 else many}"
