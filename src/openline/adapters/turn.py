"""Asks a TURN relay for an address, as a browser does, to see that it lets us in.

Only what `openline doctor` needs: one allocation with a long-term credential, whether the
relay would knock at an address, and giving the allocation up (RFC 8489 and 8656). No sound
goes through here.
"""

import contextlib
import hashlib
import hmac
import os
import socket
import ssl
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from openline.adapters.relay import RelayAddress
from openline.domain.errors import OurError

_COOKIE: Final = 0x2112_A442
_HEADER_BYTES: Final = 20
_INTEGRITY_BYTES: Final = 24
_MESSAGE_BYTES_MAX: Final = 2_048
_TRIES_S: Final = (0.5, 1.0, 2.0)
"""By UDP a message may be lost: it is sent again, each time with more patience."""

_ALLOCATE, _REFRESH, _PERMIT = 0x003, 0x004, 0x008
_SUCCESS, _ERROR = 0x100, 0x110
_USERNAME, _INTEGRITY, _ERROR_CODE, _LIFETIME = 0x0006, 0x0008, 0x0009, 0x000D
_PEER, _REALM, _NONCE, _RELAYED, _TRANSPORT = 0x0012, 0x0014, 0x0015, 0x0016, 0x0019
_UDP: Final = bytes((17, 0, 0, 0))

UNAUTHORIZED: Final = 401
FORBIDDEN: Final = 403
QUOTA_REACHED: Final = 486

_Attributes = dict[int, bytes]


class RelayRefuses(OurError):
    """The relay answers, and does not do what it was asked.

    Attributes:
        code: The number of its reason.
    """

    def __init__(self, url: str, code: int, says: str) -> None:
        """Tell the number and the words of the relay."""
        self.code = code
        remedy = "See the log of the relay."
        if code == UNAUTHORIZED:
            remedy = (
                "Compare relay_secret_file with static-auth-secret of the relay, and both clocks; "
                "the relay needs use-auth-secret and a realm."
            )
        super().__init__(f"{url} refuses: {code} {says}.", remedy)


@dataclass
class Allocation:
    """An address that a relay has given, for as long as this is open.

    Attributes:
        address: The address at which others would reach us.
        port: The UDP port of it.
    """

    address: str
    port: int
    _session: "_Session"

    def may_reach(self, address: str) -> bool:
        """Whether the relay would send for us to an address of its own version of IP."""
        try:
            self._session.ask(_PERMIT, {_PEER: _crossed(address, 9)})
        except RelayRefuses as error:
            if error.code == FORBIDDEN:
                return False
            raise
        return True


@contextlib.contextmanager
def allocation(relay: RelayAddress, name: str, password: str) -> Iterator[Allocation]:
    """An address of a relay, which is given up at the end.

    Raises:
        RelayRefuses: It does not let us in, or has none to give.
        OurError: It does not answer, or answers what is no TURN.
    """
    with contextlib.closing(_connected(relay)) as way:
        session = _Session(relay, way, name, password)
        found = session.ask(_ALLOCATE, {_TRANSPORT: _UDP})
        try:
            yield Allocation(*_uncrossed(found.get(_RELAYED, b"")), session)
        finally:
            session.ask(_REFRESH, {_LIFETIME: bytes(4)})


def _connected(relay: RelayAddress) -> socket.socket:
    sort = socket.SOCK_DGRAM if relay.is_udp else socket.SOCK_STREAM
    way = None
    try:
        family, *_, place = socket.getaddrinfo(relay.host, relay.port, type=sort)[0]
        way = socket.socket(family, sort)
        way.settimeout(sum(_TRIES_S))
        way.connect(place)
        if not relay.is_tls:
            return way
        return ssl.create_default_context().wrap_socket(way, server_hostname=relay.host)
    except OSError as error:
        if way is not None:
            way.close()
        raise OurError(
            f"{relay.url} cannot be reached: {error.strerror or error}.",
            "Look whether the relay runs, and at its address in node.toml.",
        ) from None


@dataclass
class _Session:
    """One exchange after the other with a relay."""

    relay: RelayAddress
    way: socket.socket
    name: str
    password: str
    realm: bytes = b""
    nonce: bytes = b""

    def ask(self, method: int, attributes: _Attributes) -> _Attributes:
        """What the relay answers; it is asked again with what it wants to be shown.

        Raises:
            RelayRefuses: It answers with an error.
            OurError: It does not answer, or not as a relay that knows the secret.
        """
        for _ in range(2):
            kind, answer, is_marked = self._exchange(method, attributes)
            if kind == method | _SUCCESS:
                if not is_marked:
                    raise self._no_relay()
                return answer
            if kind != method | _ERROR:
                raise self._no_relay()
            code, says = _error_of(answer.get(_ERROR_CODE, b""))
            is_same = answer.get(_NONCE, b"") == self.nonce
            self.realm, self.nonce = answer.get(_REALM, self.realm), answer.get(_NONCE, b"")
            # 401 the first time, 438 when the nonce is old: both bring a new one.
            if is_same or not self.nonce or code not in (UNAUTHORIZED, 438):
                break
        raise RelayRefuses(self.relay.url, code, says)

    def _exchange(self, method: int, attributes: _Attributes) -> tuple[int, _Attributes, bool]:
        number = os.urandom(12)
        if self.nonce:
            shown = {_USERNAME: self.name.encode(), _REALM: self.realm, _NONCE: self.nonce}
            attributes = {**attributes, **shown}
        message = _message(method, number, attributes)
        if self.nonce:
            message = _marked(message, self._key)
        for patience_s in _TRIES_S if self.relay.is_udp else (sum(_TRIES_S),):
            try:
                self.way.settimeout(patience_s)
                self.way.sendall(message)
                while (answer := self._received())[8:_HEADER_BYTES] != number:
                    pass
            except TimeoutError:
                continue
            except OSError as error:
                raise self._silent(error.strerror or str(error)) from None
            return self._read(answer)
        raise self._silent("nothing came back")

    def _received(self) -> bytes:
        if self.relay.is_udp:
            return self.way.recv(_MESSAGE_BYTES_MAX)
        head = self._exactly(_HEADER_BYTES)
        return head + self._exactly(min(int.from_bytes(head[2:4]), _MESSAGE_BYTES_MAX))

    def _exactly(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            piece = self.way.recv(count - len(found))
            if not piece:
                raise self._silent("it closed the connection")
            found += piece
        return found

    def _read(self, message: bytes) -> tuple[int, _Attributes, bool]:
        """Kind and attributes of a message, and whether it bears our mark."""
        kind, size, cookie = struct.unpack_from("!HHI", message)
        if cookie != _COOKIE or size != len(message) - _HEADER_BYTES:
            raise self._no_relay()
        found: _Attributes = {}
        is_marked, at = False, _HEADER_BYTES
        while at + 4 <= len(message):
            name, length = struct.unpack_from("!HH", message, at)
            value = message[at + 4 : at + 4 + length]
            if name == _INTEGRITY and self.nonce:
                whole = _marked(message[:at], self._key)
                is_marked = hmac.compare_digest(whole[at:], message[at : at + _INTEGRITY_BYTES])
                break
            found.setdefault(name, value)
            at += 4 + length + -length % 4
        return kind, found, is_marked

    @property
    def _key(self) -> bytes:
        """RFC 8489, 9.2.2: what the mark of a long-term credential is made with."""
        whole = b":".join((self.name.encode(), self.realm, self.password.encode()))
        return hashlib.md5(whole, usedforsecurity=False).digest()

    def _silent(self, why: str) -> OurError:
        return OurError(
            f"{self.relay.url} does not answer: {why}.",
            "Look whether the relay runs and listens there, and at the firewall.",
        )

    def _no_relay(self) -> OurError:
        return OurError(
            f"{self.relay.url} does not answer as a relay that knows our secret.",
            "Look at its address in node.toml.",
        )


def _message(kind: int, number: bytes, attributes: _Attributes) -> bytes:
    body = b"".join(
        struct.pack("!HH", name, len(value)) + value + bytes(-len(value) % 4)
        for name, value in attributes.items()
    )
    return struct.pack("!HHI", kind, len(body), _COOKIE) + number + body


def _marked(message: bytes, key: bytes) -> bytes:
    """A message with MESSAGE-INTEGRITY, whose length counts that already."""
    size = len(message) - _HEADER_BYTES + _INTEGRITY_BYTES
    whole = message[:2] + size.to_bytes(2) + message[4:]
    mark = hmac.digest(key, whole, hashlib.sha1)
    return whole + struct.pack("!HH", _INTEGRITY, len(mark)) + mark


def _error_of(value: bytes) -> tuple[int, str]:
    """Number and words of an ERROR-CODE."""
    if len(value) < 4:
        return 0, "no reason"
    return value[2] % 8 * 100 + value[3], value[4:].decode("utf-8", "replace")[:100]


def _crossed(address: str, port: int) -> bytes:
    """An address as XOR-PEER-ADDRESS has it; of IPv4 alone."""
    packed = ip_address(address).packed
    cookie = _COOKIE.to_bytes(4)
    crossed = bytes(one ^ other for one, other in zip(packed, cookie, strict=True))
    return struct.pack("!BBH", 0, 1, port ^ (_COOKIE >> 16)) + crossed


def _uncrossed(value: bytes) -> tuple[str, int]:
    """Address and port of XOR-RELAYED-ADDRESS; we ask for IPv4, which is the default."""
    if len(value) != 8:
        return "", 0
    port = int.from_bytes(value[2:4]) ^ (_COOKIE >> 16)
    packed = bytes(one ^ other for one, other in zip(value[4:], _COOKIE.to_bytes(4), strict=True))
    return str(ip_address(packed)), port
