"""KML in: placemarks as a viewer draws them, and what strangers may hide in XML."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.adapters.geofiles import FileFault, read_kml, write_kml
from openline.domain.instant import parse_instant
from openline.domain.space.volume import Altitude, Datum, Shape, check_volume
from tests.adapters.geofiles.told import said
from tests.domain.space.shapes import at, circle

SAMPLE = Path(__file__).parent / "samples" / "areas.kml"
TIMES = "<TimeSpan><begin>2017-04-07T01:40:00Z</begin><end>2017-04-07T03:00:00Z</end></TimeSpan>"
RADIUS = '<ExtendedData><Data name="radius_m"><value>100</value></Data></ExtendedData>'
POINT = "<Point><coordinates>36.909,34.49</coordinates></Point>"
RING = "40,35,900 40.1,35,900 40.1,35.1,900 40,35.1,900 40,35,900"
WINDOW = (0, 3_600_000)


def polygon(ring: str = RING, more: str = "") -> str:
    return (
        f"<Polygon>{more}<outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates>"
        "</LinearRing></outerBoundaryIs></Polygon>"
    )


def kml(inside: str) -> str:
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inside}</Document></kml>'


def placemark(inside: str) -> str:
    return kml(f"<Placemark><name>Route 7</name>{inside}</Placemark>")


def read_one(inside: str):
    (activity,) = read_kml(placemark(inside), "f.kml")
    return activity


def test_the_sample_is_read():
    """Each placemark of the sample becomes an activity, with the time of its folder or its own."""
    convoy, hospital, airdrop = read_kml(SAMPLE.read_text(), "areas.kml")
    assert convoy.name == "Convoy to Douma"
    (volume,) = convoy.volumes
    assert (volume.shape, volume.radius_m) == (Shape.CORRIDOR, 500)
    assert volume.vertices == (at(33.51, 36.3), at(33.53, 36.35), at(33.57, 36.4))
    assert (volume.lower, volume.upper) == (None, Altitude(Datum.AGL, 3_000))
    assert volume.valid_from == parse_instant("2017-04-07T04:00:00Z")
    assert convoy.properties == {
        "purpose": "food",
        "description": "Twelve trucks, white, marked on the roof.",
    }
    assert hospital.volumes[0].radius_m == 200
    assert hospital.volumes[0].valid_from == parse_instant("2017-04-07T00:00:00Z")
    assert [volume.vertices[0] for volume in airdrop.volumes] == [at(35.3, 40.1), at(35.3, 40.3)]
    assert airdrop.volumes[0].upper == Altitude(Datum.AMSL, 25_000)


@pytest.mark.parametrize(
    ("mode", "datum"), [("absolute", Datum.AMSL), ("relativeToGround", Datum.AGL)]
)
def test_an_extruded_shape_is_a_band_from_the_ground(mode, datum):
    """An extruded polygon reaches from the ground to the height of its highest vertex."""
    ring = RING.replace("40.1,35.1,900", "40.1,35.1,950.04")
    drawn = polygon(ring, f"<extrude>1</extrude><altitudeMode>{mode}</altitudeMode>")
    activity = read_one(TIMES + drawn)
    assert activity.volumes[0].lower is None
    assert activity.volumes[0].upper == Altitude(datum, 9_501)
    assert "heights differ" in " ".join(said(activity))


def test_extended_data_win_over_what_is_drawn():
    """Bounds in the extended data are taken, whatever the altitude mode."""
    data = '<ExtendedData><Data name="upper"><value>FL100</value></Data></ExtendedData>'
    drawn = polygon(more="<altitudeMode>absolute</altitudeMode>")
    (volume,) = read_one(TIMES + data + drawn).volumes
    assert (volume.lower, volume.upper) == (None, Altitude(Datum.FLIGHT_LEVEL, 100))


def test_a_window_may_be_given_for_all():
    """A window from outside serves placemarks without a time of their own."""
    (activity,) = read_kml(placemark(RADIUS + POINT), "f", WINDOW)
    assert (activity.volumes[0].valid_from, activity.volumes[0].valid_until) == WINDOW


def test_other_namespaces_are_read():
    """KML of the years before OGC, or without a namespace, is read alike."""
    text = placemark(TIMES + RADIUS + POINT)
    plain = text.replace(' xmlns="http://www.opengis.net/kml/2.2"', "")
    old = text.replace("http://www.opengis.net/kml/2.2", "http://earth.google.com/kml/2.1")
    declared = '\ufeff<?xml version="1.0" encoding="windows-1256"?>\n' + text
    volumes = [read_kml(written, "f")[0].volumes for written in (text, plain, old, declared)]
    assert volumes.count(volumes[0]) == 4


@pytest.mark.parametrize(
    ("inside", "name", "what"),
    [
        (TIMES, "geometry", "is missing"),
        (TIMES + POINT, "radius_m", "is missing"),
        (RADIUS + POINT, "from", "is missing"),
        (TIMES.replace("<end>2017-04-07T03:00:00Z</end>", "") + RADIUS + POINT, "until", "missing"),
        (TIMES.replace("2017-04-07T01:40:00Z", "2017-04-07") + RADIUS + POINT, "from",
         "is not an instant"),
        (TIMES + "<TimeStamp><when>2017</when></TimeStamp>" + RADIUS + POINT, "TimeStamp",
         "not a window"),
        (TIMES + RADIUS + "<Point/>", "coordinates", "are missing"),
        (TIMES + RADIUS + "<Point><coordinates>36.9, 34.4</coordinates></Point>", "coordinates",
         "vertex 1"),
        (TIMES + RADIUS + "<Point><coordinates>nan,34.4</coordinates></Point>", "coordinates",
         "'nan,34.4' is not lon,lat|is not lon,lat"),
        (TIMES + RADIUS + "<Point><coordinates>1e9,34.4</coordinates></Point>", "coordinates",
         "not on the globe"),
        (TIMES + RADIUS + "<Point><coordinates>1,2 3,4</coordinates></Point>", "coordinates",
         "are 2, not one"),
        (TIMES + "<Model/>", "Model", "is no Point"),
        (TIMES + polygon(more="<innerBoundaryIs/>"), "innerBoundaryIs", "is a hole"),
        (TIMES + "<Polygon/>", "coordinates", "are missing"),
        (TIMES + polygon("1,2 " * 1_001), "coordinates", "more than 1000"),
        (TIMES + polygon("40,35 41,36 41,35 40,36 40,35"), "geometry", "crosses or touches"),
        (TIMES + polygon(more="<altitudeMode>absolute</altitudeMode>"), "altitudeMode",
         "a height and no band"),
        (TIMES + polygon(more="<altitudeMode>clampToSeaFloor</altitudeMode>"), "altitudeMode",
         "is not read"),
        (TIMES + RADIUS.replace("radius_m", "lower") + POINT, "lower_reference", "is missing"),
        (TIMES + RADIUS.replace("</Ext", '<Data name="radius_m"><value>7</value></Data></Ext')
         + POINT, "radius_m", "given twice"),
        (TIMES + RADIUS + "<MultiGeometry>" + POINT * 65 + "</MultiGeometry>", "geometry",
         "more than 64"),
    ],
)  # fmt: skip
def test_a_fault_names_the_placemark_and_the_property(inside, name, what):
    """A fault says the file, the number and name of the placemark, and the property."""
    with pytest.raises(FileFault, match=what) as caught:
        read_kml(placemark(inside), "f.kml")
    assert str(caught.value).startswith('f.kml, feature 1 "Route 7", ')
    assert caught.value.property == name


def test_a_fault_names_the_row_of_its_placemark():
    """The row is that of the placemark in the file, also after a declaration of several rows."""
    text = '<?xml version="1.0"\n encoding="UTF-8"?>\n' + kml(f"\n<Placemark>{POINT}</Placemark>")
    with pytest.raises(FileFault, match=r"f\.kml, feature 1, row 4, from: is missing") as caught:
        read_kml(text, "f.kml")
    assert caught.value.row == 4


def test_a_faulty_placemark_may_be_kept_with_its_fault():
    """On request the sound placemarks beside a faulty one are read, and it keeps its place."""
    sound = f"<Placemark>{TIMES}{RADIUS}{POINT}</Placemark>"
    text = kml(f"<Placemark><name>Bare</name>{POINT}</Placemark>{sound}")
    bare, read = read_kml(text, "f.kml", goes_on=True)
    assert (bare.name, bare.volumes, bare.number) == ("Bare", (), 1)
    assert "from: is missing" in str(bare.fault)
    assert read.fault is None
    assert len(read.volumes) == 1


LAUGHS = "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10 if n else "lol"}">' for n in range(10))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is not XML"),
        ("<kml", "is not XML"),
        ("<gpx/>", "not KML"),
        (f"<!DOCTYPE kml [{LAUGHS}]>" + kml("&lol9;"), "document type"),
        ('<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + kml("&x;"), "document type"),
        ('<!DOCTYPE kml SYSTEM "http://example.org/kml.dtd">' + kml(""), "document type"),
        (kml("&undeclared;"), "is not XML"),
        (kml("<Folder>" * 200 + "</Folder>" * 200), "too deep"),
        ("<kml>" + "<a>" * 50_000 + "</a>" * 50_000 + "</kml>", "too deep"),
        (kml("<NetworkLink/>"), "is not followed"),
        (kml("\x00"), "is not XML"),
        (kml("\ud800"), "UTF-8"),
        (
            placemark("<MultiGeometry>" * 60 + POINT + "</MultiGeometry>" * 60),
            "nested too deeply|missing",
        ),
    ],
)
def test_hostile_text_is_refused(text, what):
    """Entity bombs, remote types, depth and broken XML raise the typed fault."""
    with pytest.raises(FileFault, match=what):
        read_kml(text, "f.kml", WINDOW)


SAMPLE_TEXT = SAMPLE.read_text()


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_sample_is_read_or_refused(data):
    """A sample with a stretch cut out or replaced raises the typed fault or is read."""
    begin = data.draw(st.integers(0, len(SAMPLE_TEXT)))
    end = data.draw(st.integers(begin, min(len(SAMPLE_TEXT), begin + 60)))
    inside = data.draw(
        st.sampled_from(["", "0", "-", "<", "</Folder>", "&lt;", "1e9", "é", "\ud800"])
    )
    try:
        activities = read_kml(SAMPLE_TEXT[:begin] + inside + SAMPLE_TEXT[end:], "f")
    except FileFault:
        return
    for activity in activities:
        for volume in activity.volumes:
            check_volume(volume)


def test_what_is_written_has_rows():
    """In a written KML each placemark begins in a row of its own, and a reader names that row."""
    text = write_kml([(circle(36, 34, 9_000), {"name": "A"}), (circle(38, 34, 9_000), {})])
    first, second = read_kml(text, "f.kml")
    assert 2 < first.row < second.row
    assert "<Placemark>" in text.splitlines()[second.row - 1]
