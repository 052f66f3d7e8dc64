"""The network between simulated nodes: circuits that fail in every way.

A circuit joins two parties. While both run and it is whole both ways, a connection
stands on it, and frames arrive in the order in which they were sent; a plan may have
them lost, doubled or overtaken as well. A cut stops one way or both: what is under way
is gone, and sooner or later each end notices by itself that its connection is dead.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from random import Random
from typing import Final

from openline.domain.instant import SECOND_MS
from openline.sim.plan import Plan
from openline.sim.timeline import Timeline

NOTICED_AFTER_MS: Final = (2 * SECOND_MS, 60 * SECOND_MS)
"""How long an end of a dead connection goes on believing in it."""

DIALLED_AFTER_MS: Final = (500, 15 * SECOND_MS)
"""Pauses between two attempts to dial, as a node makes them."""


@dataclass(slots=True)
class Packet:
    """Frames that were sent together over one connection.

    Attributes:
        sender: Who sent them.
        frames: In the order in which they were sent.
        echo_at: The newest instant of which the sender had heard the recipient when it
            sent them: how old a two-way proof they carry, in true time.
        sent_at: The true instant.
    """

    sender: str
    frames: list[bytes]
    echo_at: int
    sent_at: int


@dataclass(slots=True)
class Connection:
    """One connection on a circuit; each end has its own number and may die alone.

    Attributes:
        numbers: Of each end that still believes in it, by party.
        arrives_at: When the last packet to a party arrives: none overtakes it.
    """

    numbers: dict[str, int]
    arrives_at: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Circuit:
    """One circuit between two parties of a line.

    Attributes:
        line: The line that it carries.
        name: Its name at both ends.
        ends: The two parties.
        stopped: The senders whose frames do not get through at present.
        standing: Its connection, if one stands.
        is_dialling: Whether an attempt to dial is due.
    """

    line: str
    name: str
    ends: tuple[str, str]
    stopped: set[str] = field(default_factory=set)
    standing: Connection | None = None
    is_dialling: bool = False

    def other(self, party: str) -> str:
        """The party at the other end."""
        return self.ends[1 - self.ends.index(party)]


@dataclass(slots=True)
class Outside:
    """What the network asks of the region around it.

    Attributes:
        is_running: Whether a party's node runs.
        opened: A connection stands: party, its number, circuit.
        closed: A party notices that its connection is gone.
        arrived: A packet arrived at a party over its connection of that number.
        was_cut: A circuit was cut.
        note: Something happened that the trace should tell.
    """

    is_running: Callable[[str], bool]
    opened: Callable[[str, int, Circuit], None]
    closed: Callable[[str, int], None]
    arrived: Callable[[str, int, Packet], None]
    was_cut: Callable[[Circuit], None]
    note: Callable[..., None]


class Network:
    """All circuits of a region.

    Attributes:
        circuits: Of each line, between each two parties to it.
        cuts: How many cuts there were.
    """

    def __init__(self, plan: Plan, timeline: Timeline, chance: Random, outside: Outside) -> None:
        self.cuts = 0
        self._plan = plan
        self._time = timeline
        self._chance = chance
        self._outside = outside
        self._numbers = 0
        self._is_calm = False
        self._ends: dict[int, tuple[Circuit, Connection]] = {}
        self._line_of: dict[int, str] = {}
        self.circuits = [
            Circuit(line.name, f"{number}", pair)
            for line in plan.lines
            for pair in combinations(line.parties, 2)
            for number in range(1, plan.circuits + 1)
        ]
        for circuit in self.circuits if plan.cut_every_ms else ():
            self._cut_later(circuit)

    # Frames.

    def circuit_of(self, number: int) -> Circuit | None:
        """The circuit of one end of a connection, while that end stands."""
        found = self._ends.get(number)
        return found[0] if found else None

    def line_of(self, number: int) -> str:
        """The line of one end of a connection, whether or not that end still stands."""
        return self._line_of[number]

    def standing(self, party: str, line: str) -> list[tuple[int, str]]:
        """Of each connection that carries a party's words on a line: its end, its hearer."""
        return [
            (circuit.standing.numbers[party], circuit.other(party))
            for circuit in self.circuits
            if circuit.line == line
            and circuit.standing
            and len(circuit.standing.numbers) == len(circuit.ends)
            and party in circuit.standing.numbers
            and party not in circuit.stopped
        ]

    def send(self, number: int, packet: Packet) -> None:
        """Let frames leave over one end of a connection."""
        if number not in self._ends:
            return
        circuit, connection = self._ends[number]
        recipient = circuit.other(packet.sender)
        if packet.sender in circuit.stopped or recipient not in connection.numbers:
            return
        plan = self._plan
        if self._is_calm or not (plan.loss or plan.duplication or plan.reordering):
            self._carry(circuit, connection, recipient, packet, is_in_order=True)
            return
        for frame in packet.frames:
            single = Packet(packet.sender, [frame], packet.echo_at, packet.sent_at)
            self._carry_badly(circuit, connection, recipient, single)

    def _carry_badly(
        self, circuit: Circuit, connection: Connection, recipient: str, packet: Packet
    ) -> None:
        if self._chance.random() < self._plan.loss:
            return
        is_in_order = self._chance.random() >= self._plan.reordering
        self._carry(circuit, connection, recipient, packet, is_in_order=is_in_order)
        if self._chance.random() < self._plan.duplication:
            self._carry(circuit, connection, recipient, packet, is_in_order=False)

    def _carry(
        self,
        circuit: Circuit,
        connection: Connection,
        recipient: str,
        packet: Packet,
        *,
        is_in_order: bool,
    ) -> None:
        at = self._time.now + self._chance.randint(*self._plan.delay_ms)
        if is_in_order:
            at = max(at, connection.arrives_at.get(recipient, 0))
            connection.arrives_at[recipient] = at
        self._time.after(at - self._time.now, self._arrive, circuit, connection, recipient, packet)

    def _arrive(
        self, circuit: Circuit, connection: Connection, recipient: str, packet: Packet
    ) -> None:
        number = connection.numbers.get(recipient)
        if number is not None and packet.sender not in circuit.stopped:
            self._outside.arrived(recipient, number, packet)

    # Connections.

    def _dial_later(self, circuit: Circuit) -> None:
        if not circuit.is_dialling and circuit.standing is None:
            circuit.is_dialling = True
            self._time.after(self._chance.randint(*DIALLED_AFTER_MS), self._dial, circuit)

    def _dial(self, circuit: Circuit) -> None:
        circuit.is_dialling = False
        if circuit.standing is not None:
            return
        if circuit.stopped or not all(map(self._outside.is_running, circuit.ends)):
            # It is tried again when the circuit is mended, or the node started.
            return
        connection = Connection({})
        circuit.standing = connection
        for party in circuit.ends:
            self._numbers += 1
            connection.numbers[party] = self._numbers
            self._ends[self._numbers] = (circuit, connection)
            self._line_of[self._numbers] = circuit.line
            self._outside.opened(party, self._numbers, circuit)

    def end(self, number: int) -> None:
        """One end of a connection is given up by its node; the other notices in time."""
        if number not in self._ends:
            return
        circuit, connection = self._ends[number]
        party = next(party for party, own in connection.numbers.items() if own == number)
        self._forget(circuit, connection, party)
        for other in list(connection.numbers):
            self._notice_later(circuit, connection, other)

    def started(self, party: str) -> None:
        """A node is there again: it dials, and is dialled."""
        for circuit in self.circuits:
            if party in circuit.ends:
                self._dial_later(circuit)

    def died(self, party: str) -> None:
        """A node died, and with it its ends of all connections."""
        for circuit in self.circuits:
            connection = circuit.standing
            if connection is not None and party in circuit.ends:
                self._forget(circuit, connection, party)
                for other in list(connection.numbers):
                    self._notice_later(circuit, connection, other)

    def _notice_later(self, circuit: Circuit, connection: Connection, party: str) -> None:
        delay_ms = self._chance.randint(*NOTICED_AFTER_MS) if circuit.stopped else 100
        self._time.after(delay_ms, self._notice, circuit, connection, party)

    def _notice(self, circuit: Circuit, connection: Connection, party: str) -> None:
        number = connection.numbers.get(party)
        if number is None:
            return
        self._forget(circuit, connection, party)
        self._outside.closed(party, number)
        for other in list(connection.numbers):
            self._notice_later(circuit, connection, other)

    def _forget(self, circuit: Circuit, connection: Connection, party: str) -> None:
        number = connection.numbers.pop(party, None)
        self._ends.pop(number or 0, None)
        if circuit.standing is connection:
            circuit.standing = None
            self._dial_later(circuit)

    # Cuts.

    def _cut_later(self, circuit: Circuit) -> None:
        pause_ms = round(self._chance.expovariate(1 / self._plan.cut_every_ms))
        self._time.after(pause_ms, self._cut, circuit, self._chance.choice((1, 1, 1, 8)))

    def _cut(self, circuit: Circuit, times: int) -> None:
        """Cut a circuit, so many times one soon after the other: then it flaps."""
        if self._is_calm:
            return
        self.cuts += 1
        sort = self._chance.randrange(4)
        senders = circuit.ends if sort < 2 else (circuit.ends[sort - 2],)
        longest_ms = self._plan.cut_for_ms if times == 1 else 30 * SECOND_MS
        lasts_ms = self._chance.randint(SECOND_MS, longest_ms)
        self._outside.note("cut both ways" if sort < 2 else "cut one way")
        if times > 1:
            self._outside.note("flapped")
        self._outside.note("cut", *self._told(circuit), len(senders), lasts_ms)
        self._outside.was_cut(circuit)
        self.stop(circuit, senders)
        self._time.after(lasts_ms, self._mend, circuit, times - 1)

    def stop(self, circuit: Circuit, senders: Iterable[str]) -> None:
        """From now on what some parties send over a circuit does not get through."""
        circuit.stopped = set(senders)
        if circuit.standing is not None:
            for party in list(circuit.standing.numbers):
                # Who hears nothing, or is not heard, finds out by itself; or not at all.
                if self._chance.random() < 0.8:
                    self._notice_later(circuit, circuit.standing, party)

    def mend(self, circuit: Circuit) -> None:
        """From now on a circuit is whole."""
        circuit.stopped = set()
        self._dial_later(circuit)

    def _mend(self, circuit: Circuit, times_left: int) -> None:
        if self._is_calm:
            return
        self._outside.note("mended", *self._told(circuit))
        self.mend(circuit)
        if times_left:
            self._time.after(self._chance.randint(100, 20_000), self._cut, circuit, times_left)
        else:
            self._cut_later(circuit)

    def _told(self, circuit: Circuit) -> tuple[str, ...]:
        """A circuit in the words of the trace; its line only where there are several."""
        line = (circuit.line,) if self._plan.several else ()
        return (*line, *circuit.ends, circuit.name)

    def calm(self) -> None:
        """Mend all circuits for good: from now on frames arrive, in order, once."""
        self._is_calm = True
        for circuit in self.circuits:
            self.mend(circuit)
