"""The doctor finds each fault, names the remedy, and changes nothing."""

import shutil
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from openline.adapters.keys import FileKeys
from openline.adapters.sqlite import SqliteStore
from openline.engine.ports import PutHead
from openline.faces.cli import doctor
from openline.faces.cli.doctor import State, findings
from tests.faces.conftest import (
    ALPHA,
    BRAVO,
    LINE,
    Line,
    Run,
    do,
    is_up,
    make_line,
    running,
    wait_until,
)


@pytest.fixture
def alpha(made_line: Line, tmp_path: Path) -> Path:
    """A node of its own, to be broken."""
    shutil.copytree(made_line.alpha, tmp_path / "alpha")
    return tmp_path / "alpha"


def faults(directory: Path) -> dict[str, str]:
    """What is at fault, by what was looked at."""
    found = [one for one in findings(directory) if one.state is State.FAULT]
    assert all(one.remedy for one in found), found
    return {one.check: one.what for one in found}


def contents(directory: Path) -> dict[Path, bytes]:
    """Every file below a directory."""
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_a_sound_node_has_no_fault(openline: Run, alpha: Path) -> None:
    """A sound node has no fault; its root keys on the machine are a warning."""
    before = contents(alpha)
    told = openline("doctor", "--dir", alpha, "--json")
    assert told.code == 0, told.out
    assert told.json["is_well"]
    warned = {one["check"] for one in told.json["findings"] if one["state"] == "WARNING"}
    assert "keys" in warned
    assert contents(alpha) == before


def open_keys(alpha: Path) -> None:
    (alpha / "keys" / "node.key").chmod(0o644)


def lose_key(alpha: Path) -> None:
    (alpha / "keys" / "mirror.key").unlink()


def spoil_settings(alpha: Path) -> None:
    (alpha / "node.toml").write_text("party = 7\n")


def spoil_card(alpha: Path) -> None:
    (alpha / "cards" / f"{ALPHA}.card").write_text("no card")


def spoil_understanding(alpha: Path) -> None:
    (alpha / "lines" / "syria-air.understanding").write_bytes(b"\x00")


def open_directory(alpha: Path) -> None:
    alpha.chmod(0o777)


@pytest.mark.parametrize(
    ("spoil", "check", "words"),
    [
        (open_keys, "keys", "node.key"),
        (lose_key, "keys", "mirror.key"),
        (spoil_settings, "settings", "row 1"),
        (spoil_card, "cards", ".card"),
        (spoil_understanding, "understandings", "syria-air.understanding"),
        (open_directory, "disk", "Others may write"),
    ],
)
def test_a_fault_is_found_where_it_is(
    alpha: Path, spoil: Callable[[Path], None], check: str, words: str
) -> None:
    """A fault is found, named and given a remedy; what follows is looked at all the same."""
    spoil(alpha)
    found = faults(alpha)
    assert words in found[check]


def test_a_port_that_is_taken_is_found(alpha: Path) -> None:
    """A port at which another program listens is a fault."""
    settings = alpha / "node.toml"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        rows = settings.read_text().splitlines()
        settings.write_text(
            "\n".join(f"port = {port}" if row.startswith("port = ") else row for row in rows)
        )
        assert str(port) in faults(alpha)["ports"]


def test_no_node_there_is_a_fault(openline: Run, tmp_path: Path) -> None:
    """A directory without a node is a fault that says how to make one."""
    told = openline("doctor", "--dir", tmp_path)
    assert told.code == 1
    assert "openline init" in told.out


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node that has run, said something, and stopped; not to be changed."""
    line = make_line(tmp_path_factory.mktemp("stopped"))
    with running(line.alpha, line.bravo):
        wait_until(lambda: is_up(line.client()))
        do("say", "x", "--dir", line.alpha, "--wait", 20, "--line", LINE)
    return line.alpha


def test_the_store_of_a_stopped_node_is_read_whole(stopped: Path, tmp_path: Path) -> None:
    """A sound store is said to be sound; a flipped byte in it is found."""
    directory = tmp_path / "alpha"
    shutil.copytree(stopped, directory)
    assert faults(directory) == {}
    store = directory / "store.sqlite"
    data = bytearray(store.read_bytes())
    data[len(data) // 2] ^= 1
    store.write_bytes(data)
    assert "store" in faults(directory)


def test_what_only_signatures_show_is_found(stopped: Path, tmp_path: Path, openline: Run) -> None:
    """Every signature is verified: a receipt that somebody has altered is a fault."""
    directory = tmp_path / "alpha"
    shutil.copytree(stopped, directory)
    told = openline("doctor", "--dir", directory, "--json").json["findings"]
    [logs] = [one for one in told if one["check"] == "logs"]
    assert logs["state"] == "OK"
    assert "with a receipt" in logs["what"]
    origin = f"{ALPHA}/{LINE}/out"
    with SqliteStore.open(directory / "store.sqlite") as store:
        last = store.last_head(origin, BRAVO)
        assert last is not None
        *rows, row = last[1].splitlines()
        other = row[:-40] + ("A" if row[-40] != "A" else "B") + row[-39:]
        store.commit([PutHead(origin, last[0], BRAVO, "\n".join([*rows, other, ""]))])
    found = faults(directory)
    assert list(found) == ["logs"]
    assert found["logs"] == f"{origin}: The receipt of {BRAVO} for {last[0]} does not verify."


def test_a_store_that_a_plain_sqlite_copied_gets_new_checksums(
    stopped: Path, tmp_path: Path, openline: Run
) -> None:
    """The cause is named; what verifies is written anew beside the old file, nothing else is."""
    directory = tmp_path / "alpha"
    shutil.copytree(stopped, directory)
    told = openline("doctor", "--dir", directory, "--renew-checksums")
    assert told.code == 1
    assert "Every page of" in told.err
    store = directory / "store.sqlite"
    with sqlite3.connect(store) as source, sqlite3.connect(directory / "copy") as copy:
        source.backup(copy)
    source.close()
    copy.close()
    (directory / "copy").replace(store)
    assert "another program has written to the file or copied it" in told_by(openline, directory)
    told = openline("doctor", "--dir", directory, "--renew-checksums")
    assert told.code == 0
    assert faults(directory) == {}
    kept = directory / "store.sqlite.before-1"
    assert kept.exists()

    with sqlite3.connect(store) as plain:
        plain.execute("DROP TRIGGER entries_do_not_change")
        plain.execute("UPDATE entries SET raw = zeroblob(90) WHERE position % 2 = 1")
    plain.close()
    altered = contents(directory)
    told = openline("doctor", "--dir", directory, "--renew-checksums")
    assert told.code == 1
    assert "does not verify" in told.err
    assert contents(directory) == altered


def told_by(openline: Run, directory: Path) -> str:
    """What the doctor says."""
    return openline("doctor", "--dir", directory).out


def test_a_running_node_is_scrubbed_in_a_copy(
    openline: Run, made_line: Line, tmp_path: Path
) -> None:
    """Every page and signature is looked at while the node goes on."""
    line = make_line(tmp_path)
    with running(line.alpha, line.bravo):
        wait_until(lambda: is_up(line.client()))
        for number in range(30):
            do("say", "x" * 900, "--dir", line.alpha, "--line", LINE, "--by", f"watch/O{number}")
        told = openline("doctor", "--dir", line.alpha, "--scrub", "--json")
        assert told.code == 0, told.out
        states = {one["check"]: one["state"] for one in told.json["findings"]}
        assert states["logs"] == states["store"] == "OK"
        assert list(line.alpha.glob("store.sqlite.copy-*")) == []


def test_an_old_copy_of_the_store_is_found(stopped: Path, tmp_path: Path) -> None:
    """A store that is gone while the anchor remembers it is behind its anchor."""
    directory = tmp_path / "alpha"
    shutil.copytree(stopped, directory)
    for path in directory.glob("store.sqlite*"):
        path.unlink()
    assert "behind its anchor" in faults(directory)["anchor"]


def test_a_running_node_is_asked(openline: Run, line: Line) -> None:
    """Of a running node the doctor tells its own word, circuit by circuit."""
    told = openline("doctor", "--dir", line.alpha, "--json")
    assert told.code == 0, told.out
    assert "circuit up" in next(
        one["what"] for one in told.json["findings"] if one["check"] == "line syria-air"
    )
    checks = [one["check"] for one in told.json["findings"]]
    assert "node" in checks
    assert "line syria-air" in checks
    assert "store" not in checks


def test_terms_that_a_running_node_refused_are_found(line: Line) -> None:
    """An Understanding in the directory that the node did not take in is a fault."""
    kept = line.alpha / "lines"
    ghost = kept / "ghost.understanding"
    shutil.copy(kept / f"{LINE}.understanding", ghost)
    try:
        found = faults(line.alpha)
    finally:
        ghost.unlink()
    assert str(ghost) in found["line ghost"]


def test_terms_that_name_other_keys_are_warned_of(alpha: Path, openline: Run) -> None:
    """A node with other keys than its Understanding names is told so before it runs."""
    shutil.rmtree(alpha / "keys")
    FileKeys.make(alpha / "keys", ALPHA)
    told = openline("doctor", "--dir", alpha, "--json").json["findings"]
    warned = [one["what"] for one in told if one["state"] == "WARNING"]
    assert any("another node key" in what for what in warned)


def test_a_language_without_sentences_is_warned_of(alpha: Path, openline: Run) -> None:
    """Texts may be in any language; that the program has no sentences in it is said."""
    settings = alpha / "node.toml"
    settings.write_text(settings.read_text().replace('language = "en"', 'language = "de"'))
    told = openline("doctor", "--dir", alpha, "--json").json["findings"]
    assert any("no sentences in 'de'" in one["what"] for one in told)


def test_a_store_with_a_turned_bit_is_a_fault(stopped: Path, tmp_path: Path) -> None:
    """Wrong bytes in the store end one look, not the doctor, and name the file."""
    directory = tmp_path / "spoilt"
    shutil.copytree(stopped, directory)
    store = directory / "store.sqlite"
    store.write_bytes(store.read_bytes().replace(b"syria-air/out", b"syria-air/ouu"))
    found = faults(directory)
    assert str(store) in found["store"]


def test_a_line_that_was_not_tested_yet_is_no_fault() -> None:
    """Right after a start nothing is proven, which is a warning; what is lost is a fault."""

    def state(*circuits: str) -> State:
        shown = [{"circuit": f"c{n}", "state": one} for n, one in enumerate(circuits)]
        told = {"party": BRAVO, "is_forked": False, "difference": [], "circuits": shown}
        [found] = doctor._counterpart("line", {**told, "clock_offset_ms": None})
        assert found.remedy
        return found.state

    assert state("UNKNOWN", "UNKNOWN") is State.WARNING
    assert state("UNKNOWN", "LOST") is State.FAULT
    assert state() is State.FAULT
