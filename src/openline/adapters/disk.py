"""Files that are durable and private when the call returns.

What SQLite does for its own files, done for the few that Openline writes itself:
the bytes are flushed, and so is the name in the directory, because a file whose
name is lost in a power cut was never made.
"""

import os
import tempfile
from pathlib import Path


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
