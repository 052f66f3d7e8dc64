"""The pulse: ticks, the two-way proof, clocks, and what an asymmetric cut shows."""

from collections.abc import Callable

import pytest

from openline.domain.line.keyring import KeyRing
from openline.domain.party import Precedence
from openline.domain.record.note import Note, parse_note
from openline.domain.record.tick import NO_HASH, Tick, parse_tick, tick_hash
from openline.engine import pulse
from openline.engine.frames import Probe, TickSent, decode_frame
from openline.engine.message_view import Flag
from openline.engine.pulse import CHANGES_PER_INTERVAL, verify_tick_of
from tests.engine.copies import MANY, copy_of, known, refusals_of, shown_delivered
from tests.engine.parties import ALPHA, BRAVO, LINE, make_parties
from tests.engine.region import Carried, Region, standing

DAY_MS = 86_400_000
YEARS_MS = 730 * DAY_MS


def ticks_of(region: Region, party: str, at: str | None = None) -> list[Tick]:
    """The ticks of a party that a node keeps, in order."""
    store = region.stations[at or party].store
    return [parse_tick(parse_note(note).text) for _, _, note in store.ticks(LINE, party, 0, MANY)]


def observed(region: Region, party: str) -> str:
    """What a node finds of the line."""
    return str(region.line_of(party).status(region.now)["observed"])


class TestTicks:
    """When ticks are made, and what they leave behind."""

    def test_ticks_do_not_make_logs_grow(self) -> None:
        """An idle hour adds ticks, and not one entry to any log."""
        region = standing(make_parties())
        region.pass_time(60_000)
        before = [(row[0], row[1]) for row in region.stations[ALPHA].store.origins()]
        count = len(ticks_of(region, ALPHA))
        region.pass_time(3_600_000, 10_000)
        assert [(row[0], row[1]) for row in region.stations[ALPHA].store.origins()] == before
        assert len(ticks_of(region, ALPHA)) == count + 360

    def test_ticks_are_a_chain(self) -> None:
        """Each tick has the next number and names the hash of the one before."""
        region = standing(make_parties())
        region.say(ALPHA, "one")
        region.pass_time(100_000)
        numbers = [tick.sequence for tick in ticks_of(region, ALPHA)]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        hashes = [tick_hash(tick.text()) for tick in ticks_of(region, ALPHA)]
        previous = [tick.previous for tick in ticks_of(region, ALPHA)]
        assert previous == [NO_HASH, *hashes[:-1]]
        assert ticks_of(region, ALPHA) == ticks_of(region, ALPHA, at=BRAVO)

    def test_a_tick_tells_what_is_durable(self) -> None:
        """Each tick that is sent says sizes and roots that its author's store has by then."""
        region = standing(make_parties())
        region.is_recording = True
        for number in range(5):
            region.say(ALPHA, f"row {number}")
            region.pass_time(3_000)
        for carried in region.recorded:
            frame = decode_frame(carried.frame)
            if isinstance(frame, TickSent) and carried.sender == ALPHA:
                tick = parse_tick(parse_note(frame.note).text)
                line = region.line_of(ALPHA)
                assert line.outbox.tree.root(tick.out.size) == tick.out.root
                assert line.mirrors[BRAVO].tree.root(tick.held[0].size) == tick.held[0].root

    def test_a_change_is_told_soon_but_not_always(self) -> None:
        """A message brings a tick within a tenth of the interval, and a flood at most ten more."""
        region = standing(make_parties())
        region.pass_time(5_000)
        before = len(ticks_of(region, ALPHA))
        region.say(ALPHA, "told at once")
        assert len(ticks_of(region, ALPHA)) == before + 1
        region.pass_time(5_000)
        before = len(ticks_of(region, ALPHA))
        for number in range(500):
            region.say(ALPHA, f"row {number}")
            region.pass_time(20, 20)
        made = len(ticks_of(region, ALPHA)) - before
        assert 9 <= made <= CHANGES_PER_INTERVAL + 2

    def test_what_a_tick_would_say_is_gathered_only_where_one_may_be_due(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A message in the wake of a tick costs nothing of a second one; a later one does."""
        region = standing(make_parties())
        line = region.line_of(ALPHA)
        while ticks_of(region, ALPHA)[-1].at != region.now:
            region.pass_time(500, 500)
        gathered: list[int] = []
        declared_by = line.view.declared_by

        def gathering(party: str, now: int) -> dict[str, str]:
            """Count how often the declarations are asked for."""
            gathered.append(now)
            return declared_by(party, now)

        monkeypatch.setattr(line.view, "declared_by", gathering)
        region.say(ALPHA, "at once")
        assert gathered == []
        region.pass_time(line.pulse.interval_ms)
        assert gathered

    def test_ticks_go_on_every_circuit(self) -> None:
        """Each tick and a probe go on every circuit."""
        region = standing(make_parties())
        region.connect(ALPHA, BRAVO, "2")
        region.pump()
        region.is_recording = True
        region.pass_time(30_000)
        for kind in (TickSent, Probe):
            seen = [
                carried.circuit
                for carried in region.recorded
                if carried.sender == ALPHA and isinstance(decode_frame(carried.frame), kind)
            ]
            assert seen.count("1") == seen.count("2") >= 3

    def test_a_tick_is_verified_once_however_many_circuits_bring_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A tick that comes on two circuits costs one check, and counts for both."""
        region = standing(make_parties())
        region.connect(ALPHA, BRAVO, "2")
        region.pass_time(10_000)
        checked: list[int] = []

        def counting(note: Note, outbox: str, ring: KeyRing) -> Tick:
            """Count the checks, and do them."""
            tick = verify_tick_of(note, outbox, ring)
            if tick.party == ALPHA:
                checked.append(tick.sequence)
            return tick

        monkeypatch.setattr(pulse, "verify_tick_of", counting)
        region.pass_time(60_000)
        assert checked == sorted(set(checked))
        heard = region.line_of(BRAVO).peers[ALPHA].heard_on
        assert list(heard.values()) == [checked[-1]] * 2

    def test_each_circuit_is_judged_by_its_own_ticks(self) -> None:
        """A circuit on which nothing comes is LOST beside one that works, and comes back."""
        region = standing(make_parties())
        region.connect(ALPHA, BRAVO, "2")
        region.pump()
        region.pass_time(30_000)
        region.tamper = lambda carried: [] if carried.circuit == "2" else [carried.frame]
        region.pass_time(90_000)
        states = {
            one["circuit"]: one["state"]
            for one in region.line_of(ALPHA).peers[BRAVO].status(region.now, 0)["circuits"]
        }
        assert states == {"1": "UP", "2": "LOST"}
        assert region.line_of(ALPHA).view.alarms() == []
        assert observed(region, ALPHA) == "DEGRADED"
        region.tamper = lambda carried: [carried.frame]
        region.pass_time(40_000)
        assert observed(region, ALPHA) == "UP"


ONE_WAY: dict[str, Callable[[Carried], bool]] = {
    "nothing from alpha arrives": lambda carried: carried.sender == ALPHA,
    "nothing from bravo arrives": lambda carried: carried.sender == BRAVO,
    "nothing arrives": lambda carried: True,
}


class TestCuts:
    """Circuits that stand and do not carry."""

    @pytest.mark.parametrize("name", ONE_WAY)
    def test_both_are_told_what_to_do_by_when(self, name: str) -> None:
        """LOST alarms once on both nodes, with the steps of comm-out, until it is over."""
        region = standing(make_parties())
        region.pass_time(30_000)
        is_lost = ONE_WAY[name]
        region.tamper = lambda carried: [] if is_lost(carried) else [carried.frame]
        region.pass_time(600_000)
        for party, other in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
            [alarm] = region.line_of(party).view.alarms()
            since = alarm["facts"]["since"]
            assert (alarm["name"], alarm["precedence"]) == ("LOST", "IMMEDIATE")
            assert alarm["facts"]["party"] == other
            assert [by - since for by in alarm["facts"]["by"]] == [120_000, 900_000, 3_600_000]
            assert alarm["over_at"] is None
        region.tamper = lambda carried: [carried.frame]
        region.pass_time(60_000)
        for party in (ALPHA, BRAVO):
            [alarm] = region.line_of(party).view.alarms()
            assert alarm["over_at"] is not None

    @pytest.mark.parametrize("name", ONE_WAY)
    def test_both_sides_leave_active_within_three_intervals(self, name: str) -> None:
        """A cut, of both ways or one, is seen on both sides within three intervals (R7)."""
        region = standing(make_parties())
        region.pass_time(30_000)
        assert observed(region, ALPHA) == observed(region, BRAVO) == "UP"
        is_lost = ONE_WAY[name]
        region.tamper = lambda carried: [] if is_lost(carried) else [carried.frame]
        interval_ms = region.understanding.timers.tick_ms
        region.pass_time(3 * interval_ms)
        for party in (ALPHA, BRAVO):
            shown = region.line_of(party).status(region.now)["displayed"]
            assert shown["observed"] in ("DEGRADED", "LOST")
            assert shown["word"] != "ACTIVE"
        region.pass_time(4 * interval_ms)
        assert observed(region, ALPHA) == observed(region, BRAVO) == "LOST"
        region.tamper = lambda carried: [carried.frame]
        region.pass_time(4 * interval_ms)
        assert observed(region, ALPHA) == observed(region, BRAVO) == "UP"

    @pytest.mark.parametrize("name", ONE_WAY)
    def test_active_is_never_older_than_its_proof(self, name: str) -> None:
        """While a node shows ACTIVE its two-way proof is younger than three intervals."""
        region = standing(make_parties())
        interval_ms = region.understanding.timers.tick_ms
        is_lost = ONE_WAY[name]
        for number in range(24):
            is_cut = number % 3 == 1
            region.tamper = lambda carried, is_cut=is_cut: (
                [] if is_cut and is_lost(carried) else [carried.frame]
            )
            for _ in range(20):
                region.pass_time(1_000)
                for party, other in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
                    status = region.line_of(party).status(region.now)
                    age = region.line_of(party).peers[other].status(region.now, 0)
                    if status["displayed"]["word"] == "ACTIVE":
                        assert age["two_way_age_ms"] is not None
                        assert age["two_way_age_ms"] < 3 * interval_ms

    def test_to_hear_is_not_to_be_heard(self) -> None:
        """The side that still hears knows by the age of the proof that it is not heard."""
        region = standing(make_parties())
        region.pass_time(30_000)
        region.tamper = lambda carried: [] if carried.sender == ALPHA else [carried.frame]
        region.pass_time(40_000)
        status = region.line_of(ALPHA).peers[BRAVO].status(region.now, 0)
        assert [one["state"] for one in status["circuits"]] == ["UP"]
        assert status["two_way_age_ms"] >= 30_000
        assert observed(region, ALPHA) == "DEGRADED"


STEPS_MS = [DAY_MS, -DAY_MS, YEARS_MS, -YEARS_MS, 3_000, -3_000]


class TestClocks:
    """Clocks that are wrong, or are set."""

    @pytest.mark.parametrize("step_ms", STEPS_MS)
    def test_a_step_halts_nothing_and_loses_nothing(self, step_ms: int) -> None:
        """After a clock is set by any amount everything is still delivered, in order (F4)."""
        region = standing(make_parties())
        region.say(ALPHA, "before")
        region.pump()
        region.skew_ms[ALPHA] = step_ms
        for number in range(3):
            region.say(ALPHA, f"alpha {number}", Precedence(number))
            region.say(BRAVO, f"bravo {number}", Precedence(number))
            region.pass_time(10_000)
        region.skew_ms[ALPHA] = 0
        for number in range(3):
            region.say(ALPHA, f"alpha again {number}")
            region.say(BRAVO, f"bravo again {number}")
            region.pass_time(10_000)
        region.pass_time(60_000)
        for party, other in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
            line = region.line_of(party)
            assert shown_delivered(line) == {other: line.outbox.size}
            assert refusals_of(line) == []
            assert observed(region, party) == "UP"
            indexes = [m["index"] for m in line.view.messages(0, MANY) if m["party"] == other]
            assert indexes == sorted(indexes)
            loaded = region.loaded(party, copy_of(line.store))
            shown = known(loaded, region.now)["messages"]
            assert shown == known(line, region.now)["messages"]

    @pytest.mark.parametrize("step_ms", STEPS_MS)
    def test_the_line_is_up_again_after_a_step(self, step_ms: int) -> None:
        """Within four intervals of a step the line is found UP again on both sides."""
        region = standing(make_parties())
        region.skew_ms[ALPHA] = step_ms
        region.pass_time(40_000)
        now = region.now + step_ms
        assert region.line_of(ALPHA).status(now)["observed"] == "UP"
        assert observed(region, BRAVO) == "UP"

    @pytest.mark.parametrize("step_ms", [-2_000, -15_000, -29_000])
    def test_no_state_outlives_its_proof_when_a_clock_is_set_back(self, step_ms: int) -> None:
        """A dead line is UP for three intervals of true time at most, though clocks go back."""
        region = standing(make_parties())
        region.pass_time(20_000)
        region.tamper = lambda carried: []
        region.pass_time(15_000)
        region.skew_ms[ALPHA] = step_ms
        region.pass_time(15_000)
        now = region.now + step_ms
        assert region.line_of(ALPHA).status(now)["observed"] != "UP"

    def test_small_steps_back_make_no_proof_younger(self) -> None:
        """A clock that is set back by less than a second again and again hides no dead line."""
        region = standing(make_parties())
        region.pass_time(20_000)
        region.tamper = lambda carried: []
        proven_at = region.line_of(ALPHA).peers[BRAVO].tick_answered_at
        assert proven_at is not None
        part_ms = (proven_at + 31_500 - region.now) // 10
        for _ in range(10):
            region.pass_time(part_ms, 100)
            region.skew_ms[ALPHA] = region.skew_ms.get(ALPHA, 0) - 900
        region.turn(ALPHA)
        now = region.now + region.skew_ms[ALPHA]
        assert region.line_of(ALPHA).status(now)["observed"] != "UP"

    def test_an_answer_to_a_probe_from_before_a_clock_was_set_back_proves_nothing(self) -> None:
        """What answers a probe that was sent by a clock from before it was set back is no proof."""
        region = standing(make_parties())
        held: list[bytes] = []

        def hold(carried: Carried) -> list[bytes]:
            held.append(carried.frame) if carried.sender == BRAVO else None
            return [] if carried.sender == BRAVO else [carried.frame]

        region.tamper = hold
        region.pass_time(15_000)
        region.skew_ms[ALPHA] = -10_000
        for frame in held:
            region.inject(region.wires[0], ALPHA, frame)
        region.turn(ALPHA)
        assert region.line_of(ALPHA).peers[BRAVO].tick_answered_at is None

    @pytest.mark.parametrize("step_ms", STEPS_MS)
    def test_an_implausible_time_is_not_vouched_for(self, step_ms: int) -> None:
        """A tick whose time lies outside the tolerance is not named as heard."""
        region = standing(make_parties())
        region.skew_ms[ALPHA] = step_ms
        region.pass_time(30_000)
        assert ticks_of(region, BRAVO)[-1].heard == ()
        assert ticks_of(region, ALPHA)[-1].heard == ()
        region.skew_ms[ALPHA] = 0
        region.pass_time(30_000)
        assert [party for party, _ in ticks_of(region, BRAVO)[-1].heard] == [ALPHA]

    @pytest.mark.parametrize("step_ms", [YEARS_MS, -YEARS_MS])
    def test_every_affected_message_is_flagged(self, step_ms: int) -> None:
        """A message dated by a clock that is years off is stored, receipted and flagged (R9)."""
        region = standing(make_parties())
        region.say(ALPHA, "before")
        region.pass_time(10_000)
        region.skew_ms[ALPHA] = step_ms
        index = region.say(ALPHA, "with a wrong clock")
        region.pass_time(10_000)
        shown = region.line_of(BRAVO).view.message(ALPHA, index)
        assert shown is not None
        flag = Flag.POSTDATED if step_ms > 0 else None
        assert flag is None or flag.name in shown["flags"]
        assert shown_delivered(region.line_of(ALPHA)) == {BRAVO: index + 1}

    def test_a_difference_of_clocks_is_measured(self) -> None:
        """The offset is measured from four times, and beyond the agreed one is an alarm."""
        region = standing(make_parties())
        region.skew_ms[BRAVO] = 45_000
        region.pass_time(30_000)
        status = region.line_of(ALPHA).peers[BRAVO].status(region.now, 0)
        assert status["clock_offset_ms"] == 45_000
        names = [alarm["name"] for alarm in region.line_of(ALPHA).view.alarms()]
        assert names == ["CLOCKS_DIFFER"]

    def test_what_is_lost_under_a_step_is_sent_again(self) -> None:
        """A frame lost before a clock is set back does not wait for the clock to catch up."""
        region = standing(make_parties())
        region.tamper = lambda carried: [] if carried.sender == ALPHA else [carried.frame]
        region.say(ALPHA, "lost at first")
        region.pump()
        region.skew_ms[ALPHA] = -YEARS_MS
        region.tamper = lambda carried: [carried.frame]
        region.pass_time(30_000)
        assert shown_delivered(region.line_of(ALPHA)) == {BRAVO: 2}
