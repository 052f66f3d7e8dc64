"""ICAO NOTAM: areas, bands, windows and doubts, and what is done when they are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.geofiles import FileFault, ReadActivity, read_data, read_notams
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.volume import Shape
from tests.adapters.geofiles.told import said

HEAD = "(A0101/26 NOTAMN\nQ) OSTT/QWMLW/IV/BO/W/000/250/3430N03655E0{radius}\n"
TIMES = "A) OSTT B) 2604150600 C) 2604151400\n"
SHORE = "343000N0365000E-343000N0370000E-343600N0370000E-343600N0365000E"


def notam(text: str, *, radius: str = "10", times: str = TIMES, band: str = "F) SFC G) FL250)"):
    return HEAD.format(radius=radius) + times + f"E) {text}\n{band}"


def one(text: str, **given: str) -> ReadActivity:
    [activity] = read_notams(notam(text, **given), "file")
    return activity


@pytest.mark.parametrize(
    ("text", "radius_m"),
    [
        ("FRNG WI 5NM RADIUS CENTRED ON 342930N 0365432E.", 9_260),
        ("FRNG WI 5NM OF 342930N0365432E", 9_260),
        ("CIRCLE RADIUS 9KM CENTRE 342930N0365432E", 9_000),
        ("CIRCLE WITH RADIUS 5 NM (9.26KM) AROUND 342930N0365432E", 9_260),
        ("AREA: 342930N 0365432E RADIUS 9.5 KM", 9_500),
        ("A CIRCLE CENTERED AT N342930E0365432 WITH RADIUS OF 9KM", 9_000),
        ("CERCLE DE 5NM DE RAYON CENTRE SUR 342930N 0365432E", 9_260),
        ("RADIO 5NM CENTRO PSN 342930N0365432W", 9_260),
        ("РАЙОН РАДИУСОМ 9 КМ С ЦЕНТРОМ 342930С 0365432В", 9_000),
        ("OBST WI RADIUS OF 1,500M OF PSN 342930N 0365432E", 1_500),
        ("ACT R=9KM 342930N0365432E", 9_000),
        ("FRNG WI 5NM\nRADIUS\nOF 342930N\n0365432E", 9_260),
    ],
)
def test_circles_are_read_as_states_write_them(text, radius_m):
    """A radius before or behind its centre makes a circle."""
    [volume] = one(text).volumes
    assert (volume.shape, volume.radius_m) == (Shape.CIRCLE, radius_m)
    assert volume.vertices[0][0] == 344_916_667


@pytest.mark.parametrize(
    "text",
    [
        f"AREA BOUNDED BY {SHORE}-343000N0365000E",
        f"WI COORD: {SHORE}".replace("-", " - "),
        f"POLYGON: {SHORE}".replace("-", ", "),
        f"AREA BOUNDED BY LINES JOINING {SHORE}".replace("-", " TO "),
        f"BOUNDED BY {SHORE} THENCE TO POINT OF ORIGIN".replace("-", " THENCE "),
        "1. 343000N0365000E\n2. 343000N0370000E\n3. 343600N0370000E\n4. 343600N0365000E",
        "A) 343000N0365000E B) 343000N0370000E C) 343600N0370000E D) 343600N0365000E",
        f"AREA {SHORE} (1500 FT AMSL) TO BE AVOIDED",
        "343000N0365000E (TOWN)-343000N0370000E (HILL)-343600N0370000E-343600N0365000E",
    ],
)
def test_rings_are_read_as_states_write_them(text):
    """Positions with dashes, words, names or numbers between them make one ring."""
    [volume] = one(text).volumes
    assert (volume.shape, len(volume.vertices)) == (Shape.POLYGON, 4)


def test_corridors_have_a_width():
    """A width, or a distance to either side, makes a corridor of two or more positions."""
    texts = {
        "WI 2NM EITHER SIDE OF LINE 343000N0365000E - 343600N0370000E": 3_704,
        "ROUTE 343000N0365000E-343600N0370000E-343600N0365500E WIDTH 4KM": 2_000,
        "CORRIDOR 10KM WIDE 343000N0365000E-343600N0370000E": 5_000,
        "WITHIN 1NM OF A LINE JOINING 343000N0365000E AND 343600N0370000E": 1_852,
    }
    for text, radius_m in texts.items():
        [volume] = one(text).volumes
        assert (volume.shape, volume.radius_m) == (Shape.CORRIDOR, radius_m), text


def test_a_width_is_that_of_its_own_line():
    """The width of a corridor is not taken for the ring before or behind it."""
    line = "342000N0365000E-342000N0370000E"
    for text in (
        f"AREA BOUNDED BY {SHORE}. CORRIDOR WIDTH 4KM: {line}",
        f"CORRIDOR {line} WIDTH 4KM. AREA BOUNDED BY {SHORE}",
        f"WIDTH 4KM {line} AND AREA BOUNDED BY {SHORE}",
    ):
        shapes = sorted(volume.shape for volume in one(text).volumes)
        assert shapes == [Shape.CORRIDOR, Shape.POLYGON], text


def test_several_areas_have_their_own_shapes_and_bands():
    """Areas one after another are read apart, each in the band that is said beside it."""
    activity = one(
        "AREA 1: 2NM RADIUS OF 343000N 0365500E SFC-2000FT AMSL. AREA 2: "
        f"{SHORE.replace('-', ' - ')} SFC-5000FT AMSL",
        band="F) SFC G) 5000FT AMSL)",
    )
    circle, ring = activity.volumes
    assert (circle.shape, circle.upper) == (Shape.CIRCLE, Altitude(Datum.AMSL, 6_096))
    assert (ring.shape, ring.upper) == (Shape.POLYGON, Altitude(Datum.AMSL, 15_240))
    both = one("WI 2NM OF 343000N 0365500E AND 3NM OF 343300N 0365500E").volumes
    assert [volume.radius_m for volume in both] == [3_704, 5_556]
    behind = one("343000N0365500E RADIUS 2KM, 343300N0365500E RADIUS 3KM").volumes
    assert [volume.radius_m for volume in behind] == [2_000, 3_000]
    led = one("RADIUS 2KM CENTRE 343000N0365500E, RADIUS 3KM CENTRE 343300N0365500E").volumes
    assert [volume.radius_m for volume in led] == [2_000, 3_000]
    points = one("CIRCLES OF 2NM RADIUS CENTRED ON 343000N0365500E, 343300N0365500E").volumes
    assert [volume.radius_m for volume in points] == [3_704, 3_704]


def test_a_radius_beside_a_ring_is_not_taken_for_its_corners():
    """A radius said before a bounded area makes no circles of its corners, and is a remark."""
    activity = one(f"ACT WI 5NM OF THE COAST AND WI AREA BOUNDED BY POINTS {SHORE}")
    assert [volume.shape for volume in activity.volumes] == [Shape.POLYGON]
    assert "are not used" in said(activity)[0]


def test_a_single_position_takes_the_radius_of_the_q_line():
    """A position without a radius takes that of the Q line, and both are remarks."""
    activity = one("CRANE ERECTED PSN 343000N0365500E")
    assert activity.volumes[0].radius_m == 18_520
    assert "They are the radius of its Q line" in said(activity)[1]


def test_an_arc_is_followed():
    """An arc round a centre is followed in its sense between the two ends."""
    north = "343600N0365500E"
    text = (
        f"{north} THEN CLOCKWISE BY ARC OF CIRCLE RADIUS 6NM CENTRED ON 343000N0365500E TO "
        f"342400N0365500E - {north}"
    )
    [east] = one(text).volumes
    [west] = one(text.replace("CLOCKWISE", "ANTICLOCKWISE")).volumes
    assert max(lon for _, lon in east.vertices) > 370_200_000
    assert min(lon for _, lon in west.vertices) < 368_200_000
    with pytest.raises(FileFault, match="an arc of 3,704 m ends"):
        one(text.replace("6NM", "2NM"))


def test_a_sector_is_drawn_between_true_bearings():
    """Two bearings and a radius make a sector; bearings not said to be true are a remark."""
    [volume] = one("SECTOR 030-060DEG RADIUS 10KM CENTRE 343000N0365500E").volumes
    assert volume.shape is Shape.POLYGON
    assert "taken as true" in said(one("SECTOR BTN 030 AND 060 10KM FM 343000N0365500E"))[0]
    ring = one("SECTOR AZM 030-060DEG TRUE, RADIUS 4-10KM, CENTRE 343000N0365500E")
    assert said(ring) == []
    assert min(lat for lat, _ in ring.volumes[0].vertices) > 345_000_000


def test_a_box_between_parallels():
    """Two latitudes and two longitudes make a box."""
    [volume] = one("AREA BTN 3430N AND 3436N AND BTN 03650E AND 03700E").volumes
    assert {lat for lat, _ in volume.vertices} == {345_000_000, 346_000_000}


def test_windows_come_from_d():
    """Item D makes a window of each day within B and C."""
    times = "A) OSTT B) 2604150600 C) 2604171400 D) DAILY 0600-1400\n"
    assert len(one("WI 5NM OF 342930N0365432E", times=times).volumes) == 3


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"times": TIMES.replace("1400", "1400 EST")}, "Its end is estimated (EST)."),
        ({"radius": "02"}, "whose radius is only 2 NM"),
        ({"radius": "90"}, "whose radius is 90 NM"),
        ({"band": ")"}, "the levels 000 and 250 of its Q line are taken as flight levels"),
    ],
)
def test_what_is_doubtful_is_told(given, says):
    """An estimated end, a Q line that does not fit and missing heights are remarks."""
    remarks = said(one("WI 5NM OF 342930N 0365432E", **given))
    assert [remark for remark in remarks if says in remark]


def test_bands_said_twice_are_compared():
    """Heights of the text that differ from F and G are a remark, and F and G are taken."""
    activity = one("WI 5NM OF 342930N 0365432E SFC TO FL100")
    assert activity.volumes[0].upper == Altitude(Datum.FLIGHT_LEVEL, 250)
    assert said(activity) == [
        "Its text says the surface to FL100, its items F and G the surface to FL250: those are "
        "taken."
    ]


def test_the_circle_of_the_q_line_stands_in():
    """A text without positions takes the circle of the Q line, and says so."""
    activity = one("DANGER AREA OS-D12 ACT")
    assert activity.volumes[0].radius_m == 18_520
    assert said(activity) == [
        "Its text gives no positions: the circle of its Q line, 10 NM, is taken."
    ]


@pytest.mark.parametrize(
    ("text", "given", "says"),
    [
        (f"{SHORE} THENCE ALONG THE STATE BORDER TO 343000N0365000E", {}, "ALONG THE STATE BORDER"),
        ("343000N0365000E-343600N0370000E-343600N0365000E-343000N0370000E", {}, "crosses"),
        ("343000N0365000E-343600N0370000E", {}, "two positions enclose no area"),
        (f"{SHORE}-343000N", {}, "has 5 latitudes and 4 longitudes"),
        ("WI 5NM OF 342930N 0365432E", {"band": "F) SFC G) 3000FT)"}, "from where it counts"),
        ("WI 5NM OF 342930N 0365432E", {"band": "F) FL200 G) FL100)"}, "is not below"),
        ("WI 5NM OF 342930N 0365432E", {"times": "A) OSTT B) 2604150600 C) PERM\n"}, "is PERM"),
        ("WI 5NM OF 342930N 0365432E", {"times": "A) OSTT B) 2613150600 C) 2604151400\n"},
         "is in no calendar"),
        ("WI 5NM OF 342930N 0365432E", {"times": "A) OSTT B) 2604151600 C) 2604151400\n"},
         "not after it begins"),
        ("WI 5NM OF 342930N 0365432E", {"times": "A) OSTT PART 1 OF 2 B) 2604150600 "
         "C) 2604151400\n"}, "is part 1 of 2"),
        ("OS-D12 ACT", {"radius": "00"}, "gives no positions"),
        ("WI 1,500KM OF 342930N 0365432E", {}, "may be 1.500 or 1500"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_fault_by_row(text, given, says):
    """Borders, crossings, lost halves, heights without a reference are faults with a row."""
    with pytest.raises(FileFault) as caught:
        one(text, **given)
    assert says in caught.value.said
    assert caught.value.row


@pytest.mark.parametrize("share", [0.2, 0.35, 0.5, 0.65, 0.8, 0.95])
def test_a_notam_cut_in_the_middle_is_named(share):
    """Wherever a NOTAM in parentheses is cut, it is a fault, and never a smaller area."""
    whole = notam(f"AREA BOUNDED BY {SHORE}-343000N0365000E")
    with pytest.raises(FileFault, match=r"no parenthesis closes it|is missing"):
        read_notams(whole[: int(len(whole) * share)], "file")


def test_without_parentheses_items_must_be_there():
    """Without parentheses a missing item is the fault."""
    whole = notam("WI 5NM OF 342930N 0365432E").removeprefix("(").removesuffix(")")
    assert len(read_notams(whole, "file")[0].volumes) == 1
    with pytest.raises(FileFault, match="item E: is missing"):
        read_notams(whole[: whole.index("E) WI")], "file")


def test_the_example_is_read(repository):
    """Of the example one is sound, one estimated, one cancels, and one is cut."""
    data = (repository / "examples" / "notams.txt").read_bytes()
    read = read_data(data, "notams.txt", goes_on=True)
    sound, estimated, cancelling, cut = read.activities
    assert read.form == "NOTAM"
    assert (sound.remarks, len(sound.volumes), sound.row) == ((), 3, 4)
    assert said(estimated) == ["Its end is estimated (EST)."]
    assert (cancelling.cancels, cancelling.volumes) == ("A0099/26", ())
    assert cut.fault is not None
    assert "ends inside item E" in cut.fault.what
    assert sound.properties["activity"].startswith("MISSILE FIRING WILL TAKE PLACE")


def test_a_replacement_is_a_doubt():
    """A NOTAM that replaces another says which, and what to do."""
    text = notam("WI 5NM OF 342930N 0365432E").replace("NOTAMN", "NOTAMR A0099/26")
    [activity] = read_notams(text, "file")
    assert activity.properties["replaces"] == "A0099/26"
    assert "It replaces A0099/26" in said(activity)[0]


WORDS = st.sampled_from(
    [
        "(A0101/26 NOTAMN",
        "NOTAMC A0001/26",
        "Q)",
        "OSTT/QWMLW/IV/BO/W/000/250/3430N03655E010",
        "A)",
        "OSTT",
        "B)",
        "2604150600",
        "C)",
        "2604151400",
        "EST",
        "PERM",
        "D)",
        "DAILY",
        "0600-1400",
        "SR-SS",
        "E)",
        "WI",
        "5NM",
        "RADIUS",
        "OF",
        "342930N",
        "0365432E",
        "342930N0365432E",
        "-",
        "AREA",
        "CLOCKWISE",
        "ARC",
        "SECTOR",
        "030-060",
        "BTN",
        "AND",
        "3430N",
        "F)",
        "SFC",
        "G)",
        "FL250",
        "1500FT AMSL",
        ")",
        "\n",
        "С5530",
        "9999N",
        "EXC",
        "APR 15-18",
        "MON-FRI",
        "WIDTH 4KM",
        "999999999",
        "NNNN",
        "ALONG",
    ]
)


@given(st.lists(WORDS | st.text(max_size=6), max_size=60).map(" ".join))
def test_any_words_end_in_activities_or_faults(text):
    """Whatever words stand in a NOTAM, reading ends with activities or with a named fault."""
    try:
        activities = read_notams(f"(A0101/26 NOTAMN {text}", "file", goes_on=True)
    except FileFault:
        return
    for activity in activities:
        assert activity.volumes or activity.fault or activity.cancels
