"""Verdicts: what one look at a page says, beside what was seen before.

The words claim only what was seen: a text was there at one look and not at the next. Nothing
is ever said to have been deleted at some time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from openline.domain.instant import DAY_MS

ABSENCES_MIN: Final = 3
"""So many looks in a row that were told "not found" make a page missing,"""

ABSENT_MS_MIN: Final = DAY_MS
"""if the last of them is at least so long after the first."""

READABLE_WORDS_MIN: Final = 20
"""A text with fewer words is no version of a statement: it may be a page that says "wait"."""


class Verdict(StrEnum):
    """What one look says."""

    FIRST = "FIRST"
    UNCHANGED = "UNCHANGED"
    CHANGED = "CHANGED"
    COSMETIC = "COSMETIC"
    RETURNED = "RETURNED"
    UNREACHABLE = "UNREACHABLE"
    REFUSED = "REFUSED"
    MISSING = "MISSING"
    UNREADABLE = "UNREADABLE"


READ: Final = frozenset(
    {Verdict.FIRST, Verdict.UNCHANGED, Verdict.CHANGED, Verdict.COSMETIC, Verdict.RETURNED}
)
"""Verdicts of looks at which the page had a text."""

NEW: Final = READ - {Verdict.UNCHANGED}
"""Verdicts that make a version."""


class Answer(StrEnum):
    """What came of asking for a page."""

    TEXT = "TEXT"
    NOT_MODIFIED = "NOT_MODIFIED"
    NO_TEXT = "NO_TEXT"
    NOT_FOUND = "NOT_FOUND"
    REFUSED = "REFUSED"
    UNREACHABLE = "UNREACHABLE"


@dataclass(frozen=True, slots=True)
class Known:
    """A version that is kept.

    Attributes:
        number: From 1, in the order in which they were seen.
        text_hash: Of the whole text.
        folded_hash: Of its words alone.
    """

    number: int
    text_hash: bytes
    folded_hash: bytes


@dataclass(frozen=True, slots=True)
class Absence:
    """Looks in a row that were told "not found".

    Attributes:
        since: The first of them, UTC milliseconds.
        looks: How many.
    """

    since: int
    looks: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a look says.

    Attributes:
        verdict: In one word.
        returned_to: Of `RETURNED`, the earlier version with the same text; else None.
        absence: The looks in a row, this one included, that found no page; else None.
    """

    verdict: Verdict
    returned_to: int | None = None
    absence: Absence | None = None


def judge(
    answer: Answer,
    at: int,
    text: tuple[bytes, bytes] | None,
    known: Sequence[Known],
    absence: Absence | None,
) -> Judgement:
    """What a look says.

    Args:
        answer: What came of it.
        at: When, UTC milliseconds.
        text: Hash of the text and of its words alone, if there is one.
        known: The versions that are kept, in order; the last is the one that was seen last.
        absence: The looks before this one that found no page, if it was so.
    """
    if answer is Answer.NOT_FOUND:
        return _absent(at, absence)
    if answer is Answer.NOT_MODIFIED and known:
        return Judgement(Verdict.UNCHANGED)
    if answer is Answer.TEXT and text is not None:
        return _read(text, known)
    verdicts = {Answer.REFUSED: Verdict.REFUSED, Answer.UNREACHABLE: Verdict.UNREACHABLE}
    return Judgement(verdicts.get(answer, Verdict.UNREADABLE))


def _absent(at: int, before: Absence | None) -> Judgement:
    absence = Absence(before.since, before.looks + 1) if before else Absence(at, 1)
    is_missing = absence.looks >= ABSENCES_MIN and at - absence.since >= ABSENT_MS_MIN
    verdict = Verdict.MISSING if is_missing else Verdict.UNREACHABLE
    return Judgement(verdict, absence=absence)


def _read(text: tuple[bytes, bytes], known: Sequence[Known]) -> Judgement:
    whole, words = text
    if not known:
        return Judgement(Verdict.FIRST)
    if known[-1].text_hash == whole:
        return Judgement(Verdict.UNCHANGED)
    for version in reversed(known[:-1]):
        if version.text_hash == whole and version.folded_hash != known[-1].folded_hash:
            return Judgement(Verdict.RETURNED, returned_to=version.number)
    is_cosmetic = known[-1].folded_hash == words
    return Judgement(Verdict.COSMETIC if is_cosmetic else Verdict.CHANGED)
