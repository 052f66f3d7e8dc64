"""What was heard: the air picture every few seconds, in files of an hour, bounded.

One row for each picture: the instant, a space, and the tracks as JSON, so that one instant
is found without reading what lies before it as JSON. Files older than the hours that are
kept are deleted, and the oldest ones beyond `AIR_RECORDED_BYTES_MAX`. It is evidence of
nothing: nothing here is signed, and it never leaves the node by itself.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from openline.domain.instant import HOUR_MS
from openline.domain.limits import AIR_RECORDED_BYTES_MAX, AIR_RECORDED_ROW_BYTES_MAX

GAP_MS: Final = 60_000
"""An instant further than this from the last picture before it was not recorded."""

_SUFFIX: Final = ".air"

Frame = tuple[int, list[dict[str, Any]]]
"""When a picture was, and its tracks."""


class AirRecords:
    """The recording of one node; one caller at a time writes.

    Args:
        directory: Where its files are; made when something is written.
        hours: How many hours are kept; 0 records nothing.
        bytes_max: How large all files together may be.
    """

    def __init__(
        self, directory: Path, hours: int, bytes_max: int = AIR_RECORDED_BYTES_MAX
    ) -> None:
        self._directory = directory
        self._hours = hours
        self._bytes_max = bytes_max

    @property
    def is_on(self) -> bool:
        """Whether anything is recorded."""
        return self._hours > 0

    def write(self, at: int, tracks: list[dict[str, Any]]) -> None:
        """Add one picture, and delete what is beyond the bounds.

        Raises:
            OSError: The disk does not take it.
        """
        row = f"{at} {json.dumps(tracks, separators=(',', ':'))}\n".encode()
        if len(row) > AIR_RECORDED_ROW_BYTES_MAX:
            return
        self._directory.mkdir(mode=0o700, exist_ok=True)
        path = self._directory / f"{at // HOUR_MS}{_SUFFIX}"
        is_new = not path.exists()
        with path.open("ab") as file:
            file.write(row)
        if is_new:
            path.chmod(0o600)
            self._tidy(at)

    def span(self) -> tuple[int, int] | None:
        """From the first picture to the last; None where there is none."""
        files = self._files()
        if not files:
            return None
        first = next(_rows(files[0]), None)
        last = None
        for row in _rows(files[-1]):
            last = row
        if first is None or last is None:
            return None
        return _at(first), _at(last)

    def size_bytes(self) -> int:
        """How large the recording is."""
        return sum(path.stat().st_size for path in self._files())

    def picture(self, at: int) -> Frame | None:
        """The last picture not after an instant, if it is near enough to it."""
        found: bytes | None = None
        for hour in (at // HOUR_MS - 1, at // HOUR_MS):
            for row in _rows(self._directory / f"{hour}{_SUFFIX}"):
                if _at(row) > at:
                    break
                found = row
        if found is None or at - _at(found) > GAP_MS:
            return None
        try:
            tracks = json.loads(found.partition(b" ")[2])
        except ValueError:
            # The end of a file whose node was killed.
            return None
        return _at(found), tracks

    def _files(self) -> list[Path]:
        """The files, the oldest first."""
        if not self._directory.is_dir():
            return []
        found = [path for path in self._directory.iterdir() if _hour(path) is not None]
        return sorted(found, key=lambda path: _hour(path) or 0)

    def _tidy(self, now: int) -> None:
        """Delete what is older than the hours kept, then what is too much."""
        files = self._files()
        total = sum(path.stat().st_size for path in files)
        for path in files[:-1]:
            is_old = (_hour(path) or 0) < now // HOUR_MS - self._hours
            if not is_old and total <= self._bytes_max:
                break
            total -= path.stat().st_size
            path.unlink(missing_ok=True)


def _hour(path: Path) -> int | None:
    name = path.name.removesuffix(_SUFFIX)
    return int(name) if path.name != name and name.isascii() and name.isdigit() else None


def _rows(path: Path) -> Iterator[bytes]:
    """The whole rows of a file that begin with an instant, if there is a file."""
    try:
        with path.open("rb") as file:
            while row := file.readline(AIR_RECORDED_ROW_BYTES_MAX):
                if row.endswith(b"\n") and row.partition(b" ")[0].isdigit():
                    yield row
    except OSError:
        return


def _at(row: bytes) -> int:
    return int(row.partition(b" ")[0])
