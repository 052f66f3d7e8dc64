"""The routes that hand on a notice or an agreed contact in the forms of others.

What is written is what the parties told each other, and nothing that is kept private.
"""

import asyncio
from dataclasses import replace
from typing import Annotated, Any, Final, Literal

from litestar import get
from litestar.datastructures import State
from litestar.params import Parameter, QueryParameter

from openline.adapters.calendar_files import CalendarEvent, write_calendar
from openline.adapters.geofiles import (
    HandedFile,
    HandedOn,
    write_activities,
    write_aixm,
    write_cap,
    write_notam,
)
from openline.domain.conduct.life import Standing
from openline.domain.errors import OurError
from openline.domain.line.letters import visible
from openline.domain.talk.contact import CONTACT, ContactState
from openline.domain.talk.notice import Notice
from openline.engine.matter_view import Matter
from openline.engine.notice_view import NoticeRecord
from openline.engine.views import View
from openline.faces.api import answers, examples
from openline.faces.api.contacts import asked_in, matter_of
from openline.faces.api.describe import READING, described
from openline.faces.api.faults import NotFound
from openline.faces.api.node import view_of
from openline.faces.api.notice_files import activity_of, holds, with_volumes
from openline.faces.api.notice_words import notice_of
from openline.faces.api.reading import Line, NoticeId

Form = Literal["notam", "aixm", "cap", "geojson", "kml"]

_SUFFIXES: Final = {
    "notam": ("notam.txt", "text/plain; charset=utf-8"),
    "aixm": ("aixm.xml", "application/xml"),
    "cap": ("cap.xml", "application/cap+xml"),
    "geojson": ("geojson", "application/geo+json"),
    "kml": ("kml", "application/vnd.google-earth.kml+xml"),
}
"""The suffix and the media type of each form."""

_WRITERS: Final = {"notam": write_notam, "aixm": write_aixm, "cap": write_cap}


@get(
    "/lines/{line:str}/notices/{party:str}/{notice_id:str}/export",
    operation_id="exportNotice",
    tags=["notices"],
    summary="One notice in the form of others",
    responses=described(
        answers.HandedFile,
        "The file, and what its form cannot say.",
        example=examples.HANDED_NOTICE,
        faults=(*READING, 409),
    ),
)
async def export_notice(
    state: State,
    line: Line,
    party: Annotated[str, Parameter(description="Whose notice.")],
    notice_id: NoticeId,
    form: Annotated[
        Form, QueryParameter(name="format", description="notam, aixm, cap, geojson or kml.")
    ] = "notam",
) -> dict[str, Any]:
    """The newest version of a notice; a cancellation has the areas before it.

    `notam` is a proposal to the office that publishes NOTAM, which gives number and location.
    """
    view = view_of(state, line)
    entry = view.notice_records.find(f"{party}/{notice_id}")
    if entry is None:
        raise NotFound(
            f"There is no notice {notice_id!r} of {visible(party)} on {line}.",
            "Take its id from the list of notices.",
        )
    told = _handed(view, entry)
    suffix, media_type = _SUFFIXES[form]
    # Beside the loop: areas have many points.
    if form in ("geojson", "kml"):
        activity = replace(activity_of(view, entry), volumes=told.notice.volumes)
        written = await asyncio.to_thread(write_activities, [activity], form)
        file = HandedFile(written.text)
    else:
        file = await asyncio.to_thread(_WRITERS[form], told)
    return {
        "name": f"{notice_id}.{suffix}",
        "media_type": media_type,
        "text": file.text,
        "losses": list(file.losses),
    }


def _handed(view: View, entry: NoticeRecord) -> HandedOn:
    """The newest version of a notice, with areas that can be.

    Raises:
        OurError: It has none, or cannot be read.
    """
    version = entry.versions[-1]
    newest = notice_of(view, version)
    placed = with_volumes(view, entry)
    volumes = () if placed is None else tuple(filter(holds, placed.volumes))
    if newest is None or placed is None or not volumes:
        raise OurError(f"The notice {entry.notice_id} has no area that can be read.")
    told: Notice = replace(newest, volumes=volumes)
    if not newest.place.words:
        told = replace(told, place=placed.place)
    return HandedOn(told, entry.party, view.understanding.line, version.record.at)


@get(
    "/lines/{line:str}/contacts/{contact:str}/export",
    operation_id="exportContact",
    tags=["matters"],
    summary="An agreed contact as a file of a calendar",
    responses=described(
        answers.HandedFile,
        "The file in iCalendar (RFC 5545).",
        example=examples.HANDED_CONTACT,
        faults=(*READING, 409),
    ),
)
async def export_contact(
    state: State,
    line: Line,
    contact: Annotated[str, Parameter(description="The contact: its serial.")],
) -> dict[str, Any]:
    """One event for each party with which it is agreed, weekly where it recurs.

    One that was called off is written as cancelled.
    """
    view = view_of(state, line)
    matter = matter_of(view, contact, CONTACT.name)
    matters = view.matter_records
    events = []
    for other in matter.others:
        event = _event(view, matter, other, matters.standing(matter, other, view.now))
        if event is not None:
            events.append(event)
    if not events:
        raise OurError(
            f"The contact {matters.id_of(matter)} has no agreed time.",
            "Only what is agreed has a place in a calendar.",
        )
    return {
        "name": f"{matters.id_of(matter)}.ics",
        "media_type": "text/calendar; charset=utf-8",
        "text": write_calendar(events),
        "losses": [],
    }


def _event(view: View, matter: Matter, other: str, standing: Standing) -> CalendarEvent | None:
    """The event of a contact with one party; None where no time is agreed."""
    begins_at = next((step.at for step in standing.steps if step.event == "BEGINS"), None)
    if begins_at is None:
        begins_at = standing.instants.get("begins_at")
    if begins_at is None:
        return None
    record = matter.record
    asked = asked_in(view, matter)
    serial = view.matter_records.id_of(matter)
    rows = [
        f"Line {view.understanding.line}, contact {serial}, {record.party} and {other or 'all'}",
        f"Tier {asked.tier}, {asked.medium.name}, spoken in {asked.spoken_in}",
        asked.text,
    ]
    exercise = "EXERCISE. " if asked.exercise else ""
    return CalendarEvent(
        identifier=f"{serial}.{other}@{view.understanding.line}",
        begins_at=begins_at,
        last_at=standing.instants.get("last_at"),
        said_at=record.at,
        sequence=sum(
            step.event in ("ACCEPTED", "AGREED") and step.has_effect for step in standing.steps
        ),
        summary=f"{exercise}{asked.subject}",
        description="\n".join(row for row in rows if row),
        is_called_off=standing.state == ContactState.CALLED_OFF,
    )


ROUTES: Final = (export_notice, export_contact)
