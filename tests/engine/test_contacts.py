"""Contacts, call records and readouts on two nodes: rules, alarms, and what is public."""

import random
from dataclasses import replace
from typing import Any

import pytest

from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.line.terms import Timers
from openline.domain.party import Precedence
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.merkle import EMPTY_ROOT
from openline.domain.talk.body import Reference
from openline.domain.talk.call_record import Authenticated, CallAction, CallRecord, Speaker
from openline.domain.talk.contact import WEEK_MS, Contact, ContactAnswer, ContactReply
from openline.domain.talk.message import Message
from openline.domain.talk.notice import Operation, Releasability
from openline.domain.talk.readout import (
    Readout,
    ReadoutMode,
    ReadoutStep,
    ReadoutText,
    TextDigest,
)
from openline.domain.talk.response import Answer, Response
from openline.engine.views import View
from tests.engine.parties import ALPHA, BRAVO, LINE
from tests.engine.test_desk import Office
from tests.engine.views_script import COMMANDER, EVENING, WATCH, Script, notice, of, text

TIME = EVENING + 2 * HOUR_MS
FLASH = Precedence.FLASH


def keep(script: Script) -> None:
    """Let the views of a script read what was said, as those of a node read its store."""
    for name, view in script.views.items():

        def load(party: str, index: int, epoch: int, name: str = name) -> Any:
            return next(
                one.message
                for one in script.applied[name]
                if (one.envelope_header.party, one.envelope_header.index) == (party, index)
            )

        view.load = load


@pytest.fixture
def office() -> Office:
    office = Office()
    keep(office.script)
    return office


def request(**changes: Any) -> Contact:
    """A request for a call at tier 2 in two hours."""
    return replace(Contact(WATCH, 2, "Flights", (TIME,)), **changes)


def reply(index: int, answer: ContactAnswer, party: str = ALPHA, **changes: Any) -> ContactReply:
    """An answer to a request."""
    return ContactReply(WATCH, of(party, index), answer, **changes)


def record(**changes: Any) -> CallRecord:
    """The record of a call that has just been held."""
    plain = CallRecord(
        WATCH,
        "call 1",
        EVENING - 30 * MINUTE_MS,
        EVENING - 10 * MINUTE_MS,
        ALPHA,
        (Speaker(ALPHA, "Gen. Jones"), Speaker(BRAVO, "Gen. Ivanov")),
        Authenticated.CHALLENGE_WORDS,
    )
    return replace(plain, **changes)


def proposal(about: Reference, *paragraphs: str, **changes: Any) -> Readout:
    """A proposed text of both in English."""
    words = "\n\n".join(paragraphs or ("The commanders spoke.", "They agreed on an hour."))
    plain = Readout(
        COMMANDER,
        ReadoutStep.PROPOSE,
        about,
        ReadoutMode.JOINT,
        (ReadoutText("en", words),),
        initiated_by=ALPHA,
    )
    return replace(plain, **changes)


def publication(readout: int, words: str, mode: ReadoutMode, **changes: Any) -> Readout:
    """The publication of a text in English."""
    texts = (ReadoutText("en", words),)
    plain = Readout(COMMANDER, ReadoutStep.PUBLISH, of(ALPHA, readout), mode, texts)
    return replace(plain, **changes)


def states(office: Office, index: int, party: str = ALPHA) -> set[str]:
    """Where a matter stands, on each of the nodes."""
    serial = office.script.views[ALPHA].serial(party, index)
    shown = [view.matter(serial) for view in office.script.views.values()]
    assert shown[0] == shown[1]
    assert shown[0] is not None
    return set(shown[0]["states"].values())


def clock_alarms(view: View) -> list[tuple[str, bool]]:
    """Which clocks alarm, and whether what followed is over."""
    return [
        (alarm["facts"]["clock"], alarm["over_at"] is not None)
        for alarm in view.alarms()
        if alarm["name"] == "CLOCK"
    ]


# G7: one request is declined, the next one rings out.


def test_a_refusal_and_a_silence_are_facts_and_text_goes_through(office: Office) -> None:
    """DECLINED and NO_ANSWER stand on both nodes; text still goes; the next one may follow."""
    first = office.say(ALPHA, request(), precedence=Precedence.PRIORITY)
    decline = reply(first, ContactAnswer.DECLINE, text="Not before the inquiry is over.")
    office.say(BRAVO, decline)
    assert states(office, first) == {"DECLINED"}
    lifted = request(tier=3, of=of(ALPHA, first))
    second = office.say(ALPHA, lifted, precedence=FLASH)
    office.script.advance(EVENING + 15 * MINUTE_MS - 1)
    assert states(office, second) == {"PROPOSED"}
    office.script.advance(EVENING + 15 * MINUTE_MS)
    assert states(office, second) == {"NO_ANSWER"}
    assert clock_alarms(office.script.views[ALPHA]) == [("contact_reply", False)]
    shown = office.script.views[BRAVO].matter("ALPHA-0001")
    assert shown is not None
    assert [step["event"] for step in shown["standings"][0]["steps"]] == [
        "OPENED",
        "DECLINED",
        "FOLLOWED",
    ]
    said = office.say(ALPHA, text("We say it in writing."))
    message = office.script.views[ALPHA].message(ALPHA, said)
    assert message is not None
    assert BRAVO in message["marks"]["delivered"]


def test_a_contact_is_countered_agreed_and_held(office: Office) -> None:
    """Other times, agreement, the call record: one matter, whose record opens another."""
    asked = office.say(ALPHA, request())
    other = TIME + HOUR_MS
    countered = office.say(BRAVO, reply(asked, ContactAnswer.COUNTER, times=(other,)))
    office.say(ALPHA, reply(countered, ContactAnswer.ACCEPT, BRAVO, at=other))
    assert states(office, asked) == {"SCHEDULED"}
    office.script.advance(other)
    assert states(office, asked) == {"DUE"}
    assert clock_alarms(office.script.views[BRAVO]) == [("contact_begins", False)]
    office.script.advance(other + 30 * MINUTE_MS)
    held = record(
        of=of(ALPHA, asked), started_at=other, ended_at=other + 20 * MINUTE_MS, points=("Said.",)
    )
    recorded = office.say(BRAVO, held)
    assert states(office, asked) == {"HELD"}
    assert clock_alarms(office.script.views[BRAVO]) == [("contact_begins", True)]
    assert states(office, recorded, BRAVO) == {"DRAFT"}
    # Headers of a script name no heads: only the times tell which came first.
    office.script.advance(other + 40 * MINUTE_MS)
    office.say(ALPHA, Response(WATCH, of(BRAVO, recorded), Answer.NOTED))
    assert states(office, recorded, BRAVO) == {"AGREED"}
    assert states(office, asked) == {"HELD"}


def test_every_week_alarms_anew(office: Office) -> None:
    """Each occurrence of a contact that recurs tells once that it begins, and is over then."""
    asked = office.say(ALPHA, request(weekly_until=TIME + WEEK_MS))
    accepted = reply(asked, ContactAnswer.ACCEPT, at=TIME, weekly_until=TIME + WEEK_MS)
    office.say(BRAVO, accepted)
    view = office.script.views[ALPHA]
    told = []
    for now in (TIME, TIME + 2 * HOUR_MS, TIME + WEEK_MS, TIME + WEEK_MS + 2 * HOUR_MS):
        office.script.advance(now)
        told.append(clock_alarms(view))
    begins, held = "contact_begins", "contact_held"
    assert sorted(told[0]) == [(begins, False)]
    assert sorted(told[1]) == [(begins, True), (held, False)]
    assert sorted(told[2]) == [(begins, False), (begins, True), (held, True)]
    assert sorted(told[3]) == [(begins, True), (begins, True), (held, False), (held, True)]
    office.script.advance(TIME + WEEK_MS + 26 * HOUR_MS)
    assert states(office, asked) == {"ENDED"}
    assert all(is_over for _, is_over in clock_alarms(view))


# G11: nobody knows who spoke.


def test_an_unverified_call_alarms_both_nodes(office: Office) -> None:
    """A record of a call in which the words failed is an alarm for tier 2 on both nodes."""
    office.say(BRAVO, record(is_unverified=True, authenticated=Authenticated.NONE))
    for view in office.script.views.values():
        [alarm] = [one for one in view.alarms() if one["name"] == "CALL_UNVERIFIED"]
        assert (alarm["precedence"], alarm["facts"]["tier"]) == ("IMMEDIATE", 2)
        assert (alarm["facts"]["party"], alarm["facts"]["call"]) == (BRAVO, "call 1")


def test_a_record_is_replaced_by_its_author_alone(office: Office) -> None:
    """The place of a record is taken by the author's next one; the other side writes its own."""
    first = office.say(ALPHA, record())
    second = office.say(ALPHA, record(of=of(ALPHA, first), text="Point 2 corrected."))
    assert states(office, first) == {"REPLACED"}
    assert states(office, second) == {"DRAFT"}
    assert "not ours to replace" in office.refused(BRAVO, record(of=of(ALPHA, second)))


# G12: readouts.


def agreed(office: Office) -> tuple[int, str]:
    """A readout that both have agreed on: its serial number and its words."""
    call = office.say(ALPHA, record())
    readout = proposal(of(ALPHA, call))
    index = office.say(ALPHA, readout)
    office.say(BRAVO, Readout(COMMANDER, ReadoutStep.AGREE, of(ALPHA, index)))
    return index, readout.texts[0].text


def test_what_is_published_is_what_was_agreed(office: Office) -> None:
    """A JOINT text is published as it was agreed; another one is refused by paragraph."""
    index, words = agreed(office)
    assert states(office, index) == {"AGREED"}
    changed = publication(index, words.replace("an hour", "half an hour"), ReadoutMode.JOINT)
    refused = office.refused(ALPHA, changed)
    assert "paragraph 2" in refused
    assert "nothing became 'half'" in refused or "'an' became 'half an'" in refused
    russian = (ReadoutText("ru", "Командующие говорили."),)
    assert "no text in 'ru' was agreed" in office.refused(ALPHA, replace(changed, texts=russian))
    spaced = publication(index, words + "\n", ReadoutMode.JOINT)
    assert "spaces or empty rows" in office.refused(BRAVO, spaced)
    for name in (ALPHA, BRAVO):
        office.say(name, publication(index, words, ReadoutMode.JOINT))
    assert states(office, index) == {"PUBLISHED"}
    for view in office.script.views.values():
        assert [one.newest.party for one in view.public(EVENING)] == [BRAVO, ALPHA]


def test_an_agreement_carries_the_hashes_of_what_it_agrees_with(office: Office) -> None:
    """The desk puts them in; a hash of something else is refused."""
    call = office.say(ALPHA, record())
    readout = proposal(of(ALPHA, call))
    index = office.say(ALPHA, readout)
    agreement = Readout(COMMANDER, ReadoutStep.AGREE, of(ALPHA, index))
    draft = office.draft(BRAVO, agreement)
    assert isinstance(draft.message, Readout)
    assert draft.message.digests == (TextDigest("en", readout.texts[0].digest),)
    wrong = replace(agreement, digests=(TextDigest("en", bytes(32)),))
    assert "another one" in office.refused(BRAVO, wrong)
    assert "is our own message" in office.refused(ALPHA, agreement)


def test_a_counterpart_that_publishes_something_else_as_agreed_is_shown(office: Office) -> None:
    """It is stored, alarmed on the other node, shown by word, and not public in our words."""
    index, words = agreed(office)
    forged = publication(index, words.replace("an hour", "a day"), ReadoutMode.JOINT)
    office.script.say(BRAVO, forged)
    view = office.script.views[ALPHA]
    [alarm] = [one for one in view.alarms() if one["name"] == "READOUT_DIFFERS"]
    assert (alarm["facts"]["party"], alarm["facts"]["languages"]) == (BRAVO, "en")
    assert view.public(EVENING) == []
    matter = view.matter_records.find("ALPHA-0002")
    assert matter is not None
    assert view.readouts.versions(matter)[-1]["is_as_agreed"] is False
    [found] = view.readouts.differences(matter)
    [paragraph] = found["paragraphs"]
    changed = [(one["ours"], one["theirs"]) for one in paragraph["changes"] if not one["same"]]
    assert (paragraph["number"], changed) == (2, [("an hour.", "a day.")])


def test_two_sides_publish_texts_that_differ(office: Office) -> None:
    """Both are public, each under its author; an edit keeps the entry and changes its time."""
    call = office.say(ALPHA, record())
    index = office.say(ALPHA, proposal(of(ALPHA, call), "We asked.", mode=ReadoutMode.UNILATERAL))
    own = (ReadoutText("en", "They asked, not we."),)
    differ = Readout(COMMANDER, ReadoutStep.DIFFER, of(ALPHA, index), texts=own, text="No.")
    office.say(BRAVO, differ)
    assert states(office, index) == {"DIFFERS"}
    office.say(ALPHA, publication(index, "We asked.", ReadoutMode.UNILATERAL))
    office.say(BRAVO, publication(index, own[0].text, ReadoutMode.UNILATERAL))
    for minutes, words in ((1, "We asked once."), (2, "We asked twice.")):
        office.script.advance(EVENING + minutes * MINUTE_MS)
        office.say(ALPHA, publication(index, words, ReadoutMode.UNILATERAL))
    for view in office.script.views.values():
        newest, other = view.public(view.now)
        assert (newest.first.party, other.first.party) == (ALPHA, BRAVO)
        assert newest.first.index < newest.newest.index
        assert newest.public_at == EVENING + 2 * MINUTE_MS
        matter = view.matter_records.find("ALPHA-0002")
        assert matter is not None
        steps = [(one["party"], one["step"]) for one in view.readouts.versions(matter)]
        assert steps.count((ALPHA, "PUBLISH")) == 3
        [found] = view.readouts.differences(matter)
        assert found["party"] == BRAVO


def test_nothing_is_public_before_its_embargo(office: Office) -> None:
    """An embargo holds to the millisecond, and what was agreed cannot be shortened."""
    call = office.say(ALPHA, record())
    embargo = EVENING + HOUR_MS
    index = office.say(ALPHA, proposal(of(ALPHA, call), embargo_until=embargo))
    office.say(BRAVO, Readout(COMMANDER, ReadoutStep.AGREE, of(ALPHA, index)))
    words = proposal(of(ALPHA, call)).texts[0].text
    joint = publication(index, words, ReadoutMode.JOINT)
    assert "nothing is public before" in office.refused(ALPHA, joint)
    office.say(ALPHA, replace(joint, embargo_until=embargo))
    # A counterpart's program may have no such rule: the agreed embargo holds here.
    office.script.say(BRAVO, joint)
    for view in office.script.views.values():
        assert view.public(embargo - 1) == []
        assert len(view.public(embargo)) == 2


def test_what_is_withdrawn_is_no_longer_public(office: Office) -> None:
    """Each side takes back what it published itself, and the other's stays."""
    index, words = agreed(office)
    for name in (ALPHA, BRAVO):
        office.say(name, publication(index, words, ReadoutMode.JOINT))
    why = Readout(COMMANDER, ReadoutStep.WITHDRAW, of(ALPHA, index), text="The date was wrong.")
    office.say(BRAVO, why)
    assert states(office, index) == {"PUBLISHED"}
    view = office.script.views[BRAVO]
    assert [one.newest.party for one in view.public(view.now)] == [ALPHA]
    office.say(ALPHA, why)
    assert states(office, index) == {"WITHDRAWN"}
    assert view.public(view.now) == []


def test_only_public_notices_are_public(office: Office) -> None:
    """A notice is in the feed while its newest version says PUBLIC, and in no other case."""
    for number, releasability in enumerate(Releasability):
        office.say(ALPHA, notice(f"A-{number}", releasability=releasability))
    view = office.script.views[BRAVO]
    [only] = view.public(view.now)
    assert only.newest.notice_id == "A-3"
    later = notice(
        "A-3",
        version=2,
        operation=Operation.REPLACE,
        releasability=Releasability.LINE_ONLY,
    )
    office.say(ALPHA, later)
    assert view.public(view.now) == []


# What is refused.


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"times": (EVENING - HOUR_MS,)}, "times: "),
        ({"reply_by": EVENING - HOUR_MS}, "reply_by: "),
        ({"reply_by": EVENING + 3 * DAY_MS}, "later than was agreed"),
        ({"weekly_until": TIME - 1}, "weekly_until is before"),
        ({"of": Reference(BRAVO, 0)}, "not ours to follow"),
        ({"of": Reference(ALPHA, 99)}, "There is no message"),
    ],
)
def test_requests_that_are_refused(office: Office, changes: dict[str, Any], what: str) -> None:
    """Times that are over, too late or out of order, and a wrong reference are named."""
    assert what in office.refused(ALPHA, request(**changes))


@pytest.mark.parametrize(
    ("answer", "changes", "what"),
    [
        (ContactAnswer.ACCEPT, {"at": TIME + 1}, "was not proposed"),
        (ContactAnswer.ACCEPT, {"at": TIME, "weekly_until": TIME + WEEK_MS}, "for once"),
        (ContactAnswer.COUNTER, {"times": (EVENING - HOUR_MS,)}, "times: "),
        (ContactAnswer.MISSED, {}, "is PROPOSED"),
        (ContactAnswer.MISSED, {"missed_by": ("charlie",)}, "no party to this line"),
    ],
)
def test_answers_that_are_refused(
    office: Office, answer: ContactAnswer, changes: dict[str, Any], what: str
) -> None:
    """A time that nobody proposed and what comes too early are refused with what to do."""
    asked = office.say(ALPHA, request())
    assert what in office.refused(BRAVO, reply(asked, answer, **changes))


def test_one_does_not_accept_ones_own_request(office: Office) -> None:
    """The party that asked accepts only other times of the other side."""
    asked = office.say(ALPHA, request())
    assert "is PROPOSED" in office.refused(ALPHA, reply(asked, ContactAnswer.ACCEPT, at=TIME))
    said = office.say(ALPHA, text())
    wrong = reply(said, ContactAnswer.ACCEPT, at=TIME)
    assert "no request for a contact" in office.refused(BRAVO, wrong)


def test_a_time_that_is_over_is_not_accepted(office: Office) -> None:
    """A contact for "now" may be accepted minutes later, and not an hour later."""
    asked = office.say(ALPHA, request(times=(EVENING,)))
    office.script.advance(EVENING + 10 * MINUTE_MS)
    accept = reply(asked, ContactAnswer.ACCEPT, at=EVENING)
    office.draft(BRAVO, accept)
    office.script.advance(EVENING + HOUR_MS)
    assert "is over" in office.refused(BRAVO, accept)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"ended_at": EVENING + HOUR_MS}, "still to come"),
        ({"initiator": "charlie"}, "initiator: "),
        ({"persons": (Speaker("charlie", "X"),)}, "persons: "),
        ({"actions": (CallAction("charlie", "Waits."),)}, "actions: "),
        ({"of": Reference(ALPHA, 0)}, "no contact and no call record"),
    ],
)
def test_records_that_are_refused(office: Office, changes: dict[str, Any], what: str) -> None:
    """A call that is not over, strangers and a wrong reference are named."""
    assert what in office.refused(ALPHA, record(**changes))


def test_a_record_before_the_agreed_time_is_refused(office: Office) -> None:
    """A contact that has not begun was not held."""
    asked = office.say(ALPHA, request())
    office.say(BRAVO, reply(asked, ContactAnswer.ACCEPT, at=TIME))
    assert "is SCHEDULED" in office.refused(ALPHA, record(of=of(ALPHA, asked)))


def test_readouts_that_are_refused(office: Office) -> None:
    """A watch officer, a stranger, an early publication and a lone answer are refused."""
    call = office.say(ALPHA, record())
    by_watch = proposal(of(ALPHA, call), by=WATCH)
    assert "tier 2" in office.refused(ALPHA, by_watch)
    stranger = proposal(of(ALPHA, call), initiated_by="charlie")
    assert "initiated_by" in office.refused(ALPHA, stranger)
    said = office.say(ALPHA, text())
    assert "no contact and no call record" in office.refused(ALPHA, proposal(of(ALPHA, said)))
    late = proposal(of(ALPHA, call), agree_by=EVENING - HOUR_MS)
    assert "agree_by" in office.refused(ALPHA, late)
    index = office.say(ALPHA, proposal(of(ALPHA, call)))
    for mode, what in (
        (ReadoutMode.JOINT, "No text was agreed"),
        (ReadoutMode.COORDINATED, "is PROPOSED"),
    ):
        assert what in office.refused(ALPHA, publication(index, "We spoke.", mode))
    assert "belongs to no readout" in office.refused(
        BRAVO, Readout(COMMANDER, ReadoutStep.NO_OBJECTION, of(ALPHA, call))
    )


# The same on both nodes.


def busy() -> Office:
    """A line on which contacts are held, missed and declined, and readouts published."""
    office = Office()
    keep(office.script)
    script = office.script
    asked = office.say(ALPHA, request(weekly_until=TIME + WEEK_MS))
    office.say(BRAVO, request(tier=3), precedence=FLASH)
    office.say(BRAVO, reply(asked, ContactAnswer.ACCEPT, at=TIME, weekly_until=TIME + WEEK_MS))
    script.advance(TIME + 30 * MINUTE_MS)
    held = record(of=of(ALPHA, asked), started_at=TIME, ended_at=TIME + 20 * MINUTE_MS)
    call = office.say(ALPHA, held)
    office.say(BRAVO, Response(WATCH, of(ALPHA, call), Answer.OBJECTED, "Point 1."))
    readout = office.say(ALPHA, proposal(of(ALPHA, call)))
    office.say(BRAVO, Readout(COMMANDER, ReadoutStep.AGREE, of(ALPHA, readout)))
    words = proposal(of(ALPHA, call)).texts[0].text
    office.say(ALPHA, publication(readout, words, ReadoutMode.JOINT))
    script.advance(TIME + WEEK_MS + HOUR_MS)
    office.say(BRAVO, reply(asked, ContactAnswer.MISSED, missed_by=(ALPHA,)))
    return office


def test_both_nodes_have_the_same_in_any_order_of_arrival() -> None:
    """However the two logs are interleaved, matters and what is public are the same."""
    office = busy()
    script = office.script
    now = TIME + 3 * WEEK_MS
    script.advance(now)
    expected = script.views[ALPHA].matter_records.shared(now)
    assert expected == script.views[BRAVO].matter_records.shared(now)
    assert [row["states"] for row in expected if row["subject"] == "contact"] == [
        {BRAVO: "ENDED"},
        {ALPHA: "NO_ANSWER"},
    ]
    logs = {
        party: [one for one in script.applied[ALPHA] if one.envelope_header.party == party]
        for party in (ALPHA, BRAVO)
    }
    for seed in range(20):
        order = [party for party, log in logs.items() for _ in log]
        random.Random(seed).shuffle(order)
        heads = {party: iter(log) for party, log in logs.items()}
        view = View(ALPHA, script.understanding, script.views[ALPHA].load)
        for party in order:
            view.apply(replace(next(heads[party]), at=now), live=True)
        assert view.matter_records.shared(now) == expected
        public = [(one.first.party, one.first.index, one.public_at) for one in view.public(now)]
        assert public == [
            (one.first.party, one.first.index, one.public_at)
            for one in script.views[BRAVO].public(now)
        ]


def test_what_a_message_knew_of_comes_before_it_whatever_the_clocks_say() -> None:
    """An acceptance signed by a slow clock counts after the request that it knew."""
    script = Script().adopt()
    script.say(ALPHA, request())
    heads = (Checkpoint(f"{ALPHA}/{LINE}/out", 2, EMPTY_ROOT),)
    early: Message = reply(1, ContactAnswer.ACCEPT, at=TIME)
    script.say(BRAVO, early, at=EVENING - HOUR_MS, heads=heads)
    for view in script.views.values():
        shown = view.matter("ALPHA-0001")
        assert shown is not None
        assert shown["states"] == {BRAVO: "SCHEDULED"}
    assert Timers().answer_routine_ms == 48 * HOUR_MS


@pytest.mark.parametrize("answer", [ContactAnswer.ACCEPT, ContactAnswer.DECLINE])
def test_who_replies_to_a_request_has_read_it(office: Office, answer: ContactAnswer) -> None:
    """A reply marks the request as read by its party and officer, on both nodes."""
    script = office.script
    asked = script.say(ALPHA, request())
    script.say(BRAVO, reply(asked, answer))
    for view in script.views.values():
        shown = view.message(ALPHA, asked)
        assert shown is not None
        marks = shown["marks"]["read"]
        assert [(one["party"], one["officer"]) for one in marks] == [(BRAVO, WATCH.officer)]
