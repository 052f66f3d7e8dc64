"""The routes by which officers sign in, and see to what proves who they are.

They are served on the officers' port. On the node's own socket nobody signs in: who may
open it speaks for the party.
"""

import asyncio
import base64
import binascii
import hashlib
from typing import Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import JSONBody

from openline.adapters import credentials
from openline.domain.errors import OurError
from openline.domain.instant import MINUTE_MS
from openline.domain.limits import LABEL_CHARS_MAX, SESSION_AGE_MS_MAX
from openline.domain.line.people import MAY, plain_name
from openline.engine.people import (
    AddPasskey,
    AtTheDoor,
    DropPasskey,
    Kept,
    NoteAtTheDoor,
    NoteUse,
    Passkey,
    SetPassword,
)
from openline.faces.api import answers, examples
from openline.faces.api.describe import WRITING, described
from openline.faces.api.door import Door
from openline.faces.api.faults import BadRequest, Forbidden, NotSignedIn
from openline.faces.api.node import node_of
from openline.faces.api.schema import (
    ByLink,
    ByPasskey,
    ByPassword,
    PasskeyToDrop,
    PasskeyToRegister,
    PasswordToSet,
    PostToTake,
)
from openline.faces.api.sessions import Session

_FRESH_MS: Final = 15 * MINUTE_MS
"""Passwords and passkeys are changed soon after a sign-in: a desk may be left alone."""

_WRONG: Final = "The name, the password or the code is wrong, or the person may not sign in."

_Request = Request[Any, Any, State]


def door_of(state: State) -> Door:
    """The door of the officers' port.

    Raises:
        OurError: There is none.
    """
    door: Door | None = state.get("door")
    if door is None:
        raise OurError(
            "The node has no officers' port.",
            'Write [officers] with listen = "127.0.0.1:8443" into node.toml, and start it anew.',
        )
    return door


@post(
    "/sign-in/password",
    operation_id="signInByPassword",
    tags=["sign-in"],
    summary="Sign in with a password and a code",
    status_code=200,
    responses=described(
        answers.SessionShown, "Signed in.", example=examples.SESSION, faults=WRITING
    ),
)
async def sign_in_by_password(
    state: State, request: _Request, data: JSONBody[ByPassword]
) -> Response[Any]:
    """Sign in with name, password and a code of the second factor.

    After five wrong ones in a row the next must wait, longer each time, up to five minutes;
    a browser that has signed in before as this person is counted by itself. A cookie holds
    the session; each act also shows `csrf` in the header x-openline-csrf.
    """
    door, now = door_of(state), door_of(state).now_ms()
    kept = door.people.find(data.name)
    device = door.device(request.headers.get("cookie", ""), kept)
    door.sessions.count_attempt("password", device or _address(request), now)
    door.sessions.check_wait(data.name, device, now)
    held = kept.password if kept else ""
    async with door.hashing:
        is_good = await asyncio.to_thread(credentials.is_password, held, data.password)
    step = credentials.step_of_code(kept.secret, data.code, now, kept.last_step) if kept else None
    if not is_good or kept is None or step is None or kept.person.is_disabled:
        door.sessions.failed(data.name, device, now)
        await _note_failure(state, request, kept, "password")
        raise NotSignedIn(_WRONG, "Try again with the next code, or ask an administrator.")
    await node_of(state).command(NoteUse(kept.person.name, step=step))
    door.sessions.succeeded(data.name, device)
    return await _begin(state, request, kept, data.post, "password")


@post(
    "/sign-in/passkey/options",
    operation_id="askForPasskey",
    tags=["sign-in"],
    summary="Ask for a challenge to sign in with a passkey",
    status_code=200,
    responses=described(
        answers.PasskeyOptions, "The options.", example=examples.PASSKEY_OPTIONS, faults=WRITING
    ),
)
async def ask_for_passkey(state: State, request: _Request) -> dict[str, Any]:
    """What a page hands to `navigator.credentials.get`.

    It says nothing of who there is.
    """
    door, now = door_of(state), door_of(state).now_ms()
    door.sessions.count_attempt("passkey", _address(request), now)
    challenge = door.sessions.challenge("sign-in", now)
    return {"options": credentials.request_options(door.port.relying_party, (), challenge)}


@post(
    "/sign-in/passkey",
    operation_id="signInByPasskey",
    tags=["sign-in"],
    summary="Sign in with a passkey",
    status_code=200,
    responses=described(
        answers.SessionShown, "Signed in.", example=examples.SESSION, faults=WRITING
    ),
)
async def sign_in_by_passkey(
    state: State, request: _Request, data: JSONBody[ByPasskey]
) -> Response[Any]:
    """Sign in with a passkey that knows who holds it: nothing else is asked for.

    No attempt is counted: each needs a challenge, and asking for one is counted.
    """
    door, now = door_of(state), door_of(state).now_ms()
    challenge = challenge_in(data.credential)
    door.sessions.take_challenge(challenge, "sign-in", now)
    found = door.people.by_credential(credential_in(data.credential))
    if found is None or found[0].person.is_disabled:
        await _note_failure(state, request, found and found[0], "passkey")
        raise NotSignedIn("This passkey is nobody's here.", "Ask an administrator for a link.")
    kept, passkey = found
    try:
        count = credentials.used(
            data.credential, challenge, door.port.relying_party, door.port.origin,
            passkey.cose, passkey.count,
        )  # fmt: skip
    except OurError as error:
        await _note_failure(state, request, kept, "passkey")
        raise NotSignedIn(error.what, error.remedy) from None
    use = NoteUse(kept.person.name, credential=passkey.credential, count=count)
    await node_of(state).command(use)
    return await _begin(state, request, kept, data.post, "passkey")


@post(
    "/sign-in/link",
    operation_id="signInByLink",
    tags=["sign-in"],
    summary="Sign in with a link",
    status_code=200,
    responses=described(
        answers.SessionShown, "Signed in.", example=examples.SESSION, faults=WRITING
    ),
)
async def sign_in_by_link(state: State, request: _Request, data: JSONBody[ByLink]) -> Response[Any]:
    """Sign in once with a link that `openline people link` made."""
    door, now = door_of(state), door_of(state).now_ms()
    door.sessions.count_attempt("link", _address(request), now)
    try:
        kept = door.people.find(door.sessions.take_link(data.link, now))
    except NotSignedIn:
        await _note_failure(state, request, None, "link")
        raise
    if kept is None or kept.person.is_disabled:
        await _note_failure(state, request, kept, "link")
        raise NotSignedIn("The person may not sign in.", "Ask an administrator.")
    door.sessions.succeeded(kept.person.name, "")
    return await _begin(state, request, kept, data.post, "link")


@get(
    "/session",
    operation_id="readSession",
    tags=["sign-in"],
    summary="Who is signed in",
    responses=described(
        answers.SessionShown, "The session.", example=examples.SESSION, faults=WRITING
    ),
)
async def read_session(state: State, request: _Request) -> dict[str, Any]:
    """Who is signed in, at which post, and what they may do."""
    return shown_session(*session_of(state, request))


@post(
    "/session/post",
    operation_id="choosePost",
    tags=["sign-in"],
    summary="Act at another post",
    status_code=200,
    responses=described(
        answers.SessionShown, "The session.", example=examples.SESSION, faults=WRITING
    ),
)
async def choose_post(
    state: State, request: _Request, data: JSONBody[PostToTake]
) -> dict[str, Any]:
    """Act at another of the person's posts from now on."""
    session, kept = session_of(state, request)
    chosen = _post_of(kept, data.post)
    if chosen != session.post:
        session.post = chosen
        door = door_of(state)
        door.sessions.keep(token_of(door, request), door.now_ms())
        await note(state, request, AtTheDoor.POST_CHOSEN, session)
    return shown_session(session, kept)


@post(
    "/session/end",
    operation_id="signOut",
    tags=["sign-in"],
    summary="Sign out",
    status_code=200,
    responses=described(answers.Done, "Done.", example=examples.DONE, faults=WRITING),
)
async def sign_out(state: State, request: _Request) -> Response[Any]:
    """End the session; its streams of events end too."""
    door = door_of(state)
    session, _ = session_of(state, request)
    door.sessions.end(token_of(door, request))
    await note(state, request, AtTheDoor.SIGNED_OUT, session)
    return Response({"is_done": True}, headers={"set-cookie": door.set_cookie("")})


@post(
    "/session/second-factor",
    operation_id="newSecondFactor",
    tags=["sign-in"],
    summary="Make a new second factor",
    status_code=200,
    responses=described(
        answers.SecondFactor, "The secret.", example=examples.SECOND_FACTOR, faults=WRITING
    ),
)
async def new_second_factor(state: State, request: _Request) -> dict[str, Any]:
    """A secret for an authenticator; it counts when a password is set."""
    session, kept = _fresh(state, request)
    session.secret = credentials.new_secret()
    party = node_of(state).config.party
    uri = credentials.secret_uri(session.secret, kept.person.name, party)
    return {"secret": session.secret, "uri": uri, "qr": credentials.secret_picture(uri)}


@post(
    "/session/password",
    operation_id="setPassword",
    tags=["sign-in"],
    summary="Set a password",
    status_code=200,
    responses=described(
        answers.SessionShown, "The session.", example=examples.SESSION, faults=WRITING
    ),
)
async def set_password(
    state: State, request: _Request, data: JSONBody[PasswordToSet]
) -> Response[Any]:
    """Set a password, with a code that shows that the new second factor works."""
    session, kept = _fresh(state, request)
    door = door_of(state)
    if not session.secret:
        raise BadRequest(
            "There is no new second factor.", "Ask for one: POST /session/second-factor."
        )
    if credentials.step_of_code(session.secret, data.code, door.now_ms()) is None:
        raise BadRequest("code: it is not one of the new second factor.", "Try the next.", "code")
    name = kept.person.name
    known = (node_of(state).config.party, *kept.person.posts, name)
    async with door.hashing:
        hashed = await asyncio.to_thread(credentials.hash_password, data.password, known)
    changed: Kept = await node_of(state).command(SetPassword(name, hashed, session.secret))
    # None is left.
    session.secret = ""  # nosec B105
    return Response(shown_session(session, changed), cookies=door.mark_device(changed))


@post(
    "/session/passkeys/options",
    operation_id="askForRegistration",
    tags=["sign-in"],
    summary="Ask for a challenge to register a passkey",
    status_code=200,
    responses=described(
        answers.PasskeyOptions, "The options.", example=examples.PASSKEY_OPTIONS, faults=WRITING
    ),
)
async def ask_for_registration(state: State, request: _Request) -> dict[str, Any]:
    """What a page hands to `navigator.credentials.create`."""
    _, kept = _fresh(state, request)
    door = door_of(state)
    name = kept.person.name
    return {
        "options": credentials.registration_options(
            door.port.relying_party,
            node_of(state).config.party,
            name,
            hashlib.sha256(plain_name(name).encode()).digest(),
            [one.credential for one in kept.passkeys],
            door.sessions.challenge(f"register {name}", door.now_ms()),
        )
    }


@post(
    "/session/passkeys",
    operation_id="registerPasskey",
    tags=["sign-in"],
    summary="Register a passkey",
    status_code=200,
    responses=described(
        answers.SessionShown, "The session.", example=examples.SESSION, faults=WRITING
    ),
)
async def register_passkey(
    state: State, request: _Request, data: JSONBody[PasskeyToRegister]
) -> dict[str, Any]:
    """Register a passkey; it is published on the roster of each line."""
    session, kept = _fresh(state, request)
    door, now = door_of(state), door_of(state).now_ms()
    challenge = challenge_in(data.credential)
    door.sessions.take_challenge(challenge, f"register {kept.person.name}", now)
    made = credentials.registered(
        data.credential, challenge, door.port.relying_party, door.port.origin
    )
    passkey = Passkey(made.credential, made.cose, data.label, now, made.count)
    changed: Kept = await node_of(state).command(AddPasskey(kept.person.name, passkey))
    return shown_session(session, changed)


@post(
    "/session/passkeys/drop",
    operation_id="dropPasskey",
    tags=["sign-in"],
    summary="Drop a passkey",
    status_code=200,
    responses=described(
        answers.SessionShown, "The session.", example=examples.SESSION, faults=WRITING
    ),
)
async def drop_passkey(
    state: State, request: _Request, data: JSONBody[PasskeyToDrop]
) -> dict[str, Any]:
    """Drop one of the person's own passkeys; the next roster is without it."""
    session, kept = _fresh(state, request)
    try:
        credential = bytes.fromhex(data.id)
    except ValueError:
        raise BadRequest("id: it is not hexadecimal.", "Take it from the session.", "id") from None
    changed: Kept = await node_of(state).command(DropPasskey(kept.person.name, credential))
    return shown_session(session, changed)


# What a page sends.


def from_base64url(text: object, field: str) -> bytes:
    """Bytes as browsers write them.

    Raises:
        BadRequest: It is none.
    """
    try:
        if isinstance(text, str) and len(text) <= 16_384:
            return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        pass
    raise BadRequest(
        f"{field}: it is not base64url.", "Hand on what the browser gave, as JSON.", field
    )


def response_in(credential: dict[str, Any], name: str) -> bytes:
    """One part of what an authenticator answered.

    Raises:
        BadRequest: It is not there.
    """
    response = credential.get("response")
    held = response.get(name) if isinstance(response, dict) else None
    return from_base64url(held, f"credential.response.{name}")


def credential_in(credential: dict[str, Any]) -> bytes:
    """The id of a credential.

    Raises:
        BadRequest: It is not there.
    """
    return from_base64url(credential.get("rawId"), "credential.rawId")


def challenge_in(credential: dict[str, Any]) -> bytes:
    """The challenge that a page answered; what it is worth is another matter.

    Raises:
        BadRequest: It is not there.
    """
    try:
        shown = msgspec.json.decode(response_in(credential, "clientDataJSON"))
    except msgspec.DecodeError:
        shown = None
    challenge = shown.get("challenge") if isinstance(shown, dict) else None
    return from_base64url(challenge, "credential.response.clientDataJSON")


# The session.


async def _begin(
    state: State, request: _Request, kept: Kept, post_name: str, how: str
) -> Response[Any]:
    """Sign somebody in; the session that the browser had ends, and with it a lock."""
    door = door_of(state)
    person, now, token = kept.person, door.now_ms(), token_of(door, request)
    place = _post_of(kept, post_name) if post_name else person.posts[0]
    before = door.signed_in(token)
    door.sessions.end(token)
    token, session = door.sessions.begin(
        person.name, place, kept.reset_count, how, now, where_of(request)
    )
    act = AtTheDoor.SIGNED_IN
    if before is not None and before[0].name != person.name:
        await note(state, request, AtTheDoor.SIGNED_OUT, before[0])
    elif before is not None and before[0].locked_at is not None:
        act = AtTheDoor.UNLOCKED
    await note(state, request, act, session)
    return Response(
        shown_session(session, kept),
        headers={"set-cookie": door.set_cookie(token)},
        cookies=door.mark_device(kept),
    )


def _address(request: _Request) -> str:
    """Where a request comes from, as far as it is known."""
    return "" if request.client is None else request.client.host


async def note(state: State, request: _Request, act: AtTheDoor, session: Session) -> None:
    """Have the journals note what the person of a session did about it."""
    what = f"{session.how}, {where_of(request)}"
    by = (session.post, session.name)
    await node_of(state).command(NoteAtTheDoor(act, by, what, session.name))


async def _note_failure(state: State, request: _Request, kept: Kept | None, how: str) -> None:
    """The same of somebody who tried in vain.

    A name that nobody has is not noted: people type passwords into the wrong field, and a
    journal forgets nothing.
    """
    name = kept.person.name if kept else ""
    what = f"{how}, {where_of(request)}"
    by = (kept.person.posts[0] if kept else "", name)
    await node_of(state).command(NoteAtTheDoor(AtTheDoor.SIGN_IN_FAILED, by, what, name))


def where_of(request: _Request) -> str:
    """Address and browser of a request, as they say, in plain letters."""
    browser = request.headers.get("user-agent", "")
    plain = "".join(one if " " <= one <= "~" else "?" for one in browser)
    return f"{_address(request) or '?'}, {plain}"[:LABEL_CHARS_MAX]


def _post_of(kept: Kept, name: str) -> str:
    if name not in kept.person.posts:
        raise Forbidden(
            f"{kept.person.name} does not act at {name!r}.",
            f"Their posts are {', '.join(kept.person.posts)}.",
        )
    return name


def token_of(door: Door, request: _Request) -> str:
    """What the browser shows; empty for nothing."""
    return door.token(request.headers.get("cookie", ""))


def session_of(state: State, request: _Request) -> tuple[Session, Kept]:
    """The session and the person behind a request.

    Raises:
        NotSignedIn: There is none.
    """
    door = door_of(state)
    found = door.signed_in(token_of(door, request))
    if found is None:
        raise NotSignedIn("Nobody is signed in.", "Sign in on the officers' port.")
    return found


def _fresh(state: State, request: _Request) -> tuple[Session, Kept]:
    """The same, soon after the sign-in.

    Raises:
        Forbidden: It was too long ago.
    """
    session, kept = session_of(state, request)
    if door_of(state).now_ms() - session.began_at > _FRESH_MS:
        raise Forbidden("The sign-in was too long ago for this.", "Sign in again, then do it.")
    return session, kept


def shown_session(session: Session, kept: Kept) -> dict[str, Any]:
    """The session as its own page sees it."""
    shown = kept.to_json()
    roles = kept.person.roles
    return {
        "name": shown["name"],
        "post": session.post,
        "posts": shown["posts"],
        "roles": shown["roles"],
        "rights": list(dict.fromkeys(right.value for role in roles for right in MAY[role])),
        "how": session.how,
        "csrf": session.csrf,
        "began_at": session.began_at,
        "ends_at": session.began_at + SESSION_AGE_MS_MAX,
        "has_password": shown["has_password"],
        "passkeys": shown["passkeys"],
        "is_locked": session.locked_at is not None,
    }
