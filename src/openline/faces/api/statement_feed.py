"""Changes of public statements as Atom: an entry for each version."""

from collections.abc import Iterator
from html import escape
from typing import Final
from urllib.parse import urlencode

from openline.adapters import atom
from openline.adapters.statements.store import Statement, Version
from openline.adapters.wording import Wording
from openline.adapters.wording.statements import (
    change_words,
    feed_title,
    presence,
    summary,
    verdict_words,
)
from openline.app.statements import Watcher
from openline.domain.instant import INSTANT_MAX
from openline.domain.line.letters import visible
from openline.domain.statements.difference import Change, Difference, Row

ENTRIES_PER_PAGE: Final = 25
HTML_CHARS_MAX: Final = 60_000
"""A longer difference is told by its summary alone; the page has it whole."""


async def feed_of(
    watcher: Watcher,
    wording: Wording,
    party: str,
    one: Statement | None,
    source: str,
    before: int,
    address: str,
) -> atom.Feed:
    """One page of a feed.

    Args:
        watcher: What follows the pages.
        wording: Of the titles.
        party: Whose node it is.
        one: The page that it is about; None for all of a source, or all.
        source: The source; empty for all.
        before: Only versions that were seen before; of an archive.
        address: Where the feed is found; empty if nowhere.
    """
    if one is not None:
        versions = [v for v in watcher.store.versions(one.id) if v.seen_at < before]
        found = [(one, version) for version in reversed(versions)][: ENTRIES_PER_PAGE + 1]
    else:
        found = watcher.store.changes(source, before, ENTRIES_PER_PAGE + 1)
    shown = found[:ENTRIES_PER_PAGE]
    has_more = bool(address) and len(found) > len(shown)
    path = ("statement", one.id) if one else ("source", source) if source else ("all",)
    entries = [await _entry(watcher, wording, party, *pair) for pair in shown]
    return atom.Feed(
        id=atom.tag(party, 0, "statements", *path),
        title=feed_title(wording, one.title if one else source),
        author=party,
        language=wording.language,
        updated_at=0,
        entries=entries,
        address=address and _page_of(address, before),
        current=address if before < INSTANT_MAX else "",
        previous=_page_of(address, shown[-1][1].seen_at) if has_more else "",
        is_archive=before < INSTANT_MAX,
    )


def _page_of(address: str, before: int) -> str:
    """The address of a page of the feed: of versions that were seen before an instant."""
    if before == INSTANT_MAX:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'before': before})}"


async def _entry(
    watcher: Watcher, wording: Wording, party: str, one: Statement, version: Version
) -> atom.Entry:
    became = verdict_words(wording, version.verdict, version.returned_to)
    title = f"{version.title or one.title}: {became}"
    page = f"/print/statements/{one.id}"
    proof = f"/statements/{one.id}/versions/{version.number}"
    old = version.number - 1
    if old:
        found = (await watcher.difference(one.id, old, version.number)).difference
        before = watcher.store.versions(one.id)[old - 1].seen_at
        sides = ((old, before), (version.number, version.seen_at))
        text = "".join(_html(wording, found, sides))
        page += f"/differences?old={old}&new={version.number}"
        if len(text) > HTML_CHARS_MAX:
            text = f"<p>{escape(summary(wording, found))}</p>"
    else:
        read, _ = await watcher.read_version(one.id, version.number)
        rows = (f"<p>{_words(paragraph.text)}</p>" for paragraph in read.article.paragraphs[:3])
        text = "".join(rows)[:HTML_CHARS_MAX]
    return atom.Entry(
        id=atom.tag(party, one.added_at, "statement", one.id, str(version.number)),
        title=title,
        author=party,
        published_at=version.seen_at,
        updated_at=version.seen_at,
        language=watcher.source_of(one).language or wording.language,
        text=text,
        category="statement",
        is_html=True,
        links=(("alternate", page), ("via", one.address), ("related", proof)),
    )


def _html(
    wording: Wording, found: Difference, sides: tuple[tuple[int, int], tuple[int, int]]
) -> Iterator[str]:
    """The rows that differ, as HTML; a stranger's words in it are escaped."""
    yield f"<p>{escape(summary(wording, found))}</p>"
    for row in found.rows:
        if row.change not in (Change.SAME, Change.MOVED_AWAY):
            yield f"<p><b>{escape(change_words(wording, row))}</b></p><p>{_marked(row)}</p>"
        if row.change in (Change.ADDED, Change.REMOVED):
            yield f"<p><small>{escape(presence(wording, row, *sides))}</small></p>"


def _marked(row: Row) -> str:
    parts = []
    for span in row.spans:
        if span.same:
            parts.append(_words(span.same))
        if span.old:
            parts.append(f"<del>{_words(span.old)}</del>")
        if span.new:
            parts.append(f"<ins>{_words(span.new)}</ins>")
    return " ".join(parts)


def _words(text: str) -> str:
    """A stranger's words: escaped, and what steers or is not seen by number."""
    return escape(visible(text))
