"""A store moved into a database and back: all of it, or the node is where it was."""

import json
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

from openline.adapters.sealed import make_key_file, parse_recipient
from openline.adapters.sqlite import SqliteStore
from openline.adapters.station import Station
from openline.app import backup as backups
from openline.app import move as moves
from openline.app.audit import audit
from openline.app.config import FILE_NAME, Config, load_config
from openline.app.move import move, settings_with, tally
from openline.app.store_copies import copy_store, remove_copy
from openline.app.stores import open_store, open_to_read
from openline.domain.errors import OurError
from openline.engine.ports import PutHead
from openline.faces.cli.doctor import State, findings
from openline.faces.cli.main import run
from tests.database import Server
from tests.golden.make import FACTS, STORE

RELEASE = sorted((Path(__file__).parent.parent / "golden").glob(f"*/{FACTS}"))[-1].parent
PARTY = json.loads((RELEASE / FACTS).read_text())["party"]


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """A stopped node whose store holds a line with heads and receipts."""
    directory = tmp_path / "node"
    assert run(["init", "--dir", str(directory), "--party", PARTY, "--json"]) == 0
    store = zlib.decompress((RELEASE / STORE).read_bytes())
    (directory / "store.sqlite").write_bytes(store)
    return directory


@pytest.fixture
def url(postgresql: Server) -> str:
    """The address of an empty schema."""
    return postgresql.url(postgresql.new_schema())


@pytest.fixture
def password(postgresql: Server, tmp_path: Path) -> Path:
    """The file with the password."""
    return postgresql.password_file(tmp_path)


def held(config: Config) -> dict[str, tuple[int, int]]:
    """The tally of a node's store."""
    with open_to_read(config) as store:
        return tally(store)


def in_database(config: Config, url: str, password: Path) -> Config:
    """The settings of the node as if its store were in a database."""
    return moves.parse_config(settings_with(config, url, password), config.directory / FILE_NAME)


def test_there_and_back(node: Path, url: str, password: Path) -> None:
    """Every entry, head, tick and value is in the database, and in a file again, verified."""
    before = load_config(node)
    was = held(before)
    assert {sort for sort, (count, _) in was.items() if count} == {"entry", "head", "tick", "value"}
    assert run(["move", url, "--password-file", str(password), "--dir", str(node), "--json"]) == 0
    there = load_config(node)
    assert str(there.database) == url.partition("?")[0]
    assert held(there) == was
    assert (node / "store.sqlite.moved-1").exists()
    assert not before.store.exists()
    with open_store(there) as store:
        assert [fault for log in audit(store) for fault in log.faults] == []
        assert store.damage() == []
    told = {finding.check: finding for finding in findings(node)}
    assert (told["store"].state, told["logs"].state) == (State.OK, State.OK)
    assert "all sound" in told["store"].what
    moved = move(there, "back.sqlite")
    assert moved.entries == was["entry"][0]
    assert moved.heads > 0
    back = load_config(node)
    assert (back.database, back.store) == (None, node / "back.sqlite")
    assert held(back) == was
    with pytest.raises(OurError, match="was moved away from the database"), open_store(there):
        pass


def test_a_move_that_is_cut_short_changes_nothing(
    node: Path, url: str, password: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a move is broken off, the node stays where it was, and the next one succeeds."""
    from openline.adapters.postgresql.store import PostgresStore

    config = load_config(node)
    was, text = held(config), (node / FILE_NAME).read_text()
    commit, left = PostgresStore.commit, [0]

    def broken(self: Any, writes: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        commit(self, writes)

    for count in (0, 1, 4):
        left[0] = count
        monkeypatch.setattr(PostgresStore, "commit", broken)
        with pytest.raises(KeyboardInterrupt):
            move(config, url, password)
        monkeypatch.undo()
        assert (node / FILE_NAME).read_text() == text
        assert held(config) == was
        with (
            pytest.raises(OurError, match="A store is half moved"),
            open_store(in_database(config, url, password)),
        ):
            pass
    move(config, url, password)
    assert held(load_config(node)) == was


KILLED = """
import os, signal, sys
from openline.adapters.sqlite import SqliteStore
from openline.faces.cli.main import run
commit, left = SqliteStore.commit, [3]
def killed(self, writes):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    commit(self, writes)
SqliteStore.commit = killed
run(["move", "back.sqlite", "--dir", sys.argv[1]])
"""


def test_a_move_that_is_killed_changes_nothing(node: Path, url: str, password: Path) -> None:
    """After kill -9 within a move back into a file the node is in the database still."""
    move(load_config(node), url, password)
    config = load_config(node)
    was = held(config)
    done = subprocess.run([sys.executable, "-c", KILLED, str(node)], timeout=120, check=False)
    assert done.returncode == -9
    assert not (node / "back.sqlite").exists()
    assert str(load_config(node).database) == str(config.database)
    with open_store(config) as store:
        assert tally(store) == was
    move(config, "back.sqlite")
    assert held(load_config(node)) == was
    assert list(node.glob("*.moving*")) == []


def test_the_settings_are_named_last(
    node: Path, url: str, password: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the settings cannot be written the node is where it was, on a store that is whole."""
    config = load_config(node)
    was = held(config)

    def failing(path: Path, data: bytes) -> None:
        raise OurError(f"{path} cannot be written.")

    monkeypatch.setattr(moves, "write_whole", failing)
    with pytest.raises(OurError, match="cannot be written"):
        move(config, url, password)
    assert load_config(node).database is None
    assert held(config) == was
    with pytest.raises(OurError, match=f"holds a store of {PARTY} already"):
        move(config, url, password)


def test_what_does_not_verify_is_not_moved(node: Path, url: str, password: Path) -> None:
    """A store with a head of another history is refused, and the node stays on it."""
    config = load_config(node)
    with SqliteStore.open(config.store) as store:
        origin, size, _ = store.origins()[-1]
        _, note = store.last_head(origin, "") or store.heads(origin, "", 0, 1)[0]
        store.commit([PutHead(origin, size + 7, "", note)])
    with pytest.raises(OurError, match="is not moved, for it is not sound"):
        move(config, url, password)
    assert load_config(node).database is None
    assert config.store.exists()


def test_what_stands_in_the_way_is_named(node: Path, url: str, password: Path) -> None:
    """A file that is there, a process that runs, a password in the address, and no store."""
    config = load_config(node)
    (node / "there").touch()
    with pytest.raises(OurError, match="is there already"):
        move(config, "there")
    with Station.open(node), pytest.raises(OurError, match="in use by another process"):
        move(config, url, password)
    with pytest.raises(OurError, match="password must not stand"):
        move(config, "postgresql://me:secret@127.0.0.1/alpha")
    config.store.rename(node / "away")
    with pytest.raises(OurError, match="no store at"):
        move(config, url, password)


@pytest.mark.parametrize(
    "text",
    [
        'party = "a"\n#store = "x"\n\n# [listener]\n[[listener]]\nstore = 1\n',
        'party = "a"\nstore = "x"   # here\n# store = "y"\n',
        'party = "a"\n[statements]\n',
    ],
)
def test_one_row_of_the_settings_changes(text: str) -> None:
    """The row before the first table names the new place, and every other row stays."""
    changed = moves._with_value(text, "store", "new place")
    assert changed.split("[[")[0].count('\nstore = "new place"') + changed.startswith("store") == 1
    kept = [row for row in text.splitlines() if "store" not in row or "y" in row or "1" in row]
    assert [row for row in changed.splitlines() if "new place" not in row] == kept


def test_a_node_in_a_database_comes_back_on_a_file(
    node: Path, url: str, password: Path, tmp_path: Path
) -> None:
    """A back-up of it is put back with its store as a file, and does not touch the database."""
    move(load_config(node), url, password)
    config = load_config(node)
    public = make_key_file(tmp_path / "key")
    with open_to_read(config) as store:
        was = tally(store)
        copy = copy_store(store, config.store, 1_798_549_200_000)
    with (tmp_path / "backup").open("wb") as file:
        backups.pack(config, copy, 1_798_549_200_000, file, [parse_recipient(public)])
    remove_copy(copy)
    restored = backups.restore(tmp_path / "backup", tmp_path / "key", tmp_path / "again")
    assert restored.config.database is None
    assert load_config(tmp_path / "again").store == tmp_path / "again" / "store.sqlite"
    found = held(restored.config)
    assert {sort: found[sort] for sort in ("entry", "head", "tick")} == {
        sort: was[sort] for sort in ("entry", "head", "tick")
    }
