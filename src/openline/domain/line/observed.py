"""The observed axis of a line's state: what the circuits and the people show.

What a party *declares* is in `declared`; the two are kept apart and meet only
in the displayed word (`docs/concepts/state.md`). Machines probe a circuit with
signed ticks; people test the line with line checks; the two are never mixed.

Rules of a circuit:

1. It is UNKNOWN until its first tick: an untested line is not called open.
2. Three ticks missed make it DEGRADED, six make it LOST (counts as agreed).
3. What was DEGRADED or LOST is UP again after two good ticks, of which the
   second comes at least half an interval after the first: ticks that are sent
   at once after a change prove nothing about the circuit holding.
4. A clock that steps back starts the count anew: no state outlives its proof.

Rules of a pair: to hear is not to be heard. The state is never better than the
age of the *two-way proof* allows: when we made the newest tick of ours that the
counterpart names as heard. Normal exchange keeps it below two intervals.

Rules of people (`PEOPLE`): a check not answered when it should be is LATE; a second
one in a row, or half an hour, is UNANSWERED; a third one, or a day, is
UNANSWERED_PROLONGED (as agreed). Two answered checks clear it. The cause of a
trouble is what somebody said or what our own node knows, and else `unknown`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.limits import LINE_CHECKS_OPEN_MAX
from openline.domain.line.terms import Timers


class Observed(StrEnum):
    """What is observed of a circuit, of a counterpart, or of a whole line."""

    UNKNOWN = "UNKNOWN"
    """No tick has been heard yet."""
    UP = "UP"
    """It works as agreed."""
    DEGRADED = "DEGRADED"
    """It works, but not as agreed."""
    LOST = "LOST"
    """It does not work."""


class Sign(StrEnum):
    """What a circuit shows, as its state machine takes it."""

    TICK = "TICK"
    """A tick was verified."""
    STEADY = "STEADY"
    """The second good tick in a row was verified."""
    LATE = "LATE"
    """As many ticks are missing as make a circuit degraded."""
    SILENT = "SILENT"
    """As many ticks are missing as make a circuit lost."""


COMM_OUT_MS: Final = (2 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS)
"""Comm-out, counted from LOST: by another way; from post to post; a note (field practice)."""

CIRCUIT: Final[dict[Observed, dict[Sign, Observed]]] = {
    Observed.UNKNOWN: {
        Sign.TICK: Observed.UP,
        Sign.STEADY: Observed.UP,
        Sign.LATE: Observed.UNKNOWN,
        Sign.SILENT: Observed.LOST,
    },
    Observed.UP: {
        Sign.TICK: Observed.UP,
        Sign.STEADY: Observed.UP,
        Sign.LATE: Observed.DEGRADED,
        Sign.SILENT: Observed.LOST,
    },
    Observed.DEGRADED: {
        Sign.TICK: Observed.DEGRADED,
        Sign.STEADY: Observed.UP,
        Sign.LATE: Observed.DEGRADED,
        Sign.SILENT: Observed.LOST,
    },
    Observed.LOST: {
        Sign.TICK: Observed.DEGRADED,
        Sign.STEADY: Observed.UP,
        Sign.LATE: Observed.LOST,
        Sign.SILENT: Observed.LOST,
    },
}
"""The state machine of one circuit; every pair is named."""


@dataclass(slots=True)
class CircuitWatch:
    """What one circuit has shown since it is watched.

    Owned by the peer it belongs to; changed only by `heard` and `advance`.

    Attributes:
        since: When watching began.
        state: What is observed now.
        last_heard_at: When the last tick was verified.
    """

    since: int
    state: Observed = Observed.UNKNOWN
    last_heard_at: int | None = None
    _good_since: int | None = None

    def heard(self, now: int, timers: Timers) -> bool:
        """Take in a verified tick; whether the state changed."""
        changed = self.advance(now, timers)
        if self._good_since is None:
            self._good_since = now
        is_steady = 2 * (now - self._good_since) >= timers.tick_ms
        self.last_heard_at = now
        return self._take(Sign.STEADY if is_steady else Sign.TICK) or changed

    def advance(self, now: int, timers: Timers) -> bool:
        """Take in that time passed; whether the state changed."""
        if now < self._anchor():
            self._count_anew(now)
        missed = (now - self._anchor()) // timers.tick_ms
        if missed < min(timers.ticks_missed_degraded, timers.ticks_missed_lost):
            return False
        self._good_since = None
        return self._take(Sign.SILENT if missed >= timers.ticks_missed_lost else Sign.LATE)

    def _anchor(self) -> int:
        return self.since if self.last_heard_at is None else self.last_heard_at

    def _count_anew(self, now: int) -> None:
        """Count from now: the clock was set back."""
        self.since = now
        self._good_since = None
        if self.last_heard_at is not None:
            self.last_heard_at = now

    def _take(self, sign: Sign) -> bool:
        before, self.state = self.state, CIRCUIT[self.state][sign]
        return self.state is not before


def aggregate(states: Iterable[Observed]) -> Observed:
    """The state of what consists of parts; their order does not matter.

    One part that works beside one that does not, or is not known, is DEGRADED.
    Nothing that works and something known to be lost is LOST. No parts at all
    are UNKNOWN.
    """
    parts = frozenset(states)
    if len(parts) < 2:
        return next(iter(parts), Observed.UNKNOWN)
    if Observed.UP in parts or Observed.DEGRADED in parts:
        return Observed.DEGRADED
    return Observed.LOST


def counterpart_state(
    circuits: Iterable[Observed], answered_at: int | None, now: int, timers: Timers
) -> Observed:
    """What is observed of one counterpart: its circuits, and whether it hears us.

    Args:
        circuits: The state of each circuit to it.
        answered_at: When we made the newest tick of ours that it named as
            heard; None if it named none.
        now: The present instant.
        timers: The agreed counts.

    Returns:
        The state of the circuits, but never better than the two-way proof: it
        is DEGRADED while the proof is missing, older than allowed or dated in
        the future (a clock was set back), and LOST when it is too old.
    """
    state = aggregate(circuits)
    if state in (Observed.UNKNOWN, Observed.LOST):
        return state
    if answered_at is None or now < answered_at:
        return Observed.DEGRADED
    missed = (now - answered_at) // timers.tick_ms
    if missed >= timers.ticks_missed_lost:
        return Observed.LOST
    return Observed.DEGRADED if missed >= timers.ticks_missed_degraded else state


class Answered(StrEnum):
    """What line checks between people show; separate from `Observed`."""

    UNTESTED = "UNTESTED"
    """No line check was ever answered, and none is late."""
    ANSWERED = "ANSWERED"
    """People answer, in time."""
    RECOVERING = "RECOVERING"
    """A check was answered after others were not: one more clears it."""
    LATE = "LATE"
    """The answer to a line check is late."""
    UNANSWERED = "UNANSWERED"
    """No person answers."""
    UNANSWERED_PROLONGED = "UNANSWERED_PROLONGED"
    """No person answers for so long that the next tier acts."""


class Test(StrEnum):
    """What the line checks with one counterpart show, as their state machine takes it."""

    __test__ = False

    IN_TIME = "IN_TIME"
    """A check was answered before it was late."""
    TOO_LATE = "TOO_LATE"
    """A check was answered after it was late: somebody is there, not as agreed."""
    MISSED = "MISSED"
    """A check is not answered when it should be."""
    MISSED_AGAIN = "MISSED_AGAIN"
    """A second one in a row is not answered, or the first for as long as agreed."""
    MISSED_LONG = "MISSED_LONG"
    """A third one in a row is not answered, or the first for a day."""


PEOPLE: Final[dict[Answered, dict[Test, Answered]]] = {
    Answered.UNTESTED: {
        Test.IN_TIME: Answered.ANSWERED,
        Test.TOO_LATE: Answered.RECOVERING,
        Test.MISSED: Answered.LATE,
        Test.MISSED_AGAIN: Answered.UNANSWERED,
        Test.MISSED_LONG: Answered.UNANSWERED_PROLONGED,
    },
    Answered.ANSWERED: {
        Test.IN_TIME: Answered.ANSWERED,
        Test.TOO_LATE: Answered.RECOVERING,
        Test.MISSED: Answered.LATE,
        Test.MISSED_AGAIN: Answered.UNANSWERED,
        Test.MISSED_LONG: Answered.UNANSWERED_PROLONGED,
    },
    Answered.RECOVERING: {
        Test.IN_TIME: Answered.ANSWERED,
        Test.TOO_LATE: Answered.RECOVERING,
        Test.MISSED: Answered.LATE,
        Test.MISSED_AGAIN: Answered.UNANSWERED,
        Test.MISSED_LONG: Answered.UNANSWERED_PROLONGED,
    },
    Answered.LATE: {
        Test.IN_TIME: Answered.RECOVERING,
        Test.TOO_LATE: Answered.RECOVERING,
        Test.MISSED: Answered.LATE,
        Test.MISSED_AGAIN: Answered.UNANSWERED,
        Test.MISSED_LONG: Answered.UNANSWERED_PROLONGED,
    },
    Answered.UNANSWERED: {
        Test.IN_TIME: Answered.RECOVERING,
        Test.TOO_LATE: Answered.RECOVERING,
        Test.MISSED: Answered.UNANSWERED,
        Test.MISSED_AGAIN: Answered.UNANSWERED,
        Test.MISSED_LONG: Answered.UNANSWERED_PROLONGED,
    },
    Answered.UNANSWERED_PROLONGED: {
        Test.IN_TIME: Answered.RECOVERING,
        Test.TOO_LATE: Answered.RECOVERING,
        Test.MISSED: Answered.UNANSWERED_PROLONGED,
        Test.MISSED_AGAIN: Answered.UNANSWERED_PROLONGED,
        Test.MISSED_LONG: Answered.UNANSWERED_PROLONGED,
    },
}
"""The state machine of the people at one counterpart; every pair is named.

Two checks that are answered clear what was late or unanswered, the second of them
in time; whoever never was late is ANSWERED with the first.
"""

WORST_ANSWERED: Final = (
    Answered.UNANSWERED_PROLONGED,
    Answered.UNANSWERED,
    Answered.LATE,
    Answered.RECOVERING,
    Answered.UNTESTED,
    Answered.ANSWERED,
)
"""Of several counterparts the state that comes first here is the line's."""

UNANSWERED_PROLONGED_MS: Final = DAY_MS
"""After so long without an answer it is the next tier's matter (a proposal)."""

_AGAIN, _LONG = 2, 3


@dataclass(slots=True)
class OpenTest:
    """A line check that waits for its answer.

    Attributes:
        number: The check's own number.
        at: When it was asked.
        is_missed: Whether it counts as missed already.
    """

    number: int
    at: int
    is_missed: bool = False


@dataclass(frozen=True, slots=True)
class Turning:
    """The state of the people at one counterpart became another.

    Attributes:
        at: When.
        before: The state before.
        after: The state from then on.
    """

    at: int
    before: Answered
    after: Answered


@dataclass(slots=True)
class PeopleWatch:
    """What line checks have shown of the people at one counterpart.

    The same checks and answers at the same instants give the same states, however
    often somebody looks: what became late in between is taken in first.

    Attributes:
        state: What is observed now.
        answered_at: When the last answer came; None if none ever did.
        missed: Checks missed in a row.
        tests: The checks without an answer, the oldest first.
    """

    state: Answered = Answered.UNTESTED
    answered_at: int | None = None
    missed: int = 0
    tests: list[OpenTest] = field(default_factory=list)

    @property
    def asked_at(self) -> int | None:
        """When the oldest check that is still open was asked; None if none is open."""
        return self.tests[0].at if self.tests else None

    def ask(self, number: int, now: int, timers: Timers) -> list[Turning]:
        """Take in a line check.

        Of more than `LINE_CHECKS_OPEN_MAX` the oldest stay: it is since then that
        nobody answers.
        """
        turnings = self.advance(now, timers)
        if len(self.tests) >= LINE_CHECKS_OPEN_MAX:
            self.tests.pop()
        self.tests.append(OpenTest(number, now))
        return turnings

    def answer(self, number: int, now: int, timers: Timers) -> list[Turning]:
        """Take in the answer to a check; it closes the older ones."""
        turnings = self.advance(now, timers)
        closed = [test for test in self.tests if test.number <= number]
        asked = next((test for test in closed if test.number == number), None)
        if asked is None:
            return turnings
        self.tests = [test for test in self.tests if test.number > number]
        self.missed, self.answered_at = 0, now
        return [*turnings, *self._take(Test.TOO_LATE if asked.is_missed else Test.IN_TIME, now)]

    def meet(self, now: int, timers: Timers) -> list[Turning]:
        """Take in that their check was answered by us in time: people were at both ends.

        What was missed before counts no more; `answered_at` is of our own checks alone.
        """
        turnings = self.advance(now, timers)
        self.tests = [test for test in self.tests if not test.is_missed]
        self.missed = 0
        return [*turnings, *self._take(Test.IN_TIME, now)]

    def advance(self, now: int, timers: Timers) -> list[Turning]:
        """Take in that time passed, in the order in which checks became late."""
        turnings: list[Turning] = []
        for at, test in sorted(self._due(now, timers), key=lambda due: due[0]):
            turnings += self._take(test, at)
        return turnings

    def _due(self, now: int, timers: Timers) -> Iterator[tuple[int, Test]]:
        """What became late until now, with the instant at which it did."""
        missed = self.missed
        for test in self.tests:
            late_at = test.at + timers.line_check_answer_ms
            if not test.is_missed and late_at <= now:
                test.is_missed = True
                missed += 1
                sign = Test.MISSED if missed < _AGAIN else Test.MISSED_AGAIN
                yield late_at, sign if missed < _LONG else Test.MISSED_LONG
        self.missed = missed
        for wait_ms, sign in (
            (timers.line_check_unanswered_ms, Test.MISSED_AGAIN),
            (UNANSWERED_PROLONGED_MS, Test.MISSED_LONG),
        ):
            if self.tests and self.tests[0].at + wait_ms <= now:
                yield self.tests[0].at + wait_ms, sign

    def _take(self, test: Test, at: int) -> list[Turning]:
        before, self.state = self.state, PEOPLE[self.state][test]
        return [] if self.state is before else [Turning(at, before, self.state)]


class Cause(StrEnum):
    """Why a line does not work as agreed, as far as somebody has said so."""

    TECHNICAL_OWN = "technical_own"
    """Our own officer said so by a SERVICE message, or our node knows it for certain."""
    TECHNICAL_COUNTERPART_DECLARED = "technical_counterpart_declared"
    """The counterpart said so by a SERVICE message."""
    DELIBERATE_DECLARED = "deliberate_declared"
    """The counterpart has declared that it keeps no scope."""
    UNKNOWN = "unknown"
    """Nobody has said why; it is not guessed."""


def cause_of(
    *, is_own_fault: bool, is_own_service: bool, is_their_service: bool, is_deliberate: bool
) -> Cause:
    """The cause of a trouble: what is known for certain, then what each side says.

    Args:
        is_own_fault: This node knows that it is the reason.
        is_own_service: A SERVICE message of ours covers it now.
        is_their_service: A SERVICE message of the counterpart's covers it now.
        is_deliberate: The counterpart has declared that it keeps no scope.
    """
    if is_own_fault or is_own_service:
        return Cause.TECHNICAL_OWN
    if is_their_service:
        return Cause.TECHNICAL_COUNTERPART_DECLARED
    return Cause.DELIBERATE_DECLARED if is_deliberate else Cause.UNKNOWN
