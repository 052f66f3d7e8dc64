"""The story of an airspace control order: a morning, and who meets whom in it.

Alpha issues a notice for every measure of one morning of the order, moved by
whole days so that the morning is ahead; Bravo issues half a dozen flights of
which four cross measures. Both nodes must find the same conflicts, and so must
a third count that is made here, pair by pair, without their index.

A real order has faults. What the reader read otherwise than it was written, and
what it could not read, is told first: a measure is never dropped in silence.
"""

import statistics
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from openline.adapters.clock import wall_clock_ms
from openline.domain.instant import DAY_MS, format_instant
from openline.domain.line.terms import Understanding
from openline.domain.space.conflict import Minima
from openline.faces.demo.data import lay_out
from openline.faces.demo.founding import EDGE_MS, compressed
from openline.faces.demo.morning import (
    CROSSING,
    KIND,
    MORNING_MS,
    OWN_ORDER,
    Flight,
    Order,
    band_and_window,
    count_conflicts,
    flights,
    read_order,
)
from openline.faces.demo.proof import Proof
from openline.faces.demo.stage import Plot, Stage
from openline.faces.demo.station import Said
from openline.faces.demo.story import await_quietly

LINE: Final = "order-air"

TITLE: Final = "A morning of an airspace control order"
ABOUT: Final = (
    "Alpha issues a notice for each measure of one morning of the order, Bravo six flights, some "
    "of which cross them. Both nodes find the conflicts, each by itself.",
    "Areas, heights and times of day are those of the order; the date is not: the order is moved "
    "by whole days, so that its morning lies ahead. Every notice is marked EXERCISE. An order "
    "names no reference points that both sides share, so the place in words is a position.",
)

ROWS_FIRST: Final = 6
ROWS_MAX: Final = 16


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
        opened_at = wall_clock_ms() - EDGE_MS
        self._tell_file()
        last = self._issue_measures()
        self._issue_flights()
        self._find_conflicts()
        self._certify(last, opened_at)

    def _tell_file(self) -> None:
        story, order = self._story, self._order
        with story.step("", f"The order is read: {order.path}"):
            faulty = [activity for activity in order.activities if activity.fault]
            warned = [activity for activity in order.activities if activity.remarks]
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
            remarks = Counter(_sort_of(one.what) for each in warned for one in each.remarks)
            for words, count in remarks.most_common():
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
                        f"{said.serial}  {said.notice_id}  {band_and_window(measure.volumes[0])}  "
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
                    f"{said.serial}  {said.notice_id}  {band_and_window(flight.volume)}  "
                    f"drawn {where}: {said.took_ms:.0f} ms"
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
            said_at = wall_clock_ms()
            proof.prove("receipt", alpha, "receipt", last.serial, what="Bravo received the last.")
            # A tick that counts them all bounds the use of the line on the late side.
            await_quietly(lambda: wall_clock_ms() > said_at + EDGE_MS, "Time passes.")
            window = (
                "--from",
                format_instant(opened_at),
                "--until",
                format_instant(wall_clock_ms()),
            )
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
    order = read_order(file, wall_clock_ms())
    return Plot("order", TITLE, ABOUT, LINE, partial(_terms, order), partial(_play, order))


def _terms(order: Order, understanding: Understanding) -> Understanding:
    """What the parties change in the draft: short ticks, room for the order."""
    room = max(understanding.notices_live_max, len(order.measures))
    return replace(understanding, timers=compressed(understanding.timers), notices_live_max=room)


def _play(order: Order, stage: Stage) -> None:
    if order.path == OWN_ORDER:
        lay_out(OWN_ORDER, stage.root / "plans")
    Morning(stage, order).play()


def _count(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def _sort_of(remark: str) -> str:
    """A remark without what differs from measure to measure."""
    words = ("N" if any(map(str.isdecimal, word)) else word for word in remark.split())
    return " ".join(words)
