"""The page about ASVS has each requirement of its two levels once, and counts its answers."""

import re
from collections import Counter

from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "assurance" / "asvs.md").read_text(encoding="utf-8")

# Of each section of release 5.0.0 how many requirements are of levels 1 and 2; they come first.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5,
    "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4,
    "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2,
    "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1,
    "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
REQUIREMENTS = [
    (*map(int, section.split(".")), number)
    for section, count in SECTIONS.items()
    for number in range(1, count + 1)
]
_ROW = re.compile(r"^\| ([0-9][0-9., L\u2013]*?) \| [^|]+ \| \*\*([a-z/ ]+)\*\* \|", re.MULTILINE)


def answers() -> list[tuple[tuple[int, ...], str]]:
    """Each requirement that the page has a row for, with its answer."""
    found = []
    for named, answer in _ROW.findall(PAGE):
        for part in named.split(", "):
            first, *last = (
                tuple(map(int, number.split("."))) for number in re.findall(r"[0-9.]{5,}", part)
            )
            end = last[0] if last else first
            found += [(one, answer) for one in REQUIREMENTS if first <= one <= end]
    return found


def test_each_requirement_has_one_row() -> None:
    """All 253 requirements of levels 1 and 2 are there, each once and in order."""
    assert len(REQUIREMENTS) == 253
    assert [one for one, _ in answers()] == REQUIREMENTS


def test_answers_are_counted_as_they_are() -> None:
    """The numbers at the head of the page are those of its rows."""
    counted = Counter(answer for _, answer in answers())
    told = re.search(r"^\| ([0-9| ]+) \|$", PAGE, re.MULTILINE)
    assert told
    words = ("yes", "in part", "no", "site", "n/a")
    assert [int(one) for one in told[1].split(" | ")] == [counted[word] for word in words]
    assert set(counted) == set(words)
