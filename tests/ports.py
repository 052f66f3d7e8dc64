"""Ports for the nodes and servers of tests."""

import itertools
import os
import random
from collections.abc import Iterator
from typing import Final

from openline.faces.demo import ports

_SHARES: Final = 8
_WORKER: Final = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def _own() -> Iterator[int]:
    """The ports of this worker, each once in a round: another worker has others."""
    own = ports.not_ephemeral()[_WORKER % _SHARES :: _SHARES]
    start = random.randrange(len(own))
    return itertools.cycle(itertools.chain(own[start:], own[:start]))


_ports: Final = _own()


def free_ports(count: int) -> list[int]:
    """So many different ports at which nobody listens, and which no other worker takes."""
    return ports.free_ports(count, _ports)


def free_port() -> int:
    """One such port."""
    return free_ports(1)[0]
