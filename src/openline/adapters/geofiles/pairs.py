"""Pairs of activities in one file that are not clear of each other.

The rule is that of notices (`domain/space/conflict.py`); an index says which volumes
may come near at all. Of two activities with several volumes the worst finding
counts, and of equal ones the first in time.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openline.adapters.geofiles.activity import ReadActivity
from openline.domain.limits import FILE_MEETINGS_MAX
from openline.domain.space.altitude import ANY_WEATHER, Atmosphere
from openline.domain.space.conflict import Finding, Minima, Verdict, find_conflict
from openline.domain.space.index import VolumeIndex
from openline.domain.space.volume import Volume

_WORST_FIRST = (Verdict.CONFLICT, Verdict.MARGINAL, Verdict.TOUCH)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two activities that are not clear of each other.

    Attributes:
        a: Place of the earlier in the list, from 0.
        b: Place of the later.
        finding: The worst of those between their volumes.
        meetings: How many pairs of their volumes are not clear.
    """

    a: int
    b: int
    finding: Finding
    meetings: int


def find_pairs(
    activities: Sequence[ReadActivity], minima: Minima, atmosphere: Atmosphere = ANY_WEATHER
) -> list[Pair]:
    """Every pair that is not clear, in the order of the file.

    After `FILE_MEETINGS_MAX` pairs of volumes it ends with those that were found.

    Args:
        activities: As they were read; those with a fault meet nothing.
        minima: The agreed ones, for all of them.
        atmosphere: The bounds agreed for bands with different references.
    """
    volumes = [
        (at, volume) for at, activity in enumerate(activities) for volume in activity.volumes
    ]
    found: dict[tuple[int, int], list[Finding]] = {}
    for one, other in _meeting(volumes, minima, atmosphere):
        (a, volume_a), (b, volume_b) = volumes[one], volumes[other]
        finding = find_conflict(volume_a, volume_b, minima, atmosphere)
        found.setdefault((a, b), []).append(finding)
    return [
        Pair(a, b, min(findings, key=_rank), len(findings))
        for (a, b), findings in sorted(found.items())
    ]


def count_verdicts(pairs: Sequence[Pair]) -> dict[str, int]:
    """How many pairs have each verdict but CLEAR."""
    counts = Counter(pair.finding.verdict for pair in pairs)
    return {verdict.value: counts[verdict] for verdict in _WORST_FIRST}


def _meeting(
    volumes: Sequence[tuple[int, Volume]], minima: Minima, atmosphere: Atmosphere
) -> Iterator[tuple[int, int]]:
    """Places of volumes of two activities that are not clear, the earlier first."""
    index: VolumeIndex[int] = VolumeIndex(atmosphere)
    count = 0
    for place, (activity, volume) in enumerate(volumes):
        for hit in index.hits(volume, minima):
            if volumes[hit.key][0] != activity:
                yield hit.key, place
                count += 1
                if count == FILE_MEETINGS_MAX:
                    return
        index.put(place, [(1, volume)])


def _rank(finding: Finding) -> tuple[int, int, float]:
    return _WORST_FIRST.index(finding.verdict), finding.overlap_from, finding.separation_m
