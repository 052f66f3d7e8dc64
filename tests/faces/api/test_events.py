"""The stream of changes: it begins, tells, beats and ends, and never lags in silence."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from openline.app.shows import Following, Shows
from openline.domain.errors import OurError
from openline.domain.limits import EVENTS_KEPT_MAX
from openline.engine.effects import Show
from openline.faces import unix
from openline.faces.api import events, examples
from openline.faces.api.serve import serve
from tests.faces.conftest import ALPHA, LINE, Line

ALARM = msgspec.to_builtins(examples.ALARM)
[CONFLICT] = msgspec.to_builtins(examples.CONFLICTS.conflicts)
[PRIVATE_CONFLICT] = msgspec.to_builtins(examples.PRIVATE_WHOLE.found)


class FakeNode:
    """A running node whose changes and faults the test makes."""

    def __init__(self, directory: Path) -> None:
        self.config = SimpleNamespace(
            socket=directory / "s", party=ALPHA, post="watch", officer="duty officer",
            language="ru", officers=None, health=None,
        )  # fmt: skip
        self.changes = Shows(1_491_525_600_000)
        self.readers = 0

    def tell(self, name: str, **data: Any) -> None:
        """Let something change on the line."""
        self.changes.tell(Show(LINE, name, data))

    @asynccontextmanager
    async def follow(self, after: str = "") -> AsyncIterator[Following]:
        self.readers += 1
        try:
            async with self.changes.follow(after) as following:
                yield following
        finally:
            self.readers -= 1

    def status(self) -> dict[str, Any]:
        raise ZeroDivisionError("a secret path: /srv/alpha/keys")

    def view(self, line: str) -> Any:
        raise OurError(f"There is no line {line!r} here.")


@asynccontextmanager
async def served(node: FakeNode) -> AsyncIterator[asyncio.Event]:
    """The API over a fake node; gives what ends it."""
    stopping, listening = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(serve(node, stopping, listening.set))  # type: ignore[arg-type]
    await asyncio.wait(
        (task, asyncio.ensure_future(listening.wait())), return_when=asyncio.FIRST_COMPLETED
    )
    assert listening.is_set(), task
    try:
        yield stopping
    finally:
        stopping.set()
        await asyncio.wait_for(task, 10)


class Stream:
    """A reader of a stream, as it comes over the socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def row(self) -> str:
        """The next row that is neither a chunk's size nor empty."""
        while True:
            row = (await asyncio.wait_for(self.reader.readline(), 10)).decode().strip()
            is_size = row and all(letter in "0123456789abcdef" for letter in row.lower())
            if row and not is_size:
                return row

    async def event(self) -> tuple[str, str, Any]:
        """Id, name and data of the next event."""
        rows = [await self.row() for _ in range(3)]
        number, name, data = (row.partition(": ")[2] for row in rows)
        return number, name, json.loads(data)


@asynccontextmanager
async def reading(path: Path, target: str, last_id: str = "") -> AsyncIterator[Stream]:
    """A stream that is read, perhaps after an id; its head has come."""
    reader, writer = await asyncio.open_unix_connection(str(path))
    again = f"Last-Event-ID: {last_id}\r\n" if last_id else ""
    writer.write(f"GET {target} HTTP/1.1\r\nHost: openline\r\n{again}\r\n".encode())
    stream = Stream(reader, writer)
    try:
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode().lower()
        assert head.startswith("http/1.1 200"), head
        assert "text/event-stream" in head
        assert "cache-control: no-store" in head
        yield stream
    finally:
        writer.close()
        await writer.wait_closed()


async def test_a_stream_begins_and_tells_in_order(tmp_path: Path) -> None:
    """A stream begins with `begin` and numbers what changes after it."""
    node = FakeNode(tmp_path)
    async with served(node), reading(node.config.socket, "/events") as stream:
        first, name, data = await stream.event()
        assert (name, data) == ("begin", {"party": ALPHA})
        assert first.endswith("-0")
        for number in (1, 2):
            node.tell("message", position=number, text="a\nb")
            told = {"line": LINE, "position": number, "text": "a\nb"}
            assert await stream.event() == (f"{first[:-1]}{number}", "message", told)


async def test_a_reader_that_was_cut_off_misses_nothing(tmp_path: Path) -> None:
    """Cut after any event and back with its id: what came meanwhile follows, once each."""
    node = FakeNode(tmp_path)
    seen: list[int] = []
    last = ""
    async with served(node):
        for round_ in range(5):
            async with reading(node.config.socket, "/events", last) as stream:
                if not last:
                    last, name, _ = await stream.event()
                    assert name == "begin"
                else:
                    assert await stream.row() == ": resumed"
                for _ in range(3 if round_ else 0):
                    last, name, data = await stream.event()
                    seen.append(data["position"])
            for number in range(3):
                node.tell("message", position=3 * round_ + number)
        async with reading(node.config.socket, "/events", last) as stream:
            assert await stream.row() == ": resumed"
            seen += [(await stream.event())[2]["position"] for _ in range(3)]
    assert seen == list(range(15))


@pytest.mark.parametrize(
    "last", ["0", "x", "1491525600000-00000000-1", "9" * 190, "{start}-7", "{start}-99999"]
)
async def test_an_id_that_is_not_known_begins_anew(tmp_path: Path, last: str) -> None:
    """An id of another start, of the future or of nothing is answered with `begin`."""
    node = FakeNode(tmp_path)
    start = node.changes.last_id.rpartition("-")[0]
    async with served(node):
        target = last.replace("{start}", start)
        async with reading(node.config.socket, "/events", target) as stream:
            assert (await stream.event())[1] == "begin"


async def test_what_is_no_longer_kept_begins_anew(tmp_path: Path) -> None:
    """A reader that was away for more changes than are kept reads the state anew."""
    node = FakeNode(tmp_path)
    first = node.changes.last_id
    for number in range(EVENTS_KEPT_MAX):
        node.tell("message", position=number)
    async with served(node):
        async with reading(node.config.socket, "/events", first) as stream:
            assert await stream.row() == ": resumed"
        node.tell("message", position=EVENTS_KEPT_MAX)
        async with reading(node.config.socket, "/events", first) as stream:
            assert (await stream.event())[1] == "begin"


async def test_a_beat_brings_the_last_id_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader of one line comes back after what the other lines told meanwhile."""
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.01)
    node = FakeNode(tmp_path)
    node.view = lambda _: None  # type: ignore[method-assign]
    async with served(node), reading(node.config.socket, f"/events?line={LINE}") as stream:
        await stream.event()
        node.changes.tell(Show("another-line", "state", {}))
        wanted = f"id: {node.changes.last_id}"
        while await stream.row() != wanted:
            pass


async def test_alarms_and_conflicts_come_with_their_sentences(tmp_path: Path) -> None:
    """What the list of alarms and conflicts says in the node's language, the stream says too."""
    node = FakeNode(tmp_path)
    async with served(node), reading(node.config.socket, "/events") as stream:
        await stream.event()
        for name, data in (
            ("alarm", ALARM),
            ("conflict", CONFLICT),
            ("private_conflict", PRIVATE_CONFLICT),
        ):
            node.changes.tell(Show(LINE, name, {**data, "said": ""}))
            _, told, shown = await stream.event()
            assert told == name
            assert "bravo.example" in shown["said"]
            assert re.search("[а-я]", shown["said"])


async def test_a_quiet_stream_beats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While nothing changes, a comment comes before the stream could seem dead."""
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.01)
    node = FakeNode(tmp_path)
    async with served(node), reading(node.config.socket, "/events") as stream:
        first, _, _ = await stream.event()
        assert await stream.row() == f"id: {first}"
        assert (await stream.row()).startswith(": ")
        node.tell("state")
        while await stream.row() != "event: state":
            pass


async def test_a_stopping_node_ends_its_streams(tmp_path: Path) -> None:
    """A node that stops says so on every stream, and does not wait for readers."""
    node = FakeNode(tmp_path)
    async with served(node) as stopping, reading(node.config.socket, "/events") as stream:
        first, _, _ = await stream.event()
        stopping.set()
        assert await stream.event() == (first, "end", {"why": "the node is stopping"})
    assert node.readers == 0
    assert not node.config.socket.exists()


async def test_a_reader_that_is_too_slow_is_told(tmp_path: Path) -> None:
    """A reader that the node lets go is told why its stream ends."""
    node = FakeNode(tmp_path)
    async with served(node), reading(node.config.socket, "/events") as stream:
        first, _, _ = await stream.event()
        node.changes.end()
        assert await stream.event() == (first, "end", {"why": "the reader is too slow"})


async def test_a_reader_that_leaves_is_forgotten(tmp_path: Path) -> None:
    """When a reader closes its connection, the node keeps nothing for it."""
    node = FakeNode(tmp_path)
    async with served(node):
        async with reading(node.config.socket, "/events") as stream:
            await stream.event()
            assert node.readers == 1
        async with asyncio.timeout(10):
            while node.readers:
                node.tell("state")
                await asyncio.sleep(0)


async def test_a_defect_shows_no_traceback(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A defect of the node answers plainly, without a path or a traceback, and is logged."""
    node = FakeNode(tmp_path)
    async with served(node):
        status, answer = await asyncio.to_thread(get, node.config.socket, "/status")
    assert status == 500
    assert "defect" in answer["error"]["what"]
    assert "ZeroDivision" not in str(answer)
    assert "secret" not in str(answer)
    assert "ZeroDivisionError" in caplog.text


async def test_a_line_that_is_not_there_has_no_stream(tmp_path: Path) -> None:
    """A stream of an unknown line is refused at once."""
    node = FakeNode(tmp_path)
    async with served(node):
        status, _ = await asyncio.to_thread(get, node.config.socket, "/events?line=nothing")
    assert status == 404


async def test_a_second_node_cannot_take_the_socket(tmp_path: Path) -> None:
    """While a node serves, another one in its place is refused and takes nothing."""
    node = FakeNode(tmp_path)
    async with served(node):
        with pytest.raises(OurError, match="Another node"):
            await serve(FakeNode(tmp_path), asyncio.Event())  # type: ignore[arg-type]
        assert unix.is_answered(node.config.socket)


def get(path: Path, target: str) -> tuple[int, Any]:
    """Status and JSON of one question."""
    with unix.connect(path, timeout_s=10) as connection:
        head = f"GET {target} HTTP/1.1\r\nHost: openline\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    status, _, body = answer.partition(b"\r\n\r\n")
    return int(status.split()[1]), json.loads(body)


@contextmanager
def following(line: Line, name: str) -> Iterator[Iterator[tuple[str, dict[str, Any]]]]:
    """The changes at one of the real nodes, from now on."""
    stream = line.client(name).events()
    try:
        assert next(stream)[0] == "begin"
        yield stream
    finally:
        stream.close()  # type: ignore[attr-defined]


def test_real_nodes_tell_what_is_said_and_receipted(line: Line) -> None:
    """The author's stream tells the receipt, the reader's stream the message."""
    with following(line, "alpha") as ours, following(line, "bravo") as theirs:
        fields = {"language": "en", "text": "for the stream"}
        body = {"kind": "TEXT", "fields": fields, "precedence": "IMMEDIATE"}
        said = line.client().post("/lines", LINE, "messages", body=body)
        wanted = {"party": ALPHA, "index": said["index"]}
        for name, data in theirs:
            assert name in events.EVENTS
            if name == "message" and wanted.items() <= data.items():
                assert data["precedence"] == "IMMEDIATE"
                break
        for name, data in ours:
            if name == "delivered" and data["from"] <= said["index"] < data["until"]:
                break
