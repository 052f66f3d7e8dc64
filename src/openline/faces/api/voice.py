"""The route that gives the sound of a voice note.

It is said like any message (`say` with VOICE_NOTE). What is given back is a file that this
node has written around the packets: no byte of a counterpart but the sound itself.
"""

import asyncio
from typing import Annotated, Final

from litestar import Response, get
from litestar.datastructures import State
from litestar.params import Parameter

from openline.adapters.ogg import write_ogg
from openline.domain.errors import OurError
from openline.domain.talk.voice_note import VoiceNote
from openline.faces.api.describe import READING, described
from openline.faces.api.faults import NotFound
from openline.faces.api.node import view_of
from openline.faces.api.reading import Line

OGG: Final = "audio/ogg"


@get(
    "/lines/{line:str}/messages/{party:str}/{index:int}/sound",
    operation_id="readSound",
    tags=["messages"],
    summary="What is to be heard of a voice note",
    media_type=OGG,
    responses=described(None, "An Ogg file with Opus.", media_type=OGG, faults=READING),
)
async def read_sound(
    state: State,
    line: Line,
    party: Annotated[str, Parameter(description="The author.")],
    index: Annotated[int, Parameter(ge=0, description="Its index: the serial number.")],
) -> Response[bytes]:
    """The sound as a file that any player plays.

    A note with a packet that is none, or with more sound than is allowed, is not played.
    """
    view = view_of(state, line)
    record = view.record(party, index)
    if record is None:
        raise NotFound(f"{party} has no message {index} on the line {line}.", "See `openline log`.")
    assert view.load is not None, "a running node's views read its store"
    note, serial = view.load(party, index, record.epoch), view.serial(party, index)
    if not isinstance(note, VoiceNote):
        raise NotFound(f"{serial} is no voice note.", "Name a message of the kind VOICE_NOTE.")
    if any(note.rules()):
        raise OurError(
            f"The sound of {serial} breaks a rule of the line and is not played.",
            "Ask its author to say it again, or in a text.",
        )
    name = f'inline; filename="{serial}.opus"'
    # Beside the loop: a minute of sound takes some hundredths of a second.
    file = await asyncio.to_thread(write_ogg, note.packets)
    return Response(file, media_type=OGG, headers={"content-disposition": name})
