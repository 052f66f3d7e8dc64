"""Two nodes adopted different Understandings: nothing is exchanged, and both can read why."""

from pathlib import Path

from tests.end_to_end.nodes import (
    adopt,
    draft,
    ending,
    introduce,
    make_node,
    refusals,
    sign,
    start,
    told_by,
    wait_until,
)


def test_different_terms_are_refused_with_a_readable_difference(tmp_path: Path) -> None:
    """`openline status` names the field and both values; after both adopt one file it works."""
    alpha, bravo = nodes = [make_node(tmp_path, name) for name in ("alpha", "bravo")]
    introduce(nodes)
    one = sign(nodes, draft(nodes))
    other = sign(nodes, draft(nodes, imminent='"9 min"', line_check='"2 h"'))
    adopt([alpha], one)
    adopt([bravo], other)
    with ending(*nodes):
        for node in nodes:
            node.start()
        for node, counterpart in ((alpha, bravo), (bravo, alpha)):
            wait_until(
                lambda node=node, counterpart=counterpart: node.counterpart(counterpart.party)[
                    "difference"
                ],
                f"{node.party} sees the difference",
            )
            told = told_by("status", "--dir", node.directory)
            assert told.code == 0
            assert "its Understanding differs" in told.out
            for words in ("imminent", "5 min", "9 min", "line_check", "4 h", "2 h"):
                assert words in told.out, words
            assert not node.state()["can_sign"]
            assert node.state()["displayed"]["word"] != "ACTIVE"
            assert "UNDERSTANDINGS_DIFFER" in {alarm["name"] for alarm in node.alarms()}
            assert node.state()["held"] == {counterpart.party: 0}
        doctor = told_by("doctor", "--dir", alpha.directory)
        assert doctor.code == 1
        assert "has another Understanding" in doctor.out
        for node in nodes:
            assert node.stop() == 0
        assert "WRONG_UNDERSTANDING" in {reason for reason, _ in refusals(alpha)}

        # Nothing was said yet: bravo begins anew with the file that alpha has.
        for name in ("store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "anchor"):
            (bravo.directory / name).unlink(missing_ok=True)
        adopt([bravo], one)
        start(*nodes)
        assert alpha.deliver("Now we agree.")["is_delivered"]
