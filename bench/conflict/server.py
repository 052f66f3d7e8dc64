"""A PostgreSQL server of the bench's own: its directory, its socket, nobody else's data.

It listens on no network port; its socket lies in its own directory. Root may not run PostgreSQL:
the server then runs as the user that the system's package made for it.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

_USER = "postgres"
_START_S_MAX = 30
_PORT = 54_329  # Names the socket only.

# What helps it most where losing everything at a power cut is no matter. One process for each
# query, as ours: time on two processors is not to be counted as time saved.
SETTINGS = {
    "listen_addresses": "''",
    "port": _PORT,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "'4GB'",
    "autovacuum": "off",
    "shared_buffers": "'2GB'",
    "work_mem": "'256MB'",
    "maintenance_work_mem": "'1GB'",
    "effective_cache_size": "'4GB'",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "jit": "off",
}

# As in service: nothing that was accepted is lost at a power cut.
DURABLE = {
    "listen_addresses": "''",
    "port": _PORT,
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}


class NoServer(Exception):
    """PostgreSQL with PostGIS is not here, or does not start; how to get it."""


def binaries(*, with_postgis: bool = True) -> Path:
    """Where the server's programs lie; the newest, where there are several.

    Raises:
        NoServer: There are none, or PostGIS is asked for and not beside them.
    """
    places = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    found = places[-1] if places else shutil.which("initdb")
    if found is None:
        raise NoServer("PostgreSQL is not here; `make system` installs it with PostGIS")
    directory = Path(found).resolve().parent
    asked = [str(directory / "pg_config"), "--pkglibdir"]
    libraries = directory.parent / "lib"
    if Path(asked[0]).exists():
        libraries = Path(subprocess.run(asked, capture_output=True, text=True).stdout.strip())
    # Its library, and not its scripts: these may be there without it.
    if with_postgis and not any(libraries.glob("postgis-*")):
        raise NoServer(f"PostGIS is not in {libraries}; `make system` installs it")
    return directory


@contextmanager
def running(
    settings: Mapping[str, object] = SETTINGS, *, with_postgis: bool = True
) -> Iterator[str]:
    """A server with an empty database; gives the words to connect with, and ends it at the end.

    Raises:
        NoServer: It is not here, or did not start within half a minute.
    """
    programs = binaries(with_postgis=with_postgis)
    user = _user()
    home = Path(tempfile.mkdtemp(prefix="openline-pg-"))
    try:
        if user is not None:
            shutil.chown(home, user, user)
        server = _start(programs, home, user, settings)
        try:
            yield _wait(server, home)
        finally:
            _stop(server)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _user() -> str | None:
    """The user that the server is to run as; None for the one who runs the bench."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam(_USER).pw_name
    raise NoServer(f"root may not run PostgreSQL, and there is no user {_USER}")


def _start(
    programs: Path, home: Path, user: str | None, settings: Mapping[str, object]
) -> subprocess.Popen[bytes]:
    data = home / "data"
    # Groups are dropped as well; where no user is named nothing changes.
    who = {"user": user, "group": user, "extra_groups": []} if user else {}
    made = subprocess.run(
        [programs / "initdb", "-D", data, "-A", "trust", "-U", _USER, "-E", "UTF8", "--locale=C",
         "--no-sync"],
        capture_output=True, text=True, cwd="/", **who,
    )  # fmt: skip
    if made.returncode:
        raise NoServer(f"initdb says: {made.stderr.strip()}")
    options = [f"-c{name}={str(value).strip(chr(39))}" for name, value in settings.items()]
    return subprocess.Popen(
        [programs / "postgres", "-D", data, "-k", home, *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **who,
    )  # fmt: skip


def _wait(server: subprocess.Popen[bytes], home: Path) -> str:
    import psycopg

    words = f"host={home} port={_PORT} user={_USER} dbname=postgres"
    until = time.monotonic() + _START_S_MAX
    while time.monotonic() < until and server.poll() is None:
        with suppress(psycopg.OperationalError):
            psycopg.connect(words).close()
            return words
        time.sleep(0.1)
    raise NoServer(f"PostgreSQL did not start (exit code {server.poll()})")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End the one process that was started here: fast shutdown, then by force."""
    server.send_signal(2)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
