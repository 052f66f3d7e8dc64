"""An officer's assessment: whose a track is, as the watch sees it.

Feeds claim whose an object is, or do not say: an aircraft's own radio never does. An
officer who knows it says so, on this party's node only. What is assessed stands before what
a feed claims, in the picture and in the alarms, until it is taken back or nobody hears of
the object any more. It is in the private journal and in no message; its form is that of
the journal, which nobody else reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final, Self

from openline.domain.limits import NAME_CHARS_MAX, TRACK_ADDRESS_CHARS_MAX
from openline.domain.line.form import Fault, Field, Json, Record, Text, Word
from openline.domain.record import cbor
from openline.domain.space.sighting import Affiliation
from openline.domain.talk.body import FREE_TEXT

_SUBJECT: Final = "ASSESSMENT"
_TWIN: Final = "/2"


class Verdict(IntEnum):
    """Whose a track is, as an officer assesses it."""

    NOT_KNOWN = 0
    OURS = 1
    THEIRS = 2
    NEITHER = 3


AFFILIATIONS: Final = {
    Verdict.NOT_KNOWN: Affiliation.UNKNOWN,
    Verdict.OURS: Affiliation.OWN,
    Verdict.THEIRS: Affiliation.OTHER_PARTY,
    Verdict.NEITHER: Affiliation.THIRD_PARTY,
}
"""What the picture shows for each verdict."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """Whose one track is.

    Attributes:
        track: Id of the track, as in the picture.
        verdict: Whose it is; NOT_KNOWN where no claim of a feed is believed.
        party: Of THEIRS, which counterpart; else empty.
        remark: Why, in words; may be empty.
    """

    track: str
    verdict: Verdict
    party: str = ""
    remark: str = ""

    record: ClassVar[Record]

    @property
    def affiliation(self) -> Affiliation:
        """What stands in place of what the feeds claim."""
        return AFFILIATIONS[self.verdict]

    def to_bytes(self) -> bytes:
        """The deterministic encoding that the journal keeps."""
        return cbor.encode(self.record.to_value(self))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The assessment of an encoding.

        Raises:
            TheirError: MALFORMED: it is no strict CBOR, or a field has not its form.
        """
        value = cbor.decode(data)
        try:
            assessment: Self = cls.record.from_value(value, "")
        except Fault as fault:
            raise fault.as_theirs(_SUBJECT) from None
        return assessment

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """What an officer chose.

        Raises:
            OurError: Something is missing or wrong; it names the field.
        """
        try:
            assessment: Self = cls.record.from_json(json, "")
            for fault in assessment._faults():
                raise fault
        except Fault as fault:
            raise fault.as_ours(_SUBJECT) from None
        return assessment

    def _faults(self) -> Iterator[Fault]:
        yield from self.record.doubts(self, "")
        if self.verdict is Verdict.THEIRS and not self.party:
            yield Fault("party", "is missing", "Say whose it is: one of the counterparts.")
        if self.verdict is not Verdict.THEIRS and self.party:
            yield Fault("party", "has a place beside THEIRS alone", "Leave it out.")


Assessment.record = Record(
    Assessment,
    (
        Field(1, "track", Text(TRACK_ADDRESS_CHARS_MAX + len(_TWIN), is_needed=True)),
        Field(2, "verdict", Word(Verdict)),
        Field(3, "party", Text(NAME_CHARS_MAX)),
        Field(4, "remark", FREE_TEXT),
    ),
)
