"""Clocks: what is due on a matter, when, for whom, and what follows.

A clock runs while its matter is in certain states, towards an instant that the
messages themselves give or that follows from agreed times. It is a row of a table
and nothing else: the same row counts in a node, in a replay and in a simulation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from openline.domain.line.terms import Timers
from openline.domain.party import Precedence


class Turn(StrEnum):
    """Whose turn it is while a clock runs."""

    OPENER = "OPENER"
    """The party that opened the matter."""
    OTHER = "OTHER"
    """The party that the matter was put to."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One row of the table of clocks.

    Attributes:
        name: Its name, unique for its subject.
        until: The name of the instant that it runs towards.
        runs_in: The states in which it runs.
        event: What happens to the matter when the instant comes.
        turn: Whose turn it is until then.
        precedence: How loud the alarm is that follows on both nodes.
        tier: The tier that must know then; 0 where it stays where it is.
        sets: Instants that it sets when it runs out, each so many milliseconds after its
            own. Its own is then taken away; where it sets that again, as for what recurs,
            then not beyond the instant `last_at`, and not at all where there is none.
        is_quiet: Whether nobody need be told.
        is_momentary: Whether what follows from it is over as soon as the matter moves on;
            so it is where the clock may run once more.
    """

    name: str
    until: str
    runs_in: tuple[str, ...]
    event: str
    turn: Turn
    precedence: Precedence
    tier: int = 0
    sets: tuple[tuple[str, int], ...] = ()
    is_quiet: bool = False
    is_momentary: bool = False


_STEPS: Final[Mapping[Precedence, tuple[int, ...]]] = {
    Precedence.FLASH: (1, 2, 4),
    Precedence.IMMEDIATE: (1, 4),
    Precedence.PRIORITY: (1, 4),
    Precedence.ROUTINE: (1,),
}
"""Multiples of the agreed time for an answer after which an unanswered matter goes one
tier up: with the proposed times FLASH after 5, 10 and 20 min, IMMEDIATE after 30 min and
2 h, PRIORITY after 3 h and 12 h, ROUTINE after 48 h."""


def read_ms(timers: Timers, precedence: int) -> int:
    """Within which time a person should have read a message."""
    return (
        timers.read_routine_ms,
        timers.read_priority_ms,
        timers.read_immediate_ms,
        timers.read_flash_ms,
    )[precedence]


def answer_ms(timers: Timers, precedence: int) -> int:
    """Within which time the substance of an answer should be there."""
    return (
        timers.answer_routine_ms,
        timers.answer_priority_ms,
        timers.answer_immediate_ms,
        timers.answer_flash_ms,
    )[precedence]


def known_by(timers: Timers, precedence: int, at: int, begins_at: int | None) -> int:
    """When a message should have been passed on to those who act, or answered anew.

    No term of its own is agreed: the time for an answer counts, for by then the party has
    asked those who act; and what begins must be known before it begins. Nobody is asked to
    be quicker than an answer to FLASH.

    Args:
        timers: The agreed times.
        precedence: Of the message.
        at: When its author says it was written.
        begins_at: The start of what it is about; None for what stands.
    """
    by_at = at + answer_ms(timers, precedence)
    if begins_at is not None:
        by_at = min(by_at, begins_at)
    return max(by_at, at + timers.answer_flash_ms)


def escalation(timers: Timers, precedence: int, start: int, reply_by: int) -> dict[str, int]:
    """When an unanswered matter goes to tier 2, 3 and 4, by the name of the instant.

    Args:
        timers: The agreed times.
        precedence: Of the message that opened the matter.
        start: When it was opened.
        reply_by: When the answer is due: then tier 2 must know.

    Returns:
        `tier_2`, `tier_3`, `tier_4`, as many as the precedence has steps.
    """
    agreed_ms = answer_ms(timers, precedence)
    first = max(reply_by, start)
    steps = _STEPS[Precedence(precedence)]
    return {
        f"tier_{tier}": first + (multiple - 1) * agreed_ms
        for tier, multiple in enumerate(steps, start=2)
    }
