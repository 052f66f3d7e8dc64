"""Acts of our officers, read from the end of a line's journals.

A journal that is behind after a restore goes on in a new epoch (`docs/spec/log-and-receipt.md`):
the epochs are read as one, and their rows counted through. They are read backwards in short
steps in the loop itself, so that nothing else waits: the store is read by nobody but the loop.
One answer looks through a bounded number of rows and says where to go on.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

from openline.domain.limits import ACTS_LISTED_MAX, ACTS_ROWS_MAX
from openline.domain.party import parse_origin
from openline.engine.acts import Act, acts_of
from openline.engine.journal import Row, parse_row
from openline.engine.line import Line

_CHUNK: Final = 128


class _Journals:
    """The journals of a line, every epoch that is held, their rows counted through.

    Args:
        line: The line.

    Attributes:
        size: How many rows there are.
    """

    def __init__(self, line: Line) -> None:
        self._store = line.store
        ours = (line.own, line.name, "journal")
        sizes = {parse_origin(text): size for text, size, _ in line.store.origins()}
        found = sorted(
            (origin, size)
            for origin, size in sizes.items()
            if origin is not None and (origin.party, origin.line, origin.log) == ours
        )
        self._parts = [(str(origin), size) for origin, size in found]
        self.size = sum(size for _, size in found)

    def rows(self, start: int, end: int) -> Iterator[Row]:
        """The rows from one to before another, in their order."""
        first = 0
        for origin, size in self._parts:
            begin, stop = max(start, first), min(end, first + size)
            if begin < stop:
                yield from map(parse_row, self._store.entries(origin, begin - first, stop - begin))
            first += size


async def acts_on(
    line: Line, start: int, end: int, officer: str = "", before: int | None = None
) -> dict[str, Any]:
    """Who did what on this node in a window, the newest first.

    Args:
        line: The line whose journals they are.
        start: First instant of the window.
        end: First instant after it.
        officer: Whose acts alone; everybody's where it is empty.
        before: Only rows of the journals before this one; None to begin.

    Returns:
        `acts`, and `before` to go on with; None where nothing is left in the window.
    """
    journals = _Journals(line)
    last = journals.size if before is None else min(before, journals.size)
    found: list[dict[str, Any]] = []
    async for index, acts in _backwards(line, journals, last, start):
        last = index
        shown = [one for one in acts if start <= one.at < end and one.is_by(officer)]
        found += [_to_json(index, one) for one in reversed(shown)]
        if len(found) >= ACTS_LISTED_MAX:
            return {"acts": found, "before": last or None}
    return {"acts": found, "before": last if _goes_on(journals, last, start) else None}


async def _backwards(
    line: Line, journals: _Journals, last: int, start: int
) -> AsyncIterator[tuple[int, list[Act]]]:
    """Index and acts of each row before one, back to an instant or to the bound."""

    def said(index: int, at: int) -> dict[str, Any] | None:
        return _said(line, index, at)

    first = max(0, last - ACTS_ROWS_MAX)
    for end in range(last, first, -_CHUNK):
        begin = max(first, end - _CHUNK)
        for index, row in reversed(list(enumerate(journals.rows(begin, end), begin))):
            if row.at < start:
                return
            yield index, list(acts_of(row, said))
        await asyncio.sleep(0)


def _said(line: Line, index: int, at: int) -> dict[str, Any] | None:
    """Our message of an index in the outbox of then: the newest that is not of later."""
    for epoch in range(line.outbox.epoch, 0, -1):
        message = line.view.message(line.own, index, epoch)
        if message is not None and message["at"] <= at:
            return message
    return None


def _goes_on(journals: _Journals, last: int, start: int) -> bool:
    """Whether the row before one is still in the window."""
    return any(row.at >= start for row in journals.rows(last - 1, last))


def _to_json(index: int, act: Act) -> dict[str, Any]:
    return {
        "row": index,
        "at": act.at,
        "by": {"post": act.post, "officer": act.officer},
        "act": act.act,
        "about": act.about,
    }
