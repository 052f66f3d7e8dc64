"""The ports in memory: for tests and benches, never for a real node.

Each class here keeps the contract of its port (tests/contracts) and nothing
else: no disk, no randomness. The sentences of the contract stand in
`engine/ports.py`.
"""

import hashlib
import threading
from bisect import bisect_left, insort
from collections.abc import Sequence

from openline.adapters.keys import SIGNING_ROLES, FileSigner
from openline.domain.record.signing import PublicKeys
from openline.engine.ports import (
    AppendEntries,
    PutHead,
    PutTick,
    PutValue,
    StoreConflict,
    StoredEntry,
    Write,
)


class MemoryStore:
    """A `Store` that forgets everything when it goes."""

    def __init__(self) -> None:
        # All below is used under this lock only.
        self._lock = threading.Lock()
        self._roots: dict[str, bytes] = {}
        self._entries: dict[str, list[StoredEntry]] = {}
        self._heads: dict[tuple[str, str], dict[int, str]] = {}
        # The sizes of those heads, in order.
        self._head_sizes: dict[tuple[str, str], list[int]] = {}
        self._ticks: dict[tuple[str, str], list[tuple[int, bytes, str]]] = {}
        self._notes: dict[bytes, str] = {}
        self._values: dict[str, bytes] = {}

    def commit(self, writes: Sequence[Write]) -> None:
        """Make all writes in one step, or none.

        Raises:
            StoreConflict: A log does not have the size the append expects.
        """
        with self._lock:
            self._check_sizes(writes)
            for write in writes:
                match write:
                    case AppendEntries(origin, _, entries, root):
                        self._entries.setdefault(origin, []).extend(entries)
                        self._roots[origin] = root
                    case PutHead(origin, size, holder, note):
                        self._put_head((origin, holder), size, note)
                    case PutTick():
                        self._put_tick(write)
                    case PutValue(name, b""):
                        self._values.pop(name, None)
                    case PutValue(name, value):
                        self._values[name] = value

    def copy(self) -> "MemoryStore":
        """What is committed now, in a store of its own: a back-up."""
        made = MemoryStore()
        with self._lock:
            made._roots = dict(self._roots)
            made._entries = {origin: list(entries) for origin, entries in self._entries.items()}
            made._heads = {log: dict(heads) for log, heads in self._heads.items()}
            made._head_sizes = {log: list(sizes) for log, sizes in self._head_sizes.items()}
            made._ticks = {log: list(ticks) for log, ticks in self._ticks.items()}
            made._notes = dict(self._notes)
            made._values = dict(self._values)
        return made

    def tidy(self) -> None:
        """Nothing is left to be done later."""

    def _check_sizes(self, writes: Sequence[Write]) -> None:
        sizes: dict[str, int] = {}
        for write in writes:
            if isinstance(write, AppendEntries):
                assert write.entries, "an append has entries"
                held = sizes.get(write.origin, len(self._entries.get(write.origin, ())))
                if write.start != held:
                    raise StoreConflict(f"{write.origin} does not have {write.start} entries.")
                sizes[write.origin] = write.start + len(write.entries)

    def _put_head(self, log: tuple[str, str], size: int, note: str) -> None:
        heads = self._heads.setdefault(log, {})
        if size not in heads:
            insort(self._head_sizes.setdefault(log, []), size)
        heads[size] = note

    def _put_tick(self, tick: PutTick) -> None:
        ticks = self._ticks.setdefault((tick.line, tick.party), [])
        row = (tick.sequence, tick.hash, tick.note)
        place = bisect_left(ticks, row[:2], key=lambda held: held[:2])
        if place < len(ticks) and ticks[place][:2] == row[:2]:
            ticks[place] = row
        else:
            ticks.insert(place, row)
        self._notes[tick.hash] = tick.note

    def origins(self) -> list[tuple[str, int, bytes]]:
        """Every log: origin, size and root, ordered by origin."""
        with self._lock:
            return sorted(
                (origin, len(self._entries[origin]), root) for origin, root in self._roots.items()
            )

    def entries(self, origin: str, start: int, count: int) -> list[StoredEntry]:
        """At most `count` entries from index `start`, in order."""
        with self._lock:
            return self._entries.get(origin, [])[start : start + count]

    def heads(self, origin: str, holder: str, size_min: int, count: int) -> list[tuple[int, str]]:
        """Heads of at least a size with the holder's cosignature, smallest first."""
        with self._lock:
            heads = self._heads.get((origin, holder), {})
            sizes = self._head_sizes.get((origin, holder), [])
            first = bisect_left(sizes, size_min)
            return [(size, heads[size]) for size in sizes[first : first + count]]

    def last_head(self, origin: str, holder: str) -> tuple[int, str] | None:
        """The largest head with the holder's cosignature."""
        with self._lock:
            sizes = self._head_sizes.get((origin, holder), [])
            return (sizes[-1], self._heads[origin, holder][sizes[-1]]) if sizes else None

    def ticks(
        self, line: str, party: str, sequence_min: int, count: int
    ) -> list[tuple[int, bytes, str]]:
        """Ticks from a number on, in order of sequence, then of hash."""
        with self._lock:
            ticks = self._ticks.get((line, party), [])
            first = bisect_left(ticks, (sequence_min, b"", ""))
            return ticks[first : first + count]

    def tick_by_hash(self, tick_hash: bytes) -> str | None:
        """The note of one tick."""
        with self._lock:
            return self._notes.get(tick_hash)

    def last_tick(self, line: str, party: str) -> tuple[int, bytes, str] | None:
        """The tick of the largest sequence; of several, the one of largest hash."""
        with self._lock:
            return next(reversed(self._ticks.get((line, party), [])), None)

    def value(self, name: str) -> bytes | None:
        """A named value."""
        with self._lock:
            return self._values.get(name)

    def values(self, prefix: str) -> list[tuple[str, bytes]]:
        """The named values whose names begin with the prefix, in order."""
        with self._lock:
            return sorted(item for item in self._values.items() if item[0].startswith(prefix))

    def close(self) -> None:
        """Nothing is held; what was committed stays as long as the object."""


class SeededChance:
    """A `Chance` that gives the same bytes for the same seed.

    Never for a real node: whoever knows the seed knows every salt and nonce.
    """

    def __init__(self, seed: str) -> None:
        self._seed = hashlib.sha256(seed.encode()).digest()
        self._drawn = 0

    def bytes(self, count: int) -> bytes:
        """So many bytes that no earlier call has given."""
        self._drawn += 1
        draw = self._seed + self._drawn.to_bytes(8)
        return hashlib.shake_256(draw).digest(count)


class SeededKeys:
    """The `Keys` of a party that gives the same keys for the same seed.

    Never for a real node: whoever knows the seed can sign.
    """

    def __init__(self, seed: str) -> None:
        self._chance = SeededChance(f"keys of {seed}")
        # Oldest first; of each role the last may be prepared only.
        self._made = {role: [self._make()] for role in SIGNING_ROLES}
        self._used = dict.fromkeys(SIGNING_ROLES, 1)

    def _make(self) -> FileSigner:
        return FileSigner(self._chance.bytes(32), self._chance.bytes(32))

    def current(self, role: str) -> FileSigner:
        """The key of a role for the next party card: not the prepared one."""
        return self._made[role][self._used[role] - 1]

    def find(self, role: str, public: PublicKeys) -> FileSigner | None:
        """The key of a role with this public half, if there is one."""
        return next((key for key in self._made[role] if key.public == public), None)

    def successor(self, role: str, public: PublicKeys) -> FileSigner:
        """The key that takes the place of one; made and kept when first asked."""
        made = self._made[role]
        place = [key.public for key in made].index(public) + 1
        if place == len(made):
            made.append(self._make())
        return made[place]

    def successor_certificate(self, certificate: bytes) -> bytes:
        """Bytes in the place of a certificate: in memory nothing is dialled."""
        return hashlib.sha256(certificate).digest()

    def promote(self, role: str) -> None:
        """The prepared key of a role is in use."""
        if role in self._used:
            self._used[role] = len(self._made[role])
