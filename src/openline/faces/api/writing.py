"""The routes by which officers act: say, check, acknowledge, adopt, change keys."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, NoReturn

from litestar import post
from litestar.datastructures import State
from litestar.params import Body, Parameter

from openline.domain.errors import OurError
from openline.domain.party import Precedence
from openline.domain.talk.kinds import Kind
from openline.domain.talk.message import Message, from_json
from openline.engine.commands import (
    Adopt,
    ChangeKey,
    CheckNotice,
    Compose,
    PublishRevocation,
    Recorded,
    TrustOwnCopy,
)
from openline.engine.effects import Show
from openline.faces.api import answers, examples
from openline.faces.api.describe import WRITING, described
from openline.faces.api.faults import BadRequest
from openline.faces.api.node import bad_field, by_of, node_of, view_of, with_by
from openline.faces.api.reading import Line
from openline.faces.api.running import LineView, Running
from openline.faces.api.schema import Check, Deed, KeyOrder, Revocation, Say

WAIT_MS_MAX: Final = 60_000
"""Longer waits belong to the event stream."""

SIGNED_SIZE_BYTES_MAX: Final = 1_048_576

_SAID_BY_PEOPLE: Final = (
    Kind.TEXT,
    Kind.NOTICE,
    Kind.READ,
    Kind.READ_BACK,
    Kind.RESPONSE,
    Kind.LINE_CHECK,
    Kind.LINE_CHECK_REPLY,
    Kind.DECLARATION,
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
    command = Compose(
        line=line,
        message=_message(running, data.kind, data.fields),
        precedence=Precedence[data.precedence],
        reply_to=(data.reply_to.party, data.reply_to.index) if data.reply_to else None,
        recipients=tuple(sorted(set(data.recipients))),
        request_id=data.request_id,
    )
    if wait is None:
        recorded: Recorded = await running.command(command)
        return _said(view, recorded)
    async with running.shows() as shows:
        recorded = await running.command(command)
        await _until_delivered(view, recorded, shows, timeout_ms / 1000)
    return _said(view, recorded)


async def _until_delivered(
    view: LineView, recorded: Recorded, shows: AsyncIterator[Show], timeout_s: float
) -> None:
    """Return when the message is delivered to all, or the time is over."""
    try:
        async with asyncio.timeout(timeout_s):
            while not _said(view, recorded)["is_delivered"]:
                if await anext(shows, None) is None:
                    return
    except TimeoutError:
        return


def _said(view: LineView, recorded: Recorded) -> dict[str, Any]:
    record = view.message(recorded.party, recorded.index) or {}
    delivered: dict[str, int] = record.get("marks", {}).get("delivered", {})
    recipients = record.get("recipients", [])
    return {
        "line": recorded.line,
        "party": recorded.party,
        "index": recorded.index,
        "serial": record.get("serial", ""),
        "notice_id": recorded.notice_id,
        "is_delivered": bool(recipients) and all(party in delivered for party in recipients),
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
    state: State, line: Line, data: Annotated[Check, Body(examples=examples.CHECKS)]
) -> dict[str, Any]:
    """The conflicts a notice would have with the live notices of other parties.

    Everything that would be refused on release is refused here too; nothing
    is recorded and nobody is told.
    """
    view_of(state, line)
    running = node_of(state)
    message = _message(running, "NOTICE", data.fields)
    return {"conflicts": await running.command(CheckNotice(line, message))}


@post(
    "/lines/{line:str}/alarms/{alarm:str}/acknowledge",
    operation_id="acknowledgeAlarm",
    tags=["state"],
    summary="Acknowledge an alarm",
    status_code=200,
    responses=described(answers.Done, "Done.", example=examples.DONE, faults=WRITING),
)
async def acknowledge_alarm(
    state: State,
    line: Line,
    alarm: Annotated[str, Parameter(description="Its id.")],
    data: Deed | None = None,
) -> dict[str, Any]:
    """A person has seen it. Acknowledging one alarm neither clears nor hides another."""
    view_of(state, line)
    running = node_of(state)
    by = by_of(running, data.by if data else None)
    await running.acknowledge(line, alarm, by)
    return {"is_done": True}


@post(
    "/understandings",
    operation_id="adoptUnderstanding",
    tags=["understandings"],
    summary="Adopt a signed Understanding",
    status_code=200,
    request_max_body_size=SIGNED_SIZE_BYTES_MAX,
    responses=described(answers.Done, "Done.", example=examples.DONE, faults=WRITING),
)
async def adopt(
    state: State,
    data: Annotated[bytes, Body(media_type="application/octet-stream")],
) -> dict[str, Any]:
    """Adopt an Understanding that every party has signed: a new line, or an amendment.

    The body is the file that `openline understanding sign` writes.
    """
    await node_of(state).command(Adopt(data))
    return {"is_done": True}


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
async def change_key(state: State, line: Line, data: KeyOrder) -> dict[str, Any]:
    """Announce and use the next key of a role; old and new key sign the announcement."""
    view = view_of(state, line)
    running = node_of(state)
    by = by_of(running, data.by)
    return _said(view, await running.command(ChangeKey(line, data.role, by)))


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
async def publish_revocation(state: State, line: Line, data: Revocation) -> dict[str, Any]:
    """Publish that a key is not valid from an index on, signed with the root keys."""
    view = view_of(state, line)
    running = node_of(state)
    message = _from_json(Kind.KEY_REVOKE, data.fields)
    return _said(view, await running.command(PublishRevocation(line, message)))


@post(
    "/lines/{line:str}/trust-own-copy",
    operation_id="trustOwnCopy",
    tags=["keys"],
    summary="Go on signing without the counterpart's word",
    status_code=200,
    responses=described(answers.Done, "Done.", example=examples.DONE, faults=WRITING),
)
async def trust_own_copy(state: State, line: Line, data: Deed) -> dict[str, Any]:
    """Sign on although no counterpart has confirmed what we said before the restart.

    If the store is an old copy, this makes two histories that any outsider
    can prove against this party. A named person takes that upon themselves.
    """
    view_of(state, line)
    running = node_of(state)
    await running.command(TrustOwnCopy(line, by_of(running, data.by)))
    return {"is_done": True}


def _message(running: Running, kind: str, fields: dict[str, Any]) -> Message:
    try:
        number = Kind[kind]
    except KeyError:
        _refuse_kind(kind)
    if number not in _SAID_BY_PEOPLE:
        _refuse_kind(kind)
    return _from_json(number, with_by(running, fields))


def _refuse_kind(kind: str) -> NoReturn:
    raise BadRequest(
        f"kind: {kind!r} is not a kind of message that is said here.",
        f"Say one of {', '.join(one.name for one in _SAID_BY_PEOPLE)}.",
        "kind",
    )


def _from_json(kind: Kind, fields: dict[str, Any]) -> Message:
    try:
        return from_json(kind, fields)
    except OurError as error:
        raise bad_field(error) from None
