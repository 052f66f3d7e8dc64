"""Calls on the command line, between two real nodes: rung, taken, receipted, ended."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from openline.faces.cli.faults import Exit
from tests.faces.cli.test_contacts import stands
from tests.faces.cli.test_talk import Officer
from tests.faces.conftest import ALPHA, BRAVO, Line, Run, wait_until

POST = "watch"


@pytest.fixture
def alpha(openline: Run, line: Line) -> Officer:
    """The officer at Alpha's node."""
    return Officer(openline, line, "alpha")


@pytest.fixture
def bravo(openline: Run, line: Line) -> Officer:
    """The officer at Bravo's node."""
    return Officer(openline, line, "bravo")


def media(folder: Path, byte: int) -> tuple[str, Path]:
    """A file that says how an end is reached, as an option."""
    path = folder / f"media-{byte}.json"
    fingerprint = base64.b64encode(bytes([byte]) * 32).decode()
    candidate = {"kind": "HOST", "address": "127.0.0.1", "port": 9, "priority": 1}
    told: dict[str, Any] = {"fingerprint": fingerprint, "ice_user": "user"}
    path.write_text(json.dumps({**told, "ice_password": "x" * 22, "candidates": [candidate]}))
    return "--media", path


def ringing(officer: Officer, serial: str) -> list[dict[str, Any]]:
    """The alarms about one ring at an officer's node."""
    return [
        one
        for one in officer.done("alarms")["alarms"]
        if one["name"] == "RINGING" and one["facts"].get("serial") == serial
    ]


def test_a_call_is_rung_answered_and_ended(alpha: Officer, bravo: Officer, tmp_path: Path) -> None:
    """It rings until it is taken; both nodes then have both certificates and the same words."""
    rung = alpha.said("call", "ring", POST, "Flights", *media(tmp_path, 1))
    wait_until(lambda: bool(ringing(bravo, rung)))
    assert f"alpha.example rings the post “{POST}” ({rung})" in bravo("alarms").out
    again = alpha("call", "ring", POST, "Flights")
    assert again.code == Exit.REFUSED
    assert f"{rung} rings there already." in again.err
    bravo.said("call", "answer", rung, *media(tmp_path, 2))
    stands(alpha, rung, "TAKEN")
    wait_until(lambda: bool(bravo.done("call", "show", rung)["words"]))
    ours, theirs = (one.done("call", "show", rung) for one in (alpha, bravo))
    assert ours["words"] == theirs["words"]
    assert [end["fingerprint"] for end in ours["ends"]] == ["01" * 32, "02" * 32]
    # Nothing is set: an address of this machine, sent by the other side, is not tried.
    assert ours["remote"]["candidates"] == []
    assert "not tried: 127.0.0.1 (LOOPBACK)" in bravo("call", "show", rung).out
    assert f"words: {' '.join(ours['words'])}" in alpha("call", "show", rung).out
    bravo.said("call", "end", rung)
    stands(alpha, rung, "ENDED")
    assert alpha.done("call", "show", rung)["remote"] is None
    assert ringing(bravo, rung) == [], "who took it has heard it"
    assert f"{rung}  {ALPHA} to {BRAVO}" in bravo("call", "list").out


def test_a_call_is_declined_with_a_reason_or_busy(alpha: Officer, bravo: Officer) -> None:
    """Both are facts on both nodes; nothing is declined without a reason."""
    rung = bravo.said("call", "ring", POST, "Flights", "--precedence", "routine")
    stands(alpha, rung, "RINGING")
    assert "TEXT is empty" in alpha("call", "decline", rung).err
    alpha.said("call", "decline", rung, "Not before noon.")
    stands(bravo, rung, "DECLINED")
    second = bravo.said("call", "ring", POST, "Flights", "--about", rung)
    stands(alpha, second, "RINGING")
    alpha.said("call", "decline", second, "--busy")
    stands(bravo, second, "BUSY")
    late = alpha("call", "answer", second)
    assert late.code == Exit.REFUSED
    assert "BUSY: TAKEN comes too late or too early" in late.err


def test_a_file_that_says_nothing_of_media_is_named(alpha: Officer, tmp_path: Path) -> None:
    """What is no JSON, and what ICE does not know, is refused before anybody is rung."""
    path = tmp_path / "none.json"
    path.write_text("v=0")
    refused = alpha("call", "ring", POST, "Flights", "--media", path)
    assert "holds no JSON" in refused.err
    option, path = media(tmp_path, 3)
    path.write_text(path.read_text().replace("x" * 22, "a=sendrecv " * 3))
    refused = alpha("call", "ring", POST, "Flights", option, path)
    assert "has characters that ICE does not know" in refused.err
    assert alpha("call", "show", "ALPHA-0000").code == Exit.REFUSED
