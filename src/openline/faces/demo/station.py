"""Stations: the two nodes of the demo, each a process of its own.

A station starts and ends its node as anybody would, with `openline run` and
signals, and reaches it as officers' programs do, through its socket. It never
looks into the node's files.
"""

import base64
import contextlib
import json
import secrets
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from openline.app.config import load_config
from openline.domain.errors import OurError
from openline.domain.line.terms import Understanding
from openline.domain.line.understanding import parse_understanding
from openline.faces.cli.client import Client

START_WAIT_S: Final = 60.0
"""A node on a busy machine: most of it is loading the program."""

STOP_WAIT_S: Final = 10.0
RECEIPT_WAIT_MS: Final = 20_000
MESSAGES_READ: Final = 1_000

PROGRAM: Final = (sys.executable, "-P", "-m", "openline")
"""The same program as this one; -P, so that no directory at hand takes its place."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message that a node has recorded.

    Attributes:
        party: The author.
        index: Position in the author's outbox.
        serial: As people write it.
        notice_id: Of a notice, its id.
        is_delivered: Whether the receipt was held when the node answered.
        took_ms: From handing it to the node until the answer.
    """

    party: str
    index: int
    serial: str
    notice_id: str
    is_delivered: bool
    took_ms: float

    @property
    def reference(self) -> dict[str, Any]:
        """The message, as the API takes it."""
        return {"party": self.party, "index": self.index}


class Station:
    """One party's node: its directory, its process, its socket.

    Args:
        name: What the story calls the party.
        directory: The node's directory.
        line: The line of the story.

    Attributes:
        name: What the story calls the party.
        directory: The node's directory.
        party: The party's name.
        language: Its officers' language.
        officer: Who is on watch there.
    """

    def __init__(self, name: str, directory: Path, line: str) -> None:
        self.name = name
        self.directory = directory
        self._line = line
        config = load_config(directory)
        self.party = config.party
        self.language = config.language
        self.officer = config.officer
        self._client = Client(config)
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None

    # The process.

    @property
    def pid(self) -> int:
        """The process; only while there is one."""
        assert self._process is not None, "the node was started"
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def demand_running(self) -> None:
        """Check that the process is there.

        Raises:
            OurError: It ended by itself, with what it wrote last.
        """
        if not self.is_running:
            raise OurError(
                f"The node of {self.party} has ended by itself.",
                self._last_words() or f"See {self.directory / 'openline.log'}.",
            )

    def launch(self) -> None:
        """Start the node, and do not wait for it."""
        assert not self.is_running, "a directory has one node"
        self._close()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process.
        # An interruption between the start and the assignment would leave the process behind.
        with _postponed():
            self._process = subprocess.Popen(
                [*PROGRAM, "run", "--json", "--dir", str(self.directory)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                # Control-C is for the demo, which then ends its nodes in order.
                process_group=0,
            )

    def await_up(self) -> None:
        """Wait until the node says that it is up.

        Raises:
            OurError: It ended, or says nothing, with what it wrote last.
        """
        assert self._process is not None, "the node was launched"
        assert self._process.stdout is not None, "its output is a pipe"
        ready, _, _ = select.select([self._process.stdout], [], [], START_WAIT_S)
        row = self._process.stdout.readline() if ready else b""
        with contextlib.suppress(ValueError):
            if json.loads(row)["party"] == self.party:
                return
        last = self._last_words()
        self.end()
        raise OurError(
            f"The node of {self.party} did not start.",
            last or f"See {self.directory / 'openline.log'}.",
        )

    def kill(self) -> None:
        """End the process as a loss of power would: with SIGKILL."""
        assert self._process is not None, "the node was started"
        self._process.kill()
        self._process.wait()

    def tell_to_end(self) -> None:
        """Ask the process to end, and do not wait for it."""
        if self._process is not None and self.is_running:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)

    def end(self) -> None:
        """End the process, whatever it takes."""
        self.tell_to_end()
        if self._process is not None:
            try:
                self._process.wait(STOP_WAIT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._close()

    def _close(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()
        if self._errors is not None:
            self._errors.close()
        self._process = self._errors = None

    def _last_words(self) -> str:
        """The last rows that the process wrote to its standard error."""
        if self._errors is None:
            return ""
        self._errors.seek(0)
        rows = self._errors.read().decode(errors="replace").strip().splitlines()
        return " ".join(rows[-3:])

    # What officers see.

    def state(self) -> dict[str, Any]:
        """The state of the line, as this node has it."""
        [state] = [
            line for line in self._client.get("/lines")["lines"] if line["line"] == self._line
        ] or [{}]
        return dict(state)

    def word(self) -> str:
        """The word that this node displays for the line; empty while it has none.

        Raises:
            OurError: The process is gone.
        """
        self.demand_running()
        with contextlib.suppress(OurError, ValueError):
            return str(self.state().get("displayed", {}).get("word", ""))
        return ""

    def messages(self) -> list[dict[str, Any]]:
        """Every message on the line, in the order in which they were recorded here."""
        found: list[dict[str, Any]] = []
        while True:
            after = found[-1]["position"] if found else 0
            answer = self._get("messages", after=after, count=MESSAGES_READ)
            if not answer["messages"]:
                return found
            found += answer["messages"]

    def message(self, party: str, index: int, language: str = "") -> dict[str, Any]:
        """One message, whole, with its text in a language."""
        answer: dict[str, Any] = self._get(
            "messages", party, str(index), language=language or self.language
        )
        return answer

    def notices(self, *, live: bool = False) -> list[dict[str, Any]]:
        """The notices of all parties."""
        return list(self._get("notices", live=live)["notices"])

    def notice(self, party: str, notice_id: str) -> dict[str, Any]:
        """One notice."""
        answer: dict[str, Any] = self._get("notices", party, notice_id)
        return answer

    def conflicts(self, *, live: bool = True) -> list[dict[str, Any]]:
        """The conflicts."""
        return list(self._get("conflicts", live=live)["conflicts"])

    def alarms(self) -> list[dict[str, Any]]:
        """The alarms that stand."""
        return list(self._get("alarms")["alarms"])

    def understanding(self) -> Understanding:
        """The terms in force."""
        return parse_understanding(base64.b64decode(self._get("understanding")["bytes"]))

    def _get(self, *path: str, **query: Any) -> Any:
        return self._client.get("/lines", self._line, *path, **query)

    # What officers do.

    def say(
        self,
        kind: str,
        fields: Mapping[str, Any],
        *,
        precedence: str = "ROUTINE",
        reply_to: Mapping[str, Any] | None = None,
        waits: bool = True,
    ) -> Said:
        """Say a message; wait for its receipt unless told otherwise.

        Raises:
            OurError: It must not be said; or the node does not answer.
        """
        body: dict[str, Any] = {
            "kind": kind,
            "fields": dict(fields),
            "precedence": precedence,
            "request_id": secrets.token_hex(16),
        }
        if reply_to is not None:
            body["reply_to"] = dict(reply_to)
        query = {"wait": "delivered", "timeout_ms": RECEIPT_WAIT_MS} if waits else {}
        start = time.monotonic()
        said = self._client.post("/lines", self._line, "messages", body=body, **query)
        took_ms = (time.monotonic() - start) * 1_000
        return Said(
            said["party"], said["index"], said["serial"], said["notice_id"],
            said["is_delivered"], took_ms,
        )  # fmt: skip

    def people(self) -> list[str]:
        """The names of those who may sign in at the console."""
        return [str(one["name"]) for one in self._client.get("/people")["people"]]

    def add_person(self, name: str, roles: list[str], posts: list[str]) -> None:
        """Let somebody sign in at the console, as an administrator does."""
        self._client.post("/people", body={"name": name, "roles": roles, "posts": posts})

    def link(self, name: str) -> str:
        """An address that signs somebody in once."""
        return str(self._client.post("/people", name, "link", body={})["url"])

    def check(self, fields: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What a notice would not be clear of; nothing is said.

        Raises:
            OurError: It would be refused.
        """
        body = {"fields": dict(fields)}
        answer = self._client.post("/lines", self._line, "notices", "check", body=body)
        return list(answer["conflicts"])


@contextlib.contextmanager
def ending(stations: Iterable[Station]) -> Iterator[None]:
    """End every node with the block, whatever happens, and let nothing interrupt that."""
    stations = list(stations)
    try:
        yield
    finally:
        before = {number: signal.signal(number, signal.SIG_IGN) for number in _INTERRUPTIONS}
        try:
            for station in stations:
                station.tell_to_end()
            for station in stations:
                station.end()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


_INTERRUPTIONS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def _postponed() -> Iterator[None]:
    """Let an interruption wait until the block is done."""
    came: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _: came.append(number))
        for number in _INTERRUPTIONS
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        raise KeyboardInterrupt


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Take being told to end, in whichever way, as Control-C."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _INTERRUPTIONS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
