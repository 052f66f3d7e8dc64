"""The parity of Mode S: 24 bits at the end of every frame."""

from typing import Final

_GENERATOR: Final = 0xFFF409
"""The polynomial of degree 24 without its highest term (Annex 10 IV, 3.1.2.3.3.1.2)."""


def _row(octet: int) -> int:
    value = octet << 16
    for _ in range(8):
        value = (value << 1) ^ (_GENERATOR if value & 0x800000 else 0)
    return value & 0xFFFFFF


_TABLE: Final = tuple(_row(octet) for octet in range(256))


def parity_of(data: bytes) -> int:
    """The 24 bits that belong behind the data."""
    value = 0
    for octet in data:
        value = ((value << 8) & 0xFFFFFF) ^ _TABLE[(value >> 16) ^ octet]
    return value


def is_whole(frame: bytes) -> bool:
    """Whether the last three bytes of a frame are the parity of those before them."""
    return parity_of(frame[:-3]) == int.from_bytes(frame[-3:], "big")
