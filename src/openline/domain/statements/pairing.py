"""Pairing: which paragraph of one version is which paragraph of another.

In this order, and each only among what is left by those before it:

1. the heaviest common row of paragraphs that are the same, letter for letter;
2. the same paragraphs at other places (moved);
3. a paragraph that stands as two to six, or two to six that stand as one;
4. a paragraph at another place that is clearly the best counterpart of one, and it of that;
5. inside each block between the rows of step 1, the heaviest row of alike paragraphs;
6. what is alike at other places.

How alike two paragraphs are is told by the words they share, whatever their order, and then
confirmed by the longest common row of words. A word weighs what it has in letters, so that
"of the" makes nothing alike in any language. All are integers in thousandths; ties go to the
paragraph that stands first. So two nodes find the same pairs.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from openline.domain.statements.words import Sort, common_pairs, longest_common, words_of

ALGORITHM: Final = "openline paragraphs 1"
"""The name that stands in every result; it changes whenever a result could."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where paragraphs count as alike, in thousandths, and the bound of the work.

    Attributes:
        in_place: Of two paragraphs in one block.
        clearly: Of two at different places, before the blocks are looked at.
        moved: Of two at different places, at the end.
        part: How much of a part must be in the whole, and of the whole in its parts.
        ordered: How much less two may have in the same order than they share at all.
        moved_words_min: Words that a moved and edited paragraph has at least.
        parts_max: Into how many paragraphs one may be split.
        word_pairs_max: Pairs of equal words that are looked at, in one comparison.
        paragraph_pairs_max: The same of two paragraphs; more are told whole.
    """

    in_place: int = 400
    clearly: int = 700
    moved: int = 550
    part: int = 800
    ordered: int = 150
    moved_words_min: int = 8
    parts_max: int = 6
    word_pairs_max: int = 2_000_000
    paragraph_pairs_max: int = 250_000


@dataclass(frozen=True, slots=True)
class Pair:
    """Paragraphs that are one and the same thing in two versions.

    Attributes:
        old: Positions in the first, counted from 0, ascending; not empty.
        new: Positions in the second, the same way; one of the two has a single position.
        alike: How alike, in thousandths; 1000 if letter for letter the same.
        is_moved: Whether it stands at another place than its neighbours tell.
    """

    old: tuple[int, ...]
    new: tuple[int, ...]
    alike: int
    is_moved: bool = False


@dataclass(frozen=True, slots=True)
class Pairing:
    """What was paired.

    Attributes:
        pairs: In order of the second version, then of the first.
        word_pairs: What it cost.
        is_bounded: Whether the bound of the work ended it early: then some that are alike may
            not be paired.
    """

    pairs: tuple[Pair, ...]
    word_pairs: int
    is_bounded: bool


def pair_paragraphs(old: Sequence[str], new: Sequence[str], limits: Thresholds) -> Pairing:
    """The pairs of two versions; no paragraph is in two of them."""
    work = _Work(old, new, limits)
    work.pair_same()
    work.pair_moved_same()
    work.measure()
    if not work.is_bounded:
        work.pair_parts()
        work.pair_far(limits.clearly, both_best=True)
        work.pair_in_blocks()
        work.pair_far(limits.moved, both_best=False)
    pairs = sorted(work.pairs, key=lambda pair: (pair.new, pair.old))
    return Pairing(tuple(pairs), work.cost, work.is_bounded)


@dataclass(frozen=True, slots=True, order=True)
class _Anchor:
    """A pair between whose neighbours no other pair of a block may cross."""

    old_first: int
    old_last: int
    new_first: int
    new_last: int


class _Work:
    """The state of one pairing."""

    def __init__(self, old: Sequence[str], new: Sequence[str], limits: Thresholds) -> None:
        self.limits = limits
        self.old, self.new = old, new
        self.pairs: list[Pair] = []
        self.free_old = dict.fromkeys(range(len(old)))
        self.free_new = dict.fromkeys(range(len(new)))
        # Ascending on both sides; opened and closed by one beyond each end.
        self.anchors = [
            _Anchor(-1, -1, -1, -1),
            _Anchor(len(old), len(old), len(new), len(new)),
        ]
        self.cost = 0
        self.is_bounded = False
        # Of both versions, by position: the words of each paragraph that was free after the
        # first two steps, and what they weigh.
        self.words: list[list[list[str]]] = []
        self.sizes: list[list[int]] = []
        # Weight of the words that paragraphs share that are free on both sides.
        self.shared: list[dict[int, int]] = []
        self._alike: dict[tuple[int, int], int] = {}

    def take(
        self, old: tuple[int, ...], new: tuple[int, ...], alike: int, *, is_moved: bool = False
    ) -> None:
        """Pair paragraphs that are free; those in their place are an anchor."""
        self.pairs.append(Pair(old, new, alike, is_moved))
        for place in old:
            del self.free_old[place]
        for place in new:
            del self.free_new[place]
        if not is_moved:
            insort(self.anchors, _Anchor(old[0], old[-1], new[0], new[-1]))

    # --- the same, letter for letter -------------------------------------------------------------

    def pair_same(self) -> None:
        """The heaviest common row of paragraphs; a paragraph weighs what it has in words."""
        for one, two in _heaviest_common(self.old, self.new):
            self.take((one,), (two,), 1000)

    def pair_moved_same(self) -> None:
        """What is the same elsewhere, from the first on."""
        places: dict[str, list[int]] = {}
        for two in self.free_new:
            places.setdefault(self.new[two], []).append(two)
        for one in list(self.free_old):
            if waiting := places.get(self.old[one]):
                self.take((one,), (waiting.pop(0),), 1000, is_moved=True)

    # --- how alike -------------------------------------------------------------------------------

    def measure(self) -> None:
        """Weigh the words that free paragraphs share, if that does not cost too much."""
        sides = ((self.old, self.free_old), (self.new, self.free_new))
        self.words = [
            [_plain(text) if place in free else [] for place, text in enumerate(texts)]
            for texts, free in sides
        ]
        self.sizes = [[_weight(words) for words in side] for side in self.words]
        postings: dict[str, list[tuple[int, int]]] = {}
        for two in self.free_new:
            for word, count in _counts(self.words[1][two]).items():
                postings.setdefault(word, []).append((two, count))
        counted = {one: _counts(self.words[0][one]) for one in self.free_old}
        cost = sum(len(postings.get(word, ())) for words in counted.values() for word in words)
        self.shared = [{} for _ in self.old]
        if not self._may_spend(cost):
            return
        for one, words in counted.items():
            shared = self.shared[one]
            for word, count in words.items():
                weight = len(word)
                for two, other in postings.get(word, ()):
                    shared[two] = shared.get(two, 0) + weight * min(count, other)

    def alike(self, one: int, two: int, least: int) -> int:
        """How alike two paragraphs are; 0 if less than asked, or only by stray words."""
        size = self.sizes[0][one] + self.sizes[1][two]
        if not size or 2000 * self.shared[one].get(two, 0) < least * size:
            return 0
        found = self._alike.get((one, two))
        if found is None:
            words = self.words[0][one], self.words[1][two]
            found = self._alike[one, two] = self._ordered(*words, size)
        return found if found >= least - self.limits.ordered else 0

    def _ordered(self, left: list[str], right: list[str], size: int) -> int:
        if self.is_bounded:
            return 0
        cost = common_pairs(left, right)
        if cost > self.limits.paragraph_pairs_max or not self._may_spend(cost):
            return 0
        return 2000 * sum(len(left[a]) for a, _ in longest_common(left, right)) // size

    def _may_spend(self, cost: int) -> bool:
        """Count work; False from the first on that is more than is left."""
        self.is_bounded |= self.cost + cost > self.limits.word_pairs_max
        if self.is_bounded:
            return False
        self.cost += cost
        return True

    # --- parts -----------------------------------------------------------------------------------

    def pair_parts(self) -> None:
        """One paragraph that became several, then several that became one."""
        for one in list(self.free_old):
            if parts := self._parts(one, self._beside_old(one), is_split=True):
                self.take((one,), parts, self._coverage((one,), parts))
        for two in list(self.free_new):
            if parts := self._parts(two, self._beside_new(two), is_split=False):
                self.take(parts, (two,), self._coverage(parts, (two,)))

    def _beside_old(self, one: int) -> list[int]:
        """The free paragraphs of the second version in the block of one of the first."""
        after = bisect_left(self.anchors, one, key=lambda anchor: anchor.old_first)
        block = range(self.anchors[after - 1].new_last + 1, self.anchors[after].new_first)
        return [two for two in block if two in self.free_new]

    def _beside_new(self, two: int) -> list[int]:
        after = bisect_left(self.anchors, two, key=lambda anchor: anchor.new_first)
        block = range(self.anchors[after - 1].old_last + 1, self.anchors[after].old_first)
        return [one for one in block if one in self.free_old]

    def _parts(self, whole: int, others: list[int], *, is_split: bool) -> tuple[int, ...]:
        """A row of neighbours that together are the whole; empty if there is none."""
        sizes, own = self.sizes if is_split else self.sizes[::-1]
        size, part = sizes[whole], self.limits.part
        inside = []
        for other in others:
            pair = (whole, other) if is_split else (other, whole)
            shared = self.shared[pair[0]].get(pair[1], 0)
            inside.append(bool(shared) and 1000 * shared >= part * own[other])
        for row in _rows_of(others, inside):
            for parts in _windows(row, self.limits.parts_max):
                if not self._may_spend(len(parts)):
                    return ()
                length = sum(own[other] for other in parts)
                if 1000 * min(size, length) < part * max(size, length):
                    continue
                sides = ((whole,), parts) if is_split else (parts, (whole,))
                if self._coverage(*sides) >= part:
                    return parts
        return ()

    def _coverage(self, old: tuple[int, ...], new: tuple[int, ...]) -> int:
        left = [word for place in old for word in self.words[0][place]]
        right = [word for place in new for word in self.words[1][place]]
        return self._ordered(left, right, _weight(left) + _weight(right))

    # --- blocks and moves ------------------------------------------------------------------------

    def pair_in_blocks(self) -> None:
        """In each block, the row of pairs that are most alike in sum."""
        for before, after in list(pairwise(self.anchors)):
            rows = range(before.old_last + 1, after.old_first)
            columns = range(before.new_last + 1, after.new_first)
            free_rows = [place for place in rows if place in self.free_old]
            free_columns = [place for place in columns if place in self.free_new]
            for a, b, alike in self._best_row(free_rows, free_columns):
                self.take((a,), (b,), alike)

    def _best_row(self, rows: list[int], columns: list[int]) -> list[tuple[int, int, int]]:
        if not rows or not columns:
            return []
        weights = [[self.alike(a, b, self.limits.in_place) for b in columns] for a in rows]
        pairs = _heaviest(weights, len(columns))
        return [(rows[a], columns[b], weights[a][b]) for a, b in pairs]

    def pair_far(self, least: int, *, both_best: bool) -> None:
        """Pair what is alike at other places, the most alike first."""
        found = sorted(self._far(least), key=lambda item: (-item[0], item[1], item[2]))
        if both_best:
            best = _Best(found)
            found = [item for item in found if self._crosses(*item[1:]) and best.is_sole(item)]
        for alike, one, two in found:
            if one in self.free_old and two in self.free_new:
                self.take((one,), (two,), alike, is_moved=True)

    def _far(self, least: int) -> Iterator[tuple[int, int, int]]:
        for one in self.free_old:
            if len(self.words[0][one]) < self.limits.moved_words_min:
                continue
            for two in self.shared[one]:
                if two not in self.free_new:
                    continue
                if len(self.words[1][two]) < self.limits.moved_words_min:
                    continue
                if alike := self.alike(one, two, least):
                    yield alike, one, two

    def _crosses(self, one: int, two: int) -> bool:
        """Whether an anchor stands before the one and behind the other."""
        before_one = bisect_left(self.anchors, one, key=lambda anchor: anchor.old_first)
        before_two = bisect_left(self.anchors, two, key=lambda anchor: anchor.new_first)
        return before_one != before_two


class _Best:
    """Which pairs have no rival that is as good."""

    def __init__(self, found: list[tuple[int, int, int]]) -> None:
        self._of_old: dict[int, list[int]] = {}
        self._of_new: dict[int, list[int]] = {}
        for alike, one, two in found:
            self._of_old.setdefault(one, []).append(alike)
            self._of_new.setdefault(two, []).append(alike)

    def is_sole(self, item: tuple[int, int, int]) -> bool:
        """Whether both sides have nothing else as good; `found` begins with the best."""
        alike, one, two = item
        rows = (self._of_old[one], self._of_new[two])
        return all(row[0] == alike and row[1:2] != [alike] for row in rows)


def _plain(text: str) -> list[str]:
    """The words of a paragraph as they are compared: without marks and without case."""
    return [word.text.casefold() for word in words_of(text) if word.sort is not Sort.MARK]


def _weight(words: list[str]) -> int:
    return sum(map(len, words))


def _counts(words: list[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts


def _heaviest_common(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The common row of equal texts that has the most words."""
    shared_new = dict.fromkeys(new)
    shared_old = dict.fromkeys(old)
    rows = [place for place, text in enumerate(old) if text in shared_new]
    columns = [place for place, text in enumerate(new) if text in shared_old]
    weights = [[len(old[a].split()) + 1 if old[a] == new[b] else 0 for b in columns] for a in rows]
    return [(rows[a], columns[b]) for a, b in _heaviest(weights, len(columns))]


def _heaviest(weights: list[list[int]], width: int) -> list[tuple[int, int]]:
    """The row of ascending pairs with the greatest sum; pairs of weight 0 are none."""
    best = [[0] * (width + 1)]
    for row in weights:
        above = best[-1]
        line = [0]
        for place, weight in enumerate(row):
            with_it = above[place] + weight if weight else 0
            line.append(max(above[place + 1], line[place], with_it))
        best.append(line)
    found = []
    a, b = len(weights), width
    while a and b:
        if best[a][b] == best[a - 1][b]:
            a -= 1
        elif best[a][b] == best[a][b - 1]:
            b -= 1
        else:
            a, b = a - 1, b - 1
            found.append((a, b))
    return found[::-1]


def _rows_of(places: list[int], inside: list[bool]) -> Iterator[list[int]]:
    """The rows of neighbours that are inside, at least two each."""
    row: list[int] = []
    for place, is_inside in zip(places, inside, strict=True):
        if is_inside and row and place == row[-1] + 1:
            row.append(place)
            continue
        if len(row) > 1:
            yield row
        row = [place] if is_inside else []
    if len(row) > 1:
        yield row


def _windows(row: list[int], parts_max: int) -> Iterator[tuple[int, ...]]:
    """Every stretch of two to so many neighbours, the longest first."""
    for size in range(min(parts_max, len(row)), 1, -1):
        for start in range(len(row) - size + 1):
            yield tuple(row[start : start + size])
