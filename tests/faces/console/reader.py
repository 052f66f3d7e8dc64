"""A page as a browser reads it: its elements and words, and that none of them acts."""

import re
from html.parser import HTMLParser

from openline.domain.line.letters import is_unseen

TAGS = {
    "html", "head", "meta", "title", "link", "body", "header", "h1", "h2", "h3", "main", "section",
    "div", "p", "bdi", "table", "thead", "tbody", "tr", "th", "td", "figure", "img", "figcaption",
    "a", "del", "ins",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "dir", "charset", "name", "content", "rel", "href", "class", "scope", "src", "alt",
}  # fmt: skip
ISOLATED = re.compile("[\u2066\u2068][^\u2066-\u2069]*\u2069")


class Reader(HTMLParser):
    """Reads a page as a browser would: which elements there are, and the words of each."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.words = ""
        self.comments = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, held in attrs:
            self.attributes.setdefault(name, []).append(held or "")

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        self.comments += 1


def check_harmless(page: str) -> Reader:
    """The page as it is read, which has our elements alone, and steers nothing."""
    read = Reader(page)
    assert set(read.tags) <= TAGS
    assert set(read.attributes) <= ATTRIBUTES
    assert read.attributes["href"] == ["/print/style.css"]
    assert read.comments == 0
    plain = ISOLATED.sub(lambda found: found[0][1:-1], read.words)
    assert not any(is_unseen(letter) for letter in plain), ascii(plain)
    return read
