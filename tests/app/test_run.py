"""The loop of a running node: in which order a turn reaches disk, line and officers."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from openline.adapters.anchor import Anchor
from openline.adapters.circuit import Link
from openline.adapters.keys import FileKeys
from openline.app.config import Config
from openline.app.run import RunningNode
from openline.app.stations import Saying
from openline.domain.errors import OurError
from openline.domain.space.own_addresses import NO_ADDRESSES
from openline.engine.air_watch import AirRules
from openline.engine.effects import Effect, PromoteKey, Send, Show
from openline.engine.events import Event, FrameReceived
from openline.engine.node import Node
from openline.engine.ports import AppendEntries, PutTick, Store, StoredEntry, Write
from openline.engine.turn import Turn

OUT = "alpha.example/syria-air/out"
MIRROR = "bravo.example/syria-air/out"
JOURNAL = "alpha.example/syria-air/journal"
TICK = PutTick("alpha.example", "syria-air", 7, bytes(32), "a tick")


def append(origin: str, start: int) -> AppendEntries:
    """One entry more."""
    return AppendEntries(origin, start, (StoredEntry(b"raw", b""),), bytes([start + 1]) * 32)


class Stage:
    """A running node of which everything but the loop is a stub that keeps the order."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.anchored: list[dict[str, int]] = []
        self.turns: list[tuple[list[Write], list[Effect]]] = []
        self.lines: dict[str, Any] = {}
        self.is_busy, self.live_volumes = False, 0
        node, store, anchor = cast(Node, self), cast(Store, self), cast(Anchor, self)
        settings = SimpleNamespace(
            feeds=(),
            air=AirRules(),
            air_records=Path("air"),
            record_h=0,
            own_addresses=NO_ADDRESSES,
        )
        config, keys = cast(Config, settings), cast(FileKeys, None)
        self.running = RunningNode(config, node, store, anchor, keys, lambda: 1)
        link = cast(Link, self)
        self.id, self.line, self.party, self.circuit = 5, "syria-air", "bravo.example", "primary"
        self.running.link_opened(link)
        self.running._quick.clear()
        self.running._wake.clear()

    def handle(self, events: list[Event], now: int) -> Turn:
        """The node: what the test has prepared for this turn."""
        self.done.append("handle")
        self._next: tuple[list[Write], list[Effect]] = self.turns.pop(0)
        return Turn(now, writes=list(self._next[0]))

    def settle(self, turn: Turn) -> None:
        """The node, after the commit."""
        self.done.append("settle")
        turn.effects += self._next[1]

    def commit(self, writes: list[Write]) -> None:
        """The store."""
        self.done.append("commit")

    def tidy(self) -> None:
        """The store, when nothing waits."""
        self.done.append("tidy")

    def origins(self) -> list[tuple[str, int, bytes]]:
        """The store."""
        return []

    def confirm(self, lines: list[str], origins: list[tuple[str, int, bytes]]) -> None:
        """The anchor, told of which lines the store is no old copy."""

    def record(self, heads: dict[str, tuple[int, bytes]]) -> None:
        """The anchor."""
        self.done.append("anchor")
        self.anchored.append({origin: size for origin, (size, _) in heads.items()})

    def send(self, frame: bytes, *, urgent: bool = False) -> bool:
        """The link."""
        self.done.append("send")
        return True

    async def play(self, turns: int) -> None:
        """Let the loop take so many turns, one after the other, and then rest."""
        stopping = asyncio.Event()
        loop = asyncio.create_task(self.running.run(stopping))
        await asyncio.sleep(0)
        self.done.clear()
        for _ in range(turns):
            self.running._put(FrameReceived(5, b"tick"))
            while self.running._quick or self.running._bulk:
                await asyncio.sleep(0)
        for _ in range(5):
            await asyncio.sleep(0)
        played = list(self.done)
        stopping.set()
        await loop
        self.done = played


SHOWN = Show("syria-air", "state", {})
SENT = Send(5, b"frame")


def test_frames_leave_before_anything_is_shown() -> None:
    """A turn is committed, anchored, settled, sent and then shown, and only then rests."""
    stage = Stage()
    stage.running._shows.tell = lambda show: stage.done.append("show")  # type: ignore[method-assign]
    stage.turns = [([append(OUT, 3)], [SHOWN, SENT, SHOWN, SENT])]
    asyncio.run(stage.play(1))
    assert stage.done == [
        *("handle", "commit", "anchor", "settle", "send", "send", "show", "show", "tidy"),
    ]


def test_a_key_that_is_taken_into_use_is_told_to_other_stations() -> None:
    """What a station has is said as soon as it signs with another key."""
    stage = Stage()
    stage.running.keys = cast(
        FileKeys, SimpleNamespace(promote=lambda role: stage.done.append(f"promote {role}"))
    )
    stage.running.saying = cast(
        Saying,
        SimpleNamespace(
            tell_current=lambda lines: [], current=(), say=lambda: stage.done.append("say")
        ),
    )
    stage.turns = [([append(OUT, 3)], [PromoteKey("node")])]
    asyncio.run(stage.play(1))
    assert stage.done[-3:] == ["promote node", "say", "tidy"]


def test_what_cannot_be_told_to_other_stations_ends_no_node() -> None:
    """A key that cannot be read is no reason not to start."""

    def fails() -> None:
        raise OurError("A key cannot be read.")

    stage = Stage()
    stage.running.saying = cast(Saying, SimpleNamespace(current=(), say=fails))
    stage.running.say()


def test_what_may_be_signed_over_is_in_the_anchor_first() -> None:
    """Entries of an outbox or a mirror, and a tick, are anchored before the turn settles."""
    for writes in ([append(OUT, 3)], [append(MIRROR, 3)], [append(JOURNAL, 3), TICK]):
        stage = Stage()
        stage.turns = [(cast("list[Write]", writes), [SENT])]
        asyncio.run(stage.play(1))
        assert stage.done.index("anchor") < stage.done.index("settle")


def test_rows_that_nothing_is_signed_over_are_anchored_when_the_loop_rests() -> None:
    """A turn with rows of a journal alone sends first; its rows are anchored after it."""
    stage = Stage()
    stage.turns = [([append(JOURNAL, 3)], [SENT])]
    asyncio.run(stage.play(1))
    assert stage.done == ["handle", "commit", "settle", "send", "anchor", "tidy"]
    assert stage.anchored == [{JOURNAL: 4}]


def test_rows_that_wait_for_the_anchor_go_with_the_next_head() -> None:
    """Where the next turn is there already, one write of the anchor serves both."""
    stage = Stage()
    stage.turns = [([append(JOURNAL, 3)], []), ([append(OUT, 8), append(JOURNAL, 4)], [])]

    async def at_once() -> None:
        """Both turns before the loop can rest."""
        stage.running.take_turn()
        stage.running.take_turn()

    asyncio.run(at_once())
    assert stage.anchored == [{JOURNAL: 5, OUT: 9}]


def test_an_end_leaves_nothing_to_be_anchored() -> None:
    """A node that is stopped has anchored everything it committed."""
    stage = Stage()
    stage.turns = [([append(JOURNAL, 3)], [])]

    async def stopped() -> None:
        """Stopped in the turn itself."""
        stopping = asyncio.Event()
        stage.running._put(FrameReceived(5, b"tick"))
        loop = asyncio.create_task(stage.running.run(stopping))
        settle = stage.settle

        def settle_and_stop(turn: Turn) -> None:
            """The signal comes while the turn is under way."""
            settle(turn)
            stopping.set()

        stage.settle = settle_and_stop  # type: ignore[method-assign]
        await loop

    asyncio.run(stopped())
    assert stage.anchored == [{JOURNAL: 4}]


def test_what_comes_in_is_in_a_turn_at_the_next_step_of_the_loop() -> None:
    """Between an event and its turn lies one step: each costs a look at all sockets."""
    stage = Stage()
    stage.turns = [([], [])]

    async def steps() -> int:
        """How many steps pass until the turn is taken."""
        stopping = asyncio.Event()
        loop = asyncio.create_task(stage.running.run(stopping))
        await asyncio.sleep(0.01)
        stage.running._put(FrameReceived(5, b"tick"))
        count = 0
        while stage.running.turns == 0:
            await asyncio.sleep(0)
            count += 1
        stopping.set()
        await loop
        return count

    assert asyncio.run(steps()) == 1
