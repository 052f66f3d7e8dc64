"""Sites: each entry of every party's list, with its versions, state and doubts.

What a site is and how it lives is in `domain.talk.site` and `.site_life`; here is
which entries there are. Rules:

1. A version counts if it is higher than those before it and the entry is not
   removed. What repeats a version or comes too late is flagged NO_EFFECT; so is a
   message that lists some entries and removes others.
2. A lower version that comes behind a higher one is part of the history; an entry
   whose first version has not come is shown with FIRST_VERSION_MISSING.
3. An entry is checked for conflicts from when it comes until it is removed,
   whatever its state: also when it has lapsed.
4. Beyond `SITES_LIVE_MAX` or `SITE_VERTICES_MAX` an entry is listed and flagged
   OVER_CAP, not checked.
"""

import heapq
from collections.abc import Iterator
from typing import Any, Final

from openline.domain.limits import SITE_VERTICES_MAX, SITES_LIVE_MAX, VERSIONS_KEPT
from openline.domain.line.understanding import Understanding
from openline.domain.talk.site import SITE, Removal, Site, Sites
from openline.domain.talk.site_doubts import SiteDoubt, Surroundings, doubts_of, duplicates_among
from openline.domain.talk.site_life import SiteState, SiteTimes, next_site_change, site_state
from openline.engine.conflict_view import Occupied, Side
from openline.engine.message_view import Flag, MessageRecord, MessageView, flag_names
from openline.engine.notice_view import Load, sound_volumes

PREFIX: Final = "site/"
"""Stands before the name of a site among the sides of conflicts."""


class SiteVersion:
    """One version of one entry.

    Attributes:
        record: The message that says it.
        version: Its number.
        times: What its life needs of it.
    """

    __slots__ = ("record", "times", "version")

    def __init__(self, record: MessageRecord, entry: Site | Removal) -> None:
        self.record = record
        self.version = entry.version
        if isinstance(entry, Removal):
            self.times = SiteTimes(record.at, is_removal=True)
        else:
            looked = entry.verification is not None
            self.times = SiteTimes(record.at, entry.listed_at, entry.valid_until, looked)


class SiteRecord:
    """One entry of one party's list.

    Attributes:
        party: Whose list.
        site_id: The party's own name for it.
        position: Its number among the entries of all parties, from 1, as they came first.
        versions: The last ones in order of their numbers; each number once.
        body: As the last version with a place says, while it is listed and within the cap.
        is_exercise: Whether it is for an exercise only.
    """

    __slots__ = ("body", "is_exercise", "party", "position", "site_id", "versions")

    def __init__(self, party: str, site_id: str, position: int) -> None:
        self.party = party
        self.site_id = site_id
        self.position = position
        self.versions: list[SiteVersion] = []
        self.body: Site | None = None
        self.is_exercise = False

    @property
    def side(self) -> Side:
        """What it is called among the sides of conflicts."""
        return self.party, f"{PREFIX}{self.site_id}"

    @property
    def newest(self) -> SiteVersion:
        """The version of the highest number."""
        return self.versions[-1]

    @property
    def is_removed(self) -> bool:
        """Whether it is off the list, for good."""
        return self.newest.times.is_removal

    @property
    def times(self) -> list[SiteTimes]:
        """What its life needs of its versions."""
        return [version.times for version in self.versions]

    def state(self, now: int) -> SiteState:
        """Where it stands at an instant."""
        return site_state(self.times, now)

    def occupied(self) -> Occupied | None:
        """What it occupies; None if it is not to be checked."""
        if self.body is None:
            return None
        volumes = sound_volumes(self.body.footprint)
        if len(volumes) < len(self.body.footprint):
            self.newest.record.flags |= Flag.UNCHECKED
        return Occupied(
            self.newest.version, self.body.kind, self.is_exercise, volumes, is_standing=True
        )


class SiteView:
    """All entries of all lists of one line.

    Owned by the line's `View`; changed only while it applies something.
    """

    def __init__(self, messages: MessageView, understanding: Understanding) -> None:
        self._messages = messages
        self._around = _around(understanding)
        self._sites: dict[Side, SiteRecord] = {}
        self._of_party: dict[str, list[SiteRecord]] = {}
        # Of each party the checked entries and how many vertices they have.
        self._checked: dict[str, dict[str, int]] = {}
        self._vertices: dict[str, int] = {}
        # Instants at which time alone changes a state: (at, order, side).
        self._agenda: list[tuple[int, int, Side]] = []
        # Of each entry the instant in the agenda that counts.
        self._due: dict[Side, int] = {}
        self._order = 0
        # Of each party, by position of an entry, those that it may be given twice with;
        # worked out when somebody asks, and forgotten when its list changes.
        self._twins: dict[str, dict[int, list[str]]] = {}

    def amend(self, understanding: Understanding) -> None:
        """Judge positions by other terms."""
        self._around = _around(understanding)

    def take(self, record: MessageRecord, sites: Sites) -> list[SiteRecord]:
        """Take in one message; the entries that changed, in its order."""
        changed: list[SiteRecord] = []
        entries = [] if sites.is_mixed else list(sites.entries())
        for entry in entries:
            one = self._take(record, entry, is_exercise=sites.exercise)
            if one is not None:
                changed.append(one)
        if not changed:
            record.flags |= Flag.NO_EFFECT
        elif len(changed) < len(entries):
            record.flags |= Flag.DOUBTFUL
        self._twins.pop(record.party, None)
        return changed

    def advance(self, now: int) -> Iterator[SiteRecord]:
        """The entries whose states time alone has changed until now, in order."""
        while self._agenda and self._agenda[0][0] <= now:
            at, _, side = heapq.heappop(self._agenda)
            if self._due.get(side) == at:
                entry = self._sites[side]
                self._remember(entry, at)
                yield entry

    def of(self, party: str, site_id: str) -> SiteRecord | None:
        """An entry by party and id."""
        return self._sites.get((party, f"{PREFIX}{site_id}"))

    def find(self, name: str) -> SiteRecord | None:
        """An entry by `ID`, our own first, or by `party/ID`."""
        party, parting, site_id = name.rpartition("/")
        if parting:
            return self.of(party, site_id)
        found = [one for one in self._sites.values() if one.site_id == name]
        return min(found, key=lambda one: one.party != self._messages.own, default=None)

    def count(self, party: str) -> int:
        """How many entries a party ever had."""
        return len(self._of_party.get(party, ()))

    def live_count(self, party: str) -> int:
        """How many checked entries a party has."""
        return len(self._checked.get(party, ()))

    def bodies(self, party: str) -> list[Site]:
        """The entries of a party that are listed, as they came first."""
        every = self._of_party.get(party, ())
        return [one.body for one in every if one.body is not None]

    def listed(self, after: int, *, with_removed: bool) -> list[SiteRecord]:
        """The entries after a position, as they came first."""
        every = list(self._sites.values())[after:]
        return [one for one in every if with_removed or not one.is_removed]

    def to_json(
        self, entry: SiteRecord, now: int, load: Load | None = None, *, with_doubts: bool = True
    ) -> dict[str, Any]:
        """The entry as faces show it; instants in milliseconds.

        Args:
            entry: The entry.
            now: The present instant.
            load: Reads it from the store where it is not kept here.
            with_doubts: Whether its list is looked through for doubts: not for each
                message that comes, or a counterpart could keep us at it.
        """
        newest, body = entry.newest, entry.body or self._loaded(entry, load)
        times = newest.times
        record = newest.record
        doubts = self._doubts_of(entry, now) if with_doubts else []
        remarks = [doubt.doubt.value for doubt in doubts]
        if entry.versions[0].version != 1 and len(entry.versions) < VERSIONS_KEPT:
            remarks.append("FIRST_VERSION_MISSING")
        return {
            "party": entry.party,
            "site_id": entry.site_id,
            "position": entry.position,
            "version": newest.version,
            "serial": self._messages.serial(record.party, record.index),
            "index": record.index,
            "state": entry.state(now).value,
            "is_removed": entry.is_removed,
            "is_checked": entry.body is not None,
            "name": "" if body is None else body.name(),
            "kind": "" if body is None else body.kind,
            "function": "" if body is None else body.function,
            "is_protected": body is not None and body.is_protected,
            "is_verified": times.is_verified,
            "exercise": entry.is_exercise,
            "listed_at": None if times.is_removal else times.listed_at,
            "valid_until": None if times.is_removal else times.valid_until,
            "remarks": remarks,
            "doubts": [doubt.what for doubt in doubts],
            "flags": flag_names(record.flags),
            "content": None if body is None else SITE.to_json(body),
        }

    def _take(
        self, record: MessageRecord, said: Site | Removal, *, is_exercise: bool
    ) -> SiteRecord | None:
        """Take in one entry of a message; None if it changes nothing."""
        side = (record.party, f"{PREFIX}{said.site_id}")
        entry = self._sites.get(side)
        if entry is None:
            entry = SiteRecord(record.party, said.site_id, len(self._sites) + 1)
            self._sites[side] = entry
            self._of_party.setdefault(record.party, []).append(entry)
        elif not self._counts_now(entry, record, said):
            return None
        entry.versions.append(SiteVersion(record, said))
        del entry.versions[:-VERSIONS_KEPT]
        self._release(entry)
        if isinstance(said, Site):
            entry.is_exercise = is_exercise
            self._hold(entry, said)
        self._remember(entry, record.at)
        return entry

    @staticmethod
    def _counts_now(entry: SiteRecord, record: MessageRecord, said: Site | Removal) -> bool:
        """Whether a version changes an entry that is known (rules 1 and 2)."""
        newest = entry.newest
        if said.version > newest.version:
            return not entry.is_removed and said.version != 1
        is_overtaken = (record.epoch, record.index) < (newest.record.epoch, newest.record.index)
        numbers = [version.version for version in entry.versions]
        if is_overtaken and said.version not in numbers:
            entry.versions.append(SiteVersion(record, said))
            entry.versions.sort(key=lambda version: version.version)
            del entry.versions[:-VERSIONS_KEPT]
        return False

    def _hold(self, entry: SiteRecord, site: Site) -> None:
        vertices = sum(len(volume.vertices) for volume in site.footprint)
        checked = self._checked.setdefault(entry.party, {})
        total = self._vertices.get(entry.party, 0) + vertices
        if len(checked) >= SITES_LIVE_MAX or total > SITE_VERTICES_MAX:
            entry.newest.record.flags |= Flag.OVER_CAP
            return
        entry.body = site
        checked[entry.site_id] = vertices
        self._vertices[entry.party] = total

    def _release(self, entry: SiteRecord) -> None:
        entry.body = None
        vertices = self._checked.get(entry.party, {}).pop(entry.site_id, 0)
        if vertices:
            self._vertices[entry.party] -= vertices

    def _remember(self, entry: SiteRecord, after: int) -> None:
        """Note when time alone changes the state next; what is past is noted too, once."""
        at = next_site_change(entry.times, after)
        self._due.pop(entry.side, None)
        if at is not None:
            self._due[entry.side] = at
            self._order += 1
            heapq.heappush(self._agenda, (at, self._order, entry.side))

    def _doubts_of(self, entry: SiteRecord, now: int) -> list[SiteDoubt]:
        """The doubts about an entry; its neighbours are those of its whole list."""
        if entry.body is None:
            return []
        if entry.party not in self._twins:
            held = [one for one in self._of_party[entry.party] if one.body is not None]
            found = duplicates_among([one.body for one in held if one.body is not None])
            twins = {held[number - 1].position: others for number, others in found.items()}
            self._twins[entry.party] = twins
        others = self._twins[entry.party].get(entry.position, [])
        return doubts_of(entry.position, entry.body, self._around, now, others)

    def _loaded(self, entry: SiteRecord, load: Load | None) -> Site | None:
        """The last version with a place, from the store, where it is not kept here."""
        placed = [one for one in entry.versions if not one.times.is_removal]
        if load is None or not placed:
            return None
        record = placed[-1].record
        message = load(record.party, record.index, record.epoch)
        sites = message.sites if isinstance(message, Sites) else ()
        return next((site for site in sites if site.site_id == entry.site_id), None)


def _around(understanding: Understanding) -> Surroundings:
    return Surroundings(understanding.area, understanding.reference_points)
