"""Closest approach: which tracks come too near to each other, and when.

Each track is taken to go on as it goes. Two of them lose their separation if, within
the time looked ahead, they are at one moment nearer than the lateral minimum and than
the vertical one: state-based detection, as RTCA DO-365B and most short-term conflict
alerts have it. Heights with one datum are compared as they are, others by where they
may be above the sea, to the safe side. Candidates are found by the boxes that tracks
sweep, sorted along the axis in which they are spread most.

The plain path is here, in numpy; `track_compiled` does the same steps in machine code.
"""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from openline.domain.space.geodesy import Floats
from openline.domain.space.index.fast import air_ready
from openline.domain.space.track_picture import Picture, Rows

FOOT_M: Final = 0.3048
MILE_M: Final = 1_852.0

PAIRS_AT_ONCE: Final = 262_144
"""Candidates that are looked at in one go: some twenty megabytes."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """What counts as too near, and how far ahead it is looked for.

    Attributes:
        lateral_m: Horizontal minimum.
        vertical_m: Vertical minimum.
        ahead_s: Time looked ahead.
    """

    lateral_m: float
    vertical_m: float
    ahead_s: float


PRESETS: Final = {
    "daidalus": Nearness(0.66 * MILE_M, 450 * FOOT_M, 35.0),
    "short-term": Nearness(3 * MILE_M, 700 * FOOT_M, 120.0),
    "medium-term": Nearness(5 * MILE_M, 1_000 * FOOT_M, 1_200.0),
}
"""Warnings by name: the corrective volume of RTCA DO-365B; a short-term conflict alert of two
minutes; medium-term detection of twenty minutes, with the minima of en-route control."""


class Approaches(NamedTuple):
    """Pairs of tracks that lose their separation; a row of each array for each pair.

    Attributes:
        firsts: Rows of the picture.
        seconds: Rows of the picture, each greater than its first.
        in_s: When the separation is lost, from now; 0 if it is lost already.
        nearest_s: When they are nearest on the map, within the time of the loss.
        nearest_m: How near they are then on the map.
        vertical_m: How far apart in height they are then, at least.
    """

    firsts: Rows
    seconds: Rows
    in_s: Floats
    nearest_s: Floats
    nearest_m: Floats
    vertical_m: Floats


class Motion(NamedTuple):
    """What the search needs of a picture, in the order that it takes.

    Attributes:
        rows: Of each its row of the picture.
        low: Least x, y and z that each sweeps, and least height, padded by half the minima.
        high: The greatest of each.
        places: Where each is.
        speeds: How each moves.
        heights: Datum, height above it, middle of the heights above the sea, half their
            range, and climb.
    """

    rows: Rows
    low: Floats
    high: Floats
    places: Floats
    speeds: Floats
    heights: Floats


def approaches(
    picture: Picture, nearness: Nearness, *, may: NDArray[np.bool_] | None = None
) -> Approaches:
    """The pairs of tracks that lose their separation, in the order of their rows.

    Args:
        picture: The tracks; those on the surface are left out.
        nearness: What counts, and how far ahead.
        may: Which rows are looked at; all by default.
    """
    is_looked_at = ~picture.is_surface if may is None else may & ~picture.is_surface
    motion = _motion(picture, nearness, np.flatnonzero(is_looked_at))
    compiled = air_ready()
    if compiled is None:
        found = _plain(motion, nearness)
    else:
        found = compiled.approaches(
            *motion[1:], nearness.lateral_m, nearness.vertical_m, nearness.ahead_s
        )
    one, other = motion.rows[found[0]], motion.rows[found[1]]
    firsts, seconds = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((seconds, firsts))
    return Approaches(firsts[order], seconds[order], *(column[order] for column in found[2:]))


def _motion(picture: Picture, nearness: Nearness, rows: Rows) -> Motion:
    places, speeds = picture.places[rows], picture.speeds[rows]
    lows_m, highs_m = picture.lows_m[rows], picture.highs_m[rows]
    climbs = picture.climbs_mps[rows]
    ends = places + speeds * nearness.ahead_s
    low, high = np.empty((4, len(rows))), np.empty((4, len(rows)))
    pad_m = nearness.lateral_m / 2
    low[:3], high[:3] = np.minimum(places, ends).T - pad_m, np.maximum(places, ends).T + pad_m
    rise_m = climbs * nearness.ahead_s
    low[3] = lows_m + np.minimum(rise_m, 0.0) - nearness.vertical_m / 2
    high[3] = highs_m + np.maximum(rise_m, 0.0) + nearness.vertical_m / 2
    heights = np.stack(
        (
            picture.datums[rows].astype(np.float64),
            picture.values_m[rows],
            (lows_m + highs_m) / 2,
            (highs_m - lows_m) / 2,
            climbs,
        )
    )
    # The axis in which they are spread most parts most of them.
    widest = int(np.argmax(np.ptp(places, axis=0))) if len(rows) else 0
    order = np.argsort(low[widest], kind="stable")
    axes = [widest, *(axis for axis in range(4) if axis != widest)]
    return Motion(
        rows[order],
        np.ascontiguousarray(low[axes][:, order]),
        np.ascontiguousarray(high[axes][:, order]),
        np.ascontiguousarray(places[order].T),
        np.ascontiguousarray(speeds[order].T),
        np.ascontiguousarray(heights[:, order]),
    )


def _plain(motion: Motion, nearness: Nearness) -> tuple[Any, ...]:
    """The pairs of places in a motion, with their times and distances, by numpy."""
    count = len(motion.rows)
    ends = np.searchsorted(motion.low[0], motion.high[0], side="right")
    partners = np.maximum(ends - np.arange(count) - 1, 0)
    before = np.concatenate(([0], np.cumsum(partners)))
    found = [_judge(motion, nearness, np.empty(0, np.int64), np.empty(0, np.int64))]
    start = 0
    while start < count:
        until = int(np.searchsorted(before, before[start] + PAIRS_AT_ONCE, side="right")) - 1
        until = max(until, start + 1)
        counts = partners[start:until]
        ones = np.repeat(np.arange(start, until), counts)
        steps = np.arange(len(ones)) - np.repeat(before[start:until] - before[start], counts)
        others = ones + 1 + steps
        for low, high in zip(motion.low[1:], motion.high[1:], strict=True):
            meets = (low[ones] <= high[others]) & (low[others] <= high[ones])
            ones, others = ones[meets], others[meets]
        found.append(_judge(motion, nearness, ones, others))
        start = until
    return tuple(np.concatenate(columns) for columns in zip(*found, strict=True))


def _judge(motion: Motion, nearness: Nearness, ones: Rows, others: Rows) -> tuple[Any, ...]:
    """Those of these pairs that lose their separation; see `Approaches`."""
    apart = motion.places[:, others] - motion.places[:, ones]
    drift = motion.speeds[:, others] - motion.speeds[:, ones]
    squared = (drift * drift).sum(axis=0)
    along = (apart * drift).sum(axis=0)
    excess = (apart * apart).sum(axis=0) - nearness.lateral_m**2
    moves = squared > 1e-6
    safe = np.where(moves, squared, 1.0)
    root = along * along - safe * excess
    reach = np.sqrt(np.maximum(root, 0.0))
    enters = np.where(moves, (-along - reach) / safe, np.where(excess <= 0, 0.0, np.inf))
    leaves = np.where(moves, (-along + reach) / safe, np.inf)
    enters[moves & (root < 0)] = np.inf
    gap, slack, climb = _heights(motion.heights, ones, others)
    sinks, rises = _within(gap, climb, nearness.vertical_m + slack)
    start = np.maximum(np.maximum(enters, sinks), 0.0)
    end = np.minimum(np.minimum(leaves, rises), nearness.ahead_s)
    keep = start <= end
    ones, others, start, end = ones[keep], others[keep], start[keep], end[keep]
    nearest = np.clip((-along / safe)[keep], start, end)
    at = apart[:, keep] + drift[:, keep] * nearest
    vertical = np.maximum(np.abs(gap[keep] + climb[keep] * nearest) - slack[keep], 0.0)
    return ones, others, start, nearest, np.sqrt((at * at).sum(axis=0)), vertical


def _heights(heights: Floats, ones: Rows, others: Rows) -> tuple[Floats, Floats, Floats]:
    """Of each pair the gap in height, by how much it is uncertain, and how it changes."""
    datum, value, middle, half, climb = heights
    is_same = (datum[ones] == datum[others]) & (datum[ones] != 0)
    gap = np.where(is_same, value[others] - value[ones], middle[others] - middle[ones])
    slack = np.where(is_same, 0.0, half[others] + half[ones])
    return gap, slack, climb[others] - climb[ones]


def _within(gap: Floats, climb: Floats, limit: Floats) -> tuple[Floats, Floats]:
    """From when until when a gap that changes evenly is at most the limit."""
    moves = np.abs(climb) > 1e-6
    safe = np.where(moves, climb, 1.0)
    one, other = (-limit - gap) / safe, (limit - gap) / safe
    is_near = np.abs(gap) <= limit
    begins = np.where(moves, np.minimum(one, other), np.where(is_near, -np.inf, np.inf))
    ends = np.where(moves, np.maximum(one, other), np.inf)
    return begins, ends
