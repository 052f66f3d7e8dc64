"""Makes the store that this release leaves behind, to be opened by every later one.

    python -m tests.golden.make tests/golden/0.1.0

Two nodes run for a minute and say a little of much. What is kept is the store of one of
them, packed, without any key, and what a reader has to find in it. A release keeps its
own; those of earlier releases are never made again.
"""

import json
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any

from openline.adapters.sqlite import SqliteStore
from tests.end_to_end.nodes import Node, found, running, wait_until, wait_up

STORE = "store.zlib"
FACTS = "facts.json"


def main() -> None:
    """Run the nodes, and write what is kept."""
    into = Path(sys.argv[1])
    into.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as directory:
        alpha, bravo = found(Path(directory))
        with running(alpha, bravo):
            wait_up(alpha, bravo)
            talk(alpha, bravo)
            facts: dict[str, Any] = {
                "party": alpha.party,
                "line": alpha.line,
                "texts": [
                    alpha.message(one["party"], one["index"])["body"]["text"]
                    for one in alpha.messages()
                    if one["kind"] == "TEXT"
                ],
            }
            assert alpha.stop() == 0
        with SqliteStore.open_read_only(alpha.config.store) as store:
            facts["logs"] = [[origin, size, root.hex()] for origin, size, root in store.origins()]
        (into / STORE).write_bytes(zlib.compress(alpha.config.store.read_bytes(), 9))
        (into / FACTS).write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n")


def talk(alpha: Node, bravo: Node) -> None:
    """Say a little of much, in both directions, with a new key between."""
    alpha.deliver("A text before the new key.")
    alpha.client().post("/lines", alpha.line, "keys", body={"role": "node"})
    for number in range(3):
        alpha.deliver(f"Alpha {number}.")
        bravo.deliver(f"Браво {number}.", precedence="FLASH")
    wait_until(
        lambda: alpha.counterpart(bravo.party)["journal_cosigned"], "the journal is cosigned"
    )


if __name__ == "__main__":
    main()
