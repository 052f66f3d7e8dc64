"""A press office of our own making: pages in three languages, what becomes of them, a server.

The pages have what real ones have around their text: menus, share buttons, tag lists, a notice
about cookies, related articles, JSON-LD, scripts. They are served over real HTTP.
"""

import html
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiohttp import web

TEXTS = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
DENIALS = {
    "en": ("Both sides use the line", "Both sides do not use the line"),
    "ru": ("Обе стороны пользуются", "Обе стороны не пользуются"),
    "ar": ("يستخدم الجانبان", "لا يستخدم الجانبان"),
}
TYPOS = {
    "en": ("planned", "plannned"),
    "ru": ("намечены", "намеченны"),
    "ar": ("المقرر", "المقررر"),
}


@dataclass(frozen=True)
class Release:
    """A press release.

    Attributes:
        language: Of the text.
        title: The headline.
        paragraphs: The text.
        template: Which of the two designs of the site.
    """

    language: str
    title: str
    paragraphs: tuple[str, ...]
    template: int = 1

    def with_paragraph(self, number: int, old: str, new: str) -> "Release":
        """The release with words of one paragraph changed."""
        rows = list(self.paragraphs)
        assert old in rows[number], (old, rows[number])
        rows[number] = rows[number].replace(old, new)
        return replace(self, paragraphs=tuple(rows))


def release(language: str = "en") -> Release:
    """The release of a language as it was first."""
    text = TEXTS[language]
    return Release(language, text["title"], tuple(text["paragraphs"]))


def typo(one: Release) -> Release:
    """A letter too many in the last paragraph."""
    return one.with_paragraph(4, *TYPOS[one.language])


def number(one: Release) -> Release:
    """Fourteen wounded for twelve."""
    return one.with_paragraph(2, "12", "14")


def denial(one: Release) -> Release:
    """The line is not used."""
    return one.with_paragraph(3, *DENIALS[one.language])


def moved_lead(one: Release) -> Release:
    """The first paragraph is the fourth."""
    first, *rest = one.paragraphs
    return replace(one, paragraphs=(*rest[:3], first, *rest[3:]))


def split(one: Release) -> Release:
    """The fourth paragraph is two."""
    rows = list(one.paragraphs)
    mark = "، ويجلس" if one.language == "ar" else ". "
    before, after = rows[3].split(mark, 1)
    keep = mark.strip() if one.language != "ar" else ""
    rows[3:4] = [before + keep, ("ويجلس" + after) if one.language == "ar" else after]
    return replace(one, paragraphs=tuple(rows))


def template(one: Release) -> Release:
    """The same text in the other design of the site."""
    return replace(one, template=2)


AROUND = {
    "nav": '<ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul>',
    "cookies": "<p>We use cookies to make this page better for you.</p>",
    "share": '<a href="#">Share</a> <a href="#">Send</a>',
    "tags": '<li><a href="/t/line">line</a></li><li><a href="/t/air">air</a></li>',
    "aside": "<h3>Read also</h3><p>Another story that has nothing to do with this one.</p>",
    "footer": "<p>All rights are ours. Write to the press office.</p>",
}


def page(one: Release) -> str:
    """The release as a page, with what stands around a text."""
    title = html.escape(one.title)
    body = "".join(f"<p>{html.escape(row)}</p>" for row in one.paragraphs)
    described = {"@graph": [{"@type": "NewsArticle", "headline": one.title}]}
    head = (
        f'<!doctype html><html lang="{one.language}"><head><meta charset="utf-8">'
        f"<title>{title} | Press office</title>"
        f'<meta property="og:title" content="{title}">'
        f'<script type="application/ld+json">{json.dumps(described)}</script>'
        "<style>p { margin: 0 }</style></head>"
    )
    nav = f"<nav>{AROUND['nav']}</nav><div class='cookie-notice'>{AROUND['cookies']}</div>"
    share = f"<div class='share-buttons'>{AROUND['share']}</div>"
    tags = f"<ul class='tags'>{AROUND['tags']}</ul>"
    end = f"<footer>{AROUND['footer']}</footer>"
    if one.template == 1:
        inner = f"<main><article><h1>{title}</h1>{share}{body}{tags}</article></main>"
        return f"{head}<body>{nav}{inner}<aside>{AROUND['aside']}</aside>{end}</body></html>"
    inner = f"<div id='wrap'><h1>{title}</h1><div class='txt'>{body}</div>{tags}</div>"
    return f"{head}<body>{nav}{inner}{share}{end}<script>go()</script></body></html>"


NOT_FOUND = (
    "<html><head><title>Page not found</title></head><body><main><h1>Page not found</h1>"
    "<p>The page that you look for is not here. It may have moved, or the address may be wrong. "
    "Go to the first page, or look for it by its words, or write to us.</p></main></body></html>"
)
COOKIE_WALL = (
    "<html><head><title>Before you go on</title></head><body><main><p>We use cookies. Accept all "
    "cookies to go on to the page that you asked for, or choose which of them you accept and "
    "which of our four hundred partners may know it.</p></main></body></html>"
)


def feed(base: str, titles: dict[str, str]) -> str:
    """An RSS feed of pages by their paths."""
    items = "".join(
        f"<item><title>{html.escape(title)}</title><link>{base}{path}?utm_source=rss</link></item>"
        for path, title in titles.items()
    )
    return f"<rss version='2.0'><channel><title>Press</title>{items}</channel></rss>"


@dataclass
class Office:
    """The press office's server.

    Attributes:
        base: Where it is.
        answers: By path: status, headers, body.
        asked: Paths in the order in which they were asked for, with the headers.
    """

    base: str = ""
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def show(self, path: str, text: str | bytes, status: int = 200, **headers: str) -> str:
        """Put a page at a path; its address."""
        body = text.encode() if isinstance(text, str) else text
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, {"Content-Type": "text/html; charset=utf-8"} | named, body)
        return self.base + path

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(one == path for one, _ in self.asked)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """What stands at the path; "as before" to who has it."""
        self.asked.append((request.path, dict(request.headers)))
        status, headers, body = self.answers.get(request.path, (404, {}, b"none"))
        etag = headers.get("ETag")
        if etag and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(status=status, headers=headers, body=body)


@asynccontextmanager
async def office() -> AsyncIterator[Office]:
    """A press office that answers at a port of this machine."""
    one = Office()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", one.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    addresses: Sequence[tuple[str, int]] = runner.addresses
    one.base = f"http://127.0.0.1:{addresses[0][1]}"
    try:
        yield one
    finally:
        await runner.cleanup()
