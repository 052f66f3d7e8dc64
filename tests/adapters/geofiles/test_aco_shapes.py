"""Shapes of orders that volumes do not have: sectors, arcs, orbits, tracks, points."""

import math
from itertools import pairwise
from pathlib import Path

import pytest

from openline.adapters.geofiles import ReadActivity, read_aco
from openline.adapters.geofiles.arcs import chords_of, sector_size, strip, strip_size, sweep_deg
from openline.adapters.geofiles.edges import DEVIATION_M_MAX
from openline.domain.space.conflict import distance_to_core_m
from openline.domain.space.geodesy import azimuth_deg, destination, distance_m, normals, position_of
from openline.domain.space.volume import Altitude, Datum, Shape
from tests.adapters.geofiles.told import said
from tests.domain.space.shapes import at, level

TEXT = (Path(__file__).parent / "samples" / "shapes.aco").read_text()
ORIGIN = "LATS:350000N0380000E"
NM = 1_852
END = "EFFLEVEL/FLFL:FL050-FL100//APERIOD/DISCRETE/070001ZAPR2017/070600ZAPR2017//"


@pytest.fixture(scope="module")
def order() -> dict[str, ReadActivity]:
    """The measures of the sample by name; points and lines reach two kilometres."""
    return {activity.name: activity for activity in read_aco(TEXT, "f", reach_m=2_000)}


def read(shape_set: str, reach_m: int | None = None) -> ReadActivity:
    """A measure with this shape set."""
    (activity,) = read_aco(f"ACMID/ACM:ROZ/NAME:A//{shape_set}//{END}", "f", reach_m=reach_m)
    return activity


def midway(a, b):
    """The middle of the great circle between two positions."""
    return position_of(normals([a, b]).sum(axis=0))


def test_every_shape_of_the_sample_is_read(order):
    """Each measure of the sample has its volumes, and none a fault."""
    assert [activity.name for activity in order.values() if activity.fault] == []
    counts = {name: len(activity.volumes) for name, activity in order.items()}
    assert counts == {
        "SECTOR": 1, "PIE": 1, "DISC": 1, "ANNULUS": 2, "WIDE": 2, "KEYHOLE": 1, "TANKER": 1,
        "THREE LEGS": 3, "GATE": 1, "COORDINATION": 7,
    }  # fmt: skip


def test_a_sector_has_its_radii_and_bearings(order):
    """Vertices of a sector lie on its two arcs between its bearings, clockwise over north."""
    (volume,) = order["SECTOR"].volumes
    centre = at(35, 38)
    lengths = [distance_m(centre, vertex) for vertex in volume.vertices]
    assert all(min(abs(m - 10 * NM), abs(m - 50 * NM)) < 0.02 for m in lengths)
    turned = [(azimuth_deg(centre, vertex) - 330) % 360 for vertex in volume.vertices]
    assert all(turn < 90.001 or turn > 359.999 for turn in turned)
    assert distance_to_core_m(destination(centre, 15, 30 * NM), volume) == 0
    assert distance_to_core_m(destination(centre, 15, 5 * NM), volume) > 0
    assert distance_to_core_m(destination(centre, 195, 30 * NM), volume) > 0
    assert (volume.lower, volume.upper) == (Altitude(Datum.AGL, 30_480), level(600))


def test_chords_stay_near_their_arc(order):
    """The middle of each chord of an arc lies less than 5 m inside it."""
    centre = at(35, 38)
    for volume in order["WIDE"].volumes:
        ring = [*volume.vertices, volume.vertices[0]]
        for a, b in pairwise(ring):
            radius_m = distance_m(centre, a)
            if abs(radius_m - distance_m(centre, b)) < 1:
                off_m = radius_m - distance_m(centre, midway(a, b))
                assert -0.5 < off_m < DEVIATION_M_MAX


def test_a_sector_with_too_many_vertices_is_drawn_in_pieces(order):
    """Sectors side by side hold what the one would have held, and share a side."""
    first, second = order["WIDE"].volumes
    centre = at(35, 38)
    assert len([v for v in first.vertices if v in second.vertices]) == 2
    for bearing_deg in range(180, 410, 10):
        place = destination(centre, bearing_deg, 200_000)
        assert min(distance_to_core_m(place, one) for one in (first, second)) == 0
    assert "drawn as 2 sectors" in " ".join(said(order["WIDE"]))


def test_a_whole_turn_is_a_circle_or_two_halves(order):
    """A sector all the way round is a circle; with an inner radius two halves round a hole."""
    (disc,) = order["DISC"].volumes
    assert (disc.shape, disc.radius_m, disc.vertices) == (Shape.CIRCLE, 20_000, (at(35, 40),))
    halves = order["ANNULUS"].volumes
    centre = at(35, 41)
    assert all(distance_to_core_m(centre, half) > 9_990 for half in halves)
    for bearing_deg in range(0, 360, 15):
        place = destination(centre, bearing_deg, 15_000)
        assert min(distance_to_core_m(place, half) for half in halves) < 0.01


def test_a_pie_reaches_its_origin(order):
    """A sector without an inner radius has its origin as a corner."""
    (pie,) = order["PIE"].volumes
    assert at(35, 39) in pie.vertices
    assert pie.upper == Altitude(Datum.AGL, 1_524)
    assert pie.lower is None


def test_an_arc_is_joined_by_positions(order):
    """A polyarc is the arc clockwise between its bearings and the way round by its positions."""
    (volume,) = order["KEYHOLE"].volumes
    centre = at(34 + 40 / 60, 37)
    assert volume.vertices[-2:] == (at(34 + 50 / 60, 37.5), at(34.5, 37.5))
    assert distance_to_core_m(centre, volume) == 0
    assert distance_to_core_m(destination(centre, 270, 9 * NM), volume) == 0
    assert distance_to_core_m(at(34 + 40 / 60, 37.45), volume) == 0
    assert distance_to_core_m(destination(centre, 270, 11 * NM), volume) > 0
    assert "clockwise from 135T to 045T" in " ".join(said(order["KEYHOLE"]))


def test_positions_of_a_polyarc_may_run_the_other_way():
    """Where only the other sense encloses an area, the positions are read in that sense."""
    there = "LATS:345000N0373000E/LATS:343000N0373000E"
    back = "LATS:343000N0373000E/LATS:345000N0373000E"
    head = "POLYARC/LATS:344000N0370000E/135T/10NM/045T/"
    assert read(head + there).volumes == read(head + back).volumes
    assert "from the beginning of the arc" in " ".join(said(read(head + back)))


def test_a_polyarc_that_may_be_two_areas_is_refused():
    """Where both senses of its positions enclose an area, none is chosen."""
    # Two positions in a row straight out from the middle of the opening.
    fault = read(
        "POLYARC/LATS:344000N0370000E/100T/10NM/080T/LATS:344000N0371400E/LATS:344000N0371500E"
    ).fault
    assert "enclose no area" in str(fault) or "each way encloses" in str(fault)


@pytest.mark.parametrize(("side", "east_m"), [("C", 0), ("L", -18_520), ("R", 18_520)])
def test_an_orbit_lies_on_its_side(side, east_m):
    """The line of an orbit is that of its points, or half its width to its left or right."""
    (volume,) = read(f"AORBIT/LATS:350000N0400000E/LATS:353000N0400000E/20NM/{side}").volumes
    assert (volume.shape, volume.radius_m) == (Shape.CORRIDOR, 18_520)
    for vertex, lat in zip(volume.vertices, (35, 35.5), strict=True):
        moved = destination(at(lat, 40), 90 if east_m >= 0 else 270, abs(east_m))
        assert distance_m(vertex, moved) < 0.05


def test_an_orbit_without_a_side_is_taken_on_both_and_said():
    """A missing alignment is the one that orders print when none is specified, and noted."""
    activity = read("AORBIT/LATS:350000N0400000E/LATS:353000N0400000E/20NM/-")
    assert activity.volumes[0].vertices[0] == at(35, 40)
    assert "taken on both (C)" in " ".join(said(activity))


def test_legs_have_their_own_width_and_band(order):
    """Each leg of a track is what lies beside its line, in its own band or that of EFFLEVEL."""
    first, second, third = order["THREE LEGS"].volumes
    assert (first.lower, first.upper) == (
        Altitude(Datum.AMSL, 15_240),
        Altitude(Datum.AMSL, 30_480),
    )
    assert (second.lower, second.upper) == (level(80), level(120))
    assert (third.lower, third.upper) == (level(90), level(110))
    middle = midway(at(34.5, 37), at(34.5, 39))
    assert distance_to_core_m(destination(middle, 0, 4.9 * NM), second) == 0
    assert distance_to_core_m(destination(middle, 0, 5.2 * NM), second) > 0
    # The second leg runs east: what the third has on its right lies south of it.
    along = destination(at(34.5, 39), azimuth_deg(at(34.5, 39), at(35, 40)), 50_000)
    right_deg = azimuth_deg(at(34.5, 39), at(35, 40)) + 90
    assert distance_to_core_m(destination(along, right_deg, 9 * NM), third) == 0
    assert distance_to_core_m(destination(along, right_deg, -0.1 * NM), third) > 0


def off_line_m(place, start, end) -> float:
    """How far a place is from a geodesic, by thirds; the rule of conflicts errs more so far out."""
    bearing_deg, length_m = azimuth_deg(start, end), distance_m(start, end)
    low, high = 0.0, length_m
    while high - low > 1:
        thirds = (low + (high - low) / 3, high - (high - low) / 3)
        near, far = (distance_m(place, destination(start, bearing_deg, one)) for one in thirds)
        low, high = (low, thirds[1]) if near < far else (thirds[0], high)
    return distance_m(place, destination(start, bearing_deg, low))


def test_the_sides_of_a_strip_keep_their_distance():
    """Along a strip of 800 km, no place of its sides is 5 m nearer or further than it should."""
    start, end = at(35, 36), at(38, 44)
    ring = strip(start, end, 100_000, 50_000)
    assert len(ring) == strip_size(start, end, 100_000, 50_000)
    half = len(ring) // 2
    for side, aside_m in ((ring[:half], 100_000), (ring[half:], 50_000)):
        for a, b in pairwise(side):
            for place in (a, midway(a, b)):
                assert abs(off_line_m(place, start, end) - aside_m) < DEVIATION_M_MAX


def test_a_track_with_a_width_is_a_corridor():
    """A track of positions with one width is taken as a corridor, and said."""
    activity = read("TRACK/10NM/LATS:350000N0400000E/LATS:353000N0400000E")
    assert activity.volumes[0].radius_m == 5 * NM
    assert "taken as a corridor" in " ".join(said(activity))


def test_points_and_lines_reach_as_far_as_is_given(order):
    """A point or a line without a length reaches as far as was given, and that is said."""
    (gate,) = order["GATE"].volumes
    assert (gate.shape, gate.radius_m, gate.upper) == (Shape.CIRCLE, 2_000, None)
    assert order["COORDINATION"].volumes[0].shape is Shape.CORRIDOR
    assert "the 2,000 m that were given are taken" in " ".join(said(order["GATE"]))
    (own,) = read("APOINT/LATS:350000N0400000E/3NM").volumes
    assert own.radius_m == 3 * NM


@pytest.mark.parametrize(
    ("shape_set", "what"),
    [
        ("APOINT/LATS:350000N0400000E", "APOINT: is missing. Give the metres"),
        ("GEOLINE/LATS:350000N0400000E/LATS:360000N0400000E", "GEOLINE: is missing"),
        (f"RADARC/{ORIGIN}/330T/060T/10NM", "has 4 fields, not five"),
        (f"RADARC/{ORIGIN}/330M/060T/1NM/5NM", "counts from magnetic north"),
        (f"RADARC/{ORIGIN}/330G/060T/1NM/5NM", "counts from grid north"),
        (f"RADARC/{ORIGIN}/361T/060T/1NM/5NM", "'361T' is no bearing"),
        (f"RADARC/{ORIGIN}/NE/060T/1NM/5NM", "'NE' is no bearing"),
        (f"RADARC/{ORIGIN}/330T/060T/5NM/5NM", "not an inner and a greater outer"),
        (f"RADARC/{ORIGIN}/330T/060T/1NM/600KM", "up to 500000 m"),
        (f"RADARC/{ORIGIN}/330T/060T/1/5NM", "'1' is no length"),
        (f"RADARC/{ORIGIN}{ORIGIN}/330T/060T/1NM/5NM", "field 1 has 2 positions"),
        (f"POLYARC/{ORIGIN}/330T/5NM/060T", "has 4 fields, not five or more"),
        (
            f"POLYARC/{ORIGIN}/330T/30NM/160T/LATS:203632N0594256E/LATS:155000N0594815E",
            "enclose no area without crossing",
        ),
        (f"POLYARC/{ORIGIN}/000T/500KM/360T/{ORIGIN}", "more than 500 vertices"),
        (f"AORBIT/{ORIGIN}/{ORIGIN}/5NM/C", "begins and ends at one point"),
        (f"AORBIT/{ORIGIN}/LATS:353000N0400000E/5NM/N", "'N' is no side of its line"),
        (f"AORBIT/{ORIGIN}", "'' is no position"),
        (f"1TRACK/01/{ORIGIN}/LATS:353000N0400000E/5NML-3NMR", "nor whole legs"),
        (f"1TRACK/01/{ORIGIN}/LATS:353000N0400000E/5NM/-", "is no width of a leg"),
        (f"1TRACK/01/{ORIGIN}/LATS:353000N0400000E/0NML-0NMR/-", "to each side"),
        (f"1TRACK/A/{ORIGIN}/LATS:353000N0400000E/5NML-0NMR/-", "'A' is no number of a leg"),
        (f"1TRACK/01/{ORIGIN}/{ORIGIN}/5NML-0NMR/-", "leg 1 begins and ends at one point"),
        (f"1TRACK/01/{ORIGIN}/LATS:353000S1700000W/400KML-0NMR/-", "is so long"),
        ("1TRACK/LEG/LEG-BEGIN", "nor whole legs"),
        ("1TRACK" + f"/01/{ORIGIN}/LATS:353000N0400000E/5NML-3NMR/-" * 65, "more than 64 legs"),
    ],
)
def test_a_shape_that_cannot_be_read_says_why(shape_set, what):
    """A shape that is incomplete, in another form or not clear is a fault by name and row."""
    activity = read(shape_set)
    assert activity.volumes == ()
    assert what in str(activity.fault)
    assert "row 1" in str(activity.fault)


def test_legs_out_of_order_are_flagged():
    """A leg with another number, or that begins elsewhere, is read and noted."""
    activity = read(
        f"1TRACK/02/{ORIGIN}/LATS:353000N0400000E/5NML-3NMR/-"
        "/03/LATS:360000N0400000E/LATS:363000N0400000E/5NML-3NMR/-"
    )
    noted = " ".join(said(activity))
    assert len(activity.volumes) == 2
    assert "Leg 1 has the number 02" in noted
    assert "Leg 2 does not begin where the one before ends" in noted


def test_a_bearing_without_its_north_is_flagged():
    """A bearing of three digits alone is taken as true, and noted."""
    assert "taken as true" in " ".join(said(read(f"RADARC/{ORIGIN}/330/060T/1NM/5NM")))


def test_a_name_may_end_in_the_word_for_a_shape():
    """A name keeps its last word if a space stands before; a word without one is taken out."""
    point = "APOINT/LATS:350000N0400000E/3NM//"
    kept, taken = (
        read_aco(f"ACMID/ACM:REFPT/NAME:{name}//{point}{END}", "f")[0]
        for name in ("AIM POINT", "ALPHA(X)POINT")
    )
    assert (kept.name, taken.name) == ("AIM POINT", "ALPHA(X)")
    assert "taken out of it" in " ".join(said(taken))


def test_the_numbers_of_arcs():
    """A turn is more than 0 and up to 360 degrees, and small arcs keep a chord a quarter."""
    assert (sweep_deg(330, 60), sweep_deg(60, 330), sweep_deg(0, 360)) == (90, 270, 360)
    assert (chords_of(3, 360), chords_of(3, 10)) == (4, 1)
    assert chords_of(10_000, 360) == math.ceil(
        360 / (2 * math.degrees(math.acos(1 - 0.9 * 5 / 10_000)))
    )
    assert sector_size(0, 10_000, 90) == chords_of(10_000, 90) + 2
