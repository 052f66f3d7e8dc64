"""Articles: the text of a public page as paragraphs, in a form that compares.

A page is read elsewhere (`openline.adapters.statements`). Here its text has one form: normal
form C, single spaces, no characters that are only hints for line breaks. A second, folded
form tells a cosmetic change: in it quotation marks, dashes and the parting into paragraphs
do not count. Hashes are made of these forms, so equal texts have equal hashes.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from openline.domain.limits import (
    ARTICLE_CHARS_MAX,
    ARTICLE_PARAGRAPHS_MAX,
    ARTICLE_TITLE_CHARS_MAX,
)

_PREFIX: Final = b"openline statement v1\n"
"""Stands before what is hashed, so that the hash of a statement is none of anything else."""

_HINTS: Final = re.compile("[\u00ad\u200b\u2060\ufeff\u0640\x00\ud800-\udfff]")
"""Soft hyphens, joiners of words, marks of byte order, the line that stretches Arabic, and what
no text can hold."""
_SPACES: Final = re.compile(r"\s+")
_FOLDS: Final = str.maketrans(
    dict.fromkeys("“”„‟«»″", '"')
    | dict.fromkeys("‘’‚‛′ʼ`´", "'")
    | dict.fromkeys("‐‑‒–—―−", "-")
    | {"…": "..."}
)


class Block(StrEnum):
    """What a paragraph is in its article."""

    HEADING = "HEADING"
    PARAGRAPH = "PARAGRAPH"
    ITEM = "ITEM"
    QUOTE = "QUOTE"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph.

    Attributes:
        text: In the form of `normal`; not empty.
        block: What it is in the article.
    """

    text: str
    block: Block = Block.PARAGRAPH


@dataclass(frozen=True, slots=True)
class Article:
    """The text of a page.

    Attributes:
        title: The headline in the form of `normal`; empty if the page has none.
        paragraphs: In order; at most `ARTICLE_PARAGRAPHS_MAX`.
        is_cut: Whether the page had more than the bounds allow.
    """

    title: str
    paragraphs: tuple[Paragraph, ...]
    is_cut: bool = False

    @property
    def words(self) -> int:
        """How many words the paragraphs have, parted by white space."""
        return sum(len(one.text.split()) for one in self.paragraphs)


def normal(text: str) -> str:
    """The text in normal form C, without hints, with single spaces."""
    return _SPACES.sub(" ", _HINTS.sub("", unicodedata.normalize("NFC", text))).strip()


def folded(text: str) -> str:
    """A normal text in which all quotation marks and all dashes are alike."""
    return text.translate(_FOLDS)


def article(title: str, blocks: list[tuple[Block, str]]) -> Article:
    """An article of what a page holds, within the bounds.

    Args:
        title: The headline as it was read.
        blocks: The paragraphs as they were read; empty ones are left out.
    """
    kept: list[Paragraph] = []
    chars, is_cut = 0, False
    for block, text in blocks:
        room = ARTICLE_CHARS_MAX - chars
        words = normal(text)
        if not words:
            continue
        if len(kept) == ARTICLE_PARAGRAPHS_MAX or len(words) > room:
            is_cut = True
            words = words[:room].strip() if len(kept) < ARTICLE_PARAGRAPHS_MAX else ""
        if words:
            kept.append(Paragraph(words, block))
            chars += len(words)
        if is_cut:
            break
    return Article(normal(title)[:ARTICLE_TITLE_CHARS_MAX], tuple(kept), is_cut)


def text_hash(one: Article) -> bytes:
    """SHA-256 of title and paragraphs, 32 bytes; what a paragraph is does not count."""
    rows = [one.title, *(paragraph.text for paragraph in one.paragraphs)]
    return sha256(_PREFIX + "\n".join(rows).encode()).digest()


def folded_hash(one: Article) -> bytes:
    """SHA-256 of the words alone, 32 bytes: the same if two articles read alike."""
    words = " ".join(folded(paragraph.text) for paragraph in one.paragraphs)
    return sha256(_PREFIX + f"{folded(one.title)}\n{words}".encode()).digest()
