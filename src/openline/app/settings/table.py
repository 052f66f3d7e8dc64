"""One way to read a table of node.toml: values by keys, faults by their rows.

A fault names the file, the row and the key, and says what may stand there. A key that is not
known is refused, so that a slip of the pen is never a silent default.
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from openline.app.settings.keys import SETTINGS, TABLES
from openline.domain.errors import OurError
from openline.domain.limits import LABEL_CHARS_MAX
from openline.domain.party import is_party_name

_T = TypeVar("_T")

NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
HOST: Final = re.compile(r"[A-Za-z0-9.:_%-]{1,253}")

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_-]+)\s*\]")
_ASSIGNED = re.compile(r"\s*([A-Za-z0-9_.\"'-]{1,80})\s*=")
_SYNTAX_ROW = re.compile(r"\(at line (\d+), column \d+\)")
_NONE_OF: Final = "{value!r} is none of: {known}"


@dataclass(frozen=True, slots=True)
class File:
    """The parsed text of a node.toml.

    Attributes:
        path: Where it is.
        text: What stands in it.
        values: The same, parsed.
    """

    path: Path
    text: str
    values: Mapping[str, Any]

    @property
    def directory(self) -> Path:
        """The node's directory: relative paths begin there."""
        return self.path.parent

    def top(self) -> "Table":
        """What stands outside of all tables."""
        return self._checked("", 0, self.values)

    def has(self, name: str) -> bool:
        """Whether there is such a table."""
        return name in self.values

    def sole(self, name: str) -> "Table":
        """A table of which there is one at most; an empty one if there is none.

        Raises:
            OurError: It is no table, or has a key that is not known.
        """
        found = self.values.get(name, {})
        if not isinstance(found, dict):
            raise self._fault(name, f"write it as one table [{name}]")
        return self._checked(name, 0, found)

    def each(self, name: str, most: int) -> "list[Table]":
        """The tables of a name, in their order.

        Raises:
            OurError: They are no tables, or too many, or one has a key that is not known.
        """
        found = self.values.get(name, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self._fault(name, f"write it as one or more tables [[{name}]]")
        if len(found) > most:
            raise self._fault(name, f"there are {len(found)}, at most {most} may be")
        return [self._checked(name, number, values) for number, values in enumerate(found)]

    def _checked(self, name: str, number: int, values: Mapping[str, Any]) -> "Table":
        table = Table(self, name, number, values)
        known = [setting.key for setting in SETTINGS if setting.table == name]
        if not name:
            known += list(TABLES)
        for key in values:
            if key not in known:
                says = f"this key is not known; the known ones are {', '.join(known)}"
                raise table.fault(key, says)
        return table

    def _fault(self, name: str, says: str) -> OurError:
        return Table(self, "", 0, self.values).fault(name, says)


@dataclass(frozen=True, slots=True)
class Table:
    """One table, whose values are taken by their keys.

    Every method that takes a value raises OurError where it is not what it must be, with the
    row.

    Attributes:
        file: The whole.
        name: What it is called; empty for what stands outside of all tables.
        number: Which of its name, from 0.
        values: What stands in it.
    """

    file: File
    name: str
    number: int
    values: Mapping[str, Any]

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def fault(self, key: str, says: str) -> OurError:
        """What is wrong with a key."""
        row = _row_of(self.file.text, self.name, self.number, key)
        name = f"{self.name}.{key}" if self.name else key
        where = f"{self.file.path}, row {row}" if row else str(self.file.path)
        return OurError(f"{where}: {name}: {says}.", "See docs/reference/settings.md.")

    def text(self, key: str, default: str = "") -> str:
        """A text; it must be there, unless there is a default."""
        value = self.values.get(key, default)
        if key not in self.values and not default:
            raise self.fault(key, "it is missing")
        if not isinstance(value, str):
            raise self.fault(key, "it must be text in quotation marks")
        if not value or len(value) > 4 * LABEL_CHARS_MAX or not value.isprintable():
            raise self.fault(key, "it is empty, too long or not printable")
        return value

    def optional(self, key: str) -> str:
        """A text that may be absent; then empty."""
        return self.text(key) if key in self else ""

    def label(self, key: str) -> str:
        """A text of few letters."""
        value = self.text(key)
        if len(value) > LABEL_CHARS_MAX:
            raise self.fault(key, f"it is longer than {LABEL_CHARS_MAX} letters")
        return value

    def whole(self, key: str, least: int, most: int) -> int | None:
        """A whole number from one to another; None if it is absent."""
        value = self.values.get(key)
        if value is None:
            return None
        # `True` is an `int` in Python, but not a number in the file.
        if type(value) is not int or not least <= value <= most:
            raise self.fault(key, f"it must be a whole number from {least} to {most}")
        return value

    def choice(
        self, key: str, known: Iterable[str], default: str = "", *, says: str = _NONE_OF
    ) -> str:
        """One of the known words."""
        value, known = self.text(key, default), list(known)
        if value not in known:
            raise self.fault(key, says.format(value=value, known=", ".join(known)))
        return value

    def short_name(self, key: str, called: str, form: re.Pattern[str] = NAME) -> str:
        """A name of lower-case letters, digits and hyphens."""
        value = self.text(key)
        if form.fullmatch(value) is None:
            raise self.fault(
                key, f"{value!r} is not {called} (lower-case letters, digits, hyphens)"
            )
        return value

    def party(self) -> str:
        """The name of a party, under `party`."""
        value = self.text("party")
        if not is_party_name(value):
            says = f"{value!r} is not a party name (lower-case letters, digits, hyphens, dots)"
            raise self.fault("party", says)
        return value

    def path(self, key: str) -> Path | None:
        """A path, which begins at the node's directory; None if it is absent."""
        return self.file.directory / self.text(key) if key in self else None

    def listen(self, key: str, default: str = "") -> tuple[str, int]:
        """An address and a port in one text."""
        value = self.text(key, default)
        host, _, port = value.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        is_port = port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65_535
        if not is_port or HOST.fullmatch(host) is None:
            says = f"{value!r} is not an address and a port, such as 127.0.0.1:8443"
            raise self.fault(key, says)
        return host, int(port)

    def address(self, default: str) -> tuple[str, int]:
        """An address under `host` and a port under `port`."""
        host = self.text("host", default)
        if HOST.fullmatch(host) is None:
            raise self.fault("host", f"{host!r} is not an address")
        port = self.whole("port", 1, 65_535)
        if port is None:
            raise self.fault("port", "it is missing")
        return host, port

    def read(self, key: str, read: Callable[[str], _T], value: str) -> _T:
        """A value as `read` reads it; its error with the row."""
        try:
            return read(value)
        except OurError as error:
            says = f"{error.what}; {error.remedy[:1].lower()}{error.remedy[1:].rstrip('.')}"
            raise self.fault(key, says) from None
        except ValueError as error:
            raise self.fault(key, str(error)) from None

    def unlike(self, key: str, value: object, others: Iterable[object]) -> None:
        """Confirm that no table before it has the same under a key."""
        if value in list(others):
            shown = value[-1] if isinstance(value, tuple) else value
            raise self.fault(key, f"{shown!r} is named twice")


def parse_file(text: str, path: Path) -> File:
    """The tables of a text.

    Raises:
        OurError: It is not TOML, or nothing here can take it in.
    """
    try:
        return File(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _syntax_fault(path, str(error)) from None
    except (ValueError, RecursionError) as error:
        # TOML sets no bound on digits and nesting; Python does, and gives no row.
        raise _unreadable_fault(path, text, type(error)) from None


def _syntax_fault(path: Path, message: str) -> OurError:
    row = _SYNTAX_ROW.search(message)
    where = f"{path}, row {row[1]}" if row else str(path)
    says = _SYNTAX_ROW.sub("", message).strip()
    return OurError(f"{where}: this is not TOML: {says}.", "Compare with what `init` writes.")


def _unreadable_fault(path: Path, text: str, kind: type[Exception]) -> OurError:
    """The fault of a value that is TOML and that no program here can take in."""
    says = "it is nested too deeply" if kind is RecursionError else "a number has too many digits"
    rows = text.splitlines(keepends=True)
    # The text is read from the front: what ends with the culprit fails as the whole does.
    row = bisect_left(range(len(rows)), True, key=lambda n: _fails("".join(rows[: n + 1]), kind))
    table, key = "", ""
    for words in rows[: row + 1]:
        if header := _HEADER.match(words):
            table, key = f"{header[2]}.", ""
        elif assigned := _ASSIGNED.match(words):
            key = assigned[1]
    name = f"{table}{key}: " if key else ""
    return OurError(f"{path}, row {row + 1}: {name}{says}.", "See docs/reference/settings.md.")


def _fails(text: str, kind: type[Exception]) -> bool:
    """Whether a text that may end too early fails in this very way."""
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return type(error) is kind
    return False


def _row_of(text: str, table: str, number: int, key: str) -> int:
    """The row of a key, or of the table it is missing from; 0 when not found.

    Looks at rows, not at TOML: good enough to point a person to the place.
    """
    assignment = re.compile(rf"\s*(?:\[\[?\s*)?[\"']?{re.escape(key)}[\"']?\s*(?:=|\.|\])")
    current, count, header_row = "", -1, 0
    for row, words in enumerate(text.splitlines(), start=1):
        is_key = assignment.match(words) is not None
        if not table and is_key and (current == "" or words.lstrip().startswith("[")):
            return row
        if header := _HEADER.match(words):
            current = header[2]
            if current == table:
                count += 1
                header_row = row if count == number else header_row
        elif current == table and count == number and is_key:
            return row
    return header_row
