"""Opus packets: how long each sounds, and whether it is one at all.

A voice note holds bare packets, no container: what a counterpart sends reaches no parser
of files. Here only the few bytes are looked at that say how a packet is divided (RFC
6716, 3); the sound itself is the decoder's.
"""

from typing import Final

SAMPLES_PER_S: Final = 48_000
"""How durations are counted, whatever the sound holds (RFC 7845, 4)."""

_FRAME_BYTES_MAX: Final = 1_275
_SAMPLES_MAX: Final = 5_760
"""120 ms: the longest packet."""

_SILK: Final = (480, 960, 1_920, 2_880)
_HYBRID: Final = (480, 960)
_CELT: Final = (120, 240, 480, 960)


class NoPacket(ValueError):
    """The bytes are no Opus packet; the words say why."""


def samples_of(packet: bytes) -> int:
    """How long a packet sounds, in samples at 48 kHz.

    Raises:
        NoPacket: A rule of RFC 6716, 3.4 is broken.
    """
    if not packet:
        raise NoPacket("it is empty")
    samples, rest = _frame_samples(packet[0] >> 3), packet[1:]
    match packet[0] & 3:
        case 0:
            sizes = [len(rest)]
        case 1:
            if len(rest) % 2:
                raise NoPacket("two equal frames have an odd number of bytes")
            sizes = [len(rest) // 2] * 2
        case 2:
            first, used = _length(rest, 0)
            sizes = [first, len(rest) - used - first]
        case _:
            sizes = _several(rest, samples)
    if min(sizes) < 0:
        raise NoPacket("its frames are longer than it is")
    if max(sizes) > _FRAME_BYTES_MAX:
        raise NoPacket(f"a frame has more than {_FRAME_BYTES_MAX} bytes")
    return samples * len(sizes)


def _frame_samples(config: int) -> int:
    """How long one frame sounds, by the number in the first five bits."""
    if config < 12:
        return _SILK[config % 4]
    return _HYBRID[config % 2] if config < 16 else _CELT[config % 4]


def _several(rest: bytes, samples: int) -> list[int]:
    """The sizes of the frames of a packet that says how many it has."""
    if not rest:
        raise NoPacket("it does not say how many frames it has")
    count, at = rest[0] & 0x3F, 1
    if not 1 <= count * samples <= _SAMPLES_MAX:
        raise NoPacket("it has no frame, or sounds longer than 120 ms")
    padding = 0
    if rest[0] & 0x40:
        padding, at = _padding(rest, at)
    if rest[0] & 0x80:
        sizes: list[int] = []
        for _ in range(count - 1):
            size, at = _length(rest, at)
            sizes.append(size)
        return [*sizes, len(rest) - at - padding - sum(sizes)]
    size, over = divmod(len(rest) - at - padding, count)
    if over:
        raise NoPacket("equal frames do not fill it")
    return [size] * count


def _padding(rest: bytes, at: int) -> tuple[int, int]:
    """How many bytes of padding there are at the end, and where the frames go on."""
    padding = 0
    while True:
        if at >= len(rest):
            raise NoPacket("its padding does not end")
        byte = rest[at]
        at += 1
        padding += 254 if byte == 255 else byte
        if byte < 255:
            return padding, at


def _length(rest: bytes, at: int) -> tuple[int, int]:
    """The length of one frame that is written out, and where the next begins."""
    if at >= len(rest):
        raise NoPacket("it ends in the length of a frame")
    if rest[at] < 252:
        return rest[at], at + 1
    if at + 1 >= len(rest):
        raise NoPacket("it ends in the length of a frame")
    return 4 * rest[at + 1] + rest[at], at + 2
