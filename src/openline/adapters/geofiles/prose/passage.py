"""A passage of a message: its letters made plain, its rows known.

Letters are made plain one for one, so that a place in the passage is a place in the
file: capitals, one sort of hyphen and of quotation mark. Russian hemispheres
(`с.ш.`, `в.д.`, or `С` and `В` beside digits) become N, S, E and W; the rest of
the Cyrillic text stays as it is.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

_PLAIN: Final = str.maketrans({
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
    "\u2018": "'", "\u2019": "'", "\u00b4": "'", "\u2032": "'", "`": "'",
    "\u201c": '"', "\u201d": '"', "\u2033": '"', "\u00ba": "\u00b0",
    "\u00a0": " ", "\u202f": " ", "\t": " ", "\r": " ", "\ufeff": " ",
})  # fmt: skip

_HEMISPHERES: Final = {
    "\u0421": "N", "\u042e": "S", "\u0412": "E", "\u0417": "W",
}  # fmt: skip
_WORDED = re.compile(
    "(?<=[0-9\"'\u00b0. ])(?:([\u0421\u042e])\\.? ?\u0428|([\u0412\u0417])\\.? ?\u0414)"
    "(?:\\.(?! ?[0-9])|(?![\u0400-\u04ff]))"
)
_BESIDE_DIGITS = re.compile(
    "(?<=[0-9\"'\u00b0])[\u0421\u042e\u0412\u0417](?![\u0400-\u04ffA-Z])"
    "|(?<![\u0400-\u04ffA-Z0-9])[\u0421\u042e\u0412\u0417](?=[0-9]{4,7})"
    "|(?<=[0-9])[\u0421\u042e](?=[0-9]{4,7})"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a message.

    Attributes:
        text: Its letters, made plain, in one row.
        start: Where it begins in the file.
        breaks: Where the rows of the file end, in order.
    """

    text: str
    start: int
    breaks: tuple[int, ...]

    @property
    def row(self) -> int:
        """Row of the file where it begins, from 1."""
        return self.row_at(0)

    def row_at(self, place: int) -> int:
        """The row of the file at a place of the text."""
        return bisect_left(self.breaks, self.start + place) + 1

    def part(self, start: int, end: int | None = None) -> "Passage":
        """The passage from one place to another."""
        return Passage(self.text[start:end], self.start + start, self.breaks)


def passage_of(text: str) -> Passage:
    """A whole file as one passage."""
    breaks = tuple(match.start() for match in re.finditer("\n", text))
    return Passage(plain(text).replace("\n", " "), 0, breaks)


def plain(text: str) -> str:
    """The text in plain capitals, each letter where it was."""
    capitals = "".join(
        letter if len(capital := letter.upper()) != 1 else capital for letter in text
    ).translate(_PLAIN)
    return _BESIDE_DIGITS.sub(_hemisphere, _WORDED.sub(_hemisphere, capitals))


def one_line(text: str) -> str:
    """The words of a text with one space between them."""
    return " ".join(text.split())


def _hemisphere(match: re.Match[str]) -> str:
    written = match[0]
    return _HEMISPHERES[written[0]].ljust(len(written))
