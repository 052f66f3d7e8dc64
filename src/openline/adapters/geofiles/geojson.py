"""GeoJSON (RFC 7946): areas as most programs have them, read and written.

A `Point` with a radius becomes a circle, a `LineString` with a radius a corridor,
a `Polygon` a polygon. `Multi...` and `GeometryCollection` become several volumes
of one activity. A polygon with holes is refused: a volume has none. Heights and
times are properties of the feature, as `activity` lists them. Of a UAS zone of
ED-318 the `layer` (lower, upper, their references, uom) and the `extent` (a circle) of
each geometry serve as well, and its `limitedApplicability` gives the windows. A
file is read whole or not at all: its first fault is raised, with the feature and the
property; or, on request, each faulty feature is an activity with that fault.

    {"type": "Feature",
     "geometry": {"type": "Point", "coordinates": [36.909, 34.490]},
     "properties": {"name": "Shayrat", "radius_m": 9000,
                    "lower": "GND", "upper": 100, "upper_reference": "FL",
                    "from": "2017-04-07T01:40:00Z", "until": "2017-04-07T03:00:00Z"}}
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import shapely

from openline.adapters.geofiles.activity import (
    Bound,
    Feature,
    FileFault,
    Part,
    ReadActivity,
    Window,
    check_file,
    position_from_degrees,
    read_band,
    read_each,
    read_radius,
)
from openline.adapters.geofiles.edges import along_great_circles
from openline.adapters.geofiles.schedules import read_applicability
from openline.domain.instant import format_instant
from openline.domain.limits import GEOFILE_DEPTH_MAX, VERTICES_MAX, VOLUMES_MAX
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.geodesy import Position, plane_at
from openline.domain.space.volume import Shape, Volume, core_of

_SHAPES = {"Point": Shape.CIRCLE, "LineString": Shape.CORRIDOR, "Polygon": Shape.POLYGON}
_MULTIPLE = {"MultiPoint": "Point", "MultiLineString": "LineString", "MultiPolygon": "Polygon"}
_GEOMETRIES = frozenset({*_SHAPES, *_MULTIPLE, "GeometryCollection"})
_WGS84_NAMES = frozenset(
    {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"}
)
_POSITIONS_MAX = 2 * VERTICES_MAX
"""Positions looked at in one part: repeated ones are dropped, the rest is then judged."""

_APPLICABILITY = "limitedApplicability"
_LAYER_NAMES = ("lower", "upper", "lowerReference", "upperReference", "uom")

_Json = Any


def read_geojson(
    text: str,
    path: str,
    window: Window | None = None,
    *,
    reach_m: int | None = None,
    goes_on: bool = False,
) -> list[ReadActivity]:
    """The activities of a GeoJSON file, in its order.

    Args:
        text: The file.
        path: What to call it in errors.
        window: From and until for features that give neither.
        reach_m: The radius of points and lines for which it gives none.
        goes_on: Keep a faulty feature as an activity with its fault, and go on.

    Raises:
        FileFault: It is no GeoJSON, or a feature has a fault.
    """
    return read_features(parse_json(text, path), path, window, reach_m=reach_m, goes_on=goes_on)


def read_features(
    document: object, path: str, window: Window | None, *, reach_m: int | None, goes_on: bool
) -> list[ReadActivity]:
    """The activities of a JSON value that is GeoJSON; see `read_geojson`.

    Raises:
        FileFault: It is no GeoJSON, or a feature has a fault.
    """
    kind = document.get("type") if isinstance(document, dict) else None
    features: _Json
    if isinstance(document, dict) and kind == "FeatureCollection":
        _check_reference_system(document, path)
        features = document.get("features")
        if not isinstance(features, list):
            raise FileFault(
                path, 0, "", "features", "is not a list.", "Export the areas as GeoJSON (RFC 7946)."
            )
    elif kind == "Feature":
        features = [document]
    elif isinstance(kind, str) and kind in _GEOMETRIES:
        features = [{"type": "Feature", "geometry": document, "properties": {}}]
    else:
        raise FileFault(
            path, 0, "", "type", "is not FeatureCollection, Feature or a geometry.",
            "Export the areas as GeoJSON (RFC 7946).",
        )  # fmt: skip
    return read_each(
        path,
        features,
        lambda feature, number: _read_feature(feature, path, number, window, reach_m),
        goes_on=goes_on,
    )


def write_geojson(
    volumes: Sequence[Volume],
    properties: Mapping[str, object],
    *,
    is_exact: bool = False,
) -> str:
    """The volumes as a GeoJSON feature collection, with these properties on each.

    Args:
        volumes: Each becomes a feature: a point or line with `radius_m`, or a polygon.
        properties: Written beside those of the volume, which win.
        is_exact: Write the vertices alone, and `edges: great_circle`, so that
            `read_geojson` gives the same volumes back. Otherwise vertices are
            added where the straight edges of RFC 7946 would leave the great
            circle by 5 m, for programs that draw.
    """
    features = [geojson_feature(volume, properties, is_exact=is_exact) for volume in volumes]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False)


def geojson_feature(
    volume: Volume, properties: Mapping[str, object], *, is_exact: bool = False
) -> dict[str, _Json]:
    """One volume as a GeoJSON feature; see `write_geojson`."""
    told = dict(properties)
    if volume.radius_m:
        told["radius_m"] = volume.radius_m
    told |= _band_properties(volume.lower, volume.upper)
    told["from"] = format_instant(volume.valid_from)
    told["until"] = format_instant(volume.valid_until)
    if is_exact:
        told["edges"] = "great_circle"
    vertices = volume.vertices
    if not is_exact:
        vertices = along_great_circles(volume.shape, vertices)
    return {"type": "Feature", "geometry": _geometry(volume, vertices), "properties": told}


# --- reading -------------------------------------------------------------------------------------


def parse_json(text: str, path: str) -> _Json:
    """The JSON value of a text: no duplicate names, and no NaN or Infinity by name.

    Raises:
        FileFault: It is no such text, or too large.
    """
    check_file(path, text)
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_unique,
            parse_constant=_refuse,
        )
    except json.JSONDecodeError as error:
        raise FileFault(
            path, 0, "", "", f"is not JSON: {error.msg}, row {error.lineno} column {error.colno}.",
            "It may be cut off: ask for the whole file.", error.lineno,
        ) from None  # fmt: skip
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise FileFault(
            path, 0, "", "", f"is not JSON that can be read: {why[:200]}.",
            "Export it anew: no name twice in an object, numbers in digits, few brackets "
            "inside each other.",
        ) from None  # fmt: skip


def _unique(pairs: list[tuple[str, _Json]]) -> dict[str, _Json]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        raise ValueError("a name occurs twice in one object")
    return entries


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def _check_reference_system(document: dict[str, _Json], path: str) -> None:
    """Confirm that an old-style `crs` member names WGS-84, longitude first."""
    system = document.get("crs")
    if system is None:
        return
    try:
        name = system["properties"]["name"]
    except (KeyError, TypeError):
        name = ""
    if name not in _WGS84_NAMES:
        raise FileFault(path, 0, "", "crs", "is not WGS-84 in degrees.", "Export it in EPSG:4326.")


def _read_feature(
    feature: _Json, path: str, number: int, window: Window | None, reach_m: int | None
) -> ReadActivity:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise FileFault(path, number, "", "type", "is not Feature.")
    properties = feature.get("properties")
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        raise FileFault(path, number, "", "properties", "is not an object.")
    geometry = feature.get("geometry")
    if isinstance(geometry, dict):
        properties = {**_profile(geometry), **properties}
    for name, value in properties.items():
        check_letters(name, value, path, number)
    identifier = feature.get("id")
    periods = properties.get(_APPLICABILITY)
    told = {name: flat(name, value) for name, value in properties.items() if name != _APPLICABILITY}
    reading = Feature(path, number, told, str(identifier) if isinstance(identifier, str) else "")
    parts = list(_parts(reading, geometry, GEOFILE_DEPTH_MAX))
    windows = read_applicability(reading, _APPLICABILITY, periods, window) if periods else ()
    return reading.activity(parts, window=window, windows=windows, reach_m=reach_m)


def _profile(geometry: dict[str, _Json]) -> dict[str, _Json]:
    """What the `layer` and `extent` of an ED-318 geometry say, as properties."""
    told: dict[str, _Json] = {}
    layer, radius = geometry.get("layer"), _radius_of(geometry)
    if isinstance(layer, dict):
        told |= {name: layer[name] for name in _LAYER_NAMES if name in layer}
    if radius is not None:
        told["radius"] = radius
    return told


def _radius_of(geometry: dict[str, _Json]) -> _Json:
    """The metres of the circle that the `extent` of a point draws, or None."""
    extent = geometry.get("extent")
    if isinstance(extent, dict) and extent.get("subType") == "Circle":
        return extent.get("radius")
    return None


def _own_layer(feature: Feature, geometry: dict[str, _Json], part: Part) -> Part:
    """A part of a collection with the band and the circle of its own geometry."""
    told = _profile(geometry)
    if not told:
        return part
    for name, value in told.items():
        check_letters(name, value, feature.path, feature.number)
    layer = Feature(
        feature.path,
        feature.number,
        {name: flat(name, value) for name, value in told.items()},
        feature.name,
    )
    radius_m = read_radius(layer)
    band = None
    if isinstance(geometry.get("layer"), dict):
        lower, upper = read_band(layer)
        band = (Bound(lower), Bound(upper))
    for remark in layer.remarks:
        feature.remark(remark.what, remark.field)
    return replace(part, radius_m=radius_m, band=band)


def check_letters(name: str, value: _Json, path: str, number: int) -> None:
    """Refuse half letters and numbers beyond a double: they cannot be shown or sent.

    Raises:
        FileFault: The value has one.
    """
    try:
        json.dumps([name, value], ensure_ascii=False, allow_nan=False).encode()
    except (UnicodeEncodeError, ValueError, RecursionError):
        written = name.encode("ascii", "backslashreplace").decode()
        raise FileFault(path, number, "", written, "is not what can be shown.") from None


def flat(name: str, value: _Json) -> object:
    """A property as it is, as JSON text if it has parts; of a name its English text."""
    if name == "name" and (text := _text_in_english(value)):
        return text
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value


def _text_in_english(value: _Json) -> str:
    """The English text of an ED-318 name, or its first; empty if it is no such name."""
    if not isinstance(value, list):
        return ""
    texts = {
        str(entry.get("lang", "")): entry["text"]
        for entry in reversed(value)
        if isinstance(entry, dict) and isinstance(entry.get("text"), str)
    }
    english = [text for lang, text in texts.items() if lang.casefold().startswith("en")]
    return next(iter([*reversed(english), *reversed(texts.values())]), "")


def _parts(feature: Feature, geometry: _Json, depth: int) -> list[Part]:
    """The shapes of a geometry, those of collections one after another."""
    if not isinstance(geometry, dict):
        raise feature.fault("geometry", "is missing", "Give a Point, LineString or Polygon.")
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        members = geometry.get("geometries")
        if not isinstance(members, list) or not depth:
            raise feature.fault(
                "geometry",
                "has a collection that is no list, or too deep",
                f"Put its geometries into one list, at most {GEOFILE_DEPTH_MAX} inside each other.",
            )
        parts: list[Part] = []
        for member in members:
            inside = _parts(feature, member, depth - 1)
            if isinstance(member, dict) and member.get("type") != "GeometryCollection":
                inside = [_own_layer(feature, member, part) for part in inside]
            parts += inside
            _check_part_count(feature, len(parts))
        return parts
    coordinates = geometry.get("coordinates")
    if isinstance(kind, str) and kind in _MULTIPLE:
        if not isinstance(coordinates, list):
            raise feature.fault(
                "geometry", "has no list of coordinates", "Write those of each part."
            )
        _check_part_count(feature, len(coordinates))
        return [read_part(feature, _MULTIPLE[kind], entry) for entry in coordinates]
    if not isinstance(kind, str) or kind not in _SHAPES:
        raise feature.fault(
            "geometry",
            "is not a Point, LineString or Polygon, nor several",
            "Draw it as one of these.",
        )
    return [read_part(feature, kind, coordinates)]


def _check_part_count(feature: Feature, count: int) -> None:
    if count > VOLUMES_MAX:
        raise feature.fault("geometry", f"has more than {VOLUMES_MAX} parts", "Split the feature.")


def read_part(feature: Feature, kind: str, coordinates: _Json) -> Part:
    """A Point, LineString or Polygon with these coordinates.

    Raises:
        FileFault: They are not its coordinates, or are too many.
    """
    if kind == "Point":
        return Part(Shape.CIRCLE, [_position(feature, coordinates, 1)])
    if kind == "Polygon":
        if not isinstance(coordinates, list) or not coordinates:
            raise feature.fault("geometry", "has no ring", "Give the positions of its edge.")
        if holes := len(coordinates) - 1:
            raise feature.fault(
                "geometry",
                f"has {'a hole' if holes == 1 else f'{holes} holes'}, and a volume has none",
                "Split the area so that no part surrounds a hole.",
            )
        coordinates = coordinates[0]
    if not isinstance(coordinates, list):
        raise feature.fault(
            "geometry", "has no list of positions", "Write [longitude, latitude] for each."
        )
    if len(coordinates) > _POSITIONS_MAX:
        raise feature.fault(
            "geometry",
            f"has {len(coordinates):,} positions, more than {_POSITIONS_MAX:,} that are looked at",
            f"A volume has at most {VERTICES_MAX}: leave some out, or split it.",
        )
    positions = [
        _position(feature, entry, number) for number, entry in enumerate(coordinates, start=1)
    ]
    return Part(_SHAPES[kind], positions)


def _position(feature: Feature, coordinates: _Json, number: int) -> Position:
    """One position, longitude first; a third number is a height and not read."""
    is_list = isinstance(coordinates, list) and 2 <= len(coordinates) <= 4
    if not is_list or any(type(part) not in (int, float) for part in coordinates):
        raise feature.fault(
            "geometry",
            f"has no longitude and latitude at vertex {number}",
            "Write [longitude, latitude] in degrees.",
        )
    lon, lat = coordinates[:2]
    position = position_from_degrees(lon, lat) if abs(lon) < 1e9 and abs(lat) < 1e9 else None
    if position is None:
        raise feature.fault(
            "geometry",
            f"vertex {number} ({str(lon)[:20]}, {str(lat)[:20]}) is not on the globe",
            "GeoJSON puts longitude first, in degrees.",
        )
    if len(coordinates) > 2:
        feature.remark("Heights in coordinates are not read; lower and upper are.", "geometry")
    return position


# --- writing -------------------------------------------------------------------------------------


def _band_properties(lower: Altitude | None, upper: Altitude | None) -> dict[str, object]:
    told: dict[str, object] = {"lower": "GND", "upper": "UNL", "uom": "m"}
    for name, bound in (("lower", lower), ("upper", upper)):
        if bound is None:
            continue
        if bound.datum is Datum.FLIGHT_LEVEL:
            told[name], told[f"{name}_reference"] = bound.value, "FL"
        else:
            told[name], told[f"{name}_reference"] = bound.value / 10, bound.datum.name
    return told


def _geometry(volume: Volume, vertices: Sequence[Position]) -> dict[str, _Json]:
    coordinates = [[lon / 1e7, lat / 1e7] for lat, lon in vertices]
    if volume.shape is Shape.CIRCLE:
        return {"type": "Point", "coordinates": coordinates[0]}
    if volume.shape is Shape.CORRIDOR:
        return {"type": "LineString", "coordinates": coordinates}
    # RFC 7946, 3.1.6: an outer ring runs counterclockwise, and is closed.
    core = core_of(volume.shape, volume.vertices)
    ring = shapely.polygons(plane_at(core.middle).points(core.units)).exterior
    if not shapely.is_ccw(ring):
        coordinates = [coordinates[0], *coordinates[:0:-1]]
    return {"type": "Polygon", "coordinates": [[*coordinates, coordinates[0]]]}
