"""Certificates: written from a running node, verified from the file alone."""

import io
import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from openline.adapters.wording import Wording
from openline.adapters.wording.proof import said_rows
from openline.domain.instant import format_instant
from openline.domain.record.certificate import CertificateKind, Claim
from openline.domain.record.report import Report, Verdict
from openline.faces.cli.faults import Exit
from tests.faces.cli.test_talk import CIRCLE, STRIKE, WHERE, WINDOW, Officer
from tests.faces.conftest import ALPHA, BRAVO, LINE, TICK_MS, Line, Outcome, Run, wait_until


@pytest.fixture
def alpha(openline: Run, line: Line) -> Officer:
    """The officer at Alpha's node."""
    return Officer(openline, line, "alpha")


@pytest.fixture
def bravo(openline: Run, line: Line) -> Officer:
    """The officer at Bravo's node."""
    return Officer(openline, line, "bravo")


def test_a_message_and_its_receipt_are_proven(
    openline: Run, alpha: Officer, bravo: Officer
) -> None:
    """Author and receiver both prove what was said and held; words may be withheld."""
    serial = alpha.said("say", "A word to be proven.")
    made = alpha.done("certify", "message", serial)
    assert Path(made["path"]).parent == alpha.line.alpha / "certificates"
    verified = openline("verify", made["path"])
    assert verified.code == 0, verified.out
    assert "Verdict: PROVEN" in verified.out
    assert "A word to be proven." in verified.out
    withheld = alpha.done("certify", "receipt", serial, "--withhold", "--holder", BRAVO)
    report = openline("verify", withheld["path"], "--json")
    assert report.code == 0
    assert report.json["verdict"] == "PROVEN"
    assert b"A word to be proven." not in Path(withheld["path"]).read_bytes()


def test_a_message_is_shown_to_who_verifies_it(
    openline: Run, alpha: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was said stands in sentences below the verdict; a file may come on standard input."""
    [issued] = alpha.done(
        "notice", "issue", *CIRCLE, *WINDOW, *WHERE, *STRIKE, "--precedence", "routine",
        "--wait", 20,
    )["issued"]  # fmt: skip
    made = Path(alpha.done("certify", "message", issued["serial"])["path"])
    for shown in (
        openline("verify", made),
        _verified_from_standard_input(openline, made, monkeypatch),
    ):
        assert shown.code == 0, shown.err
        verdict, _, said = shown.out.partition("In the facts the message says:\n")
        assert "Verdict: PROVEN" in verdict
        assert "  What it is about: strike. What acts: missiles. Scope: air safety.\n" in said
        assert "  Area 1 of 1: a circle of 9000 m around" in said


def _verified_from_standard_input(
    openline: Run, path: Path, monkeypatch: pytest.MonkeyPatch
) -> Outcome:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(path.read_bytes())))
    return openline("verify", "-")


def test_doubtful_words_are_shown_and_never_obeyed() -> None:
    """A message that no officer's form would pass is shown as it was said, made visible."""
    said = {
        "by": {"post": "watch", "officer": "X"}, "language": "en", "text": "a\u202eb",
        "exercise": False, "translations": [],
    }  # fmt: skip
    assert "a⟨U+202E⟩b" in "".join(_said({"kind": "TEXT", "message": said}))
    unreadable = {"unreadable": "Kind 99 is not known.", "kind": 99, "body": ""}
    rows = "".join(_said({"kind": "kind 99", "message": unreadable}))
    assert "Kind 99 is not known." in rows
    beyond = {**said, "language": "a language that no form takes"}
    assert "cannot read" in "".join(_said({"kind": "TEXT", "message": beyond}))
    assert _said({"kind": "TEXT"}) == []


def _said(facts: dict[str, Any]) -> list[str]:
    """What is told of the message in the facts of a report."""
    claim = Claim(CertificateKind.MESSAGE, LINE, ALPHA, 1)
    report = Report(claim, Verdict.PROVEN, "", (), (), {"claimed_at": 0, **facts})
    return list(said_rows(report, Wording("en")))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty."),
        (b"-----BEGIN OPENLINE CARD-----\n", "is a party card, no certificate."),
        (b"c2sp.org/tlog-proof@v1\n", "is a log proof for other people's tools"),
        (b"\x00" * 100, "is no certificate."),
        (b"line = 'x'", "is no certificate."),
    ],
)
def test_another_file_is_told_from_a_damaged_one(
    openline: Run, tmp_path: Path, content: bytes, what: str
) -> None:
    """A file that never was a certificate is told for what it is, with what to do."""
    path = tmp_path / "file"
    path.write_bytes(content)
    refused = openline("verify", path)
    assert refused.code == Exit.UNREADABLE
    told, remedy = refused.err.splitlines()
    assert what in told
    assert remedy


def test_one_unreadable_file_does_not_hide_the_others(
    openline: Run, alpha: Officer, tmp_path: Path
) -> None:
    """Of several files each is verified; the exit code is that of the worst."""
    made = alpha.done("certify", "message", alpha.said("say", "Among others."))["path"]
    told = openline("verify", tmp_path / "none", made)
    assert told.code == Exit.UNREADABLE
    assert "Verdict: PROVEN" in told.out
    assert "cannot be read" in told.err
    rows = openline("verify", tmp_path / "none", made, "--json")
    assert json.loads(rows.err)["error"]["exit"] == Exit.UNREADABLE
    assert rows.json["verdict"] == "PROVEN"


def test_a_window_may_be_counted_back_from_now(alpha: Officer, tmp_path: Path) -> None:
    """Certificates are about what was: -1h is an hour ago."""
    path = tmp_path / "use.cert"
    made = alpha("certify", "use", ALPHA, "--from", "-1h", "--until", "now", "--out", path)
    assert made.code == 0, made.err
    assert path.exists()


def test_a_lead_time_is_proven(openline: Run, alpha: Officer) -> None:
    """The lead time of a notice is proven from the receiver's receipt."""
    [issued] = alpha.done(
        "notice", "issue", *CIRCLE, *WINDOW, *WHERE, *STRIKE, "--precedence", "routine",
        "--wait", 20,
    )["issued"]  # fmt: skip
    made = alpha.done("certify", "lead-time", issued["serial"])
    assert openline("verify", made["path"]).code == 0
    text = alpha.said("say", "no notice")
    assert alpha("certify", "lead-time", text).code == Exit.REFUSED


def test_use_silence_and_state_are_judged(openline: Run, alpha: Officer, tmp_path: Path) -> None:
    """A window in which something was said is USED; one before the line existed, unproven."""
    before = time.time_ns() // 1_000_000
    alpha.said("say", "in the window")
    after = time.time_ns() // 1_000_000
    # Edges resolve to a tick and the error of the clocks: the window is that much wider.
    margin_ms = 10 * TICK_MS
    window = (
        "--from", format_instant(before - margin_ms), "--until", format_instant(after + margin_ms)
    )  # fmt: skip
    path = tmp_path / "use.cert"

    def is_used() -> bool:
        made = alpha("certify", "use", ALPHA, *window, "--out", path)
        return made.code == 0 and openline("verify", path).code == 0

    wait_until(is_used)
    silent = tmp_path / "silent.cert"
    assert alpha("certify", "non-use", ALPHA, *window, "--out", silent).code == 0
    assert openline("verify", silent).code == Exit.REFUSED

    def has_state() -> bool:
        # Not at an instant at which the state changed: then no word is certain.
        at = format_instant(time.time_ns() // 1_000_000 - margin_ms)
        return alpha("certify", "state", "--at", at, "--out", path).code == 0

    wait_until(has_state)
    assert openline("verify", path).code == 0
    long_ago = ("--from", "070000ZAPR17", "--until", "070100ZAPR17")
    silent = alpha("certify", "non-use", BRAVO, *long_ago, "--out", tmp_path / "no.cert")
    if silent.code == 0:
        assert openline("verify", tmp_path / "no.cert").code == Exit.USAGE
    future = alpha("certify", "state", "--at", "+1h", "--out", tmp_path / "s.cert")
    assert future.code == Exit.REFUSED


def test_a_certificate_is_pinned_to_what_the_reader_knows(
    openline: Run, alpha: Officer, tmp_path: Path
) -> None:
    """Named roots and Understandings are compared; strange ones refute."""
    serial = alpha.said("say", "pinned")
    path = tmp_path / "m.cert"
    alpha.done("certify", "message", serial, "--out", path)
    roots = openline("verify", path, "--json").json["roots"]
    named = [word for root in roots for word in ("--root", root["fingerprint"])]
    assert openline("verify", path, *named).code == 0
    strange = openline("verify", path, "--root", "0" * 64)
    assert strange.code == Exit.REFUSED
    assert "If it is the fingerprint of a card, it is the wrong number" in strange.out
    assert "the fingerprint of a card" not in openline("verify", path, *named).out
    assert openline("verify", path, "--root", "beef").code == Exit.USAGE
    terms = alpha.line.alpha / "lines" / f"{LINE}.understanding"
    assert openline("verify", path, "--understanding", terms).code == 0
    assert openline("verify", path, "--understanding", path).code == Exit.UNREADABLE
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    damaged = openline("verify", path)
    assert damaged.code == Exit.UNREADABLE
    assert str(path) in damaged.err


def test_what_is_not_there_is_not_certified(alpha: Officer) -> None:
    """A message that nobody said cannot be certified."""
    assert alpha("certify", "message", "ALPHA-999999").code == Exit.REFUSED
    assert alpha("certify", "use", "nobody.example", "--from", "+0s", "--until", "+1s").code == (
        Exit.REFUSED
    )


def test_a_courier_carries_what_the_circuits_do(
    alpha: Officer, bravo: Officer, tmp_path: Path
) -> None:
    """A courier's file is taken in once and again, and refused at the wrong door."""
    path = tmp_path / "for-bravo"
    alpha.done("courier", "export", BRAVO, "--out", path)
    for _ in range(2):
        taken = bravo.done("courier", "import", path)
        assert taken["party"] == ALPHA
        assert taken["refused"] == []
    assert alpha("courier", "import", path).code == Exit.REFUSED
    assert alpha("courier", "export", "nobody.example", "--out", path).code == Exit.REFUSED
    path.write_bytes(b"junk")
    assert bravo("courier", "import", path).code == Exit.UNREADABLE


def test_another_file_is_no_courier(alpha: Officer, tmp_path: Path) -> None:
    """What no courier wrote is told by name, before the node is asked."""
    path = tmp_path / "notes.txt"
    path.write_text("not from a courier")
    refused = alpha("courier", "import", path)
    assert refused.code == Exit.UNREADABLE
    assert f"{path} is no courier's file." in refused.err


def test_several_certificates_are_as_good_as_the_worst(
    openline: Run, alpha: Officer, tmp_path: Path
) -> None:
    """Of several certificates each is told, and the exit code is the worst of them."""
    good, other = tmp_path / "good.cert", tmp_path / "other.cert"
    serial = alpha.said("say", "the first of two")
    alpha.done("certify", "message", serial, "--out", good)
    long_ago = ("--from", "070000ZAPR17", "--until", "070100ZAPR17")
    alpha.done("certify", "non-use", ALPHA, *long_ago, "--out", other)
    both = openline("verify", good, other)
    assert both.code == Exit.USAGE
    assert f"{good}:" in both.out
    assert f"{other}:" in both.out
    rows = openline("verify", good, good, "--json").out.splitlines()
    assert [json.loads(row)["verdict"] for row in rows] == ["PROVEN", "PROVEN"]


def test_the_page_that_verifies_is_written_once(openline: Run, tmp_path: Path) -> None:
    """`verify --page` writes the page and needs no certificate; it overwrites nothing."""
    path = tmp_path / "verify.html"
    made = openline("verify", "--page", path, "--json")
    assert (made.code, made.json) == (0, {"page": str(path)})
    assert path.read_text("utf-8").startswith("<!doctype html>")
    again = openline("verify", "--page", path)
    assert again.code != 0
    assert "there already" in again.err
    assert openline("verify", "--page", tmp_path / "none" / "verify.html").code != 0


def test_verify_names_what_it_needs(openline: Run) -> None:
    """Without a certificate and without --page it says what to name."""
    told = openline("verify")
    assert told.code == Exit.USAGE
    assert "openline verify FILE" in told.err
