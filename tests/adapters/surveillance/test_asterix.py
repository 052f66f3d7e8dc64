"""ASTERIX: published blocks, every item measured, radars, blocks cut and mutated."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.surveillance.asterix.catalogue import PROFILES
from openline.adapters.surveillance.asterix.decoder import AsterixDecoder
from openline.adapters.surveillance.asterix.items import (
    Compound,
    Explicit,
    Extended,
    Item,
    Repetitive,
    end_of,
)
from openline.adapters.surveillance.asterix.radars import Radar, Radars, ground_m, place_from
from openline.adapters.surveillance.feed import Feed, FeedKind, Source, Tally, Transport
from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.adapters.surveillance.units import (
    FOOT_M,
    FOOT_PER_MINUTE_MPS,
    KNOT_MPS,
    NAUTICAL_MILE_M,
)
from openline.domain.instant import DAY_MS
from openline.domain.limits import FEED_RADARS_MAX
from openline.domain.space.altitude import Datum
from openline.domain.space.geodesy import destination, distance_m
from openline.domain.space.sighting import Sighting
from tests.vectors.make import HERE

VECTORS: dict[str, list[dict[str, Any]]] = json.loads((HERE / "asterix.json").read_text())
BLOCKS = VECTORS["blocks"]
MIDNIGHT = 1_491_609_600_000 - 1_491_609_600_000 % DAY_MS
NOON = MIDNIGHT + DAY_MS // 2
SOURCE = bytes([25, 201])
RADAR = (45.0, 15.0)


def decoder(receiver_at: tuple[float, float] | None = None) -> tuple[AsterixDecoder, Tally]:
    tally = Tally()
    source = Source(Transport.UDP, "127.0.0.1", 8_600)
    feed = Feed("radar", FeedKind.ASTERIX, source, receiver_at=receiver_at)
    return AsterixDecoder(feed, tally), tally


def record(category: int, **items: bytes | str) -> bytes:
    """A record with these items, `i010` and so on, in the order of its profile."""
    profile = PROFILES[category]
    names = [row[0] if row is not None else None for row in profile]
    given_items = {
        name.removeprefix("i"): bytes.fromhex(data) if isinstance(data, str) else data
        for name, data in items.items()
    }
    places = sorted(names.index(name) for name in given_items)
    octets = bytearray(places[-1] // 7 + 1)
    for place in places:
        octets[place // 7] |= 0x80 >> place % 7
    for at in range(len(octets) - 1):
        octets[at] |= 1
    return bytes(octets) + b"".join(given_items[str(names[place])] for place in places)


def block(category: int, *records: bytes) -> bytes:
    data = b"".join(records)
    return bytes([category]) + (len(data) + 3).to_bytes(2, "big") + data


def told(data: bytes, now: int = NOON, at: tuple[float, float] | None = None) -> list[Sighting]:
    """What whole blocks tell; nothing of them may be refused."""
    asterix, tally = decoder(at)
    found = asterix.take(data, now)
    asterix.end()
    assert not tally.refused, tally.refused_last
    return found


def letters(callsign: str) -> bytes:
    bits = 0
    for letter in callsign.ljust(8):
        bits = bits << 6 | (ord(letter) & 63)
    return bits.to_bytes(6, "big")


@pytest.mark.parametrize("vector", BLOCKS, ids=lambda one: one["name"])
def test_a_published_block_says_what_is_published(vector: dict[str, Any]) -> None:
    """Time, address, callsign, level, speed and place are as published."""
    [sighting] = told(bytes.fromhex(vector["hex"]), at=RADAR)
    assert sighting.at == MIDNIGHT + int(vector["time_of_day_s"] * 1_000)
    assert not sighting.is_own_clock
    assert sighting.address == vector["address"]
    assert sighting.callsign == vector.get("callsign", "")
    assert sighting.squawk == vector["squawk"]
    assert sighting.altitude_m == pytest.approx(vector["flight_level"] * 100 * FOOT_M)
    assert sighting.datum is Datum.FLIGHT_LEVEL
    assert sighting.course_deg == pytest.approx(vector["course_deg"], abs=0.001)
    speed_mps = vector.get("speed_mps", vector.get("speed_kt", 0) * KNOT_MPS)
    assert sighting.speed_mps == pytest.approx(speed_mps, abs=0.001)
    if "climb_fpm" in vector:
        assert sighting.climb_mps == pytest.approx(vector["climb_fpm"] * FOOT_PER_MINUTE_MPS)
    if "range_nm" in vector:
        assert sighting.lat_deg is not None
        assert sighting.lon_deg is not None
        range_m = ground_m(vector["range_nm"] * NAUTICAL_MILE_M, 0.0, sighting.altitude_m or 0.0)
        lat, lon = destination((450_000_000, 150_000_000), vector["azimuth_deg"], range_m)
        assert sighting.lat_deg == pytest.approx(lat / 1e7, abs=5e-4)
        assert sighting.lon_deg == pytest.approx(lon / 1e7, abs=5e-4)


def test_a_radar_on_itself_tells_of_no_object() -> None:
    """A north marker is a message without a sighting."""
    asterix, tally = decoder()
    assert asterix.take(bytes.fromhex(VECTORS["service"][0]["hex"]), NOON) == []
    assert (tally.messages, tally.refused.total()) == (1, 0)


def test_a_target_is_placed_from_where_its_radar_says_it_stands() -> None:
    """A position in category 034 places the targets of that radar, and no other's."""
    at = (200).to_bytes(2, "big")
    at += b"".join(round(deg * 2**23 / 180).to_bytes(3, "big", signed=True) for deg in RADAR)
    service = block(34, record(34, i010=SOURCE, i000=b"\x01", i120=at))
    target = bytes.fromhex(BLOCKS[0]["hex"])
    assert told(target)[0].lat_deg is None
    [placed] = told(service + target)
    [by_setting] = told(target, at=RADAR)
    assert placed.lat_deg == pytest.approx(by_setting.lat_deg, abs=1e-3)
    other = block(34, record(34, i010=b"\x01\x01", i120=at))
    assert told(other + target)[0].lat_deg is None


def test_an_ads_b_report_says_all_its_parts() -> None:
    """Category 021 gives place, height, speed, climb, identity and accuracy."""
    lat, lon = (round(deg * 2**30 / 180).to_bytes(4, "big", signed=True) for deg in (34.5, -36.9))
    full = record(
        21, i010=SOURCE, i040="0140", i161="0007", i071="546000", i131=lat + lon,
        i080="4ca7b5", i090="0110", i070="0fc0", i145="0140", i155="7fe0",
        i160="0100" "4000", i170=letters("EIN123"), i020="03",
    )  # fmt: skip
    [one] = told(block(21, full))
    assert one.address == "icao:4ca7b5"
    assert one.lat_deg == pytest.approx(34.5, abs=1e-6)
    assert one.lon_deg == pytest.approx(-36.9, abs=1e-6)
    assert one.altitude_m == pytest.approx(80 * 100 * FOOT_M)
    assert (one.callsign, one.squawk, one.sort) == ("EIN123", "7700", "A3")
    assert (one.course_deg, one.is_on_ground) == (90.0, True)
    assert one.speed_mps == pytest.approx(256 * NAUTICAL_MILE_M / 2**14)
    assert one.climb_mps == pytest.approx(-32 * 6.25 * FOOT_PER_MINUTE_MPS)
    assert one.accuracy_m == 92.6
    assert one.at == MIDNIGHT + 0x546000 * 1_000 // 128


def test_what_is_simulated_or_a_test_tells_of_no_object() -> None:
    """Reports marked as simulated, test or field monitor are left out."""
    whole = {"i010": SOURCE, "i161": b"\0\1"}
    for category, items in (
        (21, {"i040": "02"}),
        (21, {"i040": "0120"}),
        (21, {"i040": "0110"}),
        (48, {"i020": "10"}),
        (48, {"i020": "02"}),
        (48, {"i020": "0180"}),
        (62, {"i161": b"", "i040": "0001", "i080": "0180"}),
    ):
        chosen = {name: data for name, data in {**whole, **items}.items() if data}
        assert told(block(category, record(category, **chosen))) == []
    assert told(block(48, record(48, i010=SOURCE, i020="20"))) == []


def test_a_system_track_has_place_accuracy_and_end() -> None:
    """Category 062 gives its place, the accuracy of it, the aircraft's address and its end."""
    lat, lon = (round(deg * 2**25 / 180).to_bytes(4, "big", signed=True) for deg in (34.5, 36.9))
    [one] = told(
        block(
            62,
            record(
                62, i010=SOURCE, i070="546000", i105=lat + lon, i135="8190", i040="0011",
                i380=bytes([0xC0]) + bytes.fromhex("4ca7b5") + letters("EIN123"),
                i080="0140", i500=bytes([0x80]) + bytes.fromhex("00640064"),
            ),
        )
    )  # fmt: skip
    assert one.address == "icao:4ca7b5"
    assert (one.lat_deg, one.lon_deg) == pytest.approx((34.5, 36.9), abs=1e-5)
    assert (one.altitude_m, one.datum) == (pytest.approx(400 * 25 * FOOT_M), Datum.AMSL)
    assert (one.callsign, one.is_ended) == ("EIN123", True)
    assert one.accuracy_m == pytest.approx(122.4, abs=0.1)


def test_what_a_radar_doubts_is_left_out() -> None:
    """Squawks and levels that are not validated or garbled are not told."""
    for mark in ("8", "4"):
        target = record(48, i010=SOURCE, i161="0001", i070=f"{mark}fc0", i090=f"{mark}140")
        [one] = told(block(48, target))
        assert (one.squawk, one.altitude_m) == ("", None)


def test_the_callsign_of_a_flight_plan_counts_where_none_was_heard() -> None:
    """A planned callsign is told, a blank one is none, and one of other letters is refused."""
    for text, callsign in ((b"EIN123 ", "EIN123"), (b"       ", "")):
        planned = record(62, i010=SOURCE, i040="0001", i390=b"\x40" + text)
        assert told(block(62, planned))[0].callsign == callsign
    asterix, tally = decoder()
    assert not asterix.take(block(62, planned.replace(b"       ", b"EIN\x07\xff  ")), NOON)
    assert dict(tally.refused) == {Fault.OUT_OF_RANGE: 1}


@pytest.mark.parametrize(
    ("now", "at"),
    [(MIDNIGHT + 1_000, MIDNIGHT - 1_000), (MIDNIGHT - 2_000, MIDNIGHT - 1_000)],
)
def test_a_time_of_day_is_of_the_nearest_day(now: int, at: int) -> None:
    """One second before midnight is yesterday's just after it."""
    before = (86_399 * 128).to_bytes(3, "big")
    [one] = told(block(48, record(48, i010=SOURCE, i140=before, i161="0001")), now)
    assert one.at == at


def sizes(item: Item) -> list[tuple[bytes, int]]:
    """Some contents of an item with the octets that they take."""
    if isinstance(item, int):
        return [(bytes(item), item)]
    if isinstance(item, Extended):
        part = item.size_bytes
        return [(bytes(part), part), (bytes(part - 1) + b"\x01" + bytes(part), 2 * part)]
    if isinstance(item, Repetitive):
        return [(b"\0", 1), (b"\x02" + bytes(2 * item.size_bytes), 1 + 2 * item.size_bytes)]
    if isinstance(item, Explicit):
        return [(b"\x04" + bytes(3), 4)]
    parts = [sizes(part)[-1] if part is not None else None for part in item.parts]
    head = bytearray((len(parts) + 6) // 7)
    for place, part in enumerate(parts):
        head[place // 7] |= 0x80 >> place % 7 if part is not None else 0
    for place in range(len(head) - 1):
        head[place] |= 1
    data = bytes(head) + b"".join(part[0] for part in parts if part is not None)
    return [(data, len(data))]


@pytest.mark.parametrize("category", sorted(PROFILES))
def test_every_item_of_every_category_is_measured(category: int) -> None:
    """Each item ends where it should, and one octet less is cut."""
    for row in PROFILES[category]:
        for data, size in sizes(row[1]) if row is not None else ():
            assert row is not None
            assert end_of(row[1], data + b"\xff", 0) == size
            with pytest.raises(Undecodable) as caught:
                end_of(row[1], data[:-1], 0)
            assert caught.value.fault is Fault.CUT


def test_an_item_that_is_not_in_use_is_refused() -> None:
    """Bits beyond the profile, parts that are not, and lengths of zero refuse the record."""
    for data in (b"\x01\x01\x01\x01\x01\x01\x01\x80", b"\x40" + SOURCE, b"\0"):
        asterix, tally = decoder()
        assert asterix.take(block(62, data), NOON) == []
        assert dict(tally.refused) == {Fault.MALFORMED: 1}
    with pytest.raises(Undecodable):
        end_of(Explicit(), b"\0", 0)
    with pytest.raises(Undecodable):
        end_of(Compound((1, None)), b"\x40\0", 0)


def test_a_broken_record_leaves_the_others_before_it_and_the_next_block() -> None:
    """What stands before a broken record is told, and so is what the next block holds."""
    good = record(48, i010=SOURCE, i161="0001")
    nowhere = record(62, i010=SOURCE, i040="0001", i105=b"\x7f" + bytes(7))
    asterix, tally = decoder()
    stream = block(48, good, good[:-1]) + block(62, nowhere, record(62, i010=SOURCE, i040="0002"))
    assert len(asterix.take(stream, NOON)) == 2
    assert dict(tally.refused) == {Fault.CUT: 1, Fault.OUT_OF_RANGE: 1}


@given(st.integers(1, 60))
def test_a_file_is_cut_anywhere(size: int) -> None:
    """However a file is read, the same is told; other categories are passed over."""
    stream = b"".join(bytes.fromhex(one["hex"]) for one in BLOCKS) + block(65, b"\x80abc")
    asterix, tally = decoder()
    found = []
    for start in range(0, len(stream), size):
        found += asterix.take(stream[start : start + size], NOON)
    assert [one.address for one in found] == [one["address"] for one in BLOCKS]
    assert (tally.messages, tally.refused.total()) == (4, 0)
    asterix.take(stream[:10], NOON)
    asterix.end()
    assert dict(tally.refused) == {Fault.CUT: 1}


@given(st.sampled_from([21, 34, 48, 62]), st.lists(st.binary(max_size=200), max_size=4))
def test_noise_in_a_block_is_refused_and_nothing_else(category: int, parts: list[bytes]) -> None:
    """Random bytes in a block of each category are read in range or refused."""
    asterix, tally = decoder(RADAR)
    for part in parts:
        for one in asterix.take(block(category, part), NOON):
            assert one.lat_deg is None or abs(one.lat_deg) <= 90
            assert one.lon_deg is None or abs(one.lon_deg) <= 180
            assert one.course_deg is None or 0 <= one.course_deg < 360
            assert abs(one.at - NOON) <= DAY_MS // 2
    assert tally.handled >= sum(bool(part) for part in parts)


@given(st.sampled_from(BLOCKS), st.data())
def test_a_mutated_block_is_refused_or_in_range(
    vector: dict[str, Any], data: st.DataObject
) -> None:
    """A published block with octets changed raises nothing."""
    stream = bytearray.fromhex(vector["hex"])
    for _ in range(data.draw(st.integers(1, 5))):
        stream[data.draw(st.integers(0, len(stream) - 1))] = data.draw(st.integers(0, 255))
    asterix, _ = decoder(RADAR)
    asterix.take(bytes(stream), NOON)
    asterix.end()


def test_noise_without_blocks_is_bounded() -> None:
    """A megabyte of noise leaves less than a block behind."""
    asterix, tally = decoder()
    noise = random.Random(8).randbytes(300_000) + bytes(300_000)
    for start in range(0, len(noise), 8_192):
        asterix.take(noise[start : start + 8_192], NOON)
        assert len(asterix._held) < 65_536
    assert tally.refused[Fault.MALFORMED] > 0


@given(st.floats(-80, 80), st.floats(-179, 179), st.floats(0, 450_000), st.floats(0, 359.9))
def test_a_place_by_range_and_azimuth_is_that_of_a_geodesic(
    lat: float, lon: float, range_m: float, azimuth: float
) -> None:
    """The quick formula is within a metre of a geodesic, which is less than a radar knows."""
    place = place_from((lat, lon), range_m, azimuth)
    assert place is not None
    start = (round(lat * 1e7), round(lon * 1e7))
    end = destination(start, azimuth, range_m)
    assert distance_m((round(place[0] * 1e7), round(place[1] * 1e7)), end) < 1


def test_the_radars_that_are_remembered_are_bounded() -> None:
    """Ever new radars push out the oldest."""
    radars = Radars()
    for number in range(FEED_RADARS_MAX + 10):
        radars.learn(f"{number}", Radar(RADAR))
    assert radars.place("0", 1_000.0, 0.0, 0.0) is None
    assert radars.place(str(FEED_RADARS_MAX), 1_000.0, 0.0, 0.0) is not None
