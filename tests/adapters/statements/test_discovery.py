"""Lists of pages are read in every form that press offices use."""

import json

import pytest

from openline.adapters.statements.discovery import LISTED_MAX, read_list

BASE = "https://m.example/feed"
PAGES = ("https://m.example/2", "https://m.example/1")

RSS = (
    "<rss version='2.0'><channel><item><title>Two &amp;amp; more</title>"
    "<link>/2?utm_source=r</link></item><item><link>https://m.example/1</link></item>"
    "</channel></rss>"
)
ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='https://m.example/2'/></entry>"
    "<entry><link rel='alternate' href='https://m.example/1'/></entry></feed>"
)
JSON = json.dumps({"items": [{"url": one} for one in PAGES]})
MAP = (
    "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
    "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>"
    "<url><loc>https://m.example/1</loc><lastmod>2017-04-06</lastmod></url>"
    "<url><loc>https://m.example/2</loc><news:news>"
    "<news:publication_date>2017-04-07</news:publication_date>"
    "<news:title>Two</news:title></news:news></url></urlset>"
)
INDEX = (
    "<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>2017-01</lastmod></sitemap>"
    "<sitemap><loc>/b.xml</loc><lastmod>2017-02</lastmod></sitemap></sitemapindex>"
)


@pytest.mark.parametrize("form", [RSS, ATOM, JSON, MAP])
def test_every_form_names_its_pages(form: str) -> None:
    """RSS, Atom, JSON Feed and a news sitemap name the same pages, the newest first."""
    found = read_list(form.encode(), "text/xml", BASE)
    assert tuple(one.address for one in found.pages) == PAGES
    assert found.fault == ""


def test_an_index_names_lists() -> None:
    """A sitemap of sitemaps names the parts, the latest first."""
    found = read_list(INDEX.encode(), "", BASE)
    assert found.lists == ("https://m.example/b.xml", "https://m.example/a.xml")


@pytest.mark.parametrize(
    "body",
    ["", "<p>not a feed", "{", "[" * 50_000, '{"items": 7}', "<urlset>", "\x00",
     "<!DOCTYPE x [<!ENTITY a 'b'>]><urlset><url><loc>&a;</loc></url></urlset>",
     "<rss><channel><item><link>javascript:alert(1)</link></item></channel></rss>"],
)  # fmt: skip
def test_what_is_no_list_is_told(body: str) -> None:
    """Broken, empty and hostile lists have a fault and no page."""
    found = read_list(body.encode(), "", BASE)
    assert found.pages == ()
    assert found.fault


def test_a_list_is_bounded() -> None:
    """Of a list of thousands the first are taken, each page once."""
    items = [{"url": f"https://m.example/{n // 2}"} for n in range(4_000)]
    found = read_list(json.dumps({"items": items}).encode(), "", BASE)
    assert len(found.pages) == LISTED_MAX // 2
