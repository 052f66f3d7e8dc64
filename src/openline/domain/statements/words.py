"""Words: a paragraph as words, numbers, dates and negations, and their changes.

Numbers, dates and negations are what turns the sense of a statement, so each is one word
that is never merged into a change beside it: "killed 12 people" and "wounded 14 people" are
two changes. The longest common row of words is found by Hunt and Szymanski's method; what it
costs is the number of pairs of equal words, so its bound is counted and not timed.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Sort(StrEnum):
    """What a word is."""

    WORD = "WORD"
    MARK = "MARK"
    NUMBER = "NUMBER"
    DATE = "DATE"
    NEGATION = "NEGATION"


HARD: Final = frozenset({Sort.NUMBER, Sort.DATE, Sort.NEGATION})
"""What is never merged into a neighbouring change."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word or mark of a paragraph.

    Attributes:
        text: As it is written.
        sort: What it is.
        start: Where it begins in the paragraph, counted in characters from 0.
        end: Where it ends, behind its last character.
    """

    text: str
    sort: Sort
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of two paragraphs.

    Attributes:
        same: The words that both have, as the second writes them; empty where they differ.
        old: Words of the first alone.
        new: Words of the second alone.
        sort: What they are, if they are a single number, date or negation; else `WORD`.
    """

    same: str = ""
    old: str = ""
    new: str = ""
    sort: Sort = Sort.WORD


_MONTHS: Final = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|"
    "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|"
    "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر|"
    "كانون الثاني|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين الأول|تشرين الثاني|كانون الأول"
).replace(" ", "[ ]")
_NEGATION: Final = re.compile(
    r"not|no|never|none|neither|nor|nobody|nothing|without|cannot|\w+n['’]t"
    "|не|нет|ни|никогда|никто|ничего|ничто|никак(?:ой|ая|ое|ие|их)|нельзя|без"
    "|[وف]?(?:لا|لم|لن|ليس|ليست)|ليسوا|لسنا|غير|دون|بدون",
    re.IGNORECASE,
)
_WORDS: Final = re.compile(
    rf"""(?P<word>[^\W\d_](?:\w|[\u0300-\u036f\u064b-\u0652]|['’-](?=\w))*)
    |(?P<date>(?=\d)(?:
        \d{{4}}-\d\d?-\d\d? | \d\d?[./]\d\d?[./]\d{{2,4}} | \d\d?:\d\d(?::\d\d)?
        | \d{{1,2}}[ ](?i:{_MONTHS})(?!\w)(?:,?[ ]\d{{4}}(?!\w))?
    ))
    |(?P<number>(?:(?<!\w)[+-](?=\d))?(?:\d{{1,3}}(?:[ ]\d{{3}})+(?!\d)|\d+(?:[.,]\d+)*)(?:[ ]?%)?)
    |(?P<mark>\w|[^\w\s])""",
    re.VERBOSE,
)
_MONTH_NAMES: Final = frozenset(_MONTHS.replace("sept?", "sep|sept").split("|"))
_DAY: Final = re.compile(r" \d{1,2}(?!\w)(?:, \d{4}(?!\w))?")
"""What follows a month that is written first: "April 12, 2018"."""
_DIGIT: Final = re.compile(r"\d")
_SORTS: Final = {"date": Sort.DATE, "number": Sort.NUMBER, "word": Sort.WORD, "mark": Sort.MARK}


def words_of(text: str) -> list[Word]:
    """The words and marks of a paragraph, in order; white space is between them."""
    found: list[Word] = []
    place = 0
    while (match := _WORDS.search(text, place)) is not None:
        assert match.lastgroup
        sort = _SORTS[match.lastgroup]
        start, place = match.span()
        if sort is Sort.WORD:
            sort, place = _sort_of(text, start, place)
        found.append(Word(text[start:place], sort, start, place))
    return found


def _sort_of(text: str, start: int, end: int) -> tuple[Sort, int]:
    """What a word is, and where it ends: with a month goes its day."""
    word = text[start:end]
    if word.lower() in _MONTH_NAMES and (day := _DAY.match(text, end)):
        return Sort.DATE, day.end()
    if _NEGATION.fullmatch(word):
        return Sort.NEGATION, end
    if _DIGIT.search(word):
        return Sort.NUMBER, end  # A flight level, a type of aircraft.
    return Sort.WORD, end


def common_pairs(old: Sequence[str], new: Sequence[str]) -> int:
    """How many pairs of equal words there are: what `longest_common` costs."""
    counts: dict[str, int] = {}
    for word in new:
        counts[word] = counts.get(word, 0) + 1
    return sum(counts.get(word, 0) for word in old)


def longest_common(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The positions of a longest common row of words, in both, counted from 0.

    Of several as long, the one that the method finds: the same on every machine.
    """
    places: dict[str, list[int]] = {}
    for place in range(len(new) - 1, -1, -1):
        places.setdefault(new[place], []).append(place)
    ends: list[int] = []
    links: list[tuple[int, int, int]] = []
    at: list[int] = []
    for one, word in enumerate(old):
        for place in places.get(word, ()):
            length = bisect_left(ends, place)
            links.append((one, place, at[length - 1] if length else -1))
            if length == len(ends):
                ends.append(place)
                at.append(len(links) - 1)
            else:
                ends[length] = place
                at[length] = len(links) - 1
    found, link = [], at[-1] if at else -1
    while link >= 0:
        one, place, link = links[link]
        found.append((one, place))
    return found[::-1]


def word_spans(old: str, new: str, pairs_max: int) -> tuple[tuple[Span, ...], int]:
    """In which words two paragraphs differ, and what finding it cost in word pairs.

    What both begin and end with costs nothing. If it would cost more than `pairs_max`, the
    paragraphs are told whole, with what it would have cost.
    """
    left, right = words_of(old), words_of(new)
    one, two = [word.text for word in left], [word.text for word in right]
    head, tail = _shared_ends(one, two)
    ends = len(one) - tail, len(two) - tail
    cost = common_pairs(one[head : ends[0]], two[head : ends[1]])
    if cost > pairs_max:
        return (Span(old=old, new=new),), cost
    middle = longest_common(one[head : ends[0]], two[head : ends[1]])
    pairs = [(place, place) for place in range(head)]
    pairs += [(head + a, head + b) for a, b in middle]
    pairs += [(ends[0] + place, ends[1] + place) for place in range(tail)]
    runs = _without_islands(list(_runs(pairs, len(left), len(right))), left)
    return tuple(_spans(old, new, left, right, runs)), cost


def _shared_ends(one: list[str], two: list[str]) -> tuple[int, int]:
    shortest = min(len(one), len(two))
    head = 0
    while head < shortest and one[head] == two[head]:
        head += 1
    tail = 0
    while tail < shortest - head and one[-1 - tail] == two[-1 - tail]:
        tail += 1
    return head, tail


_Run = tuple[bool, int, int, int, int]
"""Whether the words are the same, and from where to where in both paragraphs."""


def _runs(pairs: list[tuple[int, int]], size_old: int, size_new: int) -> Iterator[_Run]:
    """The two rows of words as stretches that are the same and that differ, by turns."""
    one = two = 0
    place = 0
    while place < len(pairs):
        begin = pairs[place]
        if begin != (one, two):
            yield False, one, begin[0], two, begin[1]
        count = 0
        while place < len(pairs) and pairs[place] == (begin[0] + count, begin[1] + count):
            count += 1
            place += 1
        one, two = begin[0] + count, begin[1] + count
        yield True, begin[0], one, begin[1], two
    if (one, two) != (size_old, size_new):
        yield False, one, size_old, two, size_new


def _without_islands(runs: list[_Run], left: list[Word]) -> list[_Run]:
    """Join two changes between which one plain word is by chance the same."""
    kept: list[_Run] = []
    for place, run in enumerate(runs):
        is_same, a, b, c, d = run
        between = 0 < place < len(runs) - 1
        if is_same and between and _is_island(runs, place, left):
            run = (False, a, b, c, d)
        if kept and not run[0] and not kept[-1][0]:
            _, first, _, second, _ = kept.pop()
            run = (False, first, run[2], second, run[4])
        kept.append(run)
    return kept


def _is_island(runs: list[_Run], place: int, left: list[Word]) -> bool:
    _, start, end, _, _ = runs[place]
    if end - start > 1 or left[start].sort in HARD:
        return False
    beside = (runs[place - 1], runs[place + 1])
    return all(run[2] - run[1] >= 2 and run[4] - run[3] >= 2 for run in beside)


def _spans(
    old: str, new: str, left: list[Word], right: list[Word], runs: list[_Run]
) -> Iterator[Span]:
    for is_same, a, b, c, d in runs:
        if is_same:
            yield Span(same=new[right[c].start : right[d - 1].end])
        else:
            yield from _changes(old, new, left[a:b], right[c:d])


def _changes(old: str, new: str, left: list[Word], right: list[Word]) -> Iterator[Span]:
    """One change, parted so that each number, date and negation is by itself."""
    kinds = [[word.sort.value for word in side if word.sort in HARD] for side in (left, right)]
    places = [[at for at, w in enumerate(side) if w.sort in HARD] for side in (left, right)]
    matched = dict(longest_common(*kinds))
    cuts = [(places[0][one], places[1][two]) for one, two in matched.items()]
    a = c = 0
    for b, d in cuts:
        yield from _beside(old, new, left[a:b], right[c:d])
        yield _span(old, new, left[b : b + 1], right[d : d + 1])
        a, c = b + 1, d + 1
    yield from _beside(old, new, left[a:], right[c:])


def _beside(old: str, new: str, left: list[Word], right: list[Word]) -> Iterator[Span]:
    """A change in which no number, date or negation stands against one of its sort."""
    plain = [[word for word in side if word.sort not in HARD] for side in (left, right)]
    if plain == [left, right]:
        if left or right:
            yield _span(old, new, left, right)
        return
    for part in _stretches(left):
        yield _span(old, new, part, [])
    for part in _stretches(right):
        yield _span(old, new, [], part)


def _stretches(side: list[Word]) -> Iterator[list[Word]]:
    """The words in stretches, each hard one by itself."""
    stretch: list[Word] = []
    for word in side:
        if word.sort in HARD:
            if stretch:
                yield stretch
            yield [word]
            stretch = []
        else:
            stretch.append(word)
    if stretch:
        yield stretch


def _span(old: str, new: str, left: list[Word], right: list[Word]) -> Span:
    sorts = {word.sort for word in (*left, *right)}
    sort = sorts.pop() if len(sorts) == 1 and len(left) <= 1 and len(right) <= 1 else Sort.WORD
    before = old[left[0].start : left[-1].end] if left else ""
    after = new[right[0].start : right[-1].end] if right else ""
    if before == after:
        return Span(same=after)
    return Span(old=before, new=after, sort=sort if sort in HARD else Sort.WORD)
