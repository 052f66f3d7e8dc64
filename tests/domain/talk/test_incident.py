"""Incidents, inquiries, alleged violations, protests: forms, tables and clocks."""

from dataclasses import replace
from typing import Any

import pytest

from openline.adapters.wording import TERMS, Wording
from openline.domain.conduct.clock import Clock
from openline.domain.conduct.life import OPENED, Happening, Life, fold
from openline.domain.conduct.subject import Subject
from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.talk.body import By, Reference
from openline.domain.talk.evidence import Evidence
from openline.domain.talk.incident import (
    INCIDENT,
    INCIDENT_LIFE,
    INCIDENT_TABLE,
    Act,
    Agreement,
    Incident,
    IncidentEvent,
    IncidentState,
    Inquiry,
    Mode,
    Occurrence,
    Sort,
    Stage,
)
from openline.domain.talk.protest import (
    PROTEST,
    PROTEST_TABLE,
    Paper,
    Protest,
    ProtestEvent,
    ProtestState,
)
from openline.domain.talk.violation import (
    VIOLATION,
    VIOLATION_TABLE,
    Violation,
    ViolationAct,
    ViolationEvent,
    ViolationState,
)

BY = By("air-desk", "Maj A. Weaver")
AT = 1_491_595_200_000
NAME = "ALPHA-I-0001"
S, E = IncidentState, IncidentEvent

REPORT = Incident(
    BY, NAME, Stage.FIRST, Sort.STRIKE, AT, place="2 km west of Shayrat", facts="Two bombs fell."
)
FILE = Evidence(bytes(32), 7, "gun camera")

TABLES: list[tuple[Subject, type[Any], type[Any]]] = [
    (INCIDENT, IncidentState, IncidentEvent),
    (VIOLATION, ViolationState, ViolationEvent),
    (PROTEST, ProtestState, ProtestEvent),
]

DRAWN = {
    "OBSERVED": """
        REPORTED > REPORTED_BY_ONE, REPORTED_BY_OTHER > REPORTED_BY_OTHER,
        INQUIRY_OWN > UNDER_INQUIRY_OWN, INQUIRY_JOINT > JOINT_OFFERED,
        INQUIRY_JOINT_BY_OTHER > JOINT_OFFERED_BY_OTHER, FALSE_ALARM > FALSE_ALARM""",
    "REPORTED_BY_ONE": """
        REPORTED_BY_OTHER > REPORTED_BY_BOTH, INQUIRY_OWN > UNDER_INQUIRY_OWN,
        INQUIRY_JOINT > JOINT_OFFERED, INQUIRY_JOINT_BY_OTHER > JOINT_OFFERED_BY_OTHER,
        FALSE_ALARM > FALSE_ALARM""",
    "REPORTED_BY_OTHER": """
        REPORTED > REPORTED_BY_BOTH, INQUIRY_OWN > UNDER_INQUIRY_OWN,
        INQUIRY_JOINT > JOINT_OFFERED, INQUIRY_JOINT_BY_OTHER > JOINT_OFFERED_BY_OTHER""",
    "REPORTED_BY_BOTH": """
        INQUIRY_OWN > UNDER_INQUIRY_OWN, INQUIRY_JOINT > JOINT_OFFERED,
        INQUIRY_JOINT_BY_OTHER > JOINT_OFFERED_BY_OTHER""",
    "JOINT_OFFERED": """
        INQUIRY_OWN > UNDER_INQUIRY_OWN, INQUIRY_JOINT_BY_OTHER > UNDER_INQUIRY_JOINT,
        FOUND > FINDINGS_GIVEN, FOUND_BY_OTHER > FINDINGS_GIVEN_BY_OTHER,
        DIFFERED > FINDINGS_DIFFERING""",
    "JOINT_OFFERED_BY_OTHER": """
        INQUIRY_OWN > UNDER_INQUIRY_OWN, INQUIRY_JOINT > UNDER_INQUIRY_JOINT,
        FOUND > FINDINGS_GIVEN, FOUND_BY_OTHER > FINDINGS_GIVEN_BY_OTHER,
        DIFFERED > FINDINGS_DIFFERING""",
    "UNDER_INQUIRY_OWN": """
        INQUIRY_JOINT > JOINT_OFFERED, INQUIRY_JOINT_BY_OTHER > JOINT_OFFERED_BY_OTHER,
        FOUND > FINDINGS_GIVEN, FOUND_BY_OTHER > FINDINGS_GIVEN_BY_OTHER,
        DIFFERED > FINDINGS_DIFFERING""",
    "UNDER_INQUIRY_JOINT": """
        INQUIRY_OWN > UNDER_INQUIRY_OWN, FOUND > FINDINGS_GIVEN,
        FOUND_BY_OTHER > FINDINGS_GIVEN_BY_OTHER, DIFFERED > FINDINGS_DIFFERING""",
    "FINDINGS_GIVEN": """
        FOUND_BY_OTHER > FINDINGS_DIFFERING, AGREED_BY_OTHER > FINDINGS_AGREED,
        DIFFERED > FINDINGS_DIFFERING, INQUIRY_OWN > UNDER_INQUIRY_OWN,
        INQUIRY_JOINT > JOINT_OFFERED, INQUIRY_JOINT_BY_OTHER > JOINT_OFFERED_BY_OTHER,
        DISAGREED > CLOSED_IN_DISAGREEMENT""",
    "FINDINGS_GIVEN_BY_OTHER": """
        FOUND > FINDINGS_DIFFERING, AGREED > FINDINGS_AGREED,
        DIFFERED > FINDINGS_DIFFERING, INQUIRY_OWN > UNDER_INQUIRY_OWN,
        INQUIRY_JOINT > JOINT_OFFERED, INQUIRY_JOINT_BY_OTHER > JOINT_OFFERED_BY_OTHER,
        DISAGREED > CLOSED_IN_DISAGREEMENT""",
    "FINDINGS_AGREED": """
        FOUND > FINDINGS_GIVEN, FOUND_BY_OTHER > FINDINGS_GIVEN_BY_OTHER,
        DIFFERED > FINDINGS_DIFFERING, MEASURES > MEASURES, CLOSED > CLOSE_OFFERED,
        CLOSED_BY_OTHER > CLOSE_OFFERED_BY_OTHER, DISAGREED > CLOSED_IN_DISAGREEMENT,
        INQUIRY_OWN > UNDER_INQUIRY_OWN, INQUIRY_JOINT > JOINT_OFFERED,
        INQUIRY_JOINT_BY_OTHER > JOINT_OFFERED_BY_OTHER, FALSE_ALARM > FALSE_ALARM,
        FALSE_ALARM_BY_OTHER > FALSE_ALARM""",
    "FINDINGS_DIFFERING": """
        FOUND > FINDINGS_GIVEN, FOUND_BY_OTHER > FINDINGS_GIVEN_BY_OTHER,
        MEASURES > MEASURES, CLOSED > CLOSE_OFFERED,
        CLOSED_BY_OTHER > CLOSE_OFFERED_BY_OTHER, DISAGREED > CLOSED_IN_DISAGREEMENT,
        INQUIRY_OWN > UNDER_INQUIRY_OWN, INQUIRY_JOINT > JOINT_OFFERED,
        INQUIRY_JOINT_BY_OTHER > JOINT_OFFERED_BY_OTHER""",
    "MEASURES": """
        FOUND > FINDINGS_GIVEN, FOUND_BY_OTHER > FINDINGS_GIVEN_BY_OTHER,
        DIFFERED > FINDINGS_DIFFERING, CLOSED > CLOSE_OFFERED,
        CLOSED_BY_OTHER > CLOSE_OFFERED_BY_OTHER, DISAGREED > CLOSED_IN_DISAGREEMENT,
        INQUIRY_OWN > UNDER_INQUIRY_OWN, INQUIRY_JOINT > JOINT_OFFERED,
        INQUIRY_JOINT_BY_OTHER > JOINT_OFFERED_BY_OTHER""",
    "CLOSE_OFFERED": """
        CLOSED_BY_OTHER > CLOSED, FOUND > FINDINGS_GIVEN,
        FOUND_BY_OTHER > FINDINGS_GIVEN_BY_OTHER, DIFFERED > FINDINGS_DIFFERING,
        MEASURES > MEASURES, DISAGREED > CLOSED_IN_DISAGREEMENT,
        INQUIRY_OWN > UNDER_INQUIRY_OWN, INQUIRY_JOINT > JOINT_OFFERED,
        INQUIRY_JOINT_BY_OTHER > JOINT_OFFERED_BY_OTHER""",
    "CLOSE_OFFERED_BY_OTHER": """
        CLOSED > CLOSED, FOUND > FINDINGS_GIVEN,
        FOUND_BY_OTHER > FINDINGS_GIVEN_BY_OTHER, DIFFERED > FINDINGS_DIFFERING,
        MEASURES > MEASURES, DISAGREED > CLOSED_IN_DISAGREEMENT,
        INQUIRY_OWN > UNDER_INQUIRY_OWN, INQUIRY_JOINT > JOINT_OFFERED,
        INQUIRY_JOINT_BY_OTHER > JOINT_OFFERED_BY_OTHER""",
    "CLOSED": """
        INQUIRY_OWN > UNDER_INQUIRY_OWN, INQUIRY_JOINT > JOINT_OFFERED,
        INQUIRY_JOINT_BY_OTHER > JOINT_OFFERED_BY_OTHER""",
    "CLOSED_IN_DISAGREEMENT": """
        FOUND > FINDINGS_GIVEN, FOUND_BY_OTHER > FINDINGS_GIVEN_BY_OTHER,
        DIFFERED > FINDINGS_DIFFERING, INQUIRY_OWN > UNDER_INQUIRY_OWN,
        INQUIRY_JOINT > JOINT_OFFERED, INQUIRY_JOINT_BY_OTHER > JOINT_OFFERED_BY_OTHER""",
    "FALSE_ALARM": """
        REPORTED > REPORTED_BY_ONE, REPORTED_BY_OTHER > REPORTED_BY_OTHER,
        INQUIRY_OWN > UNDER_INQUIRY_OWN, INQUIRY_JOINT > JOINT_OFFERED,
        INQUIRY_JOINT_BY_OTHER > JOINT_OFFERED_BY_OTHER""",
    "v.ALLEGED": """
        READ > READ, HELD > HOLDING, ACCEPTED > ANSWERED_ACCEPTED, DENIED > ANSWERED_DENIED,
        EXPLAINED > ANSWERED_EXPLAINED, WITHDRAWN > WITHDRAWN, REPLY_DUE > UNANSWERED""",
    "v.READ": """
        HELD > HOLDING, ACCEPTED > ANSWERED_ACCEPTED, DENIED > ANSWERED_DENIED,
        EXPLAINED > ANSWERED_EXPLAINED, WITHDRAWN > WITHDRAWN, REPLY_DUE > UNANSWERED""",
    "v.HOLDING": """
        ACCEPTED > ANSWERED_ACCEPTED, DENIED > ANSWERED_DENIED,
        EXPLAINED > ANSWERED_EXPLAINED, WITHDRAWN > WITHDRAWN, REPLY_DUE > UNANSWERED""",
    "v.UNANSWERED": """
        HELD > HOLDING, ACCEPTED > ANSWERED_ACCEPTED, DENIED > ANSWERED_DENIED,
        EXPLAINED > ANSWERED_EXPLAINED, WITHDRAWN > WITHDRAWN, CLOSED > CLOSED""",
    "v.ANSWERED_ACCEPTED": """
        DENIED > ANSWERED_DENIED, EXPLAINED > ANSWERED_EXPLAINED, DISPUTED > DISPUTED,
        CLOSED > CLOSED, WITHDRAWN > WITHDRAWN""",
    "v.ANSWERED_DENIED": """
        ACCEPTED > ANSWERED_ACCEPTED, EXPLAINED > ANSWERED_EXPLAINED, DISPUTED > DISPUTED,
        CLOSED > CLOSED, WITHDRAWN > WITHDRAWN""",
    "v.ANSWERED_EXPLAINED": """
        ACCEPTED > ANSWERED_ACCEPTED, DENIED > ANSWERED_DENIED, DISPUTED > DISPUTED,
        CLOSED > CLOSED, WITHDRAWN > WITHDRAWN""",
    "v.DISPUTED": """
        ACCEPTED > ANSWERED_ACCEPTED, DENIED > ANSWERED_DENIED,
        EXPLAINED > ANSWERED_EXPLAINED, CLOSED > CLOSED, WITHDRAWN > WITHDRAWN""",
    "v.CLOSED": "",
    "v.WITHDRAWN": "",
    "p.MADE": """
        READ > READ, HELD > HOLDING, ANSWERED > ANSWERED, DECLINED > DECLINED,
        WITHDRAWN > WITHDRAWN, REPLY_DUE > UNANSWERED""",
    "p.READ": """
        HELD > HOLDING, ANSWERED > ANSWERED, DECLINED > DECLINED, WITHDRAWN > WITHDRAWN,
        REPLY_DUE > UNANSWERED""",
    "p.HOLDING": """
        ANSWERED > ANSWERED, DECLINED > DECLINED, WITHDRAWN > WITHDRAWN,
        REPLY_DUE > UNANSWERED""",
    "p.UNANSWERED": """
        HELD > HOLDING, ANSWERED > ANSWERED, DECLINED > DECLINED, WITHDRAWN > WITHDRAWN""",
    "p.ANSWERED": "WITHDRAWN > WITHDRAWN",
    "p.DECLINED": "ANSWERED > ANSWERED, WITHDRAWN > WITHDRAWN",
    "p.WITHDRAWN": "",
}
"""The moves from each state to another, drawn apart from the code."""


ADDS = {
    "incident": [
        "OBSERVED",
        "OBSERVED_BY_OTHER",
        "REPORTED",
        "REPORTED_BY_OTHER",
        "READ",
        "ANSWERED",
        "HELD",
    ],
    "violation": ["READ"],
    "protest": ["READ"],
}
"""Events that can occur in any state, and leave it as it is where nothing else is drawn."""

AGAIN = {
    "JOINT_OFFERED": ("INQUIRY_JOINT",),
    "JOINT_OFFERED_BY_OTHER": ("INQUIRY_JOINT_BY_OTHER",),
    "UNDER_INQUIRY_OWN": ("INQUIRY_OWN",),
    "UNDER_INQUIRY_JOINT": ("INQUIRY_JOINT", "INQUIRY_JOINT_BY_OTHER"),
    "FINDINGS_GIVEN": ("FOUND",),
    "FINDINGS_GIVEN_BY_OTHER": ("FOUND_BY_OTHER",),
    "FINDINGS_DIFFERING": ("DIFFERED",),
    "MEASURES": ("MEASURES",),
    "CLOSE_OFFERED": ("CLOSED",),
    "CLOSE_OFFERED_BY_OTHER": ("CLOSED_BY_OTHER",),
    "v.HOLDING": ("HELD",),
    "v.ANSWERED_ACCEPTED": ("ACCEPTED",),
    "v.ANSWERED_DENIED": ("DENIED",),
    "v.ANSWERED_EXPLAINED": ("EXPLAINED",),
    "v.DISPUTED": ("DISPUTED",),
    "p.HOLDING": ("HELD",),
    "p.ANSWERED": ("ANSWERED",),
}
"""Events that may come again and change nothing."""


def _drawn(prefix: str, state: str) -> dict[str, str]:
    moves = (move.split(" > ") for move in DRAWN[prefix + state].replace("\n", " ").split(","))
    return {one[0].strip(): one[1].strip() for one in moves if len(one) == 2}


def _pairs() -> list[tuple[str, Subject, Any, Any]]:
    prefixes = {"incident": "", "violation": "v.", "protest": "p."}
    return [
        (prefixes[subject.name], subject, state, event)
        for subject, states, events in TABLES
        for state in states
        for event in events
    ]


def _pair_id(one: object) -> str:
    return one.name if isinstance(one, Subject) else str(one)


@pytest.mark.parametrize(("prefix", "subject", "state", "event"), _pairs(), ids=_pair_id)
def test_every_pair_of_every_table(prefix: str, subject: Subject, state: Any, event: Any) -> None:
    """Each event moves each state where it was drawn, or leaves it, or cannot occur."""
    after = subject.life.table[state].get(event)
    moves = _drawn(prefix, state)
    runs_out = any(one.event == event and state in one.runs_in for one in subject.clocks)
    if event in moves:
        assert after == moves[event]
    elif event in ADDS[subject.name] or runs_out or event in AGAIN.get(prefix + state, ()):
        assert after == state
    else:
        assert after is None


@pytest.mark.parametrize(
    ("subject", "states", "events"), TABLES, ids=lambda one: getattr(one, "name", "")
)
def test_a_table_has_every_state_and_is_reached(subject: Subject, states: Any, events: Any) -> None:
    """Each state has a row and can be reached from where a matter is opened; each event occurs."""
    life = subject.life
    assert list(life.table) == list(states)
    assert set(events) == set(life.events())
    reached: set[str] = set()
    ahead = {life.start, *life.opens.values()}
    while ahead:
        state = ahead.pop()
        reached.add(state)
        ahead |= set(life.table[state].values()) - reached
    assert reached == set(states)


@pytest.mark.parametrize(
    ("subject", "clock"),
    [(subject, clock) for subject, _, _ in TABLES for clock in subject.clocks],
    ids=lambda one: getattr(one, "name", ""),
)
def test_every_clock_fires_in_every_state_it_runs_in(subject: Subject, clock: Clock) -> None:
    """A clock has its event in the row of each state in which it runs, and fires once there."""
    for state in clock.runs_in:
        after = subject.life.table[state][clock.event]
        life = Life(state, subject.life.table, subject.life.ends)
        opened = Happening(AT, "alpha", 1, 0, OPENED, ((clock.until, AT + 1_000),))
        before = fold(life, [clock], [opened], AT + 999)
        later = fold(life, [clock], [opened], AT + 10_000)
        assert before is not None
        assert later is not None
        assert before.state == state
        assert later.state == after
        fired = [step for step in later.steps if step.index is None]
        assert [(step.at, step.event) for step in fired] == [(AT + 1_000, clock.event)]
        assert later.tier == max(1, clock.tier)


def test_ends_wait_for_nobody() -> None:
    """In a state that ends a matter no clock runs."""
    for subject, _, _ in TABLES:
        for clock in subject.clocks:
            assert not set(clock.runs_in) & subject.life.ends


def test_the_clocks_of_an_incident_have_the_times_of_the_field() -> None:
    """30 min, 24 h, 7 days or 2, and 30 days, from the event and from the report."""
    from openline.domain.conduct.subject import Said
    from openline.domain.line.terms import Timers

    said = Said(REPORT, AT + MINUTE_MS, 2, True, None, Timers(), 2, is_first=True)
    first = INCIDENT.deed(said)
    assert first is not None
    assert dict(first.instants) == {
        "first_by": AT + 30 * MINUTE_MS,
        "read_by": AT + 31 * MINUTE_MS,
        "full_by": AT + 24 * HOUR_MS,
        "own_report_by": AT + MINUTE_MS + 24 * HOUR_MS,
        "answer_by": AT + MINUTE_MS + 7 * DAY_MS,
    }
    urgent = INCIDENT.deed(replace(said, message=replace(REPORT, is_urgent=True)))
    assert urgent is not None
    assert dict(urgent.instants)["answer_by"] == AT + MINUTE_MS + 2 * DAY_MS
    inquiry = Inquiry(BY, NAME, Act.OPEN, Mode.OWN, "The inspector.")
    opened = INCIDENT.deed(replace(said, message=inquiry, is_first=False, is_by_opener=False))
    assert opened is not None
    assert dict(opened.instants)["own_findings_by"] == AT + MINUTE_MS + 30 * DAY_MS
    assert dict(opened.instants)["answer_by"] is None


def test_a_report_of_what_has_not_happened_holds_back_no_clock() -> None:
    """An event dated after its report counts from the report."""
    from openline.domain.conduct.subject import Said
    from openline.domain.line.terms import Timers

    far = replace(REPORT, happened_at=2**62)
    deed = INCIDENT.deed(Said(far, AT, 2, True, None, Timers(), 2, is_first=True))
    assert deed is not None
    assert dict(deed.instants)["full_by"] == AT + 24 * HOUR_MS


OPEN = Inquiry(BY, NAME, Act.OPEN, Mode.OWN, "The inspector.")
OF = Reference("bravo.example", 4)
FINDING = Inquiry(
    BY, NAME, Act.FINDING, findings="A wrong grid.", agreement=Agreement.DIFFERING, of=OF,
    disagreement="Whose grid it was.",
)  # fmt: skip
ALLEGED = Violation(BY, ViolationAct.ALLEGE, ("Annex B, 3",), "Six vehicles.", happened_at=AT)
ANSWER = Violation(BY, ViolationAct.DENY, text="They were ours no longer.", of=OF)


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (replace(REPORT, facts=" "), "facts"),
        (replace(REPORT, place=""), "place"),
        (replace(REPORT, events=(Occurrence(2, "b"), Occurrence(1, "a"))), "events[1].at"),
        (replace(REPORT, evidence=(FILE, FILE)), "evidence[1]"),
        (replace(OPEN, mode=None), "mode"),
        (replace(OPEN, lead=""), "lead"),
        (replace(OPEN, act=Act.CLOSE), "mode"),
        (replace(FINDING, findings=""), "findings"),
        (replace(FINDING, agreement=None), "agreement"),
        (replace(FINDING, of=None), "of"),
        (replace(FINDING, disagreement=""), "disagreement"),
        (
            replace(FINDING, agreement=Agreement.AGREED, facts_differing=("The time.",)),
            "facts_differing",
        ),
        (Inquiry(BY, NAME, Act.MEASURES), "measures"),
        (Inquiry(BY, NAME, Act.CLOSE_IN_DISAGREEMENT), "disagreement"),
        (Inquiry(BY, NAME, Act.FALSE_ALARM), "text"),
        (replace(ALLEGED, articles=()), "articles"),
        (replace(ALLEGED, happened_at=None), "happened_at"),
        (replace(ALLEGED, ended_at=AT - 1), "ended_at"),
        (replace(ALLEGED, text=""), "text"),
        (replace(ALLEGED, of=OF), "of"),
        (replace(ANSWER, of=None), "of"),
        (replace(ANSWER, text=""), "text"),
        (Protest(BY, Paper.PROTEST, "No.", of=OF), "paper"),
        (Protest(BY, Paper.NOTE, "No.", is_withdrawn=True), "of"),
        (Protest(BY, Paper.NOTE, "No.", of=OF, due_at=AT), "due_at"),
    ],
)
def test_what_should_not_be_said_so_names_its_field(message: Any, field: str) -> None:
    """What an officer fills in wrongly is refused with the field that is at fault."""
    assert field in [fault.path for fault in message.faults()]
    with pytest.raises(OurError, match=message.message_kind.name):
        type(message).from_json(message.to_json())


@pytest.mark.parametrize("message", [REPORT, OPEN, FINDING, ALLEGED, ANSWER])
def test_what_may_be_said_has_no_fault(message: Any) -> None:
    """A whole message has no fault, and survives JSON and the body."""
    assert list(message.faults()) == []
    assert type(message).from_json(message.to_json()) == message
    assert type(message).from_body(message.to_body()) == message


def test_evidence_is_named_by_its_hash_in_hexadecimal() -> None:
    """A hash is 64 digits in JSON; anything else names the place."""
    report = replace(REPORT, evidence=(FILE,))
    json = report.to_json()
    assert json["evidence"][0] == {"sha256": "00" * 32, "size_bytes": 7, "what": "gun camera"}
    json["evidence"][0]["sha256"] = "00" * 31
    with pytest.raises(OurError, match=r"evidence\[0\].sha256 is no SHA-256"):
        Incident.from_json(json)


@pytest.mark.parametrize("name", ["", "alpha-i-0001", "ALPHA-0001", "ALPHA-I-1", "A B-I-0001"])
def test_an_id_of_an_incident_is_spoken_easily(name: str) -> None:
    """Ids that cannot be read aloud are refused."""
    with pytest.raises(OurError, match="incident is not written as in"):
        Incident.from_json({**REPORT.to_json(), "incident": name})


def test_an_incident_is_open_until_both_close_it() -> None:
    """One side alone closes an incident only in disagreement."""
    table = INCIDENT_TABLE
    for state in (S.FINDINGS_AGREED, S.FINDINGS_DIFFERING, S.MEASURES):
        assert table[state][E.CLOSED] == S.CLOSE_OFFERED
        assert table[state][E.CLOSED_BY_OTHER] == S.CLOSE_OFFERED_BY_OTHER
        assert table[state][E.DISAGREED] in INCIDENT_LIFE.ends
    assert table[S.CLOSE_OFFERED][E.CLOSED] == S.CLOSE_OFFERED
    closing = [(state, event) for state, row in table.items() for event, to in row.items()
               if to == S.CLOSED and state != S.CLOSED]  # fmt: skip
    assert closing == [(S.CLOSE_OFFERED, E.CLOSED_BY_OTHER), (S.CLOSE_OFFERED_BY_OTHER, E.CLOSED)]
    assert VIOLATION_TABLE[ViolationState.ALLEGED].get(ViolationEvent.CLOSED) is None
    assert PROTEST_TABLE[ProtestState.WITHDRAWN].get(ProtestEvent.ANSWERED) is None


def test_every_state_and_sort_can_be_said() -> None:
    """Each state, each sort of incident and of matter has a word in the catalogues."""
    codes = {state.value for _, states, _ in TABLES for state in states}
    codes |= {sort.name for sort in Sort} | {subject.name for subject, _, _ in TABLES}
    assert codes <= set(TERMS)
    words = Wording("en")
    for subject, _, _ in TABLES:
        for clock in subject.clocks:
            assert clock.name in words.clocks
            assert clock.name in words.clocks_over
