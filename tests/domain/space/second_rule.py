"""A second implementation of the conflict rule, from docs/spec/conflict.md alone.

Plain Python numbers, one function for each thing the page names, no library of
geometry. It is slow, and only asked in tests: where it and the product differ, one of
them or the page is wrong.
"""

import math
from fractions import Fraction
from itertools import pairwise

from openline.domain.space.volume import Shape, Volume

A = 6_378_137.0
F = 1 / 298.257223563
E2 = F * (2 - F)
R0 = A * (1 - E2)
TOUCH_M = 0.02
SAMPLES_MAX = 1_024
FAR = math.cos(math.radians(80))
WITHIN, MARGINAL, TOUCH, BEYOND = range(4)
VERDICTS = ("CONFLICT", "MARGINAL", "TOUCH", "CLEAR")


def judge(a: Volume, b: Volume, lateral_m: int, vertical_dm: int, time_ms: int) -> dict:
    """The finding of section 7; `closest` is a normal, or None where cores meet."""
    area, separation_m, closest, excess_m, margin_m = area_state(a, b, lateral_m)
    rise_dm = max(rise(a.upper, b.lower), rise(b.upper, a.lower))
    pause_ms = max(a.valid_from - b.valid_until, b.valid_from - a.valid_until)
    states = (area, gap_state(rise_dm, vertical_dm), gap_state(pause_ms, time_ms))
    start = max(a.valid_from, b.valid_from)
    return {
        "verdict": VERDICTS[max(states)],
        "separation_m": separation_m,
        "vertical_gap_dm": max(rise_dm, 0),
        "time_gap_ms": max(pause_ms, 0),
        "overlap": [start, max(start, min(a.valid_until, b.valid_until))],
        "closest": closest,
        "excess_m": excess_m,
        "margin_m": margin_m,
    }


def gap_state(gap: int, minimum: int) -> int:
    if gap < minimum or gap < 0:
        return WITHIN
    return TOUCH if gap == minimum == 0 else BEYOND


def rise(upper, lower) -> int:
    """How far a lower bound is above an upper one of the same datum."""
    if upper is None or lower is None:
        return -1_000_000_000
    assert upper.datum == lower.datum
    steps = lower.value - upper.value
    return 3048 * steps // 10 if upper.datum == 3 else steps


# --- section 1 -----------------------------------------------------------------------------------


def normals(volume: Volume):
    found = []
    for lat_e7, lon_e7 in volume.vertices:
        lat, lon = math.radians(lat_e7 / 1e7), math.radians(lon_e7 / 1e7)
        found.append((math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)))
    return found


def edges(shape: Shape, points):
    if shape is Shape.CIRCLE:
        return [(points[0], points[0])]
    pairs = list(pairwise(points))
    return pairs if shape is Shape.CORRIDOR else [*pairs, (points[-1], points[0])]


# --- section 2 -----------------------------------------------------------------------------------


def dot(a, b) -> float:
    return sum(one * other for one, other in zip(a, b, strict=True))


def unit(a):
    length = math.sqrt(dot(a, a))
    return tuple(part / length for part in a)


def box(volume: Volume):
    points = normals(volume)
    low = [min(point[axis] for point in points) for axis in range(3)]
    high = [max(point[axis] for point in points) for axis in range(3)]
    if volume.shape is not Shape.CIRCLE:
        chord = max(math.dist(*edge) for edge in edges(volume.shape, points))
        bulge = 1 - math.sqrt(max(0.0, 1 - chord * chord / 4))
        low, high = [part - bulge for part in low], [part + bulge for part in high]
    if volume.shape is Shape.POLYGON:
        middle = unit([sum(point[axis] for point in points) for axis in range(3)])
        least = min(dot(middle, point) for point in points)
        for axis in range(3):
            high[axis] = 1.0 if middle[axis] >= least else high[axis]
            low[axis] = -1.0 if -middle[axis] >= least else low[axis]
    wide = volume.radius_m / R0
    return [part - wide for part in low], [part + wide for part in high]


class Plane:
    """A gnomonic plane at a normal."""

    def __init__(self, centre) -> None:
        x, y, z = centre
        self.centre = centre
        rho = math.hypot(x, y)
        self.east = (-y / rho, x / rho, 0.0) if rho > 1e-12 else (0.0, 1.0, 0.0)
        ex, ey, _ = self.east
        self.north = (-z * ey, z * ex, x * ey - y * ex)
        k = 1 - E2 * z * z
        self.across_m = A / math.sqrt(k)
        self.along_m = self.across_m * (1 - E2) / k

    def show(self, point):
        away = dot(point, self.centre)
        return (
            self.across_m * dot(point, self.east) / away,
            self.along_m * dot(point, self.north) / away,
        )


def plane_of(a: Volume, b: Volume):
    (low_a, high_a), (low_b, high_b) = box(a), box(b)
    total = [max(low_a[axis], low_b[axis]) + min(high_a[axis], high_b[axis]) for axis in range(3)]
    if math.sqrt(dot(total, total)) < 1e-9:
        return None
    centre = unit(total)
    if any(dot(point, centre) < FAR for volume in (a, b) for point in normals(volume)):
        return None
    return Plane(centre)


def side(p, q, r) -> int:
    """On which side of the line from p to q the point r lies: exactly."""
    value = (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
    size = abs(q[0] - p[0]) * abs(r[1] - p[1]) + abs(q[1] - p[1]) * abs(r[0] - p[0])
    if abs(value) <= 1e-12 * size:
        px, py, qx, qy, rx, ry = (Fraction(part) for part in (*p, *q, *r))
        value = (qx - px) * (ry - py) - (qy - py) * (rx - px)
    return (value > 0) - (value < 0)


def is_between(p, q, r) -> bool:
    """Whether r, which is on the line, lies from p to q."""
    return all(min(p[i], q[i]) <= r[i] <= max(p[i], q[i]) for i in (0, 1))


def do_cross(p, q, r, s) -> bool:
    """Whether two segments have a point in common."""
    sides = side(p, q, r), side(p, q, s), side(r, s, p), side(r, s, q)
    if sides[0] * sides[1] < 0 and sides[2] * sides[3] < 0:
        return True
    ends = ((p, q, r), (p, q, s), (r, s, p), (r, s, q))
    return any(turn == 0 and is_between(*end) for turn, end in zip(sides, ends, strict=True))


def holds(ring, point) -> bool:
    """Whether a ring holds a point; one on the boundary it does not."""
    inside = False
    for p, q in zip(ring, [*ring[1:], ring[0]], strict=True):
        if side(p, q, point) == 0 and is_between(p, q, point):
            return False
        if (p[1] > point[1]) != (q[1] > point[1]):
            upward = q[1] > p[1]
            if (side(p, q, point) > 0) == upward:
                inside = not inside
    return inside


def do_meet(a: Volume, b: Volume, shown_a, shown_b) -> bool:
    for p, q in edges(a.shape, shown_a):
        if any(do_cross(p, q, r, s) for r, s in edges(b.shape, shown_b)):
            return True
    return (a.shape is Shape.POLYGON and holds(shown_a, shown_b[0])) or (
        b.shape is Shape.POLYGON and holds(shown_b, shown_a[0])
    )


# --- sections 3 and 4 ----------------------------------------------------------------------------


def foot(plane: Plane, a, b):
    """East, north and away of the foot on an edge, as the centre of the plane sees it."""
    if dot(a, plane.centre) < FAR or dot(b, plane.centre) < FAR:
        nearer = max(a, b, key=lambda end: dot(end, plane.centre))
        return tuple(dot(nearer, axis) for axis in (plane.east, plane.north, plane.centre))
    p, q = plane.show(a), plane.show(b)
    run, climb = q[0] - p[0], q[1] - p[1]
    squared = run * run + climb * climb
    t = 0.0
    if squared > 0:
        t = min(max(-(p[0] * run + p[1] * climb) / squared, 0.0), 1.0)
    return (p[0] + t * run) / plane.across_m, (p[1] + t * climb) / plane.along_m, 1.0


def length_m(vertex, east: float, north: float, away: float) -> float:
    h = math.hypot(east, north)
    if h == 0:
        return 0.0
    theta = math.atan2(h, away)
    rho = math.hypot(vertex[0], vertex[1])
    g, r = rho * east / h, rho * north / h

    def radius(turn: float) -> float:
        zeta = vertex[2] * math.cos(turn) + r * math.sin(turn)
        k = 1 - E2 * zeta * zeta
        q = (1 - E2) / k
        return A * math.sqrt((q * q + E2 * g * g * (1 + q) / k) / k)

    return theta / 6 * (radius(0) + 4 * radius(theta / 2) + radius(theta))


def nearest(a: Volume, b: Volume):
    """The distance, the normal it begins at on a, the one it ends at on b."""
    best = None
    for one, other, is_turned in ((a, b, False), (b, a, True)):
        for vertex in normals(one):
            plane = Plane(vertex)
            for edge in edges(other.shape, normals(other)):
                east, north, away = foot(plane, *edge)
                metres = round(length_m(vertex, east, north, away), 3)
                if best is None or metres < best[0]:
                    end = unit(
                        [
                            east * plane.east[axis]
                            + north * plane.north[axis]
                            + away * vertex[axis]
                            for axis in range(3)
                        ]
                    )
                    best = (metres, end, vertex) if is_turned else (metres, vertex, end)
    return max(best[0], 0.001), best[1], best[2]


# --- section 5 -----------------------------------------------------------------------------------


def margin(point) -> float:
    return 1 + 0.0001 * math.hypot(*point)


def area_state(a: Volume, b: Volume, lateral_m: int):
    """State, separation, closest, excess and margin; the last two None where not asked for."""
    plane = plane_of(a, b)
    if plane is None:
        return BEYOND, math.inf, None, None, None
    shown_a = [plane.show(point) for point in normals(a)]
    shown_b = [plane.show(point) for point in normals(b)]
    limit_m = a.radius_m + b.radius_m + lateral_m
    if do_meet(a, b, shown_a, shown_b):
        if limit_m > 0 or a.shape is not Shape.POLYGON or b.shape is not Shape.POLYGON:
            return WITHIN, 0.0, None, None, None
        states = depth_state(shown_a, shown_b), depth_state(shown_b, shown_a)
        return min(states), 0.0, None, None, None
    between_m, start, end = nearest(a, b)
    separation_m = max(0.0, round(between_m - a.radius_m - b.radius_m, 3))
    share = min(max((a.radius_m + between_m - b.radius_m) / (2 * between_m), 0.0), 1.0)
    closest = on_the_way(start, end, share)
    excess_m, margin_m = round(between_m - limit_m, 3), margin(plane.show(closest))
    if lateral_m == 0 and abs(excess_m) <= TOUCH_M:
        state = TOUCH
    elif abs(excess_m) <= margin_m:
        state = MARGINAL
    else:
        state = WITHIN if excess_m < 0 else BEYOND
    return state, separation_m, closest, excess_m, margin_m


def on_the_way(start, end, share: float):
    chord = math.dist(start, end)
    if chord < 1e-9:
        return start
    theta = 2 * math.asin(min(1.0, chord / 2))
    first, second = math.sin((1 - share) * theta), math.sin(share * theta)
    return unit([first * one + second * other for one, other in zip(start, end, strict=True)])


def depth_state(ring, other) -> int:
    """How deep the first ring goes into the second."""
    inner = inner_points(ring)
    state = state_of_points(inner + ring, other)
    if state == WITHIN:
        return state
    middles = pieces(ring, other)
    if middles is None:
        return WITHIN
    if not inner:
        state = min(state, MARGINAL)
    return min(state, state_of_points(middles, other))


def inner_points(ring):
    found = []
    area = sum(p[0] * q[1] - p[1] * q[0] for p, q in edges(Shape.POLYGON, ring))
    sense = 1 if area > 0 else -1
    for p, q in edges(Shape.POLYGON, ring):
        length = math.dist(p, q)
        middle = (p[0] + q[0]) / 2, (p[1] + q[1]) / 2
        far = sense * 2 * margin(middle) / length
        point = middle[0] - (q[1] - p[1]) * far, middle[1] + (q[0] - p[0]) * far
        if holds(ring, point):
            found.append(point)
    return found


def state_of_points(points, ring) -> int:
    state = TOUCH
    for point in points:
        if holds(ring, point):
            depth_m = min(apart(point, p, q) for p, q in edges(Shape.POLYGON, ring))
            if depth_m > margin(point):
                return WITHIN
            if depth_m > TOUCH_M:
                state = MARGINAL
    return state


def apart(point, p, q) -> float:
    run, climb = q[0] - p[0], q[1] - p[1]
    t = ((point[0] - p[0]) * run + (point[1] - p[1]) * climb) / (run * run + climb * climb)
    t = min(max(t, 0.0), 1.0)
    return math.hypot(point[0] - p[0] - t * run, point[1] - p[1] - t * climb)


def pieces(ring, other):
    cuts = []
    count = len(ring)
    for p, q in edges(Shape.POLYGON, ring):
        here = []
        for r, s in edges(Shape.POLYGON, other):
            run, climb = q[0] - p[0], q[1] - p[1]
            other_run, other_climb = s[0] - r[0], s[1] - r[1]
            across = run * other_climb - climb * other_run
            if across == 0:
                continue
            along = ((r[0] - p[0]) * other_climb - (r[1] - p[1]) * other_run) / across
            beside = ((r[0] - p[0]) * climb - (r[1] - p[1]) * run) / across
            if 0 < along < 1 and -1e-9 <= beside <= 1 + 1e-9:
                here.append(along)
        count += len(here)
        cuts.append((p, q, [0.0, *sorted(here), 1.0]))
    if count > SAMPLES_MAX:
        return None
    return [
        (p[0] + (one + two) / 2 * (q[0] - p[0]), p[1] + (one + two) / 2 * (q[1] - p[1]))
        for p, q, shares in cuts
        for one, two in pairwise(shares)
    ]
