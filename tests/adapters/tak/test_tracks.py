"""Tracks as events of a map: whose, where, when, and nothing that came from a map."""

from typing import Any
from xml.etree import ElementTree

import pytest

from openline.adapters.surveillance.cot import decode_event
from openline.adapters.tak.tracks import of_map, track_event, uid_of
from openline.adapters.wording import Wording
from openline.domain.instant import MINUTE_MS, format_instant
from tests.domain.space.skies import NOW

ALPHA = "alpha.example"
TRACK: dict[str, Any] = {
    "id": "icao:4ca7b5",
    "address": "icao:4ca7b5",
    "callsign": "RFF7033",
    "state": "LIVE",
    "flags": ["IMPOSSIBLE_SPEED"],
    "affiliation": "OWN",
    "assessed": None,
    "medium": "AIR",
    "lat_deg": 34.79,
    "lon_deg": 36.9,
    "altitude_m": 1_000.0,
    "datum": "WGS84",
    "course_deg": 84.0,
    "speed_mps": 231.5,
    "accuracy_m": 245.0,
    "position_at": NOW,
}


def event(**said: Any) -> ElementTree.Element:
    """The event of a track."""
    return ElementTree.fromstring(track_event(ALPHA, TRACK | said, Wording("en")))


def test_a_track_is_where_and_when_it_was_seen() -> None:
    """It says place, time, speed and accuracy, whose it is and what speaks against it."""
    told = event()
    assert told.get("uid") == "openline.alpha.example.track.icao:4ca7b5"
    assert (told.get("type"), told.get("how")) == ("a-f-A", "m-g")
    assert told.get("start") == format_instant(NOW)
    assert told.get("stale") == format_instant(NOW + MINUTE_MS)
    point = told.find("point")
    assert point is not None
    assert [point.get(key) for key in ("lat", "lon", "hae", "ce")] == [
        "34.7900000", "36.9000000", "1000.0", "100.0",
    ]  # fmt: skip
    track = told.find("detail/track")
    assert track is not None
    assert track.attrib == {"course": "84.0", "speed": "231.5"}
    remarks = told.findtext("detail/remarks")
    assert remarks == (
        "Its source claims that it is ours. "
        "Doubt: it moved faster than anything flies, and may be spoofed."
    )


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"affiliation": "OTHER_PARTY", "medium": "GROUND"}, "a-u-G"),
        ({"affiliation": "THIRD_PARTY", "medium": "SEA"}, "a-n-S"),
        ({"affiliation": "UNKNOWN", "medium": "UNKNOWN"}, "a-p-X"),
    ],
)
def test_the_type_says_whose_it_is(said: dict[str, str], kind: str) -> None:
    """No track is told as suspect or hostile, whosever it is."""
    assert event(**said).get("type") == kind


def test_who_assessed_it_stands_in_the_remarks() -> None:
    """An assessment is told with its officer in place of the claim."""
    by = {"post": "desk", "officer": "Lt A"}
    assessed = {"verdict": "THEIRS", "party": "bravo.example", "by": by, "at": NOW}
    remarks = event(assessed=assessed, flags=[]).findtext("detail/remarks")
    assert remarks == "Lt A has assessed that it is of bravo.example."


@pytest.mark.parametrize(
    "said",
    [
        {"altitude_m": 9_144.0, "datum": "FLIGHT_LEVEL"},
        {"altitude_m": None, "datum": None, "accuracy_m": None, "course_deg": None},
        {"callsign": "\u202e<&>\x07", "speed_mps": None},
    ],
)
def test_what_is_not_known_or_deceives_still_makes_an_event(said: dict[str, Any]) -> None:
    """A height by pressure is no height above the ellipsoid; any callsign is whole XML."""
    point = event(**said).find("point")
    assert point is not None
    assert float(point.get("hae", "")) in (1_000.0, 9_999_999.0)


def test_what_came_from_a_map_is_not_told_back() -> None:
    """Ours come first; `cot:` and what has no place are left out, and others if so wished."""
    tracks = [
        TRACK | {"id": "a", "affiliation": "UNKNOWN"},
        TRACK | {"id": "b"},
        TRACK | {"id": "c", "address": "cot:RADIO-1"},
        TRACK | {"id": "d", "position_at": None},
    ]
    assert [one["id"] for one in of_map(tracks, only_own=False)] == ["b", "a"]
    assert [one["id"] for one in of_map(tracks, only_own=True)] == ["b"]


def test_what_we_told_a_map_tells_us_of_no_track() -> None:
    """The event of a track, read by our own feed, is nobody's position."""
    assert decode_event(track_event(ALPHA, TRACK, Wording("en")).split(b"?>")[1], "x", NOW) is None
    assert uid_of(ALPHA, TRACK).startswith("openline.")
