"""Incidents, alleged violations and protests at two real nodes, to the bundle and its check."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.faces.cli.faults import Exit
from tests.faces.cli.test_talk import Officer
from tests.faces.conftest import ALPHA, BRAVO, LINE, Line, Run, wait_until

COMMANDER = ("--by", "commander/Col. Stone")
NOTICE = (
    "--circle", "34.490,36.909", "--radius", "9km", "--from", "2100-01-01T00:00:00Z",
    "--until", "2100-01-01T02:00:00Z", "--place", "at Shayrat airfield", "--category", "strike",
    "--kind", "missile", "--activity", "Strike.", "--precedence", "priority",
)  # fmt: skip


@pytest.fixture
def bravo(openline: Run, line: Line) -> Officer:
    """The officer at Bravo's node."""
    return Officer(openline, line, "bravo")


@pytest.fixture
def alpha(openline: Run, line: Line) -> Officer:
    """The officer at Alpha's node."""
    return Officer(openline, line, "alpha")


def report(officer: Officer, *words: object) -> str:
    """Report a new incident; its id."""
    serial = officer.said("incident", "report", "Two bombs fell.", "--at", "-10min",
                          "--sort", "strike", "--place", "Shayrat", *words)  # fmt: skip
    return str(officer.done("incident", "show", serial)["matter"]["id"])


def state_of(officer: Officer, incident: str) -> str:
    """Where an incident stands."""
    outcome = officer("incident", "show", incident, "--json")
    return "" if outcome.code else str(outcome.json["matter"]["standings"][0]["state"])


def test_an_incident_is_inquired_into_and_closed_by_both(alpha: Officer, bravo: Officer) -> None:
    """Each side reports, both inquire, one finds, the other agrees, and both close it."""
    name = report(alpha, "--assessment", "A wrong grid.", "--event", "070041ZAPR17 second bomb")
    assert name.startswith("ALPHA-I-")
    wait_until(lambda: state_of(bravo, name) == "REPORTED_BY_ONE")
    assert "strike on people" in bravo("log", "show", alpha.done("incident", "show", name)
                                       ["reports"][0]["serial"]).out  # fmt: skip
    bravo.said("incident", "report", "One bomb fell.", "--incident", name, "--full",
               "--at", "-10min", "--place", "Shayrat")  # fmt: skip
    wait_until(lambda: state_of(alpha, name) == "REPORTED_BY_BOTH")
    shown = alpha("incident", "show", name).out
    assert "facts: Two bombs fell." in shown
    assert "assessment: A wrong grid." in shown
    assert "facts: One bomb fell." in shown
    due = alpha("due").out
    assert f"{ALPHA} gives its full report on incident {name}" in due
    refused = alpha("incident", "inquire", name, "own", "--lead", "x")
    assert refused.code == Exit.REFUSED
    assert "tier 2" in refused.err
    alpha.said("incident", "inquire", name, "joint", "--lead", "x", "--due", "+20d", *COMMANDER)
    bravo.said("incident", "inquire", name, "joint", "--lead", "y", *COMMANDER)
    wait_until(lambda: state_of(alpha, name) == "UNDER_INQUIRY_JOINT")
    found = bravo.said("incident", "finding", name, "A wrong grid.", *COMMANDER)
    alpha.said("incident", "finding", name, "So it was.", "--agrees", found, *COMMANDER)
    wait_until(lambda: state_of(bravo, name) == "FINDINGS_AGREED")
    bravo.said("incident", "measures", name, "Grids are read back.", *COMMANDER)
    wait_until(lambda: state_of(alpha, name) == "MEASURES")
    alpha.said("incident", "close", name, *COMMANDER)
    wait_until(lambda: state_of(bravo, name) == "CLOSE_OFFERED")
    assert alpha("incident", "close", name, *COMMANDER).code == Exit.DONE
    bravo.said("incident", "close", name, *COMMANDER)
    wait_until(lambda: state_of(alpha, name) == "CLOSED")
    too_late = bravo("incident", "close", name, *COMMANDER)
    assert too_late.code == Exit.REFUSED
    assert f"The incident {name} is CLOSED" in too_late.err
    one, other = (who.done("incident", "show", name)["matter"] for who in (alpha, bravo))
    assert one == other


def test_findings_that_differ_and_a_false_alarm(alpha: Officer, bravo: Officer) -> None:
    """One side closes in disagreement; who alone has reported takes an alarm back."""
    name = report(bravo)
    wait_until(lambda: state_of(alpha, name) == "REPORTED_BY_ONE")
    alpha.said("incident", "inquire", name, "own", "--lead", "x", *COMMANDER)
    found = alpha.said("incident", "finding", name, "Their grid.", *COMMANDER)
    wait_until(lambda: state_of(bravo, name) == "FINDINGS_GIVEN_BY_OTHER")
    bravo.said(
        "incident", "finding", name, "Your grid.", "--differs", found, "--disagreement",
        "Whose grid.", "--agreed", "Two bombs.", "--differing", "The grid.", *COMMANDER,
    )  # fmt: skip
    wait_until(lambda: state_of(alpha, name) == "FINDINGS_DIFFERING")
    alpha.said("incident", "close", name, "--disagreement", "Whose grid.", *COMMANDER)
    wait_until(lambda: state_of(bravo, name) == "CLOSED_IN_DISAGREEMENT")
    other = bravo.said("incident", "report", "--observed", "--at", "now", "--place", "Shayrat")
    other_name = bravo.done("incident", "show", other)["matter"]["id"]
    wait_until(lambda: state_of(alpha, other_name) == "OBSERVED")
    assert alpha("incident", "false-alarm", other_name, "x", *COMMANDER).code == Exit.REFUSED
    bravo.said("incident", "false-alarm", other_name, "It was thunder.", *COMMANDER)
    wait_until(lambda: state_of(alpha, other_name) == "FALSE_ALARM")


def test_evidence_is_named_by_its_hash_and_does_not_go_along(
    alpha: Officer, bravo: Officer, line: Line, tmp_path: Path
) -> None:
    """A file is kept at its own node under its hash; the other side has the hash alone."""
    file = tmp_path / "gun camera.mp4"
    file.write_bytes(b"\x00\x01frames")
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    name = report(alpha, "--evidence", file, "--what", "gun camera")
    [named] = alpha.done("incident", "show", name)["evidence"]
    assert named == {
        "sha256": sha256,
        "size_bytes": 8,
        "what": "gun camera",
        "party": ALPHA,
        "is_kept": True,
    }
    kept = line.alpha / "evidence" / sha256
    assert kept.read_bytes() == file.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0
    wait_until(lambda: state_of(bravo, name) != "")
    [theirs] = bravo.done("incident", "show", name)["evidence"]
    assert theirs == {**named, "is_kept": False}
    assert not (line.bravo / "evidence" / sha256).exists()
    assert f"sha256 {sha256}" in bravo("incident", "show", name).out
    gone = alpha("incident", "report", "x", "--at", "now", "--place", "x", "--evidence", "no.mp4")
    assert gone.code == Exit.REFUSED
    assert "no.mp4 cannot be kept" in gone.err
    assert alpha("incident", "report", "x", "--at", "now", "--place", "x", "--what", "y").code == (
        Exit.USAGE
    )


@pytest.fixture
def bundle(alpha: Officer, bravo: Officer) -> Iterator[tuple[str, str, str]]:
    """An incident that rests on a notice which was read and answered; its id, and serials."""
    [issued] = bravo.done("notice", "issue", *NOTICE, "--wait", "20")["issued"]
    notice = f"BRAVO-{issued['index']:04d}"
    alpha.said("read", notice)
    alpha.said("notice", "respond", notice, "objected", "People are there.")
    name = report(alpha, "--about", notice, "--article", "Annex B, 3")
    claim = alpha.said("violation", "allege", "Bombs.", "--article", "Annex B, 3", "--at", "-10min",
                       "--incident", name)  # fmt: skip
    wait_until(lambda: bravo("log", "show", claim).code == Exit.DONE)
    yield name, notice, claim
    bravo.done("notice", "cancel", issued["notice_id"], "--wait", "20")


def test_the_bundle_is_verified_by_an_outsider(
    bundle: tuple[str, str, str], alpha: Officer, bravo: Officer, openline: Run, tmp_path: Path
) -> None:
    """Report, notice, receipts, answers and allegation: each file of the bundle is PROVEN."""
    name, notice, claim = bundle
    bravo.said("violation", "answer", claim, "deny", "They were not ours.")
    wait_until(lambda: state_of(alpha, name) != "")
    wait_until(
        lambda: alpha.done("matter", "show", claim)["standings"][0]["state"] == "ANSWERED_DENIED"
    )
    out = tmp_path / "bundle"
    exported = alpha.done("incident", "export", name, "--out", out)
    assert exported["missing"] == []
    index = json.loads((out / "index.json").read_text())
    told = {(one["kind"], one["serial"]) for one in index["files"]}
    assert {("message", notice), ("lead-time", notice), ("message", claim)} <= told
    kinds = {one["message_kind"] for one in index["files"]}
    assert {"INCIDENT", "NOTICE", "READ", "RESPONSE", "VIOLATION"} <= kinds
    assert (index["incident"], index["line"], index["state"]) == (name, LINE, "REPORTED_BY_ONE")
    files = sorted(out.glob("*.cert"))
    assert [file.name for file in files] == [one["file"] for one in index["files"]]
    for file, one in zip(files, index["files"], strict=True):
        assert hashlib.sha256(file.read_bytes()).hexdigest() == one["sha256"]
    verified = openline("verify", *files)
    assert verified.code == Exit.DONE, verified.out
    again = alpha("incident", "export", name, "--out", out)
    assert again.code == Exit.REFUSED
    assert "is not empty" in again.err
    packed = tmp_path / "bundle.zip"
    assert alpha("incident", "export", name, "--out", packed).code == Exit.DONE
    with zipfile.ZipFile(packed) as archive:
        assert archive.namelist() == [*index_names(index), "index.json"]


def index_names(index: dict[str, Any]) -> list[str]:
    """The files that an index names, in order."""
    return [one["file"] for one in index["files"]]


def test_what_is_held_is_listed_with_its_hash(alpha: Officer, bravo: Officer) -> None:
    """A report holds both nodes' record; officers hold more, and release what is closed."""
    name = report(alpha)
    wait_until(lambda: state_of(bravo, name) != "")
    for officer in (alpha, bravo):
        assert f"{name}: HELD" in officer("incident", "holds").out
        held = officer.done("incident", "holds", name)
        inside = {(one["what"], one["name"]): one for one in held["held"]}
        assert inside["messages", f"{ALPHA}/{LINE}/out"]["count"] > 0
        assert inside["ticks", f"{BRAVO}/{LINE}"]["size_bytes"] > 0
        assert all(len(one["sha256"]) == 64 for one in inside.values())
    one, other = (
        {(row["what"], row["name"]): row for row in who.done("incident", "holds", name)["held"]}
        for who in (alpha, bravo)
    )
    shared = ("messages", f"{ALPHA}/{LINE}/out")
    assert one[shared] == other[shared]
    refused = alpha("incident", "release", name, "--reason", "x", *COMMANDER)
    assert refused.code == Exit.REFUSED
    assert "is not closed: its evidence is held" in refused.err
    made = alpha.done("incident", "hold", "--at", "-3d", "--reason", "Asked for.")
    assert (made["is_held"], made["reason"]) == (True, "Asked for.")
    wider = alpha.done("incident", "hold", made["name"], "--reason", "More.", "--from", "-6d",
                       "--until", "-5d")  # fmt: skip
    assert len(wider["windows"]) == 2
    assert alpha("incident", "release", made["name"], "--reason", "x").code == Exit.REFUSED
    released = alpha("incident", "release", made["name"], "--reason", "Done.", *COMMANDER)
    assert released.code == Exit.DONE
    assert f"{made['name']}: RELEASED" in released.out
    assert made["name"] not in bravo("incident", "holds").out
    assert alpha("incident", "holds", "HOLD-9999").code == Exit.REFUSED


@pytest.mark.parametrize(
    "words",
    [
        ("--at", "-1h", "--from", "-2h", "--until", "-1h"),
        ("--from", "-2h"),
        (),
    ],
)
def test_a_hold_without_a_whole_window_is_wrong_usage(
    alpha: Officer, words: tuple[str, ...]
) -> None:
    """What is to be held is an event, or a window with both ends."""
    assert alpha("incident", "hold", "--reason", "x", *words).code == Exit.USAGE


def test_a_draft_is_alleged_answered_and_counted_alike(
    alpha: Officer, bravo: Officer, tmp_path: Path
) -> None:
    """A program's draft is said as it is; both sides count the same allegations."""
    draft = tmp_path / "entry.json"
    fields = {
        "accused": BRAVO,
        "articles": ["Annex Z, 9"],
        "happened_at": "2017-04-07T00:40:00Z",
        "zone": "AT-TANF",
        "text": "Six vehicles entered.",
    }
    draft.write_text(json.dumps(fields))
    serial = alpha.said("violation", "allege", "--draft", draft, "--place", "south of it")
    shown = alpha("log", "show", serial, "--language", "ru").out
    assert "AT-TANF" in shown
    wait_until(lambda: bravo("matter", "show", serial).code == Exit.DONE)
    assert (
        "alleged violation" in bravo("log", "show", serial).out
        or "alleges" in bravo("log", "show", serial).out
    )
    bravo.said("violation", "answer", serial, "explain", "A detour.")
    wait_until(
        lambda: (
            alpha.done("matter", "show", serial)["standings"][0]["state"] == "ANSWERED_EXPLAINED"
        )
    )
    counts = [who.done("violation", "count", "--from", "-1d")["rows"] for who in (alpha, bravo)]
    assert counts[0] == counts[1]
    [row] = [row for row in counts[0] if row["party"] == ALPHA]
    assert row["articles"]["Annex Z, 9"] == 1
    assert "alleges" in bravo("violation", "count").out
    assert bravo("violation", "close", serial).code == Exit.REFUSED
    alpha.said("violation", "dispute", serial, "No road was closed.")
    alpha.said("violation", "close", serial)
    assert alpha.done("matter", "show", serial)["standings"][0]["state"] == "CLOSED"
    draft.write_text("[]")
    assert alpha("violation", "allege", "--draft", draft).code == Exit.UNREADABLE
    draft.write_text("{")
    assert alpha("violation", "allege", "--draft", draft).code == Exit.UNREADABLE
    assert bravo("violation", "answer", serial, "dispute", "x").code == Exit.USAGE


def test_a_protest_is_made_answered_declined_and_withdrawn(alpha: Officer, bravo: Officer) -> None:
    """A commander's protest is answered by a note; another is declined, a third withdrawn."""
    words = ("--demand", "No flight below FL100.", "--also-by", "the attache in Geneva")
    assert alpha("protest", "make", "No.", *words).code == Exit.REFUSED

    def state(serial: str) -> str:
        return str(alpha.done("matter", "show", serial)["standings"][0]["state"])

    made = [alpha.said("protest", "make", "Stop.", *words, *COMMANDER) for _ in range(3)]
    assert [state(serial) for serial in made] == ["MADE", "MADE", "MADE"]
    assert "attache in Geneva" in bravo("log", "show", made[0]).out
    bravo.said("protest", "reply", made[0], "It was notified.", *COMMANDER)
    bravo.said("protest", "reply", made[1], "It concerns others.", "--decline")
    alpha.said("protest", "withdraw", made[2], "A wrong report.", *COMMANDER)
    wait_until(lambda: [state(one) for one in made] == ["ANSWERED", "DECLINED", "WITHDRAWN"])
    assert bravo("protest", "reply", made[2], "x", *COMMANDER).code == Exit.REFUSED
