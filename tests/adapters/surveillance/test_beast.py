"""Beast frames: cut anywhere, escaped, mutated, noise; a file has its own clock."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.surveillance.beast import _HELD_BYTES_MAX, BeastDecoder
from openline.adapters.surveillance.feed import Feed, FeedKind, Source, Tally, Transport
from openline.adapters.surveillance.mode_s.parity import parity_of
from openline.adapters.surveillance.refusal import Fault
from openline.domain.space.sighting import Sighting
from tests.adapters.surveillance.test_mode_s import VECTORS

NOW = 1_491_609_600_000
TICKS_PER_S = 12_000_000
EVEN, ODD = VECTORS["pairs"][0]["even"], VECTORS["pairs"][0]["odd"]
CALLSIGN = VECTORS["squitters"][0]["hex"]


def framed(radio: bytes | str, kind: bytes = b"3", ticks: int = 0) -> bytes:
    """A frame as a receiver sends it."""
    data = bytes.fromhex(radio) if isinstance(radio, str) else radio
    body = ticks.to_bytes(6, "big") + b"\x1a" + data
    return b"\x1a" + kind + body.replace(b"\x1a", b"\x1a\x1a")


STREAM = framed(CALLSIGN) + framed(ODD, ticks=1) + framed(EVEN, ticks=TICKS_PER_S)
SHORT = framed(b"\x5d\x48\x40\xd6\x1a\x1a\x1a", b"2")


def decoder(path: Path | None = None) -> tuple[BeastDecoder, Tally]:
    tally = Tally()
    source = Source(Transport.TCP, "127.0.0.1", 30_005)
    if path is not None:
        source = Source(Transport.FILE, path=path)
    return BeastDecoder(Feed("mast", FeedKind.BEAST, source), tally), tally


def told(chunks: list[bytes]) -> tuple[list[Sighting], Tally]:
    """What a stream in pieces tells."""
    beast, tally = decoder()
    found = [sighting for chunk in chunks for sighting in beast.take(chunk, NOW)]
    beast.end()
    return found, tally


def test_a_stream_tells_names_and_places() -> None:
    """A callsign, and the place of a pair with its height, are told."""
    found, tally = told([STREAM])
    assert [one.callsign for one in found] == ["KLM1023", "", ""]
    assert [one.lat_deg is None for one in found] == [True, True, False]
    assert found[2].lat_deg == pytest.approx(52.2572, abs=1e-4)
    assert found[2].lon_deg == pytest.approx(3.91937, abs=1e-4)
    assert found[2].at == NOW
    assert found[2].is_own_clock
    assert (tally.messages, tally.refused.total()) == (3, 0)


@given(st.integers(1, 90))
def test_a_stream_is_cut_anywhere(size: int) -> None:
    """However the bytes are cut, the same is told and nothing is refused."""
    stream = STREAM + SHORT * 2 + STREAM
    chunks = [stream[start : start + size] for start in range(0, len(stream), size)]
    assert told(chunks) == told([stream])
    assert told(chunks)[1].refused.total() == 0


@pytest.mark.parametrize("size", range(1, len(STREAM) - 2))
def test_a_stream_that_stops_inside_a_frame_is_counted(size: int) -> None:
    """What stops anywhere tells its whole frames, and one that is cut at most."""
    found, tally = told([STREAM[:size]])
    assert len(found) == tally.messages
    assert set(tally.refused) <= {Fault.CUT}
    assert tally.refused.total() <= 1


def test_other_kinds_of_frames_are_counted_and_tell_nothing() -> None:
    """Mode A/C, short frames, status and other squitters are messages without objects."""
    others = [
        framed(b"\x12\x34", b"1"),
        SHORT,
        framed(bytes(14), b"4"),
        b"\x1a\xe3" + b"\x1a\x1a" * 8,
        framed(b"\xa0" + bytes(13)),
    ]
    found, tally = told([b"".join(others)])
    assert (found, tally.messages, tally.refused.total()) == ([], 5, 0)


def test_what_is_between_frames_is_refused_and_the_next_is_read() -> None:
    """Noise, short and long frames and unknown kinds cost a refusal each, and no frame."""
    for noise in (
        b"noise",
        framed(CALLSIGN)[:-1],
        framed(CALLSIGN) + b"x",
        b"\x1aQ12345",
        b"\x1a\x1a\x1a",
    ):
        found, tally = told([framed(CALLSIGN), noise + framed(CALLSIGN)])
        assert len(found) >= 2
        assert tally.refused[Fault.MALFORMED] >= 1


def test_a_frame_with_a_wrong_bit_is_refused() -> None:
    """A squitter whose parity does not fit is counted as such."""
    found, tally = told([framed(CALLSIGN[:-1] + "9"), framed(CALLSIGN)])
    assert len(found) == 1
    assert dict(tally.refused) == {Fault.CHECKSUM: 1}


def test_in_a_file_the_clock_of_the_receiver_pairs(tmp_path: Path) -> None:
    """Frames of a file that came far apart are no pair, though they are read at once."""
    for seconds, is_placed in ((9, True), (11, False)):
        beast, _ = decoder(tmp_path)
        stream = framed(ODD) + framed(EVEN, ticks=seconds * TICKS_PER_S)
        assert (beast.take(stream, NOW)[-1].lat_deg is not None) is is_placed


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_noise_is_refused_and_not_kept(chunks: list[bytes]) -> None:
    """Random bytes give refusals and no error, and little is held of them."""
    beast, _ = decoder()
    for chunk in chunks:
        beast.take(chunk, NOW)
        assert len(beast._held) <= _HELD_BYTES_MAX
    beast.end()


@given(st.lists(st.sampled_from([b"\x1a", b"3", b"2", b"\xe3", b"A", STREAM[:30]]), max_size=300))
def test_escapes_in_any_order_are_no_error(parts: list[bytes]) -> None:
    """Runs of 0x1A, kinds and pieces of frames in any order are read or refused."""
    beast, _ = decoder()
    for size in (1, 7, 4_096):
        stream = b"".join(parts)
        for start in range(0, len(stream), size):
            beast.take(stream[start : start + size], NOW)
            assert len(beast._held) <= _HELD_BYTES_MAX


def test_a_megabyte_of_noise_and_escapes_is_bounded() -> None:
    """Noise, 0x1A without end, and a frame that never ends are refused as they come."""
    noise = random.Random(7).randbytes(1_000_000)
    for stream in (noise, b"\x1a" * 1_000_000, b"\x1a3" + b"x" * 1_000_000):
        beast, tally = decoder()
        for start in range(0, len(stream), 8_192):
            beast.take(stream[start : start + 8_192], NOW)
            assert len(beast._held) <= _HELD_BYTES_MAX
        assert tally.refused.total() > 0


def reply(address: str, head: str) -> bytes:
    """A short reply to a radar of an aircraft."""
    data = bytes.fromhex(head)
    parity = parity_of(data) ^ int(address, 16)
    return framed(data + parity.to_bytes(3, "big"), b"2")


def test_a_reply_counts_for_an_aircraft_that_told_of_itself() -> None:
    """Height and squawk of a known address are told; of any other, or too late, nothing is."""
    beast, tally = decoder()
    height, squawk = reply("4840d6", "20001718"), reply("4840d6", "2A00516D")
    assert beast.take(height + reply("4840d7", "20001718"), NOW) == []
    [_, high, named] = beast.take(framed(CALLSIGN) + height + squawk, NOW)
    assert (high.address, round(high.altitude_m / 0.3048)) == ("icao:4840d6", 36_000)
    assert (named.squawk, named.lat_deg) == ("0356", None)
    assert len(beast.take(height, NOW + 60_000)) == 1
    assert beast.take(height, NOW + 60_001) == []
    assert (tally.messages, tally.refused.total()) == (7, 0)


def test_a_reply_with_a_wrong_bit_is_of_another_address() -> None:
    """Each bit that was received wrong makes a reply one of an address that nobody knows."""
    beast, _ = decoder()
    beast.take(framed(CALLSIGN), NOW)
    whole = bytearray(bytes.fromhex("20001718") + b"\0" * 3)
    parity = parity_of(bytes(whole[:4])) ^ 0x4840D6
    whole[4:] = parity.to_bytes(3, "big")
    for bit in range(56):
        wrong = bytearray(whole)
        wrong[bit // 8] ^= 1 << bit % 8
        assert beast.take(framed(bytes(wrong), b"2"), NOW) == []
