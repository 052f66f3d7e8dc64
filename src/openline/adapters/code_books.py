"""Code books as files: those that are shipped, and those of a node's directory.

A book is written in TOML or JSON; what counts is its hash (`domain.talk.code_book`). The
node reads the books of its directory `code-books` when it starts, beside the shipped ones.
"""

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from openline.domain.errors import OurError
from openline.domain.limits import CODE_BOOK_SIZE_BYTES_MAX
from openline.domain.talk.code_book import CodeBook, code_book_hash

DIRECTORY: Final = "code-books"
"""Where in a node's directory its own books lie."""

_SUFFIXES: Final = (".toml", ".json")
_FILE_SIZE_BYTES_MAX: Final = 4 * CODE_BOOK_SIZE_BYTES_MAX


def read_code_book(path: Path) -> CodeBook:
    """The book in a file.

    Args:
        path: Ends in `.toml` or `.json`.

    Raises:
        OurError: It cannot be read or is no code book, with what is wrong where.
    """
    if path.suffix not in _SUFFIXES:
        raise OurError(
            f"{path.name} is neither TOML nor JSON.", "Let its name end in .toml or .json."
        )
    try:
        if path.stat().st_size > _FILE_SIZE_BYTES_MAX:
            raise OurError(f"{path} is larger than a code book can be.", "Name another file.")
        data = path.read_bytes()
    except OSError as error:
        what = f"{path} cannot be read: {error.strerror}."
        raise OurError(what, "Correct the path.") from None
    return _parsed(data, path.suffix, path.name)


@cache
def shipped() -> Mapping[str, CodeBook]:
    """The books that go along with the program, by their names: `standard-1`."""
    folder = files("openline") / "books"
    found = sorted(folder.iterdir(), key=lambda one: one.name)
    return {
        one.name.removesuffix(".toml"): _parsed(one.read_bytes(), ".toml", one.name)
        for one in found
        if one.name.endswith(".toml")
    }


def known_books(
    directory: Path | None = None, left_aside: Callable[[Path, OurError], None] | None = None
) -> dict[bytes, CodeBook]:
    """The shipped books and those of a node's directory, by hash.

    Args:
        directory: The node's directory; None for the shipped ones alone.
        left_aside: Is told of each file there that is no code book.
    """
    own = () if directory is None else tuple(_own(directory / DIRECTORY, left_aside))
    return {code_book_hash(book): book for book in (*shipped().values(), *own)}


def _own(folder: Path, left_aside: Callable[[Path, OurError], None] | None) -> Iterator[CodeBook]:
    paths: Iterable[Path] = sorted(folder.iterdir()) if folder.is_dir() else ()
    for path in (one for one in paths if one.suffix in _SUFFIXES):
        try:
            yield read_code_book(path)
        except OurError as error:
            if left_aside is not None:
                left_aside(path, error)


def _parsed(data: bytes, suffix: str, name: str) -> CodeBook:
    try:
        text = data.decode("utf-8")
        value: Any = tomllib.loads(text) if suffix == ".toml" else json.loads(text)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        where = " ".join(str(error).split())[:200]
        raise OurError(f"{name} cannot be read: {where}.", "Correct it there.") from None
    return CodeBook.from_json(value)
