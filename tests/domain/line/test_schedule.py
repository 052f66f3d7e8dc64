"""Schedules of line checks: intervals, calendars, turns, and what is due."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS, parse_instant
from openline.domain.line import terms
from openline.domain.line.form import Fault
from openline.domain.line.schedule import CheckSchedule, Day, DueCheck, next_due
from openline.domain.line.understanding_toml import from_toml, to_toml
from tests.domain.line.test_understanding import rich

PARTIES = ("alpha.example", "bravo.example")
HOURLY = CheckSchedule(every_ms=HOUR_MS)
TURNS = replace(HOURLY, alternate=True)
FOUR_HOURLY = CheckSchedule(every_ms=4 * HOUR_MS)
TWICE = CheckSchedule(times=(9 * 60, 15 * 60 + 30))
WORKDAYS = replace(TWICE, days=tuple(Day)[:5])
FRIDAY = parse_instant("2026-11-27T00:00:00Z")

schedules = st.builds(
    CheckSchedule, every_ms=st.integers(1, 7 * 24 * 60).map(lambda m: m * MINUTE_MS)
) | st.builds(
    CheckSchedule,
    times=st.sets(st.integers(0, 1439), min_size=1, max_size=4).map(lambda t: tuple(sorted(t))),
    days=st.sets(st.sampled_from(Day)).map(lambda d: tuple(sorted(d))),
    alternate=st.booleans(),
)


def due(
    schedule: CheckSchedule | None,
    now: int,
    sent_at: int | None = None,
    party: str = PARTIES[0],
    since: int = 0,
) -> DueCheck:
    """What is due of a party, with the terms that stand by default."""
    return next_due(
        schedule,
        interval_ms=4 * HOUR_MS,
        grace_ms=5 * MINUTE_MS,
        parties=PARTIES,
        party=party,
        since=since,
        sent_at=sent_at,
        now=now,
    )


@given(schedules, st.integers(0, 2_000_000_000_000))
def test_slots_follow_each_other(schedule: CheckSchedule, now: int) -> None:
    """The last slot is not after the instant, and the next one is."""
    number = schedule.last_slot(now)
    assert schedule.slot_at(number) <= now < schedule.slot_at(number + 1)


@pytest.mark.parametrize(
    ("schedule", "now", "slot"),
    [
        (HOURLY, "2026-11-27T09:59:59Z", "2026-11-27T09:00:00Z"),
        (FOUR_HOURLY, "2026-11-27T11:59:59Z", "2026-11-27T08:00:00Z"),
        (TWICE, "2026-11-28T08:00:00Z", "2026-11-27T15:30:00Z"),
        (WORKDAYS, "2026-11-29T12:00:00Z", "2026-11-27T15:30:00Z"),
        (WORKDAYS, "2026-11-30T09:00:00Z", "2026-11-30T09:00:00Z"),
    ],
)
def test_the_last_slot(schedule: CheckSchedule, now: str, slot: str) -> None:
    """Slots stand at hours of UTC, at the times of a calendar, on its days alone."""
    assert schedule.slot_at(schedule.last_slot(parse_instant(now))) == parse_instant(slot)


def test_the_sides_alternate() -> None:
    """With turns the first party by name has the even hours, the other the odd ones."""
    for hour in range(6):
        at = FRIDAY + hour * HOUR_MS
        number = TURNS.last_slot(at)
        turns = [TURNS.is_turn_of(party, number, PARTIES) for party in PARTIES]
        assert turns == [hour % 2 == 0, hour % 2 == 1]


def test_due_and_overdue() -> None:
    """A slot is due until a check fills it, and overdue after the grace."""
    at = FRIDAY + 9 * HOUR_MS
    waiting = due(HOURLY, at + MINUTE_MS)
    assert (waiting.at, waiting.word(at - 1), waiting.word(at)) == (at, "NOT_DUE", "DUE")
    assert waiting.word(at + 5 * MINUTE_MS) == "OVERDUE"
    assert due(HOURLY, at + MINUTE_MS, sent_at=at).at == at + HOUR_MS
    assert due(HOURLY, at + MINUTE_MS, sent_at=at - 4 * MINUTE_MS).at == at + HOUR_MS
    assert due(HOURLY, at + MINUTE_MS, sent_at=at - 6 * MINUTE_MS).at == at


def test_early_for_the_next() -> None:
    """A check just before its slot fills that slot."""
    at = FRIDAY + 9 * HOUR_MS
    early = at - MINUTE_MS
    assert due(HOURLY, early, sent_at=early).at == at + HOUR_MS


def test_what_was_before_the_line_is_not_due() -> None:
    """Slots before the line stood are nobody's."""
    since = FRIDAY + 9 * HOUR_MS + 1
    assert due(HOURLY, since, since=since).at == FRIDAY + 10 * HOUR_MS


def test_whose_turn_is_due() -> None:
    """Of two parties that take turns only the one whose hour it is has a check due."""
    at = FRIDAY + 9 * HOUR_MS
    sent_at = at - HOUR_MS
    assert due(TURNS, at, sent_at=sent_at, party=PARTIES[0]).at == at + HOUR_MS
    assert due(TURNS, at, sent_at=sent_at - HOUR_MS, party=PARTIES[1]).at == at


def test_without_a_schedule() -> None:
    """Without a schedule the next check is due an interval after the last one."""
    assert due(None, FRIDAY, since=FRIDAY).at == FRIDAY + 4 * HOUR_MS
    assert due(None, FRIDAY, sent_at=FRIDAY + HOUR_MS, since=FRIDAY).at == FRIDAY + 5 * HOUR_MS


@given(schedules, st.integers(0, 10**12), st.none() | st.integers(0, 2 * 10**12))
def test_something_is_always_due(schedule: CheckSchedule, now: int, sent_at: int | None) -> None:
    """Whatever the clock does, a party has a next check, overdue after it is due."""
    found = due(schedule, now, sent_at)
    assert found.overdue_at == found.at + 5 * MINUTE_MS


@pytest.mark.parametrize("schedule", [HOURLY, TURNS, TWICE, replace(WORKDAYS, alternate=True)])
def test_in_the_understanding(schedule: CheckSchedule) -> None:
    """A schedule survives the signed bytes, JSON and TOML."""
    understanding = replace(rich(), check_schedule=schedule)
    assert terms.from_value(terms.to_value(understanding)) == understanding
    assert terms.from_json(terms.to_json(understanding)) == understanding
    assert from_toml(to_toml(understanding), "u.toml") == understanding


def test_without_one_the_bytes_stay() -> None:
    """Without a schedule the signed value has no key of it, and the file tells how to agree."""
    understanding = rich()
    assert 17 not in terms.to_value(understanding)
    assert '# every = "4 h"' in to_toml(understanding)


@pytest.mark.parametrize(
    ("schedule", "what"),
    [
        (CheckSchedule(), "has both an interval and times, or neither"),
        (CheckSchedule(every_ms=HOUR_MS, times=(540,)), "has both an interval and times"),
        (CheckSchedule(every_ms=1_000), "is not from 1 min to 7 d"),
        (CheckSchedule(every_ms=8 * DAY_MS), "is not from 1 min to 7 d"),
        (CheckSchedule(every_ms=HOUR_MS, days=(Day.MON,)), "have no place beside `every`"),
    ],
)
def test_what_cannot_be_agreed(schedule: CheckSchedule, what: str) -> None:
    """No time at all, two sorts of time and a rush are refused, with the field."""
    value = terms.to_value(replace(rich(), check_schedule=schedule))
    with pytest.raises(Fault, match=what):
        terms.from_value(value)


@pytest.mark.parametrize("written", ["9:00", "24:00", "09:60", "0900", "٠٩:٠٠", "09:00Z"])
def test_no_time_of_the_day(written: str) -> None:
    """A time that is not HH:MM is refused with its place in the file."""
    understanding = to_toml(replace(rich(), check_schedule=TWICE))
    with pytest.raises(OurError, match=r"row \d+: check_schedule.times.* is no time of the day"):
        from_toml(understanding.replace("09:00", written), "u.toml")
