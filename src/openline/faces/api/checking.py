"""The route that checks a message while it is written: all its faults at once.

Three sieves, each asked when the one before it lets everything through: the form of each
field (`domain.line.form.json_faults`), the rules of the message (`Body.faults`), and what
the desk would refuse now (`engine.desk`). Nothing is recorded and nobody is told.
"""

import re
from itertools import islice
from typing import Annotated, Any, Final

from litestar import post
from litestar.datastructures import State
from litestar.params import Body

from openline.adapters.wording import Wording
from openline.adapters.wording.faults import FaultWords
from openline.adapters.wording.forms import FormWords
from openline.domain.errors import OurError
from openline.domain.limits import FAULTS_TOLD_MAX
from openline.domain.line.form import Fault, json_faults
from openline.domain.line.understanding import Understanding
from openline.domain.party import Precedence
from openline.domain.talk.kinds import RELEASABLE
from openline.domain.talk.message import MESSAGES, Message
from openline.domain.talk.movement import Movement
from openline.domain.talk.notice import Notice
from openline.domain.talk.site import Sites
from openline.engine.commands import CheckNotice, CheckSaying, Compose
from openline.engine.drafts import draft_form
from openline.faces.api import form_answers as answers
from openline.faces.api import form_examples as examples
from openline.faces.api.describe import WRITING, described
from openline.faces.api.drafts import highest_post
from openline.faces.api.forms import takes_two
from openline.faces.api.node import node_of, view_of, wording_for
from openline.faces.api.reading import Language, Line
from openline.faces.api.running import Running
from openline.faces.api.schema import CheckMessage
from openline.faces.api.words import worded_encounter
from openline.faces.api.writing import filled, kind_said, room_of, unnamed

_NAMED: Final = re.compile(r"([a-z_]+(?:\[\d+\])?(?:\.[a-z_]+)*): ")
"""How the desk begins a fault of one field: `reply_by: 2017-04-07T01:40:00Z is over.`"""


@post(
    "/lines/{line:str}/check",
    operation_id="checkMessage",
    tags=["messages"],
    summary="Check a message without saying it",
    status_code=200,
    responses=described(
        answers.CheckedMessage,
        "What stands in the way, and what it would meet.",
        example=examples.CHECKED,
        faults=WRITING,
    ),
)
async def check_message(
    state: State,
    line: Line,
    data: Annotated[CheckMessage, Body(examples=examples.CHECKS)],
    language: Language = None,
) -> dict[str, Any]:
    """All faults of a message that is not said yet, in the language asked for.

    Nothing is recorded and nobody is told. Without faults it could be said, or released by a
    second person, at this moment; a notice is then compared with live notices as by
    `checkNotice`. A fault of the form hides those of the rules, and these hide what the desk
    would refuse.
    """
    view, running = view_of(state, line), node_of(state)
    wording = wording_for(state, language)
    kind = kind_said(data.kind)
    precedence = Precedence[data.precedence]
    fields = filled(running, kind, data.fields)
    if kind in RELEASABLE and "released_by" not in fields:
        fields = draft_form(kind, fields, highest_post(view))
    answer: dict[str, Any] = {
        "faults": [],
        "is_all": True,
        "warnings": [],
        "takes_two": takes_two(kind, view.understanding.released_by_two),
        "conflicts": [],
        "is_complete": True,
        "room": room_of(view, running.config.party) if MESSAGES[kind] is Notice else None,
    }
    told = FaultWords(wording)
    table = MESSAGES[kind].record
    labels = FormWords(wording)
    found = list(islice(json_faults(table, fields, ""), FAULTS_TOLD_MAX + 1))
    if not found:
        said: Any = table.from_json(fields, "")
        found = list(islice(said.faults(precedence), FAULTS_TOLD_MAX + 1))
        answer["warnings"] = warnings_of(said, view.understanding, wording)
    if found:
        answer["is_all"] = len(found) <= FAULTS_TOLD_MAX
        some = found[:FAULTS_TOLD_MAX]
        answer["faults"] = [
            _field_fault(fault, MESSAGES[kind].__name__, told, labels) for fault in some
        ]
        return answer
    message = unnamed(said)
    compose = Compose(
        line=line,
        message=message,
        precedence=precedence,
        reply_to=(data.reply_to.party, data.reply_to.index) if data.reply_to else None,
        recipients=tuple(sorted(set(data.recipients))),
        released_by=(said.by.post, said.by.officer),
    )
    try:
        await running.command(CheckSaying(line, compose))
        if isinstance(message, Notice):
            answer |= await _met(running, compose, message, wording)
    except OurError as error:
        answer["faults"] = [_desk_fault(error, told)]
    return answer


async def _met(
    running: Running, compose: Compose, notice: Notice, wording: Wording
) -> dict[str, Any]:
    """What a notice would not be clear of, as `checkNotice` tells it."""
    asked = CheckNotice(compose.line, notice, compose.precedence)
    found, is_complete = await running.check(asked)
    draft = f"{running.config.party} {notice.notice_id}" if notice.notice_id else ""
    conflicts = [worded_encounter(one, wording, draft) for one in found]
    return {"conflicts": conflicts, "is_complete": is_complete}


def warnings_of(message: Message, understanding: Understanding, wording: Wording) -> list[str]:
    """What an officer may have meant otherwise, in sentences."""
    match message:
        case Notice():
            return wording.remarks(message, understanding)
        case Movement(kind=kind):
            return wording.kind_remarks(kind, understanding)
        case Sites(sites=sites):
            kinds = dict.fromkeys(one.kind for one in sites)
            return [row for kind in kinds for row in wording.kind_remarks(kind, understanding)]
        case _:
            return []


def _field_fault(fault: Fault, record: str, told: FaultWords, labels: FormWords) -> dict[str, str]:
    """A fault of the form, with the field called as its form calls it."""
    what = told.field_fault(labels.label_at(record, fault.path), fault.what)
    return {"field": fault.path, "what": what, "remedy": told.fault(fault.remedy)}


def _desk_fault(error: OurError, told: FaultWords) -> dict[str, str]:
    named = _NAMED.match(error.what)
    field = named[1] if named else ""
    return {"field": field, "what": told.fault(error.what), "remedy": told.fault(error.remedy)}
