"""Export and audit where an author has gone on in a new outbox."""

from dataclasses import replace
from typing import Any

import pytest

from openline.adapters.memory import MemoryStore
from openline.app.audit import audit
from openline.app.export import Exporter
from openline.domain.errors import OurError
from openline.domain.party import Precedence
from openline.domain.record.certificate import parse_certificate
from openline.domain.record.proof import parse_log_proof
from openline.domain.record.report import Report, Verdict
from openline.domain.record.verification import verify_certificate
from openline.engine.commands import ChangeKey
from openline.engine.line import Line
from tests.domain.record.history import notice
from tests.engine.parties import ALPHA, BRAVO, LINE, make_parties
from tests.engine.region import WATCH, Region, standing
from tests.engine.test_epochs import OFFICER, broken, is_agreed, open_epoch

QUIET_MS = 60_000


@pytest.fixture(scope="module")
def region() -> Region:
    """Keys changed, an outbox lost, a new one opened, used, left in quiet; keys changed."""
    region = broken()
    region.ask(BRAVO, ChangeKey(LINE, "mirror", OFFICER))
    open_epoch(region)
    is_agreed(region)
    region.say(ALPHA, "in the second", Precedence.PRIORITY)
    is_agreed(region)
    warned = replace(notice(region.now + 3_600_000), by=WATCH)
    region.say(ALPHA, "", message=warned)
    is_agreed(region)
    region.ask(ALPHA, ChangeKey(LINE, "node", OFFICER))
    region.say(BRAVO, "received")
    is_agreed(region)
    region.say(ALPHA, "under the next key")
    is_agreed(region)
    region.pass_time(3 * QUIET_MS)
    return region


def line_of(region: Region, party: str) -> Line:
    """The line of one party."""
    return region.line_of(party)


def certified(region: Region, own: str, kind: str, *args: Any, **options: Any) -> Report:
    """The report on a certificate that one party writes."""
    exporter = Exporter(region.stations[own].store, own, LINE)
    return verify_certificate(getattr(exporter, kind)(*args, **options))


@pytest.mark.parametrize("own", [ALPHA, BRAVO])
@pytest.mark.parametrize(
    ("kind", "index"),
    [("message", 0), ("message", 1), ("message", 4), ("receipt", 1), ("lead_time", 2)],
)
def test_what_is_said_in_the_new_outbox_is_proven(
    region: Region, own: str, kind: str, index: int
) -> None:
    """A message of the second outbox, its receipt and its lead time are proven."""
    report = certified(region, own, kind, ALPHA, index)
    assert report.verdict is Verdict.PROVEN, report.conclusion
    assert report.claim.epoch == 2
    assert "outbox 2" in report.conclusion or kind == "lead_time"


def test_the_old_outbox_is_asked_for_by_its_number(region: Region) -> None:
    """A message of the first outbox is proven as before, from the side that holds it."""
    old = certified(region, BRAVO, "message", ALPHA, 1, epoch=1)
    assert (old.verdict, old.claim.epoch) == (Verdict.PROVEN, 1)
    assert "in both histories" in old.conclusion
    new = certified(region, BRAVO, "message", ALPHA, 1)
    assert "in the second" in new.conclusion


def test_the_first_epoch_is_left_out_of_a_claim(region: Region) -> None:
    """A claim about the first outbox has no epoch in its file; one about a later has."""
    exporter = Exporter(region.stations[BRAVO].store, BRAVO, LINE)
    old = parse_certificate(exporter.message(ALPHA, 1, epoch=1)).claim
    new = parse_certificate(exporter.message(ALPHA, 1)).claim
    assert "epoch" not in old.to_json()
    assert new.to_json()["epoch"] == 2


def test_a_claim_of_another_epoch_is_not_proven(region: Region) -> None:
    """A file whose claim is moved to another outbox proves nothing."""
    exporter = Exporter(region.stations[BRAVO].store, BRAVO, LINE)
    certificate = parse_certificate(exporter.message(ALPHA, 1))
    for epoch in (1, 3):
        moved = replace(certificate, claim=replace(certificate.claim, epoch=epoch))
        assert verify_certificate(moved.format()).verdict is not Verdict.PROVEN


def test_an_opening_that_is_left_out_is_missed(region: Region) -> None:
    """Without its EPOCH the keys of the second outbox are not known."""
    exporter = Exporter(region.stations[BRAVO].store, BRAVO, LINE)
    certificate = parse_certificate(exporter.message(ALPHA, 1))
    entries = tuple(
        part for part in certificate.evidence.entries if b"The machine" not in (part.content or b"")
    )
    assert len(entries) < len(certificate.evidence.entries)
    cut = replace(certificate, evidence=replace(certificate.evidence, entries=entries))
    report = verify_certificate(cut.format())
    assert report.verdict is Verdict.UNPROVEN
    assert "opens outbox 2" in report.conclusion


@pytest.mark.parametrize("own", [ALPHA, BRAVO])
def test_silence_use_and_state_in_the_new_outbox(region: Region, own: str) -> None:
    """In the second outbox silence, use and the state of the line are proven."""
    end = region.now - QUIET_MS
    silent = certified(region, own, "non_use", ALPHA, end - QUIET_MS, end)
    assert silent.verdict is Verdict.PROVEN, silent.conclusion
    assert silent.facts["last_epoch"] == 2
    record = line_of(region, own).view.record(ALPHA, 4, 2)
    assert record is not None
    used = certified(region, own, "use", ALPHA, record.at - 25_000, record.at + 25_000)
    assert used.verdict is Verdict.PROVEN, used.conclusion
    assert 4 in [one["index"] for one in used.facts["said"]]
    assert certified(region, own, "state", end).verdict is Verdict.PROVEN


@pytest.mark.parametrize("own", [ALPHA, BRAVO])
@pytest.mark.parametrize("kind", ["use", "non_use"])
def test_across_the_opening_nothing_is_proven(region: Region, own: str, kind: str) -> None:
    """A window in which the outbox was opened is at most unproven, never wrong."""
    record = line_of(region, own).view.record(ALPHA, 0, 2)
    assert record is not None
    for before, after in ((100_000, 30_000), (60_000, 60_000), (200_000, 200_000)):
        report = certified(region, own, kind, ALPHA, record.at - before, record.at + after)
        assert report.verdict is not Verdict.REFUTED or kind == "non_use"
        assert not (kind == "non_use" and report.verdict is Verdict.PROVEN)


def test_a_log_proof_is_of_the_outbox_that_is_asked_for(region: Region) -> None:
    """The C2SP proof of an entry stands under a head of its own outbox."""
    exporter = Exporter(region.stations[BRAVO].store, BRAVO, LINE)
    new = parse_log_proof(exporter.log_proof(ALPHA, 1))
    old = parse_log_proof(exporter.log_proof(ALPHA, 1, epoch=1))
    assert new.checkpoint.text.startswith(f"{ALPHA}/{LINE}/out/2\n")
    assert old.checkpoint.text.startswith(f"{ALPHA}/{LINE}/out\n")


def test_an_epoch_that_is_not_here_is_told(region: Region) -> None:
    """A message of an index that no outbox has is an officer's error."""
    with pytest.raises(OurError, match="is not recorded here"):
        certified(region, BRAVO, "message", ALPHA, 999)


@pytest.mark.parametrize("own", [ALPHA, BRAVO])
def test_the_audit_finds_nothing_wrong(region: Region, own: str) -> None:
    """Every entry, head and receipt of both outboxes verifies, each with its own keys."""
    found = audit(region.stations[own].store)
    assert [fault for log in found for fault in log.faults] == []
    origins = [log.origin for log in found]
    assert f"{ALPHA}/{LINE}/out" in origins
    assert f"{ALPHA}/{LINE}/out/2" in origins


def test_an_author_that_lost_its_first_outbox_still_proves() -> None:
    """Where only the later outbox is left, its messages are proven all the same."""
    region = standing(make_parties())
    open_epoch(region)
    region.say(ALPHA, "in the second")
    is_agreed(region)
    store = region.stations[ALPHA].store
    assert isinstance(store, MemoryStore)
    report = certified(region, ALPHA, "receipt", ALPHA, 1)
    assert report.verdict is Verdict.PROVEN
