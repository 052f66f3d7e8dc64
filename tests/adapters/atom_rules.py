"""What RFC 4287 and RFC 5005 ask of a feed, and what ours promise beyond, as one check.

Our own reading of the RFCs: each element where it may be, as often as it may be, with the
attributes that it may have and text in its form. Other people's elements are refused but for
those of RFC 5005, because a feed of ours has no others.
"""

import re
from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
COMMON = {LANGUAGE, "{http://www.w3.org/XML/1998/namespace}base"}

_TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}-\d{2}-\d{2}:[A-Za-z0-9._/-]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_RELATIONS = {"alternate", "related", "self", "via", "current", "prev-archive", "next-archive"}

# Least and most of each element: RFC 4287, 4.1.1 and 4.1.2; RFC 5005, 2 and 4.
FEED = {
    f"{ATOM}id": (1, 1),
    f"{ATOM}title": (1, 1),
    f"{ATOM}updated": (1, 1),
    f"{ATOM}author": (1, 1),
    f"{ATOM}link": (0, 9),
    f"{ATOM}entry": (0, 10_000),
    f"{HISTORY}archive": (0, 1),
    f"{HISTORY}complete": (0, 1),
}
ENTRY = {
    f"{ATOM}id": (1, 1),
    f"{ATOM}title": (1, 1),
    f"{ATOM}published": (1, 1),
    f"{ATOM}updated": (1, 1),
    f"{ATOM}author": (1, 1),
    f"{ATOM}category": (1, 1),
    f"{ATOM}content": (1, 1),
    f"{ATOM}link": (0, 9),
}
ATTRIBUTES = {
    f"{ATOM}link": {"href", "rel", "type", "hreflang", "title", "length"},
    f"{ATOM}category": {"term", "scheme", "label"},
    f"{ATOM}content": {"type"},
    f"{ATOM}title": {"type"},
}


def check_feed(document: bytes) -> ElementTree.Element:
    """Confirm that a document is a feed as the RFCs have it; its root."""
    assert document.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    root = ElementTree.fromstring(document)
    assert root.tag == f"{ATOM}feed"
    for element in root.iter():
        _check_attributes(element)
    _check_container(root, FEED)
    entries = root.findall(f"{ATOM}entry")
    ids = [text_of(root, "id"), *(_check_entry(entry) for entry in entries)]
    assert len(set(ids)) == len(ids), "no two are alike (4.1.1)"
    assert all(_TAG.fullmatch(one) for one in ids), ids
    updated = [_date(text_of(entry, "updated")) for entry in entries]
    assert all(at <= _date(text_of(root, "updated")) for at in updated)
    _check_history(root)
    return root


def relations(element: ElementTree.Element) -> dict[str, str]:
    """Where the links of a feed or an entry lead, by their relation."""
    return {
        one.get("rel", "alternate"): one.get("href", "") for one in element.findall(f"{ATOM}link")
    }


def _check_attributes(element: ElementTree.Element) -> None:
    known = ATTRIBUTES.get(element.tag, set()) | COMMON
    assert set(element.keys()) <= known, (element.tag, element.keys())
    if element.get(LANGUAGE) is not None:
        assert re.fullmatch("[a-z]{2,3}", element.get(LANGUAGE, ""))


def _check_container(element: ElementTree.Element, model: dict[str, tuple[int, int]]) -> None:
    tags = [child.tag for child in element]
    assert set(tags) <= set(model), set(tags) - set(model)
    for tag, (least, most) in model.items():
        assert least <= tags.count(tag) <= most, tag
    assert not (element.text or "").strip(), "no text beside elements"
    assert not any((child.tail or "").strip() for child in element)
    _date(text_of(element, "updated"))
    [author] = element.findall(f"{ATOM}author")
    assert [child.tag for child in author] == [f"{ATOM}name"]
    assert text_of(author, "name").strip()
    _check_links(element)


def _check_links(element: ElementTree.Element) -> None:
    links = element.findall(f"{ATOM}link")
    told = [one.get("rel", "alternate") for one in links]
    assert set(told) <= _RELATIONS, told
    assert len(set(told)) == len(told), "one of each relation (4.1.1: of self, of alternate)"
    for one in links:
        assert len(list(one)) == 0
        href = one.get("href")
        assert href, "a link has an address (4.2.7.1)"
        assert not re.search(r"[\s<>\"{}|\\^`]", href), href
        urlsplit(href)


def _check_entry(entry: ElementTree.Element) -> str:
    _check_container(entry, ENTRY)
    [content] = entry.findall(f"{ATOM}content")
    assert content.get("type") in ("text", "html")
    assert len(list(content)) == 0, "text and HTML have no elements in them (4.1.3.3)"
    assert content.get(LANGUAGE)
    if content.get("type") == "html":
        _Html().check(content.text or "")
    [category] = entry.findall(f"{ATOM}category")
    assert category.get("term")
    assert _date(text_of(entry, "published")) <= _date(text_of(entry, "updated"))
    return text_of(entry, "id")


def _check_history(root: ElementTree.Element) -> None:
    """RFC 5005: an archive says so, and where the feed is; a complete feed is no archive."""
    ways = relations(root)
    is_archive = root.find(f"{HISTORY}archive") is not None
    if root.find(f"{HISTORY}complete") is not None:
        assert not is_archive
        assert "prev-archive" not in ways
    assert is_archive or "current" not in ways
    if is_archive and ways:
        assert {"self", "current"} <= set(ways)
        assert ways["self"] != ways["current"]
    for mark in (*root.findall(f"{HISTORY}archive"), *root.findall(f"{HISTORY}complete")):
        assert len(list(mark)) == 0
        assert not mark.text


def text_of(element: ElementTree.Element, name: str) -> str:
    [found] = element.findall(f"{ATOM}{name}")
    assert len(list(found)) == 0
    return found.text or ""


def _date(text: str) -> datetime:
    assert _DATE.fullmatch(text), text
    return datetime.fromisoformat(text)


class _Html(HTMLParser):
    """HTML as a fragment in which all that is opened is closed, of few elements."""

    KNOWN = frozenset({"p", "b", "del", "ins", "small"})

    def check(self, text: str) -> None:
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.KNOWN
        assert attrs == []
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
