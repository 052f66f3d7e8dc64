"""Tests of the air picture through two real nodes: routes, verbs, alarms, and the wire."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from openline.adapters.clock import wall_clock_ms
from openline.domain.errors import OurError
from openline.domain.instant import HOUR_MS, format_instant
from openline.domain.space.sighting import Affiliation
from openline.engine.effects import Send
from openline.faces.api import examples
from tests.domain.space.skies import sighting
from tests.faces.conftest import (
    LINE,
    Line,
    NodeThread,
    check_by_people,
    is_up,
    make_line,
    running,
    say,
    wait_until,
)

HERE = {"lat": 34.49, "lon": 36.909}


class AirLine:
    """Two nodes, of which the first has tracks, and every frame that it sent."""

    def __init__(self, line: Line, node: NodeThread) -> None:
        self.line = line
        self.alpha, self.bravo = line.client("alpha"), line.client("bravo")
        assert node.node is not None
        self.node = node.node
        self.frames: list[bytes] = []
        perform = self.node._perform

        def record(effect: Any) -> None:
            if isinstance(effect, Send):
                self.frames.append(effect.frame)
            perform(effect)

        self.node._perform = record  # type: ignore[method-assign]

    def see(self, name: str, lat_deg: float = 34.49, lon_deg: float = 36.909, **said: Any) -> None:
        """Let a feed of alpha tell of an aircraft."""
        one = sighting(name, lat_deg, lon_deg, **{"at": wall_clock_ms(), **said})
        self.node.air.take([one])

    def alarms(self, name: str) -> list[dict[str, Any]]:
        """The standing alarms of alpha of one name."""
        found = self.alpha.get("/lines", LINE, "alarms")["alarms"]
        return [one for one in found if one["name"] == name]


@pytest.fixture(scope="module")
def air(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AirLine]:
    """Two nodes that run and have proven the line both ways."""
    line = make_line(tmp_path_factory.mktemp("air"))
    with (line.alpha / "node.toml").open("a") as settings:
        settings.write('[[feed]]\nname = "radar"\nkind = "geojson"\nsource = "file:none.rows"\n')
    with running(line.alpha, line.bravo) as nodes:
        for name in ("alpha", "bravo"):
            wait_until(lambda name=name: is_up(line.client(name)))
        check_by_people(line)
        yield AirLine(line, nodes[0])


def give_notice(air: AirLine) -> None:
    """Let alpha give notice for the next hour round Shayrat, once."""
    if air.alpha.get("/lines", LINE, "notices")["notices"]:
        return
    now = wall_clock_ms()
    window = {"valid_from": format_instant(now), "valid_until": format_instant(now + HOUR_MS)}
    area = {"shape": "CIRCLE", "vertices": [HERE], "radius_m": 9_000, **window}
    fields = {**examples.NOTICE_FIELDS, "volumes": [area]}
    say(air.alpha, "NOTICE", fields, precedence="FLASH")


def test_a_track_in_a_notice_is_an_alarm_that_a_person_acknowledges(air):
    """A track over our notice raises one alarm with a sentence, and it is acknowledged."""
    give_notice(air)

    def alarms() -> list[dict[str, Any]]:
        return [one for one in air.alarms("TRACK_ENTRY") if "RFF7033" in one["said"]]

    def is_alarmed() -> bool:
        air.see("4ca7b5", callsign="RFF7033")
        return bool(alarms())

    wait_until(is_alarmed)
    (alarm,) = alarms()
    assert alarm["precedence"] == "IMMEDIATE"
    assert "RFF7033 is here: notice" in alarm["said"]
    assert "claims that it is of the other party" in alarm["said"]
    alerts = air.alpha.get("/air/alerts")["alerts"]
    assert alarm["id"] in [f"TRACK_ENTRY/{one['id']}" for one in alerts]
    air.alpha.post("/lines", LINE, "alarms/acknowledge", body={"alarm": alarm["id"]})
    assert alarms() == []


def test_tracks_and_one_track_are_read(air):
    """A track is listed, and shown with its trail by id and by callsign."""
    air.see("500001", lat_deg=33.0, callsign="SYR101", squawk="7700")
    listed = {one["id"]: one for one in air.alpha.get("/air/tracks")["tracks"]}
    assert listed["icao:500001"]["flags"] == ["EMERGENCY"]
    one = air.alpha.get("/air/track", name="SYR101")
    assert one["id"] == "icao:500001"
    assert len(one["trail"]) == 1
    with pytest.raises(OurError, match="no track"):
        air.alpha.get("/air/track", name="nobody")


def test_the_verbs_show_tracks_and_alerts(air, openline):
    """`tracks list`, `show` and `alerts` print what the routes answer."""
    air.see("500002", lat_deg=33.1, callsign="SYR102", affiliation=Affiliation.OWN)
    listed = openline("tracks", "list", "--dir", air.line.alpha)
    assert listed.code == 0
    assert "SYR102" in listed.out
    shown = openline("tracks", "show", "SYR102", "--dir", air.line.alpha)
    assert "claimed to be own" in shown.out
    alerts = openline("tracks", "alerts", "--ended", "--dir", air.line.alpha)
    assert alerts.code == 0
    nobody = openline("tracks", "show", "nobody", "--dir", air.line.alpha)
    assert nobody.code == 1
    assert "no track" in nobody.err


def test_whose_a_track_is_is_asked_in_one_act(air, openline):
    """`tracks ask` says a query with what was seen and where, and nothing of our feeds."""
    air.see("500003", lat_deg=34.6, callsign="QQQ77")
    said = openline("tracks", "ask", "QQQ77", "--dir", air.line.alpha, "--json", "--wait", "20")
    assert said.code == 0, said.err
    messages = air.bravo.get("/lines", LINE, "messages", count=1000)["messages"]
    (query,) = [one for one in messages if one["kind"] == "QUERY"]
    whole = air.bravo.get("/lines", LINE, "messages", query["party"], str(query["index"]))
    body = whole["body"]
    assert body["question"] == "ARE_THESE_YOURS"
    assert body["objects"][0]["what"] == "aircraft, callsign QQQ77, FL300, 389 kt"
    assert "Shayrat" in body["place"]
    assert "500003" not in json.dumps(whole)
    assert "radar" not in json.dumps(whole)


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
@pytest.mark.parametrize("path", ["track-question", "track-share"])
def test_what_is_filled_in_may_be_said_in_every_language(air, language, path):
    """In each language the desk takes the message that is made from a track."""
    air.see("500010", lat_deg=34.8, callsign="WORDS1", squawk="1234", accuracy_m=80.0)
    made = air.alpha.get("/lines", LINE, path, name="WORDS1", language=language)
    checked = air.alpha.post("/lines", LINE, "check", body=made)
    assert checked["faults"] == []


def test_a_track_is_shared_by_an_act_and_a_message(air, openline):
    """`tracks share` says what is known of one track, once, and names no feed."""
    air.see("500009", lat_deg=34.7, callsign="SHARE1", accuracy_m=80.0)
    said = openline("tracks", "share", "SHARE1", "It circles.", "--dir", air.line.alpha, "--json")
    assert said.code == 0, said.err
    at = ("/lines", LINE, "messages", said.json["party"], str(said.json["index"]))
    wait_until(lambda: is_there(air, at))
    whole = air.bravo.get(*at)
    body = whole["body"]
    assert (body["track"], body["what"], body["claim"], body["belief"]) == (
        "SHARE1", "aircraft", "YOURS", "GOOD",
    )  # fmt: skip
    assert (body["course_deg"], body["speed_kt"], body["accuracy_m"]) == (90, 389, 80)
    assert body["altitude"] == {"datum": "FLIGHT_LEVEL", "value": 300}
    assert "shares what it sees of one object" in whole["text"]
    assert "500009" not in json.dumps(whole)


def test_an_officer_assesses_whose_a_track_is(air, openline):
    """`tracks assess` stands in the list with who said it, and `unassess` takes it back."""
    at = ("--dir", air.line.alpha)
    air.see("500011", lat_deg=33.6, callsign="ASSESS1", affiliation=Affiliation.UNKNOWN)
    said = openline("tracks", "assess", "ASSESS1", "theirs", "By telephone.", *at)
    assert said.code == 0, said.err
    assert "icao:500011 assessed to be theirs (bravo" in said.out
    shown = openline("tracks", "show", "ASSESS1", *at).out
    assert "claimed to be unknown" in shown
    assert "assessed to be theirs" in shown
    assert "other_party*" in openline("tracks", "list", *at).out
    share = air.alpha.get("/lines", LINE, "track-share", name="ASSESS1")
    assert share["fields"]["claim"] == "YOURS"
    assert "By telephone." in openline("tracks", "assessed", *at).out
    wrong = openline("tracks", "assess", "ASSESS1", "theirs", "--party", "nobody.example", *at)
    assert wrong.code == 1
    assert "no counterpart" in wrong.err
    back = openline("tracks", "unassess", "ASSESS1", *at)
    assert back.code == 0, back.err
    assert air.alpha.get("/air/track", name="ASSESS1")["assessed"] is None
    assert openline("tracks", "unassess", "ASSESS1", *at).code == 1


def test_what_a_feed_told_in_vain_is_shown_with_the_feed(air, openline):
    """`feeds` says what of each was left aside, and `tracks list` of all of them together."""
    air.see("500012", lat_deg=33.7)
    air.see("500012", lat_deg=-33.7)
    listed = openline("tracks", "list", "--dir", air.line.alpha).out
    assert "out of reach" in listed
    (feed,) = air.alpha.get("/feeds")["feeds"]
    assert feed["left_aside"]["unreachable"] >= 1
    assert "out of reach" in openline("feeds", "--dir", air.line.alpha).out


def is_there(air: AirLine, at: tuple[str, ...]) -> bool:
    """Whether bravo has a message."""
    try:
        return bool(air.bravo.get(*at))
    except OurError:
        return False


def test_what_was_heard_is_replayed(air, openline):
    """A recorded picture is read by its instant, and played by the verb."""
    air.see("500005", lat_deg=33.4, callsign="PAST1")
    wait_until(lambda: is_recorded(air, "PAST1"))
    until = air.alpha.get("/air/recording")["until"]
    played = openline(
        "tracks", "replay", "--from", format_instant(until), "--until", format_instant(until),
        "--track", "PAST1", "--dir", air.line.alpha,
    )  # fmt: skip
    assert played.code == 0, played.err
    assert "PAST1" in played.out
    with pytest.raises(OurError, match="Nothing was recorded"):
        air.alpha.get("/air/recorded", at=1_000)


def is_recorded(air: AirLine, callsign: str) -> bool:
    """Whether the last picture has a track of this callsign."""
    until = air.alpha.get("/air/recording")["until"]
    if until is None:
        return False
    tracks = air.alpha.get("/air/recorded", at=until)["tracks"]
    return callsign in {one["callsign"] for one in tracks}


def test_nothing_of_a_track_is_on_the_wire(air):
    """No frame to a counterpart has the address of a track, a feed or an alert."""
    give_notice(air)

    def is_noticed() -> bool:
        air.see("abcdef", lat_deg=34.5, callsign="SECRET9")
        return "icao:abcdef" in {one["track"] for one in air.alpha.get("/air/alerts")["alerts"]}

    wait_until(is_noticed)
    body = {"name": "SECRET9", "verdict": "THEIRS", "remark": "seen by our own eyes"}
    air.alpha.post("/lines", LINE, "assessments", body=body)
    say(air.alpha, "TEXT", {"text": "Nothing of it.", "language": "en"})
    sent = b"".join(air.frames)
    assert b"Nothing of it." in sent
    for word in (b"abcdef", b"SECRET9", b"TRACK_", b"radar", b"our own eyes"):
        assert word not in sent
    status = air.bravo.get("/air/tracks")
    assert status["tracks"] == []


def test_tracks_are_followed(air):
    """The stream of tracks begins with all of them."""
    air.see("500004", lat_deg=33.3)
    with socket.socket(socket.AF_UNIX) as asked:
        asked.settimeout(20)
        asked.connect(str(air.node.config.socket))
        asked.sendall(b"GET /air/events HTTP/1.1\r\nhost: node\r\n\r\n")
        rows = asked.makefile("rb")
        data = next(row for row in rows if row.startswith(b"data: "))
    event = json.loads(data.removeprefix(b"data: "))
    assert "icao:500004" in {one["id"] for one in event["tracks"]}
