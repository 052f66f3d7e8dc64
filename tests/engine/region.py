"""A region in one process: real nodes, stores in memory, links that obey the test.

Time stands still until the test moves it. Frames travel when the region is
pumped, so that a test can cut, lose, repeat, reorder or change them on the way.
"""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from openline.adapters.memory import MemoryStore
from openline.domain.errors import OurError
from openline.domain.line.terms import Understanding
from openline.domain.line.understanding import SignedUnderstanding
from openline.engine.commands import Adopt, Command
from openline.engine.effects import Answer, CloseLink, Send, Show
from openline.engine.events import (
    ClockAdvanced,
    CommandGiven,
    Event,
    FrameReceived,
    LinkClosed,
    LinkOpened,
)
from openline.engine.node import Node
from openline.engine.ports import Store
from tests.engine.parties import KeysInMemory, Parties

START = 1_491_523_200_000
"""2017-04-07T00:00:00Z."""


@dataclass
class Wire:
    """One connection: its two ends and the frames under way."""

    line: str
    circuit: str
    ends: dict[str, int]
    under_way: list[tuple[str, bytes]] = field(default_factory=list)
    is_cut: bool = False


@dataclass
class Station:
    """One node with what it stored, showed and answered."""

    party: str
    keys: KeysInMemory
    store: Store
    node: Node
    inbox: list[Event] = field(default_factory=list)
    shows: list[Show] = field(default_factory=list)
    answers: dict[int, Answer] = field(default_factory=dict)
    closed: list[tuple[int, str]] = field(default_factory=list)


class CountingChance:
    """Bytes that never repeat and are the same in every run."""

    def __init__(self, seed: int) -> None:
        self._count = itertools.count(seed << 32)

    def bytes(self, count: int) -> bytes:
        """So many bytes of a counter."""
        return next(self._count).to_bytes(count, "big")


class Region:
    """Nodes of one Understanding and the wires between them.

    Attributes:
        now: The time that all nodes see, unless `skew_ms` says otherwise.
        tamper: Called with (sender, recipient, frame) for each frame that
            arrives; gives the frames that arrive in its place.
    """

    def __init__(self, parties: Parties, signed: SignedUnderstanding | None = None) -> None:
        self.parties = parties
        self.signed = signed or parties.signed
        self.understanding: Understanding = parties.understanding
        self.line = self.understanding.line
        self.now = START
        self.skew_ms: dict[str, int] = {}
        self.tamper: Callable[[str, str, bytes], Iterable[bytes]] = lambda _a, _b, frame: [frame]
        self.wires: list[Wire] = []
        self._links = itertools.count(1)
        self._tokens = itertools.count(1)
        self.stations = {
            party: self._station(party, MemoryStore(), seed)
            for seed, party in enumerate(self.understanding.names(), 1)
        }

    def _station(self, party: str, store: Store, seed: int) -> Station:
        keys = self.parties.keys[party]
        node = Node(party, keys, CountingChance(seed), store)
        return Station(party, keys, store, node)

    def adopt(self, *parties: str) -> None:
        """Let parties adopt the Understanding; by default all."""
        for party in parties or self.stations:
            self.ask(party, Adopt(self.signed.format()))

    def connect(self, a: str, b: str, circuit: str = "1") -> Wire:
        """Open a connection between two nodes."""
        wire = Wire(self.line, circuit, {a: next(self._links), b: next(self._links)})
        self.wires.append(wire)
        for party, other in ((a, b), (b, a)):
            opened = LinkOpened(wire.ends[party], self.line, other, circuit)
            self.stations[party].inbox.append(opened)
        return wire

    def connect_all(self) -> None:
        """Open a connection between each two nodes."""
        for a, b in itertools.combinations(self.stations, 2):
            self.connect(a, b)

    def cut(self, wire: Wire) -> None:
        """End a connection; what was under way is lost."""
        wire.is_cut = True
        wire.under_way = []
        self.wires.remove(wire)
        for party, link in wire.ends.items():
            self.stations[party].inbox.append(LinkClosed(link))

    def restart(self, party: str, store: Store | None = None) -> Station:
        """Kill a node and start it again, on its own store or on another."""
        for wire in [wire for wire in self.wires if party in wire.ends]:
            self.cut(wire)
        old = self.stations[party]
        station = self._station(party, store or old.store, next(self._tokens) + 1000)
        self.stations[party] = station
        station.node.load(self.now)
        return station

    def turn(self, party: str, *events: Event) -> None:
        """One turn of one node: handle, commit, settle, perform."""
        station = self.stations[party]
        events = (*station.inbox, *events)
        station.inbox = []
        turn = station.node.handle(events, self.now + self.skew_ms.get(party, 0))
        if turn.writes:
            station.store.commit(turn.writes)
        station.node.settle(turn)
        for effect in turn.effects:
            self._perform(station, effect)

    def _perform(self, station: Station, effect: Any) -> None:
        match effect:
            case Send(link, frame):
                for wire in self.wires:
                    if wire.ends.get(station.party) == link:
                        wire.under_way.append((station.party, frame))
            case Show():
                station.shows.append(effect)
            case Answer(token):
                station.answers[token] = effect
            case CloseLink(link, reason):
                station.closed.append((link, reason))
                for wire in list(self.wires):
                    if wire.ends.get(station.party) == link:
                        self.cut(wire)

    def deliver(self) -> bool:
        """Let all frames under way arrive; whether there were any."""
        arrived = False
        for wire in list(self.wires):
            under_way, wire.under_way = wire.under_way, []
            for sender, frame in under_way:
                recipient = next(party for party in wire.ends if party != sender)
                for changed in self.tamper(sender, recipient, frame):
                    link = wire.ends[recipient]
                    self.stations[recipient].inbox.append(FrameReceived(link, changed))
                arrived = True
        return arrived

    def pump(self, rounds: int = 200) -> None:
        """Let everything happen that needs no time to pass."""
        for _ in range(rounds):
            waiting = [party for party, station in self.stations.items() if station.inbox]
            for party in waiting:
                self.turn(party)
            if not self.deliver() and not any(s.inbox for s in self.stations.values()):
                return
        raise AssertionError("the region does not come to rest")

    def pass_time(self, ms: int, step_ms: int = 1_000) -> None:
        """Let time pass in steps, with all clocks going."""
        end = self.now + ms
        while self.now < end:
            self.now = min(end, self.now + step_ms)
            for party in self.stations:
                self.turn(party, ClockAdvanced())
            self.pump()

    def ask(self, party: str, command: Command) -> Any:
        """Have a command done, without letting frames arrive.

        Raises:
            OurError: The node refuses.
        """
        token = next(self._tokens)
        self.turn(party, CommandGiven(token, command))
        answer = self.stations[party].answers.pop(token)
        if answer.error is not None:
            raise answer.error
        return answer.result

    def refused(self, party: str, command: Command) -> OurError:
        """The error with which a node refuses a command."""
        try:
            result = self.ask(party, command)
        except OurError as error:
            return error
        raise AssertionError(f"{command} was not refused: {result}")


def standing(parties: Parties) -> Region:
    """A region whose nodes have adopted, are connected and have ticked."""
    region = Region(parties)
    region.adopt()
    region.connect_all()
    region.pump()
    region.pass_time(2 * region.understanding.timers.tick_ms)
    return region
