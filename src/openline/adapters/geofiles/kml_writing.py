"""KML written: a placemark for each volume, for viewers and to be read back.

A circle is a point, a corridor a line, each with `radius_m`; band, window and the
rest stand in `ExtendedData`, the window in a `TimeSpan` as well. In KML an edge is
straight in longitude and latitude, so vertices are added where that would leave the
great circle by 5 m; exactly written, the vertices stand alone and `edges` says
`great_circle`.
"""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from openline.adapters.geofiles.edges import along_great_circles
from openline.adapters.geofiles.geojson import geojson_feature
from openline.domain.instant import format_instant
from openline.domain.line.letters import visible
from openline.domain.space.geodesy import Position
from openline.domain.space.volume import Shape, Volume

_NAMESPACE = "http://www.opengis.net/kml/2.2"
_ELEMENTS = {Shape.CIRCLE: "Point", Shape.CORRIDOR: "LineString", Shape.POLYGON: "Polygon"}


def write_kml(
    volumes: Sequence[tuple[Volume, Mapping[str, object]]], *, is_exact: bool = False
) -> str:
    """The volumes as a KML document.

    Args:
        volumes: Each with the properties to write beside its own, which win.
        is_exact: Write the vertices alone, so that `read_kml` gives the same volumes
            back; otherwise add those that viewers need.
    """
    root = Element("kml", xmlns=_NAMESPACE)
    document = SubElement(root, "Document")
    for volume, properties in volumes:
        document.append(_placemark(volume, properties, is_exact))
    # In rows, so that what a reader remarks by row can be found.
    indent(root)
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _placemark(volume: Volume, properties: Mapping[str, object], is_exact: bool) -> Element:
    told = dict(geojson_feature(volume, properties, is_exact=is_exact)["properties"])
    placemark = Element("Placemark")
    SubElement(placemark, "name").text = visible(str(told.pop("name", "")))
    span = SubElement(placemark, "TimeSpan")
    SubElement(span, "begin").text = format_instant(volume.valid_from)
    SubElement(span, "end").text = format_instant(volume.valid_until)
    data = SubElement(placemark, "ExtendedData")
    for name, value in told.items():
        entry = SubElement(data, "Data", name=visible(name))
        SubElement(entry, "value").text = visible(str(value))
    placemark.append(_geometry(volume, is_exact))
    return placemark


def _geometry(volume: Volume, is_exact: bool) -> Element:
    vertices = volume.vertices
    if not is_exact:
        vertices = along_great_circles(volume.shape, vertices)
    geometry = Element(_ELEMENTS[volume.shape])
    if volume.shape is not Shape.POLYGON:
        SubElement(geometry, "coordinates").text = _coordinates(vertices)
        return geometry
    ring = SubElement(SubElement(geometry, "outerBoundaryIs"), "LinearRing")
    SubElement(ring, "coordinates").text = _coordinates([*vertices, vertices[0]])
    return geometry


def _coordinates(vertices: Sequence[Position]) -> str:
    return " ".join(f"{_degrees(lon)},{_degrees(lat)}" for lat, lon in vertices)


def _degrees(e7: int) -> str:
    """Degrees with seven decimals at most, never in powers of ten."""
    return f"{e7 / 1e7:.7f}".rstrip("0").rstrip(".")
