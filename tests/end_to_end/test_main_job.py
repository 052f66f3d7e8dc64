"""The main job: a notice is issued, delivered, checked, answered and proven."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.nodes import Node, told_by, wait_until, wait_up

ALPHA, BRAVO = "alpha.example", "bravo.example"
HOUR_MS = 3_600_000


@pytest.fixture
def pair(running_pair: tuple[Node, Node]) -> tuple[Node, Node]:
    """Two running nodes whose line is proven both ways."""
    wait_up(*running_pair)
    return running_pair


def circle(hours: float, radius: str, **changes: Any) -> dict[str, Any]:
    """A volume around the shared reference point, for two hours."""
    start = int(time.time() * 1_000 + hours * HOUR_MS) // 1_000 * 1_000
    instant = "%Y-%m-%dT%H:%M:%SZ"
    return {
        "shape": "CIRCLE",
        "vertices": [{"lat": "34.4900", "lon": "36.9090"}],
        "radius": radius,
        "upper": "FL100",
        "valid_from": time.strftime(instant, time.gmtime(start / 1_000)),
        "valid_until": time.strftime(instant, time.gmtime(start / 1_000 + 7_200)),
        **changes,
    }


def notice(node: Node, hours: float, radius: str, **fields: Any) -> dict[str, Any]:
    """Issue a notice at Shayrat airfield and wait for its receipt."""
    said = node.post(
        "NOTICE",
        {
            "category": "strike",
            "kind": "missile",
            "activity": "Strike on an air base.",
            "volumes": [circle(hours, radius)],
            "place": {"words": "at Shayrat airfield"},
            "language": "en",
            **fields,
        },
        precedence="IMMEDIATE",
        wait="delivered",
        timeout_ms=30_000,
    )
    assert said["is_delivered"]
    return said


def verify(*paths: Path) -> list[tuple[int, dict[str, Any]]]:
    """Verify files, each in a process of its own, all at once: exit codes and reports."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "openline", "verify", str(path), "--json"],
            stdout=subprocess.PIPE,
        )
        for path in paths
    ]
    outcomes = [(process.communicate(timeout=60)[0], process.returncode) for process in processes]
    return [(code, json.loads(out)) for out, code in outcomes]


def test_a_line_works_both_ways_and_is_shown_as_active(pair: tuple[Node, Node]) -> None:
    """Proven both ways over a circuit that is up, it is ACTIVE once a person has answered."""
    assert [node.state()["displayed"]["word"] for node in pair] == ["UNTESTED", "UNTESTED"]
    asked = pair[0].post("LINE_CHECK", {}, wait="delivered", timeout_ms=30_000)
    reply = {"number": 1, "readability": 5}
    about = {"party": asked["party"], "index": asked["index"]}
    pair[1].post("LINE_CHECK_REPLY", reply, reply_to=about, wait="delivered", timeout_ms=30_000)
    for node, other in (pair, pair[::-1]):
        state = node.state()
        assert state["displayed"]["word"] == "ACTIVE"
        assert state["displayed"]["own_word"] == "ACTIVE"
        seen = node.counterpart(other.party)
        assert [one["state"] for one in seen["circuits"]] == ["UP"]
        assert seen["two_way_age_ms"] is not None
        assert seen["journal_cosigned"] > 0
    assert pair[0].state()["understanding"] == pair[1].state()["understanding"]


def test_a_conflict_is_found_answered_and_proven(pair: tuple[Node, Node], tmp_path: Path) -> None:
    """From notice to certificate: both find the same conflict, persons answer, a file proves it."""
    alpha, bravo = pair
    text = alpha.deliver("Are these yours?", precedence="FLASH")
    strike = notice(alpha, 2, "9 km")
    notice(bravo, 2.5, "4 km", category="presence", kind="presence", activity="Our people.")

    [ours] = wait_until(alpha.conflicts, "alpha finds the conflict")
    [theirs] = wait_until(bravo.conflicts, "bravo finds the conflict")
    by_each = ("opened_at", "changed_at", "ended_at")  # By the clock of the node that found it.
    assert ours.keys() == theirs.keys()
    for key in ours.keys() - set(by_each):
        assert ours[key] == theirs[key], key
    assert ours["verdict"] == "CONFLICT"

    of = {"party": ALPHA, "index": strike["index"]}
    bravo.post("READ", {"of": of})
    digest = "Circle 9 km at Shayrat airfield, surface to FL100."
    back = bravo.post("READ_BACK", {"of": of, "verdict": "I_READ_BACK", "digest": digest})
    wait_until(lambda: alpha.message(BRAVO, back["index"]), "alpha holds the read-back")
    alpha.post("READ_BACK", {"of": of, "verdict": "CORRECT"})
    bravo.post("RESPONSE", {"of": of, "answer": "OBJECTED", "text": "Our people are there."})
    shown = wait_until(lambda: _answered(alpha, strike["index"]), "the answer is marked")
    assert [mark["said"] for mark in shown["answered"]] == ["OBJECTED"]
    assert [mark["party"] for mark in shown["read"]] == [BRAVO]
    assert [mark["party"] for mark in shown["read_back"]] == [BRAVO, ALPHA]

    made = {
        "message": alpha.certify("message", tmp_path / "1", party=ALPHA, index=text["index"]),
        "receipt": alpha.certify("receipt", tmp_path / "2", party=ALPHA, index=strike["index"]),
        "lead-time": alpha.certify("lead-time", tmp_path / "3", party=ALPHA, index=strike["index"]),
        "message of theirs": bravo.certify(
            "message", tmp_path / "4", party=ALPHA, index=strike["index"]
        ),
    }
    for (name, path), (code, report) in zip(made.items(), verify(*made.values()), strict=True):
        assert (code, report["verdict"]) == (0, "PROVEN"), (name, report["conclusion"])
        assert path.stat().st_size < 200_000

    altered = tmp_path / "altered"
    data = bytearray(made["receipt"].read_bytes())
    data[len(data) // 2] ^= 1
    altered.write_bytes(data)
    assert told_by("verify", altered).code in (2, 3)


def _answered(node: Node, index: int) -> dict[str, Any] | None:
    """The marks of one of a node's own messages, once it is answered."""
    marks: dict[str, Any] = node.message(node.party, index)["marks"]
    return marks if marks["answered"] else None


def test_use_silence_and_state_are_proven_and_a_false_silence_is_refuted(
    pair: tuple[Node, Node], tmp_path: Path
) -> None:
    """Nothing was said in a window, by either store; where something was said, it is refuted."""
    alpha, bravo = pair
    up_since = bravo.client().get("/status")["started_at"]
    wait_until(lambda: time.time() * 1_000 > up_since + 7_000, "there are ticks to look back at")
    alpha.deliver("The last word before the silence.")
    spoken = int(time.time() * 1_000)
    # e is one second and a tick half of one: an anchor lies on either side of the window.
    # There is room for several of them on each side, for a busy machine ticks late.
    quiet = {"from": spoken + 3_500, "until": spoken + 6_500}
    wait_until(lambda: time.time() * 1_000 > quiet["until"] + 4_500, "the silence is over")
    around = {"from": spoken - 4_500, "until": quiet["until"]}
    paths = [
        bravo.certify("use", tmp_path / "0", party=ALPHA, **around),
        alpha.certify("non-use", tmp_path / "1", party=BRAVO, **quiet),
        bravo.certify("non-use", tmp_path / "2", party=ALPHA, **quiet),
        bravo.certify("state", tmp_path / "3", at=quiet["from"]),
        bravo.certify("non-use", tmp_path / "4", party=ALPHA, **around),
    ]  # fmt: skip
    codes = [(code, report["verdict"]) for code, report in verify(*paths)]
    assert codes == [(0, "PROVEN")] * 4 + [(1, "REFUTED")]
