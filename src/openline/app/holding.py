"""What is held as evidence: how much of the record lies in a window, and its hash.

The hash lets anybody who is shown the same record later check that nothing in the window
was let go of: it is SHA-256 over the SHA-256 of each piece, in the order of the record.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

from openline.domain.party import Origin, parse_origin
from openline.domain.record.envelope import parse_envelope
from openline.domain.record.note import parse_note
from openline.domain.record.tick import parse_tick
from openline.engine.journal import parse_row
from openline.engine.ports import Store, StoredEntry

_ENTRIES_READ: Final = 2_048
_TICKS_READ: Final = 512

Window = tuple[int, int]
"""From when until before when, in milliseconds."""


def held_in(store: Store, line: str, windows: Iterable[Window]) -> list[dict[str, Any]]:
    """What of each log and of each party's ticks lies in the windows.

    Args:
        store: What the node has stored.
        line: The line.
        windows: Half-open; what lies in several counts once.

    Returns:
        For each log and each party's ticks, in the order of their names: `what` it is,
        its `name`, how many pieces (`count`), their `size_bytes`, and `sha256` over the
        hashes of the pieces in order. A log that has none there is left out.
    """
    spans = sorted(windows)
    found = []
    for origin in _origins(store, line):
        time_of = _row_at if origin.log == "journal" else _entry_at
        pieces = (
            entry.raw for entry in _entries(store, str(origin)) if _is_in(time_of(entry), spans)
        )
        found.append(
            _tally("journal" if origin.log == "journal" else "messages", str(origin), pieces)
        )
    for party in sorted({origin.party for origin in _origins(store, line)}):
        pieces = (
            text.encode() for at, text in _ticks(store, line, party, spans) if _is_in(at, spans)
        )
        found.append(_tally("ticks", f"{party}/{line}", pieces))
    return [one for one in found if one["count"]]


def _origins(store: Store, line: str) -> list[Origin]:
    parsed = [parse_origin(text) for text, _, _ in store.origins()]
    return sorted(one for one in parsed if one is not None and one.line == line)


def _entries(store: Store, origin: str) -> Iterator[StoredEntry]:
    start = 0
    while chunk := store.entries(origin, start, _ENTRIES_READ):
        yield from chunk
        start += len(chunk)


def _entry_at(entry: StoredEntry) -> int:
    return parse_envelope(entry.raw).header.at


def _row_at(entry: StoredEntry) -> int:
    return parse_row(entry).at


def _ticks(store: Store, line: str, party: str, spans: list[Window]) -> Iterator[tuple[int, str]]:
    """The ticks of a party from the first window to the last, with their times."""
    if not spans:
        return
    sequence = _first(store, line, party, spans[0][0])
    until = max(end for _, end in spans)
    while rows := store.ticks(line, party, sequence, _TICKS_READ):
        for number, _, text in rows:
            at = parse_tick(parse_note(text).text).at
            if at >= until:
                return
            yield at, text
            sequence = number + 1


def _first(store: Store, line: str, party: str, at: int) -> int:
    """The number of the first tick that is not dated before an instant."""
    last = store.last_tick(line, party)
    low, high = 0, last[0] + 1 if last else 0
    while low < high:
        middle = (low + high) // 2
        rows = store.ticks(line, party, middle, 1)
        if rows and parse_tick(parse_note(rows[0][2]).text).at < at:
            low = rows[0][0] + 1
        else:
            high = middle
    return low


def _is_in(at: int, spans: list[Window]) -> bool:
    return any(start <= at < end for start, end in spans)


def _tally(what: str, name: str, pieces: Iterable[bytes]) -> dict[str, Any]:
    whole, count, size_bytes = hashlib.sha256(), 0, 0
    for piece in pieces:
        whole.update(hashlib.sha256(piece).digest())
        count += 1
        size_bytes += len(piece)
    return {
        "what": what,
        "name": name,
        "count": count,
        "size_bytes": size_bytes,
        "sha256": whole.hexdigest(),
    }
