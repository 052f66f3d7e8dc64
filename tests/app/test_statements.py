"""Pages of a press office are followed through days: each look says what was seen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from openline.adapters.statements.address import Reachable
from openline.adapters.statements.extractor import EXTRACTOR, extractor_name
from openline.adapters.statements.fetch import Fetcher
from openline.adapters.statements.reader import Reader
from openline.adapters.statements.store import (
    Source,
    Statement,
    StatementStore,
    statement_id,
)
from openline.adapters.wording import Wording
from openline.adapters.wording.statements import standing_sentence
from openline.app.statements import Watcher
from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.statements.back_off import QUIET_MS
from openline.domain.statements.difference import Change
from openline.domain.statements.source import SourceTerms
from openline.domain.statements.verdict import Verdict
from openline.domain.statements.words import Sort
from tests.adapters.statements import press
from tests.adapters.statements.press import Office, Release

AT = 1_491_525_000_000


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> int:
        return self.now


@dataclass
class Desk:
    """A watcher with the office that it watches."""

    office: Office
    watcher: Watcher
    clock: Clock
    noted: list[bytes]
    told: list[tuple[str, int | None]]

    async def see(self, path: str) -> Verdict | None:
        """Look at a page as soon as it is due; what the look says."""
        one = self.watcher.statement(statement_id(self.office.base + path))
        self.clock.now = max(self.clock.now, one.next_at or 0)
        return (await self.watcher.look(one.id)).verdict

    def follow(self, path: str) -> str:
        """Follow a page; its id."""
        source = Source(f"page{len(self.watcher.store.sources())}", self.office.base + path, "page")
        self.watcher.add_source(source)
        return statement_id(self.office.base + path)


@asynccontextmanager
async def desk(directory: Path) -> AsyncIterator[Desk]:
    """A watcher that may ask this machine, because its administrator lists it."""
    clock, noted, told = Clock(), [], []

    async def note(_line: str, content: bytes) -> tuple[str, int | None]:
        noted.append(content)
        return "syria-air", len(noted)

    async def tell(_line: str, name: str, _address: str, since: int | None) -> None:
        told.append((name, since))

    async with press.office() as office:
        store = StatementStore.open(directory / "statements.sqlite")
        fetcher = Fetcher("mailto:x@alpha.example", Reachable(["127.0.0.0/8"]), pause_s=0)
        reader = Reader()
        try:
            watcher = Watcher(store, fetcher, reader, note, tell, clock)
            yield Desk(office, watcher, clock, noted, told)
        finally:
            await fetcher.close()
            await reader.close()
            store.close()


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
async def test_what_becomes_of_a_page_is_told(tmp_path: Path, language: str) -> None:
    """A typo, a number, a denial, a moved lead and a split paragraph are each told as that."""
    first = press.release(language)
    steps = [first, press.typo(first)]
    for change in (press.number, press.denial, press.moved_lead):
        steps.append(change(steps[-1]))
    async with desk(tmp_path) as one:
        one.office.show("/7", press.page(first))
        name = one.follow("/7")
        assert await one.see("/7") is Verdict.FIRST
        for step in steps[1:]:
            one.office.show("/7", press.page(step))
            assert await one.see("/7") is Verdict.CHANGED
            assert await one.see("/7") is Verdict.UNCHANGED
        pairs = [await one.watcher.difference(name, n, n + 1) for n in range(1, 5)]
        told = [pair.difference for pair in pairs]
        assert [found.count(Change.EDITED) for found in told] == [1, 1, 1, 0]
        assert [found.hard() for found in told] == [(), (Sort.NUMBER,), (Sort.NEGATION,), ()]
        assert told[3].count(Change.MOVED) == 1
        one.office.show("/7", press.page(press.split(press.release(language))))
        one.follow("/8")
        one.office.show("/8", press.page(press.release(language)))
        assert await one.see("/8") is Verdict.FIRST
        one.office.show("/8", press.page(press.split(press.release(language))))
        expected = Verdict.CHANGED if language == "ar" else Verdict.COSMETIC
        assert await one.see("/8") is expected


async def test_another_design_is_no_change(tmp_path: Path) -> None:
    """The same text in another template of the site is unchanged."""
    async with desk(tmp_path) as one:
        one.office.show("/7", press.page(press.release()))
        one.follow("/7")
        assert await one.see("/7") is Verdict.FIRST
        one.office.show("/7", press.page(press.template(press.release())))
        assert await one.see("/7") is Verdict.UNCHANGED


async def test_what_is_no_statement_makes_no_version(tmp_path: Path) -> None:
    """A soft 404, a cookie wall, a refusal and an error leave the version as it is."""
    async with desk(tmp_path) as one:
        text = press.page(press.release())
        one.office.show("/7", text)
        name = one.follow("/7")
        await one.see("/7")
        for body, status, verdict in (
            (press.NOT_FOUND, 200, Verdict.UNREADABLE),
            (press.COOKIE_WALL, 200, Verdict.UNREADABLE),
            ("no", 403, Verdict.REFUSED),
            ("no", 500, Verdict.UNREACHABLE),
            (text, 200, Verdict.UNCHANGED),
        ):
            one.office.show("/7", body, status)
            assert await one.see("/7") is verdict
        assert len(one.watcher.store.versions(name)) == 1


async def test_a_text_that_comes_and_goes_returns(tmp_path: Path) -> None:
    """A page that goes back to an earlier text is said to return to that version."""
    async with desk(tmp_path) as one:
        texts = [press.page(r) for r in (press.release(), press.denial(press.release()))]
        one.office.show("/7", texts[0])
        name = one.follow("/7")
        seen = []
        for n in range(4):
            one.office.show("/7", texts[n % 2])
            seen.append(await one.see("/7"))
        assert seen == [Verdict.FIRST, Verdict.CHANGED, Verdict.RETURNED, Verdict.RETURNED]
        assert [v.returned_to for v in one.watcher.store.versions(name)] == [None, None, 1, 2]


async def test_a_page_that_is_gone_is_missing_after_a_day(tmp_path: Path) -> None:
    """A page that is answered 404 is missing once three looks over a day say so, and can return."""
    async with desk(tmp_path) as one:
        one.office.show("/7", press.page(press.release()))
        name = one.follow("/7")
        await one.see("/7")
        one.office.show("/7", "gone", 404)
        gone_at = one.clock.now
        seen = [await one.see("/7")]
        while seen[-1] is Verdict.UNREACHABLE:
            seen.append(await one.see("/7"))
        assert seen[-1] is Verdict.MISSING
        assert len(seen) >= 3
        assert one.clock.now - gone_at >= DAY_MS
        one.office.show("/7", press.page(press.release()))
        assert await one.see("/7") is Verdict.UNCHANGED
        assert one.watcher.statement(name).absent is None


async def test_checks_back_off_and_end(tmp_path: Path) -> None:
    """Through forty accelerated days the checks thin out and end, until somebody asks."""
    async with desk(tmp_path) as one:
        one.office.show("/7", press.page(press.release()), ETag='"1"')
        name = one.follow("/7")
        looks = 0
        while (at := one.watcher.statement(name).next_at) is not None:
            one.clock.now = max(one.clock.now, at)
            assert await one.watcher.look_at_due() == 1
            looks += 1
        assert 40 <= looks <= 80
        assert one.clock.now - AT >= QUIET_MS
        # All but the first were answered "as before": nothing was sent.
        assert one.watcher.statement(name).unchanged == looks - 1
        one.clock.now += DAY_MS
        asked = await one.watcher.ask(name)
        assert asked.next_at is not None
        assert asked.next_at - one.clock.now <= 6 * MINUTE_MS


async def test_two_addresses_of_one_page_are_followed_once(tmp_path: Path) -> None:
    """A page whose address leads for good to one that is followed ends there, and says so."""
    async with desk(tmp_path) as here:
        here.office.show("/1", press.page(press.release()))
        here.office.show("/old", "", 301, Location="/1")
        old = here.follow("/old")
        assert await here.see("/old") is Verdict.FIRST
        assert here.watcher.statement(old).next_at is not None
        here.follow("/1")
        await here.see("/old")
        one = here.watcher.statement(old)
        assert (one.next_at, one.leads_to) == (None, here.office.base + "/1")
        told = standing_sentence(
            Wording("en"),
            one.standing(here.watcher.source_of(one)),
            one.plan(here.watcher.source_of(one)),
        )
        assert f"leads for good to {here.office.base}/1: it is checked there" in told
        # It leads elsewhere for a while only: it is a page of its own again.
        here.office.show("/old", "", 302, Location="/1")
        assert (await here.watcher.look(old)).leads_to == ""


async def test_silence_is_an_alarm_once(tmp_path: Path) -> None:
    """A page and a list without a text for a day are each told once, and that they are heard."""
    async with desk(tmp_path) as one:
        one.office.show("/7", press.page(press.release()))
        name = one.follow("/7")
        await one.see("/7")
        one.office.show("/7", "no", 500)
        one.office.show("/feed", "no", 500)
        one.watcher.add_source(Source("press", f"{one.office.base}/feed"))
        begun = one.clock.now
        while one.clock.now < begun + 3 * DAY_MS:
            one.clock.now += HOUR_MS
            await one.watcher.look_at_due()
        assert sorted(said for said, _ in one.told) == sorted([name, "press"])
        assert all(since is not None for _, since in one.told)
        one.office.show("/7", press.page(press.release()))
        one.office.show("/feed", press.feed(one.office.base, {"/7": "Seven"}))
        one.clock.now += 2 * DAY_MS
        await one.watcher.look_at_due()
        assert sorted(one.told[2:]) == sorted([(name, None), ("press", None)])


async def test_a_defect_of_one_look_ends_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page whose look fails in an unforeseen way is put off for a day; the others go on."""
    async with desk(tmp_path) as one:
        for path in ("/7", "/8"):
            one.office.show(path, press.page(press.release()))
        names = [one.follow(path) for path in ("/7", "/8")]
        look = one.watcher.look

        async def failing(name: str) -> Statement:
            if name == names[0]:
                raise ZeroDivisionError
            return await look(name)

        monkeypatch.setattr(one.watcher, "look", failing)
        assert await one.watcher.look_at_due() == 2
        assert one.watcher.statement(names[0]).next_at == one.clock.now + DAY_MS
        assert one.watcher.statement(names[1]).verdict is Verdict.FIRST


async def test_every_look_goes_into_the_journal(tmp_path: Path) -> None:
    """Looks that find a text, and looks that do not, are each noted with line and row."""
    async with desk(tmp_path) as one:
        one.office.show("/7", press.page(press.release()))
        name = one.follow("/7")
        await one.see("/7")
        one.office.show("/7", "no", 500)
        await one.see("/7")
        captures = one.watcher.store.captures(name)
        assert [(c.verdict, c.line, c.row) for c in captures] == [
            (Verdict.UNREACHABLE, "syria-air", 2),
            (Verdict.FIRST, "syria-air", 1),
        ]
        assert len(set(one.noted)) == 2


async def test_a_list_names_pages_once(tmp_path: Path) -> None:
    """Pages of a feed are followed under one address each, and new ones as they come."""
    async with desk(tmp_path) as one:
        base = one.office.base
        for n in range(3):
            one.office.show(f"/{n}", press.page(press.release()))
        one.office.show("/feed", press.feed(base, {"/0": "First", "/1": "Second"}))
        one.watcher.add_source(Source("press", f"{base}/feed"))
        assert await one.watcher.look_at_due() >= 1
        assert {s.address for s in one.watcher.store.statements("press")} == {
            base + "/0",
            base + "/1",
        }
        titles = {"/2": "Third", "/0": "First", "/1": "Second"}
        one.office.show("/feed", press.feed(base, titles))
        one.clock.now += HOUR_MS
        await one.watcher.look_at_due()
        assert len(one.watcher.store.statements("press")) == 3
        one.office.show("/feed", "<p>not a feed")
        one.clock.now += 2 * HOUR_MS
        await one.watcher.look_at_due()
        source = one.watcher.store.source("press")
        assert source is not None
        assert (source.errors, bool(source.fault)) == (1, True)
        assert source.failing_since == one.clock.now


async def test_what_the_settings_no_longer_name_is_let_be(tmp_path: Path) -> None:
    """A source that is taken out of the settings is not asked any more; its pages stay."""
    async with desk(tmp_path) as one:
        one.office.show("/7", press.page(press.release()))
        terms = SourceTerms("press", one.office.base + "/feed")
        one.watcher.take_settings([terms])
        assert one.watcher.store.source("press").next_at is not None  # type: ignore[union-attr]
        one.watcher.take_settings([])
        assert one.watcher.store.source("press").next_at is None  # type: ignore[union-attr]
        with pytest.raises(OurError, match="no address"):
            one.watcher.take_settings([SourceTerms("press", "ftp://x.example/")])


async def test_bytes_go_in_time_and_kept_ones_stay(tmp_path: Path) -> None:
    """After their time the bytes of old versions go; texts stay, and what somebody keeps."""
    async with desk(tmp_path) as one:
        names = []
        for path in ("/7", "/8"):
            one.office.show(path, press.page(press.release()))
            names.append(one.follow(path))
            await one.see(path)
            one.office.show(
                path, press.page(press.denial(Release("en", path, press.release().paragraphs)))
            )
            await one.see(path)
        one.watcher.keep(names[1], "ALPHA-I-0001")
        assert one.watcher.statement(names[1]).attached == "ALPHA-I-0001"
        store = one.watcher.store
        # Both pages had the same bytes at first, kept with the page that had them last.
        assert store.tidy(one.clock.now) == 0
        store.tidy(one.clock.now + 200 * DAY_MS)
        kept = [store.body(v.body_hash) is not None for v in store.versions(names[1])]
        assert kept == [True, True]
        page, _ = await one.watcher.read_version(names[0], 1)
        assert page.article.paragraphs


async def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    """What was seen is read back from the file as it was."""
    async with desk(tmp_path) as one:
        one.office.show("/7", press.page(press.release()))
        name = one.follow("/7")
        await one.see("/7")
        before = one.watcher.statement(name), one.watcher.store.versions(name)
    store = StatementStore.open(tmp_path / "statements.sqlite")
    try:
        assert (store.statement(name), store.versions(name)) == before
    finally:
        store.close()


async def test_another_extractor_is_no_change(tmp_path: Path) -> None:
    """A source that is given another extractor has not changed, and compares by that one."""
    async with desk(tmp_path) as one:
        texts = [press.page(r) for r in (press.release(), press.denial(press.release()))]
        # What only one of both reads, so that their texts differ.
        beside = "<aside><p>Beside: a paragraph of words that only one of them reads.</p></aside>"
        one.office.show("/7", texts[0].replace("</article>", f"{beside}</article>"))
        name = one.follow("/7")
        await one.see("/7")
        other = Source("page0", f"{one.office.base}/7", "page", extractor="trafilatura")
        one.watcher.add_source(other)
        one.office.show("/7", texts[0].replace("</article>", f"{beside} </article>"))
        assert await one.see("/7") is Verdict.UNCHANGED
        one.office.show("/7", texts[1])
        assert await one.see("/7") is Verdict.CHANGED
        by = [version.extractor for version in one.watcher.store.versions(name)]
        assert by == [EXTRACTOR, extractor_name("trafilatura")]
        assert one.watcher.store.captures(name)[0].extractor == by[1]
        pair = await one.watcher.difference(name, 1, 2)
        assert pair.extractors == (by[1], by[1])
        assert pair.difference.hard() == (Sort.NEGATION,)
        # Without the bytes of the second it is read by what reads both.
        one.watcher.compared.clear()
        bodies = [version.body_hash for version in one.watcher.store.versions(name)]
        one.watcher.store._run("DELETE FROM bodies WHERE hash = ?", bodies[0])
        assert (await one.watcher.difference(name, 1, 2)).extractors == (by[0], by[0])
        one.watcher.compared.clear()
        one.watcher.store._run("DELETE FROM bodies WHERE hash = ?", bodies[1])
        assert (await one.watcher.difference(name, 1, 2)).extractors == (by[0], by[1])


async def test_bytes_read_anew_keep_their_charset(tmp_path: Path) -> None:
    """A version in a charset that only the server told is read anew in that charset."""
    async with desk(tmp_path) as one:
        release = press.release("ru")
        text = press.page(release).replace('<meta charset="utf-8">', "").encode("koi8-r")
        one.office.show("/7", text, **{"Content-Type": "text/html; charset=koi8-r"})
        name = one.follow("/7")
        await one.see("/7")
        source = Source("page0", f"{one.office.base}/7", "page", selector="article")
        one.watcher.add_source(source)
        page, by = await one.watcher.read_version(name, 1)
        assert by == f"{EXTRACTOR} at article"
        assert release.paragraphs[0] in [one.text for one in page.article.paragraphs]
