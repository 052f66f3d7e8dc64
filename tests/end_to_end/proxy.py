"""A TCP proxy that a test can cut, stall or let spoil bytes.

It stands between two nodes: one advertises the proxy's port, and the other
dials it. `cut` ends every connection and refuses new ones; `stall` keeps them
and moves nothing, as a dead satellite link does; `spoil` turns bits on the way.
"""

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

_PIECE_BYTES: Final = 65_536


class Mode(Enum):
    """What the proxy does with what comes."""

    PASS = "pass"
    CUT = "cut"
    STALL = "stall"
    SPOIL = "spoil"


@dataclass
class Pipe:
    """One direction of one connection.

    Attributes:
        source: Where bytes come from.
        sink: Where they go.
        waiting: Bytes that were read and not yet written.
    """

    source: socket.socket
    sink: socket.socket
    waiting: bytearray = field(default_factory=bytearray)


class Proxy(threading.Thread):
    """A proxy in a thread of its own; `end` ends it.

    Attributes:
        port: Where it listens.
        passed: Bytes that it has moved.
    """

    def __init__(self, target_port: int) -> None:
        super().__init__(daemon=True, name=f"proxy to {target_port}")
        self._target_port = target_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.setblocking(False)
        self.port: int = self._listening.getsockname()[1]
        self.passed = 0
        # Written by the test, read by the thread.
        self.mode = Mode.PASS
        self._is_over = False
        self._selector = selectors.DefaultSelector()
        self._pipes: dict[socket.socket, Pipe] = {}

    def end(self) -> None:
        """End every connection and the thread."""
        self._is_over = True
        self.join(5)
        assert not self.is_alive(), "the proxy hangs"

    def run(self) -> None:
        """Move bytes until `end`."""
        self._selector.register(self._listening, selectors.EVENT_READ)
        while not self._is_over:
            if self.mode is Mode.CUT:
                self._drop_all()
            for key, _ in self._selector.select(0.01):
                sock = key.fileobj
                assert isinstance(sock, socket.socket)
                if sock is self._listening:
                    self._accept()
                elif self.mode is not Mode.STALL and sock in self._pipes:
                    self._move(self._pipes[sock])
            if self.mode is Mode.STALL:
                # Readable sockets are left alone; without a pause this would spin.
                threading.Event().wait(0.02)
        self._drop_all()
        self._listening.close()
        self._selector.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            accepted, _ = self._listening.accept()
            if self.mode is Mode.CUT:
                accepted.close()
                return
            try:
                onward = socket.create_connection(("127.0.0.1", self._target_port), timeout=1)
            except OSError:
                accepted.close()
                return
            for source, sink in ((accepted, onward), (onward, accepted)):
                source.setblocking(True)
                source.settimeout(2)
                self._pipes[source] = Pipe(source, sink)
                self._selector.register(source, selectors.EVENT_READ)

    def _move(self, pipe: Pipe) -> None:
        try:
            data = bytearray(pipe.source.recv(_PIECE_BYTES))
            if self.mode is Mode.SPOIL and data:
                data[len(data) // 2] ^= 0x10
            if data:
                pipe.sink.sendall(data)
                self.passed += len(data)
                return
        except OSError:
            pass
        self._drop(pipe)

    def _drop(self, pipe: Pipe) -> None:
        for sock in (pipe.source, pipe.sink):
            if self._pipes.pop(sock, None) is not None:
                self._selector.unregister(sock)
            sock.close()

    def _drop_all(self) -> None:
        for pipe in list(self._pipes.values()):
            if pipe.source in self._pipes:
                self._drop(pipe)


@contextlib.contextmanager
def proxies(*target_ports: int) -> Iterator[list[Proxy]]:
    """A proxy to each port, ended with the block."""
    made = [Proxy(port) for port in target_ports]
    for proxy in made:
        proxy.start()
    try:
        yield made
    finally:
        for proxy in made:
            proxy.end()
