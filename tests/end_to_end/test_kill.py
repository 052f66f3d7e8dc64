"""kill -9 of either node at any moment, under load: nothing is lost or said twice."""

import os
import random
import statistics
import time
from pathlib import Path

import pytest

from openline.domain.record.envelope import parse_content, parse_envelope
from openline.domain.talk.kinds import Kind
from tests.end_to_end.load import Shown, talking
from tests.end_to_end.nodes import Node, ending, found, is_up, wait_until

KILLS = int(os.environ.get("OPENLINE_KILLS", "12"))


@pytest.mark.slow
def test_killing_either_node_loses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After many kills nothing shown as delivered is missing and no serial was used twice."""
    seed = int(os.environ.get("OPENLINE_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
    chance = random.Random(seed)
    alpha, bravo = nodes = found(tmp_path)
    healthy_s: list[float] = []
    kills = {node.party: 0 for node in nodes}
    with ending(*nodes):
        for node in nodes:
            node.spawn()
        for node in nodes:
            node.wait_up()
        with talking(*nodes) as shown:
            while sum(kills.values()) < KILLS:
                time.sleep(chance.uniform(0.05, 0.6))
                # One of them, the other one, and sometimes both at once.
                victims = [node for node in nodes if chance.random() < 0.6] or [alpha]
                if chance.random() < 0.5:
                    # At once after an answer: what is shown must be on the disk by then.
                    told = shown[victims[0].party].just_answered
                    told.clear()
                    told.wait(2)
                for node in victims:
                    node.kill()
                    kills[node.party] += 1
                if chance.random() < 0.3:
                    # Again while it starts.
                    victims[0].spawn()
                    time.sleep(chance.uniform(0.2, 0.9))
                    victims[0].kill()
                    kills[victims[0].party] += 1
                began = time.monotonic()
                for node in victims:
                    node.spawn()
                for node in victims:
                    node.wait_up()
                    wait_until(lambda node=node: node.state()["can_sign"], f"{node.party} signs")
                    healthy_s.append(time.monotonic() - began)
            for node in nodes:
                wait_until(lambda node=node: is_up(node), f"{node.party} is up again")
        _converge(alpha, bravo)
        assert [node.stop() for node in nodes] == [0, 0]
    _hold_against_stores(alpha, bravo, shown)
    recorded = sum(len(one.recorded) for one in shown.values())
    delivered = sum(len(one.delivered) for one in shown.values())
    with capsys.disabled():
        print(
            f"\n  kills {sum(kills.values())} (seed {seed}), recorded {recorded}, "
            f"delivered {delivered}, lost 0; restart to signing: "
            f"median {statistics.median(healthy_s):.2f} s, worst {max(healthy_s):.2f} s"
        )
    assert delivered > 10 * KILLS / 2, "there was hardly any load"


def _converge(*nodes: Node) -> None:
    """Wait until each holds all of the other and has receipts for all of its own."""
    for node in nodes:
        for other in nodes:
            if other is not node:
                wait_until(
                    lambda node=node, other=other: (
                        node.counterpart(other.party)["not_receipted"] == 0
                        and node.state()["held"][other.party] == other.state()["out_size"]
                    ),
                    f"{node.party} and {other.party} converge",
                )


def _hold_against_stores(alpha: Node, bravo: Node, shown: dict[str, Shown]) -> None:
    """What officers were shown is in both stores, and both stores are sound and alike."""
    for node, other in ((alpha, bravo), (bravo, alpha)):
        assert node.faults() == []
        origin = f"{node.party}/{node.line}/out"
        own, theirs = node.entries(origin), other.entries(origin)
        assert own == theirs
        texts: dict[int, str] = {}
        for index, (raw, content) in enumerate(own):
            header = parse_envelope(raw).header
            assert header.index == index
            if header.kind == Kind.TEXT:
                texts[index] = str(parse_content(content)[2])
        assert len(set(texts.values())) == len(texts), "one text was recorded twice"
        told = shown[node.party]
        assert told.twice == []
        missing = {index: text for index, text in told.recorded.items() if texts.get(index) != text}
        assert missing == {}
        assert told.delivered <= texts.keys()
