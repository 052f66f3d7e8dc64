"""A counterpart that signs two histories: proven, shown, no longer receipted, still heard."""

from pathlib import Path

from openline.adapters.sqlite import SqliteStore
from openline.domain.record import cbor
from openline.domain.record.checkpoint import Checkpoint, sign_checkpoint, verify_checkpoint
from openline.domain.record.merkle import Tree, leaf_hash
from openline.domain.record.note import parse_note
from openline.engine.frames import Entries
from tests.end_to_end.nodes import (
    found,
    openline,
    running,
    told_by,
    wait_signing,
    wait_until,
)
from tests.end_to_end.test_intruder import Forger, greeted, reason_given


def test_two_histories_are_kept_as_evidence_and_safety_traffic_goes_on(tmp_path: Path) -> None:
    """The two notes convict whoever signed them; a FLASH is still shown, and ours are delivered."""
    alpha, bravo = found(tmp_path)
    with running(alpha, bravo):
        bravo.deliver("What bravo said.")
        bravo.stop()
        forger = Forger(alpha, bravo, size=1)
        first = bravo.entries(forger.origin)[0][0]
        forged = forger.entry()
        tree = Tree([leaf_hash(first), leaf_hash(forged.raw)])
        head = Checkpoint(forger.origin, 2, tree.root())
        note = sign_checkpoint(head, forger.keys.current("node")).format()
        with greeted(alpha, bravo) as intruder:
            given = reason_given(intruder, Entries(forger.origin, 1, (forged,), note))
        assert given == "FORK"
        assert alpha.counterpart(bravo.party)["is_forked"]
        [alarm] = [one for one in alpha.alarms() if one["name"] == "FORK"]
        assert alarm["precedence"] == "FLASH"

        bravo.start()
        wait_signing(alpha, bravo)
        assert alpha.deliver("Ours goes on.")["is_delivered"]
        flash = bravo.say("Are these yours?", precedence="FLASH")
        wait_until(lambda: alpha.message(bravo.party, flash["index"]), "the FLASH is shown")
        said = bravo.say("By routine.", wait="delivered", timeout_ms=1_500)
        assert not said["is_delivered"], "two histories are not receipted"

        alpha.kill()
        alpha.start()
        assert alpha.counterpart(bravo.party)["is_forked"], "a restart forgives nothing"
        certificate = tmp_path / "fork.cert"
        openline("certify", "fork", bravo.party, "--out", certificate, "--dir", alpha.directory)
        told = told_by("verify", certificate)
        assert (told.code, "PROVEN" in told.out) == (0, True), told
        assert f"{bravo.party} signed two entries as number 1" in told.out.replace("\n", " ")
        assert told_by("certify", "fork", alpha.party, "--dir", alpha.directory).code == 1
        assert alpha.stop() == 0
    with SqliteStore.open_read_only(alpha.config.store) as store:
        [(_, evidence)] = store.values("evidence/")
    notes = [parse_note(part) for part in cbor.decode(evidence) if _is_note(part)]  # type: ignore[union-attr]
    keys = forger.keys.current("node").public
    heads = [verify_checkpoint(one, forger.origin, keys) for one in notes]
    assert [one.size for one in heads] == [2, 2]
    assert heads[0].root != heads[1].root


def _is_note(part: object) -> bool:
    return isinstance(part, str) and "\u2014" in part
