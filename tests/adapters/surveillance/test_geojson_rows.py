"""GeoJSON rows: what a Feature tells, every bound, rows cut anywhere, noise."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.surveillance.feed import Feed, FeedKind, Source, Tally, Transport
from openline.adapters.surveillance.geojson_rows import GeoJsonDecoder, decode_feature
from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.domain.instant import parse_instant
from openline.domain.space.altitude import Datum
from openline.domain.space.sighting import Affiliation

NOW = 1_491_609_600_000
FULL: dict[str, Any] = {
    "id": "drone-7",
    "time": "2017-04-08T00:00:01.5Z",
    "altitude_m": 120,
    "datum": "AGL",
    "course_deg": 360,
    "speed_mps": 15.5,
    "climb_mps": -1,
    "accuracy_m": 8,
    "callsign": "هدهد",
    "squawk": "7001",
    "affiliation": "OWN",
    "sort": "a-f-A-M-H-Q",
    "is_on_ground": False,
    "is_ended": True,
    "colour": {"left": "alone"},
}


def row(properties: dict[str, Any], coordinates: Any = (36.9, 34.5), **rest: Any) -> bytes:
    """A Feature in one row."""
    geometry = None if coordinates is None else {"type": "Point", "coordinates": coordinates}
    feature = {"type": "Feature", "geometry": geometry, "properties": properties, **rest}
    return json.dumps(feature).encode()


def fault(data: bytes) -> Fault:
    with pytest.raises(Undecodable) as caught:
        decode_feature(data, "log", NOW)
    return caught.value.fault


def test_a_feature_tells_all_its_properties() -> None:
    """Place, time, height with its datum, movement, identity and claims are told."""
    one = decode_feature(row(FULL), "log", NOW)
    assert (one.address, one.lat_deg, one.lon_deg) == ("name:drone-7", 34.5, 36.9)
    assert one.at == parse_instant("2017-04-08T00:00:01.5Z")
    assert (one.altitude_m, one.datum) == (120.0, Datum.AGL)
    assert (one.course_deg, one.speed_mps, one.climb_mps, one.accuracy_m) == (0.0, 15.5, -1.0, 8.0)
    assert (one.callsign, one.squawk) == ("هدهد", "7001")
    assert (one.affiliation, one.sort) == (Affiliation.OWN, "a-f-A-M-H-Q")
    assert (one.is_on_ground, one.is_ended, one.is_own_clock) == (False, True, False)


def test_what_a_feature_does_not_say_is_left() -> None:
    """Without time it is that of receipt; a third coordinate is a height above WGS 84."""
    one = decode_feature(row({"id": "icao:4ca7b5"}, (1, 2, 300)), "log", NOW)
    assert (one.address, one.at, one.is_own_clock) == ("icao:4ca7b5", NOW, True)
    assert (one.altitude_m, one.datum) == (300.0, Datum.WGS84)
    placeless = decode_feature(row({}, None, id=17), "log", NOW)
    assert (placeless.address, placeless.lat_deg) == ("name:17", None)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"{", Fault.MALFORMED),
        (b"[" * 5_000, Fault.MALFORMED),
        (b'{"type":"Feature","properties":{"id":"a","speed_mps":NaN}}', Fault.MALFORMED),
        (b'{"type":"FeatureCollection","features":[]}', Fault.MALFORMED),
        (row({}), Fault.MALFORMED),
        (row({"id": ""}), Fault.MALFORMED),
        (row({"id": True}), Fault.MALFORMED),
        (row({"id": "a\x07"}), Fault.MALFORMED),
        (row({"id": "a" * 200}), Fault.MALFORMED),
        (row({"id": "a"}, (200, 0)), Fault.OUT_OF_RANGE),
        (row({"id": "a"}, (0, 91)), Fault.OUT_OF_RANGE),
        (row({"id": "a"}, (0,)), Fault.MALFORMED),
        (row({"id": "a"}, "00"), Fault.MALFORMED),
        (row({"id": "a"}, (0, "1")), Fault.MALFORMED),
        (row({"id": "a", "altitude_m": 1}), Fault.MALFORMED),
        (row({"id": "a", "altitude_m": 1, "datum": "QFE"}), Fault.MALFORMED),
        (row({"id": "a", "altitude_m": 1e9, "datum": "AMSL"}), Fault.OUT_OF_RANGE),
        (row({"id": "a", "speed_mps": 10**400}), Fault.OUT_OF_RANGE),
        (row({"id": "a", "course_deg": -1}), Fault.OUT_OF_RANGE),
        (row({"id": "a", "time": "yesterday"}), Fault.MALFORMED),
        (row({"id": "a", "time": -1}), Fault.MALFORMED),
        (row({"id": "a", "time": 1.5}), Fault.MALFORMED),
        (row({"id": "a", "squawk": "7800"}), Fault.OUT_OF_RANGE),
        (row({"id": "a", "affiliation": "ENEMY"}), Fault.MALFORMED),
        (row({"id": "a", "is_ended": 1}), Fault.MALFORMED),
    ],
)
def test_a_feature_that_is_wrong_is_refused_whole(data: bytes, expected: Fault) -> None:
    """What is no Feature of a point with an id, or out of range, has its reason."""
    assert fault(data) is expected


@given(st.integers(1, 500))
def test_a_stream_is_cut_anywhere(size: int) -> None:
    """However the bytes are cut, the same sightings come, and a cut row is counted."""
    stream = row(FULL) + b"\n" + row({"id": "b"}) + b"\r\n" + row(FULL)
    tally = Tally()
    source = Source(Transport.TCP, "127.0.0.1", 1)
    decoder = GeoJsonDecoder(Feed("log", FeedKind.GEOJSON, source), tally)
    found = [
        one.address
        for start in range(0, len(stream), size)
        for one in decoder.take(stream[start : start + size], NOW)
    ]
    decoder.end()
    assert found == ["name:drone-7", "name:b"]
    assert dict(tally.refused) == {Fault.CUT: 1}


@given(st.binary(max_size=300), st.integers(0, 300))
def test_noise_and_mutations_raise_nothing_else(noise: bytes, place: int) -> None:
    """Random bytes, and random bytes within a row, are refused by reason or told."""
    whole = row(FULL)
    for data in (noise, whole[:place] + noise[:3] + whole[place + 3 :]):
        try:
            decode_feature(data, "log", NOW)
        except Undecodable:
            continue


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(FULL)), JSON, JSON)
def test_any_value_of_any_property_is_refused_or_told(name: str, value: Any, place: Any) -> None:
    """Whatever JSON stands in a property or as coordinates, nothing else is raised."""
    for data in (row({**FULL, name: value}), row(FULL, place)):
        try:
            one = decode_feature(data, "log", NOW)
        except Undecodable:
            continue
        assert one.lat_deg is None or -90 <= one.lat_deg <= 90
