"""The Beast format: frames of Mode S as receivers send them on port 30005.

A frame is 0x1A, its kind, a clock of 12 MHz in six bytes, a signal strength, and two,
seven or fourteen bytes of radio; 0x1A within it is doubled. Of the radio, extended
squitters (DF17, DF18) tell of objects, and replies to radars (DF4, 5, 20, 21) the height or
the squawk of one that a squitter told of; the others are counted and left. The clock
counts from anywhere, so the time of receipt is taken; between two frames of a file it
says how far apart they came. Format: the wiki of the Mode-S Beast.
"""

import re
from typing import Final

from openline.adapters.surveillance.feed import Feed, Tally, Transport
from openline.adapters.surveillance.mode_s.aircraft import Aircrafts, Heard
from openline.adapters.surveillance.mode_s.message import (
    LONG_BYTES,
    SHORT_BYTES,
    Squitter,
    read_reply,
    read_squitter,
)
from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.domain.space.sighting import Sighting

_ESCAPE: Final = b"\x1a"
_FRAME: Final = re.compile(rb"\x1a([^\x1a])((?:[^\x1a]|\x1a\x1a)*)", re.DOTALL)

_CLOCK_BYTES: Final = 6
_HEAD_BYTES: Final = 7
"""Clock and signal strength."""

_SHORT: Final = b"2"
_LONG: Final = b"3"
_BODY_BYTES: Final = {
    b"1": _HEAD_BYTES + 2,
    _SHORT: _HEAD_BYTES + SHORT_BYTES,
    _LONG: _HEAD_BYTES + LONG_BYTES,
    b"4": _HEAD_BYTES + 14,
    b"\xe3": 8,
}
"""What follows each kind: Mode A/C, short, long, status, number of the receiver."""

_HELD_BYTES_MAX: Final = 3 + 2 * max(_BODY_BYTES.values())
"""A frame that has no end yet, every byte of it doubled, and half a pair."""

_TICKS_PER_MS: Final = 12_000


class BeastDecoder:
    """Decodes one stream of frames.

    Args:
        feed: Its settings.
        tally: Where messages and refusals are counted.
    """

    def __init__(self, feed: Feed, tally: Tally) -> None:
        self._feed = feed.name
        self._is_file = feed.source.transport is Transport.FILE
        self._tally = tally
        self._aircraft = Aircrafts(feed.receiver_at)
        self._heard_of = Heard()
        self._held = b""

    def take(self, data: bytes, now: int) -> list[Sighting]:
        """What the frames that the bytes complete tell; see `Decoder`."""
        found = []
        for kind, body in self._frames(data):
            try:
                sighting = self._sighting(kind, body, now)
            except Undecodable as error:
                self._tally.refuse(error)
                continue
            self._tally.messages += 1
            if sighting is not None:
                found.append(sighting)
        return found

    def end(self) -> None:
        """Refuse a frame that has no end."""
        if self._held:
            self._tally.refuse(Undecodable(Fault.CUT, f"{len(self._held)} bytes of a frame"))
        self._held = b""

    def _frames(self, data: bytes) -> list[tuple[bytes, bytes]]:
        """Kind and body of each whole frame; what is none is refused."""
        data = self._held + data
        frames, end, is_open = [], 0, False
        for match in _FRAME.finditer(data):
            if match.start() > end:
                self._refuse(f"{match.start() - end} bytes between frames")
            kind, body = match[1], match[2].replace(_ESCAPE * 2, _ESCAPE)
            size_bytes = _BODY_BYTES.get(kind)
            # What is too short here may go on in the next bytes.
            if size_bytes is not None and len(body) < size_bytes and _may_go_on(data, match.end()):
                end, is_open = match.start(), True
                break
            end = match.end()
            if size_bytes is None:
                self._refuse(f"a frame of the kind {kind!r}")
            elif len(body) != size_bytes:
                self._refuse(f"{len(body)} bytes in a frame of {size_bytes}")
            else:
                frames.append((kind, body))
        if not is_open and end < len(data):
            # A last 0x1A may begin a frame; all before it belongs to none.
            start = len(data) - data.endswith(_ESCAPE)
            if start > end:
                self._refuse(f"{start - end} bytes that begin no frame")
            end = start
        self._held = data[end:]
        assert len(self._held) <= _HELD_BYTES_MAX
        return frames

    def _refuse(self, what: str) -> None:
        self._tally.refuse(Undecodable(Fault.MALFORMED, what))

    def _sighting(self, kind: bytes, body: bytes, now: int) -> Sighting | None:
        squitter = self._read(kind, body[_HEAD_BYTES:], now)
        if squitter is None:
            return None
        place = None
        if squitter.position is not None:
            at = int.from_bytes(body[:_CLOCK_BYTES], "big") // _TICKS_PER_MS
            place = self._aircraft.place(
                squitter.address, squitter.position, at if self._is_file else now
            )
        lat_deg, lon_deg = place or (None, None)
        return Sighting(
            feed=self._feed,
            address=squitter.address,
            at=now,
            is_own_clock=True,
            lat_deg=lat_deg,
            lon_deg=lon_deg,
            **squitter.says,
        )

    def _read(self, kind: bytes, frame: bytes, now: int) -> Squitter | None:
        """What a frame tells of an object; a reply only of one that is known otherwise."""
        squitter = read_squitter(frame) if kind == _LONG else None
        if squitter is not None:
            self._heard_of.note(squitter.address, now)
            return squitter
        reply = read_reply(frame) if kind in (_SHORT, _LONG) else None
        is_known = reply is not None and self._heard_of.is_known(reply.address, now)
        return reply if is_known else None


def _may_go_on(data: bytes, end: int) -> bool:
    """Whether nothing that ends a frame follows: no byte, or one half of a pair."""
    return data[end:] in (b"", _ESCAPE)
