"""Feeds in parts: archives that never change and together have everything once."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from openline.adapters import atom
from openline.adapters.statements.page import Page
from openline.adapters.statements.reader import Reader
from openline.adapters.statements.store import (
    Capture,
    Look,
    Source,
    Statement,
    StatementStore,
    version_of,
)
from openline.adapters.wording import Wording
from openline.app.statements import Watcher
from openline.domain.instant import DAY_MS
from openline.domain.statements.article import Block, article
from openline.domain.statements.verdict import Verdict
from openline.faces.api.atom_feeds import PART_SIZE, FeedTimes, begun_at, part_of
from openline.faces.api.contacts import feed_of as public_feed
from openline.faces.api.faults import NotFound
from openline.faces.api.statement_feed import feed_of
from tests.adapters.atom_rules import ATOM, HISTORY, check_feed, relations
from tests.engine.parties import ALPHA, make_parties
from tests.engine.region import standing

AT = 1_491_525_000_000
ADDRESS = "https://alpha.example/s.atom?language=en"


def see(store: StatementStore, name: str, number: int, at: int) -> None:
    """Let a page be seen in a version of its own."""
    words = f"Version {number} of what they said. " * 5
    page = Page(article("On the line", [(Block.PARAGRAPH, words)]))
    verdict = Verdict.CHANGED if number > 1 else Verdict.FIRST
    version = version_of(page, number, at, verdict, None, b"", "openline page 1")
    one = Statement(name, "press", f"https://b.example/{name}", "On the line", AT, versions=number)
    store.record(Look(one, Capture(at, one.address, 200, {}, verdict), b"", page, version))


@pytest.fixture
def watcher(tmp_path: Path) -> Watcher:
    """A watcher of two pages, which is told of nothing."""
    store = StatementStore.open(tmp_path / "statements.sqlite")
    store.put_source(Source("press", "https://b.example/"))
    return Watcher(store, None, Reader(), None, None, lambda: AT)  # type: ignore[arg-type]


async def part(watcher: Watcher, archive: int | None, name: str = "") -> atom.Feed:
    """One part of the feed of a page, or of all."""
    one = watcher.store.statement(name) if name else None
    return await feed_of(
        watcher, Wording("en"), "alpha.example", one, "", archive, ADDRESS, AT + DAY_MS
    )


async def everything(watcher: Watcher, name: str = "") -> tuple[list[str], list[bytes]]:
    """The ids of all entries, as a reader finds them by prev-archive; and the archives."""
    ids, archives = [], []
    archive: int | None = None
    while True:
        document = atom.write_feed(await part(watcher, archive, name))
        root = check_feed(document)
        ids += [one.findtext(f"{ATOM}id") or "" for one in root.findall(f"{ATOM}entry")]
        ways = relations(root)
        if archive is not None:
            assert root.find(f"{HISTORY}archive") is not None
            assert ways["current"] == ADDRESS
            archives.append(document)
        before = ways.get("prev-archive")
        if before is None:
            return ids, archives
        archive = int(before.removeprefix(f"{ADDRESS}&archive="))


async def test_archives_have_everything_once(watcher: Watcher) -> None:
    """Also of versions that were seen in one instant, each is in exactly one part."""
    for number in range(1, 71):
        see(watcher.store, "a", number, AT + number // 30)
    ids, _ = await everything(watcher)
    assert [one.rpartition("/")[2] for one in ids] == [f"{n}" for n in range(70, 0, -1)]
    assert (await everything(watcher, "a"))[0] == ids


async def test_a_feed_is_named_by_the_day_of_its_first_page(watcher: Watcher) -> None:
    """Of all pages as of one, for good; one about nothing has the day of asking."""
    empty = await part(watcher, None)
    assert empty.id == "tag:alpha.example,2017-04-08:statements/all"
    assert empty.updated_at == AT + DAY_MS - AT % DAY_MS
    see(watcher.store, "a", 1, AT + 5 * DAY_MS)
    for name, path in (("", "all"), ("a", "statement/a")):
        assert (
            await part(watcher, None, name)
        ).id == f"tag:alpha.example,2017-04-07:statements/{path}"


async def test_archives_never_change(watcher: Watcher) -> None:
    """What comes later is in later parts: every archive stays byte for byte as it was."""
    known: list[bytes] = []
    for number in range(1, 4 * PART_SIZE):
        see(watcher.store, "a" if number % 2 else "b", (number + 1) // 2, AT + number)
        if number % 20 == 0:
            _, archives = await everything(watcher)
            assert archives[::-1][: len(known)] == known
            known = archives[::-1]
    assert len(known) == 2


def test_parts_are_counted_from_the_beginning() -> None:
    """What subscribers ask for begins at a full part, and an archive that is not full is none."""
    for count in range(4 * PART_SIZE):
        newest = part_of(count, None)
        assert newest.stop == count
        assert min(count, PART_SIZE) <= newest.stop - newest.start < 2 * PART_SIZE
        stop = newest.start
        before = newest.previous
        while before is not None:
            one = part_of(count, before)
            assert one.stop == stop
            stop, before = one.start, one.previous
        assert stop == 0
        with pytest.raises(NotFound):
            part_of(count, count // PART_SIZE)


def test_a_feed_about_nothing_is_of_the_day_on_which_its_party_began() -> None:
    """While nothing is public the feed bears the date of the party's first entry, or of today."""
    region = standing(make_parties())
    line = next(iter(region.stations[ALPHA].node.lines.values()))
    first = line.view.record(ALPHA, 0, 1)
    assert first is not None
    feed = public_feed(line.view, Wording("en"), first.at + DAY_MS)
    assert feed.entries == []
    assert feed.updated_at == begun_at(line.view, first.at + DAY_MS) == first.at
    check_feed(atom.write_feed(feed))
    silent = SimpleNamespace(own="nobody.example", record=lambda *_: None)
    assert begun_at(silent, first.at) == first.at - first.at % DAY_MS  # type: ignore[arg-type]


def test_since_when_a_feed_is_as_it_is() -> None:
    """The second is told once it is over, anew after each change and after the clock went back."""
    now = AT
    times = FeedTimes(lambda: now)
    assert times.since("/feed", "1") is None
    now += 1_000
    assert times.since("/feed", "1") == AT // 1_000
    assert times.since("/feed", "2") is None
    now += 1_000
    assert times.since("/feed", "2") == AT // 1_000 + 1
    now -= 10_000
    assert times.since("/feed", "2") is None
