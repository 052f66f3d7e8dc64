"""The gate: all engines find the same conflicts, or no number of theirs is worth a comparison.

Trees of boxes are followed by our own rule, so their pairs must be ours exactly: that tests the
index. PostGIS has a distance of its own: that tests the rule. Its nearest points are those of a
sphere, which over 15 km has cost it 24 m. So pairs as near to the minimum as `BAND_M` and our own
margin are set apart and counted, where the two differ on them; every other pair must be the same.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bench.conflict.outcome import Pairs
from bench.conflict.theatre import MINIMA
from openline.domain.space.conflict import MARGIN_M, MARGIN_SHARE, Finding

BAND_M = 20.0
_MARGIN_M = MARGIN_M + MARGIN_SHARE * 100_000
"""Ours: no two volumes of a theatre touch further than that from the middle between them."""

_SHOWN_MAX = 5

_EXAMINED_MAX = 5_000
"""Engines that differ on more pairs differ; the rest is counted and not looked at."""

Find = Callable[[int, int], Finding]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one engine's pairs compare with ours.

    Attributes:
        name: Of the engine.
        found: How many pairs it found.
        set_apart: Pairs on which it differs from us within the band round the minimum.
        furthest_m: How far the separation of any of those is from the minimum.
        differ: Any others: the gate does not hold.
        words: The first of those, each in a sentence.
    """

    name: str
    found: int
    set_apart: int
    furthest_m: float
    differ: int
    words: tuple[str, ...]


def compare(name: str, ours: Pairs, theirs: Pairs, find: Find, *, has_own_rule: bool) -> Comparison:
    """Both sets of pairs; `find` says what our rule makes of one in full."""
    apart_m: list[float] = []
    differ: list[str] = []
    doubtful = sorted(ours ^ theirs)
    for pair in doubtful[:_EXAMINED_MAX]:
        finding = find(*pair)
        beside_m = abs(finding.separation_m - MINIMA.lateral_m)
        if has_own_rule and beside_m <= BAND_M + _MARGIN_M:
            apart_m.append(beside_m)
        else:
            differ.append(_words(name, pair, pair in theirs, finding))
    count = len(differ) + max(len(doubtful) - _EXAMINED_MAX, 0)
    furthest_m = max(apart_m, default=0.0)
    words = tuple(differ[:_SHOWN_MAX])
    return Comparison(name, len(theirs), len(apart_m), furthest_m, count, words)


def _words(name: str, pair: tuple[int, int], is_theirs: bool, finding: Finding) -> str:
    finder, other = (name, "openline") if is_theirs else ("openline", name)
    return (
        f"{pair[0]} and {pair[1]}: {finder} finds a conflict and {other} does not; "
        f"the rule says {finding.words()}"
    )
