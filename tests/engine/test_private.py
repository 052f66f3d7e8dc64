"""What is kept private on real nodes: it survives, and not a byte of it leaves."""

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from openline.app.export import Exporter
from openline.domain.errors import OurError
from openline.domain.instant import MINUTE_MS
from openline.domain.record import cbor
from openline.domain.record.merkle import leaf_hash
from openline.domain.space.volume import Altitude, Datum, Shape, Volume
from openline.domain.talk.notice import Operation
from openline.domain.talk.private import ALWAYS_FROM, WITHOUT_END, Private
from openline.domain.talk.zone import ZoneRule
from openline.engine.commands import (
    AcknowledgeAlarm,
    Command,
    DropPrivate,
    ExportCourier,
    ImportCourier,
    KeepPrivate,
)
from openline.engine.effects import Send
from openline.engine.frames import JournalHead, decode_frame
from openline.engine.journal import Happened
from openline.engine.line import Line
from openline.engine.ports import StoredEntry
from tests.engine.copies import MANY, copy_of, known, rows_of
from tests.engine.parties import ALPHA, BRAVO, LINE, make_parties
from tests.engine.region import HOUR_MS, START, Region, notice, standing

OFFICER = ("air-desk", "Lt Ivanova")
NAME = "Observers Zulu 7391"
REMARK = "relieved at dusk"
LAT_E7, LON_E7 = 344_917_357, 369_085_913


def site(**changes: Any) -> Private:
    """People near the airfield, at a position that nothing else has."""
    volume = Volume(
        Shape.CIRCLE,
        ((LAT_E7, LON_E7),),
        743,
        None,
        Altitude(Datum.AGL, 1_170),
        ALWAYS_FROM,
        WITHOUT_END,
    )
    private = Private(NAME, "presence", (volume,), is_site=True, remark=REMARK)
    return replace(private, **changes)


def keep(region: Region, private: Private | None = None, **options: Any) -> dict[str, Any]:
    """Let ALPHA keep it; what the node answers."""
    answer = region.ask(ALPHA, KeepPrivate(LINE, private or site(), OFFICER, **options))
    assert isinstance(answer, dict)
    return answer


def drop(region: Region, name: str = NAME) -> None:
    """Let ALPHA drop it."""
    region.ask(ALPHA, DropPrivate(LINE, name, OFFICER))


def private_of(line: Line) -> dict[str, Any]:
    """Everything that a node knows of what is kept private, with all ids and instants."""
    return {
        "kept": line.view.privates(),
        "whole": [line.view.private(one["name"]) for one in line.view.privates()],
        "conflicts": line.view.conflicts(private=True),
        "ended": [
            {**one, "ended_at": 0} for one in line.view.conflicts(live_only=False, private=True)
        ],
        "alarms": [
            (one["id"], one["facts"], one["over_at"] is None, one["acknowledged"])
            for one in line.view.alarms(standing_only=False)
            if one["name"].startswith("PRIVATE")
        ],
    }


def check_replay(region: Region) -> None:
    """A node that starts from ALPHA's store knows what ALPHA knows."""
    line = region.line_of(ALPHA)
    loaded = region.loaded(ALPHA, copy_of(line.store))
    loaded.view.advance(region.now)
    assert private_of(loaded) == private_of(line)
    assert known(loaded, region.now) == known(line, region.now)


@pytest.fixture
def region() -> Region:
    """Alpha and bravo, connected."""
    return standing(make_parties())


class TestItIsKept:
    """On disk, by a row of the journal, until it is dropped."""

    def test_the_rows_of_the_journal(self, region: Region) -> None:
        """One row and its content say what was kept, another that it is no longer."""
        keep(region)
        drop(region)
        kept, gone = rows_of(region.line_of(ALPHA))[-2:]
        assert (int(Happened.KEPT), int(Happened.LET_GO)) == (12, 13)
        assert (kept.happened, kept.at, kept.rest[:3]) == (
            Happened.KEPT, region.now, (*OFFICER, NAME)
        )  # fmt: skip
        assert Private.from_bytes(kept.content) == site()
        assert (gone.happened, gone.rest[:3], gone.content) == (
            Happened.LET_GO, (*OFFICER, NAME), b""
        )  # fmt: skip
        assert len(kept.rest) == 5
        assert len(gone.rest) == 4
        salts = [row.rest[3] for row in (kept, gone)]
        assert all(isinstance(salt, bytes) and len(salt) == 16 for salt in salts)
        assert salts[0] != salts[1]

    def test_it_is_on_disk_before_it_is_answered(self, region: Region) -> None:
        """A node that is killed at once after the answer has it still."""
        keep(region)
        region.restart(ALPHA)
        [kept] = region.line_of(ALPHA).view.privates()
        assert kept["name"] == NAME

    def test_a_crash_before_the_commit_keeps_nothing(self, region: Region) -> None:
        """What was not answered and not committed is not kept after the start."""
        region.on_commit = lambda party, writes: writes.clear() if party == ALPHA else None
        keep(region)
        region.on_commit = lambda _party, _writes: None
        region.restart(ALPHA)
        assert region.line_of(ALPHA).view.privates() == []

    def test_asked_for_twice(self, region: Region) -> None:
        """The same asked for again is answered alike and writes no row."""
        first = keep(region)
        rows = len(rows_of(region.line_of(ALPHA)))
        assert keep(region) == first
        assert len(rows_of(region.line_of(ALPHA))) == rows

    @pytest.mark.parametrize(
        ("command", "said"),
        [
            (KeepPrivate(LINE, site(kind="air"), OFFICER), "is kept already"),
            (KeepPrivate(LINE, site(name="x"), OFFICER, True), "no 'x' to be replaced"),
            (KeepPrivate(LINE, site(name="x"), ("nobody", "Lt A")), "'nobody' is no post"),
            (KeepPrivate("other", site(name="x"), OFFICER), "'other' is not known here"),
            (DropPrivate(LINE, "x", OFFICER), "Nothing is kept under the name 'x'"),
            (DropPrivate(LINE, NAME, ("nobody", "Lt A")), "'nobody' is no post"),
        ],
    )
    def test_what_is_refused(self, region: Region, command: Command, said: str) -> None:
        """A refusal says what to do, and changes and writes nothing."""
        keep(region)
        line = region.line_of(ALPHA)
        before = (private_of(line), len(rows_of(line)))
        error = region.refused(ALPHA, command)
        assert said in error.what
        assert error.remedy
        assert (private_of(line), len(rows_of(line))) == before

    def test_without_a_counterpart(self) -> None:
        """It may be kept while the line signs nothing, and before anybody was heard."""
        region = Region(make_parties())
        region.adopt()
        keep(region)
        region.restart(ALPHA)
        assert [one["name"] for one in region.line_of(ALPHA).view.privates()] == [NAME]
        region.connect_all()
        region.pump()
        region.say(BRAVO, "", message=notice())
        region.pump()
        assert len(region.line_of(ALPHA).view.conflicts(private=True)) == 1


def busy(region: Region) -> Iterator[None]:
    """All that happens to what is kept, in steps."""
    region.say(BRAVO, "", message=notice(notice_id="B-1"))
    region.pump()
    keep(region)
    yield
    region.say(BRAVO, "", message=notice(notice_id="B-2"))
    region.say(ALPHA, "", message=notice(notice_id="A-1"))
    region.pump()
    yield
    alarm = private_of(region.line_of(ALPHA))["alarms"][0][0]
    region.ask(ALPHA, AcknowledgeAlarm(LINE, alarm, OFFICER))
    yield
    plan = [replace(one, valid_until=START + 2 * HOUR_MS) for one in site().volumes]
    keep(region, Private("Patrol", "air", tuple(plan)))
    region.pass_time(MINUTE_MS, MINUTE_MS // 2)
    yield
    replaced = replace(site().volumes[0], radius_m=900)
    keep(region, site(volumes=(replaced,)), replaces=True)
    yield
    changed = notice(notice_id="B-2", version=2, operation=Operation.REPLACE, kind="missile")
    region.say(BRAVO, "", message=changed)
    region.pump()
    yield
    region.pass_time(2 * HOUR_MS, HOUR_MS // 4)
    yield
    drop(region)
    yield
    keep(region)
    region.pass_time(2 * HOUR_MS, HOUR_MS // 4)
    drop(region, "Patrol")
    yield


def test_a_replay_knows_the_same(region: Region) -> None:
    """After each step a start from the store gives the same conflicts and alarm ids."""
    steps = 0
    for _ in busy(region):
        check_replay(region)
        steps += 1
    assert steps == 9
    assert len(private_of(region.line_of(ALPHA))["alarms"]) >= 4


def test_a_clock_that_is_set_back_changes_no_replay(region: Region) -> None:
    """What was over by a clock that was ahead lives again, here and in the replay."""
    plan = [replace(one, valid_until=START + HOUR_MS) for one in site().volumes]
    keep(region, Private("Patrol", "air", tuple(plan)))
    region.pass_time(HOUR_MS, HOUR_MS // 4)
    region.skew_ms[ALPHA] = -HOUR_MS // 2
    later = [replace(one, valid_until=START + 3 * HOUR_MS) for one in site().volumes]
    keep(region, Private("Patrol", "air", tuple(later)), replaces=True)
    region.say(BRAVO, "", message=notice())
    region.pump()
    line = region.line_of(ALPHA)
    assert [(one["version"], len(one["conflicts"])) for one in line.view.privates()] == [(2, 1)]
    loaded = region.loaded(ALPHA, copy_of(line.store))
    assert private_of(loaded) == private_of(line)


def test_altered_content_stops_the_start(region: Region) -> None:
    """Content that is not the one its row is about is found when the node starts."""
    keep(region)
    store = copy_of(region.stations[ALPHA].store)
    entries: list[StoredEntry] = vars(store)["_entries"][f"{ALPHA}/{LINE}/journal"]
    [place] = [n for n, one in enumerate(entries) if cbor.decode(one.raw)[0] == 12]  # type: ignore[index]
    moved = site(volumes=(replace(site().volumes[0], radius_m=744),))
    entries[place] = StoredEntry(entries[place].raw, moved.to_bytes())
    with pytest.raises(OurError, match="does not give its own root"):
        region.loaded(ALPHA, store)


# --- what leaves the node ------------------------------------------------------------------------


def traces(private: Private) -> list[bytes]:
    """Byte strings of which any would betray what is kept: names, places, content."""
    lat, lon = private.volumes[0].vertices[0]
    return [
        NAME.encode(),
        NAME.split()[1].encode() + b" 7391",
        REMARK.encode(),
        private.to_bytes(),
        private.to_bytes()[20:52],
        *(cbor.encode(one) for one in (lat, lon)),
        *(str(one).encode() for one in (lat, lon)),
        *(struct.pack(form, one) for form in ("<i", ">i", "<q", ">q") for one in (lat, lon)),
        *(struct.pack(form, one / 1e7) for form in ("<d", ">d") for one in (lat, lon)),
        *(f"{one / 1e7:.5f}".encode() for one in (lat, lon)),
    ]


def leaves(region: Region) -> Iterator[bytes]:
    """Everything that ALPHA's node sent, or that could be taken from it for others."""
    for effect in region.stations[ALPHA].effects:
        if isinstance(effect, Send):
            yield effect.frame
    line = region.line_of(ALPHA)
    for path in ("checkpoint", "tile/0/000", *(f"tile/0/000.p/{n}" for n in range(1, 64))):
        yield line.serve(path) or b""
    for path in ("tile/entries/000", *(f"tile/entries/000.p/{n}" for n in range(1, 64))):
        yield line.serve(path) or b""
    yield region.ask(ALPHA, ExportCourier(LINE, BRAVO))
    exporter = Exporter(line.store, ALPHA, LINE)
    for index in range(line.outbox.size):
        yield exporter.message(ALPHA, index)
        with suppress(OurError):
            # Where there is one.
            yield exporter.receipt(ALPHA, index)
    for index in range(line.mirrors[BRAVO].size):
        yield exporter.message(BRAVO, index)
        yield exporter.log_proof(BRAVO, index).encode()
    with suppress(OurError):
        # Where there were ticks a minute ago.
        yield exporter.state(region.now - MINUTE_MS)


def stored(line: Line) -> bytes:
    """Every byte of every log in a store."""
    return b"".join(
        one.raw + one.content
        for origin, _, _ in line.store.origins()
        for one in line.store.entries(origin, 0, MANY)
    )


def test_not_a_byte_of_it_leaves(region: Region) -> None:
    """No frame, courier's file, certificate or read path holds its name, place or content."""
    own = region.line_of(ALPHA)
    for _ in busy(region):
        region.pass_time(20_000)
    keep(region)
    region.cut_all()
    region.say(ALPHA, "by courier")
    region.ask(BRAVO, ImportCourier(LINE, region.ask(ALPHA, ExportCourier(LINE, BRAVO))))
    assert private_of(own)["conflicts"] == [], "the notices are over by now"
    assert private_of(own)["alarms"]
    held = stored(own)
    assert all(trace in held for trace in traces(site())[:4]), "it is there to be found"
    sent = list(leaves(region))
    assert len(sent) > 100
    assert sum(map(len, sent)) > 100_000
    for trace in traces(site()):
        assert not any(trace in one for one in sent), trace
        assert trace not in stored(region.line_of(BRAVO)), trace


def test_not_a_byte_of_a_zone_leaves(region: Region) -> None:
    """A zone that is kept private, and was met, is in no frame, file, certificate or store."""
    private = site(is_site=False, rule=ZoneRule.STAY_OUT)
    keep(region, private)
    region.say(BRAVO, "", message=notice())
    region.pump()
    own = region.line_of(ALPHA)
    [met] = private_of(own)["conflicts"]
    assert met["rule"] == "STAY_OUT"
    region.say(ALPHA, "what are you up to?")
    region.pass_time(MINUTE_MS, MINUTE_MS // 2)
    held = stored(own)
    assert all(trace in held for trace in traces(private)[:4]), "it is there to be found"
    sent = list(leaves(region))
    assert len(sent) > 20
    for trace in traces(private):
        assert not any(trace in one for one in sent), trace
        assert trace not in stored(region.line_of(BRAVO)), trace


def test_the_search_finds_what_a_notice_says(region: Region) -> None:
    """The same place in a notice is found in frames by the search that the test above uses."""
    volume = replace(site().volumes[0], valid_from=START + HOUR_MS, valid_until=START + 2 * HOUR_MS)
    region.say(ALPHA, "", message=notice(volumes=(volume,), activity=f"{NAME}: {REMARK}"))
    region.pump()
    sent = list(leaves(region))
    found = [trace for trace in traces(site()) if any(trace in one for one in sent)]
    assert {NAME.encode(), REMARK.encode(), cbor.encode(LAT_E7)} <= set(found)


def test_the_counterpart_sees_no_more_than_a_hash(region: Region) -> None:
    """Of the row a counterpart gets at most its hash, which a salt keeps from being guessed."""
    for number in range(4):
        keep(region, site(name=f"{NAME} {number}"))
        region.pass_time(30_000)
        drop(region, f"{NAME} {number}")
        region.pass_time(30_000)
    line = region.line_of(ALPHA)
    frames = [
        decode_frame(effect.frame)
        for effect in region.stations[ALPHA].effects
        if isinstance(effect, Send)
    ]
    shown = {
        one for frame in frames if isinstance(frame, JournalHead) for one in (frame.proof or ())
    }
    rows = [
        entry for entry in line.store.entries(line.journal.origin, 0, MANY)
        if cbor.decode(entry.raw)[0] in (12, 13)  # type: ignore[index]
    ]  # fmt: skip
    assert len(rows) == 8
    assert any(leaf_hash(entry.raw) in shown for entry in rows), "it is a guess away"
    for entry in rows:
        row = cbor.decode(entry.raw)
        assert isinstance(row, list)
        salt = row[5]
        assert isinstance(salt, bytes)
        assert not any(salt in one for one in leaves(region))


def test_a_counterpart_does_the_same_whether_it_meets_or_not() -> None:
    """With and without a site that is met, ALPHA's node sends as many frames of each size."""
    sizes = []
    for is_kept in (False, True):
        region = standing(make_parties())
        far = replace(site().volumes[0], vertices=((0, 0),))
        keep(region, site() if is_kept else site(volumes=(far,)))
        region.say(BRAVO, "", message=notice())
        region.pump()
        region.pass_time(30_000)
        assert len(region.line_of(ALPHA).view.conflicts(private=True)) == is_kept
        frames = [e.frame for e in region.stations[ALPHA].effects if isinstance(e, Send)]
        sizes.append([len(frame) for frame in frames])
    assert sizes[0] == sizes[1]
