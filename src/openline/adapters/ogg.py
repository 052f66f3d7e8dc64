"""Ogg files with Opus in them: what players play and recorders write.

Only what a voice note needs of RFC 3533 and RFC 7845: one stream, one or two channels, whole
packets. A file of ours is read by any player; of a file that an officer gives, each packet is
taken out as it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from openline.domain.errors import OurError
from openline.domain.talk.opus import NoPacket, samples_of

FILE_SIZE_BYTES_MAX: Final = 4_194_304
"""A file that is read: some hours of silence, or minutes of the best sound."""

_MAGIC: Final = b"OggS"
_SERIAL: Final = 1
_PRE_SKIP: Final = 312
"""Samples until a decoder has its sound: what encoders write, 6.5 ms."""
_SEGMENTS_MAX: Final = 255
_PAGE_PACKETS: Final = 50
_HEAD: Final = b"OpusHead"
_TAGS: Final = b"OpusTags"
_CONTINUED, _FIRST, _LAST = 1, 2, 4
_REMEDY: Final = "Give a file with one Opus stream, as `opusenc` or `ffmpeg -c:a libopus` write it."


def _table() -> tuple[int, ...]:
    rows = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = value << 1 ^ (0x04C11DB7 if value & 0x8000_0000 else 0)
        rows.append(value & 0xFFFF_FFFF)
    return tuple(rows)


_CRC: Final = _table()


def _checksum(data: bytes) -> int:
    """The checksum of a page, whose own field is zero in the data."""
    value = 0
    for byte in data:
        value = (value << 8 & 0xFFFF_FFFF) ^ _CRC[value >> 24 ^ byte]
    return value


# Writing.


def write_ogg(packets: Sequence[bytes]) -> bytes:
    """A file that plays the packets.

    Raises:
        NoPacket: One of them is none.
    """
    head = _HEAD + bytes([1, 1]) + _PRE_SKIP.to_bytes(2, "little")
    head += (48_000).to_bytes(4, "little") + bytes(3)
    vendor = b"Openline"
    tags = _TAGS + len(vendor).to_bytes(4, "little") + vendor + bytes(4)
    pages = [_page([head], 0, 0, _FIRST), _page([tags], 0, 1, 0)]
    sound = list(_paged(packets)) or [[]]
    samples = 0
    for number, some in enumerate(sound):
        samples += sum(map(samples_of, some))
        pages.append(_page(some, samples, number + 2, _LAST if some is sound[-1] else 0))
    return b"".join(pages)


def _paged(packets: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The packets of each page: what its table of segments has room for."""
    some: list[bytes] = []
    segments = 0
    for packet in packets:
        needed = len(packet) // 255 + 1
        if some and (len(some) == _PAGE_PACKETS or segments + needed > _SEGMENTS_MAX):
            yield some
            some, segments = [], 0
        some.append(packet)
        segments += needed
    if some:
        yield some


def _page(packets: Sequence[bytes], samples: int, number: int, flags: int) -> bytes:
    lacing = b"".join(
        b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets
    )
    before = _MAGIC + bytes([0, flags]) + samples.to_bytes(8, "little")
    before += _SERIAL.to_bytes(4, "little") + number.to_bytes(4, "little")
    after = bytes([len(lacing)]) + lacing + b"".join(packets)
    checksum = _checksum(before + bytes(4) + after)
    return before + checksum.to_bytes(4, "little") + after


# Reading.


@dataclass(frozen=True, slots=True)
class _Page:
    """One page: its flags, its stream, and its segments."""

    flags: int
    serial: int
    segments: tuple[bytes, ...]


def read_ogg(data: bytes) -> tuple[bytes, ...]:
    """The Opus packets of a file.

    Raises:
        OurError: It is no Ogg file, is spoilt, or holds something else; the offset is named.
    """
    packets = _packets(data)
    head, tags = next(packets, b""), next(packets, b"")
    if not head.startswith(_HEAD) or len(head) < 19 or head[8] >> 4:
        raise OurError("The file holds no Opus stream.", _REMEDY)
    if head[18] or not 1 <= head[9] <= 2:
        raise OurError(f"The file has {head[9]} channels of sound.", "Record one channel: speech.")
    if not tags.startswith(_TAGS):
        raise OurError("The file's second packet is not its list of tags.", _REMEDY)
    found = tuple(packets)
    for number, packet in enumerate(found):
        try:
            samples_of(packet)
        except NoPacket as error:
            raise OurError(f"Packet {number} of the file is not Opus: {error}.", _REMEDY) from None
    if not found:
        raise OurError("The file holds no sound.", "Record it again.")
    return found


def _packets(data: bytes) -> Iterator[bytes]:
    """The packets of the one stream, put together from their segments."""
    part = b""
    serial: int | None = None
    for page in _pages(data):
        if serial is not None and page.serial != serial:
            raise OurError("The file holds more than one stream.", _REMEDY)
        serial = page.serial
        if bool(part) != bool(page.flags & _CONTINUED):
            raise OurError("A page of the file is missing.", "Record it again.")
        for segment in page.segments:
            part += segment
            if len(segment) < 255:
                yield part
                part = b""
    if part:
        raise OurError("The file ends inside a packet.", "Record it again.")


def _pages(data: bytes) -> Iterator[_Page]:
    at = 0
    while at < len(data):
        head = data[at : at + 27]
        if len(head) < 27 or not head.startswith(_MAGIC) or head[4]:
            raise OurError(f"At byte {at} of the file no Ogg page begins.", _REMEDY)
        sizes = data[at + 27 : at + 27 + head[26]]
        begin = at + 27 + head[26]
        end = begin + sum(sizes)
        if len(sizes) < head[26] or end > len(data):
            raise OurError(f"The file ends inside the page at byte {at}.", "Record it again.")
        zeroed = data[at : at + 22] + bytes(4) + data[at + 26 : end]
        if _checksum(zeroed) != int.from_bytes(head[22:26], "little"):
            raise OurError(
                f"The page at byte {at} of the file is spoilt: its checksum differs.",
                "Copy or record it again.",
            )
        segments = []
        for size in sizes:
            segments.append(data[begin : begin + size])
            begin += size
        yield _Page(head[5], int.from_bytes(head[14:18], "little"), tuple(segments))
        at = end
