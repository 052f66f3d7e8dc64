"""KML (OGC 2.2): placemarks with a time span, as drawn in a viewer.

Each `Placemark` is an activity; a `Point` with a radius becomes a circle, a
`LineString` with a radius a corridor, a `Polygon` a polygon, a `MultiGeometry`
several volumes. What `activity` lists as properties stands in `ExtendedData`
(`Data` or `SimpleData`). Besides:

- `TimeSpan` with `begin` and `end` is the window, also that of a folder around;
  instants end in Z. A `TimeStamp` is no window and refused.
- Without `lower` and `upper`, `extrude` with `altitudeMode` `relativeToGround` or
  `absolute` makes a band from the ground to the height of the coordinates, in
  metres above ground or above mean sea level. `clampToGround` says nothing of height.
- A polygon with an inner boundary is refused.

Files come from strangers: a document type or an entity is refused unread. A file
is read whole or not at all: its first fault is raised, with the placemark, its row and
the property; or, on request, each faulty placemark is an activity with that fault.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from openline.adapters.geofiles.activity import (
    Bound,
    Feature,
    FileFault,
    Part,
    ReadActivity,
    Window,
    check_feature_count,
    check_file,
    position_from_degrees,
    read_each,
)
from openline.adapters.geofiles.xml_rows import child_of, name_of, parse_xml, text_of
from openline.domain.limits import GEOFILE_DEPTH_MAX, VERTICES_MAX, VOLUMES_MAX
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.geodesy import Position
from openline.domain.space.volume import Shape

_SHAPES = {"Point": Shape.CIRCLE, "LineString": Shape.CORRIDOR, "Polygon": Shape.POLYGON}
_CONTAINERS = frozenset({"kml", "Document", "Folder"})
_NUMBER = re.compile(
    r"[-+]?(?:[0-9]{1,15}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][-+]?[0-9]{1,2})?"
)
_POSITIONS_MAX = 2 * VERTICES_MAX
_DATUMS = {"relativeToGround": Datum.AGL, "absolute": Datum.AMSL}


def read_kml(
    text: str,
    path: str,
    window: Window | None = None,
    *,
    reach_m: int | None = None,
    goes_on: bool = False,
) -> list[ReadActivity]:
    """The activities of a KML file, in its order.

    Args:
        text: The file.
        path: What to call it in errors.
        window: From and until for placemarks that give neither, nor a folder around.
        reach_m: The radius of points and lines for which it gives none.
        goes_on: Keep a faulty placemark as an activity with its fault, and go on.

    Raises:
        FileFault: It is no KML, or a placemark has a fault.
    """
    check_file(path, text)
    root, rows = parse_xml(text, path, "KML", {"Placemark"})
    if name_of(root) != "kml":
        raise FileFault(path, 0, "", "", "is XML, but not KML.", "Export it as KML.")
    placemarks: list[tuple[Element, Element | None, int]] = []
    for placemark, span in _placemarks(root, None, path, GEOFILE_DEPTH_MAX):
        check_feature_count(path, len(placemarks) + 1)
        placemarks.append((placemark, span, rows.get(placemark, 0)))
    return read_each(
        path,
        placemarks,
        lambda one, number: _read_placemark(
            one[0], one[1], _At(path, number, one[2]), window, reach_m
        ),
        goes_on=goes_on,
    )


@dataclass(frozen=True, slots=True)
class _At:
    """Where a placemark stands: the file, its number, its row."""

    path: str
    number: int
    row: int


def _placemarks(
    element: Element, span: Element | None, path: str, depth: int
) -> Iterator[tuple[Element, Element | None]]:
    """The placemarks inside, each with the time span that it inherits."""
    if not depth:
        raise FileFault(
            path, 0, "", "Folder", "has folders too deep inside each other.",
            f"At most {GEOFILE_DEPTH_MAX} are read: take folders out of folders.",
        )  # fmt: skip
    own = child_of(element, "TimeSpan")
    span = span if own is None else own
    for child in element:
        name = name_of(child)
        if name == "Placemark":
            yield child, span
        elif name in _CONTAINERS:
            yield from _placemarks(child, span, path, depth - 1)
        elif name == "NetworkLink":
            raise FileFault(path, 0, "", "NetworkLink", "is not followed.", "Save what it shows.")


def _read_placemark(
    placemark: Element,
    span: Element | None,
    at: _At,
    window: Window | None,
    reach_m: int | None,
) -> ReadActivity:
    name = text_of(placemark, "name")
    own = child_of(placemark, "TimeSpan")
    properties = _properties(placemark, at, name)
    for ours, theirs in (("from", "begin"), ("until", "end")):
        moment = text_of(span if own is None else own, theirs)
        if moment and ours not in properties:
            properties[ours] = moment
    feature = Feature(at.path, at.number, properties, name, at.row)
    if child_of(placemark, "TimeStamp") is not None:
        raise feature.fault("TimeStamp", "is an instant, not a window", "Write a TimeSpan.")
    description = text_of(placemark, "description")
    geometries = list(_geometries(placemark, feature, GEOFILE_DEPTH_MAX))
    bands = {_band(geometry, feature) for geometry in geometries}
    if len(bands) > 1 and not (feature.has("lower") or feature.has("upper")):
        raise feature.fault("altitudeMode", "differs between its parts", "Split the placemark.")
    activity = feature.activity(
        [_part(geometry, feature) for geometry in geometries],
        window=window,
        reach_m=reach_m,
        fallback_band=next(iter(bands), None),
    )
    if description:
        activity.properties.setdefault("description", description)
    return activity


def _properties(placemark: Element, at: _At, name: str) -> dict[str, object]:
    """What its extended data say, as text by name."""
    properties: dict[str, object] = {}
    data = child_of(placemark, "ExtendedData")
    for element in () if data is None else data.iter():
        kind = name_of(element)
        if kind not in ("Data", "SimpleData"):
            continue
        key = (element.get("name") or "").strip()
        value = text_of(element, "value") if kind == "Data" else (element.text or "").strip()
        if key in properties:
            raise FileFault(
                at.path, at.number, name, key, "is given twice.", "Keep one of them.", at.row
            )
        properties[key] = value
    properties.pop("", None)
    return properties


def _geometries(element: Element, feature: Feature, depth: int) -> Iterator[Element]:
    """The points, lines and polygons of a placemark, one after another."""
    count = 0
    for child in element:
        name = name_of(child)
        if name == "MultiGeometry":
            if not depth:
                raise feature.fault(
                    "geometry",
                    "is nested too deeply",
                    f"Put its parts into one MultiGeometry, at most {GEOFILE_DEPTH_MAX} deep.",
                )
            inside = list(_geometries(child, feature, depth - 1))
        elif name in _SHAPES:
            inside = [child]
        elif name in ("Model", "Track", "MultiTrack", "LinearRing"):
            raise feature.fault(
                name, "is no Point, LineString or Polygon", "Draw it as one of these."
            )
        else:
            continue
        count += len(inside)
        if count > VOLUMES_MAX:
            raise feature.fault(
                "geometry", f"has more than {VOLUMES_MAX} parts", "Split the placemark."
            )
        yield from inside


def _part(geometry: Element, feature: Feature) -> Part:
    shape = _SHAPES[name_of(geometry)]
    positions = [position for position, _ in _coordinates(geometry, feature)]
    if shape is Shape.CIRCLE and len(positions) != 1:
        raise feature.fault(
            "coordinates", f"of a Point are {len(positions)}, not one", "Draw a LineString."
        )
    return Part(shape, positions)


def _coordinates(geometry: Element, feature: Feature) -> list[tuple[Position, float]]:
    """The positions of a shape, with the height that each gives or 0."""
    holder: Element | None = geometry
    if name_of(geometry) == "Polygon":
        if child_of(geometry, "innerBoundaryIs") is not None:
            raise feature.fault(
                "innerBoundaryIs",
                "is a hole, and a volume has none",
                "Split the area so that no part surrounds a hole.",
            )
        outer = child_of(geometry, "outerBoundaryIs")
        holder = None if outer is None else child_of(outer, "LinearRing")
    tuples = text_of(holder, "coordinates").split()
    if not tuples:
        raise feature.fault("coordinates", "are missing", "Write lon,lat for each position.")
    if len(tuples) > _POSITIONS_MAX:
        raise feature.fault(
            "coordinates",
            f"are {len(tuples)}, more than {_POSITIONS_MAX} that are looked at",
            f"A volume has at most {VERTICES_MAX}: leave some out, or split it.",
        )
    return [_position(entry, number, feature) for number, entry in enumerate(tuples, start=1)]


def _position(written: str, number: int, feature: Feature) -> tuple[Position, float]:
    """One position: longitude, latitude and perhaps a height, with commas between."""
    parts = written.split(",")
    if not 2 <= len(parts) <= 3 or any(_NUMBER.fullmatch(part) is None for part in parts):
        raise feature.fault(
            "coordinates",
            f"vertex {number} ({written[:40]!r}) is not lon,lat or lon,lat,height",
            "Put white space only between positions.",
        )
    position = position_from_degrees(float(parts[0]), float(parts[1]))
    if position is None:
        raise feature.fault(
            "coordinates",
            f"vertex {number} ({written[:40]}) is not on the globe",
            "KML puts longitude first, in degrees.",
        )
    return position, float(parts[2]) if len(parts) == 3 else 0.0


def _band(geometry: Element, feature: Feature) -> tuple[Bound, Bound] | None:
    """The band that the geometry itself draws, or None if it says nothing of height."""
    mode = text_of(geometry, "altitudeMode") or "clampToGround"
    if mode == "clampToGround" or feature.has("lower") or feature.has("upper"):
        return None
    if mode not in _DATUMS:
        raise feature.fault(
            "altitudeMode", f"{mode[:40]!r} is not read", "Write relativeToGround or absolute."
        )
    if text_of(geometry, "extrude") not in ("1", "true"):
        raise feature.fault(
            "altitudeMode",
            f"{mode} without extrude is a height and no band",
            "Add lower and upper to ExtendedData, or extrude it to the ground.",
        )
    heights_m = {height_m for _, height_m in _coordinates(geometry, feature)}
    highest_m = max(heights_m)
    if len(heights_m) > 1:
        feature.remark("Its heights differ: the band reaches the highest.", "coordinates")
    if abs(highest_m) > 1e7:
        raise feature.fault("coordinates", "have a height beyond any altitude", "Write metres.")
    return Bound(None), Bound(Altitude(_DATUMS[mode], math.ceil(round(highest_m * 10, 6))))
