"""The route that words a message before it is said.

Whoever is about to say it reads it as the other side will; nothing is recorded and nobody
is told. What the desk fills in, such as the name of a new notice, stands there as it would
be now.
"""

from typing import Annotated, Any

from litestar import post
from litestar.datastructures import State
from litestar.params import Body

from openline.domain.errors import OurError
from openline.domain.party import Precedence
from openline.domain.talk.kinds import RELEASABLE
from openline.domain.talk.message import Message, from_json
from openline.engine.commands import CheckSaying, Compose
from openline.engine.drafts import draft_form
from openline.faces.api import form_answers as answers
from openline.faces.api import form_examples as examples
from openline.faces.api.describe import WRITING, described
from openline.faces.api.drafts import highest_post
from openline.faces.api.node import bad_field, node_of, view_of, wording_for
from openline.faces.api.reading import Language, Line
from openline.faces.api.schema import CheckMessage
from openline.faces.api.words import unsaid_text
from openline.faces.api.writing import filled, kind_said, unnamed


@post(
    "/lines/{line:str}/preview",
    operation_id="previewMessage",
    tags=["messages"],
    summary="The words of a message that was not said",
    status_code=200,
    responses=described(answers.Preview, "Its words.", example=examples.PREVIEW, faults=WRITING),
)
async def preview_message(
    state: State,
    line: Line,
    data: Annotated[CheckMessage, Body(examples=examples.CHECKS)],
    language: Language = None,
) -> dict[str, Any]:
    """What a reader of the language asked for would read, were it said now."""
    view, running = view_of(state, line), node_of(state)
    wording = wording_for(state, language)
    kind, precedence = kind_said(data.kind), Precedence[data.precedence]
    fields = filled(running, kind, data.fields)
    if kind in RELEASABLE and "released_by" not in fields:
        fields = draft_form(kind, fields, highest_post(view))
    try:
        said: Any = from_json(kind, fields, precedence)
    except OurError as error:
        raise bad_field(error) from None
    about = (data.reply_to.party, data.reply_to.index) if data.reply_to else None
    compose = Compose(
        line=line,
        message=unnamed(said),
        precedence=precedence,
        reply_to=about,
        recipients=tuple(sorted(set(data.recipients))),
        released_by=(said.by.post, said.by.officer),
    )
    message: Message = await running.command(CheckSaying(line, compose))
    text = unsaid_text(view, message, wording, precedence, about)
    return {"language": wording.language, "text": text}
