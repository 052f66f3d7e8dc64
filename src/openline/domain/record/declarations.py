"""What a party had declared at an instant, from all that it had said.

The state at an instant follows from every declaration that was said before it; a
later one counts for nothing, even if it withdraws what stood. Which entries were
said before is known from ticks: those under a tick that is before the instant
were, those over a tick that is after it were not. What lies between may or may
not have been; then the state is certain only if it is the same either way. So it
is near an instant at which a change takes effect, by the tolerance of clocks.

Times are those that the author gives; an author may not let them decrease.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from openline.domain.line.declared import Change, Declared, Standing
from openline.domain.talk.declaration import Declaration


@dataclass(frozen=True, slots=True)
class SaidOfScopes:
    """One entry that changes what a party declares.

    Attributes:
        index: Its place in the outbox.
        at: When the author says it was written.
        declaration: What it declares; None for the adoption of the Understanding.
        scopes: The scopes of the terms in force there.
    """

    index: int
    at: int
    declaration: Declaration | None
    scopes: tuple[str, ...]


def why_dates_are_doubtful(
    said: Sequence[SaidOfScopes], size_before: int, at: int, tolerance_ms: int
) -> str:
    """Why the author's own times cannot be; empty if they can.

    Args:
        said: In order of their places.
        size_before: What had been said before the instant for certain.
        at: The instant.
        tolerance_ms: How far clocks may be apart.
    """
    for one, other in pairwise(said):
        if other.at < one.at:
            return f"the author dates its message {other.index} before its message {one.index}"
    for one in said:
        if one.index < size_before and one.at > at + tolerance_ms:
            return f"message {one.index} was said before the instant and is dated after it"
    return ""


def states_allowed(
    said: Sequence[SaidOfScopes], size_before: int, at: int, tolerance_ms: int
) -> list[dict[str, Declared]]:
    """Every state of the scopes that the entries allow for an instant, each once.

    Args:
        said: All entries that change something, in order, that may have been said before.
        size_before: How many entries of the outbox had been said for certain.
        at: The instant.
        tolerance_ms: How far clocks may be apart.
    """
    certain = sum(one.index < size_before for one in said)
    found: list[dict[str, Declared]] = []
    for count in range(certain, len(said) + 1):
        for moment in (at - tolerance_ms, at, at + tolerance_ms):
            states = _fold(said[:count], moment, at - tolerance_ms)
            if states not in found:
                found.append(states)
    return found


def _fold(said: Sequence[SaidOfScopes], moment: int, latest: int) -> dict[str, Declared]:
    """The states at a moment if exactly this was said, none later than `latest`."""
    standings: dict[str, Standing] = {}
    for one in said:
        announced_at = min(one.at, latest)
        for scope in one.scopes:
            # A scope that an amendment adds is kept by whoever had adopted.
            standings.setdefault(scope, Standing().adopt(announced_at))
        if one.declaration is None:
            continue
        effective_at = max(one.declaration.effective_at, announced_at)
        status = Declared[one.declaration.status.name]
        change = Change(status, effective_at, announced_at, one.index)
        for scope in one.declaration.scopes:
            if scope in one.scopes:
                standings[scope] = standings[scope].declare(change)
    return {scope: standing.state(moment) for scope, standing in sorted(standings.items())}
