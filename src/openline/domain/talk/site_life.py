"""Life of a site: through which states an entry of the list goes.

Rules:

1. An entry is PROPOSED until its time of listing comes, VERIFIED if by then
   somebody has looked; then it is LISTED, verified or not.
2. It is to be validated anew by `valid_until`. A while before, that is due; after
   it the entry has LAPSED: shown as not re-validated, still listed, still checked.
3. A change validates it anew for as long as it says. A change that says no more
   than before leaves it due at once.
4. REMOVED is final: an id never comes back for another place.

Theory: the table gives the next state of every pair, for an entry may be changed
in any state. The state at an instant is a fold over the versions' own times, as
signed; so it is the same on every node, whenever the versions came in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from openline.domain.instant import DAY_MS

DUE_BEFORE_MS: Final = 14 * DAY_MS
"""Re-validation of a site is due so long before it lapses: time for a visit."""


class SiteState(StrEnum):
    """Where an entry of the list of sites stands."""

    PROPOSED = "PROPOSED"
    VERIFIED = "VERIFIED"
    LISTED = "LISTED"
    REVALIDATION_DUE = "REVALIDATION_DUE"
    LAPSED = "LAPSED"
    REMOVED = "REMOVED"


class SiteEvent(StrEnum):
    """What happens to an entry of the list of sites."""

    CHANGED = "CHANGED"
    VERIFIED = "VERIFIED"
    LISTED = "LISTED"
    REVALIDATION_DUE = "REVALIDATION_DUE"
    LAPSED = "LAPSED"
    REMOVED = "REMOVED"


_S, _E = SiteState, SiteEvent

_ENDS = {_E.LAPSED: _S.LAPSED, _E.REMOVED: _S.REMOVED}

SITE_LIFE: Final[Mapping[SiteState, Mapping[SiteEvent, SiteState]]] = {
    _S.PROPOSED: {
        _E.CHANGED: _S.PROPOSED,
        _E.VERIFIED: _S.VERIFIED,
        _E.LISTED: _S.LISTED,
        _E.REVALIDATION_DUE: _S.REVALIDATION_DUE,
        **_ENDS,
    },
    _S.VERIFIED: {
        _E.CHANGED: _S.PROPOSED,
        _E.VERIFIED: _S.VERIFIED,
        _E.LISTED: _S.LISTED,
        _E.REVALIDATION_DUE: _S.REVALIDATION_DUE,
        **_ENDS,
    },
    _S.LISTED: {
        _E.CHANGED: _S.LISTED,
        _E.VERIFIED: _S.LISTED,
        _E.LISTED: _S.LISTED,
        _E.REVALIDATION_DUE: _S.REVALIDATION_DUE,
        **_ENDS,
    },
    _S.REVALIDATION_DUE: {
        _E.CHANGED: _S.LISTED,
        _E.VERIFIED: _S.REVALIDATION_DUE,
        _E.LISTED: _S.REVALIDATION_DUE,
        _E.REVALIDATION_DUE: _S.REVALIDATION_DUE,
        **_ENDS,
    },
    _S.LAPSED: {
        _E.CHANGED: _S.LISTED,
        _E.VERIFIED: _S.LAPSED,
        _E.LISTED: _S.LAPSED,
        _E.REVALIDATION_DUE: _S.LAPSED,
        **_ENDS,
    },
    _S.REMOVED: dict.fromkeys(SiteEvent, _S.REMOVED),
}
"""The state machine of one entry; it begins with PROPOSED."""


@dataclass(frozen=True, slots=True)
class SiteTimes:
    """What the life of an entry needs of one of its versions.

    Attributes:
        at: When its author said it, as signed.
        listed_at: From when it is listed.
        valid_until: By when it is to be validated anew.
        is_verified: Whether somebody has looked.
        is_removal: Whether it takes the entry off the list.
    """

    at: int
    listed_at: int = 0
    valid_until: int = 0
    is_verified: bool = False
    is_removal: bool = False


def site_state(versions: Sequence[SiteTimes], now: int) -> SiteState:
    """The state of an entry at an instant.

    Args:
        versions: At least one, in the order of their numbers.
        now: The instant.
    """
    state = SiteState.PROPOSED
    for at, event in _events(versions):
        if at <= now:
            state = SITE_LIFE[state][event]
    return state


def next_site_change(versions: Sequence[SiteTimes], now: int) -> int | None:
    """When time alone changes the state after an instant; None if it never does."""
    return min((at for at, _ in _events(versions) if at > now), default=None)


def _events(versions: Sequence[SiteTimes]) -> Iterator[tuple[int, SiteEvent]]:
    """What happens to an entry, in order; a version ends the one before it."""
    said_at = [versions[0].at]
    for version in versions[1:]:
        # A clock set back does not put a version before the one that it changes.
        said_at.append(max(said_at[-1], version.at))
    for number, (at, version) in enumerate(zip(said_at, versions, strict=True)):
        if version.is_removal:
            yield at, SiteEvent.REMOVED
            return
        if number:
            yield at, SiteEvent.CHANGED
        if version.is_verified:
            yield at, SiteEvent.VERIFIED
        last = number + 1 == len(versions)
        due = [
            (max(at, version.listed_at), 0, SiteEvent.LISTED),
            (max(at, version.valid_until - DUE_BEFORE_MS), 1, SiteEvent.REVALIDATION_DUE),
            (max(at, version.valid_until), 2, SiteEvent.LAPSED),
        ]
        for then, _, event in sorted(due):
            if last or then < said_at[number + 1]:
                yield then, event
