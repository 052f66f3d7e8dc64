"""A station: one node's directory, as a database tells it from others.

The file `.station` in the directory holds a random name, made at the first start. Whoever
opens it holds a lock on it until it ends, so that two processes of one directory never
take each other for one that was killed.
"""

import fcntl
import os
import re
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from openline.domain.errors import OurError

FILE_NAME: Final = ".station"
"""Begins with a dot: no back-up takes it along, for another place is another station."""

_IDENTITY: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Station:
    """A station that is held by this process.

    Attributes:
        identity: 32 hex digits.
        host: The name of the machine, for people.
        descriptor: Of the locked file.
    """

    identity: str
    host: str
    descriptor: int

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Hold the station of a node's directory.

        Raises:
            OurError: Another process holds it, or the file cannot be made.
        """
        path = directory / FILE_NAME
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise OurError(
                f"{path} cannot be made: {error.strerror}.",
                "Let the user of the node write to its directory.",
            ) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return cls(_identity(descriptor), socket.gethostname(), descriptor)
        except BlockingIOError:
            os.close(descriptor)
            raise OurError(
                f"The node in {directory} is in use by another process.",
                "Stop it; only one process may run in a node's directory.",
            ) from None
        except BaseException:
            os.close(descriptor)
            raise

    def close(self) -> None:
        """Let go of it."""
        os.close(self.descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def known_identity(directory: Path) -> str:
    """The identity of the station of a directory; empty where it has never been one."""
    try:
        text = (directory / FILE_NAME).read_text("ascii").strip()
    except (OSError, ValueError):
        return ""
    return text if _IDENTITY.fullmatch(text) else ""


def _identity(descriptor: int) -> str:
    """What stands in the file; written where nothing sensible does."""
    found = os.pread(descriptor, 64, 0).decode("ascii", "replace").strip()
    if _IDENTITY.fullmatch(found):
        return found
    made = secrets.token_hex(16)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{made}\n".encode(), 0)
    os.fsync(descriptor)
    return made
