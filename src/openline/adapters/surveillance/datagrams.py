"""Datagrams of a feed that is sent to this node: listened for, and bounded.

Only listed senders are heard; without a list only this machine is. What comes faster
than it is read is dropped, for there is nobody to be slowed down.
"""

import asyncio
import socket
from collections import deque
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final, TypeAlias

from openline.adapters.surveillance.feed import Source, Tally
from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.domain.limits import FEED_DATAGRAMS_WAITING_MAX

_BUFFER_BYTES: Final = 1_048_576
"""What the kernel keeps for us: half a second of the fastest feed."""

_Ip: TypeAlias = IPv4Address | IPv6Address


class Datagrams(asyncio.DatagramProtocol):
    """The datagrams that wait to be decoded; belongs to one loop.

    Args:
        source: Where to listen, and to whom.
        tally: Where what is dropped is counted.
    """

    def __init__(self, source: Source, tally: Tally) -> None:
        self._source = source
        self._tally = tally
        self._waiting: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self._error: OSError | None = None
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        """Listen.

        Raises:
            OSError: The address cannot be listened at.
        """
        listener = _listener(self._source)
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self, sock=listener
        )

    def close(self) -> None:
        """Listen no more."""
        if self._transport is not None:
            self._transport.close()

    async def next(self) -> bytes:
        """The next datagram.

        Raises:
            OSError: The socket failed.
        """
        while not self._waiting:
            if self._error is not None:
                raise self._error
            self._wake.clear()
            await self._wake.wait()
        return self._waiting.popleft()

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        """One came in."""
        if not _is_heard(self._source, ip_address(addr[0].partition("%")[0])):
            self._refuse(Fault.STRANGER, f"a datagram from {addr[0]}")
        elif len(self._waiting) >= FEED_DATAGRAMS_WAITING_MAX:
            self._refuse(Fault.TOO_FAST, f"more than {FEED_DATAGRAMS_WAITING_MAX} wait")
        elif data:
            self._waiting.append(data)
            self._wake.set()

    def error_received(self, exc: Exception) -> None:
        """The socket failed."""
        self._error = OSError(str(exc))
        self._wake.set()

    def _refuse(self, fault: Fault, what: str) -> None:
        self._tally.refuse(Undecodable(fault, what))


def _is_heard(source: Source, sender: _Ip) -> bool:
    """Whether a sender is one that the settings list."""
    known = sender.ipv4_mapped if isinstance(sender, IPv6Address) else None
    sender = known or sender
    return str(sender) in source.senders if source.senders else sender.is_loopback


def _listener(source: Source) -> socket.socket:
    address = ip_address(source.host)
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    listener = socket.socket(family, socket.SOCK_DGRAM)
    try:
        listener.setblocking(False)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        if address.is_multicast:
            # Several programs of one machine may hear one group.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((source.host, source.port))
            _join(listener, address)
        else:
            listener.bind((source.host, source.port))
    except BaseException:
        listener.close()
        raise
    return listener


def _join(listener: socket.socket, group: _Ip) -> None:
    """Hear a multicast group of IPv4, on the interface that the system chooses."""
    listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group.packed + bytes(4))
