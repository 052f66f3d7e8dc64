"""What the API asks of a running node; `openline.app.run` provides it."""

from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from openline.app.config import Config
from openline.app.export import Exporter
from openline.app.shows import Following
from openline.domain.talk.message import Message
from openline.engine.commands import Command
from openline.engine.drafts import Drafts
from openline.engine.people import People
from openline.engine.views import View


class Running(Protocol):
    """A running node."""

    config: Config

    async def command(self, command: Command) -> Any:
        """Have a command done; OurError when it may not be."""

    async def check(self, line: str, message: Message) -> tuple[list[dict[str, Any]], bool]:
        """The notices that one would not be clear of, and whether those are all."""

    def status(self) -> dict[str, Any]:
        """The state of the node and of its lines."""

    def view(self, line: str) -> View:
        """What is known about one line; OurError when there is no such line."""

    def message(self, line: str, party: str, index: int) -> dict[str, Any]:
        """One message with its body and its plain text."""

    def drafts(self, line: str) -> tuple[Drafts, int]:
        """The drafts of a line, and the present instant; OurError without the line."""

    @property
    def people(self) -> People:
        """Who may act for the party on the officers' port."""

    def exporting(self, line: str) -> AbstractAsyncContextManager[Exporter]:
        """What writes certificates about one line, for one caller at a time."""

    def delivered(self, line: str, index: int) -> Awaitable[None]:
        """Done when every counterpart has receipted our entry of that index."""

    def follow(self, after: str = "") -> AbstractAsyncContextManager[Following]:
        """What changes, after an id or from now on; ends when the node stops."""

    def brief(self, line: str) -> dict[str, Any]:
        """What whoever takes the watch on a line must know now."""

    async def replay(self, line: str, at: int) -> dict[str, Any]:
        """How a line stood at an instant; OurError when it is still to come."""
