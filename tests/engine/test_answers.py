"""What answers a message marks it so, on every node that holds both."""

from typing import Any

import pytest

from openline.domain.talk.body import Body
from openline.domain.talk.contact import Contact, ContactAnswer, ContactReply
from openline.domain.talk.protest import Paper, Protest
from openline.domain.talk.query import AnswerCode, Query, QueryAnswer, Question
from openline.domain.talk.readout import Readout, ReadoutMode, ReadoutStep, ReadoutText
from openline.domain.talk.violation import Violation, ViolationAct
from openline.engine.answers import answer_of
from openline.engine.views import View
from tests.engine.views_script import EVENING, MINUTE, WATCH, Script, notice, of

ALPHA, BRAVO = "alpha.example", "bravo.example"
ABOUT = of(ALPHA, 1)
TEXTS = (ReadoutText("en", "They spoke."),)


@pytest.fixture
def script() -> Script:
    """Two parties that have adopted."""
    return Script().adopt()


def marks(view: View, index: int) -> dict[str, Any]:
    """The marks of a message of Alpha's as a node shows them."""
    shown = view.message(ALPHA, index)
    assert shown is not None
    found: dict[str, Any] = shown["marks"]
    return found


def test_an_answer_to_a_query_marks_it_answered(script: Script) -> None:
    """First that it is held back and until when, then the substance, with the officer's name."""
    asked = script.say(ALPHA, Query(WATCH, Question.OTHER, text="Whose is it?"))
    until = EVENING + 10 * MINUTE
    script.say(BRAVO, QueryAnswer(WATCH, of(ALPHA, asked), AnswerCode.HOLDING, holding_until=until))
    script.say(
        BRAVO, QueryAnswer(WATCH, of(ALPHA, asked), AnswerCode.DECLINED, text="Not by this line.")
    )
    for view in script.views.values():
        shown = marks(view, asked)["answered"]
        assert [(one["said"], one.get("until")) for one in shown] == [
            ("HOLDING", until),
            ("DECLINED", None),
        ]
        assert {(one["party"], one["officer"]) for one in shown} == {(BRAVO, WATCH.officer)}
        assert len(marks(view, asked)["read"]) == 2, "whoever answers has read it"


def test_an_answer_of_another_kind_is_no_response_to_a_notice(script: Script) -> None:
    """What a counterpart's officer calls an answer changes nothing of where a notice stands."""
    issued = script.say(ALPHA, notice())
    before = [view.notice("A-1") for view in script.views.values()]
    script.say(BRAVO, QueryAnswer(WATCH, of(ALPHA, issued), AnswerCode.DECLINED, text="No."))
    for view, one in zip(script.views.values(), before, strict=True):
        after = view.notice("A-1")
        assert one is not None
        assert after is not None
        assert after["responses"] == one["responses"] == []
        assert "DECLINED" not in str(after["states"])


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (ContactReply(WATCH, ABOUT, ContactAnswer.ACCEPT, at=EVENING), "ACCEPT"),
        (Readout(WATCH, ReadoutStep.AGREE, ABOUT), "AGREE"),
        (Readout(WATCH, ReadoutStep.DIFFER, ABOUT, text="We said more."), "DIFFER"),
        (Readout(WATCH, ReadoutStep.PROPOSE, ABOUT, ReadoutMode.JOINT, TEXTS), None),
        (Violation(WATCH, ViolationAct.DENY, text="It was not so.", of=ABOUT), "DENY"),
        (Violation(WATCH, ViolationAct.CLOSE, of=ABOUT), None),
        (Protest(WATCH, Paper.NOTE, "We answer.", of=ABOUT), "ANSWERED"),
        (Protest(WATCH, Paper.NOTE, "Withdrawn.", of=ABOUT, is_withdrawn=True), None),
        (Protest(WATCH, Paper.PROTEST, "We protest."), None),
        (Contact(WATCH, 1, subject="A talk.", times=(EVENING,)), None),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_only_answers_answer(message: Body, said: str | None) -> None:
    """A step that answers says with which word; every other step answers nothing."""
    given = answer_of(message)
    assert (None if given is None else given.said) == said
    assert given is None or given.of == ABOUT
