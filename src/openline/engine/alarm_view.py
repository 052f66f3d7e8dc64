"""Alarms: what a person on watch must see now, until that person says so.

An alarm stands until an officer acknowledges it, even when what caused it is
over: then it says so. Identities follow from what is alarmed, so that a replay
of the journal gives the same alarms. A counterpart cannot bury one alarm under
many: beyond `ALARMS_STANDING_MAX` of one name and party the further ones are
counted in one alarm of the same precedence (`SECURITY.md`: it may flood up to the
bounds). Nothing here is suppressed; the messages themselves are all listed by
`engine.views`.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final

from openline.domain.errors import OurError
from openline.domain.instant import MINUTE_MS
from openline.domain.limits import ALARMS_KEPT, ALARMS_STANDING_MAX
from openline.domain.party import Precedence

OWN_HISTORY_DIFFERS: Final = "OWN_HISTORY_DIFFERS"
"""A counterpart proves that we signed another history than we hold."""
EPOCH: Final = "EPOCH"
"""A counterpart goes on in a new outbox: it says why; what it disowns is flagged."""
FLASH: Final = "FLASH"
"""A FLASH came in: take it."""

CONFLICT: Final = "CONFLICT"
"""Two live notices come nearer than agreed."""

CONFLICTS_UNLISTED: Final = "CONFLICTS_UNLISTED"
"""There are more conflicts than are listed."""

PRIVATE_CONFLICT: Final = "PRIVATE_CONFLICT"
"""A notice comes nearer than agreed to what is kept private; its author does not know."""

PRIVATE_CONFLICTS_UNLISTED: Final = "PRIVATE_CONFLICTS_UNLISTED"
"""There are more conflicts with what is kept private than are listed."""

IN_FORCE_UNREAD: Final = "IN_FORCE_UNREAD"
ANSWER_ANEW: Final = "ANSWER_ANEW"
"""The window of a notice is open and somebody addressed has not read it."""

DECLARED: Final = "DECLARED"
"""A counterpart declared a change of a scope."""

STATE_CHANGED: Final = "STATE_CHANGED"
"""A declared change took effect."""

MATTER: Final = "MATTER"
"""A counterpart has put something to us: read it and answer."""

CLOCK: Final = "CLOCK"
"""What was due on a matter has not come in time."""

MATTERS_UNLISTED: Final = "MATTERS_UNLISTED"
"""A party has more open matters than are kept: no clock runs on further ones."""
ZONE_ENTERED: Final = "ZONE_ENTERED"
"""A party is in a zone of ours that is entered after contact only, and made none."""

REVALIDATION_DUE: Final = "REVALIDATION_DUE"
"""Sites or zones of ours are to be validated anew."""

QUERY_ACK: Final = "QUERY_ACK"
"""A counterpart asks whether a message arrived that no officer of ours has read."""

NOT_PASSED_ON: Final = "NOT_PASSED_ON"
"""A message that must be passed on was not, as far as anybody said."""

CALL_UNVERIFIED: Final = "CALL_UNVERIFIED"
"""It is not known who spoke in a call: call back on the known number; tier 2 must know."""

RINGING: Final = "RINGING"
"""A counterpart rings one of our posts: take the call, decline it, or say that you are busy."""

CALL_FINGERPRINT: Final = "CALL_FINGERPRINT"
"""An end of a call showed another certificate than the recorded one: somebody may sit between."""

READOUT_DIFFERS: Final = "READOUT_DIFFERS"
"""A counterpart has published as agreed what was not agreed."""

LOST: Final = "LOST"
"""On no circuit do a counterpart and we hear each other: comm-out."""

UNMANNED: Final = "UNMANNED"
"""A counterpart says that nobody is on watch at a post of its own."""

SOURCE_SILENT: Final = "SOURCE_SILENT"
"""A source of public statements that is followed gives no text any more."""

AIR_PREFIX: Final = "TRACK_"
"""Stands before the kind of an alert about a track (`AlertKind`). What the facts name as
`party` is whose place it is."""

REPEAT_MS: Final = 15 * MINUTE_MS
"""After this an acknowledged alarm whose cause lasts is raised again."""


@dataclass(slots=True)
class Alarm:
    """One alarm.

    Attributes:
        id: What is alarmed, in one word without spaces.
        name: Which sort of alarm it is.
        precedence: How loud.
        at: When it was raised.
        facts: JSON-ready; `party` names whose doing it is, if anybody's.
        over_at: When its cause ended; None while it lasts.
        acknowledged_at: When a person took note of it.
        acknowledged_by: Post and officer.
    """

    id: str
    name: str
    precedence: Precedence
    at: int
    facts: dict[str, Any] = field(default_factory=dict)
    over_at: int | None = None
    acknowledged_at: int | None = None
    acknowledged_by: tuple[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        """The alarm as faces show it."""
        post, officer = self.acknowledged_by or ("", "")
        acknowledged = {"at": self.acknowledged_at, "post": post, "officer": officer}
        return {
            "id": self.id,
            "name": self.name,
            "precedence": self.precedence.name,
            "at": self.at,
            "facts": dict(self.facts),
            "over_at": self.over_at,
            "acknowledged": acknowledged if self.acknowledged_by else None,
        }


class AlarmView:
    """The alarms of one line.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(self) -> None:
        self._standing: dict[str, Alarm] = {}
        self._acknowledged: OrderedDict[str, Alarm] = OrderedDict()
        self._counts: dict[tuple[str, str], int] = {}
        self._numbers: dict[str, int] = {}

    def raise_alarm(
        self, name: str, precedence: Precedence, facts: dict[str, Any], at: int, key: str = ""
    ) -> Alarm | None:
        """Raise an alarm, unless the same was raised before.

        Args:
            name: Which sort it is.
            precedence: How loud.
            facts: JSON-ready; with `party`, it counts against that party.
            at: The present instant.
            key: What is alarmed; an alarm of one name and key is raised once.
                Empty for what lasts or comes again: then it is raised anew for
                a party only `REPEAT_MS` after the last one was acknowledged.

        Returns:
            The alarm raised, or the one that counts it among others; None if
            it was raised before.
        """
        party = str(facts.get("party", ""))
        key = key or self._repeated_key(name, party, at)
        alarm_id = f"{name}/{key}"
        if not key or alarm_id in self._standing or alarm_id in self._acknowledged:
            return None
        standing = self._counts.get((name, party), 0)
        if standing >= ALARMS_STANDING_MAX:
            return self._count_further(name, precedence, party, at)
        self._counts[name, party] = standing + 1
        alarm = Alarm(alarm_id, name, precedence, at, dict(facts))
        self._standing[alarm_id] = alarm
        return alarm

    def knows(self, alarm_id: str) -> bool:
        """Whether there is an alarm of this id: not counted among others, nor forgotten."""
        return alarm_id in self._standing or alarm_id in self._acknowledged

    def change(
        self, alarm_id: str, precedence: Precedence, facts: dict[str, Any], at: int
    ) -> Alarm | None:
        """Say what an alarm is about now; None if nothing changed.

        A higher precedence makes it stand again, also if it was acknowledged: who
        took note of it did so of something less urgent. A lower one changes nothing.

        Args:
            alarm_id: An alarm that is known.
            precedence: How loud it should be.
            facts: As when it was raised.
            at: The present instant.
        """
        alarm = self._standing.get(alarm_id) or self._acknowledged.get(alarm_id)
        if alarm is None or (precedence <= alarm.precedence and facts == alarm.facts):
            return None
        alarm.facts = dict(facts)
        if precedence > alarm.precedence:
            alarm.precedence, alarm.at = precedence, at
            if self._acknowledged.pop(alarm_id, None) is not None:
                alarm.acknowledged_at = alarm.acknowledged_by = None
                self._standing[alarm_id] = alarm
                place = (alarm.name, str(facts.get("party", "")))
                self._counts[place] = self._counts.get(place, 0) + 1
        return alarm

    def end(self, alarm_id: str, at: int) -> Alarm | None:
        """Say that the cause of an alarm is over; None if it did not stand or had ended."""
        alarm = self._standing.get(alarm_id)
        if alarm is None or alarm.over_at is not None:
            return None
        alarm.over_at = at
        return alarm

    def end_all(self, name: str, at: int, prefix: str = "") -> list[Alarm]:
        """Say that the cause of every standing alarm of a name is over.

        Args:
            name: The name.
            at: The present instant.
            prefix: With what the ids begin of those that are meant; empty for all.
        """
        ended = [
            self.end(key, at)
            for key, one in self._standing.items()
            if one.name == name and key.startswith(prefix)
        ]
        return [alarm for alarm in ended if alarm is not None]

    def acknowledge(self, alarm_id: str, by: tuple[str, str], at: int) -> Alarm:
        """Take note of an alarm for the party; a second time changes nothing.

        Args:
            alarm_id: The alarm.
            by: Post and officer.
            at: The present instant.

        Raises:
            OurError: There is no such alarm.
        """
        if alarm_id in self._acknowledged:
            return self._acknowledged[alarm_id]
        alarm = self._standing.pop(alarm_id, None)
        if alarm is None:
            raise OurError(
                f"There is no alarm {alarm_id!r} on this line.",
                "Take its id from the list of alarms.",
            )
        alarm.acknowledged_at, alarm.acknowledged_by = at, by
        self._acknowledged[alarm_id] = alarm
        if len(self._acknowledged) > ALARMS_KEPT:
            self._acknowledged.popitem(last=False)
        place = (alarm.name, str(alarm.facts.get("party", "")))
        self._counts[place] = max(0, self._counts.get(place, 0) - 1)
        return alarm

    def to_json(self, *, standing_only: bool = True) -> list[dict[str, Any]]:
        """The standing alarms, loudest and then oldest first; then the others."""
        standing = sorted(self._standing.values(), key=lambda alarm: (-alarm.precedence, alarm.at))
        others = [] if standing_only else list(self._acknowledged.values())
        return [alarm.to_json() for alarm in (*standing, *others)]

    def _count_further(self, name: str, precedence: Precedence, party: str, at: int) -> Alarm:
        """Count one more in the alarm that stands for all further ones."""
        prefix = f"{name}/{party}/further"
        alarm_id = f"{prefix}/{self._numbers.get(prefix, 1)}"
        if alarm_id in self._acknowledged:
            self._numbers[prefix] = self._numbers.get(prefix, 1) + 1
            alarm_id = f"{prefix}/{self._numbers[prefix]}"
        alarm = self._standing.get(alarm_id)
        if alarm is None:
            facts = {"party": party, "further": 0}
            alarm = self._standing[alarm_id] = Alarm(alarm_id, name, precedence, at, facts)
            self._counts[name, party] += 1
        alarm.facts["further"] += 1
        if precedence > alarm.precedence:
            alarm.precedence, alarm.at = precedence, at
        return alarm

    def _repeated_key(self, name: str, party: str, at: int) -> str:
        """The key of an alarm without one; empty while the last one is still enough."""
        prefix = party or "line"
        number = self._numbers.get(f"{name}/{prefix}", 0)
        last_id = f"{name}/{prefix}/{number}"
        if last_id in self._standing:
            return ""
        last = self._acknowledged.get(last_id)
        if last is not None and at - (last.acknowledged_at or 0) < REPEAT_MS:
            return ""
        self._numbers[f"{name}/{prefix}"] = number + 1
        return f"{prefix}/{number + 1}"
