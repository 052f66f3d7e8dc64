"""Replay: how a line stood in the past, computed anew without holding up the loop."""

import asyncio
import json
import time
from dataclasses import replace
from typing import Any

import pytest

from openline.app.replay import replay_line
from openline.domain.errors import OurError
from openline.domain.instant import HOUR_MS, MINUTE_MS
from openline.domain.party import Precedence
from openline.domain.talk.body import By, Reference
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.query import Query, Question, Sighting
from openline.domain.talk.receipt import Read
from openline.domain.talk.watch import Change, Watch
from openline.engine.commands import AcknowledgeAlarm, Compose
from openline.engine.line import Line
from tests.engine.parties import ALPHA, BRAVO, LINE, make_parties
from tests.engine.region import WATCH, Region, notice, standing

OFFICER = ("air-desk", "Lt Ivanova")


def past_of(region: Region, at: int, party: str = ALPHA) -> dict[str, Any]:
    """How a party's node knew the line at an instant."""
    line = region.line_of(party)
    return asyncio.run(replay_line(line, at, region.now))


def now_of(line: Line, at: int) -> dict[str, Any]:
    """The same of the running line, where it can be compared."""
    view = line.view
    return {
        "declared": view.declared(at),
        "matters": view.matters(now=at),
        "due": view.due(at),
        "notices": view.notices_until(at, at + 1),
        "alarms": timeless(view.alarms()),
        "watches": view.watches.listed(at),
        "unread": view.awaiting.unread(),
        "out_size": line.outbox.size,
    }


def timeless(alarms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Alarms without when this node noticed what they are about: that is in no journal."""
    rows = [{**one, "at": 0, "over_at": one["over_at"] is not None} for one in alarms]
    return sorted(rows, key=lambda one: str(one["id"]))


def say(region: Region, party: str, message: Any, **options: Any) -> int:
    """Let an officer say something, and let it arrive."""
    index = int(region.ask(party, Compose(LINE, message, **options)).index)
    region.pump()
    return index


def a_day(region: Region) -> dict[int, dict[str, Any]]:
    """An eventful day; how the running node of ALPHA knew the line after each event."""
    stood: dict[int, dict[str, Any]] = {}

    def pause() -> None:
        region.pass_time(2_000)
        stood[region.now] = json.loads(json.dumps(now_of(region.line_of(ALPHA), region.now)))
        region.pass_time(7 * MINUTE_MS, step_ms=MINUTE_MS)

    say(region, ALPHA, Watch(
        By(*OFFICER), Change.OPENED, OFFICER[0], OFFICER[1], region.now, region.now + HOUR_MS
    ))  # fmt: skip
    pause()
    asked = Query(WATCH, Question.ARE_THESE_YOURS, objects=(Sighting("trucks"),), place="km 5")
    index = say(region, BRAVO, asked, precedence=Precedence.IMMEDIATE)
    pause()
    say(region, ALPHA, Read(By(*OFFICER), Reference(BRAVO, index)))
    pause()
    for party in (ALPHA, BRAVO):
        say(region, party, notice(), precedence=Precedence.PRIORITY)
    pause()
    by, other = By("commander", "Col. A"), By("air-desk", "Lt. B")
    stop = Declaration(
        by, other, ("air_safety",), Status.SUSPENDED, region.now + HOUR_MS, "A strike."
    )
    say(region, BRAVO, stop, precedence=Precedence.IMMEDIATE)
    pause()
    alarm = region.line_of(ALPHA).view.alarms()[0]["id"]
    region.ask(ALPHA, AcknowledgeAlarm(LINE, alarm, OFFICER))
    pause()
    region.pass_time(HOUR_MS, step_ms=MINUTE_MS)
    pause()
    return stood


def test_each_instant_of_a_day_is_computed_as_it_was_known() -> None:
    """After every event of an eventful day the replay is what the running node showed then."""
    region = standing(make_parties())
    stood = a_day(region)
    assert len(stood) == 7
    for at, then in stood.items():
        found = past_of(region, at)
        past = json.loads(json.dumps({**found, "alarms": timeless(found["alarms"])}))
        assert {name: past[name] for name in then} == then
    last = max(stood)
    assert past_of(region, last)["declared"][BRAVO]["air_safety"] == "SUSPENDED"
    assert past_of(region, min(stood))["declared"][BRAVO]["air_safety"] == "IN_FORCE"


def test_the_running_line_is_not_touched() -> None:
    """A replay writes nothing, sends nothing, and leaves the view as it is."""
    region = standing(make_parties())
    a_day(region)
    line = region.line_of(ALPHA)
    before = (now_of(line, region.now), list(line.store.origins()))
    past_of(region, region.now - HOUR_MS)
    assert (now_of(line, region.now), list(line.store.origins())) == before


def test_before_the_first_entry_there_is_nothing() -> None:
    """Long before the line nobody had said anything."""
    past = past_of(standing(make_parties()), 0)
    assert (past["out_size"], past["held"]) == (0, {BRAVO: 0})
    assert past["declared"][ALPHA]["air_safety"] == "NOT_IN_FORCE"


def test_what_is_to_come_cannot_be_replayed() -> None:
    """The future is refused."""
    region = standing(make_parties())
    with pytest.raises(OurError, match="still to come"):
        past_of(region, region.now + 1)


async def test_the_loop_goes_on_while_a_long_past_is_read() -> None:
    """Some thousand messages are replayed with pauses: nothing else waits 50 ms for its turn."""
    region = standing(make_parties())
    for _ in range(20):
        region.say_many(BRAVO, [f"text {number}" for number in range(100)])
        region.pump()
    line = region.line_of(ALPHA)
    work = asyncio.create_task(replay_line(line, region.now, region.now))
    waits: list[float] = []
    while not work.done():
        began = time.perf_counter()
        await asyncio.sleep(0)
        waits.append(time.perf_counter() - began)
    past = work.result()
    assert past["held"][BRAVO] > 2_000
    assert len(waits) > 10
    # The machine of the tests may be busy: half of the pauses show what one step takes.
    assert sorted(waits)[len(waits) // 2] < 0.05


def test_notices_and_conflicts_are_those_of_then() -> None:
    """A conflict that both notices made is alarmed in the replay, and not before them."""
    region = standing(make_parties())
    say(region, ALPHA, notice(), precedence=Precedence.PRIORITY)
    region.pass_time(2_000)
    alone = region.now
    region.pass_time(2_000)
    say(region, BRAVO, replace(notice(), notice_id=""), precedence=Precedence.PRIORITY)
    region.pass_time(2_000)
    names = [one["name"] for one in past_of(region, region.now)["alarms"]]
    assert "CONFLICT" in names
    assert "CONFLICT" not in [one["name"] for one in past_of(region, alone)["alarms"]]
