"""A certificate of a fork: what a party signed twice convicts it, and nobody else."""

from dataclasses import replace

import pytest

from openline.app.export import Exporter
from openline.domain.errors import OurError
from openline.domain.record.certificate import (
    Certificate,
    CertificateUnreadable,
    ForkSort,
    parse_certificate,
)
from openline.domain.record.report import Report, Verdict
from openline.domain.record.verification import make_pins, root_fingerprint, verify_certificate
from openline.domain.talk.keys import KeyRole
from tests.domain.record.forks import CASES, OTHER_ROOT, head_of, history, keep
from tests.domain.record.history import ALPHA, BRAVO, LINE, signer
from tests.fuzz.mutations import changed as changed_bodies
from tests.fuzz.remembering import remembering

EVERY_CASE = pytest.mark.parametrize("name", CASES)
FILES: dict[str, bytes] = {}


def file_of(name: str) -> bytes:
    """The certificate of a case, written once."""
    if name not in FILES:
        one = CASES[name][0](signer)
        FILES[name] = Exporter(one.sides[ALPHA].store, ALPHA, LINE).fork(BRAVO)
    return FILES[name]


def changed(file: bytes, **claim: object) -> Report:
    """The report on the same evidence with another claim."""
    certificate = parse_certificate(file)
    other = replace(certificate.claim, **claim)  # type: ignore[arg-type]
    return verify_certificate(replace(certificate, claim=other).format())


def with_pair(file: bytes, **parts: object) -> Report:
    """The report on a certificate whose two things are changed."""
    certificate = parse_certificate(file)
    [pair] = certificate.evidence.contradictions
    pair = replace(pair, **parts)  # type: ignore[arg-type]
    evidence = replace(certificate.evidence, contradictions=(pair,))
    return verify_certificate(Certificate(certificate.claim, evidence).format())


@EVERY_CASE
def test_what_was_signed_twice_is_proven(name: str) -> None:
    """Of each sort: who, where, by which key, both hashes, and what is not proven."""
    _, sort, place = CASES[name]
    report = verify_certificate(file_of(name))
    assert report.verdict is Verdict.PROVEN, report.to_text()
    assert (report.claim.party, report.claim.word, report.claim.index) == (BRAVO, sort, place)
    assert report.facts["first"] != report.facts["second"]
    for words in (report.facts["first"], report.facts["second"], report.facts["key"]):
        assert words in report.conclusion
    assert "Not proven: who had it" in report.conclusion
    assert f"{ALPHA}/mirror" not in str(parse_certificate(file_of(name)).evidence.contradictions)


@EVERY_CASE
def test_it_proves_no_other_claim(name: str) -> None:
    """Of another party, place, outbox or sort the same two prove nothing."""
    sort, place = CASES[name][1:]
    assert changed(file_of(name), party=ALPHA).verdict is Verdict.UNPROVEN
    assert changed(file_of(name), index=place + 1).verdict is Verdict.UNPROVEN
    assert changed(file_of(name), epoch=2).verdict is Verdict.UNPROVEN
    for other in set(ForkSort) - {sort}:
        # Two ticks of one number may state two heads: that is another place, and so no proof.
        assert changed(file_of(name), word=str(other)).verdict is Verdict.UNPROVEN


@EVERY_CASE
def test_two_that_are_one_prove_nothing(name: str) -> None:
    """Neither one thing twice, nor the two in the other order, nor one alone."""
    [pair] = parse_certificate(file_of(name)).evidence.contradictions
    same = with_pair(file_of(name), second=pair.first, root=b"", proof=())
    turned = with_pair(file_of(name), first=pair.second, second=pair.first)
    assert {same.verdict, turned.verdict} == {Verdict.UNPROVEN}
    assert with_pair(file_of(name), second=b"").verdict is Verdict.UNPROVEN


def test_two_heads_of_one_history_prove_nothing() -> None:
    """An honest party's heads of two sizes belong together, whatever proof is brought."""
    one = history()
    tree = one.sides[BRAVO].tree
    honest = head_of(2, tree.root(2))
    proof = tuple(tree.consistency_proof(2, 4))
    for root in (tree.root(2), OTHER_ROOT, b""):
        report = with_pair(
            file_of("two sizes"),
            first=honest.encode(),
            second=one.head(BRAVO).format().encode(),
            root=root,
            proof=proof,
        )
        assert report.verdict is Verdict.UNPROVEN
    keep(one, one.head(BRAVO).format(), honest)
    with pytest.raises(OurError, match="Nothing is kept here"):
        Exporter(one.sides[ALPHA].store, ALPHA, LINE).fork(BRAVO)


def test_a_signature_of_another_key_proves_nothing() -> None:
    """What somebody else signed in the party's name is no act of the party."""
    forged = head_of(4, by=signer(f"{ALPHA} node"))
    [pair] = parse_certificate(file_of("two heads")).evidence.contradictions
    first, second = sorted((pair.first, forged.encode()))
    assert with_pair(file_of("two heads"), first=first, second=second).verdict is Verdict.UNPROVEN
    one = history()
    keep(one, one.head(BRAVO).format(), forged)
    with pytest.raises(OurError, match="Nothing is kept here"):
        Exporter(one.sides[ALPHA].store, ALPHA, LINE).fork(BRAVO)


def test_a_revoked_key_proves_nothing() -> None:
    """Who has a key that was lost can sign what he likes: the file says that it was lost."""
    one = history()
    by = one.key(BRAVO, KeyRole.NODE)
    one.revoke_key(BRAVO, KeyRole.NODE, f"{BRAVO} node 2", 1, by)
    one.run(5)
    keep(one, one.head(BRAVO).format(), head_of(3))
    with pytest.raises(OurError, match="Nothing is kept here"):
        Exporter(one.sides[ALPHA].store, ALPHA, LINE).fork(BRAVO)


@EVERY_CASE
def test_no_changed_byte_proves_anything_else(name: str) -> None:
    """Bytes of the two and of the claim are changed in turn: nothing else is PROVEN by it.

    Of the short ones every byte; of those with long signatures every few, the claim whole.
    """
    file = file_of(name)
    whole = verify_certificate(file)
    certificate = parse_certificate(file)
    [pair] = certificate.evidence.contradictions
    places = set(range(file.index(certificate.evidence.understanding)))
    step = 1 + len(pair.first + pair.second) // 1_500
    for part in (pair.first, pair.second, pair.root, *pair.proof):
        start = file.index(part) if part else 0
        places |= set(range(start, start + len(part), step))
    body = bytearray(file[:-32])
    proven = 0
    with remembering():
        for changed_file in changed_bodies(body, sorted(places), (1,)):
            try:
                report = verify_certificate(changed_file)
            except CertificateUnreadable:
                continue
            if report.verdict is Verdict.PROVEN:
                proven += 1
                assert (report.claim, report.facts) != (whole.claim, whole.facts)
    # Every part is in a signature, a hash or the claim: whatever is changed proves nothing.
    assert proven == 0


def test_without_evidence_there_is_no_certificate() -> None:
    """Of an honest party, of oneself and of a stranger none is written."""
    one = history()
    exporter = Exporter(one.sides[ALPHA].store, ALPHA, LINE)
    for party, why in ((BRAVO, "Nothing"), (ALPHA, "Nothing"), ("x.example", "not a party")):
        with pytest.raises(OurError, match=why):
            exporter.fork(party)


def test_it_counts_against_the_roots_that_are_named() -> None:
    """With the roots of both parties pinned it is PROVEN, with others REFUTED."""
    file = file_of("two heads")
    [root] = history().understanding.party(BRAVO).roots
    assert verify_certificate(file, make_pins([root_fingerprint(root)])).verdict is Verdict.PROVEN
    assert verify_certificate(file, make_pins(["00" * 32])).verdict is Verdict.REFUTED


@EVERY_CASE
def test_the_same_evidence_makes_the_same_file(name: str) -> None:
    """Written twice, and read and written, it is the same to the byte."""
    one = CASES[name][0](signer)
    exporter = Exporter(one.sides[ALPHA].store, ALPHA, LINE)
    file = exporter.fork(BRAVO)
    assert exporter.fork(BRAVO) == parse_certificate(file).format() == file
