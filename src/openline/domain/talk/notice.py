"""Notices: advance information that a party will act in a part of space and time.

A notice asks for nothing and needs no answer to take effect; it is issued,
replaced by a higher version, or cancelled. It says where twice, as geometry and
in words relative to a shared reference point, so that a mistake in one shows
against the other. Its life is in `life`, its lead time in `lead_time`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final

from openline.domain.limits import HAZARDS_MAX, VOLUMES_MAX
from openline.domain.line.form import (
    LABEL,
    LANGUAGE,
    NAME,
    NEEDED_LABEL,
    Fault,
    Field,
    Items,
    Json,
    Record,
    Text,
    Truth,
    Whole,
    Word,
)
from openline.domain.space.volume import Volume
from openline.domain.talk.body import BY, FREE_TEXT, Body, By
from openline.domain.talk.kinds import Kind
from openline.domain.talk.volumes import VOLUME, volume_faults


class Operation(IntEnum):
    """What a notice does to the versions before it."""

    NEW = 1
    REPLACE = 2
    CANCEL = 3


class Certainty(IntEnum):
    """Whether the party has decided."""

    FIRM = 1
    TENTATIVE = 2


class SpeaksFor(IntEnum):
    """Whose people act: a party answers for some whom it does not command."""

    OWN = 1
    AUXILIARY = 2
    PARTNER = 3


class Releasability(IntEnum):
    """What of the notice may leave the receiving party."""

    LINE_ONLY = 1
    PARTY_INTERNAL = 2
    JOINT_PUBLIC = 3
    PUBLIC = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where, in words that can be read aloud.

    Attributes:
        words: Relative to a shared reference point: "6 km south-west of …".
        reference: The reference point's name in the Understanding, or empty.
    """

    words: str
    reference: str = ""


NO_PLACE: Final = Place("")
"""No place in words."""


@dataclass(frozen=True, slots=True)
class Notice(Body):
    """One version of one notice.

    Attributes:
        by: Who issues it.
        notice_id: The party's own name for it: capitals, digits, hyphens.
        category: What it is about: names a lead time in the Understanding.
        kind: What acts: names separation minima in the Understanding.
        volumes: Where, how high and when; none in a cancellation.
        place: Where, in words.
        activity: What will be done, in words.
        version: 1 at first, one more with each replacement or cancellation.
        operation: New, a replacement or a cancellation.
        scope: The scope of the line it belongs to.
        objects: What acts, as coarse as the party likes.
        language: Of all words, as ISO 639 code.
        contact: Post and frequencies.
        certainty: Firm or tentative.
        speaks_for: Whose people act.
        hazards: In words, each one: "live fire", "jamming".
        third_party: Who else is there, in words.
        releasability: What may leave the receiving party.
        exercise: Whether it is for an exercise only.
    """

    by: By
    notice_id: str
    category: str
    kind: str
    volumes: tuple[Volume, ...]
    place: Place
    activity: str
    version: int = 1
    operation: Operation = Operation.NEW
    scope: str = "air_safety"
    objects: str = ""
    language: str = "en"
    contact: str = ""
    certainty: Certainty = Certainty.FIRM
    speaks_for: SpeaksFor = SpeaksFor.OWN
    hazards: tuple[str, ...] = ()
    third_party: str = ""
    releasability: Releasability = Releasability.LINE_ONLY
    exercise: bool = False

    message_kind: ClassVar[Kind] = Kind.NOTICE

    @property
    def valid_from(self) -> int | None:
        """The earliest start of its windows; None if it has no volume."""
        return min((volume.valid_from for volume in self.volumes), default=None)

    @property
    def valid_until(self) -> int | None:
        """The latest end of its windows; None if it has no volume."""
        return max((volume.valid_until for volume in self.volumes), default=None)

    def rules(self) -> Iterator[Fault]:
        """Version, operation and volumes fit each other; each volume can be."""
        is_cancelled = self.operation is Operation.CANCEL
        if (self.version == 1) != (self.operation is Operation.NEW):
            yield Fault("version", f"is {self.version} with {self.operation.name}", _VERSIONS)
        if is_cancelled and self.volumes:
            yield Fault("volumes", "have no place in a cancellation")
        if not is_cancelled and not self.volumes:
            yield Fault("volumes", "are missing", "Say where, how high and when.")
        if not is_cancelled and not self.place.words.strip():
            yield Fault("place.words", "is empty", "Say where, in words.")
        yield from volume_faults(self.volumes, "volumes")


_VERSIONS = "NEW has version 1; REPLACE and CANCEL have the next version."

_NOTICE_ID = Text(
    32, pattern=re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,30}[A-Z0-9])?"), example="AB-0042"
)


class _PlaceForm(Record):
    """A place; in JSON the words alone are enough."""

    def prepared(self, json: Json, path: str) -> Json:
        """As an object."""
        return {"words": json} if isinstance(json, str) else json


PLACE = _PlaceForm(Place, (Field(1, "words", LABEL), Field(2, "reference", LABEL)))
"""A place in words; in JSON the words alone are enough."""

Notice.record = Record(
    Notice,
    (
        BY,
        Field(1, "notice_id", _NOTICE_ID),
        Field(2, "version", Whole(1, 1_000_000)),
        Field(3, "operation", Word(Operation)),
        Field(4, "category", NAME),
        Field(5, "kind", NAME),
        Field(6, "scope", NAME),
        Field(7, "volumes", Items(VOLUME, VOLUMES_MAX)),
        Field(8, "place", PLACE),
        Field(9, "activity", FREE_TEXT),
        Field(10, "objects", LABEL),
        Field(11, "language", LANGUAGE),
        Field(12, "contact", LABEL),
        Field(13, "certainty", Word(Certainty)),
        Field(14, "speaks_for", Word(SpeaksFor)),
        Field(15, "hazards", Items(NEEDED_LABEL, HAZARDS_MAX)),
        Field(16, "third_party", LABEL),
        Field(17, "releasability", Word(Releasability)),
        Field(18, "exercise", Truth()),
    ),
)
