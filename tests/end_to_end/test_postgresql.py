"""A node on PostgreSQL talks, is killed, loses its database, moves away; the audit is clean."""

import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path

from openline.app.move import settings_with
from openline.domain.errors import OurError
from tests.database import Server
from tests.end_to_end.nodes import (
    Node,
    ending,
    found,
    openline,
    start,
    told_by,
    wait_signing,
)


def test_a_node_on_a_database_loses_nothing(tmp_path: Path, postgresql: Server) -> None:
    """Over TLS, through kill -9 of the node and of its database, nothing is lost or forked."""
    alpha, bravo = found(tmp_path)
    url = postgresql.url(postgresql.new_schema())
    password = postgresql.password_file(tmp_path)
    text = settings_with(alpha.config, url, password)
    (alpha.directory / "node.toml").write_text(text)
    del alpha.config
    with ending(alpha, bravo):
        start(alpha, bravo)
        said = {alpha.deliver("from a database")["index"]}
        bravo.deliver("from a file")
        # Of a running node: a copy that it writes is read whole.
        told = told_by("doctor", "--scrub", "--dir", alpha.directory)
        assert (told.code, "all sound" in told.out) == (0, True)
        _refuse_a_second_process(alpha)
        said.add(alpha.deliver("still the only one")["index"])
        _talk_until(alpha, lambda: alpha.send_signal(signal.SIGKILL), said)
        alpha.ended()
        alpha.start()
        wait_signing(alpha)
        said.add(alpha.deliver("after kill -9 of the node")["index"])
        _talk_until(alpha, postgresql.kill, said)
        assert alpha.ended() == 1
        assert "Nothing that it acknowledged is lost. See to the database" in alpha.aside()
        try:
            alpha.spawn()
            assert alpha.ended(60) == 1
            assert "is not reached" in alpha.aside()
        finally:
            postgresql.start()
        alpha.start()
        wait_signing(alpha)
        said.add(alpha.deliver("after kill -9 of the database")["index"])
        bravo.deliver("an answer")
        assert [alpha.stop(), bravo.stop()] == [0, 0]
        out = f"{alpha.party}/{alpha.line}/out"
        there = alpha.entries(out)
        assert max(said) < len(there)
        assert there == bravo.entries(out)
        assert (alpha.faults(), bravo.faults()) == ([], [])
        # Away from the database: the node goes on from there, in a file.
        openline("move", "store.sqlite", "--dir", alpha.directory)
        del alpha.config
        start(alpha, bravo)
        alpha.deliver("from a file again")
        assert [alpha.stop(), bravo.stop()] == [0, 0]
        assert alpha.entries(out)[: len(there)] == there
        assert (alpha.faults(), bravo.faults()) == ([], [])
    assert postgresql.password not in alpha.log() + alpha.aside()


def _refuse_a_second_process(alpha: Node) -> None:
    """A process elsewhere, with the same keys and the same database, is refused."""
    elsewhere = alpha.directory.with_name("elsewhere")
    left_out = shutil.ignore_patterns(".station", "*.sock", "anchor")
    shutil.copytree(alpha.directory, elsewhere, ignore=left_out)
    other = Node(elsewhere, alpha.party)
    with ending(other):
        other.spawn()
        assert other.ended(60) == 1
    assert "is in use by another process" in other.aside()


def _talk_until(node: Node, end: Callable[[], None], said: set[int]) -> None:
    """Say texts, and break it off after some were answered; what was answered is in `said`."""
    answered = threading.Event()

    def talk() -> None:
        try:
            while True:
                said.add(node.say("one of many")["index"])
                if len(said) % 5 == 0:
                    answered.set()
        except OurError:
            answered.set()

    talking = threading.Thread(target=talk)
    talking.start()
    answered.wait(60)
    end()
    talking.join(60)
