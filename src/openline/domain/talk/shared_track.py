"""A shared track: what a party lets others know of one object that it sees.

Tracks stay on the node of the party whose feeds see them. An officer may share one: then
what is known of it now goes to the counterparts, once, in the officer's name. It is a
claim like any other, says how far it is believed, and names no feed. Nothing is answered
to it; "are these yours?" is a query of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final

from openline.domain.line.form import (
    LABEL,
    LANGUAGE,
    NEEDED_LABEL,
    Fault,
    Field,
    Instant,
    Record,
    Truth,
    Whole,
    Word,
)
from openline.domain.line.points import POINT
from openline.domain.space.geodesy import Position
from openline.domain.space.volume import Altitude
from openline.domain.talk.body import BY, FREE_TEXT, Body, By
from openline.domain.talk.kinds import Kind
from openline.domain.talk.volumes import LOWER

SPEED_KT_MAX: Final = 5_000
"""Beyond what flies below space."""

ACCURACY_M_MAX: Final = 50_000
"""A position worse than this is none."""


class Claim(IntEnum):
    """Whose the object is, as the author claims."""

    UNKNOWN = 0
    OURS = 1
    YOURS = 2
    THIRD_PARTY = 3


class Belief(IntEnum):
    """How far the author believes the track."""

    GOOD = 1
    FAIR = 2
    DOUBTFUL = 3


@dataclass(frozen=True, slots=True)
class SharedTrack(Body):
    """What is known of one object at one instant.

    Attributes:
        by: Who shares it.
        track: What it is called: a callsign, or a name of the author's own.
        what: What it is, in words: "aircraft", "8 lorries".
        seen_at: When it was where it is said to be.
        position: Where (lat_e7, lon_e7).
        altitude: How high; None if it is not known.
        course_deg: Where it moves, 0 to 359 from true north; None if it is not known.
        speed_kt: How fast over the ground, knots; None if it is not known.
        accuracy_m: Within which radius it is; None if it is not known.
        claim: Whose it is, as claimed.
        belief: How far it is believed.
        text: More, in words.
        language: Of all words, as ISO 639 code.
        exercise: Whether it is said for an exercise only.
    """

    by: By
    track: str
    what: str
    seen_at: int
    position: Position
    altitude: Altitude | None = None
    course_deg: int | None = None
    speed_kt: int | None = None
    accuracy_m: int | None = None
    claim: Claim = Claim.UNKNOWN
    belief: Belief = Belief.GOOD
    text: str = ""
    language: str = "en"
    exercise: bool = False

    message_kind: ClassVar[Kind] = Kind.TRACK

    def rules(self) -> Iterator[Fault]:
        """What moves nowhere has no course."""
        if self.course_deg is not None and self.speed_kt == 0:
            yield Fault("course_deg", "has no place beside a speed of 0", "Leave it out.")


SharedTrack.record = Record(
    SharedTrack,
    (
        BY,
        Field(1, "track", NEEDED_LABEL),
        Field(2, "what", LABEL),
        Field(3, "seen_at", Instant()),
        Field(4, "position", POINT),
        Field(5, "altitude", LOWER, is_optional=True),
        Field(6, "course_deg", Whole(0, 359), is_optional=True),
        Field(7, "speed_kt", Whole(0, SPEED_KT_MAX), is_optional=True),
        Field(8, "accuracy_m", Whole(0, ACCURACY_M_MAX), is_optional=True),
        Field(9, "claim", Word(Claim)),
        Field(10, "belief", Word(Belief)),
        Field(11, "text", FREE_TEXT),
        Field(12, "language", LANGUAGE),
        Field(13, "exercise", Truth()),
    ),
)
