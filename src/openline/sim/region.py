"""A simulated region: stations, network, officers, and the three phases of a run.

The safety phase has faults; then all is mended and the liveness phase must bring all
nodes together within `Plan.calm_ms`; then what is stored is audited (`audit`). What is
drawn follows from the seed alone, so a run can be had again, event by event.
"""

import hashlib
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from typing import Any, Final

from openline.adapters.memory import SeededChance
from openline.domain.instant import DAY_MS, MINUTE_MS, SECOND_MS, format_instant
from openline.domain.line.observed import Observed
from openline.domain.line.templates import AIR
from openline.domain.line.terms import PartyTerms, Post, Understanding
from openline.domain.line.understanding import SignedUnderstanding
from openline.domain.party import Precedence
from openline.domain.talk.body import By
from openline.domain.talk.text import Text
from openline.engine.effects import Show
from openline.engine.events import ClockAdvanced
from openline.engine.line import Line
from openline.engine.node import Node
from openline.engine.ports import AppendEntries, PutTick
from openline.engine.turn import Turn
from openline.sim.audit import Audit
from openline.sim.clock import WallClock
from openline.sim.disk import Disk
from openline.sim.hostile import Hostile
from openline.sim.keys import SimulatedKeys, fast_verification
from openline.sim.network import Circuit, Network, Outside, Packet
from openline.sim.officers import Officers
from openline.sim.plan import LINE, Plan
from openline.sim.promises import STALE_AFTER_TICKS, PromiseBroken, Promises
from openline.sim.reading import reading_once
from openline.sim.sometimes import reached
from openline.sim.station import Listeners, Station
from openline.sim.timeline import Timeline, dice
from openline.sim.troubles import Troubles
from openline.sim.upgrades import Upgrades, sign_all

HOSTILE_EVERY_MS: Final = 20 * MINUTE_MS
"""Between two acts of a hostile party at most."""

FLASH_RECEIPTED_WITHIN_MS: Final = MINUTE_MS
"""In calm a FLASH is receipted within this, on the slowest circuit."""

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
        """How many years of a line were simulated."""
        return (self.plan.faults_ms + self.plan.calm_ms) / (365 * DAY_MS)


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
        self.promises = Promises(plan, self.timeline, self.stations)
        self._is_calm = False
        self._hostility = dice(plan.seed, "hostility")
        # Who was shown two histories, and by whom.
        self._shown_two: set[tuple[str, str]] = set()
        self.troubles, self.upgrades = Troubles(self), Upgrades(self)
        keys = {party: self._keys(party) for party in plan.parties}
        signed = _agree(plan, keys)
        for party in plan.parties:
            self.stations[party] = self._station(party, keys[party], signed.format())
        self.network = Network(plan, self.timeline, dice(plan.seed, "network"), self._outside())
        self.hostile = {
            party: Hostile(
                self.stations[party],
                lambda: self.timeline.now,
                dice(plan.seed, f"hostile {party}"),
            )
            for party in plan.hostile
        }
        self.officers = {
            party: Officers(plan, station, self.timeline, dice(plan.seed, f"officers {party}"))
            for party, station in self.stations.items()
        }

    def _keys(self, party: str) -> SimulatedKeys:
        return SimulatedKeys(
            f"{self.plan.seed} {party} {self.plan.is_fast}",
            is_fast=self.plan.is_fast,
            on_signed=lambda role, message: self.promises.signed(party, role, message),
        )

    def _station(self, party: str, keys: SimulatedKeys, adopted: bytes) -> Station:
        listeners = Listeners(
            committing=self._committing,
            committed=self.promises.committed,
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
            note=self._network_did,
        )

    # What passes between stations and the network.

    def _network_did(self, what: str, *about: object) -> None:
        """Note it; after a cut, see later whether anybody still finds the line UP."""
        self.trace.note(what, *about)
        if what == "cut":
            for station in self.stations.values():
                for slack_ms in (SECOND_MS, 5 * SECOND_MS):
                    delay_ms = STALE_AFTER_TICKS * self.plan.tick_ms + slack_ms
                    self.timeline.after(delay_ms, self.promises.look, station)

    def _opened(self, party: str, number: int, circuit: Circuit) -> None:
        self.trace.note("connected", party, circuit.name)
        self.stations[party].opened(number, circuit)

    def _arrived(self, party: str, number: int, packet: Packet) -> None:
        station = self.stations[party]
        if station.node is not None:
            self.promises.arrived(party, packet)
            station.arrived(number, packet)

    def _sent(self, station: Station, number: int, frames: list[bytes]) -> None:
        if hostile := self.hostile.get(station.party):
            frames = [passed for frame in frames if (passed := hostile.passes(frame)) is not None]
        self._carry(station, number, frames)

    def _carry(self, station: Station, number: int, frames: list[bytes]) -> None:
        self.trace.counts["frames"] += len(frames)
        self.trace.add(station.party, number, *map(len, frames))
        circuit = self.network.circuit_of(number)
        if circuit is not None:
            other = circuit.other(station.party)
            echo_at = self.promises.echo(station.party, other)
            packet = Packet(station.party, frames, echo_at, self.timeline.now)
            self.network.send(number, packet)

    def _committing(self, station: Station, turn: Turn) -> None:
        self.trace.counts["turns"] += 1
        for write in turn.writes:
            if isinstance(write, AppendEntries):
                self.trace.add(write.origin, write.start, write.root.hex())
            elif isinstance(write, PutTick):
                self.trace.add(write.party, write.sequence, write.hash.hex())

    def _shown(self, station: Station, show: Show) -> None:
        if show.name in ("message", "alarm", "refused", "refusal"):
            about = [str(show.data.get(key, "")) for key in ("party", "index", "name", "reason")]
            self.trace.note(f"shows {show.name}", station.party, *about)
        if show.name == "refused":
            self.trace.counts["refused something"] += 1
        if show.name == "alarm":
            self.trace.counts[f"alarm {show.data['name']}"] += 1
            self.promises.alarmed(station, str(show.data["name"]), show.data)
        self.officers[station.party].shown(show)

    def _died(self, station: Station, place: str) -> None:
        self.trace.counts[f"died {place}"] += 1
        self.network.died(station.party)
        self.troubles.died(station)

    def start(self, station: Station) -> None:
        """Let a station's node start, if it does not run."""
        if station.node is None:
            self.troubles.start(station)
            self.network.started(station.party)

    # Hostile parties.

    def _act_later(self, hostile: Hostile) -> None:
        self.timeline.after(self._hostility.randint(1, HOSTILE_EVERY_MS), self._act, hostile)

    def _act(self, hostile: Hostile) -> None:
        """Let a hostile party do something to somebody to whom it has a connection."""
        if self._is_calm:
            return
        self._act_later(hostile)
        standing = self.network.standing(hostile.party)
        if standing:
            number, victim = self._hostility.choice(standing)
            self._carry(self.stations[hostile.party], number, list(hostile.act(victim)))

    def _equivocate_at_last(self) -> None:
        """Every hostile party shows everybody two histories."""
        for hostile in self.hostile.values():
            frames = list(hostile.equivocate())
            for number, victim in self.network.standing(hostile.party):
                self._shown_two.add((victim, hostile.party))
                self._carry(self.stations[hostile.party], number, frames)

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
        counts["signatures"] = self.promises.signatures
        counts["looked at while UP"] = self.promises.ups
        counts["acknowledged"] = len(self.promises.acknowledged)
        counts["three parties"] = int(len(self.plan.parties) > 2)
        counts["true signers"] = int(not self.plan.is_fast)
        for station in self.stations.values():
            counts.update(f"observed {observed}" for _, observed in station.observed)
        for hostile in self.hostile.values():
            counts.update({f"hostile {name}": count for name, count in hostile.done.items()})
        return counts

    def _play(self) -> None:
        for station in self.stations.values():
            station.is_current = self.plan.is_anchored
            self.start(station)
        self.troubles.begin()
        self.upgrades.begin()
        for hostile in self.hostile.values():
            self._act_later(hostile)
        start = self.timeline.now
        self.timeline.run(start + self.plan.faults_ms)
        self._calm()
        self.timeline.run(self.timeline.now + self.plan.calm_ms // 2)
        self._say_at_last()
        self._equivocate_at_last()
        self.timeline.run(self.timeline.now + self.plan.calm_ms // 2)
        self._must_have_come_together()
        for station in self.stations.values():
            station.look_at_clock()
        self.timeline.run(self.timeline.now)
        honest = {party: self.stations[party] for party in self.plan.honest}
        audit = Audit(self.plan, honest, self.promises, dice(self.plan.seed, "audit"), self._reload)
        audit.run()
        self.trace.counts.update(audit.verdicts)

    @staticmethod
    def _reload(station: Station) -> Line:
        """The line as a node would find it in a copy of the store."""
        node = Node(station.party, station.keys, SeededChance("audit"), station.store.copy())
        node.load(station.wall())
        node.handle([ClockAdvanced()], station.wall())
        return node.lines[LINE]

    def _calm(self) -> None:
        """No more faults: from here on all must come together."""
        self.trace.note("calm")
        self._is_calm = True
        self.troubles.calm()
        self.upgrades.end()
        self.network.calm()
        for officers in self.officers.values():
            officers.end()

    def _say_at_last(self) -> None:
        """A FLASH of every honest party is receipted by all others at once."""
        sizes: dict[str, int] = {}
        for party in self.plan.honest:
            words = Text(By("watch", "Maj. Petrov"), "en", f"{party}, over.")
            self.officers[party].say(words, Precedence.FLASH)
        self.timeline.run(self.timeline.now + 1)
        for party in self.plan.honest:
            sizes[party] = self._line_of(party).outbox.size
        self.timeline.run(self.timeline.now + FLASH_RECEIPTED_WITHIN_MS)
        for party in self.plan.honest:
            for other in self._others(party):
                if self._line_of(party).peers[other].receipted < sizes[party]:
                    within_s = FLASH_RECEIPTED_WITHIN_MS // 1_000
                    what = f"{other} has not receipted a FLASH of {party} within {within_s} s"
                    raise PromiseBroken(f"in calm {what}")

    def _others(self, party: str) -> list[str]:
        """The honest counterparts of a party."""
        return [other for other in self.plan.honest if other != party]

    def _line_of(self, party: str) -> Line:
        line = self.stations[party].line
        if line is None:
            raise PromiseBroken(f"{party} is not there after {self.plan.calm_ms} ms of calm")
        return line

    def _must_have_come_together(self) -> None:
        """The honest hold and have receipted everything of each other, and are in touch."""
        for party in self.plan.honest:
            line, station = self._line_of(party), self.stations[party]
            observed = line.observed(station.wall())
            if not self.plan.hostile and observed is not Observed.UP:
                raise PromiseBroken(f"{party} finds the line {observed} after the calm")
            for other in self._others(party):
                self._must_be_one(party, other)
            for victim, liar in sorted(self._shown_two):
                if victim == party and not line.peers[liar].is_forked:
                    raise PromiseBroken(f"{victim} has no evidence of the two histories of {liar}")

    def _must_be_one(self, party: str, other: str) -> None:
        line, peer = self._line_of(party), self._line_of(party).peers[other]
        if self._line_of(other).mirrors[party].checkpoint() != line.outbox.checkpoint():
            raise PromiseBroken(f"{other} does not hold what {party} said after the calm")
        if peer.receipted != line.outbox.size:
            what = f"{peer.receipted} of {line.outbox.size} receipts of {other}"
            raise PromiseBroken(f"{party} has {what}")
        age_ms = peer.status(self.stations[party].wall(), line.outbox.size)["two_way_age_ms"]
        if age_ms is None or age_ms > 3 * self.plan.tick_ms:
            raise PromiseBroken(f"{party} and {other} are not in touch: {age_ms} ms")


def _agree(plan: Plan, keys: dict[str, SimulatedKeys]) -> SignedUnderstanding:
    """The Understanding of the parties, signed by all roots."""
    understanding = Understanding(
        line=LINE,
        version=1,
        template=AIR.name,
        parties=tuple(_terms(party, keys[party]) for party in plan.parties),
        scopes=AIR.scopes,
        languages=("en",),
        timers=replace(AIR.timers, tick_ms=plan.tick_ms),
        separations=AIR.separations,
        lead_times=AIR.lead_times,
    )
    return sign_all(understanding, keys)


def _terms(party: str, keys: SimulatedKeys) -> PartyTerms:
    return PartyTerms(
        name=party,
        titles=(("en", party.partition(".")[0].title()),),
        roots=(keys.root.public.ed25519,),
        threshold=1,
        node=keys.current("node").public,
        witness=keys.current("witness").public,
        mirror=keys.current("mirror").public,
        tls=hashlib.sha256(party.encode()).digest(),
        languages=("en",),
        posts=(Post("commander", 2), Post("watch", 1)),
    )
