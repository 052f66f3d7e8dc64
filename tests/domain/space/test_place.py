"""Places in words: three languages, one grammar, and the nine kilometres of 2016."""

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.space.compass import WINDS, number_of, plain_words, wind_words
from openline.domain.space.geodesy import azimuth_deg, destination, distance_m
from openline.domain.space.place import (
    PlaceDoesNotMatch,
    PlaceIsNotUnderstood,
    check_place,
    describe_place,
    parse_place,
    volume_digest,
)
from openline.domain.space.volume import Shape, Volume
from tests.domain.space.shapes import HOUR, at, circle, corridor, polygon, square


@dataclass(frozen=True)
class Point:
    name: str
    titles: tuple[tuple[str, str], ...]
    lat_e7: int
    lon_e7: int


DEIR_EZ_ZOR = Point(
    "OSDZ",
    (
        ("ar", "مطار دير الزور"),
        ("en", "Deir ez-Zor airfield"),
        ("ru", "Аэродром Дейр-эз-Зор"),
    ),
    *at(35.2854, 40.1760),
)
PALMYRA = Point(
    "OSPR", (("ar", "تدمر"), ("en", "Palmyra"), ("ru", "Пальмира")), *at(34.5574, 38.3169)
)
SHAYRAT = Point(
    "OS65",
    (("ar", "مطار الشعيرات"), ("en", "Shayrat Air Base"), ("ru", "Авиабаза Шайрат")),
    *at(34.49, 36.909),
)
NORTH_CAMP = Point("NORTH-CAMP", (("en", "North Camp"),), *at(33.51, 38.62))
POINTS = (DEIR_EZ_ZOR, PALMYRA, SHAYRAT, NORTH_CAMP)


@pytest.mark.parametrize(
    ("words", "name", "far_m", "bearing", "half_sector"),
    [
        ("6 km south-west of Deir ez-Zor airfield", "OSDZ", 6_000, 225, 11.25),
        ("6km SW of the Deir ez Zor Airfield", "OSDZ", 6_000, 225, 11.25),
        ("6.5 kilometres southwest from OSDZ", "OSDZ", 6_500, 225, 11.25),
        ("6,5 km to the north-north-east of Palmyra.", "OSPR", 6_500, 22.5, 11.25),
        ("300 m NNW of OSPR", "OSPR", 300, 337.5, 11.25),
        ("12 NM bearing 225 from Palmyra", "OSPR", 22_224, 225, 0),
        ("12 NM on bearing 225° true from Palmyra", "OSPR", 22_224, 225, 0),
        ("bearing 007, 12 nautical miles from Palmyra", "OSPR", 22_224, 7, 0),
        ("10 km bearing 360 degrees from Palmyra", "OSPR", 10_000, 0, 0),
        ("at Shayrat Air Base", "OS65", 0, 0, 0),
        ("Over Palmyra", "OSPR", 0, 0, 0),
        ("Deir ez-Zor airfield", "OSDZ", 0, 0, 0),
        ("9 km north of North Camp", "NORTH-CAMP", 9_000, 0, 11.25),
        ("9 km north-east of north camp", "NORTH-CAMP", 9_000, 45, 11.25),
        ("6 км к юго-западу от аэродрома Дейр-эз-Зор", "OSDZ", 6_000, 225, 11.25),
        ("в 6,5 км юго-западнее Пальмиры", "OSPR", 6_500, 225, 11.25),
        ("6 км на северо-северо-восток от Пальмиры", "OSPR", 6_000, 22.5, 11.25),
        ("6 км к ЮЗ от точки «Аэродром Дейр-эз-Зор»", "OSDZ", 6_000, 225, 11.25),
        ("12 морских миль по азимуту 225 от Пальмиры", "OSPR", 22_224, 225, 0),
        ("на расстоянии 800 метров к востоку от авиабазы Шайрат", "OS65", 800, 90, 11.25),
        ("над Пальмирой", "OSPR", 0, 0, 0),
        ("в районе авиабазы Шайрат", "OS65", 0, 0, 0),
        ("6 كم جنوب غرب مطار دير الزور", "OSDZ", 6_000, 225, 11.25),
        ("٦ كم جنوب غربي من مطار دير الزور", "OSDZ", 6_000, 225, 11.25),
        ("على بعد ٦٫٥ كم إلى الجنوب الغربي من مطار دير الزور", "OSDZ", 6_500, 225, 11.25),
        ("۱۲ كيلومترًا شمال شمال شرق تدمر", "OSPR", 12_000, 22.5, 11.25),
        ("12 ميلا بحريا باتجاه 225 من تدمر", "OSPR", 22_224, 225, 0),
        ("عند تدمر", "OSPR", 0, 0, 0),
        ("فوق مطار الشعيرات", "OS65", 0, 0, 0),
    ],
)
def test_places_are_understood(words, name, far_m, bearing, half_sector):
    """A place in words of any of the three languages gives its point, distance and direction."""
    stated = parse_place(words, POINTS)
    assert stated.reference == name
    assert (stated.distance_m, stated.bearing_deg) == (pytest.approx(far_m), bearing)
    assert stated.half_sector_deg == half_sector
    assert stated.words == words


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "no distance and direction"),
        ("somewhere", '"somewhere" .*|no distance'),
        ("6 km south-west", "no distance|no shared"),
        ("6 km of Palmyra", "no distance and direction"),
        ("south of Palmyra", "no distance and direction"),
        ("6 km south of Nowhere", '"nowhere" in .* is no shared reference point'),
        ("at Nowhere", "no shared reference point|no distance"),
        ("6 km north-south of Palmyra", "no"),
        ("6 miles south of Palmyra", "statute or nautical"),
        ("12 миль к югу от Пальмиры", "statute or nautical"),
        ("12 ميل جنوب تدمر", "statute or nautical"),
        ("1,500 m south of Palmyra", "1,500 in .* two ways"),
        ("1.500.000 m south of Palmyra", "two ways"),
        ("6 km magnetic bearing 225 from Palmyra", "magnetic"),
        ("6 km bearing 400 from Palmyra", "400 is not 0 to 360"),
        ("0 km south of Palmyra", "0 km says nothing"),
        ("9000 km south of Palmyra", "9000 km says nothing"),
        ("6 km south of Palmyra " * 20, "at most 200"),
    ],
)
def test_what_is_unclear_is_refused(words, why):
    """Words that say no place, or could say two, are refused with what to do."""
    with pytest.raises(PlaceIsNotUnderstood, match=why) as caught:
        parse_place(words, POINTS)
    assert caught.value.remedy or "400" in why or "200" in why


def test_a_name_of_two_points_is_refused():
    """A name that two reference points bear names neither."""
    other = Point("ELSEWHERE", (("en", "Palmyra"),), *at(44, -76))
    with pytest.raises(PlaceIsNotUnderstood, match="any of OSPR, ELSEWHERE"):
        parse_place("at Palmyra", (*POINTS, other))


def test_russian_cases_are_one_name_and_other_names_are_not():
    """A Russian name is known in its cases, and not by a beginning that it shares."""
    hama = Point("OS58", (("ru", "Хама"),), *at(35.118, 36.711))
    for words in ("над Хамой", "2 км к северу от Хамы", "в Хаме"):
        assert parse_place(words, (hama,)).reference == "OS58"
    with pytest.raises(PlaceIsNotUnderstood):
        parse_place("над Хамидией", (hama,))


@given(st.text(max_size=60))
def test_no_words_crash_the_reader(words):
    """Any text is understood or refused with the typed error."""
    try:
        stated = parse_place(words, POINTS)
    except PlaceIsNotUnderstood:
        return
    assert stated.reference in {point.name for point in POINTS}


pieces = st.sampled_from(
    ["6", "6,5", "1,500", "km", "км", "كم", "m", "NM", "миль", "south", "west", "северу", "غرب",
     "к", "of", "от", "من", "at", "в", "عند", "bearing", "азимут", "225", "Palmyra", "Пальмиры",
     "تدمر"]
)  # fmt: skip


@given(st.lists(pieces, max_size=9).map(" ".join))
def test_no_phrase_crashes_the_reader(words):
    """Any phrase of known words is understood or refused with the typed error."""
    try:
        stated = parse_place(words, POINTS)
    except PlaceIsNotUnderstood:
        return
    assert 0 <= stated.distance_m <= 2_000_000
    assert 0 <= stated.bearing_deg < 360


# --- words against the map -----------------------------------------------------------------------


def test_nine_kilometres_off_are_refused():
    """A notice nine kilometres from its words is refused, and the error says where it is."""
    stated = parse_place("6 km south-west of Deir ez-Zor airfield", POINTS)
    off = destination(stated.position, 20, 9_000)
    with pytest.raises(PlaceDoesNotMatch) as caught:
        check_place(stated, [Volume(Shape.CIRCLE, (off,), 8_000, None, None, 0, HOUR)])
    error = caught.value
    assert error.off_m == pytest.approx(9_000, abs=1)
    assert "35.2472N 40.1294E" in error.what
    assert "9.0 km from there; 2.2 km is allowed" in error.what
    assert error.words == "4.4 km north-north-west of Deir ez-Zor airfield"
    assert error.remedy.endswith(f'"{error.words}".')
    check_place(
        parse_place(error.words, POINTS), [Volume(Shape.CIRCLE, (off,), 8_000, None, None, 0, HOUR)]
    )


@pytest.mark.parametrize(
    ("words", "tolerance_m"),
    [
        ("at Palmyra", 1_000),
        ("6 km bearing 225 from Palmyra", 1_000),
        ("40 km bearing 225 from Palmyra", 4_000),
        ("6 km SW of Palmyra", 1_000 + 6_000 * math.sin(math.radians(11.25))),
        ("40 km SW of Palmyra", 4_000 + 40_000 * math.sin(math.radians(11.25))),
    ],
)
def test_the_tolerance_is_that_of_the_rule(words, tolerance_m):
    """A kilometre or a tenth is allowed, and half a sector more for a direction in words."""
    stated = parse_place(words, POINTS)
    assert stated.tolerance_m == pytest.approx(tolerance_m)
    for bearing in (0, 100, 200, 300):
        within = destination(stated.position, bearing, tolerance_m - 1)
        check_place(stated, [Volume(Shape.CIRCLE, (within,), 100, None, None, 0, HOUR)])
        beyond = destination(stated.position, bearing, tolerance_m + 1)
        with pytest.raises(PlaceDoesNotMatch):
            check_place(stated, [Volume(Shape.CIRCLE, (beyond,), 100, None, None, 0, HOUR)])


def test_a_core_is_measured_by_what_it_is():
    """A polygon matches anywhere in its area, a corridor along its line, a circle at its centre."""
    stated = parse_place("at Palmyra", POINTS)
    check_place(stated, [square(34, 38)])
    check_place(stated, [corridor((34.5574, 37), (34.5574, 39), radius_m=100)])
    check_place(stated, [circle(40, 40, 100), square(34, 38)])
    with pytest.raises(PlaceDoesNotMatch):
        check_place(stated, [circle(34.7, 38.3169, 40_000)])


@given(
    st.sampled_from(["en", "ru", "ar"]),
    st.floats(0, 360),
    st.floats(0, 300_000),
    st.integers(0, 2),
)
def test_the_words_that_are_offered_are_accepted(language, bearing, far_m, kind):
    """The description of any volume, in each language, is understood and matches the volume."""
    place = destination((PALMYRA.lat_e7, PALMYRA.lon_e7), bearing, far_m)
    lat, lon = place[0] / 1e7, place[1] / 1e7
    volume = (
        circle(lat, lon, 5_000),
        corridor((lat, lon), (lat + 0.3, lon + 0.1), (lat, lon + 0.4), radius_m=500),
        polygon((lat, lon), (lat, lon + 0.5), (lat + 0.05, lon + 0.05), (lat + 0.5, lon)),
    )[kind]
    words = describe_place([volume], POINTS, language)
    check_place(parse_place(words, POINTS), [volume])


def test_descriptions_read_as_people_write():
    """A description names the nearest reference point in the language of the reader."""
    volume = circle(35.2472, 40.1294, 3_000)
    assert describe_place([volume], POINTS, "en") == "6 km south-west of Deir ez-Zor airfield"
    assert describe_place([volume], POINTS, "ru") == (
        "6 км к юго-западу от точки «Аэродром Дейр-эз-Зор»"
    )
    assert describe_place([volume], POINTS, "ar") == "6 كم جنوب غرب مطار دير الزور"
    assert describe_place([volume], POINTS, "fr") == "6 km south-west of OSDZ"
    assert describe_place([circle(34.49, 36.909, 100)], POINTS, "ru") == (
        "в точке «Авиабаза Шайрат»"
    )
    assert describe_place([volume], (), "en") == "35.2472N 40.1294E"


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_all_winds_can_be_said(language):
    """Each of sixteen winds, written in words, is read as the same wind."""
    for number, wind in enumerate(WINDS):
        words = {
            "en": f"6 km {wind_words(number, 'en')} of Palmyra",
            "ru": f"6 км к {wind_words(number, 'ru')} от Пальмиры",
            "ar": f"6 كم {wind_words(number, 'ar')} تدمر",
        }[language]
        assert parse_place(words, POINTS).bearing_deg == 22.5 * number, wind
        assert parse_place(f"6 km {wind} of Palmyra", POINTS).bearing_deg == 22.5 * number


def test_plain_words_forget_spelling():
    """Scripts of digits, vowel signs, direction marks and look-alike letters make no difference."""
    assert plain_words("\u200f٦٫٥ كم من مَطَارِ الشُّعَيرات") == plain_words("6.5 كم من مطار الشعيرات")
    assert plain_words("Ёлка, «OS65»") == ["елка", "os", "65"]
    assert [number_of(word) for word in ("6", "6.25", "6,5", "6,250", "6.5.1", "x")] == [
        6.0, 6.25, 6.5, None, None, None,
    ]  # fmt: skip


# --- the machine's read-back ---------------------------------------------------------------------


def test_a_digest_says_where_a_volume_is():
    """A digest holds the centre, the box, and the way from the nearest reference point."""
    digest = volume_digest(circle(35.2472, 40.1294, 3_000), POINTS)
    assert digest.reference == "OSDZ"
    origin = (DEIR_EZ_ZOR.lat_e7, DEIR_EZ_ZOR.lon_e7)
    assert abs(digest.distance_m - distance_m(origin, at(35.2472, 40.1294))) <= 5
    assert abs(digest.bearing_deg - azimuth_deg(origin, at(35.2472, 40.1294))) <= 0.5
    assert digest.centre == at(35.2472, 40.1294)
    (south, west), (north, east) = digest.south_west, digest.north_east
    assert south < digest.centre[0] < north
    assert west < digest.centre[1] < east
    assert volume_digest(circle(0, 0, 100), ()).reference == ""
