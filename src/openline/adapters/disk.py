"""Files that are whole and durable when the call returns.

What SQLite does for its own files, done for the few that Openline writes itself:
the bytes are flushed, and so is the name in the directory, because a file whose
name is lost in a power cut was never made.
"""

import contextlib
import os
import tempfile
from pathlib import Path

from openline.domain.errors import OurError


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
