"""Zones: areas in which a rule holds, declared by one party or agreed by all.

Nobody needs to agree to a zone that a party declares: it says what that party
asks for, and from when. A zone becomes agreed when every counterpart says AGREE
to the same id, version and content; what is only offered counts from then. A zone
that comes at shorter notice than the Understanding asks (`ZONE_CATEGORY`) has no
effect until its lead time is kept, unless it is agreed. How it lives is in
`zone_life`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import ClassVar, Final

from openline.domain.instant import DAY_MS
from openline.domain.limits import APPLIES_TO_MAX, VOLUMES_MAX
from openline.domain.line.form import (
    LABEL,
    LANGUAGE,
    NAME,
    Blob,
    Fault,
    Field,
    Instant,
    Items,
    Record,
    Truth,
    Word,
)
from openline.domain.line.terms import ANY
from openline.domain.record import cbor
from openline.domain.space.volume import Volume
from openline.domain.talk.body import BY, FREE_TEXT, REFERENCE, Body, By, Reference
from openline.domain.talk.kinds import Kind
from openline.domain.talk.notice import NO_PLACE, PLACE, Place, Releasability
from openline.domain.talk.site import SITE_ID, VERSION
from openline.domain.talk.volumes import VOLUME, StandingVolumes, volume_faults

ZONE_CATEGORY: Final = "zone"
"""The category of lead time in the Understanding; without an entry that for any."""

ZONE_KIND: Final = "zone"
"""The kind of separation minima; without an entry of its own, entering is overlapping."""

SCOPES: Final = ("air_safety", "ground_movement", "maritime")
"""Scopes that a zone belongs to if it names none: the first of these that the line has."""

REVALIDATION_MS: Final = 30 * DAY_MS
"""A zone is valid so long, unless the party says less."""


class ZoneOperation(IntEnum):
    """What a message does to a zone."""

    DECLARE = 1
    AGREE = 2
    CANCEL = 3


class ZoneRule(IntEnum):
    """What holds in a zone for the other parties."""

    PRIOR_CONTACT = 1
    STAY_OUT = 2
    CAUTION = 3
    CORRIDOR = 4
    BUFFER = 5
    SEPARATION_LINE = 6


REMARK_ONLY: Final = frozenset({ZoneRule.CAUTION, ZoneRule.CORRIDOR})
"""Rules that ask for care and keep nobody out: a meeting is told and is no alarm."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a party agrees to: one declaration of another party, and nothing later.

    Attributes:
        of: The message that declares the zone.
        hash: The content hash of what it declares (`Zone.content_hash`).
    """

    of: Reference
    hash: bytes


@dataclass(frozen=True, slots=True)
class Zone(Body):
    """One version of a zone, an agreement to one, or its cancellation.

    Attributes:
        by: Who says it.
        zone_id: The declaring party's own name for it.
        version: 1 at first, one more with each declaration and the cancellation; with
            AGREE, the version agreed to.
        operation: Declared, agreed to, or cancelled.
        rule: What holds in it; with DECLARE.
        volumes: Where, how high and when; a volume may be without end.
        place: Where, in words.
        name: What it is called.
        text: In words: with DECLARE, what whoever has to enter does first; with CANCEL, why.
        authority: Who decides on it.
        posture: In what state the party's people there are, in words.
        applies_to: Kinds of what acts that it holds for, in order; empty: for all.
        is_unilateral: Whether it holds without being agreed to; else it is an offer.
        valid_until: By when it is to be validated anew; with DECLARE.
        language: Of all words, as ISO 639 code.
        exercise: Whether it is for an exercise only.
        agrees: With AGREE, to what.
        scope: The scope of the line it belongs to; `any` leaves it to the desk.
        releasability: What may leave the receiving party.
    """

    by: By
    zone_id: str
    operation: ZoneOperation
    version: int = 1
    rule: ZoneRule | None = None
    volumes: tuple[Volume, ...] = ()
    place: Place = NO_PLACE
    name: str = ""
    text: str = ""
    authority: str = ""
    posture: str = ""
    applies_to: tuple[str, ...] = ()
    is_unilateral: bool = True
    valid_until: int | None = None
    language: str = "en"
    exercise: bool = False
    agrees: Agreement | None = None
    scope: str = ANY
    releasability: Releasability = Releasability.LINE_ONLY

    message_kind: ClassVar[Kind] = Kind.ZONE
    usual_scopes: ClassVar[tuple[str, ...]] = SCOPES

    @property
    def content_hash(self) -> bytes:
        """What an agreement names: SHA-256 of this body in strict CBOR."""
        return sha256(cbor.encode(self.to_body())).digest()

    @property
    def ends_at(self) -> int:
        """When its last window closes."""
        return max((volume.valid_until for volume in self.volumes), default=0)

    def is_same_as(self, other: "Zone") -> bool:
        """Whether the same holds in the same place for the same: only words differ."""
        return (self.rule, self.volumes, self.applies_to, self.exercise, self.is_unilateral) == (
            other.rule, other.volumes, other.applies_to, other.exercise, other.is_unilateral,
        )  # fmt: skip

    def rules(self) -> Iterator[Fault]:
        """What each operation needs, and what has no place in it."""
        match self.operation:
            case ZoneOperation.DECLARE:
                yield from self._declaration_faults()
            case ZoneOperation.AGREE:
                if self.agrees is None:
                    yield Fault("agrees", "is missing", "Name the declaration and its hash.")
            case ZoneOperation.CANCEL:
                if not self.text.strip():
                    yield Fault("text", "is empty", "Say why it is cancelled.")
        if self.operation is not ZoneOperation.DECLARE and (self.volumes or self.rule is not None):
            yield Fault("volumes", f"have no place in {self.operation.name}")
        if self.operation is not ZoneOperation.AGREE and self.agrees is not None:
            yield Fault("agrees", f"has no place in {self.operation.name}")

    def _declaration_faults(self) -> Iterator[Fault]:
        if self.rule is None:
            yield Fault("rule", "is missing", "Say what holds in it.")
        if not self.volumes:
            yield Fault("volumes", "are missing", "Say where, how high and when.")
        if self.rule is ZoneRule.PRIOR_CONTACT and not self.text.strip():
            yield Fault("text", "is empty", "Say how whoever has to enter makes contact.")
        if self.valid_until is None:
            yield Fault("valid_until", "is missing", "Say by when it is validated anew.")
        yield from volume_faults(self.volumes, "volumes")


_AGREEMENT = Record(Agreement, (Field(1, "of", REFERENCE), Field(2, "hash", Blob(32, 32))))

Zone.record = Record(
    Zone,
    (
        BY,
        Field(1, "zone_id", SITE_ID),
        Field(2, "version", VERSION),
        Field(3, "operation", Word(ZoneOperation)),
        Field(4, "rule", Word(ZoneRule), is_optional=True),
        Field(5, "volumes", StandingVolumes(VOLUME, VOLUMES_MAX)),
        Field(6, "place", PLACE),
        Field(7, "name", LABEL),
        Field(8, "text", FREE_TEXT),
        Field(9, "authority", LABEL),
        Field(10, "posture", LABEL),
        Field(11, "applies_to", Items(NAME, APPLIES_TO_MAX, rank=str)),
        Field(12, "is_unilateral", Truth(), "unilateral"),
        Field(13, "valid_until", Instant(), is_optional=True),
        Field(14, "scope", NAME),
        Field(15, "language", LANGUAGE),
        Field(16, "exercise", Truth()),
        Field(17, "agrees", _AGREEMENT, is_optional=True),
        Field(18, "releasability", Word(Releasability)),
    ),
)
