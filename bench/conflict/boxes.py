"""Boxes that hold the volumes of a theatre: degrees, decimetres above the sea, seconds.

What a user of an R-tree would store. The theatre lies far from the poles and the antimeridian, so
that boxes of longitude and latitude serve; elsewhere such a user has more to write.
"""

from dataclasses import dataclass

import numpy as np

from bench.conflict.theatre import BEGINS_AT, MINIMA, NO_BOUND, Floats, Integers, Theatre
from openline.domain.space.altitude import (
    ANY_WEATHER,
    UNBOUNDED_DM,
    Altitude,
    Datum,
    amsl_range_dm,
)
from openline.domain.space.geoid import undulation_of

_DEGREE_M_MIN = 110_500.0
"""The shortest degree of a meridian, and less than any on a parallel by its cosine."""

_MARGIN_M = 50.0
"""What our rule calls marginal reaches a few metres beyond the minimum."""

_TIME_MAX_S = 1e8
"""A permanent volume; three years from the start of the theatre."""

_CODES = 8
"""More than there are datums: a bound as one number."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Least and greatest longitude, latitude, altitude and time; one row for each volume."""

    low: Floats
    high: Floats

    def widened(self) -> "Boxes":
        """The boxes of queries: what lies outside of them is no conflict."""
        lat_deg = (MINIMA.lateral_m + _MARGIN_M) / _DEGREE_M_MIN
        steepest_deg = np.maximum(np.abs(self.low[:, 1]), np.abs(self.high[:, 1])) + lat_deg
        lon_deg = lat_deg / np.cos(np.radians(steepest_deg))
        pad = np.empty_like(self.low)
        pad[:, 0], pad[:, 1] = lon_deg, lat_deg
        pad[:, 2], pad[:, 3] = MINIMA.vertical_dm, MINIMA.time_ms / 1000
        return Boxes(self.low - pad, self.high + pad)


def boxes_of(theatre: Theatre) -> Boxes:
    """The boxes of all volumes."""
    starts = theatre.first[:-1]
    lat, lon = theatre.lat_e7 / 1e7, theatre.lon_e7 / 1e7
    south, north = np.minimum.reduceat(lat, starts), np.maximum.reduceat(lat, starts)
    west, east = np.minimum.reduceat(lon, starts), np.maximum.reduceat(lon, starts)
    # A great circle bulges out of the box of its ends by at most this.
    wide_m = (north - south + east - west) * 111_700
    pad_deg = (theatre.radius_m + wide_m**2 / 8 / 6_335_000 + 1) / _DEGREE_M_MIN
    steepest_deg = np.maximum(np.abs(south), np.abs(north)) + pad_deg
    pad_lon_deg = pad_deg / np.cos(np.radians(steepest_deg))
    lowest_dm, highest_dm = amsl_of(theatre)
    since_s = (theatre.valid_from - BEGINS_AT) / 1000
    until_s = (theatre.valid_until - BEGINS_AT) / 1000
    low = (west - pad_lon_deg, south - pad_deg, lowest_dm, since_s.clip(-_TIME_MAX_S))
    high = (east + pad_lon_deg, north + pad_deg, highest_dm, until_s.clip(max=_TIME_MAX_S))
    return Boxes(np.stack(low, axis=1), np.stack(high, axis=1))


def amsl_of(theatre: Theatre) -> tuple[Integers, Integers]:
    """Where each band may reach above mean sea level, wherever on the globe it is.

    Any weather, as nothing is agreed. Bands whose ranges are apart are apart in truth.
    """
    low = _bounds_dm(theatre.lower_datum, theatre.lower, -UNBOUNDED_DM, 0)
    high = _bounds_dm(theatre.upper_datum, theatre.upper, UNBOUNDED_DM, 1)
    return low, high


def placed_of(theatre: Theatre) -> tuple[Integers, Integers]:
    """The same where the volume is: what decides between two bounds of different datums.

    Only a bound above the ellipsoid has another range there, by the geoid of the place.
    """
    low, high = amsl_of(theatre)
    is_ellipsoid = (theatre.lower_datum == Datum.WGS84) | (theatre.upper_datum == Datum.WGS84)
    rows = np.flatnonzero(is_ellipsoid)
    for row, volume in zip(rows.tolist(), theatre.volumes(rows), strict=True):
        undulation = undulation_of(volume)
        if volume.lower is not None:
            low[row] = amsl_range_dm(volume.lower, ANY_WEATHER, undulation)[0]
        if volume.upper is not None:
            high[row] = amsl_range_dm(volume.upper, ANY_WEATHER, undulation)[1]
    return low, high


def _bounds_dm(datum: Integers, value: Integers, unbounded: int, end: int) -> Integers:
    """One end of the range of every bound; each distinct one is asked for once."""
    distinct, inverse = np.unique(value * _CODES + datum, return_inverse=True)
    found = []
    for packed in distinct.tolist():
        number, code = divmod(packed, _CODES)
        is_bound = code != NO_BOUND
        found.append(amsl_range_dm(Altitude(Datum(code), number))[end] if is_bound else unbounded)
    return np.array(found, dtype=np.int64)[inverse]
