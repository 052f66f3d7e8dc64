"""What the doctor says of disks, clock and libraries."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from openline.faces.cli import machine
from openline.faces.cli.finding import State

MOUNTS = """\
22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 22 0:22 / /srv rw shared:2 - xfs /dev/vdb rw
24 22 0:23 / /srv/far\\040away rw shared:3 - nfs4 host:/x rw
25 22 0:24 / /run rw - tmpfs none rw
26 22 0:25 / /run rw - ramfs none rw
broken row
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    """A table of mounts, as Linux writes it."""
    path = tmp_path / "mountinfo"
    path.write_text(MOUNTS)
    return path


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/x", "ext4"),
        ("/srv/store", "xfs"),
        ("/srv/far away/store", "nfs4"),
        ("/srv/far awayward", "xfs"),
        ("/run/store", "ramfs"),
    ],
)
def test_a_path_lies_where_the_longest_mount_is(mounts: Path, path: str, kind: str) -> None:
    """Of several at one place the last counts; blanks in names are escaped in the table."""
    assert machine.file_system_of(Path(path), mounts) == kind


def test_a_disk_that_forgets_is_a_fault(mounts: Path) -> None:
    """What is gone with the power is a fault, what another machine keeps is a warning."""
    config: Any = SimpleNamespace(
        store=Path("/run/store"), anchor=Path("/srv/far away/anchor"), database=None
    )
    store, anchor = machine.durability(config, mounts)
    assert (store.state, anchor.state) == (State.FAULT, State.WARNING)
    assert "gone with the power" in store.what
    assert store.remedy
    assert anchor.remedy
    config = SimpleNamespace(store=Path("/srv/store"), anchor=Path("/anchor"), database=None)
    assert list(machine.durability(config, mounts)) == []
    assert list(machine.durability(config, mounts.with_name("absent"))) == []


def test_libraries_and_clock_are_told() -> None:
    """The row of versions names each library; the clock is kept or it is not."""
    [row] = machine.versions()
    assert "SQLite 3." in row.what
    assert row.what.count("OpenSSL") >= 2
    assert machine.clock_is_kept() in (True, False)
