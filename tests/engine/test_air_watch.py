"""Tests of the air watch: whom which place concerns, and what is noticed of it."""

from dataclasses import replace

import pytest

from openline.domain.instant import MINUTE_MS
from openline.domain.limits import AIR_NOTICED_MAX
from openline.domain.party import Precedence
from openline.domain.space.sighting import Affiliation
from openline.domain.space.track_alert import AlertKind, Phase
from openline.domain.space.volume import Altitude, Datum, Shape, Volume
from openline.engine.air_watch import AirRules, AirWatch, Watching, entry_at, plain_name
from openline.engine.conflict_view import Occupied
from tests.domain.space.skies import NOW, e7, sighting, sky

OWN, OTHER, THIRD, UNKNOWN = (
    Affiliation.OWN,
    Affiliation.OTHER_PARTY,
    Affiliation.THIRD_PARTY,
    Affiliation.UNKNOWN,
)
HERE = Volume(Shape.CIRCLE, (e7(35.0, 40.0),), 10_000, None, None, NOW - 1, NOW + 3_600_000)
AREA = (e7(34.0, 39.0), e7(34.0, 41.0), e7(36.0, 41.0), e7(36.0, 39.0))


def occupied(*volumes: Volume, **said) -> Occupied:
    """What these volumes occupy."""
    known = {"version": 1, "kind": "aircraft", "is_exercise": False}
    return Occupied(volumes=tuple(enumerate(volumes or (HERE,), 1)), **(known | said))


def watching(side: tuple[str, str] | None = None, *volumes: Volume, **said) -> Watching:
    """A line of alpha with bravo, on which one thing is live."""
    line = {name: said.pop(name) for name in ("area", "in_contact", "called") if name in said}
    live = {} if side is None else {side: occupied(*volumes, **said)}
    return Watching("syria-air", "alpha", ("bravo",), live, **line)


def looked(
    sightings, *lines: Watching, rules: AirRules | None = None, callsigns=None, parties=None
):
    """What one look notices."""
    return AirWatch(rules).look(sky(sightings), callsigns or {}, lines, parties or {})


@pytest.mark.parametrize(
    ("whose", "side", "rule", "precedence"),
    [
        (OTHER, ("alpha", "N-1"), "", Precedence.IMMEDIATE),
        (UNKNOWN, ("alpha", "N-1"), "", Precedence.PRIORITY),
        (OWN, ("alpha", "N-1"), "", None),
        (OWN, ("bravo", "N-1"), "", Precedence.IMMEDIATE),
        (THIRD, ("bravo", "N-1"), "", Precedence.PRIORITY),
        (OTHER, ("bravo", "N-1"), "", None),
        (UNKNOWN, ("bravo", "N-1"), "", None),
        (OTHER, ("alpha", "site/S-1"), "", Precedence.IMMEDIATE),
        (OTHER, ("alpha", "zone/Z-1/1"), "STAY_OUT", Precedence.IMMEDIATE),
        (OTHER, ("alpha", "zone/Z-1/1"), "CAUTION", Precedence.ROUTINE),
        (OWN, ("bravo", "zone/Z-1/1"), "STAY_OUT", Precedence.IMMEDIATE),
    ],
)
def test_a_place_concerns_whom_it_must(whose, side, rule, precedence):
    """A track in a place is as loud as whose track and whose place it is ask."""
    found = looked([sighting("a", 35.0, 40.0, affiliation=whose)], watching(side, rule=rule))
    assert [one.precedence for one in found] == ([] if precedence is None else [precedence])
    if found:
        (one,) = found
        assert (one.kind, one.phase) == (AlertKind.ENTRY, Phase.NOW)
        assert one.facts["party"] == side[0]
        assert one.facts["name"] in ("N-1", "S-1", "Z-1")


@pytest.mark.parametrize(
    ("lon_deg", "said", "phase"),
    [
        (40.0, {}, Phase.NOW),
        (39.75, {}, Phase.AHEAD),
        (39.75, {"course_deg": 270.0}, None),
        (39.5, {}, None),
        (40.15, {"course_deg": 0.0}, Phase.AHEAD),
        (39.75, {"speed_mps": 0.0}, None),
    ],
)
def test_an_entry_is_seen_ahead(lon_deg, said, phase):
    """What will be in a place within the time looked ahead, or is near it, is noticed."""
    found = looked([sighting("a", 35.0, lon_deg, **said)], watching(("alpha", "N-1")))
    assert [one.phase for one in found] == ([] if phase is None else [phase])


def test_bands_and_windows_part_what_places_do_not():
    """A track above a band, or before a window opens, is in nothing."""
    low = replace(HERE, upper=Altitude(Datum.FLIGHT_LEVEL, 100))
    later = replace(HERE, valid_from=NOW + 10 * MINUTE_MS)
    soon = replace(HERE, valid_from=NOW + MINUTE_MS)
    track = [sighting("a", 35.0, 40.0)]
    assert looked(track, watching(("alpha", "N-1"), low)) == []
    assert looked(track, watching(("alpha", "N-1"), later)) == []
    (one,) = looked(track, watching(("alpha", "N-1"), soon))
    assert one.phase is Phase.AHEAD


@pytest.mark.parametrize(
    ("kinds", "said", "is_noticed"),
    [
        ((), {}, True),
        (("ground",), {}, False),
        (("ground",), {"is_on_ground": True}, True),
        (("air", "ground"), {}, True),
        (("ground", "strike"), {}, True),
        (("sea",), {"is_on_ground": True}, False),
    ],
)
def test_a_zone_is_of_concern_to_what_it_applies_to(kinds, said, is_noticed):
    """A zone for what moves on the ground is silent about aircraft; an unknown kind is heard."""
    line = watching(("alpha", "zone/Z-1/1"), rule="STAY_OUT", applies_to=kinds)
    found = looked([sighting("a", 35.0, 40.0, **said)], line)
    assert bool(found) == is_noticed


def test_an_exercise_is_no_concern_of_what_flies():
    """What is notified for an exercise only meets no track."""
    line = watching(("alpha", "N-1"), is_exercise=True)
    assert looked([sighting("a", 35.0, 40.0)], line) == []


def test_what_is_kept_private_is_watched_and_called_by_its_name():
    """A private plan meets tracks like a notice, under the name that it is kept under."""
    line = watching(("alpha", "private/77"), private="hill 12")
    (one,) = looked([sighting("a", 35.0, 40.0)], line)
    assert (one.facts["sort"], one.facts["name"]) == ("PRIVATE", "hill 12")


def test_a_prior_contact_zone_asks_whether_contact_was_made():
    """A counterpart's track in such a zone of ours is a violation only without contact."""
    side, rule = ("alpha", "zone/Z-1/2"), "PRIOR_CONTACT"
    track = [sighting("a", 35.0, 40.0)]
    (alone,) = looked(track, watching(side, rule=rule))
    (called,) = looked(track, watching(side, rule=rule, in_contact=frozenset({"Z-1"})))
    assert (alone.kind, called.kind) == (AlertKind.NO_CONTACT, AlertKind.ENTRY)
    stranger = [sighting("a", 35.0, 40.0, affiliation=UNKNOWN)]
    assert looked(stranger, watching(side, rule=rule))[0].kind is AlertKind.ENTRY


@pytest.mark.parametrize(
    ("whose", "side", "kinds"),
    [
        (OTHER, None, [AlertKind.UNNOTIFIED]),
        (OWN, None, [AlertKind.UNNOTIFIED]),
        (UNKNOWN, None, []),
        (OTHER, ("bravo", "N-1"), []),
        (OWN, ("alpha", "movement/M-1"), []),
        (OTHER, ("bravo", "site/S-1"), [AlertKind.UNNOTIFIED]),
        (OWN, ("bravo", "N-1"), [AlertKind.ENTRY, AlertKind.UNNOTIFIED]),
    ],
)
def test_what_a_party_gave_no_notice_of_is_noticed(whose, side, kinds):
    """In the agreed area a party's track must fit a notice of that party."""
    line = watching(side, area=(AREA,))
    found = looked([sighting("a", 35.0, 40.0, affiliation=whose)], line)
    assert [one.kind for one in found] == kinds


@pytest.mark.parametrize(
    ("party", "side", "kinds"),
    [
        ("bravo", ("bravo", "N-1"), []),
        ("charlie", ("bravo", "N-1"), [AlertKind.UNNOTIFIED]),
        ("delta", ("alpha", "N-1"), [AlertKind.ENTRY]),
    ],
)
def test_of_which_party_a_track_was_assessed_to_be(party, side, kinds):
    """A track fits notices of its own party alone; on a line without it, it is a third party's."""
    line = replace(watching(side, area=(AREA,)), others=("bravo", "charlie"))
    found = looked([sighting("a", 35.0, 40.0)], line, parties={"icao:a": party})
    assert [one.kind for one in found] == kinds


def test_outside_the_agreed_area_nothing_needs_notice():
    """A track outside the area is not called un-notified."""
    assert looked([sighting("a", 37.0, 40.0)], watching(area=(AREA,))) == []


def test_a_track_fits_a_notice_a_little_beside_it():
    """What is within a mile of its notice, or five minutes early, fits it."""
    beside = [sighting("a", 35.0 + 0.1, 40.0)]
    assert looked(beside, watching(("bravo", "N-1"), area=(AREA,))) == []
    far = [sighting("a", 35.0 + 0.2, 40.0)]
    (one,) = looked(far, watching(("bravo", "N-1"), area=(AREA,)))
    assert one.kind is AlertKind.UNNOTIFIED


def test_activity_after_the_end_of_its_notice_is_noticed():
    """A track that stays in the area of its notice two minutes after the end is noticed."""
    ends = replace(HERE, valid_until=NOW + 10_000)
    watch = AirWatch()
    line, gone = watching(("bravo", "N-1"), ends), watching()
    stays = sighting("a", 35.0, 40.0, speed_mps=0.0)
    leaves = sighting("b", 35.0, 40.01, speed_mps=0.0)
    strange = sighting("c", 35.0, 39.99, speed_mps=0.0, affiliation=UNKNOWN)
    assert watch.look(sky([stays, leaves, strange]), {}, [line]) == []

    def later(after_ms: int, *sightings):
        at = NOW + 10_000 + after_ms
        seen = [replace(one, at=at) for one in sightings]
        return watch.look(sky(seen, at), {}, [gone])

    assert later(1_000, stays, leaves, strange) == []
    assert later(MINUTE_MS, stays, strange) == []
    (one,) = later(2 * MINUTE_MS, stays, strange)
    assert (one.kind, one.track, one.about) == (AlertKind.OVERRUN, "icao:a", "bravo~N-1")
    assert one.facts["ended_at"] == NOW + 10_000
    assert later(31 * MINUTE_MS, stays, strange) == []


def test_a_notice_that_was_called_off_has_no_end_to_overrun():
    """What is cancelled long before its end is not watched after it."""
    watch = AirWatch()
    stays = sighting("a", 35.0, 40.0, speed_mps=0.0)
    watch.look(sky([stays]), {}, [watching(("bravo", "N-1"))])
    at = NOW + 3 * MINUTE_MS
    assert watch.look(sky([replace(stays, at=at)], at), {}, [watching()]) == []


LEG = Volume(
    Shape.CORRIDOR, (e7(35.0, 39.0), e7(35.0, 41.0)), 1_000, None, None, NOW - 60_000, NOW + 60_000
)


@pytest.mark.parametrize(
    ("lat_deg", "leg", "kinds"),
    [
        (35.0, LEG, []),
        (35.013, LEG, []),
        (35.02, LEG, [AlertKind.OFF_ROUTE]),
        (35.0, replace(LEG, valid_until=NOW), [AlertKind.LATE]),
        (35.02, replace(LEG, valid_from=NOW + 1), []),
    ],
)
def test_a_movement_is_held_against_its_route_and_times(lat_deg, leg, kinds):
    """A track that bears the plate of a movement must be on its route, in its time."""
    side = ("alpha", "movement/M-1")
    line = watching(side, leg, called={plain_name("12-345 AB"): side})
    track = sighting("a", lat_deg, 40.0, affiliation=OWN)
    found = looked([track], line, callsigns={"icao:a": "12345ab"})
    assert [one.kind for one in found] == kinds
    assert looked([track], line, callsigns={"icao:a": "OTHER"}) == []


def test_an_approach_counts_between_an_own_track_and_another():
    """Own and other are noticed, two others only if every pair is asked for."""
    pair = [sighting("a", 35.0, 40.0, affiliation=OWN), sighting("b", 35.0, 40.02)]
    (one,) = looked(pair, watching())
    assert (one.kind, one.track, one.about) == (AlertKind.CLOSE_APPROACH, "icao:b", "icao:a")
    assert (one.line, one.phase, one.precedence) == ("syria-air", Phase.NOW, Precedence.FLASH)
    assert one.facts["nearest_m"] == pytest.approx(1_821, abs=5)
    others = [replace(track, affiliation=OTHER) for track in pair]
    assert looked(others, watching()) == []
    (found,) = looked(others, watching(), rules=AirRules(is_every_pair=True))
    assert found.kind is AlertKind.CLOSE_APPROACH
    owns = [replace(track, affiliation=OWN) for track in pair]
    assert looked(owns, watching(), rules=AirRules(is_every_pair=True)) == []


def test_what_one_look_notices_is_bounded_and_gravest_first():
    """Of very many events the gravest are told."""
    crowd = [sighting(f"{one}", 35.0, 40.0, affiliation=UNKNOWN) for one in range(AIR_NOTICED_MAX)]
    grave = [sighting(f"x{one}", 35.0, 40.0) for one in range(10)]
    found = looked([*crowd, *grave], watching(("alpha", "N-1")))
    assert len(found) == AIR_NOTICED_MAX
    assert {one.precedence for one in found[:10]} == {Precedence.IMMEDIATE}


def test_when_a_track_enters_is_told_to_a_second():
    """A track 22.8 km from the middle of a circle of 10 km is over it after 64 seconds."""
    picture = sky([sighting("a", 35.0, 39.75)])
    at = entry_at(picture, "icao:a", HERE, 120.0)
    assert at is not None
    assert (at - NOW) / 1000 == pytest.approx(64.1, abs=1.5)
    beside = replace(HERE, vertices=(e7(35.2, 40.0),))
    assert entry_at(picture, "icao:a", beside, 120.0) is None


def test_an_index_follows_what_the_lines_know():
    """What is replaced or withdrawn on a line is noticed as it is now."""
    watch = AirWatch()
    picture = sky([sighting("a", 35.0, 40.0)])
    elsewhere = replace(HERE, vertices=(e7(38.0, 40.0),))
    assert len(watch.look(picture, {}, [watching(("alpha", "N-1"))])) == 1
    assert watch.look(picture, {}, [watching(("alpha", "N-1"), elsewhere)]) == []
    assert len(watch.look(picture, {}, [watching(("alpha", "N-1"))])) == 1
    assert watch.look(picture, {}, [watching()]) == []
