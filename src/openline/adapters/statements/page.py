"""Pages: the statement in an HTML page, without what stands around it.

In order: what the page says of itself in JSON-LD (`articleBody` in paragraphs), the place that
the source names by a selector, the element that is marked as the article, and else the element
whose paragraphs have most words that are no links. Menus, tag lists, share buttons, notices
about cookies and hidden elements are not text. What is left over is judged by its length and
its title: a page that says "not found" or "wait" with a good status is no statement.

Another extractor may find the text instead (`extractor`); the rest is the same then.

It runs in a process of its own (`reader`): pages are the words of strangers, and the parser is
written in C.
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from openline.adapters.statements.by_trafilatura import found_by_trafilatura
from openline.domain.statements.article import Article, Block, article
from openline.domain.statements.source import OWN_EXTRACTOR
from openline.domain.statements.verdict import READABLE_WORDS_MIN

_BLOCKS: Final = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), Block.HEADING),
    **dict.fromkeys(("li", "dd", "dt"), Block.ITEM),
    "blockquote": Block.QUOTE,
    **dict.fromkeys(
        ("p", "div", "section", "article", "main", "pre", "td", "th", "tr", "table", "ul", "ol"),
        Block.PARAGRAPH,
    ),
    **dict.fromkeys(
        ("body", "dl", "figure", "center", "address", "details", "summary", "hr", "tbody", "thead"),
        Block.PARAGRAPH,
    ),
}
_LEFT_OUT: Final = (
    "script,style,noscript,template,nav,aside,footer,form,button,select,svg,math,iframe,object,"
    "embed,video,audio,canvas,figcaption,dialog,menu,[hidden],[aria-hidden=true],"
    "[role=navigation],[role=complementary],[role=banner],[role=contentinfo],[role=dialog],"
    "[role=search]"
)
_BESIDE: Final = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social|socials|related|recommended|promo|advert|ads?|banner|cookie|"
    r"cookies|consent|gdpr|tags?|taglist|keywords|breadcrumbs?|comments?|newsletter|subscribe|popup|"
    r"modal|sidebar|menu|pagination|most-read|read-also|read-more|toolbar|print|skip)(?:$|[\s_-])",
    re.IGNORECASE,
)
_WALL: Final = re.compile(
    r"page not found|not found|error 404|404|access denied|just a moment|are you a robot|captcha|"
    r"enable javascript|accept (?:all )?cookies|we use cookies|checking your browser|"
    r"страница не найдена|не найден[ао]|доступ (?:запрещ|огранич)|вы не робот|включите javascript|"
    r"файлы cookie|الصفحة غير موجودة|غير موجودة?|لم يتم العثور|ملفات تعريف الارتباط|الوصول مرفوض",
    re.IGNORECASE,
)
_WALL_WORDS_MAX: Final = 120
"""A longer text is a statement that happens to speak of such things."""
_ARTICLES: Final = ("Article", "BlogPosting", "PressRelease")
_LINKED_MAX: Final = 0.6
"""A block with a larger share of its letters in links is a list of links."""
_JSON_CHARS_MAX: Final = 524_288
_JSON_DEPTH_MAX: Final = 6
_NODES_MAX: Final = 100_000
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_CHARSETS: Final = {"ru": "windows-1251", "ar": "windows-1256"}


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds.

    Attributes:
        article: Its statement; without paragraphs if none can be read.
        fault: Why none can be read, as one sentence; empty if one can.
        canonical: What the page says its own address is; empty if it does not.
        published: What it says of when it was published, as written; empty if nothing.
    """

    article: Article
    fault: str = ""
    canonical: str = ""
    published: str = ""


@dataclass(slots=True)
class _Found:
    """One stretch of text on its way to a paragraph."""

    parts: list[str] = field(default_factory=list)
    linked: int = 0

    def take(self) -> tuple[str, int]:
        text, linked = " ".join("".join(self.parts).split()), self.linked
        self.parts, self.linked = [], 0
        return text, linked


def read_page(
    body: bytes,
    content_type: str,
    selector: str = "",
    language: str = "",
    extractor: str = OWN_EXTRACTOR,
) -> Page:
    """The statement in a page.

    Args:
        body: Its bytes.
        content_type: As its server said.
        selector: A CSS selector of what holds the statement; empty to look for it.
        language: Of the page, where it is known: decides in what it is written if nothing says.
        extractor: What finds the text, one of `EXTRACTORS`.
    """
    text = decoded(body, content_type, language)
    tree = LexborHTMLParser(text)
    said = _said_of_itself(tree)
    title = _title(tree, said)
    canonical = _attribute(tree, "link[rel=canonical]", "href")
    published = str(said.get("datePublished") or "") or _meta(tree, "article:published_time")
    if extractor == OWN_EXTRACTOR:
        blocks = _blocks(tree, said, selector, title)
    else:
        blocks = [one for one in found_by_trafilatura(text) if not _is_title(*one, title)]
    found = article(title, blocks)
    fault = _fault(found)
    if fault:
        found = Article(found.title, ())
    return Page(found, fault, canonical[:2_000], published[:64])


def decoded(body: bytes, content_type: str, language: str) -> str:
    """The bytes as text: by their mark, by what is said of them, by the language."""
    if body.startswith(b"\xef\xbb\xbf"):
        return body[3:].decode("utf-8", "replace")
    places = (content_type.encode("ascii", "replace"), body[:4_096])
    named = next(filter(None, map(_CHARSET.search, places)), None)
    tried = [named[1].decode("ascii", "replace")] if named else []
    for charset in (*tried, "utf-8", _CHARSETS.get(language, "windows-1252")):
        try:
            return body.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return body.decode(tried[0] if tried and _is_known(tried[0]) else "utf-8", "replace")


def _is_known(charset: str) -> bool:
    try:
        b"".decode(charset)
    except LookupError:
        return False
    return True


def _fault(found: Article) -> str:
    words = found.words
    if words < READABLE_WORDS_MIN:
        return f"It has {words} words that can be read; a statement has {READABLE_WORDS_MIN}."
    beginning = " ".join(one.text for one in found.paragraphs[:2])
    if words <= _WALL_WORDS_MAX and (_WALL.search(found.title) or _WALL.search(beginning)):
        return "It is a page that says that there is none, or asks for something first."
    return ""


# --- what the page says of itself ----------------------------------------------------------------


def _said_of_itself(tree: LexborHTMLParser) -> dict[str, Any]:
    """The first article that JSON-LD describes; empty if none."""
    for node in tree.css('script[type="application/ld+json"]')[:16]:
        text = node.text(deep=True)
        if len(text) > _JSON_CHARS_MAX:
            continue
        try:
            described = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        for one in _objects(described, 0):
            sorts = one.get("@type")
            sorts = sorts if isinstance(sorts, list) else [sorts]
            if any(str(sort).endswith(_ARTICLES) for sort in sorts):
                return one
    return {}


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _JSON_DEPTH_MAX:
        return
    if isinstance(value, dict):
        yield value
        for below in value.values():
            yield from _objects(below, depth + 1)
    elif isinstance(value, list):
        for below in value:
            yield from _objects(below, depth + 1)


def _title(tree: LexborHTMLParser, said: dict[str, Any]) -> str:
    headline = said.get("headline")
    heading = tree.css_first("h1")
    whole = tree.css_first("title")
    titles = (
        _meta(tree, "og:title"),
        headline if isinstance(headline, str) else "",
        heading.text(deep=True) if heading else "",
        whole.text(deep=True) if whole else "",
    )
    return next((html.unescape(title) for title in titles if title.strip()), "")


def _meta(tree: LexborHTMLParser, name: str) -> str:
    return _attribute(tree, f'meta[property="{name}"]', "content")


def _attribute(tree: LexborHTMLParser, selector: str, name: str) -> str:
    node = tree.css_first(selector)
    return (node.attributes.get(name) or "") if node else ""


# --- where the text is ---------------------------------------------------------------------------


def _blocks(
    tree: LexborHTMLParser, said: dict[str, Any], selector: str, title: str
) -> list[tuple[Block, str]]:
    if selector:
        return [block for node in _selected(tree, selector) for block in _text_of(node, "")]
    told = _told(said)
    if len(told) > 1 and _words(told) >= READABLE_WORDS_MIN:
        return told
    _leave_out(tree)
    found = _best(tree, title)
    if _words(found) < READABLE_WORDS_MIN <= _words(told):
        return told
    return found


def _selected(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return tree.css(selector)
    except (SelectolaxError, ValueError):
        return []


def _told(said: dict[str, Any]) -> list[tuple[Block, str]]:
    """The paragraphs of `articleBody`; mark-up in it is read as such."""
    body = said.get("articleBody")
    if not isinstance(body, str) or not body.strip():
        return []
    body = html.unescape(body)
    if re.search(r"</?(?:p|br|div)\b", body):
        inner = LexborHTMLParser(body).body
        return list(_text_of(inner, "")) if inner else []
    return [(Block.PARAGRAPH, row) for row in body.splitlines() if row.strip()]


def _words(blocks: list[tuple[Block, str]]) -> int:
    return sum(len(text.split()) for _, text in blocks)


def _leave_out(tree: LexborHTMLParser) -> None:
    """Take away what is on every page, but never what holds most of this one's words."""
    for node in tree.css(_LEFT_OUT):
        node.decompose()
    body = tree.body
    if body is None:
        return
    whole = len(body.text(deep=True))
    for node in tree.css("[class],[id]"):
        named = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        if node.tag in ("html", "body", "main", "article") or not _BESIDE.search(named):
            continue
        if 2 * len(node.text(deep=True)) < whole:
            node.decompose()


def _best(tree: LexborHTMLParser, title: str) -> list[tuple[Block, str]]:
    for selector in ("[itemprop=articleBody]", "article", "main,[role=main]"):
        read = [list(_text_of(node, title)) for node in tree.css(selector)[:32]]
        best = max(read, key=_words, default=[])
        if _words(best) >= READABLE_WORDS_MIN:
            return best
    root = _heaviest(tree) or tree.body
    return list(_text_of(root, title)) if root else []


def _heaviest(tree: LexborHTMLParser) -> LexborNode | None:
    """The element whose own paragraphs have most words that are no links."""
    weights: dict[int, float] = {}
    nodes: dict[int, LexborNode] = {}
    for node in tree.css("p,pre,blockquote,li")[:_NODES_MAX]:
        text = node.text(deep=True)
        linked = sum(len(link.text(deep=True)) for link in node.css("a"))
        if not text.strip() or linked > _LINKED_MAX * len(text):
            continue
        weight = len(text.split()) * (0.3 if node.tag == "li" else 1.0)
        parent = node.parent
        for share in (1.0, 0.5):
            if parent is None or not parent.tag or parent.tag in ("html", "-undef"):
                break
            nodes[parent.mem_id] = parent
            weights[parent.mem_id] = weights.get(parent.mem_id, 0.0) + share * weight
            parent = parent.parent
    best = max(weights, key=lambda one: weights[one], default=None)
    return None if best is None else nodes[best]


def _text_of(root: LexborNode, title: str) -> Iterator[tuple[Block, str]]:
    """The blocks of text below an element; lists of links and title left out."""
    for block, text, linked in _flow(root):
        if not text or linked > _LINKED_MAX * len(text):
            continue
        if _is_title(block, text, title):
            continue
        yield block, text


def _is_title(block: Block, text: str, title: str) -> bool:
    return block is Block.HEADING and bool(title) and _plain(text) == _plain(title)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _flow(root: LexborNode) -> Iterator[tuple[Block, str, int]]:
    """Every stretch of text between the edges of blocks, with how much of it is links."""
    found = _Found()
    open_blocks = [_BLOCKS.get(root.tag or "", Block.PARAGRAPH)]
    links = breaks = 0
    for is_end, node in _walk(root):
        tag = node.tag or ""
        if tag == "-text":
            text = node.text_content or ""
            found.parts.append(text)
            found.linked += len(text.strip()) if links else 0
            breaks = 0 if text.strip() else breaks
        elif tag == "a":
            links += -1 if is_end else 1
        elif tag == "br" and not is_end:
            breaks += 1
            found.parts.append(" ")
            if breaks > 1:
                yield open_blocks[-1], *found.take()
        elif tag in _BLOCKS:
            yield open_blocks[-1], *found.take()
            if is_end:
                open_blocks.pop()
            else:
                inner, outer = _BLOCKS[tag], open_blocks[-1]
                is_within = inner is Block.PARAGRAPH and outer in (Block.QUOTE, Block.ITEM)
                open_blocks.append(outer if is_within else inner)
    yield open_blocks[-1], *found.take()


def _walk(root: LexborNode) -> Iterator[tuple[bool, LexborNode]]:
    """Every node below an element twice, as it begins and as it ends; texts once."""
    stack: list[tuple[bool, LexborNode]] = []
    count = 0
    for child in reversed(list(root.iter(include_text=True))):
        stack.append((False, child))
    while stack and count < _NODES_MAX:
        is_end, node = stack.pop()
        count += 1
        yield is_end, node
        if is_end or node.tag == "-text":
            continue
        stack.append((True, node))
        for child in reversed(list(node.iter(include_text=True))):
            stack.append((False, child))
