"""The store on disk: what it survives, what it notices, and what it refuses."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import apsw
import pytest

from openline.adapters.sqlite import APPLICATION_ID, SqliteStore
from openline.domain.errors import OurError
from openline.engine.ports import (
    AppendEntries,
    PutHead,
    PutValue,
    StoreConflict,
    StoredEntry,
    StoreFailed,
)

OUT = "alpha.example/syria-air/out"
JOURNAL = "alpha.example/syria-air/journal"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store of a test lives."""
    return tmp_path / "store.db"


def append(start: int, count: int = 1, origin: str = OUT) -> AppendEntries:
    """An append of entries of a usual size."""
    entries = tuple(StoredEntry(b"%500d" % (start + i), b"%300d" % i) for i in range(count))
    return AppendEntries(origin, start, entries, b"r" * 32)


def run(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a program in another process."""
    command = [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_what_was_committed_is_there_after_a_restart(path: Path) -> None:
    """A store that is closed and opened again holds all that was committed."""
    with SqliteStore.open(path) as store:
        store.commit([append(0, 3), PutHead(OUT, 3, "", "note"), PutValue("a", b"1")])
        before = store.origins(), store.entries(OUT, 0, 9)
    with SqliteStore.open(path) as store:
        assert (store.origins(), store.entries(OUT, 0, 9)) == before
        assert store.last_head(OUT, "") == (3, "note")
        with pytest.raises(StoreConflict):
            store.commit([append(0)])
        store.commit([append(3)])


def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    """Neither the database nor its log can be read by another user."""
    with SqliteStore.open(path) as store:
        store.commit([append(0)])
        files = sorted(path.parent.iterdir())
        assert [file.name for file in files] == ["store.db", "store.db-wal"]
        assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)


def test_a_second_process_is_refused(path: Path) -> None:
    """While one process holds the store, another can neither write nor read it."""
    program = """
        import sys
        from pathlib import Path
        from openline.adapters.sqlite import SqliteStore
        from openline.domain.errors import OurError
        for opening in (SqliteStore.open, SqliteStore.open_read_only):
            try:
                opening(Path(sys.argv[1]))
            except OurError as error:
                print(error.what)
    """
    with SqliteStore.open(path) as store:
        store.commit([append(0)])
        result = run(program, path)
    assert result.stderr == ""
    assert result.stdout == f"The store {path} is in use by another process.\n" * 2


def test_another_tool_is_refused(path: Path) -> None:
    """While a node holds the store, SQLite in another process cannot read it."""
    program = """
        import sqlite3, sys
        try:
            sqlite3.connect(sys.argv[1], timeout=0).execute("SELECT * FROM logs")
        except sqlite3.OperationalError as error:
            print(error)
    """
    with SqliteStore.open(path):
        assert run(program, path).stdout == "database is locked\n"


def test_a_stopped_store_can_be_read(path: Path) -> None:
    """Offline tools read a stopped store, and writing to it is our mistake."""
    with SqliteStore.open(path) as store:
        store.commit([append(0, 2)])
    with SqliteStore.open_read_only(path) as store:
        assert store.origins() == [(OUT, 2, b"r" * 32)]
        assert store.damage() == []
        with pytest.raises(AssertionError):
            store.commit([append(2)])


@pytest.mark.parametrize("opening", [SqliteStore.open, SqliteStore.open_read_only])
def test_a_file_of_another_program_is_refused(path: Path, opening: object) -> None:
    """A file that is no database, or another program's, is refused and left as it is."""
    assert callable(opening)
    path.write_bytes(b"not a database at all, but long enough to be looked at\n" * 90)
    before = path.read_bytes()
    with pytest.raises(OurError, match="is not a store of Openline"):
        opening(path)
    assert path.read_bytes() == before
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE t (a)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(OurError, match="is not a store of Openline"):
        opening(path)
    assert path.read_bytes() == before


def test_a_missing_place_is_named(tmp_path: Path) -> None:
    """A directory that does not exist, or a store that does not, is named in the error."""
    with pytest.raises(OurError, match=r"absent/store\.db cannot be made"):
        SqliteStore.open(tmp_path / "absent" / "store.db")
    with pytest.raises(OurError, match="There is no store"):
        SqliteStore.open_read_only(tmp_path / "store.db")


def change(path: Path, statement: str) -> None:
    """Change a stopped store past its own code, with sound checksums."""
    connection = apsw.Connection(str(path), vfs="cksmvfs")
    connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("version", [0, 2])
def test_another_schema_is_refused(path: Path, version: int) -> None:
    """A store that another release wrote is refused, and both schemas are named."""
    SqliteStore.open(path).close()
    change(path, f"UPDATE schema SET version = {version}")
    with pytest.raises(OurError, match=f"has schema {version}; this program knows 1"):
        SqliteStore.open(path)


def test_a_store_without_checksums_is_refused(path: Path) -> None:
    """A file whose pages carry no checksums is not used, since damage would go unseen."""
    with sqlite3.connect(path) as plain:
        plain.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        plain.execute("CREATE TABLE schema (version)")
        plain.execute("INSERT INTO schema VALUES (1)")
    plain.close()
    with pytest.raises(OurError, match="has checksum bytes 0 and not 8"):
        SqliteStore.open(path)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM entries",
        "UPDATE entries SET raw = x'00'",
        "UPDATE entries SET position = position + 1",
    ],
)
def test_entries_stay(path: Path, statement: str) -> None:
    """The file itself refuses to change or delete an entry."""
    with SqliteStore.open(path) as store:
        store.commit([append(0, 2)])
    with pytest.raises(apsw.ConstraintError, match="an entry never"):
        change(path, statement)


def test_every_flipped_bit_is_noticed(path: Path) -> None:
    """A single flipped bit anywhere in the file is seen when the file is opened and checked."""
    with SqliteStore.open(path) as store:
        for start in range(0, 60, 20):
            store.commit([append(start, 20), append(start, 20, JOURNAL)])
    whole = path.read_bytes()
    chance = random.Random(4)
    unseen = []
    for _ in range(150):
        at, bit = chance.randrange(len(whole)), chance.randrange(8)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :])
        try:
            with SqliteStore.open(path) as store:
                if not store.damage():
                    unseen.append((at, bit))
        except (OurError, StoreFailed):
            pass
        for rest in ("store.db-wal", "store.db-shm"):
            (path.parent / rest).unlink(missing_ok=True)
    assert unseen == []


def test_lost_entries_are_named(path: Path) -> None:
    """Entries on a damaged page are named by log and index; the others can be read."""
    with SqliteStore.open(path) as store:
        store.commit([append(0, 40)])
    data = bytearray(path.read_bytes())
    at = data.index(b"%500d" % 17)
    data[at] ^= 1
    path.write_bytes(data)
    with SqliteStore.open_read_only(path) as store:
        faults = store.damage()
        lost = [fault for fault in faults if fault.endswith("cannot be read.")]
        assert f"Entry 17 of {OUT} cannot be read." in lost
        assert 1 <= len(lost) <= 5
        assert store.entries(OUT, 0, 10) == list(append(0, 10).entries)
        with pytest.raises(StoreFailed, match="a page fails its checksum"):
            store.entries(OUT, 17, 1)


def test_a_page_that_rots_under_a_running_node_ends_it(path: Path) -> None:
    """Damage that a read meets ends the use of the store instead of giving wrong bytes."""
    with SqliteStore.open(path) as store:
        store.commit([append(0, 2000)])
    at = path.read_bytes().index(b"%500d" % 1500)
    with SqliteStore.open(path) as store:
        descriptor = os.open(path, os.O_WRONLY)
        os.pwrite(descriptor, b"!", at)
        with pytest.raises(StoreFailed):
            store.entries(OUT, 1500, 1)
        with pytest.raises(StoreFailed):
            store.commit([append(2000)])
        os.close(descriptor)


def test_a_commit_leaves_the_checkpoint_to_tidy(path: Path) -> None:
    """No commit waits for a checkpoint that became due; the next `tidy` makes it, once."""
    with SqliteStore.open(path) as store:
        before = path.stat().st_size
        for start in range(0, 1_500, 100):
            store.commit([append(start, 100)])
        assert (path.parent / "store.db-wal").stat().st_size > 2**20
        assert path.stat().st_size == before
        store.tidy()
        tidied = path.stat()
        assert tidied.st_size > 2**19
        store.tidy()
        assert path.stat().st_mtime_ns == tidied.st_mtime_ns


def test_the_log_file_stays_small(path: Path) -> None:
    """The write-ahead log is emptied again and again, even under a reader that never rests."""
    with SqliteStore.open(path) as store:
        for start in range(0, 40_000, 200):
            store.commit([append(start, 200)])
            store.entries(OUT, start, 200)
        assert (path.parent / "store.db-wal").stat().st_size < 8 * 2**20
        assert len(store.entries(OUT, 0, 40_000)) == 40_000


KILLED = """
    import sys
    from pathlib import Path
    from openline.adapters.sqlite import SqliteStore
    from openline.engine.ports import AppendEntries, StoredEntry
    store = SqliteStore.open(Path(sys.argv[1]))
    size = sum(size for _, size, _ in store.origins())
    while True:
        entries = tuple(StoredEntry(b"%500d" % (size + i), b"") for i in range(3))
        store.commit([AppendEntries("alpha.example/syria-air/out", size, entries, b"root")])
        size += 3
        print(size, flush=True)
"""


def test_a_killed_process_loses_nothing_it_was_told(path: Path) -> None:
    """Killed at any moment, a process finds after restart each commit that had returned."""
    for round_number in range(1, 4):
        command = [sys.executable, "-c", textwrap.dedent(KILLED), str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(50 * round_number):
                size = int(process.stdout.readline())
            process.send_signal(signal.SIGKILL)
            for row in process.stdout.read().split("\n"):
                size = int(row) if row else size
        with SqliteStore.open(path) as store:
            (found,) = store.origins()
            assert found[1] in (size, size + 3)
            assert len(store.entries(OUT, 0, 10**6)) == found[1]
            assert store.damage() == []


def test_a_write_that_the_disk_refuses_ends_the_store(path: Path) -> None:
    """A write error is raised as such, is not retried, and what was committed before stays."""
    program = """
        import resource, signal, sys
        from pathlib import Path
        from openline.adapters.sqlite import SqliteStore
        from openline.engine.ports import AppendEntries, StoredEntry, StoreFailed
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        store = SqliteStore.open(Path(sys.argv[1]))
        size = 0
        def commit():
            global size
            entries = (StoredEntry(b"x" * 500, b""),)
            store.commit([AppendEntries("alpha.example/syria-air/out", size, entries, b"root")])
            size += 1
        commit()
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
        try:
            while True:
                commit()
        except StoreFailed as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        for again in (commit, store.origins):
            try:
                again()
            except StoreFailed:
                print("refused")
        print(size)
    """
    result = run(program, path)
    assert result.stderr == ""
    fault, *refused, size = result.stdout.splitlines()
    assert fault.startswith(f"The store {path} failed to write: ")
    assert refused == ["refused", "refused"]
    with SqliteStore.open(path) as store:
        assert store.origins()[0][1] in (int(size), int(size) + 1)
        assert store.damage() == []


def test_a_closed_store_answers_nothing(path: Path) -> None:
    """After it was closed, a store refuses every question."""
    store = SqliteStore.open(path)
    store.close()
    with pytest.raises(StoreFailed, match="is closed"):
        store.origins()
    with pytest.raises(StoreFailed, match="is closed"):
        store.commit([])
