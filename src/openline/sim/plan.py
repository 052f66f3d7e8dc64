"""Plans: what a seed, a profile and a number of days make of a run.

Everything that is drawn once for a run is drawn here, so that a plan can be read: how
many parties, on which lines, how often they tick, how bad the network is, how often
nodes die.
"""

from dataclasses import dataclass, replace
from random import Random
from typing import Final

from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from openline.sim.timeline import dice

PARTIES: Final = tuple(
    f"{name}.example" for name in ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot")
)
LINE: Final = "simulated"
"""The line of a run that has one."""

LINES: Final = tuple(f"line-{number}" for number in range(1, 7))
"""The lines of a run that has several."""

PROFILES: Final = ("swarm", "swizzle", "restore", "busy", "byzantine", "upgrade", "region")
"""swarm: faults of every sort at once. swizzle: circuits are cut again and again. restore:
stores are lost and put back from old copies. busy: people talk without end.
byzantine: the last party keeps no rule. upgrade: keys are changed and terms amended while
nodes are started anew one by one. region: two to six nodes with several lines between them,
under the faults of one of the others."""

FAULTS_OF_REGIONS: Final = ("swarm", "swizzle", "restore", "byzantine", "upgrade")

LONG_DAYS: Final = 10
"""Longer runs are for line-years, and faults come rarer; shorter ones for everything at once."""

_TICKS_MS: Final = (10 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS)
_TICKS_MAX: Final = 20_000
"""Ticks of one party in a run: more of them would try nothing else."""


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One line of a run.

    Attributes:
        name: Its name.
        parties: The parties to it, in order.
    """

    name: str
    parties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is drawn once for a run.

    Attributes:
        seed: What everything follows from.
        profile: One of `PROFILES`.
        faults_ms: How long the faults last; then all is mended and must come together.
        parties: The parties of the region, in order.
        tick_ms: Between two ticks.
        is_fast: Whether keyed hashes stand for signatures.
        circuits: Between each two parties.
        delay_ms: From and to, on the way of a frame.
        loss: Part of the frames that are lost on a standing connection.
        duplication: Part of the frames that come twice.
        reordering: Part of the frames that are overtaken.
        cut_every_ms: Between two cuts of a circuit; 0 for never.
        cut_for_ms: How long a cut lasts at most.
        crash_every_ms: Between two deaths of a node; 0 for never.
        down_for_ms: How long a node is down at most.
        word_every_ms: Between two messages of a party.
        drift_ppm: By how many millionths a clock runs wrong at most.
        set_every_ms: Between two moments at which a clock is set wrong; 0 for never.
        disk_every_ms: Between two faults of a disk; 0 for never.
        restore_every_ms: Between two restores of an old copy; 0 for never.
        is_anchored: Whether anchors on other disks vouch for stores that are current.
        hostile: The parties that keep no rule.
        upgrade_every_ms: Between two changes of keys or terms; 0 for never.
        several: The lines, where there is more than the one of all parties.
    """

    seed: int
    profile: str
    faults_ms: int
    parties: tuple[str, ...]
    tick_ms: int
    is_fast: bool
    circuits: int
    delay_ms: tuple[int, int]
    loss: float
    duplication: float
    reordering: float
    cut_every_ms: int
    cut_for_ms: int
    crash_every_ms: int
    down_for_ms: int
    word_every_ms: int
    drift_ppm: int
    set_every_ms: int
    disk_every_ms: int
    restore_every_ms: int
    is_anchored: bool
    hostile: tuple[str, ...]
    upgrade_every_ms: int
    several: tuple[PlannedLine, ...] = ()

    @property
    def lines(self) -> tuple[PlannedLine, ...]:
        """The lines, in order."""
        return self.several or (PlannedLine(LINE, self.parties),)

    @property
    def line(self) -> str:
        """The name of the line, in a plan of one."""
        (line,) = self.lines
        return line.name

    def of(self, line: PlannedLine) -> "Plan":
        """The part of the plan that is about one of its lines."""
        hostile = tuple(party for party in self.hostile if party in line.parties)
        several = (line,) if self.several else ()
        return replace(self, parties=line.parties, hostile=hostile, several=several)

    def dice(self, name: str) -> Random:
        """The dice of something of the line, in a plan of one."""
        return dice(self.seed, f"{name} on {self.line}" if self.several else name)

    @property
    def days(self) -> float:
        """How many days the faults last."""
        return self.faults_ms / DAY_MS

    @property
    def honest(self) -> tuple[str, ...]:
        """The parties that keep the rules."""
        return tuple(party for party in self.parties if party not in self.hostile)

    @property
    def calm_ms(self) -> int:
        """How long after the faults everything must have come together."""
        return max(2 * HOUR_MS, 24 * self.tick_ms)


def make_plan(seed: int, days: float, profile: str, *, is_fast: bool | None = None) -> Plan:
    """The plan of a run.

    Args:
        seed: What it follows from.
        days: How long the faults last.
        profile: One of `PROFILES`.
        is_fast: Which signers; by default true ones in one of twenty seeds.
    """
    chance = dice(seed, "plan")
    faults_ms = round(days * DAY_MS)
    ticks_ms = [ms for ms in _TICKS_MS if faults_ms // ms <= _TICKS_MAX] or [_TICKS_MS[-1]]
    faults = _faults(seed, profile)
    is_lossy, is_hostile = chance.random() < 0.5, faults == "byzantine"
    # A third party costs as much as two more lines: long runs mostly do without.
    several = (2, 2, 2, 2, 2, 3) if days > LONG_DAYS else (2, 2, 2, 3, 3, 4)
    parties = chance.choice(several) if profile != "busy" else 2
    lines: tuple[PlannedLine, ...] = ()
    if profile == "region":
        parties, lines = _region(dice(seed, "region"))
    words = (HOUR_MS, 6 * HOUR_MS) if days <= 2 else (DAY_MS, 3 * DAY_MS)
    # A start replays all that was said: where it comes each hour, years would cost days.
    rarer = 4 if days > LONG_DAYS else 1
    often = (rarer * HOUR_MS, rarer * 6 * HOUR_MS, rarer * DAY_MS)
    never_or_often = (0, *often)
    tick_ms = chance.choice(ticks_ms)
    return Plan(
        seed=seed,
        profile=profile,
        faults_ms=faults_ms,
        parties=PARTIES[:parties],
        tick_ms=tick_ms,
        is_fast=chance.random() >= 0.05 if is_fast is None else is_fast,
        circuits=chance.choice((1, 1, 2, 3)),
        # Slower than that, the way there and back would outlast the proof of it.
        delay_ms=(
            chance.randint(1, 50),
            min(chance.choice((60, 300, 2_000, 20_000)), tick_ms // 4),
        ),
        loss=chance.choice((0.0, 0.05, 0.3)) if is_lossy else 0.0,
        duplication=chance.choice((0.0, 0.1, 0.5)) if is_lossy else 0.0,
        reordering=chance.choice((0.0, 0.1, 0.5)) if is_lossy else 0.0,
        cut_every_ms=chance.choice(often[:2] if faults == "swizzle" else never_or_often),
        cut_for_ms=chance.choice((MINUTE_MS, HOUR_MS, DAY_MS // 2)),
        crash_every_ms=chance.choice(never_or_often),
        down_for_ms=chance.choice((5 * SECOND_MS, 10 * MINUTE_MS, 3 * HOUR_MS)),
        word_every_ms=2 * MINUTE_MS if profile == "busy" else chance.choice(words),
        drift_ppm=chance.choice((0, 20, 200)),
        set_every_ms=chance.choice((0, 0, *often[1:])),
        disk_every_ms=0 if is_hostile else chance.choice((0, *often[1:])),
        restore_every_ms=0
        if is_hostile
        else chance.choice(often[1:] if faults == "restore" else (0, 0, often[2])),
        is_anchored=chance.random() < 0.5 or is_hostile,
        hostile=PARTIES[parties - 1 : parties] if is_hostile else (),
        upgrade_every_ms=3 * HOUR_MS if faults == "upgrade" else 0,
        several=lines,
    )


def _faults(seed: int, profile: str) -> str:
    """The profile whose faults a run has."""
    return dice(seed, "faults").choice(FAULTS_OF_REGIONS) if profile == "region" else profile


def _region(chance: Random) -> tuple[int, tuple[PlannedLine, ...]]:
    """How many nodes there are, and the lines between them.

    From three nodes on, one line has three parties; the others have two. Every node is on
    some line, and two nodes may have two lines with each other.
    """
    count = chance.randint(2, len(PARTIES))
    nodes = PARTIES[:count]
    groups = [chance.sample(nodes, min(3, count))]
    while alone := [node for node in nodes if not any(node in group for group in groups)]:
        met = [node for group in groups for node in group]
        groups.append([alone[0], chance.choice(met)])
    for _ in range(chance.randint(1, 2) if count < 5 else chance.randint(0, 1)):
        groups.append(chance.sample(nodes, 2))
    names = LINES[: len(groups)]
    lines = zip(names, sorted(groups, key=len), strict=True)
    return count, tuple(PlannedLine(name, tuple(sorted(group))) for name, group in lines)
