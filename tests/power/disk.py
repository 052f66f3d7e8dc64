"""A disk whose power is cut: what was written and not synced is lost, torn or out of order.

A trace is what a process did to its files, in order. `images` replays it and, after
every event, makes what a disk may hold if the power goes at that instant: what was
synced, and of what was not any part, in sectors, in any order. A file that was never
synced may not be there at all.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

SECTOR_BYTES: Final = 512

Event = tuple[Any, ...]
"""`write` file offset data; `truncate` file size; `sync` file; `delete` file; `mark` what."""

Image = dict[str, bytes]
"""What each file holds."""


@dataclass(slots=True)
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Event] = field(default_factory=list)
    is_there: bool = False

    def apply(self, event: Event, into: bytearray, sectors: list[bool] | None = None) -> None:
        """Do one event to the content; of a write only some sectors, if it is torn."""
        if event[0] == "truncate":
            size = event[2]
            del into[size:]
            into.extend(bytes(max(0, size - len(into))))
            return
        _, _, offset, data = event
        for number, start in enumerate(range(0, len(data), SECTOR_BYTES)):
            if sectors is None or sectors[number]:
                part = data[start : start + SECTOR_BYTES]
                at = offset + start
                into.extend(bytes(max(0, at - len(into))))
                into[at : at + len(part)] = part

    def sync(self) -> None:
        """What waits is on the disk, and so is the name."""
        for event in self.pending:
            self.apply(event, self.durable)
        self.pending.clear()
        self.is_there = True


def images(trace: list[Event], chance: random.Random) -> Iterator[tuple[int, Image, list[Any]]]:
    """After each event one way in which the power may go: its number, the disk, the marks."""
    files: dict[str, _File] = {}
    marks: list[Any] = []
    for number, event in enumerate(trace):
        kind = event[0]
        if kind == "mark":
            marks.append(event[1])
        elif kind == "delete":
            files.pop(event[1], None)
        elif kind == "sync":
            files.setdefault(event[1], _File()).sync()
        else:
            files.setdefault(event[1], _File()).pending.append(event)
        yield number, _cut(files, chance), list(marks)


def _cut(files: dict[str, _File], chance: random.Random) -> Image:
    image = {}
    for name, file in files.items():
        if not file.is_there and chance.random() < 0.5:
            continue
        content = bytearray(file.durable)
        survivors = _survivors(file.pending, chance)
        for event in survivors:
            torn = event[0] == "write" and chance.random() < 0.3
            sectors = -(-len(event[3]) // SECTOR_BYTES) if torn else 0
            some = [chance.random() < 0.5 for _ in range(sectors)] if torn else None
            file.apply(event, content, some)
        image[name] = bytes(content)
    return image


def _survivors(pending: list[Event], chance: random.Random) -> list[Event]:
    """Which of what waits reaches the disk, and in which order."""
    draw = chance.random()
    if draw < 0.25:
        return []
    if draw < 0.5:
        return list(pending)
    kept = [event for event in pending if chance.random() < 0.6]
    chance.shuffle(kept)
    return kept
