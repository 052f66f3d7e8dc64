"""What is in the database of a node: its tables, made and checked.

Plain SQL: no sequence gives an index, no advisory lock guards, no index is of a kind that
only PostgreSQL has. Names of values are kept as bytes, for their order must be that of
bytes in every database; texts that a counterpart wrote are too, for PostgreSQL keeps no
zero character in a text.
"""

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from openline.adapters.postgresql.address import DatabaseAddress, DatabaseUnfit, said_by
from openline.domain.errors import OurError

if TYPE_CHECKING:
    import psycopg

SCHEMA_VERSION: Final = 1

READY: Final = "ready"
MOVING: Final = "moving"
"""A store is being moved into it: nothing else may be done with it."""

MOVED: Final = "moved"
"""The store was moved away from it: it is an old copy."""

TABLES: Final = {
    "lease": """
        CREATE TABLE IF NOT EXISTS lease (
          sole smallint PRIMARY KEY CHECK (sole = 1),
          epoch bigint NOT NULL,
          holder text NOT NULL,
          host text NOT NULL,
          until timestamp with time zone NOT NULL
        )""",
    # One row for each log: how long it is, and the root of its tree.
    "logs": """
        CREATE TABLE IF NOT EXISTS logs (
          log bigint PRIMARY KEY,
          origin text NOT NULL UNIQUE,
          size bigint NOT NULL,
          root bytea NOT NULL
        )""",
    "entries": """
        CREATE TABLE IF NOT EXISTS entries (
          log bigint NOT NULL,
          place bigint NOT NULL,
          raw bytea NOT NULL,
          content bytea NOT NULL,
          PRIMARY KEY (log, place)
        )""",
    "heads": """
        CREATE TABLE IF NOT EXISTS heads (
          origin text NOT NULL,
          holder text NOT NULL,
          size bigint NOT NULL,
          note bytea NOT NULL,
          PRIMARY KEY (origin, holder, size)
        )""",
    "ticks": """
        CREATE TABLE IF NOT EXISTS ticks (
          line text NOT NULL,
          party text NOT NULL,
          sequence bigint NOT NULL,
          hash bytea NOT NULL,
          note bytea NOT NULL,
          PRIMARY KEY (line, party, sequence, hash)
        )""",
    "named": """
        CREATE TABLE IF NOT EXISTS named (
          name bytea PRIMARY KEY,
          value bytea NOT NULL
        )""",
    # Made last: where it is, the others are.
    "openline_store": """
        CREATE TABLE IF NOT EXISTS openline_store (
          sole smallint PRIMARY KEY CHECK (sole = 1),
          version integer NOT NULL,
          party text NOT NULL,
          state text NOT NULL
        )""",
}

_INDEX: Final = "CREATE INDEX IF NOT EXISTS ticks_by_hash ON ticks (hash)"

_HERE: Final = (
    # Of everybody: information_schema hides what belongs to another user.
    "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"
)

_OFF_LOSES: Final = {
    "fsync": "what is committed would be gone with the power",
    "full_page_writes": "a page that is half written at a power cut would be lost",
    "synchronous_commit": "the last commits would be gone after a crash",
}
"""Settings that must not be off, and what off would cost."""


def make_tables(
    connection: "psycopg.Connection[Any]",
    address: DatabaseAddress,
    party: str,
    state: str = READY,
) -> None:
    """Make what is not there yet; what is there stays.

    Raises:
        OurError: The database is somebody else's, or this user may make no tables in it.
    """
    import psycopg

    found = {name for (name,) in connection.execute(_HERE).fetchall()}
    if "openline_store" in found:
        return
    if found - set(TABLES):
        raise DatabaseUnfit(
            f"The database {address} is no store of Openline, and not empty.",
            "Give the node a database of its own.",
        )
    try:
        with connection.transaction():
            for statement in TABLES.values():
                connection.execute(statement)
            connection.execute(_INDEX)
            connection.execute(
                "INSERT INTO lease VALUES (1, 0, '', '', current_timestamp)"
                " ON CONFLICT (sole) DO NOTHING"
            )
            connection.execute(
                "INSERT INTO openline_store VALUES (1, %s, %s, %s) ON CONFLICT (sole) DO NOTHING",
                (SCHEMA_VERSION, party, state),
            )
    except psycopg.errors.InsufficientPrivilege as error:
        raise OurError(
            f"The tables cannot be made in {address}: {said_by(error)}.",
            "Let the user of the node own the database: ALTER DATABASE … OWNER TO …",
        ) from None


def clear_unfinished(connection: "psycopg.Connection[Any]", address: DatabaseAddress) -> None:
    """Remove what a move that was cut short has left.

    Raises:
        OurError: There is a whole store.
    """
    import psycopg

    with suppress(psycopg.errors.UndefinedTable):
        row = connection.execute("SELECT party, state FROM openline_store").fetchone()
        if row is not None and row[1] != MOVING:
            raise OurError(
                f"The database {address} holds a store of {row[0]} already.",
                "Name an empty database.",
            )
        for name in reversed(TABLES):
            connection.execute(f"DROP TABLE IF EXISTS {name}")


def check_identity(
    connection: "psycopg.Connection[Any]",
    address: DatabaseAddress,
    party: str,
    state: str = READY,
) -> None:
    """Confirm that it is a store of this party, which this program reads.

    Raises:
        DatabaseUnfit: It is none, or another party's, of another schema, or half moved.
    """
    import psycopg

    try:
        row = connection.execute("SELECT version, party, state FROM openline_store").fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        row = None
    if row is None:
        raise DatabaseUnfit(
            f"The database {address} is no store of Openline.",
            "Correct `store` in node.toml; a new store is made by the first start of a node.",
        )
    version, owner, found = row
    if version != SCHEMA_VERSION:
        raise DatabaseUnfit(
            f"The database {address} has schema {version}; this program knows {SCHEMA_VERSION}.",
            "Run the release of Openline that last wrote it, or a newer one."
            if version > SCHEMA_VERSION
            else "Run the release of Openline that last wrote it, or one that still reads it.",
        )
    if owner != party:
        raise DatabaseUnfit(
            f"The database {address} is the store of {owner}, and this node is of {party}.",
            "Give each party a database of its own, and correct `store` in node.toml.",
        )
    if found == MOVED != state:
        raise DatabaseUnfit(
            f"The store of {owner} was moved away from the database {address}.",
            "It is an old copy: let `store` in node.toml name the place where it was moved to.",
        )
    if found != state:
        raise DatabaseUnfit(
            f"A store is half moved into the database {address}.",
            "Have the move done again: openline move; until then the node runs where it was.",
        )


def check_writable(connection: "psycopg.Connection[Any]", address: DatabaseAddress) -> None:
    """Confirm that it is no replica.

    Raises:
        OurError: It may only be read.
    """
    row = connection.execute("SHOW transaction_read_only").fetchone()
    if row is not None and row[0] == "on":
        raise OurError(
            f"The database {address} may only be read: it is a replica, or was set so.",
            "Name the primary in `store`; with several servers in the address add "
            "target_session_attrs=read-write.",
        )


def weak_settings(connection: "psycopg.Connection[Any]") -> list[str]:
    """A sentence for each setting with which the server may lose what it accepted.

    A server of another make that does not know a setting cannot have it off.
    """
    rows = connection.execute(
        "SELECT name, setting FROM pg_settings"
        " WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')"
    ).fetchall()
    return [
        f"{name} is {value}: {_OFF_LOSES[name]}"
        for name, value in sorted(rows)
        if value in ("off", "false")
    ]


def check_durable(connection: "psycopg.Connection[Any]", address: DatabaseAddress) -> None:
    """Confirm that what the server accepts is on its disk.

    Raises:
        OurError: A setting says otherwise.
    """
    if weak := weak_settings(connection):
        raise OurError(
            f"The database {address} could lose what it has accepted: {'; '.join(weak)}.",
            "Turn it on in postgresql.conf, and for the user of the node; then start the node.",
        )
