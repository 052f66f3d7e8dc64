"""Serves the officers' API on the node's Unix socket, inside the node's loop."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator

import uvicorn

from openline.faces import unix
from openline.faces.api.app import create_app
from openline.faces.api.running import Running

_KEEP_ALIVE_S = 60
_GOODBYE_S = 5
"""Streams end at once when the node stops; what remains after this is cut."""


class _Server(uvicorn.Server):
    """A server that leaves signals to the node."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    running: Running, stopping: asyncio.Event, on_listening: Callable[[], None] = lambda: None
) -> None:
    """Serve until `stopping` is set, then end every stream and connection.

    Args:
        running: The node behind the API.
        stopping: Set by whoever ends the node.
        on_listening: Called once when the socket listens.

    Raises:
        OurError: The socket cannot be used.
    """
    path = running.config.socket
    listener = unix.listen(path)
    server = _Server(
        uvicorn.Config(
            create_app(running, stopping),
            http="h11",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            # That it started and ended is said by `run`, in the node's words.
            log_level="warning",
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_GOODBYE_S,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="officers' API")
    waiting = asyncio.create_task(stopping.wait())
    try:
        on_listening()
        await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await serving
    finally:
        waiting.cancel()
        serving.cancel()
        listener.close()
        path.unlink(missing_ok=True)
