"""The public feed: valid by the rules of RFC 4287, whatever the words are."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.atom import Entry, Feed, tag, write_feed
from tests.adapters.atom_rules import ATOM, HISTORY, check_feed, relations, text_of

AT = 1_491_528_000_123


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
    root = check_feed(
        write_feed(feed(entry(1, "Мы говорили.\n\nКоротко."), entry(2), address="https://a/"))
    )
    assert text_of(root, "updated") == "2017-04-07T01:20:00.125Z"
    first, second = root.findall(f"{ATOM}entry")
    assert text_of(first, "content") == "Мы говорили.\n\nКоротко."
    assert text_of(second, "id") == "tag:alpha.example,2017-04-07:syria-air/ALPHA-0002/en"
    [link] = root.findall(f"{ATOM}link")
    assert (link.get("rel"), link.get("href")) == ("self", "https://a/")


def test_an_empty_feed_is_valid() -> None:
    """A party that has said nothing in public has a feed with the day it began."""
    root = check_feed(write_feed(feed()))
    assert text_of(root, "updated") == "2017-04-07T01:20:00.123Z"
    assert root.findall(f"{ATOM}entry") == []


def test_mark_up_in_words_is_only_words() -> None:
    """What looks like an element, an entity or the end of one is text."""
    words = "</content><entry>&amp;<![CDATA[ ]]> \"'"
    root = check_feed(write_feed(feed(entry(1, words, words))))
    [only] = root.findall(f"{ATOM}entry")
    assert (text_of(only, "content"), text_of(only, "title")) == (words, words)


def test_what_steers_words_is_shown_by_number() -> None:
    """A direction override in a text becomes letters; controls of XML cannot be there."""
    root = check_feed(write_feed(feed(entry(1, "a\u202eb\x00c\ufffed"))))
    [only] = root.findall(f"{ATOM}entry")
    assert "\u202e" not in text_of(only, "content")
    assert text_of(only, "content").startswith("a⟨U+202E⟩b")


@given(text=st.text(st.characters(exclude_categories=("Cs",))), title=st.text("ab<&\u2028\ufffe"))
def test_any_words_give_a_valid_feed(text: str, title: str) -> None:
    """No text breaks the document."""
    check_feed(write_feed(feed(entry(1, text, title), entry(2, title, text))))


@pytest.mark.parametrize("at", [-(2**63), 0, 2**63 - 1])
def test_an_instant_that_no_calendar_shows_is_a_date_all_the_same(at: int) -> None:
    """A hostile clock gives the nearest date that there is."""
    name = tag("alpha.example", at, "syria-air", "ALPHA-0001")
    hostile = Entry(name, "Notice", "Alpha", at, at, "en", "", "notice")
    check_feed(write_feed(feed(hostile)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<id>tag:alpha.example,2017-04-07:syria-air/feed</id>", b""),
        (b"ALPHA-0002/en", b"ALPHA-0001/en"),
        (b"<name>alpha.example</name>", b""),
        (b'<category term="readout" />', b""),
        (b"</title>\n  <updated>", b"</title>\n  <subtitle>x</subtitle><updated>"),
        (b"2017-04-07T01:20:00.125Z", b"2017-04-07 01:20"),
        (b'href="https://a/"', b'href="https://a/ b"'),
        (b'rel="self"', b'rel="me"'),
        (b'type="text"', b'type="xhtml"'),
        (b">We spoke.</content>", b"><b>We spoke.</b></content>"),
        (b"<entry>", b"<entry onclick='x'>"),
    ],
)
def test_the_rules_refuse_what_is_no_feed(old: bytes, new: bytes) -> None:
    """Each breach of the RFCs that is put into a feed is found by the check."""
    document = write_feed(feed(entry(1), entry(2), address="https://a/"))
    check_feed(document)
    assert old in document
    with pytest.raises(AssertionError):
        check_feed(document.replace(old, new, 1))


def test_archives_and_complete_feeds_say_so() -> None:
    """An archive names the feed that it belongs to, a complete feed is no archive (RFC 5005)."""
    plain = feed(entry(1), address="https://a/?archive=1")
    archive = replace(plain, current="https://a/", previous="https://a/?archive=0", is_archive=True)
    root = check_feed(write_feed(archive))
    assert root.find(f"{HISTORY}archive") is not None
    assert relations(root)["prev-archive"] == "https://a/?archive=0"
    complete = check_feed(write_feed(replace(plain, is_complete=True)))
    assert complete.find(f"{HISTORY}complete") is not None
    for wrong in (replace(archive, is_complete=True), replace(archive, current=archive.address)):
        with pytest.raises(AssertionError):
            check_feed(write_feed(wrong))
