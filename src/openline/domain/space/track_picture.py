"""The picture: all tracks at one instant as arrays, for questions to all of them.

Each track stands where it would be now if it went on as it was last seen, for a
minute at most. What is lost or has no place is not in it. A picture does not change
and may be looked at in another thread; lengths are metres, speeds metres a second.
"""

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from openline.domain.instant import MINUTE_MS, SECOND_MS
from openline.domain.space.altitude import (
    ALTITUDE_DM_MAX,
    ALTITUDE_DM_MIN,
    ANY_WEATHER,
    FLIGHT_LEVEL_MAX,
    GROUND_DM_MIN,
    UNBOUNDED_DM,
    Altitude,
    Atmosphere,
    Datum,
    amsl_range_dm,
)
from openline.domain.space.geodesy import (
    AXIS_M,
    ECCENTRICITY_SQUARED,
    Floats,
    Position,
    plane_at,
)
from openline.domain.space.geoid import undulation_range_dm
from openline.domain.space.index import Table
from openline.domain.space.index.table import NO_BOUND, NUMBER
from openline.domain.space.sighting import Affiliation
from openline.domain.space.track import Medium, Track, TrackState
from openline.domain.space.volume import Shape, core_of

CARRIED_ON_MS: Final = MINUTE_MS
"""So long at most a track is taken to go on as it was last seen."""

UNKNOWN, OWN, OTHER_PARTY, THIRD_PARTY = range(4)
"""Whose a track is, as numbers of a picture."""

_SIDES: Final = {
    Affiliation.UNKNOWN: UNKNOWN,
    Affiliation.OWN: OWN,
    Affiliation.OTHER_PARTY: OTHER_PARTY,
    Affiliation.THIRD_PARTY: THIRD_PARTY,
}

NOT_ASSESSED: Final[Mapping[str, Affiliation]] = {}
"""Nobody assessed a track."""

MEAN_RADIUS_M: Final = 6_371_009.0
"""Of the earth as a ball: for angles along a course, which need no more."""

MEDIA: Final = tuple(Medium)
"""In what a track moves, by its number in a picture."""

_SURFACE: Final = [MEDIA.index(Medium.GROUND), MEDIA.index(Medium.SEA)]

_LEVEL_M: Final = 30.48
_STANDS_MPS: Final = 0.5
_ACCURACY_M_MAX: Final = 50_000.0
_COSINE_MIN: Final = 0.05
"""Places nearly a right angle from the middle of a ring show in no plane, and lie in none."""

_NO_HEIGHT_M: Final = 100_000.0

NEVER: Final = NO_BOUND
"""Stands in place of a datum where no height is known."""

Rows = NDArray[np.int64]


class Picture(NamedTuple):
    """All tracks that are not lost, at one instant; one row of each array for each.

    Attributes:
        at: The instant.
        ids: Their ids.
        sides: Whose each is, as it was assessed, or else as it is claimed.
        media: In what each moves, as places in `MEDIA`.
        is_surface: Whether it is on the ground or at sea.
        is_live: Whether it was seen lately, rather than carried on.
        units: The unit normals where they are.
        places: The same places on the ellipsoid, metres from its middle.
        speeds: How they move over the ground: three parts.
        headings: The same as unit vectors; nought for what stands.
        speeds_mps: How fast, in one number.
        datums: What heights are counted from; `NEVER` where none is known.
        values_m: The heights, each above its own datum.
        lows_m: How low above the sea each may be.
        highs_m: How high above the sea each may be.
        climbs_mps: How fast they rise.
        accuracies_m: How far each may be from its place; 0 where nobody says.
    """

    at: int
    ids: list[str]
    sides: NDArray[np.int8]
    media: NDArray[np.int8]
    is_surface: NDArray[np.bool_]
    is_live: NDArray[np.bool_]
    units: Floats
    places: Floats
    speeds: Floats
    headings: Floats
    speeds_mps: Floats
    datums: NDArray[np.int8]
    values_m: Floats
    lows_m: Floats
    highs_m: Floats
    climbs_mps: Floats
    accuracies_m: Floats

    def __len__(self) -> int:
        """How many tracks there are, not how many arrays."""
        return len(self.ids)


def picture_of(
    tracks: Iterable[Track],
    now: int,
    atmosphere: Atmosphere = ANY_WEATHER,
    assessed: Mapping[str, Affiliation] = NOT_ASSESSED,
) -> Picture:
    """The picture of these tracks at an instant.

    Args:
        tracks: All that are known; what is lost is left out.
        now: The instant.
        atmosphere: Agreed bounds of the weather, for heights by pressure.
        assessed: By id, whose a track is in place of what its sources claim.
    """
    seen = [
        track for track in tracks if track.has_position and track.state(now) is not TrackState.LOST
    ]
    sides = [_SIDES[assessed.get(track.id, track.affiliation)] for track in seen]
    rows = [_row(track, side, now, atmosphere) for track, side in zip(seen, sides, strict=True)]
    columns = np.array(rows, np.float64).reshape(-1, 13).T
    lat_deg, lon_deg, course_deg, speed_mps, gone_s = columns[:5]
    units, headings = _moved(lat_deg, lon_deg, course_deg, speed_mps * gone_s)
    moves = speed_mps > _STANDS_MPS
    headings[~moves] = 0.0
    climb_mps = columns[9]
    risen_m = climb_mps * gone_s
    return Picture(
        now,
        [track.id for track in seen],
        columns[11].astype(np.int8),
        columns[12].astype(np.int8),
        np.isin(columns[12], _SURFACE),
        gone_s * SECOND_MS < np.array([track.ages.live_ms for track in seen], np.float64),
        units,
        _on_ellipsoid(units),
        headings * speed_mps[:, None],
        headings,
        np.where(moves, speed_mps, 0.0),
        columns[5].astype(np.int8),
        columns[6] + risen_m,
        columns[7] + risen_m,
        columns[8] + risen_m,
        climb_mps,
        columns[10],
    )


def paths_of(picture: Picture, ahead_s: float, atmosphere: Atmosphere = ANY_WEATHER) -> Table:
    """Where each track may be until an instant ahead, as volumes of the rule.

    What moves has a corridor along its great circle, what stands a circle. The radius is
    the accuracy, the band what it passes through, rounded outward; without a height it
    has no bounds.

    Args:
        picture: The tracks; a row of the table for each, in their order.
        ahead_s: How far ahead, in seconds; 0 for where each is.
        atmosphere: As in `picture_of`.
    """
    count = len(picture)
    moves = (picture.speeds_mps > 0.0) & (ahead_s > 0)
    angles = picture.speeds_mps * ahead_s / MEAN_RADIUS_M
    ends = picture.units * np.cos(angles)[:, None] + picture.headings * np.sin(angles)[:, None]
    facts = np.zeros((count, NUMBER + 1), np.int32)
    counts = np.where(moves, 2, 1)
    facts[:, 0] = np.where(moves, int(Shape.CORRIDOR), int(Shape.CIRCLE))
    facts[:, 1] = np.cumsum(counts) - counts
    facts[:, 2] = counts
    facts[:, 3] = np.maximum(1, np.ceil(picture.accuracies_m)).astype(np.int32)
    rise_m = picture.climbs_mps * ahead_s
    lower_m, upper_m = np.minimum(rise_m, 0.0), np.maximum(rise_m, 0.0)
    facts[:, 4:7] = _bounds(picture, picture.lows_m, lower_m, np.floor, -UNBOUNDED_DM)
    facts[:, 7:10] = _bounds(picture, picture.highs_m, upper_m, np.ceil, UNBOUNDED_DM)
    windows = np.empty((count, 2), np.int64)
    windows[:, 0] = picture.at
    windows[:, 1] = picture.at + max(SECOND_MS, round(ahead_s * SECOND_MS))
    positions = np.empty((int(counts.sum()), 2), np.int32)
    positions[facts[:, 1]] = _positions(picture.units)
    positions[facts[moves, 1] + 1] = _positions(ends[moves])
    return Table(facts, windows, positions)


def are_within(units: Floats, ring: tuple[Position, ...]) -> NDArray[np.bool_]:
    """Which places lie within a ring of great circles.

    Args:
        units: Their normals.
        ring: Vertices in order, at least three, within `CORE_REACH_DEG_MAX` of their middle.
    """
    core = core_of(Shape.POLYGON, ring)
    plane = plane_at(core.middle)
    found = np.zeros(len(units), np.bool_)
    (seen,) = np.nonzero(units @ core.middle > _COSINE_MIN)
    points = plane.points(units[seen])
    found[seen] = shapely.contains_xy(
        shapely.polygons(plane.points(core.units)), points[:, 0], points[:, 1]
    )
    return found


def _row(track: Track, side: int, now: int, atmosphere: Atmosphere) -> tuple[float, ...]:
    """One track as thirteen numbers; heights in metres."""
    is_surface = track.medium in (Medium.GROUND, Medium.SEA)
    speed_mps = 0.0 if track.course_deg is None else track.speed_mps or 0.0
    gone_s = min(max(0, now - track.position_at), CARRIED_ON_MS) / SECOND_MS
    datum, value_m, low_m, high_m = _height(track, atmosphere)
    return (
        track.lat_deg,
        track.lon_deg,
        track.course_deg or 0.0,
        speed_mps,
        gone_s,
        datum,
        value_m,
        low_m,
        high_m,
        0.0 if track.climb_mps is None or is_surface else track.climb_mps,
        min(track.accuracy_m or 0.0, _ACCURACY_M_MAX),
        side,
        MEDIA.index(track.medium),
    )


def _height(track: Track, atmosphere: Atmosphere) -> tuple[int, float, float, float]:
    """Datum and height of a track, and how low and how high above the sea it is."""
    height_m, datum = track.altitude_m, track.datum
    if height_m is None or datum is None:
        if track.medium in (Medium.GROUND, Medium.SEA):
            return int(Datum.AGL), 0.0, GROUND_DM_MIN / 10, _NO_HEIGHT_M
        return NEVER, 0.0, -_NO_HEIGHT_M, _NO_HEIGHT_M
    if datum is Datum.FLIGHT_LEVEL:
        level = min(max(height_m / _LEVEL_M, 0.0), float(FLIGHT_LEVEL_MAX))
        low_dm = amsl_range_dm(Altitude(datum, math.floor(level)), atmosphere)[0]
        high_dm = amsl_range_dm(Altitude(datum, math.ceil(level)), atmosphere)[1]
        return int(datum), height_m, low_dm / 10, high_dm / 10
    if datum is Datum.AGL:
        return int(datum), height_m, height_m + GROUND_DM_MIN / 10, _NO_HEIGHT_M
    if datum is Datum.WGS84:
        low_dm, high_dm = _undulation(math.floor(track.lat_deg), math.floor(track.lon_deg))
        return int(datum), height_m, height_m - high_dm / 10, height_m - low_dm / 10
    return int(datum), height_m, height_m, height_m


@lru_cache(maxsize=4_096)
def _undulation(south_deg: int, west_deg: int) -> tuple[int, int]:
    """Least and greatest undulation in one cell of a degree, decimetres."""
    south_e7, west_e7 = min(south_deg, 89) * 10_000_000, west_deg * 10_000_000
    return undulation_range_dm(south_e7, south_e7 + 10_000_000, west_e7, west_e7 + 10_000_000)


def _moved(
    lat_deg: Floats, lon_deg: Floats, course_deg: Floats, gone_m: Floats
) -> tuple[Floats, Floats]:
    """Normals of places that moved along great circles, and headings there."""
    lat, lon, course = np.radians(lat_deg), np.radians(lon_deg), np.radians(course_deg)
    sin_lat, cos_lat, sin_lon, cos_lon = np.sin(lat), np.cos(lat), np.sin(lon), np.cos(lon)
    units = np.stack((cos_lat * cos_lon, cos_lat * sin_lon, sin_lat), axis=1)
    east = np.stack((-sin_lon, cos_lon, np.zeros_like(lon)), axis=1)
    north = np.stack((-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat), axis=1)
    headings = east * np.sin(course)[:, None] + north * np.cos(course)[:, None]
    angles = (gone_m / MEAN_RADIUS_M)[:, None]
    cosines, sines = np.cos(angles), np.sin(angles)
    return units * cosines + headings * sines, headings * cosines - units * sines


def _on_ellipsoid(units: Floats) -> Floats:
    """The places on the ellipsoid that have these normals, metres from its middle."""
    radii = AXIS_M / np.sqrt(1 - ECCENTRICITY_SQUARED * units[:, 2] ** 2)
    places = units * radii[:, None]
    places[:, 2] *= 1 - ECCENTRICITY_SQUARED
    return np.asarray(places)


def _positions(units: Floats) -> NDArray[np.int32]:
    """Latitude and longitude in 1e-7 degree of unit normals."""
    lat = np.degrees(np.arctan2(units[:, 2], np.hypot(units[:, 0], units[:, 1])))
    lon = np.degrees(np.arctan2(units[:, 1], units[:, 0]))
    return np.asarray(np.rint(np.stack((lat, lon), axis=1) * 1e7).astype(np.int32))


def _bounds(
    picture: Picture, outermost_m: Floats, rise_m: Floats, rounded: np.ufunc, unbounded_dm: int
) -> NDArray[np.int32]:
    """Datum, value and outermost height of one bound of each band."""
    is_level = picture.datums == Datum.FLIGHT_LEVEL
    unit_m = np.where(is_level, _LEVEL_M, 0.1)
    most = np.where(is_level, FLIGHT_LEVEL_MAX, ALTITUDE_DM_MAX)
    least = np.where(is_level, 0, ALTITUDE_DM_MIN)
    values = np.clip(rounded((picture.values_m + rise_m) / unit_m), least, most)
    outermost_dm = rounded((outermost_m + rise_m) * 10)
    no_bound = picture.datums == NEVER
    is_open = np.abs(outermost_m) >= _NO_HEIGHT_M / 2
    bounds = np.stack(
        (picture.datums, values, np.where(is_open, unbounded_dm, outermost_dm)), axis=1
    )
    bounds[no_bound] = (NO_BOUND, 0, unbounded_dm)
    return bounds.astype(np.int32)
