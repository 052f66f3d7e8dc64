"""An answer to a notice counts while versions only narrow it, and is asked for anew else."""

from dataclasses import replace
from typing import Any

import pytest

from openline.domain.party import Precedence
from openline.domain.talk.notice import Operation
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from tests.engine.parties import ALPHA, BRAVO
from tests.engine.views_script import (
    EVENING,
    HOUR,
    MINUTE,
    WATCH,
    Script,
    cancellation,
    circle,
    notice,
    of,
)

START = EVENING + 6 * HOUR
AREA = circle(radius_m=5_000, valid_from=START, valid_until=START + 2 * HOUR)
NARROWER = replace(AREA, radius_m=4_000, valid_from=START + 10 * MINUTE)
WIDER = replace(AREA, radius_m=6_000)


@pytest.fixture
def script() -> Script:
    """BRAVO has noted the first version of a notice of ALPHA."""
    one = Script().adopt()
    one.say(ALPHA, notice("A-1", AREA))
    one.say(BRAVO, Response(WATCH, of(ALPHA, 1), Answer.NOTED))
    return one


def amend(script: Script, number: int, area: Any, **changes: Any) -> None:
    """ALPHA replaces its notice by the version of a number."""
    body = notice("A-1", area, version=number, operation=Operation.REPLACE, **changes)
    script.say(ALPHA, body, precedence=int(Precedence.PRIORITY))


def shown(script: Script, name: str) -> dict[str, Any]:
    found = script.views[name].notice("A-1")
    assert found is not None
    return found


def due(script: Script, name: str) -> list[tuple[str, str]]:
    rows = script.views[name].due()
    return [(row["party"], row["matter"]) for row in rows if row["clock"] == "anew"]


def test_what_narrows_keeps_the_answer(script: Script) -> None:
    """A smaller area and a later start keep what was answered, once they are read."""
    amend(script, 2, NARROWER)
    for name in (ALPHA, BRAVO):
        [kept] = shown(script, name)["earlier_answers"]
        assert (kept["counts"], kept["answer"], kept["version"]) == (True, "NOTED", 1)
        assert shown(script, name)["state"] == "DELIVERED"
        assert due(script, name) == []
    script.say(BRAVO, Read(WATCH, of(ALPHA, 2)))
    assert [shown(script, name)["state"] for name in (ALPHA, BRAVO)] == ["NOTED", "NOTED"]


@pytest.mark.parametrize(
    ("area", "changes", "widened"),
    [
        (WIDER, {}, ["REACH"]),
        (replace(AREA, lower=None), {}, ["REACH"]),
        (replace(AREA, valid_from=START - MINUTE), {}, ["REACH"]),
        (AREA, {"hazards": ("live fire",)}, ["ACTIVITY"]),
        (AREA, {"activity": "Another thing altogether."}, ["ACTIVITY"]),
        (WIDER, {"kind": "missile"}, ["REACH", "ACTIVITY"]),
    ],
)
def test_what_widens_asks_anew(
    script: Script, area: Any, changes: dict[str, Any], widened: list[str]
) -> None:
    """Area, band, window or activity that may be wider ask both nodes' officers for an answer."""
    amend(script, 2, area, **changes)
    script.say(BRAVO, Read(WATCH, of(ALPHA, 2)))
    for name in (ALPHA, BRAVO):
        [asked] = shown(script, name)["earlier_answers"]
        assert (asked["counts"], asked["widened"]) == (False, widened)
        assert shown(script, name)["state"] == "READ"
        assert due(script, name) == [(BRAVO, "ALPHA-0002")]
    script.say(BRAVO, Response(WATCH, of(ALPHA, 2), Answer.OBJECTED, "Too near."))
    for name in (ALPHA, BRAVO):
        assert shown(script, name)["earlier_answers"] == []
        assert shown(script, name)["state"] == "OBJECTED"
        assert due(script, name) == []


def test_an_answer_kept_through_versions_is_lost_at_the_first_wider(script: Script) -> None:
    """Two narrower versions keep it; a third that is the first again asks anew."""
    amend(script, 2, NARROWER)
    amend(script, 3, replace(NARROWER, radius_m=3_000))
    [kept] = shown(script, ALPHA)["earlier_answers"]
    assert kept["counts"]
    amend(script, 4, AREA)
    [asked] = shown(script, ALPHA)["earlier_answers"]
    assert (asked["counts"], asked["version"]) == (False, 1)


def test_a_new_answer_that_does_not_come_is_an_alarm(script: Script) -> None:
    """Both nodes alarm when the time for an answer is over, and the alarm ends with it."""
    amend(script, 2, WIDER)
    script.say(BRAVO, Read(WATCH, of(ALPHA, 2)))
    [asked] = shown(script, BRAVO)["earlier_answers"]
    assert asked["due_at"] <= START
    script.advance(asked["due_at"] - 1)
    assert [script.alarms(name) for name in (ALPHA, BRAVO)] == [[], []]
    script.advance(asked["due_at"])
    for name in (ALPHA, BRAVO):
        assert script.alarms(name) == [("ANSWER_ANEW", "PRIORITY")]
        assert script.views[name].alarms()[0]["facts"]["by"] == BRAVO
    script.say(BRAVO, Response(WATCH, of(ALPHA, 2), Answer.NOTED))
    for name in (ALPHA, BRAVO):
        assert script.views[name].alarms()[0]["over_at"] is not None


def test_who_holds_is_waited_for(script: Script) -> None:
    """HOLDING puts the time off to when it says; DECLINED ends the question."""
    amend(script, 2, WIDER)
    until = script.now + 5 * HOUR
    [asked] = shown(script, ALPHA)["earlier_answers"]
    assert asked["due_at"] == script.now + 3 * HOUR
    script.say(BRAVO, Response(WATCH, of(ALPHA, 2), Answer.HOLDING, holding_until=until))
    [asked] = shown(script, ALPHA)["earlier_answers"]
    assert asked["due_at"] == until
    script.advance(until - 1)
    assert script.alarms(ALPHA) == []
    script.advance(until)
    assert script.alarms(ALPHA) == [("ANSWER_ANEW", "PRIORITY")]
    script.say(BRAVO, Response(WATCH, of(ALPHA, 2), Answer.DECLINED, "No."))
    assert shown(script, ALPHA)["earlier_answers"] == []


def test_nobody_is_asked_who_had_not_answered() -> None:
    """A notice that nobody answered, or only held, asks for nothing when it becomes wider."""
    for answer in (None, Answer.HOLDING):
        script = Script().adopt()
        script.say(ALPHA, notice("A-1", AREA))
        if answer is not None:
            body = Response(WATCH, of(ALPHA, 1), answer, holding_until=START)
            script.say(BRAVO, body)
        amend(script, 2, WIDER)
        assert shown(script, ALPHA)["earlier_answers"] == []
        assert due(script, ALPHA) == []


def test_what_is_over_asks_for_nothing(script: Script) -> None:
    """A cancellation and the end of the window take the question away."""
    amend(script, 2, WIDER)
    script.say(ALPHA, cancellation("A-1", 3))
    assert shown(script, BRAVO)["earlier_answers"] == []
    other = Script().adopt()
    other.say(ALPHA, notice("A-1", AREA))
    other.say(BRAVO, Response(WATCH, of(ALPHA, 1), Answer.NOTED))
    amend(other, 2, WIDER)
    other.advance(START + 2 * HOUR)
    assert shown(other, BRAVO)["earlier_answers"] == []
    alarms = [one for one in other.views[BRAVO].alarms() if one["name"] == "ANSWER_ANEW"]
    assert [one["over_at"] for one in alarms] == [START + 2 * HOUR]


def test_a_version_that_was_overtaken_counts_as_wider(script: Script) -> None:
    """What comes behind a FLASH that overtook it cannot be compared, so it asks anew."""
    third = notice("A-1", NARROWER, version=3, operation=Operation.REPLACE)
    second = notice("A-1", NARROWER, version=2, operation=Operation.REPLACE)
    one = script.header(ALPHA, second)
    other = script.header(ALPHA, third, index=one.index + 1, precedence=Precedence.FLASH)
    script.deliver(other, third)
    assert [kept["counts"] for kept in shown(script, BRAVO)["earlier_answers"]] == [True]
    script.deliver(one, second)
    assert [kept["counts"] for kept in shown(script, BRAVO)["earlier_answers"]] == [False]
