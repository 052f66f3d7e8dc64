"""Acts of our officers, read from the end of a line's journal.

The journal is read backwards in short steps in the loop itself, so that nothing else
waits: the store is read by nobody but the loop. One answer looks through a bounded number
of rows and says where to go on.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from openline.domain.limits import ACTS_LISTED_MAX, ACTS_ROWS_MAX
from openline.engine.acts import Act, acts_of
from openline.engine.journal import parse_row
from openline.engine.line import Line

_CHUNK: Final = 128


async def acts_on(
    line: Line, start: int, end: int, officer: str = "", before: int | None = None
) -> dict[str, Any]:
    """Who did what on this node in a window, the newest first.

    Args:
        line: The line whose journal it is.
        start: First instant of the window.
        end: First instant after it.
        officer: Whose acts alone; everybody's where it is empty.
        before: Only rows of the journal before this one; None to begin.

    Returns:
        `acts`, and `before` to go on with; None where nothing is left in the window.
    """
    last = line.journal.tree.size if before is None else min(before, line.journal.tree.size)
    found: list[dict[str, Any]] = []
    async for index, acts in _backwards(line, last, start):
        last = index
        shown = [one for one in acts if start <= one.at < end and one.is_by(officer)]
        found += [_to_json(index, one) for one in reversed(shown)]
        if len(found) >= ACTS_LISTED_MAX:
            return {"acts": found, "before": last or None}
    return {"acts": found, "before": last if _goes_on(line, last, start) else None}


async def _backwards(line: Line, last: int, start: int) -> AsyncIterator[tuple[int, list[Act]]]:
    """Index and acts of each row before one, back to an instant or to the bound."""
    first = max(0, last - ACTS_ROWS_MAX)
    for end in range(last, first, -_CHUNK):
        begin = max(first, end - _CHUNK)
        entries = line.store.entries(line.journal.origin, begin, end - begin)
        for index, entry in reversed(list(enumerate(entries, begin))):
            row = parse_row(entry)
            if row.at < start:
                return
            yield index, list(acts_of(row, lambda one: line.view.message(line.own, one)))
        await asyncio.sleep(0)


def _goes_on(line: Line, last: int, start: int) -> bool:
    """Whether the row before one is still in the window."""
    if last == 0:
        return False
    [entry] = line.store.entries(line.journal.origin, last - 1, 1)
    return parse_row(entry).at >= start


def _to_json(index: int, act: Act) -> dict[str, Any]:
    return {
        "row": index,
        "at": act.at,
        "by": {"post": act.post, "officer": act.officer},
        "act": act.act,
        "about": act.about,
    }
