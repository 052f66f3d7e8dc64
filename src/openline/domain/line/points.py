"""Points: a position as two integers, and as an officer writes it.

Latitude and longitude are integers of 1e-7 degree on WGS-84, so that a position
is the same bytes everywhere. On input decimal degrees are taken too. A bare
pair of numbers is not: whether latitude or longitude comes first is the oldest
mistake with maps.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from openline.domain.line.form import Fault, Json, Undoubted, Whole
from openline.domain.record.cbor import Value

# The methods of a form are described in `form.Form`.
# ruff: noqa: D102

LAT_E7_MAX = 900_000_000
LON_E7_MAX = 1_800_000_000

_LAT = Whole(-LAT_E7_MAX, LAT_E7_MAX)
_LON = Whole(-LON_E7_MAX, LON_E7_MAX)
_DEGREES = re.compile(r"[-+]?[0-9]{1,20}(\.[0-9]{1,60})?([eE][-+]?[0-9]{1,3})?")
_REMEDY = "Write lat and lon in decimal degrees, south and west negative."


class PointForm(Undoubted):
    """A position (lat_e7, lon_e7): an array of two when signed, an object in JSON."""

    def to_value(self, thing: tuple[int, int]) -> Value:
        return list(thing)

    def from_value(self, value: Value, path: str) -> tuple[int, int]:
        if not isinstance(value, list) or len(value) != 2:
            raise Fault(path, "is not latitude and longitude")
        return _LAT.from_value(value[0], f"{path}.lat"), _LON.from_value(value[1], f"{path}.lon")

    def to_json(self, thing: tuple[int, int]) -> dict[str, int]:
        return {"lat_e7": thing[0], "lon_e7": thing[1]}

    def from_json(self, json: Json, path: str) -> tuple[int, int]:
        exact = with_e7(json, path)
        if exact.keys() != {"lat_e7", "lon_e7"}:
            raise Fault(path, "is not just lat and lon", _REMEDY)
        return exact["lat_e7"], exact["lon_e7"]

    def describe(self) -> dict[str, Any]:
        return {"form": "position"}


POINT = PointForm()


def with_e7(json: Json, path: str) -> dict[str, Any]:
    """A copy of the object in which `lat` and `lon` have become `lat_e7` and `lon_e7`."""
    if not isinstance(json, Mapping):
        raise Fault(path, "is not a table with lat and lon", _REMEDY)
    exact = dict(json)
    for name, form in (("lat", _LAT), ("lon", _LON)):
        label = f"{name}_e7"
        if name in exact and label in exact:
            raise Fault(f"{path}.{name}", f"is given twice, as {name} and as {label}")
        if name in exact:
            degrees = exact.pop(name)
            exact[label] = _e7(degrees, f"{path}.{name}", form.most // 10_000_000)
        elif label in exact:
            exact[label] = form.from_json(exact[label], f"{path}.{label}")
        else:
            raise Fault(f"{path}.{name}", "is missing", _REMEDY)
    return exact


def _e7(degrees: Json, path: str, most: int) -> int:
    """Decimal degrees as an integer of 1e-7 degree, rounded to the nearest."""
    far = Fault(path, f"is not between -{most} and {most} degrees", _REMEDY)
    # Compared first: Python does not write out an integer of very many digits.
    if isinstance(degrees, int) and abs(degrees) > most:
        raise far
    written = str(degrees).strip()
    if isinstance(degrees, bool) or _DEGREES.fullmatch(written) is None:
        raise Fault(path, "is not a number of degrees", _REMEDY)
    exact = Decimal(written)
    if abs(exact) > most:
        raise far
    return int((exact * 10_000_000).to_integral_value())
