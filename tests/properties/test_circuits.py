"""Whatever circuits do, nothing is lost, doubled or reordered, and both sides agree."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.domain.party import Precedence
from openline.engine.effects import Send
from openline.engine.frames import Entries, decode_frame
from openline.engine.ports import Store
from tests.engine.copies import MANY, copy_of, durable, known, refusals_of, shown_delivered
from tests.engine.parties import ALPHA, BRAVO, CHARLIE, make_parties
from tests.engine.region import Carried, Region, standing

REGIONS = settings(max_examples=settings().max_examples // 8)
"""Each example is a whole region: fewer of them, in every profile."""

SIZES = st.sampled_from([2, 2, 2, 3])


def is_whole(region: Region) -> None:
    """Every outbox is held by all, receipted by all, shown once and in order."""
    for party in region.stations:
        line = region.line_of(party)
        assert line.can_sign()
        assert shown_delivered(line) == dict.fromkeys(line.peers, line.outbox.size)
        for other in line.peers:
            there = region.line_of(other)
            assert there.mirrors[party].checkpoint() == line.outbox.checkpoint()
            assert not there.peers[party].is_forked
            shown = [m for m in there.view.messages(0, MANY) if m["party"] == party]
            indexes = [m["index"] for m in shown]
            assert sorted(indexes) == list(range(line.outbox.size))
            ordinary = [m["index"] for m in shown if m["precedence"] != "FLASH"]
            assert ordinary == sorted(ordinary)
        loaded = region.loaded(party, copy_of(line.store))
        assert known(loaded, region.now) == known(line, region.now)


def heal(region: Region) -> None:
    """Let every circuit carry again, and time pass."""
    region.tamper = lambda carried: [carried.frame]
    region.redial = True
    for wire in region.wires:
        wire.frames_per_round = None
    for a in region.stations:
        for b in region.stations:
            is_standing = any(set(wire.ends) == {a, b} for wire in region.wires)
            if a < b and not is_standing:
                region.connect(a, b)
    region.pump()
    region.pass_time(90_000, 10_000)


def bad_circuit(chance: random.Random) -> Callable[[Carried], list[bytes]]:
    """A circuit that loses, doubles and repeats frames."""
    seen: dict[tuple[str, str], list[bytes]] = {}
    loss, double, old = chance.random() * 0.3, chance.random() * 0.5, chance.random() * 0.2

    def carry(carried: Carried) -> list[bytes]:
        before = seen.setdefault((carried.sender, carried.recipient), [])
        before.append(carried.frame)
        if chance.random() < loss:
            return []
        frames = [carried.frame]
        if chance.random() < double:
            frames *= 2
        if chance.random() < old:
            frames.append(chance.choice(before))
        return frames

    return carry


def shuffle(region: Region, chance: random.Random) -> None:
    """Let frames under way overtake each other."""
    for wire in region.wires:
        chance.shuffle(wire.under_way)


def step(region: Region, chance: random.Random) -> None:
    """One thing happens: somebody speaks, a circuit opens or ends, a node dies, time passes."""
    parties = list(region.stations)
    party = chance.choice(parties)
    match chance.randrange(9):
        case 0 | 1 | 2:
            if region.line_of(party).can_sign():
                region.say(party, "words", Precedence(chance.randrange(4)))
        case 3:
            if region.line_of(party).can_sign():
                region.say_many(party, ["row"] * chance.randrange(1, 150))
        case 4:
            if region.wires:
                region.cut(chance.choice(region.wires))
        case 5 | 6:
            if len(region.wires) < 6:
                other = chance.choice([name for name in parties if name != party])
                wire = region.connect(party, other, chance.choice("123"))
                wire.frames_per_round = chance.choice([None, None, 1, 3])
        case 7:
            region.restart(party)
        case _:
            region.pass_time(chance.choice([1_000, 10_000, 40_000]), 5_000)
    for _ in range(chance.randrange(4)):
        for name in parties:
            if region.stations[name].inbox:
                region.turn(name)
        if chance.random() < 0.3:
            shuffle(region, chance)
        region.deliver()


@REGIONS
@given(st.integers(0, 2**32), SIZES)
def test_bad_circuits_lose_nothing(seed: int, count: int) -> None:
    """With loss, doubling, reordering, cuts and crashes all comes to agree once they end."""
    chance = random.Random(seed)
    region = standing(make_parties(*(ALPHA, BRAVO, CHARLIE)[:count]))
    region.tamper = bad_circuit(chance)
    for _ in range(25):
        step(region, chance)
    heal(region)
    is_whole(region)
    for party in region.stations:
        assert refusals_of(region.line_of(party)) == []


@REGIONS
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_a_cut_at_any_frame_loses_nothing(seed: int, place: int) -> None:
    """Wherever in an exchange the circuit is cut, the next one takes it up."""
    chance = random.Random(seed)
    region = standing(make_parties())
    arrived = 0

    def count(carried: Carried) -> list[bytes]:
        nonlocal arrived
        arrived += 1
        return [carried.frame] if arrived < place else []

    region.tamper = count
    for _ in range(6):
        region.say_many(chance.choice([ALPHA, BRAVO]), ["row"] * chance.randrange(1, 200))
        region.say(chance.choice([ALPHA, BRAVO]), "now", Precedence.FLASH)
        region.pump()
    region.cut_all()
    heal(region)
    is_whole(region)


@REGIONS
@given(st.integers(0, 2**32))
def test_frames_again_change_nothing_durable(seed: int) -> None:
    """Any recorded frame, on any connection, at any later time, changes nothing but refusals."""
    chance = random.Random(seed)
    region = standing(make_parties(ALPHA, BRAVO, CHARLIE))
    region.is_recording = True
    region.redial = True
    region.cut_all()
    for number in range(4):
        for party in (ALPHA, BRAVO, CHARLIE):
            region.say(party, f"message {number}", Precedence(number))
        region.pass_time(10_000, 5_000)
    region.pass_time(30_000, 10_000)
    before = {party: durable(region.line_of(party)) for party in region.stations}
    region.is_recording = False
    recorded = list(region.recorded)
    assert len(recorded) > 200
    for _ in range(200):
        carried = chance.choice(recorded)
        party = chance.choice([ALPHA, BRAVO, CHARLIE])
        wires = [wire for wire in region.wires if party in wire.ends]
        if wires:
            region.inject(chance.choice(wires), party, carried.frame)
        if chance.random() < 0.3:
            region.pump()
    region.pump()
    for party in region.stations:
        assert durable(region.line_of(party)) == before[party]
    for party in region.stations:
        region.say(party, "still here")
    region.pass_time(60_000, 10_000)
    is_whole(region)


@REGIONS
@given(st.integers(0, 2**32))
def test_changed_frames_change_nothing_durable(seed: int) -> None:
    """A recorded frame with any byte changed is refused or without effect, and the line goes on."""
    chance = random.Random(seed)
    region = standing(make_parties())
    region.is_recording = True
    for number in range(4):
        for party in (ALPHA, BRAVO):
            region.say(party, f"message {number}", Precedence(number))
        region.pump()
        region.pass_time(10_000, 5_000)
    region.redial = True
    before = durable(region.line_of(ALPHA))
    for carried in [one for one in region.recorded if one.recipient == ALPHA]:
        for _ in range(6):
            data = bytearray(carried.frame)
            data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
            region.inject(region.wires[0], ALPHA, bytes(data))
            region.turn(ALPHA)
            for wire in region.wires:
                wire.under_way = []
            if not region.wires:
                region.pass_time(1_000)
    assert durable(region.line_of(ALPHA))["logs"] == before["logs"]
    assert region.line_of(ALPHA).can_sign()
    region.cut_all()
    heal(region)
    region.say(ALPHA, "still here")
    region.say(BRAVO, "so are we")
    region.pump()
    is_whole(region)


@pytest.mark.slow
def test_every_byte_of_every_frame_may_be_wrong() -> None:
    """Each byte of one frame of each sort, flipped, never raises and never changes a log."""
    region = standing(make_parties())
    region.is_recording = True
    region.cut_all()
    region.connect(ALPHA, BRAVO)
    region.pump()
    for party in (ALPHA, BRAVO):
        region.say(party, "now", Precedence.FLASH)
        region.pump()
    region.pass_time(20_000, 10_000)
    by_kind: dict[type, bytes] = {}
    for carried in region.recorded:
        if carried.recipient == ALPHA:
            frame = decode_frame(carried.frame)
            if type(frame) not in by_kind or len(carried.frame) < len(by_kind[type(frame)]):
                by_kind[type(frame)] = carried.frame
    assert len(by_kind) >= 7
    before = durable(region.line_of(ALPHA))["logs"]
    for data in by_kind.values():
        for place in range(0, len(data), 1 if len(data) < 600 else 7):
            if not region.wires:
                region.connect(ALPHA, BRAVO)
                region.pump()
            changed = data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :]
            region.inject(region.wires[0], ALPHA, changed)
            region.turn(ALPHA)
            for wire in region.wires:
                wire.under_way = []
    assert durable(region.line_of(ALPHA))["logs"] == before
    assert not region.line_of(ALPHA).peers[BRAVO].is_forked


def restore(region: Region, party: str, old: Store) -> None:
    """Let a node come back on an old copy, if all that it said is held by the others."""
    line = region.line_of(party)
    if all(region.line_of(o).mirrors[party].size == line.outbox.size for o in line.peers):
        region.restart(party, old)


@REGIONS
@given(st.integers(0, 2**32), SIZES)
def test_restores_at_random_make_no_fork(seed: int, count: int) -> None:
    """Nodes restored from old copies, with frames under way and cuts, sign nothing twice."""
    chance = random.Random(seed)
    region = standing(make_parties(*(ALPHA, BRAVO, CHARLIE)[:count]))
    region.redial = True
    copies = {party: [copy_of(s.store)] for party, s in region.stations.items()}
    for _ in range(25):
        party = chance.choice(list(region.stations))
        match chance.randrange(7):
            case 0 | 1 | 2:
                if region.line_of(party).can_sign():
                    region.say_many(party, ["row"] * chance.randrange(1, 30))
            case 3:
                region.pass_time(chance.choice([1_000, 10_000, 40_000]), 5_000)
            case 4 if region.wires:
                region.cut(chance.choice(region.wires))
            case 5:
                copies[party].append(copy_of(region.stations[party].store))
            case _:
                restore(region, party, copy_of(chance.choice(copies[party])))
        for _ in range(chance.randrange(5)):
            for name in region.stations:
                if region.stations[name].inbox:
                    region.turn(name)
            region.deliver()
    heal(region)
    region.pass_time(60_000, 5_000)
    is_whole(region)
    for party in region.stations:
        assert refusals_of(region.line_of(party)) == []


@REGIONS
@given(st.integers(0, 2**32))
def test_nothing_is_sent_that_is_not_durable(seed: int) -> None:
    """At every moment whatever a node has sent of its outbox is in its store."""
    chance = random.Random(seed)
    region = standing(make_parties())
    for _ in range(20):
        step(region, chance)
        for station in region.stations.values():
            origin = region.line_of(station.party).outbox.origin
            stored = station.store.entries(origin, 0, MANY)
            for effect in station.effects:
                frame = decode_frame(effect.frame) if isinstance(effect, Send) else None
                if isinstance(frame, Entries) and frame.origin == origin:
                    end = frame.start + len(frame.entries)
                    assert tuple(stored[frame.start : end]) == frame.entries
            station.effects.clear()
