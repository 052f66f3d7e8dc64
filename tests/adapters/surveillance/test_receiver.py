"""Receivers: a real TCP server that goes and comes back, real files, floods, noise."""

import asyncio
import os
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from openline.adapters.surveillance.datagrams import Datagrams
from openline.adapters.surveillance.feed import Feed, FeedKind, Source, Tally, Transport
from openline.adapters.surveillance.receiver import Pace, Receiver
from openline.adapters.surveillance.refusal import Fault
from openline.domain.limits import FEED_CHUNK_BYTES_MAX, FEED_DATAGRAMS_WAITING_MAX
from openline.domain.space.sighting import Affiliation, Sighting
from tests.adapters.surveillance.test_asterix import VECTORS
from tests.adapters.surveillance.test_sbs import NOW, ROWS
from tests.ports import free_port

QUICK = Pace(again_s_min=0.01, again_s_max=0.05, look_s=0.01, messages_per_s=1_000_000)
AIR = ROWS["air"].encode() + b"\r\n"

Say = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Kept:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.sightings: list[Sighting] = []

    def take(self, sightings: Sequence[Sighting]) -> None:
        self.sightings += sightings


@asynccontextmanager
async def receiving(
    source: Source,
    pace: Pace = QUICK,
    accuracy_m: int | None = None,
    kind: FeedKind = FeedKind.SBS,
    affiliation: Affiliation | None = None,
) -> AsyncIterator[tuple[Receiver, Kept]]:
    """A receiver that runs until the block ends."""
    kept = Kept()
    feed = Feed("mast", kind, source, accuracy_m=accuracy_m, affiliation=affiliation)
    receiver = Receiver(feed, kept, lambda: NOW, pace)
    task = asyncio.create_task(receiver.run())
    try:
        yield receiver, kept
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def serving(say: Say, port: int = 0, *, is_held: bool = True) -> AsyncIterator[Source]:
    """A TCP server on loopback; it holds connections until the block ends, or closes them."""
    over = asyncio.Event()
    tasks: list[asyncio.Task[None]] = []

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        with suppress(OSError):
            await say(writer)
            if is_held:
                await over.wait()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        yield Source(Transport.TCP, "127.0.0.1", server.sockets[0].getsockname()[1])
    finally:
        over.set()
        server.close()
        await asyncio.gather(*tasks)
        await server.wait_closed()


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(30):
        while not is_so():
            await asyncio.sleep(0.005)


async def test_rows_come_over_tcp() -> None:
    """What a server sends is told once, with the accuracy of the settings."""

    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(AIR[:50])
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(AIR[50:] + ROWS["speed"].encode() + b"\n")
        await writer.drain()

    async with serving(say) as source, receiving(source, accuracy_m=200) as (receiver, kept):
        await until(lambda: len(kept.sightings) == 2)
        assert receiver.is_up
        first, second = kept.sightings
        assert (first.feed, first.lat_deg, first.accuracy_m) == ("mast", 51.45735, 200.0)
        assert second.accuracy_m is None


async def test_whose_a_feed_is_stands_on_everything_it_tells() -> None:
    """Where the settings say that a feed is of ours, all that it tells of is claimed so."""

    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(AIR)
        await writer.drain()

    async with serving(say) as source, receiving(source, affiliation=Affiliation.OWN) as (_, kept):
        await until(lambda: len(kept.sightings) == 1)
        assert kept.sightings[0].affiliation is Affiliation.OWN


async def test_a_server_that_comes_back_is_dialled_again() -> None:
    """After the connection ends, and after nobody listens, the feed goes on by itself."""

    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(AIR + AIR[:30])
        await writer.drain()

    async with serving(say) as source:
        pass
    async with receiving(source) as (receiver, kept):
        await until(lambda: bool(receiver.failure))
        assert not receiver.is_up
        async with serving(say, source.port, is_held=False):
            await until(lambda: len(kept.sightings) >= 3)
        assert receiver.tally.refused[Fault.CUT] >= 2
        assert receiver.to_json()["source"] == f"tcp:127.0.0.1:{source.port}"


async def test_noise_is_counted_and_the_next_row_is_read() -> None:
    """Random bytes end neither the connection nor the receiver."""
    noise = random.Random(6).randbytes(300_000)

    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(noise + b"\n" + AIR)
        await writer.drain()

    async with serving(say) as source, receiving(source) as (receiver, kept):
        await until(lambda: bool(kept.sightings))
        assert receiver.tally.refused.total() > 100
        assert receiver.tally.bytes_received == len(noise) + 1 + len(AIR)


async def test_a_flood_is_read_slowly() -> None:
    """A source that sends without end is slowed down, and the loop stays free for others."""
    pace = Pace(messages_per_s=1)

    async def say(writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(AIR * 100)
            await writer.drain()

    async with serving(say) as source, receiving(source, pace) as (receiver, _):
        await until(lambda: receiver.tally.messages > 0)
        for _ in range(100):
            await asyncio.sleep(0.001)
        # The first read is paid for with more than a minute.
        assert receiver.tally.bytes_received <= FEED_CHUNK_BYTES_MAX


async def test_a_host_that_is_none_is_a_failure_in_words() -> None:
    """A name that leads nowhere, or is no name, is said and tried again."""
    async with receiving(Source(Transport.TCP, "a..b", 1)) as (receiver, _):
        await until(lambda: bool(receiver.failure))


async def test_a_file_is_read_and_watched(tmp_path: Path) -> None:
    """A file is read whole, then what is appended, then the one that takes its place."""
    path = tmp_path / "rows.sbs"
    path.write_bytes(AIR * 3 + AIR[:20])
    async with receiving(Source(Transport.FILE, path=path)) as (receiver, kept):
        await until(lambda: len(kept.sightings) == 3)
        with path.open("ab") as file:
            file.write(AIR[20:] + AIR)
        await until(lambda: len(kept.sightings) == 5)
        other = tmp_path / "other"
        other.write_bytes(AIR)
        other.replace(path)
        await until(lambda: len(kept.sightings) == 6)
        path.unlink()
        await until(lambda: "No such file" in receiver.failure)
        path.write_bytes(AIR)
        await until(lambda: len(kept.sightings) == 7)
        assert receiver.tally.refused.total() == 0


async def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    """A pipe, from which a read might never return, is not opened."""
    os.mkfifo(tmp_path / "pipe")
    async with receiving(Source(Transport.FILE, path=tmp_path / "pipe")) as (receiver, _):
        await until(lambda: "not a regular file" in receiver.failure)


async def test_datagrams_of_listed_senders_are_taken() -> None:
    """Datagrams of this machine or of listed senders are decoded, each by itself."""
    port = free_port()
    block = bytes.fromhex(VECTORS["blocks"][0]["hex"])
    for senders, is_heard in (((), True), (("127.0.0.1",), True), (("192.0.2.8",), False)):
        source = Source(Transport.UDP, "127.0.0.1", port, senders=senders)
        async with receiving(source, kind=FeedKind.ASTERIX) as (receiver, kept):
            await until(lambda: receiver.is_up)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.sendto(block[:20], ("127.0.0.1", port))
                sender.sendto(block, ("127.0.0.1", port))
            await until(lambda: receiver.tally.handled == 2)
            assert len(kept.sightings) == is_heard
            expected = {Fault.CUT: 1} if is_heard else {Fault.STRANGER: 2}
            assert dict(receiver.tally.refused) == expected


async def test_a_multicast_group_is_heard() -> None:
    """What a listed sender sends to a group is decoded, where the machine has a network."""
    group, port = "239.1.2.3", free_port()
    block = bytes.fromhex(VECTORS["blocks"][0]["hex"])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        try:
            sender.connect((group, port))
        except OSError:
            pytest.skip("This machine has no way to a multicast group.")
        own = sender.getsockname()[0]
        source = Source(Transport.UDP, group, port, senders=(own,))
        async with receiving(source, kind=FeedKind.ASTERIX) as (receiver, kept):
            await until(lambda: receiver.is_up)
            sender.send(block)
            await until(lambda: bool(kept.sightings))
            assert kept.sightings[0].callsign == "DLH65A"


async def test_a_port_that_is_taken_is_a_failure_in_words() -> None:
    """Where another program listens already, the feed says so and tries again."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        source = Source(Transport.UDP, "127.0.0.1", taken.getsockname()[1])
        async with receiving(source, kind=FeedKind.ASTERIX) as (receiver, _):
            await until(lambda: "in use" in receiver.failure)


def test_datagrams_that_nobody_decodes_are_dropped_and_counted() -> None:
    """Beyond the bound no datagram is kept."""
    tally = Tally()
    datagrams = Datagrams(Source(Transport.UDP, "127.0.0.1", 1), tally)
    for _ in range(FEED_DATAGRAMS_WAITING_MAX + 7):
        datagrams.datagram_received(b"x", ("127.0.0.1", 5))
    assert dict(tally.refused) == {Fault.TOO_FAST: 7}
