"""Real nodes with a proxy between them that delays, resets, stalls, swallows and spoils."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.load import talking
from tests.end_to_end.nodes import Node, is_up, wait_until
from tests.end_to_end.proxy import Mode
from tests.siege.network import Between, between_two


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Between]:
    """Two nodes with one circuit, dialled from both sides through proxies."""
    with between_two(tmp_path_factory.mktemp("network")) as made:
        yield made


@pytest.fixture(autouse=True)
def made_whole(between: Between) -> Iterator[None]:
    """Each test begins and ends with a line that works; all that was said has arrived."""
    yield
    between.heal()
    wait_until(between.is_whole, "the line is whole again")
    between.check_all_arrived()


HARMFUL: dict[str, Callable[[Between], None]] = {
    "nothing goes from alpha to bravo": lambda between: between.cut_one_way(Mode.STALL),
    "what goes from alpha to bravo is lost": lambda between: between.cut_one_way(Mode.SWALLOW),
    "both ways are swallowed": lambda between: between.both(Mode.SWALLOW),
    "who was dialled is gone": lambda between: between.both(Mode.HALF_OPEN),
}


@pytest.mark.parametrize("harm", HARMFUL.values(), ids=HARMFUL)
def test_whatever_way_is_cut_both_sides_leave_active(
    between: Between, harm: Callable[[Between], None]
) -> None:
    """Neither side shows the line as active although only one way, or one end, is gone."""
    assert {node.state()["observed"] for node in between.nodes} == {"UP"}
    with between.words() as words:
        harm(between)
        wait_until(lambda: between.are_all_out(words), "both have left UP")
        said = between.alpha.say("In the dark.", wait="delivered", timeout_ms=300)
    assert not said["is_delivered"]
    for node in between.nodes:
        assert node.state()["displayed"]["word"] != "ACTIVE"


HARMLESS: dict[str, Callable[[Between], None]] = {
    "resets": lambda between: between.flap(Mode.RESET),
    "cuts": lambda between: between.flap(Mode.CUT),
    "turned bits": lambda between: between.flap(Mode.SPOIL),
    "delay": lambda between: between.delay(0.15),
    "a way that dribbles": lambda between: between.cut_one_way(Mode.SLOW),
}


@pytest.mark.parametrize("harm", HARMLESS.values(), ids=HARMLESS)
def test_nothing_is_lost_or_said_twice_meanwhile(
    between: Between, harm: Callable[[Between], None]
) -> None:
    """Officers talk on; each message is said once, and nobody is accused of a fork."""
    with talking(*between.nodes, officers=1) as shown:
        harm(between)
        wait_until(lambda: all(one.recorded for one in shown.values()), "officers talk")
        between.heal()
        wait_until(between.is_whole, "the line is whole again")
    for node in between.nodes:
        told = shown[node.party]
        assert told.twice == []
        assert told.refused == 0
        assert not any(one["is_forked"] for one in node.state()["counterparts"])
        assert "Traceback" not in node.log() + node.aside()


def test_killed_and_frozen_behind_a_bad_network_nothing_is_lost(between: Between) -> None:
    """Frozen and killed by turns while connections are reset: all that was shown is there."""
    with talking(*between.nodes, officers=1) as shown:
        for number in range(2):
            node: Node = between.nodes[number % 2]
            wait_until(lambda: all(one.recorded for one in shown.values()), "officers talk")
            between.freeze(node, 0.4)
            between.flap(Mode.RESET)
            node.kill()
            node.start()
        wait_until(between.is_whole, "the line is whole again")
    between.check_all_arrived()
    for node, other in (between.nodes, between.nodes[::-1]):
        told = shown[node.party]
        assert told.twice == []
        held = {one["index"] for one in other.messages() if one["party"] == node.party}
        assert set(told.recorded) <= held
    assert all(map(is_up, between.nodes))


def test_a_frozen_node_is_shown_to_nobody_as_active(between: Between, tmp_path: Path) -> None:
    """While a node stands still its counterpart leaves ACTIVE, and its own stream is silent."""
    alpha, bravo = between.nodes
    with between.words() as words, between.stream(alpha) as stream:
        wait_until(lambda: stream.count, "the stream gives signs of life")
        with between.frozen(alpha):
            wait_until(
                lambda: words[bravo.party] and words[bravo.party][-1][1] != "UP", "it is seen"
            )
            before = stream.count
            assert bravo.state()["displayed"]["word"] != "ACTIVE"
            assert stream.count == before, "a stream that is silent says that it is not current"
        wait_until(lambda: stream.count > before, "the stream goes on")
