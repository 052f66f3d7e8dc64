"""An old copy was run beside the last one: the party goes on in a new outbox."""

import json
import shutil
from pathlib import Path

from tests.end_to_end.nodes import (
    ending,
    found,
    openline,
    told_by,
    told_by_process,
    wait_until,
    wait_up,
)


def test_a_forked_outbox_is_left_for_a_new_one(tmp_path: Path) -> None:
    """With the roots' signatures the line goes on; both outboxes are proven and sound."""
    alpha, bravo = nodes = found(tmp_path)
    with ending(*nodes):
        for node in nodes:
            node.start()
        wait_up(*nodes)
        alpha.deliver("In both histories.")
        assert alpha.stop() == 0
        copy = tmp_path / "copy"
        shutil.copytree(alpha.directory, copy)
        alpha.start()
        wait_up(*nodes)
        first = alpha.deliver("In the history that bravo holds.")
        alpha.deliver("And this.")
        bravo.stop()
        alpha.stop()
        shutil.rmtree(alpha.directory)
        shutil.copytree(copy, alpha.directory)
        alpha.start("--own-copy-is-current")
        alpha.say("In the history that nobody else has.")
        bravo.start()
        wait_until(lambda: alpha.state()["broken"], "the other history is found out")

        roots = tmp_path / "offline"
        (alpha.directory / "keys" / "root").rename(roots)
        reason = ("--reason", "An old copy was run.")
        refused = told_by("keys", "epoch", *reason, "--dir", alpha.directory)
        assert refused.code != 0, "without the roots nothing is opened"
        openline("keys", "epoch", *reason, "--roots", roots, "--dir", alpha.directory)
        wait_up(*nodes)
        said = alpha.deliver("In the new outbox.")
        bravo.deliver("Heard.")
        assert said["index"] == 1
        assert [one["facts"]["reason"] for one in bravo.alarms() if one["name"] == "EPOCH"] == [
            "An old copy was run."
        ]
        new = alpha.certify("receipt", tmp_path / "new", party=alpha.party, index=1)
        old = bravo.certify(
            "message", tmp_path / "old", party=alpha.party, index=first["index"], epoch=1
        )
        for path in (new, old):
            assert json.loads(told_by_process("verify", path, "--json").out)["verdict"] == "PROVEN"

        for node in nodes:
            node.kill()
            node.start()
        wait_up(*nodes)
        assert alpha.deliver("After a restart.")["index"] == 2
        assert [node.stop() for node in nodes] == [0, 0]
        for node in nodes:
            assert node.faults() == []
        origin = f"{alpha.party}/{alpha.line}/out/2"
        assert alpha.entries(origin) == bravo.entries(origin)
