"""State in views: declarations, line checks, the displayed word, alarms."""

from dataclasses import replace
from typing import Any

import pytest

from openline.domain.errors import OurError
from openline.domain.instant import dtg
from openline.domain.limits import ALARMS_KEPT, ALARMS_STANDING_MAX, LINE_CHECKS_OPEN_MAX
from openline.domain.line.observed import Observed
from openline.domain.party import Precedence
from openline.domain.talk.agreement import Adoption
from openline.domain.talk.check import LineCheck, LineCheckReply
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.receipt import Read
from openline.engine.alarm_view import REPEAT_MS
from openline.engine.views import View
from tests.engine.parties import ALPHA, BRAVO, CHARLIE
from tests.engine.views_script import (
    COMMANDER,
    EVENING,
    HOUR,
    MINUTE,
    WATCH,
    Script,
    notice,
    of,
    text,
)

MIDNIGHT = EVENING + 4 * HOUR
OFFICER = ("air-desk", "Maj A. Weaver")


@pytest.fixture
def script() -> Script:
    return Script().adopt()


def declaration(
    status: Status = Status.SUSPENDED,
    effective_at: int = MIDNIGHT,
    scopes: tuple[str, ...] = ("air_safety",),
    **changes: Any,
) -> Declaration:
    return Declaration(
        COMMANDER, WATCH, scopes, status, effective_at, "After the strike of 7 April.", **changes
    )


def check_by_people(script: Script) -> None:
    """Let a check be answered, so that the line is tested."""
    script.say(ALPHA, LineCheck(WATCH, 1))
    script.say(BRAVO, LineCheckReply(WATCH, 1, 5))


def states(script: Script, name: str, party: str, scope: str = "air_safety") -> str:
    return script.views[name].declared(script.now)[party][scope]


def word(script: Script, name: str, observed: Observed = Observed.UP) -> str:
    shown: str = script.views[name].displayed(observed, script.now)["word"]
    return shown


# --- what is declared ----------------------------------------------------------------------------


def test_nothing_is_in_force_before_adoption() -> None:
    """A party that has not adopted the Understanding keeps no scope."""
    script = Script()
    assert states(script, ALPHA, BRAVO) == "NOT_IN_FORCE"
    assert word(script, ALPHA) == "NOT_IN_FORCE"
    script.say(ALPHA, Adoption(b"terms", ()))
    script.advance(EVENING + 1_000)
    assert (states(script, BRAVO, ALPHA), states(script, BRAVO, BRAVO)) == (
        "IN_FORCE",
        "NOT_IN_FORCE",
    )


def test_shayrat(script: Script) -> None:
    """Announced in the evening for midnight: pending, then suspended for that party only."""
    check_by_people(script)
    script.say(BRAVO, declaration())
    for name in (ALPHA, BRAVO):
        assert states(script, name, BRAVO) == "SUSPENSION_PENDING"
        assert word(script, name) == "ACTIVE"
    script.advance(MIDNIGHT)
    asked = f"; line check answered by {BRAVO} {dtg(EVENING)}"
    for name, tail in ((ALPHA, asked), (BRAVO, "")):
        assert states(script, name, BRAVO) == "SUSPENDED"
        assert states(script, name, ALPHA) == "IN_FORCE"
        assert states(script, name, BRAVO, "humanitarian") == "IN_FORCE"
        assert word(script, name) == "PARTIALLY_SUSPENDED"
        sentence = script.views[name].displayed(Observed.UP, MIDNIGHT)["sentence"]
        assert sentence == f"air_safety suspended by {BRAVO} since {dtg(MIDNIGHT)}{tail}"


def test_details_of_a_declaration(script: Script) -> None:
    """The reason, the conditions and what stays open are shown with the state."""
    script.say(BRAVO, declaration(conditions="An inquiry.", kept_open=("flash",)))
    shown = script.views[ALPHA].declarations(script.now)[BRAVO]["air_safety"]
    assert shown["state"] == "SUSPENSION_PENDING"
    (pending,) = shown["pending"]
    assert (pending["status"], pending["effective_at"]) == ("SUSPENDED", MIDNIGHT)
    assert (pending["conditions"], pending["kept_open"]) == ("An inquiry.", ["flash"])
    assert pending["serial"] == "BRAVO-0001"
    script.advance(MIDNIGHT)
    shown = script.views[ALPHA].declarations(script.now)[BRAVO]["air_safety"]
    assert (shown["since"], shown["reason"]) == (MIDNIGHT, "After the strike of 7 April.")
    assert shown["pending"] == []


def test_resumption(script: Script) -> None:
    """A resumption brings the line back, and alarms less than the suspension did."""
    check_by_people(script)
    everything = ("air_safety", "humanitarian", "line_procedure")
    script.say(BRAVO, declaration(Status.SUSPENDED, EVENING, everything))
    script.advance(EVENING + MINUTE)
    assert word(script, ALPHA) == "SUSPENDED"
    script.say(BRAVO, declaration(Status.IN_FORCE, script.now, everything))
    script.advance(EVENING + 2 * MINUTE)
    assert word(script, ALPHA) == "ACTIVE"
    named = [
        (a["name"], a["precedence"], a["facts"].get("status")) for a in script.views[ALPHA].alarms()
    ]
    assert ("DECLARED", "IMMEDIATE", "SUSPENDED") in named
    assert ("DECLARED", "PRIORITY", "IN_FORCE") in named


def test_termination(script: Script) -> None:
    """A terminated line is CLOSED when its notice period is over, not before."""
    check_by_people(script)
    everything = ("air_safety", "humanitarian", "line_procedure")
    end = EVENING + 30 * 24 * HOUR
    script.say(BRAVO, declaration(Status.TERMINATED, end, everything))
    assert (states(script, ALPHA, BRAVO), word(script, ALPHA)) == ("TERMINATION_PENDING", "ACTIVE")
    script.advance(end)
    assert (states(script, ALPHA, BRAVO), word(script, ALPHA)) == ("TERMINATED", "CLOSED")


def test_alarms_of_a_counterpart_s_declaration(script: Script) -> None:
    """A counterpart's declaration alarms when it comes and when it takes effect."""
    script.say(BRAVO, declaration())
    assert script.alarms(ALPHA) == [("DECLARED", "IMMEDIATE")]
    script.advance(MIDNIGHT)
    assert script.alarms(ALPHA) == [("DECLARED", "IMMEDIATE"), ("STATE_CHANGED", "IMMEDIATE")]
    facts = script.views[ALPHA].alarms()[1]["facts"]
    assert (facts["before"], facts["after"]) == ("SUSPENSION_PENDING", "SUSPENDED")
    assert script.alarms(BRAVO) == []


def test_a_withdrawn_suspension_takes_no_effect(script: Script) -> None:
    """At the announced time of a withdrawn suspension nothing happens."""
    script.say(BRAVO, declaration())
    script.now += HOUR
    script.say(BRAVO, declaration(Status.IN_FORCE, script.now))
    script.shown(ALPHA, "alarm")
    script.advance(MIDNIGHT)
    assert states(script, ALPHA, BRAVO) == "IN_FORCE"
    assert script.shown(ALPHA, "alarm") == []


def test_the_past_is_not_declared(script: Script) -> None:
    """A declaration dated before it was said takes effect when it was said."""
    script.say(BRAVO, declaration(Status.SUSPENDED, EVENING - 12 * HOUR))
    shown = script.views[ALPHA].declarations(script.now)[BRAVO]["air_safety"]
    assert (shown["state"], shown["since"]) == ("SUSPENDED", EVENING)


def test_an_unknown_scope_changes_nothing(script: Script) -> None:
    """A declaration about a scope that the line does not have is only recorded."""
    script.say(BRAVO, declaration(scopes=("weather",), effective_at=EVENING))
    assert set(script.views[ALPHA].declared(script.now)[BRAVO].values()) == {"IN_FORCE"}


def test_declarations_that_nothing_refers_to_are_forgotten(script: Script) -> None:
    """A party that suspends and resumes for ever costs no memory."""
    for number in range(200):
        script.now += MINUTE
        status = (Status.SUSPENDED, Status.IN_FORCE)[number % 2]
        script.say(BRAVO, declaration(status, script.now))
    assert len(script.views[ALPHA]._state._declarations) < 40
    assert states(script, ALPHA, BRAVO) == "IN_FORCE"


def test_a_new_scope_is_kept_by_all(script: Script) -> None:
    """A scope that an amendment adds is in force for those who adopted the line."""
    scopes = ("air_safety", "ground_movement", "humanitarian", "line_procedure")
    view = script.views[ALPHA]
    view.understanding = replace(script.understanding, scopes=scopes, version=2)
    assert view.understanding.version == 2
    assert states(script, ALPHA, BRAVO, "ground_movement") == "IN_FORCE"


# --- contested -----------------------------------------------------------------------------------


def test_contested(script: Script) -> None:
    """A party whose ticks contradict its own declaration makes the line CONTESTED."""
    script.say(BRAVO, declaration(effective_at=EVENING))
    script.advance(EVENING + HOUR)
    view = script.views[ALPHA]
    view.told(BRAVO, [("air_safety", "IN_FORCE"), ("humanitarian", "IN_FORCE")], script.now)
    shown = view.displayed(Observed.UP, script.now)
    assert (shown["word"], shown["own_word"]) == ("CONTESTED", "PARTIALLY_SUSPENDED")
    assert shown["contested"] == [
        {"party": BRAVO, "scope": "air_safety", "says": "IN_FORCE", "declared": "SUSPENDED"}
    ]
    view.told(BRAVO, [("air_safety", "SUSPENDED"), ("humanitarian", "IN_FORCE")], script.now)
    assert word(script, ALPHA) == "PARTIALLY_SUSPENDED"


def test_a_tick_from_before_the_declaration_contests_nothing(script: Script) -> None:
    """A tick that crossed with the declaration is no contradiction."""
    script.say(BRAVO, declaration(effective_at=EVENING))
    script.views[ALPHA].told(BRAVO, [("air_safety", "IN_FORCE")], EVENING + 10_000)
    script.now += 10_000
    assert word(script, ALPHA) == "PARTIALLY_SUSPENDED"


# --- line checks ---------------------------------------------------------------------------------


def test_a_line_check_by_people(script: Script) -> None:
    """A check is late after 5 minutes, unanswered after 30; its answer begins to clear it."""
    view = script.views[ALPHA]
    assert view.checks(script.now)[BRAVO]["state"] == "UNTESTED"
    index = script.say(ALPHA, LineCheck(WATCH, 1))
    seen = []
    for minutes in (4, 5, 30):
        script.advance(EVENING + minutes * MINUTE)
        seen.append((view.checks(script.now)[BRAVO]["state"], word(script, ALPHA)))
    assert seen == [("UNTESTED", "UNTESTED"), ("LATE", "DEGRADED"), ("UNANSWERED", "UNANSWERED")]
    script.say(BRAVO, LineCheckReply(WATCH, 1, 5), reply_to=(ALPHA, index))
    assert view.checks(script.now)[BRAVO]["state"] == "RECOVERING"
    assert "line check answered by bravo.example" in view.displayed(Observed.UP, 0)["sentence"]


def test_an_answer_covers_the_checks_before(script: Script) -> None:
    """An answered check closes the older ones; a newer one stays open."""
    for number in (1, 2, 3):
        script.say(ALPHA, LineCheck(WATCH, number))
    script.say(BRAVO, LineCheckReply(WATCH, 2, 5))
    state = script.views[ALPHA].state
    assert [check.number for check in state.open_checks(ALPHA, BRAVO)] == [3]
    assert state.next_check_number() == 4


def test_an_answer_to_nothing(script: Script) -> None:
    """A reply to a check that nobody made answers nothing."""
    script.say(ALPHA, LineCheck(WATCH, 1))
    script.say(BRAVO, LineCheckReply(WATCH, 9, 5))
    script.say(BRAVO, LineCheckReply(WATCH, 1, 5), reply_to=(BRAVO, 1))
    assert script.views[ALPHA].checks(script.now)[BRAVO]["answered_at"] is None


def test_each_counterpart_answers_for_itself() -> None:
    """With two counterparts one answer leaves the other's open."""
    script = Script(ALPHA, BRAVO, CHARLIE).adopt()
    script.say(ALPHA, LineCheck(WATCH, 1))
    script.say(CHARLIE, LineCheckReply(WATCH, 1, 5))
    script.advance(EVENING + HOUR)
    found = {party: one["state"] for party, one in script.views[ALPHA].checks(script.now).items()}
    assert found == {BRAVO: "UNANSWERED", CHARLIE: "ANSWERED"}
    assert word(script, ALPHA) == "UNANSWERED"


def test_checks_without_answer_are_bounded(script: Script) -> None:
    """Of many unanswered checks the oldest is remembered, and the newest can be answered."""
    for number in range(1, LINE_CHECKS_OPEN_MAX + 20):
        script.now += MINUTE
        script.say(ALPHA, LineCheck(WATCH, number))
    state = script.views[ALPHA].state
    waiting = state.open_checks(ALPHA, BRAVO)
    assert len(waiting) == LINE_CHECKS_OPEN_MAX
    assert (waiting[0].number, waiting[-1].number) == (1, LINE_CHECKS_OPEN_MAX + 19)


# --- alarms --------------------------------------------------------------------------------------


def test_a_flash_alarms_until_it_is_read(script: Script) -> None:
    """A FLASH alarms its receiver only, and says when an officer has read it."""
    index = script.say(BRAVO, text("Cease."), precedence=int(Precedence.FLASH))
    assert script.alarms(ALPHA) == [("FLASH", "FLASH")]
    assert script.alarms(BRAVO) == []
    script.now += MINUTE
    script.say(ALPHA, Read(WATCH, of(BRAVO, index)))
    (alarm,) = script.views[ALPHA].alarms()
    assert (alarm["over_at"], alarm["facts"]["serial"]) == (EVENING + MINUTE, "BRAVO-0001")
    assert len(script.shown(ALPHA, "alarm")) == 2


def test_a_flash_that_comes_twice_alarms_once(script: Script) -> None:
    """The same FLASH over two circuits is one alarm."""
    script.say(BRAVO, text("Cease."), precedence=int(Precedence.FLASH))
    script.views[ALPHA].apply(script.applied[ALPHA][-1], live=True)
    assert len(script.alarms(ALPHA)) == 1


def test_acknowledge(script: Script) -> None:
    """An acknowledged alarm no longer stands; who took note of it is kept."""
    script.say(BRAVO, text("Cease."), precedence=int(Precedence.FLASH))
    view = script.views[ALPHA]
    alarm_id = view.alarms()[0]["id"]
    shows = view.acknowledge(alarm_id, OFFICER, EVENING + MINUTE)
    assert [show.name for show in shows] == ["alarm"]
    assert view.alarms() == []
    (alarm,) = view.alarms(standing_only=False)
    assert alarm["acknowledged"] == {
        "at": EVENING + MINUTE,
        "post": "air-desk",
        "officer": "Maj A. Weaver",
    }
    view.acknowledge(alarm_id, ("commander", "Col B. Stone"), EVENING + HOUR)
    assert view.alarms(standing_only=False) == [alarm]


def test_acknowledge_nothing(script: Script) -> None:
    """An alarm that does not exist cannot be acknowledged."""
    with pytest.raises(OurError, match="There is no alarm 'FLASH/x' on this line"):
        script.views[ALPHA].acknowledge("FLASH/x", OFFICER)


def test_loudest_first(script: Script) -> None:
    """Standing alarms are listed by precedence, then by age."""
    script.say(BRAVO, declaration())
    script.now += MINUTE
    script.say(BRAVO, text("Cease."), precedence=int(Precedence.FLASH))
    script.now += MINUTE
    script.say(BRAVO, declaration(Status.SUSPENDED, MIDNIGHT + HOUR))
    assert [name for name, _ in script.alarms(ALPHA)] == ["FLASH", "DECLARED", "DECLARED"]
    ages = [alarm["at"] for alarm in script.views[ALPHA].alarms()[1:]]
    assert ages == sorted(ages)


def test_a_flood_of_alarms_is_counted(script: Script) -> None:
    """Beyond the bound further alarms of a party are counted in one, just as loud."""
    for _ in range(ALARMS_STANDING_MAX + 25):
        script.say(BRAVO, text("Cease."), precedence=int(Precedence.FLASH))
    alarms = script.views[ALPHA].alarms()
    assert len(alarms) == ALARMS_STANDING_MAX + 1
    further = [alarm for alarm in alarms if "further" in alarm["facts"]]
    assert [(one["precedence"], one["facts"]["further"]) for one in further] == [("FLASH", 25)]
    script.views[ALPHA].acknowledge(further[0]["id"], OFFICER)
    script.say(BRAVO, text("Cease."), precedence=int(Precedence.FLASH))
    further = [alarm for alarm in script.views[ALPHA].alarms() if "further" in alarm["facts"]]
    assert [one["facts"]["further"] for one in further] == [1]


def test_a_flood_by_one_party_hides_no_other() -> None:
    """A flood of one counterpart leaves room for the alarms of another."""
    script = Script(ALPHA, BRAVO, CHARLIE).adopt()
    for _ in range(ALARMS_STANDING_MAX + 5):
        script.say(BRAVO, text("Cease."), precedence=int(Precedence.FLASH))
    script.say(CHARLIE, text("Are these yours?"), precedence=int(Precedence.FLASH))
    parties = [alarm["facts"]["party"] for alarm in script.views[ALPHA].alarms()]
    assert parties.count(CHARLIE) == 1


def test_what_lasts_is_alarmed_again_after_a_while(script: Script) -> None:
    """An alarm of the engine stands once for each party, and returns if its cause lasts."""
    view: View = script.views[ALPHA]
    facts = {"party": BRAVO, "offset_ms": 31_000}

    def raised(at: int) -> int:
        return len(view.raise_alarm("CLOCKS_DIFFER", Precedence.PRIORITY, at, facts))

    assert [raised(EVENING), raised(EVENING + MINUTE)] == [1, 0]
    view.acknowledge(view.alarms()[0]["id"], OFFICER, EVENING + 2 * MINUTE)
    again_at = EVENING + 2 * MINUTE + REPEAT_MS
    assert [raised(again_at - 1), raised(again_at), raised(again_at + 1)] == [0, 1, 0]


def test_an_alarm_with_a_key_is_raised_once(script: Script) -> None:
    """Of one name and key there is one alarm, acknowledged or not."""
    view = script.views[ALPHA]
    for _ in range(2):
        view.raise_alarm("FORK", Precedence.FLASH, EVENING, {"party": BRAVO}, "bravo 12")
    assert [alarm["id"] for alarm in view.alarms()] == ["FORK/bravo 12"]
    view.acknowledge("FORK/bravo 12", OFFICER)
    assert view.raise_alarm("FORK", Precedence.FLASH, EVENING, {}, "bravo 12") == []


def test_acknowledged_alarms_are_bounded(script: Script) -> None:
    """Only the last acknowledged alarms are still listed."""
    view = script.views[ALPHA]
    for number in range(ALARMS_KEPT + 5):
        view.raise_alarm("FORK", Precedence.FLASH, EVENING, {}, str(number))
        view.acknowledge(f"FORK/{number}", OFFICER)
    kept = view.alarms(standing_only=False)
    assert (len(kept), kept[0]["id"]) == (ALARMS_KEPT, "FORK/5")


def test_nothing_is_shown_during_a_replay(script: Script) -> None:
    """A replay shows nothing, and leaves the same alarms standing."""
    script.say(BRAVO, notice(), precedence=int(Precedence.FLASH))
    script.say(BRAVO, declaration())
    again = View(ALPHA, script.understanding)
    for applied in script.applied[ALPHA]:
        assert again.apply(applied, live=False) == []
    assert again.alarms() == script.views[ALPHA].alarms()
    shows = again.advance(MIDNIGHT)
    assert {show.name for show in shows} == {"notice", "alarm", "state"}
