"""A PostgreSQL server of the tests' own: durable as in service, on its own port and directory.

It is started once for a session, and ended by the id of its process. Root may not run
PostgreSQL: the server then runs as the user that the system's package made for it.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.ports import free_port

COMMAND = "make system"
ABSENT = f"NOT TESTED: PostgreSQL is not here; `{COMMAND}` installs it."

_ACCOUNT = "postgres"
SHARED = "shared"
"""The database that the tests share; each has a schema of its own in it."""

_START_S_MAX = 60
_END_S_MAX = 30

# What is not named here is as PostgreSQL has it: fsync on, full pages, commits that wait.
SETTINGS = {
    "max_connections": "60",
    "shared_buffers": "32MB",
    "log_min_messages": "fatal",
}


def programs() -> Path | None:
    """Where the server's programs lie; the newest, where there are several."""
    places = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    found = places[-1] if places else shutil.which("initdb")
    return None if found is None else Path(found).resolve().parent


def programs_or_skip() -> Path:
    """Where they lie; the test is skipped, aloud, without them, and fails in CI."""
    found, why = programs(), ABSENT
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        found, why = None, f"NOT TESTED: {error}; pip install 'openline[postgresql]'."
    if found is not None and os.geteuid() == 0:
        try:
            pwd.getpwnam(_ACCOUNT)
        except KeyError:
            found, why = None, f"NOT TESTED: root may not run PostgreSQL; no user {_ACCOUNT}."
    if found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


@dataclass
class Server:
    """One server.

    Attributes:
        home: Its directory, which belongs to the account that it runs as.
        programs: Where its programs lie.
        port: On the loopback address.
        password: Of the user `openline`, who owns every database, and of the administrator.
        process: The running server, or None.
    """

    home: Path
    programs: Path
    port: int
    password: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    process: subprocess.Popen[bytes] | None = None
    made: int = 0

    @property
    def data(self) -> Path:
        """Its data."""
        return self.home / "data"

    def make(self) -> None:
        """Make its directory, its administrator and the user `openline`."""
        self.home.mkdir(parents=True)
        secret = self.home / "secret"
        secret.write_text(f"{self.password}\n")
        if account := _account():
            for path in (self.home, secret):
                shutil.chown(path, account, account)
        self._run(
            "initdb", "-D", self.data, "-A", "scram-sha-256", "-U", _ACCOUNT, "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync", f"--pwfile={secret}",
        )  # fmt: skip
        self.start()
        self.execute(f"CREATE ROLE openline LOGIN PASSWORD '{self.password}'")
        self.execute(f"CREATE DATABASE {SHARED} OWNER openline")

    def _run(self, program: str, *words: object) -> None:
        done = subprocess.run(
            [str(self.programs / program), *map(str, words)],
            capture_output=True, text=True, cwd="/", **_as_account(),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def start(self, **settings: str) -> None:
        """Start it, and wait until it answers."""
        assert self.process is None, "it runs"
        options = [f"-c{name}={value}" for name, value in (SETTINGS | settings).items()]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self.programs / "postgres", "-D", self.data, "-k", self.home,
                    "-h", "127.0.0.1", "-p", str(self.port), *options,
                ],
                stdout=log, stderr=log, cwd="/", **_as_account(),
            )  # fmt: skip
        until = time.monotonic() + _START_S_MAX
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(Exception):
                self.execute("SELECT 1")
                return
            time.sleep(0.05)
        raise AssertionError(f"PostgreSQL did not start: {(self.home / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        """End it at once, with all that it started; what it accepted is in its log."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(_END_S_MAX)
            except subprocess.TimeoutExpired:
                self.kill()
            self.process = None

    def kill(self) -> None:
        """End it as a power cut would: the server and each process that it started."""
        assert self.process is not None, "it does not run"
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self.process.wait()
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(family, _END_S_MAX)
        self.process = None

    @contextlib.contextmanager
    def replica(self) -> "Iterator[Server]":
        """A server that follows this one, and may only be read."""
        home = self.home.with_name("replica")
        home.mkdir()
        if account := _account():
            shutil.chown(home, account, account)
        other = Server(home, self.programs, free_port(), self.password)
        try:
            self._run(
                "pg_basebackup", "-D", other.data, "-R", "-c", "fast", "--no-sync", "-d",
                f"host=127.0.0.1 port={self.port} user={_ACCOUNT} password={self.password}",
            )  # fmt: skip
            other.start()
            yield other
        finally:
            other.stop()
            shutil.rmtree(home)

    def execute(self, statement: str, database: str = "postgres", *values: Any) -> list[Any]:
        """Have the administrator do a statement; its rows, if it gives any."""
        import psycopg

        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=_ACCOUNT, password=self.password,
            dbname=database, autocommit=True, connect_timeout=10,
        ) as connection:  # fmt: skip
            done = connection.execute(statement.encode(), values or None)
            while done.nextset():
                pass
            return done.fetchall() if done.description else []

    def new_schema(self) -> str:
        """The name of a new and empty schema, which `openline` owns: as good as a database."""
        self.made += 1
        name = f"store_{self.made}"
        self.execute(f"CREATE SCHEMA {name} AUTHORIZATION openline", SHARED)
        return name

    def url(self, schema: str, user: str = "openline") -> str:
        """The address of a store in a schema."""
        return (
            f"postgresql://{user}@127.0.0.1:{self.port}/{SHARED}?options=-csearch_path%3D{schema}"
        )

    def within(self, schema: str, statement: str, *values: Any) -> list[Any]:
        """Have the administrator do a statement in a schema; its rows, if it gives any."""
        return self.execute(f"SET search_path TO {schema}; {statement}", SHARED, *values)

    def password_file(self, directory: Path) -> Path:
        """A file with the password, for its owner alone."""
        path = directory / "store.password"
        path.touch(0o600)
        path.write_text(f"{self.password}\n")
        return path


def _account() -> str | None:
    return _ACCOUNT if os.geteuid() == 0 else None


def _as_account() -> dict[str, Any]:
    account = _account()
    # Groups are dropped as well; where no user is named nothing changes.
    return {"user": account, "group": account, "extra_groups": []} if account else {}
