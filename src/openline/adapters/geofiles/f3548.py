"""ASTM F3548-21: four-dimensional volumes of unmanned traffic management.

A `Volume4D` has an outline (a polygon or a circle), a lower and an upper altitude and
two instants. The edges of a polygon are the shortest paths between its vertices, so
they are great circles here as they stand. Read are one such volume, a list of them
(an activity each), and the details of an operational intent or a constraint (one
activity of all its volumes, the off-nominal ones among them).

Altitudes count from the ellipsoid (`W84`); `SFC`, height above the surface, is older
than F3548 and read and written as well. What has another reference is written
*wider*: mean sea level by the bounds of the geoid, a flight level by those of the
weather too; a bound that could be anywhere is left out. A corridor, and a polygon
with a radius, become the polygon round them, never smaller than they are.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from openline.adapters.geofiles.activity import (
    Feature,
    Part,
    ReadActivity,
    Window,
    position_from_degrees,
    read_each,
)
from openline.adapters.geofiles.geojson import check_letters
from openline.adapters.geofiles.remarks import Remark
from openline.adapters.geofiles.schedules import read_instant
from openline.domain.instant import format_instant
from openline.domain.limits import RADIUS_M_MAX, VERTICES_MAX, VOLUMES_MAX
from openline.domain.space.altitude import (
    GEOID_DM_MAX,
    GEOID_DM_MIN,
    UNBOUNDED_DM,
    Altitude,
    Datum,
    amsl_range_dm,
)
from openline.domain.space.geodesy import AXIS_M, Floats, Position, plane_at
from openline.domain.space.volume import Shape, Volume, core_of

_WRAPPERS = ("operational_intent", "constraint", "details")
_VOLUME_LISTS = ("volumes", "off_nominal_volumes")
_DATUMS = {"W84": Datum.WGS84, "SFC": Datum.AGL}
_DM_OF_UNIT = {"M": 10.0, "FT": 3.048}
_POSITIONS_MAX = 2 * VERTICES_MAX
_QUARTERS = 8
"""Chords of a quarter of a round end, as it is drawn in the outline of a corridor."""

_Json = Any


def is_f3548(document: object) -> bool:
    """Whether a JSON value has the form: a volume, a list of them, or what holds them."""
    if isinstance(document, list):
        return bool(document) and is_f3548(document[0])
    if not isinstance(document, dict):
        return False
    keys = ("volume", "outline_polygon", "outline_circle", *_VOLUME_LISTS, *_WRAPPERS)
    return "type" not in document and any(key in document for key in keys)


def read_f3548(
    document: object, path: str, window: Window | None = None, *, goes_on: bool = False
) -> list[ReadActivity]:
    """The activities of a document of F3548, in its order.

    Args:
        document: The JSON value.
        path: What to call it in errors.
        window: From and until for volumes that give neither.
        goes_on: Keep a faulty activity with its fault, and go on.

    Raises:
        FileFault: It has no such volumes, or one has a fault.
    """
    whole = Feature(path, 0, {})
    groups = (
        [[one] for one in document]
        if isinstance(document, list)
        else [_volumes_in(whole, document)]
    )
    return read_each(
        path,
        groups,
        lambda group, number: _read_group(group, path, number, window),
        goes_on=goes_on,
    )


def _volumes_in(whole: Feature, document: _Json) -> list[_Json]:
    """The volumes of a document that is an object, however they are wrapped.

    Raises:
        FileFault: Two things hold volumes side by side, or a list of them is none:
            whichever were read, the other would be lost.
    """
    for _ in _WRAPPERS:
        if not isinstance(document, dict):
            break
        holds = [name for name in (*_WRAPPERS, "volume") if isinstance(document.get(name), dict)]
        holds += [name for name in _VOLUME_LISTS if name in document][:1]
        if len(holds) > 1:
            raise whole.fault(holds[1], f"stands beside {holds[0]}", "Give one of them in a file.")
        if not holds or holds[0] not in _WRAPPERS:
            break
        document = document[holds[0]]
    if not isinstance(document, dict) or not any(name in document for name in _VOLUME_LISTS):
        return [document]
    lists = {name: document[name] for name in _VOLUME_LISTS if document.get(name) is not None}
    for name, held in lists.items():
        if not isinstance(held, list):
            raise whole.fault(name, "is no list", "Give its volumes between brackets.")
    return [one for held in lists.values() for one in held]


def _read_group(
    volumes: list[_Json], path: str, number: int, window: Window | None
) -> ReadActivity:
    feature = Feature(path, number, {})
    if not 1 <= len(volumes) <= VOLUMES_MAX:
        raise feature.fault("volumes", f"are {len(volumes)}, not 1 to {VOLUMES_MAX}")
    read = tuple(_read_volume(feature, one, window) for one in volumes)
    return ReadActivity("", read, {}, feature.remarks, number=number)


def _read_volume(feature: Feature, written: _Json, window: Window | None) -> Volume:
    """One Volume4D, or a Volume3D where the window is given."""
    if not isinstance(written, dict):
        raise feature.fault("volume", "is no object")
    check_letters("volume", written, feature.path, feature.number)
    space = written.get("volume", written)
    if not isinstance(space, dict):
        raise feature.fault("volume", "is no object")
    part = _outline(feature, space)
    lower, upper = (_altitude(feature, space, name) for name in ("lower", "upper"))
    valid_from = _instant(feature, written, "time_start", window)
    valid_until = _instant(feature, written, "time_end", window)
    vertices = tuple(part.positions)
    if part.shape is Shape.POLYGON:
        if vertices[:1] == vertices[-1:] and len(vertices) > 1:
            feature.remark(
                "The first vertex is given again at the end: left out.", "outline_polygon"
            )
        vertices = feature.plain_vertices(
            Part(part.shape, [*vertices, *vertices[:1]]), "outline_polygon"
        )
    return feature.checked(
        Volume(part.shape, vertices, part.radius_m or 0, lower, upper, valid_from, valid_until),
        "outline_polygon" if part.shape is Shape.POLYGON else "outline_circle",
    )


def _outline(feature: Feature, space: Mapping[str, _Json]) -> Part:
    polygon, circle = space.get("outline_polygon"), space.get("outline_circle")
    if (polygon is None) == (circle is None):
        raise feature.fault(
            "volume",
            f"has {'no outline' if polygon is None else 'two outlines'}",
            "Give outline_polygon or outline_circle.",
        )
    if circle is not None:
        centre = circle.get("center") if isinstance(circle, dict) else None
        position = _position(feature, "outline_circle", centre, 1)
        return Part(Shape.CIRCLE, (position,), _radius_m(feature, circle.get("radius")))
    vertices = polygon.get("vertices") if isinstance(polygon, dict) else None
    if not isinstance(vertices, list) or not vertices:
        raise feature.fault("outline_polygon", "has no list of vertices")
    if len(vertices) > _POSITIONS_MAX:
        raise feature.fault(
            "outline_polygon",
            f"has {len(vertices):,} vertices, more than {VERTICES_MAX}",
            "Leave some out, or split it.",
        )
    return Part(
        Shape.POLYGON,
        [
            _position(feature, "outline_polygon", vertex, number)
            for number, vertex in enumerate(vertices, start=1)
        ],
    )


def _position(feature: Feature, field: str, vertex: _Json, number: int) -> Position:
    held = vertex if isinstance(vertex, dict) else {}
    degrees: list[_Json] = [held.get(name) for name in ("lng", "lat")]
    if any(type(part) not in (int, float) for part in degrees):
        raise feature.fault(field, f"has no lng and lat at vertex {number}")
    lng, lat = degrees
    position = position_from_degrees(lng, lat) if abs(lng) < 1e9 and abs(lat) < 1e9 else None
    if position is None:
        what = f"vertex {number} ({str(lat)[:20]}, {str(lng)[:20]}) is not on the globe"
        raise feature.fault(field, what)
    return position


def _measure(feature: Feature, field: str, written: _Json) -> tuple[float, str, _Json]:
    """The number, unit and whole of a value with units.

    Raises:
        FileFault: It has no number, or its unit is not M or FT.
    """
    value = written.get("value") if isinstance(written, dict) else None
    if type(value) not in (int, float) or not isinstance(value, (int, float)) or abs(value) > 1e9:
        raise feature.fault(field, "has no number as its value")
    unit = written.get("units", "M")
    if not isinstance(unit, str) or unit.upper() not in _DM_OF_UNIT:
        raise feature.fault(field, "has units that are neither M nor FT")
    return float(value), unit.upper(), written


def _radius_m(feature: Feature, written: _Json) -> int:
    value, unit, _ = _measure(feature, "radius", written)
    radius_m = math.ceil(round(value * _DM_OF_UNIT[unit] / 10, 6))
    if not 0 < radius_m <= RADIUS_M_MAX:
        raise feature.fault("radius", f"is not up to {RADIUS_M_MAX} m")
    return radius_m


def _altitude(feature: Feature, space: Mapping[str, _Json], name: str) -> Altitude | None:
    """One bound, rounded to decimetres outward from the band."""
    field = f"altitude_{name}"
    written = space.get(field)
    if written is None:
        reach = "reach the ground" if name == "lower" else "have no ceiling"
        feature.remark(f"It has no {name} bound: it is taken to {reach}.", field)
        return None
    value, unit, whole = _measure(feature, field, written)
    reference = whole.get("reference")
    if not isinstance(reference, str) or reference.upper() not in _DATUMS:
        raise feature.fault(field, "has a reference that is neither W84 nor SFC")
    exact_dm = round(value * _DM_OF_UNIT[unit], 6)
    rounded = math.floor(exact_dm) if name == "lower" else math.ceil(exact_dm)
    return Altitude(_DATUMS[reference.upper()], rounded)


def _instant(
    feature: Feature, written: Mapping[str, _Json], name: str, window: Window | None
) -> int:
    told = written.get(name)
    if told is None and window is not None:
        return window[name == "time_end"]
    value = told.get("value") if isinstance(told, dict) else told
    if value is None:
        raise feature.fault(name, "is missing", "Give --from and --until.")
    return read_instant(feature, name, value, is_end=name == "time_end")


# --- writing -------------------------------------------------------------------------------------


def write_f3548(volumes: Sequence[Volume]) -> str:
    """The volumes as a JSON list of Volume4D, each no smaller than its volume."""
    return json.dumps([_volume4d(volume) for volume in volumes], allow_nan=False)


def losses_f3548(volume: Volume) -> list[Remark]:
    """What is written otherwise than it is, and what a receiver may refuse."""
    told = []
    if volume.shape is Shape.CORRIDOR or (volume.shape is Shape.POLYGON and volume.radius_m):
        told.append(Remark(0, "outline_polygon", "Its rounded outline is drawn, a little outside."))
    for name, bound in (("lower", volume.lower), ("upper", volume.upper)):
        if bound is None:
            told.append(Remark(0, f"altitude_{name}", "It has none: it is left out."))
        elif bound.datum is Datum.AGL:
            what = "Height above the surface is written as SFC, which F3548-21 does not name."
            told.append(Remark(0, f"altitude_{name}", what))
        elif bound.datum is not Datum.WGS84:
            what = f"{bound} is widened to what it may be above the ellipsoid."
            told.append(Remark(0, f"altitude_{name}", what))
    return told


def _volume4d(volume: Volume) -> dict[str, _Json]:
    space: dict[str, _Json] = _written_outline(volume)
    for name, bound in (("lower", volume.lower), ("upper", volume.upper)):
        written = None if bound is None else _written_altitude(bound, is_upper=name == "upper")
        if written is not None:
            space[f"altitude_{name}"] = written
    return {
        "volume": space,
        "time_start": {"value": format_instant(volume.valid_from), "format": "RFC3339"},
        "time_end": {"value": format_instant(volume.valid_until), "format": "RFC3339"},
    }


def _written_altitude(bound: Altitude, *, is_upper: bool) -> dict[str, _Json] | None:
    if bound.datum in (Datum.WGS84, Datum.AGL):
        reference = "W84" if bound.datum is Datum.WGS84 else "SFC"
        return {"value": bound.value / 10, "reference": reference, "units": "M"}
    lowest_dm, highest_dm = amsl_range_dm(bound)
    dm = highest_dm + GEOID_DM_MAX if is_upper else lowest_dm + GEOID_DM_MIN
    if abs(dm) >= UNBOUNDED_DM:
        return None
    return {"value": dm / 10, "reference": "W84", "units": "M"}


def _written_outline(volume: Volume) -> dict[str, _Json]:
    if volume.shape is Shape.CIRCLE:
        circle = {"center": _point(volume.vertices[0]), "radius": _metres(volume.radius_m)}
        return {"outline_circle": circle}
    vertices: Sequence[Position] = volume.vertices
    if volume.shape is Shape.CORRIDOR or volume.radius_m:
        vertices = outline_of(volume)
    return {"outline_polygon": {"vertices": [_point(vertex) for vertex in vertices]}}


def _metres(value: float) -> dict[str, _Json]:
    return {"value": value, "units": "M"}


def _point(position: Position) -> dict[str, float]:
    return {"lng": position[1] / 1e7, "lat": position[0] / 1e7}


def outline_of(volume: Volume) -> list[Position]:
    """The ring round a corridor or a polygon with a radius; it holds them whole.

    Drawn in the gnomonic plane of the core: that shows lengths too long away from its
    centre, and chords of a round end lie inside of it, so it is drawn that much wider.
    What a ring of corridor encloses is taken as part of it.
    """
    core = core_of(volume.shape, volume.vertices)
    plane = plane_at(core.middle)
    points = plane.points(core.units)
    figure = shapely.linestrings(points)
    if volume.shape is Shape.POLYGON:
        figure = shapely.polygons(points)
    furthest_m = float(np.sqrt((points * points).sum(axis=1)).max()) + 2 * volume.radius_m
    # sec² of the angle from the centre, the widest that the plane shows a length too long.
    stretch = 1 + (furthest_m / AXIS_M) ** 2
    wide_m = volume.radius_m * stretch * 1.01 / math.cos(math.pi / 4 / _QUARTERS) + 0.1
    ring = shapely.buffer(figure, wide_m, quad_segs=_QUARTERS).exterior
    corners: Floats = shapely.get_coordinates(ring)[:-1]
    if len(corners) > VERTICES_MAX:
        hull = shapely.convex_hull(ring)
        corners = shapely.get_coordinates(hull)[:-1]
    return [plane.position(float(x), float(y)) for x, y in corners]
