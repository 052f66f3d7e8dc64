"""The public feed: valid by the rules of RFC 4287, whatever the words are."""

import re
from datetime import datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.atom import Entry, Feed, tag, write_feed

ATOM = "{http://www.w3.org/2005/Atom}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
AT = 1_491_528_000_123

_TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}-\d{2}-\d{2}:[A-Za-z0-9._/-]+")

FEED_ELEMENTS = {"id", "title", "updated", "author", "link", "entry"}
ENTRY_ELEMENTS = {"id", "title", "published", "updated", "author", "category", "content"}


def check(document: bytes) -> ElementTree.Element:
    """Confirm that a document is an Atom feed by RFC 4287; its root.

    Sections 4.1.1 and 4.1.2: which elements there must be, how often, and in which form;
    4.2.6: identifiers are absolute and no two alike; 3.3: dates are of RFC 3339.
    """
    root = ElementTree.fromstring(document)
    assert root.tag == f"{ATOM}feed"
    _check_container(root, FEED_ELEMENTS)
    ids = [_only(root, "id")]
    for entry in root.findall(f"{ATOM}entry"):
        _check_container(entry, ENTRY_ELEMENTS)
        ids.append(_only(entry, "id"))
        [content] = entry.findall(f"{ATOM}content")
        assert content.get("type") == "text"
        assert len(list(content)) == 0
        assert re.fullmatch("[a-z]{2,3}", content.get(LANGUAGE, ""))
        [category] = entry.findall(f"{ATOM}category")
        assert category.get("term")
        assert _date(_only(entry, "published")) <= _date(_only(entry, "updated"))
        assert _date(_only(entry, "updated")) <= _date(_only(root, "updated"))
    assert len(set(ids)) == len(ids)
    assert all(_TAG.fullmatch(one) for one in ids), ids
    return root


def _check_container(element: ElementTree.Element, known: set[str]) -> None:
    names = {child.tag.removeprefix(ATOM) for child in element}
    assert names <= known, names - known
    for name in ("id", "title", "updated"):
        _only(element, name)
    _date(_only(element, "updated"))
    [author] = element.findall(f"{ATOM}author")
    assert _only(author, "name").strip()


def _only(element: ElementTree.Element, name: str) -> str:
    [found] = element.findall(f"{ATOM}{name}")
    assert len(list(found)) == 0
    return found.text or ""


def _date(text: str) -> datetime:
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z", text), text
    return datetime.fromisoformat(text)


def entry(number: int = 1, text: str = "We spoke.", title: str = "Readout") -> Entry:
    """One entry."""
    name = tag("alpha.example", AT, "syria-air", f"ALPHA-{number:04d}", "en")
    return Entry(name, title, "Alpha", AT, AT + number, "en", text, "readout")


def feed(*entries: Entry, address: str = "") -> Feed:
    """A feed of them."""
    name = tag("alpha.example", AT, "syria-air", "feed")
    return Feed(name, "What Alpha said", "alpha.example", "en", AT, entries, address)


def test_a_feed_is_valid_and_says_what_was_published() -> None:
    """Identifiers, times, words and their language come out as they went in."""
    root = check(
        write_feed(feed(entry(1, "Мы говорили.\n\nКоротко."), entry(2), address="https://a/"))
    )
    assert _only(root, "updated") == "2017-04-07T01:20:00.125Z"
    first, second = root.findall(f"{ATOM}entry")
    assert _only(first, "content") == "Мы говорили.\n\nКоротко."
    assert _only(second, "id") == "tag:alpha.example,2017-04-07:syria-air/ALPHA-0002/en"
    [link] = root.findall(f"{ATOM}link")
    assert (link.get("rel"), link.get("href")) == ("self", "https://a/")


def test_an_empty_feed_is_valid() -> None:
    """A party that has said nothing in public has a feed with the day it began."""
    root = check(write_feed(feed()))
    assert _only(root, "updated") == "2017-04-07T01:20:00.123Z"
    assert root.findall(f"{ATOM}entry") == []


def test_mark_up_in_words_is_only_words() -> None:
    """What looks like an element, an entity or the end of one is text."""
    words = "</content><entry>&amp;<![CDATA[ ]]> \"'"
    root = check(write_feed(feed(entry(1, words, words))))
    [only] = root.findall(f"{ATOM}entry")
    assert (_only(only, "content"), _only(only, "title")) == (words, words)


def test_what_steers_words_is_shown_by_number() -> None:
    """A direction override in a text becomes letters; controls of XML cannot be there."""
    root = check(write_feed(feed(entry(1, "a\u202eb\x00c\ufffed"))))
    [only] = root.findall(f"{ATOM}entry")
    assert "\u202e" not in _only(only, "content")
    assert _only(only, "content").startswith("a⟨U+202E⟩b")


@given(text=st.text(st.characters(exclude_categories=("Cs",))), title=st.text("ab<&\u2028\ufffe"))
def test_any_words_give_a_valid_feed(text: str, title: str) -> None:
    """No text breaks the document."""
    check(write_feed(feed(entry(1, text, title), entry(2, title, text))))


@pytest.mark.parametrize("at", [-(2**63), 0, 2**63 - 1])
def test_an_instant_that_no_calendar_shows_is_a_date_all_the_same(at: int) -> None:
    """A hostile clock gives the nearest date that there is."""
    name = tag("alpha.example", at, "syria-air", "ALPHA-0001")
    hostile = Entry(name, "Notice", "Alpha", at, at, "en", "", "notice")
    check(write_feed(feed(hostile)))
