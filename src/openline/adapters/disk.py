"""Files that are durable and private when the call returns.

What SQLite does for its own files, done for the few that Openline writes itself:
the bytes are flushed, and so is the name in the directory, because a file whose
name is lost in a power cut was never made.
"""

import os
from pathlib import Path


def make_private_file(path: Path, data: bytes) -> None:
    """Make a file that its owner alone may read, durably.

    Raises:
        FileExistsError: There is a file of that name, which stays as it is.
        OSError: The file cannot be made.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
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
