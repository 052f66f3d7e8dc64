"""The power of a true file system is cut: what was promised is on it when it is mounted again.

An ext4 on a loop device is shut down by the kernel in the middle of the work, as if the
machine had stopped: what the journal had not on the disk is gone. That needs root and loop
devices. `OPENLINE_EXT4_CUTS=100` cuts so often in place of four times.
"""

import fcntl
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.domain.errors import OurError
from tests.conftest import REPOSITORY
from tests.power.test_power_cuts import restarted

CUTS = int(os.environ.get("OPENLINE_EXT4_CUTS", "4"))

_IMAGE_BYTES = 64 << 20
_SHUT_DOWN = 0x8004587D
"""The request FS_IOC_SHUTDOWN of Linux; its number with EXT4_GOING_FLAGS_NOLOGFLUSH: no flush."""
_NO_FLUSH = struct.pack("I", 2)


def system(*words: str | Path) -> None:
    """Run a program of the system, which must end well."""
    subprocess.run(list(map(str, words)), check=True, capture_output=True, timeout=60)


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A place with an ext4 of its own; the test is skipped where none can be mounted."""
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None or not Path("/dev/loop0").exists():
        pytest.skip("To cut the power of an ext4, be root, with mkfs.ext4 and loop devices.")
    image, place = tmp_path / "image", tmp_path / "mounted"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(_IMAGE_BYTES)
    system("mkfs.ext4", "-q", "-F", image)
    try:
        system("mount", "-o", "loop", image, place)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"An ext4 cannot be mounted here: {error.stderr.decode().strip()}")
    try:
        yield place
    finally:
        system("umount", "--lazy", place)


def cut(place: Path, after_s: float, *options: str) -> dict[str, int]:
    """Work there, cut the power, and mount again; the last promise that was made."""
    image = place.parent / "image"
    directory = place / "node"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o700)
    words = [sys.executable, "-m", "tests.power.recorder", str(directory), "--aloud", *options]
    with subprocess.Popen(
        words, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as working:
        assert working.stdout is not None
        promises = [working.stdout.readline()]
        time.sleep(after_s)
        descriptor = os.open(place, os.O_RDONLY)
        fcntl.ioctl(descriptor, _SHUT_DOWN, _NO_FLUSH)
        os.close(descriptor)
        # It meets the dead disk with its next commit, and ends by itself.
        told, _ = working.communicate(timeout=30)
        promises += told.splitlines()
    assert working.returncode != 0, "who writes on a dead disk ends with an error"
    system("umount", place)
    system("mount", "-o", "loop", image, place)
    last: dict[str, int] = json.loads(promises[-1])
    return last


@pytest.mark.slow
def test_nothing_promised_is_missing_after_ext4_is_shut_down(
    mounted: Path, record_property: Any
) -> None:
    """After each cut the store on the disk holds what was promised and nothing else."""
    chance = random.Random(1)
    faults, promised = [], 0
    for number in range(CUTS):
        last = cut(mounted, chance.uniform(0.0, 0.4))
        promised += sum(last.values())
        if fault := restarted(mounted / "node", last):
            faults.append(f"cut {number}, {last} promised: {fault}")
    record_property("cuts of an ext4", CUTS)
    record_property("entries promised before cuts of an ext4", promised)
    assert faults == []


def test_a_store_that_does_not_sync_is_found_out_on_ext4(mounted: Path) -> None:
    """The same cut finds a store that promises before what it wrote is on the disk."""
    last = cut(mounted, 0.3, "--unsynced")
    try:
        fault = restarted(mounted / "node", last)
    except OurError as error:
        fault = str(error)
    assert fault
