"""Contacts: a conversation that is asked for, arranged, held or missed.

Whom one would like to speak with is a preference and never a gate: any officer of the
tier takes the contact, and the text of the request needs nobody's acceptance to be read.
A request is accepted, countered with other times or declined with a reason; that nobody
answered is a fact too, and so is who missed an agreed contact. After DECLINED or
NO_ANSWER the next tier is offered (`next_tier`).

Life: a contact that recurs comes back to DUE every week until its last time; each
occurrence is kept, by a call record, or missed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import ClassVar, Final

from openline.domain.conduct.clock import Clock, Turn, answer_ms
from openline.domain.conduct.life import OPENED, Life, Step, Table
from openline.domain.conduct.subject import Deed, Said, Subject
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.limits import (
    CONTACT_PERSONS_MAX,
    CONTACT_TIMES_MAX,
    CONTACT_WEEKS_MAX,
    INTERPRETERS_MAX,
    PARTIES_MAX,
)
from openline.domain.line.form import (
    LANGUAGE,
    NEEDED_LABEL,
    Fault,
    Field,
    Instant,
    Items,
    Record,
    Truth,
    Whole,
    Word,
)
from openline.domain.line.terms import Timers
from openline.domain.party import Precedence
from openline.domain.talk.body import BY, FREE_TEXT, PARTY, REFERENCE, Body, By, Reference
from openline.domain.talk.call_record import AGREE_MS, DRAFT_MS, CallRecord, RecordMode
from openline.domain.talk.kinds import Kind
from openline.domain.talk.readout import ReadoutMode

WEEK_MS: Final = 7 * DAY_MS
TIER_MAX: Final = 4
"""Minister: there is no tier above."""

_LASTS_MS: Final = HOUR_MS
"""How long a contact is taken to last: an agenda of three points with an interpreter."""

_RECORDED_MS: Final = _LASTS_MS + DRAFT_MS
_ENDS_MS: Final = _RECORDED_MS + AGREE_MS

_REPLY_MULTIPLES: Final = {Precedence.FLASH: 3, Precedence.IMMEDIATE: 4}
"""Multiples of the agreed time for an answer: with the proposed ones 15 min and 2 h."""


class Medium(IntEnum):
    """How the parties talk."""

    VOICE = 1
    TEXT = 2
    VIDEO = 3
    MEETING = 4


class ContactAnswer(IntEnum):
    """What is answered to a request for a contact, or said of an agreed one."""

    ACCEPT = 1
    COUNTER = 2
    """Not then, but at one of these other times."""
    DECLINE = 3
    CALL_OFF = 4
    """An agreed contact, or all that are to come, will not be held."""
    MISSED = 5
    """At the agreed time the contact did not come about."""


_NEED_WORDS: Final = {
    ContactAnswer.DECLINE: "Write why it is declined.",
    ContactAnswer.CALL_OFF: "Write why it is called off.",
}


@dataclass(frozen=True, slots=True)
class Contact(Body):
    """A request for a contact.

    Attributes:
        by: Who asks.
        tier: At which tier.
        subject: What about, in a few words.
        times: When it could be, in order, at least one.
        persons: Whom one would like to speak with: a preference, and never a gate.
        medium: How.
        language: Of all words, as ISO 639 code.
        spoken_in: The language of the conversation, as ISO 639 code.
        interpreters: Whom the asker brings, perhaps nobody.
        record_mode: What will be kept of it.
        readout_mode: How the public will be told; None if nothing is to be said.
        weekly_until: The last instant of a contact that recurs every week; None for one.
        reply_by: When the answer is needed; None for the agreed time.
        text: More, in words.
        of: The earlier contact that this one follows, such as one that was declined.
        exercise: Whether it is asked for an exercise only.
    """

    by: By
    tier: int
    subject: str
    times: tuple[int, ...]
    persons: tuple[str, ...] = ()
    medium: Medium = Medium.VOICE
    language: str = "en"
    spoken_in: str = "en"
    interpreters: tuple[str, ...] = ()
    record_mode: RecordMode = RecordMode.MINUTES
    readout_mode: ReadoutMode | None = None
    weekly_until: int | None = None
    reply_by: int | None = None
    text: str = ""
    of: Reference | None = None
    exercise: bool = False

    message_kind: ClassVar[Kind] = Kind.CONTACT

    def rules(self) -> Iterator[Fault]:
        """What recurs has a last time, which is not too far off."""
        yield from _week_faults(self.weekly_until, self.times)


@dataclass(frozen=True, slots=True)
class ContactReply(Body):
    """An answer to a request for a contact, or a word about an agreed one.

    Attributes:
        by: Who answers.
        of: The request, or an earlier answer to it.
        answer: What is answered.
        at: With ACCEPT, which of the proposed times.
        times: With COUNTER, other times, in order.
        weekly_until: With ACCEPT and COUNTER, the last instant of what recurs.
        reply_by: With COUNTER, when the answer is needed; None for the agreed time.
        missed_by: With MISSED, the parties that did not come; empty if it is not known.
        persons: Who will come, perhaps nobody named.
        text: In words; needed with DECLINE and CALL_OFF.
        language: Of all words, as ISO 639 code.
    """

    by: By
    of: Reference
    answer: ContactAnswer
    at: int | None = None
    times: tuple[int, ...] = ()
    weekly_until: int | None = None
    reply_by: int | None = None
    missed_by: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    text: str = ""
    language: str = "en"

    message_kind: ClassVar[Kind] = Kind.CONTACT_REPLY

    def rules(self) -> Iterator[Fault]:
        """Each answer has what belongs to it and nothing else."""
        name, answer = self.answer.name, self.answer
        is_dated = answer in (ContactAnswer.ACCEPT, ContactAnswer.COUNTER)
        for field, belongs, held in (
            ("at", answer is ContactAnswer.ACCEPT, self.at is not None),
            ("times", answer is ContactAnswer.COUNTER, bool(self.times)),
        ):
            if belongs and not held:
                yield Fault(field, "is missing", f"{name} says when.")
            if held and not belongs:
                yield Fault(field, f"has no place beside {name}")
        if self.weekly_until is not None and not is_dated:
            yield Fault("weekly_until", f"has no place beside {name}")
        elif is_dated:
            times = self.times if self.at is None else (self.at,)
            yield from _week_faults(self.weekly_until, times)
        if self.reply_by is not None and answer is not ContactAnswer.COUNTER:
            yield Fault("reply_by", f"has no place beside {name}")
        if self.missed_by and answer is not ContactAnswer.MISSED:
            yield Fault("missed_by", f"has no place beside {name}")
        if answer in _NEED_WORDS and not self.text.strip():
            yield Fault("text", "is empty", _NEED_WORDS[answer])


def _week_faults(weekly_until: int | None, times: Iterable[int]) -> Iterator[Fault]:
    given = tuple(times)
    if weekly_until is None or not given:
        return
    if weekly_until < max(given):
        yield Fault("weekly_until", "is before the first time", "Correct either.")
    if weekly_until > min(given) + CONTACT_WEEKS_MAX * WEEK_MS:
        remedy = "Arrange it anew when they are over."
        yield Fault("weekly_until", f"is more than {CONTACT_WEEKS_MAX} weeks later", remedy)


_TIMES: Final = Items(Instant(), CONTACT_TIMES_MAX, least=1, rank=int)
_OTHER_TIMES: Final = Items(Instant(), CONTACT_TIMES_MAX, rank=int)
_PERSONS: Final = Items(NEEDED_LABEL, CONTACT_PERSONS_MAX)

Contact.record = Record(
    Contact,
    (
        BY,
        Field(1, "tier", Whole(1, TIER_MAX)),
        Field(2, "subject", NEEDED_LABEL),
        Field(3, "times", _TIMES),
        Field(4, "persons", _PERSONS),
        Field(5, "medium", Word(Medium)),
        Field(6, "language", LANGUAGE),
        Field(7, "spoken_in", LANGUAGE),
        Field(8, "interpreters", Items(NEEDED_LABEL, INTERPRETERS_MAX)),
        Field(9, "record_mode", Word(RecordMode)),
        Field(10, "readout_mode", Word(ReadoutMode), is_optional=True),
        Field(11, "weekly_until", Instant(), is_optional=True),
        Field(12, "reply_by", Instant(), is_optional=True),
        Field(13, "text", FREE_TEXT),
        Field(14, "of", REFERENCE, is_optional=True),
        Field(15, "exercise", Truth()),
    ),
)

ContactReply.record = Record(
    ContactReply,
    (
        BY,
        Field(1, "of", REFERENCE),
        Field(2, "answer", Word(ContactAnswer)),
        Field(3, "at", Instant(), is_optional=True),
        Field(4, "times", _OTHER_TIMES),
        Field(5, "weekly_until", Instant(), is_optional=True),
        Field(6, "reply_by", Instant(), is_optional=True),
        Field(7, "missed_by", Items(PARTY, PARTIES_MAX, rank=str)),
        Field(8, "persons", _PERSONS),
        Field(9, "text", FREE_TEXT),
        Field(10, "language", LANGUAGE),
    ),
)


class ContactState(StrEnum):
    """Where a contact stands with one party that was asked."""

    PROPOSED = "PROPOSED"
    COUNTERED = "COUNTERED"
    SCHEDULED = "SCHEDULED"
    DUE = "DUE"
    """Its time has come."""
    HELD = "HELD"
    MISSED = "MISSED"
    DECLINED = "DECLINED"
    NO_ANSWER = "NO_ANSWER"
    CALLED_OFF = "CALLED_OFF"
    ENDED = "ENDED"


class ContactEvent(StrEnum):
    """What happens to a contact."""

    ACCEPTED = "ACCEPTED"
    """The party that was asked accepts a proposed time."""
    AGREED = "AGREED"
    """The party that asked accepts one of the other times."""
    COUNTERED = "COUNTERED"
    REPROPOSED = "REPROPOSED"
    """The party that asked proposes other times."""
    DECLINED = "DECLINED"
    CALLED_OFF = "CALLED_OFF"
    MISSED = "MISSED"
    HELD = "HELD"
    FOLLOWED = "FOLLOWED"
    """A further contact, such as one at the next tier, is asked for in its stead."""
    REPLY_DUE = "REPLY_DUE"
    COUNTER_DUE = "COUNTER_DUE"
    BEGINS = "BEGINS"
    HELD_DUE = "HELD_DUE"
    ENDS = "ENDS"


_S, _E = ContactState, ContactEvent

CONTACT_TABLE: Final[Table] = {
    _S.PROPOSED: {
        _E.ACCEPTED: _S.SCHEDULED,
        _E.COUNTERED: _S.COUNTERED,
        _E.REPROPOSED: _S.PROPOSED,
        _E.DECLINED: _S.DECLINED,
        _E.CALLED_OFF: _S.CALLED_OFF,
        _E.HELD: _S.ENDED,
        _E.REPLY_DUE: _S.NO_ANSWER,
    },
    _S.COUNTERED: {
        _E.AGREED: _S.SCHEDULED,
        _E.COUNTERED: _S.COUNTERED,
        _E.REPROPOSED: _S.PROPOSED,
        _E.DECLINED: _S.DECLINED,
        _E.CALLED_OFF: _S.CALLED_OFF,
        _E.HELD: _S.ENDED,
        _E.COUNTER_DUE: _S.NO_ANSWER,
    },
    _S.SCHEDULED: {
        _E.COUNTERED: _S.COUNTERED,
        _E.REPROPOSED: _S.PROPOSED,
        _E.CALLED_OFF: _S.CALLED_OFF,
        _E.BEGINS: _S.DUE,
    },
    _S.DUE: {
        _E.HELD: _S.HELD,
        _E.MISSED: _S.MISSED,
        _E.CALLED_OFF: _S.CALLED_OFF,
        _E.HELD_DUE: _S.MISSED,
    },
    _S.HELD: {
        _E.HELD: _S.HELD,
        _E.CALLED_OFF: _S.CALLED_OFF,
        _E.FOLLOWED: _S.HELD,
        _E.BEGINS: _S.DUE,
        _E.ENDS: _S.ENDED,
    },
    _S.MISSED: {
        _E.HELD: _S.HELD,
        _E.MISSED: _S.MISSED,
        _E.COUNTERED: _S.COUNTERED,
        _E.REPROPOSED: _S.PROPOSED,
        _E.CALLED_OFF: _S.CALLED_OFF,
        _E.FOLLOWED: _S.MISSED,
        _E.BEGINS: _S.DUE,
        _E.ENDS: _S.ENDED,
    },
    _S.DECLINED: {
        _E.ACCEPTED: _S.SCHEDULED,
        _E.COUNTERED: _S.COUNTERED,
        _E.REPROPOSED: _S.PROPOSED,
        _E.HELD: _S.ENDED,
        _E.FOLLOWED: _S.DECLINED,
    },
    _S.NO_ANSWER: {
        _E.ACCEPTED: _S.SCHEDULED,
        _E.COUNTERED: _S.COUNTERED,
        _E.REPROPOSED: _S.PROPOSED,
        _E.DECLINED: _S.DECLINED,
        _E.HELD: _S.ENDED,
        _E.FOLLOWED: _S.NO_ANSWER,
    },
    _S.CALLED_OFF: {_E.HELD: _S.ENDED, _E.FOLLOWED: _S.CALLED_OFF},
    _S.ENDED: {_E.HELD: _S.ENDED, _E.FOLLOWED: _S.ENDED},
}
"""The state machine of one contact with one party that was asked."""

CONTACT_LIFE: Final = Life(
    _S.PROPOSED,
    CONTACT_TABLE,
    frozenset({_S.DECLINED, _S.NO_ANSWER, _S.CALLED_OFF, _S.ENDED}),
)

CONTACT_CLOCKS: Final = (
    Clock(
        "contact_reply",
        "reply_by",
        (_S.PROPOSED,),
        _E.REPLY_DUE,
        Turn.OTHER,
        Precedence.IMMEDIATE,
        2,
    ),
    Clock(
        "contact_counter",
        "counter_by",
        (_S.COUNTERED,),
        _E.COUNTER_DUE,
        Turn.OPENER,
        Precedence.IMMEDIATE,
        2,
    ),
    Clock(
        "contact_begins",
        "begins_at",
        (_S.SCHEDULED, _S.HELD, _S.MISSED),
        _E.BEGINS,
        Turn.OPENER,
        Precedence.PRIORITY,
        sets=(("held_by", _RECORDED_MS), ("begins_at", WEEK_MS)),
        is_momentary=True,
    ),
    Clock(
        "contact_held",
        "held_by",
        (_S.DUE,),
        _E.HELD_DUE,
        Turn.OPENER,
        Precedence.PRIORITY,
        is_momentary=True,
    ),
    Clock(
        "contact_ends",
        "ends_at",
        (_S.HELD, _S.MISSED),
        _E.ENDS,
        Turn.OPENER,
        Precedence.ROUTINE,
        is_quiet=True,
    ),
)
"""The clocks of a contact: an answer in 48 h, to FLASH in 15 min; a record within the hour
after its end; what recurs begins again a week later."""


def reply_ms(timers: Timers, precedence: int) -> int:
    """Within which time a request is answered: 48 h, FLASH 15 min (proposals)."""
    multiple = _REPLY_MULTIPLES.get(Precedence(precedence))
    if multiple is None:
        return timers.answer_routine_ms
    return min(multiple * answer_ms(timers, precedence), timers.answer_routine_ms)


def _contact_deed(said: Said) -> Deed | None:
    message = said.message
    if isinstance(message, Contact):
        if said.about is None:
            return Deed(OPENED, _proposed(said, message, "reply_by"), message.medium.name)
        return Deed(_E.FOLLOWED) if said.is_by_opener else None
    if isinstance(message, CallRecord):
        return Deed(_E.HELD) if said.about in (Kind.CONTACT, Kind.CONTACT_REPLY) else None
    if isinstance(message, ContactReply):
        return _reply_deed(said, message)
    return None


def _reply_deed(said: Said, message: ContactReply) -> Deed | None:
    match message.answer:
        case ContactAnswer.ACCEPT if message.at is not None:
            event = _E.AGREED if said.is_by_opener else _E.ACCEPTED
            return Deed(event, _agreed(message.at, message.weekly_until))
        case ContactAnswer.COUNTER:
            clock = "reply_by" if said.is_by_opener else "counter_by"
            event = _E.REPROPOSED if said.is_by_opener else _E.COUNTERED
            return Deed(event, (*_UNAGREED, *_proposed(said, message, clock)))
        case ContactAnswer.DECLINE:
            return Deed(_E.DECLINED)
        case ContactAnswer.CALL_OFF:
            return Deed(_E.CALLED_OFF)
        case ContactAnswer.MISSED:
            return Deed(_E.MISSED, (), " ".join(message.missed_by))
        case _:
            return None


_UNAGREED: Final = tuple((name, None) for name in ("begins_at", "held_by", "last_at", "ends_at"))
"""What no longer stands when other times are proposed."""


def _proposed(
    said: Said, message: Contact | ContactReply, clock: str
) -> tuple[tuple[str, int | None], ...]:
    """The proposed times by name, and when an answer is due, never later than agreed."""
    latest = said.at + reply_ms(said.timers, said.matter_precedence)
    reply_by = latest if message.reply_by is None else min(message.reply_by, latest)
    times: list[int | None] = [*message.times, *[None] * CONTACT_TIMES_MAX]
    named = ((f"time_{number}", times[number - 1]) for number in range(1, CONTACT_TIMES_MAX + 1))
    return ((clock, reply_by), ("weekly_until", message.weekly_until), *named)


def _agreed(at: int, weekly_until: int | None) -> tuple[tuple[str, int | None], ...]:
    """When it begins, and until when it recurs: a counterpart's word has a bound."""
    last_at = None
    if weekly_until is not None:
        last_at = min(weekly_until, at + CONTACT_WEEKS_MAX * WEEK_MS)
    last = at if last_at is None else at + max(0, last_at - at) // WEEK_MS * WEEK_MS
    return (("begins_at", at), ("last_at", last_at), ("ends_at", last + _ENDS_MS))


CONTACT: Final = Subject("contact", (Kind.CONTACT,), CONTACT_LIFE, CONTACT_CLOCKS, _contact_deed)


# Occurrences, and the next tier.


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One agreed time of a contact.

    Attributes:
        begins_at: When it was to begin.
        outcome: DUE, HELD or MISSED.
        missed_by: Of a missed one, the parties that are said to have missed it, by party
            that says so; empty where only the clock tells.
        record: Author and index of its call record; None if there is none.
    """

    begins_at: int
    outcome: ContactState = ContactState.DUE
    missed_by: tuple[tuple[str, str], ...] = ()
    record: tuple[str, int] | None = None


def occurrences(steps: Iterable[Step]) -> tuple[Occurrence, ...]:
    """What became of each agreed time of a contact, from the steps of its standing."""
    found: list[Occurrence] = []
    for step in steps:
        if not step.has_effect:
            continue
        if step.event == _E.BEGINS:
            found.append(Occurrence(step.at))
        elif found and step.event in (_E.HELD_DUE, _E.MISSED):
            said = found[-1].missed_by
            if step.index is not None:
                said = (*said, (step.party, step.said))
            found[-1] = replace(found[-1], outcome=_S.MISSED, missed_by=said)
        elif found and step.event == _E.HELD and step.index is not None:
            record = found[-1].record or (step.party, step.index)
            found[-1] = replace(found[-1], outcome=_S.HELD, record=record)
    return tuple(found)


def next_tier(contact: Contact, of: Reference, tiers: Iterable[int], now: int) -> Contact | None:
    """The request that is offered after one was declined or not answered.

    Args:
        contact: The request that came to nothing.
        of: Its author and serial.
        tiers: The tiers at which the party that was asked has posts.
        now: The present instant.

    Returns:
        The same request at the next tier up, with the times that are still to come, or
        else one in an hour; None where no tier is above.
    """
    above = sorted(tier for tier in {*tiers} if tier > contact.tier)
    if not above:
        return None
    soon = (now + HOUR_MS) // MINUTE_MS * MINUTE_MS
    times = tuple(at for at in contact.times if at > now + 15 * MINUTE_MS) or (soon,)
    weekly = contact.weekly_until
    if weekly is not None and weekly < max(times):
        weekly = None
    return replace(
        contact, tier=above[0], persons=(), times=times, weekly_until=weekly, reply_by=None, of=of
    )
