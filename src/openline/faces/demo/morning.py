"""The morning of an order: which measures are active, and flights that cross some.

Reads an airspace control order, finds its busiest morning, moves it to the next
one, and draws flights through it. Nothing here speaks to a node; the story is
`order`.
"""

import statistics
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from openline.adapters.geofiles import FileFault, ReadActivity, read_aco, read_geofile
from openline.domain.instant import DAY_MS, HOUR_MS, format_instant
from openline.domain.limits import LIVE_NOTICES_MAX
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.conflict import Minima, Verdict, find_conflict
from openline.domain.space.extent import centre_of
from openline.domain.space.place import describe_place
from openline.domain.space.volume import Shape, Volume
from openline.domain.talk.volumes import VOLUME
from openline.faces.cli.faults import FileUnreadable

KIND: Final = "air"
CATEGORY: Final = "flight"
OWN_ORDER: Final = "order.aco"

MORNING_HOUR: Final = 6
MORNING_MS: Final = 6 * HOUR_MS
DAYS_MAX: Final = 31
"""Days of one order that are looked at for the busiest morning."""

CROSSING: Final = 4
"""Flights that are drawn through a measure; two more are drawn clear."""

CORRIDOR_M: Final = 5_000
ASIDE_DEG: Final = 1.0
"""How far north of everything the flight lies that is clear: more than 100 km."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of the order that is active in the morning.

    Attributes:
        number: Its place in the file, from 1.
        activity: As it was read.
        volumes: Those of the morning, moved.
    """

    number: int
    activity: ReadActivity
    volumes: tuple[Volume, ...]

    @property
    def notice_id(self) -> str:
        """The name of its notice: its place in the file."""
        return f"ORDER-{self.number:04d}"

    def fields(self) -> dict[str, Any]:
        """Its notice, as the API takes it."""
        about = ", ".join(f"{name} {words}" for name, words in self.activity.properties.items())
        name = unicodedata.normalize("NFC", f"{self.activity.name} ({about})")
        return {
            "notice_id": self.notice_id,
            "category": CATEGORY,
            "kind": KIND,
            "activity": f"EXERCISE. Moved to another date: {name}",
            "place": {"words": describe_place(self.volumes, (), "en")},
            "volumes": [VOLUME.to_json(volume) for volume in self.volumes],
            "language": "en",
            "exercise": True,
        }


@dataclass(frozen=True, slots=True)
class Flight:
    """One flight of Bravo.

    Attributes:
        about: Why it is drawn so.
        volume: Where, how high and when.
        crosses: The measure that it is drawn through, or None if it is clear of all.
    """

    about: str
    volume: Volume
    crosses: Measure | None

    def fields(self) -> dict[str, Any]:
        """Its notice, as the API takes it."""
        return {
            "category": CATEGORY,
            "kind": KIND,
            "activity": f"УЧЕНИЕ. Рейс для показа: {self.about}.",
            "place": {"words": describe_place((self.volume,), (), "ru")},
            "volumes": [VOLUME.to_json(self.volume)],
            "language": "ru",
            "exercise": True,
        }


@dataclass(frozen=True, slots=True)
class Order:
    """An order, read.

    Attributes:
        path: What it is called.
        activities: Its measures, each, in its order.
        starts_at: Start of its busiest morning.
        shift_ms: Whole days by which it is moved.
        measures: Those active in that morning, moved.
    """

    path: str
    activities: tuple[ReadActivity, ...]
    starts_at: int
    shift_ms: int
    measures: tuple[Measure, ...]


def read_order(file: Path | None, now: int) -> Order:
    """An order and its busiest morning, moved to the next one from now on.

    Args:
        file: The order; without it the one that the demo brings.
        now: The present instant.

    Raises:
        FileUnreadable: It is no such file, or nothing in it is active in a morning.
    """
    try:
        if file is None:
            text = (files("openline.faces.demo.data") / OWN_ORDER).read_text("utf-8")
            activities = tuple(read_aco(text, OWN_ORDER))
        else:
            activities = tuple(read_geofile(file))
    except FileFault as fault:
        raise FileUnreadable(fault.what, fault.remedy) from None
    path = OWN_ORDER if file is None else str(file)
    starts_at = busiest_morning(activities)
    if starts_at is None:
        raise FileUnreadable(f"{path} holds nothing that is active in a morning.")
    shift_ms = -((starts_at - now) // DAY_MS) * DAY_MS
    measures = tuple(_measures(activities, starts_at, shift_ms))
    if len(measures) > LIVE_NOTICES_MAX:
        raise FileUnreadable(f"{path} has {len(measures)} measures in one morning: too many.")
    return Order(path, activities, starts_at, shift_ms, measures)


def busiest_morning(activities: Sequence[ReadActivity]) -> int | None:
    """When the morning begins in which most are active; None if there is none.

    A morning is six hours from six by the sun, at the middle longitude of all.
    """
    volumes = [volume for activity in activities for volume in activity.volumes]
    if not volumes:
        return None
    lon_deg = statistics.median(volume.vertices[0][1] for volume in volumes) / 1e7
    offset_ms = (MORNING_HOUR - round(lon_deg / 15)) * HOUR_MS
    first = min(volume.valid_from for volume in volumes)
    start = (first - offset_ms) // DAY_MS * DAY_MS + offset_ms
    mornings = [start + day * DAY_MS for day in range(DAYS_MAX)]
    counts = [sum(1 for _ in _measures(activities, at, 0)) for at in mornings]
    return mornings[counts.index(max(counts))] if max(counts) else None


def flights(measures: Sequence[Measure]) -> list[Flight]:
    """Six flights: four through measures far apart in the order, two clear of all."""
    found = []
    for part in range(CROSSING):
        measure = measures[part * len(measures) // CROSSING]
        beyond = measures[(part * len(measures) // CROSSING + 1) % len(measures)]
        volume = _corridor(measure.volumes[0], beyond.volumes[0])
        about = f"через меру {measure.number}"
        found.append(Flight(about, volume, measure))
    first, last = found[0].volume, max(v.valid_until for m in measures for v in m.volumes)
    later = replace(first, valid_from=last + HOUR_MS, valid_until=last + 2 * HOUR_MS)
    north = max(lat for m in measures for v in m.volumes for lat, _ in v.vertices)
    reach_m = max(v.radius_m for m in measures for v in m.volumes)
    aside_e7 = round((reach_m / 100_000 + ASIDE_DEG) * 1e7)
    line = tuple((min(north + aside_e7, 890_000_000), lon) for _, lon in first.vertices)
    found.append(Flight("тот же путь, когда всё окончено", later, None))
    found.append(Flight("к северу от всех мер", replace(first, vertices=line), None))
    return found


def count_conflicts(measures: Sequence[Measure], of: dict[str, Flight], minima: Minima) -> set[str]:
    """The pairs that are not clear, counted one by one: `ORDER-0001~BRAVO-N-0001`."""
    return {
        f"{measure.notice_id}~{name}"
        for measure in measures
        for name, flight in of.items()
        if any(_meets(volume, flight.volume, minima) for volume in measure.volumes)
    }


def _measures(
    activities: Sequence[ReadActivity], starts_at: int, shift_ms: int
) -> Iterator[Measure]:
    """The measures that are active in a morning, with the volumes that are, moved."""
    until = starts_at + MORNING_MS
    for number, activity in enumerate(activities, start=1):
        volumes = tuple(
            replace(
                volume,
                valid_from=volume.valid_from + shift_ms,
                valid_until=volume.valid_until + shift_ms,
            )
            for volume in activity.volumes
            if volume.valid_from < until and volume.valid_until > starts_at
        )
        if volumes:
            yield Measure(number, activity, volumes)


def _corridor(through: Volume, beyond: Volume) -> Volume:
    """A corridor from the middle of one volume to another's, as high as the first."""
    ends = (centre_of(through), centre_of(beyond))
    shape = Shape.CORRIDOR if ends[0] != ends[1] else Shape.CIRCLE
    return replace(
        through, shape=shape, vertices=ends if shape is Shape.CORRIDOR else ends[:1],
        radius_m=CORRIDOR_M,
    )  # fmt: skip


def _meets(one: Volume, other: Volume, minima: Minima) -> bool:
    pause_ms = max(one.valid_from - other.valid_until, other.valid_from - one.valid_until)
    # Cheap, and exact: what is apart in time is clear wherever it is.
    return (
        pause_ms < minima.time_ms and find_conflict(one, other, minima).verdict is not Verdict.CLEAR
    )


def band_and_window(volume: Volume) -> str:
    """Band and window of a volume in few words."""
    band = "-".join((_level(volume.lower, "SFC"), _level(volume.upper, "UNL")))
    start, until = (format_instant(at)[11:16] for at in (volume.valid_from, volume.valid_until))
    return f"{band} {start}Z-{until}Z"


def _level(bound: Altitude | None, none: str) -> str:
    if bound is None:
        return none
    if bound.datum is Datum.FLIGHT_LEVEL:
        return f"FL{bound.value:03d}"
    return f"{bound.value / 10:g}m {bound.datum.name}"
