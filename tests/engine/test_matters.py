"""Matters on a line: who is waited for, who is told, and the same on both nodes."""

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.domain.conduct.subject import Subject
from openline.domain.conduct.table import SUBJECTS
from openline.domain.errors import OurError
from openline.domain.limits import HAPPENINGS_MAX, MATTERS_OPEN_MAX
from openline.domain.party import Precedence
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.envelope import Header
from openline.domain.talk.body import Body
from openline.domain.talk.explanation import Explanation
from openline.domain.talk.message import Message
from openline.domain.talk.notice import SpeaksFor
from openline.domain.talk.query import AnswerCode, Query, QueryAnswer, Question, Sighting
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.warning import Action, Warning
from openline.engine.commands import Compose
from openline.engine.desk import Desk
from openline.engine.views import Applied, View
from tests.engine.busy import Busy
from tests.engine.parties import LINE
from tests.engine.views_script import COMMANDER, EVENING, HOUR, MINUTE, WATCH, Script, of, text

ALPHA, BRAVO, CHARLIE = "alpha.example", "bravo.example", "charlie.example"
IMMEDIATE, FLASH = int(Precedence.IMMEDIATE), int(Precedence.FLASH)


def query(**changes: Any) -> Query:
    """Are these yours?"""
    asked = Query(
        WATCH,
        Question.ARE_THESE_YOURS,
        objects=(Sighting("trucks and two tanks", 8),),
        place="5 km east of Khasham",
    )
    return replace(asked, **changes)


def answer(index: int, code: AnswerCode = AnswerCode.NOT_OURS, **changes: Any) -> QueryAnswer:
    """Bravo's answer to a message of Alpha's."""
    is_substance = code not in (AnswerCode.HOLDING, AnswerCode.DECLINED)
    spoken = (SpeaksFor.OWN,) if is_substance else ()
    said = QueryAnswer(WATCH, of(ALPHA, index), code, spoken)
    return replace(said, **changes)


def warning(**changes: Any) -> Warning:
    """Cease."""
    return replace(
        Warning(WATCH, Action.CEASE, "You strike our people.", "2 km west of Shayrat"), **changes
    )


@pytest.fixture
def script() -> Script:
    """Two parties that have adopted."""
    return Script().adopt()


def states(script: Script, name: str = ALPHA) -> list[str]:
    """The state of each matter, as one party sees it."""
    return [
        state
        for matter in script.views[name].matters(open_only=False)
        for state in matter["states"].values()
    ]


def shared(view: View, now: int) -> bytes:
    """What both nodes have alike, as bytes."""
    return json.dumps(view.matter_records.shared(now), sort_keys=True).encode()


def agree(script: Script) -> None:
    """Both nodes have the same standing, byte for byte."""
    first, *others = [shared(view, script.now) for view in script.views.values()]
    assert all(other == first for other in others)


def test_khasham_as_it_should_have_gone(script: Script) -> None:
    """Asked, held, answered for own people alone, lapsed, disputed: each step on both nodes."""
    asked = script.say(ALPHA, query(), precedence=IMMEDIATE)
    assert states(script) == ["ASKED"]
    assert script.alarms(BRAVO) == [("MATTER", "IMMEDIATE")]
    script.advance(EVENING + MINUTE)
    script.say(BRAVO, Read(WATCH, of(ALPHA, asked)))
    assert states(script) == ["READ"]
    assert script.views[BRAVO].alarms()[0]["over_at"] is not None
    script.advance(EVENING + 2 * MINUTE)
    script.say(BRAVO, answer(asked, AnswerCode.HOLDING, holding_until=EVENING + 40 * MINUTE))
    script.advance(EVENING + 35 * MINUTE)
    assert states(script) == ["HOLDING"]
    answered = script.say(BRAVO, answer(asked, valid_until=EVENING + 2 * HOUR))
    assert states(script) == ["ANSWERED"]
    script.say(ALPHA, Response(WATCH, of(BRAVO, answered), Answer.NOTED))
    assert states(script) == ["ACCEPTED"]
    assert script.views[ALPHA].matters() == []
    script.advance(EVENING + 2 * HOUR)
    assert states(script) == ["LAPSED"]
    assert ("CLOCK", "IMMEDIATE") in script.alarms(ALPHA)
    script.say(ALPHA, Response(WATCH, of(BRAVO, answered), Answer.OBJECTED, "Seen again."))
    assert states(script) == ["DISPUTED"]
    assert states(script, BRAVO) == ["DISPUTED"]
    agree(script)


def test_both_sides_are_told_when_an_answer_is_late(script: Script) -> None:
    """Half an hour after IMMEDIATE both are alarmed that tier 2 must know, then tier 3."""
    script.say(ALPHA, query(), precedence=IMMEDIATE)
    script.advance(EVENING + 30 * MINUTE - 1)
    assert [alarm["facts"].get("clock") for alarm in script.views[ALPHA].alarms()] == ["read"]
    script.advance(EVENING + 30 * MINUTE)
    for name in (ALPHA, BRAVO):
        [late] = [a for a in script.views[name].alarms() if a["facts"].get("clock") == "reply"]
        assert (late["precedence"], late["facts"]["tier"]) == ("IMMEDIATE", 2)
        assert late["facts"]["party"] == BRAVO
    script.advance(EVENING + 2 * HOUR)
    [matter] = script.views[BRAVO].matters()
    assert (matter["states"], matter["tier"]) == ({BRAVO: "UNANSWERED"}, 3)
    agree(script)


def test_what_was_late_is_over_when_the_answer_comes(script: Script) -> None:
    """A late answer ends the alarms of the clocks, which stay until they are acknowledged."""
    asked = script.say(ALPHA, query(), precedence=IMMEDIATE)
    script.advance(EVENING + HOUR)
    script.say(BRAVO, answer(asked))
    clocks = [a for a in script.views[ALPHA].alarms() if a["name"] == "CLOCK"]
    assert clocks
    assert all(alarm["over_at"] is not None for alarm in clocks)


def test_an_answer_signed_in_time_and_heard_late_was_in_time(script: Script) -> None:
    """A courier brings an answer after the clock ran out: the record says it was in time."""
    asked = script.say(ALPHA, query(), precedence=IMMEDIATE)
    script.advance(EVENING + 20 * MINUTE)
    header = script.header(BRAVO, answer(asked))
    script.hear(BRAVO, Applied(header, answer(asked), script.now, ""))
    script.advance(EVENING + HOUR)
    assert states(script) == ["UNANSWERED"]
    script.hear(ALPHA, Applied(header, answer(asked), script.now, "courier"))
    assert states(script) == ["ANSWERED"]
    assert [a["over_at"] is not None for a in script.views[ALPHA].alarms()] == [True, True]
    agree(script)


def test_a_warning_waits_minutes_and_goes_up_the_tiers(script: Script) -> None:
    """Read within 2 min, answered within 5; then tier 2, 3 and 4 after 5, 10 and 20 min."""
    given = script.say(ALPHA, warning(), precedence=FLASH)
    fired = []
    for minute in (2, 5, 10, 20):
        script.advance(EVENING + minute * MINUTE)
        fired.append(
            {a["facts"]["clock"] for a in script.views[BRAVO].alarms() if a["name"] == "CLOCK"}
        )
    assert fired == [
        {"read"},
        {"read", "reply"},
        {"read", "reply", "tier_3"},
        {"read", "reply", "tier_3", "tier_4"},
    ]
    script.say(BRAVO, Response(WATCH, of(ALPHA, given), Answer.WILCO))
    assert states(script) == ["WILCO"]
    assert script.views[BRAVO].due() == []
    agree(script)


def test_a_request_for_explanation_waits_two_days(script: Script) -> None:
    """48 h of silence are UNANSWERED, and tier 3 must know."""
    script.say(ALPHA, Explanation(COMMANDER, "Troops near the line."), precedence=1)
    script.advance(EVENING + 48 * HOUR)
    [matter] = script.views[BRAVO].matters(subject="explanation")
    assert (matter["states"], matter["tier"]) == ({BRAVO: "UNANSWERED"}, 3)


def test_each_party_asked_has_a_standing_of_its_own() -> None:
    """Of two that were asked one answers, and only the other is waited for."""
    script = Script(ALPHA, BRAVO, CHARLIE).adopt()
    asked = script.say(ALPHA, query(), precedence=IMMEDIATE)
    script.say(BRAVO, answer(asked))
    [matter] = script.views[CHARLIE].matters()
    assert matter["states"] == {BRAVO: "ANSWERED", CHARLIE: "ASKED"}
    agree(script)


def test_an_answer_that_comes_before_its_query_waits_for_it() -> None:
    """A third party hears the answer first: it counts as soon as the query is there."""
    script = Script(ALPHA, BRAVO, CHARLIE).adopt()
    asked = query()
    header = script.header(ALPHA, asked, precedence=IMMEDIATE)
    for name in (ALPHA, BRAVO):
        script.hear(name, Applied(header, asked, script.now, ""))
    script.sizes[ALPHA] += 1
    script.say(BRAVO, answer(header.index))
    assert script.views[CHARLIE].matters(open_only=False) == []
    script.hear(CHARLIE, Applied(header, asked, script.now + MINUTE, ""))
    agree(script)


def test_an_answer_to_what_was_not_asked_yet_answers_nothing(script: Script) -> None:
    """A counterpart cannot answer our next query in advance: it is asked, and waited for."""
    ahead = script.say(BRAVO, answer(script.sizes[ALPHA]))
    script.advance(EVENING + MINUTE)
    asked = script.say(ALPHA, query(), precedence=FLASH)
    assert states(script) == ["ASKED"]
    shown = script.views[ALPHA].message(BRAVO, ahead)
    assert shown is not None
    assert shown["flags"] == ["DOUBTFUL"]
    script.say(BRAVO, answer(asked))
    assert states(script) == ["ANSWERED"]


def test_so_many_of_a_party_wait_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound an answer ahead of its query is not led to it; another's still is."""
    monkeypatch.setattr("openline.engine.matter_view.MESSAGES_WAITING_OF_PARTY_MAX", 2)
    script = Script(ALPHA, BRAVO, CHARLIE).adopt()
    asked = query()

    def ask_past_charlie() -> Header:
        header = script.header(ALPHA, asked, precedence=IMMEDIATE)
        for name in (ALPHA, BRAVO):
            script.hear(name, Applied(header, asked, script.now, ""))
        script.sizes[ALPHA] += 1
        return header

    first = [ask_past_charlie() for _ in range(3)]
    for header in first:
        script.say(BRAVO, answer(header.index))
    for header in first:
        script.hear(CHARLIE, Applied(header, asked, script.now + MINUTE, ""))
    view = script.views[CHARLIE]
    found = [(view.matter(view.serial(ALPHA, one.index)) or {})["states"][BRAVO] for one in first]
    assert found == ["ANSWERED", "ANSWERED", "ASKED"]
    # What waited waits no more: there is room again.
    later = ask_past_charlie()
    script.say(BRAVO, answer(later.index))
    script.hear(CHARLIE, Applied(later, asked, script.now + MINUTE, ""))
    shown = view.matter(view.serial(ALPHA, later.index))
    assert shown is not None
    assert shown["states"][BRAVO] == "ANSWERED"


def test_a_clock_has_one_entry_in_the_agenda(script: Script) -> None:
    """However often a matter is looked at, its next instant is noted once."""
    asked = script.say(ALPHA, query(decision_at=EVENING + 15 * MINUTE), precedence=IMMEDIATE)
    for number in range(20):
        script.say(BRAVO, Read(replace(WATCH, officer=f"Lt. {number}"), of(ALPHA, asked)))
    for view in script.views.values():
        agenda = view._matters._agenda
        assert len(agenda) == len(set(agenda))
        instants = sorted(at - EVENING for at, _, _ in agenda)
        assert instants == [10 * MINUTE, 15 * MINUTE], "to be read, then to be decided"
    script.advance(EVENING + 16 * MINUTE)
    for view in script.views.values():
        assert [at - EVENING for at, _, _ in view._matters._agenda] == [30 * MINUTE]


def test_who_answers_has_read(script: Script) -> None:
    """An answer to a query marks it as read by its party and officer, on both nodes."""
    asked = script.say(ALPHA, query(), precedence=IMMEDIATE)
    script.say(BRAVO, answer(asked))
    for view in script.views.values():
        shown = view.message(ALPHA, asked)
        assert shown is not None
        marks = shown["marks"]["read"]
        assert [(one["party"], one["officer"]) for one in marks] == [(BRAVO, WATCH.officer)]


def test_what_is_due_lists_the_nearest_first(script: Script) -> None:
    """The agenda names matter, clock, instant and whose turn it is."""
    script.say(ALPHA, query(decision_at=EVENING + 15 * MINUTE), precedence=IMMEDIATE)
    rows = script.views[BRAVO].due()
    assert [(row["clock"], row["party"]) for row in rows] == [
        ("read", BRAVO),
        ("decision", ALPHA),
        ("reply", BRAVO),
    ]
    assert rows[0]["at"] == EVENING + 10 * MINUTE


def test_a_matter_is_found_by_any_message_of_it(script: Script) -> None:
    """The query and its answer lead to one matter; another message leads to none."""
    asked = script.say(ALPHA, query(), precedence=IMMEDIATE)
    answered = script.say(BRAVO, answer(asked))
    other = script.say(BRAVO, text())
    view = script.views[ALPHA]
    serials = [view.serial(ALPHA, asked), view.serial(BRAVO, answered)]
    assert [(view.matter(one) or {}).get("id") for one in serials] == [serials[0]] * 2
    assert view.matter(view.serial(BRAVO, other)) is None


def test_a_replay_gives_the_same_alarms_and_standing(script: Script) -> None:
    """A node that starts again knows what it knew, acknowledged alarms apart."""
    asked = script.say(ALPHA, query(), precedence=IMMEDIATE)
    script.advance(EVENING + HOUR)
    script.say(BRAVO, answer(asked, AnswerCode.HOLDING, holding_until=EVENING + 2 * HOUR))
    script.advance(EVENING + 3 * HOUR)
    script.say(ALPHA, text())
    again = View(ALPHA, script.understanding)
    for applied in script.applied[ALPHA]:
        again.apply(applied, live=False)
    assert shared(again, script.now) == shared(script.views[ALPHA], script.now)
    standing = {alarm["id"] for alarm in script.views[ALPHA].alarms()}
    assert {alarm["id"] for alarm in again.alarms()} == standing


def test_a_flood_of_queries_is_recorded_and_has_one_alarm(script: Script) -> None:
    """Beyond the bound no clock runs; what comes then is flagged, and answers free a place."""
    for _ in range(MATTERS_OPEN_MAX + 3):
        script.say(BRAVO, query(), is_delivered=True)
    view = script.views[ALPHA]
    assert len(view.matters()) == MATTERS_OPEN_MAX
    [alarm] = [one for one in view.alarms() if one["name"] == "MATTERS_UNLISTED"]
    assert alarm["facts"]["party"] == BRAVO
    last = view.messages(count=10**6)[-1]
    assert last["flags"] == ["OVER_CAP"]
    script.say(ALPHA, replace(answer(1), of=of(BRAVO, 1), code=AnswerCode.DECLINED, speaks_for=()))
    script.say(BRAVO, query())
    assert len(view.matters()) == MATTERS_OPEN_MAX


def test_a_matter_takes_in_only_so_many_messages(script: Script) -> None:
    """Somebody who holds an answer back for ever costs nobody any memory."""
    asked = script.say(ALPHA, query(), precedence=IMMEDIATE)
    for number in range(HAPPENINGS_MAX + 5):
        until = EVENING + (number + 2) * MINUTE
        script.say(BRAVO, answer(asked, AnswerCode.HOLDING, holding_until=until))
    [matter] = script.views[ALPHA].matters()
    steps = [step for step in matter["standings"][0]["steps"] if step["serial"]]
    assert len(steps) == HAPPENINGS_MAX
    assert "NO_EFFECT" in script.views[ALPHA].messages(count=10**6)[-1]["flags"]


# What the desk refuses.


def compose(
    script: Script, message: Message, precedence: Precedence = Precedence.IMMEDIATE
) -> None:
    """Let Bravo's desk draft a message."""
    Desk(BRAVO, script.views[BRAVO]).compose(
        Compose(LINE, message, precedence), script.now + script.delay_ms
    )


def test_an_answer_to_a_closed_query_is_refused(script: Script) -> None:
    """It would change nothing: the desk says that the query is closed, and what remains."""
    asked = script.say(ALPHA, query(), precedence=IMMEDIATE)
    script.say(ALPHA, query(of=of(ALPHA, asked), is_closed=True))
    with pytest.raises(OurError, match="is CLOSED") as caught:
        compose(script, answer(asked))
    assert "READ" in caught.value.remedy
    agree(script)


def test_an_answer_after_the_close_that_crossed_it_changes_nothing(script: Script) -> None:
    """Close and answer cross on the way: both are kept, and both nodes say the same."""
    asked = script.say(ALPHA, query(), precedence=IMMEDIATE)
    closed = query(of=of(ALPHA, asked), is_closed=True)
    first = script.header(ALPHA, closed)
    script.now += 100
    second = script.header(BRAVO, answer(asked))
    script.hear(ALPHA, Applied(first, closed, script.now - 100, ""))
    script.hear(BRAVO, Applied(second, answer(asked), script.now, ""))
    script.hear(BRAVO, Applied(first, closed, script.now + 300, "primary"))
    script.hear(ALPHA, Applied(second, answer(asked), script.now + 300, "primary"))
    assert states(script) == ["CLOSED"]
    agree(script)


REFUSED: dict[str, tuple[Body, str]] = {
    "an answer to a text": (answer(2), "is no query"),
    "an answer that is over at once": (
        answer(1, valid_until=EVENING),
        "valid_until: 2017-04-07T20:00:00Z is over",
    ),
    "an answer held back until before now": (
        answer(1, AnswerCode.HOLDING, holding_until=EVENING),
        "holding_until",
    ),
    "an answer to our own query": (replace(answer(0), of=of(BRAVO, 1)), "our own message"),
    "a query decided in the past": (query(decision_at=EVENING - 1), "decision_at"),
    "closing a query of theirs": (
        query(of=of(ALPHA, 1), is_closed=True),
        "no QUERY of ours",
    ),
    "asking to confirm a text": (
        Query(WATCH, Question.CONFIRM_NOTICE, of=of(ALPHA, 2)),
        "is no notice",
    ),
    "WILCO to a text": (Response(WATCH, of(ALPHA, 2), Answer.WILCO), "is no warning"),
    "an explanation asked by the watch": (Explanation(WATCH, "Why?"), "tier 2"),
    "the end of a warning of theirs": (
        warning(of=of(ALPHA, 3), is_over=True),
        "no WARNING of ours",
    ),
    "an answer to nothing": (answer(99), "There is no message"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_must_not_be_said_is_refused_with_a_reason(script: Script, what: str) -> None:
    """The desk names what is wrong and what to do, and nothing is drafted."""
    script.say(ALPHA, query(), precedence=IMMEDIATE)
    script.say(ALPHA, text())
    script.say(ALPHA, warning(), precedence=FLASH)
    script.say(BRAVO, query(), precedence=IMMEDIATE)
    message, why = REFUSED[what]
    precedence = Precedence.FLASH if isinstance(message, Warning) else Precedence.IMMEDIATE
    with pytest.raises(OurError, match=why) as caught:
        compose(script, message, precedence)  # type: ignore[arg-type]
    assert caught.value.remedy


def test_a_warning_is_flash_or_is_not_said(script: Script) -> None:
    """A warning with less than FLASH is refused; a counterpart's is flagged."""
    with pytest.raises(OurError, match="precedence"):
        compose(script, warning(), Precedence.IMMEDIATE)
    script.say(ALPHA, warning(), precedence=IMMEDIATE)
    assert "DOUBTFUL" in script.views[BRAVO].messages(count=100)[-1]["flags"]


# The same on both nodes, whatever the order of arrival.

_Drawn = list[tuple[int, int, int]]


def _conversation(script: Script, drawn: _Drawn) -> list[tuple[Header, Message]]:
    """Messages of two parties about each other's queries, with skewed clocks and real heads."""
    sizes = {ALPHA: 1, BRAVO: 1}
    queries: list[tuple[str, int]] = []
    answers: list[tuple[str, int]] = []
    said: list[tuple[Header, Message]] = []
    now = EVENING
    for number, (step_s, what, which) in enumerate(drawn):
        now += step_s * 1000
        party, other = (ALPHA, BRAVO) if (what + which) % 2 else (BRAVO, ALPHA)
        theirs = [one for one in queries if one[0] == other]
        replied = [one for one in answers if one[0] == other]
        message: Message
        if what == 0 or not theirs:
            message = query(reply_by=now + 600_000)
            queries.append((party, sizes[party]))
        elif what == 1:
            message = Read(WATCH, of(*theirs[which % len(theirs)]))
        elif what == 2:
            message = replace(
                answer(0), of=of(*theirs[which % len(theirs)]), valid_until=now + 900_000
            )
            answers.append((party, sizes[party]))
        elif what == 3:
            message = replace(
                answer(0, AnswerCode.HOLDING, holding_until=now + 300_000),
                of=of(*theirs[which % len(theirs)]),
            )
        elif replied:
            verdict = Answer.NOTED if which % 3 else Answer.OBJECTED
            message = Response(WATCH, of(*replied[which % len(replied)]), verdict, "Why.")
        else:
            message = text(f"{number}")
        origin = f"{other}/{LINE}/out"
        heads = (Checkpoint(origin, sizes[other], bytes(32)),)
        skew = 3_000 if party == BRAVO else 0
        header = script.header(
            party, message, at=now - skew, heads=heads, index=sizes[party], precedence=IMMEDIATE
        )
        sizes[party] += 1
        said.append((header, message))
    return said


def _interleaved(
    said: list[tuple[Header, Message]], own: str, shuffle: random.Random
) -> list[tuple[Header, Message]]:
    """The same in an order in which a node may get it: its own knowledge first, else any."""
    mine = [one for one in said if one[0].party == own]
    theirs = [one for one in said if one[0].party != own]
    merged: list[tuple[Header, Message]] = []
    while mine or theirs:
        # Nobody knows more of the other than it has been given.
        may_mine = mine and (not theirs or mine[0][0].heads[0].size <= theirs[0][0].index)
        if may_mine and (not theirs or shuffle.random() < 0.5):
            merged.append(mine.pop(0))
        elif theirs and (not mine or theirs[0][0].heads[0].size <= mine[0][0].index):
            merged.append(theirs.pop(0))
        else:
            merged.append(mine.pop(0) if mine else theirs.pop(0))
    return merged


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 4), st.integers(0, 50)), max_size=40),
    st.randoms(use_true_random=False),
)
def test_both_nodes_agree_whatever_the_order_of_arrival(
    drawn: _Drawn, shuffle: random.Random
) -> None:
    """The standing of every matter is the same on both nodes, byte for byte."""
    script = Script().adopt()
    said = _conversation(script, drawn)
    for name in (ALPHA, BRAVO):
        now = EVENING
        for header, message in _interleaved(said, name, shuffle):
            now = max(now, header.at + shuffle.randrange(5_000))
            script.hear(name, Applied(header, message, now, ""))
    end = EVENING + 24 * HOUR
    assert shared(script.views[ALPHA], end) == shared(script.views[BRAVO], end)


def test_subjects_have_names_of_their_own() -> None:
    """No two sorts of matter share a name."""
    names = [one.name for one in SUBJECTS]
    assert len(names) == len(set(names))
    assert all(isinstance(one, Subject) for one in SUBJECTS)


def test_days_of_a_busy_line_stand_alike_on_both_nodes() -> None:
    """200 notices and 50 queries a day: the same standing, byte for byte, on both nodes."""
    busy = Busy(days=2)
    first, second = (busy.heard_by(own) for own in (ALPHA, BRAVO))
    assert shared(first, busy.until) == shared(second, busy.until)
    stood = {state for one in first.matters(open_only=False) for state in one["states"].values()}
    assert {"LAPSED", "UNANSWERED"} <= stood


def test_matters_come_in_pages(script: Script) -> None:
    """Asked for two at a time, each comes once, in the order in which they came."""
    for _ in range(5):
        script.say(ALPHA, query(), precedence=IMMEDIATE)
    script.say(ALPHA, warning(), precedence=FLASH)
    view = script.views[BRAVO]
    found: list[dict[str, Any]] = []
    counts = []
    more = 1
    while more:
        after = found[-1]["position"] if found else 0
        page, more = view.matters_page(after, 2, open_only=True, subject="query")
        found += page
        counts.append((len(page), more))
    assert counts == [(2, 3), (2, 1), (1, 0)]
    listed = [one["id"] for one in view.matters(subject="query")]
    assert [one["id"] for one in found] == listed
    assert [one["position"] for one in found] == sorted({one["position"] for one in found})
    assert view.matters_page(0, 10, open_only=True)[1] == 0
