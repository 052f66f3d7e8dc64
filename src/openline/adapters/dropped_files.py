"""Files that others drop into a folder: looked at, taken one by one, put away.

A file is taken by moving it into `reading`, so that nobody can put another in its place
while it is read, and put away into `done` or `refused`, there with a file beside it that
says why. What is no plain file (a link, a pipe) is refused as it is and never followed
or opened. Names are whatever others chose: they are shown with care and shortened.
"""

import errno
import itertools
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.limits import FOLDER_FILES_MAX, GEOFILE_SIZE_BYTES_MAX
from openline.domain.line.letters import visible

READING: Final = "reading"
DONE: Final = "done"
REFUSED: Final = "refused"

_UNFINISHED: Final = (".part", ".tmp", ".crdownload", ".filepart", "~")
"""Ends of names that programs give to what they still write."""

_NO_FILE: Final = "It is no file, but a link, a pipe or a device."

_NAME_BYTES_MAX: Final = 180
"""Room in 255 bytes for what is put before and behind a name."""


class ChangedMeanwhile(Exception):
    """The file was written to while it was read."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file as it is in the folder now.

    Attributes:
        path: Where it is.
        is_plain: Whether it is a file, and no link, pipe or device.
        size_bytes: How large.
        changed_ns: When it was written last.
        inode: Which file it is, whatever its name.
    """

    path: Path
    is_plain: bool
    size_bytes: int
    changed_ns: int
    inode: int


def prepare(folder: Path) -> None:
    """Make the three folders within, where they are not there.

    Raises:
        OurError: The folder is not there, or this user may not write in it.
    """
    try:
        for name in (READING, DONE, REFUSED):
            (folder / name).mkdir(exist_ok=True)
    except OSError as error:
        raise OurError(
            f"{folder} cannot be used: {error.strerror}.",
            "Make it, and let the user that runs the node write in it.",
        ) from None


def look(folder: Path) -> list[Dropped]:
    """What lies in a folder, the oldest first; at most `FOLDER_FILES_MAX` of it.

    Left out are folders, hidden files, and names that programs give to what they write.

    Raises:
        OurError: It cannot be read.
    """
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in itertools.islice(entries, FOLDER_FILES_MAX):
                if entry.is_dir(follow_symlinks=False) or _is_unfinished(entry.name):
                    continue
                try:
                    state = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                is_plain = stat.S_ISREG(state.st_mode)
                at = (state.st_size, state.st_mtime_ns, state.st_ino)
                found.append(Dropped(Path(entry.path), is_plain, *at))
    except OSError as error:
        raise OurError(f"{folder} cannot be read: {error.strerror}.") from None
    return sorted(found, key=lambda one: (one.changed_ns, one.path.name))


def claim(dropped: Dropped) -> Path:
    """Take a file: it is in `reading` from now on.

    Raises:
        OurError: It cannot be moved.
    """
    return _move(dropped.path, dropped.path.parent / READING, dropped.path.name)


def read_claimed(path: Path) -> bytes:
    """What a file that was taken holds.

    Raises:
        ChangedMeanwhile: Somebody still writes to it.
        OurError: It is no plain file, too large, or cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                raise OurError(_NO_FILE)
            if before.st_size > GEOFILE_SIZE_BYTES_MAX:
                raise OurError(
                    f"It has {before.st_size:,} bytes, more than {GEOFILE_SIZE_BYTES_MAX:,}.",
                    "Split it.",
                )
            data = file.read(GEOFILE_SIZE_BYTES_MAX + 1)
            after = os.fstat(descriptor)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OurError(_NO_FILE) from None
        raise OurError(f"It cannot be read: {error.strerror}.") from None
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    if not same or len(data) != before.st_size:
        raise ChangedMeanwhile
    return data


def give_back(path: Path) -> None:
    """Put a file that was taken back into its folder.

    Raises:
        OurError: It cannot be moved.
    """
    _move(path, path.parent.parent, path.name)


def put_away(path: Path, into: str, said: str, now: int) -> Path:
    """Put a file away, with what is said of it beside it.

    Args:
        path: Where it is.
        into: `DONE` or `REFUSED`.
        said: What to write beside it; nothing if empty.
        now: The present instant.

    Raises:
        OurError: It cannot be moved, or written.
    """
    stamp = format_instant(now).replace("-", "").replace(":", "")
    put = _move(path, path.parent.parent / into, f"{stamp}-{path.name}")
    if said:
        try:
            put.with_name(f"{put.name}.why.txt").write_text(said, encoding="utf-8")
        except OSError as error:
            raise OurError(f"{put}.why.txt cannot be written: {error.strerror}.") from None
    return put


def shown_name(path: Path) -> str:
    """The name of a file as a person may see it."""
    return visible(os.fsencode(path.name).decode(errors="replace"))


def _is_unfinished(name: str) -> bool:
    return name.startswith(".") or name.casefold().endswith(_UNFINISHED)


def _move(path: Path, folder: Path, name: str) -> Path:
    """Move a file into a folder, under a name that nothing there has."""
    short = os.fsdecode(os.fsencode(name)[:_NAME_BYTES_MAX])
    try:
        for number in range(1, FOLDER_FILES_MAX):
            free = folder / (short if number == 1 else f"{number}-{short}")
            if not os.path.lexists(free):
                path.rename(free)
                return free
    except OSError as error:
        raise OurError(
            f"{shown_name(path)} cannot be moved: {error.strerror}.",
            "Let the user that runs the node write in the folder.",
        ) from None
    raise OurError(f"{folder} holds too many files of the name {shown_name(path)}.")
