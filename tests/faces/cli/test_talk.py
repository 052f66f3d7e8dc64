"""The verbs by which officers speak, between two real nodes."""

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from openline.domain.errors import OurError
from openline.faces.cli import notice
from openline.faces.cli.faults import Exit
from tests.faces.conftest import ALPHA, BRAVO, LINE, Line, Outcome, Run, wait_until

CIRCLE = ("--circle", "34.490,36.909", "--radius", "9km", "--upper", "FL100")
WINDOW = ("--from", "2100-01-01T00:00Z", "--until", "2100-01-01T02:00Z")
WHERE = ("--place", "at Shayrat airfield")
STRIKE = ("--category", "strike", "--kind", "missile", "--activity", "Strike on an air base.")


class Officer:
    """Somebody who uses the command line at one of the nodes."""

    def __init__(self, openline: Run, line: Line, name: str) -> None:
        self.openline = openline
        self.line = line
        self.name = name

    def __call__(self, *words: object) -> Outcome:
        """Do a verb at this officer's node."""
        return self.openline(*words, "--dir", getattr(self.line, self.name))

    def done(self, *words: object) -> Any:
        """What a verb that must succeed answers in JSON."""
        outcome = self(*words, "--json")
        assert outcome.code == 0, outcome.err
        return outcome.json

    def said(self, *words: object) -> str:
        """The serial of something that is said and delivered."""
        said = self.done(*words, "--wait", 20)
        assert said["is_delivered"], said
        return str(said["serial"])


@pytest.fixture
def alpha(openline: Run, line: Line) -> Officer:
    """The officer at Alpha's node."""
    return Officer(openline, line, "alpha")


@pytest.fixture
def bravo(openline: Run, line: Line) -> Officer:
    """The officer at Bravo's node."""
    return Officer(openline, line, "bravo")


def test_a_text_is_said_read_and_answered(alpha: Officer, bravo: Officer) -> None:
    """A question goes out, is read by a named officer, answered, and all is marked."""
    asked = alpha.said("say", "Are these yours?", "--precedence", "flash")
    bravo.said("read", asked, "--by", "watch/Maj. Petrov")
    bravo.said("say", "Не наши.", "--language", "ru", "--reply-to", asked)
    bravo.said("notice", "respond", asked, "noted")
    wait_until(lambda: "answered NOTED" in alpha("log", "--count", 1000).out)
    shown = alpha("log", "show", asked).out
    assert "Are these yours?" in shown
    assert "Delivered to bravo.example" in shown
    assert "Maj. Petrov" in shown
    russian = bravo("log", "show", asked, "--language", "ru").out
    assert "Сообщение" in russian
    assert "Are these yours?" in russian
    whole = bravo.done("log", "show", asked, "--language", "ar")
    assert whole["body"]["text"] == "Are these yours?"
    assert whole["precedence"] == "FLASH"


def test_an_alarm_stands_until_a_person_has_seen_it(alpha: Officer, bravo: Officer) -> None:
    """A FLASH raises an alarm at the other side, which a named officer acknowledges."""
    serial = alpha.said("say", "Hold.", "--precedence", "flash")

    def alarm_of_it() -> list[Any]:
        alarms = bravo.done("alarms")["alarms"]
        return [one for one in alarms if one["facts"].get("serial") == serial]

    wait_until(lambda: bool(alarm_of_it()))
    [alarm] = alarm_of_it()
    rows = bravo("alarms").out.splitlines()
    [place] = [place for place, row in enumerate(rows) if f"has sent {serial} with" in row]
    assert rows[place].startswith("FLASH  ")
    assert rows[place + 1 : place + 3] == [
        f"    openline log show {serial}",
        f"    openline alarms --acknowledge {alarm['id']}",
    ]
    bravo.done("alarms", "--acknowledge", alarm["id"], "--by", "watch/Maj. Petrov")
    assert alarm_of_it() == []
    assert bravo("alarms", "--acknowledge", "NO/SUCH").code == Exit.REFUSED


def test_the_state_is_one_word_and_one_sentence(alpha: Officer, bravo: Officer) -> None:
    """Status says the word, and what it rests on; JSON has the same in its own fields."""
    check = alpha.said("check", "send")
    bravo.said("check", "reply", check)
    wait_until(lambda: "line check answered" in alpha("status").out)
    [line] = alpha.done("status")["lines"]
    displayed = line["displayed"]
    assert displayed["word"] in ("ACTIVE", "PARTIALLY_SUSPENDED")
    assert displayed["sentence"].startswith("Last tick ")
    assert displayed["sentence"].endswith(".")
    shown = alpha("status").out
    assert f"{LINE}: {displayed['said']}. Last tick " in shown
    [counterpart] = line["counterparts"]
    assert f"{line['held'][BRAVO]} of its messages held" in shown
    assert counterpart["party"] == BRAVO


def test_the_log_shows_the_last_messages(alpha: Officer) -> None:
    """Without a position the newest messages are listed, the last one at the end."""
    serial = alpha.said("say", "The newest.")
    listed = alpha.done("log", "--count", 2)["messages"]
    assert len(listed) == 2
    assert listed[-1]["serial"] == serial
    first = alpha.done("log", "--count", 1, "--after", 0)["messages"]
    assert [one["position"] for one in first] == [1]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("notice", "check"), "--category is missing."),
        (("notice", "check", *CIRCLE[:2], "--radius", "9", *WINDOW, *WHERE, *STRIKE),
         "--radius is not a number with one of the units"),
        (("notice", "check", "--circle", "134.5,36.9", *CIRCLE[2:], *WINDOW, *WHERE, *STRIKE),
         "Position 1 of the area, lat is not between"),
        (("notice", "check", *CIRCLE, *WINDOW, *WHERE, *STRIKE, "--lower", "1000"),
         "--lower is no altitude"),
        (("notice", "check", "--polygon", "34,36 35,37 34,37 35,36", *WINDOW, *WHERE, *STRIKE),
         "The area does not hold: The ring crosses"),
        (("notice", "check", *CIRCLE, *WINDOW, *WHERE, *STRIKE, "--certainty", "maybe"),
         "--certainty is none of"),
        (("say", ""), "TEXT is empty."),
        (("check", "reply", "@", "--readability", "9"), "--readability is not"),
        (("notice", "respond", "@", "holding"), "--until is missing."),
        (("read-back", "@"), "DIGEST is empty."),
    ],
)  # fmt: skip
def test_a_fault_is_told_of_the_option_that_has_it(
    alpha: Officer, bravo: Officer, words: tuple[str, ...], what: str
) -> None:
    """What the node refuses is told in the words of the command line, with what to do."""
    if "@" in words:
        serial = bravo.said("check", "send")
        words = tuple(serial if word == "@" else word for word in words)
    refused = alpha(*words)
    assert refused.code == Exit.REFUSED
    told, remedy = refused.err.splitlines()
    assert told.startswith(what)
    assert remedy


def test_a_notice_is_named_by_its_id_where_a_message_is(alpha: Officer, bravo: Officer) -> None:
    """Who reads, reads back or answers a notice may name it by the id in its list."""
    issue = ("notice", "issue", *CIRCLE, *WINDOW, *WHERE, *STRIKE, "--precedence", "priority")
    [issued] = alpha.done(*issue, "--wait", 20)["issued"]
    name, serial = issued["notice_id"], issued["serial"]
    bravo.said("read", name)
    bravo.said("read-back", name, "Circle 9 km.")
    wait_until(lambda: len(alpha.done("log", "show", serial)["marks"]["read_back"]) == 1)
    assert len(alpha.done("log", "show", serial)["marks"]["read"]) == 1
    unknown = bravo("read", "ALPHA-N-9999")
    assert unknown.code == Exit.REFUSED
    assert "There is no notice 'ALPHA-N-9999'" in unknown.err
    assert "GET" not in unknown.err
    alpha.said("notice", "cancel", name)


def test_a_version_that_changes_nothing_is_refused(alpha: Officer) -> None:
    """A replacement without a change is a mistake, and is not said."""
    issue = ("notice", "issue", *CIRCLE, *WINDOW, *WHERE, *STRIKE, "--precedence", "priority")
    [issued] = alpha.done(*issue, "--wait", 20)["issued"]
    refused = alpha("notice", "replace", issued["notice_id"])
    assert refused.code == Exit.USAGE
    assert "Nothing is changed." in refused.err
    assert alpha.done("notice", "show", issued["notice_id"])["version"] == 1
    alpha.said("notice", "cancel", issued["notice_id"])


def test_a_misspelt_kind_is_asked_about(alpha: Officer) -> None:
    """A kind that the Understanding does not name is allowed, and told with those it names."""
    checked = alpha(
        "notice", "check", *CIRCLE, *WINDOW, *WHERE, *STRIKE[:2], "--kind", "missle", *STRIKE[4:]
    )
    assert checked.code == 0
    assert "no separation for the kind missle" in checked.out
    assert "air, missile, presence" in checked.out


def test_options_count_before_the_file(alpha: Officer, tmp_path: Path) -> None:
    """Radius, bounds and window that are given replace those of every area in a file."""
    feature = {
        "type": "Feature",
        "properties": {
            "name": "From a file", "radius_m": 9000, "upper": "FL150", "category": "strike",
            "kind": "missile", "place": "at Shayrat airfield",
            "from": "2099-01-01T00:00:00Z", "until": "2099-01-01T01:00:00Z",
        },
        "geometry": {"type": "Point", "coordinates": [36.909, 34.490]},
    }  # fmt: skip
    path = tmp_path / "area.geojson"
    path.write_text(json.dumps(feature))
    [issued] = alpha.done(
        "notice", "issue", "--file", path, "--radius", "3 km", "--upper", "FL100", "--lower",
        "300 m AGL", *WINDOW, "--precedence", "priority", "--wait", 20,
    )["issued"]  # fmt: skip
    [volume] = alpha.done("notice", "show", issued["notice_id"])["content"]["volumes"]
    assert volume["radius_m"] == 3_000
    assert volume["upper"]["value"] == 100
    assert volume["lower"] == {"datum": "AGL", "value": 3_000}
    assert volume["valid_from"] == "2100-01-01T00:00:00Z"
    alpha.said("notice", "cancel", issued["notice_id"])


def test_conflicts_are_told_in_sentences(alpha: Officer, bravo: Officer) -> None:
    """What two notices meet is told in words, before one is said and after."""
    presence = ("--category", "presence", "--kind", "presence", "--activity", "Our people.")
    where = (*CIRCLE, *WINDOW, *WHERE)
    [theirs] = bravo.done(
        "notice", "issue", *where, *presence, "--precedence", "priority", "--wait", 20
    )["issued"]
    wait_until(lambda: theirs["notice_id"] in alpha("notice", "list").out)
    issued = alpha("notice", "issue", *where, *STRIKE, "--precedence", "priority", "--wait", 20)
    assert "RECORDED on syria-air, precedence PRIORITY." in issued.out
    assert f"and {BRAVO} {theirs['notice_id']} come nearer to each other than was agreed" in (
        issued.out
    )
    assert "come nearer to each other than was agreed. On the map they overlap." in (
        alpha("conflicts").out
    )
    bravo.said("notice", "cancel", theirs["notice_id"])


def test_hostile_text_cannot_touch_the_terminal(alpha: Officer, bravo: Officer) -> None:
    """Control and direction marks are refused when said; names show what they hold."""
    for text in ("a\x1b[2Jb", "a\u202eb", ""):
        refused = alpha("say", text)
        assert refused.code == Exit.REFUSED
        assert "TEXT" in refused.err
        assert "\x1b" not in refused.err


def test_an_urgent_text_is_short(alpha: Officer) -> None:
    """A FLASH of more than 200 words is refused with the way out."""
    long = " ".join(["word"] * 201)
    refused = alpha("say", long, "--precedence", "flash")
    assert refused.code == Exit.REFUSED
    assert "201 words" in refused.err
    assert alpha("say", long, "--precedence", "routine").code == 0


def test_a_line_check_is_answered_with_what_arrived(alpha: Officer, bravo: Officer) -> None:
    """A line check is numbered, and the reply echoes the first row of its text."""
    first = alpha.said("check", "send", "The quick brown fox.", "--next-at", "+4h")
    second = alpha.said("check", "send")
    numbers = [alpha.done("log", "show", serial)["body"]["number"] for serial in (first, second)]
    assert numbers[1] == numbers[0] + 1
    reply = bravo.said("check", "reply", first, "--readability", 4)
    body = bravo.done("log", "show", reply)["body"]
    assert (body["number"], body["readability"]) == (numbers[0], 4)
    assert body["echo"] == "The quick brown fox."
    not_one = bravo("check", "reply", reply)
    assert not_one.code == Exit.REFUSED
    assert "no line check" in not_one.err
    past = alpha("check", "send", "--next-at=-1h")
    assert past.code == Exit.REFUSED
    assert "which is over" in past.err
    assert "Give the time of a check to come" in past.err


def test_a_scope_is_suspended_by_two_persons_and_resumed(alpha: Officer, bravo: Officer) -> None:
    """A suspension needs a second person; announced, it is seen on both nodes."""
    suspend = (
        "declare",
        "suspend",
        "incident_inquiry",
        "--reason",
        "A reason.",
        "--effective",
        "+1h",
    )
    alone = alpha(*suspend, "--released-by", "commander/duty officer")
    assert alone.code == Exit.REFUSED
    released = (*suspend, "--released-by", "commander/Gen. Jones")
    misspelt = alpha(*released, "--keep-open", "line_checks")
    assert misspelt.code == Exit.REFUSED
    assert "'line_checks', which is no scope and no exception" in misspelt.err
    assert "Name one of line_check, flash, contact, humanitarian, air_safety" in misspelt.err
    alpha.said(*released, "--conditions", "An inquiry.")
    wait_until(lambda: "incident_inquiry SUSPENSION_PENDING" in bravo("status").out)
    assert "to be suspended by alpha.example" in alpha("status").out
    alpha.said(
        "declare", "resume", "incident_inquiry", "--reason", "Agreed.",
        "--released-by", "commander/Gen. Jones",
    )  # fmt: skip
    unknown = alpha(
        "declare", "terminate", "weather", "--reason", "x", "--released-by", "commander/Gen. Jones"
    )
    assert unknown.code == Exit.REFUSED


def test_a_notice_lives_through_its_versions(alpha: Officer, bravo: Officer) -> None:
    """A notice is issued, read back, answered, replaced, shown and cancelled."""
    issue = ("notice", "issue", *CIRCLE, *WINDOW, *WHERE, *STRIKE)
    [issued] = alpha.done(*issue, "--precedence", "priority", "--wait", 20)["issued"]
    name, serial = issued["notice_id"], issued["serial"]
    bravo.said("read-back", serial, "Circle 9 km at Shayrat airfield, surface to FL100.")
    alpha.said("read-back", serial, "--verdict", "correct")
    bravo.said("notice", "respond", serial, "holding", "--until", "+5min")
    bravo.said("notice", "respond", f"{ALPHA}/{name}", "objected", "Our people are there.")
    wait_until(lambda: alpha.done("notice", "show", name)["state"] == "OBJECTED")
    [replaced] = alpha.done(
        "notice", "replace", name, "--until", "2100-01-01T03:00Z", "--upper", "FL120", "--wait", 20
    )["issued"]
    assert replaced["notice_id"] == name
    shown = bravo.done("notice", "show", f"{ALPHA}/{name}")
    assert shown["version"] == 2
    [volume] = shown["content"]["volumes"]
    assert volume["upper"] == {"datum": "FLIGHT_LEVEL", "value": 120}
    assert volume["valid_until"] == "2100-01-01T03:00:00Z"
    assert volume["radius_m"] == 9_000
    words = bravo("notice", "show", f"{ALPHA}/{name}", "--language", "ru").out
    assert name in words
    assert "Версия 1: выпуск" in words
    assert "Ответ в" in words
    refused = bravo("notice", "replace", f"{ALPHA}/{name}", "--upper", "FL130")
    assert refused.code == Exit.REFUSED
    alpha.said("notice", "cancel", name, "Weather.")
    assert name not in alpha("notice", "list").out
    [row] = [row for row in alpha("notice", "list", "--ended").out.splitlines() if name in row]
    assert "CANCELLED" in row
    again = alpha("notice", "cancel", name)
    assert again.code == Exit.REFUSED


def test_words_and_area_must_be_one_place(alpha: Officer) -> None:
    """A notice whose words name another place is refused before it is said."""
    before = alpha.done("status")["lines"][0]["out_size"]
    far = ("notice", "issue", "--circle", "34.60,36.909", *CIRCLE[2:], *WINDOW, *WHERE, *STRIKE)
    refused = alpha(*far)
    assert refused.code == Exit.REFUSED
    assert "km" in refused.err
    assert alpha.done("status")["lines"][0]["out_size"] == before


def test_a_dry_run_shows_the_conflict_and_says_nothing(alpha: Officer, bravo: Officer) -> None:
    """A rehearsal tells of the conflict; the notice itself raises it on both nodes."""
    presence = ("--category", "presence", "--kind", "presence", "--activity", "Our people.")
    [theirs] = bravo.done(
        "notice", "issue", *CIRCLE, *WINDOW, *WHERE, *presence, "--precedence", "priority",
        "--wait", 20,
    )["issued"]  # fmt: skip
    name = theirs["notice_id"]
    wait_until(lambda: name in alpha("notice", "list").out)
    before = alpha.done("status")["lines"][0]["out_size"]
    dry = alpha("notice", "issue", *CIRCLE, *WINDOW, *WHERE, *STRIKE, "--dry-run")
    assert dry.code == 0
    assert f"CONFLICT with {BRAVO} {name}" in dry.out
    check = alpha.done("notice", "check", *CIRCLE, *WINDOW, *WHERE, *STRIKE)
    assert name in {one["notice_id"] for one in check["checked"][0]["conflicts"]}
    assert alpha.done("status")["lines"][0]["out_size"] == before
    issued = alpha("notice", "issue", *CIRCLE, *WINDOW, *WHERE, *STRIKE, "--precedence", "priority")
    assert f"CONFLICT with {BRAVO} {name}" in issued.out
    wait_until(lambda: name in bravo("conflicts").out)
    assert "CONFLICT" in alpha("conflicts", "--ended").out


def test_no_notice_is_left_out_in_silence(
    alpha: Officer, bravo: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list in parts holds each notice, ours first; what the rows leave out is counted."""
    presence = ("--category", "presence", "--kind", "presence", "--activity", "Our people.")
    fast = ("--precedence", "priority", "--wait", 20)
    theirs = [
        bravo.done("notice", "issue", *CIRCLE, *WINDOW, *WHERE, *presence, *fast)["issued"][0]
        for _ in range(2)
    ]
    [ours] = alpha.done("notice", "issue", *CIRCLE, *WINDOW, *WHERE, *STRIKE, *fast)["issued"]
    whole = alpha.done("notice", "list")["notices"]
    monkeypatch.setattr("openline.faces.cli.notice.NOTICES_AT_A_TIME", 1)
    monkeypatch.setattr("openline.faces.cli.notice.ROWS_OF_PARTY", 1)
    listed = alpha.done("notice", "list")["notices"]
    assert [one["notice_id"] for one in listed] == [one["notice_id"] for one in whole]
    assert {one["notice_id"] for one in (ours, *theirs)} <= {one["notice_id"] for one in listed}
    parties = [one["party"] for one in listed]
    assert parties == sorted(parties), "ours come first"
    rows = alpha("notice", "list").out.splitlines()
    assert f"… and {parties.count(BRAVO) - 1} more of {BRAVO}; --all shows each." in rows
    assert len(alpha("notice", "list", "--all").out.splitlines()) == len(listed) + 1


def collection(*features: dict[str, Any]) -> str:
    """A GeoJSON file with these features."""
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def feature(name: str, **properties: Any) -> dict[str, Any]:
    """A circle at Shayrat with a name."""
    told = {
        "name": name, "radius_m": 5_000, "lower": "GND", "upper": "FL080",
        "from": "2100-01-02T00:00:00Z", "until": "2100-01-02T01:00:00Z", **properties,
    }  # fmt: skip
    geometry = {"type": "Point", "coordinates": [36.909, 34.490]}
    return {"type": "Feature", "geometry": geometry, "properties": told}


def test_a_file_gives_a_notice_for_each_activity(alpha: Officer, tmp_path: Path) -> None:
    """Each activity of a file becomes a notice; properties fill in what is not given."""
    path = tmp_path / "plan.geojson"
    path.write_text(
        collection(feature("First", category="flight"), feature("Second", activity="Patrol."))
    )
    words = ("notice", "issue", "--file", path, "--kind", "air", *WHERE, "--category", "exercise")
    issued = alpha.done(*words, "--precedence", "routine", "--wait", 20)["issued"]
    contents = [alpha.done("notice", "show", one["notice_id"])["content"] for one in issued]
    assert [one["activity"] for one in contents] == ["First", "Patrol."]
    assert {one["category"] for one in contents} == {"exercise"}
    only = alpha.done("notice", "check", "--file", path, "--only", "Second", *words[4:])
    assert [one["activity"] for one in only["checked"]] == ["Patrol."]
    none = alpha("notice", "check", "--file", path, "--only", "Third", *words[4:])
    assert none.code == Exit.UNREADABLE


def test_a_file_is_issued_whole_or_not_at_all(alpha: Officer, tmp_path: Path) -> None:
    """A fault in one feature is named, and nothing of the file is said."""
    before = alpha.done("status")["lines"][0]["out_size"]
    path = tmp_path / "plan.geojson"
    path.write_text(collection(feature("Good"), feature("Bad", upper=100)))
    refused = alpha("notice", "issue", "--file", path, *WHERE, *STRIKE)
    assert refused.code == Exit.UNREADABLE
    assert 'feature 2 "Bad", upper_reference' in refused.err
    path.write_text(collection(feature("Good"), feature("Far")).replace("36.909", "36.0", 1))
    elsewhere = alpha("notice", "issue", "--file", path, *WHERE, *STRIKE)
    assert elsewhere.code == Exit.REFUSED
    assert elsewhere.err.startswith("Strike on an air base.: ")
    assert alpha.done("status")["lines"][0]["out_size"] == before
    path.write_text(collection(feature("Good")))
    absent = alpha("notice", "issue", "--file", tmp_path / "absent.kml", *WHERE, *STRIKE)
    assert absent.code == Exit.UNREADABLE


def test_a_file_needs_room_for_all_of_it(
    alpha: Officer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of more notices than there is room for is refused before any is said."""
    path = tmp_path / "plan.geojson"
    path.write_text(collection(feature("First"), feature("Second")))
    words = ("notice", "issue", "--file", path, *WHERE, *STRIKE)
    assert alpha.done(*words, "--dry-run")["checked"][0]["room"] > 1
    before = alpha.done("status")["lines"][0]["out_size"]
    monkeypatch.setattr("openline.faces.api.writing.room_of", lambda view, party: 1)
    refused = alpha(*words)
    assert refused.code == Exit.REFUSED
    assert "2 new notices, and we may have 1 more" in refused.err
    assert alpha.done("status")["lines"][0]["out_size"] == before


def test_what_was_said_of_a_file_is_told_when_it_breaks_off(
    alpha: Officer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When one of several fails, the ids of those said are told, and which is next."""
    path = tmp_path / "plan.geojson"
    path.write_text(
        collection(feature("First", activity="One."), feature("Second", activity="Two."))
    )
    said = notice.say

    def fails_at_two(options: Any, kind: str, fields: dict[str, Any], **more: Any) -> Any:
        if fields["activity"] == "Two.":
            raise OurError("The disk is full.")
        return said(options, kind, fields, **more)

    monkeypatch.setattr(notice, "say", fails_at_two)
    told = alpha("notice", "issue", "--file", path, *WHERE, *STRIKE[:4])
    assert told.code == Exit.REFUSED
    assert "The disk is full." in told.err
    [row] = [row for row in told.out.splitlines() if row.startswith("Said: ")]
    assert row.startswith("Said: 1 of 2: ALPHA-")
    assert "Next is number 2 of these, Two." in told.out


def test_an_order_is_taken_without_what_is_faulty_in_it(
    alpha: Officer, tmp_path: Path, repository: Path
) -> None:
    """Of an airspace order the sound measures are checked, the faulty ones are told."""
    path = tmp_path / "order.aco"
    order = (repository / "src/openline/faces/demo/data/order.aco").read_text(encoding="utf-8")
    path.write_text(order)
    words = ("notice", "check", "--file", path, *STRIKE[:4], "--describe-place")
    ended = alpha(*words, "--skip-faulty")
    assert ended.code == Exit.REFUSED
    assert "is over" in ended.err


def test_the_place_may_be_taken_from_the_area(alpha: Officer) -> None:
    """On request the words of the place are made from the area and the reference points."""
    issue = (
        "notice",
        "issue",
        *CIRCLE,
        *WINDOW,
        *STRIKE,
        "--describe-place",
        "--precedence",
        "routine",
    )
    [issued] = alpha.done(*issue, "--wait", 20)["issued"]
    shown = alpha.done("notice", "show", issued["notice_id"])
    assert shown["content"]["place"]["words"] == "at Shayrat airfield"
    south = ("notice", "check", "--circle", "-34.5,-70.25", *CIRCLE[2:], *WINDOW, *STRIKE)
    far = alpha(*south, "--describe-place")
    assert far.code == Exit.REFUSED  # A southern latitude is no option, and too far away.
    assert "km" in far.err


@pytest.mark.parametrize(
    "words",
    [
        ("read", "nonsense"),
        ("read", "CHARLIE-0001"),
        ("read", "ALPHA-"),
        ("certify", "message", "ALPHA"),
        ("say", "x", "--by", "nobody"),
        ("say", "x", "--line", LINE, "--reply-to", "x"),
        ("declare", "suspend", "air_safety", "--reason", "x", "--released-by", "x"),
        ("check", "send", "--next-at", "later"),
        ("notice", "issue", "--circle", "here", "--radius", "1km", *WINDOW),
    ],
    ids=" ".join,
)
def test_what_is_typed_wrongly_is_wrong_usage(alpha: Officer, words: tuple[str, ...]) -> None:
    """Serials, officers, instants and positions that are none are wrong usage."""
    assert alpha(*words).code == Exit.USAGE


def test_a_line_that_is_not_there_is_refused(alpha: Officer) -> None:
    """A verb on a line that the node does not hold says which there are."""
    refused = alpha("log", "--line", "no-such-line")
    assert refused.code == Exit.REFUSED
    assert "no-such-line" in refused.err


def test_a_serial_may_be_written_with_the_whole_name(alpha: Officer) -> None:
    """A message is named by its serial or by the party's whole name and index."""
    serial = alpha.said("say", "one message")
    index = int(serial.split("-")[1])
    by_name = alpha.done("log", "show", f"{ALPHA}/{index}")
    assert by_name == alpha.done("log", "show", serial.lower())
    assert by_name == alpha.done("log", "show", str(index))  # Our own, by its number alone.


class TwoLines:
    """A node of two lines, of which the second signs nothing yet."""

    def __init__(self, config: Any) -> None:
        self.config = config

    def get(self, *path: str, **query: Any) -> Any:
        """The lines."""
        return {"lines": [{"line": "first"}, {"line": "second"}]}

    def post(self, *path: str, body: Any, **query: Any) -> Any:
        """What is said on the first line; the second refuses."""
        if "second" in path:
            raise OurError("The line second signs nothing yet.", "Wait.")
        return {"serial": "ALPHA-0007", "line": "first"}


def test_what_was_said_on_one_line_is_told_when_another_refuses(
    openline: Run, made_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of keys that reached one line of two says so before it tells the refusal."""
    monkeypatch.setattr("openline.faces.cli.client.Client", TwoLines)
    ended = openline("keys", "rotate", "node", "--dir", made_line.alpha)
    assert ended.code == Exit.REFUSED
    assert "ALPHA-0007: the next node key is announced on first." in ended.out
    assert "The line second signs nothing yet." in ended.err
    several = openline(
        "keys", "revoke", "node", "--reason", "x", "--from-index", 3, "--dir", made_line.alpha
    )
    assert several.code == Exit.USAGE
    assert "first, second" in several.err


def test_a_revocation_needs_this_partys_roots(alpha: Officer, bravo: Officer) -> None:
    """Root keys of another party, and an entry that is not there, are refused by name."""
    revoke = ("keys", "revoke", "witness", "--reason", "Lost.")
    other = alpha(*revoke, "--roots", bravo.line.bravo / "keys" / "root")
    assert other.code == Exit.REFUSED
    assert "holds root keys of bravo.example, not of alpha.example" in other.err
    later = alpha(*revoke, "--from-index", 99_999)
    assert later.code == Exit.USAGE
    assert f"no entry of ours on {LINE}" in later.err
    assert alpha(*revoke, "--line", "nowhere").code == Exit.USAGE


def test_a_key_is_rotated_on_every_line(alpha: Officer, bravo: Officer) -> None:
    """A new witness key is announced and used; the line goes on."""
    [said] = bravo.done("keys", "rotate", "witness")["said"]
    shown = bravo.done("log", "show", said["serial"])
    assert shown["kind"] == "KEY_CHANGE"
    assert alpha.said("say", "after the rotation")


def test_the_log_is_followed_as_it_grows(line: Line) -> None:
    """Following the log prints what is said and marked after it was listed."""
    words = ["log", "--follow", "--count", "1", "--json", "--dir", str(line.bravo)]
    command = [sys.executable, "-m", "openline.faces.cli.main", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
        # What it does not print in a minute it never prints; then the reading ends.
        patience = threading.Timer(60, follower.kill)
        patience.start()
        try:
            assert follower.stdout is not None
            listed = json.loads(follower.stdout.readline())
            assert len(listed["messages"]) == 1
            fields = {"language": "en", "text": "to be followed"}
            body = {"kind": "TEXT", "fields": fields}
            said = line.client().post("/lines", LINE, "messages", body=body)
            while (told := json.loads(follower.stdout.readline()))["serial"] != said["serial"]:
                pass
            assert told["kind"] == "TEXT"
            follower.send_signal(signal.SIGINT)
            assert follower.wait(timeout=20) == Exit.INTERRUPTED
        finally:
            patience.cancel()
            follower.kill()
