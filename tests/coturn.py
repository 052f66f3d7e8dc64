"""A coturn of the tests' own: a real relay on loopback, on ports of its own.

It is ended by the id of its process. It runs with the settings of the guide, but for what is
otherwise on loopback.
"""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from openline.adapters.relay import credential
from tests.ports import free_ports

PROGRAM = "turnserver"
ABSENT = "NOT TESTED: coturn is not here; `make system` installs it."

_START_S_MAX = 30
_END_S_MAX = 20

GUIDE = Path(__file__).parents[1] / "docs" / "guides" / "telephone.md"
_OTHERWISE_HERE = (
    "listening-port", "tls-listening-port", "cert", "pkey", "external-ip", "static-auth-secret",
    "syslog",
)  # fmt: skip
_HERE = """\
static-auth-secret={secret}
no-dtls
listening-ip=127.0.0.1
relay-ip=127.0.0.1
listening-port={port}
allow-loopback-peers
userdb={folder}/turndb
pidfile={folder}/pid
log-file=stdout
"""


def guides_settings() -> str:
    """What the guide tells to write, but for what is otherwise on loopback."""
    told = GUIDE.read_text(encoding="utf-8").partition("```conf\n")[2].partition("```")[0]
    rows = [row for row in told.splitlines() if row.partition("=")[0] not in _OTHERWISE_HERE]
    assert len(rows) > 10, "the guide has the settings of a relay"
    return "".join(f"{row}\n" for row in rows)


def program_or_skip() -> str:
    """Where coturn lies; the test is skipped, aloud, without it, and fails in CI."""
    # Debian has it among the programs of the administrator.
    found = shutil.which(PROGRAM) or shutil.which(PROGRAM, path="/usr/sbin:/usr/local/bin")
    if found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(ABSENT)
    pytest.skip(ABSENT)


@dataclass
class Coturn:
    """One relay, which can be killed and started again.

    Attributes:
        folder: What it keeps.
        port: Where it listens, by UDP and TCP.
        secret: What it shares with a node.
        settings: Further rows of its settings.
        process: The running process, or None.
    """

    folder: Path
    port: int
    secret: str = field(default_factory=lambda: secrets.token_hex(32))
    settings: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address as node.toml has it."""
        return f"turn:127.0.0.1:{self.port}"

    @property
    def secret_file(self) -> Path:
        """The secret as a node reads it."""
        path = self.folder / "relay.secret"
        path.touch(mode=0o600)
        path.write_text(f"{self.secret}\n")
        return path

    def credential(self, for_s: int = 600) -> tuple[str, str]:
        """A name and a password for so long; of a negative time, one that has expired."""
        return credential(self.secret.encode(), int(time.time()) + for_s, os.urandom(8))

    def start(self) -> "Coturn":
        """Start it; returns when it answers."""
        assert self.process is None, "it runs already"
        here = _HERE.format(secret=self.secret, port=self.port, folder=self.folder)
        path = self.folder / "turnserver.conf"
        tls = "" if "cert=" in self.settings else "no-tls\n"
        path.write_text(guides_settings() + here + tls + self.settings)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [program_or_skip(), "-c", str(path)], stdout=log, stderr=log
            )
        self._wait_up()
        return self

    def _wait_up(self) -> None:
        deadline = time.monotonic() + _START_S_MAX
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.05)
        raise AssertionError(f"coturn did not come up: {self.log()[-2_000:]}")

    def log(self) -> str:
        """What it wrote."""
        return (self.folder / "log").read_text(errors="replace")

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(_END_S_MAX)
            self.process = None


@contextlib.contextmanager
def running_coturn(folder: Path, settings: str = "") -> Iterator[Coturn]:
    """A relay that runs, and is ended however the test ends."""
    folder.mkdir(parents=True, exist_ok=True)
    relay = Coturn(folder, free_ports(1)[0], settings=settings)
    try:
        yield relay.start()
    finally:
        relay.kill()
