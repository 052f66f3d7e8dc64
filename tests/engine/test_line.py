"""One line: what it serves, what it asks for again, and how much one counterpart may cost."""

from dataclasses import replace

import pytest

from openline.domain.errors import OurError
from openline.domain.party import Precedence
from openline.domain.record.checkpoint import verify_checkpoint
from openline.domain.record.merkle import leaf_hash, parse_entry_bundle
from openline.domain.record.note import parse_note
from openline.domain.talk.text import Text
from openline.engine.commands import Adopt, CheckNotice, Compose
from openline.engine.events import CommandGiven
from openline.engine.frames import (
    Entries,
    Hello,
    JournalHead,
    Pull,
    Receipt,
    Refusal,
    decode_frame,
    encode_frame,
)
from openline.engine.greeting import hello
from openline.engine.intake import plain
from openline.engine.journal import REFUSALS_PER_MINUTE_MAX
from openline.engine.line import GREETING_WAIT_MS
from tests.engine.copies import shown_delivered
from tests.engine.forger import Duel, Forger
from tests.engine.parties import ALPHA, BRAVO, LINE, make_parties
from tests.engine.region import WATCH, Carried, Region, notice, standing


@pytest.fixture
def duel() -> Duel:
    """Alpha and bravo at rest; bravo has said much."""
    region = standing(make_parties())
    for _ in range(4):
        region.say_many(BRAVO, ["row"] * 200)
        region.pump()
    region.pass_time(20_000)
    return Duel(region, region.wires[0], Forger(region, BRAVO))


class TestReading:
    """The C2SP read paths of the own outbox."""

    def test_the_checkpoint_is_the_signed_head(self) -> None:
        """`checkpoint` is the head over all that is durable, signed twice."""
        region = standing(make_parties())
        region.say(ALPHA, "row")
        line = region.line_of(ALPHA)
        served = line.serve("checkpoint")
        assert served is not None
        keys = region.stations[ALPHA].keys.current("node").public
        head = verify_checkpoint(parse_note(served), line.outbox.origin, keys)
        assert head == line.outbox.checkpoint(2)

    def test_tiles_and_bundles_give_the_whole_log(self) -> None:
        """Hash tiles and entry bundles give every leaf and every entry."""
        region = standing(make_parties())
        region.say_many(ALPHA, ["row"] * 299)
        region.pump()
        line = region.line_of(ALPHA)
        bundles = [line.serve("tile/entries/000"), line.serve("tile/entries/001.p/44")]
        entries = [one for bundle in bundles for one in parse_entry_bundle(bundle or b"")]
        tiles = (line.serve("tile/0/000") or b"") + (line.serve("tile/0/001.p/44") or b"")
        assert len(entries) == 300
        assert tiles == b"".join(leaf_hash(entry) for entry in entries)

    @pytest.mark.parametrize(
        "path", ["tile/entries/001.p/45", "tile/0/002", "tile/x", "", "journal", "../checkpoint"]
    )
    def test_other_paths_are_nothing(self, path: str) -> None:
        """What there is not is answered with nothing."""
        region = standing(make_parties())
        assert region.line_of(ALPHA).serve(path) is None

    def test_nothing_is_signed_to_be_read(self) -> None:
        """A node that may not sign serves no head."""
        region = standing(make_parties())
        region.cut_all()
        region.restart(ALPHA)
        assert region.line_of(ALPHA).serve("checkpoint") is None


class TestAskingAgain:
    """What stays open is asked for again."""

    def test_a_connection_without_a_greeting_is_ended(self) -> None:
        """A connection on which no greeting came is ended, so that it can be dialled anew."""
        region = Region(make_parties())
        region.adopt()
        region.redial = True
        region.tamper = lambda carried: []
        region.connect(ALPHA, BRAVO)
        region.pass_time(GREETING_WAIT_MS)
        assert region.stations[ALPHA].closed == []
        region.tamper = lambda carried: [carried.frame]
        region.pass_time(10_000)
        assert region.stations[ALPHA].closed or region.stations[BRAVO].closed
        assert region.line_of(ALPHA).can_sign()

    def test_what_is_held_and_not_receipted_is_asked_for(self) -> None:
        """When a receipt is lost though its connection stands, it is asked for after a while."""
        region = standing(make_parties())
        lost: list[int] = []

        def lose_receipts(carried: Carried) -> list[bytes]:
            frame = decode_frame(carried.frame)
            if isinstance(frame, Receipt) and frame.origin.endswith("/out") and not lost:
                lost.append(frame.size)
                return [encode_frame(replace(frame, rows=""))]
            return [carried.frame]

        region.tamper = lose_receipts
        region.say(ALPHA, "row")
        region.pump()
        assert lost
        assert shown_delivered(region.line_of(ALPHA)) == {BRAVO: 1}
        region.pass_time(30_000)
        assert shown_delivered(region.line_of(ALPHA)) == {BRAVO: 2}

    def test_a_journal_head_that_was_cut_off_goes_again(self) -> None:
        """A journal head that a cut swallowed is sent again on the next connection."""
        region = standing(make_parties())
        region.tamper = lambda carried: (
            [] if isinstance(decode_frame(carried.frame), JournalHead) else [carried.frame]
        )
        region.say(ALPHA, "row")
        region.pump()
        region.pass_time(10_000)
        region.cut_all()
        region.tamper = lambda carried: [carried.frame]
        region.connect(ALPHA, BRAVO)
        region.pass_time(10_000)
        line = region.line_of(ALPHA)
        assert line.peers[BRAVO].journal_cosigned == line.peers[BRAVO].journal_sent > 3


class TestCosts:
    """What one counterpart may cost."""

    def test_many_pulls_in_one_turn_are_answered_once(self, duel: Duel) -> None:
        """A flood of pulls costs one answer a turn."""
        pull = encode_frame(Pull(duel.bravo.origin, 0))
        since = duel.mark
        duel.send(*[pull] * 50)
        answers = [frame for frame in duel.sent(since) if isinstance(frame, Entries)]
        assert len(answers) == 1

    def test_many_greetings_in_one_turn_count_once(self, duel: Duel) -> None:
        """A flood of greetings that say nothing is held is answered with one window a turn."""
        duel.region.say_many(ALPHA, ["row"] * 1_000)
        duel.region.pump()
        there = duel.region.line_of(BRAVO)
        said = replace(hello(there, there.peers[ALPHA]), held=())
        since = duel.mark
        duel.send(*[encode_frame(said)] * 50)
        starts = [frame.start for frame in duel.sent(since) if isinstance(frame, Entries)]
        assert len(starts) == len(set(starts))

    def test_a_flood_of_refusals_is_not_shown(self, duel: Duel) -> None:
        """Beyond the bound of the journal refusals of a counterpart are not shown either."""
        shows = duel.region.stations[ALPHA].shows
        shows.clear()
        for _ in range(10):
            duel.send(*[encode_frame(Refusal("RATE", "again"))] * 100)
        assert len([show for show in shows if show.name == "refusal"]) == REFUSALS_PER_MINUTE_MAX

    def test_a_large_mirror_is_lent_in_small_bites(self) -> None:
        """A pull is answered with one frame, however large the entries are that follow."""
        region = standing(make_parties())
        region.say_many(BRAVO, ["x" * 16_000] * 400)
        region.pump()
        duel = Duel(region, region.wires[0], Forger(region, BRAVO))
        read: list[int] = []
        entries = region.stations[ALPHA].store.entries

        def count(origin: str, start: int, number: int) -> list:  # type: ignore[type-arg]
            found = entries(origin, start, number)
            read.append(sum(len(entry.content) for entry in found))
            return found

        region.stations[ALPHA].store.entries = count  # type: ignore[method-assign]
        duel.send(encode_frame(Pull(duel.bravo.origin, 1)))
        assert sum(read) < 3 * 1024 * 1024


class TestCommands:
    """What officers ask."""

    def test_the_loudest_of_a_turn_is_recorded_first(self) -> None:
        """Of what is said in one turn the loudest is recorded first."""
        region = standing(make_parties())
        commands = [
            CommandGiven(n, Compose(LINE, Text(WATCH, "en", f"{n}"), Precedence(n % 4)))
            for n in range(8)
        ]
        region.turn(ALPHA, *commands)
        shown = region.line_of(ALPHA).view.messages(2)
        assert [message["precedence"] for message in shown] == (
            ["FLASH"] * 2 + ["IMMEDIATE"] * 2 + ["PRIORITY"] * 2 + ["ROUTINE"] * 2
        )
        indexes = {n: region.stations[ALPHA].answers[n].result.index for n in range(8)}
        assert indexes[3] == 1
        assert indexes[7] == 2

    def test_a_notice_can_be_checked_without_being_said(self) -> None:
        """A check says which conflicts there would be, and records nothing."""
        region = standing(make_parties())
        region.say(BRAVO, "", message=notice())
        region.pump()
        check = region.ask(ALPHA, CheckNotice(LINE, notice()))
        assert check.go_on(10)
        assert [one["party"] for one in check.to_json()] == [BRAVO]
        assert region.line_of(ALPHA).outbox.size == 1

    def test_contents_that_are_not_held_are_not_given(self) -> None:
        """The content of an entry that is not held, or of a stranger's, is an error of ours."""
        region = standing(make_parties())
        for party, index in ((ALPHA, 1), (BRAVO, 1), ("nobody.example", 0)):
            with pytest.raises(OurError, match="not held"):
                region.line_of(ALPHA).content(party, index)

    def test_a_restart_of_both_at_once_is_nothing_special(self) -> None:
        """Two nodes that start again together confirm each other and go on."""
        region = standing(make_parties())
        for party in (ALPHA, BRAVO):
            region.say(party, "row")
        region.pump()
        for party in (ALPHA, BRAVO):
            region.restart(party)
        region.connect(ALPHA, BRAVO)
        region.pump()
        for party, other in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
            assert region.say(party, "again") == 2
            region.pump()
            assert shown_delivered(region.line_of(party)) == {other: 3}


class TestGreetings:
    """The first frame of a connection."""

    def test_it_says_what_is_held_under_signatures(self) -> None:
        """A greeting shows the receiver's own signed heads, and its last tick."""
        region = standing(make_parties())
        region.say(ALPHA, "row")
        region.pump()
        region.pass_time(20_000)
        line = region.line_of(BRAVO)
        said = hello(line, line.peers[ALPHA])
        assert isinstance(said, Hello)
        origins = [parse_note(text).text.split("\n")[:2] for text in said.held]
        assert origins[0] == [f"{ALPHA}/{LINE}/out", "2"]
        assert origins[1][0] == f"{ALPHA}/{LINE}/journal"
        assert f"party {ALPHA}\n" in said.heard
        assert said.receipted == line.outbox.size

    def test_it_names_a_tick_that_came_in_the_same_turn(self) -> None:
        """A greeting names the last tick heard, also when it came just before the connection."""
        region = standing(make_parties())
        region.pass_time(5_000)
        region.say(ALPHA, "a tick goes with this")
        region.deliver()
        wire = region.connect(ALPHA, BRAVO, "2")
        region.turn(BRAVO)
        last = region.line_of(ALPHA).store.last_tick(LINE, ALPHA)
        said = next(decode_frame(one.frame) for one in wire.under_way if one.sender == BRAVO)
        assert isinstance(said, Hello)
        assert last is not None
        assert said.heard == last[2]

    def test_a_delayed_circuit_is_no_wrong_clock(self) -> None:
        """A circuit that delays one way for a minute raises no alarm about clocks."""
        region = standing(make_parties())
        kept: list[bytes] = []

        def delay(carried: Carried) -> list[bytes]:
            if carried.sender == ALPHA:
                kept.append(carried.frame)
                return []
            return [carried.frame]

        region.tamper = delay
        region.pass_time(70_000)
        region.tamper = lambda carried: [carried.frame]
        for frame in kept:
            region.inject(region.wires[0], BRAVO, frame)
        region.pass_time(30_000)
        for party in (ALPHA, BRAVO):
            names = [alarm["name"] for alarm in region.line_of(party).view.alarms()]
            assert "CLOCKS_DIFFER" not in names


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("as it is", "as it is"),
        ("\u202eevil", "\\u202eevil"),
        ("red \x1b[31m", "red \\u001b[31m"),
        ("row\nrow", "row\\u000arow"),
        ("русский", "русский"),
        (">\u0338", "\u226f"),
    ],
)
def test_what_strangers_write_is_plain(text: str, shown: str) -> None:
    """What a stranger wrote is shown without anything that acts on a screen."""
    assert plain(text) == shown


def test_an_adopted_line_is_answered_by_its_hash() -> None:
    """The answer to an adoption names the line and the hash of its terms."""
    region = Region(make_parties())
    answer = region.ask(ALPHA, Adopt(region.signed.format()))
    assert answer["line"] == LINE
    assert len(answer["understanding"]) == 64
