"""OpenAir: airspaces with their arcs, circles, airways, bands and windows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.geofiles import FileFault, ReadActivity, read_data, read_openair
from openline.domain.instant import format_instant, parse_instant
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.volume import Shape
from tests.adapters.geofiles.told import said

SPAN = (parse_instant("2026-04-15T06:00Z"), parse_instant("2026-04-15T14:00Z"))
HEAD = "AC R\nAN LOW HILLS\nAL SFC\nAH FL100\n"
SQUARE = (
    "DP 34:30:00 N 036:50:00 E\nDP 34:30:00 N 037:00:00 E\nDP 34:36:00 N 037:00:00 E\n"
    "DP 34:36:00 N 036:50:00 E\n"
)


def one(text: str) -> ReadActivity:
    [activity] = read_openair(text, "file", SPAN)
    return activity


def test_a_file_holds_airspaces():
    """Polygons, circles and airways are read, with names, classes and what they say beside."""
    text = (
        f"* a comment\n{HEAD}{SQUARE}\nAC D\nAN CTR\nAY CTR\nAF 118.100\nAL GND\nAH 2500ft MSL\n"
        "V X=34:30.0 N 036:54.5 E\nDC 5\n\nAC E\nAN WAY\nAL 1000ft AGL\nAH FL060 * top\n"
        "V W=4\nDY 34:30:00 N 036:50:00 E\nDY 34:36:00 N 037:00:00 E\n"
    )
    read = read_data(text.encode(), "file", SPAN)
    ring, circle, airway = read.activities
    assert read.form == "OpenAir"
    assert (ring.name, ring.row, ring.properties["class"]) == ("LOW HILLS", 2, "R")
    assert [volume.shape for one in read.activities for volume in one.volumes] == [
        Shape.POLYGON, Shape.CIRCLE, Shape.CORRIDOR,
    ]  # fmt: skip
    assert circle.volumes[0].radius_m == 9_260
    assert circle.volumes[0].upper == Altitude(Datum.AMSL, 7_620)
    assert circle.properties["frequency"] == "118.100"
    assert (airway.volumes[0].radius_m, airway.volumes[0].lower) == (
        3_704, Altitude(Datum.AGL, 3_048),
    )  # fmt: skip
    assert [one.remarks for one in read.activities] == [(), (), ()]


def test_arcs_run_in_their_sense():
    """An arc by bearings or by its ends goes clockwise, or the other way with V D=-."""
    centre = "V X=34:30:00 N 036:54:00 E\n"
    east = one(f"{HEAD}{centre}DA 6,0,180\n").volumes[0]
    west = one(f"{HEAD}{centre}V D=-\nDA 6,0,180\n").volumes[0]
    assert max(lon for _, lon in east.vertices) > 370_000_000
    assert min(lon for _, lon in west.vertices) < 368_000_000
    ends = "DB 34:36:00 N 036:54:00 E, 34:24:00 N 036:54:00 E\n"
    assert max(lon for _, lon in one(f"{HEAD}{centre}{ends}").volumes[0].vertices) > 370_000_000


def test_version_two_gives_windows():
    """AA gives windows of its own; NONE leaves those that were given."""
    told = one(f"{HEAD}AA 2026-05-01T06:00Z/2026-05-01T14:00Z\n{SQUARE}").volumes[0]
    assert format_instant(told.valid_from) == "2026-05-01T06:00:00Z"
    assert one(f"{HEAD}AA NONE\n{SQUARE}").volumes[0].valid_from == SPAN[0]


def test_a_height_without_reference_is_told():
    """A height without a reference is taken above mean sea level, with a remark by row."""
    activity = one(f"AC R\nAN X\nAL SFC\nAH 3000\n{SQUARE}")
    assert activity.volumes[0].upper == Altitude(Datum.AMSL, 9_144)
    assert "has no reference" in said(activity)[0]
    assert activity.remarks[0].row == 4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"AC R\nAN X\nAL SFC\n{SQUARE}", "AH: is missing"),
        (f"{HEAD}DC 5\n", "has no centre"),
        (f"{HEAD}", "draws nothing"),
        (f"{HEAD}{SQUARE}V X=34:30:00 N 036:54:00 E\nDC 5\n", "several shapes"),
        (f"{HEAD}DP 34:30:00 N\n", "has 1 latitudes"),
        (f"{HEAD}DP HERE\n", "is no position"),
        (f"{HEAD}XX 5\n{SQUARE}", "is no record of OpenAir"),
        (f"{HEAD}V X=34:30:00 N 036:54:00 E\nDA 6,0\n", "is not radius, bearing, bearing"),
        (f"{HEAD}V X=34:30:00 N 036:54:00 E\nDC 900\n", "has no such radius"),
        (f"{HEAD}V X=34:30:00 N 036:54:00 E\n"
         "DB 34:36:00 N 036:54:00 E,34:24:00 N 036:30:00 E\n", "from its centre"),
        (f"{HEAD}DY 34:30:00 N 036:50:00 E\nDY 34:36:00 N 037:00:00 E\n", "has no width"),
        (f"{HEAD}AA tomorrow\n{SQUARE}", "is not an instant"),
        (f"{HEAD}V D=1\n{SQUARE}", "is neither + nor -"),
    ],
)  # fmt: skip
def test_what_is_no_openair_is_a_fault_by_row(text, says):
    """Records that cannot be are named with their row."""
    with pytest.raises(FileFault) as caught:
        one(text)
    assert says in caught.value.what
    assert caught.value.row


def test_without_times_they_must_be_given():
    """A file without times, and none given, is a fault of each airspace."""
    [activity] = read_openair(HEAD + SQUARE, "file", goes_on=True)
    assert activity.fault is not None
    with pytest.raises(FileFault, match="AC: is nowhere in it"):
        read_openair("* nothing\n", "file")


RECORDS = st.sampled_from(
    [
        "AC R",
        "AN X",
        "AL SFC",
        "AH FL100",
        "AH 9",
        "V X=34:30:00 N 036:54:00 E",
        "V D=-",
        "V W=3",
        "DC 5",
        "DA 5,0,90",
        "DA 5,0",
        "DB 34:36:00 N 036:54:00 E,34:24:00 N 036:54:00 E",
        "DY 34:30 N 036:50 E",
        "DP 34:30:00 N 036:50:00 E",
        "DP 34:30:00 N 037:00:00 E",
        "DP 34:36:00 N 037:00:00 E",
        "AA NONE",
        "SP 1",
    ]
)


@given(st.lists(RECORDS | st.text(max_size=12), max_size=30))
def test_any_records_end_in_activities_or_faults(records):
    """Whatever records stand in a file, reading ends with activities or with a named fault."""
    try:
        activities = read_openair("AC R\n" + "\n".join(records), "file", SPAN, goes_on=True)
    except FileFault:
        return
    assert all(activity.volumes or activity.fault for activity in activities)
