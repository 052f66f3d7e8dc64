"""The observed axis: circuits, pairs and lines, tick by tick."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.instant import HOUR_MS, MINUTE_MS, SECOND_MS
from openline.domain.line.observed import (
    CIRCUIT,
    CircuitWatch,
    Observed,
    Sign,
    aggregate,
    counterpart_state,
)
from openline.domain.line.terms import Timers

UNKNOWN, UP, DEGRADED, LOST = Observed
START = 1_491_523_200_000  # 2017-04-07T00:00:00Z
TICK = 10 * SECOND_MS
TIMERS = Timers()


def watch() -> CircuitWatch:
    return CircuitWatch(since=START)


def steady() -> CircuitWatch:
    """A circuit on which a tick came every ten seconds for a minute."""
    circuit = watch()
    for second in range(0, 60, 10):
        circuit.heard(START + second * SECOND_MS, TIMERS)
    return circuit


@pytest.mark.parametrize(
    ("state", "sign", "after"),
    [
        (UNKNOWN, Sign.TICK, UP),
        (UNKNOWN, Sign.STEADY, UP),
        (UNKNOWN, Sign.LATE, UNKNOWN),
        (UNKNOWN, Sign.SILENT, LOST),
        (UP, Sign.TICK, UP),
        (UP, Sign.STEADY, UP),
        (UP, Sign.LATE, DEGRADED),
        (UP, Sign.SILENT, LOST),
        (DEGRADED, Sign.TICK, DEGRADED),
        (DEGRADED, Sign.STEADY, UP),
        (DEGRADED, Sign.LATE, DEGRADED),
        (DEGRADED, Sign.SILENT, LOST),
        (LOST, Sign.TICK, DEGRADED),
        (LOST, Sign.STEADY, UP),
        (LOST, Sign.LATE, LOST),
        (LOST, Sign.SILENT, LOST),
    ],
)
def test_each_pair(state: Observed, sign: Sign, after: Observed) -> None:
    """Every sign in every state leads to the state that the rules name."""
    assert CIRCUIT[state][sign] is after


def test_the_table_is_complete() -> None:
    """The table names every sign in every state, and nothing else."""
    assert set(CIRCUIT) == set(Observed)
    assert all(set(row) == set(Sign) for row in CIRCUIT.values())


def test_a_first_tick_tests_the_circuit() -> None:
    """A circuit is UNKNOWN until a tick is heard, then UP."""
    circuit = watch()
    assert not circuit.advance(START + 2 * TICK, TIMERS)
    assert circuit.state is UNKNOWN
    assert circuit.heard(START + 2 * TICK, TIMERS)
    assert circuit.state is UP


def test_a_circuit_that_was_never_heard_is_lost() -> None:
    """Six intervals without a first tick make a circuit LOST, three leave it UNKNOWN."""
    circuit = watch()
    circuit.advance(START + 3 * TICK, TIMERS)
    assert circuit.state is UNKNOWN
    assert circuit.advance(START + 6 * TICK, TIMERS)
    assert circuit.state is LOST


def test_missed_ticks() -> None:
    """Three missed ticks make it DEGRADED, six LOST, each to the millisecond."""
    circuit = steady()
    last = START + 50 * SECOND_MS
    seen = []
    for at in (last + 3 * TICK - 1, last + 3 * TICK, last + 6 * TICK - 1, last + 6 * TICK):
        circuit.advance(at, TIMERS)
        seen.append(circuit.state)
    assert seen == [UP, DEGRADED, DEGRADED, LOST]


def test_hysteresis() -> None:
    """A lost circuit is DEGRADED at its first tick and UP at the second good one."""
    circuit = steady()
    back = START + HOUR_MS
    circuit.advance(back - 1, TIMERS)
    assert circuit.state is LOST
    circuit.heard(back, TIMERS)
    assert circuit.state is DEGRADED
    circuit.heard(back + TICK, TIMERS)
    assert circuit.state is UP


def test_ticks_at_once_do_not_clear() -> None:
    """Ticks sent at once after a change do not count as a second good tick."""
    circuit = steady()
    back = START + HOUR_MS
    for ms in range(0, 5_000, 50):
        circuit.heard(back + ms, TIMERS)
    assert circuit.state is DEGRADED
    circuit.heard(back + 5_000, TIMERS)
    assert circuit.state is UP


def test_flapping_stays_degraded() -> None:
    """One tick in every four intervals never clears a circuit."""
    circuit = steady()
    at = START + 50 * SECOND_MS
    for _ in range(10):
        at += 4 * TICK
        circuit.heard(at, TIMERS)
        assert circuit.state is DEGRADED


def test_no_state_outlives_its_proof_when_the_clock_steps_back() -> None:
    """After a step back of an hour a silent circuit is LOST six intervals later."""
    circuit = steady()
    circuit.advance(START - HOUR_MS, TIMERS)
    assert circuit.state is UP
    circuit.advance(START - HOUR_MS + 6 * TICK, TIMERS)
    assert circuit.state is LOST


def test_counts_are_as_agreed() -> None:
    """Other timers in the Understanding move both limits."""
    timers = Timers(tick_ms=200, ticks_missed_degraded=2, ticks_missed_lost=4)
    circuit = CircuitWatch(since=START)
    circuit.heard(START, timers)
    seen = []
    for at in (399, 400, 799, 800):
        circuit.advance(START + at, timers)
        seen.append(circuit.state)
    assert seen == [UP, DEGRADED, DEGRADED, LOST]


@given(st.lists(st.tuples(st.booleans(), st.integers(-2 * MINUTE_MS, 2 * MINUTE_MS)), max_size=30))
def test_never_up_without_a_recent_tick(steps: list[tuple[bool, int]]) -> None:
    """Whatever the clock does, UP means that less than three intervals were counted."""
    circuit = watch()
    now = START
    for is_tick, ms in steps:
        now += ms
        if is_tick:
            circuit.heard(now, TIMERS)
        else:
            circuit.advance(now, TIMERS)
        if circuit.state is UP:
            assert circuit.last_heard_at is not None
            assert 0 <= now - circuit.last_heard_at < 3 * TICK


def test_aggregate_of_two() -> None:
    """Every pair of parts gives the state that the rules name."""
    table = {
        (UNKNOWN, UNKNOWN): UNKNOWN,
        (UNKNOWN, UP): DEGRADED,
        (UNKNOWN, DEGRADED): DEGRADED,
        (UNKNOWN, LOST): LOST,
        (UP, UP): UP,
        (UP, DEGRADED): DEGRADED,
        (UP, LOST): DEGRADED,
        (DEGRADED, DEGRADED): DEGRADED,
        (DEGRADED, LOST): DEGRADED,
        (LOST, LOST): LOST,
    }
    assert {pair: aggregate(pair) for pair in table} == table
    assert aggregate(()) is UNKNOWN


@given(st.lists(st.sampled_from(Observed), min_size=1, max_size=4))
def test_order_does_not_matter(parts: list[Observed]) -> None:
    """The aggregate of the same parts is the same in every order."""
    assert len({aggregate(order) for order in permutations(parts)}) == 1


@pytest.mark.parametrize(
    ("circuits", "age_ms", "state"),
    [
        ([], 0, UNKNOWN),
        ([UNKNOWN], 0, UNKNOWN),
        ([LOST, LOST], 0, LOST),
        ([UP], 0, UP),
        ([UP, LOST], 0, DEGRADED),
        ([UP, UP], 2 * TICK, UP),
        ([UP, UP], 3 * TICK, DEGRADED),
        ([UP, UP], 6 * TICK, LOST),
        ([DEGRADED], 6 * TICK, LOST),
        ([UP], -1, DEGRADED),
        ([UP], None, DEGRADED),
    ],
)
def test_to_hear_is_not_to_be_heard(
    circuits: list[Observed], age_ms: int | None, state: Observed
) -> None:
    """A counterpart is never in a better state than the two-way proof allows."""
    answered_at = None if age_ms is None else START - age_ms
    assert counterpart_state(circuits, answered_at, START, TIMERS) is state


def test_an_asymmetric_cut_is_seen_by_both_within_thirty_seconds() -> None:
    """When one direction is cut, both sides leave UP within three intervals."""
    deaf, heard = steady(), steady()
    cut_at = START + 50 * SECOND_MS
    deaf.advance(cut_at + 3 * TICK, TIMERS)
    assert counterpart_state([deaf.state], cut_at, cut_at + 3 * TICK, TIMERS) is DEGRADED
    for later in (TICK, 2 * TICK, 3 * TICK):
        heard.heard(cut_at + later, TIMERS)
    assert heard.state is UP
    assert counterpart_state([heard.state], cut_at, cut_at + 3 * TICK, TIMERS) is DEGRADED
