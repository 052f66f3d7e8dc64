"""The routes about what stands and what moves: sites, zones, movements, drafts."""

from typing import Annotated, Any

from litestar import get
from litestar.datastructures import State
from litestar.params import Parameter

from openline.engine.views import NOTICES_LISTED_MAX
from openline.faces.api import place_answers as answers
from openline.faces.api import place_examples as examples
from openline.faces.api.describe import READING, described
from openline.faces.api.faults import NotFound
from openline.faces.api.node import view_of
from openline.faces.api.reading import Line

After = Annotated[int, Parameter(ge=0, description="Only those with a larger `position`.")]
Count = Annotated[
    int, Parameter(ge=1, le=NOTICES_LISTED_MAX, description="At most so many of them.")
]
Ended = Annotated[bool, Parameter(description="Also what is removed, cancelled or over.")]
Party = Annotated[str, Parameter(description="Whose.")]
Id = Annotated[str, Parameter(description="Its id, such as ALPHA-S-0001.")]


@get(
    "/lines/{line:str}/sites",
    operation_id="listSites",
    tags=["places"],
    summary="Sites of all parties with their states",
    responses=described(answers.Sites, "The sites.", example=examples.SITES, faults=READING),
)
async def list_sites(
    state: State,
    line: Line,
    removed: Ended = True,
    after: After = 0,
    count: Count = NOTICES_LISTED_MAX,
) -> dict[str, Any]:
    """The lists of sites of all parties: state, verification, doubts, conflicts.

    What has lapsed is shown as LAPSED and is compared with notices all the same. `more` says
    how many there are after these.
    """
    sites, more = view_of(state, line).sites_page(after, count, with_removed=removed)
    return {"sites": sites, "more": more}


@get(
    "/lines/{line:str}/sites/{party:str}/{site_id:str}",
    operation_id="readSite",
    tags=["places"],
    summary="One site of a party",
    responses=described(answers.Site, "The site.", example=examples.SITE, faults=READING),
)
async def read_site(state: State, line: Line, party: Party, site_id: Id) -> dict[str, Any]:
    """One entry of one party's list, whole."""
    return _found(view_of(state, line).site(f"{party}/{site_id}"), "site", site_id, line)


@get(
    "/lines/{line:str}/zones",
    operation_id="listZones",
    tags=["places"],
    summary="Zones of all parties with their states",
    responses=described(answers.Zones, "The zones.", example=examples.ZONES, faults=READING),
)
async def list_zones(
    state: State,
    line: Line,
    ended: Ended = False,
    after: After = 0,
    count: Count = NOTICES_LISTED_MAX,
) -> dict[str, Any]:
    """The zones of all parties: rule, who agreed, from when each counts, conflicts."""
    zones, more = view_of(state, line).zones_page(after, count, with_ended=ended)
    return {"zones": zones, "more": more}


@get(
    "/lines/{line:str}/zones/{party:str}/{zone_id:str}",
    operation_id="readZone",
    tags=["places"],
    summary="One zone of a party",
    responses=described(answers.Zone, "The zone.", example=examples.ZONE, faults=READING),
)
async def read_zone(state: State, line: Line, party: Party, zone_id: Id) -> dict[str, Any]:
    """One zone, with what an agreement names: `index`, `version` and `hash`."""
    return _found(view_of(state, line).zone(f"{party}/{zone_id}"), "zone", zone_id, line)


@get(
    "/lines/{line:str}/movements",
    operation_id="listMovements",
    tags=["places"],
    summary="Movements of all parties with their states",
    responses=described(
        answers.Movements, "The movements.", example=examples.MOVEMENTS, faults=READING
    ),
)
async def list_movements(
    state: State,
    line: Line,
    ended: Ended = False,
    after: After = 0,
    count: Count = NOTICES_LISTED_MAX,
) -> dict[str, Any]:
    """The movements of all parties: route, lead time, responses, conflicts."""
    found, more = view_of(state, line).movements_page(after, count, live_only=not ended)
    return {"movements": found, "more": more}


@get(
    "/lines/{line:str}/movements/{party:str}/{movement_id:str}",
    operation_id="readMovement",
    tags=["places"],
    summary="One movement of a party",
    responses=described(
        answers.Movement, "The movement.", example=examples.MOVEMENT, faults=READING
    ),
)
async def read_movement(state: State, line: Line, party: Party, movement_id: Id) -> dict[str, Any]:
    """One movement with all its versions."""
    found = view_of(state, line).movement(f"{party}/{movement_id}")
    return _found(found, "movement", movement_id, line)


@get(
    "/lines/{line:str}/places",
    operation_id="listReferencePoints",
    tags=["places"],
    summary="Places that the parties know by name",
    responses=described(
        answers.ReferencePoints, "The places.", example=examples.PLACES, faults=READING
    ),
)
async def list_reference_points(state: State, line: Line) -> dict[str, Any]:
    """The reference points of the Understanding in force, for saying where in words."""
    return {
        "places": [
            {
                "name": point.name,
                "titles": dict(point.titles),
                "lat_e7": point.lat_e7,
                "lon_e7": point.lon_e7,
            }
            for point in view_of(state, line).understanding.reference_points
        ]
    }


@get(
    "/lines/{line:str}/violation-drafts",
    operation_id="listViolationDrafts",
    tags=["places"],
    summary="Alleged violations that were drafted",
    responses=described(
        answers.ViolationDrafts, "The drafts.", example=examples.DRAFTS, faults=READING
    ),
)
async def list_violation_drafts(state: State, line: Line) -> dict[str, Any]:
    """Who was in a zone of ours that is entered after contact only, and made none.

    A draft is said to nobody by the node.
    """
    return {"drafts": view_of(state, line).violation_drafts()}


def _found(shown: dict[str, Any] | None, sort: str, name: str, line: str) -> dict[str, Any]:
    if shown is None:
        raise NotFound(
            f"There is no {sort} {name!r} of that party on {line}.",
            f"Take party and id from the list of {sort}s.",
        )
    return shown


ROUTES = (
    list_sites,
    read_site,
    list_zones,
    read_zone,
    list_movements,
    read_movement,
    list_reference_points,
    list_violation_drafts,
)
