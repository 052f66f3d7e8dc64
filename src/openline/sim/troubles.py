"""Troubles: nodes die, disks fail, clocks are set, old copies are put back.

Each sort comes at random intervals of the plan, to each station by itself. A store is
lost or put back only while somebody else holds all that its party ever said and none of
its counterparts is recovering: two losses at once lose what was receipted, and no line can
help it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from openline.sim.plan import PlannedLine
from openline.sim.promises import PromiseBroken
from openline.sim.station import Station
from openline.sim.timeline import dice

if TYPE_CHECKING:
    from openline.sim.region import Region

CLOCK_LEAPS_MS: Final = (SECOND_MS, 10 * SECOND_MS, 10 * MINUTE_MS, DAY_MS, 2 * 365 * DAY_MS)
"""By how much clocks are set wrong, ahead or back."""

COPY_EVERY_MS: Final = 3 * HOUR_MS
SLOW_FOR_MS: Final = 2 * MINUTE_MS
LIES_FOR_MS: Final = 30 * MINUTE_MS
ASKED_AGAIN_MS: Final = 10 * MINUTE_MS

PUT_BACK_AFTER_MS: Final = (5 * MINUTE_MS, 6 * HOUR_MS)
"""It takes so long until a copy is put back: longer than anything is under way."""


class Troubles:
    """All that befalls the machines of a region."""

    def __init__(self, region: "Region") -> None:
        self._region = region
        self._plan = region.plan
        self._time = region.timeline
        self._chance = dice(region.plan.seed, "troubles")
        self._is_calm = False
        self._damaged: set[str] = set()
        # Stations that lose their store, or the end of it, when they are next started.
        self._to_put_back: dict[str, Callable[[Station], None]] = {}

    def begin(self) -> None:
        """From now on there is trouble."""
        plan = self._plan
        for station in self._region.stations.values():
            self._again(station, plan.crash_every_ms, lambda one: one.crash())
            self._again(station, plan.disk_every_ms, self._spoil_disk)
            self._again(station, plan.set_every_ms, self._set_clock)
            self._again(station, plan.restore_every_ms, lambda one: self._lose(one, self._put_back))
            if plan.restore_every_ms:
                self._again(station, COPY_EVERY_MS, lambda one: one.disk.copy())
            station.clock.drift_ppm = self._chance.randint(-plan.drift_ppm, plan.drift_ppm)

    def calm(self) -> None:
        """No more trouble: clocks are right, disks are honest, everybody starts."""
        self._is_calm = True
        for station in self._region.stations.values():
            station.disk.be_honest()
            station.disk.failures_left, station.disk.is_slow = 0, False
            if station.clock.read(self._time.now) != self._time.now:
                self._set(station, 0)
            self._time.after(0, setattr, station.clock, "drift_ppm", 0)
            self._time.after(0, self._region.start, station)

    def _again(self, station: Station, every_ms: int, act: Callable[[Station], None]) -> None:
        """Let something befall a station at random intervals until the calm."""
        if every_ms:
            pause_ms = round(self._chance.expovariate(1 / every_ms))
            self._time.after(pause_ms, self._befall, station, every_ms, act)

    def _befall_once(self, station: Station, act: Callable[[Station], None]) -> None:
        if not self._is_calm:
            act(station)

    def _befall(self, station: Station, every_ms: int, act: Callable[[Station], None]) -> None:
        if not self._is_calm:
            act(station)
            self._again(station, every_ms, act)

    # Death and start.

    def died(self, station: Station) -> None:
        """A node died: a supervisor starts it, sooner or later."""
        longest_ms = SECOND_MS if self._is_calm else self._plan.down_for_ms
        delay_ms = self._chance.randint(SECOND_MS, max(SECOND_MS, longest_ms))
        if station.party not in self._to_put_back:
            self._time.after(delay_ms, self._region.start, station)

    def start(self, station: Station) -> None:
        """Start a node; where its store cannot be read, an administrator puts it away."""
        if put_back := self._to_put_back.pop(station.party, None):
            put_back(station)
            station.lost_on, station.was_put_back = set(station.adopted), True
        try:
            self._start(station)
        except OurError as error:
            if station.party not in self._damaged:
                what = f"{station.party} cannot load a store that nobody damaged: {error}"
                raise PromiseBroken(what) from error
            self._region.trace.note("put away a damaged store", station.party)
            self._damaged.discard(station.party)
            station.disk.put_away()
            self._start(station)

    def _start(self, station: Station) -> None:
        if station.is_put_back:
            self._region.put_back(station)
        station.start()

    # Disks.

    def _spoil_disk(self, station: Station) -> None:
        disk = station.disk
        match self._chance.randrange(4):
            case 0:
                self._region.trace.note("disk full", station.party)
                disk.failures_left = self._chance.randint(1, 5)
            case 1:
                self._region.trace.note("slow disk", station.party)
                disk.is_slow = True
                self._time.after(SLOW_FOR_MS, setattr, disk, "is_slow", False)
            case 2:
                self._region.trace.note("lying disk", station.party)
                disk.lie()
                self._time.after(self._chance.randint(SECOND_MS, LIES_FOR_MS), self._cut, station)
            case _:
                self._lose(station, self._flip)

    def _cut(self, station: Station) -> None:
        """Cut the power of a machine whose disk has lied, if that loses nothing for good."""
        if self._is_calm or not station.disk.is_lying or not self._may_lose(station):
            station.disk.be_honest()
        else:
            self._lose_to(station, lambda _one: None)
            self._region.trace.note("loses the end of its store", station.party)
            station.disk.cut_power()

    def _put_back(self, station: Station) -> None:
        station.disk.put_back()
        is_empty = not station.store.origins()
        what = "starts on an empty store" if is_empty else "puts an old copy back"
        self._region.trace.note(what, station.party)

    def _flip(self, station: Station) -> None:
        if station.disk.flip_a_bit():
            self._damaged.add(station.party)

    # Clocks.

    def _set_clock(self, station: Station) -> None:
        """Set a clock wrong; or right, if it is wrong."""
        if station.disk.is_slow:
            # What its node sees of the clock waits for the disk: a slow one hides a step.
            self._time.after(SLOW_FOR_MS, self._befall_once, station, self._set_clock)
            return
        clock, now = station.clock, self._time.now
        ahead_ms = self._chance.choice(CLOCK_LEAPS_MS) * self._chance.choice((-1, 1))
        if abs(clock.read(now) - now) > SECOND_MS:
            ahead_ms = 0
        self._set(station, ahead_ms)
        where = "ahead" if ahead_ms > 0 else "back" if ahead_ms else "right"
        self._region.trace.note(f"clock set {where}", station.party, ahead_ms)

    def _set(self, station: Station, ahead_ms: int) -> None:
        """Set a clock; a node that runs looks at it in the second before and after that."""
        station.look_at_clock()
        self._time.after(0, self._set_now, station, ahead_ms)

    def _set_now(self, station: Station, ahead_ms: int) -> None:
        station.clock.set_ahead(self._time.now, ahead_ms)
        station.look_at_clock()

    # Losses.

    def _lose(self, station: Station, put_back: Callable[[Station], None]) -> None:
        """Let a machine lose something, now or as soon as nothing is lost for good."""
        if self._is_calm:
            return
        if self._may_lose(station):
            self._lose_to(station, put_back)
        else:
            self._time.after(ASKED_AGAIN_MS, self._lose, station, put_back)

    def _lose_to(self, station: Station, put_back: Callable[[Station], None]) -> None:
        """Let a machine die, and start again on less than it had."""
        self._region.trace.note("loses its store", station.party)
        self._to_put_back[station.party] = put_back
        station.kill("with its disk")
        delay_ms = self._chance.randint(*PUT_BACK_AFTER_MS)
        self._time.after(delay_ms, self._region.start, station)

    def _may_lose(self, station: Station) -> bool:
        """Whether all that a party said is held elsewhere, and none of these recovers."""
        return station.party not in self._to_put_back and all(
            self._may_lose_on(line, station)
            for line in self._plan.lines
            if station.party in line.parties
        )

    def _may_lose_on(self, planned: PlannedLine, station: Station) -> bool:
        line = station.line(planned.name)
        if line is None or not line.can_sign():
            return False
        others = [self._region.stations[one] for one in planned.parties if one != station.party]
        held = []
        for other in others:
            there = other.line(planned.name)
            if there is None or not there.can_sign() or other.disk.is_lying:
                return False
            # What others said and this one holds, they still have.
            if there.outbox.size < line.mirrors[other.party].size:
                return False
            if other.is_put_back or other.party in self._to_put_back:
                return False
            held.append(there.mirrors[station.party].checkpoint())
        return line.outbox.checkpoint() in held
