"""Mode S: published messages, every height and place, pairs over time, mutations."""

import json
import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openline.adapters.surveillance.mode_s.aircraft import (
    AIR_PAIR_MS_MAX,
    LAST_MS_MAX,
    SURFACE_PAIR_MS_MAX,
    Aircrafts,
)
from openline.adapters.surveillance.mode_s.altitude_code import altitude_ft, squawk_of
from openline.adapters.surveillance.mode_s.cpr import (
    Compact,
    Place,
    place_near,
    place_of_pair,
    place_of_surface_pair,
    zones_at,
)
from openline.adapters.surveillance.mode_s.message import Squitter, read_reply, read_squitter
from openline.adapters.surveillance.mode_s.parity import is_whole, parity_of
from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.adapters.surveillance.units import FOOT_M, FOOT_PER_MINUTE_MPS, KNOT_MPS
from openline.domain.limits import FEED_AIRCRAFT_MAX
from openline.domain.space.altitude import Datum
from tests.vectors.make import HERE

VECTORS: dict[str, list[dict[str, Any]]] = json.loads((HERE / "mode_s.json").read_text())

LATS = st.floats(min_value=-86.9, max_value=86.9)
LONS = st.floats(min_value=-179.9, max_value=179.9)


def read(text: str) -> Squitter:
    squitter = read_squitter(bytes.fromhex(text))
    assert squitter is not None
    return squitter


def compact_of(text: str) -> Compact:
    position = read(text).position
    assert position is not None
    return position


def sent(place: Place, *, is_odd: bool, is_surface: bool = False) -> Compact:
    """A place as an aircraft sends it, by the encoder of DO-260B, A.1.7.3."""
    globe = 90.0 if is_surface else 360.0
    dlat = globe / (59 if is_odd else 60)
    yz = math.floor(2**17 * (place[0] % dlat) / dlat + 0.5)
    rlat = dlat * (yz / 2**17 + math.floor(place[0] / dlat))
    dlon = globe / max(zones_at(rlat) - is_odd, 1)
    xz = math.floor(2**17 * (place[1] % dlon) / dlon + 0.5)
    return Compact(is_odd, is_surface, yz % 2**17, xz % 2**17)


def with_parity(data: bytes) -> bytes:
    return data + parity_of(data).to_bytes(3, "big")


@pytest.mark.parametrize("vector", VECTORS["squitters"], ids=lambda one: one["hex"])
def test_a_published_message_says_what_is_published(vector: dict[str, Any]) -> None:
    """Callsign, height, speed, climb, squawk and compact position are as published."""
    squitter = read(vector["hex"])
    says = squitter.says
    assert squitter.address == vector["address"]
    for key in ("callsign", "sort", "squawk", "is_on_ground"):
        assert says.get(key) == vector.get(key)
    for key, name, unit in (
        ("altitude_m", "altitude_ft", FOOT_M),
        ("speed_mps", "speed_kt", KNOT_MPS),
        ("climb_mps", "climb_fpm", FOOT_PER_MINUTE_MPS),
        ("course_deg", "course_deg", 1.0),
    ):
        if name in vector:
            assert says[key] / unit == pytest.approx(vector[name], abs=0.1)
        elif name != "course_deg":
            assert key not in says
    if "altitude_ft" in vector:
        assert says["datum"] is Datum.FLIGHT_LEVEL
    if "compact" in vector:
        position = compact_of(vector["hex"])
        assert [position.is_odd, position.lat, position.lon] == vector["compact"]


@pytest.mark.parametrize("vector", VECTORS["pairs"], ids=lambda one: one["even"])
def test_a_published_pair_gives_the_published_place(vector: dict[str, Any]) -> None:
    """Two frames give the place that is published for them."""
    even, odd = compact_of(vector["even"]), compact_of(vector["odd"])
    is_odd_newer = vector["newer"] == "odd"
    if "near" in vector:
        place = place_of_surface_pair(even, odd, tuple(vector["near"]), is_odd_newer=is_odd_newer)
    else:
        place = place_of_pair(even, odd, is_odd_newer=is_odd_newer)
    assert place == pytest.approx(vector["place"], abs=1e-5)


@pytest.mark.parametrize("vector", VECTORS["near"], ids=lambda one: one["frame"])
def test_a_published_frame_gives_its_place_beside_another(vector: dict[str, Any]) -> None:
    """One frame and a place near it give the published place."""
    place = place_near(compact_of(vector["frame"]), tuple(vector["near"]))
    assert place == pytest.approx(vector["place"], abs=1e-5)


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda one: one["hex"])
def test_a_message_with_a_wrong_bit_is_refused(vector: dict[str, Any]) -> None:
    """A message whose parity does not fit it is refused as such."""
    with pytest.raises(Undecodable) as caught:
        read_squitter(bytes.fromhex(vector["hex"]))
    assert caught.value.fault.value == vector["fault"]


@given(st.binary(min_size=11, max_size=11), st.integers(0, 111))
def test_parity_finds_every_single_bit(data: bytes, bit: int) -> None:
    """A frame is whole with its parity, and not when any one bit of it is turned."""
    frame = with_parity(data)
    assert is_whole(frame)
    turned = int.from_bytes(frame, "big") ^ (1 << bit)
    assert not is_whole(turned.to_bytes(14, "big"))


def test_every_height_by_pulses_is_a_step_of_100_ft() -> None:
    """The codes without Q are 1,280 heights, and neighbours differ in one bit."""
    codes = {altitude_ft(code): code for code in range(1, 4_096) if not code & 0x10}
    del codes[None]
    heights = sorted(height for height in codes if height is not None)
    assert heights == list(range(-1_200, 126_701, 100))
    turned = [codes[one] ^ codes[higher] for one, higher in pairwise(heights)]
    assert {bits.bit_count() for bits in turned} == {1}


def test_every_height_by_steps_of_25_ft() -> None:
    """The codes with Q count 25 ft from -1,000 ft on; zero says nothing."""
    heights = [altitude_ft(code) for code in range(4_096) if code & 0x10]
    assert heights == list(range(-1_000, 50_176, 25))
    assert altitude_ft(0) is None


def test_every_squawk_is_four_octal_digits() -> None:
    """The thirteen bits without M are each squawk once."""
    squawks = {squawk_of(code) for code in range(8_192) if not code & 0x40}
    assert squawks == {f"{number:04o}" for number in range(4_096)}


@given(LATS, LONS, st.booleans())
def test_a_place_in_the_air_is_found_by_its_pair(
    lat: float, lon: float, is_odd_newer: bool
) -> None:
    """What an aircraft sends gives its place within six metres, or nothing at a zone's edge."""
    even, odd = (sent((lat, lon), is_odd=is_odd) for is_odd in (False, True))
    place = place_of_pair(even, odd, is_odd_newer=is_odd_newer)
    if place is None:
        assert zones_at(lat - 1e-4) != zones_at(lat + 1e-4)
        return
    assert place[0] == pytest.approx(lat, abs=5e-5)
    assert abs((place[1] - lon + 180) % 360 - 180) * math.cos(math.radians(lat)) < 6e-5


@given(LATS, LONS, st.booleans(), st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
@example(0.0, -90.0, False, 0.0, 0.0)
def test_a_place_on_the_ground_is_found_near_the_receiver(
    lat: float, lon: float, is_odd: bool, up: float, aside: float
) -> None:
    """One frame and a pair give the same place on the ground, beside a receiver near it."""
    near = (lat + up, (lon + aside + 180) % 360 - 180)
    even, odd = (sent((lat, lon), is_odd=one, is_surface=True) for one in (False, True))
    frame = odd if is_odd else even
    by_one = place_near(frame, near)
    assert by_one is not None
    assert by_one[0] == pytest.approx(lat, abs=2e-5)
    by_pair = place_of_surface_pair(even, odd, near, is_odd_newer=is_odd)
    if by_pair is None:
        assert zones_at(lat - 1e-4) != zones_at(lat + 1e-4)
        return
    assert by_pair[0] == pytest.approx(by_one[0], abs=1e-9)
    assert abs((by_pair[1] - by_one[1] + 180) % 360 - 180) < 1e-9


def test_frames_too_far_apart_in_time_are_no_pair() -> None:
    """A pair counts within its bound and not beyond it, in the air and on the ground."""
    for is_surface, apart in ((False, AIR_PAIR_MS_MAX), (True, SURFACE_PAIR_MS_MAX)):
        even, odd = (sent((35.0, 38.0), is_odd=one, is_surface=is_surface) for one in (False, True))
        known = Aircrafts(near=(35.1, 38.1))
        assert known.place("icao:1", even, 0) is None
        assert known.place("icao:1", odd, apart + 1) is None
        assert known.place("icao:1", even, 2 * apart + 1) == pytest.approx((35.0, 38.0), abs=1e-4)
    assert Aircrafts().place("icao:1", even, 0) is None


def test_on_the_ground_a_place_must_be_known_before() -> None:
    """A pair on the ground gives nothing without the receiver's place or one in the air."""
    even, odd = (sent((35.0, 38.0), is_odd=one, is_surface=True) for one in (False, True))
    known = Aircrafts()
    assert [known.place("icao:1", one, 0) for one in (even, odd)] == [None, None]
    for is_odd in (False, True):
        in_air = known.place("icao:1", sent((35.01, 38.0), is_odd=is_odd), 5_000)
    assert in_air is not None
    assert known.place("icao:1", even, 8_000) == pytest.approx((35.0, 38.0), abs=1e-4)


def test_a_single_frame_is_placed_beside_a_young_place() -> None:
    """After a pair one frame suffices, until the last place is too old."""
    known = Aircrafts()
    for is_odd in (False, True):
        known.place("icao:1", sent((35.0, 38.0), is_odd=is_odd), 0)
    moved = sent((35.2, 38.0), is_odd=True)
    assert known.place("icao:1", moved, 60_000) == pytest.approx((35.2, 38.0), abs=1e-4)
    assert known.place("icao:1", moved, 60_001 + LAST_MS_MAX) is None


def test_a_position_that_jumps_is_told_nowhere_between() -> None:
    """After a jump the first frames tell nothing, and then the new place is told."""
    known = Aircrafts()
    old, new = (35.0, 38.0), (41.3, 29.0)
    for is_odd in (False, True):
        known.place("icao:1", sent(old, is_odd=is_odd), 0)
    with pytest.raises(Undecodable) as caught:
        known.place("icao:1", sent(new, is_odd=False), 500)
    assert caught.value.fault is Fault.OUT_OF_RANGE
    assert known.place("icao:1", sent(new, is_odd=True), 1_000) == pytest.approx(new, abs=1e-4)


def test_the_aircraft_that_are_remembered_are_bounded() -> None:
    """Ever new addresses push out the oldest, and never the one that goes on."""
    known = Aircrafts()
    frames = [sent((35.0, 38.0), is_odd=is_odd) for is_odd in (False, True)]
    for frame in frames:
        known.place("icao:1", frame, 0)
    for number in range(FEED_AIRCRAFT_MAX + 50):
        known.place(f"icao:x{number}", frames[0], 0)
        if number % 1_000 == 0:
            assert known.place("icao:1", frames[0], 0) is not None
    assert len(known) == FEED_AIRCRAFT_MAX


@pytest.mark.parametrize(
    ("sort", "mark", "address"),
    [
        (0, 0, "icao:abcdef"),
        (1, 0, "other:abcdef"),
        (2, 0, "icao:abcdef"),
        (2, 1, "other:abcdef"),
        (5, 0, "other:abcdef"),
        (6, 1, "other:abcdef"),
        (3, 0, None),
        (4, 0, None),
        (7, 0, None),
    ],
)
def test_what_is_relayed_keeps_its_kind_of_address(
    sort: int, mark: int, address: str | None
) -> None:
    """DF18 tells by its field CF, and by a mark in the message, whose address it is."""
    me = (11 << 51) | (mark << 48) | (0xC38 << 36) | 0x1_2345
    data = bytes([18 << 3 | sort]) + bytes.fromhex("abcdef") + me.to_bytes(7, "big")
    squitter = read_squitter(with_parity(data))
    assert (squitter and squitter.address) == address


@given(st.integers(0, 2**56 - 1), st.integers(0, 7), st.sampled_from([17, 18]))
def test_whatever_a_whole_frame_holds_is_in_range_or_refused(me: int, sort: int, df: int) -> None:
    """Every content with its right parity says values in their ranges, or is refused."""
    data = bytes([df << 3 | sort]) + b"\xab\xcd\xef" + me.to_bytes(7, "big")
    try:
        squitter = read_squitter(with_parity(data))
    except Undecodable:
        return
    if squitter is None:
        return
    says = squitter.says
    assert 0 <= says.get("course_deg", 0) < 360
    assert 0 <= says.get("speed_mps", 0) < 5_800 * KNOT_MPS
    assert abs(says.get("climb_mps", 0)) <= 32_640 * FOOT_PER_MINUTE_MPS
    assert len(says.get("callsign", "")) <= 8
    for near in (None, (35.0, 38.0), (-90.0, -180.0), (90.0, 179.9)):
        if squitter.position is not None and near is not None:
            place = place_near(squitter.position, near)
            assert place is None or (-90 <= place[0] <= 90 and -180 <= place[1] < 180)


@pytest.mark.parametrize("vector", VECTORS["replies"], ids=lambda one: one["hex"])
def test_a_published_reply_says_what_is_published(vector: dict[str, Any]) -> None:
    """Height, squawk, and the address in the parity of replies to radars are as published."""
    reply = read_reply(bytes.fromhex(vector["hex"]))
    assert reply is not None
    if "address" in vector:
        assert reply.address == vector["address"]
    if "altitude_ft" in vector:
        assert reply.says["altitude_m"] / FOOT_M == pytest.approx(vector["altitude_ft"])
        assert reply.says["datum"] is Datum.FLIGHT_LEVEL
    assert reply.says.get("squawk") == vector.get("squawk")


def test_a_reply_is_one_by_its_format_and_length() -> None:
    """Other formats, and a format with the length of another, are no replies."""
    for text in ("5D484FDEA248F5", "20001718", "A0001839CA3800315800007448", "2A" + "00" * 13):
        assert read_reply(bytes.fromhex(text)) is None
    assert read_reply(bytes.fromhex("8D4840D6202CC371C32CE0576098")) is None


@pytest.mark.parametrize(
    ("status", "on_ground"), [(0, False), (1, True), (2, False), (3, True), (4, None), (5, None)]
)
def test_a_reply_says_whether_it_is_on_the_ground(status: int, on_ground: bool | None) -> None:
    """The flight status tells it, or leaves it open; a height in metres is none."""
    reply = read_reply(bytes([4 << 3 | status, 0, 0, 0x40, 0, 0, 0]))
    assert reply is not None
    assert reply.says.get("is_on_ground") == on_ground
    assert "altitude_m" not in reply.says
