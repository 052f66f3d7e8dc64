"""Public pages: extracted and compared, beside what one would otherwise pick.

Each page is of our own making: thirty paragraphs of invented words with menus and links around
them; its second version has five paragraphs edited, one moved and three added.
"""

import html
import random
from collections.abc import Callable
from difflib import SequenceMatcher

from bench.measure import RUNS, Row, rate
from openline.adapters.statements.page import read_page
from openline.domain.statements.article import Article
from openline.domain.statements.difference import compare

_HTML = "text/html; charset=utf-8"
_AROUND = "<ul>" + "".join(f"<li><a href='/{n}'>Link {n}</a></li>" for n in range(40)) + "</ul>"


def measure(*, is_quick: bool) -> list[Row]:
    """Pages a second read and compared, and the worst case, each with its ratio to a peer."""
    runs, count = (2, 4) if is_quick else (RUNS, 40)
    chance = random.Random(9)
    pairs = [_two_versions(chance) for _ in range(count)]
    pages = [_page(rows).encode() for pair in pairs for rows in pair]
    read = [read_page(page, _HTML).article for page in pages]
    articles = list(zip(read[::2], read[1::2], strict=True))

    def ours_read() -> int:
        for page in pages:
            read_page(page, _HTML)
        return len(pages)

    def ours_compare() -> int:
        for old, new in articles:
            compare(old, new)
        return len(articles)

    return [
        _row("public page: read", ours_read, runs, _trafilatura(pages)),
        _row("two versions of a page: compared", ours_compare, runs, _difflib(articles)),
        _worst(chance, is_quick=is_quick),
    ]


_Peer = tuple[str, Callable[[], int]]


def _row(name: str, work: Callable[[], int], runs: int, peer: _Peer | None) -> Row:
    median, every = rate(work, runs)
    row = Row(name, median, "/s", every)
    if peer is not None:
        other, _ = rate(peer[1], runs)
        row.note = f"{median / other:.2f} times {peer[0]}, {other:,.0f}/s"
    return row


def _worst(chance: random.Random, *, is_quick: bool) -> Row:
    """150 times 150 unrelated paragraphs of 60 words."""
    size = 30 if is_quick else 150
    pages = [_page(_paragraphs(chance, size)).encode() for _ in range(2)]
    old, new = (read_page(page, _HTML).article for page in pages)

    def work() -> int:
        compare(old, new)
        return 1

    a_second, every = rate(work, 3)
    seconds = [1 / one for one in every]
    name = f"worst case: {size} x {size} unrelated paragraphs"
    return Row(name, 1 / a_second, "s", seconds, "below 1 s", 1 / a_second < 1)


def _trafilatura(pages: list[bytes]) -> _Peer | None:
    try:
        import trafilatura
    except ImportError:
        return None

    def work() -> int:
        for page in pages:
            trafilatura.extract(page)
        return len(pages)

    return f"trafilatura {trafilatura.__version__}", work


def _difflib(articles: list[tuple[Article, Article]]) -> _Peer:
    """What difflib gives: paragraphs, then the words of those that were replaced; no moves."""

    def work() -> int:
        for old, new in articles:
            one, two = ([row.text for row in side.paragraphs] for side in (old, new))
            for sort, a, b, c, d in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
                if sort == "replace":
                    left, right = (" ".join(rows).split() for rows in (one[a:b], two[c:d]))
                    SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
        return len(articles)

    return "difflib (which finds no move)", work


def _two_versions(chance: random.Random) -> tuple[list[str], list[str]]:
    old = _paragraphs(chance, 30)
    new = list(old)
    for place in chance.sample(range(1, 30), 5):
        words = new[place].split()
        words[chance.randrange(len(words))] = "edited"
        new[place] = " ".join(words)
    new.insert(20, new.pop(0))
    for row in _paragraphs(chance, 3):
        new.insert(chance.randrange(len(new)), row)
    return old, new


def _paragraphs(chance: random.Random, count: int) -> list[str]:
    letters = "abcdefghijklmnoprstuv"
    lexicon = ["".join(chance.choices(letters, k=chance.randint(4, 10))) for _ in range(3_000)]
    lexicon += ["the", "of", "to", "a", "in", "and"] * 400
    return [" ".join(chance.choices(lexicon, k=60)) for _ in range(count)]


def _page(rows: list[str]) -> str:
    body = "".join(f"<p>{html.escape(row)}</p>" for row in rows)
    return (
        "<!doctype html><html><head><title>Statement</title></head><body>"
        f"<nav>{_AROUND}</nav><main><article><h1>Statement</h1>{body}</article></main>"
        f"<footer>{_AROUND}</footer></body></html>"
    )
