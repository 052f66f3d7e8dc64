"""What can still be read in the file of a store that is damaged.

SQLite reads a file from its root down: where a page above is damaged, all that lies below
is lost to it, and behind a damaged frame of the `-wal` file every later one. Here each page
is read by itself, in the file and in the `-wal` file, and the rows in it are told apart by
their shape, so that one flipped bit costs the rows of one page at most, and a first page
that is gone costs none.

Rows of a page whose checksum is wrong are told as doubtful: whoever asks has to prove them.
Nothing that is read here is trusted: that it verifies is for `openline.app.repair` to see.
The format is SQLite's own (https://www.sqlite.org/fileformat2.html), in the one form that
`openline.adapters.sqlite` makes: pages of 4096 bytes, of which the last 8 are a checksum.
"""

import os
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, TypeAlias

import apsw

from openline.adapters.sqlite import PAGE_BYTES, VFS, register_layers
from openline.domain.errors import OurError
from openline.engine.ports import StoredEntry

_USABLE: Final = PAGE_BYTES - 8
_LOCK_PAGE: Final = (1 << 30) // PAGE_BYTES + 1
"""The page with the bytes that SQLite locks; nothing is ever written to it."""
_WAL_HEADER: Final = 32
_FRAME_HEADER: Final = 24
_FILE_HEADER: Final = 100
_INDEX_INTERIOR, _INDEX_LEAF, _TABLE_LEAF = 2, 10, 13
_BRANCH_CELL: Final = 4
_LOG_SHIFT: Final = 40
_BIG_WORDS: Final = bytes.fromhex("377f0683")
_LEAST: Final = (_USABLE - 12) * 32 // 255 - 23
_TABLE_MOST: Final = _USABLE - 35
_INDEX_MOST: Final = (_USABLE - 12) * 64 // 255 - 23

Value: TypeAlias = int | bytes | str | None
Cells: TypeAlias = Iterator[tuple[int | None, list[Value]]]

TABLES: Final = ("heads", "ticks", "named")
"""The tables whose rows are in no log, so that nothing tells how many there were."""

_HEAP: Final = """
CREATE TABLE entries (
  log INTEGER, idx INTEGER, is_sound INTEGER, raw BLOB, content BLOB,
  UNIQUE (log, idx, raw, content)
);
CREATE TABLE logs (log INTEGER, origin TEXT, size INTEGER, root BLOB, is_sound INTEGER,
  UNIQUE (log, origin, size, root));
CREATE TABLE heads (origin TEXT, holder TEXT, size INTEGER, note TEXT,
  PRIMARY KEY (origin, holder, size)) WITHOUT ROWID;
CREATE TABLE ticks (line TEXT, party TEXT, sequence INTEGER, hash BLOB, note TEXT,
  PRIMARY KEY (line, party, sequence, hash)) WITHOUT ROWID;
CREATE TABLE named (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row that may be the entry of a place.

    Attributes:
        entry: The entry.
        is_sound: Whether its page has the right checksum.
    """

    entry: StoredEntry
    is_sound: bool


@dataclass(slots=True)
class Pages:
    """What the pages looked like.

    Attributes:
        read: How many there are, in the file and beside it.
        damaged: How many of them have a wrong checksum, or are cut off.
        unread: The tables of which SQLite itself cannot read every row.
    """

    read: int = 0
    damaged: int = 0
    unread: tuple[str, ...] = ()


class Salvage:
    """Everything that was found in a damaged store, in a passing file of its own.

    Used by one thread.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.unlink(missing_ok=True)
        self._heap = apsw.Connection(str(path))
        # It is passing: what a cut of power leaves of it is made anew.
        self._heap.pragma("synchronous", 0)
        self._heap.pragma("journal_mode", "off")
        self._heap.execute(_HEAP)
        self.pages = Pages()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._heap.close()
        self._path.unlink(missing_ok=True)

    def read(self, store: Path) -> None:
        """Take in every row that can be read of a store; it is not changed.

        Raises:
            OurError: The file cannot be read at all.
        """
        register_layers()
        with closing(apsw.Connection(":memory:")) as judge, self._heap:

            def is_sound(page: bytes) -> bool:
                if not any(page):
                    # The checksum of nothing but zeros is zero.
                    return False
                return bool(judge.execute("SELECT verify_checksum(?)", (page,)).get == 1)

            images = _Images(store, is_sound)
            try:
                self._read(images, store)
            finally:
                images.close()

    def _read(self, images: "_Images", store: Path) -> None:
        for image in images.of_file():
            self._take(images, image)
        unread = self._take_values(store)
        before = images.pages.damaged
        for image in images.of_log():
            self._take(images, image)
        # Behind a damaged frame SQLite sees nothing, and says nothing.
        images.pages.unread = TABLES if images.pages.damaged > before else unread
        self.pages = images.pages

    def _take(self, images: "_Images", image: "_Image") -> None:
        rows = _rows(image.page, image.number, images.latest)
        while True:
            images.is_chain_sound = True
            try:
                rowid, values = next(rows)
            except StopIteration:
                return
            except (ValueError, IndexError, OverflowError, MemoryError):
                # The rest of this page makes no sense.
                return
            is_sound = image.is_sound and images.is_chain_sound
            self._take_row(rowid, values, is_sound=is_sound)

    def _take_row(self, rowid: int | None, values: list[Value], *, is_sound: bool) -> None:
        execute = self._heap.execute
        match values:
            case [None, bytes(raw), bytes(content)] if rowid is not None and rowid >= 0:
                log, index = rowid >> _LOG_SHIFT, rowid & ((1 << _LOG_SHIFT) - 1)
                execute(
                    "INSERT INTO entries VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET is_sound = max(is_sound, excluded.is_sound)",
                    (log, index, is_sound, raw, content),
                )
            case [None, str(origin), int(size), bytes(root)] if rowid is not None:
                execute(
                    "INSERT INTO logs VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET is_sound = max(is_sound, excluded.is_sound)",
                    (rowid, origin, size, root, is_sound),
                )
            case [str(origin), str(holder), int(size), str(note)] if is_sound:
                row = (origin, holder, size, note)
                execute("INSERT OR REPLACE INTO heads VALUES (?, ?, ?, ?)", row)
            case [str(line), str(party), int(sequence), bytes(tick), str(note)] if is_sound:
                tick_row = (line, party, sequence, tick, note)
                execute("INSERT OR REPLACE INTO ticks VALUES (?, ?, ?, ?, ?)", tick_row)
            case [str(name), bytes(value)] if is_sound:
                execute("INSERT OR REPLACE INTO named VALUES (?, ?)", (name, value))
            case _:
                pass

    def _take_values(self, store: Path) -> tuple[str, ...]:
        """What SQLite itself gives of the values goes before what stands in a page.

        A value is replaced in its place, and a page that is in use no more may hold what it
        was: SQLite knows. Of what is in the `-wal` file the last word counts.

        Returns:
            The tables of which it cannot read every row.
        """
        unread = list(TABLES)
        try:
            flags = apsw.SQLITE_OPEN_READONLY
            with closing(apsw.Connection(str(store), flags=flags, vfs=VFS)) as whole:
                for table in TABLES:
                    if (rows := _all_of(whole, table)) is None:
                        continue
                    unread.remove(table)
                    if table == "named":
                        self._heap.execute("DELETE FROM named")
                        self._heap.executemany("INSERT INTO named VALUES (?, ?)", rows)
        except apsw.BusyError:
            raise OurError(
                f"The store {store} is in use by another process.",
                "Stop the node that runs on it; only one process may hold a store.",
            ) from None
        except apsw.Error:
            # There is no file, or it is no database any more.
            pass
        return tuple(unread)

    # --- what was found --------------------------------------------------------------------------

    def logs(self) -> list[tuple[int, str, int, bytes, bool]]:
        """Number, origin, size and root of each log, and whether the row's page is sound."""
        rows = self._all("SELECT log, origin, size, root, is_sound FROM logs ORDER BY log, size")
        return [(log, origin, size, root, bool(ok)) for log, origin, size, root, ok in rows]

    def numbers(self) -> list[int]:
        """The numbers under which entries were found."""
        return [log for (log,) in self._all("SELECT DISTINCT log FROM entries ORDER BY log")]

    def candidates(self, log: int, start: int, count: int) -> dict[int, list[Candidate]]:
        """What may be the entries from an index on, sound ones first, by index."""
        found: dict[int, list[Candidate]] = {}
        query = (
            "SELECT idx, raw, content, is_sound FROM entries WHERE log = ? AND idx >= ?"
            " AND idx < ? ORDER BY idx, is_sound DESC"
        )
        for index, raw, content, is_sound in self._all(query, (log, start, start + count)):
            one = Candidate(StoredEntry(raw, content), bool(is_sound))
            found.setdefault(index, []).append(one)
        return found

    def keep_only(self, log: int, index: int, one: Candidate | None) -> None:
        """Let go of every other candidate of a place; None lets go of all."""
        with self._heap:
            self._heap.execute("DELETE FROM entries WHERE log = ? AND idx = ?", (log, index))
            if one is not None:
                self._heap.execute(
                    "INSERT INTO entries VALUES (?, ?, ?, ?, ?)",
                    (log, index, one.is_sound, one.entry.raw, one.entry.content),
                )

    def doubtful_from(self, log: int, start: int) -> list[int]:
        """The places, from an index on, for which a page that is not sound has an entry."""
        query = (
            "SELECT DISTINCT idx FROM entries WHERE log = ? AND idx >= ? AND NOT is_sound"
            " ORDER BY idx"
        )
        return [index for (index,) in self._all(query, (log, start))]

    def size(self, log: int) -> int:
        """The index after the last candidate."""
        [(last,)] = self._all("SELECT max(idx) FROM entries WHERE log = ?", (log,))
        return 0 if last is None else last + 1

    def add_head(self, origin: str, holder: str, size: int, note: str) -> None:
        """Take in a head that was had from elsewhere, unless there is one."""
        row = (origin, holder, size, note)
        self._heap.execute("INSERT OR IGNORE INTO heads VALUES (?, ?, ?, ?)", row)

    def add_value(self, name: str, value: bytes) -> None:
        """Take in a value that was had from elsewhere, unless there is one."""
        self._heap.execute("INSERT OR IGNORE INTO named VALUES (?, ?)", (name, value))

    def heads(self, origin: str) -> Iterator[tuple[str, int, str]]:
        """Holder, size and note of each head of a log, smallest first."""
        query = "SELECT holder, size, note FROM heads WHERE origin = ? ORDER BY size, holder"
        yield from self._heap.execute(query, (origin,))

    def receipted(self) -> list[tuple[str, str, int]]:
        """Origin, holder and largest size of what each holder has receipted of each log."""
        query = (
            "SELECT origin, holder, max(size) FROM heads WHERE holder != ''"
            " GROUP BY origin, holder ORDER BY origin, holder"
        )
        return self._all(query)

    def last_ticks(self) -> list[tuple[str, str]]:
        """Party and note of the last tick of each party on each line."""
        query = "SELECT party, note, max(sequence) FROM ticks GROUP BY line, party"
        return [(party, note) for party, note, _ in self._all(query)]

    def head_count(self) -> int:
        """How many heads there are."""
        [(count,)] = self._all("SELECT count(*) FROM heads")
        return int(count)

    def ticks(self) -> Iterator[tuple[str, str, int, bytes, str]]:
        """Line, party, sequence, hash and note of each tick, in order."""
        yield from self._heap.execute("SELECT * FROM ticks ORDER BY line, party, sequence, hash")

    def values(self) -> Iterator[tuple[str, bytes]]:
        """The named values."""
        yield from self._heap.execute("SELECT name, value FROM named ORDER BY name")

    def value_count(self) -> int:
        """How many named values there are."""
        [(count,)] = self._all("SELECT count(*) FROM named")
        return int(count)

    def _all(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        return self._heap.execute(query, tuple(values)).fetchall()


@dataclass(frozen=True, slots=True)
class _Image:
    """One page as it stands somewhere.

    Attributes:
        number: The number of the page.
        page: Its bytes.
        is_sound: Whether its checksum is right.
    """

    number: int
    page: bytes
    is_sound: bool


@dataclass(frozen=True, slots=True)
class _Frame:
    """One frame of a `-wal` file.

    Attributes:
        number: The number of its page.
        at: Where the page begins.
        is_sound: Whether its checksum is right.
        is_last: Whether it ends a commit.
    """

    number: int
    at: int
    is_sound: bool
    is_last: bool


class _Images:
    """The pages of a store: those of the file, and the newer ones of its `-wal` file."""

    def __init__(self, path: Path, is_sound: Callable[[bytes], bool]) -> None:
        self._is_sound = is_sound
        self.pages = Pages()
        try:
            self._file = _File(path)
            self._log = _File(path.with_name(f"{path.name}-wal"))
        except OSError as error:
            raise OurError(
                f"The store {path} cannot be read: {error.strerror}.",
                "Run it as the user that runs the node; or copy what can be read to another disk.",
            ) from None
        # Whether every page that was asked for since this was set is sound.
        self.is_chain_sound = True
        # Where in the log the newest page of a number is, and whether it is sound.
        self._newer: dict[int, tuple[int, bool]] = {}
        # Whether a frame of the commit that is read is damaged, and so perhaps its number.
        self._is_commit_damaged = False

    def latest(self, number: int) -> bytes:
        """The newest page of a number.

        Raises:
            ValueError: There is none.
        """
        at, is_sound = self._newer.get(number, (None, False))
        page = self._of_file(number) if at is None else self._log[at : at + PAGE_BYTES]
        if len(page) != PAGE_BYTES:
            raise ValueError("no such page")
        if at is None:
            is_sound = self._is_sound(page) and not self._is_commit_damaged
        self.is_chain_sound = self.is_chain_sound and is_sound
        return page

    def of_file(self) -> Iterator[_Image]:
        """The pages of the file; one that is cut off is given as it is."""
        for number in range(1, -(-len(self._file) // PAGE_BYTES) + 1):
            if number == _LOCK_PAGE:
                continue
            page = self._of_file(number)
            yield self._counted(_Image(number, page, self._is_sound(page)))

    def of_log(self) -> Iterator[_Image]:
        """The pages in the `-wal` file, in order.

        A row goes on over pages of its own commit, in any order, or of earlier ones.
        """
        for frames in self._commits():
            self._is_commit_damaged = not all(frame.is_sound for frame in frames)
            if self._is_commit_damaged:
                # Which page of an earlier commit was written anew is not certain.
                self._newer = {number: (at, False) for number, (at, _) in self._newer.items()}
            self._newer |= {frame.number: (frame.at, frame.is_sound) for frame in frames}
            for frame in frames:
                page = self._log[frame.at : frame.at + PAGE_BYTES]
                yield self._counted(_Image(frame.number, page, frame.is_sound))
        # A frame whose head cannot be read is told apart from none by this only.
        self.pages.damaged += self._log.unread

    def close(self) -> None:
        """Let go of the files."""
        self._file.close()
        self._log.close()

    def _commits(self) -> Iterator[list["_Frame"]]:
        """The frames of each commit; of one that was never ended too."""
        frames: list[_Frame] = []
        for frame in self._frames():
            frames.append(frame)
            if frame.is_last:
                yield frames
                frames = []
        yield frames

    def _of_file(self, number: int) -> bytes:
        return self._file[(number - 1) * PAGE_BYTES : number * PAGE_BYTES]

    def _counted(self, image: _Image) -> _Image:
        self.pages.read += 1
        self.pages.damaged += not image.is_sound
        return image

    def _frames(self) -> Iterator["_Frame"]:
        """Every frame of this life of the log.

        A frame has a checksum that begins with that of the one before: SQLite believes none
        behind a damaged one. As each stands beside its frame, each frame can be looked at
        by itself. What an earlier life of the log left behind has other salts.
        """
        salts, before = self._salts(), self._log[24:32]
        words = ">" if self._log[:4] == _BIG_WORDS else "<"
        step = _FRAME_HEADER + PAGE_BYTES
        for start in range(_WAL_HEADER, len(self._log) - step + 1, step):
            head = self._log[start : start + _FRAME_HEADER]
            at, number = start + _FRAME_HEADER, int.from_bytes(head[:4])
            if head[8:16] == salts and 0 < number < 1 << 31:
                data = head[:8] + self._log[at : at + PAGE_BYTES]
                is_sound = _sum(before, data, words) == head[16:]
                yield _Frame(number, at, is_sound, is_last=head[4:8] != bytes(4))
            before = head[16:]

    def _salts(self) -> bytes:
        """The salts of this life: those of the header, or of the frames if it is damaged."""
        first = self._log[_WAL_HEADER + 8 : _WAL_HEADER + 16]
        second = self._log[_WAL_HEADER + _FRAME_HEADER + PAGE_BYTES + 8 :][:8]
        return first if first == second else self._log[16:24]


def _sum(before: bytes, data: bytes, words: str) -> bytes:
    """The checksum of a frame, from that of the one before it."""
    first, second = struct.unpack(">II", before)
    numbers = struct.unpack(f"{words}{len(data) // 4}I", data)
    for place in range(0, len(numbers), 2):
        first = (first + numbers[place] + second) & 0xFFFFFFFF
        second = (second + numbers[place + 1] + first) & 0xFFFFFFFF
    return struct.pack(">II", first, second)


def _all_of(store: apsw.Connection, table: str) -> list[Any] | None:
    """Every row of a table, or None where SQLite cannot read them all."""
    try:
        return store.execute(f"SELECT * FROM {table}").fetchall()  # nosec B608
    except apsw.BusyError:
        raise
    except apsw.Error:
        return None


class _File:
    """The bytes of a file, read as they are asked for; none where there is no file.

    It is not mapped: a part that the disk cannot read would end the process.

    Attributes:
        unread: How many parts that were asked for the disk could not read.
    """

    def __init__(self, path: Path) -> None:
        self.unread = 0
        self._size, self._descriptor = 0, -1
        if path.exists():
            self._descriptor = os.open(path, os.O_RDONLY)
            self._size = os.fstat(self._descriptor).st_size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, asked: slice) -> bytes:
        """A part; zeros, which are no page and no frame, where the disk cannot read it."""
        start, end, _ = asked.indices(self._size)
        if start >= end:
            return b""
        try:
            data = os.pread(self._descriptor, end - start, start)
        except OSError:
            data = b""
        if len(data) == end - start:
            return data
        self.unread += 1
        return bytes(end - start)

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)


# --- the rows of one page ------------------------------------------------------------------------


def _rows(page: bytes, number: int, latest: Callable[[int], bytes]) -> Cells:
    """The rows of a page, each with its row number where its table has them.

    Raises:
        ValueError: The rest of it makes no sense.
        IndexError: Likewise.
    """
    head = _FILE_HEADER if number == 1 else 0
    if len(page) < head + 12:
        return
    sort = page[head]
    if sort not in (_INDEX_INTERIOR, _INDEX_LEAF, _TABLE_LEAF):
        return
    count = int.from_bytes(page[head + 3 : head + 5])
    first = head + (12 if sort == _INDEX_INTERIOR else 8)
    for place in range(first, min(first + 2 * count, _USABLE), 2):
        at = int.from_bytes(page[place : place + 2])
        at += _BRANCH_CELL if sort == _INDEX_INTERIOR else 0
        size, at = _varint(page, at)
        rowid: int | None = None
        if sort == _TABLE_LEAF:
            rowid, at = _varint(page, at)
        most = _TABLE_MOST if sort == _TABLE_LEAF else _INDEX_MOST
        yield rowid, _record(_payload(page, at, size, most, latest))


def _payload(page: bytes, at: int, size: int, most: int, latest: Callable[[int], bytes]) -> bytes:
    """The bytes of a row, those on further pages too."""
    if size <= most:
        return page[at : at + size]
    local = _LEAST + (size - _LEAST) % (_USABLE - 4)
    local = local if local <= most else _LEAST
    parts = [page[at : at + local]]
    rest, following = size - local, int.from_bytes(page[at + local : at + local + 4])
    while rest > 0:
        more = latest(following)
        parts.append(more[4 : 4 + min(rest, _USABLE - 4)])
        following, rest = int.from_bytes(more[:4]), rest - (_USABLE - 4)
    return b"".join(parts)


def _record(data: bytes) -> list[Value]:
    end, at = _varint(data, 0)
    sorts = []
    while at < end:
        sort, at = _varint(data, at)
        sorts.append(sort)
    values: list[Value] = []
    for sort in sorts:
        value, at = _value(data, at, sort)
        values.append(value)
    return values


def _value(data: bytes, at: int, sort: int) -> tuple[Value, int]:
    if sort == 0:
        return None, at
    if sort in (8, 9):
        return sort - 8, at
    if sort <= 6:
        size = (1, 2, 3, 4, 6, 8)[sort - 1]
        return int.from_bytes(_part(data, at, size), signed=True), at + size
    if sort < 12:
        raise ValueError("no such sort of value")
    size = (sort - 12) // 2
    part = _part(data, at, size)
    return (part.decode() if sort % 2 else part), at + size


def _part(data: bytes, at: int, size: int) -> bytes:
    part = data[at : at + size]
    if len(part) != size:
        raise ValueError("it is cut off")
    return part


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of SQLite's, of one to nine bytes, and what follows it."""
    value = 0
    for place in range(8):
        value = value << 7 | data[at + place] & 0x7F
        if data[at + place] < 0x80:
            return value, at + place + 1
    value = value << 8 | data[at + 8]
    return (value - (1 << 64) if value >> 63 else value), at + 9
