"""Doubts that no single row shows: positions swapped, and one thing given twice.

Latitude and longitude in the wrong order give a valid area somewhere else; only the
area of the agreement tells. Nothing is refused here and nothing turned round: an
officer is told, with the distance.
"""

from collections.abc import Sequence
from dataclasses import replace

from openline.adapters.geofiles.activity import ReadActivity
from openline.adapters.geofiles.remarks import Remark
from openline.domain.space.conflict import distance_to_core_m
from openline.domain.space.extent import centre_of
from openline.domain.space.geodesy import LAT_E7_MAX, Position, format_position
from openline.domain.space.volume import Shape, Volume

FAR_M = 100_000
"""Outside the area of the agreement by more: nothing that the line is about is planned there."""

Area = Sequence[Sequence[Position]]


def volume_doubt(volume: Volume, area: Area) -> str:
    """What is doubtful about where a volume lies; empty if nothing is.

    Args:
        volume: A volume that can be.
        area: The rings of the agreement's area; empty where it is not bounded.
    """
    if not area:
        return ""
    centre = centre_of(volume)
    away_m = distance_to_area_m(centre, area)
    if away_m - volume.radius_m <= FAR_M:
        return ""
    told = (
        f"Its middle, {format_position(centre)}, lies {away_m / 1_000:,.0f} km outside the area "
        "of the agreement"
    )
    swapped = (centre[1], centre[0])
    if abs(swapped[0]) > LAT_E7_MAX or distance_to_area_m(swapped, area) > 0:
        return f"{told}."
    return (
        f"{told}, and with latitude and longitude swapped ({format_position(swapped)}) inside it: "
        "look whether they are in the wrong order."
    )


def distance_to_area_m(position: Position, area: Area) -> float:
    """How far a position lies outside the nearest ring of an area; 0 inside one.

    Args:
        position: The position.
        area: At least one ring.
    """
    return min(
        distance_to_core_m(position, Volume(Shape.POLYGON, tuple(ring), 0, None, None, 0, 1))
        for ring in area
    )


def with_doubts(activities: Sequence[ReadActivity], area: Area = ()) -> list[ReadActivity]:
    """The activities of a file with remarks on their place and on what is twice there.

    Args:
        activities: In the order of the file.
        area: The rings of the agreement's area; empty where it is not bounded.
    """
    first_at: dict[tuple[object, ...], int] = {}
    return [
        _with_doubts(activity, _place_doubts(activity, area), _twice(activity, at, first_at))
        for at, activity in enumerate(activities, start=1)
    ]


def _with_doubts(activity: ReadActivity, *found: Sequence[Remark]) -> ReadActivity:
    doubts = [remark for remarks in found for remark in remarks]
    return replace(activity, remarks=(*activity.remarks, *doubts)) if doubts else activity


def _place_doubts(activity: ReadActivity, area: Area) -> list[Remark]:
    places = {(one.shape, one.vertices, one.radius_m): one for one in activity.volumes}
    said = dict.fromkeys(volume_doubt(volume, area) for volume in places.values())
    return [Remark(activity.row, "geometry", what) for what in said if what]


def _twice(
    activity: ReadActivity, number: int, first_at: dict[tuple[object, ...], int]
) -> list[Remark]:
    """Remarks on volumes that an earlier activity of the file has already."""
    earlier: dict[int, int] = {}
    for volume in activity.volumes:
        at = first_at.setdefault(_identity(volume), number)
        if at != number:
            earlier[at] = earlier.get(at, 0) + 1
    return [
        Remark(
            activity.row,
            "geometry",
            f"{count} of its {len(activity.volumes)} volumes {'is' if count == 1 else 'are'} given "
            f"already by number {at} of the file: the same area, band and window.",
        )
        for at, count in earlier.items()
    ]


def _identity(volume: Volume) -> tuple[object, ...]:
    """What makes two volumes the same: a ring may begin anywhere and run either way."""
    vertices = volume.vertices
    if volume.shape is not Shape.CIRCLE:
        ways = [vertices, vertices[::-1]]
        if volume.shape is Shape.POLYGON:
            ways = [way[way.index(min(way)) :] + way[: way.index(min(way))] for way in ways]
        vertices = min(ways)
    return (
        volume.shape, vertices, volume.radius_m, volume.lower, volume.upper,
        volume.valid_from, volume.valid_until,
    )  # fmt: skip
