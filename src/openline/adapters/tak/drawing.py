"""A volume, or a route, as a shape on a map: circle, polygon or line of waypoints.

A circle is sent as an ellipse round its middle. A polygon without a radius is sent by
its own corners, with points between them where an edge is long, since maps of the TAK
family do not draw great circles. What reaches beyond its core (a corridor, a widened
polygon) is sent as its outline, thinned out to `COT_POINTS_MAX` points: it shows where
to look and is not the volume to the metre. Height is told in words; above the ellipsoid
only where it can be said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from openline.adapters.picture.outline import outline
from openline.adapters.tak.cot import Element, Mark, element, point, shown, written
from openline.domain.limits import COT_POINTS_MAX, COT_REMARKS_BYTES_MAX
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.geodesy import Position, position_of
from openline.domain.space.geoid import undulation_m
from openline.domain.space.volume import Shape, Volume, core_of
from openline.domain.talk.movement import Movement

_CALLSIGN_CHARS_MAX: Final = 100
_NAME_CHARS_MAX: Final = 60
"""Of one waypoint of many."""

_WAYS_MAX: Final = 100
"""Points of a route, each with a name of its own, that an event has room for."""

_FILLED: Final = 0x20
"""Opacity of an area, of 255."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a shape is drawn and what stands beside it.

    Attributes:
        callsign: What it is called.
        remarks: What is known of it, in sentences.
        colour: Red, green and blue, eight bits each.
        is_dashed: Whether its window has not opened yet.
    """

    callsign: str
    remarks: str
    colour: int
    is_dashed: bool = False


def volume_mark(uid: str, volume: Volume, look: Look, until: int) -> Mark:
    """One volume, which passes `check_volume`, as a shape of the map."""
    core = core_of(volume.shape, volume.vertices)
    height_m = _ellipsoid_m(volume.lower, volume.vertices[0])
    if volume.shape is Shape.CIRCLE:
        radius = f"{volume.radius_m:.1f}"
        shape = element("shape")
        shape.append(element("ellipse", major=radius, minor=radius, angle="360"))
        detail = written([shape, *_looks(look)])
        return Mark(uid, "u-d-c-c", volume.vertices[0], detail, height_m, until)
    corners = _ring(volume)
    links = [element("link", point=point(corner)) for corner in (*corners, corners[0])]
    detail = written([*links, *_looks(look)])
    return Mark(uid, "u-d-f", position_of(core.middle), detail, height_m, until)


def route_mark(uid: str, movement: Movement, look: Look, until: int) -> Mark:
    """The way of a movement: its waypoints, and points between where there is room."""
    count = sum(1 + len(waypoint.via) for waypoint in movement.route)
    has_room = count <= _WAYS_MAX
    links: list[Element] = []
    for number, waypoint in enumerate(movement.route, start=1):
        name = shown(waypoint.name)[:_NAME_CHARS_MAX] or f"CP{number}"
        links.append(_way(uid, len(links), "b-m-p-w", waypoint.position, name))
        if has_room:
            links += [
                _way(uid, len(links) + more, "b-m-p-c", position, "")
                for more, position in enumerate(waypoint.via)
            ]
    attributes = {
        "planningmethod": "Infil", "method": "Driving", "prefix": "CP", "type": "Vehicle",
        "stroke": "3", "direction": "Infil", "routetype": "Primary",
        "order": "Ascending Check Points", "color": _argb(look.colour, 0xFF),
    }  # fmt: skip
    detail = written([*links, element("link_attr", **attributes), *_looks(look)])
    height_m = _ellipsoid_m(movement.lower, movement.route[0].position)
    return Mark(uid, "b-m-r", movement.route[0].position, detail, height_m, until)


def label(look: Look) -> list[Element]:
    """What a thing is called, and what is known of it."""
    return [
        element("contact", callsign=look.callsign[:_CALLSIGN_CHARS_MAX]),
        element("remarks", _cut(look.remarks)),
    ]


def _cut(remarks: str) -> str:
    """The remarks as far as there is room, with a sign where they go on."""
    whole = remarks.encode()
    if len(whole) <= COT_REMARKS_BYTES_MAX:
        return remarks
    return whole[:COT_REMARKS_BYTES_MAX].decode(errors="ignore") + " […]"


def _looks(look: Look) -> list[Element]:
    return [
        *label(look),
        element("strokeColor", value=_argb(look.colour, 0xFF)),
        element("strokeWeight", value="3.0"),
        element("strokeStyle", value="dashed" if look.is_dashed else "solid"),
        element("fillColor", value=_argb(look.colour, 0 if look.is_dashed else _FILLED)),
        element("labels_on", value="true"),
    ]


def _argb(colour: int, opacity: int) -> str:
    """A colour as the signed 32 bits that the schema has."""
    value = opacity << 24 | colour
    return str(value - (1 << 32) if value >= 1 << 31 else value)


def _way(uid: str, number: int, kind: str, position: Position, name: str) -> Element:
    return element(
        "link",
        uid=f"{uid}.{number}", type=kind, point=point(position), callsign=name, relation="c",
    )  # fmt: skip


def _ring(volume: Volume) -> Sequence[Position]:
    """The outer edge of a volume, as so many points as an event may have."""
    points = outline(volume)[0]
    if len(points) <= COT_POINTS_MAX:
        return [position_of(unit) for unit in points]
    if volume.shape is Shape.POLYGON and volume.radius_m == 0:
        return volume.vertices
    step = len(points) / COT_POINTS_MAX
    return [position_of(points[int(number * step)]) for number in range(COT_POINTS_MAX)]


def _ellipsoid_m(bound: Altitude | None, at: Position) -> float | None:
    """A bound as a height above the ellipsoid, where that is known."""
    if bound is None or bound.datum not in (Datum.WGS84, Datum.AMSL):
        return None
    rise_m = undulation_m(at) if bound.datum is Datum.AMSL else 0.0
    return bound.value / 10 + rise_m
