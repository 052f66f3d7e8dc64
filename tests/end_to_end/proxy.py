"""A TCP proxy that a test can cut, stall, slow, reset, or let spoil bytes; each way by itself.

It stands between two nodes: one advertises the proxy's port, and the other dials it. What
it does is set for both directions (`mode`), or for one (`turn`), and holds for connections
that stand and for new ones. Nothing here is random: bytes that pass, pass in order.
"""

import contextlib
import selectors
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

_PIECE_BYTES: Final = 65_536
_STEP_S: Final = 0.01
SLOW_BYTES_PER_S: Final = 2_000
"""A direction that is slow: a FLASH takes seconds, a tick one."""


class Mode(Enum):
    """What the proxy does with what comes."""

    PASS = "pass"
    CUT = "cut"
    """Every connection is ended, and new ones are refused."""
    RESET = "reset"
    """The same, by a reset: whatever was under way is lost."""
    STALL = "stall"
    """Connections stand and nothing moves, as on a dead satellite link."""
    SWALLOW = "swallow"
    """What comes is taken and thrown away: its sender sees it go."""
    SLOW = "slow"
    """Bytes dribble."""
    SPOIL = "spoil"
    """A bit of each piece is turned."""
    HALF_OPEN = "half open"
    """The node that was dialled is gone; the one that dialled is told nothing."""


class Way(Enum):
    """A direction: from whom dialled, or back to them."""

    THERE = "there"
    BACK = "back"


@dataclass
class Pipe:
    """One direction of one connection.

    Attributes:
        source: Where bytes come from.
        sink: Where they go; None where that end is gone and nobody is told.
        way: Which direction it is.
        waiting: Bytes that were read, and when they may go on.
    """

    source: socket.socket
    sink: socket.socket | None
    way: Way
    waiting: deque[tuple[float, bytes]] = field(default_factory=deque)


class Proxy(threading.Thread):
    """A proxy in a thread of its own; `end` ends it.

    Attributes:
        port: Where it listens.
        passed: Bytes that it has moved.
        delay_s: How long each piece is held, each way.
    """

    def __init__(self, target_port: int) -> None:
        super().__init__(daemon=True, name=f"proxy to {target_port}")
        self._target_port = target_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.setblocking(False)
        self.port: int = self._listening.getsockname()[1]
        self.passed = 0
        # Written by the test, read by the thread.
        self.delay_s = 0.0
        self._modes = dict.fromkeys(Way, Mode.PASS)
        self._is_over = False
        self._selector = selectors.DefaultSelector()
        self._pipes: dict[socket.socket, Pipe] = {}

    @property
    def mode(self) -> Mode:
        """What it does from those who dial to those who are dialled."""
        return self._modes[Way.THERE]

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._modes = dict.fromkeys(Way, mode)

    def turn(self, way: Way, mode: Mode) -> None:
        """Behave otherwise in one direction; the other goes on as it was."""
        self._modes = {**self._modes, way: mode}

    def end(self) -> None:
        """End every connection and the thread."""
        self._is_over = True
        self.join(5)
        assert not self.is_alive(), "the proxy hangs"

    def run(self) -> None:
        """Move bytes until `end`."""
        self._selector.register(self._listening, selectors.EVENT_READ)
        while not self._is_over:
            ready = self._selector.select(_STEP_S)
            # Asked after the wait: what came while a test set another mode obeys that one.
            modes = self._modes
            self._end_where_told(set(modes.values()))
            for key, _ in ready:
                sock = key.fileobj
                assert isinstance(sock, socket.socket)
                if sock is self._listening:
                    self._accept()
                elif (pipe := self._pipes.get(sock)) is not None:
                    self._read(pipe, modes[pipe.way])
            self._pass_on()
            if {Mode.STALL, Mode.SLOW} & set(modes.values()):
                # Readable sockets are left alone; without a pause this would spin.
                time.sleep(_STEP_S)
        self._drop_all()
        self._listening.close()
        self._selector.close()

    def _end_where_told(self, modes: set[Mode]) -> None:
        if Mode.CUT in modes:
            self._drop_all()
        elif Mode.RESET in modes:
            for sock in self._pipes:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._drop_all()
        if Mode.HALF_OPEN in modes:
            for pipe in list(self._pipes.values()):
                if pipe.way is Way.BACK:
                    self._drop_one(pipe.source)
                else:
                    pipe.sink = None
            return
        # Whoever is back knows nothing of what stood before.
        for pipe in list(self._pipes.values()):
            if pipe.sink is None:
                self._drop(pipe)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            accepted, _ = self._listening.accept()
            if {Mode.CUT, Mode.RESET} & set(self._modes.values()):
                accepted.close()
                return
            try:
                onward = socket.create_connection(("127.0.0.1", self._target_port), timeout=1)
            except OSError:
                accepted.close()
                return
            for source, sink, way in (
                (accepted, onward, Way.THERE),
                (onward, accepted, Way.BACK),
            ):
                source.setblocking(True)
                source.settimeout(2)
                self._pipes[source] = Pipe(source, sink, way)
                self._selector.register(source, selectors.EVENT_READ)

    def _read(self, pipe: Pipe, mode: Mode) -> None:
        if mode is Mode.STALL:
            return
        most = int(SLOW_BYTES_PER_S * 2 * _STEP_S) if mode is Mode.SLOW else _PIECE_BYTES
        try:
            data = bytearray(pipe.source.recv(most))
        except OSError:
            self._drop(pipe)
            return
        if not data:
            self._drop(pipe)
        elif mode not in (Mode.SWALLOW, Mode.HALF_OPEN):
            if mode is Mode.SPOIL:
                data[len(data) // 2] ^= 0x10
            pipe.waiting.append((time.monotonic() + self.delay_s, bytes(data)))

    def _pass_on(self) -> None:
        """Write what was held long enough."""
        now = time.monotonic()
        for pipe in list(self._pipes.values()):
            while pipe.waiting and pipe.waiting[0][0] <= now:
                _, data = pipe.waiting.popleft()
                if pipe.sink is None:
                    continue
                try:
                    pipe.sink.sendall(data)
                    self.passed += len(data)
                except OSError:
                    self._drop(pipe)
                    break

    def _drop(self, pipe: Pipe) -> None:
        for sock in (pipe.source, pipe.sink):
            if sock is not None:
                self._drop_one(sock)

    def _drop_one(self, sock: socket.socket) -> None:
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
