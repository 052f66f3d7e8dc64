"""The words of differences: what a field of a notice is called, and its value.

Numbers, times and positions are worded as in the message itself. What has no words, be it of
a later version or out of bounds, is shown as it is, made visible.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from openline.adapters.wording import Wording
from openline.adapters.wording.marking import mark
from openline.domain.diff.magnitudes import Magnitude
from openline.domain.errors import OurError
from openline.domain.instant import parse_instant
from openline.domain.line.form import Fault
from openline.domain.line.points import POINT
from openline.domain.space.altitude import Altitude
from openline.domain.talk.volumes import LOWER, UPPER, VOLUME

FREE: Final = ("activity", "objects", "words", "contact", "third_party", "officer", "post")
"""Fields with words of people."""

WHOLE: Final = frozenset({"vertices", "lower", "upper"})
"""Fields of a notice that are told as one value."""

_FIELDS: Final = {
    "officer": mark("officer"),
    "post": mark("post"),
    "version": mark("version"),
    "operation": mark("what this version does"),
    "category": mark("what it is about"),
    "kind": mark("what acts"),
    "scope": mark("scope"),
    "volumes": mark("area"),
    "shape": mark("shape"),
    "vertices": mark("points"),
    "radius_m": mark("radius"),
    "lower": mark("from height"),
    "upper": mark("up to height"),
    "valid_from": mark("beginning"),
    "valid_until": mark("end"),
    "words": mark("place, in words"),
    "reference": mark("point that the place is told from"),
    "activity": mark("activity"),
    "objects": mark("objects"),
    "language": mark("language"),
    "contact": mark("to be reached at"),
    "certainty": mark("certainty"),
    "speaks_for": mark("whose people act"),
    "hazards": mark("hazards"),
    "third_party": mark("third parties"),
    "releasability": mark("to whom it may be passed on"),
    "exercise": mark("exercise"),
}
_CODES: Final = {
    "FIRM": mark("firm"),
    "TENTATIVE": mark("tentative"),
    "OWN": mark("own people"),
    "AUXILIARY": mark("auxiliaries under its control"),
    "PARTNER": mark("others, with whom it is in contact"),
    "LINE_ONLY": mark("this line only"),
    "PARTY_INTERNAL": mark("inside the receiving party"),
    "JOINT_PUBLIC": mark("the public, by both parties together"),
    "PUBLIC": mark("the public"),
    "CIRCLE": mark("circle"),
    "CORRIDOR": mark("corridor"),
    "POLYGON": mark("polygon"),
}
_PART = re.compile(r"(\w+)(?:\[(\d+)\])?")


def field_name(say: Wording, path: str) -> str:
    """What a field is called, with the number of its area where it is in one."""
    names = _PART.findall(path)
    last, place = names[-1]
    called = say.say(_FIELDS[last]) if last in _FIELDS else say.data(last)
    if place:
        return say.say("{what} {n}", what=called, n=say.data(int(place) + 1))
    if names[0][1]:
        area = say.say("{what} {n}", what=say.say("area"), n=say.data(int(names[0][1]) + 1))
        return say.say("{what}, {field}", what=area, field=called)
    return called


def field_value(say: Wording, path: str, value: Any) -> str:
    """A value of a field in words; empty where it is not there and means nothing."""
    name, place = _PART.findall(path)[-1]
    said = _SAYINGS.get("volume" if place and name == "volumes" else name)
    try:
        if said is not None:
            return said(say, value)
    except (Fault, OurError, ValueError, OverflowError):
        # Out of the bounds of an officer's form: a counterpart may send such.
        pass
    if value is None:
        return ""
    if isinstance(value, str):
        coded = _CODES.get(value)
        return say.say(coded) if coded is not None else say.term(value)
    return say.data(json.dumps(value, ensure_ascii=False, sort_keys=True))


def earlier_rows(say: Wording, answers: Sequence[Mapping[str, Any]]) -> list[str]:
    """Which answers to earlier versions still count, and which are asked for anew.

    Args:
        say: The language.
        answers: As a node tells them with a notice.
    """
    return [_earlier(say, one) for one in answers]


def _earlier(say: Wording, one: Mapping[str, Any]) -> str:
    facts = {
        "party": say.data(one["party"]),
        "answer": say.term(one["answer"]),
        "n": say.data(one["version"]),
        "serial": say.data(one["serial"]),
    }
    if one["counts"]:
        return say.say(
            "The answer of {party} to version {n} still counts: {answer} ({serial}). The notice "
            "only became narrower since.",
            **facts,
        )
    wider = say.listed((say.say(_WIDENED[name]) for name in one["widened"]), ", ")
    return say.say(
        "The answer of {party} to version {n} counts no longer: {answer} ({serial}). The notice "
        "became wider since: {wider}. A new answer is asked for by {at}.",
        wider=wider,
        at=say.instant(one["due_at"]),
        **facts,
    )


def since_row(say: Wording, number: int) -> str:
    """What stands before the magnitudes since an earlier version."""
    return say.say("Since version {n}:", n=say.data(number))


_WIDENED: Final = {
    "REACH": mark("where, when or how high it reaches"),
    "ACTIVITY": mark("what is done"),
}


def magnitude_rows(
    say: Wording, found: Sequence[Magnitude], *, is_wider: bool = False
) -> list[str]:
    """By how much the areas of two versions differ, a sentence for each.

    Args:
        say: The language.
        found: What differs.
        is_wider: Whether it is to be said that the later version is the wider one.
    """
    rows = [say.listed(_parts(say, one), mark("; ")) for one in found]
    told = [
        say.say("Area {n}: {what}.", n=say.data(one.number), what=row)
        for one, row in zip(found, rows, strict=True)
    ]
    if is_wider:
        told.append(
            say.say("It became wider: what was answered before does not answer this version.")
        )
    return told


def _parts(say: Wording, one: Magnitude) -> Iterator[str]:
    if one.is_new:
        yield say.say("added")
    if one.is_gone:
        yield say.say("taken out")
    if one.moved_m:
        wind = say.say(_WINDS[one.wind])
        yield say.say("moved {far} {wind}", far=say.distance(one.moved_m), wind=wind)
    if one.grown > 0:
        yield say.say("grew by {n} %", n=say.data(one.grown))
    if one.grown < 0:
        yield say.say("shrank by {n} %", n=say.data(-one.grown))
    for sentence, bounds, said in (
        (mark("floor from {old} to {new}"), one.floor, "lower"),
        (mark("ceiling from {old} to {new}"), one.ceiling, "upper"),
    ):
        if bounds is not None:
            old, new = (_bound(say, said, bound) for bound in bounds)
            yield say.say(sentence, old=old, new=new)
    yield from _shifts(say, one)


def _shifts(say: Wording, one: Magnitude) -> Iterator[str]:
    for earlier, later, shift_ms in (
        (mark("begins {far} earlier"), mark("begins {far} later"), one.starts_ms),
        (mark("ends {far} earlier"), mark("ends {far} later"), one.ends_ms),
    ):
        if shift_ms:
            far = say.duration(abs(shift_ms))
            yield say.say(earlier if shift_ms < 0 else later, far=far)


def _bound(say: Wording, name: str, bound: Altitude | None) -> str:
    if bound is not None:
        return say.altitude(bound)
    return say.say("the surface") if name == "lower" else say.say("no limit")


_WINDS: Final = {
    "N": mark("north"),
    "NNE": mark("north-north-east"),
    "NE": mark("north-east"),
    "ENE": mark("east-north-east"),
    "E": mark("east"),
    "ESE": mark("east-south-east"),
    "SE": mark("south-east"),
    "SSE": mark("south-south-east"),
    "S": mark("south"),
    "SSW": mark("south-south-west"),
    "SW": mark("south-west"),
    "WSW": mark("west-south-west"),
    "W": mark("west"),
    "WNW": mark("west-north-west"),
    "NW": mark("north-west"),
    "NNW": mark("north-north-west"),
}


def _free(say: Wording, value: Any) -> str:
    return say.quoted(value) if value else ""


def _listed(say: Wording, value: Any) -> str:
    return say.listed(say.quoted(one) for one in value or ())


def _truth(say: Wording, value: Any) -> str:
    return say.say("yes") if value else say.say("no")


def _instant(say: Wording, value: Any) -> str:
    # One that no calendar can show is a number.
    at = value if isinstance(value, int) else parse_instant(value)
    return say.shown(say.instant(at))


def _lower(say: Wording, value: Any) -> str:
    return say.say("the surface") if value is None else _altitude(say, LOWER.from_json(value, ""))


def _upper(say: Wording, value: Any) -> str:
    return say.say("no limit") if value is None else _altitude(say, UPPER.from_json(value, ""))


def _altitude(say: Wording, altitude: Any) -> str:
    return say.altitude(altitude)


def _radius(say: Wording, value: Any) -> str:
    return "" if value is None else say.distance(float(value))


def _points(say: Wording, value: Any) -> str:
    points = (POINT.from_json(one, "") for one in value or ())
    return say.listed(say.position((lat_e7, lon_e7)) for lat_e7, lon_e7 in points)


def _volume(say: Wording, value: Any) -> str:
    if value is None:
        return ""
    volume = VOLUME.from_json(value, "")
    rows = [*say.area_rows(1, 1, volume), say.window(volume.valid_from, volume.valid_until)]
    return " ".join(rows)


_SAYINGS: Final[dict[str, Callable[[Wording, Any], str]]] = {
    **dict.fromkeys(FREE, _free),
    "hazards": _listed,
    "exercise": _truth,
    "valid_from": _instant,
    "valid_until": _instant,
    "lower": _lower,
    "upper": _upper,
    "radius_m": _radius,
    "vertices": _points,
    "volume": _volume,
}
