"""The store of a node in one SQLite file: durable, checked, of one process.

What `commit` has accepted is on the disk, all of it or nothing. Four choices carry
that (`docs/decisions/0003-sqlite-through-apsw.md`), each read back when the file
is opened, and the file is refused where one does not hold:

1. Write-ahead log with `synchronous=FULL`. Checkpoints are made here and not by
   SQLite itself, because SQLite keeps silent when one of its own fails. They are
   small, so that little stays in the `-wal` file, where damage looks like rows
   that never were (the anchor and the counterpart see it).
2. A checksum on every page, by the `cksumvfs` extension: a flipped bit is an
   error at the next read, never a wrong answer.
3. The `unix-excl` layer: the first process holds the file until it ends, so no
   second node and no other tool can write to it, or even read it meanwhile.
4. A row with the number of the schema.

Entries are never changed or deleted. What the entries mean, who signed them and
whether the roots are right is not known here.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import apsw
import apsw.sqlite_extra

from openline.adapters.disk import sync_directory
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

APPLICATION_ID = 0x4F504C4E
"""Written in the header of the file, so that `file` and we can tell it: OPLN."""

SCHEMA_VERSION = 1

VFS = "cksmvfs"
"""The layer that writes and checks the checksums."""

PLAIN_LAYER = "unix-excl"
"""The layer beneath it, which knows of none."""

PAGE_BYTES = 4096

_VFS_STACK = f"cksm/{PLAIN_LAYER}"
_CHECKSUM_BYTES = 8

_CHECKPOINT_PAGES = 256
"""Pages in the `-wal` file that start a checkpoint: one megabyte."""

_OVERDUE_PAGES = 2 * _CHECKPOINT_PAGES
"""Pages at which a commit does not leave it to `tidy`, where nobody calls that."""

_RESTART_PAGES = 4096
"""Pages from which readers are held up until the `-wal` file begins anew."""

_OPENING_MS_MAX = 2_000
"""Patience with the lock of a process that was killed and is not gone yet."""

_READ = 256
"""Rows that are read at a time when all are read."""

_LOGS_MAX = 1 << 22
_LOG_ENTRIES_MAX = 1 << 40
"""Entries in one log; a row's number is its log's times this, plus its index."""

_ABOVE_ALL_NAMES = "\U0010ffff"
"""Names of values are paths in ASCII; this sorts behind any of them."""

_Found = TypeVar("_Found")

_SCHEMA = f"""
CREATE TABLE schema (version INTEGER NOT NULL);
INSERT INTO schema VALUES ({SCHEMA_VERSION});

-- One row for each log: how long it is, and the root of its tree.
CREATE TABLE logs (
  log INTEGER PRIMARY KEY,
  origin TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  root BLOB NOT NULL
) STRICT;

-- Row number = log * 2^40 + index: one tree, each log's entries side by side.
CREATE TABLE entries (
  position INTEGER PRIMARY KEY,
  raw BLOB NOT NULL,
  content BLOB NOT NULL
) STRICT;
CREATE TRIGGER entries_do_not_change BEFORE UPDATE OF position, raw ON entries
  BEGIN SELECT RAISE(ABORT, 'an entry never changes'); END;
CREATE TRIGGER entries_do_not_go BEFORE DELETE ON entries
  BEGIN SELECT RAISE(ABORT, 'an entry never goes'); END;

CREATE TABLE heads (
  origin TEXT NOT NULL,
  holder TEXT NOT NULL,
  size INTEGER NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (origin, holder, size)
) STRICT, WITHOUT ROWID;

CREATE TABLE ticks (
  line TEXT NOT NULL,
  party TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  hash BLOB NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (line, party, sequence, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticks_by_hash ON ticks (hash);

-- "values" is a word of SQL.
CREATE TABLE named (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
"""


class SqliteStore:
    """The `Store` of one node, in one file.

    Threads: any thread may call any method. `commit` runs in one thread at a
    time, on a connection of its own, and holds up no reader; reads take turns on
    a second connection and see every commit that has returned. Only the making
    of a fresh `-wal` file, after some thousand pages, holds up both.
    """

    def __init__(self, path: Path, writer: apsw.Connection, reader: apsw.Connection) -> None:
        logs: list[Any] = _guarded(
            path, lambda: reader.execute("SELECT origin, log FROM logs").fetchall()
        )
        self.path = path
        # Used under `_writing` only.
        self._writer = writer
        # Used under `_reading` only. May be the writer's: then nothing is written.
        self._reader = reader
        self._writing = threading.Lock()
        self._reading = threading.Lock()
        # Held while a copy is made, which reads on a connection of its own.
        self._copying = threading.Lock()
        # Changed under `_writing`.
        self._is_copied = False
        # Number of each log that is committed. Changed under `_writing`; reads of
        # one name need no lock.
        self._logs: dict[str, int] = dict(logs)
        self._wal_pages = 0
        # Set once, never cleared: the sentence that says why nothing goes any more.
        self._fault = ""
        self._is_read_only = writer is reader
        if not self._is_read_only:
            writer.set_wal_hook(self._count_wal_pages)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file for this process alone; make it if it does not exist.

        Raises:
            OurError: The file cannot be made or read, is in use by another
                process, is not a store of Openline, has another schema, is
                damaged, or the disk layer does not do what is asked of it.
        """
        _prepare_file(path)
        with ExitStack() as opened:
            writer = _connect(path, apsw.SQLITE_OPEN_READWRITE)
            opened.callback(writer.close, force=True)
            _set_up(path, writer)
            reader = _connect(path, apsw.SQLITE_OPEN_READWRITE)
            opened.callback(reader.close, force=True)
            reader.pragma("query_only", True)
            store = cls(path, writer, reader)
            opened.pop_all()
            return store

    @classmethod
    def open_read_only(cls, path: Path) -> Self:
        """Open the file of a node that is stopped; `commit` is not allowed.

        Raises:
            OurError: As for `open`; also where a node runs on the file.
        """
        if not path.is_file():
            raise OurError(f"There is no store at {path}.", "Name the directory of a node.")
        reader = _connect(path, apsw.SQLITE_OPEN_READONLY)
        try:
            _guarded(path, lambda: _check_identity(path, reader))
            return cls(path, reader, reader)
        except BaseException:
            reader.close(force=True)
            raise

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
            StoreFailed: The disk failed now or earlier; the process must end.
        """
        assert not self._is_read_only, "a store opened to be read is not written"
        with self._writing:
            self._refuse_after_fault()
            try:
                self._commit(writes)
                self._checkpoint_from(_OVERDUE_PAGES)
            except apsw.Error as error:
                raise self._failed("write", error) from error

    def tidy(self) -> None:
        """Begin a checkpoint if one is due; commits leave it to this while they may.

        Raises:
            StoreFailed: The disk failed now or earlier; the process must end.
        """
        with self._writing:
            self._refuse_after_fault()
            try:
                self._checkpoint_from(_CHECKPOINT_PAGES)
            except apsw.Error as error:
                raise self._failed("write", error) from error

    def copy_to(self, path: Path, changes: Sequence[Write] = ()) -> None:
        """Write a copy of what one commit left into a new file, with right checksums.

        Commits and reads go on meanwhile; one copy is made at a time.

        Args:
            path: A file that is not there yet.
            changes: What is written into the copy alone.

        Raises:
            OurError: It cannot be written; nothing is left of it.
        """
        _prepare_file(path)
        try:
            with self._copying:
                self._refuse_after_fault()
                self._set_copied(True)
                try:
                    _guarded(path, lambda: _copy(self.path, path))
                finally:
                    self._set_copied(False)
            with SqliteStore.open(path) as copy:
                copy.commit(changes)
        except StoreFailed as error:
            path.unlink(missing_ok=True)
            raise OurError(str(error), "See to the disk, and make room for a copy.") from None
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def _set_copied(self, is_copied: bool) -> None:
        # A checkpoint that is under way is over when this has the lock.
        with self._writing:
            self._is_copied = is_copied

    def _commit(self, writes: Sequence[Write]) -> None:
        execute = self._writer.execute
        execute("BEGIN IMMEDIATE")
        opened: dict[str, int] = {}
        try:
            for write in writes:
                match write:
                    case AppendEntries():
                        self._append(write, opened)
                    case PutHead(origin, size, holder, note):
                        execute(
                            "INSERT OR REPLACE INTO heads VALUES (?, ?, ?, ?)",
                            (origin, holder, size, note),
                        )
                    case PutTick(party, line, sequence, tick_hash, note):
                        execute(
                            "INSERT OR REPLACE INTO ticks VALUES (?, ?, ?, ?, ?)",
                            (line, party, sequence, tick_hash, note),
                        )
                    case PutValue(name, b""):
                        execute("DELETE FROM named WHERE name = ?", (name,))
                    case PutValue(name, value):
                        execute("INSERT OR REPLACE INTO named VALUES (?, ?)", (name, value))
            execute("COMMIT")
        except BaseException:
            with suppress(apsw.Error):
                if self._writer.in_transaction:
                    execute("ROLLBACK")
            raise
        self._logs |= opened

    def _append(self, write: AppendEntries, opened: dict[str, int]) -> None:
        """Compare and swap the size of the log, then insert the entries."""
        log = opened.get(write.origin) or self._logs.get(write.origin)
        if log is None:
            log = opened[write.origin] = self._log_of(write.origin)
        size = write.start + len(write.entries)
        assert write.entries, "an append has entries"
        assert size < _LOG_ENTRIES_MAX, "no log grows so long"
        self._writer.execute(
            "UPDATE logs SET size = ?, root = ? WHERE log = ? AND size = ?",
            (size, write.root, log, write.start),
        )
        if self._writer.changes() != 1:
            raise StoreConflict(f"{write.origin} does not have {write.start} entries.")
        first = log * _LOG_ENTRIES_MAX + write.start
        self._writer.executemany(
            "INSERT INTO entries VALUES (?, ?, ?)",
            [(first + i, entry.raw, entry.content) for i, entry in enumerate(write.entries)],
        )

    def _log_of(self, origin: str) -> int:
        """The number of the log, which is begun if it is new."""
        execute = self._writer.execute
        execute("INSERT OR IGNORE INTO logs (origin, size, root) VALUES (?, 0, x'')", (origin,))
        log: int = execute("SELECT log FROM logs WHERE origin = ?", (origin,)).get
        assert log < _LOGS_MAX, "no node keeps so many logs"
        return log

    def _count_wal_pages(self, _connection: apsw.Connection, _schema: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def _checkpoint_from(self, pages: int) -> None:
        """Move pages from the `-wal` file to the database, durably, if it has so many.

        A passive checkpoint holds up no reader. A reader that is busy whenever it
        runs lets the `-wal` file grow; then one runs while no reader does.
        """
        # A copy that is being made would hold up a restart, and with it the node.
        if self._wal_pages >= _RESTART_PAGES and not self._is_copied:
            with self._reading:
                self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_RESTART)
        elif self._wal_pages >= pages:
            self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        else:
            return
        # The next commit says how many there are then; until it does nothing is due.
        self._wal_pages = 0

    # --- reading ---------------------------------------------------------------------------------

    def origins(self) -> list[tuple[str, int, bytes]]:
        """Every log: origin, size and root, ordered by origin."""
        return self._rows("SELECT origin, size, root FROM logs ORDER BY origin")

    def entries(self, origin: str, start: int, count: int) -> list[StoredEntry]:
        """At most `count` entries from index `start`, in order."""
        return [StoredEntry(*row) for row in self._rows(*self._entries_query(origin, start, count))]

    def _entries_query(self, origin: str, start: int, count: int) -> tuple[str, tuple[int, ...]]:
        # A log that does not exist has number 0, which is given to none.
        first = self._logs.get(origin, 0) * _LOG_ENTRIES_MAX
        return (
            "SELECT raw, content FROM entries WHERE position >= ? AND position < ?"
            " ORDER BY position LIMIT ?",
            (first + start, first + _LOG_ENTRIES_MAX, count),
        )

    def heads(self, origin: str, holder: str, size_min: int, count: int) -> list[tuple[int, str]]:
        """Heads of at least a size with the holder's cosignature, smallest first."""
        return self._rows(
            "SELECT size, note FROM heads WHERE origin = ? AND holder = ? AND size >= ?"
            " ORDER BY size LIMIT ?",
            (origin, holder, size_min, count),
        )

    def last_head(self, origin: str, holder: str) -> tuple[int, str] | None:
        """The largest head with the holder's cosignature."""
        head: tuple[int, str] | None = self._row(
            "SELECT size, note FROM heads WHERE origin = ? AND holder = ?"
            " ORDER BY size DESC LIMIT 1",
            (origin, holder),
        )
        return head

    def ticks(
        self, line: str, party: str, sequence_min: int, count: int
    ) -> list[tuple[int, bytes, str]]:
        """Ticks from a number on, in order of sequence, then of hash."""
        return self._rows(
            "SELECT sequence, hash, note FROM ticks WHERE line = ? AND party = ?"
            " AND sequence >= ? ORDER BY sequence, hash LIMIT ?",
            (line, party, sequence_min, count),
        )

    def tick_by_hash(self, tick_hash: bytes) -> str | None:
        """The note of one tick."""
        row = self._row("SELECT note FROM ticks WHERE hash = ? LIMIT 1", (tick_hash,))
        return None if row is None else row[0]

    def last_tick(self, line: str, party: str) -> tuple[int, bytes, str] | None:
        """The tick of the largest sequence; of several, the one of largest hash."""
        tick: tuple[int, bytes, str] | None = self._row(
            "SELECT sequence, hash, note FROM ticks WHERE line = ? AND party = ?"
            " ORDER BY sequence DESC, hash DESC LIMIT 1",
            (line, party),
        )
        return tick

    def value(self, name: str) -> bytes | None:
        """A named value."""
        row = self._row("SELECT value FROM named WHERE name = ?", (name,))
        return None if row is None else row[0]

    def values(self, prefix: str) -> list[tuple[str, bytes]]:
        """The named values whose names begin with the prefix, in order."""
        return self._rows(
            "SELECT name, value FROM named WHERE name >= ? AND name < ? ORDER BY name",
            (prefix, prefix + _ABOVE_ALL_NAMES),
        )

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
            yield [PutHead(origin, size, holder, note) for origin, holder, size, note in rows]
        for rows in self._pages("ticks", ("line", "party", "sequence", "hash"), "note"):
            yield [PutTick(party, line, number, h, note) for line, party, number, h, note in rows]
        for rows in self._pages("named", ("name",), "value"):
            yield [PutValue(name, value) for name, value in rows]

    def _pages(self, table: str, key: tuple[str, ...], value: str) -> Iterator[list[Any]]:
        """Every row of a table in the order of its key, some at a time."""
        columns, places = ", ".join(key), ", ".join("?" * len(key))
        query = f"SELECT {columns}, {value} FROM {table}"
        rows = self._rows(f"{query} ORDER BY {columns} LIMIT {_READ}")
        while rows:
            yield rows
            last = tuple(rows[-1][: len(key)])
            rows = self._rows(
                f"{query} WHERE ({columns}) > ({places}) ORDER BY {columns} LIMIT {_READ}", last
            )

    def damage(self) -> list[str]:
        """What cannot be read, one row for each fault; empty if all is whole.

        Reads the whole file. An entry that is lost is named by log and index, so
        that it can be had from the counterpart's mirror.
        """
        with self._reading:
            faults = self._integrity_faults()
            try:
                logs: list[Any] = self._reader.execute("SELECT origin, size FROM logs").fetchall()
            except apsw.Error as error:
                return [*faults, f"The logs of {self.path} cannot be listed: {_words(error)}."]
        for origin, size in logs:
            for index in range(0, size, 512):
                faults += self._lost_entries(origin, index, min(512, size - index))
        return faults

    def _integrity_faults(self) -> list[str]:
        try:
            report = self._reader.execute("PRAGMA integrity_check").fetchall()
        except apsw.Error as error:
            report = [(_words(error),)]
        return [f"{self.path}: {words}." for (words,) in report if words != "ok"]

    def _lost_entries(self, origin: str, start: int, count: int) -> list[str]:
        """The entries that cannot be read, found by halving."""
        with self._reading, suppress(apsw.Error):
            query = self._entries_query(origin, start, count)
            if len(self._reader.execute(*query).fetchall()) == count:
                return []
        if count == 1:
            return [f"Entry {start} of {origin} cannot be read."]
        half = count // 2
        return self._lost_entries(origin, start, half) + self._lost_entries(
            origin, start + half, count - half
        )

    def close(self) -> None:
        """Release the file; what was committed stays.

        Raises:
            StoreFailed: The last pages could not be moved out of the `-wal` file.
        """
        with self._copying, self._writing, self._reading:
            try:
                if not (self._is_read_only or self._fault):
                    self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            except apsw.Error as error:
                raise self._failed("close", error) from error
            finally:
                self._release()

    def _release(self) -> None:
        """Close both connections, whatever the disk says; the first fault is told."""
        before = self._fault
        self._fault = before or f"The store {self.path} is closed."
        faults = []
        for connection in (self._reader, self._writer):
            try:
                connection.close(force=True)
            except apsw.Error as error:
                faults.append(error)
        # A second fault says nothing that the first has not said.
        if faults and not before:
            raise self._failed("close", faults[0]) from faults[0]

    # --- faults ----------------------------------------------------------------------------------

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        with self._reading:
            self._refuse_after_fault()
            try:
                return self._reader.execute(query, values).fetchall()
            except OverflowError:
                # Asked for what is beyond any number in the file: there is nothing.
                return []
            except apsw.Error as error:
                raise self._failed("read", error) from error

    def _row(self, query: str, values: tuple[Any, ...]) -> Any:
        return next(iter(self._rows(query, values)), None)

    def _refuse_after_fault(self) -> None:
        if self._fault:
            raise StoreFailed(self._fault)

    def _failed(self, act: str, error: apsw.Error) -> StoreFailed:
        """The error to raise, after which nothing goes any more."""
        self._fault = f"The store {self.path} failed to {act}: {_words(error)}."
        return StoreFailed(self._fault)


# --- opening -------------------------------------------------------------------------------------

_registering = threading.Lock()


def copy_beside(path: Path, into: Path, application_id: int) -> None:
    """Write a copy of a file that `open_beside` opened; who writes to it goes on.

    It holds what one commit left. Only the process that has the file open can copy it.

    Args:
        path: The file.
        into: A file that is not there yet.
        application_id: What marks its kind.

    Raises:
        OurError: It cannot be written; nothing is left of it.
    """
    _prepare_file(into)
    try:
        _guarded(path, lambda: _copy(path, into, application_id))
        with closing(_connect(into, apsw.SQLITE_OPEN_READWRITE)) as copy:
            _guarded(into, lambda: copy.pragma("journal_mode", "delete"))
    except BaseException:
        into.unlink(missing_ok=True)
        raise


def faults_beside(path: Path, application_id: int) -> list[str]:
    """What is wrong with such a file that nobody has open, one row for each fault."""

    def check() -> list[str]:
        with closing(_connect(path, apsw.SQLITE_OPEN_READWRITE)) as connection:
            _check_identity(path, connection, application_id)
            report = connection.execute("PRAGMA integrity_check").fetchall()
        return [f"{path.name}: {words}." for (words,) in report if words != "ok"]

    try:
        return _guarded(path, check)
    except OurError as error:
        return [error.what]


def _copy(path: Path, into: Path, application_id: int = APPLICATION_ID) -> None:
    with (
        closing(_connect(path, apsw.SQLITE_OPEN_READONLY)) as source,
        closing(_connect(into, apsw.SQLITE_OPEN_READWRITE)) as target,
    ):
        # The layer writes checksums only once it has seen a first page that has room for them.
        target.pragma("page_size", PAGE_BYTES)
        target.reserve_bytes("main", _CHECKSUM_BYTES)
        target.pragma("application_id", application_id)
        target.pragma("synchronous", "full")
        # All pages in one step: in several it would begin anew with each commit.
        with target.backup("main", source, "main") as backup:
            backup.step(-1)


def register_layers() -> None:
    """Stack the checksums on the exclusive layer, once for each process.

    The extension takes what is the default layer while it is loaded, and makes
    itself the default; other users of the library get back theirs.
    """
    with _registering:
        if VFS in apsw.vfs_names():
            return
        before = apsw.vfs_names()[0]
        apsw.set_default_vfs(PLAIN_LAYER)
        try:
            with apsw.Connection(":memory:") as passing:
                apsw.sqlite_extra.load(passing, "cksumvfs")
            passing.close()
        except (apsw.Error, apsw.sqlite_extra.NotAvailable, LookupError) as error:
            raise OurError(
                f"SQLite's page checksums are not available: {error}.",
                "Install apsw from its wheel: it brings the cksumvfs extension.",
            ) from error
        finally:
            apsw.set_default_vfs(before)


def _prepare_file(path: Path) -> None:
    """Make the file for this user alone, unless it exists.

    An existing file is not opened here: closing it again would release the lock
    that another store of this process may hold on it.
    """
    if path.exists():
        return
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise OurError(
            f"The store {path} cannot be made: {error.strerror}.",
            "Name a directory that exists and that this user may write to.",
        ) from error


def _connect(path: Path, flags: int) -> apsw.Connection:
    register_layers()

    def connect() -> apsw.Connection:
        connection = apsw.Connection(str(path), flags=flags, vfs=VFS)
        connection.set_busy_timeout(_OPENING_MS_MAX)
        return connection

    return _guarded(path, connect)


def _set_up(path: Path, writer: apsw.Connection) -> None:
    """Lock the file, make the tables if there are none, set and read back."""
    _guarded(path, lambda: _make_or_check(path, writer))
    found = {
        "layers": writer.vfsname("main"),
        "journal_mode": writer.pragma("journal_mode"),
        "synchronous": writer.pragma("synchronous"),
        "page_size": writer.pragma("page_size"),
        "checksum bytes": writer.reserve_bytes("main"),
        "checksum_verification": writer.pragma("checksum_verification"),
        "wal_autocheckpoint": writer.pragma("wal_autocheckpoint"),
    }
    for name, value in found.items():
        if value != _SETTINGS[name]:
            raise OurError(
                f"The store {path} has {name} {value!r} and not {_SETTINGS[name]!r}.",
                "A store with weaker settings could lose what was promised; use a local disk.",
            )


_SETTINGS: dict[str, object] = {
    "layers": _VFS_STACK,
    "journal_mode": "wal",
    "synchronous": 2,
    "page_size": PAGE_BYTES,
    "checksum bytes": _CHECKSUM_BYTES,
    "checksum_verification": "1",
    "wal_autocheckpoint": 0,
}


def open_beside(path: Path, application_id: int, schema: str) -> apsw.Connection:
    """Open a file of another kind beside the store, in the same safe way.

    SQLite makes its checkpoints itself: what such a file holds can be had again.

    Args:
        path: The file; made if it does not exist.
        application_id: What marks its kind.
        schema: What makes its tables; the table `schema` among them, with its version.

    Raises:
        OurError: It cannot be opened, or is of another kind.
    """
    _prepare_file(path)
    connection = _connect(path, apsw.SQLITE_OPEN_READWRITE)
    try:
        _guarded(path, lambda: _make_or_check(path, connection, application_id, schema))
    except BaseException:
        connection.close(force=True)
        raise
    connection.wal_autocheckpoint(_CHECKPOINT_PAGES)
    return connection


def _make_or_check(
    path: Path,
    writer: apsw.Connection,
    application_id: int = APPLICATION_ID,
    schema: str = _SCHEMA,
) -> None:
    is_new = writer.execute("SELECT count(*) FROM sqlite_schema").get == 0
    if is_new and writer.pragma("application_id") == 0:
        writer.pragma("page_size", PAGE_BYTES)
        writer.reserve_bytes("main", _CHECKSUM_BYTES)
        _set_durable(writer)
        with writer:
            writer.pragma("application_id", application_id)
            writer.execute(schema)
        sync_directory(path.parent)
    _check_identity(path, writer, application_id)
    _set_durable(writer)


def _set_durable(writer: apsw.Connection) -> None:
    writer.pragma("journal_mode", "wal")
    writer.pragma("synchronous", "full")
    writer.pragma("fullfsync", True)
    writer.pragma("checkpoint_fullfsync", True)
    writer.wal_autocheckpoint(0)


def _check_identity(
    path: Path, connection: apsw.Connection, application_id: int = APPLICATION_ID
) -> None:
    if connection.pragma("application_id") != application_id:
        raise OurError(
            f"{path} is not a store of Openline.", "Name the directory of a node, or another one."
        )
    version = connection.execute("SELECT version FROM schema").get
    if version != SCHEMA_VERSION:
        raise OurError(
            f"The store {path} has schema {version}; this program knows {SCHEMA_VERSION}.",
            "Run the release of Openline that last wrote it, or a newer one.",
        )


def _guarded(path: Path, act: Callable[[], _Found]) -> _Found:
    """What the act returns; SQLite's errors while opening become ours."""
    try:
        return act()
    except apsw.BusyError as error:
        raise OurError(
            f"The store {path} is in use by another process.",
            "Stop the node that runs on it; only one process may hold a store.",
        ) from error
    except apsw.NotADBError as error:
        raise OurError(
            f"{path} is not a store of Openline.",
            "Name the directory of a node; if it was one, `openline repair` puts it right.",
        ) from error
    except (apsw.Error, OSError) as error:
        raise OurError(
            f"The store {path} cannot be opened: {_words(error)}.",
            "`openline doctor` says what is wrong with it, and what can be done.",
        ) from error


def _words(error: Exception) -> str:
    """The error in words; a page that fails its checksum is called so."""
    code = getattr(error, "extendedresult", 0)
    return "a page fails its checksum" if code == apsw.SQLITE_IOERR_DATA else str(error)
