"""One line of a simulated region: who is on it, who watches it, how it ends.

The stations, their machines and the network are the region's, for a node may be on
several lines. What is agreed, said, changed, promised and audited is of one line.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Final

from openline.adapters.memory import SeededChance
from openline.domain.instant import MINUTE_MS
from openline.domain.line.observed import Observed
from openline.domain.line.templates import AIR
from openline.domain.line.terms import PartyTerms, Post, Understanding
from openline.domain.line.understanding import SignedUnderstanding
from openline.domain.party import Precedence
from openline.domain.record.signing import Signer
from openline.domain.talk.body import By
from openline.domain.talk.text import Text
from openline.engine.effects import Show
from openline.engine.events import ClockAdvanced
from openline.engine.line import Line
from openline.engine.node import Node
from openline.engine.ports import Store
from openline.sim.audit import Audit
from openline.sim.hostile import Hostile
from openline.sim.keys import SimulatedKeys
from openline.sim.officers import Officers
from openline.sim.plan import Plan
from openline.sim.promises import PromiseBroken, Promises
from openline.sim.station import Station
from openline.sim.upgrades import Upgrades, sign_all

if TYPE_CHECKING:
    from openline.sim.region import Region

HOSTILE_EVERY_MS: Final = 20 * MINUTE_MS
"""Between two acts of a hostile party at most."""

FLASH_RECEIPTED_WITHIN_MS: Final = MINUTE_MS
"""In calm a FLASH is receipted within this, on the slowest circuit."""


@dataclass(frozen=True, slots=True)
class HandAtStation:
    """Whoever works the node of a hostile party, on one of its lines (`Hand`)."""

    station: Station
    line_name: str
    parties: tuple[str, ...]

    @property
    def party(self) -> str:
        """The hostile party."""
        return self.station.party

    @property
    def adopted(self) -> bytes:
        """The signed Understanding."""
        return self.station.adopted[self.line_name]

    @property
    def store(self) -> Store:
        """What the party's node has said."""
        return self.station.store

    @property
    def signer(self) -> Callable[[str], Signer]:
        """The signer of a role, by its name."""
        return self.station.keys.current

    @property
    def chance(self) -> Random:
        """Chance, from the seed."""
        return self.station.chance

    @property
    def has_spoken(self) -> bool:
        """Whether the node runs, and has said anything."""
        line = self.station.line(self.line_name)
        return line is not None and line.outbox.size > 0

    def journal_cosigned(self, victim: str) -> int:
        """How many rows of the party's journal a victim has cosigned."""
        line = self.station.line(self.line_name)
        assert line is not None, "it acts while its node runs"
        return line.peers[victim].journal_cosigned

    def wall(self) -> int:
        """What the party's clock shows."""
        return self.station.wall()


class PlayedLine:
    """One line of a run.

    Attributes:
        plan: What was drawn, of this line.
        promises: What is watched on it.
        upgrades: The changes of its keys and terms.
        hostile: Whoever works the node of each hostile party to it.
        officers: Of each party to it.
    """

    def __init__(self, region: "Region", plan: Plan) -> None:
        self.plan = plan
        self._region = region
        self.stations: dict[str, Station] = {}
        self.promises = Promises(plan, region.timeline, self.stations)
        self.upgrades = Upgrades(region, plan)
        self.hostile: dict[str, Hostile] = {}
        self.officers: dict[str, Officers] = {}
        self._is_calm = False
        # What each had said when all had said their last FLASH.
        self._sizes: dict[str, int] = {}
        self._hostility = plan.dice("hostility")
        # Who was shown two histories, and by whom.
        self._shown_two: set[tuple[str, str]] = set()

    def agree(self, keys: dict[str, SimulatedKeys]) -> bytes:
        """The Understanding of its parties, signed by all roots."""
        return _agree(self.plan, {party: keys[party] for party in self.plan.parties}).format()

    def people(self) -> None:
        """Put people at the stations: officers, and whoever works a hostile node."""
        timeline = self._region.timeline
        self.stations.update((party, self._region.stations[party]) for party in self.plan.parties)
        for party in self.plan.hostile:
            hand = HandAtStation(self.stations[party], self.plan.line, self.plan.parties)
            chance = self.plan.dice(f"hostile {party}")
            self.hostile[party] = Hostile(hand, lambda: timeline.now, chance)
        for party, station in self.stations.items():
            chance = self.plan.dice(f"officers {party}")
            self.officers[party] = Officers(self.plan, station, timeline, chance)

    def shown(self, station: Station, show: Show) -> None:
        """The console of a party shows something."""
        if show.name == "alarm":
            self.promises.alarmed(station, str(show.data["name"]), show.data)
        self.officers[station.party].shown(show)

    def counts(self) -> Iterator[Counter[str]]:
        """How much there was of each thing."""
        promises = self.promises
        yield Counter(
            {"looked at while UP": promises.ups, "acknowledged": len(promises.acknowledged)}
        )
        for station in self.stations.values():
            known = station.observed.get(self.plan.line, [])
            yield Counter(f"observed {observed}" for _, observed in known)
        for hostile in self.hostile.values():
            yield Counter({f"hostile {name}": count for name, count in hostile.done.items()})

    # Hostile parties.

    def begin(self) -> None:
        """From now on keys and terms are changed, and hostile parties act."""
        self.upgrades.begin()
        for hostile in self.hostile.values():
            self._act_later(hostile)

    def _act_later(self, hostile: Hostile) -> None:
        delay_ms = self._hostility.randint(1, HOSTILE_EVERY_MS)
        self._region.timeline.after(delay_ms, self._act, hostile)

    def _act(self, hostile: Hostile) -> None:
        """Let a hostile party do something to somebody to whom it has a connection."""
        if self._is_calm:
            return
        self._act_later(hostile)
        standing = self._region.network.standing(hostile.party, self.plan.line)
        if standing:
            number, victim = self._hostility.choice(standing)
            station = self.stations[hostile.party]
            self._region.carry(station, number, list(hostile.act(victim)))

    def equivocate_at_last(self) -> None:
        """Every hostile party shows everybody two histories."""
        for hostile in self.hostile.values():
            frames = list(hostile.equivocate())
            for number, victim in self._region.network.standing(hostile.party, self.plan.line):
                self._shown_two.add((victim, hostile.party))
                self._region.carry(self.stations[hostile.party], number, frames)

    # How it ends.

    def calm(self) -> None:
        """Nobody does anything more of their own accord."""
        self._is_calm = True
        self.upgrades.end()
        for officers in self.officers.values():
            officers.end()

    def say_at_last(self) -> None:
        """Let every honest party say a FLASH."""
        for party in self.plan.honest:
            words = Text(By("watch", "Maj. Petrov"), "en", f"{party}, over.")
            self.officers[party].say(words, Precedence.FLASH)

    def note_sizes(self) -> None:
        """Note how much was said when all had said their FLASH."""
        self._sizes = {party: self._line_of(party).outbox.size for party in self.plan.honest}

    def must_be_receipted(self) -> None:
        """A FLASH of every honest party has been receipted by all others.

        Raises:
            PromiseBroken: One has not.
        """
        for party in self.plan.honest:
            for other in self._others(party):
                if self._line_of(party).peers[other].receipted < self._sizes[party]:
                    within_s = FLASH_RECEIPTED_WITHIN_MS // 1_000
                    what = f"{other} has not receipted a FLASH of {party} within {within_s} s"
                    raise PromiseBroken(f"in calm {what}")

    def _others(self, party: str) -> list[str]:
        """The honest counterparts of a party."""
        return [other for other in self.plan.honest if other != party]

    def _line_of(self, party: str) -> Line:
        line = self.stations[party].line(self.plan.line)
        if line is None:
            raise PromiseBroken(f"{party} is not there after {self.plan.calm_ms} ms of calm")
        return line

    def must_have_come_together(self) -> None:
        """The honest hold and have receipted everything of each other, and are in touch.

        Raises:
            PromiseBroken: They have not, or are not.
        """
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

    def audit(self) -> dict[str, int]:
        """Audit every honest store; how often each verdict was given.

        Raises:
            PromiseBroken: Something is wrong, or missing.
        """
        honest = {party: self.stations[party] for party in self.plan.honest}
        audit = Audit(self.plan, honest, self.promises, self.plan.dice("audit"), self._reload)
        audit.run()
        return audit.verdicts

    def _reload(self, station: Station) -> Line:
        """The line as a node would find it in a copy of the store."""
        node = Node(station.party, station.keys, SeededChance("audit"), station.store.copy())
        node.load(station.wall())
        node.handle([ClockAdvanced()], station.wall())
        return node.lines[self.plan.line]


def _agree(plan: Plan, keys: dict[str, SimulatedKeys]) -> SignedUnderstanding:
    """The Understanding of the parties, signed by all roots."""
    understanding = Understanding(
        line=plan.line,
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
