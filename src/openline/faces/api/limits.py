"""Refuses bodies that are too large in a way that the sender learns of.

A server that answers 413 and closes while the body still comes in cuts the
connection before the sender has read the answer. So what is left of the body
is read and thrown away first, up to a bound.
"""

from typing import Final

from litestar.types import ASGIApp, Message, Receive, Scope, Send

BODY_SIZE_BYTES_MAX: Final = 1_048_576
"""No message of an officer comes near it."""

DRAINED_SIZE_BYTES_MAX: Final = 67_108_864
"""Who sends more than this by mistake learns of it by the cut."""


def answer_before_closing(app: ASGIApp) -> ASGIApp:
    """The application, which lets a refused body come in before it answers."""

    async def patient(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_after_body(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 413:
                await _drain(receive)
            await send(message)

        await app(scope, receive, send_after_body)

    return patient


async def _drain(receive: Receive) -> None:
    """Read the rest of a body and throw it away."""
    size = 0
    while size < DRAINED_SIZE_BYTES_MAX:
        message = await receive()
        if message["type"] != "http.request" or not message["more_body"]:
            return
        size += len(message["body"])
