"""Tiers on a line: lifted by officers, read at each tier, given back, the same on both nodes."""

import json
import random
from dataclasses import replace

import pytest

from openline.domain.errors import OurError
from openline.domain.limits import MATTERS_OPEN_MAX
from openline.domain.party import Precedence
from openline.domain.talk.body import By
from openline.domain.talk.escalation import Escalation, Lift
from openline.domain.talk.notice import SpeaksFor
from openline.domain.talk.query import AnswerCode, Query, QueryAnswer, Question, Sighting
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.engine.commands import Compose
from openline.engine.desk import Desk
from openline.engine.views import View
from tests.engine.parties import LINE
from tests.engine.views_script import COMMANDER, EVENING, HOUR, MINUTE, WATCH, Script, of, text

ALPHA, BRAVO, CHARLIE = "alpha.example", "bravo.example", "charlie.example"
IMMEDIATE = int(Precedence.IMMEDIATE)


def query() -> Query:
    """Are these yours?"""
    seen = (Sighting("trucks", 8),)
    return Query(WATCH, Question.ARE_THESE_YOURS, objects=seen, place="5 km east of Khasham")


def lift(party: str, index: int, tier: int = 2, **changes: object) -> Escalation:
    """A message is lifted to a tier."""
    said = Escalation(WATCH, of(party, index), Lift.ESCALATED, tier, "It is late.")
    return replace(said, **changes)  # type: ignore[arg-type]


def back(party: str, index: int, tier: int = 1, by: By = COMMANDER) -> Escalation:
    """It is given back."""
    return Escalation(by, of(party, index), Lift.RETURNED, tier, "Settled.")


@pytest.fixture
def script() -> Script:
    """Two parties that have adopted."""
    return Script().adopt()


def shared(view: View, now: int) -> bytes:
    """What both nodes have alike, as bytes."""
    return json.dumps(view.matter_records.shared(now), sort_keys=True).encode()


def agree(script: Script) -> None:
    """Both nodes have the same standing, byte for byte."""
    first, *others = [shared(view, script.now) for view in script.views.values()]
    assert all(other == first for other in others)


def refusal(script: Script, message: Escalation) -> OurError:
    """Why ALPHA's desk does not let it through."""
    desk = Desk(ALPHA, script.views[ALPHA])
    with pytest.raises(OurError) as caught:
        desk.compose(Compose(LINE, message, Precedence.IMMEDIATE), script.now)
    return caught.value


def test_a_query_is_lifted_read_above_answered_and_given_back(script: Script) -> None:
    """The state of the query is its own; the tier rises with the officer, and falls again."""
    asked = script.say(ALPHA, query(), precedence=IMMEDIATE)
    script.advance(EVENING + MINUTE)
    deadline = EVENING + 20 * MINUTE
    lifted = script.say(ALPHA, lift(ALPHA, asked, deadline=deadline), precedence=IMMEDIATE)
    [matter] = script.views[BRAVO].matters()
    assert (matter["states"], matter["tier"]) == ({BRAVO: "ASKED"}, 2)
    assert "deadline" in [one["clock"] for one in script.views[BRAVO].due()]
    script.say(BRAVO, Read(COMMANDER, of(ALPHA, lifted)))
    script.say(BRAVO, Read(WATCH, of(ALPHA, asked)))
    [matter] = script.views[ALPHA].matters()
    steps = matter["standings"][0]["steps"]
    assert [(one["event"], one["post"], one["tier"]) for one in steps] == [
        ("OPENED", "air-desk", 1),
        ("ESCALATED", "air-desk", 1),
        ("READ_AT_TIER", "commander", 2),
        ("READ", "air-desk", 1),
    ]
    script.advance(deadline)
    assert ("CLOCK", "IMMEDIATE") in script.alarms(ALPHA)
    told = [one["facts"] for one in script.views[ALPHA].alarms() if "clock" in one["facts"]]
    assert [one["post"] for one in told[0]["tell"]] == ["air-desk", "commander"]
    script.say(BRAVO, QueryAnswer(WATCH, of(ALPHA, asked), AnswerCode.OURS, (SpeaksFor.OWN,)))
    script.say(ALPHA, back(ALPHA, asked))
    [matter] = script.views[BRAVO].matters()
    assert (matter["states"], matter["tier"]) == ({BRAVO: "ANSWERED"}, 1)
    agree(script)


def test_clocks_and_officers_lift_one_matter_together(script: Script) -> None:
    """What the clock lifted to tier 3 stays there, whatever an officer gives back."""
    asked = script.say(ALPHA, query(), precedence=IMMEDIATE)
    script.say(ALPHA, lift(ALPHA, asked), precedence=IMMEDIATE)
    script.advance(EVENING + 3 * HOUR)
    script.say(ALPHA, back(ALPHA, asked))
    [matter] = script.views[BRAVO].matters()
    assert matter["tier"] == 3
    agree(script)


def test_a_text_that_is_lifted_waits_for_an_answer(script: Script) -> None:
    """A text is no matter until it is lifted; then it has clocks, and an answer ends it."""
    said = script.say(ALPHA, text())
    assert script.views[ALPHA].matters() == []
    lifted = script.say(ALPHA, lift(ALPHA, said), precedence=IMMEDIATE)
    [matter] = script.views[BRAVO].matters()
    assert (matter["id"], matter["subject"]) == (f"ALPHA-{said:04d}", "escalation")
    assert (matter["states"], matter["tier"]) == ({"*": "LIFTED"}, 2)
    script.say(BRAVO, Read(COMMANDER, of(ALPHA, lifted)))
    assert script.views[ALPHA].matters()[0]["states"] == {"*": "READ"}
    script.say(BRAVO, Response(COMMANDER, of(ALPHA, said), Answer.NOTED))
    assert script.views[ALPHA].matters() == []
    agree(script)


def test_an_answer_before_the_lifting_does_not_end_it(script: Script) -> None:
    """What was said before does not count for it, on either node."""
    said = script.say(ALPHA, text())
    script.say(BRAVO, Response(WATCH, of(ALPHA, said), Answer.NOTED))
    script.advance(EVENING + MINUTE)
    script.say(ALPHA, lift(ALPHA, said), precedence=IMMEDIATE)
    assert script.views[BRAVO].matters()[0]["states"] == {"*": "LIFTED"}
    agree(script)


@pytest.mark.parametrize("seed", range(40))
def test_any_order_of_arrival_gives_one_standing(seed: int) -> None:
    """Liftings, readings and answers of three parties, in any order: the same bytes."""
    script = Script(ALPHA, BRAVO, CHARLIE).adopt()
    said = script.say(ALPHA, text())
    asked = script.say(ALPHA, query(), precedence=IMMEDIATE)
    script.advance(EVENING + MINUTE)
    for party, message in (
        (BRAVO, lift(ALPHA, said)),
        (ALPHA, lift(ALPHA, said, 2)),
        (CHARLIE, lift(ALPHA, asked, 2)),
        (ALPHA, lift(ALPHA, asked, 2)),
        (BRAVO, Response(WATCH, of(ALPHA, said), Answer.HOLDING, holding_until=EVENING + HOUR)),
        (ALPHA, back(ALPHA, asked)),
        (CHARLIE, Read(COMMANDER, of(ALPHA, said))),
    ):
        script.advance(script.now + 1_000)
        script.say(party, message)
    heard = [one for one in script.applied[BRAVO] if one.message.__class__.__name__ != "Adoption"]
    first = shared(script.views[BRAVO], script.now)
    again = View(BRAVO, script.understanding)
    for one in script.applied[BRAVO]:
        if one not in heard:
            again.apply(one, live=True)
    random.Random(seed).shuffle(heard)
    for one in heard:
        again.apply(replace(one, at=script.now), live=True)
    again.advance(script.now)
    assert shared(again, script.now) == first
    agree(script)


def test_what_the_desk_refuses(script: Script) -> None:
    """Each impossible lifting has a reason and a remedy."""
    asked = script.say(ALPHA, query(), precedence=IMMEDIATE)
    assert "no message" in refusal(script, lift(BRAVO, 77)).what
    assert "has a post of tier 3" in refusal(script, lift(ALPHA, asked, 3)).what
    over = lift(ALPHA, asked, deadline=script.now)
    assert "is over" in refusal(script, over).what
    assert "nothing to give back" in refusal(script, back(ALPHA, asked)).what
    script.say(ALPHA, lift(ALPHA, asked), precedence=IMMEDIATE)
    again = refusal(script, lift(ALPHA, asked))
    assert "to tier 2 already" in again.what
    assert again.remedy
    assert "is not lower" in refusal(script, back(ALPHA, asked, 2)).what
    assert "that tier gives it back" in refusal(script, back(ALPHA, asked, 1, WATCH)).what
    assert "nothing that waits" in refusal(script, lift(ALPHA, 0)).what


def test_the_other_party_does_not_give_back_what_we_lifted(script: Script) -> None:
    """BRAVO's RETURNED is on the record and changes nothing of ALPHA's."""
    asked = script.say(ALPHA, query(), precedence=IMMEDIATE)
    script.say(ALPHA, lift(ALPHA, asked), precedence=IMMEDIATE)
    script.say(BRAVO, back(ALPHA, asked))
    [matter] = script.views[ALPHA].matters()
    assert matter["tier"] == 2
    assert not matter["standings"][0]["steps"][-1]["has_effect"]
    agree(script)


def test_who_lifts_too_much_spends_its_own_room(script: Script) -> None:
    """BRAVO lifts thousands of ALPHA's texts: ALPHA's next query still has its clocks."""
    texts = [script.say(ALPHA, text(), is_delivered=False) for _ in range(3)]
    view = script.views[ALPHA]
    view.matter_records._open_count[BRAVO] = MATTERS_OPEN_MAX
    header = script.header(BRAVO, lift(ALPHA, texts[0]))
    script.deliver(header, lift(ALPHA, texts[0]))
    assert view.matters() == []
    assert ("MATTERS_UNLISTED", "IMMEDIATE") in script.alarms(ALPHA)
    script.say(ALPHA, query(), precedence=IMMEDIATE)
    assert [one["subject"] for one in view.matters()] == ["query"]
