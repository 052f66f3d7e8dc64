"""Changes of public statements as Atom: an entry for each version."""

from collections.abc import Iterator
from html import escape
from typing import Final

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
from openline.domain.instant import DAY_MS
from openline.domain.line.letters import visible
from openline.domain.statements.difference import Change, Difference, Row
from openline.faces.api.atom_feeds import part_of

HTML_CHARS_MAX: Final = 60_000
"""A longer difference is told by its summary alone; the page has it whole."""


async def feed_of(
    watcher: Watcher,
    wording: Wording,
    party: str,
    one: Statement | None,
    source: str,
    archive: int | None,
    address: str,
    now: int,
) -> atom.Feed:
    """One part of a feed.

    Args:
        watcher: What follows the pages.
        wording: Of the titles.
        party: Whose node it is.
        one: The page that it is about; None for all of a source, or all.
        source: The source; empty for all.
        archive: Number of an archive; None for what subscribers ask for.
        address: Where the feed is found; empty if nowhere.
        now: The present instant: its day is in the id of a feed about nothing.

    Raises:
        NotFound: There is no such archive.
    """
    if one is not None:
        versions = watcher.store.versions(one.id)
        part = part_of(len(versions), archive)
        found = [(one, version) for version in versions[part.start : part.stop]]
    else:
        part = part_of(watcher.store.version_count(source), archive)
        found = watcher.store.changes(source, part.start, part.stop - part.start)
    path = ("statement", one.id) if one else ("source", source) if source else ("all",)
    pages = [one] if one else watcher.store.statements(source)
    # The day of the first page, which is never removed; before there is any, the present day.
    since = min((page.added_at for page in pages), default=now - now % DAY_MS)
    entries = [await _entry(watcher, wording, party, *pair) for pair in reversed(found)]
    return atom.Feed(
        id=atom.tag(party, since, "statements", *path),
        title=feed_title(wording, one.title if one else source),
        author=party,
        language=wording.language,
        updated_at=since,
        entries=entries,
        **part.addresses(address),
    )


async def _entry(
    watcher: Watcher, wording: Wording, party: str, one: Statement, version: Version
) -> atom.Entry:
    became = verdict_words(wording, version.verdict, version.returned_to)
    title = f"{version.title or one.title}: {became}"
    page = f"/print/statements/{one.id}"
    proof = f"/statements/{one.id}/proof?version={version.number}"
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
