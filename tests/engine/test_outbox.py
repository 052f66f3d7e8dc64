"""The outbox: delivery, receipts, precedence, and what is sent again."""

import pytest

from openline.domain.limits import FRAME_ENTRIES_MAX, FRAME_SIZE_BYTES_MAX
from openline.domain.party import Precedence
from openline.domain.record.cosignature import verify_cosignature
from openline.domain.record.note import parse_note
from openline.domain.talk.body import Reference
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.engine.effects import Send
from openline.engine.frames import Entries, Receipt, Urgent, decode_frame
from openline.engine.peer import WINDOW_ENTRIES
from openline.engine.ports import StoredEntry
from tests.engine.copies import MANY, shown_delivered
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, make_parties
from tests.engine.region import WATCH, Carried, Region, standing


def marks(region: Region, party: str, of: str, index: int) -> dict:
    """The marks of one message as a party's node shows them."""
    message = region.line_of(party).view.message(of, index)
    assert message is not None
    return message["marks"]


def indexes(region: Region, party: str, of: str) -> list[int]:
    """The messages of one party, in the order in which a node took them in."""
    shown = region.line_of(party).view.messages(0, MANY)
    return [message["index"] for message in shown if message["party"] == of]


def test_a_message_is_delivered_when_its_receipt_is_held() -> None:
    """A message is shown as delivered only when the counterpart's receipt came back."""
    region = standing(make_parties())
    index = region.say(ALPHA, "strike at 0340Z")
    assert marks(region, ALPHA, ALPHA, index)["delivered"] == {}
    region.pump()
    assert list(marks(region, ALPHA, ALPHA, index)["delivered"]) == [BRAVO]
    assert region.line_of(ALPHA).delivered == index + 1


def test_the_receipt_is_a_cosignature_over_the_head_that_is_kept() -> None:
    """What is kept as a receipt is a whole note that the counterpart's mirror key verifies."""
    region = standing(make_parties())
    index = region.say(ALPHA, "strike at 0340Z")
    region.pump()
    line = region.line_of(ALPHA)
    kept = line.store.last_head(line.outbox.origin, BRAVO)
    assert kept is not None
    size, text = kept
    assert size == index + 1
    keys = region.stations[BRAVO].keys.current("mirror").public
    head = line.outbox.checkpoint(size)
    note = parse_note(text)
    assert note.text == head.text()
    at_s = verify_cosignature(head, note.signatures, f"{BRAVO}/mirror", keys)
    assert at_s == region.now // 1_000


def test_marks_are_told_apart() -> None:
    """Delivery is a machine's mark; reading and answering are marks of a named officer."""
    region = standing(make_parties())
    index = region.say(ALPHA, "strike at 0340Z")
    region.pump()
    assert marks(region, ALPHA, ALPHA, index)["read"] == []
    region.say(BRAVO, "", message=Read(WATCH, Reference(ALPHA, index)))
    region.say(BRAVO, "", message=Response(WATCH, Reference(ALPHA, index), Answer.NOTED, "", "en"))
    region.pump()
    for party in (ALPHA, BRAVO):
        shown = marks(region, party, ALPHA, index)
        assert [mark["officer"] for mark in shown["read"]] == ["Lt Ivanova"]
        assert [mark["said"] for mark in shown["answered"]] == ["NOTED"]


def test_what_is_said_in_one_turn_has_one_head_and_one_receipt() -> None:
    """A batch costs one frame, one head and one receipt, and the loudest goes first."""
    region = standing(make_parties())
    region.is_recording = True
    region.say_many(ALPHA, [f"row {number}" for number in range(100)])
    region.pump()
    frames = [decode_frame(carried.frame) for carried in region.recorded]
    assert len([frame for frame in frames if isinstance(frame, Entries)]) == 1
    receipts = [frame for frame in frames if isinstance(frame, Receipt)]
    assert len([one for one in receipts if one.origin == f"{ALPHA}/{region.line}/out"]) == 1
    assert indexes(region, BRAVO, ALPHA) == list(range(101))


def test_frames_keep_their_bounds() -> None:
    """A backlog of large messages is cut into frames within both bounds, in order."""
    region = standing(make_parties())
    region.cut_all()
    region.say_many(ALPHA, ["x" * 16_000 for _ in range(200)])
    region.say_many(ALPHA, [f"row {number}" for number in range(1_200)])
    region.is_recording = True
    region.connect(ALPHA, BRAVO)
    region.pump()
    frames = [carried.frame for carried in region.recorded]
    assert max(map(len, frames)) <= FRAME_SIZE_BYTES_MAX
    counts = [len(f.entries) for f in map(decode_frame, frames) if isinstance(f, Entries)]
    assert max(counts) <= FRAME_ENTRIES_MAX
    assert sum(counts) == 1_400
    assert indexes(region, BRAVO, ALPHA) == list(range(1_401))


def test_a_window_bounds_what_is_under_way() -> None:
    """No more than a window of entries is under way before a receipt comes back."""
    region = standing(make_parties())
    region.cut_all()
    for _ in range(5):
        region.say_many(ALPHA, ["row"] * 1_000)
    region.connect(ALPHA, BRAVO)
    peer = region.line_of(ALPHA).peers[BRAVO]
    for _ in range(3):
        region.turn(ALPHA)
        region.turn(BRAVO)
        region.deliver()
        assert peer.sent - peer.held <= WINDOW_ENTRIES + FRAME_ENTRIES_MAX
    region.pump()
    assert region.line_of(BRAVO).mirrors[ALPHA].size == 5_001


class TestFlash:
    """A FLASH is never behind anything."""

    @staticmethod
    def behind_backlog() -> Region:
        """Alpha has 5,000 entries to send on slow circuits, and then a FLASH."""
        region = standing(make_parties())
        region.cut_all()
        for _ in range(5):
            region.say_many(ALPHA, ["row"] * 1_000)
        return region

    def test_a_flash_overtakes_a_backlog(self) -> None:
        """A FLASH is shown before a backlog of 5,000, and receipted once, in its place."""
        region = self.behind_backlog()
        wire = region.connect(ALPHA, BRAVO)
        wire.frames_per_round = 1
        index = region.say(ALPHA, "cease fire", Precedence.FLASH)
        line = region.line_of(BRAVO)
        rounds = 0
        while line.view.message(ALPHA, index) is None:
            region.turn(ALPHA)
            region.turn(BRAVO)
            region.deliver()
            rounds += 1
            assert rounds < 6
        assert line.mirrors[ALPHA].size < 600
        assert marks(region, ALPHA, ALPHA, index)["delivered"] == {}
        assert line.content(ALPHA, index) == region.line_of(ALPHA).content(ALPHA, index)
        wire.frames_per_round = None
        region.pump()
        assert list(marks(region, ALPHA, ALPHA, index)["delivered"]) == [BRAVO]
        assert sorted(indexes(region, BRAVO, ALPHA)) == list(range(5_002))
        told = [
            show.data["index"]
            for show in region.stations[BRAVO].shows
            if show.name == "message" and show.data["party"] == ALPHA
        ]
        assert told.count(index) == 1
        alarms = [alarm["name"] for alarm in line.view.alarms()]
        assert alarms.count("FLASH") == 1
        assert line.mirrors[ALPHA].early == {}

    def test_a_flash_goes_on_two_circuits(self) -> None:
        """A FLASH is sent on two different circuits, also where one has two connections."""
        region = standing(make_parties())
        region.connect(BRAVO, ALPHA, "1")
        region.connect(ALPHA, BRAVO, "2")
        region.pump()
        region.pass_time(20_000)
        region.is_recording = True
        region.say(ALPHA, "cease fire", Precedence.FLASH)
        region.pump()
        carried = [one for one in region.recorded if isinstance(decode_frame(one.frame), Urgent)]
        assert sorted(one.circuit for one in carried) == ["1", "2"]
        assert all(one.is_urgent for one in carried)
        assert indexes(region, BRAVO, ALPHA) == [0, 1]

    def test_a_flash_comes_through_when_one_circuit_is_dead(self) -> None:
        """A FLASH arrives at once by the second circuit when the first one swallows all."""
        region = standing(make_parties())
        region.connect(ALPHA, BRAVO, "2")
        region.pump()
        region.pass_time(20_000)
        region.tamper = lambda carried: [] if carried.circuit == "1" else [carried.frame]
        index = region.say(ALPHA, "cease fire", Precedence.FLASH)
        region.pump()
        assert region.line_of(BRAVO).view.message(ALPHA, index) is not None

    def test_a_circuit_that_opens_later_carries_a_waiting_flash(self) -> None:
        """A FLASH that the only circuit swallows goes on the next one as soon as it stands."""
        region = standing(make_parties())
        region.tamper = lambda carried: [] if carried.circuit == "1" else [carried.frame]
        index = region.say(ALPHA, "cease fire", Precedence.FLASH)
        region.pump()
        assert region.line_of(BRAVO).view.message(ALPHA, index) is None
        region.connect(ALPHA, BRAVO, "2")
        region.pump()
        assert region.line_of(BRAVO).view.message(ALPHA, index) is not None

    def test_each_flash_is_early_only_once(self) -> None:
        """Many FLASH messages behind a backlog all come early and stand once in the log."""
        region = self.behind_backlog()
        wire = region.connect(ALPHA, BRAVO)
        wire.frames_per_round = 1
        sent = [region.say(ALPHA, f"flash {n}", Precedence.FLASH) for n in range(10)]
        for _ in range(40):
            region.turn(ALPHA)
            region.turn(BRAVO)
            region.deliver()
        seen = [n for n in sent if region.line_of(BRAVO).view.message(ALPHA, n) is not None]
        assert seen == sent
        wire.frames_per_round = None
        region.pump()
        assert sorted(indexes(region, BRAVO, ALPHA)) == list(range(5_011))

    def test_a_flash_reaches_three_parties(self) -> None:
        """On a line of three a FLASH goes to both counterparts."""
        region = standing(make_parties(ALPHA, BRAVO, CHARLIE))
        index = region.say(ALPHA, "cease fire", Precedence.FLASH)
        region.pump()
        assert shown_delivered(region.line_of(ALPHA)) == {BRAVO: index + 1, CHARLIE: index + 1}


def test_a_lost_frame_is_sent_again_without_waiting() -> None:
    """When a frame between others was lost, the first that tells so brings it back at once."""
    region = standing(make_parties())
    lost: list[bytes] = []

    def lose_one(carried: Carried) -> list[bytes]:
        if isinstance(decode_frame(carried.frame), Entries) and not lost:
            lost.append(carried.frame)
            return []
        return [carried.frame]

    region.tamper = lose_one
    region.say(ALPHA, "first")
    region.pump()
    region.say(ALPHA, "second")
    region.pump()
    assert len(lost) == 1
    assert region.line_of(BRAVO).mirrors[ALPHA].size == 3
    assert region.line_of(ALPHA).delivered == 3


def test_silence_is_not_a_receipt() -> None:
    """What nobody receipts is sent again after two intervals, and never shown as delivered."""
    region = standing(make_parties())
    region.tamper = lambda carried: [] if carried.sender == ALPHA else [carried.frame]
    region.say(ALPHA, "first")
    region.pass_time(60_000)
    assert shown_delivered(region.line_of(ALPHA)) == {BRAVO: 1}
    region.tamper = lambda carried: [carried.frame]
    region.pass_time(30_000)
    assert shown_delivered(region.line_of(ALPHA)) == {BRAVO: 2}


def test_a_closed_circuit_hands_over_to_the_next() -> None:
    """What was under way on a connection that ends goes again on another, at once."""
    region = standing(make_parties())
    second = region.connect(ALPHA, BRAVO, "2")
    region.pump()
    region.say(ALPHA, "first")
    first = next(wire for wire in region.wires if wire is not second)
    region.cut(first)
    region.pump()
    assert region.line_of(ALPHA).delivered == 2
    assert indexes(region, BRAVO, ALPHA) == [0, 1]


@pytest.mark.parametrize("times", [1, 2])
def test_a_request_is_recorded_once(times: int) -> None:
    """A command repeated with the same request id gives the same serial, and one entry."""
    region = standing(make_parties())
    indexes_given = {region.say(ALPHA, "once", request_id="r-1") for _ in range(times)}
    assert len(indexes_given) == 1
    assert region.line_of(ALPHA).outbox.size == 2


def test_a_request_repeated_in_one_turn_is_recorded_once() -> None:
    """Two commands with one request id in one turn give one entry and two like answers."""
    region = standing(make_parties())
    region.say_many(ALPHA, ["once", "once"], request_id="r-1")
    answers = list(region.stations[ALPHA].answers.values())
    assert len(answers) == 2
    assert answers[0].result == answers[1].result
    assert region.line_of(ALPHA).outbox.size == 2


def test_a_request_repeated_after_a_restart_is_recorded_once() -> None:
    """A client that repeats its request after a crash does not say it twice."""
    region = standing(make_parties())
    index = region.say(ALPHA, "once", request_id="r-1")
    region.restart(ALPHA)
    region.connect_all()
    region.pump()
    assert region.say(ALPHA, "once", request_id="r-1") == index
    assert region.line_of(ALPHA).outbox.size == 2


def test_nothing_is_sent_before_it_is_durable() -> None:
    """Every entry, head, receipt and tick that is sent is in the store of its sender by then."""
    region = standing(make_parties())
    for party in (ALPHA, BRAVO):
        region.say(party, "row", Precedence.FLASH)
        region.pump()
    for station in region.stations.values():
        stored: list[StoredEntry] = []
        for origin, _, _ in station.store.origins():
            stored += station.store.entries(origin, 0, MANY)
        for effect in station.effects:
            frame = decode_frame(effect.frame) if isinstance(effect, Send) else None
            if isinstance(frame, Entries):
                assert all(entry in stored for entry in frame.entries)
