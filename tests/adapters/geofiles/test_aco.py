"""Airspace control orders: ours with the faults of real ones, and a real one."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.adapters.geofiles import (
    FileFault,
    ReadActivity,
    count_verdicts,
    find_pairs,
    read_aco,
    read_geofile,
)
from openline.domain.instant import format_instant, parse_instant
from openline.domain.space.conflict import Minima, distance_to_core_m
from openline.domain.space.geodesy import distance_m
from openline.domain.space.volume import Altitude, Datum, Shape, check_volume
from tests.adapters.geofiles.told import said
from tests.domain.space.shapes import at, level

SAMPLE = Path(__file__).parent / "samples" / "order.aco"
TEXT = SAMPLE.read_text()
HEAD = "ACOID/EXAMPLE/07//PERIOD/070001ZAPR2017/072359ZAPR2017//ACMID/ACM:ROZ/NAME:A/"
CIRCLE = HEAD + "CIRCLE/USE:BDZ//CIRCLE/LATS:354516N0383400E/5KM//"
LEVEL = "EFFLEVEL/FLFL:FL050-FL100//"
PERIOD = "APERIOD/DISCRETE/070001ZAPR/070600ZAPR//"


@pytest.fixture(scope="module")
def order() -> dict[str, ReadActivity]:
    """The measures of the sample by name."""
    return {activity.name: activity for activity in read_aco(TEXT, "order.aco")}


def fault_of(text: str) -> FileFault:
    (activity,) = read_aco(text, "order.aco")
    assert activity.fault is not None
    assert activity.volumes == ()
    return activity.fault


def test_every_measure_is_told(order):
    """Each measure of the order is there, those that cannot be used with their fault."""
    assert len(order) == TEXT.count("ACMID/") == 10
    faulty = [name for name, activity in order.items() if activity.fault]
    assert faulty == ["NO SHAPE, SY", "BOW TIE"]
    assert all(bool(activity.volumes) != bool(activity.fault) for activity in order.values())


def test_a_polygon_is_read(order):
    """A polygon has its vertices, one volume for each period, its levels and its use."""
    activity = order["RAQQAH EAST"]
    first, second = activity.volumes
    assert first.vertices == (at(35.95, 39 + 5 / 60), at(35.95, 39.5), at(36 + 10 / 60, 39.5),
                              at(36 + 10 / 60, 39 + 5 / 60))  # fmt: skip
    assert (first.lower, first.upper) == (level(50), level(100))
    assert first.valid_from == parse_instant("2017-04-07T00:01:00Z")
    assert second.valid_until == parse_instant("2017-04-07T18:00:00Z")
    assert activity.properties == {"measure": "ROZ", "use": "UAV", "order": "EXAMPLE 07"}
    assert [str(remark) for remark in activity.remarks] == [
        "row 11, POLYGON: LATS:360960N0393000E has 60 seconds: read as the next full one.",
        "row 12, POLYGON: LATS:360960N0390500E has 60 seconds: read as the next full one.",
        "row 14, APERIOD: Its periods give no year: that of the order is taken.",
    ]


def test_a_circle_is_read_out_of_its_name(order):
    """A shape that stood in the name field is taken out of it, and said."""
    activity = order["TABQA (XA)"]
    (volume,) = activity.volumes
    assert (volume.shape, volume.radius_m) == (Shape.CIRCLE, 5_550)
    assert (volume.lower, volume.upper) == (None, level(80))
    assert "The shape CIRCLE stood inside the name field: taken out of it." in said(activity)


def test_a_corridor_has_half_its_width_on_each_side(order):
    """A corridor of ten miles reaches five from its line, for the period of the order."""
    activity = order["CIVIL 1"]
    (volume,) = activity.volumes
    assert (volume.shape, volume.radius_m) == (Shape.CORRIDOR, 9_260)
    assert volume.vertices[1] == at(34 + 50 / 60, 38.5)
    assert (volume.lower, volume.upper) == (Altitude(Datum.AMSL, 21_336), level(280))
    assert volume.valid_until == parse_instant("2017-04-07T23:59:00Z")
    assert activity.properties["use"] == "AIRCOR, SL"
    assert "no APERIOD" in " ".join(said(activity))


def test_a_line_with_a_width_is_a_corridor(order):
    """A geographic line with a width is taken as a corridor, and said."""
    activity = order["SAFE LANE"]
    (volume,) = activity.volumes
    assert (volume.radius_m, volume.upper) == (1_500, Altitude(Datum.AGL, 1_524))
    assert "taken as a corridor" in " ".join(said(activity))


def test_a_missing_slash_and_repeated_vertices_are_flagged(order):
    """Positions run together are parted, repeated ones dropped, a closed ring left open."""
    activity = order["PALMYRA SOUTH"]
    assert len(activity.volumes[0].vertices) == 4
    assert "A slash is missing" in " ".join(said(activity))
    assert "1 vertex repeats" in " ".join(said(activity))
    assert activity.volumes[0].valid_until == parse_instant("2017-04-08T02:00:00Z")


def test_a_ring_that_comes_back_is_two(order):
    """A ring that returns to its first vertex and goes on is read as two, out of its own set."""
    activity = order["TWO LOOPS"]
    assert [len(volume.vertices) for volume in activity.volumes] == [3, 3]
    assert "taken as 2 rings" in " ".join(said(activity))
    assert "stood after its end" in " ".join(said(activity))


@pytest.mark.parametrize(
    ("name", "what"),
    [
        (
            "NO SHAPE, SY",
            'feature 7 "NO SHAPE, SY", row 43, ACMID: no set gives its shape with vertices; '
            "3 positions stand in it, and may be meant as a polygon or a line.",
        ),
        (
            "BOW TIE",
            'feature 8 "BOW TIE", row 48, POLYGON: The ring crosses or touches itself near 35.5',
        ),
    ],
)
def test_a_measure_that_cannot_be_used_says_why(order, name, what):
    """A fault names the file, the measure and what is wrong with it."""
    fault = order[name].fault
    assert str(fault).startswith(f"order.aco, feature {fault.feature} ")
    assert what in str(fault)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (CIRCLE.replace("5KM", "") + LEVEL + PERIOD, "0 lengths, not one"),
        (CIRCLE.replace("5KM", "0KM") + LEVEL + PERIOD, "the length 0KM"),
        (CIRCLE.replace("5KM", "5KM/6KM") + LEVEL + PERIOD, "2 lengths, not one"),
        (CIRCLE.replace("354516N", "914516N") + LEVEL + PERIOD, "not on the globe"),
        (CIRCLE.replace("354516N", "356116N") + LEVEL + PERIOD, "not on the globe"),
        (CIRCLE.replace("354516N", "3545N16") + LEVEL + PERIOD, "is no position"),
        (CIRCLE + CIRCLE.rpartition("BDZ//")[2] + LEVEL + PERIOD, "a second shape"),
        (CIRCLE + "LATS:354516N0383400E//" + LEVEL + PERIOD, "a set of their own"),
        (CIRCLE + "ELLIPSE/LATS:354516N0383400E//" + LEVEL + PERIOD, "this shape is not read"),
        (HEAD + "FAN/USE:BDZ//" + LEVEL + PERIOD, "the shape FAN is not read"),
        (CIRCLE + "GEODATUM/TOK//" + LEVEL + PERIOD, "'TOK' is not WGS-84"),
        ("GEODATUM/TOK//" + CIRCLE + LEVEL + PERIOD, "'TOK' is not WGS-84"),
        (CIRCLE + "EFFLEVEL/FLFL:FL050//" + PERIOD, "two levels"),
        (CIRCLE + "EFFLEVEL//" + PERIOD, "two levels"),
        (CIRCLE + "EFFLEVEL/FLFL:FL050-HIGH//" + PERIOD, "'HIGH'"),
        (CIRCLE + "EFFLEVEL/FLFL:UNL-FL050//" + PERIOD, "upside down"),
        (CIRCLE + "EFFLEVEL/FLFL:FL100-FL050//" + PERIOD, "FL100, is not below"),
        (CIRCLE + LEVEL + LEVEL + PERIOD, "given again"),
        (CIRCLE + LEVEL + "APERIOD/DISCRETE/070001ZAPR/UFN//", "two instants"),
        (CIRCLE + LEVEL + "APERIOD/DISCRETE/310001ZFEB/310002ZFEB//", "does not exist"),
        (CIRCLE + LEVEL + "APERIOD/DISCRETE/070600ZAPR/070001ZAPR//", "not after it begins"),
        (CIRCLE + LEVEL + "APERIOD/DISCRETE/070001ZAPR/0706//", "two instants"),
        (CIRCLE + LEVEL + "APERIOD//", "'' is neither DISCRETE nor INTERVAL"),
        (CIRCLE + LEVEL + PERIOD * 65, "given 65 times"),
        (HEAD + "POLYGON//POLYGON//" + LEVEL + PERIOD, "has no vertices"),
        (HEAD + "POLYGON//POLYGON/5KM/LATS:354516N0383400E//" + LEVEL + PERIOD, "a length"),
        (HEAD + "POLYGON//POLYGON/LATS:354516N0383400E//" + LEVEL + PERIOD, "at least 3"),
        (CIRCLE.replace("PERIOD/070001ZAPR2017/072359ZAPR2017//", "") + LEVEL + PERIOD, "no year"),
    ],
)
def test_what_cannot_be_read_in_one_way_is_a_fault(text, what):
    """A measure that is incomplete, contradicts itself or cannot be keeps its place as a fault."""
    assert what in str(fault_of(text))


def test_small_oddities_are_flagged():
    """A missing level, an unknown set, a twice given period and another shape are noted."""
    text = CIRCLE.replace("CIRCLE/USE", "POLYGON/USE") + "CNTRLPT/CP/APPLE//" + PERIOD + PERIOD
    (activity,) = read_aco(text, "order.aco")
    assert len(activity.volumes) == 1
    noted = " ".join(said(activity))
    for words in ("no EFFLEVEL", "set CNTRLPT", "given twice", "ACMID says POLYGON"):
        assert words in noted


@pytest.mark.parametrize(
    ("period", "start", "expected"),
    [
        ("PERIOD/310001ZDEC2017/010600ZJAN2018//", "010100ZJAN", "2018-01-01T01:00:00Z"),
        ("PERIOD/010001ZJAN2018/010600ZJAN2018//", "312300ZDEC", "2017-12-31T23:00:00Z"),
        ("PERIOD/280600FEB2016/010559MAR2016//", "290100ZFEB", "2016-02-29T01:00:00Z"),
        ("", "290100ZFEB2016", "2016-02-29T01:00:00Z"),
        ("", "290100ZFEB16", "2016-02-29T01:00:00Z"),
    ],
)
def test_a_year_is_inferred_from_the_order(period, start, expected):
    """A period without a year lies in the year that brings it nearest to the order's."""
    stop = start.replace("00Z", "30Z")
    text = period + "ACMID/ACM:ROZ/NAME:A/CIRCLE//CIRCLE/LATS:354516N0383400E/5KM//" + LEVEL
    (activity,) = read_aco(text + f"APERIOD/DISCRETE/{start}/{stop}//", "f")
    assert activity.fault is None, activity.fault
    assert format_instant(activity.volumes[0].valid_from) == expected


def test_a_year_may_be_given():
    """An order without a period is read in the year that the reader is told."""
    text = "ACMID/ACM:ROZ/NAME:A/CIRCLE//CIRCLE/LATS:354516N0383400E/5KM//" + LEVEL + PERIOD
    (activity,) = read_aco(text, "f", year=2021)
    assert format_instant(activity.volumes[0].valid_from) == "2021-04-07T00:01:00Z"


@pytest.mark.parametrize(
    "text", ["", "//", "{}", "ACMI/X//", "\x00" * 10, "\ud800ACMID//", "/" * 99_999]
)
def test_what_is_no_order_is_refused(text):
    """A text without a measure raises the typed fault."""
    with pytest.raises(FileFault):
        read_aco(text, "f")


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_order_is_read_or_refused(data):
    """An order with a stretch cut out or replaced has each measure used or at fault."""
    begin = data.draw(st.integers(0, len(TEXT)))
    end = data.draw(st.integers(begin, min(len(TEXT), begin + 60)))
    inside = data.draw(st.sampled_from(["", "0", "/", "//", "LATS:", "KM", "99", "Z", "é", "\n"]))
    text = TEXT[:begin] + inside + TEXT[end:]
    try:
        activities = read_aco(text, "f")
    except FileFault:
        return
    for activity in activities:
        assert bool(activity.volumes) != bool(activity.fault)
        for volume in activity.volumes:
            check_volume(volume)


# --- a real order, and another program's reading of it -------------------------------------------

# Rows that wrap cost the other program the vertex after each; these orders are wrapped.
WRAPPED = {"TRAVIS AFB", "AUSTIN 1 (XA)", "AUSTIN 2 (XA)", "CHINA", "SAFE LANE"}
# It keeps a vertex to which the ring runs out and from which it comes back.
SPIKED = {"SAN FRANCISCO C"}


@pytest.fixture
def real(samples) -> list[ReadActivity]:
    """The measures of a real order."""
    return read_geofile(samples / "aco" / "ExMontereyStrikeACO.aco")


def test_the_real_order_is_read(real):
    """Of 126 measures 125 are read, as many of each shape as the order has; one has no shape."""
    assert len(real) == 126
    assert [activity.name for activity in real if activity.fault] == ["ABEL EAST MOA, CA"]
    shapes = Counter(activity.volumes[0].shape for activity in real if activity.volumes)
    assert shapes == {Shape.POLYGON: 80, Shape.CORRIDOR: 33, Shape.CIRCLE: 12}
    windows = {
        (number, volume.valid_from, volume.valid_until)
        for number, activity in enumerate(real)
        for volume in activity.volumes
    }
    assert len(windows) == 285 - 3
    assert all(level(0).datum is volume.lower.datum for a in real for volume in a.volumes)


def test_the_faults_of_the_real_order_are_flagged(real, samples):
    """Each sort of fault that the order is known for is noted in the row where it stands."""
    noted = Counter(words.split(":")[0] for activity in real for words in said(activity))
    assert noted["A slash is missing between positions"] == 1
    assert noted["The shape CIRCLE stood inside the name field"] == 1
    assert noted["The positions of POLYGON stood after its end"] == 2
    assert noted["It comes back to its first vertex"] == 2
    rows = (samples / "aco" / "ExMontereyStrikeACO.aco").read_text().splitlines()
    sixty = [
        (number, found[0])
        for number, row in enumerate(rows, start=1)
        for found in SIXTY.finditer(row)
    ]
    # The order is known for 160 of them; some stand in the measure that has no shape, and
    # some in a position that its row repeats.
    assert len(sixty) == 160
    told = [
        (remark.row, remark.what.split()[0])
        for activity in real
        for remark in activity.remarks
        if "has 60 seconds" in remark.what
    ]
    without = next(activity for activity in real if activity.fault)
    assert sorted(told) == sorted({place for place in sixty if place[0] != without.row})


SIXTY = re.compile(r"LATS:(?:[0-9]{4}60[NS][0-9]{7}[EW]|[0-9]{6}[NS][0-9]{5}60[EW])")


def test_every_measure_of_the_real_order_is_accounted_for(real, samples):
    """Both programs have 126 measures: 125 by the same name, 124 of them with a shape in both."""
    theirs = [entry["ACMID"] for entry in json.loads(oracle(samples))["geometry"]]
    assert len(real) == len(theirs) == 126
    ours_only = Counter(activity.name for activity in real)
    theirs_only = Counter(entry["name"].removesuffix("CIRCLE") for entry in theirs)
    # The other reading is of another edition (its period is 11 July, not 28): one measure was
    # replaced between the two.
    assert ours_only - theirs_only == Counter(["ISABELLA (XF)"])
    assert theirs_only - ours_only == Counter(["NELLIS AFB"])
    # The one that neither program gives a shape: its six positions stand in ACMID, with no
    # word for what they make. The other takes the first for its shape and the next for its use.
    [shapeless] = [entry for entry in theirs if "geometry" not in entry]
    [faulty] = [activity for activity in real if activity.fault]
    assert shapeless["name"] == faulty.name == "ABEL EAST MOA, CA"
    assert shapeless["type"].startswith("LATS:")
    assert shapeless["use"].startswith("LATS:")
    assert 'feature 113 "ABEL EAST MOA, CA", row 841, ACMID: no set gives' in str(faulty.fault)
    assert "6 positions stand in it" in str(faulty.fault)
    # All 285 periods are in both; three are of the measure without a shape.
    assert sum(len(entry["period"]) for entry in theirs) == 285
    assert sum(len(windows_of(activity)) for activity in real) == 285 - len(shapeless["period"])


def windows_of(activity: ReadActivity) -> set[tuple[int, int]]:
    return {(volume.valid_from, volume.valid_until) for volume in activity.volumes}


def oracle(samples: Path) -> str:
    return (samples / "aco" / "esri_currentACO.json").read_text()


def test_the_pairs_of_the_real_order_are_counted(real):
    """Of the real order 94 pairs of measures conflict, 47 touch and 2 are marginal."""
    pairs = find_pairs(real, Minima(0, 0, 0))
    assert count_verdicts(pairs) == {"CONFLICT": 94, "MARGINAL": 2, "TOUCH": 47}


def matched(real, samples):
    """Each measure with the other program's reading of it."""
    theirs = [entry["ACMID"] for entry in json.loads(oracle(samples))["geometry"]]
    for activity in real:
        for entry in theirs:
            if entry["name"].removesuffix("CIRCLE") == activity.name:
                theirs.remove(entry)
                yield activity, entry
                break


def off_m(activity: ReadActivity, entry) -> float:
    """How far the other program's outline is from where ours says it should be."""
    shape = entry["geometry"]
    outline = [at(lat, lon) for lon, lat, *_ in (shape.get("rings") or shape["paths"])[0]]
    volume = activity.volumes[0]
    if volume.shape is Shape.CIRCLE:
        return max(abs(distance_m(volume.vertices[0], p) - volume.radius_m) for p in outline)
    if entry["type"] == "CORRIDOR":
        # Its caps are flat, ours round; no point of it is further out than ours, but for
        # the sagitta of a long side that it draws straight.
        return max(distance_to_core_m(place, volume) - volume.radius_m for place in outline)
    ours = [vertex for volume in activity.volumes for vertex in volume.vertices]
    return max(min(distance_m(place, vertex) for vertex in ours) for place in outline)


def test_shapes_agree_with_another_program(real, samples):
    """All shapes that both read agree: vertices and radii to a metre, corridors to 15 m."""
    pairs = [pair for pair in matched(real, samples) if "geometry" in pair[1]]
    assert len(pairs) == 124
    for activity, entry in pairs:
        if activity.name not in SPIKED:
            assert off_m(activity, entry) < (15 if entry["type"] == "CORRIDOR" else 1), (
                activity.name
            )
    for activity, entry in pairs:
        if entry["type"] == "POLYGON" and activity.name not in WRAPPED | SPIKED:
            (ring,) = entry["geometry"]["rings"]
            theirs = {at(lat, lon) for lon, lat, *_ in ring}
            ours = {vertex for volume in activity.volumes for vertex in volume.vertices}
            assert len(theirs) == len(ours), activity.name


def test_levels_and_hours_agree_with_another_program(real, samples):
    """All levels and all hours of the day agree."""
    pairs = list(matched(real, samples))
    assert len(pairs) == 125
    for activity, entry in pairs:
        if activity.fault:
            continue
        levels = entry["efflevel"]
        volume = activity.volumes[0]
        bounds = (volume.lower.value * 100, volume.upper.value * 100)
        assert bounds == (levels["min_height"], levels["max_height"])
        ours = {
            (format_instant(volume.valid_from)[11:16], format_instant(volume.valid_until)[11:16])
            for volume in activity.volumes
        }
        theirs = {
            (part["APERIOD"]["start"][11:16], part["APERIOD"]["stop"][11:16])
            for part in entry["period"]
        }
        assert ours == theirs, activity.name
