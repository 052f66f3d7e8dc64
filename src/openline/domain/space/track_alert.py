"""Alerts about tracks: what was noticed becomes one alert for one event.

Each second says anew what is so. An alert opens once something was noticed often enough
for its phase, keeps its phase and its loudness while it lasts, and ends only when it was
not noticed for some time; what comes back soon after is the same event. So one event is
one alert, however a track flutters at an edge.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Final, TypeAlias

from openline.domain.instant import MINUTE_MS, SECOND_MS
from openline.domain.limits import AIR_ALERTS_ENDED_KEPT, AIR_ALERTS_MAX
from openline.domain.party import Precedence
from openline.domain.space.volume import Volume


class AlertKind(StrEnum):
    """What is noticed about a track."""

    CLOSE_APPROACH = "CLOSE_APPROACH"
    """Two tracks come nearer than their minima."""
    ENTRY = "ENTRY"
    """A track is in a notice, a zone or a site that is not its own, or will be soon."""
    NO_CONTACT = "NO_CONTACT"
    """A track is in a zone of ours that is entered after contact only, and none was made."""
    UNNOTIFIED = "UNNOTIFIED"
    """A track of a party is in the agreed area and fits no notice of that party."""
    OFF_ROUTE = "OFF_ROUTE"
    """What moves by a notified route is away from it."""
    LATE = "LATE"
    """It is on its route at another time than notified."""
    OVERRUN = "OVERRUN"
    """The activity of a notice goes on after its end."""


class Phase(IntEnum):
    """Whether it will be so or is so."""

    AHEAD = 1
    NOW = 2


AlertKey: TypeAlias = tuple[str, str, str, str]
"""Kind, line, track and what it is about: one alert at a time for each."""

OPENS_AFTER: Final = {Phase.AHEAD: 2, Phase.NOW: 1}
"""Looks in a row after which an alert opens: a course that wavers once alarms nobody."""

CLEARS_MS: Final = 20 * SECOND_MS
"""An alert ends when it was not noticed for so long: beyond one turn of a slow antenna."""

RETURNS_MS: Final = 5 * MINUTE_MS
"""What comes back within so long after its end is the same event."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """What one look found about one track.

    Attributes:
        kind: What.
        line: The line that it belongs to.
        track: Id of the track.
        about: The other track, or the side whose notice, zone or site it is.
        phase: Whether it is so, or will be.
        precedence: How loud.
        facts: JSON-ready, beside those.
        volume: Which volume it is about, if it is about one.
    """

    kind: AlertKind
    line: str
    track: str
    about: str
    phase: Phase
    precedence: Precedence
    facts: dict[str, Any] = field(default_factory=dict, compare=False)
    volume: Volume | None = field(default=None, compare=False)

    @property
    def key(self) -> AlertKey:
        """Of all that is noticed of one event, the same."""
        return self.kind.value, self.line, self.track, self.about


@dataclass(slots=True)
class AirAlert:
    """One event about a track.

    Attributes:
        id: Unlike any other: it ends with when it began.
        noticed: As it was when it opened or became worse.
        opened_at: When it opened.
        seen_at: When it was noticed last.
        over_at: When it ended; None while it lasts.
    """

    id: str
    noticed: Noticed
    opened_at: int
    seen_at: int
    over_at: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The alert as faces show it; instants in milliseconds."""
        noticed = self.noticed
        return {
            "id": self.id,
            "kind": noticed.kind.value,
            "line": noticed.line,
            "track": noticed.track,
            "about": noticed.about,
            "phase": noticed.phase.name,
            "precedence": noticed.precedence.name,
            "opened_at": self.opened_at,
            "seen_at": self.seen_at,
            "over_at": self.over_at,
            "facts": noticed.facts,
        }


class AlertBook:
    """The alerts that stand, and the last that ended.

    Attributes:
        unlisted: How many events found no room among `AIR_ALERTS_MAX`.
    """

    def __init__(self) -> None:
        self.unlisted = 0
        self._standing: dict[AlertKey, AirAlert] = {}
        self._ended: OrderedDict[AlertKey, AirAlert] = OrderedDict()
        # What was noticed and has not opened: how often in a row, and when last.
        self._coming: dict[AlertKey, int] = {}

    def take(self, noticed: Iterable[Noticed], now: int) -> list[AirAlert]:
        """Take in all that one look found; the alerts that opened, got worse or ended.

        Args:
            noticed: Everything that was found, in the order of its weight: what comes
                first has room first.
            now: The instant of the look.
        """
        changed: list[AirAlert] = []
        coming: dict[AlertKey, int] = {}
        for one in noticed:
            alert = self._standing.get(one.key)
            if alert is not None:
                alert.seen_at = now
                if one.phase > alert.noticed.phase or one.precedence > alert.noticed.precedence:
                    alert.noticed = one
                    changed.append(alert)
                continue
            looks = coming[one.key] = self._coming.get(one.key, 0) + 1
            if looks >= OPENS_AFTER[one.phase] and (opened := self._open(one, now)) is not None:
                changed.append(opened)
        self._coming = coming
        return changed + self._end(now)

    def standing(self) -> list[AirAlert]:
        """The alerts that last, the loudest and then the oldest first."""
        every = self._standing.values()
        return sorted(every, key=lambda one: (-one.noticed.precedence, one.opened_at))

    def ended(self) -> list[AirAlert]:
        """The last alerts that ended, the newest end last."""
        return list(self._ended.values())

    def _open(self, noticed: Noticed, now: int) -> AirAlert | None:
        """A new alert, or one that has come back; None if there is no room."""
        if len(self._standing) >= AIR_ALERTS_MAX:
            self.unlisted += 1
            return None
        before = self._ended.pop(noticed.key, None)
        if before is not None and now - (before.over_at or 0) <= RETURNS_MS:
            is_worse = noticed.phase > before.noticed.phase
            before.over_at, before.seen_at = None, now
            before.noticed = noticed if is_worse else before.noticed
            self._standing[noticed.key] = before
            return before
        alert = AirAlert(f"{'/'.join(noticed.key)}/{now}", noticed, now, now)
        self._standing[noticed.key] = alert
        return alert

    def _end(self, now: int) -> list[AirAlert]:
        """The alerts that nothing was noticed of for long enough."""
        over = [key for key, one in self._standing.items() if now - one.seen_at >= CLEARS_MS]
        found = []
        for key in over:
            alert = self._standing.pop(key)
            alert.over_at = now
            self._ended[key] = alert
            if len(self._ended) > AIR_ALERTS_ENDED_KEPT:
                self._ended.popitem(last=False)
            found.append(alert)
        return found
