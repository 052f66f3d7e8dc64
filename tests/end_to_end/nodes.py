"""Real nodes in processes of their own, for the tests from end to end.

`found` makes parties that have adopted one Understanding, through the command
line, as officers do. A `Node` is one directory and the process that runs in
it; it is spoken to through its Unix socket only. `running` starts nodes and
ends every one of them, however the test ends. Only processes that were started
here are ever signalled.
"""

import contextlib
import functools
import io
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from openline.app.audit import audit
from openline.app.config import Config, load_config
from openline.app.stores import open_to_read
from openline.domain.errors import OurError
from openline.faces.cli.client import Client
from openline.faces.cli.main import run
from tests.ports import free_ports

LINE: Final = "syria-air"
TICK_MS: Final = 500
"""Long enough for two busy cores: a circuit is LOST after six of them."""

START_S_MAX: Final = 120.0
END_S_MAX: Final = 20.0
WAIT_S_MAX: Final = 30.0
"""How long a test waits at most for what will come about: never asserted as a speed."""

REFERENCE_POINT: Final = """
[[reference_points]]
name = "shayrat"
titles = { en = "Shayrat airfield", ru = "Шайрат" }
lat = 34.4900
lon = 36.9090
"""


class Failed(AssertionError):
    """A node did not do what every test relies on."""


@dataclass(frozen=True)
class Told:
    """How a verb ended, and what it printed.

    Attributes:
        code: The exit code.
        out: Its result.
        aside: What it printed beside it: errors.
    """

    code: int
    out: str
    aside: str


def told_by(*words: object) -> Told:
    """Do a verb in this process; never raises for its exit code."""
    out, aside = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(aside):
        code = run([str(word) for word in words])
    return Told(code, out.getvalue(), aside.getvalue())


def openline(*words: object) -> None:
    """Do a verb in this process, quietly; it must succeed."""
    told = told_by(*words)
    if told.code != 0:
        raise Failed(f"openline {' '.join(map(str, words))}: {told.code}, {told.aside}")


def told_by_process(*words: object) -> Told:
    """Do a verb in a process of its own, as a script would; never raises for its code."""
    done = subprocess.run(
        [sys.executable, "-m", "openline", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=WAIT_S_MAX,
        check=False,
    )
    return Told(done.returncode, done.stdout, done.stderr)


def wait_until(holds: Callable[[], Any], what: str, timeout_s: float = WAIT_S_MAX) -> Any:
    """What `holds` gives as soon as it is true; a node that does not answer is asked again."""
    deadline = time.monotonic() + timeout_s
    last: object = None
    while time.monotonic() < deadline:
        try:
            if last := holds():
                return last
        except OurError as error:
            last = error
        time.sleep(0.08)
    raise Failed(f"it did not come about in {timeout_s:g} s: {what} (last seen: {last})")


# --- one node ------------------------------------------------------------------------------------


@dataclass
class Node:
    """One node: its directory, and the process that runs in it, if one does.

    Attributes:
        directory: Where it lives.
        party: Whose it is.
        line: The line that is meant where none is named.
        process: The running process, or None.
        healthy_s: From each start until the socket answered.
        program: What runs as the node, for the interpreter.
        within: What the interpreter is started by, such as `ip netns exec`.
        environment: What its process finds in its environment besides.
    """

    directory: Path
    party: str
    line: str = LINE
    process: subprocess.Popen[bytes] | None = None
    healthy_s: list[float] = field(default_factory=list)
    program: tuple[str, ...] = ("-m", "openline")
    within: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)

    # Its process.

    def spawn(self, *options: str, limits: Callable[[], None] | None = None) -> None:
        """Start the process without waiting for it."""
        assert self.process is None, "it runs already"
        command = [
            *self.within,
            sys.executable,
            *self.program,
            "run",
            "--dir",
            str(self.directory),
            "--json",
        ]
        with self._aside.open("ab") as aside:
            self.process = subprocess.Popen(
                [*command, *options],
                stdout=subprocess.PIPE,
                stderr=aside,
                preexec_fn=limits,
                env={**os.environ, **self.environment},
            )

    def start(self, *options: str, limits: Callable[[], None] | None = None) -> "Node":
        """Start the process; returns when it says that it is up."""
        began = time.monotonic()
        self.spawn(*options, limits=limits)
        self.wait_up()
        self.healthy_s.append(time.monotonic() - began)
        return self

    def wait_up(self) -> None:
        """Wait for the row with which `openline run --json` says that it is up."""
        assert self.process is not None
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if selector.select(START_S_MAX) and self.process.stdout.readline():
                return
        raise Failed(f"{self.party} did not come up: {self.aside()[-2_000:]}")

    def aside(self) -> str:
        """What its processes wrote to standard error."""
        return self._aside.read_text(errors="replace") if self._aside.exists() else ""

    @property
    def _aside(self) -> Path:
        """Beside its directory, whose disk may be full."""
        return self.directory.with_name(f"{self.directory.name}.stderr")

    def log(self) -> str:
        """What it wrote to its log file."""
        path = self.directory / "openline.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def send_signal(self, number: int) -> None:
        """Signal the process that was started here."""
        assert self.process is not None, "it does not run"
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut would; nothing is told to it."""
        self.send_signal(signal.SIGKILL)
        self.ended()

    def stop(self) -> int:
        """End it as an administrator does; its exit code."""
        self.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self, timeout_s: float = END_S_MAX) -> int:
        """Wait for its end; its exit code."""
        assert self.process is not None, "it does not run"
        code = self.process.wait(timeout_s)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return code

    def end(self) -> None:
        """Make sure that the process is gone, frozen or not."""
        if self.process is not None:
            self.process.kill()
            self.ended()

    # What officers and programs ask it.

    @functools.cached_property
    def config(self) -> Config:
        """Its settings, as they were when they were first asked for."""
        return load_config(self.directory)

    @property
    def name(self) -> str:
        """The first label of its party's name."""
        return self.party.partition(".")[0]

    def client(self, timeout_s: float = 10.0) -> Client:
        """The way to it."""
        return Client(self.config, timeout_s)

    def state(self, line: str | None = None) -> dict[str, Any]:
        """The state of a line as officers see it."""
        lines = self.client().get("/lines")["lines"]
        return next(one for one in lines if one["line"] == (line or self.line))

    def counterpart(self, party: str, line: str | None = None) -> dict[str, Any]:
        """What it sees of one counterpart."""
        found = self.state(line)["counterparts"]
        return next(one for one in found if one["party"] == party)

    def circuits(self, party: str) -> dict[str, dict[str, Any]]:
        """What it sees of each circuit to a counterpart, by name."""
        return {one["circuit"]: one for one in self.counterpart(party)["circuits"]}

    def post(self, kind: str, fields: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Say a message of a kind; returns when it is in our own log, on disk."""
        query = {key: more.pop(key) for key in ("wait", "timeout_ms") if key in more}
        line = more.pop("line", self.line)
        body = {"kind": kind, "fields": fields, **more}
        answer: dict[str, Any] = self.client(70).post(
            "/lines", line, "messages", body=body, **query
        )
        return answer

    def say(self, text: str, **more: Any) -> dict[str, Any]:
        """Say a text."""
        return self.post("TEXT", {"language": "en", "text": text}, **more)

    def deliver(self, text: str, **more: Any) -> dict[str, Any]:
        """Say a text and wait until every recipient's receipt for it is held."""
        said = self.say(text, wait="delivered", timeout_ms=30_000, **more)
        if not said["is_delivered"]:
            raise Failed(f"{self.party} {said['serial']} was not delivered: {self.state()}")
        return said

    def messages(self, line: str | None = None) -> list[dict[str, Any]]:
        """Every message that it shows on a line, in its order."""
        client, found = self.client(), []
        path, query = ("/lines", line or self.line, "messages"), {"after": 0, "count": 1_000}
        while page := client.get(*path, **query)["messages"]:
            found += page
            query["after"] = page[-1]["position"]
        return found

    def message(self, party: str, index: int) -> dict[str, Any]:
        """One message, whole; OurError while it is not held."""
        client = self.client()
        shown: dict[str, Any] = client.get("/lines", self.line, "messages", party, str(index))
        return shown

    def conflicts(self) -> list[dict[str, Any]]:
        """The conflicts between live notices."""
        answer = self.client().get("/lines", self.line, "conflicts")
        found: list[dict[str, Any]] = answer["conflicts"]
        return found

    def alarms(self) -> list[dict[str, Any]]:
        """The alarms of the line."""
        found: list[dict[str, Any]] = self.client().get("/lines", self.line, "alarms")["alarms"]
        return found

    def certify(self, kind: str, path: Path, **parameters: Any) -> Path:
        """Export a certificate through the API and write it to a file."""
        body = {"kind": kind, "parameters": parameters}
        path.write_bytes(self.client().fetch_file("/lines", self.line, "certificates", body=body))
        return path

    # What may be looked at while it is stopped.

    def faults(self) -> list[str]:
        """What a whole audit of its store finds wrong; it must be stopped."""
        with open_to_read(self.config) as store:
            return [f"{found.origin}: {fault}" for found in audit(store) for fault in found.faults]

    def entries(self, origin: str) -> list[tuple[bytes, bytes]]:
        """Every entry of a log as it is stored; it must be stopped."""
        with open_to_read(self.config) as store:
            return [(one.raw, one.content) for one in store.entries(origin, 0, 1 << 20)]

    def journal(self, line: str | None = None) -> list[list[Any]]:
        """The rows of its journal, decoded; it must be stopped."""
        from openline.domain.record import cbor

        rows = self.entries(f"{self.party}/{line or self.line}/journal")
        return [list(cbor.decode(raw)) for raw, _ in rows]  # type: ignore[arg-type]


def refusals(node: Node) -> list[tuple[str, str]]:
    """Reason and words of everything a stopped node journalled as refused."""
    return [(str(row[4]), str(row[5])) for row in node.journal() if row[0] == 6]


# --- making them ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where one party listens, and where others are told to dial it.

    Attributes:
        listen: Port by circuit.
        dial: Port by circuit, where it differs; a proxy stands there.
        host: Its address.
    """

    listen: dict[str, int]
    dial: dict[str, int] = field(default_factory=dict)
    host: str = "127.0.0.1"


def make_node(directory: Path, name: str, place: Place | None = None, **options: str) -> Node:
    """Make one node by `openline init`."""
    node = Node(directory / name, f"{name}.example")
    words: list[object] = ["init", "--dir", node.directory, "--party", node.party]
    words += ["--title", f"en={name.capitalize()} Air"]
    place = place or Place({"primary": free_ports(1)[0]})
    for circuit, port in place.listen.items():
        words += ["--listen", f"{circuit}={place.host}:{port}"]
    for circuit, port in (place.listen | place.dial).items() if place.dial else ():
        words += ["--advertise", f"{circuit}={place.host}:{port}"]
    for option, value in options.items():
        words += [f"--{option}", value]
    openline(*words)
    return node


def introduce(nodes: Sequence[Node]) -> None:
    """Give every node the cards of the others."""
    for node in nodes:
        for other in nodes:
            if other is not node:
                card = other.directory / "cards" / f"{other.party}.card"
                openline("card", "add", card, "--dir", node.directory)


def draft(nodes: Sequence[Node], line: str = LINE, *, version: int = 1, **terms: str) -> Path:
    """Write the draft of an Understanding; returns the path of the TOML.

    Args:
        nodes: The parties; the first one drafts.
        line: The name of the line.
        version: Of the Understanding.
        terms: Values in place of the template's, as TOML writes them, by key.
    """
    first, *others = nodes
    path = first.directory.parent / f"{line}-{version}-{len(terms)}.toml"
    cards = [first.directory / "cards" / f"{other.party}.card" for other in others]
    openline("understanding", "new", line, *cards, "--dir", first.directory, "--out", path)
    text = path.read_text()
    values = {"tick": f'"{TICK_MS} ms"', "clock_tolerance": '"1 s"', "version": str(version)}
    for key, value in (values | terms).items():
        text, count = re.subn(rf"(?m)^{key} = [^#\n]*", f"{key} = {value} ", text, count=1)
        assert count == 1, key
    head, parties = text.split("\n[[parties]]", 1)
    path.write_text(f"{head}{REFERENCE_POINT}\n[[parties]]{parties}")
    return path


def sign(nodes: Sequence[Node], toml: Path) -> Path:
    """Have every party sign a draft; returns the path of the file with all signatures."""
    path = toml.with_suffix(".understanding")
    first, *others = nodes
    openline("understanding", "sign", toml, "--dir", first.directory, "--out", path)
    for other in others:
        openline("understanding", "sign", path, "--dir", other.directory)
    return path


def adopt(nodes: Iterable[Node], signed: Path) -> None:
    """Have every node adopt what was signed."""
    for node in nodes:
        openline("understanding", "adopt", signed, "--dir", node.directory)


def found(
    directory: Path, *names: str, places: dict[str, Place] | None = None, **terms: str
) -> list[Node]:
    """Make nodes that have adopted one Understanding of such terms; none of them runs yet."""
    names = names or ("alpha", "bravo")
    nodes = [make_node(directory, name, (places or {}).get(name)) for name in names]
    introduce(nodes)
    adopt(nodes, sign(nodes, draft(nodes, **terms)))
    return nodes


# --- running them --------------------------------------------------------------------------------


@contextlib.contextmanager
def ending(*nodes: Node) -> Iterator[None]:
    """Whatever happens, the processes of these nodes are gone afterwards."""
    try:
        yield
    except BaseException:
        for node in nodes:
            print(f"--- {node.party}, last of its log:\n{node.log()[-3_000:]}")
            print(f"--- {node.party}, standard error:\n{node.aside()[-3_000:]}")
        raise
    finally:
        for node in nodes:
            node.end()


@contextlib.contextmanager
def running(*nodes: Node) -> Iterator[None]:
    """The nodes run and may sign; ended with the block."""
    with ending(*nodes):
        start(*nodes)
        yield


def start(*nodes: Node) -> None:
    """Start nodes, all at once, and wait until each may sign."""
    for node in nodes:
        node.spawn()
    for node in nodes:
        node.wait_up()
    wait_signing(*nodes)


def wait_signing(*nodes: Node) -> None:
    """Wait until every node may sign: its counterpart has confirmed its outbox."""
    for node in nodes:
        wait_until(lambda node=node: node.state()["can_sign"], f"{node.party} signs")  # type: ignore[misc]


def wait_up(*nodes: Node) -> None:
    """Wait until every node may sign and has proven its line both ways."""
    for node in nodes:
        wait_until(lambda node=node: is_up(node), f"{node.party} is up")  # type: ignore[misc]


def is_up(node: Node) -> bool:
    """Whether the node's line works both ways and the node may sign."""
    state = node.state()
    return bool(state["can_sign"] and state["observed"] == "UP")
