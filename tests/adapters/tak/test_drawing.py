"""Volumes and routes as shapes: the right sort, bounded, where they are."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.adapters.tak.drawing import Look, route_mark, volume_mark
from openline.domain.instant import HOUR_MS
from openline.domain.limits import COT_EVENT_SIZE_BYTES_MAX, COT_POINTS_MAX
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.geodesy import destination, distance_m
from openline.domain.space.volume import Shape, Volume
from openline.domain.talk.body import By
from openline.domain.talk.movement import Movement, Waypoint
from tests.domain.space.shapes import circle, corridor, metres_amsl, polygon, square

NOW = 1_491_525_600_000
LOOK = Look("ALPHA-N-0001 Shayrat", "Strike.", 0x2F80ED)
WORST = Look("&" * 300, '"&<>' * 4_000, 0xFFFFFF, is_dashed=True)


def event(volume: Volume, look: Look = LOOK) -> ElementTree.Element:
    """The event that shows a volume."""
    return ElementTree.fromstring(volume_mark("x", volume, look, NOW).event(NOW, 1_000))


def ring(shown: ElementTree.Element) -> list[tuple[int, int]]:
    """The points of a polygon, the last of them the first again."""
    pairs = (str(link.get("point")).split(",") for link in shown.findall("detail/link"))
    return [(round(float(lat) * 1e7), round(float(lon) * 1e7)) for lat, lon in pairs]


def test_a_circle_is_an_ellipse_with_two_equal_axes() -> None:
    """A circle is sent as its middle and its radius, above the ellipsoid where that is known."""
    band = (metres_amsl(100), None)
    shown = event(circle(34.49, 36.909, 9_000, band=band))
    assert shown.get("type") == "u-d-c-c"
    ellipse = shown.find("detail/shape/ellipse")
    assert ellipse.attrib == {"major": "9000.0", "minor": "9000.0", "angle": "360"}
    assert 115 < float(shown.find("point").get("hae")) < 130, "the geoid is some 21 m up there"


def test_a_polygon_is_its_own_corners_where_they_are_near() -> None:
    """A small polygon is sent by its corners, closed; each is to the millimetre where it is."""
    corners = ((34.5, 36.9), (34.5, 36.95), (34.55, 36.95))
    shown = event(polygon(*corners))
    assert shown.get("type") == "u-d-f"
    assert ring(shown) == [(round(lat * 1e7), round(lon * 1e7)) for lat, lon in corners] + [
        (345_000_000, 369_000_000)
    ]
    assert shown.find("detail/strokeStyle").get("value") == "solid"
    assert shown.find("detail/strokeColor").get("value") == str((0xFF2F80ED) - (1 << 32))


def test_long_edges_have_points_between() -> None:
    """A long edge is followed along its great circle, which no straight line on a map is."""
    points = ring(event(square(34, 36, 5.0)))
    assert 150 < len(points) <= COT_POINTS_MAX + 1
    north = max(lat for lat, lon in points if 380_000_000 < lon < 390_000_000)
    assert north > 390_200_000, "the great circle between two places at 39 N bulges"


@pytest.mark.parametrize("volume", [
    corridor((35.33, 40.17), (35.08, 40.43), radius_m=2_000),
    square(34.5, 36.9, 0.2, ),
], ids=["corridor", "square"])  # fmt: skip
def test_what_is_widened_is_its_outline(volume: Volume) -> None:
    """The outline of a corridor, or of a widened polygon, lies at its distance from the core."""
    if volume.shape is Shape.POLYGON:
        volume = Volume(volume.shape, volume.vertices, 2_000, None, None, 0, HOUR_MS)
    points = ring(event(volume))
    assert 20 < len(points) <= COT_POINTS_MAX + 1
    assert points[0] == points[-1]
    nearest = min(distance_m(point, corner) for point in points for corner in volume.vertices)
    assert 1_990 < nearest < 2_010


@settings(max_examples=15, deadline=None)
@given(st.integers(3, 500), st.sampled_from([0, 5_000]))
def test_the_worst_fits_a_datagram(count: int, radius_m: int) -> None:
    """As many corners and words as may be make an event that one datagram holds."""
    middle = (344_900_000, 369_000_000)
    corners = [destination(middle, 360 * number / count, 200_000) for number in range(count)]
    volume = Volume(Shape.POLYGON, tuple(corners), radius_m, None, None, 0, HOUR_MS)
    mark = volume_mark("u" * 300, volume, WORST, NOW)
    assert len(mark.event(NOW, 1_000)) <= COT_EVENT_SIZE_BYTES_MAX
    remarks = ElementTree.fromstring(mark.event(NOW, 1_000)).findtext("detail/remarks")
    assert remarks.endswith(" […]")


def movement(via: int, waypoints: int = 3, name: str = "Homs") -> Movement:
    """A way north with so many points between its waypoints."""
    route = tuple(
        Waypoint(
            (345_000_000 + number * 1_000_000, 367_000_000),
            NOW + number * HOUR_MS,
            NOW + number * HOUR_MS,
            name if number else "",
            tuple((345_000_000 + number * 1_000_000 + n, 367_000_000) for n in range(1, via + 1)),
        )
        for number in range(waypoints)
    )
    lower = Altitude(Datum.WGS84, 5_000)
    return Movement(By("watch", "O"), "ALPHA-M-0001", route, lower=lower)


def test_a_movement_is_a_route() -> None:
    """A route has its waypoints by name and the points between, each under its own name."""
    mark = route_mark("x", movement(2), LOOK, NOW)
    shown = ElementTree.fromstring(mark.event(NOW, 1_000))
    assert shown.get("type") == "b-m-r"
    links = shown.findall("detail/link")
    assert [link.get("callsign") for link in links if link.get("type") == "b-m-p-w"] == [
        "CP1", "Homs", "Homs",
    ]  # fmt: skip
    assert [link.get("type") for link in links].count("b-m-p-c") == 6
    assert len({link.get("uid") for link in links}) == len(links) == 9
    assert shown.find("point").get("hae") == "500.0"


def test_a_route_of_many_points_keeps_its_waypoints() -> None:
    """Where there is no room for the points between, the waypoints are sent all the same."""
    mark = route_mark("u" * 300, movement(400, 32, "<" * 200), WORST, NOW)
    assert len(mark.event(NOW, 1_000)) <= COT_EVENT_SIZE_BYTES_MAX
    shown = ElementTree.fromstring(mark.event(NOW, 1_000))
    assert len(shown.findall("detail/link")) == 32
