"""What every reader of area files gives: activities, remarks and named faults.

A file tells where, how high and when in its own way; here is what the ways have
in common. Heights, times and radii come as *properties*, understood alike from
GeoJSON and KML (upper and lower case, `_` and `-` make no difference):

| property | meaning |
| --- | --- |
| `name` | what the activity is called |
| `radius_m`, `radius` | metres that a point or line reaches, or a polygon beyond its ring |
| `lower`, `upper` | bounds of the band: a number; or `GND`, `UNL`, `FL100`, `1500 ft AMSL` |
| `lower_reference` | what the number counts from: `AMSL` (`MSL`), `AGL` (`SFC`), `FL`, `WGS84` |
| `upper_reference` | the same for `upper` |
| `uom` | unit of both numbers: `m` or `ft`; metres, with a remark, if absent |
| `from`, `until` | the window, half-open: `2017-04-07T01:40:00Z` or `070140ZAPR17` |
| `edges` | `great_circle` if long edges are great circles already, `rhumb` if they keep a bearing |

Bounds are rounded outward. Without `lower` the band reaches down to the ground,
without `upper` it has no ceiling. A bound whose reference is not stated is a
fault, never a guess.

Edges between vertices are straight in longitude and latitude unless `edges` says
otherwise; `edges.py` follows them with great circles.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from openline.adapters.geofiles.edges import (
    DEVIATION_M_MAX,
    RHUMB_LAT_E7_MAX,
    along_straight_edges,
    edges_of,
)
from openline.adapters.geofiles.remarks import FileFault as FileFault
from openline.adapters.geofiles.remarks import Remark as Remark
from openline.domain.errors import OurError
from openline.domain.instant import parse_instant
from openline.domain.limits import (
    GEOFILE_FEATURES_MAX,
    GEOFILE_SIZE_BYTES_MAX,
    LABEL_CHARS_MAX,
    RADIUS_M_MAX,
    TEXT_CHARS_MAX,
    VERTICES_MAX,
    VOLUMES_MAX,
)
from openline.domain.line.letters import visible
from openline.domain.space.altitude import FLIGHT_LEVEL_MAX, Altitude, Datum
from openline.domain.space.geodesy import LON_E7_MAX, Position, format_position
from openline.domain.space.volume import Shape, Volume, VolumeDoesNotHold, check_volume

_DATUMS = {
    "AMSL": Datum.AMSL,
    "MSL": Datum.AMSL,
    "AGL": Datum.AGL,
    "SFC": Datum.AGL,
    "GND": Datum.AGL,
    "FL": Datum.FLIGHT_LEVEL,
    "STD": Datum.FLIGHT_LEVEL,
    "WGS84": Datum.WGS84,
    "W84": Datum.WGS84,
}
_KNOWN = frozenset({
    "name", "radius", "radiusm", "lower", "upper", "lowerreference", "upperreference", "uom",
    "from", "until", "edges",
})  # fmt: skip
_LOOK_ALIKES = {
    "validfrom": "from", "starttime": "from", "start": "from", "begin": "from",
    "validuntil": "until", "validto": "until", "endtime": "until", "end": "until",
    "floor": "lower", "minaltitude": "lower", "ceiling": "upper", "maxaltitude": "upper",
}  # fmt: skip
_DM_OF_UNIT = {"M": 10.0, "FT": 3.048}
_GROUND = frozenset({"GND", "SFC", "GL", "SURFACE", "GROUND"})
_UNLIMITED = frozenset({"UNL", "UNLIMITED"})
_LEVEL = re.compile(r"FL ?([0-9]{1,3})")
_HEIGHT = re.compile(r"([-+]?[0-9]{1,7}(?:\.[0-9]{1,3})?) ?(M|FT)? ?(AMSL|MSL|AGL|SFC|GND|WGS84)?")
_NUMBER = re.compile(r"[-+]?[0-9]{1,12}(?:\.[0-9]{1,12})?(?:[eE][-+]?[0-9]{1,2})?")

_QUOTED_CHARS = 40
"""Of a wrong value, so many characters are shown."""


@dataclass(frozen=True, slots=True)
class ReadActivity:
    """One activity as a file tells it; the draft of a notice.

    Attributes:
        name: What the file calls it; may be empty.
        volumes: Where and when, each checked; empty only if there is a fault, or it cancels.
        properties: Everything else that the file says of it, as text.
        remarks: What was read otherwise than it was written, in the order it was met.
        fault: Why it cannot be used; set by readers that go on after a fault.
        number: Its place in the file, from 1.
        row: Row of the file where it begins, from 1; 0 where it is not known.
        cancels: What it cancels, as the file calls that; empty if it cancels nothing.
    """

    name: str
    volumes: tuple[Volume, ...]
    properties: dict[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    fault: FileFault | None = None
    number: int = 0
    row: int = 0
    cancels: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound of a band, or none of it."""

    altitude: Altitude | None


Band: TypeAlias = tuple[Bound, Bound]
Window: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """One shape of a feature.

    Attributes:
        shape: What the positions are.
        positions: As in a volume; may repeat, and close a ring.
        radius_m: How far it reaches beyond them; None for that of the feature.
        band: Its own band; None for that of the feature.
    """

    shape: Shape
    positions: Sequence[Position]
    radius_m: int | None = None
    band: Band | None = None


class Feature:
    """A feature while it is read: where it is in the file, what it says, what is odd.

    Args:
        path: The file.
        number: Counted from 1.
        properties: Text, numbers and the like by name.
        name: What it is called if no property says so.
        row: Row of the file where it begins; 0 where it is not known.

    Raises:
        FileFault: Two properties have one name.
    """

    def __init__(
        self,
        path: str,
        number: int,
        properties: Mapping[str, object],
        name: str = "",
        row: int = 0,
    ) -> None:
        self.path = path
        self.number = number
        self.name = name
        self.row = row
        self._remarks: list[Remark] = []
        self._written: dict[str, str] = {}
        self._values: dict[str, object] = {}
        self._used: set[str] = set()
        # The name goes first, so that a fault of any other property can say it.
        for written, value in sorted(properties.items(), key=lambda item: _key(item[0]) != "name"):
            # Two spellings of a property that means something here would be a guess.
            key = _key(written) if _key(written) in _KNOWN else written
            if value is None or value == "":
                continue
            if key in self._values:
                raise FileFault(
                    path, number, self.name, written, "is given twice.", "Keep one of them.", row
                )
            self._written[key], self._values[key] = written, value
            if key == "name" and isinstance(value, (str, int, float)):
                self._used.add(key)
                self.name = str(value).strip()[:LABEL_CHARS_MAX] or self.name

    def fault(self, property: str, what: str, remedy: str = "", row: int = 0) -> FileFault:
        """A fault of this feature, in the property as the file writes it."""
        written = self._written.get(_key(property), property)
        return FileFault(
            self.path, self.number, self.name, written, f"{what}.", remedy, row or self.row
        )

    def remark(self, what: str, field: str = "", row: int = 0) -> None:
        """Note what was read otherwise than it was written; the same only once."""
        remark = Remark(row or self.row, self._written.get(_key(field), field), what)
        if remark not in self._remarks:
            self._remarks.append(remark)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What was noted so far, in order."""
        return tuple(self._remarks)

    def has(self, name: str) -> bool:
        """Whether the property is given, and not null or empty."""
        return _key(name) in self._values

    def take(self, *names: str) -> object:
        """The value of the first of these properties that is given, or None."""
        for name in names:
            if self.has(name):
                self._used.add(_key(name))
                return self._values[_key(name)]
        return None

    def rest(self) -> dict[str, str]:
        """The properties that were not taken, as text."""
        return {
            self._written[key]: _text(value)
            for key, value in self._values.items()
            if key not in self._used
        }

    def activity(
        self,
        parts: Sequence[Part],
        *,
        window: Window | None = None,
        windows: Sequence[Window] = (),
        fallback_band: Band | None = None,
        reach_m: int | None = None,
        is_exact: bool = False,
    ) -> ReadActivity:
        """The activity that the feature tells, each of its volumes checked.

        Args:
            parts: Its shapes.
            window: From and until if the properties do not give them.
            windows: Its windows, where the form gives them otherwise than by properties.
            fallback_band: The band if the properties give neither bound.
            reach_m: The radius of points and lines for which the file gives none.
            is_exact: Its edges are great circles, whatever the properties say.

        Raises:
            FileFault: Something is missing, unclear or cannot be.
        """
        if not parts:
            raise self.fault("geometry", "is missing", "Give a point, a line or a polygon.")
        radius_m = read_radius(self)
        band = None
        if any(part.band is None for part in parts):
            band = _bounds(*read_band(self, fallback_band))
        spans = windows or (read_window(self, window),)
        if len(parts) * len(spans) > VOLUMES_MAX:
            raise self.fault(
                "geometry",
                f"makes {len(parts) * len(spans)} volumes, more than {VOLUMES_MAX}",
                "Split the feature.",
            )
        edges = "greatcircle" if is_exact else _edges(self)
        drawn = [self._drawn(part, radius_m, reach_m, edges) for part in parts]
        volumes = tuple(
            self.checked(Volume(part.shape, vertices, reach, *self._band(part, band), *span))
            for span in spans
            for part, (vertices, reach) in zip(parts, drawn, strict=True)
        )
        for written in self.rest():
            if meant := _LOOK_ALIKES.get(_key(written)):
                self.remark(f"It is not read: {meant} is what would say that.", written)
        return ReadActivity(
            self.name, volumes, self.rest(), self.remarks, number=self.number, row=self.row
        )

    def _band(self, part: Part, band: Band | None) -> tuple[Altitude | None, Altitude | None]:
        lower, upper = part.band or band or _bounds(None, None)
        return lower.altitude, upper.altitude

    def _drawn(
        self, part: Part, radius_m: int | None, reach_m: int | None, edges: str
    ) -> tuple[tuple[Position, ...], int]:
        """Vertices and radius of a part, its edges those of great circles."""
        radius_m = radius_m if part.radius_m is None else part.radius_m
        if radius_m is None and part.shape is not Shape.POLYGON:
            radius_m = self.reach(reach_m)
        vertices = self.plain_vertices(part)
        if edges != "greatcircle":
            vertices = self._along_edges(part.shape, vertices, is_rhumb=edges == "rhumb")
        return vertices, radius_m or 0

    def reach(self, reach_m: int | None, field: str = "radius_m", row: int = 0) -> int:
        """The radius that was given for what has none of its own.

        Raises:
            FileFault: None was given.
        """
        if reach_m is None:
            raise self.fault(
                field, "is missing", "Give the metres that it reaches, in it or as --radius.", row
            )
        self.remark(f"It has no radius: the {reach_m:,} m that were given are taken.", field, row)
        return reach_m

    def plain_vertices(
        self, part: Part, field: str = "geometry", row: int = 0
    ) -> tuple[Position, ...]:
        """The vertices of a part: the ring left open, positions repeated in a row dropped."""
        positions = list(part.positions)
        if part.shape is Shape.POLYGON and len(positions) > 1:
            if positions[0] == positions[-1]:
                positions.pop()
            else:
                self.remark(
                    "Its ring is not closed: the last vertex is joined to the first.", field, row
                )
        vertices = [
            position
            for number, position in enumerate(positions)
            if number == 0 or position != positions[number - 1]
        ]
        while part.shape is Shape.POLYGON and len(vertices) > 1 and vertices[0] == vertices[-1]:
            vertices.pop()
        if len(vertices) < len(positions):
            self.remark(
                _counted(
                    len(positions) - len(vertices),
                    "vertex repeats the one before: left out.",
                    "vertices repeat the one before: left out.",
                ),
                field,
                row,
            )
        return tuple(vertices)

    def _along_edges(
        self, shape: Shape, vertices: tuple[Position, ...], *, is_rhumb: bool
    ) -> tuple[Position, ...]:
        """The vertices, with more between them where straight edges on a map need it."""
        if not (2 if shape is Shape.CORRIDOR else 3) <= len(vertices) <= VERTICES_MAX:
            return vertices  # The check of the volume says what is wrong.
        for start, end in edges_of(shape, vertices):
            if abs(start[1] - end[1]) > LON_E7_MAX:
                self.remark(
                    f"The edge from {format_position(start)} to {format_position(end)} is taken "
                    "to cross the antimeridian.",
                    "geometry",
                )
        if is_rhumb and any(abs(lat) > RHUMB_LAT_E7_MAX for lat, _ in vertices):
            raise self.fault(
                "edges",
                "are rhumb lines, and end short of the poles",
                f"Keep its vertices within {RHUMB_LAT_E7_MAX / 1e7:g} degrees of the equator.",
            )
        dense = along_straight_edges(shape, vertices, is_rhumb=is_rhumb)
        if dense is None:
            raise self.fault(
                "geometry",
                f"needs more than {VERTICES_MAX} vertices to follow edges that are straight on "
                f"the map within {DEVIATION_M_MAX:.0f} m",
                "Split it, or add edges: great_circle if great circles are meant.",
            )
        if len(dense) > len(vertices):
            self.remark(
                _counted(len(dense) - len(vertices), "vertex was added", "vertices were added")
                + " where straight edges on the map leave the great circle by "
                f"{DEVIATION_M_MAX:.0f} m or more.",
                "geometry",
            )
        return dense

    def checked(self, volume: Volume, field: str = "geometry", row: int = 0) -> Volume:
        """The volume itself, if it can be.

        Raises:
            FileFault: `check_volume` says it cannot.
        """
        try:
            check_volume(volume)
        except VolumeDoesNotHold as error:
            what = error.what.removesuffix(".")
            raise self.fault(field, what, error.remedy, row) from None
        return volume


def _bounds(lower: Altitude | None, upper: Altitude | None) -> Band:
    return Bound(lower), Bound(upper)


def position_from_degrees(lon: float, lat: float) -> Position | None:
    """The position at these degrees, or None if they are not on the globe."""
    if not (math.isfinite(lon) and math.isfinite(lat)) or abs(lat) > 90 or abs(lon) > 180:
        return None
    return round(lat * 1e7), round(lon * 1e7)


def check_file(path: str, text: str) -> None:
    """Confirm that the text of a file may be read at all.

    Raises:
        FileFault: It is too large, or has letters that no text has.
    """
    if len(text) > GEOFILE_SIZE_BYTES_MAX:
        raise FileFault(
            path, 0, "", "", f"has more than {GEOFILE_SIZE_BYTES_MAX:,} characters.", "Split it."
        )
    try:
        text.encode()
    except UnicodeEncodeError:
        raise FileFault(path, 0, "", "", "is not text in UTF-8.", "Save it as UTF-8.") from None


def check_feature_count(path: str, count: int) -> None:
    """Confirm that a file has no more features than a reader takes.

    Raises:
        FileFault: It has more.
    """
    if count > GEOFILE_FEATURES_MAX:
        raise FileFault(
            path, 0, "", "", f"has more than {GEOFILE_FEATURES_MAX:,} features.", "Split it."
        )


_Thing = TypeVar("_Thing")


def read_each(
    path: str,
    things: Sequence[_Thing],
    read: Callable[[_Thing, int], ReadActivity],
    *,
    goes_on: bool,
) -> list[ReadActivity]:
    """What each thing of a file gives, in order.

    Args:
        path: What to call the file in errors.
        things: What one activity is read from each.
        read: Reads one, with its number from 1.
        goes_on: Make an activity with its fault of a thing that has one.

    Raises:
        FileFault: There are too many, or one has a fault and it does not go on.
    """
    check_feature_count(path, len(things))
    activities: list[ReadActivity] = []
    for number, thing in enumerate(things, start=1):
        try:
            activities.append(read(thing, number))
        except FileFault as fault:
            if not goes_on or not fault.feature:
                raise
            activities.append(
                ReadActivity(fault.name, (), {}, (), fault, number=fault.feature, row=fault.row)
            )
    return activities


def read_radius(feature: Feature) -> int | None:
    """The radius in whole metres, rounded up; None if there is none.

    Raises:
        FileFault: It is no number of metres that a volume may reach.
    """
    name = "radius_m" if feature.has("radius_m") else "radius"
    value = feature.take(name)
    if value is None:
        return None
    radius_m = _number(value)
    if radius_m is None or not 0 < radius_m <= RADIUS_M_MAX:
        raise feature.fault(
            name,
            f"{_quoted(value)} is not a number of metres up to {RADIUS_M_MAX:,}",
            "Write metres without a unit, such as 9000.",
        )
    return math.ceil(radius_m)


def read_window(feature: Feature, window: tuple[int, int] | None) -> tuple[int, int]:
    """From and until as the properties give them, or else the given window.

    Raises:
        FileFault: One is missing, or is no instant in UTC.
    """
    if window is not None and not feature.has("from") and not feature.has("until"):
        return window
    instants = []
    for name in ("from", "until"):
        value = feature.take(name)
        if not isinstance(value, str):
            what = "is missing" if value is None else "is not a text"
            raise feature.fault(name, what, "Write an instant, for instance 2017-04-07T01:40:00Z.")
        try:
            instants.append(parse_instant(value.strip()))
        except OurError as error:
            raise feature.fault(name, error.what.removesuffix("."), error.remedy) from None
    return instants[0], instants[1]


def read_band(
    feature: Feature, fallback: tuple[Bound, Bound] | None = None
) -> tuple[Altitude | None, Altitude | None]:
    """The bounds of the band, lower and upper.

    Raises:
        FileFault: A bound is unclear, or its reference is not stated.
    """
    if fallback is not None and not feature.has("lower") and not feature.has("upper"):
        return fallback[0].altitude, fallback[1].altitude
    unit = feature.take("uom")
    if unit is not None and str(unit).strip().upper() not in {*_DM_OF_UNIT, "FL"}:
        raise feature.fault(
            "uom", f"{_quoted(unit)} is not m or ft", "Write m or ft, the unit of both bounds."
        )
    uom = "" if unit is None else str(unit).strip().upper()
    bounds: list[Altitude | None] = []
    for name in ("lower", "upper"):
        reference = feature.take(f"{name}_reference")
        if not feature.has(name):
            feature.remark(_NO_BOUND[name], name)
            bounds.append(None)
            continue
        bounds.append(_read_bound(feature, name, reference, uom))
    return bounds[0], bounds[1]


_NO_BOUND = {
    "lower": "It has no lower bound: it is taken to reach the ground.",
    "upper": "It has no upper bound: it is taken to have no ceiling.",
}


def _read_bound(feature: Feature, name: str, reference: object, uom: str) -> Altitude | None:
    """One bound from a number with its reference, or from a text that says all."""
    value = feature.take(name)
    text = " ".join(str(value).upper().split())
    if isinstance(value, str) and text in _GROUND:
        return None if name == "lower" else Altitude(Datum.AGL, 0)
    if isinstance(value, str) and text in _UNLIMITED:
        if name == "lower":
            raise feature.fault(
                name,
                f"{_quoted(value)} is no lower bound: none is unlimited",
                "Write GND, or an altitude.",
            )
        return None
    datum = _datum(feature, f"{name}_reference", reference)
    if isinstance(value, str) and (match := _LEVEL.fullmatch(text)):
        return Altitude(Datum.FLIGHT_LEVEL, int(match[1]))
    match = None if isinstance(value, bool) else _HEIGHT.fullmatch(text)
    if match is None:
        raise feature.fault(
            name,
            f"{_quoted(value)} is no altitude",
            "Write a number, or for instance FL100 or 1500 ft AMSL.",
        )
    datum = _DATUMS[match[3]] if match[3] else datum
    if datum is None:
        raise feature.fault(
            f"{name}_reference", "is missing", "Write AMSL, AGL, FL or WGS84: from what it counts."
        )
    return _altitude(feature, name, float(match[1]), datum, match[2] or uom)


def _datum(feature: Feature, name: str, reference: object) -> Datum | None:
    if reference is None:
        return None
    word = str(reference).strip().upper().replace("-", "")
    if word not in _DATUMS:
        raise feature.fault(
            name,
            f"{_quoted(reference)} is no reference",
            "Write AMSL, AGL, FL or WGS84.",
        )
    return _DATUMS[word]


def _altitude(feature: Feature, name: str, number: float, datum: Datum, unit: str) -> Altitude:
    """The altitude, rounded to decimetres outward from the band."""
    if datum is Datum.FLIGHT_LEVEL:
        if not number.is_integer() or not 0 <= number <= FLIGHT_LEVEL_MAX:
            raise feature.fault(
                name,
                f"{number:g} is no flight level",
                "A flight level counts hundreds of feet: 100, not 10000.",
            )
        return Altitude(datum, int(number))
    if unit == "FL":
        raise feature.fault(
            "uom", "is FL, but the reference is not", f"Write {name}_reference FL, or uom m or ft."
        )
    if not unit:
        feature.remark("It has no unit of measure (uom): its heights are taken as metres.", "uom")
    exact_dm = round(number * _DM_OF_UNIT[unit or "M"], 6)
    return Altitude(datum, math.floor(exact_dm) if name == "lower" else math.ceil(exact_dm))


# --- small things --------------------------------------------------------------------------------


def _edges(feature: Feature) -> str:
    """Of which sort its edges are: `straight`, `greatcircle` or `rhumb`."""
    value = feature.take("edges")
    if value is None:
        return "straight"
    word = _key(str(value))
    if word not in ("greatcircle", "straight", "rhumb"):
        raise feature.fault(
            "edges",
            f"{_quoted(value)} is not great_circle, straight or rhumb",
            "Write one of these, or leave it out for straight ones.",
        )
    return word


def _key(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "").replace(" ", "")


def _number(value: object) -> float | None:
    """The number that a property is or writes."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value) if abs(value) < 1e12 else None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value)
    return None


def _quoted(value: object) -> str:
    """The beginning of what a property says, for a fault."""
    return repr(visible(_text(value)[:_QUOTED_CHARS]))


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:TEXT_CHARS_MAX]
