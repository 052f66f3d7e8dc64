"""The `Store` of a node in a database: durable, and of one writer.

What `commit` has accepted is on the server's disk, all of it or nothing. What carries that:

1. The server's settings that would lose it are read back at the start, and refused.
2. Each commit is one SERIALIZABLE transaction. Its first statement renews the lease of
   this process and fails if another has taken it (`lease`); each append compares the size
   of its log. A transaction that the database gives up for a conflict was not done, and
   is done again here.
3. Whatever else goes wrong in a commit ends the process, as a fault of a disk does: a
   connection that is gone in the middle leaves open whether the commit was done. The next
   start reads what is there, and the anchor says whether something is missing.

Statements of one commit go out together: two round trips to the server for each commit,
however much is in it.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import psycopg
from psycopg import errors

from openline.adapters.postgresql.address import DatabaseAddress, connect, said_by
from openline.adapters.postgresql.lease import (
    RENEW,
    USUAL_TERMS,
    LeaseTerms,
    release_lease,
    take_lease,
)
from openline.adapters.postgresql.tables import (
    MOVED,
    MOVING,
    READY,
    check_durable,
    check_identity,
    check_writable,
    clear_unfinished,
    make_tables,
    weak_settings,
)
from openline.adapters.sqlite import SqliteStore
from openline.adapters.station import Station
from openline.domain.errors import OurError
from openline.engine.ports import (
    AppendEntries,
    PutHead,
    PutTick,
    PutValue,
    StoreConflict,
    StoredEntry,
    StoreFailed,
    Write,
)

_Found = TypeVar("_Found")

_ATTEMPTS_MAX: Final = 20
"""How often a commit is tried that the database gives up for a conflict."""

_NUMBER_MAX: Final = (1 << 63) - 1
"""The largest number in a table; beyond it there is nothing."""

_LIMIT_MAX: Final = (1 << 31) - 1

_READ: Final = 256
"""Rows that are read at a time when all are read."""

_PLACES_READ: Final = 65_536

_WRITER: Final = (
    "SET default_transaction_isolation = 'serializable'",
    "SET lock_timeout = '15s'",
    "SET statement_timeout = '60s'",
)
_READER: Final = (
    "SET default_transaction_isolation = 'read committed'",
    "SET statement_timeout = '60s'",
)
_SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

_ASKED_S_MAX: Final = 2
"""For so long a store whose session has ended asks whether another has taken it."""

_SESSION: Final = (
    "SELECT pid || '/' || (extract(epoch FROM backend_start) * 1000000)::bigint"
    " FROM pg_stat_activity WHERE pid = pg_backend_pid()"
)
_HOST: Final = "SELECT host FROM lease"
_SWAP: Final = "UPDATE logs SET size = %s, root = %s WHERE log = %s AND size = %s"
_PUT_HEAD: Final = (
    "INSERT INTO heads (origin, holder, size, note) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (origin, holder, size) DO UPDATE SET note = excluded.note"
)
_PUT_TICK: Final = (
    "INSERT INTO ticks (line, party, sequence, hash, note) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (line, party, sequence, hash) DO UPDATE SET note = excluded.note"
)
_PUT_VALUE: Final = (
    "INSERT INTO named (name, value) VALUES (%s, %s)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)

_Connection = psycopg.Connection[Any]
_Note = Callable[[_Connection], None]


def _note_nothing(connection: _Connection) -> None:
    """Nobody asks which connections are open."""


class PostgresStore:
    """The `Store` of one node, in one database.

    Threads: any thread may call any method. `commit` runs in one thread at a time, on a
    connection of its own; reads take turns on a second one, of the same server, and see
    every commit that has returned. A third thread renews the lease when no commit does.

    Attributes:
        address: Where it is.
        station: Which writes; None where nothing is written.
        epoch: Of its lease.
        session: Tells the session that writes from others of its server; empty where the
            server has no word for it.
    """

    def __init__(
        self,
        address: DatabaseAddress,
        reader: _Connection,
        writer: _Connection | None = None,
        station: Station | None = None,
        epoch: int = 0,
        terms: LeaseTerms = USUAL_TERMS,
    ) -> None:
        self.address = address
        self.station = station
        self.session = ""
        self.epoch = epoch
        # Used under `_writing` only; None where nothing is written.
        self._writer = writer
        # Used under `_reading` only.
        self._reader = reader
        self._writing = threading.Lock()
        self._reading = threading.Lock()
        self._terms = terms
        # Number of each log that is committed. Changed under `_writing`; reads of one name
        # need no lock.
        self._logs: dict[str, int] = {}
        # Set once, never cleared: the sentence that says why nothing goes any more.
        self._fault = ""
        # Changed under `_writing`.
        self._renewed_at = time.monotonic()
        self._closing = threading.Event()
        self._renewing = threading.Thread(target=self._renew_in_time, name="lease", daemon=True)

    # --- opening ---------------------------------------------------------------------------------

    @classmethod
    def open(
        cls,
        address: DatabaseAddress,
        party: str,
        station: Station,
        *,
        state: str = READY,
        terms: LeaseTerms = USUAL_TERMS,
    ) -> Self:
        """Open the store for this process alone; make its tables if the database is empty.

        Args:
            address: Where it is.
            party: Whose it must be.
            station: Held by this process as long as the store is open.
            state: `ready`, or `moving` for a store that is being moved into it.
            terms: How long the lease is held without a word.

        Raises:
            OurError: It is not reached, is a replica, could lose what it accepts, is not
                this party's or of another schema, or another process writes to it.
        """
        writer = connect_to_write(address, party, state, terms)
        try:
            with in_words(address):
                epoch = take_lease(writer, address, station, terms)
        except BaseException:
            writer.close()
            raise
        return cls.of_lease(address, party, writer, station, epoch, terms, state=state)

    @classmethod
    def of_lease(
        cls,
        address: DatabaseAddress,
        party: str,
        writer: _Connection,
        station: Station,
        epoch: int,
        terms: LeaseTerms,
        *,
        state: str = READY,
        note: _Note = _note_nothing,
    ) -> Self:
        """The store of who has taken the lease on a connection of `connect_to_write`.

        Args:
            address: Where it is.
            party: Whose it must be.
            writer: The connection.
            station: Held by this process as long as the store is open.
            epoch: Of the lease.
            terms: With which it was taken.
            state: As for `open`.
            note: Is given the connection that reads before anything is asked over it.

        Raises:
            OurError: The server is not reached a second time, or the store was moved away
                before the lease was taken; it is given back.
        """
        try:
            # From here on nobody else changes it; until here whoever had the lease could.
            with in_words(address):
                check_identity(writer, address, party, state)
            reader = connect(address, beside=writer)
            note(reader)
        except BaseException:
            with suppress(psycopg.Error):
                release_lease(writer, epoch)
            writer.close()
            raise
        store = cls(address, reader, writer, station, epoch, terms)
        with suppress(psycopg.Error):
            [(store.session,)] = writer.execute(_SESSION).fetchall()
        try:
            with in_words(address):
                for setting in _READER:
                    reader.execute(setting)
                store._load_logs()
        except BaseException:
            store._release()
            raise
        store._renewing.start()
        return store

    @classmethod
    def open_for_move(cls, address: DatabaseAddress, party: str, station: Station) -> Self:
        """Open an empty database, into which a store is to be moved.

        Until `take_into_use` no node starts on it.

        Raises:
            OurError: As for `open`; also where it holds a whole store.
        """
        with closing(connect(address)) as connection, in_words(address):
            check_writable(connection, address)
            clear_unfinished(connection, address)
        return cls.open(address, party, station, state=MOVING)

    @classmethod
    def open_read_only(cls, address: DatabaseAddress, party: str) -> Self:
        """Open what is committed now; `commit` is not allowed.

        Nothing that comes after is seen.

        Raises:
            OurError: It is not reached, or is no store of this party.
        """
        reader = connect(address)
        try:
            check_identity(reader, address, party)
            store = cls(address, reader)
            with in_words(address):
                reader.execute(_SNAPSHOT)
                store._load_logs()
        except BaseException:
            reader.close()
            raise
        return store

    def _load_logs(self) -> None:
        self._logs = dict(self._reader.execute("SELECT origin, log FROM logs").fetchall())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- writing ---------------------------------------------------------------------------------

    def commit(self, writes: Sequence[Write]) -> None:
        """Make all writes durable in one transaction, or none.

        Raises:
            StoreConflict: A log does not have the size the append expects.
            StoreFailed: The database failed, or another process has taken the store; this
                one must end.
        """
        with self._writing:
            self._refuse_after_fault()
            opened: dict[str, int] = {}
            try:
                self._again_on_conflict(lambda: self._commit(writes, opened))
            except psycopg.Error as error:
                raise self._failed("write", error) from error
            self._logs |= opened

    def take_into_use(self) -> None:
        """Let nodes start on it: what was to be moved into it is there.

        Raises:
            StoreFailed: As for `commit`.
        """
        self._change_state(READY)

    def set_aside(self) -> None:
        """Let no node start on it any more: it was moved elsewhere.

        Raises:
            StoreFailed: As for `commit`.
        """
        self._change_state(MOVED)

    def _change_state(self, state: str) -> None:
        with self._writing:
            self._refuse_after_fault()
            try:
                self._again_on_conflict(lambda: self._commit((), {}, state))
            except psycopg.Error as error:
                raise self._failed("write", error) from error

    def tidy(self) -> None:
        """Raise what the renewal of the lease has met; nothing is left to be done later.

        Raises:
            StoreFailed: The database failed, or another process has taken the store.
        """
        self._refuse_after_fault()

    def _again_on_conflict(self, act: Callable[[], None]) -> None:
        """Do what the database gives up for a conflict again: then nothing of it was done."""
        for attempt in range(1, _ATTEMPTS_MAX + 1):
            try:
                return act()
            except (errors.SerializationFailure, errors.DeadlockDetected):
                if attempt == _ATTEMPTS_MAX:
                    raise
                time.sleep(0.005 * attempt)

    def _commit(self, writes: Sequence[Write], opened: dict[str, int], state: str = "") -> None:
        assert self._writer is not None, "a store opened to be read is not written"
        opened.clear()
        held: psycopg.Cursor[Any] | None = None
        swaps: list[tuple[str, psycopg.Cursor[Any]]] = []
        try:
            with self._writer.pipeline():
                self._writer.execute("BEGIN")
                held = self._writer.execute(RENEW, (self._terms.length_ms, self.epoch))
                for write in writes:
                    self._put(write, opened, swaps)
                if state:
                    self._writer.execute("UPDATE openline_store SET state = %s", (state,))
            self._check_lease(held)
            for says, swap in swaps:
                if swap.rowcount != 1:
                    raise StoreConflict(says)
            done = self._writer.execute("COMMIT")
            if done.statusmessage != "COMMIT":
                raise errors.InternalError_(f"COMMIT was answered by {done.statusmessage}")
        except errors.UniqueViolation as error:
            self._roll_back()
            self._check_lease(held)
            raise StoreConflict(f"An entry is there already: {said_by(error)}.") from error
        except BaseException:
            self._roll_back()
            raise
        self._renewed_at = time.monotonic()

    def _put(
        self,
        write: Write,
        opened: dict[str, int],
        swaps: list[tuple[str, "psycopg.Cursor[Any]"]],
    ) -> None:
        assert self._writer is not None
        execute = self._writer.execute
        match write:
            case AppendEntries():
                swaps.append(self._append(write, opened))
            case PutHead(origin, size, holder, note):
                execute(_PUT_HEAD, (origin, holder, size, _bytes(note)))
            case PutTick(party, line, sequence, tick_hash, note):
                execute(_PUT_TICK, (line, party, sequence, tick_hash, _bytes(note)))
            case PutValue(name, b""):
                execute("DELETE FROM named WHERE name = %s", (_bytes(name),))
            case PutValue(name, value):
                execute(_PUT_VALUE, (_bytes(name), value))

    def _append(
        self, write: AppendEntries, opened: dict[str, int]
    ) -> tuple[str, "psycopg.Cursor[Any]"]:
        """Compare and swap the size of the log, then insert.

        Returns:
            What to say if it had another size, and the swap, which changed one row if not.
        """
        assert self._writer is not None
        assert write.entries, "an append has entries"
        says = f"{write.origin} does not have {write.start} entries."
        log = opened.get(write.origin) or self._logs.get(write.origin)
        size = write.start + len(write.entries)
        if log is None:
            if write.start:
                raise StoreConflict(says)
            # Numbers are given here and not by the database: one process writes.
            log = max([0, *self._logs.values(), *opened.values()]) + 1
            opened[write.origin] = log
            swap = self._writer.execute(
                "INSERT INTO logs (log, origin, size, root) VALUES (%s, %s, %s, %s)",
                (log, write.origin, size, write.root),
            )
        else:
            swap = self._writer.execute(_SWAP, (size, write.root, log, write.start))
        rows = [
            (log, write.start + i, entry.raw, entry.content)
            for i, entry in enumerate(write.entries)
        ]
        self._writer.cursor().executemany("INSERT INTO entries VALUES (%s, %s, %s, %s)", rows)
        return says, swap

    def _check_lease(self, held: "psycopg.Cursor[Any] | None") -> None:
        if held is not None and held.rowcount == 0:
            self._fault = self._taken(self._by_whom())
            raise StoreFailed(self._fault)

    def _by_whom(self) -> str:
        """On which machine the lease is now, in words; empty where that is not told."""
        assert self._writer is not None
        with suppress(psycopg.Error):
            self._roll_back()
            if row := self._writer.execute(_HOST).fetchone():
                return f", on {row[0]}"
        return ""

    def _overtaken(self) -> str:
        """The sentence for a session that has ended while another took the lease."""
        with (
            suppress(OurError, psycopg.Error),
            closing(connect(self.address, timeout_s=_ASKED_S_MAX)) as anew,
        ):
            row = anew.execute("SELECT epoch, host FROM lease").fetchone()
            if row is not None and row[0] != self.epoch:
                return self._taken(f", on {row[1]}")
        return ""

    def _taken(self, by_whom: str) -> str:
        return (
            f"Another process has taken the store in {self.address}{by_whom}; this one writes "
            "nothing more."
        )

    def _roll_back(self) -> None:
        assert self._writer is not None
        with suppress(psycopg.Error):
            if self._writer.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                self._writer.execute("ROLLBACK")

    def _renew_in_time(self) -> None:
        """Renew the lease while nothing is committed; a fault is met by the next caller."""
        while not self._closing.wait(self._terms.renewal_s):
            with suppress(StoreFailed):
                self._renew()

    def _renew(self) -> None:
        with self._writing:
            self._refuse_after_fault()
            if time.monotonic() - self._renewed_at < self._terms.renewal_s:
                return
            try:
                self._again_on_conflict(lambda: self._commit((), {}))
            except psycopg.Error as error:
                raise self._failed("renew its lease on", error) from error

    # --- reading ---------------------------------------------------------------------------------

    def origins(self) -> list[tuple[str, int, bytes]]:
        """Every log: origin, size and root, ordered by origin."""
        return sorted(self._rows("SELECT origin, size, root FROM logs"))

    def entries(self, origin: str, start: int, count: int) -> list[StoredEntry]:
        """At most `count` entries from index `start`, in order."""
        rows = self._rows(
            "SELECT raw, content FROM entries WHERE log = %s AND place >= %s"
            " ORDER BY place LIMIT %s",
            # A log that does not exist has number 0, which is given to none.
            (self._logs.get(origin, 0), start, min(count, _LIMIT_MAX)),
        )
        return [StoredEntry(*row) for row in rows]

    def heads(self, origin: str, holder: str, size_min: int, count: int) -> list[tuple[int, str]]:
        """Heads of at least a size with the holder's cosignature, smallest first."""
        rows = self._rows(
            "SELECT size, note FROM heads WHERE origin = %s AND holder = %s AND size >= %s"
            " ORDER BY size LIMIT %s",
            (origin, holder, size_min, min(count, _LIMIT_MAX)),
        )
        return [(size, _text(note)) for size, note in rows]

    def last_head(self, origin: str, holder: str) -> tuple[int, str] | None:
        """The largest head with the holder's cosignature."""
        rows = self._rows(
            "SELECT size, note FROM heads WHERE origin = %s AND holder = %s"
            " ORDER BY size DESC LIMIT 1",
            (origin, holder),
        )
        return next(((size, _text(note)) for size, note in rows), None)

    def ticks(
        self, line: str, party: str, sequence_min: int, count: int
    ) -> list[tuple[int, bytes, str]]:
        """Ticks from a number on, in order of sequence, then of hash."""
        rows = self._rows(
            "SELECT sequence, hash, note FROM ticks WHERE line = %s AND party = %s"
            " AND sequence >= %s ORDER BY sequence, hash LIMIT %s",
            (line, party, sequence_min, min(count, _LIMIT_MAX)),
        )
        return [(sequence, tick_hash, _text(note)) for sequence, tick_hash, note in rows]

    def tick_by_hash(self, tick_hash: bytes) -> str | None:
        """The note of one tick."""
        rows = self._rows("SELECT note FROM ticks WHERE hash = %s LIMIT 1", (tick_hash,))
        return next((_text(note) for (note,) in rows), None)

    def last_tick(self, line: str, party: str) -> tuple[int, bytes, str] | None:
        """The tick of the largest sequence; of several, the one of largest hash."""
        rows = self._rows(
            "SELECT sequence, hash, note FROM ticks WHERE line = %s AND party = %s"
            " ORDER BY sequence DESC, hash DESC LIMIT 1",
            (line, party),
        )
        return next(((number, digest, _text(note)) for number, digest, note in rows), None)

    def value(self, name: str) -> bytes | None:
        """A named value."""
        rows = self._rows("SELECT value FROM named WHERE name = %s", (_bytes(name),))
        return next((value for (value,) in rows), None)

    def values(self, prefix: str) -> list[tuple[str, bytes]]:
        """The named values whose names begin with the prefix, in order."""
        first = _bytes(prefix)
        rows = self._rows(
            # No name holds the byte 255, for none of UTF-8 does.
            "SELECT name, value FROM named WHERE name >= %s AND name < %s ORDER BY name",
            (first, first + b"\xff"),
        )
        return [(_text(name), value) for name, value in rows]

    def contents(self) -> Iterator[Sequence[Write]]:
        """All that is stored, as writes, some at a time.

        The root of a log stands at each part of it.
        """
        for origin, size, root in self.origins():
            for start in range(0, size, _READ):
                part = tuple(self.entries(origin, start, min(_READ, size - start)))
                if part:
                    yield [AppendEntries(origin, start, part, root)]
        for rows in self._pages("heads", ("origin", "holder", "size"), "note"):
            yield [PutHead(origin, size, holder, _text(n)) for origin, holder, size, n in rows]
        for rows in self._pages("ticks", ("line", "party", "sequence", "hash"), "note"):
            yield [PutTick(p, line, number, h, _text(n)) for line, p, number, h, n in rows]
        for rows in self._pages("named", ("name",), "value"):
            yield [PutValue(_text(name), value) for name, value in rows]

    def _pages(self, table: str, key: tuple[str, ...], value: str) -> Iterator[list[Any]]:
        """Every row of a table in the order of its key, some at a time."""
        columns, places = ", ".join(key), ", ".join(["%s"] * len(key))
        query = f"SELECT {columns}, {value} FROM {table}"
        rows = self._rows(f"{query} ORDER BY {columns} LIMIT {_READ}")
        while rows:
            yield rows
            last = tuple(rows[-1][: len(key)])
            rows = self._rows(
                f"{query} WHERE ({columns}) > ({places}) ORDER BY {columns} LIMIT {_READ}", last
            )

    def damage(self) -> list[str]:
        """What cannot be read, one row for each fault; empty if all is whole."""
        faults: list[str] = []
        try:
            for origin, size, _ in self.origins():
                faults += self._lost_entries(origin, size)
        except StoreFailed as error:
            faults.append(str(error))
        return faults

    def _lost_entries(self, origin: str, size: int) -> list[str]:
        faults: list[str] = []
        log = self._logs[origin]
        for start in range(0, size, _PLACES_READ):
            end = min(start + _PLACES_READ, size)
            # Lengths, so that what is stored apart from its row is read as well.
            rows = self._rows(
                "SELECT place, length(raw) + length(content) FROM entries"
                " WHERE log = %s AND place >= %s AND place < %s",
                (log, start, end),
            )
            missing = sorted(set(range(start, end)) - {place for place, _ in rows})
            faults += [f"Entry {index} of {origin} cannot be read." for index in missing]
        return faults

    def weak_settings(self) -> list[str]:
        """A sentence for each setting with which the server may lose what it accepted."""
        with self._reading:
            return self._guarded(lambda: weak_settings(self._reader))

    def clock_ms(self, now_ms: Callable[[], int]) -> int:
        """The server's clock less ours, in milliseconds.

        Raises:
            StoreFailed: The database failed.
        """
        before = now_ms()
        [(at,)] = self._rows("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
        return int(at) - (before + now_ms()) // 2

    def copy_to(self, path: Path, changes: Sequence[Write] = ()) -> None:
        """Write a copy of what is committed now into a new file of SQLite.

        Commits and reads go on meanwhile.

        Args:
            path: A file that is not there yet.
            changes: What is written into the copy alone.

        Raises:
            OurError: It cannot be written; nothing is left of it.
        """
        self._refuse_after_fault()
        try:
            with self._snapshot() as source, SqliteStore.open(path) as copy:
                for writes in source.contents():
                    copy.commit(writes)
                copy.commit(changes)
        except StoreFailed as error:
            path.unlink(missing_ok=True)
            raise OurError(str(error), "See to the disk, and make room for a copy.") from None
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def _snapshot(self) -> "PostgresStore":
        """What is committed now, on a connection of its own."""
        reader = connect(self.address, beside=self._reader)
        try:
            with in_words(self.address):
                reader.execute(_SNAPSHOT)
                store = PostgresStore(self.address, reader)
                store._load_logs()
        except BaseException:
            reader.close()
            raise
        return store

    def close(self) -> None:
        """Let go of the database; what was committed stays."""
        self._closing.set()
        if self._renewing.is_alive():
            self._renewing.join()
        with self._writing, self._reading:
            self._release()

    def _release(self) -> None:
        """Give the lease back if it is still ours, and hang up."""
        is_sound, self._fault = not self._fault, self._fault or _closed(self.address)
        if self._writer is not None:
            with suppress(psycopg.Error):
                if is_sound:
                    release_lease(self._writer, self.epoch)
            self._writer.close()
        self._reader.close()

    # --- faults ----------------------------------------------------------------------------------

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        if any(isinstance(value, int) and value > _NUMBER_MAX for value in values):
            # Asked for what is beyond any number in the tables: there is nothing.
            return []
        with self._reading:
            self._refuse_after_fault()
            return self._guarded(
                lambda: self._reader.execute(query, values, binary=True).fetchall()
            )

    def _guarded(self, act: Callable[[], _Found]) -> _Found:
        try:
            return act()
        except psycopg.Error as error:
            raise self._failed("read", error) from error

    def _refuse_after_fault(self) -> None:
        if self._fault:
            raise StoreFailed(self._fault)

    def _failed(self, act: str, error: psycopg.Error) -> StoreFailed:
        """The error to raise, after which nothing goes any more."""
        if isinstance(error, psycopg.OperationalError) and (taken := self._overtaken()):
            self._fault = taken
            return StoreFailed(self._fault)
        says = "it is full" if isinstance(error, errors.DiskFull) else ""
        says = ": ".join(part for part in (says, said_by(error)) if part)
        self._fault = f"The node failed to {act} the database {self.address}: {says}."
        return StoreFailed(self._fault)


def connect_to_write(
    address: DatabaseAddress,
    party: str,
    state: str = READY,
    terms: LeaseTerms = USUAL_TERMS,
    *,
    timeout_s: int | None = None,
    note: _Note = _note_nothing,
) -> _Connection:
    """A connection to the store of a party, on which the lease may be taken.

    The store is made if the database is empty.

    Args:
        address: Where it is.
        party: Whose it must be.
        state: As for `PostgresStore.open`.
        terms: With which the lease is to be taken.
        timeout_s: As for `connect`.
        note: Is given the connection before anything is asked over it.

    Raises:
        OurError: As for `PostgresStore.open`.
    """
    writer = connect(address, timeout_s=timeout_s)
    try:
        note(writer)
        check_writable(writer, address)
        check_durable(writer, address)
        with in_words(address):
            for setting in _WRITER:
                writer.execute(setting)
            # A process that is frozen within a commit holds its lease no longer than this.
            writer.execute(f"SET idle_in_transaction_session_timeout = {terms.frozen_ms}")
            make_tables(writer, address, party, state)
        check_identity(writer, address, party, state)
    except BaseException:
        writer.close()
        raise
    return writer


@contextmanager
def in_words(address: DatabaseAddress) -> Iterator[None]:
    """What the database refuses while a store is opened becomes an error of ours."""
    try:
        yield
    except psycopg.Error as error:
        raise OurError(
            f"The database {address} cannot be used: {said_by(error)}.",
            "See to the database and its log; then start the node again.",
        ) from None


def _closed(address: DatabaseAddress) -> str:
    return f"The store in {address} is closed."


def _bytes(text: str) -> bytes:
    return text.encode()


def _text(data: bytes) -> str:
    return data.decode()
