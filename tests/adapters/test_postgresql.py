"""The store in a database: what is refused, what outlives what, and who may write.

Against a real server, durable as in service; what all stores keep is in `tests/contracts`.
"""

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from openline.adapters.postgresql.address import DatabaseAddress, connect, parse_address
from openline.adapters.sqlite import SqliteStore
from openline.adapters.station import Station
from openline.domain.errors import OurError
from openline.engine.ports import (
    AppendEntries,
    PutHead,
    PutTick,
    PutValue,
    StoredEntry,
    StoreFailed,
    Write,
)
from tests.database import Server, programs_or_skip
from tests.ports import free_port

if TYPE_CHECKING:
    from openline.adapters.postgresql.store import PostgresStore

ALPHA = "alpha.example"
OUT = "alpha.example/syria-air/out"
WAIT_S_MAX = 60


def append(start: int, count: int = 1) -> AppendEntries:
    """An append of so many entries, with a root that tells the size."""
    entries = tuple(StoredEntry(b"raw %d" % n, b"content") for n in range(start, start + count))
    return AppendEntries(OUT, start, entries, b"root %d" % (start + count))


def opening(address: DatabaseAddress, directory: Path, party: str = ALPHA) -> Any:
    """A store, opened as the station of a directory opens it."""
    return _opened(address, directory, party)


@contextmanager
def _opened(address: DatabaseAddress, directory: Path, party: str) -> "Iterator[PostgresStore]":
    from openline.adapters.postgresql.store import PostgresStore

    directory.mkdir(exist_ok=True)
    with Station.open(directory) as station, PostgresStore.open(address, party, station) as store:
        yield store


@pytest.fixture
def schema(postgresql: Server) -> str:
    """A schema of this test's own."""
    return postgresql.new_schema()


@pytest.fixture
def address(postgresql: Server, schema: str, tmp_path: Path) -> DatabaseAddress:
    """The address of a store that is not made yet."""
    return DatabaseAddress(postgresql.url(schema), postgresql.password_file(tmp_path))


def refused(address: DatabaseAddress, directory: Path, party: str = ALPHA) -> OurError:
    """What an opening is refused by; it holds no password."""
    with pytest.raises(OurError) as raised, opening(address, directory, party):
        pass
    if address.password_file is not None and address.password_file.exists():
        secret = address.password_file.read_text().strip()
        assert not secret or secret not in str(raised.value)
    return raised.value


# --- where it is ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://openline:hunter2@db.example/alpha",
        "postgres://db.example/alpha?password=hunter2",
        "postgresql://db.example/alpha?sslpassword=hunter2",
    ],
)
def test_a_password_in_an_address_is_refused(text: str) -> None:
    """An address that holds a password is refused in words that do not repeat it."""
    with pytest.raises(ValueError, match="store_password_file") as raised:
        parse_address(text)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("text", ["postgresql://", "postgresql://db.example", "mysql://db/x"])
def test_what_is_no_address_is_refused(text: str) -> None:
    """An address without a database, or of another kind, is refused with a right one."""
    with pytest.raises(ValueError, match="postgresql://USER@HOST:PORT/DATABASE"):
        parse_address(text)


def test_an_address_is_shown_without_its_options() -> None:
    """People are shown server and database, and nothing else of an address."""
    shown = str(parse_address("postgresql://me@one,two:5433/alpha?sslkey=/secret"))
    assert shown == "postgresql://me@one,two:5433/alpha"


@pytest.mark.parametrize(
    ("host", "sslmode"),
    [("127.0.0.1", None), ("[::1]", None), ("localhost", None), ("db.example", "verify-full"),
     ("127.0.0.1,192.0.2.7", "verify-full")],
)  # fmt: skip
def test_a_network_is_crossed_under_tls_only(
    host: str, sslmode: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server elsewhere must show a certificate for its name, unless the address says else."""
    psycopg = pytest.importorskip("psycopg")
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(psycopg, "connect", lambda **words: asked.append(words))
    connect(parse_address(f"postgresql://openline@{host}/alpha"))
    connect(parse_address(f"postgresql://openline@{host}/alpha?sslmode=disable"))
    assert [words.get("sslmode") for words in asked] == [sslmode, "disable"]


def test_without_the_client_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where psycopg is not installed, the error names the command that installs it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(OurError, match=r"pip install 'openline\[postgresql\]'"):
        connect(DatabaseAddress("postgresql://openline@127.0.0.1/alpha"))


@pytest.mark.parametrize(
    ("text", "mode", "says"),
    [("s3cret", 0o644, "may be read by others"), ("", 0o600, "holds no password"),
     ("one\ntwo", 0o600, "holds no password"), (None, 0o600, "cannot be read")],
)  # fmt: skip
def test_a_password_file_must_be_right(
    text: str | None, mode: int, says: str, tmp_path: Path
) -> None:
    """A file that is missing, open to others or holds no password is refused, unquoted."""
    pytest.importorskip("psycopg")
    path = tmp_path / "password"
    if text is not None:
        path.write_text(text)
        path.chmod(mode)
    with pytest.raises(OurError, match=says) as raised:
        connect(DatabaseAddress("postgresql://openline@127.0.0.1/alpha", path))
    assert not text or text not in str(raised.value)


# --- what is refused at the start ----------------------------------------------------------------


def test_wrong_credentials_are_refused(
    postgresql: Server, address: DatabaseAddress, tmp_path: Path
) -> None:
    """A wrong password is told as such, without the password, and nothing is made."""
    assert address.password_file is not None
    address.password_file.write_text("not-the-password\n")
    error = refused(address, tmp_path / "node")
    assert "lets this node not in" in error.what
    assert "store_password_file" in error.remedy


def test_a_user_that_is_not_there_is_refused(
    postgresql: Server, schema: str, tmp_path: Path
) -> None:
    """A user whom the server does not know is told as one who is not let in."""
    url = postgresql.url(schema, user="nobody_of_ours")
    error = refused(DatabaseAddress(url, postgresql.password_file(tmp_path)), tmp_path / "node")
    assert "lets this node not in" in error.what


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Where nobody answers, the error names the address and what to look at."""
    programs_or_skip()
    url = f"postgresql://openline@127.0.0.1:{free_port()}/alpha"
    error = refused(DatabaseAddress(url), tmp_path / "node")
    assert "is not reached" in error.what
    assert url in error.what
    assert "`store` in node.toml" in error.remedy


@pytest.mark.parametrize(("version", "says"), [(0, "still reads it"), (2, "or a newer one")])
def test_another_schema_is_refused(
    version: int, says: str, postgresql: Server, schema: str, address: DatabaseAddress,
    tmp_path: Path,
) -> None:  # fmt: skip
    """A store of an older or a newer schema is refused, and stays as it is."""
    with opening(address, tmp_path / "node") as store:
        store.commit([append(0)])
    postgresql.within(schema, f"UPDATE openline_store SET version = {version}")
    error = refused(address, tmp_path / "node")
    assert f"has schema {version}; this program knows 1" in error.what
    assert says in error.remedy
    postgresql.within(schema, "UPDATE openline_store SET version = 1")
    with opening(address, tmp_path / "node") as store:
        assert store.origins() == [(OUT, 1, b"root 1")]


def test_the_database_of_another_party_is_refused(address: DatabaseAddress, tmp_path: Path) -> None:
    """Two parties that are pointed at one database: the second is told whose it is."""
    with opening(address, tmp_path / "node") as store:
        store.commit([append(0)])
    error = refused(address, tmp_path / "other", "bravo.example")
    assert "is the store of alpha.example, and this node is of bravo.example" in error.what


def test_somebody_elses_tables_are_left_alone(
    postgresql: Server, schema: str, address: DatabaseAddress, tmp_path: Path
) -> None:
    """A database that holds other tables is refused, and nothing is made in it."""
    postgresql.within(schema, "CREATE TABLE payroll (id integer)")
    assert "not empty" in refused(address, tmp_path / "node").what
    found = "SELECT count(*) FROM pg_tables WHERE schemaname = '" + schema + "'"
    assert postgresql.execute(found, "shared") == [(1,)]


def test_a_user_that_may_make_no_tables_is_told(
    postgresql: Server, schema: str, address: DatabaseAddress, tmp_path: Path
) -> None:
    """Where the node's user may make no tables, the remedy names the right that is missing."""
    postgresql.execute(f"ALTER SCHEMA {schema} OWNER TO postgres", "shared")
    postgresql.execute(f"GRANT USAGE ON SCHEMA {schema} TO openline", "shared")
    error = refused(address, tmp_path / "node")
    assert "cannot be made" in error.what
    assert "OWNER TO" in error.remedy


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_settings_that_lose_data_are_refused(
    setting: str, postgresql: Server, address: DatabaseAddress, tmp_path: Path
) -> None:
    """A server that does not keep what it accepts is refused with the setting's name."""
    _set(postgresql, setting, "off")
    try:
        error = refused(address, tmp_path / "node")
    finally:
        _set(postgresql, setting, "on")
    assert f"{setting} is off" in error.what
    assert "Turn it on" in error.remedy
    with opening(address, tmp_path / "node") as store:
        assert store.weak_settings() == []


def _set(server: Server, setting: str, value: str) -> None:
    server.execute(f"ALTER SYSTEM SET {setting} = {value}")
    server.execute("SELECT pg_reload_conf()")
    until = time.monotonic() + WAIT_S_MAX
    while server.execute(f"SHOW {setting}") != [(value,)]:
        assert time.monotonic() < until, f"{setting} did not become {value}"
        time.sleep(0.02)


def test_a_commit_that_is_not_synced_is_refused_by_the_user_too(
    address: DatabaseAddress, tmp_path: Path
) -> None:
    """A setting that only this node's sessions have is read back as well."""
    weak = DatabaseAddress(f"{address.url}%20-csynchronous_commit%3Doff", address.password_file)
    assert "synchronous_commit is off" in refused(weak, tmp_path / "node").what


def test_a_replica_is_refused(
    postgresql: Server, schema: str, address: DatabaseAddress, tmp_path: Path
) -> None:
    """A replica that is given as the primary is told as such; the store goes on elsewhere."""
    with opening(address, tmp_path / "node") as store:
        store.commit([append(0)])
    with postgresql.replica() as replica:
        there = DatabaseAddress(replica.url(schema), address.password_file)
        error = refused(there, tmp_path / "node")
        assert "may only be read: it is a replica" in error.what
        assert "primary" in error.remedy


# --- one writer ----------------------------------------------------------------------------------


def test_a_second_process_is_refused(address: DatabaseAddress, tmp_path: Path) -> None:
    """While one process holds the store, one elsewhere is refused and one beside it is too."""
    with opening(address, tmp_path / "node") as store:
        error = refused(address, tmp_path / "other")
        assert "is in use by another process, on " in error.what
        assert "in use by another process" in refused(address, tmp_path / "node").what
        store.commit([append(0)])
    with opening(address, tmp_path / "other") as store:
        assert store.origins() == [(OUT, 1, b"root 1")]


def test_who_was_overtaken_writes_nothing_more(
    postgresql: Server, schema: str, address: DatabaseAddress, tmp_path: Path
) -> None:
    """A process whose lease another has taken commits nothing, and says why."""
    with opening(address, tmp_path / "node") as store:
        store.commit([append(0)])
        postgresql.within(
            schema, "UPDATE lease SET until = current_timestamp - interval '10 seconds'"
        )
        with opening(address, tmp_path / "other") as other:
            other.commit([append(1)])
            for _ in range(2):
                with pytest.raises(StoreFailed, match="Another process has taken the store"):
                    store.commit([append(2)])
            with pytest.raises(StoreFailed, match="Another process has taken the store"):
                store.tidy()
            other.commit([append(2)])
            assert other.origins() == [(OUT, 3, b"root 3")]


def test_a_lease_that_was_left_behind_is_taken_at_once(
    postgresql: Server, schema: str, address: DatabaseAddress, tmp_path: Path
) -> None:
    """The station whose process was killed takes its own lease although it has not run out."""
    with opening(address, tmp_path / "node"):
        pass
    postgresql.within(schema, "UPDATE lease SET until = current_timestamp + interval '1 hour'")
    with opening(address, tmp_path / "node") as store:
        store.commit([append(0)])


def test_an_idle_process_keeps_its_lease(
    postgresql: Server, schema: str, address: DatabaseAddress, tmp_path: Path
) -> None:
    """A process that commits nothing renews its lease all the same."""
    with opening(address, tmp_path / "node"):
        before = postgresql.within(schema, "SELECT epoch, until FROM lease")
        until = time.monotonic() + WAIT_S_MAX
        while (now := postgresql.within(schema, "SELECT epoch, until FROM lease")) == before:
            assert time.monotonic() < until, "it was not renewed"
            time.sleep(0.1)
        assert now[0][0] == before[0][0]
        assert now[0][1] > before[0][1]


def test_what_a_conflict_undid_is_done_again(
    postgresql: Server, schema: str, address: DatabaseAddress, tmp_path: Path
) -> None:
    """A commit that the database gives up for a conflict is done again, once and whole."""
    import psycopg

    with opening(address, tmp_path / "node") as store:
        conflicts: list[BaseException] = []
        before = store._commit

        def counted(writes: Any, opened: Any) -> None:
            try:
                before(writes, opened)
            except psycopg.errors.SerializationFailure as error:
                conflicts.append(error)
                raise

        store._commit = counted
        with psycopg.connect(
            postgresql.url(schema), password=postgresql.password, autocommit=True
        ) as other:
            other.execute("BEGIN")
            other.execute("UPDATE lease SET host = 'elsewhere'")
            writer = threading.Thread(target=lambda: store.commit([append(0, 2)]))
            writer.start()
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            until = time.monotonic() + WAIT_S_MAX
            while postgresql.execute(waiting) == [(0,)]:
                assert time.monotonic() < until, "the commit did not wait"
                time.sleep(0.01)
            other.execute("COMMIT")
            writer.join(WAIT_S_MAX)
        assert conflicts
        assert store.origins() == [(OUT, 2, b"root 2")]
        assert len(store.entries(OUT, 0, 9)) == 2


# --- what goes wrong while it runs ---------------------------------------------------------------


def test_a_full_database_ends_the_store_and_loses_nothing(
    postgresql: Server, schema: str, address: DatabaseAddress, tmp_path: Path
) -> None:
    """A commit for which there is no room is told, kept by no half, and ends the store."""
    with opening(address, tmp_path / "node") as store:
        store.commit([append(0), PutValue("a", b"1")])
        postgresql.execute(
            f"CREATE FUNCTION {schema}.no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RAISE disk_full USING MESSAGE = ''no space left on device''; END'",
            "shared",
        )
        postgresql.within(
            schema,
            f"CREATE TRIGGER no_room BEFORE INSERT ON heads EXECUTE FUNCTION {schema}.no_room()",
        )
        with pytest.raises(StoreFailed, match="it is full: no space left on device"):
            store.commit([append(1), PutValue("a", b"2"), PutHead(OUT, 2, "", "head")])
        with pytest.raises(StoreFailed, match="it is full"):
            store.origins()
    postgresql.within(schema, "DROP TRIGGER no_room ON heads")
    with opening(address, tmp_path / "node") as store:
        assert store.origins() == [(OUT, 1, b"root 1")]
        assert store.value("a") == b"1"
        store.commit([append(1)])


def test_what_was_accepted_outlives_the_servers_death(
    postgresql: Server, address: DatabaseAddress, tmp_path: Path
) -> None:
    """After kill -9 of the server commits are refused, and what was accepted is still there."""
    with opening(address, tmp_path / "node") as store:
        accepted = 0

        def write() -> None:
            nonlocal accepted
            with contextlib.suppress(StoreFailed):
                while True:
                    store.commit([append(accepted), PutHead(OUT, accepted + 1, "", "head")])
                    accepted += 1

        writer = threading.Thread(target=write)
        writer.start()
        until = time.monotonic() + WAIT_S_MAX
        while accepted < 20:
            assert time.monotonic() < until, "nothing was committed"
            time.sleep(0.01)
        postgresql.kill()
        writer.join(WAIT_S_MAX)
        for act in (store.tidy, store.origins, lambda: store.commit([append(accepted)])):
            with pytest.raises(StoreFailed, match="failed to write the database"):
                act()
    postgresql.start()
    with opening(address, tmp_path / "node") as store:
        # The commit that was under way may have been done; no other is more or less.
        [(_, size, root)] = store.origins()
        assert size in (accepted, accepted + 1)
        assert root == b"root %d" % size
        assert store.entries(OUT, 0, size + 1) == list(append(0, size).entries)
        assert store.last_head(OUT, "") == (size, "head")
        assert store.damage() == []


# --- what administrators need --------------------------------------------------------------------


def test_a_missing_entry_is_named(
    postgresql: Server, schema: str, address: DatabaseAddress, tmp_path: Path
) -> None:
    """An entry that somebody has deleted is named by log and index."""
    with opening(address, tmp_path / "node") as store:
        store.commit([append(0, 5)])
        assert store.damage() == []
        postgresql.within(schema, "DELETE FROM entries WHERE place = 3")
        assert store.damage() == [f"Entry 3 of {OUT} cannot be read."]


def test_a_copy_is_a_file_with_everything(address: DatabaseAddress, tmp_path: Path) -> None:
    """A copy of a store in a database is a file of SQLite that holds the same."""
    writes: list[Write] = [
        append(0, 600),
        *(PutHead(OUT, size, "bravo.example", f"head {size}") for size in range(1, 300)),
        *(PutTick(ALPHA, "syria-air", n, b"%d" % n, "tick\0") for n in range(300)),
        *(PutValue(f"name/{n:03}", b"\0%d" % n) for n in range(300)),
    ]
    path = tmp_path / "copy"
    with opening(address, tmp_path / "node") as store:
        store.commit(writes)
        store.copy_to(path, [PutValue("name/000", b"")])
        store.commit([PutValue("name/000", b"")])
        with SqliteStore.open(path) as copy:
            assert list(copy.contents()) == list(store.contents())
            assert sum(len(part) for part in copy.contents()) == 3 + 299 + 300 + 299
            assert copy.damage() == []


def test_a_reader_sees_one_moment(address: DatabaseAddress, tmp_path: Path) -> None:
    """A store that is opened to be read shows what was committed then, and no later commit."""
    from openline.adapters.postgresql.store import PostgresStore

    with opening(address, tmp_path / "node") as store:
        store.commit([append(0)])
        with PostgresStore.open_read_only(address, ALPHA) as reader:
            store.commit([append(1)])
            assert reader.origins() == [(OUT, 1, b"root 1")]
            assert len(reader.entries(OUT, 0, 9)) == 1
