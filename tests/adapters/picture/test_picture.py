"""Pictures are drawn whole, alike every time, in each language, whatever they are given."""

import os
import re
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import matplotlib
import pytest

from openline.adapters.geofiles.activity import ReadActivity
from openline.adapters.picture import ConflictDrawing, DrawnSide, draw_activities, draw_conflict
from openline.adapters.picture.activities import _outlined
from openline.adapters.picture.conflict import separation_line, window_of
from openline.adapters.picture.lettering import balanced, broken, legible, name_of
from openline.adapters.picture.outline import outline
from openline.adapters.picture.profile import axis_datum, bands_of
from openline.adapters.picture.projection import Around
from openline.adapters.picture.sheet import plain_style
from openline.adapters.wording import LANGUAGES
from openline.domain.errors import OurError
from openline.domain.limits import PICTURE_VOLUMES_MAX
from openline.domain.space.conflict import Minima, Verdict, find_conflict
from openline.domain.space.geodesy import distance_m, position_of
from openline.domain.space.volume import Altitude, Datum, Shape, Volume
from tests.adapters.picture.scenes import (
    FROM,
    MINIMA,
    PEOPLE,
    ROUTE,
    SHAYRAT,
    STRIKE,
    UNTIL,
    circle,
    drawing,
)

A4_DOTS = (1753, 1240)

HOSTILE = (
    "$x_1^2$ \\frac{1}{0}",
    "\u202egnp.eman \u2066\u2067",
    "W" * 5_000,
    "漢字 \U0001f648 \ud7ff",
    "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306",
    "row\nfeed\tand \x1b[31m escape",
    "",
)


def picture_of(path: Path, drawn: ConflictDrawing, language: str = "en") -> bytes:
    draw_conflict(path, drawn, language=language)
    return path.read_bytes()


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


# --- the file ------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".png", ".svg", ".PNG"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_conflict_gives_the_same_bytes(language: str, suffix: str, tmp_path: Path) -> None:
    """A conflict drawn twice is the same file, and neither names a date or a library."""
    drawn = drawing(STRIKE, PEOPLE)
    first = picture_of(tmp_path / f"1{suffix}", drawn, language)
    assert first == picture_of(tmp_path / f"2{suffix}", drawn, language)
    assert b"matplotlib" not in first.replace(b"matplotlib.axis", b"").lower()
    assert not re.search(rb"<dc:date>|\d{4}-\d\d-\d\dT\d\d:\d\d", first)
    if suffix == ".svg":
        assert first.startswith(b"<?xml")
    else:
        assert size_of(first) == A4_DOTS
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"1{suffix}", f"2{suffix}"]


def test_another_process_draws_the_same_bytes(tmp_path: Path) -> None:
    """A picture does not depend on the order of hashes, nor on a user's settings."""
    program = (
        "from pathlib import Path\n"
        "from openline.adapters.picture import draw_conflict\n"
        "from tests.adapters.picture.scenes import *\n"
        f"draw_conflict(Path({str(tmp_path / 'theirs.svg')!r}), drawing(STRIKE, PEOPLE))\n"
    )
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\nfont.size: 30\ntext.usetex: True\n")
    subprocess.run(
        [sys.executable, "-c", program],
        env={**_environment(), "PYTHONHASHSEED": "77", "MATPLOTLIBRC": str(tmp_path)},
        check=True,
        timeout=120,
    )
    ours = picture_of(tmp_path / "ours.svg", drawing(STRIKE, PEOPLE))
    assert (tmp_path / "theirs.svg").read_bytes() == ours


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def test_languages_give_different_pictures(tmp_path: Path) -> None:
    """Each language has its own words on the picture."""
    drawn = drawing(STRIKE, PEOPLE)
    assert len({picture_of(tmp_path / f"{one}.png", drawn, one) for one in LANGUAGES}) == 3


@pytest.mark.parametrize("name", ["picture.jpg", "picture", "picture.svgz"])
def test_another_suffix_is_refused(name: str, tmp_path: Path) -> None:
    """A file whose name ends otherwise is refused by name, and nothing is written."""
    with pytest.raises(OurError, match=re.escape(name)) as fault:
        draw_conflict(tmp_path / name, drawing(STRIKE, PEOPLE))
    assert fault.value.remedy == "Let its name end in .png or .svg."
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """Where the file cannot be put in place, no part of it stays, and the error names it."""
    (tmp_path / "taken.png").mkdir()
    with pytest.raises(OurError, match=r"taken\.png cannot be written"):
        draw_conflict(tmp_path / "taken.png", drawing(STRIKE, PEOPLE))
    with pytest.raises(OurError, match="cannot be written"):
        draw_conflict(tmp_path / "nowhere" / "x.png", drawing(STRIKE, PEOPLE))
    assert [path.name for path in tmp_path.iterdir()] == ["taken.png"]


def test_a_language_without_words_is_refused(tmp_path: Path) -> None:
    """A language without a catalogue is refused before anything is drawn."""
    with pytest.raises(OurError, match="no sentences in 'fr'"):
        draw_conflict(tmp_path / "x.png", drawing(STRIKE, PEOPLE), language="fr")


def test_the_library_is_loaded_only_to_draw() -> None:
    """A process that imports the pictures and the command line has not loaded matplotlib."""
    program = (
        "import sys, openline.adapters.picture, openline.app.compose\n"
        "import openline.faces.cli.main as m\n"
        "m.load_verbs()\n"
        "print('matplotlib' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=_environment(), capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.strip() == "False"


def test_settings_of_the_library_come_back() -> None:
    """What a program has set in the library is as it was when the picture is drawn."""
    before = dict(matplotlib.rcParams)
    with plain_style():
        assert matplotlib.rcParams["svg.hashsalt"] == "openline"
    assert dict(matplotlib.rcParams) == before


# --- a conflict ----------------------------------------------------------------------------------

FLIGHT_LEVELS = replace(
    circle(355_000_000, 401_500_000, 12_000),
    lower=Altitude(Datum.FLIGHT_LEVEL, 230),
    upper=Altitude(Datum.FLIGHT_LEVEL, 260),
)
ALWAYS = replace(
    circle(333_000_000, 385_000_000, 55_000),
    lower=None, upper=None, valid_from=0, valid_until=4_000_000_000_000,
)  # fmt: skip

PAIRS = {
    "apart on the map": (STRIKE, PEOPLE, MINIMA),
    "apart in height": (ROUTE, FLIGHT_LEVELS, Minima(5_000, 6_000, 600_000)),
    "apart in time": (
        STRIKE, replace(PEOPLE, valid_from=UNTIL + 600_000), Minima(9_260, 0, 1_200_000)
    ),
    "without minima": (STRIKE, replace(PEOPLE, radius_m=40_000), Minima(0, 0, 0)),
    "clear": (STRIKE, circle(344_900_000, 390_000_000), MINIMA),
    "far apart": (STRIKE, circle(-344_900_000, -1_400_000_000), MINIMA),
    "touching": (
        replace(STRIKE, upper=Altitude(Datum.AMSL, 9_000)),
        replace(STRIKE, lower=Altitude(Datum.AMSL, 9_000), upper=None),
        Minima(0, 0, 0),
    ),
    "above ground": (
        replace(STRIKE, lower=Altitude(Datum.AGL, 0), upper=Altitude(Datum.AGL, 3_000)),
        replace(PEOPLE, lower=Altitude(Datum.AMSL, 1_000), upper=Altitude(Datum.WGS84, 4_000)),
        MINIMA,
    ),
    "an hour in a year": (circle(337_000_000, 380_000_000, 5_000), ALWAYS, MINIMA),
    "small beside huge": (
        circle(344_900_000, 369_090_000, 100), circle(300_000_000, 369_090_000, 500_000), MINIMA
    ),
    "round the pole": (
        circle(899_500_000, 0, 20_000), circle(899_500_000, 1_790_000_000, 5_000), MINIMA
    ),
    "over the antimeridian": (
        circle(-170_000_000, 1_799_900_000), circle(-170_000_000, -1_798_000_000), MINIMA
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_every_sort_of_conflict_is_drawn(name: str, tmp_path: Path) -> None:
    """Whatever way two volumes lie to each other, a whole picture comes of it."""
    a, b, minima = PAIRS[name]
    for first, second in ((a, b), (b, a)):
        png = picture_of(tmp_path / "x.png", drawing(first, second, minima))
        assert size_of(png) == A4_DOTS
        assert len(png) > 50_000


def test_the_pairs_are_of_every_verdict() -> None:
    """The pairs above hold conflicts, a touch and clear ones."""
    verdicts = {find_conflict(a, b, minima).verdict for a, b, minima in PAIRS.values()}
    assert {Verdict.CONFLICT, Verdict.TOUCH, Verdict.CLEAR} <= verdicts


@pytest.mark.parametrize(
    "name",
    [name for name, (a, b, m) in PAIRS.items() if 0 < find_conflict(a, b, m).separation_m < 1e6],
)
def test_the_separation_line_is_that_of_the_finding(name: str) -> None:
    """The line between two volumes has the length of the finding, and its middle is the contact."""
    drawn = drawing(*PAIRS[name])
    ends = separation_line(drawn)
    assert ends is not None
    start, end = (position_of(unit) for unit in ends)
    assert distance_m(start, end) == pytest.approx(drawn.finding.separation_m, rel=1e-4, abs=1.0)
    middle = position_of(ends.sum(axis=0))
    assert distance_m(middle, drawn.finding.closest) < 1 + 1e-4 * drawn.finding.separation_m


@pytest.mark.parametrize("name", ["without minima", "far apart"])
def test_where_two_meet_there_is_no_separation_line(name: str) -> None:
    """Volumes that overlap, or lie on two sides of the globe, have no line between them."""
    assert separation_line(drawing(*PAIRS[name])) is None


def test_the_map_shows_both_or_the_contact() -> None:
    """The map holds both volumes; beside a huge one it holds the small one and the contact."""
    for name, is_whole in (("apart on the map", True), ("small beside huge", False)):
        drawn = drawing(*PAIRS[name])
        paper = Around(drawn.finding.closest)
        shown = [paper.points(outline(side.volume)[0]) for side in drawn.sides]
        middle, half = window_of(shown, drawn.finding.separation_m, 1.0)
        held = [(abs(points - middle) <= half).all(axis=1).mean() for points in shown]
        assert held[0] == 1
        assert bool(held[1] == 1) is is_whole
        assert (abs(paper.points(paper.normals(shown[0] * 0)) - middle) <= half).all()


def test_a_height_is_widened_only_across_references() -> None:
    """A bound is drawn wider just where it faces one that counts from something else."""
    strike, people = bands_of(drawing(STRIKE, PEOPLE))
    assert strike.high == 150 * 304.8
    assert strike.high_widened > strike.high + 2_610
    assert (people.low, people.high) == (6_000, 48_000)
    assert people.low_widened == 6_000
    assert people.high_widened == 48_000
    alike = drawing(ROUTE, FLIGHT_LEVELS)
    assert axis_datum(alike) is Datum.FLIGHT_LEVEL
    assert all(
        (band.low_widened, band.high_widened) == (band.low, band.high) for band in bands_of(alike)
    )
    assert axis_datum(drawing(STRIKE, PEOPLE)) is Datum.AMSL


def test_drawn_margins_meet_where_the_rule_finds_a_conflict() -> None:
    """Half of the minimum round each band meets the other's just where the rule says so."""
    for rise in range(-500, 1_500, 100):
        other = replace(
            FLIGHT_LEVELS,
            lower=Altitude(Datum.AMSL, 70_000 + rise * 10),
            upper=Altitude(Datum.AMSL, 120_000),
        )
        minima = Minima(50_000, 6_000, 600_000)
        drawn = drawing(ROUTE, other, minima)
        low, high = bands_of(drawn)
        half = minima.vertical_dm / 2
        do_meet = high.low_widened - half < low.high_widened + half
        assert do_meet is drawn.finding.is_conflict, rise


# --- hostile words -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_names_are_drawn_as_letters(language: str, tmp_path: Path) -> None:
    """Formulas, direction marks, letters no font has and endless names harm no picture."""
    sides = [
        DrawnSide(name, other, 10**9, volume, 64, name, other)
        for name, other, volume in zip(HOSTILE[:2], HOSTILE[2:4], (STRIKE, PEOPLE), strict=True)
    ]
    drawn = replace(
        drawing(STRIKE, PEOPLE),
        sides=(sides[0], sides[1]),
        line=HOSTILE[4],
        is_exercise=True,
        places=tuple((name, SHAYRAT) for name in HOSTILE),
    )
    assert size_of(picture_of(tmp_path / "x.png", drawn, language)) == A4_DOTS
    activities = [ReadActivity(name, (STRIKE,)) for name in HOSTILE]
    draw_activities(tmp_path / "y.svg", activities, [], title=HOSTILE[2], language=language)
    assert (tmp_path / "y.svg").read_bytes().endswith(b"</svg>\n")


def test_what_no_font_has_is_shown_by_number() -> None:
    """A letter without a picture of its own becomes its number; joined scripts stay letters."""
    assert legible("a\U0001f648b") == "a⟨U+1F648⟩b"
    assert legible("نص $x$ Ёж\n two") == "نص $x$ Ёж two"
    assert name_of("x\u202ey", 40) == "x⟨U+202E⟩y"
    assert name_of("word " * 100, 12) == "word word w…"
    assert len(name_of("W" * 5_000, 40)) == 40


def test_rows_are_broken_and_their_isolates_closed() -> None:
    """Rows fit their width, long words are cut, and each row closes what it opens."""
    rows = list(broken("one three " + "x" * 25, 10, len))
    assert rows == ["one three", "x" * 10, "x" * 10, "x" * 5]
    closed = balanced(["a \u2066b c", "d\u2069 e", "f"])
    assert closed == ["a \u2066b c\u2069", "\u2066d\u2069 e", "f"]
    assert list(broken("", 10, len)) == []
    assert list(broken("xy", 0.5, len)) == ["x", "y"]


# --- a file --------------------------------------------------------------------------------------


def test_a_file_is_drawn_with_its_conflicts(tmp_path: Path) -> None:
    """Areas of a file are drawn alike every time; conflicts change the picture."""
    activities = [
        ReadActivity("STRIKE", (STRIKE,)),
        ReadActivity("PEOPLE", (PEOPLE, ROUTE)),
        ReadActivity("BROKEN", ()),
    ]
    found = [(0, 1, find_conflict(STRIKE, PEOPLE, MINIMA))]
    pictures = []
    for name, conflicts in (("1.png", found), ("2.png", found), ("3.png", [])):
        draw_activities(tmp_path / name, activities, conflicts, title="morning.kml")
        pictures.append((tmp_path / name).read_bytes())
    assert pictures[0] == pictures[1] != pictures[2]
    assert size_of(pictures[0]) == A4_DOTS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "places",
    [
        [],
        [(0, 0)],
        [(900_000_000, 0)],
        [(-899_000_000, 0), (-850_000_000, 900_000_000)],
        [(-170_000_000, 1_799_000_000), (-170_000_000, -1_799_000_000)],
        [(0, 0), (0, 1_800_000_000), (800_000_000, 900_000_000), (-340_000_000, -1_799_000_000)],
    ],
    ids=["nothing", "one", "north pole", "south pole", "antimeridian", "everywhere"],
)
def test_a_file_of_any_place_is_drawn(
    places: list[tuple[int, int]], language: str, tmp_path: Path
) -> None:
    """Poles, the antimeridian, the whole globe and an empty file each give a whole picture."""
    activities = [ReadActivity("area", (circle(*place, 300_000),)) for place in places]
    path = tmp_path / "x.png"
    draw_activities(path, activities, [], title="places", language=language)
    assert size_of(path.read_bytes()) == A4_DOTS


def test_too_many_areas_are_left_out_and_counted() -> None:
    """Of more areas than a picture may hold the first are drawn, those in conflict before all."""
    many = [
        ReadActivity(str(number), (circle(number * 10_000, 0, 50),))
        for number in range(PICTURE_VOLUMES_MAX + 50)
    ]
    drawn = list(_outlined(many, {PICTURE_VOLUMES_MAX + 49}))
    assert len(drawn) == PICTURE_VOLUMES_MAX
    assert [one.name for one in drawn[:2]] == [str(PICTURE_VOLUMES_MAX + 49), "0"]
    assert [one.is_met for one in drawn[:2]] == [True, False]


def test_too_many_points_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Areas are drawn until their points are spent."""
    monkeypatch.setattr("openline.adapters.picture.activities.PICTURE_POINTS_MAX", 400)
    assert len(list(_outlined([ReadActivity("x", (STRIKE,) * 9)], set()))) == 3


def test_no_map_and_another_map_are_drawn(tmp_path: Path) -> None:
    """A picture without a map beneath is another picture; a map that is not there is refused."""
    drawn = drawing(STRIKE, PEOPLE)
    draw_conflict(tmp_path / "none.png", drawn, base_map="none")
    assert picture_of(tmp_path / "x.png", drawn) != (tmp_path / "none.png").read_bytes()
    with pytest.raises(OurError, match=r"lost\.bin"):
        draw_conflict(tmp_path / "y.png", drawn, base_map=str(tmp_path / "lost.bin"))
    assert not (tmp_path / "y.png").exists()


def test_other_areas_of_a_notice_are_drawn_within_a_bound(tmp_path: Path) -> None:
    """Further volumes of a notice are drawn, and hostile ones only until points are spent."""
    zigzag = tuple((344_900_000 + n % 2 * 10_000_000, 369_090_000 + n * 20_000) for n in range(500))
    hostile = Volume(Shape.CORRIDOR, zigzag, 20_000, None, None, FROM, UNTIL)
    plain = drawing(STRIKE, PEOPLE)
    side = replace(plain.sides[0], others=(ROUTE, *(hostile,) * 63))
    png = picture_of(tmp_path / "x.png", replace(plain, sides=(side, plain.sides[1])))
    assert png != picture_of(tmp_path / "y.png", plain)
