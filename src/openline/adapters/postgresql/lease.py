"""The lease: of all processes that reach one database, one may write.

A row holds an epoch, who took it, and until when it is his by the server's own clock.
Whoever takes it raises the epoch, and every commit names the epoch it was taken with, in
its own transaction and before anything else. So a process that was overtaken commits
nothing more, however late it wakes; the clock decides only when somebody may try.

A process that was killed leaves its lease behind. The next one of the same station takes
it at once, for it holds the lock of the station; any other waits until it runs out.
"""

import time
from typing import TYPE_CHECKING, Any, Final

from openline.adapters.postgresql.address import DatabaseAddress
from openline.adapters.station import Station
from openline.domain.errors import OurError

if TYPE_CHECKING:
    import psycopg

LEASE_S: Final = 10
"""For so long nobody else may take it; a commit or a renewal begins it anew."""

RENEWAL_S: Final = LEASE_S / 4

_ASKED_AGAIN_S: Final = 0.2
_CONFLICTS_MAX: Final = 20

_UNTIL: Final = f"current_timestamp + interval '{LEASE_S} seconds'"

_TAKE: Final = (
    f"UPDATE lease SET epoch = epoch + 1, holder = %s, host = %s, until = {_UNTIL}"
    " WHERE until < current_timestamp OR holder = %s RETURNING epoch"
)

RENEW: Final = f"UPDATE lease SET until = {_UNTIL} WHERE epoch = %s"
"""The first statement of every commit: it changes one row, or the lease is lost."""

_RELEASE: Final = (
    "UPDATE lease SET until = current_timestamp - interval '1 second' WHERE epoch = %s"
)


def take_lease(
    connection: "psycopg.Connection[Any]", address: DatabaseAddress, station: Station
) -> int:
    """Take the lease, waiting for one that was left behind; its epoch.

    Raises:
        OurError: Another process holds it and goes on to.
    """
    import psycopg

    conflicts, first_seen = 0, None
    while True:
        try:
            row = connection.execute(_TAKE, (station.identity, station.host, station.identity))
            if taken := row.fetchone():
                epoch: int = taken[0]
                return epoch
            held = connection.execute("SELECT epoch, until, host FROM lease").fetchone()
        except psycopg.errors.SerializationFailure:
            conflicts += 1
            if conflicts > _CONFLICTS_MAX:
                raise
            continue
        if held is None:
            raise OurError(
                f"The database {address} has lost its lease row.",
                "Somebody has altered it: put back a back-up, or let the counterparts give back "
                "what is missing into an empty database.",
            )
        first_seen = first_seen or held[:2]
        # It was renewed while we waited: somebody is alive there.
        if held[:2] != first_seen:
            raise OurError(
                f"The store in {address} is in use by another process, on {held[2]}.",
                "Stop the node that runs on it; only one process may write to a store.",
            )
        time.sleep(_ASKED_AGAIN_S)


def release_lease(connection: "psycopg.Connection[Any]", epoch: int) -> None:
    """Let go of the lease, so that nobody has to wait for its end."""
    connection.execute(_RELEASE, (epoch,))
