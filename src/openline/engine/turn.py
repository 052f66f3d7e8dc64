"""One turn of a node's loop: what it gathers to be written and to be done.

Everything that one batch of events causes is gathered in a `Turn`. The app
commits the writes in one transaction and performs the effects after it, so
that nothing is shown or sent before it is durable.
"""

from dataclasses import dataclass, field
from typing import Any

from openline.engine.effects import Effect, Send, Show
from openline.engine.ports import Write


@dataclass(slots=True)
class Turn:
    """What is gathered during one turn.

    Attributes:
        now: The instant of the turn.
        writes: To be made durable together, in order.
        effects: To be performed when the writes are durable, in order.
    """

    now: int
    writes: list[Write] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    _done: set[str] = field(default_factory=set)

    def is_first(self, name: str) -> bool:
        """Whether something of this name is done for the first time in this turn."""
        if name in self._done:
            return False
        self._done.add(name)
        return True

    def write(self, write: Write) -> None:
        """Add a write."""
        self.writes.append(write)

    def send(self, link: int, frame: bytes, *, is_urgent: bool = False) -> None:
        """Add a frame to be sent."""
        self.effects.append(Send(link, frame, is_urgent))

    def show(self, line: str, name: str, data: dict[str, Any]) -> None:
        """Add something to be shown."""
        self.effects.append(Show(line, name, data))
