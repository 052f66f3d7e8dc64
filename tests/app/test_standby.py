"""A station that stands by: what keeps it from taking over, and what it rests on when it does.

Against a real server; takeovers of whole nodes are in `tests/end_to_end/test_stations.py`.
"""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from openline.adapters.anchor import Anchor
from openline.adapters.clock import wall_clock_ms
from openline.adapters.keys import FileKeys
from openline.adapters.postgresql.address import DatabaseAddress, DatabaseAway
from openline.adapters.station import Station
from openline.app.compose import compose
from openline.app.config import Config, load_config
from openline.app.move import settings_with
from openline.app.standby import Standby, Taken
from openline.app.stations import (
    SAID,
    Having,
    Saying,
    clock_apart,
    has_other_stations,
    parse_having,
)
from openline.app.store_copies import store_identity
from openline.domain.errors import OurError
from openline.engine.ports import AppendEntries, PutValue, StoredEntry, StoreFailed
from tests.database import Server
from tests.end_to_end.nodes import found, make_node, openline, told_by
from tests.ports import free_ports

pytest.importorskip("psycopg")

from openline.adapters.postgresql.lease import LeaseTerms
from openline.adapters.postgresql.store import PostgresStore
from openline.adapters.postgresql.watch import Watch

if TYPE_CHECKING:
    import psycopg

WAIT_S_MAX = 60
LINE = "syria-air"
OUT = f"alpha.example/{LINE}/out"
TERMS = LeaseTerms(1_000)


def append(start: int) -> AppendEntries:
    """One entry."""
    return AppendEntries(OUT, start, (StoredEntry(b"raw", b"content"),), root(start))


def root(start: int) -> bytes:
    """The root after it."""
    return b"root %027d" % start


@pytest.fixture
def schema(postgresql: Server) -> str:
    """A schema of this test's own."""
    return postgresql.new_schema()


@pytest.fixture
def one(tmp_path: Path, postgresql: Server, schema: str) -> Config:
    """The settings of a node whose store is a database that is not made yet."""
    node = make_node(tmp_path, "alpha")
    text = settings_with(
        load_config(node.directory), postgresql.url(schema), postgresql.password_file(tmp_path)
    )
    (node.directory / "node.toml").write_text(text)
    return load_config(node.directory)


@pytest.fixture
def two(one: Config, tmp_path: Path) -> Config:
    """The settings of a second station."""
    directory = tmp_path / "alpha-two"
    openline("station", "copy", directory, "--dir", one.directory)
    return replace(load_config(directory), lease_ms=1_000)


@contextmanager
def writing(
    config: Config, terms: LeaseTerms = TERMS, current: tuple[str, ...] = ()
) -> Iterator[PostgresStore]:
    """The store, written by the station of these settings, which says what it has."""
    assert config.database is not None
    with (
        Station.open(config.directory) as station,
        PostgresStore.open(config.database, config.party, station, terms=terms) as store,
    ):
        store_identity(store)
        Saying(config, FileKeys.open(config.keys), store, wall_clock_ms, current).say()
        yield store


@contextmanager
def standing_by(config: Config) -> Iterator[Standby]:
    """A station that stands by."""
    with Station.open(config.directory) as station:
        standby = Standby(config, FileKeys.open(config.keys), station, wall_clock_ms)
        with contextlib.closing(standby):
            yield standby


async def until(standby: Standby, holds: Callable[[], object]) -> Taken | None:
    """Let a station stand by until something holds, or until it has taken over."""
    stopping = asyncio.Event()
    waiting = asyncio.create_task(standby.wait(stopping))
    end = time.monotonic() + WAIT_S_MAX
    while not (waiting.done() or holds()):
        assert time.monotonic() < end, standby.says()
        await asyncio.sleep(0.05)
    stopping.set()
    return await waiting


def never() -> bool:
    """It does not hold."""
    return False


# --- what is refused -----------------------------------------------------------------------------


def test_with_a_file_there_is_nothing_to_stand_by_for(tmp_path: Path) -> None:
    """A node whose store is a file is refused, with what to do; nothing is made."""
    node = make_node(tmp_path, "alpha")
    told = told_by("run", "--standby", "--dir", node.directory)
    assert told.code == 1
    assert "There is nothing to stand by for: the store of this node is a file" in told.aside
    assert "openline move postgresql://" in told.aside
    assert told_by("station", "copy", tmp_path / "two", "--dir", node.directory).code == 1


def test_nobody_vouches_for_a_takeover_beforehand(one: Config) -> None:
    """`--own-copy-is-current` is no word about what the store will be one day."""
    told = told_by("run", "--standby", "--own-copy-is-current", "--dir", one.directory)
    assert told.code == 2
    assert "does not go with --standby" in told.aside


def test_the_store_of_another_party_is_refused(
    one: Config, tmp_path: Path, postgresql: Server
) -> None:
    """A station that is pointed at another party's database ends, and says so."""
    with writing(one):
        pass
    other = make_node(tmp_path, "bravo")
    config = replace(load_config(other.directory), database=one.database)
    with standing_by(config) as standby, pytest.raises(OurError) as raised:
        asyncio.run(standby.begin())
    assert "is the store of alpha.example, and this node is of bravo.example" in raised.value.what


def test_another_schema_is_refused(
    one: Config, two: Config, postgresql: Server, schema: str
) -> None:
    """A database of an older program is refused at the start."""
    with writing(one):
        pass
    postgresql.within(schema, "UPDATE openline_store SET version = 0")
    with standing_by(two) as standby, pytest.raises(OurError, match="has schema 0"):
        asyncio.run(standby.begin())


def test_a_wrong_password_is_refused_at_the_start(one: Config, two: Config) -> None:
    """A station that is not let in ends, and does not say the password."""
    assert two.database is not None
    assert two.database.password_file is not None
    two.database.password_file.write_text("not-the-password\n")
    with standing_by(two) as standby, pytest.raises(OurError) as raised:
        asyncio.run(standby.begin())
    assert "lets this node not in" in raised.value.what
    assert "not-the-password" not in str(raised.value)


def test_a_password_that_is_changed_meanwhile_is_told(
    one: Config, two: Config, postgresql: Server, tmp_path: Path
) -> None:
    """A station that is let in no more says so, waits, and is fit again with the right one."""
    database = two.database
    assert database is not None
    own = tmp_path / "two.password"
    own.touch(0o600)
    own.write_text(postgresql.password)
    config = replace(two, database=replace(database, password_file=own))
    with writing(one), standing_by(config) as standby:

        async def play() -> None:
            assert await standby.begin() is None
            own.write_text("not-the-password\n")
            standby._end_session()
            assert await until(standby, lambda: standby.obstacles) is None
            assert "lets this node not in" in standby.obstacles[0]
            own.write_text(postgresql.password)
            assert await until(standby, lambda: not standby.obstacles) is None

        asyncio.run(play())
        assert "not-the-password" not in " ".join(standby.says())


def test_a_database_that_is_away_is_waited_for(two: Config) -> None:
    """Where nobody answers yet, a station says so and stands by all the same."""
    (port,) = free_ports(1)
    nowhere = DatabaseAddress(f"postgresql://openline@127.0.0.1:{port}/alpha")
    with standing_by(replace(two, database=nowhere)) as standby:
        assert asyncio.run(standby.begin()) is None
        assert "is not reached" in standby.obstacles[0]


def test_a_server_that_is_a_replica_yet_is_waited_for(
    one: Config, two: Config, postgresql: Server, schema: str
) -> None:
    """A server that may only be read at the first look ends no station: it may be promoted."""
    assert two.database is not None
    with writing(one):
        pass
    url = f"{two.database.url}%20-c%20default_transaction_read_only%3Don"
    address = replace(two.database, url=url)
    with standing_by(replace(two, database=address)) as standby:
        assert asyncio.run(standby.begin()) is None
        assert "may only be read: it is a replica" in standby.obstacles[0]


def test_a_station_with_other_keys_takes_over_never(
    one: Config, two: Config, tmp_path: Path
) -> None:
    """A station that has not the keys in use says which, and leaves a free lease alone."""
    other = make_node(tmp_path / "elsewhere", "alpha")
    config = replace(two, directory=other.directory)
    with standing_by(config) as standby:
        with writing(one):
            assert asyncio.run(standby.begin()) is None
            [says] = standby.obstacles
            assert "has not the keys that " in says
            assert "node.key" in says
            assert standby.says()[0].endswith(f" {standby.writer} writes.")

        async def play() -> None:
            began = time.monotonic()
            taken = await until(standby, lambda: time.monotonic() - began > 1.5)
            assert taken is None

        asyncio.run(play())
        assert not standby.to_json()["can_take_over"]
        assert standby.to_json()["is_free"]
        assert standby.says()[0].endswith(f": nobody writes; {standby.writer} wrote last.")


def test_what_else_is_unlike_is_told(one: Config, two: Config) -> None:
    """A card that only one station has is told, and keeps nobody from taking over."""
    (one.cards / "bravo.example.card").write_text("a card")
    with writing(one), standing_by(two) as standby:
        assert asyncio.run(standby.begin()) is None
        assert standby.obstacles == []
        assert "This station has not cards/bravo.example.card" in standby.differences[0]


def test_a_card_that_cannot_be_read_is_told(one: Config, two: Config) -> None:
    """It keeps nobody from writing, nor from taking over."""
    (one.cards / "bravo.example.card").mkdir()
    with writing(one), standing_by(two) as standby:
        assert asyncio.run(standby.begin()) is None
        assert standby.obstacles == []
        assert "cards/bravo.example.card cannot be read on " in standby.differences[0]


def test_words_of_the_writer_that_cannot_be_read_are_an_obstacle(one: Config, two: Config) -> None:
    """Where the keys in use are not known, nobody takes over; also no lease that is free."""
    with writing(one) as store, standing_by(two) as standby:
        assert store.station is not None
        store.commit([PutValue(SAID + store.station.identity, b"{}")])
        assert asyncio.run(standby.begin()) is None
        assert "says of its keys cannot be read" in standby.obstacles[0]


def test_keys_are_compared_once_more_before_the_take(
    one: Config, two: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that takes another key into use and ends at once is not followed without it."""
    monkeypatch.setattr("openline.app.standby.COMPARES_EVERY_S", 3_600)
    with ExitStack() as stack, standing_by(two) as standby:
        store = stack.enter_context(writing(one))

        async def play() -> Taken | None:
            assert await standby.begin() is None
            assert standby.obstacles == []
            assert store.station is not None
            said = Having("north", {"node.key": "another"}, epoch=store.epoch)
            await asyncio.to_thread(
                store.commit, [PutValue(SAID + store.station.identity, said.encode())]
            )
            await asyncio.to_thread(stack.close)
            return await until(standby, lambda: standby.obstacles)

        assert asyncio.run(play()) is None
        assert "has not the keys that north signs with (node.key)" in standby.obstacles[0]


def test_keys_that_are_away_are_an_obstacle(one: Config, two: Config) -> None:
    """While the directory of keys is being replaced the station says so, and goes on."""
    with writing(one), standing_by(two) as standby:
        two.keys.rename(two.keys.with_name("aside"))
        assert asyncio.run(standby.begin()) is None
        assert "It does not take over: The key directory" in standby.obstacles[0]
        two.keys.with_name("aside").rename(two.keys)

        async def play() -> None:
            assert await until(standby, lambda: not standby.obstacles) is None

        asyncio.run(play())


def test_an_anchor_that_is_not_written_is_an_obstacle(
    one: Config, two: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full is told in words, and the anchor is written when it is not."""

    def fails(*_: object) -> None:
        raise StoreFailed("The anchor failed to write: the disk is full.")

    with writing(one) as store, standing_by(two) as standby:
        store.commit([append(0)])
        with monkeypatch.context() as full:
            full.setattr(Anchor, "record", fails)
            assert asyncio.run(standby.begin()) is None
            assert "The anchor failed to write" in standby.obstacles[0]

        async def play() -> None:
            anchored = ((OUT, 1, root(0)),)
            assert await until(standby, lambda: standby._anchored == anchored) is None
            assert standby.obstacles == []

        asyncio.run(play())


def test_another_station_is_known_by_what_it_has_said(one: Config) -> None:
    """Of several rows or of one: what is not our own is another's."""
    with writing(one) as store:
        assert not has_other_stations(one, store)
        store.commit([PutValue(SAID + "f" * 32, Having("south").encode())])
        assert has_other_stations(one, store)
        assert store.station is not None
        store.commit([PutValue(SAID + store.station.identity, b"")])
        assert has_other_stations(one, store)


def test_clocks_that_differ_are_told() -> None:
    """Half a second is none of our business; more is said, with who is ahead."""
    assert clock_apart(0, Having("north", clock_ms=500)) == ""
    assert clock_apart(-100, Having("north", clock_ms=2_000)) == (
        "The clock of this station is 2.1 s ahead of that of north."
    )
    assert "3.0 s behind" in clock_apart(3_000, Having("north"))


def test_a_clock_that_is_wrong_is_told_while_standing_by(one: Config, two: Config) -> None:
    """A station whose clock is a minute behind the writer's says so."""
    with writing(one), Station.open(two.directory) as station:
        standby = Standby(two, FileKeys.open(two.keys), station, lambda: wall_clock_ms() - 60_000)
        with contextlib.closing(standby):
            assert asyncio.run(standby.begin()) is None
        assert " s behind that of " in standby.clock_says
        assert standby.clock_says in standby.says()


# --- taking over ---------------------------------------------------------------------------------


async def overtaken(standby: Standby, stack: ExitStack, store: PostgresStore) -> Taken | None:
    """What a station takes over that has seen the writer renew its lease, and then end."""
    assert await standby.begin() is None
    watch = standby._watch
    assert watch is not None
    waiting = asyncio.create_task(until(standby, never))
    end = time.monotonic() + WAIT_S_MAX
    while not watch.has_seen_renewed(store.epoch):
        assert time.monotonic() < end, "it was not seen to be renewed"
        await asyncio.sleep(0.05)
    await asyncio.to_thread(stack.close)
    return await waiting


def test_who_saw_the_writer_vouches_for_its_store(one: Config, two: Config) -> None:
    """A lease seen renewed, which ran out in that session, vouches for what was current."""
    with ExitStack() as stack, standing_by(two) as standby:
        store = stack.enter_context(writing(one, current=("syria-air",)))
        store.commit([append(0)])
        taken = asyncio.run(overtaken(standby, stack, store))
        assert taken is not None
        assert taken.vouched == ("syria-air",)
        with taken.store as mine:
            assert mine.epoch == store.epoch + 1
            mine.commit([append(1)])
            assert mine.origins() == [(OUT, 2, root(1))]


def test_a_writer_that_was_not_vouched_for_vouches_for_nobody(one: Config, two: Config) -> None:
    """A writer that waited for its counterparts is followed by one that waits as well."""
    with ExitStack() as stack, standing_by(two) as standby:
        store = stack.enter_context(writing(one, current=("syria-air",)))
        stack.close()
        # It starts anew, on what may be an old copy, and has confirmed one line of two.
        store = stack.enter_context(writing(one, current=("north",)))
        taken = asyncio.run(overtaken(standby, stack, store))
        assert taken is not None
        assert taken.vouched == ("north",)
        taken.store.close()


def test_what_was_said_with_another_epoch_vouches_for_nothing(one: Config, two: Config) -> None:
    """A writer that was ended before it said what is current leaves words that are too old."""
    with writing(one, current=("syria-air",)):
        pass
    assert one.database is not None
    with ExitStack() as stack, standing_by(two) as standby:
        station = stack.enter_context(Station.open(one.directory))
        store = stack.enter_context(
            PostgresStore.open(one.database, one.party, station, terms=TERMS)
        )
        taken = asyncio.run(overtaken(standby, stack, store))
        assert taken is not None
        assert taken.vouched == ()
        taken.store.close()


@pytest.mark.parametrize("is_current", [True, False])
def test_a_node_says_of_which_lines_it_knows(
    postgresql: Server, schema: str, tmp_path: Path, is_current: bool
) -> None:
    """What a takeover will rest on is in the store before the node has signed on it."""
    first, _ = found(tmp_path)
    text = settings_with(
        load_config(first.directory), postgresql.url(schema), postgresql.password_file(tmp_path)
    )
    (first.directory / "node.toml").write_text(text)
    config = load_config(first.directory)

    async def play() -> None:
        async with compose(config, own_copy_is_current=is_current) as running:
            assert running.node.lines.keys() == {LINE}
            [(_, data)] = running.store.values(SAID)
            said = parse_having(data)
            assert said is not None
            assert said.current == ((LINE,) if is_current else ())
            assert running.saying is not None
            assert said.epoch == running.saying.store.epoch
            # A counterpart shows that it holds more: the next turn says less.
            [peer] = running.node.lines[LINE].peers.values()
            peer.holds_more = True
            running.take_turn()
            [(_, data)] = running.store.values(SAID)
            said = parse_having(data)
            assert said is not None
            assert said.current == ()

    asyncio.run(play())


def test_what_is_current_no_more_is_taken_back_whatever_else_cannot_be_said(one: Config) -> None:
    """A key that cannot be read keeps no line said to be current that is not."""
    assert one.database is not None
    with (
        Station.open(one.directory) as station,
        PostgresStore.open(one.database, one.party, station, terms=TERMS) as store,
    ):
        saying = Saying(one, FileKeys.open(one.keys), store, wall_clock_ms, (LINE,))
        assert saying.tell_current((LINE,)) == []
        saying.say()
        assert saying.tell_current((LINE,)) == []
        (one.keys / "node.key").chmod(0o644)
        saying.current = ()
        with pytest.raises(OurError):
            saying.say()
        store.commit(saying.tell_current(()))
        data = store.value(SAID + station.identity)
        assert data is not None
        said = parse_having(data)
        assert said is not None
        assert said.current == ()
        assert said.epoch == store.epoch


def test_a_store_that_was_moved_away_is_taken_by_nobody(
    one: Config, two: Config, postgresql: Server, schema: str
) -> None:
    """Who stood by while the store was moved away gives the lease back, and says why."""
    assert two.database is not None
    with writing(one) as store, standing_by(two) as standby:

        async def play() -> None:
            assert await standby.begin() is None
            await asyncio.to_thread(store.set_aside)
            await asyncio.to_thread(store.close)
            assert await until(standby, lambda: standby.obstacles) is None
            assert "was moved away from the database" in standby.obstacles[0]

        asyncio.run(play())
    [(is_free,)] = postgresql.within(schema, "SELECT until < clock_timestamp() FROM lease")
    assert is_free


def test_who_comes_when_the_writer_is_gone_vouches_for_nothing(one: Config, two: Config) -> None:
    """A store that was found without its writer is taken, and its lines are waited for."""
    with writing(one) as store:
        store.commit([append(0)])
    with standing_by(two) as standby:
        taken = asyncio.run(standby.begin())
        assert taken is not None
        assert taken.vouched == ()
        taken.store.close()


def test_a_session_that_was_cut_vouches_for_nothing(one: Config, two: Config) -> None:
    """Who loses the server and comes back may be at another, and vouches for nothing."""
    with ExitStack() as stack, standing_by(two) as standby:
        stack.enter_context(writing(one))

        async def play() -> Taken | None:
            assert await standby.begin() is None
            await asyncio.sleep(1)
            await standby._look()
            standby._end_session()
            await asyncio.to_thread(stack.close)
            return await until(standby, never)

        taken = asyncio.run(play())
        assert taken is not None
        assert taken.vouched == ()
        taken.store.close()


def test_the_anchor_of_who_stands_by_follows(
    one: Config, two: Config, postgresql: Server, schema: str
) -> None:
    """A database that has lost what a station saw while it stood by is known as behind."""
    with writing(one) as store, standing_by(two) as standby:
        store.commit([append(0)])
        store.commit([append(1)])
        assert asyncio.run(standby.begin()) is None
        identity = store_identity(store)
    postgresql.within(schema, "UPDATE logs SET size = 1")
    with Anchor.open(two.anchor, identity, is_shared=True) as anchor:
        [behind] = anchor.behind([(OUT, 1, root(0))])
        assert str(behind) == f"{OUT} has 1 of 2 committed entries."
        anchor.confirm(["syria-air"], [(OUT, 2, root(1))])
    # Shared once, it vouches for nothing later, though it is set apart.
    with Anchor.open(two.anchor, identity) as anchor:
        assert anchor.confirmed == ()
        assert anchor.vouched([(OUT, 2, root(1))]) == ()


def test_a_lease_whose_session_has_ended_need_not_run_out(
    one: Config, two: Config, postgresql: Server, schema: str
) -> None:
    """A writer that is gone from the server is followed at once; one that is there is not."""
    with writing(one, LeaseTerms(60_000)) as store, standing_by(two) as standby:

        async def play() -> Taken | None:
            assert await standby.begin() is None
            began = time.monotonic()
            assert await until(standby, lambda: time.monotonic() - began > 1.5) is None
            waiting = asyncio.create_task(until(standby, never))
            await asyncio.sleep(1.5)
            postgresql.execute("SELECT pg_terminate_backend(%s)", "postgres", _pid(store))
            return await waiting

        taken = asyncio.run(play())
        assert taken is not None
        assert taken.store.epoch == store.epoch + 1
        with taken.store as mine:
            mine.commit([append(0)])
        with pytest.raises(StoreFailed, match="Another process has taken the store"):
            store.commit([append(1)])


def _pid(store: PostgresStore) -> int:
    return int(store.session.partition("/")[0])


def test_who_is_frozen_in_a_commit_holds_up_nobody(
    one: Config, two: Config, postgresql: Server, schema: str
) -> None:
    """A session that keeps the lease row though its lease ran out is ended by the server."""
    import psycopg

    assert two.database is not None
    with writing(one):
        pass
    with (
        Station.open(two.directory) as station,
        psycopg.connect(
            postgresql.url(schema), password=postgresql.password, autocommit=True
        ) as frozen,
        contextlib.closing(
            Watch.open(two.database, two.party, station, TERMS, wall_clock_ms)
        ) as watch,
    ):
        frozen.execute("BEGIN")
        frozen.execute("UPDATE lease SET host = 'frozen'")
        assert watch.look().is_free
        taken: list[PostgresStore | None] = []
        taking = threading.Thread(target=lambda: taken.append(watch.take()))
        taking.start()
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        end = time.monotonic() + WAIT_S_MAX
        while postgresql.execute(waiting) == [(0,)]:
            assert time.monotonic() < end, "nobody waits for the row"
            time.sleep(0.01)
        watch.unblock()
        taking.join(WAIT_S_MAX)
        [store] = taken
        assert store is not None
        with store:
            store.commit([append(0)])
        with pytest.raises(psycopg.errors.AdminShutdown):
            frozen.execute("COMMIT")


def test_who_is_at_work_in_a_commit_is_waited_for(
    one: Config, two: Config, postgresql: Server, schema: str
) -> None:
    """A session that keeps the row, and waits for something else than its client, goes on."""
    import psycopg

    assert two.database is not None
    with writing(one):
        pass
    with (
        Station.open(two.directory) as station,
        psycopg.connect(
            postgresql.url(schema), password=postgresql.password, autocommit=True
        ) as works,
        contextlib.closing(
            Watch.open(two.database, two.party, station, TERMS, wall_clock_ms)
        ) as watch,
    ):
        works.execute("BEGIN")
        works.execute("UPDATE lease SET host = 'at work'")
        taken: list[PostgresStore | None] = []
        working = threading.Thread(target=lambda: works.execute("SELECT pg_sleep(4)"))
        taking = threading.Thread(target=lambda: taken.append(watch.take()))
        working.start()
        taking.start()
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        end = time.monotonic() + WAIT_S_MAX
        while postgresql.execute(waiting) == [(0,)]:
            assert time.monotonic() < end, "nobody waits for the row"
            time.sleep(0.01)
        watch.unblock()
        working.join(WAIT_S_MAX)
        works.execute("COMMIT")
        taking.join(WAIT_S_MAX)
        [store] = taken
        assert store is not None
        store.close()


def test_a_session_that_hangs_is_broken_off(one: Config, two: Config) -> None:
    """A question that the server does not answer ends with a sentence, and not never."""
    assert two.database is not None
    with Station.open(two.directory) as station:
        watch = Watch.open(two.database, two.party, station, TERMS, wall_clock_ms)
        raised: list[OurError] = []

        def ask() -> None:
            try:
                watch._session.execute("SET statement_timeout = 0")
                watch._session.execute("SELECT pg_sleep(600)")
            except Exception:
                try:
                    watch.look()
                except OurError as error:
                    raised.append(error)

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.5)
        watch.break_off()
        asking.join(WAIT_S_MAX)
        watch.close()
        assert isinstance(raised[0], DatabaseAway)


def sleeps(connection: "psycopg.Connection[Any]", *_: object) -> None:
    """A question that the server does not answer."""
    connection.execute("SET statement_timeout = 0")
    connection.execute("SELECT pg_sleep(600)")


def test_a_server_that_lets_nobody_in_and_refuses_nobody_is_waited_for(two: Config) -> None:
    """A server that takes a connection and says nothing is as one that is away."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        nowhere = DatabaseAddress(f"postgresql://openline@127.0.0.1:{port}/alpha")
        with standing_by(replace(two, database=nowhere)) as standby:
            assert asyncio.run(standby.begin()) is None
            assert "is not reached" in standby.obstacles[0]


def test_a_session_that_hangs_while_it_begins_is_broken_off(
    one: Config, two: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is silent after it has let a station in is told as away, and asked again."""
    monkeypatch.setattr("openline.app.standby.ANSWER_S_MAX", 0.5)
    with writing(one), standing_by(two) as standby:
        with monkeypatch.context() as hanging:
            hanging.setattr("openline.adapters.postgresql.store.check_writable", sleeps)
            assert asyncio.run(standby.begin()) is None
            assert "is not reached" in standby.obstacles[0]

        async def play() -> None:
            assert await until(standby, lambda: not standby.obstacles) is None

        asyncio.run(play())


def test_who_is_told_to_stop_waits_for_no_session(
    one: Config, two: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A station that is told to stop while the database is silent ends."""
    monkeypatch.setattr("openline.app.standby.ANSWER_S_MAX", 600)
    monkeypatch.setattr("openline.adapters.postgresql.store.check_writable", sleeps)
    with standing_by(two) as standby:

        async def play() -> None:
            began = time.monotonic()
            assert await until(standby, lambda: time.monotonic() - began > 1) is None

        asyncio.run(asyncio.wait_for(play(), WAIT_S_MAX))


def test_a_reader_that_hangs_at_the_take_is_broken_off(
    one: Config, two: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the second connection is silent, the take ends, and is done again."""
    monkeypatch.setattr("openline.app.standby.ANSWER_S_MAX", 0.5)
    with writing(one):
        pass
    with standing_by(two) as standby:
        with monkeypatch.context() as hanging:
            hanging.setattr(PostgresStore, "_load_logs", lambda store: sleeps(store._reader))
            assert asyncio.run(standby.begin()) is None
            assert "cannot be used" in standby.obstacles[0]
        taken = asyncio.run(until(standby, never))
        assert taken is not None
        taken.store.close()


# --- the directory of a further station ----------------------------------------------------------


def test_a_copy_has_what_a_station_needs(one: Config, tmp_path: Path) -> None:
    """Keys, cards and settings are copied for their owner alone; what is one's own is not."""
    from openline.app.station_copy import copy_station

    with writing(one):
        pass
    one.anchor.write_bytes(b"anchor")
    one.log.write_text("log")
    directory = tmp_path / "copied"
    copied = {str(path) for path in copy_station(one, directory)}
    assert {"node.toml", "keys/node.key", "keys/tls.pem", "cards/alpha.example.card"} <= copied
    found = {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}
    assert found == copied
    assert not [name for name in found if "root" in name or name in ("anchor", ".station")]
    assert (directory / "keys" / "node.key").stat().st_mode & 0o077 == 0
    assert directory.stat().st_mode & 0o077 == 0
    with pytest.raises(OurError, match="is not empty"):
        copy_station(one, directory)
