"""Difference: two versions side by side, and what became of each paragraph.

The same two versions give the same rows on every node: no clock, no chance, and the bounds
are counted in word pairs. The result names the algorithm and its thresholds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from openline.domain.statements.article import Article
from openline.domain.statements.pairing import ALGORITHM, Pair, Thresholds, pair_paragraphs
from openline.domain.statements.words import Sort, Span, word_spans


class Change(StrEnum):
    """What became of a paragraph."""

    SAME = "SAME"
    EDITED = "EDITED"
    ADDED = "ADDED"
    REMOVED = "REMOVED"
    MOVED = "MOVED"
    MOVED_EDITED = "MOVED_EDITED"
    MOVED_AWAY = "MOVED_AWAY"
    SPLIT = "SPLIT"
    JOINED = "JOINED"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the comparison.

    Attributes:
        change: What became of the paragraph. `MOVED_AWAY` marks the old place of one that is
            told as `MOVED` or `MOVED_EDITED` at its new place.
        old: Numbers of its paragraphs in the first version, from 1; empty if it has none.
        new: The same in the second.
        alike: How alike both sides are, in thousandths; 0 where there is one side only.
        spans: The words in order; of `MOVED_AWAY` none.
    """

    change: Change
    old: tuple[int, ...]
    new: tuple[int, ...]
    alike: int
    spans: tuple[Span, ...]

    @property
    def key(self) -> str:
        """A name for links to this row, the same whenever the two versions are compared."""
        sides = ("".join(f".{n}" for n in side) or ".0" for side in (self.old, self.new))
        away = "a" if self.change is Change.MOVED_AWAY else "p"
        return away + "-".join(side[1:] for side in sides)


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions compared.

    Attributes:
        title: The words of both headlines.
        rows: All paragraphs of both versions, in order of the second; what is only in the
            first stands where it was.
        word_pairs: Pairs of equal words that were looked at.
        is_bounded: Whether the bound of the work was met: then some paragraphs are told
            whole that could be told by their words.
        algorithm: By which the rows were found.
        thresholds: With which.
    """

    title: tuple[Span, ...]
    rows: tuple[Row, ...]
    word_pairs: int
    is_bounded: bool
    algorithm: str = ALGORITHM
    thresholds: Thresholds = field(default_factory=Thresholds)

    def count(self, *changes: Change) -> int:
        """How many rows are of one of these sorts."""
        return sum(row.change in changes for row in self.rows)

    def hard(self) -> tuple[Sort, ...]:
        """Whether numbers, dates or negations changed, came or went; in that order."""
        spans = (*self.title, *(span for row in self.rows for span in row.spans))
        found = {span.sort for span in spans if not span.same}
        return tuple(sort for sort in (Sort.NUMBER, Sort.DATE, Sort.NEGATION) if sort in found)


def compare(old: Article, new: Article, limits: Thresholds | None = None) -> Difference:
    """The second version told by what became of the first.

    Args:
        old: The first.
        new: The second, read by the same version of the extractor.
        limits: Thresholds other than those that all nodes use.
    """
    limits = limits or Thresholds()
    one = [paragraph.text for paragraph in old.paragraphs]
    two = [paragraph.text for paragraph in new.paragraphs]
    paired = pair_paragraphs(one, two, limits)
    told = _Telling(one, two, paired.word_pairs, limits)
    rows = tuple(_ordered(told, paired.pairs))
    title, _ = word_spans(old.title, new.title, limits.paragraph_pairs_max)
    is_bounded = paired.is_bounded or told.is_bounded
    return Difference(title, rows, told.cost, is_bounded, ALGORITHM, limits)


class _Telling:
    """Turns pairs into rows and counts what that costs."""

    def __init__(self, old: list[str], new: list[str], cost: int, limits: Thresholds) -> None:
        self.old, self.new = old, new
        self.cost = cost
        self.limits = limits
        self.is_bounded = False

    def row(self, pair: Pair) -> Row:
        """The row of a pair."""
        old = tuple(place + 1 for place in pair.old)
        new = tuple(place + 1 for place in pair.new)
        before = " ".join(self.old[place] for place in pair.old)
        after = " ".join(self.new[place] for place in pair.new)
        return Row(_change(pair, before == after), old, new, pair.alike, self._spans(before, after))

    def _spans(self, before: str, after: str) -> tuple[Span, ...]:
        if before == after:
            return (Span(same=after),)
        left = self.limits.word_pairs_max - self.cost
        pairs_max = min(left, self.limits.paragraph_pairs_max)
        spans, cost = word_spans(before, after, pairs_max)
        if cost > pairs_max:
            self.is_bounded = True
        else:
            self.cost += cost
        return spans

    def removed(self, place: int) -> Row:
        """A paragraph of the first version alone."""
        return Row(Change.REMOVED, (place + 1,), (), 0, (Span(old=self.old[place]),))

    def added(self, place: int) -> Row:
        """A paragraph of the second version alone."""
        return Row(Change.ADDED, (), (place + 1,), 0, (Span(new=self.new[place]),))


def _change(pair: Pair, is_same: bool) -> Change:
    if len(pair.new) > 1:
        return Change.SPLIT
    if len(pair.old) > 1:
        return Change.JOINED
    if pair.is_moved:
        return Change.MOVED if is_same else Change.MOVED_EDITED
    return Change.SAME if is_same else Change.EDITED


def _ordered(told: _Telling, pairs: tuple[Pair, ...]) -> Iterator[Row]:
    """The rows in order of the second version; rows of the first where they were."""
    by_new = {pair.new[0]: pair for pair in pairs}
    within = {place for pair in pairs for place in pair.new[1:]}
    of_old = {place: pair for pair in pairs for place in pair.old}
    next_old = 0
    for place in range(len(told.new)):
        pair = by_new.get(place)
        if pair is None:
            if place not in within:
                yield told.added(place)
            continue
        if not pair.is_moved:
            yield from _until(told, of_old, next_old, pair.old[0])
            next_old = max(next_old, pair.old[-1] + 1)
        yield told.row(pair)
    yield from _until(told, of_old, next_old, len(told.old))


def _until(told: _Telling, of_old: dict[int, Pair], start: int, end: int) -> Iterator[Row]:
    """What was in the first version from one place to another, and is not told yet."""
    for place in range(start, end):
        pair = of_old.get(place)
        if pair is None:
            yield told.removed(place)
        elif pair.is_moved:
            new = tuple(one + 1 for one in pair.new)
            yield Row(Change.MOVED_AWAY, (place + 1,), new, pair.alike, ())
