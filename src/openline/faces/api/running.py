"""What the API asks of a running node; `openline.app.run` provides it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from openline.app.config import Config
from openline.domain.line.understanding import Understanding
from openline.engine.commands import Command
from openline.engine.effects import Show


class LineView(Protocol):
    """What is known about one line, JSON-ready (`openline.engine.views`)."""

    understanding: Understanding

    def messages(self, after: int = 0, count: int = 100) -> list[dict[str, Any]]:
        """Messages after a position, in the order in which they were recorded."""

    def message(self, party: str, index: int) -> dict[str, Any] | None:
        """One message, or None."""

    def notices(self, live_only: bool) -> list[dict[str, Any]]:
        """Notices, all or the live ones."""

    def notice(self, notice_id: str) -> dict[str, Any] | None:
        """One notice with its versions, or None."""

    def conflicts(self, live_only: bool = True) -> list[dict[str, Any]]:
        """Conflicts between live notices of different parties."""

    def alarms(self) -> list[dict[str, Any]]:
        """What a person must look at."""


class Running(Protocol):
    """A running node."""

    config: Config

    async def command(self, command: Command) -> Any:
        """Have a command done; OurError when it may not be."""

    def status(self) -> dict[str, Any]:
        """The state of the node and of its lines."""

    def view(self, line: str) -> LineView:
        """What is known about one line; OurError when there is no such line."""

    def message(self, line: str, party: str, index: int) -> dict[str, Any]:
        """One message with its body and its plain text."""

    def exporter(self, line: str) -> Any:
        """What writes certificates about one line."""

    def shows(self) -> AbstractAsyncContextManager[AsyncIterator[Show]]:
        """What changes, from now on; ends when the node stops or the reader is too slow."""
