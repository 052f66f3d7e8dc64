"""What the doctor finds about the machine: its disks, its clock, its libraries."""

import ctypes
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from openline.faces.cli.finding import Finding, State

if TYPE_CHECKING:
    from openline.app.config import Config

MOUNTS: Final = Path("/proc/self/mountinfo")

FORGETFUL: Final = ("tmpfs", "ramfs")
"""Sorts of file system that are gone with the power."""

DISTANT: Final = ("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ceph", "fuse.glusterfs")
"""Sorts of file system on which locks and syncs are another machine's word."""

_TIME_ERROR: Final = 5
"""What `adjtimex` answers while the clock is not synchronised."""

_TIMEX_BYTES: Final = 512
"""More than `struct timex` has on any machine; zeros ask and change nothing."""

_ESCAPED = re.compile(r"\\([0-7]{3})")


def versions() -> Iterator[Finding]:
    """The libraries on which the record and the circuits stand."""
    import apsw
    from cryptography.hazmat.backends.openssl import backend

    yield Finding(
        "program",
        State.OK,
        f"SQLite {apsw.sqlite_lib_version()}, {ssl.OPENSSL_VERSION} for the circuits, "
        f"{backend.openssl_version_text()} for the signatures",
    )


def durability(config: "Config", mounts: Path = MOUNTS) -> Iterator[Finding]:
    """Whether what is synced stays: on which sort of disk store and anchor lie."""
    places = {"store": config.store, "anchor": config.anchor}
    if config.database is not None:
        del places["store"]
    for what, path in places.items():
        kind = file_system_of(path, mounts)
        if kind in FORGETFUL:
            yield Finding(
                "disk", State.FAULT, f"The {what} lies on {kind}: it is gone with the power.",
                f"Put it on a disk: `{what}` in node.toml.",
            )  # fmt: skip
        elif kind in DISTANT:
            yield Finding(
                "disk", State.WARNING,
                f"The {what} lies on {kind}: what is synced is another machine's word.",
                f"Put it on a disk of this machine: `{what}` in node.toml.",
            )  # fmt: skip


def file_system_of(path: Path, mounts: Path = MOUNTS) -> str:
    """The sort of file system on which a path lies; empty where nothing tells it."""
    try:
        rows = mounts.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    best, kind = Path(), ""
    for row in rows:
        before, _, after = row.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        place = Path(_ESCAPED.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        # Of several at one place the last one is in sight.
        if path.is_relative_to(place) and len(place.parts) >= len(best.parts):
            best, kind = place, after.split()[0]
    return kind


def clock_is_kept() -> bool:
    """Whether the system says that its clock is kept right; True if it is silent."""
    try:
        ask = ctypes.CDLL(None).adjtimex
    except (AttributeError, OSError):
        return True
    answer: int = ask(ctypes.create_string_buffer(_TIMEX_BYTES))
    return answer != _TIME_ERROR
