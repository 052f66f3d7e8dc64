"""The loop over one watched folder: an order that appears becomes drafts.

A file counts when it lay unchanged between two looks. It is then taken (moved), read,
checked whole, drafted, remembered by what it holds, and put away; where something is
wrong with it, it is refused with a complaint beside it. At whatever step the node ends, it
goes on from there: what lies in `reading` is read again, and a draft is kept once for
each notice of each content (`docs/decisions/0042-orders-from-a-folder.md`).
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from openline.adapters import dropped_files as files
from openline.adapters.dropped_files import ChangedMeanwhile, Dropped
from openline.app.folders.orders import Order, read_order
from openline.app.folders.read_before import ReadBefore, digest
from openline.app.folders.settings import Folder
from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.engine.commands import CheckNotice, Command, request_hash
from openline.engine.drafts import Drafts, KeepDraft
from openline.engine.views import View

LOOK_S: Final = 2.0
"""Between two looks: a file that did not change between them is whole."""

ROOM_MS: Final = 30_000
"""After so long it is looked whether there is room for the drafts of a file."""

_log = logging.getLogger("openline")


class Drafting(Protocol):
    """What a watched folder asks of a running node."""

    async def command(self, command: Command) -> Any:
        """Have a command done; OurError when it may not be."""

    def status(self) -> dict[str, Any]:
        """The state of the node and of its lines."""

    def view(self, line: str) -> View:
        """What is known about one line; OurError when there is no such line."""

    def drafts(self, line: str) -> tuple[Drafts, int]:
        """The drafts of a line, and the present instant."""


class _NoRoom(Exception):
    """So many drafts wait that those of a file have no room."""


class FolderWatch:
    """One watched folder. Everything in it belongs to its own task.

    Args:
        node: The running node.
        folder: The settings.
        by: Post and officer in whose name it drafts.
        language: Of words, where nothing says it.
        read_before: What was read of it.
        now_ms: The clock.
    """

    def __init__(
        self,
        node: Drafting,
        folder: Folder,
        by: tuple[str, str],
        language: str,
        read_before: ReadBefore,
        now_ms: Callable[[], int],
    ) -> None:
        self._node = node
        self._folder = folder
        self._by = by
        self._language = language
        self._read = read_before
        self._now_ms = now_ms
        self._fault = ""
        # What lay there at the last look.
        self._seen: dict[Path, Dropped] = {}
        # Files that were taken and have no room, and when to look again.
        self._without_room: dict[Path, int] = {}
        self._taken = self._refused = self._drafted = 0
        self._last: dict[str, Any] | None = None

    def state(self) -> dict[str, Any]:
        """The state as faces show it; instants in milliseconds."""
        return {
            "name": self._folder.name,
            "path": str(self._folder.path),
            "line": self._folder.line,
            "fault": self._fault,
            "taken": self._taken,
            "refused": self._refused,
            "drafted": self._drafted,
            "waiting": len(self._without_room),
            "last": self._last,
        }

    async def run(self) -> None:
        """Watch for ever.

        Raises:
            OurError: What was read before cannot be known.
        """
        await asyncio.to_thread(self._read.open)
        while True:
            try:
                await self._look()
                self._tell("")
            except OurError as error:
                self._tell(f"{error.what} {error.remedy}".strip())
            await asyncio.sleep(LOOK_S)

    def _tell(self, fault: str) -> None:
        if fault and fault != self._fault:
            _log.warning("folder %s: %s", self._folder.name, fault)
        self._fault = fault

    async def _look(self) -> None:
        line = self._line()
        await asyncio.to_thread(files.prepare, self._folder.path)
        left = await asyncio.to_thread(files.look, self._folder.path / files.READING)
        self._without_room = {
            one.path: self._without_room.get(one.path, 0)
            for one in left
            if one.path in self._without_room
        }
        for one in left:
            await self._take_in(one.path, line, is_left=True)
        found = await asyncio.to_thread(files.look, self._folder.path)
        before, self._seen = self._seen, {one.path: one for one in found}
        for one in found:
            if before.get(one.path) == one or not one.is_plain:
                claimed = await asyncio.to_thread(files.claim, one)
                await self._take_in(claimed, line, is_left=False)

    def _line(self) -> str:
        """The line on which the drafts are.

        Raises:
            OurError: There is none of that name, several, or it may not sign yet.
        """
        lines = self._node.status()["lines"]
        named = [one for one in lines if self._folder.line in ("", one["line"])]
        if len(named) != 1:
            raise OurError(
                f"It is not known on which of {len(named)} lines to draft.",
                "Name one in node.toml: line, below [[folder]].",
            )
        if not named[0]["can_sign"]:
            raise OurError(f"On the line {named[0]['line']} nothing may be signed yet.")
        return str(named[0]["line"])

    async def _take_in(self, path: Path, line: str, *, is_left: bool) -> None:
        """Draft what a file holds that was taken, and put it away."""
        now, name = self._now_ms(), files.shown_name(path)
        if now < self._without_room.get(path, 0):
            return
        try:
            data = await asyncio.to_thread(files.read_claimed, path)
            if (known := self._read.find(data)) is not None:
                # One that is left over was drafted, and only not put away any more.
                if not (is_left and known[0] == name):
                    at = format_instant(known[1])
                    raise OurError(f"It holds what {known[0]} held, which was read at {at}.")
                order = Order((), ())
            else:
                order = await self._draft(data, name, line)
                await asyncio.to_thread(self._read.add, data, name, now)
        except ChangedMeanwhile:
            await asyncio.to_thread(files.give_back, path)
        except _NoRoom:
            self._without_room[path] = now + ROOM_MS
            self._last = _said(name, now, "It waits: there is no room for its drafts.")
        except OurError as error:
            await self._refuse(path, error, now)
        else:
            self._without_room.pop(path, None)
            said = "".join(f"{row}\n" for row in order.doubts)
            await asyncio.to_thread(files.put_away, path, files.DONE, said, now)
            self._taken += 1
            self._drafted += len(order.notices)
            self._last = _said(name, now, f"Drafts: {len(order.notices)}.")
            count = len(order.notices)
            _log.info("folder %s: %s became %s drafts", self._folder.name, name, count)

    async def _refuse(self, path: Path, error: OurError, now: int) -> None:
        complaint = f"{error.what}\n{error.remedy}\n"
        name = files.shown_name(path)
        self._refused += 1
        self._last = _said(name, now, error.what)
        _log.warning("folder %s: %s is refused: %s", self._folder.name, name, error.what)
        await asyncio.to_thread(files.put_away, path, files.REFUSED, complaint, now)

    async def _draft(self, data: bytes, name: str, line: str) -> Order:
        """Keep a draft of each notice of a file; none unless all may be.

        Raises:
            OurError: Something is wrong with it.
            _NoRoom: So many drafts wait already.
        """
        drafts, now = self._node.drafts(line)
        terms = self._node.view(line).understanding
        order = await asyncio.to_thread(
            read_order, data, name, self._folder, self._by, terms, self._language, now
        )
        requests = [f"{digest(data)}/{number}" for number in range(len(order.notices))]
        new = [one for one in requests if drafts.requested(request_hash(one)) is None]
        if len(new) > drafts.room(now):
            raise _NoRoom
        for notice, precedence in order.notices:
            await self._node.command(CheckNotice(line, notice, precedence))
        for request, (notice, precedence) in zip(requests, order.notices, strict=True):
            await self._node.command(
                KeepDraft(line, notice, self._by, precedence, request_id=request)
            )
        return order


def _said(name: str, at: int, said: str) -> dict[str, Any]:
    return {"file": name, "at": at, "said": said}
