"""Restores: a node on an old copy of its store signs nothing until it is whole again."""

import pytest

from openline.adapters.memory import MemoryStore
from openline.domain.party import Precedence
from openline.domain.record.merkle import Tree
from openline.domain.record.note import parse_note
from openline.domain.record.tick import NO_HASH, parse_tick
from openline.domain.talk.text import Text
from openline.engine.commands import (
    Adopt,
    ChangeKey,
    Compose,
    ExportCourier,
    TrustOwnCopy,
)
from openline.engine.effects import Answer, Send
from openline.engine.events import CommandGiven, FrameReceived
from openline.engine.frames import (
    Entries,
    Hello,
    JournalHead,
    Pull,
    Receipt,
    TickSent,
    Urgent,
    decode_frame,
    encode_frame,
)
from openline.engine.journal import Happened
from openline.engine.ports import AppendEntries, PutHead, PutTick, Store, Write
from tests.engine.copies import copy_of, durable, known, refusals_of, rows_of, shown_delivered
from tests.engine.forger import Forger
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, LINE, make_parties
from tests.engine.region import WATCH, Carried, Region, notice, standing

NAMED = (ALPHA, BRAVO, CHARLIE)


def with_old_copy(*names: str, later: int = 5) -> tuple[Region, Store]:
    """A region at rest, and a copy of alpha's store of before its last messages."""
    region = standing(make_parties(*names))
    region.say(ALPHA, "kept in the copy")
    region.pump()
    region.pass_time(20_000)
    old = copy_of(region.stations[ALPHA].store)
    for number in range(later):
        region.say(ALPHA, f"after the copy {number}")
        region.pump()
        region.pass_time(10_000)
    return region, old


def observed_of(region: Region, party: str) -> str:
    """What a node finds of the line."""
    return str(region.line_of(party).status(region.now)["observed"])


def a_text(words: str) -> Compose:
    """A command to say something."""
    return Compose(LINE, Text(WATCH, "en", words))


def signed_by(region: Region, party: str, since: int) -> list[object]:
    """What a party's node has signed and sent since an effect."""
    sent = [e for e in region.stations[party].effects[since:] if isinstance(e, Send)]
    frames = [decode_frame(effect.frame) for effect in sent]
    return [
        frame
        for frame in frames
        if isinstance(frame, Entries | TickSent | Urgent | JournalHead)
        or (isinstance(frame, Receipt) and frame.rows)
    ]


def written_by(party: str, writes: list[Write]) -> list[Write]:
    """Of some writes, those that hold a new signature of a party."""
    return [
        write
        for write in writes
        if (isinstance(write, PutTick) and write.party == party)
        or (isinstance(write, PutHead) and write.origin.startswith(party))
        or (isinstance(write, AppendEntries) and write.origin == f"{party}/syria-air/out")
    ]


class TestAnOldCopy:
    """Alpha comes back on an old copy."""

    def test_it_signs_nothing_before_it_has_pulled(self) -> None:
        """Until its outbox is whole again no tick, head, entry or cosignature is made."""
        region, old = with_old_copy()
        size = region.line_of(ALPHA).outbox.size
        region.say(BRAVO, "while alpha was away")
        region.cut_all()
        station = region.restart(ALPHA, old)
        since = len(station.effects)
        signs: list[object] = []

        def watch(party: str, writes: list[Write]) -> None:
            if party == ALPHA and region.line_of(ALPHA).outbox.size < size:
                signs.extend(written_by(ALPHA, [w for w in writes if not _is_back(w)]))

        region.on_commit = watch
        region.pass_time(120_000)
        assert signed_by(region, ALPHA, since) == []
        assert BRAVO in region.refused(ALPHA, Compose(region.line, None)).what  # type: ignore[arg-type]
        region.connect(ALPHA, BRAVO).frames_per_round = 1
        while region.line_of(ALPHA).outbox.size < size:
            region.turn(ALPHA)
            region.turn(BRAVO)
            assert signed_by(region, ALPHA, since) == []
            region.deliver()
        assert signs == []

    def test_it_goes_on_with_the_right_numbers(self) -> None:
        """After the pull the next serial, tick and journal epoch are those never used."""
        region, old = with_old_copy()
        before = region.line_of(ALPHA)
        size, last = before.outbox.size, before.store.last_tick(region.line, ALPHA)
        assert last is not None
        region.restart(ALPHA, old)
        region.connect_all()
        region.pump()
        assert region.say(ALPHA, "after the restore") == size
        region.pump()
        region.pass_time(30_000)
        line, there = region.line_of(ALPHA), region.line_of(BRAVO)
        assert line.outbox.checkpoint() == there.mirrors[ALPHA].checkpoint()
        assert shown_delivered(line) == {BRAVO: size + 1}
        ticks = there.store.ticks(region.line, ALPHA, 0, 10**9)
        numbers = [row[0] for row in ticks]
        assert len(numbers) == len(set(numbers))
        follower = next(row for row in ticks if row[0] > last[0])
        assert parse_tick(parse_note(follower[2]).text).previous == last[1]
        assert line.journal.origin == f"{ALPHA}/{region.line}/journal/2"
        row = next(row for row in rows_of(line) if row.happened is Happened.CONTINUED)
        assert row.rest[0] == f"{ALPHA}/{region.line}/journal"
        assert [row.happened for row in rows_of(line)].count(Happened.RECOVERED) >= 1
        assert not there.peers[ALPHA].is_forked
        assert there.peers[ALPHA].its_journal is not None
        assert "/journal/2\n" in there.peers[ALPHA].its_journal.text
        assert refusals_of(line) == refusals_of(there) == []

    def test_it_starts_again_from_what_it_recovered(self) -> None:
        """A node that recovered and restarts knows what the running one knows."""
        region, old = with_old_copy()
        region.restart(ALPHA, old)
        region.connect_all()
        region.pump()
        region.pass_time(30_000)
        loaded = region.loaded(ALPHA, copy_of(region.stations[ALPHA].store))
        assert known(loaded, region.now) == known(region.line_of(ALPHA), region.now)

    def test_restores_may_follow_one_another(self) -> None:
        """Copies of several ages, restored in any order, each go on in a journal of their own."""
        region, oldest = with_old_copy()
        middle = copy_of(region.stations[ALPHA].store)
        region.say(ALPHA, "the last one")
        region.pump()
        region.pass_time(20_000)
        for epoch, old in enumerate((middle, oldest, middle, oldest), 2):
            region.restart(ALPHA, copy_of(old))
            region.connect_all()
            region.pump()
            region.pass_time(30_000)
            line = region.line_of(ALPHA)
            assert line.journal.origin == f"{ALPHA}/{region.line}/journal/{epoch}"
            region.say(ALPHA, f"in epoch {epoch}")
            region.pump()
            region.pass_time(20_000)
            region.restart(ALPHA)
            region.connect_all()
            region.pump()
            region.pass_time(20_000)
            line = region.line_of(ALPHA)
            assert line.can_sign()
            assert line.journal.origin == f"{ALPHA}/{region.line}/journal/{epoch}"
            assert shown_delivered(line) == {BRAVO: line.outbox.size}
        assert refusals_of(region.line_of(BRAVO)) == []

    def test_a_lost_disk_comes_back_whole(self) -> None:
        """A node that lost everything but its keys gets its outbox back by adopting again."""
        region, _ = with_old_copy()
        size = region.line_of(ALPHA).outbox.size
        region.restart(ALPHA, MemoryStore())
        region.ask(ALPHA, Adopt(region.signed.format()))
        region.connect_all()
        region.pump()
        region.pass_time(30_000)
        line = region.line_of(ALPHA)
        assert line.outbox.size == size
        assert region.say(ALPHA, "after the fire") == size
        region.pump()
        assert shown_delivered(line) == {BRAVO: size + 1}
        assert not region.line_of(BRAVO).peers[ALPHA].is_forked

    def test_a_key_change_that_was_lost_is_recovered(self) -> None:
        """What was signed with a key that the old copy does not know comes back too."""
        region = standing(make_parties())
        old = copy_of(region.stations[ALPHA].store)
        region.ask(ALPHA, ChangeKey(region.line, "node", ("air-desk", "Lt A")))
        region.pump()
        region.say(ALPHA, "under the new key")
        region.pump()
        region.pass_time(30_000)
        region.restart(ALPHA, old)
        region.connect_all()
        region.pump()
        region.pass_time(30_000)
        line = region.line_of(ALPHA)
        assert line.outbox.size == 3
        assert region.say(ALPHA, "and on") == 3
        region.pump()
        assert shown_delivered(line) == {BRAVO: 4}
        assert refusals_of(line) == refusals_of(region.line_of(BRAVO)) == []

    def test_a_receipt_for_what_was_lost_is_no_fault(self) -> None:
        """A counterpart that receipts what the old copy lacks is not refused for it."""
        region, old = with_old_copy()
        region.restart(ALPHA, old)
        region.connect_all()
        region.pump()
        assert refusals_of(region.line_of(ALPHA)) == []
        assert region.line_of(ALPHA).peers[BRAVO].receipted == region.line_of(ALPHA).outbox.size

    def test_a_large_outbox_comes_back_in_order(self) -> None:
        """Many frames are pulled one after another until nothing is missing."""
        region = standing(make_parties())
        old = copy_of(region.stations[ALPHA].store)
        for _ in range(3):
            region.say_many(ALPHA, ["row"] * 700)
            region.pump()
        region.say_many(ALPHA, ["x" * 16_000] * 100)
        region.pump()
        region.restart(ALPHA, old)
        region.connect_all()
        region.pump()
        line = region.line_of(ALPHA)
        assert line.outbox.size == 2_201
        assert line.outbox.checkpoint() == region.line_of(BRAVO).mirrors[ALPHA].checkpoint()

    def test_a_pull_that_is_cut_goes_on(self) -> None:
        """A pull that is interrupted by a cut is taken up where it was."""
        region = standing(make_parties())
        old = copy_of(region.stations[ALPHA].store)
        region.say_many(ALPHA, ["row"] * 500)
        region.pump()
        region.restart(ALPHA, old)
        for _ in range(6):
            wire = region.connect(ALPHA, BRAVO)
            for _ in range(4):
                region.turn(ALPHA)
                region.turn(BRAVO)
                region.deliver()
            region.cut(wire)
        region.connect(ALPHA, BRAVO)
        region.pump()
        assert region.line_of(ALPHA).outbox.size == 501
        assert region.line_of(ALPHA).can_sign()

    def test_a_lost_answer_to_a_pull_is_asked_for_again(self) -> None:
        """When the answer to a pull is lost, the pull is repeated after two intervals."""
        region, old = with_old_copy()
        region.restart(ALPHA, old)
        region.tamper = lambda carried: (
            [] if isinstance(decode_frame(carried.frame), Pull) else [carried.frame]
        )
        region.connect_all()
        region.pump()
        assert not region.line_of(ALPHA).can_sign()
        region.tamper = lambda carried: [carried.frame]
        region.pass_time(30_000)
        assert region.line_of(ALPHA).can_sign()


def _is_back(write: Write) -> bool:
    """Whether a write only keeps what came back from the mirror."""
    return isinstance(write, AppendEntries | PutHead)


class TestThreeParties:
    """A restore on a line of three."""

    def test_it_pulls_from_whoever_has_more(self) -> None:
        """What only one counterpart holds comes back from that one."""
        region, old = with_old_copy(*NAMED)
        for wire in [wire for wire in region.wires if CHARLIE in wire.ends and ALPHA in wire.ends]:
            region.cut(wire)
        region.say(ALPHA, "bravo alone has this")
        region.pump()
        size = region.line_of(ALPHA).outbox.size
        region.restart(ALPHA, old)
        region.connect(ALPHA, CHARLIE)
        region.pump()
        assert not region.line_of(ALPHA).can_sign()
        region.connect(ALPHA, BRAVO)
        region.pump()
        line = region.line_of(ALPHA)
        assert line.can_sign()
        assert line.outbox.size == size
        region.pass_time(30_000)
        assert shown_delivered(line) == {BRAVO: size, CHARLIE: size}
        for party in (BRAVO, CHARLIE):
            assert refusals_of(region.line_of(party)) == []
            assert not region.line_of(party).peers[ALPHA].is_forked

    def test_it_waits_for_the_only_one_that_holds_more(self) -> None:
        """While the sole holder of its last entries is absent it signs no second entry there."""
        region, old = with_old_copy(*NAMED)
        for wire in [wire for wire in region.wires if {ALPHA, CHARLIE} == set(wire.ends)]:
            region.cut(wire)
        index = region.say(ALPHA, "charlie never heard this")
        region.pump()
        region.cut_all()
        region.restart(ALPHA, old)
        region.connect(ALPHA, CHARLIE)
        region.pass_time(3_600_000, 10_000)
        line = region.line_of(ALPHA)
        assert line.waiting_for() == [BRAVO]
        assert not line.can_sign()
        assert "own-copy-is-current" in region.refused(ALPHA, a_text("too early")).remedy
        region.connect(ALPHA, BRAVO)
        region.pass_time(30_000)
        assert region.say(ALPHA, "after all") == index + 1
        region.pass_time(30_000)
        assert shown_delivered(line) == dict.fromkeys((BRAVO, CHARLIE), index + 2)
        for party in (BRAVO, CHARLIE):
            assert not region.line_of(party).peers[ALPHA].is_forked

    def test_vouched_for_with_one_absent_it_skips_tick_numbers(self) -> None:
        """Where a person vouches while one is absent, it goes on, and skips tick numbers."""
        region, _ = with_old_copy(*NAMED)
        size = region.line_of(ALPHA).outbox.size
        last = region.line_of(ALPHA).store.last_tick(region.line, ALPHA)
        assert last is not None
        region.restart(ALPHA)
        region.connect(ALPHA, BRAVO)
        region.pump()
        line = region.line_of(ALPHA)
        assert line.waiting_for() == [CHARLIE]
        region.ask(ALPHA, TrustOwnCopy(region.line, ("air-desk", "Lt A")))
        assert region.say(ALPHA, "without charlie") == size
        region.pump()
        assert line.pulse.sequence > last[0] + 1_000
        region.connect(ALPHA, CHARLIE)
        region.pump()
        region.pass_time(30_000)
        assert shown_delivered(line) == {BRAVO: size + 1, CHARLIE: size + 1}
        assert not region.line_of(CHARLIE).peers[ALPHA].is_forked


class TestTheCounterpartAbsent:
    """Nobody confirms the outbox."""

    def test_it_refuses_with_a_remedy(self) -> None:
        """The error names who is waited for and says what to do if the copy is sound."""
        region, old = with_old_copy()
        region.cut_all()
        region.restart(ALPHA, old)
        region.pass_time(600_000, 10_000)
        error = region.refused(ALPHA, Compose(region.line, None))  # type: ignore[arg-type]
        assert BRAVO in error.what
        assert "own-copy-is-current" in error.remedy
        for command in (
            ChangeKey(region.line, "node", ("air-desk", "Lt A")),
            ExportCourier(region.line, BRAVO),
        ):
            assert BRAVO in region.refused(ALPHA, command).what

    def test_an_officer_may_vouch_for_the_copy(self) -> None:
        """After an officer vouches for the copy the node signs, and the act is journalled."""
        region = standing(make_parties())
        region.say(ALPHA, "receipted")
        region.pump()
        region.cut_all()
        region.restart(ALPHA)
        region.pass_time(20_000)
        region.ask(ALPHA, TrustOwnCopy(region.line, ("air-desk", "Lt A")))
        assert region.say(ALPHA, "at once") == 2
        acted = [
            row.rest[:3] for row in rows_of(region.line_of(ALPHA)) if row.happened is Happened.ACTED
        ]
        assert ("air-desk", "Lt A", "TRUST_OWN_COPY") in acted
        region.connect_all()
        region.pump()
        assert shown_delivered(region.line_of(ALPHA)) == {BRAVO: 3}

    def test_a_node_may_be_started_as_current(self) -> None:
        """A node that is started as current signs at once, and goes on when others come."""
        region = standing(make_parties())
        region.cut_all()
        region.restart(ALPHA, own_copy_is_current=True)
        assert region.say(ALPHA, "at once") == 1
        region.pass_time(20_000)
        region.connect_all()
        region.pump()
        region.pass_time(20_000)
        assert shown_delivered(region.line_of(ALPHA)) == {BRAVO: 2}
        assert not region.line_of(BRAVO).peers[ALPHA].is_forked

    def test_proof_goes_before_an_officers_word(self) -> None:
        """A copy vouched for that a counterpart proves to be old stops signing, and is mended."""
        region, old = with_old_copy()
        size = region.line_of(ALPHA).outbox.size
        region.cut_all()
        region.restart(ALPHA, old, own_copy_is_current=True)
        region.pass_time(20_000)
        region.connect_all()
        region.pump()
        line = region.line_of(ALPHA)
        assert line.outbox.size == size
        region.pass_time(20_000)
        assert region.say(ALPHA, "after all") == size
        region.pump()
        assert shown_delivered(line) == {BRAVO: size + 1}
        assert not region.line_of(BRAVO).peers[ALPHA].is_forked

    def test_a_message_waiting_in_the_turn_that_brings_the_proof_is_not_signed(self) -> None:
        """A message asked for in the same turn as the proof is refused, not recorded."""
        region, old = with_old_copy()
        region.cut_all()
        region.restart(ALPHA, old, own_copy_is_current=True)
        region.turn(ALPHA)
        region.connect_all()
        region.turn(BRAVO)
        region.turn(ALPHA)
        region.deliver()
        size = region.line_of(ALPHA).outbox.size
        inbox = region.stations[ALPHA].inbox
        frames = [decode_frame(e.frame) for e in inbox if isinstance(e, FrameReceived)]
        assert any(isinstance(frame, Hello) for frame in frames)
        said = Compose(region.line, Text(WATCH, "en", "too early"))
        station = region.stations[ALPHA]
        station.inbox.insert(0, CommandGiven(77, said))
        region.turn(ALPHA)
        assert region.line_of(ALPHA).outbox.size == size
        answer = station.answers[77]
        assert isinstance(answer, Answer)
        assert answer.error is not None


class TestTicksOfLivesThatAreLost:
    """Ticks that were made by a life that is lost, and of which nobody heard."""

    @pytest.mark.parametrize("skew_ms", [0, -86_400_000])
    def test_no_number_of_a_tick_is_used_twice(self, skew_ms: int) -> None:
        """Whichever copies are put back, in whichever order, no two ticks have one number."""
        region, old = with_old_copy()
        made: dict[int, bytes] = {}

        def watch(party: str, writes: list[Write]) -> None:
            for write in writes:
                if isinstance(write, PutTick) and write.party == ALPHA:
                    assert made.setdefault(write.sequence, write.hash) == write.hash

        region.on_commit = watch
        for store in (old, old, MemoryStore()):
            region.restart(ALPHA, copy_of(store))
            region.connect_all()
            region.pump()
            # Of this life a copy is kept whose last ticks nobody hears.
            region.tamper = lambda carried: (
                [] if isinstance(decode_frame(carried.frame), TickSent) else [carried.frame]
            )
            region.pass_time(30_000)
            region.tamper = lambda carried: [carried.frame]
            abandoned = copy_of(region.stations[ALPHA].store)
            region.skew_ms[ALPHA] = skew_ms
            for other in (old, abandoned):
                region.restart(ALPHA, copy_of(other))
                if store is not old:
                    region.adopt(ALPHA)
                region.connect_all()
                region.pump()
                region.pass_time(30_000)
        assert not region.line_of(BRAVO).peers[ALPHA].is_forked
        assert observed_of(region, BRAVO) == "UP"


def test_what_is_recovered_from_a_clock_that_ran_ahead_ends_nothing_for_good() -> None:
    """Entries that come back in the turn that brings a notice, from a later day, leave it live."""
    region = standing(make_parties())
    old = copy_of(region.stations[ALPHA].store)
    region.skew_ms[ALPHA] = 86_400_000
    region.say(ALPHA, "by a clock that is a day ahead")
    region.pump()
    region.skew_ms[ALPHA] = 0
    region.cut_all()
    region.say(BRAVO, "", message=notice())
    region.restart(ALPHA, old)
    wire = region.connect(ALPHA, BRAVO)
    held: list[tuple[str, bytes]] = []

    def hold(carried: Carried) -> list[bytes]:
        frame = decode_frame(carried.frame)
        if carried.recipient == ALPHA and isinstance(frame, Entries):
            held.append((frame.origin, carried.frame))
            return []
        return [carried.frame]

    region.tamper = hold
    region.pump()
    assert {origin.partition("/")[0] for origin, _ in held} == {ALPHA, BRAVO}
    for _, frame in sorted(held, reverse=True):
        region.inject(wire, ALPHA, frame)
    region.turn(ALPHA)
    [shown] = region.line_of(ALPHA).view.notices()
    assert (shown["party"], shown["is_live"]) == (BRAVO, True)


class TestTheMirrorOnAnOldCopy:
    """A node that lost entries of its counterparts."""

    def test_it_cosigns_nothing_below_what_it_had_receipted(self) -> None:
        """A mirror on an old copy gives no receipt below its last one; the entries come back."""
        region, _ = with_old_copy(later=0)
        old = copy_of(region.stations[BRAVO].store)
        region.say_many(ALPHA, ["row"] * 300)
        region.pump()
        receipted = region.line_of(ALPHA).peers[BRAVO].receipted
        region.is_recording = True
        region.restart(BRAVO, old)
        region.connect_all()
        region.pump()
        for carried in region.recorded:
            frame = decode_frame(carried.frame)
            is_receipt = isinstance(frame, Receipt) and frame.rows and carried.sender == BRAVO
            if is_receipt and frame.origin.endswith("/out"):
                assert frame.size >= receipted
        assert region.line_of(BRAVO).mirrors[ALPHA].size == receipted

    def test_it_cosigns_no_journal_before_it_is_whole(self) -> None:
        """A witness on an old copy cosigns no head of a journal before it may sign at all."""
        region, old = with_old_copy()
        forger = Forger(region, BRAVO)
        head = forger.journal_head(Tree([bytes(32)] * 3))
        region.cut_all()
        region.restart(ALPHA, old)
        wire = region.connect(ALPHA, BRAVO)
        region.turn(ALPHA)
        region.turn(BRAVO)
        since = len(region.stations[ALPHA].effects)
        hello = next(one for one in wire.under_way if one.sender == BRAVO)
        region.inject(wire, ALPHA, hello.frame)
        region.inject(wire, ALPHA, head)
        before = durable(region.line_of(ALPHA))["values"]
        region.turn(ALPHA)
        assert signed_by(region, ALPHA, since) == []
        assert durable(region.line_of(ALPHA))["values"] == before


class TestWhatNobodyHas:
    """An entry that nobody receipted is lost with the disk; a tick had told of it."""

    @staticmethod
    def lost() -> Region:
        """Alpha lost an entry that only its tick has told of."""
        region, _ = with_old_copy(later=0)
        old = copy_of(region.stations[ALPHA].store)
        region.tamper = lambda carried: (
            []
            if isinstance(decode_frame(carried.frame), Entries) and carried.sender == ALPHA
            else [carried.frame]
        )
        region.say(ALPHA, "nobody will have this")
        region.pass_time(10_000)
        region.tamper = lambda carried: [carried.frame]
        region.restart(ALPHA, old)
        region.connect_all()
        region.pump()
        return region

    def test_the_line_goes_on_and_both_are_told(self) -> None:
        """The line goes on with an alarm on both nodes, and is no fork."""
        region = self.lost()
        index = region.say(ALPHA, "in its place")
        region.pump()
        region.pass_time(30_000)
        line, there = region.line_of(ALPHA), region.line_of(BRAVO)
        assert shown_delivered(line) == {BRAVO: index + 1}
        assert not there.peers[ALPHA].is_forked
        assert "ENTRIES_TAKEN_BACK" in [alarm["name"] for alarm in there.view.alarms()]
        assert "OWN_ENTRIES_LOST" in [alarm["name"] for alarm in line.view.alarms()]


def test_two_nodes_with_one_key_are_found_out() -> None:
    """When a second node signs with our key, what it said comes back to us with an alarm."""
    region = standing(make_parties())
    twin = Forger(region, ALPHA)
    twin.say("by the twin")
    wire = region.wires[0]
    region.inject(wire, BRAVO, twin.frame(1))
    region.pump()
    region.cut(wire)
    region.connect(ALPHA, BRAVO)
    region.pump()
    line = region.line_of(ALPHA)
    assert line.outbox.size == 2
    assert "OWN_KEY_ELSEWHERE" in [alarm["name"] for alarm in line.view.alarms()]


def test_another_history_under_our_own_signature_stops_the_line() -> None:
    """A counterpart that shows another history signed by us stops our signing, with an alarm."""
    region = standing(make_parties())
    twin = Forger(region, ALPHA)
    twin.say("by the twin")
    region.cut_all()
    region.say(ALPHA, "by ourselves")
    wire = region.connect(ALPHA, BRAVO)
    region.turn(BRAVO)
    hello = decode_frame(wire.under_way[0].frame)
    assert isinstance(hello, Hello)
    lied = encode_frame(
        Hello(hello.version, hello.line, hello.understanding, (twin.head().format(),), 0, "")
    )
    region.turn(ALPHA)
    region.inject(wire, ALPHA, lied)
    region.turn(ALPHA)
    line = region.line_of(ALPHA)
    assert "another history" in line.broken
    assert "another history" in region.refused(ALPHA, Compose(region.line, None)).what  # type: ignore[arg-type]
    assert "OWN_HISTORY_DIFFERS" in [alarm["name"] for alarm in line.view.alarms()]


@pytest.mark.parametrize("precedence", [Precedence.ROUTINE, Precedence.FLASH])
def test_the_tick_before_a_restart_is_named_by_the_next(precedence: Precedence) -> None:
    """The chain of ticks goes on over a restart, under greater numbers."""
    region = standing(make_parties())
    region.say(ALPHA, "one", precedence)
    region.pump()
    region.pass_time(20_000)
    region.restart(ALPHA)
    region.connect_all()
    region.pump()
    region.pass_time(20_000)
    ticks = region.stations[ALPHA].store.ticks(region.line, ALPHA, 0, 10**9)
    previous, last = NO_HASH, -1
    for sequence, digest, note in ticks:
        assert sequence > last
        assert parse_tick(parse_note(note).text).previous == previous
        previous, last = digest, sequence
