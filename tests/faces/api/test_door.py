"""The door of the officers' port: a stream uses its session, and ends with it."""

import asyncio
import itertools
import logging
from types import SimpleNamespace
from typing import Any, cast

import pytest

from openline.domain.limits import (
    REFUSALS_LOGGED_PER_MINUTE_MAX,
    SESSION_IDLE_MS_MAX,
    SESSION_UNTOUCHED_MS_MAX,
)
from openline.domain.line.people import Person, Role
from openline.domain.talk.body import By
from openline.engine.people import Kept
from openline.faces.api.door import Door, _SessionOver, _watched, guarded
from openline.faces.api.sessions import Sessions

NOW = 1_491_528_000_000


class Clock:
    """A clock that a test sets."""

    now = NOW

    def __call__(self) -> int:
        """What it shows."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """It shows `NOW`."""
    return Clock()


@pytest.fixture
def door(clock: Clock) -> Door:
    """One person may sign in."""
    kept = Kept(Person("Lt. Wall", (Role.OBSERVER,), ("desk",)), By("desk", "Maj. Root"), NOW)
    numbers = itertools.count()
    people = SimpleNamespace(find=lambda name: kept)
    sessions = Sessions(lambda size: next(numbers).to_bytes(size))
    return Door(cast(Any, None), cast(Any, people), sessions, clock)


def pieces(door: Door, token: str, *messages: dict[str, Any]) -> list[dict[str, Any]]:
    """What comes through of what a route sends."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def all_of_them() -> None:
        for message in messages:
            await _watched(door, token, send)(cast(Any, message))

    asyncio.run(all_of_them())
    return sent


PIECE = {"type": "http.response.body", "body": b": 3 s\n\n", "more_body": True}


def test_a_stream_uses_its_session(door: Door, clock: Clock) -> None:
    """A wall that nobody touches for hours follows on, and is locked when it asks for more."""
    token, session = door.sessions.begin("Lt. Wall", "desk", 0, "link", NOW)
    for _ in range(5):
        clock.now += SESSION_IDLE_MS_MAX
        assert pieces(door, token, PIECE) == [PIECE]
    assert door.signed_in(token) is not None
    session.lock_if_left(clock.now)
    assert session.locked_at == clock.now


def test_without_a_stream_a_session_ends_by_itself(door: Door, clock: Clock) -> None:
    """A page that was closed is signed out after the idle hour."""
    token, _ = door.sessions.begin("Lt. Wall", "desk", 0, "link", NOW)
    clock.now += SESSION_IDLE_MS_MAX + 1
    assert door.signed_in(token) is None


def test_a_session_is_locked_after_half_an_hour_without_a_touch(door: Door, clock: Clock) -> None:
    """At the bound it is open, and beyond it locked."""
    _, session = door.sessions.begin("Lt. Wall", "desk", 0, "link", NOW)
    session.lock_if_left(NOW + SESSION_UNTOUCHED_MS_MAX)
    assert session.locked_at is None
    session.lock_if_left(NOW + SESSION_UNTOUCHED_MS_MAX + 1)
    assert session.locked_at == NOW + SESSION_UNTOUCHED_MS_MAX + 1


def sent_past_the_end(door: Door, sort: bytes) -> list[bytes]:
    """The bodies that are sent of an answer whose session ends before its first piece."""
    token, _ = door.sessions.begin("Lt. Wall", "desk", 0, "link", NOW)
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def over() -> None:
        watched = _watched(door, token, send)
        head = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", sort)]}
        await watched(cast(Any, head))
        door.sessions.end(token)
        await watched(cast(Any, PIECE))
        await watched(cast(Any, PIECE))

    asyncio.run(over())
    return [one["body"] for one in sent[1:]]


def test_a_stream_of_events_is_ended_whole(door: Door) -> None:
    """When the session is over a stream ends once, and nothing of it follows."""
    assert sent_past_the_end(door, b"text/event-stream; charset=utf-8") == [b""]


def test_a_file_is_broken_off(door: Door) -> None:
    """When the session is over a file is not ended as if it were whole."""
    with pytest.raises(_SessionOver):
        sent_past_the_end(door, b"x/y")


def refused(door: Door, origin: str) -> dict[bytes, bytes]:
    """The headers of the answer to nobody, behind a port of that page."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    port = SimpleNamespace(origin=origin, port=8443, relying_party=origin.split("/")[2])
    door.port = cast(Any, port)
    scope = {"type": "http", "method": "GET", "path": "/status", "headers": (), "client": None}

    async def ask() -> None:
        await guarded(cast(Any, None), door)(cast(Any, scope), cast(Any, None), send)

    asyncio.run(ask())
    assert sent[0]["status"] == 401
    return dict(sent[0]["headers"])


@pytest.mark.parametrize(
    ("origin", "is_told"),
    [
        ("https://officers.alpha.example", True),
        ("https://localhost", False),
        ("http://officers.alpha.example", False),
    ],
)
def test_a_host_with_tls_is_asked_without_it_no_more(
    door: Door, origin: str, is_told: bool
) -> None:
    """Each answer over TLS says so for a year, but not for all programs of a machine."""
    told = refused(door, origin).get(b"strict-transport-security")
    assert told == (b"max-age=31536000; includeSubDomains" if is_told else None)


def test_refusals_do_not_fill_the_log(
    door: Door, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Of a flood of refusals so many stand in the log in a minute; the others are counted."""
    caplog.set_level(logging.INFO, "openline.faces.api.door")
    for _ in range(REFUSALS_LOGGED_PER_MINUTE_MAX + 7):
        refused(door, "https://localhost")
    assert len(caplog.records) == REFUSALS_LOGGED_PER_MINUTE_MAX
    clock.now += 60_000
    refused(door, "https://localhost")
    assert caplog.messages[-2:] == [
        "7 further refusals at the officers' port are not told",
        "refused with 401: GET /status, to nobody signed in, from ?",
    ]
