"""A sighting: what one message of a feed says of one moving object.

Feeds tell in pieces: one message names the object, the next places it, a third gives
its speed. A sighting holds what its message said and leaves the rest None; the
track (`track.py`) is what sightings of one address add up to. Nothing here is signed
or leaves the node: a party's sightings are its own. Shape after ASTERIX category 062
and DO-260B, as far as both tell the same things.
"""

from dataclasses import dataclass
from enum import StrEnum

from openline.domain.space.altitude import Datum


class Affiliation(StrEnum):
    """Whose an object is, as its source claims; a claim, never a finding."""

    OWN = "OWN"
    OTHER_PARTY = "OTHER_PARTY"
    THIRD_PARTY = "THIRD_PARTY"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One report of one object.

    Attributes:
        feed: Name of the feed in the settings.
        address: What the source knows the object by, with its kind: `icao:4ca7b5`,
            `other:4ca7b5` (not of ICAO's), `cot:UID`, `radar:025/010/1234` (SAC, SIC,
            track number), `name:X`.
        at: When it was so, UTC milliseconds, as the source says or as received.
        is_own_clock: Whether `at` is the node's own time of receipt.
        lat_deg: WGS-84, -90 to 90; None without a position, and then `lon_deg` too.
        lon_deg: WGS-84, -180 to 180.
        altitude_m: Height, counted from `datum`; None if not said.
        datum: What `altitude_m` is counted from; FLIGHT_LEVEL for a pressure altitude,
            which is then in metres as well.
        is_on_ground: None if not said.
        course_deg: Direction of movement over the ground from true north, [0, 360).
        speed_mps: Speed over the ground, metres a second.
        climb_mps: Positive upwards.
        accuracy_m: Radius within which the object is with 95 %; None if not said.
        callsign: As sent, without padding; empty if not said.
        squawk: Four octal digits; empty if not said.
        affiliation: As claimed.
        sort: What it is, in the source's own code (a CoT type, an ADS-B category); may be empty.
        is_ended: The source says that the object is gone.
    """

    feed: str
    address: str
    at: int
    is_own_clock: bool = False
    lat_deg: float | None = None
    lon_deg: float | None = None
    altitude_m: float | None = None
    datum: Datum | None = None
    is_on_ground: bool | None = None
    course_deg: float | None = None
    speed_mps: float | None = None
    climb_mps: float | None = None
    accuracy_m: float | None = None
    callsign: str = ""
    squawk: str = ""
    affiliation: Affiliation = Affiliation.UNKNOWN
    sort: str = ""
    is_ended: bool = False
