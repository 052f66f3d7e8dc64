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
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

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
    parts = tuple(states)
    if not parts:
        return Observed.UNKNOWN
    if all(part is parts[0] for part in parts):
        return parts[0]
    if any(part in (Observed.UP, Observed.DEGRADED) for part in parts):
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
    """Nobody has asked yet, or the first check is not due for an answer."""
    ANSWERED = "ANSWERED"
    """The last line check was answered, or its answer is not late yet."""
    LATE = "LATE"
    """The answer to a line check is late."""
    UNANSWERED = "UNANSWERED"
    """No person answers."""


def answer_state(
    asked_at: int | None, answered_at: int | None, now: int, timers: Timers
) -> Answered:
    """What the line checks show at an instant.

    Args:
        asked_at: When the oldest check that is still open was sent; None if
            none is open.
        answered_at: When the last answer came; None if none ever did.
        now: The present instant.
        timers: The agreed times.
    """
    waited_ms = 0 if asked_at is None else now - asked_at
    if waited_ms >= timers.line_check_unanswered_ms:
        return Answered.UNANSWERED
    if waited_ms >= timers.line_check_answer_ms:
        return Answered.LATE
    return Answered.UNTESTED if answered_at is None else Answered.ANSWERED
