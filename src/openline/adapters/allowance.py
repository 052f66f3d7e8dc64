"""How much of one counterpart is read in a second: bytes, pieces, a reserve.

A counterpart that sends more is not refused and loses nothing: its connections
are read more slowly, until its own queue is where the rest waits.
Urgent pieces have a reserve of their own, so that a backlog does not hold up what
is urgent; beyond the reserve they count like the others, so that calling
everything urgent gains nothing.

Before a counterpart is recognised there is only its address, and a TLS handshake
costs about a millisecond: handshakes are counted by address and in all.
"""

from collections import Counter
from dataclasses import dataclass

from openline.domain.limits import (
    ADDRESSES_REMEMBERED_MAX,
    HANDSHAKES_MAX,
    HANDSHAKES_PER_ADDRESS_MAX,
    HANDSHAKES_PER_ADDRESS_PER_S_MAX,
    HANDSHAKES_PER_S_MAX,
    INCOMING_BYTES_PER_S_MAX,
    INCOMING_PIECES_PER_S_MAX,
    URGENT_BYTES_PER_S_MAX,
    URGENT_PIECES_PER_S_MAX,
)

BURST_S = 2.0
"""A counterpart that was quiet may send at once what so many seconds allow."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What may be read from one counterpart in a second.

    Attributes:
        bytes_per_s: Over all its connections.
        pieces_per_s: Likewise.
        urgent_bytes_per_s: Kept free for urgent pieces, besides the above.
        urgent_pieces_per_s: Likewise.
    """

    bytes_per_s: int = INCOMING_BYTES_PER_S_MAX
    pieces_per_s: int = INCOMING_PIECES_PER_S_MAX
    urgent_bytes_per_s: int = URGENT_BYTES_PER_S_MAX
    urgent_pieces_per_s: int = URGENT_PIECES_PER_S_MAX


class Allowance:
    """The allowance of one counterpart, shared by all its connections."""

    def __init__(self, rates: Rates) -> None:
        self._bytes = Bucket(rates.bytes_per_s)
        self._pieces = Bucket(rates.pieces_per_s)
        self._urgent_bytes = Bucket(rates.urgent_bytes_per_s)
        self._urgent_pieces = Bucket(rates.urgent_pieces_per_s)

    def charge(self, size_bytes: int, now_s: float, *, is_urgent: bool = False) -> float:
        """Count one piece that was read; for how many seconds to read nothing more.

        Args:
            size_bytes: Of the piece.
            now_s: A clock that never goes back.
            is_urgent: Whether it came as urgent.
        """
        if (
            is_urgent
            and self._urgent_pieces.has(1, now_s)
            and self._urgent_bytes.has(size_bytes, now_s)
        ):
            self._urgent_pieces.take(1, now_s)
            self._urgent_bytes.take(size_bytes, now_s)
            return 0.0
        return max(self._bytes.take(size_bytes, now_s), self._pieces.take(1, now_s))


class Allowances:
    """The allowance of each counterpart."""

    def __init__(self, rates: Rates | None = None) -> None:
        self._rates = rates or Rates()
        # One for each counterpart that was ever trusted: few.
        self._held: dict[str, Allowance] = {}

    def of(self, party: str) -> Allowance:
        """The allowance of one counterpart."""
        if party not in self._held:
            self._held[party] = Allowance(self._rates)
        return self._held[party]


class Handshakes:
    """Which TLS handshakes are begun: some at a time, some in a second."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()
        self._all = Bucket(HANDSHAKES_PER_S_MAX)
        # Oldest first; the whole bound holds also where addresses are forgotten.
        self._of_address: dict[str, Bucket] = {}

    def begin(self, address: str, now_s: float) -> bool:
        """Whether to begin one; then `end` is called when it is over."""
        if (
            self._under_way.total() >= HANDSHAKES_MAX
            or self._under_way[address] >= HANDSHAKES_PER_ADDRESS_MAX
        ):
            return False
        bucket = self._of_address.get(address)
        if bucket is None:
            while len(self._of_address) >= ADDRESSES_REMEMBERED_MAX:
                del self._of_address[next(iter(self._of_address))]
            bucket = self._of_address[address] = Bucket(HANDSHAKES_PER_ADDRESS_PER_S_MAX)
        if not (bucket.has(1, now_s) and self._all.has(1, now_s)):
            return False
        bucket.take(1, now_s)
        self._all.take(1, now_s)
        self._under_way[address] += 1
        return True

    def end(self, address: str) -> None:
        """One that was begun is over."""
        self._under_way[address] -= 1
        if not self._under_way[address]:
            del self._under_way[address]


class Bucket:
    """Tokens that come back at a rate, up to a burst; may be overdrawn."""

    def __init__(self, per_s: int) -> None:
        self._per_s = per_s
        self._burst = per_s * BURST_S
        self._tokens = self._burst
        self._at_s = 0.0

    def has(self, amount: int, now_s: float) -> bool:
        """Whether so many tokens are there."""
        self._refill(now_s)
        return self._tokens >= amount

    def take(self, amount: int, now_s: float) -> float:
        """Take the tokens; seconds until the bucket is out of debt."""
        self._refill(now_s)
        self._tokens -= amount
        return max(0.0, -self._tokens / self._per_s)

    def _refill(self, now_s: float) -> None:
        if now_s > self._at_s:
            self._tokens = min(self._burst, self._tokens + (now_s - self._at_s) * self._per_s)
            self._at_s = now_s
