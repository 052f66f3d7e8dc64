"""The routes by which officers act: say, check, acknowledge, adopt, change keys."""

import asyncio
import base64
import contextlib
import dataclasses
from typing import Annotated, Any, Final

from litestar import post
from litestar.datastructures import State
from litestar.params import Body, JSONBody, Parameter, RawBody

from openline.domain.errors import OurError, TheirError
from openline.domain.instant import format_instant
from openline.domain.line.understanding import parse_signed_understanding
from openline.domain.party import Precedence
from openline.domain.talk.incident import NOT_NAMED as INCIDENT_NOT_NAMED
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Message, from_json
from openline.domain.talk.notice import Notice
from openline.domain.talk.site import UNNAMED
from openline.engine.commands import (
    AcknowledgeAlarm,
    Adopt,
    ChangeKey,
    CheckNotice,
    Compose,
    OpenEpoch,
    PublishRevocation,
    Recorded,
    TrustOwnCopy,
)
from openline.engine.talk_rules import NO_BOOK
from openline.engine.views import View
from openline.faces.api import answers, examples
from openline.faces.api.acting import ACTING
from openline.faces.api.describe import WRITING, described
from openline.faces.api.faults import BadRequest, Forbidden, NotFound
from openline.faces.api.node import (
    bad_field,
    by_of,
    node_of,
    recorded,
    view_of,
    with_by,
    wording_for,
)
from openline.faces.api.reading import Language, Line
from openline.faces.api.rights import check_saying
from openline.faces.api.running import Running
from openline.faces.api.schema import (
    Acknowledgement,
    Check,
    Deed,
    KeyOrder,
    Opening,
    Revocation,
    Say,
)
from openline.faces.api.words import worded_encounter

WAIT_MS_MAX: Final = 60_000
"""Longer waits belong to the event stream."""

SIGNED_SIZE_BYTES_MAX: Final = 1_048_576

SAID_BY_PEOPLE: Final = (
    Kind.TEXT,
    Kind.NOTICE,
    Kind.READ,
    Kind.READ_BACK,
    Kind.RESPONSE,
    Kind.LINE_CHECK,
    Kind.LINE_CHECK_REPLY,
    Kind.DECLARATION,
    Kind.SERVICE,
    Kind.RESUMPTION_OFFER,
    Kind.QUERY,
    Kind.ANSWER,
    Kind.WARNING,
    Kind.EXPLANATION,
    Kind.SITE,
    Kind.ZONE,
    Kind.MOVEMENT,
    Kind.TRACK,
    Kind.CORRECTION,
    Kind.QUERY_ACK,
    Kind.PASSED_ON,
    Kind.CODED,
    Kind.TRANSLATION,
    Kind.INCIDENT,
    Kind.INQUIRY,
    Kind.VIOLATION,
    Kind.PROTEST,
    Kind.CONTACT,
    Kind.CONTACT_REPLY,
    Kind.CALL_RECORD,
    Kind.READOUT,
    Kind.WATCH,
    Kind.ESCALATION,
    Kind.RING,
    Kind.CALL,
    Kind.VOICE_NOTE,
)
"""Keys and Understandings have routes of their own; the node writes those messages."""


@post(
    "/lines/{line:str}/messages",
    operation_id="say",
    tags=["messages"],
    summary="Say something",
    status_code=201,
    responses=described(
        answers.Said,
        "It is in this party's log, on disk.",
        status=201,
        example=examples.SAID,
        faults=WRITING,
    ),
)
async def say(
    state: State,
    line: Line,
    data: Annotated[Say, Body(examples=examples.SAYINGS)],
    wait: Annotated[
        str | None,
        Parameter(
            pattern="^delivered$",
            description="`delivered`: answer only when every recipient's receipt is held.",
        ),
    ] = None,
    timeout_ms: Annotated[
        int, Parameter(ge=1, le=WAIT_MS_MAX, description="How long to wait at most.")
    ] = 5_000,
) -> dict[str, Any]:
    """Say a message: a text, a notice, a receipt by a person, a response, a check.

    The answer comes when the message is durable in this party's own log. With
    `wait=delivered` it comes when the receipts of the recipients are held, or
    after `timeout_ms`; `is_delivered` tells which. Either way it is said and
    will be delivered. What must not be said is refused before it is recorded.
    """
    view = view_of(state, line)
    running = node_of(state)
    check_saying(data.kind, data.fields, is_reply=data.reply_to is not None)
    precedence = Precedence[data.precedence]
    command = Compose(
        line=line,
        message=message_of(running, data.kind, data.fields, precedence),
        precedence=precedence,
        reply_to=(data.reply_to.party, data.reply_to.index) if data.reply_to else None,
        recipients=tuple(sorted(set(data.recipients))),
        request_id=data.request_id,
    )
    done = await recorded(state, line, command)
    if wait is not None:
        # The time is over: the message is said all the same, and `is_delivered` says how far.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_ms / 1000):
                await running.delivered(line, done.index)
    return said(view, done)


def said(view: View, done: Recorded) -> dict[str, Any]:
    """What the routes answer about a message that was recorded."""
    record = view.message(done.party, done.index)
    assert record is not None, "what is recorded is in the view"
    delivered: dict[str, int] = record["marks"]["delivered"]
    return {
        "line": done.line,
        "party": done.party,
        "index": done.index,
        "serial": record["serial"],
        "notice_id": done.notice_id,
        "is_delivered": all(party in delivered for party in record["recipients"]),
        "delivered": delivered,
    }


@post(
    "/lines/{line:str}/notices/check",
    operation_id="checkNotice",
    tags=["notices"],
    summary="Check a notice without saying it",
    status_code=200,
    responses=described(
        answers.Checked, "What it would meet.", example=examples.CHECKED, faults=WRITING
    ),
)
async def check_notice(
    state: State,
    line: Line,
    data: Annotated[Check, Body(examples=examples.CHECKS)],
    language: Language = None,
) -> dict[str, Any]:
    """The conflicts a notice would have with the live notices of other parties.

    Everything that would be refused on release is refused here too, but no second person is
    asked for; nothing is recorded and nobody is told. A draft that meets very many notices is
    checked up to a bound: then `is_complete` is false. `warnings` name what may be a mistake
    and is not refused: a kind or a category that the Understanding does not name.
    """
    view = view_of(state, line)
    running = node_of(state)
    wording = wording_for(state, language)
    message = message_of(running, "NOTICE", data.fields)
    found, is_complete = await running.check(CheckNotice(line, message))
    assert isinstance(message, Notice), "the form of a notice gives a notice"
    draft = f"{running.config.party} {message.notice_id}" if message.notice_id else ""
    return {
        "conflicts": [worded_encounter(one, wording, draft) for one in found],
        "is_complete": is_complete,
        "room": room_of(view, running.config.party),
        "warnings": wording.remarks(message, view.understanding),
    }


def room_of(view: View, party: str) -> int:
    """How many more live notices a party may have."""
    most = view.understanding.notices_live_max
    return max(0, most - view.notice_records.live_count(party))


@post(
    "/lines/{line:str}/alarms/acknowledge",
    operation_id="acknowledgeAlarm",
    tags=["state"],
    summary="Acknowledge an alarm",
    status_code=200,
    responses=described(answers.Done, "Done.", example=examples.DONE, faults=WRITING),
)
async def acknowledge_alarm(
    state: State, line: Line, data: JSONBody[Acknowledgement]
) -> dict[str, Any]:
    """A person has seen it. Acknowledging one alarm neither clears nor hides another."""
    view_of(state, line)
    running = node_of(state)
    by = by_of(running, data.by)
    try:
        await running.command(AcknowledgeAlarm(line, data.alarm, by))
    except OurError as error:
        # Nothing else stands against acknowledging than that there is no such alarm.
        raise NotFound(error.what, error.remedy) from None
    return {"is_done": True}


@post(
    "/understandings",
    operation_id="adoptUnderstanding",
    tags=["understandings"],
    summary="Adopt a signed Understanding",
    status_code=200,
    request_max_body_size=SIGNED_SIZE_BYTES_MAX,
    responses=described(answers.Adopted, "Adopted.", example=examples.ADOPTED, faults=WRITING),
)
async def adopt(state: State, body: RawBody) -> dict[str, Any]:
    """Adopt an Understanding that every party has signed: a new line, or an amendment.

    The body is the file that `openline understanding sign` writes.
    """
    try:
        parse_signed_understanding(body)
    except TheirError as error:
        what = f"The file is no signed Understanding: {error.what.rstrip('.')}."
        raise BadRequest(what, "Send the file that `openline understanding sign` writes.") from None
    running = node_of(state)
    result = await running.command(Adopt(body, by_of(running, None)))
    return {"is_done": True, **(result if isinstance(result, dict) else {})}


@post(
    "/lines/{line:str}/keys",
    operation_id="changeKey",
    tags=["keys"],
    summary="Change one of this party's keys",
    status_code=201,
    responses=described(
        answers.Said, "The change is announced.", status=201, example=examples.SAID, faults=WRITING
    ),
)
async def change_key(state: State, line: Line, data: JSONBody[KeyOrder]) -> dict[str, Any]:
    """Announce and use the next key of a role; old and new key sign the announcement."""
    view = view_of(state, line)
    running = node_of(state)
    change = ChangeKey(line, data.role, by_of(running, data.by))
    return said(view, await recorded(state, line, change))


@post(
    "/lines/{line:str}/revocations",
    operation_id="publishRevocation",
    tags=["keys"],
    summary="Publish a root-signed revocation",
    status_code=201,
    responses=described(
        answers.Said, "It is published.", status=201, example=examples.SAID, faults=WRITING
    ),
)
async def publish_revocation(
    state: State, line: Line, data: JSONBody[Revocation]
) -> dict[str, Any]:
    """Publish that a key is not valid from an index on, signed with the root keys."""
    view = view_of(state, line)
    try:
        fields = with_by(node_of(state), data.fields)
        message = from_json(Kind.KEY_REVOKE, fields, Precedence.PRIORITY)
    except OurError as error:
        raise bad_field(error) from None
    return said(view, await recorded(state, line, PublishRevocation(line, message)))


@post(
    "/lines/{line:str}/epochs",
    operation_id="openEpoch",
    tags=["keys"],
    summary="Go on in a new outbox",
    status_code=201,
    responses=described(
        answers.Said, "It is opened.", status=201, example=examples.SAID, faults=WRITING
    ),
)
async def open_epoch(state: State, line: Line, data: JSONBody[Opening]) -> dict[str, Any]:
    """Open this party's next outbox, signed with the root keys.

    What nobody has receipted of the old outbox stays on the record, flagged; it is not
    delivered any more.
    """
    view = view_of(state, line)
    try:
        fields = with_by(node_of(state), data.fields)
        message = from_json(Kind.EPOCH, fields, Precedence.PRIORITY)
    except OurError as error:
        raise bad_field(error) from None
    return said(view, await recorded(state, line, OpenEpoch(line, message)))


@post(
    "/lines/{line:str}/trust-own-copy",
    operation_id="trustOwnCopy",
    tags=["keys"],
    summary="Go on signing without the counterpart's word",
    status_code=200,
    responses=described(answers.Done, "Done.", example=examples.DONE, faults=WRITING),
)
async def trust_own_copy(state: State, line: Line, data: JSONBody[Deed]) -> dict[str, Any]:
    """Sign on although no counterpart has confirmed what we said before the restart.

    If the store is an old copy, this makes two histories that any outsider
    can prove against this party. A named person takes that upon themselves.
    """
    view_of(state, line)
    running = node_of(state)
    await running.command(TrustOwnCopy(line, by_of(running, data.by)))
    return {"is_done": True}


@post(
    "/store/copy",
    operation_id="copyStore",
    tags=["files"],
    summary="Write a copy of the store",
    status_code=200,
    responses=described(
        answers.StoreCopied, "It is written.", example=examples.COPIED, faults=WRITING
    ),
)
async def copy_store(state: State) -> dict[str, Any]:
    """Write a copy beside the store, for a back-up, while the node goes on.

    Only on the node's own socket: what is written lies on its machine, and whoever asked
    takes it from there and deletes it.
    """
    if ACTING.get() is not None:
        raise Forbidden(
            "The store is copied by who is on the node's machine.", "Run `openline backup` there."
        )
    path, at, beside = await node_of(state).copy_store()
    copies = {name: str(copy) for name, copy in beside.items()}
    return {"path": str(path), "at": at, "beside": copies}


def message_of(
    running: Running, kind: str, fields: dict[str, Any], precedence: Precedence = Precedence.ROUTINE
) -> Message:
    """The message that an officer filled in; what the desk fills in is left to it."""
    number = kind_said(kind)
    fields = filled(running, number, fields)
    try:
        message = from_json(number, fields, precedence)
    except OurError as error:
        raise bad_field(error) from None
    return unnamed(message)


def kind_said(name: str) -> Kind:
    """The kind of that name.

    Raises:
        BadRequest: People say none of that name.
    """
    kind = Kind.__members__.get(name)
    if kind not in SAID_BY_PEOPLE:
        raise BadRequest(
            f"kind: {name!r} is not a kind of message that is said here.",
            f"Say one of {', '.join(one.name for one in SAID_BY_PEOPLE)}.",
            "kind",
        )
    return kind


def filled(running: Running, kind: Kind, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a form with what stands for those that are left to the node."""
    return {**LEFT_TO_THE_DESK.get(kind, {}), **with_by(running, fields)}


def unnamed(message: Message) -> Message:
    """The message as the desk takes it: a notice that it is to name has no id."""
    if isinstance(message, Notice) and message.notice_id == _NOT_NAMED:
        return dataclasses.replace(message, notice_id="")
    return message


_NOT_NAMED: Final = "NEW"
"""Stands for the id of a notice that the desk is to name."""

LEFT_TO_THE_DESK: Final[dict[Kind, dict[str, Any]]] = {
    Kind.NOTICE: {"notice_id": _NOT_NAMED},
    Kind.LINE_CHECK: {"number": 1},
    Kind.DECLARATION: {"effective_at": format_instant(0)},
    Kind.ZONE: {"zone_id": UNNAMED, "valid_until": format_instant(0)},
    Kind.MOVEMENT: {"movement_id": UNNAMED},
    Kind.CODED: {"book": base64.b64encode(NO_BOOK).decode()},
    Kind.SERVICE: {"valid_from": format_instant(0)},
    Kind.INCIDENT: {"incident": INCIDENT_NOT_NAMED},
}
"""Fields that may be left out, with what tells the desk to fill them in."""
