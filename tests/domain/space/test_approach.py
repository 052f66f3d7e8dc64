"""Approaches: choosing first and measuring in blocks changes no bit of what is found."""

import math

import numpy as np
import pytest

from openline.domain.space import approach
from openline.domain.space.approach import nearest_approach, outline_of
from openline.domain.space.geodesy import distance_m, position_of
from openline.domain.space.volume import Shape
from tests.domain.space.shapes import at
from tests.domain.space.test_volume import comb
from tests.domain.space.trial_pairs import STRATA, draw_pairs


def outlines(pair):
    return [outline_of(volume.shape, volume.vertices) for volume in pair]


@pytest.mark.parametrize(("whole", "block"), [(0, 8_192), (0, 3), (10**6, 7)])
def test_choosing_and_blocks_change_nothing(whole, block, monkeypatch):
    """With every pair measured, with few chosen, and in small blocks the approach is one."""
    for stratum in STRATA:
        for pair in draw_pairs(stratum, 20, "approach"):
            a, b = outlines(pair)
            expected = nearest_approach(a, b)
            with monkeypatch.context() as patch:
                patch.setattr(approach, "_PAIRS_TAKEN_WHOLE", whole)
                patch.setattr(approach, "_BLOCK", block)
                assert nearest_approach(a, b) == expected


def test_combs_are_measured_as_if_every_pair_were(monkeypatch):
    """Of two combs that do not meet the nearest teeth are found among a hundred thousand pairs."""
    a = comb(30, False)
    vertices = tuple((lat + 300_000, lon + 100_000) for lat, lon in a.vertices)
    pair = outline_of(a.shape, a.vertices), outline_of(a.shape, vertices)
    found = nearest_approach(*pair)
    monkeypatch.setattr(approach, "_PAIRS_TAKEN_WHOLE", 10**6)
    assert nearest_approach(*pair) == found


def test_an_approach_from_the_other_side_is_the_same():
    """Exchanging the cores keeps the length, and the way leads back."""
    for pair in draw_pairs(STRATA[1], 50, "sides"):
        a, b = outlines(pair)
        there, back = nearest_approach(a, b), nearest_approach(b, a)
        assert there.length_m == back.length_m
        assert np.abs(there.point(0) - back.point(1)).max() < 1e-3 or there.length_m < 1
        ends = position_of(there.point(0)), position_of(there.point(1))
        assert distance_m(*ends) == pytest.approx(there.length_m, abs=0.03 + 1e-6 * there.length_m)


def test_what_is_out_of_sight_is_measured_to_its_nearer_end():
    """An edge that ends more than 80 degrees away has no foot, and its nearer end counts."""
    point = outline_of(Shape.CIRCLE, (at(0, 0),))
    edge = outline_of(Shape.CORRIDOR, (at(10, 70), at(20, 100)))
    found = nearest_approach(point, edge)
    assert position_of(found.point(1)) == at(10, 70)
    assert found.angle == pytest.approx(math.acos(point.core.units[0] @ edge.core.units[0]))
