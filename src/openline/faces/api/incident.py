"""The routes about incidents, what is held as evidence, and what is alleged."""

import asyncio
from typing import Annotated, Any

from litestar import get, post
from litestar.datastructures import State
from litestar.params import Body, JSONBody, Parameter, QueryParameter

from openline.adapters.evidence_files import is_kept
from openline.domain.errors import OurError
from openline.domain.instant import INSTANT_MAX
from openline.engine.commands import HoldEvidence, ReleaseEvidence
from openline.faces.api import answers, examples
from openline.faces.api.conduct import worded_matter
from openline.faces.api.describe import READING, WRITING, described
from openline.faces.api.faults import NotFound
from openline.faces.api.node import by_of, node_of, view_of, wording_for
from openline.faces.api.reading import Language, Line
from openline.faces.api.schema import Holding, Releasing


@get(
    "/lines/{line:str}/incidents/{incident:str}",
    operation_id="readIncident",
    tags=["incidents"],
    summary="One incident with all that belongs to it",
    responses=described(
        answers.Incident, "The incident.", example=examples.INCIDENT, faults=READING
    ),
)
async def read_incident(
    state: State,
    line: Line,
    incident: Annotated[str, Parameter(description="Its id, or the serial of a message about it.")],
    language: Language = None,
) -> dict[str, Any]:
    """Where it stands, the reports of each side, and the chain of messages about it.

    `chain` names every message that belongs to the incident: reports, steps of the inquiry,
    notices they rest on, allegations, protests, and who read and answered those.
    """
    wording, view = wording_for(state, language), view_of(state, line)
    found = view.incident(incident)
    if found is None:
        raise NotFound(
            f"There is no incident {incident!r} on {line}.",
            "Take its id from the list of matters.",
        )
    directory = node_of(state).config.directory
    evidence = [
        {**file, "party": report["party"], "is_kept": is_kept(directory, file["sha256"])}
        for report in found["reports"]
        for file in (report["content"] or {}).get("evidence", ())
    ]
    return {**found, "matter": worded_matter(found["matter"], wording), "evidence": evidence}


@get(
    "/lines/{line:str}/violations",
    operation_id="countViolations",
    tags=["incidents"],
    summary="How many violations are alleged, of whom, and where they stand",
    responses=described(answers.Ledger, "The counts.", example=examples.LEDGER, faults=READING),
)
async def count_violations(
    state: State,
    line: Line,
    valid_from: Annotated[
        int, QueryParameter(name="from", ge=0, description="Alleged from this instant on.")
    ] = 0,
    valid_until: Annotated[
        int, QueryParameter(name="until", ge=0, description="Alleged before this instant.")
    ] = INSTANT_MAX,
) -> dict[str, Any]:
    """Alleged violations by author, accused party, state and article.

    The counts follow from the record alone: both sides compute the same.
    """
    return view_of(state, line).ledger(valid_from, valid_until)


@get(
    "/lines/{line:str}/holds",
    operation_id="listHolds",
    tags=["incidents"],
    summary="What is held as evidence",
    responses=described(answers.Holds, "The holds.", example=examples.HOLDS, faults=READING),
)
async def list_holds(state: State, line: Line) -> dict[str, Any]:
    """The windows of the record that nobody lets go of, and those that were released."""
    return {"holds": view_of(state, line).holds()}


@get(
    "/lines/{line:str}/holds/{name:str}",
    operation_id="readHold",
    tags=["incidents"],
    summary="What lies in a hold, with hashes",
    responses=described(
        answers.HoldWhole, "The hold.", example=examples.HOLD_WHOLE, faults=READING
    ),
)
async def read_hold(
    state: State,
    line: Line,
    name: Annotated[str, Parameter(description="An incident's id, or the name of a hold.")],
) -> dict[str, Any]:
    """How much of each log and of each party's ticks is held, and the hash of that."""
    hold = view_of(state, line).incident_records.holds.find(name)
    if hold is None:
        raise NotFound(f"Nothing is held under {name!r} on {line}.", "See the list of holds.")
    windows = list(hold.windows)
    # Beside the loop: it reads the logs.
    async with node_of(state).exporting(line) as exporter:
        held = await asyncio.to_thread(exporter.held, windows)
    return {**hold.to_json(), "held": held}


@post(
    "/lines/{line:str}/holds",
    operation_id="holdEvidence",
    tags=["incidents"],
    summary="Hold a window as evidence",
    status_code=200,
    responses=described(answers.Hold, "It is held.", example=examples.HOLD, faults=WRITING),
)
async def hold_evidence(
    state: State, line: Line, data: Annotated[Holding, Body(examples=examples.HOLDINGS)]
) -> dict[str, Any]:
    """Let nothing go of what was recorded in a window, until it is released.

    With `name` an existing hold is widened, or holds again what was released.
    """
    view_of(state, line)
    running = node_of(state)
    window = None
    if data.valid_from is not None and data.valid_until is not None:
        window = (data.valid_from, data.valid_until)
    command = HoldEvidence(line, by_of(running, data.by), data.reason, data.name, window)
    if window is None and not data.name:
        raise OurError("No window is given.", "Give valid_from and valid_until, or a name.")
    held: dict[str, Any] = await running.command(command)
    return held


@post(
    "/lines/{line:str}/holds/release",
    operation_id="releaseEvidence",
    tags=["incidents"],
    summary="Hold something no longer",
    status_code=200,
    responses=described(answers.Hold, "It is released.", example=examples.HOLD, faults=WRITING),
)
async def release_evidence(state: State, line: Line, data: JSONBody[Releasing]) -> dict[str, Any]:
    """Release a hold; that it was held, who released it and why stays listed.

    What an incident holds is released when the incident is closed.
    """
    view = view_of(state, line)
    if view.incident_records.holds.find(data.name) is None:
        raise NotFound(f"Nothing is held under {data.name!r} on {line}.", "See the list of holds.")
    running = node_of(state)
    command = ReleaseEvidence(line, by_of(running, data.by), data.name, data.reason)
    released: dict[str, Any] = await running.command(command)
    return released
