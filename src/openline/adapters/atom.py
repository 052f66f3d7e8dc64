"""The public feed as Atom (RFC 4287): what a party has said in public.

Identifiers are tag URIs (RFC 4151) that follow from party, line and serial, so a reader
sees a changed entry as the same one. All words are plain text, escaped by the XML
library; what would steer the words around it is shown by number. What is public is
decided elsewhere (`engine.readout_view`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from openline.domain.instant import INSTANT_MAX, format_instant
from openline.domain.line.letters import visible

MEDIA_TYPE: Final = "application/atom+xml"

_ATOM: Final = "http://www.w3.org/2005/Atom"
_HISTORY: Final = "http://purl.org/syndication/history/1.0"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may hold (XML 1.0, production 2)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is public, in one language.

    Attributes:
        id: Its tag URI, never that of anything else.
        title: One row.
        author: Name of the party whose words it has.
        published_at: When it was public first, UTC milliseconds.
        updated_at: Since when it is as it is.
        language: Of `text`, as ISO 639 code.
        text: The words.
        category: `readout`, `notice` or `statement`.
        is_html: Whether `text` is HTML, made by us of escaped words.
        links: Ways from it, each with its relation and address.
    """

    id: str
    title: str
    author: str
    published_at: int
    updated_at: int
    language: str
    text: str
    category: str
    is_html: bool = False
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """All of it.

    Attributes:
        id: The feed's own tag URI.
        title: One row.
        author: Name of the party that keeps it.
        language: Of the titles, as ISO 639 code.
        updated_at: Since when it is as it is, UTC milliseconds, if it has no entries.
        entries: The newest first, no two with one id.
        address: Where the feed itself is found; empty if it has no address.
        current: Of an archive, where the feed is that it belongs to (RFC 5005); else empty.
        previous: Where the archive before it is; empty if there is none.
        is_archive: Whether it is one: then it never changes.
        is_complete: Whether what is not in it is not public any more (RFC 5005, section 2).
    """

    id: str
    title: str
    author: str
    language: str
    updated_at: int
    entries: Sequence[Entry]
    address: str = ""
    current: str = ""
    previous: str = ""
    is_archive: bool = False
    is_complete: bool = False


def tag(party: str, at: int, *path: str) -> str:
    """A tag URI of a party: `tag:alpha.example,2017-04-07:syria-air/ALPHA-0012`.

    Args:
        party: Whose it is; it must have held its name on that day.
        at: The day, by an instant in UTC milliseconds.
        path: What it names, from the larger to the smaller.
    """
    return f"tag:{party},{_time(at)[:10]}:{'/'.join(path)}"


def write_feed(feed: Feed) -> bytes:
    """The feed as an XML document in UTF-8."""
    assert len({one.id for one in feed.entries}) == len(feed.entries), "each has an id of its own"
    root = ElementTree.Element("feed", {"xmlns": _ATOM, _LANGUAGE: feed.language})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    updated_at = max((one.updated_at for one in feed.entries), default=feed.updated_at)
    _add(root, "updated", _time(updated_at))
    _add(ElementTree.SubElement(root, "author"), "name", feed.author)
    ways = (("self", feed.address), ("current", feed.current), ("prev-archive", feed.previous))
    _add_links(root, [way for way in ways if way[1]])
    for name, holds in (("archive", feed.is_archive), ("complete", feed.is_complete)):
        if holds:
            ElementTree.SubElement(root, f"{{{_HISTORY}}}{name}")
    for entry in feed.entries:
        _add_entry(root, entry)
    ElementTree.indent(root)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _add_entry(root: ElementTree.Element, entry: Entry) -> None:
    element = ElementTree.SubElement(root, "entry")
    _add(element, "id", entry.id)
    _add(element, "title", entry.title)
    _add(element, "published", _time(entry.published_at))
    _add(element, "updated", _time(max(entry.updated_at, entry.published_at)))
    _add(ElementTree.SubElement(element, "author"), "name", entry.author)
    ElementTree.SubElement(element, "category", {"term": entry.category})
    _add_links(element, entry.links)
    content = _add(element, "content", entry.text)
    content.set("type", "html" if entry.is_html else "text")
    content.set(_LANGUAGE, entry.language)


def _add_links(parent: ElementTree.Element, links: Iterable[tuple[str, str]]) -> None:
    for relation, address in links:
        ElementTree.SubElement(parent, "link", {"rel": relation, "href": _legal(address)})


def _add(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name)
    element.text = _legal(text)
    return element


def _legal(text: str) -> str:
    """The text without controls, and unseen only the isolates of our own wording."""
    rows = (_kept(row) for row in text.split("\n"))
    return _NOT_XML.sub("\ufffd", "\n".join(rows))


def _kept(row: str) -> str:
    return "".join(part if part in _ISOLATES else visible(part) for part in _PARTS.split(row))


_ISOLATES: Final = ("\u2066", "\u2068", "\u2069")
_PARTS = re.compile("([\u2066\u2068\u2069])")


def _time(at: int) -> str:
    """An instant as RFC 3339 writes it, or the nearest that a calendar shows."""
    return format_instant(min(max(at, 0), INSTANT_MAX))
