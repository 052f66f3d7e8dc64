"""Tests of the picture: where tracks are now, and where they may be."""

import pytest

from openline.domain.space.altitude import Datum
from openline.domain.space.geodesy import destination, distance_m, position_of
from openline.domain.space.track_picture import NEVER, OTHER_PARTY, paths_of, picture_of
from openline.domain.space.track_store import TrackStore
from openline.domain.space.volume import Shape, Volume, check_volume
from tests.domain.space.skies import NOW, busy_sky, e7, sighting, sky


@pytest.mark.parametrize("course_deg", [0.0, 73.0, 180.0, 300.0])
@pytest.mark.parametrize("place", [(35.0, 40.0), (0.0, 179.999), (-89.0, 10.0)])
def test_a_track_stands_where_it_would_be_now(place, course_deg):
    """A track seen ten seconds ago stands two kilometres on, along its course."""
    picture = sky([sighting("a", *place, course_deg=course_deg)], NOW + 10_000)
    on = destination(e7(*place), course_deg, 2_000)
    assert distance_m(position_of(picture.units[0]), on) < 15
    assert picture.sides.tolist() == [OTHER_PARTY]


def test_what_is_lost_is_in_no_picture():
    """A track that is lost, or never had a position, is left out."""
    store = TrackStore()
    store.take(sighting("a", 35.0, 40.0, is_ended=True), NOW)
    store.take(sighting("b", None, None), NOW)
    store.take(sighting("c", 35.0, 40.0), NOW)
    assert picture_of(store, NOW).ids == ["icao:c"]
    assert len(picture_of(store, NOW + 61_000)) == 0


def test_an_empty_sky_is_a_picture():
    """A picture of nothing has no rows, and paths of none."""
    picture = sky([])
    assert len(picture) == 0
    assert len(paths_of(picture, 60.0).facts) == 0


@pytest.mark.parametrize("ahead_s", [0.0, 120.0, 1_200.0])
def test_paths_are_volumes_that_hold(ahead_s):
    """Each path passes the check of volumes and begins where its track is."""
    picture = busy_sky(200, seed=5)
    table = paths_of(picture, ahead_s)
    for row in range(len(picture)):
        volume = table.volume(row)
        check_volume(volume)
        assert distance_m(volume.vertices[0], position_of(picture.units[row])) < 0.1
        if volume.shape is Shape.CORRIDOR:
            length_m = picture.speeds_mps[row] * ahead_s
            assert distance_m(*volume.vertices) == pytest.approx(length_m, rel=0.01)
        assert volume.valid_from == NOW


def band_of(**said) -> Volume:
    """The path of a minute of one track at FL300 unless told otherwise."""
    return paths_of(sky([sighting("a", 35.0, 40.0, **said)]), 60.0).volume(0)


def test_the_band_of_a_path_holds_its_climb():
    """A path that climbs goes from its height to the one it comes to, rounded outward."""
    level = band_of()
    assert (str(level.lower), str(level.upper)) == ("FL300", "FL300")
    climbs = band_of(climb_mps=10.16)
    assert climbs.upper is not None
    assert climbs.upper.value >= 319
    sinks = band_of(altitude_m=5_000.0, datum=Datum.AMSL, climb_mps=-10.0)
    assert (sinks.lower.value, sinks.upper.value) == (44_000, 50_000)


def test_a_track_without_a_height_may_be_at_any():
    """A path without a height has no bounds."""
    free = band_of(altitude_m=None, datum=None)
    assert (free.lower, free.upper) == (None, None)
    assert sky([sighting("a", 35.0, 40.0, altitude_m=None)]).datums.tolist() == [NEVER]


def test_heights_by_other_references_become_ranges_above_the_sea():
    """A flight level, a height above ground and one above the ellipsoid hold the true height."""
    for datum, low_m, high_m in (
        (Datum.FLIGHT_LEVEL, 7_900, 10_300),
        (Datum.AGL, 8_600, 200_000),
        (Datum.WGS84, 9_037, 9_258),
        (Datum.AMSL, 9_144, 9_144),
    ):
        picture = sky([sighting("a", 35.0, 40.0, datum=datum)])
        assert low_m <= picture.lows_m[0] <= picture.highs_m[0] <= high_m
        assert picture.values_m[0] == 9_144
