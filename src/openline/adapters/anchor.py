"""The anchor: what this node has committed, remembered outside its database.

After a commit the size and root of every log that grew are written to a small file
beside the database: before a head over them is signed; and of rows of a journal, over
which nothing is signed yet, at the latest when the node's loop rests. At the next start
the two are compared. A database that is behind its anchor has lost commits, by a rotten
`-wal` file or by an old copy that was put back; neither leaves a trace in the database
itself, and a node that went on from there would sign a second head for an index it has
used. Such a node signs nothing until its counterpart's mirror has given it back its own
outbox (`docs/decisions/0007-wait-before-signing.md`).

Where several stations write to one store in turn, the anchor of each knows only how far
that one has come, or has seen the others come. Such an anchor is shared: it still shows a
store that is behind it, and vouches for none, then or later.

An anchor belongs to one store, and says of which lines that store was confirmed: each
counterpart had shown what it holds, or an administrator had vouched. Only then can it
vouch for the store at a later start. A new anchor, or that of another store, vouches
for nothing, however well its rows agree.

The file holds two slots, written in place in turn, each text with a checksum:

    openline anchor 2
    sequence 42
    store <the identity of the store, in hex>
    line syria-air
    alpha.example/syria-air/out 17 <root in base64>
    sha256 <hex, over the rows above>

A file of version 1 has no rows of store and lines: it is read, and vouches for nothing.

A write that is cut short spoils one slot; the other still holds what was true one
commit before. The database is committed first, so an anchor is never ahead of a
sound database.
"""

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from openline.adapters.disk import sync_directory
from openline.domain.errors import OurError
from openline.domain.limits import ANCHORED_LOGS_MAX
from openline.domain.party import parse_origin
from openline.engine.ports import StoreFailed

_SLOT_BYTES = 1 << 20
"""Room for `ANCHORED_LOGS_MAX` rows of 256 bytes; unwritten room takes no disk."""

_SLOTS = 2
_HEADER = "openline anchor 2"
_HEADER_BEFORE = "openline anchor 1"
_SEQUENCE = re.compile(r"sequence (0|[1-9][0-9]{0,18})")
_STORE = re.compile(r"store ([0-9a-f]{32})")
_LINE = re.compile(r"line ([a-z0-9-]{1,63})")
_ROW = re.compile(r"(\S+) (0|[1-9][0-9]{0,18}) ([A-Za-z0-9+/]{43}=)")
_CHECKSUM = re.compile(rb"sha256 ([0-9a-f]{64})\n")


class AnchorDamaged(OurError):
    """An anchor that can be read, and of which no slot is whole."""


@dataclass(frozen=True, slots=True)
class Anchored:
    """How far one log had come.

    Attributes:
        origin: The log.
        size: How many entries it had.
        root: The root of the tree over them.
    """

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Behind:
    """A log of which the database holds less, or other, than was once committed.

    Attributes:
        anchored: What the anchor says.
        size: The size in the database; 0 where the log is missing.
        root: The root in the database; empty where the log is missing.
    """

    anchored: Anchored
    size: int
    root: bytes

    def __str__(self) -> str:
        anchored = self.anchored
        if self.size == anchored.size:
            return f"{anchored.origin} has {self.size} entries, but not those that were committed."
        return f"{anchored.origin} has {self.size} of {anchored.size} committed entries."


@dataclass(frozen=True, slots=True)
class _Slot:
    """What one slot says.

    Attributes:
        sequence: The number of the write.
        store: The identity of the store, in hex; empty where none is named.
        confirmed: The lines of which that store was confirmed, in order.
        rows: How far each log had come, ordered by origin.
    """

    sequence: int = 0
    store: str = ""
    confirmed: tuple[str, ...] = ()
    rows: tuple[Anchored, ...] = ()


class Anchor:
    """The anchor file of one store. Used by one thread at a time, the committing one."""

    def __init__(
        self, path: Path, descriptor: int, store: bytes, *, is_shared: bool = False
    ) -> None:
        self.path = path
        self._is_shared = is_shared
        self._descriptor = descriptor
        self._ours = store.hex()
        self._rows: dict[str, Anchored] = {}
        self._store = ""
        self._confirmed: tuple[str, ...] = ()
        self._sequence = 0

    @classmethod
    def open(cls, path: Path, store: bytes, *, is_shared: bool = False) -> Self:
        """Open the anchor file for a store; make an empty one if it does not exist.

        One damaged slot is what a write that was cut short leaves; the other then
        counts, and the next commit writes over the damaged one.

        Args:
            path: The file.
            store: The identity of our store: 16 bytes.
            is_shared: Whether other stations write to the store too.

        Raises:
            OurError: The file cannot be made or read.
            AnchorDamaged: No slot is whole.
        """
        try:
            is_new = not path.exists()
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise OurError(
                f"The anchor {path} cannot be opened: {error.strerror}.",
                "It lies beside the store; the node needs to read and write it.",
            ) from error
        anchor = cls(path, descriptor, store, is_shared=is_shared)
        try:
            if is_new:
                sync_directory(path.parent)
            else:
                anchor._read()
            anchor._vouch_no_more()
        except OSError as error:
            anchor.close()
            raise OurError(
                f"The anchor {path} cannot be read: {error.strerror}.",
                "See to the disk. If the file cannot be had again, move it away: a start asks the "
                "counterparts then.",
            ) from error
        except BaseException:
            anchor.close()
            raise
        return anchor

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def rows(self) -> tuple[Anchored, ...]:
        """How far each log had come, ordered by origin."""
        return tuple(self._rows[origin] for origin in sorted(self._rows))

    @property
    def confirmed(self) -> tuple[str, ...]:
        """The lines of which its store was confirmed, in order."""
        return self._confirmed

    @property
    def is_of_another(self) -> bool:
        """Whether it belongs to another store than ours."""
        return self._store not in ("", self._ours)

    def vouched(self, origins: Iterable[tuple[str, int, bytes]]) -> tuple[str, ...]:
        """The lines of which our store is certainly no old copy, in order.

        Args:
            origins: What `Store.origins` gives.
        """
        if self._store != self._ours or self._is_shared:
            return ()
        doubted = {_line_of(row.anchored.origin) for row in self.behind(origins)}
        return tuple(line for line in self._confirmed if line not in doubted)

    def confirm(self, lines: Iterable[str], origins: Iterable[tuple[str, int, bytes]]) -> None:
        """Write down of which lines our store is confirmed, where that has changed.

        What a newly confirmed line has in the store is from then on what counts: rows
        of logs that are lost for good, or of another store, are let go of.

        Args:
            lines: Every line of which our store is known now to be no old copy.
            origins: What `Store.origins` gives; all of it is committed.

        Raises:
            StoreFailed: The disk failed; the process must end.
        """
        confirmed = tuple(sorted(lines))
        known = self._confirmed if self._store == self._ours else ()
        if confirmed == known:
            return
        fresh = {line for line in confirmed if line not in known}
        if self.is_of_another:
            self._rows = {}
        self._rows = {
            origin: row for origin, row in self._rows.items() if _line_of(origin) not in fresh
        } | {
            origin: Anchored(origin, size, root)
            for origin, size, root in origins
            if _line_of(origin) in fresh
        }
        self._store, self._confirmed = self._ours, confirmed
        self._write()

    def record(self, heads: Mapping[str, tuple[int, bytes]]) -> None:
        """Write down, durably, how far a commit that has returned brought its logs.

        A row never goes back: while a log is being pulled back from a mirror the
        anchor goes on saying how far it had been. The anchor of another store is left
        as it is until ours is confirmed.

        Args:
            heads: Size and root of each log that grew.

        Raises:
            StoreFailed: The disk failed; the process must end.
        """
        if self.is_of_another:
            return
        grown = {
            origin: Anchored(origin, size, root)
            for origin, (size, root) in heads.items()
            if origin not in self._rows or size > self._rows[origin].size
        }
        if grown:
            self._rows |= grown
            self._write()

    def behind(self, origins: Iterable[tuple[str, int, bytes]]) -> list[Behind]:
        """The logs of which the database holds less or other than was committed.

        A database that is ahead is in order: it is committed before the anchor.
        Whether a longer log still begins as the anchor says needs its tree, so
        whoever replays the log asks it for the root of `anchored.size`.

        Args:
            origins: What `Store.origins` gives.
        """
        found = {origin: (size, root) for origin, size, root in origins}
        return [
            Behind(row, *found.get(row.origin, (0, b"")))
            for row in self.rows
            if not _is_covered(row, *found.get(row.origin, (0, b"")))
        ]

    def _vouch_no_more(self) -> None:
        """Of a shared anchor: let a later start not rest on what was confirmed before."""
        if self._is_shared and self._confirmed:
            self._confirmed = ()
            self._write()

    def close(self) -> None:
        """Release the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _write(self) -> None:
        assert len(self._rows) <= ANCHORED_LOGS_MAX, "no node keeps so many logs"
        self._sequence += 1
        confirmed = () if self._is_shared else self._confirmed
        slot = _format(_Slot(self._sequence, self._store, confirmed, self.rows))
        assert len(slot) <= _SLOT_BYTES, "a slot has room for all rows"
        try:
            written = os.pwrite(self._descriptor, slot, self._sequence % _SLOTS * _SLOT_BYTES)
            if written != len(slot):
                raise OSError(0, "the disk is full")
            os.fdatasync(self._descriptor)
        except OSError as error:
            raise StoreFailed(
                f"The anchor {self.path} failed to write: {error.strerror}."
            ) from error

    def _read(self) -> None:
        damaged = 0
        newest = _Slot()
        for number in range(_SLOTS):
            data = os.pread(self._descriptor, _SLOT_BYTES, number * _SLOT_BYTES).rstrip(b"\0")
            slot = _parse(data) if data else _Slot()
            if slot is None:
                damaged += 1
            elif slot.sequence > newest.sequence:
                newest = slot
        if damaged and newest.sequence == 0:
            raise AnchorDamaged(
                f"The anchor {self.path} is damaged.",
                "Run `openline repair`: it sets the file aside, and a start asks the counterparts.",
            )
        self._sequence, self._store = newest.sequence, newest.store
        self._confirmed = newest.confirmed
        self._rows = {row.origin: row for row in newest.rows}


def _line_of(origin: str) -> str:
    parsed = parse_origin(origin)
    return "" if parsed is None else parsed.line


def _is_covered(row: Anchored, size: int, root: bytes) -> bool:
    return size > row.size or (size == row.size and root == row.root)


def _format(slot: _Slot) -> bytes:
    texts = [_HEADER, f"sequence {slot.sequence}"]
    texts += [f"store {slot.store}"] if slot.store else []
    texts += [f"line {line}" for line in slot.confirmed]
    texts += [f"{row.origin} {row.size} {base64.b64encode(row.root).decode()}" for row in slot.rows]
    text = "".join(f"{row}\n" for row in texts).encode()
    return text + f"sha256 {hashlib.sha256(text).hexdigest()}\n".encode()


def _parse(data: bytes) -> _Slot | None:
    """The slot, or None if it is not whole. What follows the checksum is older."""
    if (checksum := _CHECKSUM.search(data)) is None:
        return None
    text = data[: checksum.start()]
    if hashlib.sha256(text).hexdigest().encode() != checksum[1]:
        return None
    header, sequence, *rest = text.decode("ascii").splitlines()
    number = _SEQUENCE.fullmatch(sequence)
    if header not in (_HEADER, _HEADER_BEFORE) or number is None:
        return None
    store = _STORE.fullmatch(rest[0]) if rest else None
    rest = rest[1:] if store else rest
    lines = [match[1] for match in map(_LINE.fullmatch, rest) if match]
    rows = [_parse_row(row) for row in rest[len(lines) :]]
    if None in rows:
        return None
    anchored = tuple(row for row in rows if row is not None)
    return _Slot(int(number[1]), store[1] if store else "", tuple(lines), anchored)


def _parse_row(text: str) -> Anchored | None:
    match = _ROW.fullmatch(text)
    if match is None or parse_origin(match[1]) is None:
        return None
    try:
        return Anchored(match[1], int(match[2]), base64.b64decode(match[3], validate=True))
    except binascii.Error:
        return None
