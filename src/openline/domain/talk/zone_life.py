"""Life of a zone: through which states it goes, and from when it counts.

Rules:

1. What a party declares for itself is DECLARED at once; what it offers is PROPOSED
   until every party addressed agrees to that very version: then it is AGREED.
2. A new version begins anew; an agreement to the one before does not carry over.
3. A zone is to be validated anew by `valid_until`; after that it has LAPSED. It
   stays shown as not re-validated, and it still counts.
4. CANCELLED and EXPIRED (its last window is over) are final.
5. From when a version counts is another question than its state: a declared one
   when the lead time is kept, counted from when it was said; an agreed one from the
   agreement on, if that is earlier; a proposal never. Until then the version
   before it goes on.

Theory: as of `site_life`: the table gives the next state of every pair, and the
state is a fold over instants that the authors signed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from openline.domain.instant import DAY_MS

DUE_BEFORE_MS: Final = 7 * DAY_MS
"""Re-validation of a zone is due so long before it lapses."""


class ZoneState(StrEnum):
    """Where a zone stands."""

    PROPOSED = "PROPOSED"
    DECLARED = "DECLARED"
    AGREED = "AGREED"
    REVALIDATION_DUE = "REVALIDATION_DUE"
    LAPSED = "LAPSED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class ZoneEvent(StrEnum):
    """What happens to a zone."""

    OFFERED = "OFFERED"
    DECLARED = "DECLARED"
    AGREED = "AGREED"
    REVALIDATION_DUE = "REVALIDATION_DUE"
    LAPSED = "LAPSED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


_S, _E = ZoneState, ZoneEvent

_ANEW = {_E.OFFERED: _S.PROPOSED, _E.DECLARED: _S.DECLARED}
_ENDS = {_E.CANCELLED: _S.CANCELLED, _E.EXPIRED: _S.EXPIRED}

ZONE_LIFE: Final[Mapping[ZoneState, Mapping[ZoneEvent, ZoneState]]] = {
    _S.PROPOSED: {
        **_ANEW,
        _E.AGREED: _S.AGREED,
        _E.REVALIDATION_DUE: _S.PROPOSED,
        _E.LAPSED: _S.LAPSED,
        **_ENDS,
    },
    _S.DECLARED: {
        **_ANEW,
        _E.AGREED: _S.AGREED,
        _E.REVALIDATION_DUE: _S.REVALIDATION_DUE,
        _E.LAPSED: _S.LAPSED,
        **_ENDS,
    },
    _S.AGREED: {
        **_ANEW,
        _E.AGREED: _S.AGREED,
        _E.REVALIDATION_DUE: _S.REVALIDATION_DUE,
        _E.LAPSED: _S.LAPSED,
        **_ENDS,
    },
    _S.REVALIDATION_DUE: {
        **_ANEW,
        _E.AGREED: _S.REVALIDATION_DUE,
        _E.REVALIDATION_DUE: _S.REVALIDATION_DUE,
        _E.LAPSED: _S.LAPSED,
        **_ENDS,
    },
    _S.LAPSED: {
        **_ANEW,
        _E.AGREED: _S.LAPSED,
        _E.REVALIDATION_DUE: _S.LAPSED,
        _E.LAPSED: _S.LAPSED,
        **_ENDS,
    },
    _S.CANCELLED: dict.fromkeys(ZoneEvent, _S.CANCELLED),
    _S.EXPIRED: dict.fromkeys(ZoneEvent, _S.EXPIRED),
}
"""The state machine of one zone; it begins with PROPOSED."""


@dataclass(frozen=True, slots=True)
class ZoneTimes:
    """What the life of a zone needs of one of its versions.

    Attributes:
        at: When its author said it, as signed.
        is_unilateral: Whether it holds without being agreed to.
        valid_until: By when it is to be validated anew.
        ends_at: When its last window closes.
        agreed_at: When the last party agreed to it, as signed; None if not all have.
        is_cancellation: Whether it ends the zone.
    """

    at: int
    is_unilateral: bool = True
    valid_until: int = 0
    ends_at: int = 0
    agreed_at: int | None = None
    is_cancellation: bool = False


def zone_state(versions: Sequence[ZoneTimes], now: int) -> ZoneState:
    """The state of a zone at an instant.

    Args:
        versions: At least one, in the order of their numbers.
        now: The instant.
    """
    state = ZoneState.PROPOSED
    for at, event in _events(versions):
        if at <= now:
            state = ZONE_LIFE[state][event]
    return state


def next_zone_change(versions: Sequence[ZoneTimes], now: int) -> int | None:
    """When time alone changes the state after an instant; None if it never does."""
    return min((at for at, _ in _events(versions) if at > now), default=None)


def counts_from(version: ZoneTimes, lead_ms: int) -> int | None:
    """From when a version counts; None while it is a proposal.

    Args:
        version: It.
        lead_ms: The lead time that the Understanding asks of a zone.
    """
    kept_at = version.at + lead_ms if version.is_unilateral else None
    given = [at for at in (kept_at, version.agreed_at) if at is not None]
    return min(given, default=None)


def said_at(versions: Sequence[ZoneTimes]) -> list[int]:
    """When each version was said; a clock set back does not turn their order round."""
    instants: list[int] = []
    for version in versions:
        instants.append(max([version.at, *instants[-1:]]))
    return instants


def _events(versions: Sequence[ZoneTimes]) -> Iterator[tuple[int, ZoneEvent]]:
    """What happens to a zone, in order; a version ends the one before it."""
    instants = said_at(versions)
    for number, (at, version) in enumerate(zip(instants, versions, strict=True)):
        if version.is_cancellation:
            yield at, ZoneEvent.CANCELLED
            return
        yield at, ZoneEvent.DECLARED if version.is_unilateral else ZoneEvent.OFFERED
        due = [
            (max(at, version.valid_until - DUE_BEFORE_MS), 1, ZoneEvent.REVALIDATION_DUE),
            (max(at, version.valid_until), 2, ZoneEvent.LAPSED),
            (max(at, version.ends_at), 3, ZoneEvent.EXPIRED),
        ]
        if version.agreed_at is not None:
            due.append((max(at, version.agreed_at), 0, ZoneEvent.AGREED))
        last = number + 1 == len(versions)
        for then, _, event in sorted(due):
            if last or then < instants[number + 1]:
                yield then, event
