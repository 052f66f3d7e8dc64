"""A damaged store is mended: what is sound stays, the counterpart has the rest."""

import asyncio
import os
import random
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from openline.adapters import disk, salvage
from openline.adapters.anchor import Anchor
from openline.adapters.salvage import Candidate, Salvage
from openline.adapters.sqlite import PAGE_BYTES, SqliteStore
from openline.app.config import Config, load_config
from openline.app.repair import lent, retold
from openline.app.repair.found import FoundLog
from openline.app.repair.lent import Lent
from openline.app.repair.mending import Ask, Mended, examined
from openline.app.store_copies import COPIED_AT, IDENTITY, store_identity
from openline.app.stores import open_store
from openline.domain.errors import OurError
from openline.domain.party import Precedence, parse_origin
from openline.domain.record import cbor
from openline.domain.record.merkle import Tree, leaf_hash
from openline.engine.commands import AcknowledgeAlarm
from openline.engine.frames import Urgent, encode_frame
from openline.engine.journal import Happened, parse_row
from openline.engine.node import Node
from openline.engine.ports import AppendEntries, PutHead, PutTick, PutValue, StoredEntry
from openline.faces.cli.main import run
from openline.faces.cli.repair import _mended_rows
from tests.engine.parties import ALPHA, BRAVO, LINE, KeysInMemory, make_parties
from tests.engine.region import CountingChance, Region, notice, standing
from tests.engine.test_epochs import open_epoch

OUT, THEIRS = f"{ALPHA}/{LINE}/out", f"{BRAVO}/{LINE}/out"
JOURNAL = f"{ALPHA}/{LINE}/journal"
SAID = 40
FLIPS = int(os.environ.get("OPENLINE_FLIPS", "40"))
"""Random flips that are tried; each takes about a second of a core."""

FILES = ("store.sqlite", "store.sqlite-wal", "anchor")


class Bench:
    """Alpha's node in a directory, stopped, and bravo's in the same process.

    Attributes:
        config: Alpha's settings.
        region: Both nodes.
        was: Alpha's logs as they were, by origin.
        rows: Its heads, ticks and values as they were.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        assert run(["init", "--dir", str(directory), "--party", ALPHA, "--json"]) == 0
        self.config: Config = load_config(directory)
        self._kept = directory.with_name("kept")
        self._bravo = directory.with_name("bravo.sqlite")
        stores = iter([self.config.store, self._bravo])
        self.region: Region = standing(
            make_parties(), make_store=lambda: SqliteStore.open(next(stores))
        )
        self.config.lines.mkdir(exist_ok=True)
        path = self.config.lines / f"{LINE}.understanding"
        path.write_bytes(self.region.signed.format())
        self._talk()
        for station in self.region.stations.values():
            self._keep(station.store)
        self.region.stations[BRAVO].store.close()
        self.reset()

    def _talk(self) -> None:
        region = self.region
        for number in range(SAID):
            words = f"{number} " + "in words that take some room " * 20
            region.say(ALPHA, words, Precedence.FLASH if number % 11 == 0 else Precedence.ROUTINE)
            region.say(BRAVO, words)
            region.pump()
        region.say(ALPHA, "", message=notice())
        region.pump()
        region.pass_time(30_000, 10_000)
        alarm = next(iter(region.line_of(ALPHA).view.alarms()), None)
        if alarm is not None:
            region.ask(ALPHA, AcknowledgeAlarm(LINE, alarm["id"], ("air-desk", "Lt A")))
        region.cut_all()
        region.say(ALPHA, "Nobody has this yet.")
        region.pump()

    def _keep(self, store: Any) -> None:
        """Keep the files as a kill leaves them: the last pages are in the `-wal` file."""
        self._kept.mkdir(exist_ok=True)
        is_ours = store.path == self.config.store
        if is_ours:
            self.was, self.rows = logs_of(store), rows_of(store)
            with Anchor.open(self.config.anchor, store_identity(store)) as anchor:
                anchor.record({origin: (size, root) for origin, size, root in store.origins()})
            shutil.copy(self.config.anchor, self._kept)
        for suffix in ("", "-wal"):
            shutil.copy(f"{store.path}{suffix}", self._kept)
        if is_ours:
            store.close()

    def reset(self) -> None:
        """Both stores are what they were when alpha was killed."""
        for path in self.config.directory.glob("store.sqlite*"):
            path.unlink()
        for path in self.config.directory.glob("anchor*"):
            path.unlink()
        for name in FILES:
            shutil.copy(self._kept / name, self.config.directory)
        store = self.region.stations[BRAVO].store
        store.close()
        for suffix in ("", "-wal"):
            shutil.copy(f"{self._kept / self._bravo.name}{suffix}", f"{self._bravo}{suffix}")
        self.region.restart(BRAVO, SqliteStore.open(self._bravo))

    @property
    def keys(self) -> KeysInMemory:
        """Alpha's keys."""
        return self.region.stations[ALPHA].keys

    def path(self, name: str) -> Path:
        """One of alpha's files."""
        return self.config.directory / name

    def ask(self, config: Config, wanted: Mapping[str, int], wait_s: float) -> Lent:
        """Bravo gives what it holds to a node that signs nothing."""
        with SqliteStore.open(config.store) as store:
            self._start_on(store, signs_nothing=True)
            line = self.region.line_of(ALPHA)
            assert line.peers[BRAVO].is_reconciled
            assert not line.has_signed
            self.region.cut_all()
            self.region.pump()
        return Lent({LINE: (BRAVO,)}, {LINE: ()})

    def nobody(self, config: Config, wanted: Mapping[str, int], wait_s: float) -> Lent:
        """Nobody answers."""
        return Lent({LINE: ()}, {LINE: (BRAVO,)})

    def repair(self, *, hears: bool = True, **options: bool) -> Mended:
        """Mend the store of alpha."""
        with examined(self.config, self.keys, self.ask if hears else self.nobody) as repair:
            assert not repair.diagnosis.is_sound
            return repair.mend(self.region.now, 1.0, **options)

    def start(self) -> SqliteStore:
        """Start alpha on its store, and let both talk until nothing is open."""
        store = SqliteStore.open(self.config.store)
        self._start_on(store)
        return store

    def _start_on(self, store: SqliteStore, *, signs_nothing: bool = False) -> None:
        station = self.region.stations[ALPHA]
        self.region.cut_all()
        station.inbox.clear()
        station.store = store
        station.node = Node(
            ALPHA, self.keys, CountingChance(99), store, signs_nothing=signs_nothing
        )
        station.node.load(self.region.now)
        if not station.node.lines:
            self.region.adopt(ALPHA)
        self.region.connect_all()
        self.region.pump()
        self.region.pass_time(10_000)


def logs_of(store: SqliteStore) -> dict[str, list[StoredEntry]]:
    """The entries of each log."""
    return {origin: store.entries(origin, 0, size) for origin, size, _ in store.origins()}


def rows_of(store: SqliteStore) -> dict[str, dict[Any, Any]]:
    """What is in no log: heads, ticks and values, each by its key."""
    found: dict[str, dict[Any, Any]] = {"heads": {}, "ticks": {}, "named": {}}
    for writes in store.contents():
        for write in writes:
            match write:
                case PutHead(origin, size, holder, note):
                    found["heads"][origin, size, holder] = note
                case PutTick(party, line, sequence, tick_hash, note):
                    found["ticks"][party, line, sequence, tick_hash] = note
                case PutValue(name, value) if name not in (IDENTITY, COPIED_AT):
                    found["named"][name] = value
                case _:
                    pass
    return found


class LaterBench(Bench):
    """The same, and alpha has gone on in a second outbox."""

    def _talk(self) -> None:
        super()._talk()
        self.region.connect_all()
        self.region.pump()
        self.region.pass_time(30_000, 10_000)
        open_epoch(self.region)
        for number in range(5):
            self.region.say(ALPHA, f"{number} in the second outbox")
        self.region.pump()
        self.region.pass_time(30_000, 10_000)
        self.region.cut_all()
        self.region.pump()


@pytest.mark.parametrize("gives", [True, False], ids=["gives", "gives nothing"])
def test_an_outbox_that_was_closed_is_mended_too(tmp_path: Path, gives: bool) -> None:
    """Its entries come back; where they do not, the later outbox stands all the same."""
    bench = LaterBench(tmp_path / "alpha")
    flip(bench.path("store.sqlite"), bench.was[OUT][10].content[:60])

    def ask(config: Config, wanted: Mapping[str, int], wait_s: float) -> Lent:
        if gives:
            return bench.ask(config, wanted, wait_s)
        return Lent({LINE: (BRAVO,)}, {LINE: ()})

    with examined(bench.config, bench.keys, ask) as repair:
        mended = repair.mend(bench.region.now, 1.0)
    closed = len(bench.was[OUT])
    assert mended.lost == (() if gives else ((OUT, 10, closed),))
    told = " ".join(_mended_rows(mended))
    assert gives or f"LOST: 10 to {closed - 1} of {OUT}, which is closed." in told
    if gives:
        assert unexplained(bench, mended) == []
    with bench.start() as store:
        found = logs_of(store)
        assert not bench.region.line_of(BRAVO).peers[ALPHA].is_forked
        assert bench.region.line_of(ALPHA).can_sign()
        bench.region.cut_all()
        bench.region.pump()
    assert found[f"{OUT}/2"] == bench.was[f"{OUT}/2"]
    assert found[OUT] == bench.was[OUT][: closed if gives else 10]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Two nodes that have talked; alpha was killed with words that nobody has yet."""
    return Bench(tmp_path_factory.mktemp("repair") / "alpha")


@pytest.fixture
def bench(made: Bench) -> Bench:
    """The same, as nothing had happened since."""
    made.reset()
    return made


def unexplained(bench: Bench, mended: Mended) -> list[str]:
    """What is not there any more though nothing names it as lost."""
    with SqliteStore.open_read_only(bench.config.store) as store:
        logs, rows = logs_of(store), rows_of(store)
    told = {row for origin, log in logs.items() if "/journal" in origin for row in log}
    lost = {(origin, at) for origin, first, end in mended.lost for at in range(first, end)}
    faults = []
    for origin, entries in bench.was.items():
        now = logs.get(origin, [])
        for index, entry in enumerate(entries):
            is_there = now[index : index + 1] == [entry] or ("/journal" in origin and entry in told)
            if not is_there and (origin, index) not in lost and not is_about(entry, origin, lost):
                faults.append(f"{origin} {index}")
    words = {"heads": "heads and receipts", "ticks": "ticks", "named": "people"}
    for table, before in bench.rows.items():
        is_named = any(one.startswith(words[table]) for one in mended.uncertain)
        for key, value in before.items():
            # A head over rows that were carried over into a new epoch goes with the old one.
            is_cut = mended.is_cut and "/journal" in key[0]
            over_lost = table == "heads" and ((key[0], key[1] - 1) in lost or is_cut)
            if rows[table].get(key) != value and not is_named and not over_lost:
                faults.append(f"{table} {key}")
    return faults


def is_about(entry: StoredEntry, origin: str, lost: set[tuple[str, int]]) -> bool:
    """Whether a row only says which entries came: it may be told in other words."""
    if "/journal" not in origin:
        return False
    row = parse_row(entry)
    if row.happened is Happened.RECEIPTED:
        # A receipt for what is not there goes with it.
        size = row.rest[1]
        assert isinstance(size, int)
        return (OUT, size - 1) in lost
    return row.happened in (Happened.SENT, Happened.ARRIVED, Happened.EARLY)


@pytest.mark.slow
def test_random_flips(bench: Bench, record_property: Any) -> None:
    """After a random flip nothing is missing that is not named; nobody sees a fork."""
    rng = random.Random(4)
    seen: Counter[str] = Counter()
    for number in range(FLIPS):
        bench.reset()
        name = rng.choice(FILES) if number % 4 == 0 else "store.sqlite"
        path = bench.path(name)
        data = bytearray(path.read_bytes())
        place = rng.randrange(len(data) * 8)
        data[place // 8] ^= 1 << place % 8
        path.write_bytes(data)
        with examined(bench.config, bench.keys, bench.ask) as repair:
            if repair.diagnosis.is_sound:
                seen["harmless"] += 1
                continue
            mended = repair.mend(bench.region.now, 1.0)
        assert unexplained(bench, mended) == [], f"{name}, bit {place}: {mended}"
        kind = "lost" if mended.lost else "uncertain" if mended.uncertain else "whole"
        if number % 10 == 0:
            bench.start().close()
            assert not bench.region.line_of(BRAVO).peers[ALPHA].is_forked
        seen[kind] += 1
    assert seen.total() == FLIPS
    record_property("flips of a bit of a store, its log file and its anchor", FLIPS)
    record_property("flips that hit nothing that counts", seen["harmless"])
    record_property("flips after which all was there again", seen["whole"])
    record_property("flips after which the loss was named", seen["lost"] + seen["uncertain"])


def flip(path: Path, words: bytes, bit: int = 0) -> None:
    """Flip one bit of the first of these words in a file, and of its older copies."""
    data = bytearray(path.read_bytes())
    assert words in data, f"{words!r} is not in {path}"
    place = -1
    while (place := data.find(words, place + 1)) >= 0:
        data[place] ^= 1 << bit
    path.write_bytes(data)


def zero(path: Path, place: int, count: int) -> None:
    """Write zeros over a part of a file."""
    data = bytearray(path.read_bytes())
    data[place : place + count] = bytes(count)
    path.write_bytes(data)


def files_of(bench: Bench) -> set[str]:
    """The files of alpha's store; the index of SQLite that comes and goes apart."""
    found = {path.name for path in bench.config.directory.glob("store.sqlite*")}
    return {name for name in found if not name.endswith("-shm")}


def in_order(bench: Bench) -> dict[str, list[StoredEntry]]:
    """Alpha's logs after a start on what was mended; nobody has seen a fork."""
    with bench.start() as store:
        bench.region.say(ALPHA, "After the repair.")
        bench.region.pump()
        found = logs_of(store)
        bravo = bench.region.line_of(BRAVO)
        assert not bravo.peers[ALPHA].is_forked
        assert bravo.mirrors[ALPHA].tree.root() == bench.region.line_of(ALPHA).outbox.tree.root()
        bench.region.cut_all()
        bench.region.pump()
    return found


@pytest.mark.parametrize("words", [b"20 in words that", b"0 in words that"])
def test_entries_on_a_damaged_page_come_back_as_they_were(bench: Bench, words: bytes) -> None:
    """A flipped bit in entries of either side costs nothing: all is as it was."""
    flip(bench.path("store.sqlite"), words)
    with examined(bench.config, bench.keys, bench.ask) as repair:
        seen = repair.diagnosis
        assert seen.pages.damaged > 0
        assert any(log.gaps for log in seen.logs if log.origin in (OUT, THEIRS))
        mended = repair.mend(bench.region.now, 1.0)
    assert (mended.lost, mended.uncertain, mended.is_cut) == ((), (), False)
    assert mended.came_back > 0
    assert unexplained(bench, mended) == []
    with SqliteStore.open_read_only(bench.config.store) as store:
        rows = store.entries(JOURNAL, len(bench.was[JOURNAL]), 10)
        assert [parse_row(row).happened for row in rows] == [Happened.MENDED]
        assert store.value(IDENTITY) is None
        assert store.value(COPIED_AT)
    found = in_order(bench)
    for origin, entries in bench.was.items():
        assert found[origin][: len(entries)] == entries


def test_a_damaged_store_is_kept(bench: Bench) -> None:
    """The file stays as it was, its `-wal` file too, and no passing one is left."""
    flip(bench.path("store.sqlite"), b"20 in words that")
    was = [bench.path(name).read_bytes() for name in FILES[:2]]
    mended = bench.repair()
    [kept] = mended.kept
    assert kept.name == "store.sqlite.damaged-1"
    assert [kept.read_bytes(), Path(f"{kept}-wal").read_bytes()] == was
    assert files_of(bench) == {"store.sqlite", kept.name, f"{kept.name}-wal"}
    with examined(bench.config, bench.keys, bench.nobody) as repair:
        assert repair.diagnosis.is_store_sound


def test_nobody_starts_on_a_store_that_is_repaired(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node, and a second repair, find the directory held, whatever becomes of the file."""
    monkeypatch.setattr(disk, "_PATIENCE_S", 0.1)
    with examined(bench.config, bench.keys, bench.nobody):
        for other in (open_store(bench.config), examined(bench.config, bench.keys)):
            with pytest.raises(OurError, match="in use by another process"), other:
                pass
    with (
        open_store(bench.config),
        pytest.raises(OurError, match="in use by another process"),
        examined(bench.config, bench.keys),
    ):
        pass


@pytest.mark.parametrize("is_started", [True, False])
@pytest.mark.parametrize("count", [0, 1])
def test_an_exchange_that_is_cut_short_is_undone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, count: int, is_started: bool
) -> None:
    """Wherever it is killed, the store has its `-wal` file again before anybody opens it."""
    if not is_started:
        flip(bench.path("store.sqlite"), b"20 in words that")
    was = [bench.path(name).read_bytes() for name in FILES[:2]]
    new, left = bench.path("store.sqlite.mending"), [count]
    new.write_bytes(b"the new one")
    replace_file = os.replace

    def killed(source: Path, target: Path) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        replace_file(source, target)

    monkeypatch.setattr(disk.os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        disk.put_in_place(new, bench.config.store, ".damaged")
    monkeypatch.undo()
    new.unlink()
    if is_started:
        with open_store(bench.config) as store:
            assert logs_of(cast(SqliteStore, store)) == bench.was
        return
    with examined(bench.config, bench.keys, bench.nobody):
        assert [bench.path(name).read_bytes() for name in FILES[:2]] == was
    assert files_of(bench) == {"store.sqlite", "store.sqlite-wal"}


@pytest.mark.parametrize("pages", [1, 0], ids=["zeroed", "torn"])
def test_a_file_that_is_no_database_any_more(bench: Bench, pages: int) -> None:
    """A first page of zeros, or one half written, costs no entry and no row."""
    zero(bench.path("store.sqlite"), 0 if pages else PAGE_BYTES // 2, PAGE_BYTES // (2 - pages))
    zero(bench.path("store.sqlite-wal"), 0, 32)
    mended = bench.repair()
    assert mended.lost == ()
    assert unexplained(bench, mended) == []
    found = in_order(bench)
    assert all(found[origin][: len(log)] == log for origin, log in bench.was.items())


def test_a_file_that_is_cut_off(bench: Bench) -> None:
    """What stood in the half that is gone comes back, or it is named."""
    path = bench.path("store.sqlite")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 100])
    mended = bench.repair()
    assert unexplained(bench, mended) == []
    found = in_order(bench)
    for origin in (OUT, THEIRS):
        came = len(bench.was[origin]) - (origin == OUT)
        assert found[origin][:came] == bench.was[origin][:came]


def test_behind_a_damaged_frame_of_the_log_file_nothing_is_lost(bench: Bench) -> None:
    """SQLite would forget every later commit: here each frame is read by itself."""
    path = bench.path("store.sqlite-wal")
    data = bytearray(path.read_bytes())
    place = 32 + 5 * (24 + PAGE_BYTES) + 500
    data[place : place + 8] = bytes(byte ^ 0xFF for byte in data[place : place + 8])
    path.write_bytes(data)
    mended = bench.repair()
    assert mended.lost == ()
    assert unexplained(bench, mended) == []
    found = in_order(bench)
    assert all(found[origin][: len(log)] == log for origin, log in bench.was.items())


def test_a_log_file_that_is_gone_is_seen_by_the_anchor(bench: Bench) -> None:
    """What was committed last comes back from the counterpart; the journal is cut."""
    bench.path("store.sqlite-wal").unlink()
    mended = bench.repair()
    assert mended.is_cut
    with SqliteStore.open_read_only(bench.config.store) as store:
        assert dict(mended.logs) == {origin: size for origin, size, _ in store.origins()}
    assert [row for row in mended.lost if row[0] == JOURNAL]
    found = in_order(bench)
    said = len(bench.was[OUT])
    assert found[OUT][: said - 1] == bench.was[OUT][: said - 1]
    assert found[THEIRS] == bench.was[THEIRS]
    first, second, *_ = [parse_row(row) for row in found[f"{JOURNAL}/2"]]
    assert (first.happened, second.happened) == (Happened.CONTINUED, Happened.MENDED)
    assert first.rest[:2] == (JOURNAL, len(bench.was[JOURNAL]))
    assert [list(row) for row in mended.lost] == second.rest[0]


def test_a_store_that_is_gone(bench: Bench) -> None:
    """With the anchor alone it is known what was lost; both sides' words come back."""
    for name in FILES[:2]:
        bench.path(name).unlink()
    mended = bench.repair()
    assert mended.kept == ()
    assert dict((origin, end) for origin, _, end in mended.lost)[JOURNAL] == len(bench.was[JOURNAL])
    found = in_order(bench)
    assert found[THEIRS] == bench.was[THEIRS]
    assert found[OUT][: len(bench.was[OUT]) - 1] == bench.was[OUT][:-1]


def test_a_damaged_anchor_is_set_aside(bench: Bench) -> None:
    """The store stays as it is; the next start begins the anchor anew."""
    zero(bench.path("anchor"), 10, 30)
    zero(bench.path("anchor"), (1 << 20) + 10, 30)
    was = [bench.path(name).read_bytes() for name in FILES[:2]]
    with examined(bench.config, bench.keys, bench.nobody) as repair:
        assert "is damaged" in repair.diagnosis.anchor
        assert repair.diagnosis.is_store_sound
        mended = repair.mend(bench.region.now, 1.0)
    assert [path.name for path in mended.kept] == ["anchor.damaged-1"]
    assert [bench.path(name).read_bytes() for name in FILES[:2]] == was
    assert not bench.path("anchor").exists()


def test_an_anchor_that_the_disk_cannot_read_stops_the_repair(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be whole: what it says is not given up for a fault of the disk."""

    def fail(descriptor: int, count: int, start: int) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "pread", fail)
    with (
        pytest.raises(OurError, match="anchor cannot be read"),
        examined(bench.config, bench.keys, bench.nobody),
    ):
        pass
    assert bench.path("anchor").exists()


def test_large_entries_are_written_few_at_a_time() -> None:
    """What is written at once is bound by its bytes too, and nothing of it is left out."""
    entries = [StoredEntry(b"%d" % number, bytes(400_000)) for number in range(7)]
    parts = list(retold._parts(entries))
    assert [len(part) for part in parts] == [3, 3, 1]
    assert [entry for part in parts for entry in part] == entries


def test_nothing_is_changed_while_a_counterpart_is_silent(bench: Bench) -> None:
    """It may hold what is missing; who goes on without it gets that at the next start."""
    flip(bench.path("store.sqlite"), bench.was[THEIRS][20].content[:60])
    was = bench.path("store.sqlite").read_bytes()
    with pytest.raises(OurError) as refused:
        bench.repair(hears=False)
    assert BRAVO in refused.value.what
    assert "--without-counterparts" in refused.value.remedy
    assert bench.path("store.sqlite").read_bytes() == was
    mended = bench.repair(hears=False, without_counterparts=True)
    assert mended.silent == (BRAVO,)
    assert mended.is_cut
    assert {origin for origin, _, _ in mended.lost} == {THEIRS}
    assert unexplained(bench, mended) == []
    found = in_order(bench)
    assert found[OUT][: len(bench.was[OUT]) - 1] == bench.was[OUT][:-1]
    assert found[THEIRS] == bench.was[THEIRS]


@pytest.mark.parametrize("hears", [True, False], ids=["old copy", "silent"])
def test_what_was_receipted_is_never_numbered_again(bench: Bench, hears: bool) -> None:
    """A counterpart that shows less than it has receipted, or nothing, gets no second entry."""
    flip(bench.path("store.sqlite"), bench.was[OUT][10].content[:60])
    was = bench.path("store.sqlite").read_bytes()
    shown: Ask = bench.nobody
    if hears:
        # It shows our head over ten entries, and gives nothing.
        def shown(config: Config, wanted: Mapping[str, int], wait_s: float) -> Lent:
            return Lent({LINE: (BRAVO,)}, {LINE: ()})

    with examined(bench.config, bench.keys, shown) as repair, pytest.raises(OurError) as refused:
        repair.mend(bench.region.now, 1.0, without_counterparts=True)
    assert f"{BRAVO} has signed that it holds" in refused.value.what
    assert "only the first 10" in refused.value.what
    assert bench.path("store.sqlite").read_bytes() == was
    assert files_of(bench) == {"store.sqlite", "store.sqlite-wal"}


def test_what_is_kept_beside_a_doubtful_row_has_to_be_what_the_row_says(tmp_path: Path) -> None:
    """A root proves a row and not its content: a flipped bit in that makes a gap."""
    salt, content = bytes(16), b"the plan of the fair"
    hashes = (sha256(content).digest(), sha256(salt + content).digest())
    rows: list[tuple[StoredEntry, bool]] = []
    for happened, digest in zip((Happened.DRAFTED, Happened.OFFERED), hashes, strict=True):
        raw = cbor.encode([int(happened), 5, "air-desk", "Lt A", salt, digest])
        rows += [(StoredEntry(raw, content), True), (StoredEntry(raw, content[1:]), False)]
    raw = cbor.encode([int(Happened.STARTED), 5, "1.0"])
    rows += [(StoredEntry(raw, b""), True), (StoredEntry(raw, b"more"), False)]
    for entry, is_told in rows:
        assert gaps_of_one(tmp_path / "salvage", entry) == ([] if is_told else [(0, 1)])


def test_an_early_flash_on_a_damaged_page_has_to_prove_itself(bench: Bench, tmp_path: Path) -> None:
    """The frame that was kept counts if its entry is under its head, with its content."""
    tree = Tree(leaf_hash(entry.raw) for entry in bench.was[THEIRS])
    size, note = max(
        (size, note) for (origin, size, _), note in bench.rows["heads"].items() if origin == THEIRS
    )
    entry, proof = bench.was[THEIRS][3], tuple(tree.inclusion_proof(3, size))
    good = encode_frame(Urgent(entry, proof, note))
    other = StoredEntry(entry.raw, entry.content[:-1] + bytes([entry.content[-1] ^ 1]))
    for index, content, is_proven in (
        (3, good, True),
        (4, good, False),
        (3, encode_frame(Urgent(other, proof, note)), False),
        (3, encode_frame(Urgent(entry, proof[1:], note)), False),
        (3, good[:-9], False),
    ):
        raw = cbor.encode([int(Happened.EARLY), 5, BRAVO, index, "sat"])
        gaps = gaps_of_one(tmp_path / "salvage", StoredEntry(raw, content))
        assert gaps == ([] if is_proven else [(0, 1)])


def gaps_of_one(path: Path, entry: StoredEntry) -> list[tuple[int, int]]:
    """The gaps of a journal of one row, on a damaged page, whose root is known."""
    origin = parse_origin(JOURNAL)
    assert origin is not None
    with Salvage(path) as heap:
        heap.keep_only(1, 0, Candidate(entry, is_sound=False))
        log = FoundLog(origin, 1, [(1, Tree([leaf_hash(entry.raw)]).root())])
        log.look(heap)
    return log.gaps


@pytest.mark.parametrize("has_root", [True, False])
@pytest.mark.parametrize("text", [OUT, JOURNAL])
def test_a_flipped_bit_in_the_number_of_a_row_makes_no_log_long(
    bench: Bench, tmp_path: Path, text: str, has_root: bool
) -> None:
    """What stands on a damaged page, far beyond all that is known, is let go of at once."""
    origin, entry = parse_origin(text), bench.was[text][0]
    assert origin is not None
    with Salvage(tmp_path / "salvage") as heap:
        heap.keep_only(1, 0, Candidate(entry, is_sound=True))
        heap.keep_only(1, 1 << 38, Candidate(bench.was[text][1], is_sound=False))
        roots = [(1, Tree([leaf_hash(entry.raw)]).root())] if has_root else []
        log = FoundLog(origin, 1, roots)
        log.look(heap)
    assert (log.committed, log.gaps) == (1, [])


@pytest.mark.parametrize("name", FILES[:2])
def test_what_the_disk_cannot_read_is_damaged(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A sector that is gone costs the page on it, or the frame, and not the repair."""
    inode, read = bench.path(name).stat().st_ino, os.pread

    def read_some(descriptor: int, count: int, start: int) -> bytes:
        is_there = os.fstat(descriptor).st_ino != inode
        if is_there or not start <= 12 * PAGE_BYTES + 700 < start + count:
            return read(descriptor, count, start)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(salvage.os, "pread", read_some)
    with examined(bench.config, bench.keys, bench.ask) as repair:
        assert repair.diagnosis.pages.damaged > 0
        mended = repair.mend(bench.region.now, 1.0)
    assert unexplained(bench, mended) == []


class Talker:
    """A line on which the counterpart has no end of things to say."""

    broken = ""
    name = LINE
    outbox = SimpleNamespace(origin=OUT, size=4)

    def __init__(self) -> None:
        self.peers = {BRAVO: SimpleNamespace(is_reconciled=True)}
        self._said = 0

    @property
    def mirrors(self) -> dict[str, Any]:
        """What of the counterpart is held: one more each time."""
        self._said += 1
        return {BRAVO: SimpleNamespace(origin=THEIRS, size=self._said)}


def test_nobody_holds_up_a_repair_by_talking(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said beyond what is wanted ends the wait; and too slow is not for ever."""
    monkeypatch.setattr(lent, "_STILL_S", 0.2)

    async def filled(wanted: Mapping[str, int]) -> bool:
        node = SimpleNamespace(lines={LINE: Talker()})
        async with asyncio.timeout(60):
            return await lent._filled(cast(Node, node), wanted, 0.1, asyncio.Event())

    monkeypatch.setattr(lent, "_LONGEST", 1_000)
    # Ours is not whole, so that only stillness ends it.
    monkeypatch.setattr(lent, "_has_all", lambda *_: False)
    assert asyncio.run(filled({OUT: 5, THEIRS: 3}))
    monkeypatch.setattr(lent, "_LONGEST", 3)
    assert not asyncio.run(filled({OUT: 5}))


def test_a_page_of_zeros_is_damaged(bench: Bench) -> None:
    """The checksum of zeros is zero: such a page is not taken for a sound one."""
    zero(bench.path("store.sqlite"), 9 * PAGE_BYTES, PAGE_BYTES)
    with examined(bench.config, bench.keys, bench.nobody) as repair:
        assert repair.diagnosis.pages.damaged == 1


@pytest.mark.parametrize("count", [None, 1], ids=["all", "one"])
def test_a_history_that_was_written_anew_is_not_taken(bench: Bench, count: int | None) -> None:
    """A counterpart that gives other entries than it had signed is told of, and nothing done."""
    index = 20
    flip(bench.path("store.sqlite"), bench.was[THEIRS][index].content[:60])
    was = bench.path("store.sqlite").read_bytes()

    def ask(config: Config, wanted: Mapping[str, int], wait_s: float) -> Lent:
        with SqliteStore.open(config.store) as store:
            held = next(size for origin, size, _ in store.origins() if origin == THEIRS)
            assert held <= index
            entries = list(bench.was[THEIRS])
            other = entries[index].raw
            entries[index] = replace(entries[index], raw=other[:-1] + bytes([other[-1] ^ 1]))
            entries = entries[: None if count is None else index + count]
            root = Tree(leaf_hash(entry.raw) for entry in entries).root()
            store.commit([AppendEntries(THEIRS, held, tuple(entries[held:]), root)])
        return Lent({LINE: (BRAVO,)}, {LINE: ()})

    with examined(bench.config, bench.keys, ask) as repair, pytest.raises(OurError) as refused:
        repair.mend(bench.region.now, 1.0)
    assert f"{BRAVO} gave entries of {THEIRS} that contradict" in refused.value.what
    assert bench.path("store.sqlite").read_bytes() == was


def test_our_own_words_that_nobody_has_are_named_as_lost(bench: Bench) -> None:
    """The number of one that nobody has is used again, and that is no fork."""
    index = len(bench.was[OUT]) - 1
    for name in FILES[:2]:
        if b"Nobody has this yet." in bench.path(name).read_bytes():
            flip(bench.path(name), b"Nobody has this yet.")

    def ask(config: Config, wanted: Mapping[str, int], wait_s: float) -> Lent:
        bench.ask(config, wanted, wait_s)
        # On a line of which nothing is lost nobody is waited for.
        return Lent({LINE: (BRAVO,)}, {LINE: (), "other-air": ("charlie.example",)})

    with examined(bench.config, bench.keys, ask) as repair:
        mended = repair.mend(bench.region.now, 1.0)
    assert (OUT, index, index + 1) in mended.lost
    assert mended.silent == ()
    assert unexplained(bench, mended) == []
    assert len(in_order(bench)[OUT]) == index + 1


def test_the_verb_says_what_is_damaged_and_changes_nothing(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """A look names log and entry; a sound store is told so."""
    directory = str(bench.config.directory)
    flip(bench.path("store.sqlite"), b"20 in words that")
    was = bench.path("store.sqlite").read_bytes()
    assert run(["repair", "--dry-run", "--dir", directory]) == 0
    told = capsys.readouterr().out
    assert "pages are damaged" in told
    assert f"{OUT} has {len(bench.was[OUT])} entries" in told
    assert bench.path("store.sqlite").read_bytes() == was
    assert files_of(bench) == {"store.sqlite", "store.sqlite-wal"}
