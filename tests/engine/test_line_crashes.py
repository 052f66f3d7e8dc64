"""Crashes: a node dies between any two effects, and nothing that was shown is lost.

One scripted exchange (texts both ways, a FLASH, a key change, a reading) is run
again for each place where a node can die: before a commit (what it wanted
written is lost), after it (what was written is not known), and after each
effect that followed. The node then starts from its store, as a supervisor
would start it, and the exchange goes on.
"""

from collections.abc import Callable

import pytest

from openline.domain.errors import OurError
from openline.domain.party import Precedence
from openline.domain.talk.body import Reference
from openline.domain.talk.receipt import Read
from openline.engine.commands import ChangeKey
from openline.engine.line import Line
from openline.engine.ports import Store, StoreFailed, Write
from tests.engine.copies import MANY, copy_of, known, refusals_of, shown_delivered
from tests.engine.parties import ALPHA, BRAVO, make_parties
from tests.engine.region import DONE, LOST, SAID, WATCH, NoAnswer, Region

STEPS: tuple[Callable[[Region], object], ...] = (
    lambda region: region.adopt(),
    lambda region: region.connect(ALPHA, BRAVO),
    lambda region: region.pump(),
    lambda region: region.pass_time(10_000, 10_000),
    lambda region: region.say(ALPHA, "strike at 0340Z"),
    lambda region: region.pump(),
    lambda region: region.say(BRAVO, "our people are there", Precedence.FLASH),
    lambda region: region.say(ALPHA, "delayed", Precedence.FLASH),
    lambda region: region.pump(),
    lambda region: region.ask(ALPHA, ChangeKey(region.line, "node", ("air-desk", "Lt A"))),
    lambda region: region.say(ALPHA, "under the new key"),
    lambda region: region.say(BRAVO, "", message=Read(WATCH, Reference(ALPHA, 1))),
    lambda region: region.pump(),
    lambda region: region.pass_time(10_000, 10_000),
)


def run(crash_at: tuple[str, int, int] | None = None) -> Region:
    """The exchange, with a crash; then time to come to rest."""
    region = Region(make_parties())
    region.redial = True
    region.crash_at = crash_at
    for step in STEPS:
        try:
            step(region)
        except (NoAnswer, OurError):
            # The officer's terminal says that the node is gone, or not ready yet.
            region.pump()
    region.crash_at = None
    region.adopt()
    region.pass_time(60_000, 10_000)
    return region


def turns_of(party: str) -> int:
    """How many turns of a party's node the exchange takes."""
    return run().stations[party].turns


def check(region: Region) -> None:
    """Nothing shown as delivered is missing, no serial is used twice, both agree."""
    for party, other in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
        line, there = region.line_of(party), region.line_of(other)
        assert line.can_sign()
        assert not line.broken
        assert not line.peers[other].is_forked
        held = there.mirrors[party]
        assert held.checkpoint() == line.outbox.checkpoint()
        assert shown_delivered(line) == {other: line.outbox.size}
        assert line.peers[other].receipted == line.outbox.size
        assert refusals_of(line) == []
        shown = line.view.messages(0, MANY)
        serials = [(message["party"], message["index"]) for message in shown]
        assert len(serials) == len(set(serials))
        check_replay(region, line)


def check_replay(region: Region, line: Line) -> None:
    """A node that starts from the store knows what the running one knows."""
    loaded = region.loaded(line.own, copy_of(line.store))
    assert known(loaded, region.now) == known(line, region.now)


@pytest.mark.slow
@pytest.mark.parametrize("step", [LOST, DONE, SAID, SAID + 1, SAID + 2, SAID + 3, SAID + 5])
@pytest.mark.parametrize("party", [ALPHA, BRAVO])
def test_a_node_may_die_anywhere(party: str, step: int) -> None:
    """Wherever a node dies, both converge and nothing shown as delivered is missing."""
    crashes = 0
    for turn in range(1, turns_of(party) + 1):
        region = run((party, turn, step))
        crashes += len(region.crashes)
        check(region)
    assert crashes


def test_the_exchange_without_a_crash_holds() -> None:
    """The scripted exchange itself ends with both nodes agreed and nothing refused."""
    region = run()
    assert region.crashes == []
    assert region.line_of(ALPHA).outbox.size == 5
    assert region.line_of(BRAVO).outbox.size == 3
    check(region)


def test_a_commit_that_is_refused_leaves_nothing_said() -> None:
    """When the disk fails, the turn's effects are not performed: the node dies first."""
    region = run()

    def fail(party: str, _writes: list[Write]) -> None:
        if party == ALPHA:
            raise StoreFailed("the disk is full")

    region.on_commit = fail
    before = len(region.stations[ALPHA].effects)
    with pytest.raises(StoreFailed):
        region.say(ALPHA, "never said")
    assert len(region.stations[ALPHA].effects) == before
    region.on_commit = lambda _party, _writes: None
    size = region.line_of(BRAVO).mirrors[ALPHA].size
    region.restart(ALPHA)
    region.pump()
    assert region.say(ALPHA, "said") == size
    region.pump()
    check(region)


def copies() -> tuple[Region, list[tuple[str, Store]]]:
    """The exchange, with a copy of each store as it was before each commit."""
    region = Region(make_parties())
    made: list[tuple[str, Store]] = []
    region.on_commit = lambda party, _writes: made.append(
        (party, copy_of(region.stations[party].store))
    )
    for step in STEPS:
        step(region)
    region.on_commit = lambda _party, _writes: None
    return region, made


@pytest.mark.slow
@pytest.mark.parametrize("party", [ALPHA, BRAVO])
def test_any_old_copy_is_a_place_to_start_from(party: str) -> None:
    """From a copy of the store of before any commit a node gets back what it signed."""
    _, made = copies()
    number = sum(1 for owner, _ in made if owner == party)
    assert number > 10
    for place in range(number):
        region, made = copies()
        old = [store for owner, store in made if owner == party][place]
        region.redial = True
        region.restart(party, old)
        if region.line not in region.stations[party].node.lines:
            region.adopt(party)
        region.pump()
        region.pass_time(60_000, 10_000)
        check(region)
        region.say(party, "after the restore")
        region.pump()
        check(region)
