"""Sites, zones and movements on real nodes: through frames, restarts and a lost view."""

from dataclasses import replace

import pytest

from openline.domain.talk.kinds import Kind
from openline.engine.line import Line
from tests.engine.copies import copy_of, known
from tests.engine.parties import ALPHA, BRAVO, make_parties
from tests.engine.region import HOUR_MS, START, Region, standing
from tests.engine.test_views_places import add, agreement, change, convoy, remove, site, zone

MINUTE_MS = 60_000


@pytest.fixture
def region() -> Region:
    """Alpha and bravo, connected."""
    return standing(make_parties(reference_points=()))


def places(line: Line) -> dict[str, object]:
    """What both nodes must know alike; times of receipt and own alarms aside."""
    view = line.view
    sites = view.sites_page(0, 99, with_removed=True)[0]
    zones = view.zones_page(0, 99, with_ended=True)[0]
    return {
        "sites": [{**one, "position": 0} for one in sites],
        "zones": [{**one, "position": 0} for one in zones],
        "conflicts": sorted(one["id"] for one in view.conflicts()),
    }


def day(region: Region) -> None:
    """A patrol through a zone that was declared, among other things that are said."""
    later = {"listed_at": START, "valid_until": START + 90 * 24 * HOUR_MS}
    region.say(ALPHA, "", message=add(site(**later), site("A-S-2", **later)))
    declared = zone(valid_until=START + 30 * 24 * HOUR_MS)
    region.say(ALPHA, "", message=declared)
    region.pump()
    index = region.line_of(ALPHA).outbox.size - 1
    region.say(BRAVO, "", message=agreement(declared, index))
    region.say(BRAVO, "", message=convoy(start=region.now + 20 * MINUTE_MS, scope="air_safety"))
    region.pump()
    region.say(ALPHA, "", message=change(site(version=2, radius_m=900, **later)))
    region.say(ALPHA, "", message=remove(("A-S-2", 2)))
    region.pump()
    region.pass_time(10 * MINUTE_MS, step_ms=30_000)


def test_a_day_is_known_alike_and_survives(region: Region) -> None:
    """G14: both nodes know the same places; alpha's draft is there after a restart as before."""
    day(region)
    alpha, bravo = region.line_of(ALPHA), region.line_of(BRAVO)
    assert places(alpha) == places(bravo)
    assert [one["state"] for one in places(alpha)["zones"]] == ["AGREED"]  # type: ignore[attr-defined]
    [draft] = alpha.view.violation_drafts()
    assert draft["agreed"]
    assert bravo.view.violation_drafts() == []
    kinds = [alpha.view.message(one["party"], one["index"]) for one in draft["evidence"]]
    assert [one and one["kind_number"] for one in kinds] == [Kind.ZONE, Kind.MOVEMENT]
    for name in (ALPHA, BRAVO):
        line = region.line_of(name)
        loaded = region.loaded(name, copy_of(line.store))
        loaded.view.advance(region.now)
        assert known(loaded, region.now) == known(line, region.now)


def test_a_restart_in_the_middle(region: Region) -> None:
    """A node that is killed and comes back goes on listing, checking and drafting."""
    region.say(ALPHA, "", message=zone(valid_until=START + 30 * 24 * HOUR_MS))
    region.pump()
    region.restart(ALPHA)
    region.connect_all()
    region.pump()
    later = convoy(start=region.now + 3 * HOUR_MS, scope="air_safety")
    region.say(BRAVO, "", message=replace(later, tolerance_ms=0))
    region.pump()
    assert region.line_of(ALPHA).view.violation_drafts() == []
    region.pass_time(3 * HOUR_MS + MINUTE_MS, step_ms=5 * MINUTE_MS)
    assert len(region.line_of(ALPHA).view.violation_drafts()) == 1
