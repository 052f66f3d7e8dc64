"""Pairs of activities in one file that are not clear of each other.

The rule is that of notices (`domain/space/conflict.py`); an index says which volumes
may come near at all. Of two activities with several volumes the worst finding
counts, and of equal ones the first in time.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from openline.adapters.geofiles.activity import ReadActivity
from openline.domain.limits import FILE_MEETINGS_MAX
from openline.domain.space.altitude import ANY_WEATHER, Atmosphere
from openline.domain.space.conflict import Finding, Minima, Verdict, find_conflict
from openline.domain.space.index import VolumeIndex
from openline.domain.space.volume import Volume

_WORST_FIRST = (Verdict.CONFLICT, Verdict.MARGINAL, Verdict.TOUCH)


@dataclass(frozen=True, slots=True)
class MinimaByKind:
    """Minima that depend on what acts, as those of an Understanding do.

    Attributes:
        kinds: What acts in each activity, in their order.
        between: The minima of two kinds; which comes first makes no difference.
    """

    kinds: Sequence[str]
    between: Callable[[str, str], Minima]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two activities that are not clear of each other.

    Attributes:
        a: Place of the earlier in the list, from 0.
        b: Place of the later.
        finding: The worst of those between their volumes.
        meetings: How many pairs of their volumes are not clear.
        minima: By which the two were compared.
    """

    a: int
    b: int
    finding: Finding
    meetings: int
    minima: Minima


def find_pairs(
    activities: Sequence[ReadActivity],
    minima: Minima | MinimaByKind,
    atmosphere: Atmosphere = ANY_WEATHER,
) -> list[Pair]:
    """Every pair that is not clear, in the order of the file.

    After `FILE_MEETINGS_MAX` pairs of volumes it ends with those that were found.

    Args:
        activities: As they were read; those with a fault meet nothing.
        minima: The agreed ones, for all of them or by what acts.
        atmosphere: The bounds agreed for bands with different references.
    """
    if isinstance(minima, Minima):
        everywhere = minima
        minima = MinimaByKind([""] * len(activities), lambda _one, _other: everywhere)
    kinds, between = minima.kinds, minima.between
    volumes = [
        (at, volume) for at, activity in enumerate(activities) for volume in activity.volumes
    ]
    found: dict[tuple[int, int], list[Finding]] = {}
    for one, other in _meeting(volumes, minima, atmosphere):
        (a, volume_a), (b, volume_b) = volumes[one], volumes[other]
        agreed = between(kinds[a], kinds[b])
        finding = find_conflict(volume_a, volume_b, agreed, atmosphere)
        found.setdefault((a, b), []).append(finding)
    return [
        Pair(a, b, min(findings, key=_rank), len(findings), between(kinds[a], kinds[b]))
        for (a, b), findings in sorted(found.items())
    ]


def count_verdicts(pairs: Sequence[Pair]) -> dict[str, int]:
    """How many pairs have each verdict but CLEAR."""
    counts = Counter(pair.finding.verdict for pair in pairs)
    return {verdict.value: counts[verdict] for verdict in _WORST_FIRST}


def _meeting(
    volumes: Sequence[tuple[int, Volume]], minima: MinimaByKind, atmosphere: Atmosphere
) -> Iterator[tuple[int, int]]:
    """Places of volumes of two activities that are not clear, the earlier first."""
    index: VolumeIndex[int] = VolumeIndex(atmosphere)
    names = list(dict.fromkeys(minima.kinds))
    numbers = {name: number for number, name in enumerate(names)}
    agreed = {one: [minima.between(one, other) for other in names] for one in names}
    count = 0
    for place, (activity, volume) in enumerate(volumes):
        kind = minima.kinds[activity]
        for hit in index.hits(volume, agreed[kind]):
            if volumes[hit.key][0] != activity:
                yield hit.key, place
                count += 1
                if count == FILE_MEETINGS_MAX:
                    return
        index.put(place, [(1, volume)], numbers[kind])


def _rank(finding: Finding) -> tuple[int, int, float]:
    return _WORST_FIRST.index(finding.verdict), finding.overlap_from, finding.separation_m
