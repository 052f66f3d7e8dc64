"""The story of an airspace control order: a morning of measures, and who meets them.

Alpha issues a notice for every measure of one morning of the order, moved by
whole days so that the morning is ahead; Bravo issues half a dozen flights of
which four cross measures. Both nodes must find the same conflicts, and so must
a third count that is made here, pair by pair, without their index.

A real order has faults. What the reader read otherwise than it was written, and
what it could not read, is told first: a measure is never dropped in silence.
"""

import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from openline.adapters.geofiles import FileFault, ReadActivity, read_aco, read_geofile
from openline.domain.instant import DAY_MS, HOUR_MS, format_instant
from openline.domain.limits import LIVE_NOTICES_MAX
from openline.domain.line.terms import Understanding
from openline.domain.space.altitude import Altitude, Datum
from openline.domain.space.conflict import Minima, Verdict, find_conflict
from openline.domain.space.extent import centre_of
from openline.domain.space.place import describe_place
from openline.domain.space.volume import Shape, Volume
from openline.domain.talk.volumes import VOLUME
from openline.faces.cli.faults import FileUnreadable
from openline.faces.cli.instants import now_ms
from openline.faces.demo.data import lay_out
from openline.faces.demo.founding import compressed
from openline.faces.demo.proof import Proof
from openline.faces.demo.shayrat import EDGE_MS
from openline.faces.demo.stage import Plot, Stage
from openline.faces.demo.station import Said
from openline.faces.demo.story import await_quietly

LINE: Final = "order-air"
KIND: Final = "air"
CATEGORY: Final = "flight"
OWN_ORDER: Final = "order.aco"

TITLE: Final = "A morning of an airspace control order"
ABOUT: Final = (
    "Alpha issues a notice for each measure of one morning of the order, Bravo six flights, some "
    "of which cross them. Both nodes find the conflicts, each by itself.",
    "Areas, heights and times of day are those of the order; the date is not: the order is moved "
    "by whole days, so that its morning lies ahead. Every notice is marked EXERCISE. An order "
    "names no reference points that both sides share, so the place in words is a position.",
)

MORNING_HOUR: Final = 6
MORNING_MS: Final = 6 * HOUR_MS
DAYS_MAX: Final = 31
"""Days of one order that are looked at for the busiest morning."""

CROSSING: Final = 4
"""Flights of Bravo that are drawn through a measure; two more are drawn clear."""

CORRIDOR_M: Final = 5_000
ROWS_FIRST: Final = 6
ROWS_MAX: Final = 16


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
    aside_e7 = round((reach_m / 100_000 + 1.0) * 1e7)
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


class Morning:
    """The story, step by step.

    Args:
        stage: The nodes.
        order: The order.
    """

    def __init__(self, stage: Stage, order: Order) -> None:
        self._stage = stage
        self._story = stage.story
        self._alpha, self._bravo = stage.alpha, stage.bravo
        self._order = order
        self._flights: dict[str, Flight] = {}

    def play(self) -> None:
        """Tell all of it.

        Raises:
            NotAsTold: A step does not hold.
            OurError: A node refuses what it should not, or does not answer.
        """
        opened_at = now_ms() - EDGE_MS
        self._tell_file()
        last = self._issue_measures()
        self._issue_flights()
        self._find_conflicts()
        self._certify(last, opened_at)

    def _tell_file(self) -> None:
        story, order = self._story, self._order
        with story.step("", f"The order is read: {order.path}"):
            faulty = [activity for activity in order.activities if activity.fault]
            warned = [activity for activity in order.activities if activity.warnings]
            periods = sum(len(activity.volumes) for activity in order.activities)
            shapes = Counter(
                activity.volumes[0].shape.name.lower()
                for activity in order.activities
                if activity.volumes
            )
            told = ", ".join(_count(count, shape) for shape, count in shapes.most_common())
            story.teller.row(f"{len(order.activities)} measures: {told}; {periods} volumes in all.")
            for activity in faulty:
                assert activity.fault is not None, "they were chosen so"
                story.teller.row(f"NOT READ: {activity.fault.what}")
            warnings = Counter(_sort_of(words) for one in warned for words in one.warnings)
            for words, count in warnings.most_common():
                story.teller.row(f"{count} x  {words}")
            story.demand(
                all(
                    bool(activity.volumes) != bool(activity.fault) for activity in order.activities
                ),
                "Every measure was either read or is named with what is wrong with it.",
            )
            story.teller.row(
                f"Its busiest morning is {format_instant(order.starts_at)} to "
                f"{format_instant(order.starts_at + MORNING_MS)}: {len(order.measures)} measures. "
                f"It is moved by {order.shift_ms // DAY_MS} days, to "
                f"{format_instant(order.starts_at + order.shift_ms)}."
            )
            story.tally.further |= {
                "measures": len(order.activities),
                "measures_of_the_morning": len(order.measures),
                "not_read": len(faulty),
                "read_otherwise": len(warned),
            }

    def _issue_measures(self) -> Said:
        stage, story = self._stage, self._story
        measures = self._order.measures
        with story.step("", f"Alpha issues {len(measures)} notices, one for each measure."):
            took_ms = []
            for number, measure in enumerate(measures):
                said = stage.say(
                    self._alpha, "NOTICE", measure.fields(), is_shown=number == 0,
                    precedence="PRIORITY",
                )  # fmt: skip
                took_ms.append(said.took_ms)
                if 0 < number < ROWS_FIRST or number == len(measures) - 1:
                    story.teller.row(
                        f"{said.serial}  {said.notice_id}  {_words(measure.volumes[0])}  "
                        f"{measure.activity.name}: {said.took_ms:.0f} ms"
                    )
                elif number == ROWS_FIRST:
                    story.teller.row("…")
            median_ms = statistics.median(took_ms)
            story.teller.row(
                f"{len(measures)} notices in {sum(took_ms) / 1_000:.1f} s, each recorded and "
                f"receipted before the next: {median_ms:.0f} ms (median), {max(took_ms):.0f} ms at "
                "most."
            )
            story.tally.further |= {
                "notice_ms_median": round(median_ms, 1),
                "notice_ms_max": round(max(took_ms), 1),
            }
            for station in stage.both:
                listed = [one["notice_id"] for one in station.notices(live=True)]
                story.demand(
                    listed == [measure.notice_id for measure in measures],
                    f"{station.name}'s node lists all {len(measures)}, in the same order.",
                    listed,
                )
            return said

    def _issue_flights(self) -> None:
        stage, story = self._stage, self._story
        what = f"Bravo issues {CROSSING + 2} flights; before each its node shows what it meets."
        with story.step("", what):
            for flight in flights(self._order.measures):
                fields = flight.fields()
                met = self._bravo.check(fields)
                is_first = not self._flights
                said = stage.say(
                    self._bravo, "NOTICE", fields, precedence="PRIORITY", is_shown=is_first
                )
                self._flights[said.notice_id] = flight
                crosses = flight.crosses.notice_id if flight.crosses else ""
                where = f"through {crosses}" if crosses else "clear of all"
                story.teller.row(
                    f"{said.serial}  {said.notice_id}  {_words(flight.volume)}  drawn {where}: "
                    f"{said.took_ms:.0f} ms"
                )
                names = [one["notice_id"] for one in met]
                story.demand(
                    crosses in names if crosses else not names,
                    f"Before release it is shown to meet {_count(len(names), 'notice')} of Alpha.",
                    names,
                )

    def _find_conflicts(self) -> None:
        stage, story = self._stage, self._story
        agreed = self._alpha.understanding().separation(KIND, KIND)
        minima = Minima(agreed.lateral_m, agreed.vertical_dm, agreed.time_ms)
        expected = count_conflicts(self._order.measures, self._flights, minima)
        with story.step("", "The conflicts, on each node by itself."):
            stage.demand_same_record("Both nodes hold the same record.")
            found = stage.demand_same_conflicts(
                len(expected), f"Both nodes have found the same {len(expected)} conflicts."
            )
            pairs = {"~".join(side["notice_id"] for side in one["sides"]) for one in found}
            story.demand(
                pairs == expected, "A third count, pair by pair and without an index, is the same.",
                pairs ^ expected,
            )  # fmt: skip
            for one in found[:ROWS_MAX]:
                names = " and ".join(side["notice_id"] for side in one["sides"])
                story.teller.row(f"{names}: {one['words']}")
            if len(found) > ROWS_MAX:
                story.teller.row(f"… and {len(found) - ROWS_MAX} more: openline conflicts")

    def _certify(self, last: Said, opened_at: int) -> None:
        proof, alpha, bravo = Proof(self._stage, LINE), self._alpha, self._bravo
        with self._story.step("", "Certificates, each verified offline by another process."):
            said_at = now_ms()
            proof.prove("receipt", alpha, "receipt", last.serial, what="Bravo received the last.")
            # A tick that counts them all bounds the use of the line on the late side.
            await_quietly(lambda: now_ms() > said_at + EDGE_MS, "Time passes.")
            window = ("--from", format_instant(opened_at), "--until", format_instant(now_ms()))
            for station, holder in ((alpha, bravo), (bravo, alpha)):
                proof.prove(
                    f"use-{station.name.lower()}", holder, "use", station.party, *window,
                    what=f"{station.name} used the line.",
                )  # fmt: skip


def plot(file: Path | None) -> Plot:
    """The story and what it needs.

    Raises:
        FileUnreadable: The file is no order, or nothing of it can be used.
    """
    order = read_order(file, now_ms())
    return Plot("order", TITLE, ABOUT, LINE, partial(_terms, order), partial(_play, order))


def _terms(order: Order, understanding: Understanding) -> Understanding:
    """What the parties change in the template's draft: short ticks, room for the order."""
    room = max(understanding.notices_live_max, len(order.measures))
    return replace(understanding, timers=compressed(understanding.timers), notices_live_max=room)


def _play(order: Order, stage: Stage) -> None:
    if order.path == OWN_ORDER:
        lay_out(OWN_ORDER, stage.root / "plans")
    Morning(stage, order).play()


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
    """A corridor from the middle of one volume to that of another, as high as the first."""
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


def _words(volume: Volume) -> str:
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


def _count(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def _sort_of(warning: str) -> str:
    """A warning without what differs from measure to measure."""
    return " ".join("N" if word.isdigit() else word for word in warning.split())
