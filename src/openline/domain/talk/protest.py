"""Protests and notes: the formal text of a party, with its articles and demands.

Such a text often goes another way as well: by an attache, in a ministry. It says so, and
what counts on the line is what is on the record. It is answered by a note in reply or by
a RESPONSE; UNANSWERED is a fact that a certificate shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import ClassVar, Final

from openline.domain.conduct.clock import Clock, Turn, read_ms
from openline.domain.conduct.life import OPENED, Life, Table
from openline.domain.conduct.subject import Deed, Said, Subject
from openline.domain.limits import FACTS_MAX
from openline.domain.line.form import (
    LABEL,
    LANGUAGE,
    NEEDED_LABEL,
    Fault,
    Field,
    Instant,
    Items,
    Record,
    Truth,
    Word,
)
from openline.domain.party import Precedence
from openline.domain.talk.body import BY, NEEDED_TEXT, REFERENCE, Body, By, Reference
from openline.domain.talk.evidence import ABOUT, ARTICLES, INCIDENT_ID_OR_NONE
from openline.domain.talk.incident import ANSWER_MS, ANSWER_URGENT_MS
from openline.domain.talk.kinds import Kind
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response


class Paper(IntEnum):
    """What sort of formal text it is."""

    PROTEST = 1
    NOTE = 2


@dataclass(frozen=True, slots=True)
class Protest(Body):
    """A protest or a note.

    Attributes:
        by: Who speaks for the party.
        paper: What sort of text.
        subject: What it is about, in a row.
        text: The text.
        articles: Articles that it cites.
        demands: What is demanded, each in a row.
        due_at: When an answer is due; None for the agreed time.
        also_by: Which other way it is delivered: "attache in Geneva"; may be empty.
        incident: The incident that it is about, by its id; may be empty.
        about: Messages that it is about.
        of: The protest or note that this one answers or withdraws.
        is_withdrawn: Its author withdraws the one that `of` names.
        language: Of all words, as ISO 639 code.
    """

    by: By
    paper: Paper
    text: str
    subject: str = ""
    articles: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    due_at: int | None = None
    also_by: str = ""
    incident: str = ""
    about: tuple[Reference, ...] = ()
    of: Reference | None = None
    is_withdrawn: bool = False
    language: str = "en"

    message_kind: ClassVar[Kind] = Kind.PROTEST

    def rules(self) -> Iterator[Fault]:
        """A protest stands for itself; only a note answers or withdraws one."""
        if self.of is None:
            if self.is_withdrawn:
                yield Fault("of", "is missing", "Name the protest or note that is withdrawn.")
            return
        if self.paper is not Paper.NOTE:
            yield Fault("paper", "is PROTEST", "Answer and withdraw with a NOTE.")
        if self.due_at is not None:
            yield Fault("due_at", "has no place in a reply", "Make a note of its own for it.")


Protest.record = Record(
    Protest,
    (
        BY,
        Field(1, "paper", Word(Paper)),
        Field(2, "subject", LABEL),
        Field(3, "text", NEEDED_TEXT),
        Field(4, "articles", ARTICLES),
        Field(5, "demands", Items(NEEDED_LABEL, FACTS_MAX)),
        Field(6, "due_at", Instant(), is_optional=True),
        Field(7, "also_by", LABEL),
        Field(8, "incident", INCIDENT_ID_OR_NONE),
        Field(9, "about", ABOUT),
        Field(10, "of", REFERENCE, is_optional=True),
        Field(11, "is_withdrawn", Truth()),
        Field(12, "language", LANGUAGE),
    ),
)


class ProtestState(StrEnum):
    """Where a protest or note stands with one party that it was put to."""

    MADE = "MADE"
    READ = "READ"
    HOLDING = "HOLDING"
    UNANSWERED = "UNANSWERED"
    ANSWERED = "ANSWERED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"


class ProtestEvent(StrEnum):
    """What happens to a protest or note."""

    READ = "READ"
    HELD = "HELD"
    ANSWERED = "ANSWERED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    READ_DUE = "READ_DUE"
    REPLY_DUE = "REPLY_DUE"


_S, _E = ProtestState, ProtestEvent

_REPLIES: Final = {
    _E.HELD: _S.HOLDING,
    _E.ANSWERED: _S.ANSWERED,
    _E.DECLINED: _S.DECLINED,
    _E.WITHDRAWN: _S.WITHDRAWN,
}
_LATER: Final = {_E.ANSWERED: _S.ANSWERED, _E.WITHDRAWN: _S.WITHDRAWN}


PROTEST_TABLE: Final[Table] = {
    _S.MADE: {
        _E.READ: _S.READ,
        **_REPLIES,
        _E.READ_DUE: _S.MADE,
        _E.REPLY_DUE: _S.UNANSWERED,
    },
    _S.READ: {_E.READ: _S.READ, **_REPLIES, _E.REPLY_DUE: _S.UNANSWERED},
    _S.HOLDING: {_E.READ: _S.HOLDING, **_REPLIES, _E.REPLY_DUE: _S.UNANSWERED},
    _S.UNANSWERED: {_E.READ: _S.UNANSWERED, **_REPLIES},
    _S.ANSWERED: {_E.READ: _S.ANSWERED, **_LATER},
    _S.DECLINED: {_E.READ: _S.DECLINED, **_LATER},
    _S.WITHDRAWN: {_E.READ: _S.WITHDRAWN},
}
"""The state machine of one protest or note with one party that it was put to."""

PROTEST_LIFE: Final = Life(
    _S.MADE, PROTEST_TABLE, frozenset({_S.ANSWERED, _S.DECLINED, _S.WITHDRAWN})
)

PROTEST_CLOCKS: Final = (
    Clock("read", "read_by", (_S.MADE,), _E.READ_DUE, Turn.OTHER, Precedence.PRIORITY),
    Clock(
        "reply",
        "reply_by",
        (_S.MADE, _S.READ, _S.HOLDING),
        _E.REPLY_DUE,
        Turn.OTHER,
        Precedence.PRIORITY,
        3,
    ),
)
"""The clocks of a protest: it is made at tier 2, so tier 3 must know that none answered."""


def _protest_deed(said: Said) -> Deed | None:
    message = said.message
    if isinstance(message, Protest):
        return _paper_deed(said, message)
    if said.is_by_opener:
        return None
    if isinstance(message, Read) and said.about == Kind.PROTEST:
        return Deed(_E.READ)
    if isinstance(message, Response):
        name = message.answer.name
        if message.answer is Answer.HOLDING:
            return Deed(_E.HELD, (("reply_by", message.holding_until or said.at),), name)
        is_declined = message.answer is Answer.DECLINED
        return Deed(_E.DECLINED if is_declined else _E.ANSWERED, (), name)
    return None


def _paper_deed(said: Said, message: Protest) -> Deed | None:
    if message.of is not None:
        if message.is_withdrawn:
            return Deed(_E.WITHDRAWN) if said.is_by_opener else None
        return None if said.is_by_opener else Deed(_E.ANSWERED, (), message.paper.name)
    is_urgent = said.precedence >= Precedence.IMMEDIATE
    due = said.at + (ANSWER_URGENT_MS if is_urgent else ANSWER_MS)
    instants = (
        ("read_by", said.at + read_ms(said.timers, said.precedence)),
        ("reply_by", message.due_at or due),
    )
    return Deed(OPENED, instants, message.paper.name)


PROTEST: Final = Subject("protest", (Kind.PROTEST,), PROTEST_LIFE, PROTEST_CLOCKS, _protest_deed)
