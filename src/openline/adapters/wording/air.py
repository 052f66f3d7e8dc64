"""The sentences of alarms about tracks, and of the question whose a track is.

A track is called by its callsign, or else by the address that its source gives it; both
are a stranger's words and stand as data. What is claimed is called a claim.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from openline.adapters.wording.marking import mark
from openline.domain.space.altitude import Datum
from openline.domain.talk.shared_track import Belief, Claim, SharedTrack

if TYPE_CHECKING:
    from openline.adapters.wording import Facts, Wording

MPS_PER_KNOT: Final = 0.514444
LEVEL_M: Final = 30.48

_ISOLATES: Final = dict.fromkeys(range(0x2066, 0x206A))
"""Marks around values of a right-to-left sentence: a message may hold none."""

_PLACES: Final = {
    "NOTICE": mark("notice {name} of {party}"),
    "MOVEMENT": mark("movement {name} of {party}"),
    "ZONE": mark("zone {name} of {party}"),
    "SITE": mark("site {name} of {party}"),
    "PRIVATE": mark("what is kept private as {name}"),
}

_CLAIMS: Final = {
    "OWN": mark("Its source claims that it is ours."),
    "OTHER_PARTY": mark("Its source claims that it is of the other party."),
    "THIRD_PARTY": mark("Its source claims that it is of a third party."),
    "UNKNOWN": mark("Whose it is, is not known: ask."),
}

_ASSESSED: Final = {
    "OURS": mark("{officer} has assessed that it is ours."),
    "THEIRS": mark("{officer} has assessed that it is of {party}."),
    "NEITHER": mark("{officer} has assessed that it is of a third party."),
    "NOT_KNOWN": mark("{officer} has assessed that it is not known whose it is: ask."),
}


_DOUBTS: Final = {
    "IMPOSSIBLE_SPEED": mark("Doubt: it moved faster than anything flies, and may be spoofed."),
    "SOURCES_DISAGREE": mark("Doubt: feeds have it at different places, and it may be spoofed."),
    "DUPLICATE_ADDRESS": mark("Doubt: two objects bear its address."),
    "FROM_FUTURE": mark("Doubt: the clock of its source is ahead."),
    "JUMPED": mark("Doubt: it jumped and stayed there."),
    "EMERGENCY": mark("It is in an emergency: its transponder says so."),
}

_SHARED_CLAIMS: Final = {
    Claim.UNKNOWN: mark("Its author does not know whose it is."),
    Claim.OURS: mark("Its author claims it as its own."),
    Claim.YOURS: mark("Its author claims that it is the recipient's."),
    Claim.THIRD_PARTY: mark("Its author claims that it is of a third party."),
}

_BELIEFS: Final = {
    Belief.GOOD: mark("Its author believes the track."),
    Belief.FAIR: mark("Its author believes the track with reserve."),
    Belief.DOUBTFUL: mark("Its author doubts the track."),
}


def approach_alarm(wording: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    """Two tracks come too near to each other, or are."""
    says = mark("{track} and {other} come within {distance} of each other at {at}.")
    if facts["phase"] == "NOW":
        says = mark("{track} and {other} are too near: {distance} from each other at {at}.")
    yield wording.say(
        says,
        track=_called(wording, facts),
        other=wording.data(facts.get("other_called", facts["about"])),
        distance=wording.distance(facts["nearest_m"]),
        at=wording.instant(facts["nearest_at"]),
    )
    yield wording.say(
        "Then {distance} apart in height.", distance=wording.distance(facts["vertical_m"])
    )
    yield from _place_and_claim(wording, facts)


def entry_alarm(wording: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    """A track is in a place that is not its own, or nears it."""
    place, track = _place(wording, facts), _called(wording, facts)
    if facts["phase"] == "NOW":
        yield wording.say("{track} is here: {place}.", track=track, place=place)
    elif facts.get("at") is not None:
        at = wording.instant(facts["at"])
        yield wording.say(
            "{track} will be here at {at} if it goes on so: {place}.",
            track=track,
            at=at,
            place=place,
        )
    else:
        yield wording.say("{track} passes near: {place}.", track=track, place=place)
    if facts["rule"]:
        yield wording.say("The rule of the zone: {rule}.", rule=wording.term(facts["rule"]))
    yield from _place_and_claim(wording, facts)


def contact_alarm(wording: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    """A counterpart's track is in a zone of ours, and no contact was made."""
    yield wording.say(
        "{track} is in our zone {zone} without contact before.",
        track=_called(wording, facts),
        zone=wording.data(facts["name"]),
    )
    yield wording.say("An alleged violation is drafted; read it, and speak with the party first.")
    yield from _place_and_claim(wording, facts)


def unnotified_alarm(wording: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    """A track is in the agreed area and fits no notice of its party."""
    says = mark("{track} is in the agreed area and fits no notice of the other party.")
    if facts["is_own"]:
        says = mark("{track} is in the agreed area and fits no notice of ours.")
    yield wording.say(says, track=_called(wording, facts))
    yield from _place_and_claim(wording, facts)


def route_alarm(wording: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    """What moves by a notified route is away from it."""
    return _placed(wording, facts, mark("{track} is off its route: {place}."))


def late_alarm(wording: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    """What moves by a notified route is there at another time."""
    says = mark("{track} is on its route at another time than notified: {place}.")
    return _placed(wording, facts, says)


def overrun_alarm(wording: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    """The activity of a notice goes on after its end."""
    says = mark("{track} is still here: {place}. It ended at {at}.")
    return _placed(wording, facts, says, at=wording.instant(facts["ended_at"]))


def _placed(wording: "Wording", facts: Mapping[str, Any], says: str, **more: str) -> Iterator[str]:
    """A sentence about a track at what was notified; then where it is, and whose."""
    track, place = _called(wording, facts), _place(wording, facts)
    yield wording.say(says, track=track, place=place, **more)
    yield from _place_and_claim(wording, facts)


def shared_rows(say: "Wording", message: SharedTrack, facts: "Facts") -> Iterator[str]:
    """A track that a party shares, in sentences."""
    yield say.say(
        "{title} shares what it sees of one object: {track}.",
        title=say.named(facts.title),
        track=say.quoted(message.track),
    )
    if message.exercise:
        yield say.say("EXERCISE EXERCISE EXERCISE: this is for an exercise only.")
    if message.what:
        yield say.say("What it is: {what}.", what=say.quoted(message.what))
    yield say.say(
        "It was at {position} at {at}.",
        position=say.position(message.position),
        at=say.instant(message.seen_at),
    )
    if message.altitude is not None:
        yield say.say("Its height: {altitude}.", altitude=say.altitude(message.altitude))
    if message.course_deg is not None:
        yield say.say("Its course: {n} degrees.", n=say.data(message.course_deg))
    if message.speed_kt is not None:
        yield say.say("Its speed: {n} kt.", n=say.data(message.speed_kt))
    if message.accuracy_m is not None:
        yield say.say("Within {distance}.", distance=say.distance(message.accuracy_m))
    yield say.say(_SHARED_CLAIMS[message.claim])
    yield say.say(_BELIEFS[message.belief])
    if message.text:
        yield from say.words(mark("It says, in {language}:"), message.text, message.language)
    yield from say.officer_rows(message.by)


def track_words(wording: "Wording", track: Mapping[str, Any]) -> str:
    """A track as a message to a counterpart names it: nothing of feeds.

    Args:
        wording: Says it.
        track: As the API shows it.
    """
    parts = [medium_word(wording, track)]
    if track["callsign"]:
        parts.append(wording.say("callsign {name}", name=wording.data(track["callsign"])))
    if track["squawk"]:
        parts.append(wording.say("squawk {code}", code=wording.data(track["squawk"])))
    if track["altitude_m"] is not None and track["datum"] is not None:
        parts.append(_height(wording, track["altitude_m"], Datum[track["datum"]]))
    if track["speed_mps"] is not None:
        knots = round(track["speed_mps"] / MPS_PER_KNOT)
        parts.append(wording.say("{n} kt", n=wording.data(knots)))
    return ", ".join(part.translate(_ISOLATES) for part in parts)


def medium_word(wording: "Wording", track: Mapping[str, Any]) -> str:
    """What moves, in one word."""
    what = {
        "AIR": mark("aircraft"),
        "GROUND": mark("vehicle"),
        "SEA": mark("vessel"),
        "UNKNOWN": mark("moving object"),
    }[track["medium"]]
    return str(wording.say(what)).translate(_ISOLATES)


def _height(wording: "Wording", height_m: float, datum: Datum) -> str:
    if datum is Datum.FLIGHT_LEVEL:
        return str(wording.data(f"FL{max(0, round(height_m / LEVEL_M)):03d}"))
    return str(wording.data(f"{round(height_m)} m {datum.name.replace('WGS84', 'WGS-84')}"))


def _called(wording: "Wording", facts: Mapping[str, Any]) -> Any:
    return wording.data(facts.get("called", facts["track"]))


def _place(wording: "Wording", facts: Mapping[str, Any]) -> Any:
    name = wording.data(facts["name"])
    if facts["sort"] == "PRIVATE":
        return wording.say(_PLACES["PRIVATE"], name=name)
    return wording.say(_PLACES[facts["sort"]], name=name, party=wording.data(facts["party"]))


def _place_and_claim(wording: "Wording", facts: Mapping[str, Any]) -> Iterator[str]:
    place = facts["place"]
    position = wording.position((place["lat_e7"], place["lon_e7"]))
    yield wording.say("It is at {position}.", position=position)
    yield whose_words(wording, facts)


def doubts_of(wording: "Wording", flags: Iterable[str]) -> Iterator[str]:
    """What speaks against a track, or for looking at it at once."""
    yield from (wording.say(_DOUBTS[flag]) for flag in flags)


def whose_words(wording: "Wording", facts: Mapping[str, Any]) -> str:
    """Whose a track is, as it was assessed or is claimed.

    Args:
        wording: The language.
        facts: `affiliation` and `assessed`, of an alert or of a track.
    """
    assessed = facts.get("assessed")
    if assessed is None:
        return wording.say(_CLAIMS[facts.get("affiliation", "UNKNOWN")])
    return wording.say(
        _ASSESSED[assessed["verdict"]],
        officer=wording.data(assessed["by"]["officer"]),
        party=wording.data(assessed["party"]),
    )


TERMS: Final[dict[str, str]] = {}
SAYINGS: Final[dict[type, Callable[[Any, Any, "Facts"], Iterator[str]]]] = {
    SharedTrack: shared_rows,
}
DUE_WORDS: Final[dict[str, str]] = {}
CLOCK_WORDS: Final[dict[str, str]] = {}
"""How each message is said; no code and no clock is said here."""

ALARMS: Final[dict[str, Callable[[Any, Mapping[str, Any]], Iterator[str]]]] = {
    "TRACK_CLOSE_APPROACH": approach_alarm,
    "TRACK_ENTRY": entry_alarm,
    "TRACK_NO_CONTACT": contact_alarm,
    "TRACK_UNNOTIFIED": unnotified_alarm,
    "TRACK_OFF_ROUTE": route_alarm,
    "TRACK_LATE": late_alarm,
    "TRACK_OVERRUN": overrun_alarm,
}
"""How each alarm is said."""
