"""Keeps one feed: dials, listens or reads, and hands on what its source tells.

A source that ends the connection or cannot be reached is dialled again, for ever,
after a pause that doubles. A file is read from its beginning and then watched: what
is appended is read, and one that was put in its place is read from its beginning. A
feed that sends faster than may be is read more slowly, or loses datagrams. Its faults
are counted and shown, and end nothing else.
"""

import asyncio
import logging
import os
import socket
import stat
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from openline.adapters.allowance import Bucket
from openline.adapters.surveillance.datagrams import Datagrams
from openline.adapters.surveillance.decoders import decoder_of
from openline.adapters.surveillance.feed import Feed, Source, Tally, Transport
from openline.adapters.trust import trust_in
from openline.domain.errors import OurError
from openline.domain.limits import FEED_CHUNK_BYTES_MAX, FEED_MESSAGES_PER_S_MAX
from openline.domain.space.sighting import Sighting
from openline.engine.ports import TakesSightings

BYTES_PER_MESSAGE: Final = 64
"""Bytes that count as one message where less comes of them: noise is not free."""

_KEEPALIVE: Final = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
)
"""A quiet sky sends nothing for hours; a source that is gone is noticed in a minute."""

_log = logging.getLogger("openline")


@dataclass(frozen=True, slots=True)
class Pace:
    """The clocks of a receiver; tests shorten them.

    Attributes:
        connect_s_max: For a connection to stand.
        again_s_min: Before the second attempt; doubles with each failure.
        again_s_max: Before any attempt.
        look_s: Between two looks at a file that was read to its end.
        messages_per_s: What is read of the feed.
    """

    connect_s_max: float = 10.0
    again_s_min: float = 0.5
    again_s_max: float = 30.0
    look_s: float = 1.0
    messages_per_s: int = FEED_MESSAGES_PER_S_MAX


class Receiver:
    """One feed of a running node; every method belongs to its loop.

    Args:
        feed: Its settings.
        takes: Where sightings go.
        now_ms: The clock.
        pace: The clocks of its waits.

    Attributes:
        feed: Its settings.
        tally: What is counted of it.
        is_up: Whether the source is connected, or the file is open.
        failure: Why it is not; empty before the first attempt, and while it is read.
    """

    def __init__(
        self,
        feed: Feed,
        takes: TakesSightings,
        now_ms: Callable[[], int],
        pace: Pace = Pace(),
    ) -> None:
        self.feed = feed
        self.tally = Tally()
        self.is_up = False
        self.failure = ""
        self._takes = takes
        self._now_ms = now_ms
        self._pace = pace
        self._bucket = Bucket(pace.messages_per_s)
        self._failures = 0

    async def run(self) -> None:
        """Read the feed until cancelled."""
        try:
            while True:
                failure = await self._read_once()
                if failure != self.failure:
                    _log.warning("feed %s from %s: %s", self.feed.name, self.feed.source, failure)
                self.is_up, self.failure = False, failure
                await asyncio.sleep(self._pause_s())
                self._failures += 1
        finally:
            self.is_up, self.failure = False, "it is read no more; see the log"

    def to_json(self) -> dict[str, Any]:
        """The feed and how it stands, as plain values."""
        return {
            "name": self.feed.name,
            "kind": self.feed.kind.value,
            "source": str(self.feed.source),
            "trust": self.feed.trust,
            "is_up": self.is_up,
            "failure": self.failure,
            **self.tally.to_json(),
        }

    async def _read_once(self) -> str:
        """One connection, or one life of the file; in words why it is over."""
        decoder = decoder_of(self.feed, self.tally)
        is_datagram = self.feed.source.transport is Transport.UDP
        try:
            async with aclosing(self._chunks()) as chunks:
                async for chunk in chunks:
                    before = self.tally.handled
                    self.tally.bytes_received += len(chunk)
                    self.tally.heard_at = self._now_ms()
                    if sightings := decoder.take(chunk, self.tally.heard_at):
                        self._takes.take(self._claimed(self._rated(sightings)))
                    if is_datagram:
                        decoder.end()
                    self._failures = 0
                    count = max(self.tally.handled - before, len(chunk) // BYTES_PER_MESSAGE)
                    await asyncio.sleep(self._bucket.take(count, asyncio.get_running_loop().time()))
        except TimeoutError:
            return "it does not answer"
        except OSError as error:
            return error.strerror or str(error) or type(error).__name__
        except OurError as error:
            return error.what
        finally:
            decoder.end()
        return "it ended the connection" if self.feed.source.path is None else "it was replaced"

    def _rated(self, sightings: list[Sighting]) -> list[Sighting]:
        """With the accuracy that the settings give, where a position comes without one."""
        accuracy_m = self.feed.accuracy_m
        if accuracy_m is None:
            return sightings
        return [
            sighting
            if sighting.lat_deg is None or sighting.accuracy_m is not None
            else replace(sighting, accuracy_m=float(accuracy_m))
            for sighting in sightings
        ]

    def _claimed(self, sightings: list[Sighting]) -> list[Sighting]:
        """With whose they are, where the settings say it of the whole feed."""
        affiliation = self.feed.affiliation
        if affiliation is None:
            return sightings
        return [replace(sighting, affiliation=affiliation) for sighting in sightings]

    def _chunks(self) -> AsyncGenerator[bytes, None]:
        source = self.feed.source
        if source.path is not None:
            return self._chunks_of_file(source.path)
        if source.transport is Transport.UDP:
            return self._datagrams(source)
        return self._chunks_of_connection(source)

    def _stands(self) -> None:
        self.is_up, self.failure = True, ""
        _log.info("feed %s from %s: it is read", self.feed.name, self.feed.source)

    async def _chunks_of_connection(self, source: Source) -> AsyncGenerator[bytes, None]:
        trust = None
        if source.transport is Transport.TLS:
            trust = await asyncio.to_thread(trust_in, source.trusted, source.certificate)
        try:
            async with asyncio.timeout(self._pace.connect_s_max):
                reader, writer = await asyncio.open_connection(
                    source.host, source.port, limit=FEED_CHUNK_BYTES_MAX, ssl=trust
                )
        except UnicodeError:
            raise OSError(f"{source.host!r} is no name of a host") from None
        try:
            for option in _KEEPALIVE:
                writer.get_extra_info("socket").setsockopt(*option)
            self._stands()
            while chunk := await reader.read(FEED_CHUNK_BYTES_MAX):
                yield chunk
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _datagrams(self, source: Source) -> AsyncGenerator[bytes, None]:
        datagrams = Datagrams(source, self.tally)
        try:
            await datagrams.open()
            self._stands()
            while True:
                yield await datagrams.next()
        finally:
            datagrams.close()

    async def _chunks_of_file(self, path: Path) -> AsyncGenerator[bytes, None]:
        file = await asyncio.to_thread(_open, path)
        try:
            self._stands()
            while True:
                chunk = await asyncio.to_thread(file.read, FEED_CHUNK_BYTES_MAX)
                if chunk:
                    yield chunk
                elif await asyncio.to_thread(_is_replaced, file, path):
                    return
                else:
                    await asyncio.sleep(self._pace.look_s)
        finally:
            file.close()

    def _pause_s(self) -> float:
        """A time that doubles with each failure in a row."""
        doubled = self._pace.again_s_min * (1 << min(self._failures, 16))
        return min(doubled, self._pace.again_s_max)


def _open(path: Path) -> BinaryIO:
    """The file, if it is one.

    Raises:
        OSError: It cannot be opened, or is a pipe or device, which may never end a read.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(f"{path} is not a regular file")
    return path.open("rb")


def _is_replaced(file: BinaryIO, path: Path) -> bool:
    """Whether a file is no longer what its name leads to, or was cut shorter.

    Raises:
        OSError: Nothing is there any more.
    """
    held, named = os.fstat(file.fileno()), path.stat()
    is_other = (held.st_dev, held.st_ino) != (named.st_dev, named.st_ino)
    return is_other or held.st_size < file.tell()
