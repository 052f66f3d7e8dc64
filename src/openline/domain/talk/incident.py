"""Incidents: what harmed or endangered, and the inquiry into it.

People name an incident: whoever reports first chooses its id, and the other side's own
report says the same id. A report is one party's account; nobody edits it, a later one of
the same party adds to it. Facts and assessment are kept apart. What is evidence is named
by its hash and stays with the party that has it.

Life: nothing that takes two is brought about by one. An inquiry is joint when both have
said so, findings are agreed when the other side says that it agrees with them, and an
incident is closed when both have closed it; one alone can close it in disagreement, or
give the alarm up if nobody else has reported.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from itertools import pairwise
from typing import ClassVar, Final

from openline.domain.conduct.clock import Clock, Turn
from openline.domain.conduct.life import Life, Table
from openline.domain.conduct.subject import Deed, Said, Subject
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.limits import (
    FACTS_MAX,
    INCIDENT_EVENTS_MAX,
    INCIDENT_OBJECTS_MAX,
    VOLUMES_MAX,
)
from openline.domain.line.form import (
    LABEL,
    LANGUAGE,
    NEEDED_LABEL,
    Fault,
    Field,
    Instant,
    Items,
    Record,
    Row,
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
    INCIDENT_ID,
    Evidence,
    evidence_faults,
)
from openline.domain.talk.kinds import Kind
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.volumes import VOLUME, volume_faults

NOT_NAMED: Final = "NEW-I-0000"
"""Stands for the id of an incident that the desk is to name."""

FIRST_REPORT_MS: Final = 30 * MINUTE_MS
"""From the event to the first report, and from that to its being read (`field.md` 3)."""

FULL_REPORT_MS: Final = 24 * HOUR_MS
"""From the event to the full report of who reported it, and from the first report to the
other side's own."""

ANSWER_MS: Final = 7 * DAY_MS
"""From the first report to the first answer (border agreement)."""

ANSWER_URGENT_MS: Final = 2 * DAY_MS
"""The same of an urgent one."""

FINDINGS_MS: Final = 30 * DAY_MS
"""From the opening of an inquiry to its findings, unless it says when they are due."""

HOLD_AROUND_MS: Final = 2 * HOUR_MS
"""Before and after the event everything that was recorded is held as evidence."""


class Stage(IntEnum):
    """How much a report says."""

    OBSERVATION = 1
    """Something happened; the first report follows."""
    FIRST = 2
    FULL = 3


class Sort(IntEnum):
    """What sort of incident it is; everything else is OTHER, in words."""

    STRIKE = 1
    """People were hit or nearly hit."""
    FIRING = 2
    APPROACH = 3
    """A dangerous approach of aircraft, ships or vehicles."""
    COLLISION = 4
    ENTRY = 5
    """Somebody was where they should not have been without a call."""
    INTERFERENCE = 6
    """Lasers, jamming, or whatever else disturbs."""
    LOSS = 7
    """An aircraft, ship or vehicle is lost."""
    ACCIDENT = 8
    OTHER = 9


class Act(IntEnum):
    """What is said about an inquiry."""

    OPEN = 1
    FINDING = 2
    MEASURES = 3
    CLOSE = 4
    CLOSE_IN_DISAGREEMENT = 5
    FALSE_ALARM = 6


class Mode(IntEnum):
    """Who inquires."""

    OWN = 1
    JOINT = 2


class Agreement(IntEnum):
    """How findings stand to those of the other side."""

    ALONE = 1
    """They are the author's; nobody has said yet whether they are agreed."""
    AGREED = 2
    DIFFERING = 3


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One thing that happened.

    Attributes:
        at: When.
        what: What, in words.
    """

    at: int
    what: str


@dataclass(frozen=True, slots=True)
class Incident(Body):
    """A report on an incident by one party.

    Attributes:
        by: Who reports.
        incident: The id, the same on both sides.
        stage: How much it says.
        sort: What sort of incident.
        happened_at: When it happened, or began.
        place: Where, in words.
        volumes: Where, as areas, perhaps none.
        own_objects: What of the author's own took part, each in words with its number.
        other_objects: What of others took part, as far as the author knows.
        events: What happened, in order.
        harm: Who and what was harmed or endangered, in words.
        measures: What was done at once, in words.
        facts: What the author knows, in words; needed but for an observation.
        assessment: What the author makes of it, in words; never mixed with the facts.
        evidence: Files that show it, by their hashes.
        articles: Articles that it touches.
        about: Earlier messages that belong to it: notices, warnings, answers.
        is_urgent: Whether a first answer is wanted in two days rather than seven.
        language: Of all words, as ISO 639 code.
        exercise: Whether it is said for an exercise only.
    """

    by: By
    incident: str
    stage: Stage
    sort: Sort
    happened_at: int
    place: str = ""
    volumes: tuple[Volume, ...] = ()
    own_objects: tuple[str, ...] = ()
    other_objects: tuple[str, ...] = ()
    events: tuple[Occurrence, ...] = ()
    harm: str = ""
    measures: str = ""
    facts: str = ""
    assessment: str = ""
    evidence: tuple[Evidence, ...] = ()
    articles: tuple[str, ...] = ()
    about: tuple[Reference, ...] = ()
    is_urgent: bool = False
    language: str = "en"
    exercise: bool = False

    message_kind: ClassVar[Kind] = Kind.INCIDENT

    @property
    def is_full(self) -> bool:
        """Whether it is the author's full report."""
        return self.stage is Stage.FULL

    def rules(self) -> Iterator[Fault]:
        """A report says where and what; its events are in order, each file is named once."""
        yield from volume_faults(self.volumes, "volumes")
        yield from evidence_faults(self.evidence)
        if not (self.place.strip() or self.volumes):
            yield Fault("place", "is empty", "Say where, in words or as an area.")
        if self.stage is not Stage.OBSERVATION and not self.facts.strip():
            yield Fault("facts", "are missing", "Say what is known, apart from what it means.")
        for number, (one, other) in enumerate(pairwise(self.events), start=1):
            if other.at < one.at:
                what = "is earlier than the one before it"
                yield Fault(f"events[{number}].at", what, "Give the events in their order.")


Incident.record = Record(
    Incident,
    (
        BY,
        Field(1, "incident", INCIDENT_ID),
        Field(2, "stage", Word(Stage)),
        Field(3, "sort", Word(Sort)),
        Field(4, "happened_at", Instant()),
        Field(5, "place", LABEL),
        Field(6, "volumes", Items(VOLUME, VOLUMES_MAX)),
        Field(7, "own_objects", Items(NEEDED_LABEL, INCIDENT_OBJECTS_MAX)),
        Field(8, "other_objects", Items(NEEDED_LABEL, INCIDENT_OBJECTS_MAX)),
        Field(
            9,
            "events",
            Items(
                Row(Occurrence, (Field(0, "at", Instant()), Field(1, "what", NEEDED_LABEL))),
                INCIDENT_EVENTS_MAX,
            ),
        ),
        Field(10, "harm", FREE_TEXT),
        Field(11, "measures", FREE_TEXT),
        Field(12, "facts", FREE_TEXT),
        Field(13, "assessment", FREE_TEXT),
        Field(14, "evidence", EVIDENCE),
        Field(15, "articles", ARTICLES),
        Field(16, "about", ABOUT),
        Field(17, "is_urgent", Truth()),
        Field(18, "language", LANGUAGE),
        Field(19, "exercise", Truth()),
    ),
)


@dataclass(frozen=True, slots=True)
class Inquiry(Body):
    """A step of the inquiry into an incident, by one party.

    Attributes:
        by: Who speaks.
        incident: The id of the incident.
        act: Which step.
        mode: With OPEN, who inquires.
        lead: With OPEN, who leads it, in words.
        due_at: With OPEN, when findings are due; None for thirty days.
        questions: With OPEN, what is to be found out.
        findings: With FINDING, what was found, in words.
        agreement: With FINDING, how that stands to the other side's findings.
        of: With AGREED and DIFFERING, the other side's finding.
        facts_agreed: Facts on which both sides agree, each in a row.
        facts_differing: Facts on which they differ, each in a row.
        disagreement: Where the sides differ, and why, in words.
        measures: With MEASURES, what was or will be done, in words.
        evidence: Files that show it, by their hashes.
        text: More, in words.
        language: Of all words, as ISO 639 code.
    """

    by: By
    incident: str
    act: Act
    mode: Mode | None = None
    lead: str = ""
    due_at: int | None = None
    questions: tuple[str, ...] = ()
    findings: str = ""
    agreement: Agreement | None = None
    of: Reference | None = None
    facts_agreed: tuple[str, ...] = ()
    facts_differing: tuple[str, ...] = ()
    disagreement: str = ""
    measures: str = ""
    evidence: tuple[Evidence, ...] = ()
    text: str = ""
    language: str = "en"

    message_kind: ClassVar[Kind] = Kind.INQUIRY

    def rules(self) -> Iterator[Fault]:
        """Each step has what it is about, and nothing that belongs to another."""
        yield from evidence_faults(self.evidence)
        yield from self._misplaced()
        match self.act:
            case Act.OPEN:
                if self.mode is None:
                    yield Fault("mode", "is missing", "Say OWN or JOINT.")
                if not self.lead.strip():
                    yield Fault("lead", "is empty", "Say who leads the inquiry.")
            case Act.FINDING:
                yield from self._finding_faults()
            case Act.MEASURES:
                if not self.measures.strip():
                    yield Fault("measures", "are missing", "Say what was or will be done.")
            case Act.CLOSE_IN_DISAGREEMENT:
                if not self.disagreement.strip():
                    yield Fault("disagreement", "is empty", "Say where the sides differ.")
            case Act.FALSE_ALARM:
                if not self.text.strip():
                    yield Fault("text", "is empty", "Say why it was a false alarm.")
            case _:
                pass

    def _misplaced(self) -> Iterator[Fault]:
        for act, names in _ONLY_WITH.items():
            for name in names if self.act is not act else ():
                if getattr(self, name):
                    yield Fault(name, f"has no place beside {self.act.name}")

    def _finding_faults(self) -> Iterator[Fault]:
        if not self.findings.strip():
            yield Fault("findings", "are missing", "Say what was found.")
        if self.agreement is None:
            yield Fault("agreement", "is missing", "Say ALONE, AGREED or DIFFERING.")
        if self.agreement in (Agreement.AGREED, Agreement.DIFFERING) and self.of is None:
            yield Fault("of", "is missing", "Name the finding of the other side.")
        if self.agreement is Agreement.DIFFERING and not self.disagreement.strip():
            yield Fault("disagreement", "is empty", "Say where the sides differ, and why.")
        if self.agreement is Agreement.AGREED and self.facts_differing:
            yield Fault("facts_differing", "has no place beside AGREED", "Say DIFFERING.")


_ONLY_WITH: Final = {
    Act.OPEN: ("mode", "lead", "due_at", "questions"),
    Act.FINDING: ("findings", "agreement", "of", "facts_agreed", "facts_differing"),
}
"""Fields that belong to one step alone."""

Inquiry.record = Record(
    Inquiry,
    (
        BY,
        Field(1, "incident", INCIDENT_ID),
        Field(2, "act", Word(Act)),
        Field(3, "mode", Word(Mode), is_optional=True),
        Field(4, "lead", LABEL),
        Field(5, "due_at", Instant(), is_optional=True),
        Field(6, "questions", Items(NEEDED_LABEL, INCIDENT_OBJECTS_MAX)),
        Field(7, "findings", FREE_TEXT),
        Field(8, "agreement", Word(Agreement), is_optional=True),
        Field(9, "of", REFERENCE, is_optional=True),
        Field(10, "facts_agreed", Items(NEEDED_LABEL, FACTS_MAX)),
        Field(11, "facts_differing", Items(NEEDED_LABEL, FACTS_MAX)),
        Field(12, "disagreement", FREE_TEXT),
        Field(13, "measures", FREE_TEXT),
        Field(14, "evidence", EVIDENCE),
        Field(15, "text", FREE_TEXT),
        Field(16, "language", LANGUAGE),
    ),
)


class IncidentState(StrEnum):
    """Where an incident stands, for all parties; the opener is who reported it first."""

    OBSERVED = "OBSERVED"
    """It is named; nobody has reported yet."""
    REPORTED_BY_ONE = "REPORTED_BY_ONE"
    REPORTED_BY_OTHER = "REPORTED_BY_OTHER"
    """The side that named it has not reported; the other side has."""
    REPORTED_BY_BOTH = "REPORTED_BY_BOTH"
    JOINT_OFFERED = "JOINT_OFFERED"
    """The opener offers a joint inquiry, and inquires meanwhile."""
    JOINT_OFFERED_BY_OTHER = "JOINT_OFFERED_BY_OTHER"
    UNDER_INQUIRY_OWN = "UNDER_INQUIRY_OWN"
    UNDER_INQUIRY_JOINT = "UNDER_INQUIRY_JOINT"
    FINDINGS_GIVEN = "FINDINGS_GIVEN"
    """The opener has found something; the other side has not said what it makes of it."""
    FINDINGS_GIVEN_BY_OTHER = "FINDINGS_GIVEN_BY_OTHER"
    FINDINGS_AGREED = "FINDINGS_AGREED"
    FINDINGS_DIFFERING = "FINDINGS_DIFFERING"
    MEASURES = "MEASURES"
    CLOSE_OFFERED = "CLOSE_OFFERED"
    """The opener has closed it; the other side has not."""
    CLOSE_OFFERED_BY_OTHER = "CLOSE_OFFERED_BY_OTHER"
    CLOSED = "CLOSED"
    CLOSED_IN_DISAGREEMENT = "CLOSED_IN_DISAGREEMENT"
    FALSE_ALARM = "FALSE_ALARM"


class IncidentEvent(StrEnum):
    """What happens to an incident: BY_OTHER where not the opener does it."""

    OBSERVED = "OBSERVED"
    OBSERVED_BY_OTHER = "OBSERVED_BY_OTHER"
    REPORTED = "REPORTED"
    REPORTED_BY_OTHER = "REPORTED_BY_OTHER"
    READ = "READ"
    ANSWERED = "ANSWERED"
    HELD = "HELD"
    INQUIRY_OWN = "INQUIRY_OWN"
    INQUIRY_JOINT = "INQUIRY_JOINT"
    INQUIRY_JOINT_BY_OTHER = "INQUIRY_JOINT_BY_OTHER"
    FOUND = "FOUND"
    FOUND_BY_OTHER = "FOUND_BY_OTHER"
    AGREED = "AGREED"
    AGREED_BY_OTHER = "AGREED_BY_OTHER"
    DIFFERED = "DIFFERED"
    MEASURES = "MEASURES"
    CLOSED = "CLOSED"
    CLOSED_BY_OTHER = "CLOSED_BY_OTHER"
    DISAGREED = "DISAGREED"
    FALSE_ALARM = "FALSE_ALARM"
    FALSE_ALARM_BY_OTHER = "FALSE_ALARM_BY_OTHER"
    READ_DUE = "READ_DUE"
    FIRST_DUE = "FIRST_DUE"
    FULL_DUE = "FULL_DUE"
    ANSWER_DUE = "ANSWER_DUE"
    FINDINGS_DUE = "FINDINGS_DUE"


_S, _E = IncidentState, IncidentEvent


def _stay(state: IncidentState, *events: IncidentEvent) -> dict[IncidentEvent, IncidentState]:
    return dict.fromkeys(events, state)


_KEPT: Final = (
    _E.OBSERVED,
    _E.OBSERVED_BY_OTHER,
    _E.REPORTED,
    _E.REPORTED_BY_OTHER,
    _E.READ,
    _E.ANSWERED,
    _E.HELD,
)
"""What adds to the record in any state, and mostly leaves the state as it is."""

_INQUIRY: Final = {
    _E.INQUIRY_OWN: _S.UNDER_INQUIRY_OWN,
    _E.INQUIRY_JOINT: _S.JOINT_OFFERED,
    _E.INQUIRY_JOINT_BY_OTHER: _S.JOINT_OFFERED_BY_OTHER,
}
_FINDINGS: Final = {
    _E.FOUND: _S.FINDINGS_GIVEN,
    _E.FOUND_BY_OTHER: _S.FINDINGS_GIVEN_BY_OTHER,
    _E.DIFFERED: _S.FINDINGS_DIFFERING,
}
_DISAGREED: Final = {_E.DISAGREED: _S.CLOSED_IN_DISAGREEMENT}
_CLOSING: Final = {
    _E.CLOSED: _S.CLOSE_OFFERED,
    _E.CLOSED_BY_OTHER: _S.CLOSE_OFFERED_BY_OTHER,
    **_DISAGREED,
}
_FOUND_OUT: Final = {_E.MEASURES: _S.MEASURES, **_CLOSING, **_INQUIRY}
_DUE_REPORTS: Final = (_E.READ_DUE, _E.FULL_DUE)

INCIDENT_TABLE: Final[Table] = {
    _S.OBSERVED: {
        **_stay(_S.OBSERVED, *_KEPT, *_DUE_REPORTS, _E.FIRST_DUE, _E.ANSWER_DUE),
        _E.REPORTED: _S.REPORTED_BY_ONE,
        _E.REPORTED_BY_OTHER: _S.REPORTED_BY_OTHER,
        **_INQUIRY,
        _E.FALSE_ALARM: _S.FALSE_ALARM,
    },
    _S.REPORTED_BY_ONE: {
        **_stay(_S.REPORTED_BY_ONE, *_KEPT, *_DUE_REPORTS, _E.ANSWER_DUE),
        _E.REPORTED_BY_OTHER: _S.REPORTED_BY_BOTH,
        **_INQUIRY,
        _E.FALSE_ALARM: _S.FALSE_ALARM,
    },
    _S.REPORTED_BY_OTHER: {
        **_stay(_S.REPORTED_BY_OTHER, *_KEPT, *_DUE_REPORTS, _E.FIRST_DUE),
        _E.REPORTED: _S.REPORTED_BY_BOTH,
        **_INQUIRY,
    },
    _S.REPORTED_BY_BOTH: {
        **_stay(_S.REPORTED_BY_BOTH, *_KEPT, *_DUE_REPORTS, _E.ANSWER_DUE),
        **_INQUIRY,
    },
    _S.JOINT_OFFERED: {
        **_stay(_S.JOINT_OFFERED, *_KEPT, *_DUE_REPORTS, _E.ANSWER_DUE, _E.FINDINGS_DUE),
        _E.INQUIRY_OWN: _S.UNDER_INQUIRY_OWN,
        _E.INQUIRY_JOINT: _S.JOINT_OFFERED,
        _E.INQUIRY_JOINT_BY_OTHER: _S.UNDER_INQUIRY_JOINT,
        **_FINDINGS,
    },
    _S.JOINT_OFFERED_BY_OTHER: {
        **_stay(_S.JOINT_OFFERED_BY_OTHER, *_KEPT, *_DUE_REPORTS, _E.ANSWER_DUE, _E.FINDINGS_DUE),
        _E.INQUIRY_OWN: _S.UNDER_INQUIRY_OWN,
        _E.INQUIRY_JOINT: _S.UNDER_INQUIRY_JOINT,
        _E.INQUIRY_JOINT_BY_OTHER: _S.JOINT_OFFERED_BY_OTHER,
        **_FINDINGS,
    },
    _S.UNDER_INQUIRY_OWN: {
        **_stay(_S.UNDER_INQUIRY_OWN, *_KEPT, *_DUE_REPORTS, _E.ANSWER_DUE, _E.FINDINGS_DUE),
        **_INQUIRY,
        **_FINDINGS,
    },
    _S.UNDER_INQUIRY_JOINT: {
        **_stay(_S.UNDER_INQUIRY_JOINT, *_KEPT, *_DUE_REPORTS, _E.FINDINGS_DUE),
        _E.INQUIRY_OWN: _S.UNDER_INQUIRY_OWN,
        **_stay(_S.UNDER_INQUIRY_JOINT, _E.INQUIRY_JOINT, _E.INQUIRY_JOINT_BY_OTHER),
        **_FINDINGS,
    },
    _S.FINDINGS_GIVEN: {
        **_stay(_S.FINDINGS_GIVEN, *_KEPT, *_DUE_REPORTS, _E.FINDINGS_DUE, _E.FOUND),
        _E.FOUND_BY_OTHER: _S.FINDINGS_DIFFERING,
        _E.AGREED_BY_OTHER: _S.FINDINGS_AGREED,
        _E.DIFFERED: _S.FINDINGS_DIFFERING,
        **_INQUIRY,
        **_DISAGREED,
    },
    _S.FINDINGS_GIVEN_BY_OTHER: {
        **_stay(_S.FINDINGS_GIVEN_BY_OTHER, *_KEPT, *_DUE_REPORTS, _E.FINDINGS_DUE),
        _E.FOUND_BY_OTHER: _S.FINDINGS_GIVEN_BY_OTHER,
        _E.FOUND: _S.FINDINGS_DIFFERING,
        _E.AGREED: _S.FINDINGS_AGREED,
        _E.DIFFERED: _S.FINDINGS_DIFFERING,
        **_INQUIRY,
        **_DISAGREED,
    },
    _S.FINDINGS_AGREED: {
        **_stay(_S.FINDINGS_AGREED, *_KEPT),
        **_FINDINGS,
        **_FOUND_OUT,
        _E.FALSE_ALARM: _S.FALSE_ALARM,
        _E.FALSE_ALARM_BY_OTHER: _S.FALSE_ALARM,
    },
    _S.FINDINGS_DIFFERING: {
        **_stay(_S.FINDINGS_DIFFERING, *_KEPT),
        **_FINDINGS,
        **_FOUND_OUT,
    },
    _S.MEASURES: {**_stay(_S.MEASURES, *_KEPT), **_FINDINGS, **_FOUND_OUT},
    _S.CLOSE_OFFERED: {
        **_stay(_S.CLOSE_OFFERED, *_KEPT, _E.CLOSED),
        _E.CLOSED_BY_OTHER: _S.CLOSED,
        **_FINDINGS,
        _E.MEASURES: _S.MEASURES,
        **_DISAGREED,
        **_INQUIRY,
    },
    _S.CLOSE_OFFERED_BY_OTHER: {
        **_stay(_S.CLOSE_OFFERED_BY_OTHER, *_KEPT, _E.CLOSED_BY_OTHER),
        _E.CLOSED: _S.CLOSED,
        **_FINDINGS,
        _E.MEASURES: _S.MEASURES,
        **_DISAGREED,
        **_INQUIRY,
    },
    _S.CLOSED: {**_stay(_S.CLOSED, *_KEPT), **_INQUIRY},
    _S.CLOSED_IN_DISAGREEMENT: {
        **_stay(_S.CLOSED_IN_DISAGREEMENT, *_KEPT),
        **_FINDINGS,
        **_INQUIRY,
    },
    _S.FALSE_ALARM: {
        **_stay(_S.FALSE_ALARM, *_KEPT),
        _E.REPORTED: _S.REPORTED_BY_ONE,
        _E.REPORTED_BY_OTHER: _S.REPORTED_BY_OTHER,
        **_INQUIRY,
    },
}
"""The state machine of one incident; one for all parties. An inquiry opens a closed one anew."""

INCIDENT_LIFE: Final = Life(
    _S.OBSERVED,
    INCIDENT_TABLE,
    frozenset({_S.CLOSED, _S.CLOSED_IN_DISAGREEMENT, _S.FALSE_ALARM}),
    {_E.OBSERVED: _S.OBSERVED, _E.REPORTED: _S.REPORTED_BY_ONE},
)

_INQUIRED: Final = (
    _S.JOINT_OFFERED,
    _S.JOINT_OFFERED_BY_OTHER,
    _S.UNDER_INQUIRY_OWN,
    _S.UNDER_INQUIRY_JOINT,
)
_GIVEN: Final = (_S.FINDINGS_GIVEN, _S.FINDINGS_GIVEN_BY_OTHER)
_REPORTED: Final = (_S.REPORTED_BY_ONE, _S.REPORTED_BY_OTHER, _S.REPORTED_BY_BOTH)
_UNTIL_FOUND: Final = (_S.OBSERVED, *_REPORTED, *_INQUIRED, *_GIVEN)
_UNANSWERED: Final = (
    _S.OBSERVED,
    _S.REPORTED_BY_ONE,
    _S.REPORTED_BY_BOTH,
    _S.JOINT_OFFERED,
    _S.JOINT_OFFERED_BY_OTHER,
    _S.UNDER_INQUIRY_OWN,
)

INCIDENT_CLOCKS: Final = (
    Clock(
        "first_report",
        "first_by",
        (_S.OBSERVED, _S.REPORTED_BY_OTHER),
        _E.FIRST_DUE,
        Turn.OPENER,
        Precedence.IMMEDIATE,
        2,
    ),
    Clock("report_read", "read_by", _UNTIL_FOUND, _E.READ_DUE, Turn.OTHER, Precedence.IMMEDIATE, 2),
    Clock(
        "full_report",
        "full_by",
        _UNTIL_FOUND,
        _E.FULL_DUE,
        Turn.OPENER,
        Precedence.PRIORITY,
        2,
    ),
    Clock(
        "own_report",
        "own_report_by",
        _UNTIL_FOUND,
        _E.FULL_DUE,
        Turn.OTHER,
        Precedence.PRIORITY,
        2,
    ),
    Clock(
        "first_answer",
        "answer_by",
        _UNANSWERED,
        _E.ANSWER_DUE,
        Turn.OTHER,
        Precedence.IMMEDIATE,
        3,
    ),
    Clock(
        "findings",
        "findings_by",
        (*_INQUIRED, *_GIVEN),
        _E.FINDINGS_DUE,
        Turn.OPENER,
        Precedence.PRIORITY,
        3,
    ),
    Clock(
        "own_findings",
        "own_findings_by",
        (*_INQUIRED, *_GIVEN),
        _E.FINDINGS_DUE,
        Turn.OTHER,
        Precedence.PRIORITY,
        3,
    ),
)
"""The clocks of an incident (`field.md` 2.4f): first report 30 min after the event, read
within 30 min more, full reports 24 h, first answer 7 days or 2, findings 30 days."""


def _incident_deed(said: Said) -> Deed | None:
    message = said.message
    if isinstance(message, Incident):
        return _report_deed(said, message)
    if isinstance(message, Inquiry):
        return None if said.is_first else _inquiry_deed(said, message)
    if said.is_by_opener or said.is_first:
        return None
    if isinstance(message, Read):
        return Deed(_E.READ, (("read_by", None),))
    if isinstance(message, Response):
        is_held = message.answer is Answer.HOLDING
        until = message.holding_until or said.at if is_held else None
        event = _E.HELD if is_held else _E.ANSWERED
        return Deed(event, (("answer_by", until), ("read_by", None)), message.answer.name)
    return None


def _report_deed(said: Said, message: Incident) -> Deed:
    instants: dict[str, int | None] = {}
    is_observation = message.stage is Stage.OBSERVATION
    # Nothing is reported before it has happened, whatever the report says.
    happened_at = min(max(message.happened_at, 0), said.at)
    if said.is_first:
        event = _E.OBSERVED if is_observation else _E.REPORTED
        instants = {
            "first_by": happened_at + FIRST_REPORT_MS,
            "read_by": said.at + FIRST_REPORT_MS,
            "full_by": None if message.is_full else happened_at + FULL_REPORT_MS,
            "own_report_by": said.at + FULL_REPORT_MS,
            "answer_by": said.at + (ANSWER_URGENT_MS if message.is_urgent else ANSWER_MS),
        }
    elif said.is_by_opener:
        event = _E.OBSERVED if is_observation else _E.REPORTED
        instants = {"full_by": None} if message.is_full else {}
    else:
        event = _E.OBSERVED_BY_OTHER if is_observation else _E.REPORTED_BY_OTHER
        instants = {"read_by": None, "answer_by": None}
        if message.is_full:
            instants["own_report_by"] = None
    return Deed(event, tuple(instants.items()), message.sort.name, message.incident)


def _inquiry_deed(said: Said, message: Inquiry) -> Deed:
    is_opener = said.is_by_opener
    findings_by = "findings_by" if is_opener else "own_findings_by"
    instants: dict[str, int | None] = {} if is_opener else {"answer_by": None, "read_by": None}
    if message.act is Act.OPEN:
        instants[findings_by] = message.due_at or said.at + FINDINGS_MS
    elif message.act is Act.FINDING:
        instants[findings_by] = None
    event = _inquiry_event(message, is_opener=is_opener)
    return Deed(event, tuple(instants.items()), _word_of(message), message.incident)


def _word_of(message: Inquiry) -> str:
    word = message.mode if message.act is Act.OPEN else message.agreement
    return "" if word is None else word.name


def _inquiry_event(message: Inquiry, *, is_opener: bool) -> IncidentEvent:
    """What a step does; where the same step of the other side is another event."""
    match message.act, message.mode, message.agreement:
        case Act.OPEN, Mode.JOINT, _:
            return _E.INQUIRY_JOINT if is_opener else _E.INQUIRY_JOINT_BY_OTHER
        case Act.OPEN, _, _:
            return _E.INQUIRY_OWN
        case Act.FINDING, _, Agreement.AGREED:
            return _E.AGREED if is_opener else _E.AGREED_BY_OTHER
        case Act.FINDING, _, Agreement.DIFFERING:
            return _E.DIFFERED
        case Act.FINDING, _, _:
            return _E.FOUND if is_opener else _E.FOUND_BY_OTHER
        case Act.MEASURES, _, _:
            return _E.MEASURES
        case Act.CLOSE, _, _:
            return _E.CLOSED if is_opener else _E.CLOSED_BY_OTHER
        case Act.CLOSE_IN_DISAGREEMENT, _, _:
            return _E.DISAGREED
        case _:
            return _E.FALSE_ALARM if is_opener else _E.FALSE_ALARM_BY_OTHER


INCIDENT: Final = Subject(
    "incident",
    (Kind.INCIDENT, Kind.INQUIRY),
    INCIDENT_LIFE,
    INCIDENT_CLOCKS,
    _incident_deed,
    is_each=False,
)
