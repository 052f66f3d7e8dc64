"""A simulated station: a real node, its store, its clock, and its deaths.

The loop is that of `app/run.py`: take what waits, handle, commit, settle, perform.
A node may die before the commit, after it, or after any effect; it then comes back
from what its store has, with other random numbers, as a supervisor would start it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any, Final

from openline.adapters.memory import MemoryStore, SeededChance
from openline.domain.errors import OurError
from openline.domain.instant import INSTANT_MAX
from openline.domain.line.observed import Observed
from openline.engine.commands import Adopt, Command
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
from openline.engine.ports import AppendEntries, PutTick, StoreFailed
from openline.engine.turn import Turn
from openline.sim.clock import WallClock
from openline.sim.disk import Disk
from openline.sim.keys import SimulatedKeys
from openline.sim.network import Circuit, Packet
from openline.sim.plan import Plan
from openline.sim.timeline import Timeline

SLOW_COMMIT_MS: Final = 3_000
"""A slow disk lets a node wait so long at most."""

OnAnswer = Callable[[Any, OurError | None], None]
"""Told the result of a command, or the error."""

WAKES_PER_TICK: Final = 10
"""As the loop of a running node: it looks at the clock so often in an interval."""


@dataclass(slots=True)
class Listeners:
    """Who is told what a station does.

    Attributes:
        committing: Before a commit: the station and the turn.
        committed: After it.
        sent: Frames leave: the station, the number of the connection, the frames.
        shown: The console shows something.
        link_ended: The node gives up a connection.
        died: The node died, and where.
        note: Something happened that the trace should tell.
    """

    committing: Callable[["Station", Turn], None]
    committed: Callable[["Station", Turn], None]
    sent: Callable[["Station", int, list[bytes]], None]
    shown: Callable[["Station", Show], None]
    link_ended: Callable[[int], None]
    died: Callable[["Station", str], None]
    note: Callable[..., None]


@dataclass(slots=True)
class Station:
    """One node with what it stands on.

    Attributes:
        party: Whose node it is.
        adopted: The signed Understanding of each line that it is on, by its name.
        clock: What it sees of time.
        keys: Its keys.
        disk: What it stands on.
        node: The node; None while it is down.
        is_current: Whether an anchor on another disk agrees with the store.
        lost_on: The lines on which it lost something, and has not got it back for certain.
        was_put_back: Whether it ever lost something.
        observed: What its node observed of each line, from when on by its clock.
        lives: How often it was started.
        crashes: How often it died.
        turns: How many turns it had, over all lives.
    """

    plan: Plan
    party: str
    adopted: dict[str, bytes]
    timeline: Timeline
    chance: Random
    clock: WallClock
    keys: SimulatedKeys
    listeners: Listeners
    disk: Disk
    node: Node | None = None
    is_current: bool = False
    lost_on: set[str] = field(default_factory=set)
    was_put_back: bool = False
    observed: dict[str, list[tuple[int, Observed]]] = field(default_factory=dict)
    lives: int = 0
    crashes: int = 0
    turns: int = 0
    _inbox: list[Event] = field(default_factory=list)
    _is_turn_due: bool = False
    _is_doomed: bool = False
    _tokens: int = 0
    _asked: dict[int, OnAnswer] = field(default_factory=dict)
    _wake: int = 0
    _is_wake_due: bool = False
    _ticked_at: dict[str, int] = field(default_factory=dict)

    @property
    def store(self) -> MemoryStore:
        """The store, as the disk has it now."""
        return self.disk.store

    def wall(self) -> int:
        """What its clock shows now."""
        return self.clock.read(self.timeline.now)

    def line(self, name: str) -> Line | None:
        """A line as the running node has it; None while it is down or has none."""
        return self.node.lines.get(name) if self.node is not None else None

    @property
    def is_put_back(self) -> bool:
        """Whether it lost something, and has not got it back for certain."""
        return bool(self.lost_on)

    def observe(self, line: str, observed: Observed) -> None:
        """Keep what the node observes now of a line."""
        known = self.observed.setdefault(line, [])
        if not known or known[-1][1] is not observed:
            known.append((self.wall(), observed))

    def observed_between(self, line: str, start: int, end: int) -> set[Observed]:
        """What the node observed of a line from an instant of its clock to another."""
        found: set[Observed] = set()
        known = self.observed[line]
        ends = [at for at, _ in known[1:]] + [INSTANT_MAX]
        for (at, observed), until in zip(known, ends, strict=True):
            if at <= end and until >= start:
                found.add(observed)
        return found

    # Life and death.

    def start(self) -> None:
        """Start the node on its store; it adopts what lies in its directory of lines.

        Raises:
            OurError: The store contradicts itself.
        """
        self.lives += 1
        chance = SeededChance(f"{self.plan.seed} {self.party} {self.lives}")
        is_vouched = self.is_current and not self.is_put_back
        node = Node(self.party, self.keys, chance, self.store, own_copy_is_current=is_vouched)
        node.load(self.wall())
        self.node = node
        self.listeners.note("started", self.party)
        self.listeners.note("is vouched for" if is_vouched else "waits for others before it signs")
        for name in [name for name in self.adopted if name not in node.lines]:
            self.command(Adopt(self.adopted[name]), lambda _result, _error: None)
        self._put(ClockAdvanced())

    def crash(self) -> None:
        """Let the node die somewhere in its next turn."""
        self._is_doomed = self.node is not None

    def kill(self, why: str) -> None:
        """Let the node die between two turns, if it runs."""
        if self.node is not None:
            self._die(why)

    def _die(self, place: str) -> None:
        self.crashes += 1
        self.node = None
        self._is_doomed = self._is_wake_due = False
        self._wake += 1
        self._inbox, self._asked = [], {}
        self.listeners.note("died", self.party, place)
        self.listeners.died(self, place)

    def look_at_clock(self) -> None:
        """Let the node look at its clock now, as its loop does within a second."""
        self._put(ClockAdvanced())

    # What comes in.

    def opened(self, number: int, circuit: Circuit) -> None:
        """A connection stands."""
        self._put(LinkOpened(number, circuit.line, circuit.other(self.party), circuit.name))

    def closed(self, number: int) -> None:
        """A connection ended."""
        self._put(LinkClosed(number))

    def arrived(self, number: int, packet: Packet) -> None:
        """Frames came in."""
        for frame in packet.frames:
            self._put(FrameReceived(number, frame))

    def command(self, command: Command, on_answer: OnAnswer) -> None:
        """Have a command done; no answer comes if the node is down, or dies before."""
        if self.node is not None:
            self._tokens += 1
            self._asked[self._tokens] = on_answer
            self._put(CommandGiven(self._tokens, command))

    def _put(self, event: Event) -> None:
        if self.node is None:
            return
        self._inbox.append(event)
        if not self._is_turn_due:
            self._is_turn_due = True
            delay_ms = self.chance.randint(50, SLOW_COMMIT_MS) if self.disk.is_slow else 0
            self.timeline.after(delay_ms, self._take_turn)

    def _wake_after(self, delay_ms: int) -> None:
        """Let the node look at its clock then, and not when it was planned before."""
        self._wake += 1
        self._is_wake_due = True
        self.timeline.after(delay_ms, self._look_at_clock, self._wake)

    def _look_at_clock(self, number: int) -> None:
        if number == self._wake:
            self._is_wake_due = False
            self._put(ClockAdvanced())

    # A turn.

    def _take_turn(self) -> None:
        self._is_turn_due = False
        if self.node is None:
            return
        events, self._inbox = self._inbox, []
        self.turns += 1
        turn = self.node.handle(events, self.wall())
        steps = self._steps(turn)
        try:
            if not self._is_doomed:
                for _ in steps:
                    pass
            else:
                self._die_in(steps, turn)
        except StoreFailed:
            self._die("the disk failed")
        if self.node is not None:
            self._plan_wake(turn)
            if self.node.is_busy:
                self._put(ClockAdvanced())

    def _die_in(self, steps: Any, turn: Turn) -> None:
        """Do some of the steps of a turn, and die."""
        places = 3 + len(turn.effects)
        last = min(self.chance.randrange(places), self.chance.randrange(places))
        place = next(islice(steps, last, None), "at the end")
        self._die(place)

    def _steps(self, turn: Turn) -> Any:
        """The steps of a turn after it was handled; a death can fall after each."""
        assert self.node is not None
        self.listeners.committing(self, turn)
        yield "before the commit"
        if turn.writes:
            self.disk.commit(turn.writes)
        self.listeners.committed(self, turn)
        yield "after the commit"
        self.node.settle(turn)
        yield "before the effects"
        frames: dict[int, list[bytes]] = {}
        for effect in sorted(turn.effects, key=_is_no_frame):
            if isinstance(effect, Send):
                frames.setdefault(effect.link, []).append(effect.frame)
        for number, some in frames.items():
            self.listeners.sent(self, number, some)
            yield "between two connections"
        for effect in turn.effects:
            if not isinstance(effect, Send):
                self._perform(effect)
                yield "between two effects"

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Show():
                self.listeners.shown(self, effect)
            case Answer(token, result, error):
                if on_answer := self._asked.pop(token, None):
                    on_answer(result, error)
            case CloseLink(number, reason):
                self.listeners.note("gave up", self.party, number, reason)
                self.listeners.link_ended(number)
                self._put(LinkClosed(number, reason))
            case PromoteKey(role):
                self.keys.promote(role)
            case _:
                pass

    def _plan_wake(self, turn: Turn) -> None:
        """Look at the clock when the next tick is due, and soon where something changed."""
        tick_ms = self.plan.tick_ms
        step_ms = tick_ms // WAKES_PER_TICK + self.chance.randint(0, 100)
        own = [one for one in turn.writes if isinstance(one, PutTick) and one.party == self.party]
        for write in own:
            self._ticked_at[write.line] = self.timeline.now
        due = [at + tick_ms - self.timeline.now for at in self._ticked_at.values()]
        # A line that makes no ticks, for it waits for others, is looked at with the rest.
        left_ms = min((ms for ms in due if ms > 0), default=0)
        if own:
            self._wake_after(
                max(left_ms, step_ms) + self.chance.randint(0, min(1_000, tick_ms // 10))
            )
        elif any(isinstance(write, AppendEntries) for write in turn.writes):
            self._wake_after(step_ms)
        elif not self._is_wake_due:
            self._wake_after(max(left_ms, step_ms) if left_ms > 0 else tick_ms)


def _is_no_frame(effect: Effect) -> bool:
    return not isinstance(effect, Send)
