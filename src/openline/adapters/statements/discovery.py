"""Discovery: which pages a list names: RSS, Atom, JSON Feed, news sitemaps.

Only addresses and titles are taken; the statement is what its page says. Like `page`, it runs
in a process of its own.
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import feedparser
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from openline.adapters.statements.address import canonical
from openline.adapters.statements.page import decoded
from openline.domain.errors import OurError

LISTED_MAX: Final = 200
"""Pages of one list that are looked at; longer ones name the newest first."""
_TITLE_CHARS_MAX: Final = 300
_SITEMAP: Final = re.compile(r"<(?:\w+:)?(urlset|sitemapindex)\b")


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list.

    Attributes:
        address: In its one form.
        title: As the list has it; may be empty.
    """

    address: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list holds.

    Attributes:
        pages: In the order of the list, each once.
        lists: Other lists that it names: the parts of a large sitemap.
        fault: Why it is no list, as one sentence; empty if it is one.
    """

    pages: tuple[Listed, ...] = ()
    lists: tuple[str, ...] = ()
    fault: str = ""


def read_list(body: bytes, content_type: str, address: str) -> Listing:
    """The pages that a list names.

    Args:
        body: Its bytes.
        content_type: As its server said.
        address: Where it was found: it may name pages beside itself.
    """
    text = decoded(body, content_type, "")
    lists: list[str] = []
    try:
        if text.lstrip().startswith("{"):
            found = list(_json_feed(json.loads(text)))
        elif match := _SITEMAP.search(text[:4_096]):
            found, lists = _sitemap(body, match[1])
        else:
            found = list(_feed(body, content_type))
    except (ValueError, RecursionError, ElementTree.ParseError, DefusedXmlException):
        return Listing(fault="It is no feed and no sitemap that can be read.")
    pages = _in_one_form(found, address)
    if not pages and not lists:
        return Listing(fault="It names no page.")
    parts = _in_one_form([(one, "") for one in lists], address)
    return Listing(pages, tuple(one.address for one in parts))


def _in_one_form(found: list[tuple[str, str]], beside: str) -> tuple[Listed, ...]:
    pages: dict[str, Listed] = {}
    for written, title in found[:LISTED_MAX]:
        try:
            address = canonical(written, beside=beside)
        except OurError:
            continue
        clean = " ".join(html.unescape(title).split())[:_TITLE_CHARS_MAX]
        pages.setdefault(address, Listed(address, clean))
    return tuple(pages.values())


def _feed(body: bytes, content_type: str) -> Iterator[tuple[str, str]]:
    parsed = feedparser.parse(
        body,
        response_headers={"content-type": content_type},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    for entry in parsed.entries[:LISTED_MAX]:
        if link := entry.get("link"):
            yield str(link), str(entry.get("title") or "")


def _json_feed(feed: Any) -> Iterator[tuple[str, str]]:
    items = feed.get("items") if isinstance(feed, dict) else None
    for item in items if isinstance(items, list) else ():
        link = item.get("url") if isinstance(item, dict) else None
        if isinstance(link, str):
            yield link, str(item.get("title") or "")


def _sitemap(body: bytes, sort: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Pages of a sitemap, the latest first, or the sitemaps of an index."""
    rows = []
    for place, element in enumerate(ElementTree.fromstring(body)):
        values = {_name(one.tag): (one.text or "").strip() for one in element.iter()}
        date = values.get("publication_date") or values.get("lastmod") or ""
        if location := values.get("loc"):
            rows.append((date, -place, location, values.get("title", "")))
    rows.sort(reverse=True)
    if sort == "sitemapindex":
        return [], [location for _, _, location, _ in rows]
    return [(location, title) for _, _, location, title in rows], []


def _name(tag: object) -> str:
    return str(tag).rpartition("}")[2]
