"""Circuits over real TLS on loopback: who is let in, what passes, and what ends a link."""

import asyncio
import contextlib
import random
import socket
import ssl
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from openline.adapters.allowance import Allowances, Rates
from openline.adapters.circuit import Dialler, Link, NodePort, Pace, Refusal
from openline.adapters.tls import TlsIdentity, client_context, make_identity, read_identity
from openline.domain.errors import OurError, Reason, TheirError
from openline.domain.limits import (
    BACKLOG_SIZE_BYTES_MAX,
    CHUNK_SIZE_BYTES_MAX,
    FRAME_SIZE_BYTES_MAX,
    HANDSHAKES_PER_ADDRESS_MAX,
    LINKS_PER_COUNTERPART_MAX,
)

ALPHA, BRAVO, MALLORY = "alpha.example", "bravo.example", "mallory.example"
LINE = "syria-air"
SOON_S = 20
"""How long a test waits for what should come at once, before it fails."""

QUICK = Pace(
    ping_s=0.1,
    silence_s_max=0.5,
    write_s_max=0.5,
    handshake_s_max=5.0,
    farewell_s_max=0.5,
    redial_s_min=0.02,
    redial_s_max=0.1,
)
PATIENT = replace(QUICK, ping_s=5.0, silence_s_max=15.0, write_s_max=15.0)
"""For tests in which one side is held up on purpose."""


@dataclass(frozen=True)
class At:
    """Where a test listens."""

    circuit: str = "primary"
    host: str = "127.0.0.1"
    port: int = 0


@dataclass
class Recorder:
    """A handler that keeps what it is told; waits at its gate before each frame."""

    opened: "asyncio.Queue[Link]" = field(default_factory=asyncio.Queue)
    closed: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)
    frames: "asyncio.Queue[bytes]" = field(default_factory=asyncio.Queue)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    fault: Exception | None = None

    def __post_init__(self) -> None:
        self.gate.set()

    def link_opened(self, link: Link) -> None:
        self.opened.put_nowait(link)

    def link_closed(self, link: Link, reason: str) -> None:
        assert link.reason == reason
        self.closed.put_nowait(reason)

    async def frame_received(self, link: Link, frame: bytes) -> None:
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        self.frames.put_nowait(frame)

    async def link(self) -> Link:
        """The next link that opens."""
        return await asyncio.wait_for(self.opened.get(), SOON_S)

    async def frame(self) -> bytes:
        """The next frame that comes in."""
        return await asyncio.wait_for(self.frames.get(), SOON_S)

    async def end(self) -> str:
        """Why the next link ended."""
        return await asyncio.wait_for(self.closed.get(), SOON_S)


@pytest.fixture(scope="module")
def identities(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, TlsIdentity]:
    """The TLS identities of two parties and of a stranger; `bravo 2` is a second one."""
    directory = tmp_path_factory.mktemp("tls")
    made = {}
    for name in (ALPHA, BRAVO, MALLORY, "bravo 2"):
        path = directory / name
        path.write_bytes(make_identity(name.split()[0]))
        made[name] = read_identity(path, path.read_bytes())
    return made


@dataclass
class Scene:
    """Alpha, who listens, and whoever dials it."""

    identities: Mapping[str, TlsIdentity]
    pace: Pace = QUICK
    rates: Rates | None = None
    alpha: Recorder = field(default_factory=Recorder)
    bravo: Recorder = field(default_factory=Recorder)
    refusals: list[Refusal] = field(default_factory=list)
    port: NodePort = field(init=False)

    @property
    def address(self) -> tuple[str, int]:
        """Where alpha listens."""
        return self.port.addresses["primary"]

    def certificate(self, name: str) -> bytes:
        """Somebody's certificate."""
        return self.identities[name].certificate

    def make_port(self, at: At | None = None) -> NodePort:
        """Alpha's node port, not yet started."""
        return NodePort(
            [at or At()],
            self.identities[ALPHA],
            {BRAVO: (self.certificate(BRAVO),)},
            lambda party, line: (party, line) == (BRAVO, LINE),
            self.alpha,
            read=lambda party, path: (
                f"{party} reads {path}".encode() if path.startswith(ALPHA) else None
            ),
            pace=self.pace,
            allowances=Allowances(self.rates),
            on_refused=self.refusals.append,
        )

    def dialler(
        self,
        *,
        name: str = BRAVO,
        trusted: str | Collection[bytes] = ALPHA,
        line: str = LINE,
        circuit: str = "primary",
        address: tuple[str, int] | None = None,
    ) -> Dialler:
        """Somebody's dialler to alpha."""
        host, port = address or self.address
        return Dialler(
            party=ALPHA,
            line=line,
            circuit=circuit,
            host=host,
            port=port,
            identity=self.identities[name],
            certificates=(self.certificate(trusted),) if isinstance(trusted, str) else trusted,
            handler=self.bravo,
            pace=self.pace,
            allowances=Allowances(self.rates),
        )

    @asynccontextmanager
    async def dialled(self, **options: Any) -> AsyncIterator[tuple[Dialler, Link, Link]]:
        """A link that stands: the dialler, its side, and alpha's side."""
        async with running(self.dialler(**options)) as dialler:
            yield dialler, await self.bravo.link(), await self.alpha.link()

    def url(self, path: str) -> str:
        """An address at alpha's node port."""
        return f"https://{self.address[0]}:{self.address[1]}{path}"

    @asynccontextmanager
    async def session(self, name: str = BRAVO) -> AsyncIterator[aiohttp.ClientSession]:
        """A plain HTTP client with somebody's identity."""
        context = client_context(self.identities[name], [self.certificate(ALPHA)])
        connector = aiohttp.TCPConnector(ssl=context)
        timeout = aiohttp.ClientTimeout(total=SOON_S)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            yield session

    @asynccontextmanager
    async def raw(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """A link on which bravo says what it likes."""
        async with (
            self.session() as session,
            session.ws_connect(self.url(f"/openline/v1/{LINE}/primary"), autoping=False) as ws,
        ):
            await self.alpha.link()
            yield ws


@asynccontextmanager
async def running(dialler: Dialler) -> AsyncIterator[Dialler]:
    """A dialler that dials until the end of the block."""
    task = asyncio.create_task(dialler.run())
    try:
        yield dialler
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def scene(identities: Mapping[str, TlsIdentity]) -> AsyncIterator[Scene]:
    """Alpha, listening."""
    async with listening(Scene(identities)) as made:
        yield made


@pytest.fixture
async def patient(identities: Mapping[str, TlsIdentity]) -> AsyncIterator[Scene]:
    """Alpha, listening, with production's patience."""
    async with listening(Scene(identities, PATIENT)) as made:
        yield made


@asynccontextmanager
async def listening(scene: Scene) -> AsyncIterator[Scene]:
    """A scene whose node port is open."""
    scene.port = scene.make_port()
    await scene.port.start()
    try:
        yield scene
    finally:
        await scene.port.stop()


async def until(condition: Any) -> None:
    """Wait for what nobody announces."""
    async with asyncio.timeout(SOON_S):
        while not condition():
            await asyncio.sleep(0.005)


class Relay:
    """A wire between two nodes that can be cut, or go dead without a word."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.is_dead = False
        self.writers: list[asyncio.StreamWriter] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Relay":
        self.server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.address = self.server.sockets[0].getsockname()[:2]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        self.cut()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self.target)
        self.writers += [writer, far_writer]
        self.tasks += [
            asyncio.create_task(self._pump(reader, far_writer)),
            asyncio.create_task(self._pump(far_reader, writer)),
        ]

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                if not self.is_dead:
                    writer.write(data)
                    await writer.drain()
            if not self.is_dead:
                writer.close()

    def cut(self) -> None:
        """Break every connection."""
        for writer in self.writers:
            writer.transport.abort()
        self.writers.clear()


# --- frames --------------------------------------------------------------------------------------


async def test_frames_pass_both_ways(scene: Scene) -> None:
    """What one side sends the other receives, whole and in order."""
    async with scene.dialled() as (_, bravo, alpha):
        for size in (1, 100, CHUNK_SIZE_BYTES_MAX, CHUNK_SIZE_BYTES_MAX + 1, FRAME_SIZE_BYTES_MAX):
            frame = random.Random(size).randbytes(size)
            assert bravo.send(frame)
            assert await scene.alpha.frame() == frame
            assert alpha.send(frame)
            assert await scene.bravo.frame() == frame


async def test_both_sides_know_whom_they_speak_to(scene: Scene) -> None:
    """A link names the counterpart by its certificate, the line, the circuit and who dialled."""
    async with scene.dialled() as (dialler, bravo, alpha):
        assert (bravo.party, bravo.line, bravo.circuit) == (ALPHA, LINE, "primary")
        assert (alpha.party, alpha.line, alpha.circuit) == (BRAVO, LINE, "primary")
        assert (bravo.is_dialled, alpha.is_dialled) == (True, False)
        assert bravo.certificate == scene.certificate(ALPHA)
        assert alpha.certificate == scene.certificate(BRAVO)
        assert alpha.remote.startswith("127.0.0.1 port ")
        assert bravo.id != alpha.id
        assert dialler.link is bravo
        assert dialler.failure == ""


async def test_bytes_and_frames_are_counted(scene: Scene) -> None:
    """Each side counts what it sent and received."""
    async with scene.dialled() as (_, bravo, alpha):
        for size in (10, 20_000):
            bravo.send(b"x" * size)
            await scene.alpha.frame()
        await until(lambda: bravo.frames_sent == 2)
        assert bravo.bytes_sent == 20_010
        assert alpha.frames_received == 2
        assert alpha.bytes_received >= 20_010


async def test_many_frames_keep_their_order(scene: Scene) -> None:
    """A thousand frames of mixed sizes arrive in the order in which they were sent."""
    async with scene.dialled() as (_, bravo, _):
        frames = [b"%d " % i + b"x" * (i * 37 % 20_000) for i in range(1_000)]
        for frame in frames:
            while not bravo.send(frame):
                await asyncio.sleep(0.001)
        assert [await scene.alpha.frame() for _ in frames] == frames


async def test_urgent_frames_overtake(patient: Scene) -> None:
    """An urgent frame arrives before the ordinary ones that waited when it was sent."""
    async with patient.dialled() as (_, bravo, _):
        patient.alpha.gate.clear()
        count = 0
        while bravo.send(b"ordinary %d " % count + b"x" * 60_000):
            count += 1
        await until(lambda: bravo.bytes_sent > 0)
        assert bravo.send(b"urgent", urgent=True)
        patient.alpha.gate.set()
        arrived = [(await patient.alpha.frame())[:12] for _ in range(count + 1)]
        # What the operating system had taken goes first: some 2 MB of the 4 at most.
        assert arrived.index(b"urgent") < count * 2 / 3
        ordinary = [frame for frame in arrived if frame != b"urgent"]
        assert ordinary == [(b"ordinary %d " % i + b"x" * 12)[:12] for i in range(count)]


async def test_an_urgent_frame_overtakes_inside_a_large_one(scene: Scene) -> None:
    """A frame of the largest size does not hold up an urgent one that comes after it."""
    async with scene.dialled() as (_, bravo, _):
        bravo.send(b"x" * FRAME_SIZE_BYTES_MAX)
        bravo.send(b"urgent", urgent=True)
        assert await scene.alpha.frame() == b"urgent"
        assert len(await scene.alpha.frame()) == FRAME_SIZE_BYTES_MAX


async def test_a_slow_reader_is_waited_for(patient: Scene) -> None:
    """While frames are not taken the sender's queue fills, then refuses; urgent ones are taken."""
    async with patient.dialled() as (_, bravo, _):
        patient.alpha.gate.clear()
        sent, before = 0, -1
        while bravo.bytes_sent > before:
            before = bravo.bytes_sent
            while bravo.send(b"%d " % sent + b"x" * 50_000):
                sent += 1
            await asyncio.sleep(0.05)
        assert sent * 50_000 - bravo.bytes_sent >= BACKLOG_SIZE_BYTES_MAX - FRAME_SIZE_BYTES_MAX
        assert not bravo.send(b"more")
        assert bravo.send(b"urgent", urgent=True)
        patient.alpha.gate.set()
        numbers = [(await patient.alpha.frame()).split()[0] for _ in range(sent + 1)]
        assert [n for n in numbers if n != b"urgent"] == [b"%d" % n for n in range(sent)]
        assert bravo.send(b"more")


# --- who is let in -------------------------------------------------------------------------------


async def test_a_stranger_is_refused(scene: Scene) -> None:
    """A certificate that nobody pinned opens no link, and the refusal is told."""
    async with running(scene.dialler(name=MALLORY)) as dialler:
        await until(lambda: dialler.attempts >= 3)
    assert dialler.link is None
    assert dialler.failure
    assert scene.alpha.opened.empty()
    assert scene.bravo.opened.empty()
    assert {(refusal.party, refusal.reason) for refusal in scene.refusals} == {
        ("", Reason.UNKNOWN_KEY)
    }


async def test_a_swapped_certificate_is_refused(scene: Scene) -> None:
    """A counterpart that shows another certificate than the pinned one is not spoken to."""
    async with running(scene.dialler(trusted=MALLORY)) as dialler:
        await until(lambda: dialler.attempts >= 3)
    assert dialler.failure == "the certificate is not the pinned one"
    assert scene.alpha.opened.empty()
    assert scene.bravo.opened.empty()


async def test_nobody_is_let_in_without_a_certificate(scene: Scene) -> None:
    """A client that shows no certificate gets no answer."""
    context = client_context(scene.identities[BRAVO], [scene.certificate(ALPHA)])
    anonymous = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anonymous.check_hostname = False
    anonymous.verify_mode = ssl.CERT_NONE
    for tried, answers in ((anonymous, False), (context, True)):
        reader, writer = await asyncio.open_connection(*scene.address, ssl=tried)
        writer.write(f"GET /{ALPHA}/checkpoint HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        try:
            data = await reader.read(12)
        except (ConnectionError, ssl.SSLError):
            data = b""
        assert (data == b"HTTP/1.1 200") is answers
        writer.transport.abort()


async def test_older_tls_is_refused(scene: Scene) -> None:
    """TLS 1.2 is not spoken, also with the right certificates."""
    context = client_context(scene.identities[BRAVO], [scene.certificate(ALPHA)])
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection(*scene.address, ssl=context)


@pytest.mark.parametrize(
    ("line", "circuit", "why"),
    [
        ("another-line", "primary", "no line another-line with bravo.example"),
        (LINE, "satellite", "this address is the circuit primary"),
    ],
)
async def test_an_unknown_line_is_refused(scene: Scene, line: str, circuit: str, why: str) -> None:
    """A link on a line or circuit that does not exist is refused with a reason."""
    async with running(scene.dialler(line=line, circuit=circuit)) as dialler:
        await until(lambda: "404" in dialler.failure)
    assert dialler.failure == "refused with status 404: UNKNOWN_LINE"
    assert (scene.refusals[0].party, scene.refusals[0].what) == (BRAVO, why)
    assert scene.alpha.opened.empty()


async def test_links_of_one_counterpart_are_bounded(scene: Scene) -> None:
    """Beyond four links on a line the next is refused, and let in when one has gone."""
    async with contextlib.AsyncExitStack() as stack:
        diallers = [
            await stack.enter_async_context(running(scene.dialler()))
            for _ in range(LINKS_PER_COUNTERPART_MAX)
        ]
        links = [await scene.alpha.link() for _ in diallers]
        one_more = await stack.enter_async_context(running(scene.dialler()))
        await until(lambda: "429" in one_more.failure)
        assert one_more.failure == "refused with status 429: RATE"
        assert scene.refusals[-1].reason is Reason.RATE
        assert scene.alpha.opened.empty()
        links[0].close("enough")
        await scene.alpha.link()


async def test_connections_of_one_counterpart_are_bounded(scene: Scene) -> None:
    """A counterpart cannot take every descriptor by connecting and saying nothing."""
    context = client_context(scene.identities[BRAVO], [scene.certificate(ALPHA)])
    held = []
    for _ in range(40):
        try:
            held.append(await asyncio.open_connection(*scene.address, ssl=context))
        except (ConnectionError, ssl.SSLError):
            break
        if any(refusal.what == "too many connections" for refusal in scene.refusals):
            break
    await until(lambda: any(r.what == "too many connections" for r in scene.refusals))
    assert len(held) <= 18
    for _, writer in held:
        writer.transport.abort()


async def test_handshakes_of_one_address_are_bounded(scene: Scene) -> None:
    """A stranger that connects and says nothing holds a few connections only."""
    sockets = [socket.create_connection(scene.address) for _ in range(HANDSHAKES_PER_ADDRESS_MAX)]
    try:
        sockets.append(socket.create_connection(scene.address))
        await until(lambda: scene.refusals)
        assert scene.refusals[0].reason is Reason.RATE
    finally:
        for each in sockets:
            each.close()
    async with scene.dialled() as (_, bravo, _):
        assert bravo.party == ALPHA


async def test_two_parties_with_one_certificate_are_refused(scene: Scene) -> None:
    """A certificate names one party; the mistake is said before anybody is let in."""
    same = {BRAVO: (scene.certificate(BRAVO),), MALLORY: (scene.certificate(BRAVO),)}
    with pytest.raises(OurError, match="have the same TLS certificate"):
        scene.port.trust(same)
    with pytest.raises(OurError, match="A TLS certificate cannot be used"):
        scene.port.trust({BRAVO: (b"not a certificate",)})
    async with scene.dialled() as (_, bravo, _):
        assert bravo.party == ALPHA


# --- trust that changes --------------------------------------------------------------------------


async def test_a_certificate_is_replaced_while_running(scene: Scene) -> None:
    """A new certificate is let in at once, with the old one until that is withdrawn."""
    old, new = scene.certificate(BRAVO), scene.certificate("bravo 2")
    async with scene.dialled() as (_, bravo, _):
        scene.port.trust({BRAVO: (old, new)})
        async with running(scene.dialler(name="bravo 2")):
            second = await scene.alpha.link()
            assert second.certificate == new
            assert bravo.reason == ""
            scene.port.trust({BRAVO: (new,)})
            assert await scene.alpha.end() == "this certificate is no longer trusted"
            assert second.reason == ""


async def test_our_own_identity_is_replaced_while_running(scene: Scene) -> None:
    """A node port shows its new certificate to whoever dials after the change."""
    async with scene.dialled() as (dialler, bravo, _):
        trusted = {BRAVO: (scene.certificate(BRAVO),)}
        scene.port.trust(trusted, scene.identities[MALLORY])
        assert bravo.reason == ""
        bravo.close("on purpose")
        await until(lambda: dialler.failure == "the certificate is not the pinned one")
        dialler.trust((scene.certificate(MALLORY),))
        link = await scene.bravo.link()
        assert link.certificate == scene.certificate(MALLORY)


async def test_a_dialler_drops_a_withdrawn_certificate(scene: Scene) -> None:
    """A dialler that trusts another certificate now ends the link that stands."""
    async with scene.dialled() as (dialler, _, _):
        dialler.trust((scene.certificate(MALLORY),))
        assert await scene.bravo.end() == "this certificate is no longer trusted"


async def test_a_dialler_shows_what_was_read_though_its_file_was_renamed(
    scene: Scene, tmp_path: Path
) -> None:
    """A key file that another takes the place of changes nothing for who read it before."""
    file = tmp_path / "tls.pem"
    file.write_bytes(scene.identities[BRAVO].pem)
    dialler = scene.dialler()
    dialler.trust((scene.certificate(ALPHA),), read_identity(file, file.read_bytes()))
    file.write_bytes(scene.identities["bravo 2"].pem)
    async with running(dialler):
        assert (await scene.alpha.link()).certificate == scene.certificate(BRAVO)


async def test_a_dialler_shows_its_new_identity(scene: Scene) -> None:
    """After a change of its own certificate a dialler shows the new one."""
    scene.port.trust({BRAVO: (scene.certificate(BRAVO), scene.certificate("bravo 2"))})
    async with scene.dialled() as (dialler, _, alpha):
        dialler.trust((scene.certificate(ALPHA),), scene.identities["bravo 2"])
        alpha.close("on purpose")
        assert (await scene.alpha.link()).certificate == scene.certificate("bravo 2")


# --- what ends a link ----------------------------------------------------------------------------


async def test_a_reason_is_told_to_the_other_side(scene: Scene) -> None:
    """Whoever ends a link says why, and the other side hears it."""
    async with scene.dialled() as (_, bravo, _):
        bravo.close("ROLLBACK: your outbox went back")
        assert await scene.bravo.end() == "ROLLBACK: your outbox went back"
        heard = await scene.alpha.end()
        assert heard == "closed by the counterpart: ROLLBACK: your outbox went back"
        assert not bravo.send(b"too late")


async def test_a_long_reason_is_cut_between_letters(scene: Scene) -> None:
    """A reason that does not fit a close frame is cut, never inside a letter."""
    async with scene.dialled() as (_, bravo, _):
        bravo.close("ж" * 100)
        assert (await scene.alpha.end()).endswith(": " + "ж" * 60)


async def test_a_dialler_dials_again_after_a_cut(scene: Scene) -> None:
    """A wire that is cut ends the link on both sides and is dialled again."""
    async with Relay(scene.address) as relay, scene.dialled(address=relay.address) as (_, _, _):
        for _ in range(3):
            relay.cut()
            assert "the connection was lost" in await scene.bravo.end()
            assert "the connection was lost" in await scene.alpha.end()
            again = await scene.bravo.link()
            await scene.alpha.link()
            assert again.send(b"here again")
            assert await scene.alpha.frame() == b"here again"


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example", "::::", "0"])
async def test_a_dialler_outlives_an_address_that_is_none(scene: Scene, host: str) -> None:
    """A dialler that was given what is no address says so, and goes on dialling."""
    async with running(scene.dialler(address=(host, 1))) as dialler:
        await until(lambda: dialler.attempts > 2)
        assert dialler.failure


async def test_a_dialler_outlives_its_counterpart(scene: Scene) -> None:
    """A counterpart that stops and comes back is found again at the same address."""
    async with scene.dialled() as (dialler, _, _):
        address = scene.address
        await scene.port.stop()
        assert "the node is stopping" in await scene.bravo.end()
        await until(lambda: dialler.failure and "stopping" not in dialler.failure)
        scene.port = scene.make_port(At(port=address[1]))
        await scene.port.start()
        assert (await scene.bravo.link()).send(b"hello")
        assert await scene.alpha.frame() == b"hello"


async def test_a_dead_wire_is_noticed(scene: Scene) -> None:
    """A wire that swallows everything without a word ends the link on both sides."""
    async with Relay(scene.address) as relay, scene.dialled(address=relay.address):
        relay.is_dead = True
        assert await scene.alpha.end() == "nothing was heard for 0.5 s"
        assert await scene.bravo.end() == "nothing was heard for 0.5 s"


class Glutton:
    """A socket whose other end pings on and takes in nothing."""

    async def receive(self) -> aiohttp.WSMessage:
        await asyncio.sleep(0.01)
        return aiohttp.WSMessage(aiohttp.WSMsgType.PING, b"", None)

    async def pong(self, message: bytes = b"") -> None:
        await asyncio.Event().wait()

    ping = send_bytes = pong

    async def close(self, *, code: int = 1000, message: bytes = b"") -> bool:
        return True


class NoTransport(asyncio.Transport):
    """A transport that only knows whether it was cut."""

    is_cut = False

    def abort(self) -> None:
        self.is_cut = True


@pytest.mark.parametrize("pings", [True, False], ids=["a pong waits", "a ping waits"])
async def test_who_takes_in_nothing_is_let_go(pings: bool) -> None:
    """A counterpart that pings, or is silent, and reads nothing cannot hold a link for ever."""
    socket, transport, handler = Glutton(), NoTransport(), Recorder()
    pace = replace(QUICK, silence_s_max=60.0, ping_s=60.0 if pings else 0.1)
    if not pings:
        socket.receive = asyncio.Event().wait  # type: ignore[assignment,method-assign]
    link = Link(
        socket,
        transport,
        handler,
        Allowances().of(BRAVO),
        pace,
        line=LINE,
        party=BRAVO,
        circuit="primary",
        is_dialled=False,
        remote="",
        certificate=b"",
    )
    await asyncio.wait_for(link.run(), SOON_S / 4)
    assert await handler.end() == "nothing could be sent for 0.5 s"
    assert transport.is_cut


class ClosedTransport(NoTransport):
    """A TLS transport after its second close: it has no buffer to ask for any more."""

    def is_closing(self) -> bool:
        return True

    def get_write_buffer_size(self) -> int:
        raise AttributeError("'NoneType' object has no attribute '_get_write_buffer_size'")


async def test_a_transport_that_is_closed_while_we_write_is_no_fault_of_ours() -> None:
    """A counterpart that goes while a piece is handed over ends the link as lost."""
    handler, sent = Recorder(), asyncio.Event()

    class Leaving:
        async def send_bytes(self, data: bytes) -> None:
            sent.set()

        async def receive(self) -> aiohttp.WSMessage:
            await sent.wait()
            await asyncio.sleep(0)
            return aiohttp.WSMessage(aiohttp.WSMsgType.CLOSED, None, None)

        async def ping(self, message: bytes = b"") -> None:
            pass

        pong = ping

        async def close(self, *, code: int = 1000, message: bytes = b"") -> bool:
            return True

    link = Link(
        Leaving(),
        ClosedTransport(),
        handler,
        Allowances().of(BRAVO),
        QUICK,
        line=LINE,
        party=BRAVO,
        circuit="primary",
        is_dialled=False,
        remote="",
        certificate=b"",
    )
    link.send(b"a frame")
    await asyncio.wait_for(link.run(), SOON_S / 4)
    assert await handler.end() == "the connection was lost"


async def test_an_idle_link_stays(scene: Scene) -> None:
    """Two nodes that have nothing to say keep their link for many times the limit."""
    async with scene.dialled() as (_, bravo, alpha):
        await asyncio.sleep(3 * QUICK.silence_s_max)
        assert (bravo.reason, alpha.reason) == ("", "")


async def test_a_busy_handler_is_not_taken_for_silence(scene: Scene) -> None:
    """A node that is slow to handle a frame does not blame its counterpart."""
    async with scene.dialled() as (_, bravo, alpha):
        scene.alpha.gate.clear()
        bravo.send(b"slow")
        await asyncio.sleep(3 * QUICK.silence_s_max)
        scene.alpha.gate.set()
        assert await scene.alpha.frame() == b"slow"
        assert (bravo.reason, alpha.reason) == ("", "")


async def test_a_counterpart_that_does_not_read_is_dropped(scene: Scene) -> None:
    """A side whose pieces are not taken for too long ends the link and is free again."""
    async with scene.session() as session:
        ws = await session.ws_connect(scene.url(f"/openline/v1/{LINE}/primary"))
        link = await scene.alpha.link()
        ws._conn.protocol.pause_reading()  # type: ignore[union-attr]
        ended = asyncio.create_task(scene.alpha.end())
        while not ended.done():
            # The operating system takes some megabytes for itself.
            link.send(b"x" * FRAME_SIZE_BYTES_MAX)
            await ws.ping()
            await asyncio.sleep(0.05)
        assert await ended == "nothing could be sent for 0.5 s"
        ws._conn.transport.abort()  # type: ignore[union-attr]


async def test_a_dribbling_counterpart_is_dropped(scene: Scene) -> None:
    """One byte of a message now and then does not keep a link open."""
    async with scene.raw() as ws:
        transport = ws._conn.transport  # type: ignore[union-attr]
        assert transport is not None
        ended = asyncio.create_task(scene.alpha.end())
        transport.write(b"\x82\xfe\x10\x00\x00\x00\x00\x00")
        while not ended.done():
            transport.write(b"\x00")
            await asyncio.sleep(0.05)
        assert await ended == "nothing was heard for 0.5 s"
        transport.abort()


@pytest.mark.parametrize("is_secured", [False, True])
async def test_a_connection_that_asks_nothing_is_dropped(
    identities: Mapping[str, TlsIdentity], is_secured: bool
) -> None:
    """A connection without a handshake, or without a request, is closed after a while."""
    async with listening(Scene(identities, replace(QUICK, handshake_s_max=0.2))) as scene:
        context = client_context(identities[BRAVO], [scene.certificate(ALPHA)])
        reader, writer = await asyncio.open_connection(
            *scene.address, ssl=context if is_secured else None
        )
        if is_secured:
            writer.write(b"GET / HTTP/1.1\r\nHo")
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), SOON_S) == b""
        writer.transport.abort()


async def pieces(ws: aiohttp.ClientWebSocketResponse, *data: bytes) -> None:
    """Send pieces as they are; alpha may hang up in between."""
    with contextlib.suppress(ConnectionError):
        for piece in data:
            await ws.send_bytes(piece)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ([b""], "MALFORMED"),
        ([b"\x00"], "MALFORMED"),
        ([b"\x01"], "MALFORMED"),
        ([b"\x04frame"], "MALFORMED"),
        ([b"\xffframe"], "MALFORMED"),
        ([b"\x01" + b"x" * CHUNK_SIZE_BYTES_MAX] * 128 + [b"\x00x"], "TOO_LARGE"),
        ([b"\x03" + b"x" * CHUNK_SIZE_BYTES_MAX] * 128 + [b"\x02x"], "TOO_LARGE"),
    ],
)
async def test_what_is_no_frame_ends_the_link(scene: Scene, sent: list[bytes], reason: str) -> None:
    """Pieces without content, of an unknown sort, or of too large a frame are refused."""
    async with scene.raw() as ws:
        sending = asyncio.create_task(pieces(ws, *sent))
        async for message in ws:
            assert message.type is aiohttp.WSMsgType.PING
        assert ws.close_code == 4000
        assert (await scene.alpha.end()).startswith(reason)
        assert scene.alpha.frames.empty()
        await sending


async def test_the_largest_frame_passes_in_pieces(scene: Scene) -> None:
    """A frame of exactly the largest size, in full pieces of both classes mixed, arrives."""
    async with scene.raw() as ws:
        part = b"x" * CHUNK_SIZE_BYTES_MAX
        await pieces(ws, *[b"\x01" + part, b"\x03" + part] * 127, b"\x02" + part, b"\x00" + part)
        assert [len(await scene.alpha.frame()) for _ in range(2)] == [FRAME_SIZE_BYTES_MAX] * 2


async def test_an_oversized_message_is_not_taken_in(scene: Scene) -> None:
    """A message above the size of a piece is refused from its header on."""
    async with scene.raw() as ws:
        await pieces(ws, b"\x00" + b"x" * (CHUNK_SIZE_BYTES_MAX + 1))
        assert "exceeds limit" in await scene.alpha.end()
        assert scene.alpha.frames.empty()


async def test_a_text_message_ends_the_link(scene: Scene) -> None:
    """Circuits carry binary messages only."""
    async with scene.raw() as ws:
        await ws.send_str("hello")
        assert (await scene.alpha.end()).startswith("MALFORMED")


async def test_a_ping_is_answered(scene: Scene) -> None:
    """Another implementation's ping gets its pong."""
    async with scene.raw() as ws:
        await ws.ping(b"there?")
        async with asyncio.timeout(SOON_S):
            while (message := await ws.receive()).type is not aiohttp.WSMsgType.PONG:
                assert message.type is aiohttp.WSMsgType.PING
        assert message.data == b"there?"


async def test_compression_is_not_agreed_to(scene: Scene) -> None:
    """An offer to compress is not taken, so a small message cannot become a large one."""
    async with scene.session() as session:
        url = scene.url(f"/openline/v1/{LINE}/primary")
        async with session.ws_connect(url, compress=15) as ws:
            assert ws.compress == 0


async def test_a_refused_frame_ends_the_link_with_its_reason(scene: Scene) -> None:
    """A fault of the counterpart's that the handler finds is told to it."""
    async with scene.dialled() as (_, bravo, _):
        scene.alpha.fault = TheirError(Reason.WRONG_LINE, "an envelope of another line")
        bravo.send(b"frame")
        assert await scene.alpha.end() == "WRONG_LINE: an envelope of another line"
        assert "WRONG_LINE" in await scene.bravo.end()


async def test_a_defect_of_ours_is_reported(
    scene: Scene, loop_faults: list[dict[str, Any]]
) -> None:
    """What the handler raises by mistake reaches the loop's exception handler and ends the link."""
    async with scene.dialled() as (_, bravo, _):
        scene.alpha.fault = KeyError("a defect")
        bravo.send(b"frame")
        assert await scene.alpha.end() == "a fault of this node"
        assert [repr(fault["exception"]) for fault in loop_faults] == ["KeyError('a defect')"]
        loop_faults.clear()


# --- shaping -------------------------------------------------------------------------------------


async def test_a_flood_is_read_slowly(identities: Mapping[str, TlsIdentity]) -> None:
    """A counterpart above its rate is slowed, loses nothing, and stays connected."""
    rates = Rates(bytes_per_s=500_000)
    async with (
        listening(Scene(identities, rates=rates)) as scene,
        scene.dialled() as (_, bravo, alpha),
    ):
        start = asyncio.get_running_loop().time()
        for _ in range(20):
            assert bravo.send(b"x" * 80_000)
        for _ in range(20):
            await scene.alpha.frame()
        # 1.6 MB at 0.5 MB/s, of which 1 MB is a free burst.
        assert asyncio.get_running_loop().time() - start > 1.0
        assert (bravo.reason, alpha.reason) == ("", "")


async def test_an_urgent_frame_passes_a_flood(identities: Mapping[str, TlsIdentity]) -> None:
    """On a second circuit an urgent frame arrives while the first one is slowed down."""
    rates = Rates(bytes_per_s=100_000)
    async with (
        listening(Scene(identities, PATIENT, rates=rates)) as scene,
        scene.dialled() as (_, flood, _),
        scene.dialled() as (_, quiet, _),
    ):
        for _ in range(30):
            flood.send(b"x" * 80_000)
        await until(lambda: scene.alpha.frames.qsize() >= 2)
        quiet.send(b"urgent", urgent=True)
        seen = 0
        while await scene.alpha.frame() != b"urgent":
            seen += 1
        assert seen < 10


# --- reading by GET ------------------------------------------------------------------------------


async def test_a_counterpart_reads_by_get(scene: Scene) -> None:
    """What the reader gives for a party and path is answered; the rest does not exist."""
    async with scene.session() as session:
        for path, status, kind in (
            (f"/{ALPHA}/{LINE}/out/checkpoint", 200, "text/plain"),
            (f"/{ALPHA}/{LINE}/out/tile/0/000", 200, "application/octet-stream"),
            ("/other", 404, "application/octet-stream"),
            ("/" + "x" * 600, 404, "application/octet-stream"),
        ):
            async with session.get(scene.url(path)) as answer:
                assert answer.status == status
                if status == 200:
                    assert answer.content_type == kind
                    assert await answer.text() == f"{BRAVO} reads {path[1:]}"


async def test_only_get_is_answered(scene: Scene) -> None:
    """The node port takes no posts."""
    async with (
        scene.session() as session,
        session.post(scene.url(f"/{ALPHA}/checkpoint"), data=b"x" * 1000) as answer,
    ):
        assert answer.status == 405


async def test_a_link_is_not_opened_by_a_plain_get(scene: Scene) -> None:
    """The path of a link without the words of a WebSocket is a bad request."""
    async with (
        scene.session() as session,
        session.get(scene.url(f"/openline/v1/{LINE}/primary")) as answer,
    ):
        assert answer.status == 400
    assert scene.alpha.opened.empty()


# --- dialling ------------------------------------------------------------------------------------


async def test_both_sides_may_dial(scene: Scene, identities: Mapping[str, TlsIdentity]) -> None:
    """Where both sides dial there are two links, and both carry frames."""
    other = NodePort(
        [At()],
        identities[BRAVO],
        {ALPHA: (scene.certificate(ALPHA),)},
        lambda party, line: True,
        scene.bravo,
        pace=QUICK,
    )
    await other.start()
    back = Dialler(
        party=BRAVO,
        line=LINE,
        circuit="primary",
        host="127.0.0.1",
        port=other.addresses["primary"][1],
        identity=identities[ALPHA],
        certificates=(scene.certificate(BRAVO),),
        handler=scene.alpha,
        pace=QUICK,
    )
    async with running(scene.dialler()), running(back):
        links = [await scene.alpha.link() for _ in range(2)]
        assert {link.is_dialled for link in links} == {True, False}
        for link in links:
            link.send(b"%d" % link.id)
        heard = {await scene.bravo.frame() for _ in links}
        assert heard == {b"%d" % link.id for link in links}
    await other.stop()


async def test_a_redirection_is_not_followed(
    scene: Scene, identities: Mapping[str, TlsIdentity]
) -> None:
    """A counterpart cannot send our dialler to another address."""
    asked: list[str] = []

    async def redirect(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=302, headers={"Location": scene.url("/elsewhere")})

    app = web.Application()
    app.router.add_get("/{path:.*}", redirect)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identities[ALPHA].path)
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    async with running(scene.dialler(address=runner.addresses[0][:2])) as dialler:
        await until(lambda: dialler.attempts >= 2)
    assert dialler.failure == "it answered with a redirection"
    assert set(asked) == {f"/openline/v1/{LINE}/primary"}
    await runner.cleanup()


async def test_nobody_there_is_said(scene: Scene) -> None:
    """A dialler to an address where nobody listens says so and goes on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = taken.getsockname()
    async with running(scene.dialler(address=address)) as dialler:
        await until(lambda: dialler.attempts >= 3)
    assert "Cannot connect to host 127.0.0.1" in dialler.failure


async def test_pauses_grow_and_are_bounded(scene: Scene) -> None:
    """The pause doubles from the shortest to the longest, each spread by half."""
    dialler = scene.dialler()
    dialler._pace = Pace()
    dialler._jitter = lambda: 0.0
    assert [dialler._pause_s(n) for n in (0, 1, 2, 3, 6, 1000)] == [0.25, 0.25, 0.5, 1, 7.5, 7.5]
    dialler._jitter = lambda: 1.0
    assert [dialler._pause_s(n) for n in (0, 1, 2, 3, 6, 1000)] == [0.5, 0.5, 1, 2, 15, 15]


async def test_a_taken_address_is_named(scene: Scene) -> None:
    """A port that cannot be listened at names the circuit and the address."""
    port = scene.make_port(At(port=scene.address[1]))
    with pytest.raises(OurError, match=r"The circuit primary cannot listen at 127\.0\.0\.1"):
        await port.start()
    await port.stop()


async def test_an_identity_that_cannot_be_used_is_named(scene: Scene, tmp_path: Path) -> None:
    """A key of our own that OpenSSL cannot use is our error, at once."""
    scene.identities = {**scene.identities, ALPHA: TlsIdentity(tmp_path / "absent", b"", b"no key")}
    with pytest.raises(OurError, match="A TLS certificate cannot be used"):
        scene.make_port()


async def test_stopping_ends_all_links(scene: Scene) -> None:
    """A node that stops tells its counterparts, and its handler hears of each link's end."""
    async with scene.dialled(), scene.dialled():
        await scene.port.stop()
        assert [await scene.alpha.end() for _ in range(2)] == ["the node is stopping"] * 2
