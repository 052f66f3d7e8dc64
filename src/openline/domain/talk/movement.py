"""Movements: a notice along a route, leg by leg, with its own times.

A convoy, a patrol, an inspection or a ferry flight is announced by its waypoints
and when it is there. Each leg becomes a corridor with the window of that leg, and
each stop a circle with the window of the stop, both wider by the tolerance: so a
convoy of a day does not close a whole road for a whole day. What comes of it is
checked, answered and lives like a notice (`as_notice`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar, Final

from openline.domain.instant import DAY_MS, INSTANT_MAX, MINUTE_MS
from openline.domain.limits import (
    MOVEMENT_HALF_WIDTH_M_MAX,
    MOVEMENT_PEOPLE_MAX,
    VEHICLES_MAX,
    VERTICES_MAX,
    WAYPOINTS_MAX,
)
from openline.domain.line.form import (
    DURATION,
    LABEL,
    LANGUAGE,
    NAME,
    Fault,
    Field,
    Instant,
    Items,
    Quantity,
    Record,
    Row,
    Truth,
    Whole,
    Word,
)
from openline.domain.line.points import POINT
from openline.domain.line.terms import ANY
from openline.domain.space.geodesy import Position
from openline.domain.space.volume import Altitude, Shape, Volume
from openline.domain.talk.body import BY, FREE_TEXT, Body, By
from openline.domain.talk.kinds import Kind
from openline.domain.talk.notice import (
    NO_PLACE,
    PLACE,
    Notice,
    Operation,
    Place,
    Releasability,
    SpeaksFor,
)
from openline.domain.talk.site import SITE_ID, VERSION
from openline.domain.talk.volumes import LOWER, UPPER, volume_faults

CATEGORY: Final = "movement"
EMERGENCY_CATEGORY: Final = "emergency_movement"
"""Categories of lead time in the Understanding."""

SCOPES: Final = ("ground_movement", "humanitarian", "air_safety")
"""Scopes that a movement belongs to if it names none: the first of these that the line has."""

SIDE_PREFIX: Final = "movement/"
"""Stands before the id where movements and notices are called together."""


class Sort(IntEnum):
    """What sort of movement it is."""

    CONVOY = 1
    PATROL = 2
    FERRY_FLIGHT = 3
    INSPECTION = 4
    OTHER = 5


@dataclass(frozen=True, slots=True)
class Waypoint:
    """One place of a route.

    Attributes:
        position: Where (lat_e7, lon_e7).
        arrives_at: When it is reached.
        leaves_at: When it is left; the same where nobody stops.
        name: What it is called.
        via: Points of the way from here to the next waypoint, in order.
    """

    position: Position
    arrives_at: int
    leaves_at: int
    name: str = ""
    via: tuple[Position, ...] = ()


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle, or several alike.

    Attributes:
        kind: Lorry, ambulance, helicopter, in words.
        plate: Number plate or tail number.
        marking: What is on its sides.
        roof_marking: What is on its roof, to be seen from above.
    """

    kind: str
    plate: str = ""
    marking: str = ""
    roof_marking: str = ""


@dataclass(frozen=True, slots=True)
class Movement(Body):
    """One version of one movement.

    Attributes:
        by: Who gives notice of it.
        movement_id: The party's own name for it.
        route: Waypoints in order, at least two; none in a cancellation.
        half_width_m: How far it may be from its route, to each side.
        version: 1 at first, one more with each replacement or cancellation.
        operation: New, a replacement or a cancellation.
        sort: Convoy, patrol, ferry flight, inspection.
        kind: What moves: names separation minima in the Understanding.
        scope: The scope of the line it belongs to; `any` leaves it to the desk.
        lower: Lower bound of its band; None reaches down to the ground.
        upper: Upper bound of its band; None has no ceiling.
        tolerance_ms: How much earlier or later it may be than its times.
        vehicles: What moves.
        people: How many people move; None if it is not told.
        lead_contact: How whoever leads it is reached on the way.
        purpose: Why, in words; of a cancellation, why that.
        is_emergency: Whether it is to help at once: then another lead time holds.
        speaks_for: Whose people move.
        third_party: Who moves, if it is neither party: an aid agency, in words.
        place: Where, in words.
        language: Of all words, as ISO 639 code.
        releasability: What may leave the receiving party.
        exercise: Whether it is for an exercise only.
    """

    by: By
    movement_id: str
    route: tuple[Waypoint, ...]
    half_width_m: int = 1_000
    version: int = 1
    operation: Operation = Operation.NEW
    sort: Sort = Sort.CONVOY
    kind: str = "ground"
    scope: str = ANY
    lower: Altitude | None = None
    upper: Altitude | None = None
    tolerance_ms: int = 15 * MINUTE_MS
    vehicles: tuple[Vehicle, ...] = ()
    people: int | None = None
    lead_contact: str = ""
    purpose: str = ""
    is_emergency: bool = False
    speaks_for: SpeaksFor = SpeaksFor.OWN
    third_party: str = ""
    place: Place = NO_PLACE
    language: str = "en"
    releasability: Releasability = Releasability.LINE_ONLY
    exercise: bool = False

    message_kind: ClassVar[Kind] = Kind.MOVEMENT
    usual_scopes: ClassVar[tuple[str, ...]] = SCOPES

    @property
    def category(self) -> str:
        """Which lead time the Understanding asks of it."""
        return EMERGENCY_CATEGORY if self.is_emergency else CATEGORY

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """What it occupies: a corridor for each leg, a circle for each stop, in order."""
        return _volumes(self.route, self.half_width_m, self.lower, self.upper, self.tolerance_ms)

    def as_notice(self) -> Notice:
        """The notice that says as much of it as a notice can.

        Its id begins with `SIDE_PREFIX`, which no notice's can.
        """
        return Notice(
            by=self.by,
            notice_id=f"{SIDE_PREFIX}{self.movement_id}",
            category=self.category,
            kind=self.kind,
            volumes=self.volumes,
            place=self.place,
            activity=self.purpose,
            version=self.version,
            operation=self.operation,
            scope=self.scope,
            language=self.language,
            contact=self.lead_contact,
            speaks_for=self.speaks_for,
            third_party=self.third_party,
            releasability=self.releasability,
            exercise=self.exercise,
        )

    def rules(self) -> Iterator[Fault]:
        """Version, operation and route fit each other; times go forward; volumes can be."""
        is_cancelled = self.operation is Operation.CANCEL
        if (self.version == 1) != (self.operation is Operation.NEW):
            what = f"is {self.version} with {self.operation.name}"
            yield Fault("version", what, "NEW has version 1; later ones have the next version.")
        if is_cancelled and self.route:
            yield Fault("route", "has no place in a cancellation")
        if not is_cancelled and len(self.route) < 2:
            yield Fault("route", "has fewer than two waypoints", "Say from where to where.")
        if not is_cancelled and not self.half_width_m:
            yield Fault("half_width_m", "is 0", "Say how far from the route it may be.")
        yield from self._time_faults()
        if self.speaks_for is not SpeaksFor.OWN and not self.third_party.strip():
            yield Fault("third_party", "is empty", "Say whose movement it is.")
        if not any(True for _ in self._time_faults()) and self.half_width_m:
            yield from volume_faults(self.volumes, "volumes")

    def _time_faults(self) -> Iterator[Fault]:
        for number, waypoint in enumerate(self.route):
            if waypoint.leaves_at < waypoint.arrives_at:
                yield Fault(f"route[{number}].leaves_at", "is before arrives_at")
            if not 0 <= waypoint.arrives_at <= INSTANT_MAX - self.tolerance_ms:
                yield Fault(f"route[{number}].arrives_at", "is no instant of the calendar")
        for number, (one, other) in enumerate(pairwise(self.route), start=1):
            if other.arrives_at <= one.leaves_at:
                what = "is not after the waypoint before is left"
                yield Fault(f"route[{number}].arrives_at", what, "Put the waypoints in order.")


@lru_cache(maxsize=256)
def _volumes(
    route: tuple[Waypoint, ...],
    half_width_m: int,
    lower: Altitude | None,
    upper: Altitude | None,
    tolerance_ms: int,
) -> tuple[Volume, ...]:
    """Stops and legs in the order in which they come."""

    def part(shape: Shape, vertices: tuple[Position, ...], start: int, end: int) -> Volume:
        window = max(0, start - tolerance_ms), min(INSTANT_MAX, end + tolerance_ms)
        return Volume(shape, vertices, half_width_m, lower, upper, *window)

    volumes: list[Volume] = []
    for number, one in enumerate(route):
        if one.leaves_at > one.arrives_at:
            at = (one.position,)
            volumes.append(part(Shape.CIRCLE, at, one.arrives_at, one.leaves_at))
        if number + 1 < len(route):
            other = route[number + 1]
            way = _without_repeats((one.position, *one.via, other.position))
            shape = Shape.CORRIDOR if len(way) > 1 else Shape.CIRCLE
            volumes.append(part(shape, way, one.leaves_at, other.arrives_at))
    return tuple(volumes)


def _without_repeats(way: tuple[Position, ...]) -> tuple[Position, ...]:
    """The way without points that repeat the one before them."""
    kept = [way[0]]
    kept += [other for one, other in pairwise(way) if other != one]
    return tuple(kept)


_TOLERANCE: Final = Quantity(DURATION.units, DAY_MS)

_WAYPOINT: Final = Record(
    Waypoint,
    (
        Field(1, "position", POINT),
        Field(2, "arrives_at", Instant()),
        Field(3, "leaves_at", Instant()),
        Field(4, "name", LABEL),
        Field(5, "via", Items(POINT, VERTICES_MAX - 2)),
    ),
)

_VEHICLE: Final = Row(
    Vehicle,
    (
        Field(0, "kind", LABEL),
        Field(1, "plate", LABEL),
        Field(2, "marking", LABEL),
        Field(3, "roof_marking", LABEL),
    ),
)

Movement.record = Record(
    Movement,
    (
        BY,
        Field(1, "movement_id", SITE_ID),
        Field(2, "version", VERSION),
        Field(3, "operation", Word(Operation)),
        Field(4, "sort", Word(Sort)),
        Field(5, "kind", NAME),
        Field(6, "scope", NAME),
        Field(7, "route", Items(_WAYPOINT, WAYPOINTS_MAX)),
        Field(8, "half_width_m", Whole(0, MOVEMENT_HALF_WIDTH_M_MAX)),
        Field(9, "lower", LOWER, is_optional=True),
        Field(10, "upper", UPPER, is_optional=True),
        Field(11, "tolerance_ms", _TOLERANCE, "tolerance"),
        Field(12, "vehicles", Items(_VEHICLE, VEHICLES_MAX)),
        Field(13, "people", Whole(0, MOVEMENT_PEOPLE_MAX), is_optional=True),
        Field(14, "lead_contact", LABEL),
        Field(15, "purpose", FREE_TEXT),
        Field(16, "is_emergency", Truth(), "emergency"),
        Field(17, "speaks_for", Word(SpeaksFor)),
        Field(18, "third_party", LABEL),
        Field(19, "place", PLACE),
        Field(20, "language", LANGUAGE),
        Field(21, "releasability", Word(Releasability)),
        Field(22, "exercise", Truth()),
    ),
)
