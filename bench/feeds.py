"""Decoders of feeds: how many messages of each format a second of one core takes."""

import json
import time
from pathlib import Path
from typing import Any

from bench.measure import RUNS, Row
from openline.adapters.surveillance.decoders import decoder_of
from openline.adapters.surveillance.feed import Feed, FeedKind, Source, Tally, Transport
from openline.domain.limits import FEED_CHUNK_BYTES_MAX

GOAL_PER_S = 20_000
MESSAGES = 40_000
NOW = 1_491_609_600_000

VECTORS = Path(__file__).resolve().parent.parent / "tests" / "vectors"
SBS = b"MSG,3,1,1,4CA2D6,1,,,,,,37000,,,51.45735,-1.02826,,,0,0,0,0\n"
GEOJSON: dict[str, Any] = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [36.909, 34.49]},
    "properties": {
        "id": "icao:4ca2d6",
        "time": "2017-04-08T00:00:00Z",
        "altitude_m": 11_000,
        "datum": "FLIGHT_LEVEL",
        "course_deg": 90,
        "speed_mps": 230,
        "callsign": "EIN123",
    },
}


def measure(*, is_quick: bool) -> list[Row]:
    """Decode the published messages of each format over and over.

    Raises:
        AssertionError: A decoder refused some of them: then no number counts.
    """
    count = 400 if is_quick else MESSAGES
    return [
        _row(kind, messages, count, is_quick=is_quick)
        for kind, messages in (
            (FeedKind.SBS, [SBS]),
            (FeedKind.BEAST, _frames()),
            (FeedKind.ASTERIX, _blocks()),
            (FeedKind.GEOJSON, [json.dumps(GEOJSON).encode() + b"\n"]),
        )
    ]


def _row(kind: FeedKind, messages: list[bytes], count: int, *, is_quick: bool) -> Row:
    stream = b"".join(messages) * (count // len(messages))
    runs = sorted(_rate(kind, stream) for _ in range(1 if is_quick else RUNS))
    median = runs[len(runs) // 2]
    goal, holds = ("", None) if is_quick else (f"{GOAL_PER_S:,}/s", median >= GOAL_PER_S)
    name = f"{kind.value}: messages decoded, one core"
    return Row(name, median, "/s", runs, goal, holds, f"{len(messages)} published")


def _rate(kind: FeedKind, stream: bytes) -> float:
    """Messages in a second of processor time."""
    tally = Tally()
    source = Source(Transport.TCP, "127.0.0.1", 1)
    decoder = decoder_of(Feed("bench", kind, source, receiver_at=(45.0, 15.0)), tally)
    began = time.process_time()
    for start in range(0, len(stream), FEED_CHUNK_BYTES_MAX):
        decoder.take(stream[start : start + FEED_CHUNK_BYTES_MAX], NOW)
    took_s = time.process_time() - began
    assert not tally.refused, tally.refused_last
    return tally.messages / took_s


def _frames() -> list[bytes]:
    """A name, a pair and a speed, as a receiver sends them."""
    vectors = json.loads((VECTORS / "mode_s.json").read_text())
    pair = vectors["pairs"][0]
    named, moving = (vectors["squitters"][place]["hex"] for place in (0, 2))
    bodies = (bytes(7) + bytes.fromhex(one) for one in (named, pair["even"], pair["odd"], moving))
    return [b"\x1a3" + body.replace(b"\x1a", b"\x1a\x1a") for body in bodies]


def _blocks() -> list[bytes]:
    vectors = json.loads((VECTORS / "asterix.json").read_text())
    return [bytes.fromhex(one["hex"]) for one in vectors["blocks"]]
