"""Contacts, call records and readouts on the command line, between two real nodes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from openline.adapters.clock import wall_clock_ms
from openline.domain.instant import format_instant
from openline.faces.cli.faults import Exit
from tests.adapters.atom_rules import ATOM, check_feed
from tests.faces.cli.test_talk import CIRCLE, STRIKE, WHERE, WINDOW, Officer
from tests.faces.conftest import ALPHA, BRAVO, LINE, Line, Run, wait_until

GENERAL = ("--by", "commander/Gen. Jones")


@pytest.fixture
def alpha(openline: Run, line: Line) -> Officer:
    """The officer at Alpha's node."""
    return Officer(openline, line, "alpha")


@pytest.fixture
def bravo(openline: Run, line: Line) -> Officer:
    """The officer at Bravo's node."""
    return Officer(openline, line, "bravo")


def state_of(officer: Officer, serial: str) -> str:
    """Where a matter stands by an officer's node; empty while it is not there."""
    outcome = officer("matter", "show", serial, "--json")
    return "" if outcome.code else str(next(iter(outcome.json["states"].values())))


def stands(officer: Officer, serial: str, state: str) -> None:
    """Wait until a matter stands so at an officer's node."""
    wait_until(lambda: state_of(officer, serial) == state)


def shared(officer: Officer, serial: str) -> Any:
    """One matter as an officer's node has it, without the words."""
    return officer.done("matter", "show", serial)["standings"][0]["steps"]


def held_call(alpha: Officer, bravo: Officer) -> str:
    """The serial of the record of a call that was asked for and held."""
    asked = alpha.said("contact", "request", "Flights", "--tier", 2, "--at", "now")
    stands(bravo, asked, "PROPOSED")
    bravo.said("contact", "reply", asked, "accept")
    stands(alpha, asked, "DUE")
    recorded = alpha.said(
        "call", "record", "--contact", asked, "--from", "-25min", "--until", "-5min",
        "--person", f"{ALPHA}: Gen. Jones", "--person", f"{BRAVO}: Gen. Ivanov",
        "--authenticated", "challenge-words", "--point", "Flights are announced.",
        "--read-back", "34.490 36.909", "--action", f"{BRAVO}: names the crews @ +1d",
        "--next-at", "+7d",
    )  # fmt: skip
    stands(bravo, asked, "HELD")
    return recorded


def test_a_contact_is_declined_and_the_next_tier_is_offered(alpha: Officer, bravo: Officer) -> None:
    """DECLINED is on both nodes; the draft is filled in, and saying it follows the first."""
    asked = alpha.said(
        "contact", "request", "Flights", "--at", "+3h", "--person", "Maj. Petrov",
        "--readout", "joint",
    )  # fmt: skip
    early = alpha("contact", "next-tier", asked)
    assert early.code == Exit.REFUSED
    assert "has not come to nothing" in early.err
    stands(bravo, asked, "PROPOSED")
    missing = bravo("contact", "reply", asked, "decline")
    assert "TEXT is empty" in missing.err
    bravo.said("contact", "reply", asked, "decline", "Not before the inquiry is over.")
    stands(alpha, asked, "DECLINED")
    draft = alpha.done("contact", "next-tier", asked)
    assert (draft["tier"], draft["recipients"]) == (2, [BRAVO])
    assert draft["fields"]["persons"] == []
    assert '"tier": 2' in alpha("contact", "next-tier", asked).out
    lifted = alpha.said("contact", "next-tier", asked, "--send")
    stands(bravo, lifted, "PROPOSED")
    wait_until(lambda: shared(alpha, asked) == shared(bravo, asked))
    assert shared(bravo, asked)[-1]["event"] == "FOLLOWED"
    assert "has no post above" not in alpha("contact", "list").out
    arabic = bravo("log", "show", asked, "--language", "ar").out
    assert "Maj. Petrov" in arabic


def test_a_contact_is_held_and_its_record_differs(alpha: Officer, bravo: Officer) -> None:
    """The record is one matter, the contact another; both nodes have both alike."""
    recorded = held_call(alpha, bravo)
    stands(bravo, recorded, "DRAFT")
    bravo.said("call", "differ", recorded, "Point 1: half an hour.")
    stands(alpha, recorded, "DIFFERS")
    shown = alpha("log", "show", recorded).out
    assert "The other side was known by challenge words." in shown
    assert "Flights are announced." in shown
    bravo.said("call", "agree", recorded)
    stands(alpha, recorded, "AGREED")
    assert f"{recorded}  by {ALPHA}" in alpha("call", "list").out
    [answer] = [
        one
        for one in alpha.done("log", "--count", 1000)["messages"]
        if one["party"] == BRAVO
        and (one["reply_to"] or {}).get("serial") == recorded
        and one["kind"] == "RESPONSE"
    ][-1:]
    assert "agrees with message" in alpha("log", "show", answer["serial"]).out
    contacts = bravo.done("contact", "list")["contacts"]
    [found] = [
        one
        for one in contacts
        if one["occurrences"] and one["occurrences"][0]["record"] == recorded
    ]
    assert found["occurrences"][0]["outcome"] == "HELD"
    assert f"HELD, call record {recorded}" in bravo("contact", "list").out


def test_one_of_several_times_is_named(alpha: Officer, bravo: Officer) -> None:
    """With two proposed times an acceptance says which; other times are countered and agreed."""
    asked = alpha.said("contact", "request", "Review", "--at", "+3h", "--at", "+4h")
    stands(bravo, asked, "PROPOSED")
    unclear = bravo("contact", "reply", asked, "accept")
    assert unclear.code == Exit.USAGE
    assert "proposes 2 times" in unclear.err
    bravo.said("contact", "reply", asked, "counter", "--at", "+6h", "--person", "Maj. Petrov")
    stands(alpha, asked, "COUNTERED")
    alpha.said("contact", "reply", asked, "accept")
    stands(bravo, asked, "SCHEDULED")
    due = [row for row in bravo.done("due")["due"] if row["matter"] == asked]
    assert [row["clock"] for row in due] == ["contact_begins"]
    bravo.said("contact", "reply", asked, "call-off", "The line is needed.")
    stands(alpha, asked, "CALLED_OFF")


def test_a_weekly_contact_is_accepted_as_it_was_proposed(alpha: Officer, bravo: Officer) -> None:
    """An acceptance restates until when the contact recurs."""
    first, last = (
        format_instant(wall_clock_ms() // 1000 * 1000 + days * 86_400_000) for days in (1, 15)
    )
    asked = alpha.said("contact", "request", "Weekly", "--at", first, "--weekly-until", last)
    stands(bravo, asked, "PROPOSED")
    bravo.said("contact", "reply", asked, "accept")
    stands(alpha, asked, "SCHEDULED")
    instants = alpha.done("matter", "show", asked)["standings"][0]["instants"]
    assert format_instant(instants["last_at"]) == last


def test_an_unverified_call_alarms_both_sides(alpha: Officer, bravo: Officer) -> None:
    """The alarm says to call back and which tier must know, on both nodes."""
    serial = alpha.said(
        "call", "record", "--from", "-9min", "--until", "-8min", "--unverified",
        "--person", f"{ALPHA}: Lt. Smith", "--person", f"{BRAVO}: somebody",
    )  # fmt: skip
    for officer in (alpha, bravo):
        wait_until(lambda officer=officer: f"({serial})" in officer("alarms").out)
        assert "call back on the known number; tier 2 must know" in officer("alarms").out


def test_a_readout_is_agreed_published_and_in_the_feed(
    alpha: Officer, bravo: Officer, tmp_path: Path
) -> None:
    """What was agreed is published; anything else is refused; the feed has it once a language."""
    recorded = held_call(alpha, bravo)
    russian = tmp_path / "readout.ru.txt"
    russian.write_text("Командующие говорили.\n")
    readout = alpha.said(
        "readout", "propose", recorded, "--text", "en=They spoke.\n\nThey agreed on an hour.",
        "--file", f"ru={russian}", *GENERAL,
    )  # fmt: skip
    assert alpha("readout", "publish", readout, *GENERAL).code == Exit.REFUSED
    stands(bravo, readout, "PROPOSED")
    bravo.said("readout", "agree", readout, *GENERAL)
    stands(alpha, readout, "AGREED")
    changed = alpha(
        "readout", "publish", readout, "--text", "en=They spoke.\n\nThey agreed on a day.", *GENERAL
    )
    assert changed.code == Exit.REFUSED
    assert "paragraph 2: 'an hour.' became 'a day.'" in changed.err
    published = alpha.said("readout", "publish", readout, *GENERAL)
    stands(bravo, readout, "PUBLISHED")
    out = tmp_path / "feed.atom"
    for officer in (alpha, bravo):
        done = officer("readout", "feed", "--out", out, "--overwrite", "--address", "https://a/f")
        assert done.code == 0, done.err
        root = check_feed(out.read_bytes())
        ids = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
        mine = sorted(one for one in ids if one and f"/{published}/" in one)
        assert [one.rpartition("/")[2] for one in mine] == ["en", "ru"]
        assert all(
            re.fullmatch(rf"tag:{ALPHA},\d{{4}}-\d\d-\d\d:{LINE}/{published}/..", one)
            for one in mine
        )
        assert "Capt" not in out.read_text()
        assert "Gen. Jones" not in out.read_text()
    assert officer("readout", "feed", "--out", out).code == Exit.REFUSED


def test_two_versions_stand_side_by_side(alpha: Officer, bravo: Officer) -> None:
    """The other side's own text is shown beside the proposal, word by word."""
    recorded = held_call(alpha, bravo)
    readout = alpha.said(
        "readout", "propose", recorded, "--mode", "coordinated", "--text", "en=We asked for it.",
        *GENERAL,
    )  # fmt: skip
    stands(bravo, readout, "PROPOSED")
    bravo.said(
        "readout", "differ", readout, "It was our initiative.", "--text", "en=They asked for it.",
        *GENERAL,
    )  # fmt: skip
    stands(alpha, readout, "DIFFERS")
    shown = alpha("readout", "show", readout).out
    assert f"{BRAVO} differs in en, paragraph 1:" in shown
    assert "[-We-] {+They+} asked for it." in shown
    [found] = alpha.done("readout", "show", readout)["differences"]
    assert found == bravo.done("readout", "show", readout)["differences"][0]
    alpha.said("readout", "publish", readout, *GENERAL)
    stands(bravo, readout, "PUBLISHED")
    alpha.said("readout", "withdraw", readout, "The date was wrong.", *GENERAL)
    stands(bravo, readout, "WITHDRAWN")


def test_a_public_notice_is_in_the_feed_without_names(alpha: Officer, bravo: Officer) -> None:
    """A notice that says PUBLIC is there with place and time, one for the line is not."""
    notice = ("notice", "issue", *CIRCLE, *WINDOW, *WHERE, *STRIKE, "--contact", "desk 5")
    [public] = alpha.done(*notice, "--releasability", "public", "--wait", 20)["issued"]
    [internal] = alpha.done(*notice, "--wait", 20)["issued"]
    feed = bravo("readout", "feed").out
    assert public["serial"] in feed
    assert internal["serial"] not in feed
    assert "Strike on an air base." in feed
    assert "desk 5" not in feed


def test_the_words_of_both_sides_are_the_same(
    alpha: Officer, bravo: Officer, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret that is made here and entered there lets each side hear the other."""
    made = alpha.done("contact", "secret", BRAVO, "--make", "--replace")
    entered = bravo.done(
        "contact", "secret", ALPHA, "--enter", " ".join(made["words"]), "--replace"
    )
    assert entered["fingerprint"] == made["fingerprint"]
    assert entered["duress_word"] != made["duress_word"]
    assert "words" not in entered
    assert (line.alpha / "keys" / f"voice.{BRAVO}.secret").stat().st_mode & 0o77 == 0
    monkeypatch.setattr("openline.faces.cli.contact.wall_clock_ms", lambda: 1_491_528_000_123)
    [row] = alpha.done("contact", "words", BRAVO)["rows"]
    assert [row] == bravo.done("contact", "words", ALPHA)["rows"]
    said = " ".join(row[ALPHA])
    assert bravo.done("contact", "hear", ALPHA, said) == {"party": ALPHA, "heard": "VERIFIED"}
    echo = alpha("contact", "hear", BRAVO, said)
    assert echo.code == Exit.REFUSED
    assert "FAILED" in echo.out
    under_duress = f"{row[ALPHA][0]} {made['duress_word']}"
    heard = bravo("contact", "hear", ALPHA, under_duress, "--json")
    assert (heard.code, json.loads(heard.out)["heard"]) == (Exit.REFUSED, "DURESS")
    assert f"we say     {said}" in alpha("contact", "words", BRAVO).out
    cards = alpha.done("contact", "words", BRAVO, "--card", 7)["rows"]
    third = " ".join(cards[2][BRAVO])
    assert alpha("contact", "hear", BRAVO, third, "--card", 7, "--row", 3).code == 0
    assert alpha("contact", "hear", BRAVO, third, "--card", 7).code == Exit.USAGE
    assert len(alpha("contact", "words", BRAVO, "--card", 7).out.splitlines()) == 22


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("contact", "secret", ALPHA, "--make"), "is this party itself"),
        (("contact", "secret", BRAVO, "--make", "--enter", "a"), "exclude each other"),
        (("contact", "secret", "charlie.example"), "There is no voice secret"),
        (
            ("call", "record", "--from", "-9min", "--until", "-8min", "--person", "Smith"),
            "--person",
        ),
        (("readout", "propose", "ALPHA-0000", "--text", "They spoke."), "--text"),
        (("readout", "show", "ALPHA-0000"), "There is no readout"),
        (("contact", "next-tier", "ALPHA-0000"), "There is no contact"),
        (("contact", "request", "X", "--at", "-1h"), "Give instants to come"),
    ],
)
def test_what_is_written_wrong_is_told(alpha: Officer, words: tuple[str, ...], what: str) -> None:
    """The option or the name at fault is told, with what to do."""
    outcome = alpha(*words)
    assert outcome.code in (Exit.REFUSED, Exit.USAGE)
    assert what in outcome.err
    assert len(outcome.err.splitlines()) == 2
