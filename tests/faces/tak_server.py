"""A map of the TAK family as far as a test needs one: it takes events, and can vanish."""

import contextlib
import socket
import ssl
import threading
from xml.etree import ElementTree

Event = ElementTree.Element


class TakServer:
    """Listens at one port for as long as it is open; keeps every event that comes."""

    def __init__(self, trust: ssl.SSLContext | None = None) -> None:
        self.port = 0
        self.events: list[Event] = []
        self._trust = trust
        self._connections: list[socket.socket] = []
        self._listener: socket.socket | None = None

    def __enter__(self) -> "TakServer":
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        """Listen, at the same port as before."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def close(self) -> None:
        """Vanish with every connection."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._connections = []

    def of(self, kind: str, ending: str = "") -> list[Event]:
        """The events of a type whose name ends so, as they came."""
        return [
            one
            for one in list(self.events)
            if one.get("type") == kind and str(one.get("uid")).endswith(ending)
        ]

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            threading.Thread(target=self._take, args=(connection,), daemon=True).start()

    def _take(self, connection: socket.socket) -> None:
        try:
            if self._trust is not None:
                connection = self._trust.wrap_socket(connection, server_side=True)
            held = b""
            while more := connection.recv(65_536):
                held += more
                *whole, held = held.split(b"</event>")
                self.events += [parsed(event + b"</event>") for event in whole]
        except OSError:
            return


def parsed(event: bytes) -> Event:
    """One event as it came."""
    return ElementTree.fromstring(event.strip())
