"""Messages in views: order, marks, flags, serials, receipts, size."""

import gc
import json
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.limits import MARKS_PER_MESSAGE_MAX
from openline.domain.party import Precedence
from openline.domain.record.checkpoint import Checkpoint
from openline.domain.talk.body import By
from openline.domain.talk.check import LineCheck, LineCheckReply
from openline.domain.talk.keys import KeyRevoke, KeyRole
from openline.domain.talk.message import Unreadable
from openline.domain.talk.receipt import Read, ReadBack, ReadBackVerdict
from openline.domain.talk.response import Answer, Response
from openline.engine.views import Applied, View
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, LINE, SeededSigner
from tests.engine.views_script import DELAY_MS, EVENING, MINUTE, WATCH, Script, notice, of, text
from tests.house.tree import ROOT

AT_BRAVO = EVENING + DELAY_MS


@pytest.fixture
def script() -> Script:
    return Script().adopt()


def message(script: Script, name: str, party: str, index: int) -> dict[str, Any]:
    shown = script.views[name].message(party, index)
    assert shown is not None
    return shown


def flags(script: Script, name: str, party: str, index: int) -> list[str]:
    found: list[str] = message(script, name, party, index)["flags"]
    return found


# --- what is listed ------------------------------------------------------------------------------


def test_a_text(script: Script) -> None:
    """A text shows who said it, how fast, when, and when it was recorded."""
    index = script.say(ALPHA, text(), precedence=int(Precedence.PRIORITY))
    shown = message(script, ALPHA, ALPHA, index)
    assert (shown["serial"], shown["kind"], shown["kind_number"]) == ("ALPHA-0001", "TEXT", 10)
    assert (shown["precedence"], shown["recipients"]) == ("PRIORITY", [BRAVO])
    assert shown["by"] == {"post": "air-desk", "officer": "Maj A. Weaver"}
    assert (shown["recorded_at"], shown["received_at"]) == (EVENING, None)
    assert shown["flags"] == []


def test_both_sides_show_the_same_message(script: Script) -> None:
    """Author and receiver show the same message, each with its own times."""
    index = script.say(ALPHA, text())
    ours, theirs = (message(script, name, ALPHA, index) for name in (ALPHA, BRAVO))
    assert (theirs["recorded_at"], theirs["received_at"]) == (None, AT_BRAVO)
    assert theirs["circuit"] == "primary"
    own_words = {"position", "recorded_at", "received_at", "circuit", "marks"}
    assert {k: v for k, v in ours.items() if k not in own_words} == {
        k: v for k, v in theirs.items() if k not in own_words
    }


def test_positions_follow_the_order_of_commits(script: Script) -> None:
    """Messages are numbered as they became durable here, and read in pages."""
    for number in range(5):
        script.say((ALPHA, BRAVO)[number % 2], text(f"number {number}"))
    view = script.views[ALPHA]
    first, rest = view.messages(0, 4), view.messages(4, 100)
    assert [one["position"] for one in first + rest] == [1, 2, 3, 4, 5, 6, 7]
    assert [one["serial"] for one in rest] == ["ALPHA-0002", "BRAVO-0002", "ALPHA-0003"]
    assert view.messages(7) == []


def test_everything_is_plain_json(script: Script) -> None:
    """Whatever a view shows can be written as JSON and read again unchanged."""
    script.say(ALPHA, notice(), precedence=int(Precedence.FLASH))
    script.say(BRAVO, notice("B-1"))
    script.say(BRAVO, Response(WATCH, of(ALPHA, 1), Answer.HOLDING, "", "en", EVENING + MINUTE))
    for view in script.views.values():
        shown = [view.messages(), view.notices(False), view.conflicts(), view.alarms()]
        shown += [view.declared(EVENING), view.declarations(EVENING), view.checks(EVENING)]
        assert json.loads(json.dumps(shown)) == shown


def test_serials_tell_parties_apart() -> None:
    """Two parties with one first label are called by their whole names."""
    script = Script("air.alpha.example", "air.bravo.example").adopt()
    view = script.views["air.alpha.example"]
    assert view.serial("air.bravo.example", 7) == "AIR.BRAVO.EXAMPLE-0007"
    assert view.locate("AIR.BRAVO.EXAMPLE-0007") == ("air.bravo.example", 7)


@pytest.mark.parametrize(
    ("serial", "place"),
    [
        ("ALPHA-0012", (ALPHA, 12)),
        ("bravo-3", (BRAVO, 3)),
        ("alpha.example/12", (ALPHA, 12)),
        ("DELTA-0012", None),
        ("ALPHA", None),
        ("ALPHA-", None),
        ("ALPHA-12x", None),
        ("ALPHA-\u0663", None),
    ],
)
def test_locate(script: Script, serial: str, place: tuple[str, int] | None) -> None:
    """A serial as people write it names one message, and nothing else does."""
    assert script.views[ALPHA].locate(serial) == place


def test_a_second_outbox_has_serials_of_its_own(script: Script) -> None:
    """After a new epoch the same index names the message of the newer outbox."""
    script.say(ALPHA, text("first outbox"))
    script.say(ALPHA, text("second outbox"), epoch=2, index=1)
    shown = message(script, BRAVO, ALPHA, 1)
    assert shown["epoch"] == 2
    assert [one["epoch"] for one in script.views[BRAVO].messages()][-2:] == [1, 2]


# --- delivered -----------------------------------------------------------------------------------


def test_delivered_is_the_first_receipt_that_covers_it() -> None:
    """A message is delivered by the first receipt over it, not by a later one."""
    script = Script().adopt()
    for _ in range(3):
        script.say(ALPHA, text(), is_delivered=False)
    view = script.views[ALPHA]
    view.receipted(BRAVO, 3, EVENING + 1_000)
    view.receipted(BRAVO, 3, EVENING + 2_000)
    view.receipted(BRAVO, 4, EVENING + 3_000)
    view.receipted(BRAVO, 2, EVENING + 4_000)
    delivered = [message(script, ALPHA, ALPHA, n)["marks"]["delivered"] for n in (1, 2, 3)]
    assert delivered == [
        {BRAVO: EVENING + 1_000},
        {BRAVO: EVENING + 1_000},
        {BRAVO: EVENING + 3_000},
    ]


def test_a_receipt_is_shown_once(script: Script) -> None:
    """A receipt that covers nothing new shows nothing."""
    script.say(ALPHA, text(), is_delivered=False)
    view = script.views[ALPHA]
    shows = view.receipted(BRAVO, 2, EVENING + 1_000)
    assert [(show.name, show.line) for show in shows] == [("delivered", LINE)]
    assert shows[0].data == {"party": BRAVO, "from": 1, "until": 2, "at": EVENING + 1_000}
    assert view.receipted(BRAVO, 2, EVENING + 2_000) == []


def test_a_receipt_in_whole_seconds_is_not_before_the_message(script: Script) -> None:
    """A cosignature's time, cut to the second, never shows before the recording."""
    script.now += 700
    script.say(ALPHA, text(), is_delivered=False)
    script.views[ALPHA].receipted(BRAVO, 2, EVENING)
    assert message(script, ALPHA, ALPHA, 1)["marks"]["delivered"] == {BRAVO: EVENING + 700}


def test_each_counterpart_is_marked_for_itself() -> None:
    """With three parties each receipt shows under its own party."""
    script = Script(ALPHA, BRAVO, CHARLIE).adopt()
    script.say(ALPHA, text(), is_delivered=False)
    view = script.views[ALPHA]
    view.receipted(CHARLIE, 2, EVENING + 5_000)
    assert message(script, ALPHA, ALPHA, 1)["marks"]["delivered"] == {CHARLIE: EVENING + 5_000}


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 10_000)), max_size=40))
def test_receipts_never_shrink(receipts: list[tuple[int, int]]) -> None:
    """Whatever receipts come, delivered messages stay so, at the time first shown."""
    script = Script()
    view = script.views[ALPHA]
    for _ in range(40):
        script.say(ALPHA, text(), is_delivered=False)
    seen: dict[int, int] = {}
    for size, after_ms in receipts:
        view.receipted(BRAVO, size, EVENING + after_ms)
        for index in range(40):
            at = message(script, ALPHA, ALPHA, index)["marks"]["delivered"].get(BRAVO)
            assert (at is not None) == (index in seen or index < size)
            if at is not None:
                assert seen.setdefault(index, at) == at


# --- read, read back, answered -------------------------------------------------------------------


def test_marks_by_people(script: Script) -> None:
    """Reading, reading back and answering are marked with the officer who did it."""
    index = script.say(ALPHA, notice())
    script.now += MINUTE
    script.say(BRAVO, Read(WATCH, of(ALPHA, index)))
    script.say(BRAVO, ReadBack(WATCH, of(ALPHA, index), ReadBackVerdict.I_READ_BACK, "FL100-200"))
    script.say(ALPHA, ReadBack(WATCH, of(ALPHA, index), ReadBackVerdict.CORRECT))
    until = script.now + 5 * MINUTE
    script.say(BRAVO, Response(WATCH, of(ALPHA, index), Answer.HOLDING, holding_until=until))
    for name in (ALPHA, BRAVO):
        marks = message(script, name, ALPHA, index)["marks"]
        assert [(mark["party"], mark["officer"]) for mark in marks["read"]] == [
            (BRAVO, "Maj A. Weaver")
        ]
        assert [(mark["party"], mark["said"]) for mark in marks["read_back"]] == [
            (BRAVO, "I_READ_BACK"),
            (ALPHA, "CORRECT"),
        ]
        assert [(mark["said"], mark["until"]) for mark in marks["answered"]] == [("HOLDING", until)]
    read = message(script, ALPHA, ALPHA, index)["marks"]["read"][0]
    assert (read["at"], read["received_at"]) == (EVENING + MINUTE, EVENING + MINUTE + DELAY_MS)
    assert read["serial"] == "BRAVO-0001"


def test_a_receipt_by_a_person_names_what_it_is_about(script: Script) -> None:
    """A reading shows as a reply to the message read."""
    index = script.say(ALPHA, text())
    read = script.say(BRAVO, Read(WATCH, of(ALPHA, index)))
    reply_to = message(script, ALPHA, BRAVO, read)["reply_to"]
    assert reply_to == {"party": ALPHA, "index": index, "serial": "ALPHA-0001"}


def test_nobody_reads_their_own_message(script: Script) -> None:
    """A party's receipt for its own message marks nothing."""
    index = script.say(BRAVO, text())
    script.say(BRAVO, Read(WATCH, of(BRAVO, index)))
    script.say(BRAVO, Response(WATCH, of(BRAVO, index), Answer.NOTED))
    script.say(BRAVO, ReadBack(WATCH, of(BRAVO, index), ReadBackVerdict.I_READ_BACK, "x"))
    script.say(ALPHA, ReadBack(WATCH, of(BRAVO, index), ReadBackVerdict.CORRECT))
    marks = message(script, ALPHA, BRAVO, index)["marks"]
    assert (marks["read"], marks["read_back"], marks["answered"]) == ([], [], [])


def test_a_mark_waits_for_its_message() -> None:
    """A reading that comes before the third party's message is shown when that comes."""
    script = Script(ALPHA, BRAVO, CHARLIE).adopt()
    header = script.header(BRAVO, text())
    script.say(CHARLIE, Read(WATCH, of(BRAVO, header.index)))
    view = script.views[ALPHA]
    assert view.message(BRAVO, header.index) is None
    view.apply(Applied(header, text(), EVENING, "primary"), live=True)
    marks = message(script, ALPHA, BRAVO, header.index)["marks"]
    assert [mark["party"] for mark in marks["read"]] == [CHARLIE]


def test_nobody_reads_what_was_not_said_yet(script: Script) -> None:
    """A reading that a counterpart gives ahead of our message counts for nothing, and is flagged.

    What we have back after a loss was said before it was read: that reading counts.
    """
    ahead = script.say(BRAVO, Read(WATCH, of(ALPHA, script.sizes[ALPHA])))
    header = script.header(ALPHA, text())
    script.advance(script.now + MINUTE)
    index = script.say(ALPHA, text())
    assert message(script, ALPHA, ALPHA, index)["marks"]["read"] == []
    assert message(script, ALPHA, BRAVO, ahead)["flags"] == ["DOUBTFUL"]
    script.say(BRAVO, Read(WATCH, of(ALPHA, index)))
    assert len(message(script, ALPHA, ALPHA, index)["marks"]["read"]) == 1

    lost = View(ALPHA, script.understanding)
    for one in script.applied[ALPHA]:
        if one.envelope_header.party == BRAVO:
            lost.apply(one, live=True)
    back = replace(header, at=script.now - 2 * MINUTE)
    lost.apply(Applied(back, text(), back.at, ""), live=True)
    shown = lost.message(ALPHA, index)
    assert shown is not None
    assert len(shown["marks"]["read"]) == 2


def test_marks_are_bounded(script: Script) -> None:
    """A counterpart that reads a message for ever fills no memory."""
    index = script.say(ALPHA, text())
    for number in range(MARKS_PER_MESSAGE_MAX + 10):
        script.say(BRAVO, Read(By("air-desk", f"Lt {number}"), of(ALPHA, index)))
    assert len(message(script, ALPHA, ALPHA, index)["marks"]["read"]) == MARKS_PER_MESSAGE_MAX


def test_a_line_check_is_answered(script: Script) -> None:
    """The reply to a line check marks it with the readability."""
    index = script.say(ALPHA, LineCheck(WATCH, 1))
    script.say(BRAVO, LineCheckReply(WATCH, 1, 4), reply_to=(ALPHA, index))
    answered = message(script, ALPHA, ALPHA, index)["marks"]["answered"]
    assert [(mark["party"], mark["said"]) for mark in answered] == [(BRAVO, "4")]


# --- flags ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late_ms", "expected"),
    [
        (0, []),
        (-2_000, []),
        (-2_001, ["BACKDATED"]),
        (DELAY_MS + 2_000, []),
        (DELAY_MS + 2_001, ["POSTDATED"]),
    ],
)
def test_time_of_the_author(script: Script, late_ms: int, expected: list[str]) -> None:
    """A time outside the tolerance of what can be is flagged, to the millisecond."""
    script.say(BRAVO, text("the one before"))
    index = script.say(BRAVO, text(), at=EVENING + late_ms)
    assert flags(script, ALPHA, BRAVO, index) == expected


def test_a_time_in_the_future_taints_nothing_else(script: Script) -> None:
    """After a message dated 2099 the next one with a true time is not flagged."""
    first = script.say(BRAVO, text(), at=4_070_908_800_000)
    second = script.say(BRAVO, text())
    assert flags(script, ALPHA, BRAVO, first) == ["POSTDATED"]
    assert flags(script, ALPHA, BRAVO, second) == []


def test_a_message_long_under_way_is_not_flagged(script: Script) -> None:
    """A message that a courier brings after hours keeps its time without a flag."""
    header = script.header(BRAVO, text())
    at = EVENING + 5 * 60 * MINUTE
    script.views[ALPHA].apply(Applied(header, text(), at, "courier"), live=True)
    assert flags(script, ALPHA, BRAVO, header.index) == []


def test_dated_before_what_it_had_seen(script: Script) -> None:
    """A message that names our last one is not older than that."""
    script.say(ALPHA, text())
    seen = (Checkpoint(f"{ALPHA}/{LINE}/out", 2, bytes(32)),)
    index = script.say(BRAVO, text(), at=EVENING - 60 * MINUTE, heads=seen)
    assert flags(script, ALPHA, BRAVO, index) == ["BACKDATED"]
    assert flags(script, BRAVO, BRAVO, index) == []


def test_a_flash_ahead_of_the_log_backdates_nothing(script: Script) -> None:
    """What comes behind a FLASH that overtook it is not called backdated."""
    late = script.header(BRAVO, text())
    flash = script.header(BRAVO, text(), index=late.index + 1, at=EVENING + 3 * MINUTE)
    view = script.views[ALPHA]
    view.apply(Applied(flash, text(), EVENING + 3 * MINUTE, "primary"), live=True)
    view.apply(Applied(late, text(), EVENING + 4 * MINUTE, "primary"), live=True)
    assert flags(script, ALPHA, BRAVO, late.index) == []
    assert flags(script, ALPHA, BRAVO, flash.index) == []


def test_unreadable_content_is_shown(script: Script) -> None:
    """A message of an unknown kind is listed and flagged like any other."""
    index = script.say(BRAVO, Unreadable(77, {1: "?"}, "Kind 77 is not known to this program."))
    shown = message(script, ALPHA, BRAVO, index)
    assert (shown["kind"], shown["flags"], shown["by"]) == ("KIND_77", ["UNREADABLE"], None)


def test_doubtful_words_are_flagged(script: Script) -> None:
    """A direction control in a counterpart's text is flagged; the text stays."""
    index = script.say(BRAVO, text("turn \u202eleft"))
    assert flags(script, ALPHA, BRAVO, index) == ["DOUBTFUL"]
    assert flags(script, BRAVO, BRAVO, index) == []


def test_what_a_revoked_key_signed_is_not_trusted(script: Script) -> None:
    """A revocation flags what its author said from the given entry on."""
    for _ in range(4):
        script.say(BRAVO, text())
    keys = SeededSigner("the next node key").public
    script.say(BRAVO, KeyRevoke(WATCH, KeyRole.NODE, bytes(8), 3, "The laptop is lost.", keys))
    after = script.say(BRAVO, text())
    found = [flags(script, ALPHA, BRAVO, index) for index in range(1, after + 1)]
    assert found == [[], [], ["NOT_TRUSTED"], ["NOT_TRUSTED"], [], []]


def test_distrust(script: Script) -> None:
    """The engine can flag everything a party said from an entry on."""
    for _ in range(3):
        script.say(BRAVO, text())
    shows = script.views[ALPHA].distrust(BRAVO, 2)
    assert [show.data["serial"] for show in shows] == ["BRAVO-0002", "BRAVO-0003"]
    assert script.views[ALPHA].distrust(BRAVO, 2) == []


# --- laws ----------------------------------------------------------------------------------------


def test_a_second_time_changes_nothing(script: Script) -> None:
    """The same messages again, in any repetition, change nothing and show nothing."""
    script.say(ALPHA, notice(), precedence=int(Precedence.FLASH))
    script.say(BRAVO, Read(WATCH, of(ALPHA, 1)))
    script.say(BRAVO, Response(WATCH, of(ALPHA, 1), Answer.NOTED))
    for name, view in script.views.items():
        before = [view.messages(), view.notices(False), view.alarms()]
        for applied in script.applied[name]:
            assert view.apply(applied, live=True) == []
        assert [view.messages(), view.notices(False), view.alarms()] == before


@given(st.data())
def test_a_replay_gives_the_same_view(data: st.DataObject) -> None:
    """The same messages in the same order give the same view, shown or not."""
    script = Script().adopt()
    for number in range(data.draw(st.integers(0, 12))):
        script.now += data.draw(st.sampled_from((0, 1_000, 90 * MINUTE)))
        party = data.draw(st.sampled_from((ALPHA, BRAVO)))
        other = BRAVO if party == ALPHA else ALPHA
        about = of(other, data.draw(st.integers(0, 6)))
        said = data.draw(
            st.sampled_from(
                (
                    text(),
                    notice(f"N-{number}"),
                    Read(WATCH, about),
                    Response(WATCH, about, Answer.NOTED),
                )
            )
        )
        script.say(party, said, precedence=data.draw(st.sampled_from((0, 3))))
    for name, view in script.views.items():
        again = View(name, script.understanding)
        for applied in script.applied[name]:
            assert again.apply(applied, live=False) == []
        last = script.now + DELAY_MS
        view.advance(last)
        again.advance(last)
        assert [one["marks"]["read"] for one in again.messages()] == [
            one["marks"]["read"] for one in view.messages()
        ]
        assert again.conflicts(False) == view.conflicts(False)
        assert again.alarms() == view.alarms()


def bytes_for_each(count: int) -> float:
    """What a message takes in a view that holds so many of them."""
    script = Script()
    view = script.views[ALPHA]
    gc.collect()
    tracemalloc.start()
    for number in range(count):
        words = text(f"Nothing to report, number {number}.")
        header = script.header(BRAVO, words, index=number, at=EVENING + number)
        view.apply(Applied(header, words, EVENING + 1_000 + number, "primary"), live=False)
        view.receipted(BRAVO, number, EVENING + number)
    del header, words
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / count


def test_a_hundred_thousand_messages_are_small() -> None:
    """A message without its words takes less than 600 bytes in a view."""
    # In a process of its own: nodes of other tests may run in this one.
    measure = f"from {__name__} import bytes_for_each as measure; print(measure(5_000))"
    done = subprocess.run(
        [sys.executable, "-c", measure], cwd=ROOT, capture_output=True, check=True
    )
    assert float(done.stdout) < 600
