"""Certificates: every kind is proven, and nothing that was touched is."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from openline.app.export import Exporter
from openline.domain.errors import OurError, Reason
from openline.domain.limits import EVIDENCE_SIZE_BYTES_MAX
from openline.domain.line.understanding import OutsideWitness, SignedUnderstanding
from openline.domain.record import cbor
from openline.domain.record.certificate import (
    Certificate,
    CertificateKind,
    CertificateUnreadable,
    Claim,
    Evidence,
    Extension,
    ProvenEntry,
    parse_certificate,
)
from openline.domain.record.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from openline.domain.record.cosignature import cosign
from openline.domain.record.merkle import leaf_hash
from openline.domain.record.note import (
    Note,
    SignatureType,
    VerifierKey,
    parse_base64,
    parse_note,
)
from openline.domain.record.report import Report, Verdict
from openline.domain.record.tick import parse_tick
from openline.domain.record.verification import (
    Pins,
    make_pins,
    root_fingerprint,
    verify_certificate,
)
from openline.domain.statements.capture import Seen
from openline.domain.statements.verdict import Verdict as LookVerdict
from openline.domain.talk.keys import KeyRole
from openline.engine.ports import PutHead, PutValue
from tests.domain.record.damage import damaged_bytes
from tests.domain.record.history import (
    ALPHA,
    BRAVO,
    CHARLIE,
    LINE,
    START,
    History,
    make_understanding,
    notice,
    party_terms,
    sign_all,
)
from tests.vectors.make import HERE, load
from tests.vectors.make_messages import make, sign_tick
from tests.vectors.signers import SeedSigner

MINUTE = 60_000
SEEN = Seen(
    START + 3 * MINUTE,
    "https://press.bravo.example/7",
    200,
    (("ETag", '"7-2"'),),
    LookVerdict.CHANGED,
    hashlib.sha256(b"bytes").digest(),
    hashlib.sha256(b"text").digest(),
    "openline page 1",
)


@dataclass(frozen=True)
class Told:
    """What happened, and a certificate of each kind about it.

    Attributes:
        history: The history.
        notice: Index of alpha's notice.
        text: Index of alpha's text that came after bravo's first.
        files: By kind, a certificate that is proven.
    """

    history: History
    notice: int
    text: int
    files: dict[CertificateKind, bytes]


def tell(prefix: str = "") -> Told:
    """Quiet for two minutes, a notice, a text each way, quiet for two minutes."""
    history = History(prefix=prefix)
    history.run(120)
    issued = history.say(ALPHA, notice(history.now + 20 * MINUTE))
    history.run(10)
    history.text(BRAVO, "noted")
    history.run(10)
    text = history.text(ALPHA, "thank you")
    history.run(140)
    export = Exporter(history.sides[ALPHA].store, ALPHA, LINE)
    files = {
        CertificateKind.MESSAGE: export.message(ALPHA, text),
        CertificateKind.RECEIPT: export.receipt(ALPHA, text),
        CertificateKind.USE: export.use(ALPHA, START + MINUTE, START + 3 * MINUTE),
        CertificateKind.NON_USE: export.non_use(ALPHA, START + 10_000, START + 110_000),
        CertificateKind.STATE: export.state(START + 4 * MINUTE),
        CertificateKind.DECLARED: export.declared(ALPHA, START + 4 * MINUTE),
        CertificateKind.LEAD_TIME: export.lead_time(ALPHA, issued),
        CertificateKind.NO_ANSWER: export.no_answer(ALPHA, text, history.now - MINUTE),
        CertificateKind.CAPTURE: export.capture(history.note_capture(ALPHA, SEEN, BRAVO, spare=5)),
    }
    files[CertificateKind.FORK] = fork_of(history, prefix)
    return Told(history, issued, text, files)


def fork_of(history: History, prefix: str) -> bytes:
    """A certificate of Bravo's that Alpha signed two heads of one size."""
    side, held = history.sides[ALPHA], history.head(ALPHA).format()
    other = Checkpoint(side.origin, side.tree.size, bytes(32))
    forged = sign_checkpoint(other, side.make_signer(f"{prefix}{ALPHA} node")).format()
    kept = cbor.encode(["FORK", "two heads", held, forged, []])
    store = history.sides[BRAVO].store
    store.commit([PutValue(f"evidence/{LINE}/{ALPHA}/1", kept)])
    return Exporter(store, BRAVO, LINE).fork(ALPHA)


@pytest.fixture(scope="module")
def told() -> Told:
    return tell()


EVERY_KIND = pytest.mark.parametrize("kind", list(CertificateKind))


def report_on(certificate: Certificate) -> Report:
    """The report on a certificate that its writer gave a right checksum."""
    return verify_certificate(certificate.format())


def changed(data: bytes, **parts: Any) -> Certificate:
    """A certificate with some parts of its evidence replaced."""
    certificate = parse_certificate(data)
    return replace(certificate, evidence=replace(certificate.evidence, **parts))


def claiming(data: bytes, **attributes: Any) -> Certificate:
    """A certificate with another claim on the same evidence."""
    certificate = parse_certificate(data)
    return replace(certificate, claim=replace(certificate.claim, **attributes))


def rechecked(body: bytes) -> bytes:
    """The bytes with a right checksum."""
    return body + hashlib.sha256(body).digest()


# --- what is true is proven -----------------------------------------------------------------------


@EVERY_KIND
def test_each_kind_is_proven(told: Told, kind: CertificateKind) -> None:
    """What happened is PROVEN by numbered steps that all hold."""
    report = verify_certificate(told.files[kind])
    assert report.verdict is Verdict.PROVEN, report.to_text()
    assert report.claim.kind is kind
    assert all(step.holds for step in report.steps)
    assert [step.number for step in report.steps] == list(range(1, len(report.steps) + 1))
    assert "Not proven:" in report.conclusion


@EVERY_KIND
def test_a_file_is_written_again_as_it_was(told: Told, kind: CertificateKind) -> None:
    """Reading a certificate and writing it gives the same bytes."""
    data = told.files[kind]
    assert parse_certificate(data).format() == data


@EVERY_KIND
def test_a_report_has_all_it_needs(told: Told, kind: CertificateKind) -> None:
    """A report can be written as JSON and as text, with the verdict and all fingerprints."""
    report = verify_certificate(told.files[kind])
    told_json = json.loads(json.dumps(report.to_json()))
    assert told_json["verdict"] == "PROVEN"
    assert told_json["claim"]["kind"] == kind
    assert len(told_json["steps"]) == len(report.steps)
    text = report.to_text()
    for party in told.history.understanding.parties:
        for root in party.roots:
            assert f"{party.name} {root_fingerprint(root)}" in text
    assert f"Verdict: {report.verdict}" in text
    assert report.conclusion in text


def test_a_message_tells_its_bounds(told: Told) -> None:
    """The facts of a message hold its words, its receipt and what it names as seen."""
    facts = verify_certificate(told.files[CertificateKind.MESSAGE]).facts
    assert facts["kind"] == "TEXT"
    assert facts["message"]["text"] == "thank you"
    assert facts["not_before"] == {BRAVO: START + 130_000}
    assert facts["received"] == {BRAVO: START + 141_000}
    assert facts["claimed_at"] == START + 140_000
    assert facts["is_date_doubtful"] is False


def test_a_withheld_content_is_still_proven(told: Told) -> None:
    """Without the words, who, when and their hash are proven, and the words are not there."""
    export = Exporter(told.history.sides[ALPHA].store, ALPHA, LINE)
    data = export.message(ALPHA, told.text, with_content=False)
    report = verify_certificate(data)
    assert report.verdict is Verdict.PROVEN
    assert "message" not in report.facts
    assert "withheld" in report.conclusion
    assert b"thank you" not in data


def test_use_and_silence_disclose_no_words(told: Told) -> None:
    """Certificates about a window hold no content of any message."""
    for kind in (CertificateKind.USE, CertificateKind.NON_USE):
        entries = parse_certificate(told.files[kind]).evidence.entries
        assert entries
        assert all(entry.content is None for entry in entries)


def test_use_names_what_was_said(told: Told) -> None:
    """The report on a use lists the entries that were added, by index and kind."""
    facts = verify_certificate(told.files[CertificateKind.USE]).facts
    assert [(said["index"], said["kind"]) for said in facts["said"]] == [
        (told.notice, "NOTICE"),
        (told.text, "TEXT"),
    ]
    assert facts["anchor_parties"] == [BRAVO]


def test_a_lead_time_has_its_class(told: Told) -> None:
    """A strike announced 20 minutes ahead, where 10 are agreed, is NORMAL."""
    facts = verify_certificate(told.files[CertificateKind.LEAD_TIME]).facts
    assert facts["lead_class"] == "NORMAL"
    assert facts["minimum_ms"] == 10 * MINUTE
    assert facts["lead_ms"] == 20 * MINUTE - 1_000
    assert facts["notice_id"] == "A-17"


def test_silence_claimed_of_a_used_window_is_refuted(told: Told) -> None:
    """The evidence of a use refutes the claim of silence, and the other way round."""
    use, silence = (told.files[kind] for kind in (CertificateKind.USE, CertificateKind.NON_USE))
    refuted = report_on(claiming(use, kind=CertificateKind.NON_USE))
    assert refuted.verdict is Verdict.REFUTED
    assert "refuted" in refuted.conclusion
    assert report_on(claiming(silence, kind=CertificateKind.USE)).verdict is Verdict.REFUTED


def test_the_other_party_can_show_silence_too(told: Told) -> None:
    """What alpha did not say is proven from bravo's store as from alpha's own."""
    export = Exporter(told.history.sides[BRAVO].store, BRAVO, LINE)
    data = export.non_use(ALPHA, START + 10_000, START + 110_000)
    assert verify_certificate(data).verdict is Verdict.PROVEN


def test_three_parties_anchor_each_other() -> None:
    """On a line of three, silence and state are proven, and the report names the anchors."""
    history = History(ALPHA, BRAVO, CHARLIE)
    history.run(20)
    history.run(60, ALPHA, CHARLIE)  # Bravo is cut off.
    history.run(20)
    export = Exporter(history.sides[CHARLIE].store, CHARLIE, LINE)
    report = verify_certificate(export.non_use(ALPHA, START + 30_000, START + 70_000))
    assert report.verdict is Verdict.PROVEN
    assert report.facts["anchor_parties"] == [CHARLIE]
    assert verify_certificate(export.state(START + 90_000)).verdict is Verdict.PROVEN
    receipt = Exporter(history.sides[ALPHA].store, ALPHA, LINE).receipt(ALPHA, 0, CHARLIE)
    assert verify_certificate(receipt).verdict is Verdict.PROVEN


# --- the state of the line ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda side: side.declared.update(air_safety="SUSPENDED"), "PARTIALLY_SUSPENDED"),
        (lambda side: side.declared.update(dict.fromkeys(side.declared, "SUSPENDED")), "SUSPENDED"),
        (lambda side: setattr(side, "observed", "DEGRADED"), "CONTESTED"),
    ],
    ids=["one scope", "all scopes", "other views"],
)
def test_the_state_before_and_after_a_change(change: Callable[[Any], object], word: str) -> None:
    """Before a change the line is ACTIVE, after it has its word, and near it nothing is said."""
    history = History()
    history.run(30)
    change(history.sides[BRAVO])
    history.run(30)
    export = Exporter(history.sides[ALPHA].store, ALPHA, LINE)
    before, after = export.state(START + 20_000), export.state(START + 40_000)
    for data, expected in ((before, "ACTIVE"), (after, word)):
        report = verify_certificate(data)
        assert (report.verdict, report.claim.word) == (Verdict.PROVEN, expected)
    with pytest.raises(OurError, match="changed near"):
        export.state(START + 30_000)
    assert report_on(claiming(before, word=word)).verdict is Verdict.REFUTED
    moved = report_on(claiming(before, at=START + 40_000))
    assert moved.verdict is Verdict.UNPROVEN


def test_a_gap_in_the_ticks_proves_no_state(told: Told) -> None:
    """A chain of ticks with one left out shows nothing about the state."""
    data = told.files[CertificateKind.STATE]
    ticks = parse_certificate(data).evidence.ticks
    assert len(ticks) > 8
    for left_out in ticks:
        rest = tuple(tick for tick in ticks if tick != left_out)
        assert report_on(changed(data, ticks=rest)).verdict is Verdict.UNPROVEN


def test_a_line_that_did_not_run_proves_no_state() -> None:
    """Ticks before and after a standstill show nothing of the state in between."""
    for seconds, verdict in ((2, Verdict.PROVEN), (4, Verdict.UNPROVEN)):
        history = History()
        history.run(20)
        data = Exporter(history.sides[ALPHA].store, ALPHA, LINE).state(START + 10_000)
        at = history.now + 500
        history.now += (seconds - 1) * 1_000
        history.run(20)
        store = history.sides[ALPHA].store
        ticks = [note for name in (ALPHA, BRAVO) for _, _, note in store.ticks(LINE, name, 0, 99)]
        certificate = changed(data, ticks=tuple(ticks))
        claim = replace(certificate.claim, at=at)
        assert report_on(replace(certificate, claim=claim)).verdict is verdict


# --- what was touched is not proven ---------------------------------------------------------------


@EVERY_KIND
def test_no_accident_goes_unnoticed(told: Told, kind: CertificateKind) -> None:
    """A file with any one byte changed, cut or added is unreadable."""
    data = told.files[kind]
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 1 + at % 255
        with pytest.raises(CertificateUnreadable):
            verify_certificate(bytes(flipped))
    for wrong in (b"", data[:-1], data[:100], data + b"\0", data[1:]):
        with pytest.raises(CertificateUnreadable):
            verify_certificate(wrong)


def evidence_starts(data: bytes) -> int:
    """Where the parts begin, after the claim."""
    claim = parse_certificate(data).claim
    empty = Certificate(claim, Evidence(b"")).format()
    # An empty certificate ends with the map of parts, five keys and values, and the checksum.
    return len(empty) - 34 - 11


@EVERY_KIND
def test_no_byte_of_the_evidence_can_be_forged(told: Told, kind: CertificateKind) -> None:
    """With one byte of evidence changed and the checksum made right, nothing is proven."""
    data = told.files[kind]
    body = data[:-32]
    chance = Random(str(kind))
    for at in chance.sample(range(evidence_starts(data), len(body)), 900):
        flipped = bytearray(body)
        flipped[at] ^= chance.randrange(1, 256)
        try:
            report = verify_certificate(rechecked(bytes(flipped)))
        except CertificateUnreadable:
            continue
        assert report.verdict is Verdict.UNPROVEN, (at, report.to_text())


@EVERY_KIND
@settings(max_examples=60)
@given(data=st.data())
def test_nothing_but_the_typed_error_is_raised(
    told: Told, kind: CertificateKind, data: st.DataObject
) -> None:
    """Whatever a file with a right checksum holds, it gives a report or is unreadable."""
    body = data.draw(damaged_bytes(told.files[kind][:-32]))
    try:
        report = verify_certificate(rechecked(body))
    except CertificateUnreadable:
        return
    json.dumps(report.to_json())
    report.to_text()


def drops(evidence: Evidence) -> Iterator[tuple[str, Evidence]]:
    """The evidence with one part left out, each part in turn."""
    for name in ("entries", "heads", "extensions", "ticks", "rows"):
        parts = getattr(evidence, name)
        for at in range(len(parts)):
            yield f"{name} {at}", replace(evidence, **{name: parts[:at] + parts[at + 1 :]})


@pytest.mark.parametrize("kind", sorted(set(CertificateKind) - {CertificateKind.MESSAGE}))
def test_every_part_is_needed(told: Told, kind: CertificateKind) -> None:
    """A certificate holds nothing that it could do without."""
    certificate = parse_certificate(told.files[kind])
    shown = verify_certificate(told.files[kind]).facts.get("said", [])
    for name, evidence in drops(certificate.evidence):
        report = report_on(replace(certificate, evidence=evidence))
        if report.verdict is Verdict.PROVEN:  # One of several entries that show the use.
            assert len(report.facts["said"]) == len(shown) - 1, name
            assert len(shown) > 1


def test_a_message_stands_without_its_bounds(told: Told) -> None:
    """What bounds a message in time can be left out, and the report then says so."""
    data = told.files[CertificateKind.MESSAGE]
    certificate = parse_certificate(data)
    note = parse_note(certificate.evidence.heads[0])
    bare = Note(note.text, note.signatures[:2]).format()
    report = report_on(changed(data, heads=(bare,)))
    assert report.verdict is Verdict.PROVEN
    assert report.facts["received"] == {}
    assert "nothing bounds" in report.conclusion


@pytest.mark.parametrize("kind", [CertificateKind.USE, CertificateKind.NON_USE])
def test_another_window_is_not_proven(told: Told, kind: CertificateKind) -> None:
    """The same ticks do not prove a window that reaches beyond what they date."""
    claim = parse_certificate(told.files[kind]).claim
    for start, end in (
        (claim.valid_from - 20_000, claim.valid_until),
        (claim.valid_from, claim.valid_until + 60_000),
        (claim.valid_until, claim.valid_until + MINUTE),
        (0, 253_402_300_799_999),
    ):
        report = report_on(claiming(told.files[kind], valid_from=start, valid_until=end))
        if kind is CertificateKind.NON_USE or end > claim.valid_until + MINUTE:
            assert report.verdict is not Verdict.REFUTED
        if kind is CertificateKind.NON_USE or start >= claim.valid_until:
            assert report.verdict is Verdict.UNPROVEN


@EVERY_KIND
def test_another_party_is_not_proven(told: Told, kind: CertificateKind) -> None:
    """The evidence about one party proves nothing about another or a stranger."""
    for party in (BRAVO, CHARLIE):
        if kind is not CertificateKind.STATE:
            holder = {"holder": ALPHA} if parse_certificate(told.files[kind]).claim.holder else {}
            report = report_on(claiming(told.files[kind], party=party, **holder))
            assert report.verdict is Verdict.UNPROVEN
    report = report_on(claiming(told.files[kind], line="red-sea"))
    assert report.verdict is Verdict.UNPROVEN
    assert "not red-sea" in report.conclusion


@pytest.mark.parametrize("kind", [CertificateKind.RECEIPT, CertificateKind.LEAD_TIME])
def test_another_receiver_is_not_proven(told: Told, kind: CertificateKind) -> None:
    """A receipt counts for the party that cosigned, not for another."""
    report = report_on(claiming(told.files[kind], holder=CHARLIE))
    assert report.verdict is Verdict.UNPROVEN
    assert "receipt" in report.conclusion


def test_another_index_is_not_proven(told: Told) -> None:
    """The message must be the one with the claimed number."""
    for index in (told.text + 1, 2**53):
        report = report_on(claiming(told.files[CertificateKind.MESSAGE], index=index))
        assert report.verdict is Verdict.UNPROVEN


def test_another_content_is_not_proven(told: Told) -> None:
    """Other words under the same envelope are not the words that were signed."""
    data = told.files[CertificateKind.MESSAGE]
    entries = parse_certificate(data).evidence.entries
    other = told.history.sides[ALPHA].store.entries(f"{ALPHA}/{LINE}/out", told.notice, 1)[0]
    swapped = tuple(
        entry if entry.content is None else replace(entry, content=other.content)
        for entry in entries
    )
    report = report_on(changed(data, entries=swapped))
    assert report.verdict is Verdict.UNPROVEN
    assert "content" in report.conclusion


def test_notes_of_another_history_are_not_proven(told: Told) -> None:
    """Heads, ticks and entries of parties with the same names and other keys do not fit in."""
    other = tell("false ")
    for kind, data in told.files.items():
        mine, theirs = parse_certificate(data), parse_certificate(other.files[kind])
        for name in ("understanding", "entries", "heads", "ticks"):
            parts = getattr(theirs.evidence, name)
            if parts != getattr(mine.evidence, name):
                report = report_on(changed(data, **{name: parts}))
                assert report.verdict is Verdict.UNPROVEN, (kind, name)


def test_a_forged_tick_is_not_proven(told: Told) -> None:
    """A tick that another key signed, whatever it says, proves nothing."""
    data = told.files[CertificateKind.NON_USE]
    ticks = parse_certificate(data).evidence.ticks
    for at, text in enumerate(ticks):
        tick = parse_tick(parse_note(text).text)
        forged = sign_tick(tick, SeedSigner("stranger")).format()
        report = report_on(changed(data, ticks=(*ticks[:at], forged, *ticks[at + 1 :])))
        assert report.verdict is Verdict.UNPROVEN
        assert "signature" in report.conclusion


def test_a_stolen_party_key_does_not_sign_for_the_other(told: Told) -> None:
    """Bravo's own key cannot make the ticks of alpha that it lacks."""
    data = told.files[CertificateKind.NON_USE]
    ticks = parse_certificate(data).evidence.ticks
    bravo = told.history.sides[BRAVO]
    forged = [
        sign_tick(tick, next(iter(bravo.signers.values()))).format()
        if (tick := parse_tick(parse_note(text).text)).party == ALPHA
        else text
        for text in ticks
    ]
    assert report_on(changed(data, ticks=tuple(forged))).verdict is Verdict.UNPROVEN


def test_a_row_by_a_stranger_is_not_overlooked(told: Told) -> None:
    """A head with a signature row that nobody on the line made is refused whole."""
    data = told.files[CertificateKind.RECEIPT]
    note = parse_note(parse_certificate(data).evidence.heads[0])
    row = replace(note.signatures[-1], name="somebody.example/mirror")
    for signatures in ((*note.signatures, row), (*note.signatures, note.signatures[0])):
        wrong = Note(note.text, signatures).format()
        assert report_on(changed(data, heads=(wrong,))).verdict is Verdict.UNPROVEN


def test_an_agreed_outside_witness_may_cosign() -> None:
    """A head with a row by a witness of the terms is genuine; with one that is wrong it is not."""
    outside = SeedSigner("outside")
    keys = (
        VerifierKey("witness.example", SignatureType.COSIGNATURE_ED25519, outside.public.ed25519),
        VerifierKey("witness.example", SignatureType.MLDSA44, outside.public.mldsa44),
    )
    agreed = OutsideWitness("witness.example", tuple(sorted(key.format() for key in keys)))
    history = History(outside=(agreed,))
    index = history.text(ALPHA)
    history.run(10)
    data = Exporter(history.sides[ALPHA].store, ALPHA, LINE).receipt(ALPHA, index)
    note = parse_note(parse_certificate(data).evidence.heads[0])
    head, at_s = parse_checkpoint(note.text), START // 1_000
    right = cosign(head, "witness.example", outside, at_s)
    for rows in (right, right[:1], right[1:]):
        report = report_on(changed(data, heads=(note.with_signatures(*rows).format(),)))
        assert report.verdict is Verdict.PROVEN, report.to_text()
        assert "seen by witness.example in the second 2017-04-07T01:20:00Z" in report.to_text()
    other = cosign(replace(head, root=bytes(32)), "witness.example", outside, at_s)
    strange = cosign(head, "witness.example", SeedSigner("stranger"), at_s)
    for rows in (other[:1], other[1:], strange, right + right[:1]):
        wrong = Note(note.text, note.signatures + rows).format()
        assert report_on(changed(data, heads=(wrong,))).verdict is Verdict.UNPROVEN


def test_a_log_that_begins_otherwise_is_not_proven(told: Told) -> None:
    """Terms that all roots signed but that the log does not begin with prove nothing."""
    other = sign_all(replace(make_understanding(ALPHA, BRAVO), text="never adopted"))
    for kind, data in told.files.items():
        report = report_on(changed(data, understanding=other.format()))
        assert report.verdict is Verdict.UNPROVEN, kind
        assert "begins with" in report.conclusion


def test_too_few_roots_are_not_proven(told: Told) -> None:
    """Without enough signatures of every party the Understanding counts for nothing."""
    data = told.files[CertificateKind.MESSAGE]
    signed = told.history.signed
    for at in range(len(signed.signatures)):
        rest = signed.signatures[:at] + signed.signatures[at + 1 :]
        fewer = SignedUnderstanding(signed.data, rest).format()
        report = report_on(changed(data, understanding=fewer))
        assert report.verdict is Verdict.UNPROVEN
        assert report.roots == ()


def test_a_fork_is_shown_and_nothing_else(told: Told) -> None:
    """Two roots of one size by one author end the verification, and the fork is named."""
    history = History()
    history.run(60)
    data = Exporter(history.sides[BRAVO].store, BRAVO, LINE).non_use(
        ALPHA, START + 10_000, START + 50_000
    )
    side = history.sides[ALPHA]
    out = history.head(ALPHA)
    fork = history.tick(ALPHA, out=replace(parse_tick_out(history), root=bytes(32)))
    ticks = parse_certificate(data).evidence.ticks
    for parts in ({"ticks": (*ticks, fork)}, {"ticks": (fork,), "heads": (out.format(),)}):
        report = report_on(changed(data, **parts))
        assert report.verdict is Verdict.UNPROVEN
        assert "a fork is" in report.conclusion
    assert side.tree.size == 1


def parse_tick_out(history: History) -> Any:
    """What alpha's last tick says of its outbox."""
    found = history.sides[ALPHA].store.last_tick(LINE, ALPHA)
    assert found is not None
    return parse_tick(parse_note(found[2]).text).out


# --- liars with real keys -------------------------------------------------------------------------


def test_a_receipt_counts_only_for_what_its_head_covers() -> None:
    """A cosigned head below the message is no receipt of it, whatever stands above."""
    history = History()
    history.run(10)
    history.text(ALPHA, "received")
    history.run(10)
    history.text(ALPHA, "never received")
    side = history.sides[ALPHA]
    export = Exporter(side.store, ALPHA, LINE)
    side.store.commit([PutHead(side.origin, 3, "", history.head(ALPHA).format())])
    message = parse_certificate(export.message(ALPHA, 2))
    receipt = parse_certificate(export.receipt(ALPHA, 1))
    evidence = replace(
        message.evidence,
        heads=(*message.evidence.heads, *receipt.evidence.heads),
        extensions=(Extension(side.origin, 2, 3, tuple(side.tree.consistency_proof(2, 3))),),
    )
    report = report_on(Certificate(message.claim, evidence))
    assert report.verdict is Verdict.PROVEN
    assert report.facts["received"] == {}
    claim = Claim(CertificateKind.RECEIPT, LINE, ALPHA, 2, BRAVO)
    assert report_on(Certificate(claim, evidence)).verdict is Verdict.UNPROVEN


def naming(root: bytes, size: int = 1, log: str = f"{LINE}/out") -> tuple[History, Certificate]:
    """A message of alpha's that names a root of a log of bravo's which bravo never had."""
    history = History()
    history.run(10)
    head = Checkpoint(f"{BRAVO}/{log}", size, root)
    index = history.text(ALPHA, heads=(head,))
    history.run(10)
    data = Exporter(history.sides[ALPHA].store, ALPHA, LINE).message(ALPHA, index)
    return history, parse_certificate(data)


def test_an_author_cannot_make_up_what_it_has_seen() -> None:
    """An entry under a made-up head that the other party did not sign bounds nothing."""
    fake = History(prefix="false ").sides[BRAVO]
    raw = fake.store.entries(fake.origin, 0, 1)[0].raw
    _, certificate = naming(leaf_hash(raw))
    assert report_on(certificate).verdict is Verdict.PROVEN
    entries = (*certificate.evidence.entries, ProvenEntry(raw, None, 1, ()))
    evidence = replace(certificate.evidence, entries=entries)
    report = report_on(replace(certificate, evidence=evidence))
    assert report.verdict is Verdict.UNPROVEN
    assert "names key" in report.conclusion


def test_a_root_that_its_author_contradicts_is_not_proven() -> None:
    """A message that names another root than the other party signed is UNPROVEN beside it."""
    history, certificate = naming(bytes(32))
    heads = (*certificate.evidence.heads, history.head(BRAVO).format())
    evidence = replace(certificate.evidence, heads=heads)
    report = report_on(replace(certificate, evidence=evidence))
    assert report.verdict is Verdict.UNPROVEN
    assert "another root" in report.conclusion


@pytest.mark.parametrize(
    ("log", "size"),
    [
        (f"{LINE}/out", 1),
        ("red-sea/out", 2),
        (f"{LINE}/journal", 2),
        (f"{LINE}/out/2", 2),
    ],
)
def test_an_entry_bounds_only_under_the_head_that_was_named(log: str, size: int) -> None:
    """The other's real entry is no bound where the message names another history, or log."""
    history, certificate = naming(bytes(32), size, log)
    history.text(BRAVO)
    bravo = history.sides[BRAVO]
    raw = bravo.store.entries(bravo.origin, size - 1, 1)[0].raw
    entry = ProvenEntry(raw, None, 2, tuple(bravo.tree.inclusion_proof(size - 1, 2)))
    evidence = replace(
        certificate.evidence,
        entries=(*certificate.evidence.entries, entry),
        heads=(*certificate.evidence.heads, history.head(BRAVO).format()),
    )
    report = report_on(replace(certificate, evidence=evidence))
    assert report.verdict is Verdict.PROVEN
    assert report.facts["not_before"] == {}


def test_a_tick_with_a_second_signature_is_refused(told: Told) -> None:
    """Every row of a tick is accounted for."""
    data = told.files[CertificateKind.NON_USE]
    first, *rest = parse_certificate(data).evidence.ticks
    note = parse_note(first)
    twice = Note(note.text, (*note.signatures, replace(note.signatures[0], name="x"))).format()
    assert report_on(changed(data, ticks=(twice, *rest))).verdict is Verdict.UNPROVEN


@pytest.mark.parametrize("log", ["journal", "out/2"])
def test_another_log_of_the_author_does_not_count(told: Told, log: str) -> None:
    """Heads and ticks are of the first outbox; a journal or a later epoch is refused."""
    history = History()
    history.run(10)
    side = history.sides[ALPHA]
    other = Checkpoint(f"{ALPHA}/{LINE}/{log}", 1, side.tree.root())
    node = side.signers[side.ring.node_at(0).ed25519]
    data = told.files[CertificateKind.NON_USE]
    for parts in (
        {"heads": (sign_checkpoint(other, node).format(),)},
        {"ticks": (history.tick(ALPHA, out=other),)},
    ):
        report = report_on(changed(data, **parts))
        assert report.verdict is Verdict.UNPROVEN
        assert "outbox" in report.conclusion


def test_what_a_thief_said_shows_no_use() -> None:
    """Ticks and entries by a revoked key are no use of the line by its owner."""
    history = History()
    history.run(40)
    history.text(ALPHA, "the thief's")
    history.run(40)
    revoked = history.key(ALPHA, KeyRole.NODE)
    history.revoke_key(ALPHA, KeyRole.NODE, "alpha node 2", 1, revoked)
    history.text(ALPHA, "mine")
    history.run(40)
    export = Exporter(history.sides[BRAVO].store, BRAVO, LINE)
    while_stolen = export.use(ALPHA, START + 20_000, START + 60_000)
    assert verify_certificate(while_stolen).verdict is Verdict.UNPROVEN
    report = verify_certificate(export.use(ALPHA, START + 20_000, START + 110_000))
    assert report.verdict is Verdict.PROVEN
    assert [said["index"] for said in report.facts["said"]] == [2, 3]


# --- pins -----------------------------------------------------------------------------------------


def fingerprints(party: str, prefix: str = "") -> list[str]:
    return [root_fingerprint(root) for root in party_terms(party, prefix).roots]


def test_pins_that_fit_are_told(told: Told) -> None:
    """With the right roots or the right Understanding named, the report says which."""
    data = told.files[CertificateKind.NON_USE]
    report = verify_certificate(data, make_pins(fingerprints(ALPHA)))
    assert report.verdict is Verdict.PROVEN
    assert {root.party for root in report.roots if root.is_pinned} == {ALPHA}
    assert f"none of {BRAVO}" in report.to_text()
    spaced = [root.upper()[:32] + " " + root.upper()[32:] for root in fingerprints(BRAVO)]
    pins = make_pins([*fingerprints(ALPHA), *spaced], told.history.signed.format())
    assert verify_certificate(data, pins).verdict is Verdict.PROVEN


@EVERY_KIND
def test_parties_that_were_made_up_are_refuted_by_pins(kind: CertificateKind) -> None:
    """A history whose roots somebody invented is proven in itself, and refuted by any pin."""
    data = tell("false ").files[kind]
    assert verify_certificate(data).verdict is Verdict.PROVEN
    for pins in (
        make_pins(fingerprints(ALPHA)),
        make_pins([*fingerprints(ALPHA, "false "), *fingerprints(BRAVO)]),
        make_pins([], sign_all(make_understanding(ALPHA, BRAVO)).format()),
    ):
        report = verify_certificate(data, pins)
        assert report.verdict is Verdict.REFUTED
        assert "you named" in report.conclusion or "no party has" in report.conclusion


def test_a_listed_root_that_has_not_signed_does_not_vouch(told: Told) -> None:
    """Naming one root that is listed but has not signed refutes the certificate."""
    data = told.files[CertificateKind.MESSAGE]
    signers = {one.root for one in told.history.signed.signatures}
    silent = [root for root in party_terms(ALPHA).roots if root not in signers]
    report = verify_certificate(data, make_pins([root_fingerprint(silent[0])]))
    assert report.verdict is Verdict.REFUTED
    assert "have not signed" in report.conclusion


@pytest.mark.parametrize("root", ["", "abc", "g" * 64, "0" * 63])
def test_a_pin_has_all_its_digits(root: str) -> None:
    """A fingerprint that is shortened or mistyped is refused at once."""
    with pytest.raises(OurError, match="fingerprint"):
        make_pins([root])


def test_a_pinned_file_is_an_understanding() -> None:
    """A file that is no signed Understanding cannot be named."""
    with pytest.raises(OurError, match="no signed Understanding"):
        make_pins([], b"no")
    assert make_pins() == Pins()


# --- keys -----------------------------------------------------------------------------------------


def rotated() -> History:
    """Alpha's node key and bravo's node and mirror keys change; texts before and after."""
    history = History()
    history.run(20)
    history.text(ALPHA, "by the first key")  # 1
    history.run(20)
    history.change_key(ALPHA, KeyRole.NODE, "alpha node 2")  # 2
    history.change_key(BRAVO, KeyRole.NODE, "bravo node 2")
    history.change_key(BRAVO, KeyRole.MIRROR, "bravo mirror 2")
    history.run(20)
    history.text(ALPHA, "by the second key")  # 3
    history.run(40)
    return history


def test_rotated_keys_are_followed() -> None:
    """Messages, receipts and ticks are proven before and after keys change."""
    history = rotated()
    export = Exporter(history.sides[ALPHA].store, ALPHA, LINE)
    for data in (
        *(export.message(ALPHA, index) for index in (1, 2, 3)),
        *(export.receipt(ALPHA, index) for index in (1, 2, 3)),
        export.non_use(ALPHA, START + 70_000, START + 90_000),
        export.use(ALPHA, START + 10_000, START + 80_000),
        export.state(START + 80_000),
    ):
        report = verify_certificate(data)
        assert report.verdict is Verdict.PROVEN, report.to_text()
        assert "KEY_CHANGE" in report.to_text()


def test_a_key_message_cannot_be_left_out() -> None:
    """What the new key signed is not proven without the message that brought the key."""
    history = rotated()
    data = Exporter(history.sides[ALPHA].store, ALPHA, LINE).receipt(ALPHA, 3)
    certificate = parse_certificate(data)
    for entry in certificate.evidence.entries:
        rest = tuple(other for other in certificate.evidence.entries if other is not entry)
        assert report_on(changed(data, entries=rest)).verdict is Verdict.UNPROVEN


def test_what_a_stolen_key_signed_is_not_proven() -> None:
    """From the index that a revocation names, messages of the revoked key are UNPROVEN."""
    history = History()
    history.run(10)
    for words in ("mine", "the thief's", "the thief's too"):
        history.text(ALPHA, words)
        history.run(5)
    revoked = history.key(ALPHA, KeyRole.NODE)
    history.revoke_key(ALPHA, KeyRole.NODE, "alpha node 2", 2, revoked)
    history.run(5)
    history.text(ALPHA, "mine again")
    history.run(20)
    export = Exporter(history.sides[ALPHA].store, ALPHA, LINE)
    verdicts = [verify_certificate(export.message(ALPHA, index)).verdict for index in range(6)]
    assert verdicts == [
        *(Verdict.PROVEN, Verdict.PROVEN),
        *(Verdict.UNPROVEN, Verdict.UNPROVEN),
        *(Verdict.PROVEN, Verdict.PROVEN),
    ]
    report = verify_certificate(export.message(ALPHA, 2))
    assert "revoked" in report.conclusion
    assert "genuine" in report.conclusion


def test_a_revoked_mirror_key_gives_no_receipt() -> None:
    """An old receipt by a revoked key no longer counts; a later head covers the message."""
    history = History()
    history.run(10)
    history.text(ALPHA)
    history.run(10)
    old = Exporter(history.sides[ALPHA].store, ALPHA, LINE).receipt(ALPHA, 1)
    before = verify_certificate(old).facts["received_at"]
    revoked = history.key(BRAVO, KeyRole.MIRROR)
    history.revoke_key(BRAVO, KeyRole.MIRROR, "bravo mirror 2", 0, revoked)
    history.run(10)
    export = Exporter(history.sides[ALPHA].store, ALPHA, LINE)
    with pytest.raises(OurError, match="no receipt"):
        export.receipt(ALPHA, 1)
    history.text(ALPHA, "more")
    history.run(10)
    report = verify_certificate(export.receipt(ALPHA, 1))
    assert report.verdict is Verdict.PROVEN
    assert report.facts["received_at"] > before


def test_an_amendment_counts_from_its_entry() -> None:
    """A lead time is held against the minimum in force where the notice stands."""
    history = History()
    history.run(10)
    first = history.say(ALPHA, notice(history.now + 15 * MINUTE))
    history.run(10)
    stricter = tuple(
        replace(entry, minimum_ms=30 * MINUTE) for entry in history.understanding.lead_times
    )
    history.amend(replace(history.understanding, version=2, lead_times=stricter))
    history.run(10)
    second = history.say(ALPHA, notice(history.now + 15 * MINUTE))
    history.run(10)
    export = Exporter(history.sides[ALPHA].store, ALPHA, LINE)
    classes = []
    for index in (first, second):
        report = verify_certificate(export.lead_time(ALPHA, index))
        assert report.verdict is Verdict.PROVEN, report.to_text()
        classes.append(report.facts["lead_class"])
    assert classes == ["NORMAL", "SHORT_NOTICE"]


# --- dates ----------------------------------------------------------------------------------------


def test_a_date_outside_its_bounds_is_flagged() -> None:
    """A message dated before what it names as seen, or after its receipt, is told as such."""
    history = History()
    history.run(30)
    early = history.text(ALPHA, "back-dated", at=START - MINUTE)
    late = history.text(ALPHA, "post-dated", at=START + 60 * MINUTE)
    right = history.text(ALPHA, "right")
    history.run(10)
    export = Exporter(history.sides[ALPHA].store, ALPHA, LINE)
    doubts = []
    for index in (early, late, right):
        report = verify_certificate(export.message(ALPHA, index))
        assert report.verdict is Verdict.PROVEN
        doubts.append(report.facts["is_date_doubtful"])
        assert ("lies outside" in report.conclusion) == doubts[-1]
    assert doubts == [True, True, False]


# --- the form of the file -------------------------------------------------------------------------


def whole(**changes: Any) -> bytes:
    """A file of the outer form, with some of its six fields replaced, and a right checksum."""
    fields: dict[str, Any] = {
        "magic": "openline/certificate",
        "version": 1,
        "kind": "non_use",
        "claim": {0: LINE, 1: ALPHA, 4: START, 5: START + 1},
        "parts": {0: b"", 1: [], 2: [], 3: [], 4: []},
        "checksum": bytes(32),
    }
    fields |= changes
    return rechecked(cbor.encode(list(fields.values()))[:-32])


HASH = bytes(32)
WRONG_FORMS: dict[str, dict[str, Any]] = {
    "another magic": {"magic": "openline/card"},
    "version true": {"version": True},
    "an unknown kind": {"kind": "no_answer"},
    "a kind that is a number": {"kind": 1},
    "a claim of another kind": {"kind": "state"},
    "a claim with a key too many": {"claim": {0: LINE, 1: ALPHA, 4: 0, 5: 1, 6: 0}},
    "a claim that is a list": {"claim": []},
    "a window of nothing": {"claim": {0: LINE, 1: ALPHA, 4: START, 5: START}},
    "a window backwards": {"claim": {0: LINE, 1: ALPHA, 4: START, 5: 0}},
    "a window in the year 10000": {"claim": {0: LINE, 1: ALPHA, 4: 0, 5: 253_402_300_800_000}},
    "a time that is true": {"claim": {0: LINE, 1: ALPHA, 4: False, 5: True}},
    "a party in capitals": {"claim": {0: LINE, 1: "ALPHA", 4: 0, 5: 1}},
    "a line with a dot": {"claim": {0: "a.b", 1: ALPHA, 4: 0, 5: 1}},
    "a party that is bytes": {"claim": {0: LINE, 1: b"alpha", 4: 0, 5: 1}},
    "an author that receives": {"kind": "receipt", "claim": {0: LINE, 1: ALPHA, 2: 0, 3: ALPHA}},
    "a negative index": {"kind": "message", "claim": {0: LINE, 1: ALPHA, 2: -1}},
    "parts that are a list": {"parts": []},
    "a part too few": {"parts": {0: b"", 1: [], 2: [], 3: []}},
    "a part too many": {"parts": {0: b"", 1: [], 2: [], 3: [], 4: [], 5: []}},
    "an Understanding of text": {"parts": {0: "", 1: [], 2: [], 3: [], 4: []}},
    "heads that are no list": {"parts": {0: b"", 1: [], 2: b"", 3: [], 4: []}},
    "a head of text": {"parts": {0: b"", 1: [], 2: ["x"], 3: [], 4: []}},
    "a head that is not UTF-8": {"parts": {0: b"", 1: [], 2: [b"\xff"], 3: [], 4: []}},
    "heads not in order": {"parts": {0: b"", 1: [], 2: [b"b", b"a"], 3: [], 4: []}},
    "a tick twice": {"parts": {0: b"", 1: [], 2: [], 3: [], 4: [b"a", b"a"]}},
    "an entry of three": {"parts": {0: b"", 1: [[b"", None, 1]], 2: [], 3: [], 4: []}},
    "an entry of text": {"parts": {0: b"", 1: [["", None, 1, []]], 2: [], 3: [], 4: []}},
    "a content of text": {"parts": {0: b"", 1: [[b"", "", 1, []]], 2: [], 3: [], 4: []}},
    "a size that is true": {"parts": {0: b"", 1: [[b"", None, True, []]], 2: [], 3: [], 4: []}},
    "64 hashes": {"parts": {0: b"", 1: [[b"", None, 1, [HASH] * 64]], 2: [], 3: [], 4: []}},
    "a hash of 33 bytes": {
        "parts": {0: b"", 1: [[b"", None, 1, [bytes(33)]]], 2: [], 3: [], 4: []}
    },
    "an extension of no log": {"parts": {0: b"", 1: [], 2: [], 3: [[1, 1, 2, []]], 4: []}},
    "an extension of three": {"parts": {0: b"", 1: [], 2: [], 3: [["", 1, 2]], 4: []}},
    "129 heads": {"parts": {0: b"", 1: [], 2: [b"%03d" % n for n in range(129)], 3: [], 4: []}},
    "no checksum": {"checksum": None},
}


@pytest.mark.parametrize("changes", WRONG_FORMS.values(), ids=WRONG_FORMS.keys())
def test_what_has_not_the_form_is_unreadable(changes: dict[str, Any]) -> None:
    """A file of another form is unreadable, although its checksum is right."""
    with pytest.raises(CertificateUnreadable):
        parse_certificate(whole(**changes))


def test_an_empty_file_of_the_form_is_not_proven() -> None:
    """The outer form alone can be read, and proves nothing."""
    report = verify_certificate(whole())
    assert report.verdict is Verdict.UNPROVEN
    assert report.steps[0].holds
    assert not report.steps[1].holds


def test_another_version_says_so() -> None:
    """A file of a later version is unreadable for that reason, and one too large for that."""
    with pytest.raises(CertificateUnreadable) as refusal:
        parse_certificate(whole(version=2))
    assert refusal.value.reason is Reason.VERSION
    with pytest.raises(CertificateUnreadable) as refusal:
        parse_certificate(bytes(EVIDENCE_SIZE_BYTES_MAX + 1))
    assert refusal.value.reason is Reason.TOO_LARGE


def test_evidence_that_is_too_large_is_told() -> None:
    """A certificate that would exceed its bound is not written."""
    claim = Claim(CertificateKind.MESSAGE, LINE, ALPHA, 1)
    with pytest.raises(OurError, match="at most 16777216"):
        Certificate(claim, Evidence(bytes(EVIDENCE_SIZE_BYTES_MAX))).format()


def test_equal_evidence_makes_equal_files() -> None:
    """The order and repetition in which parts were gathered do not show in the file."""
    claim = Claim(CertificateKind.MESSAGE, LINE, ALPHA, 1)
    entries = (ProvenEntry(b"b", None, 2, ()), ProvenEntry(b"a", b"c", 2, (HASH,)))
    one = Certificate(claim, Evidence(b"u", entries, ("y", "x"), (), ("t",)))
    two = Certificate(claim, Evidence(b"u", entries[::-1] * 2, ("x", "y", "x"), (), ("t", "t")))
    assert one.format() == two.format()


# --- vectors --------------------------------------------------------------------------------------

VECTORS = load("certificate.json")


def test_the_vector_file_is_as_it_must_be() -> None:
    """The file of vectors is the one that the present program makes."""
    assert (HERE / "certificate.json").read_text("utf-8") == make("certificate.json")


@pytest.mark.parametrize(
    "case",
    [*VECTORS["certificates"], *VECTORS["altered"]],
    ids=lambda case: case["name"],
)
def test_a_vector_has_its_verdict(case: dict[str, Any]) -> None:
    """Each certificate of the vectors is read as its claim and given its verdict."""
    report = verify_certificate(parse_base64(case["base64"]))
    assert report.claim.to_json() == case["claim"]
    assert str(report.verdict) == case["verdict"]
    assert json.loads(json.dumps(report.facts)) == case["facts"]


def vector(case: dict[str, Any]) -> bytes:
    """The file that a case is made of."""
    found = [one for one in VECTORS["certificates"] if one["name"] == case["of"]]
    return parse_base64(found[0]["base64"])


@pytest.mark.parametrize("case", VECTORS["pinned"], ids=lambda case: case["name"])
def test_a_pinned_vector_has_its_verdict(case: dict[str, Any]) -> None:
    """With the root keys that a case names, its certificate is given its verdict."""
    report = verify_certificate(vector(case), make_pins(case["pins"]))
    assert str(report.verdict) == case["verdict"]


@pytest.mark.parametrize("case", VECTORS["unreadable"], ids=lambda case: case["name"])
def test_an_unreadable_vector_is_unreadable(case: dict[str, Any]) -> None:
    """Each damaged file of the vectors is unreadable."""
    data = bytearray(vector(case))
    if "keep" in case:
        data[case["keep"] :] = bytes.fromhex(case["then"])
    else:
        data[case["at"]] ^= case["xor"]
    with pytest.raises(CertificateUnreadable):
        verify_certificate(bytes(data))


# --- no wrong verdict ever ------------------------------------------------------------------------


@settings(max_examples=12)
@given(st.integers(0, 2**32))
def test_no_verdict_is_ever_wrong(seed: int) -> None:
    """Over random histories and windows, PROVEN and REFUTED agree with what happened."""
    chance = Random(seed)
    history = History()
    history.sides[ALPHA].offset_ms = chance.choice([0, 0, 700, -1_500, 2_600])
    said: dict[str, list[int]] = {ALPHA: [], BRAVO: []}
    talk = chance.choice([1, 4, 15])
    for _ in range(100):
        history.now += chance.randrange(700, 1_500)
        for party in said:
            if chance.randrange(100) < talk:
                history.text(party)
                said[party].append(history.clock(party))
        if chance.randrange(100) < 90:
            history.exchange()
        else:  # Only one of them is heard.
            history.tick(ALPHA)
            history.tick(BRAVO)
            history.hear(*chance.sample([ALPHA, BRAVO], 2))
    exporters = {own: Exporter(side.store, own, LINE) for own, side in history.sides.items()}
    for _ in range(6):
        own, party = chance.choice([ALPHA, BRAVO]), chance.choice([ALPHA, BRAVO])
        start = START + chance.randrange(5_000, 90_000)
        end = start + chance.choice([1_000, 10_000, 30_000])
        is_used = any(start <= at < end for at in said[party])
        for is_claimed_used in (True, False):
            make = exporters[own].use if is_claimed_used else exporters[own].non_use
            verdict = verify_certificate(make(party, start, end)).verdict
            event(f"{'use' if is_claimed_used else 'non-use'} {verdict}")
            if verdict is not Verdict.UNPROVEN:
                assert (verdict is Verdict.PROVEN) == (is_claimed_used == is_used)
