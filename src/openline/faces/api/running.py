"""What the API asks of a running node; `openline.app.run` provides it."""

from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

from openline.app.air import Air
from openline.app.config import Config
from openline.app.export import Exporter
from openline.app.feeds import Feeds
from openline.app.shows import Following
from openline.app.statements import Watcher
from openline.engine.commands import CheckNotice, Command
from openline.engine.drafts import Drafts
from openline.engine.people import People
from openline.engine.views import View


class Running(Protocol):
    """A running node."""

    config: Config
    statements: Watcher | None
    feeds: Feeds
    air: Air
    turns: int
    started_at: int

    async def command(self, command: Command) -> Any:
        """Have a command done; OurError when it may not be."""

    async def check(self, command: CheckNotice) -> tuple[list[dict[str, Any]], bool]:
        """The notices that one would not be clear of, and whether those are all."""

    def status(self) -> dict[str, Any]:
        """The state of the node and of its lines."""

    def two_way(self) -> dict[str, tuple[int, dict[str, int | None]]]:
        """By line: the tick interval, and when each counterpart answered a tick of ours."""

    def view(self, line: str) -> View:
        """What is known about one line; OurError when there is no such line."""

    def message(self, line: str, party: str, index: int) -> dict[str, Any]:
        """One message with its body and its plain text."""

    def drafts(self, line: str) -> tuple[Drafts, int]:
        """The drafts of a line, and the present instant; OurError without the line."""

    def outlets(self) -> list[dict[str, Any]]:
        """The states of the outlets, in the order of the settings."""

    def folders(self) -> list[dict[str, Any]]:
        """The states of the watched folders, in the order of the settings."""

    def keep(self, name: str, value: bytes) -> None:
        """Have a value of a face written with the next commit; empty removes it."""

    def kept(self, prefix: str) -> list[tuple[str, bytes]]:
        """The values of a face whose names begin so."""

    @property
    def people(self) -> People:
        """Who may act for the party on the officers' port."""

    def exporting(self, line: str) -> AbstractAsyncContextManager[Exporter]:
        """What writes certificates about one line, for one caller at a time."""

    def delivered(self, line: str, index: int) -> Awaitable[None]:
        """Done when every counterpart has receipted our entry of that index."""

    def follow(self, after: str = "") -> AbstractAsyncContextManager[Following]:
        """What changes, after an id or from now on; ends when the node stops."""

    async def copy_store(self) -> tuple[Path, int, dict[str, Path]]:
        """Copies of the store and its neighbours, and when; whoever asks deletes them."""

    def brief(self, line: str) -> dict[str, Any]:
        """What whoever takes the watch on a line must know now."""

    async def replay(self, line: str, at: int) -> dict[str, Any]:
        """How a line stood at an instant; OurError when it is still to come."""

    async def acts(
        self, line: str, start: int, end: int, officer: str = "", before: int | None = None
    ) -> dict[str, Any]:
        """Who did what on this node in a window, the newest first."""
