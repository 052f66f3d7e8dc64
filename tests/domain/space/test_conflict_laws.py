"""Laws of the conflict rule, on volumes that hypothesis draws near each other."""

import math
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from openline.domain.space.conflict import (
    MARGIN_M,
    MARGIN_SHARE,
    TOUCH_M,
    Finding,
    Minima,
    Verdict,
    find_conflict,
)
from openline.domain.space.geodesy import Position, middle_of, normals, position_of
from openline.domain.space.volume import (
    Altitude,
    Datum,
    Shape,
    Volume,
    VolumeDoesNotHold,
    check_volume,
)
from tests.domain.space.trial_pairs import move

HOUR = 3_600_000

GRAVITY = (Verdict.CLEAR, Verdict.TOUCH, Verdict.MARGINAL, Verdict.CONFLICT)
"""From the mildest to the gravest."""


WIDEST_MARGIN_M = MARGIN_M + MARGIN_SHARE * 2_000_000
"""No contact of these volumes is further from the centre."""


@st.composite
def pairs(draw) -> tuple[Volume, Volume]:
    """Two volumes that hold, somewhere on the globe, from touching to a hundred km apart."""
    lat = draw(st.one_of(st.floats(-85, 85), st.sampled_from([0.0, 89.95, -89.95])))
    middle = lat, draw(st.one_of(st.floats(-180, 180), st.sampled_from([180.0, -179.99])))
    scale_m = draw(st.sampled_from([1_000.0, 30_000.0, 400_000.0]))
    there = move(middle, draw(st.floats(0, 360)), draw(st.floats(0, 3)) * scale_m)
    made = draw(volumes(middle, scale_m)), draw(volumes(there, scale_m))
    for one in made:
        try:
            check_volume(one)
        except VolumeDoesNotHold:
            assume(False)
    return made


@st.composite
def volumes(draw, middle: tuple[float, float], scale_m: float) -> Volume:
    shape = draw(st.sampled_from(list(Shape)))
    radius_m = draw(st.integers(shape is not Shape.POLYGON, int(scale_m / 2)))
    if shape is Shape.POLYGON and draw(st.booleans()):
        radius_m = 0
    count = {Shape.CIRCLE: 1, Shape.CORRIDOR: 3, Shape.POLYGON: 5}[shape]
    count = draw(st.integers(max(1, count - 1), count))
    places = []
    for corner in range(count):
        # A ring goes round once; a line goes anywhere.
        turn = draw(st.floats(0, 0.9)) + corner
        bearing = 360 * turn / count if shape is Shape.POLYGON else 360 * draw(st.floats(0, 1))
        places.append(move(middle, bearing, scale_m * draw(st.floats(0.2, 1))))
    vertices = tuple((round(lat * 1e7), round(lon * 1e7)) for lat, lon in places)
    floor = draw(st.integers(0, 100))
    band = Altitude(Datum.AMSL, floor), Altitude(Datum.AMSL, floor + draw(st.integers(1, 100)))
    begin = draw(st.integers(0, 100))
    return Volume(shape, vertices, radius_m, *band, begin, begin + draw(st.integers(2, 100)))


minima = st.builds(
    Minima,
    st.one_of(st.just(0), st.integers(0, 200_000)),
    st.integers(0, 60),
    st.integers(0, 60),
)


def gravity(finding: Finding) -> int:
    return GRAVITY.index(finding.verdict)


def is_a_shared_border(finding: Finding, agreed: Minima) -> bool:
    """Whether it is a mere touch, which is no conflict though half a metre less is marginal."""
    is_touch = finding.verdict is Verdict.TOUCH and agreed.lateral_m == 0
    return is_touch and finding.separation_m <= TOUCH_M


@given(pairs(), minima)
def test_either_volume_may_come_first(pair, agreed):
    """Exchanging the volumes changes no bit of the finding."""
    a, b = pair
    assert find_conflict(a, b, agreed) == find_conflict(b, a, agreed)


@given(pairs(), minima, st.integers(0, 50_000), st.integers(0, 50), st.integers(0, 50))
def test_wider_minima_never_make_it_milder(pair, agreed, lateral_m, vertical_dm, time_ms):
    """With greater minima a verdict is as grave or graver, and the distances are the same."""
    finding = find_conflict(*pair, agreed)
    wider = Minima(
        min(agreed.lateral_m + lateral_m, 200_000),
        agreed.vertical_dm + vertical_dm,
        agreed.time_ms + time_ms,
    )
    found = find_conflict(*pair, wider)
    assert gravity(found) >= gravity(finding)
    assert replace(found, verdict=finding.verdict) == finding


@given(pairs(), minima, st.integers(0, 50_000), st.integers(0, 50), st.integers(0, 50))
def test_wider_volumes_never_make_it_milder(pair, agreed, radius_m, height_dm, time_ms):
    """A volume that grows comes no less near, and what is within the minimum stays a conflict."""
    a, b = pair
    finding = find_conflict(a, b, agreed)
    wider = replace(
        a,
        radius_m=a.radius_m + radius_m,
        lower=replace(a.lower, value=a.lower.value - height_dm),
        upper=replace(a.upper, value=a.upper.value + height_dm),
        valid_from=max(0, a.valid_from - time_ms),
        valid_until=a.valid_until + time_ms,
    )
    found = find_conflict(wider, b, agreed)
    # Beyond the minimum the margin moves with the contact, and only what is within it counts.
    if finding.is_conflict and finding.separation_m <= agreed.lateral_m:
        assert found.is_conflict or is_a_shared_border(found, agreed)
    assert found.separation_m <= finding.separation_m
    assert found.vertical_gap_dm <= finding.vertical_gap_dm
    assert found.time_gap_ms <= finding.time_gap_ms


@given(pairs(), minima, st.integers(0, 4), st.booleans())
def test_a_ring_may_begin_anywhere_and_run_either_way(pair, agreed, turn, is_reversed):
    """Turning or reversing a ring, or reversing a corridor, changes no value of the finding."""
    a, b = pair
    vertices = a.vertices
    if a.shape is Shape.POLYGON:
        turn %= len(vertices)
        vertices = vertices[turn:] + vertices[:turn]
    if is_reversed:
        vertices = vertices[::-1]
    finding = find_conflict(a, b, agreed)
    found = find_conflict(replace(a, vertices=vertices), b, agreed)
    if finding.separation_m:
        assert found == finding
    else:
        assert replace(found, closest=finding.closest) == finding


@given(pairs(), minima, st.integers(1, 99))
def test_a_window_in_parts_is_the_window(pair, agreed, cut):
    """The gravest verdict over the parts of a window is that of the whole."""
    a, b = pair
    cut = a.valid_from + 1 + cut % (a.valid_until - a.valid_from - 1)
    parts = (replace(a, valid_until=cut), replace(a, valid_from=cut))
    whole = find_conflict(a, b, agreed)
    found = [find_conflict(part, b, agreed) for part in parts]
    assert max(gravity(one) for one in found) == gravity(whole)
    assert min(one.time_gap_ms for one in found) == whole.time_gap_ms


@given(pairs(), st.integers(0, 200_000))
def test_an_edge_in_two_is_the_edge(pair, lateral_m):
    """A vertex put on an edge moves the separation by no more than its own rounding."""
    a, b = pair
    assume(a.shape is not Shape.CIRCLE)
    halfway = position_of(middle_of(normals(a.vertices[:2])))
    assume(halfway not in a.vertices)
    split = replace(a, vertices=(a.vertices[0], halfway, *a.vertices[1:]))
    agreed = Minima(lateral_m, 0, 0)
    finding, found = find_conflict(a, b, agreed), find_conflict(split, b, agreed)
    assert abs(found.separation_m - finding.separation_m) < 0.1
    if abs(finding.separation_m - lateral_m) > WIDEST_MARGIN_M and lateral_m > 0:
        assert found.verdict is finding.verdict


@given(pairs(), st.integers(0, 200_000), st.integers(-1_800_000_000, 1_800_000_000))
def test_longitude_has_no_beginning(pair, lateral_m, turn_e7):
    """Turning both volumes about the axis of the earth moves the separation by roundings only."""

    def turned(one: Volume) -> Volume:
        return replace(one, vertices=tuple(east_by(vertex, turn_e7) for vertex in one.vertices))

    agreed = Minima(lateral_m, 0, 0)
    finding = find_conflict(*pair, agreed)
    found = find_conflict(*(turned(one) for one in pair), agreed)
    # Twice a millimetre: both separations are rounded to one.
    assert math.isclose(found.separation_m, finding.separation_m, abs_tol=0.0021)


def east_by(position: Position, turn_e7: int) -> Position:
    lat, lon = position
    return lat, (lon + turn_e7 + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
