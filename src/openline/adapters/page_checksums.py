"""The checksums of a store's pages, looked at from outside, and written anew.

A store keeps a checksum in the last bytes of each page. Only the layer that
`openline.adapters.sqlite` stacks writes them: a plain SQLite, which also opens the
file, leaves them as they were, so that whatever it changes looks like a page that
rotted on the disk. The first page is changed by a mere copy through SQLite's backup
interface. Here the two causes are told apart as far as they can be, and sound
content gets new checksums, in a new file.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import apsw

from openline.adapters.disk import sync_directory
from openline.adapters.sqlite import PAGE_BYTES, PLAIN_LAYER, VFS, register_layers
from openline.domain.errors import OurError

_PAGES_READ: Final = 256


@dataclass(frozen=True, slots=True)
class PageReport:
    """What the pages of one store look like.

    Attributes:
        pages: How many there are.
        wrong: How many of them have a checksum that is not theirs.
        first: The number of the first of these, from 1; 0 for none.
        is_whole: Whether SQLite, without the checksums, finds nothing wrong.
    """

    pages: int
    wrong: int
    first: int
    is_whole: bool

    @property
    def is_sound(self) -> bool:
        """Whether every page has its checksum."""
        return self.wrong == 0

    def __str__(self) -> str:
        pages = f"{self.wrong} of {self.pages} pages have a wrong checksum, from page {self.first}"
        if self.is_whole:
            return (
                f"{pages}, and SQLite finds nothing else wrong: another program has "
                "written to the file or copied it, or the disk has changed it"
            )
        return f"{pages}, and the file is damaged: {_DAMAGED_BY}"


_DAMAGED_BY: Final = "the disk has changed it, or it was not copied whole"


def examine_pages(path: Path) -> PageReport:
    """Look at every page of the store of a stopped node; changes nothing.

    Raises:
        OurError: The file cannot be read.
    """
    register_layers()
    pages = wrong = first = 0
    with closing(apsw.Connection(":memory:")) as judge:
        for page in _pages(path):
            pages += 1
            # A page of another length has no checksum, and the answer is NULL.
            if judge.execute("SELECT verify_checksum(?)", (page,)).get != 1:
                wrong += 1
                first = first or pages
    return PageReport(pages, wrong, first, not wrong or _is_whole(path))


def write_new_checksums(path: Path, into: Path) -> None:
    """Write the content of a store into a new file, each page with its checksum.

    What is written is as good as what was there: whoever calls this audits it.

    Raises:
        OurError: The file cannot be read, or the new one cannot be made.
    """
    register_layers()
    if into.exists():
        raise OurError(f"{into} exists already.", "Move it away first.")
    try:
        os.close(os.open(into, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(_open_plain(path)) as plain:
            plain.execute("VACUUM INTO ?", (f"{into.absolute().as_uri()}?vfs={VFS}",))
        descriptor = os.open(into, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        sync_directory(into.parent)
    except (apsw.Error, OSError) as error:
        into.unlink(missing_ok=True)
        raise OurError(
            f"The content of {path} cannot be written anew: {error}.",
            "It is damaged beyond its checksums: run `openline repair`, which has from the "
            "counterparts what cannot be read.",
        ) from error


def _pages(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_PAGES_READ * PAGE_BYTES):
                for start in range(0, len(chunk), PAGE_BYTES):
                    yield chunk[start : start + PAGE_BYTES]
    except OSError as error:
        raise OurError(f"The store {path} cannot be read: {error.strerror}.") from error


def _is_whole(path: Path) -> bool:
    try:
        with closing(_open_plain(path)) as plain:
            return bool(plain.execute("PRAGMA integrity_check(1)").get == "ok")
    except apsw.Error:
        return False


def _open_plain(path: Path) -> apsw.Connection:
    """The file to be read without regard to its checksums."""
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    return apsw.Connection(path.absolute().as_uri(), flags=flags, vfs=PLAIN_LAYER)
