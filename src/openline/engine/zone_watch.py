"""Zones that are entered after contact only: who came without a word, as a draft.

When a notice or a movement of another party is in force inside a `prior_contact`
zone of ours, and that party has made no contact about the zone since a day before
(`domain.talk.zone_contact`), an alleged violation is drafted. A draft is said to
nobody: an officer reads it, and says it, changes it or lets it be. It binds the
article, the notice and the evidence together by their serials. What was called off
before it began is no entry. Zones that are kept private draft nothing, for nobody
was told of them.

Times count at the receiver: a contact counts from when it was on disk here.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias

from openline.domain.limits import DRAFTS_KEPT
from openline.domain.space.track_alert import AirAlert
from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.zone import ZoneRule
from openline.domain.talk.zone_contact import CONTACT_BEFORE_MS, zones_contacted
from openline.engine.conflict_view import ZONE_PREFIX, Conflict, Side
from openline.engine.message_view import MessageRecord, MessageView
from openline.engine.zone_view import ZoneRecord, ZoneView

Pair: TypeAlias = tuple[Side, Side]
FindRecord: TypeAlias = Callable[[Side], MessageRecord | None]
"""Finds the newest message about a notice or movement by its side."""

_CONTACTS_KEPT: Final = 16
"""Contacts of one party about one zone; the newest are what counts."""


class ZoneWatch:
    """Contacts about our zones, entries into them, and the drafts that follow.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(self, messages: MessageView, zones: ZoneView) -> None:
        self._messages = messages
        self._zones = zones
        # When each party made contact about each zone of ours, as this node had it.
        self._contacts: dict[tuple[str, str], deque[int]] = {}
        # When a conflict with such a zone begins: (at, sides), and the entry that counts.
        self._agenda: list[tuple[int, Pair]] = []
        self._due: dict[Pair, int] = {}
        self._drafts: deque[dict[str, Any]] = deque(maxlen=DRAFTS_KEPT)
        # Versions of what was drafted about already, by sides.
        self._drafted: dict[Pair, tuple[int, int]] = {}

    def hear(self, record: MessageRecord, message: Message | Unreadable) -> None:
        """Take in what a counterpart says: it may be contact about a zone of ours."""
        own = self._messages.own
        if record.party == own:
            return
        zones = self._zones.contact_zones(own, record.received_at)
        for zone_id in zones_contacted(message, zones) if zones else ():
            kept = self._contacts.setdefault((record.party, zone_id), deque(maxlen=_CONTACTS_KEPT))
            kept.append(record.received_at)

    def follow(self, conflict: Conflict) -> None:
        """Note when what comes too near to a zone of ours begins, or that it ended."""
        zone = conflict.zone
        is_watched = (
            zone is not None
            and zone[0] == self._messages.own
            and conflict.encounter.rule == ZoneRule.PRIOR_CONTACT.name
            and conflict.is_alarming
            and conflict.ended_at is None
        )
        if not is_watched:
            self._due.pop(conflict.sides, None)
            if conflict.ended_at is not None:
                self._drafted.pop(conflict.sides, None)
            return
        due = conflict.encounter.finding.overlap_from
        if self._due.get(conflict.sides) != due:
            self._due[conflict.sides] = due
            heapq.heappush(self._agenda, (due, conflict.sides))

    def advance(
        self, until: int, find: Callable[[Pair], Conflict | None], record_of: FindRecord
    ) -> Iterator[dict[str, Any]]:
        """The drafts of entries without contact that begin until then, in order."""
        while self._agenda and self._agenda[0][0] <= until:
            due, sides = heapq.heappop(self._agenda)
            conflict = find(sides)
            if self._due.get(sides) != due or conflict is None:
                continue
            del self._due[sides]
            draft = self._draft(conflict, max(due, conflict.opened_at), record_of)
            if draft is not None:
                self._drafts.append(draft)
                yield draft

    def draft_track(self, alert: AirAlert, parties: Sequence[str]) -> str:
        """Draft that a track is in a zone of ours without contact; its id.

        The same event is drafted once. Whose the track is, its feed claims; with more
        than one counterpart the officer says which.
        """
        if any(draft["id"] == alert.id for draft in self._drafts):
            return alert.id
        own, facts = self._messages.own, alert.noticed.facts
        others = [party for party in parties if party != own]
        zone_id = facts["name"]
        entry = self._zones.of(own, zone_id)
        declared = None if entry is None else entry.declared
        said = [] if declared is None else [declared.record]
        number = 0 if declared is None else declared.version
        self._drafts.append(
            {
                "id": alert.id,
                "party": others[0] if len(others) == 1 else "",
                "article": f"zone {zone_id}, version {number}: {ZoneRule.PRIOR_CONTACT.name}",
                "zone_id": zone_id,
                "zone_version": number,
                "agreed": entry is not None and _is_agreed(self._zones, entry, number),
                "notice_id": "",
                "conflict": "",
                "exercise": False,
                "entered_at": alert.opened_at,
                "no_contact_since": alert.opened_at - CONTACT_BEFORE_MS,
                "place": facts["place"],
                "evidence": self._named(said),
                "words": f"Track {alert.noticed.track} is in zone {zone_id}.",
                "track": alert.noticed.track,
            }
        )
        return alert.id

    def drafts(self) -> list[dict[str, Any]]:
        """The drafts, the oldest first; at most `DRAFTS_KEPT`."""
        return list(self._drafts)

    def has_contact(self, party: str, zone_id: str, start: int, until: int) -> bool:
        """Whether a party made contact about a zone of ours in a window, half-open."""
        return any(start <= at < until for at in self._contacts.get((party, zone_id), ()))

    def _draft(self, conflict: Conflict, at: int, record_of: FindRecord) -> dict[str, Any] | None:
        """The draft about one entry; None if there was contact, or it was drafted before."""
        zone_side = conflict.zone
        assert zone_side is not None, "only conflicts with zones are followed"
        other = next(side for side in conflict.sides if side != zone_side)
        zone_id, _, number = zone_side[1].removeprefix(ZONE_PREFIX).rpartition("/")
        entry = self._zones.of(zone_side[0], zone_id)
        since = conflict.encounter.finding.overlap_from - CONTACT_BEFORE_MS
        if entry is None or self.has_contact(other[0], zone_id, since, at):
            return None
        if self._drafted.get(conflict.sides) == conflict.versions:
            return None
        self._drafted[conflict.sides] = conflict.versions
        declared = [one.record for one in entry.versions if str(one.version) == number]
        evidence = [*declared, *([] if (said := record_of(other)) is None else [said])]
        finding = conflict.encounter.finding
        return {
            "id": f"{conflict.id}~{at}",
            "party": other[0],
            "article": f"zone {zone_id}, version {number}: {ZoneRule.PRIOR_CONTACT.name}",
            "zone_id": zone_id,
            "zone_version": int(number),
            "agreed": _is_agreed(self._zones, entry, int(number)),
            "notice_id": other[1],
            "conflict": conflict.id,
            "exercise": conflict.is_exercise,
            "entered_at": at,
            "no_contact_since": since,
            "place": {"lat_e7": finding.closest[0], "lon_e7": finding.closest[1]},
            "evidence": self._named(evidence),
            "words": finding.words(),
            "track": "",
        }

    def _named(self, records: Iterable[MessageRecord]) -> list[dict[str, Any]]:
        """Messages as evidence names them."""
        return [
            {
                "party": record.party,
                "index": record.index,
                "serial": self._messages.serial(record.party, record.index),
            }
            for record in records
        ]


def _is_agreed(zones: ZoneView, entry: ZoneRecord, number: int) -> bool:
    """Whether every party addressed had agreed to the version that was entered."""
    for version in entry.versions:
        if version.version == number:
            agreed = zones.agreed_by(entry, version)
            others = [name for name in version.record.recipients if name != entry.party]
            return bool(others) and all(name in agreed for name in others)
    return False
