"""Plans, sites and zones kept to oneself: made like a notice, never said.

What is kept meets the live notices of other parties on this party's own node
only (`engine.private_view`). Nothing of it goes into a message, so there is no
kind for it; its form is that of the private journal, which nobody else reads.

A site is a place where people are. It may be without end: then its window ends
with the calendar, at `INSTANT_MAX`, which is the last instant that can be
written, compared and indexed like any other; and it may be without a beginning:
then its window begins in 1970. A zone is an area with a rule, and may be without
end like a site. A plan has windows as a notice has.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from openline.domain.limits import (
    PRIVATE_NAME_CHARS_MAX,
    VOLUMES_MAX,
)
from openline.domain.line.form import NAME, Fault, Field, Items, Json, Record, Text, Truth, Word
from openline.domain.record import cbor
from openline.domain.space.volume import Volume
from openline.domain.talk.body import FREE_TEXT
from openline.domain.talk.volumes import ALWAYS_FROM as ALWAYS_FROM
from openline.domain.talk.volumes import VOLUME, standing, volume_faults
from openline.domain.talk.volumes import WITHOUT_END as WITHOUT_END
from openline.domain.talk.zone import ZoneRule

_SUBJECT: Final = "PRIVATE"


@dataclass(frozen=True, slots=True)
class Private:
    """A plan, a site or a zone that a party keeps to itself.

    Attributes:
        name: The party's own name for it, in words; no slash.
        kind: What acts or is there: names separation minima in the Understanding.
        volumes: Where, how high and when; at least one, at most `VOLUMES_MAX`.
        is_site: Whether it is a place where people are, else a plan.
        is_exercise: Whether it is for an exercise: then it meets exercises only.
        remark: Free words for its own officers, perhaps none.
        rule: Of a zone, what the party wishes to hold in it; None for anything else.
    """

    name: str
    kind: str
    volumes: tuple[Volume, ...]
    is_site: bool = False
    is_exercise: bool = False
    remark: str = ""
    rule: ZoneRule | None = None

    record: ClassVar[Record]

    @property
    def is_standing(self) -> bool:
        """Whether it is a site or a zone, which may be without end."""
        return self.is_site or self.rule is not None

    @property
    def valid_from(self) -> int:
        """The earliest start of its windows."""
        return min(volume.valid_from for volume in self.volumes)

    @property
    def valid_until(self) -> int:
        """The latest end of its windows; `WITHOUT_END` if it has none."""
        return max(volume.valid_until for volume in self.volumes)

    @property
    def vertices(self) -> int:
        """How many vertices its volumes have."""
        return sum(len(volume.vertices) for volume in self.volumes)

    def to_bytes(self) -> bytes:
        """The deterministic encoding that the journal keeps."""
        return cbor.encode(self.record.to_value(self))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The plan or site of an encoding.

        Raises:
            TheirError: MALFORMED: it is no strict CBOR, or a field has not its
                form; it names the field.
        """
        value = cbor.decode(data)
        try:
            private: Self = cls.record.from_value(value, "")
        except Fault as fault:
            raise fault.as_theirs(_SUBJECT) from None
        return private

    def to_json(self) -> dict[str, Any]:
        """It as an object for people and programs; nothing is lost."""
        return self.record.to_json(self)

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """What an officer filled in.

        The volumes of a site or zone may leave out either end of their windows.

        Raises:
            OurError: Something is missing, wrong or cannot be; it names the
                field, such as `volumes[0].vertices[3].lat`.
        """
        try:
            private: Self = cls.record.from_json(_opened(json), "")
        except Fault as fault:
            raise fault.as_ours(_SUBJECT) from None
        private.check()
        return private

    def check(self) -> None:
        """Confirm that it can be kept: its words, and each of its volumes.

        Raises:
            OurError: A field should not be so; it is named.
        """
        try:
            for fault in self._faults():
                raise fault
        except Fault as fault:
            raise fault.as_ours(_SUBJECT) from None

    def _faults(self) -> Iterator[Fault]:
        yield from self.record.doubts(self, "")
        yield from volume_faults(self.volumes, "volumes")
        if self.is_site and self.rule is not None:
            yield Fault("rule", "has no place beside a site", "Keep the two under two names.")
        if not self.is_standing and any(one.valid_until == WITHOUT_END for one in self.volumes):
            what = "have a window without end"
            yield Fault("volumes", what, "Only a site or a zone may be without end.")


def _opened(json: Json) -> Json:
    """The form of a site or zone with the ends of windows that it does not give."""
    if not isinstance(json, Mapping) or not (json.get("site") is True or json.get("rule")):
        return json
    volumes = json.get("volumes")
    if not isinstance(volumes, list | tuple):
        return json
    return {**json, "volumes": [standing(one) for one in volumes]}


_NAME = Text(
    PRIVATE_NAME_CHARS_MAX,
    is_needed=True,
    pattern=re.compile(r"[^\s/](?:[^/]*[^\s/])?"),
    example="Camp East",
)

Private.record = Record(
    Private,
    (
        Field(1, "name", _NAME),
        Field(2, "kind", NAME),
        Field(3, "volumes", Items(VOLUME, VOLUMES_MAX, 1)),
        Field(4, "is_site", Truth(), "site"),
        Field(5, "is_exercise", Truth(), "exercise"),
        Field(6, "remark", FREE_TEXT),
        Field(7, "rule", Word(ZoneRule), is_optional=True),
    ),
)
