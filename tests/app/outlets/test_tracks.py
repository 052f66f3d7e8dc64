"""The tracks that a map is told: when each is told, again, and taken off."""

from typing import Any
from xml.etree import ElementTree

import pytest

from openline.adapters.wording import Wording
from openline.app.outlets import tracks
from openline.app.outlets.tracks import EVERY_MS, Tracks
from tests.adapters.tak.test_tracks import ALPHA, NOW, TRACK


def told(outlet: Tracks, now: int) -> list[tuple[str, str]]:
    """Types and names of the events that are due."""
    events = [ElementTree.fromstring(event) for event in outlet.due(now)]
    return [(one.get("type", ""), one.get("uid", "").rpartition(".track.")[2]) for one in events]


def test_each_is_told_when_it_moved_and_taken_off_when_it_is_lost() -> None:
    """A track comes when it is seen or is another's, not more often, and goes once."""
    seen: list[dict[str, Any]] = [dict(TRACK)]
    outlet = Tracks(ALPHA, "all", lambda: seen, Wording("en"))
    assert told(outlet, NOW) == [("a-f-A", "icao:4ca7b5")]
    assert told(outlet, NOW + EVERY_MS) == []
    seen[0]["position_at"] = NOW + EVERY_MS
    assert told(outlet, NOW + EVERY_MS + 1) == []
    assert told(outlet, NOW + 2 * EVERY_MS) == [("a-f-A", "icao:4ca7b5")]
    seen[0]["affiliation"] = "OTHER_PARTY"
    assert told(outlet, NOW + 3 * EVERY_MS) == [("a-u-A", "icao:4ca7b5")]
    outlet.begin_again()
    assert told(outlet, NOW + 3 * EVERY_MS) == [("a-u-A", "icao:4ca7b5")]
    seen[0]["state"] = "LOST"
    assert told(outlet, NOW + 4 * EVERY_MS) == [("t-x-d-d", "icao:4ca7b5.end")]
    assert told(outlet, NOW + 5 * EVERY_MS) == []


def test_what_has_no_room_and_what_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the setting none is told; of too many those of ours come first."""
    monkeypatch.setattr(tracks, "OUTLET_TRACKS_MAX", 1)
    seen = [TRACK | {"id": "x", "affiliation": "UNKNOWN"}, TRACK]
    assert told(Tracks(ALPHA, "", lambda: seen, Wording("en")), NOW) == []
    outlet = Tracks(ALPHA, "all", lambda: seen, Wording("en"))
    assert told(outlet, NOW) == [("a-f-A", "icao:4ca7b5")]
    assert (outlet.count, outlet.unshown) == (1, 1)
    own = Tracks(ALPHA, "own", lambda: seen, Wording("en"))
    assert told(own, NOW) == [("a-f-A", "icao:4ca7b5")]
    assert own.unshown == 0
