"""The fold: a node that starts again knows what it knew, and nothing else."""

from dataclasses import replace

import pytest

from openline.adapters.memory import MemoryStore
from openline.domain.errors import OurError
from openline.domain.party import Precedence
from openline.domain.talk.body import Reference
from openline.domain.talk.check import LineCheck, LineCheckReply
from openline.domain.talk.declaration import Declaration, Status
from openline.domain.talk.receipt import Read
from openline.domain.talk.response import Answer, Response
from openline.engine.commands import AcknowledgeAlarm, ChangeKey, Compose
from openline.engine.ports import AppendEntries, StoredEntry
from tests.engine.copies import copy_of, durable, known
from tests.engine.parties import ALPHA, BRAVO, LINE, make_parties
from tests.engine.region import HOUR_MS, START, WATCH, Region, notice, standing


def busy() -> Region:
    """A region in which everything has happened that a line knows."""
    region = standing(make_parties())
    region.connect(ALPHA, BRAVO, "2")
    region.say(ALPHA, "", Precedence.IMMEDIATE, message=notice())
    region.say(BRAVO, "", message=notice())
    region.pump()
    region.say(BRAVO, "our people are there", Precedence.FLASH)
    region.pump()
    region.say(ALPHA, "", message=Read(WATCH, Reference(BRAVO, 2)))
    held = Response(WATCH, Reference(ALPHA, 1), Answer.HOLDING, "wait", "en", START + HOUR_MS)
    region.say(BRAVO, "", message=held)
    region.say(ALPHA, "", message=LineCheck(WATCH, 1, text="how do you read"))
    region.pump()
    region.say(BRAVO, "", message=LineCheckReply(WATCH, 1, 5))
    region.pump()
    region.pass_time(30_000)
    alarm = region.line_of(ALPHA).view.alarms()[0]
    region.ask(ALPHA, AcknowledgeAlarm(LINE, alarm["id"], ("air-desk", "Lt A")))
    region.ask(ALPHA, ChangeKey(LINE, "node", ("air-desk", "Lt A")))
    region.say(ALPHA, "under the new key")
    region.pass_time(30_000)
    return region


class TestTheSameState:
    """What is derived is derived again."""

    @pytest.mark.parametrize("party", [ALPHA, BRAVO])
    def test_a_busy_line_comes_back(self, party: str) -> None:
        """Messages, notices, conflicts, alarms, keys and receipts are as they were."""
        region = busy()
        line = region.line_of(party)
        assert line.view.conflicts()
        assert line.view.notices()
        loaded = region.loaded(party, copy_of(line.store))
        assert known(loaded, region.now) == known(line, region.now)

    @pytest.mark.parametrize("party", [ALPHA, BRAVO])
    def test_it_comes_back_later_too(self, party: str) -> None:
        """When windows have opened and closed meanwhile, both views say the same."""
        region = busy()
        for _ in range(4):
            region.pass_time(HOUR_MS, HOUR_MS // 2)
            line = region.line_of(party)
            loaded = region.loaded(party, copy_of(line.store))
            loaded.view.advance(region.now)
            assert known(loaded, region.now) == known(line, region.now)

    def test_a_suspension_comes_back(self) -> None:
        """A declared suspension holds after a restart, with its announcement."""
        region = standing(make_parties())
        suspended = Declaration(
            by=WATCH,
            scopes=("air_safety",),
            status=Status.SUSPENDED,
            effective_at=START + HOUR_MS,
            reason="a strike",
            conditions="",
            language="en",
            kept_open=(),
            released_by=replace(WATCH, post="commander", officer="Col Stone"),
        )
        region.say(ALPHA, "", message=suspended)
        for _ in range(3):
            region.pass_time(HOUR_MS // 2, 60_000)
            for party in (ALPHA, BRAVO):
                line = region.line_of(party)
                loaded = region.loaded(party, copy_of(line.store))
                loaded.view.advance(region.now)
                assert known(loaded, region.now) == known(line, region.now)

    def test_to_load_writes_nothing(self) -> None:
        """Loading a store leaves it as it was."""
        region = busy()
        before = durable(region.line_of(ALPHA), refusals=True)
        region.loaded(ALPHA, region.stations[ALPHA].store)
        assert durable(region.line_of(ALPHA), refusals=True) == before

    def test_an_empty_store_has_no_lines(self) -> None:
        """A store with nothing in it gives a node without lines."""
        region = Region(make_parties())
        region.stations[ALPHA].node.load(region.now)
        assert region.stations[ALPHA].node.lines == {}


def broken(region: Region, party: str, origin: str, change: str) -> MemoryStore:
    """A copy of a store in which one log is not what it was."""
    store = copy_of(region.stations[party].store)
    entries: dict[str, list[StoredEntry]] = vars(store)["_entries"]
    if change == "shorter":
        entries[origin] = entries[origin][:-1]
    elif change == "altered":
        last = entries[origin][-1]
        entries[origin][-1] = entries[origin][-2]
        assert last != entries[origin][-1]
    elif change == "gone":
        del entries[origin]
        del vars(store)["_roots"][origin]
    return store


class TestAContradiction:
    """A store that is not what was written."""

    @pytest.mark.parametrize("change", ["shorter", "altered", "gone"])
    @pytest.mark.parametrize("log", [f"{ALPHA}/{LINE}/out", f"{BRAVO}/{LINE}/out"])
    def test_it_is_named(self, log: str, change: str) -> None:
        """A log that is shorter, altered or gone stops the start, and the log is named."""
        region = standing(make_parties())
        for party in (ALPHA, BRAVO):
            region.say(party, "row")
            region.say(party, "row")
        region.pump()
        with pytest.raises(OurError, match=log):
            region.loaded(ALPHA, broken(region, ALPHA, log, change))

    @pytest.mark.parametrize("change", ["shorter", "altered"])
    def test_a_journal_is_checked_too(self, change: str) -> None:
        """A journal that is not what was written stops the start."""
        region = standing(make_parties())
        region.say(ALPHA, "row")
        region.pump()
        with pytest.raises(OurError):
            region.loaded(ALPHA, broken(region, ALPHA, f"{ALPHA}/{LINE}/journal", change))

    def test_a_log_that_grew_behind_the_journal_is_found(self) -> None:
        """Entries that the journal does not know stop the start."""
        region = standing(make_parties())
        store = copy_of(region.stations[ALPHA].store)
        origin = f"{BRAVO}/{LINE}/out"
        store.commit([AppendEntries(origin, 1, (StoredEntry(b"x", b"y"),), bytes(32))])
        with pytest.raises(OurError, match=origin):
            region.loaded(ALPHA, store)

    def test_a_store_without_a_journal_is_found(self) -> None:
        """Logs without the journal that orders them stop the start."""
        region = standing(make_parties())
        store = broken(region, ALPHA, f"{ALPHA}/{LINE}/journal", "gone")
        with pytest.raises(OurError):
            region.loaded(ALPHA, store)


def test_it_signs_only_when_it_is_confirmed() -> None:
    """A node that was loaded says nothing before a counterpart has confirmed its outbox."""
    region = busy()
    region.cut_all()
    region.restart(ALPHA)
    assert BRAVO in region.refused(ALPHA, Compose(LINE, None)).what  # type: ignore[arg-type]


@pytest.mark.parametrize("log", ["journal", "out"])
def test_any_damage_to_a_stored_row_or_entry_is_named(log: str) -> None:
    """One flipped bit anywhere in a row or an entry is an error that names a log."""
    region = standing(make_parties())
    region.say(ALPHA, "one")
    region.pump()
    store = region.stations[ALPHA].store
    origin = f"{ALPHA}/{LINE}/{log}"
    for index, row in enumerate(store.entries(origin, 0, 4)):
        for place in range(len(row.raw)):
            damaged = copy_of(store)
            raw = bytearray(row.raw)
            raw[place] ^= 1 << (place % 8)
            entries = vars(damaged)["_entries"][origin]
            entries[index] = StoredEntry(bytes(raw), row.content)
            with pytest.raises(OurError, match="does not give its own root"):
                region.loaded(ALPHA, damaged)
