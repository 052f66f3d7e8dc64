"""The door of the officers' port: who is not signed in reaches no route.

Around the same routes as on the socket: a cookie names a session, the session a person,
and the person is looked up anew with each request, so who is disabled or reset is out at
once, streams of events included. An act shows in a header what only their own page
knows. Everything else is refused here, before a body is read.
"""

import asyncio
import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Final

from litestar.datastructures import Cookie
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from msgspec import json

from openline.adapters.wording import Wording
from openline.adapters.wording.faults import FaultWords
from openline.app.settings.ports import OfficersPort
from openline.domain.errors import OurError
from openline.domain.limits import (
    DEVICE_AGE_MS_MAX,
    LABEL_CHARS_MAX,
    REFUSALS_LOGGED_PER_MINUTE_MAX,
    SESSION_AGE_MS_MAX,
)
from openline.domain.line.letters import visible
from openline.engine.journal import PerMinute
from openline.engine.people import Kept, People
from openline.faces.api.acting import ACTING, NOBODY, Acting
from openline.faces.api.faults import Forbidden, NotSignedIn, TooMany
from openline.faces.api.languages import language_of
from openline.faces.api.sessions import Session, Sessions, device_of, new_device

LOG: Final = logging.getLogger(__name__)

CSRF_HEADER: Final = "x-openline-csrf"
DEVICE_SIZE_BYTES: Final = 16
_SAFE: Final = ("GET", "HEAD", "OPTIONS")
_OPEN: Final = "/sign-in/"
_PAGE: Final = ("/", "/sign-in")
_EVENTS: Final = b"text/event-stream"
_PAGE_FILES: Final = "/page/"
"""The page of the console and what it loads: no data of a line."""

_HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (
        b"content-security-policy",
        b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"cross-origin-resource-policy", b"same-origin"),
)

_ONLY_TLS: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
"""A browser that trusts the port's certificate asks its host without TLS no more (RFC 6797)."""

_LOCAL: Final = "localhost"
"""Of this name all ports and programs of a machine are: none of them speaks for the others."""


@dataclass
class Door:
    """What sign-in needs, for the routes and for the door itself.

    Attributes:
        port: The officers' port.
        people: Who there is.
        sessions: Who is signed in.
        now_ms: The clock.
        hashing: Lets one password at a time be hashed: each takes 64 MiB and a core.
        refusals: Lets so many refusals of a minute be told in the log.
        untold: How many were not, since the last one that was.
    """

    port: OfficersPort
    people: People
    sessions: Sessions
    now_ms: Callable[[], int]
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    refusals: PerMinute = field(default_factory=lambda: PerMinute(REFUSALS_LOGGED_PER_MINUTE_MAX))
    untold: int = 0

    @property
    def has_tls(self) -> bool:
        """Whether a browser reaches it over TLS."""
        return self.port.origin.startswith("https:")

    @property
    def cookie(self) -> str:
        """Name of the cookie: with TLS one that no other host or path can set.

        The port is part of it, for browsers send one host's cookies to all of its ports.
        """
        return f"{'__Host-' if self.has_tls else ''}openline-{self.port.port}"

    def set_cookie(self, token: str) -> str:
        """The header that gives a browser its session; an empty token takes it away."""
        age_s = SESSION_AGE_MS_MAX // 1_000 if token else 0
        secure = "; Secure" if self.has_tls else ""
        rest = f"Path=/; Max-Age={age_s}; HttpOnly; SameSite=Strict{secure}"
        return f"{self.cookie}={token}; {rest}"

    def mark_device(self, kept: Kept) -> list[Cookie]:
        """The cookie that a browser keeps once it has signed in somebody with a password."""
        if not kept.password:
            return []
        return [
            Cookie(
                key=self.device_cookie,
                value=new_device(kept, self.sessions.random(DEVICE_SIZE_BYTES)),
                max_age=DEVICE_AGE_MS_MAX // 1_000,
                secure=self.has_tls,
                httponly=True,
                samesite="strict",
            )
        ]

    @property
    def device_cookie(self) -> str:
        """Name of the cookie of a device that was signed in on."""
        return f"{self.cookie}-device"

    def token(self, cookies: str) -> str:
        """The token that a browser shows; empty for none."""
        return _held(cookies, self.cookie)

    def device(self, cookies: str, kept: Kept | None) -> str:
        """The device on which somebody has signed in before; empty for none."""
        return device_of(kept, _held(cookies, self.device_cookie))

    def signed_in(self, token: str) -> tuple[Session, Kept] | None:
        """Session and person behind a token; None where there is none any more."""
        session = self.sessions.find(token, self.now_ms()) if token else None
        kept = None if session is None else self.people.find(session.name)
        if session is None or kept is None:
            return None
        is_out = kept.person.is_disabled or kept.reset_count != session.reset_count
        if is_out or session.post not in kept.person.posts:
            self.sessions.end(token)
            return None
        return session, kept


def _held(cookies: str, name: str) -> str:
    try:
        held = SimpleCookie(cookies).get(name)
    except CookieError:
        return ""
    return "" if held is None else held.value


def guarded(app: ASGIApp, door: Door) -> ASGIApp:
    """The application behind the door.

    Args:
        app: The officers' API.
        door: What it needs.
    """

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        outside = _told(door, scope, send)
        try:
            token, acting = _enter(door, scope)
        except (NotSignedIn, Forbidden, TooMany) as error:
            await _refuse(scope, outside, error)
            return
        ACTING.set(acting)
        await app(scope, receive, _watched(door, token, outside) if token else _plain(outside))

    return behind


def _told(door: Door, scope: Scope, send: Send) -> Send:
    """Sends; tells the log of refusals, and browsers to come over TLS alone."""
    is_only_tls = door.has_tls and door.port.relying_party != _LOCAL

    async def and_tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            if message["status"] in _STATUS.values():
                _tell_refusal(door, scope, message["status"])
            if is_only_tls:
                message["headers"] = [*message["headers"], _ONLY_TLS]
        await send(message)

    return and_tell


def _tell_refusal(door: Door, scope: Scope, status: int) -> None:
    """Tell the log who was refused what; whoever is refused often does not fill it."""
    if not door.refusals.admits(door.now_ms()):
        door.untold += 1
        return
    if door.untold:
        LOG.warning("%s further refusals at the officers' port are not told", door.untold)
        door.untold = 0
    cookies = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    found = door.signed_in(door.token(cookies))
    who = f"{found[1].person.name} at {found[0].post}" if found else "nobody signed in"
    asked = f"{scope.get('method', '')} {scope['path']}"[:LABEL_CHARS_MAX]
    where = (scope.get("client") or ("?",))[0]
    # That nobody is signed in is also what each page hears when it is opened.
    level = logging.INFO if status == _STATUS[NotSignedIn] else logging.WARNING
    LOG.log(level, "refused with %s: %s, to %s, from %s", status, visible(asked), who, where)


def _enter(door: Door, scope: Scope) -> tuple[str, Acting]:
    """Who asks, if they may ask at all.

    Raises:
        NotSignedIn: Nobody is signed in.
        Forbidden: Another page than their own asks.
        TooMany: They ask too often.
    """
    headers = {name.decode("latin-1"): held.decode("latin-1") for name, held in scope["headers"]}
    is_act = scope.get("method", "") not in _SAFE
    path = scope["path"]
    # Whoever links to the page may: it is open, and shows nothing before somebody signs in.
    if not is_act and (path in _PAGE or path.startswith(_PAGE_FILES)):
        return "", NOBODY
    _check_page(door, headers)
    if path.startswith(_OPEN):
        if is_act and not headers.get("content-type", "").startswith("application/json"):
            raise Forbidden("The request is not JSON.", "Send content-type: application/json.")
        return "", NOBODY
    token = door.token(headers.get("cookie", ""))
    found = door.signed_in(token)
    if found is None:
        raise NotSignedIn(
            "Nobody is signed in, or the session is over.",
            "Sign in: POST /sign-in/password, /sign-in/passkey or /sign-in/link.",
        )
    session, kept = found
    session.count(now := door.now_ms())
    was_locked_at = session.locked_at
    session.lock_if_left(now)
    door.sessions.use(token, session, now)
    if session.locked_at != was_locked_at:
        door.sessions.keep(token, now)
    shown = headers.get(CSRF_HEADER, "")
    if is_act and not hmac.compare_digest(shown.encode("latin-1"), session.csrf.encode()):
        raise Forbidden(
            f"The header {CSRF_HEADER} does not show what the session has.",
            "Take `csrf` from GET /session, and send it with each act.",
        )
    if is_act and session.locked_at is None:
        session.touched_at = now
    is_locked = session.locked_at is not None
    return token, Acting(kept.person.name, session.post, kept.person.roles, is_locked)


def _check_page(door: Door, headers: dict[str, str]) -> None:
    """What a browser says of the page that asks; programs say nothing."""
    origin = headers.get("origin", door.port.origin)
    if origin != door.port.origin or headers.get("sec-fetch-site", "same-origin") not in (
        "same-origin", "none",
    ):  # fmt: skip
        raise Forbidden(
            "Another page asks than the node's own.", f"Open {door.port.origin} itself."
        )


def _plain(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [name for name, _ in message["headers"]]
            more = [one for one in _HEADERS if one[0] not in own]
            message["headers"] = [*message["headers"], *more]
        await send(message)

    return with_headers


def _watched(door: Door, token: str, send: Send) -> Send:
    """Sends as long as who asked is signed in: a stream ends with the session.

    As long as a page follows, its session is used: a wall that nobody touches is locked
    and not signed out.
    """
    plain = _plain(send)
    is_stream = is_ended = False

    async def while_signed_in(message: Message) -> None:
        nonlocal is_stream, is_ended
        if is_ended:
            return
        if message["type"] == "http.response.start":
            is_stream = dict(message["headers"]).get(b"content-type", b"").startswith(_EVENTS)
        is_more = message["type"] == "http.response.body" and message["more_body"]
        if is_more:
            found = door.signed_in(token)
            if found is None:
                if not is_stream:
                    raise _SessionOver
                # It has no length: it is ended and not cut, and its reader asks again. Whoever
                # makes it hears that nobody reads any more.
                is_ended = True
                message = {"type": "http.response.body", "body": b"", "more_body": False}
            else:
                door.sessions.use(token, found[0], door.now_ms())
        await plain(message)

    return while_signed_in


class _SessionOver(OurError):
    """An answer is broken off, for its session is over."""

    def __init__(self) -> None:
        super().__init__("The session is over.", "Sign in again.")


_STATUS: Final = {NotSignedIn: 401, Forbidden: 403, TooMany: 429}


async def _refuse(scope: Scope, send: Send, error: NotSignedIn | Forbidden | TooMany) -> None:
    words = FaultWords(Wording(language_of(scope)))
    told = {"what": words.fault(error.what), "remedy": words.fault(error.remedy)}
    body = json.encode({"error": told})
    headers = [(b"content-type", b"application/json"), *_HEADERS]
    if isinstance(error, TooMany):
        headers.append((b"retry-after", str(error.wait_s).encode()))
    status = _STATUS[type(error)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
