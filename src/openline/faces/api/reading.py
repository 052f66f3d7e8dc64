"""The routes that read: state, messages, notices, conflicts, alarms, terms."""

import asyncio
import base64
from typing import Annotated, Any

from litestar import get
from litestar.datastructures import State
from litestar.params import Parameter

from openline.domain.errors import OurError
from openline.domain.line.terms import to_json
from openline.domain.line.understanding import understanding_bytes, understanding_hash
from openline.domain.line.understanding_toml import to_toml
from openline.engine.views import NOTICES_LISTED_MAX
from openline.faces.api import answers, examples
from openline.faces.api.describe import READING, STATUS, described
from openline.faces.api.faults import NotFound
from openline.faces.api.node import node_of, view_of, wording_for
from openline.faces.api.notice_words import earlier_words
from openline.faces.api.talk_words import talked
from openline.faces.api.words import plain_text, worded_alarm, worded_conflict, worded_line

COUNT_MAX = 1_000
"""Messages in one answer: about a megabyte."""

Line = Annotated[str, Parameter(description="The line's name.", pattern="^[a-z0-9-]{1,63}$")]

NoticeId = Annotated[str, Parameter(description="Its id, such as ALPHA-0003.")]

Language = Annotated[
    str | None,
    Parameter(
        pattern="^[a-z]{2,3}$",
        description="Language of the sentences: en, ru or ar; else that of node.toml.",
    ),
]


@get(
    "/status",
    operation_id="readStatus",
    tags=["state"],
    summary="The state of the node and of each line",
    responses=described(
        answers.Status, "The node and its lines.", example=examples.STATUS, faults=STATUS
    ),
)
async def read_status(state: State, language: Language = None) -> dict[str, Any]:
    """Who runs, since when, and for each line its state.

    On both axes: what is observed of each counterpart and circuit, what each
    party declares, and the word that follows from the two, with one sentence
    that says what it rests on.
    """
    status = node_of(state).status()
    return {**status, "lines": _lines(state, status, language)}


@get(
    "/lines",
    operation_id="listLines",
    tags=["state"],
    summary="The lines of the node",
    responses=described(answers.Lines, "The lines.", example=examples.LINES, faults=STATUS),
)
async def list_lines(state: State, language: Language = None) -> dict[str, Any]:
    """The lines that this node holds, each with its state, as `/status` has them."""
    return {"lines": _lines(state, node_of(state).status(), language)}


def _lines(state: State, status: dict[str, Any], language: str | None) -> list[dict[str, Any]]:
    wording, now = wording_for(state, language), status["now"]
    return [
        worded_line(line, view_of(state, line["line"]), wording, now) for line in status["lines"]
    ]


@get(
    "/lines/{line:str}/messages",
    operation_id="listMessages",
    tags=["messages"],
    summary="Messages in the order in which they were recorded",
    responses=described(
        answers.Messages, "The messages.", example=examples.MESSAGES, faults=READING
    ),
)
async def list_messages(
    state: State,
    line: Line,
    after: Annotated[
        int, Parameter(ge=0, description="Only messages with a larger `position`.")
    ] = 0,
    count: Annotated[
        int, Parameter(ge=1, le=COUNT_MAX, description="At most so many messages.")
    ] = 100,
    newest: Annotated[
        bool, Parameter(description="The newest so many, instead of those after `after`.")
    ] = False,
) -> dict[str, Any]:
    """What all parties said, with the marks recorded, delivered, read and answered.

    Ask again with the last `position` as `after` to go on.
    """
    view = view_of(state, line)
    if newest:
        after = max(0, view.message_count - count)
    return {"messages": view.messages(after, count)}


@get(
    "/lines/{line:str}/messages/{party:str}/{index:int}",
    operation_id="readMessage",
    tags=["messages"],
    summary="One message, whole",
    responses=described(answers.Message, "The message.", example=examples.MESSAGE, faults=READING),
)
async def read_message(
    state: State,
    line: Line,
    party: Annotated[str, Parameter(description="The author.")],
    index: Annotated[int, Parameter(ge=0, description="Its index: the serial number.")],
    language: Language = None,
) -> dict[str, Any]:
    """One message with its fields, `body`, and as plain text that explains itself.

    `text` is what it says, `outcome` what became of it. What was corrected later stands in
    `corrected`, whole, beside the original; translations that came later are with the others.
    """
    view = view_of(state, line)
    wording = wording_for(state, language)
    try:
        shown = node_of(state).message(line, party, index)
    except OurError as error:
        raise NotFound(error.what, error.remedy) from None
    talk = talked(view, shown, wording)
    return {
        **shown,
        **talk,
        "text": plain_text(view, shown, wording),
        "outcome": wording.outcome({**shown, **talk}) + wording.talk(talk),
    }


@get(
    "/lines/{line:str}/notices",
    operation_id="listNotices",
    tags=["notices"],
    summary="Notices with their states",
    responses=described(answers.Notices, "The notices.", example=examples.NOTICES, faults=READING),
)
async def list_notices(
    state: State,
    line: Line,
    live: Annotated[
        bool, Parameter(description="Only those that are neither ended nor cancelled.")
    ] = False,
    after: Annotated[
        int, Parameter(ge=0, description="Only notices with a larger `position`.")
    ] = 0,
    count: Annotated[
        int, Parameter(ge=1, le=NOTICES_LISTED_MAX, description="At most so many notices.")
    ] = NOTICES_LISTED_MAX,
) -> dict[str, Any]:
    """The notices of all parties: state, lead time, responses, conflicts.

    `more` says how many there are after these: while it is not 0, ask again with the last
    `position` as `after` to go on. A new version of a notice keeps its position.
    """
    notices, more = view_of(state, line).notices_page(after, count, live_only=live)
    return {"notices": notices, "more": more}


@get(
    "/lines/{line:str}/notices/{notice_id:str}",
    operation_id="readNotice",
    tags=["notices"],
    summary="One notice with all its versions",
    responses=described(
        answers.NoticeWhole, "The notice.", example=examples.NOTICE_WHOLE, faults=READING
    ),
)
async def read_notice(
    state: State, line: Line, notice_id: NoticeId, language: Language = None
) -> dict[str, Any]:
    """One notice: its versions, volumes, responses and conflicts.

    Two parties may use one id: ours is meant first.
    """
    return await _notice(state, line, notice_id, language)


@get(
    "/lines/{line:str}/notices/{party:str}/{notice_id:str}",
    operation_id="readNoticeOf",
    tags=["notices"],
    summary="One notice of a party with all its versions",
    responses=described(
        answers.NoticeWhole, "The notice.", example=examples.NOTICE_WHOLE, faults=READING
    ),
)
async def read_notice_of(
    state: State,
    line: Line,
    party: Annotated[str, Parameter(description="Whose notice.")],
    notice_id: NoticeId,
    language: Language = None,
) -> dict[str, Any]:
    """One notice of one party: its versions, volumes, responses and conflicts."""
    return await _notice(state, line, f"{party}/{notice_id}", language)


async def _notice(state: State, line: str, name: str, language: str | None) -> dict[str, Any]:
    wording = wording_for(state, language)
    view = view_of(state, line)
    notice = view.notice(name)
    if notice is None:
        raise NotFound(
            f"There is no notice {name!r} on {line}.", "Take its id from the list of notices."
        )
    outcome = wording.notice_outcome(notice)
    if notice["earlier_answers"]:
        # Beside the loop: areas have many points.
        rows = await asyncio.to_thread(earlier_words, view, notice, wording)
        outcome += "".join(f"{row}\n" for row in rows)
    return {**notice, "outcome": outcome}


@get(
    "/lines/{line:str}/conflicts",
    operation_id="listConflicts",
    tags=["notices"],
    summary="Conflicts between notices of different parties",
    responses=described(
        answers.Conflicts, "The conflicts.", example=examples.CONFLICTS, faults=READING
    ),
)
async def list_conflicts(
    state: State,
    line: Line,
    live: Annotated[bool, Parameter(description="Only those between live notices.")] = True,
    private: Annotated[
        bool, Parameter(description="Also those of what is kept private, after the others.")
    ] = False,
    language: Language = None,
) -> dict[str, Any]:
    """Where two notices come nearer than agreed: how near, at which point, when.

    By themselves these are the conflicts that both nodes know. With `private=true` those of
    the plans and sites that this party keeps to itself follow, each marked `private`.
    """
    wording, view = wording_for(state, language), view_of(state, line)
    found = view.conflicts(live) + (view.conflicts(live, private=True) if private else [])
    return {"conflicts": [worded_conflict(conflict, wording) for conflict in found]}


@get(
    "/lines/{line:str}/alarms",
    operation_id="listAlarms",
    tags=["state"],
    summary="What a person must look at",
    responses=described(answers.Alarms, "The alarms.", example=examples.ALARMS, faults=READING),
)
async def list_alarms(
    state: State,
    line: Line,
    acknowledged: Annotated[
        bool, Parameter(description="Those that were acknowledged as well, after the others.")
    ] = False,
    language: Language = None,
) -> dict[str, Any]:
    """The alarms of a line, the most urgent first; `said` tells what each is about."""
    wording = wording_for(state, language)
    alarms = view_of(state, line).alarms(standing_only=not acknowledged)
    return {"alarms": [worded_alarm(alarm, wording) for alarm in alarms]}


@get(
    "/lines/{line:str}/understanding",
    operation_id="readUnderstanding",
    tags=["understandings"],
    summary="The Understanding in force",
    responses=described(
        answers.Terms, "The Understanding.", example=examples.TERMS, faults=READING
    ),
)
async def read_understanding(state: State, line: Line) -> dict[str, Any]:
    """What the parties agreed on: as TOML, as data, and as the bytes that were signed."""
    understanding = view_of(state, line).understanding
    data = understanding_bytes(understanding)
    return {
        "line": understanding.line,
        "version": understanding.version,
        "hash": understanding_hash(data).hex(),
        "toml": to_toml(understanding),
        "agreed": to_json(understanding),
        "bytes": base64.b64encode(data).decode(),
    }
