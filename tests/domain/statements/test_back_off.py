"""The next look follows from what is known of a page, and from nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.statements.back_off import (
    ASKED_MS_MAX,
    QUIET_MS,
    STEP_MS_MAX,
    Plan,
    Standing,
    Why,
    next_look,
)
from openline.domain.statements.verdict import Verdict

AT = 1_491_525_000_000
ADDRESS = "https://mission.example/statements/7"
SEEN = Standing(
    ADDRESS,
    added_at=AT,
    changed_at=AT,
    versions=1,
    looked_at=AT,
    verdict=Verdict.FIRST,
    read_at=AT,
)


def unchanged(after_ms: int) -> Standing:
    """The page, looked at and unchanged so long after its change."""
    at = AT + after_ms
    return replace(SEEN, looked_at=at, read_at=at, verdict=Verdict.UNCHANGED, unchanged=3)


def failing(verdict: Verdict, errors: int, after_ms: int = HOUR_MS) -> Standing:
    """The page, looked at in vain so often, the last time so long after its change."""
    looked_at = AT + after_ms
    return replace(
        SEEN, verdict=verdict, errors=errors, looked_at=looked_at, failing_since=AT + MINUTE_MS
    )


def step(one: Standing) -> int:
    """Milliseconds from the last look to the next."""
    assert one.looked_at is not None
    plan = next_look(one)
    assert plan.next_at is not None
    return plan.next_at - one.looked_at


@pytest.mark.parametrize(
    ("after_ms", "step_ms", "why"),
    [
        (0, 5 * MINUTE_MS, Why.CHANGED_LATELY),
        (59 * MINUTE_MS, 5 * MINUTE_MS, Why.CHANGED_LATELY),
        (HOUR_MS, 15 * MINUTE_MS, Why.SHARE_OF_QUIET),
        (5 * HOUR_MS, HOUR_MS, Why.SHARE_OF_QUIET),
        (10 * DAY_MS, 2 * DAY_MS, Why.SHARE_OF_QUIET),
        (39 * DAY_MS, STEP_MS_MAX, Why.SHARE_OF_QUIET),
    ],
)
def test_steps_grow_with_the_time_since_the_change(after_ms: int, step_ms: int, why: Why) -> None:
    """Five minutes in the first hour, then a fifth of the time since, within bounds."""
    plan = next_look(unchanged(after_ms))
    assert plan.why is why
    assert step_ms <= step(unchanged(after_ms)) <= min(step_ms * 11 // 10, STEP_MS_MAX)


def test_a_page_that_was_never_looked_at_is_due() -> None:
    """What was added is looked at from then on."""
    assert next_look(Standing(ADDRESS, AT)) == Plan(AT, Why.NEW)


def test_looks_end_after_the_quiet_time() -> None:
    """After forty days without a change nothing is due; a source may say otherwise."""
    assert next_look(unchanged(QUIET_MS)) == Plan(None, Why.ENDED)
    assert next_look(replace(unchanged(QUIET_MS), quiet_ms=None)).next_at is not None
    assert next_look(replace(unchanged(DAY_MS), quiet_ms=DAY_MS)).next_at is None


def test_a_person_begins_it_anew() -> None:
    """Somebody who asks for it resets the quiet time as a change does."""
    ended = unchanged(QUIET_MS)
    assert ended.looked_at is not None
    plan = next_look(replace(ended, asked_at=ended.looked_at))
    assert (plan.why, plan.next_at is None) == (Why.CHANGED_LATELY, False)


def test_errors_are_counted_apart() -> None:
    """Each error in a row doubles the step, up to a day; refusals wait from six hours on."""
    steps = [step(failing(Verdict.UNREACHABLE, n)) for n in range(1, 14)]
    assert steps == sorted(steps)
    assert 5 * MINUTE_MS <= steps[0] < 6 * MINUTE_MS
    assert DAY_MS <= steps[-1] <= DAY_MS * 11 // 10
    assert step(failing(Verdict.REFUSED, 1)) >= 6 * HOUR_MS
    assert step(failing(Verdict.REFUSED, 90)) == STEP_MS_MAX
    assert step(failing(Verdict.MISSING, 4)) == STEP_MS_MAX


def test_three_looks_that_miss_find_a_missing_page_within_two_days() -> None:
    """The steps after errors give three looks over a day without a rule of their own."""
    at, looks = 0, 1
    while at < DAY_MS:
        at += step(failing(Verdict.UNREACHABLE, looks))
        looks += 1
    assert looks >= 3
    assert at < 2 * DAY_MS


def test_a_source_that_falls_silent_is_told() -> None:
    """Three errors over a day are an alarm; three within an hour are none."""
    assert next_look(failing(Verdict.UNREACHABLE, 3, 25 * HOUR_MS)).is_silent
    assert not next_look(failing(Verdict.UNREACHABLE, 3)).is_silent
    assert not next_look(failing(Verdict.UNREACHABLE, 2, 25 * HOUR_MS)).is_silent


def test_what_the_server_asks_for_is_a_lower_bound() -> None:
    """`Retry-After` and freshness delay a look, never hasten it, and not for ever."""
    one = unchanged(0)
    asked = next_look(replace(one, not_before=AT + DAY_MS))
    assert asked == Plan(AT + DAY_MS, Why.SERVER_ASKS)
    assert next_look(replace(one, not_before=AT + 1)) == next_look(one)
    assert next_look(replace(one, not_before=AT * 2)).next_at == AT + ASKED_MS_MAX


def test_the_interval_of_a_source_is_a_lower_bound() -> None:
    """A source that is given an hour is not looked at more often."""
    assert step(replace(unchanged(0), step_ms_min=HOUR_MS)) >= HOUR_MS


@given(st.integers(0, 400 * DAY_MS), st.sampled_from(Verdict), st.integers(1, 10**6))
def test_the_next_look_is_bounded(after_ms: int, verdict: Verdict, errors: int) -> None:
    """It is later than the last by five minutes at least and seven days at most, or never."""
    one = replace(failing(verdict, errors, after_ms), read_at=AT, quiet_ms=None)
    assert 5 * MINUTE_MS <= step(one) <= STEP_MS_MAX
    assert next_look(one) == next_look(one)
