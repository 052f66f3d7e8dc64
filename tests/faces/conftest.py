"""Two real nodes for the tests of the faces: real stores, keys, TLS and sockets.

They run in a loop of their own, in a thread of the test process, so that a
test is what an officer's program is: somebody who knows the directory. Tests
share the nodes and the record; each says its own things and looks for those.
"""

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from openline.adapters.code_books import shipped
from openline.app.compose import started
from openline.app.config import load_config
from openline.app.run import RunningNode
from openline.domain.line.terms import ReferencePoint
from openline.domain.line.understanding_toml import from_toml, to_toml
from openline.domain.talk.code_book import code_book_hash
from openline.faces.api.serve import serve
from openline.faces.cli.client import Client
from openline.faces.cli.main import run
from tests.ports import free_port

LINE = "syria-air"
TICK_MS = 200
ALPHA = "alpha.example"
BRAVO = "bravo.example"
SHAYRAT = ReferencePoint(
    "shayrat", (("en", "Shayrat airfield"), ("ru", "Шайрат")), 344_900_000, 369_090_000
)

Run = Callable[..., "Outcome"]


@dataclass(frozen=True)
class Outcome:
    """How a verb ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one row of JSON that was printed."""
        [row] = self.out.splitlines()
        return json.loads(row)


@dataclass(frozen=True)
class Line:
    """Two directories whose nodes share a line."""

    alpha: Path
    bravo: Path

    def client(self, name: str = "alpha") -> Client:
        """The way to one of the nodes."""
        return Client(load_config(getattr(self, name)))


def do(*words: object) -> None:
    """Do a verb that must succeed, quietly."""
    with contextlib.redirect_stdout(None):
        code = run([str(word) for word in words])
    assert code == 0, words


def make_line(directory: Path) -> Line:
    """Two nodes that have adopted an Understanding with a reference point."""
    line = Line(directory / "alpha", directory / "bravo")
    for path, party, title in ((line.alpha, ALPHA, "Alpha Air"), (line.bravo, BRAVO, "Bravo Air")):
        listen = f"127.0.0.1:{free_port()}"
        do("init", "--dir", path, "--party", party, "--listen", listen, "--title", f"en={title}")
    do("card", "add", line.bravo / "cards" / f"{BRAVO}.card", "--dir", line.alpha)
    do("card", "add", line.alpha / "cards" / f"{ALPHA}.card", "--dir", line.bravo)
    draft, signed = directory / f"{LINE}.toml", directory / f"{LINE}.understanding"
    do("understanding", "new", LINE, "--dir", line.alpha, "--out", draft)
    terms = from_toml(draft.read_text(), str(draft))
    # Quick ticks and clocks that are the same: silence is proven within a second.
    # Nodes and tests share a process: a test that computes for seconds is no lost circuit.
    timers = replace(
        terms.timers,
        tick_ms=TICK_MS,
        clock_tolerance_ms=TICK_MS,
        ticks_missed_degraded=50,
        ticks_missed_lost=150,
    )
    book = code_book_hash(shipped()["standard-1"])
    agreed = replace(terms, timers=timers, reference_points=(SHAYRAT,), code_book=book)
    draft.write_text(to_toml(agreed))
    do("understanding", "sign", draft, "--dir", line.alpha)
    do("understanding", "sign", signed, "--dir", line.bravo)
    for path in (line.alpha, line.bravo):
        do("understanding", "adopt", signed, "--dir", path)
    return line


class NodeThread(threading.Thread):
    """One node in a thread with an event loop of its own."""

    def __init__(self, directory: Path) -> None:
        super().__init__(daemon=True)
        self.directory = directory
        self.is_listening = threading.Event()
        self.fault: BaseException | None = None
        self.node: RunningNode | None = None
        self.end: Callable[[], object] = lambda: None

    def run(self) -> None:
        """Run the node until `end` is called."""
        try:
            asyncio.run(self._be_a_node())
        except BaseException as fault:
            self.fault = fault
            self.is_listening.set()

    async def _be_a_node(self) -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        self.end = lambda: loop.call_soon_threadsafe(stopping.set)
        async with started(load_config(self.directory), stopping) as node:
            self.node = node
            await serve(node, stopping, self.is_listening.set)


@contextlib.contextmanager
def running(*directories: Path) -> Iterator[list[NodeThread]]:
    """The nodes of the directories, running until the block ends."""
    nodes = [NodeThread(directory) for directory in directories]
    try:
        for node in nodes:
            node.start()
        for node in nodes:
            assert node.is_listening.wait(timeout=30), "a node did not come up"
            if node.fault is not None:
                raise node.fault
        yield nodes
    finally:
        for node in nodes:
            node.end()
        for node in nodes:
            node.join(timeout=30)
            assert not node.is_alive(), "a node did not end"
            if node.fault is not None:
                raise node.fault


@pytest.fixture(scope="session")
def made_line(tmp_path_factory: pytest.TempPathFactory) -> Line:
    """Two nodes that do not run; not to be changed."""
    return make_line(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Two nodes that run and have proven the line both ways."""
    line = make_line(tmp_path_factory.mktemp("line"))
    with running(line.alpha, line.bravo):
        for name in ("alpha", "bravo"):
            wait_until(lambda name=name: is_up(line.client(name)))
        check_by_people(line)
        yield line


def check_by_people(line: Line) -> None:
    """Let a person at each side check the line and the other answer: it is ACTIVE then."""
    for asker, answerer in (("alpha", "bravo"), ("bravo", "alpha")):
        said = say(line.client(asker), "LINE_CHECK", {})
        check = {"party": said["party"], "index": said["index"]}
        path = ("/lines", LINE, "messages", said["party"], str(said["index"]))
        number = line.client(asker).get(*path)["body"]["number"]
        fields = {"number": number, "readability": 5}
        say(line.client(answerer), "LINE_CHECK_REPLY", fields, reply_to=check)


def say(client: Client, kind: str, fields: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """Say a message and wait for its receipt."""
    body = {"kind": kind, "fields": fields, **rest}
    said: dict[str, Any] = client.post(
        "/lines", LINE, "messages", body=body, wait="delivered", timeout_ms=20_000
    )
    assert said["is_delivered"]
    return said


def is_up(client: Client) -> bool:
    """Whether the only line of a node works in both directions and signs."""
    [state] = client.get("/lines")["lines"]
    return bool(state["observed"] == "UP" and state["can_sign"])


def wait_until(holds: Callable[[], bool], timeout_s: float = 20) -> None:
    """Return when something holds; looked at again with each pause of the nodes."""
    pause = threading.Event()
    for _ in range(int(timeout_s / 0.05)):
        if holds():
            return
        pause.wait(0.05)
    raise AssertionError("it did not come about")


@pytest.fixture
def openline(capsys: pytest.CaptureFixture[str]) -> Run:
    """Does a verb in this process, as `openline` on the command line does."""

    def call(*words: object) -> Outcome:
        capsys.readouterr()
        code = run([str(word) for word in words])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call
