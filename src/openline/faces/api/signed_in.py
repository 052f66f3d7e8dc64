"""The routes about where people are signed in: locking, listing, ending.

A desk that nobody touches is locked: by its page after some minutes, and by the node after
half an hour (`domain.limits.SESSION_UNTOUCHED_MS_MAX`). A locked session follows what
changes, so that a wall goes on alarming, and does nothing else (`rights.LOCKED`).
Unlocking is signing in anew with the same browser, which ends the session it had: nothing
is asked for that signing in does not ask for, and nothing less.
"""

from typing import Any

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.params import JSONBody

from openline.domain.line.people import Right, may
from openline.engine.people import AtTheDoor, NoteAtTheDoor
from openline.faces.api import answers, examples
from openline.faces.api.describe import WRITING, described
from openline.faces.api.faults import NotFound
from openline.faces.api.node import node_of
from openline.faces.api.schema import SessionToEnd
from openline.faces.api.sessions import Session
from openline.faces.api.sign_in import door_of, note, session_of, shown_session, token_of

_Request = Request[Any, Any, State]


@post(
    "/session/lock",
    operation_id="lockSession",
    tags=["sign-in"],
    summary="Lock the session",
    status_code=200,
    responses=described(
        answers.SessionShown, "It is locked.", example=examples.SESSION, faults=WRITING
    ),
)
async def lock_session(state: State, request: _Request) -> dict[str, Any]:
    """Let the session do nothing but follow what changes until somebody signs in anew.

    It may still read its state, the lines' states and alarms, and be ended.
    """
    session, kept = session_of(state, request)
    if session.locked_at is None:
        door = door_of(state)
        session.locked_at = door.now_ms()
        door.sessions.keep(token_of(door, request), session.locked_at)
        await note(state, request, AtTheDoor.LOCKED, session)
    return shown_session(session, kept)


@post(
    "/session/touch",
    operation_id="touchSession",
    tags=["sign-in"],
    summary="Say that somebody is at the desk",
    status_code=200,
    responses=described(answers.Done, "Done.", example=examples.DONE, faults=WRITING),
)
async def touch_session(state: State, request: _Request) -> dict[str, Any]:
    """Keep the session from being locked: a page says so while somebody touches it.

    Every act says so too; reading does not.
    """
    session_of(state, request)
    return {"is_done": True}


@get(
    "/sessions",
    operation_id="listSessions",
    tags=["sign-in"],
    summary="Where people are signed in",
    responses=described(
        answers.SessionsListed, "The sessions.", example=examples.SESSIONS, faults=WRITING
    ),
)
async def list_sessions(state: State, request: _Request) -> dict[str, Any]:
    """One's own sessions; for who may see to people, everybody's."""
    this = door_of(state).sessions.id_of(token_of(door_of(state), request))
    rows = [
        {
            "id": session_id,
            "name": one.name,
            "post": one.post,
            "how": one.how,
            "where": one.where,
            "began_at": one.began_at,
            "used_at": one.used_at,
            "locked_at": one.locked_at,
            "is_this": session_id == this,
        }
        for session_id, one in _seen(state, request)
    ]
    return {"sessions": rows}


@post(
    "/sessions/end",
    operation_id="endSession",
    tags=["sign-in"],
    summary="End a session",
    status_code=200,
    responses=described(answers.Done, "Done.", example=examples.DONE, faults=WRITING),
)
async def end_session(
    state: State, request: _Request, data: JSONBody[SessionToEnd]
) -> dict[str, Any]:
    """Sign out a browser of one's own; who may see to people signs out anybody's.

    Its streams of events end too.
    """
    by, _ = session_of(state, request)
    found = dict(_seen(state, request)).get(data.id)
    if found is None:
        raise NotFound("There is no such session, or it is over.", "See GET /sessions.")
    door_of(state).sessions.end_by_id(data.id)
    command = NoteAtTheDoor(
        AtTheDoor.SESSION_ENDED, (by.post, by.name), f"{found.how}, {found.where}", found.name
    )
    await node_of(state).command(command)
    return {"is_done": True}


def _seen(state: State, request: _Request) -> list[tuple[str, Session]]:
    """The sessions that who asks may see, with their ids."""
    own, kept = session_of(state, request)
    door = door_of(state)
    all_of_them = may(kept.person.roles, Right.PEOPLE)
    return [
        (session_id, one)
        for session_id, one in door.sessions.listed(door.now_ms())
        if all_of_them or one.name == own.name
    ]


ROUTES = (lock_session, touch_session, list_sessions, end_session)
