"""What ticks prove about a window: SILENT, USED, or nothing."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from openline.domain.record.checkpoint import Checkpoint
from openline.domain.record.merkle import EMPTY_ROOT
from openline.domain.record.silence import Finding, Window, alive, around, judge
from openline.domain.record.tick import NO_HASH, Tick, tick_hash

LINE = "syria-air"
ALPHA, BRAVO, CHARLIE = "alpha.example", "bravo.example", "charlie.example"
TOLERANCE_MS = 2_000
GAP_MS = 3_000


def head(party: str, size: int, history: str = "") -> Checkpoint:
    """A head of an outbox; another history gives other roots."""
    root = hashlib.sha256(f"{party}{size}{history}".encode()).digest() if size else EMPTY_ROOT
    return Checkpoint(f"{party}/{LINE}/out", size, root)


@dataclass
class Node:
    """One party of the model: its clock, its outbox, what it has heard."""

    offset_ms: int = 0
    size: int = 0
    sequence: int = 0
    previous: bytes = NO_HASH
    heard: dict[str, bytes] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    said_at: list[int] = field(default_factory=list)  # true times
    held_at: dict[int, int] = field(default_factory=dict)  # index of alpha's entry: true time


class Story:
    """Nodes that say things, make ticks and hear each other's, in true time."""

    def __init__(self, *parties: str, offsets_ms: tuple[int, ...] = ()) -> None:
        self.now = 1_000_000
        self.web: dict[bytes, Tick] = {}
        self.nodes = {party: Node() for party in parties or (ALPHA, BRAVO)}
        for node, offset in zip(self.nodes.values(), offsets_ms, strict=False):
            node.offset_ms = offset

    def clock(self, party: str) -> int:
        return self.now + self.nodes[party].offset_ms

    def say(self, party: str) -> None:
        node = self.nodes[party]
        node.size += 1
        node.said_at.append(self.now)

    def tick(self, party: str, **changes: object) -> bytes:
        node = self.nodes[party]
        tick = Tick(
            party=party,
            line=LINE,
            sequence=node.sequence,
            at=self.clock(party),
            out=head(party, node.size),
            held=tuple(head(other, size) for other, size in sorted(node.held.items())),
            observed="UP",
            declared=(("air_safety", "IN_FORCE"),),
            clock_source="system",
            clock_error_ms=500,
            previous=node.previous,
            heard=tuple(sorted(node.heard.items())),
        )
        tick = replace(tick, **changes)  # type: ignore[arg-type]
        digest = tick_hash(tick.text())
        self.web[digest] = tick
        node.sequence, node.previous = node.sequence + 1, digest
        return digest

    def hear(self, party: str, digest: bytes) -> None:
        """Take in a tick by the rule: its time must be near the own clock."""
        node, tick = self.nodes[party], self.web[digest]
        if abs(tick.at - self.clock(party)) <= TOLERANCE_MS:
            node.heard[tick.party] = digest
        else:
            node.heard.pop(tick.party, None)

    def hold(self, party: str, author: str) -> None:
        node, size = self.nodes[party], self.nodes[author].size
        for index in range(node.held.get(author, 0), size):
            node.held_at[index] = self.now
        node.held[author] = size

    def exchange(self, *parties: str) -> None:
        """Every node makes a tick, and every other hears it and holds what is said."""
        for party in parties or tuple(self.nodes):
            digest = self.tick(party)
            for other in self.nodes:
                if other != party:
                    self.hear(other, digest)
                    self.hold(other, party)

    def run(self, seconds: int, *parties: str) -> None:
        """Exchanges every second."""
        for _ in range(seconds):
            self.now += 1_000
            self.exchange(*parties)

    def judge(self, start: int, end: int, party: str = ALPHA) -> Finding:
        return judge(party, Window(start, end), TOLERANCE_MS, self.web).finding


def quiet_then(say: bool) -> tuple[Story, Window]:
    """Half a minute of ticks, a window of a minute, half a minute of ticks."""
    story = Story()
    story.say(ALPHA)
    story.run(30)
    start = story.now
    story.run(30)
    if say:
        story.say(ALPHA)
    story.run(30)
    end = story.now
    story.run(30)
    return story, Window(start, end)


def test_equal_size_on_both_sides_is_silence() -> None:
    """A party that said nothing in the window is found SILENT, on five ticks."""
    story, window = quiet_then(say=False)
    found = judge(ALPHA, window, TOLERANCE_MS, story.web)
    assert found.finding is Finding.SILENT
    assert len(found.relied) == 5
    assert found.anchor_parties() == (BRAVO,)
    only = {digest: story.web[digest] for digest in found.relied}
    assert judge(ALPHA, window, TOLERANCE_MS, only) == found


def test_growth_inside_the_window_is_use() -> None:
    """A party that spoke well inside the window is found to have USED the line."""
    story, window = quiet_then(say=True)
    found = judge(ALPHA, window, TOLERANCE_MS, story.web)
    assert found.finding is Finding.USED
    assert found.first is not None
    assert found.last is not None
    assert (found.first.tick.out.size, found.last.tick.out.size) == (1, 2)
    only = {digest: story.web[digest] for digest in found.relied}
    assert judge(ALPHA, window, TOLERANCE_MS, only) == found


def test_the_other_party_is_judged_for_itself() -> None:
    """What one party says is no use of the line by the other."""
    story, window = quiet_then(say=True)
    assert judge(BRAVO, window, TOLERANCE_MS, story.web).finding is Finding.SILENT


@pytest.mark.parametrize("offset_ms", [-TOLERANCE_MS, TOLERANCE_MS])
def test_clocks_within_the_tolerance_still_prove(offset_ms: int) -> None:
    """Clocks that differ by the tolerance give anchors."""
    story = Story(offsets_ms=(offset_ms, 0))
    story.run(120)
    assert story.judge(1_030_000, 1_090_000) is Finding.SILENT


def test_clocks_beyond_the_tolerance_prove_nothing() -> None:
    """A node names no tick whose time is further from its clock than agreed."""
    story = Story(offsets_ms=(TOLERANCE_MS + 1, 0))
    story.run(120)
    assert story.judge(1_030_000, 1_090_000) is Finding.UNPROVEN


@pytest.mark.parametrize("said_before_edge_ms", [-1_000, 0, 1_000])
def test_what_is_said_at_an_edge_stays_unproven(said_before_edge_ms: int) -> None:
    """Nearer to an edge than tick interval and tolerance, nothing is guessed."""
    story = Story()
    story.run(60)
    story.now += 500
    story.say(ALPHA)
    edge = story.now + said_before_edge_ms
    story.run(120)
    assert story.judge(edge, edge + 60_000) is Finding.UNPROVEN


def test_a_dark_window_stays_unproven() -> None:
    """Where no tick crosses the line after the window, nothing is found, and why is said."""
    story = Story()
    story.run(60)
    start = story.now
    for _ in range(60):
        story.now += 1_000
        story.tick(ALPHA)  # Alive, but nobody hears it.
    window = Window(start, story.now)
    found = judge(ALPHA, window, TOLERANCE_MS, story.web)
    assert found.finding is Finding.UNPROVEN
    assert "after the window" in found.reason
    assert [(one.party, one.count) for one in alive(window, story.web)] == [
        (ALPHA, 60),
        (BRAVO, 1),
    ]


def test_no_ticks_prove_nothing() -> None:
    """An empty set of ticks is UNPROVEN."""
    assert judge(ALPHA, Window(0, 1), 0, {}).finding is Finding.UNPROVEN


def test_a_back_dated_tick_is_no_anchor() -> None:
    """A counterpart that back-dates a tick cannot make use look like silence."""
    story = Story()
    story.run(60)
    start = story.now + 5_000
    story.run(30)
    story.say(ALPHA)
    story.run(30)
    # Made now, after the use; claims a time before the window and names alpha's last tick.
    forged = story.tick(BRAVO, at=start - TOLERANCE_MS)
    story.hear(ALPHA, forged)
    story.run(60)
    assert story.judge(start, start + 70_000) is Finding.USED
    of_bravo = {h: t for h, t in story.web.items() if t.party == ALPHA or h == forged}
    of_bravo |= {h: t for h, t in story.web.items() if t.at > start + 70_000}
    assert judge(ALPHA, Window(start, start + 70_000), TOLERANCE_MS, of_bravo).finding is (
        Finding.UNPROVEN
    )


def test_a_forked_outbox_proves_nothing() -> None:
    """Two roots of one size are named as a fork, and neither finding is given."""
    story, window = quiet_then(say=False)
    story.tick(ALPHA, out=head(ALPHA, 1, "another"))
    found = judge(ALPHA, window, TOLERANCE_MS, story.web)
    assert found.finding is Finding.UNPROVEN
    assert "fork" in found.reason


def test_an_outbox_that_shrinks_proves_nothing() -> None:
    """A size below an earlier one is named as a rollback, linked by hash or by time."""
    story, window = quiet_then(say=True)
    digest = story.tick(ALPHA, out=head(ALPHA, 1), previous=NO_HASH)
    story.hear(BRAVO, digest)
    story.nodes[ALPHA].size = 1
    story.run(10)
    found = judge(ALPHA, window, TOLERANCE_MS, story.web)
    assert found.finding is Finding.UNPROVEN
    assert "rollback" in found.reason


def test_hiding_what_the_other_holds_proves_nothing() -> None:
    """A party that says less than the ticks it names hold of it is not found SILENT."""
    story = Story()
    story.say(ALPHA)
    story.run(60)
    start = story.now
    story.say(ALPHA)
    story.hold(BRAVO, ALPHA)
    story.nodes[ALPHA].size = 1
    story.now += 1_000
    for _ in range(120):
        story.now += 1_000
        for party, other in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
            story.hear(other, story.tick(party))
    found = judge(ALPHA, Window(start, start + 60_000), TOLERANCE_MS, story.web)
    assert found.finding is Finding.UNPROVEN
    assert "held size 2" in found.reason


def test_of_ticks_that_name_one_anchor_the_one_that_says_least_counts() -> None:
    """A later tick of a smaller size that names the same anchor is what is after its time."""
    story = Story()
    for _ in range(4):
        story.say(ALPHA)
    story.run(30)
    start = story.now
    story.now += 60_000
    anchor = story.tick(BRAVO, at=story.now + TOLERANCE_MS)
    story.hear(ALPHA, anchor)
    story.tick(ALPHA, out=head(ALPHA, 5))
    story.tick(ALPHA, previous=NO_HASH)  # Of size 4 again, and the chain does not show it.
    found = judge(ALPHA, Window(start - 10_000, story.now), TOLERANCE_MS, story.web)
    assert found.last is not None
    assert found.last.tick.out.size == 4


def test_any_third_party_can_be_the_anchor() -> None:
    """With three parties the ticks of any counterpart date the subject's; whose is said."""
    story = Story(ALPHA, BRAVO, CHARLIE)
    story.run(20)
    start = story.now
    story.run(60, ALPHA, CHARLIE)
    end = story.now
    story.run(20, ALPHA, CHARLIE)
    found = judge(ALPHA, Window(start, end), TOLERANCE_MS, story.web)
    assert found.finding is Finding.SILENT
    assert CHARLIE in found.anchor_parties()


def test_a_new_outbox_does_not_compare() -> None:
    """Sizes of two epochs of an outbox are not compared."""
    story = Story()
    story.run(30)
    start = story.now
    story.run(30)
    end = story.now
    story.tick = _in_epoch_2(story.tick)  # type: ignore[method-assign]
    story.run(30)
    found = judge(ALPHA, Window(start, end), TOLERANCE_MS, story.web)
    assert found.finding is Finding.UNPROVEN
    assert "new outbox" in found.reason


def test_an_outbox_that_was_left_meanwhile_shows_no_silence() -> None:
    """Equal ticks of an outbox prove nothing where another held a later one between them."""
    story = Story()
    story.run(30)
    start = story.now
    story.run(30)
    end = story.now
    later = replace(head(ALPHA, 0), origin=f"{ALPHA}/{LINE}/out/2")
    anchor = story.tick(BRAVO, held=(later,))
    story.hear(ALPHA, anchor)
    story.tick(ALPHA)
    story.run(30)
    found = judge(ALPHA, Window(start, end), TOLERANCE_MS, story.web)
    assert found.finding is Finding.UNPROVEN
    assert "contradicts" in found.reason


def _in_epoch_2(make: Callable[..., bytes]) -> Callable[..., bytes]:
    def tick(party: str) -> bytes:
        return make(party, out=replace(head(party, 0), origin=f"{party}/{LINE}/out/2"))

    return tick


def test_the_chain_around_an_instant_has_no_gap() -> None:
    """The ticks around an instant are linked one by one; a missing one breaks the chain."""
    story = Story()
    story.run(60)
    at = 1_030_000
    found = around(ALPHA, at, TOLERANCE_MS, GAP_MS, story.web)
    assert found is not None
    assert found.chain[0] == found.before.tick
    assert found.chain[-1] == found.after.tick
    assert [tick.sequence for tick in found.chain] == list(
        range(found.chain[0].sequence, found.chain[-1].sequence + 1)
    )
    assert found.before.anchor.at <= at - TOLERANCE_MS
    assert found.after.anchor.at >= at + TOLERANCE_MS
    inner = tick_hash(found.chain[1].text())
    holed = {digest: tick for digest, tick in story.web.items() if digest != inner}
    assert around(ALPHA, at, TOLERANCE_MS, GAP_MS, holed) is None
    only = {digest: story.web[digest] for digest in found.relied}
    assert around(ALPHA, at, TOLERANCE_MS, GAP_MS, only) == found


def test_the_first_and_last_instants_have_nothing_around_them() -> None:
    """Before the first anchored tick and after the last there is no chain."""
    story = Story()
    story.run(10)
    assert around(ALPHA, 1_000_000, TOLERANCE_MS, GAP_MS, story.web) is None
    assert around(ALPHA, story.now, TOLERANCE_MS, GAP_MS, story.web) is None


def test_a_party_that_was_not_running_says_nothing() -> None:
    """Ticks that follow each other after too long a time are no unbroken chain."""
    story = Story()
    story.run(30)
    story.now += GAP_MS
    at = story.now - 1_000
    story.run(30)
    found = around(ALPHA, at, TOLERANCE_MS, GAP_MS + 1_000, story.web)
    assert found is not None
    assert around(ALPHA, at, TOLERANCE_MS, GAP_MS + 999, story.web) is None


# --- no wrong finding ever ------------------------------------------------------------------------

BEGIN = 1_000_000
ROUNDS = 90


class Chance(Random):
    """A seeded source of what happens in a random story."""

    def happens(self, percent: int) -> bool:
        return self.randrange(100) < percent

    def window(self) -> Window:
        start = BEGIN + self.randrange(5_000, 60_000)
        return Window(start, start + self.choice([1, 2_000, 15_000, 40_000]))


def made_by(story: Story, party: str) -> list[bytes]:
    return [digest for digest, tick in story.web.items() if tick.party == party]


def play(
    chance: Chance, alpha_tick: Callable[[Story], object], bravo_tick: Callable[[Story], object]
) -> Story:
    """About a second a round: alpha may speak, each may make a tick and may hear one."""
    story = Story(offsets_ms=(chance.choice([0, 0, 900, -900, 2_500]), 0))
    how_talkative = chance.choice([0, 1, 3, 10])
    how_good = chance.choice([30, 90])
    for _ in range(ROUNDS):
        story.now += chance.randrange(200, 1_800)
        if chance.happens(how_talkative):
            story.say(ALPHA)
        if chance.happens(how_good):
            story.hold(BRAVO, ALPHA)
        for party, other, tick in ((ALPHA, BRAVO, alpha_tick), (BRAVO, ALPHA, bravo_tick)):
            if chance.happens(how_good):
                tick(story)
            if chance.happens(how_good) and (made := made_by(story, party)):
                story.hear(other, chance.choice(made[-3:]))
    return story


@settings(max_examples=250)
@given(st.integers(0, 2**32))
def test_no_counterpart_can_make_a_finding_wrong(seed: int) -> None:
    """With an honest subject, no ticks of any counterpart lead to a wrong finding."""
    chance = Chance(seed)
    lies = chance.choice([0, 20, 60])

    def bravo_tick(story: Story) -> None:
        changes: dict[str, object] = {}
        if chance.happens(lies):
            changes["at"] = story.now + chance.randrange(-60_000, 60_000)
        if chance.happens(lies) and (own := made_by(story, ALPHA)):
            changes["heard"] = ((ALPHA, chance.choice(own)),)
        story.tick(BRAVO, **changes)

    story = play(chance, lambda story: story.tick(ALPHA), bravo_tick)
    alpha = story.nodes[ALPHA]
    for _ in range(8):
        window = chance.window()
        found = judge(ALPHA, window, TOLERANCE_MS, story.web)
        times = [at + alpha.offset_ms for at in alpha.said_at]
        is_used = any(window.valid_from <= at < window.valid_until for at in times)
        event(f"{found.finding}, lies: {lies > 0}")
        assert found.finding is not (Finding.SILENT if is_used else Finding.USED)


@settings(max_examples=250)
@given(st.integers(0, 2**32))
def test_no_subject_can_make_a_finding_wrong(seed: int) -> None:
    """With an honest counterpart, no ticks of the subject hide or move what it gave."""
    chance = Chance(seed)
    lies = chance.choice([0, 5, 30])

    def alpha_tick(story: Story) -> None:
        size = story.nodes[ALPHA].size
        if chance.happens(lies):
            size = chance.randint(max(0, size - 2), size)
        story.tick(ALPHA, out=head(ALPHA, size))

    story = play(chance, alpha_tick, lambda story: story.tick(BRAVO))
    alpha, bravo = story.nodes[ALPHA], story.nodes[BRAVO]
    for _ in range(8):
        window = chance.window()
        found = judge(ALPHA, window, TOLERANCE_MS, story.web)
        event(f"{found.finding}, lies: {lies > 0}")
        given = [(at, bravo.held_at.get(index, 2**63)) for index, at in enumerate(alpha.said_at)]
        if found.finding is Finding.SILENT:
            assert not any(window.valid_from <= a and b < window.valid_until for a, b in given)
        if found.finding is Finding.USED:
            assert any(a < window.valid_until and b >= window.valid_from for a, b in given)
