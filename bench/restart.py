"""A node of 100,000 entries: how long it takes to start, and to verify whole.

The entries are made by two engines in this process, half by each side, and
stored in SQLite; then the store is read anew, from the logs alone.
"""

import time
from pathlib import Path

from bench.measure import Row
from openline.adapters.chance import SystemChance
from openline.adapters.clock import wall_clock_ms
from openline.adapters.keys import FileKeys
from openline.adapters.memory import MemoryStore
from openline.adapters.sqlite import SqliteStore
from openline.app.audit import audit
from openline.domain.talk.body import By
from openline.domain.talk.text import Text
from openline.engine.commands import Adopt, Compose
from openline.engine.effects import Send
from openline.engine.events import ClockAdvanced, CommandGiven, Event, FrameReceived, LinkOpened
from openline.engine.node import Node
from openline.engine.ports import Store

_BATCH = 128


class _Side:
    """One of the two nodes that talk in this process."""

    def __init__(self, home: Path, party: str, store: Store) -> None:
        self.store = store
        self.node = Node(party, FileKeys.open(home / "keys"), SystemChance(), store)
        self.inbox: list[Event] = []

    def turn(self, other: "_Side") -> None:
        events, self.inbox = self.inbox, []
        turn = self.node.handle(events, wall_clock_ms())
        if turn.writes:
            self.store.commit(turn.writes)
        self.node.settle(turn)
        other.inbox += [
            FrameReceived(1, effect.frame) for effect in turn.effects if isinstance(effect, Send)
        ]


def make_history(directory: Path, entries: int) -> Path:
    """Let two nodes exchange so many messages; the path of alpha's store."""
    path = directory / "history.sqlite"
    signed = (directory / "bench.understanding").read_bytes()
    alpha = _Side(directory / "alpha", "alpha.example", SqliteStore.open(path))
    bravo = _Side(directory / "bravo", "bravo.example", MemoryStore())
    for side, other in ((alpha, "bravo.example"), (bravo, "alpha.example")):
        side.inbox += [CommandGiven(0, Adopt(signed)), LinkOpened(1, "bench", other, "1")]
    said = Text(By("watch", "Lt Ivanova"), "en", "Two aircraft north of the river, course 120.")
    for number in range(0, entries // 2, _BATCH):
        count = min(_BATCH, entries // 2 - number)
        for side, other in ((alpha, bravo), (bravo, alpha)):
            if alpha.node.lines and alpha.node.lines["bench"].outbox.size:
                side.inbox += [CommandGiven(0, Compose("bench", said))] * count
            side.turn(other)
    for _ in range(50):
        for side, other in ((alpha, bravo), (bravo, alpha)):
            side.inbox.append(ClockAdvanced())
            side.turn(other)
    alpha.store.close()
    return path


def measure(directory: Path, *, is_quick: bool) -> list[Row]:
    """Replay from logs alone, and whole verification."""
    wanted, runs = (2_000, 1) if is_quick else (101_000, 3)
    path = make_history(directory, wanted)
    replays, verifications, held = [], [], 0
    for _ in range(runs):
        store = SqliteStore.open(path)
        node = Node("alpha.example", FileKeys.open(directory / "alpha/keys"), SystemChance(), store)
        began = time.perf_counter()
        node.load(wall_clock_ms())
        replays.append(time.perf_counter() - began)
        line = node.lines["bench"]
        held = line.outbox.size + sum(mirror.size for mirror in line.mirrors.values())
        store.close()
        reading = SqliteStore.open_read_only(path)
        began = time.perf_counter()
        found = audit(reading)
        verifications.append(time.perf_counter() - began)
        assert not any(log.faults for log in found), found
        reading.close()
    rows = []
    for name, times, goal_s in (
        (f"{held:,} entries replayed at start", replays, 10),
        (f"{held:,} entries verified whole", verifications, 20),
    ):
        median = sorted(times)[len(times) // 2]
        is_full = held >= 100_000
        goal = f"< {goal_s}" if is_full else ""
        rows.append(Row(name, median, "s", times, goal, median < goal_s if is_full else None))
    return rows
