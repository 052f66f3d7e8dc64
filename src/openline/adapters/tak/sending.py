"""The ways to a map: a stream over TCP or TLS, or datagrams to a group.

A way is one-way: what a server sends back is read and thrown away, so that its buffers
do not fill, and nothing of it reaches the node. A way that fails raises `WayIsCut`, and
whoever uses it opens another.
"""

import asyncio
import contextlib
import socket
import ssl
from ipaddress import ip_address
from typing import Final, Protocol

OPENING_S_MAX: Final = 15.0
SENDING_S_MAX: Final = 30.0
"""A server that takes nothing for so long is taken for dead."""

_DATAGRAMS_AT_ONCE: Final = 16
_DATAGRAM_PAUSE_S: Final = 0.01
"""After so many datagrams a pause: a group's receivers have small buffers."""

_HOPS_MAX: Final = 8
_READ_BYTES: Final = 16_384


class WayIsCut(Exception):
    """The way has ended or does not open; the text says why."""


class Way(Protocol):
    """One open way to a map."""

    async def send(self, event: bytes) -> None:
        """Send one event.

        Raises:
            WayIsCut: It does not go on.
        """

    async def close(self) -> None:
        """End it; never fails."""


async def open_stream(host: str, port: int, trust: ssl.SSLContext | None) -> Way:
    """A stream to a server, over TLS if there is a context for it.

    Raises:
        WayIsCut: Nobody answers, or the server is not whom we trust.
    """
    try:
        async with asyncio.timeout(OPENING_S_MAX):
            reader, writer = await asyncio.open_connection(host, port, ssl=trust)
    except TimeoutError:
        raise WayIsCut("no answer in time") from None
    except (OSError, ssl.SSLError) as error:
        raise WayIsCut(str(error)) from None
    return _Stream(reader, writer)


class _Stream:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._why = ""
        self._reading = asyncio.create_task(self._read(reader), name="outlet reading")

    async def send(self, event: bytes) -> None:
        if self._why:
            raise WayIsCut(self._why)
        try:
            self._writer.write(event)
            async with asyncio.timeout(SENDING_S_MAX):
                await self._writer.drain()
        except TimeoutError:
            raise WayIsCut("the server takes nothing more") from None
        except OSError as error:
            raise WayIsCut(str(error)) from None

    async def close(self) -> None:
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reading
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await self._writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while await reader.read(_READ_BYTES):
                pass
        except OSError as error:
            self._why = str(error)
        else:
            self._why = "the server has closed the connection"


async def open_datagrams(host: str, port: int) -> Way:
    """Datagrams to one address, or to the group that it names.

    Raises:
        WayIsCut: The address is not known, or no way leads there.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(OPENING_S_MAX):
            transport, protocol = await loop.create_datagram_endpoint(
                _Datagrams, remote_addr=(host, port)
            )
    except TimeoutError:
        raise WayIsCut("its name is not answered in time") from None
    except OSError as error:
        raise WayIsCut(str(error)) from None
    _set_hops(transport.get_extra_info("socket"), transport.get_extra_info("peername")[0])
    protocol.transport = transport
    return protocol


def _set_hops(sending: socket.socket, address: str) -> None:
    """Let what goes to a group pass some routers, as tactical networks need."""
    group = ip_address(address.partition("%")[0])
    if group.is_multicast and group.version == 4:
        sending.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, _HOPS_MAX)
    elif group.is_multicast:
        sending.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, _HOPS_MAX)


class _Datagrams(asyncio.DatagramProtocol):
    transport: asyncio.DatagramTransport

    def __init__(self) -> None:
        self._sent = 0
        self._why = ""

    def error_received(self, exc: Exception) -> None:
        # Nobody listens there yet: a datagram is sent all the same. Others are told.
        if not isinstance(exc, ConnectionRefusedError):
            self._why = str(exc)

    async def send(self, event: bytes) -> None:
        if self._why:
            raise WayIsCut(self._why)
        self.transport.sendto(event)
        self._sent += 1
        if self._sent % _DATAGRAMS_AT_ONCE == 0:
            await asyncio.sleep(_DATAGRAM_PAUSE_S)

    async def close(self) -> None:
        self.transport.close()
