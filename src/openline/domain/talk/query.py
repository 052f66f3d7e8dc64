"""Queries: a question that needs an answer by a time, and the answer.

"Are these yours?" is asked before a decision, not after it: a query says what was
seen, where, and when its author will decide. The answer says for whom it speaks and
until when it holds; after that nobody knows any more. HOLDING is an answer too: it
says by when the substance follows. That an answer was accepted or is disputed is said
by a RESPONSE to it.

Life: a query is open until an answer in substance came, and open again when the answer
no longer holds or is disputed. UNANSWERED is a fact, with the tiers that must know.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import ClassVar, Final

from openline.domain.conduct.clock import Clock, Turn, answer_ms, escalation, read_ms
from openline.domain.conduct.life import OPENED, Life, Table
from openline.domain.conduct.subject import Deed, Said, Subject
from openline.domain.limits import SPEAKS_FOR_MAX, VOLUMES_MAX
from openline.domain.line.form import (
    LABEL,
    LANGUAGE,
    Fault,
    Field,
    Instant,
    Items,
    Record,
    Truth,
    Whole,
    Word,
)
from openline.domain.party import Precedence
from openline.domain.space.volume import Volume
from openline.domain.talk.body import BY, FREE_TEXT, REFERENCE, Body, By, Reference
from openline.domain.talk.code_book import Acts
from openline.domain.talk.coded import Coded
from openline.domain.talk.kinds import Kind
from openline.domain.talk.notice import SpeaksFor
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.volumes import VOLUME, volume_faults


class Question(IntEnum):
    """What is asked; everything else is OTHER, in words."""

    ARE_THESE_YOURS = 1
    WHAT_IS_YOUR_INTENT = 2
    CONFIRM_NOTICE = 3
    WHO_CONTROLS = 4
    OTHER = 5


class AnswerCode(IntEnum):
    """What is answered."""

    OURS = 1
    OURS_AUXILIARY = 2
    """Contractors or militia under the party's control."""
    PARTNER = 3
    """Others, with whom the party is in contact."""
    NOT_OURS = 4
    NOT_KNOWN = 5
    DECLINED = 6
    HOLDING = 7
    """The substance follows by the time that is given."""
    STATED = 8
    """The answer is in the words: an intent, who controls, an explanation."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was seen, as far as it is known.

    Attributes:
        what: In words: "six trucks, two tanks".
        count: How many; None where it is not known.
        seen_at: When; None where it is not said.
        course_deg: Where it moves, 0 north, 90 east; None where it is not known.
    """

    what: str
    count: int | None = None
    seen_at: int | None = None
    course_deg: int | None = None


@dataclass(frozen=True, slots=True)
class Query(Body):
    """A question, or the word that it no longer stands.

    Attributes:
        by: Who asks.
        question: What is asked.
        text: In words; needed with OTHER and when it is closed.
        language: Of all words, as ISO 639 code.
        objects: What was seen, perhaps nothing.
        place: Where, in words.
        volumes: Where, as areas, perhaps none.
        intention: What the asker will do, in words.
        decision_at: When the asker decides; None if that is not said.
        reply_by: When the answer is needed; None for the agreed time.
        of: The notice asked about, or, of a query that is closed, the query.
        is_closed: The query that `of` names is withdrawn: no answer is needed any more.
        exercise: Whether it is asked for an exercise only.
    """

    by: By
    question: Question
    text: str = ""
    language: str = "en"
    objects: tuple[Sighting, ...] = ()
    place: str = ""
    volumes: tuple[Volume, ...] = ()
    intention: str = ""
    decision_at: int | None = None
    reply_by: int | None = None
    of: Reference | None = None
    is_closed: bool = False
    exercise: bool = False

    message_kind: ClassVar[Kind] = Kind.QUERY

    def rules(self) -> Iterator[Fault]:
        """A question has what it asks about; a withdrawal names its query."""
        yield from volume_faults(self.volumes, "volumes")
        if self.is_closed:
            if self.of is None:
                yield Fault("of", "is missing", "Name the query that is closed.")
            return
        if self.question is Question.OTHER and not self.text.strip():
            yield Fault("text", "is empty", "Write what is asked.")
        if self.question is Question.ARE_THESE_YOURS and not self.objects:
            yield Fault("objects", "are missing", "Say what was seen.")
        if self.question is Question.ARE_THESE_YOURS and not (self.place or self.volumes):
            yield Fault("place", "is empty", "Say where, in words or as an area.")
        if self.question is Question.CONFIRM_NOTICE and self.of is None:
            yield Fault("of", "is missing", "Name the notice.")


@dataclass(frozen=True, slots=True)
class QueryAnswer(Body):
    """An answer to a query or to a request for explanation.

    Attributes:
        by: Who answers.
        of: What is answered.
        code: What is answered, in one word.
        speaks_for: For whom it speaks, in order; at least one in substance.
        valid_until: Until when it holds; None if nothing limits it.
        holding_until: With HOLDING, when the substance follows at the latest.
        basis: With whom it was checked, in words.
        caveats: What it does not cover, in words.
        request: What is asked of the asker, in words: "hold for ten minutes".
        text: In words; needed with STATED and DECLINED.
        language: Of all words, as ISO 639 code.
    """

    by: By
    of: Reference
    code: AnswerCode
    speaks_for: tuple[SpeaksFor, ...] = ()
    valid_until: int | None = None
    holding_until: int | None = None
    basis: str = ""
    caveats: str = ""
    request: str = ""
    text: str = ""
    language: str = "en"

    message_kind: ClassVar[Kind] = Kind.ANSWER

    @property
    def is_substance(self) -> bool:
        """Whether it answers: neither puts off nor declines."""
        return self.code not in (AnswerCode.HOLDING, AnswerCode.DECLINED)

    def rules(self) -> Iterator[Fault]:
        """Who speaks for whom is said; HOLDING and nothing else has its time."""
        is_holding = self.code is AnswerCode.HOLDING
        if is_holding and self.holding_until is None:
            yield Fault("holding_until", "is missing", "Write when the answer follows.")
        if not is_holding and self.holding_until is not None:
            yield Fault("holding_until", f"has no place beside {self.code.name}")
        if self.is_substance and not self.speaks_for:
            remedy = "Say OWN, AUXILIARY or PARTNER: for whom does the answer speak?"
            yield Fault("speaks_for", "is empty", remedy)
        if not self.is_substance and self.valid_until is not None:
            yield Fault("valid_until", f"has no place beside {self.code.name}")
        if self.code in (AnswerCode.STATED, AnswerCode.DECLINED) and not self.text.strip():
            yield Fault("text", "is empty", "Write the answer, or why none is given.")


_SIGHTING: Final = Record(
    Sighting,
    (
        Field(1, "what", LABEL),
        Field(2, "count", Whole(1, 1_000_000), is_optional=True),
        Field(3, "seen_at", Instant(), is_optional=True),
        Field(4, "course_deg", Whole(0, 359), is_optional=True),
    ),
)

_OBJECTS_MAX: Final = 16
"""Sorts of objects in one query: what an officer reads aloud in a minute."""

Query.record = Record(
    Query,
    (
        BY,
        Field(1, "question", Word(Question)),
        Field(2, "text", FREE_TEXT),
        Field(3, "language", LANGUAGE),
        Field(4, "objects", Items(_SIGHTING, _OBJECTS_MAX)),
        Field(5, "place", LABEL),
        Field(6, "volumes", Items(VOLUME, VOLUMES_MAX)),
        Field(7, "intention", FREE_TEXT),
        Field(8, "decision_at", Instant(), is_optional=True),
        Field(9, "reply_by", Instant(), is_optional=True),
        Field(10, "of", REFERENCE, is_optional=True),
        Field(11, "is_closed", Truth()),
        Field(12, "exercise", Truth()),
    ),
)

QueryAnswer.record = Record(
    QueryAnswer,
    (
        BY,
        Field(1, "of", REFERENCE),
        Field(2, "code", Word(AnswerCode)),
        Field(3, "speaks_for", Items(Word(SpeaksFor), SPEAKS_FOR_MAX, rank=int)),
        Field(4, "valid_until", Instant(), is_optional=True),
        Field(5, "holding_until", Instant(), is_optional=True),
        Field(6, "basis", FREE_TEXT),
        Field(7, "caveats", FREE_TEXT),
        Field(8, "request", FREE_TEXT),
        Field(9, "text", FREE_TEXT),
        Field(10, "language", LANGUAGE),
    ),
)


class QueryState(StrEnum):
    """Where a query stands with one party that it was put to."""

    ASKED = "ASKED"
    READ = "READ"
    HOLDING = "HOLDING"
    ANSWERED = "ANSWERED"
    ACCEPTED = "ACCEPTED"
    DISPUTED = "DISPUTED"
    DECLINED = "DECLINED"
    UNANSWERED = "UNANSWERED"
    LAPSED = "LAPSED"
    CLOSED = "CLOSED"


class QueryEvent(StrEnum):
    """What happens to a query."""

    READ = "READ"
    HELD = "HELD"
    ANSWERED = "ANSWERED"
    DECLINED = "DECLINED"
    ACCEPTED = "ACCEPTED"
    DISPUTED = "DISPUTED"
    CLOSED = "CLOSED"
    READ_DUE = "READ_DUE"
    DECISION_DUE = "DECISION_DUE"
    REPLY_DUE = "REPLY_DUE"
    TIER_DUE = "TIER_DUE"
    VALIDITY_OVER = "VALIDITY_OVER"


_S, _E = QueryState, QueryEvent

_REPLIES: Final = {
    _E.HELD: _S.HOLDING,
    _E.ANSWERED: _S.ANSWERED,
    _E.DECLINED: _S.DECLINED,
    _E.CLOSED: _S.CLOSED,
}
_DUE: Final = {_E.REPLY_DUE: _S.UNANSWERED}


def _stay(state: QueryState, *events: QueryEvent) -> dict[QueryEvent, QueryState]:
    return dict.fromkeys(events, state)


QUERY_TABLE: Final[Table] = {
    _S.ASKED: {
        _E.READ: _S.READ,
        **_REPLIES,
        **_DUE,
        **_stay(_S.ASKED, _E.READ_DUE, _E.DECISION_DUE),
    },
    _S.READ: {**_stay(_S.READ, _E.READ, _E.DECISION_DUE), **_REPLIES, **_DUE},
    _S.HOLDING: {**_stay(_S.HOLDING, _E.READ, _E.DECISION_DUE), **_REPLIES, **_DUE},
    _S.UNANSWERED: {
        **_stay(_S.UNANSWERED, _E.READ, _E.DECISION_DUE, _E.TIER_DUE),
        **_REPLIES,
    },
    _S.ANSWERED: {
        **_stay(_S.ANSWERED, _E.READ),
        **_REPLIES,
        _E.ACCEPTED: _S.ACCEPTED,
        _E.DISPUTED: _S.DISPUTED,
        _E.VALIDITY_OVER: _S.LAPSED,
    },
    _S.ACCEPTED: {
        **_stay(_S.ACCEPTED, _E.READ, _E.ACCEPTED),
        **_REPLIES,
        _E.DISPUTED: _S.DISPUTED,
        _E.VALIDITY_OVER: _S.LAPSED,
    },
    _S.DISPUTED: {
        **_stay(_S.DISPUTED, _E.READ, _E.DISPUTED, _E.TIER_DUE),
        **_REPLIES,
        _E.ACCEPTED: _S.ACCEPTED,
    },
    _S.DECLINED: {**_stay(_S.DECLINED, _E.READ, _E.DISPUTED), **_REPLIES},
    _S.LAPSED: {**_stay(_S.LAPSED, _E.READ), **_REPLIES, _E.DISPUTED: _S.DISPUTED},
    _S.CLOSED: _stay(_S.CLOSED, _E.READ),
}
"""The state machine of one query with one party that it was put to."""

QUERY_LIFE: Final = Life(_S.ASKED, QUERY_TABLE, frozenset({_S.ACCEPTED, _S.DECLINED, _S.CLOSED}))

_OPEN: Final = (_S.ASKED, _S.READ, _S.HOLDING)

QUERY_CLOCKS: Final = (
    Clock("read", "read_by", (_S.ASKED,), _E.READ_DUE, Turn.OTHER, Precedence.PRIORITY),
    Clock(
        "decision",
        "decision_at",
        (*_OPEN, _S.UNANSWERED),
        _E.DECISION_DUE,
        Turn.OPENER,
        Precedence.IMMEDIATE,
    ),
    Clock("reply", "reply_by", _OPEN, _E.REPLY_DUE, Turn.OTHER, Precedence.IMMEDIATE, 2),
    Clock("tier_3", "tier_3", (_S.UNANSWERED,), _E.TIER_DUE, Turn.OTHER, Precedence.IMMEDIATE, 3),
    Clock("tier_4", "tier_4", (_S.UNANSWERED,), _E.TIER_DUE, Turn.OTHER, Precedence.IMMEDIATE, 4),
    Clock("settle", "settle_by", (_S.DISPUTED,), _E.TIER_DUE, Turn.OTHER, Precedence.IMMEDIATE, 2),
    Clock(
        "validity",
        "valid_until",
        (_S.ANSWERED, _S.ACCEPTED),
        _E.VALIDITY_OVER,
        Turn.OPENER,
        Precedence.PRIORITY,
    ),
)
"""The clocks of a query. The tiers follow the agreed time for an answer: `conduct.clock`."""


def _query_deed(said: Said) -> Deed | None:
    message = said.message
    if isinstance(message, Coded):
        return _coded_deed(said, message)
    if isinstance(message, Query):
        if message.is_closed:
            return Deed(_E.CLOSED) if said.is_by_opener else None
        reply_by = message.reply_by or said.at + answer_ms(said.timers, said.precedence)
        instants: dict[str, int | None] = {
            "read_by": said.at + read_ms(said.timers, said.precedence),
            "reply_by": reply_by,
            "decision_at": message.decision_at,
            **escalation(said.timers, said.precedence, said.at, reply_by),
        }
        return Deed(OPENED, tuple(instants.items()), message.question.name)
    return answered(said)


def _coded_deed(said: Said, message: Coded) -> Deed | None:
    """What a coded message does to a query: asks, puts off or takes back."""
    if message.acts is Acts.QUERY:
        reply_by = message.until or said.at + answer_ms(said.timers, said.precedence)
        instants = {
            "read_by": said.at + read_ms(said.timers, said.precedence),
            "reply_by": reply_by,
            **escalation(said.timers, said.precedence, said.at, reply_by),
        }
        return Deed(OPENED, tuple(instants.items()), f"CODED_{message.number:02d}")
    if message.acts is Acts.HOLDING and not said.is_by_opener:
        until = message.until or said.at
        later = escalation(said.timers, said.matter_precedence, said.at, until)
        return Deed(_E.HELD, (("reply_by", until), *later.items()), Acts.HOLDING.name)
    if message.acts is Acts.DISREGARD and said.is_by_opener:
        return Deed(_E.CLOSED)
    return None


def answered(said: Said) -> Deed | None:
    """What an answer, a reading or a response to an answer does to what was asked."""
    message = said.message
    if isinstance(message, QueryAnswer) and not said.is_by_opener:
        return _answer_deed(said, message)
    if isinstance(message, Read) and not said.is_by_opener:
        return Deed(_E.READ) if said.about != Kind.ANSWER else None
    if isinstance(message, Response) and said.is_by_opener and said.about == Kind.ANSWER:
        if message.answer is Answer.NOTED:
            return Deed(_E.ACCEPTED)
        if message.answer is Answer.OBJECTED:
            settle_by = said.at + answer_ms(said.timers, said.matter_precedence)
            return Deed(_E.DISPUTED, (("settle_by", settle_by),))
    return None


def _answer_deed(said: Said, message: QueryAnswer) -> Deed:
    name = message.code.name
    if message.code is AnswerCode.HOLDING:
        until = message.holding_until or said.at
        later = escalation(said.timers, said.matter_precedence, said.at, until)
        return Deed(_E.HELD, (("reply_by", until), *later.items()), name)
    if message.code is AnswerCode.DECLINED:
        return Deed(_E.DECLINED, (), name)
    return Deed(_E.ANSWERED, (("valid_until", message.valid_until),), name)


QUERY: Final = Subject("query", (Kind.QUERY, Kind.CODED), QUERY_LIFE, QUERY_CLOCKS, _query_deed)
