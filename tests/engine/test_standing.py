"""Service, offers to resume, causes, alarms about people, duties, and the past."""

from dataclasses import replace
from itertools import permutations

import pytest

from openline.domain.errors import OurError
from openline.domain.limits import OFFERS_KEPT, SERVICES_KEPT
from openline.domain.line.observed import Observed
from openline.domain.line.schedule import CheckSchedule
from openline.domain.party import Precedence
from openline.domain.talk.body import Reference
from openline.domain.talk.check import LineCheck, LineCheckReply
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.message import Message
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.resumption import ResumptionOffer
from openline.domain.talk.service import Service, ServiceOccasion
from openline.domain.talk.statistics import statistics, to_bytes
from openline.engine.check_alarms import COMM_OUT
from openline.engine.commands import Compose
from openline.engine.desk import Desk
from openline.engine.views import View
from tests.engine.parties import ALPHA, BRAVO, CHARLIE
from tests.engine.views_script import COMMANDER, EVENING, HOUR, LINE, MINUTE, WATCH, Script, notice

DAY = 24 * HOUR


@pytest.fixture
def script() -> Script:
    """Two parties on a line, with a store to read the past from."""
    return with_store(Script().adopt())


def with_store(script: Script) -> Script:
    for name, view in script.views.items():
        view.load = loader(script, name)
    return script


def loader(script: Script, name: str):  # type: ignore[no-untyped-def]
    def load(party: str, index: int, epoch: int) -> Message:
        for applied in script.applied[name]:
            header = applied.envelope_header
            if (header.party, header.index, header.epoch) == (party, index, epoch):
                return applied.message  # type: ignore[return-value]
        raise AssertionError(f"{party} {index} was not said")

    return load


def service(**changes: object) -> Service:
    given = {"by": WATCH, "occasion": ServiceOccasion.MAINTENANCE, "valid_from": EVENING}
    return Service(**{**given, **changes})  # type: ignore[arg-type]


def offer(**changes: object) -> ResumptionOffer:
    given = {
        "by": COMMANDER,
        "scopes": ("air_safety",),
        "proposed_at": EVENING + DAY,
        "text": "Let us resume.",
    }
    return ResumptionOffer(**{**given, **changes})  # type: ignore[arg-type]


def declare(status: Status, effective_at: int, **changes: object) -> Declaration:
    given = {"scopes": ("air_safety",), "reason": "As announced."}
    return Declaration(
        COMMANDER, WATCH, status=status, effective_at=effective_at, **{**given, **changes}
    )  # type: ignore[arg-type]


def cause(view: View, now: int, state: Observed = Observed.LOST, **changes: bool) -> dict:  # type: ignore[type-arg]
    circuits = {BRAVO: {"primary": state, "secondary": Observed.UP}}
    given = {"is_own_fault": False, **changes}
    return view.state.causes(now, circuits, {BRAVO: state}, **given)


# --- service and the cause -----------------------------------------------------------------------


def test_a_cause_is_never_guessed(script: Script) -> None:
    """A trouble that nobody has spoken about has the cause unknown."""
    found = cause(script.views[ALPHA], script.now)
    assert found == {BRAVO: {"cause": "unknown", "circuits": {"primary": "unknown"}}}
    assert cause(script.views[ALPHA], script.now, Observed.UP) == {}


def test_the_cause_is_what_was_said(script: Script) -> None:
    """Their service message is the cause they declare, ours is our own, in its window."""
    script.say(BRAVO, service(valid_until=EVENING + HOUR))
    view = script.views[ALPHA]
    assert cause(view, script.now)[BRAVO]["cause"] == "technical_counterpart_declared"
    assert cause(view, EVENING + HOUR)[BRAVO]["cause"] == "unknown"
    script.say(ALPHA, service(valid_until=EVENING + HOUR))
    assert cause(view, script.now)[BRAVO]["cause"] == "technical_own"


def test_our_own_fault_is_known(script: Script) -> None:
    """A node that knows that it is the reason says so."""
    found = cause(script.views[ALPHA], script.now, is_own_fault=True)
    assert found[BRAVO]["cause"] == "technical_own"


def test_the_cause_of_one_circuit(script: Script) -> None:
    """A service message about a circuit explains that one, and the whole if it is all there is."""
    script.say(BRAVO, service(circuit="primary"))
    assert cause(script.views[ALPHA], script.now)[BRAVO] == {
        "cause": "technical_counterpart_declared",
        "circuits": {"primary": "technical_counterpart_declared"},
    }
    script.say(ALPHA, LineCheck(WATCH, 1))
    script.advance(EVENING + HOUR)
    found = cause(script.views[ALPHA], script.now)
    assert found[BRAVO]["cause"] == "unknown", "a circuit does not explain that nobody answers"


def test_deliberate_is_what_they_declare(script: Script) -> None:
    """Only who has declared that it keeps no scope is said to be silent on purpose."""
    view = script.views[ALPHA]
    script.say(BRAVO, declare(Status.SUSPENDED, EVENING))
    assert cause(view, script.now)[BRAVO]["cause"] == "unknown"
    scopes = tuple(view.understanding.scopes)
    script.say(BRAVO, declare(Status.SUSPENDED, EVENING, scopes=scopes))
    assert cause(view, script.now)[BRAVO]["cause"] == "deliberate_declared"


def test_restored(script: Script) -> None:
    """RESTORED takes back what was said of that circuit, or of all circuits."""
    view = script.views[ALPHA]
    for circuit in ("primary", "secondary"):
        script.say(BRAVO, service(circuit=circuit))
    script.say(BRAVO, service(circuit="primary", occasion=ServiceOccasion.RESTORED))
    assert [one["circuit"] for one in view.state.services.to_json(script.now)] == ["secondary"]
    script.say(BRAVO, service(occasion=ServiceOccasion.RESTORED))
    assert view.state.services.to_json(script.now) == []
    script.say(BRAVO, service(circuit="primary"))
    assert [one["circuit"] for one in view.state.services.to_json(script.now)] == ["primary"]


def test_services_are_bounded(script: Script) -> None:
    """A counterpart that names ever more circuits has the oldest forgotten."""
    for number in range(SERVICES_KEPT + 5):
        script.say(BRAVO, service(circuit=f"c{number:02d}"))
    shown = script.views[ALPHA].state.services.to_json(script.now)
    assert (len(shown), shown[0]["circuit"]) == (SERVICES_KEPT, "c05")


def test_service_alarms_the_other_side(script: Script) -> None:
    """A service message is an alarm for whoever hears it, and not for its author."""
    script.say(BRAVO, service())
    assert script.alarms(ALPHA) == [("SERVICE", "PRIORITY")]
    assert script.alarms(BRAVO) == []


# --- offers --------------------------------------------------------------------------------------


def offers(script: Script, name: str = ALPHA) -> list[tuple[str, str]]:
    shown = script.views[name].state.offers.to_json(script.now)
    return [(one["serial"], one["state"]) for one in shown]


def test_an_offer_is_accepted_by_a_declaration_that_names_it(script: Script) -> None:
    """A declaration in force in reply to the offer accepts it, on both nodes alike."""
    script.say(BRAVO, declare(Status.SUSPENDED, EVENING))
    index = script.say(ALPHA, offer())
    assert offers(script) == offers(script, BRAVO) == [("ALPHA-0001", "OPEN")]
    script.say(BRAVO, declare(Status.IN_FORCE, EVENING + DAY))
    assert offers(script) == [("ALPHA-0001", "OPEN")], "a declaration that names nothing"
    script.say(BRAVO, declare(Status.IN_FORCE, EVENING + DAY), reply_to=(ALPHA, index))
    assert offers(script) == offers(script, BRAVO) == [("ALPHA-0001", "ACCEPTED")]


def test_an_offer_is_declined_or_lapses(script: Script) -> None:
    """A response declines it; without an answer it lapses at its time."""
    index = script.say(ALPHA, offer(reply_by=EVENING + HOUR))
    script.advance(EVENING + HOUR)
    assert offers(script) == [("ALPHA-0001", "LAPSED")]
    of = Reference(ALPHA, index)
    script.say(BRAVO, Response(WATCH, of, Answer.DECLINED, "Not yet."))
    assert offers(script) == [("ALPHA-0001", "DECLINED")]


def test_offers_do_not_depend_on_the_order_of_arrival() -> None:
    """With three parties an acceptance may come before its offer; the state is the same."""
    found = set()
    for order in permutations(range(4)):
        script = Script(ALPHA, BRAVO, CHARLIE).adopt()
        heads = [
            (ALPHA, offer(), {}),
            (BRAVO, declare(Status.IN_FORCE, EVENING), {"reply_to": (ALPHA, 1)}),
            (CHARLIE, Response(WATCH, Reference(ALPHA, 1), Answer.DECLINED, "No."), {"index": 1}),
            (CHARLIE, declare(Status.IN_FORCE, EVENING), {"reply_to": (ALPHA, 1), "index": 2}),
        ]
        for number in order:
            party, message, changes = heads[number]
            script.say(party, message, **{"index": 1, **changes})  # type: ignore[arg-type]
        found.add(str(script.views[BRAVO].state.offers.to_json(script.now)))
    assert len(found) == 1
    assert "'state': 'ACCEPTED'" in found.pop()


def test_offers_and_what_waits_are_bounded(script: Script) -> None:
    """Neither offers nor answers to offers that never come grow without end."""
    for number in range(OFFERS_KEPT + 3):
        script.say(BRAVO, offer())
        of = Reference(ALPHA, 1_000 + number)
        script.say(BRAVO, Response(WATCH, of, Answer.DECLINED, "No."))
    view = script.views[ALPHA].state.offers
    assert len(view.to_json(script.now)) == OFFERS_KEPT
    assert sum(map(len, view._waiting.values())) == OFFERS_KEPT + 3


# --- the desk ------------------------------------------------------------------------------------


def refused(script: Script, message: Message, **changes: object) -> str:
    with pytest.raises(OurError) as error:
        compose(script, message, **changes)
    return error.value.what


def compose(script: Script, message: Message, **changes: object) -> object:
    desk = Desk(ALPHA, script.views[ALPHA])
    return desk.compose(Compose(LINE, message, Precedence.ROUTINE, **changes), script.now)  # type: ignore[arg-type]


def test_what_the_desk_refuses(script: Script) -> None:
    """Windows and times that are over, scopes that are kept, and other people's offers."""
    assert "which is over" in refused(script, service(valid_from=1, valid_until=EVENING))
    assert "which is over" in refused(script, offer(proposed_at=EVENING))
    assert "which is over" in refused(script, offer(reply_by=EVENING))
    assert "no scope 'weather'" in refused(script, offer(scopes=("weather",)))
    assert "nothing to resume" in refused(script, offer())
    assert "tier 2 or higher" in refused(script, offer(by=WATCH))
    assert "there is nothing to resume" in refused(script, declare(Status.IN_FORCE, EVENING))


def test_whoever_keeps_a_scope_may_accept(script: Script) -> None:
    """In reply to an offer a scope that is in force may be declared in force once more."""
    script.say(BRAVO, declare(Status.SUSPENDED, EVENING))
    theirs, ours = script.say(BRAVO, offer()), script.say(ALPHA, offer())
    accepts = declare(Status.IN_FORCE, EVENING)
    assert compose(script, accepts, reply_to=(BRAVO, theirs))
    assert "our own offer" in refused(script, accepts, reply_to=(ALPHA, ours))
    more = declare(Status.IN_FORCE, EVENING, scopes=("air_safety", "humanitarian"))
    assert "not all of the scopes" in refused(script, more, reply_to=(BRAVO, theirs))


# --- people: alarms and duties -------------------------------------------------------------------


def test_alarms_about_people_grow_and_end(script: Script) -> None:
    """A check without answer alarms as late, then unanswered, then for tier 2; answers end it."""
    script.say(ALPHA, LineCheck(WATCH, 1))
    seen = []
    for waited in (5 * MINUTE, 30 * MINUTE, DAY):
        script.advance(EVENING + waited)
        standing = [one for one in script.views[ALPHA].alarms() if one["over_at"] is None]
        seen.append([one["name"] for one in standing if "DUE" not in one["name"]])
    assert [names[0] for names in seen] == ["CHECK_LATE", "CHECK_UNANSWERED", "CHECK_PROLONGED"]
    alarms = {one["name"]: one for one in script.views[ALPHA].alarms()}
    prolonged = alarms["CHECK_PROLONGED"]
    assert (prolonged["precedence"], prolonged["facts"]["to_do"]) == ("IMMEDIATE", COMM_OUT)
    assert alarms["CHECK_UNANSWERED"]["over_at"] == EVENING + DAY
    script.say(BRAVO, LineCheckReply(WATCH, 1, 5))
    alarms = {one["name"]: one for one in script.views[ALPHA].alarms()}
    assert alarms["CHECK_PROLONGED"]["over_at"] is not None


def test_our_own_answer_is_missed(script: Script) -> None:
    """A check of theirs that waits for us longer than agreed alarms, until we answer."""
    script.say(BRAVO, LineCheck(WATCH, 1))
    script.advance(EVENING + 6 * MINUTE)
    assert script.alarms(ALPHA) == [("CHECK_WAITS", "PRIORITY")]
    script.say(ALPHA, LineCheckReply(WATCH, 1, 5))
    script.advance(EVENING + 7 * MINUTE)
    assert [one["over_at"] is not None for one in script.views[ALPHA].alarms()] == [True]


def test_a_due_check_alarms_whose_turn_it_is() -> None:
    """With turns, the party whose hour it is has a check due, then overdue, then made."""
    script = Script().adopt()
    schedule = CheckSchedule(every_ms=HOUR, alternate=True)
    terms = replace(script.understanding, check_schedule=schedule, version=2)
    for view in script.views.values():
        view.understanding = terms
    script.advance(EVENING + 59 * MINUTE)
    for name, number in ((ALPHA, 1), (BRAVO, 1)):
        script.say(name, LineCheck(WATCH, number))
    slot = EVENING + HOUR
    turn = [ALPHA, BRAVO][(slot // HOUR) % 2]
    later = [ALPHA, BRAVO][(slot // HOUR + 1) % 2]
    due = script.views[turn].displayed(Observed.UP, slot + HOUR)["checks_due"]
    assert due["parties"][later]["due_at"] == slot + HOUR
    script.shown(later, "alarm")
    script.advance(slot + HOUR)
    names = [one["name"] for one in script.shown(later, "alarm")]
    assert "CHECK_DUE" in names
    script.advance(slot + HOUR + 5 * MINUTE)
    assert "CHECK_OVERDUE" in [one["name"] for one in script.shown(later, "alarm")]
    script.say(later, LineCheck(WATCH, 2))
    over = {one["name"]: one["over_at"] for one in script.views[later].alarms()}
    assert over["CHECK_OVERDUE"] == script.now


def test_before_the_first_check_nothing_is_due_aloud(script: Script) -> None:
    """Without a schedule a line that nobody has tested shows its due check and alarms nobody."""
    script.advance(EVENING + 3 * DAY)
    assert script.alarms(ALPHA) == []
    shown = script.views[ALPHA].displayed(Observed.UP, script.now)
    assert shown["word"] == "UNTESTED"
    assert shown["checks_due"]["parties"][ALPHA]["state"] == "OVERDUE"


def test_no_person_on_watch_lowers_the_word(script: Script) -> None:
    """A line on which a party says that nobody is on watch is not ACTIVE."""
    script.say(ALPHA, LineCheck(WATCH, 1))
    script.say(BRAVO, LineCheckReply(WATCH, 1, 5))
    view = script.views[ALPHA]
    assert view.displayed(Observed.UP, script.now)["word"] == "ACTIVE"
    view.state.unmanned = lambda now: (BRAVO,)
    shown = view.displayed(Observed.UP, script.now)
    assert (shown["word"], shown["unmanned"]) == ("DEGRADED", [BRAVO])


# --- the past ------------------------------------------------------------------------------------


def test_the_state_at_any_instant_of_the_past(script: Script) -> None:
    """What was announced, in effect and withdrawn later is told as it stood then."""
    view = script.views[ALPHA]
    script.say(BRAVO, declare(Status.SUSPENDED, EVENING + 4 * HOUR))
    script.advance(EVENING + 2 * HOUR)
    script.say(BRAVO, declare(Status.IN_FORCE, script.now))
    script.advance(EVENING + 6 * HOUR)
    script.say(BRAVO, declare(Status.SUSPENDED, script.now))
    script.advance(EVENING + 9 * HOUR)
    seen = [
        view.state_at(EVENING + hours * HOUR)["declared"][BRAVO]["air_safety"]
        for hours in (-25, -1, 1, 5, 7)
    ]
    assert seen == ["NOT_IN_FORCE", "IN_FORCE", "SUSPENSION_PENDING", "IN_FORCE", "SUSPENDED"]
    assert view.state_at(script.now)["declared"] == view.declared(script.now)


def test_what_checks_showed_then(script: Script) -> None:
    """What people answered by an instant is told as it stood then."""
    script.say(ALPHA, LineCheck(WATCH, 1))
    script.advance(EVENING + 2 * HOUR)
    script.say(BRAVO, LineCheckReply(WATCH, 1, 5))
    script.advance(EVENING + 9 * HOUR)
    view = script.views[ALPHA]
    moments = (-MINUTE, MINUTE, 6 * MINUTE, HOUR, 3 * HOUR)
    seen = [view.state_at(EVENING + moment)["answered"][BRAVO] for moment in moments]
    assert seen == ["UNTESTED", "UNTESTED", "LATE", "UNANSWERED", "RECOVERING"]
    assert view.checks(script.now)[BRAVO]["state"] == "RECOVERING"


def test_a_new_field_leaves_the_old_bytes_valid() -> None:
    """A declaration without the new fields has the same body as before."""
    plain = declare(Status.SUSPENDED, EVENING)
    assert set(plain.to_body()) == set(range(9))
    full = replace(plain, article="Article 4", demands="An inquiry.", also_delivered_by="A note.")
    assert set(full.to_body()) == set(range(12))
    assert Declaration.from_body(full.to_body()) == full
    assert Declaration.from_body(plain.to_body()) == plain


def test_statistics_do_not_depend_on_the_order_of_arrival() -> None:
    """Two views that took in the same messages in another order count the same bytes."""
    script = Script().adopt()
    early, late = notice(), replace(notice(), version=2)
    index = script.say(ALPHA, early)
    script.now += MINUTE
    script.say(ALPHA, late)
    script.say(ALPHA, replace(early, notice_id="A-2"))
    script.say(BRAVO, Read(WATCH, Reference(ALPHA, index)))
    script.say(ALPHA, LineCheck(WATCH, 1))
    script.say(BRAVO, LineCheckReply(WATCH, 1, 5), reply_to=(ALPHA, 4))
    start, end = EVENING - DAY - 1, EVENING + DAY
    seen = set()
    for order in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
        view = View(ALPHA, script.understanding)
        said = script.applied[ALPHA]
        for party in order:
            for applied in said:
                if applied.envelope_header.party == party:
                    view.apply(applied, live=False)
        seen.add(to_bytes(statistics(view.facts(start, end), view.understanding, start, end)))
    theirs = script.views[BRAVO]
    seen.add(to_bytes(statistics(theirs.facts(start, end), theirs.understanding, start, end)))
    assert len(seen) == 1
    counts = statistics(theirs.facts(start, end), theirs.understanding, start, end)["parties"]
    assert sum(counts[ALPHA]["notices"]["air_activity"].values()) == 3
    assert counts[BRAVO]["read"]["ROUTINE"]["done"] == 1
