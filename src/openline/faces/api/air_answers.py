"""What the routes about the air picture answer, as OpenAPI describes it."""

from typing import Any, Final

import msgspec


class TrackPoint(msgspec.Struct):
    """Where a track was.

    Attributes:
        at: When.
        lat_e7: Latitude, 1e-7 degree.
        lon_e7: Longitude, 1e-7 degree.
        altitude_m: How high, by the datum of the track; null if not known.
    """

    at: int
    lat_e7: int
    lon_e7: int
    altitude_m: float | None


class AssessedBy(msgspec.Struct):
    """Who assessed a track.

    Attributes:
        post: The post.
        officer: The officer.
    """

    post: str
    officer: str


class AssessmentShown(msgspec.Struct):
    """Whose a track is, as an officer assessed it.

    Attributes:
        line: On which line.
        track: Id of the track.
        verdict: OURS, THEIRS, NEITHER or NOT_KNOWN.
        party: Of THEIRS, which counterpart; else empty.
        remark: Why, in words; may be empty.
        by: Who assessed it.
        at: When.
    """

    line: str
    track: str
    verdict: str
    party: str
    remark: str
    by: AssessedBy
    at: int


class AssessmentsShown(msgspec.Struct):
    """The assessments that stand on a line.

    Attributes:
        assessments: The oldest first.
    """

    assessments: list[AssessmentShown]


class TrackShown(msgspec.Struct, omit_defaults=True):
    """One moving object, as this party's own feeds see it. What is not known is null.

    Attributes:
        id: The address; of the second object that bears it, with `/2` behind.
        address: What its sources know it by: `icao:4ca7b5`, `cot:UID`, `radar:025/010/1234`.
        state: LIVE, COASTING (shown where it would be) or LOST.
        quality: GOOD, FAIR or DOUBTFUL.
        flags: What speaks against it: IMPOSSIBLE_SPEED, SOURCES_DISAGREE, DUPLICATE_ADDRESS,
            FROM_FUTURE, JUMPED; or EMERGENCY, by its squawk.
        affiliation: OWN, OTHER_PARTY, THIRD_PARTY or UNKNOWN: as an officer assessed it, or
            else as its source claims.
        claimed: The same, as its source claims.
        assessed: Who assessed whose it is, and when; null if nobody did.
        medium: AIR, GROUND, SEA or UNKNOWN.
        callsign: As sent; may be empty.
        squawk: Four octal digits, or empty.
        sort: What it is, in the source's own code; may be empty.
        lat_deg: WGS-84.
        lon_deg: WGS-84.
        altitude_m: Counted from `datum`.
        datum: AMSL, AGL, FLIGHT_LEVEL (then a pressure altitude) or WGS84.
        is_on_ground: As its source says.
        course_deg: Over the ground, from true north.
        speed_mps: Over the ground, metres a second.
        climb_mps: Upwards, metres a second.
        accuracy_m: Radius within which it is with 95 %.
        feed: The feed that it follows.
        feeds: All feeds that see it.
        first_at: When it was seen first.
        heard_at: When it was heard last, with or without a position.
        position_at: When it was where it is shown.
        trail: Where it was, the oldest first, if that was asked for.
    """

    id: str
    address: str
    state: str
    quality: str
    flags: list[str]
    affiliation: str
    claimed: str
    assessed: AssessmentShown | None
    medium: str
    callsign: str
    squawk: str
    sort: str
    lat_deg: float | None
    lon_deg: float | None
    altitude_m: float | None
    datum: str | None
    is_on_ground: bool | None
    course_deg: float | None
    speed_mps: float | None
    climb_mps: float | None
    accuracy_m: float | None
    feed: str
    feeds: list[str]
    first_at: int
    heard_at: int
    position_at: int | None
    trail: list[TrackPoint] = []


class TracksShown(msgspec.Struct):
    """All tracks of this node.

    Attributes:
        at: The instant of the answer.
        tracks: In the order in which they were first seen.
        counts: Since the node started: sightings `taken`, and left aside because they were
            `malformed`, `old`, from the `future` (taken as of their receipt),
            `unreachable`, or had no room (`displaced`, `refused`), or doubted because they
            `jumped`, are of a `duplicate` address or `apart` from another feed; how many
            `tracks` there are, and `alerts_unlisted` for want of room.
    """

    at: int
    tracks: list[TrackShown]
    counts: dict[str, int]


class RecordedTracks(msgspec.Struct):
    """The tracks of one recorded picture.

    Attributes:
        at: When it was.
        tracks: In the order in which they were first seen, without trails.
    """

    at: int
    tracks: list[TrackShown]


class Recording(msgspec.Struct, rename={"start": "from"}):
    """What of the air picture is recorded; null where nothing is.

    Attributes:
        start: The first picture.
        until: The last picture.
        size_bytes: How large all of it is.
    """

    start: int | None
    until: int | None
    size_bytes: int


class AirAlertShown(msgspec.Struct):
    """One event about a track. It is an alarm of its line, and acknowledged there.

    Attributes:
        id: What it is called; the alarm is `TRACK_` and the kind, a slash, and this.
        kind: CLOSE_APPROACH, ENTRY, NO_CONTACT, UNNOTIFIED, OFF_ROUTE, LATE or OVERRUN.
        line: The line that it belongs to; empty on a node without lines.
        track: Id of the track.
        about: The other track, or the party and the name of the notice, zone or site.
        phase: AHEAD, or NOW.
        precedence: How loud.
        opened_at: When it was noticed.
        seen_at: When it was noticed last.
        over_at: When it ended; null while it lasts.
        facts: What was found, by the kind.
    """

    id: str
    kind: str
    line: str
    track: str
    about: str
    phase: str
    precedence: str
    opened_at: int
    seen_at: int
    over_at: int | None
    facts: dict[str, Any]


class AirAlertsShown(msgspec.Struct):
    """Alerts about tracks.

    Attributes:
        alerts: Those that stand, the loudest and oldest first, then those that ended, the
            newest end first.
    """

    alerts: list[AirAlertShown]


class TrackSaying(msgspec.Struct):
    """A message about a track, ready to be said.

    Attributes:
        kind: QUERY, the question whose it is; or TRACK, by which it is shared.
        fields: Of the message; whoever says it may change them first.
    """

    kind: str
    fields: dict[str, Any]


ASSESSMENT: Final = AssessmentShown(
    "syria-air",
    "icao:4ca7b5",
    "THEIRS",
    "bravo.example",
    "Answered by telephone.",
    AssessedBy("air-desk", "Lt Ivanova"),
    1_491_525_500_000,
)

ASSESSMENTS: Final = AssessmentsShown([ASSESSMENT])

TRACK: Final = TrackShown(
    id="icao:4ca7b5",
    address="icao:4ca7b5",
    state="LIVE",
    quality="GOOD",
    flags=[],
    affiliation="OTHER_PARTY",
    claimed="UNKNOWN",
    assessed=ASSESSMENT,
    medium="AIR",
    callsign="RFF7033",
    squawk="3521",
    sort="A3",
    lat_deg=34.79,
    lon_deg=36.9,
    altitude_m=9_144.0,
    datum="FLIGHT_LEVEL",
    is_on_ground=False,
    course_deg=84.0,
    speed_mps=231.5,
    climb_mps=0.0,
    accuracy_m=93.0,
    feed="north-mast",
    feeds=["north-mast"],
    first_at=1_491_525_300_000,
    heard_at=1_491_525_600_000,
    position_at=1_491_525_600_000,
    trail=[TrackPoint(1_491_525_590_000, 347_900_000, 368_750_000, 9_144.0)],
)

TRACKS: Final = TracksShown(1_491_525_600_500, [TRACK], {"taken": 10_652, "tracks": 1})

ALERTS: Final = AirAlertsShown(
    [
        AirAlertShown(
            id="ENTRY/syria-air/icao:4ca7b5/alpha.example~ALPHA-N-0001/1491525600000",
            kind="ENTRY",
            line="syria-air",
            track="icao:4ca7b5",
            about="alpha.example~ALPHA-N-0001",
            phase="NOW",
            precedence="PRIORITY",
            opened_at=1_491_525_600_000,
            seen_at=1_491_525_640_000,
            over_at=None,
            facts={"party": "alpha.example", "sort": "NOTICE", "name": "ALPHA-N-0001"},
        )
    ]
)

QUESTION: Final = TrackSaying(
    "QUERY",
    {
        "question": "ARE_THESE_YOURS",
        "language": "en",
        "objects": [
            {
                "what": "aircraft, callsign RFF7033, squawk 3521, FL300, 450 kt",
                "count": 1,
                "seen_at": "2017-04-07T00:40:00Z",
                "course_deg": 84,
            }
        ],
        "place": "33 km north of Shayrat airfield",
    },
)

SHARE: Final = TrackSaying(
    "TRACK",
    {
        "track": "RFF7033",
        "what": "aircraft",
        "seen_at": "2017-04-07T00:40:00Z",
        "position": {"lat": 34.79, "lon": 36.9},
        "altitude": "FL300",
        "course_deg": 84,
        "speed_kt": 450,
        "claim": "UNKNOWN",
        "belief": "GOOD",
        "language": "en",
    },
)

RECORDED: Final = RecordedTracks(1_491_525_600_000, [TRACK])

RECORDING: Final = Recording(1_491_522_000_000, 1_491_525_600_000, 128_410)
