"""Activities written back: what each form gives again, and what it says it lost."""

import random
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from openline.adapters.geofiles import (
    FORMS,
    ReadActivity,
    read_data,
    read_file,
    write_activities,
    write_kml,
)
from openline.domain.space.volume import Altitude, Datum, Shape, Volume
from tests.domain.space.shapes import at, corridor, level, random_volume

SAMPLES = Path(__file__).parent / "samples"
WINDOW = (1_491_523_200_000, 1_491_609_600_000)


def drawn(seed: int) -> list[ReadActivity]:
    """A few activities with any shapes, bands and windows."""
    chance = random.Random(seed)
    bands = [
        (None, level(100)),
        (Altitude(Datum.AMSL, 3_048), None),
        (Altitude(Datum.AGL, 0), Altitude(Datum.WGS84, 12_345)),
    ]
    activities = []
    for number, (lower, upper) in enumerate(bands, start=1):
        volume = random_volume(chance, at(chance.uniform(-70, 70), 38), 300_000, 40_000)
        volume = replace(volume, lower=lower, upper=upper, valid_from=WINDOW[0] + number)
        volume = replace(volume, valid_until=WINDOW[1])
        name = f"Мера {number} <&>"
        activities.append(ReadActivity(name, (volume,), {"use": "a & b"}, number=number))
    return activities


def same(activity: ReadActivity) -> list[Volume]:
    """Its volumes, but rings in one sense: RFC 7946 turns an outer ring counterclockwise."""
    return [
        replace(one, vertices=min(one.vertices, (one.vertices[0], *one.vertices[:0:-1])))
        if one.shape is Shape.POLYGON
        else one
        for one in activity.volumes
    ]


@pytest.mark.parametrize("form", ["geojson", "kml"])
@pytest.mark.parametrize("seed", range(6))
def test_volumes_names_and_properties_come_back(form, seed):
    """GeoJSON and KML give back every volume, with its name and properties."""
    activities = drawn(seed)
    written = write_activities(activities, form)
    read = read_data(written.text.encode(), "f").activities
    assert [same(one) for one in read] == [same(one) for one in activities]
    assert [one.name for one in read] == [one.name for one in activities]
    assert [one.properties for one in read] == [one.properties for one in activities]
    assert written.losses == ()
    assert [words for one in read for words in one.remarks] == []


def test_an_order_goes_through_every_form():
    """Every volume of an order is in each form that is written, and those forms are read."""
    order = read_file(SAMPLES / "shapes.aco", reach_m=500).activities
    count = sum(len(activity.volumes) for activity in order)
    for form in FORMS:
        text = write_activities(order, form).text
        read = read_data(text.encode(), "f", goes_on=True).activities
        assert sum(len(activity.volumes) for activity in read) == count, form
        assert [str(activity.fault) for activity in read if activity.fault] == []


def test_what_is_left_out_is_told():
    """An activity with a fault is not written, and a loss says so with its row."""
    order = read_file(SAMPLES / "order.aco").activities
    written = write_activities(order, "kml")
    assert [(number, loss.row) for number, loss in written.losses] == [(7, 43), (8, 48)]
    assert "NO SHAPE" not in written.text
    lost = write_activities(order, "f3548").losses
    assert any("have no place in a Volume4D" in loss.what for _, loss in lost)


def test_a_drawn_kml_follows_great_circles():
    """For viewers a long line gets vertices; exactly written it has those of the volume."""
    volume = corridor((35, 36), (35, 46), radius_m=5_000, window=WINDOW)
    counts = []
    for is_exact in (True, False):
        root = ET.fromstring(write_kml([(volume, {"name": "A"})], is_exact=is_exact))
        [coordinates] = [one for one in root.iter() if one.tag.endswith("coordinates")]
        counts.append(len((coordinates.text or "").split()))
    assert counts[0] == 2
    assert counts[1] > 40
