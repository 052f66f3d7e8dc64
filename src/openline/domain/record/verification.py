"""Verification: whether a certificate proves its claim, step by step, offline.

`verify_certificate` reads one file and nothing else: no network, no store, no
clock. It ends with a verdict, with numbered steps that say in plain English what
was checked and found, and with a conclusion that says what is proven and what is
not. All of it rests on the root keys that the Understanding inside names; the
report gives their fingerprints, and `Pins` compares them with what the reader
knows. What a certificate must contain is in `docs/spec/certificate.md`.

Verdicts:

1. PROVEN: every step holds, and the evidence shows what is claimed.
2. REFUTED: every part of the evidence holds, and it shows the opposite; or the
   root keys or the Understanding are not those that were pinned.
3. UNPROVEN: the evidence does not suffice, or some part of it is not genuine.
   A certificate that was tampered with can therefore not refute a true claim.

A file that is no certificate, or not the bytes that were written, gives no
report: `CertificateUnreadable` is raised.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from openline.domain.errors import OurError, TheirError
from openline.domain.instant import format_instant
from openline.domain.line.declared import Declared, Word, displayed_word
from openline.domain.line.observed import Answered, Observed
from openline.domain.line.understanding import parse_signed_understanding, understanding_hash
from openline.domain.record.certificate import CertificateKind, Claim, parse_certificate
from openline.domain.record.exhibits import Exhibits, SeenEntry, kind_word
from openline.domain.record.silence import Finding, Judgement, Window, alive, around, judge
from openline.domain.record.tick import Tick
from openline.domain.talk.lead_time import LeadClass, lead_class, lead_time_ms
from openline.domain.talk.message import Unreadable, to_json
from openline.domain.talk.notice import Notice

_VIEWS_MAX: Final = 64
"""Combinations of what parties said around an instant that are looked at."""


class Verdict(StrEnum):
    """What a certificate comes to."""

    PROVEN = "PROVEN"
    REFUTED = "REFUTED"
    UNPROVEN = "UNPROVEN"


@dataclass(frozen=True, slots=True)
class Pins:
    """What the reader knows beforehand; empty pins compare nothing.

    Attributes:
        roots: Fingerprints of root keys, 64 small hexadecimal digits each.
        understanding: Hash of the signed terms that must be in force in the file.
    """

    roots: frozenset[str] = frozenset()
    understanding: bytes | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a verification.

    Attributes:
        number: From 1.
        what: What was checked.
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
        steps: In the order in which they were taken; the last one may not hold.
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
            mark = "holds" if step.holds else "DOES NOT HOLD"
            rows += [f"{step.number:3}. {step.what} {mark}.", f"     {step.reason}"]
        rows += ["", f"Verdict: {self.verdict}", self.conclusion, ""]
        rows.append("It rests on these root keys; compare the fingerprints:")
        for root in self.roots:
            notes = [] if root.has_signed else ["has not signed"]
            notes += ["named by you"] if root.is_pinned else []
            tail = f" ({', '.join(notes)})" if notes else ""
            rows.append(f"  {root.party} {root.fingerprint}{tail}")
        return "\n".join(rows) + "\n"


def root_fingerprint(public: bytes) -> str:
    """SHA-256 of a root key's SubjectPublicKeyInfo, as 64 hexadecimal digits."""
    key = Ed25519PublicKey.from_public_bytes(public)
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()


def make_pins(roots: Iterable[str] = (), understanding: bytes | None = None) -> Pins:
    """The pins that a person names.

    Args:
        roots: Fingerprints as a report shows them; spaces, colons and capitals do
            not matter.
        understanding: A file of a signed Understanding.

    Raises:
        OurError: A fingerprint has not 64 digits, or the file is no Understanding.
    """
    plain = [root.replace(":", "").replace(" ", "").lower() for root in roots]
    for text in plain:
        if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
            raise OurError(
                f"{text!r} is not the fingerprint of a root key.",
                "Give all 64 hexadecimal digits, as a report shows them.",
            )
    if understanding is None:
        return Pins(frozenset(plain))
    try:
        signed = parse_signed_understanding(understanding)
    except TheirError as error:
        raise OurError(f"The file is no signed Understanding: {error.what}.") from None
    return Pins(frozenset(plain), understanding_hash(signed.data))


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
    exhibits = Exhibits(certificate.evidence, certificate.claim.line)
    examination = _Examination(certificate.claim, exhibits, pins or Pins())
    return examination.run(data)


def claim_words(claim: Claim) -> str:
    """What is claimed, in one sentence."""
    window = f"between {format_instant(claim.valid_from)} and {format_instant(claim.valid_until)}"
    message = f"message {claim.index} of {claim.party}"
    match claim.kind:
        case CertificateKind.MESSAGE:
            return f"{claim.party} said its message {claim.index} on line {claim.line}."
        case CertificateKind.RECEIPT:
            return f"{claim.holder} received {message} on line {claim.line}."
        case CertificateKind.USE:
            return f"{claim.party} used line {claim.line} {window}."
        case CertificateKind.NON_USE:
            return f"{claim.party} said nothing on line {claim.line} {window}."
        case CertificateKind.STATE:
            return f"Line {claim.line} was {claim.word} at {format_instant(claim.at)}."
        case CertificateKind.LEAD_TIME:
            return f"{claim.holder} received {message}, a notice, so long before its window."


class _Ends(Exception):
    """A step does not hold: the verification ends with this verdict."""

    def __init__(self, verdict: Verdict, reason: str) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason


def _unproven(reason: str) -> _Ends:
    return _Ends(Verdict.UNPROVEN, reason)


@dataclass
class _Examination:
    """One run of the steps over one certificate."""

    claim: Claim
    exhibits: Exhibits
    pins: Pins
    steps: list[Step] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    is_genuine: bool = False

    def run(self, data: bytes) -> Report:
        """Take every step until one does not hold."""
        verdict = Verdict.PROVEN
        try:
            checksum = data[-32:].hex()
            self._step(
                "The file is whole and has the form of a certificate:",
                lambda: f"{len(data)} bytes, checksum {checksum[:16]}….",
            )
            self._check_parts()
            self.is_genuine = True
            conclusion = self._check_claim()
        except _Ends as end:
            verdict = end.verdict
            conclusion = self._failed_words(end)
        roots = self._roots()
        return Report(self.claim, verdict, conclusion, tuple(self.steps), roots, self.facts)

    def _step(self, what: str, check: Callable[[], str]) -> None:
        """Take one step; a fault in a part ends the verification as UNPROVEN."""
        number = len(self.steps) + 1
        try:
            self.steps.append(Step(number, what, True, check()))
        except TheirError as error:
            self.steps.append(Step(number, what, False, f"{_sentence(error.what)}"))
            raise _unproven(error.what) from None
        except _Ends as end:
            self.steps.append(Step(number, what, False, f"{_sentence(end.reason)}"))
            raise

    def _check_parts(self) -> None:
        """The steps that every certificate takes, whatever it claims."""
        exhibits, evidence = self.exhibits, self.exhibits.evidence
        self._step(
            "Enough root keys of every party have signed the Understanding inside:",
            exhibits.check_understanding,
        )
        self._step("The root keys and the Understanding are those you named:", self._check_pins)
        self._step("The keys at each place of each log are known:", exhibits.check_keys)
        if evidence.heads:
            self._step("Each head is signed and cosigned by who it says:", exhibits.check_heads)
        if evidence.ticks:
            self._step("Each tick is signed by its author:", exhibits.check_ticks)
        target = (self.claim.party, self.claim.index) if self._is_about_a_message() else None
        self._step(
            "Each entry stands in its author's log, signed by the key valid there:",
            lambda: exhibits.check_entries(target),
        )
        self._step("The heads of each log belong to one history:", exhibits.check_extensions)
        self._step("The logs begin with the Understanding inside:", self._check_beginnings)

    def _is_about_a_message(self) -> bool:
        return self.claim.kind in (
            CertificateKind.MESSAGE,
            CertificateKind.RECEIPT,
            CertificateKind.LEAD_TIME,
        )

    def _check_pins(self) -> str:
        roots = self._roots()
        understanding = self.exhibits.signed.data
        if unknown := self.pins.roots - {root.fingerprint for root in roots}:
            what = f"no party has the root key {min(unknown)}"
            raise _Ends(Verdict.REFUTED, what)
        for party in self.exhibits.understanding.parties:
            named = [root for root in roots if root.party == party.name and root.is_pinned]
            signed = [root for root in named if root.has_signed]
            if len(signed) < min(party.threshold, len(named)):
                what = f"root keys of {party.name} that you named have not signed"
                raise _Ends(Verdict.REFUTED, what)
        if self.pins.understanding not in (None, understanding_hash(understanding)):
            what = "the Understanding inside is another one than you named"
            raise _Ends(Verdict.REFUTED, what)
        return self._pinned_words(roots)

    def _pinned_words(self, roots: tuple[RootKey, ...]) -> str:
        if self.pins.understanding is not None:
            return "The Understanding inside is the one you named."
        pinned = sorted({root.party for root in roots if root.is_pinned})
        others = sorted({root.party for root in roots} - set(pinned))
        if not pinned:
            return "You named none: all that follows rests on the fingerprints below."
        rest = f"; none was named of {', '.join(others)}" if others else ""
        return f"The root keys you named are those of {', '.join(pinned)}{rest}."

    def _check_beginnings(self) -> str:
        names = [self.claim.party] if self.claim.party else list(self.exhibits.rings)
        if unknown := [name for name in names if name not in self.exhibits.rings]:
            raise _unproven(f"{unknown[0]} is not a party to the line")
        for name in names:
            self.exhibits.check_beginning(name)
        digest = understanding_hash(self.exhibits.signed.data).hex()
        self.facts["understanding"] = {
            "version": self.exhibits.understanding.version,
            "sha256": digest,
        }
        return f"{', '.join(names)}: entry 0 is the Understanding {digest[:16]}…."

    def _roots(self) -> tuple[RootKey, ...]:
        if not self.exhibits.rings:
            return ()
        signed = {(one.party, one.root) for one in self.exhibits.signed.signatures}
        return tuple(
            RootKey(
                party.name,
                root_fingerprint(root),
                (party.name, root) in signed,
                root_fingerprint(root) in self.pins.roots,
            )
            for party in self.exhibits.understanding.parties
            for root in party.roots
        )

    def _failed_words(self, end: _Ends) -> str:
        """The conclusion where a step does not hold."""
        last = self.steps[-1]
        why = f"Step {last.number} does not hold: {end.reason}"
        if end.verdict is Verdict.REFUTED:
            return f"The claim is refuted. {_sentence(why)}"
        if self.is_genuine:
            return (
                f"The claim is not proven. {_sentence(why)} What the file holds is genuine; "
                "it does not suffice, and it does not show the opposite either."
            )
        return (
            f"This file proves nothing. {_sentence(why)} It was made wrongly or altered; "
            "that says nothing about whether the claim is true."
        )

    # The claims, kind by kind. Each takes its own steps and returns the conclusion.

    def _check_claim(self) -> str:
        match self.claim.kind:
            case CertificateKind.MESSAGE:
                return self._check_message()
            case CertificateKind.RECEIPT:
                return self._check_receipt()
            case CertificateKind.USE | CertificateKind.NON_USE:
                return self._check_window()
            case CertificateKind.STATE:
                return self._check_state()
            case CertificateKind.LEAD_TIME:
                return self._check_lead_time()

    def _check_message(self) -> str:
        claim = self.claim
        self._step("The message is there, and its key was its owner's:", self._find_message)
        self._step("It was written not after:", self._latest)
        self._step("It was written not before:", self._earliest)
        received = self.facts["received"]
        latest = min(received.values(), default=None)
        bounds = [
            f"{claim.party} cannot have written it before {format_instant(at)}, by the time in "
            f"{party}'s message that it names as seen."
            for party, at in self.facts["not_before"].items()
        ]
        bounds += [
            f"{holder} held it at {format_instant(at)}, by its own clock."
            for holder, at in received.items()
        ]
        if latest is None:
            bounds.append("No receipt is in the file, so nothing bounds its time from above.")
        return " ".join(
            [
                f"{claim.party} said this on line {claim.line} as its message {claim.index}: "
                f"{self._content_words()}",
                *bounds,
                "Not proven: which person wrote it, and whether anybody has read it.",
            ]
        )

    def _check_receipt(self) -> str:
        claim = self.claim
        self._step("The message is there, and its key was its owner's:", self._find_message)
        self._step(f"{claim.holder} has cosigned a head that covers it:", self._receipt)
        at = format_instant(self.facts["received_at"])
        return (
            f"{claim.holder} held message {claim.index} of {claim.party} on line {claim.line}, "
            f"on disk, at {at} by its own clock, and perhaps earlier: {self._content_words()} "
            "Not proven: whether a person has read it."
        )

    def _check_lead_time(self) -> str:
        claim = self.claim
        self._step("The message is there, and its key was its owner's:", self._find_message)
        self._step(f"{claim.holder} has cosigned a head that covers it:", self._receipt)
        self._step("It is a notice with a window:", self._lead_time)
        facts = self.facts
        window, at = format_instant(facts["window_start"]), format_instant(facts["received_at"])
        lead = f"{facts['lead_ms'] // 1000} s before its window began at {window}"
        if facts["lead_ms"] <= 0:
            lead = f"{-facts['lead_ms'] // 1000} s after its window had begun at {window}"
        return (
            f"{claim.holder} held the notice {facts['notice_id']} of {claim.party}, version "
            f"{facts['version']}, at {at} by its own clock: {lead}. The agreed minimum for "
            f"{facts['category']} is {facts['minimum_ms'] // 1000} s: {facts['lead_class']}. "
            "An earlier receipt may exist; the lead time was at least this, and not proven is "
            "that it was not more."
        )

    def _check_window(self) -> str:
        self._step("The ticks show what was said in the window:", self._judge)
        finding = Finding(self.facts["finding"])
        if finding is Finding.USED:
            self._step("What was said then is shown:", self._shown_entries)
        wanted = Finding.USED if self.claim.kind is CertificateKind.USE else Finding.SILENT
        conclusion = self._silent_words() if finding is Finding.SILENT else self._used_words()
        if finding is not wanted:
            raise _Ends(Verdict.REFUTED, conclusion)
        return conclusion

    def _check_state(self) -> str:
        self._step("Every party's ticks around the instant are without a gap:", self._views)
        self._step("They show one word for the line:", self._word)
        at = format_instant(self.claim.at)
        rows = [
            f"{party} observed {', '.join(view['observed'])} and declared "
            + "; ".join(f"{scope} {', '.join(words)}" for scope, words in view["declared"].items())
            for party, view in self.facts["views"].items()
        ]
        return (
            f"At {at} line {self.claim.line} was {self.facts['word']}, by the parties' own ticks: "
            f"{'. '.join(rows)}. Whether people answered line checks is not in ticks and is "
            "left out of the word."
        )

    # Single steps.

    def _message(self) -> SeenEntry:
        return self.exhibits.entries[self.claim.party, self.claim.index]

    def _find_message(self) -> str:
        party, index = self.claim.party, self.claim.index
        if (party, index) not in self.exhibits.entries:
            raise _unproven(f"message {index} of {party} is not in the file")
        if not self.exhibits.rings[party].is_trusted(index):
            raise _unproven(f"the key that signed message {index} of {party} has been revoked")
        entry = self._message()
        header = entry.envelope.header
        self.facts["kind"] = kind_word(header.kind)
        self.facts["claimed_at"] = header.at
        self.facts["content_sha256"] = entry.envelope.content_hash.hex()
        if entry.message is not None:
            self.facts["message"] = to_json(entry.message)
        return f"{entry.words}, dated {format_instant(header.at)} by its author."

    def _content_words(self) -> str:
        message = self._message().message
        kind = self.facts["kind"]
        if message is None:
            return f"{kind}, whose content is withheld (SHA-256 {self.facts['content_sha256']})."
        if isinstance(message, Unreadable):
            return f"{kind}, which this program cannot read: {message.why}"
        text = getattr(message, "text", "")
        return f"{kind}, with the words {text!r}." if text else f"{kind}, shown in the facts."

    def _latest(self) -> str:
        received = self.exhibits.receipts(self.claim.party, self.claim.index)
        self.facts["received"] = received
        self._flag(any(self.facts["claimed_at"] > at for at in received.values()))
        if not received:
            return "Nothing in the file bounds it from above."
        return "; ".join(f"{format_instant(at)}, {who}" for who, at in received.items()) + "."

    def _earliest(self) -> str:
        """When the last messages that the author names as seen were written."""
        seen: dict[str, int] = {}
        for head in self._message().envelope.header.heads:
            party = head.origin.partition("/")[0]
            entry = self.exhibits.entries.get((party, head.size - 1))
            if entry is not None:
                seen[party] = entry.envelope.header.at
        self.facts["not_before"] = dict(sorted(seen.items()))
        self._flag(any(self.facts["claimed_at"] < at for at in seen.values()))
        if not seen:
            return "Nothing in the file bounds it from below."
        return "; ".join(f"{format_instant(at)}, {who}" for who, at in sorted(seen.items())) + "."

    def _flag(self, is_outside: bool) -> None:
        """Note that the author's own time lies outside the bounds; never a fault."""
        self.facts["is_date_doubtful"] = self.facts.get("is_date_doubtful", False) or is_outside

    def _receipt(self) -> str:
        claim = self.claim
        received = self.exhibits.receipts(claim.party, claim.index)
        if claim.holder not in received:
            raise _unproven(f"the file holds no receipt of {claim.holder} for it")
        self.facts["received_at"] = received[claim.holder]
        return f"Held at {format_instant(received[claim.holder])} by its clock."

    def _lead_time(self) -> str:
        entry = self._message()
        notice = entry.message
        if not isinstance(notice, Notice) or notice.valid_from is None:
            raise _unproven(f"{entry.words} shows no notice with a window")
        terms = self.exhibits.rings[self.claim.party].understanding_at(self.claim.index)
        received_at = self.facts["received_at"]
        found = lead_class(notice.category, notice.valid_from, received_at, terms)
        self.facts |= {
            "notice_id": notice.notice_id,
            "version": notice.version,
            "category": notice.category,
            "window_start": notice.valid_from,
            "lead_ms": lead_time_ms(notice.valid_from, received_at),
            "minimum_ms": terms.lead_time_min(notice.category),
            "lead_class": str(LeadClass(found)),
        }
        return f"Notice {notice.notice_id} begins at {format_instant(notice.valid_from)}."

    def _window(self) -> Window:
        return Window(self.claim.valid_from, self.claim.valid_until)

    def _judge(self) -> str:
        exhibits, window = self.exhibits, self._window()
        tolerance_ms = exhibits.tolerance_ms()
        found = judge(self.claim.party, window, tolerance_ms, exhibits.web)
        self.facts |= _judgement_facts(found) | {
            "tolerance_ms": tolerance_ms,
            "alive": [
                {"party": a.party, "first_at": a.first_at, "last_at": a.last_at, "ticks": a.count}
                for a in alive(window, exhibits.web)
            ],
        }
        if found.finding is Finding.UNPROVEN:
            raise _unproven(found.reason)
        if found.finding is Finding.USED and found.first and found.last:
            sizes = (found.first.tick.out.size, found.last.tick.out.size)
            exhibits.check_one_history(found.last.tick.out.origin, sizes)
        return found.reason

    def _shown_entries(self) -> str:
        party = self.claim.party
        ring = self.exhibits.rings[party]
        indexes = range(self.facts["size_before"], self.facts["size_after"])
        shown = [
            self.exhibits.entries[party, index]
            for index in indexes
            if (party, index) in self.exhibits.entries and ring.is_trusted(index)
        ]
        self.facts["entries"] = [
            {
                "index": entry.place[1],
                "kind": kind_word(entry.envelope.header.kind),
                "claimed_at": entry.envelope.header.at,
            }
            for entry in shown
        ]
        if not shown:
            raise _unproven("no entry that was said in the window is in the file")
        words = ", ".join(entry.words for entry in shown[:8])
        return f"{len(shown)} of {len(indexes)} entries are shown: {words}."

    def _silent_words(self) -> str:
        window = self._window()
        return (
            f"{self.claim.party} said nothing on line {self.claim.line} from "
            f"{format_instant(window.valid_from)} to {format_instant(window.valid_until)}: its own "
            f"signed ticks show {self.facts['size_after']} entries before and after. "
            f"{self._clock_words()} Not proven: what was said elsewhere than on this line."
        )

    def _used_words(self) -> str:
        window = self._window()
        return (
            f"{self.claim.party} used line {self.claim.line} between "
            f"{format_instant(window.valid_from)} and {format_instant(window.valid_until)}: its own "
            f"signed ticks show {self.facts['size_before']} entries and then "
            f"{self.facts['size_after']}. {self._clock_words()} Not proven: whether anybody read "
            "what was said."
        )

    def _clock_words(self) -> str:
        anchors = " and ".join(self.facts["anchor_parties"])
        return (
            f"The times are those of {anchors}, which {self.claim.party} accepted as within "
            f"{self.facts['tolerance_ms'] / 1000:g} s of its own clock."
        )

    def _views(self) -> str:
        """What each party said around the instant, without a gap."""
        exhibits, at = self.exhibits, self.claim.at
        self.facts["views"] = {}
        missing: list[str] = []
        for party in exhibits.rings:
            found = around(party, at, exhibits.tolerance_ms(), exhibits.web)
            if found is None:
                missing.append(party)
            else:
                self.facts["views"][party] = _view(found.chain)
        if missing:
            raise _unproven(f"no unbroken ticks of {', '.join(missing)} stand around the instant")
        return f"{len(exhibits.web)} ticks of {', '.join(exhibits.rings)}."

    def _word(self) -> str:
        words = _words(self.facts["views"])
        self.facts["words"] = [str(word) for word in words]
        if len(words) != 1:
            raise _unproven(
                f"the line changed near the instant: {' or '.join(words)}"
                if words
                else "the ticks hold words that this program does not know"
            )
        self.facts["word"] = str(words[0])
        if words[0] != self.claim.word:
            raise _Ends(Verdict.REFUTED, f"the line was {words[0]}, not {self.claim.word}")
        return f"{words[0]}."


def _judgement_facts(found: Judgement) -> dict[str, Any]:
    """What a judgement rests on, for the report."""
    ends = {"before": found.first, "after": found.last}
    facts: dict[str, Any] = {
        "finding": str(found.finding),
        "anchor_parties": list(found.anchor_parties()),
    }
    for name, dated in ends.items():
        if dated is not None:
            facts[f"size_{name}"] = dated.tick.out.size
            facts[f"tick_{name}"] = dated.tick.sequence
            facts[f"anchor_{name}_at"] = dated.anchor.at
    return facts


def _view(chain: tuple[Tick, ...]) -> dict[str, Any]:
    """The words of a chain of ticks; several where they changed, in order."""
    declared: dict[str, dict[str, None]] = {}
    for tick in chain:
        for scope, state in tick.declared:
            declared.setdefault(scope, {})[state] = None
    return {
        "observed": list(dict.fromkeys(tick.observed for tick in chain)),
        "declared": {scope: list(states) for scope, states in sorted(declared.items())},
        "from": chain[0].at,
        "until": chain[-1].at,
    }


def _words(views: dict[str, dict[str, Any]]) -> list[Word]:
    """Every word that the parties' views allow, in order; none if one is not known."""
    options: list[list[tuple[str, str, str]]] = []
    for party, view in views.items():
        options.append([(party, "", word) for word in view["observed"]])
        options += [
            [(party, scope, word) for word in words] for scope, words in view["declared"].items()
        ]
    count = 1
    for some in options:
        count *= len(some)
    if count > _VIEWS_MAX:
        return [Word.CONTESTED, Word.UNTESTED]
    try:
        return sorted({_one_word(choice) for choice in product(*options)})
    except ValueError:
        return []


def _one_word(choice: tuple[tuple[str, str, str], ...]) -> Word:
    """The word for the line where each party has one view; CONTESTED if they differ."""
    declared: dict[str, dict[str, Declared]] = {party: {} for party, _, _ in choice}
    observed: list[Observed] = []
    for party, scope, word in choice:
        if scope:
            declared[party][scope] = Declared(word)
        else:
            observed.append(Observed(word))
    words = {displayed_word(one, Answered.ANSWERED, declared) for one in observed}
    return words.pop() if len(words) == 1 else Word.CONTESTED


def _sentence(text: str) -> str:
    """The text with a capital and a full stop."""
    return text[:1].upper() + text[1:].rstrip(".") + "."
