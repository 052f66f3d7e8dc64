"""The power goes thousands of times: nothing promised is missing, nothing is made up.

What a store and an anchor do to their files is recorded once; then each instant of it
is an instant at which the power goes, with another part of what was not synced on the
disk. From each such disk the true store is opened, as after a restart.
`OPENLINE_POWER_CUTS=10000` draws so many cuts in place of 2,500.
"""

import json
import os
import pickle
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.adapters.anchor import Anchor
from openline.adapters.sqlite import SqliteStore
from openline.engine.ports import AppendEntries
from tests.power.disk import Event, Image, images
from tests.power.recorder import ANCHOR, IDENTITY, LOGS, STORE, entry, root

CUTS = int(os.environ.get("OPENLINE_POWER_CUTS", "2500"))


def recorded(directory: Path, *options: str) -> list[Event]:
    """The trace of one run of the recorder, which must end well."""
    command = [sys.executable, "-m", "tests.power.recorder", str(directory), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert json.loads(done.stdout)["ended"] == ""
    trace: list[Event] = pickle.loads((directory / "0" / "trace").read_bytes())
    return trace


def cuts(trace: list[Event], count: int) -> Iterator[tuple[str, Image, dict[str, int]]]:
    """So many cuts, each with a name that finds it again, and what was promised by then."""
    for seed in range(count):
        for number, image, marks in images(trace, random.Random(seed)):
            yield f"seed {seed}, event {number}", image, marks[-1] if marks else {}
            count -= 1
            if count == 0:
                return


def after(image: Image, directory: Path, promised: dict[str, int]) -> str:
    """What is wrong after the restart from such a disk; empty if nothing is."""
    for path in directory.iterdir():
        path.unlink()
    for name, data in image.items():
        (directory / name).write_bytes(data)
    return restarted(directory, promised)


def restarted(directory: Path, promised: dict[str, int]) -> str:
    """What is wrong when the store and the anchor there are opened; empty if nothing is."""
    with (
        SqliteStore.open(directory / STORE) as store,
        Anchor.open(directory / ANCHOR, IDENTITY) as anchor,
    ):
        sizes = {origin: size for origin, size, _ in store.origins()}
        for origin, size in promised.items():
            if sizes.get(origin, 0) < size:
                return f"{origin} has {sizes.get(origin, 0)} of {size} promised entries"
        if behind := anchor.behind(store.origins()):
            return f"the store is behind its anchor: {behind[0]}"
        anchored = {row.origin: row.size for row in anchor.rows}
        for origin, size in promised.items():
            if anchored.get(origin, 0) < size:
                return f"the anchor forgot {origin} at {size}"
        return wrong_content(store) or goes_on(store, sizes)


def wrong_content(store: SqliteStore) -> str:
    """Whether any entry, root or page is other than what was written."""
    for origin, size, head in store.origins():
        if head != root(origin, size) or store.entries(origin, 0, size + 9) != [
            entry(origin, index) for index in range(size)
        ]:
            return f"{origin} is not what was written"
        if size and store.last_head(origin, "") != (size, f"head {size}"):
            return f"the head of {origin} is not over its entries"
    return " ".join(store.damage())


def goes_on(store: SqliteStore, sizes: dict[str, int]) -> str:
    """Whether the next entry can be written at the next index, and only there."""
    origin, size = LOGS[0], sizes.get(LOGS[0], 0)
    store.commit([AppendEntries(origin, size, (entry(origin, size),), root(origin, size + 1))])
    return "" if store.origins()[0][1] == size + 1 else "the next entry has no place"


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    """What a store and its anchor did."""
    return recorded(tmp_path_factory.mktemp("recorded"))


@pytest.mark.slow
def test_nothing_promised_is_missing_after_a_power_cut(
    trace: list[Event], tmp_path: Path, record_property: Any
) -> None:
    """After each cut the store opens, holds what was promised and nothing else, and goes on."""
    faults = [
        f"{name}: {fault}"
        for name, image, promised in cuts(trace, CUTS)
        if (fault := after(image, tmp_path, promised))
    ]
    record_property("power cuts", CUTS)
    assert faults == []


def test_a_store_that_does_not_sync_is_found_out(tmp_path: Path) -> None:
    """The same cuts find a store that promises before what it wrote is on the disk."""
    (tmp_path / "after").mkdir()
    unsynced = recorded(tmp_path, "--unsynced")

    def is_lost(image: Image, promised: dict[str, int]) -> bool:
        try:
            return bool(after(image, tmp_path / "after", promised))
        except Exception:
            return True

    assert any(is_lost(image, promised) for _, image, promised in cuts(unsynced, 400))
