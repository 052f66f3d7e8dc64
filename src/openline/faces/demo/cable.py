"""Cables: what lies between the two nodes of a story, so that it can be cut.

Each circuit of a story that cuts one has two, one for either side that dials. A cable
is a relay on the loopback of this machine: it moves bytes and reads none of them.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Final

HOST: Final = "127.0.0.1"
_PIECE_BYTES: Final = 65_536
_ONWARD_WAIT_S: Final = 2.0


class Condition(Enum):
    """What a cable does with what comes."""

    WHOLE = "mended"
    SILENT = "silent"
    """It holds every connection and moves nothing, as a dead satellite link does."""
    CUT = "cut"
    """It ends every connection and refuses new ones."""


class Cable:
    """One relay, in threads of its own; `end` ends them.

    Attributes:
        port: Where it listens.
        condition: What it does with what comes.
    """

    def __init__(self) -> None:
        self._listening = socket.create_server((HOST, 0))
        self.port: int = self._listening.getsockname()[1]
        self.condition = Condition.WHOLE
        # Guards the condition and the sockets: the story's thread changes them too.
        self._changed = threading.Condition()
        self._sockets: set[socket.socket] = set()

    def lead_to(self, port: int) -> None:
        """Begin to relay to a port of this machine; once."""
        self._run(self._accept, port)

    def be(self, condition: Condition) -> None:
        """Be whole, silent or cut from now on."""
        with self._changed:
            self.condition = condition
            if condition is Condition.CUT:
                self._hang_up()
            self._changed.notify_all()

    def end(self) -> None:
        """End every connection, and listen no longer."""
        self.be(Condition.CUT)
        with contextlib.suppress(OSError):
            # This, and not closing, wakes the thread that waits in accept.
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    @staticmethod
    def _run(what: object, *values: object) -> None:
        threading.Thread(target=what, args=values, daemon=True).start()  # type: ignore[arg-type]

    def _accept(self, port: int) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                self._join(near, port)

    def _join(self, near: socket.socket, port: int) -> None:
        """Lead a connection on, unless the cable is cut."""
        try:
            far = socket.create_connection((HOST, port), timeout=_ONWARD_WAIT_S)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        with self._changed:
            self._sockets |= {near, far}
            if self.condition is Condition.CUT:
                self._hang_up()
                return
        self._run(self._move, near, far)
        self._run(self._move, far, near)

    def _move(self, source: socket.socket, sink: socket.socket) -> None:
        """Move bytes one way until either side hangs up."""
        with contextlib.suppress(OSError):
            while piece := source.recv(_PIECE_BYTES):
                with self._changed:
                    self._changed.wait_for(lambda: self.condition is not Condition.SILENT)
                sink.sendall(piece)
        with self._changed:
            self._hang_up(source, sink)

    def _hang_up(self, *sockets: socket.socket) -> None:
        """End connections, without any named all of them; the lock is held."""
        for one in sockets or tuple(self._sockets):
            with contextlib.suppress(OSError):
                # This, and not closing, wakes the thread that waits in recv.
                one.shutdown(socket.SHUT_RDWR)
            one.close()
            self._sockets.discard(one)


class Cables:
    """The cables of a story, by circuit.

    Args:
        circuits: The circuits that can be cut; none where the nodes dial each other.
        sides: How many nodes there are to dial.
    """

    def __init__(self, circuits: Sequence[str], sides: int = 2) -> None:
        self._of = {circuit: [Cable() for _ in range(sides)] for circuit in circuits}

    @property
    def circuits(self) -> tuple[str, ...]:
        """The circuits that can be cut."""
        return tuple(self._of)

    @property
    def are_whole(self) -> bool:
        """Whether nothing is cut or silent."""
        return self._all(Condition.WHOLE, *self._of)

    @property
    def is_any_whole(self) -> bool:
        """Whether there is a way left; so where there are no cables."""
        return not self._of or any(self._all(Condition.WHOLE, one) for one in self._of)

    def to(self, side: int, circuit: str) -> Cable:
        """The cable by which a side is dialled on a circuit."""
        return self._of[circuit][side]

    def be(self, condition: Condition, circuit: str) -> None:
        """Let every cable of a circuit be whole, silent or cut."""
        for cable in self._of[circuit]:
            cable.be(condition)

    def _all(self, condition: Condition, *circuits: str) -> bool:
        return all(cable.condition is condition for one in circuits for cable in self._of[one])

    def end(self) -> None:
        """End them all."""
        for cables in self._of.values():
            for cable in cables:
                cable.end()


@contextlib.contextmanager
def laid(circuits: Sequence[str]) -> Iterator[Cables]:
    """Cables for circuits, ended with the block."""
    cables = Cables(circuits)
    try:
        yield cables
    finally:
        cables.end()
