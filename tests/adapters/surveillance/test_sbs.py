"""SBS rows: published examples, every field's bounds, rows cut anywhere, noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.surveillance.feed import Feed, FeedKind, Source, Tally, Transport
from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.adapters.surveillance.sbs import SbsDecoder, decode_row
from openline.domain.limits import SBS_ROW_BYTES_MAX
from openline.domain.space.altitude import Datum
from openline.domain.space.sighting import Sighting

NOW = 1_491_609_600_000
FEED = Feed("mast", FeedKind.SBS, Source(Transport.TCP, "127.0.0.1", 30_003))
WHEN = "2008/11/28,23:48:18.611,2008/11/28,23:53:19.161"
ROWS = {
    "callsign": f"MSG,1,145,256,7404F2,11267,{WHEN},RJA1118 ,,,,,,,,,,,",
    "ground": f"MSG,2,496,603,400CB6,13168,{WHEN},,0,76.4,258.3,54.05735,-4.38826,,,,,,-1",
    "air": f"MSG,3,496,211,4CA2D6,10057,{WHEN},,37000,,,51.45735,-1.02826,,,0,0,0,0",
    "speed": f"MSG,4,496,469,4CA767,27854,{WHEN},,,288.6,103.2,,,-832,,,,,",
    "height": f"MSG,5,496,329,394A65,27868,{WHEN},,10000,,,,,,,0,,0,0",
    "squawk": f"MSG,6,496,237,4CA215,27864,{WHEN},,33325,,,,,,0271,0,0,0,0",
    "seen": f"MSG,8,496,194,405F4E,27884,{WHEN},,,,,,,,,,,,0",
}


def decoded(row: str) -> Sighting:
    sighting = decode_row(row.encode(), "mast", NOW)
    assert sighting is not None
    return sighting


def refused(row: bytes) -> Fault:
    with pytest.raises(Undecodable) as caught:
        decode_row(row, "mast", NOW)
    return caught.value.fault


def test_each_kind_of_row_tells_its_part() -> None:
    """The rows of the format's description give what they say, in metres and seconds."""
    named = decoded(ROWS["callsign"])
    assert (named.address, named.callsign, named.at) == ("icao:7404f2", "RJA1118", NOW)
    assert named.is_own_clock
    ground = decoded(ROWS["ground"])
    assert (ground.lat_deg, ground.lon_deg, ground.is_on_ground) == (54.05735, -4.38826, True)
    assert ground.course_deg == 258.3
    air = decoded(ROWS["air"])
    assert air.altitude_m == pytest.approx(37_000 * 0.3048)
    assert (air.datum, air.is_on_ground) == (Datum.FLIGHT_LEVEL, False)
    speed = decoded(ROWS["speed"])
    assert speed.speed_mps == pytest.approx(148.47, abs=0.01)
    assert speed.climb_mps == pytest.approx(-4.227, abs=0.001)
    assert decoded(ROWS["height"]).altitude_m == 3_048.0
    assert decoded(ROWS["squawk"]).squawk == "0271"
    assert decoded(ROWS["seen"]).is_on_ground is False


def test_an_object_ends_when_the_source_says_so() -> None:
    """STA RM and AD end an object; other states and other rows tell of none."""
    for word, is_ended in (("RM", True), ("AD", True), ("PL", False), ("OK", False)):
        sighting = decode_row(f"STA,,5,179,400AE7,10103,{WHEN},{word}".encode(), "mast", NOW)
        assert (sighting is not None and sighting.is_ended) is is_ended
    assert decode_row(f"AIR,,496,5906,400F01,27931,{WHEN}".encode(), "mast", NOW) is None
    named = decoded(f"ID,,496,7162,405637,27928,{WHEN},EZY691A")
    assert (named.address, named.callsign) == ("icao:405637", "EZY691A")


def test_an_address_that_is_not_of_icao_is_marked() -> None:
    """A tilde before the address keeps it apart from an aircraft's own."""
    assert decoded(ROWS["seen"].replace("405F4E", "~405F4E")).address == "other:405f4e"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (",51.45735,", ",91.0,", Fault.OUT_OF_RANGE),
        (",-1.02826,", ",-180.5,", Fault.OUT_OF_RANGE),
        (",37000,", ",999999,", Fault.OUT_OF_RANGE),
        (",37000,", ",nan,", Fault.MALFORMED),
        (",37000,", ",3_7,", Fault.MALFORMED),
        (",37000,", ",1e400,", Fault.MALFORMED),
        (",51.45735,", ",,", Fault.MALFORMED),
        ("4CA2D6", "4CA2D", Fault.MALFORMED),
        ("MSG,", "MSQ,", Fault.MALFORMED),
        (",0,0,0,0", ",0,0,0,7", Fault.MALFORMED),
        (",0,0,0,0", ",0,0,0", Fault.MALFORMED),
        (",,37000", ",\x07BELL,37000", Fault.MALFORMED),
        (",,0,0,0,0", ",0890,0,0,0,0", Fault.OUT_OF_RANGE),
    ],
)
def test_a_row_that_is_wrong_is_refused_whole(old: str, new: str, fault: Fault) -> None:
    """A value out of range or out of form refuses its row, with the reason."""
    assert refused(ROWS["air"].replace(old, new).encode()) is fault


def test_letters_that_are_no_ascii_are_refused() -> None:
    """Digits of other scripts and broken text are not read as numbers."""
    assert refused(ROWS["air"].replace("37000", "٣٧٠٠٠").encode()) is Fault.MALFORMED
    assert refused(b"MSG,\xff\xfe") is Fault.MALFORMED


@given(st.integers(min_value=1, max_value=400))
def test_a_stream_is_cut_anywhere(size: int) -> None:
    """However the bytes are cut, the same sightings come, in order."""
    stream = "\r\n".join(ROWS.values()).encode() + b"\n"
    decoder, tally = SbsDecoder(FEED, Tally()), []
    for start in range(0, len(stream), size):
        tally += decoder.take(stream[start : start + size], NOW)
    assert tally == [decoded(row) for row in ROWS.values()]


def test_a_stream_that_ends_inside_a_row_is_counted() -> None:
    """The row that has no end tells nothing, and is counted as cut."""
    tally = Tally()
    decoder = SbsDecoder(FEED, tally)
    assert decoder.take(ROWS["air"].encode(), NOW) == []
    decoder.end()
    assert dict(tally.refused) == {Fault.CUT: 1}


def test_a_row_without_end_is_refused_once_and_not_kept() -> None:
    """Megabytes without a row's end count once, and the next row is read."""
    tally = Tally()
    decoder = SbsDecoder(FEED, tally)
    for _ in range(1_000):
        assert decoder.take(b"x" * 4_096, NOW) == []
        assert len(decoder._rows._held) <= SBS_ROW_BYTES_MAX
    assert len(decoder.take(b"x\n" + ROWS["air"].encode() + b"\n", NOW)) == 1
    assert dict(tally.refused) == {Fault.TOO_LONG: 1}
    decoder.take(b"y" * 4_096 + b"\n", NOW)
    assert tally.refused[Fault.TOO_LONG] == 2


@given(st.lists(st.binary(max_size=600), max_size=8))
def test_noise_is_counted_and_nothing_else(chunks: list[bytes]) -> None:
    """Random bytes give refusals, and no error of any kind."""
    tally = Tally()
    decoder = SbsDecoder(FEED, tally)
    for chunk in chunks:
        assert decoder.take(chunk, NOW) == []
    decoder.end()
    assert tally.messages == 0


@given(st.sampled_from(sorted(ROWS)), st.data())
def test_a_mutated_row_is_refused_or_in_range(name: str, data: st.DataObject) -> None:
    """A row with bytes changed is refused by reason, or tells values in their ranges."""
    row = bytearray(ROWS[name].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(st.integers(0, 255))
    try:
        sighting = decode_row(bytes(row), "mast", NOW)
    except Undecodable:
        return
    if sighting is not None:
        assert sighting.lat_deg is None or -90 <= sighting.lat_deg <= 90
        assert sighting.course_deg is None or 0 <= sighting.course_deg < 360
        assert sighting.callsign.isascii()
