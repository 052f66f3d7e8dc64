"""One connection of a circuit: frames out by urgency, frames in at a pace.

A link is a WebSocket between two nodes that have recognised each other. It moves
frames and knows nothing of what they mean. A frame travels in pieces, each a
binary WebSocket message of one byte and then at most `CHUNK_SIZE_BYTES_MAX`:

    0  last piece of an ordinary frame     2  last piece of an urgent frame
    1  more pieces of it follow            3  more pieces of it follow

The pieces of one class keep their order; those of the two classes mix. An urgent
frame therefore waits for one piece of an ordinary one, however large that is, and
for what the operating system has already taken.

Nothing here waits without an end. Each side sends a WebSocket ping every few
seconds; a side that waits for the next message and hears nothing, or cannot get
a piece, a ping or a pong away, ends the link. While a frame is being handled, or
the counterpart has used up its allowance, nothing is read, so TCP makes the other
side wait; that time does not count as silence.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import WebSocketError, WSCloseCode, WSMessage, WSMsgType

from openline.adapters.allowance import Allowance
from openline.domain.errors import Reason, TheirError
from openline.domain.limits import (
    BACKLOG_FRAMES_MAX,
    BACKLOG_SIZE_BYTES_MAX,
    CHUNK_SIZE_BYTES_MAX,
    FRAME_SIZE_BYTES_MAX,
    URGENT_BACKLOG_SIZE_BYTES_MAX,
)

MESSAGE_SIZE_BYTES_MAX = CHUNK_SIZE_BYTES_MAX + 1
"""A piece with the byte that says which it is."""

_MORE = 1
_URGENT = 2

_CLOSED_BY_US = 4000
"""WebSocket close code whose text is one of our reasons (RFC 6455 7.4.2)."""

_REASON_BYTES_MAX = 120
"""RFC 6455 5.5: a close frame has room for 123 bytes of text."""

_PIECES_IN_A_ROW = 16
"""Pieces sent or read before the loop serves others: about half a millisecond."""

_DEBT_S_MIN = 0.005
"""Shorter pauses are not slept but added up: timers are no finer."""

_DRAIN_S = 0.002
"""How often a full connection is looked at; at most 32 MB/s with 64 KiB each time."""

_LINKS = itertools.count(1)


class LinkHandler(Protocol):
    """Who is told about links and gets their frames.

    What a method raises ends the link: a `TheirError` with its reason, anything
    else as a defect of ours, which also goes to the loop's exception handler.
    """

    def link_opened(self, link: "Link") -> None:
        """A counterpart was recognised and can be sent frames."""

    def link_closed(self, link: "Link", reason: str) -> None:
        """The link is gone; what it had not sent is lost."""

    async def frame_received(self, link: "Link", frame: bytes) -> None:
        """A frame came in; the next one is read when this returns."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The clocks of links and diallers; tests shorten them.

    Attributes:
        ping_s: Between two pings, and between two looks at the clocks below.
        silence_s_max: Without any message while one is waited for.
        write_s_max: For one piece to be taken by the operating system.
        handshake_s_max: From a connection to the WebSocket.
        farewell_s_max: For the counterpart to answer our close frame.
        redial_s_min: Before the second attempt; doubles with each failure.
        redial_s_max: Before any attempt.
    """

    ping_s: float = 5.0
    silence_s_max: float = 15.0
    write_s_max: float = 15.0
    handshake_s_max: float = 10.0
    farewell_s_max: float = 2.0
    redial_s_min: float = 0.5
    redial_s_max: float = 15.0


class Socket(Protocol):
    """What aiohttp's two WebSocket classes, dialled and accepted, have in common."""

    async def send_bytes(self, data: bytes) -> None:
        """Send a binary message."""

    async def ping(self, message: bytes = b"") -> None:
        """Send a ping."""

    async def pong(self, message: bytes = b"") -> None:
        """Answer a ping."""

    async def receive(self) -> WSMessage:
        """The next message, also where it says that there will be none."""

    async def close(self, *, code: int = 1000, message: bytes = b"") -> bool:
        """Send a close frame and wait for the other side's."""


class Link:
    """One connection to a counterpart; used in the event loop only.

    Attributes:
        id: Unique while the process runs.
        line: The line it serves.
        party: The counterpart, by its certificate.
        circuit: Name of the circuit.
        is_dialled: Whether this side dialled.
        remote: The counterpart's address, for people.
        certificate: The counterpart's certificate in DER.
        bytes_sent: Bytes of frames handed to the operating system.
        bytes_received: Bytes of frames and of the messages around them.
        frames_sent: Whole frames.
        frames_received: Whole frames.
    """

    def __init__(
        self,
        socket: Socket,
        transport: asyncio.Transport,
        handler: LinkHandler,
        allowance: Allowance,
        pace: Pace,
        *,
        line: str,
        party: str,
        circuit: str,
        is_dialled: bool,
        remote: str,
        certificate: bytes,
    ) -> None:
        self.id = next(_LINKS)
        self.line = line
        self.party = party
        self.circuit = circuit
        self.is_dialled = is_dialled
        self.remote = remote
        self.certificate = certificate
        self.bytes_sent = self.bytes_received = 0
        self.frames_sent = self.frames_received = 0
        self._socket = socket
        self._transport = transport
        self._handler = handler
        self._allowance = allowance
        self._pace = pace
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[str] = self._loop.create_future()
        self._gone = asyncio.Event()
        self._wake = asyncio.Event()
        self._urgent = _Backlog(_URGENT, URGENT_BACKLOG_SIZE_BYTES_MAX)
        self._ordinary = _Backlog(0, BACKLOG_SIZE_BYTES_MAX)
        # Instants of the loop's clock; None while not waiting for the counterpart.
        self._reading_since: float | None = None
        self._writing_since: float | None = None
        self._stalled = False

    def __repr__(self) -> str:
        way = "to" if self.is_dialled else "from"
        return f"<Link {self.id} {way} {self.party} {self.line}/{self.circuit}>"

    # --- what its user does ----------------------------------------------------------------------

    def send(self, frame: bytes, *, urgent: bool = False) -> bool:
        """Queue a frame; whether it was taken. Never waits.

        It is not taken where the link has ended or the queue of its class is full:
        whoever sends holds what was not receipted anyway, and sends it again.

        Args:
            frame: 1 to `FRAME_SIZE_BYTES_MAX` bytes.
            urgent: Goes before everything that is not urgent.
        """
        assert 1 <= len(frame) <= FRAME_SIZE_BYTES_MAX, "a frame has a bounded size"
        backlog = self._urgent if urgent else self._ordinary
        if self._ended.done() or not backlog.put(frame):
            return False
        self._wake.set()
        return True

    @property
    def reason(self) -> str:
        """Why the link ended; empty while it stands."""
        return self._ended.result() if self._ended.done() else ""

    def close(self, reason: str) -> None:
        """End the link and tell the counterpart why; what waits is not sent."""
        self._end(reason)

    async def wait_closed(self) -> None:
        """Return when the handler knows that the link is over, and its socket is closed."""
        await self._gone.wait()

    # --- its life --------------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve the link until it ends. Whoever made the link awaits this once."""
        works = {"read": self._read(), "write": self._write(), "watch": self._watch()}
        tasks = [
            self._loop.create_task(self._until_end(work), name=f"{name} {self!r}")
            for name, work in works.items()
        ]
        is_cancelled = False
        try:
            self._handler.link_opened(self)
            # The future outlives the cancelling of who waits for it.
            await asyncio.shield(self._ended)
        except asyncio.CancelledError:
            is_cancelled = True
            self._end("the node is stopping")
        except Exception as error:
            self._report(error)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Nobody needs to wait for the farewell to know that the link is over.
        self._handler.link_closed(self, self._ended.result())
        try:
            await self._hang_up(self._ended.result())
        finally:
            self._gone.set()
        if is_cancelled:
            raise asyncio.CancelledError

    async def _until_end(self, work: Coroutine[Any, Any, str]) -> None:
        """Do one of the works of a link; its end is the end of the link."""
        try:
            self._end(await work)
        except TheirError as error:
            self._end(str(error))
        except (ConnectionError, OSError):
            self._end("the connection was lost")
        except Exception as error:
            self._report(error)

    def _end(self, reason: str) -> None:
        if not self._ended.done():
            self._ended.set_result(reason)

    def _report(self, error: Exception) -> None:
        self._end("a fault of this node")
        self._loop.call_exception_handler(
            {"message": f"A fault while serving {self!r}", "exception": error}
        )

    async def _hang_up(self, reason: str) -> None:
        """Close politely, and firmly after a moment, or where politeness would wait."""
        if self._stalled:
            self._transport.abort()
        text = reason.encode()[:_REASON_BYTES_MAX].decode(errors="ignore").encode()
        try:
            async with asyncio.timeout(self._pace.farewell_s_max):
                await self._socket.close(code=_CLOSED_BY_US, message=text)
        except (TimeoutError, ConnectionError, OSError):
            self._transport.abort()
        except asyncio.CancelledError:
            self._transport.abort()
            raise

    # --- reading ---------------------------------------------------------------------------------

    async def _read(self) -> str:
        parts: dict[int, bytearray] = {0: bytearray(), _URGENT: bytearray()}
        count = 0
        while True:
            self._reading_since = self._loop.time()
            message = await self._socket.receive()
            self._reading_since = None
            match message.type:
                case WSMsgType.BINARY:
                    await self._take_piece(message.data, parts)
                case WSMsgType.PING:
                    await self._in_time(self._socket.pong(message.data))
                    await self._shape(len(message.data), is_urgent=False)
                case WSMsgType.PONG:
                    await self._shape(len(message.data), is_urgent=False)
                case WSMsgType.TEXT:
                    raise TheirError(Reason.MALFORMED, "a text message on a circuit")
                case WSMsgType.CLOSE:
                    return f"closed by the counterpart: {_printable(message.extra or 'no reason')}"
                case WSMsgType.ERROR if isinstance(message.data, WebSocketError):
                    raise _fault_of(message.data)
                case _:
                    return _reason_of_end(message.data)
            count += 1
            if count % _PIECES_IN_A_ROW == 0:
                await asyncio.sleep(0)

    async def _take_piece(self, piece: bytes, parts: dict[int, bytearray]) -> None:
        if len(piece) < 2 or piece[0] > _MORE + _URGENT:
            raise TheirError(Reason.MALFORMED, "a message that is no piece of a frame")
        is_urgent = bool(piece[0] & _URGENT)
        part = parts[piece[0] & _URGENT]
        if len(part) + len(piece) - 1 > FRAME_SIZE_BYTES_MAX:
            raise TheirError(Reason.TOO_LARGE, f"a frame above {FRAME_SIZE_BYTES_MAX} bytes")
        self.bytes_received += len(piece)
        if piece[0] & _MORE or part:
            part += memoryview(piece)[1:]
        if not piece[0] & _MORE:
            frame = bytes(part) if part else piece[1:]
            part.clear()
            self.frames_received += 1
            await self._handler.frame_received(self, frame)
        await self._shape(len(piece), is_urgent=is_urgent)

    async def _shape(self, size_bytes: int, *, is_urgent: bool) -> None:
        """Read nothing for a while where the counterpart sends too much."""
        debt_s = self._allowance.charge(size_bytes, self._loop.time(), is_urgent=is_urgent)
        if debt_s > _DEBT_S_MIN:
            await asyncio.sleep(debt_s)

    # --- writing ---------------------------------------------------------------------------------

    async def _write(self) -> str:
        count = 0
        while True:
            while not (self._urgent.frames or self._ordinary.frames):
                self._wake.clear()
                await self._wake.wait()
            piece = (self._urgent if self._urgent.frames else self._ordinary).take_piece()
            self._writing_since = self._loop.time()
            await self._socket.send_bytes(piece)
            # A TLS transport that is closed has no buffer left to ask for.
            while not self._transport.is_closing() and self._transport.get_write_buffer_size():
                await asyncio.sleep(_DRAIN_S)
            self._writing_since = None
            self.bytes_sent += len(piece) - 1
            self.frames_sent += not piece[0] & _MORE
            count += 1
            if count % _PIECES_IN_A_ROW == 0:
                await asyncio.sleep(0)

    # --- watching --------------------------------------------------------------------------------

    async def _watch(self) -> str:
        pace = self._pace
        while True:
            before = self._loop.time()
            await asyncio.sleep(pace.ping_s)
            now = self._loop.time()
            # A node that was held up itself has not looked at what has come meanwhile.
            was_held_up = now - before > 2 * pace.ping_s
            if not was_held_up and _has_passed(self._reading_since, pace.silence_s_max, now):
                self._stalled = True
                return f"nothing was heard for {pace.silence_s_max:g} s"
            if not was_held_up and _has_passed(self._writing_since, pace.write_s_max, now):
                self._stalled = True
                return _unsent(pace.write_s_max)
            if self._writing_since is None:
                await self._in_time(self._socket.ping())

    async def _in_time(self, sending: Coroutine[Any, Any, None]) -> None:
        """Send a ping or a pong; who takes in nothing, and still pings, ends the link."""
        try:
            async with asyncio.timeout(self._pace.write_s_max):
                await sending
        except TimeoutError:
            self._stalled = True
            self._end(_unsent(self._pace.write_s_max))


class _Backlog:
    """Frames of one class that wait, and how far the first of them was sent."""

    def __init__(self, tag: int, size_bytes_max: int) -> None:
        self.frames: deque[bytes] = deque()
        self.size_bytes = 0
        self._size_bytes_max = size_bytes_max
        self._sent = 0
        self._last, self._more = bytes([tag]), bytes([tag | _MORE])

    @property
    def is_full(self) -> bool:
        return self.size_bytes >= self._size_bytes_max or len(self.frames) >= BACKLOG_FRAMES_MAX

    def put(self, frame: bytes) -> bool:
        if self.is_full:
            return False
        self.frames.append(frame)
        self.size_bytes += len(frame)
        return True

    def take_piece(self) -> bytes:
        """The next piece of the first frame, with the byte before it."""
        frame, start = self.frames[0], self._sent
        end = min(start + CHUNK_SIZE_BYTES_MAX, len(frame))
        self.size_bytes -= end - start
        if end < len(frame):
            self._sent = end
            return self._more + frame[start:end]
        self._sent = 0
        self.frames.popleft()
        return self._last + frame[start:]


def _has_passed(since: float | None, limit_s: float, now: float) -> bool:
    return since is not None and now - since > limit_s


def _unsent(limit_s: float) -> str:
    return f"nothing could be sent for {limit_s:g} s"


def _fault_of(error: WebSocketError) -> TheirError:
    """What a counterpart did that is no WebSocket, or too much of one."""
    is_large = error.code == WSCloseCode.MESSAGE_TOO_BIG
    what = f"no piece of a frame: {_printable(str(error))}"
    return TheirError(Reason.TOO_LARGE if is_large else Reason.MALFORMED, what)


def _reason_of_end(data: object) -> str:
    return f"the connection was lost: {data}" if data else "the connection was lost"


def _printable(text: str) -> str:
    """What a counterpart wrote, without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
