"""Two stations serve one party: whatever ends the one that writes, the other goes on.

The stations and the database are real processes; each station reaches the database through
a proxy of its own, so that one of them can be cut off. The counterpart is told nothing.
"""

import contextlib
import itertools
import json
import os
import signal
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from openline.app.move import settings_with
from openline.domain.errors import OurError
from openline.domain.record.envelope import parse_content, parse_envelope
from openline.domain.talk.kinds import Kind
from openline.faces.cli.client import Client
from tests.database import Server
from tests.end_to_end.nodes import (
    Node,
    Place,
    ending,
    found,
    openline,
    refusals,
    told_by,
    wait_signing,
    wait_until,
)
from tests.end_to_end.proxy import Mode, Proxy, proxies
from tests.faces.api.officers import Browser
from tests.ports import free_ports

TAKEOVERS = int(os.environ.get("OPENLINE_TAKEOVERS", "4"))
WAIT_S_MAX = 120.0
ASK_S_MAX = 2.0


@dataclass
class Stations:
    """Two stations of alpha, their counterpart, and what lies between.

    Attributes:
        one: The first station.
        two: The second one.
        bravo: The counterpart, whose store is a file.
        server: The database server.
        schema: Where alpha's store is.
        lines: By station, the proxy between it and the database.
    """

    one: Node
    two: Node
    bravo: Node
    server: Server
    schema: str
    lines: dict[str, Proxy]

    @property
    def both(self) -> tuple[Node, Node]:
        """The stations."""
        return self.one, self.two

    def other(self, station: Node) -> Node:
        """The station beside one."""
        return self.two if station is self.one else self.one

    def line_of(self, station: Node) -> Proxy:
        """The proxy between a station and the database."""
        return self.lines[str(station.directory)]

    def epoch(self) -> int:
        """The epoch of the lease."""
        [(epoch,)] = self.server.within(self.schema, "SELECT epoch FROM lease")
        return int(epoch)

    def writer(self) -> Node:
        """The station that writes, as soon as one does."""
        wait_until(lambda: self._writing(), "a station writes", WAIT_S_MAX)
        return self._writing()[0]

    def _writing(self) -> list[Node]:
        return [one for one in self.both if stands(one) == "writes"]


def stands(station: Node) -> str:
    """What a station says of itself: `writes`, `waits`, `stands by` or nothing."""
    if station.process is None or station.process.poll() is not None:
        return ""
    client = Client(station.config, ASK_S_MAX)
    with contextlib.suppress(OurError):
        client.get("/standby")
        return "stands by"
    try:
        status = client.get("/status")
    except OurError:
        return ""
    return "writes" if all(line["can_sign"] for line in status["lines"]) else "waits"


def stand_by(station: Node) -> None:
    """Start a station, and wait until it stands by or writes."""
    station.spawn("--standby")
    wait_until(lambda: stands(station), f"{station.directory.name} is there", WAIT_S_MAX)


@contextlib.contextmanager
def stations(directory: Path, server: Server) -> Iterator[Stations]:
    """Two stations, neither of them running yet, and a counterpart."""
    first, second, *theirs = free_ports(4)
    places = {
        # Each circuit on the card leads to a station of its own.
        "alpha": Place({"primary": first}, {"secondary": second}),
        "bravo": Place({"primary": theirs[0], "secondary": theirs[1]}),
    }
    one, bravo = found(directory, places=places)
    schema = server.new_schema()
    password = server.password_file(directory)
    with proxies(server.port, server.port) as lines:
        urls = [server.url(schema).replace(f":{server.port}/", f":{line.port}/") for line in lines]
        toml = one.directory / "node.toml"
        toml.write_text(settings_with(toml_config(one), urls[0], password))
        two = Node(directory / "alpha-two", one.party)
        openline("station", "copy", two.directory, "--dir", one.directory)
        text = (two.directory / "node.toml").read_text()
        text = text.replace(urls[0], urls[1]).replace(str(first), str(second))
        text = text.replace('circuit = "primary"', 'circuit = "secondary"')
        (two.directory / "node.toml").write_text(text)
        by_station = {str(one.directory): lines[0], str(two.directory): lines[1]}
        for node in (one, two):
            node.__dict__.pop("config", None)
        with ending(one, two, bravo):
            yield Stations(one, two, bravo, server, schema, by_station)


def toml_config(node: Node) -> Any:
    """The settings of a node, which are about to change."""
    config = node.config
    del node.config
    return config


@dataclass
class Talk:
    """Officers who keep talking at both stations; whichever writes, answers.

    Attributes:
        said: Text by index, of everything that was acknowledged.
        at: When each was, by the monotonic clock.
        twice: Indexes that were given to two texts.
    """

    said: dict[int, str] = field(default_factory=dict)
    at: list[float] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)

    def first_after(self, instant: float) -> float | None:
        """When the first one after an instant was acknowledged."""
        return next((at for at in list(self.at) if at > instant), None)


@contextlib.contextmanager
def talking(*nodes: Node) -> Iterator[Talk]:
    """Officers say one sentence after the other, at each of the nodes."""
    talk, lock, over = Talk(), threading.Lock(), threading.Event()

    def speak(node: Node) -> None:
        for number in itertools.count():
            if over.is_set():
                return
            text = f"{node.directory.name} says {number}."
            body = {"kind": "TEXT", "fields": {"language": "en", "text": text}}
            began = time.monotonic()
            try:
                client = Client(node.config, ASK_S_MAX)
                index = client.post("/lines", node.line, "messages", body=body)["index"]
            except OurError:
                over.wait(0.03)
                continue
            with lock:
                if talk.said.setdefault(index, text) != text:
                    talk.twice.append(index)
                # When it was asked: what was under way at a fault is no sign of a takeover.
                talk.at.append(began)
            over.wait(0.03)

    speakers = [threading.Thread(target=speak, args=(node,)) for node in nodes]
    for speaker in speakers:
        speaker.start()
    try:
        yield talk
    finally:
        over.set()
        for speaker in speakers:
            speaker.join(60)


# --- what ends the one that writes ---------------------------------------------------------------


def kill(world: Stations, writer: Node, talk: Talk) -> float:
    """SIGKILL of the writer."""
    at = time.monotonic()
    writer.kill()
    _wait_said(talk, at)
    return at


def freeze(world: Stations, writer: Node, talk: Talk) -> float:
    """SIGSTOP of the writer; long after it was overtaken it wakes, and ends."""
    at = time.monotonic()
    writer.send_signal(signal.SIGSTOP)
    _wait_said(talk, at)
    before = len(writer.aside())
    writer.send_signal(signal.SIGCONT)
    assert writer.ended(60) == 1
    says = writer.aside()[before:]
    assert "Another process has taken the store" in says, says
    return at


def cut(world: Stations, writer: Node, talk: Talk) -> float:
    """The network between the writer and the database is cut, and heals."""
    at = time.monotonic()
    world.line_of(writer).mode = Mode.CUT
    _wait_said(talk, at)
    assert writer.ended(60) == 1
    world.line_of(writer).mode = Mode.PASS
    return at


def stall(world: Stations, writer: Node, talk: Talk) -> float:
    """The network between the writer and the database stands still, and goes on."""
    at = time.monotonic()
    world.line_of(writer).mode = Mode.STALL
    _wait_said(talk, at)
    world.line_of(writer).mode = Mode.PASS
    assert writer.ended(60) == 1
    return at


def restart(world: Stations, writer: Node, talk: Talk) -> float:
    """The database is killed and started again: both stations lose it."""
    world.server.kill()
    world.server.start()
    # From here on: how long a database takes to come back is not ours to shorten.
    at = time.monotonic()
    assert writer.ended(60) == 1
    _wait_said(talk, at)
    return at


def _wait_said(talk: Talk, after: float) -> None:
    wait_until(lambda: talk.first_after(after), "somebody is answered again", WAIT_S_MAX)


FAULTS: tuple[Callable[[Stations, Node, Talk], float], ...] = (kill, freeze, cut, restart, stall)


@pytest.mark.slow
def test_the_other_station_goes_on(
    tmp_path: Path,
    postgresql: Server,
    record_property: Callable[[str, Any], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Through takeovers of every sort nothing acknowledged is lost and no log is forked."""
    gaps: dict[str, list[float]] = {}
    with stations(tmp_path, postgresql) as world:
        world.bravo.spawn()
        world.bravo.wait_up()
        for station in world.both:
            stand_by(station)
        wait_signing(world.bravo, world.writer())
        with talking(*world.both) as talk:
            wait_until(lambda: talk.said, "somebody is answered")
            for number in range(TAKEOVERS):
                fault = FAULTS[number % len(FAULTS)]
                writer, epoch = world.writer(), world.epoch()
                other = world.other(writer)
                wait_until(lambda: stands(other) == "stands by", "the other stands by", WAIT_S_MAX)  # noqa: B023
                at = fault(world, writer, talk)
                first = talk.first_after(at)
                assert first is not None
                gaps.setdefault(fault.__name__, []).append(first - at)
                assert world.epoch() > epoch
                stand_by(writer)
                _hold_against_counterpart(world, dict(talk.said))
        _end(world, talk)
    every = sorted(itertools.chain(*gaps.values()))
    p50, p95 = statistics.median(every), every[max(0, -(-len(every) * 95 // 100) - 1)]
    record_property("takeovers", len(every))
    record_property("seconds without a writer, p50", round(p50, 3))
    record_property("seconds without a writer, p95", round(p95, 3))
    with capsys.disabled():
        print(f"\n  takeovers {len(every)}, said {len(talk.said)}, lost 0")
        print(f"  seconds without a writer: p50 {p50:.2f}, p95 {p95:.2f}, worst {every[-1]:.2f}")
        for name, found_s in gaps.items():
            print(f"  {name}: {' '.join(f'{one:.2f}' for one in found_s)}")


def _hold_against_counterpart(world: Stations, said: dict[int, str]) -> None:
    """The counterpart comes to hold all that was acknowledged, and has seen no fork."""
    last = max(said)
    wait_until(
        lambda: world.bravo.state()["held"]["alpha.example"] > last,
        "the counterpart holds what was said",
        WAIT_S_MAX,
    )
    assert not world.bravo.counterpart("alpha.example")["is_forked"]
    assert [one for one in world.bravo.alarms() if one["name"] in _FORKS] == []
    record = world.bravo.message("alpha.example", last)
    assert record["body"]["text"] == said[last]


_FORKS = ("FORK", "OWN_HISTORY_DIFFERS", "OWN_KEY_ELSEWHERE")


def _end(world: Stations, talk: Talk) -> None:
    """All is stopped; both stores are sound and alike, and hold what was acknowledged."""
    assert talk.twice == []
    writer = world.writer()
    wait_until(
        lambda: (
            world.bravo.state()["held"]["alpha.example"] == writer.state()["out_size"]
            and writer.counterpart("bravo.example")["not_receipted"] == 0
        ),
        "all is held and receipted",
        WAIT_S_MAX,
    )
    assert world.other(writer).stop() == 0
    assert [writer.stop(), world.bravo.stop()] == [0, 0]
    out = f"{writer.party}/{writer.line}/out"
    there = writer.entries(out)
    assert there == world.bravo.entries(out)
    texts = {}
    for index, (raw, content) in enumerate(there):
        header = parse_envelope(raw).header
        assert header.index == index
        if header.kind == Kind.TEXT:
            texts[index] = str(parse_content(content)[2])
    assert {index: texts.get(index) for index in talk.said} == talk.said
    assert (writer.faults(), world.bravo.faults()) == ([], [])
    assert [row for row in refusals(world.bravo) if row[0] in _FORKS] == []
    assert world.server.password not in "".join(one.log() + one.aside() for one in world.both)


def test_officers_stay_signed_in(tmp_path: Path, postgresql: Server) -> None:
    """Who is signed in at one station acts at the next one, and who signed out does not."""
    (port,) = free_ports(1)
    with stations(tmp_path, postgresql) as world:
        for station, host in zip(world.both, ("127.0.0.1", "127.0.0.2"), strict=True):
            toml = station.directory / "node.toml"
            table = f'\n[officers]\nlisten = "{host}:{port}"\ncertificate = "none"\n'
            toml.write_text(toml.read_text() + table)
            station.__dict__.pop("config", None)
        world.bravo.spawn()
        world.bravo.wait_up()
        for station in world.both:
            stand_by(station)
        writer = world.writer()
        hosts = {str(world.one.directory): "127.0.0.1", str(world.two.directory): "127.0.0.2"}
        names = ("Capt. Field", "Lt. Gone")
        browsers = [_signed_in(writer, name, port, hosts) for name in names]
        browsers[1].post("/session/end")
        writer.kill()
        after = world.writer()
        assert after is world.other(writer)
        for browser in browsers:
            browser.host = hosts[str(after.directory)]
        session = browsers[0].get("/session")
        assert (session["name"], session["post"]) == ("Capt. Field", "watch")
        body = {"kind": "TEXT", "fields": {"language": "en", "text": "signed in before"}}
        said = browsers[0].post(f"/lines/{after.line}/messages", body)
        assert after.message(after.party, said["index"])["by"]["officer"] == "Capt. Field"
        assert browsers[1].ask("GET", "/session").status == 401


def _signed_in(station: Node, name: str, port: int, hosts: dict[str, str]) -> Browser:
    where = ("--dir", station.directory)
    openline("people", "add", name, "--role", "watch_officer", "--post", "watch", *where)
    told = told_by("people", "link", name, "--json", *where)
    browser = Browser(port, f"http://localhost:{port}", host=hosts[str(station.directory)])
    browser.sign_in(json.loads(told.out)["link"])
    return browser


def test_a_clock_that_differs_is_said(tmp_path: Path, postgresql: Server) -> None:
    """A station takes over from one whose clock is ahead, says so, and signs nothing wrongly."""
    ahead = tmp_path / "ahead"
    ahead.write_text("5000")
    with stations(tmp_path, postgresql) as world:
        world.one.environment["OPENLINE_REHEARSAL_CLOCK"] = str(ahead)
        world.bravo.spawn()
        world.bravo.wait_up()
        for station in world.both:
            stand_by(station)
        assert world.writer() is world.one
        said = [world.one.deliver("by the clock that is ahead")["index"]]
        says = "The clock of this station is 5.0 s behind that of "
        wait_until(lambda: says in told_by("doctor", "--dir", world.two.directory).out, says)
        world.one.kill()
        assert world.writer() is world.two
        told = world.two.log()
        assert says in told[told.index("this station takes over") :]
        said += [world.two.deliver(f"by the clock that is right, {n}")["index"] for n in range(3)]
        assert said == list(range(said[0], said[0] + 4))
        assert not {one["name"] for one in world.bravo.alarms()} & set(_FORKS)
        assert [world.two.stop(), world.bravo.stop()] == [0, 0]
        assert (world.two.faults(), world.bravo.faults()) == ([], [])


def test_a_station_says_how_it_stands(tmp_path: Path, postgresql: Server) -> None:
    """While another writes, every verb is told so, and the doctor says what is unlike."""
    with stations(tmp_path, postgresql) as world:
        for station in world.both:
            stand_by(station)
        writer = wait_until(
            lambda: next((one for one in world.both if stands(one) == "waits"), None), "one waits"
        )
        other = world.other(writer)
        told = told_by("status", "--dir", other.directory)
        assert told.code == 1
        assert "This station stands by: " in told.aside
        told = told_by("doctor", "--dir", other.directory)
        assert "It stands by: " in told.out
