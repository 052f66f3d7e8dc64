"""A raw client at the node port: TLS and WebSocket by hand, to send what no node sends.

It shows whatever certificate it is given, or none. Nothing here is lenient or
helpful: bytes go out as they are, and what comes back is told as it came.
"""

import base64
import contextlib
import os
import socket
import ssl
import struct
from pathlib import Path
from typing import Final, Self, TypeAlias

from openline.engine.frames import Frame, decode_frame, encode_frame
from tests.end_to_end.nodes import Node

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
_PIECE_BYTES: Final = 8_192


class Gone(Exception):
    """The node ended the connection; with the code and reason of a close frame, if any."""

    def __init__(self, code: int = 0, reason: str = "") -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


Address: TypeAlias = tuple[str, int]
"""Host and port."""


def door(node: Node, circuit: str = "primary") -> Address:
    """Where a node listens for its counterparts."""
    [listener] = [one for one in node.config.listeners if one.circuit == circuit]
    return listener.host, listener.port


def connect_tls(
    address: Address, identity: Path | None, *, version: ssl.TLSVersion | None = None
) -> ssl.SSLSocket:
    """A TLS connection to a node's port; whom it reaches is not checked.

    Args:
        address: Where the node listens.
        identity: A PEM file with key and certificate to show, or none.
        version: The newest version of TLS that is spoken; None for any.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if version is not None:
        context.maximum_version = version
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if identity is not None:
        context.load_cert_chain(identity)
    plain = socket.create_connection(address, timeout=10)
    try:
        return context.wrap_socket(plain)
    except BaseException:
        plain.close()
        raise


class Intruder:
    """One WebSocket at the node port.

    Args:
        address: Where the node listens.
        identity: A PEM file with key and certificate to show.
        line: The line to ask for.
        circuit: The circuit to ask for.

    Raises:
        Gone: The node did not open it; the code is the status of HTTP, or 0.
    """

    def __init__(
        self, address: Address, identity: Path | None, line: str, circuit: str = "primary"
    ) -> None:
        self._socket = connect_tls(address, identity)
        self._buffer = bytearray()
        # Pieces of a frame of each class that is not whole yet.
        self._parts: dict[int, bytearray] = {0: bytearray(), 2: bytearray()}
        path = f"/openline/v1/{line}/{circuit}"
        key = base64.b64encode(os.urandom(16)).decode()
        try:
            self._socket.sendall(
                (
                    f"GET {path} HTTP/1.1\r\nHost: node\r\nUpgrade: websocket\r\n"
                    f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                    "Sec-WebSocket-Version: 13\r\n\r\n"
                ).encode()
            )
            head = self._until(b"\r\n\r\n").decode("latin-1")
        except BaseException:
            self._socket.close()
            raise
        status = int(head.split(" ")[1])
        if status != 101:
            self._socket.close()
            raise Gone(status, head)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go, without a farewell."""
        with contextlib.suppress(OSError):
            self._socket.close()

    def set_timeout(self, timeout_s: float) -> None:
        """How long a send may take from now on."""
        self._socket.settimeout(timeout_s)

    # Out.

    def send(self, frame: Frame | bytes, *, is_urgent: bool = False) -> None:
        """Send a frame of ours, whole or as raw bytes, in pieces as a node does."""
        data = frame if isinstance(frame, bytes) else encode_frame(frame)
        tag = 2 if is_urgent else 0
        pieces = [data[i : i + _PIECE_BYTES] for i in range(0, len(data), _PIECE_BYTES)] or [b""]
        for number, piece in enumerate(pieces):
            more = number < len(pieces) - 1
            self.send_message(BINARY, bytes([tag | more]) + piece)

    def send_message(self, opcode: int, data: bytes) -> None:
        """Send one WebSocket message."""
        self.send_raw(websocket_frame(opcode, data))

    def send_raw(self, data: bytes) -> None:
        """Send bytes inside TLS as they are.

        Raises:
            Gone: The connection has ended.
            TimeoutError: The node takes in nothing.
        """
        try:
            self._socket.sendall(data)
        except TimeoutError:
            raise
        except (OSError, ssl.SSLError) as error:
            raise Gone(0, str(error)) from None

    # In.

    def receive(self, timeout_s: float = 10.0) -> Frame:
        """The next frame that the node sends, whole.

        What had come of it when the time was over is kept for the next call.

        Raises:
            Gone: The connection has ended.
            TimeoutError: Nothing came in time.
        """
        self._socket.settimeout(timeout_s)
        while True:
            opcode, data = self._message()
            if opcode == BINARY:
                part = self._parts[data[0] & 2]
                part += data[1:]
                if not data[0] & 1:
                    frame = bytes(part)
                    part.clear()
                    return decode_frame(frame)
            elif opcode == PING:
                self.send_message(PONG, data)
            elif opcode == CLOSE:
                code = struct.unpack("!H", data[:2])[0] if data else 0
                raise Gone(code, data[2:].decode(errors="replace"))

    def drain(self, timeout_s: float = 10.0) -> Gone:
        """Read on until the node ends the connection; how it ended it."""
        while True:
            try:
                self.receive(timeout_s)
            except Gone as gone:
                return gone

    def _message(self) -> tuple[int, bytes]:
        while (message := self._take_message()) is None:
            self._more()
        return message

    def _take_message(self) -> tuple[int, bytes] | None:
        """The next WebSocket message of what has come, if it is whole."""
        held = self._buffer
        if len(held) < 2:
            return None
        size, start = held[1] & 0x7F, 2
        if size >= 126:
            start = 4 if size == 126 else 10
            size = int.from_bytes(held[2:start]) if len(held) >= start else len(held)
        if len(held) < start + size:
            return None
        opcode, data = held[0] & 0x0F, bytes(held[start : start + size])
        del held[: start + size]
        return opcode, data

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._more()
        end = self._buffer.index(mark)
        taken = bytes(self._buffer[:end])
        del self._buffer[: end + len(mark)]
        return taken

    def _more(self) -> None:
        try:
            data = self._socket.recv(65_536)
        except TimeoutError:
            raise
        except (OSError, ssl.SSLError) as error:
            raise Gone(0, str(error)) from None
        if not data:
            raise Gone
        self._buffer += data


def websocket_frame(opcode: int, data: bytes, *, is_masked: bool = True) -> bytes:
    """One WebSocket message as a client sends it; the mask is zero, so it changes nothing."""
    mask = 0x80 if is_masked else 0
    if len(data) < 126:
        head = bytes([0x80 | opcode, mask | len(data)])
    elif len(data) < 65_536:
        head = struct.pack("!BBH", 0x80 | opcode, mask | 126, len(data))
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, mask | 127, len(data))
    return head + (b"\0\0\0\0" if is_masked else b"") + data
