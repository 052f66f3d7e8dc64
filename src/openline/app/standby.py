"""A station that stands by: it waits for the lease of the store, and takes over.

It looks at the database several times a second. What it sees goes into its own anchor, so
that a database that is behind is known as such here too. When the lease is free it takes
it, if it has the keys that are in use; the node that then runs reads everything anew.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from openline.adapters.anchor import Anchor
from openline.adapters.keys import FileKeys
from openline.adapters.station import Station
from openline.app.config import Config
from openline.app.stations import (
    SAID,
    Having,
    clock_apart,
    having,
    keys_lacking,
    parse_having,
    unlike,
)
from openline.app.store_copies import IDENTITY
from openline.domain.errors import OurError
from openline.engine.ports import StoreFailed

if TYPE_CHECKING:
    from openline.adapters.postgresql.store import PostgresStore
    from openline.adapters.postgresql.watch import Seen, Watch

LOOKS_EVERY_S: Final = 0.1
COMPARES_EVERY_S: Final = 1.0
ANSWER_S_MAX: Final = 5.0
"""A session that says nothing for so long is ended, and another begun."""

BLOCKED_S_MAX: Final = 0.4
"""A commit keeps the lease row for milliseconds; who keeps it longer, and has no lease any
more, is frozen in the middle of one."""

LEASE_MS: Final = 2_000
"""The lease of a station for which another stands by, where the settings name no other."""

_AGAIN_S: Final = 0.25

_Answer = TypeVar("_Answer")

_log = logging.getLogger("openline")


@dataclass(frozen=True, slots=True)
class Taken:
    """The store that a station has taken over.

    Attributes:
        store: It; closed by who was given it.
        vouched: The lines of which it is certainly no old copy: the writer before knew it
            of them, and this is the database to which that one has committed.
    """

    store: "PostgresStore"
    vouched: tuple[str, ...] = ()


class Standby:
    """One station that stands by. Owned by its event loop.

    Attributes:
        config: Its settings.
        station: Held by this process.
        writer: The machine of the station that writes or wrote last; empty where none is known.
        is_free: Whether nobody writes, as far as was seen.
        epoch: Of the lease, when it was last seen.
        obstacles: What keeps this station from taking over, one sentence each.
        differences: What else an administrator should make alike, likewise.
        clock_says: A sentence where its clock and the writer's differ; else empty.
    """

    def __init__(
        self, config: Config, keys: FileKeys, station: Station, now_ms: Callable[[], int]
    ) -> None:
        self.config = config
        self.station = station
        self.writer = ""
        self.is_free = True
        self.epoch = 0
        self.obstacles: list[str] = []
        self.differences: list[str] = []
        self.clock_says = ""
        self._keys = keys
        self._now_ms = now_ms
        self._watch: Watch | None = None
        self._anchor: Anchor | None = None
        self._anchored: tuple[tuple[str, int, bytes], ...] = ()
        self._compared_at: float | None = None
        self._writer: Having | None = None
        self._said: set[str] = set()
        self._stopping = asyncio.Event()

    def says(self) -> list[str]:
        """How it stands, for people: who writes, and what stands in the way."""
        writes = who_writes(self.writer, is_free=self.is_free)
        clock = [self.clock_says] if self.clock_says else []
        return [f"This station stands by: {writes}.", *self.obstacles, *self.differences, *clock]

    def to_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "writer": self.writer,
            "is_free": self.is_free,
            "epoch": self.epoch,
            "can_take_over": not self.obstacles,
            "obstacles": self.obstacles,
            "differences": self.differences,
            "clock": self.clock_says,
        }

    async def begin(self, stopping: asyncio.Event | None = None) -> Taken | None:
        """Look for the first time, and take the store if it is free; else None.

        What waiting may mend is waited for: a database that is away, is a replica yet or
        starts, a key that is being copied, a disk that is full.

        Args:
            stopping: Breaks off a look that takes its time.

        Raises:
            DatabaseUnfit: The database refuses this station, is another party's or another
                program's: what waiting does not mend.
        """
        from openline.adapters.postgresql.address import DatabaseUnfit

        self._stopping = stopping or self._stopping
        try:
            return await self._look()
        except DatabaseUnfit:
            self.close()
            raise
        except OurError as error:
            self._hinder(error)
            return None
        except BaseException:
            self.close()
            raise

    async def wait(self, stopping: asyncio.Event) -> Taken | None:
        """Wait until the store may be taken, and take it; None where `stopping` was set."""
        self._stopping = stopping
        try:
            while not stopping.is_set():
                pause_s = LOOKS_EVERY_S
                try:
                    if taken := await self._look():
                        return taken
                except OurError as error:
                    self._hinder(error)
                    pause_s = _AGAIN_S
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause_s):
                        await stopping.wait()
            return None
        finally:
            self.close()

    def close(self) -> None:
        """End the session and let go of the anchor; what was taken goes on."""
        self._end_session()
        self._let_go_of_anchor()

    def _let_go_of_anchor(self) -> None:
        if self._anchor is not None:
            self._anchor.close()
        self._anchor, self._anchored = None, ()

    def _hinder(self, error: OurError) -> None:
        """There is no session that says anything: say so, and begin another later."""
        self._end_session()
        self.obstacles, self.differences = [f"{error.what} {error.remedy}".strip()], []
        self._tell()

    def _end_session(self) -> None:
        if self._watch is not None:
            self._watch.close()
        self._watch, self._compared_at, self._writer = None, None, None

    async def _look(self) -> Taken | None:
        watch = self._watch or await self._open()
        seen = await self._within(watch, watch.look)
        self.writer, self.is_free, self.epoch = seen.host, seen.is_free, seen.epoch
        await self._compare_in_time(watch, seen)
        self._follow(seen)
        self._tell()
        if self.obstacles:
            return None
        if seen.is_free or seen.holder == self.station.identity:
            return await self._take(watch, seen)
        if await self._has_ended(watch, seen):
            return await self._take(watch, seen, ended=seen.epoch)
        return None

    async def _has_ended(self, watch: "Watch", seen: "Seen") -> bool:
        """Whether the session in which this epoch's writer writes has ended."""
        said = self._writer
        if said is None or said.epoch != seen.epoch:
            return False
        return await self._within(watch, lambda: watch.has_ended(said.session))

    async def _open(self) -> "Watch":
        from openline.adapters.postgresql.lease import LeaseTerms
        from openline.adapters.postgresql.watch import Watch

        config = self.config
        assert config.database is not None, "who stands by has a database"
        terms = LeaseTerms(config.lease_ms or LEASE_MS)
        watch = Watch(config.database, config.party, self.station, terms, self._now_ms)
        self._watch = watch
        await self._within(watch, watch.begin)
        return watch

    async def _within(
        self,
        watch: "Watch",
        ask: Callable[[], _Answer],
        meanwhile: Callable[[], None] | None = None,
    ) -> _Answer:
        """What a question to the database answers; a session that hangs is broken off.

        So is one that takes its time when the station is told to stop.

        Args:
            watch: The session.
            ask: The question.
            meanwhile: What is done where the answer takes longer than a lock should.
        """
        asking = asyncio.create_task(asyncio.to_thread(ask))
        done, _ = await asyncio.wait({asking}, timeout=BLOCKED_S_MAX)
        if done:
            return await asking
        helping = None
        if meanwhile is not None:
            helping = asyncio.create_task(asyncio.to_thread(meanwhile))
        ending = asyncio.create_task(self._stopping.wait())
        await asyncio.wait(
            {asking, ending}, timeout=ANSWER_S_MAX, return_when=asyncio.FIRST_COMPLETED
        )
        ending.cancel()
        if not asking.done():
            watch.break_off()
        try:
            return await asking
        finally:
            if helping is not None:
                await helping

    async def _compare_in_time(self, watch: "Watch", seen: "Seen") -> None:
        """Compare what this station has with what the writer has, once in a while."""
        now = time.monotonic()
        if self._compared_at is None or now - self._compared_at >= COMPARES_EVERY_S:
            await self._compare_with(watch, seen)
            self._compared_at = now

    async def _compare_with(self, watch: "Watch", seen: "Seen") -> None:
        said = await self._within(watch, lambda: watch.value(SAID + seen.holder))
        writer = self._writer = None if said is None else parse_having(said)
        if self._anchor is None:
            identity = await self._within(watch, lambda: watch.value(IDENTITY))
            if identity is not None:
                with self._anchor_in_words():
                    self._anchor = Anchor.open(self.config.anchor, identity, is_shared=True)
        self.obstacles, self.differences, self.clock_says = [], [], ""
        if seen.holder == self.station.identity:
            return
        if writer is not None:
            self._compare(writer, seen.clock_ms)
        elif said is not None:
            self.obstacles.append(
                f"It does not take over: what {seen.host} says of its keys cannot be read. "
                "Install the same release on all stations."
            )

    def _compare(self, writer: Having, clock_ms: int) -> None:
        try:
            own = having(self.config, self._keys, self.station.host, clock_ms)
        except OurError as error:
            self.obstacles.append(f"It does not take over: {error.what} {error.remedy}".strip())
            return
        if lacking := keys_lacking(own, writer):
            self.obstacles.append(
                f"It does not take over: {self.config.keys} has not the keys that {writer.host} "
                f"signs with ({', '.join(lacking)}). Copy the directory keys from there."
            )
        self.differences = unlike(own, writer)
        self.clock_says = clock_apart(clock_ms, writer)

    def _follow(self, seen: "Seen") -> None:
        """Let the anchor of this station know how far the writer has come."""
        if self._anchor is not None and seen.logs != self._anchored:
            with self._anchor_in_words():
                self._anchor.record({origin: (size, root) for origin, size, root in seen.logs})
            self._anchored = seen.logs

    @contextlib.contextmanager
    def _anchor_in_words(self) -> Iterator[None]:
        """A disk that fails keeps the station from taking over; it is tried again."""
        try:
            yield
        except StoreFailed as error:
            self._let_go_of_anchor()
            raise OurError(
                f"It does not take over: {error}",
                "See to the disk; the station stands by and tries again.",
            ) from error

    async def _take(
        self, watch: "Watch", seen: "Seen", *, ended: int | None = None
    ) -> Taken | None:
        # The writer may have made other keys its own since they were compared.
        await self._compare_with(watch, seen)
        if self.obstacles:
            self._tell()
            return None
        is_seen = watch.has_seen_renewed(seen.epoch)
        store = await self._within(watch, lambda: watch.take(ended), watch.unblock)
        if store is None:
            return None
        vouched: tuple[str, ...] = ()
        # Between the look and the taking another may have come and gone.
        if is_seen and store.epoch == seen.epoch + 1:
            vouched = await self._within(watch, lambda: _current_of(store, seen))
        self._watch = None
        self.close()
        _log.warning("this station takes over with epoch %s: %s", store.epoch, _from(seen.host))
        if self.clock_says:
            _log.warning("%s", self.clock_says)
        return Taken(store, vouched)

    def _tell(self) -> None:
        """Tell the log what is new of how it stands."""
        now = set(self.says())
        for row in self.says():
            if row not in self._said:
                level = logging.WARNING if row in self.obstacles else logging.INFO
                _log.log(level, "%s", row)
        self._said = now


def _current_of(store: "PostgresStore", seen: "Seen") -> tuple[str, ...]:
    """The lines of which the writer who was seen knew that they are current.

    A writer that itself waited for its counterparts vouches for nothing, however well its
    lease was renewed.
    """
    try:
        data = store.value(SAID + seen.holder)
    except StoreFailed:
        # The node that is to run meets it.
        return ()
    said = None if data is None else parse_having(data)
    return () if said is None or said.epoch != seen.epoch else said.current


def who_writes(host: str, *, is_free: bool) -> str:
    """Who writes, as half a sentence.

    Args:
        host: The machine of who holds the lease, or held it last; empty for nobody.
        is_free: Whether nobody holds it.
    """
    if not host:
        return "no station has written yet"
    return f"nobody writes; {host} wrote last" if is_free else f"{host} writes"


def _from(host: str) -> str:
    return f"{host} has written before" if host else "nobody has written before"


def check_fit(config: Config) -> None:
    """Confirm that the settings of a node let it stand by.

    Raises:
        OurError: They do not.
    """
    if config.database is None:
        raise OurError(
            "There is nothing to stand by for: the store of this node is a file, "
            f"{config.store}, which no other machine writes.",
            "Move it into a database (openline move postgresql://…), or start without --standby.",
        )
