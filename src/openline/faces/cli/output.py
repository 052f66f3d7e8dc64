"""What verbs print: rows for people, one row of JSON for programs.

Whatever came from a counterpart is shown with its control and direction marks
made visible, so that no message can move, colour or reorder the terminal. JSON
is ASCII for the same reason.
"""

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openline.domain.errors import OpenlineError
from openline.domain.line.letters import visible
from openline.faces.cli.faults import Exit, exit_code, rows_of


class Worded(str):
    """Text that `adapters.wording` has made safe; its isolates are its own."""

    __slots__ = ()


def emit(value: Any, rows: Iterable[str], *, as_json: bool) -> None:
    """Print a result: the value as one row of JSON, or the rows."""
    if as_json:
        print(json_row(value))
        return
    for row in rows:
        print(row if isinstance(row, Worded) else safe(row))


def emit_aside(value: Any, rows: Iterable[str], *, as_json: bool) -> None:
    """Print a result to standard error, where standard output holds a file."""
    with contextlib.redirect_stdout(sys.stderr):
        emit(value, rows, as_json=as_json)


def json_row(value: Any) -> str:
    """A value as one row of ASCII JSON, its keys in their own order."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def safe(text: str) -> str:
    """Text whose control and direction marks are visible; row breaks stand."""
    return "\n".join(visible(row) for row in text.split("\n"))


def say_aside(text: str) -> None:
    """Print to standard error, beside the result."""
    print(safe(text), file=sys.stderr)


def tell(error: OpenlineError, *, as_json: bool) -> None:
    """Tell an error on standard error: what is wrong, and what to do."""
    what, *remedy = rows_of(error)
    tell_rows(exit_code(error), what, " ".join(remedy), as_json=as_json)


def tell_rows(code: Exit, what: str, remedy: str, *, as_json: bool) -> None:
    """Tell what is wrong and what to do, a row each; or both as one row of JSON."""
    if as_json:
        error = {"what": what, "remedy": remedy, "exit": int(code)}
        print(json_row({"error": error}), file=sys.stderr)
        return
    for row in (what, remedy):
        if row:
            say_aside(" ".join(row.split()))


def table(heads: Sequence[str], cells: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows in columns as wide as they need be; nothing when there are no cells."""
    if not cells:
        return
    rows = [list(heads), *([" ".join(visible(cell).split()) for cell in row] for row in cells)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()
