"""Events that wait until a program has taken them: on the disk, in order.

What `put` has accepted is there after any crash, until `done`. Beside the events it is
kept how far the messages of each line were put in, so that those which came while the
node did not run, or while there was no room, are put in from the record.
"""

import contextlib
import secrets
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import apsw

from openline.domain.errors import OurError
from openline.domain.limits import OUTLET_WAITING_BYTES_MAX, OUTLET_WAITING_MAX

_SCHEMA = """
CREATE TABLE IF NOT EXISTS queue (name TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS events (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  body BLOB NOT NULL
) STRICT;
-- Of each line the position of the last message that was put in.
CREATE TABLE IF NOT EXISTS places (line TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Waited:
    """One event.

    Attributes:
        id: The same each time that it is posted.
        number: Its place in the order.
        body: What is posted.
    """

    id: str
    number: int
    body: bytes


class Waiting:
    """The events of one outlet, in one file. Any thread may call any method."""

    def __init__(self, path: Path, connection: apsw.Connection) -> None:
        self._path = path
        self._connection = connection
        self._using = threading.Lock()
        if not self._rows("SELECT name FROM queue"):
            self._rows("INSERT INTO queue VALUES (?)", secrets.token_hex(8))
        [[name]] = self._rows("SELECT name FROM queue")
        [totals] = self._rows("SELECT count(*), coalesce(sum(length(body)), 0) FROM events")
        self._name: str = name
        self.count: int = totals[0]
        self.size_bytes: int = totals[1]

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file; make it where it is not there.

        Raises:
            OurError: It cannot be opened, or is no such file.
        """
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            connection = apsw.Connection(str(path))
        except (OSError, apsw.Error) as error:
            raise OurError(f"{path} cannot be opened: {error}.") from None
        try:
            connection.set_busy_timeout(2_000)
            connection.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")
            connection.execute(_SCHEMA)
            return cls(path, connection)
        except apsw.Error as error:
            connection.close()
            raise _fault(path, error) from None
        except BaseException:
            connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def has_room(self) -> bool:
        """Whether more may be put in."""
        return self.count < OUTLET_WAITING_MAX and self.size_bytes < OUTLET_WAITING_BYTES_MAX

    @property
    def is_half_empty(self) -> bool:
        """Whether it is time to put in what had no room."""
        return (
            2 * self.count <= OUTLET_WAITING_MAX and 2 * self.size_bytes <= OUTLET_WAITING_BYTES_MAX
        )

    def put(self, bodies: Sequence[bytes], places: Mapping[str, int]) -> None:
        """Put in events, and how far the messages of lines have been put in with them.

        Raises:
            OurError: The disk does not take it: nothing was put in.
        """
        with self._using, self._in_words(), self._connection:
            self._connection.executemany(
                "INSERT INTO events (body) VALUES (?)", ((body,) for body in bodies)
            )
            self._connection.executemany(
                "INSERT INTO places VALUES (?, ?) ON CONFLICT (line) DO UPDATE SET position = "
                "excluded.position",
                places.items(),
            )
        self.count += len(bodies)
        self.size_bytes += sum(map(len, bodies))

    def first(self) -> Waited | None:
        """The event that is to be posted next; None if none waits.

        Raises:
            OurError: The disk fails.
        """
        rows = self._rows("SELECT number, body FROM events ORDER BY number LIMIT 1")
        return Waited(f"{self._name}-{rows[0][0]}", *rows[0]) if rows else None

    def done(self, event: Waited) -> None:
        """Take out an event that was taken.

        Raises:
            OurError: The disk fails; it may be posted again.
        """
        self._rows("DELETE FROM events WHERE number = ?", event.number)
        self.count -= 1
        self.size_bytes -= len(event.body)

    def places(self) -> dict[str, int]:
        """How far the messages of each line have been put in.

        Raises:
            OurError: The disk fails.
        """
        return dict(self._rows("SELECT line, position FROM places"))

    def close(self) -> None:
        """Release the file."""
        with self._using:
            self._connection.close()

    def _rows(self, statement: str, *values: Any) -> list[Any]:
        with self._using, self._in_words():
            return self._connection.execute(statement, values).fetchall()

    @contextlib.contextmanager
    def _in_words(self) -> Any:
        try:
            yield
        except apsw.Error as error:
            raise _fault(self._path, error) from None


def copy_waiting(path: Path, into: Path) -> None:
    """Write a copy of what waits, as one commit left it, into a new file.

    Raises:
        OurError: It cannot be written; nothing is left of it.
    """
    try:
        into.touch(mode=0o600, exist_ok=False)
        with (
            closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as source,
            closing(apsw.Connection(str(into))) as target,
        ):
            with target.backup("main", source, "main") as backup:
                backup.step(-1)
            target.execute("PRAGMA journal_mode=DELETE")
    except (OSError, apsw.Error) as error:
        into.unlink(missing_ok=True)
        raise _copy_fault(path, error) from None


def faults_waiting(path: Path) -> list[str]:
    """What is wrong with a file of what waits that nobody has open, one row for each."""
    try:
        with Waiting.open(path) as waiting:
            report = waiting._rows("PRAGMA integrity_check")
    except OurError as error:
        return [error.what]
    return [f"{path.name}: {words}." for (words,) in report if words != "ok"]


def _copy_fault(path: Path, error: Exception) -> OurError:
    return OurError(f"{path} cannot be copied: {error}.", "See to the disk, and make room.")


def _fault(path: Path, error: apsw.Error) -> OurError:
    return OurError(
        f"{path} cannot be used: {error}.",
        "Make room on the disk. Take a spoilt file away: what waited in it is lost.",
    )
