"""Outlets of a real node: what maps are shown, and programs told, over every break."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.faces.cli.test_talk import Officer
from tests.faces.conftest import (
    BRAVO,
    Line,
    Run,
    is_up,
    make_line,
    running,
    wait_until,
)
from tests.faces.tak_server import TakServer, parsed

NOTICE = (
    "notice", "issue", "--circle", "34.490,36.909", "--radius", "9km", "--upper", "FL150",
    "--place", "at Shayrat airfield", "--category", "strike", "--kind", "missile", "--activity",
    'Strike & <b>"fire"</b>.', "--precedence", "priority", "--wait", "20",
)  # fmt: skip
LATER = ("--from", "2100-01-01T00:00:00Z", "--until", "2100-01-01T02:00:00Z")
SITE = ("private", "keep", "--name", "Observers", "--site", "--circle", "34.490,36.909",
        "--radius", "500m", "--upper", "100 m AGL")  # fmt: skip


@dataclass
class Stage:
    """A node of Alpha with two outlets, and Bravo's."""

    line: Line
    server: TakServer
    group: socket.socket

    def outlets(self) -> list[dict[str, object]]:
        """The states of Alpha's outlets."""
        outlets: list[dict[str, object]] = self.line.client().get("/outlets")["outlets"]
        return outlets

    def datagrams(self) -> list[str]:
        """Names and types of all that came as datagrams until now."""
        found = []
        while True:
            try:
                event = parsed(self.group.recv(65_536))
            except BlockingIOError:
                return found
            found.append(f"{event.get('type')} {event.get('uid')}")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Alpha shows everything to a server but what is private, and that to a group."""
    line = make_line(tmp_path_factory.mktemp("outlets"))
    group = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with TakServer() as server, group:
        group.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        group.bind(("127.0.0.1", 0))
        group.setblocking(False)
        with (line.alpha / "node.toml").open("a") as file:
            file.write(
                f'[[outlet]]\nname = "room"\naddress = "tcp://127.0.0.1:{server.port}"\n'
                f'[[outlet]]\nname = "group"\naddress = "udp://127.0.0.1:{group.getsockname()[1]}"\n'
                'shows = "private"\nstale_s = 30\n'
            )
        with running(line.alpha, line.bravo):
            for name in ("alpha", "bravo"):
                wait_until(lambda name=name: is_up(line.client(name)))
            yield Stage(line, server, group)


def test_a_map_is_shown_the_line(stage: Stage, openline: Run) -> None:
    """A notice is on the map, dashed before its window, and after a cut what is new comes too."""
    alpha, bravo = (Officer(openline, stage.line, name) for name in ("alpha", "bravo"))
    server = stage.server
    assert alpha("outlets").out.splitlines()[1].split()[:3] == [
        "room", f"tcp://127.0.0.1:{server.port}", "open",
    ]  # fmt: skip
    [later] = bravo.done(*NOTICE, *LATER)["issued"]
    name = f".notice.{BRAVO}.{later['notice_id']}.1"
    wait_until(lambda: server.of("u-d-c-c", name))
    [event] = server.of("u-d-c-c", name)
    assert event.find("detail/shape/ellipse").get("major") == "9000.0"
    assert event.find("detail/strokeStyle").get("value") == "dashed"
    assert "at Shayrat airfield" in event.find("detail/contact").get("callsign")
    assert 'Strike & <b>"fire"</b>.' in event.findtext("detail/remarks")
    assert float(event.find("point").get("lat")) == 34.49

    [now] = bravo.done(*NOTICE, "--from", "2020-01-01T00:00:00Z", "--until", "+2h")["issued"]
    other = f".notice.{BRAVO}.{now['notice_id']}.1"
    wait_until(lambda: server.of("u-d-c-c", other))
    assert server.of("u-d-c-c", other)[0].find("detail/strokeStyle").get("value") == "solid"

    server.close()
    bravo.done("notice", "cancel", later["notice_id"], "--wait", "20")
    wait_until(lambda: not stage.outlets()[0]["is_open"])
    assert stage.outlets()[0]["fault"]
    server.events.clear()
    server.open()
    wait_until(lambda: server.of("t-x-d-d", f"{name}.end"))
    wait_until(lambda: server.of("u-d-c-c", other))
    [gone] = server.of("t-x-d-d", f"{name}.end")
    assert gone.find("detail/link").get("uid").endswith(name)
    assert not server.of("u-d-c-c", name)
    bravo.done("notice", "cancel", now["notice_id"], "--wait", "20")


def test_what_is_private_goes_only_where_it_is_named(stage: Stage, openline: Run) -> None:
    """A private site and its conflict go to the outlet that names them, and to no other."""
    alpha, bravo = (Officer(openline, stage.line, name) for name in ("alpha", "bravo"))
    alpha.done(*SITE)
    [notice] = bravo.done(*NOTICE, *LATER)["issued"]
    name = f".notice.{BRAVO}.{notice['notice_id']}.1"
    told: list[str] = []

    def has_come(kind: str, words: str) -> bool:
        told.extend(stage.datagrams())
        return any(one.startswith(kind) and words in one for one in told)

    wait_until(lambda: has_come("u-d-c-c", ".private.Observers.1"))
    wait_until(lambda: has_come("b-a-g", ".conflict."))
    wait_until(lambda: stage.server.of("u-d-c-c", name))
    assert not any(".notice." in one for one in told)
    shown = [str(one.get("uid")) for one in stage.server.events]
    assert not any("private" in one or "conflict" in one for one in shown)
    alpha.done("private", "drop", "Observers")
    wait_until(lambda: has_come("t-x-d-d", ".private.Observers.1.end"))
    bravo.done("notice", "cancel", notice["notice_id"], "--wait", "20")


def test_what_ended_while_the_node_was_away_is_taken_off(openline: Run, tmp_path: Path) -> None:
    """A mark that was shown before a restart, and is no more, is taken off after it."""
    line = make_line(tmp_path)
    with TakServer() as server:
        with (line.alpha / "node.toml").open("a") as file:
            file.write(
                f'[[outlet]]\nname = "room"\naddress = "tcp://127.0.0.1:{server.port}"\n'
                'shows = "private"\n'
            )
        alpha = Officer(openline, line, "alpha")
        with running(line.alpha):
            alpha.done(*SITE)
            wait_until(lambda: server.of("u-d-c-c", ".private.Observers.1"))
            server.close()
            alpha.done("private", "drop", "Observers")
        server.events.clear()
        server.open()
        with running(line.alpha):
            wait_until(lambda: server.of("t-x-d-d", ".private.Observers.1.end"))


SECRET = bytes(range(32))


class Program(HTTPServer):
    """A program that takes what it is posted, as another one would check it."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Taking)
        self.events: list[tuple[str, dict[str, object]]] = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def leave(self) -> None:
        """Vanish."""
        self.shutdown()
        self.server_close()


class _Taking(BaseHTTPRequestHandler):
    server: Program

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        name, at = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        signed = hmac.new(SECRET, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
        expected = f"v1,{base64.b64encode(signed).decode()}"
        is_ours = hmac.compare_digest(expected, self.headers["webhook-signature"])
        if is_ours:
            self.server.events.append((name, json.loads(body)))
        self.send_response(204 if is_ours else 401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_program_is_told_every_message(openline: Run, tmp_path: Path) -> None:
    """A program gets each message once, signed, though it and the node were away meanwhile."""
    line, program = make_line(tmp_path), Program()
    secret = line.alpha / "hook.secret"
    secret.write_text(f"whsec_{base64.b64encode(SECRET).decode()}\n")
    secret.chmod(0o600)
    with (line.alpha / "node.toml").open("a") as file:
        file.write(
            f'[[outlet]]\nname = "hook"\naddress = "http://127.0.0.1:{program.server_port}/in"\n'
            'secret = "hook.secret"\nshows = "messages"\n'
        )
    alpha, bravo = (Officer(openline, line, name) for name in ("alpha", "bravo"))

    def said(events: list[tuple[str, dict[str, object]]]) -> list[str]:
        serials = (one["data"]["serial"] for _, one in events if one["type"] == "message")
        return list(dict.fromkeys(serials))

    with running(line.bravo):
        with running(line.alpha):
            for name in ("alpha", "bravo"):
                wait_until(lambda name=name: is_up(line.client(name)))
            bravo.done("say", "One.", "--wait", "20")
            wait_until(lambda: "BRAVO-0001" in said(program.events))
            assert program.events[0][1]["type"] == "begin"
            program.leave()
            bravo.done("say", "Two.", "--wait", "20")
            wait_until(lambda: "hook: Cannot connect" in alpha("outlets").out)
        bravo.done("say", "Three.")
        again = Program(program.server_port)
        with running(line.alpha):
            wait_until(lambda: "BRAVO-0003" in said(again.events))
    assert said(again.events) == ["BRAVO-0002", "BRAVO-0003"]
    assert not {name for name, _ in program.events} & {name for name, _ in again.events}
    again.leave()
