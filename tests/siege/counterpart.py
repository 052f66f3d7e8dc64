"""A counterpart that keeps no rule: `python -m tests.siege.counterpart DIR HOST:PORT`.

DIR is the directory of a node that is a party to lines with the node at HOST:PORT; it must
not run. Each row of standard input is an act, `{"name": ..., "line": ..., "for_s": ...}`;
for each a row of JSON says what was seen. Without input, `--all LINE` does every act on one
line. It is a process of its own, so that what it costs is not the victim's, nor that of who
measures. Against whom it is used must be the user's own node: it needs keys that the node
has pinned, and a record of what it did stays there for ever.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from openline.domain.record.merkle import Tree, leaf_hash
from tests.end_to_end.intruder import Address
from tests.siege.acts import ACTS, Attack, NotOpened
from tests.siege.hand import TrueHand
from tests.siege.talk import Seen


class Counterpart:
    """The hostile counterpart, on all lines that it has with its victim.

    Args:
        directory: Of its node, which does not run.
        address: Where the victim listens.
        seed: Of its chance.
    """

    def __init__(self, directory: Path, address: Address, seed: int = 1) -> None:
        self._address = address
        self._chance = Random(seed)
        names = sorted(path.stem for path in (directory / "lines").glob("*.understanding"))
        self._hands = {name: TrueHand(directory, name, self._chance) for name in names}

    @property
    def lines(self) -> list[str]:
        """Its lines."""
        return list(self._hands)

    def do(self, name: str, line: str, for_s: float) -> dict[str, Any]:
        """Do one thing; what was seen of the victim, ready for JSON."""
        another = next(one for key, one in self._hands.items() if key != line)
        seen = Seen()
        hand = self._hands[line]
        attack = Attack(hand, self._address, self._chance, for_s, seen, another)
        began, held = time.monotonic(), len(hand.store.said)
        try:
            ACTS[name](attack)
        except NotOpened:
            pass
        except TimeoutError:
            seen.ended["nothing came in time"] += 1
        taken_s = time.monotonic() - began
        said = self._settle(attack)
        return {
            "name": name,
            "line": line,
            "took_s": round(taken_s, 3),
            **vars(seen),
            "taken": said - held,
            "held": said,
            "root": Tree(leaf_hash(entry.raw) for entry in hand.store.said).root().hex(),
            "receipted_by_it": hand.receipted,
        }

    @staticmethod
    def _settle(attack: Attack) -> int:
        """How much the victim holds afterwards, asked on a new connection."""
        for _ in range(40):
            try:
                with attack.greeted():
                    return len(attack.hand.store.said)
            except (NotOpened, TimeoutError):
                time.sleep(0.1)
        raise AssertionError("the victim opens no link to its counterpart any more")


def orders(rows: Iterable[str]) -> Iterator[tuple[str, str, float]]:
    """The acts that are asked for."""
    for row in rows:
        order = json.loads(row)
        yield order["name"], order["line"], float(order.get("for_s", 1.0))


def main() -> int:
    """Do what is asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.siege.counterpart", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("address", metavar="HOST:PORT")
    parser.add_argument("--all", metavar="LINE", help="every act on this line")
    parser.add_argument("--for-s", type=float, default=1.0, help="how long a flood lasts")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    host, _, port = options.address.rpartition(":")
    counterpart = Counterpart(options.directory, (host, int(port)), options.seed)
    asked: Iterable[tuple[str, str, float]] = orders(sys.stdin)
    if options.all:
        asked = [(name, options.all, options.for_s) for name in ACTS]
    print(json.dumps({"lines": counterpart.lines}), flush=True)
    for name, line, for_s in asked:
        print(json.dumps(counterpart.do(name, line, for_s)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
