"""Three parties: every outbox at every node, whoever is away."""

import pytest

from openline.domain.party import Precedence
from openline.domain.talk.body import Reference
from openline.domain.talk.receipt import Read
from openline.domain.talk.text import Text
from openline.engine.commands import Adopt, Compose, TrustOwnCopy
from tests.engine.copies import MANY, copy_of, known, refusals_of, shown_delivered
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, LINE, make_parties
from tests.engine.region import WATCH, Region, standing

ALL = (ALPHA, BRAVO, CHARLIE)


def agree(region: Region) -> None:
    """All hold all outboxes, all is receipted by all, nothing was refused."""
    for party in region.stations:
        line = region.line_of(party)
        assert refusals_of(line) == []
        assert shown_delivered(line) == dict.fromkeys(line.peers, line.outbox.size)
        for other in line.peers:
            held = region.line_of(other).mirrors[party]
            assert held.checkpoint() == line.outbox.checkpoint()
        loaded = region.loaded(party, copy_of(line.store))
        assert known(loaded, region.now) == known(line, region.now)


def test_everybody_hears_everybody() -> None:
    """What each of three says is held and receipted by the two others."""
    region = standing(make_parties(*ALL))
    for number in range(5):
        for party in ALL:
            region.say(party, f"message {number}", Precedence(number % 4))
        region.pump()
    region.pass_time(30_000)
    agree(region)
    counts = [len(region.line_of(party).view.messages(0, MANY)) for party in ALL]
    assert counts == [18, 18, 18]


def test_one_who_is_away_does_not_hold_up_the_others() -> None:
    """Two of three begin on a person's word without the third, who then gets everything."""
    region = Region(make_parties(*ALL))
    region.adopt(ALPHA, BRAVO)
    region.connect(ALPHA, BRAVO)
    region.pump()
    region.pass_time(90_000)
    assert region.line_of(ALPHA).outbox.size == 0
    for party in (ALPHA, BRAVO):
        region.ask(party, TrustOwnCopy(LINE, ("air-desk", "Lt A")))
    region.pass_time(10_000)
    assert region.line_of(ALPHA).outbox.size == 1
    region.say(ALPHA, "without charlie", Precedence.FLASH)
    region.pass_time(60_000)
    assert shown_delivered(region.line_of(ALPHA)) == {BRAVO: 2, CHARLIE: 0}
    region.adopt(CHARLIE)
    region.connect(ALPHA, CHARLIE)
    region.connect(BRAVO, CHARLIE)
    region.pass_time(30_000)
    agree(region)


def test_nobody_begins_alone() -> None:
    """One of three without any counterpart waits for ever, and says for whom."""
    region = Region(make_parties(*ALL))
    region.adopt(ALPHA)
    region.pass_time(600_000, 10_000)
    line = region.line_of(ALPHA)
    assert line.outbox.size == 0
    assert line.waiting_for() == [BRAVO, CHARLIE]


def test_delivered_means_to_all() -> None:
    """A message counts as delivered when the last of its counterparts has receipted it."""
    region = standing(make_parties(*ALL))
    for wire in [wire for wire in region.wires if CHARLIE in wire.ends]:
        region.cut(wire)
    index = region.say(ALPHA, "to both")
    region.pump()
    line = region.line_of(ALPHA)
    assert line.delivered == index
    assert shown_delivered(line) == {BRAVO: index + 1, CHARLIE: index}
    region.connect(ALPHA, CHARLIE)
    region.pump()
    assert line.delivered == index + 1


def test_a_reading_may_overtake_what_was_read() -> None:
    """A mark on a message that a third party does not hold yet waits for it."""
    region = standing(make_parties(*ALL))
    apart = next(wire for wire in region.wires if set(wire.ends) == {ALPHA, CHARLIE})
    region.cut(apart)
    index = region.say(ALPHA, "to both")
    region.pump()
    region.say(BRAVO, "", message=Read(WATCH, Reference(ALPHA, index)))
    region.pump()
    assert region.line_of(CHARLIE).view.message(ALPHA, index) is None
    region.connect(ALPHA, CHARLIE)
    region.pass_time(30_000)
    shown = region.line_of(CHARLIE).view.message(ALPHA, index)
    assert shown is not None
    assert [mark["party"] for mark in shown["marks"]["read"]] == [BRAVO]
    agree(region)


@pytest.mark.parametrize("away", ALL)
def test_the_line_is_degraded_while_one_is_away(away: str) -> None:
    """While one of three is not heard the others find the line DEGRADED, and UP afterwards."""
    region = standing(make_parties(*ALL))
    for wire in [wire for wire in region.wires if away in wire.ends]:
        region.cut(wire)
    region.pass_time(90_000)
    for party in ALL:
        observed = region.line_of(party).status(region.now)["observed"]
        assert observed == ("LOST" if party == away else "DEGRADED")
    for party in ALL:
        if party != away:
            region.connect(party, away)
    region.pass_time(40_000)
    assert [region.line_of(party).status(region.now)["observed"] for party in ALL] == ["UP"] * 3


def test_one_node_keeps_several_lines_apart() -> None:
    """One node holds two lines in one store, and what is said on one is not on the other."""
    region = standing(make_parties())
    other = make_parties(line="iraq-air")
    region.ask(ALPHA, Adopt(other.signed.format()))
    region.ask(BRAVO, Adopt(other.signed.format()))
    region.line = "iraq-air"
    region.connect(ALPHA, BRAVO)
    region.pump()
    region.pass_time(20_000)
    region.ask(ALPHA, Compose("iraq-air", Text(WATCH, "en", "over there")))
    region.pump()
    node = region.stations[BRAVO].node
    assert node.lines["iraq-air"].mirrors[ALPHA].size == 2
    assert node.lines[LINE].mirrors[ALPHA].size == 1
    region.restart(BRAVO)
    assert sorted(region.stations[BRAVO].node.lines) == ["iraq-air", LINE]
    for name in (LINE, "iraq-air"):
        region.line = name
        region.connect(ALPHA, BRAVO)
    region.pass_time(20_000)
    for name in (LINE, "iraq-air"):
        region.line = name
        agree(region)
