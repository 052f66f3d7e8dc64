"""Mirrors: what is accepted of a counterpart, and what is kept against it."""

from dataclasses import replace

import pytest

from openline.app.export import Exporter
from openline.domain.party import Precedence
from openline.domain.record.checkpoint import parse_checkpoint
from openline.domain.record.merkle import Tree, leaf_hash
from openline.domain.record.note import parse_note
from openline.domain.record.report import Verdict
from openline.domain.record.tick import parse_tick, tick_hash
from openline.domain.record.verification import verify_certificate
from openline.domain.talk.body import By
from openline.domain.talk.text import Text, Translation
from openline.engine.commands import AcknowledgeAlarm
from openline.engine.frames import Entries, TickSent, Urgent, decode_frame, encode_frame
from openline.engine.mirror import CLAIMS_KEPT, EARLY_MAX, _root_over
from tests.engine.copies import MANY, copy_of, durable, known, refusals_of
from tests.engine.forger import Duel, Forger
from tests.engine.parties import ALPHA, BRAVO, LINE, make_parties
from tests.engine.region import standing


@pytest.fixture
def duel() -> Duel:
    """Alpha and bravo at rest; bravo has said two things."""
    region = standing(make_parties())
    for words in ("one", "two"):
        region.say(BRAVO, words)
        region.pump()
    region.pass_time(20_000)
    return Duel(region, region.wires[0], Forger(region, BRAVO))


def is_forked(duel: Duel) -> None:
    """Evidence with both notes is kept, one alarm stands, and nothing is cosigned."""
    reason, _, first, second, _ = duel.evidence()
    assert reason == "FORK"
    assert isinstance(first, str)
    assert isinstance(second, str)
    assert parse_note(first).text != parse_note(second).text
    assert duel.alarms() == 1
    assert "FORK" in refusals_of(duel.line)
    assert duel.peer.is_forked
    # What is kept convicts its author before anybody, without the log.
    report = verify_certificate(Exporter(duel.line.store, ALPHA, LINE).fork(BRAVO))
    assert report.verdict is Verdict.PROVEN, report.to_text()


class TestForks:
    """Two signed statements of one party that contradict each other."""

    def test_other_entries_under_another_head(self, duel: Duel) -> None:
        """Other entries in a place that is held, under a signed head, are a fork."""
        other = Forger(duel.region, BRAVO, upto=2)
        other.say("not what I said")
        duel.send(other.frame(2))
        is_forked(duel)
        _, _, first, second, frames = duel.evidence()
        assert parse_checkpoint(parse_note(str(first)).text).size == 3
        assert parse_checkpoint(parse_note(str(second)).text).root == other.tree.root()
        assert isinstance(frames, list)
        kept = decode_frame(bytes(frames[0]))  # type: ignore[arg-type]
        assert isinstance(kept, Entries)
        assert kept.entries == tuple(other.entries[2:])

    def test_a_longer_history_from_before(self, duel: Duel) -> None:
        """A longer history that leaves the held one earlier is a fork as well."""
        other = Forger(duel.region, BRAVO, upto=1)
        other.say("a", "b", "c", "d")
        duel.send(other.frame(1))
        is_forked(duel)

    def test_two_heads_over_the_same_entries(self, duel: Duel) -> None:
        """A second signed head of a size that is held, with another root, is a fork."""
        duel.send(duel.bravo.frame(2, head=duel.bravo.head(3, root=bytes(32))))
        is_forked(duel)

    def test_an_old_head_that_never_was(self, duel: Duel) -> None:
        """A signed head of a smaller size with another root is a fork, whatever comes with it."""
        duel.bravo.say("three")
        duel.send(duel.bravo.frame(3, head=duel.bravo.head(2, root=bytes(32))))
        is_forked(duel)

    def test_a_tick_with_another_root(self, duel: Duel) -> None:
        """A tick that says another root of a size that is held is a fork."""
        duel.send(duel.bravo.tick_frame(duel.next_tick(root=bytes(32))))
        is_forked(duel)

    def test_a_tick_ahead_of_a_log_that_comes_differently(self, duel: Duel) -> None:
        """A tick's root of a size that is not held yet is compared when it is."""
        duel.send(duel.bravo.tick_frame(duel.next_tick(size=5, root=bytes(32))))
        assert not duel.peer.is_forked
        duel.bravo.say("three", "four", "five")
        duel.send(duel.bravo.frame(3))
        is_forked(duel)
        assert duel.line.mirrors[BRAVO].size == 3

    def test_two_ticks_of_one_size_and_two_roots(self, duel: Duel) -> None:
        """Two ticks with two roots of one size are a fork before anything arrives."""
        first = duel.next_tick(size=5, root=bytes(32))
        second = duel.next_tick(size=5, root=b"\1" * 32)
        second = replace(second, sequence=first.sequence + 1, previous=tick_hash(first.text()))
        duel.send(duel.bravo.tick_frame(first), duel.bravo.tick_frame(second))
        is_forked(duel)

    @pytest.mark.parametrize("are_in_one_turn", [True, False])
    def test_two_ticks_of_one_number(self, duel: Duel, are_in_one_turn: bool) -> None:
        """Two ticks of one number are a fork, and both are kept."""
        first = duel.next_tick()
        second = replace(first, observed="LOST")
        frames = [duel.bravo.tick_frame(first), duel.bravo.tick_frame(second)]
        if are_in_one_turn:
            duel.send(*frames)
        else:
            duel.send(frames[0])
            duel.send(frames[1])
        is_forked(duel)
        _, _, one, two, _ = duel.evidence()
        assert {parse_note(str(one)).text, parse_note(str(two)).text} == {
            first.text(),
            second.text(),
        }

    def test_two_ticks_of_an_old_number(self, duel: Duel) -> None:
        """A second tick of a number that is long past is a fork too."""
        old = duel.line.store.ticks(duel.region.line, BRAVO, 1, 1)[0]
        tick = replace(parse_tick(parse_note(old[2]).text), observed="LOST")
        duel.send(duel.bravo.tick_frame(tick))
        is_forked(duel)

    def test_a_tick_that_does_not_follow(self, duel: Duel) -> None:
        """The next tick must name the hash of the one before, or there was another."""
        duel.send(duel.bravo.tick_frame(replace(duel.next_tick(), previous=bytes(32))))
        is_forked(duel)

    def test_a_flash_ahead_that_the_log_does_not_have(self, duel: Duel) -> None:
        """A FLASH sent ahead that the log then differs from is a fork, with its proof kept."""
        duel.bravo.say("three")
        other = Forger(duel.region, BRAVO)
        other.say("three")
        other.say("cease fire", precedence=int(Precedence.FLASH))
        duel.send(other.urgent(4))
        assert duel.line.view.message(BRAVO, 4) is not None
        duel.bravo.say("four", "five")
        duel.send(duel.bravo.frame(3))
        is_forked(duel)
        _, _, first, second, frames = duel.evidence()
        assert parse_note(str(first)).text == other.head().text
        assert parse_note(str(second)).text == duel.bravo.head().text
        assert isinstance(frames, list)
        kinds = [type(decode_frame(bytes(frame))) for frame in frames]  # type: ignore[arg-type]
        assert kinds == [Urgent, Entries]

    def test_a_flash_ahead_whose_head_the_log_does_not_have(self, duel: Duel) -> None:
        """The head under which a FLASH came ahead must be one that the log comes to have."""
        other = Forger(duel.region, BRAVO)
        flash = other.entry("cease fire", index=4, precedence=int(Precedence.FLASH))
        other.say("three")
        other.append(flash)
        other.append(other.entry("five", index=5))
        duel.send(other.urgent(4))
        duel.bravo.say("three")
        duel.bravo.append(flash)
        duel.bravo.say("another five")
        duel.send(duel.bravo.frame(3))
        is_forked(duel)

    def test_two_flashes_at_one_index(self, duel: Duel) -> None:
        """Two FLASH entries sent ahead for one place are a fork."""
        for words in ("cease fire", "open fire"):
            other = Forger(duel.region, BRAVO)
            other.say("three")
            other.say(words, precedence=int(Precedence.FLASH))
            duel.send(other.urgent(4))
        is_forked(duel)

    def test_a_flash_in_a_place_that_is_held(self, duel: Duel) -> None:
        """A FLASH sent ahead for a place that another entry has is a fork."""
        other = Forger(duel.region, BRAVO, upto=2)
        other.say("cease fire", precedence=int(Precedence.FLASH))
        duel.send(other.urgent(2))
        is_forked(duel)


class TestAfterAFork:
    """What still goes, and what never goes again."""

    @pytest.fixture
    def forked(self, duel: Duel) -> Duel:
        """Alpha holds proof of a fork by bravo."""
        other = Forger(duel.region, BRAVO, upto=2)
        other.say("not what I said")
        duel.send(other.frame(2))
        is_forked(duel)
        return duel

    def test_nothing_is_cosigned_again(self, forked: Duel) -> None:
        """Nothing of the log is taken or cosigned any more, also after a restart."""
        since = len(forked.region.stations[ALPHA].effects)
        forked.bravo.say("three")
        forked.send(forked.bravo.frame(3))
        forked.region.restart(ALPHA)
        forked.wire = forked.region.connect(ALPHA, BRAVO)
        forked.region.pump()
        forked.region.say(BRAVO, "three again")
        forked.region.pump()
        forked.region.pass_time(60_000)
        assert forked.receipts(since) == []
        assert forked.line.mirrors[BRAVO].size == 3
        assert forked.peer.is_forked
        assert forked.alarms() == 1

    def test_the_alarm_is_raised_once(self, forked: Duel) -> None:
        """Further contradictions add neither evidence nor alarms."""
        for number in range(5):
            other = Forger(forked.region, BRAVO, upto=1)
            other.say(f"another {number}")
            forked.send(other.frame(1))
        is_forked(forked)

    def test_an_acknowledged_alarm_stays_acknowledged(self, forked: Duel) -> None:
        """A restart brings the alarm back as it was left."""
        alarm = next(one for one in forked.line.view.alarms() if one["name"] == "FORK")
        by = ("air-desk", "Lt A")
        forked.region.ask(ALPHA, AcknowledgeAlarm(forked.region.line, alarm["id"], by))
        loaded = forked.region.loaded(ALPHA, copy_of(forked.line.store))
        assert known(loaded, forked.region.now) == known(forked.line, forked.region.now)
        assert [one["name"] for one in loaded.view.alarms()].count("FORK") == 0

    def test_a_flash_is_still_shown(self, forked: Duel) -> None:
        """A FLASH is shown even from a party that forked, and is not receipted."""
        forked.bravo.say("cease fire", precedence=int(Precedence.FLASH))
        since = len(forked.region.stations[ALPHA].effects)
        forked.send(forked.bravo.urgent(3))
        assert forked.line.view.message(BRAVO, 3) is not None
        assert forked.line.content(BRAVO, 3) == forked.bravo.entries[3].content
        assert forked.receipts(since) == []

    def test_ticks_are_still_heard(self, forked: Duel) -> None:
        """Ticks go on: the line stays in use for safety traffic."""
        forked.region.pass_time(30_000)
        assert forked.line.status(forked.region.now)["observed"] == "UP"

    def test_a_busy_forked_party_keeps_its_connection(self, forked: Duel) -> None:
        """What a forked party goes on sending does not end the connection of its FLASH."""
        for number in range(100):
            forked.bravo.say(f"row {number}")
            forked.send(forked.bravo.frame(forked.bravo.size - 1))
        assert forked.region.stations[ALPHA].closed == []

    def test_what_we_say_is_still_sent(self, forked: Duel) -> None:
        """Our own messages still go to a party that forked, and are receipted."""
        index = forked.region.say(ALPHA, "we saw that")
        forked.region.pump()
        assert forked.line.delivered == index + 1


class TestClaims:
    """Heads that come before what they cover."""

    def test_less_than_before_is_told_and_is_no_fork(self, duel: Duel) -> None:
        """A tick that says less than an earlier one raises an alarm and is no fork."""
        ahead = duel.next_tick(size=5, root=bytes(32))
        back = duel.bravo.after(ahead, duel.region.now)
        duel.send(duel.bravo.tick_frame(ahead), duel.bravo.tick_frame(back))
        assert not duel.peer.is_forked
        assert duel.alarms("ENTRIES_TAKEN_BACK") == 1
        duel.bravo.say("three")
        duel.send(duel.bravo.frame(3))
        assert duel.line.mirrors[BRAVO].size == 4
        loaded = duel.region.loaded(ALPHA, copy_of(duel.line.store))
        assert known(loaded, duel.region.now) == known(duel.line, duel.region.now)

    def test_they_are_bounded(self, duel: Duel) -> None:
        """A counterpart that claims one size after another does not fill the memory."""
        tick = duel.next_tick(size=10, root=bytes(32))
        for number in range(2 * CLAIMS_KEPT):
            duel.send(duel.bravo.tick_frame(tick))
            out = replace(tick.out, size=11 + number)
            tick = duel.bravo.after(tick, duel.region.now, out=out)
        assert len(duel.line.mirrors[BRAVO]._claims) == CLAIMS_KEPT


class TestEarly:
    """FLASH entries that wait for their log."""

    def test_they_are_bounded(self, duel: Duel) -> None:
        """Beyond a bound further FLASH entries are refused with RATE, and nothing is lost."""
        duel.bravo.say("a gap")
        for number in range(EARLY_MAX + 1):
            duel.bravo.say(f"flash {number}", precedence=int(Precedence.FLASH))
        for number in range(EARLY_MAX + 1):
            duel.send(duel.bravo.urgent(4 + number))
        assert refusals_of(duel.line) == ["RATE"]
        assert len(duel.line.mirrors[BRAVO].early) == EARLY_MAX
        duel.send(duel.bravo.frame(3))
        assert duel.line.mirrors[BRAVO].size == duel.bravo.size
        assert duel.line.mirrors[BRAVO].early == {}

    def test_large_ones_are_bounded_by_their_size(self, duel: Duel) -> None:
        """FLASH entries with the largest contents are bounded in bytes, not only in number."""
        duel.bravo.say("a gap")
        for _ in range(40):
            words = "x" * 16_000
            more = tuple(Translation("en", words, "T") for _ in range(8))
            text = Text(By("air-desk", "Lt F"), "en", words, translations=more)
            duel.bravo.append(duel.bravo.entry(text, precedence=int(Precedence.FLASH)))
        for index in range(4, duel.bravo.size):
            duel.send(duel.bravo.urgent(index))
        early = duel.line.mirrors[BRAVO].early
        held = sum(len(one.sealed.content) for one in early.values())
        assert held < 9 * 1024 * 1024

    def test_only_a_flash_may_come_ahead(self, duel: Duel) -> None:
        """An entry of another precedence that is sent ahead is refused as MALFORMED."""
        duel.bravo.say("a gap", "routine")
        duel.send(duel.bravo.urgent(4))
        assert refusals_of(duel.line) == ["MALFORMED"]

    def test_it_must_be_covered_by_its_head(self, duel: Duel) -> None:
        """A FLASH whose proof does not lead to its head is refused with WRONG_ROOT."""
        duel.bravo.say("a gap")
        duel.bravo.say("flash", precedence=int(Precedence.FLASH))
        duel.send(duel.bravo.urgent(4, head=duel.bravo.head(root=bytes(32))))
        assert refusals_of(duel.line) == ["WRONG_ROOT"]
        assert duel.line.view.message(BRAVO, 4) is None

    def test_it_must_be_of_its_author(self, duel: Duel) -> None:
        """A FLASH of another party that is sent ahead is refused with WRONG_LINE."""
        alpha = Forger(duel.region, ALPHA)
        alpha.say("flash", precedence=int(Precedence.FLASH))
        duel.send(alpha.urgent(alpha.size - 1))
        assert refusals_of(duel.line) == ["WRONG_LINE"]

    def test_it_survives_a_restart(self, duel: Duel) -> None:
        """A FLASH that waits for its log waits on after a restart, with its proof."""
        duel.bravo.say("a gap")
        duel.bravo.say("flash", precedence=int(Precedence.FLASH))
        duel.send(duel.bravo.urgent(4))
        loaded = duel.region.loaded(ALPHA, copy_of(duel.line.store))
        assert known(loaded, duel.region.now) == known(duel.line, duel.region.now)
        early = loaded.mirrors[BRAVO].early[4]
        assert early.frame == duel.line.mirrors[BRAVO].early[4].frame

    def test_the_next_entry_takes_its_place_at_once(self, duel: Duel) -> None:
        """A FLASH with nothing before it is receipted in its place, without waiting for the log."""
        duel.bravo.say("flash", precedence=int(Precedence.FLASH))
        since = len(duel.region.stations[ALPHA].effects)
        duel.send(duel.bravo.urgent(3))
        assert duel.line.mirrors[BRAVO].size == 4
        assert [receipt.size for receipt in duel.receipts(since)] == [4]
        assert duel.line.mirrors[BRAVO].early == {}


class TestRepeats:
    """The same objects again."""

    def test_entries_that_are_held_are_receipted_again(self, duel: Duel) -> None:
        """Entries that come again are passed over, and their receipt is repeated."""
        before = durable(duel.line, refusals=True)
        since = len(duel.region.stations[ALPHA].effects)
        duel.send(duel.bravo.frame(0))
        duel.send(duel.bravo.frame(1))
        assert durable(duel.line, refusals=True) == before
        assert [receipt.size for receipt in duel.receipts(since)] == [3, 3]

    def test_entries_that_overlap_add_what_is_new(self, duel: Duel) -> None:
        """A frame that begins with held entries adds only those that follow."""
        duel.bravo.say("three")
        duel.send(duel.bravo.frame(1))
        assert duel.line.mirrors[BRAVO].size == 4
        shown = [m["index"] for m in duel.line.view.messages(0, MANY) if m["party"] == BRAVO]
        assert shown == [0, 1, 2, 3]

    def test_a_repeated_tick_does_not_keep_a_circuit_up(self, duel: Duel) -> None:
        """A tick that is sent again and again does not make a silent circuit look alive."""
        duel.region.tamper = lambda carried: []
        note = duel.line.store.last_tick(duel.region.line, BRAVO)
        assert note is not None
        for _ in range(12):
            duel.region.pass_time(10_000)
            duel.region.inject(duel.wire, ALPHA, encode_frame(TickSent(note[2])))
        duel.region.turn(ALPHA)
        states = [one["state"] for one in duel.peer.status(duel.region.now, 0)["circuits"]]
        assert states == ["LOST"]


@pytest.mark.parametrize("start", [*range(9), 16, 31, 32, 33])
def test_the_root_over_a_shared_beginning(start: int) -> None:
    """The root of a tree that shares a beginning is that of the tree built from its leaves."""
    tree = Tree(leaf_hash(bytes([number])) for number in range(40))
    for count in range(1, 6):
        leaves = [leaf_hash(b"other %d" % number) for number in range(count)]
        whole = Tree([tree.leaf(index) for index in range(start)] + leaves)
        assert _root_over(tree, start, leaves) == whole.root()
