"""The vectors of altitude: this program and a second reader find the same numbers."""

import json
import math
from functools import cache
from typing import Any

import pytest

from openline.domain.space.altitude import (
    Altitude,
    Atmosphere,
    Datum,
    amsl_range_dm,
    pressure_height_dm,
    vertical_gap_dm,
)
from openline.domain.space.geoid import box_e7, undulation_range_dm, undulation_within
from openline.domain.space.volume import Shape
from tests.domain.space import altitude_reader as reader
from tests.vectors.make_altitude import PATH, make


@cache
def vectors() -> dict[str, Any]:
    return json.loads(PATH.read_text("utf-8"))


@cache
def nodes() -> list[list[int]]:
    return reader.grid()


def bound(value: list[int] | None) -> Altitude | None:
    return None if value is None else Altitude(Datum(value[0]), value[1])


def test_the_file_is_the_one_that_is_made():
    """Making the vectors anew changes no byte of the file."""
    assert make() == PATH.read_text("utf-8")


def test_the_height_of_every_pressure():
    """Each whole hectopascal has its decimetres, by exact and by binary arithmetic."""
    for hpa, floor_dm in vectors()["pressure_heights"]:
        assert math.floor(pressure_height_dm(hpa)) == reader.floor_dm(hpa) == floor_dm


def test_no_rounding_of_a_pressure_can_flip():
    """Binary powers err by less than a ten millionth of what is left to a whole number."""
    for hpa, _ in vectors()["pressure_heights"]:
        exact = pressure_height_dm(hpa)
        assert abs(exact - round(exact)) > 0.002
        assert abs(float(exact) - reader.pressure_height_dm(hpa)) < 1e-10


def test_every_flight_level():
    """Each level has its range under each atmosphere."""
    for vector in vectors()["flight_levels"]:
        level = Altitude(Datum.FLIGHT_LEVEL, vector["level"])
        ends = amsl_range_dm(level, Atmosphere(*vector["atmosphere"]))
        assert list(ends) == vector["amsl_dm"]
        assert reader.level_range(vector["level"], vector["atmosphere"]) == vector["amsl_dm"]


def test_every_pair_of_references():
    """Each pair of bands has its gap, whichever comes first."""
    for vector in vectors()["gaps"]:
        (a, b), (first, second) = (vector["a"], vector["b"]), vector["undulations_dm"]
        air = Atmosphere(*vector["atmosphere"])
        lower_a, upper_a, lower_b, upper_b = (bound(value) for value in (*a, *b))
        there = vertical_gap_dm(
            *(lower_a, upper_a, lower_b, upper_b, air),
            undulation_a=tuple(first),
            undulation_b=tuple(second),
        )
        back = vertical_gap_dm(
            *(lower_b, upper_b, lower_a, upper_a, air),
            undulation_a=tuple(second),
            undulation_b=tuple(first),
        )
        assert there == back == reader.gap(vector) == vector["gap_dm"], vector


def test_no_pair_of_references_is_missing():
    """The vectors hold each ordered pair of four references and none at all."""
    codes = [None, *map(int, Datum)]
    pairs = {
        (vector["a"][1] and vector["a"][1][0], vector["b"][0] and vector["b"][0][0])
        for vector in vectors()["gaps"]
    }
    assert pairs == {(upper, lower) for upper in codes for lower in codes}


@pytest.mark.parametrize("at", range(13))
def test_every_box(at):
    """Each box has its undulations."""
    vector = vectors()["undulations"][at]
    assert list(undulation_range_dm(*vector["box_e7"])) == vector["undulation_dm"]
    assert reader.undulation(nodes(), vector["box_e7"]) == vector["undulation_dm"]


@pytest.mark.parametrize("at", range(8))
def test_every_volume(at):
    """Each volume has its box and its undulations."""
    vector = vectors()["volumes"][at]
    places = tuple((lat, lon) for lat, lon in vector["vertices"])
    shape, radius_m = Shape(vector["shape"]), vector["radius_m"]
    assert list(box_e7(shape, places, radius_m)) == reader.box(vector) == vector["box_e7"]
    assert list(undulation_within(shape, places, radius_m)) == vector["undulation_dm"]
    assert reader.undulation(nodes(), vector["box_e7"]) == vector["undulation_dm"]


def test_no_vector_is_left_out():
    """There are as many boxes and volumes as the two tests above run."""
    assert (len(vectors()["undulations"]), len(vectors()["volumes"])) == (13, 8)
