"""What the routes about sites, zones and movements answer of real nodes."""

from typing import Any

import msgspec
import pytest

from openline.adapters.clock import wall_clock_ms
from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, HOUR_MS, format_instant
from openline.faces.api import place_answers as answers
from openline.faces.api import place_examples as examples
from tests.faces.api.test_reading import say
from tests.faces.conftest import ALPHA, BRAVO, LINE, Line

PLACE = {"words": "at Shayrat airfield"}
AREA = {
    "shape": "CIRCLE",
    "vertices": [{"lat": "34.49", "lon": "36.909"}],
    "radius": "2 km",
}


def test_places_are_as_described(line: Line) -> None:
    """Sites, zones, movements and drafts of real nodes have exactly the described structures."""
    client = line.client()
    entry = {**examples.SITE_FIELDS}
    del entry["site_id"], entry["verification"]
    say(line, "SITE", {"operation": "ADD", "sites": [entry]})
    declared = {
        "operation": "DECLARE", "rule": "CAUTION", "volumes": [AREA], "place": PLACE,
        "text": "Care.",
    }  # fmt: skip
    zone_id = say(line, "ZONE", declared)["notice_id"]
    times = [format_instant(wall_clock_ms() + 50 * HOUR_MS + n * HOUR_MS) for n in (0, 1)]
    route = [
        {**stop, "arrives_at": at, "leaves_at": at}
        for stop, at in zip(
            ({"position": {"lat": "34.49", "lon": "36.90"}},
             {"position": {"lat": "34.49", "lon": "36.95"}}), times, strict=True
        )
    ]  # fmt: skip
    moved = {"route": route, "place": PLACE, "scope": "humanitarian"}
    said = say(line, "MOVEMENT", moved, "bravo")
    sites = msgspec.convert(client.get("/lines", LINE, "sites"), answers.Sites, strict=True)
    zones = msgspec.convert(client.get("/lines", LINE, "zones"), answers.Zones, strict=True)
    movements = msgspec.convert(
        client.get("/lines", LINE, "movements"), answers.Movements, strict=True
    )
    content = movements.movements[-1].content or {}
    # The console's map draws by these names.
    assert (content["half_width_m"], content["tolerance"]) == (1_000, "15 min")
    msgspec.convert(
        client.get("/lines", LINE, "violation-drafts"), answers.ViolationDrafts, strict=True
    )
    places = msgspec.convert(
        client.get("/lines", LINE, "places"), answers.ReferencePoints, strict=True
    )
    assert [place.name for place in places.places] == ["shayrat"]
    site = sites.sites[-1]
    for found, sort, name in (
        (site, "sites", site.site_id),
        (zones.zones[-1], "zones", zone_id),
        (movements.movements[-1], "movements", said["notice_id"]),
    ):
        shown = client.get("/lines", LINE, sort, found.party, name)
        assert set(shown) == set(type(found).__struct_fields__)
        assert msgspec.convert(shown, type(found), strict=True).version == found.version
    assert abs((site.valid_until or 0) - wall_clock_ms() - 90 * DAY_MS) < HOUR_MS
    clear(line, site.site_id, zone_id, said["notice_id"])


def clear(line: Line, site_id: str, zone_id: str, movement_id: str) -> None:
    """Take away what the test said."""
    gone = {"operation": "REMOVE", "removed": [{"site_id": site_id, "version": 2}], "reason": "x"}
    say(line, "SITE", gone)
    say(line, "ZONE", {"operation": "CANCEL", "zone_id": zone_id, "version": 2, "text": "x"})
    over = {"operation": "CANCEL", "movement_id": movement_id, "version": 2, "route": []}
    say(line, "MOVEMENT", over, "bravo")


@pytest.mark.parametrize("sort", ["sites", "zones", "movements"])
def test_what_is_not_there(line: Line, sort: str) -> None:
    """An id that nobody has is answered with 404 and what to do."""
    with pytest.raises(OurError, match="There is no") as caught:
        line.client().get("/lines", LINE, sort, BRAVO, "NONE-1")
    assert caught.value.remedy


def test_pages(line: Line) -> None:
    """A list is asked for in parts, each after the last position."""
    client, ids = line.client(), []
    for number in range(3):
        entry = {**examples.SITE_FIELDS, "site_id": f"PAGE-{number}"}
        entry["position"] = {"lat": f"34.{number}", "lon": "36.5"}
        del entry["verification"]
        say(line, "SITE", {"operation": "ADD", "sites": [entry]})
    after, more = 0, 1
    while more:
        page: Any = client.get("/lines", LINE, "sites", after=after, count=1, removed=False)
        ids += [one["site_id"] for one in page["sites"] if one["party"] == ALPHA]
        after, more = page["sites"][-1]["position"], page["more"]
    assert [one for one in ids if one.startswith("PAGE-")] == ["PAGE-0", "PAGE-1", "PAGE-2"]
    removed = [{"site_id": f"PAGE-{number}", "version": 2} for number in range(3)]
    say(line, "SITE", {"operation": "REMOVE", "removed": removed, "reason": "The test is over."})
