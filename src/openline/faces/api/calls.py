"""The routes about calls: which there are, and the way to the other end of one.

A call is rung, taken and ended by messages (`say` with RING and CALL). How the other end is
reached is told only once both fingerprints are receipted, and only by addresses that the
node's settings allow: a page cannot begin any sound before. Which relay a page goes through,
and with what credential, is told to whoever may speak.
"""

import asyncio
import os
from typing import Annotated, Any, Final

from litestar import get
from litestar.datastructures import State
from litestar.params import Parameter, QueryParameter

from openline.adapters.clock import wall_clock_ms
from openline.adapters.relay import credential, read_relay_secret
from openline.adapters.wording import Wording
from openline.domain.limits import RELAY_CREDENTIAL_S
from openline.domain.talk.telephone import TELEPHONE
from openline.engine.matter_view import Matter
from openline.engine.views import NOTICES_LISTED_MAX, View
from openline.faces.api import call_answers as answers
from openline.faces.api import call_examples as examples
from openline.faces.api.contacts import matter_of
from openline.faces.api.describe import READING, described
from openline.faces.api.node import node_of, view_of, wording_for
from openline.faces.api.places import After, Count
from openline.faces.api.reading import Language, Line
from openline.faces.api.running import Running

_CHANCE_BYTES: Final = 8
"""So that the relay tells one call from another, and not one officer."""


@get(
    "/lines/{line:str}/calls",
    operation_id="listCalls",
    tags=["matters"],
    summary="The telephone calls, each with what it waits for",
    responses=described(answers.Calls, "The calls.", example=examples.CALLS, faults=READING),
)
async def list_calls(
    state: State,
    line: Line,
    open_only: Annotated[
        bool, QueryParameter(name="open", description="Only those that ring or are held.")
    ] = True,
    after: After = 0,
    count: Count = NOTICES_LISTED_MAX,
    language: Language = None,
) -> dict[str, Any]:
    """Every call that rings or is held, or with `open=false` all, as they came."""
    wording, view, running = wording_for(state, language), view_of(state, line), node_of(state)
    found = view.matter_records.listed(open_only=open_only, subject=TELEPHONE.name, after=after)
    shown = found[:count]
    return {
        "calls": [_told(view, matter, running, wording) for matter in shown],
        "more": len(found) - len(shown),
        "position": shown[-1].position if shown else 0,
    }


@get(
    "/lines/{line:str}/calls/{call:str}",
    operation_id="readCall",
    tags=["matters"],
    summary="One telephone call, and the way to its other end",
    responses=described(answers.CallTold, "The call.", example=examples.CALL, faults=READING),
)
async def read_call(
    state: State,
    line: Line,
    call: Annotated[str, Parameter(description="The call: the serial of its ring.")],
    language: Language = None,
) -> dict[str, Any]:
    """Where a call stands, and `remote` once both fingerprints are receipted."""
    wording, view = wording_for(state, language), view_of(state, line)
    return _told(view, matter_of(view, call, TELEPHONE.name), node_of(state), wording)


@get(
    "/telephone",
    operation_id="readTelephone",
    tags=["matters"],
    summary="How the sound of a call may go from this desk",
    responses=described(
        answers.TelephoneTold, "The ways.", example=examples.TELEPHONE, faults=READING
    ),
)
async def read_telephone(state: State) -> dict[str, Any]:
    """The relays with a credential for one call, and whether sound goes directly.

    A page asks anew for each call, and each time it looks for a new way: the credential lets
    somebody begin within ten minutes, and what has begun goes on.
    """
    settings = node_of(state).config.telephone
    until = wall_clock_ms() // 1_000 + RELAY_CREDENTIAL_S
    name = password = ""  # nosec B105
    if settings.secret_file is not None and settings.relays:
        secret = await asyncio.to_thread(read_relay_secret, settings.secret_file)
        name, password = credential(secret, until, os.urandom(_CHANCE_BYTES))
    return {
        "is_direct": settings.is_direct,
        "relays": [relay.url for relay in settings.relays],
        "username": name,
        "password": password,
        "until": until * 1_000 if name else 0,
        "reaches": [reach.value for reach in settings.reaches],
    }


def _told(view: View, matter: Matter, running: Running, wording: Wording) -> dict[str, Any]:
    shown = view.calls.to_json(matter, view.now, running.config.telephone.reaches)
    return {**shown, "said": wording.term(shown["state"])}
