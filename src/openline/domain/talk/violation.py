"""Alleged violations: a claim that a rule was broken, and what is said to it.

What is alleged is bound to articles, to a zone or to messages on the record, and to
evidence by hash, so that both sides count the same. It is a claim and stays one: the
other side accepts, denies or explains it, and nothing here finds who is right.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import ClassVar, Final

from openline.domain.conduct.clock import Clock, Turn, read_ms
from openline.domain.conduct.life import OPENED, Life, Table
from openline.domain.conduct.subject import Deed, Said, Subject
from openline.domain.limits import VOLUMES_MAX
from openline.domain.line.form import (
    LABEL,
    LANGUAGE,
    Fault,
    Field,
    Instant,
    Items,
    Record,
    Truth,
    Word,
)
from openline.domain.party import Precedence
from openline.domain.space.volume import Volume
from openline.domain.talk.body import BY, FREE_TEXT, REFERENCE, Body, By, Reference
from openline.domain.talk.evidence import (
    ABOUT,
    ARTICLES,
    EVIDENCE,
    INCIDENT_ID_OR_NONE,
    Evidence,
    evidence_faults,
)
from openline.domain.talk.incident import ANSWER_MS, ANSWER_URGENT_MS
from openline.domain.talk.kinds import Kind
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.volumes import VOLUME, volume_faults


class ViolationAct(IntEnum):
    """What is said of an alleged violation."""

    ALLEGE = 1
    ACCEPT = 2
    """The accused party says that it was so."""
    DENY = 3
    EXPLAIN = 4
    DISPUTE = 5
    """The author of the allegation does not take the answer."""
    CLOSE = 6
    WITHDRAW = 7


_ANSWERS: Final = (ViolationAct.ACCEPT, ViolationAct.DENY, ViolationAct.EXPLAIN)


@dataclass(frozen=True, slots=True)
class Violation(Body):
    """An alleged violation, or what is said of one.

    Attributes:
        by: Who speaks.
        act: What is said.
        articles: Articles that are said to be broken; with ALLEGE at least one.
        text: What happened, or the answer, in words.
        happened_at: With ALLEGE, when.
        ended_at: Until when, if it lasted.
        place: Where, in words.
        volumes: Where, as areas, perhaps none.
        zone: The zone that was entered, by its id; may be empty.
        incident: The incident that it belongs to, by its id; may be empty.
        about: Messages that it rests on: notices, answers, movements.
        evidence: Files that show it, by their hashes.
        reply_by: When an answer is due; None for the agreed time.
        of: The allegation that another act is about.
        language: Of all words, as ISO 639 code.
        exercise: Whether it is said for an exercise only.
    """

    by: By
    act: ViolationAct
    articles: tuple[str, ...] = ()
    text: str = ""
    happened_at: int | None = None
    ended_at: int | None = None
    place: str = ""
    volumes: tuple[Volume, ...] = ()
    zone: str = ""
    incident: str = ""
    about: tuple[Reference, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    reply_by: int | None = None
    of: Reference | None = None
    language: str = "en"
    exercise: bool = False

    message_kind: ClassVar[Kind] = Kind.VIOLATION

    @property
    def is_allegation(self) -> bool:
        """Whether it alleges, rather than speaks of what was alleged."""
        return self.act is ViolationAct.ALLEGE

    def rules(self) -> Iterator[Fault]:
        """An allegation names a rule, a time and what it rests on; else it names one."""
        yield from volume_faults(self.volumes, "volumes")
        yield from evidence_faults(self.evidence)
        if not self.is_allegation:
            if self.of is None:
                yield Fault("of", "is missing", "Name the alleged violation.")
            if self.act is not ViolationAct.CLOSE and not self.text.strip():
                yield Fault("text", "is empty", "Say why.")
            return
        if self.of is not None:
            yield Fault("of", "has no place beside ALLEGE", "Name other messages in `about`.")
        if not self.articles:
            yield Fault("articles", "are missing", "Name the article that was broken.")
        if self.happened_at is None:
            yield Fault("happened_at", "is missing", "Say when it happened.")
        elif self.ended_at is not None and self.ended_at < self.happened_at:
            yield Fault("ended_at", "is before happened_at", "Correct either.")
        if not (self.text.strip() or self.zone or self.about):
            yield Fault("text", "is empty", "Say what happened, or name a zone or a message.")


Violation.record = Record(
    Violation,
    (
        BY,
        Field(1, "act", Word(ViolationAct)),
        Field(2, "articles", ARTICLES),
        Field(3, "text", FREE_TEXT),
        Field(4, "happened_at", Instant(), is_optional=True),
        Field(5, "ended_at", Instant(), is_optional=True),
        Field(6, "place", LABEL),
        Field(7, "volumes", Items(VOLUME, VOLUMES_MAX)),
        Field(8, "zone", LABEL),
        Field(9, "incident", INCIDENT_ID_OR_NONE),
        Field(10, "about", ABOUT),
        Field(11, "evidence", EVIDENCE),
        Field(12, "reply_by", Instant(), is_optional=True),
        Field(13, "of", REFERENCE, is_optional=True),
        Field(14, "language", LANGUAGE),
        Field(15, "exercise", Truth()),
    ),
)


class ViolationState(StrEnum):
    """Where an alleged violation stands with one party that it was put to."""

    ALLEGED = "ALLEGED"
    READ = "READ"
    HOLDING = "HOLDING"
    UNANSWERED = "UNANSWERED"
    ANSWERED_ACCEPTED = "ANSWERED_ACCEPTED"
    ANSWERED_DENIED = "ANSWERED_DENIED"
    ANSWERED_EXPLAINED = "ANSWERED_EXPLAINED"
    DISPUTED = "DISPUTED"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"


class ViolationEvent(StrEnum):
    """What happens to an alleged violation."""

    READ = "READ"
    HELD = "HELD"
    ACCEPTED = "ACCEPTED"
    DENIED = "DENIED"
    EXPLAINED = "EXPLAINED"
    DISPUTED = "DISPUTED"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"
    READ_DUE = "READ_DUE"
    REPLY_DUE = "REPLY_DUE"


_S, _E = ViolationState, ViolationEvent

_ANSWERED: Final = {
    _E.ACCEPTED: _S.ANSWERED_ACCEPTED,
    _E.DENIED: _S.ANSWERED_DENIED,
    _E.EXPLAINED: _S.ANSWERED_EXPLAINED,
}
_OPEN_ROW: Final = {_E.HELD: _S.HOLDING, **_ANSWERED, _E.WITHDRAWN: _S.WITHDRAWN}
_ANSWERED_ROW: Final = {
    **_ANSWERED,
    _E.DISPUTED: _S.DISPUTED,
    _E.CLOSED: _S.CLOSED,
    _E.WITHDRAWN: _S.WITHDRAWN,
}


def _stay(state: ViolationState, *events: ViolationEvent) -> dict[ViolationEvent, ViolationState]:
    return dict.fromkeys(events, state)


VIOLATION_TABLE: Final[Table] = {
    _S.ALLEGED: {
        _E.READ: _S.READ,
        **_OPEN_ROW,
        _E.READ_DUE: _S.ALLEGED,
        _E.REPLY_DUE: _S.UNANSWERED,
    },
    _S.READ: {**_stay(_S.READ, _E.READ), **_OPEN_ROW, _E.REPLY_DUE: _S.UNANSWERED},
    _S.HOLDING: {**_stay(_S.HOLDING, _E.READ), **_OPEN_ROW, _E.REPLY_DUE: _S.UNANSWERED},
    _S.UNANSWERED: {**_stay(_S.UNANSWERED, _E.READ), **_OPEN_ROW, _E.CLOSED: _S.CLOSED},
    _S.ANSWERED_ACCEPTED: {**_stay(_S.ANSWERED_ACCEPTED, _E.READ), **_ANSWERED_ROW},
    _S.ANSWERED_DENIED: {**_stay(_S.ANSWERED_DENIED, _E.READ), **_ANSWERED_ROW},
    _S.ANSWERED_EXPLAINED: {**_stay(_S.ANSWERED_EXPLAINED, _E.READ), **_ANSWERED_ROW},
    _S.DISPUTED: {**_stay(_S.DISPUTED, _E.READ), **_ANSWERED_ROW},
    _S.CLOSED: _stay(_S.CLOSED, _E.READ),
    _S.WITHDRAWN: _stay(_S.WITHDRAWN, _E.READ),
}
"""The state machine of one alleged violation with one party that it was put to."""

VIOLATION_LIFE: Final = Life(
    _S.ALLEGED,
    VIOLATION_TABLE,
    frozenset({*_ANSWERED.values(), _S.CLOSED, _S.WITHDRAWN}),
)

VIOLATION_CLOCKS: Final = (
    Clock("read", "read_by", (_S.ALLEGED,), _E.READ_DUE, Turn.OTHER, Precedence.PRIORITY),
    Clock(
        "reply",
        "reply_by",
        (_S.ALLEGED, _S.READ, _S.HOLDING),
        _E.REPLY_DUE,
        Turn.OTHER,
        Precedence.PRIORITY,
        2,
    ),
)
"""The clocks of an alleged violation: 7 days for an answer, 2 if it is IMMEDIATE or FLASH."""

_EVENTS: Final = {
    ViolationAct.ACCEPT: _E.ACCEPTED,
    ViolationAct.DENY: _E.DENIED,
    ViolationAct.EXPLAIN: _E.EXPLAINED,
    ViolationAct.DISPUTE: _E.DISPUTED,
    ViolationAct.CLOSE: _E.CLOSED,
    ViolationAct.WITHDRAW: _E.WITHDRAWN,
}


def _violation_deed(said: Said) -> Deed | None:
    message = said.message
    if isinstance(message, Violation):
        if message.is_allegation:
            return _allegation_deed(said, message)
        is_answer = message.act in _ANSWERS
        if is_answer is said.is_by_opener or message.of is None:
            return None
        return Deed(_EVENTS[message.act], (), message.act.name)
    if said.is_by_opener:
        return None
    if isinstance(message, Read):
        return Deed(_E.READ)
    if isinstance(message, Response) and message.answer is Answer.HOLDING:
        return Deed(_E.HELD, (("reply_by", message.holding_until or said.at),), message.answer.name)
    return None


def _allegation_deed(said: Said, message: Violation) -> Deed:
    is_urgent = said.precedence >= Precedence.IMMEDIATE
    due = said.at + (ANSWER_URGENT_MS if is_urgent else ANSWER_MS)
    instants = (
        ("read_by", said.at + read_ms(said.timers, said.precedence)),
        ("reply_by", message.reply_by or due),
    )
    return Deed(OPENED, instants)


VIOLATION: Final = Subject(
    "violation", (Kind.VIOLATION,), VIOLATION_LIFE, VIOLATION_CLOCKS, _violation_deed
)
