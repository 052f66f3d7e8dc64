"""Which files of a folder were read: by what they hold, whatever they are called.

Kept in a file, so that an order that is dropped twice, by a program that repeats itself
or after a restart, is drafted once.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from openline.adapters.disk import write_whole
from openline.domain.errors import OurError
from openline.domain.limits import FOLDER_READ_KEPT

_ROW_BYTES_MAX = 1_024


class ReadBefore:
    """What was read of one folder. Used by the folder's task alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # By the hash of what a file holds: its name and when it was read.
        self._read: dict[str, list[Any]] = {}

    def open(self) -> None:
        """Read the file, where it is there.

        Raises:
            OurError: It cannot be understood.
        """
        try:
            if self._path.stat().st_size > FOLDER_READ_KEPT * _ROW_BYTES_MAX:
                raise ValueError("it is too large")
            held = json.loads(self._path.read_text(encoding="utf-8"))
            if not isinstance(held, dict) or not all(map(_is_row, held.values())):
                raise ValueError("it is no table of files")
            self._read = held
        except FileNotFoundError:
            self._read = {}
        except (OSError, ValueError, RecursionError) as error:
            raise OurError(
                f"{self._path} cannot be read: {error}.",
                "Take it away: then a file that was read may be read again.",
            ) from None

    def find(self, data: bytes) -> tuple[str, int] | None:
        """Under which name the same was read before, and when; None if it was not."""
        row = self._read.get(digest(data))
        return None if row is None else (row[0], row[1])

    def add(self, data: bytes, name: str, now: int) -> None:
        """Remember that this was read, durably.

        Raises:
            OurError: The disk does not take it.
        """
        self._read[digest(data)] = [name, now]
        while len(self._read) > FOLDER_READ_KEPT:
            del self._read[next(iter(self._read))]
        try:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise OurError(f"{self._path.parent} cannot be made: {error.strerror}.") from None
        write_whole(self._path, json.dumps(self._read, ensure_ascii=False).encode())


def digest(data: bytes) -> str:
    """By what a file is known."""
    return hashlib.sha256(data).hexdigest()


def _is_row(row: Any) -> bool:
    return (
        isinstance(row, list)
        and len(row) == 2
        and isinstance(row[0], str)
        and isinstance(row[1], int)
    )
