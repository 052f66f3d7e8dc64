"""An old copy is put back: the node signs nothing until it has its own words back."""

import json
import shutil
from pathlib import Path

import pytest

from openline.domain.errors import OurError
from tests.end_to_end.nodes import (
    Node,
    ending,
    found,
    running,
    start,
    told_by,
    told_by_process,
    wait_signing,
    wait_until,
)


def test_an_old_copy_signs_nothing_until_it_has_pulled_its_outbox(tmp_path: Path) -> None:
    """Alone it refuses with a remedy; with the counterpart it goes on at the right serial."""
    alpha, bravo = nodes = found(tmp_path)
    with ending(*nodes):
        start(*nodes)
        alpha.deliver("In the copy.")
        bravo.deliver("Bravo before the copy.")
        assert alpha.stop() == 0
        copy = tmp_path / "copy"
        shutil.copytree(alpha.directory, copy)

        alpha.start()
        wait_signing(*nodes)
        for number in range(40):
            last = alpha.deliver(f"After the copy, {number}.")
        bravo.deliver("Bravo after the copy.")
        certificate = alpha.certify(
            "receipt", tmp_path / "receipt", party=alpha.party, index=last["index"]
        )
        bravo.kill()
        alpha.kill()
        shutil.rmtree(alpha.directory)
        shutil.copytree(copy, alpha.directory)

        _refuses_alone(alpha)
        bravo.start()
        wait_signing(*nodes)
        said = alpha.deliver("After the restore.")
        assert said["index"] == last["index"] + 1
        for node in nodes:
            assert not any(one["is_forked"] for one in node.state()["counterparts"])
            assert not {alarm["name"] for alarm in node.alarms()} & {"FORK", "OWN_HISTORY_DIFFERS"}
        [text] = {m["body"]["text"] for m in [alpha.message(alpha.party, last["index"])]}
        assert text == "After the copy, 39."
        assert alpha.message(bravo.party, bravo.state()["out_size"] - 1)["body"]["text"] == (
            "Bravo after the copy."
        )
        after = alpha.certify("receipt", tmp_path / "after", party=alpha.party, index=said["index"])
        # What the lost store had receipted is receipted again; the old certificate still holds.
        again = alpha.certify("receipt", tmp_path / "again", party=alpha.party, index=last["index"])
        assert _verdicts(certificate, after, again) == ["PROVEN"] * 3
        assert [node.stop() for node in nodes] == [0, 0]
    assert alpha.faults() == bravo.faults() == []
    origin = f"{alpha.party}/{alpha.line}/out"
    assert alpha.entries(origin) == bravo.entries(origin)


def _refuses_alone(node: Node) -> None:
    """While nobody confirms its outbox, a node signs nothing and says why and what to do."""
    node.start()
    with pytest.raises(OurError) as refusal:
        node.say("Too early.")
    assert "signs nothing yet" in refusal.value.what
    assert "bravo.example has not confirmed our outbox" in refusal.value.what
    assert "--own-copy-is-current" in refusal.value.remedy
    told = told_by("status", "--dir", node.directory)
    assert "until confirmed by bravo.example" in told.out


def _verdicts(*paths: Path) -> list[str]:
    """What `openline verify` says of each certificate, in a process of its own."""
    return [json.loads(told_by_process("verify", path, "--json").out)["verdict"] for path in paths]


def test_a_lost_store_comes_back_and_an_old_one_is_seen(tmp_path: Path) -> None:
    """With keys and terms alone all comes back; an old store beside a newer anchor is named."""
    alpha, bravo = nodes = found(tmp_path)
    with running(*nodes):
        for number in range(5):
            alpha.deliver(f"Alpha {number}.")
            bravo.deliver(f"Bravo {number}.", precedence="FLASH")
        assert alpha.stop() == 0
        old = alpha.config.store.read_bytes()
        _lose(alpha, "store.sqlite", "anchor")
        alpha.start()
        wait_signing(*nodes)
        assert alpha.deliver("After the loss.")["index"] == 6
        wait_until(lambda: alpha.state()["held"][bravo.party] == 6, "bravo's words are back")

        assert alpha.stop() == 0
        _lose(alpha, "store.sqlite")
        alpha.config.store.write_bytes(old)
        doctor = told_by("doctor", "--dir", alpha.directory)
        assert doctor.code == 1
        assert "The store is behind its anchor" in doctor.out
        # The anchor's word goes before the administrator's.
        refused = told_by_process("run", "--own-copy-is-current", "--dir", alpha.directory)
        assert refused.code == 1
        assert "the store is behind its anchor" in refused.aside
        alpha.start()
        assert "the store is behind its anchor" in alpha.log()
        wait_signing(*nodes)
        assert alpha.deliver("After the old copy.")["index"] == 7
        wait_until(lambda: bravo.counterpart(alpha.party)["not_receipted"] == 0, "all receipted")
        assert [node.stop() for node in nodes] == [0, 0]
    assert alpha.faults() == bravo.faults() == []
    for node in nodes:
        origin = f"{node.party}/{node.line}/out"
        assert alpha.entries(origin) == bravo.entries(origin)


def test_only_the_anchor_of_this_very_store_vouches_for_it(tmp_path: Path) -> None:
    """Set apart it lets a node sign alone; a new one, or another store's, never does."""
    alpha, bravo = nodes = found(tmp_path)
    apart = tmp_path / "apart"
    apart.mkdir()
    for node in nodes:
        settings = node.directory / "node.toml"
        rows = settings.read_text().replace(
            '# anchor = "anchor"', f'anchor = "{apart}/{node.name}"'
        )
        settings.write_text(rows)
    anchor = apart / alpha.name
    with running(*nodes):
        alpha.deliver("In the copy.")
        assert alpha.stop() == 0
        old = alpha.config.store.read_bytes()
        alpha.start()
        wait_signing(*nodes)
        last = alpha.deliver("After the copy.")
        bravo.kill()

        alpha.kill()
        alpha.start()
        said = alpha.say("Alone, and the anchor vouches.")
        assert said["index"] == last["index"] + 1
        alpha.kill()
        foreign = (apart / bravo.name).read_bytes()
        for put in (None, foreign):
            _lose(alpha, "store.sqlite")
            alpha.config.store.write_bytes(old)
            anchor.unlink()
            if put is not None:
                anchor.write_bytes(put)
            # Once it has run, even a new anchor knows rows; it still vouches for nothing.
            for _ in range(2):
                _refuses_alone(alpha)
                assert alpha.stop() == 0
        bravo.start()
        alpha.start()
        wait_signing(*nodes)
        assert alpha.deliver("After the restore.")["index"] == last["index"] + 1
        bravo.kill()
        alpha.kill()
        alpha.start()
        assert alpha.say("The anchor was begun anew.")["index"] == last["index"] + 2
        assert alpha.stop() == 0
    assert "belongs to another store" in alpha.log()
    assert alpha.faults() == []


def _lose(node: Node, *names: str) -> None:
    """Lose files of a stopped node, with what SQLite keeps beside them."""
    for name in names:
        for beside in ("", "-wal", "-shm"):
            (node.directory / f"{name}{beside}").unlink(missing_ok=True)
