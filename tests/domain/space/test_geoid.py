"""The geoid: published undulations, the finer grid, and boxes that hold their volumes."""

import importlib.util
import json
import math
import random
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.space import geoid, geoid_egm96
from openline.domain.space.altitude import EVERYWHERE_DM, Altitude, Datum
from openline.domain.space.conflict import Minima, Verdict, find_conflict
from openline.domain.space.geodesy import destination, normals, position_of
from openline.domain.space.geoid import (
    box_e7,
    undulation_m,
    undulation_of,
    undulation_range_dm,
    undulation_within,
)
from openline.domain.space.volume import Shape, Volume
from tests.domain.space.shapes import at, circle, corridor, metres_amsl, polygon, random_volume
from tests.house.tree import ROOT
from tests.vectors.make import HERE

PUBLISHED = [
    # OUTINTPT.DAT, the test output that NGA published with the EGM96 grid.
    (38.6281550, 269.7791550, -31.628),
    (-14.6212170, 305.0211140, -2.969),
    (46.8743190, 102.4487290, -43.575),
    (-23.6174460, 133.8747120, 15.871),
    (38.6254730, 359.9995000, 50.066),
    (-0.4667440, 0.0023000, 17.329),
    # The example of GeographicLib's GeoidEval: Timbuktu.
    (16.775833, -3.009444, 28.7068),
]


@cache
def fine_nodes() -> list[list[int]]:
    """Nodes of the 15-minute grid: latitude, longitude, centimetres."""
    return json.loads((HERE / "conflict" / "geoid.json").read_text("utf-8"))["nodes"]


@cache
def packer():
    """The script that makes the packed grid."""
    path = ROOT / "scripts" / "pack_geoid.py"
    spec = importlib.util.spec_from_file_location("pack_geoid", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("lat", "lon", "published_m"), PUBLISHED)
def test_published_undulations(lat, lon, published_m):
    """The undulation is within half a metre of the published one, the range holds it."""
    position = at(lat, lon)
    assert undulation_m(position) == pytest.approx(published_m, abs=0.5)
    low, high = undulation_range_dm(position[0], position[0], position[1], position[1])
    assert low <= published_m * 10 <= high
    assert high - low < 370


def test_the_range_holds_the_finer_grid():
    """Every node of the finer grid lies in the range of its own cell, also the worst ones.

    The range leaves the 1.152 m by which EGM96 may stray between the finer nodes, but for
    the two extremes of the globe, where it ends.
    """
    for lat_e7, lon_e7, undulation_cm in fine_nodes():
        low, high = undulation_range_dm(lat_e7, lat_e7, lon_e7, lon_e7)
        assert low * 10 + 115 <= undulation_cm or low == EVERYWHERE_DM[0]
        assert undulation_cm <= high * 10 - 115 or high == EVERYWHERE_DM[1]
        assert low * 10 <= undulation_cm <= high * 10


def test_the_margin_is_needed():
    """Somewhere the finer grid leaves the nodes around by more than eight metres."""
    beyond_cm = []
    for lat_e7, lon_e7, undulation_cm in fine_nodes():
        low, high = undulation_range_dm(lat_e7, lat_e7, lon_e7, lon_e7)
        beyond_cm += [low * 10 + 1_000 - undulation_cm, undulation_cm - high * 10 + 1_000]
    assert 800 < max(beyond_cm) < 10 * geoid.MARGIN_DM


def test_undulations_are_near_the_finer_grid():
    """Nine in ten nodes of the finer grid, taken from everywhere, are within a metre."""
    spread = [n for n in fine_nodes() if n[0] % 150_000_000 == 0]
    off_m = sorted(abs(undulation_m((lat, lon)) - cm / 100) for lat, lon, cm in spread)
    assert len(off_m) > 100
    assert off_m[len(off_m) * 9 // 10] < 1
    assert max(abs(undulation_m((lat, lon)) - cm / 100) for lat, lon, cm in fine_nodes()) < 13.7


@given(st.integers(-90, 90), st.integers(-180, 180))
def test_an_undulation_on_a_node_is_the_node(lat, lon):
    """At whole degrees nothing is interpolated, whichever name a meridian has."""
    here = undulation_m((lat * 10_000_000, lon * 10_000_000))
    assert here == geoid._grid()[90 - lat, lon % 360] / 10


@given(
    st.tuples(st.integers(-900_000_000, 900_000_000), st.integers(-900_000_000, 900_000_000)),
    st.integers(-1_800_000_000, 1_800_000_000),
    st.integers(0, 3_600_000_000),
    st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_a_box_holds_the_undulation_of_every_position_in_it(lats, west, width, inside):
    """Wherever a position lies in a box, its undulation is within that of the box."""
    south, north = sorted(lats)
    east = (west + width + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
    position = (
        min(south + int((north - south) * inside[0]), north),
        west + min(int((width if width < 3_600_000_000 else 0) * inside[1]), width),
    )
    low, high = undulation_range_dm(south, north, west, east)
    assert low <= undulation_m(position) * 10 <= high
    assert undulation_range_dm(south, north, west + 3_600_000_000, east + 3_600_000_000) == (
        low,
        high,
    )


def outline(volume: Volume) -> list[tuple[int, int]]:
    """Positions on the boundary of a volume: along each edge, and a radius from there."""
    units = normals(volume.vertices)
    if volume.shape is Shape.POLYGON:
        units = np.concatenate((units, units[:1]))
    along = list(volume.vertices)
    for start, end in pairwise(units):
        along += [position_of(start * (1 - part) + end * part) for part in np.linspace(0, 1, 9)]
    around = [
        destination(position, azimuth, volume.radius_m)
        for position in along
        for azimuth in range(0, 360, 30)
    ]
    return along + (around if volume.radius_m else [])


@pytest.mark.parametrize("seed", range(25))
def test_the_box_of_a_volume_holds_it(seed):
    """No place on the boundary of a volume is outside its box, anywhere on the globe."""
    chance = random.Random(seed)
    middle = position_of(np.array([chance.gauss(0, 1) for _ in range(3)]))
    if seed % 5 == 0:
        middle = (chance.choice((-1, 1)) * chance.randrange(840_000_000, 900_000_000), middle[1])
    volume = random_volume(chance, middle, chance.choice((3e4, 3e5, 1.5e6)), 400_000)
    south, north, west, east = box_e7(volume.shape, volume.vertices, volume.radius_m)
    for lat, lon in outline(volume):
        assert south <= lat <= north
        if abs(lat) < 899_999_000:
            assert (lon - west) % 3_600_000_000 <= east - west or east - west >= 3_600_000_000


def test_a_box_is_not_much_wider_than_its_volume():
    """A circle of ten kilometres has a box of a third of a degree at 35 north."""
    south, north, west, east = box_e7(Shape.CIRCLE, (at(35, 40),), 10_000)
    assert north - south < 1_900_000
    assert east - west < 3_100_000


def test_only_a_height_above_the_ellipsoid_asks_for_a_place():
    """A volume without such a height gets the range of the globe, and no range is computed."""
    undulation_within.cache_clear()
    metres = (metres_amsl(0), metres_amsl(1_000))
    assert undulation_of(circle(35, 40, 5_000, band=metres)) == EVERYWHERE_DM
    assert undulation_of(circle(35, 40, 5_000)) == EVERYWHERE_DM
    assert undulation_within.cache_info().misses == 0
    above = circle(35, 40, 5_000, band=(None, Altitude(Datum.WGS84, 10_000)))
    assert undulation_of(above) == undulation_of(above) != EVERYWHERE_DM
    assert undulation_within.cache_info()[:2] == (1, 1)


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda band: circle(35, 40, 5_000, band=band), "a circle"),
        (lambda band: corridor((35, 40), (35.2, 40.2), radius_m=5_000, band=band), "a corridor"),
        (lambda band: polygon((35, 40), (35, 40.3), (35.2, 40.1), band=band), "a polygon"),
    ],
)
def test_a_conflict_knows_the_geoid_of_its_place(make, place):
    """In Syria, 17 m above the ellipsoid, heights of both references are compared closely."""
    low = make((None, metres_amsl(1_000)))
    high = make((Altitude(Datum.WGS84, 11_000), None))
    finding = find_conflict(low, high, Minima(0, 500, 0))
    # 1,100 m above the ellipsoid is at least 1,070 m above the sea here, but 1,014 m anywhere.
    assert finding.verdict is Verdict.CLEAR, place
    assert 650 <= finding.vertical_gap_dm <= 720


def test_the_packed_grid_is_made_by_the_script():
    """Packing the grid again gives the text of the module, byte for byte."""
    import base64

    grid = geoid._grid()[:, :360].astype(np.int64)
    packed = base64.b64encode(packer().pack(grid)).decode()
    assert packed == "".join(geoid_egm96.PACKED.split())


def test_the_script_thins_and_measures():
    """A bump of nine metres between the nodes is found and left out; halves go outward."""
    fine = np.zeros((721, 1440), dtype=np.int64)
    fine[6, 10], fine[8, 12], fine[8, 16] = 900, 15, -15
    grid = packer().thin(fine)
    assert (grid[2, 3], grid[2, 4], int(np.abs(grid).sum())) == (2, -2, 4)
    above, below = packer().excesses(fine, grid)
    assert above[1, 2] == 880
    assert below.max() == 0
    assert math.prod(above.shape) == 180 * 360
