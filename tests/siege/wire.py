"""A wire between two network namespaces: loss, delay, doubling, reordering, one way or both.

Each namespace has one TUN device, and a thread here carries packets from one to the other.
So TCP itself meets the bad wire, as it does not behind a proxy; `tc netem` would do the
same and is not in every kernel. It takes root and `ip netns`.
"""

import contextlib
import fcntl
import heapq
import itertools
import os
import random
import select
import shutil
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ADDRESSES: Final = ("10.99.77.1", "10.99.77.2")
ABSENT: Final = "NOT TESTED: a wire between network namespaces needs root, `ip netns` and TUN."

_TUNSETIFF: Final = 0x400454CA
_IFF_TUN_WITHOUT_HEAD: Final = 0x0001 | 0x1000
_PACKET_BYTES: Final = 65_536
_DEVICE: Final = Path("/dev/net/tun")


@dataclass(frozen=True)
class Weather:
    """How one direction of the wire behaves.

    Attributes:
        loss: Share of packets that are lost.
        doubled: Share of packets that come twice.
        delay_s: How long each is under way.
        jitter_s: How much longer at most; what is longer under way is overtaken.
    """

    loss: float = 0.0
    doubled: float = 0.0
    delay_s: float = 0.0
    jitter_s: float = 0.0


FAIR: Final = Weather()
STORM: Final = Weather(loss=0.1, doubled=0.1, delay_s=0.03, jitter_s=0.04)
DEAD: Final = Weather(loss=1.0)


class Wire(threading.Thread):
    """Carries packets between two namespaces until `end`.

    Args:
        names: Of the namespaces.
        devices: The TUN device of each, open.

    Attributes:
        names: Of the namespaces.
        weather: Of what goes from the first to the second, and back. Set by the test.
        carried: Packets that arrived.
        lost: Packets that did not.
    """

    def __init__(self, names: tuple[str, str], devices: tuple[int, int]) -> None:
        super().__init__(daemon=True, name="wire")
        self.names = names
        self.weather = [FAIR, FAIR]
        self.carried = self.lost = 0
        self._devices = devices
        self._chance = random.Random(1)
        self._under_way: list[tuple[float, int, int, bytes]] = []
        self._number = itertools.count()
        self._is_over = False

    def run(self) -> None:
        """Carry packets."""
        while not self._is_over:
            ready, _, _ = select.select(self._devices, [], [], 0.005)
            for device in ready:
                self._take(self._devices.index(device), os.read(device, _PACKET_BYTES))
            now = time.monotonic()
            while self._under_way and self._under_way[0][0] <= now:
                _, _, side, packet = heapq.heappop(self._under_way)
                with contextlib.suppress(OSError):
                    os.write(self._devices[side], packet)
                    self.carried += 1

    def _take(self, side: int, packet: bytes) -> None:
        weather = self.weather[side]
        if self._chance.random() < weather.loss:
            self.lost += 1
            return
        for _ in range(1 + (self._chance.random() < weather.doubled)):
            due = time.monotonic() + weather.delay_s + self._chance.random() * weather.jitter_s
            heapq.heappush(self._under_way, (due, next(self._number), 1 - side, packet))

    def end(self) -> None:
        """Carry no more."""
        self._is_over = True
        self.join(5)
        assert not self.is_alive(), "the wire hangs"


def is_possible() -> bool:
    """Whether namespaces and devices can be made here."""
    if os.geteuid() != 0 or shutil.which("ip") is None or not os.access(_DEVICE, os.W_OK):
        return False
    name = f"openline-{os.getpid()}-t"
    made = _ip("netns", "add", name, check=False)
    if made:
        _ip("netns", "del", name)
    return made


@contextlib.contextmanager
def wire() -> Iterator[Wire]:
    """Two namespaces and the wire between them; nothing of it stays."""
    names = (f"openline-{os.getpid()}-a", f"openline-{os.getpid()}-b")
    with contextlib.ExitStack() as stack:
        devices = []
        for side, name in enumerate(names):
            _ip("netns", "add", name)
            stack.callback(_ip, "netns", "del", name, check=False)
            device, fd = f"ol{os.getpid() % 100_000}{side}", os.open(_DEVICE, os.O_RDWR)
            stack.callback(os.close, fd)
            request = struct.pack("16sH14x", device.encode(), _IFF_TUN_WITHOUT_HEAD)
            fcntl.ioctl(fd, _TUNSETIFF, request)
            _ip("link", "set", device, "netns", name)
            own, other = ADDRESSES[side], ADDRESSES[1 - side]
            _ip("-n", name, "addr", "add", own, "peer", other, "dev", device)
            _ip("-n", name, "link", "set", device, "up")
            _ip("-n", name, "link", "set", "lo", "up")
            devices.append(fd)
        made = Wire(names, (devices[0], devices[1]))
        made.start()
        try:
            yield made
        finally:
            made.end()


def _ip(*words: str, check: bool = True) -> bool:
    done = subprocess.run(["ip", *words], check=check, capture_output=True)
    return done.returncode == 0
