"""Keys change while the line works: rotated, revoked, amended, restarted in between."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.nodes import (
    Node,
    adopt,
    ending,
    found,
    openline,
    sign,
    start,
    told_by,
    told_by_process,
    wait_signing,
    wait_until,
)
from tests.end_to_end.test_courier import carry

ROLES = ("node", "mirror", "witness", "tls")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    """Two running nodes, whose ticks are so slow that no busy machine makes a line LOST."""
    alpha, bravo = found(tmp_path, tick='"4 s"')
    with ending(alpha, bravo):
        start(alpha, bravo)
        yield alpha, bravo


def talk(alpha: Node, bravo: Node, about: str) -> int:
    """Something is said and receipted each way; the index of what alpha said."""
    bravo.deliver(f"Bravo, after {about}.")
    index: int = alpha.deliver(f"Alpha, after {about}.")["index"]
    return index


def stop_and_audit(*nodes: Node) -> None:
    """Both nodes end cleanly, and their stores are sound and alike."""
    assert [node.stop() for node in nodes] == [0] * len(nodes)
    for node in nodes:
        assert node.faults() == []
        for other in nodes:
            origin = f"{other.party}/{other.line}/out"
            assert node.entries(origin) == other.entries(origin)


def verdict(path: Path) -> str:
    """What `openline verify` says of a certificate."""
    done = told_by_process("verify", path, "--json")
    return str(json.loads(done.out)["verdict"])


def test_every_key_rotates_while_the_line_works(pair: tuple[Node, Node], tmp_path: Path) -> None:
    """After each change both talk on at once, after a restart too, and old proofs still hold."""
    alpha, bravo = pair
    first = talk(alpha, bravo, "nothing yet")
    proof = alpha.certify("receipt", tmp_path / "0", party=alpha.party, index=first)
    for role in ROLES:
        for node in pair:
            openline("keys", "rotate", role, "--dir", node.directory)
        talk(alpha, bravo, f"rotating {role}")
        if role == "tls":
            alpha.kill()
            alpha.start()
            wait_signing(alpha, bravo)
            talk(alpha, bravo, f"restarting with another {role}")
    last = talk(alpha, bravo, "all of it")
    size = alpha.counterpart(bravo.party)["journal_cosigned"]
    # More rows, in case all that there were are cosigned already.
    talk(alpha, bravo, "a look at the journal")
    wait_until(
        lambda: alpha.counterpart(bravo.party)["journal_cosigned"] > size,
        "the new witness key cosigns the journal",
    )
    late = alpha.certify("receipt", tmp_path / "1", party=alpha.party, index=last)
    assert verdict(proof) == verdict(late) == "PROVEN"
    for node in pair:
        assert {alarm["name"] for alarm in node.alarms()} <= {"KEY_CHANGED", "KEYS_CHANGED"}
    stop_and_audit(alpha, bravo)


def test_keys_rotate_while_the_counterpart_is_away(pair: tuple[Node, Node]) -> None:
    """A node that was away while every key changed comes back, hears of it, and talks on."""
    alpha, bravo = pair
    bravo.kill()
    for role in ROLES:
        openline("keys", "rotate", role, "--dir", alpha.directory)
        alpha.say("Signed with the next key already.")
    bravo.start()
    wait_signing(alpha, bravo)
    talk(alpha, bravo, "rotating alone")
    assert bravo.counterpart(alpha.party)["not_receipted"] == 0
    # Now that bravo knows the certificate it is shown, also after a restart.
    alpha.stop()
    alpha.start()
    wait_signing(alpha, bravo)
    talk(alpha, bravo, "restarting")
    stop_and_audit(alpha, bravo)


def test_a_revoked_key_ends_and_the_line_goes_on(pair: tuple[Node, Node], tmp_path: Path) -> None:
    """With the roots' signatures another key takes its place; what came before stays proven."""
    alpha, bravo = pair
    first = talk(alpha, bravo, "nothing yet")
    proof = alpha.certify("receipt", tmp_path / "0", party=alpha.party, index=first)
    roots = tmp_path / "offline"
    (alpha.directory / "keys" / "root").rename(roots)
    reason = ("--reason", "The machine was opened.")
    refused = told_by("keys", "revoke", "node", *reason, "--dir", alpha.directory)
    assert refused.code != 0, "without the roots nothing is revoked"
    assert "Traceback" not in refused.aside
    for role in ROLES:
        openline("keys", "revoke", role, *reason, "--roots", roots, "--dir", alpha.directory)
        talk(alpha, bravo, f"revoking {role}")
    alpha.kill()
    bravo.kill()
    start(alpha, bravo)
    last = talk(alpha, bravo, "a restart of both")
    late = alpha.certify("receipt", tmp_path / "1", party=alpha.party, index=last)
    assert verdict(late) == "PROVEN"
    assert verdict(proof) == "PROVEN", "it was receipted before the revocation"
    stop_and_audit(alpha, bravo)


def test_a_courier_ends_the_lock_out_of_a_revoked_certificate(
    pair: tuple[Node, Node], tmp_path: Path
) -> None:
    """Whoever was away when a certificate was revoked hears of the next one by a courier."""
    alpha, bravo = pair
    bravo.stop()
    openline("keys", "revoke", "tls", "--reason", "It was copied.", "--dir", alpha.directory)
    said = alpha.say("Said while you were away.")
    bravo.start()
    wait_until(lambda: "UNKNOWN_KEY" in bravo.log() or "certificate" in bravo.log(),
               "bravo has met a certificate that it does not know")  # fmt: skip
    assert not alpha.circuits(bravo.party)["primary"]["is_connected"]
    assert bravo.state()["waiting_for"] == [alpha.party]
    told = carry(alpha, bravo, tmp_path / "to-bravo")
    assert (told["entries"], told["refused"]) == (2, [])
    wait_signing(alpha, bravo)
    wait_until(
        lambda: alpha.counterpart(bravo.party)["receipted"] > said["index"],
        "what was said meanwhile is receipted over the circuit",
    )
    talk(alpha, bravo, "the courier")
    stop_and_audit(alpha, bravo)


def test_an_amendment_is_in_force_when_both_have_adopted_it(
    pair: tuple[Node, Node], tmp_path: Path
) -> None:
    """Both sign and adopt while they run; it holds on both, also after a restart of one."""
    alpha, bravo = pair
    openline("keys", "rotate", "node", "--dir", alpha.directory)
    shown = told_by("understanding", "show", alpha.line, "--dir", alpha.directory)
    toml = tmp_path / "second.toml"
    text = shown.out.replace("version = 1", "version = 2", 1)
    toml.write_text(text.replace('imminent = "5 min"', 'imminent = "7 min"', 1))
    signed = sign(pair, toml)
    adopt([alpha], signed)
    wait_until(lambda: bravo.state()["out_size"] and bravo.state()["held"][alpha.party] >= 3,
               "bravo holds alpha's adoption")  # fmt: skip
    assert alpha.state()["version"] == bravo.state()["version"] == 1, "one signature is not both"
    adopt([bravo], signed)
    for node in pair:
        wait_until(lambda node=node: node.state()["version"] == 2, f"{node.party} has version 2")
    terms = alpha.client().get("/lines", alpha.line, "understanding")
    assert 'imminent = "7 min"' in terms["toml"]
    assert terms == bravo.client().get("/lines", bravo.line, "understanding")
    alpha.kill()
    alpha.start()
    wait_signing(alpha, bravo)
    assert alpha.state()["version"] == 2
    talk(alpha, bravo, "the amendment")
    # Adopting it again changes nothing.
    told_by("understanding", "adopt", signed, "--dir", alpha.directory)
    assert alpha.state()["version"] == 2
    stop_and_audit(alpha, bravo)
