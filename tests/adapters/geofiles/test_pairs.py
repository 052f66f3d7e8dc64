"""Pairs in one file: the same as every pair compared, without the index."""

import random
from itertools import combinations

import pytest

from openline.adapters.geofiles import MinimaByKind, ReadActivity, count_verdicts, find_pairs
from openline.domain.space.conflict import Minima, Verdict, find_conflict
from tests.domain.space.shapes import HOUR, at, circle, level, random_volume, square


@pytest.mark.parametrize("minima", [Minima(0, 0, 0), Minima(20_000, 3_000, 600_000)])
def test_no_pair_is_missed(minima):
    """The pairs found are those that comparing every volume with every other gives."""
    chance = random.Random(11)
    activities = [
        ReadActivity(
            str(number),
            tuple(random_volume(chance, at(35, 38), 300_000, 30_000) for _ in range(2)),
        )
        for number in range(30)
    ]
    expected = set()
    for (a, one), (b, other) in combinations(enumerate(activities), 2):
        verdicts = {find_conflict(x, y, minima).verdict for x in one.volumes for y in other.volumes}
        if verdicts != {Verdict.CLEAR}:
            expected.add((a, b))
    found = find_pairs(activities, minima)
    assert {(pair.a, pair.b) for pair in found} == expected
    assert 0 < len(expected) < 435
    assert [(pair.a, pair.b) for pair in found] == sorted(expected)


def test_the_worst_of_several_findings_counts():
    """Of two activities that touch once and conflict once the conflict is told, both counted."""
    low, high = (level(0), level(50)), (level(50), level(90))
    one = ReadActivity("one", (square(35, 38, band=low),))
    other = ReadActivity(
        "other", (square(35, 38, band=high), square(35.5, 38.5, band=low, window=(0, 2 * HOUR)))
    )
    [pair] = find_pairs([one, other], Minima(0, 0, 0))
    assert (pair.a, pair.b, pair.meetings) == (0, 1, 2)
    assert pair.finding.verdict is Verdict.CONFLICT


def test_each_pair_is_compared_by_the_minima_of_its_kinds():
    """Of three alike, side by side, only those meet whose two kinds have wide minima."""
    side = [ReadActivity("", (circle(35, lon, 500),)) for lon in (38, 38.1, 38.2)]
    wide, none = Minima(20_000, 0, 0), Minima(0, 0, 0)
    minima = MinimaByKind(
        ("air", "ground", "air"), lambda one, other: none if one == other else wide
    )
    pairs = find_pairs(side, minima)
    assert [(pair.a, pair.b, pair.minima) for pair in pairs] == [(0, 1, wide), (1, 2, wide)]


def test_volumes_of_one_activity_do_not_meet():
    """An activity is not compared with itself, nor one with a fault with anything."""
    activity = ReadActivity("A", (circle(35, 38, 500), circle(35, 38, 500)))
    assert find_pairs([activity, ReadActivity("B", ())], Minima(0, 0, 0)) == []


def test_touching_is_counted_apart():
    """A shared side, a shared bound and a shared instant each are a touch."""
    base = square(35, 38, band=(level(0), level(50)))
    beside = square(35, 39, band=(level(0), level(50)))
    above = square(35, 38, band=(level(50), level(90)))
    after = square(35, 38, band=(level(0), level(50)), window=(HOUR, 2 * HOUR))
    pairs = find_pairs([ReadActivity("", (one,)) for one in (base, beside, above, after)],
                       Minima(0, 0, 0))  # fmt: skip
    assert [(p.a, p.b) for p in pairs if p.a == 0] == [(0, 1), (0, 2), (0, 3)]
    assert count_verdicts(pairs)["CONFLICT"] == 0
    assert count_verdicts(pairs)["TOUCH"] == len(pairs)
