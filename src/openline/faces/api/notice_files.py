"""The routes about notices as others use them: as a file of areas, and compared.

What is written is what the parties told each other, and nothing that is kept private.
"""

import asyncio
from dataclasses import replace
from typing import Annotated, Any, Final, Literal

from litestar import Response, get
from litestar.datastructures import State
from litestar.params import Parameter, QueryParameter

from openline.adapters.geofiles import ReadActivity, write_activities
from openline.adapters.wording.differences import magnitude_rows
from openline.domain.errors import OurError
from openline.domain.limits import GEOFILE_FEATURES_MAX
from openline.domain.line.letters import visible
from openline.domain.space.volume import Volume, VolumeDoesNotHold, check_volume
from openline.domain.talk.notice import Notice
from openline.engine.notice_view import NoticeRecord, NoticeVersion
from openline.engine.views import View
from openline.faces.api import answers, examples
from openline.faces.api.describe import READING, described
from openline.faces.api.faults import BadRequest, NotFound
from openline.faces.api.node import view_of, wording_for
from openline.faces.api.notice_words import (
    became_wider,
    notice_magnitudes,
    notice_of,
    told_differences,
)
from openline.faces.api.reading import Language, Line, NoticeId

MEDIA_TYPES: Final = {
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
}
"""What each form is called, by its name."""

_NOTICES_AT_A_TIME: Final = 10
"""Notices read between two turns of the loop: from the store, a millisecond or two."""


@get(
    "/lines/{line:str}/notices/export",
    operation_id="exportNotices",
    tags=["notices"],
    summary="The notices as a file of areas",
    media_type=MEDIA_TYPES["geojson"],
    responses=described(
        None,
        "The file: GeoJSON (RFC 7946) or KML 2.2.",
        media_type=MEDIA_TYPES["geojson"],
        faults=(*READING, 409),
    ),
)
async def export_notices(
    state: State,
    line: Line,
    form: Annotated[
        Literal["geojson", "kml"], QueryParameter(name="format", description="geojson or kml.")
    ] = "geojson",
    live: Annotated[
        bool, Parameter(description="Only those that are neither ended nor cancelled.")
    ] = True,
    party: Annotated[str | None, Parameter(description="Only the notices of this party.")] = None,
) -> Response[bytes]:
    """One feature for each area of each notice, of its newest version with areas.

    `openline import` reads the same volumes back. Beside their bounds and window features tell
    `party`, `notice_id`, `version`, `serial`, `state`, `category`, `kind`, `activity`, `place`
    and `exercise`. An area that cannot be is left out. What is kept private is not in it.
    """
    view = view_of(state, line)
    names = view.understanding.names()
    if party is not None and party not in names:
        raise BadRequest(
            f"{visible(party)} is not a party to {line}.",
            f"Name one of {', '.join(names)}.",
            "party",
        )
    told: list[ReadActivity] = []
    count = 0
    for number, entry in enumerate(view.notice_records.listed(live_only=live, after=0), start=1):
        if party is None or entry.party == party:
            told.append(activity_of(view, entry))
            count += len(told[-1].volumes)
        if count > GEOFILE_FEATURES_MAX:
            raise OurError(
                f"These are more than {GEOFILE_FEATURES_MAX:,} areas, and no file holds more.",
                "Ask for the notices of one party with party=, or for the live ones alone.",
            )
        if number % _NOTICES_AT_A_TIME == 0:
            await asyncio.sleep(0)
    # Beside the loop: ten thousand areas take some seconds.
    text = await asyncio.to_thread(_written, told, form)
    name = f"notices-{line}.{form}"
    return Response(
        text.encode(),
        media_type=MEDIA_TYPES[form],
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def activity_of(view: View, entry: NoticeRecord) -> ReadActivity:
    """A notice as a file of areas tells it.

    Args:
        view: Of the line.
        entry: The notice.
    """
    notice = entry.body or with_volumes(view, entry)
    version = entry.versions[-1]
    name = f"{entry.party} {entry.notice_id}"
    if notice is None:
        return ReadActivity(name, ())
    properties = {
        "party": entry.party,
        "notice_id": entry.notice_id,
        "version": str(notice.version),
        "serial": view.serial(entry.party, version.record.index),
        "state": "live" if entry.is_live else "ended",
        "category": notice.category,
        "kind": notice.kind,
        "activity": notice.activity,
        "place": notice.place.words,
        "exercise": "yes" if notice.exercise else "no",
    }
    told = {key: visible(held) for key, held in properties.items()}
    return ReadActivity(name, notice.volumes, told)


def with_volumes(view: View, entry: NoticeRecord) -> Notice | None:
    """The newest version of a notice that has areas; None if none can be read.

    Args:
        view: Of the line.
        entry: The notice.
    """
    for version in reversed(entry.versions):
        notice = notice_of(view, version)
        if notice is not None and notice.volumes:
            return notice
    return None


def _written(told: list[ReadActivity], form: str) -> str:
    """The file, with each area that can be."""
    sound = [replace(one, volumes=tuple(filter(holds, one.volumes))) for one in told]
    return write_activities(sound, form).text


def holds(volume: Volume) -> bool:
    """Whether a volume can be."""
    try:
        check_volume(volume)
    except VolumeDoesNotHold:
        return False
    return True


@get(
    "/lines/{line:str}/notices/{party:str}/{notice_id:str}/differences",
    operation_id="compareVersions",
    tags=["notices"],
    summary="In which fields two versions of a notice differ",
    responses=described(
        answers.VersionDifferences,
        "Where they differ.",
        example=examples.VERSION_DIFFERENCES,
        faults=READING,
    ),
)
async def compare_versions(
    state: State,
    line: Line,
    party: Annotated[str, Parameter(description="Whose notice.")],
    notice_id: NoticeId,
    old: Annotated[
        int | None,
        QueryParameter(
            name="from",
            ge=1,
            description="Number of the earlier version; else the one before the later.",
        ),
    ] = None,
    new: Annotated[
        int | None,
        QueryParameter(
            name="until", ge=1, description="Number of the later version; else the newest."
        ),
    ] = None,
    language: Language = None,
) -> dict[str, Any]:
    """Each field that is not the same, as it was and as it is, and in words.

    Of the activity `changes` tells word by word what was changed.
    """
    view, wording = view_of(state, line), wording_for(state, language)
    entry = view.notice_records.find(f"{party}/{notice_id}")
    if entry is None:
        raise NotFound(
            f"There is no notice {notice_id!r} of {party} on {line}.",
            "Take its id from the list of notices.",
        )
    later = _version(entry, entry.versions[-1].version if new is None else new)
    before = [one.version for one in entry.versions if one.version < later.version]
    earlier = _version(entry, (before or [later.version])[-1] if old is None else old)
    one, other = notice_of(view, earlier), notice_of(view, later)
    # Beside the loop: areas have many points, and hostile words take a quarter of a second.
    found = await asyncio.to_thread(told_differences, one, other, wording)
    amounts = await asyncio.to_thread(notice_magnitudes, one, other)
    is_wider = await asyncio.to_thread(became_wider, one, other)
    return {
        "party": entry.party,
        "notice_id": entry.notice_id,
        "old_version": earlier.version,
        "new_version": later.version,
        "differences": found,
        "magnitudes": magnitude_rows(wording, amounts, is_wider=is_wider),
        "is_wider": is_wider,
    }


def _version(entry: NoticeRecord, number: int) -> NoticeVersion:
    for version in entry.versions:
        if version.version == number:
            return version
    kept = ", ".join(str(version.version) for version in entry.versions)
    raise NotFound(
        f"{entry.party}/{entry.notice_id} has no version {number} that is listed.",
        f"Name one of {kept}; the record has each message.",
    )


ROUTES: Final = (export_notices, compare_versions)
