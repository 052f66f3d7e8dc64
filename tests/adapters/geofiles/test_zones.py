"""UAS zones: the layers and schedules of ED-318, and the older ED-269."""

import json
from pathlib import Path

import pytest

from openline.adapters.geofiles import FileFault, ReadActivity, read_data, read_file
from openline.domain.instant import format_instant, parse_instant
from openline.domain.limits import VOLUMES_MAX
from openline.domain.space.volume import Altitude, Datum, Shape
from tests.adapters.geofiles.told import said
from tests.domain.space.shapes import at

SAMPLES = Path(__file__).parent / "samples"
DAY = (parse_instant("2017-04-07T00:00:00Z"), parse_instant("2017-04-08T00:00:00Z"))
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[36, 33], [36.1, 33], [36.1, 33.1], [36, 33]]],
    "layer": {"lower": 0, "lowerReference": "AGL", "upper": 9, "upperReference": "AGL", "uom": "m"},
}


def zone(*periods, **properties) -> bytes:
    told = {"identifier": "X", "limitedApplicability": list(periods), **properties}
    return json.dumps({"type": "Feature", "geometry": SQUARE, "properties": told}).encode()


def read(data: bytes, window=None) -> ReadActivity:
    [activity] = read_data(data, "f", window, goes_on=True).activities
    return activity


def spans(activity: ReadActivity) -> list[str]:
    assert activity.fault is None, activity.fault
    return [
        f"{format_instant(one.valid_from)[5:16]}-{format_instant(one.valid_until)[5:16]}"
        for one in activity.volumes
    ]


def test_a_zone_of_ed318_is_read():
    """Layer, name in English and schedule of a zone become band, name and windows."""
    town, _ = read_file(SAMPLES / "zones.geojson").activities
    assert (town.name, town.properties["identifier"]) == ("Town", "EX-001")
    assert {(one.lower, one.upper) for one in town.volumes} == {
        (Altitude(Datum.AGL, 0), Altitude(Datum.AGL, 1_200))
    }
    # 3 April 2017 was a Monday; three hours are taken off.
    assert spans(town) == ["04-03T05:00-04-03T07:00", "04-05T05:00-04-05T07:00"]
    assert town.remarks == ()


def test_each_geometry_of_a_collection_has_its_own_layer():
    """Parts of a zone have the band and the circle of their own geometry."""
    _, parts = read_file(SAMPLES / "zones.geojson").activities
    circle, polygon = parts.volumes
    assert (circle.shape, circle.radius_m) == (Shape.CIRCLE, 2_001)
    assert (circle.lower, circle.upper) == (Altitude(Datum.AMSL, 304), Altitude(Datum.AMSL, 3_048))
    assert (polygon.lower, polygon.upper) == (None, Altitude(Datum.WGS84, 3_000))
    noted = " ".join(said(parts))
    assert "follow the sun (startEvent" in noted
    assert "no lower bound" in noted
    assert spans(parts)[0] == "04-07T00:00-04-08T00:00"


@pytest.mark.parametrize(
    ("hours", "window"),
    [
        ({"startEvent": "SS", "endTime": "06:00Z"}, "04-09T12:00-04-11T06:00"),
        ({"startTime": "20:00Z", "endEvent": "SR"}, "04-10T20:00-04-12T00:00"),
        ({"startEvent": "SS", "endEvent": "SR"}, "04-09T12:00-04-12T00:00"),
        ({"startTime": "20:00Z", "endTime": "06:00Z"}, "04-10T20:00-04-11T06:00"),
    ],
    ids=["sunset to six", "eight to sunrise", "sunset to sunrise", "no sun"],
)
def test_hours_that_follow_the_sun_are_never_too_narrow(hours, window, tmp_path):
    """A night that begins or ends with the sun holds the whole night, wherever that is."""
    document = json.loads((SAMPLES / "zones.geojson").read_text(encoding="utf-8"))
    zone = document["features"][1]
    # 10 April 2017 was a Monday.
    zone["properties"]["limitedApplicability"] = [
        {
            "startDateTime": "2017-04-08T00:00:00Z",
            "endDateTime": "2017-04-14T00:00:00Z",
            "schedule": [{"day": ["MON"], **hours}],
        }
    ]
    path = tmp_path / "night.geojson"
    path.write_text(json.dumps({**document, "features": [zone]}), encoding="utf-8")
    [read] = read_file(path).activities
    assert sorted(set(spans(read))) == [window]


def test_a_zone_of_ed269_is_read():
    """Each geometry of an older zone is a volume in its band; a permanent zone needs a window."""
    airfield, in_feet = read_file(SAMPLES / "zones-ed269.json", DAY, goes_on=True).activities
    circle, polygon = airfield.volumes
    assert (airfield.name, circle.vertices, circle.radius_m) == (
        "Airfield",
        (at(34.49, 36.909),),
        5_000,
    )
    assert (polygon.lower, polygon.upper) == (
        Altitude(Datum.AGL, 1_500),
        Altitude(Datum.AMSL, 6_000),
    )
    assert (circle.valid_from, circle.valid_until) == DAY
    assert "It is permanent" in " ".join(said(airfield))
    assert "whether its radius is in metres is not clear" in str(in_feet.fault)
    with pytest.raises(FileFault, match=r'feature 1 "Airfield", applicability: .*permanent'):
        read_file(SAMPLES / "zones-ed269.json")


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({"day": ["FRI"], "startTime": "22:00Z", "endTime": "02:00Z"}, ["04-07T22:00-04-08T00:00"]),
        ({"day": ["THU"], "startTime": "22:00Z", "endTime": "02:00Z"}, ["04-07T00:00-04-07T02:00"]),
        ({"day": ["ANY"], "startTime": "08:00Z"}, ["04-07T08:00-04-08T00:00"]),
        ({"day": "FRI", "startTime": "08:00:30Z", "endTime": "24:00Z"},
         ["04-07T08:00-04-08T00:00"]),
        ({"day": ["FRI"], "startTime": "01:00+03:00", "endTime": "05:00+03:00"},
         ["04-07T00:00-04-07T02:00"]),
        ({"day": ["SAT"], "startTime": "01:00+03:00", "endTime": "05:00+03:00"},
         ["04-07T22:00-04-08T00:00"]),
    ],
)  # fmt: skip
def test_hours_are_placed_on_their_days(schedule, expected):
    """Hours over midnight, to the end of the day and with an offset lie where they should."""
    period = {
        "startDateTime": "2017-04-07T00:00:00Z", "endDateTime": "2017-04-08T00:00:00Z",
        "schedule": [schedule],
    }  # fmt: skip
    assert spans(read(zone(period))) == expected


def test_what_has_no_end_takes_that_of_the_window():
    """A period without a start or an end takes the given window's, and that is said."""
    activity = read(zone({"endDateTime": "2017-04-07T12:00:00Z"}), DAY)
    assert spans(activity) == ["04-07T00:00-04-07T12:00"]
    assert "no startDateTime" in " ".join(said(activity))


def test_more_windows_than_a_notice_holds_are_told():
    """Of a schedule with more windows the first are read, and what is left out is named."""
    period = {
        "startDateTime": "2017-01-01T00:00:00Z", "endDateTime": "2018-01-01T00:00:00Z",
        "schedule": [{"day": ["ANY"], "startTime": "08:00Z", "endTime": "09:00Z"}],
    }  # fmt: skip
    activity = read(zone(period))
    assert len(activity.volumes) == VOLUMES_MAX
    told = "365 windows, of which a notice holds 64: those from 2017-03-06T08:00:00Z on are NOT"
    assert told in " ".join(said(activity))


@pytest.mark.parametrize(
    ("period", "what"),
    [
        (7, "a period that is no object"),
        ({"startDateTime": "2017-04-07T00:00:00Z"}, "has no endDateTime"),
        ({"startDateTime": 7, "endDateTime": 8}, "an instant that is no text"),
        ({"startDateTime": "2017-04-07", "endDateTime": "2017-04-08"}, "is not an instant"),
        ({"startDateTime": "2017-04-08T00:00Z", "endDateTime": "2017-04-07T00:00Z"}, "not after"),
        ({"schedule": 7}, "a schedule that is no list"),
        ({"schedule": [7]}, "an entry that is no object"),
        ({"schedule": [{"day": ["HOLIDAY"]}]}, 'days that are not read: ["HOLIDAY"]'),
        ({"schedule": [{"day": ["ANY"], "startTime": "8 am"}]}, "hours that are not read"),
        ({"schedule": [{"day": ["SUN"]}]}, "none of its hours"),
        ({"permanent": "YES"}, "the zone is permanent"),
    ],
)
def test_a_period_that_cannot_be_placed_says_why(period, what):
    """A period that is incomplete, backwards or in another form is a fault of its zone."""
    if isinstance(period, dict) and "schedule" in period:
        period = {
            "startDateTime": "2017-04-07T00:00:00Z", "endDateTime": "2017-04-08T00:00:00Z", **period
        }  # fmt: skip
    assert what in str(read(zone(period)).fault)
