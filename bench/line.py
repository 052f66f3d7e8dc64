"""Two nodes as two processes, mutual TLS on loopback, three durable commits a batch.

This process is alpha's node and the officers who use it; bravo's node is the
command `openline run` in a process of its own.
"""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from bench.machine import resident_mb
from bench.measure import RUNS, Row
from openline.app.compose import started
from openline.app.config import load_config
from openline.app.run import RunningNode
from openline.domain.party import Precedence
from openline.domain.talk.body import By
from openline.domain.talk.text import Text
from openline.engine.commands import Compose
from openline.faces.demo.ports import free_ports

LINE = "bench"
IN_FLIGHT = 64
ROUTINE_PER_S = 1_000


def openline(*words: str | Path) -> None:
    """Run one verb; its output only when it fails."""
    command = [sys.executable, "-m", "openline", *map(str, words)]
    subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def found(directory: Path) -> None:
    """Make two nodes that have adopted one Understanding."""
    ports = free_ports(2)
    for party, port in zip(("alpha", "bravo"), ports, strict=True):
        home = directory / party
        listen = f"127.0.0.1:{port}"
        openline("init", "--dir", home, "--party", f"{party}.example", "--listen", listen)
    alpha, bravo = directory / "alpha", directory / "bravo"
    openline("card", "add", "--dir", alpha, bravo / "cards/bravo.example.card")
    openline("card", "add", "--dir", bravo, alpha / "cards/alpha.example.card")
    draft, signed = directory / "bench.toml", directory / "bench.understanding"
    openline("understanding", "new", LINE, "--dir", alpha, "--out", draft)
    openline("understanding", "sign", draft, "--dir", alpha)
    openline("understanding", "sign", signed, "--dir", bravo)
    openline("understanding", "adopt", signed, "--dir", alpha)
    openline("understanding", "adopt", signed, "--dir", bravo)


@contextmanager
def counterpart(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A node in a process of its own; ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "openline", "run", "--dir", str(home), "--json"],
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
    finally:
        process.terminate()
        process.wait(30)


@asynccontextmanager
async def officer_of(home: Path) -> AsyncIterator[RunningNode]:
    """This process's node, when its line may sign."""
    stopping = asyncio.Event()
    async with started(load_config(home), stopping) as running:
        while not any(line["can_sign"] for line in running.status()["lines"]):
            await asyncio.sleep(0.05)
        yield running


def _say(text: str, precedence: Precedence = Precedence.ROUTINE) -> Compose:
    return Compose(LINE, Text(By("watch", "Lt Ivanova"), "en", text), precedence)


async def _receipted(running: RunningNode, command: Compose) -> None:
    recorded = await running.command(command)
    await running.delivered(LINE, recorded.index)


async def one_at_a_time(running: RunningNode, count: int) -> float:
    """Receipted messages a second, each said when the one before is receipted."""
    began = time.perf_counter()
    for number in range(count):
        await _receipted(running, _say(f"Message {number} of the watch."))
    return count / (time.perf_counter() - began)


async def in_flight(running: RunningNode, count: int) -> float:
    """Receipted messages a second, so many officers saying one after the other."""
    numbers = iter(range(count))

    async def officer() -> None:
        for number in numbers:
            await _receipted(running, _say(f"Message {number} of the watch."))

    began = time.perf_counter()
    await asyncio.gather(*(officer() for _ in range(IN_FLIGHT)))
    return count / (time.perf_counter() - began)


async def _flash_under_load(running: RunningNode, count: int) -> tuple[list[float], float]:
    """Milliseconds from command to receipt of each FLASH, and the routine rate beside."""
    done = asyncio.Event()

    async def routine() -> float:
        sent, pending, began = 0, set(), time.perf_counter()
        while not done.is_set():
            task = asyncio.ensure_future(running.command(_say(f"Routine {sent}.")))
            pending.add(task)
            task.add_done_callback(pending.discard)
            sent += 1
            ahead_s = began + sent / ROUTINE_PER_S - time.perf_counter()
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)
        await asyncio.gather(*pending)
        return sent / (time.perf_counter() - began)

    flow = asyncio.create_task(routine())
    await asyncio.sleep(0.5)
    waits = []
    for number in range(count):
        began = time.perf_counter()
        await _receipted(running, _say(f"Flash {number}.", Precedence.FLASH))
        waits.append((time.perf_counter() - began) * 1_000)
        await asyncio.sleep(0.02)
    done.set()
    return waits, await flow


async def _measure(home: Path, idle_mb: float, *, is_quick: bool) -> list[Row]:
    runs, few, many, flashes = (2, 20, 300, 20) if is_quick else (RUNS, 300, 5_000, 150)
    async with officer_of(home) as running:
        await one_at_a_time(running, few)
        singles = [await one_at_a_time(running, few) for _ in range(runs)]
        flights = [await in_flight(running, many) for _ in range(runs)]
        flash = [await _flash_under_load(running, flashes) for _ in range(runs)]
    p99s = [statistics.quantiles(waits, n=100)[98] for waits, _ in flash]
    p50s = [statistics.median(waits) for waits, _ in flash]
    flow = statistics.median(rate for _, rate in flash)
    return [
        Row("receipted messages, one at a time", statistics.median(singles), "/s", singles),
        _goal_at_least(
            Row(f"receipted messages, {IN_FLIGHT} in flight", statistics.median(flights), "/s"),
            flights,
            2_000,
        ),
        Row("FLASH receipt under load, p50", statistics.median(p50s), "ms", p50s),
        _goal_below(
            Row("FLASH receipt under load, p99", statistics.median(p99s), "ms"),
            p99s,
            50,
            f"while {flow:,.0f} routine messages/s flow",
        ),
        _goal_below(Row("idle node, resident", idle_mb, "MB"), [idle_mb], 150),
    ]


def _goal_at_least(row: Row, runs: list[float], least: float) -> Row:
    row.runs, row.goal, row.holds = runs, f">= {least:,.0f}", row.value >= least
    return row


def _goal_below(row: Row, runs: list[float], most: float, note: str = "") -> Row:
    row.runs, row.goal, row.holds, row.note = runs, f"< {most:,.0f}", row.value < most, note
    return row


def measure(directory: Path, limits: list[Row], *, is_quick: bool) -> list[Row]:
    """Messages a second, FLASH under load, and an idle node's memory."""
    found(directory)
    with counterpart(directory / "bravo") as bravo:
        time.sleep(2.0)
        idle_mb = resident_mb(bravo.pid)
        rows = asyncio.run(_measure(directory / "alpha", idle_mb, is_quick=is_quick))
    single = rows[0]
    allowed = _allowed_one_at_a_time({row.name: row.value for row in limits})
    least = min(200.0, 0.6 * allowed)
    single.goal, single.holds = f">= {least:,.0f}", single.value >= least
    single.note = f"durable writes, signatures and one round trip alone allow {allowed:,.0f}/s"
    return rows


def _allowed_one_at_a_time(limit: dict[str, float]) -> float:
    """What one message at a time costs in durable writes, signatures and one round trip.

    One after the other: three commits, and on each side a row in the anchor; an
    envelope and two heads (the author's and the receipt) are signed and verified.
    """
    seconds = (
        3 / limit["limit: durable commits of one entry"]
        + 2 / limit["limit: durable rows in the anchor"]
        + 1 / limit["limit: round trips over mutual TLS"]
        + 1 / limit["limit: Ed25519 signatures"]
        + 1 / limit["limit: Ed25519 verifications"]
        + 2 / limit["limit: heads signed (Ed25519 and ML-DSA-44)"]
        + 2 / limit["limit: heads verified (Ed25519 and ML-DSA-44)"]
    )
    return 1 / seconds
