"""Tests of closest approach: times and distances, against every pair and the other path."""

import numpy as np
import pytest

from openline.domain.space.index import fast, make_air_ready
from openline.domain.space.sighting import Affiliation
from openline.domain.space.track_approach import PRESETS, Nearness, approaches
from openline.domain.space.track_picture import OWN, Picture
from tests.domain.space.skies import busy_sky, sighting, sky

NEAR = Nearness(5_000.0, 300.0, 120.0)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have approaches take the plain path."""
    monkeypatch.setattr(fast, "_air_ready", None)


@pytest.mark.usefixtures("plain")
def test_two_head_on_lose_their_separation_when_they_must():
    """Two that fly at each other from 20 km lose 5 km after 37.5 s and meet after 50 s."""
    km_deg = 1 / 111.195
    picture = sky(
        [
            sighting("a", 0.0, 40.0),
            sighting("b", 0.0, 40.0 + 20 * km_deg, course_deg=270.0),
            sighting("c", 3.0, 40.0),
        ]
    )
    found = approaches(picture, NEAR)
    assert (found.firsts.tolist(), found.seconds.tolist()) == ([0], [1])
    assert found.in_s[0] == pytest.approx(37.5, abs=0.2)
    assert found.nearest_s[0] == pytest.approx(50.0, abs=0.2)
    assert found.nearest_m[0] < 50
    assert found.vertical_m[0] == 0


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("said", "is_near"),
    [
        ({}, True),
        ({"altitude_m": 9_144.0 + 400}, False),
        ({"altitude_m": 9_144.0 + 400, "climb_mps": -10.0}, True),
        ({"altitude_m": 9_144.0 + 4_000, "climb_mps": -10.0}, False),
        ({"altitude_m": None}, True),
        ({"is_on_ground": True}, False),
        ({"course_deg": 90.0}, True),
    ],
)
def test_heights_part_what_places_do_not(said, is_near):
    """Two at one place are apart by their heights, unless they climb into each other."""
    picture = sky([sighting("a", 35.0, 40.0), sighting("b", 35.0, 40.01, **said)])
    assert bool(len(approaches(picture, NEAR).firsts)) is is_near


@pytest.mark.usefixtures("plain")
def test_what_keeps_its_distance_is_apart_for_good():
    """Two in formation beyond the minimum are no approach, within it they are at once."""
    apart = sky([sighting("a", 35.0, 40.0), sighting("b", 35.06, 40.0)])
    together = sky([sighting("a", 35.0, 40.0), sighting("b", 35.03, 40.0)])
    assert len(approaches(apart, NEAR).firsts) == 0
    assert approaches(together, NEAR).in_s.tolist() == [0.0]


def every_pair(picture: Picture, nearness: Nearness) -> set[tuple[int, int]]:
    """The pairs that are too near at one of many moments; no shorter loss is found."""
    rows = np.flatnonzero(~picture.is_surface)
    one, other = np.triu_indices(len(rows), 1)
    one, other = rows[one], rows[other]
    is_same = (picture.datums[one] == picture.datums[other]) & (picture.datums[one] != 0)
    found: set[tuple[int, int]] = set()
    for after_s in np.linspace(0, nearness.ahead_s, 241):
        places = picture.places + picture.speeds * after_s
        rise_m = picture.climbs_mps * after_s
        across = np.linalg.norm(places[one] - places[other], axis=1)
        values, lows, highs = (
            column + rise_m for column in (picture.values_m, picture.lows_m, picture.highs_m)
        )
        gap = np.maximum(lows[one] - highs[other], lows[other] - highs[one])
        up = np.where(is_same, np.abs(values[one] - values[other]), np.maximum(gap, 0))
        near = (across <= nearness.lateral_m) & (up <= nearness.vertical_m)
        found |= set(zip(one[near].tolist(), other[near].tolist(), strict=True))
    return found


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("middle", [(35.0, 40.0), (-10.0, 179.5), (88.0, 0.0)])
def test_the_search_finds_what_looking_at_every_moment_finds(middle):
    """The search names every pair that is too near at a moment, wherever on the globe."""
    picture = busy_sky(400, seed=11, middle=middle)
    nearness = Nearness(9_000.0, 600.0, 120.0)
    found = approaches(picture, nearness)
    pairs = set(zip(found.firsts.tolist(), found.seconds.tolist(), strict=True))
    looked = every_pair(picture, nearness)
    assert len(looked) > 20
    assert looked <= pairs
    # What the moments miss is short.
    assert len(pairs - looked) <= len(pairs) // 10
    assert (found.in_s <= found.nearest_s).all()
    assert (found.nearest_m <= nearness.lateral_m * 1.0001).all()


@pytest.mark.slow
def test_both_paths_find_the_same_approaches(monkeypatch):
    """The compiled path gives the pairs, times and distances of the plain one."""
    pytest.importorskip("numba")
    assert make_air_ready()
    for name, nearness in PRESETS.items():
        picture = busy_sky(300, seed=len(name))
        compiled = approaches(picture, nearness, may=picture.sides != OWN)
        with monkeypatch.context() as context:
            context.setattr(fast, "_air_ready", None)
            plain = approaches(picture, nearness, may=picture.sides != OWN)
        for one, other in zip(compiled, plain, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-3)


@pytest.mark.usefixtures("plain")
def test_who_may_not_is_not_looked_at():
    """Tracks that are left out are in no pair."""
    own = sighting("a", 35.0, 40.0, affiliation=Affiliation.OWN)
    picture = sky([own, sighting("b", 35.0, 40.001), sighting("c", 35.0, 40.002)])
    found = approaches(picture, NEAR, may=picture.sides != OWN)
    assert (found.firsts.tolist(), found.seconds.tolist()) == ([1], [2])
