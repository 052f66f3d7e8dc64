"""ED-269 (EUROCAE, 2020): UAS zones as many states still publish them.

The older form of ED-318: JSON, but no GeoJSON. A zone has one or several geometries,
each a `horizontalProjection` (a circle or a polygon) with its own lower and upper
limit, and an `applicability` with its windows. A circle's radius is in metres; where
the limits are in feet the sources do not agree on the unit of the radius, and the
zone is refused. What else a zone says is kept as properties.
"""

from collections.abc import Mapping
from typing import Any

from openline.adapters.geofiles.activity import (
    Bound,
    Feature,
    FileFault,
    Part,
    ReadActivity,
    Window,
    position_from_degrees,
    read_band,
    read_each,
    read_radius,
)
from openline.adapters.geofiles.geojson import check_letters, flat, read_part
from openline.adapters.geofiles.schedules import read_applicability
from openline.domain.limits import VOLUMES_MAX
from openline.domain.space.volume import Shape

_LIMITS = {
    "lower": "lowerLimit",
    "lower_reference": "lowerVerticalReference",
    "upper": "upperLimit",
    "upper_reference": "upperVerticalReference",
    "uom": "uomDimensions",
}

_Json = Any


def is_ed269(document: object) -> bool:
    """Whether a JSON value has the form: features whose geometry is a list."""
    features = document.get("features") if isinstance(document, dict) else None
    return (
        isinstance(features, list)
        and bool(features)
        and isinstance(features[0], dict)
        and isinstance(features[0].get("geometry"), list)
    )


def read_ed269(
    document: Mapping[str, _Json], path: str, window: Window | None = None, *, goes_on: bool = False
) -> list[ReadActivity]:
    """The zones of an ED-269 document, in its order.

    Args:
        document: The JSON value, for which `is_ed269` holds.
        path: What to call it in errors.
        window: From and until for zones that are permanent.
        goes_on: Keep a faulty zone as an activity with its fault, and go on.

    Raises:
        FileFault: A zone has a fault, or there are too many.
    """
    zones = document["features"]
    return read_each(
        path,
        zones,
        lambda zone, number: _read_zone(zone, path, number, window),
        goes_on=goes_on,
    )


def _read_zone(zone: _Json, path: str, number: int, window: Window | None) -> ReadActivity:
    if not isinstance(zone, dict):
        raise FileFault(path, number, "", "", "is no object.")
    for name, value in zone.items():
        check_letters(name, value, path, number)
    told = {
        name: flat(name, value)
        for name, value in zone.items()
        if name not in ("geometry", "applicability")
    }
    feature = Feature(path, number, told, str(zone.get("identifier", "")))
    geometries = zone.get("geometry")
    if not isinstance(geometries, list) or not 1 <= len(geometries) <= VOLUMES_MAX:
        raise feature.fault("geometry", f"is not a list of 1 to {VOLUMES_MAX} geometries")
    parts = [_part(feature, geometry) for geometry in geometries]
    windows = read_applicability(feature, "applicability", zone.get("applicability"), window)
    return feature.activity(parts, windows=windows)


def _part(feature: Feature, geometry: _Json) -> Part:
    projection = geometry.get("horizontalProjection") if isinstance(geometry, dict) else None
    if not isinstance(projection, dict):
        raise feature.fault("horizontalProjection", "is missing")
    limits = Feature(
        feature.path,
        feature.number,
        {ours: flat(ours, geometry.get(theirs)) for ours, theirs in _LIMITS.items()},
        feature.name,
    )
    lower, upper = read_band(limits)
    for remark in limits.remarks:
        feature.remark(remark.what, _LIMITS.get(remark.field, remark.field))
    band = (Bound(lower), Bound(upper))
    kind = projection.get("type")
    if kind == "Circle":
        return _circle(feature, projection, band, str(geometry.get("uomDimensions", "M")))
    if kind != "Polygon":
        raise feature.fault("horizontalProjection", "is neither a Circle nor a Polygon")
    part = read_part(feature, "Polygon", projection.get("coordinates"))
    return Part(part.shape, part.positions, 0, band)


def _circle(
    feature: Feature, projection: Mapping[str, _Json], band: tuple[Bound, Bound], uom: str
) -> Part:
    if uom.strip().upper() != "M":
        raise feature.fault(
            "horizontalProjection",
            "is a circle where limits are in feet: whether its radius is in metres is not clear",
            "Give the limits in metres (uomDimensions M).",
        )
    centre = projection.get("center")
    position = None
    if isinstance(centre, list) and len(centre) >= 2:
        lon, lat = centre[:2]
        if all(type(part) in (int, float) and abs(part) < 1e9 for part in (lon, lat)):
            position = position_from_degrees(lon, lat)
    if position is None:
        raise feature.fault("horizontalProjection", "has no center (longitude, latitude)")
    told = {"radius": flat("radius", projection.get("radius"))}
    radius_m = read_radius(Feature(feature.path, feature.number, told, feature.name))
    if radius_m is None:
        raise feature.fault("horizontalProjection", "has no radius")
    return Part(Shape.CIRCLE, (position,), radius_m, band)
