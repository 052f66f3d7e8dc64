"""Opus packets: how they are divided, and what is none (RFC 6716, 3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.domain.talk.opus import NoPacket, samples_of

MS = 48


@pytest.mark.parametrize(
    ("packet", "ms"),
    [
        (b"\xf8\xff\xfe", 20),
        (b"\x08", 20),
        (b"\x18ab", 60),
        (b"\x60a", 10),
        (b"\x80a", 2.5),
        (b"\xf9abcd", 40),
        (b"\xfa\x02abc", 40),
        (b"\xfa\xfc\x01" + bytes(256) + b"x", 40),
        (b"\xfb\x03abc", 60),
        (b"\xfb\x83\x01\x02abbcc", 60),
        (b"\xfb\x42\x02ab..", 40),
        (b"\xfb\x41\xff\x01" + bytes(256), 20),
    ],
)
def test_a_packet_sounds_as_long_as_its_frames(packet: bytes, ms: float) -> None:
    """One, two or several frames, equal or not, padded or not, of each length."""
    assert samples_of(packet) == ms * MS


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (b"", "empty"),
        (b"\xf8" + bytes(1_276), "more than 1275"),
        (b"\xf9abc", "odd number"),
        (b"\xfa", "length of a frame"),
        (b"\xfa\xfc", "length of a frame"),
        (b"\xfa\x05abc", "longer than it is"),
        (b"\xfb", "how many frames"),
        (b"\xfb\x00", "no frame"),
        (b"\xfb\x07abcdefg", "120 ms"),
        (b"\xfb\x02abc", "do not fill"),
        (b"\xfb\x41", "padding does not end"),
        (b"\xfb\x41\xff", "padding does not end"),
        (b"\xfb\x41\x05abc", "longer than it is"),
        (b"\xfb\x83\x01", "length of a frame"),
        (b"\xfb\x82\x09abc", "longer than it is"),
    ],
)
def test_what_is_no_packet_is_refused(packet: bytes, why: str) -> None:
    """Each of the rules R1 to R7 is kept, and the words say which was broken."""
    with pytest.raises(NoPacket, match=why):
        samples_of(packet)


@given(st.binary(max_size=40))
def test_any_bytes_are_a_packet_or_none(data: bytes) -> None:
    """Nothing else comes of hostile bytes, and no packet sounds longer than 120 ms."""
    try:
        samples = samples_of(data)
    except NoPacket:
        return
    assert 0 < samples <= 120 * MS
