"""Edges: great circles that follow a map, and maps that follow great circles."""

import math
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.geofiles.edges import (
    DEVIATION_M_MAX,
    _isometric,
    _latitude,
    _on_rhumb,
    along_great_circles,
    along_straight_edges,
    edges_of,
    straight_in_degrees,
)
from openline.domain.space.geodesy import AXIS_M, LON_E7_MAX, azimuth_deg, normals
from openline.domain.space.volume import Shape
from tests.domain.space.shapes import at

starts = st.tuples(st.integers(-800_000_000, 800_000_000), st.integers(-1_800_000_000, LON_E7_MAX))
steps = st.tuples(st.integers(-60_000_000, 60_000_000), st.integers(-80_000_000, 80_000_000))


def stepped(start, step):
    lon = (start[1] + step[1] + LON_E7_MAX) % (2 * LON_E7_MAX) - LON_E7_MAX
    return start[0] + step[0], lon


def off_m(start, end, shares=33) -> float:
    """How far the line straight in degrees leaves the great circle, by many points of it."""
    east = (end[1] - start[1] + LON_E7_MAX) % (2 * LON_E7_MAX) - LON_E7_MAX
    points = [
        (start[0] + (end[0] - start[0]) * n / shares, start[1] + east * n / shares)
        for n in range(shares + 1)
    ]
    units = normals(points)
    a, b = units[0], units[-1]
    pole = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    length = math.sqrt(sum(part * part for part in pole))
    return 0.0 if length == 0 else max(abs(float(unit @ pole)) for unit in units) / length * AXIS_M


@given(starts, steps)
def test_straight_edges_are_followed(start, step):
    """Between the vertices that are put in, no point of the map's edge is 5.1 m off."""
    end = stepped(start, step)
    chain = [*straight_in_degrees(start, end), end]
    assert chain[0] == start
    assert max(off_m(*pair) for pair in pairwise(chain)) < DEVIATION_M_MAX + 0.1


@given(starts, steps)
def test_great_circles_are_followed(start, step):
    """Straight edges between the vertices put in on a great circle stay within 5.1 m of it."""
    end = stepped(start, step)
    if start == end:
        return
    chain = along_great_circles(Shape.CORRIDOR, (start, end))
    assert (chain[0], chain[-1]) == (start, end)
    assert max(off_m(*pair) for pair in pairwise(chain)) < DEVIATION_M_MAX + 0.1
    first, last = normals([start, end])
    pole = [
        first[1] * last[2] - first[2] * last[1],
        first[2] * last[0] - first[0] * last[2],
        first[0] * last[1] - first[1] * last[0],
    ]
    length = math.sqrt(sum(part * part for part in pole)) or 1.0
    assert all(abs(float(unit @ pole)) / length * AXIS_M < 0.5 for unit in normals(chain))


def test_the_numbers_of_the_rule():
    """A parallel at 35 north leaves the great circle by 137 m on a hundred kilometres."""
    assert abs(off_m(at(35, 40), at(35, 41.0975)) - 137) < 1
    assert 13_500 < off_m(at(35, 36), at(35, 46.975)) < 14_000


def test_shapes_have_the_edges_they_have():
    """A circle has no edge, a line one less than vertices, a ring as many."""
    vertices = (at(35, 40), at(35, 41), at(36, 41))
    assert edges_of(Shape.CIRCLE, vertices[:1]) == []
    assert len(edges_of(Shape.CORRIDOR, vertices)) == 2
    assert edges_of(Shape.POLYGON, vertices)[-1] == (vertices[2], vertices[0])
    assert along_straight_edges(Shape.CIRCLE, vertices[:1]) == vertices[:1]


def test_what_takes_too_many_vertices_is_not_followed():
    """An edge round half the world is given up, and not for want of time."""
    assert along_straight_edges(Shape.CORRIDOR, (at(60, -80), at(60, 80))) is None


def test_a_rhumb_line_keeps_its_bearing():
    """Along a rhumb line the bearing hardly changes; along the great circle it turns a lot."""
    start, end = at(35, -20), at(50, 10)
    chain = along_straight_edges(Shape.CORRIDOR, (start, end), is_rhumb=True)
    assert (chain[0], chain[-1]) == (start, end)
    bearings = [azimuth_deg(*pair) for pair in pairwise(chain)]
    assert max(bearings) - min(bearings) < 1
    assert azimuth_deg(end, start) - 180 - azimuth_deg(start, end) > 18
    # Halfway in longitude a great circle runs far north of it.
    middle = min(chain, key=lambda place: abs(place[1] + 50_000_000))
    assert 42.5 < middle[0] / 1e7 < 43.5


@given(starts, steps)
def test_rhumb_lines_are_followed(start, step):
    """Between the vertices put in on a rhumb line, no point of it is 5.5 m off the great circle."""
    end = stepped(start, step)
    chain = [*straight_in_degrees(start, end, _on_rhumb), end]
    assert len(chain) < 500
    for a, b in pairwise(chain):
        points = [_on_rhumb(a, b, share / 7) for share in range(8)]
        units = normals([a, b, *points])
        pole = np.cross(units[0], units[1])
        length = float(np.linalg.norm(pole))
        if length > 1e-9:
            assert max(abs(float(unit @ pole)) for unit in units) / length * AXIS_M < 5.5


@given(st.floats(-1.55, 1.55))
def test_the_mercator_chart_is_read_back(lat):
    """The latitude of an isometric latitude is the one it came from, to less than a millimetre."""
    assert abs(_latitude(_isometric(lat)) - lat) * AXIS_M < 0.001
