"""The truth test: more than 30,000 pairs against an oracle that shares nothing with the rule.

Every pair gets a minimum close to its true separation, so that the verdict hangs on
metres; that the test has teeth is shown by rules that are wrong on purpose.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
import shapely

from openline.domain.limits import LATERAL_MINIMUM_M_MAX
from openline.domain.space import approach, conflict
from openline.domain.space.conflict import (
    MARGIN_M,
    TOUCH_M,
    Finding,
    Minima,
    Verdict,
    find_conflict,
)
from openline.domain.space.geodesy import distance_m
from openline.domain.space.volume import Shape, Volume
from tests.domain.space.geodesic_oracle import do_meet, nearest_m
from tests.domain.space.plane_oracle import cores_apart_m, in_plane, units_of
from tests.domain.space.second_rule import area_state
from tests.domain.space.shapes import HOUR
from tests.domain.space.trial_pairs import STRATA, Stratum, draw_pairs, move

Find = Callable[[Volume, Volume, Minima], Finding]

PAIRS = 3_000
"""In each of ten strata."""

TOUCHING_PAIRS = 600


@dataclass(frozen=True)
class Case:
    """Two volumes, the true distance of their cores, and a minimum near the separation."""

    a: Volume
    b: Volume
    between_m: float
    lateral_m: int


def draw_cases(stratum: Stratum, count: int, seed: str) -> list[Case]:
    pairs = draw_pairs(stratum, count, seed)
    chance = random.Random(f"minima/{seed}/{stratum.name}")
    cases = []
    for (a, b), between_m in zip(pairs, cores_apart_m(pairs).tolist(), strict=True):
        separation_m = max(0.0, between_m - a.radius_m - b.radius_m)
        over_m = chance.choice((0.5, 1.5, 3, 15, 100, 0.003 * between_m)) * chance.choice((-1, 1))
        lateral_m = min(max(round(separation_m + over_m), 0), LATERAL_MINIMUM_M_MAX)
        cases.append(Case(a, b, between_m, lateral_m))
    return cases


def slack_m(between_m: float) -> float:
    """What the rule may be off without being wrong: it is told in docs/spec/conflict.md."""
    return 0.002 + 0.65 * (between_m / 1_200_000) ** 3


def fault(case: Case, find: Find = find_conflict) -> str:
    """What is wrong with the finding on one pair; empty if nothing is."""
    finding = find(case.a, case.b, Minima(case.lateral_m, 0, 0))
    verdict = finding.verdict
    reach_m = case.a.radius_m + case.b.radius_m
    separation_m = max(0.0, case.between_m - reach_m)
    slack = slack_m(case.between_m)
    if separation_m < 250_000 and abs(finding.separation_m - separation_m) > slack:
        return f"separation {finding.separation_m}, not {separation_m}"
    over_m = case.between_m - reach_m - case.lateral_m
    if case.between_m == 0:
        # How two polygons meet without any minimum is another test's question.
        return "cores meet, and it is clear" if verdict is Verdict.CLEAR else ""
    off_m = abs(over_m) - slack
    is_wrong = {
        Verdict.CONFLICT: over_m > slack,
        Verdict.CLEAR: over_m < -slack,
        Verdict.TOUCH: case.lateral_m > 0 or off_m > TOUCH_M,
        Verdict.MARGINAL: off_m > MARGIN_M and off_m > stated_margin_m(case),
    }[verdict]
    return f"{verdict} at {over_m} m over the minimum" if is_wrong else ""


def stated_margin_m(case: Case) -> float:
    """The margin that the page states at the contact; a metre is the least there is."""
    return area_state(case.a, case.b, case.lateral_m)[4]


def faults(cases: Sequence[Case], find: Find = find_conflict) -> list[tuple[str, Case]]:
    return [(found, case) for case in cases if (found := fault(case, find))]


@pytest.mark.slow
@pytest.mark.parametrize("stratum", STRATA, ids=lambda stratum: stratum.name)
def test_no_verdict_is_other_than_the_truth(stratum):
    """No verdict disagrees with the oracle beyond the margin, and no separation is wrong."""
    cases = draw_cases(stratum, PAIRS, "truth")
    assert faults(cases) == []
    # A test of pairs that are all clear, or all in conflict, would show nothing.
    near = [case for case in cases if fault_if_off_by(case, 0.005)]
    assert len(near) > PAIRS / 5


def fault_if_off_by(case: Case, share: float) -> bool:
    """Whether the verdict would turn if the distance were off by this share."""
    over_m = case.between_m - case.a.radius_m - case.b.radius_m - case.lateral_m
    return case.between_m > 0 and abs(over_m) < share * case.between_m


def test_two_oracles_agree():
    """The oracle and an older one, which walks edges with geodesics only, find one distance."""
    pairs = [pair for stratum in STRATA for pair in draw_pairs(stratum, 12, "oracles")]
    found = cores_apart_m(pairs)
    other = [0.0 if do_meet(a, b) else nearest_m(a, b) for a, b in pairs]
    assert np.abs(found - other).max() < 0.01


# --- rules that are wrong on purpose -------------------------------------------------------------


def wider(a: Volume, b: Volume, minima: Minima) -> Finding:
    """The rule, half a percent too strict."""
    lateral_m = min(round(minima.lateral_m * 1.005), LATERAL_MINIMUM_M_MAX)
    return find_conflict(a, b, replace(minima, lateral_m=lateral_m))


def planar(a: Volume, b: Volume, minima: Minima) -> Finding:
    """The rule with edges that are straight in latitude and longitude."""
    shapes = []
    for volume in (a, b):
        degrees = [(lon / 1e7, lat / 1e7) for lat, lon in volume.vertices]
        draw = {Shape.CIRCLE: shapely.Point, Shape.CORRIDOR: shapely.LineString}
        shapes.append(draw.get(volume.shape, shapely.Polygon)(degrees))
    line = shapely.get_coordinates(shapely.shortest_line(*shapes))
    ends = [(round(lat * 1e7), round(lon * 1e7)) for lon, lat in line]
    separation_m = max(0.0, distance_m(*ends) - a.radius_m - b.radius_m)
    verdict = Verdict.CONFLICT if separation_m <= minima.lateral_m else Verdict.CLEAR
    return Finding(verdict, separation_m, 0, 0, 0, HOUR, ends[0])


def spherical_lengths(height, across, east, north, away):
    return 6_371_008.8 * np.arctan2(np.hypot(east, north), away)


def only_ends(vertices, edges):
    """Feet that are always an end of the edge: distances from vertex to vertex."""
    x, y, z, across, east_x, east_y, _, _ = vertices
    end_x, end_y, end_z = edges
    east = end_x * east_x + end_y * east_y
    north = (end_y * east_x - end_x * east_y) * z + end_z * across
    away = end_x * x + end_y * y + end_z * z
    nearer = away.argmax(axis=0), np.arange(away.shape[1])
    return east[nearer], north[nearer], away[nearer]


@pytest.fixture(scope="module")
def few_cases() -> list[Case]:
    return [case for stratum in STRATA for case in draw_cases(stratum, 60, "wrong on purpose")]


@pytest.mark.parametrize(
    ("name", "least"), [("wider", 100), ("planar", 150), ("spherical", 150), ("ends", 100)]
)
def test_a_wrong_rule_is_caught(name, least, few_cases, monkeypatch):
    """A rule off by half a percent, of planar edges, of a sphere or of vertices only fails."""
    assert faults(few_cases) == []
    if name == "spherical":
        monkeypatch.setattr(approach, "arc_lengths_m", spherical_lengths)
    elif name == "ends":
        monkeypatch.setattr(approach, "_feet", only_ends)
    find = {"wider": wider, "planar": planar}.get(name, find_conflict)
    found = faults(few_cases, find)
    assert len(found) >= least
    if name == "wider":
        # Its separations are right: verdicts turn.
        assert all("separation" not in what for what, _ in found)


def test_a_rule_that_measures_in_its_plane_is_caught(few_cases, monkeypatch):
    """The first design, which took lengths in the plane of the meeting, fails."""
    contact = conflict._contact

    def in_its_plane(plane, a, b, radii_m):
        found = contact(plane, a, b, radii_m)
        between_m = float(shapely.distance(a.geometry, b.geometry))
        return replace(found, between_m=between_m) if found.between_m else found

    monkeypatch.setattr(conflict, "_contact", in_its_plane)
    assert len(faults(few_cases)) > 50


# --- polygons that meet, or nearly ---------------------------------------------------------------


def neighbours(chance: random.Random) -> tuple[Volume, Volume]:
    """A polygon and another that shares some of its border, or is moved a little off it."""
    middle = chance.uniform(-89, 89), chance.uniform(-180, 180)
    size_m = chance.uniform(300, 15_000)
    count = chance.randrange(4, 9)
    turns = [360 * (corner + chance.uniform(0, 0.6)) / count for corner in range(count)]
    ring = [move(middle, turn, size_m * chance.uniform(0.6, 1)) for turn in turns]
    shared = chance.choice((1, 2, 3))
    outward = (turns[0] + turns[shared - 1]) / 2
    beyond = [move(middle, outward + side, 3 * size_m) for side in (12, -12)]
    other = ring[:shared] + beyond
    off_m = chance.choice((0, 0, 0.3, 3, 30, size_m / 3)) * chance.uniform(0.5, 1)
    bearing_deg = chance.uniform(0, 360)
    other = [move(place, bearing_deg, off_m) for place in other] if off_m else other
    made = []
    for places in (ring, other):
        vertices = tuple((round(lat * 1e7), round(lon * 1e7)) for lat, lon in places)
        made.append(Volume(Shape.POLYGON, vertices, 0, None, None, 0, HOUR))
    return made[0], made[1]


def overlap_m(a: Volume, b: Volume) -> float:
    """Radius of the greatest circle in both polygons, on a plane centred between them."""
    units = [units_of(volume.vertices) for volume in (a, b)]
    centre = np.concatenate(units).mean(axis=0)
    centre = (centre / np.linalg.norm(centre))[None]
    rings = [shapely.polygons(in_plane(centre, part[None])[0]) for part in units]
    if not all(shapely.is_valid(ring) for ring in rings):
        return -1.0
    parts = shapely.get_parts(shapely.intersection(*rings))
    parts = [part for part in parts if shapely.area(part) > 1e-9]
    circles = [shapely.maximum_inscribed_circle(part, tolerance=0.001) for part in parts]
    return max((float(shapely.length(circle)) for circle in circles), default=0.0)


@pytest.mark.slow
def test_what_is_said_of_neighbours_is_so():
    """Polygons that touch have no common circle of a few centimetres, and those in conflict do."""
    chance = random.Random("neighbours")
    pairs = [neighbours(chance) for _ in range(TOUCHING_PAIRS)]
    seen = dict.fromkeys(Verdict, 0)
    wrong = []
    for a, b in pairs:
        common_m = overlap_m(a, b)
        if common_m < 0:
            continue
        verdict = find_conflict(a, b, Minima(0, 0, 0)).verdict
        seen[verdict] += 1
        # Edges of some kilometres bend by a centimetre between one plane and the other.
        least, most = {
            Verdict.CONFLICT: (0.2, np.inf),
            Verdict.MARGINAL: (0, 3 * MARGIN_M),
            Verdict.TOUCH: (0, 2 * TOUCH_M),
            Verdict.CLEAR: (0, 0),
        }[verdict]
        if not least <= common_m <= most:
            wrong.append((verdict, common_m, a, b))
    assert wrong == []
    assert min(seen.values()) > TOUCHING_PAIRS / 30


def test_a_position_found_is_the_one_that_was_meant():
    """The nearest place of two far circles lies on the geodesic between their centres."""
    for stratum in STRATA:
        for a, b in draw_pairs(stratum, 20, "closest"):
            finding = find_conflict(a, b, Minima(0, 0, 0))
            if a.shape is b.shape is Shape.CIRCLE and finding.separation_m:
                to_a, to_b = (distance_m(finding.closest, one.vertices[0]) for one in (a, b))
                near_m = 1 + (to_a + to_b) / 1_000
                assert to_a - a.radius_m == pytest.approx(finding.separation_m / 2, abs=near_m)
                assert to_a + to_b == pytest.approx(distance_m(a.vertices[0], b.vertices[0]))
