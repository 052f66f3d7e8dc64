"""Volumes of ASTM F3548: read as they stand, written never smaller than they are."""

import json
import random
from pathlib import Path

import pytest

from openline.adapters.geofiles import FileFault, read_data, write_f3548
from openline.adapters.geofiles.f3548 import losses_f3548, outline_of
from openline.domain.instant import parse_instant
from openline.domain.limits import VERTICES_MAX
from openline.domain.space.conflict import distance_to_core_m
from openline.domain.space.geodesy import (
    azimuth_deg,
    destination,
    distance_m,
    normals,
    position_of,
)
from openline.domain.space.volume import Altitude, Datum, Shape, Volume, check_volume
from tests.adapters.geofiles.told import said
from tests.domain.space.shapes import at, circle, corridor, level, polygon, random_volume

SAMPLE = (Path(__file__).parent / "samples" / "volumes-f3548.json").read_bytes()
W84 = (Altitude(Datum.WGS84, 5_000), Altitude(Datum.WGS84, 6_201))
WINDOW = (parse_instant("2017-04-07T01:40:00Z"), parse_instant("2017-04-07T03:00:00Z"))


def volume4d(**changes) -> dict:
    held = json.loads(write_f3548([circle(34.49, 36.909, 300, band=W84, window=WINDOW)]))[0]
    return {**held, **changes}


def midway_of(line):
    """The middle of a great circle of two positions."""
    return position_of(normals(line).sum(axis=0))


def read(document) -> list:
    return read_data(json.dumps(document).encode(), "f", goes_on=True).activities


def test_an_operational_intent_is_read():
    """Volumes of an intent, the off-nominal ones too, are one activity, rounded outward."""
    [activity] = read_data(SAMPLE, "f").activities
    disc, triangle = activity.volumes
    assert (disc.shape, disc.vertices, disc.radius_m) == (Shape.CIRCLE, (at(34.49, 36.909),), 301)
    assert (disc.lower, disc.upper) == W84
    assert disc.valid_from == WINDOW[0] + 123
    assert disc.valid_until == WINDOW[1] + 1
    assert len(triangle.vertices) == 3
    assert triangle.upper == Altitude(Datum.AGL, 1_220)
    assert activity.remarks == ()


def test_edges_are_great_circles_as_they_stand():
    """The shortest paths between vertices that F3548 means take no vertices in between."""
    long = polygon((35, 36), (35, 40), (37, 40), band=W84, window=WINDOW)
    [activity] = read(json.loads(write_f3548([long])))
    assert activity.volumes == (long,)


@pytest.mark.parametrize("seed", range(8))
def test_what_has_its_form_comes_back(seed):
    """Circles and polygons above the ellipsoid or the surface are read back the same."""
    chance = random.Random(seed)
    volumes = []
    for datum in (Datum.WGS84, Datum.AGL):
        drawn = random_volume(chance, at(35, 38), 50_000, 20_000)
        if drawn.shape is Shape.CORRIDOR or (drawn.shape is Shape.POLYGON and drawn.radius_m):
            drawn = circle(35, 38, 5_000)
        band = (Altitude(datum, 100), Altitude(datum, 20_000))
        volumes.append(Volume(drawn.shape, drawn.vertices, drawn.radius_m, *band, *WINDOW))
    activities = read(json.loads(write_f3548(volumes)))
    assert [one for activity in activities for one in activity.volumes] == volumes


@pytest.mark.parametrize("seed", range(12))
def test_an_outline_holds_what_it_is_drawn_round(seed):
    """Places within the radius of a corridor or a polygon lie inside the outline written."""
    chance = random.Random(seed)
    drawn = random_volume(chance, at(chance.uniform(-60, 60), 38), 200_000, 50_000)
    if not drawn.radius_m or drawn.shape is Shape.CIRCLE:
        drawn = corridor((35, 38), (35.5, 39), (34.5, 39.5), radius_m=20_000)
    ring = outline_of(drawn)
    outline = Volume(Shape.POLYGON, tuple(ring), 0, None, None, 0, 1)
    check_volume(outline)
    assert len(ring) <= VERTICES_MAX
    for vertex in drawn.vertices:
        for bearing_deg in range(0, 360, 20):
            place = destination(vertex, bearing_deg, drawn.radius_m)
            assert distance_to_core_m(place, outline) == 0


def test_an_outline_is_little_wider():
    """The outline of a corridor of 100 km is wider by 1 % of its width, of 2,000 km by 3 %."""
    for end, share in (((35.5, 39), 0.02), ((35, 59), 0.06)):
        drawn = corridor((35, 38), end, radius_m=10_000)
        outline = outline_of(drawn)
        middle = midway_of(drawn.vertices)
        across_deg = azimuth_deg(middle, drawn.vertices[1]) + 90
        low, high = 10_000.0, 20_000.0
        ring = Volume(Shape.POLYGON, tuple(outline), 0, None, None, 0, 1)
        while high - low > 1:
            aside_m = (low + high) / 2
            is_in = distance_to_core_m(destination(middle, across_deg, aside_m), ring) == 0
            low, high = (aside_m, high) if is_in else (low, aside_m)
        assert 10_000 <= low < 10_000 * (1 + share)


@pytest.mark.parametrize(
    ("bound", "is_upper", "written"),
    [
        (Altitude(Datum.AMSL, 10_000), True, 1_086),
        (Altitude(Datum.AMSL, 10_000), False, 893),
        (Altitude(Datum.AGL, 1_000), True, 100),
        (Altitude(Datum.WGS84, 1_000), False, 100),
    ],
)
def test_bounds_are_written_wider(bound, is_upper, written):
    """Mean sea level is widened by what the geoid may be; a height keeps its number."""
    band = (None, bound) if is_upper else (bound, None)
    [one] = json.loads(write_f3548([circle(35, 38, 5, band=band)]))
    name = "upper" if is_upper else "lower"
    assert one["volume"][f"altitude_{name}"]["value"] == written
    assert f"altitude_{'lower' if is_upper else 'upper'}" not in one["volume"]


def test_what_is_lost_is_told():
    """Each volume tells what is drawn otherwise, widened, or outside of F3548-21."""
    lost = losses_f3548(corridor((35, 38), (36, 38), radius_m=9, band=(level(50), None)))
    assert [loss.field for loss in lost] == ["outline_polygon", "altitude_lower", "altitude_upper"]
    assert losses_f3548(circle(35, 38, 5, band=W84)) == []
    surface = circle(35, 38, 5, band=(Altitude(Datum.AGL, 0), Altitude(Datum.WGS84, 9)))
    assert "SFC" in losses_f3548(surface)[0].what


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ({"volume": 7}, "is no object"),
        ({"volumes": []}, "are 0, not 1 to 64"),
        (volume4d(volume={}), "has no outline"),
        (volume4d(volume={"outline_circle": {}, "outline_polygon": {}}), "has two outlines"),
        (volume4d(volume={"outline_circle": {"center": {"lng": 400, "lat": 1}}}), "the globe"),
        (volume4d(volume={"outline_circle": {"center": {"lng": "1", "lat": 1}}}), "no lng and lat"),
        (volume4d(volume={"outline_circle": {"center": {"lng": 1, "lat": 1}}}), "no number"),
        (
            volume4d(volume={"outline_circle": {"center": {"lng": 1, "lat": 1},
                                                "radius": {"value": 5, "units": "KM"}}}),
            "neither M nor FT",
        ),
        (
            volume4d(volume={"outline_circle": {"center": {"lng": 1, "lat": 1},
                                                "radius": {"value": 5, "units": "M"}},
                             "altitude_upper": {"value": 5, "reference": "MSL", "units": "M"}}),
            "neither W84 nor SFC",
        ),
        (volume4d(volume={"outline_polygon": {"vertices": []}}), "no list of vertices"),
        (volume4d(time_start=None), "time_start: is missing"),
        (volume4d(time_end={"value": 7}), "an instant that is no text"),
        (volume4d(time_end={"value": "2017-04-07T01:00:00Z"}), "not after it begins"),
        (
            volume4d(volume={"outline_polygon": {"vertices": [{"lng": 1, "lat": 1}] * 1_001}}),
            "1,001 vertices, more than 500",
        ),
    ],
)  # fmt: skip
def test_a_volume_that_cannot_be_says_why(document, what):
    """A volume that lacks something, or says it in another way, is a fault that names the field."""
    [activity] = read(document)
    assert what in str(activity.fault)
    with pytest.raises(FileFault):
        read_data(json.dumps(document).encode(), "f")


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ({"volumes": {}, "off_nominal_volumes": [volume4d()]}, "volumes: is no list."),
        (
            {
                "operational_intent": {"details": {"volumes": [volume4d()]}},
                "details": {"volumes": [volume4d()]},
            },
            "details: stands beside operational_intent.",
        ),
        (
            {"details": {"volumes": [volume4d()]}, "volumes": [volume4d()]},
            "volumes: stands beside details.",
        ),
    ],
    ids=["no list", "two wrappers", "a list beside a wrapper"],
)
def test_nothing_that_holds_volumes_is_passed_over(document, what):
    """Where volumes stand in two places, or in no list, the document is refused."""
    with pytest.raises(FileFault) as caught:
        read(document)
    assert what in str(caught.value)


def test_a_closed_ring_and_missing_bounds_are_flagged():
    """A first vertex given again, and bounds that are not given, are read and noted."""
    corners = [{"lng": 38, "lat": 35}, {"lng": 39, "lat": 35}, {"lng": 39, "lat": 36}]
    space = {"outline_polygon": {"vertices": [*corners, corners[0]]}}
    [activity] = read([volume4d(volume=space)])
    assert len(activity.volumes[0].vertices) == 3
    noted = " ".join(said(activity))
    for words in ("given again at the end", "no lower bound", "no upper bound"):
        assert words in noted


def test_the_length_of_a_drawn_radius_is_that_of_the_volume():
    """A circle keeps its centre and its radius."""
    [one] = json.loads(write_f3548([circle(35, 38, 5_000)]))
    held = one["volume"]["outline_circle"]
    centre = at(held["center"]["lat"], held["center"]["lng"])
    assert distance_m(centre, at(35, 38)) == 0
    assert held["radius"] == {"value": 5_000, "units": "M"}
