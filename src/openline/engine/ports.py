"""The ports of a node to the outside: store, signer, chance, feeds.

The engine names what it needs; adapters provide it; one contract suite holds
every adapter and its in-memory fake to the same behaviour. Time comes in with
each event, bytes go out as effects, so clock and transport need no port here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from openline.domain.record.signing import PublicKeys, Signer
from openline.domain.space.sighting import Sighting


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One entry of a log as it is kept.

    Attributes:
        raw: The entry itself (an envelope, or a journal row), hashed as is.
        content: The detached content; empty for journal rows.
    """

    raw: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class AppendEntries:
    """Append entries to a log; the log must have exactly `start` entries.

    Attributes:
        origin: The log.
        start: Index of the first of them: compare-and-swap on the size.
        entries: In order, at least one.
        root: Root of the tree after them; kept with the size.
    """

    origin: str
    start: int
    entries: tuple[StoredEntry, ...]
    root: bytes


@dataclass(frozen=True, slots=True)
class PutHead:
    """Keep a signed head of a log with the cosignatures gathered for it.

    A second put of the same origin, size and holder replaces the text.

    Attributes:
        origin: The log.
        size: The size of the head.
        holder: Whose cosignature it carries; empty for the bare head.
        note: The whole signed note.
    """

    origin: str
    size: int
    holder: str
    note: str


@dataclass(frozen=True, slots=True)
class PutTick:
    """Keep a signed tick.

    Attributes:
        party: Who made it.
        line: On which line.
        sequence: Its number; a second tick of one number is kept too.
        hash: SHA-256 of its text.
        note: The whole signed note.
    """

    party: str
    line: str
    sequence: int
    hash: bytes
    note: str


@dataclass(frozen=True, slots=True)
class PutValue:
    """Keep one named value, replacing an older one.

    Attributes:
        name: A path such as `understanding/syria-air`.
        value: The bytes; empty removes the name.
    """

    name: str
    value: bytes


Write: TypeAlias = AppendEntries | PutHead | PutTick | PutValue


class StoreConflict(Exception):
    """Another writer appended first: this node no longer owns the log."""


class StoreFailed(Exception):
    """The disk refused a write or gave back wrong bytes: the process must end.

    Never retried and never shown as an officer's mistake, for what a failed
    fsync has lost cannot be known (`docs/decisions/0003-sqlite-through-apsw.md`).
    """


class Store(Protocol):
    """A durable store. `commit` returns only when the writes are on disk."""

    def commit(self, writes: Sequence[Write]) -> None:
        """Make all writes durable in one transaction, or none.

        Raises:
            StoreConflict: A log does not have the size the append expects.
            StoreFailed: The writes may or may not be durable; the process must end.
        """

    def tidy(self) -> None:
        """Do what commits left to be done later; changes nothing that is read.

        Called when nothing waits. Who never calls it loses nothing but time.

        Raises:
            StoreFailed: The disk failed; the process must end.
        """

    def origins(self) -> list[tuple[str, int, bytes]]:
        """Every log: origin, size and root, ordered by origin."""

    def entries(self, origin: str, start: int, count: int) -> list[StoredEntry]:
        """At most `count` entries from index `start`, in order."""

    def heads(self, origin: str, holder: str, size_min: int, count: int) -> list[tuple[int, str]]:
        """Heads of at least a size with the holder's cosignature, smallest first."""

    def last_head(self, origin: str, holder: str) -> tuple[int, str] | None:
        """The largest head with the holder's cosignature."""

    def ticks(
        self, line: str, party: str, sequence_min: int, count: int
    ) -> list[tuple[int, bytes, str]]:
        """Ticks from a number on: sequence, hash, note; in order of sequence."""

    def tick_by_hash(self, tick_hash: bytes) -> str | None:
        """The note of one tick."""

    def last_tick(self, line: str, party: str) -> tuple[int, bytes, str] | None:
        """The tick of the largest sequence."""

    def value(self, name: str) -> bytes | None:
        """A named value."""

    def values(self, prefix: str) -> list[tuple[str, bytes]]:
        """The named values whose names begin with the prefix, in order."""

    def close(self) -> None:
        """Release the store; what was committed stays."""


class Keys(Protocol):
    """This party's own keys by role: `node`, `witness`, `mirror` and `tls`.

    Which of them is in use is said by the record, not by the directory: a key
    is asked for by its public half.
    """

    def find(self, role: str, public: PublicKeys) -> Signer | None:
        """The key of a role with this public half, if this party still has it."""

    def successor(self, role: str, public: PublicKeys) -> Signer:
        """The key that takes the place of one; made and kept when first asked.

        It is the same one until it is in use itself (`promote`).
        """

    def successor_certificate(self, certificate: bytes) -> bytes:
        """The TLS certificate (DER) that takes the place of one, likewise."""

    def promote(self, role: str) -> None:
        """The prepared key of a role is in use: a change to it is on the record.

        Does nothing where none is prepared.
        """


class Chance(Protocol):
    """Random bytes: salts and nonces."""

    def bytes(self, count: int) -> bytes:
        """So many fresh random bytes."""


class TakesSightings(Protocol):
    """What the feeds of a node tell goes here: counted, kept, watched."""

    def take(self, sightings: Sequence[Sighting]) -> None:
        """Take what one read of one feed told, in its order; never empty, never raises.

        It is called in the loop of the node and returns within milliseconds.
        """
