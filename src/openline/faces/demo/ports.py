"""Ports for nodes that are founded first and listen later."""

import contextlib
import itertools
import random
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
LOWEST: Final = 10_240
_RANGE: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
_EPHEMERAL: Final = 32_768
"""Where Linux begins to give ports to outgoing connections, if it does not say."""


def free_ports(count: int, among: Iterable[int] | None = None) -> list[int]:
    """So many different ports of this machine at which nobody listens now.

    They lie below those that the system gives to outgoing connections: a port
    among those may be free now, and belong to anybody's connection by the time
    that the node listens there.

    Args:
        count: How many.
        among: Which to try, in this order; without it any, at random.

    Raises:
        OSError: None is left among them.
    """
    if among is None:
        candidates = not_ephemeral()
        start = random.randrange(len(candidates))  # nosec B311
        among = itertools.chain(candidates[start:], candidates[:start])
    found: list[int] = []
    with contextlib.ExitStack() as held:
        for port in among:
            if len(found) == count:
                return found
            one = held.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                one.bind((HOST, port))
                found.append(port)
    if len(found) == count:
        return found
    raise OSError(f"only {len(found)} of {count} ports of {HOST} are free")


def not_ephemeral() -> range:
    """The ports that the system does not give to outgoing connections by itself."""
    try:
        lowest = int(_RANGE.read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        lowest = _EPHEMERAL
    return range(LOWEST, lowest) or range(LOWEST, _EPHEMERAL)
