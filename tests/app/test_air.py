"""Tests of the air picture of a node: looks, alarms, what is told of changes."""

import asyncio
import logging
from dataclasses import replace

import pytest

from openline.adapters.air_records import AirRecords
from openline.app.air import Air
from openline.domain.space.own_addresses import parse_own_addresses
from openline.domain.space.sighting import Affiliation
from openline.domain.space.volume import Shape, Volume
from openline.domain.talk.assessment import Assessment, Verdict
from openline.engine.air_watch import Watching
from openline.engine.assessment_view import Assessed
from openline.engine.commands import NoteLeftAside, TakeBackAssessment, TellAirAlerts
from openline.engine.conflict_view import Occupied
from tests.domain.space.skies import NOW, e7, sighting

HERE = Volume(Shape.CIRCLE, (e7(35.0, 40.0),), 10_000, None, None, NOW - 1, NOW + 3_600_000)


class Desk:
    """An air picture with a clock of its own, one line, and what was told of it."""

    def __init__(self, records: AirRecords | None = None) -> None:
        self.now = NOW
        self.told: list[TellAirAlerts] = []
        self.assessed: list[Assessed] = []
        occupied = Occupied(1, "aircraft", False, ((1, HERE),))
        live = {("alpha.example", "N-1"): occupied}
        self.line = Watching("syria-air", "alpha.example", ("bravo.example",), live)
        self.air = Air(
            lambda: [self.line],
            self.told.append,
            lambda: self.now,
            records=records,
            assessed=lambda: self.assessed,
            own=parse_own_addresses("500000-5000ff"),
        )

    def assess(self, track: str, verdict: Verdict, party: str = "") -> None:
        """Let an officer say whose a track is."""
        one = Assessment(track, verdict, party)
        self.assessed.append(Assessed("syria-air", one, ("desk", "Lt A"), self.now))

    async def look(self, *names: str, lon_deg: float = 40.0, after_ms: int = 1_000, **said) -> None:
        """Let time pass, see these again, and look."""
        self.now += after_ms
        self.air.take([sighting(name, 35.0, lon_deg, at=self.now, **said) for name in names])
        await self.air.look()


@pytest.fixture
def desk() -> Desk:
    """An air picture."""
    return Desk()


async def test_what_is_noticed_is_alarmed_once_and_ends(desk):
    """A track in a notice is told once as an alert of its line, and once that it is over."""
    for _ in range(5):
        await desk.look("a", callsign="RFF7033")
    (told,) = desk.told
    (alert,) = told.alerts
    assert (told.line, alert.noticed.kind) == ("syria-air", "ENTRY")
    assert alert.noticed.facts["called"] == "RFF7033"
    assert alert.noticed.facts["affiliation"] == "OTHER_PARTY"
    await desk.look(after_ms=70_000)
    (_, over) = desk.told
    assert [one.over_at for one in over.alerts] == [desk.now]
    assert desk.air.alerts() == []
    assert len(desk.air.alerts(standing_only=False)) == 1


async def test_what_is_assessed_stands_before_what_is_claimed(desk):
    """Alarms go by it at the next look, and the track shows who said so beside the claim."""
    desk.line = replace(desk.line, area=((e7(34, 39), e7(34, 41), e7(36, 41), e7(36, 39)),))
    await desk.look("a", affiliation=Affiliation.UNKNOWN)
    await desk.look("a", affiliation=Affiliation.UNKNOWN)
    (alert,) = desk.told.pop().alerts
    assert alert.noticed.precedence.name == "PRIORITY"
    assert "assessed" not in alert.noticed.facts
    desk.assess("icao:a", Verdict.THEIRS, "bravo.example")
    (shown,) = desk.air.tracks()
    assert (shown["affiliation"], shown["claimed"]) == ("OTHER_PARTY", "UNKNOWN")
    assert shown["assessed"]["by"] == {"post": "desk", "officer": "Lt A"}
    following = desk.air.follow()
    await anext(following)
    await desk.look("a", affiliation=Affiliation.UNKNOWN)
    alerts = {one.noticed.kind: one.noticed for told in desk.told for one in told.alerts}
    assert set(alerts) == {"ENTRY", "UNNOTIFIED"}
    assert alerts["ENTRY"].precedence.name == "IMMEDIATE"
    assert alerts["UNNOTIFIED"].facts["assessed"]["party"] == "bravo.example"
    desk.assessed.clear()
    (back,) = (await anext(following))["tracks"]
    assert (back["affiliation"], back["assessed"]) == ("UNKNOWN", None)
    await following.aclose()


@pytest.mark.parametrize(
    ("address", "hours"), [("icao:a", 24), ("cot:a", 24), ("radar:025/010/7", 0)]
)
async def test_an_assessment_ends_when_nobody_hears_of_the_object(desk, address, hours):
    """A lasting address keeps it for a day, a radar's number for as long as its track."""
    desk.assess(address, Verdict.OURS)
    kept_ms = hours * 3_600_000 or 300_000
    seen = replace(sighting("a", 35.0, 40.0, at=desk.now), address=address)
    desk.air.take([seen])
    desk.now += kept_ms
    await desk.air.look()
    assert TakeBackAssessment("syria-air", address) not in desk.told
    desk.now += 1
    await desk.air.look()
    assert TakeBackAssessment("syria-air", address) in desk.told


async def test_what_bears_an_address_of_ours_is_claimed_to_be_ours(desk):
    """An address in the settings makes a track ours, whatever its feed says."""
    await desk.look("5000aa", "500100", affiliation=Affiliation.UNKNOWN)
    assert [one["affiliation"] for one in desk.air.tracks()] == ["OWN", "UNKNOWN"]


async def test_when_a_track_will_be_there_is_told(desk):
    """An alert of what is ahead says when the track will be there."""
    await desk.look("a", lon_deg=39.75)
    await desk.look("a", lon_deg=39.752)
    (alert,) = desk.told[0].alerts
    assert alert.noticed.phase.name == "AHEAD"
    assert 55_000 < alert.noticed.facts["at"] - desk.now < 70_000


async def test_an_empty_sky_costs_no_look(desk, monkeypatch):
    """Without tracks and alerts nothing is looked at."""
    monkeypatch.setattr(desk.air, "_watch", None)
    await desk.air.look()
    assert desk.told == []


async def test_a_reader_is_told_all_and_then_what_changes(desk):
    """The first event has all tracks with trails, later ones what changed and what went."""
    await desk.look("a", "b")
    following = desk.air.follow()
    first = await anext(following)
    assert [one["id"] for one in first["tracks"]] == ["icao:a", "icao:b"]
    assert all("trail" in one for one in first["tracks"])
    waiting = asyncio.ensure_future(anext(following))
    await asyncio.sleep(0)
    assert not waiting.done()
    await desk.look("b")
    second = await waiting
    assert [one["id"] for one in second["tracks"]] == ["icao:b"]
    assert "trail" not in second["tracks"][0]
    assert {one["track"] for one in second["alerts"]} == {"icao:a", "icao:b"}
    waiting = asyncio.ensure_future(anext(following))
    await asyncio.sleep(0)
    await desk.look("b", after_ms=400_000)
    assert (await waiting)["gone"] == ["icao:a"]
    await following.aclose()


async def test_a_track_is_found_by_a_callsign_that_it_alone_has(desk):
    """A callsign names a track as long as one alone bears it."""
    await desk.look("a", callsign="RFF7033")
    assert desk.air.track("rff7033")["id"] == "icao:a"
    await desk.look("b", callsign="RFF7033")
    assert desk.air.track("RFF7033") is None
    assert desk.air.track("icao:b")["trail"]


async def test_what_is_left_aside_is_noted_by_feed(desk, caplog):
    """What is left aside is counted in one row of log and journal a feed, once a minute."""
    caplog.set_level(logging.WARNING, "openline")
    desk.now += 60_000
    desk.air.take([replace(sighting("a", 95.0, 40.0), at=desk.now)] * 3)
    await desk.air.look()
    desk.air.take([sighting("a", 95.0, 40.0)])
    await desk.air.look()
    assert [row.message for row in caplog.records] == [
        "of the sightings of feed radar in the last minute: 3 malformed"
    ]
    assert desk.air.counts()["malformed"] == 4
    assert desk.air.left_aside("radar") == {"malformed": 4}
    assert desk.air.left_aside("mast") == {}
    desk.now += 60_000
    desk.air.take([replace(sighting("b", 35.0, 40.0), at=desk.now + 60_000, feed="mast")])
    await desk.air.look()
    assert [one for one in desk.told if isinstance(one, NoteLeftAside)] == [
        NoteLeftAside("syria-air", "radar", (("malformed", 3),)),
        NoteLeftAside("syria-air", "mast", (("future", 1),)),
        NoteLeftAside("syria-air", "radar", (("malformed", 1),)),
    ]


async def test_a_look_that_fails_is_logged_and_the_next_one_comes(desk, caplog, monkeypatch):
    """A defect in one look ends neither the looks nor the node."""
    looks: list[int] = []

    async def look() -> None:
        looks.append(1)
        raise RuntimeError("a defect")

    monkeypatch.setattr("openline.app.air.LOOK_S", 0.001)
    monkeypatch.setattr(desk.air, "look", look)
    desk.air.start()
    while len(looks) < 2:
        await asyncio.sleep(0.001)
    await desk.air.stop()
    assert "a look at the tracks failed" in caplog.text


async def test_an_own_track_belongs_to_no_alert_of_ours(desk):
    """Our own track in our own notice is nothing to tell."""
    await desk.look("a", affiliation=Affiliation.OWN)
    assert desk.told == []


async def test_pictures_are_recorded_and_read_back(tmp_path):
    """Every few seconds a picture is kept; a track of it has all that it had."""
    desk = Desk(AirRecords(tmp_path / "air", 24))
    for _ in range(11):
        await desk.look("a", callsign="RFF7033")
    first = await desk.air.recorded(NOW + 1_500)
    later = await desk.air.recorded(NOW + 9_000)
    assert first is not None
    assert later is not None
    assert (first["at"], later["at"]) == (NOW + 1_000, NOW + 6_000)
    (track,) = later["tracks"]
    shown = desk.air.tracks()[0]
    assert track.keys() == shown.keys()
    assert (track["callsign"], track["lat_deg"]) == ("RFF7033", 35.0)
    recording = await desk.air.recording()
    assert (recording["from"], recording["until"]) == (NOW + 1_000, NOW + 11_000)
    assert await desk.air.recorded(NOW) is None


async def test_a_disk_that_fails_costs_a_picture_and_no_more(tmp_path, caplog):
    """Where nothing can be written, the looks go on and the log says so."""
    (tmp_path / "air").write_text("a file in the way")
    desk = Desk(AirRecords(tmp_path / "air", 24))
    await desk.look("a")
    assert "is not recorded" in caplog.text
    assert len(desk.told) == 1


async def test_nothing_is_recorded_where_nobody_asks(tmp_path):
    """With no hours to keep, no file is made, and nothing is known of the past."""
    desk = Desk(AirRecords(tmp_path / "air", 0))
    await desk.look("a")
    assert list(tmp_path.iterdir()) == []
    assert await Desk().air.recording() == {"from": None, "until": None, "size_bytes": 0}
