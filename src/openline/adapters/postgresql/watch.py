"""What a station that stands by sees of the database, and how it takes over.

One session looks and, when the lease is free, takes it. Over that session it can be known
that the database is the very one to which the writer committed: a session does not outlive
its server, and begins here only where it may write, so on no replica. Who saw a writer
renew its lease in this session was on the same server as that writer, for a lease ends with
the writer's own session; and a server that is durable and has not ended since has lost
nothing of it. A replica that was promoted, a back-up that was put back or a server that was
started anew begin other sessions, which say nothing of the kind.
"""

import os
import socket
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import psycopg

from openline.adapters.postgresql.address import DatabaseAddress, DatabaseAway, connect, said_by
from openline.adapters.postgresql.lease import LeaseTerms, lease_lost, try_lease
from openline.adapters.postgresql.store import PostgresStore, connect_to_write
from openline.adapters.station import Station
from openline.domain.errors import OurError

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECT_S_MAX: Final = 5
"""For so long a station that stands by waits for a server to let it in."""

_LOOK: Final = (
    "SELECT epoch, holder, host, until, until < clock_timestamp(),"
    " (extract(epoch FROM clock_timestamp()) * 1000)::bigint FROM lease"
)
_LOGS: Final = "SELECT origin, size, root FROM logs ORDER BY origin"
_IS_THERE: Final = (
    "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND (backend_start IS NULL"
    " OR (extract(epoch FROM backend_start) * 1000000)::bigint = %s)"
)
_UNBLOCK: Final = (
    # One that waits for a replica, a disk or a lock is at work; it ends by itself.
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid = ANY (pg_blocking_pids(%s)) AND wait_event_type = 'Client'"
)
_READS: Final = "SET default_transaction_isolation = 'read committed'"
_WRITES: Final = "SET default_transaction_isolation = 'serializable'"
_VALUE: Final = "SELECT value FROM named WHERE name = %s"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look showed.

    Attributes:
        epoch: Of the lease.
        holder: The station that holds it, or held it last; empty where none ever did.
        host: The name of its machine.
        is_free: Whether it may be taken.
        clock_ms: The server's clock less ours.
        logs: Origin, size and root of each log.
    """

    epoch: int
    holder: str
    host: str
    is_free: bool
    clock_ms: int
    logs: tuple[tuple[str, int, bytes], ...]


class Watch:
    """The session of one station that stands by. One thread at a time uses it.

    Args:
        address: Where the database is.
        party: Whose store it must be.
        station: Held by this process.
        terms: With which the lease is taken.
        now_ms: The wall clock.
    """

    # A connection of `connect_to_write`; from `begin` on.
    _session: "psycopg.Connection[Any]"

    def __init__(
        self,
        address: DatabaseAddress,
        party: str,
        station: Station,
        terms: LeaseTerms,
        now_ms: "Callable[[], int]",
    ) -> None:
        self._address = address
        self._party = party
        self._station = station
        self._terms = terms
        self._now_ms = now_ms
        # Whatever a thread may be waiting on; another thread breaks it off.
        self._guard = threading.Lock()
        self._connections: list[psycopg.Connection[Any]] = []
        self._is_broken_off = False
        # Epoch and end of the lease, as first seen of this epoch.
        self._first: tuple[int, object] | None = None
        self._renewed = 0
        # The session of the writer that was seen to be there, beside this one.
        self._beside = ""

    @classmethod
    def open(
        cls,
        address: DatabaseAddress,
        party: str,
        station: Station,
        terms: LeaseTerms,
        now_ms: "Callable[[], int]",
    ) -> Self:
        """One whose session has begun.

        Raises:
            OurError: As for `begin`.
        """
        watch = cls(address, party, station, terms, now_ms)
        watch.begin()
        return watch

    def begin(self) -> None:
        """Begin the session at the store of the party, which is made if there is none.

        Raises:
            DatabaseAway: Nobody answers.
            OurError: As for `PostgresStore.open`.
        """
        try:
            self._session = connect_to_write(
                self._address,
                self._party,
                terms=self._terms,
                timeout_s=CONNECT_S_MAX,
                note=self._note,
            )
            # Looking must give no commit of the writer cause to be done again.
            self._session.execute(_READS)
        except psycopg.Error as error:
            raise _broken_off(self._address, error) from None

    def _note(self, connection: "psycopg.Connection[Any]") -> None:
        """Note a connection that has just been made; it was too late where all is over."""
        with self._guard:
            if self._is_broken_off:
                connection.close()
                raise DatabaseAway(
                    f"The database {self._address} is not reached: it took too long.",
                    "See that it runs; the station stands by and asks again.",
                )
            self._connections.append(connection)

    def look(self) -> Seen:
        """Who writes, and how far the logs have come.

        Raises:
            DatabaseAway: The session has ended; it says nothing any more.
            OurError: The lease row is gone.
        """
        began, now = time.monotonic(), self._now_ms()
        try:
            row = self._session.execute(_LOOK).fetchone()
            took_ms = int((time.monotonic() - began) * 1_000)
            logs = self._session.execute(_LOGS).fetchall()
        except psycopg.Error as error:
            raise _broken_off(self._address, error) from None
        if row is None:
            raise lease_lost(self._address)
        epoch, holder, host, until, is_free, at = row
        if self._first is None or self._first[0] != epoch:
            self._first = (epoch, until)
        elif self._first[1] != until:
            self._renewed = epoch
        clock_ms = at - now - took_ms // 2
        return Seen(epoch, holder, host, is_free, clock_ms, tuple(logs))

    def value(self, name: str) -> bytes | None:
        """A named value of the store.

        Raises:
            DatabaseAway: The session has ended.
        """
        try:
            row = self._session.execute(_VALUE, (name.encode(),)).fetchone()
        except psycopg.Error as error:
            raise _broken_off(self._address, error) from None
        return None if row is None else bytes(row[0])

    def has_seen_renewed(self, epoch: int) -> bool:
        """Whether in this session a writer of this epoch was seen to renew its lease."""
        return self._renewed == epoch

    def has_ended(self, session: str) -> bool:
        """Whether the session of a writer was seen on this server, and is there no more.

        It can commit nothing then, and a writer has no other.

        Args:
            session: As `PostgresStore.session` tells it.

        Raises:
            DatabaseAway: This session has ended.
        """
        pid, _, began = session.partition("/")
        if not (pid.isdecimal() and began.isdecimal()):
            return False
        try:
            [(count,)] = self._session.execute(_IS_THERE, (int(pid), int(began))).fetchall()
        except psycopg.OperationalError as error:
            raise _broken_off(self._address, error) from None
        except psycopg.Error:
            # A server of another make, which tells no sessions.
            return False
        if count:
            self._beside = session
        return not count and self._beside == session

    def take(self, ended: int | None = None) -> PostgresStore | None:
        """Take over: the store; None where another was quicker.

        Args:
            ended: An epoch whose holder can commit nothing more.

        The session is the store's from then on.

        Raises:
            DatabaseAway: The session has ended.
            OurError: The server is not reached a second time, or the store was moved away.
        """
        try:
            epoch = try_lease(self._session, self._station, self._terms, ended)
            if epoch is None:
                return None
            self._session.execute(_WRITES)
        except psycopg.Error as error:
            raise _broken_off(self._address, error) from None
        return PostgresStore.of_lease(
            self._address,
            self._party,
            self._session,
            self._station,
            epoch,
            self._terms,
            note=self._note,
        )

    def unblock(self) -> None:
        """End the sessions that hold up a `take` and wait for their client.

        A writer that is frozen in the middle of a commit holds the row, and no timeout of
        the server ends a session that waits for the rest of what its client was sending.
        Called from another thread than the one that takes.
        """
        with suppress(OurError, psycopg.Error):
            beside = connect(self._address, beside=self._session, timeout_s=CONNECT_S_MAX)
            with closing(beside):
                self._note(beside)
                beside.execute(_UNBLOCK, (self._session.info.backend_pid,))

    def break_off(self) -> None:
        """End a session that hangs, from another thread than the one that waits on it.

        One that is being begun ends as soon as it is connected.
        """
        with self._guard:
            self._is_broken_off = True
            for connection in self._connections:
                with suppress(OSError, psycopg.Error):
                    descriptor = os.dup(connection.fileno())
                    with socket.socket(fileno=descriptor) as hanging:
                        hanging.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the session, where it was not given to a store."""
        for connection in self._connections:
            with suppress(psycopg.Error):
                connection.close()


def _broken_off(address: DatabaseAddress, error: psycopg.Error) -> DatabaseAway:
    return DatabaseAway(
        f"The database {address} is not reached: {said_by(error)}.",
        "See that it runs; the station stands by and asks again.",
    )
