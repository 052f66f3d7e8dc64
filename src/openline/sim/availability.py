"""How often a line has a valid two-way proof, over circuits that are often down.

Two parties have two circuits, each up 99 % of the time whatever the other does, and nothing
else goes wrong. An outage stops one way or both, for ten seconds to ten minutes, and each end
notices it as the network has it. A proof is valid while it is younger than three ticks, as it is
for a line that is shown UP; with a circuit down, a line is shown DEGRADED whatever its proof.
While both circuits are whole nothing happens but ticks, so of
a longer quiet stretch only the first minutes are played, and the rest counts as they ended.
"""

import math
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from openline.sim.keys import fast_verification
from openline.sim.network import Circuit
from openline.sim.plan import PARTIES, Plan, make_plan
from openline.sim.promises import STALE_AFTER_TICKS, PromiseBroken
from openline.sim.reading import reading_once
from openline.sim.region import Region
from openline.sim.timeline import dice

UP: Final = 0.99
"""Part of its time in which a circuit is whole."""

OUTAGE_MS: Final = (10 * SECOND_MS, 10 * MINUTE_MS)
"""The shortest outage and the longest; each tenfold length is as likely as the next."""

QUIET_PLAYED_MS: Final = 2 * MINUTE_MS
"""Of a stretch in which both circuits are whole, so much is played."""

LOOKED_EVERY_MS: Final = SECOND_MS

PLAYED_MS: Final = 2 * DAY_MS
"""Of one region: what a node and the watcher keep of ticks grows with it."""

_RATIO: Final = OUTAGE_MS[1] / OUTAGE_MS[0]
OUTAGE_MEAN_MS: Final = (OUTAGE_MS[1] - OUTAGE_MS[0]) / math.log(_RATIO)
UP_MEAN_MS: Final = OUTAGE_MEAN_MS * UP / (1 - UP)


@dataclass(slots=True)
class Minutes:
    """Minutes of a line.

    Attributes:
        all: How many there were, those that were not played among them.
        without: In which no party, or only one, ever had a valid proof.
        not_throughout: In which one had none for a part of it.
        cut_off: In which no circuit was whole at any time.
        lost: Without a proof, though a circuit was whole in all of it and of the minute before.
        outages: Outages of circuits.
        overlaps: Times at which both circuits came to be down.
    """

    all: float = 0.0
    without: int = 0
    not_throughout: int = 0
    cut_off: int = 0
    lost: int = 0
    outages: int = 0
    overlaps: int = 0

    def add(self, other: "Minutes") -> None:
        """Count others as well."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Availability:
    """Plays one region, and counts its minutes.

    Args:
        seed: What everything follows from.
    """

    def __init__(self, seed: int) -> None:
        self.minutes = Minutes()
        self._region = Region(_plan(seed))
        self._time = self._region.timeline
        self._chance = dice(seed, "availability")
        self._looks: list[tuple[bool, bool]] = []
        self._was_whole = True

    def run(self, played_ms: int = PLAYED_MS) -> Minutes:
        """Play so long, and count.

        Raises:
            PromiseBroken: There was no proof, or not again, over whole circuits.
        """
        with fast_verification(), reading_once():
            for station in self._region.stations.values():
                station.is_current = True
                self._region.start(station)
            self._pass(QUIET_PLAYED_MS)
            self._must_be_proven()
            self._look()
            self._play(self._time.now + played_ms)
        return self.minutes

    def _pass(self, ms: float) -> None:
        self._time.run(self._time.now + round(ms))

    def _play(self, until: int) -> None:
        circuits = self._region.network.circuits
        left_ms = [self._chance.expovariate(1 / UP_MEAN_MS) for _ in circuits]
        while self._time.now < until:
            number = left_ms.index(min(left_ms))
            whole = not any(circuit.stopped for circuit in circuits)
            skipped_ms = max(0.0, left_ms[number] - QUIET_PLAYED_MS) if whole else 0.0
            passed_ms = left_ms[number] - skipped_ms
            self._pass(passed_ms)
            if skipped_ms:
                self._must_be_proven()
                self.minutes.all += skipped_ms / MINUTE_MS
            left_ms = [ms - left_ms[number] for ms in left_ms]
            left_ms[number] = self._turn(circuits[number])

    def _turn(self, circuit: Circuit) -> float:
        """Let an outage begin or end; for how long it is so now."""
        network = self._region.network
        if circuit.stopped:
            network.mend(circuit)
            return self._chance.expovariate(1 / UP_MEAN_MS)
        ways = self._chance.choice((circuit.ends, circuit.ends[:1], circuit.ends[1:]))
        network.stop(circuit, ways)
        self.minutes.outages += 1
        self.minutes.overlaps += all(one.stopped for one in network.circuits)
        return _outage_ms(self._chance)

    def _must_be_proven(self) -> None:
        """After minutes with whole circuits there is a proof; so there is later on."""
        if not self._has_proof():
            raise PromiseBroken("nothing is proven though both circuits are whole for minutes")

    def _has_proof(self) -> bool:
        """Whether both parties have a valid two-way proof now."""
        return all(self._has(party) for party in self._region.plan.parties)

    def _has(self, party: str) -> bool:
        station, plan = self._region.stations[party], self._region.plan
        line = station.line(plan.line)
        if line is None:
            return False
        answered = [peer.tick_answered_at for peer in line.peers.values()]
        oldest = station.wall() - STALE_AFTER_TICKS * plan.tick_ms
        return all(at is not None and at > oldest for at in answered)

    def _look(self) -> None:
        whole = any(not circuit.stopped for circuit in self._region.network.circuits)
        self._looks.append((self._has_proof(), whole))
        if len(self._looks) == MINUTE_MS // LOOKED_EVERY_MS:
            self._count()
        self._time.after(LOOKED_EVERY_MS, self._look)

    def _count(self) -> None:
        minutes, proofs = self.minutes, [has_proof for has_proof, _ in self._looks]
        is_whole = all(whole for _, whole in self._looks)
        minutes.all += 1
        minutes.without += not any(proofs)
        minutes.not_throughout += not all(proofs)
        minutes.cut_off += not any(whole for _, whole in self._looks)
        minutes.lost += not any(proofs) and is_whole and self._was_whole
        self._was_whole, self._looks = is_whole, []


def _outage_ms(chance: Random) -> float:
    return OUTAGE_MS[0] * float(_RATIO ** chance.random())


def _plan(seed: int) -> Plan:
    """Two parties with two circuits and ticks as by default, and no other fault."""
    return replace(
        make_plan(seed, 1, "swarm", is_fast=True),
        parties=PARTIES[:2],
        tick_ms=10 * SECOND_MS,
        circuits=2,
        delay_ms=(20, 600),
        loss=0.0,
        duplication=0.0,
        reordering=0.0,
        cut_every_ms=0,
        crash_every_ms=0,
        word_every_ms=6 * HOUR_MS,
        drift_ppm=0,
        set_every_ms=0,
        disk_every_ms=0,
        restore_every_ms=0,
        is_anchored=True,
    )
