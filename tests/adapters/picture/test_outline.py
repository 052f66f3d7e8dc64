"""What is drawn of a volume lies where the volume ends."""

import math
import random
from dataclasses import replace

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from openline.adapters.picture.outline import core_line, followed, outline
from openline.adapters.picture.projection import Around, Whole, projection_for, units_of
from openline.domain.space.conflict import distance_to_core_m
from openline.domain.space.geodesy import Position, normals, position_of
from openline.domain.space.volume import Shape, Volume
from tests.adapters.picture.scenes import PEOPLE, ROUTE, STRIKE, circle

PLACES = {
    "at Shayrat": (344_900_000, 369_090_000),
    "at the north pole": (900_000_000, 0),
    "near the south pole": (-899_000_000, 450_000_000),
    "on the antimeridian": (-180_000_000, -1_800_000_000),
    "on the equator": (0, 0),
}


def geodesic_m(a: Position, b: Position) -> float:
    return float(Geodesic.WGS84.Inverse(a[0] / 1e7, a[1] / 1e7, b[0] / 1e7, b[1] / 1e7)["s12"])


@pytest.mark.parametrize("place", PLACES.values(), ids=list(PLACES))
@pytest.mark.parametrize("radius_m", [50, 9_000, 55_000, 500_000])
def test_a_circle_is_drawn_at_its_radius(place: Position, radius_m: int) -> None:
    """Each point of a drawn circle is at the radius from its centre, by the geodesic."""
    [ring] = outline(circle(*place, radius_m))
    away = [geodesic_m(place, position_of(unit)) - radius_m for unit in ring]
    # A position is rounded to 8 mm; lengths on normals err by 2.6 m at 500 km.
    assert max(map(abs, away)) < 0.02 + radius_m * 1e-5
    assert len(ring) == 180


@pytest.mark.parametrize(
    ("volume", "beyond_m"),
    [(ROUTE, 0.0), (ROUTE, 4_630.0), (PEOPLE, 0.0), (replace(PEOPLE, radius_m=0), 4_630.0)],
    ids=["corridor", "corridor and minimum", "polygon", "plain polygon and minimum"],
)
def test_a_line_or_ring_is_drawn_at_its_radius(volume: Volume, beyond_m: float) -> None:
    """Each point round a corridor or a polygon is at the radius from its core."""
    rings = outline(volume, beyond_m)
    away = [
        distance_to_core_m(position_of(unit), volume) - volume.radius_m - beyond_m
        for ring in rings
        for unit in ring
    ]
    assert max(map(abs, away)) < 0.05


def test_a_line_that_closes_has_a_hole() -> None:
    """A corridor that goes round an area is drawn with the hole that it leaves."""
    square = ((0, 0), (0, 10_000_000), (10_000_000, 10_000_000), (10_000_000, 0), (0, 0))
    outer, hole = outline(replace(ROUTE, vertices=square))
    assert len(outer) > len(hole) > 4


def test_a_plain_polygon_is_its_own_edge() -> None:
    """A polygon that reaches no further is drawn along the great circles of its ring."""
    wide = replace(
        PEOPLE, radius_m=0, vertices=((300_000_000, 0), (300_000_000, 300_000_000), (0, 0))
    )
    [ring] = outline(wide)
    assert len(ring) > 100
    heights = np.degrees(np.arcsin(ring[:, 2]))
    # The great circle between two places at 30 degrees goes further north in between.
    assert heights.max() > 30.8
    np.testing.assert_array_equal(ring, core_line(wide))


def test_edges_are_followed_closely() -> None:
    """Points along an edge lie at most a tenth of a degree apart, and on it."""
    start, end = normals([(300_000_000, 0), (310_000_000, 40_000_000)])
    points = followed(np.array([start, end]), is_closed=False)
    steps = np.degrees(np.arccos((points[1:] * points[:-1]).sum(axis=1)))
    assert steps.max() < 0.1001
    normal = np.cross(start, end)
    assert np.abs(points @ normal).max() < 1e-12


def hostile_lines() -> dict[str, Volume]:
    draw = random.Random(1)
    star = [
        (
            344_900_000 + int(3e7 * math.sin(n * math.pi * 249 / 500)),
            369_090_000 + int(3e7 * math.cos(n * math.pi * 249 / 500)),
        )
        for n in range(500)
    ]
    tangle = [
        (344_900_000 + draw.randrange(30_000_000), 369_090_000 + draw.randrange(30_000_000))
        for _ in range(500)
    ]
    comb = [(344_900_000 + n % 2 * 30_000_000, 369_090_000 + n * 20_000) for n in range(500)]
    return {
        "star": replace(ROUTE, vertices=tuple(star), radius_m=50),
        "tangle": replace(ROUTE, vertices=tuple(tangle), radius_m=200_000),
        "comb": replace(ROUTE, vertices=tuple(comb), radius_m=200_000),
    }


@pytest.mark.parametrize("name", ["star", "tangle", "comb"])
def test_a_hostile_line_is_drawn_with_a_bound(name: str) -> None:
    """A line of 500 vertices that crosses itself everywhere makes a bounded number of points."""
    rings = outline(hostile_lines()[name])
    assert 0 < sum(map(len, rings)) < 150_000
    assert all(np.isfinite(ring).all() for ring in rings)


@pytest.mark.parametrize("place", PLACES.values(), ids=list(PLACES))
def test_the_paper_is_true_round_its_middle(place: Position) -> None:
    """Distances and directions from the middle of the paper are those of the geodesic."""
    paper = Around(place)
    for azimuth in range(0, 360, 30):
        for away_m in (100.0, 20_000.0, 300_000.0):
            end = Geodesic.WGS84.Direct(place[0] / 1e7, place[1] / 1e7, azimuth, away_m)
            [(x, y)] = paper.points(units_of(np.array([(end["lon2"], end["lat2"])])))
            assert math.hypot(x, y) == pytest.approx(away_m, rel=1e-5, abs=0.01)
            if abs(place[0]) < 890_000_000:
                turned = (math.degrees(math.atan2(x, y)) - azimuth + 180) % 360 - 180
                assert abs(turned) < 0.05


@pytest.mark.parametrize("place", PLACES.values(), ids=list(PLACES))
def test_the_paper_leads_back(place: Position) -> None:
    """A point of the paper is that of the normal which it shows."""
    paper = Around(place)
    points = np.array([(0.0, 0.0), (1_000.0, 0.0), (-30_000.0, 70_000.0), (5e5, -2e6)])
    np.testing.assert_allclose(paper.points(paper.normals(points)), points, atol=0.5)


def test_what_lies_all_over_the_globe_is_shown_flat() -> None:
    """Places on several sides of the globe get the plain map, others one round their middle."""
    assert isinstance(projection_for(normals([(0, 0), (0, 1_800_000_000)])), Whole)
    assert isinstance(projection_for(normals([(0, 0), (0, 1_400_000_000)])), Whole)
    near = projection_for(normals([(0, 1_790_000_000), (0, -1_790_000_000)]))
    assert isinstance(near, Around)
    assert abs(near.centre[1]) == 1_800_000_000


def test_the_scenes_are_what_they_are_called() -> None:
    """The shapes that these tests draw are one of each sort."""
    assert {STRIKE.shape, ROUTE.shape, PEOPLE.shape} == set(Shape)
