"""The page `docs/spec/conflict.md` is enough: what was written from it finds the same."""

import random

import pytest

from openline.domain.space.conflict import (
    Minima,
    Verdict,
    distance_to_core_m,
    find_conflict,
)
from openline.domain.space.geodesy import distance_m, position_of
from openline.domain.space.volume import Volume
from tests.domain.space import second_rule
from tests.domain.space.test_conflict_truth import draw_cases, neighbours
from tests.domain.space.trial_pairs import STRATA

PAIRS = 180
"""In each of ten strata; with the neighbours more than 2,000."""


def differs(a: Volume, b: Volume, lateral_m: int) -> str:
    """What two implementations say differently of one pair; empty if nothing."""
    finding = find_conflict(a, b, Minima(lateral_m, 0, 0))
    other = second_rule.judge(a, b, lateral_m, 0, 0)
    if abs(finding.separation_m - other["separation_m"]) > 0.0011:
        return f"{finding.separation_m} m and {other['separation_m']} m"
    if finding.verdict != other["verdict"]:
        excess_m, margin_m = other["excess_m"], other["margin_m"]
        borders = (margin_m, -margin_m, 0.02, -0.02) if excess_m is not None else ()
        if not any(abs(excess_m - border) < 0.002 for border in borders):
            return f"{finding.verdict} and {other['verdict']}"
    if other["closest"] is not None and finding.separation_m:
        place = position_of(other["closest"])
        apart_m = distance_m(finding.closest, place)
        # Two corners may be equally near to the millimetre: either may be told.
        near_m = finding.separation_m / 2 + 0.05
        is_as_near = all(distance_to_core_m(place, one) - one.radius_m < near_m for one in (a, b))
        if apart_m > 1 and not is_as_near:
            return f"closest {apart_m} m apart"
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("stratum", STRATA, ids=lambda stratum: stratum.name)
def test_a_second_implementation_finds_the_same(stratum):
    """Verdict, separation and place of each pair are those of the second implementation."""
    cases = draw_cases(stratum, PAIRS, "second")
    found = [(differs(case.a, case.b, case.lateral_m), case) for case in cases]
    assert [entry for entry in found if entry[0]] == []


def test_a_second_implementation_says_the_same_of_neighbours():
    """Polygons that touch, overlap a little or are a little apart are judged alike by both."""
    chance = random.Random("second neighbours")
    seen = dict.fromkeys(Verdict, 0)
    wrong = []
    for _ in range(300):
        a, b = neighbours(chance)
        seen[find_conflict(a, b, Minima(0, 0, 0)).verdict] += 1
        if what := differs(a, b, 0):
            wrong.append((what, a, b))
    assert wrong == []
    assert min(seen.values()) > 10
