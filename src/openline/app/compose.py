"""Where ports meet adapters: the one place that knows them all.

`start` opens what a node stands on, loads its lines, takes in Understandings
that were adopted while it was stopped, opens its circuits and runs it until
it is told to stop.
"""

import asyncio
import contextlib
import gc
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
from openline.adapters.reserve import Reserve
from openline.adapters.statements.address import Reachable
from openline.adapters.statements.fetch import Fetcher
from openline.adapters.statements.reader import Reader
from openline.adapters.statements.store import StatementStore
from openline.app.circuits import Circuits
from openline.app.config import RESERVE_NAME, Config
from openline.app.folders.running import folders_of
from openline.app.outlets.running import outlets_of
from openline.app.run import RunningNode
from openline.app.settings.statements import StatementSettings
from openline.app.standby import Taken
from openline.app.statements import Watcher
from openline.app.stations import Saying, has_other_stations
from openline.app.store_copies import copied_at, remove_copies, store_identity
from openline.app.stores import NodeStore, in_database, open_store
from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.engine.commands import Adopt
from openline.engine.node import Node
from openline.engine.ports import StoreFailed

_DAMAGED: Final = "Run `openline repair`: it keeps what is sound, and asks the counterparts."
_DISK_FAILED: Final = "Nothing that it acknowledged is lost. See to the disk, then start it again."
_DATABASE_FAILED: Final = (
    "Nothing that it acknowledged is lost. See to the database, then start it again."
)

NEW_OBJECTS_PER_COLLECTION: Final = 10_000
"""After so many Python looks for cycles of garbage. Its own 700 costs a busy node 8 % of its
time, and a node hardly makes any."""

_log = logging.getLogger("openline")


@asynccontextmanager
async def compose(
    config: Config, *, own_copy_is_current: bool = False, taken: Taken | None = None
) -> AsyncIterator[RunningNode]:
    """A node that has loaded its lines and is ready to run.

    Args:
        config: Its settings.
        own_copy_is_current: The administrator vouches that the store is no old
            copy: do not wait for a counterpart before signing.
        taken: The store, where this station has stood by and taken it over.

    Raises:
        OurError: A file, a key or the store is not as it must be, or it is an old
            copy against what the administrator says.
    """
    async with AsyncExitStack() as stack:
        if ahead_ms := rehearsal_ahead_ms():
            _log.warning(
                "The clock is that of a rehearsal, %s s ahead: not for service.", ahead_ms // 1000
            )
        store = stack.enter_context(open_store(config) if taken is None else taken.store)
        keys = open_keys(config)
        remove_copies(config)
        with _in_words(_DAMAGED):
            is_shared = taken is not None or has_other_stations(config, store)
            identity = store_identity(store)
            anchor = stack.enter_context(Anchor.open(config.anchor, identity, is_shared=is_shared))
            current = _current_lines(config, store, anchor, taken, is_vouched=own_copy_is_current)
            node = Node(
                config.party,
                keys,
                SystemChance(),
                store,
                own_copy_is_current=own_copy_is_current,
                current_lines=current,
                books=known_books(config.directory, _left_aside),
            )
            if config.officers is not None:
                node.people.relying_party = config.officers.relying_party
                node.people.origins = (config.officers.origin,)
            node.load(wall_clock_ms())
        gc.set_threshold(NEW_OBJECTS_PER_COLLECTION)
        reserve = _reserve(config)
        running = RunningNode(config, node, store, anchor, keys, wall_clock_ms, reserve)
        if (database := in_database(store)) is not None:
            running.saying = Saying(config, keys, database, wall_clock_ms)
        running.statements = await _watcher(config, running, stack)
        with _in_words(_remedy(config)):
            running.say()
            adopt_files(running)
        yield running


def open_keys(config: Config) -> FileKeys:
    """The keys of a node.

    Raises:
        OurError: One is not as it must be, or they are another party's.
    """
    keys = FileKeys.open(config.keys)
    if keys.party != config.party:
        raise OurError(
            f"The keys in {config.keys} are of {keys.party}, the node is of {config.party}.",
            "Correct `party` in node.toml, or bring the right key directory.",
        )
    return keys


def _reserve(config: Config) -> Reserve | None:
    """Room kept back on the disk of the store; the disk of a database is not ours."""
    if config.database is not None:
        return None
    reserve = Reserve(config.store.with_name(RESERVE_NAME))
    if not reserve.fill() and reserve.is_given_up:
        _log.warning("the disk of the store is full: only FLASH is taken until there is room.")
    return reserve


async def _watcher(config: Config, running: RunningNode, stack: AsyncExitStack) -> Watcher:
    """What looks at public pages for this node.

    Raises:
        OurError: The file of statements, a network or an address is not as it must be.
    """
    settings = config.statements or StatementSettings(config.party)
    kept = stack.enter_context(contextlib.closing(StatementStore.open(config.statement_store)))
    fetcher = Fetcher(settings.contact, Reachable(settings.allow), settings.proxy)
    stack.push_async_callback(fetcher.close)
    reader = Reader()
    stack.push_async_callback(reader.close)
    watcher = Watcher(
        kept, fetcher, reader, running.note_capture, running.tell_source, wall_clock_ms
    )
    watcher.take_settings(settings.sources)
    return watcher


def _left_aside(path: Path, error: OurError) -> None:
    """A file that is no code book: no reason not to run, coded messages then say so."""
    _log.warning("%s is left aside: %s %s", path, error.what, error.remedy)


def _current_lines(
    config: Config, store: NodeStore, anchor: Anchor, taken: Taken | None, *, is_vouched: bool
) -> tuple[str, ...]:
    """The lines of which the store is certainly no old copy.

    An anchor on another disk vouches for them; or the station that wrote before, which
    knew it of them, where it was seen to write in the session that took the store over.

    Raises:
        OurError: The administrator's word is against what the anchor says.
    """
    origins = store.origins()
    told = [f"the store is behind its anchor: {row}" for row in anchor.behind(origins)]
    if (at := copied_at(store)) is not None:
        told.append(f"the store is a copy of {format_instant(at)}, by a back-up or a repair.")
    if anchor.is_of_another:
        told.append(f"the anchor {anchor.path} belongs to another store.")
    for says in told:
        _log.warning("%s", says)
    if told and is_vouched:
        raise OurError(
            f"It is not certain that the store is the last copy: {told[0]}",
            "Start without --own-copy-is-current: what is missing comes from the counterparts.",
        )
    if taken is not None and not told:
        return taken.vouched
    is_apart = config.directory not in config.anchor.parents
    return anchor.vouched(origins) if is_apart else ()


@contextmanager
def _in_words(remedy: str, reserve: Reserve | None = None) -> Iterator[None]:
    """What the disk refused, as an administrator is told it; a full one gets room."""
    try:
        yield
    except StoreFailed as error:
        _log.error("the node ends: %s", error)
        if reserve is not None and reserve.give_up():
            _log.error("the disk is full: %s was given up, for a start.", reserve.path)
        raise OurError(f"The node has ended: {error}", remedy) from error


def _remedy(config: Config) -> str:
    return _DISK_FAILED if config.database is None else _DATABASE_FAILED


def adopt_files(running: RunningNode) -> None:
    """Adopt what was put into the directory of lines while the node was stopped."""
    for path in sorted(running.config.lines.glob("*.understanding")):
        try:
            running.ask_later(Adopt(path.read_bytes()), str(path))
        except OSError as error:
            _log.warning("%s is left aside: %s", path, error.strerror)
    running.take_turn()


@asynccontextmanager
async def started(
    config: Config,
    stopping: asyncio.Event,
    *,
    own_copy_is_current: bool = False,
    taken: Taken | None = None,
) -> AsyncIterator[RunningNode]:
    """A running node with its circuits and feeds; ends with the block.

    Raises:
        OurError: As `compose`, or a port cannot be listened at, or the disk failed
            while it ran: what it acknowledged is on it, and it ends.
        BaseException: What else ended the loop: a defect.
    """
    async with compose(config, own_copy_is_current=own_copy_is_current, taken=taken) as running:
        circuits = Circuits(running, running.keys)
        outlets = outlets_of(running, config, wall_clock_ms)
        folders = folders_of(running, config, wall_clock_ms)
        running.outlets, running.folders = outlets.states, folders.states
        loop = asyncio.create_task(running.run(stopping), name="node")
        # If the loop ends by a fault, everything that waits for the end is told.
        loop.add_done_callback(lambda _: stopping.set())
        watching = asyncio.create_task(running.watch(stopping), name="statements")
        saying = asyncio.create_task(running.say_what_it_has(stopping), name="station")
        try:
            await circuits.start()
            outlets.start()
            folders.start()
            running.feeds.start()
            running.air.start()
            yield running
        finally:
            stopping.set()
            await running.feeds.stop()
            await folders.stop()
            await outlets.stop()
            await running.air.stop()
            await circuits.stop()
            await watching
            await saying
            with _in_words(_remedy(config), running.reserve):
                await loop
