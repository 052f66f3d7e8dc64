"""The routes about the air picture: tracks, alerts, recordings, what is asked.

They are answered on this node alone; the node port has no such route, and nothing here
reaches a counterpart before an officer says it in a message.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import JSONBody, Parameter, QueryParameter
from litestar.response import Stream

from openline.adapters.clock import wall_clock_ms
from openline.adapters.wording.air import LEVEL_M, MPS_PER_KNOT, medium_word, track_words
from openline.domain.errors import OurError
from openline.domain.instant import MINUTE_MS, format_instant
from openline.domain.space.altitude import Datum
from openline.domain.space.place import describe_place
from openline.domain.space.volume import Shape, Volume
from openline.domain.talk.assessment import Assessment
from openline.domain.talk.shared_track import ACCURACY_M_MAX
from openline.domain.talk.volumes import VOLUME
from openline.engine.commands import AssessTrack, TakeBackAssessment
from openline.engine.views import View
from openline.faces.api import air_answers
from openline.faces.api.describe import READING, STATUS, WRITING, described
from openline.faces.api.faults import NotFound
from openline.faces.api.node import bad_field, by_of, node_of, view_of, wording_for
from openline.faces.api.reading import Language, Line
from openline.faces.api.running import Running
from openline.faces.api.schema import Assessing, TakingBack

ASKED_FOR_MS: Final = 10 * MINUTE_MS
"""A question about a track holds for its place so long from when it was there."""

ASKED_M: Final = 2_000
"""Radius of the area of such a question, at least."""

_HEARTBEAT_S: Final = 3.0

TrackName = Annotated[
    str, Parameter(max_length=200, description="Its id, or a callsign that it alone has.")
]


@get(
    "/air/tracks",
    operation_id="listTracks",
    tags=["air"],
    summary="All tracks of this node",
    responses=described(
        air_answers.TracksShown, "The tracks.", example=air_answers.TRACKS, faults=STATUS
    ),
)
async def list_tracks(
    state: State,
    trails: Annotated[bool, Parameter(description="With where each was.")] = False,
) -> dict[str, Any]:
    """What this party's own feeds see, with age, quality and what speaks against each.

    A track that is doubted is shown with its doubt; none is hidden.
    """
    air = node_of(state).air
    tracks = air.tracks(with_trails=trails)
    return {"at": wall_clock_ms(), "tracks": tracks, "counts": air.counts()}


@get(
    "/air/track",
    operation_id="readTrack",
    tags=["air"],
    summary="One track with its trail",
    responses=described(
        air_answers.TrackShown, "The track.", example=air_answers.TRACK, faults=READING
    ),
)
async def read_track(state: State, name: TrackName) -> dict[str, Any]:
    """One track: what its sources say of it, and where it was in the last minutes."""
    return _track(node_of(state), name)


@get(
    "/air/alerts",
    operation_id="listAirAlerts",
    tags=["air"],
    summary="Alerts about tracks",
    responses=described(
        air_answers.AirAlertsShown, "The alerts.", example=air_answers.ALERTS, faults=STATUS
    ),
)
async def list_air_alerts(
    state: State,
    every: Annotated[
        bool, QueryParameter(name="all", description="Also those that ended lately.")
    ] = False,
) -> dict[str, Any]:
    """What was noticed about tracks; each is acknowledged as an alarm of its line."""
    return {"alerts": node_of(state).air.alerts(standing_only=not every)}


@get(
    "/air/recorded",
    operation_id="readRecordedTracks",
    tags=["air"],
    summary="The tracks as they were at an instant",
    responses=described(
        air_answers.RecordedTracks, "The tracks.", example=air_answers.RECORDED, faults=READING
    ),
)
async def read_recorded_tracks(
    state: State, at: Annotated[int, Parameter(ge=0, description="UTC milliseconds.")]
) -> dict[str, Any]:
    """The last picture that was recorded not after an instant, within a minute of it."""
    found = await node_of(state).air.recorded(at)
    if found is None:
        raise NotFound(f"Nothing was recorded at {format_instant(at)}.", "See GET /air/recording.")
    return found


@get(
    "/air/recording",
    operation_id="readRecording",
    tags=["air"],
    summary="From when until when tracks were recorded",
    responses=described(
        air_answers.Recording, "The recording.", example=air_answers.RECORDING, faults=STATUS
    ),
)
async def read_recording(state: State) -> dict[str, Any]:
    """The span that is kept, bounded by `record_h` in node.toml; it may have gaps."""
    return await node_of(state).air.recording()


@get(
    "/air/events",
    operation_id="followTracks",
    tags=["air"],
    summary="Follow the tracks",
    media_type="text/event-stream",
    responses=described(
        None,
        "A stream of server-sent events that ends when the node stops.",
        media_type="text/event-stream",
        example='event: tracks\ndata: {"at":1491525600000,"tracks":[],"gone":[],"alerts":[]}\n\n',
        faults=STATUS,
    ),
)
async def follow_tracks(state: State) -> Response[Any]:
    """Each second the tracks that changed; the first event has all, with trails.

    `gone` names tracks that are known no longer, `alerts` are all that stand. A reader that
    is slow misses seconds, and no change.
    """
    return Stream(
        _stream(node_of(state), state.stopping),
        media_type="text/event-stream; charset=utf-8",
        headers={"cache-control": "no-store"},
    )


async def _stream(running: Running, stopping: asyncio.Event) -> AsyncIterator[bytes]:
    following = running.air.follow()
    stopped = asyncio.ensure_future(stopping.wait())
    waiting = asyncio.ensure_future(anext(following))
    try:
        while not stopped.done():
            await asyncio.wait(
                {stopped, waiting}, timeout=_HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED
            )
            if not waiting.done():
                yield b": waits\n\n"
                continue
            data = msgspec.json.encode(waiting.result())
            waiting = asyncio.ensure_future(anext(following))
            yield b"event: tracks\ndata: " + data + b"\n\n"
    finally:
        for task in (stopped, waiting):
            task.cancel()
        await asyncio.gather(stopped, waiting, return_exceptions=True)
        await following.aclose()


@get(
    "/lines/{line:str}/track-question",
    operation_id="askAboutTrack",
    tags=["air"],
    summary="The question whose a track is, ready to be said",
    responses=described(
        air_answers.TrackSaying,
        "The question.",
        example=air_answers.QUESTION,
        faults=READING,
    ),
)
async def ask_about_track(
    state: State, line: Line, name: TrackName, language: Language = None
) -> dict[str, Any]:
    """The fields of the QUERY "are these yours?", filled in from a track.

    Nothing is said: what was seen, where and when goes to the counterparts only once it is
    said (`POST /lines/{line}/messages`). It tells nothing of feeds or of other tracks.
    """
    view, wording = view_of(state, line), wording_for(state, language)
    track = _track(node_of(state), name)
    volume = _area_of(track)
    if volume is None:
        raise NotFound(f"It is not known where track {track['id']} is.", "Wait until it is seen.")
    seen: dict[str, Any] = {
        "what": track_words(wording, track),
        "count": 1,
        "seen_at": format_instant(track["position_at"]),
    }
    if track["course_deg"] is not None:
        seen["course_deg"] = round(track["course_deg"]) % 360
    points = view.understanding.reference_points
    fields = {
        "question": "ARE_THESE_YOURS",
        "language": wording.language,
        "objects": [seen],
        "place": describe_place((volume,), points, wording.language),
        "volumes": [VOLUME.to_json(volume)],
    }
    return {"kind": "QUERY", "fields": fields}


@get(
    "/lines/{line:str}/track-share",
    operation_id="prepareTrackShare",
    tags=["air"],
    summary="A track as it would be shared, ready to be said",
    responses=described(
        air_answers.TrackSaying, "The message.", example=air_answers.SHARE, faults=READING
    ),
)
async def prepare_track_share(
    state: State, line: Line, name: TrackName, language: Language = None
) -> dict[str, Any]:
    """The fields of a TRACK, filled in from a track as it is now.

    Nothing is said: the counterparts learn of it only once it is said
    (`POST /lines/{line}/messages`). It names no feed and no other track.
    """
    view, wording = view_of(state, line), wording_for(state, language)
    track = _track(node_of(state), name)
    if track["position_at"] is None:
        raise NotFound(f"It is not known where track {track['id']} is.", "Wait until it is seen.")
    course_deg, accuracy_m = track["course_deg"], track["accuracy_m"]
    knots = None if track["speed_mps"] is None else round(track["speed_mps"] / MPS_PER_KNOT)
    fields = {
        "track": track["callsign"] or track["address"].rpartition(":")[2],
        "what": medium_word(wording, track),
        "seen_at": format_instant(track["position_at"]),
        "position": {"lat": track["lat_deg"], "lon": track["lon_deg"]},
        "altitude": _altitude_of(track),
        "course_deg": None if course_deg is None or not knots else round(course_deg) % 360,
        "speed_kt": knots,
        "accuracy_m": None if accuracy_m is None else min(round(accuracy_m), ACCURACY_M_MAX),
        "claim": _claim(track, view),
        "belief": track["quality"],
        "language": wording.language,
    }
    return {"kind": "TRACK", "fields": {key: one for key, one in fields.items() if one is not None}}


def _claim(track: dict[str, Any], view: View) -> str:
    """Whose a track is, as a message on a line claims it."""
    party = (track["assessed"] or {}).get("party")
    if party and party not in view.understanding.names():
        return "THIRD_PARTY"
    return _CLAIMS[track["affiliation"]]


_CLAIMS: Final = {
    "OWN": "OURS",
    "OTHER_PARTY": "YOURS",
    "THIRD_PARTY": "THIRD_PARTY",
    "UNKNOWN": "UNKNOWN",
}


def _altitude_of(track: dict[str, Any]) -> dict[str, Any] | None:
    """The height of a track as a message has it; None if it is not known."""
    if track["altitude_m"] is None or track["datum"] is None:
        return None
    is_level = track["datum"] == Datum.FLIGHT_LEVEL.name
    value = track["altitude_m"] / (LEVEL_M if is_level else 0.1)
    return {"datum": track["datum"], "value": max(0, round(value)) if is_level else round(value)}


@post(
    "/lines/{line:str}/assessments",
    operation_id="assessTrack",
    tags=["air"],
    summary="Say on this node whose a track is",
    status_code=200,
    responses=described(
        air_answers.AssessmentShown,
        "It stands, on disk.",
        example=air_answers.ASSESSMENT,
        faults=WRITING,
    ),
)
async def assess_track(state: State, line: Line, data: JSONBody[Assessing]) -> dict[str, Any]:
    """Assess whose a track is; it stands before what feeds claim.

    The next look at the tracks goes by it, on all lines of this node. It is noted who
    assessed it and when; no counterpart is told. It stands until it is taken back, or until
    nobody has heard of the object for a day (of a radar's track number, for five minutes).
    """
    view, running = view_of(state, line), node_of(state)
    track = _track(running, data.name)
    others = [one for one in view.understanding.names() if one != view.own]
    party = data.party or (others[0] if data.verdict == "THEIRS" and len(others) == 1 else "")
    fields = {
        "track": track["id"], "verdict": data.verdict, "party": party, "remark": data.remark,
    }  # fmt: skip
    try:
        assessment = Assessment.from_json(fields)
    except OurError as error:
        raise bad_field(error) from None
    done: dict[str, Any] = await running.command(
        AssessTrack(line, assessment, by_of(running, data.by))
    )
    return done


@post(
    "/lines/{line:str}/assessments/take-back",
    operation_id="takeBackAssessment",
    tags=["air"],
    summary="Let the claims of feeds stand again for a track",
    status_code=200,
    responses=described(
        air_answers.AssessmentShown,
        "It was taken back; this is what it said.",
        example=air_answers.ASSESSMENT,
        faults=WRITING,
    ),
)
async def take_back_assessment(
    state: State, line: Line, data: JSONBody[TakingBack]
) -> dict[str, Any]:
    """Take back what was assessed of a track, also of one that is no longer there."""
    view_of(state, line)
    running = node_of(state)
    track = running.air.track(data.name)
    name = data.name if track is None else track["id"]
    done: dict[str, Any] = await running.command(
        TakeBackAssessment(line, name, by_of(running, data.by))
    )
    return done


@get(
    "/lines/{line:str}/assessments",
    operation_id="listAssessments",
    tags=["air"],
    summary="The tracks whose side was assessed",
    responses=described(
        air_answers.AssessmentsShown,
        "The assessments.",
        example=air_answers.ASSESSMENTS,
        faults=READING,
    ),
)
async def list_assessments(state: State, line: Line) -> dict[str, Any]:
    """What officers of this node assessed on a line and did not take back."""
    standing = view_of(state, line).assessments.standing()
    return {"assessments": [one.to_json() for one in standing]}


def _track(running: Running, name: str) -> dict[str, Any]:
    track = running.air.track(name)
    if track is None:
        raise NotFound(f"There is no track {name!r}.", "Take its id from GET /air/tracks.")
    return track


def _area_of(track: dict[str, Any]) -> Volume | None:
    """Where a track was last, as an area to ask about."""
    if track["position_at"] is None:
        return None
    centre = round(track["lat_deg"] * 1e7), round(track["lon_deg"] * 1e7)
    radius_m = min(max(ASKED_M, round(track["accuracy_m"] or 0)), 50_000)
    at = track["position_at"]
    return Volume(Shape.CIRCLE, (centre,), radius_m, None, None, at, at + ASKED_FOR_MS)


ROUTES: Final = (
    read_recorded_tracks,
    read_recording,
    list_tracks,
    read_track,
    list_air_alerts,
    follow_tracks,
    ask_about_track,
    prepare_track_share,
    assess_track,
    take_back_assessment,
    list_assessments,
)
