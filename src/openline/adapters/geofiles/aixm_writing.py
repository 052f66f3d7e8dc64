"""A notice as an event of AIXM 5.1.1: the words, and an airspace for each window.

Geometry, heights and instants are kept as they are, so that `read_aixm` gives the same
volumes back; only a polygon with a radius becomes its outline. Positions are latitude and
longitude of EPSG 4326, edges geodesic.
"""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from openline.adapters.geofiles.f3548 import outline_of
from openline.adapters.geofiles.handed_on import HandedFile, HandedOn
from openline.domain.instant import format_instant
from openline.domain.line.letters import visible
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.geodesy import Position
from openline.domain.space.volume import Shape, Volume
from openline.domain.talk.notice import Operation

_SPACES: Final = {
    "xmlns:message": "http://www.aixm.aero/schema/5.1.1/message",
    "xmlns:aixm": "http://www.aixm.aero/schema/5.1.1",
    "xmlns:event": "http://www.aixm.aero/schema/5.1.1/event",
    "xmlns:gml": "http://www.opengis.net/gml/3.2",
}
_EPSG: Final = "urn:ogc:def:crs:EPSG::4326"
_REFERENCES: Final = {Datum.AGL: "SFC", Datum.AMSL: "MSL", Datum.WGS84: "W84"}


def write_aixm(told: HandedOn) -> HandedFile:
    """The event of a notice, with an airspace for each window.

    Args:
        told: The notice; a cancellation is an event that ends, with its last volumes.
    """
    losses: list[str] = []
    notice = told.notice
    root = Element("message:AIXMBasicMessage", {**_SPACES, "gml:id": "M1"})
    windows = sorted({(one.valid_from, one.valid_until) for one in notice.volumes})
    _event(root, told, (windows[0][0], max(end for _, end in windows)))
    for number, window in enumerate(windows, start=1):
        volumes = [one for one in notice.volumes if (one.valid_from, one.valid_until) == window]
        _airspace(root, told, number, window, volumes, losses)
    indent(root)
    text: str = tostring(root, encoding="unicode")
    if notice.operation is Operation.CANCEL:
        losses.append("It is cancelled: the status of its airspaces is INACTIVE.")
    return HandedFile(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n', tuple(dict.fromkeys(losses))
    )


def _event(root: Element, told: HandedOn, window: tuple[int, int]) -> None:
    event = SubElement(SubElement(root, "message:hasMember"), "event:Event", {"gml:id": "E1"})
    part = SubElement(SubElement(event, "event:timeSlice"), "event:EventTimeSlice",
                      {"gml:id": "E1_1"})  # fmt: skip
    _valid_time(part, "E1_T", window)
    SubElement(part, "event:interpretation").text = "BASELINE"
    SubElement(part, "event:sequenceNumber").text = str(told.notice.version)
    SubElement(part, "event:name").text = visible(told.name)
    notam = SubElement(SubElement(part, "event:textNOTAM"), "event:NOTAM", {"gml:id": "E1_N"})
    SubElement(notam, "event:issued").text = format_instant(told.said_at)
    SubElement(notam, "event:text").text = visible(told.notice.activity)


def _airspace(
    root: Element,
    told: HandedOn,
    number: int,
    window: tuple[int, int],
    volumes: Sequence[Volume],
    losses: list[str],
) -> None:
    name = f"A{number}"
    airspace = SubElement(SubElement(root, "message:hasMember"), "aixm:Airspace", {"gml:id": name})
    part = SubElement(SubElement(airspace, "aixm:timeSlice"), "aixm:AirspaceTimeSlice",
                      {"gml:id": f"{name}_1"})  # fmt: skip
    _valid_time(part, f"{name}_T", window)
    SubElement(part, "aixm:interpretation").text = "TEMPDELTA"
    SubElement(part, "aixm:sequenceNumber").text = str(told.notice.version)
    SubElement(part, "aixm:type").text = "D_OTHER"
    SubElement(part, "aixm:name").text = visible(told.notice.notice_id)
    for place, volume in enumerate(volumes, start=1):
        _component(part, f"{name}_V{place}", place, volume, losses)
    activation = SubElement(SubElement(part, "aixm:activation"), "aixm:AirspaceActivation",
                            {"gml:id": f"{name}_X"})  # fmt: skip
    status = "INACTIVE" if told.notice.operation is Operation.CANCEL else "ACTIVE"
    SubElement(activation, "aixm:status").text = status


def _valid_time(part: Element, name: str, window: tuple[int, int]) -> None:
    period = SubElement(SubElement(part, "gml:validTime"), "gml:TimePeriod", {"gml:id": name})
    SubElement(period, "gml:beginPosition").text = format_instant(window[0])
    SubElement(period, "gml:endPosition").text = format_instant(window[1])


def _component(part: Element, name: str, place: int, volume: Volume, losses: list[str]) -> None:
    """One volume: operation, limits, and its shape."""
    component = SubElement(
        SubElement(part, "aixm:geometryComponent"), "aixm:AirspaceGeometryComponent",
        {"gml:id": f"{name}_C"},
    )  # fmt: skip
    SubElement(component, "aixm:operation").text = "BASE" if place == 1 else "UNION"
    SubElement(component, "aixm:operationSequence").text = str(place)
    held = SubElement(
        SubElement(component, "aixm:theAirspaceVolume"), "aixm:AirspaceVolume", {"gml:id": name}
    )
    _limit(held, "upperLimit", volume.upper, "UNL")
    _limit(held, "lowerLimit", volume.lower, "GND")
    if volume.shape is Shape.CORRIDOR:
        SubElement(held, "aixm:width", uom="M").text = str(2 * volume.radius_m)
        line = SubElement(held, "aixm:centreline")
        curve = SubElement(line, "aixm:Curve", {"gml:id": f"{name}_L", "srsName": _EPSG})
        _geodesics(SubElement(curve, "gml:segments"), volume.vertices)
        return
    projection = SubElement(held, "aixm:horizontalProjection")
    surface = SubElement(projection, "aixm:Surface", {"gml:id": f"{name}_S", "srsName": _EPSG})
    patch = SubElement(SubElement(surface, "gml:patches"), "gml:PolygonPatch")
    ring = SubElement(SubElement(patch, "gml:exterior"), "gml:Ring")
    curve = SubElement(SubElement(ring, "gml:curveMember"), "gml:Curve", {"gml:id": f"{name}_G"})
    segments = SubElement(curve, "gml:segments")
    if volume.shape is Shape.CIRCLE:
        circle = SubElement(segments, "gml:CircleByCenterPoint", numArc="1")
        SubElement(circle, "gml:pos").text = _pair(volume.vertices[0])
        SubElement(circle, "gml:radius", uom="m").text = str(volume.radius_m)
        return
    vertices: Sequence[Position] = volume.vertices
    if volume.radius_m:
        losses.append("The outline stands for a polygon that reaches beyond its ring.")
        vertices = outline_of(volume)
    _geodesics(segments, [*vertices, vertices[0]])


def _limit(held: Element, name: str, bound: Altitude | None, without: str) -> None:
    limit, reference = f"aixm:{name}", f"aixm:{name}Reference"
    if bound is None:
        SubElement(held, limit).text = without
        SubElement(held, reference).text = "SFC" if without == "GND" else "MSL"
    elif bound.datum is Datum.FLIGHT_LEVEL:
        SubElement(held, limit, uom="FL").text = f"{bound.value:03d}"
        SubElement(held, reference).text = "STD"
    else:
        SubElement(held, limit, uom="M").text = f"{bound.value / 10:.1f}".removesuffix(".0")
        SubElement(held, reference).text = _REFERENCES[bound.datum]


def _geodesics(segments: Element, vertices: Sequence[Position]) -> None:
    line = SubElement(segments, "gml:GeodesicString")
    SubElement(line, "gml:posList").text = " ".join(_pair(vertex) for vertex in vertices)


def _pair(position: Position) -> str:
    return f"{position[0] / 1e7:.7f} {position[1] / 1e7:.7f}"
