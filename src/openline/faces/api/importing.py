"""The route that reads a file of areas into drafts of notices, with doubts.

Nothing of the file is kept, and nobody is told: what becomes of each draft is the officer's
act, by the same routes as any notice.
"""

import asyncio
from typing import Annotated, Any, Final

from litestar import post
from litestar.datastructures import State
from litestar.params import Parameter, RawBody

from openline.adapters.geofiles import FileFault, ReadActivity, ReadFile, read_data, with_doubts
from openline.domain.errors import OurError
from openline.domain.instant import parse_instant
from openline.domain.limits import IMPORT_ACTIVITIES_MAX, IMPORT_SIZE_BYTES_MAX, RADIUS_M_MAX
from openline.domain.line.understanding import Understanding
from openline.domain.space.place import describe_place
from openline.domain.talk.notice_fields import notice_id_of_notam
from openline.domain.talk.volumes import VOLUME
from openline.engine.views import View
from openline.faces.api import answers, examples
from openline.faces.api.describe import WRITING, described
from openline.faces.api.faults import BadRequest
from openline.faces.api.node import view_of, wording_for
from openline.faces.api.reading import Language, Line

_Name = Annotated[str, Parameter(max_length=200, description="What the file is called.")]
_Instant = Annotated[
    str | None, Parameter(max_length=40, description="An instant, for what gives no window.")
]


@post(
    "/lines/{line:str}/import",
    operation_id="importFile",
    tags=["notices"],
    summary="Read a file of areas into drafts of notices",
    status_code=200,
    request_max_body_size=IMPORT_SIZE_BYTES_MAX,
    responses=described(
        answers.ImportedFile,
        "The drafts, each with its doubts by row.",
        example=examples.IMPORTED_FILE,
        faults=WRITING,
    ),
)
async def import_file(
    state: State,
    line: Line,
    body: RawBody,
    name: Annotated[
        str, Parameter(max_length=200, description="What the file is called.")
    ] = "file",
    start: _Instant = None,
    end: _Instant = None,
    radius_m: Annotated[
        int | None, Parameter(ge=1, le=RADIUS_M_MAX, description="For points without a radius.")
    ] = None,
    language: Language = None,
) -> dict[str, Any]:
    """What the file says, in whichever of the forms that `openline import` reads.

    What is faulty is told with its reason, and the rest goes on. The fields of each draft are
    those of a notice as far as the file tells them, with the place in words.
    """
    view = view_of(state, line)
    window = _window(start, end)
    spoken = wording_for(state, language).language
    # Beside the loop: it takes seconds for a large file.
    try:
        read, found = await asyncio.to_thread(
            _read, body, name, window, radius_m, view.understanding, spoken
        )
    except FileFault as fault:
        raise BadRequest(fault.what, fault.remedy, "file") from None
    for activity, told in zip(read.activities, found, strict=False):
        _lead_to_notice(activity, told, view)
    return {
        "form": read.form,
        "remarks": [remark.to_json() for remark in read.remarks],
        "activities": found,
        "more": len(read.activities) - len(found),
    }


def _lead_to_notice(activity: ReadActivity, told: dict[str, Any], view: View) -> None:
    """Name our live notice that a NOTAM cancels or replaces, by its number."""
    replaced = str(activity.properties.get("replaces", ""))
    notice_id = notice_id_of_notam(activity.cancels or replaced)
    entry = view.notice_records.find(f"{view.own}/{notice_id}") if notice_id else None
    if entry is None or not entry.is_live:
        return
    newest = entry.versions[-1]
    told["about"] = {
        "notice_id": notice_id,
        "party": view.own,
        "index": newest.record.index,
        "operation": "CANCEL" if activity.cancels else "REPLACE",
    }
    if told["fields"]:
        version = newest.version + 1
        told["fields"] |= {"notice_id": notice_id, "version": version, "operation": "REPLACE"}


def _window(start: str | None, end: str | None) -> tuple[int, int] | None:
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise BadRequest("A window has two ends.", "Give start and end.", "start")
    try:
        return parse_instant(start), parse_instant(end)
    except OurError as error:
        raise BadRequest(error.what, error.remedy, "start") from None


def _read(
    data: bytes,
    name: str,
    window: tuple[int, int] | None,
    reach_m: int | None,
    understanding: Understanding,
    language: str,
) -> tuple[ReadFile, list[dict[str, Any]]]:
    """The file, and the first of its activities as the API tells them."""
    read = read_data(data, name, window, reach_m=reach_m, goes_on=True)
    first = with_doubts(read.activities[:IMPORT_ACTIVITIES_MAX], understanding.area)
    return read, [_told(one, understanding, language) for one in first]


def _told(activity: ReadActivity, understanding: Understanding, language: str) -> dict[str, Any]:
    return {
        "number": activity.number,
        "row": activity.row or None,
        "name": activity.name,
        "cancels": activity.cancels,
        "about": None,
        "remarks": [remark.to_json() for remark in activity.remarks],
        "fault": None if activity.fault is None else activity.fault.to_json(),
        "fields": _fields(activity, understanding, language) if activity.volumes else {},
    }


def _fields(activity: ReadActivity, understanding: Understanding, usual: str) -> dict[str, Any]:
    """The fields of a notice, as far as the file tells them."""
    told = activity.properties
    language = told.get("language", usual)
    points = understanding.reference_points
    given = {field: told[field] for field in ("category", "kind") if told.get(field)}
    if notice_id := notice_id_of_notam(str(told.get("notam", ""))):
        given["notice_id"] = notice_id
    return {
        **given,
        "activity": told.get("activity") or activity.name,
        "language": language,
        "place": {"words": describe_place(activity.volumes, points, language)},
        "volumes": [VOLUME.to_json(volume) for volume in activity.volumes],
    }


ROUTES: Final = (import_file,)
