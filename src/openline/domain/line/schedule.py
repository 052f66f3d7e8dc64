"""When line checks are due: an agreed interval, or a calendar of UTC times.

People test the line at agreed times: every hour, every four hours, twice a day,
or at the times of a calendar. Where the Understanding has no schedule, a party's
next check is due `line_check` after its last one. Slots of a schedule are
numbered from one epoch, so both nodes name the same ones; where the sides
alternate, slot n is the turn of party n modulo their number, in order of names
(Washington sent at even hours, Moscow at odd ones).

UTC has no holidays and no summer time: a slot is where it is.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from openline.domain.instant import DAY_MS, MINUTE_MS
from openline.domain.limits import CHECKS_PER_DAY_MAX, PARTIES_MAX
from openline.domain.line.form import (
    DURATION,
    Fault,
    Field,
    Items,
    Json,
    Record,
    Truth,
    Whole,
    Word,
)

WEEK_MS: Final = 7 * DAY_MS
_FIRST_MONDAY: Final = 4 * DAY_MS
"""Monday 5 January 1970, from which weeks are counted."""

_MINUTES_PER_DAY: Final = 1_440


class Day(IntEnum):
    """A day of the week, in UTC."""

    MON = 1
    TUE = 2
    WED = 3
    THU = 4
    FRI = 5
    SAT = 6
    SUN = 7


@dataclass(frozen=True, slots=True)
class CheckSchedule:
    """When line checks are made.

    Attributes:
        every_ms: The interval, from midnight UTC of 1 January 1970; None for a calendar.
        times: Minutes after midnight UTC, in order; empty with an interval.
        days: The days of the week, in order; empty for all seven.
        alternate: Whether the parties take turns, instead of all checking each time.
    """

    every_ms: int | None = None
    times: tuple[int, ...] = ()
    days: tuple[Day, ...] = ()
    alternate: bool = False

    def slot_at(self, number: int) -> int:
        """The instant of a slot."""
        origin, period_ms, offsets = self._period()
        turns, place = divmod(number, len(offsets))
        return origin + turns * period_ms + offsets[place]

    def last_slot(self, now: int) -> int:
        """The number of the last slot that is not after an instant."""
        origin, period_ms, offsets = self._period()
        turns, rest_ms = divmod(now - origin, period_ms)
        return turns * len(offsets) + bisect_right(offsets, rest_ms) - 1

    def is_turn_of(self, party: str, number: int, parties: tuple[str, ...]) -> bool:
        """Whether a party checks in a slot; `parties` in order of their names."""
        return not self.alternate or parties[number % len(parties)] == party

    def _period(self) -> tuple[int, int, tuple[int, ...]]:
        """Where counting begins, after how long all repeats, and where slots are in it."""
        if self.every_ms is not None:
            return 0, self.every_ms, (0,)
        days = self.days or tuple(Day)
        offsets = tuple(
            (day - 1) * DAY_MS + minute * MINUTE_MS for day in days for minute in self.times
        )
        return _FIRST_MONDAY, WEEK_MS, offsets


class _TimeOfDay(Whole):
    """Minutes after midnight UTC; in JSON and TOML `09:30`."""

    def to_json(self, thing: int) -> str:  # type: ignore[override]
        """The time as people write it."""
        return f"{thing // 60:02d}:{thing % 60:02d}"

    def from_json(self, json: Json, path: str) -> int:
        """The time that a person wrote; `Fault` if it is none."""
        hours, colon, minutes = json.partition(":") if isinstance(json, str) else ("", "", "")
        is_written = colon and all(
            len(p) == 2 and p.isascii() and p.isdigit() for p in (hours, minutes)
        )
        if not is_written or int(hours) > 23 or int(minutes) > 59:
            raise Fault(path, "is no time of the day", "Write 09:30, in UTC.")
        return int(hours) * 60 + int(minutes)


CHECK_SCHEDULE: Final = Record(
    CheckSchedule,
    (
        Field(1, "every_ms", DURATION, "every", is_optional=True),
        Field(
            2,
            "times",
            Items(_TimeOfDay(0, _MINUTES_PER_DAY - 1), CHECKS_PER_DAY_MAX, rank=int),
        ),
        Field(3, "days", Items(Word(Day), len(Day), rank=int)),
        Field(4, "alternate", Truth()),
    ),
)


def schedule_faults(schedule: CheckSchedule) -> Iterator[Fault]:
    """What must not be agreed: no time at all, two sorts of time, a rush."""
    path = "check_schedule"
    if (schedule.every_ms is None) == (not schedule.times):
        yield Fault(path, "has both an interval and times, or neither", "Write `every` or `times`.")
    if schedule.every_ms is not None and not MINUTE_MS <= schedule.every_ms <= WEEK_MS:
        yield Fault(f"{path}.every", "is not from 1 min to 7 d", "Write 1 h, 4 h or 12 h.")
    if schedule.every_ms is not None and schedule.days:
        yield Fault(f"{path}.days", "have no place beside `every`", "Write `times`, or no days.")


@dataclass(frozen=True, slots=True)
class DueCheck:
    """The line check that a party is to make next, or should have made.

    Attributes:
        at: When it is due; in the past where it was not made.
        overdue_at: From when it is overdue.
    """

    at: int
    overdue_at: int

    def word(self, now: int) -> str:
        """NOT_DUE, DUE or OVERDUE."""
        if now < self.at:
            return "NOT_DUE"
        return "DUE" if now < self.overdue_at else "OVERDUE"


def next_due(
    schedule: CheckSchedule | None,
    *,
    interval_ms: int,
    grace_ms: int,
    parties: tuple[str, ...],
    party: str,
    since: int,
    sent_at: int | None,
    now: int,
) -> DueCheck:
    """The check that a party is to make next, or should have made.

    Args:
        schedule: The agreed one; None where there is none.
        interval_ms: Without a schedule, from one check to the next.
        grace_ms: A check may be made so much before its slot, and so much after it.
        parties: Those to the line, in order of their names.
        party: Whose turn is looked for.
        since: From when checks are to be made: earlier slots count for nothing.
        sent_at: When the party made its last check; None if it never did.
        now: The present instant.

    Returns:
        The last slot of the party's that has come and that no check of its fills, and else
        its next one.
    """
    if schedule is None:
        at = interval_ms + (since if sent_at is None else max(sent_at, since))
        return DueCheck(at, at + grace_ms)
    last = schedule.last_slot(now)
    turns = [
        number
        for number in range(last - PARTIES_MAX + 1, last + 2 * PARTIES_MAX + 1)
        if schedule.is_turn_of(party, number, parties)
    ]
    # Of the turns that are over only the last counts: nobody makes up for the others.
    begun = [number for number in turns if number <= last][-1:]
    at = 0
    for number in (*begun, *(number for number in turns if number > last)):
        at = schedule.slot_at(number)
        is_filled = sent_at is not None and sent_at >= at - grace_ms
        if at >= since and not is_filled:
            break
    return DueCheck(at, at + grace_ms)
