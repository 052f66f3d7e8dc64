"""What one round trip over mutual TLS takes: an echo in a process of its own, on loopback.

Run by `bench.limits`; the child is `python -m bench.echo CERTIFICATE PEER`.
"""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

from openline.adapters.tls import (
    client_context,
    make_identity,
    read_identity,
    server_context,
)

FRAME_BYTES = 3_500
"""A frame with one message and its head, or a receipt: both are about so long."""


async def _echo(own: Path, peer: Path) -> None:
    """Answer each frame with as many bytes, until the input is closed."""
    identity = read_identity(own, own.read_bytes())
    trusted = [read_identity(peer, peer.read_bytes()).certificate]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(await reader.readexactly(FRAME_BYTES))
        except asyncio.IncompleteReadError:
            writer.close()

    context = server_context(identity, trusted)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


async def _ask(port: int, own: Path, peer: Path, runs: int, count: int) -> list[float]:
    identity = read_identity(own, own.read_bytes())
    trusted = [read_identity(peer, peer.read_bytes()).certificate]
    context = client_context(identity, trusted)
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname="bench"
    )
    rates = []
    for _ in range(runs):
        began = time.perf_counter()
        for _ in range(count):
            writer.write(bytes(FRAME_BYTES))
            await reader.readexactly(FRAME_BYTES)
        rates.append(count / (time.perf_counter() - began))
    writer.close()
    return rates


def round_trips(directory: Path, runs: int, count: int) -> list[float]:
    """Round trips a second, of each run."""
    ours, theirs = directory / "echo-ours.pem", directory / "echo-theirs.pem"
    for path in (ours, theirs):
        path.write_bytes(make_identity("bench.example"))
    command = [sys.executable, "-m", "bench.echo", str(theirs), str(ours)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        port = int(child.stdout.readline())
        return asyncio.run(_ask(port, ours, theirs, runs, count))
    finally:
        child.stdin.close()
        child.wait(30)
        child.stdout.close()


if __name__ == "__main__":
    asyncio.run(_echo(Path(sys.argv[1]), Path(sys.argv[2])))
