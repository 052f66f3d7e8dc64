"""A region in one process: real nodes, stores in memory, links that obey the test.

Time stands still until the test moves it. Frames travel when the region is
pumped, so that a test can cut, lose, repeat, reorder or change them on the way.
A node can be killed between any two of its effects and comes back from its
store, as a supervisor would start it.
"""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from openline.adapters.memory import MemoryStore
from openline.domain.errors import OurError
from openline.domain.line.terms import Understanding
from openline.domain.line.understanding import SignedUnderstanding
from openline.domain.party import Precedence
from openline.domain.space.volume import Altitude, Datum, Shape, Volume
from openline.domain.talk.body import By
from openline.domain.talk.message import Message
from openline.domain.talk.notice import Notice, Place
from openline.domain.talk.text import Text
from openline.engine.commands import Adopt, Command, Compose
from openline.engine.effects import Answer, CloseLink, Effect, PromoteKey, Send, Show
from openline.engine.events import (
    ClockAdvanced,
    CommandGiven,
    Event,
    FrameReceived,
    LinkClosed,
    LinkOpened,
)
from openline.engine.line import Line
from openline.engine.node import Node
from openline.engine.ports import Store, Write
from openline.engine.turn import Turn
from tests.engine.parties import KeysInMemory, Parties

START = 1_491_523_200_000
"""2017-04-07T00:00:00Z."""

HOUR_MS = 3_600_000

WATCH = By("air-desk", "Lt Ivanova")

LOST, DONE, SAID = 0, 1, 2
"""Where a crash falls: before the commit, after it, after that many effects more."""


@dataclass(frozen=True)
class Carried:
    """One frame on its way.

    Attributes:
        sender: Who sent it.
        recipient: To whom.
        circuit: On which circuit.
        frame: Its bytes.
        is_urgent: Whether it overtakes those that are not.
    """

    sender: str
    recipient: str
    circuit: str
    frame: bytes
    is_urgent: bool = False


@dataclass
class Wire:
    """One connection: its two ends and the frames under way.

    Attributes:
        line: The line it serves.
        circuit: Its circuit.
        ends: The number of the link at each end.
        under_way: Sent and not yet arrived, in order.
        frames_per_round: How many arrive from each side at a time; None for all.
    """

    line: str
    circuit: str
    ends: dict[str, int]
    under_way: list[Carried] = field(default_factory=list)
    frames_per_round: int | None = None

    def take(self) -> list[Carried]:
        """What arrives now: urgent frames first, as a link orders them."""
        if self.frames_per_round is None:
            arriving, self.under_way = self.under_way, []
            return arriving
        arriving = []
        for party in self.ends:
            waiting = [carried for carried in self.under_way if carried.sender == party]
            waiting.sort(key=lambda carried: not carried.is_urgent)
            arriving += waiting[: self.frames_per_round]
        self.under_way = [carried for carried in self.under_way if carried not in arriving]
        return arriving


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
    effects: list[Effect] = field(default_factory=list)
    turns: int = 0


class CountingChance:
    """Bytes that never repeat and are the same in every run."""

    def __init__(self, seed: int) -> None:
        self._count = itertools.count(seed << 32)

    def bytes(self, count: int) -> bytes:
        """So many bytes of a counter."""
        return next(self._count).to_bytes(count, "big")


class NoAnswer(Exception):
    """The node was killed before it answered."""


class Region:
    """Nodes of one Understanding and the wires between them.

    Attributes:
        now: The time that all nodes see, unless `skew_ms` says otherwise.
        skew_ms: By how much the clock of a party is ahead.
        tamper: Called with each frame that arrives; gives the frames that
            arrive in its place.
        recorded: Every frame that arrived, where `is_recording`.
        crash_at: Party, number of its turn and place of a crash to come.
        crashes: Crashes that happened: party and what had been shown to it.
        redial: Whether a wire that ends is opened again: at once, or where a
            node ended it, when time has passed.
        on_commit: Called with party and writes before each commit.
    """

    def __init__(
        self,
        parties: Parties,
        signed: SignedUnderstanding | None = None,
        *,
        make_store: Callable[[], Store] = MemoryStore,
    ) -> None:
        self.parties = parties
        self.signed = signed or parties.signed
        self.understanding: Understanding = parties.understanding
        self.line = self.understanding.line
        self.now = START
        self.skew_ms: dict[str, int] = {}
        self.tamper: Callable[[Carried], Iterable[bytes]] = lambda carried: [carried.frame]
        self.recorded: list[Carried] = []
        self.is_recording = False
        self.crash_at: tuple[str, int, int] | None = None
        self.crashes: list[str] = []
        self.redial = False
        self.on_commit: Callable[[str, list[Write]], None] = lambda _party, _writes: None
        self.wires: list[Wire] = []
        self._to_dial: list[Wire] = []
        self._links = itertools.count(1)
        self._tokens = itertools.count(1)
        self.stations = {
            party: self._station(party, make_store(), seed)
            for seed, party in enumerate(self.understanding.names(), 1)
        }

    def _station(
        self, party: str, store: Store, seed: int, *, own_copy_is_current: bool = False
    ) -> Station:
        keys = self.parties.keys[party]
        node = Node(
            party, keys, CountingChance(seed), store, own_copy_is_current=own_copy_is_current
        )
        return Station(party, keys, store, node)

    # What stands.

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

    def cut(self, wire: Wire, *, is_refused: bool = False) -> None:
        """End a connection; what was under way is lost."""
        wire.under_way = []
        self.wires.remove(wire)
        for party, link in wire.ends.items():
            self.stations[party].inbox.append(LinkClosed(link))
        if self.redial and not is_refused:
            self.connect(*wire.ends, wire.circuit)
        elif self.redial:
            self._to_dial.append(wire)

    def cut_all(self) -> None:
        """End every connection."""
        for wire in list(self.wires):
            self.cut(wire)

    def restart(
        self, party: str, store: Store | None = None, *, own_copy_is_current: bool = False
    ) -> Station:
        """Kill a node and start it again, on its own store or on another."""
        old = self.stations[party]
        station = self._station(
            party,
            store or old.store,
            next(self._tokens) + 1000,
            own_copy_is_current=own_copy_is_current,
        )
        station.shows, station.closed, station.effects = old.shows, old.closed, old.effects
        station.turns = old.turns
        self.stations[party] = station
        for wire in [wire for wire in self.wires if party in wire.ends]:
            self.cut(wire)
        station.inbox = [event for event in station.inbox if not isinstance(event, LinkClosed)]
        station.node.load(self.now + self.skew_ms.get(party, 0))
        return station

    def loaded(self, party: str, store: Store) -> Line:
        """The line as a node of the party would find it in a store; nothing is replaced."""
        station = self._station(party, store, next(self._tokens) + 1000)
        station.node.load(self.now)
        return station.node.lines[self.line]

    def line_of(self, party: str) -> Line:
        """The line as one party's node has it."""
        return self.stations[party].node.lines[self.line]

    # What happens.

    def turn(self, party: str, *events: Event) -> None:
        """One turn of one node: handle, commit, settle, perform."""
        station = self.stations[party]
        events = (*station.inbox, *events)
        station.inbox = []
        station.turns += 1
        turn = station.node.handle(events, self.now + self.skew_ms.get(party, 0))
        steps = self._steps(station, turn)
        crash_after = self._crash_after(station)
        if crash_after is None:
            for _ in steps:
                pass
        elif self._is_killed(steps, crash_after):
            self.crash_at = None
            self.crashes.append(party)
            self.restart(party)

    def _steps(self, station: Station, turn: Turn) -> Iterable[None]:
        """The steps of a turn after it was handled; a crash can fall after each."""
        yield
        if turn.writes:
            self.on_commit(station.party, turn.writes)
            station.store.commit(turn.writes)
        yield
        station.node.settle(turn)
        for effect in turn.effects:
            self._perform(station, effect)
            yield

    def _crash_after(self, station: Station) -> int | None:
        if self.crash_at is None or self.crash_at[:2] != (station.party, station.turns):
            return None
        return self.crash_at[2]

    @staticmethod
    def _is_killed(steps: Iterable[None], crash_after: int) -> bool:
        return any(number == crash_after for number, _ in enumerate(steps))

    def _perform(self, station: Station, effect: Effect) -> None:
        station.effects.append(effect)
        match effect:
            case Send(link, frame, is_urgent):
                self._send(station.party, link, frame, is_urgent)
            case Show():
                station.shows.append(effect)
            case Answer(token):
                station.answers[token] = effect
            case PromoteKey(role):
                station.keys.promote(role)
            case CloseLink(link, reason):
                station.closed.append((link, reason))
                for wire in [w for w in self.wires if w.ends.get(station.party) == link]:
                    self.cut(wire, is_refused=True)
            case _:
                pass

    def _send(self, party: str, link: int, frame: bytes, is_urgent: bool) -> None:
        for wire in self.wires:
            if wire.ends.get(party) == link:
                recipient = next(other for other in wire.ends if other != party)
                wire.under_way.append(Carried(party, recipient, wire.circuit, frame, is_urgent))

    def inject(self, wire: Wire, recipient: str, frame: bytes) -> None:
        """Let a frame arrive at one end of a wire, whoever sent it."""
        self.stations[recipient].inbox.append(FrameReceived(wire.ends[recipient], frame))

    def deliver(self) -> bool:
        """Let frames under way arrive; whether there were any."""
        arrived = False
        for wire in list(self.wires):
            for carried in wire.take():
                arrived = True
                if self.is_recording:
                    self.recorded.append(carried)
                for frame in self.tamper(carried):
                    self.inject(wire, carried.recipient, frame)
        return arrived

    def pump(self, rounds: int = 500) -> None:
        """Let everything happen that needs no time to pass."""
        for _ in range(rounds):
            for party in list(self.stations):
                if self.stations[party].inbox:
                    self.turn(party)
            if not self.deliver() and not any(s.inbox for s in self.stations.values()):
                return
        raise AssertionError("the region does not come to rest")

    def pass_time(self, ms: int, step_ms: int = 1_000) -> None:
        """Let time pass in steps, with all clocks going."""
        end = self.now + ms
        while self.now < end:
            self.now = min(end, self.now + step_ms)
            waiting, self._to_dial = self._to_dial, []
            for wire in waiting:
                self.connect(*wire.ends, wire.circuit)
            for party in list(self.stations):
                self.turn(party, ClockAdvanced())
            self.pump()

    def ask(self, party: str, command: Command) -> Any:
        """Have a command done, without letting frames arrive.

        Raises:
            OurError: The node refuses.
            NoAnswer: The node was killed meanwhile.
        """
        token = next(self._tokens)
        self.turn(party, CommandGiven(token, command))
        answer = self.stations[party].answers.pop(token, None)
        if answer is None:
            raise NoAnswer
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

    def say(
        self,
        party: str,
        words: str,
        precedence: Precedence = Precedence.ROUTINE,
        *,
        message: Message | None = None,
        request_id: str = "",
    ) -> int:
        """Let an officer say something; its serial number."""
        message = message or Text(WATCH, "en", words)
        command = Compose(self.line, message, precedence, request_id=request_id)
        return int(self.ask(party, command).index)

    def say_many(self, party: str, words: Iterable[str], request_id: str = "") -> None:
        """Let an officer say much in one turn."""
        commands = [
            Compose(self.line, Text(WATCH, "en", one), request_id=request_id) for one in words
        ]
        self.turn(party, *(CommandGiven(next(self._tokens), command) for command in commands))


def standing(parties: Parties, **options: Any) -> Region:
    """A region whose nodes have adopted, are connected and have ticked."""
    region = Region(parties, **options)
    region.adopt()
    region.connect_all()
    region.pump()
    region.pass_time(2 * region.understanding.timers.tick_ms)
    return region


def notice(**changes: object) -> Notice:
    """A notice of aircraft near the airfield, for two hours from one hour on."""
    volume = Volume(
        shape=Shape.CIRCLE,
        vertices=((344_900_000, 369_090_000),),
        radius_m=5_000,
        lower=Altitude(Datum.AMSL, 0),
        upper=Altitude(Datum.AMSL, 30_000),
        valid_from=START + HOUR_MS,
        valid_until=START + 3 * HOUR_MS,
    )
    made = Notice(
        by=WATCH,
        notice_id="",
        category="strike",
        kind="air",
        volumes=(volume,),
        place=Place("at Shayrat airfield"),
        activity="strike",
    )
    return replace(made, **changes)  # type: ignore[arg-type]
