"""The lease: of all processes that reach one database, one may write.

A row holds an epoch, who took it, and until when it is his by the server's own clock.
Whoever takes it raises the epoch, and every commit names the epoch it was taken with, in
its own transaction and before anything else. So a process that was overtaken commits
nothing more, however late it wakes; the clock decides only when somebody may try.

A process that was killed leaves its lease behind. The next one of the same station takes
it at once, for it holds the lock of the station; any other waits until it runs out. How
long that is says who holds it; nobody else has to know.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from openline.adapters.postgresql.address import DatabaseAddress
from openline.adapters.station import Station
from openline.domain.errors import OurError

if TYPE_CHECKING:
    import psycopg

_ASKED_AGAIN_S: Final = 0.2
_CONFLICTS_MAX: Final = 20

_UNTIL: Final = "current_timestamp + %s * interval '1 millisecond'"

_TAKE: Final = (
    f"UPDATE lease SET epoch = epoch + 1, holder = %s, host = %s, until = {_UNTIL}"
    " WHERE until < current_timestamp OR holder = %s RETURNING epoch"
)

_TAKE_FROM: Final = (
    f"UPDATE lease SET epoch = epoch + 1, holder = %s, host = %s, until = {_UNTIL}"
    " WHERE epoch = %s RETURNING epoch"
)

RENEW: Final = f"UPDATE lease SET until = {_UNTIL} WHERE epoch = %s"
"""The first statement of every commit: it changes one row, or the lease is lost."""

_RELEASE: Final = (
    "UPDATE lease SET until = current_timestamp - interval '1 second' WHERE epoch = %s"
)


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """How long a lease is held without a word.

    Attributes:
        length_ms: For so long nobody else may take it; a commit or a renewal begins it anew.
    """

    length_ms: int = 10_000

    @property
    def renewal_s(self) -> float:
        """After so long without a commit it is renewed."""
        return self.length_ms / 4_000

    @property
    def frozen_ms(self) -> int:
        """For so long a process that is frozen within a commit keeps others from the row."""
        return min(self.length_ms, 5_000)


USUAL_TERMS: Final = LeaseTerms()
"""Where no other station waits: a database that falters for some seconds changes nothing."""


def try_lease(
    connection: "psycopg.Connection[Any]",
    station: Station,
    terms: LeaseTerms,
    ended: int | None = None,
) -> int | None:
    """Take the lease if it is free, has run out or is the station's own.

    Args:
        connection: To the database.
        station: Held by this process.
        terms: How long the lease is held without a word.
        ended: An epoch whose holder can commit nothing more; its lease need not run out.

    Returns:
        Its epoch; None where another holds it, or another was quicker.
    """
    import psycopg

    try:
        who = (station.identity, station.host, terms.length_ms)
        taken = (
            connection.execute(_TAKE, (*who, station.identity))
            if ended is None
            else connection.execute(_TAKE_FROM, (*who, ended))
        )
        row = taken.fetchone()
    except psycopg.errors.SerializationFailure:
        return None
    return None if row is None else int(row[0])


def take_lease(
    connection: "psycopg.Connection[Any]",
    address: DatabaseAddress,
    station: Station,
    terms: LeaseTerms = USUAL_TERMS,
) -> int:
    """Take the lease, waiting for one that was left behind; its epoch.

    Raises:
        OurError: Another process holds it and goes on to.
    """
    import psycopg

    conflicts, first_seen = 0, None
    while True:
        if taken := try_lease(connection, station, terms):
            return taken
        try:
            held = connection.execute("SELECT epoch, until, host FROM lease").fetchone()
        except psycopg.errors.SerializationFailure:
            conflicts += 1
            if conflicts > _CONFLICTS_MAX:
                raise
            continue
        if held is None:
            raise lease_lost(address)
        first_seen = first_seen or held[:2]
        # It was renewed while we waited: somebody is alive there.
        if held[:2] != first_seen:
            raise OurError(
                f"The store in {address} is in use by another process, on {held[2]}.",
                "Stop the node that runs on it; only one process may write to a store. Or let "
                "this one wait for its turn: openline run --standby.",
            )
        time.sleep(_ASKED_AGAIN_S)


def lease_lost(address: DatabaseAddress) -> OurError:
    """The error of a database whose lease row is not there."""
    return OurError(
        f"The database {address} has lost its lease row.",
        "Somebody has altered it: put back a back-up, or let the counterparts give back "
        "what is missing into an empty database.",
    )


def release_lease(connection: "psycopg.Connection[Any]", epoch: int) -> None:
    """Let go of the lease, so that nobody has to wait for its end."""
    connection.execute(_RELEASE, (epoch,))
