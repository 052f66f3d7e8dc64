"""Subjects: which messages belong to which sort of matter, and what they do to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from openline.domain.conduct.clock import Clock
from openline.domain.conduct.life import Life
from openline.domain.line.terms import Timers
from openline.domain.talk.kinds import Kind


@dataclass(frozen=True, slots=True)
class Said:
    """One message, as a subject looks at it.

    Attributes:
        message: What it says, a `domain.talk` message.
        at: When its author signed it.
        precedence: How fast it was to go.
        is_by_opener: Whether the party that opened the matter says it; True of the
            message that opens one.
        about: Of a message about another one, the number of its kind, which this program
            may not know; None of others.
        timers: The agreed times.
        matter_precedence: Of the message that opened the matter.
        is_first: Of a matter that people name, whether this is the message that opens it.
            A subject is asked for both: which it is may change when an earlier one comes.
    """

    message: Any
    at: int
    precedence: int
    is_by_opener: bool
    about: int | None
    timers: Timers
    matter_precedence: int
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """What a message does to a matter.

    Attributes:
        event: The event; `life.OPENED`, or one of `Life.opens`, for the message that opens it.
        instants: Instants that it sets, by name; None takes one away.
        said: What it says in one code word; may be empty.
        name: Of a matter that people name, its name; empty where the message that
            opens a matter stands for it.
        tier: Of what lifts a matter, gives it back, or reads it there, the tier.
    """

    event: str
    instants: tuple[tuple[str, int | None], ...] = ()
    said: str = ""
    name: str = ""
    tier: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """A sort of matter.

    Attributes:
        name: What it is called, in small letters.
        opened_by: The kinds of message that open a matter of it.
        life: Its life cycle.
        clocks: The clocks that run on it.
        deed: What a message does to a matter of it; None if it does nothing. It is asked
            for messages of `opened_by`, and for those about a message that belongs to a
            matter of this subject.
        is_each: Whether each party addressed has a standing of its own; else there is one
            for all.
    """

    name: str
    opened_by: tuple[Kind, ...]
    life: Life
    clocks: tuple[Clock, ...]
    deed: Callable[[Said], Deed | None]
    is_each: bool = True
