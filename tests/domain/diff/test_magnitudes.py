"""Two versions of an area differ by distances, percentages, levels and minutes."""

from dataclasses import replace

import pytest

from openline.adapters.wording import LANGUAGES, Wording
from openline.adapters.wording.differences import magnitude_rows
from openline.domain.diff.magnitudes import area_m2, magnitudes
from openline.domain.instant import HOUR_MS, MINUTE_MS, parse_instant
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.volume import Shape, Volume

AT = parse_instant("2017-04-07T01:00:00Z")


def level(number: int) -> Altitude:
    """A flight level."""
    return Altitude(Datum.FLIGHT_LEVEL, number)


OLD = Volume(
    Shape.CIRCLE, ((344_900_000, 369_090_000),), 10_000, level(200), level(300), AT, AT + HOUR_MS
)
SQUARE = (
    (344_000_000, 369_000_000),
    (344_000_000, 370_000_000),
    (345_000_000, 370_000_000),
    (345_000_000, 369_000_000),
)


def test_what_moved_and_grew_is_told_in_words() -> None:
    """Distance and direction, growth, floor and window are told as an officer says them."""
    new = replace(
        OLD,
        vertices=((345_168_000, 369_413_000),),
        radius_m=10_583,
        lower=level(180),
        valid_from=AT - 30 * MINUTE_MS,
    )
    assert magnitude_rows(Wording("en"), magnitudes([OLD], [new]), is_wider=True) == [
        "Area 1: moved 4200 m north-east; grew by 12 %; floor from flight "
        "level 200 to flight level 180; begins 30 min earlier.",
        "It became wider: what was answered before does not answer this version.",
    ]


def test_the_same_area_tells_nothing() -> None:
    """Two equal versions have no magnitude."""
    assert magnitudes([OLD], [OLD]) == []


def test_areas_come_and_go() -> None:
    """An area that is new or gone is told alone, wherever in the list it stood."""
    other = replace(OLD, radius_m=5_000)
    [new] = magnitudes([OLD], [OLD, OLD])
    [gone] = magnitudes([OLD, OLD], [OLD])
    assert (new.number, new.is_new) == (2, True)
    assert (gone.number, gone.is_gone) == (2, True)
    [first] = magnitudes([OLD, other], [other])
    assert (first.number, first.is_gone) == (1, True)
    assert magnitudes([OLD, other], [other, OLD]) == []


def test_areas_of_every_shape_are_measured() -> None:
    """A square tenth of a degree in Syria is 102 square kilometres; a corridor is its strip."""
    square = replace(OLD, shape=Shape.POLYGON, vertices=SQUARE, radius_m=0)
    assert area_m2(square) == pytest.approx(102e6, rel=0.01)
    turned = replace(square, vertices=SQUARE[::-1])
    assert area_m2(turned) == pytest.approx(area_m2(square))
    corridor = replace(OLD, shape=Shape.CORRIDOR, vertices=SQUARE[:2], radius_m=1_000)
    assert area_m2(corridor) == pytest.approx(9_200 * 2_000 + 3.14e6, rel=0.01)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_magnitude_can_be_said(language: str) -> None:
    """Each way to differ has its words in each language."""
    shrunk = replace(
        OLD, radius_m=5_000, lower=None, upper=None, valid_from=AT + 1, valid_until=AT + 2
    )
    rows = magnitude_rows(Wording(language), magnitudes([OLD, OLD], [shrunk]), is_wider=True)
    assert len(rows) == 3
