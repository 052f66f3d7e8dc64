"""Requests for explanation: a formal question about unusual activity.

The reply is due within the agreed time for a ROUTINE answer, by proposal 48 hours
(Vienna Document, chapter III). The answer is an ANSWER like that to a query. Where none
comes, a certificate shows it, and the next step is a meeting.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from openline.domain.conduct.clock import Clock, Turn, read_ms
from openline.domain.conduct.life import OPENED
from openline.domain.conduct.subject import Deed, Said, Subject
from openline.domain.limits import DOCUMENTS_ASKED_MAX
from openline.domain.line.form import (
    LABEL,
    LANGUAGE,
    NEEDED_LABEL,
    Fault,
    Field,
    Instant,
    Items,
    Record,
)
from openline.domain.party import Precedence
from openline.domain.talk.body import BY, FREE_TEXT, NEEDED_TEXT, Body, By
from openline.domain.talk.kinds import Kind
from openline.domain.talk.query import QUERY_LIFE, QueryEvent, QueryState, answered


@dataclass(frozen=True, slots=True)
class Explanation(Body):
    """A request for explanation.

    Attributes:
        by: Who asks.
        concern: What gives cause for concern, in words.
        activity: What sort of activity.
        place: Where, in words.
        seen_from: From when; None where it is not known.
        seen_until: Until when, later; None while it lasts.
        documents: What is asked for beside words, each in a few words.
        text: More, in words.
        language: Of all words, as ISO 639 code.
    """

    by: By
    concern: str
    activity: str = ""
    place: str = ""
    seen_from: int | None = None
    seen_until: int | None = None
    documents: tuple[str, ...] = ()
    text: str = ""
    language: str = "en"

    message_kind: ClassVar[Kind] = Kind.EXPLANATION

    def rules(self) -> Iterator[Fault]:
        """What was seen ends after it began."""
        if self.seen_from is not None and (self.seen_until or self.seen_from + 1) <= self.seen_from:
            yield Fault("seen_until", "is not after seen_from", "Correct either.")


Explanation.record = Record(
    Explanation,
    (
        BY,
        Field(1, "concern", NEEDED_TEXT),
        Field(2, "activity", LABEL),
        Field(3, "place", LABEL),
        Field(4, "seen_from", Instant(), is_optional=True),
        Field(5, "seen_until", Instant(), is_optional=True),
        Field(6, "documents", Items(NEEDED_LABEL, DOCUMENTS_ASKED_MAX)),
        Field(7, "text", FREE_TEXT),
        Field(8, "language", LANGUAGE),
    ),
)

_OPEN: Final = (QueryState.ASKED, QueryState.READ, QueryState.HOLDING)

EXPLANATION_CLOCKS: Final = (
    Clock(
        "read", "read_by", (QueryState.ASKED,), QueryEvent.READ_DUE, Turn.OTHER, Precedence.PRIORITY
    ),
    Clock("reply", "reply_by", _OPEN, QueryEvent.REPLY_DUE, Turn.OTHER, Precedence.IMMEDIATE, 3),
)
"""The clocks of a request for explanation: it is put at tier 2, so tier 3 must know."""


def _explanation_deed(said: Said) -> Deed | None:
    message = said.message
    if isinstance(message, Explanation):
        instants = {
            "read_by": said.at + read_ms(said.timers, said.precedence),
            "reply_by": said.at + said.timers.answer_routine_ms,
        }
        return Deed(OPENED, tuple(instants.items()))
    return answered(said)


EXPLANATION: Final = Subject(
    "explanation", (Kind.EXPLANATION,), QUERY_LIFE, EXPLANATION_CLOCKS, _explanation_deed
)
