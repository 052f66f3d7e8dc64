"""A clock that ran ahead and was set back leaves no notice over that is not."""

from dataclasses import replace
from typing import Any

import pytest

from openline.domain.talk.message import Message, Unreadable
from openline.domain.talk.notice import Operation
from openline.domain.talk.receipt import Read
from openline.engine.views import SET_BACK_MS
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

START, END = EVENING + 2 * HOUR, EVENING + 4 * HOUR
DAY = 24 * HOUR


@pytest.fixture
def script() -> Script:
    """A script whose views can read what was said again, as a node's can."""
    one = Script().adopt()

    def load(party: str, index: int, _epoch: int) -> Message | Unreadable:
        for applied in one.applied[party]:
            header = applied.envelope_header
            if (header.party, header.index) == (party, index):
                return applied.message
        raise AssertionError("only what was said is read")

    for view in one.views.values():
        view.load = load
    return one


def shown(script: Script, name: str = BRAVO, notice_id: str = "A-1") -> dict[str, Any]:
    found = script.views[name].notice(notice_id)
    assert found is not None
    return found


def life(script: Script, notice_id: str = "A-1") -> tuple[str, bool]:
    found = shown(script, notice_id=notice_id)
    return found["state"], found["is_live"]


def test_what_had_expired_lives_again(script: Script) -> None:
    """After the clock was a day ahead, a notice is as if it never had been."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, Read(WATCH, of(ALPHA, 1)))
    before = shown(script)
    script.advance(EVENING + DAY)
    assert life(script) == ("EXPIRED", False)
    script.advance(EVENING + MINUTE)
    assert shown(script) == before
    assert script.views[BRAVO].now == EVENING + MINUTE
    script.advance(START)
    assert life(script) == ("IN_FORCE", True)
    script.advance(END)
    assert life(script) == ("EXPIRED", False)


def test_its_conflicts_are_found_again(script: Script) -> None:
    """A conflict that ended with the windows is there again, with its alarm."""
    script.say(ALPHA, notice("A-1"))
    script.say(BRAVO, notice("B-1"))
    [conflict] = shown(script)["conflicts"]
    script.advance(EVENING + DAY)
    assert shown(script)["conflicts"] == []
    script.advance(EVENING + MINUTE)
    assert shown(script)["conflicts"] == [conflict]
    assert "CONFLICT" in [name for name, _ in script.alarms(BRAVO)]


def test_a_window_opens_once_more(script: Script) -> None:
    """A window that had opened by the wrong clock is closed, and alarms when it opens."""
    script.say(ALPHA, notice("A-1"))
    script.advance(START + MINUTE)
    assert script.alarms(BRAVO) == [("IN_FORCE_UNREAD", "IMMEDIATE")]
    script.advance(EVENING + MINUTE)
    assert life(script) == ("DELIVERED", True)
    assert script.views[BRAVO].alarms()[0]["over_at"] == EVENING + MINUTE
    script.advance(START)
    assert life(script) == ("IN_FORCE_UNREAD", True)
    standing = [one for one in script.views[BRAVO].alarms() if one["over_at"] is None]
    assert [one["name"] for one in standing] == ["IN_FORCE_UNREAD"]


def test_versions_that_came_meanwhile_count(script: Script) -> None:
    """What was taken for too late is a version, and what came first while ahead is live."""
    script.say(ALPHA, notice("A-1"))
    script.advance(EVENING + DAY)
    area = replace(circle(), radius_m=5_000)
    second = notice("A-1", area, version=2, operation=Operation.REPLACE)
    script.say(ALPHA, second)
    script.say(ALPHA, notice("A-2"))
    script.say(ALPHA, notice("A-3"))
    script.say(ALPHA, cancellation("A-3"))
    assert "NO_EFFECT" in script.views[BRAVO].messages(0, 99)[-4]["flags"]
    assert life(script, "A-2") == ("EXPIRED", False)
    script.advance(EVENING + MINUTE)
    assert shown(script)["version"] == 2
    assert shown(script)["content"]["volumes"][0]["radius_m"] == 5_000
    assert life(script, "A-2")[1]
    assert life(script, "A-3") == ("CANCELLED", False)
    assert script.views[BRAVO].messages(0, 99)[-4]["flags"] == []


def test_a_clock_that_is_only_late_by_a_little_changes_nothing(script: Script) -> None:
    """Less than a second back is no clock that was set: what ended stays so."""
    script.say(ALPHA, notice("A-1"))
    script.advance(END)
    script.advance(END - SET_BACK_MS)
    assert life(script) == ("EXPIRED", False)
    script.advance(END - SET_BACK_MS - 1)
    assert life(script) == ("IN_FORCE_UNREAD", True)
