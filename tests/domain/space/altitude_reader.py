"""A second reader of the rule of altitude: from the page alone, and not from the code.

What another program would do that follows `docs/spec/altitude.md`: binary floating
point for the one power there is, whole numbers for all else, lists and no numpy.
Only the packed text of the geoid is shared.
"""

import base64
import zlib
from itertools import pairwise

from openline.domain.space import geoid_egm96

NO_BOUND = 1_000_000_000
AMSL, AGL, FLIGHT_LEVEL, WGS84 = 1, 2, 3, 4


def pressure_height_dm(hpa: int) -> float:
    """Section 2: the height of a pressure, by the power function of this machine."""
    return (1 - (hpa / 1013.25) ** 0.190263) * 2881.5 / 0.0065


def floor_dm(hpa: int) -> int:
    """Section 2: H of a whole hectopascal."""
    return int(pressure_height_dm(hpa) // 1)


def level_range(number: int, air: list[int]) -> list[int]:
    """Section 2: from lowest to highest."""
    qnh_min, qnh_max, kelvins = air
    top = max(288_150_000 - 198_120 * number, 216_650_000)
    above, below = 3_048 * number * kelvins * 2_000_000, 10 * (288_150_000 + top)
    spread = -(-above // below)
    low = 3_048 * number // 10 - (floor_dm(qnh_min) + 1) - spread
    return [low, -(-3_048 * number // 10) - floor_dm(qnh_max) + spread]


def amsl_range(bound: list[int], air: list[int], undulation: list[int]) -> list[int]:
    """Section 1: from lowest to highest above mean sea level."""
    datum, value = bound
    if datum == AMSL:
        return [value, value]
    if datum == AGL:
        return [value - 4_500, NO_BOUND]
    if datum == WGS84:
        return [value - undulation[1], value - undulation[0]]
    return level_range(value, air)


def gap(vector: dict) -> int:
    """Section 1: the gap of two bands."""
    (a, b), air = (vector["a"], vector["b"]), vector["atmosphere"]
    first, second = vector["undulations_dm"]
    return max(
        _rise(a[1], first, b[0], second, air),
        _rise(b[1], second, a[0], first, air),
    )


def _rise(upper: list | None, where_upper: list, lower: list | None, where_lower: list, air: list):
    if upper is None or lower is None:
        return -NO_BOUND
    if upper[0] == lower[0]:
        steps = lower[1] - upper[1]
        return steps * 3_048 // 10 if upper[0] == FLIGHT_LEVEL else steps
    return amsl_range(lower, air, where_lower)[0] - amsl_range(upper, air, where_upper)[1]


def grid() -> list[list[int]]:
    """Section 3: 181 rows of 360 nodes."""
    numbers, number, shift = [], 0, 0
    for byte in zlib.decompress(base64.b64decode(geoid_egm96.PACKED)):
        number += (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(-(number + 1) // 2 if number % 2 else number // 2)
            number = shift = 0
    rows = [[0] * 360]
    for at in range(0, len(numbers), 360):
        step, row = 0, []
        for column in range(360):
            step += numbers[at + column]
            row.append(rows[-1][column] + step)
        rows.append(row)
    return rows[1:]


def undulation(nodes: list[list[int]], box: list[int]) -> list[int]:
    """Section 3: the range in a box."""
    south, north, west, east = box
    if east < west:
        east += 3_600_000_000
    rows = range((900_000_000 - north) // 10**7, min((900_000_000 - south) // 10**7 + 1, 180) + 1)
    columns = {at % 360 for at in range(west // 10**7, min(east // 10**7, west // 10**7 + 400) + 2)}
    held = [nodes[row][column] for row in rows for column in columns]
    return [max(min(held) - 100, -1_070), min(max(held) + 100, 860)]


def box(volume: dict) -> list[int]:
    """Section 4: the box of a volume."""
    places, radius = volume["vertices"], volume["radius_m"]
    ring = [*places, places[0]] if volume["shape"] == 3 else places
    steps = []
    for (_, start), (_, end) in pairwise(ring):
        step = end - start
        step += 3_600_000_000 if step < -1_800_000_000 else 0
        step -= 3_600_000_000 if step >= 1_800_000_000 else 0
        steps.append(step)
    longest = max([abs(step) for step in steps] or [0])
    is_round = longest > 600_000_000 or (volume["shape"] == 3 and sum(steps) != 0)
    pad = 91 * radius + (0 if is_round else longest**2 // 8_000_000_000 + 1)
    south = max(min(lat for lat, _ in places) - pad, -900_000_000)
    north = min(max(lat for lat, _ in places) + pad, 900_000_000)
    steepest = max(-south, north)
    if is_round or steepest > 890_000_000:
        if north == steepest:
            return [south, 900_000_000, -1_800_000_000, 1_800_000_000]
        return [-900_000_000, north, -1_800_000_000, 1_800_000_000]
    at = [places[0][1]]
    for step in steps:
        at.append(at[-1] + step)
    wide = 91 * radius * 900_000_000 // (900_000_000 - steepest) + 1
    return [south, north, min(at) - wide, max(at) + wide]
