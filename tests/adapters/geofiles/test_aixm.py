"""AIXM: airspaces of Digital NOTAM; bombs and what refers elsewhere are refused."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.geofiles import FileFault, ReadActivity, read_aixm, read_data
from openline.domain.instant import parse_instant
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.volume import Shape
from tests.adapters.geofiles.told import said

SAMPLE = (Path(__file__).parent / "samples" / "airspace.aixm.xml").read_text()
STRING = re.search(r"<gml:GeodesicString>.*</gml:GeodesicString>", SAMPLE, re.DOTALL)
CENTRE = "<gml:pos>34.5 36.9</gml:pos>"
ARC = (
    "<gml:ArcByCenterPoint numArc='1'>{centre}<gml:radius uom='[nmi_i]'>6</gml:radius>"
    "<gml:startAngle uom='deg'>{start}</gml:startAngle><gml:endAngle uom='deg'>{end}"
    "</gml:endAngle></gml:ArcByCenterPoint>"
)


def changed(old: str, new: str) -> str:
    assert old in SAMPLE
    return SAMPLE.replace(old, new)


def drawn(segments: str) -> str:
    assert STRING is not None
    return changed(STRING[0], segments)


def one(text: str) -> ReadActivity:
    [activity] = read_aixm(text, "file")
    return activity


def test_an_airspace_is_read():
    """Name, band, ring, windows of the timesheet and the text of the NOTAM are read."""
    read = read_data(SAMPLE.encode(), "file")
    [activity] = read.activities
    assert read.form == "AIXM"
    assert (activity.name, activity.row, activity.remarks) == ("OSR12", 19, ())
    assert activity.properties == {"type": "R", "activity": "TEMPO RESTRICTED AREA ACT."}
    assert len(activity.volumes) == 3
    volume = activity.volumes[0]
    assert (volume.shape, len(volume.vertices)) == (Shape.POLYGON, 4)
    assert volume.lower == Altitude(Datum.AMSL, 4_572)
    assert volume.upper == Altitude(Datum.FLIGHT_LEVEL, 100)
    assert volume.valid_until - volume.valid_from == 8 * 3_600_000


def test_other_shapes():
    """Circles, arcs either way, straight edges and corridors are read."""
    circle = drawn(
        f"<gml:CircleByCenterPoint numArc='1'>{CENTRE}<gml:radius uom='km'>9</gml:radius>"
        "</gml:CircleByCenterPoint>"
    )
    assert (one(circle).volumes[0].shape, one(circle).volumes[0].radius_m) == (Shape.CIRCLE, 9_000)
    east = one(drawn(ARC.format(centre=CENTRE, start=0, end=180))).volumes[0]
    west = one(drawn(ARC.format(centre=CENTRE, start=360, end=180))).volumes[0]
    assert max(lon for _, lon in east.vertices) > 370_000_000
    assert min(lon for _, lon in west.vertices) < 368_000_000
    straight = drawn(
        "<gml:LineStringSegment><gml:posList>34 36 34 38 35 38</gml:posList>"
        "</gml:LineStringSegment>"
    )
    assert len(one(straight).volumes[0].vertices) > 3
    projection = re.search(
        r"<aixm:horizontalProjection>.*</aixm:horizontalProjection>", SAMPLE, re.DOTALL
    )
    assert projection is not None
    line = (
        "<aixm:width uom='NM'>4</aixm:width><aixm:centreline><aixm:Curve srsName='EPSG:4326'>"
        "<gml:segments><gml:GeodesicString><gml:posList>34 36 35 37</gml:posList>"
        "</gml:GeodesicString></gml:segments></aixm:Curve></aixm:centreline>"
    )
    corridor = one(changed(projection[0], line)).volumes[0]
    assert (corridor.shape, corridor.radius_m) == (Shape.CORRIDOR, 3_704)


def test_longitude_may_come_first():
    """In CRS84 longitude comes first, and the place is the same."""
    turned = changed("urn:ogc:def:crs:EPSG::4326", "urn:ogc:def:crs:OGC:1.3:CRS84").replace(
        "34.5 36.8333333 34.5 37 34.6 37 34.6 36.8333333 34.5 36.8333333",
        "36.8333333 34.5 37 34.5 37 34.6 36.8333333 34.6 36.8333333 34.5",
    )
    assert one(turned).volumes == one(SAMPLE).volumes


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (changed(' srsName="urn:ogc:def:crs:EPSG::4326"', ""), "srsName: is missing"),
        (changed("EPSG::4326", "EPSG::3857"), "is not WGS-84"),
        (changed("34.6 37 ", "34.6 "), "half a position is missing"),
        (changed("34.6 37 ", "94.6 37 "), "is not on the globe"),
        (changed("<aixm:upperLimitReference>STD</aixm:upperLimitReference>",
                 "<aixm:upperLimitReference>SFC</aixm:upperLimitReference>"), "upperLimit: is 100"),
        (changed('<aixm:lowerLimit uom="FT">1500</aixm:lowerLimit>', ""), "lowerLimit: is missing"),
        (changed(">UTC<", ">UTC+2<"), "is not UTC"),
        (changed(">NO<", ">YES<"), "hours are taken out"),
        (changed(">06:00<", ">6<"), "are no hours"),
        (changed("aixm:theAirspaceVolume>", "aixm:theOther>").replace("AirspaceVolume", "Other"),
         "published elsewhere"),
        (changed('<aixm:theAirspaceVolume>', '<aixm:operation>SUBTR</aixm:operation>'
                 '<aixm:theAirspaceVolume>'), "taken out of another"),
        (drawn(ARC.format(centre="", start=0, end=90)), "has 0 numbers"),
        (drawn("<gml:ArcString/>"), "ArcString: is not read"),
        (SAMPLE[: len(SAMPLE) // 2], "is not XML"),
        ("<kml/>", "is XML, but no AIXM message"),
        ("<a:AIXMBasicMessage xmlns:a='x'/>", "is nowhere in it"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_fault(text, says):
    """Unknown reference systems, lost numbers, references elsewhere and cuts are named."""
    with pytest.raises(FileFault) as caught:
        read_aixm(text, "file")
    assert says in caught.value.what


BOMB = '<!DOCTYPE a [<!ENTITY b "{}">]>'


@pytest.mark.parametrize("entity", ["b" * 100, "&b;&b;"])
def test_bombs_and_entities_are_refused(entity):
    """A document type with entities is refused unread, and nothing outside is fetched."""
    outside = SAMPLE.replace("<message:AIXM", '<!DOCTYPE a SYSTEM "file:///x"><message:AIXM', 1)
    for text in (
        SAMPLE.replace("<message:AIXM", BOMB.format(entity) + "<message:AIXM", 1),
        outside,
    ):
        with pytest.raises(FileFault, match="declares a document type or entities"):
            read_data(text.encode(), "file")


def test_an_end_that_is_not_known_may_be_given():
    """A valid time without an end takes the one that was given, with a remark."""
    open_ended = SAMPLE.replace(">2026-04-17T14:00:00Z<", "><")
    with pytest.raises(FileFault, match="endPosition: is not said"):
        read_aixm(open_ended, "file")
    span = (parse_instant("2026-04-15T06:00Z"), parse_instant("2026-04-16T14:00Z"))
    [activity] = read_aixm(open_ended, "file", span)
    assert "the one that was given is taken" in said(activity)[0]


@given(st.integers(0, len(SAMPLE)), st.integers(0, 400), st.text(max_size=8))
def test_any_damage_ends_in_activities_or_faults(start, length, inserted):
    """Wherever a message is damaged, reading ends with activities or with a named fault."""
    text = SAMPLE[:start] + inserted + SAMPLE[start + length :]
    try:
        activities = read_aixm(text, "file", goes_on=True)
    except FileFault:
        return
    assert all(activity.volumes or activity.fault for activity in activities)
