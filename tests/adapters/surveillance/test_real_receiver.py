"""A real receiver, Debian's dump1090-mutability, hears radio that the test modulates.

It demodulates samples as an antenna would give them, and serves two feeds of what it
found: BaseStation rows and Beast frames. Both must tell of the aircraft that were sent.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import numpy as np
import pytest

from openline.adapters.surveillance.feed import Feed, FeedKind, Source, Transport
from openline.app.feeds import Feeds
from openline.domain.space.sighting import Sighting
from tests.adapters.surveillance.test_mode_s import VECTORS
from tests.conftest import IS_CI
from tests.ports import free_port

PROGRAM = "dump1090-mutability"
SAMPLES_PER_US = 2.4
STEPS_PER_SAMPLE = 5
"""A step is a twelfth of a microsecond: half bits and samples are whole numbers of them."""

BUFFER_SAMPLES = 131_072
"""What the receiver demodulates at once."""

pytestmark = [pytest.mark.system, pytest.mark.process]


def modulated(frame: bytes) -> np.ndarray:
    """How strong the radio of one frame is, step by step: preamble, then a pulse each bit."""
    half_bits = [0] * 16
    for at in (0, 2, 7, 9):
        half_bits[at] = 1
    for octet in frame:
        for bit in range(7, -1, -1):
            half_bits += [1, 0] if octet >> bit & 1 else [0, 1]
    return np.repeat(np.array(half_bits, dtype=np.float64), 6)


def samples(frames: Sequence[bytes]) -> bytes:
    """A buffer of samples, I and Q an octet each, with the frames a millisecond apart."""
    strength = np.zeros(BUFFER_SAMPLES * STEPS_PER_SAMPLE)
    for number, frame in enumerate(frames):
        start = (number + 1) * 12_000
        radio = modulated(frame)
        strength[start : start + len(radio)] = radio
    level = strength.reshape(-1, STEPS_PER_SAMPLE).mean(axis=1)
    pairs = np.full((BUFFER_SAMPLES, 2), 127, dtype=np.uint8)
    pairs[:, 0] = np.round(127.5 + 100 * level).astype(np.uint8)
    return pairs.tobytes()


@asynccontextmanager
async def receiver(sbs_port: int, beast_port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """The receiver, which takes samples from its standard input."""
    program = shutil.which(PROGRAM)
    if program is None:
        says = f"{PROGRAM} is not here: `make system` installs it."
        pytest.fail(says) if IS_CI else pytest.skip(says)
    process = await asyncio.create_subprocess_exec(
        program, "--ifile", "-", "--iformat", "UC8", "--net", "--quiet",
        "--net-bind-address", "127.0.0.1", "--net-sbs-port", str(sbs_port),
        "--net-bo-port", str(beast_port), "--net-ri-port", "0", "--net-ro-port", "0",
        "--net-bi-port", "0",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        await process.communicate()


class Kept:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.sightings: list[Sighting] = []

    def take(self, sightings: Sequence[Sighting]) -> None:
        self.sightings += sightings

    def place_by(self, feed: str) -> tuple[float, float] | None:
        """The newest place that a feed tells."""
        for one in reversed(self.sightings):
            if one.feed == feed and one.lat_deg is not None and one.lon_deg is not None:
                return one.lat_deg, one.lon_deg
        return None

    def callsigns(self, feed: str) -> set[str]:
        """What a feed calls the aircraft."""
        return {one.callsign for one in self.sightings if one.feed == feed and one.callsign}


async def test_two_feeds_of_a_real_receiver_tell_the_same_aircraft() -> None:
    """What is modulated as radio comes back as the published callsign and place, twice."""
    pair = VECTORS["pairs"][0]
    named = bytes.fromhex(VECTORS["squitters"][0]["hex"])
    radio = samples([named, bytes.fromhex(pair["odd"]), bytes.fromhex(pair["even"])] * 3)
    ports = {"rows": free_port(), "frames": free_port()}
    kinds = {"rows": FeedKind.SBS, "frames": FeedKind.BEAST}
    kept = Kept()
    feeds = Feeds(
        [
            Feed(name, kinds[name], Source(Transport.TCP, "127.0.0.1", port))
            for name, port in ports.items()
        ],
        lambda: 1_491_609_600_000,
    )
    feeds.add(kept)
    async with receiver(ports["rows"], ports["frames"]) as process, asyncio.timeout(60):
        assert process.stdin is not None
        # It listens before it reads, and looks at its ports with each buffer.
        feeds.start()
        try:
            while not all(kept.place_by(name) and kept.callsigns(name) for name in ports):
                process.stdin.write(radio)
                await process.stdin.drain()
                await asyncio.sleep(0.05)
        finally:
            await feeds.stop()
    for name in ports:
        assert kept.place_by(name) == pytest.approx(pair["place"], abs=0.02)
        assert kept.callsigns(name) == {"KLM1023"}
    for shown in feeds.to_json():
        assert shown["refused"] in ({}, {"CUT": 1})
