"""The clock of a running node is set by minutes and by a year, forward and back."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from openline.adapters.sqlite import SqliteStore
from openline.app.export import Exporter
from tests.end_to_end.nodes import Node, found, running, told_by, wait_until, wait_up
from tests.siege.clock import ABSENT, SetClock, library, set_clock

pytestmark = [pytest.mark.system]

JUMPS = ("+180", "-180", "+1y", "+0", "-1y", "+0")
"""Each counted from the true time: minutes on, back past it, a year on, a year back."""


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Node, Node, SetClock]]:
    """Two running nodes; alpha's clock can be set."""
    if library() is None:
        pytest.skip(ABSENT)
    alpha, bravo = found(tmp_path)
    with set_clock(alpha, tmp_path) as clock, running(alpha, bravo):
        wait_up(alpha, bravo)
        yield alpha, bravo, clock


def test_whatever_its_clock_shows_a_node_ticks_delivers_and_proves_nothing_wrong(
    pair: tuple[Node, Node, SetClock], tmp_path: Path
) -> None:
    """After each jump the line comes up, FLASH goes both ways, both are told, no fork follows.

    A window in which something was said is never proven silent, by either store; what was
    said with a wrong clock is flagged where it is heard; both stores are sound afterwards.
    """
    alpha, bravo, clock = pair
    windows: list[tuple[int, int]] = []
    for offset in JUMPS:
        began = int(time.time() * 1_000) - 1_000
        clock.set(offset)
        heard_at = _ticked(bravo, alpha)
        said = alpha.deliver(f"By a clock of {offset}.", precedence="FLASH")
        bravo.deliver(f"Heard by a clock of {offset}.", precedence="FLASH")
        wait_until(lambda at=heard_at: _ticked(bravo, alpha) != at, "alpha ticks on")  # type: ignore[misc]
        wait_up(alpha, bravo)
        shown = bravo.message(alpha.party, said["index"])
        if offset != "+0":
            assert set(shown["flags"]) & {"POSTDATED", "BACKDATED"}, (offset, shown)
        if offset != "+0":
            for node in (alpha, bravo):
                assert "CLOCKS_DIFFER" in {one["name"] for one in node.alarms()}, (offset, node)
        windows.append((began, int(time.time() * 1_000) + 1_000))
    for node, other in ((alpha, bravo), (bravo, alpha)):
        assert not node.counterpart(other.party)["is_forked"]
        assert not {one["name"] for one in node.alarms()} & {"FORK", "OWN_HISTORY_DIFFERS"}
    assert [alpha.stop(), bravo.stop()] == [0, 0]
    assert alpha.faults() == bravo.faults() == []
    for origin in (f"{one.party}/{one.line}/out" for one in (alpha, bravo)):
        assert alpha.entries(origin) == bravo.entries(origin)
    for node in (alpha, bravo):
        assert _proven_silent(node, alpha.party, windows, tmp_path) == []
        assert "Traceback" not in node.log() + node.aside()


def _proven_silent(
    node: Node, party: str, windows: list[tuple[int, int]], directory: Path
) -> list[tuple[int, int]]:
    """The windows in which a stopped node's record proves that a party was silent.

    The files are made here: libfaketime lets a second thread of a process wait for seconds.
    """
    found = []
    with SqliteStore.open_read_only(node.config.store) as store:
        exporter = Exporter(store, node.party, node.line)
        for window in windows:
            path = directory / f"{node.name}-{window[0]}"
            path.write_bytes(exporter.non_use(party, *window))
            if json.loads(told_by("verify", path, "--json").out)["verdict"] == "PROVEN":
                found.append(window)
    return found


def _ticked(node: Node, other: Node) -> object:
    """When a node heard the last tick of another, by its own clock."""
    return node.circuits(other.party)["primary"]["last_tick_at"]
