"""Sites: places where people are or that are protected, and who verified them.

A party lists the places that all should keep clear of. One message does one thing
to its entries: it adds, changes or removes them, and never two of these, so that
nothing disappears behind something that appears. An entry has an end of its
validation and no end of its own: what nobody has re-validated stays listed and
stays checked, since the absence of a signature does not change who is there.
How an entry lives is in `site_life`; which of them are doubtful in `site_doubts`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final

from openline.domain.instant import DAY_MS
from openline.domain.limits import RADIUS_M_MAX, SITES_PER_MESSAGE_MAX, VOLUMES_MAX
from openline.domain.line.form import (
    LABEL,
    LANGUAGE,
    NAME,
    NEEDED_LABEL,
    Blob,
    Fault,
    Field,
    Instant,
    Items,
    Json,
    Record,
    Row,
    Text,
    Titles,
    Truth,
    Whole,
    Word,
)
from openline.domain.line.points import POINT
from openline.domain.line.terms import ANY
from openline.domain.space.geodesy import Position
from openline.domain.space.volume import Shape, Volume
from openline.domain.talk.body import BY, FREE_TEXT, Body, By
from openline.domain.talk.kinds import Kind
from openline.domain.talk.notice import NO_PLACE, PLACE, Place, Releasability
from openline.domain.talk.volumes import (
    ALWAYS_FROM,
    VOLUME,
    WITHOUT_END,
    StandingVolumes,
    volume_faults,
)

SCOPES: Final = ("humanitarian",)
"""Scopes that a message belongs to if it names none: the first of these that the line has."""

REVALIDATION_MS: Final = 90 * DAY_MS
"""A site is valid so long after it was verified or listed, unless the party says less."""


class SiteOperation(IntEnum):
    """What a message does to every entry that it names."""

    ADD = 1
    CHANGE = 2
    REMOVE = 3


@dataclass(frozen=True, slots=True)
class Verification:
    """Who has looked whether a site is there and what it is.

    Attributes:
        who: Person, unit or body.
        how: Visit, imagery, a partner's word.
        at: When.
        picture: SHA-256 of a picture of it, if there is one.
    """

    who: str
    how: str
    at: int
    picture: bytes | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """One entry of a party's list of sites.

    Attributes:
        site_id: The party's own name for it; never given to another place.
        names: What it is called: words by language, ordered by language, at least one.
        kind: What is there: names separation minima in the Understanding.
        position: Its point (lat_e7, lon_e7).
        version: 1 when it is added, one more with each change.
        function: Hospital, school, observation post, in words.
        radius_m: How far it reaches around its point, if no footprint is given.
        volumes: Its footprint; each without end.
        listed_at: From when it is listed.
        valid_until: By when it is to be validated anew.
        focal_point: Whom to ask about it.
        verification: Who looked, how and when; None if nobody has.
        is_protected: Whether it has a civilian or humanitarian function that protects it.
        place: The same place, in words.
        releasability: What may leave the receiving party.
        remark: Free words.
    """

    site_id: str
    names: tuple[tuple[str, str], ...]
    kind: str
    position: Position
    version: int = 1
    function: str = ""
    radius_m: int = 0
    volumes: tuple[Volume, ...] = ()
    listed_at: int = 0
    valid_until: int = 0
    focal_point: str = ""
    verification: Verification | None = None
    is_protected: bool = False
    place: Place = NO_PLACE
    releasability: Releasability = Releasability.LINE_ONLY
    remark: str = ""

    @property
    def footprint(self) -> tuple[Volume, ...]:
        """What it occupies: its volumes, or else the circle around its point."""
        if self.volumes or not self.radius_m:
            return self.volumes
        circle = Volume(
            Shape.CIRCLE, (self.position,), self.radius_m, None, None, ALWAYS_FROM, WITHOUT_END
        )
        return (circle,)

    def name(self, language: str = "en") -> str:
        """What it is called in a language, or else in the first that it has."""
        return dict(self.names).get(language) or (self.names[0][1] if self.names else "")


@dataclass(frozen=True, slots=True)
class Removal:
    """One entry that is taken off the list.

    Attributes:
        site_id: Which one.
        version: One more than its last.
    """

    site_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Sites(Body):
    """One operation on entries of a party's list of sites.

    Attributes:
        by: Who says it.
        operation: What is done to all of them.
        sites: With ADD and CHANGE, the entries as they are from now on.
        removed: With REMOVE, which entries.
        reason: Why, in words; needed with REMOVE.
        scope: The scope of the line it belongs to; `any` leaves it to the desk.
        language: Of all words but the names, as ISO 639 code.
        exercise: Whether it is for an exercise only.
    """

    by: By
    operation: SiteOperation
    sites: tuple[Site, ...] = ()
    removed: tuple[Removal, ...] = ()
    reason: str = ""
    scope: str = ANY
    language: str = "en"
    exercise: bool = False

    message_kind: ClassVar[Kind] = Kind.SITE
    usual_scopes: ClassVar[tuple[str, ...]] = SCOPES

    def entries(self) -> Iterator[Site | Removal]:
        """What the operation does, entry by entry; nothing where it cannot be."""
        yield from self.removed if self.operation is SiteOperation.REMOVE else self.sites

    @property
    def is_mixed(self) -> bool:
        """Whether it removes some and lists others: then nothing of it counts."""
        return bool(self.sites) and bool(self.removed)

    def rules(self) -> Iterator[Fault]:
        """One operation; each entry once, with its version; each place can be."""
        if self.is_mixed:
            yield Fault("removed", "stands beside entries that are added or changed", ONE_THING)
        elif self.operation is SiteOperation.REMOVE:
            yield from self._removal_faults()
        elif not self.sites:
            yield Fault("sites", "are missing", "Say which entries.")
        ids = [entry.site_id for entry in self.entries()]
        for number, site_id in enumerate(ids):
            if site_id in ids[:number] and site_id != UNNAMED:
                yield Fault(f"{self._listed}[{number}].site_id", f"{site_id} is there twice")
        for number, site in enumerate(self.sites):
            yield from self._site_faults(site, f"sites[{number}]")

    @property
    def _listed(self) -> str:
        return "removed" if self.operation is SiteOperation.REMOVE else "sites"

    def _removal_faults(self) -> Iterator[Fault]:
        if self.sites:
            yield Fault("sites", "have no place in a removal", "Name them under removed.")
        if not self.removed:
            yield Fault("removed", "is missing", "Say which entries.")
        if not self.reason.strip():
            yield Fault("reason", "is empty", "Say why they are removed.")

    def _site_faults(self, site: Site, path: str) -> Iterator[Fault]:
        if (site.version == 1) != (self.operation is SiteOperation.ADD):
            yield Fault(f"{path}.version", f"is {site.version} with {self.operation.name}", _NEXT)
        if not site.names:
            yield Fault(f"{path}.names", "are missing", "Say what it is called.")
        if not site.footprint:
            yield Fault(f"{path}.radius_m", "is missing", "Give a radius or a footprint.")
        if site.valid_until <= site.listed_at and site.valid_until:
            yield Fault(f"{path}.valid_until", "is not after listed_at", "Say a later time.")
        for number, volume in enumerate(site.volumes):
            if volume.valid_until != WITHOUT_END:
                where = f"{path}.volumes[{number}].valid_until"
                yield Fault(where, "is an end", "A site has none: leave it out, or say a notice.")
        yield from volume_faults(site.volumes, f"{path}.volumes")


UNNAMED: Final = "NEW"
"""Stands for an id that the desk is to give (`engine.place_desk`)."""

ONE_THING: Final = (
    "Add, change and remove in messages of their own: what disappears must not hide behind "
    "what appears."
)
_NEXT: Final = "ADD has version 1; CHANGE and REMOVE have the next version."

SITE_ID: Final = Text(
    32, pattern=re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,30}[A-Z0-9])?"), example="AB-S-0042"
)
"""The name of a site, a zone or a movement: as that of a notice."""

VERSION: Final = Whole(1, 1_000_000)


class _SitesForm(Record):
    """The message; in JSON an entry may repeat the operation, and leave out its id."""

    def prepared(self, json: Json, path: str) -> Json:
        """With an id in each entry, and without the operation there."""
        if isinstance(json, Mapping) and isinstance(json.get("sites"), list | tuple):
            stated = json.get("operation")
            entries = [
                _named(_without_operation(entry, stated, f"sites[{number}]"))
                for number, entry in enumerate(json["sites"])  # type: ignore[arg-type]
            ]
            json = {**json, "sites": entries}
        return json


def _named(entry: Json) -> Json:
    """The form of an entry; without an id, one that the desk names."""
    return {"site_id": UNNAMED, **entry} if isinstance(entry, Mapping) else entry


def _without_operation(entry: Json, stated: Json, path: str) -> Json:
    if not isinstance(entry, Mapping) or "operation" not in entry:
        return entry
    own = entry["operation"]
    if not isinstance(own, str) or not isinstance(stated, str) or own.upper() != stated.upper():
        raise Fault(f"{path}.operation", f"is {own} in a message that says {stated}", ONE_THING)
    return {label: held for label, held in entry.items() if label != "operation"}


class _SiteForm(Record):
    """An entry; its id is given by `_SitesForm`, its times by `engine.place_desk`."""

    filled = ("site_id", "listed_at", "valid_until")


_VERIFICATION = Record(
    Verification,
    (
        Field(1, "who", NEEDED_LABEL),
        Field(2, "how", LABEL),
        Field(3, "at", Instant()),
        Field(4, "picture", Blob(32, 32), is_optional=True),
    ),
)

SITE: Final = _SiteForm(
    Site,
    (
        Field(1, "site_id", SITE_ID),
        Field(2, "version", VERSION),
        Field(3, "names", Titles()),
        Field(4, "kind", NAME),
        Field(5, "function", LABEL),
        Field(6, "position", POINT),
        Field(7, "radius_m", Whole(0, RADIUS_M_MAX)),
        Field(8, "volumes", StandingVolumes(VOLUME, VOLUMES_MAX)),
        Field(9, "listed_at", Instant()),
        Field(10, "valid_until", Instant()),
        Field(11, "focal_point", LABEL),
        Field(12, "verification", _VERIFICATION, is_optional=True),
        Field(13, "is_protected", Truth(), "protected"),
        Field(14, "place", PLACE),
        Field(15, "releasability", Word(Releasability)),
        Field(16, "remark", LABEL),
    ),
)

_REMOVAL = Row(Removal, (Field(0, "site_id", SITE_ID), Field(1, "version", VERSION)))

Sites.record = _SitesForm(
    Sites,
    (
        BY,
        Field(1, "operation", Word(SiteOperation)),
        Field(2, "sites", Items(SITE, SITES_PER_MESSAGE_MAX)),
        Field(3, "removed", Items(_REMOVAL, SITES_PER_MESSAGE_MAX)),
        Field(4, "reason", FREE_TEXT),
        Field(5, "scope", NAME),
        Field(6, "language", LANGUAGE),
        Field(7, "exercise", Truth()),
    ),
)
