"""Coded messages, corrections, query-acks, passing on and translations, as views see them."""

from dataclasses import replace
from typing import Any

import pytest

from openline.adapters.code_books import shipped
from openline.domain.errors import OurError
from openline.domain.party import Precedence
from openline.domain.talk.body import By
from openline.domain.talk.code_book import Acts, code_book_hash
from openline.domain.talk.coded import Coded, SlotValue
from openline.domain.talk.correction import Correction
from openline.domain.talk.message import Message
from openline.domain.talk.notice import Operation, SpeaksFor
from openline.domain.talk.passed_on import Level, PassedOn
from openline.domain.talk.query import AnswerCode, Query, QueryAnswer, Question, Sighting
from openline.domain.talk.query_ack import QueryAck
from openline.domain.talk.receipt import Read, ReadBack, ReadBackVerdict
from openline.domain.talk.response import Answer, Response
from openline.domain.talk.text import Text
from openline.domain.talk.translation import LaterTranslation
from openline.engine.commands import Compose
from openline.engine.desk import Desk
from openline.engine.message_view import flag_names
from openline.engine.talk_rules import NO_BOOK, corrected
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, LINE, make_parties
from tests.engine.region import START, standing
from tests.engine.test_views_places import add, change, convoy, remove, site
from tests.engine.views_script import DELAY_MS, EVENING, HOUR, MINUTE, WATCH, Script, notice, of

BOOK = shipped()["standard-1"]
HASH = code_book_hash(BOOK)
FLASH, IMMEDIATE = Precedence.FLASH, Precedence.IMMEDIATE
PLACE = SlotValue(words="2 km west of Shayrat airfield")


class Office:
    """A script, a desk for each of its parties, and a store of what was said."""

    def __init__(self, *names: str, **changes: Any) -> None:
        self.script = Script(*names, **{"code_book": HASH, **changes}).adopt()
        for name, view in self.script.views.items():
            view.books = {HASH: BOOK}
            view.load = self._loader(name)
        self.desks = {name: Desk(name, view) for name, view in self.script.views.items()}

    def _loader(self, name: str) -> Any:
        def load(party: str, index: int, epoch: int) -> Message:
            held = {
                (one.envelope_header.party, one.envelope_header.index): one.message
                for one in self.script.applied[name]
            }
            return held[party, index]  # type: ignore[return-value]

        return load

    def say(self, name: str, message: Message, precedence: Precedence = Precedence.ROUTINE) -> int:
        """Compose a message and say it; its serial number."""
        command = Compose(LINE, message, precedence=precedence)
        draft = self.desks[name].compose(command, self.script.now)
        index = self.script.say(
            name, draft.message, precedence=int(precedence), reply_to=draft.reply_to
        )
        self.script.advance(self.script.now + DELAY_MS)
        return index

    def states(self, party: str, index: int) -> set[str]:
        """Where a matter stands, as each view has it: one word when all agree."""
        found = set()
        for view in self.script.views.values():
            matter = view.matter(f"{party}/{index}", self.script.now)
            assert matter is not None
            found.update(matter["states"].values())
        return found

    def due(self, name: str, clock: str) -> list[dict[str, Any]]:
        """What is due for a party by one clock."""
        rows = self.script.views[name].due(self.script.now)
        return [row for row in rows if row["clock"] == clock and row["party"] == name]


@pytest.fixture
def office() -> Office:
    """Two parties with an agreed code book."""
    return Office(ALPHA, BRAVO)


def coded(number: int, *slots: SlotValue, **changes: Any) -> Coded:
    """A coded message whose book and deed the desk fills in."""
    return Coded(WATCH, number, slots, changes.pop("book", NO_BOOK), **changes)


def ask(**changes: Any) -> Coded:
    """ARE THESE YOURS, about trucks."""
    return coded(1, SlotValue(words="trucks"), PLACE, SlotValue(), SlotValue(count=8), **changes)


# --- coded messages ------------------------------------------------------------------------------


def test_the_desk_fills_in_book_and_deed(office: Office) -> None:
    """A coded message without a book has the agreed one, and acts as its entry does."""
    index = office.say(ALPHA, coded(2, PLACE), FLASH)
    said = office.script.views[BRAVO].load(ALPHA, index, 1)  # type: ignore[misc]
    assert isinstance(said, Coded)
    assert (said.book, said.acts) == (HASH, Acts.WARNING)
    record = office.script.views[BRAVO].record(ALPHA, index)
    assert record is not None
    assert record.flags == 0


def test_cease_is_a_warning_like_any_other(office: Office) -> None:
    """Coded 02 opens a warning on both sides, is loud, and WILCO ends it."""
    index = office.say(ALPHA, coded(2, PLACE), FLASH)
    assert office.states(ALPHA, index) == {"GIVEN"}
    assert ("FLASH", "FLASH") in office.script.alarms(BRAVO)
    office.say(BRAVO, Read(WATCH, of(ALPHA, index)), FLASH)
    assert office.states(ALPHA, index) == {"READ"}
    office.say(BRAVO, Response(WATCH, of(ALPHA, index), Answer.WILCO), FLASH)
    assert office.states(ALPHA, index) == {"WILCO"}


def test_a_coded_warning_without_an_answer_goes_up_a_tier(office: Office) -> None:
    """The clocks of a warning run on coded 02: five minutes, then tier 2 must know."""
    index = office.say(ALPHA, coded(2, PLACE), FLASH)
    office.script.advance(office.script.now + 6 * MINUTE)
    assert office.states(ALPHA, index) == {"UNANSWERED"}
    assert ("CLOCK", "FLASH") in office.script.alarms(BRAVO)


def test_are_these_yours_is_a_query_that_is_held_answered_and_taken_back(office: Office) -> None:
    """Coded 01 opens a query; 08 holds it, ANSWER answers it, 11 of its author closes it."""
    index = office.say(ALPHA, ask(), IMMEDIATE)
    assert office.states(ALPHA, index) == {"ASKED"}
    until = office.script.now + 10 * MINUTE
    hold = coded(8, SlotValue(serial=of(ALPHA, index)), SlotValue(at=until))
    office.say(BRAVO, hold, IMMEDIATE)
    assert office.states(ALPHA, index) == {"HOLDING"}
    answer = QueryAnswer(
        WATCH, of(ALPHA, index), AnswerCode.STATED, speaks_for=(), text="Convoy of ours."
    )
    with pytest.raises(OurError, match="speaks_for"):
        office.say(BRAVO, answer, IMMEDIATE)
    office.say(ALPHA, coded(11, SlotValue(serial=of(ALPHA, index))), IMMEDIATE)
    assert office.states(ALPHA, index) == {"CLOSED"}
    marks = office.script.views[BRAVO].message(ALPHA, index)
    assert marks is not None
    assert [one["officer"] for one in marks["marks"]["disregarded"]] == [WATCH.officer]


def test_a_coded_query_takes_an_answer(office: Office) -> None:
    """An ANSWER to coded 01 is one to a query."""
    index = office.say(ALPHA, ask(), IMMEDIATE)
    answer = QueryAnswer(WATCH, of(ALPHA, index), AnswerCode.NOT_OURS, (SpeaksFor.OWN,))
    office.say(BRAVO, answer, IMMEDIATE)
    assert office.states(ALPHA, index) == {"ANSWERED"}


@pytest.mark.parametrize(
    ("message", "precedence", "told"),
    [
        (coded(99), FLASH, "99 is not in the code book"),
        (coded(2, PLACE), IMMEDIATE, "A warning is FLASH"),
        (ask(), Precedence.PRIORITY, "goes as IMMEDIATE"),
        (coded(2), FLASH, r"slots\[0\] \(place\) is missing"),
        (coded(2, SlotValue(count=3)), FLASH, r"\(place\) is no WORDS"),
        (coded(2, PLACE, SlotValue(), SlotValue()), FLASH, "slots are 3"),
        (coded(2, PLACE, book=bytes([1]) * 32), FLASH, "another code book"),
        (coded(2, PLACE, book=HASH), FLASH, "acts is NOTHING, in the code book WARNING"),
        (coded(2, SlotValue(words="here", count=3)), FLASH, "more than one value"),
        (coded(8, SlotValue(serial=of(BRAVO, 0)), SlotValue(at=5)), FLASH, "is over"),
        (coded(8, SlotValue(serial=of(ALPHA, 0)), SlotValue(at=2**42)), FLASH, "our own"),
        (coded(11, SlotValue(serial=of(BRAVO, 0))), FLASH, "only its author takes it back"),
        (coded(11, SlotValue(serial=of(ALPHA, 9))), FLASH, "no message"),
    ],
)
def test_a_coded_message_that_is_not_of_the_book_is_refused(
    office: Office, message: Coded, precedence: Precedence, told: str
) -> None:
    """The desk refuses it, names what is wrong, and says what to do."""
    with pytest.raises(OurError, match=told) as refused:
        office.say(ALPHA, message, precedence)
    assert refused.value.remedy or "acts" in told or "more than" in told


def test_a_line_without_a_code_book_has_no_coded_messages() -> None:
    """Where the Understanding names no book, or the node does not hold it, none is said."""
    with pytest.raises(OurError, match="has no code book"):
        Office(ALPHA, BRAVO, code_book=None).say(ALPHA, coded(2, PLACE), FLASH)
    office = Office(ALPHA, BRAVO)
    office.script.views[ALPHA].books = {}
    with pytest.raises(OurError, match="does not have the agreed code book"):
        office.say(ALPHA, coded(2, PLACE), FLASH)


def test_a_coded_message_is_short_or_refused(office: Office) -> None:
    """What would not go over the slowest circuit is refused, with what to shorten."""
    long = Coded(By("air-desk", "x" * 150), 2, (PLACE,), NO_BOOK)
    with pytest.raises(OurError, match="340 go over the slowest circuit"):
        office.say(ALPHA, long, FLASH)


def test_a_node_without_the_book_is_warned_all_the_same(office: Office) -> None:
    """Under an unknown book a coded warning is flagged, and its matter is open and loud."""
    office.script.views[BRAVO].books = {}
    index = office.say(ALPHA, coded(2, PLACE), FLASH)
    record = office.script.views[BRAVO].message(ALPHA, index)
    assert record is not None
    assert record["flags"] == ["UNKNOWN_BOOK"]
    assert office.states(ALPHA, index) == {"GIVEN"}


def test_a_counterparts_coded_message_that_does_not_fit_is_flagged(office: Office) -> None:
    """Another book is flagged as such; wrong values under the agreed one are in doubt."""
    other = Coded(WATCH, 2, (PLACE,), bytes([7]) * 32, Acts.WARNING)
    wrong = Coded(WATCH, 2, (SlotValue(count=1),), HASH, Acts.WARNING)
    flags = []
    for message in (other, wrong):
        index = office.script.say(ALPHA, message, precedence=int(FLASH))
        record = office.script.views[BRAVO].message(ALPHA, index)
        assert record is not None
        flags.append(record["flags"])
    assert flags == [["UNKNOWN_BOOK"], ["DOUBTFUL"]]


# --- corrections ---------------------------------------------------------------------------------


def query() -> Query:
    """Are these yours, about eight trucks."""
    seen = Sighting("trucks", 8)
    return Query(WATCH, Question.ARE_THESE_YOURS, objects=(seen,), place="2 km west of Shayrat")


def correction(index: int, field: str, old: str, new: str) -> Correction:
    """A correction of a message of Alpha's."""
    return Correction(WATCH, of(ALPHA, index), field, old, new, "Misread.")


def test_a_correction_stands_beside_the_original_and_is_read_back(office: Office) -> None:
    """The original stays; what is corrected is shown; the read-back is awaited and confirmed."""
    index = office.say(ALPHA, query(), IMMEDIATE)
    first = office.say(ALPHA, correction(index, "objects[0].count", "8", "80"), IMMEDIATE)
    office.say(
        ALPHA, correction(index, "place", "2 km west of Shayrat", "2 km east of Shayrat"), FLASH
    )
    for view in office.script.views.values():
        record = view.record(ALPHA, index)
        assert record is not None
        shown = corrected(view, record)
        assert shown["objects"][0]["count"] == 80
        assert shown["place"] == "2 km east of Shayrat"
        assert view.load(ALPHA, index, 1) == query()  # type: ignore[misc]
    assert office.states(ALPHA, first) == {"GIVEN"}
    assert [row["party"] for row in office.due(BRAVO, "read_back")] == [BRAVO, BRAVO]
    back = ReadBack(WATCH, of(ALPHA, first), ReadBackVerdict.I_READ_BACK, "80 trucks")
    office.say(BRAVO, back)
    assert office.states(ALPHA, first) == {"READ_BACK"}
    office.say(ALPHA, ReadBack(WATCH, of(ALPHA, first), ReadBackVerdict.CORRECT))
    assert office.states(ALPHA, first) == {"CONFIRMED"}


def test_a_correction_that_nobody_reads_back_is_told(office: Office) -> None:
    """After the agreed time for an answer the read-back is missing, on both sides."""
    index = office.say(ALPHA, query(), IMMEDIATE)
    first = office.say(ALPHA, correction(index, "objects[0].count", "8", "80"), IMMEDIATE)
    office.script.advance(office.script.now + HOUR)
    assert office.states(ALPHA, first) == {"NOT_READ_BACK"}


@pytest.mark.parametrize(
    ("field", "old", "new", "told"),
    [
        ("place", "elsewhere", "here", "is '2 km west of Shayrat', not 'elsewhere'"),
        ("objects[0].count", "8", "many", "'many' is no number"),
        ("objects[0].count", "8", "-1", "whole number"),
        ("objects[3].count", "8", "9", "no value"),
        ("objects", "8", "9", "not a single value"),
        ("nothing", "8", "9", "'nothing' of a QUERY is not corrected"),
        ("reply_by", "8", "9", "'reply_by' of a QUERY is not corrected"),
        ("place", "2 km west of Shayrat", "2 km west of Shayrat", "said already"),
    ],
)
def test_a_correction_that_does_not_fit_is_refused(
    office: Office, field: str, old: str, new: str, told: str
) -> None:
    """The old value is compared, and the new one must make a message that could be said."""
    index = office.say(ALPHA, query(), IMMEDIATE)
    with pytest.raises(OurError, match=told):
        office.say(ALPHA, correction(index, field, old, new), IMMEDIATE)


def test_only_the_author_corrects_and_a_notice_by_its_next_version(office: Office) -> None:
    """What stands for a place on the map is not corrected in words."""
    index = office.say(ALPHA, notice())
    with pytest.raises(OurError, match="volumes of a notice is not corrected") as refused:
        office.say(ALPHA, correction(index, "volumes[0].radius", "10 km", "9 km"))
    assert "notice replace" in refused.value.remedy
    with pytest.raises(OurError, match="only its author corrects it"):
        office.say(BRAVO, correction(index, "activity", "a", "b"))
    office.say(ALPHA, correction(index, "activity", "Two aircraft on patrol.", "Four aircraft."))
    slow = correction(office.say(ALPHA, query(), FLASH), "objects[0].count", "8", "80")
    with pytest.raises(OurError, match="its correction goes no slower"):
        office.say(ALPHA, slow)


def test_a_counterparts_correction_of_our_message_changes_nothing(office: Office) -> None:
    """It is on the record, flagged, and our message stands as we said it."""
    index = office.say(ALPHA, query(), IMMEDIATE)
    forged = office.script.say(BRAVO, correction(index, "place", "2 km west of Shayrat", "x"))
    view = office.script.views[ALPHA]
    record, bad = view.record(ALPHA, index), view.message(BRAVO, forged)
    assert record is not None
    assert bad is not None
    assert corrected(view, record)["place"] == "2 km west of Shayrat"
    assert bad["flags"] == ["DOUBTFUL"]


# --- query-acks ----------------------------------------------------------------------------------


def test_a_node_says_when_to_ask_and_doubles_the_time(office: Office) -> None:
    """Without a receipt after ten minutes, then twenty later, then forty; FLASH in a minute."""
    start = office.script.now
    index = office.script.say(ALPHA, Text(WATCH, "en", "Say again."), is_delivered=False)
    flash = office.script.say(
        ALPHA, Text(WATCH, "en", "Now."), is_delivered=False, precedence=int(FLASH)
    )
    rows = {row["matter"]: row["at"] for row in office.due(ALPHA, "query_ack")}
    serials = [office.script.views[ALPHA].serial(ALPHA, one) for one in (index, flash)]
    assert rows == {serials[0]: start + 10 * MINUTE, serials[1]: start + MINUTE}
    for step in (20, 40, 80):
        office.script.now += 11 * MINUTE
        asked_at = office.script.now
        office.script.say(ALPHA, QueryAck(WATCH, of(ALPHA, index)), is_delivered=False)
        rows = {row["matter"]: row["at"] for row in office.due(ALPHA, "query_ack")}
        assert rows[serials[0]] == asked_at + step * MINUTE


def test_what_is_asked_about_is_answered_by_reading_it(office: Office) -> None:
    """The other side is alarmed and owes a reading; READ ends both, and the asking."""
    index = office.say(ALPHA, Text(WATCH, "en", "Say again."))
    [row] = office.due(ALPHA, "query_ack")
    assert row["message"] == {"party": ALPHA, "epoch": 1, "index": index}
    assert row["at"] == office.script.views[ALPHA].record(ALPHA, index).at + 6 * HOUR  # type: ignore[union-attr]
    office.say(ALPHA, QueryAck(WATCH, of(ALPHA, index)))
    assert len(office.due(BRAVO, "asked")) == 1
    assert ("QUERY_ACK", "PRIORITY") in office.script.alarms(BRAVO)
    office.say(BRAVO, Read(WATCH, of(ALPHA, index)))
    assert office.due(BRAVO, "asked") == []
    assert office.due(ALPHA, "query_ack") == []
    [alarm] = [one for one in office.script.views[BRAVO].alarms() if one["name"] == "QUERY_ACK"]
    assert alarm["over_at"] is not None
    with pytest.raises(OurError, match="has read it"):
        office.say(ALPHA, QueryAck(WATCH, of(ALPHA, index)))


def test_only_our_own_messages_are_asked_about(office: Office) -> None:
    """A counterpart's message has arrived; a receipt by a person needs none."""
    index = office.say(BRAVO, Text(WATCH, "en", "Say again."))
    with pytest.raises(OurError, match="it has arrived"):
        office.say(ALPHA, QueryAck(WATCH, of(BRAVO, index)))
    read = office.say(ALPHA, Read(WATCH, of(BRAVO, index)))
    with pytest.raises(OurError, match="nobody reads out"):
        office.say(ALPHA, QueryAck(WATCH, of(ALPHA, read)))


def test_each_party_addressed_reads_for_itself() -> None:
    """With three parties it is asked until each of the two others has read."""
    office = Office(ALPHA, BRAVO, CHARLIE)
    index = office.say(ALPHA, Text(WATCH, "en", "Say again."))
    office.say(BRAVO, Read(WATCH, of(ALPHA, index)))
    assert len(office.due(ALPHA, "query_ack")) == 1
    office.say(CHARLIE, Read(WATCH, of(ALPHA, index)))
    assert office.due(ALPHA, "query_ack") == []


# --- passing on ----------------------------------------------------------------------------------


def passed(index: int, level: Level, at: int) -> PassedOn:
    """That a message of Alpha's was passed on."""
    return PassedOn(WATCH, of(ALPHA, index), level, at, "battery at Shayrat")


def passing(office: Office, name: str, index: int) -> dict[str, Any] | None:
    """What is expected of a message of Alpha's, as one node has it."""
    view = office.script.views[name]
    record = view.record(ALPHA, index)
    assert record is not None
    return view.talk.passing(record)


def not_passed_on(office: Office, name: str) -> list[tuple[str, bool]]:
    """Which serials are alarmed as not passed on at a node, and whether it is over."""
    alarms = office.script.views[name].alarms()
    named = [one for one in alarms if one["name"] == "NOT_PASSED_ON"]
    return [(one["facts"]["serial"], one["over_at"] is not None) for one in named]


PROTECTED = site(is_protected=True, function="hospital")


def test_what_is_not_passed_on_is_shown_and_alarmed(office: Office) -> None:
    """A protected site: both see who has not passed it on, and the alarm, until it is done."""
    said_at = office.script.now
    index = office.script.say(ALPHA, add(PROTECTED), precedence=int(Precedence.PRIORITY))
    by_at = said_at + 3 * HOUR
    for name in (ALPHA, BRAVO):
        assert passing(office, name, index) == {
            "by_at": by_at,
            "level": "UNIT",
            "not_passed_on": [BRAVO],
        }
    assert [row["at"] for row in office.due(BRAVO, "passed_on")] == [by_at]
    office.script.advance(said_at + MINUTE)
    office.say(BRAVO, passed(index, Level.HEADQUARTERS, office.script.now))
    office.script.advance(by_at - 1)
    assert not_passed_on(office, ALPHA) == []
    office.script.advance(by_at)
    for name in (ALPHA, BRAVO):
        assert not_passed_on(office, name) == [(f"ALPHA-{index:04}", False)]
        assert ("NOT_PASSED_ON", "IMMEDIATE") in office.script.alarms(name)
    office.say(BRAVO, passed(index, Level.CREW, office.script.now))
    for name in (ALPHA, BRAVO):
        assert not_passed_on(office, name) == [(f"ALPHA-{index:04}", True)]
        found = passing(office, name, index)
        assert found is not None
        assert found["not_passed_on"] == []
    shown = office.script.views[ALPHA].message(ALPHA, index)
    assert shown is not None
    assert [one["said"] for one in shown["marks"]["passed_on"]] == ["HEADQUARTERS", "CREW"]


def test_a_movement_is_passed_on_before_it_begins(office: Office) -> None:
    """Its start counts where that is sooner than an answer; one at once has five minutes."""
    now = office.script.now
    later = office.script.say(ALPHA, convoy("A-M-1", now + HOUR, tolerance_ms=0))
    at_once = office.script.say(ALPHA, convoy("A-M-2", now + MINUTE, tolerance_ms=0))
    found = [passing(office, BRAVO, index) for index in (later, at_once)]
    assert [one and one["by_at"] for one in found] == [now + HOUR, now + 5 * MINUTE]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (add(PROTECTED), remove((PROTECTED.site_id, 2))),
        (add(PROTECTED), change(replace(PROTECTED, version=2, is_protected=False))),
        (
            convoy("A-M-1", EVENING + 9 * HOUR),
            convoy("A-M-1", version=2, operation=Operation.CANCEL, route=()),
        ),
    ],
    ids=["removed", "no longer protected", "cancelled"],
)
def test_what_is_over_need_not_be_passed_on(office: Office, first: Message, then: Message) -> None:
    """Nothing is due any more, and an alarm that stands is over, on both nodes."""
    index = office.script.say(ALPHA, first, precedence=int(Precedence.FLASH))
    office.script.advance(office.script.now + 5 * MINUTE)
    assert not_passed_on(office, BRAVO) == [(f"ALPHA-{index:04}", False)]
    office.script.say(ALPHA, then)
    for name in (ALPHA, BRAVO):
        assert not_passed_on(office, name) == [(f"ALPHA-{index:04}", True)]
        assert passing(office, name, index) is None
    assert office.due(BRAVO, "passed_on") == []


def test_a_new_version_is_passed_on_anew(office: Office) -> None:
    """The message of the newest version is expected, with its own time; the old one is not."""
    first = office.script.say(ALPHA, add(PROTECTED))
    office.script.advance(office.script.now + HOUR)
    moved = replace(PROTECTED, version=2, radius_m=900)
    second = office.script.say(ALPHA, change(moved), precedence=int(Precedence.PRIORITY))
    assert passing(office, BRAVO, first) is None
    found = passing(office, BRAVO, second)
    assert found is not None
    assert found["by_at"] == office.script.now + 3 * HOUR


def test_a_list_is_passed_on_as_long_as_one_entry_of_it_holds(office: Office) -> None:
    """One message about two sites is expected once, until both are off the list."""
    other = replace(PROTECTED, site_id="A-S-2")
    index = office.script.say(ALPHA, add(PROTECTED, other))
    assert len(office.due(BRAVO, "passed_on")) == 1
    office.script.say(ALPHA, remove((PROTECTED.site_id, 2)))
    assert passing(office, BRAVO, index) is not None
    office.script.say(ALPHA, remove((other.site_id, 2)))
    assert passing(office, BRAVO, index) is None


def test_a_movement_that_is_over_need_not_be_passed_on(office: Office) -> None:
    """With the end of its window it ends, and its alarm with it."""
    start = office.script.now + HOUR
    index = office.script.say(ALPHA, convoy("A-M-1", start))
    office.script.advance(start)
    assert not_passed_on(office, BRAVO) == [(f"ALPHA-{index:04}", False)]
    office.script.advance(start + 3 * HOUR)
    assert not_passed_on(office, BRAVO) == [(f"ALPHA-{index:04}", True)]
    assert office.due(BRAVO, "passed_on") == []


def test_a_presence_site_and_a_notice_need_not_be_passed_on(office: Office) -> None:
    """Only what protects, and what is under way among others, is waited for."""
    office.script.say(ALPHA, add(site()))
    office.script.say(ALPHA, notice())
    assert office.due(BRAVO, "passed_on") == []


def test_who_floods_is_not_waited_for_beyond_the_bound(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Further messages of a party that must be passed on are flagged; another's are kept."""
    monkeypatch.setattr("openline.engine.talk_view.PASSING_KEPT", 2)
    start = office.script.now + HOUR
    said = [office.script.say(ALPHA, convoy(f"A-M-{n}", start)) for n in range(3)]
    assert [passing(office, BRAVO, index) is None for index in said] == [False, False, True]
    record = office.script.views[BRAVO].record(ALPHA, said[2])
    assert record is not None
    assert "OVER_CAP" in flag_names(record.flags)
    office.script.say(BRAVO, convoy("B-M-1", start))
    assert len(office.due(ALPHA, "passed_on")) == 1


def test_what_must_be_passed_on_survives_a_restart() -> None:
    """A node that comes back has the same due, and the same alarm, as before it was killed."""
    region = standing(make_parties(reference_points=()))
    later = {"listed_at": START, "valid_until": START + 90 * 24 * HOUR}
    said = add(replace(PROTECTED, **later))
    region.say(ALPHA, "", message=said, precedence=Precedence.FLASH)
    region.pump()

    def rows() -> list[dict[str, Any]]:
        return [one for one in region.line_of(BRAVO).view.due() if one["clock"] == "passed_on"]

    before = rows()
    assert len(before) == 1
    region.restart(BRAVO)
    region.connect_all()
    region.pump()
    assert rows() == before
    region.pass_time(6 * MINUTE)
    region.restart(BRAVO)
    region.connect_all()
    region.pump()
    region.pass_time(MINUTE)
    alarms = region.line_of(BRAVO).view.alarms()
    assert [one["facts"]["serial"] for one in alarms if one["name"] == "NOT_PASSED_ON"] == [
        "ALPHA-0001"
    ]


def test_what_was_not_received_or_lies_ahead_was_not_passed_on(office: Office) -> None:
    """The time of passing on lies between the receipt and now, and the message is theirs."""
    index = office.say(ALPHA, notice())
    now = office.script.now
    for at, told in ((now + MINUTE, "is to come"), (now - HOUR, "was received at")):
        with pytest.raises(OurError, match=told):
            office.say(BRAVO, passed(index, Level.UNIT, at))
    with pytest.raises(OurError, match="our own message"):
        office.say(ALPHA, passed(index, Level.UNIT, now))


# --- translations --------------------------------------------------------------------------------


def translated(index: int, **changes: Any) -> LaterTranslation:
    """A Russian translation of a message of Alpha's."""
    plain = {"language": "ru", "text": "Повторите.", "translator": "Lt. Petrova", **changes}
    return LaterTranslation(WATCH, of(ALPHA, index), **plain)


def test_a_gist_leaves_a_message_with_the_linguists(office: Office) -> None:
    """It waits for a linguist until a person has made, reviewed or certified a translation."""
    index = office.say(ALPHA, Text(WATCH, "en", "Say again."))
    view = office.script.views[BRAVO]
    assert [one["index"] for one in view.untranslated("ru")] == [index]
    office.say(BRAVO, translated(index, translator="program 4", is_machine=True))
    assert [one["index"] for one in view.untranslated("ru")] == [index]
    office.say(BRAVO, translated(index, is_machine=True, reviewed_by="Maj. Haddad"))
    assert view.untranslated("ru") == []
    shown = view.message(ALPHA, index)
    assert shown is not None
    assert [len(shown["marks"][name]) for name in ("gist", "translated")] == [1, 1]
    assert view.untranslated("en") == []


def test_only_free_words_in_another_language_are_translated(office: Office) -> None:
    """A translation names a message with words, is in another language, and certified by others."""
    index = office.say(ALPHA, Text(WATCH, "en", "Say again."))
    read = office.say(BRAVO, Read(WATCH, of(ALPHA, index)))
    with pytest.raises(OurError, match="in that language"):
        office.say(ALPHA, translated(index, language="en"))
    with pytest.raises(OurError, match="without free words"):
        office.say(
            ALPHA, LaterTranslation(WATCH, of(BRAVO, read), "ru", "Прочтено.", "Lt. Petrova")
        )
    with pytest.raises(OurError, match="is the translator"):
        office.say(ALPHA, translated(index, certified_by="lt. petrova"))
