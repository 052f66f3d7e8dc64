"""The compiled path to closest approaches: `track_approach`, pair by pair.

Used where numba is installed, once it has been compiled (`index.fast`). Functions here
are written for the compiler: loops over numbers, no objects.
"""

import math
from typing import Any

import numba
import numpy as np

_entry: Any = numba.njit(nogil=True, error_model="numpy")


@_entry
def approaches(low, high, places, speeds, heights, lateral_m, vertical_m, ahead_s):
    """Pairs with their times and distances, as `track_approach` names them."""
    count = low.shape[1]
    room = 1_024
    firsts, seconds = np.empty(room, np.int64), np.empty(room, np.int64)
    numbers = np.empty((room, 4))
    found = 0
    for one in range(count):
        edge = high[0, one]
        for other in range(one + 1, count):
            if low[0, other] > edge:
                break
            if (
                low[1, other] > high[1, one]
                or low[1, one] > high[1, other]
                or low[2, other] > high[2, one]
                or low[2, one] > high[2, other]
                or low[3, other] > high[3, one]
                or low[3, one] > high[3, other]
            ):
                continue
            start, nearest, nearest_m, gap_m = _judge(
                places, speeds, heights, one, other, lateral_m, vertical_m, ahead_s
            )
            if start < 0.0:
                continue
            if found == room:
                room *= 2
                firsts, seconds = _longer(firsts), _longer(seconds)
                wider = np.empty((room, 4))
                wider[:found] = numbers
                numbers = wider
            firsts[found], seconds[found] = one, other
            numbers[found, 0], numbers[found, 1] = start, nearest
            numbers[found, 2], numbers[found, 3] = nearest_m, gap_m
            found += 1
    return (
        firsts[:found],
        seconds[:found],
        numbers[:found, 0].copy(),
        numbers[:found, 1].copy(),
        numbers[:found, 2].copy(),
        numbers[:found, 3].copy(),
    )


@_entry
def _longer(array):
    longer = np.empty(2 * len(array), array.dtype)
    longer[: len(array)] = array
    return longer


@_entry
def _judge(places, speeds, heights, one, other, lateral_m, vertical_m, ahead_s):
    """When a pair loses its separation, when and how near it is nearest; -1 if never."""
    x = places[0, other] - places[0, one]
    y = places[1, other] - places[1, one]
    z = places[2, other] - places[2, one]
    u = speeds[0, other] - speeds[0, one]
    v = speeds[1, other] - speeds[1, one]
    w = speeds[2, other] - speeds[2, one]
    squared = u * u + v * v + w * w
    along = x * u + y * v + z * w
    excess = x * x + y * y + z * z - lateral_m * lateral_m
    never = (-1.0, 0.0, 0.0, 0.0)
    if squared > 1e-6:
        root = along * along - squared * excess
        if root < 0:
            return never
        reach = math.sqrt(root)
        start, end = (-along - reach) / squared, (-along + reach) / squared
        nearest = -along / squared
    elif excess <= 0:
        start, end, nearest = 0.0, np.inf, 0.0
    else:
        return never
    if heights[0, one] == heights[0, other] and heights[0, one] != 0:
        gap, slack = heights[1, other] - heights[1, one], 0.0
    else:
        gap, slack = heights[2, other] - heights[2, one], heights[3, other] + heights[3, one]
    climb = heights[4, other] - heights[4, one]
    limit = vertical_m + slack
    if abs(climb) > 1e-6:
        begins, ends = (-limit - gap) / climb, (limit - gap) / climb
        start, end = max(start, min(begins, ends)), min(end, max(begins, ends))
    elif abs(gap) > limit:
        return never
    start, end = max(start, 0.0), min(end, ahead_s)
    if start > end:
        return never
    nearest = min(max(nearest, start), end)
    x, y, z = x + u * nearest, y + v * nearest, z + w * nearest
    vertical = max(abs(gap + climb * nearest) - slack, 0.0)
    return start, nearest, math.sqrt(x * x + y * y + z * z), vertical
