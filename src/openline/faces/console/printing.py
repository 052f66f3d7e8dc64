"""Printing: a page as plain values, and the one template that writes it.

A page has sections, a section has blocks (rows, tables, pictures), a block has parts: a
piece of text with what sort of words it is. The sort decides how the part is written:

- `said`: the program's own sentences, in the reader's language, worded and made safe by
  `adapters.wording`;
- `free`: words of people, in their own direction, apart from what stands around them;
- `data`: serials, times, hashes, names; the same in every language, from left to right;
- `english`: sentences that the program has in English alone.

Whatever is not `said` has its unseen and deceiving characters shown by number here, and all
of it is escaped by the template: no value is ever taken for mark-up.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import zip_longest
from typing import Any, Final, TypeAlias

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response

from openline.adapters.wording import Wording
from openline.domain.line.letters import visible

HTML: Final = "text/html; charset=utf-8"
POLICY: Final = "; ".join((
    "default-src 'none'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
))  # fmt: skip
"""What a browser may do with a page: show it, with its style and its pictures."""

STYLE_PATH: Final = "/print/style.css"
_INDENT: Final = "    "
"""Before free words, in what `Wording` says."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text.

    Attributes:
        sort: `said`, `free`, `data`, `english`, `changes`; of rows that `Wording` says also
            `quoted` (free words, made safe there), `title`, and `below` one.
        text: The text; empty for changes.
        language: Of free words, as ISO 639 code; may be empty.
        changes: Stretches of words, each with `same`, `left` or `right`.
    """

    sort: str
    text: str
    language: str = ""
    changes: tuple[tuple[str, str], ...] = ()


Cell: TypeAlias = Sequence[Part]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of text, one after another.

    Attributes:
        rows: The parts.
        sort: What the template writes: `rows`.
    """

    rows: Sequence[Part]
    sort: str = "rows"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its heads stand on every sheet of paper that it runs over.

    Attributes:
        heads: The heads of its columns.
        rows: Its rows; each cell holds parts, one below another.
        sort: What the template writes: `table`, or `signatures`, which leaves room.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    sort: str = "table"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, on a sheet of its own.

    Attributes:
        address: Of the picture, on this node.
        says: What it shows.
        sort: What the template writes: `picture`.
    """

    address: str
    says: str
    sort: str = "picture"


@dataclass(frozen=True, slots=True)
class Way:
    """A way to another page; on paper it is not there.

    Attributes:
        address: Of the page, on this node.
        says: Where it leads.
        sort: What the template writes: `way`.
    """

    address: str
    says: str
    sort: str = "way"


Block: TypeAlias = Rows | Table | Picture | Way


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page, under a heading if it needs one.

    Attributes:
        title: The heading; empty where the page's title says it.
        blocks: What stands under it.
        level: 2, or 3 under another.
    """

    title: str
    blocks: Sequence[Block]
    level: int = 2


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page.

    Attributes:
        title: What it is.
        head: Below the title: who made it when, for whom.
        sections: In their order.
    """

    title: str
    head: Sequence[Part]
    sections: Sequence[Section] = ()


class _Said(str):
    """A sentence that `Wording` has made safe: isolates in it are its own."""

    __slots__ = ()


def said(text: str) -> Part:
    """A sentence that `Wording` says."""
    return Part("said", text)


def free(text: str, language: str = "") -> Part:
    """Words of people."""
    return Part("free", text, language)


def data(value: object) -> Part:
    """A value that is the same in every language."""
    return Part("data", str(value))


def english(text: str) -> Part:
    """A sentence that there is in English alone."""
    return Part("english", text)


def changed(changes: Iterable[dict[str, str]]) -> Part:
    """Stretches of words of two texts, as `word_changes` tells them."""
    told = [
        (side, held)
        for change in changes
        for side, held in (
            ("same", change["same"]), ("left", change["ours"]), ("right", change["theirs"]),
        )
        if held
    ]  # fmt: skip
    return Part("changes", "", "", tuple(told))


def said_rows(text: str) -> Iterator[Part]:
    """What `Wording` says in rows: sentences, and free words where it indents them."""
    for row in text.splitlines():
        if row.startswith(_INDENT):
            # Made visible by the wording already. Between its isolates no browser would look
            # for the direction of the words; what stands around them here isolates by itself.
            yield Part("quoted", row.removeprefix(_INDENT).strip("\u2068\u2069"))
        elif row.strip():
            yield Part("said", row)


def said_in_rows(rows: Sequence[str]) -> Iterator[Part]:
    """The same of rows of which some are titles, with others indented below them."""
    for row, following in zip_longest(rows, rows[1:], fillvalue=""):
        is_title = following.startswith(" ") and not row.startswith(" ")
        sort = "below" if row.startswith(" ") else "title" if is_title else "said"
        yield Part(sort, row.strip())


def _shown(value: object) -> object:
    """What the template puts into a page: safe as it is, or made visible."""
    if value is None:
        return ""
    # What has `__html__` comes from the template's own macros, written already.
    if isinstance(value, str) and not isinstance(value, _Said) and not hasattr(value, "__html__"):
        return visible(value)
    return value


_TEMPLATES: Final = Environment(
    loader=PackageLoader("openline.faces.console"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=_shown,
)
_TEMPLATES.filters["said"] = _Said


def write_page(page: Page, wording: Wording) -> str:
    """The page as HTML.

    Args:
        page: The page.
        wording: Of the reader's language: gives direction and language.
    """
    return _TEMPLATES.get_template("page.html").render(
        page=page,
        style=STYLE_PATH,
        language=wording.language,
        direction="rtl" if wording.is_right_to_left else "ltr",
    )


def write_statements(wording: Wording, **given: Any) -> str:
    """A page about public statements as HTML.

    Args:
        wording: Of the reader's language.
        given: What the template shows; what is not given is not there.
    """
    shown = {"ways": (), "address": "", "feed": "", "tongue": "", "statements": (), "history": ()}
    shown |= {"heads": (), "paragraphs": (), "rows": ()}
    return _TEMPLATES.get_template("statements.html").render(
        **shown | given,
        style=STYLE_PATH,
        language=wording.language,
        direction="rtl" if wording.is_right_to_left else "ltr",
    )


def page_answer(page: str, status: int = 200) -> Response[str]:
    """The answer to who asked for a page."""
    headers = {"content-security-policy": POLICY}
    return Response(page, media_type=HTML, status_code=status, headers=headers)


def style() -> bytes:
    """The stylesheet of all pages."""
    return (files("openline.faces.console") / "page.css").read_bytes()


def flat(counts: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Counts inside each other as rows: the path of each, and its number, if any."""
    if isinstance(counts, dict):
        for name, held in counts.items():
            yield from flat(held, f"{path}.{name}" if path else str(name))
    elif counts is not None:
        yield path, str(counts)
