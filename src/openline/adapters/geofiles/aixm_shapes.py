"""Shapes of AIXM: surfaces of edges and arcs, circles, and corridors.

Angles of arcs are azimuths, as the guidance on GML for aviation (OGC 12-028) says for
`EPSG::4326`: clockwise where the end is greater than the beginning, else counterclockwise.
"""

import re
from itertools import pairwise
from typing import Final
from xml.etree.ElementTree import Element

from openline.adapters.geofiles import arcs
from openline.adapters.geofiles.activity import Feature, Part, position_from_degrees
from openline.adapters.geofiles.edges import straight_in_degrees
from openline.adapters.geofiles.prose.lengths import whole_metres
from openline.adapters.geofiles.remarks import FileFault
from openline.adapters.geofiles.xml_rows import child_of, name_of
from openline.domain.limits import RADIUS_M_MAX, VERTICES_MAX
from openline.domain.space.geodesy import Position
from openline.domain.space.volume import Shape

_METRES: Final = {
    "[nmi_i]": 1_852.0, "NM": 1_852.0, "km": 1_000.0, "KM": 1_000.0, "m": 1.0, "M": 1.0,
    "FT": 0.3048, "[ft_i]": 0.3048,
}  # fmt: skip
_LAT_FIRST = re.compile(
    r"(?:urn:ogc:def:crs:EPSG:[0-9.]*:|EPSG:|https?://www\.opengis\.net/def/crs/EPSG/0/)4326"
)
_LON_FIRST = re.compile(r"(?:urn:ogc:def:crs:OGC:[0-9.]*:|CRS:|OGC:CRS)(?:CRS)?84|CRS:84")
_NUMBER = re.compile(r"[-+]?[0-9]{1,3}(?:\.[0-9]{1,20})?")
_LENGTH = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,6})?")
_POSITIONS_MAX: Final = 2 * VERTICES_MAX
_REMEDY: Final = "Draw it by hand, or export it anew."


def read_projection(
    feature: Feature, volume: Element, rows: dict[Element, int], row: int
) -> list[Part]:
    """The shapes of a volume, without its band.

    Args:
        feature: For remarks and faults.
        volume: An `AirspaceVolume`.
        rows: Rows of elements.
        row: Row of the volume.

    Raises:
        FileFault: It has none, or one that is not read.
    """
    is_lat_first = _is_lat_first(feature, volume, row)
    reader = _Reader(feature, row, is_lat_first=is_lat_first)
    line = child_of(volume, "centreline")
    if line is not None:
        width = child_of(volume, "width")
        if width is None:
            raise feature.fault("width", "is missing beside a centreline", _REMEDY, row)
        half_m = whole_metres(reader.length_m(width, "width") / 2)
        return [Part(Shape.CORRIDOR, reader.line(line), half_m)]
    parts = []
    for patch in volume.iter():
        if name_of(patch) == "PolygonPatch":
            reader.row = rows.get(patch, row)
            parts.append(reader.patch(patch))
    if not parts:
        raise feature.fault("horizontalProjection", "is missing: it draws nothing", _REMEDY, row)
    return parts


def _is_lat_first(feature: Feature, volume: Element, row: int) -> bool:
    names = {one.get("srsName", "") for one in volume.iter()} - {""}
    if not names:
        raise feature.fault("srsName", "is missing", "Export it with EPSG::4326.", row)
    if all(_LAT_FIRST.fullmatch(name) for name in names):
        return True
    if all(_LON_FIRST.fullmatch(name) for name in names):
        return False
    raise feature.fault(
        "srsName", f"{sorted(names)[0][:60]!r} is not WGS-84", "Export it with EPSG::4326.", row
    )


class _Reader:
    """Reads the geometry of one volume."""

    def __init__(self, feature: Feature, row: int, *, is_lat_first: bool) -> None:
        self.feature = feature
        self.row = row
        self.is_lat_first = is_lat_first

    def patch(self, patch: Element) -> Part:
        """A ring, or a circle alone."""
        if any(name_of(one) == "interior" for one in patch):
            raise self.fault("interior", "is a hole, and a volume has none")
        exterior = child_of(patch, "exterior")
        segments = [] if exterior is None else _segments(exterior)
        if len(segments) == 1 and name_of(segments[0]) == "CircleByCenterPoint":
            radius_m = self.length_m(child_of(segments[0], "radius"), "radius")
            return Part(Shape.CIRCLE, [self.centre(segments[0])], whole_metres(radius_m))
        ring = self.joined(segments)
        return Part(Shape.POLYGON, ring if ring[0] == ring[-1] else [*ring, ring[0]], 0)

    def line(self, holder: Element) -> list[Position]:
        """The positions of a centreline."""
        return self.joined(_segments(holder))

    def joined(self, segments: list[Element]) -> list[Position]:
        """The positions of segments, one after another."""
        places: list[Position] = []
        for segment in segments:
            name = name_of(segment)
            if name == "ArcByCenterPoint":
                places += self.arc(segment)
            elif name in ("GeodesicString", "Geodesic"):
                places += self.places(segment)
            elif name in ("LineStringSegment", "LinearRing"):
                places += self.straight(self.places(segment))
            else:
                raise self.fault(name[:40], "is not read")
            if len(places) > _POSITIONS_MAX:
                raise self.fault(name[:40], f"makes more than {VERTICES_MAX} vertices")
        if not places:
            raise self.fault("segments", "are missing")
        return places

    def straight(self, places: list[Position]) -> list[Position]:
        """Positions with what it takes to run straight in degrees between them."""
        dense: list[Position] = []
        for start, end in pairwise(places):
            dense += straight_in_degrees(start, end)
            if len(dense) > _POSITIONS_MAX:
                raise self.fault("posList", f"needs more than {VERTICES_MAX} vertices")
        return [*dense, *places[-1:]]

    def arc(self, segment: Element) -> list[Position]:
        """An arc round its centre."""
        if not self.is_lat_first:
            raise self.fault("ArcByCenterPoint", "has angles that are azimuths only in EPSG::4326")
        radius_m = self.length_m(child_of(segment, "radius"), "radius")
        start, end = (self.angle(segment, name) for name in ("startAngle", "endAngle"))
        is_left = end < start
        sweep = arcs.sweep_deg(end, start) if is_left else arcs.sweep_deg(start, end)
        if arcs.chords_of(radius_m, sweep) > VERTICES_MAX:
            raise self.fault("ArcByCenterPoint", f"needs more than {VERTICES_MAX} vertices")
        places = arcs.arc(self.centre(segment), radius_m, end if is_left else start, sweep)
        return list(reversed(places)) if is_left else places

    def angle(self, segment: Element, name: str) -> float:
        """An azimuth in degrees."""
        element = child_of(segment, name)
        text = "" if element is None else (element.text or "").strip()
        if _NUMBER.fullmatch(text) is None or abs(float(text)) > 360:
            raise self.fault(name, f"{text[:20]!r} is no angle")
        if element is not None and element.get("uom", "deg") != "deg":
            raise self.fault(name, "is not in degrees (deg)")
        return float(text)

    def centre(self, segment: Element) -> Position:
        """The one position of a circle or an arc."""
        places = self.places(segment)
        if len(places) != 1:
            raise self.fault("pos", f"gives {len(places)} centres")
        return places[0]

    def places(self, segment: Element) -> list[Position]:
        """Every position of `pos` and `posList` inside a segment."""
        numbers: list[float] = []
        for one in segment.iter():
            if name_of(one) in ("pos", "posList"):
                words = (one.text or "").split()
                if len(words) > 2 * _POSITIONS_MAX:
                    raise self.fault(name_of(one), f"has more than {_POSITIONS_MAX} positions")
                for word in words:
                    if _NUMBER.fullmatch(word) is None:
                        raise self.fault(name_of(one), f"{word[:20]!r} is no number of degrees")
                    numbers.append(float(word))
        if len(numbers) % 2 or not numbers:
            raise self.fault("posList", f"has {len(numbers)} numbers: half a position is missing")
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        found = []
        for first, second in pairs:
            lat, lon = (first, second) if self.is_lat_first else (second, first)
            place = position_from_degrees(lon, lat)
            if place is None:
                raise self.fault("posList", f"{first} {second} is not on the globe")
            found.append(place)
        return found

    def length_m(self, element: Element | None, name: str) -> float:
        """Metres of a length with its unit."""
        text = "" if element is None else (element.text or "").strip()
        unit = "" if element is None else element.get("uom", "")
        if _LENGTH.fullmatch(text) is None or unit not in _METRES:
            raise self.fault(name, f"{text[:20]!r} {unit[:10]!r} is no length")
        metres = float(text) * _METRES[unit]
        if not 0 < metres <= RADIUS_M_MAX:
            raise self.fault(name, f"is not between 0 and {RADIUS_M_MAX / 1000:g} km")
        return metres

    def fault(self, name: str, what: str) -> FileFault:
        """What of the geometry is not read."""
        return self.feature.fault(name, what, _REMEDY, self.row)


def _segments(holder: Element) -> list[Element]:
    """The segments of every curve inside, in order; a linear ring is one."""
    found: list[Element] = []
    for one in holder.iter():
        if name_of(one) == "segments":
            found += list(one)
        elif name_of(one) == "LinearRing":
            found.append(one)
    return found
