"""Two nodes in network namespaces of their own, and a bad wire between them."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.load import talking
from tests.end_to_end.nodes import Node, Place, found, is_up, running, wait_until, wait_up
from tests.siege.wire import ABSENT, ADDRESSES, DEAD, FAIR, STORM, Wire, is_possible, wire

PORT = 7_400


@pytest.fixture(scope="module")
def wired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, Node, Wire]]:
    """Two running nodes and the wire between them."""
    if not is_possible():
        pytest.skip(ABSENT)
    names = ("alpha", "bravo")
    places = {
        name: Place({"primary": PORT}, host=address)
        for name, address in zip(names, ADDRESSES, strict=True)
    }
    with wire() as made:
        alpha, bravo = found(tmp_path_factory.mktemp("wired"), *names, places=places)
        for node, name in zip((alpha, bravo), made.names, strict=True):
            node.within = ("ip", "netns", "exec", name)
        with running(alpha, bravo):
            wait_up(alpha, bravo)
            yield alpha, bravo, made


def test_in_a_storm_all_that_is_said_arrives_once(wired: tuple[Node, Node, Wire]) -> None:
    """One packet in ten is lost, one doubled, all are late and out of order: nothing is lost."""
    alpha, bravo, between = wired
    lost = between.lost
    between.weather = [STORM, STORM]
    with talking(alpha, bravo, officers=1) as shown:
        flash = alpha.deliver("Are these yours?", precedence="FLASH")
        wait_until(lambda: all(len(one.delivered) > 5 for one in shown.values()), "both are heard")
    between.weather = [FAIR, FAIR]
    assert between.lost > lost, "there was no storm"
    assert bravo.message(alpha.party, flash["index"])["flags"] == []
    for node, other in ((alpha, bravo), (bravo, alpha)):
        wait_until(
            lambda node=node, other=other: node.counterpart(other.party)["not_receipted"] == 0,  # type: ignore[misc]
            f"all that {node.party} said is receipted",
        )
        assert shown[node.party].twice == []
        assert not any(one["is_forked"] for one in node.state()["counterparts"])


def test_a_wire_that_is_dead_one_way_is_active_for_nobody(
    wired: tuple[Node, Node, Wire],
) -> None:
    """Packets from alpha are lost and those to it arrive: both sides leave UP; both come back."""
    alpha, bravo, between = wired
    wait_up(alpha, bravo)
    between.weather = [DEAD, FAIR]
    wait_until(lambda: not is_up(alpha) and not is_up(bravo), "both have left UP")
    assert "ACTIVE" not in {node.state()["displayed"]["word"] for node in (alpha, bravo)}
    said = [node.say("In the dark.", precedence="FLASH") for node in (alpha, bravo)]
    between.weather = [FAIR, FAIR]
    wait_up(alpha, bravo)
    wait_until(lambda: bravo.message(alpha.party, said[0]["index"]), "alpha's FLASH arrives")
    wait_until(lambda: alpha.message(bravo.party, said[1]["index"]), "bravo's FLASH arrives")
