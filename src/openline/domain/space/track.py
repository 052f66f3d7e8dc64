"""A track: what the sightings of one object add up to, and how far it is believed.

Each track is known by the address that its sources give it. It holds where the object
was last, how it moves, which feeds saw it, and what speaks against it: a speed that
nothing flies, feeds that place it apart, an address that two objects bear, a time that
is still to come. A flag hides nothing: a track that is doubted is shown with its doubt.
How sightings become tracks is in `track_store`; ages and tolerances are set here.
"""

import math
from dataclasses import dataclass
from enum import IntFlag, StrEnum
from typing import Any, Final

from openline.domain.instant import MINUTE_MS, SECOND_MS
from openline.domain.space.altitude import Datum
from openline.domain.space.geodesy import AXIS_M, Axis
from openline.domain.space.sighting import Affiliation, Sighting

SPEED_MPS_MAX: Final = 1_000.0
"""Three times the speed of sound: what a track may move at most, in the air."""

SURFACE_SPEED_MPS_MAX: Final = 150.0
"""What it may move at most on the ground or at sea; an aircraft that takes off has less."""

REACH_M: Final = 2_000.0
"""How far a position may be from where it could be, beside what its source allows."""

APART_M: Final = 1_852.0
"""Two feeds that place one object further apart than a mile, and their accuracies, disagree."""

COMPARED_MS: Final = 10 * SECOND_MS
"""Positions of two feeds are compared if they are no further apart in time than this."""

FLAG_MS: Final = 2 * MINUTE_MS
"""A flag stands so long after its last cause."""

INACCURATE_M: Final = 1_000.0
"""Beyond it a track is of fair quality at best."""

FUTURE_MS_MAX: Final = 2 * SECOND_MS
"""How far a time may be ahead of this node: as between two nodes. Beyond it the time of
receipt counts, for the object is there, and the track is flagged."""

_EMERGENCIES: Final = frozenset({"7500", "7600", "7700"})


class TrackFlag(IntFlag):
    """What speaks against a track, or for looking at it at once."""

    IMPOSSIBLE_SPEED = 1
    SOURCES_DISAGREE = 2
    DUPLICATE_ADDRESS = 4
    FROM_FUTURE = 8
    JUMPED = 16
    EMERGENCY = 32


DOUBTS: Final = TrackFlag(~TrackFlag.EMERGENCY & 63)
"""The flags for which a track is doubted."""


class TrackState(StrEnum):
    """How old the position of a track is."""

    LIVE = "LIVE"
    COASTING = "COASTING"
    LOST = "LOST"


class Quality(StrEnum):
    """How far a track is believed, in one word."""

    GOOD = "GOOD"
    FAIR = "FAIR"
    DOUBTFUL = "DOUBTFUL"


class Medium(StrEnum):
    """In what an object moves, as far as its source tells."""

    AIR = "AIR"
    GROUND = "GROUND"
    SEA = "SEA"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Ages:
    """How old a position may be.

    Attributes:
        live_ms: Until then a track is LIVE.
        coasting_ms: Until then it is COASTING: shown where it would be.
        kept_ms: Until then it is LOST and kept.
    """

    live_ms: int
    coasting_ms: int
    kept_ms: int


QUICK: Final = Ages(15 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS)
"""Of what transponders and radars see: one turn of a slow antenna is twelve seconds."""

SLOW: Final = Ages(90 * SECOND_MS, 10 * MINUTE_MS, 30 * MINUTE_MS)
"""Of what people and vehicles report of themselves, every minute or so."""


@dataclass(slots=True)
class Rival:
    """Positions that do not fit those of a report, and fit each other.

    Attributes:
        since: Time of the first.
        at: Time of the last.
        normal: Where the last was.
        count: How many there are.
    """

    since: int
    at: int
    normal: Axis
    count: int = 1


@dataclass(slots=True)
class Report:
    """What one feed said last of where an object is.

    Attributes:
        at: When it was so, UTC milliseconds.
        normal: The unit normal at the position.
        lat_deg: The position, WGS-84.
        lon_deg: The position, WGS-84.
        accuracy_m: As the feed says; None if it does not.
        rival: Positions of the same feed that cannot be of the same object.
    """

    at: int
    normal: Axis
    lat_deg: float
    lon_deg: float
    accuracy_m: float | None
    rival: Rival | None = None


class Track:
    """One object, as it is known here. Changed by its `TrackStore` alone.

    Attributes:
        id: The address; of the second object that bears it, with `/2` behind.
        address: As the sources give it.
        slot: Its place in the arrays of the store.
        reports: The last position of each feed, at most `TRACK_FEEDS_MAX`.
        feed: The feed whose positions it follows; empty without a position.
        first_at: Time of the first sighting.
        heard_at: Time of the last sighting, with or without a position.
        position_at: Time of the position; 0 without one.
        positions: How many positions were taken.
        lat_deg: The position; NaN without one, and then `lon_deg` too.
        altitude_m: Counted from `datum`; None if not said.
        course_deg: Over the ground, from true north; None if not known.
        speed_mps: Over the ground; None if not known.
        speed_said_at: When a source said its speed; 0 if none did, and it follows from
            positions.
        is_ended: Its source said that it is gone.
        raised: When each flag was raised last.
        twin: The second object that bears the address.
    """

    __slots__ = (
        "accuracy_m",
        "address",
        "affiliation",
        "ages",
        "altitude_m",
        "callsign",
        "climb_mps",
        "course_deg",
        "datum",
        "feed",
        "first_at",
        "heard_at",
        "id",
        "is_ended",
        "is_on_ground",
        "lat_deg",
        "lon_deg",
        "medium",
        "position_at",
        "positions",
        "raised",
        "reports",
        "slot",
        "sort",
        "speed_mps",
        "speed_said_at",
        "squawk",
        "twin",
    )

    def __init__(self, track_id: str, address: str, slot: int, at: int) -> None:
        self.id = track_id
        self.address = address
        self.slot = slot
        self.reports: dict[str, Report] = {}
        self.feed = ""
        self.first_at = self.heard_at = at
        self.position_at = 0
        self.positions = 0
        self.lat_deg = self.lon_deg = math.nan
        self.altitude_m: float | None = None
        self.datum: Datum | None = None
        self.is_on_ground: bool | None = None
        self.course_deg: float | None = None
        self.speed_mps: float | None = None
        self.climb_mps: float | None = None
        self.accuracy_m: float | None = None
        self.callsign = self.squawk = self.sort = ""
        self.affiliation = Affiliation.UNKNOWN
        self.medium = Medium.UNKNOWN
        self.speed_said_at = 0
        self.ages = ages_of(address)
        self.is_ended = False
        self.raised: dict[TrackFlag, int] = {}
        self.twin: Track | None = None

    @property
    def has_position(self) -> bool:
        """Whether it is known where it is or was."""
        return self.positions > 0

    def state(self, now: int) -> TrackState:
        """How old its position is at an instant."""
        age_ms = now - self.position_at
        if self.is_ended or age_ms > self.ages.coasting_ms:
            return TrackState.LOST
        return TrackState.LIVE if age_ms <= self.ages.live_ms else TrackState.COASTING

    def is_over(self, now: int) -> bool:
        """Whether it is kept no longer at an instant."""
        return now - self.heard_at > self.ages.kept_ms

    def flags(self, now: int) -> TrackFlag:
        """What speaks against it at an instant."""
        found = TrackFlag(0)
        for flag, at in self.raised.items():
            if now - at <= FLAG_MS:
                found |= flag
        if self.twin is not None:
            found |= TrackFlag.DUPLICATE_ADDRESS
        return found | TrackFlag.EMERGENCY if self.squawk in _EMERGENCIES else found

    def quality(self, now: int) -> Quality:
        """How far it is believed at an instant."""
        if self.flags(now) & DOUBTS:
            return Quality.DOUBTFUL
        is_fair = (
            self.state(now) is not TrackState.LIVE
            or (self.accuracy_m or 0.0) > INACCURATE_M
            or self.speed_mps is None
        )
        return Quality.FAIR if is_fair else Quality.GOOD

    def describe(self, sighting: Sighting) -> None:
        """Take over what a sighting says beside the place."""
        self.is_ended = sighting.is_ended
        self.callsign = sighting.callsign or self.callsign
        self.squawk = sighting.squawk or self.squawk
        self.sort = sighting.sort or self.sort
        if sighting.affiliation is not Affiliation.UNKNOWN:
            self.affiliation = sighting.affiliation
        if sighting.altitude_m is not None:
            self.altitude_m, self.datum = sighting.altitude_m, sighting.datum
        if sighting.is_on_ground is not None:
            self.is_on_ground = sighting.is_on_ground
        if sighting.course_deg is not None:
            self.course_deg = sighting.course_deg
        if sighting.speed_mps is not None:
            self.speed_mps, self.speed_said_at = sighting.speed_mps, self.heard_at
        if sighting.climb_mps is not None:
            self.climb_mps = sighting.climb_mps
        self.medium = medium_of(self.address, self.sort, self.is_on_ground)

    def to_json(self, now: int) -> dict[str, Any]:
        """The track as faces show it; None stands for what is not known."""
        return {
            "id": self.id,
            "address": self.address,
            "state": self.state(now).value,
            "quality": self.quality(now).value,
            "flags": [flag.name for flag in self.flags(now)],
            "affiliation": self.affiliation.value,
            "medium": self.medium.value,
            "callsign": self.callsign,
            "squawk": self.squawk,
            "sort": self.sort,
            "lat_deg": self.lat_deg if self.has_position else None,
            "lon_deg": self.lon_deg if self.has_position else None,
            "altitude_m": self.altitude_m,
            "datum": None if self.datum is None else self.datum.name,
            "is_on_ground": self.is_on_ground,
            "course_deg": self.course_deg,
            "speed_mps": self.speed_mps,
            "climb_mps": self.climb_mps,
            "accuracy_m": self.accuracy_m,
            "feed": self.feed,
            "feeds": sorted(self.reports),
            "first_at": self.first_at,
            "heard_at": self.heard_at,
            "position_at": self.position_at if self.has_position else None,
        }


def ages_of(address: str) -> Ages:
    """How old a position of what bears this address may be."""
    return QUICK if address.startswith(("icao:", "other:", "radar:")) else SLOW


def medium_of(address: str, sort: str, is_on_ground: bool | None) -> Medium:
    """In what an object moves, from the code of its source.

    Args:
        address: As in a sighting.
        sort: A type of Cursor on Target (`a-f-A-M-F`), or a category of ADS-B (`A3`).
        is_on_ground: As the source says.
    """
    if is_on_ground:
        return Medium.GROUND
    parts = sort.split("-", 3)
    if len(parts) > 2 and parts[0] == "a":
        return _COT_MEDIA.get(parts[2], Medium.UNKNOWN)
    if address.startswith(("icao:", "other:")):
        return Medium.GROUND if sort in ("C1", "C2") else Medium.AIR
    return Medium.UNKNOWN


_COT_MEDIA: Final = {"A": Medium.AIR, "G": Medium.GROUND, "S": Medium.SEA, "U": Medium.SEA}


def apart_m(one: Axis, other: Axis) -> float:
    """The straight distance of two normals in metres, within 0.4 %."""
    return AXIS_M * math.dist(one, other)
