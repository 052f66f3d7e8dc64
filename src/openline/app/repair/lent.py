"""What the counterparts hold of a damaged store, had by a node that says nothing.

It stands on a store of what could be salvaged, which is passing, and runs as a node does
after a loss: it shows how much it holds, and has its own entries given back and those of
the counterparts sent again. Everything that comes is verified as ever. It signs nothing at
all, no tick and no receipt, so nothing that it does can contradict what the node has said.
"""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from openline.adapters.anchor import Anchor
from openline.adapters.chance import SystemChance
from openline.adapters.clock import wall_clock_ms
from openline.adapters.keys import FileKeys
from openline.adapters.sqlite import SqliteStore
from openline.app.circuits import Circuits
from openline.app.compose import adopt_files
from openline.app.config import Config
from openline.app.run import RunningNode
from openline.app.store_copies import store_identity
from openline.engine.line import Line
from openline.engine.node import Node

_LOOKED_AGAIN_S: Final = 0.05
_STILL_S: Final = 5.0
"""So long nothing more has come from whoever has shown what it holds: that is all of it."""

_LONGEST: Final = 60
"""So many times the wait for who does not answer, and who gives all too slowly is not heard."""


@dataclass(frozen=True, slots=True)
class Lent:
    """Who was heard.

    Attributes:
        heard: The counterparts that have shown what they hold, by line.
        silent: Those that have not, or not in time all that is wanted, by line.
        contradicts: A counterpart holds another history than we do, in words; or empty.
    """

    heard: Mapping[str, tuple[str, ...]]
    silent: Mapping[str, tuple[str, ...]]
    contradicts: str = ""


def ask_counterparts(config: Config, wanted: Mapping[str, int], wait_s: float) -> Lent:
    """Fill a passing store with what the counterparts hold.

    Args:
        config: The settings of the node, with a passing store and anchor.
        wanted: How many entries of each outbox are wanted.
        wait_s: How long to wait at most for who does not answer; for who does, `_LONGEST`
            times as long.

    Raises:
        OurError: The node's keys or addresses cannot be used.
    """
    return asyncio.run(_ask(config, wanted, wait_s))


async def _ask(config: Config, wanted: Mapping[str, int], wait_s: float) -> Lent:
    with ExitStack() as stack:
        keys = FileKeys.open(config.keys)
        store = stack.enter_context(SqliteStore.open(config.store))
        anchor = stack.enter_context(Anchor.open(config.anchor, store_identity(store)))
        node = Node(config.party, keys, SystemChance(), store, signs_nothing=True)
        node.load(wall_clock_ms())
        running = RunningNode(config, node, store, anchor, keys, wall_clock_ms)
        adopt_files(running)
        circuits, stopping = Circuits(running, keys), asyncio.Event()
        loop = asyncio.create_task(running.run(stopping), name="node")
        loop.add_done_callback(lambda _: stopping.set())
        try:
            await circuits.start()
            is_whole = await _filled(node, wanted, wait_s, stopping)
        finally:
            stopping.set()
            await circuits.stop()
            await loop
        lines = node.lines.values()
        heard = {
            line.name: _heard(line) if is_whole or _has_all(line, wanted) else () for line in lines
        }
        return Lent(
            heard,
            {line.name: tuple(sorted({*line.peers} - {*heard[line.name]})) for line in lines},
            next((line.broken for line in lines if line.broken), ""),
        )


async def _filled(
    node: Node, wanted: Mapping[str, int], wait_s: float, stopping: asyncio.Event
) -> bool:
    """Wait until all that is wanted is there, or nobody gives any more.

    Returns:
        Whether it ended so, and not because it took too long.
    """
    now = asyncio.get_running_loop().time
    ends, moved_at, before = now() + wait_s, now(), -1
    ends_for_good = now() + _LONGEST * max(wait_s, _STILL_S)
    while not stopping.is_set():
        lines = node.lines.values()
        # What is said meanwhile, beyond what is wanted, is no reason to wait on.
        held = sum(
            min(size, wanted.get(origin, size))
            for line in lines
            for origin, size in _sizes(line).items()
        )
        if held != before:
            before, moved_at = held, now()
        is_still = now() - moved_at >= _STILL_S
        are_heard = all(len(_heard(line)) == len(line.peers) for line in lines)
        if any(line.broken for line in lines):
            return True
        if are_heard and (is_still or all(_has_all(line, wanted) for line in lines)):
            return True
        if is_still and now() >= ends:
            return True
        if now() >= ends_for_good:
            return False
        await asyncio.sleep(_LOOKED_AGAIN_S)
    return True


def _heard(line: Line) -> tuple[str, ...]:
    """Who has shown what it holds, and has given back what we lacked of ours."""
    return tuple(sorted(party for party, peer in line.peers.items() if peer.is_reconciled))


def _sizes(line: Line) -> dict[str, int]:
    mirrors = [line.mirrors[party] for party in line.peers]
    return {line.outbox.origin: line.outbox.size} | {one.origin: one.size for one in mirrors}


def _has_all(line: Line, wanted: Mapping[str, int]) -> bool:
    """Whether our copies of the newest outboxes are as long as they were."""
    sizes = _sizes(line)
    return all(
        sizes.get(origin, 0) >= size
        for origin, size in wanted.items()
        if origin in sizes and origin != line.outbox.origin
    )
