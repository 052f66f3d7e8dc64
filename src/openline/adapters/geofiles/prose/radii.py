"""Radii beside positions: before (`WI 5NM OF ...`) or behind (`... RADIUS 5NM`)."""

import re
from typing import Final

from openline.adapters.geofiles.prose.lengths import LENGTH

_RADIUS = r"(?:RADIUS|RADII|RADI|RAD|RDS|RAYON|RADIO|RAGGIO|RAIO|R(?=[ =:]?[0-9])|РАДИУС[А-Я]*)"
_WITHIN = r"(?:WITHIN|WI|W/I|W/IN|INSIDE|IN|CIRCLE|CERCLE|CIRCULO|UMKREIS|ПРЕДЕЛАХ|РАДИУСЕ)"
OF = r"(?:(?: ?[=:] ?| (?:OF|DE|IS|VON|OF A|OF THE|A|THE|AN) ?| ?-? ?))"
_BEFORE = re.compile(
    rf"{_RADIUS}{OF}(?P<one>{LENGTH})|(?P<two>{LENGTH})[ -]*(?:DE |OF )?{_RADIUS}(?![A-Z])"
    rf"|(?<![A-Z]){_WITHIN}{OF}(?P<three>{LENGTH})"
    rf"|(?P<four>{LENGTH}) *(?:OF|FROM|AROUND|ARND|ABOUT|UM|DE|ОТ|ВОКРУГ)(?![A-ZА-Я])"
)
_TAIL_CHARS: Final = 120
"""How far before a position its radius may stand."""

RADIUS_BEHIND = re.compile(
    r"[\s,()./-]{0,40}(?:WITH|WI|WITHIN|HAVING|AND|CON|AVEC|С)?[\s,]{0,8}(?:A |THE )?"
    r"(?:CIRCLE )?(?:OF )?"
    rf"(?:{_RADIUS}{OF}(?P<one>{LENGTH})|(?P<two>{LENGTH})[ -]*{_RADIUS}(?![A-Z]))"
)


def radius_before(text: str, start: int, end: int) -> re.Match[str] | None:
    """The radius nearest before a place, in the same sentence; None if there is none.

    Args:
        text: Of a passage.
        start: Where to look from.
        end: The place.
    """
    found = list(_BEFORE.finditer(text, max(start, end - 2 * _TAIL_CHARS), end))
    if not found or end - found[-1].end() > _TAIL_CHARS:
        return None
    nearest = found[-1]
    return None if re.search(r"\. ", text[nearest.end() : end]) else nearest
