"""Skies: tracks for tests, by numbers or by chance from a seed."""

import random
from collections.abc import Iterable
from typing import Any

from openline.domain.space.altitude import Datum
from openline.domain.space.geodesy import Position
from openline.domain.space.sighting import Affiliation, Sighting
from openline.domain.space.track_picture import Picture, picture_of
from openline.domain.space.track_store import TrackStore

NOW = 1_800_000_000_000


def sighting(name: str, lat_deg: float, lon_deg: float, **said: Any) -> Sighting:
    """An aircraft at a place: east at 200 m/s at FL300 unless told otherwise."""
    known = {
        "feed": "radar",
        "at": NOW,
        "altitude_m": 9_144.0,
        "datum": Datum.FLIGHT_LEVEL,
        "course_deg": 90.0,
        "speed_mps": 200.0,
        "affiliation": Affiliation.OTHER_PARTY,
    }
    return Sighting(address=f"icao:{name}", lat_deg=lat_deg, lon_deg=lon_deg, **(known | said))


def sky(sightings: Iterable[Sighting], now: int = NOW) -> Picture:
    """The picture of what was sighted."""
    store = TrackStore()
    for one in sightings:
        store.take(one, max(now, one.at))
    return picture_of(store, now)


def busy_sky(count: int, seed: int, middle: tuple[float, float] = (35.0, 40.0)) -> Picture:
    """So many aircraft by chance, within three degrees of a place."""
    chance = random.Random(seed)
    return sky(
        sighting(
            f"{number:06x}",
            middle[0] + chance.uniform(-3, 3),
            (middle[1] + chance.uniform(-3, 3) + 180) % 360 - 180,
            altitude_m=chance.choice((None, *(chance.uniform(0, 12_000) for _ in range(9)))),
            datum=chance.choice((Datum.FLIGHT_LEVEL, Datum.FLIGHT_LEVEL, Datum.AMSL, Datum.WGS84)),
            course_deg=chance.uniform(0, 360),
            speed_mps=chance.choice((0.0, chance.uniform(50, 300))),
            climb_mps=chance.choice((None, 0.0, chance.uniform(-20, 20))),
            accuracy_m=chance.choice((None, chance.uniform(0, 500))),
            affiliation=chance.choice(list(Affiliation)),
        )
        for number in range(count)
    )


def e7(lat_deg: float, lon_deg: float) -> Position:
    """A position of the rule."""
    return round(lat_deg * 1e7), round(lon_deg * 1e7)
