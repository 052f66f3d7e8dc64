"""Where ports meet adapters: the one place that knows them all.

`start` opens what a node stands on, loads its lines, takes in Understandings
that were adopted while it was stopped, opens its circuits and runs it until
it is told to stop.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from openline.adapters.anchor import Anchor
from openline.adapters.chance import SystemChance
from openline.adapters.clock import rehearsal_ahead_ms, wall_clock_ms
from openline.adapters.code_books import known_books
from openline.adapters.keys import FileKeys
from openline.adapters.sqlite import SqliteStore
from openline.app.circuits import Circuits
from openline.app.config import Config
from openline.app.run import RunningNode
from openline.domain.errors import OurError
from openline.engine.commands import Adopt
from openline.engine.node import Node
from openline.engine.ports import StoreFailed

_DAMAGED: Final = "See `openline doctor`; what a lost store held comes from the counterparts."
_DISK_FAILED: Final = "Nothing that it acknowledged is lost. See to the disk, then start it again."

_log = logging.getLogger("openline")


@asynccontextmanager
async def compose(
    config: Config, *, own_copy_is_current: bool = False
) -> AsyncIterator[RunningNode]:
    """A node that has loaded its lines and is ready to run.

    Args:
        config: Its settings.
        own_copy_is_current: The administrator vouches that the store is no old
            copy: do not wait for a counterpart before signing.

    Raises:
        OurError: A file, a key or the store is not as it must be, or it is an old
            copy against what the administrator says.
    """
    async with AsyncExitStack() as stack:
        if ahead_ms := rehearsal_ahead_ms():
            _log.warning(
                "The clock is that of a rehearsal, %s s ahead: not for service.", ahead_ms // 1000
            )
        keys = FileKeys.open(config.keys)
        if keys.party != config.party:
            raise OurError(
                f"The keys in {config.keys} are of {keys.party}, the node is of {config.party}.",
                "Correct `party` in node.toml, or bring the right key directory.",
            )
        store = stack.enter_context(contextlib.closing(SqliteStore.open(config.store)))
        anchor = stack.enter_context(Anchor.open(config.anchor))
        with _in_words(_DAMAGED):
            is_current = _is_current(config, store, anchor, is_vouched=own_copy_is_current)
            node = Node(
                config.party,
                keys,
                SystemChance(),
                store,
                own_copy_is_current=is_current,
                books=known_books(config.directory, _left_aside),
            )
            if config.officers is not None:
                node.people.relying_party = config.officers.relying_party
                node.people.origins = (config.officers.origin,)
            node.load(wall_clock_ms())
        running = RunningNode(config, node, store, anchor, keys, wall_clock_ms)
        with _in_words(_DISK_FAILED):
            _adopt_files(running)
        yield running


def _left_aside(path: Path, error: OurError) -> None:
    """A file that is no code book: no reason not to run, coded messages then say so."""
    _log.warning("%s is left aside: %s %s", path, error.what, error.remedy)


def _is_current(config: Config, store: SqliteStore, anchor: Anchor, *, is_vouched: bool) -> bool:
    """Whether it is certain that the store is no old copy.

    The administrator's word counts, and so does an anchor on another disk.

    Raises:
        OurError: The administrator's word is against what the anchor says.
    """
    behind = anchor.behind(store.origins())
    for row in behind:
        _log.warning("the store is behind its anchor: %s", row)
    if behind and is_vouched:
        raise OurError(
            f"The store is behind its anchor, so it is no current copy: {behind[0]}",
            "Start without --own-copy-is-current: what is missing comes from the counterparts.",
        )
    is_apart = config.directory not in config.anchor.parents
    return is_vouched or (is_apart and bool(anchor.rows) and not behind)


@contextmanager
def _in_words(remedy: str) -> Iterator[None]:
    """What the disk refused, as an administrator is told it."""
    try:
        yield
    except StoreFailed as error:
        _log.error("the node ends: %s", error)
        raise OurError(f"The node has ended: {error}", remedy) from error


def _adopt_files(running: RunningNode) -> None:
    """Adopt what was put into the directory of lines while the node was stopped."""
    for path in sorted(running.config.lines.glob("*.understanding")):
        try:
            running.ask_later(Adopt(path.read_bytes()), str(path))
        except OSError as error:
            _log.warning("%s is left aside: %s", path, error.strerror)
    running.take_turn()


@asynccontextmanager
async def started(
    config: Config, stopping: asyncio.Event, *, own_copy_is_current: bool = False
) -> AsyncIterator[RunningNode]:
    """A running node with its circuits; ends with the block.

    Raises:
        OurError: As `compose`, or a port cannot be listened at, or the disk failed
            while it ran: what it acknowledged is on it, and it ends.
        BaseException: What else ended the loop: a defect.
    """
    async with compose(config, own_copy_is_current=own_copy_is_current) as running:
        circuits = Circuits(running, running.keys)
        loop = asyncio.create_task(running.run(stopping), name="node")
        # If the loop ends by a fault, everything that waits for the end is told.
        loop.add_done_callback(lambda _: stopping.set())
        try:
            await circuits.start()
            yield running
        finally:
            stopping.set()
            await circuits.stop()
            with _in_words(_DISK_FAILED):
                await loop
