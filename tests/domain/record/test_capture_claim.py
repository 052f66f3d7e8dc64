"""A certificate of a capture proves what was noted by then, and says what it does not prove."""

import hashlib
from dataclasses import replace

import pytest

from openline.adapters.wording import LANGUAGES, Wording
from openline.adapters.wording.proof import said_rows
from openline.app.export import Exporter
from openline.domain.errors import OurError, TheirError
from openline.domain.record.certificate import CertificateKind, parse_certificate
from openline.domain.record.report import Verdict
from openline.domain.record.verification import verify_certificate
from openline.domain.statements import verdict as looks
from openline.domain.statements.capture import Seen, parse_capture, parse_capture_row
from openline.domain.talk.keys import KeyRole
from tests.domain.record.history import ALPHA, BRAVO, CHARLIE, LINE, START, History

MINUTE = 60_000
SEEN = Seen(
    START + MINUTE,
    "https://press.bravo.example/7",
    200,
    (("Content-Type", "text/html"), ("ETag", '"7-2"')),
    looks.Verdict.CHANGED,
    hashlib.sha256(b"bytes").digest(),
    hashlib.sha256(b"text").digest(),
    "openline page 1 at div.statement",
)


def history(*names: str) -> History:
    """Two parties, or those that are named, after two minutes."""
    one = History(*names)
    one.run(120)
    return one


def exporter(one: History) -> Exporter:
    return Exporter(one.sides[ALPHA].store, ALPHA, LINE)


def test_what_was_seen_is_proven() -> None:
    """Address, time, hashes and who cosigned are told, and what is not proven."""
    one = history()
    row = one.note_capture(ALPHA, SEEN, BRAVO, spare=3)
    report = verify_certificate(exporter(one).capture(row))
    assert report.verdict is Verdict.PROVEN, report.to_text()
    for words in (SEEN.address, SEEN.body_hash.hex(), SEEN.text_hash.hex(), BRAVO, "div.statement"):
        assert words in report.conclusion
    assert "Not proven: what others were shown" in report.conclusion
    assert report.facts["capture"]["headers"] == dict(SEEN.headers)
    assert report.facts["cosigned_at"] == one.now // 1_000 * 1_000
    assert not report.facts["is_date_doubtful"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_in_every_language(language: str) -> None:
    """What it shows and what it does not stands in the reader's language."""
    one = history()
    report = verify_certificate(exporter(one).capture(one.note_capture(ALPHA, SEEN, BRAVO)))
    rows = list(said_rows(report, Wording(language)))
    assert len(rows) == 5
    assert SEEN.body_hash.hex() in rows[1]
    last = {
        "en": "It does not prove what others were shown",
        "ru": "Это не доказывает",
        "ar": "لا يُثبت هذا ما عُرض على الآخرين",
    }
    assert last[language] in rows[-1]


def test_a_page_that_was_not_there_is_proven_too() -> None:
    """A look that got no answer, and one that was told 404, are told as that."""
    for status, words in ((0, "got no answer"), (404, "was answered 404.")):
        one = history()
        gone = replace(SEEN, status=status, body_hash=b"", text_hash=b"", extractor="")
        report = verify_certificate(exporter(one).capture(one.note_capture(ALPHA, gone, BRAVO)))
        assert (report.verdict, words in report.conclusion) == (Verdict.PROVEN, True)


def test_a_time_after_the_cosignature_is_doubtful() -> None:
    """A clock that ran ahead is told of, and the rest is proven."""
    one = history()
    late = replace(SEEN, at=one.now + MINUTE)
    report = verify_certificate(exporter(one).capture(one.note_capture(ALPHA, late, BRAVO)))
    assert report.verdict is Verdict.PROVEN
    assert report.facts["is_date_doubtful"]
    assert "one of the clocks is wrong" in report.conclusion


def test_other_claims_on_the_same_evidence_are_not_proven() -> None:
    """Another row, another party, another cosigner: nothing is proven."""
    one = history(ALPHA, BRAVO, CHARLIE)
    certificate = parse_certificate(exporter(one).capture(one.note_capture(ALPHA, SEEN, BRAVO)))
    assert certificate.claim.holder == BRAVO
    for changes in ({"index": 1}, {"holder": CHARLIE}, {"party": CHARLIE}, {"epoch": 2}):
        wrong = replace(certificate, claim=replace(certificate.claim, **changes))
        assert verify_certificate(wrong.format()).verdict is Verdict.UNPROVEN


def test_a_revoked_key_proves_nothing() -> None:
    """A journal has no places that tell when a key was good: a revoked one signs no head."""
    one = history()
    row = one.note_capture(ALPHA, SEEN, BRAVO)
    file = exporter(one).capture(row)
    by = one.key(ALPHA, KeyRole.NODE)
    one.revoke_key(ALPHA, KeyRole.NODE, "alpha.example node 2", 1, by)
    one.run(10)
    with pytest.raises(OurError, match="cosigned"):
        exporter(one).capture(row)
    # A file from before cannot know of the revocation: the report says so of every file.
    assert verify_certificate(file).verdict is Verdict.PROVEN


def test_what_is_not_there_is_said() -> None:
    """No such row, a row of another page, and one that nobody cosigned yet are refused."""
    one = history(ALPHA, BRAVO, CHARLIE)
    row = one.note_capture(ALPHA, SEEN, BRAVO, spare=2)
    for index in (0, 99):
        with pytest.raises(OurError, match="does not note what was seen"):
            exporter(one).capture(index)
    with pytest.raises(OurError, match="does not note what was seen"):
        exporter(one).capture(row, seen=replace(SEEN, status=404).to_bytes())
    assert exporter(one).capture(row, seen=SEEN.to_bytes())
    with pytest.raises(OurError, match=r"cosigned by charlie\.example yet"):
        exporter(one).capture(row, CHARLIE)
    with pytest.raises(OurError, match="is not a party"):
        exporter(one).capture(row, "delta.example")


def test_the_form_of_a_capture() -> None:
    """What is written is read again; anything else is refused by the one typed error."""
    assert parse_capture(SEEN.to_bytes()) == SEEN
    whole = SEEN.to_bytes()
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 0x41
        try:
            assert parse_capture(bytes(damaged)) != SEEN
        except TheirError:
            continue
    with pytest.raises(TheirError):
        parse_capture_row(b"\x83\x08\x01\x61x", b"")


def test_a_certificate_of_another_kind_has_no_rows() -> None:
    """Rows of journals are in a file of this kind alone."""
    one = history()
    certificate = parse_certificate(exporter(one).capture(one.note_capture(ALPHA, SEEN, BRAVO)))
    wrong = replace(certificate, claim=replace(certificate.claim, kind=CertificateKind.RECEIPT))
    assert parse_certificate(wrong.format()).evidence.rows == ()
    assert verify_certificate(wrong.format()).verdict is Verdict.UNPROVEN
