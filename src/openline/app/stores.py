"""The store that a node's settings name: a file of SQLite, or a database.

Both keep the contract of `engine.ports.Store`, and the few things more that an
administrator needs of either. psycopg is imported only where a database is named.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from openline.adapters.disk import hold_directory, undo_exchange
from openline.adapters.sqlite import SqliteStore
from openline.adapters.station import Station
from openline.app.config import Config
from openline.engine.ports import Store, Write

if TYPE_CHECKING:
    from openline.adapters.postgresql.store import PostgresStore


class NodeStore(Store, Protocol):
    """A store as the program around the engine needs it."""

    def contents(self) -> Iterator[Sequence[Write]]:
        """All that is stored, as writes, some at a time."""

    def damage(self) -> list[str]:
        """What cannot be read, one row for each fault; empty if all is whole."""

    def copy_to(self, path: Path, changes: Sequence[Write] = ()) -> None:
        """Write a copy of what one commit left into a new file of SQLite.

        Raises:
            OurError: It cannot be written; nothing is left of it.
        """


@contextmanager
def open_store(config: Config) -> Iterator[NodeStore]:
    """The store of a node, for this process alone; made if there is none.

    Raises:
        OurError: It cannot be used, or another process uses it.
    """
    if config.database is None:
        with _in_file(config) as store:
            yield store
        return
    with Station.open(config.directory) as station, store_of(config, station) as database:
        yield database


@contextmanager
def store_of(config: Config, station: Station) -> Iterator[NodeStore]:
    """The same, for who holds the station of the node's directory already."""
    if config.database is None:
        with _in_file(config) as store:
            yield store
        return
    from openline.adapters.postgresql.lease import USUAL_TERMS, LeaseTerms
    from openline.adapters.postgresql.store import PostgresStore

    terms = USUAL_TERMS if config.lease_ms is None else LeaseTerms(config.lease_ms)
    with PostgresStore.open(config.database, config.party, station, terms=terms) as database:
        yield database


@contextmanager
def _in_file(config: Config) -> Iterator[SqliteStore]:
    with hold_directory(config.directory):
        undo_exchange(config.store)
        with SqliteStore.open(config.store) as store:
            yield store


def in_database(store: NodeStore) -> "PostgresStore | None":
    """The store as one in a database; None where it is a file."""
    if isinstance(store, SqliteStore):
        return None
    from openline.adapters.postgresql.store import PostgresStore

    return store if isinstance(store, PostgresStore) else None


@contextmanager
def open_to_read(config: Config) -> Iterator[NodeStore]:
    """The store of a node that is stopped.

    Raises:
        OurError: There is none, or it cannot be read.
    """
    if config.database is None:
        with SqliteStore.open_read_only(config.store) as store:
            yield store
        return
    from openline.adapters.postgresql.store import PostgresStore

    with PostgresStore.open_read_only(config.database, config.party) as database:
        yield database
