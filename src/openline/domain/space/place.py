"""Place: where a notice is, in words, and whether the words and the map agree.

At Deir ez-Zor in 2016 the place that was passed on was three to nine kilometres
off. So whoever issues a notice also writes its place in words, relative to a
reference point that both parties share, and the words are compared with the
geometry before release. Understood are

    6 km south-west of Deir ez-Zor airfield
    12 NM bearing 225 from Palmyra
    at Shayrat Air Base

and the like in Russian and Arabic, with any decimal digits. The tolerance is
1 km or a tenth of the stated distance, whichever is more, and for a direction in
words half of its sector besides. A circle is measured by its centre, a corridor
by its line, a polygon by its area.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from openline.domain.errors import OurError
from openline.domain.limits import LABEL_CHARS_MAX, PLACE_DISTANCE_M_MAX
from openline.domain.space import compass
from openline.domain.space.conflict import distance_to_core_m
from openline.domain.space.extent import box_of, centre_of
from openline.domain.space.geodesy import (
    Position,
    azimuth_deg,
    destination,
    distance_m,
    format_position,
    middle_of,
    normals,
)
from openline.domain.space.volume import Volume

TOLERANCE_M = 1_000
TOLERANCE_SHARE = 0.1

_AT_M = 500
"""Nearer than this a place is "at" its reference point."""

_ROUND_M = 10
_ROUND_E7 = 100
"""Digests are rounded to 10 m and 1e-5 degree, so that two machines agree on them."""

_TEMPLATES = {
    "en": ("{distance} km {wind} of {title}", "at {title}"),
    "ru": ("{distance} км к {wind} от точки «{title}»", "в точке «{title}»"),
    "ar": ("{distance} كم {wind} {title}", "عند {title}"),
}

_EXAMPLES = (
    'Write for instance "6 km south-west of NAME", "12 NM bearing 225 from NAME" or "at NAME"'
)


class ReferencePointLike(Protocol):
    """What a reference point of the Understanding looks like from here."""

    @property
    def name(self) -> str:
        """Its name in messages."""

    @property
    def titles(self) -> tuple[tuple[str, str], ...]:
        """What it is called, by language."""

    @property
    def lat_e7(self) -> int:
        """Latitude in 1e-7 degree."""

    @property
    def lon_e7(self) -> int:
        """Longitude in 1e-7 degree."""


class PlaceIsNotUnderstood(OurError):
    """A place in words has no meaning here."""


class PlaceDoesNotMatch(OurError):
    """The words and the volumes of a notice are in different places.

    Attributes:
        position: Where the words put it.
        off_m: How far from there the nearest core is.
        tolerance_m: How far it might have been.
        words: Words that would have been right.
    """

    def __init__(self, stated: "StatedPlace", off_m: float, words: str) -> None:
        super().__init__(
            f'The words "{stated.words}" say {format_position(stated.position)}, but the volumes '
            f"are {off_m / 1000:.1f} km from there; {stated.tolerance_m / 1000:.1f} km is allowed.",
            f'Correct the volumes, or the words if the volumes are right: "{words}".',
        )
        self.position = stated.position
        self.off_m = off_m
        self.tolerance_m = stated.tolerance_m
        self.words = words


@dataclass(frozen=True, slots=True)
class StatedPlace:
    """A place in words, understood.

    Attributes:
        words: As they were written.
        reference: Name of the reference point.
        title: What the reference point is called in the language of the words.
        language: `en`, `ru` or `ar`.
        origin: Where the reference point is.
        distance_m: The stated distance from it; 0 if the place is "at" it.
        bearing_deg: The stated direction, clockwise from true north.
        half_sector_deg: How far the true direction may be off; 0 for a bearing in
            degrees.
    """

    words: str
    reference: str
    title: str
    language: str
    origin: Position
    distance_m: float
    bearing_deg: float
    half_sector_deg: float

    @property
    def position(self) -> Position:
        """Where the words put it."""
        if self.distance_m == 0:
            return self.origin
        return destination(self.origin, self.bearing_deg, self.distance_m)

    @property
    def tolerance_m(self) -> float:
        """How far from there a volume may be."""
        spread_m = self.distance_m * math.sin(math.radians(self.half_sector_deg))
        return max(TOLERANCE_M, TOLERANCE_SHARE * self.distance_m) + spread_m


@dataclass(frozen=True, slots=True)
class _Offset:
    """Distance and direction, and the words that are left after them."""

    distance_m: float
    bearing_deg: float
    half_sector_deg: float
    rest: list[str]


def parse_place(words: str, references: Sequence[ReferencePointLike]) -> StatedPlace:
    """What a place in words means.

    Args:
        words: A distance, a direction and a reference point; or "at" one. The name
            may stand in any language in which the Understanding gives it.
        references: The reference points that both parties share.

    Raises:
        PlaceIsNotUnderstood: The words follow no such form, the number is unclear,
            or they name no reference point, or more than one.
    """
    if len(words) > LABEL_CHARS_MAX:
        raise PlaceIsNotUnderstood(f"A place in words has at most {LABEL_CHARS_MAX} characters.")
    plain = compass.plain_words(words)
    _refuse_ambiguous(words, plain)
    plain = [word for word in plain if word not in compass.FILLERS]
    offsets = list(_offsets(plain))
    called = [(point, _names_of(point)) for point in references]
    for offset in offsets:
        found = _named(offset.rest, called)
        if len(found) == 1:
            language = _language(words)
            return StatedPlace(
                words,
                found[0].name,
                dict(found[0].titles).get(language, found[0].name),
                language,
                (found[0].lat_e7, found[0].lon_e7),
                offset.distance_m,
                offset.bearing_deg,
                offset.half_sector_deg,
            )
        if found:
            names = ", ".join(point.name for point in found)
            raise PlaceIsNotUnderstood(
                f'The words "{words}" may mean any of {names}.', "Use the name of one of them."
            )
    raise _not_understood(words, offsets, references)


def check_place(stated: StatedPlace, volumes: Sequence[Volume]) -> None:
    """Confirm that the words say where the volumes are.

    Raises:
        PlaceDoesNotMatch: The nearest core is further from the stated position than
            the tolerance.
    """
    assert volumes, "a place in words is compared with at least one volume"
    off_m = min(distance_to_core_m(stated.position, volume) for volume in volumes)
    if off_m > stated.tolerance_m:
        middle = _middle(volumes)
        words = _words(stated.origin, stated.title, middle, stated.language)
        raise PlaceDoesNotMatch(stated, off_m, words)


def describe_place(
    volumes: Sequence[Volume], references: Sequence[ReferencePointLike], language: str
) -> str:
    """Where the volumes are, in words that `check_place` accepts for them.

    Args:
        volumes: At least one.
        references: The nearest of them is named; without any, degrees are given.
        language: `en`, `ru` or `ar`; English stands in for any other.
    """
    middle = _middle(volumes)
    if not references:
        return format_position(middle)
    point = _nearest(middle, references)
    title = dict(point.titles).get(language, point.name)
    return _words((point.lat_e7, point.lon_e7), title, middle, language)


@dataclass(frozen=True, slots=True)
class VolumeDigest:
    """What a machine reads back of a volume: few numbers that a mistake would change.

    Attributes:
        centre: The middle of the core, a position inside it.
        south_west: The corner of a box that holds the volume, radius included.
        north_east: The opposite corner; west of the other across the antimeridian.
        reference: Name of the nearest reference point; empty if there is none.
        distance_m: From the reference point to the centre.
        bearing_deg: In that direction, whole degrees, 0 to 359.
    """

    centre: Position
    south_west: Position
    north_east: Position
    reference: str
    distance_m: int
    bearing_deg: int


def volume_digest(volume: Volume, references: Sequence[ReferencePointLike]) -> VolumeDigest:
    """The machine's read-back of one volume."""
    centre = _middle((volume,))
    south_west, north_east = box_of(volume)
    name, far_m, bearing = "", 0, 0
    if references:
        point = _nearest(centre, references)
        origin = point.lat_e7, point.lon_e7
        name = point.name
        far_m = round(distance_m(origin, centre) / _ROUND_M) * _ROUND_M
        bearing = round(azimuth_deg(origin, centre)) % 360
    corners = [
        (round(lat / _ROUND_E7) * _ROUND_E7, round(lon / _ROUND_E7) * _ROUND_E7)
        for lat, lon in (centre, south_west, north_east)
    ]
    return VolumeDigest(corners[0], corners[1], corners[2], name, far_m, bearing)


# --- reading -------------------------------------------------------------------------------------


def _refuse_ambiguous(words: str, plain: list[str]) -> None:
    """Refuse what two readers would read in two ways."""
    for place, word in enumerate(plain):
        if not word[0].isdigit():
            continue
        if compass.number_of(word) is None:
            raise PlaceIsNotUnderstood(
                f'The number {word} in "{words}" can be read in two ways.',
                "Write thousands without a sign, and decimals with a point.",
            )
        after = plain[place + 1 :]
        if after and after[0] in compass.BARE_MILES and compass.unit_of(after) is None:
            raise PlaceIsNotUnderstood(
                f'The miles in "{words}" may be statute or nautical.', "Write NM or km."
            )
    if compass.MAGNETIC_WORDS.intersection(plain):
        raise PlaceIsNotUnderstood(
            f'The bearing in "{words}" is magnetic.', "Give it from true north."
        )


def _not_understood(
    words: str, offsets: list[_Offset], references: Sequence[ReferencePointLike]
) -> PlaceIsNotUnderstood:
    """What is wrong with words that name no place: the form, or only the name."""
    known = ", ".join(point.name for point in references[:5])
    if len(references) > 5:
        known += f" and {len(references) - 5} more"
    name = " ".join(offsets[-1].rest)
    if name and (offsets[-1].distance_m or len(offsets) > 1):
        return PlaceIsNotUnderstood(
            f'"{name}" in "{words}" is no shared reference point.',
            f"The Understanding has {known or 'none'}.",
        )
    return PlaceIsNotUnderstood(
        f'The words "{words}" give no distance and direction from a reference point.',
        f"{_EXAMPLES}; the Understanding has {known or 'no reference point'}.",
    )


def _offsets(plain: list[str]) -> Iterable[_Offset]:
    """Every way to read the words as offset and name; the longest direction first."""
    if plain and plain[0] in compass.AT_WORDS:
        yield _Offset(0.0, 0.0, 0.0, plain[1:])
        # In Russian "в" also stands before a distance.
        plain = plain[1:]
    else:
        yield _Offset(0.0, 0.0, 0.0, plain)
    bearing, rest = _bearing(plain)
    far_m, rest = _distance(rest)
    if far_m is None:
        return
    if rest and rest[0] in compass.AT_WORDS:
        rest = rest[1:]
    if bearing is None:
        bearing, rest = _bearing(rest)
    if bearing is not None:
        yield _Offset(far_m, bearing, 0.0, _after_from(rest))
        return
    winds = compass.winds_of(rest)
    for count in range(len(winds), 0, -1):
        if winds[count - 1] >= 0:
            direction = winds[count - 1] * compass.SECTOR_DEG
            yield _Offset(far_m, direction, compass.SECTOR_DEG / 2, _after_from(rest[count:]))


def _distance(plain: list[str]) -> tuple[float | None, list[str]]:
    """The distance in metres that the words begin with, and what is left of them."""
    number = compass.number_of(plain[0]) if plain else None
    unit = compass.unit_of(plain[1:])
    if number is None or unit is None:
        return None, plain
    far_m = number * unit.metres
    if not 0 < far_m <= PLACE_DISTANCE_M_MAX:
        raise PlaceIsNotUnderstood(
            f"A distance of {far_m / 1000:g} km says nothing about a place.",
            f"Use a reference point within {PLACE_DISTANCE_M_MAX // 1000} km.",
        )
    return far_m, plain[1 + unit.word_count :]


def _bearing(plain: list[str]) -> tuple[float | None, list[str]]:
    """The bearing in degrees that the words begin with, and what is left of them."""
    if len(plain) < 2 or plain[0] not in compass.BEARING_WORDS:
        return None, plain
    bearing = compass.number_of(plain[1])
    if bearing is None or bearing > 360:
        raise PlaceIsNotUnderstood(f"The bearing {plain[1]} is not 0 to 360 degrees.")
    return bearing % 360, plain[2:]


def _after_from(plain: list[str]) -> list[str]:
    return plain[1:] if plain and plain[0] in compass.FROM_WORDS else plain


def _names_of(point: ReferencePointLike) -> list[list[str]]:
    """What a reference point is called, in plain words."""
    return [
        [word for word in compass.plain_words(name) if word not in compass.FILLERS]
        for name in (point.name, *dict(point.titles).values())
    ]


def _named(
    plain: list[str], names: list[tuple[ReferencePointLike, list[list[str]]]]
) -> list[ReferencePointLike]:
    """The reference points that these words name: exactly, or else in some case."""
    exact = [point for point, own in names if plain in own]
    return exact or [
        point for point, own in names if any(compass.is_same_name(plain, name) for name in own)
    ]


def _language(words: str) -> str:
    """The language that the letters of the words belong to."""
    for letter in words:
        if "\u0400" <= letter <= "\u04ff":
            return "ru"
        if "\u0600" <= letter <= "\u06ff" and letter.isalpha():
            return "ar"
    return "en"


# --- writing -------------------------------------------------------------------------------------


def _words(origin: Position, title: str, position: Position, language: str) -> str:
    """The position in words relative to one reference point."""
    offset, at = _TEMPLATES.get(language, _TEMPLATES["en"])
    far_m = distance_m(origin, position)
    if far_m < _AT_M:
        return at.format(title=title)
    wind = round(azimuth_deg(origin, position) / compass.SECTOR_DEG) % len(compass.WINDS)
    far_km = far_m / 1000
    distance = f"{far_km:.1f}".removesuffix(".0") if far_km < 10 else f"{far_km:.0f}"
    return offset.format(
        distance=distance,
        wind=compass.wind_words(wind, language if language in _TEMPLATES else "en"),
        title=title,
    )


def _nearest(position: Position, references: Sequence[ReferencePointLike]) -> ReferencePointLike:
    """The reference point nearest to the position; the first of several."""
    units = normals([(point.lat_e7, point.lon_e7) for point in references])
    return references[int((units @ normals([position])[0]).argmax())]


def _middle(volumes: Sequence[Volume]) -> Position:
    """A position in the core of the volume that lies most in the middle of all."""
    centres = [centre_of(volume) for volume in volumes]
    units = normals(centres)
    return centres[int((units @ middle_of(units)).argmax())]
