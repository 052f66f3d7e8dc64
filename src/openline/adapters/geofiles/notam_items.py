"""ICAO NOTAM taken apart: header, items Q and A to G, and where a message ends.

A file may hold several, each with or without the parentheses of the AFTN and the rows
around it (`ZCZC`, addresses, `NNNN`, `CREATED:`). The letters of items occur in the text of
item E as well: F and G are items only where a height follows.
"""

import re
from dataclasses import dataclass
from typing import Final

from openline.adapters.geofiles.prose.passage import Passage, passage_of

_HEADER = re.compile(
    r"(?P<open>\(\s*)?(?<![A-Z0-9])(?P<series>[A-Z]) ?(?P<number>[0-9]{1,4})/(?P<year>[0-9]{2})"
    r"\s*NOTAM ?(?P<kind>[NRC])(?![A-Z])"
    r"(?:\s*(?P<of>[A-Z] ?[0-9]{1,4}/[0-9]{2})(?![0-9]))?"
)
_ITEM: Final = r"(?<![A-Z0-9]){} ?\)"
_LEVEL_BEHIND: Final = r"(?=\s*(?:SFC|GND|UNL|MSL|SURFACE|GROUND|FL|F ?[0-9]|[0-9]|M ?[0-9]|NIL))"
_AFTERWARDS = re.compile(
    r"(?<![A-Z])(?:NNNN|CREATED: |SOURCE: |ZCZC(?= )|\)? {0,8}(?=GG [A-Z]{8}))"
)
_ENUMERATOR = re.compile(r"(?<![A-Z0-9(])[A-Z0-9]{1,2}\)")
_PARENTHESES = re.compile(r"[()]")


def looks_like_notam(text: str) -> bool:
    """Whether a text has the header of a NOTAM in it."""
    return _HEADER.search(text.upper()) is not None


@dataclass(frozen=True, slots=True)
class RawNotam:
    """One NOTAM, taken apart and not yet read.

    Attributes:
        name: Series, number and year: `A1234/26`.
        kind: `N` new, `R` replacement, `C` cancellation.
        of: The NOTAM that it replaces or cancels; empty if none is named.
        row: Row of the file where it begins, from 1.
        items: By their letters.
        ends_in: The item in which a message in parentheses is cut off; empty if it ends well.
        end_row: Row of the file where it ends.
    """

    name: str
    kind: str
    of: str
    row: int
    items: dict[str, Passage]
    ends_in: str
    end_row: int


def take_apart(text: str) -> list[RawNotam]:
    """The NOTAM of a file, in its order.

    Args:
        text: The file.
    """
    whole = passage_of(text)
    headers = list(_HEADER.finditer(whole.text))
    ends = [*(header.start() for header in headers), len(whole.text)]
    return [_raw(whole, header, end) for header, end in zip(headers, ends[1:], strict=True)]


def _raw(whole: Passage, header: re.Match[str], end: int) -> RawNotam:
    after = _AFTERWARDS.search(whole.text, header.end(), end)
    body = whole.part(header.end(), end if after is None else after.start())
    items, last = _items(body)
    ends_in = ""
    if header["open"] is not None:
        items, is_closed = _closed(items, last)
        ends_in = "" if is_closed else last or "the header"
    of = (header["of"] or "").replace(" ", "")
    name = f"{header['series']}{header['number'].rjust(4, '0')}/{header['year']}"
    trimmed = body.text.rstrip()
    return RawNotam(
        name, header["kind"], of, whole.row_at(header.start("series")), items, ends_in,
        body.row_at(max(0, len(trimmed) - 1)),
    )  # fmt: skip


def _items(body: Passage) -> tuple[dict[str, Passage], str]:
    """The items by their letters, and the letter of the last; empty if there is none."""
    marks: list[tuple[str, int, int]] = []
    place = 0
    for letter in "QABCDE":
        match = re.compile(_ITEM.format(letter)).search(body.text, place)
        if match is None:
            continue
        before_e = re.compile(_ITEM.format("E")).search(body.text, place)
        if letter != "E" and before_e is not None and before_e.start() < match.start():
            continue
        marks.append((letter, match.start(), match.end()))
        place = match.end()
    for letter in "FG":
        found = list(re.finditer(_ITEM.format(letter) + _LEVEL_BEHIND, body.text[place:]))
        if found and marks:
            match = found[-1]
            marks.append((letter, place + match.start(), place + match.end()))
            place += match.end()
    ends = [*(start for _, start, _ in marks), len(body.text)]
    items = {
        letter: body.part(begin, end)
        for (letter, _, begin), end in zip(marks, ends[1:], strict=True)
    }
    return items, marks[-1][0] if marks else ""


def _closed(items: dict[str, Passage], last: str) -> tuple[dict[str, Passage], bool]:
    """The items without the closing parenthesis, and whether there is one."""
    if not last:
        return items, False
    passage = items[last]
    text = passage.text.rstrip()
    inside = _ENUMERATOR.sub("", text[:-1]) + text[-1:]
    depth = 0
    for mark in _PARENTHESES.findall(inside):
        depth += 1 if mark == "(" else -1
    if not text.endswith(")") or depth >= 0:
        return items, False
    return {**items, last: passage.part(0, len(text) - 1)}, True
