"""The words on a picture, in each language, from the catalogues of all others.

Sentences that have an order come as rows; nothing here knows where they stand on
the paper.
"""

from collections.abc import Iterator
from typing import Final

from openline.adapters.picture.drawing import ConflictDrawing, DrawnSide
from openline.adapters.picture.lettering import name_of
from openline.adapters.wording import Wording, mark
from openline.domain.space.altitude import Datum
from openline.domain.space.conflict import Minima

AXES: Final = {
    Datum.AMSL: mark("Height above mean sea level"),
    Datum.AGL: mark("Height above ground"),
    Datum.FLIGHT_LEVEL: mark("Flight level"),
    Datum.WGS84: mark("Height above the WGS-84 ellipsoid"),
}
"""What the upright axis of a profile counts, by the reference of the heights."""


def names_of(drawn: ConflictDrawing, wording: Wording, chars: int) -> tuple[str, str]:
    """What the two sides are called in sentences, as everywhere else."""
    one, other = (
        wording.kept(name_of(side.notice_id, chars))
        if side.is_private
        else name_of(f"{side.party} {side.notice_id}", chars)
        for side in drawn.sides
    )
    return one, other


def side_name(side: DrawnSide, wording: Wording) -> str:
    """The notice of one side: id, party, version, serial, area."""
    values = {
        "id": wording.data(side.notice_id),
        "party": wording.data(side.party),
        "version": wording.data(side.version),
        "n": wording.data(side.number),
    }
    if side.is_private:
        sentence = mark("{name}, kept private by {party}, area {n}")
        return wording.say(sentence, name=wording.kept(side.notice_id), **values)
    if not side.serial:
        return wording.say("{id} of {party}, version {version}, area {n}", **values)
    sentence = mark("{id} of {party}, version {version} ({serial}), area {n}")
    return wording.say(sentence, serial=wording.data(side.serial), **values)


def side_rows(side: DrawnSide, wording: Wording) -> Iterator[str]:
    """How high and when the volume of one side is."""
    volume = side.volume
    if side.kind:
        yield wording.say("What acts: {kind}.", kind=wording.term(side.kind))
    lower = wording.altitude(volume.lower) if volume.lower else wording.say("the surface")
    if volume.upper is None:
        yield wording.say("Height: from {lower}, without an upper limit.", lower=lower)
    else:
        upper = wording.altitude(volume.upper)
        yield wording.say("Height: from {lower} to {upper}.", lower=lower, upper=upper)
    yield wording.open_window(volume.valid_from, volume.valid_until)


def minima_rows(minima: Minima, wording: Wording) -> Iterator[str]:
    """What was agreed, and how it is drawn."""
    if not (minima.lateral_m or minima.vertical_dm or minima.time_ms):
        yield wording.say("No distance is agreed: only what overlaps is in conflict.")
        return
    yield wording.say(
        "Agreed: {lateral} on the map, {vertical} in height, {time} in time.",
        lateral=wording.distance(minima.lateral_m),
        vertical=wording.distance(minima.vertical_dm / 10),
        time=wording.duration(minima.time_ms),
    )
    yield wording.say(
        "The broken lines show half of it around each: where they meet in both pictures, less "
        "than that is kept."
    )


def nautical_miles(distance_m: float, wording: Wording) -> str:
    """A distance in nautical miles, with as many digits as it needs."""
    return wording.say("{n} NM", n=wording.data(f"{distance_m / 1852:.3g}"))


def scale_units(wording: Wording) -> tuple[str, str]:
    """Kilometres and nautical miles, each with `{n}` where the number goes."""
    return wording.say("{n} km", n="{n}"), wording.say("{n} NM", n="{n}")


def both_units(distance_m: float, wording: Wording) -> str:
    """A distance in metres or kilometres, and in nautical miles."""
    return f"{wording.distance(distance_m)} ({nautical_miles(distance_m, wording)})"


def map_source(source: str, wording: Wording) -> str:
    """Whose map lies beneath, and what it does not say."""
    if not source:
        return wording.say("No map lies beneath.")
    name = wording.data(source)
    return wording.say("Map: {name}. Borders are disputed; it decides nothing.", name=name)


def apart(distance: str, agreed: str, wording: Wording) -> str:
    """How far two things are apart, and what was agreed."""
    return wording.say("{distance}, agreed {agreed}", distance=distance, agreed=agreed)


def plan_title(wording: Wording) -> str:
    """What the plan view is headed with."""
    return wording.say("From above, north up")


def profile_title(wording: Wording) -> str:
    """What the profile is headed with."""
    return wording.say("Height and time (UTC)")


def widening_row(wording: Wording) -> str:
    """What the dotted parts of a band are."""
    return wording.say(
        "Dotted: where a height may lie, for the two count from different references."
    )


def shared_row(wording: Wording) -> str:
    """What the marked part of the profile is."""
    return wording.say("Framed: heights and times that both may hold.")


def north(wording: Wording) -> str:
    """The letter for north."""
    return wording.say("N")


def unlimited(wording: Wording) -> str:
    """What stands where a band has no upper limit."""
    return wording.say("no upper limit")


def exercise(wording: Wording) -> str:
    """What an exercise is marked with."""
    return wording.say("EXERCISE EXERCISE EXERCISE: this is for an exercise only.")


def private_row(wording: Wording) -> str:
    """What the page of something private is marked with."""
    return wording.say("PRIVATE: known to this node alone. Not for the other party.")


def line_row(line: str, wording: Wording) -> str:
    """On which line."""
    return wording.say("Line {line}", line=wording.data(line))


def counts(
    activities: int, volumes: int, conflicts: int, hidden: int, faulty: int, wording: Wording
) -> Iterator[str]:
    """How much a picture of a file shows, and what it does not."""
    yield wording.say("Activities: {n}", n=wording.data(activities))
    yield wording.say("Areas: {n}", n=wording.data(volumes))
    yield wording.say("Conflicts: {n}", n=wording.data(conflicts))
    if hidden:
        yield wording.say("Areas too many to be drawn: {n}", n=wording.data(hidden))
    if faulty:
        yield wording.say("Activities with a fault, not drawn: {n}", n=wording.data(faulty))


def activities_legend(wording: Wording) -> tuple[str, str, str]:
    """What is meant by a plain area, one in conflict, and the mark between two."""
    return (
        wording.say("area"),
        wording.say("area in conflict"),
        wording.say("nearest to each other"),
    )
