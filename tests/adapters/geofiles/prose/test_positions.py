"""Positions in messages: every form gives the same place, and halves are counted."""

import pytest

from openline.adapters.geofiles import FileFault
from openline.adapters.geofiles.activity import Feature
from openline.adapters.geofiles.prose.passage import passage_of, plain
from openline.adapters.geofiles.prose.positions import find_positions
from openline.domain.space.geodesy import Position


def read(text: str) -> tuple[list[Position], list[str]]:
    feature = Feature("file", 1, {})
    found = find_positions(feature, "E", passage_of(text))
    return [one.position for one in found], [remark.what for remark in feature.remarks]


MINUTES = (555_000_000, 375_000_000)
SECONDS = (round((55 + 30 / 60 + 15 / 3600) * 1e7), round((37 + 30 / 60 + 45 / 3600) * 1e7))


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("5530N 03730E", MINUTES),
        ("5530N03730E", MINUTES),
        ("5530N/03730E", MINUTES),
        ("5530N, 03730E", MINUTES),
        ("5530N-03730E", MINUTES),
        ("N5530 E03730", MINUTES),
        ("N5530E03730", MINUTES),
        ("55-30N 037-30E", MINUTES),
        ("55 30N 037 30E", MINUTES),
        ("55°30'N 037°30'E", MINUTES),
        ("55DEG30MIN N 037DEG30MIN E", MINUTES),
        ("LAT 5530N LONG 03730E", MINUTES),
        ("55.5N 37.5E", MINUTES),
        ("N55.5000 E037.5000", MINUTES),
        ("55.5°N 37.5°E", MINUTES),
        ("55-30.00N 037-30.00E", MINUTES),
        ("55N 037E", (550_000_000, 370_000_000)),
        ("03730E 5530N", MINUTES),
        ("5530С 03730В", MINUTES),
        ("С5530 В03730", MINUTES),
        ("5530с.ш. 03730в.д.", MINUTES),
        ("553015N 0373045E", SECONDS),
        ("553015N0373045E", SECONDS),
        ("553015.0N 0373045.0E", SECONDS),
        ("N553015E0373045", SECONDS),
        ("N 55 30 15 E 037 30 45", SECONDS),
        ("55 30 15N 037 30 45E", SECONDS),
        ("55-30-15N 037-30-45E", SECONDS),
        ("55°30′15″N 037°30′45″E", SECONDS),
        ("55:30:15N 037:30:45E", SECONDS),
        ("553015С0373045В", SECONDS),
        ("55°30'15\" с.ш. 037°30'45\" в.д.", SECONDS),
        ("5530.25N 03730.75E", SECONDS),
        ("5530,25N 03730,75E", SECONDS),
        ("3429S\n05824W", (-344_833_333, -584_000_000)),
    ],
)
def test_each_form_gives_the_place(written, place):
    """However a position is written, it is the same place, and nothing is doubted."""
    assert read(f"AREA {written}, SFC-FL100") == ([place], [])


def test_several_are_read_in_order():
    """Positions joined by dashes, blanks or nothing are all read."""
    places, _ = read("5530N03730E-5545N03730E - 5545N 03755E,5530N03755E 5530N03730E")
    assert [lat for lat, _ in places] == [555_000_000, 557_500_000, 557_500_000] + [555_000_000] * 2


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("5530N", "has 1 latitudes and 0 longitudes; the latitude '5530N' stands without"),
        ("5530N03730E 5545N 5545N03755E", "has 3 latitudes and 2 longitudes"),
        ("5530N03730E 03755E", "has 1 latitudes and 2 longitudes; the longitude '03755E'"),
        ("55300N0373000E", "has 5 digits"),
        ("9530N 03730E", "is beyond 90 degrees"),
        ("5530N 18130E", "is beyond 180 degrees"),
        ("5575N 03730E", "has 75 minutes"),
        ("553075N 0373000E", "has 75 seconds"),
        ("5530O0N 0373000E", "stands without its latitude"),
    ],
)
def test_what_is_no_position_is_named(written, says):
    """A half that is alone, lost a digit or cannot be is a fault with its row."""
    with pytest.raises(FileFault, match="row 2") as caught:
        read(f"AREA\n{written}")
    assert says in caught.value.said


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("5560N 03730E", "has 60 minutes: read as the next full one"),
        ("5530N 3730E", "has no leading zero: it is read as 37 degrees"),
        ("553000N 03730E", "are not written alike"),
    ],
)
def test_what_is_read_otherwise_is_told(written, says):
    """A position that is read otherwise than it is written is a remark."""
    places, said = read(written)
    assert len(places) == 1
    assert says in said[0]


@pytest.mark.parametrize(
    "words",
    ["UN871 AND N871 CLSD", "RWY 09L/27R", "FL100 TO FL200", "0600-1800 EST", "WINDS 12KT", ""],
)
def test_other_words_are_no_positions(words):
    """Routes, runways, levels and hours are no positions."""
    assert read(words) == ([], [])


def test_letters_keep_their_places():
    """Making letters plain moves none of them."""
    for text in ("55°30′с.ш. 037°30′в.д.", "straße – “x”", "С5530 В03730\r\n"):
        assert len(plain(text)) == len(text)
