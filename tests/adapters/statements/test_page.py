"""A page gives its statement, and nothing of what stands around it; malice gives nothing."""

import json

import pytest

from openline.adapters.statements.page import read_page
from openline.adapters.statements.reader import Reader
from openline.domain.limits import ARTICLE_CHARS_MAX
from openline.domain.statements.article import Block
from tests.adapters.statements import press

HTML = "text/html; charset=utf-8"
LONG = "Officers of both headquarters spoke over the line and agreed that aircraft stay away. " * 3


def texts(html: str | bytes, **given: str) -> list[str]:
    """The paragraphs of a page."""
    body = html.encode() if isinstance(html, str) else html
    return [one.text for one in read_page(body, HTML, **given).article.paragraphs]


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
@pytest.mark.parametrize("template", [1, 2])
def test_the_text_is_read_alone(language: str, template: int) -> None:
    """Menus, share buttons, tags, notices and related stories are no text; the title is."""
    release = press.release(language)
    if template == 2:
        release = press.template(release)
    page = read_page(press.page(release).encode(), HTML)
    assert page.article.title == release.title
    assert [one.text for one in page.article.paragraphs] == list(release.paragraphs)


def test_json_ld_is_believed_where_it_has_paragraphs() -> None:
    """`articleBody` in paragraphs is the text; in one piece the page's own blocks are."""
    said = {"@type": "NewsArticle", "articleBody": f"{LONG}\n\nSecond paragraph of it."}
    script = f'<script type="application/ld+json">{json.dumps(said)}</script>'
    assert texts(f"{script}<p>Something else.</p>") == [LONG.strip(), "Second paragraph of it."]
    said["articleBody"] = f"{LONG} Second."
    script = f'<script type="application/ld+json">{json.dumps(said)}</script>'
    assert texts(f"{script}<article><p>{LONG}</p><p>Second.</p></article>")[1] == "Second."
    assert texts(f"{script}<p>Short.</p>") == [f"{LONG}Second."]


def test_blocks_keep_what_they_are() -> None:
    """Headings, items, quotes and paragraphs parted by two breaks are told apart."""
    html = (
        f"<article><h2>Part</h2><p>{LONG}</p><ul><li>One</li></ul>"
        "<blockquote><p>Said.</p></blockquote>Two<br><br>Three</article>"
    )
    blocks = [(one.block, one.text) for one in read_page(html.encode(), HTML).article.paragraphs]
    assert blocks[0] == (Block.HEADING, "Part")
    assert blocks[2:] == [
        (Block.ITEM, "One"),
        (Block.QUOTE, "Said."),
        (Block.PARAGRAPH, "Two"),
        (Block.PARAGRAPH, "Three"),
    ]


def test_a_selector_names_the_place() -> None:
    """The text is what the selector finds; one that is none finds nothing."""
    html = f"<p>{LONG}</p><div class='s'><p>{LONG} Here.</p></div>"
    assert texts(html, selector="div.s") == [f"{LONG}Here."]
    assert texts(html, selector="div..") == []


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "utf-8"])
def test_charsets_are_found(charset: str) -> None:
    """A page in an old charset is read by what it says of itself, or by its language."""
    release = press.release("ru")
    html = press.page(release).replace('charset="utf-8"', f'charset="{charset}"')
    page = read_page(html.encode(charset), "text/html")
    assert page.article.paragraphs[0].text == release.paragraphs[0]
    silent = html.replace(f'<meta charset="{charset}">', "").encode("windows-1251")
    assert read_page(silent, "text/html", language="ru").article.title == release.title


@pytest.mark.parametrize(
    "html", [press.NOT_FOUND, press.COOKIE_WALL, "", "<p>Wait.</p>", "\x00\xff"]
)
def test_what_is_no_statement_is_unreadable(html: str) -> None:
    """Soft 404s, walls and empty pages give no paragraph, and the reason."""
    page = read_page(html.encode(), HTML)
    assert page.article.paragraphs == ()
    assert page.fault


def test_a_long_statement_may_speak_of_cookies() -> None:
    """A statement that has the words of a wall in it is one all the same."""
    html = f"<h1>On cookies</h1><p>We use cookies. {LONG * 4}</p>"
    assert not read_page(html.encode(), HTML).fault


HOSTILE = {
    "a megabyte in one paragraph": f"<article><p>{'word ' * 200_000}</p></article>",
    "script": f"<article><p>{LONG}<script>alert(1)</script></p><p>&lt;script&gt;x</p></article>",
    "json": '<script type="application/ld+json">' + "[" * 100_000 + f"</script><p>{LONG}</p>",
    "surrogate": '<script type="application/ld+json">{"@type":"Article","articleBody":"\\ud800 '
    + LONG
    + f'\\n\\nx"}}</script><p>{LONG}</p>',
    "attributes": f"<div {' '.join(f'a{n}=1' for n in range(20_000))}><p>{LONG}</p></div>",
    "links": "<p>" + "<a href=x>" * 20_000 + f"{LONG}</p>",
    "overrides": f"<article><p>\u202e{LONG}\u2066</p></article>",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_pages_are_read_or_left(name: str) -> None:
    """Whatever a page holds, the reader answers, and keeps no more than the bounds."""
    reader = Reader()
    try:
        page = await reader.page(HOSTILE[name].encode(), HTML, "", "")
        size = sum(len(one.text) for one in page.article.paragraphs)
        assert page.fault or 0 < size <= ARTICLE_CHARS_MAX
        again = await reader.page(press.page(press.release()).encode(), HTML, "", "")
        assert len(again.article.paragraphs) == 5
    finally:
        await reader.close()


async def test_a_page_that_takes_too_long_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that holds the reader up ends it, and the next page has a new one."""
    monkeypatch.setattr("openline.adapters.statements.reader.SECONDS_MAX", 3)
    reader = Reader()
    try:
        page = await reader.page(b"<div>" * 300_000, HTML, "", "")
        assert page.fault == "It takes too long or too much memory to read."
        monkeypatch.setattr("openline.adapters.statements.reader.SECONDS_MAX", 60)
        again = await reader.page(press.page(press.release()).encode(), HTML, "", "")
        assert len(again.article.paragraphs) == 5
    finally:
        await reader.close()
