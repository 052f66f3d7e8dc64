"""Cursor on Target in: positions as they are sent, and everything else bounded and refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.adapters.surveillance.cot import CotDecoder, decode_event
from openline.adapters.surveillance.feed import Feed, FeedKind, Source, Tally, Transport
from openline.adapters.surveillance.refusal import Fault, Undecodable
from openline.adapters.tak.cot import ends, ping
from openline.domain.limits import COT_EVENT_SIZE_BYTES_MAX, TRACK_ADDRESS_CHARS_MAX
from openline.domain.space.altitude import Datum
from openline.domain.space.sighting import Affiliation, Sighting

NOW = 1_491_525_600_000
FEED = Feed("room", FeedKind.COT, Source(Transport.TCP, "127.0.0.1", 8_087))
RADIO = (
    '<event version="2.0" uid="ANDROID-1234" type="a-f-G-U-C" how="m-g" '
    'time="2017-04-07T00:39:58.123456Z" start="2017-04-07T00:39:58Z" stale="2017-04-07T00:45:00Z">'
    '<point lat="34.49" lon="36.909" hae="612.5" ce="10.0" le="9999999.0"/>'
    '<detail><takv os="29" version="4.1"/><contact endpoint="*:-1:stcp" callsign=" VIPER 1 "/>'
    '<__group role="Team Member" name="Cyan"/><track course="360.0" speed="12.5"/></detail></event>'
)
DRAWING = '<event uid="d" type="u-d-f"><point lat="1" lon="2" hae="0" ce="1" le="1"/></event>'


def decoded(event: str) -> Sighting | None:
    return decode_event(event.encode(), "room", NOW)


def refused(event: str | bytes) -> Fault:
    with pytest.raises(Undecodable) as caught:
        decode_event(event if isinstance(event, bytes) else event.encode(), "room", NOW)
    return caught.value.fault


def taken(*parts: bytes) -> tuple[list[str], Tally]:
    """The addresses of what a stream in such parts tells, and what was counted."""
    tally = Tally()
    decoder = CotDecoder(FEED, tally)
    found = [one.address for part in parts for one in decoder.take(part, NOW)]
    decoder.end()
    return found, tally


def test_a_radio_is_where_it_says() -> None:
    """A position comes with its time, height, error, speed and whose it claims to be."""
    assert decoded(RADIO) == Sighting(
        feed="room", address="cot:ANDROID-1234", at=NOW - 2_000 + 123, lat_deg=34.49,
        lon_deg=36.909, altitude_m=612.5, datum=Datum.WGS84, is_on_ground=True, course_deg=0.0,
        speed_mps=12.5, accuracy_m=24.5, callsign="VIPER 1", affiliation=Affiliation.OWN,
        sort="a-f-G-U-C",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "whose", "on_ground"),
    [
        ("a-h-A-M-F", Affiliation.OTHER_PARTY, False),
        ("a-n-G", Affiliation.THIRD_PARTY, True),
        ("a-u-S-X", Affiliation.UNKNOWN, True),
        ("a-.-P", Affiliation.UNKNOWN, None),
        ("a-f", Affiliation.OWN, None),
    ],
)
def test_whose_it_is_is_a_claim(kind: str, whose: Affiliation, on_ground: bool | None) -> None:
    """The type says whose an object is, as its sender claims, and whether it is on the ground."""
    sighting = decoded(RADIO.replace("a-f-G-U-C", kind))
    assert (sighting.affiliation, sighting.is_on_ground) == (whose, on_ground)


def test_what_is_not_known_is_not_told() -> None:
    """Far numbers and NaN stand for what is not known; without a time it is when it came."""
    far = RADIO.replace("612.5", "9999999.0").replace('ce="10.0"', 'ce="9999999"')
    far = far.replace("360.0", "NaN").replace("2017-04-07T00:39:58.123456Z", "yesterday")
    sighting = decoded(far)
    assert (sighting.altitude_m, sighting.datum, sighting.accuracy_m) == (None, None, None)
    assert (sighting.course_deg, sighting.at, sighting.is_own_clock) == (None, NOW, True)


def test_only_positions_are_objects() -> None:
    """Drawings, pings and alerts tell of no object; a deletion ends the one that it names."""
    assert decoded(DRAWING) is None
    assert decode_event(ping("x", NOW).partition(b"?>")[2], "room", NOW) is None
    [end] = ends("ANDROID-1234", "u-d-f", NOW)
    ended = decode_event(end.partition(b"?>")[2], "room", NOW)
    assert (ended.address, ended.is_ended) == ("cot:ANDROID-1234", True)


BILLION = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    '<event uid="&b;" type="a-f-G"><point lat="1" lon="2"/></event>'
)
OUTSIDE = (
    '<!DOCTYPE event [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    '<event uid="x" type="a-f-G"><point lat="1" lon="2"/><detail>&x;</detail></event>'
)


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        (BILLION, Fault.MALFORMED),
        (OUTSIDE, Fault.MALFORMED),
        ('<event uid="x" type="a-f-G">&x;</event>', Fault.MALFORMED),
        ("<event>" + "<a>" * 1_000 + "</a>" * 1_000 + "</event>", Fault.MALFORMED),
        (RADIO.replace("/><detail>", "><detail>"), Fault.MALFORMED),
        (RADIO.replace('uid="ANDROID-1234"', ""), Fault.MALFORMED),
        (RADIO.replace("ANDROID-1234", "x" * TRACK_ADDRESS_CHARS_MAX), Fault.MALFORMED),
        (RADIO.replace("ANDROID-1234", "&#x202e;"), Fault.MALFORMED),
        (RADIO.replace("a-f-G-U-C", "a f"), Fault.MALFORMED),
        (RADIO.replace('lat="34.49"', ""), Fault.MALFORMED),
        (RADIO.replace('lat="34.49"', 'lat="north"'), Fault.MALFORMED),
        (RADIO.replace("34.49", "91"), Fault.OUT_OF_RANGE),
        (RADIO.replace("36.909", "-181"), Fault.OUT_OF_RANGE),
        (RADIO.replace("36.909", "inf"), Fault.OUT_OF_RANGE),
        (RADIO.replace("12.5", "1e9"), Fault.OUT_OF_RANGE),
        (RADIO.replace("VIPER", "x" * COT_EVENT_SIZE_BYTES_MAX), Fault.TOO_LONG),
        (b"\xbf\x01\xbfabc</event>", Fault.MALFORMED),
        (RADIO.encode("utf-16"), Fault.MALFORMED),
        (b"\x00" * 100, Fault.MALFORMED),
    ],
)
def test_what_is_no_position_is_refused(event: str | bytes, fault: Fault) -> None:
    """Entities, inclusions, depths, halves, wrong numbers and other forms are refused whole."""
    assert refused(event) is fault


def test_a_bomb_does_not_hide_what_follows() -> None:
    """After an event that is refused the next one counts, and no entity was ever expanded."""
    found, tally = taken(BILLION.encode() + RADIO.encode())
    assert found == ["cot:ANDROID-1234"]
    assert (tally.messages, sum(tally.refused.values())) == (1, 1)


def test_a_cut_event_does_not_swallow_the_next() -> None:
    """An event that breaks off is counted, and the one that begins after it is read."""
    found, tally = taken(RADIO[:200].encode() + b"\n" + RADIO.encode(), RADIO[:50].encode())
    assert found == ["cot:ANDROID-1234"]
    assert tally.refused[Fault.CUT] == 2


def test_a_stream_without_an_end_is_bounded() -> None:
    """A stream that never ends an event is given up, again and again, and held no longer."""
    tally = Tally()
    decoder = CotDecoder(FEED, tally)
    for _ in range(200):
        assert decoder.take(b"<event " + b"x" * 4_000, NOW) == []
        assert len(decoder._held) <= COT_EVENT_SIZE_BYTES_MAX + 4_100
    assert tally.refused[Fault.TOO_LONG] >= 10
    assert [one.address for one in decoder.take(RADIO.encode(), NOW)] == ["cot:ANDROID-1234"]


def test_bytes_may_be_cut_anywhere() -> None:
    """Byte by byte the stream tells the same as at once."""
    stream = (RADIO + "\n" + DRAWING + RADIO).encode()
    whole, _ = taken(stream)
    assert taken(*(stream[at : at + 1] for at in range(len(stream))))[0] == whole
    assert len(whole) == 2


@given(st.binary(max_size=300), st.integers(0, len(RADIO)))
def test_nothing_is_raised_whatever_comes(noise: bytes, at: int) -> None:
    """Noise, alone or in the midst of an event, is counted and raises nothing."""
    event = RADIO.encode()
    taken(noise, event[:at] + noise + event[at:], noise + b"</event>")
