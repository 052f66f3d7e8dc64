"""Two circuits between two nodes: one is cut, stalled or spoilt, and the line goes on."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.load import talking
from tests.end_to_end.nodes import (
    TICK_MS,
    Node,
    Place,
    found,
    is_up,
    running,
    wait_until,
)
from tests.end_to_end.proxy import Mode, Proxy, proxies
from tests.ports import free_ports

CIRCUITS = ("primary", "secondary")


class Lines:
    """Two nodes with two circuits, and what stands in each.

    Attributes:
        alpha: One node.
        bravo: The other.
        between: The proxies of each circuit; each side dials through one of them.
    """

    def __init__(self, alpha: Node, bravo: Node, between: dict[str, list[Proxy]]) -> None:
        self.alpha = alpha
        self.bravo = bravo
        self.between = between

    def set(self, mode: Mode, *circuits: str) -> None:
        """Let circuits behave in a way."""
        for circuit in circuits:
            for proxy in self.between[circuit]:
                proxy.mode = mode

    def is_whole(self) -> bool:
        """Whether every circuit stands and is UP at both nodes, and the line with it.

        The state alone lags behind: it is drawn from ticks.
        """
        return all(
            is_up(node)
            and [
                (one["circuit"], one["state"], one["is_connected"])
                for one in node.counterpart(other.party)["circuits"]
            ]
            == [(name, "UP", True) for name in CIRCUITS]
            for node, other in ((self.alpha, self.bravo), (self.bravo, self.alpha))
        )


@contextlib.contextmanager
def two_circuits(directory: Path) -> Iterator[Lines]:
    """Two running nodes whose circuits all pass through proxies."""
    ports = free_ports(4)
    with proxies(*ports) as made:
        places = {
            name: Place(
                dict(zip(CIRCUITS, ports[2 * number :], strict=False)),
                dict(zip(CIRCUITS, (one.port for one in made[2 * number :]), strict=False)),
            )
            for number, name in enumerate(("alpha", "bravo"))
        }
        alpha, bravo = found(directory, "alpha", "bravo", places=places)
        between = {circuit: made[number::2] for number, circuit in enumerate(CIRCUITS)}
        with running(alpha, bravo):
            lines = Lines(alpha, bravo, between)
            wait_until(lines.is_whole, "both circuits are up")
            yield lines


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lines]:
    """Nodes that the tests of this module share; each leaves them whole."""
    with two_circuits(tmp_path_factory.mktemp("circuits")) as made:
        yield made


@pytest.fixture(autouse=True)
def made_whole(lines: Lines) -> Iterator[None]:
    """Each test begins and ends with all circuits up."""
    yield
    lines.set(Mode.PASS, *CIRCUITS)
    wait_until(lines.is_whole, "both circuits are up again")


def watch(node: Node, until: Any) -> list[str]:
    """The states of the line that a node showed, each once, until something holds."""
    seen: list[str] = []

    def look() -> bool:
        state = node.state()["observed"]
        if state not in seen:
            seen.append(state)
        return bool(until())

    wait_until(look, f"{node.party} saw {seen}")
    return seen


def test_a_cut_circuit_is_replaced_and_comes_back(lines: Lines) -> None:
    """With the primary cut all that is said arrives by the secondary; DEGRADED, then UP again."""
    alpha, bravo = lines.alpha, lines.bravo
    with talking(alpha, bravo, officers=1) as shown:
        wait_until(lambda: shown[alpha.party].delivered, "alpha talks")
        lines.set(Mode.CUT, "primary")
        seen = watch(alpha, lambda: alpha.circuits(bravo.party)["primary"]["state"] == "LOST")
        assert "DEGRADED" in seen
        assert "LOST" not in seen
        by_secondary = bravo.say("By the secondary.", wait="delivered", timeout_ms=20_000)
        assert by_secondary["is_delivered"]
        flash = alpha.deliver("FLASH by the secondary.", precedence="FLASH")
        assert alpha.state()["observed"] == "DEGRADED"
        lines.set(Mode.PASS, "primary")
        wait_until(lines.is_whole, "both circuits are up again")
    assert bravo.message(alpha.party, flash["index"])["circuit"] == "secondary"
    for told in shown.values():
        assert told.refused == 0
        assert told.twice == []
    _all_arrive(lines)


def test_a_stalled_circuit_is_noticed_by_its_ticks(lines: Lines) -> None:
    """Connections that stand and carry nothing are seen, and replaced, within some ticks."""
    alpha, bravo = lines.alpha, lines.bravo
    lines.set(Mode.STALL, "primary")
    wait_until(
        lambda: alpha.circuits(bravo.party)["primary"]["state"] in ("DEGRADED", "LOST"),
        "the stalled circuit is noticed",
    )
    # No socket has told of it.
    assert alpha.circuits(bravo.party)["primary"]["is_connected"], alpha.log()[-2_000:]
    assert alpha.circuits(bravo.party)["secondary"]["state"] == "UP"
    said = alpha.deliver("Past the stalled circuit.")
    assert bravo.message(alpha.party, said["index"])["circuit"] == "secondary"
    _all_arrive(lines)


def test_a_flash_travels_on_two_circuits(lines: Lines) -> None:
    """A FLASH arrives by the secondary although nobody knows yet that the primary is dead."""
    alpha, bravo = lines.alpha, lines.bravo
    lines.set(Mode.STALL, "primary")
    stalled_at = int(time.time() * 1_000)
    flash = alpha.say("Are these yours?", precedence="FLASH")
    shown = wait_until(lambda: bravo.message(alpha.party, flash["index"]), "the FLASH arrives")
    assert shown["circuit"] == "secondary"
    assert shown["body"]["text"] == "Are these yours?"
    # The primary is found DEGRADED after three missed ticks at the earliest.
    assert shown["received_at"] - stalled_at < 3 * TICK_MS
    wait_until(lambda: alpha.counterpart(bravo.party)["not_receipted"] == 0, "and is receipted")


def test_spoilt_bytes_end_a_connection_and_harm_nothing(lines: Lines) -> None:
    """Turned bits are caught by TLS; what was under way comes by the other circuit."""
    alpha, bravo = lines.alpha, lines.bravo
    with talking(alpha, bravo, officers=1) as shown:
        lines.set(Mode.SPOIL, "primary")
        wait_until(
            lambda: not alpha.circuits(bravo.party)["primary"]["is_connected"], "primary falls"
        )
        assert alpha.deliver("Beside the spoilt circuit.")["is_delivered"]
        lines.set(Mode.PASS, "primary")
        wait_until(lines.is_whole, "both circuits are up again")
    assert all(told.refused == 0 and told.twice == [] for told in shown.values())
    _all_arrive(lines)
    for node in (alpha, bravo):
        assert not any(one["is_forked"] for one in node.state()["counterparts"])


def test_a_dark_line_says_so_and_loses_nothing(lines: Lines) -> None:
    """With both circuits stalled the line is LOST; what is said meanwhile arrives afterwards."""
    alpha, bravo = lines.alpha, lines.bravo
    lines.set(Mode.STALL, *CIRCUITS)
    wait_until(lambda: bravo.state()["observed"] == "LOST", "bravo knows")
    wait_until(lambda: alpha.state()["observed"] == "LOST", "alpha knows")
    assert alpha.state()["displayed"]["word"] != "ACTIVE"
    said = [alpha.say(f"In the dark, {number}.") for number in range(20)]
    urgent = alpha.say("In the dark and urgent.", precedence="FLASH")
    lines.set(Mode.PASS, *CIRCUITS)
    _all_arrive(lines)
    for one in (*said, urgent):
        assert bravo.message(alpha.party, one["index"])["flags"] == []


def _all_arrive(lines: Lines) -> None:
    """Wait until everything that was said is receipted."""
    for node, other in ((lines.alpha, lines.bravo), (lines.bravo, lines.alpha)):
        wait_until(
            lambda node=node, other=other: node.counterpart(other.party)["not_receipted"] == 0,
            f"all that {node.party} said is receipted",
        )
