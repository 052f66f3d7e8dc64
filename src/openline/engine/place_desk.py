"""What an officer may say about sites, zones and movements, and what is filled in.

The desk hands those messages on to here. Rules:

1. An entry, zone or movement without an id of ours gets the next free one, and what
   names no scope the one of its sort that the line has; a site
   without a re-validation date is valid 90 days from when it was looked at, or
   else listed; a zone 30 days from now.
2. What is new has a new id; what changes, the next version of what is there and
   has not ended. Nothing ends in the past.
3. Words about the place are compared with the geometry. A movement and a zone need
   such words where there are reference points; a site needs them only where its
   point looks like latitude and longitude exchanged: then they settle it.
4. In a scope that we have suspended no new zone and no new movement is said. Sites
   may be listed, changed and removed always: they say where people are.
5. Who agrees to a zone agrees to its newest declaration, by its content hash.

A zone at too short notice is not refused: it has no effect before its lead time is
kept, and says so (`zone_view`).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

from openline.domain.errors import OurError
from openline.domain.instant import format_instant
from openline.domain.limits import SITES_LIVE_MAX, ZONES_LIVE_MAX
from openline.domain.line.terms import ANY, Understanding
from openline.domain.space.place import (
    PlaceIsNotUnderstood,
    check_place,
    describe_place,
    parse_place,
)
from openline.domain.space.volume import Volume
from openline.domain.talk.message import Message
from openline.domain.talk.movement import SIDE_PREFIX, Movement
from openline.domain.talk.notice import Notice, Operation, Place
from openline.domain.talk.site import REVALIDATION_MS as SITE_VALID_MS
from openline.domain.talk.site import UNNAMED, Removal, Site, SiteOperation, Sites
from openline.domain.talk.site_doubts import Surroundings, swapped_doubt
from openline.domain.talk.zone import REVALIDATION_MS as ZONE_VALID_MS
from openline.domain.talk.zone import Zone, ZoneOperation
from openline.engine.conflict_view import ZONE_PREFIX
from openline.engine.site_view import PREFIX as SITE_PREFIX
from openline.engine.views import View

_Scoped = TypeVar("_Scoped", Sites, Zone, Movement)

Admit: TypeAlias = Callable[[Notice], None]
"""Refuses what is new in a scope that we have suspended (`engine.desk`)."""


class PlaceDesk:
    """What officers say about sites, zones and movements on one line.

    Owned by the desk, and remembers like it what was drafted in a turn.

    Args:
        own: This party.
        view: What is known about the line.
    """

    def __init__(self, own: str, view: View) -> None:
        self._own = own
        self._view = view
        # Versions that were drafted by name, and may not be in the view yet.
        self._drafted: dict[str, int] = {}

    def completed(self, message: Message, now: int) -> Message:
        """The message with what the desk fills in; any other message as it is."""
        match message:
            case Sites():
                return self._completed_sites(self._scoped(message), now)
            case Zone():
                return self._completed_zone(self._scoped(message), now)
            case Movement():
                scoped = self._scoped(message)
                if scoped.movement_id != UNNAMED:
                    return scoped
                return replace(scoped, movement_id=self._free(SIDE_PREFIX, "M"))
        return message

    def check(self, message: Message, admit: Admit, now: int) -> None:
        """Confirm that it may be said now; any other message may, for all of this.

        Raises:
            OurError: It may not, with what to do.
        """
        match message:
            case Sites():
                self._check_scope(message.scope)
                self._check_sites(message, now)
            case Zone():
                self._check_scope(message.scope)
                self._check_zone(message, admit, now)
            case Movement():
                self._check_scope(message.scope)
                self._check_movement(message, admit, now)
            case _:
                pass

    def note(self, message: Message) -> None:
        """Remember what was drafted."""
        for name, version in _names_of(message):
            self._drafted[name] = version

    def forget_recorded(self) -> None:
        """Forget the drafts that the view has meanwhile taken in."""
        for name, version in list(self._drafted.items()):
            known = self._known(name)
            if known is not None and known >= version:
                del self._drafted[name]

    # What is filled in.

    def _scoped(self, message: _Scoped) -> _Scoped:
        """The message with the scope of its sort that the line has, where it names none."""
        if message.scope != ANY:
            return message
        scopes = self._view.understanding.scopes
        wanted = next((one for one in message.usual_scopes if one in scopes), scopes[0])
        scoped: _Scoped = replace(message, scope=wanted)
        return scoped

    def _completed_sites(self, message: Sites, now: int) -> Sites:
        taken: list[str] = []
        sites = []
        for site in message.sites:
            one = site
            if one.site_id == UNNAMED:
                one = replace(one, site_id=self._free(SITE_PREFIX, "S", taken))
                taken.append(f"{SITE_PREFIX}{one.site_id}")
            sites.append(_dated(one, now))
        return replace(message, sites=tuple(sites))

    def _completed_zone(self, zone: Zone, now: int) -> Zone:
        if zone.operation is not ZoneOperation.DECLARE:
            return replace(zone, valid_until=None)
        if zone.zone_id == UNNAMED:
            zone = replace(zone, zone_id=self._free(ZONE_PREFIX, "Z"))
        if not zone.valid_until:
            zone = replace(zone, valid_until=now + ZONE_VALID_MS)
        return zone

    def _free(self, prefix: str, letter: str, taken: list[str] | None = None) -> str:
        """The next free name of ours: ALPHA-S-0003."""
        label = self._view.serial(self._own, 0).rpartition("-")[0].replace(".", "-")[:20]
        number = self._count(prefix) + 1 + len(taken or ())
        while True:
            name = f"{label.rstrip('-')}-{letter}-{number:04d}"
            full = f"{prefix}{name}"
            is_taken = full in self._drafted or full in (taken or ())
            if not is_taken and self._known(full) is None:
                return name
            number += 1

    def _count(self, prefix: str) -> int:
        if prefix == SITE_PREFIX:
            return self._view.site_records.count(self._own)
        if prefix == ZONE_PREFIX:
            return self._view.zone_records.count(self._own)
        return self._view.movement_records.count(self._own)

    def _known(self, full: str) -> int | None:
        """The newest version that the view has of a thing of ours; None if it has none."""
        prefix, _, name = full.partition("/")
        entry: Any
        if f"{prefix}/" == SITE_PREFIX:
            entry = self._view.site_records.of(self._own, name)
        elif f"{prefix}/" == ZONE_PREFIX:
            entry = self._view.zone_records.of(self._own, name)
        else:
            entry = self._view.movement_records.of(self._own, full)
        return None if entry is None else int(entry.newest.version)

    # What must hold.

    def _check_scope(self, scope: str) -> None:
        scopes = self._view.understanding.scopes
        if scope not in scopes:
            raise OurError(
                f"The line has no scope {scope!r}.", f"Its scopes are {', '.join(scopes)}."
            )

    def _check_sites(self, message: Sites, now: int) -> None:
        known = self._view.site_records
        for entry in message.entries():
            held = known.of(self._own, entry.site_id)
            has_ended = held is not None and held.is_removed
            self._check_version(f"{SITE_PREFIX}{entry.site_id}", entry.version, has_ended=has_ended)
            if isinstance(entry, Site):
                self._check_site(entry, message.language, now)
        room = SITES_LIVE_MAX - known.live_count(self._own)
        if message.operation is SiteOperation.ADD and len(message.sites) > room:
            raise OurError(
                f"These are {len(message.sites)} new sites, and there is room for {room} of "
                f"{SITES_LIVE_MAX}.",
                "Remove what is no more, or put several buildings into one site.",
            )

    def _check_site(self, site: Site, language: str, now: int) -> None:
        if site.valid_until <= now:
            raise OurError(
                f"The site {site.site_id} was to be validated anew by "
                f"{format_instant(site.valid_until)}, which is over.",
                "Have it looked at again, or say until when what is known of it holds.",
            )
        if site.verification is not None and site.verification.at > now:
            raise OurError(
                f"The site {site.site_id} was looked at at "
                f"{format_instant(site.verification.at)}, which is to come.",
                "Correct when it was looked at.",
            )
        terms = self._view.understanding
        doubt = swapped_doubt(site.position, Surroundings(terms.area, terms.reference_points))
        if site.place.words.strip():
            check_words(site.place, site.footprint, language, terms)
        elif doubt:
            raise OurError(
                f"The site {site.site_id}: {doubt}",
                "Exchange them; if they are right, say in words where it is: place.",
            )

    def _check_zone(self, zone: Zone, admit: Admit, now: int) -> None:
        if zone.operation is ZoneOperation.AGREE:
            self._check_agreement(zone, now)
            return
        held = self._view.zone_records.of(self._own, zone.zone_id)
        has_ended = held is not None and held.has_ended(now)
        self._check_version(f"{ZONE_PREFIX}{zone.zone_id}", zone.version, has_ended=has_ended)
        if zone.operation is ZoneOperation.CANCEL:
            if held is None and zone.version == 1:
                raise OurError(f"We have no zone {zone.zone_id}.", "See `openline zone list`.")
            return
        if zone.ends_at <= now:
            raise OurError(
                f"The zone ends at {format_instant(zone.ends_at)}, which is over.",
                "Correct its windows.",
            )
        if zone.valid_until is not None and zone.valid_until <= now:
            raise OurError(
                f"The zone would be validated until {format_instant(zone.valid_until)}, which is "
                "over.",
                "Give a time to come, at most when you will look at it again.",
            )
        if zone.version == 1:
            most = ZONES_LIVE_MAX
            if self._view.zone_records.live_count(self._own) >= most:
                raise OurError(
                    f"We have {most} zones, which is all that may be.", "Cancel what is not needed."
                )
            admit(_as_notice(zone))
        check_words(zone.place, zone.volumes, zone.language, self._view.understanding)

    def _check_agreement(self, zone: Zone, now: int) -> None:
        """Confirm that it is the newest declaration of a counterpart that is agreed to."""
        assert zone.agrees is not None, "the rules of a zone ask for it"
        party = zone.agrees.of.party
        entry = self._view.zone_records.of(party, zone.zone_id)
        if party == self._own or entry is None or entry.declared is None:
            raise OurError(
                f"{party} has declared no zone {zone.zone_id}.",
                "Name a zone of a counterpart: `openline zone list`.",
            )
        declared = entry.declared
        if entry.has_ended(now):
            raise OurError(
                f"The zone {zone.zone_id} of {party} is cancelled or over.",
                "Nothing is to be agreed to.",
            )
        stated = (zone.version, zone.agrees.hash, zone.agrees.of.index)
        if stated != (declared.version, declared.hash, declared.record.index):
            raise OurError(
                f"This is not what {party} declares now: version {declared.version}, hash "
                f"{declared.hash.hex()}.",
                "Read it anew, and agree to what you have read.",
            )
        if self._own in self._view.zone_records.agreed_by(entry, declared):
            raise OurError(
                f"We have agreed to version {declared.version} of {zone.zone_id} already.",
                "Nothing more is to be done.",
            )

    def _check_movement(self, movement: Movement, admit: Admit, now: int) -> None:
        notice = movement.as_notice()
        held = self._view.movement_records.of(self._own, notice.notice_id)
        has_ended = held is not None and held.has_ended(now)
        self._check_version(notice.notice_id, movement.version, has_ended=has_ended)
        if movement.operation is Operation.CANCEL:
            return
        if movement.operation is Operation.NEW:
            most = self._view.understanding.notices_live_max
            if self._view.movement_records.live_count(self._own) >= most:
                raise OurError(
                    f"We have {most} live movements, which is all that the Understanding allows.",
                    "Cancel what is not needed.",
                )
            admit(notice)
        assert notice.valid_until is not None, "the rules of a movement ask for a route"
        if notice.valid_until <= now:
            raise OurError(
                f"The movement ends at {format_instant(notice.valid_until)}, which is over.",
                "Correct its times; say what has happened in a text.",
            )
        check_words(movement.place, movement.volumes, movement.language, self._view.understanding)

    def _check_version(self, full: str, version: int, *, has_ended: bool) -> None:
        """Whether it is new under a new id, or the next version of what has not ended."""
        sort, _, name = full.partition("/")
        known = max(self._drafted.get(full, 0), self._known(full) or 0)
        if has_ended:
            what = "removed" if sort == "site" else "cancelled or over"
            raise OurError(
                f"The {sort} {name} is {what}; it cannot be changed.",
                "Say a new one, under a new id.",
            )
        if version == 1 and known:
            raise OurError(f"We have a {sort} {name} already.", "Change it, or leave out the id.")
        if version > 1 and not known:
            raise OurError(f"We have no {sort} {name}.", f"See `openline {sort} list`.")
        if version > 1 and version != known + 1:
            raise OurError(
                f"The {sort} {name} would be version {known + 1}, not {version}.",
                f"Look at what has changed since, and give it version {known + 1}.",
            )


def check_words(
    place: Place, volumes: tuple[Volume, ...], language: str, terms: Understanding
) -> None:
    """Confirm that the words and the volumes are in one place: `domain.space.place`.

    Without shared reference points nothing is compared.

    Raises:
        OurError: They are not, or the words have no meaning here; with words that would
            have been right.
    """
    points = terms.reference_points
    if not points:
        return
    try:
        stated = parse_place(place.words, points)
    except PlaceIsNotUnderstood as error:
        words = describe_place(volumes, points, language)
        raise OurError(error.what, f'{error.remedy} The volumes are "{words}".') from None
    if place.reference not in ("", stated.reference):
        raise OurError(
            f'The words "{place.words}" name the reference point {stated.reference}, '
            f"not {place.reference}.",
            "Name the same one, or none.",
        )
    check_place(stated, volumes)


def _dated(site: Site, now: int) -> Site:
    """The entry with its dates, where they are left out."""
    listed_at = site.listed_at or now
    looked_at = listed_at if site.verification is None else site.verification.at
    valid_until = site.valid_until or looked_at + SITE_VALID_MS
    return replace(site, listed_at=listed_at, valid_until=valid_until)


def _as_notice(zone: Zone) -> Notice:
    """What says to which scope a zone belongs, as a notice says it."""
    return Notice(
        zone.by, zone.zone_id, "zone", "zone", zone.volumes, zone.place, zone.text, scope=zone.scope
    )


def _names_of(message: Message) -> list[tuple[str, int]]:
    """The things of ours that a message is about, by full name, with their versions."""
    match message:
        case Sites():
            entries: list[Site | Removal] = list(message.entries())
            return [(f"{SITE_PREFIX}{one.site_id}", one.version) for one in entries]
        case Zone() if message.operation is not ZoneOperation.AGREE:
            return [(f"{ZONE_PREFIX}{message.zone_id}", message.version)]
        case Movement():
            return [(f"{SIDE_PREFIX}{message.movement_id}", message.version)]
    return []
