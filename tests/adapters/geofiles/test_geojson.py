"""GeoJSON in and out: what parties have, and faults by feature and property."""

import json
import random
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.adapters.geofiles import FileFault, read_geojson, write_geojson
from openline.domain.instant import parse_instant
from openline.domain.space.geodesy import distance_m, middle_of, normals, position_of
from openline.domain.space.volume import (
    Altitude,
    Datum,
    Shape,
    Volume,
    check_volume,
)
from tests.adapters.geofiles.told import said
from tests.domain.space.shapes import (
    at,
    circle,
    corridor,
    level,
    polygon,
    random_volume,
    square,
)

SAMPLE = Path(__file__).parent / "samples" / "areas.geojson"
TIMES = {"from": "2017-04-07T01:40:00Z", "until": "2017-04-07T03:00:00Z"}
WINDOW = (parse_instant(TIMES["from"]), parse_instant(TIMES["until"]))
POINT = {"type": "Point", "coordinates": [36.909, 34.49]}
SQUARE = {"type": "Polygon", "coordinates": [[[40, 35], [40.1, 35], [40.1, 35.1], [40, 35.1],
                                              [40, 35]]]}  # fmt: skip


def feature(geometry, **properties) -> str:
    return json.dumps({"type": "Feature", "geometry": geometry, "properties": properties})


def read_one(geometry, **properties):
    (activity,) = read_geojson(feature(geometry, **properties), "f.geojson")
    return activity


def fault_of(geometry, **properties) -> FileFault:
    with pytest.raises(FileFault) as caught:
        read_geojson(feature(geometry, **properties), "f.geojson")
    return caught.value


# --- what is read --------------------------------------------------------------------------------


def test_the_sample_is_read():
    """Each feature of the sample becomes an activity with the volumes that it draws."""
    shayrat, tanker, drone, villages = read_geojson(SAMPLE.read_text(), "areas.geojson")
    assert shayrat.name == "Shayrat"
    assert shayrat.volumes == (
        Volume(Shape.CIRCLE, (at(34.49, 36.909),), 9_000, None, level(100), *WINDOW),
    )
    assert shayrat.properties == {"category": "strike", "place": "at Shayrat Air Base"}
    assert said(shayrat) == []
    assert (tanker.volumes[0].shape, tanker.volumes[0].radius_m) == (Shape.CORRIDOR, 9_260)
    assert tanker.volumes[0].lower == Altitude(Datum.AMSL, 60_960)
    assert tanker.volumes[0].valid_from == parse_instant("2017-04-07T02:00:00Z")
    assert drone.volumes[0].vertices[0] == at(35.9, 39.0)
    assert drone.volumes[0].upper == Altitude(Datum.AGL, 1_200)
    assert drone.properties == {"people": "4", "crew": '["pilot", "observer"]'}
    assert [volume.vertices[0] for volume in villages.volumes] == [at(35.2, 40), at(35.2, 40.3)]
    # 1500 ft are 457.2 m: no rounding is needed.
    assert villages.volumes[0].upper == Altitude(Datum.AGL, 4_572)


@pytest.mark.parametrize(
    ("told", "lower", "upper"),
    [
        ({}, None, None),
        ({"lower": "SFC", "upper": "UNL"}, None, None),
        ({"lower": "FL95", "upper": "fl 195"}, level(95), level(195)),
        (
            {"lower": 100, "upper": 200, "lowerReference": "STD", "upper-reference": "FL"},
            level(100),
            level(200),
        ),
        (
            {"lower": "1000 ft", "lower_reference": "MSL", "upper": "2000.5 m WGS84"},
            Altitude(Datum.AMSL, 3_048),
            Altitude(Datum.WGS84, 20_005),
        ),
        (
            {"lower": 1, "upper": 2, "lower_reference": "AMSL", "upper_reference": "AMSL",
             "uom": "ft"},
            Altitude(Datum.AMSL, 3),
            Altitude(Datum.AMSL, 7),
        ),
        ({"lower": "GND", "upper": "100", "upper_reference": "AGL"}, None,
         Altitude(Datum.AGL, 1_000)),
    ],
)  # fmt: skip
def test_bounds_are_read_with_their_reference(told, lower, upper):
    """Heights in metres, feet and flight levels become bounds, rounded outward."""
    (volume,) = read_one(POINT, radius_m=100, **TIMES, **told).volumes
    assert (volume.lower, volume.upper) == (lower, upper)


def test_what_is_assumed_is_said():
    """A missing bound, a missing unit and a third coordinate are noted, not hidden."""
    point = {"type": "Point", "coordinates": [36.909, 34.49, 250]}
    warnings = " ".join(
        said(read_one(point, radius_m=100, upper=300, upper_reference="AMSL", **TIMES))
    )
    for words in ("no lower bound", "taken as metres", "Heights in coordinates"):
        assert words in warnings
    assert "no ceiling" in " ".join(said(read_one(POINT, radius_m=100, **TIMES)))


def test_edges_may_be_rhumb_lines():
    """Edges said to keep their bearing are followed as such, and end short of the poles."""
    line = {"type": "LineString", "coordinates": [[-20, 35], [10, 50]]}
    straight, rhumb = (
        read_one(line, radius_m=5, **TIMES, edges=edges).volumes[0]
        for edges in ("straight", "rhumb")
    )
    middles = [
        min(volume.vertices, key=lambda place: abs(place[1] + 50_000_000))[0] / 1e7
        for volume in (straight, rhumb)
    ]
    assert abs(middles[0] - 42.5) < 0.3 < middles[1] - middles[0]
    line["coordinates"][1][1] = 89.5
    assert "end short of the poles" in str(fault_of(line, radius_m=5, **TIMES, edges="rhumb"))


def test_a_window_may_be_given_for_all():
    """A window from outside serves the features that give none, and only those."""
    text = feature(POINT, radius_m=100)
    assert read_geojson(text, "f", (5, 6))[0].volumes[0].valid_from == 5
    text = feature(POINT, radius_m=100, **TIMES)
    assert read_geojson(text, "f", (5, 6))[0].volumes[0].valid_from == WINDOW[0]


def test_several_parts_become_several_volumes():
    """Multiple geometries and nested collections give one volume for each part, in order."""
    geometry = {
        "type": "GeometryCollection",
        "geometries": [
            POINT,
            {"type": "GeometryCollection", "geometries": [SQUARE]},
            {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]},
            {"type": "MultiLineString", "coordinates": [[[1, 2], [1.1, 2]]]},
        ],
    }
    shapes = [volume.shape for volume in read_one(geometry, radius_m=50, **TIMES).volumes]
    assert shapes == [Shape.CIRCLE, Shape.POLYGON, Shape.CIRCLE, Shape.CIRCLE, Shape.CORRIDOR]


def test_a_bare_geometry_is_a_file():
    """A polygon alone is read as an activity without a name."""
    (activity,) = read_geojson("\ufeff" + json.dumps(SQUARE), "f", (0, 1))
    assert (activity.name, len(activity.volumes)) == ("", 1)


def test_a_circle_of_ed_318_is_read():
    """The extent of an ED-318 point is its radius, the identifier of the feature its name."""
    geometry = {**POINT, "extent": {"subType": "Circle", "radius": 150.2}}
    text = json.dumps({"type": "Feature", "id": "UAS1", "geometry": geometry, "properties": TIMES})
    (activity,) = read_geojson(text, "f")
    assert (activity.name, activity.volumes[0].radius_m) == ("UAS1", 151)


# --- edges ---------------------------------------------------------------------------------------


def off_parallel_m(volume: Volume, lat: float) -> float:
    """How far the great circles between the vertices on a parallel leave it, halfway."""
    worst = 0.0
    for a, b in pairwise(volume.vertices):
        if a[0] == b[0] == round(lat * 1e7):
            middle = position_of(middle_of(normals([a, b])))
            worst = max(worst, distance_m(middle, (round(lat * 1e7), middle[1])))
    return worst


def test_long_edges_follow_the_map():
    """The parallel that bounds a wide area is followed within five metres."""
    ring = [[36, 35], [42, 35], [42, 36], [36, 36], [36, 35]]
    activity = read_one({"type": "Polygon", "coordinates": [ring]}, **TIMES)
    (volume,) = activity.volumes
    assert off_parallel_m(volume, 35) < 5
    assert off_parallel_m(volume, 36) < 5
    assert 4 + 2 * 20 < len(volume.vertices) < 4 + 2 * 60
    assert "vertices were added" in " ".join(said(activity))


def test_short_and_declared_edges_are_kept():
    """Edges that hardly leave the great circle, or are declared to be one, get no vertices."""
    assert len(read_one(SQUARE, **TIMES).volumes[0].vertices) == 4
    line = {"type": "LineString", "coordinates": [[36, 35], [42, 35]]}
    assert len(read_one(line, radius_m=9, edges="great_circle", **TIMES).volumes[0].vertices) == 2
    assert len(read_one(line, radius_m=9, **TIMES).volumes[0].vertices) > 2
    meridian = {"type": "LineString", "coordinates": [[36, 30], [36, 40]]}
    assert len(read_one(meridian, radius_m=9, **TIMES).volumes[0].vertices) == 2


def test_an_edge_across_the_antimeridian_goes_the_short_way():
    """A ring from 179 east to 179 west crosses the antimeridian, and says so."""
    ring = [[179.5, -17], [-179.5, -17], [-179.5, -16], [179.5, -16], [179.5, -17]]
    activity = read_one({"type": "Polygon", "coordinates": [ring]}, **TIMES)
    assert "cross the antimeridian" in " ".join(said(activity))
    assert all(abs(lon) >= 1_795_000_000 for _, lon in activity.volumes[0].vertices)


def test_repeated_and_open_rings_are_read_and_noted():
    """A ring that is not closed, or repeats a vertex, is read as it is meant, and noted."""
    ring = [[40, 35], [40.1, 35], [40.1, 35], [40.1, 35.1], [40, 35.1]]
    activity = read_one({"type": "Polygon", "coordinates": [ring]}, **TIMES)
    assert len(activity.volumes[0].vertices) == 4
    assert "not closed" in " ".join(said(activity))
    assert "1 vertex repeats" in " ".join(said(activity))


# --- faults --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("geometry", "properties", "name", "what"),
    [
        (None, {}, "geometry", "is missing"),
        ({"type": "Circle", "coordinates": [1, 2]}, {}, "geometry", "is not a Point"),
        (POINT, {}, "radius_m", "is missing"),
        (POINT, {"radius_m": 0}, "radius_m", "number of metres"),
        (POINT, {"radius_m": "wide"}, "radius_m", "number of metres"),
        (POINT, {"Radius": True}, "Radius", "number of metres"),
        (POINT, {"radius_m": 5, "RADIUS_M": 6}, "RADIUS_M", "given twice"),
        ({"type": "Point", "coordinates": [36]}, {"radius_m": 5}, "geometry", "vertex 1"),
        ({"type": "Point", "coordinates": ["36", "34"]}, {"radius_m": 5}, "geometry", "vertex 1"),
        ({"type": "Point", "coordinates": [True, 34]}, {"radius_m": 5}, "geometry", "vertex 1"),
        ({"type": "Point", "coordinates": [34, 91]}, {"radius_m": 5}, "geometry",
         "longitude first"),
        ({"type": "Polygon", "coordinates": []}, {}, "geometry", "has no ring"),
        ({"type": "Polygon", "coordinates": [[[1, 2]], [[1, 2]]]}, {}, "geometry",
         "has a hole, and"),
        ({"type": "Polygon", "coordinates": [[[1, 2], [2, 2], [1, 2]]]}, {}, "geometry",
         "at least 3 vertices"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}, {},
         "geometry", "crosses or touches itself near 0.5"),
        ({"type": "LineString", "coordinates": [[-120, 60], [60, 60.1]]}, {"radius_m": 5},
         "geometry", "vertices|from the middle"),
        ({"type": "MultiPoint", "coordinates": [[1, 2]] * 65}, {"radius_m": 5}, "geometry",
         "more than 64"),
        ({"type": "LineString", "coordinates": [[1, 2]] * 1_001}, {"radius_m": 5}, "geometry",
         "more than 1,000"),
        (SQUARE, {"lower": 100}, "lower_reference", "is missing"),
        (SQUARE, {"lower": 100, "lower_reference": "QNH"}, "lower_reference", "'QNH'"),
        (SQUARE, {"lower": "high"}, "lower", "no altitude"),
        (SQUARE, {"lower": True, "lower_reference": "AGL"}, "lower", "no altitude"),
        (SQUARE, {"lower": "UNL"}, "lower", "unlimited"),
        (SQUARE, {"upper": 10000, "upper_reference": "FL"}, "upper", "no flight level"),
        (SQUARE, {"upper": 95.5, "upper_reference": "FL"}, "upper", "no flight level"),
        (SQUARE, {"upper": 95, "upper_reference": "AMSL", "uom": "furlong"}, "uom", "'furlong'"),
        (SQUARE, {"lower": "FL100", "upper": "FL090"}, "geometry", "FL100, is not below"),
        (SQUARE, {"from": "tomorrow"}, "from", "'tomorrow' is not an instant"),
        (SQUARE, {"from": "2017-04-07T01:40:00+03:00"}, "from", "is not an instant"),
        (SQUARE, {"from": 1491529200}, "from", "is not a text"),
        (SQUARE, {"until": None}, "until", "is missing"),
        (SQUARE, {"until": "2017-04-07T01:40:00Z"}, "geometry", "not after it begins"),
        (SQUARE, {"edges": "curved"}, "edges", "great_circle"),
    ],
)  # fmt: skip
def test_a_fault_names_the_feature_and_the_property(geometry, properties, name, what):
    """A fault says the file, the feature by number and name, the property, and what is wrong."""
    fault = fault_of(geometry, **{"name": "Route 7", **TIMES, **properties})
    assert str(fault).startswith('f.geojson, feature 1 "Route 7", ')
    assert (fault.path, fault.feature, fault.name) == ("f.geojson", 1, "Route 7")
    assert fault.property == name
    assert re.search(what, str(fault))


def test_the_second_feature_is_counted_as_such():
    """The number of a feature is its place in the file."""
    collection = {
        "type": "FeatureCollection",
        "features": [json.loads(feature(SQUARE, **TIMES)), json.loads(feature(SQUARE))],
    }
    with pytest.raises(FileFault, match=r"feature 2, from: is missing\. Write an instant"):
        read_geojson(json.dumps(collection), "f.geojson")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        '"text"',
        '{"type": "Topology"}',
        '{"type": "FeatureCollection"}',
        '{"type": "FeatureCollection", "features": [7]}',
        '{"type": "Feature", "geometry": null, "properties": 7}',
        '{"type": "Point", "type": "Point", "coordinates": [1, 2]}',
        '{"type": "Point", "coordinates": [NaN, 2]}',
        '{"type": "Point", "coordinates": [1e400, 2]}',
        '{"type": "Point", "coordinates": [' + "9" * 5_000 + ", 2]}",
        '{"type": "Point", "coordinates": [' + "9" * 4_000 + ", 2]}",
        '{"type": "Feature", "properties": {"name": "\\ud800"}, "geometry": null}',
        '{"type": "Feature", "properties": {"\\udc00": 1}, "geometry": null}',
        "[" * 100_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        '{"type": "FeatureCollection", "features": [], "crs": {"properties": {"name": "UTM"}}}',
        '{"type": "FeatureCollection", "features": [], "crs": 7}',
        '{"type": "GeometryCollection", "geometries": [' * 60 + "]}" * 60,
        "\ud800",
    ],
)
def test_hostile_text_is_refused(text):
    """Broken, deep, endless or self-contradicting JSON raises the typed fault and nothing else."""
    with pytest.raises(FileFault):
        read_geojson(text, "f.geojson", WINDOW)


def test_too_much_is_refused_before_it_is_read(monkeypatch):
    """A file beyond the bounds on size or features is refused."""
    from openline.adapters.geofiles import activity

    monkeypatch.setattr(activity, "GEOFILE_SIZE_BYTES_MAX", 1_000)
    monkeypatch.setattr(activity, "GEOFILE_FEATURES_MAX", 2)
    with pytest.raises(FileFault, match="1,000 characters"):
        read_geojson(" " * 1_001, "f")
    three = json.dumps({"type": "FeatureCollection", "features": [{}, {}, {}]})
    with pytest.raises(FileFault, match="2 features"):
        read_geojson(three, "f")


SAMPLE_TEXT = SAMPLE.read_text()


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_sample_is_read_or_refused(data):
    """A sample with a stretch cut out, doubled or replaced raises the typed fault or is read."""
    begin = data.draw(st.integers(0, len(SAMPLE_TEXT)))
    end = data.draw(st.integers(begin, min(len(SAMPLE_TEXT), begin + 60)))
    inside = data.draw(
        st.sampled_from(["", "0", "-", '"', "]", "[[", "1e9", "null", "é", "\ud800"])
    )
    text = SAMPLE_TEXT[:begin] + inside + SAMPLE_TEXT[end:]
    try:
        activities = read_geojson(text, "f")
    except FileFault:
        return
    for activity in activities:
        for volume in activity.volumes:
            check_volume(volume)


# --- writing -------------------------------------------------------------------------------------


PLACES = [(35, 40), (-17, 179.95), (89.5, 0), (0, 0)]
BANDS = [(None, None), (level(50), level(100)), (Altitude(Datum.WGS84, -37), None),
         (Altitude(Datum.AGL, 3), Altitude(Datum.AMSL, 123_457))]  # fmt: skip


@given(st.integers(0, 2**32), st.sampled_from(PLACES), st.sampled_from(BANDS))
def test_exact_output_is_read_back(seed, place, band):
    """A volume written exactly is read back equal; a clockwise ring comes back turned over."""
    made = random_volume(random.Random(seed), at(*place), 300_000, 50_000)
    volume = replace(made, lower=band[0], upper=band[1], valid_until=3_600_001)
    text = write_geojson([volume], {"name": "N-1"}, is_exact=True)
    ((read,),) = [activity.volumes for activity in read_geojson(text, "f")]
    turned = replace(volume, vertices=(volume.vertices[0], *volume.vertices[:0:-1]))
    assert read in (volume, turned)


def test_output_is_for_programs_that_draw():
    """A written ring is closed, runs counterclockwise, and follows great circles within 5 m."""
    wide = polygon((35, 36), (36, 36), (36, 42), (35, 42))
    collection = json.loads(write_geojson([wide], {"notice": "US-0042"}))
    (drawn,) = collection["features"]
    (ring,) = drawn["geometry"]["coordinates"]
    assert ring[0] == ring[-1]
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
    assert area > 0
    assert len(ring) > 40
    assert drawn["properties"]["notice"] == "US-0042"
    (again,) = read_geojson(json.dumps(collection), "f")
    assert len(again.volumes[0].vertices) == len(ring) - 1


def test_output_says_band_window_and_radius():
    """Every property that the reader knows is written."""
    volumes = [
        circle(34.49, 36.909, 9_000, band=(None, level(100))),
        corridor((35, 40), (35.1, 40), radius_m=5, band=(Altitude(Datum.AGL, 5), None)),
        square(35, 40, 0.1),
    ]
    first, second, third = json.loads(write_geojson(volumes, {}))["features"]
    assert first["geometry"] == POINT
    assert first["properties"] == {
        "radius_m": 9_000,
        "lower": "GND",
        "upper": 100,
        "upper_reference": "FL",
        "uom": "m",
        "from": "1970-01-01T00:00:00Z",
        "until": "1970-01-01T01:00:00Z",
    }
    assert second["properties"]["lower"] == 0.5
    assert second["properties"]["lower_reference"] == "AGL"
    assert "radius_m" not in third["properties"]


def test_properties_that_look_like_ours_are_remarked_on():
    """What seems to say a window or a band, and is not read as one, is said not to be."""
    text = feature(POINT, radius_m=100, lower="GND", upper="FL100", valid_from="x", Ceiling=3)
    [read] = read_geojson(text, "areas.geojson", WINDOW)
    noted = " ".join(said(read))
    assert "from is what would say that" in noted
    assert "upper is what would say that" in noted
    assert read.volumes[0].valid_from == WINDOW[0]
