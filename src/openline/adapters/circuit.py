"""The node port and the diallers: circuits between nodes that pinned each other.

Circuits are mutual TLS 1.3 (`adapters/tls.py`). A counterpart that is let in is
known by its certificate, byte for byte, before a single byte of HTTP is read. It
can open links, one WebSocket each at `/openline/v1/<line>/<circuit>`, and read
what C2SP log clients read (`checkpoint`, `tile/...`) by GET.

Either side dials, for ever. Where both sides dial the same circuit there are two
links, and both stay: every object on them proves itself and may come twice, and
there is no moment at which both sides drop what the other one keeps. The engine
sends on one of them.

A hostile counterpart meets these bounds: links for each line, connections, bytes
and pieces in a second, the size of a frame, no compression, and a clock on every
wait. A stranger gets a TLS handshake with a clock on it, and of those only some
at a time. What goes over a circuit is in `docs/spec/circuit.md`.
"""

import asyncio
import logging
import random
import re
import socket
import ssl
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

import aiohttp
from aiohttp import web

from openline.adapters.allowance import Allowances, Handshakes
from openline.adapters.link import (
    MESSAGE_SIZE_BYTES_MAX,
    Link,
    LinkHandler,
    Pace,
)
from openline.adapters.tls import TlsIdentity, client_context, server_context
from openline.domain.errors import OurError, Reason
from openline.domain.limits import (
    CONNECTIONS_PER_COUNTERPART_MAX,
    LINKS_PER_COUNTERPART_MAX,
)

__all__ = [
    "Dialler",
    "Link",
    "LinkHandler",
    "Listening",
    "NodePort",
    "Pace",
    "Refusal",
    "Trusted",
]

Trusted: TypeAlias = Mapping[str, Collection[bytes]]
"""Certificates (DER) by party; more than one while a party changes its own."""

_LINK_PATH = re.compile(r"/openline/v1/([a-z0-9-]{1,63})/([a-z0-9-]{1,63})")
_PATH_CHARS_MAX = 512

_REASON_HEADER: Final = "Openline-Reason"
"""Says in the answer to a refused request which of our reasons it is."""

_RECEIVE_BUFFER_BYTES = 262_144
"""What the kernel takes in ahead of us; with more, what is urgent would lie behind it."""

_UNSENT_BYTES_MAX = 16_384
"""What the kernel takes from us ahead of the wire, for the same reason."""

_HTTP_LOG = logging.getLogger("openline.circuit.http")
"""What aiohttp says about a counterpart's bad HTTP; our own faults do not go here."""
_HTTP_LOG.setLevel(logging.CRITICAL)

_ACCEPT_PAUSE_S = 0.2
"""Before accepting again when the process has no descriptor left."""


class Listening(Protocol):
    """An address at which counterparts may dial this node."""

    @property
    def circuit(self) -> str:
        """Name of the circuit."""

    @property
    def host(self) -> str:
        """Address to bind."""

    @property
    def port(self) -> int:
        """TCP port; 0 for any."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody who was not let in.

    Attributes:
        party: The counterpart, or empty for a stranger.
        circuit: Where it tried.
        remote: Its address.
        reason: The code it was given; a stranger is given none.
        what: One sentence.
    """

    party: str
    circuit: str
    remote: str
    reason: Reason
    what: str


class NodePort:
    """Where counterparts come in. Used in the event loop only.

    Args:
        listeners: Where to listen; a name of a circuit occurs once.
        identity: What to show.
        trusted: Whom to let in.
        lines: Whether a party may open a link on a line.
        handler: Gets the links and their frames.
        read: What a party reads at a path without its leading slash, or None.
        pace: The clocks.
        allowances: Shared with the diallers, so that a counterpart has one.
        on_refused: Told of each refusal; must not block.
    """

    def __init__(
        self,
        listeners: Sequence[Listening],
        identity: TlsIdentity,
        trusted: Trusted,
        lines: Callable[[str, str], bool],
        handler: LinkHandler,
        *,
        read: Callable[[str, str], bytes | None] = lambda party, path: None,
        pace: Pace | None = None,
        allowances: Allowances | None = None,
        on_refused: Callable[[Refusal], None] = lambda refusal: None,
    ) -> None:
        self._listeners = tuple(listeners)
        self._identity = identity
        self._parties = _by_certificate(trusted)
        self._context = server_context(identity, self._parties)
        self._lines = lines
        self._handler = handler
        self._read = read
        self._pace = pace or Pace()
        self._allowances = allowances or Allowances()
        self._on_refused = on_refused
        self._sockets: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._handshakes = Handshakes()
        self._links: dict[int, Link] = {}
        self._server: web.Server | None = None
        self.addresses: dict[str, tuple[str, int]] = {}

    async def start(self) -> None:
        """Listen at every address; `addresses` then tells the ports that were given.

        Raises:
            OurError: An address cannot be listened at; then none is.
        """
        self._server = web.Server(self._respond)
        try:
            for listener in self._listeners:
                listening = _listen(listener)
                self._sockets.append(listening)
                host, port, *_ = listening.getsockname()
                self.addresses[listener.circuit] = (host, port)
        except BaseException:
            self._close_sockets()
            raise
        for listener, listening in zip(self._listeners, self._sockets, strict=True):
            self._begin(self._accept(listener.circuit, listening))

    async def stop(self) -> None:
        """Stop listening, end every link and every connection."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._close_sockets()
        links = list(self._links.values())
        for link in links:
            link.close("the node is stopping")
        await asyncio.gather(*(link.wait_closed() for link in links))
        if self._server is not None:
            await self._server.shutdown(self._pace.farewell_s_max)

    def trust(self, trusted: Trusted, identity: TlsIdentity | None = None) -> None:
        """Let in these parties from now on; end what others have open.

        Args:
            trusted: Whom to let in.
            identity: What to show from now on, if it changes; links stay.

        Raises:
            OurError: A certificate cannot be used; then nothing changes.
        """
        parties = _by_certificate(trusted)
        self._context = server_context(identity or self._identity, parties)
        self._identity = identity or self._identity
        self._parties = parties
        for link in self._links.values():
            if parties.get(link.certificate) != link.party:
                link.close("this certificate is no longer trusted")
        for connection in self._connections():
            if parties.get(connection.certificate) != connection.party and not connection.is_link:
                connection.force_close()

    # --- connections -----------------------------------------------------------------------------

    def _begin(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _close_sockets(self) -> None:
        for listening in self._sockets:
            listening.close()
        self._sockets.clear()

    async def _accept(self, circuit: str, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, address = await loop.sock_accept(listening)
            except OSError:
                # Too many open files, or a connection that was gone at once.
                await asyncio.sleep(_ACCEPT_PAUSE_S)
                continue
            host = str(address[0])
            if self._handshakes.begin(host, loop.time()):
                self._begin(self._shake_hands(circuit, accepted, host))
            else:
                accepted.close()
                self._refuse("", circuit, host, Reason.RATE, "too many handshakes")

    async def _shake_hands(self, circuit: str, accepted: socket.socket, host: str) -> None:
        """Make the TLS connection; whoever is not pinned gets no further."""
        assert self._server is not None, "the port was started"
        loop, server = asyncio.get_running_loop(), self._server
        try:
            with suppress(OSError):
                _tune(accepted)
            await loop.connect_accepted_socket(
                lambda: _Connection(self, server, circuit, self._pace.handshake_s_max),
                accepted,
                ssl=self._context,
                ssl_handshake_timeout=self._pace.handshake_s_max,
                ssl_shutdown_timeout=self._pace.farewell_s_max,
            )
        except OSError as error:
            what = f"no TLS connection: {getattr(error, 'reason', None) or error}"
            self._refuse("", circuit, host, Reason.UNKNOWN_KEY, what)
        finally:
            self._handshakes.end(host)

    def _refuse(self, party: str, circuit: str, remote: str, reason: Reason, what: str) -> None:
        self._on_refused(Refusal(party, circuit, remote, reason, what))

    def _connections(self) -> "list[_Connection]":
        held = self._server.connections if self._server is not None else []
        return [each for each in held if isinstance(each, _Connection)]

    def admit(self, certificate: bytes, circuit: str, remote: str) -> str | None:
        """The party that shows this certificate, or None if it is not let in."""
        party = self._parties.get(certificate)
        if party is None:
            self._refuse("", circuit, remote, Reason.UNKNOWN_KEY, "a certificate nobody pinned")
        elif (
            sum(each.party == party for each in self._connections())
            >= CONNECTIONS_PER_COUNTERPART_MAX
        ):
            self._refuse(party, circuit, remote, Reason.RATE, "too many connections")
            return None
        return party

    # --- requests --------------------------------------------------------------------------------

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        connection = request.protocol
        assert isinstance(connection, _Connection), "every connection is made here"
        try:
            match = _LINK_PATH.fullmatch(request.rel_url.raw_path)
            if request.method != "GET":
                return web.Response(status=405)
            if match is not None:
                return await self._open_link(connection, request, match[1], match[2])
            return await self._answer(connection, request)
        except (ConnectionError, TimeoutError):
            connection.force_close()
            raise ConnectionResetError from None
        except web.HTTPException:
            raise
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "A fault while answering on the node port", "exception": error}
            )
            return web.Response(status=500)

    async def _open_link(
        self, connection: "_Connection", request: web.BaseRequest, line: str, circuit: str
    ) -> web.StreamResponse:
        party, remote = connection.party, connection.remote
        if problem := self._problem(connection, line, circuit):
            reason, what = problem
            self._refuse(party, connection.circuit, remote, reason, what)
            status = 429 if reason is Reason.RATE else 404
            return web.Response(status=status, text=what, headers={_REASON_HEADER: reason.value})
        answer = web.WebSocketResponse(
            autoping=False,
            compress=False,
            max_msg_size=MESSAGE_SIZE_BYTES_MAX + 1,
            timeout=self._pace.farewell_s_max,
        )
        await answer.prepare(request)
        connection.is_link = True
        transport = request.transport
        if transport is None:
            raise ConnectionResetError
        link = Link(
            answer,
            transport,
            self._handler,
            self._allowances.of(party),
            self._pace,
            line=line,
            party=party,
            circuit=circuit,
            is_dialled=False,
            remote=remote,
            certificate=connection.certificate,
        )
        self._links[link.id] = link
        try:
            await link.run()
        finally:
            del self._links[link.id]
        return answer

    def _problem(
        self, connection: "_Connection", line: str, circuit: str
    ) -> tuple[Reason, str] | None:
        """Why this party may not open this link, or None."""
        if circuit != connection.circuit:
            return Reason.UNKNOWN_LINE, f"this address is the circuit {connection.circuit}"
        if not self._lines(connection.party, line):
            return Reason.UNKNOWN_LINE, f"no line {line} with {connection.party}"
        ours = (connection.party, line)
        if sum((link.party, link.line) == ours for link in self._links.values()) >= (
            LINKS_PER_COUNTERPART_MAX
        ):
            return Reason.RATE, f"{LINKS_PER_COUNTERPART_MAX} links are open on this line"
        return None

    async def _answer(
        self, connection: "_Connection", request: web.BaseRequest
    ) -> web.StreamResponse:
        """What is read by GET; the answer too must get away in time."""
        path = request.rel_url.path.removeprefix("/")
        data = self._read(connection.party, path) if len(path) <= _PATH_CHARS_MAX else None
        allowance = self._allowances.of(connection.party)
        await asyncio.sleep(allowance.charge(len(data or b""), asyncio.get_running_loop().time()))
        if data is None:
            return web.Response(status=404)
        kind = "text/plain" if path.endswith("/checkpoint") else "application/octet-stream"
        answer = web.Response(body=data, content_type=kind)
        async with asyncio.timeout(self._pace.write_s_max):
            await answer.prepare(request)
            await answer.write_eof()
        return answer


class _Connection(web.RequestHandler):
    """One TLS connection of a counterpart that its certificate has named."""

    __slots__ = ("_port", "certificate", "circuit", "is_link", "party", "remote")

    def __init__(self, port: NodePort, server: web.Server, circuit: str, idle_s_max: float) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type]
            logger=_HTTP_LOG,
            # Also how long a request may be in coming.
            keepalive_timeout=idle_s_max,
            lingering_time=0,
        )
        self._port = port
        self.circuit = circuit
        self.party = ""
        self.certificate = b""
        self.remote = ""
        self.is_link = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """TLS stands: know the counterpart by its certificate, or cut it off."""
        assert isinstance(transport, asyncio.Transport), "TCP is a stream"
        self.remote = _remote(transport)
        self.certificate = _certificate(transport)
        party = self._port.admit(self.certificate, self.circuit, self.remote)
        if party is None:
            transport.abort()
            return
        self.party = party
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection is gone."""
        if self.party:
            super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes came; those of somebody who was cut off are not looked at."""
        if self.party:
            super().data_received(data)


class Dialler:
    """Dials one circuit of a counterpart for one line, for ever.

    Attributes:
        party: The counterpart.
        line: The line.
        circuit: Name of the circuit.
        link: The link that stands, or None.
        failure: Why the last attempt failed or the last link ended; empty while a
            link stands.
        attempts: How often it has dialled.

    Args:
        party: The counterpart.
        line: The line.
        circuit: Name of the circuit; the counterpart listens under the same.
        host: Address or name to dial.
        port: TCP port.
        identity: What to show.
        certificates: The counterpart's certificates (DER); any of them will do.
        handler: Gets the link and its frames.
        pace: The clocks.
        allowances: Shared with the node port.
        jitter: A number in [0, 1); spreads the attempts of many diallers.
    """

    def __init__(
        self,
        *,
        party: str,
        line: str,
        circuit: str,
        host: str,
        port: int,
        identity: TlsIdentity,
        certificates: Collection[bytes],
        handler: LinkHandler,
        pace: Pace | None = None,
        allowances: Allowances | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.party = party
        self.line = line
        self.circuit = circuit
        self.link: Link | None = None
        self.failure = "not dialled yet"
        self.attempts = 0
        address = f"[{host}]" if ":" in host else host
        self._url = f"https://{address}:{port}/openline/v1/{line}/{circuit}"
        self._identity = identity
        self._certificates = tuple(certificates)
        self._handler = handler
        self._pace = pace or Pace()
        self._allowances = allowances or Allowances()
        self._jitter = jitter
        self._hurry = asyncio.Event()

    async def run(self) -> None:
        """Dial, serve the link, and dial again; ends only by being cancelled."""
        failures = 0
        while True:
            self.attempts += 1
            self._hurry.clear()
            did_serve = await self._dial()
            failures = 0 if did_serve else failures + 1
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s(failures)):
                    await self._hurry.wait()

    def trust(self, certificates: Collection[bytes], identity: TlsIdentity | None = None) -> None:
        """Speak to who shows one of these certificates; dial again at once.

        Args:
            certificates: The counterpart's (DER).
            identity: What to show from the next dialling on, if it changes.
        """
        self._certificates = tuple(certificates)
        self._identity = identity or self._identity
        if self.link is not None and self.link.certificate not in self._certificates:
            self.link.close("this certificate is no longer trusted")
        self._hurry.set()

    def _pause_s(self, failures: int) -> float:
        """Half to all of a time that doubles with each failure in a row."""
        doubled = self._pace.redial_s_min * (1 << min(max(failures - 1, 0), 16))
        return min(doubled, self._pace.redial_s_max) * (0.5 + self._jitter() / 2)

    async def _dial(self) -> bool:
        """One attempt; whether it led to a link on which something came."""
        try:
            async with aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    ssl=client_context(self._identity, self._certificates),
                    socket_factory=_make_socket,
                    force_close=True,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[_without_redirects()],
                ws_response_class=_DialledSocket,
            ) as session:
                link = await self._connect(session)
                self.link, self.failure = link, ""
                try:
                    await link.run()
                finally:
                    self.link, self.failure = None, link.reason
                return link.frames_received > 0
        except (OSError, ValueError, aiohttp.ClientError, OurError) as error:
            # A ValueError is an address that is none: a card may hold what it likes.
            self.failure = _words(error)
            return False

    async def _connect(self, session: aiohttp.ClientSession) -> Link:
        async with asyncio.timeout(self._pace.handshake_s_max):
            answer = await session.ws_connect(
                self._url,
                autoping=False,
                compress=0,
                max_msg_size=MESSAGE_SIZE_BYTES_MAX + 1,
                timeout=aiohttp.ClientWSTimeout(ws_close=self._pace.farewell_s_max),
            )
        assert isinstance(answer, _DialledSocket), "the session makes this class"
        certificate = _certificate(answer.transport)
        if certificate not in self._certificates:
            answer.transport.abort()
            raise ConnectionAbortedError("the certificate is not the pinned one")
        return Link(
            answer,
            answer.transport,
            self._handler,
            self._allowances.of(self.party),
            self._pace,
            line=self.line,
            party=self.party,
            circuit=self.circuit,
            is_dialled=True,
            remote=_remote(answer.transport),
            certificate=certificate,
        )


class _DialledSocket(aiohttp.ClientWebSocketResponse):
    """aiohttp's WebSocket with the transport beneath it, which a link watches."""

    def __init__(self, reader: Any, writer: Any, protocol: Any, response: Any, *a: Any, **k: Any):
        super().__init__(reader, writer, protocol, response, *a, **k)
        transport = response.connection.transport
        assert isinstance(transport, asyncio.Transport), "a new connection has a transport"
        self.transport = transport


# --- sockets -------------------------------------------------------------------------------------


def _listen(listener: Listening) -> socket.socket:
    family = socket.AF_INET6 if ":" in listener.host else socket.AF_INET
    try:
        listening = socket.create_server((listener.host, listener.port), family=family)
    except OSError as error:
        raise OurError(
            f"The circuit {listener.circuit} cannot listen at {listener.host}, port "
            f"{listener.port}: {error.strerror or error}.",
            "See whether another program has the port, and whether the address is this machine's.",
        ) from error
    _tune(listening)
    listening.setblocking(False)
    return listening


def _make_socket(address: Any) -> socket.socket:
    family, kind, protocol, *_ = address
    made = socket.socket(family=family, type=kind, proto=protocol)
    _tune(made)
    return made


def _tune(tuned: socket.socket) -> None:
    """Keep little in the kernel, where nothing urgent can overtake."""
    tuned.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        tuned.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_BYTES_MAX)


def _certificate(transport: asyncio.BaseTransport) -> bytes:
    secured = transport.get_extra_info("ssl_object")
    certificate: bytes | None = secured.getpeercert(binary_form=True) if secured else None
    return certificate or b""


def _remote(transport: asyncio.BaseTransport) -> str:
    address = transport.get_extra_info("peername")
    return f"{address[0]} port {address[1]}" if address else "unknown"


def _by_certificate(trusted: Trusted) -> dict[bytes, str]:
    parties: dict[bytes, str] = {}
    for party, certificates in trusted.items():
        for certificate in certificates:
            other = parties.setdefault(certificate, party)
            if other != party:
                raise OurError(
                    f"{other} and {party} have the same TLS certificate.",
                    "Each party makes its own; ask both for their cards again.",
                )
    return parties


def _without_redirects() -> aiohttp.TraceConfig:
    """A session that goes where it was sent: a counterpart cannot send it on."""

    async def refuse(*_: object) -> None:
        raise aiohttp.ClientError("it answered with a redirection")

    config = aiohttp.TraceConfig()
    config.on_request_redirect.append(refuse)
    return config


def _words(error: Exception) -> str:
    """Why dialling failed, for the status of a circuit."""
    match error:
        case aiohttp.ClientConnectorCertificateError() | ssl.SSLCertVerificationError():
            return "the certificate is not the pinned one"
        case aiohttp.WSServerHandshakeError(status=status, headers=headers):
            reason = headers.get(_REASON_HEADER, "") if headers else ""
            known = reason if reason in Reason.__members__ else "no reason"
            return f"refused with status {status}: {known}"
        case TimeoutError():
            return "no answer in time"
        case _:
            return str(error) or type(error).__name__
