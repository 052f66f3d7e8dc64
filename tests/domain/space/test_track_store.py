"""Tests of the track store: joining, ages, doubts, and the hard bound."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.limits import TRACK_FEEDS_MAX, TRACK_TRAIL_POINTS
from openline.domain.space.altitude import Datum
from openline.domain.space.sighting import Affiliation, Sighting
from openline.domain.space.track import (
    FLAG_MS,
    QUICK,
    SLOW,
    Medium,
    Quality,
    TrackFlag,
    TrackState,
    medium_of,
)
from openline.domain.space.track_store import NO_HEIGHT_DM, RIVALS, TrackStore

NOW = 1_800_000_000_000
SEEN = Sighting(
    feed="north", address="icao:4ca7b5", at=NOW, lat_deg=35.0, lon_deg=40.0, speed_mps=200.0
)


def seen(at_s: float = 0.0, **said: object) -> Sighting:
    """A sighting so many seconds after `NOW`."""
    return replace(SEEN, at=NOW + round(at_s * 1000), **said)


def store_of(*sightings: Sighting, tracks_max: int = 10) -> TrackStore:
    """A store that took these, each at its own time or at `NOW`, whichever is later."""
    store = TrackStore(tracks_max)
    for one in sightings:
        store.take(one, max(one.at, NOW))
    return store


def test_what_several_messages_say_of_one_address_is_one_track():
    """Messages that name, place and move one object add up to one track."""
    store = store_of(
        seen(lat_deg=None, lon_deg=None, speed_mps=None, callsign="RFF7033"),
        seen(1, speed_mps=None, altitude_m=9_000.0, datum=Datum.FLIGHT_LEVEL),
        seen(2, lat_deg=None, lon_deg=None, course_deg=90.0, affiliation=Affiliation.OTHER_PARTY),
    )
    (track,) = store
    shown = track.to_json(NOW + 2_000)
    assert shown["callsign"] == "RFF7033"
    assert (shown["lat_deg"], shown["lon_deg"]) == (35.0, 40.0)
    assert (shown["altitude_m"], shown["datum"]) == (9_000.0, "FLIGHT_LEVEL")
    assert (shown["course_deg"], shown["speed_mps"]) == (90.0, 200.0)
    assert shown["affiliation"] == "OTHER_PARTY"
    assert shown["medium"] == "AIR"
    assert shown["flags"] == []


def test_a_track_ages_from_live_to_lost_and_goes():
    """A track is live, coasting, lost and gone at the ages that are set."""
    store = store_of(SEEN)
    (track,) = store
    assert track.state(NOW + QUICK.live_ms) is TrackState.LIVE
    assert track.state(NOW + QUICK.live_ms + 1) is TrackState.COASTING
    assert track.state(NOW + QUICK.coasting_ms + 1) is TrackState.LOST
    assert store.age(NOW + QUICK.kept_ms) == []
    assert store.age(NOW + QUICK.kept_ms + 1) == [track]
    assert len(store) == 0


def test_what_reports_itself_ages_slowly():
    """A vehicle that reports each minute does not coast in between."""
    (track,) = store_of(seen(address="cot:ANDROID-1"))
    assert track.state(NOW + SLOW.live_ms) is TrackState.LIVE


def test_an_object_that_its_source_calls_gone_is_lost():
    """An object that its source says is gone is lost at once, and back when seen again."""
    store = store_of(SEEN, seen(1, is_ended=True))
    (track,) = store
    assert track.state(NOW + 1_000) is TrackState.LOST
    store.take(seen(2), NOW + 2_000)
    assert track.state(NOW + 2_000) is TrackState.LIVE


def test_quality_says_how_far_a_track_is_believed():
    """A track is good, fair without a speed, and doubtful under a flag."""
    (good,) = store_of(SEEN)
    (fair,) = store_of(seen(speed_mps=None))
    (doubtful,) = store_of(SEEN, seen(1, lat_deg=36.0))
    assert [one.quality(NOW + 1_000) for one in (good, fair, doubtful)] == [
        Quality.GOOD,
        Quality.FAIR,
        Quality.DOUBTFUL,
    ]


def test_a_single_jump_moves_nothing_and_is_flagged():
    """One position that cannot have been reached is not taken, and flags the track."""
    store = store_of(SEEN, seen(1, lat_deg=38.0))
    (track,) = store
    assert track.lat_deg == 35.0
    assert track.flags(NOW + 1_000) == TrackFlag.IMPOSSIBLE_SPEED
    assert store.counts["unreachable"] == 1
    assert track.flags(NOW + 1_001 + FLAG_MS) == TrackFlag(0)


def test_an_object_that_stays_where_it_jumped_to_is_there():
    """Positions that fit each other and not the old one move the track, flagged."""
    jumped = [seen(1 + number, lat_deg=38.0) for number in range(RIVALS)]
    (track,) = store_of(SEEN, *jumped)
    assert track.lat_deg == 38.0
    assert track.flags(NOW + 4_000) == TrackFlag.IMPOSSIBLE_SPEED | TrackFlag.JUMPED


def test_two_objects_with_one_address_become_two_tracks():
    """Positions that alternate between two places are two tracks of one address."""
    sightings = [seen(number, lat_deg=35.0 if number % 2 else 38.0) for number in range(12)]
    store = store_of(*sightings)
    first, second = store
    assert (first.id, second.id) == ("icao:4ca7b5", "icao:4ca7b5/2")
    assert sorted((first.lat_deg, second.lat_deg)) == [35.0, 38.0]
    for track in (first, second):
        assert track.flags(NOW + 12_000) & TrackFlag.DUPLICATE_ADDRESS
        assert track.position_at >= NOW + 10_000


def test_both_tracks_of_a_double_address_go_together():
    """When the first of two tracks of one address goes, the second goes too."""
    sightings = [seen(number, lat_deg=35.0 if number % 2 else 38.0) for number in range(12)]
    store = store_of(*sightings)
    store.age(NOW + QUICK.kept_ms + 12_001)
    assert len(store) == 0


def test_feeds_that_place_an_object_apart_are_flagged():
    """A second feed that has the object three miles off flags it and moves nothing."""
    (track,) = store_of(SEEN, seen(1, feed="south", lat_deg=35.05))
    assert track.lat_deg == 35.0
    assert track.flags(NOW + 1_000) == TrackFlag.SOURCES_DISAGREE
    (agreed,) = store_of(SEEN, seen(1, feed="south", lat_deg=35.002))
    assert agreed.flags(NOW + 1_000) == TrackFlag(0)


def test_a_track_follows_another_feed_once_its_own_is_silent():
    """A track moves on with a second feed when the first says nothing any more."""
    (track,) = store_of(SEEN, seen(5, feed="south", lat_deg=35.01))
    assert (track.feed, track.lat_deg) == ("north", 35.0)
    (later,) = store_of(SEEN, seen(11, feed="south", lat_deg=35.01))
    assert (later.feed, later.lat_deg) == ("south", 35.01)


def test_a_track_follows_the_feed_of_greater_trust():
    """A feed that is believed more is followed at once, one that is believed less is not."""
    for trust, feed in (({"south": 7}, "south"), ({"north": 7, "south": 2}, "north")):
        store = TrackStore(10, trust)
        store.take(SEEN, NOW)
        track = store.take(seen(1, feed="south", lat_deg=35.001), NOW + 1_000)
        assert track is not None
        assert track.feed == feed


def test_a_position_from_the_future_counts_from_its_receipt():
    """A sighting an hour ahead is taken as of now and flagged."""
    store = TrackStore(10)
    track = store.take(seen(3_600), NOW)
    assert track is not None
    assert track.position_at == NOW
    assert track.flags(NOW) == TrackFlag.FROM_FUTURE
    assert store.counts["future"] == 1


def test_what_is_too_old_begins_nothing():
    """A sighting older than a track may coast is counted and left aside."""
    store = TrackStore(10)
    assert store.take(seen(-61), NOW) is None
    assert (len(store), store.counts["old"]) == (0, 1)


def test_what_comes_late_moves_nothing_back():
    """A sighting that is older than the last position changes nothing."""
    (track,) = store_of(SEEN, seen(5, lat_deg=35.01), seen(2, lat_deg=35.004, altitude_m=1.0))
    assert (track.lat_deg, track.altitude_m) == (35.01, None)


@pytest.mark.parametrize(
    "said",
    [
        {"lat_deg": 91.0},
        {"lat_deg": math.nan},
        {"lon_deg": None},
        {"lon_deg": 180.1},
        {"altitude_m": math.inf},
        {"speed_mps": -1.0},
        {"address": ""},
        {"address": "x" * 129},
        {"at": -1},
    ],
)
def test_a_sighting_that_cannot_be_is_counted(said):
    """A sighting with a number that cannot be is counted and makes no track."""
    store = TrackStore(10)
    assert store.take(replace(SEEN, **said), NOW) is None
    assert (len(store), store.counts["malformed"]) == (0, 1)


def test_a_speed_follows_from_positions_where_none_is_said():
    """Of an object whose source tells no speed, speed and course follow from positions."""
    (track,) = store_of(seen(speed_mps=None), seen(10, speed_mps=None, lon_deg=40.02))
    assert track.speed_mps == pytest.approx(182.2, abs=0.5)
    assert track.course_deg == pytest.approx(90.0)


def test_a_speed_that_was_said_is_not_replaced():
    """A speed from a message of its own outlives the positions that follow it."""
    (track,) = store_of(SEEN, seen(10, speed_mps=None, lon_deg=40.03))
    assert track.speed_mps == 200.0


def test_a_trail_holds_the_last_points():
    """A trail has one point each ten seconds, the oldest first, and a bounded number."""
    count = 3 * TRACK_TRAIL_POINTS
    store = store_of(*(seen(5 * number, altitude_m=None) for number in range(2 * count)))
    (track,) = store
    trail = store.trail(track)
    assert len(trail) == TRACK_TRAIL_POINTS
    assert (trail[1:, 0] - trail[:-1, 0] == 10_000).all()
    assert trail[-1].tolist() == [
        NOW + 10_000 * (count - 1),
        350_000_000,
        400_000_000,
        NO_HEIGHT_DM,
    ]


def test_a_flood_of_addresses_is_bounded_and_displaces_only_itself():
    """Of a flood of addresses as many are kept as have room, and no confirmed track goes."""
    store = store_of(SEEN, seen(1), tracks_max=100)
    for number in range(10_000):
        store.take(seen(2, address=f"icao:{number:06x}"), NOW + 2_000)
    assert len(store) == 100
    assert store.find("icao:4ca7b5") is not None
    assert store.counts["displaced"] == 10_000 - 99


def test_a_new_address_is_refused_where_every_track_is_confirmed():
    """Where every place is taken by a track seen twice, a new address is refused."""
    store = TrackStore(3)
    for at_s in (0, 1):
        for number in range(3):
            store.take(seen(at_s, address=f"icao:{number}"), NOW + 1_000)
    assert store.take(seen(1, address="icao:new"), NOW + 1_000) is None
    assert store.counts["refused"] == 1
    later = NOW + QUICK.coasting_ms + 2_000
    assert store.take(replace(SEEN, at=later, address="icao:new"), later) is not None


def test_feeds_of_one_track_are_bounded():
    """Of one object so many feeds are compared, and no more are kept."""
    (track,) = store_of(*(seen(number / 10, feed=f"feed{number}") for number in range(9)))
    assert len(track.reports) == TRACK_FEEDS_MAX


@pytest.mark.parametrize(
    ("address", "sort", "is_on_ground", "medium"),
    [
        ("icao:4ca7b5", "A3", None, Medium.AIR),
        ("icao:4ca7b5", "A3", True, Medium.GROUND),
        ("icao:4ca7b5", "C2", None, Medium.GROUND),
        ("cot:x", "a-f-G-U-C", None, Medium.GROUND),
        ("cot:x", "a-h-A-M-F", None, Medium.AIR),
        ("cot:x", "a-n-S", None, Medium.SEA),
        ("radar:025/010/7", "", None, Medium.UNKNOWN),
    ],
)
def test_the_code_of_a_source_tells_the_medium(address, sort, is_on_ground, medium):
    """What an object moves in follows from its address and its code."""
    assert medium_of(address, sort, is_on_ground) is medium


@given(
    st.lists(
        st.builds(
            Sighting,
            feed=st.sampled_from(("a", "b")),
            address=st.sampled_from(("icao:1", "icao:2", "cot:3", "icao:4")),
            at=st.integers(NOW - 100_000, NOW + 100_000),
            lat_deg=st.floats(-90, 90),
            lon_deg=st.floats(-180, 180),
            altitude_m=st.none() | st.floats(-500, 20_000),
            speed_mps=st.none() | st.floats(0, 400),
            is_ended=st.booleans(),
        ),
        max_size=40,
    )
)
def test_a_store_keeps_its_bounds_whatever_comes(sightings):
    """Whatever comes in whatever order, the bound holds and every track can be shown."""
    store = TrackStore(3)
    for number, sighting in enumerate(sightings):
        now = NOW + number * 1_000
        store.take(sighting, now)
        store.age(now)
        assert len(store) <= 3
        for track in store:
            assert track.position_at <= now + 2_000
            assert len(store.trail(track)) <= TRACK_TRAIL_POINTS
            track.to_json(now)
