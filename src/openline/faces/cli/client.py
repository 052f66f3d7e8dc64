"""Speaks to the running node through its Unix socket.

Verbs never open the store of a running node: they ask over HTTP, as any other
program may (`openline.faces.api`).
"""

import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, urlencode

from openline.app.config import Config
from openline.domain.errors import OurError
from openline.faces import unix
from openline.faces.cli.faults import NoAnswer, NodeNotRunning

TIMEOUT_S: Final = 30.0
ANSWER_SIZE_BYTES_MAX: Final = 512 * 1024 * 1024


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, config: Config, timeout_s: float) -> None:
        super().__init__("openline", timeout=timeout_s)
        self._path = config.socket

    def connect(self) -> None:
        self.sock = unix.connect(self._path, self.timeout)


class Client:
    """The way to one running node.

    Args:
        config: The node's settings; tells where its socket is.
        timeout_s: How long to wait for an answer.
    """

    def __init__(self, config: Config, timeout_s: float = TIMEOUT_S) -> None:
        self.config = config
        self._timeout_s = timeout_s

    def get(self, *path: str, **query: Any) -> Any:
        """The answer to a question.

        Args:
            path: The path; each part after the first is quoted.
            query: Named values; None is left out.
        """
        return _read_answer(self._ask("GET", _target(path, query), b"", ""))

    def post(self, *path: str, body: Any, **query: Any) -> Any:
        """The answer to an act."""
        data = json.dumps(body).encode()
        return _read_answer(self._ask("POST", _target(path, query), data, "application/json"))

    def post_file(self, *path: str, file: bytes, **query: Any) -> Any:
        """The answer to a file that is handed in."""
        target = _target(path, query)
        return _read_answer(self._ask("POST", target, file, "application/octet-stream"))

    def get_file(self, *path: str, **query: Any) -> bytes:
        """The file that a question answers."""
        return self._ask("GET", _target(path, query), b"", "")

    def fetch_file(self, *path: str, body: Any) -> bytes:
        """The file that an act answers."""
        data = json.dumps(body).encode()
        return self._ask("POST", _target(path, {}), data, "application/json")

    def events(self, line: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
        """What changes from now on: name and data of each event."""
        connection = _Connection(self.config, self._timeout_s)
        try:
            response = self._send(connection, "GET", _target(("/events",), {"line": line}), b"", "")
            if response.status >= 300:
                raise _refusal(response.read())
            yield from _events(response)
        except TimeoutError:
            raise _too_late(self._timeout_s) from None
        except (OSError, http.client.HTTPException):
            raise not_running(self.config) from None
        finally:
            connection.close()

    def _ask(self, method: str, target: str, data: bytes, media_type: str) -> bytes:
        connection = _Connection(self.config, self._timeout_s)
        try:
            response = self._send(connection, method, target, data, media_type)
            answer = response.read(ANSWER_SIZE_BYTES_MAX)
        except TimeoutError:
            raise _too_late(self._timeout_s) from None
        except (OSError, http.client.HTTPException):
            raise _broken_off() from None
        finally:
            connection.close()
        if response.status >= 300:
            raise _refusal(answer)
        return answer

    def _send(
        self, connection: _Connection, method: str, target: str, data: bytes, media_type: str
    ) -> http.client.HTTPResponse:
        headers = {"accept": "application/json, application/octet-stream, text/event-stream"}
        if media_type:
            headers["content-type"] = media_type
        try:
            connection.connect()
        except (ConnectionError, FileNotFoundError, socket.gaierror):
            raise not_running(self.config) from None
        except PermissionError:
            raise OurError(
                f"The socket {self.config.socket} is not open to this user.",
                "Run the command as the user that runs the node.",
            ) from None
        # A large body may be refused before it is read whole: the answer is still there.
        try:
            connection.request(method, target, body=data or None, headers=headers)
        except (BrokenPipeError, ConnectionResetError):
            if not connection.sock:
                raise
        return connection.getresponse()


def not_running(config: Config) -> NodeNotRunning:
    """The error of a verb that needs the running node."""
    return NodeNotRunning(
        f"The node of {config.party} does not run: nobody answers at {config.socket}.",
        f"Start it: openline run --dir {config.directory}",
    )


def _target(path: tuple[str, ...], query: dict[str, Any]) -> str:
    first, *rest = path
    target = "/".join([first, *(quote(part, safe="") for part in rest)])
    given = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in query.items()
        if value is not None
    }
    return f"{target}?{urlencode(given)}" if given else target


def _read_answer(answer: bytes) -> Any:
    try:
        return json.loads(answer)
    except ValueError:
        # A node that is killed leaves half an answer.
        raise _broken_off() from None


class Refused(OurError):
    """The node refuses what was asked.

    Attributes:
        field: The field of the request that is at fault, if it is one.
    """

    def __init__(self, what: str, remedy: str = "", field: str = "") -> None:
        super().__init__(what, remedy)
        self.field = field


def _refusal(answer: bytes) -> OurError:
    try:
        error = json.loads(answer)["error"]
        return Refused(str(error["what"]), str(error["remedy"]), str(error.get("field", "")))
    except (ValueError, KeyError, TypeError):
        return NoAnswer("The node answered with an error that cannot be read.", "See openline.log.")


def _broken_off() -> NoAnswer:
    return NoAnswer(
        "The node broke off before it had answered; whether it did what was asked is not known.",
        "See openline status, and when it runs, openline log, before you repeat it.",
    )


def _too_late(timeout_s: float) -> NoAnswer:
    return NoAnswer(
        f"The node did not answer within {timeout_s:g} s.", "See openline.log, and openline doctor."
    )


def _events(response: http.client.HTTPResponse) -> Iterator[tuple[str, dict[str, Any]]]:
    name = ""
    while row := response.readline(ANSWER_SIZE_BYTES_MAX):
        key, _, value = row.decode().rstrip("\r\n").partition(": ")
        if key == "event":
            name = value
        elif key == "data":
            yield name, json.loads(value)
