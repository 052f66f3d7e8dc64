"""The courier: the same objects on a memory stick, both ways, with no circuit."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.errors import OurError, TheirError
from openline.domain.limits import COURIER_FRAMES_MAX
from openline.domain.party import Precedence
from openline.domain.record import cbor
from openline.engine import courier
from openline.engine.commands import ExportCourier, ImportCourier
from openline.engine.courier import MAGIC, format_courier, parse_courier
from openline.engine.effects import Send
from openline.engine.frames import (
    Entries,
    Frame,
    Hello,
    Probe,
    ProbeReply,
    Pull,
    Receipt,
    Refusal,
    TickSent,
    UnderstandingShown,
    decode_frame,
    encode_frame,
)
from tests.engine.copies import MANY, copy_of, durable, known, refusals_of, shown_delivered
from tests.engine.forger import Forger
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, LINE, make_parties
from tests.engine.region import Region, standing


@pytest.fixture
def region() -> Region:
    """Alpha and bravo, who have no circuit left, and each have said things."""
    region = standing(make_parties())
    region.cut_all()
    for number in range(3):
        region.say(ALPHA, f"alpha {number}")
        region.say(BRAVO, f"bravo {number}", Precedence(number))
    return region


def carry(region: Region, sender: str, recipient: str, data: bytes | None = None) -> dict:  # type: ignore[type-arg]
    """Take a file from one to the other; what the recipient's node says to it."""
    data = data or region.ask(sender, ExportCourier(LINE, recipient))
    answer = region.ask(recipient, ImportCourier(LINE, data))
    assert isinstance(answer, dict)
    return answer


def frames_of(data: bytes) -> list[Frame]:
    """The frames in a courier file."""
    return [decode_frame(frame) for frame in parse_courier(data).frames]


class TestJourneys:
    """Files that are carried."""

    def test_both_ways(self, region: Region) -> None:
        """Two journeys bring everything, and a third the last receipt, without any circuit."""
        there = carry(region, ALPHA, BRAVO)
        assert there == {"party": ALPHA, "entries": 3, "receipted": 0, "refused": []}
        back = carry(region, BRAVO, ALPHA)
        assert back == {"party": BRAVO, "entries": 3, "receipted": 3, "refused": []}
        again = carry(region, ALPHA, BRAVO)
        assert again == {"party": ALPHA, "entries": 0, "receipted": 3, "refused": []}
        for party, other in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
            line = region.line_of(party)
            assert shown_delivered(line) == {other: 4}
            loaded = region.loaded(party, copy_of(line.store))
            assert known(loaded, region.now) == known(line, region.now)

    def test_twice(self, region: Region) -> None:
        """A file that is imported a second time changes nothing but is not refused."""
        data = region.ask(ALPHA, ExportCourier(LINE, BRAVO))
        carry(region, ALPHA, BRAVO, data)
        before = durable(region.line_of(BRAVO))
        answer = carry(region, ALPHA, BRAVO, data)
        assert answer == {"party": ALPHA, "entries": 0, "receipted": 0, "refused": []}
        assert durable(region.line_of(BRAVO)) == before

    def test_out_of_order(self, region: Region) -> None:
        """A later file first says what is missing; after the earlier one all is there."""
        first = region.ask(ALPHA, ExportCourier(LINE, BRAVO))
        carry(region, ALPHA, BRAVO, first)
        carry(region, BRAVO, ALPHA)
        region.say(ALPHA, "alpha 3")
        second = region.ask(ALPHA, ExportCourier(LINE, BRAVO))
        region.restart(BRAVO, copy_of(region.stations[BRAVO].store))
        assert carry(region, ALPHA, BRAVO, second)["entries"] == 1
        assert carry(region, ALPHA, BRAVO, first)["entries"] == 0

    def test_a_gap_is_told(self, region: Region) -> None:
        """A file whose entries do not follow what is held says so and loses nothing."""
        first = region.ask(ALPHA, ExportCourier(LINE, BRAVO))
        region.line_of(ALPHA).peers[BRAVO].receipted = 4
        region.say(ALPHA, "alpha 3")
        second = region.ask(ALPHA, ExportCourier(LINE, BRAVO))
        answer = carry(region, ALPHA, BRAVO, second)
        assert answer["entries"] == 0
        assert any("GAP" in row for row in answer["refused"])
        assert carry(region, ALPHA, BRAVO, first)["entries"] == 3
        assert carry(region, ALPHA, BRAVO, second)["entries"] == 1

    def test_a_courier_and_circuits_go_together(self, region: Region) -> None:
        """What a courier brought is not sent again on a circuit, and not shown twice."""
        carry(region, ALPHA, BRAVO)
        region.connect(ALPHA, BRAVO)
        region.pump()
        region.pass_time(20_000)
        for party, other in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
            assert shown_delivered(region.line_of(party)) == {other: 4}
            shown = region.line_of(party).view.messages(0, MANY)
            assert len(shown) == len({(one["party"], one["index"]) for one in shown}) == 8

    def test_it_brings_back_what_was_lost(self) -> None:
        """Our own entries that a counterpart gives to a courier are taken back."""
        region = standing(make_parties())
        old = copy_of(region.stations[ALPHA].store)
        region.say(ALPHA, "lost here, held there")
        region.pump()
        region.cut_all()
        held = region.line_of(BRAVO).store.entries(f"{ALPHA}/{LINE}/out", 1, 9)
        head = region.line_of(BRAVO).store.last_head(f"{ALPHA}/{LINE}/out", "")
        assert head is not None
        region.restart(ALPHA, old)
        frame = encode_frame(Entries(f"{ALPHA}/{LINE}/out", 1, tuple(held), head[1]))
        data = format_courier(BRAVO, ALPHA, LINE, region.now, [frame])
        assert region.ask(ALPHA, ImportCourier(LINE, data))["refused"] == []
        assert region.line_of(ALPHA).outbox.size == 2

    def test_a_tick_by_courier_does_not_make_a_circuit(self, region: Region) -> None:
        """A tick that a courier brings is kept, and no circuit looks alive for it."""
        region.pass_time(120_000)
        carry(region, ALPHA, BRAVO)
        line = region.line_of(BRAVO)
        assert line.status(region.now)["observed"] == "LOST"
        last = region.line_of(ALPHA).store.last_tick(LINE, ALPHA)
        assert line.store.last_tick(LINE, ALPHA) == last

    def test_nothing_is_answered_on_a_circuit(self, region: Region) -> None:
        """What an import would answer is not sent: the next file carries it."""
        data = region.ask(ALPHA, ExportCourier(LINE, BRAVO))
        since = len(region.stations[BRAVO].effects)
        carry(region, ALPHA, BRAVO, data)
        sent = [e for e in region.stations[BRAVO].effects[since:] if isinstance(e, Send)]
        assert sent == []

    def test_a_backlog_fits_its_bound(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file holds at most as many frames as may be read, and the next one the rest."""
        monkeypatch.setattr(courier, "ENTRIES_FRAMES_MAX", 3)
        region = standing(make_parties())
        region.cut_all()
        region.say_many(ALPHA, ["row"] * 1_000)
        brought = []
        while sum(brought) < 1_000:
            brought.append(carry(region, ALPHA, BRAVO)["entries"])
            carry(region, BRAVO, ALPHA)
        assert len(brought) > 1
        assert shown_delivered(region.line_of(ALPHA)) == {BRAVO: 1_001}

    def test_a_frame_of_a_later_version_is_passed_over(self, region: Region) -> None:
        """A file with a frame that is not known here is taken in without it."""
        data = region.ask(ALPHA, ExportCourier(LINE, BRAVO))
        frames = [cbor.encode([99, 1]), *(encode_frame(frame) for frame in frames_of(data))]
        answer = carry(region, ALPHA, BRAVO, format_courier(ALPHA, BRAVO, LINE, 0, frames))
        assert answer["entries"] == 3
        assert answer["refused"] == ["VERSION: frames of number 99 are not known"]


UNPROVEN: list[Frame] = [
    Hello(1, LINE, bytes(32), (), 10**9, ""),
    Receipt(f"{BRAVO}/{LINE}/out", 4, ""),
    Pull(f"{ALPHA}/{LINE}/out", 0),
    Probe(1),
    ProbeReply(1, 1, 1),
    Refusal("MALFORMED", "by nobody"),
    UnderstandingShown(make_parties().signed.format()),
]


class TestForgedFiles:
    """A file is not signed: what it carries proves itself, or is passed over."""

    @pytest.mark.parametrize("frame", UNPROVEN, ids=lambda frame: type(frame).__name__)
    def test_what_proves_nothing_is_passed_over(self, region: Region, frame: Frame) -> None:
        """A frame that a stranger could have written is refused, and changes nothing."""
        before = durable(region.line_of(BRAVO))
        peer = region.line_of(BRAVO).peers[ALPHA]
        state = (peer.held, peer.sent, peer.is_reconciled, peer.tick_answered_at, peer.must_hold)
        data = format_courier(ALPHA, BRAVO, LINE, 0, [encode_frame(frame)])
        answer = carry(region, ALPHA, BRAVO, data)
        assert len(answer["refused"]) == 1
        assert "MALFORMED" in answer["refused"][0]
        assert durable(region.line_of(BRAVO)) == before
        assert state == (
            peer.held, peer.sent, peer.is_reconciled, peer.tick_answered_at, peer.must_hold
        )  # fmt: skip

    def test_one_bad_frame_does_not_spoil_the_others(self, region: Region) -> None:
        """Of a file with a forged frame the rest is taken in, and the refusal is journalled."""
        data = region.ask(ALPHA, ExportCourier(LINE, BRAVO))
        frames = [encode_frame(frame) for frame in frames_of(data)]
        forged = Forger(region, CHARLIE if CHARLIE in region.stations else ALPHA)
        forged.say("forged", signer=region.stations[BRAVO].keys.current("node"))
        bad = forged.frame(forged.size - 1)
        data = format_courier(ALPHA, BRAVO, LINE, 0, [bad, *frames])
        answer = carry(region, ALPHA, BRAVO, data)
        assert answer["entries"] == 3
        assert len(answer["refused"]) == 1
        assert refusals_of(region.line_of(BRAVO)) != []

    def test_a_fork_by_courier_is_kept(self, region: Region) -> None:
        """A contradiction that a courier brings is evidence like any other."""
        carry(region, ALPHA, BRAVO)
        other = Forger(region, ALPHA, upto=1)
        other.say("not what I said")
        data = format_courier(ALPHA, BRAVO, LINE, 0, [other.frame(1)])
        assert "FORK" in carry(region, ALPHA, BRAVO, data)["refused"][0]
        assert region.line_of(BRAVO).peers[ALPHA].is_forked

    def test_a_file_for_somebody_else_is_refused(self, region: Region) -> None:
        """A file for another party or line is refused with both names."""
        data = region.ask(ALPHA, ExportCourier(LINE, BRAVO))
        assert BRAVO in region.refused(ALPHA, ImportCourier(LINE, data)).what
        other = format_courier(ALPHA, BRAVO, "other-line", 0, [])
        assert "other-line" in region.refused(BRAVO, ImportCourier(LINE, other)).what
        stranger = format_courier(CHARLIE, BRAVO, LINE, 0, [])
        assert CHARLIE in region.refused(BRAVO, ImportCourier(LINE, stranger)).what

    def test_an_export_for_a_stranger_is_refused(self, region: Region) -> None:
        """There is no file for a party that is no counterpart."""
        assert CHARLIE in region.refused(ALPHA, ExportCourier(LINE, CHARLIE)).what

    def test_every_byte_of_a_file_may_be_wrong(self, region: Region) -> None:
        """A file with any byte changed is refused or taken in part; nothing else is raised."""
        data = region.ask(ALPHA, ExportCourier(LINE, BRAVO))
        kept = copy_of(region.stations[BRAVO].store)
        out = f"{ALPHA}/{LINE}/out"
        true = region.line_of(ALPHA).store.entries(out, 0, MANY)
        for place in _places(len(data)):
            changed = bytearray(data)
            changed[place] ^= 1 << (place % 8)
            try:
                carry(region, ALPHA, BRAVO, bytes(changed))
            except OurError:
                continue
            held = region.line_of(BRAVO).store.entries(out, 0, MANY)
            assert held == true[: len(held)]
            if len(held) > 1:
                region.restart(BRAVO, copy_of(kept))
                region.line_of(BRAVO).peers[ALPHA].is_reconciled = True


def _places(size: int) -> Iterator[int]:
    """Every place of the first bytes, then one in each dozen."""
    yield from range(min(size, 400))
    yield from range(400, size, 13)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_file_or_none(data: bytes) -> None:
    """Bytes that are no courier file are refused with a typed error."""
    try:
        parse_courier(data)
    except TheirError:
        return
    raise AssertionError("random bytes were a courier file")


@pytest.mark.parametrize(
    "value",
    [
        [],
        [MAGIC],
        ["other", ALPHA, BRAVO, LINE, 0, []],
        [MAGIC, 1, BRAVO, LINE, 0, []],
        [MAGIC, "Not A Name", BRAVO, LINE, 0, []],
        [MAGIC, ALPHA, BRAVO, "Not A Line", 0, []],
        [MAGIC, ALPHA, BRAVO, LINE, "0", []],
        [MAGIC, ALPHA, BRAVO, LINE, True, []],
        [MAGIC, ALPHA, BRAVO, LINE, 0, {}],
        [MAGIC, ALPHA, BRAVO, LINE, 0, [1]],
        [MAGIC, ALPHA, BRAVO, LINE, 0, [b"\x81\x00"] * (COURIER_FRAMES_MAX + 1)],
        {1: 2},
    ],
)
def test_a_file_has_its_form(value: cbor.Value) -> None:
    """A file with a wrong field is refused with a typed error."""
    with pytest.raises(TheirError):
        parse_courier(cbor.encode(value))


def test_a_file_comes_back_as_it_was() -> None:
    """Formatting and parsing a courier file gives the same frames."""
    frames: list[Frame] = [Probe(1), Receipt(f"{ALPHA}/{LINE}/out", 2, "x"), TickSent("y")]
    data = format_courier(ALPHA, BRAVO, LINE, 5, [encode_frame(frame) for frame in frames])
    brought = parse_courier(data)
    assert (brought.sender, brought.recipient, brought.line, brought.made_at) == (
        ALPHA, BRAVO, LINE, 5
    )  # fmt: skip
    assert frames_of(data) == frames
