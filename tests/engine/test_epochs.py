"""Epochs: a party whose outbox cannot be continued goes on in a new one."""

from dataclasses import replace
from typing import Any

import pytest

from openline.domain.errors import OurError
from openline.domain.line.understanding import RootSignature
from openline.domain.party import Precedence
from openline.domain.record.checkpoint import Checkpoint, sign_checkpoint
from openline.domain.record.merkle import Tree, leaf_hash
from openline.domain.talk.body import By, Reference
from openline.domain.talk.keys import Epoch, epoch_message
from openline.domain.talk.receipt import Read
from openline.engine.commands import (
    Adopt,
    ChangeKey,
    ExportCourier,
    ImportCourier,
    OpenEpoch,
)
from openline.engine.frames import Entries, decode_frame, encode_frame
from openline.engine.line import Line
from tests.engine.copies import MANY, copy_of, known, refusals_of
from tests.engine.forger import Forger
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, LINE, make_parties, sign
from tests.engine.region import WATCH, Carried, Region, standing

OFFICER = ("commander", "Col Stone")
OUT = f"{ALPHA}/{LINE}/out"
NAMED = (ALPHA, BRAVO, CHARLIE)


def forked(*names: str, words: tuple[str, ...] = ("lost", "and gone")) -> Region:
    """A region whose alpha runs on an old copy and has signed another history on it."""
    region = standing(make_parties(*names))
    region.say(ALPHA, "in both histories")
    region.pump()
    region.pass_time(20_000)
    old = copy_of(region.stations[ALPHA].store)
    for one in words:
        region.say(ALPHA, one)
    region.pump()
    region.pass_time(20_000)
    region.cut_all()
    region.restart(ALPHA, old, own_copy_is_current=True)
    region.say(ALPHA, "on the old copy")
    region.pass_time(20_000)
    return region


def broken(*names: str, **options: Any) -> Region:
    """The same, after the counterparts have shown what they hold."""
    region = forked(*names, **options)
    region.connect_all()
    region.pump()
    region.pass_time(20_000)
    return region


def epoch_of(region: Region, party: str = ALPHA, **changes: Any) -> Epoch:
    """The EPOCH that a party's roots would sign now, with changes made before they do."""
    line = region.line_of(party)
    asked = line.status(region.now)["next_epoch"]
    keys, ring = region.parties.keys[party], line.rings[party]
    epoch = Epoch(
        By(*OFFICER),
        asked["origin"],
        asked["previous_size"],
        bytes.fromhex(asked["previous_root"]),
        "The machine came back from an old disk.",
        bytes.fromhex(asked["understanding"]),
        ring.node_at(line.outbox.size),
        ring.witnesses()[0],
        ring.mirrors()[0],
        ring.tls()[0],
    )
    epoch = replace(epoch, **changes)
    signer = changes.get("root", keys.root)
    one = RootSignature(party, signer.public.ed25519, signer.sign_ed25519(epoch_message(epoch)))
    return replace(epoch, signatures=(one,))


def open_epoch(region: Region, party: str = ALPHA, **changes: Any) -> int:
    """Open the next outbox of a party; the serial of its first entry."""
    return int(region.ask(party, OpenEpoch(LINE, epoch_of(region, party, **changes))).index)


def alarms(line: Line) -> list[str]:
    """The names of the alarms that stand."""
    return [alarm["name"] for alarm in line.view.alarms()]


def words_of(line: Line, party: str) -> list[tuple[int, int]]:
    """Epoch and index of every message of a party, in the order of the record."""
    shown = line.view.messages(0, MANY)
    return [(one["epoch"], one["index"]) for one in shown if one["party"] == party]


def is_agreed(region: Region) -> None:
    """All nodes hold the same of every newest outbox, and it is all receipted."""
    region.pump()
    region.pass_time(30_000)
    for party in region.stations:
        line = region.line_of(party)
        assert line.can_sign()
        for other in line.peers:
            there = region.line_of(other).mirrors[party]
            assert there.checkpoint() == line.outbox.checkpoint()
            assert line.peers[other].receipted == line.outbox.size
        loaded = region.loaded(party, copy_of(line.store))
        assert _lasting(loaded, region.now) == _lasting(line, region.now)
        assert {o: t.root() for o, t in loaded.past_trees.items()} == {
            o: t.root() for o, t in line.past_trees.items()
        }


def _lasting(line: Line, now: int) -> dict[str, Any]:
    """What is known, but for the alarm that only the greeting raises."""
    found = known(line, now)
    found["alarms"] = [one for one in found["alarms"] if one["name"] != "OWN_HISTORY_DIFFERS"]
    return found


class TestTwoParties:
    """One counterpart, which holds the history that was lost."""

    def test_another_history_that_is_longer_stops_the_line(self) -> None:
        """Entries that we signed and that do not follow ours are found out when pulled."""
        region = broken()
        assert "another history" in region.line_of(ALPHA).broken
        assert "OWN_HISTORY_DIFFERS" in alarms(region.line_of(ALPHA))

    def test_the_line_goes_on_in_a_new_outbox(self) -> None:
        """After the opening both sides say and receipt, under the new origin."""
        region = broken()
        assert open_epoch(region) == 0
        region.say(ALPHA, "again")
        region.say(BRAVO, "received")
        is_agreed(region)
        line = region.line_of(ALPHA)
        assert line.outbox.origin == f"{OUT}/2"
        assert line.broken == ""
        assert region.line_of(BRAVO).mirrors[ALPHA].size == 2
        tick = region.line_of(BRAVO).peers[ALPHA].last_tick_note
        assert f"\nout {OUT}/2 2 " in tick
        assert region.line_of(BRAVO).observed(region.now).value == "UP"

    def test_it_names_the_head_that_the_counterpart_proves(self) -> None:
        """The head that is named is the counterpart's, and contradicts nothing there."""
        region = broken()
        held = region.line_of(BRAVO).mirrors[ALPHA].checkpoint()
        epoch = epoch_of(region)
        assert (epoch.previous_size, epoch.previous_root) == (held.size, held.root)
        open_epoch(region)
        is_agreed(region)
        there = region.line_of(BRAVO)
        assert "FORK" not in alarms(there)
        assert not there.store.values("evidence/")
        assert refusals_of(there) == []

    def test_the_counterpart_is_told_why(self) -> None:
        """The counterpart's alarm names the new outbox and the reason; so after a restart."""
        region = broken()
        open_epoch(region)
        is_agreed(region)
        for line in (region.line_of(BRAVO), region.restart(BRAVO).node.lines[LINE]):
            [alarm] = [one for one in line.view.alarms() if one["name"] == "EPOCH"]
            assert alarm["facts"]["origin"] == f"{OUT}/2"
            assert alarm["facts"]["reason"] == "The machine came back from an old disk."
            assert alarm["facts"]["disowned"] == 0

    def test_what_was_never_delivered_stays_and_is_flagged(self) -> None:
        """What only we hold of the old outbox stays on our record, flagged, not delivered."""
        region = broken()
        open_epoch(region)
        is_agreed(region)
        mine = region.line_of(ALPHA).view
        lost = mine.record(ALPHA, 2, 1)
        assert lost is not None
        shown = [one for one in mine.messages(0, MANY) if (one["epoch"], one["index"]) == (1, 2)]
        assert shown[0]["flags"] == ["DISOWNED"]
        assert shown[0]["marks"]["delivered"] == {}
        assert mine.record(ALPHA, 1, 1).flags == 0  # type: ignore[union-attr]
        assert words_of(region.line_of(ALPHA), ALPHA) == [(1, 0), (1, 1), (1, 2), (2, 0)]
        assert words_of(region.line_of(BRAVO), ALPHA) == [(1, 0), (1, 1), (1, 2), (1, 3), (2, 0)]

    def test_messages_of_both_outboxes_are_read(self) -> None:
        """The words of each outbox are those that stand in it."""
        region = broken()
        open_epoch(region)
        region.say(ALPHA, "again")
        is_agreed(region)
        there = region.line_of(BRAVO)
        assert b"in both histories" in there.content(ALPHA, 1, 1)
        assert b"again" in there.content(ALPHA, 1)
        assert b"gone" in there.content(ALPHA, 3)
        mine = region.line_of(ALPHA)
        assert b"on the old copy" in mine.content(ALPHA, 2)
        assert b"again" in mine.content(ALPHA, 1)

    def test_what_the_counterpart_holds_beyond_is_flagged_there(self) -> None:
        """Entries beyond the head that is named stay on the counterpart's record, flagged."""
        region = broken()
        line = region.line_of(ALPHA)
        head = line.outbox.checkpoint(2)
        open_epoch(region, previous_size=head.size, previous_root=head.root)
        is_agreed(region)
        there = region.line_of(BRAVO)
        flags = [there.view.record(ALPHA, index, 1).flags for index in range(4)]  # type: ignore[union-attr]
        assert flags == [0, 0, 256, 256]
        assert not there.store.values("evidence/")

    def test_a_contradiction_is_kept_and_the_line_goes_on(self) -> None:
        """A head of another history than is held is evidence and an alarm, not an end."""
        region = broken()
        head = region.line_of(ALPHA).outbox.checkpoint(3)
        open_epoch(region, previous_size=head.size, previous_root=head.root)
        flash = region.say(ALPHA, "cease fire", Precedence.FLASH)
        is_agreed(region)
        there = region.line_of(BRAVO)
        assert {"FORK", "EPOCH"} <= set(alarms(there))
        assert len(there.store.values("evidence/")) == 1
        assert not there.peers[ALPHA].is_forked
        assert there.peers[ALPHA].status(0, 0)["evidence"]
        assert there.view.record(ALPHA, flash, 2) is not None

    def test_a_fork_of_the_old_outbox_does_not_stop_the_new_one(self) -> None:
        """A counterpart that holds proof of a fork cosigns the outbox that follows."""
        region = forked()
        wire = region.connect(ALPHA, BRAVO)
        line = region.line_of(ALPHA)
        frame = encode_frame(line.outbox.frame(2, line.rings[ALPHA]))
        region.pump()
        region.inject(wire, BRAVO, frame)
        region.pump()
        assert region.line_of(BRAVO).peers[ALPHA].is_forked
        region.pass_time(20_000)
        open_epoch(region)
        region.say(ALPHA, "again")
        is_agreed(region)
        there = region.line_of(BRAVO).peers[ALPHA]
        assert (there.is_forked, len(there.past_evidence)) == (False, 1)
        again = region.restart(BRAVO).node.lines[LINE].peers[ALPHA]
        assert (again.is_forked, len(again.past_evidence)) == (False, 1)

    def test_the_epoch_can_be_opened_twice(self) -> None:
        """A third outbox follows the second, and both are left behind."""
        region = broken()
        open_epoch(region)
        region.say(ALPHA, "in the second")
        is_agreed(region)
        open_epoch(region)
        region.say(ALPHA, "in the third")
        is_agreed(region)
        assert region.line_of(ALPHA).outbox.origin == f"{OUT}/3"
        assert words_of(region.line_of(BRAVO), ALPHA)[-4:] == [(2, 0), (2, 1), (3, 0), (3, 1)]

    def test_keys_and_terms_in_force_stay_in_force(self) -> None:
        """Keys changed and terms amended before the opening count in the new outbox."""
        region = broken()
        old = region.parties
        for party in (ALPHA, BRAVO):
            assert region.line_of(party).rings[ALPHA].amended_at() == ()
        region = standing(make_parties())
        region.ask(ALPHA, ChangeKey(LINE, "node", OFFICER))
        region.ask(ALPHA, ChangeKey(LINE, "mirror", OFFICER))
        amended = sign(
            replace(old.understanding, version=2, scopes=("air_safety", "line_procedure")),
            region.parties.keys,
        )
        for party in (ALPHA, BRAVO):
            region.ask(party, Adopt(amended.format()))
        is_agreed(region)
        open_epoch(region)
        region.say(ALPHA, "again")
        is_agreed(region)
        for party in (ALPHA, BRAVO):
            line = region.line_of(party)
            assert line.view.understanding.version == 2
            assert line.rings[ALPHA].understandings()[-1].version == 2
            assert line.rings[ALPHA].amended_at() == (1,)
            assert len(line.rings[ALPHA].mirrors()) == 2
            assert len(line.rings[ALPHA].nodes()) == 1
        region.ask(ALPHA, ChangeKey(LINE, "node", OFFICER))
        region.say(ALPHA, "under the next key")
        is_agreed(region)

    def test_lost_keys_are_named_anew(self) -> None:
        """The roots can name other keys than those that were lost with the machine."""
        region = broken()
        keys = region.parties.keys[ALPHA]
        ring = region.line_of(ALPHA).rings[ALPHA]
        node = keys.successor("node", ring.node_at(0)).public
        mirror = keys.successor("mirror", ring.mirrors()[0]).public
        open_epoch(region, node=node, mirror=mirror, tls=b"another certificate")
        region.say(ALPHA, "again")
        region.say(BRAVO, "received")
        is_agreed(region)
        ring = region.line_of(BRAVO).rings[ALPHA]
        assert ring.nodes() == (node,)
        assert (ring.mirrors()[0], len(ring.mirrors()), ring.tls()[0]) == (
            mirror,
            2,
            b"another certificate",
        )

    def test_a_reference_means_the_outbox_that_its_author_knew(self) -> None:
        """A reading on its way at the opening marks the old message, a later one the new."""
        region = standing(make_parties())
        region.say(ALPHA, "in the first")
        is_agreed(region)
        wire = region.wires[0]
        region.cut(wire)
        region.say(BRAVO, "", message=Read(WATCH, Reference(ALPHA, 1)))
        open_epoch(region)
        region.say(ALPHA, "in the second")
        region.connect_all()
        is_agreed(region)
        region.say(BRAVO, "", message=Read(WATCH, Reference(ALPHA, 1)))
        is_agreed(region)
        for party in (ALPHA, BRAVO):
            view = region.line_of(party).view
            marks = [view.record(ALPHA, 1, epoch).marks for epoch in (1, 2)]  # type: ignore[union-attr]
            assert [[mark.index for mark in some or ()] for some in marks] == [[1], [2]]

    def test_a_courier_carries_the_opening(self) -> None:
        """A courier file brings the new outbox from its beginning, and the receipt back."""
        region = broken()
        region.cut_all()
        open_epoch(region)
        region.say(ALPHA, "by hand")
        carried = region.ask(ALPHA, ExportCourier(LINE, BRAVO))
        brought = region.ask(BRAVO, ImportCourier(LINE, carried))
        assert (brought["entries"], brought["refused"]) == (2, [])
        back = region.ask(ALPHA, ImportCourier(LINE, region.ask(BRAVO, ExportCourier(LINE, ALPHA))))
        assert (back["receipted"], back["refused"]) == (2, [])
        region.connect_all()
        is_agreed(region)


class TestRestores:
    """An old copy of a store from before the opening."""

    @pytest.mark.parametrize("is_on_history", [True, False])
    def test_the_author_finds_out_and_pulls_it(self, is_on_history: bool) -> None:
        """An author on an old copy takes back the new outbox, whichever history it had."""
        region = broken()
        old = copy_of(region.stations[ALPHA].store)
        if is_on_history:
            region = standing(make_parties())
            old = copy_of(region.stations[ALPHA].store)
            region.say(ALPHA, "in the first")
            is_agreed(region)
        open_epoch(region)
        for number in range(5):
            region.say(ALPHA, f"in the second {number}")
        is_agreed(region)
        sequence = region.line_of(ALPHA).pulse.sequence
        region.restart(ALPHA, old)
        assert not region.line_of(ALPHA).can_sign()
        region.connect_all()
        region.pump()
        line = region.line_of(ALPHA)
        assert (line.outbox.origin, line.outbox.size, line.broken) == (f"{OUT}/2", 6, "")
        assert line.pulse.sequence >= sequence
        region.say(ALPHA, "goes on")
        is_agreed(region)
        assert words_of(line, ALPHA)[-7:] == [(2, index) for index in range(7)]
        assert refusals_of(region.line_of(BRAVO)) == []

    def test_an_empty_store_gets_every_outbox_back(self) -> None:
        """An author that lost everything takes back its outboxes one after the other."""
        region = standing(make_parties())
        for _ in range(3):
            region.say(ALPHA, "kept by the counterpart")
            is_agreed(region)
            open_epoch(region)
        is_agreed(region)
        old = type(copy_of(region.stations[ALPHA].store))()
        region.restart(ALPHA, old)
        region.adopt(ALPHA)
        region.connect_all()
        is_agreed(region)
        origins = [f"{OUT}", f"{OUT}/2", f"{OUT}/3"]
        line = region.line_of(ALPHA)
        assert sorted(line.past_trees) == origins
        there = region.line_of(BRAVO).past_trees
        assert all(line.past_trees[one].root() == there[one].root() for one in origins)
        assert line.outbox.origin == f"{OUT}/4"

    def test_no_second_opening_before_the_counterpart_has_shown(self) -> None:
        """On an old copy the same outbox is not opened again while nobody has answered."""
        region = standing(make_parties())
        old = copy_of(region.stations[ALPHA].store)
        open_epoch(region)
        is_agreed(region)
        region.cut_all()
        region.restart(ALPHA, old)
        refused = region.refused(ALPHA, OpenEpoch(LINE, epoch_of(region)))
        assert "has not shown yet" in refused.what

    def test_the_counterpart_gets_it_all_again(self) -> None:
        """A counterpart on a copy from before the opening is sent the new outbox again."""
        region = broken()
        old = copy_of(region.stations[BRAVO].store)
        open_epoch(region)
        region.say(ALPHA, "again")
        is_agreed(region)
        region.restart(BRAVO, old)
        region.connect_all()
        is_agreed(region)
        assert region.line_of(BRAVO).mirrors[ALPHA].origin == f"{OUT}/2"

    @pytest.mark.parametrize("party", [ALPHA, BRAVO])
    @pytest.mark.parametrize("after", range(8))
    def test_either_may_die_at_the_opening(self, party: str, after: int) -> None:
        """A node that dies anywhere in the turn of the opening comes back and goes on."""
        region = broken()
        region.crash_at = (party, region.stations[party].turns + 1, after)
        try:
            open_epoch(region)
        except AssertionError:
            raise
        except Exception:
            pass
        region.pump()
        region.cut_all()
        region.connect_all()
        region.pump()
        region.pass_time(20_000)
        if region.line_of(ALPHA).outbox.epoch == 1:
            open_epoch(region)
        region.say(ALPHA, "again")
        is_agreed(region)
        assert region.line_of(ALPHA).outbox.epoch == 2


class TestThreeParties:
    """Two counterparts, which may hold different histories."""

    def test_all_go_on(self) -> None:
        """Both counterparts take the new outbox, and each other's as before."""
        region = broken(*NAMED)
        open_epoch(region)
        for party in NAMED:
            region.say(party, "again")
        is_agreed(region)
        assert all("EPOCH" in alarms(region.line_of(party)) for party in (BRAVO, CHARLIE))

    def test_counterparts_of_different_histories(self) -> None:
        """Where each holds another history, the one that is contradicted keeps evidence."""
        region = forked(*NAMED, words=("lost",))
        region.restart(CHARLIE, _before(region, CHARLIE))
        region.connect(ALPHA, CHARLIE)
        region.pump()
        region.connect(ALPHA, BRAVO)
        region.pump()
        region.pass_time(20_000)
        assert region.line_of(ALPHA).broken
        open_epoch(region)
        region.say(ALPHA, "again")
        region.connect(BRAVO, CHARLIE)
        region.pump()
        region.pass_time(30_000)
        for party in (BRAVO, CHARLIE):
            there = region.line_of(party)
            assert there.mirrors[ALPHA].checkpoint() == region.line_of(ALPHA).outbox.checkpoint()
            assert region.line_of(ALPHA).peers[party].receipted == 2
        assert len(region.line_of(CHARLIE).store.values("evidence/")) == 1
        assert not region.line_of(BRAVO).store.values("evidence/")


def _before(region: Region, party: str) -> Any:
    """A store of a party that holds nothing of alpha's later words."""
    fresh = Region(region.parties)
    fresh.adopt()
    fresh.connect_all()
    fresh.pump()
    store = copy_of(fresh.stations[party].store)
    return store


class TestRefusals:
    """What does not open an outbox."""

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"origin": f"{OUT}/3"}, "The next outbox is"),
            ({"origin": f"{BRAVO}/{LINE}/out/2"}, "The next outbox is"),
            ({"previous_root": bytes(32)}, "neither ours nor"),
            ({"understanding": bytes(32)}, "another Understanding"),
        ],
    )
    def test_we_refuse_to_sign(self, changes: dict[str, Any], words: str) -> None:
        """An EPOCH that names another outbox, head or Understanding is not taken."""
        region = broken()
        command = OpenEpoch(LINE, epoch_of(region, **changes))
        assert words in region.refused(ALPHA, command).what
        assert region.line_of(ALPHA).outbox.epoch == 1

    def test_by_other_roots(self) -> None:
        """An EPOCH that the party's roots have not signed is not taken."""
        region = broken()
        epoch = epoch_of(region, BRAVO)
        with pytest.raises(OurError):
            region.ask(ALPHA, OpenEpoch(LINE, epoch))
        epoch = replace(epoch_of(region), signatures=())
        assert "not accepted" in region.refused(ALPHA, OpenEpoch(LINE, epoch)).what

    def test_keys_that_we_do_not_have(self) -> None:
        """An EPOCH that names keys of another machine is not taken."""
        region = broken()
        bravo = region.parties.keys[BRAVO].current("node").public
        command = OpenEpoch(LINE, epoch_of(region, node=bravo))
        assert "node key" in region.refused(ALPHA, command).what

    def test_nothing_is_signed_in_the_old_outbox_any_more(self) -> None:
        """A twin that goes on in the outbox that was left is refused: ROLLBACK."""
        region = broken()
        twin = Forger(region, ALPHA)
        open_epoch(region)
        is_agreed(region)
        twin.say("by the twin")
        twin.append(twin.entry("cease fire", precedence=3))
        wire = region.wires[0]
        for frame in (twin.frame(3), twin.urgent(4), twin.tick_frame(twin.tick(2**40, region.now))):
            region.inject(wire, BRAVO, frame)
            region.pump()
        assert refusals_of(region.line_of(BRAVO)) == ["ROLLBACK"] * 3

    def test_an_opening_by_the_node_key_alone_is_refused(self) -> None:
        """Whoever has the node key and not the roots opens nothing at a counterpart."""
        region = standing(make_parties())
        line = region.line_of(ALPHA)
        epoch = replace(epoch_of(region), signatures=())
        thief = Forger(region, ALPHA)
        entry = thief.entry(epoch, 0, epoch=2)
        head = _head_over(thief, entry, f"{OUT}/2")
        frame = encode_frame(Entries(f"{OUT}/2", 0, (entry,), head))
        region.inject(region.wires[0], BRAVO, frame)
        region.pump()
        assert refusals_of(region.line_of(BRAVO)) == ["BAD_SIGNATURE"]
        assert region.line_of(BRAVO).mirrors[ALPHA].origin == line.outbox.origin

    @pytest.mark.parametrize("message", ["a text", "a FLASH ahead", "a tick"])
    def test_what_comes_before_the_opening_waits(self, message: str) -> None:
        """Entries, FLASH and ticks of an outbox whose opening is missing are no fault."""
        region = broken()
        stopped: list[Carried] = []

        def stop(carried: Carried) -> list[bytes]:
            frame = decode_frame(carried.frame)
            if carried.sender == ALPHA and isinstance(frame, Entries) and frame.start == 0:
                stopped.append(carried)
                return []
            return [carried.frame]

        region.tamper = stop
        open_epoch(region)
        region.pump()
        if message == "a text":
            region.say(ALPHA, "too early")
        elif message == "a FLASH ahead":
            region.say(ALPHA, "too early", Precedence.FLASH)
        region.pass_time(11_000)
        assert stopped
        region.tamper = lambda carried: [carried.frame]
        region.pass_time(60_000)
        is_agreed(region)
        assert refusals_of(region.line_of(BRAVO)) == []


def _head_over(thief: Forger, entry: Any, origin: str) -> str:
    root = Tree([leaf_hash(entry.raw)]).root()
    return sign_checkpoint(Checkpoint(origin, 1, root), thief.signer).format()
