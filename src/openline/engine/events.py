"""What happens to a node: the only way anything gets in.

Events are facts in the past tense. Time comes beside them, as the `now` of
`Node.handle`; nothing in the engine reads a clock.
"""

from dataclasses import dataclass
from typing import TypeAlias

from openline.engine.commands import Command


@dataclass(frozen=True, slots=True)
class LinkOpened:
    """A connection to a counterpart stands; its keys are the pinned ones.

    Attributes:
        link: Number of the connection, unique while the node runs.
        line: The line it serves.
        party: The counterpart, as its certificate proves.
        circuit: Name of the circuit; circuits are ordered by name.
    """

    link: int
    line: str
    party: str
    circuit: str


@dataclass(frozen=True, slots=True)
class LinkClosed:
    """A connection ended.

    Attributes:
        link: Its number.
        reason: Why, in words; begins with the word of a `Reason` and a colon where
            something that the counterpart sent was refused.
    """

    link: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FrameReceived:
    """A frame came in over a connection; nothing about it is trusted."""

    link: int
    frame: bytes


@dataclass(frozen=True, slots=True)
class CommandGiven:
    """An officer or administrator asks for something.

    Attributes:
        token: Returned with the answer.
        command: What is asked.
    """

    token: int
    command: Command


@dataclass(frozen=True, slots=True)
class ClockAdvanced:
    """Time passed; what is due is done. Comes several times each tick."""


Event: TypeAlias = LinkOpened | LinkClosed | FrameReceived | CommandGiven | ClockAdvanced
