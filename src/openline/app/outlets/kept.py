"""What an outlet has shown on a map, known after a restart.

A small file with the name and the type of each mark that may still be seen there, so
that what ended while the node did not run, or while no way was open, is taken off the
map when there is one. A mark is in the file, on the disk, before it is first sent.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openline.adapters.disk import write_whole
from openline.domain.errors import OurError
from openline.domain.limits import OUTLET_MARKS_MAX

_BYTES_PER_MARK_MAX = 1_024


class Kept:
    """The file of one outlet. Used by the outlet's task alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._marks: dict[str, str] = {}

    def read(self) -> dict[str, str]:
        """The types of the marks by their names; none where there is no file.

        Raises:
            OurError: The file is there and cannot be understood.
        """
        try:
            if self._path.stat().st_size > 2 * OUTLET_MARKS_MAX * _BYTES_PER_MARK_MAX:
                raise ValueError("it is too large")
            self._marks = _checked(json.loads(self._path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            self._marks = {}
        except (OSError, ValueError, RecursionError) as error:
            raise OurError(
                f"{self._path} cannot be read: {error}.",
                "Take it away: then what it held may be seen on a map until it is stale.",
            ) from None
        return dict(self._marks)

    def has(self, uid: str) -> bool:
        """Whether the mark may have been shown."""
        return uid in self._marks

    def differs(self, marks: Mapping[str, str]) -> bool:
        """Whether the file says something else."""
        return self._marks != marks

    def write(self, marks: Mapping[str, str]) -> None:
        """Keep the types of the marks by their names, durably.

        Raises:
            OurError: The disk does not take it.
        """
        try:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise OurError(f"{self._path.parent} cannot be made: {error.strerror}.") from None
        write_whole(self._path, json.dumps(dict(marks), ensure_ascii=False).encode())
        self._marks = dict(marks)


def _checked(held: Any) -> dict[str, str]:
    if not isinstance(held, dict) or not all(isinstance(kind, str) for kind in held.values()):
        raise ValueError("it is no table of marks")
    return held
