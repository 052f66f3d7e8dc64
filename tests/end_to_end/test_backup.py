"""A node is backed up while it runs and put back: nothing is lost, and nothing signed twice."""

import json
import shutil
import threading
from pathlib import Path

import pytest

from openline.adapters.sqlite import SqliteStore
from openline.app.audit import audit
from openline.domain.errors import OurError
from tests.end_to_end.nodes import (
    Node,
    ending,
    found,
    start,
    told_by,
    told_by_process,
    wait_signing,
)


def sealing(directory: Path) -> tuple[Path, str]:
    """A key for back-ups, and its public half."""
    key = directory / "backup.key"
    told = told_by("backup-key", key, "--json")
    return key, json.loads(told.out)["public"]


def test_a_node_is_backed_up_under_load_and_put_back(tmp_path: Path) -> None:
    """What is packed is one commit; put back, the node waits, and gets the rest from bravo."""
    alpha, bravo = nodes = found(tmp_path)
    key, public = sealing(tmp_path)
    backup = tmp_path / "alpha.age"
    with ending(*nodes):
        start(*nodes)
        before = alpha.deliver("Before the back-up.")
        over = threading.Event()
        talking = threading.Thread(target=_talk, args=(alpha, over))
        talking.start()
        try:
            told = told_by("backup", backup, "--to", public, "--dir", alpha.directory, "--json")
        finally:
            over.set()
            talking.join()
        assert told.code == 0, told.aside
        packed = json.loads(told.out)
        assert list(alpha.directory.glob("store.sqlite.copy-*")) == []
        last = alpha.deliver("After the back-up.")
        bravo.kill()
        alpha.kill()
        shutil.rmtree(alpha.directory)

        put_back = told_by_process(
            "restore", backup, "--key", key, "--dir", alpha.directory, "--json"
        )
        assert put_back.code == 0, put_back.aside
        told_back = json.loads(put_back.out)
        assert (told_back["entries"], told_back["at"]) == (packed["entries"], packed["at"])
        assert not (alpha.directory / "keys" / "root").exists()
        assert not (alpha.directory / "anchor").exists()
        with SqliteStore.open_read_only(alpha.directory / "store.sqlite") as store:
            [size] = [s for o, s, _ in store.origins() if o == f"{alpha.party}/{alpha.line}/out"]
            assert before["index"] < size <= last["index"]
            assert [fault for log in audit(store) for fault in log.faults] == []

        refused = told_by_process("run", "--own-copy-is-current", "--dir", alpha.directory)
        assert refused.code == 1
        assert "the store is a copy of" in refused.aside
        alpha.start()
        with pytest.raises(OurError, match="signs nothing yet"):
            alpha.say("Too early.")
        bravo.start()
        wait_signing(*nodes)
        assert alpha.deliver("After the restore.")["index"] == last["index"] + 1
        for node in nodes:
            assert not {alarm["name"] for alarm in node.alarms()} & {"FORK", "OWN_HISTORY_DIFFERS"}
        assert [node.stop() for node in nodes] == [0, 0]
    assert alpha.faults() == bravo.faults() == []
    origin = f"{alpha.party}/{alpha.line}/out"
    assert alpha.entries(origin) == bravo.entries(origin)


def _talk(node: Node, over: threading.Event) -> None:
    while not over.is_set():
        node.say("Load while the back-up is made.")
