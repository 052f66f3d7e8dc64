"""Tracks of this party's own feeds as marks of a map: where each was seen last.

An event of a position says when it was so, and is stale when the track is lost, so a
map forgets it by itself; one that has ended is taken off. Its type says what moves and
whose it is, as an officer assessed it or else its source claims: `f` for ours, `u` for
the other party's, `n` for third parties', `p` (pending) where nobody knows: the frames
that the console draws. No track is marked as suspect or hostile, and the remarks say whose.

What is known as `cot:` came from a map and is not told back to one.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from openline.adapters.tak.cot import Mark, element, shown, written
from openline.adapters.tak.drawing import Look, label
from openline.adapters.wording import Wording
from openline.adapters.wording.air import doubts_of, whose_words
from openline.domain.space.altitude import Datum
from openline.domain.space.geodesy import Position
from openline.domain.space.geoid import undulation_m
from openline.domain.space.track import ages_of

UID_PREFIX: Final = "openline."
"""How everything begins that an Openline node tells a map."""

FROM_MAPS: Final = "cot:"

_MEASURED: Final = "m-g"
_SIDES: Final = {"OWN": "f", "OTHER_PARTY": "u", "THIRD_PARTY": "n", "UNKNOWN": "p"}
_BATTLES: Final = {"AIR": "A", "GROUND": "G", "SEA": "S"}
_TWO_SIGMA: Final = 2.45
"""As of an event that comes in: 95 % of two axes lie within so many standard deviations."""


def of_map(tracks: Iterable[Mapping[str, Any]], *, only_own: bool) -> Iterator[Mapping[str, Any]]:
    """Which tracks a map is told, those of ours first.

    Args:
        tracks: As faces show them.
        only_own: Whether those of others are left out.
    """
    told = [
        one
        for one in tracks
        if one["position_at"] is not None and not one["address"].startswith(FROM_MAPS)
    ]
    yield from (one for one in told if one["affiliation"] == "OWN")
    if not only_own:
        yield from (one for one in told if one["affiliation"] != "OWN")


def uid_of(party: str, track: Mapping[str, Any]) -> str:
    """The name of a track on a map; the same for as long as it is the same track."""
    return f"{UID_PREFIX}{party}.track.{track['id']}"


def track_event(party: str, track: Mapping[str, Any], wording: Wording) -> bytes:
    """The event that places a track where and when it was seen last.

    Args:
        party: Whose node this is.
        track: As faces show it, with a position.
        wording: Says whose it is, and what speaks against it.
    """
    position = round(track["lat_deg"] * 1e7), round(track["lon_deg"] * 1e7)
    look = Look(
        shown(track["callsign"] or track["address"]),
        " ".join((whose_words(wording, track), *doubts_of(wording, track["flags"]))),
        0,
    )
    detail = [*label(look)]
    if track["course_deg"] is not None and track["speed_mps"] is not None:
        course, speed = f"{track['course_deg']:.1f}", f"{track['speed_mps']:.1f}"
        detail.append(element("track", course=course, speed=speed))
    accuracy_m = track["accuracy_m"]
    mark = Mark(
        uid_of(party, track),
        _type_of(track),
        position,
        written(detail),
        _height_m(track, position),
        how=_MEASURED,
        error_m=None if accuracy_m is None else accuracy_m / _TWO_SIGMA,
    )
    return mark.event(track["position_at"], ages_of(track["address"]).coasting_ms)


def _type_of(track: Mapping[str, Any]) -> str:
    side = _SIDES[track["affiliation"]]
    battle = _BATTLES.get(track["medium"])
    return f"a-{side}-{battle}" if battle else f"a-{side}-X"


def _height_m(track: Mapping[str, Any], position: Position) -> float | None:
    """Above the ellipsoid, where that is known; a pressure altitude is none."""
    altitude_m, datum = track["altitude_m"], track["datum"]
    if altitude_m is None or datum not in (Datum.WGS84.name, Datum.AMSL.name):
        return None
    return float(altitude_m) + (undulation_m(position) if datum == Datum.AMSL.name else 0.0)
