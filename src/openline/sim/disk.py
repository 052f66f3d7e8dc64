"""The disk of a simulated station: it fails, fills up, is slow, and lies.

A store keeps the contract of its port: a commit is whole or nothing. What a disk can do
to that is modelled here: refuse a commit, with or without having done it; be slow; say
that it has written what it has not, and lose the end of it with the power; give back
other bytes than it was given. Old copies are kept, to be put back one day.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

from openline.adapters.memory import MemoryStore
from openline.engine.ports import StoreFailed, Write

COPIES_KEPT: Final = 8
"""Old copies of a store that may be put back."""


@dataclass
class Disk:
    """What a station stands on.

    Attributes:
        store: What the disk says that it holds.
        copies: Old copies, the oldest first.
        failures_left: How many commits to come are refused.
        is_slow: Whether each commit takes long.
        faults: How often it failed.
    """

    chance: Random
    store: MemoryStore = field(default_factory=MemoryStore)
    copies: deque[MemoryStore] = field(default_factory=lambda: deque(maxlen=COPIES_KEPT))
    failures_left: int = 0
    is_slow: bool = False
    faults: int = 0
    # While the disk lies: what it has truly written, and what it only says it has.
    _synced: MemoryStore | None = None
    _unsynced: list[Sequence[Write]] = field(default_factory=list)

    def commit(self, writes: Sequence[Write]) -> None:
        """Make writes durable, or say so.

        Raises:
            StoreFailed: The disk is full or broken: perhaps it was done.
        """
        if self.failures_left:
            self.failures_left -= 1
            self.faults += 1
            if self.chance.random() < 0.5:
                self._write(writes)
            raise StoreFailed("the disk refused a write")
        self._write(writes)

    def _write(self, writes: Sequence[Write]) -> None:
        self.store.commit(writes)
        if self._synced is not None:
            self._unsynced.append(writes)

    def copy(self) -> None:
        """Keep a copy of the store."""
        self.copies.append(self.store.copy())

    def lie(self) -> None:
        """From now on, until the power is cut, say that it has written what it has not."""
        if self._synced is None:
            self._synced = self.store.copy()

    @property
    def is_lying(self) -> bool:
        """Whether a cut of the power would lose something."""
        return bool(self._unsynced)

    def cut_power(self) -> None:
        """Lose the end of what was not written."""
        assert self._synced is not None, "it lies"
        kept = self.chance.randrange(len(self._unsynced) + 1)
        self.store = self._synced
        for writes in self._unsynced[:kept]:
            self.store.commit(writes)
        self.be_honest()
        self.faults += 1

    def be_honest(self) -> None:
        """Write what it said that it had written."""
        self._synced, self._unsynced = None, []

    def put_away(self) -> None:
        """Put an empty store in the place of one that cannot be read."""
        self.be_honest()
        self.store = MemoryStore()

    def put_back(self) -> None:
        """Put an old copy in the place of the store; an empty store where there is none."""
        self.be_honest()
        old = self.chance.choice([*self.copies, MemoryStore()])
        self.store = old.copy()

    def flip_a_bit(self) -> bool:
        """Give back one entry as other bytes than it was given; whether there was one."""
        logs = [origin for origin, size, _ in self.store.origins() if size]
        if not logs:
            return False
        origin = self.chance.choice(logs)
        entries: Any = self.store._entries[origin]
        index = self.chance.randrange(len(entries))
        raw = bytearray(entries[index].raw)
        raw[self.chance.randrange(len(raw))] ^= 1 << self.chance.randrange(8)
        entries[index] = replace(entries[index], raw=bytes(raw))
        self.faults += 1
        return True
