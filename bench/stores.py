"""Receipted messages with the store in a file and in PostgreSQL, measured in turn.

Two pairs of nodes like those of `bench.line`: one alpha keeps its store in a file, the other
in a database, and each bravo in a file. The server is durable as in service, on this
machine's disk and reached through a Unix socket: over a network each commit takes two round
trips more.
"""

import asyncio
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench import line
from bench.conflict import server
from bench.measure import RUNS, Row
from openline.app.config import FILE_NAME, load_config
from openline.app.move import settings_with

_FILE, _DATABASE = "SQLite", "PostgreSQL"


class Missing(Exception):
    """PostgreSQL or its client is not here; how to get it."""


def measure(*, is_quick: bool) -> list[Row]:
    """Messages a second, one at a time and many in flight, on both stores.

    Raises:
        Missing: There is no server, or no client.
    """
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise Missing("psycopg is not here; pip install 'openline[postgresql]'") from None
    try:
        with server.running(server.DURABLE, with_postgis=False) as words:
            found = dict(part.split("=", 1) for part in words.split())
            url = (
                f"postgresql://{found['user']}@/{found['dbname']}"
                f"?host={found['host']}&port={found['port']}"
            )
            return _beside(url, is_quick=is_quick)
    except server.NoServer as error:
        raise Missing(str(error)) from None


def _beside(url: str, *, is_quick: bool) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="openline-bench-") as made, ExitStack() as stack:
        homes = []
        for name, address in ((_FILE, ""), (_DATABASE, url)):
            pair = Path(made) / name
            pair.mkdir()
            line.found(pair)
            home = pair / "alpha"
            if address:
                text = settings_with(load_config(home), address)
                (home / FILE_NAME).write_text(text)
            stack.enter_context(line.counterpart(pair / "bravo"))
            homes.append(home)
        return asyncio.run(_measured(*homes, is_quick=is_quick))


async def _measured(in_file: Path, in_database: Path, *, is_quick: bool) -> list[Row]:
    runs, few, many = (1, 20, 300) if is_quick else (RUNS, 200, 2_000)
    rates: dict[tuple[str, str], list[float]] = {}
    async with line.officer_of(in_file) as one, line.officer_of(in_database) as other:
        for number in range(runs + 1):
            # In turn, so that what else the machine does meets both.
            for name, running in ((_FILE, one), (_DATABASE, other)):
                single = await line.one_at_a_time(running, few)
                flight = await line.in_flight(running, many)
                if number or is_quick:
                    rates.setdefault((name, "one at a time"), []).append(single)
                    rates.setdefault((name, f"{line.IN_FLIGHT} in flight"), []).append(flight)
    return [
        Row(f"store in {name}: receipted messages, {how}", statistics.median(found), "/s", found)
        for (name, how), found in sorted(rates.items(), reverse=True)
    ]
