"""Doubts about sites: swapped coordinates, entries given twice, and stale ones.

Lists of places to keep clear of have failed on just these. Nothing is refused or
put right here: an officer is told which entry, and why. Rules:

1. SWAPPED: the point lies far from where the parties have to do with each other,
   and with latitude and longitude exchanged it lies there. Where that is, the
   agreement's area says; without an area its reference points do. A point that is
   as likely either way round cannot be told, and is not.
2. DUPLICATE: two entries of one party lie within `DUPLICATE_M` of each other and
   are called alike in some language: their names have most pairs of letters in
   common, and no two numbers (School 3, School 5). Of each entry at most
   `DUPLICATES_COMPARED_MAX` neighbours are compared.
3. STALE: nobody has looked within `REVALIDATION_MS`, or its validation is over.
"""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np

from openline.domain.instant import format_instant
from openline.domain.limits import DUPLICATES_COMPARED_MAX, DUPLICATES_NAMED_MAX
from openline.domain.line.terms import ReferencePoint
from openline.domain.space.conflict import distance_to_core_m
from openline.domain.space.geodesy import (
    LAT_E7_MAX,
    Floats,
    Position,
    format_position,
    normals,
)
from openline.domain.space.volume import Shape, Volume
from openline.domain.talk.site import REVALIDATION_MS, Site

FAR_M: Final = 50_000
"""Further outside the agreement's area than this no site is expected."""

FAR_FROM_POINTS_M: Final = 100_000
"""Without an area: further from every shared reference point than this."""

NEARER_BY: Final = 3
"""Without an area the exchanged point must be so many times nearer to a reference point."""

DUPLICATE_M: Final = 1_000
"""Two entries nearer than this may be one place: lists round to a minute of arc or to 0.01
degree, which is a kilometre."""

ALIKE: Final = 0.8
"""Names are alike from this share on of pairs of letters in common (Dice)."""

_EARTH_M: Final = 6_335_439.0
"""The least radius of curvature; half a percent more or less does not matter here."""


class Doubt(StrEnum):
    """What is doubtful about an entry."""

    SWAPPED = "SWAPPED"
    DUPLICATE = "DUPLICATE"
    STALE = "STALE"


@dataclass(frozen=True, slots=True)
class SiteDoubt:
    """One doubt about one entry.

    Attributes:
        number: Of the entry among those looked at, from 1.
        doubt: Which.
        what: What is doubtful, in one sentence.
        of: Ids of the other entries, with DUPLICATE.
    """

    number: int
    doubt: Doubt
    what: str
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the parties have to do with each other.

    Attributes:
        area: Rings of the agreement's area; empty where it is not bounded.
        points: Shared reference points, perhaps none.
    """

    area: tuple[tuple[Position, ...], ...] = ()
    points: tuple[ReferencePoint, ...] = ()


def doubts_about(
    sites: Sequence[Site],
    around: Surroundings,
    now: int,
    known: Sequence[Site] = (),
) -> list[SiteDoubt]:
    """The doubts about entries of one party, in their order.

    Args:
        sites: The entries, as they are to be listed.
        around: Where the parties have to do with each other.
        now: The present instant.
        known: What the party has listed before; an entry of the same id is the same.
    """
    twins = duplicates_among(sites, known)
    return [
        doubt
        for number, site in enumerate(sites, start=1)
        for doubt in doubts_of(number, site, around, now, twins.get(number, ()))
    ]


def doubts_of(
    number: int, site: Site, around: Surroundings, now: int, twins: Sequence[str]
) -> list[SiteDoubt]:
    """The doubts about one entry.

    Args:
        number: Of the entry among those looked at, from 1.
        site: It.
        around: Where the parties have to do with each other.
        now: The present instant.
        twins: Ids of the others that it may be given twice with (`duplicates_among`).
    """
    found: list[SiteDoubt] = []
    if what := swapped_doubt(site.position, around):
        found.append(SiteDoubt(number, Doubt.SWAPPED, what))
    if twins:
        names = ", ".join(twins[:DUPLICATES_NAMED_MAX])
        what = f"It lies within {DUPLICATE_M} m of, and is called like, {names}."
        found.append(SiteDoubt(number, Doubt.DUPLICATE, what, tuple(twins)))
    if what := stale_doubt(site, now):
        found.append(SiteDoubt(number, Doubt.STALE, what))
    return found


@lru_cache(maxsize=16_384)
def swapped_doubt(position: Position, around: Surroundings) -> str:
    """Why latitude and longitude may be in the wrong order; empty if nothing says so."""
    swapped = position[1], position[0]
    if abs(swapped[0]) > LAT_E7_MAX or not (around.area or around.points):
        return ""
    away_m, swapped_m = _away_m(position, around), _away_m(swapped, around)
    if around.area:
        is_doubtful = away_m > FAR_M and swapped_m == 0
        where = "the agreement's area"
    else:
        is_doubtful = away_m > FAR_FROM_POINTS_M and swapped_m * NEARER_BY <= away_m
        where = "the nearest shared reference point"
    if not is_doubtful:
        return ""
    return (
        f"Its point {format_position(position)} is {away_m / 1000:,.0f} km from {where}; with "
        f"latitude and longitude exchanged, {format_position(swapped)}, it would be "
        f"{'inside it' if around.area else f'{swapped_m / 1000:,.0f} km'}."
    )


def stale_doubt(site: Site, now: int) -> str:
    """Why an entry is not to be relied on any more; empty if it is."""
    if site.valid_until and site.valid_until <= now:
        return f"It was to be validated anew by {format_instant(site.valid_until)}."
    looked = site.verification
    if looked is not None and now - looked.at > REVALIDATION_MS:
        return f"It was looked at last at {format_instant(looked.at)}, which is too long ago."
    return ""


def _away_m(position: Position, around: Surroundings) -> float:
    """How far a position is from the area, or else from the nearest reference point."""
    if around.area:
        return min(distance_to_core_m(position, _ring(ring)) for ring in around.area)
    # The sphere is near enough for what is ten times nearer one way than the other.
    cosine = float((_units_of(around.points) @ normals([position])[0]).max())
    return math.acos(max(-1.0, min(1.0, cosine))) * _EARTH_M


@lru_cache(maxsize=8)
def _units_of(points: tuple[ReferencePoint, ...]) -> Floats:
    return normals([(one.lat_e7, one.lon_e7) for one in points])


@lru_cache(maxsize=64)
def _ring(ring: tuple[Position, ...]) -> Volume:
    return Volume(Shape.POLYGON, ring, 0, None, None, 0, 1)


def duplicates_among(sites: Sequence[Site], known: Sequence[Site] = ()) -> dict[int, list[str]]:
    """By number of each entry, the ids of earlier ones that may be the same.

    Earlier are those that were listed before, and those that stand before it.
    """
    every = [*known, *sites]
    if not every:
        return {}
    units = normals([site.position for site in every])
    found: dict[int, list[str]] = {}
    for number, site in enumerate(sites, start=1):
        near = (every[at] for at in _near(units, len(known) + number - 1))
        others = [one.site_id for one in near if one.site_id != site.site_id and _alike(one, site)]
        if others:
            found[number] = list(dict.fromkeys(others))
    return found


def _near(units: Floats, at: int) -> Iterator[int]:
    """Which of the points before one lie within `DUPLICATE_M` of it, by their chords."""
    chords = np.linalg.norm(units[:at] - units[at], axis=1)
    near = np.nonzero(chords * _EARTH_M <= DUPLICATE_M)[0]
    yield from (int(other) for other in near[:DUPLICATES_COMPARED_MAX])


def _alike(one: Site, other: Site) -> bool:
    return any(
        a and b and one_number == other_number and 2 * len(a & b) >= ALIKE * (len(a) + len(b))
        for a, one_number in map(_pairs, one.names)
        for b, other_number in map(_pairs, other.names)
    )


@lru_cache(maxsize=16_384)
def _pairs(title: tuple[str, str]) -> tuple[frozenset[str], str]:
    """The pairs of letters of a name, without case and marks; and its digits."""
    letters = unicodedata.normalize("NFKD", title[1].casefold())
    plain = "".join(one if one.isalnum() else " " for one in letters if not _is_mark(one))
    words = [word for word in plain.split() if not word.isdigit()]
    pairs = frozenset(a + b for word in words for a, b in pairwise(f" {word} "))
    return pairs, "".join(one for one in plain if one.isdigit())


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter) == "Mn"
