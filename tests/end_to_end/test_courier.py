"""Two nodes that never connect: everything goes by a file that somebody carries."""

import json
from pathlib import Path
from typing import Any

from openline.adapters.sqlite import SqliteStore
from tests.end_to_end.nodes import Node, ending, found, openline, told_by, wait_until


def carry(sender: Node, receiver: Node, path: Path) -> dict[str, Any]:
    """One way of a courier, by the command line; what the receiver said of it."""
    openline("courier", "export", receiver.party, "--out", path, "--dir", sender.directory)
    done = told_by("courier", "import", path, "--dir", receiver.directory, "--json")
    assert done.code == 0, done.aside
    result: dict[str, Any] = json.loads(done.out)
    return result


def test_everything_goes_by_courier_where_no_circuit_reaches(tmp_path: Path) -> None:
    """Texts, receipts and a FLASH cross both ways by file alone; a file twice does no harm."""
    alpha, bravo = nodes = found(tmp_path)
    for node, other in ((alpha, bravo), (bravo, alpha)):
        # Without its card nobody knows where to dial.
        (node.directory / "cards" / f"{other.party}.card").unlink()
    with ending(*nodes):
        for node in nodes:
            node.start("--own-copy-is-current")
        said = [alpha.say(f"By courier {number}.") for number in range(3)]
        flash = alpha.say("Are these yours?", precedence="FLASH")
        path = tmp_path / "to-bravo"
        told = carry(alpha, bravo, path)
        assert told["entries"] == 5
        assert told["refused"] == []
        assert bravo.message(alpha.party, flash["index"])["circuit"] == "courier"
        assert alpha.counterpart(bravo.party)["not_receipted"] == 5, "alpha cannot know yet"

        bravo.post("RESPONSE", {"of": {"party": alpha.party, "index": flash["index"]},
                                "answer": "NOTED"})  # fmt: skip
        told = carry(bravo, alpha, tmp_path / "to-alpha")
        assert (told["entries"], told["receipted"], told["refused"]) == (2, 5, [])
        marks = alpha.message(alpha.party, said[0]["index"])["marks"]
        assert list(marks["delivered"]) == [bravo.party]
        assert alpha.message(alpha.party, flash["index"])["marks"]["answered"]

        # The same stick again, and the next one, which holds only what is new.
        done = told_by("courier", "import", path, "--dir", bravo.directory, "--json")
        assert json.loads(done.out)["entries"] == 0
        again = carry(alpha, bravo, tmp_path / "next")
        assert (again["entries"], again["receipted"], again["refused"]) == (0, 2, [])
        assert (tmp_path / "next").stat().st_size < path.stat().st_size
        assert bravo.counterpart(alpha.party)["not_receipted"] == 0
        assert alpha.state()["displayed"]["word"] != "ACTIVE", "a file is no working line"

        spoilt = bytearray(path.read_bytes())
        spoilt[len(spoilt) // 2] ^= 1
        (tmp_path / "spoilt").write_bytes(spoilt)
        told_by("courier", "import", tmp_path / "spoilt", "--dir", bravo.directory)
        wait_until(lambda: bravo.state(), "bravo goes on after a spoilt file")
        foreign = told_by("courier", "import", path, "--dir", alpha.directory)
        assert foreign.code == 1
        assert "is for bravo.example" in foreign.aside
        receipt = alpha.certify(
            "receipt", tmp_path / "receipt", party=alpha.party, index=flash["index"]
        )
        assert told_by("verify", receipt).code == 0
        assert [node.stop() for node in nodes] == [0, 0]
    assert alpha.faults() == bravo.faults() == []
    with SqliteStore.open_read_only(alpha.config.store) as store:
        assert store.last_tick(alpha.line, bravo.party) is not None, "a tick came along"
