"""What things of a line look like on a map: names that last, dashes, colours, gone when over."""

from typing import Any

import msgspec
import pytest

from openline.adapters.tak.things import NOTHING, Drawn, Scene, draw
from openline.adapters.wording import Wording
from openline.domain.instant import HOUR_MS, INSTANT_MAX
from openline.domain.space.volume import Volume
from openline.domain.talk.body import By
from openline.domain.talk.movement import Movement, Waypoint
from openline.domain.talk.notice import Notice, Place
from openline.domain.talk.site import SITE, Site
from openline.domain.talk.zone import Zone, ZoneOperation, ZoneRule
from openline.faces.api import examples
from tests.domain.space.shapes import circle, square

ALPHA, BRAVO, LINE = "alpha.example", "bravo.example", "syria-air"
NOW = 1_491_525_600_000
BY = By("watch", "O")
WINDOW = (NOW + HOUR_MS, NOW + 2 * HOUR_MS)
ALARM: dict[str, Any] = msgspec.to_builtins(examples.ALARM)
[CONFLICT] = msgspec.to_builtins(examples.CONFLICTS.conflicts)


def scene(now: int = NOW) -> Scene:
    return Scene(LINE, ALPHA, Wording("en"), now, (350_000_000, 370_000_000))


def notice(*volumes: Volume, **rest: Any) -> dict[str, Any]:
    body = Notice(BY, "BRAVO-N-0001", "strike", "missile", volumes, Place("at Shayrat"), "Strike.")
    return {
        "party": BRAVO, "notice_id": "BRAVO-N-0001", "serial": "BRAVO-0007", "is_live": True,
        "exercise": False, "content": body.to_json(), **rest,
    }  # fmt: skip


def looks(drawn: Drawn) -> list[tuple[str, bool]]:
    """Names of the marks, and whether each is dashed."""
    return [(mark.uid, 'value="dashed"' in mark.detail) for mark in drawn.marks]


def test_each_area_of_a_notice_lives_by_its_own_window() -> None:
    """An area is dashed before its window, solid in it, and gone after it; time is told."""
    first = circle(34, 36, 9_000, window=WINDOW)
    told = notice(first, circle(35, 36, 9_000, window=(NOW - 1, WINDOW[0])))
    name = f"openline.{LINE}.notice.{BRAVO}.BRAVO-N-0001"
    before = draw("notice", told, scene())
    assert looks(before) == [(f"{name}.1", True), (f"{name}.2", False)]
    assert before.changes_at == WINDOW[0]
    assert [mark.until for mark in before.marks] == [WINDOW[1], WINDOW[0]]
    within = draw("notice", told, scene(WINDOW[0]))
    assert looks(within) == [(f"{name}.1", False)]
    assert within.changes_at == WINDOW[1]
    assert draw("notice", told, scene(WINDOW[1])) == NOTHING
    assert 'callsign="BRAVO-N-0001 at Shayrat 1/2"' in before.marks[0].detail
    assert "Height: from the surface, without an upper limit." in before.marks[0].detail


def test_only_what_lives_and_can_be_is_drawn() -> None:
    """A notice that is over, or a volume that cannot be, is not on the map; an exercise says so."""
    assert draw("notice", notice(circle(34, 36, 9_000), is_live=False), scene()) == NOTHING
    assert draw("notice", notice(is_live=True, content=None), scene()) == NOTHING
    crossed = square(34, 36, window=WINDOW)
    corners = tuple(crossed.vertices[number] for number in (0, 2, 1, 3))
    knot = Volume(crossed.shape, corners, 0, None, None, *WINDOW)
    drawn = draw("notice", notice(knot, crossed, exercise=True), scene())
    [mark] = drawn.marks
    assert mark.uid.endswith(".2")
    assert 'callsign="EXERCISE BRAVO-N-0001' in mark.detail


def test_a_movement_is_dashed_until_it_begins() -> None:
    """A movement is one route under its own name, dashed until its first time."""
    stops = [Waypoint((345_000_000 + n, 369_000_000), NOW + n, NOW + n) for n in (1, 1_000_000)]
    body = Movement(BY, "ALPHA-M-0001", tuple(stops))
    told = {
        "party": ALPHA, "movement_id": "ALPHA-M-0001", "serial": "ALPHA-0016", "is_live": True,
        "exercise": False, "valid_from": WINDOW[0], "valid_until": WINDOW[1],
        "content": body.to_json(),
    }  # fmt: skip
    drawn = draw("movement", told, scene())
    assert looks(drawn) == [(f"openline.{LINE}.movement.{ALPHA}.ALPHA-M-0001", True)]
    assert drawn.changes_at == WINDOW[0]
    within = draw("movement", told, scene(WINDOW[0]))
    assert (looks(within)[0][1], within.changes_at) == (False, WINDOW[1])
    assert draw("movement", {**told, "is_live": False}, scene()) == NOTHING


def test_sites_are_where_they_are_listed() -> None:
    """A site is drawn by its radius, without an end, until it is removed."""
    site = Site("ALPHA-S-0001", (("en", "Hospital"),), "presence", (345_050_000, 368_700_000),
                radius_m=400, is_protected=True)  # fmt: skip
    told = {
        "party": ALPHA, "site_id": "ALPHA-S-0001", "serial": "ALPHA-0014", "state": "LAPSED",
        "is_checked": True, "exercise": False, "content": SITE.to_json(site),
    }  # fmt: skip
    [mark] = draw("site", told, scene()).marks
    assert (mark.type, mark.until) == ("u-d-c-c", INSTANT_MAX)
    assert 'callsign="ALPHA-S-0001 Hospital"' in mark.detail
    assert draw("site", {**told, "state": "REMOVED"}, scene()) == NOTHING


def test_a_zone_is_dashed_until_it_counts() -> None:
    """A proposal is dashed for good, a declaration until it counts; what is cancelled is gone."""
    body = Zone(BY, "BRAVO-Z-0001", ZoneOperation.DECLARE, rule=ZoneRule.PRIOR_CONTACT,
                volumes=(square(34, 36, window=(0, INSTANT_MAX)),), text="Call.",
                valid_until=NOW)  # fmt: skip
    told = {
        "party": BRAVO, "zone_id": "BRAVO-Z-0001", "serial": "BRAVO-0015", "state": "PROPOSED",
        "is_checked": True, "rule": "PRIOR_CONTACT", "name": "South", "counts_from": None,
        "exercise": False, "content": body.to_json(),
    }  # fmt: skip
    name = f"openline.{LINE}.zone.{BRAVO}.BRAVO-Z-0001.1"
    assert looks(draw("zone", told, scene())) == [(name, True)]
    counts = {**told, "counts_from": WINDOW[0], "state": "DECLARED"}
    drawn = draw("zone", counts, scene())
    assert (looks(drawn), drawn.changes_at) == ([(name, True)], WINDOW[0])
    assert looks(draw("zone", counts, scene(WINDOW[0]))) == [(name, False)]
    assert draw("zone", {**counts, "state": "CANCELLED"}, scene()) == NOTHING


def test_a_conflict_is_a_breached_geofence_where_it_is_nearest() -> None:
    """A conflict is marked where the two come nearest, and a touch or an ended one is not."""
    told = {**CONFLICT, "ended_at": None, "verdict": "CONFLICT"}
    [mark] = draw("conflict", told, scene()).marks
    closest = told["closest"]
    assert mark.position == (closest["lat_e7"], closest["lon_e7"])
    assert (mark.type, mark.uid) == ("b-a-g", f"openline.{LINE}.conflict.{told['id']}")
    assert draw("conflict", {**told, "verdict": "TOUCH"}, scene()) == NOTHING
    assert draw("conflict", {**told, "ended_at": NOW}, scene()) == NOTHING


@pytest.mark.parametrize(
    ("changes", "is_shown"),
    [
        ({}, True),
        ({"precedence": "IMMEDIATE"}, False),
        ({"acknowledged": {"at": NOW, "post": "watch", "officer": "O"}}, False),
        ({"name": "CONFLICT"}, False),
    ],
)
def test_a_flash_is_an_emergency_until_it_is_taken(changes: dict[str, Any], is_shown: bool) -> None:
    """Of the alarms a FLASH that nobody has taken is marked, in the middle of the area."""
    flash = {"name": "FLASH", "precedence": "FLASH", "acknowledged": None,
             "facts": {"party": BRAVO, "index": 7, "serial": "BRAVO-0007"}}  # fmt: skip
    drawn = draw("alarm", {**ALARM, "over_at": None, **flash, **changes}, scene())
    assert bool(drawn.marks) is is_shown
    for mark in drawn.marks:
        assert (mark.type, mark.position) == ("b-a-o-tbl", (350_000_000, 370_000_000))
        assert "bravo.example has sent BRAVO-0007 with the precedence FLASH." in mark.detail
