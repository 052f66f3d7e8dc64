"""Certificates of what a party declared at an instant, from all that it had said."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from openline.app.export import Exporter
from openline.domain.errors import OurError
from openline.domain.instant import HOUR_MS, SECOND_MS
from openline.domain.line.declared import Change, Declared, Standing
from openline.domain.record.certificate import (
    Certificate,
    CertificateKind,
    CertificateUnreadable,
    Run,
    parse_certificate,
)
from openline.domain.record.report import Report, Verdict
from openline.domain.record.verification import verify_certificate
from openline.domain.talk.body import By
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.keys import KeyRole
from tests.domain.record.history import ALPHA, BRAVO, LINE, START, History

GENERAL, WATCH = By("commander", "Gen. Jones"), By("watch", "Capt. Smith")
SCOPE = "air_safety"


def declare(status: Status, effective_at: int) -> Declaration:
    return Declaration(GENERAL, WATCH, (SCOPE,), status, effective_at, "A strike.")


def exporter(history: History, own: str = BRAVO) -> Exporter:
    return Exporter(history.sides[own].store, own, LINE)


def certify(history: History, at: int, party: str = ALPHA, own: str = BRAVO) -> Report:
    report = verify_certificate(exporter(history, own).declared(party, at))
    assert report.claim.kind is CertificateKind.DECLARED
    return report


def state_of(report: Report) -> str:
    assert report.verdict is Verdict.PROVEN, report.to_text()
    return dict(report.claim.declared)[SCOPE]


@pytest.fixture(scope="module")
def shayrat() -> History:
    """Alpha announces at 60 s that it suspends at 180 s, and at 300 s that it resumes."""
    history = History()
    history.run(60)
    history.say(ALPHA, declare(Status.SUSPENDED, START + 180 * SECOND_MS))
    history.run(240)
    history.say(ALPHA, declare(Status.IN_FORCE, history.now))
    history.text(ALPHA)
    history.run(120)
    return history


@pytest.mark.parametrize("own", [ALPHA, BRAVO])
def test_before_and_after(shayrat: History, own: str) -> None:
    """From either node's store each instant has its own proven state."""
    seen = [state_of(certify(shayrat, START + s * SECOND_MS, own=own)) for s in (30, 120, 240, 360)]
    assert seen == ["IN_FORCE", "SUSPENSION_PENDING", "SUSPENDED", "IN_FORCE"]


def test_what_is_said_of_it(shayrat: History) -> None:
    """The conclusion names what it rests on, who held it, and what is not proven."""
    report = certify(shayrat, START + 240 * SECOND_MS)
    assert "air_safety SUSPENDED" in report.conclusion
    assert "its message 1 of 2017-04-07T" in report.conclusion
    assert f"{BRAVO} held 2 of them" in report.conclusion
    assert "Not proven:" in report.conclusion
    assert [one["index"] for one in report.facts["said"]] == [0, 1]


def test_another_state_is_refuted(shayrat: History) -> None:
    """Genuine evidence of another state than the claimed one refutes the claim."""
    at = START + 240 * SECOND_MS
    certificate = parse_certificate(exporter(shayrat).declared(ALPHA, at))
    words = tuple((scope, "IN_FORCE") for scope, _ in certificate.claim.declared)
    claim = replace(certificate.claim, declared=words)
    report = verify_certificate(replace(certificate, claim=claim).format())
    assert report.verdict is Verdict.REFUTED
    assert "SUSPENDED" in report.conclusion


def test_another_instant_is_not_proven(shayrat: History) -> None:
    """The evidence about one instant does not prove one that its ticks do not reach."""
    at = START + 240 * SECOND_MS
    certificate = parse_certificate(exporter(shayrat).declared(ALPHA, at))
    for other in (0, START, at + HOUR_MS, at + 90 * SECOND_MS):
        claim = replace(certificate.claim, at=other)
        report = verify_certificate(replace(certificate, claim=claim).format())
        assert report.verdict is Verdict.UNPROVEN, other


def test_near_a_change_nothing_is_certain(shayrat: History) -> None:
    """Within the tolerance of a change no state is certified, and it says so."""
    for seconds in (60, 179, 180, 181, 300):
        with pytest.raises(OurError, match="so near to"):
            exporter(shayrat).declared(ALPHA, START + seconds * SECOND_MS)


def test_where_the_ticks_do_not_reach(shayrat: History) -> None:
    """The time before the line, and the time to come, are not certified."""
    for at in (START - HOUR_MS, shayrat.now + HOUR_MS):
        with pytest.raises(OurError, match="before and after"):
            exporter(shayrat).declared(ALPHA, at)


def test_while_the_line_is_dark() -> None:
    """What was declared is proven for an instant at which nobody heard anybody."""
    history = History()
    history.run(30)
    history.say(ALPHA, declare(Status.SUSPENDED, history.now))
    history.run(30)
    dark_from = history.now
    history.now += 6 * HOUR_MS
    history.run(30)
    assert state_of(certify(history, dark_from + 3 * HOUR_MS)) == "SUSPENDED"
    with pytest.raises(OurError, match="without a gap"):
        exporter(history).state(dark_from + 3 * HOUR_MS)


def changed(certificate: Certificate, **parts: object) -> Report:
    evidence = replace(certificate.evidence, **parts)  # type: ignore[arg-type]
    return verify_certificate(replace(certificate, evidence=evidence).format())


def test_a_declaration_cannot_be_left_out(shayrat: History) -> None:
    """Without the content of a declaration, or an entry of the run, nothing is proven."""
    at = START + 360 * SECOND_MS
    certificate = parse_certificate(exporter(shayrat).declared(ALPHA, at))
    entries, (run,) = certificate.evidence.entries, certificate.evidence.runs
    for number, entry in enumerate(entries):
        rest = (*entries[:number], *entries[number + 1 :])
        assert changed(certificate, entries=rest).verdict is Verdict.UNPROVEN
        bare = replace(entry, content=None)
        if entry.content is not None:
            report = changed(certificate, entries=(*rest, bare))
            assert report.verdict is Verdict.UNPROVEN
    for cut in (run.entries[:-1], run.entries[1:], run.entries[::-1], run.entries * 2):
        report = changed(certificate, runs=(Run(run.origin, cut),))
        assert report.verdict is Verdict.UNPROVEN
    assert changed(certificate, runs=()).verdict is Verdict.UNPROVEN
    other = Run(f"{BRAVO}/{LINE}/out", run.entries)
    assert changed(certificate, runs=(run, other)).verdict is Verdict.UNPROVEN


def test_a_shorter_history_does_not_pass(shayrat: History) -> None:
    """The evidence of before the resumption does not prove a state of after it."""
    early = parse_certificate(exporter(shayrat).declared(ALPHA, START + 240 * SECOND_MS))
    late = parse_certificate(exporter(shayrat).declared(ALPHA, START + 360 * SECOND_MS))
    claim = replace(late.claim, declared=early.claim.declared)
    mixed = replace(early, claim=claim)
    mixed = replace(mixed, evidence=replace(early.evidence, ticks=late.evidence.ticks))
    assert verify_certificate(mixed.format()).verdict is Verdict.UNPROVEN


def test_what_a_thief_declared_is_not_proven() -> None:
    """A declaration signed with a key that was revoked from there on proves nothing."""
    history = History()
    history.run(20)
    from_index = history.say(ALPHA, declare(Status.SUSPENDED, history.now))
    history.run(20)
    at = history.now
    history.run(20)
    history.revoke_key(
        ALPHA, KeyRole.NODE, "alpha's third", from_index, history.key(ALPHA, KeyRole.NODE)
    )
    history.run(20)
    data = exporter(history).declared(ALPHA, history.now - 10_000)
    report = verify_certificate(data)
    assert report.verdict is Verdict.UNPROVEN
    assert "revoked" in report.conclusion
    assert at < history.now


@pytest.mark.parametrize(
    "declared",
    [
        [],
        [["air_safety", "SLEEPING"]],
        [["air_safety", 1]],
        [["air_safety"]],
        [["b", "IN_FORCE"], ["a", "IN_FORCE"]],
        [["a", "IN_FORCE"], ["a", "SUSPENDED"]],
        "SUSPENDED",
    ],
)
def test_a_claim_of_another_form_is_unreadable(declared: object) -> None:
    """States that are not known, not in order or not there make no claim."""
    from tests.domain.record.test_certificate import whole

    claim = {0: LINE, 1: ALPHA, 6: START, 9: declared}
    parts: dict[int, object] = {0: b"", 1: [], 2: [], 3: [], 4: [], 5: []}
    with pytest.raises(CertificateUnreadable):
        parse_certificate(whole(kind="declared", claim=claim, parts=parts))


@settings(max_examples=15)
@given(st.integers(0, 2**32))
def test_no_verdict_is_ever_wrong(seed: int) -> None:
    """Over random declarations and instants, what is PROVEN is what was declared then."""
    chance = Random(seed)
    history = History()
    history.sides[ALPHA].offset_ms = chance.choice([0, 0, 700, -1_500])
    said: list[tuple[int, Declaration]] = []
    for _ in range(120):
        history.now += chance.randrange(700, 1_500)
        if chance.randrange(100) < 6:
            clock = history.clock(ALPHA)
            status = chance.choice(list(Status))
            if status is Status.TERMINATED and chance.randrange(3):
                status = Status.SUSPENDED
            later = chance.choice([0, 0, 5_000, 40_000])
            said.append((clock, declare(status, clock + later)))
            history.say(ALPHA, said[-1][1])
        if chance.randrange(100) < 80:
            history.exchange()
    for _ in range(8):
        at = START + chance.randrange(0, 130_000)
        own = chance.choice([ALPHA, BRAVO])
        try:
            data = exporter(history, own).declared(ALPHA, at)
        except OurError as error:
            event(error.what[:20])
            continue
        report = verify_certificate(data)
        event(str(report.verdict))
        truth = truth_at(history, said, at)
        if report.verdict is Verdict.PROVEN:
            assert dict(report.claim.declared)[SCOPE] == truth
        lie = "SUSPENDED" if truth != "SUSPENDED" else "IN_FORCE"
        certificate = parse_certificate(data)
        words = tuple((s, lie if s == SCOPE else w) for s, w in certificate.claim.declared)
        claim = replace(certificate.claim, declared=words)
        verdict = verify_certificate(replace(certificate, claim=claim).format()).verdict
        assert verdict is not Verdict.PROVEN


def truth_at(history: History, said: list[tuple[int, Declaration]], at: int) -> str:
    """What alpha declared at an instant by its own clock."""
    standing = Standing().adopt(START + history.sides[ALPHA].offset_ms)
    for index, (clock, one) in enumerate(said):
        if clock <= at:
            change = Change(Declared[one.status.name], one.effective_at, clock, index)
            standing = standing.declare(change)
    return str(standing.state(at))
