"""What is held as evidence on real nodes: a row of the journal, and still held after a restart."""

from typing import Any

import pytest

from openline.app.export import Exporter
from openline.domain.instant import HOUR_MS, MINUTE_MS
from openline.domain.talk.body import By
from openline.domain.talk.incident import Act, Incident, Inquiry, Sort, Stage
from openline.engine.commands import Compose, HoldEvidence, ReleaseEvidence
from openline.engine.journal import Happened
from tests.engine.copies import copy_of, rows_of
from tests.engine.parties import ALPHA, BRAVO, LINE, make_parties
from tests.engine.region import Region, standing

WATCH, COMMANDER = ("air-desk", "Lt Ivanova"), ("commander", "Col B. Stone")
NAME = "ALPHA-I-0001"


@pytest.fixture
def region() -> Region:
    """Alpha and bravo, connected."""
    return standing(make_parties())


def hold(region: Region, **changes: Any) -> dict[str, Any]:
    """Let ALPHA hold the last hour."""
    window = (region.now - HOUR_MS, region.now)
    fields = {"by": WATCH, "reason": "Asked for.", "window": window, **changes}
    answer = region.ask(ALPHA, HoldEvidence(LINE, **fields))
    assert isinstance(answer, dict)
    return answer


def report(region: Region) -> None:
    """Let ALPHA report what happened half an hour ago."""
    message = Incident(
        By(*WATCH), NAME, Stage.FIRST, Sort.STRIKE, region.now - 30 * MINUTE_MS, "Shayrat",
        facts="Two bombs fell.",
    )  # fmt: skip
    region.ask(ALPHA, Compose(LINE, message))
    region.pump()


def test_a_hold_and_its_release_are_rows_of_the_journal(region: Region) -> None:
    """One row says what is held and why, another that it is no longer, both with who."""
    held = hold(region)
    region.ask(ALPHA, ReleaseEvidence(LINE, COMMANDER, held["name"], "Done."))
    first, last = rows_of(region.line_of(ALPHA))[-2:]
    window = held["windows"][0]
    assert (int(Happened.HELD), int(Happened.RELEASED)) == (14, 15)
    assert (first.happened, *first.rest[:-1]) == (
        Happened.HELD, *WATCH, "HOLD-0001", window["valid_from"], window["valid_until"],
        "Asked for.",
    )  # fmt: skip
    assert (last.happened, *last.rest[:-1]) == (Happened.RELEASED, *COMMANDER, "HOLD-0001", "Done.")
    salts = [row.rest[-1] for row in (first, last)]
    assert [len(salt) for salt in salts if isinstance(salt, bytes)] == [16, 16]
    assert salts[0] != salts[1]


def test_what_is_held_is_held_after_a_restart(region: Region) -> None:
    """A node that starts from the store holds the same, by reports and by officers."""
    report(region)
    hold(region)
    wider = hold(region, name="HOLD-0001", window=(0, 10), reason="More.")
    assert len(wider["windows"]) == 2
    released = hold(region)
    region.ask(ALPHA, ReleaseEvidence(LINE, COMMANDER, released["name"], "Done."))
    for party in (ALPHA, BRAVO):
        line = region.line_of(party)
        loaded = region.loaded(party, copy_of(line.store))
        assert loaded.view.holds() == line.view.holds()
        assert loaded.view.is_held(region.now - 2 * HOUR_MS)
    assert [one["is_held"] for one in region.line_of(ALPHA).view.holds()] == [True, True, False]
    assert region.line_of(ALPHA).view.is_held(5)
    assert [one["name"] for one in region.line_of(BRAVO).view.holds()] == [NAME]


def test_the_evidence_of_an_open_incident_is_not_released(region: Region) -> None:
    """It is released when both have closed it, by a post of tier 2; and can be held again."""
    report(region)
    refused = region.refused(ALPHA, ReleaseEvidence(LINE, COMMANDER, NAME, "Done."))
    assert "is not closed" in refused.what
    closing = Inquiry(By(*COMMANDER), NAME, Act.FALSE_ALARM, text="It was thunder.")
    region.ask(ALPHA, Compose(LINE, closing))
    assert "tier 2" in region.refused(ALPHA, ReleaseEvidence(LINE, WATCH, NAME, "Done.")).what
    released = region.ask(ALPHA, ReleaseEvidence(LINE, COMMANDER, NAME, "Done."))
    assert released["released_why"] == "Done."
    assert not region.line_of(ALPHA).view.is_held(region.now)
    held = hold(region, name=NAME, window=None)
    assert held["is_held"]
    assert region.line_of(ALPHA).view.is_held(region.now)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"reason": " "}, "No reason is given"),
        ({"by": ("kitchen", "Cook")}, "is no post of"),
        ({"name": "HOLD-0009"}, "Nothing is held under the name 'HOLD-0009'"),
        ({"window": (10, 5)}, "ends before it begins"),
        ({"window": (2**60, 2**61)}, "begins in the future"),
    ],
)
def test_what_cannot_be_held_is_refused(region: Region, changes: dict[str, Any], what: str) -> None:
    """A hold has a reason, a post of ours, a window that can be, and a name that there is."""
    window = (region.now - HOUR_MS, region.now)
    fields = {"by": WATCH, "reason": "Why.", "window": window, **changes}
    before = region.line_of(ALPHA).journal.tree.size
    refused = region.refused(ALPHA, HoldEvidence(LINE, **fields))
    assert what in refused.what
    assert refused.remedy
    assert region.line_of(ALPHA).journal.tree.size == before


def test_what_lies_in_a_window_has_size_and_hash(region: Region) -> None:
    """Both nodes give one hash for the same messages; another window gives another."""
    region.pass_time(MINUTE_MS)
    report(region)
    region.pass_time(MINUTE_MS)
    everything = [(0, region.now + HOUR_MS)]
    one, other = (
        {
            (row["what"], row["name"]): row
            for row in Exporter(region.line_of(party).store, party, LINE).held(everything)
        }
        for party in (ALPHA, BRAVO)
    )
    for party in (ALPHA, BRAVO):
        log = ("messages", f"{party}/{LINE}/out")
        assert one[log] == other[log]
        assert one["ticks", f"{party}/{LINE}"]["count"] > 2
    assert one["messages", f"{ALPHA}/{LINE}/out"]["count"] == 2
    assert ("journal", f"{ALPHA}/{LINE}/journal") in one
    assert ("journal", f"{ALPHA}/{LINE}/journal") not in other
    alpha = Exporter(region.line_of(ALPHA).store, ALPHA, LINE)
    assert alpha.held([]) == alpha.held([(0, 1)]) == []
    late = {row["name"]: row for row in alpha.held([(region.now - MINUTE_MS - 500, region.now)])}
    ticks = late[f"{BRAVO}/{LINE}"]
    assert 0 < ticks["count"] < one["ticks", f"{BRAVO}/{LINE}"]["count"]
    assert ticks["sha256"] != one["ticks", f"{BRAVO}/{LINE}"]["sha256"]
