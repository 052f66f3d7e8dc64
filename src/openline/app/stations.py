"""The stations of one party: what each must have alike, and whether it has.

Several stations, each with a directory on a machine of its own, serve one party with one
store in a database. Keys and cards are files and no part of that store. So the station
that writes says in the store what it has: names and fingerprints, nothing secret. One that
stands by compares, and takes over only with the keys that are in use.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final

from openline.adapters.keys import ROLES, FileKeys
from openline.adapters.station import known_identity
from openline.app.config import Config
from openline.app.stores import NodeStore
from openline.engine.ports import PutValue, Write

if TYPE_CHECKING:
    from openline.adapters.postgresql.store import PostgresStore

SAID: Final = "station/"
"""Before the identity of a station: the name of the value in which it says what it has."""

CLOCKS_APART_MS: Final = 500
"""Clocks of two stations that differ by more are worth a word."""

TOLD_EVERY_S: Final = 2.0
_CLOCK_MOVED_MS: Final = 100


@dataclass(frozen=True, slots=True)
class Having:
    """What a station has that every other must have alike.

    Attributes:
        host: The name of its machine.
        keys: Fingerprints by file name.
        cards: Hashes by file name; empty for one that cannot be read.
        clock_ms: The clock of the database less its own.
        epoch: Of the lease that it has taken.
        session: Of the database, in which it writes.
        current: The lines of which it knows that the store is no old copy.
    """

    host: str
    keys: dict[str, str] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)
    clock_ms: int = 0
    epoch: int = 0
    session: str = ""
    current: tuple[str, ...] = ()

    def encode(self) -> bytes:
        """As it stands in the store."""
        return json.dumps(asdict(self), sort_keys=True).encode()


def parse_having(data: bytes) -> Having | None:
    """What a station has said; None where it is not to be read."""
    try:
        said = json.loads(data)
        return Having(
            str(said["host"]),
            dict(said["keys"]),
            dict(said["cards"]),
            int(said["clock_ms"]),
            int(said["epoch"]),
            str(said["session"]),
            # An older program says nothing of it: less is safe.
            tuple(str(line) for line in said.get("current", ())),
        )
    except (ValueError, KeyError, TypeError):
        return None


def having(config: Config, keys: FileKeys, host: str, clock_ms: int = 0) -> Having:
    """What this station has.

    Raises:
        OurError: A key cannot be used.
    """
    cards = {}
    for path in sorted(config.cards.glob("*.card")):
        try:
            cards[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        except OSError:
            # No reason not to write, nor to keep what else there is to oneself.
            cards[path.name] = ""
    return Having(host, keys.fingerprints(), cards, clock_ms)


def keys_lacking(own: Having, writer: Having) -> list[str]:
    """The files of keys in use by the writer that this station has not, in order."""
    held = set(own.keys.values())
    in_use = {f"{role}.pem" if role == "tls" else f"{role}.key" for role in ROLES}
    return sorted(name for name, key in writer.keys.items() if name in in_use and key not in held)


def unlike(own: Having, writer: Having) -> list[str]:
    """What else differs, one sentence each."""
    held = set(own.keys.values())
    lacking = set(keys_lacking(own, writer))
    further = sorted(n for n, key in writer.keys.items() if key not in held and n not in lacking)
    found = [f"This station has not keys/{name}, which {writer.host} has." for name in further]
    for name in sorted(own.cards.keys() | writer.cards.keys()):
        ours, theirs = own.cards.get(name), writer.cards.get(name)
        if ours == "":
            found.append(f"cards/{name} cannot be read here.")
        elif theirs == "":
            found.append(f"cards/{name} cannot be read on {writer.host}.")
        elif ours is None:
            found.append(f"This station has not cards/{name}, which {writer.host} has.")
        elif theirs is None:
            found.append(f"{writer.host} has not cards/{name}, which this station has.")
        elif ours != theirs:
            found.append(f"cards/{name} is another one here than on {writer.host}.")
    return found


@dataclass
class Saying:
    """What the station that writes says of itself in the store.

    Owned by the node's loop.

    Attributes:
        config: Its settings.
        keys: Its keys.
        store: The database.
        now_ms: The wall clock.
        current: The lines of which it is known that the store is no old copy.
    """

    config: Config
    keys: FileKeys
    store: "PostgresStore"
    now_ms: Callable[[], int]
    current: tuple[str, ...] = ()
    _said: Having | None = None

    def say(self) -> None:
        """Write it into the store where it has changed.

        Raises:
            StoreFailed: The database failed; the process must end.
            OurError: A key cannot be read.
        """
        station = self.store.station
        assert station is not None, "the store is written"
        clock_ms = self.store.clock_ms(self.now_ms)
        if self._said is not None and abs(clock_ms - self._said.clock_ms) < _CLOCK_MOVED_MS:
            clock_ms = self._said.clock_ms
        now = replace(
            having(self.config, self.keys, station.host, clock_ms),
            epoch=self.store.epoch,
            session=self.store.session,
            current=self.current,
        )
        if now != self._said:
            self.store.commit([PutValue(SAID + station.identity, now.encode())])
            self._said = now

    def tell_current(self, lines: tuple[str, ...]) -> list[Write]:
        """What must be committed with a turn after which these lines are current.

        Whoever takes over signs on these lines at once: a line that is current no more
        must be said no longer than it is relied upon.
        """
        self.current = lines
        # Where nothing was said yet, what stands there is of an epoch before: it counts for
        # nothing. Else what was said counts, whatever could not be said since.
        if self._said is None or self._said.current == lines:
            return []
        station = self.store.station
        assert station is not None, "the store is written"
        self._said = replace(self._said, current=lines)
        return [PutValue(SAID + station.identity, self._said.encode())]


def has_other_stations(config: Config, store: NodeStore) -> bool:
    """Whether a station of another directory has said in the store that it writes."""
    own = SAID + known_identity(config.directory)
    return any(name != own for name, _ in store.values(SAID))


def clock_apart(own_ms: int, writer: Having) -> str:
    """A sentence where the clocks of two stations differ; empty where they agree.

    Args:
        own_ms: The clock of the database less our own.
        writer: What the other has said.
    """
    ahead_ms = writer.clock_ms - own_ms
    if abs(ahead_ms) <= CLOCKS_APART_MS:
        return ""
    word = "ahead of" if ahead_ms > 0 else "behind"
    return (
        f"The clock of this station is {abs(ahead_ms) / 1_000:.1f} s {word} that of {writer.host}."
    )
