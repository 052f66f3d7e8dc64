"""Volumes in messages: as JSON, and as an officer writes them.

The signed form is `space.volume`'s own. In JSON a position is `lat_e7` and
`lon_e7`; on input `lat` and `lon` in decimal degrees are taken too, a radius as
`5 NM`, and altitudes as they are spoken: `FL120`, `1500 ft AMSL`, `300 m AGL`,
`surface`, `unlimited`.
"""

# The methods of a form are described in `form.Form`.
# ruff: noqa: D102

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from openline.domain.errors import TheirError
from openline.domain.instant import INSTANT_MAX
from openline.domain.limits import RADIUS_M_MAX, VERTICES_MAX
from openline.domain.line.form import (
    METRES,
    Fault,
    Field,
    Instant,
    Items,
    Json,
    Quantity,
    Record,
    Undoubted,
    Whole,
    Word,
)
from openline.domain.line.points import POINT
from openline.domain.record.cbor import Value
from openline.domain.space.altitude import ALTITUDE_DM_MAX, ALTITUDE_DM_MIN, FLIGHT_LEVEL_MAX
from openline.domain.space.volume import (
    Altitude,
    Datum,
    Shape,
    Volume,
    VolumeDoesNotHold,
    check_volume,
    read_altitude,
)

ALWAYS_FROM: Final = 0
"""Start of a window without a beginning: 1970-01-01T00:00:00Z."""

WITHOUT_END: Final = INSTANT_MAX
"""End of a window without end: 9999-12-31T23:59:59.999Z, the last instant that can be
written, compared and indexed like any other."""

_LEVEL = re.compile(r"FL\s*([0-9]{1,3})")
_SPOKEN = re.compile(r"(-?[0-9]{1,9}(?:\.[0-9]{1,3})?)\s*(FT|M)\s*(AMSL|MSL|AGL|WGS-?84)")
_DATUMS = {"AMSL": Datum.AMSL, "MSL": Datum.AMSL, "AGL": Datum.AGL}
_DM_OF = {"FT": Decimal("3.048"), "M": Decimal(10)}
_REMEDY = "Write FL120, 1500 ft AMSL or 300 m AGL."


class BoundForm(Undoubted):
    """An altitude; `open_words` say that there is no bound on this side."""

    def __init__(self, *open_words: str) -> None:
        self.open_words = open_words

    def to_value(self, thing: Altitude) -> Value:
        return [int(thing.datum), thing.value]

    def from_value(self, value: Value, path: str) -> Altitude:
        try:
            altitude = read_altitude(value, path)
        except TheirError as error:
            # The error begins with the path itself.
            raise Fault("", error.what) from None
        if altitude is None:
            raise Fault(path, "is null; a bound that is not there is left out")
        return altitude

    def to_json(self, thing: Altitude) -> dict[str, Any]:
        return {"datum": thing.datum.name, "value": thing.value}

    def from_json(self, json: Json, path: str) -> Altitude | None:
        if isinstance(json, str):
            return None if json.strip().upper() in self.open_words else _spoken(json, path)
        if not isinstance(json, Mapping) or json.keys() != {"datum", "value"}:
            raise Fault(path, "is no altitude", _REMEDY)
        datum = Word(Datum).from_json(json["datum"], f"{path}.datum")
        return _altitude(Datum(datum), json["value"], f"{path}.value")

    def describe(self) -> dict[str, Any]:
        return {"form": "altitude", "words": Datum, "open_words": list(self.open_words)}


def _spoken(text: str, path: str) -> Altitude:
    """An altitude as it is spoken, to the nearest decimetre."""
    words = text.strip().upper()
    if level := _LEVEL.fullmatch(words):
        return Altitude(Datum.FLIGHT_LEVEL, int(level[1]))
    if height := _SPOKEN.fullmatch(words):
        value = (Decimal(height[1]) * _DM_OF[height[2]]).to_integral_value()
        return _altitude(_DATUMS.get(height[3], Datum.WGS84), int(value), path)
    raise Fault(path, f"is no altitude: {text[:40]!r}", _REMEDY)


def _altitude(datum: Datum, value: Json, path: str) -> Altitude:
    is_level = datum is Datum.FLIGHT_LEVEL
    least, most = (0, FLIGHT_LEVEL_MAX) if is_level else (ALTITUDE_DM_MIN, ALTITUDE_DM_MAX)
    return Altitude(datum, Whole(least, most).from_json(value, path))


class VolumeForm(Record):
    """A volume: its own array when signed, an object in JSON."""

    sort = "volume"
    filled = ("radius_m",)

    def to_value(self, thing: Volume) -> Any:
        return thing.to_value()

    def from_value(self, value: Value, path: str) -> Volume:
        try:
            return Volume.from_value(value, path)
        except TheirError as error:
            # The error begins with the path itself.
            raise Fault("", error.what) from None

    def prepared(self, json: Json, path: str) -> Json:
        """With `radius_m`, also where a radius with its unit is given, or none."""
        if not isinstance(json, Mapping) or "radius" not in json:
            return {"radius_m": 0, **json} if isinstance(json, Mapping) else json
        if "radius_m" in json:
            raise Fault(f"{path}.radius", "is given twice, as radius and as radius_m")
        radius_m = Quantity(METRES, RADIUS_M_MAX).from_json(json["radius"], f"{path}.radius")
        return {**_without_radius(json), "radius_m": radius_m}

    def faults_in(self, json: Json, path: str) -> Iterator[Fault]:
        """As of every record; a radius that is wrong hides nothing else."""
        try:
            json = self.prepared(json, path)
        except Fault as fault:
            yield fault
            json = _without_radius(json)
        yield from super().faults_in(json, path)


def _without_radius(json: Json) -> dict[str, Json]:
    assert isinstance(json, Mapping), "only a table has a radius"
    return {label: held for label, held in json.items() if label != "radius"}


LOWER: Final = BoundForm("SFC", "GND", "SURFACE")
"""A lower bound; in JSON `surface` says that there is none."""

UPPER: Final = BoundForm("UNL", "UNLIMITED")
"""An upper bound; in JSON `unlimited` says that there is none."""

VOLUME: Final = VolumeForm(
    Volume,
    (
        Field(0, "shape", Word(Shape)),
        Field(1, "vertices", Items(POINT, VERTICES_MAX, 1)),
        Field(2, "radius_m", Whole(0, RADIUS_M_MAX)),
        Field(3, "lower", LOWER, is_optional=True),
        Field(4, "upper", UPPER, is_optional=True),
        Field(5, "valid_from", Instant()),
        Field(6, "valid_until", Instant()),
    ),
)


class StandingVolumes(Items):
    """Volumes of what is there for good: in JSON their windows may be left out."""

    def prepared(self, json: Json) -> Json:
        """With the ends of each window."""
        return [standing(one) for one in json] if isinstance(json, list | tuple) else json

    def describe(self) -> dict[str, Any]:
        return {**super().describe(), "filled": ["valid_from", "valid_until"]}


def standing(volume: Json) -> Json:
    """The form of a volume with the ends of its window that it does not give."""
    if not isinstance(volume, Mapping):
        return volume
    given = {label: held for label, held in volume.items() if held is not None}
    return {"valid_from": ALWAYS_FROM, "valid_until": WITHOUT_END, **given}


def volume_faults(volumes: tuple[Volume, ...], path: str) -> Iterator[Fault]:
    """The first fault of each volume that cannot be, with its vertex where it has one."""
    for number, volume in enumerate(volumes):
        try:
            check_volume(volume)
        except VolumeDoesNotHold as error:
            at = f".vertices[{error.vertex - 1}]" if error.vertex else ""
            what = f"does not hold: {error.what.rstrip('.')}"
            yield Fault(f"{path}[{number}]{at}", what, error.remedy)
