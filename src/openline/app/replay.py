"""Replay: how a line stood at an instant, computed anew from the journal.

The same fold as at start, into a line of its own that signs and sends nothing, and only up
to the instant. It is done in small steps in the loop itself, so that nothing else waits:
the store is read by nobody but the loop. What was observed of circuits is in no journal,
so it is not told; when an alarm was noticed is not there either, and is then the time of the
next row.
"""

import asyncio
import time
from typing import Any, Final

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.limits import REPLAY_STEP_MS
from openline.domain.line.observed import Observed
from openline.engine.fold import replay
from openline.engine.line import CONFLICT_STEPS_PER_TURN, Line

_ROWS_SHOWN_MAX: Final = 1_000
"""Live notices, matters and alarms in one answer: about a megabyte of each."""


async def replay_line(line: Line, at: int, now: int) -> dict[str, Any]:
    """How a line stood at an instant, of plain values.

    Args:
        line: The line as it runs; it is not touched.
        at: The instant.
        now: The present instant.

    Raises:
        OurError: The instant is still to come.
    """
    if at > now:
        raise OurError(f"{format_instant(at)} is still to come.", "Name an instant of the past.")
    past = line.shadow(at)
    past.view.find_conflicts(CONFLICT_STEPS_PER_TURN)
    rows = 0
    began = time.monotonic()
    for _ in replay(past, at):
        rows += 1
        # Conflicts are looked for as in a running node: never too long at a time.
        past.view.find_conflicts(CONFLICT_STEPS_PER_TURN)
        if (time.monotonic() - began) * 1_000 >= REPLAY_STEP_MS:
            await asyncio.sleep(0)
            began = time.monotonic()
    past.view.advance(at)
    while past.view.is_busy:
        past.view.find_conflicts(CONFLICT_STEPS_PER_TURN)
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    return _state(past, at, rows)


def _state(past: Line, at: int, rows: int) -> dict[str, Any]:
    view = past.view
    shown = view.displayed(Observed.UNKNOWN, at)
    lists = {
        "matters": view.matters(now=at),
        "due": view.due(at),
        "notices": view.notices_until(at, at + 1),
        "alarms": view.alarms(),
        "unread": view.awaiting.unread(_ROWS_SHOWN_MAX),
    }
    counts = {name: len(found) for name, found in lists.items()}
    counts["unread"] = view.awaiting.counts()["unread"]
    return {
        "line": past.name,
        "party": past.own,
        "at": at,
        "messages": rows,
        "version": view.understanding.version,
        "out_size": past.outbox.size,
        "held": {party: mirror.size for party, mirror in sorted(past.mirrors.items())},
        "declared": view.declared(at),
        "declarations": shown["declared"],
        "watches": view.watches.listed(at),
        **{name: found[:_ROWS_SHOWN_MAX] for name, found in lists.items()},
        "left_off": {
            name: count - _ROWS_SHOWN_MAX
            for name, count in counts.items()
            if count > _ROWS_SHOWN_MAX
        },
    }
