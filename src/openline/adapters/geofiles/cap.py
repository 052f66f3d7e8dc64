"""A notice as an alert of the Common Alerting Protocol, CAP 1.2 (OASIS).

Each window is an `info` of its own. Circles are kept, other shapes become the polygons round
them. CAP knows heights only in feet above mean sea level: others are widened to them or
left out, and stand in words. Times are UTC, written with `-00:00`.
"""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from openline.adapters.geofiles.edges import along_great_circles
from openline.adapters.geofiles.f3548 import outline_of
from openline.adapters.geofiles.handed_on import HandedFile, HandedOn, by_windows
from openline.domain.instant import HOUR_MS
from openline.domain.line.letters import visible
from openline.domain.space.altitude import UNBOUNDED_DM, Altitude, amsl_range_dm
from openline.domain.space.geodesy import Position
from openline.domain.space.volume import Shape, Volume
from openline.domain.talk.notice import Certainty, Operation, Releasability

_SPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
_TYPES: Final = {Operation.NEW: "Alert", Operation.REPLACE: "Update", Operation.CANCEL: "Cancel"}
_WORDS: Final = str.maketrans({" ": "_", ",": "_", "<": "_", "&": "_"})


def write_cap(told: HandedOn) -> HandedFile:
    """The alert that a notice makes.

    Args:
        told: The notice, with at least one volume.
    """
    losses: list[str] = []
    notice = told.notice
    alert = Element("alert", xmlns=_SPACE)
    _put(alert, "identifier", _identifier(told, notice.version))
    _put(alert, "sender", told.party.translate(_WORDS))
    _put(alert, "sent", _time(told.said_at))
    _put(alert, "status", "Exercise" if notice.exercise else "Actual")
    _put(alert, "msgType", _TYPES[notice.operation])
    is_public = notice.releasability is Releasability.PUBLIC
    _put(alert, "scope", "Public" if is_public else "Restricted")
    if not is_public:
        _put(alert, "restriction", f"{notice.releasability.name}, line {told.line}")
    if notice.version > 1:
        before = _identifier(told, notice.version - 1)
        _put(alert, "references", f"{told.party.translate(_WORDS)},{before},{_time(told.said_at)}")
        losses.append("The reference to the alert before has the time of this one.")
    for areas, windows in by_windows(notice.volumes):
        for window in windows:
            _info(alert, told, areas, window, losses)
    indent(alert)
    text: str = tostring(alert, encoding="unicode")
    return HandedFile(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n', tuple(dict.fromkeys(losses))
    )


def _identifier(told: HandedOn, version: int) -> str:
    return f"{told.line}.{told.party}.{told.notice.notice_id}.v{version}".translate(_WORDS)


def _info(
    alert: Element,
    told: HandedOn,
    areas: Sequence[Volume],
    window: tuple[int, int],
    losses: list[str],
) -> None:
    notice = told.notice
    info = SubElement(alert, "info")
    _put(info, "language", notice.language)
    _put(info, "category", "Safety")
    _put(info, "event", f"{notice.category}, {notice.kind}")
    _put(info, "urgency", _urgency(window[0] - told.said_at))
    _put(info, "severity", "Unknown")
    _put(info, "certainty", "Likely" if notice.certainty is Certainty.FIRM else "Possible")
    _put(info, "onset", _time(window[0]))
    _put(info, "expires", _time(-(-window[1] // 1_000) * 1_000))
    _put(info, "senderName", told.party)
    _put(info, "headline", told.name)
    _put(info, "description", visible(notice.activity) or told.name)
    if notice.contact:
        _put(info, "contact", visible(notice.contact))
    for volume in areas:
        _area(info, visible(notice.place.words), volume, losses)


def _urgency(lead_ms: int) -> str:
    if lead_ms <= 0:
        return "Immediate"
    return "Expected" if lead_ms <= HOUR_MS else "Future"


def _area(info: Element, place: str, volume: Volume, losses: list[str]) -> None:
    area = SubElement(info, "area")
    lower, upper = volume.lower or "the surface", volume.upper or "no ceiling"
    _put(area, "areaDesc", f"{place}; {lower} to {upper}" if place else f"{lower} to {upper}")
    if volume.shape is Shape.CIRCLE:
        lat, lon = volume.vertices[0]
        _put(area, "circle", f"{lat / 1e7:.7f},{lon / 1e7:.7f} {volume.radius_m / 1_000:g}")
    else:
        _put(area, "polygon", _ring(volume, losses))
    floor = _feet(volume.lower, losses, is_lower=True)
    ceiling = _feet(volume.upper, losses, is_lower=False)
    if floor is None and ceiling is None:
        return
    # A ceiling needs an altitude beside it.
    _put(area, "altitude", str(0 if floor is None else floor))
    if ceiling is not None:
        _put(area, "ceiling", str(ceiling))


def _ring(volume: Volume, losses: list[str]) -> str:
    """Latitude and longitude of a closed ring; its edges are straight in degrees."""
    vertices: Sequence[Position] = volume.vertices
    if volume.shape is Shape.CORRIDOR or volume.radius_m:
        losses.append("The outline stands for a corridor, or a polygon that reaches beyond itself.")
        vertices = outline_of(volume)
    dense = along_great_circles(Shape.POLYGON, tuple(vertices))
    return " ".join(f"{lat / 1e7:.7f},{lon / 1e7:.7f}" for lat, lon in (*dense, dense[0]))


def _feet(bound: Altitude | None, losses: list[str], *, is_lower: bool) -> int | None:
    """Feet above mean sea level, outward; None where there is no such bound."""
    if bound is None:
        return None
    lowest, highest = amsl_range_dm(bound)
    if lowest != highest:
        losses.append(f"{bound} is widened to what it may be above mean sea level, or left out.")
    dm = lowest if is_lower else highest
    if abs(dm) >= UNBOUNDED_DM:
        return None
    return (math.floor if is_lower else math.ceil)(round(dm / 3.048, 6))


def _put(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _time(at: int) -> str:
    return datetime.fromtimestamp(at // 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")
