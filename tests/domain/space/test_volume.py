"""Volumes: their form on the wire, and what makes one impossible."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import Reason, TheirError
from openline.domain.record.cbor import decode, encode
from openline.domain.space.geodesy import destination, distance_m
from openline.domain.space.volume import (
    Altitude,
    Datum,
    Shape,
    Volume,
    VolumeDoesNotHold,
    check_volume,
    core_of,
)
from tests.domain.space.geodesic_oracle import units_of
from tests.domain.space.shapes import (
    HOUR,
    any_volumes,
    at,
    circle,
    corridor,
    level,
    metres_amsl,
    polygon,
    square,
)

SQUARE = square(35, 40)


@given(any_volumes)
def test_a_volume_comes_back_from_its_bytes(volume):
    """Encoding a volume and decoding it gives an equal volume."""
    assert Volume.from_value(decode(encode(volume.to_value()))) == volume


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.integers(), inner, max_size=3),
)


@given(junk)
def test_what_is_no_volume_is_refused(value):
    """Any other value raises the typed error and nothing else."""
    with pytest.raises(TheirError):
        Volume.from_value(value)


@given(any_volumes, st.data())
def test_a_damaged_volume_is_read_or_refused(volume, data):
    """A volume with one part replaced by junk is read in full or refused with a reason."""
    value = volume.to_value()
    target = value
    while isinstance(target, list) and target:
        index = data.draw(st.integers(0, len(target) - 1))
        if not isinstance(target[index], list) or data.draw(st.booleans()):
            target[index] = data.draw(junk)
            break
        target = target[index]
    try:
        read = Volume.from_value(value)
    except TheirError as error:
        reason = error.reason
    else:
        reason = Reason.MALFORMED
        assert read.to_value() == value
    assert reason is Reason.MALFORMED


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({0: 4}, "volume.shape"),
        ({0: True}, "volume.shape"),
        ({1: []}, "volume.vertices"),
        ({1: [[1, 2], [3]]}, "volume.vertices[1]"),
        ({1: [[1, 2], [3, 1_800_000_001]]}, "volume.vertices[1].lon"),
        ({1: [[900_000_001, 2]]}, "volume.vertices[0].lat"),
        ({1: [[0, 0]] * 501}, "volume.vertices"),
        ({2: -1}, "volume.radius_m"),
        ({2: 500_001}, "volume.radius_m"),
        ({3: [5, 0]}, "volume.lower.datum"),
        ({3: [3, 1_000]}, "volume.lower.value"),
        ({4: [1]}, "volume.upper"),
        ({5: "now"}, "volume.valid_from"),
        ({6: 2**63}, "volume.valid_until"),
    ],
)
def test_an_error_names_the_field(change, path):
    """The path of the field at fault stands in the error."""
    value = SQUARE.to_value()
    for index, part in change.items():
        value[index] = part
    with pytest.raises(TheirError) as caught:
        Volume.from_value(value)
    assert caught.value.what.startswith(f"{path} ")


def test_a_volume_of_the_field_holds():
    """A circle, a corridor and a polygon as parties announce them pass the check."""
    check_volume(circle(34.49, 36.909, 9_000, band=(None, level(100))))
    check_volume(corridor((35, 40), (35.5, 41), (35, 42), (36, 41), radius_m=5_000))
    check_volume(replace(SQUARE, lower=level(50), upper=metres_amsl(9_000)))


def test_a_corridor_may_cross_itself():
    """The line of a corridor is a track, and may come back over itself."""
    check_volume(corridor((35, 40), (36, 41), (36, 40), (35, 41), radius_m=500))


@pytest.mark.parametrize(
    ("volume", "words"),
    [
        (circle(35, 40, 0), "radius 0 m"),
        (corridor((35, 40), radius_m=10), "at least 2 vertices, not 1"),
        (polygon((35, 40), (36, 40)), "at least 3 vertices, not 2"),
        (Volume(Shape.CIRCLE, (at(35, 40), at(36, 40)), 10, None, None, 0, 1), "one centre"),
        (circle(35, 40, 500_001), "500001 m"),
        (replace(SQUARE, radius_m=-1), "-1 m"),
        (replace(SQUARE, vertices=SQUARE.vertices * 126), "504 vertices, more than 500"),
        (replace(SQUARE, lower=level(100), upper=level(100)), "FL100, is not below"),
        (replace(SQUARE, lower=metres_amsl(9_000), upper=level(10)), "9000 m AMSL, is not below"),
        (replace(SQUARE, upper=Altitude(Datum.FLIGHT_LEVEL, 1_000)), "upper bound, FL1000"),
        (replace(SQUARE, lower=metres_amsl(-2_000)), "lower bound, -2000 m AMSL"),
        (replace(SQUARE, valid_from=HOUR), "not after it begins at 1970-01-01T01:00:00Z"),
        (replace(SQUARE, valid_until=10**15), "in no calendar"),
        (polygon((35, 40), (36, 40), (37, 40)), "encloses no area|crosses or touches"),
    ],
)
def test_what_cannot_be_is_refused(volume, words):
    """An empty or impossible volume is refused, and the error says what is wrong."""
    with pytest.raises(VolumeDoesNotHold, match=words):
        check_volume(volume)


@pytest.mark.parametrize(
    ("vertices", "number", "place"),
    [
        (((35, 40), (36, 40), (36, 40), (36, 41)), 3, (36, 40)),
        (((35, 40), (36, 40), (36, 41), (35, 40)), 1, (35, 40)),
        (((89, 0), (90, 10), (90, 50), (89, 90)), 3, (90, 50)),
        (((1, 180), (1, -180), (2, 179)), 2, (1, -180)),
    ],
)
def test_a_repeated_vertex_is_named(vertices, number, place):
    """A vertex on the one before it is named with its place, at poles and the antimeridian too."""
    with pytest.raises(VolumeDoesNotHold, match=f"Vertex {number} ") as caught:
        check_volume(polygon(*vertices))
    assert (caught.value.vertex, caught.value.position) == (number, at(*place))


def test_a_vertex_off_the_globe_is_named():
    """Latitude and longitude in the wrong order are noticed when the globe ends."""
    with pytest.raises(VolumeDoesNotHold, match=r"Vertex 2 \(118, 33\)") as caught:
        check_volume(polygon((33, 117), (118, 33), (34, 118)))
    assert caught.value.vertex == 2


def test_a_vertex_far_from_the_others_is_named():
    """A volume over half a continent is refused, and the stray vertex named."""
    with pytest.raises(VolumeDoesNotHold, match=r"Vertex 3 .* in the wrong order") as caught:
        check_volume(polygon((35, 40), (36, 40), (41, 85), (36, 41), (35, 41)))
    assert caught.value.vertex == 3


def test_a_ring_round_the_world_is_refused():
    """A ring whose vertices cancel out has no inside, and is refused."""
    with pytest.raises(VolumeDoesNotHold):
        check_volume(polygon((0, 0), (0, 90), (0, 180), (0, -90)))


@pytest.mark.parametrize(
    ("corners", "place"),
    [
        (((35, 40), (36, 41), (36, 40), (35, 41)), (35.5015, 40.5)),
        (((-18, 179), (-17, -179), (-17, 179), (-18, -179)), (-17.5, 180)),
        (((89, 0), (89, 180), (89, 90), (89, -90)), (90, 0)),
        (((35, 40), (36, 40), (36, 41), (35, 40.5), (36, 39)), None),
    ],
)
def test_a_crossing_is_refused_with_its_place(corners, place):
    """A ring that crosses itself is refused, and the error says where."""
    with pytest.raises(VolumeDoesNotHold, match="crosses or touches itself near") as caught:
        check_volume(polygon(*corners))
    assert caught.value.position is not None
    if place:
        assert distance_m(caught.value.position, at(*place)) < 500


def test_a_ring_that_touches_itself_is_refused():
    """A ring that comes back to one of its vertices is not simple, and refused there."""
    bow = polygon((35, 40), (36, 40), (35.5, 40.5), (36, 41), (35, 41), (35.5, 40.5))
    with pytest.raises(VolumeDoesNotHold, match=r"35\.5000N 40\.5000E"):
        check_volume(bow)


def star(points: int, step: int) -> Volume:
    turns = [360 * (corner * step % points) / points for corner in range(points)]
    vertices = tuple(destination(at(35, 40), turn, 100_000) for turn in turns)
    return Volume(Shape.POLYGON, vertices, 0, None, None, 0, HOUR)


def comb(teeth: int, is_turned: bool) -> Volume:
    corners: list[tuple[int, int]] = []
    for tooth in range(teeth):
        corners += [(2 * tooth, 0), (2 * tooth, 200), (2 * tooth + 1, 200), (2 * tooth + 1, 0)]
    corners += [(2 * teeth, -5), (0, -5)]
    places = [(y, x) if is_turned else (x, y) for x, y in corners]
    return polygon(*((35 + lat / 1e4, 40 + lon / 1e4) for lat, lon in places))


def spiral(turns: int, points: int) -> Volume:
    out = [
        (turns * 360 * share / points, 1_000 + 90_000 * share / points) for share in range(points)
    ]
    back = [(turn, far + 2_000) for turn, far in reversed(out)]
    vertices = tuple(destination(at(35, 40), turn, far) for turn, far in out + back)
    return Volume(Shape.POLYGON, vertices, 0, None, None, 0, HOUR)


@pytest.mark.parametrize("bomb", [star(101, 50), star(499, 249), star(500, 3)])
def test_stars_are_refused(bomb):
    """A star that crosses itself a thousand times is refused like any other crossing."""
    with pytest.raises(VolumeDoesNotHold, match="crosses or touches itself"):
        check_volume(bomb)


@pytest.mark.parametrize("bomb", [comb(120, False), comb(124, True), spiral(9, 240)])
def test_combs_and_spirals_are_simple(bomb):
    """An intricate ring that does not cross itself is a volume like any other."""
    check_volume(bomb)


@given(st.integers(0, 2**32), st.sampled_from(list(Shape)))
def test_the_box_of_a_core_holds_it(seed, shape):
    """No point of a core lies outside its box on the sphere, bulging edges and poles included."""
    chance = np.random.default_rng(seed)
    middle = at(float(chance.uniform(-90, 90)), float(chance.uniform(-180, 180)))
    count = {Shape.CIRCLE: 1, Shape.CORRIDOR: 3, Shape.POLYGON: 5}[shape]
    turns = np.sort(chance.uniform(0, 360, count))
    vertices = tuple(destination(middle, float(turn), 1_500_000) for turn in turns)
    core = core_of(shape, vertices)
    units = units_of(vertices)
    # Weighted means of the vertices, pushed out to the sphere: along edges, and inside rings.
    ends = np.roll(units, -1, axis=0)[: len(units) if shape is Shape.POLYGON else max(count - 1, 1)]
    shares = np.linspace(0, 1, 9)[:, None, None]
    points = (units[: len(ends)] * (1 - shares) + ends * shares).reshape(-1, 3)
    if shape is Shape.POLYGON:
        points = np.vstack((points, chance.dirichlet(np.ones(count), 50) @ units))
    points /= np.linalg.norm(points, axis=1)[:, None]
    assert (points >= core.low - 1e-12).all()
    assert (points <= core.high + 1e-12).all()
    assert math.isclose(float(np.linalg.norm(core.middle)), 1)


def test_a_fault_is_told_alike_each_time_and_grows_no_trace():
    """Vertices are judged once; who asks again, for another window, hears the same."""
    crossed = polygon((35, 40), (36, 41), (36, 40), (35, 41))
    heard = []
    for later in range(3):
        volume = replace(crossed, valid_until=crossed.valid_until + later * HOUR)
        with pytest.raises(VolumeDoesNotHold) as refusal:
            check_volume(volume)
        heard.append((refusal.value.what, refusal.value.position, len(refusal.traceback)))
    assert heard[0] == heard[1] == heard[2]


def test_a_window_is_told_before_a_ring():
    """Of two faults the one that takes no geometry to see is told, judged or not."""
    crossed = polygon((35, 40), (36, 41), (36, 40), (35, 41))
    for _ in range(2):
        with pytest.raises(VolumeDoesNotHold, match="window"):
            check_volume(replace(crossed, valid_until=crossed.valid_from))
        with pytest.raises(VolumeDoesNotHold, match="crosses"):
            check_volume(crossed)
