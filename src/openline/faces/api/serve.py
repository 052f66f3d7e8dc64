"""Serves the officers' API in the node's loop: on its socket, and on a port.

On the socket the operating system's permissions are the lock. On the officers' port,
which `[officers]` in node.toml asks for, people sign in (`openline.faces.api.door`).
"""

import asyncio
import contextlib
import secrets
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from litestar import Litestar

from openline.adapters.clock import wall_clock_ms
from openline.adapters.disk import make_private_file
from openline.adapters.tls import make_officers_identity, officers_context
from openline.app.health import Health
from openline.app.settings.ports import HealthPort, OfficersPort
from openline.app.standby import Standby
from openline.domain.errors import OurError
from openline.domain.limits import HEALTH_CONNECTIONS_MAX, OFFICERS_CONNECTIONS_MAX
from openline.faces import unix
from openline.faces.api.app import create_app
from openline.faces.api.door import Door, guarded
from openline.faces.api.running import Running
from openline.faces.api.sessions import Sessions
from openline.faces.api.standing_by import standby_app
from openline.faces.health.port import health_app, standby_health_app

_KEEP_ALIVE_S = 60
_GOODBYE_S = 5
"""Streams end at once when the node stops; what remains after this is cut."""

_BACKLOG = 64


class _Server(uvicorn.Server):
    """A server that leaves signals to the node."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    running: Running,
    stopping: asyncio.Event,
    on_listening: Callable[[], None] = lambda: None,
    prepared: Litestar | None = None,
) -> None:
    """Serve until `stopping` is set, then end every stream and connection.

    Args:
        running: The node behind the API.
        stopping: Set by whoever ends the node.
        on_listening: Called once when the socket listens, and the port if there is one.
        prepared: The API, where it was made before there was a node.

    Raises:
        OurError: The socket or the port cannot be used.
    """
    path, port = running.config.socket, running.config.officers
    door = None if port is None else _door(running, port)
    context = None if port is None or port.certificate is None else _context(port)
    app = create_app(running, stopping, door, prepared)
    listener = unix.listen(path)
    try:
        servers = [(_server(app), listener)]
        if port is not None and door is not None:
            behind = guarded(app, door)
            servers.append((_server(behind, context, OFFICERS_CONNECTIONS_MAX), _listen(port)))
        if (health := running.config.health) is not None:
            behind = health_app(Health(running, wall_clock_ms, time.monotonic))
            monitored = _server(behind, None, HEALTH_CONNECTIONS_MAX)
            servers.append((monitored, _listen(health)))
        await _serve_all(servers, stopping, on_listening)
    finally:
        listener.close()
        path.unlink(missing_ok=True)


async def serve_standby(
    standby: Standby, over: asyncio.Event, on_listening: Callable[[], None]
) -> None:
    """Say how a station stands by, on socket and health port, until `over` is set.

    The officers' port is closed meanwhile: whoever spreads officers over the stations
    finds it open on the one that writes.

    Raises:
        OurError: The socket or the port cannot be used.
    """
    path, health = standby.config.socket, standby.config.health
    listener = unix.listen(path)
    try:
        servers = [(_server(standby_app(standby)), listener)]
        if health is not None:
            monitored = _server(standby_health_app(standby), None, HEALTH_CONNECTIONS_MAX)
            servers.append((monitored, _listen(health)))
        await _serve_all(servers, over, on_listening)
    finally:
        listener.close()
        path.unlink(missing_ok=True)


async def _serve_all(
    servers: list[tuple[_Server, socket.socket]],
    stopping: asyncio.Event,
    on_listening: Callable[[], None],
) -> None:
    """Serve until the node stops, or one of the servers ends by a fault."""
    serving = [
        asyncio.create_task(server.serve(sockets=[listener]), name="officers' API")
        for server, listener in servers
    ]
    waiting = asyncio.create_task(stopping.wait())
    try:
        on_listening()
        await asyncio.wait({*serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        for server, _ in servers:
            server.should_exit = True
        await asyncio.gather(*serving)
    finally:
        waiting.cancel()
        for task in serving:
            task.cancel()
        for _, listener in servers:
            listener.close()


def _server(
    app: Any, context: ssl.SSLContext | None = None, connections_max: int | None = None
) -> _Server:
    config = uvicorn.Config(
        app,
        ssl_context_factory=None if context is None else lambda *_: context,
        http="h11",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        # That it started and ended is said by `run`, in the node's words.
        log_level="warning",
        server_header=False,
        # Whom a proxy says it speaks for decides nothing here.
        proxy_headers=False,
        limit_concurrency=connections_max,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GOODBYE_S,
    )
    return _Server(config)


def _door(running: Running, port: OfficersPort) -> Door:
    sessions = Sessions(secrets.token_bytes, running, wall_clock_ms())
    return Door(port, running.people, sessions, wall_clock_ms)


def _context(port: OfficersPort) -> ssl.SSLContext:
    """The certificate of the port, made where it is the node's own and not there yet."""
    assert port.certificate is not None, "the port has a certificate"
    if port.is_own and not port.certificate.exists():
        make_private_file(port.certificate, make_officers_identity(port.relying_party))
    return officers_context(port.certificate)


def _listen(port: OfficersPort | HealthPort) -> socket.socket:
    """A socket that listens at the officers' port or the health port.

    Raises:
        OurError: The address cannot be used.
    """
    is_health = isinstance(port, HealthPort)
    table, name = ("health", "health") if is_health else ("officers", "officers'")
    family = socket.AF_INET6 if ":" in port.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((port.host, port.port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise OurError(
            f"The {name} port {port.host}:{port.port} cannot be used: {error.strerror}.",
            f"Name another address with `listen` in [{table}] of node.toml.",
        ) from None
    return listener
