"""Room on the disk that is kept back, so that a full disk does not silence a node.

Beside the store lies a file of some megabytes that holds nothing. When a write finds the
disk full the node ends, as after every fault of the disk, and gives the file up. Started
again it has that room: for ticks, receipts and FLASH for some hours. Other messages are
refused with the reason until there is room again, and the file is filled anew.

A disk on which the file never had room is left alone.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

RESERVE_BYTES: Final = 8 * 1024 * 1024
"""Ticks of a line of two parties take some 12 MB a day."""

ROOM_BYTES: Final = 4 * RESERVE_BYTES
"""What has to be free before so much is kept back."""


class Reserve:
    """The file of one store; belongs to the node's loop.

    Args:
        path: Where it lies: on the disk of the store.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def is_given_up(self) -> bool:
        """Whether the disk was full, and there has been no room since."""
        with suppress(OSError):
            return self.path.stat().st_size == 0
        return False

    def fill(self) -> bool:
        """Keep the room back if there is enough; whether it is kept back now."""
        with suppress(OSError):
            if self.path.exists() and not self.is_given_up:
                return True
            if shutil.disk_usage(self.path.parent).free >= ROOM_BYTES:
                self._allocate()
                return True
        return False

    def give_up(self) -> bool:
        """Give the room up if the disk is full; whether it was given up now."""
        with suppress(OSError):
            is_full = shutil.disk_usage(self.path.parent).free < RESERVE_BYTES
            if is_full and self.path.exists() and not self.is_given_up:
                os.truncate(self.path, 0)
                return True
        return False

    def _allocate(self) -> None:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, RESERVE_BYTES)
        finally:
            os.close(descriptor)
