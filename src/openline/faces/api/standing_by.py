"""What a station that stands by answers on its socket: who writes, no more.

Every verb of the command line is told so in one sentence, and the doctor finds how it
stands under `/standby`.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from openline.app.standby import Standby

_Message: TypeAlias = MutableMapping[str, Any]


def standby_app(standby: Standby) -> Callable[..., Awaitable[None]]:
    """An ASGI application over a station that stands by."""

    async def app(
        scope: _Message,
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            return
        status, told = _answer(standby, scope["method"], scope["path"])
        body = json.dumps(told).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def _answer(standby: Standby, method: str, path: str) -> tuple[int, dict[str, Any]]:
    if method == "GET" and path == "/standby":
        return 200, standby.to_json()
    is_written = standby.writer and not standby.is_free
    where = f"Ask on {standby.writer}, where" if is_written else "Ask where"
    remedy = f"{where} the node writes; this one takes over when that one is gone."
    return 503, {"error": {"what": standby.says()[0], "remedy": remedy}}
