"""Ways to a map: over TLS only to whom we trust, and a cut is told."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from openline.adapters.tak import sending
from openline.adapters.tak.sending import Way, WayIsCut, open_datagrams, open_stream
from openline.adapters.trust import trust_in
from openline.domain.errors import OurError

NEVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2199, 1, 1, tzinfo=UTC)


def pem(path: Path, name: str, *, is_authority: bool = False) -> Path:
    """A file with a self-signed certificate and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    names = x509.SubjectAlternativeName(
        [x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)]
    )
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(NEVER[0])
        .not_valid_after(NEVER[1] - timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, *form)
    )
    return path


async def insist(way: Way, event: bytes) -> None:
    """Send something often enough that a cut is seen."""
    for _ in range(500):
        await way.send(event)
        await asyncio.sleep(0.01)


@asynccontextmanager
async def server(file: Path | None, took: list[bytes]) -> AsyncIterator[int]:
    """A server that asks for a certificate, keeps what it takes, and talks back."""
    context = None
    if file is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"<event type='t-x-c-t-r'/>" * 100)
        try:
            while part := await reader.read(1_000):
                took.append(part)
                if part.endswith(b"leave"):
                    break
        except OSError:
            pass
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with listening:
        yield listening.sockets[0].getsockname()[1]


async def test_a_pinned_certificate_is_trusted_whatever_its_name(tmp_path: Path) -> None:
    """A server's own certificate is enough, though it bears another name."""
    file, took = pem(tmp_path / "tak.pem", "tak.example"), []
    async with server(file, took) as port:
        way = await open_stream("127.0.0.1", port, trust_in(file, file))
        await way.send(b"one")
        while not took:
            await asyncio.sleep(0.01)
        await way.close()
    assert took == [b"one"]


@pytest.mark.parametrize("sort", ["another", "name"])
async def test_a_stranger_is_sent_nothing(tmp_path: Path, sort: str) -> None:
    """A server with another certificate, or of an authority under another name, gets nothing."""
    file, took = pem(tmp_path / "a.pem", "tak.example", is_authority=sort == "name"), []
    trusted = file if sort == "name" else pem(tmp_path / "b.pem", "127.0.0.1")
    async with server(file, took) as port:
        with pytest.raises(WayIsCut, match="certificate verify failed"):
            await open_stream("127.0.0.1", port, trust_in(trusted, None))
    assert took == []


async def test_a_server_that_leaves_or_is_not_there_is_told() -> None:
    """A way whose server has gone says so when something is sent, and so does one to nobody."""
    took: list[bytes] = []
    async with server(None, took) as port:
        way = await open_stream("127.0.0.1", port, None)
        with pytest.raises(WayIsCut):
            await insist(way, b"leave")
        await way.close()
    with pytest.raises(WayIsCut):
        await open_stream("127.0.0.1", port, None)
    with pytest.raises(WayIsCut):
        await open_datagrams("no such host.invalid", 1)


async def test_a_server_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that reads no more is taken for dead, and holds nobody up."""
    monkeypatch.setattr(sending, "SENDING_S_MAX", 0.05)
    is_over = asyncio.Event()

    async def idle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await is_over.wait()
        writer.close()

    listening = await asyncio.start_server(idle, "127.0.0.1", 0, limit=1)
    async with listening:
        way = await open_stream("127.0.0.1", listening.sockets[0].getsockname()[1], None)
        with pytest.raises(WayIsCut, match="takes nothing"):
            await insist(way, bytes(1 << 20))
        is_over.set()
        await way.close()


async def test_datagrams_go_on_though_nobody_listens() -> None:
    """Datagrams are sent whether or not anybody is there yet."""
    listening = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    listening.close()
    await listening.wait_closed()
    way = await open_datagrams("127.0.0.1", port)
    for _ in range(40):
        await way.send(b"x")
        await asyncio.sleep(0)
    await way.close()
    group = await open_datagrams("239.2.3.1", 6969)
    await group.close()


def test_files_that_hold_no_certificate_are_refused(tmp_path: Path) -> None:
    """A file that is not there, holds something else, or lacks its key is named."""
    words, whole = tmp_path / "words.pem", pem(tmp_path / "whole.pem", "tak.example")
    words.write_text("words")
    for trusted, shown in ((words, None), (tmp_path / "none", None), (whole, words)):
        with pytest.raises(OurError, match=r"words\.pem|none"):
            trust_in(trusted, shown)
    assert trust_in(None, None).check_hostname
