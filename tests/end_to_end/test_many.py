"""Three parties on one line, and one node that holds several lines."""

from pathlib import Path

import pytest

from openline.domain.errors import OurError
from tests.end_to_end.nodes import (
    Node,
    adopt,
    draft,
    ending,
    found,
    introduce,
    make_node,
    running,
    sign,
    start,
    wait_signing,
    wait_until,
)


def test_three_parties_share_one_line(tmp_path: Path) -> None:
    """Each mirrors both others; one that was away gets all of it, the others go on meanwhile."""
    alpha, bravo, charlie = nodes = found(tmp_path, "alpha", "bravo", "charlie")
    with running(*nodes):
        for node in nodes:
            said = node.deliver(f"{node.name} to both.")
            assert set(said["delivered"]) == {one.party for one in nodes} - {node.party}
        flash = charlie.deliver("Are these yours?", precedence="FLASH", recipients=[alpha.party])
        assert list(flash["delivered"]) == [alpha.party, bravo.party]

        charlie.kill()
        said = alpha.say("While charlie is away.", wait="delivered", timeout_ms=300)
        assert not said["is_delivered"]
        wait_until(lambda: bravo.message(alpha.party, said["index"]), "bravo has it all the same")
        wait_until(lambda: alpha.state()["observed"] == "DEGRADED", "the line is DEGRADED")
        assert alpha.counterpart(bravo.party)["not_receipted"] == 0
        assert alpha.counterpart(charlie.party)["not_receipted"] == 1

        charlie.start()
        wait_signing(*nodes)
        wait_until(lambda: charlie.message(alpha.party, said["index"]), "charlie has it too")
        wait_until(lambda: alpha.counterpart(charlie.party)["not_receipted"] == 0, "receipted")
        assert bravo.deliver("All three again.")["is_delivered"]
        assert {alarm["name"] for node in nodes for alarm in node.alarms()} <= {"FLASH", "LOST"}
        for node in nodes:
            assert node.stop() == 0
    for node in nodes:
        assert node.faults() == []
        for other in nodes:
            origin = f"{other.party}/{other.line}/out"
            assert node.entries(origin) == other.entries(origin)


def two_lines(directory: Path) -> tuple[Node, Node, Node]:
    """Alpha shares one line with bravo and another with charlie."""
    alpha, bravo, charlie = (make_node(directory, name) for name in ("alpha", "bravo", "charlie"))
    for line, other in (("syria-air", bravo), ("sea", charlie)):
        other.line = line
        introduce((alpha, other))
        adopt((alpha, other), sign((alpha, other), draft((alpha, other), line)))
    return alpha, bravo, charlie


def test_one_node_holds_two_lines_that_know_nothing_of_each_other(tmp_path: Path) -> None:
    """What is said on one line is on that line alone, and its trouble is its own."""
    alpha, bravo, charlie = two_lines(tmp_path)
    with ending(alpha, bravo, charlie):
        start(alpha, bravo, charlie)
        for line in ("syria-air", "sea"):
            wait_until(lambda line=line: alpha.state(line)["observed"] == "UP", f"{line} is up")
        air = alpha.deliver("On the first line.")
        sea = alpha.deliver("On the second line.", line="sea")
        assert air["index"] == sea["index"] == 1, "each line counts for itself"
        assert bravo.message(alpha.party, 1)["body"]["text"] == "On the first line."
        assert charlie.message(alpha.party, 1)["body"]["text"] == "On the second line."
        assert bravo.messages()[-1]["recipients"] == [bravo.party]
        for node, strange in ((bravo, "sea"), (charlie, "syria-air")):
            assert [one["line"] for one in node.client().get("/lines")["lines"]] == [node.line]
            with pytest.raises(OurError, match="not known here"):
                node.messages(strange)

        charlie.kill()
        wait_until(lambda: alpha.state("sea")["observed"] != "UP", "the second line is not up")
        assert alpha.state("syria-air")["observed"] == "UP"
        assert alpha.deliver("The first line goes on.")["is_delivered"]
        alpha.say("Waits for charlie.", line="sea")
        # Restarted alone, the node may sign where its counterpart is there, and only there.
        alpha.kill()
        alpha.start()
        wait_signing(alpha, bravo)
        assert not alpha.state("sea")["can_sign"]
        assert alpha.deliver("Again.")["is_delivered"]
        charlie.start()
        wait_until(lambda: charlie.message(alpha.party, 2), "what waited for charlie arrives")
        wait_until(lambda: alpha.state("sea")["can_sign"], "both lines sign")
        for node in (alpha, bravo, charlie):
            assert node.stop() == 0
    assert alpha.faults() == bravo.faults() == charlie.faults() == []
