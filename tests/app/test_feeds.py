"""The feeds of a node: each is counted, every taker is told."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from openline.adapters.surveillance.feed import Feed, FeedKind, Source, Transport
from openline.app.feeds import Feeds
from openline.domain.space.sighting import Sighting

ROW = "MSG,3,496,211,4CA2D6,10057,,,,,,37000,,,51.45735,-1.02826,,,0,0,0,0\n"


class Kept:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.sightings: list[Sighting] = []

    def take(self, sightings: Sequence[Sighting]) -> None:
        self.sightings += sightings


async def test_every_taker_is_told_and_each_feed_is_counted(tmp_path: Path) -> None:
    """Two files give their sightings to a taker, and the counts stand apart by feed."""
    files = [tmp_path / "a", tmp_path / "b"]
    for count, path in enumerate(files, start=1):
        path.write_text(ROW * count + "MSG,8\n")
    feeds = Feeds(
        [
            Feed(path.name, FeedKind.SBS, Source(Transport.FILE, path=path), trust=7)
            for path in files
        ],
        lambda: 1_000,
    )
    kept = Kept()
    feeds.add(kept)
    assert [one["last"] for one in feeds.to_json()] == [None, None]
    feeds.start()
    async with asyncio.timeout(30):
        while len(kept.sightings) < 3:
            await asyncio.sleep(0.005)
    shown = feeds.to_json()
    await feeds.stop()
    assert [one["name"] for one in shown] == ["a", "b"]
    assert [(one["sightings"], one["positions"]) for one in shown] == [(1, 1), (2, 2)]
    assert shown[0]["refused"] == {"MALFORMED": 1}
    assert shown[0]["last"] == {"address": "icao:4ca2d6", "at": 1_000}
    assert shown[0]["trust"] == 7


async def test_a_defect_in_a_taker_ends_its_feed_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A taker that raises, which none may, is logged, and the feed shows that it is over."""
    path = tmp_path / "a"
    path.write_text(ROW)
    feeds = Feeds([Feed("a", FeedKind.SBS, Source(Transport.FILE, path=path))], lambda: 1_000)
    feeds.add(Broken())
    feeds.start()
    async with asyncio.timeout(30):
        while not feeds.to_json()[0]["failure"]:
            await asyncio.sleep(0.005)
    await feeds.stop()
    assert not feeds.to_json()[0]["is_up"]
    assert "feed a has ended" in caplog.text


class Broken:
    """Raises, as no taker may."""

    def take(self, sightings: Sequence[Sighting]) -> None:
        raise RuntimeError("a defect")
