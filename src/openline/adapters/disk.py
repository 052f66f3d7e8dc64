"""Files that are whole and durable when the call returns.

What SQLite does for its own files, done for the few that Openline writes itself:
the bytes are flushed, and so is the name in the directory, because a file whose
name is lost in a power cut was never made. And who may do so: one process at a time
holds a node's directory.
"""

import contextlib
import fcntl
import glob
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from openline.domain.errors import OurError

_PATIENCE_S: Final = 2.0
"""Patience with a process that was killed and is not gone yet."""

_LOOKED_AGAIN_S: Final = 0.05
_LOG_FILE: Final = "-wal"


def make_private_file(path: Path, data: bytes) -> None:
    """Make a file that its owner alone may read, durably: whole, or not at all.

    It gets its name when all of it is on the disk, so nobody ever reads a part of
    it. A crash before that leaves a file that begins with a dot and is never read.

    Raises:
        FileExistsError: There is a file of that name, which stays as it is.
        OSError: The file cannot be made.
    """
    descriptor, passing = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.link(passing, path)
    finally:
        os.unlink(passing)
    sync_directory(path.parent)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, in place of one that may be there.

    Raises:
        OurError: It cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise OurError(
            f"{path} cannot be written: {error.strerror}.",
            "Make room, or name a place where this user can write.",
        ) from None


@contextlib.contextmanager
def hold_directory(directory: Path) -> Iterator[None]:
    """Hold a directory within the block against whoever else would hold it so.

    Unlike a lock on a store it is still held when another file takes the store's place.

    Raises:
        OurError: Another process holds it, or it cannot be opened.
    """
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise OurError(
            f"{directory} cannot be opened: {error.strerror}.", "Name the directory of a node."
        ) from None
    try:
        _lock(descriptor, directory)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, directory: Path) -> None:
    ends = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= ends:
                raise OurError(
                    f"The node in {directory} is in use by another process.",
                    "Stop it, or wait until its store is repaired; only one process may hold it.",
                ) from None
        except OSError:
            # Some file systems of a network lock no directory: the store has its own lock.
            return
        time.sleep(_LOOKED_AGAIN_S)


def sync_directory(directory: Path) -> None:
    """Make durable which names the directory holds.

    Raises:
        OSError: The disk failed.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_in_place(new: Path, path: Path, aside: str) -> Path:
    """Exchange a store for a new one; the old one stays beside it.

    Its `-wal` file goes with it. A kill in between is undone by `undo_exchange`.

    Args:
        new: The file that takes the place.
        path: The place.
        aside: What the name of the other one ends with from now on, before a number.
    """
    number = 1
    while (kept := path.with_name(f"{path.name}{aside}-{number}")).exists():
        number += 1
    os.link(path, kept)
    log = path.with_name(path.name + _LOG_FILE)
    if log.exists():
        # Beside the new file it would be taken for the log of that one.
        os.replace(log, kept.with_name(kept.name + _LOG_FILE))
    os.replace(new, path)
    sync_directory(path.parent)
    return kept


def undo_exchange(path: Path) -> None:
    """Undo an exchange that was cut short: the store has its `-wal` file again.

    Without it the store would have forgotten what was committed last. Whoever calls this
    holds the directory, and has not opened the store yet.
    """
    if not path.exists():
        return
    log = path.with_name(path.name + _LOG_FILE)
    for kept in sorted(path.parent.glob(f"{glob.escape(path.name)}.*-*")):
        if kept.name.endswith(_LOG_FILE) or not kept.samefile(path):
            continue
        moved = kept.with_name(kept.name + _LOG_FILE)
        if moved.exists():
            os.replace(moved, log)
        kept.unlink()
        sync_directory(path.parent)
