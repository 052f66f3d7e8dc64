"""The verb `tracks`: what this party's own feeds see, alerts, and whose it is."""

from collections.abc import Iterator
from time import sleep
from typing import Annotated, Any, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from openline.domain.instant import format_instant
from openline.domain.party import Precedence
from openline.faces.cli.client import Refused
from openline.faces.cli.instants import Instant, instant_of, instants_given
from openline.faces.cli.manual import make_app, verb
from openline.faces.cli.options import Acting, Node, OnLine, Wait
from openline.faces.cli.output import emit, table
from openline.faces.cli.saying import say_message

app = make_app(
    "tracks",
    """\
    See what our own feeds see, what is noticed of it, and ask whose it is.

    Tracks come from the feeds of node.toml. Each second they are held against each
    other and against live notices, zones, sites and what is kept private; what is
    noticed is an alarm, to be acknowledged by a person. A track stays on this node:
    no counterpart is told of one before an officer says so.
    """,
)

MPS_PER_KNOT = 0.514444

REPLAY_STEP_S = 1.0
"""Time between two pictures of a replay."""


@verb(app, name="list")
def list_tracks(
    *,
    lost: bool = False,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """List the tracks with their age, quality and doubts.

    Example:
        openline tracks list
        openline tracks list --lost --json

    Args:
        lost: Also those that are lost and kept for a while.
        options: Which node, and how to print.
    """
    answer = options.client().get("/air/tracks")
    if not lost:
        answer["tracks"] = [one for one in answer["tracks"] if one["state"] != "LOST"]
    emit(answer, _list_rows(answer), as_json=options.json)


@verb(app)
def show(
    name: str,
    /,
    *,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Show one track with where it was in the last minutes.

    Example:
        openline tracks show icao:4ca7b5
        openline tracks show RFF7033 --json

    Args:
        name: Its id, or a callsign that it alone has.
        options: Which node, and how to print.
    """
    track = options.client().get("/air/track", name=name)
    emit(track, _rows(track), as_json=options.json)


@verb(app)
def alerts(
    *,
    ended: bool = False,
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """List what was noticed about tracks, the loudest and oldest first.

    Each is an alarm of its line: acknowledge it there.

    Example:
        openline tracks alerts

    Args:
        ended: Also those that ended lately.
        options: Which node, and how to print.
    """
    answer = options.client().get("/air/alerts", all=ended)
    emit(answer, _alert_rows(answer["alerts"]), as_json=options.json)


@verb(app)
def ask(
    name: str,
    /,
    text: str = "",
    *,
    intention: str = "",
    decision: str | None = None,
    reply_by: str | None = None,
    to: tuple[str, ...] = (),
    precedence: Precedence = Precedence.IMMEDIATE,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Ask the other side whether a track is theirs.

    The query says what was seen, where and when, as the track is now; it tells
    nothing of our feeds or of other tracks. `tracks show` is what it is made from.

    Example:
        openline tracks ask icao:4ca7b5 --decision +20min

    Args:
        name: The track: its id, or a callsign that it alone has.
        text: In words, if there is more to say.
        intention: What we will do, in words.
        decision: When we decide: an instant, or +20min from now.
        reply_by: When the answer is needed; without it the agreed time.
        to: A party addressed; give it again for each. Without it, all.
        precedence: How fast it is wanted.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    path = ("/lines", line, "track-question")
    fields = client.get(*path, name=name, language=client.config.language)["fields"]
    fields |= {"text": text, "intention": intention}
    fields |= instants_given(decision_at=decision, reply_by=reply_by)
    say_message(
        options, "QUERY", fields, client=client, line=line, precedence=precedence,
        recipients=to, wait_s=wait,
    )  # fmt: skip


@verb(app)
def share(
    name: str,
    /,
    text: str = "",
    *,
    exercise: bool = False,
    to: tuple[str, ...] = (),
    precedence: Precedence = Precedence.ROUTINE,
    wait: Wait = 5.0,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Share one track with the other side: what we know of it now, once.

    It goes into the record in the name of who shares it, and cannot be taken back.
    It says how far we believe the track, and names none of our feeds.

    Example:
        openline tracks share RFF7033 "It circles over the river." --precedence immediate

    Args:
        name: The track: its id, or a callsign that it alone has.
        text: In words, if there is more to say.
        exercise: It is said for an exercise only.
        to: A party addressed; give it again for each. Without it, all.
        precedence: How fast.
        wait: Seconds to wait for the receipts, at most 60; 0 does not wait.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    path = ("/lines", line, "track-share")
    fields = client.get(*path, name=name, language=client.config.language)["fields"]
    fields |= {"text": text, "exercise": exercise}
    say_message(
        options, "TRACK", fields, client=client, line=line, precedence=precedence,
        recipients=to, wait_s=wait,
    )  # fmt: skip


@verb(app)
def assess(
    name: str,
    verdict: Literal["ours", "theirs", "neither", "not-known"],
    /,
    remark: str = "",
    *,
    party: str = "",
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Say whose a track is, on this node only; nobody else is told.

    It stands before what our feeds claim: on the map, in the list and in the alarms from
    the next second on. It is noted who assessed it and when. It stands until it is taken
    back, or until nobody has heard of the object for a day.

    Example:
        openline tracks assess RFF7033 theirs "Answered by telephone."
        openline tracks assess icao:4ca7b5 ours

    Args:
        name: The track: its id, or a callsign that it alone has.
        verdict: ours, theirs, neither (of somebody else), or not-known.
        remark: Why, in words.
        party: Of theirs, which counterpart; not needed on a line of two.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    body = {
        "name": name, "verdict": verdict.upper().replace("-", "_"), "party": party,
        "remark": remark, "by": options.officer(),
    }  # fmt: skip
    done = client.post("/lines", line, "assessments", body=body)
    emit(done, (_assessed_row(done),), as_json=options.json)


@verb(app)
def unassess(
    name: str,
    /,
    *,
    options: Acting = Acting(),  # noqa: B008 - frozen.
) -> None:
    """Take back what was assessed of a track: what our feeds claim stands again.

    Example:
        openline tracks unassess icao:4ca7b5

    Args:
        name: The track: its id, or a callsign that it alone has.
        options: Which node and line, who acts, and how to print.
    """
    client = options.client()
    line = options.line_of(client)
    body = {"name": name, "by": options.officer()}
    done = client.post("/lines", line, "assessments", "take-back", body=body)
    emit(done, (f"Taken back. {_assessed_row(done)}",), as_json=options.json)


@verb(app)
def assessed(
    *,
    options: OnLine = OnLine(),  # noqa: B008 - frozen.
) -> None:
    """List the tracks whose side our officers assessed, the oldest first.

    Example:
        openline tracks assessed

    Args:
        options: Which node and line, and how to print.
    """
    client = options.client()
    answer = client.get("/lines", options.line_of(client), "assessments")
    rows = [_assessed_row(one) for one in answer["assessments"]]
    emit(answer, rows or ["No track is assessed."], as_json=options.json)


@verb(app)
def replay(
    *,
    start: Annotated[Instant, Parameter(name="--from")] = "-1h",
    until: Instant = "now",
    speed: Annotated[float, Parameter(validator=Number(gt=0, lte=3600))] = 60.0,
    track: str = "",
    options: Node = Node(),  # noqa: B008 - frozen.
) -> None:
    """Play what our feeds saw, faster than it was.

    The node records the air picture every five seconds for as many hours as node.toml
    says. Each second of the replay prints the tracks as they were so many seconds on;
    what was not recorded is passed over. In the console, go back on the timeline.

    Example:
        openline tracks replay --from -1h --speed 120
        openline tracks replay --from -20min --track RFF7033

    Args:
        start: From when: an instant, or -1h from now.
        until: Until when.
        speed: How many seconds pass in one; at most 3600.
        track: Only this track: its id or its callsign.
        options: Which node, and how to print.
    """
    client = options.client()
    at, end = instant_of(start), instant_of(until)
    while at <= end:
        try:
            picture = client.get("/air/recorded", at=at)
        except Refused:
            picture = None
        if picture is not None:
            tracks = picture["tracks"]
            if track:
                name = track.casefold()
                tracks = [one for one in tracks if name in (one["id"], one["callsign"].casefold())]
            shown = {"at": picture["at"], "tracks": tracks, "counts": {}}
            rows = (format_instant(picture["at"]), *_list_rows(shown))
            emit(shown, rows, as_json=options.json)
            sleep(REPLAY_STEP_S)
        at += round(speed * 1_000)


def _list_rows(answer: dict[str, Any]) -> Iterator[str]:
    tracks = answer["tracks"]
    if not tracks:
        yield "No tracks; `openline tracks --help` says where they come from."
    heads = ("TRACK", "CALLSIGN", "WHOSE", "STATE", "QUALITY", "WHERE", "HEIGHT", "KT", "DOUBTS")
    cells = [
        (
            one["id"],
            one["callsign"],
            _whose(one),
            one["state"].lower(),
            one["quality"].lower(),
            _where(one),
            _height(one),
            _knots(one),
            ", ".join(one["flags"]).lower(),
        )
        for one in tracks
    ]
    yield from table(heads, cells)
    left = {name: count for name, count in answer["counts"].items() if count and name in _LEFT}
    if left:
        words = ", ".join(f"{count} {_LEFT[name]}" for name, count in left.items())
        yield f"Left aside since the start: {words}."


_LEFT = {
    "malformed": "malformed",
    "old": "too old",
    "unreachable": "out of reach",
    "displaced": "displaced by others",
    "refused": "without room",
}


def _rows(track: dict[str, Any]) -> Iterator[str]:
    called = f", callsign {track['callsign']}" if track["callsign"] else ""
    yield f"{track['id']}{called}: {track['state'].lower()}, {track['quality'].lower()}"
    yield f"  claimed to be {track['claimed'].lower()}; {track['medium'].lower()}"
    if track["assessed"] is not None:
        yield f"  {_assessed_row(track['assessed'])}"
    yield f"  at {_where(track)}, {_height(track) or 'height not known'}, {_knots(track) or '?'} kt"
    if track["position_at"] is not None:
        yield f"  there at {format_instant(track['position_at'])}"
    yield f"  followed by feed {track['feed'] or '(none)'}; seen by {', '.join(track['feeds'])}"
    for flag in track["flags"]:
        yield f"  {_DOUBTS[flag]}"
    for point in track.get("trail", ()):
        place = f"{point['lat_e7'] / 1e7:.4f} {point['lon_e7'] / 1e7:.4f}"
        yield f"  {format_instant(point['at'])}  {place}"


_DOUBTS = {
    "IMPOSSIBLE_SPEED": "DOUBT: it moved faster than anything flies; it may be spoofed",
    "SOURCES_DISAGREE": "DOUBT: feeds have it at different places; it may be spoofed",
    "DUPLICATE_ADDRESS": "DOUBT: two objects bear its address",
    "FROM_FUTURE": "DOUBT: its source's clock is ahead; the time of receipt is taken",
    "JUMPED": "DOUBT: it jumped and stayed",
    "EMERGENCY": "EMERGENCY: its squawk is 7500, 7600 or 7700",
}


def _alert_rows(found: list[dict[str, Any]]) -> Iterator[str]:
    if not found:
        yield "Nothing is noticed about any track."
    for alert in found:
        called = alert["facts"].get("called", alert["track"])
        about = alert["facts"].get("other_called", alert["about"].replace("~", " "))
        over = "" if alert["over_at"] is None else f", over {format_instant(alert['over_at'])}"
        yield (
            f"{alert['precedence']} {alert['kind']} {alert['phase']}: {called} and {about}, "
            f"since {format_instant(alert['opened_at'])}{over}"
        )


def _whose(track: dict[str, Any]) -> str:
    """Whose a track is; with a star where an officer assessed it."""
    return f"{track['affiliation'].lower()}{'*' if track['assessed'] else ''}"


def _assessed_row(one: dict[str, Any]) -> str:
    """Who assessed whose a track is, when and why."""
    whose = one["verdict"].lower().replace("_", " ")
    whose = f"{whose} ({one['party']})" if one["party"] else whose
    by = f"{one['by']['officer']}, {one['by']['post']}, {format_instant(one['at'])}"
    remark = f": {one['remark']}" if one["remark"] else ""
    return f"{one['track']} assessed to be {whose} by {by}{remark}"


def _where(track: dict[str, Any]) -> str:
    if track["lat_deg"] is None:
        return "not known"
    return f"{track['lat_deg']:.4f} {track['lon_deg']:.4f}"


def _height(track: dict[str, Any]) -> str:
    if track["is_on_ground"]:
        return "ground"
    if track["altitude_m"] is None:
        return ""
    if track["datum"] == "FLIGHT_LEVEL":
        return f"FL{max(0, round(track['altitude_m'] / 30.48)):03d}"
    return f"{track['altitude_m']:.0f} m {track['datum']}"


def _knots(track: dict[str, Any]) -> str:
    return "" if track["speed_mps"] is None else f"{track['speed_mps'] / MPS_PER_KNOT:.0f}"
