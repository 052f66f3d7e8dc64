"""Geodesy against PROJ, and the plane against its own inverse."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.space.geodesy import (
    arc_lengths_m,
    azimuth_deg,
    destination,
    distance_m,
    format_position,
    middle_of,
    normals,
    plane_at,
    position_of,
)
from tests.domain.space.geodesic_oracle import GEOD
from tests.domain.space.shapes import at, positions


@given(positions, positions)
def test_distances_are_those_of_proj(a, b):
    """The geodesic distance agrees with PROJ to a tenth of a millimetre in ten thousand km."""
    expected = GEOD.inv(a[1] / 1e7, a[0] / 1e7, b[1] / 1e7, b[0] / 1e7)[2]
    assert distance_m(a, b) == pytest.approx(expected, abs=1e-4)


@given(positions, st.floats(0, 360, exclude_max=True), st.floats(1_000, 300_000))
def test_a_destination_is_where_it_was_sent(start, bearing, far_m):
    """A destination lies at the distance, and near the poles too it is found again."""
    end = destination(start, bearing, far_m)
    assert distance_m(start, end) == pytest.approx(far_m, abs=0.02)
    if abs(start[0]) < 890_000_000:
        turn = (azimuth_deg(start, end) - bearing + 180) % 360 - 180
        assert abs(turn) < 0.01


@given(positions)
def test_an_azimuth_is_never_360(start):
    """An azimuth lies in [0, 360) whatever the rounding."""
    assert 0 <= azimuth_deg(start, destination(start, -1e-13, 100_000)) < 360


@given(positions)
def test_normals_and_positions_are_inverse(position):
    """A normal leads back to its position, save that a pole has no longitude."""
    lat, lon = position_of(normals([position])[0])
    assert abs(lat - position[0]) <= 1
    if abs(position[0]) < 899_990_000:
        assert abs((lon - position[1] + 1_800_000_000) % 3_600_000_000 - 1_800_000_000) <= 2


@pytest.mark.parametrize(
    ("far_m", "error_m"),
    [(1, 1e-8), (1_000, 1e-8), (100_000, 2e-5), (300_000, 0.0005), (1_200_000, 0.05)],
)
def test_lengths_of_great_circles_are_those_of_geodesics(far_m, error_m):
    """The length of a great circle agrees with the geodesic as closely as it promises."""
    lats, bearings = np.meshgrid(np.arange(-90, 91, 5.0), np.arange(0, 360, 15.0))
    lats, bearings = lats.ravel(), bearings.ravel()
    begin = np.full_like(lats, 10.0)
    lons, lats_end, _ = GEOD.fwd(begin, lats, bearings, np.full_like(lats, far_m))
    units, ends = (
        np.stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)), axis=1)
        for lat, lon in (
            (np.radians(lats), np.radians(begin)),
            (np.radians(lats_end), np.radians(lons)),
        )
    )
    planes = [plane_at(unit) for unit in units]
    # The difference is looked at from the start, for a sum of products would lose metres.
    seen = np.array(
        [plane.axes @ (end - unit) for plane, unit, end in zip(planes, units, ends, strict=True)]
    )
    across = np.hypot(units[:, 0], units[:, 1])
    lengths = arc_lengths_m(units[:, 2], across, seen[:, 0], seen[:, 1], 1 + seen[:, 2])
    assert np.abs(lengths - far_m).max() < error_m


@given(positions, positions)
def test_a_plane_shows_what_it_can_and_gives_it_back(centre, other):
    """A normal within 80 degrees of the centre is found again from its point in the plane."""
    units = normals([centre, other])
    plane = plane_at(units[0])
    if units[0] @ units[1] < 0.18:
        return
    points = plane.points(units)
    assert np.abs(points[0]).max() < 1e-6
    lat, lon = plane.position(*points[1].tolist())
    assert abs(lat - other[0]) <= 1
    # As far along the parallel as the rounding of a position is.
    turn = (lon - other[1] + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
    assert abs(turn) * math.cos(math.radians(lat / 1e7)) <= 2


@pytest.mark.parametrize("centre", [at(35, 40), at(0, 180), at(90, 0), at(-90, 77), at(-33, -179)])
def test_a_plane_is_true_at_its_centre(centre):
    """Near the centre a plane keeps distances and directions, also at poles."""
    plane = plane_at(normals([centre])[0])
    for bearing in range(0, 360, 45):
        end = destination(centre, bearing, 1_000)
        x, y = plane.points(normals([end]))[0]
        assert np.hypot(x, y) == pytest.approx(1_000, abs=0.02)
        if abs(centre[0]) < 900_000_000:
            turn = (np.degrees(np.arctan2(x, y)) - bearing + 180) % 360 - 180
            assert abs(turn) < 0.02


def test_great_circles_are_straight_in_a_plane():
    """The middle of two normals shows on the line between their points."""
    plane = plane_at(normals([at(34, 38)])[0])
    units = normals([at(30, 30), at(40, 45)])
    points = plane.points(np.vstack((units, middle_of(units))))
    along, half = points[1] - points[0], points[2] - points[0]
    assert abs(along[0] * half[1] - along[1] * half[0]) / np.hypot(*along) < 1e-6


def test_normals_that_cancel_out_have_no_middle():
    """The middle of two opposite places is zero, and no direction by chance."""
    assert not middle_of(normals([at(0, 0), at(0, 180)])).any()


def test_positions_are_written_with_their_hemispheres():
    """A position is written in degrees with letters, never with signs."""
    assert format_position(at(35.2854, 40.176)) == "35.2854N 40.1760E"
    assert format_position(at(-35.2854, -40.176)) == "35.2854S 40.1760W"
