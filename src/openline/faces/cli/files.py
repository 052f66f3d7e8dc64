"""Files that verbs read and write: bounded, never overwritten unasked."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import Parameter

from openline.domain.errors import OurError, TheirError
from openline.faces.cli.faults import FileUnreadable, WrongUsage

STANDARD = Path("-")
"""Standard input, or standard output."""

Input: TypeAlias = Annotated[Path, Parameter(allow_leading_hyphen=True)]
"""A file that is read; `-` is standard input."""

Output: TypeAlias = Annotated[Path, Parameter(allow_leading_hyphen=True)]
"""A file that is written; `-` is standard output."""


def check_place(path: Path, option: str) -> None:
    """Confirm that a file can be put there: its directory is there.

    Raises:
        WrongUsage: It has no name.
        OurError: The directory is missing.
    """
    if path == STANDARD:
        return
    if not path.name:
        raise WrongUsage(f"{option} names no file.", f"Write {option} and the name of a file.")
    if not path.parent.is_dir():
        raise OurError(
            f"{option} {path}: the directory {path.parent} is not there.",
            "Make it, or name a file in another.",
        )


def read_bytes(path: Path, size_bytes_max: int) -> bytes:
    """The bytes of a file; `-` is standard input.

    Raises:
        FileUnreadable: It is not there, is no file, or is larger than that.
    """
    try:
        if path == STANDARD:
            data = sys.stdin.buffer.read(size_bytes_max + 1)
        else:
            with path.open("rb") as file:
                data = file.read(size_bytes_max + 1)
    except OSError as error:
        raise FileUnreadable(
            f"{path} cannot be read: {error.strerror}.", "Name a file that this user can read."
        ) from None
    if len(data) > size_bytes_max:
        raise FileUnreadable(
            f"{path} is larger than {size_bytes_max} bytes.", "It is not what belongs here."
        )
    return data


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Name the file in errors about what is in it.

    Raises:
        FileUnreadable: What is in it is not sound.
    """
    try:
        yield
    except TheirError as error:
        what = error.what.rstrip(".")
        raise FileUnreadable(
            f"{path}: {what}.", f"It is not sound ({error.reason.value}): ask for it again."
        ) from None


def read_text(path: Path, size_bytes_max: int) -> str:
    """The text of a file in UTF-8; `-` is standard input.

    Raises:
        FileUnreadable: It is not there, too large, or not UTF-8.
    """
    try:
        return read_bytes(path, size_bytes_max).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileUnreadable(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from None


def write_new(path: Path, data: bytes, *, overwrite: bool = False) -> None:
    """Write a file whole or not at all; `-` is standard output.

    Raises:
        OurError: It is there already and may not be overwritten, or it cannot
            be written.
    """
    if path == STANDARD:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    if path.exists() and not overwrite:
        raise OurError(f"{path} is there already.", "Move it, or name another file.")
    # Not above: `verify` reads files too, and loads nothing of the adapters.
    from openline.adapters.disk import write_whole

    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)
