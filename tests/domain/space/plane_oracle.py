"""An oracle of the conflict rule: many points, PROJ, and a plane centred at the contact.

It shares nothing with the product but the meaning of a volume. Edges are great
circles between normals, walked in steps. Where two edges may come nearest, their
points are drawn on an azimuthal equidistant plane of the ellipsoid, centred midway
between them: azimuth and length of PROJ's geodesic from the centre. In this plane
GEOS takes the nearest points; the stretch looked at is narrowed round them and the
plane is centred anew, until a step is so short that nothing hides between two points.
The distance is the geodesic of PROJ between the last two. Pairs are worked on all
at once, for one call of PROJ costs as much as a hundred points.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely

from openline.domain.space.volume import Shape, Volume

_GEOD = pyproj.Geod(ellps="WGS84")
_COARSE, _STEPS = 16, 12
_STRETCH_M = 3_000
_RADIUS_M_MIN, _RADIUS_M_MAX = 6_335_000.0, 6_400_000.0


@dataclass
class _Stretches:
    """One pair of edges in each row: ends of both, and the shares of them looked at."""

    pair: np.ndarray
    ends: list[np.ndarray]
    low: list[np.ndarray]
    high: list[np.ndarray]
    at: list[np.ndarray]
    metres: np.ndarray

    def kept(self, mask: np.ndarray) -> "_Stretches":
        parts = [[side[mask] for side in part] for part in (self.ends, self.low, self.high)]
        at = [side[mask] for side in self.at]
        return _Stretches(self.pair[mask], *parts, at, self.metres[mask])


def cores_apart_m(pairs: Sequence[tuple[Volume, Volume]]) -> np.ndarray:
    """The distance between the cores of each pair, in metres; 0 where they meet."""
    found = _coarse(pairs)
    while True:
        wide = np.maximum(*(_width_m(found, side) for side in (0, 1)))
        if (wide < _STRETCH_M).all():
            break
        _narrow(found)
        best = np.full(len(pairs), np.inf)
        np.minimum.at(best, found.pair, found.metres)
        slack = sum(_width_m(found, side) for side in (0, 1)) / 2
        found = found.kept(found.metres - slack <= best[found.pair])
    # The first look may have been the only one, in a plane centred where points were guessed.
    for _ in range(2):
        _narrow(found)
    order = np.lexsort((found.metres, found.pair))
    _, first = np.unique(found.pair[order], return_index=True)
    best = found.kept(order[first])
    return np.where(_is_within(pairs, best), 0.0, best.metres)


def edges_of(volume: Volume) -> np.ndarray:
    """The great circles of the core: start and end of each, as normals."""
    units = units_of(volume.vertices)
    if volume.shape is Shape.CIRCLE:
        return np.stack((units, units), axis=1)
    if volume.shape is Shape.CORRIDOR:
        return np.stack((units[:-1], units[1:]), axis=1)
    return np.stack((units, np.roll(units, -1, axis=0)), axis=1)


def units_of(positions) -> np.ndarray:
    """The normals of the ellipsoid at positions of 1e-7 degree."""
    lat, lon = np.radians(np.array(positions, dtype=float) / 1e7).T
    return np.stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)), axis=1)


def in_plane(centres: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Where normals (n, k, 3) show in the planes centred at (n, 3): x east, y north."""
    lat, lon = _degrees(units)
    centre_lat, centre_lon = (part[:, None] for part in _degrees(centres))
    centre_lat, centre_lon = (
        np.broadcast_to(part, lat.shape).ravel() for part in (centre_lat, centre_lon)
    )
    azimuth, _, metres = _GEOD.inv(centre_lon, centre_lat, lon.ravel(), lat.ravel())
    turn = np.radians(azimuth).reshape(lat.shape)
    metres = np.asarray(metres).reshape(lat.shape)
    return np.stack((metres * np.sin(turn), metres * np.cos(turn)), axis=2)


def along(ends: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Points (n, k, 3) of great circles (n, 2, 3) at shares (n, k) of their angle."""
    start, end = ends[:, 0], ends[:, 1]
    sine = np.linalg.norm(np.cross(start, end), axis=1)
    angle = np.arctan2(sine, (start * end).sum(axis=1))[:, None]
    safe = np.where(angle > 1e-12, angle, 1.0)
    first = np.where(angle > 1e-12, np.sin((1 - shares) * angle) / np.sin(safe), 1 - shares)
    second = np.where(angle > 1e-12, np.sin(shares * angle) / np.sin(safe), shares)
    return first[..., None] * start[:, None] + second[..., None] * end[:, None]


def _coarse(pairs) -> _Stretches:
    """Those pairs of edges that may come nearest, by points in wide steps."""
    shares = np.linspace(0, 1, _COARSE + 1)
    cores: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
    for volume in (volume for pair in pairs for volume in pair):
        if id(volume) not in cores:
            ends = edges_of(volume)
            # A point has no steps.
            steps = shares[:1] if volume.shape is Shape.CIRCLE else shares
            points = along(ends, np.broadcast_to(steps, (len(ends), len(steps))))
            angles = np.arctan2(
                np.linalg.norm(np.cross(ends[:, 0], ends[:, 1]), axis=1),
                (ends[:, 0] * ends[:, 1]).sum(axis=1),
            )
            cores[id(volume)] = ends, points, angles / _COARSE
    rows: list[list[np.ndarray]] = [[], [], [], [], [], []]
    for number, (a, b) in enumerate(pairs):
        (ends_a, points_a, step_a), (ends_b, points_b, step_b) = cores[id(a)], cores[id(b)]
        cosines = points_a.reshape(-1, 3) @ points_b.reshape(-1, 3).T
        shape = (*points_a.shape[:2], *points_b.shape[:2])
        cells = cosines.reshape(shape).transpose(0, 2, 1, 3)
        angle = np.arccos(np.clip(cells.max(axis=(2, 3)), -1, 1)) + 1e-8
        step = (step_a[:, None] + step_b[None]) / 2
        first, second = np.nonzero((angle - step) * _RADIUS_M_MIN <= angle.min() * _RADIUS_M_MAX)
        # Two edges may come near at both their ends: every place that is nearer than its
        # neighbours is looked at.
        kept, row, column = _peaks(cells[first, second])
        first, second = first[kept], second[kept]
        rows[0].append(np.full(len(first), number))
        rows[1].append(ends_a[first])
        rows[2].append(ends_b[second])
        rows[3].append(row / _COARSE)
        rows[4].append(column / _COARSE)
        # On the sphere of normals the nearest place may be as far aside as the ellipsoid is flat.
        far = np.maximum(step_a[first], step_b[second]) * 1.5 + angle.min() * 0.005
        rows[5].append(far * _RADIUS_M_MAX)
    pair, ends_a, ends_b, at_a, at_b, far_m = (np.concatenate(part) for part in rows)
    found = _Stretches(pair, [ends_a, ends_b], [], [], [at_a, at_b], np.full(len(pair), np.inf))
    _look_round(found, far_m)
    return found


def _look_round(found: _Stretches, reach_m: np.ndarray) -> None:
    """Look from now on so far to either side of the present points.

    As far on both edges: where the point of one goes, that of the other follows.
    """
    found.low, found.high = [], []
    for ends, at in zip(found.ends, found.at, strict=True):
        length_m = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) * _RADIUS_M_MIN
        reach = reach_m / np.maximum(length_m, 1e-3)
        found.low.append(np.maximum(at - reach, 0))
        found.high.append(np.minimum(at + reach, 1))


def _peaks(grids: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Grid, row and column of what is as great as its eight neighbours, in each grid."""
    count, rows, columns = grids.shape
    framed = np.full((count, rows + 2, columns + 2), -np.inf)
    framed[:, 1:-1, 1:-1] = grids
    across = np.maximum(np.maximum(framed[:, :, :-2], framed[:, :, 2:]), framed[:, :, 1:-1])
    highest = np.maximum(np.maximum(across[:, :-2], across[:, 2:]), across[:, 1:-1])
    return np.nonzero(grids >= highest)


def _width_m(found: _Stretches, side: int) -> np.ndarray:
    chords = np.linalg.norm(found.ends[side][:, 1] - found.ends[side][:, 0], axis=1)
    return chords * (found.high[side] - found.low[side]) * _RADIUS_M_MAX


def _middle(found: _Stretches) -> np.ndarray:
    here = [along(found.ends[side], found.at[side][:, None])[:, 0] for side in (0, 1)]
    total = here[0] + here[1]
    return total / np.linalg.norm(total, axis=1)[:, None]


def _narrow(found: _Stretches) -> None:
    """Find the nearest points of each pair of stretches; look closer round them."""
    centres = _middle(found)
    width_m = np.maximum(_width_m(found, 0), _width_m(found, 1))
    steps = np.linspace(0, 1, _STEPS + 1)[None]
    shares, lines, flat = [], [], []
    for side in (0, 1):
        low, high = found.low[side][:, None], found.high[side][:, None]
        shares.append(low + (high - low) * steps)
        flat.append(in_plane(centres, along(found.ends[side], shares[side])))
        lines.append(shapely.linestrings(flat[side]))
    feet = shapely.get_coordinates(shapely.shortest_line(*lines)).reshape(-1, 2, 2)
    for side in (0, 1):
        spans = np.linalg.norm(np.diff(flat[side], axis=1), axis=2)
        ends = np.cumsum(spans, axis=1)
        reached = shapely.line_locate_point(lines[side], shapely.points(feet[:, side]))
        step = np.minimum((ends <= reached[:, None]).sum(axis=1), _STEPS - 1)
        row = np.arange(len(step))
        span = np.maximum(spans[row, step], 1e-9)
        part = np.clip(1 - (ends[row, step] - reached) / span, 0, 1)
        start, stop = shares[side][row, step], shares[side][row, step + 1]
        found.at[side] = start + (stop - start) * part
    _look_round(found, 3 * width_m / _STEPS)
    (lat_a, lon_a), (lat_b, lon_b) = (
        _degrees(along(found.ends[side], found.at[side][:, None])[:, 0]) for side in (0, 1)
    )
    metres = np.asarray(_GEOD.inv(lon_a, lat_a, lon_b, lat_b)[2])
    found.metres = np.where(shapely.intersects(*lines), 0.0, metres)


def _is_within(pairs, best: _Stretches) -> np.ndarray:
    """Whether one core holds the other, by the nearest points of their boundaries."""
    centres = _middle(best)
    held = np.zeros(len(pairs), dtype=bool)
    for side in (0, 1):
        for number, pair in enumerate(pairs):
            if pair[side].shape is Shape.POLYGON:
                ends = edges_of(pair[side])
                # Fine round the contact, where the great circle bends in this plane.
                shares = np.broadcast_to(
                    np.linspace(0, 1, _COARSE, endpoint=False), (len(ends), 16)
                )
                ring = in_plane(centres[number][None], along(ends, shares).reshape(1, -1, 3))[0]
                other = along(
                    best.ends[1 - side][number : number + 1],
                    best.at[1 - side][number : number + 1, None],
                )
                point = in_plane(centres[number][None], other)[0, 0]
                held[number] |= bool(shapely.contains_xy(shapely.polygons(ring), *point))
    return held


def _degrees(units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x, y, z = np.moveaxis(units, -1, 0)
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))
