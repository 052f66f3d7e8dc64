"""A node whose clock is set while it runs (libfaketime)."""

import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.nodes import Node

LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"

ABSENT = "NOT TESTED: a clock that is set while the node runs needs faketime: `make system`."


def library() -> str | None:
    """Where libfaketime is, or None where it is not."""
    return next(iter(sorted(glob.glob(LIBRARY))), None)


@dataclass
class SetClock:
    """The clock of one node: the true one, and so much.

    Attributes:
        path: The file that the node's process reads at each look at the clock.
    """

    path: Path

    def set(self, offset: str) -> None:
        """Set it: `+180`, `-180`, `+1y`, `+0`; from the next look on."""
        # In one step: the process may read it at any moment.
        beside = self.path.with_suffix(".new")
        beside.write_text(f"{offset}\n")
        os.replace(beside, self.path)


@contextmanager
def set_clock(node: Node, directory: Path) -> Iterator[SetClock]:
    """Let a node that does not run yet look at a clock that can be set."""
    found = library()
    assert found is not None, ABSENT
    clock = SetClock(directory / f"{node.name}.clock")
    clock.set("+0")
    node.environment = {
        "LD_PRELOAD": found,
        "FAKETIME_TIMESTAMP_FILE": str(clock.path),
        "FAKETIME_NO_CACHE": "1",
        # Whoever sets a clock sets no other one; and files keep their times.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }
    yield clock
