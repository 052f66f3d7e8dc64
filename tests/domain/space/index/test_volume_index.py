"""The index: it says of each pair what the rule says, in the order of putting in."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.domain.space.altitude import ANY_WEATHER
from openline.domain.space.conflict import Minima, Verdict, find_conflict
from openline.domain.space.geodesy import destination
from openline.domain.space.index import VolumeIndex, make_ready, table_of, volume_index
from openline.domain.space.volume import Altitude, Datum, VolumeDoesNotHold, check_volume
from tests.domain.space.shapes import (
    HOUR,
    at,
    circle,
    corridor,
    level,
    metres_amsl,
    polygon,
    random_volume,
    square,
)

AIR = Minima(9_260, 3_000, 600_000)
OVERLAP = Minima(0, 0, 0)
BANDS = [
    (None, None),
    (None, level(100)),
    (level(90), level(200)),
    (metres_amsl(3_000), None),
    (metres_amsl(3_000), metres_amsl(4_000)),
    (metres_amsl(4_000), metres_amsl(5_000)),
    (Altitude(Datum.AGL, 0), Altitude(Datum.AGL, 3_000)),
    (Altitude(Datum.WGS84, 20_000), metres_amsl(3_000)),
    (Altitude(Datum.WGS84, 30_000), Altitude(Datum.WGS84, 40_000)),
    (metres_amsl(3_975), metres_amsl(4_100)),
]
PLACES = [(35, 40), (-17, 179.95), (89.9, 0), (-89.99, 120), (0.01, -0.02), (71, -179.9)]


@pytest.fixture(scope="module", params=["plain", "compiled"])
def fast(request) -> bool:
    """Whether to take the compiled path; both must say the same."""
    if request.param == "compiled" and not make_ready():
        pytest.skip("numba is not installed: pip install openline[fast]")
    return request.param == "compiled"


def some_volumes(seed: object, count: int, lat: float, lon: float, reach_m: float = 200_000):
    chance = random.Random(f"{seed}")
    volumes = []
    for _ in range(count):
        lower, upper = chance.choice(BANDS)
        start = chance.randrange(12) * HOUR
        lasts = chance.choice((1, 2, 2, 30, 24 * 20)) * HOUR
        made = random_volume(chance, at(lat, lon), reach_m, int(reach_m / 10))
        volumes.append(
            replace(made, lower=lower, upper=upper, valid_from=start, valid_until=start + lasts)
        )
    return volumes


def by_the_rule(volume, others, minima):
    verdicts = [
        (number, volume_index.judged(volume, other, minima, ANY_WEATHER))
        for number, other in enumerate(others)
    ]
    return [(number, verdict) for number, verdict in verdicts if verdict is not Verdict.CLEAR]


def index_of(volumes, fast=None) -> VolumeIndex[int]:
    index = VolumeIndex[int](fast=fast)
    for key, volume in enumerate(volumes):
        index.put(key, [(1, volume)])
    return index


def said(hits):
    return [(hit.key, hit.verdict) for hit in hits]


@pytest.mark.parametrize(("lat", "lon"), PLACES)
@pytest.mark.parametrize("minima", [AIR, OVERLAP, Minima(200_000, 0, 0)], ids=str)
@pytest.mark.parametrize("reach_m", [20_000, 200_000, 1_500_000])
def test_each_pair_is_judged_as_the_rule_judges_it(fast, lat, lon, minima, reach_m):
    """What the index says of each pair is the verdict of the rule, in the order put in."""
    volumes = some_volumes(f"{lat} {lon} {reach_m}", 40, lat, lon, reach_m)
    index = index_of(volumes, fast)
    for volume in volumes[:12]:
        assert said(index.hits(volume, minima)) == by_the_rule(volume, volumes, minima)


@pytest.mark.parametrize("lat", [0, 35, -80])
@pytest.mark.parametrize("azimuth_deg", [0, 45, 90])
@pytest.mark.parametrize("lateral_m", [0, 5_000, 200_000])
@pytest.mark.parametrize("radius_m", [1, 10_000, 500_000])
def test_pairs_at_the_very_minimum_are_judged_as_the_rule_does(
    fast, lat, azimuth_deg, lateral_m, radius_m
):
    """A pair whose distance is the minimum and a little less or more gets the rule's verdict."""
    minima = Minima(lateral_m, 0, 0)
    one = circle(lat, 40, radius_m)
    index = index_of([one], fast)
    found = []
    for step in range(-24, 60):
        far_m = 2 * radius_m + lateral_m + (step / 4 if step < 8 else (step - 6) ** 1.3)
        centre = destination(one.vertices[0], azimuth_deg, max(far_m, 0))
        other = replace(one, vertices=(centre,))
        verdict = find_conflict(one, other, minima).verdict
        found.append(verdict)
        meant = [] if verdict is Verdict.CLEAR else [(0, verdict)]
        assert said(index.hits(other, minima)) == meant, far_m
        if meant:
            assert index.near(other, minima) == [0]
    assert Verdict.MARGINAL in found or Verdict.TOUCH in found


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (square(35, 40), square(35, 41), Verdict.TOUCH),
        (square(35, 40), square(35.2, 40.2, 0.1), Verdict.CONFLICT),
        (square(35.2, 40.2, 0.1), square(35, 40), Verdict.CONFLICT),
        (
            square(35, 40, band=(None, metres_amsl(100))),
            square(35, 40, band=(metres_amsl(100), None)),
            Verdict.TOUCH,
        ),
        (
            square(35, 40, window=(0, HOUR)),
            square(35, 40, window=(HOUR, 2 * HOUR)),
            Verdict.TOUCH,
        ),
        (
            square(88, 0, 1.5),
            polygon((89, 0), (89, 90), (89, 180), (89, -90)),
            Verdict.CONFLICT,
        ),
    ],
    ids=["shared edge", "held", "holds", "band", "window", "pole"],
)
def test_touching_and_holding(fast, one, other, verdict):
    """A shared boundary is a touch, a volume inside another a conflict."""
    assert said(index_of([one], fast).hits(other, OVERLAP)) == [(0, verdict)]


def test_heights_above_the_ellipsoid_touch_where_the_geoid_differs(fast):
    """Two bands above the ellipsoid that abut are a touch, however the geoid slopes there."""
    middle = Altitude(Datum.WGS84, 10_000)
    high, low = square(35, 40, 18, band=(middle, None)), square(6, 76, 3, band=(None, middle))
    held = square(7, 77, 0.5, band=(middle, None))
    index = index_of([high, low], fast)
    assert said(index.hits(held, OVERLAP)) == [(1, Verdict.TOUCH)]
    beside = replace(low, lower=metres_amsl(0), upper=middle)
    for asked in (held, beside, high):
        assert said(index.hits(asked, OVERLAP)) == by_the_rule(asked, [high, low], OVERLAP)


def grid_pairs(count: int):
    """Squares on whole degrees, one above the other: their sides lie on one great circle."""
    chance = random.Random(3)
    for _ in range(count):
        south, west = chance.randrange(-70, 70), chance.randrange(-180, 170)
        tall, wide = chance.choice((1, 2, 5)), chance.choice((1, 2, 5))
        lateral_m = chance.choice((1_000, 9_260))
        gap = lateral_m / 111_000 * chance.choice((0.95, 1.05, 1.05, 1.05))
        one, other = (
            polygon((low, left), (low, left + wide), (low + tall, left + wide), (low + tall, left))
            for low, left in (
                (south, west),
                (south + tall + gap, west + chance.choice((0, wide))),
            )
        )
        yield one, other, lateral_m


def test_edges_on_one_line_do_not_cross_from_afar(fast):
    """Sides that lie on one meridian far from each other are not taken for crossing."""
    verdicts = set()
    for one, other, lateral_m in grid_pairs(4_000):
        minima = Minima(lateral_m, 0, 0)
        hits = said(index_of([one], fast).hits(other, minima))
        verdicts |= {verdict for _, verdict in hits} or {Verdict.CLEAR}
        if hits:
            assert hits == by_the_rule(other, [one], minima), (one, other)
    assert {Verdict.CLEAR, Verdict.CONFLICT} <= verdicts


def test_a_question_is_about_what_is_there_when_it_is_asked(fast):
    """What is put in while the steps of an answer are taken is not named in it."""
    index = index_of([circle(35, 40 + key / 1e6, 1_000) for key in range(1_500)], fast)
    steps = index.steps(circle(35, 40, 1_000), AIR)
    named = [hit.key for hit in next(steps)]
    for key in range(1_500, 1_700):
        index.put(key, [(1, circle(35, 40, 1_000))])
    index.near(circle(35, 40, 1), AIR)
    named += [hit.key for step in steps for hit in step]
    assert sorted(named) == list(range(1_500))


def test_minima_by_kind(fast):
    """Each kind has its own minima."""
    index = VolumeIndex[str](fast=fast)
    index.put("aircraft", [(1, circle(35, 40, 1_000))], kind=0)
    index.put("convoy", [(1, circle(35, 40, 1_000))], kind=1)
    asked = circle(35, 40.1, 1_000)
    assert said(index.hits(asked, [AIR, OVERLAP])) == [("aircraft", Verdict.CONFLICT)]
    assert said(index.hits(asked, [OVERLAP, AIR])) == [("convoy", Verdict.CONFLICT)]
    assert len(index.hits(asked, AIR)) == 2


def test_what_is_far_in_any_dimension_is_left_out():
    """Volumes elsewhere, far above or much later are not named."""
    index = VolumeIndex[str]()
    index.put("elsewhere", [(1, circle(40, 40, 1_000))])
    index.put("above", [(1, circle(35, 40, 1_000, band=(level(300), None)))])
    index.put("later", [(1, circle(35, 40, 1_000, window=(9 * HOUR, 10 * HOUR)))])
    index.put("here", [(1, circle(35, 40.01, 1_000))])
    assert index.near(circle(35, 40, 1_000, band=(None, level(100))), AIR) == ["here"]


def test_a_key_may_have_several_volumes(fast):
    """A key with two volumes is named once by near, each of them by hits, both removed."""
    index = VolumeIndex[str](fast=fast)
    index.put("notice", [(3, square(35, 40)), (7, square(35, 41))])
    asked = square(35, 40.5)
    assert index.near(asked, AIR) == ["notice"]
    assert [hit.number for hit in index.hits(asked, AIR)] == [3, 7]
    assert (len(index), "notice" in index) == (1, True)
    index.remove("notice")
    index.remove("notice")
    assert index.near(asked, AIR) == []
    assert index.hits(asked, AIR) == []
    assert (len(index), "notice" in index) == (0, False)


def test_putting_again_replaces(fast):
    """A key that is put in again has its new volumes only, at the end of the order."""
    index = VolumeIndex[str](fast=fast)
    index.put("one", [(1, square(35, 40))])
    index.put("two", [(1, square(35, 40))])
    assert len(index.hits(square(35, 40), AIR)) == 2
    index.put("one", [(2, square(35, 40))])
    hits = index.hits(square(35, 40), AIR)
    assert [(hit.key, hit.number) for hit in hits] == [("two", 1), ("one", 2)]
    index.put("two", [])
    assert len(index) == 1


@pytest.fixture
def small_segments(monkeypatch):
    """Segments that are closed and merged after a few rows."""
    monkeypatch.setattr(volume_index, "OPEN_ROWS", 64)
    monkeypatch.setattr(volume_index, "OPEN_VERTICES", 256)
    monkeypatch.setattr(volume_index, "MERGE_AT", 3)


@pytest.mark.usefixtures("small_segments")
@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from("ppprqs"), st.integers(0, 40), st.integers(1, 5)),
        min_size=20,
        max_size=120,
    )
)
def test_an_index_agrees_with_a_list_through_many_changes(changes):
    """After any putting in, replacing and removing, an index says what a plain list does."""
    pool = some_volumes("changes", 60, 35, 40, 100_000)
    index, kept = VolumeIndex[int](), {}
    taken = 0
    for what, key, count in changes:
        if what == "p":
            volumes = [(number, pool[(key + number) % len(pool)]) for number in range(count)]
            index.put(key, volumes)
            kept.pop(key, None)
            kept[key] = volumes
        elif what == "r":
            index.remove(key)
            kept.pop(key, None)
        elif what == "s":
            taken += len(index.snapshot())
        else:
            asked = pool[key]
            meant = [
                (other, number, find_conflict(asked, volume, AIR).verdict)
                for other, volumes in kept.items()
                for number, volume in volumes
            ]
            hits = [(hit.key, hit.number, hit.verdict) for hit in index.hits(asked, AIR)]
            assert hits == [hit for hit in meant if hit[2] is not Verdict.CLEAR]
        assert len(index) == len(kept)


@pytest.mark.usefixtures("small_segments")
def test_a_snapshot_stays_as_it_was():
    """What is put in or removed later does not show in a snapshot."""
    volumes = some_volumes("snapshot", 300, 35, 40)
    index = index_of(volumes)
    before = {key: said(index.hits(volumes[key], AIR)) for key in range(0, 300, 30)}
    kept = index.snapshot()
    for key in range(0, 300, 2):
        index.remove(key)
    for key, volume in enumerate(some_volumes("later", 400, 35, 40), start=1_000):
        index.put(key, [(1, volume)])
        index.near(volume, AIR)
    assert {key: said(kept.hits(volumes[key], AIR)) for key in before} == before
    assert len(kept) == 300


@pytest.mark.parametrize(("lat", "lon"), PLACES[:3])
def test_a_join_names_each_pair_once(fast, lat, lon):
    """A join gives all pairs that the rule does not call clear, each once and in order."""
    volumes = some_volumes(f"join {lat}", 120, lat, lon)
    pairs = index_of(volumes, fast).join(AIR)
    meant = [
        (first, second, verdict)
        for first, volume in enumerate(volumes)
        for second, verdict in by_the_rule(volume, volumes, AIR)
        if second > first
    ]
    assert pairs == meant


def test_an_index_of_a_table_says_the_same(fast):
    """An index built at once says what one says that was filled one by one."""
    volumes = some_volumes("table", 500, 35, 40)
    table = table_of((0, 1, volume) for volume in volumes)
    built = VolumeIndex.build(range(500), table, fast=fast)
    filled = index_of(volumes, fast)
    for volume in volumes[:40]:
        assert said(built.hits(volume, AIR)) == said(filled.hits(volume, AIR))
    built.remove(7)
    assert 7 not in built
    assert len(built) == 499


def test_outlines_of_any_length_are_judged_beside_each_other(fast):
    """Among a thousand circles a ring of 400 vertices is judged as alone, and asks as well."""
    chance = random.Random("lengths")
    rings = []
    for reach_m in (30_000, 60_000):
        corners = (
            destination(at(35, 40), 0.9 * number, reach_m + 50 * (number % 2))
            for number in range(400)
        )
        rings.append(polygon(*((lat / 1e7, lon / 1e7) for lat, lon in corners)))
    circles = [
        circle(34.5 + chance.random(), 39.5 + chance.random(), chance.randrange(100, 5_000))
        for _ in range(1_000)
    ]
    volumes = [*circles[:500], *rings, *circles[500:], corridor((35, 39), (35.2, 41), radius_m=9)]
    index = index_of(volumes, fast)
    for asked in (circles[0], *rings, volumes[-1]):
        assert said(index.hits(asked, AIR)) == by_the_rule(asked, volumes, AIR)


def test_many_groups_of_blocks_hide_nothing(fast):
    """Of three thousand volumes in sorted and open segments none that matters is left out."""
    volumes = some_volumes("groups", 3_000, 35, 40, 1_000_000)
    index = index_of(volumes, fast)
    asked = volumes[::1_500]
    assert len(index.snapshot()) == 3_000
    for volume in asked:
        assert said(index.hits(volume, AIR)) == by_the_rule(volume, volumes, AIR)
    for key in range(0, 3_000, 3):
        index.remove(key)
    left = [hit for hit in by_the_rule(asked[1], volumes, AIR) if hit[0] % 3]
    assert said(index.hits(asked[1], AIR)) == left


def test_a_table_gives_its_volumes_back():
    """Each row of a table is the volume that was put into it."""
    volumes = some_volumes("back", 200, -17, 179.9)
    table = table_of((0, 1, volume) for volume in volumes)
    assert [table.volume(row) for row in range(200)] == volumes
    assert table.positions.dtype == np.int32


def test_steps_add_up_to_the_hits(fast):
    """The hits come in steps, and together they are all of them."""
    volumes = [circle(35, 40 + key / 1e6, 1_000) for key in range(5_000)]
    index = index_of(volumes, fast)
    steps = list(index.steps(volumes[0], AIR))
    assert len(steps) > 3
    hits = sorted((hit for step in steps for hit in step), key=lambda hit: hit.serial)
    assert hits == index.hits(volumes[0], AIR)
    assert len(hits) == 5_000


def test_a_step_leaves_few_pairs_to_the_rule(fast, monkeypatch):
    """However many pairs lie at the very minimum, one step asks the rule about a few."""
    asked, begun = [], circle(35, 40, 1_000)
    rule = volume_index.judged
    monkeypatch.setattr(volume_index, "judged", lambda *pair: asked.append(1) or rule(*pair))
    at_the_minimum = [
        replace(begun, vertices=(destination(begun.vertices[0], turn / 2, 11_260.2),))
        for turn in range(720)
    ]
    index = index_of(at_the_minimum, fast)
    before = 0
    for _ in index.steps(begun, AIR):
        assert len(asked) - before <= volume_index.RULE_AT_ONCE
        before = len(asked)
    assert before == 720


def comb(lat: float, lon: float, teeth: int):
    """A polygon of many narrow teeth, the worst that the bounds allow."""
    tips = [(lat + 0.5 * (number % 2), lon + number / teeth) for number in range(2 * teeth)]
    return polygon(*tips, (lat - 0.1, lon + 2), (lat - 0.1, lon))


def test_geometry_bombs_go_in_small_steps(fast):
    """Combs of 500 vertices over each other are judged a few at a time, as the rule does."""
    combs = [comb(35, 40 + number / 1_000, 249) for number in range(12)]
    check_volume(combs[0])
    index = index_of([replace(one, valid_from=0, valid_until=HOUR) for one in combs], fast)
    asked = comb(35.6, 40.0005, 249)
    steps = list(index.steps(asked, OVERLAP))
    assert len(steps) >= len(combs)
    assert said(index.hits(asked, OVERLAP)) == by_the_rule(asked, combs, OVERLAP)


def test_what_has_no_core_is_not_put_in():
    """A volume with too few vertices is refused, and leaves the index as it was."""
    index = VolumeIndex[str]()
    index.put("good", [(1, square(35, 40))])
    with pytest.raises(VolumeDoesNotHold):
        index.put("good", [(1, square(35, 40)), (2, corridor((35, 40), radius_m=5))])
    index.put("other", [(1, square(35, 40.5))])
    assert index.near(square(35, 40.2), AIR) == ["good", "other"]


def test_largest_volumes(fast):
    """Volumes at every bound are judged as the rule does, far round the globe too."""
    corners = [at(0, 0), at(0, 30), at(25, 15)]
    wide = polygon(*((lat / 1e7, lon / 1e7) for lat, lon in corners))
    for volume in (wide, replace(wide, radius_m=500_000)):
        check_volume(volume)
    beside = [
        circle(lat, lon, 500_000) for lat in range(-80, 81, 20) for lon in range(-180, 180, 20)
    ]
    index = index_of(beside, fast)
    for asked in (wide, replace(wide, radius_m=500_000)):
        assert said(index.hits(asked, Minima(200_000, 0, 0))) == by_the_rule(
            asked, beside, Minima(200_000, 0, 0)
        )
