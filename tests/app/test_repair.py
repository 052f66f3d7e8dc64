"""A damaged store is mended: what is sound stays, the rest comes from the counterpart."""

import os
import random
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from openline.adapters.anchor import Anchor
from openline.adapters.sqlite import PAGE_BYTES, SqliteStore
from openline.app.config import Config, load_config
from openline.app.repair.lent import Lent
from openline.app.repair.mending import Mended, examined
from openline.app.store_copies import COPIED_AT, IDENTITY, store_identity
from openline.domain.errors import OurError
from openline.domain.party import Precedence
from openline.engine.commands import AcknowledgeAlarm
from openline.engine.journal import Happened, parse_row
from openline.engine.node import Node
from openline.engine.ports import PutHead, PutTick, PutValue, StoredEntry
from openline.faces.cli.main import run
from tests.engine.parties import ALPHA, BRAVO, LINE, KeysInMemory, make_parties
from tests.engine.region import CountingChance, Region, notice, standing

OUT, THEIRS = f"{ALPHA}/{LINE}/out", f"{BRAVO}/{LINE}/out"
JOURNAL = f"{ALPHA}/{LINE}/journal"
SAID = 40
FLIPS = int(os.environ.get("OPENLINE_FLIPS", "60"))
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


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Two nodes that have talked; alpha was killed, with something that nobody has yet."""
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
            if not is_there and (origin, index) not in lost and not is_about(entry, origin):
                faults.append(f"{origin} {index}")
    words = {"heads": "heads and receipts", "ticks": "ticks", "named": "people"}
    for table, before in bench.rows.items():
        is_named = any(one.startswith(words[table]) for one in mended.uncertain)
        for key, value in before.items():
            over_lost = table == "heads" and (key[0], key[1] - 1) in lost
            if rows[table].get(key) != value and not is_named and not over_lost:
                faults.append(f"{table} {key}")
    return faults


def is_about(entry: StoredEntry, origin: str) -> bool:
    """Whether a row only says which entries came: it may be told in other words."""
    about = (Happened.SENT, Happened.ARRIVED, Happened.EARLY)
    return "/journal" in origin and parse_row(entry).happened in about


def test_random_flips(bench: Bench, record_property: Any) -> None:
    """After a random flip nothing is missing that is not named, and nobody sees a fork."""
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
