"""The Unix socket between a running node and its officers' programs.

Whoever may open the socket may speak for the party, so only its owner may:
the mode is set before the name exists. The system bounds the path of a socket
to some hundred bytes; a longer one is reached through its open directory.
"""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from openline.domain.errors import OurError

PATH_SIZE_BYTES_MAX: Final = 103
"""What every system's `sockaddr_un` holds with its final zero (104 on BSD, 108 on Linux)."""

_DESCRIPTORS: Final = "/proc/self/fd"
_BACKLOG: Final = 64


def listen(path: Path) -> socket.socket:
    """A socket that listens at a path, open to its owner alone.

    What a node that was killed left behind is removed.

    Raises:
        OurError: Another node answers there, or the path cannot be used.
    """
    if is_answered(path):
        raise OurError(
            f"Another node answers at {path}.",
            "One directory has one node: stop the other one first.",
        )
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with contextlib.suppress(FileNotFoundError):
            _remove_stale(path)
        # The name takes its mode from the descriptor: it is never open to others.
        os.fchmod(listener.fileno(), 0o600)
        with _name(path) as name:
            listener.bind(name)
        path.chmod(0o600)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise OurError(
            f"The socket {path} cannot be made: {error.strerror}.",
            "Name another place with `socket` in node.toml.",
        ) from None
    except BaseException:
        listener.close()
        raise
    return listener


def connect(path: Path, timeout_s: float | None) -> socket.socket:
    """A connection to the node that listens at a path.

    Raises:
        OSError: Nobody listens there.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout_s)
        with _name(path) as name:
            connection.connect(name)
    except BaseException:
        connection.close()
        raise
    return connection


def is_answered(path: Path) -> bool:
    """Whether somebody listens at a path."""
    try:
        connect(path, timeout_s=1.0).close()
    except OSError:
        return False
    return True


def _remove_stale(path: Path) -> None:
    if not path.is_socket():
        if path.exists():
            raise OurError(
                f"{path} is in the way and is no socket.", "Move it, or name another `socket`."
            )
        return
    path.unlink()


@contextlib.contextmanager
def _name(path: Path) -> Iterator[str]:
    """The path in a form that is short enough for the system."""
    name = str(path)
    if len(os.fsencode(name)) <= PATH_SIZE_BYTES_MAX:
        yield name
        return
    if not os.path.isdir(_DESCRIPTORS):
        raise OurError(
            f"The path {path} is too long for a socket.",
            "Name a shorter place with `socket` in node.toml.",
        )
    descriptor = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"{_DESCRIPTORS}/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)
