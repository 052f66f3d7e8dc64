"""The health port: five questions over plain HTTP, for this machine by default.

`/livez` is answered as long as the node's loop turns. `/readyz` says 200 if the node can
record on every line. `/linez`, and `/linez/<line>` for one, says 200 only while every
counterpart has answered a tick within three intervals. `/metrics` is for Prometheus.
`/standbyz` says 200 on a station that stands by and can take over.
Nothing can be changed here, nobody signs in, and no officer's name and no word of a
message is told.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeAlias

from openline.app.health import Health
from openline.app.standby import Standby
from openline.faces.health.metrics import text_of, text_of_standby

_Message: TypeAlias = MutableMapping[str, Any]
_Answer: TypeAlias = tuple[int, str, bytes]

JSON: Final = "application/json"
TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
_LINES: Final = "/linez"
_STANDBY: Final = "/standbyz"
_ASK: Final = {"what": "Ask for /livez, /readyz, /standbyz, /linez, /linez/<line> or /metrics."}


def health_app(health: Health) -> Callable[..., Awaitable[None]]:
    """An ASGI application over the health of one node."""

    async def answer(path: str) -> _Answer:
        return await _answer(health, path)

    return _answering(answer)


def standby_health_app(standby: Standby) -> Callable[..., Awaitable[None]]:
    """An ASGI application over the health of a station that stands by."""

    async def answer(path: str) -> _Answer:
        return _of_standby(standby, path)

    return _answering(answer)


def _answering(answer: Callable[[str], Awaitable[_Answer]]) -> Callable[..., Awaitable[None]]:
    async def app(
        scope: _Message,
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            return
        is_head = scope["method"] == "HEAD"
        if is_head or scope["method"] == "GET":
            status, kind, body = await answer(scope["path"])
        else:
            status, kind, body = _json(405, {"what": "Only GET and HEAD are answered here."})
        headers = [
            (b"content-type", kind.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if is_head else body})

    return app


async def _answer(health: Health, path: str) -> _Answer:
    if path == "/livez":
        return _json(200, {"is_alive": True})
    if path == "/readyz":
        obstacles = await health.obstacles()
        return _json(503 if obstacles else 200, {"is_ready": not obstacles, "what": obstacles})
    if path == _STANDBY:
        return _json(
            503, {"stands_by": False, "what": ["This node writes, and stands by for none."]}
        )
    if path == "/metrics":
        return 200, TEXT, text_of(health)
    if path == _LINES or path.startswith(f"{_LINES}/"):
        return _lines(health, path.removeprefix(_LINES).removeprefix("/"))
    return _json(404, _ASK)


def _of_standby(standby: Standby, path: str) -> _Answer:
    """It is alive, records nothing, and has proven no line; or it can take over."""
    what = {"stands_by": True, "what": standby.says()}
    if path == "/livez":
        return _json(200, {"is_alive": True, **what})
    if path == "/readyz":
        return _json(503, {"is_ready": False, **what})
    if path == _STANDBY:
        is_fit = not standby.obstacles
        return _json(200 if is_fit else 503, {"can_take_over": is_fit, **what})
    if path == "/metrics":
        return 200, TEXT, text_of_standby(standby)
    if path == _LINES or path.startswith(f"{_LINES}/"):
        return _json(503, {"is_proven": False, "lines": [], **what})
    return _json(404, _ASK)


def _lines(health: Health, name: str) -> _Answer:
    """The proofs of one line, or of all; a node without a line has proven nothing."""
    proofs = [one for one in health.proofs() if name in ("", one.line)]
    if name and not proofs:
        return _json(404, {"what": "There is no such line."})
    is_proven = bool(proofs) and all(one.is_young for one in proofs)
    lines = [
        {
            "line": one.line,
            "is_proven": one.is_young,
            "interval_ms": one.interval_ms,
            "two_way_age_ms": dict(one.age_ms),
        }
        for one in proofs
    ]
    return _json(200 if is_proven else 503, {"is_proven": is_proven, "lines": lines})


def _json(status: int, value: dict[str, Any]) -> _Answer:
    return status, JSON, json.dumps(value).encode() + b"\n"
