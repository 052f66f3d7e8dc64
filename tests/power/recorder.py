"""A program that works with a store and writes down all that is done to its files.

Run in a process of its own, for a layer beneath SQLite is of the whole process. It
writes as the loop of a node does: commit, then the anchor, then, with `mark`, the
promise. With `--sweep` it is run again and again: the first operation of the disk
fails, then the second, and so on until a run meets no fault.

    python -m tests.power.recorder DIRECTORY [--sweep io|full] [--rounds N] [--unsynced]

It prints one JSON object for each run: how it ended, how many operations there were, and
the last promise. Each run has a directory of its own, named by the operation that fails
in it; `trace` there is what `tests.power.disk` replays.
"""

import argparse
import itertools
import json
import os
import pickle
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

import apsw

from openline.adapters import anchor as anchors
from openline.adapters import sqlite
from openline.adapters.anchor import Anchor
from openline.domain.errors import OurError
from openline.domain.record.merkle import Tree, leaf_hash
from openline.engine.ports import AppendEntries, PutHead, PutTick, StoredEntry, StoreFailed

OUT: Final = "alpha.example/syria-air/out"
MIRROR: Final = "bravo.example/syria-air/out"
LOGS: Final = (OUT, MIRROR)
STORE: Final = "store"
ANCHOR: Final = "anchor"
IDENTITY: Final = bytes(range(16))
LAYER: Final = "recording"

_KEPT: list[Any] = []
_TRACE: list[tuple[Any, ...]] = []
_FAILING: dict[str, Any] = {"at": 0, "with": "io", "count": 0}


@cache
def entry(origin: str, index: int) -> StoredEntry:
    """The one entry that belongs there."""
    raw = f"{origin} {index} ".encode() * (3 + index % 37)
    return StoredEntry(raw, b"%d" % index * (index % 90))


@cache
def root(origin: str, size: int) -> bytes:
    """The root over so many of them."""
    tree = Tree()
    tree.extend([leaf_hash(entry(origin, index).raw) for index in range(size)])
    return tree.root()


def _operation(kind: str) -> None:
    """Count one operation of the disk; the one that is to fail does."""
    _FAILING["count"] += 1
    if _FAILING["count"] == _FAILING["at"]:
        if _FAILING["with"] == "full" and kind == "write":
            raise apsw.FullError("the disk is full")
        raise apsw.IOError(f"the disk failed to {kind}")


class _File(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int]) -> None:
        self._name = Path(name if isinstance(name, str) else name.filename()).name
        super().__init__(sqlite_base(), name, flags)

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        _operation("read")
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        _operation("write")
        super().xWrite(data, offset)
        _TRACE.append(("write", self._name, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        _operation("truncate")
        super().xTruncate(size)
        _TRACE.append(("truncate", self._name, size))

    def xSync(self, flags: int) -> None:  # noqa: N802
        _operation("sync")
        super().xSync(flags)
        _TRACE.append(("sync", self._name))


def sqlite_base() -> str:
    """The layer of the operating system."""
    return "unix-excl"


class _Layer(apsw.VFS):
    def __init__(self) -> None:
        super().__init__(LAYER, sqlite_base(), makedefault=False)

    def xOpen(self, name: Any, flags: list[int]) -> _File:  # noqa: N802
        _operation("open")
        return _File(name, flags)

    def xDelete(self, name: str, sync: bool) -> None:  # noqa: N802
        _operation("delete")
        super().xDelete(name, sync)
        _TRACE.append(("delete", Path(name).name))


class _Descriptors:
    """What the anchor asks of the operating system, written down as well."""

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def pwrite(self, descriptor: int, data: bytes, offset: int) -> int:
        _operation_of_anchor("write")
        _TRACE.append(("write", ANCHOR, offset, data))
        return os.pwrite(descriptor, data, offset)

    def fdatasync(self, descriptor: int) -> None:
        _operation_of_anchor("sync")
        os.fdatasync(descriptor)
        _TRACE.append(("sync", ANCHOR))


def _operation_of_anchor(kind: str) -> None:
    try:
        _operation(kind)
    except apsw.Error as error:
        raise OSError(5, str(error)) from None


def open_store(path: Path, *, is_unsynced: bool) -> sqlite.SqliteStore:
    """The store above the recording layer, on one connection: shared memory is not there."""
    sqlite._prepare_file(path)
    writer = sqlite._connect(path, apsw.SQLITE_OPEN_READWRITE)
    writer.pragma("locking_mode", "exclusive")
    sqlite._set_up(path, writer)
    store = sqlite.SqliteStore(path, writer, writer)
    store._is_read_only = False
    writer.set_wal_hook(store._count_wal_pages)
    if is_unsynced:
        writer.pragma("synchronous", "off")
    return store


def work(
    store: sqlite.SqliteStore,
    anchor: Anchor,
    rounds: Iterable[int],
    promise: Callable[[dict[str, int]], None],
) -> None:
    """Write as the loop of a node does, round by round, and say what was promised."""
    # Nothing is closed by the garbage collector: a process that fails just ends.
    _KEPT.extend([store, anchor])
    sizes = dict.fromkeys(LOGS, 0)
    for number in rounds:
        origin = LOGS[number % 2]
        start, count = sizes[origin], 1 + number % 5
        entries = tuple(entry(origin, index) for index in range(start, start + count))
        head = root(origin, start + count)
        note = f"head {start + count}"
        store.commit(
            [
                AppendEntries(origin, start, entries, head),
                PutHead(origin, start + count, "", note),
                PutTick("alpha.example", "syria-air", number, b"%032d" % number, "tick"),
            ]
        )
        sizes[origin] += count
        anchor.record({origin: (sizes[origin], head)})
        promise(dict(sizes))
        if number % 8 == 7:
            store._wal_pages = sqlite._CHECKPOINT_PAGES
            store.tidy()
    store.close()


def run(directory: Path, fail_at: int, how: str, rounds: int, *, is_unsynced: bool) -> bool:
    """Do the work once; whether the operation that was to fail was met."""
    directory.mkdir()
    _TRACE.clear()
    _FAILING.update({"at": fail_at, "with": how, "count": 0})
    try:
        store = open_store(directory / STORE, is_unsynced=is_unsynced)
        anchor = Anchor.open(directory / ANCHOR, IDENTITY)
        work(store, anchor, range(rounds), lambda sizes: _TRACE.append(("mark", sizes)))
        ended = ""
    except (OurError, StoreFailed) as error:
        ended = f"{type(error).__name__}: {error}"
    marks = [event[1] for event in _TRACE if event[0] == "mark"]
    promised = marks[-1] if marks else dict.fromkeys(LOGS, 0)
    print(json.dumps({"fail_at": fail_at, "ended": ended, "promised": promised}), flush=True)
    (directory / "trace").write_bytes(pickle.dumps(_TRACE))
    return bool(_FAILING["count"] >= fail_at > 0)


def work_aloud(directory: Path, *, is_unsynced: bool) -> None:
    """Work on the disk as it is, without end, and print each promise."""
    store = sqlite.SqliteStore.open(directory / STORE)
    if is_unsynced:
        store._writer.pragma("synchronous", "off")
    anchor = Anchor.open(directory / ANCHOR, IDENTITY)
    work(store, anchor, itertools.count(), lambda sizes: print(json.dumps(sizes), flush=True))


def main() -> None:
    """Do the work, and tell how it ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("--sweep", default="")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--unsynced", action="store_true")
    parser.add_argument("--aloud", action="store_true")
    given = parser.parse_args()
    if given.aloud:
        work_aloud(given.directory, is_unsynced=given.unsynced)
    sqlite.PLAIN_LAYER = LAYER
    sqlite._SETTINGS["layers"] = f"cksm/{_File.__module__}.{_File.__name__}/{sqlite_base()}"
    anchors.os = _Descriptors()  # type: ignore[attr-defined]
    _KEPT.append(_Layer())
    number = 1 if given.sweep else 0
    how = given.sweep or "io"
    while run(given.directory / str(number), number, how, given.rounds, is_unsynced=given.unsynced):
        number += 1
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
