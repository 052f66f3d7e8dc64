"""The watcher: public pages are looked at when due, and what is seen is kept.

It belongs to one running node and to its event loop; the loop of the record never waits for
it. Each look is kept whole or not at all, and noted in the journal of a line: the counterpart
cosigns the journal's head without seeing a row, so the node can show later that it saw a text
by then. That is no proof of what others were shown.
"""

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from openline.adapters.statements.address import canonical
from openline.adapters.statements.discovery import Listing
from openline.adapters.statements.extractor import extractor_name, extractor_of
from openline.adapters.statements.fetch import Fetched, Fetcher
from openline.adapters.statements.page import Page
from openline.adapters.statements.reader import Reader
from openline.adapters.statements.store import (
    STATEMENTS_MAX,
    Capture,
    Look,
    Source,
    Statement,
    StatementStore,
    Version,
    source_from,
    statement_id,
    version_of,
)
from openline.domain.errors import OurError
from openline.domain.instant import DAY_MS, HOUR_MS, MINUTE_MS
from openline.domain.statements.article import folded_hash, text_hash
from openline.domain.statements.back_off import (
    ERROR_STEP_MS_MAX,
    ERROR_STEP_MS_MIN,
    SILENT_ERRORS_MIN,
    SILENT_MS_MIN,
)
from openline.domain.statements.capture import Seen
from openline.domain.statements.difference import Difference, compare
from openline.domain.statements.source import SourceTerms
from openline.domain.statements.verdict import (
    NEW,
    READ,
    Answer,
    Judgement,
    Known,
    Verdict,
    judge,
)

LOOKS_AT_ONCE_MAX: Final = 8
"""Pages that are asked for at one time, of different hosts."""

LIST_STEP_MS_MIN: Final = 10 * MINUTE_MS
LIST_STEP_MS_MAX: Final = 6 * HOUR_MS
"""A list is looked at after a fifth of the time since it last named a new page, within these."""

READ_ANEW_MAX: Final = 8
"""Versions that are read anew, the last first, when another extractor reads their page."""

_SLEEP_S_MAX: Final = 5.0
_ANSWERS: Final = {
    304: Answer.NOT_MODIFIED,
    404: Answer.NOT_FOUND,
    410: Answer.NOT_FOUND,
    **dict.fromkeys((401, 402, 403, 451), Answer.REFUSED),
}

_log = logging.getLogger("openline")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of a page compared, and what read them.

    Attributes:
        difference: What became of each paragraph.
        extractors: What read the earlier and the later; the same wherever that can be.
    """

    difference: Difference
    extractors: tuple[str, str]


class Watcher:
    """Follows the sources of one node.

    Args:
        store: Where everything is kept.
        fetcher: How pages are asked for.
        reader: How they are read.
        note: Writes a capture into the journal of a line; gives the line and the row.
        tell: Says on a line since when a source is silent, or that it is no longer.
        now_ms: The clock, UTC milliseconds.
    """

    def __init__(
        self,
        store: StatementStore,
        fetcher: Fetcher,
        reader: Reader,
        note: Callable[[str, bytes], Awaitable[tuple[str, int | None]]],
        tell: Callable[[str, str, str, int | None], Awaitable[None]],
        now_ms: Callable[[], int],
    ) -> None:
        self.store = store
        self._fetcher = fetcher
        self._reader = reader
        self._note = note
        self._tell = tell
        # What an alarm says is silent: names of sources and ids of pages.
        self._silent: dict[str, None] = {}
        self._now_ms = now_ms
        self._wake = asyncio.Event()
        # One for each page that was looked at since the start: at most `STATEMENTS_MAX`.
        self._looking: dict[str, asyncio.Lock] = {}
        self._tidied_at = 0
        self.compared: dict[tuple[str, int, int, str], Comparison] = {}

    # --- sources ---------------------------------------------------------------------------------

    def take_settings(self, sources: Iterable[SourceTerms]) -> None:
        """Follow what the settings name, and no longer what they named before.

        Raises:
            OurError: An address is none, or an extractor cannot read.
        """
        named = {terms.name: source_from(terms, is_set=True) for terms in sources}
        for known in self.store.sources():
            if known.is_set and known.name not in named:
                self.store.put_source(msgspec.structs.replace(known, next_at=None, is_set=False))
        for source in named.values():
            self.add_source(source)

    def add_source(self, source: Source) -> Source:
        """Follow a source; of one that is followed already, by its new settings.

        Raises:
            OurError: Its address is none, or its extractor cannot read.
        """
        extractor_name(source.extractor, source.selector)
        now = self._now_ms()
        address = canonical(source.address)
        before = self.store.source(source.name)
        kept = msgspec.structs.replace(source, address=address, added_at=now, next_at=now)
        if before is not None:
            states = ("added_at", "looked_at", "found_at", "errors", "failing_since", "fault")
            if before.address == address:
                kept = msgspec.structs.replace(kept, **{s: getattr(before, s) for s in states})
        if source.kind == "page":
            kept = msgspec.structs.replace(kept, next_at=None)
        self.store.put_source(kept)
        if source.kind == "page":
            self.follow(kept, address, "")
        self._wake.set()
        return kept

    def follow(self, source: Source, address: str, title: str) -> bool:
        """Follow a page; whether it is new."""
        name = statement_id(address)
        if self.store.statement(name) is not None or self.store.count() >= STATEMENTS_MAX:
            return False
        now = self._now_ms()
        self.store.put(Statement(name, source.name, address, title or address, now, next_at=now))
        return True

    # --- the loop --------------------------------------------------------------------------------

    async def run(self, stopping: asyncio.Event) -> None:
        """Look at what is due until told to stop."""
        while not stopping.is_set():
            looking = asyncio.ensure_future(self.look_at_due())
            ending = asyncio.ensure_future(stopping.wait())
            await asyncio.wait((looking, ending), return_when=asyncio.FIRST_COMPLETED)
            ending.cancel()
            if not looking.done():
                looking.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await looking
                return
            looking.result()
            await self._sleep(stopping)

    async def _sleep(self, stopping: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(one.wait()) for one in (stopping, self._wake)]
        await asyncio.wait(waits, timeout=_SLEEP_S_MAX, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        self._wake.clear()

    async def look_at_due(self) -> int:
        """Look at each list and page that is due now; how many that were."""
        now = self._now_ms()
        followed = [one for one in self.store.sources() if one.next_at is not None]
        lists = [one for one in followed if (one.next_at or 0) <= now]
        for source in lists[:LOOKS_AT_ONCE_MAX]:
            await self._guarded(self.look_at_list(source), source.name)
        due = self.store.due(now, LOOKS_AT_ONCE_MAX)
        pages = [one for one in due if not self._is_looked_at(one.id)]
        await asyncio.gather(*(self._guarded(self.look(one.id), one.id) for one in pages))
        if now - self._tidied_at >= DAY_MS:
            self._tidied_at = now
            self.store.tidy(now)
        return len(lists) + len(pages)

    def _is_looked_at(self, name: str) -> bool:
        lock = self._looking.get(name)
        return lock is not None and lock.locked()

    async def _guarded(self, looking: Awaitable[Any], name: str) -> None:
        """One look; a fault of it is logged, puts it off for a day, and ends no other."""
        try:
            await looking
        except OurError as error:
            _log.warning("statements: %s: %s", name, error)
            self._put_off(name)
        except Exception:
            _log.exception("statements: %s: a defect of this program", name)
            self._put_off(name)

    def _put_off(self, name: str) -> None:
        next_at = self._now_ms() + DAY_MS
        if (one := self.store.statement(name)) is not None:
            self.store.put(msgspec.structs.replace(one, next_at=next_at))
        elif (source := self.store.source(name)) is not None:
            self.store.put_source(msgspec.structs.replace(source, next_at=next_at))

    # --- lists -----------------------------------------------------------------------------------

    async def look_at_list(self, source: Source) -> Source:
        """Look at a list; the source as it stands then."""
        after = await self._look_at_list(source)
        failing_for = self._now_ms() - (after.failing_since or self._now_ms())
        is_silent = after.errors >= SILENT_ERRORS_MIN and failing_for >= SILENT_MS_MIN
        place = (after.line, after.name, after.address, after.failing_since)
        await self._tell_silence(*place, is_silent=is_silent)
        return after

    async def _look_at_list(self, source: Source) -> Source:
        now = self._now_ms()
        marks = {"etag": source.etag, "last_modified": source.last_modified}
        answer = await self._fetcher.fetch(source.address, now, **marks)
        if answer.status == 304:
            return self._after_list(source, now, new=0, fault="")
        listing = await self._listing(source, answer)
        for address in listing.lists[:4]:
            part = await self._fetcher.fetch(address, now)
            found = await self._listing(source, part)
            listing = Listing((*listing.pages, *found.pages))
        wanted = [one for one in listing.pages if source.match in one.address]
        new = sum(self.follow(source, one.address, one.title) for one in wanted)
        if not listing.fault:
            etag, modified = (answer.headers.get(n, "") for n in ("ETag", "Last-Modified"))
            source = msgspec.structs.replace(source, etag=etag, last_modified=modified)
        return self._after_list(source, now, new=new, fault=listing.fault, asked=answer.not_before)

    async def _listing(self, source: Source, answer: Fetched) -> Listing:
        if not answer.body:
            return Listing(fault=answer.fault or "It is empty.")
        kind = answer.headers.get("Content-Type", "")
        return await self._reader.list(answer.body, kind, answer.address)

    def _after_list(
        self, source: Source, now: int, *, new: int, fault: str, asked: int | None = None
    ) -> Source:
        errors = source.errors + 1 if fault else 0
        found_at = now if new else source.found_at or source.added_at
        if fault:
            step = min(ERROR_STEP_MS_MIN << min(errors, 9), ERROR_STEP_MS_MAX)
        else:
            step = min(max((now - found_at) // 5, LIST_STEP_MS_MIN), LIST_STEP_MS_MAX)
        after = msgspec.structs.replace(
            source,
            looked_at=now,
            found_at=found_at,
            errors=errors,
            failing_since=(source.failing_since or now) if fault else None,
            fault=fault,
            next_at=max(now + max(step, source.step_ms_min), min(asked or 0, now + DAY_MS)),
        )
        self.store.put_source(after)
        return after

    async def _tell_silence(
        self, line: str, name: str, address: str, since: int | None, *, is_silent: bool
    ) -> None:
        """Raise an alarm when a source falls silent, and end it when it is heard again."""
        if is_silent and name not in self._silent:
            self._silent[name] = None
            await self._tell(line, name, address, since)
        elif not is_silent and name in self._silent:
            del self._silent[name]
            await self._tell(line, name, address, None)

    # --- pages -----------------------------------------------------------------------------------

    async def look(self, name: str) -> Statement:
        """Look at a page as soon as no other look at it is under way; how it stands then.

        Raises:
            OurError: There is no such page.
        """
        async with self._looking.setdefault(self.statement(name).id, asyncio.Lock()):
            return await self._look(self.statement(name))

    async def _look(self, one: Statement) -> Statement:
        now = self._now_ms()
        source = self.source_of(one)
        name = extractor_name(source.extractor, source.selector)
        marks = {"etag": one.etag, "last_modified": one.last_modified}
        answer = await self._fetcher.fetch(one.address, now, **marks)
        digest = hashlib.sha256(answer.body).digest() if answer.body else b""
        is_same = bool(digest) and digest == one.body_hash and one.versions > 0
        page = None
        if answer.body and not is_same:
            kind = answer.headers.get("Content-Type", "")
            page = await self._reader.page(
                answer.body, kind, source.selector, source.language, source.extractor
            )
        known = await self._known(one, name, is_read=page is not None)
        judged = self._judge(one, answer, page, now, known, is_same=is_same)
        look = self._look_of(one, answer, page, judged, now, digest, name)
        line, row = await self._noted(source, look.capture)
        capture = msgspec.structs.replace(look.capture, line=line, row=row)
        after = look.statement
        after = msgspec.structs.replace(after, next_at=after.plan(source).next_at)
        self.store.record(Look(after, capture, look.body, look.page, look.version))
        await self._tell_silence(
            source.line,
            one.id,
            one.address,
            after.failing_since,
            is_silent=after.plan(source).is_silent,
        )
        return after

    async def _known(self, one: Statement, name: str, *, is_read: bool) -> list[Known]:
        """The versions of a page, as the extractor of today reads them where it can.

        Otherwise a page would be said to have changed whenever what reads it did.
        """
        versions = self.store.versions(one.id)
        known = self.store.known(one.id)
        for place in range(len(versions))[-READ_ANEW_MAX:] if is_read else ():
            version = versions[place]
            if version.extractor == name:
                continue
            if page := await self._read_by(one, version, name):
                hashes = text_hash(page.article), folded_hash(page.article)
                known[place] = Known(version.number, *hashes)
        return known

    def _judge(
        self, one: Statement, answer: Fetched, page: Page | None, now: int,
        known: Sequence[Known], *, is_same: bool,
    ) -> Judgement:  # fmt: skip
        sort = Answer.UNREACHABLE
        if answer.is_refused:
            sort = Answer.REFUSED
        elif is_same:
            sort = Answer.NOT_MODIFIED
        elif answer.status == 200:
            sort = Answer.TEXT if page is not None and not page.fault else Answer.NO_TEXT
        elif answer.status in _ANSWERS:
            sort = _ANSWERS[answer.status]
        text = (text_hash(page.article), folded_hash(page.article)) if page is not None else None
        return judge(sort, now, text, known, one.absence)

    def _look_of(
        self, one: Statement, answer: Fetched, page: Page | None, judged: Judgement,
        now: int, digest: bytes, name: str,
    ) -> Look:  # fmt: skip
        """What the look leaves behind, the time of the next one aside."""
        verdict = judged.verdict
        is_read = verdict in READ
        fault = answer.fault or (page.fault if page is not None else "")
        capture = Capture(
            at=now,
            address=answer.address,
            status=answer.status,
            headers=dict(answer.headers),
            verdict=verdict,
            fault=fault,
            body_hash=digest,
            text_hash=text_hash(page.article) if page is not None and is_read else b"",
            extractor=name if page is not None else "",
        )
        version = None
        if page is not None and verdict in NEW:
            version = version_of(
                page, one.versions + 1, now, verdict, judged.returned_to, digest, name
            )
        changed = verdict in (Verdict.FIRST, Verdict.CHANGED, Verdict.RETURNED)
        etag, modified = (answer.headers.get(n, "") for n in ("ETag", "Last-Modified"))
        after = msgspec.structs.replace(
            one,
            title=(version.title if version and version.title else one.title),
            looked_at=now,
            verdict=verdict,
            versions=one.versions + (version is not None),
            changed_at=now if changed else one.changed_at,
            read_at=now if is_read else one.read_at,
            unchanged=0 if changed else one.unchanged + is_read,
            errors=0 if is_read else one.errors + 1,
            failing_since=None if is_read else one.failing_since or now,
            not_before=answer.not_before,
            absent=None if judged.absence is None else (judged.absence.since, judged.absence.looks),
            fault="" if is_read else fault,
            body_hash=digest if is_read and digest else one.body_hash,
            etag=etag if is_read and digest else one.etag,
            last_modified=modified if is_read and digest else one.last_modified,
            leads_to=answer.moved_to if self._is_another(one, answer.moved_to) else "",
        )
        is_kept_body = bool(answer.body) and version is not None
        return Look(after, capture, answer.body if is_kept_body else b"", page, version)

    def _is_another(self, one: Statement, address: str) -> bool:
        """Whether an address is that of another page which is followed."""
        name = statement_id(address)
        return bool(address) and name != one.id and self.store.statement(name) is not None

    async def _noted(self, source: Source, capture: Capture) -> tuple[str, int | None]:
        """Note the look in a journal; the line and the row, or none."""
        return await self._note(source.line, capture_bytes(capture))

    # --- what officers ask -----------------------------------------------------------------------

    def statement(self, name: str) -> Statement:
        """The page of an id, or of the beginning of one.

        Raises:
            OurError: There is none, or there are several.
        """
        if (one := self.store.statement(name)) is not None:
            return one
        begun = [one for one in self.store.statements() if name and one.id.startswith(name)]
        if len(begun) == 1:
            return begun[0]
        raise OurError(f"There is no statement {name!r}.", "See `openline statements list`.")

    def source_of(self, one: Statement) -> Source:
        """The source of a page; one that is gone leaves its pages to the usual settings."""
        return self.store.source(one.source) or Source(one.source, one.address)

    async def ask(self, name: str) -> Statement:
        """Look at a page now, and follow it on from now.

        Raises:
            OurError: There is no such page.
        """
        one = self.statement(name)
        self.store.put(msgspec.structs.replace(one, asked_at=self._now_ms()))
        return await self.look(one.id)

    def keep(self, name: str, attached: str | None) -> Statement:
        """Keep the bytes of a page for good; say to what it belongs, if that is given.

        Raises:
            OurError: There is no such page.
        """
        one = msgspec.structs.replace(self.statement(name), is_kept=True)
        if attached is not None:
            one = msgspec.structs.replace(one, attached=attached)
        self.store.put(one)
        return one

    async def read_version(self, name: str, number: int) -> tuple[Page, str]:
        """The text of a version and what read it: today's extractor, if it can be.

        Raises:
            OurError: There is no such version.
        """
        return (await self._read_alike(self.statement(name), (number,)))[0]

    async def _read_alike(self, one: Statement, numbers: Sequence[int]) -> list[tuple[Page, str]]:
        """The texts of versions, and what read each: one extractor, wherever it can.

        Raises:
            OurError: There is no such version.
        """
        held = {version.number: version for version in self.store.versions(one.id)}
        if missing := [number for number in numbers if number not in held]:
            raise OurError(f"There is no version {missing[0]}.", "See `openline statements show`.")
        versions = [held[number] for number in numbers]
        names = dict.fromkeys((self._today(one), *(v.extractor for v in reversed(versions))))
        for name in filter(None, names):
            pages = [await self._read_by(one, version, name) for version in versions]
            read = [(page, name) for page in pages if page is not None]
            if len(read) == len(versions):
                return read
        assert len(versions) > 1, "the text of a version is kept for good"
        return [(await self._read_alike(one, (number,)))[0] for number in numbers]

    def _today(self, one: Statement) -> str:
        """The name of what reads a page today; empty if it cannot."""
        source = self.source_of(one)
        try:
            return extractor_name(source.extractor, source.selector)
        except OurError:
            return ""

    async def _read_by(self, one: Statement, version: Version, name: str) -> Page | None:
        """A version as an extractor reads it; None if its bytes are gone, or nothing does."""
        if version.extractor == name:
            return self.store.page(version.text_hash)
        way, body = extractor_of(name), self.store.body(version.body_hash)
        if way is None or body is None:
            return None
        capture = self.store.capture(version.capture)
        kind = capture.headers.get("Content-Type", "") if capture else ""
        extractor, selector = way
        language = self.source_of(one).language
        page = await self._reader.page(body, kind, selector, language, extractor)
        return None if page.fault else page

    async def difference(self, name: str, old: int, new: int) -> Comparison:
        """Two versions of a page compared, off the loop; the last ones compared are kept.

        Raises:
            OurError: There is no such page or version.
        """
        one = self.statement(name)
        key = (one.id, old, new, self._today(one))
        if key not in self.compared:
            (before, by_old), (after, by_new) = await self._read_alike(one, (old, new))
            found = await asyncio.to_thread(compare, before.article, after.article)
            while len(self.compared) >= COMPARED_KEPT:
                self.compared.pop(next(iter(self.compared)))
            self.compared[key] = Comparison(found, (by_old, by_new))
        return self.compared[key]


COMPARED_KEPT: Final = 64
"""Comparisons that are kept: those of the pages that officers and feeds look at."""


def capture_bytes(capture: Capture) -> bytes:
    """A look in strict CBOR, as the journal keeps it (`docs/spec/statements.md`)."""
    seen = Seen(
        capture.at,
        capture.address,
        capture.status,
        tuple(sorted(capture.headers.items())),
        capture.verdict,
        capture.body_hash,
        capture.text_hash,
        capture.extractor,
    )
    return seen.to_bytes()
