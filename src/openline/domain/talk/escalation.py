"""Escalations: lifting a matter to a higher tier, and giving it back.

A tier is added, and no lower one is left out of it. Any matter can be lifted, and any
message besides; such a message then is a matter of its own, which waits until it is
answered or given back. What a clock has lifted stays so; a party gives back what it lifted
itself, and not what the other did.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import ClassVar, Final

from openline.domain.conduct.clock import Clock, Turn, read_ms
from openline.domain.conduct.life import (
    DEADLINE,
    ESCALATED,
    READ_AT_TIER,
    RETURNED,
    Life,
    Table,
)
from openline.domain.conduct.subject import Deed, Said, Subject
from openline.domain.line.form import LANGUAGE, Fault, Field, Instant, Record, Whole, Word
from openline.domain.line.terms import Timers
from openline.domain.party import Precedence
from openline.domain.talk.body import BY, FREE_TEXT, NEEDED_TEXT, REFERENCE, Body, By, Reference
from openline.domain.talk.kinds import Kind
from openline.domain.talk.response import Answer, Response


class Lift(IntEnum):
    """Which way a matter goes."""

    ESCALATED = 1
    RETURNED = 2


@dataclass(frozen=True, slots=True)
class Escalation(Body):
    """Lifts a matter to a tier, or gives it back to one.

    Attributes:
        by: Who lifts it, or gives it back.
        of: The message that is lifted, or any message of the matter.
        change: Which way.
        tier: To which tier, 1 to 4.
        why: In words.
        deadline: By when it must be settled there; None if it is not said.
        stays: What stays with the lower tiers, in words.
        language: Of all words, as ISO 639 code.
    """

    by: By
    of: Reference
    change: Lift
    tier: int
    why: str
    deadline: int | None = None
    stays: str = ""
    language: str = "en"

    message_kind: ClassVar[Kind] = Kind.ESCALATION

    def rules(self) -> Iterator[Fault]:
        """Tier 1 is nothing to lift a matter to, and what is back is not due."""
        if self.change is Lift.ESCALATED and self.tier == 1:
            yield Fault("tier", "is the lowest", "Lift it to tier 2 or higher.")
        if self.change is Lift.RETURNED and self.deadline is not None:
            yield Fault("deadline", "has no place beside RETURNED")


Escalation.record = Record(
    Escalation,
    (
        BY,
        Field(1, "of", REFERENCE),
        Field(2, "change", Word(Lift)),
        Field(3, "tier", Whole(1, 4)),
        Field(4, "why", NEEDED_TEXT),
        Field(5, "deadline", Instant(), is_optional=True),
        Field(6, "stays", FREE_TEXT),
        Field(7, "language", LANGUAGE),
    ),
)


class EscalationState(StrEnum):
    """Where a message that was lifted by itself stands."""

    SAID = "SAID"
    """Before it was lifted."""
    LIFTED = "LIFTED"
    READ = "READ"
    HOLDING = "HOLDING"
    ANSWERED = "ANSWERED"
    RETURNED = "RETURNED"


class EscalationEvent(StrEnum):
    """What happens to it."""

    ESCALATED = ESCALATED
    RETURNED = RETURNED
    READ_AT_TIER = READ_AT_TIER
    HELD = "HELD"
    ANSWERED = "ANSWERED"
    READ_DUE = "READ_DUE"


_S, _E = EscalationState, EscalationEvent

_REPLIES: Final = {
    _E.ESCALATED: _S.LIFTED,
    _E.RETURNED: _S.RETURNED,
    _E.READ_AT_TIER: _S.READ,
    _E.HELD: _S.HOLDING,
    _E.ANSWERED: _S.ANSWERED,
}

ESCALATION_TABLE: Final[Table] = {
    _S.SAID: {_E.ESCALATED: _S.LIFTED},
    _S.LIFTED: {**_REPLIES, _E.READ_DUE: _S.LIFTED},
    _S.READ: dict(_REPLIES),
    _S.HOLDING: {**_REPLIES, _E.READ_AT_TIER: _S.HOLDING},
    _S.ANSWERED: {**_REPLIES, _E.READ_AT_TIER: _S.ANSWERED},
    _S.RETURNED: {_E.ESCALATED: _S.LIFTED, _E.READ_AT_TIER: _S.RETURNED},
}
"""The state machine of a message that was lifted by itself."""

ESCALATION_LIFE: Final = Life(
    _S.SAID, ESCALATION_TABLE, frozenset({_S.SAID, _S.ANSWERED, _S.RETURNED})
)

ESCALATION_CLOCKS: Final = (
    Clock("lift_read", "lift_read_by", (_S.LIFTED,), _E.READ_DUE, Turn.OTHER, Precedence.IMMEDIATE),
)
"""The clock of such a message; that of a deadline is one of `deadline_clocks`."""


def deadline_clocks(life: Life) -> tuple[Clock, ...]:
    """The clocks of the deadlines that officers set when lifting a matter.

    Each party sets its own, and takes back no other.
    """
    waiting = tuple(state for state in life.states() if state not in life.ends)
    return (
        Clock("deadline", "deadline", waiting, DEADLINE, Turn.OTHER, Precedence.IMMEDIATE),
        Clock(
            "deadline_other",
            "deadline_other",
            waiting,
            DEADLINE,
            Turn.OPENER,
            Precedence.IMMEDIATE,
        ),
    )


def lifting(message: Escalation, at: int, timers: Timers, *, is_by_opener: bool) -> Deed:
    """What an escalation does to whatever matter it is about."""
    name = "deadline" if is_by_opener else "deadline_other"
    if message.change is Lift.RETURNED:
        return Deed(RETURNED, ((name, None),), str(message.tier), tier=message.tier)
    instants = (
        ("lift_read_by", at + read_ms(timers, Precedence.IMMEDIATE)),
        (name, message.deadline),
    )
    return Deed(ESCALATED, instants, str(message.tier), tier=message.tier)


def read_at(tier: int) -> Deed:
    """What the reading of an escalation by a post of a tier does to the matter."""
    return Deed(READ_AT_TIER, (), str(tier), tier=tier)


def _escalation_deed(said: Said) -> Deed | None:
    message = said.message
    if isinstance(message, Response) and not said.is_by_opener:
        event = _E.HELD if message.answer is Answer.HOLDING else _E.ANSWERED
        return Deed(event, (), message.answer.name)
    return None


ESCALATION: Final = Subject(
    "escalation",
    (),
    ESCALATION_LIFE,
    ESCALATION_CLOCKS,
    _escalation_deed,
    is_each=False,
)
"""No kind opens it: what opens it is that a message is lifted that is no matter by itself.

Its opener is the author of that message, so that both nodes name the same one.
"""
