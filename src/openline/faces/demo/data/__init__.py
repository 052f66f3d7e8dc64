"""What the stories are made of: compositions of our own with real places."""

import json
from importlib.resources import files
from pathlib import Path

from openline.domain.line.terms import ReferencePoint
from openline.faces.cli.files import write_new

_HERE = "openline.faces.demo.data"


def reference_points() -> tuple[ReferencePoint, ...]:
    """The places that the parties to the stories share, in order of their names."""
    features = json.loads((files(_HERE) / "syria.geojson").read_text("utf-8"))["features"]
    return tuple(sorted(map(_point, features), key=lambda point: point.name))


def lay_out(name: str, directory: Path) -> Path:
    """A file of the stories, put where verbs and people can read it."""
    path = directory / name
    write_new(path, (files(_HERE) / name).read_bytes(), overwrite=True)
    return path


def _point(feature: dict[str, dict[str, object]]) -> ReferencePoint:
    properties, coordinates = feature["properties"], feature["geometry"]["coordinates"]
    assert isinstance(coordinates, list), "the file is ours"
    lon, lat = coordinates
    titles = tuple((language, str(properties[language])) for language in ("en", "ru"))
    return ReferencePoint(str(properties["name"]), titles, round(lat * 1e7), round(lon * 1e7))
