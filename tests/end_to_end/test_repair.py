"""A node whose disk has rotted is repaired with its counterpart, without a fork."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.nodes import (
    Node,
    ending,
    found,
    start,
    told_by,
    told_by_process,
    wait_signing,
    wait_until,
)

SAID = 12
WORDS = "and so on, in words that fill a page. " * 30


@pytest.mark.slow
def test_a_rotten_store_is_repaired_with_the_counterpart(tmp_path: Path) -> None:
    """Doctor names the damage and the verb; all that was receipted is there again."""
    alpha, bravo = nodes = found(tmp_path)
    with ending(*nodes):
        start(*nodes)
        wait_signing(*nodes)
        last = _talk(alpha, bravo)
        certificate = alpha.certify("receipt", tmp_path / "before", party=alpha.party, index=3)
        alpha.kill()
        for words in (b"Alpha 3", b"Alpha 7", b"Bravo 5"):
            _flip(alpha, words)
        doctor = told_by("doctor", "--dir", alpha.directory)
        assert doctor.code == 1
        assert "openline repair" in doctor.out
        looked = json.loads(told_by("repair", "--dry-run", "--dir", alpha.directory, "--json").out)
        logs = {log["origin"]: log for log in looked["diagnosis"]["logs"]}
        assert all(logs[_outbox(node)]["gaps"] for node in nodes)
        assert looked["mended"] is None

        told = told_by_process("repair", "--dir", alpha.directory, "--json")
        assert told.code == 0, told.aside
        mended = json.loads(told.out)["mended"]
        assert mended["lost"] == []
        assert mended["came_back"] >= 3
        assert not mended["is_cut"]
        assert all(Path(path).exists() for path in mended["kept"])
        _goes_on(nodes, last, certificate, tmp_path)
    assert any(row[0] == 26 for row in alpha.journal())


@pytest.mark.slow
def test_a_file_that_is_no_database_any_more_is_repaired(tmp_path: Path) -> None:
    """Without its first page, its `-wal` file and its anchor a node comes back."""
    alpha, bravo = nodes = found(tmp_path)
    with ending(*nodes):
        start(*nodes)
        wait_signing(*nodes)
        last = _talk(alpha, bravo)
        certificate = alpha.certify("receipt", tmp_path / "before", party=alpha.party, index=3)
        alpha.kill()
        bravo.kill()
        store, anchor = alpha.config.store, alpha.config.anchor
        Path(f"{store}-wal").unlink(missing_ok=True)
        store.write_bytes(bytes(4096) + store.read_bytes()[4096:])
        anchor.write_bytes(bytes(64) + anchor.read_bytes()[64:])
        # What was in the `-wal` file is missing, and who has it does not answer.
        refused = told_by_process("repair", "--wait", "1", "--dir", alpha.directory)
        if refused.code:
            assert "--without-counterparts" in refused.aside
            assert store.read_bytes()[:4096] == bytes(4096)
        bravo.start()
        if refused.code:
            told = told_by_process("repair", "--dir", alpha.directory)
            assert told.code == 0, told.aside
            assert "is kept" in told.out
        _goes_on(nodes, last, certificate, tmp_path)


def _talk(alpha: Node, bravo: Node) -> int:
    for number in range(SAID):
        bravo.deliver(f"Bravo {number} {WORDS}")
        last = alpha.deliver(f"Alpha {number} {WORDS}")
    return int(last["index"])


def _outbox(node: Node) -> str:
    return f"{node.party}/{node.line}/out"


def _flip(node: Node, words: bytes) -> None:
    """Flip a bit wherever these words stand in its store and its `-wal` file."""
    hits = 0
    for path in (node.config.store, Path(f"{node.config.store}-wal")):
        data, place = bytearray(path.read_bytes()), -1
        while (place := data.find(words, place + 1)) >= 0:
            data[place] ^= 4
            hits += 1
        path.write_bytes(data)
    assert hits, f"{words!r} is nowhere"


def _goes_on(nodes: list[Node], last: int, certificate: Path, directory: Path) -> None:
    """Both go on where they were, hold the same, and what was proven before still is."""
    alpha, bravo = nodes
    alpha.start()
    wait_signing(*nodes)
    assert alpha.deliver("After the repair.")["index"] == last + 1
    bravo.deliver("After the repair, too.")
    wait_until(lambda: bravo.counterpart(alpha.party)["not_receipted"] == 0, "all is receipted")
    for node in nodes:
        assert not any(one["is_forked"] for one in node.state()["counterparts"])
        assert not {alarm["name"] for alarm in node.alarms()} & {"FORK", "OWN_HISTORY_DIFFERS"}
    assert alpha.message(alpha.party, 4)["body"]["text"].startswith("Alpha 3")
    assert alpha.message(bravo.party, 6)["body"]["text"].startswith("Bravo 5")
    again = alpha.certify("receipt", directory / "again", party=alpha.party, index=3)
    for path in (certificate, again):
        assert json.loads(told_by_process("verify", path, "--json").out)["verdict"] == "PROVEN"
    assert [node.stop() for node in nodes] == [0, 0]
    assert alpha.faults() == bravo.faults() == []
    for node in nodes:
        assert alpha.entries(_outbox(node)) == bravo.entries(_outbox(node))
