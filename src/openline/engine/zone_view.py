"""Zones: each with its versions, who agreed, from when it counts, and its state.

What a zone is and how it lives is in `domain.talk.zone` and `.zone_life`; here is
which zones there are and what of them counts. Rules:

1. A version counts if it is higher than those before it and the zone had neither
   been cancelled nor ended when it was said. Else it is flagged NO_EFFECT.
2. An agreement counts if it names the zone's id, version and content hash as they
   were declared. One that names another content is flagged NO_EFFECT; one about a
   declaration that has not come is kept until it does.
3. What counts are *spans*: from when a version counts (`zone_life.counts_from`)
   until the next one does. Versions between which only words differ are one span,
   so that re-validating a zone opens no conflict anew. Each span is a side of
   conflicts of its own, `zone/ID/VERSION`, with its windows cut to the span.
4. A zone that has lapsed still counts. Beyond `ZONES_LIVE_MAX` or the vertices of
   `SITE_VERTICES_MAX` a zone is listed and flagged OVER_CAP, not checked; of one
   zone at most `ZONE_VERSIONS_WAITING_MAX` spans are checked at once.
"""

import heapq
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from openline.domain.limits import (
    AGREEMENTS_KEPT,
    SITE_VERTICES_MAX,
    VERSIONS_KEPT,
    ZONE_VERSIONS_WAITING_MAX,
    ZONES_LIVE_MAX,
)
from openline.domain.line.understanding import Understanding
from openline.domain.space.volume import Volume
from openline.domain.talk.volumes import ALWAYS_FROM
from openline.domain.talk.zone import ZONE_CATEGORY, ZONE_KIND, Zone, ZoneOperation, ZoneRule
from openline.domain.talk.zone_life import (
    ZoneState,
    ZoneTimes,
    counts_from,
    next_zone_change,
    said_at,
    zone_state,
)
from openline.engine.conflict_view import ZONE_PREFIX, Occupied, Side
from openline.engine.message_view import Flag, MessageRecord, MessageView, flag_names
from openline.engine.notice_view import sound_volumes

Sides: TypeAlias = list[tuple[Side, Occupied | None]]
"""What sides of conflicts occupy from now on; None for nothing."""


class ZoneVersion:
    """One version of a zone.

    Attributes:
        record: The message that says it.
        version: Its number.
        is_cancellation: Whether it ends the zone.
        body: What it declares, while it may count.
        hash: The content hash of what it declares.
        lead_ms: The lead time that was asked of a zone when it came.
        times: What its life needs of it, but for who agreed.
    """

    __slots__ = ("body", "hash", "is_cancellation", "lead_ms", "record", "times", "version")

    def __init__(self, record: MessageRecord, zone: Zone, lead_ms: int) -> None:
        self.record = record
        self.version = zone.version
        self.is_cancellation = zone.operation is ZoneOperation.CANCEL
        self.body: Zone | None = None if self.is_cancellation else zone
        self.hash = b"" if self.is_cancellation else zone.content_hash
        self.lead_ms = lead_ms
        self.times = ZoneTimes(
            record.at,
            is_unilateral=zone.is_unilateral,
            valid_until=zone.valid_until or 0,
            ends_at=zone.ends_at,
            is_cancellation=self.is_cancellation,
        )

    @property
    def vertices(self) -> int:
        """How many vertices are kept of it."""
        return sum(len(volume.vertices) for volume in self.body.volumes) if self.body else 0


@dataclass(frozen=True, slots=True)
class Span:
    """What of a zone counts, without a change, from when until when.

    Attributes:
        version: Number of the first version that says so.
        zone: What it says.
        from_: First instant at which it counts.
        until: First instant at which it does no more; None while no end is known.
    """

    version: int
    zone: Zone
    from_: int
    until: int | None

    def volumes(self) -> tuple[Volume, ...]:
        """Its volumes with their windows cut to the span."""
        cut = (
            replace(
                volume,
                valid_from=max(volume.valid_from, self.from_),
                valid_until=min(volume.valid_until, self.until or volume.valid_until),
            )
            for volume in self.zone.volumes
        )
        return tuple(volume for volume in cut if volume.valid_from < volume.valid_until)


class ZoneRecord:
    """One zone of one party.

    Attributes:
        party: Whose it is.
        zone_id: The party's own name for it.
        position: Its number among the zones of all parties, from 1, as they came first.
        versions: The last ones in order of their numbers; each number once.
        sides: The sides of conflicts under which it is checked now.
        is_checked: Whether there was room to check it.
    """

    __slots__ = ("is_checked", "party", "position", "sides", "versions", "zone_id")

    def __init__(self, party: str, zone_id: str, position: int) -> None:
        self.party = party
        self.zone_id = zone_id
        self.position = position
        self.versions: list[ZoneVersion] = []
        self.sides: dict[Side, Occupied] = {}
        self.is_checked = False

    @property
    def name(self) -> str:
        """What it is called where zones and notices are called together."""
        return f"{ZONE_PREFIX}{self.zone_id}"

    @property
    def newest(self) -> ZoneVersion:
        """The version of the highest number."""
        return self.versions[-1]

    @property
    def declared(self) -> ZoneVersion | None:
        """The newest version that declares something; None if none is known."""
        every = [one for one in self.versions if not one.is_cancellation]
        return every[-1] if every else None

    def has_ended(self, at: int) -> bool:
        """Whether nothing could change it any more at an instant."""
        return self.newest.is_cancellation or self.newest.times.ends_at <= at


class ZoneView:
    """All zones of one line.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(self, messages: MessageView, understanding: Understanding) -> None:
        self._messages = messages
        self._lead_ms = understanding.lead_time_min(ZONE_CATEGORY)
        self._zones: dict[tuple[str, str], ZoneRecord] = {}
        self._of_party: dict[str, list[ZoneRecord]] = {}
        self._checked: dict[str, dict[str, int]] = {}
        # (declaring party, zone, agreeing party, version): hash and instant, the oldest first.
        self._agreements: OrderedDict[tuple[str, str, str, int], tuple[bytes, int]] = OrderedDict()
        # Instants at which time alone changes something: (at, order, key).
        self._agenda: list[tuple[int, int, tuple[str, str]]] = []
        self._due: dict[tuple[str, str], int] = {}
        self._order = 0

    def amend(self, understanding: Understanding) -> None:
        """Ask another lead time of what comes; what was taken in stays as it was judged."""
        self._lead_ms = understanding.lead_time_min(ZONE_CATEGORY)

    def take(self, record: MessageRecord, zone: Zone, now: int) -> tuple[ZoneRecord | None, Sides]:
        """Take in one message; the zone that it changed, and what is to be checked anew."""
        record.notice_id = f"{ZONE_PREFIX}{zone.zone_id}"
        agrees = zone.operation is ZoneOperation.AGREE
        entry = self._agree(record, zone) if agrees else self._declare(record, zone)
        return entry, [] if entry is None else self._settle(entry, now)

    def advance(self, now: int) -> Iterator[tuple[ZoneRecord, int, Sides]]:
        """The zones that time alone has changed until now, in order, with the instant."""
        while self._agenda and self._agenda[0][0] <= now:
            at, _, key = heapq.heappop(self._agenda)
            if self._due.get(key) == at:
                entry = self._zones[key]
                yield entry, at, self._settle(entry, at)

    def of(self, party: str, zone_id: str) -> ZoneRecord | None:
        """A zone by party and id."""
        return self._zones.get((party, zone_id))

    def find(self, name: str) -> ZoneRecord | None:
        """A zone by `ID`, our own first, or by `party/ID`."""
        party, parting, zone_id = name.rpartition("/")
        if parting:
            return self.of(party, zone_id)
        found = [one for one in self._zones.values() if one.zone_id == name]
        return min(found, key=lambda one: one.party != self._messages.own, default=None)

    def count(self, party: str) -> int:
        """How many zones a party ever had."""
        return len(self._of_party.get(party, ()))

    def live_count(self, party: str) -> int:
        """How many checked zones a party has."""
        return len(self._checked.get(party, ()))

    def listed(self, after: int, *, with_ended: bool, now: int) -> list[ZoneRecord]:
        """The zones after a position, as they came first."""
        every = list(self._zones.values())[after:]
        return [one for one in every if with_ended or not one.has_ended(now)]

    def contact_zones(self, party: str, now: int) -> dict[str, str]:
        """The names of a party's zones that are entered after contact only, by id."""
        found = {}
        for entry in self._of_party.get(party, ()):
            declared = entry.declared
            if declared is None or declared.body is None:
                continue
            is_of_rule = declared.body.rule is ZoneRule.PRIOR_CONTACT
            if is_of_rule and not entry.has_ended(now):
                found[entry.zone_id] = declared.body.name
        return found

    def state(self, entry: ZoneRecord, now: int) -> ZoneState:
        """Where a zone stands at an instant."""
        return zone_state(self._times(entry), now)

    def spans(self, entry: ZoneRecord) -> list[Span]:
        """What of a zone counts from when until when, in order; a proposal has none."""
        found: list[Span] = []
        instants = said_at(self._times(entry))
        for at, version, times in zip(instants, entry.versions, self._times(entry), strict=True):
            if version.is_cancellation:
                return [_ended(span, at) for span in found if span.from_ < at]
            start = counts_from(replace(times, at=at), version.lead_ms)
            if start is None or version.body is None:
                continue
            if found and found[-1].until is None and version.body.is_same_as(found[-1].zone):
                continue
            found = [_ended(span, start) for span in found if span.from_ < start]
            found.append(Span(version.version, version.body, start, None))
        return found

    def agreed_by(self, entry: ZoneRecord, version: ZoneVersion) -> dict[str, int]:
        """Which parties agreed to just this version, and when, by party."""
        agreed = {}
        for party in version.record.recipients:
            place = (entry.party, entry.zone_id, party, version.version)
            held = self._agreements.get(place)
            if held is not None and held[0] == version.hash and version.hash:
                agreed[party] = held[1]
        return agreed

    def to_json(self, entry: ZoneRecord, now: int) -> dict[str, Any]:
        """The zone as faces show it; instants in milliseconds."""
        newest, declared = entry.newest, entry.declared
        body = None if declared is None else declared.body
        spans = self.spans(entry)
        counting = [span for span in spans if span.from_ <= now < (span.until or now + 1)]
        starts = self._counts_from(entry, declared)
        return {
            "party": entry.party,
            "zone_id": entry.zone_id,
            "position": entry.position,
            "version": newest.version,
            "serial": self._messages.serial(newest.record.party, newest.record.index),
            "index": (newest if declared is None else declared).record.index,
            "state": self.state(entry, now).value,
            "is_checked": entry.is_checked,
            "rule": body.rule.name if body is not None and body.rule is not None else "",
            "name": "" if body is None else body.name,
            "is_unilateral": newest.times.is_unilateral,
            "agreed_by": {} if declared is None else self.agreed_by(entry, declared),
            "hash": "" if declared is None else declared.hash.hex(),
            "counts_from": starts,
            "version_counting": counting[-1].version if counting else None,
            "valid_until": None if declared is None else declared.times.valid_until,
            "ends_at": None if declared is None else declared.times.ends_at,
            "applies_to": [] if body is None else list(body.applies_to),
            "exercise": body is not None and body.exercise,
            "remarks": list(self._remarks(entry, declared, starts)),
            "flags": flag_names(newest.record.flags),
            "content": None if body is None else body.to_json(),
        }

    def _declare(self, record: MessageRecord, zone: Zone) -> ZoneRecord | None:
        """Take in a declaration or a cancellation; None if it changes nothing."""
        key = (record.party, zone.zone_id)
        entry = self._zones.get(key)
        version = ZoneVersion(record, zone, self._lead_ms)
        if entry is None:
            entry = ZoneRecord(record.party, zone.zone_id, len(self._zones) + 1)
            self._zones[key] = entry
            self._of_party.setdefault(record.party, []).append(entry)
        elif zone.version <= entry.newest.version or entry.has_ended(record.at):
            newest = entry.newest.record
            is_overtaken = (record.epoch, record.index) < (newest.epoch, newest.index)
            if not is_overtaken or zone.version in [one.version for one in entry.versions]:
                record.flags |= Flag.NO_EFFECT
                return None
        entry.versions.append(version)
        entry.versions.sort(key=lambda one: one.version)
        del entry.versions[:-VERSIONS_KEPT]
        self._make_room(entry)
        return entry

    def _agree(self, record: MessageRecord, zone: Zone) -> ZoneRecord | None:
        """Take in an agreement; the zone if it is known and agreed to as it was declared."""
        agrees = zone.agrees
        if agrees is None or agrees.of.party == record.party:
            record.flags |= Flag.NO_EFFECT
            return None
        place = (agrees.of.party, zone.zone_id, record.party, zone.version)
        self._agreements.setdefault(place, (agrees.hash, record.at))
        if self._agreements[place][0] != agrees.hash:
            # What it said first was about another content; the last word counts.
            self._agreements[place] = (agrees.hash, record.at)
        if len(self._agreements) > AGREEMENTS_KEPT:
            self._agreements.popitem(last=False)
        entry = self._zones.get((agrees.of.party, zone.zone_id))
        versions = [] if entry is None else [v for v in entry.versions if v.version == zone.version]
        if versions and versions[0].hash != agrees.hash:
            record.flags |= Flag.NO_EFFECT
            return None
        return entry if versions else None

    def _settle(self, entry: ZoneRecord, now: int) -> Sides:
        """Work out what of a zone is to be checked from now on, and what no more."""
        spans = self.spans(entry) if entry.is_checked else []
        wanted: dict[Side, Occupied] = {}
        for span in spans[-ZONE_VERSIONS_WAITING_MAX:]:
            occupied = self._occupied(entry, span)
            if occupied is not None and (span.until is None or span.until > now):
                wanted[entry.party, f"{entry.name}/{span.version}"] = occupied
        if entry.has_ended(now):
            wanted = {}
            self._checked.get(entry.party, {}).pop(entry.zone_id, None)
        changes: Sides = [(side, None) for side in entry.sides if side not in wanted]
        changes += [(s, one) for s, one in wanted.items() if entry.sides.get(s) != one]
        entry.sides = wanted
        self._remember(entry, spans, now)
        return changes

    def _occupied(self, entry: ZoneRecord, span: Span) -> Occupied | None:
        volumes = sound_volumes(span.volumes())
        if len(volumes) < len(span.volumes()):
            entry.newest.record.flags |= Flag.UNCHECKED
        if not volumes or span.zone.rule is None:
            return None
        return Occupied(
            span.version,
            ZONE_KIND,
            span.zone.exercise,
            volumes,
            is_standing=True,
            rule=span.zone.rule.name,
            applies_to=span.zone.applies_to,
        )

    def _make_room(self, entry: ZoneRecord) -> None:
        """Keep what may count of a zone, as far as there is room for it."""
        for version in entry.versions[: -ZONE_VERSIONS_WAITING_MAX - 1]:
            version.body = None
        checked = self._checked.setdefault(entry.party, {})
        checked.pop(entry.zone_id, None)
        vertices = sum(version.vertices for version in entry.versions)
        total = sum(checked.values()) + vertices
        ended = entry.newest.is_cancellation
        entry.is_checked = (
            not ended and len(checked) < ZONES_LIVE_MAX and total <= SITE_VERTICES_MAX
        )
        if entry.is_checked:
            checked[entry.zone_id] = vertices
        else:
            if not ended:
                entry.newest.record.flags |= Flag.OVER_CAP
            for version in entry.versions:
                version.body = version.body if version is entry.declared else None

    def _remember(self, entry: ZoneRecord, spans: list[Span], now: int) -> None:
        """Note when time alone changes something next."""
        edges = [edge for span in spans for edge in (span.from_, span.until) if edge is not None]
        change = next_zone_change(self._times(entry), now)
        due = min((at for at in (*edges, change) if at is not None and at > now), default=None)
        key = (entry.party, entry.zone_id)
        self._due.pop(key, None)
        if due is not None:
            self._due[key] = due
            self._order += 1
            heapq.heappush(self._agenda, (due, self._order, key))

    def _times(self, entry: ZoneRecord) -> list[ZoneTimes]:
        return [
            replace(version.times, agreed_at=self._agreed_at(entry, version))
            for version in entry.versions
        ]

    def _agreed_at(self, entry: ZoneRecord, version: ZoneVersion) -> int | None:
        """When the last party addressed agreed to a version; None if not all have."""
        agreed = self.agreed_by(entry, version)
        others = [party for party in version.record.recipients if party != entry.party]
        is_whole = bool(others) and all(party in agreed for party in others)
        return max(agreed.values()) if is_whole else None

    def _counts_from(self, entry: ZoneRecord, version: ZoneVersion | None) -> int | None:
        """From when the newest declaration counts; None for a proposal."""
        if version is None:
            return None
        at = entry.versions.index(version)
        return counts_from(self._times(entry)[at], version.lead_ms)

    def _remarks(
        self, entry: ZoneRecord, declared: ZoneVersion | None, starts: int | None
    ) -> Iterator[str]:
        if declared is None or entry.newest.is_cancellation:
            return
        volumes = () if declared.body is None else declared.body.volumes
        wanted = [one.valid_from for one in volumes if one.valid_from != ALWAYS_FROM]
        if starts is not None and wanted and min(wanted) < starts:
            yield "SHORT_LEAD"
        if entry.versions[0].version != 1 and len(entry.versions) < VERSIONS_KEPT:
            yield "FIRST_VERSION_MISSING"


def _ended(span: Span, at: int) -> Span:
    """A span that ends when the next one begins, if it has not ended before."""
    return span if span.until is not None else replace(span, until=at)
