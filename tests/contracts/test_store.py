"""What every store keeps: the contract of `engine.ports.Store`, adapter by adapter."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.adapters.memory import MemoryStore
from openline.adapters.postgresql.address import DatabaseAddress
from openline.adapters.sqlite import SqliteStore
from openline.adapters.station import Station
from openline.domain.limits import CONTENT_SIZE_BYTES_MAX, ENTRY_SIZE_BYTES_MAX
from openline.engine.ports import (
    AppendEntries,
    PutHead,
    PutTick,
    PutValue,
    Store,
    StoreConflict,
    StoredEntry,
    Write,
)
from tests.database import Server

OUT = "alpha.example/syria-air/out"
JOURNAL = "alpha.example/syria-air/journal"
MANY = 10**9


@pytest.fixture(params=["sqlite", "memory", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """One empty store of each kind."""
    if request.param == "memory":
        yield MemoryStore()
    elif request.param == "postgresql":
        with in_database(request.getfixturevalue("postgresql"), tmp_path) as opened:
            yield opened
    else:
        with SqliteStore.open(tmp_path / "store.db") as opened:
            yield opened


@contextmanager
def in_database(server: Server, directory: Path, schema: str = "") -> Iterator[Store]:
    """A store in a schema of a database, which is new unless one is named."""
    from openline.adapters.postgresql.store import PostgresStore

    url = server.url(schema or server.new_schema())
    address = DatabaseAddress(url, server.password_file(directory))
    with (
        Station.open(directory) as station,
        PostgresStore.open(address, "alpha.example", station) as store,
    ):
        yield store


def entry(number: int) -> StoredEntry:
    """An entry that can be told from the others."""
    return StoredEntry(b"raw %d" % number, b"content %d" % number)


def append(start: int, count: int = 1, origin: str = OUT) -> AppendEntries:
    """An append of so many entries, with a root that tells the size."""
    entries = tuple(entry(start + i) for i in range(count))
    return AppendEntries(origin, start, entries, b"root %d" % (start + count))


def tick(sequence: int, tick_hash: bytes, note: str, party: str = "alpha.example") -> PutTick:
    """A tick on the one line of these tests."""
    return PutTick(party, "syria-air", sequence, tick_hash, note)


def test_an_empty_store_holds_nothing(store: Store) -> None:
    """A new store answers every question with nothing."""
    assert store.origins() == []
    assert store.entries(OUT, 0, MANY) == []
    assert store.heads(OUT, "", 0, MANY) == []
    assert store.last_head(OUT, "") is None
    assert store.ticks("syria-air", "alpha.example", 0, MANY) == []
    assert store.last_tick("syria-air", "alpha.example") is None
    assert store.tick_by_hash(b"hash") is None
    assert store.value("name") is None
    assert store.values("") == []


def test_entries_come_back_as_they_were(store: Store) -> None:
    """Appended entries come back in order, byte for byte, from any index."""
    store.commit([append(0, 3)])
    store.commit([append(3, 2)])
    assert store.entries(OUT, 0, MANY) == [entry(i) for i in range(5)]
    assert store.entries(OUT, 3, 1) == [entry(3)]
    assert store.entries(OUT, 5, MANY) == []
    assert store.entries(OUT, 2, 0) == []


@pytest.mark.parametrize("number", [2**40, 2**63 - 1, 2**63, 2**70])
def test_beyond_the_end_there_is_nothing(store: Store, number: int) -> None:
    """However large an index, a size or a number is asked for, nothing is found there."""
    store.commit([append(0, 2), append(0, 2, JOURNAL)])
    store.commit([PutHead(OUT, 2, "", "head"), tick(5, b"hash", "note")])
    assert store.entries(OUT, number, MANY) == []
    assert store.heads(OUT, "", number, MANY) == []
    assert store.ticks("syria-air", "alpha.example", number, MANY) == []


def test_size_and_root_are_kept_for_each_log(store: Store) -> None:
    """Each log is listed in order of origin with the size and root of its last append."""
    store.commit([append(0, 3)])
    store.commit([append(3), append(0, 2, JOURNAL)])
    assert store.origins() == [(JOURNAL, 2, b"root 2"), (OUT, 4, b"root 4")]


def test_logs_do_not_mix(store: Store) -> None:
    """The end of one log is not followed by the entries of another."""
    store.commit([append(0, 2, JOURNAL), append(0, 3)])
    assert store.entries(JOURNAL, 0, MANY) == [entry(0), entry(1)]
    assert len(store.entries(OUT, 0, MANY)) == 3


def test_two_appends_to_one_log_in_one_commit(store: Store) -> None:
    """A commit may append to one log twice, the second from where the first ends."""
    store.commit([append(0, 2), append(2, 2)])
    assert store.origins() == [(OUT, 4, b"root 4")]
    assert store.entries(OUT, 0, MANY) == [entry(i) for i in range(4)]


@pytest.mark.parametrize("start", [0, 1, 3])
def test_an_append_from_another_size_is_a_conflict(store: Store, start: int) -> None:
    """An append that does not begin at the size of the log is refused."""
    store.commit([append(0, 2)])
    with pytest.raises(StoreConflict):
        store.commit([append(start)])
    assert store.origins() == [(OUT, 2, b"root 2")]


def test_the_first_append_begins_at_zero(store: Store) -> None:
    """A log that does not exist has size 0."""
    with pytest.raises(StoreConflict):
        store.commit([append(1)])
    assert store.origins() == []


def test_a_conflict_leaves_nothing_behind(store: Store) -> None:
    """None of the writes of a refused commit is kept, not even those before the fault."""
    store.commit([append(0)])
    refused: list[Write] = [
        PutValue("name", b"value"),
        PutHead(OUT, 1, "", "note"),
        tick(1, b"hash", "tick"),
        append(0, 1, JOURNAL),
        append(1),
        append(1),
    ]
    with pytest.raises(StoreConflict):
        store.commit(refused)
    assert store.origins() == [(OUT, 1, b"root 1")]
    assert store.entries(OUT, 0, MANY) == [entry(0)]
    assert store.entries(JOURNAL, 0, MANY) == []
    assert store.value("name") is None
    assert store.last_head(OUT, "") is None
    assert store.tick_by_hash(b"hash") is None


def test_a_store_goes_on_after_a_conflict(store: Store) -> None:
    """After a refused commit, one that begins at the right size is accepted."""
    with pytest.raises(StoreConflict):
        store.commit([append(0, 1, JOURNAL), append(7)])
    store.commit([append(0), append(0, 1, JOURNAL)])
    assert [size for _, size, _ in store.origins()] == [1, 1]


def test_the_largest_entry_fits(store: Store) -> None:
    """An entry and a content of the largest size come back whole."""
    largest = StoredEntry(b"\xff" * ENTRY_SIZE_BYTES_MAX, b"\x00" * CONTENT_SIZE_BYTES_MAX)
    store.commit([AppendEntries(OUT, 0, (largest, StoredEntry(b"", b"")), b"root")])
    assert store.entries(OUT, 0, MANY) == [largest, StoredEntry(b"", b"")]


def test_heads_are_kept_for_each_holder(store: Store) -> None:
    """Heads come back by origin and holder, smallest first, from a size on."""
    store.commit([PutHead(OUT, size, "", f"bare {size}") for size in (5, 1, 3)])
    store.commit([PutHead(OUT, 3, "bravo.example", "cosigned"), PutHead(JOURNAL, 9, "", "j")])
    assert store.heads(OUT, "", 2, MANY) == [(3, "bare 3"), (5, "bare 5")]
    assert store.heads(OUT, "", 0, 2) == [(1, "bare 1"), (3, "bare 3")]
    assert store.heads(OUT, "bravo.example", 0, MANY) == [(3, "cosigned")]
    assert store.last_head(OUT, "") == (5, "bare 5")
    assert store.last_head(OUT, "bravo.example") == (3, "cosigned")
    assert store.last_head(OUT, "charlie.example") is None


def test_a_second_put_of_a_head_replaces_it(store: Store) -> None:
    """Of one origin, size and holder the last note counts."""
    store.commit([PutHead(OUT, 1, "", "old"), PutHead(OUT, 1, "", "newer")])
    store.commit([PutHead(OUT, 1, "", "newest")])
    assert store.heads(OUT, "", 0, MANY) == [(1, "newest")]


def test_ticks_come_back_in_order(store: Store) -> None:
    """Ticks of one party come back by number, and each by its hash."""
    store.commit([tick(3, b"c", "third"), tick(1, b"a", "first"), tick(2, b"b", "second")])
    store.commit([tick(9, b"z", "other", party="bravo.example")])
    assert store.ticks("syria-air", "alpha.example", 2, MANY) == [
        (2, b"b", "second"),
        (3, b"c", "third"),
    ]
    assert store.ticks("syria-air", "alpha.example", 0, 1) == [(1, b"a", "first")]
    assert store.last_tick("syria-air", "alpha.example") == (3, b"c", "third")
    assert store.last_tick("syria-sea", "alpha.example") is None
    assert store.tick_by_hash(b"z") == "other"


def test_two_ticks_of_one_number_are_both_kept(store: Store) -> None:
    """A second tick of one number is evidence and stays beside the first."""
    store.commit([tick(1, b"b", "one"), tick(1, b"a", "other")])
    store.commit([tick(1, b"b", "one")])
    assert store.ticks("syria-air", "alpha.example", 0, MANY) == [
        (1, b"a", "other"),
        (1, b"b", "one"),
    ]
    assert store.last_tick("syria-air", "alpha.example") == (1, b"b", "one")


def test_values_are_replaced_and_removed(store: Store) -> None:
    """A value is replaced by a later one and removed by an empty one."""
    store.commit([PutValue("a", b"1"), PutValue("b", b"2")])
    store.commit([PutValue("a", b"3"), PutValue("b", b""), PutValue("c", b"")])
    assert store.value("a") == b"3"
    assert store.value("b") is None
    assert store.values("") == [("a", b"3")]


def test_values_are_found_by_the_beginning_of_the_name(store: Store) -> None:
    """Names with the prefix come back in order, and no others."""
    names = ["understanding/a", "understanding", "understanding/", "understandings", "u", "v"]
    store.commit([PutValue(name, b"x") for name in names])
    assert [name for name, _ in store.values("understanding/")] == [
        "understanding/",
        "understanding/a",
    ]
    assert [name for name, _ in store.values("")] == sorted(names)


def test_a_commit_of_nothing_is_allowed(store: Store) -> None:
    """A commit without writes changes nothing."""
    store.commit([])
    assert store.origins() == []


def test_reads_go_on_while_another_thread_commits(store: Store) -> None:
    """A reader in another thread sees each commit whole, and each one that has returned."""
    committed = [0]
    faults: list[str] = []

    def write() -> None:
        for start in range(0, 400, 2):
            store.commit([append(start, 2), append(start, 2, JOURNAL)])
            committed[0] = start + 2

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        at_least = committed[0]
        if len(store.entries(OUT, 0, MANY)) < at_least:
            faults.append(f"fewer than {at_least}")
        sizes = {size for _, size, _ in store.origins()}
        if len(sizes) > 1:
            faults.append(f"half a commit: {sizes}")
    writer.join()
    assert faults == []
    assert store.origins()[0][1] == 400


# --- a law ---------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "a/b", "a/c", "b", "understanding/syria-air"])
ORIGINS = st.sampled_from([OUT, JOURNAL])
SHORT = st.binary(max_size=3)
NUMBERS = st.integers(0, 2**63 - 1) | st.integers(0, 3)

WRITES: st.SearchStrategy[Write] = st.one_of(
    st.builds(
        AppendEntries,
        ORIGINS,
        st.integers(0, 4),
        st.lists(st.builds(StoredEntry, SHORT, SHORT), min_size=1, max_size=2).map(tuple),
        SHORT,
    ),
    st.builds(PutHead, ORIGINS, NUMBERS, st.sampled_from(["", "bravo.example"]), st.text()),
    st.builds(
        lambda sequence, note: tick(sequence, note.encode(), note),
        NUMBERS,
        st.text(st.characters(codec="utf-8"), max_size=2),
    ),
    st.builds(PutValue, NAMES, SHORT),
)


def everything(store: Store) -> list[object]:
    """All that a store can be asked."""
    origins = store.origins()
    holders = [(origin, holder) for origin in (OUT, JOURNAL) for holder in ("", "bravo.example")]
    return [
        origins,
        [store.entries(origin, start, 2) for origin in (OUT, JOURNAL) for start in range(4)],
        [(store.heads(*pair, 2, MANY), store.last_head(*pair)) for pair in holders],
        store.ticks("syria-air", "alpha.example", 1, MANY),
        store.last_tick("syria-air", "alpha.example"),
        [store.tick_by_hash(row[1]) for row in store.ticks("syria-air", "alpha.example", 0, MANY)],
        [store.values(prefix) for prefix in ("", "a", "a/", "c")],
    ]


@given(commits=st.lists(st.lists(WRITES, max_size=4), max_size=5))
def test_sqlite_answers_what_memory_answers(commits: list[list[Write]]) -> None:
    """After any sequence of commits, refused ones included, both stores say the same."""
    with TemporaryDirectory() as directory, MemoryPair(Path(directory)) as (disk, memory):
        for writes in commits:
            refused = []
            for store in (disk, memory):
                try:
                    store.commit(writes)
                except StoreConflict:
                    refused.append(store)
            assert len(refused) in (0, 2)
            assert everything(disk) == everything(memory)


def test_a_database_answers_what_memory_answers(postgresql: Server, tmp_path: Path) -> None:
    """After any sequence of commits, refused ones included, a database says what memory says."""
    schema = postgresql.new_schema()
    with in_database(postgresql, tmp_path, schema):
        pass

    @settings(max_examples=12, deadline=None)
    @given(commits=st.lists(st.lists(WRITES, max_size=4), max_size=5))
    def law(commits: list[list[Write]]) -> None:
        postgresql.within(schema, "TRUNCATE logs, entries, heads, ticks, named")
        memory = MemoryStore()
        with in_database(postgresql, tmp_path, schema) as disk:
            for writes in commits:
                refused = []
                for store in (disk, memory):
                    try:
                        store.commit(writes)
                    except StoreConflict:
                        refused.append(store)
                assert len(refused) in (0, 2)
                assert everything(disk) == everything(memory)

    law()


class MemoryPair:
    """A store on disk and one in memory, side by side."""

    def __init__(self, directory: Path) -> None:
        self.disk = SqliteStore.open(directory / "store.db")
        self.memory = MemoryStore()

    def __enter__(self) -> tuple[Store, Store]:
        return self.disk, self.memory

    def __exit__(self, *_: object) -> None:
        self.disk.close()
