"""The routes of the watch: who has it, the brief, the handover, tiers, the past."""

from typing import Annotated, Any

from litestar import get, post
from litestar.datastructures import State
from litestar.params import JSONBody, Parameter

from openline.adapters.wording import Wording
from openline.adapters.wording.dialogue import due as due_words
from openline.adapters.wording.watch import brief_rows, replay_rows, watch_words
from openline.domain.errors import OurError
from openline.domain.instant import parse_instant
from openline.engine.commands import OfferWatch
from openline.faces.api import answers, examples
from openline.faces.api.conduct import worded_matter
from openline.faces.api.describe import READING, WRITING, described
from openline.faces.api.faults import BadRequest, NotFound
from openline.faces.api.node import by_of, node_of, view_of, wording_for
from openline.faces.api.reading import Language, Line
from openline.faces.api.schema import Deed
from openline.faces.api.words import worded_alarm


@get(
    "/lines/{line:str}/watches",
    operation_id="listWatches",
    tags=["watches"],
    summary="Who is on watch at each post of each party",
    responses=described(answers.Watches, "The watches.", example=examples.WATCHES, faults=READING),
)
async def list_watches(
    state: State,
    line: Line,
    past: Annotated[
        bool, Parameter(description="Those that are over as well, before the newest of the post.")
    ] = False,
    language: Language = None,
) -> dict[str, Any]:
    """Each party's own word on who is on watch; `offer` tells what we hand over."""
    wording, view = wording_for(state, language), view_of(state, line)
    rows = view.watches.listed(view.now, all_of_them=past)
    return {"watches": [{**row, "said": watch_words(wording, row)} for row in rows]}


@get(
    "/lines/{line:str}/brief",
    operation_id="readBrief",
    tags=["watches"],
    summary="What whoever takes the watch must know",
    responses=described(answers.Brief, "The brief.", example=examples.BRIEF, faults=READING),
)
async def read_brief(
    state: State,
    line: Line,
    post: Annotated[
        str | None,
        Parameter(description="The brief as it was handed over at this post, not that of now."),
    ] = None,
    language: Language = None,
) -> dict[str, Any]:
    """The brief, computed from what is open.

    Nobody writes it, so nothing is forgotten. With `post` it is the one that whoever is on
    watch there hands over, and `hash` is what the person who takes the watch names.
    """
    wording, view = wording_for(state, language), view_of(state, line)
    if post is None:
        return _worded_brief(node_of(state).brief(line), "", wording)
    offer = view.watches.offered(post)
    if offer is None:
        raise NotFound(f"Nothing is handed over at {post!r}.", "See GET /lines/{line}/watches.")
    return _worded_brief(offer.brief, offer.hash.hex(), wording)


@post(
    "/lines/{line:str}/watches/offer",
    operation_id="offerWatch",
    tags=["watches"],
    summary="Hand over the watch",
    status_code=200,
    responses=described(
        answers.Offered, "It is offered.", example=examples.OFFERED, faults=WRITING
    ),
)
async def offer_watch(
    state: State, line: Line, data: JSONBody[Deed], language: Language = None
) -> dict[str, Any]:
    """Offer the watch at the post with the brief of now, which is kept as it is.

    Whoever offers it stays on watch until another officer says TAKEN_OVER and names the
    hash. It is refused while a FLASH of a counterpart is unread.
    """
    view_of(state, line)
    running, wording = node_of(state), wording_for(state, language)
    done = await running.command(OfferWatch(line, by_of(running, data.by)))
    content = _worded_brief(done["content"], done["brief"], wording)
    return {**done, "content": content}


@get(
    "/lines/{line:str}/tell",
    operation_id="listPostsToTell",
    tags=["watches"],
    summary="Which posts of ours are to be told now",
    responses=described(answers.Telling, "The posts.", example=examples.TELLING, faults=READING),
)
async def list_posts_to_tell(
    state: State,
    line: Line,
    tier: Annotated[int, Parameter(ge=1, le=4, description="To which tier something came.")] = 1,
) -> dict[str, Any]:
    """The posts of the tier and of each lower one that are manned by now.

    Their agreed hours say so. Where none of a tier is manned, all of it is on call.
    """
    return {"tier": tier, "posts": view_of(state, line).posts_to_tell(tier)}


@get(
    "/lines/{line:str}/replay",
    operation_id="replayLine",
    tags=["state"],
    summary="How the line stood at an instant of the past",
    responses=described(answers.Past, "How it stood.", example=examples.PAST, faults=READING),
)
async def replay(
    state: State,
    line: Line,
    at: Annotated[str, Parameter(description="The instant: ISO 8601 with Z, or a DTG.")],
    language: Language = None,
) -> dict[str, Any]:
    """How this node saw the line then: computed anew from its journal.

    What was observed of circuits is in no journal, and is not told. Times are those of this
    node's clock: what it received later is not in it, whenever it was signed.
    """
    wording = wording_for(state, language)
    view_of(state, line)
    try:
        past = await node_of(state).replay(line, parse_instant(at))
    except OurError as error:
        raise BadRequest(f"at: {error.what}", error.remedy, "at") from None
    return _worded_past(past, wording)


def _worded_brief(brief: dict[str, Any], digest: str, wording: Wording) -> dict[str, Any]:
    return {**brief, "hash": digest, "said": list(brief_rows(wording, brief))}


def _worded_past(past: dict[str, Any], wording: Wording) -> dict[str, Any]:
    due = [{**row, "said": due_words(wording, row)} for row in past["due"]]
    return {
        **past,
        "matters": [worded_matter(matter, wording) for matter in past["matters"]],
        "due": due,
        "alarms": [worded_alarm(alarm, wording) for alarm in past["alarms"]],
        "said": list(replay_rows(wording, past)),
    }
