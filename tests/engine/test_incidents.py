"""Incidents on a line: the same on both nodes, held as evidence, counted alike."""

import json
import random
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.limits import HAPPENINGS_OF_PARTY_MAX, HOLDS_MAX, REPORTS_KEPT_MAX
from openline.domain.party import Precedence
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.talk.incident import (
    HOLD_AROUND_MS,
    NOT_NAMED,
    Act,
    Agreement,
    Incident,
    Inquiry,
    Mode,
    Occurrence,
    Sort,
    Stage,
)
from openline.domain.talk.message import Message
from openline.domain.talk.protest import Paper, Protest
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.violation import Violation, ViolationAct
from openline.engine import matter_view
from openline.engine.commands import Compose
from openline.engine.desk import Desk
from openline.engine.hold_view import HoldView, report_window
from openline.engine.views import Applied, View
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, LINE
from tests.engine.views_script import COMMANDER, EVENING, WATCH, Script, of, text

NAME = "ALPHA-I-0001"
EVENT = EVENING - 20 * MINUTE_MS
OFFICER = ("commander", "Col B. Stone")


def report(**changes: Any) -> Incident:
    """A first report on bombs near Shayrat."""
    first = Incident(
        WATCH, NAME, Stage.FIRST, Sort.STRIKE, EVENT, place="Shayrat", facts="Two bombs fell."
    )
    return replace(first, **changes)


def full(**changes: Any) -> Incident:
    """The same as a full report."""
    return report(stage=Stage.FULL, **changes)


def step(act: Act, **changes: Any) -> Inquiry:
    """A step of an inquiry."""
    said: dict[Act, dict[str, Any]] = {
        Act.OPEN: {"mode": Mode.JOINT, "lead": "The inspector."},
        Act.FINDING: {"findings": "A wrong grid.", "agreement": Agreement.ALONE},
        Act.MEASURES: {"measures": "Grids are read back twice."},
        Act.CLOSE_IN_DISAGREEMENT: {"disagreement": "Whose grid it was."},
        Act.FALSE_ALARM: {"text": "It was thunder."},
    }
    fields = {"by": COMMANDER, "incident": NAME, **said.get(act, {}), **changes}
    return Inquiry(act=act, **fields)


def alleged(**changes: Any) -> Violation:
    """Six vehicles where nobody should be without a call."""
    return replace(
        Violation(
            WATCH, ViolationAct.ALLEGE, ("Annex B, 3",), "Six vehicles crossed.", EVENT, zone="Z-1"
        ),
        **changes,
    )


class Case(Script):
    """A script about one incident."""

    def state(self, name: str = NAME) -> str:
        """Where it stands: one word, the same on each node."""
        states = {json.dumps(view.matter(name, self.now)["states"]) for view in self.views.values()}  # type: ignore[index]
        [one] = states
        return str(json.loads(one)["*"])

    def tell(self, party: str, message: Message, minutes: int = 1, **changes: Any) -> int:
        """Let a party say something some minutes later."""
        self.advance(self.now + minutes * MINUTE_MS)
        return self.say(party, message, **changes)

    def steps(self, name: str = NAME) -> list[str]:
        """What happened to it, by the view of ALPHA."""
        matter = self.views[ALPHA].matter(name, self.now)
        assert matter is not None
        return [one["event"] for one in matter["standings"][0]["steps"]]


def test_an_incident_from_its_report_to_its_end() -> None:
    """Two reports, a joint inquiry, agreed findings, measures, and both close it."""
    case = Case().adopt()
    case.tell(ALPHA, report(), precedence=int(Precedence.IMMEDIATE))
    assert case.state() == "REPORTED_BY_ONE"
    assert ("MATTER", "IMMEDIATE") in case.alarms(BRAVO)
    case.tell(BRAVO, full(facts="One bomb fell."))
    assert case.state() == "REPORTED_BY_BOTH"
    alarm = next(one for one in case.views[BRAVO].alarms() if one["name"] == "MATTER")
    assert alarm["over_at"] is not None
    case.tell(ALPHA, full())
    assert case.state() == "REPORTED_BY_BOTH"
    case.tell(ALPHA, step(Act.OPEN))
    assert case.state() == "JOINT_OFFERED"
    case.tell(BRAVO, step(Act.OPEN))
    assert case.state() == "UNDER_INQUIRY_JOINT"
    found = case.tell(ALPHA, step(Act.FINDING))
    assert case.state() == "FINDINGS_GIVEN"
    agreed = step(Act.FINDING, agreement=Agreement.AGREED, of=of(ALPHA, found))
    case.tell(BRAVO, agreed)
    assert case.state() == "FINDINGS_AGREED"
    case.tell(BRAVO, step(Act.MEASURES))
    assert case.state() == "MEASURES"
    case.tell(BRAVO, step(Act.CLOSE))
    assert case.state() == "CLOSE_OFFERED_BY_OTHER"
    case.tell(ALPHA, step(Act.CLOSE))
    assert case.state() == "CLOSED"
    assert case.views[ALPHA].due() == []
    whole = case.views[BRAVO].incident(NAME)
    assert whole is not None
    assert [(one["party"], one["serial"]) for one in whole["reports"]] == [
        (ALPHA, "ALPHA-0001"),
        (BRAVO, "BRAVO-0001"),
        (ALPHA, "ALPHA-0002"),
    ]


def test_findings_that_differ_end_in_disagreement() -> None:
    """Where the sides differ, one of them can close it so; an inquiry opens it anew."""
    case = Case().adopt()
    case.tell(ALPHA, report())
    case.tell(BRAVO, step(Act.OPEN, mode=Mode.OWN))
    found = case.tell(BRAVO, step(Act.FINDING))
    assert case.state() == "FINDINGS_GIVEN_BY_OTHER"
    differing = step(
        Act.FINDING,
        agreement=Agreement.DIFFERING,
        of=of(BRAVO, found),
        disagreement="Whose grid it was.",
    )
    case.tell(ALPHA, differing)
    assert case.state() == "FINDINGS_DIFFERING"
    case.tell(ALPHA, step(Act.CLOSE_IN_DISAGREEMENT))
    assert case.state() == "CLOSED_IN_DISAGREEMENT"
    case.tell(BRAVO, step(Act.OPEN, mode=Mode.OWN))
    assert case.state() == "UNDER_INQUIRY_OWN"


def test_only_who_raised_the_alarm_takes_it_back() -> None:
    """The other side cannot call it a false alarm; what it says so is kept, without effect."""
    case = Case().adopt()
    case.tell(ALPHA, report(stage=Stage.OBSERVATION, facts=""))
    assert case.state() == "OBSERVED"
    case.tell(BRAVO, step(Act.FALSE_ALARM))
    assert case.state() == "OBSERVED"
    assert case.steps()[-1] == "FALSE_ALARM_BY_OTHER"
    case.tell(ALPHA, step(Act.FALSE_ALARM))
    assert case.state() == "FALSE_ALARM"
    case.tell(BRAVO, report())
    assert case.state() == "REPORTED_BY_OTHER"


def test_nobody_agrees_with_themselves() -> None:
    """A finding is agreed by the other side alone, and not before there is one."""
    case = Case().adopt()
    case.tell(ALPHA, report())
    case.tell(ALPHA, step(Act.OPEN))
    found = case.tell(ALPHA, step(Act.FINDING))
    case.tell(ALPHA, step(Act.FINDING, agreement=Agreement.AGREED, of=of(ALPHA, found)))
    assert case.state() == "FINDINGS_GIVEN"
    case.tell(ALPHA, step(Act.CLOSE))
    assert case.state() == "FINDINGS_GIVEN"


def due_of(case: Case) -> list[tuple[str, str, int]]:
    """What is due: clock, whose turn, and minutes after the event; alike on both nodes."""
    [one] = {
        json.dumps([[row["clock"], row["party"], row["at"]] for row in view.due(case.now)])
        for view in case.views.values()
    }
    return [(clock, party, (at - EVENT) // MINUTE_MS) for clock, party, at in json.loads(one)]


def test_what_is_due_after_an_observation_and_a_report() -> None:
    """30 min, 24 h and 7 days run from the event and the first word of it, for each side."""
    case = Case().adopt()
    case.say(ALPHA, report(stage=Stage.OBSERVATION, facts=""))
    assert due_of(case) == [
        ("first_report", ALPHA, 30),
        ("report_read", BRAVO, 50),
        ("full_report", ALPHA, 24 * 60),
        ("own_report", BRAVO, 24 * 60 + 20),
        ("first_answer", BRAVO, 7 * 24 * 60 + 20),
    ]
    case.advance(EVENT + 31 * MINUTE_MS)
    assert ("CLOCK", "IMMEDIATE") in case.alarms(ALPHA)
    case.say(ALPHA, report())
    case.tell(BRAVO, Read(WATCH, of(ALPHA, 2)))
    assert [clock for clock, _, _ in due_of(case)] == ["full_report", "own_report", "first_answer"]
    clock = next(one for one in case.views[ALPHA].alarms() if one["name"] == "CLOCK")
    assert clock["facts"]["clock"] == "first_report"
    assert clock["over_at"] is not None
    case.tell(BRAVO, Response(WATCH, of(ALPHA, 2), Answer.NOTED))
    assert [clock for clock, _, _ in due_of(case)] == ["full_report", "own_report"]
    case.tell(ALPHA, full())
    case.tell(BRAVO, full())
    assert due_of(case) == []
    case.tell(BRAVO, step(Act.OPEN, mode=Mode.OWN))
    [(clock_name, party, minutes)] = due_of(case)
    assert (clock_name, party) == ("own_findings", BRAVO)
    assert minutes == 30 * 24 * 60 + (case.now - EVENT) // MINUTE_MS


@pytest.mark.parametrize(
    ("clock", "waits_ms", "party"),
    [
        ("full_report", 24 * HOUR_MS, ALPHA),
        ("own_report", 24 * HOUR_MS, BRAVO),
        ("first_answer", 7 * DAY_MS, BRAVO),
    ],
)
def test_each_clock_alarms_both_nodes(clock: str, waits_ms: int, party: str) -> None:
    """When a clock runs out both sides are told, with whose turn it was and for which tier."""
    case = Case().adopt()
    case.say(ALPHA, report())
    case.advance(EVENING + waits_ms + 1)
    for view in case.views.values():
        [found] = [one for one in view.alarms() if one["facts"].get("clock") == clock]
        assert found["facts"]["party"] == party
        assert found["facts"]["matter"] == NAME
        assert found["facts"]["tier"] >= 2


def test_an_answer_that_is_held_back_is_due_then() -> None:
    """HOLDING sets when the answer to a report is due."""
    case = Case().adopt()
    said = case.say(ALPHA, report())
    held = Response(WATCH, of(ALPHA, said), Answer.HOLDING, holding_until=EVENING + HOUR_MS)
    case.tell(BRAVO, held)
    assert ("first_answer", BRAVO, 80) in due_of(case)


# --- whatever the order ----------------------------------------------------------------------


def log_of(case: Case) -> list[Applied]:
    """What was said, as CHARLIE's node or anybody's may hear it."""
    return [replace(one, circuit="primary") for one in case.applied[ALPHA]]


def heard_by(case: Case, own: str, applied: list[Applied]) -> View:
    """A view that hears it in this order."""
    view = View(own, case.understanding)
    for one in applied:
        view.apply(one, live=True)
    view.advance(case.now)
    return view


def shared(view: View, now: int) -> str:
    """What two nodes must have alike, as bytes."""
    ledger = view.ledger(0, 2**62, now)
    return json.dumps([view.matter_records.shared(now), ledger], sort_keys=True)


def orders(case: Case) -> list[list[Applied]]:
    """Each party's messages in their order, the parties' in any."""
    by_party: dict[str, list[Applied]] = {}
    for one in log_of(case):
        by_party.setdefault(one.envelope_header.party, []).append(one)
    found = [
        [one for party in names for one in by_party[party]] for names in permutations(by_party)
    ]
    rng = random.Random(7)
    for _ in range(20):
        left = {party: list(ones) for party, ones in by_party.items()}
        mixed = []
        while any(left.values()):
            mixed.append(left[rng.choice([name for name in left if left[name]])].pop(0))
        found.append(mixed)
    return found


def busy_case() -> Case:
    """Three parties that report, inquire, allege and protest about one incident."""
    case = Case(ALPHA, BRAVO, CHARLIE).adopt()
    case.tell(BRAVO, report(facts="One bomb fell."))
    case.tell(ALPHA, full())
    case.tell(CHARLIE, report(facts="We saw smoke."))
    case.tell(CHARLIE, Read(WATCH, of(ALPHA, 1)))
    case.tell(BRAVO, step(Act.OPEN))
    case.tell(ALPHA, step(Act.OPEN))
    case.tell(ALPHA, alleged(incident=NAME), recipients=(BRAVO,))
    case.tell(BRAVO, Violation(WATCH, ViolationAct.DENY, text="No.", of=of(ALPHA, 3)))
    case.tell(ALPHA, Violation(WATCH, ViolationAct.DISPUTE, text="Yes.", of=of(ALPHA, 3)))
    case.tell(CHARLIE, Protest(COMMANDER, Paper.PROTEST, "Stop it."))
    found = case.tell(BRAVO, step(Act.FINDING))
    case.tell(ALPHA, step(Act.FINDING, agreement=Agreement.AGREED, of=of(BRAVO, found)))
    case.tell(CHARLIE, step(Act.CLOSE))
    case.advance(case.now + 8 * DAY_MS)
    return case


def test_the_standing_does_not_follow_from_the_order_of_arrival() -> None:
    """Nodes that hear three parties in other orders have the same bytes, and the same opener."""
    case = busy_case()
    expected = shared(case.views[BRAVO], case.now)
    assert json.loads(expected)[0][0]["party"] == BRAVO
    for own in case.views:
        for order in orders(case):
            assert shared(heard_by(case, own, order), case.now) == expected


def test_the_earliest_report_opens_whichever_came_first() -> None:
    """A report that comes first here and was signed later does not stay the opening."""
    case = Case().adopt()
    late = case.header(ALPHA, full(), at=EVENING + HOUR_MS)
    early = case.header(BRAVO, report(), at=EVENING)
    case.hear(ALPHA, Applied(late, full(), EVENING + HOUR_MS, ""))
    matter = case.views[ALPHA].matter(NAME)
    assert matter is not None
    assert matter["party"] == ALPHA
    case.hear(ALPHA, Applied(early, report(), EVENING + 2 * HOUR_MS, "primary"))
    matter = case.views[ALPHA].matter(NAME)
    assert matter is not None
    assert (matter["party"], matter["states"]) == (BRAVO, {"*": "REPORTED_BY_BOTH"})
    assert matter["standings"][0]["instants"]["first_by"] == EVENT + 30 * MINUTE_MS
    assert "own_report_by" not in matter["standings"][0]["instants"]


def test_a_report_that_knows_of_another_is_later() -> None:
    """A clock that is wrong does not make a report the first that had read the other."""
    case = Case().adopt()
    case.hear(ALPHA, Applied(case.header(ALPHA, report()), report(), EVENING, ""))
    heads = (Checkpoint(f"{ALPHA}/{LINE}/out", 2, bytes(32)),)
    knowing = case.header(BRAVO, full(), at=EVENING - DAY_MS, heads=heads)
    case.hear(ALPHA, Applied(knowing, full(), EVENING + 1, "primary"))
    matter = case.views[ALPHA].matter(NAME)
    assert matter is not None
    assert matter["party"] == ALPHA


def test_an_inquiry_waits_for_the_report() -> None:
    """A step of an inquiry that comes before any report counts when the report is here."""
    case = Case(ALPHA, BRAVO, CHARLIE).adopt()
    said = case.header(CHARLIE, step(Act.OPEN, mode=Mode.OWN), at=EVENING + MINUTE_MS)
    case.hear(ALPHA, Applied(said, step(Act.OPEN, mode=Mode.OWN), EVENING + MINUTE_MS, "primary"))
    assert case.views[ALPHA].matter(NAME) is None
    opening = case.header(BRAVO, report(), at=EVENING)
    case.hear(ALPHA, Applied(opening, report(), EVENING + 2 * MINUTE_MS, "primary"))
    matter = case.views[ALPHA].matter(NAME)
    assert matter is not None
    assert matter["states"] == {"*": "UNDER_INQUIRY_OWN"}


def test_no_other_sort_of_matter_has_the_name() -> None:
    """Names of one sort do not meet those of another, and serials find matters too."""
    case = Case().adopt()
    index = case.say(ALPHA, report())
    view = case.views[BRAVO]
    by_name, by_serial = view.matter(NAME), view.matter(f"ALPHA-{index:04d}")
    assert by_name == by_serial
    assert view.matter_records.find("incident " + NAME) is view.matter_records.find(NAME)
    assert view.incident("BRAVO-0000") is None


# --- hostile ---------------------------------------------------------------------------------


def test_a_flood_about_our_incident_leaves_us_our_word() -> None:
    """A party that says more than is kept does not use up the place of the other."""
    case = Case().adopt()
    case.say(ALPHA, report())
    for number in range(HAPPENINGS_OF_PARTY_MAX + 10):
        case.say(BRAVO, report(facts=f"Claim {number}."))
    case.tell(ALPHA, step(Act.OPEN, mode=Mode.OWN))
    assert case.state() == "UNDER_INQUIRY_OWN"
    last = case.views[ALPHA].message(BRAVO, HAPPENINGS_OF_PARTY_MAX + 5)
    assert last is not None
    assert "NO_EFFECT" in last["flags"]


def test_a_flood_of_names_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a party only so many incidents are kept open; further ones are flagged and told once."""
    monkeypatch.setattr(matter_view, "MATTERS_OPEN_MAX", 5)
    case = Case().adopt()
    for number in range(8):
        case.say(BRAVO, report(incident=f"ALPHA-I-{number:04d}"))
    view = case.views[ALPHA]
    assert len(view.matters(subject="incident")) == 5
    assert len(view.holds()) == 5
    assert ("MATTERS_UNLISTED", "IMMEDIATE") in case.alarms(ALPHA)
    flagged = view.message(BRAVO, 8)
    assert flagged is not None
    assert "OVER_CAP" in flagged["flags"]


# --- the desk --------------------------------------------------------------------------------


def compose(case: Case, party: str, message: Message, *recipients: str) -> Message:
    """What the desk of a party makes of it."""
    draft = Desk(party, case.views[party]).compose(
        Compose(LINE, message, recipients=recipients), case.now
    )
    assert not isinstance(draft.message, type(None))
    return draft.message  # type: ignore[return-value]


def test_the_desk_names_an_incident() -> None:
    """A report without an id gets the next free one of ours, whoever has used it."""
    case = Case().adopt()
    case.say(BRAVO, report())
    named = compose(case, ALPHA, report(incident=NOT_NAMED))
    assert isinstance(named, Incident)
    assert named.incident == "ALPHA-I-0002"
    desk = Desk(ALPHA, case.views[ALPHA])
    command = Compose(LINE, report(incident=NOT_NAMED))
    drafts = [desk.compose(command, case.now).message for _ in range(2)]
    assert [one.incident for one in drafts if isinstance(one, Incident)] == [
        "ALPHA-I-0002",
        "ALPHA-I-0003",
    ]


@pytest.mark.parametrize(
    ("message", "what"),
    [
        (report(happened_at=EVENING + HOUR_MS), "is to come"),
        (report(events=(Occurrence(EVENING + HOUR_MS, "x"),)), r"events\[0\].at: .* is to come"),
        (report(about=(of(BRAVO, 99),)), "There is no message BRAVO-0099"),
        (step(Act.OPEN, by=WATCH), "tier 2"),
        (step(Act.OPEN, due_at=EVENT), "due_at: .* is over"),
        (step(Act.OPEN, incident="ALPHA-I-0099"), "There is no incident ALPHA-I-0099"),
        (step(Act.CLOSE), "is REPORTED_BY_ONE: CLOSED comes too late or too early"),
        (step(Act.MEASURES), "is REPORTED_BY_ONE"),
        (
            step(Act.FINDING, agreement=Agreement.AGREED, of=of(BRAVO, 1)),
            "BRAVO-0001 is no finding on ALPHA-I-0001",
        ),
        (
            step(Act.FINDING, agreement=Agreement.AGREED, of=of(ALPHA, 1)),
            "not ours to agree to or differ from",
        ),
        (alleged(happened_at=EVENING + HOUR_MS), "is to come"),
        (alleged(incident="ALPHA-I-0099"), "There is no incident ALPHA-I-0099"),
        (alleged(reply_by=EVENT), "reply_by: .* is over"),
        (Violation(WATCH, ViolationAct.DENY, text="No.", of=of(ALPHA, 1)), "not ours to answer"),
        (Violation(WATCH, ViolationAct.DENY, text="No.", of=of(BRAVO, 1)), "is no alleged"),
        (Violation(WATCH, ViolationAct.CLOSE, of=of(BRAVO, 2)), "not ours to close"),
        (Protest(WATCH, Paper.PROTEST, "No."), "tier 2"),
        (Protest(COMMANDER, Paper.PROTEST, "No.", due_at=EVENT), "due_at: .* is over"),
        (Protest(COMMANDER, Paper.PROTEST, "No.", incident="X-I-0099"), "There is no incident"),
        (Protest(COMMANDER, Paper.NOTE, "No.", of=of(BRAVO, 1)), "is no protest and no note"),
        (
            Protest(COMMANDER, Paper.NOTE, "No.", of=of(BRAVO, 2), is_withdrawn=True),
            "not ours to withdraw",
        ),
    ],
)
def test_what_must_not_be_said_is_refused_with_what_to_do(message: Message, what: str) -> None:
    """The desk names what is wrong, and each refusal has a remedy."""
    case = Case().adopt()
    case.say(ALPHA, report())
    case.say(BRAVO, text())
    case.say(BRAVO, alleged())
    with pytest.raises(OurError, match=what) as refused:
        compose(case, ALPHA, message)
    assert refused.value.remedy


def test_an_allegation_is_put_to_one_party() -> None:
    """On a line of three the accused party is named; then nobody else has to answer."""
    case = Case(ALPHA, BRAVO, CHARLIE).adopt()
    with pytest.raises(OurError, match="Nobody is named who is to answer"):
        compose(case, ALPHA, alleged())
    assert compose(case, ALPHA, alleged(), BRAVO) == alleged()


# --- alleged violations and protests ---------------------------------------------------------


def test_an_alleged_violation_is_answered_disputed_and_closed() -> None:
    """Each side's word moves it; the accused cannot close it, nor the author answer it."""
    case = Case().adopt()
    index = case.say(ALPHA, alleged())
    serial = f"ALPHA-{index:04d}"

    def stands() -> str:
        [one] = {view.matter(serial, case.now)["states"][BRAVO] for view in case.views.values()}  # type: ignore[index]
        return str(one)

    assert stands() == "ALLEGED"
    case.tell(BRAVO, Read(WATCH, of(ALPHA, index)))
    assert stands() == "READ"
    for act, state in (
        (ViolationAct.EXPLAIN, "ANSWERED_EXPLAINED"),
        (ViolationAct.CLOSE, "ANSWERED_EXPLAINED"),
    ):
        case.tell(BRAVO, Violation(WATCH, act, text="A detour.", of=of(ALPHA, index)))
        assert stands() == state
    case.tell(ALPHA, Violation(WATCH, ViolationAct.ACCEPT, text="So.", of=of(ALPHA, index)))
    assert stands() == "ANSWERED_EXPLAINED"
    case.tell(ALPHA, Violation(WATCH, ViolationAct.DISPUTE, text="No.", of=of(ALPHA, index)))
    assert stands() == "DISPUTED"
    case.tell(ALPHA, Violation(WATCH, ViolationAct.CLOSE, of=of(ALPHA, index)))
    assert stands() == "CLOSED"


def test_what_nobody_answers_is_unanswered() -> None:
    """An allegation and a protest wait seven days, or two if they are urgent."""
    case = Case().adopt()
    case.say(ALPHA, alleged())
    case.say(ALPHA, Protest(COMMANDER, Paper.PROTEST, "No."), precedence=int(Precedence.IMMEDIATE))
    case.advance(EVENING + 2 * DAY_MS)
    view = case.views[BRAVO]
    states = [one["states"][BRAVO] for one in view.matters()]
    assert states == ["ALLEGED", "UNANSWERED"]
    case.advance(EVENING + 7 * DAY_MS)
    assert [one["states"][BRAVO] for one in view.matters()] == ["UNANSWERED", "UNANSWERED"]
    case.tell(BRAVO, Protest(COMMANDER, Paper.NOTE, "We answer.", of=of(ALPHA, 2)))
    assert [one["states"][BRAVO] for one in view.matters(open_only=False)] == [
        "UNANSWERED",
        "ANSWERED",
    ]


@pytest.mark.parametrize(
    ("answer", "state"),
    [(Answer.NOTED, "ANSWERED"), (Answer.DECLINED, "DECLINED"), (Answer.OBJECTED, "ANSWERED")],
)
def test_a_protest_is_answered_by_a_response(answer: Answer, state: str) -> None:
    """NOTED and words answer a protest; DECLINED says that none is given."""
    case = Case().adopt()
    index = case.say(ALPHA, Protest(COMMANDER, Paper.PROTEST, "No."))
    case.tell(BRAVO, Response(WATCH, of(ALPHA, index), answer, "Why."))
    matter = case.views[ALPHA].matter(f"ALPHA-{index:04d}")
    assert matter is not None
    assert matter["states"] == {BRAVO: state}


def test_both_sides_count_alike() -> None:
    """The ledger has how many are alleged of whom, where they stand, and of which articles."""
    case = Case().adopt()
    case.say(ALPHA, alleged())
    case.tell(ALPHA, alleged(articles=("Annex B, 3", "Annex C, 1")))
    case.tell(BRAVO, alleged())
    case.tell(BRAVO, Violation(WATCH, ViolationAct.DENY, text="No.", of=of(ALPHA, 1)))
    one, other = (view.ledger(0, EVENING + DAY_MS, case.now) for view in case.views.values())
    assert one == other
    assert one["rows"] == [
        {
            "party": ALPHA,
            "accused": BRAVO,
            "alleged": 2,
            "states": {"ALLEGED": 1, "ANSWERED_DENIED": 1},
            "articles": {"Annex B, 3": 2, "Annex C, 1": 1},
        },
        {
            "party": BRAVO,
            "accused": ALPHA,
            "alleged": 1,
            "states": {"ALLEGED": 1},
            "articles": {"Annex B, 3": 1},
        },
    ]
    window = case.views[ALPHA].ledger(EVENING + 1, EVENING + DAY_MS, case.now)
    assert [row["alleged"] for row in window["rows"]] == [1, 1]


# --- what is held ----------------------------------------------------------------------------


def test_a_report_holds_two_hours_around_the_event() -> None:
    """Each report of either side holds its window on both nodes, to the last event it tells."""
    case = Case().adopt()
    last = EVENT + 10 * MINUTE_MS
    case.say(ALPHA, report(events=(Occurrence(EVENT, "Bombs."), Occurrence(last, "Fire."))))
    for view in case.views.values():
        assert view.is_held(EVENT - HOLD_AROUND_MS)
        assert view.is_held(last + HOLD_AROUND_MS)
        assert not view.is_held(EVENT - HOLD_AROUND_MS - 1)
        assert not view.is_held(last + HOLD_AROUND_MS + 1)
    assert [hold["name"] for hold in case.views[BRAVO].holds()] == [NAME]


def test_a_report_holds_a_day_at_most_and_nothing_to_come() -> None:
    """Wild times of a hostile report hold neither all of time nor the future."""
    wild = report(happened_at=0, events=(Occurrence(0, "a"), Occurrence(2**62, "b")))
    start, end = report_window(wild, EVENING)
    assert end - start == DAY_MS + 2 * HOLD_AROUND_MS + 1
    start, end = report_window(report(happened_at=2**62), EVENING)
    assert (start, end) == (EVENING - HOLD_AROUND_MS, EVENING + HOLD_AROUND_MS + 1)


def test_reports_of_one_party_hold_so_many_windows() -> None:
    """A flood of reports with other times is bounded, and the other side's still holds."""
    case = Case().adopt()
    for number in range(REPORTS_KEPT_MAX + 5):
        case.say(BRAVO, report(happened_at=EVENT - number * DAY_MS))
    case.say(ALPHA, report(happened_at=EVENT - 100 * DAY_MS))
    [hold] = case.views[ALPHA].holds()
    assert len(hold["windows"]) == REPORTS_KEPT_MAX + 1
    assert case.views[ALPHA].is_held(EVENT - 100 * DAY_MS)


def test_holds_that_overlap_are_held_until_the_last_is_released() -> None:
    """What two hold stays held when one of them is released; a later report holds again."""
    holds = HoldView()
    assert not holds.is_held(5)
    holds.hold(holds.next_name(), (0, 10), OFFICER, "Logs.", 1)
    holds.hold(holds.next_name(), (5, 20), OFFICER, "Tracks.", 2)
    assert [hold.name for hold in holds.listed()] == ["HOLD-0001", "HOLD-0002"]
    assert [at for at in range(-1, 22) if holds.is_held(at)] == list(range(20))
    holds.release("HOLD-0001", OFFICER, "Done.", 3)
    assert [at for at in range(-1, 22) if holds.is_held(at)] == list(range(5, 20))
    with pytest.raises(OurError, match="released already"):
        holds.release("HOLD-0001", OFFICER, "Done.", 4)
    holds.hold("HOLD-0001", (0, 10), OFFICER, "Again.", 5)
    assert holds.is_held(0)
    with pytest.raises(OurError, match="Nothing is held under the name 'x'"):
        holds.named("x")


@pytest.mark.parametrize("window", [(10, 10), (10, 5), (101, 200)])
def test_a_window_that_cannot_be_is_not_held(window: tuple[int, int]) -> None:
    """A window ends after it begins, and has begun."""
    with pytest.raises(OurError, match="The window"):
        HoldView().check(window, 100)


def test_officers_hold_so_many_windows() -> None:
    """Beyond the bound a hold is refused, until one is released."""
    holds = HoldView()
    for _ in range(HOLDS_MAX):
        holds.hold(holds.next_name(), (0, 1), OFFICER, "Why.", 0)
    with pytest.raises(OurError, match="which is all that may be"):
        holds.check((0, 1), 0)
    holds.release("HOLD-0001", OFFICER, "Done.", 0)
    holds.check((0, 1), 0)
