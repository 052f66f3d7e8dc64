"""Volumes: an area, a band of altitude and a window of time, all in integers.

A volume is a core (a point, a line of great circles, or the inside of a ring of
them) widened by a radius. It is what a notice, a site or a zone occupies, and
it travels as an array of integers, so that both nodes hold the same bytes.
`Volume.from_value` refuses what has no such form (`docs/spec/envelope.md`);
`check_volume` says what is wrong with a volume that has one
(`docs/decisions/0020-bounds-on-volumes.md`). Geometry may come from a hostile
party: nothing here repairs, widens or intersects shapes.
"""

import math
import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np
import shapely

from openline.domain.errors import OurError, Reason, TheirError
from openline.domain.instant import INSTANT_MAX, format_instant
from openline.domain.limits import CORE_REACH_DEG_MAX, RADIUS_M_MAX, VERTICES_MAX
from openline.domain.record.cbor import Value
from openline.domain.space import altitude as _altitude
from openline.domain.space.altitude import Altitude as Altitude
from openline.domain.space.altitude import Datum as Datum
from openline.domain.space.geodesy import (
    AXIS_M,
    LAT_E7_MAX,
    LON_E7_MAX,
    Floats,
    Position,
    format_position,
    middle_of,
    normals,
    plane_at,
)

_INSTANT_VALUE_MAX = 2**63 - 1
_CORES_KEPT = 1_024
_CHECKED_KEPT = 256
"""Areas whose judgement is kept: those of two versions of the largest notice, twice."""
_AREA_M2_MIN = 1.0
_GEOS_PLACE = re.compile(r"\[(\S+) (\S+?)\]")


class Shape(IntEnum):
    """What the core of a volume is; the number on the wire."""

    CIRCLE = 1
    CORRIDOR = 2
    POLYGON = 3


_VERTICES_MIN = {Shape.CIRCLE: 1, Shape.CORRIDOR: 2, Shape.POLYGON: 3}


class VolumeDoesNotHold(OurError):
    """A volume has its form, but no such space or time can be.

    Attributes:
        vertex: Number of the vertex at fault, counted from 1; 0 if none is.
        position: Where the fault is, if it is somewhere.
    """

    def __init__(
        self, what: str, remedy: str = "", *, vertex: int = 0, position: Position | None = None
    ) -> None:
        super().__init__(what, remedy)
        self.vertex = vertex
        self.position = position


@dataclass(frozen=True, slots=True)
class Volume:
    """Where, how high and when: one part of what a party announces.

    Attributes:
        shape: What the vertices are: the centre of a circle, the points of a
            corridor's line in order, or the corners of a polygon in either
            sense, the first not repeated at the end.
        vertices: Positions in 1e-7 degree, joined by great circles.
        radius_m: How far the volume reaches beyond its core; 0 only for a polygon.
        lower: Lower bound of the band; None reaches down to the ground and below.
        upper: Upper bound of the band; None has no ceiling.
        valid_from: First instant at which it is in force.
        valid_until: The instant at which it no longer is: half-open.
    """

    shape: Shape
    vertices: tuple[Position, ...]
    radius_m: int
    lower: Altitude | None
    upper: Altitude | None
    valid_from: int
    valid_until: int

    def to_value(self) -> list[Value]:
        """The volume as an array of seven: shape, vertices, radius, band, window."""
        return [
            int(self.shape),
            [[lat, lon] for lat, lon in self.vertices],
            self.radius_m,
            _altitude_value(self.lower),
            _altitude_value(self.upper),
            self.valid_from,
            self.valid_until,
        ]

    @classmethod
    def from_value(cls, value: Value, path: str = "volume") -> "Volume":
        """The volume that the array writes.

        Only the form is judged: types, counts and ranges. A ring that crosses
        itself or a window that ends before it begins comes through, so that it
        can be kept, shown and flagged; `check_volume` names such faults.

        Args:
            value: What `to_value` gives.
            path: What to call it in an error.

        Raises:
            TheirError: MALFORMED, with the path of the field at fault.
        """
        if not isinstance(value, list) or len(value) != 7:
            raise _malformed(path, "is not an array of seven")
        code, vertices, radius_m, lower, upper, valid_from, valid_until = value
        if type(code) is not int or code not in _SHAPES:
            raise _malformed(f"{path}.shape", "is not 1 (circle), 2 (corridor) or 3 (polygon)")
        return cls(
            _SHAPES[code],
            _read_vertices(vertices, f"{path}.vertices"),
            _read_integer(radius_m, 0, RADIUS_M_MAX, f"{path}.radius_m"),
            read_altitude(lower, f"{path}.lower"),
            read_altitude(upper, f"{path}.upper"),
            _read_integer(valid_from, 0, _INSTANT_VALUE_MAX, f"{path}.valid_from"),
            _read_integer(valid_until, 0, _INSTANT_VALUE_MAX, f"{path}.valid_until"),
        )


_SHAPES = {int(shape): shape for shape in Shape}
_DATUMS = {int(datum): datum for datum in Datum}


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """The vertices of a volume as normals, and what follows from them alone.

    Attributes:
        units: Normals of the vertices, one in each row.
        middle: Their normalised sum; zero if they cancel each other out.
        low: Least x, y and z of the core on the unit sphere, never too great.
        high: Greatest x, y and z of the core on the unit sphere, never too small.
    """

    units: Floats
    middle: Floats
    low: Floats
    high: Floats


@lru_cache(maxsize=_CORES_KEPT)
def core_of(shape: Shape, vertices: tuple[Position, ...]) -> Core:
    """The core that these vertices make.

    Its box holds the whole core: a great circle bulges out of the box of its
    ends by at most the rise of the longest edge over its chord, and a coordinate
    is greatest inside a ring only at the end of its own axis.

    Raises:
        VolumeDoesNotHold: There are too few vertices for the shape.
    """
    if len(vertices) < _VERTICES_MIN[shape]:
        raise VolumeDoesNotHold(_too_few(shape, len(vertices)))
    units = normals(vertices)
    middle = middle_of(units)
    if len(vertices) == 1:
        return Core(units, middle, units[0], units[0])
    low, high = units.min(axis=0), units.max(axis=0)
    if shape is not Shape.CIRCLE:
        ends = units[1:]
        if shape is Shape.POLYGON:
            ends = np.concatenate((ends, units[:1]))
        chords = ends - units[: len(ends)]
        longest_squared = min(float((chords * chords).sum(axis=1).max()), 4.0)
        rise = 1 - math.sqrt(1 - longest_squared / 4)
        low, high = low - rise, high + rise
    if shape is Shape.POLYGON:
        nearest = float((units @ middle).min())
        low = np.where(-middle >= nearest, -1.0, low)
        high = np.where(middle >= nearest, 1.0, high)
    return Core(units, middle, low, high)


def check_volume(volume: Volume) -> None:
    """Confirm that the volume can be: one place, one band, one window.

    Raises:
        VolumeDoesNotHold: A vertex is off the globe, repeats the one before it or
            lies too far out; there are too few or too many; the ring crosses or
            touches itself; the radius, the band or the window is empty or too
            large. The message names the vertex and where it is.
    """
    _check_counts(volume)
    faults = _faults_of(volume.shape, volume.vertices)
    _tell(faults.vertices)
    _check_radius(volume)
    _check_band(volume.lower, volume.upper)
    _check_window(volume.valid_from, volume.valid_until)
    _tell(faults.core)


@dataclass(frozen=True, slots=True)
class _CoreFaults:
    """What is wrong with the vertices of a shape, whatever its band and window.

    Attributes:
        vertices: With one of them by itself.
        core: With what they make together.
    """

    vertices: VolumeDoesNotHold | None = None
    core: VolumeDoesNotHold | None = None


@lru_cache(maxsize=_CHECKED_KEPT)
def _faults_of(shape: Shape, vertices: tuple[Position, ...]) -> _CoreFaults:
    """What is wrong with these vertices, whose number is right.

    A notice is looked at more than once, its next version beside it, and many windows
    have one area: the same vertices are judged once.
    """
    try:
        _check_vertices(shape, vertices)
    except VolumeDoesNotHold as fault:
        return _CoreFaults(vertices=fault)
    try:
        core = core_of(shape, vertices)
        _check_reach(vertices, core)
        if shape is Shape.POLYGON:
            _check_ring(core)
    except VolumeDoesNotHold as fault:
        return _CoreFaults(core=fault)
    return _CoreFaults()


def _tell(fault: VolumeDoesNotHold | None) -> None:
    if fault is not None:
        # One that is told again must not gather the places where it was told.
        raise fault.with_traceback(None)


def _check_counts(volume: Volume) -> None:
    count = len(volume.vertices)
    name = volume.shape.name.lower()
    if volume.shape is Shape.CIRCLE and count != 1:
        raise VolumeDoesNotHold(f"A circle has one centre, not {count} vertices.")
    if count < _VERTICES_MIN[volume.shape]:
        raise VolumeDoesNotHold(_too_few(volume.shape, count))
    if count > VERTICES_MAX:
        raise VolumeDoesNotHold(
            f"A {name} has {count} vertices, more than {VERTICES_MAX}.",
            "Leave out vertices, or split it into several volumes.",
        )


def _too_few(shape: Shape, count: int) -> str:
    return f"A {shape.name.lower()} needs at least {_VERTICES_MIN[shape]} vertices, not {count}."


def _check_vertices(shape: Shape, vertices: tuple[Position, ...]) -> None:
    before: Position | None = vertices[-1] if shape is Shape.POLYGON else None
    for number, vertex in enumerate(vertices, start=1):
        lat_e7, lon_e7 = vertex
        if abs(lat_e7) > LAT_E7_MAX or abs(lon_e7) > LON_E7_MAX:
            raise VolumeDoesNotHold(
                f"Vertex {number} ({lat_e7 / 1e7:g}, {lon_e7 / 1e7:g}) is not on the globe.",
                "Latitude comes first and is at most 90 degrees.",
                vertex=number,
            )
        if before is not None and _is_same_place(vertex, before):
            previous = number - 1 or len(vertices)
            raise VolumeDoesNotHold(
                f"Vertex {number} ({format_position(vertex)}) repeats vertex {previous}.",
                "Leave it out; a ring is closed by itself.",
                vertex=number,
                position=vertex,
            )
        before = vertex


def _is_same_place(a: Position, b: Position) -> bool:
    """Whether two positions are one: a pole and the antimeridian have several."""
    if a[0] != b[0]:
        return False
    return abs(a[0]) == LAT_E7_MAX or (a[1] - b[1]) % (2 * LON_E7_MAX) == 0


def _check_radius(volume: Volume) -> None:
    if volume.radius_m == 0 and volume.shape is not Shape.POLYGON:
        raise VolumeDoesNotHold(
            f"A {volume.shape.name.lower()} of radius 0 m holds no space.", "Give its radius."
        )
    if not 0 <= volume.radius_m <= RADIUS_M_MAX:
        raise VolumeDoesNotHold(
            f"The radius of {volume.radius_m} m is not between 0 and {RADIUS_M_MAX} m."
        )


def _check_band(lower: Altitude | None, upper: Altitude | None) -> None:
    for name, bound in (("lower", lower), ("upper", upper)):
        if bound is not None and not _is_altitude_in_range(bound):
            raise VolumeDoesNotHold(f"The {name} bound, {bound}, is no altitude of this world.")
    if lower is None or upper is None:
        return
    if lower.datum is upper.datum:
        is_empty = lower.value >= upper.value
    else:
        is_empty = _altitude.amsl_range_dm(lower)[0] >= _altitude.amsl_range_dm(upper)[1]
    if is_empty:
        raise VolumeDoesNotHold(
            f"The lower bound, {lower}, is not below the upper bound, {upper}.",
            "Give a band with a height, for instance 100 m below and above.",
        )


def _is_altitude_in_range(bound: Altitude) -> bool:
    if bound.datum is Datum.FLIGHT_LEVEL:
        return 0 <= bound.value <= _altitude.FLIGHT_LEVEL_MAX
    return _altitude.ALTITUDE_DM_MIN <= bound.value <= _altitude.ALTITUDE_DM_MAX


def _check_window(valid_from: int, valid_until: int) -> None:
    if not (0 <= valid_from <= INSTANT_MAX and 0 <= valid_until <= INSTANT_MAX):
        raise VolumeDoesNotHold(
            f"The window {format_instant(valid_from)} to {format_instant(valid_until)} "
            "is in no calendar."
        )
    if valid_from >= valid_until:
        raise VolumeDoesNotHold(
            f"The window ends at {format_instant(valid_until)}, "
            f"not after it begins at {format_instant(valid_from)}.",
            "Correct its two instants, or exchange them.",
        )


def _check_reach(vertices: tuple[Position, ...], core: Core) -> None:
    cosines = core.units @ core.middle
    furthest = int(cosines.argmin())
    if cosines[furthest] < math.cos(math.radians(CORE_REACH_DEG_MAX)):
        reach_km = AXIS_M * math.radians(CORE_REACH_DEG_MAX) / 1000
        vertex = vertices[furthest]
        raise VolumeDoesNotHold(
            f"Vertex {furthest + 1} ({format_position(vertex)}) lies more than {reach_km:,.0f} km "
            "from the middle of the volume.",
            "Look for latitude and longitude in the wrong order, or split the volume.",
            vertex=furthest + 1,
            position=vertex,
        )


def _check_ring(core: Core) -> None:
    """Confirm that the ring is simple, as its great circles show in its own plane."""
    plane = plane_at(core.middle)
    ring = shapely.polygons(plane.points(core.units))
    if shapely.is_valid(ring) and shapely.area(ring) >= _AREA_M2_MIN:
        return
    match = _GEOS_PLACE.search(shapely.is_valid_reason(ring))
    if match is None:
        raise VolumeDoesNotHold("The ring encloses no area.", "Check its vertices.")
    position = plane.position(float(match[1]), float(match[2]))
    raise VolumeDoesNotHold(
        f"The ring crosses or touches itself near {format_position(position)}.",
        "Put its vertices in order round the area, or split it into several volumes.",
        position=position,
    )


def _malformed(path: str, what: str) -> TheirError:
    return TheirError(Reason.MALFORMED, f"{path} {what}")


def _read_integer(value: Value, least: int, most: int, path: str) -> int:
    # An exact type, for True is an instance of int.
    if type(value) is not int or not least <= value <= most:
        raise _malformed(path, f"is not an integer from {least} to {most}")
    return value


def _read_vertices(value: Value, path: str) -> tuple[Position, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= VERTICES_MAX:
        raise _malformed(path, f"is not an array of 1 to {VERTICES_MAX} positions")
    positions: list[Position] = []
    for entry in value:
        # In line, for a notice may have thousands; what is wrong is named by `_read_position`.
        if isinstance(entry, list) and len(entry) == 2:
            lat, lon = entry
            if (
                type(lat) is int
                and -LAT_E7_MAX <= lat <= LAT_E7_MAX
                and type(lon) is int
                and -LON_E7_MAX <= lon <= LON_E7_MAX
            ):
                positions.append((lat, lon))
                continue
        positions.append(_read_position(entry, f"{path}[{len(positions)}]"))
    return tuple(positions)


def _read_position(value: Value, path: str) -> Position:
    if not isinstance(value, list) or len(value) != 2:
        raise _malformed(path, "is not latitude and longitude")
    return (
        _read_integer(value[0], -LAT_E7_MAX, LAT_E7_MAX, f"{path}.lat"),
        _read_integer(value[1], -LON_E7_MAX, LON_E7_MAX, f"{path}.lon"),
    )


def read_altitude(value: Value, path: str) -> Altitude | None:
    """The altitude that an array of datum and value writes; None for `null`.

    Raises:
        TheirError: MALFORMED, with the path of the field at fault.
    """
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise _malformed(path, "is not a datum and a value")
    code, number = value
    if type(code) is not int or code not in _DATUMS:
        raise _malformed(f"{path}.datum", "is not 1 to 4: AMSL, AGL, flight level, WGS-84")
    datum = _DATUMS[code]
    least, most = (
        (0, _altitude.FLIGHT_LEVEL_MAX)
        if datum is Datum.FLIGHT_LEVEL
        else (_altitude.ALTITUDE_DM_MIN, _altitude.ALTITUDE_DM_MAX)
    )
    return Altitude(datum, _read_integer(number, least, most, f"{path}.value"))


def _altitude_value(bound: Altitude | None) -> Value:
    return None if bound is None else [int(bound.datum), bound.value]
