"""A simulated region: stations, network, lines, and the three phases of a run.

The safety phase has faults; then all is mended and the liveness phase must bring all
nodes together within `Plan.calm_ms`; then what is stored is audited (`audit`). What is
drawn follows from the seed alone, so a run can be had again, event by event.
"""

import hashlib
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, Final

from openline.domain.instant import DAY_MS, SECOND_MS, format_instant
from openline.engine.effects import Show
from openline.engine.ports import AppendEntries, PutTick
from openline.engine.turn import Turn
from openline.sim.clock import WallClock
from openline.sim.disk import Disk
from openline.sim.keys import SimulatedKeys, fast_verification
from openline.sim.network import Circuit, Network, Outside, Packet
from openline.sim.plan import Plan
from openline.sim.played import FLASH_RECEIPTED_WITHIN_MS, PlayedLine
from openline.sim.promises import STALE_AFTER_TICKS, PromiseBroken
from openline.sim.reading import reading_once
from openline.sim.sometimes import reached
from openline.sim.station import Listeners, Station
from openline.sim.timeline import Timeline, dice
from openline.sim.troubles import Troubles

EVENTS_KEPT: Final = 200
"""Events before a failure that are told."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run.

    Attributes:
        plan: What was drawn.
        broken: Which promise was broken, in words; empty for none.
        digest: SHA-256 over everything that happened: the same for the same seed.
        counts: How much there was of each thing.
        reached: The states of `sometimes` that were reached.
        events: The last events before a failure, in words.
    """

    plan: Plan
    broken: str
    digest: str
    counts: dict[str, int]
    reached: frozenset[str]
    events: tuple[str, ...]

    @property
    def line_years(self) -> float:
        """How many years of a line were simulated, over all lines."""
        lasted_ms = self.plan.faults_ms + self.plan.calm_ms
        return len(self.plan.lines) * lasted_ms / (365 * DAY_MS)


@dataclass
class Trace:
    """What happened: all of it in a digest, the last of it in words."""

    timeline: Timeline
    counts: Counter[str] = field(default_factory=Counter)
    _digest: Any = field(default_factory=hashlib.sha256)
    _last: deque[tuple[int, tuple[Any, ...]]] = field(
        default_factory=lambda: deque(maxlen=EVENTS_KEPT)
    )

    def note(self, what: str, *about: Any) -> None:
        """Note that something happened."""
        self.counts[what] += 1
        self.add(what, *about)
        self._last.append((self.timeline.now, (what, *about)))

    def add(self, *about: Any) -> None:
        """Let something count for the digest only."""
        self._digest.update(f"{self.timeline.now} {about}\n".encode())

    @property
    def digest(self) -> str:
        """Over everything so far."""
        return str(self._digest.hexdigest())

    def told(self) -> tuple[str, ...]:
        """The last events, in words."""
        return tuple(
            f"{format_instant(at)} {' '.join(str(word) for word in words)}"
            for at, words in self._last
        )


class Region:
    """One run: made from a plan, played once by `run`."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.timeline = Timeline()
        self.trace = Trace(self.timeline)
        self.stations: dict[str, Station] = {}
        self.signatures = 0
        self.troubles = Troubles(self)
        keys = {party: self._keys(party) for party in plan.parties}
        self.lines = {line.name: PlayedLine(self, plan.of(line)) for line in plan.lines}
        signed = {name: line.agree(keys) for name, line in self.lines.items()}
        for party in plan.parties:
            adopted = {line.plan.line: signed[line.plan.line] for line in self.lines_of(party)}
            self.stations[party] = self._station(party, keys[party], adopted)
        self.network = Network(plan, self.timeline, dice(plan.seed, "network"), self._outside())
        for line in self.lines.values():
            line.people()

    def lines_of(self, party: str) -> list[PlayedLine]:
        """The lines that a party is on."""
        return [line for line in self.lines.values() if party in line.plan.parties]

    def _keys(self, party: str) -> SimulatedKeys:
        return SimulatedKeys(
            f"{self.plan.seed} {party} {self.plan.is_fast}",
            is_fast=self.plan.is_fast,
            on_signed=lambda role, message: self._signed(party, role, message),
        )

    def _station(self, party: str, keys: SimulatedKeys, adopted: dict[str, bytes]) -> Station:
        listeners = Listeners(
            committing=self._committing,
            committed=self._committed,
            sent=self._sent,
            shown=self._shown,
            link_ended=lambda number: self.network.end(number),
            died=self._died,
            note=self.trace.note,
        )
        chance = dice(self.plan.seed, f"station {party}")
        clock = WallClock(self.timeline.now)
        disk = Disk(dice(self.plan.seed, f"disk {party}"))
        return Station(
            self.plan, party, adopted, self.timeline, chance, clock, keys, listeners, disk
        )

    def _outside(self) -> Outside:
        return Outside(
            is_running=lambda party: self.stations[party].node is not None,
            opened=self._opened,
            closed=lambda party, number: self.stations[party].closed(number),
            arrived=self._arrived,
            was_cut=self._was_cut,
            note=self.trace.note,
        )

    # What passes between stations and the network.

    def _was_cut(self, circuit: Circuit) -> None:
        """After a cut, see later whether anybody still finds the line UP."""
        line = self.lines[circuit.line]
        for station in line.stations.values():
            for slack_ms in (SECOND_MS, 5 * SECOND_MS):
                delay_ms = STALE_AFTER_TICKS * self.plan.tick_ms + slack_ms
                self.timeline.after(delay_ms, line.promises.look, station)

    def _opened(self, party: str, number: int, circuit: Circuit) -> None:
        self.trace.note("connected", party, circuit.name)
        self.stations[party].opened(number, circuit)

    def _arrived(self, party: str, number: int, packet: Packet) -> None:
        station = self.stations[party]
        if station.node is not None:
            self.lines[self.network.line_of(number)].promises.arrived(party, packet)
            station.arrived(number, packet)

    def _sent(self, station: Station, number: int, frames: list[bytes]) -> None:
        line = self.lines[self.network.line_of(number)]
        if hostile := line.hostile.get(station.party):
            frames = [passed for frame in frames if (passed := hostile.passes(frame)) is not None]
        self.carry(station, number, frames)

    def carry(self, station: Station, number: int, frames: list[bytes]) -> None:
        """Let frames of a station leave over one end of a connection."""
        self.trace.counts["frames"] += len(frames)
        self.trace.add(station.party, number, *map(len, frames))
        circuit = self.network.circuit_of(number)
        if circuit is not None:
            other = circuit.other(station.party)
            echo_at = self.lines[circuit.line].promises.echo(station.party, other)
            packet = Packet(station.party, frames, echo_at, self.timeline.now)
            self.network.send(number, packet)

    def _signed(self, party: str, role: str, message: bytes) -> None:
        """A key of a party's is about to sign."""
        self.signatures += 1
        for line in self.lines_of(party):
            line.promises.signed(party, role, message)

    def put_back(self, station: Station) -> None:
        """A station starts on an old copy."""
        for line in self.lines_of(station.party):
            line.promises.put_back(station)

    def _committing(self, station: Station, turn: Turn) -> None:
        self.trace.counts["turns"] += 1
        for write in turn.writes:
            if isinstance(write, AppendEntries):
                self.trace.add(write.origin, write.start, write.root.hex())
            elif isinstance(write, PutTick):
                self.trace.add(write.party, write.sequence, write.hash.hex())

    def _committed(self, station: Station, turn: Turn) -> None:
        for line in self.lines_of(station.party):
            line.promises.committed(station, turn)

    def _shown(self, station: Station, show: Show) -> None:
        if show.name in ("message", "alarm", "refused", "refusal"):
            about = [str(show.data.get(key, "")) for key in ("party", "index", "name", "reason")]
            line = (show.line,) if self.plan.several else ()
            self.trace.note(f"shows {show.name}", *line, station.party, *about)
        if show.name == "refused":
            self.trace.counts["refused something"] += 1
        if show.name == "alarm":
            self.trace.counts[f"alarm {show.data['name']}"] += 1
        self.lines[show.line].shown(station, show)

    def _died(self, station: Station, place: str) -> None:
        self.trace.counts[f"died {place}"] += 1
        self.network.died(station.party)
        self.troubles.died(station)

    def start(self, station: Station) -> None:
        """Let a station's node start, if it does not run."""
        if station.node is None:
            self.troubles.start(station)
            self.network.started(station.party)

    # The phases.

    def run(self) -> Outcome:
        """Play the run; what came of it."""
        broken = ""
        try:
            with fast_verification(), reading_once():
                self._play()
        except PromiseBroken as error:
            broken = str(error)
        except Exception as error:
            broken = f"a defect: {type(error).__name__}: {error}"
            self.defect = error
        counts = dict(sorted(self._count().items()))
        digest, events = self.trace.digest, self.trace.told()
        return Outcome(self.plan, broken, digest, counts, reached(counts), events)

    def _count(self) -> Counter[str]:
        """How much there was of each thing."""
        counts = Counter(self.trace.counts)
        counts["signatures"] = self.signatures
        counts["three parties"] = int(any(len(one.parties) > 2 for one in self.plan.lines))
        counts["several lines"] = int(len(self.plan.lines) > 1)
        counts["true signers"] = int(not self.plan.is_fast)
        for line in self.lines.values():
            for some in line.counts():
                counts.update(some)
        return counts

    def _play(self) -> None:
        lines = self.lines.values()
        for station in self.stations.values():
            station.is_current = self.plan.is_anchored
            self.start(station)
        self.troubles.begin()
        for line in lines:
            line.begin()
        self._pass(self.plan.faults_ms)
        self._calm()
        self._pass(self.plan.calm_ms // 2)
        self._say_at_last()
        for line in lines:
            line.equivocate_at_last()
        self._pass(self.plan.calm_ms // 2)
        for line in lines:
            line.must_have_come_together()
        for station in self.stations.values():
            station.look_at_clock()
        self._pass(0)
        for line in lines:
            self.trace.counts.update(line.audit())

    def _pass(self, ms: int) -> None:
        """Let time pass."""
        self.timeline.run(self.timeline.now + ms)

    def _calm(self) -> None:
        """No more faults: from here on all must come together."""
        self.trace.note("calm")
        self.troubles.calm()
        self.network.calm()
        for line in self.lines.values():
            line.calm()

    def _say_at_last(self) -> None:
        """A FLASH of every honest party is receipted by all others at once."""
        for line in self.lines.values():
            line.say_at_last()
        self._pass(1)
        for line in self.lines.values():
            line.note_sizes()
        self._pass(FLASH_RECEIPTED_WITHIN_MS)
        for line in self.lines.values():
            line.must_be_receipted()
